/*
 * The public functions: they check the arguments and jump to the kernel of the backend in use.  The
 * file is compiled once per family of functions, so that a program links only the families that it
 * calls.
 */
#include <math.h>

#include "attention_rows.h"
#include "checks.h"
#include "ranges.h"
#include "strided.h"

#define MAP_ENTRY(name, params)                                                                    \
    act_status act_##name##_f32_to(float *dst, const float *src, size_t n DECLARE_##params) {      \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_map(dst, src, n, PADDED_##params, row_##name);                                \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t n DECLARE_##params) {                           \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_map(buf, buf, n, PADDED_##params, row_##name);                                \
    }
#define PAIR_ENTRY(name, params)                                                                   \
    act_status act_##name##_f32(float *dst, const float *v, const float *w,                        \
                                size_t n DECLARE_##params) {                                       \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_pair(dst, v, w, n, PADDED_##params, row_##name);                              \
    }
#define GATED_GRAD_ENTRY(name, params)                                                             \
    act_status act_##name##_f32(float *dgate, float *dup, const float *dy, const float *gate,      \
                                const float *up, size_t n DECLARE_##params) {                      \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        act_status status = act_check_gated_grad(dgate, dup, dy, gate, up, n);                     \
        if (status != ACT_OK || n == 0)                                                            \
            return status;                                                                         \
        return KERNEL_IN_USE(name)(dgate, dup, dy, gate, up, n, PADDED_##params);                  \
    }
/* The same of rows. */
#define ROWS_OF(p, stride) ((matrix){p, stride, rows, cols, sizeof(float)})
#define GATE_ROWS_ENTRY(name, params)                                                              \
    act_status act_##name##_rows_f32(float *out, size_t out_stride, const float *gate,             \
                                     size_t gate_stride, const float *up, size_t up_stride,        \
                                     size_t rows, size_t cols DECLARE_##params) {                  \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_pair_rows(ROWS_OF(out, out_stride), ROWS_OF(gate, gate_stride),                 \
                             ROWS_OF(up, up_stride), PADDED_##params, row_##name);                 \
    }                                                                                              \
    act_status act_##name##_interleaved_f32(float *out, size_t out_stride, const float *src,       \
                                            size_t src_stride, size_t rows,                        \
                                            size_t cols DECLARE_##params) {                        \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_pair_interleaved(out, out_stride, src, src_stride, rows, cols, PADDED_##params, \
                                    row_##name);                                                   \
    }
#define GATED_GRAD_ROWS_ENTRY(name, params)                                                        \
    act_status act_##name##_rows_f32(                                                              \
        float *dgate, size_t dgate_stride, float *dup, size_t dup_stride, const float *dy,         \
        size_t dy_stride, const float *gate, size_t gate_stride, const float *up,                  \
        size_t up_stride, size_t rows, size_t cols DECLARE_##params) {                             \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_gated_grad_rows(                                                                \
            (const matrix[]){ROWS_OF(dgate, dgate_stride), ROWS_OF(dup, dup_stride),               \
                             ROWS_OF(dy, dy_stride), ROWS_OF(gate, gate_stride),                   \
                             ROWS_OF(up, up_stride)},                                              \
            PADDED_##params, row_##name);                                                          \
    }                                                                                              \
    act_status act_##name##_add_f32(float *dgate, float *dup, const float *dy, const float *gate,  \
                                    const float *up, size_t n DECLARE_##params) {                  \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_gated_grad_add(dgate, dup, dy, gate, up, n, PADDED_##params, row_##name);       \
    }
#define GATE_ROWS_OF_DY(name, params)
#define GATE_ROWS_OF_GATE(name, params) GATE_ROWS_ENTRY(name, params)
#define ROWS_ENTRY(name)                                                                           \
    static inline act_status enter_##name(float *dst, size_t dst_stride, const float *src,         \
                                          size_t src_stride, size_t rows, size_t cols) {           \
        act_status status = act_check_rows(dst, dst_stride, src, src_stride, rows, cols);          \
        if (status != ACT_OK || cols == 0)                                                         \
            return status;                                                                         \
        return KERNEL_IN_USE(name)(dst, dst_stride, src, src_stride, rows, cols);                  \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t rows, size_t cols) {                            \
        return enter_##name(buf, cols, buf, cols, rows, cols);                                     \
    }                                                                                              \
    act_status act_##name##_f32_to(float *dst, size_t dst_stride, const float *src,                \
                                   size_t src_stride, size_t rows, size_t cols) {                  \
        return enter_##name(dst, dst_stride, src, src_stride, rows, cols);                         \
    }
