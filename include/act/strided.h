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
 * Gated functions of rows.  A projection that is packed row by row, [gate | up], is one call:
 * act_swiglu_rows_f32(dst, cols, packed, 2 * cols, packed + cols, 2 * cols, rows, cols).
 *
 *   act_NAME_rows_f32         out = f(gate) * up; out may be equal to gate or to up
 *   act_NAME_interleaved_f32  the same where gate and up alternate: a row of src has 2 * cols
 *                             floats, gate, up, gate, up, ...; dst may not overlap src
 *   act_NAME_grad_rows_f32    both gradients, as act_NAME_grad_f32; rows of dgate and dup may
 *                             interleave, as packed ones do, but not overlap
 *   act_NAME_grad_add_f32     dgate[i] += and dup[i] += what act_NAME_grad_f32 computes; aliasing
 *                             as there
 *
 * Each line declares those of one function, whose parameters come last.
 */
#define ACT_STRIDED_GATE(name, ...)                                                                \
    ACT_API act_status act_##name##_rows_f32(float *out, size_t out_stride, const float *gate,     \
                                             size_t gate_stride, const float *up,                  \
                                             size_t up_stride, size_t rows, __VA_ARGS__);          \
    ACT_API act_status act_##name##_interleaved_f32(float *out, size_t out_stride,                 \
                                                    const float *src, size_t src_stride,           \
                                                    size_t rows, __VA_ARGS__);
#define ACT_STRIDED_GATED(name, ...)                                                               \
    ACT_STRIDED_GATE(name, __VA_ARGS__)                                                            \
    ACT_API act_status act_##name##_grad_rows_f32(                                                 \
        float *dgate, size_t dgate_stride, float *dup, size_t dup_stride, const float *dy,         \
        size_t dy_stride, const float *gate, size_t gate_stride, const float *up,                  \
        size_t up_stride, size_t rows, __VA_ARGS__);                                               \
    ACT_API act_status act_##name##_grad_add_f32(float *dgate, float *dup, const float *dy,        \
                                                 const float *gate, const float *up, __VA_ARGS__);

ACT_STRIDED_GATED(reglu, size_t cols)
ACT_STRIDED_GATED(reglu_squared, size_t cols)
ACT_STRIDED_GATED(glu, size_t cols)
ACT_STRIDED_GATE(glu_fast, size_t cols)
ACT_STRIDED_GATED(geglu, size_t cols)
ACT_STRIDED_GATED(geglu_fast, size_t cols)
ACT_STRIDED_GATED(geglu_tanh, size_t cols)
ACT_STRIDED_GATED(geglu_tanh_fast, size_t cols)
ACT_STRIDED_GATED(geglu_quick, size_t cols)
ACT_STRIDED_GATE(geglu_quick_fast, size_t cols)
ACT_STRIDED_GATED(swiglu, size_t cols)
ACT_STRIDED_GATED(swiglu_fast, size_t cols)
ACT_STRIDED_GATED(swiglu_beta, size_t cols, float beta)
ACT_STRIDED_GATE(swiglu_clamped, size_t cols, float alpha, float limit)
ACT_STRIDED_GATE(swiglu_clamped_fast, size_t cols, float alpha, float limit)

#undef ACT_STRIDED_GATE
#undef ACT_STRIDED_GATED

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
