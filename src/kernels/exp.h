/*
 * exp with a result of one float: the default tier's, with SLEEF's bits, and the fast tier's.  Also
 * the fast tier's expm1.
 */
#ifndef ACT_KERNELS_EXP_H
#define ACT_KERNELS_EXP_H

#include <math.h>

#include "kernels/derived.h"

/*
 * exp(a) = 2^n (1 + t) for |a| <= 211: the arithmetic and constants of SLEEF's exp (3.5.1, xexpf),
 * inlined.  A call would save every register and reload every constant.  test_vocabulary compares
 * the functions built on it with SLEEF's, over every float of the range on native AVX2 and AVX-512
 * and over samples elsewhere.  act_exhaustive then shows that all backends agree.
 *
 * Range reduction: a = n ln 2 + s, with ln 2 in two parts and |s| <= ln 2 / 2.  t = expm1(s), which
 * is s itself where s is tiny.
 */
typedef struct {
    vf t, n;
} exp_reduced;
VF_WORD exp_reduced exp_reduce(vf a) {
    VF_REQUIRE(vf_all_within(-211.0F, a, 211.0F));
    vf n = vf_rint(vf_mul(a, vf_set1(0x1.715476p0F)));
    vf s = vf_fma(n, vf_set1(-0.693145751953125F), a);
    s = vf_fma(n, vf_set1(-1.428606765330187045e-06F), s);
    vf u = vf_polynomial(s, 0.000198527617612853646278381F, 0.00139304355252534151077271F,
                         0.00833336077630519866943359F, 0.0416664853692054748535156F,
                         0.166666671633720397949219F, 0.5F);
    return (exp_reduced){vf_fma(vf_mul(s, s), u, s), n};
}

VF_WORD vf exp_whole(exp_reduced e) { return vf_add(vf_set1(1.0F), e.t); }

/* The lower limit of the range in which exp and its power of two are normal numbers. */
#define VF_EXP_NEAR (-87.0F)

/* exp(a) for |a| <= -VF_EXP_NEAR, or NaN. */
#ifdef VF_SLEEF_CALLED
VF_WORD vf vf_exp_near(vf a) { return vf_sleef_exp(a); }
#else
VF_WORD vf vf_exp_near(vf a) {
    VF_REQUIRE(vf_all_within(VF_EXP_NEAR, a, -VF_EXP_NEAR));
    exp_reduced e = exp_reduce(a);
    return vf_scale2n_near(exp_whole(e), e.n);
}
#endif

/*
 * 2^64 exp(a) for a <= 0, -inf and NaN included, which vf_scale_down turns into exp(a).  Below -104
 * exp(a) is 0; the clamp keeps n in range.
 */
VF_WORD vf vf_exp_nonpositive_up(vf a) {
    VF_REQUIRE(vf_all_within(-INFINITY, a, 0.0F));
    exp_reduced e = exp_reduce(vf_at_least(a, -105.0F));
    return vf_scale2n_up(exp_whole(e), e.n);
}

/*
 * exp(a) for every a, with the bits of SLEEF's; inf from 88.73 up.  Where 2^n may not be
 * representable as a normal float, the scaling takes two steps.
 */
#ifdef VF_SLEEF_CALLED
VF_WORD vf vf_exp_nonpositive(vf a) { return vf_sleef_exp(a); }
VF_WORD vf vf_exp(vf a) { return vf_sleef_exp(a); }
#else
VF_WORD vf vf_exp_nonpositive(vf a) { return vf_scale_down(vf_exp_nonpositive_up(a)); }
VF_WORD vf exp_far(vf a) {
    const vm negative = vf_signbit(a);
    exp_reduced e = exp_reduce(vf_at_most(vf_at_least(a, -105.0F), 89.0F));
    vf shift = vf_select(negative, vf_set1(64.0F), vf_set1(-1.0F));
    vf y = vf_scale2n_near(exp_whole(e), vf_add(e.n, shift));
    return vf_select(negative, vf_scale_down(y), vf_add(y, y));
}
VF_WORD vf vf_exp(vf a) {
    const unusual_lanes lanes = unusual_lanes_of(a, -VF_EXP_NEAR);
    a = without_tiny(lanes, a);
    return VF_SELDOM(lanes.far) ? exp_far(a) : vf_exp_near(a);
}
#endif

/*
 * The fast tier's exp, relative error below 2^-21.5.  No operand and no intermediate result is
 * subnormal: each would cost Intel's processors 150 cycles.
 *
 *   vf_exp_fast_bounded(a)   exp(a)         for a <= 89, -inf and NaN included; +0 below 2^-125.4,
 *                                           so never subnormal; |a| >= 2^-100 or 0
 *   vf_exp_fast_nonpositive(a)   the same for a <= 0, but +0 below 2^-126
 *   vf_exp_fast_near(a)      the same for EXP_FAST_LAST <= a <= 0, or NaN
 *   vf_exp_fast_plus(c, a)   c + exp(-a)    for any a, c >= 1; inf from a = -88.4 down
 *   vf_exp_fast_plus4(a)     4 + 4 exp(-a)  for any a; inf where exp(-a) >= 2^126, so that no
 *                                           quotient by it is subnormal
 */

#ifndef VF_HAVE_EXP_FAST
/* c + a b or c - a b, selected by a constant: gcc 12 resolves a pointer to the word too late. */
enum sign { PLUS, MINUS };
VF_WORD vf multiply_add(enum sign sign, vf a, vf b, vf c) {
    return sign == PLUS ? vf_fma(a, b, c) : vf_nfma(a, b, c);
}

