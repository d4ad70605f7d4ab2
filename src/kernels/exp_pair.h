/*
 * exp, expm1 and log1p as pairs: the rounded result and its rounding error.  A function that
 * multiplies an exponential, divides it or adds to it carries the low part along.  Its own error
 * then stays near half an ULP; otherwise the roundings would add up to two ULP and more.
 */
#ifndef ACT_KERNELS_EXP_PAIR_H
#define ACT_KERNELS_EXP_PAIR_H

#include "kernels/exp.h"
#include "kernels/pair.h"

/* (high + low) 2^n, unscaled, so that products with large numbers have normal operands. */
typedef struct {
    vf high, low, n;
} scaled_pair;

/*
 * What may underflow in a vector, given the largest |x| of its lanes.
 *
 *   NO_UNDERFLOW      nothing: an exponential, its two parts and its square are normal numbers.  It
 *                     is scaled by its power of two at once, with one product
 *   PARTS_UNDERFLOW   a part, but not the result, which is scaled last, with one product
 *   ANY_UNDERFLOW     the result, too.  It is scaled last and rounded once, without an operation on
 *                     subnormal numbers
 *
 * All three give the same bits.
 */
enum underflow { NO_UNDERFLOW, PARTS_UNDERFLOW, ANY_UNDERFLOW };
#define NO_UNDERFLOW_TO 43.0F /* exp(-43)^2 = 4.5e-38 */
VF_WORD vf scaled(enum underflow underflow, vf a, vf n) {
    return underflow == NO_UNDERFLOW      ? a
           : underflow == PARTS_UNDERFLOW ? vf_scale2n_near(a, n)
                                          : vf_scale2n(a, n);
}

/*
 * The same for a term that is added to 1 or more.  All terms of one sign below 2^-61 round the same
 * way there, so a larger exponent may replace a smaller one, and the term's square is a normal
 * number.  A term that is added to 0 gets the rest of its power of two in the last step.
 */
#define BESIDE_ONE (-61.0F)
VF_WORD vf scaled_beside_one(enum underflow underflow, vf a, vf n) {
    return underflow == NO_UNDERFLOW ? a : vf_scale2n_near(a, vf_at_least(n, BESIDE_ONE));
}
VF_WORD vf scaled_by_rest(vf a, vf n) {
    return vf_scale2n(a, vf_min(vf_set1(0.0F), vf_sub(n, vf_set1(BESIDE_ONE))));
}
/* (high + low) 2^n, each part scaled to a float; from n = -130 down the low part is lost. */
VF_WORD vf scaled_sum(scaled_pair e) {
    return vf_add(vf_scale2n(e.high, e.n), vf_scale2n(e.low, vf_at_least(e.n, -130.0F)));
}
/*
 * dy times the slope.  Tiny factors are asked for only where a lane of x is unusual: the question
 * would cost every vector up to a quarter of its time.  So a subnormal dy with an ordinary x costs
 * what the processor's product costs.
 */
VF_WORD vf times_slope(int unusual, vf dy, vf slope) {
    return AVOIDS_SUBNORMALS && VF_SELDOM(unusual) ? vf_times(dy, slope) : vf_mul(dy, slope);
}
VF_WORD int any_unusual(unusual_lanes lanes) { return lanes.tiny || lanes.far; }
/* Calls the word with ANY_UNDERFLOW if there are far lanes, else with `within`. */
#define BY_RANGE(lanes, within, word, ...)                                                         \
    (VF_SELDOM((lanes).far) ? word(ANY_UNDERFLOW, __VA_ARGS__) : word(within, __VA_ARGS__))

/*
 * x clamped to [-limit, limit]; a NaN stays.  Beyond the limit the functions have saturated, and
 * products could overflow.
 */
VF_WORD vf within(float limit, vf x) { return vf_min(vf_set1(limit), vf_max(vf_set1(-limit), x)); }

/* Clamps only where lanes may be beyond the limit. */
VF_WORD vf far_within(enum underflow underflow, float limit, vf x) {
    return underflow == ANY_UNDERFLOW ? within(limit, x) : x;
}

