/*
 * Elementwise functions with their gradients, and functions by value; part of act.h, which includes
 * this file.
 *
 * What act.h says of every function holds here too.
 */
#ifndef ACT_ELEMENTWISE_H
#define ACT_ELEMENTWISE_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Elementwise functions and their gradients.
 *
 * act_NAME_grad_f32 computes dx = dy * f'(x) from dy and either the input x or the output y of the
 * function, as its declaration says.  It takes the parameters with which the function was called.
 * dx may be equal to dy, to x or y, or to both; any other overlap is an error.
 *
 * Where a branch of the function is constant, dx is +0 for every dy except NaN, infinities
 * included.  A NaN in dy, x or y gives a NaN, and so does an infinite dy times a derivative that is
 * 0, or too small for a float.  At a kink the derivative is PyTorch's, as stated.  Error bounds
 * hold for any finite dy, as long as no intermediate product overflows or is below 2^-126.
 */

/* Sigmoids. */

/*
 * sigmoid(x) = 1 / (1 + exp(-x))
 *
 * Domain     all floats; sigmoid(-inf) = +0, sigmoid(+inf) = 1, sigmoid(0) = 0.5 exactly.
 * Range      [0, 1]; results below 2^-126 are subnormal numbers, not 0.
 * Error      at most 1.48 ULP.
 * Definition ONNX Sigmoid, PyTorch torch.sigmoid.
 */
ACT_API act_status act_sigmoid_f32(float *buf, size_t n);
ACT_API act_status act_sigmoid_f32_to(float *dst, const float *src, size_t n);

/*
 * sigmoid, fast tier.  As above, but:
 *
 * Error      at most 3.95 ULP; results below 2^-125 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_sigmoid_fast_f32(float *buf, size_t n);
ACT_API act_status act_sigmoid_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * sigmoid_grad: dx = dy * y * (1 - y), from the output y
 *
 * Domain     all dy, y in [0, 1].
 * Error      at most 2.5 ULP.
 * Definition PyTorch sigmoid, backward.
 */
ACT_API act_status act_sigmoid_grad_f32(float *dx, const float *dy, const float *y, size_t n);

/*
 * tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
 *
 * Domain     all floats; tanh(-0) = -0, tanh(-inf) = -1, tanh(+inf) = 1; results lie in [-1, 1].
 * Error      at most 1.42 ULP, also near 0.
 * Definition ONNX Tanh, PyTorch torch.tanh.
 */
ACT_API act_status act_tanh_f32(float *buf, size_t n);
ACT_API act_status act_tanh_f32_to(float *dst, const float *src, size_t n);

/*
 * tanh, fast tier.  As above, but:
 *
 * Error      at most 5.46 ULP, and results stay in [-1, 1]; results below 2^-118 may be 0.  Results
 *            for neighbouring inputs may be out of order by twice the bound.  Backends may differ
 *            within that.
 */
ACT_API act_status act_tanh_fast_f32(float *buf, size_t n);
ACT_API act_status act_tanh_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * tanh_grad: dx = dy * (1 - y) * (1 + y), from the output y
 *
 * Domain     all dy, y in [-1, 1].
 * Error      at most 1.5 ULP.
 * Definition PyTorch tanh, backward.
 */
ACT_API act_status act_tanh_grad_f32(float *dx, const float *dy, const float *y, size_t n);

/*
 * sigmoid_grad_x: dx = dy * s * (1 - s), s = sigmoid(x), from the input x
 *
 * Domain     all floats; relative accuracy is kept on both sides, where 1 - y of a rounded output y
 *            would have lost it.
 * Error      at most 6.35 ULP.
 * Definition the derivative of sigmoid.
 */
ACT_API act_status act_sigmoid_grad_x_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * tanhshrink(x) = x - tanh(x)
 *
 * Domain     all floats; tanhshrink(-0) = -0, tanhshrink(-inf) = -inf, tanhshrink(+inf) = +inf.
 * Error      at most 3.24 ULP, also near 0, where the formula would cancel.
 * Definition PyTorch tanhshrink, Keras tanh_shrink.
 */
ACT_API act_status act_tanhshrink_f32(float *buf, size_t n);
ACT_API act_status act_tanhshrink_f32_to(float *dst, const float *src, size_t n);

/*
 * tanhshrink_grad: dx = dy * tanh(x)^2, from the input x
 *
 * Domain     all floats.
 * Error      at most 5.54 ULP.
 * Definition PyTorch tanhshrink, backward.
 */
ACT_API act_status act_tanhshrink_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * softcap(x) = cap * tanh(x / cap)
 *
 * Domain     all floats, any finite cap > 0 (30 is usual); softcap(-0) = -0; -cap and cap at the
 *            infinities.
 * Error      at most 3.31 ULP for cap = 30, at most 3.36 ULP for any other.
 * Definition the soft cap of logits in Gemma 2 (Gemma Team, 2024) and ONNX Attention.
 */
ACT_API act_status act_softcap_f32(float *buf, size_t n, float cap);
ACT_API act_status act_softcap_f32_to(float *dst, const float *src, size_t n, float cap);

/*
 * softcap_grad: dx = dy * (1 - (y / cap)^2), from the output y
 *
 * Domain     all dy, y in [-cap, cap]; a y beyond counts as the end; any finite cap > 0.
 * Error      at most 3.55 ULP for cap = 30, at most 4.14 ULP for any other.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_softcap_grad_f32(float *dx, const float *dy, const float *y, size_t n,
                                        float cap);

/*
 * laplace(x) = (1 + erf((x - mu) / (sigma * sqrt(2)))) / 2
 *
 * Domain     all floats, any finite mu (0.707107 is usual), any finite sigma > 0 (0.282095 is
 *            usual); laplace(-inf) = +0, laplace(+inf) = 1.
 * Range      [0, 1]; results below 2^-126 are subnormal numbers, not 0.
 * Error      at most 6.4 ULP for the usual parameters, at most 7 ULP for any other.
 * Definition X. Ma et al., Mega, ICLR 2023; laplace of transformers.
 */
