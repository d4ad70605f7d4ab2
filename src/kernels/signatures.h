/*
 * The kernels' signatures: USE(name, parameters, arguments) for each kind of function.  The
 * kernels' declarations, and all code that only passes the arguments on, are generated from them.
 *
 * A kernel returns ACT_OK, so that an entry point can end with a jump to it.  The entry point has
 * checked the arguments; sizes may be 0.
 */
#ifndef ACT_KERNELS_SIGNATURES_H
#define ACT_KERNELS_SIGNATURES_H

#include <stddef.h>

#include "act/act.h"

/* For a kernel, which only the library's entry points may call. */
#ifdef _WIN32
#define ACT_HIDDEN
#else
#define ACT_HIDDEN __attribute__((visibility("hidden")))
#endif

/* One signature for all maps; an unused parameter costs a zeroed register per call. */
#define SIGNATURE_OF_MAP(USE, name)                                                                \
    USE(name, (float *dst, const float *src, size_t n, float p, float q), (dst, src, n, p, q))
#define SIGNATURE_OF_PAIR(USE, name)                                                               \
    USE(name, (float *dst, const float *a, const float *b, size_t n, float p, float q),            \
        (dst, a, b, n, p, q))
#define SIGNATURE_OF_GATED_GRAD(USE, name)                                                         \
    USE(name,                                                                                      \
        (float *dgate, float *dup, const float *dy, const float *gate, const float *up, size_t n,  \
         float p, float q),                                                                        \
        (dgate, dup, dy, gate, up, n, p, q))
#define SIGNATURE_OF_ROWS(USE, name)                                                               \
    USE(name,                                                                                      \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t rows,          \
         size_t cols),                                                                             \
        (dst, dst_stride, src, src_stride, rows, cols))
#define SIGNATURE_OF_ROWS_PAIR(USE, name)                                                          \
    USE(name,                                                                                      \
        (float *dst, size_t dst_stride, const float *a, size_t a_stride, const float *b,           \
         size_t b_stride, size_t rows, size_t cols),                                               \
        (dst, dst_stride, a, a_stride, b, b_stride, rows, cols))

/* The row-wise functions with a signature of their own. */
#define SIGNATURE_OF_prelu(USE)                                                                    \
    USE(prelu,                                                                                     \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, const float *slope,   \
         size_t rows, size_t channels),                                                            \
        (dst, dst_stride, src, src_stride, slope, rows, channels))
#define SIGNATURE_OF_prelu_grad(USE)                                                               \
    USE(prelu_grad,                                                                                \
        (float *dx, size_t dx_stride, const float *dy, size_t dy_stride, const float *x,           \
         size_t x_stride, const float *slope, size_t rows, size_t channels),                       \
        (dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows, channels))
#define SIGNATURE_OF_logsumexp(USE)                                                                \
    USE(logsumexp, (float *dst, const float *src, size_t src_stride, size_t rows, size_t cols),    \
        (dst, src, src_stride, rows, cols))
#define SIGNATURE_OF_logsumexp_grad(USE)                                                           \
    USE(logsumexp_grad,                                                                            \
        (float *dx, size_t dx_stride, const float *dy, const float *x, size_t x_stride,            \
         size_t rows, size_t cols),                                                                \
        (dx, dx_stride, dy, x, x_stride, rows, cols))
#define SIGNATURE_OF_softmax_masked(USE)      SIGNATURE_OF_MASKED_ROWS(USE, softmax_masked)
#define SIGNATURE_OF_softmax_masked_fast(USE) SIGNATURE_OF_MASKED_ROWS(USE, softmax_masked_fast)
#define SIGNATURE_OF_MASKED_ROWS(USE, name)                                                        \
    USE(name,                                                                                      \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, const float *mask,    \
         size_t mask_stride, size_t rows, size_t cols, float scale, act_empty_rows empty),         \
        (dst, dst_stride, src, src_stride, mask, mask_stride, rows, cols, scale, empty))
#define SIGNATURE_OF_softmax_masked_grad(USE)                                                      \
    USE(softmax_masked_grad,                                                                       \
        (float *dx, size_t dx_stride, const float *dy, size_t dy_stride, const float *y,           \
         size_t y_stride, size_t rows, size_t cols, float scale),                                  \
        (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale))