VF_WORD vf nonpositive(vf x) { return vf_min(vf_set1(0.0F), x); }
VF_WORD vf nonpositive_off_tiny(vf x) {
    return AVOIDS_SUBNORMALS ? vf_off_tiny(x) : nonpositive(x);
}

/* exp(a) for -131 <= a <= 0, or NaN, where 2^n needs at most two steps; high is 1 + t rounded. */
VF_WORD scaled_pair exp_pair(enum underflow underflow, vf a) {
    VF_REQUIRE(underflow == ANY_UNDERFLOW || vf_all_within(-131.0F, a, 0.0F));
    exp_reduced e = exp_reduce(a);
    pair sum = fast_two_sum(vf_set1(1.0F), e.t);
    if (underflow != NO_UNDERFLOW)
        return (scaled_pair){sum.high, sum.low, e.n};
    vf power = vf_exponent(vf_add(e.n, vf_set1(VF_SHIFTER(127))));
    return (scaled_pair){vf_mul(sum.high, power), vf_mul(sum.low, power), vf_set1(0.0F)};
}

/*
 * exp(a + a_low), as above; |a_low| < 2^-16, so that exp(a_low) is 1 + a_low.  ANY_UNDERFLOW also
 * works for |a| <= 211, but scaled() does not accept such an n.
 */
VF_WORD scaled_pair exp_of_pair(enum underflow underflow, vf a, vf a_low) {
    scaled_pair e = exp_pair(underflow, a);
    e.low = vf_fma(e.high, a_low, e.low);
    return e;
}

/*
 * expm1(a) for |a| <= 80, where 2^n is a float and 2^n t is finite: 2^n t + (2^n - 1), where
 * 2^n - 1 is exact for |n| <= 24.  For n = 0 the result is t itself, so nothing cancels near 0.
 * From -17.4 down the result is -1; the clamp at -40 keeps a in range.
 */
VF_WORD pair expm1_bounded(vf a) {
    VF_REQUIRE(vf_all_within(-80.0F, a, 80.0F));
    exp_reduced e = exp_reduce(a);
    vf power = vf_exponent(vf_add(e.n, vf_set1(VF_SHIFTER(127))));
    vf whole = vf_sub(power, vf_set1(1.0F));
    vf high = vf_fma(power, e.t, whole);
    return (pair){high, vf_fma(power, e.t, vf_sub(whole, high))};
}
VF_WORD pair expm1_nonpositive(vf a) { return expm1_bounded(vf_max(vf_set1(-40.0F), a)); }

/*
 * log1p of an exponential e <= 1 in two parts, scaled for a sum with 1, as e + e^2 Q(e).  It needs
 * no division and leaves the last addition to the caller.  Q's error is 8.9e-10 relative to the
 * result (degree 8: 5.3e-9).  The low part of e enters with the derivative 1 / (1 + e), for which
 * 1 - e / 2 is accurate enough.  Coefficients by tools/activation_coefficients.py.
 */
VF_WORD vf log1p_terms(vf e) {
    return vf_polynomial(e, 0x1.1135b4p-9F, -0x1.c0a19p-7F, 0x1.58ff2p-5F, -0x1.54f162p-4F,
                         0x1.ff28d6p-4F, -0x1.4a72b2p-3F, 0x1.978b54p-3F, -0x1.ffc59ep-3F,
                         0x1.5553b6p-2F, -0x1.fffff8p-2F);
}
VF_WORD pair log1p_of_exp(enum underflow underflow, scaled_pair parts) {
    vf e = scaled_beside_one(underflow, parts.high, parts.n);
    vf e_low = scaled_beside_one(underflow, parts.low, parts.n);
    vf p = log1p_terms(e);
    vf low = vf_nfma(vf_mul(e_low, vf_set1(0.5F)), e, e_low);
    return (pair){e, vf_fma(vf_mul(e, e), p, low)};
}

#endif