#define ROWS_PAIR_ENTRY(name)                                                                      \
    act_status act_##name##_f32(float *dst, size_t dst_stride, const float *a, size_t a_stride,    \
                                const float *b, size_t b_stride, size_t rows, size_t cols) {       \
        act_status status =                                                                        \
            act_check_rows_pair(dst, dst_stride, a, a_stride, b, b_stride, rows, cols);            \
        if (status == ACT_OK && cols > 0)                                                          \
            KERNEL_IN_USE(name)(dst, dst_stride, a, a_stride, b, b_stride, rows, cols);            \
        return status;                                                                             \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    SIGNATURE_OF_MAP(ROW_OF_KERNELS, name)                                                         \
    MAP_ENTRY(name, params)                                                                        \
    IF_GRAD_##of(SIGNATURE_OF_PAIR(ROW_OF_KERNELS, name##_grad) PAIR_ENTRY(name##_grad, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    SIGNATURE_OF_PAIR(ROW_OF_KERNELS, name)                                                        \
    PAIR_ENTRY(name, params)                                                                       \
    SIGNATURE_OF_GATED_GRAD(ROW_OF_KERNELS, name##_grad)                                           \
    GATED_GRAD_ENTRY(name##_grad, params)                                                          \
    GATE_ROWS_ENTRY(name, params)                                                                  \
    GATED_GRAD_ROWS_ENTRY(name##_grad, params)

#define ACT_GATED_BY(name, f, slope, params, types)                                                \
    BLOCKS_OF_GATE(name, f)                                                                        \
    static act_status blocks_of_##name##_grad(float *dgate, float *dup, const float *dy,           \
                                              const float *gate, const float *up, size_t n,        \
                                              float p, float q) {                                  \
        return act_gated_grad_blocks(dgate, dup, dy, gate, up, n, p, q, row_##f, row_##slope);     \
    }                                                                                              \
    ROW_OF_BLOCKS(act_gated_grad_kernel, name##_grad)                                              \
    PAIR_ENTRY(name, params)                                                                       \
    GATED_GRAD_ENTRY(name##_grad, params)                                                          \
    GATE_ROWS_ENTRY(name, params)                                                                  \
    GATED_GRAD_ROWS_ENTRY(name##_grad, params)
#define ACT_PAIR_BY(name, f, params, types)                                                        \
    BLOCKS_OF_CLAMPED_GATE(name, f)                                                                \
    PAIR_ENTRY(name, params)                                                                       \
    GATE_ROWS_ENTRY(name, params)
#define ACT_PAIR(name, first, params, types)                                                       \
    SIGNATURE_OF_PAIR(ROW_OF_KERNELS, name)                                                        \
    PAIR_ENTRY(name, params)                                                                       \
    GATE_ROWS_OF_##first(name, params)
#define ACT_ROWS(name, types)                                                                      \
    SIGNATURE_OF_ROWS(ROW_OF_KERNELS, name)                                                        \
    ROWS_ENTRY(name)
#define ACT_ROWS_PAIR(name, types)                                                                 \
    SIGNATURE_OF_ROWS_PAIR(ROW_OF_KERNELS, name)                                                   \
    ROWS_PAIR_ENTRY(name)
#define ACT_ROWS_OWN(name, types) SIGNATURE_OF_##name(ROW_OF_KERNELS)
#define ACT_COLUMNS(name)         SIGNATURE_OF_COLUMNS(ROW_OF_KERNELS, name)
#define ACT_PART(name)            SIGNATURE_OF_##name(ROW_OF_KERNELS)
#include "functions.def"

/* Functions with signatures of their own. */

#if IN_FAMILY(piecewise)
act_status act_prelu_f32_to(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            const float *slope, size_t rows, size_t channels) {
    act_status status = act_check_rows(dst, dst_stride, src, src_stride, rows, channels);
    if (status == ACT_OK)
        status = act_check_slope(dst, dst_stride, slope, rows, channels);
    if (status == ACT_OK && channels > 0)
        status = KERNEL_IN_USE(prelu)(dst, dst_stride, src, src_stride, slope, rows, channels);
    return status;
}
act_status act_prelu_f32(float *buf, const float *slope, size_t rows, size_t channels) {
    return act_prelu_f32_to(buf, channels, buf, channels, slope, rows, channels);
}

act_status act_prelu_grad_f32(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                              const float *x, size_t x_stride, const float *slope, size_t rows,
                              size_t channels) {
    act_status status =
        act_check_rows_pair(dx, dx_stride, dy, dy_stride, x, x_stride, rows, channels);
    if (status == ACT_OK)
        status = act_check_slope(dx, dx_stride, slope, rows, channels);
    if (status == ACT_OK && channels > 0)
        status = KERNEL_IN_USE(prelu_grad)(dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows,
                                           channels);
    return status;
}
#endif

#if IN_FAMILY(logsumexp)
act_status act_logsumexp_f32(float *dst, const float *src, size_t src_stride, size_t rows,
                             size_t cols) {
    const act_status status = act_check_one_per_row(sizeof *dst, dst, src, src_stride, rows, cols);
    if (status != ACT_OK || rows == 0)
        return status;
    if (cols > 0)
        KERNEL_IN_USE(logsumexp)(dst, src, src_stride, rows, cols);
    else /* src may be null, and C has no arithmetic on a null pointer */
        for (size_t r = 0; r < rows; ++r)
            dst[r] = -INFINITY;
    return ACT_OK;
}

act_status act_logsumexp_grad_f32(float *dx, size_t dx_stride, const float *dy, const float *x,
                                  size_t x_stride, size_t rows, size_t cols) {
    act_status status = act_check_rows(dx, dx_stride, x, x_stride, rows, cols);
    if (status || rows == 0 || cols == 0)
        return status;
    status = act_check_beside((matrix){dx, dx_stride, rows, cols, sizeof *dx},
                              (matrix){dy, 1, rows, 1, sizeof *dy});
    if (status == ACT_OK)
        status = KERNEL_IN_USE(logsumexp_grad)(dx, dx_stride, dy, x, x_stride, rows, cols);
    return status;
}
#endif

#if IN_FAMILY(softmax)
#define MASKED_ENTRY(name)                                                                         \
    act_status act_##name##_f32_to(float *dst, size_t dst_stride, const float *src,                \
                                   size_t src_stride, const float *mask, size_t mask_stride,       \
                                   size_t rows, size_t cols, float scale, act_empty_rows empty) {  \
        act_status status = act_check_rows(dst, dst_stride, src, src_stride, rows, cols);          \
        if (status || rows == 0 || cols == 0)                                                      \
            return status;                                                                         \
        if (mask)                                                                                  \
            status = act_check_rows_beside((matrix){dst, dst_stride, rows, cols, sizeof *dst},     \
                                           mask, mask_stride);                                     \
        if (status == ACT_OK)                                                                      \
            status = KERNEL_IN_USE(name)(dst, dst_stride, src, src_stride, mask, mask_stride,      \
                                         rows, cols, scale, empty);                                \
        return status;                                                                             \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, const float *mask, size_t mask_stride, size_t rows,    \
                                size_t cols, float scale, act_empty_rows empty) {                  \
        return act_##name##_f32_to(buf, cols, buf, cols, mask, mask_stride, rows, cols, scale,     \
                                   empty);                                                         \
    }
MASKED_ENTRY(softmax_masked)
MASKED_ENTRY(softmax_masked_fast)

/* The product with -1 is exact. */
act_status act_softmin_f32_to(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                              size_t rows, size_t cols) {
    return act_softmax_masked_f32_to(dst, dst_stride, src, src_stride, NULL, 0, rows, cols, -1.0F,
                                     ACT_EMPTY_ROWS_NAN);
}
act_status act_softmin_f32(float *buf, size_t rows, size_t cols) {
    return act_softmin_f32_to(buf, cols, buf, cols, rows, cols);
}

act_status act_softmax_masked_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                       size_t dy_stride, const float *y, size_t y_stride,
                                       size_t rows, size_t cols, float scale) {
    act_status status = act_check_rows_pair(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols);
    if (status == ACT_OK && cols > 0)
        status = KERNEL_IN_USE(softmax_masked_grad)(dx, dx_stride, dy, dy_stride, y, y_stride, rows,
                                                    cols, scale);
    return status;
}
#endif

#if IN_FAMILY(attention)
#define ATTENTION_ENTRY(name)                                                                      \
    act_status act_##name##_f32_to(float *dst, size_t dst_stride, const float *src,                \
                                   size_t src_stride, size_t rows, size_t cols,                    \
                                   const act_attention_rows *options) {                            \
        act_attention_rows o;                                                                      \
        act_status status = act_attention_options(&o, options);                                    \
        if (status == ACT_OK)                                                                      \
            status = act_check_rows(dst, dst_stride, src, src_stride, rows, cols);                 \
        if (status || rows == 0 || cols == 0)                                                      \
            return status;                                                                         \
        status = act_check_attention((matrix){dst, dst_stride, rows, cols, sizeof *dst}, &o);      \
        if (status == ACT_OK)                                                                      \
            status = KERNEL_IN_USE(name)(dst, dst_stride, src, src_stride, 0, rows, cols, &o);     \
        return status;                                                                             \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t rows, size_t cols,                              \
                                const act_attention_rows *options) {                               \
        return act_##name##_f32_to(buf, cols, buf, cols, rows, cols, options);                     \
    }
ATTENTION_ENTRY(attention_softmax)
ATTENTION_ENTRY(attention_softmax_fast)

act_status act_attention_softmax_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                          size_t dy_stride, const float *y, size_t y_stride,
                                          size_t rows, size_t cols,
                                          const act_attention_rows *options) {
    act_attention_rows o;
    act_status status = act_attention_options(&o, options);
    if (status == ACT_OK && o.softcap != 0)
        status = ACT_ERROR_PARAMETER;
    if (status == ACT_OK)
        status = act_check_rows_pair(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols);
    if (status || rows == 0 || cols == 0)
        return status;
    o.mask = NULL, o.slopes = o.sinks = NULL;
    status = act_check_attention((matrix){dx, dx_stride, rows, cols, sizeof *dx}, &o);
    if (status == ACT_OK)
        status = KERNEL_IN_USE(attention_softmax_grad)(dx, dx_stride, dy, dy_stride, y, y_stride,
                                                       rows, cols, &o);
    return status;
}

act_status act_max_f32(const float *src, size_t n, float *max) {
    const act_status status = act_check_one_per_row(sizeof *max, max, src, n, 1, n);
    if (status == ACT_OK && n > 0)
        return KERNEL_IN_USE(max)(src, n, max);
    if (status == ACT_OK)
        *max = -INFINITY;
    return status;
}

act_status act_exp_sum_f32_to(float *dst, const float *src, size_t n, float max, double *sum) {
    const matrix one = {sum, 1, 1, 1, sizeof *sum};
    act_status status = act_check_map(dst, src, n);
    if (status == ACT_OK)
        status = n > 0 ? act_check_beside((matrix){dst, n, 1, n, sizeof *dst}, one)
                       : act_check_matrix(one);
    if (status == ACT_OK && n > 0)
        return KERNEL_IN_USE(exp_sum)(dst, src, n, max, sum);
    if (status == ACT_OK)
        *sum = 0.0;
    return status;
}
act_status act_exp_sum_f32(float *buf, size_t n, float max, double *sum) {
    return act_exp_sum_f32_to(buf, buf, n, max, sum);
}
#endif

#if IN_FAMILY(xielu)
EACH_XIELU_KERNEL(ROW_OF_KERNELS)

static int xielu_takes(float alpha_p, float alpha_n, float beta, float eps) {
    return IN_RANGE_FINITE(alpha_p) && IN_RANGE_FINITE(alpha_n) && IN_RANGE_FINITE(beta) &&
           IN_RANGE_FINITE(eps);
}
/* The hint of ACT_SLICE has no effect. */
act_status act_xielu_f32_to(float *dst, const float *src, size_t n, float alpha_p, float alpha_n,
                            float beta, float eps) {
    n &= ~ACT_SLICE(0);
    if (!xielu_takes(alpha_p, alpha_n, beta, eps))
        return ACT_ERROR_PARAMETER;
    const act_status status = act_check_map(dst, src, n);
    if (status != ACT_OK || n == 0)
        return status;
    return KERNEL_IN_USE(xielu)(dst, src, n, alpha_p, alpha_n, beta, eps);
}
act_status act_xielu_f32(float *buf, size_t n, float alpha_p, float alpha_n, float beta,
                         float eps) {
    return act_xielu_f32_to(buf, buf, n, alpha_p, alpha_n, beta, eps);
}
act_status act_xielu_grad_f32(float *dx, const float *dy, const float *x, size_t n, float alpha_p,
                              float alpha_n, float beta, float eps) {
    n &= ~ACT_SLICE(0);
    if (!xielu_takes(alpha_p, alpha_n, beta, eps))
        return ACT_ERROR_PARAMETER;
    act_status status = act_check_map(dx, dy, n);
    if (status == ACT_OK)
        status = act_check_map(dx, x, n);
    if (status != ACT_OK || n == 0)
        return status;
    return KERNEL_IN_USE(xielu_grad)(dx, dy, x, n, alpha_p, alpha_n, beta, eps);
}
#endif

#if IN_FAMILY(channels)
EACH_CHANNELS_KERNEL(ROW_OF_KERNELS)

/* Arrays of n floats, a result first, and slopes, which may not overlap the result. */
static act_status check_channels(const float *dst, const float *src, size_t n, const float *slopes,
                                 size_t channels) {
    const act_status status = act_check_map(dst, src, n);
    if (status != ACT_OK || n == 0)
        return status;
    return act_check_beside((matrix){dst, n, 1, n, sizeof *dst},
                            (matrix){slopes, channels, 1, channels, sizeof *slopes});
}
act_status act_prelu_channels_f32_to(float *dst, const float *src, const float *slopes,
                                     size_t outer, size_t channels, size_t inner) {
    const size_t n = act_elements_of(sizeof(float), outer, channels, inner);
    const act_status status = check_channels(dst, src, n, slopes, channels);
    if (status != ACT_OK || n == 0)
        return status;
    return KERNEL_IN_USE(prelu_channels)(dst, src, slopes, outer, channels, inner);
}
act_status act_prelu_channels_f32(float *buf, const float *slopes, size_t outer, size_t channels,
                                  size_t inner) {
    return act_prelu_channels_f32_to(buf, buf, slopes, outer, channels, inner);
}
act_status act_prelu_channels_grad_f32(float *dx, const float *dy, const float *x,
                                       const float *slopes, size_t outer, size_t channels,
                                       size_t inner) {
    const size_t n = act_elements_of(sizeof(float), outer, channels, inner);
    act_status status = check_channels(dx, dy, n, slopes, channels);
    if (status == ACT_OK)
        status = act_check_map(dx, x, n);
    if (status != ACT_OK || n == 0)
        return status;
    return KERNEL_IN_USE(prelu_channels_grad)(dx, dy, x, slopes, outer, channels, inner);
}
act_status act_prelu_slope_grad_f32(float *dslopes, const float *dy, const float *x, size_t outer,
                                    size_t channels, size_t inner) {
    const size_t n = act_elements_of(sizeof(float), outer, channels, inner);
    const matrix sums = {dslopes, channels, 1, channels, sizeof *dslopes};
    if (n == 0)
        return ACT_OK;
    act_status status = act_check_map(dy, dy, n);
    if (status == ACT_OK)
        status = act_check_map(x, x, n);
    if (status == ACT_OK)
        status = act_check_matrix(sums);
    if (status == ACT_OK)
        status = act_check_beside(sums, (matrix){dy, n, 1, n, sizeof *dy});
    if (status == ACT_OK)
        status = act_check_beside(sums, (matrix){x, n, 1, n, sizeof *x});
    if (status != ACT_OK)
        return status;
    return KERNEL_IN_USE(prelu_slope_grad)(dslopes, dy, x, outer, channels, inner);
}
#endif

#if IN_FAMILY(columns)
#define COLUMNS_ENTRY(name)                                                                        \
    act_status act_##name##_f32_to(float *dst, const float *src, size_t outer, size_t rows,        \
                                   size_t cols) {                                                  \
        const act_status status = act_check_columns(sizeof *dst, dst, src, outer, rows, cols);     \
        if (status != ACT_OK || outer == 0 || rows == 0 || cols == 0)                              \
            return status;                                                                         \
        return KERNEL_IN_USE(name)(dst, src, outer, rows, cols);                                   \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t outer, size_t rows, size_t cols) {              \
        return act_##name##_f32_to(buf, buf, outer, rows, cols);                                   \
    }
COLUMNS_ENTRY(softmax_columns)
COLUMNS_ENTRY(log_softmax_columns)

act_status act_logsumexp_columns_f32(float *dst, const float *src, size_t outer, size_t rows,
                                     size_t cols) {
    const act_status status = act_check_one_per_column(sizeof *dst, dst, src, outer, rows, cols);
    if (status != ACT_OK || outer == 0 || cols == 0)
        return status;
    if (rows > 0)
        return KERNEL_IN_USE(logsumexp_columns)(dst, src, outer, rows, cols);
    for (size_t i = 0; i < outer * cols; ++i)
        dst[i] = -INFINITY;
    return ACT_OK;
}
#endif