ACT_API act_status act_laplace_f32(float *buf, size_t n, float mu, float sigma);
ACT_API act_status act_laplace_f32_to(float *dst, const float *src, size_t n, float mu,
                                      float sigma);

/*
 * laplace_grad: dx = dy * exp(-z^2 / 2) / (sigma * sqrt(2 * pi)), z = (x - mu) / sigma
 *
 * Domain     all floats, parameters as above.
 * Error      at most 2.2 ULP for the usual parameters, at most 2.5 ULP for any other.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_laplace_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                        float mu, float sigma);

/* Rectifiers and other piecewise functions; softsign. */

/*
 * relu(x) = 0 if x < 0, else x
 *
 * Domain     all floats; relu(-0) = -0, relu(NaN) = NaN, relu(-inf) = +0, relu(+inf) = +inf.
 * Error      none: the result is exact.
 * Definition ONNX Relu, PyTorch torch.relu; V. Nair and G. Hinton, ICML 2010.
 */
ACT_API act_status act_relu_f32(float *buf, size_t n);
ACT_API act_status act_relu_f32_to(float *dst, const float *src, size_t n);

/*
 * relu_grad: dx = dy if x > 0, else 0
 *
 * Domain     all floats; +0 at x = 0.
 * Error      none: the result is exact.
 * Definition PyTorch relu, backward.
 */
ACT_API act_status act_relu_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * leaky_relu(x) = slope * x if x < 0, else x
 *
 * Domain     all floats, any slope, including negative, infinite and NaN: the formula applies as
 *            written; leaky_relu(-0) = -0.
 * Error      at most 0.5 ULP: the product, rounded once.
 * Definition ONNX LeakyRelu (alpha), PyTorch leaky_relu (negative_slope); both default to 0.01.
 *            A. Maas, A. Hannun and A. Ng, ICML 2013.
 */
ACT_API act_status act_leaky_relu_f32(float *buf, size_t n, float slope);
ACT_API act_status act_leaky_relu_f32_to(float *dst, const float *src, size_t n, float slope);

/*
 * leaky_relu_grad: dx = dy if x > 0, else slope * dy
 *
 * Domain     all floats, any slope; slope * dy at x = 0.
 * Error      at most 0.5 ULP.
 * Definition PyTorch leaky_relu, backward.
 */
ACT_API act_status act_leaky_relu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                           float slope);

/*
 * relu6(x) = min(max(x, 0), 6)
 *
 * Domain     all floats; relu6(-0) = -0.
 * Error      none.
 * Definition PyTorch torch.nn.functional.relu6.
 */
ACT_API act_status act_relu6_f32(float *buf, size_t n);
ACT_API act_status act_relu6_f32_to(float *dst, const float *src, size_t n);

/*
 * relu6_grad: dx = dy if 0 < x < 6, else 0
 *
 * Domain     all floats; +0 at x = 0 and x = 6.
 * Error      none: the result is exact.
 * Definition PyTorch relu6, backward.
 */
ACT_API act_status act_relu6_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * threshold(x) = x if x > theta, else value
 *
 * Domain     all floats; any theta and value.
 * Error      none.
 * Definition PyTorch torch.nn.functional.threshold.
 */
ACT_API act_status act_threshold_f32(float *buf, size_t n, float theta, float value);
ACT_API act_status act_threshold_f32_to(float *dst, const float *src, size_t n, float theta,
                                        float value);

/*
 * threshold_grad: dx = dy if x > theta, else 0
 *
 * Domain     all floats; any theta and value.
 * Error      none: the result is exact.
 * Definition PyTorch threshold, backward.
 */
ACT_API act_status act_threshold_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                          float theta, float value);

/*
 * thresholded_relu(x) = x if x > alpha, else 0
 *
 * Domain     all floats; any alpha.
 * Error      none.
 * Definition ONNX ThresholdedRelu.
 */
ACT_API act_status act_thresholded_relu_f32(float *buf, size_t n, float alpha);
ACT_API act_status act_thresholded_relu_f32_to(float *dst, const float *src, size_t n, float alpha);

/*
 * thresholded_relu_grad: dx = dy if x > alpha, else 0
 *
 * Domain     all floats; any alpha.
 * Error      none: the result is exact.
 * Definition the derivative of the formula, 0 at x = alpha.
 */
ACT_API act_status act_thresholded_relu_grad_f32(float *dx, const float *dy, const float *x,
                                                 size_t n, float alpha);

/*
 * step(x) = 0 if x < 0, 1 if x > 0, value if x = 0
 *
 * Domain     all floats; any value.
 * Error      none.
 * Definition PyTorch torch.heaviside.
 */
ACT_API act_status act_step_f32(float *buf, size_t n, float value);
ACT_API act_status act_step_f32_to(float *dst, const float *src, size_t n, float value);

/*
 * linear(x) = a * x + b
 *
 * Domain     all floats; any a and b.
 * Error      at most 0.5 ULP: one fused multiply-add.
 * Definition Keras linear with a = 1, b = 0; Core ML linear.
 */
ACT_API act_status act_linear_f32(float *buf, size_t n, float a, float b);
ACT_API act_status act_linear_f32_to(float *dst, const float *src, size_t n, float a, float b);

