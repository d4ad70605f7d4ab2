/*
 * What kernels make of their parameters: limits that depend on them, and products by parameters of
 * any size.
 */
#ifndef ACT_KERNELS_PARAMETERS_H
#define ACT_KERNELS_PARAMETERS_H

#include <float.h>
#include <math.h>

#include "kernels/exp_pair.h"

/*
 * Whether a parameter is known to be 1 where its loop is compiled (instantiate.h): a test at run
 * time would stand in the loop, and keep there what it guards.
 */
#define ALWAYS_ONE(p) (__builtin_constant_p(p) && (p) == 1.0F)

/*
 * size / |beta|, and FLT_MAX at most; in double, so that no beta raises a flag.  A call that
 * depends on its arguments alone leaves the loop, where gcc would keep the division and the
 * branches; where beta is a constant, there is no call.
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
 * beta x in two parts, for x where it matters: within 130 / |beta|, beyond which exp(-|beta x|) and
 * its product by x are 0 in float for every |beta| >= 2^-20.
 */
VF_INLINE float saturation_limit(float beta) { return over_beta(130.0, beta); }
VF_INLINE float no_underflow_limit(float beta) { return over_beta((double)NO_UNDERFLOW_TO, beta); }
VF_WORD pair beta_product(vf bounded, float beta) { return two_product(vf_set1(beta), bounded); }

/* exp(-|z|): the low part changes its sign together with the high one. */
VF_WORD scaled_pair exp_of_minus_size(enum underflow underflow, pair z) {
    vf low = vf_select(vf_signbit(z.high), z.low, vf_neg(z.low));
    return exp_of_pair(underflow, vf_neg(vf_abs(z.high)), low);
}

/* The same of beta x; where beta is 1 the low part is 0. */
VF_WORD scaled_pair exp_of_minus_beta(enum underflow underflow, pair z, float beta) {
    return ALWAYS_ONE(beta) ? exp_pair(underflow, vf_neg(vf_abs(z.high)))
                            : exp_of_minus_size(underflow, z);
}

/* |beta|, and x with its sign turned where beta is negative. */
VF_INLINE float positive(float beta) { return ALWAYS_ONE(beta) ? 1.0F : fabsf(beta); }
VF_WORD vf with_sign_of(float beta, vf x) { return ALWAYS_ONE(beta) || beta > 0 ? x : vf_neg(x); }

/*
 * Parameters of any size.  What is scaled by a power of two then has two sizes of its own, the
 * parameter's and the exponential's, and neither may overflow or vanish before they meet.
 *
 * Whether a parameter is near 1, within a factor.  The usual ways serve up to there: with beta
 * beyond 8 or 1/8 a quotient by it, or the low part of one, might be subnormal where its terms are
 * not.
 */
#define USUAL_WITHIN 8.0F
VF_INLINE int near_one(float p, float factor) {
    return fabsf(p) >= 1.0F / factor && fabsf(p) <= factor;
}

/*
 * The limit of |beta x| for any beta: exp of it is 0 in float also times or divided by the least
 * beta.  No x but an infinity reaches it where |beta| < TINY, and at_infinity gives it its own
 * value there.
 */
#define WIDE_LIMIT 210.0
#define TINY       0x1p-120F
VF_WORD vf at_infinity(vf x, vf there, vf y) {
    return vf_select(vf_lt(vf_set1(FLT_MAX), vf_abs(x)), there, y);
}

/*
 * a 2^n for integral |n| <= 378, in three steps of equal rounding on every instruction set.  A step
 * overflows only where the result does; one that is subnormal on the way down costs the result less
 * than its last rounding.
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
 * a e 2^n, and a (e.high + e.low) 2^n for a finite a, as above.  e is at most 1.42, and half of it
 * at most 1, so that a stays finite where n goes down.  Two products of opposite signs must not
 * overflow before they are added, so they are scaled after that.
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

/* p, or 2^64 p where that is no subnormal number but p may be; and the exponent to give back. */
VF_INLINE float lifted(float p) { return fabsf(p) < 0x1p-60F ? 0x1p64F * p : p; }
VF_INLINE float lift_of(float p) { return fabsf(p) < 0x1p-60F ? 64.0F : 0.0F; }

#endif
