/*
 * Functions of rows and of columns, with their gradients; part of act.h, which includes this file.
 *
 * What act.h says of every function holds here too.
 */
#ifndef ACT_ROWS_H
#define ACT_ROWS_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * softmax(x)[j] = exp(x[j] - m) / sum over k of exp(x[k] - m),  m = max of the row
 *
 * Each of the rows has cols floats and is processed on its own.  In the out-of-place form row r
 * begins at dst + r * dst_stride and src + r * src_stride.  Strides are at least cols; floats
 * between the rows are neither read nor written.  Rows of dst and src may interleave as long as no
 * row overlaps another.
 *
 * Domain     all floats; -inf gives exactly +0.  A row with a NaN or a +inf, or with nothing but
 *            -inf, is all NaN.
 * Error      at most 4e-7 relative to the exact result, where that is not below 2^-126, at any row
 *            length up to 1,000,000.  Results below 2^-126 are within 3 ULP.  Rows sum to 1 within
 *            5e-7.
 * Flags      -inf is an ordinary input here, the value of a mask: like finite input, it raises none
 *            of FE_INVALID, FE_DIVBYZERO and FE_OVERFLOW.  Only a row whose result is all NaN may
 *            raise them.  This holds for all row-wise functions.
 * Definition ONNX Softmax (version 13, last axis), PyTorch softmax(dim=-1).
 */
ACT_API act_status act_softmax_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_softmax_f32_to(float *dst, size_t dst_stride, const float *src,
                                      size_t src_stride, size_t rows, size_t cols);

/*
 * softmax, fast tier.  As above, but:
 *
 * Error      relative to the exact result, where that is not below 2^-126: at most 2.5e-6 if the
 *            row lies in [-10, 10], 5.5e-6 if it lies in [-100, 100], at any row length up to
 *            1,000,000.  Results below 2^-126 may be 0.  Rows sum to 1 within 1.5e-6.  Backends may
 *            differ within that.
 */
ACT_API act_status act_softmax_fast_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_softmax_fast_f32_to(float *dst, size_t dst_stride, const float *src,
                                           size_t src_stride, size_t rows, size_t cols);

/* What softmax_masked makes of a row whose every element is -inf, by the mask or by itself. */
typedef enum act_empty_rows { ACT_EMPTY_ROWS_NAN, ACT_EMPTY_ROWS_ZERO } act_empty_rows;

/*
 * softmax_masked(x) = softmax(scale * x + mask), the sum rounded once, as in attention
 *
 * Rows, strides and aliasing of dst and src as in softmax.  mask may be NULL, which is none, and
 * mask_stride may be 0, which gives all rows the same mask; mask may not overlap dst.
 *
 * Domain     as softmax, of scale * x + mask.  A row that is -inf everywhere gives NaN or zeros, as
 *            `empty` says, zeros raising no flag.
 * Error      at most 4e-7, as softmax, for what scale * x + mask is when rounded.
 * Definition ONNX Attention, PyTorch scaled_dot_product_attention (additive mask).
 */
ACT_API act_status act_softmax_masked_f32(float *buf, const float *mask, size_t mask_stride,
                                          size_t rows, size_t cols, float scale,
                                          act_empty_rows empty);
ACT_API act_status act_softmax_masked_f32_to(float *dst, size_t dst_stride, const float *src,
                                             size_t src_stride, const float *mask,
                                             size_t mask_stride, size_t rows, size_t cols,
                                             float scale, act_empty_rows empty);

/*
 * softmax_masked, fast tier.  As above, but:
 *
 * Error      relative to the exact result for what scale * x + mask is when rounded, where that is
 *            not below 2^-126: at most 2.5e-6 if that sum lies in [-10, 10], 5.5e-6 if it lies in
 *            [-100, 100].  Results below 2^-126 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_softmax_masked_fast_f32(float *buf, const float *mask, size_t mask_stride,
                                               size_t rows, size_t cols, float scale,
                                               act_empty_rows empty);
ACT_API act_status act_softmax_masked_fast_f32_to(float *dst, size_t dst_stride, const float *src,
                                                  size_t src_stride, const float *mask,
                                                  size_t mask_stride, size_t rows, size_t cols,
                                                  float scale, act_empty_rows empty);

/*
 * log_softmax(x)[j] = x[j] - log(sum over k of exp(x[k]))
 *
 * Rows, strides and aliasing as in softmax.
 *
 * Domain     all floats; -inf gives -inf.  A row with a NaN or a +inf, or with nothing but -inf, is
 *            all NaN.
 * Error      at most 3.5e-7 relative to the exact result, where that is not below 2^-126 in size,
 *            also close to 0, as at the maximum of a peaked row.
 * Definition ONNX LogSoftmax (version 13, last axis), PyTorch log_softmax(dim=-1).
 */
