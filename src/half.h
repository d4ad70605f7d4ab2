/*
 * Functions of f16 and bf16 by the kernels of f32: what an entry point (entry_half.c) passes on.
 */
#ifndef ACT_HALF_PATH_H
#define ACT_HALF_PATH_H

#include <stdbool.h>

#include "checks.h"
#include "storage.h"

/*
 * An elementwise function with its usual parameters.  The kernel may be wrong where the exact
 * result is close to the midpoint of two neighbours: these inputs are in a list, with the result.
 * An entry has the input's bits above the result's, and the list ascends.
 */
typedef struct {
    act_map_kernel *const *kernel, *const *precise; /* with the usual parameters, with others */
    float error, least; /* the kernel's, relative, for results from `least` on; 0: exact */
    const uint32_t *midpoints;
    size_t count;
    bool relu; /* on the integers */
} half_map;

ACT_HIDDEN act_status act_half_map(const storage_type *type, const half_map *f, uint16_t *dst,
                                   const uint16_t *src, size_t n, float p, float q, bool usual);

ACT_HIDDEN act_status act_half_pair(const storage_type *type, act_pair_kernel *const *kernel,
                                    uint16_t *dst, const uint16_t *gate, const uint16_t *up,
                                    size_t n, float p, float q);

/* Rows: a matrix of the type, and where its results go. */
typedef struct {
    uint16_t *dst;
    size_t dst_stride;
    const uint16_t *src;
    size_t src_stride;
    const float *mask;
    size_t mask_stride;
    size_t rows, cols;
    float scale;
    act_empty_rows empty;
    bool masked;
} half_rows;

typedef act_status act_rows_kernel(float *dst, size_t dst_stride, const float *src,
                                   size_t src_stride, size_t rows, size_t cols);
typedef act_status act_masked_kernel(float *dst, size_t dst_stride, const float *src,
                                     size_t src_stride, const float *mask, size_t mask_stride,
                                     size_t rows, size_t cols, float scale, act_empty_rows empty);
typedef act_status act_attention_kernel(float *dst, size_t dst_stride, const float *src,
                                        size_t src_stride, size_t first, size_t rows, size_t cols,
                                        const act_attention_rows *o);
typedef act_status act_logits_kernel(float *dst, const float *src, size_t r, size_t i, size_t n,
                                     const act_attention_rows *o);
typedef act_status act_logsumexp_kernel(float *dst, const float *src, size_t src_stride,
                                        size_t rows, size_t cols);

ACT_HIDDEN act_status act_half_softmax(const storage_type *type, act_rows_kernel *const *kernel,
                                       const half_rows *r);
ACT_HIDDEN act_status act_half_softmax_masked(const storage_type *type,
                                              act_masked_kernel *const *kernel, const half_rows *r);
ACT_HIDDEN act_status act_half_attention(const storage_type *type,
                                         act_attention_kernel *const *kernel,
                                         act_logits_kernel *const *logits, const half_rows *r,
                                         const act_attention_rows *options);
ACT_HIDDEN act_status act_half_log_softmax(const storage_type *type, act_rows_kernel *const *kernel,
                                           const half_rows *r);
ACT_HIDDEN act_status act_half_logsumexp(const storage_type *type,
                                         act_logsumexp_kernel *const *kernel, const half_rows *r);

#endif
