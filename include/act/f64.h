/*
 * The functions of double, which act/act.h includes.
 *
 * act_NAME_f64 and act_NAME_f64_to are act_NAME_f32 and act_NAME_f32_to for doubles, whose headers
 * state formula, domain, limits, behaviour at kinks and definition of each.  What act.h says of
 * arguments, aliasing, memory, threads, NaN and the floating-point environment holds here, too.
 * Parameters are doubles.  What differs:
 *
 *   Sizes      Sizes and strides count doubles, and a pointer must be aligned to a double.
 *   SLEEF      SLEEF's functions of double are called, so the library must be built with SLEEF.  In
 *              a build with ACT_SLEEF=OFF, or whose SLEEF lacks these functions, every call returns
 *              ACT_ERROR_UNSUPPORTED, or the error of its arguments, and touches nothing.
 *   Backends   The same input gives the same bits on every backend with FMA, for one version of
 *              SLEEF.  Other versions of SLEEF may give other bits within the bounds.
 *   Tiers      There is one tier, and ACT_SLICE(n) counts as n.
 *   Constants  0.01, 1/6, 1.702, those of GELU and the usual ones of laplace are not rounded to
 *              float; alpha and gamma of SELU, the usual ones of scaled_elu, are rounded to double,
 *              as in PyTorch.
 *   hardsigmoid  NaN where alpha * x is 0 times an infinity, as in f32.
 *   snake        From |alpha * x| = 2^32 on it takes each double up to 14 times as long.
 *   hardsigmoid_grad     at most 0.5 ULP
 *
 * Errors are in ULP, the distance of two doubles with the exact result's exponent, and never
 * smaller than 2^-1074.  They hold for results below 2^-1022, too.  The figures are the largest
 * errors of samples of inputs and parameters, with MPFR as the reference.
 *
 *   sigmoid              at most 2.42 ULP
 *   sigmoid_grad         at most 2.45 ULP
 *   relu                 exact
 *   relu_grad            exact
 *   leaky_relu           at most 0.5 ULP
 *   leaky_relu_grad      at most 0.5 ULP
 *   step                 exact
 *   linear               at most 0.5 ULP
 *   linear_grad          at most 0.5 ULP
 *   relu6                exact
 *   relu6_grad           exact
 *   clip                 exact
 *   clip_grad            exact
 *   hardtanh             exact
 *   hardtanh_grad        exact
 *   threshold            exact
 *   threshold_grad       exact
 *   softsign             at most 1.5 ULP
 *   softsign_grad        at most 3.25 ULP
 *   hardsigmoid          at most 0.5 ULP
 *   hardswish            at most 1.88 ULP
 *   hardswish_grad       at most 1.97 ULP
 *   hardshrink           exact
 *   hardshrink_grad      exact
 *   softshrink           at most 0.5 ULP
 *   softshrink_grad      exact
 *   thresholded_relu     exact
 *   thresholded_relu_grad exact
 *   tanh                 at most 1 ULP
 *   tanh_grad            at most 2.05 ULP
 *   exp                  at most 0.89 ULP
 *   exp_grad             at most 0.5 ULP
 *   elu                  at most 1.9 ULP
 *   elu_grad             at most 2.9 ULP
 *   selu                 at most 2.19 ULP
 *   selu_grad            at most 3.38 ULP
 *   celu                 at most 3.4 ULP
 *   celu_grad            at most 3.3 ULP
 *   softplus             at most 2.73 ULP
 *   softplus_grad        at most 2.97 ULP
 *   log_sigmoid          at most 1.76 ULP
 *   log_sigmoid_grad     at most 2.85 ULP
 *   silu                 at most 3.35 ULP
 *   silu_grad            at most 4 ULP
 *   gelu                 at most 3.27 ULP
 *   gelu_grad            at most 3.98 ULP
 *   gelu_tanh            at most 3.14 ULP
 *   gelu_tanh_grad       at most 3.55 ULP
 *   gelu_quick           at most 3.19 ULP
 *   gelu_quick_grad      at most 3.38 ULP
 *   mish                 at most 3.26 ULP
 *   mish_grad            at most 7.44 ULP
 *   squareplus           at most 2.75 ULP
 *   squareplus_grad      at most 3.39 ULP
 *   relu_squared         at most 0.5 ULP
 *   relu_squared_grad    at most 0.5 ULP
 *   sparse_plus          at most 1.93 ULP
 *   sparse_plus_grad     at most 1.5 ULP
 *   tanhshrink           at most 3.15 ULP
 *   tanhshrink_grad      at most 2.9 ULP
 *   softcap              at most 2.34 ULP
 *   softcap_grad         at most 2 ULP
 *   sqrt_softplus        at most 1.39 ULP
 *   sqrt_softplus_grad   at most 3.82 ULP
 *   scaled_elu           at most 1.88 ULP
 *   scaled_elu_grad      at most 3.38 ULP
 *   laplace              at most 3 ULP
 *   laplace_grad         at most 3.2 ULP
 *   snake                at most 1.19 ULP
 *   snake_grad           at most 2.07 ULP
 *   sigmoid_grad_x       at most 3.08 ULP
 *   elu_grad_y           at most 1.45 ULP
 *   selu_grad_y          at most 1.93 ULP
 *   celu_grad_y          at most 1.77 ULP
 *
 *   The gradients of silu, mish and the three GELUs: in ULP of 0.1 dy where |derivative| < 0.1.
 *   The bounds of all gradients hold for any dy, as long as no product overflows or is below
 *   2^-1022.
 *
 * Rows, relative to the exact result, where that is not below 2^-1022 in size, at any length up to
 * 1,000,000:
 *
 *   softmax              at most 4.3e-16
 *   log_softmax          at most 3.8e-16
 *   logsumexp            at most 2.6e-16, times |max x| + log(sum of exp(x - max x))
 *   softmax_grad         at most 5.8e-16, times the larger of the two terms that are subtracted
 *                        times |y|, also where their sum cancels
 *   log_softmax_grad     at most 2.2e-16, times the larger of the two terms that are subtracted
 */
