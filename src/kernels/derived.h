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

/* p[0..n-1] and 0 in the idle lanes, 0 < n < 16, where a masked load gives just that. */
#if !defined(VF_HAVE_LOAD_FIRST) && VF_IN_FLIGHT == 1
VF_WORD vf vf_load_first(const float *p, size_t n) { return vf_load_partial(p, n, vf_set1(0.0F)); }
#endif

/*
 * The words of partial vectors for 0 < n <= 16, and how many lanes the vector at i has of n: loops
 * that have their tail in the same place.
 */
#if VF_IN_FLIGHT == 1
VF_INLINE size_t lanes_at(size_t i, size_t n) { return n - i < VF_LANES ? n - i : VF_LANES; }
#ifndef VF_HAVE_UP_TO
VF_WORD vf vf_load_up_to(const float *p, size_t n, vf idle) {
    return n == VF_LANES ? vf_load(p) : vf_load_partial(p, n, idle);
}
VF_WORD void vf_store_up_to(float *p, vf a, size_t n) {
    if (n == VF_LANES)
        vf_store(p, a);
    else
        vf_store_partial(p, a, n);
}
VF_WORD vf vf_first_up_to(vf a, size_t n, vf idle) {
    return n == VF_LANES ? a : vf_first_else(a, n, idle);
}
#endif
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

/* -|a| */
#ifndef VF_HAVE_MINUS_SIZE
VF_WORD vf vf_minus_size(vf a) { return vf_neg(vf_abs(a)); }
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
 * Below VF_TINY a function has reached, to the last bit, what it is near 0: a constant or a
 * multiple of x.  A subnormal operand or result of a product costs 20 extra cycles on Zen 3 and 150
 * on Intel's cores; these words keep such numbers out of products.
 *
 * A vocabulary that defines VF_PLAIN_SUBNORMALS leaves such products as they are, with the same
 * bits: where they cost no more, or in scalar code, of which these words would be a fifth.
 *
 *   vf_off_tiny(a)              a, or -TINY if that is less, for a <= 0 below TINY of which
 *                               the result is constant; a NaN stays
 *   vf_any_below(a, first)      whether a lane is below first
 *   vf_any_outside(size, last)  whether a lane is below TINY or above last; 0 and NaN may count or
 *                               not
 *   vf_unless_zero(a)           a, but 1 where it is 0
 *   vf_any_tiny(size)           whether a lane is below TINY and not 0
 *   vf_lifted(size)             2^64 size for size < TINY, exactly
 */
#ifdef VF_PLAIN_SUBNORMALS
enum { AVOIDS_SUBNORMALS = 0 };
#else
enum { AVOIDS_SUBNORMALS = 1 };
#endif
VF_WORD vf vf_off_tiny(vf a) { return AVOIDS_SUBNORMALS ? vf_at_most(a, -VF_TINY) : a; }
#ifndef VF_HAVE_ANY_OUTSIDE
VF_WORD int vf_any_below(vf a, float first) { return vm_any(vf_lt(a, vf_set1(first))); }
VF_WORD int vf_any_outside(vf size, float last) {
    return vf_any_below(size, VF_TINY) || vm_any(vf_lt(vf_set1(last), size));
}
#endif
VF_WORD vf vf_unless_zero(vf a) {
    return vf_select(vf_lt(vf_set1(0.0F), vf_abs(a)), a, vf_set1(1.0F));
}
VF_WORD int vf_any_tiny(vf size) { return vm_any(vf_lt(vf_unless_zero(size), vf_set1(VF_TINY))); }
VF_WORD vf vf_lifted(vf size) {
    const vf zero = vf_set1(0.0F), least = vf_set1(0x1p-126F), up = vf_set1(0x1p64F);
    vf base = vf_select(vf_lt(size, least), least, zero);
    return vf_nfma(base, up, vf_mul(vf_add(size, base), up));
}

/*
 * What is unusual in a vector: lanes so small that products with them would be subnormal, and lanes
 * beyond the last |x| for which the kernel's usual way is right.  Where that is below 1, as for a
 * large beta, what is tiny is not near 0 for the function, and does not count.
 */