/*
 * linear_grad: dx = a * dy
 *
 * Domain     all floats, any a and b.
 * Error      at most 0.5 ULP.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_linear_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                       float a, float b);

/*
 * clip(x) = min(max(x, lo), hi)
 *
 * Domain     all floats, any lo and hi; the result is hi if lo > hi; a bound that is NaN is
 *            ignored.
 * Error      none.
 * Definition ONNX Clip, PyTorch torch.clamp.
 */
ACT_API act_status act_clip_f32(float *buf, size_t n, float lo, float hi);
ACT_API act_status act_clip_f32_to(float *dst, const float *src, size_t n, float lo, float hi);

/*
 * clip_grad: dx = dy if lo <= x <= hi, else 0
 *
 * Domain     all floats, any lo and hi; dy at both ends; a bound that is NaN is ignored.
 * Error      none: the result is exact.
 * Definition PyTorch clamp, backward.
 */
ACT_API act_status act_clip_grad_f32(float *dx, const float *dy, const float *x, size_t n, float lo,
                                     float hi);

/*
 * hardtanh(x) = min(max(x, lo), hi)
 *
 * Domain     as clip; lo = -1 and hi = 1 are usual.
 * Error      none.
 * Definition PyTorch torch.nn.functional.hardtanh; its gradient differs from that of clip.
 */
ACT_API act_status act_hardtanh_f32(float *buf, size_t n, float lo, float hi);
ACT_API act_status act_hardtanh_f32_to(float *dst, const float *src, size_t n, float lo, float hi);

/*
 * hardtanh_grad: dx = dy if lo < x < hi, else 0
 *
 * Domain     all floats, any lo and hi; +0 at both ends; a bound that is NaN is ignored.
 * Error      none: the result is exact.
 * Definition PyTorch hardtanh, backward.
 */
ACT_API act_status act_hardtanh_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                         float lo, float hi);

/*
 * hardsigmoid(x) = min(max(alpha * x + beta, 0), 1)
 *
 * Domain     all floats; any alpha and beta; 1/6 and 0.5 are usual.  A sum of -0 gives -0.
 * Error      at most 0.5 ULP: one fused multiply-add.
 * Definition ONNX HardSigmoid (alpha 0.2 by default), PyTorch hardsigmoid (1/6).
 */
ACT_API act_status act_hardsigmoid_f32(float *buf, size_t n, float alpha, float beta);
ACT_API act_status act_hardsigmoid_f32_to(float *dst, const float *src, size_t n, float alpha,
                                          float beta);

/*
 * hardsigmoid_grad: dx = alpha * dy if 0 < alpha * x + beta < 1, else 0
 *
 * Domain     all floats, any alpha and beta; the sum is rounded once to float.  The result is +0
 *            also where the sum is NaN, which raises FE_INVALID.
 * Error      at most 0.5 ULP.
 * Definition PyTorch hardsigmoid, backward.
 */
ACT_API act_status act_hardsigmoid_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                            float alpha, float beta);

/*
 * hardswish(x) = x * min(max(x + 3, 0), 6) / 6
 *
 * Domain     all floats; hardswish(-inf) = -0, hardswish(+inf) = +inf.
 * Error      at most 1.88 ULP, also around the zero at -3.
 * Definition ONNX HardSwish, PyTorch hardswish; A. Howard et al., ICCV 2019.
 */
ACT_API act_status act_hardswish_f32(float *buf, size_t n);
ACT_API act_status act_hardswish_f32_to(float *dst, const float *src, size_t n);

/*
 * hardswish_grad: dx = dy * (2 * x + 3) / 6 if -3 < x < 3, 0 for x <= -3, dy for x >= 3
 *
 * Domain     all floats.
 * Error      at most 2.5 ULP.
 * Definition PyTorch hardswish, backward.
 */
ACT_API act_status act_hardswish_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * hardshrink(x) = x if |x| > lambda, else 0
 *
 * Domain     all floats; any lambda.
 * Error      none.
 * Definition ONNX Shrink (bias 0), PyTorch hardshrink.
 */
ACT_API act_status act_hardshrink_f32(float *buf, size_t n, float lambda);
ACT_API act_status act_hardshrink_f32_to(float *dst, const float *src, size_t n, float lambda);

/*
 * hardshrink_grad: dx = dy if |x| > lambda, else 0
 *
 * Domain     all floats; any lambda.
 * Error      none: the result is exact.
 * Definition PyTorch hardshrink, backward.
 */
ACT_API act_status act_hardshrink_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                           float lambda);

/*
 * softshrink(x) = x - lambda if x > lambda, x + lambda if x < -lambda, else 0
 *
 * Domain     all floats; any lambda; softshrink(-0) = +0 for lambda >= 0.
 * Error      at most 0.5 ULP.
 * Definition ONNX Shrink (bias = lambda), PyTorch softshrink.
 */
ACT_API act_status act_softshrink_f32(float *buf, size_t n, float lambda);
ACT_API act_status act_softshrink_f32_to(float *dst, const float *src, size_t n, float lambda);

/*
 * softshrink_grad: dx = dy if |x| > lambda, else 0
 *
 * Domain     all floats; any lambda.
 * Error      none: the result is exact.
 * Definition PyTorch softshrink, backward.
 */
ACT_API act_status act_softshrink_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                           float lambda);

/*
 * softsign(x) = x / (1 + |x|)
 *
 * Domain     all floats; softsign(-inf) = -1, softsign(+inf) = 1, softsign(-0) = -0.
 * Error      at most 1.5 ULP.
 * Definition ONNX Softsign, PyTorch torch.nn.functional.softsign.
 */
ACT_API act_status act_softsign_f32(float *buf, size_t n);
ACT_API act_status act_softsign_f32_to(float *dst, const float *src, size_t n);

/*
 * softsign_grad: dx = dy / (1 + |x|)^2
 *
 * Domain     all floats.
 * Error      at most 3.5 ULP.
 * Definition PyTorch softsign, backward.
 */