#ifndef ACT_F64_H
#define ACT_F64_H

#include "act.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ACT_F64_MAP(name) declares act_NAME_f64(buf, n) and act_NAME_f64_to(dst, src, n); its other
 * arguments are the function's parameters, which come last.  ACT_F64_GRAD(name, v) declares
 * act_NAME_grad_f64(dx, dy, v, n), where v is the input x or the output y of the function.
 */
#define ACT_F64_MAP(name)                                                                          \
    ACT_API act_status act_##name##_f64(double *buf, size_t n);                                    \
    ACT_API act_status act_##name##_f64_to(double *dst, const double *src, size_t n);
#define ACT_F64_MAP_OF_1(name, p)                                                                  \
    ACT_API act_status act_##name##_f64(double *buf, size_t n, double p);                          \
    ACT_API act_status act_##name##_f64_to(double *dst, const double *src, size_t n, double p);
#define ACT_F64_MAP_OF_2(name, p, q)                                                               \
    ACT_API act_status act_##name##_f64(double *buf, size_t n, double p, double q);                \
    ACT_API act_status act_##name##_f64_to(double *dst, const double *src, size_t n, double p,     \
                                           double q);
#define ACT_F64_GRAD_OF_2(name, v, p, q)                                                           \
    ACT_API act_status act_##name##_grad_f64(double *dx, const double *dy, const double *v,        \
                                             size_t n, double p, double q);
#define ACT_F64_GRAD(name, v)                                                                      \
    ACT_API act_status act_##name##_grad_f64(double *dx, const double *dy, const double *v,        \
                                             size_t n);
#define ACT_F64_GRAD_OF_1(name, v, p)                                                              \
    ACT_API act_status act_##name##_grad_f64(double *dx, const double *dy, const double *v,        \
                                             size_t n, double p);

ACT_F64_MAP(sigmoid)
ACT_F64_MAP(tanh)
ACT_F64_MAP(relu)
ACT_F64_MAP_OF_1(leaky_relu, slope)
ACT_F64_MAP(relu6)
ACT_F64_MAP_OF_2(threshold, theta, value)
ACT_F64_MAP_OF_1(thresholded_relu, alpha)
ACT_F64_MAP_OF_1(step, value)
ACT_F64_MAP_OF_2(linear, a, b)
ACT_F64_MAP_OF_2(clip, lo, hi)
ACT_F64_MAP_OF_2(hardtanh, lo, hi)
ACT_F64_MAP_OF_2(hardsigmoid, alpha, beta)
ACT_F64_MAP(hardswish)
ACT_F64_MAP_OF_1(hardshrink, lambda)
ACT_F64_MAP_OF_1(softshrink, lambda)
ACT_F64_MAP(softsign)
ACT_F64_MAP(exp)
ACT_F64_MAP_OF_1(elu, alpha)
ACT_F64_MAP(selu)
ACT_F64_MAP_OF_1(celu, alpha)
ACT_F64_MAP_OF_2(softplus, beta, threshold)
ACT_F64_MAP(log_sigmoid)
ACT_F64_MAP_OF_1(squareplus, b)
ACT_F64_MAP(mish)
ACT_F64_MAP_OF_1(silu, beta)
ACT_F64_MAP(gelu)
ACT_F64_MAP(gelu_tanh)
ACT_F64_MAP(gelu_quick)
ACT_F64_MAP(relu_squared)
ACT_F64_MAP(sparse_plus)
ACT_F64_MAP(tanhshrink)
ACT_F64_MAP_OF_1(softcap, cap)
ACT_F64_MAP(sqrt_softplus)
ACT_F64_MAP_OF_2(scaled_elu, alpha, gamma)
ACT_F64_MAP_OF_2(laplace, mu, sigma)
ACT_F64_MAP_OF_1(snake, alpha)