ACT_API act_status act_log_softmax_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_f32_to(float *dst, size_t dst_stride, const float *src,
                                          size_t src_stride, size_t rows, size_t cols);

/*
 * log_softmax, fast tier.  As above, but:
 *
 * Error      relative to the exact result, also close to 0, or to 2^-80 if it is smaller: at most
 *            1.5e-6 if the row lies in [-10, 10], 4.3e-6 if it lies in [-100, 100].  Backends may
 *            differ within that.
 */
ACT_API act_status act_log_softmax_fast_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_fast_f32_to(float *dst, size_t dst_stride, const float *src,
                                               size_t src_stride, size_t rows, size_t cols);

/*
 * logsumexp(x) = log(sum over k of exp(x[k])), one float per row; dst has `rows` floats.  dst and
 * src may not overlap.
 *
 * Domain     all floats; a row of -inf alone, or of no columns, gives -inf; a +inf gives +inf.
 * Error      at most 2.8e-7 times |max x| + log(sum of exp(x - max x)).
 * Definition ONNX ReduceLogSumExp (last axis), PyTorch logsumexp(dim=-1).
 */
ACT_API act_status act_logsumexp_f32(float *dst, const float *src, size_t src_stride, size_t rows,
                                     size_t cols);

/*
 * softmax, log_softmax and logsumexp over the middle axis of outer x rows x cols floats without
 * gaps, as over the channels of NCHW (outer = N, rows = C, cols = H W) or over axis 0 (outer = 1)
 *
 * The bits are those of act_softmax_f32, act_log_softmax_f32 and act_logsumexp_f32 on a row that
 * has the elements of the column, and so are domain, error and flags.  dst may be equal to src; of
 * logsumexp_columns, whose dst has outer x cols floats, the two may not overlap.  Sixteen columns
 * are worked on side by side, without a transposed copy.
 *
 * Definition ONNX Softmax, LogSoftmax and ReduceLogSumExp (any axis), PyTorch softmax(dim)
 */
ACT_API act_status act_softmax_columns_f32(float *buf, size_t outer, size_t rows, size_t cols);
ACT_API act_status act_softmax_columns_f32_to(float *dst, const float *src, size_t outer,
                                              size_t rows, size_t cols);
ACT_API act_status act_log_softmax_columns_f32(float *buf, size_t outer, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_columns_f32_to(float *dst, const float *src, size_t outer,
                                                  size_t rows, size_t cols);
ACT_API act_status act_logsumexp_columns_f32(float *dst, const float *src, size_t outer,
                                             size_t rows, size_t cols);

/*
 * The gradients of softmax, log_softmax and softmax_masked, from the output y, row by row
 *
 *   softmax_grad         y (dy - sum over k of dy[k] y[k])
 *   log_softmax_grad     dy - exp(y) (sum over k of dy[k])
 *   softmax_masked_grad  scale * softmax_grad(dy, y), with respect to x; the gradient with respect
 *                        to the mask is softmax_grad itself
 *
 * Rows and strides as in softmax.  dx may be equal to dy or y, with equal strides.
 *
 * Domain     all floats and any scale, except that log_softmax_grad needs y <= 88, so that exp(y)
 *            is finite.  The formula applies to NaN and infinities as written, and they reach all
 *            of their row through the sum.  A row that softmax_masked set to zeros, because it was
 *            -inf everywhere, gives zeros for finite dy and scale.
 * Error      softmax_grad at most 3.2e-7, log_softmax_grad at most 2.6e-7 times the larger of the
 *            two terms that are subtracted; softmax_masked_grad at most 4.5e-7 times that term and
 *            |scale|.  A sum whose terms cancel counts as no smaller than 1e-4 times the sum of
 *            their magnitudes.  The bounds hold as long as no product overflows or is below 2^-126.
 * Definition PyTorch softmax, log_softmax and scaled_dot_product_attention, backward.
 */
ACT_API act_status act_softmax_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                        size_t dy_stride, const float *y, size_t y_stride,
                                        size_t rows, size_t cols);
ACT_API act_status act_log_softmax_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                            size_t dy_stride, const float *y, size_t y_stride,
                                            size_t rows, size_t cols);
ACT_API act_status act_softmax_masked_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                               size_t dy_stride, const float *y, size_t y_stride,
                                               size_t rows, size_t cols, float scale);

/*
 * The gradient of logsumexp: dx[r][i] = dy[r] * softmax(x[r])[i]; dy has `rows` floats.  Its bits
 * are those of the product of dy[r] and the result of act_softmax_f32.
 *
 * Strides as in softmax.  dx may be equal to x (with equal strides); any other overlap, and any
 * overlap of dy with dx, is an error.
 *
 * Domain     all floats; a row of x with a NaN or a +inf, or with -inf alone, gives NaN, as softmax
 *            does, and so does dy[r] = NaN; an infinite dy[r] times 0 is NaN.
 * Error      at most 4.5e-7 relative to the exact result, where neither the result nor softmax(x)
 *            is below 2^-126.
 * Definition PyTorch logsumexp(dim=-1), backward, except that PyTorch gives 0 for a row of -inf
 *            alone.
 */
