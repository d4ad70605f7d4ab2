/*
 * Gated functions, out = f(gate) * up, of arrays, of rows, and of packed and interleaved rows, with
 * their gradients; part of act.h, which includes this file.
 *
 * What act.h says of every function holds here too.
 */
#ifndef ACT_GATES_H
#define ACT_GATES_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Gated functions: out = f(gate) * up, elementwise.  out may be equal to gate or to up, or to both;
 * any other overlap is an error.  A NaN in gate or up gives a NaN.
 */

/*
 * reglu(gate, up) = relu(gate) * up
 *
 * Domain     all floats; relu(gate) = 0 times an infinite up is NaN.
 * Error      at most 0.5 ULP: the product, rounded once.
 * Definition N. Shazeer, GLU Variants Improve Transformer, 2020.
 */
ACT_API act_status act_reglu_f32(float *out, const float *gate, const float *up, size_t n);

/*
 * geglu(gate, up) = gelu(gate) * up, swiglu(gate, up) = gate * sigmoid(gate) * up
 *
 * Domain     all floats; a zero times an infinite up is NaN.
 * Error      geglu at most 8.16 ULP, swiglu at most 2.44 ULP, for any up, as long as gelu(gate) and
 *            silu(gate) are not subnormal.
 * Definition N. Shazeer, GLU Variants Improve Transformer, 2020.
 */
ACT_API act_status act_geglu_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_swiglu_f32(float *out, const float *gate, const float *up, size_t n);

/*
 * geglu and swiglu, fast tier: the products by gelu_fast(gate) and silu_fast(gate).  As above, but:
 *
 * Error      geglu_fast at most 9.3 ULP, of 2^-22 up where gelu(gate) is smaller than 2^-22.
 *            swiglu_fast at most 5.3 ULP, of 2^-96 up where silu(gate) is smaller than 2^-96.
 *            Backends may differ within that.
 */
ACT_API act_status act_geglu_fast_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_swiglu_fast_f32(float *out, const float *gate, const float *up, size_t n);

/*
 * More gates, each f(gate) * up
 *
 *   glu              sigmoid(gate) * up
 *   reglu_squared    relu_squared(gate) * up
 *   geglu_tanh       gelu_tanh(gate) * up, which Gemma and ggml call GEGLU
 *   geglu_quick      gelu_quick(gate) * up
 *   swiglu_beta      silu(gate; beta) * up, beta finite
 *
 * and one that is none:
 *
 *   swiglu_clamped   silu(min(gate, limit); alpha) * (min(max(up, -limit), limit) + 1) with a
 *                    finite alpha (1.702 is usual) and a finite limit >= 0 (7 is usual)
 *
 * Domain     all floats; a zero times an infinite up is NaN.
 * Error      glu at most 2.93 ULP.
 *            reglu_squared at most 1.5 ULP.
 *            geglu_tanh at most 2.68 ULP.
 *            geglu_quick at most 2.55 ULP.
 *            swiglu_beta at most 2.46 ULP for beta = 1.702, at most 2.92 ULP for any other.
 *            swiglu_clamped at most 3.56 ULP for the usual parameters, at most 4.16 ULP
 *            for any other.
 *            For any up, as long as f(gate) neither overflows nor is subnormal.
 * Definition N. Shazeer, GLU Variants Improve Transformer, 2020; PyTorch glu; swiglu_clamped is
 *            that of gpt-oss (OpenAI, 2025) and of ONNX Runtime's MoE.
 */
ACT_API act_status act_glu_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_reglu_squared_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_tanh_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_quick_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_swiglu_beta_f32(float *out, const float *gate, const float *up, size_t n,
                                       float beta);
ACT_API act_status act_swiglu_clamped_f32(float *out, const float *gate, const float *up, size_t n,
                                          float alpha, float limit);

/*
 * The same in the fast tier: the products by sigmoid_fast, gelu_tanh_fast, gelu_quick_fast and
 * silu_fast.
 *
 * Error      glu_fast at most 4.65 ULP, of 2^-100 up where sigmoid(gate) is smaller.
 *            geglu_tanh_fast at most 37.1 ULP, of 2^-27 up where gelu_tanh(gate) is smaller.
 *            geglu_quick_fast at most 83.4 ULP, of 2^-100 up where gelu_quick(gate) is smaller.
 *            swiglu_clamped_fast at most 68.2 ULP for the usual parameters, at most
 *            68.8 ULP for any other, of 2^-96 up where silu(gate) is smaller.
 *            Backends may differ within that.
 */
