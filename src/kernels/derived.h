/*
 * Words made of other words.  A backend with something better for one defines VF_HAVE_WORD and
 * supplies it under the same contract.
 */
#ifndef ACT_KERNELS_DERIVED_H
#define ACT_KERNELS_DERIVED_H

#include "kernels/log1p.h"
#include "kernels/vec.h"

/*
 * a itself, of which no compiler knows what it is made of.  A product by a selected factor stays
 * one; it would become a selection of products, and raise the flags of those that nobody wants.  A
 * value is loaded once; gcc would fold the load into each use, which costs leaky ReLU a quarter of
 * its speed on AVX2 and a third on AVX-512.
 */
#ifndef VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) { return a; }
#endif

/* y, but NaN where a is: for a result that was selected without a look at a. */
VF_WORD vf vf_nan_of(vf a, vf y) { return vf_select(vf_is_nan(a), a, y); }

/*
 * vf_at_least(a, s) and vf_at_most(a, s), s being neither 0 nor NaN, so that only one answer is
 * right: a NaN in a stays.
 */
#ifndef VF_HAVE_AT_LEAST
VF_WORD vf vf_at_least(vf a, float s) { return vf_max(vf_set1(s), a); }
VF_WORD vf vf_at_most(vf a, float s) { return vf_min(vf_set1(s), a); }
#endif

/* a, but +0 where m, which comes from a comparison. */
#ifndef VF_HAVE_UNLESS
VF_WORD vf vf_unless(vm m, vf a) { return vf_select(m, vf_set1(0.0F), a); }
#endif

/* A constant expression in all lanes, to be the addend of vf_fma or vf_nfma. */
#ifndef VF_HAVE_ADDEND
#define vf_addend(c) vf_set1(c)
#endif

/* The polynomial in x, a variable, with these constants from the highest power on (Horner). */
#define VF_HORNER1(x, p, c)      vf_fma(p, x, vf_addend(c))
#define VF_HORNER2(x, p, c, ...) VF_HORNER1(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER3(x, p, c, ...) VF_HORNER2(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER4(x, p, c, ...) VF_HORNER3(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER5(x, p, c, ...) VF_HORNER4(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER6(x, p, c, ...) VF_HORNER5(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER7(x, p, c, ...) VF_HORNER6(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER8(x, p, c, ...) VF_HORNER7(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)
#define VF_HORNER9(x, p, c, ...) VF_HORNER8(x, vf_fma(p, x, vf_addend(c)), __VA_ARGS__)

#define VF_HORNER_BY_COUNT(a, b, c, d, e, f, g, h, i, horner, ...) horner
#define vf_polynomial(x, c, ...)                                                                   \
    VF_HORNER_BY_COUNT(__VA_ARGS__, VF_HORNER9, VF_HORNER8, VF_HORNER7, VF_HORNER6, VF_HORNER5,    \
                       VF_HORNER4, VF_HORNER3, VF_HORNER2, VF_HORNER1, )                           \
    (x, vf_set1(c), __VA_ARGS__)

/*
 * Adding 1.5 2^23 to a number rounds it to an integer, which then stands in the lowest bits; with
 * the exponent's bias added as well, these are the exponent field of a power of two.
 */
#define VF_SHIFTER(bias) (0x1.8p23F + (float)(bias))

/*
 * a * 2^n, rounded once, a NaN in a staying whatever n is, for integral n
 *
 *   vf_scale2n_near(a, n)    n from -126 to 127
 *   vf_scale2n_up(a, n)      2^64 a 2^n: n from -190 to 0, 2^-62 <= |a| < 2^64
 *   vf_scale2n(a, n)         the same without the 2^64; the result may be subnormal
 */
#ifndef VF_HAVE_SCALE2N
VF_WORD vf vf_scale2n_near(vf a, vf n) {
    return vf_mul(a, vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(127)))));
}
VF_WORD vf vf_scale2n_up(vf a, vf n) {
    return vf_mul(a, vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(64 + 127)))));
}
#endif

