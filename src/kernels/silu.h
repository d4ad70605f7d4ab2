/* SiLU, and SwiGLU, whose gate it is. */
#ifndef ACT_KERNELS_SILU_H
#define ACT_KERNELS_SILU_H

#include "kernels/bound.h"
#include "kernels/loops.h"
#include "kernels/parameters.h"
#include "kernels/sigmoids.h"

/*
 * x sigmoid(z) for a pair z that was computed from `bounded`, the clamped x.  In the left tail only
 * the product is scaled: exp(z) may be subnormal where the product is not.  On the right x itself
 * is the factor of the high part, so that inf stays.  `bounded` multiplies the low part, which is 0
 * at infinity.
 */
VF_WORD vf times_sigmoid(enum underflow underflow, vf x, vf bounded, vf z, scaled_pair e) {
    scaled_pair s = sigmoid_pair(underflow, z, e);
    if (underflow == NO_UNDERFLOW)
        return vf_fma(x, s.high, vf_mul(x, s.low));
    const vm negative = vf_signbit(z);
    vf y = vf_fma(vf_select(negative, bounded, x), s.high, vf_mul(bounded, s.low));
    return vf_select(negative, scaled(underflow, vf_select(negative, y, vf_set1(1.0F)), s.n), y);
}

/*
 * The derivative s + w s (1 - s) of such a product, s = sigmoid(z) and w = x z'(x), where w has the
 * sign of z.  With e = exp(-|z|) it is e (1 + e + w) / (1 + e)^2 on the left and (1 + e (1 + w)) /
 * (1 + e)^2 on the right.  It loses relative accuracy only around its zero, where 1 + e + w
 * cancels.
 */
VF_WORD vf times_sigmoid_slope(enum underflow underflow, pair z, vf w) {
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(z.high);
    scaled_pair parts = exp_of_minus_size(underflow, z);
    vf e = scaled_beside_one(underflow, parts.high, parts.n);
    vf d = vf_add(one, e);
    vf r = vf_div(one, d);
    vf sum = vf_add(d, w);
    vf left = vf_fma(parts.high, sum, vf_mul(parts.low, sum));
    vf right = vf_fma(e, vf_add(one, w), one);
    vf y = vf_mul(vf_mul(vf_select(negative, left, right), r), r);
    return scaled(underflow, y, vf_select(negative, parts.n, zero));
}

VF_WORD vf silu_of(enum underflow underflow, vf x, float limit, float beta) {
    vf bounded = far_within(underflow, limit, x);
    pair z = beta_product(bounded, beta);
    return times_sigmoid(underflow, x, bounded, z.high, exp_of_minus_beta(underflow, z, beta));
}
/*
 * The same for any beta, with the exponential's power of two applied last: x may be large and exp
 * too small for a float, or the reverse.  The quotient before that may be above 1, so its half is
 * used, which is not.  silu(x; 0) is x / 2, also for infinite x.
 */
VF_WORD vf silu_wide(vf x, float beta) {
    if (beta == 0)
        return vf_mul(x, vf_set1(0.5F));
    vf bounded = within(over_beta(WIDE_LIMIT, beta), x);
    pair z = beta_product(bounded, beta);
    const vm negative = vf_signbit(z.high);
    scaled_pair e = exp_of_minus_size(ANY_UNDERFLOW, z);
    vf n = vf_select(negative, vf_add(e.n, vf_set1(1.0F)), vf_set1(0.0F));
    scaled_pair s = sigmoid_pair(ANY_UNDERFLOW, z.high, e);
    vf half = vf_select(negative, vf_set1(0.5F), vf_set1(1.0F));
    s.high = vf_mul(s.high, half);
    s.low = vf_mul(s.low, half);
    vf y = vf_fma(vf_select(negative, bounded, x), s.high, vf_mul(bounded, s.low));
    y = scaled_by_thirds(y, n);
    if (fabsf(beta) >= TINY)
        return y;
    return at_infinity(x, vf_select(negative, vf_set1(beta > 0 ? -0.0F : 0.0F), x), y);
}
BOUND(silu, 1.06, .at = {.x = -0x1.4b348ep+2F}, .others = 2.49,
      .others_at = {.x = 0x1.2d6496p-124F, .p = -0x1.1fe0aep+122F});
