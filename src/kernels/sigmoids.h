/* The logistic sigmoid and tanh. */
#ifndef ACT_KERNELS_SIGMOIDS_H
#define ACT_KERNELS_SIGMOIDS_H

#include "kernels/bound.h"
#include "kernels/exp_pair.h"
#include "kernels/loops.h"
#include "kernels/parameters.h"

/*
 * n / (1 + e) for n of e or 1: one Newton step on the quotient q, from its residual.  n - q is
 * exact, as q is at least n / 2 (Sterbenz), and so the residual, n - q (1 + e), is rounded once.
 */
VF_WORD vf corrected_quotient(vf n, vf e) {
    const vf one = vf_set1(1.0F);
    vf r = vf_div(one, vf_add(one, e));
    vf q = vf_mul(n, r);
    vf residual = vf_nfma(q, e, vf_sub(n, q));
    return vf_fma(residual, r, q);
}

/*
 * With e = exp(-|x|), which cannot overflow, sigmoid(x) is e / (1 + e) for x < 0, else 1 / (1 + e).
 *
 * With the residual the largest error is 1.48 ULP instead of 2.31.  What remains is exp's own 0.99
 * and the last rounding.
 */
VF_WORD vf sigmoid_near(vf x) {
    const vf one = vf_set1(1.0F);
    vf e = vf_exp_near(vf_off_tiny(vf_minus_size(x)));
    return corrected_quotient(vf_select(vf_lt(x, vf_set1(0.0F)), e, one), e);
}

/*
 * For any x, with the same bits: e and n are scaled by 2^64, so that only the result can be
 * subnormal.  For e below 2^-38 the denominator rounds to 1 and the quotient is e, so a lower bound
 * on e in the denominator keeps the residual normal.
 */
VF_WORD vf sigmoid_far(vf x) {
    const vf down = vf_set1(0x1p-64F);
    vf e = vf_exp_nonpositive_up(vf_off_tiny(vf_minus_size(x)));
    vf n = vf_select(vf_signbit(x), e, vf_set1(0x1p64F));
    return vf_scale_down(corrected_quotient(n, vf_mul(vf_at_least(e, 0x1p26F), down)));
}

/*
 * Up to this |x| the residual, which is about e^2, is a normal number.  A vector with a lane
 * beyond it takes 1.4 times as long as one without.  With subnormal intermediate results it would
 * take 13 times as long (Sapphire Rapids; 2.7 times on Zen 3).
 */
#define SIGMOID_NO_UNDERFLOW 43.5F
BOUND(sigmoid, 1.48, .at = {.x = -0x1.362c52p+2F});
VF_WORD vf vf_sigmoid(vf x) {
    const int far = vf_any_below(vf_minus_size(x), -SIGMOID_NO_UNDERFLOW);
    return VF_SELDOM(far) ? sigmoid_far(x) : sigmoid_near(x);
}

/* In this order no product overflows for finite dy and y in [0, 1]. */
BOUND(sigmoid_grad, 2.5, .at = {.x = -0x1.f90daep+5F, .by = 0x1.02deb8p+0F});
VF_WORD vf vf_sigmoid_grad(vf dy, vf y) { return vf_mul(vf_mul(dy, vf_sub(vf_set1(1.0F), y)), y); }

/*
 * The quotient is as accurate in the left tail as in the right one: exp(-x) is then nearly all of
 * the denominator.
 */
FAST_BOUND(sigmoid_fast, 3.95, 0x1p-125, .at = {.x = -0x1.0a9a56p+4F});
VF_WORD vf vf_sigmoid_fast(vf x) { return vf_div(vf_set1(4.0F), vf_exp_fast_plus4(x)); }

/*
 * sigmoid(z) = 2^n (high + low) from e = exp(-|z|), with n = 0 for z >= 0: the quotient of
 * vf_sigmoid before its last addition, and before the scaling that may make exp(z) subnormal.
 */
VF_WORD scaled_pair sigmoid_pair(enum underflow underflow, vf z, scaled_pair e) {
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(z);
    vf n = vf_select(negative, e.high, one), n_low = vf_select(negative, e.low, zero);
    vf beside = scaled_beside_one(underflow, e.high, e.n);
    vf r = vf_div(one, vf_add(one, beside));
    vf q = vf_mul(n, r);
    vf residual = vf_add(vf_nfma(q, beside, vf_sub(n, q)), n_low);
    return (scaled_pair){q, vf_mul(residual, r), vf_select(negative, e.n, zero)};
}