/*
 * exp(a) or exp(-a), times scale 2^shift, as the product of the result and *power, which is
 * 2^(n + shift): 0 from n = -127 - shift down, and inf from n = 128 - shift up, without raising a
 * flag.  The second part of ln 2 contributes 4 ULP at the ends of the range.  Coefficients by
 * tools/exp_coefficients.py, error 9.2e-8 relative; addends must be constants.
 */
#define EXP_FAST_PARTS(name, scale, shift)                                                         \
    VF_WORD vf name(enum sign sign, vf a, vf *power) {                                             \
        vf shifted =                                                                               \
            multiply_add(sign, a, vf_set1(0x1.715476p0F), vf_addend(VF_SHIFTER(127 + (shift))));   \
        vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(127 + (shift))));                                \
        vf s = multiply_add(sign, n, vf_set1(-0x1.62e43p-1F), a);                                  \
        s = multiply_add(sign, n, vf_set1(0x1.05c61p-29F), s);                                     \
        *power = vf_exponent(shifted);                                                             \
        vf p = vf_set1((scale)*0x1.0fa32cp-7F);                                                    \
        p = multiply_add(sign, p, s, vf_addend((scale)*0x1.573a24p-5F));                           \
        p = multiply_add(sign, p, s, vf_addend((scale)*0x1.555a7ap-3F));                           \
        p = multiply_add(sign, p, s, vf_addend((scale)*0x1.fffdc6p-2F));                           \
        p = multiply_add(sign, p, s, vf_addend((scale)*0x1.fffff6p-1F));                           \
        return multiply_add(sign, p, s, vf_addend(scale));                                         \
    }
EXP_FAST_PARTS(exp_fast_parts, 1.0F, 0)
EXP_FAST_PARTS(exp_fast_parts_by_two, 2.0F, -1)
EXP_FAST_PARTS(exp_fast_parts_by_four, 1.0F, 2)

/*
 * The clamps stop n at the value whose power is 0 or inf, in every rounding mode; beyond them n
 * would wrap.
 */
#define EXP_FAST_END  87.33F           /* n = 126 */
#define EXP_FAST_LOST 30.0F            /* exp(-a) does not change a sum with 1 */
#define EXP_FAST_LAST (-0x1.5d589ep6F) /* -87.336, below which exp is not normal */

VF_WORD vf vf_exp_fast_near(vf a) {
    VF_REQUIRE(vf_all_within(EXP_FAST_LAST, a, 0.0F));
    vf power, p = exp_fast_parts(PLUS, a, &power);
    return vf_mul(p, power);
}
VF_WORD vf vf_exp_fast_bounded(vf a) {
    VF_REQUIRE(vf_all_within(-INFINITY, a, 89.0F));
    vf power, p = exp_fast_parts_by_two(PLUS, vf_at_least(a, -EXP_FAST_END), &power);
    return vf_mul(p, power);
}
VF_WORD vf vf_exp_fast_nonpositive(vf a) {
    VF_REQUIRE(vf_all_within(-INFINITY, a, 0.0F));
    const vm less = vf_lt(a, vf_set1(EXP_FAST_LAST));
    return vf_unless(less, vf_exp_fast_near(vf_at_least(a, EXP_FAST_LAST)));
}
VF_WORD vf vf_exp_fast_plus(vf c, vf a) {
    a = vf_at_most(vf_at_least(off_zero(a), -88.72F), EXP_FAST_LOST);
    vf power, p = exp_fast_parts(MINUS, a, &power);
    return vf_fma(p, power, c);
}
VF_WORD vf vf_exp_fast_plus4(vf a) {
    a = vf_at_most(vf_at_least(off_zero(a), -EXP_FAST_END), EXP_FAST_LOST);
    vf power, p = exp_fast_parts_by_four(MINUS, a, &power);
    return vf_fma(p, power, vf_set1(4.0F));
}
#endif

/*
 * exp(a) = 2^n (1 + t), with n + 127 in the lowest bits of shifted, for |n| <= 127.  t = expm1(s)
 * has a relative error of 1.4e-08, also near 0, which a polynomial for exp does not achieve.
 * Coefficients by tools/activation_coefficients.py, here and below.
 */
typedef struct {
    vf t, shifted;
} fast_reduced;
VF_WORD vf expm1_terms(vf s) {
    return vf_polynomial(s, 0x1.6ab286p-10F, 0x1.122c7cp-7F, 0x1.55579ep-5F, 0x1.5554aap-3F,
                         0x1.fffffep-2F);
}
VF_WORD vf expm1_near_zero(vf s) { return vf_fma(vf_mul(s, s), expm1_terms(s), s); }
VF_WORD fast_reduced fast_reduce(vf a) {
    vf shifted = vf_fma(a, vf_set1(0x1.715476p0F), vf_addend(VF_SHIFTER(127)));
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(127)));
    vf s = vf_fma(n, vf_set1(-0x1.62e43p-1F), a);
    return (fast_reduced){expm1_near_zero(vf_fma(n, vf_set1(0x1.05c61p-29F), s)), shifted};
}

/*
 * expm1(a) for -80 <= a <= 0.  vf_rint makes n = 0 for a small a in every rounding mode, so that
 * nothing cancels; a sum with VF_SHIFTER would not.  The second part of ln 2 is not needed: where n
 * is large, its contribution is lost, and the largest error, 0.946 ULP, is the same without it.
 */
#ifndef VF_HAVE_EXPM1_FAST
VF_WORD vf expm1_fast(vf a) {
    vf n = vf_rint(vf_mul(a, vf_set1(0x1.715476p0F)));
    vf t = expm1_near_zero(vf_fma(n, vf_set1(-0x1.62e43p-1F), a));
    vf power = vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(127))));
    return vf_fma(power, t, vf_sub(power, vf_set1(1.0F)));
}
#endif

#endif