ACT_API act_status act_softsign_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * relu_squared(x) = max(x, 0)^2
 *
 * Domain     all floats; +0 for x <= 0, -0 included; +inf where the square is no float.
 * Error      at most 0.5 ULP: the square, rounded once.
 * Definition ReLU^2 of D. So et al., Primer, NeurIPS 2021; relu2 of transformers.
 */
ACT_API act_status act_relu_squared_f32(float *buf, size_t n);
ACT_API act_status act_relu_squared_f32_to(float *dst, const float *src, size_t n);

/*
 * relu_squared_grad: dx = 2 * x * dy if x > 0, else 0
 *
 * Domain     all floats; +0 for x <= 0.
 * Error      at most 0.5 ULP.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_relu_squared_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * sparse_plus(x) = 0 if x <= -1, (x + 1)^2 / 4 if -1 < x < 1, else x
 *
 * Domain     all floats; sparse_plus(-inf) = +0, sparse_plus(+inf) = +inf.
 * Error      at most 1.92 ULP.
 * Definition Keras sparse_plus, JAX jax.nn.sparse_plus.
 */
ACT_API act_status act_sparse_plus_f32(float *buf, size_t n);
ACT_API act_status act_sparse_plus_f32_to(float *dst, const float *src, size_t n);

/*
 * sparse_plus_grad: dx = 0 if x <= -1, dy * (x + 1) / 2 if -1 < x < 1, else dy
 *
 * Domain     all floats; +0 for x <= -1.
 * Error      at most 1.5 ULP.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_sparse_plus_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * snake(x) = x + sin(alpha * x)^2 / alpha
 *
 * Domain     all floats, any finite alpha (1 is usual); x for alpha = 0; snake(-0) = -0, and an
 *            infinity gives itself.  The sine is that of the exact alpha * x, however large.  From
 *            |alpha * x| = 2^21 on it takes each float 50 times as long.
 * Error      at most 5.1 ULP for alpha = 1, at most 5.9 ULP for any other.
 * Definition L. Ziyin et al., NeurIPS 2020; the activation of BigVGAN and DAC.
 */
ACT_API act_status act_snake_f32(float *buf, size_t n, float alpha);
ACT_API act_status act_snake_f32_to(float *dst, const float *src, size_t n, float alpha);

/*
 * snake_grad: dx = dy * (1 + sin(2 * alpha * x))
 *
 * Domain     all finite floats, any finite alpha; dy for alpha = 0, else NaN at the infinities.
 * Error      at most 5.73 ULP for alpha = 1, also near the zeros, at most 6.2 ULP for any other
 *            (sampled).
 * Definition the derivative of the formula.
 */
ACT_API act_status act_snake_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                      float alpha);

/* exp, and the units that are exponential for x < 0. */

/*
 * exp(x)
 *
 * Domain     all floats; exp(-inf) = +0; +inf from 88.73 up; results below 2^-126 are subnormal,
 *            not 0.
 * Error      at most 0.99 ULP; the same bits as SLEEF's exp of 1.0 ULP.
 * Definition ONNX Exp, PyTorch torch.exp.
 */
ACT_API act_status act_exp_f32(float *buf, size_t n);
ACT_API act_status act_exp_f32_to(float *dst, const float *src, size_t n);

/*
 * exp, fast tier.  As above, but:
 *
 * Error      at most 1.99 ULP; results below 2^-125 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_exp_fast_f32(float *buf, size_t n);
ACT_API act_status act_exp_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * exp_grad: dx = dy * y, from the output y
 *
 * Domain     all floats.
 * Error      at most 0.5 ULP.
 * Definition PyTorch exp, backward.
 */
ACT_API act_status act_exp_grad_f32(float *dx, const float *dy, const float *y, size_t n);

/*
 * elu(x) = alpha * (exp(x) - 1) if x < 0, else x
 *
 * Domain     all floats, any alpha (1 is usual); elu(-0) = -0, elu(-inf) = -alpha.
 * Error      at most 0.89 ULP for alpha = 1, at most 1.67 ULP for any other, also near 0.
 * Definition ONNX Elu, PyTorch elu; D. Clevert et al., ICLR 2016.
 */
ACT_API act_status act_elu_f32(float *buf, size_t n, float alpha);
ACT_API act_status act_elu_f32_to(float *dst, const float *src, size_t n, float alpha);

/*
 * elu, fast tier.  As above, but:
 *
 * Error      at most 2.6 ULP for alpha = 1, at most 4.28 ULP for any other.  Backends may differ
 *            within that: without AVX-512 the errors are at most 0.95 and 1.97 ULP.
 */
ACT_API act_status act_elu_fast_f32(float *buf, size_t n, float alpha);
ACT_API act_status act_elu_fast_f32_to(float *dst, const float *src, size_t n, float alpha);

/*
 * elu_grad: dx = dy if x > 0, else dy * alpha * exp(x)
 *
 * Domain     all floats, any alpha; dy * alpha at x = 0, and at all x < 0 for an infinite alpha.
 * Error      at most 2.32 ULP for alpha = 1, at most 3.03 ULP for any other.
 * Definition PyTorch elu, backward.
 */
ACT_API act_status act_elu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                    float alpha);

/*
 * selu(x) = gamma * alpha * (exp(x) - 1) if x < 0, else gamma * x
 *
 * Domain     all floats; selu(-0) = -0.
 * Constants  gamma = 1.0507... and alpha = 1.6732..., both rounded to float.
 * Error      at most 1.57 ULP.
 * Definition ONNX Selu, PyTorch selu; G. Klambauer et al., NeurIPS 2017.
 */