VF_WORD vf vf_silu(vf x, float beta) {
    const float near = no_underflow_limit(beta), far = saturation_limit(beta);
    if (!near_one(beta, 0x1p20F))
        return silu_wide(x, beta);
    const unusual_lanes lanes = unusual_lanes_of(x, near);
    vf y = BY_RANGE(lanes, NO_UNDERFLOW, silu_of, without_tiny(lanes, x), far, beta);
    return tiny_half(lanes, x, y);
}
BOUND(silu_grad, 6.9, .at = {.x = 0x1.da6908p-8F, .by = 0x1.fc51f8p+0F}, .others = 8.55,
      .others_at = {.x = 0x1.3d8d06p+1F, .by = 0x1.3ffb2ap+0F, .p = -0x1.a3476p-1F}, .floor = 0.1);
VF_WORD vf silu_slope(enum underflow underflow, vf x, float limit, float beta) {
    pair z = beta_product(far_within(underflow, limit, x), beta);
    return times_sigmoid_slope(underflow, z, z.high);
}
VF_WORD vf vf_silu_grad(vf dy, vf x, float beta) {
    const float near = no_underflow_limit(beta), far = saturation_limit(beta);
    const unusual_lanes lanes = unusual_lanes_of(x, near);
    vf slope = BY_RANGE(lanes, NO_UNDERFLOW, silu_slope, without_tiny(lanes, x), far, beta);
    if (fabsf(beta) < TINY && beta != 0) {
        const vm negative = vf_signbit(with_sign_of(beta, x));
        slope = at_infinity(x, vf_select(negative, vf_set1(-0.0F), vf_set1(1.0F)), slope);
    }
    return times_slope(any_unusual(lanes), dy, slope);
}

/*
 * x / (1 + exp(-beta x)).  The denominator is inf from beta x = -88.7 down, and x must be finite
 * there: the side on which the result is 0 is clamped at 128, the other side is x itself.  A beta
 * far from 1 takes the default tier's path, as in softplus.
 */
#define SILU_FAST_END 128.0F
FAST_BOUND(silu_fast, 3.97, 0x1p-117, .at = {.x = -0x1.0b4846p+4F}, .others = 66.71,
           .others_at = {.x = -0x1.068128p+6F, .p = 0x1.216b22p+0F});
VF_OF_PARAMETERS float silu_low(float beta) {
    return beta < 0 ? -INFINITY : -over_beta((double)SILU_FAST_END, beta);
}
VF_OF_PARAMETERS float silu_high(float beta) {
    return beta < 0 ? over_beta((double)SILU_FAST_END, beta) : INFINITY;
}
VF_WORD vf vf_silu_fast(vf x, float beta) {
    if (ALWAYS_ONE(beta)) {
        x = vf_flushed(x);
        return vf_div(vf_max(vf_set1(-SILU_FAST_END), x), vf_exp_fast_plus(vf_set1(1.0F), x));
    }
    if (!near_one(beta, USUAL_WITHIN))
        return vf_silu(x, beta);
    x = vf_flushed(x);
    const float end = over_beta((double)SILU_FAST_END, beta), low = silu_low(beta),
                high = silu_high(beta);
    vf d = vf_exp_fast_plus(vf_set1(1.0F), vf_mul(vf_set1(beta), within(end, x)));
    return vf_div(vf_min(vf_set1(high), vf_max(vf_set1(low), x)), d);
}

/*
 * The derivative s + w s (1 - s) of x sigmoid(z), s = sigmoid(z) and w = x z'(x), for |w| <= 800; 0
 * from z = -87 down, where s would be subnormal.
 */
VF_WORD vf times_sigmoid_slope_fast(vf z, vf w) {
    const vf one = vf_set1(1.0F);
    vf s = vf_div(one, vf_exp_fast_plus(one, vf_at_least(z, -87.0F)));
    vf slope = vf_mul(s, vf_fma(w, vf_sub(one, s), one));
    return vf_unless(vf_lt(z, vf_set1(-87.0F)), slope);
}
FAST_BOUND(silu_fast_grad, 17.0, 0, .at = {.x = 0x1.0a2b22p+4F, .by = 0x1.f8010ap+0F},
           .floor = 0.1);
