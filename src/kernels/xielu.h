/* xIELU, a parabola on the right and an integrated exponential on the left. */
#ifndef ACT_KERNELS_XIELU_H
#define ACT_KERNELS_XIELU_H

#include <float.h>
#include <math.h>

#include "kernels/parameters.h"

typedef struct {
    float alpha_p, alpha_n, beta, eps;
} xielu_parameters;

/*
 * The left side, alpha_n (expm1(min(x, eps)) - x) + beta x, in three parts: above eps a straight
 * line; near 0, where expm1(x) - x cancels, with its series; else as alpha_n expm1(x) + (beta -
 * alpha_n) x, which is also right at -inf.
 */
#define XIELU_NEAR (-0.3466F)
VF_OF_PARAMETERS float xielu_end(float alpha_n, float eps) {
    return (float)((double)alpha_n * expm1((double)eps));
}
VF_WORD vf xielu_left(vf x, xielu_parameters p) {
    const vf alpha = vf_set1(p.alpha_n);
    const pair slope = pair_set1((double)p.beta - (double)p.alpha_n);
    vf bounded = nonpositive(x), close = vf_max(vf_set1(XIELU_NEAR), bounded);
    vf rest = vf_mul(vf_mul(close, close), expm1_terms(close));
    pair line = two_product(vf_set1(p.beta), close);
    vf near = vf_add(vf_fma(alpha, rest, line.high), line.low);

    pair m = expm1_nonpositive(bounded), product = two_product(slope.high, bounded);
    vf low = vf_fma(slope.low, bounded, product.low);
    low = vf_unless(vf_lt(vf_set1(FLT_MAX), vf_abs(product.high)), low);
    vf far = vf_add(product.high, vf_fma(alpha, m.high, vf_fma(alpha, m.low, low)));

    vf above = vf_fma(slope.high, bounded, vf_set1(xielu_end(p.alpha_n, p.eps)));
    vf y = vf_select(vf_lt(vf_set1(XIELU_NEAR), x), near, far);
    return vf_select(vf_lt(vf_set1(p.eps), x), above, y);
}
VF_WORD vf xielu_of(vf x, xielu_parameters p) {
    const vm right = vf_lt(vf_set1(0.0F), x);
    vf positive = vf_kept(vf_select(right, x, vf_set1(1.0F)));
    vf y = vf_mul(vf_fma(vf_set1(p.alpha_p), positive, vf_set1(p.beta)), positive);
    return vf_select(right, y, xielu_left(x, p));
}
VF_WORD vf xielu_grad_of(vf dy, vf x, xielu_parameters p) {
    const vf alpha = vf_set1(p.alpha_n), beta = vf_set1(p.beta), zero = vf_set1(0.0F);
    const vm right = vf_lt(zero, x);
    vf positive = vf_kept(vf_select(right, x, zero));
    vf rising = vf_fma(vf_mul(vf_set1(2.0F), positive), vf_set1(p.alpha_p), beta);
    pair m = expm1_nonpositive(nonpositive(x));
    vf falling = vf_fma(alpha, m.high, vf_fma(alpha, m.low, beta));
    falling = vf_select(vf_lt(vf_set1(p.eps), x), vf_sub(beta, alpha), falling);
    return vf_mul(dy, vf_kept(vf_select(right, rising, falling)));
}

VF_INLINE void rows_xielu(float *dst, const float *src, size_t n, float alpha_p, float alpha_n,
                          float beta, float eps) {
    const xielu_parameters p = {alpha_p, alpha_n, beta, eps};
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, xielu_of(vf_load(src + i), p));
    if (i < n)
        vf_store_partial(dst + i, xielu_of(vf_load_partial(src + i, n - i, vf_set1(0.0F)), p),
                         n - i);
}
VF_INLINE void rows_xielu_grad(float *dx, const float *dy, const float *x, size_t n, float alpha_p,
                               float alpha_n, float beta, float eps) {
    const xielu_parameters p = {alpha_p, alpha_n, beta, eps};
    const vf zero = vf_set1(0.0F);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dx + i, xielu_grad_of(vf_load(dy + i), vf_load(x + i), p));
    if (i < n)
        vf_store_partial(dx + i,
                         xielu_grad_of(vf_load_partial(dy + i, n - i, zero),
                                       vf_load_partial(x + i, n - i, zero), p),
                         n - i);
}

#endif