ACT_API act_status act_selu_f32(float *buf, size_t n);
ACT_API act_status act_selu_f32_to(float *dst, const float *src, size_t n);

/*
 * selu_grad: dx = dy * gamma if x > 0, else dy * gamma * alpha * exp(x)
 *
 * Domain     all floats; dy * gamma * alpha at x = 0.
 * Error      at most 2.3 ULP.
 * Definition PyTorch selu, backward.
 */
ACT_API act_status act_selu_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * scaled_elu(x) = gamma * alpha * (exp(x) - 1) if x < 0, else gamma * x
 *
 * Domain     all floats, any finite alpha and gamma (those of selu are usual); x = -inf gives
 *            -gamma * alpha.  The product of the parameters may be beyond the range of float.
 * Error      at most 1.57 ULP for the constants of selu, at most 1.65 ULP for any other.
 * Definition ONNX Selu with its attributes, selu with a model's constants.
 */
ACT_API act_status act_scaled_elu_f32(float *buf, size_t n, float alpha, float gamma);
ACT_API act_status act_scaled_elu_f32_to(float *dst, const float *src, size_t n, float alpha,
                                         float gamma);

/*
 * scaled_elu_grad: dx = dy * gamma if x > 0, else dy * gamma * alpha * exp(x)
 *
 * Domain     all floats, any finite alpha and gamma; dy * gamma * alpha at x = 0.
 * Error      at most 2.3 ULP for the constants of selu, at most 2.7 ULP for any other.
 * Definition PyTorch selu, backward, with a model's constants.
 */
ACT_API act_status act_scaled_elu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                           float alpha, float gamma);

/*
 * xielu(x) = alpha_p * x^2 + beta * x if x > 0, else alpha_n * (expm1(min(x, eps)) - x) + beta * x
 *
 * The models store other numbers, from which they compute alpha_p as softplus(stored) and alpha_n
 * as beta + softplus(stored); beta = 0.5 and eps = -1e-6 are usual.  eps = 0 is the paper's
 * function, without the step at 0 that a small eps makes.  It has four parameters, and so no
 * constant in act_function.
 *
 * Domain     all floats, any finite parameters; (beta - alpha_n) * x at x = -inf.
 * Error      at most 4.8 ULP of the largest of the result and its two terms, which cancel at the
 *            zero on the left: alpha_n * (expm1(x) - x) and beta * x for -0.34 < x <= eps, for
 *            other x <= 0 alpha_n * expm1(min(x, eps)) and (beta - alpha_n) * x; as long as no term
 *            overflows and |x| >= 2^-60.  Sampled.
 * Definition A. Huang and I. Schlag, arXiv:2411.13010; transformers xielu, ggml
 *            GGML_UNARY_OP_XIELU.
 */
ACT_API act_status act_xielu_f32(float *buf, size_t n, float alpha_p, float alpha_n, float beta,
                                 float eps);
ACT_API act_status act_xielu_f32_to(float *dst, const float *src, size_t n, float alpha_p,
                                    float alpha_n, float beta, float eps);

/*
 * xielu_grad: dx = dy * (2 * alpha_p * x + beta) if x > 0, else dy * (alpha_n * expm1(x) + beta);
 * dy * (beta - alpha_n) if eps < x <= 0, as PyTorch derives the formula
 *
 * Domain     all floats, any finite parameters.
 * Error      at most 2.5 ULP of the larger of the result and dy times the larger of |beta| and
 *            |alpha_n expm1(x)|.  Sampled.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_xielu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                      float alpha_p, float alpha_n, float beta, float eps);

/*
 * celu(x) = alpha * (exp(x / alpha) - 1) if x < 0, else x
 *
 * Domain     all floats, any alpha that is finite and not 0 (1 is usual); celu(-0) = -0,
 *            celu(-inf) = -alpha for alpha > 0 and -inf for alpha < 0.
 * Error      at most 0.89 ULP for alpha = 1, at most 2.14 ULP for any other, also near 0.
 * Definition ONNX Celu, PyTorch celu; J. Barron, 2017.
 */
ACT_API act_status act_celu_f32(float *buf, size_t n, float alpha);
ACT_API act_status act_celu_f32_to(float *dst, const float *src, size_t n, float alpha);

/*
 * celu_grad: dx = dy if x > 0, else dy * exp(x / alpha)
 *
 * Domain     all floats, any alpha that is finite and not 0; dy at x = 0.
 * Error      at most 2.32 ULP.
 * Definition PyTorch celu, backward.
 */
ACT_API act_status act_celu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                     float alpha);

/*
 * The gradients of elu, selu and celu from the output y, for layers that work in place
 *
 *   elu_grad_y    dx = dy if y > 0, else dy * (y + alpha)
 *   selu_grad_y   dx = dy * gamma if y > 0, else dy * (y + gamma * alpha), constants as in selu
 *   celu_grad_y   dx = dy if y > 0, else dy * (y + alpha) / alpha
 *
 * Domain     all dy, y in the range of the function; a smaller y counts as the end of the range.
 *            alpha of elu must be finite and not below 0, alpha of celu finite and above 0: with
 *            others y does not tell x.
 * Error      elu_grad_y at most 1.5 ULP.
 *            selu_grad_y at most 1.47 ULP.
 *            celu_grad_y at most 1.5 ULP for alpha = 1, at most 2.86 ULP for any
 *            other.
 * Definition PyTorch elu, selu and celu, backward with is_result.
 */
ACT_API act_status act_elu_grad_y_f32(float *dx, const float *dy, const float *y, size_t n,
                                      float alpha);
ACT_API act_status act_selu_grad_y_f32(float *dx, const float *dy, const float *y, size_t n);
ACT_API act_status act_celu_grad_y_f32(float *dx, const float *dy, const float *y, size_t n,
                                       float alpha);

