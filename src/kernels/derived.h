/*
 * Words made of other words.  A backend with something better for one defines VF_HAVE_WORD and
 * supplies it under the same contract.
 */
#ifndef ACT_KERNELS_DERIVED_H
#define ACT_KERNELS_DERIVED_H

#include "kernels/vec.h"

/*
 * a itself, for a value that is used twice right after its load: gcc folds the load into both uses,
 * and the second one costs leaky ReLU on AVX2 a quarter of its speed.
 */
#ifndef VF_HAVE_ONCE
VF_WORD vf vf_once(vf a) { return a; }
#endif

/* y, but NaN where a is: for a result that was selected without a look at a. */
VF_WORD vf vf_nan_of(vf a, vf y) { return vf_select(vf_is_nan(a), a, y); }

/*
 * Adding 1.5 2^23 to a number rounds it to an integer, which then stands in the lowest bits; with
 * the exponent's bias added as well, these are the exponent field of a power of two.
 */
#define VF_SHIFTER(bias) (0x1.8p23F + (float)(bias))

/*
 * a * 2^n, rounded once, for integral n from -190 to 0 and 2^-64 <= |a| < 2^64; a NaN in a stays,
 * whatever n is.  2^(n + 64) is normal where 2^n is not, so that only the product by 2^-64 rounds.
 */
#ifndef VF_HAVE_SCALE2N
VF_WORD vf vf_scale2n(vf a, vf n) {
    vf power = vf_exponent(vf_add(n, vf_set1(VF_SHIFTER(64 + 127))));
    return vf_mul(vf_mul(a, power), vf_set1(0x1p-64F));
}
#endif

/*
 * exp(a) for a <= 0, -inf and NaN included: the arithmetic of SLEEF's exp (3.5.1, xexpf; its
 * constants), without the call, which makes every register be saved and every constant be loaded
 * again.  test_vocabulary compares it with SLEEF's over every float of the range on native AVX2
 * and AVX-512, and over samples elsewhere; act_exhaustive then shows that all backends agree.
 *
 * a = n ln 2 + s, with ln 2 in two parts and |s| <= ln 2 / 2; exp(a) = 2^n exp(s).  Below -104 the
 * result is 0; the clamp keeps n in range.
 */
VF_WORD vf vf_exp_nonpositive(vf a) {
    a = vf_max(vf_set1(-105.0F), a);
    vf n = vf_rint(vf_mul(a, vf_set1(0x1.715476p0F)));
    vf s = vf_fma(n, vf_set1(-0.693145751953125F), a);
    s = vf_fma(n, vf_set1(-1.428606765330187045e-06F), s);
    vf u = vf_set1(0.000198527617612853646278381F);
    u = vf_fma(u, s, vf_set1(0.00139304355252534151077271F));
    u = vf_fma(u, s, vf_set1(0.00833336077630519866943359F));
    u = vf_fma(u, s, vf_set1(0.0416664853692054748535156F));
    u = vf_fma(u, s, vf_set1(0.166666671633720397949219F));
    u = vf_fma(u, s, vf_set1(0.5F));
    u = vf_add(vf_set1(1.0F), vf_fma(vf_mul(s, s), u, s));
    return vf_scale2n(u, n);
}

/*
 * The fast tier's exp, relative error below 2^-21.5 where the result is normal; subnormal results
 * may become 0.
 *
 *   vf_exp_fast(a)           exp(a)        for a <= 0, -inf and NaN included; exactly +0 at -inf
 *   vf_exp_fast_plus(c, a)   c + exp(-a)   for any a; inf from a = -88.4 down
 */
#ifndef VF_HAVE_EXP_FAST
/*
 * exp(sign * a) as the product of its result and *power.  The second part of ln 2 is worth 4 ULP at
 * the ends of the range.  Coefficients by tools/exp_coefficients.py, 9.2e-8 relative.
 */
VF_WORD vf exp_fast_parts(vf a, float sign, vf *power) {
    vf shifted = vf_fma(a, vf_set1(sign * 0x1.715476p0F), vf_set1(VF_SHIFTER(127)));
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(127)));
    vf s = vf_fma(n, vf_set1(sign * -0x1.62e43p-1F), a);
    s = vf_fma(n, vf_set1(sign * 0x1.05c61p-29F), s);
    *power = vf_exponent(shifted);
    vf p = vf_set1(sign * 0x1.0fa32cp-7F);
    p = vf_fma(p, s, vf_set1(0x1.573a24p-5F));
    p = vf_fma(p, s, vf_set1(sign * 0x1.555a7ap-3F));
    p = vf_fma(p, s, vf_set1(0x1.fffdc6p-2F));
    p = vf_fma(p, s, vf_set1(sign * 0x1.fffff6p-1F));
    return vf_fma(p, s, vf_set1(1.0F));
}

/*
 * The clamps make n -127 and 128, whose powers have the exponent fields 0 and 255 and are 0 and
 * inf, without raising a flag; beyond them n would wrap, in whichever direction the processor
 * rounds.
 */
VF_WORD vf vf_exp_fast(vf a) {
    vf power, p = exp_fast_parts(vf_max(vf_set1(-88.0F), a), 1.0F, &power);
    return vf_mul(p, power);
}
VF_WORD vf vf_exp_fast_plus(vf c, vf a) {
    a = vf_min(vf_set1(88.0F), vf_max(vf_set1(-88.72F), a));
    vf power, p = exp_fast_parts(a, -1.0F, &power);
    return vf_fma(p, power, c);
}
#endif

/*
 * Sixteen vectors at once: lane j of the result is the largest, or the sum, of the lanes of r[j].
 * No lane may be NaN for the largest.  A sum of floats, in an order that is the same for every j.
 */
#ifndef VF_HAVE_REDUCE_ROWS
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
