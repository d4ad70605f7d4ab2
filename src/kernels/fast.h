/*
 * The fast tier of tanh, GELU, SiLU, ELU and softplus: short polynomials, one division at most.
 * Results below the bound's `least` may be 0.
 */
#ifndef ACT_KERNELS_FAST_H
#define ACT_KERNELS_FAST_H

#include <math.h>

#include "kernels/bound.h"
#include "kernels/gates.h"
#include "kernels/parts.h"
#include "kernels/saturating.h"

/*
 * exp(a) = 2^n (1 + t), with n + 127 in the lowest bits of shifted, for |n| <= 127.  t = expm1(s)
 * is relatively accurate, which a polynomial for exp is not: 1.4e-08.  Coefficients by
 * tools/activation_coefficients.py, here and below.
 */
typedef struct {
    vf t, shifted;
} fast_reduced;
VF_WORD vf expm1_near_zero(vf s) {
    vf p = vf_polynomial(s, 0x1.6ab286p-10F, 0x1.122c7cp-7F, 0x1.55579ep-5F, 0x1.5554aap-3F,
                         0x1.fffffep-2F);
    return vf_fma(vf_mul(s, s), p, s);
}
VF_WORD fast_reduced fast_reduce(vf a) {
    vf shifted = vf_fma(a, vf_set1(0x1.715476p0F), vf_addend(VF_SHIFTER(127)));
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(127)));
    vf s = vf_fma(n, vf_set1(-0x1.62e43p-1F), a);
    return (fast_reduced){expm1_near_zero(vf_fma(n, vf_set1(0x1.05c61p-29F), s)), shifted};
}

/*
 * expm1(a) for -80 <= a <= 0.  n is 0 for a small a in every rounding mode, which by the sum with
 * VF_SHIFTER it would not be; then nothing cancels.  The second part of ln 2 is not needed: where n
 * is large, so is what it is added to, and the largest error, 0.946 ULP, is the same without it.
 */
VF_WORD vf expm1_fast(vf a) {
    vf n = vf_rint(vf_mul(a, vf_set1(0x1.715476p0F)));
    vf t = expm1_near_zero(vf_fma(n, vf_set1(-0x1.62e43p-1F), a));
    vf power = vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(127))));
    return vf_fma(power, t, vf_sub(power, vf_set1(1.0F)));
}

/*
 * a^2 + 2^-100, which is never subnormal, for functions whose next term is lost beside the first
 * one long before.
 */
VF_WORD vf square_off_zero(vf a) { return vf_fma(a, a, vf_set1(0x1p-100F)); }

/*
 * x P(x^2) / Q(x^2), 2.2e-08 from it relatively: all coefficients are positive, so little is lost
 * on the way.  Inside the first limit neither of the two overflows; the second cuts off what the
 * roundings add to 1.
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

FAST_BOUND(elu_fast, 0.95, 0x1p-126, .at = {.x = -0x1.99d688p-2F}, .others = 1.97,
           .others_at = {.x = -0x1.8759a8p-2F, .p = -0x1.91be3cp-4F});
VF_WORD vf vf_elu_fast(vf x, float alpha) {
    /* There expm1(x) is x, whose square could be subnormal. */
    const vm small = vf_lt(vf_set1(-0x1p-60F), x);
    vf m = expm1_fast(vf_unless(small, vf_max(vf_set1(-40.0F), x)));
    if (ALWAYS_ONE(alpha))
        return vf_select(small, x, m);
    m = vf_mul(vf_set1(alpha), vf_select(small, nonpositive(x), m));
    return vf_select(vf_lt(x, vf_set1(0.0F)), m, x);
}

/*
 * x / (1 + exp(-beta x)).  Where the denominator is inf, x must not be: the side on which the
 * result is 0 ends there, and the other side is x itself.  A beta far from 1 has the default
 * tier's way, as in softplus.
 */
