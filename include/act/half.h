/*
 * f16 and bf16, the storage types of 16 bits: part of act.h, which includes this file.
 *
 *   f16    IEEE 754 binary16: 11 bits of precision, up to 65504, subnormal numbers from 2^-24 on
 *   bf16   the upper half of an f32: 8 bits of precision, its range and its subnormal numbers
 *
 * The functions are those of f32, with the type's name in place of f32: act_sigmoid_f16(buf, n),
 * act_sigmoid_f16_to(dst, src, n).  Formulas, domains, limits, NaN, aliasing and errors are those
 * of the f32 function.  Parameters and masks stay floats.  Arrays are aligned to 2 bytes; sizes and
 * strides count elements.  There is one tier, and there are no gradients.
 *
 * Error      An elementwise function with the usual parameters is correctly rounded (to nearest,
 *            ties to even) for every one of the 65,536 inputs, so the bits are the same on every
 *            backend, x86 without fused multiply-add included.  The usual parameters are those of
 *            act_function_parameters.  With other parameters, and in the functions of pairs and
 *            rows, the error is at most 0.501 ULP of the type, with these exceptions: a pair of
 *            bf16 where f(gate) is below 2^-126; a pair of f16 where up is infinite and f(gate)
 *            below 2^-22, which may be NaN; logsumexp where its two terms cancel, where the error
 *            of f32 is added.
 * Flags      FE_INVALID and FE_DIVBYZERO as in f32; FE_OVERFLOW only if a result is infinite.
 *            FE_UNDERFLOW and FE_INEXACT may be raised.
 */
#ifndef ACT_HALF_H
#define ACT_HALF_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The bits.  C has no arithmetic on these types, only on the floats that they convert to. */
typedef uint16_t act_f16;
typedef uint16_t act_bf16;

/*
 * Conversions of n numbers.  To f32 they are exact.  From f32 they round to nearest, ties to even,
 * to infinity from the type's largest number and half a step on; subnormal numbers are kept, and a
 * NaN stays one.  dst and src may not overlap.
 */
ACT_API act_status act_f16_to_f32(float *dst, const act_f16 *src, size_t n);
ACT_API act_status act_f32_to_f16(act_f16 *dst, const float *src, size_t n);
ACT_API act_status act_bf16_to_f32(float *dst, const act_bf16 *src, size_t n);
ACT_API act_status act_f32_to_bf16(act_bf16 *dst, const float *src, size_t n);

/* Each line declares act_NAME_f16, act_NAME_f16_to, act_NAME_bf16 and act_NAME_bf16_to. */
#define ACT_HALF_BOTH(kind, ...) kind(f16, __VA_ARGS__) kind(bf16, __VA_ARGS__)

/* Elementwise functions, with their parameters. */
#define ACT_HALF_MAP_OF(type, name, ...)                                                           \
    ACT_API act_status act_##name##_##type(act_##type *buf, __VA_ARGS__);                          \
    ACT_API act_status act_##name##_##type##_to(act_##type *dst, const act_##type *src,            \
                                                __VA_ARGS__);
#define ACT_HALF_MAP(name)         ACT_HALF_BOTH(ACT_HALF_MAP_OF, name, size_t n)
#define ACT_HALF_MAP_1(name, p)    ACT_HALF_BOTH(ACT_HALF_MAP_OF, name, size_t n, float p)
#define ACT_HALF_MAP_2(name, p, q) ACT_HALF_BOTH(ACT_HALF_MAP_OF, name, size_t n, float p, float q)

ACT_HALF_MAP(sigmoid)
ACT_HALF_MAP(tanh)
ACT_HALF_MAP(tanhshrink)
ACT_HALF_MAP_1(softcap, cap)
ACT_HALF_MAP(relu)
ACT_HALF_MAP_1(leaky_relu, slope)
ACT_HALF_MAP(relu6)
ACT_HALF_MAP(relu_squared)
ACT_HALF_MAP(sparse_plus)
ACT_HALF_MAP_2(threshold, theta, value)
ACT_HALF_MAP_1(thresholded_relu, alpha)
ACT_HALF_MAP_1(step, value)
ACT_HALF_MAP_2(linear, a, b)
ACT_HALF_MAP_2(clip, lo, hi)
ACT_HALF_MAP_2(hardtanh, lo, hi)
ACT_HALF_MAP_2(hardsigmoid, alpha, beta)
ACT_HALF_MAP(hardswish)
ACT_HALF_MAP_1(hardshrink, lambda)
ACT_HALF_MAP_1(softshrink, lambda)
ACT_HALF_MAP(softsign)
ACT_HALF_MAP(exp)
ACT_HALF_MAP_1(elu, alpha)
ACT_HALF_MAP(selu)
ACT_HALF_MAP_2(scaled_elu, alpha, gamma)
ACT_HALF_MAP_1(celu, alpha)
ACT_HALF_MAP_2(softplus, beta, threshold)
ACT_HALF_MAP(log_sigmoid)
ACT_HALF_MAP(sqrt_softplus)
ACT_HALF_MAP_1(squareplus, b)
ACT_HALF_MAP(mish)
ACT_HALF_MAP_1(silu, beta)
ACT_HALF_MAP(gelu)
ACT_HALF_MAP(gelu_tanh)
ACT_HALF_MAP(gelu_quick)
ACT_HALF_MAP_2(laplace, mu, sigma)
ACT_HALF_MAP_1(snake, alpha)