/* The softplus family. */

/*
 * softplus(x) = x if beta * x > threshold, else log(1 + exp(beta * x)) / beta
 *
 * Domain     all floats, any beta that is finite and not 0 (1 is usual), any threshold (20 is
 *            usual; NaN means no threshold).  The exact beta * x is compared, not the rounded
 *            product; no intermediate result overflows.
 * Error      at most 1.63 ULP for beta = 1, results below 2^-126 included; at most 2.25 ULP for
 *            any other.
 * Definition ONNX Softplus, PyTorch softplus.
 */
ACT_API act_status act_softplus_f32(float *buf, size_t n, float beta, float threshold);
ACT_API act_status act_softplus_f32_to(float *dst, const float *src, size_t n, float beta,
                                       float threshold);

/*
 * softplus, fast tier.  As above, but:
 *
 * Error      at most 2.19 ULP for beta = 1, at most 65.88 ULP for any other from 1/8 to 8 in size;
 *            results below 2^-112 may be 0.  For a beta outside that interval the default tier
 *            computes the result.  Backends may differ within that.
 */
ACT_API act_status act_softplus_fast_f32(float *buf, size_t n, float beta, float threshold);
ACT_API act_status act_softplus_fast_f32_to(float *dst, const float *src, size_t n, float beta,
                                            float threshold);

/*
 * softplus_grad: dx = dy if beta * x > threshold, else dy * sigmoid(beta * x)
 *
 * Domain     all floats; beta and threshold as above.
 * Error      at most 2.36 ULP for beta = 1, at most 2.55 ULP for any other.
 * Definition PyTorch softplus, backward.
 */
ACT_API act_status act_softplus_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                         float beta, float threshold);

/*
 * log_sigmoid(x) = -log(1 + exp(-x))
 *
 * Domain     all floats; log_sigmoid(-inf) = -inf, log_sigmoid(+inf) = -0; finite for finite x.
 * Error      at most 1.63 ULP, results below 2^-126 included.
 * Definition PyTorch logsigmoid.
 */
ACT_API act_status act_log_sigmoid_f32(float *buf, size_t n);
ACT_API act_status act_log_sigmoid_f32_to(float *dst, const float *src, size_t n);

/*
 * log_sigmoid_grad: dx = dy * sigmoid(-x)
 *
 * Domain     all floats.
 * Error      at most 2.91 ULP.
 * Definition PyTorch logsigmoid, backward.
 */
ACT_API act_status act_log_sigmoid_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * squareplus(x) = (x + sqrt(x^2 + b)) / 2
 *
 * Domain     all floats, any finite b >= 0 (4 is usual); b = 0 gives relu; squareplus(-inf) = +0
 *            and squareplus(+inf) = +inf.
 * Error      at most 2.75 ULP.
 * Definition Keras squareplus; J. Barron, Squareplus, 2021.
 */
ACT_API act_status act_squareplus_f32(float *buf, size_t n, float b);
ACT_API act_status act_squareplus_f32_to(float *dst, const float *src, size_t n, float b);

/*
 * squareplus_grad: dx = dy * (1 + x / sqrt(x^2 + b)) / 2
 *
 * Domain     all floats, any finite b >= 0; dy / 2 at x = 0, also for b = 0.
 * Error      at most 4.3 ULP for b = 4, at most 4.5 ULP for any other.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_squareplus_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                           float b);

/*
 * sqrt_softplus(x) = sqrt(log(1 + exp(x)))
 *
 * Domain     all floats; sqrt_softplus(-inf) = +0, sqrt_softplus(+inf) = +inf; no threshold.
 * Error      at most 1.39 ULP, also in the left tail.
 * Definition the router's score in DeepSeek's models.
 */
ACT_API act_status act_sqrt_softplus_f32(float *buf, size_t n);
ACT_API act_status act_sqrt_softplus_f32_to(float *dst, const float *src, size_t n);

/*
 * sqrt_softplus_grad: dx = dy * sigmoid(x) / (2 * sqrt_softplus(x))
 *
 * Domain     all floats.
 * Error      at most 4.94 ULP.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_sqrt_softplus_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * mish(x) = x * tanh(log(1 + exp(x)))
 *
 * Domain     all floats; mish(-inf) = -0, mish(+inf) = +inf.
 * Error      at most 1.08 ULP, also in the left tail and for results below 2^-126.
 * Definition ONNX Mish, PyTorch mish; D. Misra, BMVC 2020.
 */
ACT_API act_status act_mish_f32(float *buf, size_t n);
ACT_API act_status act_mish_f32_to(float *dst, const float *src, size_t n);

/*
 * mish, fast tier.  As above, but:
 *
 * Error      at most 5.35 ULP; results below 2^-116 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_mish_fast_f32(float *buf, size_t n);
ACT_API act_status act_mish_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * mish_grad: dx = dy * (t + x * sigmoid(x) * (1 - t^2)), t = tanh(log(1 + exp(x)))
 *
 * Domain     all floats.
 * Error      at most 11.53 ULP; in ULP of 0.1 dy where |derivative| < 0.1.
 * Definition PyTorch mish, backward.
 */
ACT_API act_status act_mish_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/* SiLU and GELU. */

/*
 * silu(x) = x * sigmoid(beta * x), also called swish
 *
 * Domain     all floats, any finite beta (1 is usual); silu(-inf) = -0 and silu(+inf) = +inf for
 *            beta > 0; silu(-inf) = -inf and silu(+inf) = +0 for beta < 0; x / 2 for beta = 0, also
 *            at both infinities.
 * Error      at most 1.06 ULP for beta = 1, also in the left tail and for results below 2^-126; at
 *            most 2.49 ULP for any other.
 * Definition ONNX Swish (alpha), PyTorch silu; P. Ramachandran et al., 2017.
 */
