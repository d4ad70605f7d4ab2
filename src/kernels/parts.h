/*
 * exp, expm1 and log1p together with what their last rounding loses.  A function that multiplies,
 * divides or adds to an exponential carries that part along and stays near half an ULP of its own,
 * where the roundings would otherwise add up to two and more.
 */
#ifndef ACT_KERNELS_PARTS_H
#define ACT_KERNELS_PARTS_H

#include <float.h>
#include <math.h>

#include "kernels/derived.h"

/* high + low; high has the sum's sign and exponent. */
typedef struct {
    vf high, low;
} two;

/* (high + low) 2^n, not yet scaled: a product by something large must not start from a subnormal.
 */
typedef struct {
    vf high, low, n;
} scaled_two;

/*
 * How far out the lanes of a vector are.
 *
 *   NEAR     an exponential, each part of it and its square are normal numbers: it is scaled at
 *            once, by one product
 *   MIDDLE   the result is one: it is scaled at last, by one product
 *   FAR      anything: it is scaled at last and rounded but once, without an operation on subnormal
 *            numbers
 *
 * All have the same bits.
 */
enum distance { NEAR, MIDDLE, FAR };
#define PARTS_NEAR 43.0F /* exp(-43)^2 = 4.5e-38 */
VF_WORD vf scaled(enum distance distance, vf a, vf n) {
    return distance == NEAR ? a : distance == MIDDLE ? vf_scale2n_near(a, n) : vf_scale2n(a, n);
}

/*
 * The same for what is added to 1, or to more.  Below 2^-61 all numbers of one sign round the same
 * way there, so none needs to be smaller, and its square is a normal number.  What is added to 0
 * gets the rest of its power of two at last.
 */
#define BESIDE_ONE (-61.0F)
VF_WORD vf scaled_beside_one(enum distance distance, vf a, vf n) {
    return distance == NEAR ? a : vf_scale2n_near(a, vf_at_least(n, BESIDE_ONE));
}
VF_WORD vf scaled_by_rest(vf a, vf n) {
    return vf_scale2n(a, vf_min(vf_set1(0.0F), vf_sub(n, vf_set1(BESIDE_ONE))));
}
/* (high + low) 2^n, of parts that are floats: below 2^-130 times its size a low one is none. */
VF_WORD vf scaled_sum(scaled_two e) {
    return vf_add(vf_scale2n(e.high, e.n), vf_scale2n(e.low, vf_at_least(e.n, -130.0F)));
}
/* The word for vectors within the limit, and for those that have a lane beyond it. */
#define BY_DISTANCE(limit, x, word, ...)   BY_LIMIT(NEAR, limit, x, word, __VA_ARGS__)
#define MIDDLE_OR_FAR(limit, x, word, ...) BY_LIMIT(MIDDLE, limit, x, word, __VA_ARGS__)
#define BY_LIMIT(within, limit, x, word, ...)                                                      \
    (__builtin_expect(vm_any(vf_lt(vf_set1(limit), vf_abs(x))), 0) ? word(FAR, __VA_ARGS__)        \
                                                                   : word(within, __VA_ARGS__))

/*
 * Both sides of x no farther from 0 than the limit; a NaN stays.  Beyond the limit the functions
 * have saturated, and products could overflow.
 */
VF_WORD vf within(float limit, vf x) { return vf_min(vf_set1(limit), vf_max(vf_set1(-limit), x)); }

/* What is near is within any limit. */
VF_WORD vf far_within(enum distance distance, float limit, vf x) {
    return distance == FAR ? within(limit, x) : x;
}

VF_WORD vf nonpositive(vf x) { return vf_min(vf_set1(0.0F), x); }

/*
 * exp(a) for -130 <= a <= 0, or NaN.  high is 1 + t rounded, and low what that rounding took,
 * exactly (Dekker, since |t| < 1).
 */
VF_WORD scaled_two exp_in_two(enum distance distance, vf a) {
    const vf one = vf_set1(1.0F);
    exp_reduced e = exp_reduce(a);
    vf high = vf_add(one, e.t), low = vf_sub(e.t, vf_sub(high, one));
    if (distance != NEAR)
        return (scaled_two){high, low, e.n};
    vf power = vf_exponent(vf_add(e.n, vf_set1(VF_SHIFTER(127))));
    return (scaled_two){vf_mul(high, power), vf_mul(low, power), vf_set1(0.0F)};
}

/*
 * exp(a + a_low), as above; |a_low| < 2^-16, so that 1 + a_low is exp of it.  FAR also serves for
 * 210 on either side, where n is none that scaled() takes.
 */