FAST_BOUND(silu_fast, 3.97, 0x1p-117, .at = {.x = -0x1.0b4846p+4F}, .others = 66.71,
           .others_at = {.x = -0x1.068128p+6F, .p = 0x1.216b22p+0F});
VF_OF_PARAMETERS float silu_low(float beta) {
    return beta < 0 ? -INFINITY : -over_beta(128.0, beta);
}
VF_OF_PARAMETERS float silu_high(float beta) {
    return beta < 0 ? over_beta(128.0, beta) : INFINITY;
}
VF_WORD vf vf_silu_fast(vf x, float beta) {
    if (ALWAYS_ONE(beta)) {
        x = vf_flushed(x);
        return vf_div(vf_max(vf_set1(-128.0F), x), vf_exp_fast_plus(vf_set1(1.0F), x));
    }
    if (!near_one(beta, 8.0F))
        return vf_silu(x, beta);
    x = vf_flushed(x);
    const float end = over_beta(128.0, beta), low = silu_low(beta), high = silu_high(beta);
    vf d = vf_exp_fast_plus(vf_set1(1.0F), vf_mul(vf_set1(beta), within(end, x)));
    return vf_div(vf_min(vf_set1(high), vf_max(vf_set1(low), x)), d);
}

/*
 * max(x, 0) - |x| Phi(-|x|), which is x Phi(x) on both sides.  Phi(-t) is exp(-t^2 / 2) P(t) /
 * Q(t): what multiplies the exp falls no faster than 1 / t, and P / Q, with positive
 * coefficients, is 1e-07 from it relatively for t <= 6.5, 1.2e-06 at 7.6, and 3e-05 at 13.
 *
 * t^2 + 2 n ln 2 is rounded but once: n's product with the high part of 2 ln 2 is exact, and fma
 * has the whole square, whose rounding alone would cost 45 ULP at t = 13.  From 13.1 on the power,
 * which is 2^(n - 3), is 0; before that the result is a normal number.
 */
FAST_BOUND(gelu_fast, 23.3, 0x1p-43, .at = {.x = -0x1.dba6b8p+2F});
#ifndef VF_HAVE_GELU_FAST
VF_WORD vf vf_gelu_fast(vf x) {
    vf t = vf_min(vf_set1(13.11F), vf_abs(vf_flushed(x)));
    vf shifted = vf_nfma(square_off_zero(t), vf_set1(0x1.715476p-1F), vf_addend(VF_SHIFTER(124)));
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(124)));
    vf r = vf_fma(t, t, vf_fma(n, vf_set1(0x1.62e4p+0F), vf_set1(0x1p-100F)));
    r = vf_fma(n, vf_set1(0x1.7f7d1cp-19F), r);
    vf e = vf_polynomial(r, -0x1.0f9932p-12F, 0x1.573accp-9F, -0x1.555a8ap-6F, 0x1.fffdc4p-4F,
                         -0x1.fffff6p-2F, 1.0F);
    vf p = vf_polynomial(t, 0x1.c65fd6p-4F, 0x1.b08088p-1F, 0x1.58d764p+1F, 4.0F);
    vf q = vf_polynomial(t, 0x1.1ce35ap-5F, 0x1.0e8196p-2F, 0x1.c53c16p-1F, 0x1.78ada8p+0F, 1.0F);
    vf tail = vf_div(vf_mul(vf_mul(t, p), e), q);
    return vf_nfma(tail, vf_exponent(shifted), vf_max(vf_set1(-0.0F), x));
}
#endif

/* max(x, 0) + log1p(exp(-|beta x|)) / beta, as vf_softplus. */
FAST_BOUND(softplus_fast, 2.19, 0x1p-112, .at = {.x = 0x1.e79c6p-6F}, .others = 65.88,
           .others_at = {.x = 0x1.5e15aep+3F, .p = -0x1.82dbbcp+2F, .q = 20.0F});