ACT_API act_status act_silu_f32(float *buf, size_t n, float beta);
ACT_API act_status act_silu_f32_to(float *dst, const float *src, size_t n, float beta);

/*
 * silu, fast tier.  As above, but:
 *
 * Error      at most 3.97 ULP for beta = 1; at most 66.71 ULP for any other from 1/8 to 8 in size,
 *            caused by the rounding of beta * x in the left tail.  Results below 2^-117 may be 0.
 *            For a beta outside that interval the default tier computes the result.  Backends may
 *            differ within that.
 */
ACT_API act_status act_silu_fast_f32(float *buf, size_t n, float beta);
ACT_API act_status act_silu_fast_f32_to(float *dst, const float *src, size_t n, float beta);

/*
 * silu_grad: dx = dy * (s + beta * x * s * (1 - s)), s = sigmoid(beta * x)
 *
 * Domain     all floats, any finite beta.
 * Error      at most 6.9 ULP for beta = 1, at most 8.55 ULP for any other; in ULP of 0.1 dy where
 *            |derivative| < 0.1.
 * Definition PyTorch silu, backward.
 */
ACT_API act_status act_silu_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                     float beta);

/*
 * silu_grad, fast tier.  As above, but:
 *
 * Error      at most 17 ULP, of 0.1 dy where the derivative is smaller than 0.1.  Backends may
 *            differ within that.  A beta beyond 1/8 to 8 in size takes the default tier's way.
 */
ACT_API act_status act_silu_fast_grad_f32(float *dx, const float *dy, const float *x, size_t n,
                                          float beta);

/*
 * gelu(x) = x * Phi(x) = x * (1 + erf(x / sqrt(2))) / 2
 *
 * Domain     all floats; gelu(-inf) = -0, gelu(+inf) = +inf.
 * Error      at most 6.49 ULP, reached in the left tail.
 * Definition ONNX Gelu (approximate = none), PyTorch gelu; D. Hendrycks and K. Gimpel, 2016.
 */
ACT_API act_status act_gelu_f32(float *buf, size_t n);
ACT_API act_status act_gelu_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu, fast tier.  As above, but:
 *
 * Error      at most 23.3 ULP for x > -7.6, and 8 ULP for x > -6.  Below -7.6, where results are
 *            smaller than 2^-43, they may be 0.  So may results below 2^-118 for x near 0.
 *            Backends may differ within that.
 */
ACT_API act_status act_gelu_fast_f32(float *buf, size_t n);
ACT_API act_status act_gelu_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu_grad: dx = dy * (Phi(x) + x * phi(x)), where phi is the density of the normal distribution
 *
 * Domain     all floats.
 * Error      at most 12.48 ULP; in ULP of 0.1 dy where |derivative| < 0.1.
 * Definition PyTorch gelu, backward.
 */
ACT_API act_status act_gelu_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * gelu_grad, fast tier.  As above, but:
 *
 * Error      at most 12 ULP, of 0.1 dy where the derivative is smaller than 0.1.  Backends may
 *            differ within that.
 */
ACT_API act_status act_gelu_fast_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * gelu_tanh(x) = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2
 *
 * Domain     all floats; gelu_tanh(-inf) = -0, gelu_tanh(+inf) = +inf.
 * Error      at most 1.27 ULP, also in the left tail and for results below 2^-126.
 * Definition ONNX Gelu (approximate = tanh), PyTorch gelu (approximate = tanh).
 */
ACT_API act_status act_gelu_tanh_f32(float *buf, size_t n);
ACT_API act_status act_gelu_tanh_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu_tanh, fast tier.  As above, but:
 *
 * Error      at most 34.3 ULP for x > -5.5, reached at the left end of that range.  Below -5.5,
 *            where results are smaller than 2^-27, fewer digits are correct, and results may be 0.
 *            So may results below 2^-118 for x near 0.  Backends may differ within that.
 */
