/*
 * Words built from other words.  A backend with a better implementation of one defines VF_HAVE_WORD
 * and supplies it under the same contract.
 */
#ifndef ACT_KERNELS_DERIVED_H
#define ACT_KERNELS_DERIVED_H

#include "kernels/contracts.h"
#include "kernels/vec.h"

/*
 * a itself, with its origin hidden from the compiler.  A product with a selected factor stays one
 * product; compilers would turn it into a selection of products, and raise the flags of the unused
 * ones.  A value is loaded once; gcc would fold the load into each use, which costs leaky ReLU a
 * quarter of its speed on AVX2 and a third on AVX-512.
 */
#ifndef VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) { return a; }
#endif

/* y, but NaN where a is NaN: for a result that was selected without regard to a NaN. */
VF_WORD vf vf_nan_of(vf a, vf y) { return vf_select(vf_is_nan(a), a, y); }

/*
 * vf_at_least(a, s) is max(a, s), vf_at_most(a, s) is min(a, s); s is neither 0 nor NaN, so that
 * the result is unambiguous.  A NaN in a stays.
 */
#ifndef VF_HAVE_AT_LEAST
VF_WORD vf vf_at_least(vf a, float s) { return vf_max(vf_set1(s), a); }
VF_WORD vf vf_at_most(vf a, float s) { return vf_min(vf_set1(s), a); }
#endif

/* a + b and a - b once more, by the pipes that multiply, where those are others than the adders. */
#ifndef VF_HAVE_PLUS
VF_WORD vf vf_plus(vf a, vf b) { return vf_add(a, b); }
VF_WORD vf vf_minus(vf a, vf b) { return vf_sub(a, b); }
#endif

/* a, but +0 where m is true; m comes from a comparison. */
#ifndef VF_HAVE_UNLESS
VF_WORD vf vf_unless(vm m, vf a) { return vf_select(m, vf_set1(0.0F), a); }
#endif

/* A constant expression in all lanes, for use as the addend of vf_fma or vf_nfma. */
#ifndef VF_HAVE_ADDEND
#define vf_addend(c) vf_set1(c)
#endif

/* The polynomial in x, a variable, with constant coefficients, highest power first (Horner). */
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
 * Adding 1.5 2^23 to a number rounds it to an integer, which is then in the lowest bits.  With the
 * exponent's bias added as well, these bits are the exponent field of a power of two.
 */
#define VF_SHIFTER(bias) (0x1.8p23F + (float)(bias))

/*
 * a * 2^n, rounded once, for integral n; a NaN in a stays for any n
 *
 *   vf_scale2n_near(a, n)    n from -126 to 127
 *   vf_scale2n_up(a, n)      2^64 a 2^n: n from -190 to 0, 2^-62 <= |a| < 2^64
 *   vf_scale2n(a, n)         the same without the 2^64; the result may be subnormal
 */
#ifndef VF_HAVE_SCALE2N
VF_WORD vf vf_scale2n_near(vf a, vf n) {
    VF_REQUIRE(vf_all_within(-126.0F, n, 127.0F));
    return vf_mul(a, vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(127)))));
}
VF_WORD vf vf_scale2n_up(vf a, vf n) {
    VF_REQUIRE(vf_all_within(-190.0F, n, 0.0F));
    return vf_mul(a, vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(64 + 127)))));
}
#endif

/* |a| with the sign of s. */
#ifndef VF_HAVE_WITH_SIGN
VF_WORD vf vf_with_sign(vf a, vf s) {
    vf size = vf_abs(a);
    return vf_select(vf_signbit(s), vf_neg(size), size);
}
#endif

/*
 * a * 2^-64, rounded once; vf_scale_down for a >= 0 or NaN.  A product with a subnormal operand or
 * result takes 20 extra cycles on Zen 3 and 150 on Intel's cores.  A sum with a normal result takes
 * none.  So a sum does the rounding: the last place of a + 2^-62 becomes, after the scaling by
 * 2^-64, the spacing of subnormal numbers.  The lowest bits of that sum are the bits of the
 * subnormal result.
 */
VF_WORD vf vf_scale_down(vf a) {
    const vf least = vf_set1(0x1p-62F); /* becomes 2^-126, the smallest normal number */
    vf normal = vf_mul(vf_at_least(a, 0x1p-62F), vf_set1(0x1p-64F));
    return vf_select(vf_lt(a, least), vf_minus_bits(vf_add(a, least), least), normal);
}
VF_WORD vf vf_scale_down_signed(vf a) { return vf_with_sign(vf_scale_down(vf_abs(a)), a); }
VF_WORD vf vf_scale2n(vf a, vf n) { return vf_scale_down_signed(vf_scale2n_up(a, n)); }

/*
 * The fast tier avoids subnormal operands.  off_zero is for operands in which an error of 2^-90
 * does not matter: it makes a subnormal a normal, by a sum, which is never slow.  vf_flushed gives
 * a, but a 0 of the same sign where |a| < 2^-119; any other result is normal even times 1/64.
 */
VF_WORD vf off_zero(vf a) { return vf_add(a, vf_set1(0x1p-90F)); }
#ifndef VF_HAVE_FLUSHED
VF_WORD vf vf_flushed(vf a) {
    vf size = vf_abs(a);
    return vf_with_sign(vf_unless(vf_lt(size, vf_set1(0x1p-119F)), size), a);
}
#endif

/*
 * a^2 + 2^-100, which is never subnormal, for functions in which the term in a^2 is lost long
 * before a^2 reaches 2^-100.
 */
VF_WORD vf square_off_zero(vf a) { return vf_fma(a, a, vf_set1(0x1p-100F)); }

/*
 * Sixteen vectors at once: lane j of the result is the maximum, or the sum, of the lanes of r[j].
 * For the maximum no lane may be NaN.  The sum is of floats, in the same order for every j.
 * vf_sum_lanes(a) is the sum of one vector's lanes in that order, in each lane of the result.
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
VF_WORD vf vf_sum_lanes(vf a) { return vf_set1((float)vd_sum(vd_add(vd_zero(), a))); }
#endif

#endif