/* Gated pairs, as in gates.h; dst may be equal to gate or to up. */
#define ACT_HALF_GATED_OF(type, name, ...)                                                         \
    ACT_API act_status act_##name##_##type(act_##type *dst, const act_##type *gate,                \
                                           const act_##type *up, __VA_ARGS__);
#define ACT_HALF_GATED(name, ...) ACT_HALF_BOTH(ACT_HALF_GATED_OF, name, __VA_ARGS__)

ACT_HALF_GATED(reglu, size_t n)
ACT_HALF_GATED(reglu_squared, size_t n)
ACT_HALF_GATED(glu, size_t n)
ACT_HALF_GATED(geglu, size_t n)
ACT_HALF_GATED(geglu_tanh, size_t n)
ACT_HALF_GATED(geglu_quick, size_t n)
ACT_HALF_GATED(swiglu, size_t n)
ACT_HALF_GATED(swiglu_beta, size_t n, float beta)
ACT_HALF_GATED(swiglu_clamped, size_t n, float alpha, float limit)

/* Rows; sums are of floats or doubles. */
#define ACT_HALF_ROWS_OF(type, name)                                                               \
    ACT_API act_status act_##name##_##type(act_##type *buf, size_t rows, size_t cols);             \
    ACT_API act_status act_##name##_##type##_to(act_##type *dst, size_t dst_stride,                \
                                                const act_##type *src, size_t src_stride,          \
                                                size_t rows, size_t cols);
#define ACT_HALF_MASKED_OF(type, name)                                                             \
    ACT_API act_status act_##name##_##type(act_##type *buf, const float *mask, size_t mask_stride, \
                                           size_t rows, size_t cols, float scale,                  \
                                           act_empty_rows empty);                                  \
    ACT_API act_status act_##name##_##type##_to(                                                   \
        act_##type *dst, size_t dst_stride, const act_##type *src, size_t src_stride,              \
        const float *mask, size_t mask_stride, size_t rows, size_t cols, float scale,              \
        act_empty_rows empty);
#define ACT_HALF_ONE_PER_ROW_OF(type, name)                                                        \
    ACT_API act_status act_##name##_##type(act_##type *dst, const act_##type *src,                 \
                                           size_t src_stride, size_t rows, size_t cols);

ACT_HALF_BOTH(ACT_HALF_ROWS_OF, softmax)
ACT_HALF_BOTH(ACT_HALF_ROWS_OF, log_softmax)
ACT_HALF_BOTH(ACT_HALF_MASKED_OF, softmax_masked)
ACT_HALF_BOTH(ACT_HALF_ONE_PER_ROW_OF, logsumexp)

/* By value, as act_apply_f32; ACT_ERROR_FUNCTION for a function of the fast tier. */
#define ACT_HALF_APPLY_OF(type, name)                                                              \
    ACT_API act_status act_##name##_##type(act_function fn, const act_params *params,              \
                                           act_##type *dst, const act_##type *src, size_t n);
ACT_HALF_BOTH(ACT_HALF_APPLY_OF, apply)

#undef ACT_HALF_BOTH
#undef ACT_HALF_MAP_OF
#undef ACT_HALF_MAP
#undef ACT_HALF_MAP_1
#undef ACT_HALF_MAP_2
#undef ACT_HALF_GATED_OF
#undef ACT_HALF_GATED
#undef ACT_HALF_ROWS_OF
#undef ACT_HALF_MASKED_OF
#undef ACT_HALF_ONE_PER_ROW_OF
#undef ACT_HALF_APPLY_OF

#ifdef __cplusplus
}
#endif

#endif