ACT_F64_GRAD(sigmoid, y)
ACT_F64_GRAD(tanh, y)
ACT_F64_GRAD(relu, x)
ACT_F64_GRAD_OF_1(leaky_relu, x, slope)
ACT_F64_GRAD_OF_1(silu, x, beta)
ACT_F64_GRAD(gelu, x)
ACT_F64_GRAD_OF_2(linear, x, a, b)
ACT_F64_GRAD(relu6, x)
ACT_F64_GRAD_OF_2(clip, x, lo, hi)
ACT_F64_GRAD_OF_2(hardtanh, x, lo, hi)
ACT_F64_GRAD_OF_2(threshold, x, theta, value)
ACT_F64_GRAD_OF_1(thresholded_relu, x, alpha)
ACT_F64_GRAD(softsign, x)
ACT_F64_GRAD_OF_2(hardsigmoid, x, alpha, beta)
ACT_F64_GRAD(hardswish, x)
ACT_F64_GRAD_OF_1(hardshrink, x, lambda)
ACT_F64_GRAD_OF_1(softshrink, x, lambda)
ACT_F64_GRAD(exp, y)
ACT_F64_GRAD_OF_1(elu, x, alpha)
ACT_F64_GRAD(selu, x)
ACT_F64_GRAD_OF_1(celu, x, alpha)
ACT_F64_GRAD_OF_2(softplus, x, beta, threshold)
ACT_F64_GRAD(log_sigmoid, x)
ACT_F64_GRAD_OF_1(squareplus, x, b)
ACT_F64_GRAD(mish, x)
ACT_F64_GRAD(gelu_tanh, x)
ACT_F64_GRAD(gelu_quick, x)
ACT_F64_GRAD(relu_squared, x)
ACT_F64_GRAD(sparse_plus, x)
ACT_F64_GRAD(tanhshrink, x)
ACT_F64_GRAD_OF_1(softcap, y, cap)
ACT_F64_GRAD(sqrt_softplus, x)
ACT_F64_GRAD_OF_2(scaled_elu, x, alpha, gamma)
ACT_F64_GRAD_OF_2(laplace, x, mu, sigma)
ACT_F64_GRAD_OF_1(snake, x, alpha)

/* Gradients from the other operand. */
ACT_API act_status act_sigmoid_grad_x_f64(double *dx, const double *dy, const double *x, size_t n);
ACT_API act_status act_elu_grad_y_f64(double *dx, const double *dy, const double *y, size_t n,
                                      double alpha);
ACT_API act_status act_selu_grad_y_f64(double *dx, const double *dy, const double *y, size_t n);
ACT_API act_status act_celu_grad_y_f64(double *dx, const double *dy, const double *y, size_t n,
                                       double alpha);

/*
 * Gates: act_NAME_f64(out, gate, up, n), whose bits are those of the function of the gate times up,
 * and act_NAME_grad_f64(dgate, dup, dy, gate, up, n): the gradient of that function of dy up, and
 * act_NAME_f64 of gate and dy.  They are as accurate as these, where f(gate) is not below 2^-1022.
 */
#define ACT_F64_GATE(name, ...)                                                                    \
    ACT_API act_status act_##name##_f64(double *out, const double *gate, const double *up,         \
                                        __VA_ARGS__);
#define ACT_F64_GATED(name, ...)                                                                   \
    ACT_F64_GATE(name, __VA_ARGS__)                                                                \
    ACT_API act_status act_##name##_grad_f64(double *dgate, double *dup, const double *dy,         \
                                             const double *gate, const double *up, __VA_ARGS__);