VF_WORD vf vf_silu_fast_grad(vf dy, vf x, float beta) {
    if (!ALWAYS_ONE(beta) && !near_one(beta, USUAL_WITHIN))
        return vf_silu_grad(dy, x, beta);
    vf bounded = within(over_beta((double)SILU_FAST_END, beta), vf_flushed(x));
    vf z = ALWAYS_ONE(beta) ? bounded : vf_mul(vf_set1(beta), bounded);
    return vf_mul(dy, times_sigmoid_slope_fast(z, z));
}

/* The products of two rounded factors. */
FAST_BOUND(swiglu_fast, 5.3, 0, .at = {.x = -0x1.0a9cc2p+4F, .by = 0x1.f96826p+0F},
           .floor = 0x1p-96);
VF_WORD vf vf_swiglu_fast(vf gate, vf up) { return vf_mul(vf_silu_fast(gate, 1.0F), up); }
FAST_BOUND(swiglu_fast_grad, 17.5, 0,
           .at = {.x = 0x1.0a289p+4F, .by = 0x1.74fceap+0F, .p = 0x1.59f964p+0F}, .floor = 0.1);
VF_WORD gated_grad vf_swiglu_fast_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_silu_fast_grad(vf_mul(dy, up), gate, 1.0F), vf_swiglu_fast(gate, dy)};
}
BOUND(swiglu, 2.44, .at = {.x = -0x1.2bf32cp-2F, .by = 0x1.ff56e6p+0F});
VF_WORD vf vf_swiglu(vf gate, vf up) { return vf_mul(vf_silu(gate, 1.0F), up); }
BOUND(swiglu_grad, 7.36, .at = {.x = 0x1.da6908p-8F, .by = 0x1.05a45cp+0F, .p = 0x1.f15be2p+0F},
      .floor = 0.1);
VF_WORD gated_grad swiglu_grad_by(enum underflow underflow, unusual_lanes lanes, vf dy, vf gate,
                                  vf up) {
    const float far = saturation_limit(1.0F);
    vf usual = without_tiny(lanes, gate);
    vf slope = silu_slope(underflow, usual, far, 1.0F);
    vf y = tiny_half(lanes, gate, silu_of(underflow, usual, far, 1.0F));
    return (gated_grad){times_slope(any_unusual(lanes), vf_mul(dy, up), slope), vf_mul(y, dy)};
}
VF_WORD gated_grad vf_swiglu_grad(vf dy, vf gate, vf up) {
    const unusual_lanes lanes = unusual_lanes_of(gate, NO_UNDERFLOW_TO);
    return BY_RANGE(lanes, NO_UNDERFLOW, swiglu_grad_by, lanes, dy, gate, up);
}

/* Those without kernels of their own (ACT_GATED_BY and ACT_PAIR_BY): products by silu. */
BOUND(swiglu_beta, 2.46, .at = {.x = -0x1.6bd798p-2F, .by = 0x1.fde314p+0F}, .others = 2.92,
      .others_at = {.x = -0x1.000f46p-125F, .by = 0x1.ffe174p+0F, .p = 0x1.c69a56p-112F});
BOUND(swiglu_beta_grad, 9.23,
      .at = {.x = -0x1.2df7d4p+0F, .by = 0x1.b124ap+0F, .p = 0x1.79f34cp+0F}, .floor = 0.1);

BOUND(swiglu_clamped, 3.56, .at = {.x = -0x1.adda0cp+5F, .by = 0x1.4752aep+0F}, .others = 4.16,
      .others_at = {
          .x = -0x1.52a75cp-126F, .by = 0x1.ff7cdep+0F, .p = 0x1.49edp-131F, .q = 0x1.cp+2F});
FAST_BOUND(
    swiglu_clamped_fast, 68.2, 0, .at = {.x = -0x1.3b29ecp+5F, .by = 0x1.b3d96ep+0F},
    .others = 68.8,
    .others_at = {.x = -0x1.c8fe84p+5F, .by = 0x1.541436p+0F, .p = 0x1.2a60b6p+0F, .q = 0x1.cp+2F},
    .floor = 0x1p-96);

#endif
