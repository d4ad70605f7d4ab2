/* The Laplace function of attention gates: the normal distribution function of (x - mu) / sigma. */
#ifndef ACT_KERNELS_LAPLACE_H
#define ACT_KERNELS_LAPLACE_H

#include <float.h>
#include <math.h>

#include "kernels/gelu.h"

/*
 * z = (x - mu) / sigma as a pair.  x is clamped to mu +- 21 sigma, beyond which both results have
 * reached their ends for every sigma.  The ends are rounded outwards by a whole float: mu may be so
 * large that mu - 21 sigma rounds to mu.
 */
#define LAPLACE_END 21.0
VF_OF_PARAMETERS float laplace_end(float mu, float sigma, double turns) {
    const double end = (double)mu + turns * (double)sigma;
    const float last = turns < 0 ? -FLT_MAX : FLT_MAX;
    const float nearest = (float)fmin(fmax(end, (double)-FLT_MAX), (double)FLT_MAX);
    return nearest == last ? last : nextafterf(nearest, last);
}
VF_WORD vf laplace_bounded(vf x, float mu, float sigma) {
    const float low = laplace_end(mu, sigma, -LAPLACE_END);
    const float high = laplace_end(mu, sigma, LAPLACE_END);
    return vf_min(vf_set1(high), vf_max(vf_set1(low), x));
}
VF_WORD pair laplace_argument(vf bounded, float mu, float sigma) {
    return div_pair(two_difference(bounded, vf_set1(mu)), sigma);
}
/* Within these the difference is at most 22 sigma, and no quotient overflows or is subnormal. */
VF_INLINE int laplace_is_usual(float mu, float sigma) {
    return 0x1p-20F <= sigma && sigma <= 0x1p50F && fabsf(mu) <= 0x1p20F * sigma;
}

/*
 * The same for any parameters.  A large sigma is scaled down together with x and mu, so that their
 * difference is a float; a small one is scaled up together with the difference, which is clamped,
 * as it may be any number of sigmas.
 */
VF_INLINE float laplace_down(float sigma) { return sigma > 0x1p50F ? 0x1p-64F : 1.0F; }
VF_INLINE float laplace_up(float sigma) { return sigma < 0x1p-20F ? 0x1p64F : 1.0F; }
VF_WORD pair laplace_argument_wide(vf bounded, float mu, float sigma) {
    const float down = laplace_down(sigma), up = laplace_up(sigma), least = down * sigma;
    const vf d = vf_set1(down), end = vf_set1(22.0F * least);
    pair difference = two_difference(vf_mul(bounded, d), vf_set1(down * mu));
    const vm beyond = vf_lt(end, vf_abs(difference.high));
    difference.high = vf_mul(within(22.0F * least, difference.high), vf_set1(up));
    difference.low = vf_mul(vf_unless(beyond, difference.low), vf_set1(up));
    return div_pair(difference, least * up);
}

/* exp(-z^2 / 2) with |z| clamped to t: the low part of z changes the exponent by t times as much.
 */
typedef struct {
    vf t;
    scaled_pair e;
} normal_power;
VF_WORD normal_power normal_power_of(pair z, float limit) {
    vf t = vf_min(vf_set1(limit), vf_abs(z.high));
    vf low = vf_select(vf_signbit(z.high), vf_neg(z.low), z.low);
    pair a = two_product(vf_mul(vf_set1(-0.5F), t), t);
    return (normal_power){t, exp_of_pair(ANY_UNDERFLOW, a.high, vf_nfma(t, low, a.low))};
}

/*
 * Phi(z), as in gelu_of.  Ordinary x are tens of sigmas to the left of mu, where the exponential
 * underflows, so every vector takes the way that is right there.
 */
VF_WORD vf normal_of(pair z) {
    const vf one = vf_set1(1.0F);
    normal_power of = normal_power_of(z, TAIL_LIMIT);
    vf g = normal_tail(of.t);
    vf p = vf_fma(of.e.high, g, vf_mul(of.e.low, g));
    vf left = vf_scale2n(p, of.e.n);
    vf right = vf_sub(one, scaled_beside_one(ANY_UNDERFLOW, p, of.e.n));
    vf middle = vf_fma(z.high, normal_middle(vf_mul(of.t, of.t)), vf_set1(0.5F));
    return vf_select(vf_lt(of.t, one), middle, vf_select(vf_signbit(z.high), left, right));
}
BOUND(laplace, 6.4, .at = {.x = 0x1.86d6a6p-2F}, .others = 7.0,
      .others_at = {.x = -0x1.503036p-2F, .p = 0x1.804f3ep-8F, .q = 0x1.20dd82p-2F});
VF_WORD vf vf_laplace(vf x, float mu, float sigma) {
    const vf bounded = laplace_bounded(x, mu, sigma);
    if (laplace_is_usual(mu, sigma))
        return normal_of(laplace_argument(bounded, mu, sigma));
    vf end = vf_select(vf_signbit(x), vf_set1(0.0F), vf_set1(1.0F));
    return at_infinity(x, end, normal_of(laplace_argument_wide(bounded, mu, sigma)));
}

/*
 * exp(-z^2 / 2) / (sigma sqrt(2 pi)).  At 15.9 it is 0 for every usual sigma, and at 20.4 for the
 * smallest one.
 */
VF_INLINE float over_sigma(float sigma) {
    return (float)(0.398942280401432677939946 / (double)sigma);
}
VF_OF_PARAMETERS float over_sigma_significand(float sigma) {
    int n;
    return (float)(2.0 * frexp(0.398942280401432677939946 / (double)sigma, &n));
}
VF_OF_PARAMETERS float over_sigma_exponent(float sigma) {
    int n;
    (void)frexp(0.398942280401432677939946 / (double)sigma, &n);
    return (float)(n - 1);
}
BOUND(laplace_grad, 2.2, .at = {.x = -0x1.67d62cp+0F, .by = 0x1.f233bp+0F}, .others = 2.5,
      .others_at = {.x = -0x1.274f16p-3F,
                    .by = 0x1.f31e5cp+0F,
                    .p = 0x1.111aeep-5F,
                    .q = 0x1.8e650ap+3F},
      .floor = 0x1p-126);
VF_WORD vf vf_laplace_grad(vf dy, vf x, float mu, float sigma) {
    const vf bounded = laplace_bounded(x, mu, sigma);
    if (laplace_is_usual(mu, sigma)) {
        const vf c = vf_set1(over_sigma(sigma));
        scaled_pair e = normal_power_of(laplace_argument(bounded, mu, sigma), 15.9F).e;
        return vf_mul(dy, vf_scale2n(vf_fma(e.high, c, vf_mul(e.low, c)), e.n));
    }
    const vf c = vf_set1(over_sigma_significand(sigma));
    scaled_pair e = normal_power_of(laplace_argument_wide(bounded, mu, sigma), 20.4F).e;
    vf n = vf_at_least(vf_add(e.n, vf_set1(over_sigma_exponent(sigma))), -378.0F);
    vf slope = scaled_by_thirds(vf_fma(e.high, c, vf_mul(e.low, c)), n);
    return vf_mul(dy, at_infinity(x, vf_set1(0.0F), slope));
}

#endif