ACT_F64_GATED(reglu, size_t n)
ACT_F64_GATED(reglu_squared, size_t n)
ACT_F64_GATED(glu, size_t n)
ACT_F64_GATED(geglu, size_t n)
ACT_F64_GATED(geglu_tanh, size_t n)
ACT_F64_GATED(geglu_quick, size_t n)
ACT_F64_GATED(swiglu, size_t n)
ACT_F64_GATED(swiglu_beta, size_t n, double beta)
ACT_F64_GATE(swiglu_clamped, size_t n, double alpha, double limit)

#undef ACT_F64_MAP
#undef ACT_F64_MAP_OF_1
#undef ACT_F64_MAP_OF_2
#undef ACT_F64_GRAD
#undef ACT_F64_GRAD_OF_1
#undef ACT_F64_GRAD_OF_2
#undef ACT_F64_GATE
#undef ACT_F64_GATED

/* Rows, as in act.h. */
ACT_API act_status act_softmax_f64(double *buf, size_t rows, size_t cols);
ACT_API act_status act_softmax_f64_to(double *dst, size_t dst_stride, const double *src,
                                      size_t src_stride, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_f64(double *buf, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_f64_to(double *dst, size_t dst_stride, const double *src,
                                          size_t src_stride, size_t rows, size_t cols);
ACT_API act_status act_logsumexp_f64(double *dst, const double *src, size_t src_stride, size_t rows,
                                     size_t cols);
ACT_API act_status act_softmax_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                        size_t dy_stride, const double *y, size_t y_stride,
                                        size_t rows, size_t cols);

ACT_API act_status act_log_softmax_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                            size_t dy_stride, const double *y, size_t y_stride,
                                            size_t rows, size_t cols);

/*
 * softmax_masked has the bits of softmax of fma(scale, x, mask), or scale x; its gradient those of
 * scale softmax_grad; logsumexp_grad those of dy[r] times softmax; prelu and its gradient those of
 * leaky_relu with the slope of the channel.
 */
ACT_API act_status act_softmax_masked_f64(double *buf, const double *mask, size_t mask_stride,
                                          size_t rows, size_t cols, double scale,
                                          act_empty_rows empty);
ACT_API act_status act_softmax_masked_f64_to(double *dst, size_t dst_stride, const double *src,
                                             size_t src_stride, const double *mask,
                                             size_t mask_stride, size_t rows, size_t cols,
                                             double scale, act_empty_rows empty);
ACT_API act_status act_softmax_masked_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                               size_t dy_stride, const double *y, size_t y_stride,
                                               size_t rows, size_t cols, double scale);
ACT_API act_status act_logsumexp_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                          const double *x, size_t x_stride, size_t rows,
                                          size_t cols);
ACT_API act_status act_prelu_f64(double *buf, const double *slope, size_t rows, size_t channels);
ACT_API act_status act_prelu_f64_to(double *dst, size_t dst_stride, const double *src,
                                    size_t src_stride, const double *slope, size_t rows,
                                    size_t channels);
ACT_API act_status act_prelu_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                      size_t dy_stride, const double *x, size_t x_stride,
                                      const double *slope, size_t rows, size_t channels);

/* Over the middle axis of outer x rows x cols doubles, with the bits of the rows, as in act.h. */
ACT_API act_status act_softmax_columns_f64(double *buf, size_t outer, size_t rows, size_t cols);
ACT_API act_status act_softmax_columns_f64_to(double *dst, const double *src, size_t outer,
                                              size_t rows, size_t cols);
ACT_API act_status act_log_softmax_columns_f64(double *buf, size_t outer, size_t rows, size_t cols);
ACT_API act_status act_log_softmax_columns_f64_to(double *dst, const double *src, size_t outer,
                                                  size_t rows, size_t cols);
ACT_API act_status act_logsumexp_columns_f64(double *dst, const double *src, size_t outer,
                                             size_t rows, size_t cols);

/*
 * By value, as act_apply_f32 and act_apply_grad_f32.  The parameters are doubles, for which
 * act_params has no room.  params may be NULL for the usual values, of which those that are not
 * floats are 0.01, 1/6, 0.707107, 0.282095, and alpha and gamma of SELU, rounded to double.
 * ACT_ERROR_FUNCTION also for a function, or a gradient, that has no f64.
 */
typedef struct act_params_f64 {
    double first, second;
} act_params_f64;

ACT_API act_status act_apply_f64(act_function fn, const act_params_f64 *params, double *dst,
                                 const double *src, size_t n);
ACT_API act_status act_apply_grad_f64(act_function fn, const act_params_f64 *params, double *dx,
                                      const double *dy, const double *x_or_y, size_t n);

#ifdef __cplusplus
}
#endif

#endif