VF_WORD scaled_two exp_of_two(enum distance distance, vf a, vf a_low) {
    scaled_two e = exp_in_two(distance, a);
    e.low = vf_fma(e.high, a_low, e.low);
    return e;
}

/*
 * expm1(a) for -80 <= a <= 80: 2^n t + (2^n - 1), where 2^n - 1 is exact for |n| <= 24.  For n = 0
 * it is t itself, so nothing cancels near 0.  From -40 down the result is -1.
 */
VF_WORD two expm1_bounded(vf a) {
    exp_reduced e = exp_reduce(a);
    vf power = vf_exponent(vf_add(e.n, vf_set1(VF_SHIFTER(127))));
    vf whole = vf_sub(power, vf_set1(1.0F));
    vf high = vf_fma(power, e.t, whole);
    return (two){high, vf_fma(power, e.t, vf_sub(whole, high))};
}
VF_WORD two expm1_nonpositive(vf a) { return expm1_bounded(vf_max(vf_set1(-40.0F), a)); }

/* a + b.high + b.low, rounded but once; a and b.high are finite and in either order (Knuth). */
VF_WORD vf add_two(vf a, two b) {
    vf sum = vf_add(a, b.high);
    vf back = vf_sub(sum, a);
    vf low = vf_add(vf_sub(a, vf_sub(sum, back)), vf_sub(b.high, back));
    return vf_add(sum, vf_add(low, b.low));
}

/*
 * log1p(exp(a + a_low)) for -130 <= a <= 0, scaled beside 1, as e + e^2 Q(e), which needs no
 * division and leaves the last addition to the caller.  Q's error is 8.9e-10 relative to the result
 * (degree 8: 5.3e-9). e's own low part enters with the derivative 1 / (1 + e), for which 1 - e / 2
 * is near enough. Coefficients by tools/activation_coefficients.py.
 */
VF_WORD vf log1p_terms(vf e) {
    return vf_polynomial(e, 0x1.1135b4p-9F, -0x1.c0a19p-7F, 0x1.58ff2p-5F, -0x1.54f162p-4F,
                         0x1.ff28d6p-4F, -0x1.4a72b2p-3F, 0x1.978b54p-3F, -0x1.ffc59ep-3F,
                         0x1.5553b6p-2F, -0x1.fffff8p-2F);
}
VF_WORD two log1p_of_exp(enum distance distance, scaled_two parts) {
    vf e = scaled_beside_one(distance, parts.high, parts.n);
    vf e_low = scaled_beside_one(distance, parts.low, parts.n);
    vf p = log1p_terms(e);
    vf low = vf_nfma(vf_mul(e_low, vf_set1(0.5F)), e, e_low);
    return (two){e, vf_fma(vf_mul(e, e), p, low)};
}

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
VF_WORD float over_beta(double size, float beta) {
    return ALWAYS_ONE(beta) ? (float)size : quotient_by(size, beta);
}

/*
 * beta x in two parts, for x where it matters: within 130 / |beta|, beyond which exp(-|beta x|) and
 * its product by x are 0 in float for every |beta| >= 2^-20.
 */
VF_WORD float limit_of(float beta) { return over_beta(130.0, beta); }
VF_WORD float near_limit_of(float beta) { return over_beta((double)PARTS_NEAR, beta); }
VF_WORD two times_beta(vf bounded, float beta) {
    vf z = vf_mul(vf_set1(beta), bounded);
    return (two){z, vf_fma(vf_set1(beta), bounded, vf_neg(z))};
}

/* exp(-|z|): the low part changes its sign together with the high one. */
VF_WORD scaled_two exp_of_minus_size(enum distance distance, two z) {
    vf low = vf_select(vf_signbit(z.high), z.low, vf_neg(z.low));
    return exp_of_two(distance, vf_neg(vf_abs(z.high)), low);
}

/* The same of beta x; where beta is 1 the low part is 0. */
VF_WORD scaled_two exp_of_minus_beta(enum distance distance, two z, float beta) {
    return ALWAYS_ONE(beta) ? exp_in_two(distance, vf_neg(vf_abs(z.high)))
                            : exp_of_minus_size(distance, z);
}

/*
 * Parameters of any size.  What is scaled by a power of two then has two sizes of its own, the
 * parameter's and the exponential's, and neither may overflow or vanish before they meet.
 *
 * Within how far a parameter is near 1; the usual ways serve up to there.
 */
VF_WORD int near_one(float p, float factor) {
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
VF_WORD vf times_scaled_two(vf a, two e, vf n) {
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
VF_WORD float lifted(float p) { return fabsf(p) < 0x1p-60F ? 0x1p64F * p : p; }
VF_WORD float lift_of(float p) { return fabsf(p) < 0x1p-60F ? 64.0F : 0.0F; }

#endif
