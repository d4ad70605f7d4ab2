/*
 * Elementwise functions of rows in larger matrices, and gradients that are added to what is there;
 * part of act.h, which includes this file.
 *
 * Rows have `cols` floats, and row r begins at p + r * stride.  Strides are at least cols; what is
 * between the rows is neither read nor written.  Each element has the bits of the direct call, so
 * formulas, domains, bounds, NaN and infinities are those of the direct calls.
 *
 * Aliasing   A result may be equal to an operand with equal strides.  Rows of two arrays may
 *            interleave as long as no row of a result overlaps a row of another array.  Anything
 *            else is ACT_ERROR_OVERLAP.
 * Errors     Those of the direct call, and ACT_ERROR_STRIDE.  Nothing is touched on an error.  With
 *            rows = 0 or cols = 0 a call does nothing, and its pointers may have any value;
 *            parameters are checked all the same.
 */
#ifndef ACT_STRIDED_H
#define ACT_STRIDED_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* act_apply_f32 and act_apply_grad_f32 of rows: every elementwise function of one array. */
ACT_API act_status act_apply_rows_f32(act_function fn, const act_params *params, float *dst,
                                      size_t dst_stride, const float *src, size_t src_stride,
                                      size_t rows, size_t cols);
ACT_API act_status act_apply_grad_rows_f32(act_function fn, const act_params *params, float *dx,
                                           size_t dx_stride, const float *dy, size_t dy_stride,
                                           const float *x_or_y, size_t x_or_y_stride, size_t rows,
                                           size_t cols);

/*
 * Gradients that are added
 *
 *   act_apply_grad_add_f32    dx[i] += what act_apply_grad_f32 computes; dx may be equal to dy or
 *                             to x_or_y, whose old value both the gradient and the sum take
 *   act_add_f32               dst[i] += src[i], for any other gradient: that of a row goes to a
 *                             buffer, which is then added; dst may be equal to src
 *   act_add_rows_f32          the same of rows
 *
 * The gradient is rounded, then the sum: the bits are those of both steps apart, and the same on
 * every backend in the default tier.
 */
ACT_API act_status act_apply_grad_add_f32(act_function fn, const act_params *params, float *dx,
                                          const float *dy, const float *x_or_y, size_t n);
ACT_API act_status act_add_f32(float *dst, const float *src, size_t n);
ACT_API act_status act_add_rows_f32(float *dst, size_t dst_stride, const float *src,
                                    size_t src_stride, size_t rows, size_t cols);

#ifdef __cplusplus
}
#endif

#endif