VF_WORD vf log1p_fast(vf e) {
    vf p = vf_polynomial(e, 0x1.5fa0dap-8F, -0x1.eca398p-6F, 0x1.44707ap-4F, -0x1.19af8ep-3F,
                         0x1.884554p-3F, -0x1.fd1368p-3F, 0x1.5535dep-2F, -0x1.ffff14p-2F);
    return vf_fma(vf_mul(e, p), e, e);
}
VF_WORD vf vf_softplus_fast(vf x, float beta, float threshold) {
    if (!near_one(beta, 8.0F))
        return vf_softplus(x, beta, threshold);
    const float b = positive(beta);
    x = with_sign_of(beta, x);
    /* So that neither it nor its square nor what max leaves of it is subnormal; log(2) hides it. */
    vf off = vf_sub(x, vf_set1(0x1p-40F));
    vf z = vf_abs(vf_mul(vf_set1(b), within(over_beta(88.0, b), off)));
    fast_reduced e = fast_reduce(vf_neg(z));
    vf power = vf_unless(vf_lt(vf_set1(80.0F), z), vf_exponent(e.shifted));
    vf l = log1p_fast(vf_fma(e.t, power, power));
    vf y = vf_fma(l, vf_set1(over_beta(1.0, b)), vf_max(vf_set1(0.0F), off));
    return with_sign_of(beta, vf_select(vf_lt(vf_set1(last_of(b, threshold)), x), x, y));
}

FAST_BOUND(exp_fast, 1.99, 0x1p-125, .at = {.x = 0x1.4fabf4p+2F});
VF_WORD vf vf_exp_fast(vf x) { return vf_exp_fast_bounded(vf_at_most(off_zero(x), 89.0F)); }

/*
 * max(x, 0) - |x| / (1 + exp(2 u)), u that of |x|, as gelu_fast: the rounding of u counts most in
 * the tail.  From -4.4 u is 10 at most; where exp(2 u) is large, t must end.
 */
FAST_BOUND(gelu_tanh_fast, 34.3, 0x1p-28, .at = {.x = -0x1.5e6e92p+2F});
#ifndef VF_HAVE_GELU_TANH_FAST
VF_WORD vf vf_gelu_tanh_fast(vf x) {
    vf t = vf_min(vf_set1(16.0F), vf_abs(vf_flushed(x)));
    vf u = vf_fma(square_off_zero(t), vf_set1(-0x1.2444f2p-4F), vf_set1(-0x1.988454p+0F));
    vf tail = vf_div(t, vf_exp_fast_plus(vf_set1(1.0F), vf_mul(t, u)));
    return vf_sub(vf_max(vf_set1(-0.0F), x), tail);
}
#endif

/* As silu_fast. */
FAST_BOUND(gelu_quick_fast, 83.7, 0x1p-116, .at = {.x = -0x1.7f1608p+5F});
VF_WORD vf vf_gelu_quick_fast(vf x) {
    vf low = vf_max(vf_set1(-60.0F), vf_flushed(x));
    vf z = vf_mul(vf_set1(1.702F), vf_min(vf_set1(30.0F), low));
    return vf_div(low, vf_exp_fast_plus(vf_set1(1.0F), z));
}

/*
 * x n / (n + 2) with n = e (e + 2) and e = exp(x).  From x = 20 on the quotient is 1; where e is 0,
 * x must not be infinite.
 */
FAST_BOUND(mish_fast, 5.35, 0x1p-116, .at = {.x = -0x1.b7069ep+2F});
VF_WORD vf vf_mish_fast(vf x) {
    x = vf_max(vf_set1(-128.0F), vf_flushed(x));
    vf e = vf_exp_fast_bounded(vf_min(vf_set1(20.0F), off_zero(x)));
    vf n = vf_fma(e, e, vf_add(e, e));
    return vf_mul(x, vf_div(n, vf_add(n, vf_set1(2.0F))));
}

#endif