ACT_API act_status act_glu_fast_f32(float *out, const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_tanh_fast_f32(float *out, const float *gate, const float *up,
                                           size_t n);
ACT_API act_status act_geglu_quick_fast_f32(float *out, const float *gate, const float *up,
                                            size_t n);
ACT_API act_status act_swiglu_clamped_fast_f32(float *out, const float *gate, const float *up,
                                               size_t n, float alpha, float limit);

/*
 * The gradients of the gated functions out = f(gate) * up, both in one call
 *
 *   dgate = dy * up * f'(gate)     dup = dy * f(gate)
 *
 * Here f is relu, gelu or silu (beta = 1), and f' is its derivative as above.  dgate has the bits
 * of act_f_grad_f32 with the rounded product dy * up in place of dy.  dup has those of the gated
 * function with dy in place of up.  Each of dgate and dup may be equal to any of dy, gate and up;
 * any other overlap is an error, and so is any overlap of dgate with dup.
 *
 * Domain     all floats; a NaN in dy or gate makes both results NaN, a NaN in up makes dgate NaN.
 *            dgate of reglu is +0 for gate <= 0, even where dy * up is infinite.  Every other
 *            product of 0 and an infinity is NaN: dy * up, and f(gate) or a derivative of 0 times
 *            an infinite factor.
 * Error      reglu dgate at most 0.5 ULP, dup at most 0.5 ULP.
 *            geglu dgate at most 13.07 ULP, dup at most 8.16 ULP.
 *            swiglu dgate at most 7.36 ULP, dup at most 2.44 ULP.
 *            Where |f'(gate)| < 0.1, the error of dgate is in ULP of 0.1 dy up.  All bounds hold
 *            as long as no intermediate product, gelu(gate) and silu(gate) among them, overflows
 *            or is below 2^-126.
 * Definition N. Shazeer, GLU Variants Improve Transformer, 2020; the derivatives are PyTorch's;
 *            that of relu at 0 is 0.
 */
ACT_API act_status act_reglu_grad_f32(float *dgate, float *dup, const float *dy, const float *gate,
                                      const float *up, size_t n);
ACT_API act_status act_geglu_grad_f32(float *dgate, float *dup, const float *dy, const float *gate,
                                      const float *up, size_t n);
ACT_API act_status act_swiglu_grad_f32(float *dgate, float *dup, const float *dy, const float *gate,
                                       const float *up, size_t n);

/*
 * The gradients of geglu_fast and swiglu_fast.  As above, by functions of the fast tier, but:
 *
 * Error      geglu_fast dgate at most 12.8 ULP, dup at most 9.3 ULP.
 *            swiglu_fast dgate at most 17.5 ULP, dup at most 5.3 ULP.
 *            dgate's is in ULP of 0.1 dy up where the derivative is smaller than 0.1.  Backends may
 *            differ within that.
 */
ACT_API act_status act_geglu_fast_grad_f32(float *dgate, float *dup, const float *dy,
                                           const float *gate, const float *up, size_t n);
ACT_API act_status act_swiglu_fast_grad_f32(float *dgate, float *dup, const float *dy,
                                            const float *gate, const float *up, size_t n);

/*
 * The gradients of the other gates that are products, as above; sigmoid's is sigmoid_grad_x.
 *
 * Error      glu dgate at most 6.78 ULP, dup at most 2.93 ULP.
 *            reglu_squared dgate at most 1.5 ULP, dup at most 1.5 ULP.
 *            geglu_tanh dgate at most 12.09 ULP, dup at most 2.68 ULP.
 *            geglu_tanh_fast dgate at most 33.7 ULP, dup at most 37.1 ULP.
 *            geglu_quick dgate at most 9.61 ULP, dup at most 2.55 ULP.
 *            swiglu_beta dgate at most 9.23 ULP, dup at most 2.46 ULP, for beta = 1.702.
 *            Where |f'(gate)| < 0.1, dgate's is in ULP of 0.1 dy up, except for glu and
 *            reglu_squared.  Backends may differ in the fast tier.
 */
ACT_API act_status act_glu_grad_f32(float *dgate, float *dup, const float *dy, const float *gate,
                                    const float *up, size_t n);
ACT_API act_status act_reglu_squared_grad_f32(float *dgate, float *dup, const float *dy,
                                              const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_tanh_grad_f32(float *dgate, float *dup, const float *dy,
                                           const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_tanh_fast_grad_f32(float *dgate, float *dup, const float *dy,
                                                const float *gate, const float *up, size_t n);
ACT_API act_status act_geglu_quick_grad_f32(float *dgate, float *dup, const float *dy,
                                            const float *gate, const float *up, size_t n);
ACT_API act_status act_swiglu_beta_grad_f32(float *dgate, float *dup, const float *dy,
                                            const float *gate, const float *up, size_t n,
                                            float beta);

/*
 * Gated functions of rows, with strides and errors as in strided.h.  A projection that is packed
 * row by row, [gate | up], is one call: act_swiglu_rows_f32(dst, cols, packed, 2 * cols, packed +
 * cols, 2 * cols, rows, cols).
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

#ifdef __cplusplus
}
#endif

#endif
