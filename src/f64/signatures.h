/* The f64 kernels' signatures, as those of kernels/signatures.h. */
#ifndef ACT_F64_SIGNATURES_H
#define ACT_F64_SIGNATURES_H

#include "kernels/signatures.h"

#define SIGNATURE_OF_F64_MAP(USE, name)                                                            \
    USE(name, (double *dst, const double *src, size_t n, double p, double q), (dst, src, n, p, q))
#define SIGNATURE_OF_F64_PAIR(USE, name)                                                           \
    USE(name, (double *dst, const double *a, const double *b, size_t n, double p, double q),       \
        (dst, a, b, n, p, q))
#define SIGNATURE_OF_F64_ROWS(USE, name)                                                           \
    USE(name,                                                                                      \
        (double *dst, size_t dst_stride, const double *src, size_t src_stride, size_t rows,        \
         size_t cols),                                                                             \
        (dst, dst_stride, src, src_stride, rows, cols))
#define SIGNATURE_OF_F64_ROWS_PAIR(USE, name)                                                      \
    USE(name,                                                                                      \
        (double *dst, size_t dst_stride, const double *a, size_t a_stride, const double *b,        \
         size_t b_stride, size_t rows, size_t cols),                                               \
        (dst, dst_stride, a, a_stride, b, b_stride, rows, cols))
#define SIGNATURE_OF_F64_GATED_GRAD(USE, name)                                                     \
    USE(name,                                                                                      \
        (double *dgate, double *dup, const double *dy, const double *gate, const double *up,       \
         size_t n, double p, double q),                                                            \
        (dgate, dup, dy, gate, up, n, p, q))

/* The row-wise functions with a signature of their own. */
#define SIGNATURE_OF_F64_prelu(USE)                                                                \
    USE(prelu_f64,                                                                                 \
        (double *dst, size_t dst_stride, const double *src, size_t src_stride,                     \
         const double *slope, size_t rows, size_t channels),                                       \
        (dst, dst_stride, src, src_stride, slope, rows, channels))
#define SIGNATURE_OF_F64_prelu_grad(USE)                                                           \
    USE(prelu_grad_f64,                                                                            \
        (double *dx, size_t dx_stride, const double *dy, size_t dy_stride, const double *x,        \
         size_t x_stride, const double *slope, size_t rows, size_t channels),                      \
        (dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows, channels))
#define SIGNATURE_OF_F64_logsumexp_grad(USE)                                                       \
    USE(logsumexp_grad_f64,                                                                        \
        (double *dx, size_t dx_stride, const double *dy, const double *x, size_t x_stride,         \
         size_t rows, size_t cols),                                                                \
        (dx, dx_stride, dy, x, x_stride, rows, cols))
#define SIGNATURE_OF_F64_softmax_masked(USE)                                                       \
    USE(softmax_masked_f64,                                                                        \
        (double *dst, size_t dst_stride, const double *src, size_t src_stride, const double *mask, \
         size_t mask_stride, size_t rows, size_t cols, double scale, act_empty_rows empty),        \
        (dst, dst_stride, src, src_stride, mask, mask_stride, rows, cols, scale, empty))
#define SIGNATURE_OF_F64_softmax_masked_grad(USE)                                                  \
    USE(softmax_masked_grad_f64,                                                                   \
        (double *dx, size_t dx_stride, const double *dy, size_t dy_stride, const double *y,        \
         size_t y_stride, size_t rows, size_t cols, double scale),                                 \
        (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale))
#define SIGNATURE_OF_F64_logsumexp(USE)                                                            \
    USE(logsumexp_f64,                                                                             \
        (double *dst, const double *src, size_t src_stride, size_t rows, size_t cols),             \
        (dst, src, src_stride, rows, cols))
/* Functions of rows over the middle axis. */
#define EACH_F64_COLUMNS_KERNEL(USE)                                                               \
    SIGNATURE_OF_F64_COLUMNS(USE, softmax_columns)                                                 \
    SIGNATURE_OF_F64_COLUMNS(USE, log_softmax_columns)                                             \
    SIGNATURE_OF_F64_COLUMNS(USE, logsumexp_columns)
#define SIGNATURE_OF_F64_COLUMNS(USE, name)                                                        \
    USE(name##_f64, (double *dst, const double *src, size_t outer, size_t rows, size_t cols),      \
        (dst, src, outer, rows, cols))

#endif
