/*
 * What kernels derive from their parameters: limits that depend on them, and products with
 * parameters of any magnitude.
 */
#ifndef ACT_KERNELS_PARAMETERS_H
#define ACT_KERNELS_PARAMETERS_H

#include <float.h>
#include <math.h>

#include "kernels/exp_pair.h"

/*
 * Whether a parameter is known to be 1 where its loop is compiled (instantiate.h): a test at run
 * time would stay in the loop, together with the code that it guards.
 */
#define ALWAYS_ONE(p) (__builtin_constant_p(p) && (p) == 1.0F)

/*
 * size / |beta|, at most FLT_MAX; in double, so that no beta raises a flag.  It is a function with
 * the attribute const, so that gcc hoists the call out of the loop; it would leave the division and
 * the branches there.  If beta is a constant, there is no call.
 */
#define VF_OF_PARAMETERS VF_APART __attribute__((const))
VF_OF_PARAMETERS float quotient_by(double size, float beta) {
    double b = fabs((double)beta);
    return b > 0 ? (float)fmin(size / b, (double)FLT_MAX) : FLT_MAX;
}
VF_INLINE float over_beta(double size, float beta) {
    return ALWAYS_ONE(beta) ? (float)size : quotient_by(size, beta);
}

/*
 * The limits of |x|, and beta x as a pair for x within the first: 130 / |beta|.  Beyond it
 * exp(-|beta x|) and its product with x are 0 in float for every |beta| >= 2^-20.
 */
VF_INLINE float saturation_limit(float beta) { return over_beta(130.0, beta); }
VF_INLINE float no_underflow_limit(float beta) { return over_beta((double)NO_UNDERFLOW_TO, beta); }
VF_WORD pair beta_product(vf bounded, float beta) { return two_product(vf_set1(beta), bounded); }

/* exp(-|z|): the low part changes sign together with the high part. */
VF_WORD scaled_pair exp_of_minus_size(enum underflow underflow, pair z) {
    vf low = vf_select(vf_signbit(z.high), z.low, vf_neg(z.low));
    return exp_of_pair(underflow, vf_minus_size(z.high), low);
}

/* The same for z = beta x; where beta is 1 the low part is 0. */
VF_WORD scaled_pair exp_of_minus_beta(enum underflow underflow, pair z, float beta) {
    return ALWAYS_ONE(beta) ? exp_pair(underflow, vf_minus_size(z.high))
                            : exp_of_minus_size(underflow, z);
}

/* |beta|, and x with its sign flipped where beta is negative. */
VF_INLINE float positive(float beta) { return ALWAYS_ONE(beta) ? 1.0F : fabsf(beta); }
VF_WORD vf with_sign_of(float beta, vf x) { return ALWAYS_ONE(beta) || beta > 0 ? x : vf_neg(x); }

/*
 * Parameters of any magnitude.  A result then has two powers of two, the parameter's and the
 * exponential's, and neither may overflow or underflow before both are combined.
 *
 * Whether |p| is within a factor of 1.  The usual code paths are valid within USUAL_WITHIN: with a
 * beta outside [1/8, 8] a quotient by beta, or its low part, might be subnormal where its terms are
 * not.
 */
#define USUAL_WITHIN 8.0F
VF_INLINE int near_one(float p, float factor) {
    return fabsf(p) >= 1.0F / factor && fabsf(p) <= factor;
}

/*
 * The limit of |beta x| for any beta: exp(-210) rounds to 0 even multiplied or divided by the
 * smallest beta.  Where |beta| < TINY only an infinite x reaches the limit, and at_infinity
 * supplies its result.
 */
#define WIDE_LIMIT 210.0
#define TINY       0x1p-120F
VF_WORD vf at_infinity(vf x, vf there, vf y) {
    return vf_select(vf_lt(vf_set1(FLT_MAX), vf_abs(x)), there, y);
}

/*
 * a 2^n for integral |n| <= 378, in three steps that round equally on every instruction set.  A
 * step overflows only where the result does.  A subnormal intermediate result costs the final one
 * less than its last rounding.
 */
typedef struct {
    vf third, rest;
} thirds;
VF_WORD thirds thirds_of(vf n) {
    vf third = vf_rint(vf_mul(n, vf_set1(1.0F / 3.0F)));
    return (thirds){third, vf_sub(vf_sub(n, third), third)};
}
VF_WORD vf scaled_by_thirds(vf a, vf n) {
    thirds by = thirds_of(n);
    return vf_scale2n_near(vf_scale2n_near(vf_scale2n_near(a, by.rest), by.third), by.third);
}

/*
 * a e 2^n, and a (e.high + e.low) 2^n for a finite a, as above.  e is at most 1.42, so its half is
 * at most 1 and the product with a stays finite.  Two products of opposite signs must not overflow
 * before they are added, so they are scaled after the addition.
 */
VF_WORD vf times_scaled(vf a, vf e, vf n) {
    thirds by = thirds_of(vf_add(n, vf_set1(1.0F)));
    vf y = vf_mul(a, vf_scale2n_near(vf_mul(e, vf_set1(0.5F)), by.third));
    return vf_scale2n_near(vf_scale2n_near(y, by.third), by.rest);
}
VF_WORD vf times_scaled_pair(vf a, pair e, vf n) {
    const vf half = vf_set1(0.5F);
    vf y = vf_fma(a, vf_mul(e.high, half), vf_mul(a, vf_mul(e.low, half)));
    return scaled_by_thirds(y, vf_add(n, vf_set1(1.0F)));
}

VF_OF_PARAMETERS float significand_of(float beta) {
    int n;
    return 2.0F * frexpf(beta, &n);
}
VF_OF_PARAMETERS float exponent_of(float beta) {
    int n;
    frexpf(beta, &n);
    return (float)(n - 1);
}

/* p, or 2^64 p where p is small and might be subnormal; and the exponent to subtract later. */
VF_INLINE float lifted(float p) { return fabsf(p) < 0x1p-60F ? 0x1p64F * p : p; }
VF_INLINE float lift_of(float p) { return fabsf(p) < 0x1p-60F ? 64.0F : 0.0F; }

#endif
