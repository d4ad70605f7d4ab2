/* Gated functions of rows, and gradients that are added: what an entry point passes on. */
#ifndef ACT_STRIDED_PATH_H
#define ACT_STRIDED_PATH_H

#include "checks.h"

typedef act_status act_gated_grad_kernel(float *dgate, float *dup, const float *dy,
                                         const float *gate, const float *up, size_t n, float p,
                                         float q);

ACT_HIDDEN act_status act_pair_rows(matrix out, matrix gate, matrix up, float p, float q,
                                    act_pair_kernel *const *row);
ACT_HIDDEN act_status act_pair_interleaved(float *out, size_t out_stride, const float *src,
                                           size_t src_stride, size_t rows, size_t cols, float p,
                                           float q, act_pair_kernel *const *row);

/* The five arrays of the gradient of a gated function: dgate, dup, dy, gate, up. */
enum { DGATE, DUP, FIRST_OPERAND, DY = FIRST_OPERAND, GATE, UP, GATED_GRAD_ARRAYS };
ACT_HIDDEN act_status act_gated_grad_rows(const matrix array[GATED_GRAD_ARRAYS], float p, float q,
                                          act_gated_grad_kernel *const *row);
ACT_HIDDEN act_status act_gated_grad_add(float *dgate, float *dup, const float *dy,
                                         const float *gate, const float *up, size_t n, float p,
                                         float q, act_gated_grad_kernel *const *row);

/*
 * Functions without kernels of their own, by kernels of arrays: f(gate) up, its gradient with dgate
 * by the slope's kernel, and silu(min(gate, limit); alpha) (up clamped to +-limit, + 1).  The hint
 * of ACT_SLICE is ignored.
 */
ACT_HIDDEN act_status act_gated_blocks(float *out, const float *gate, const float *up, size_t n,
                                       float p, float q, act_map_kernel *const *f);
ACT_HIDDEN act_status act_gated_grad_blocks(float *dgate, float *dup, const float *dy,
                                            const float *gate, const float *up, size_t n, float p,
                                            float q, act_map_kernel *const *f,
                                            act_pair_kernel *const *slope);
ACT_HIDDEN act_status act_clamped_blocks(float *out, const float *gate, const float *up, size_t n,
                                         float alpha, float limit, act_map_kernel *const *silu);

/*
 * blocks_of_NAME and its row, which has the same function for every backend: of a gate by the
 * kernel of f, and of swiglu_clamped by that of SiLU.  dispatch.h comes first.
 */
#define ROW_OF_BLOCKS(type, name)                                                                  \
    static type *const row_##name[] = {blocks_of_##name, EACH_BACKEND(BLOCKS_OF_BACKEND, name)};
#define BLOCKS_OF_BACKEND(backend, backend_name, needs, name) IF_BUILT(backend, blocks_of_##name, )
#define BLOCKS_OF_GATE(name, f)                                                                    \
    static act_status blocks_of_##name(float *dst, const float *a, const float *b, size_t n,       \
                                       float p, float q) {                                         \
        return act_gated_blocks(dst, a, b, n, p, q, row_##f);                                      \
    }                                                                                              \
    ROW_OF_BLOCKS(act_pair_kernel, name)
#define BLOCKS_OF_CLAMPED_GATE(name, f)                                                            \
    static act_status blocks_of_##name(float *dst, const float *a, const float *b, size_t n,       \
                                       float p, float q) {                                         \
        return act_clamped_blocks(dst, a, b, n, p, q, row_##f);                                    \
    }                                                                                              \
    ROW_OF_BLOCKS(act_pair_kernel, name)

/* dst += src for arrays that have been checked. */
ACT_HIDDEN void act_add(float *dst, const float *src, size_t n);

/*
 * The floats of a block on the stack, through which interleaved rows, parts and gradients go; and
 * the loop over such blocks, from i on `here` floats of n.
 */
enum { STACK_FLOATS = 1024 };
#define EACH_BLOCK(i, here, n)                                                                     \
    for (size_t i = 0, here; (here = (n)-i < STACK_FLOATS ? (n)-i : STACK_FLOATS) > 0; i += here)

#endif
