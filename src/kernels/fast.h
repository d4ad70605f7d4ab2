/*
 * The fast tier of what exp makes: one range reduction, short polynomials, one division at most.
 * Results below 2^-126 may be 0.
 */
#ifndef ACT_KERNELS_FAST_H
#define ACT_KERNELS_FAST_H

#include "kernels/bound.h"
#include "kernels/parts.h"

/*
 * exp(a) = 2^n (1 + t), with n + 127 in the lowest bits of shifted, for |n| <= 127.  t = expm1(s)
 * is relatively accurate, which a polynomial for exp is not: 1.4e-08.  a_low is added where it is
 * small enough not to move n.  Coefficients by tools/activation_coefficients.py, here and below.
 */
typedef struct {
    vf t, shifted;
} fast_reduced;
VF_WORD vf expm1_near_zero(vf s) {
    vf p = vf_set1(0x1.6ab286p-10F);
    p = vf_fma(p, s, vf_set1(0x1.122c7cp-7F));
    p = vf_fma(p, s, vf_set1(0x1.55579ep-5F));
    p = vf_fma(p, s, vf_set1(0x1.5554aap-3F));
    p = vf_fma(p, s, vf_set1(0x1.fffffep-2F));
    return vf_fma(vf_mul(s, s), p, s);
}
VF_WORD vf fast_remainder(vf a, vf shifted) {
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(127)));
    vf s = vf_fma(n, vf_set1(-0x1.62e43p-1F), a);
    return vf_fma(n, vf_set1(0x1.05c61p-29F), s);
}
VF_WORD vf fast_shifted(vf a) {
    return vf_fma(a, vf_set1(0x1.715476p0F), vf_set1(VF_SHIFTER(127)));
}
VF_WORD fast_reduced fast_reduce(vf a) {
    vf shifted = fast_shifted(a);
    return (fast_reduced){expm1_near_zero(fast_remainder(a, shifted)), shifted};
}

/* expm1(a) for -80 <= a <= 0. */
VF_WORD vf expm1_fast(vf a) {
    fast_reduced e = fast_reduce(a);
    vf power = vf_exponent(e.shifted);
    return vf_fma(power, e.t, vf_sub(power, vf_set1(1.0F)));
}

/* -m / (2 + m) with m = expm1(-2 |x|); from 9.02 on the result is 1, and never above. */
FAST_BOUND(tanh_fast, 2.7, 0x1.0eec3cp+2F);
VF_WORD vf vf_tanh_fast(vf x) {
    vf m = expm1_fast(vf_mul(vf_set1(-2.0F), vf_min(vf_set1(10.0F), vf_abs(x))));
    vf q = vf_div(vf_abs(m), vf_add(vf_set1(2.0F), m));
    return vf_select(vf_signbit(x), vf_neg(q), q);
}

FAST_BOUND_USUAL(elu_fast, 1.0, 2.5, -0x1.a2d94ap-2F);
VF_WORD vf vf_elu_fast(vf x, float alpha) {
    vf m = expm1_fast(vf_max(vf_set1(-40.0F), nonpositive(x)));
    return vf_select(vf_lt(x, vf_set1(0.0F)), vf_mul(vf_set1(alpha), m), x);
}

/* size / |beta| within floats, by doubles, which no beta takes beyond their range. */
VF_WORD float over_beta(double size, float beta) {
    float b = fabsf(beta);
    return b > 0x1p-120F ? (float)fmin(size / (double)b, (double)FLT_MAX) : FLT_MAX;
}

/*
 * x / (1 + exp(-beta x)).  At beta x = -89 the denominator would overflow while the result is still
 * 2^-121, so it is made 2^8 smaller, and the quotient after it; a quotient that could overflow for
 * that belongs to an x that is the result.  The clamps keep n - 8 within an exponent field: on the
 * far left the power is inf and the quotient -0.  Where beta is not 1, the rounding of beta x alone
 * costs up to 61 ULP at the far left.
 */