typedef struct {
    int tiny, far;
} unusual_lanes;
VF_WORD unusual_lanes unusual_lanes_of(vf x, float last) {
    vf size = vf_abs(x);
    if (!AVOIDS_SUBNORMALS || last < 1.0F)
        return (unusual_lanes){0, vm_any(vf_lt(vf_set1(last), size))};
    if (!VF_SELDOM(vf_any_outside(size, last)))
        return (unusual_lanes){0, 0};
    return (unusual_lanes){vf_any_tiny(size), vm_any(vf_lt(vf_set1(last), size))};
}
/* The same for kernels that are right for every |x|. */
VF_WORD unusual_lanes tiny_lanes_of(vf x) {
    const int below = AVOIDS_SUBNORMALS && vf_any_below(vf_abs(x), VF_TINY);
    return (unusual_lanes){VF_SELDOM(below) && vf_any_tiny(vf_abs(x)), 0};
}
/* x, with TINY in the place of what is smaller. */
VF_WORD vf without_tiny(unusual_lanes lanes, vf x) {
    return VF_SELDOM(lanes.tiny) ? vf_with_sign(vf_at_least(vf_abs(x), VF_TINY), x) : x;
}
/* y, but x where that is tiny. */
VF_WORD vf tiny_itself(unusual_lanes lanes, vf x, vf y) {
    return VF_SELDOM(lanes.tiny) ? vf_select(vf_lt(vf_abs(x), vf_set1(VF_TINY)), x, y) : y;
}
/*
 * y, but where x is tiny (high + low) x, for a positive high, with the bits of fma(x, high, x low):
 * the second product is rounded to the spacing of subnormal numbers, as it would be itself.
 */
VF_WORD vf tiny_multiple(unusual_lanes lanes, vf x, vf high, vf low, vf y) {
    if (!VF_SELDOM(lanes.tiny))
        return y;
    const vf least = vf_set1(0x1p-62F);
    vf size = vf_abs(x), lifted = vf_lifted(vf_min(size, vf_set1(VF_TINY)));
    vf rest = vf_mul(lifted, low);
    vf rounded = vf_with_sign(vf_sub(vf_fma(lifted, vf_abs(low), least), least), low);
    rest = vf_select(vf_lt(vf_abs(rest), least), rounded, rest);
    vf sum = vf_fma(lifted, high, vf_add(least, rest));
    vf multiple = vf_mul(vf_at_least(vf_fma(lifted, high, rest), 0x1p-62F), vf_set1(0x1p-64F));
    multiple = vf_select(vf_lt(sum, vf_set1(0x1p-61F)), vf_minus_bits(sum, least), multiple);
    return vf_select(vf_lt(size, vf_set1(VF_TINY)), vf_with_sign(multiple, x), y);
}
VF_WORD vf tiny_half(unusual_lanes lanes, vf x, vf y) {
    return tiny_multiple(lanes, x, vf_set1(0.5F), vf_set1(0.0F), y);
}

/*
 * a b, with the bits of vf_mul.  Where a factor is below 2^-63 the product might be subnormal: the
 * smaller factor is lifted, and the product scaled down with its only rounding, as in
 * vf_scale_down. The product of two subnormal factors is 0.  The order of the operands keeps a NaN.
 */
#define VF_TINY_FACTOR 0x1p-63F
VF_WORD vf times_tiny(vf a, vf b) {
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F), least = vf_set1(0x1p-62F);
    const vf down = vf_set1(0x1p-64F);
    vf size_a = vf_abs(a), size_b = vf_abs(b);
    vf smaller = vf_min(size_a, size_b), larger = vf_max(size_b, size_a);
    const vm tiny = vf_lt(smaller, vf_set1(VF_TINY_FACTOR));
    vf lifted = vf_select(tiny, vf_lifted(vf_select(tiny, smaller, zero)), smaller);
    vf other = vf_select(vf_lt(larger, vf_set1(0x1p-126F)), zero, larger);

    /* Beside a large factor the product is normal, and may be no float before it is scaled down. */
    const vm large = vf_lt(vf_set1(0x1p63F), vf_select(tiny, other, zero));
    vf sum = vf_fma(lifted, vf_min(vf_set1(0x1p63F), other),
                    vf_select(large, one, vf_select(tiny, least, one)));
    const vm subnormal = vf_lt(sum, vf_set1(0x1p-61F));
    lifted = vf_select(subnormal, one, lifted);
    other = vf_mul(vf_select(subnormal, one, other), vf_select(large, down, one));
    vf product = vf_mul(vf_mul(lifted, other), vf_select(tiny, vf_select(large, one, down), one));
    vf y = vf_with_sign(vf_select(subnormal, vf_minus_bits(sum, least), product), a);
    return vf_select(vf_signbit(b), vf_neg(y), y);
}
VF_WORD vf vf_times(vf a, vf b) {
    if (!AVOIDS_SUBNORMALS)
        return vf_mul(a, b);
    vf smaller = vf_min(vf_abs(vf_unless_zero(a)), vf_abs(vf_unless_zero(b)));
    return vf_any_below(smaller, VF_TINY_FACTOR) ? times_tiny(a, b) : vf_mul(a, b);
}

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
