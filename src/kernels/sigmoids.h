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

/*
 * x - tanh(x): for |x| < 1, where it cancels, x^3 P(x^2), error 3.0e-08; beyond, the difference
 * with the quotient's residual.  Coefficients by tools/activation_coefficients.py.
 */
BOUND(tanhshrink, 3.24, .at = {.x = -0x1.6e1b6ap-6F});
VF_WORD vf vf_tanhshrink(vf x) {
    vf size = vf_abs(x), bounded = vf_min(vf_set1(1.0F), size), square = vf_mul(bounded, bounded);
    vf p = vf_polynomial(square, -0x1.b4decap-13F, 0x1.2fa9dp-10F, -0x1.cfe2fap-9F, 0x1.24b3dp-7F,
                         -0x1.670fdep-6F, 0x1.ba3142p-5F, -0x1.11117cp-3F, 0x1.555556p-2F);
    vf near = vf_mul(bounded, vf_mul(square, p));
    const tanh_parts of = tanh_in_parts(vf_min(vf_set1(TANH_END), vf_at_least(size, 1.0F)));
    vf far = vf_nfma(of.residual, of.r, vf_sub(size, of.q));
    return vf_with_sign(vf_select(vf_lt(size, vf_set1(1.0F)), near, far), x);
}
/* In this order a tiny tanh(x) does not underflow before dy is multiplied. */
BOUND(tanhshrink_grad, 5.54, .at = {.x = -0x1.2eea96p-3F, .by = 0x1.730712p+0F});
VF_WORD vf vf_tanhshrink_grad(vf dy, vf x) {
    vf t = vf_tanh(x);
    return vf_mul(vf_mul(dy, t), t);
}

/*
 * cap tanh(x / cap) with |x / cap| between 2^-13, below which the result is x, and 20, above which
 * it is cap.  Where 20 cap is beyond all floats, only an infinite x is there.
 */
VF_INLINE float softcap_end(float cap) {
    return cap < FLT_MAX / TANH_END ? TANH_END * cap : FLT_MAX;
}
BOUND(softcap, 3.31, .at = {.x = 0x1.fadf26p-1F}, .others = 3.36,
      .others_at = {.x = 0x1.fc0fdcp-1F, .p = 0x1.f40c9cp+6F});
VF_WORD vf vf_softcap(vf x, float cap) {
    const vf c = vf_set1(cap), low = vf_set1(0x1p-13F * cap);
    vf size = vf_abs(x);
    vf bounded = vf_max(low, vf_min(vf_set1(softcap_end(cap)), size));
    const tanh_parts of = tanh_in_parts(vf_div(bounded, c));
    vf y = vf_mul(c, vf_fma(of.residual, of.r, of.q));
    y = vf_select(vf_lt(size, low), size, y);
    return vf_with_sign(at_infinity(size, c, y), x);
}
/*
 * From y: dy ((cap - y) / cap) ((cap + y) / cap), where cap - y is exact as they come close. Halves
 * of both, if cap is large, keep the sum a float.
 */
BOUND(softcap_grad, 3.55, .at = {.x = -0x1.d0b4eep+4F, .by = 0x1.fe4fep+0F}, .others = 4.14,
      .others_at = {.x = 0x1.025474p-4F, .by = 0x1.d49c9ep+0F, .p = 0x1.1602d2p-4F});
VF_WORD vf vf_softcap_grad(vf dy, vf y, float cap) {
    const float unit = cap > 1.0F ? 0.5F : 1.0F;
    const vf c = vf_set1(unit * cap);
    vf t = vf_mul(vf_set1(unit), within(cap, y));
    vf slope = vf_mul(vf_div(vf_sub(c, t), c), vf_div(vf_add(c, t), c));
    return vf_mul(dy, slope);
}

/* sigmoid(gate) up: glu has no kernels of its own (ACT_GATED_BY). */
BOUND(glu, 2.93, .at = {.x = -0x1.a4f112p+3F, .by = 0x1.f83136p+0F});
BOUND(glu_grad, 6.78, .at = {.x = 0x1.8defb8p+2F, .by = 0x1.e54a42p+0F, .p = 0x1.09a5cp+0F});
FAST_BOUND(glu_fast, 4.65, 0, .at = {.x = -0x1.0b49dep+4F, .by = 0x1.128c82p+0F},
           .floor = 0x1p-100);
VF_WORD vf vf_glu_fast(vf gate, vf up) { return vf_mul(vf_sigmoid_fast(gate), up); }

#endif