/*
 * With m = expm1(-2 |x|), tanh |x| is -m / (2 + m): accurate near 0, where m is accurate, and never
 * above 1.  One Newton step on the quotient, as in vf_sigmoid, with the low parts of m and of
 * 2 + m.  q >= 0 takes the sign of x at the end, so that tanh(-0) = -0.
 */
#define TANH_END 20.0F /* expm1(-40) is -1 and keeps its power of two a float */
typedef struct {
    vf q, residual, r; /* q + residual r */
} tanh_parts;
VF_WORD tanh_parts tanh_in_parts(vf size) {
    pair m = expm1_bounded(vf_mul(vf_set1(-2.0F), size));
    vf r = vf_div(vf_set1(1.0F), vf_add(vf_set1(2.0F), m.high));
    vf n = vf_abs(m.high);
    vf q = vf_mul(n, r);
    vf residual = vf_fma(q, n, vf_nfma(vf_set1(2.0F), q, n));
    return (tanh_parts){q, vf_sub(vf_nfma(q, m.low, residual), m.low), r};
}
BOUND(tanh, 1.42, .at = {.x = -0x1.0fb6b6p+3F});
VF_WORD vf vf_tanh(vf x) {
    const unusual_lanes lanes = tiny_lanes_of(x);
    const tanh_parts of = tanh_in_parts(vf_min(vf_set1(TANH_END), vf_abs(without_tiny(lanes, x))));
    return tiny_itself(lanes, x, vf_with_sign(vf_fma(of.residual, of.r, of.q), x));
}

/* From y = tanh(x): dy (1 - y) (1 + y); fma rounds 1 - y^2 only once. */
BOUND(tanh_grad, 1.5, .at = {.x = 0x1.695e96p-1F, .by = 0x1.fce182p+0F});
VF_WORD vf vf_tanh_grad(vf dy, vf y) { return vf_mul(dy, vf_nfma(y, y, vf_set1(1.0F))); }

/*
 * x P(x^2) / Q(x^2), relative error 2.2e-08.  All coefficients are positive, so nothing cancels.
 * From 9.01 on tanh is 1; the clamp removes what the roundings add to 1.
 */
FAST_BOUND(tanh_fast, 5.46, 0x1p-118, .at = {.x = -0x1.0e4c82p+3F});
#ifndef VF_HAVE_TANH_FAST
VF_WORD vf vf_tanh_fast(vf x) {
    vf t = vf_min(vf_set1(9.01F), vf_abs(vf_flushed(x)));
    vf s = square_off_zero(t);
    vf p = vf_polynomial(s, 0x1.cc7db8p-27F, 0x1.5a6cd4p-16F, 0x1.ca8506p-9F, 0x1.121736p-3F, 1.0F);
    vf q = vf_polynomial(s, 0x1.a29fe2p-21F, 0x1.58f55p-12F, 0x1.a82324p-6F, 0x1.de60e8p-2F, 1.0F);
    return vf_with_sign(vf_min(vf_set1(1.0F), vf_div(vf_mul(t, p), q)), x);
}
#endif

/* The derivative from x, s (1 - s) = e / (1 + e)^2 with e = exp(-|x|): nothing cancels. */
BOUND(sigmoid_grad_x, 6.35, .at = {.x = -0x1.8defb8p+2F, .by = 0x1.f79414p+0F});
VF_WORD vf vf_sigmoid_grad_x(vf dy, vf x) {
    const vf one = vf_set1(1.0F);
    vf e = vf_exp_nonpositive(vf_off_tiny(vf_minus_size(x)));
    vf r = vf_div(one, vf_add(one, e));
    return vf_mul(dy, vf_mul(vf_mul(e, r), r));
}

/* sigmoid(gate) up: glu has no kernels of its own (ACT_GATED_BY). */
BOUND(glu, 2.93, .at = {.x = -0x1.a4f112p+3F, .by = 0x1.f83136p+0F});
BOUND(glu_grad, 6.78, .at = {.x = 0x1.8defb8p+2F, .by = 0x1.e54a42p+0F, .p = 0x1.09a5cp+0F});
FAST_BOUND(glu_fast, 4.65, 0, .at = {.x = -0x1.0b49dep+4F, .by = 0x1.128c82p+0F},
           .floor = 0x1p-100);
VF_WORD vf vf_glu_fast(vf gate, vf up) { return vf_mul(vf_sigmoid_fast(gate), up); }

#endif
