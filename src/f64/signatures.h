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
