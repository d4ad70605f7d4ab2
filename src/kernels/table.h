/* What a backend gives the dispatcher: one constant table of its kernels, from functions.def. */
#ifndef ACT_KERNELS_TABLE_H
#define ACT_KERNELS_TABLE_H

#include <stddef.h>

#include "act/act.h"

/*
 * A kernel returns ACT_OK, so that an entry point ends with a jump to it.
 *
 * One type a kind of function, whatever its parameters, so that lists need not tell them apart.
 * Unused parameters cost a zeroed register a call.  Arguments have been checked; sizes may be 0.
 */
typedef act_status act_map_kernel(float *dst, const float *src, size_t n, float p, float q);
typedef act_status act_pair_kernel(float *dst, const float *a, const float *b, size_t n, float p,
                                   float q);
typedef act_status act_gated_grad_kernel(float *dgate, float *dup, const float *dy,
                                         const float *gate, const float *up, size_t n);
typedef act_status act_rows_kernel(float *dst, size_t dst_stride, const float *src,
                                   size_t src_stride, size_t rows, size_t cols);
typedef act_status act_rows_pair_kernel(float *dst, size_t dst_stride, const float *a,
                                        size_t a_stride, const float *b, size_t b_stride,
                                        size_t rows, size_t cols);

/*
 * The row-wise functions with a signature of their own: USE(name, parameters, arguments), from
 * which the type of the kernel and everything that only passes the arguments on are made.
 */
#define ACT_SIGNATURE_prelu(USE)                                                                   \
    USE(prelu,                                                                                     \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, const float *slope,   \
         size_t rows, size_t channels),                                                            \
        (dst, dst_stride, src, src_stride, slope, rows, channels))
#define ACT_SIGNATURE_prelu_grad(USE)                                                              \
    USE(prelu_grad,                                                                                \
        (float *dx, size_t dx_stride, const float *dy, size_t dy_stride, const float *x,           \
         size_t x_stride, const float *slope, size_t rows, size_t channels),                       \
        (dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows, channels))
#define ACT_SIGNATURE_logsumexp(USE)                                                               \
    USE(logsumexp, (float *dst, const float *src, size_t src_stride, size_t rows, size_t cols),    \
        (dst, src, src_stride, rows, cols))
#define ACT_SIGNATURE_logsumexp_grad(USE)                                                          \
    USE(logsumexp_grad,                                                                            \
        (float *dx, size_t dx_stride, const float *dy, const float *x, size_t x_stride,            \
         size_t rows, size_t cols),                                                                \
        (dx, dx_stride, dy, x, x_stride, rows, cols))
#define ACT_SIGNATURE_softmax_masked(USE)                                                          \
    USE(softmax_masked,                                                                            \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, const float *mask,    \
         size_t mask_stride, size_t rows, size_t cols, float scale, act_empty_rows empty),         \
        (dst, dst_stride, src, src_stride, mask, mask_stride, rows, cols, scale, empty))
#define ACT_SIGNATURE_softmax_masked_grad(USE)                                                     \
    USE(softmax_masked_grad,                                                                       \
        (float *dx, size_t dx_stride, const float *dy, size_t dy_stride, const float *y,           \
         size_t y_stride, size_t rows, size_t cols, float scale),                                  \
        (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale))

#define ACT_KERNEL_TYPE(name, parameters, arguments)                                               \
    typedef act_status act_rows_##name##_kernel parameters;
#define ACT_MAP            ACT_SKIP
#define ACT_GATED          ACT_SKIP
#define ACT_ROWS           ACT_SKIP
#define ACT_ROWS_PAIR      ACT_SKIP
#define ACT_ROWS_OWN(name) ACT_SIGNATURE_##name(ACT_KERNEL_TYPE)
#include "functions.def"
#undef ACT_KERNEL_TYPE

/* NOLINTBEGIN(bugprone-macro-parentheses): declarators, where none can stand. */
typedef struct act_kernels {
    const char *backend;
#define ACT_MAP(name, of, params)                                                                  \
    act_map_kernel *name;                                                                          \
    IF_GRAD_##of(act_pair_kernel *name##_grad;)
#define ACT_GATED(name, f)                                                                         \
    act_pair_kernel *name;                                                                         \
    act_gated_grad_kernel *name##_grad;
#define ACT_ROWS(name)      act_rows_kernel *name;
#define ACT_ROWS_PAIR(name) act_rows_pair_kernel *name;
#define ACT_ROWS_OWN(name)  act_rows_##name##_kernel *name;
#include "functions.def"
} act_kernels;
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