/* The size of a, with the sign of s. */
#ifndef VF_HAVE_WITH_SIGN
VF_WORD vf vf_with_sign(vf a, vf s) {
    vf size = vf_abs(a);
    return vf_select(vf_signbit(s), vf_neg(size), size);
}
#endif

/*
 * a * 2^-64, rounded once; vf_scale_down for a >= 0 or NaN.  A product with a subnormal operand or
 * result takes 20 cycles on Zen 3 and 150 on Intel's cores, a sum that is not subnormal takes none
 * of them: one whose last place has the spacing of subnormal numbers is rounded as they are, and
 * its lowest bits are theirs.
 */
VF_WORD vf vf_scale_down(vf a) {
    const vf least = vf_set1(0x1p-62F); /* becomes 2^-126, the smallest normal number */
    vf normal = vf_mul(vf_at_least(a, 0x1p-62F), vf_set1(0x1p-64F));
    return vf_select(vf_lt(a, least), vf_minus_bits(vf_add(a, least), least), normal);
}
VF_WORD vf vf_scale_down_signed(vf a) { return vf_with_sign(vf_scale_down(vf_abs(a)), a); }
VF_WORD vf vf_scale2n(vf a, vf n) { return vf_scale_down_signed(vf_scale2n_up(a, n)); }

/*
 * exp(a) = 2^n (1 + t) for |a| <= 210: the arithmetic of SLEEF's exp (3.5.1, xexpf; its
 * constants), without the call, which makes every register be saved and every constant be loaded
 * again.  test_vocabulary compares what is made of it with SLEEF's over every float of the range
 * on native AVX2 and AVX-512, and over samples elsewhere; act_exhaustive then shows that all
 * backends agree.
 *
 * a = n ln 2 + s, with ln 2 in two parts and |s| <= ln 2 / 2; t = expm1(s), and s itself where s is
 * tiny.
 */
typedef struct {
    vf t, n;
} exp_reduced;
VF_WORD exp_reduced exp_reduce(vf a) {
    vf n = vf_rint(vf_mul(a, vf_set1(0x1.715476p0F)));
    vf s = vf_fma(n, vf_set1(-0.693145751953125F), a);
    s = vf_fma(n, vf_set1(-1.428606765330187045e-06F), s);
    vf u = vf_polynomial(s, 0.000198527617612853646278381F, 0.00139304355252534151077271F,
                         0.00833336077630519866943359F, 0.0416664853692054748535156F,
                         0.166666671633720397949219F, 0.5F);
    return (exp_reduced){vf_fma(vf_mul(s, s), u, s), n};
}

VF_WORD vf exp_whole(exp_reduced e) { return vf_add(vf_set1(1.0F), e.t); }

/* Down to here exp is a normal number, and so is its power of two. */
#define VF_EXP_NEAR (-87.0F)

/* exp(a) for |a| <= -VF_EXP_NEAR, or NaN. */
#ifdef VF_SLEEF_CALLED
VF_WORD vf vf_exp_near(vf a) { return vf_sleef_exp(a); }
#else
VF_WORD vf vf_exp_near(vf a) {
    exp_reduced e = exp_reduce(a);
    return vf_scale2n_near(exp_whole(e), e.n);
}
#endif

/*
 * exp(a), and 2^64 exp(a), for a <= 0, -inf and NaN included.  Below -104 it is 0; the clamp keeps
 * n in range.
 */
VF_WORD vf vf_exp_nonpositive_up(vf a) {
    exp_reduced e = exp_reduce(vf_at_least(a, -105.0F));
    return vf_scale2n_up(exp_whole(e), e.n);
}

/*
 * exp(a) for every a, with the bits of SLEEF's; inf from 88.73 up.  Where a power of two may be
 * none that a float has, a smaller or a larger one scales, and the rest follows.
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
    vm far = vf_lt(vf_set1(-VF_EXP_NEAR), vf_abs(a));
    return __builtin_expect(vm_any(far), 0) ? exp_far(a) : vf_exp_near(a);
}
#endif

/*
 * The fast tier avoids subnormal operands.  off_zero: a, but not subnormal, where an error of 2^-90
 * does not matter, by a sum, which is never slow.  vf_flushed: a, but a 0 of its sign where |a| <
 * 2^-119; what is left is normal even times 1/64.
 */