#define SIGNATURE_OF_attention_softmax(USE)      SIGNATURE_OF_ATTENTION(USE, attention_softmax)
#define SIGNATURE_OF_attention_softmax_fast(USE) SIGNATURE_OF_ATTENTION(USE, attention_softmax_fast)
#define SIGNATURE_OF_ATTENTION(USE, name)                                                          \
    USE(name,                                                                                      \
        (float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t first,         \
         size_t rows, size_t cols, const act_attention_rows *o),                                   \
        (dst, dst_stride, src, src_stride, first, rows, cols, o))
#define SIGNATURE_OF_attention_softmax_grad(USE)                                                   \
    USE(attention_softmax_grad,                                                                    \
        (float *dx, size_t dx_stride, const float *dy, size_t dy_stride, const float *y,           \
         size_t y_stride, size_t rows, size_t cols, const act_attention_rows *o),                  \
        (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, o))

#define SIGNATURE_OF_max(USE) USE(max, (const float *src, size_t n, float *max), (src, n, max))
#define SIGNATURE_OF_exp_sum(USE)                                                                  \
    USE(exp_sum, (float *dst, const float *src, size_t n, float max, double *sum),                 \
        (dst, src, n, max, sum))
/* Not a function of the library: the logits of a part of a row. */
#define SIGNATURE_OF_attention_logits(USE)                                                         \
    USE(attention_logits,                                                                          \
        (float *dst, const float *src, size_t r, size_t i, size_t n, const act_attention_rows *o), \
        (dst, src, r, i, n, o))

#define SIGNATURE_OF_COLUMNS(USE, name)                                                            \
    USE(name, (float *dst, const float *src, size_t outer, size_t rows, size_t cols),              \
        (dst, src, outer, rows, cols))

/* Elementwise, with four parameters. */
#define EACH_XIELU_KERNEL(USE)                                                                     \
    USE(xielu,                                                                                     \
        (float *dst, const float *src, size_t n, float alpha_p, float alpha_n, float beta,         \
         float eps),                                                                               \
        (dst, src, n, alpha_p, alpha_n, beta, eps))                                                \
    USE(xielu_grad,                                                                                \
        (float *dx, const float *dy, const float *x, size_t n, float alpha_p, float alpha_n,       \
         float beta, float eps),                                                                   \
        (dx, dy, x, n, alpha_p, alpha_n, beta, eps))

/* Words of gates, of arrays: products, sums, clamps, and interleaved arrays. */
#define EACH_GATE_WORD(USE)                                                                        \
    USE(gate_product, (float *dst, const float *a, const float *b, size_t n), (dst, a, b, n))      \
    USE(gate_sum, (float *dst, const float *a, const float *b, size_t n), (dst, a, b, n))          \
    USE(gate_at_most, (float *dst, const float *src, size_t n, float limit), (dst, src, n, limit)) \
    USE(gate_clamped_product,                                                                      \
        (float *dst, const float *part, const float *up, size_t n, float limit),                   \
        (dst, part, up, n, limit))                                                                 \
    USE(gate_parts, (float *gate, float *up, const float *both, size_t n), (gate, up, both, n))

/* PReLU with a slope for each channel, the middle axis of outer x channels x inner. */
#define EACH_CHANNELS_KERNEL(USE)                                                                  \
    USE(prelu_channels,                                                                            \
        (float *dst, const float *src, const float *slopes, size_t outer, size_t channels,         \
         size_t inner),                                                                            \
        (dst, src, slopes, outer, channels, inner))                                                \
    USE(prelu_channels_grad,                                                                       \
        (float *dx, const float *dy, const float *x, const float *slopes, size_t outer,            \
         size_t channels, size_t inner),                                                           \
        (dx, dy, x, slopes, outer, channels, inner))                                               \
    USE(prelu_slope_grad,                                                                          \
        (float *dslopes, const float *dy, const float *x, size_t outer, size_t channels,           \
         size_t inner),                                                                            \
        (dslopes, dy, x, outer, channels, inner))

typedef act_status act_map_kernel(float *dst, const float *src, size_t n, float p, float q);
typedef act_status act_pair_kernel(float *dst, const float *a, const float *b, size_t n, float p,
                                   float q);

#endif