FAST_BOUND_USUAL(silu_fast, 2.4, 70.0, -0x1.0b5f6ep+4F);
VF_WORD vf vf_silu_fast(vf x, float beta) {
    const float left = over_beta(94.0, beta), right = over_beta(80.0, beta);
    vf low = vf_set1(beta < 0 ? -right : -left), high = vf_set1(beta < 0 ? left : right);
    vf bounded = vf_min(high, vf_max(low, x));
    fast_reduced e = fast_reduce(vf_mul(vf_set1(-beta), bounded));
    vf power = vf_exponent(vf_sub(e.shifted, vf_set1(8.0F)));
    vf d = vf_fma(power, vf_add(e.t, vf_set1(1.0F)), vf_set1(0x1p-8F));
    vf finite = within(0x1p+100F, x);
    vf y = vf_mul(vf_div(finite, d), vf_set1(0x1p-8F));
    vm far = beta < 0 ? vf_lt(finite, vf_set1(-0x1p+99F)) : vf_lt(vf_set1(0x1p+99F), finite);
    return vf_select(far, x, y);
}

/*
 * As vf_gelu, without its middle: the tail's polynomial in w = t / (t + K) has the constant K / 2
 * exactly, so that its error vanishes towards 0.  From t = 13.24 on the power is 0.
 */
FAST_BOUND(gelu_fast, 6.2, -0x1.230fcp+3F);
VF_WORD vf fast_normal_tail(vf t) {
    vf r = vf_div(vf_set1(1.0F), vf_add(t, vf_set1(3.765625F)));
    vf w = vf_mul(t, r);
    vf p = vf_set1(0x1.d6c868p-4F);
    p = vf_fma(p, w, vf_set1(-0x1.8aff76p-2F));
    p = vf_fma(p, w, vf_set1(0x1.1bf21ep-2F));
    p = vf_fma(p, w, vf_set1(0x1.a6a8f4p-2F));
    p = vf_fma(p, w, vf_set1(-0x1.0fad76p-2F));
    p = vf_fma(p, w, vf_set1(-0x1.c81a78p+0F));
    p = vf_fma(p, w, vf_set1(0x1.f583eep+1F));
    p = vf_fma(p, w, vf_set1(-0x1.e317d8p+1F));
    p = vf_fma(p, w, vf_set1(0.5F * 3.765625F));
    return vf_mul(p, r);
}
VF_WORD vf vf_gelu_fast(vf x) {
    vf t = vf_min(vf_set1(13.25F), vf_abs(x));
    vf half = vf_mul(vf_set1(-0.5F), t);
    vf a = vf_mul(half, t);
    vf shifted = fast_shifted(a);
    vf s = vf_add(fast_remainder(a, shifted), vf_fma(half, t, vf_neg(a)));
    vf u = vf_add(vf_set1(1.0F), expm1_near_zero(s));
    vf p = vf_mul(fast_normal_tail(t), u), power = vf_exponent(shifted);
    vf left = vf_neg(vf_mul(vf_mul(t, p), power));
    vf right = vf_mul(x, vf_nfma(p, power, vf_set1(1.0F)));
    return vf_select(vf_signbit(x), left, right);
}

/* max(x, 0) + log1p(exp(-|beta x|)) / beta, as vf_softplus. */
FAST_BOUND_USUAL(softplus_fast, 2.1, 100.0, 0x1.9ddc12p-11F);
VF_WORD vf log1p_fast(vf e) {
    vf p = vf_set1(0x1.5fa0dap-8F);
    p = vf_fma(p, e, vf_set1(-0x1.eca398p-6F));
    p = vf_fma(p, e, vf_set1(0x1.44707ap-4F));
    p = vf_fma(p, e, vf_set1(-0x1.19af8ep-3F));
    p = vf_fma(p, e, vf_set1(0x1.884554p-3F));
    p = vf_fma(p, e, vf_set1(-0x1.fd1368p-3F));
    p = vf_fma(p, e, vf_set1(0x1.5535dep-2F));
    p = vf_fma(p, e, vf_set1(-0x1.ffff14p-2F));
    return vf_fma(vf_mul(e, e), p, e);
}
VF_WORD vf vf_softplus_fast(vf x, float beta, float threshold) {
    const vf zero = vf_set1(0.0F);
    vf z = vf_mul(vf_set1(beta), within(over_beta(88.0, beta), x));
    fast_reduced e = fast_reduce(vf_max(vf_set1(-88.0F), vf_neg(vf_abs(z))));
    vf l = log1p_fast(vf_mul(vf_add(vf_set1(1.0F), e.t), vf_exponent(e.shifted)));
    if (beta != 1.0F)
        l = vf_div(l, vf_set1(beta));
    vf y = vf_add(vf_max(zero, x), l);
    return vf_select(vf_lt(vf_set1(threshold), z), x, y);
}

#endif