VF_WORD vf off_zero(vf a) { return vf_add(a, vf_set1(0x1p-90F)); }
#ifndef VF_HAVE_FLUSHED
VF_WORD vf vf_flushed(vf a) {
    vf size = vf_abs(a);
    return vf_with_sign(vf_unless(vf_lt(size, vf_set1(0x1p-119F)), size), a);
}
#endif

/*
 * The fast tier's exp, relative error below 2^-21.5.  No operand and no result on the way is
 * subnormal: one costs Intel's processors 150 cycles.
 *
 *   vf_exp_fast_bounded(a)   exp(a)         for a <= 89, -inf and NaN included; +0 below 2^-125.4,
 *                                           so never subnormal; |a| >= 2^-100 or 0
 *   vf_exp_fast_nonpositive(a)   the same for a <= 0, but +0 below 2^-126
 *   vf_exp_fast_near(a)      the same for VF_EXP_NEAR <= a <= 0, or NaN; down to 2^-125.6
 *   vf_exp_fast_plus(c, a)   c + exp(-a)    for any a, c >= 1; inf from a = -88.4 down
 *   vf_exp_fast_plus4(a)     4 + 4 exp(-a)  for any a; inf where exp(-a) >= 2^126, so that no
 *                                           quotient by it is subnormal
 */

#ifndef VF_HAVE_EXP_FAST
/* c + a b or c - a b, told by a constant: a pointer to the word is resolved too late in gcc 12. */
enum sign { PLUS, MINUS };
VF_WORD vf multiply_add(enum sign sign, vf a, vf b, vf c) {
    return sign == PLUS ? vf_fma(a, b, c) : vf_nfma(a, b, c);
}

/*
 * exp(a) or exp(-a), times scale 2^shift, as the product of the result and *power, which is
 * 2^(n + shift): 0 from n = -127 - shift down, and inf from n = 128 - shift up, without raising a
 * flag.  The second part of ln 2 is worth 4 ULP at the ends of the range.  Coefficients by
 * tools/exp_coefficients.py, 9.2e-8 relative; addends have to be constants.
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
 * The clamps make n the one whose power is 0 or inf; beyond them n would wrap, in whichever
 * direction the processor rounds.
 */
#define EXP_FAST_END  87.33F /* n = 126 */
#define EXP_FAST_LOST 30.0F  /* exp(-a) does not change a sum with 1 */

VF_WORD vf vf_exp_fast_near(vf a) {
    vf power, p = exp_fast_parts(PLUS, a, &power);
    return vf_mul(p, power);
}
VF_WORD vf vf_exp_fast_bounded(vf a) {
    vf power, p = exp_fast_parts_by_two(PLUS, vf_at_least(a, -EXP_FAST_END), &power);
    return vf_mul(p, power);
}
/* The clamp is the smallest number whose exp is a normal number. */
VF_WORD vf vf_exp_fast_nonpositive(vf a) {
    const vm less = vf_lt(a, vf_set1(-0x1.5d589ep6F));
    return vf_unless(less, vf_exp_fast_near(vf_at_least(a, -0x1.5d589ep6F)));
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
 * Sixteen vectors at once: lane j of the result is the largest, or the sum, of the lanes of r[j].
 * No lane may be NaN for the largest.  A sum of floats, in an order that is the same for every j.
 */
#if !defined(VF_HAVE_REDUCE_ROWS) && VF_IN_FLIGHT == 1
VF_WORD vf vf_max_rows(const vf r[VF_LANES]) {
    float lane[VF_LANES];
    for (size_t j = 0; j < VF_LANES; ++j)
        lane[j] = vf_max_lanes(r[j]);
    return vf_load(lane);
}
VF_WORD vf vf_sum_rows(const vf r[VF_LANES]) {
    float lane[VF_LANES];
    for (size_t j = 0; j < VF_LANES; ++j)
        lane[j] = (float)vd_sum(vd_add(vd_zero(), r[j]));
    return vf_load(lane);
}
#endif

#endif