ACT_API act_status act_gelu_tanh_fast_f32(float *buf, size_t n);
ACT_API act_status act_gelu_tanh_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu_tanh_grad: dx = dy * (s + x * s * (1 - s) * z'),
 *   s = sigmoid(z), z = sqrt(8 / pi) * (x + 0.044715 * x^3)
 *
 * Domain     all floats.
 * Error      at most 11.47 ULP; in ULP of 0.1 dy where |derivative| < 0.1.
 * Definition PyTorch gelu (approximate = tanh), backward.
 */
ACT_API act_status act_gelu_tanh_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * gelu_tanh_grad, fast tier.  As above, but:
 *
 * Error      at most 34 ULP, of 0.1 dy where the derivative is smaller than 0.1.  Backends may
 *            differ within that.
 */
ACT_API act_status act_gelu_tanh_fast_grad_f32(float *dx, const float *dy, const float *x,
                                               size_t n);

/*
 * gelu_quick(x) = x * sigmoid(1.702 * x)
 *
 * Domain     all floats; gelu_quick(-inf) = -0, gelu_quick(+inf) = +inf.
 * Error      at most 1.14 ULP, also in the left tail and for results below 2^-126.
 * Definition D. Hendrycks and K. Gimpel, 2016; QuickGELU of CLIP.
 */
ACT_API act_status act_gelu_quick_f32(float *buf, size_t n);
ACT_API act_status act_gelu_quick_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu_quick, fast tier.  As above, but:
 *
 * Error      at most 83.7 ULP, caused by the rounding of 1.702 * x in the left tail; results below
 *            2^-116 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_gelu_quick_fast_f32(float *buf, size_t n);
ACT_API act_status act_gelu_quick_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * gelu_quick_grad: dx = dy * (s + 1.702 * x * s * (1 - s)), s = sigmoid(1.702 * x)
 *
 * Domain     all floats.
 * Error      at most 8.88 ULP; in ULP of 0.1 dy where |derivative| < 0.1.
 * Definition the derivative of the formula.
 */
ACT_API act_status act_gelu_quick_grad_f32(float *dx, const float *dy, const float *x, size_t n);

/*
 * Functions by value, for a program that reads a model: every elementwise function of one array.
 */
typedef enum act_function {
    ACT_FUNCTION_NONE = 0,
    ACT_FUNCTION_SIGMOID,
    ACT_FUNCTION_SIGMOID_FAST,
    ACT_FUNCTION_RELU,
    ACT_FUNCTION_LEAKY_RELU,
    ACT_FUNCTION_STEP,
    ACT_FUNCTION_LINEAR,
    ACT_FUNCTION_RELU6,
    ACT_FUNCTION_CLIP,
    ACT_FUNCTION_HARDTANH,
    ACT_FUNCTION_THRESHOLD,
    ACT_FUNCTION_SOFTSIGN,
    ACT_FUNCTION_HARDSIGMOID,
    ACT_FUNCTION_HARDSWISH,
    ACT_FUNCTION_HARDSHRINK,
    ACT_FUNCTION_SOFTSHRINK,
    ACT_FUNCTION_THRESHOLDED_RELU,
    ACT_FUNCTION_TANH,
    ACT_FUNCTION_TANH_FAST,
    ACT_FUNCTION_EXP,
    ACT_FUNCTION_ELU,
    ACT_FUNCTION_ELU_FAST,
    ACT_FUNCTION_SELU,
    ACT_FUNCTION_CELU,
    ACT_FUNCTION_SOFTPLUS,
    ACT_FUNCTION_SOFTPLUS_FAST,
    ACT_FUNCTION_LOG_SIGMOID,
    ACT_FUNCTION_SILU,
    ACT_FUNCTION_SILU_FAST,
    ACT_FUNCTION_GELU,
    ACT_FUNCTION_GELU_FAST,
    ACT_FUNCTION_GELU_TANH,
    ACT_FUNCTION_GELU_QUICK,
    ACT_FUNCTION_MISH,
    ACT_FUNCTION_EXP_FAST,
    ACT_FUNCTION_GELU_TANH_FAST,
    ACT_FUNCTION_GELU_QUICK_FAST,
    ACT_FUNCTION_MISH_FAST,
    ACT_FUNCTION_SQUAREPLUS,
    ACT_FUNCTION_RELU_SQUARED,
    ACT_FUNCTION_SPARSE_PLUS,
    ACT_FUNCTION_TANHSHRINK,
    ACT_FUNCTION_SOFTCAP,
    ACT_FUNCTION_SQRT_SOFTPLUS,
    ACT_FUNCTION_SCALED_ELU,
    ACT_FUNCTION_LAPLACE,
    ACT_FUNCTION_SNAKE,
    ACT_FUNCTIONS /* the number of constants, not a function */
} act_function;

/* The parameters, in the order of the direct call; a function that has fewer ignores the rest. */
typedef struct act_params {
    float first, second;
} act_params;

/* What the gradient takes besides dy; ACT_GRAD_NONE: there is no gradient. */
typedef enum act_grad_input { ACT_GRAD_NONE = 0, ACT_GRAD_X, ACT_GRAD_Y } act_grad_input;

/*
 * Call the function, or its gradient, by value, with the same results and errors as the direct
 * call. params may be NULL for the usual values.
 */
ACT_API act_status act_apply_f32(act_function fn, const act_params *params, float *dst,
                                 const float *src, size_t n);
ACT_API act_status act_apply_grad_f32(act_function fn, const act_params *params, float *dx,
                                      const float *dy, const float *x_or_y, size_t n);

/*
 * To and from the name in the direct call, such as "leaky_relu".  ACT_FUNCTION_NONE, or NULL, if
 * there is no such function.
 */
ACT_API act_function act_function_from_name(const char *name);
ACT_API const char *act_function_name(act_function fn);

/*
 * The function that another project calls by this name, and that project's default parameters:
 * "LeakyRelu" of ONNX is leaky_relu with 0.01, "leaky_relu" of Keras the same with 0.2, "gelu_fast"
 * of transformers is gelu_tanh.
 *
 *   project   "onnx", "torch", "keras" (Keras 3), "keras2" or "transformers" (Hugging Face); NULL:
 *             all of them.  A name with several meanings is then ambiguous, and gives
 *             ACT_FUNCTION_NONE: leaky_relu (0.01, Keras 0.2), LeakyReLU (0.01, Keras 0.3),
 *             hard_sigmoid (Keras 3 1/6 x, Keras 2 0.2 x), softplus and Softplus (equal to x above
 *             a threshold of 20 in PyTorch; no threshold in ONNX and Keras).
 *   params    receives the parameters, unless NULL.
 *
 * Returns ACT_FUNCTION_NONE for an unknown project or name, for an ambiguous name, and for a
 * function that is not an elementwise function of this library (softmax and prelu have calls of
 * their own). params is then unchanged.  Names are case-sensitive, as in those projects.
 */
ACT_API act_function act_function_from_alias(const char *project, const char *name,
                                             act_params *params);

/*
 * The number of the function's parameters.  Writes their names (static strings) and usual values
 * where the pointers are not NULL.  A parameter that the function does not have gets NULL and 0.
 */
ACT_API size_t act_function_parameters(act_function fn, const char *names[2], act_params *usual);

ACT_API act_grad_input act_function_grad_input(act_function fn);

#ifdef __cplusplus
}
#endif

#endif