ACT_API act_status act_logsumexp_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                          const float *x, size_t x_stride, size_t rows,
                                          size_t cols);

/*
 * prelu(x)[r][c] = slope[c] * x[r][c] if x[r][c] < 0, else x[r][c]
 *
 * Rows have `channels` floats, with strides as in softmax.  slope has one float per channel, and
 * may not overlap dst.  Domain and error are those of leaky_relu.  The gradient with respect to x
 * is dy if x > 0, else slope * dy.
 *
 * Definition ONNX PRelu, PyTorch prelu; K. He et al., ICCV 2015.
 */
ACT_API act_status act_prelu_f32(float *buf, const float *slope, size_t rows, size_t channels);
ACT_API act_status act_prelu_f32_to(float *dst, size_t dst_stride, const float *src,
                                    size_t src_stride, const float *slope, size_t rows,
                                    size_t channels);
ACT_API act_status act_prelu_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                      size_t dy_stride, const float *x, size_t x_stride,
                                      const float *slope, size_t rows, size_t channels);

/*
 * prelu with the channels on the middle axis of outer x channels x inner floats, without gaps:
 * images (NCHW) are batch x channels x height * width, rows of channels have inner = 1
 *
 *   prelu_channels        slopes[c] * x if x < 0, else x
 *   prelu_channels_grad   dx = dy if x > 0, else slopes[c] * dy
 *   prelu_slope_grad      dslopes[c] += the sum of dy * x over what is not above 0 in channel c
 *
 * Aliasing   slopes may not overlap dst or dx, nor dslopes dy or x.
 * Domain     all floats; the bits of leaky_relu and its gradient with the slope of the channel.  A
 *            dy beside an x > 0 has no influence on dslopes, not even a NaN.
 * Error      that of leaky_relu; a sum is computed in double or as accurately as in double, and
 *            rounded once before it is added.  The same bits on every backend.
 * Definition ONNX PRelu with slopes of channels x 1 x 1, PyTorch prelu and its backward.
 */
ACT_API act_status act_prelu_channels_f32(float *buf, const float *slopes, size_t outer,
                                          size_t channels, size_t inner);
ACT_API act_status act_prelu_channels_f32_to(float *dst, const float *src, const float *slopes,
                                             size_t outer, size_t channels, size_t inner);
ACT_API act_status act_prelu_channels_grad_f32(float *dx, const float *dy, const float *x,
                                               const float *slopes, size_t outer, size_t channels,
                                               size_t inner);
ACT_API act_status act_prelu_slope_grad_f32(float *dslopes, const float *dy, const float *x,
                                            size_t outer, size_t channels, size_t inner);

/*
 * softmin(x) = softmax(-x)
 *
 * Strides and error are those of softmax.  A row with a NaN or a -inf, or with nothing but +inf, is
 * all NaN; otherwise +inf gives 0.
 *
 * Definition PyTorch softmin(dim=-1).
 */
ACT_API act_status act_softmin_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_softmin_f32_to(float *dst, size_t dst_stride, const float *src,
                                      size_t src_stride, size_t rows, size_t cols);

/*
 * hardmax(x) = 1 at the first of the largest elements of a row, else 0
 *
 * Strides are those of softmax.
 *
 * Domain     all floats; a row with a NaN is all NaN; infinities count like other numbers, so
 *            that a row of -inf alone is 1 at its first element.
 * Error      none: exact.
 * Definition ONNX Hardmax (axis = -1).
 */
ACT_API act_status act_hardmax_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_hardmax_f32_to(float *dst, size_t dst_stride, const float *src,
                                      size_t src_stride, size_t rows, size_t cols);

/*
 * sparsemax(x) = max(x - tau, 0), with the tau for which a row's sum is 1
 *
 * Strides are those of softmax.  What is more than 1 below the largest element is 0.
 *
 * Domain     all floats; a row with a NaN or a +inf, or with nothing but -inf, is all NaN;
 *            otherwise -inf gives 0.
 * Error      at most 1.2e-7 relative to the exact result, plus 1e-12 where that is smaller than
 *            1e-5, for rows within [-100, 100].
 * Definition A. Martins and R. Astudillo, ICML 2016.
 */
ACT_API act_status act_sparsemax_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_sparsemax_f32_to(float *dst, size_t dst_stride, const float *src,
                                        size_t src_stride, size_t rows, size_t cols);

#ifdef __cplusplus
}
#endif

#endif
