/* More functions of exp that saturate: tanh, the logarithm of the sigmoid, softplus. */
#ifndef ACT_KERNELS_SATURATING_H
#define ACT_KERNELS_SATURATING_H

#include "kernels/bound.h"
#include "kernels/parts.h"
#include "kernels/sigmoids.h"

/*
 * With m = expm1(-2 |x|), tanh |x| is -m / (2 + m): accurate near 0, where m is, and never above 1.
 * One Newton step on the quotient, as in vf_sigmoid, with the low parts of m and of 2 + m; q >= 0
 * takes the sign of x at the end, so that -0 keeps it.
 */
BOUND(tanh, 1.42, .at = {.x = -0x1.0fb6b6p+3F});
VF_WORD vf vf_tanh(vf x) {
    const vf two_ = vf_set1(2.0F);
    two m = expm1_bounded(vf_mul(vf_set1(-2.0F), vf_min(vf_set1(20.0F), vf_abs(x))));
    vf d = vf_add(two_, m.high);
    vf d_low = vf_add(vf_sub(m.high, vf_sub(d, two_)), m.low);
    vf r = vf_div(vf_set1(1.0F), d);
    vf n = vf_abs(m.high);
    vf q = vf_mul(n, r);
    vf residual = vf_sub(vf_nfma(q, d_low, vf_nfma(q, d, n)), m.low);
    q = vf_fma(residual, r, q);
    return vf_select(vf_signbit(x), vf_neg(q), q);
}

/* By y = tanh(x): dy (1 - y) (1 + y), where fma rounds 1 - y^2 but once. */
BOUND(tanh_grad, 1.5, .at = {.x = 0x1.695e96p-1F, .by = 0x1.fce182p+0F});
VF_WORD vf vf_tanh_grad(vf dy, vf y) { return vf_mul(dy, vf_nfma(y, y, vf_set1(1.0F))); }

/* y, but what is right where log1p(exp) is added to 0 and below all that is added to 1. */
VF_WORD vf far_left(vm added, vf n, vf y, vf right) {
    return vf_select(added, y, vf_select(vf_lt(n, vf_set1(BESIDE_ONE)), right, y));
}

/*
 * min(x, 0) - log1p(exp(-|x|)): both terms have one sign, and neither saturates before its time.
 * The sum of the bounded parts is never above x but by rounding, so the smaller is right
 * everywhere, -inf and the far left included.
 */
VF_WORD vf log_sigmoid_of(enum distance distance, vf x) {
    vf bounded = far_within(distance, 120.0F, x);
    scaled_two e = exp_in_two(distance, vf_neg(vf_abs(bounded)));
    vf y = vf_neg(add_two(vf_neg(nonpositive(bounded)), log1p_of_exp(distance, e)));
    if (distance == FAR)
        y = far_left(vf_signbit(x), e.n, y, vf_neg(scaled_sum(e)));
    return vf_min(x, y);
}
BOUND(log_sigmoid, 1.63, .at = {.x = -0x1.33e2bep-8F});
VF_WORD vf vf_log_sigmoid(vf x) { return BY_DISTANCE(PARTS_NEAR, x, log_sigmoid_of, x); }
BOUND(log_sigmoid_grad, 2.91, .at = {.x = 0x1.a4f30ap+3F, .by = 0x1.f8503cp+0F});
VF_WORD vf vf_log_sigmoid_grad(vf dy, vf x) { return vf_mul(dy, vf_sigmoid(vf_neg(x))); }

/*
 * log1p(exp(z)) / beta with z = beta x and beta > 0 is the part of x where z > 0, and
 * log1p(exp(-|z|)) / beta.  Beyond the limit x itself is the larger one.
 */
VF_WORD vf softplus_of(enum distance distance, vf x, float limit, float beta) {
    const vf zero = vf_set1(0.0F), b = vf_set1(beta);
    vf bounded = far_within(distance, limit, x);
    two z = times_beta(bounded, beta);
    scaled_two e = exp_of_minus_beta(distance, z, beta);
    two l = log1p_of_exp(distance, e);
    if (beta != 1.0F) {
        vf sum = vf_add(l.high, l.low);
        vf low = vf_add(vf_sub(l.high, sum), l.low);
        vf q = vf_div(sum, b);
        l = (two){q, vf_div(vf_add(vf_nfma(q, b, sum), low), b)};
    }
    const vm positive = vf_lt(zero, z.high);
    vf y = add_two(vf_select(positive, bounded, zero), l);
    if (distance == FAR) {
        vf left = beta == 1.0F ? scaled_sum(e)
                               : scaled_by_rest(vf_select(positive, vf_set1(1.0F), y), e.n);
        y = far_left(positive, e.n, y, left);
    }
    return vf_max(x, y);
}

/*
 * The same for any beta > 0.  The quotient by beta's significand, with the residual, keeps its
 * power of two apart, and that of the exponential; only their sum is small where the result is.
 * The quotient by a beta below 2^-127 may overflow, and must not where nobody asks for it.
 */
VF_WORD vf softplus_wide(vf x, float beta, float last) {
    const vf zero = vf_set1(0.0F), b = vf_set1(significand_of(beta));
    vf bounded = within(over_beta(WIDE_LIMIT, beta), x);
    two z = times_beta(bounded, beta);
    scaled_two parts = exp_of_minus_size(FAR, z);
    vf e = scaled_beside_one(FAR, parts.high, parts.n);
    vf low = vf_nfma(vf_mul(parts.low, vf_set1(0.5F)), e, parts.low);
    low = vf_fma(vf_mul(parts.high, e), log1p_terms(e), low);
    vf sum = vf_add(parts.high, low);
    low = vf_add(vf_sub(parts.high, sum), low);
    vf q = vf_div(sum, b);
    q = vf_add(q, vf_div(vf_add(vf_nfma(q, b, sum), low), b));
    vf n = vf_max(vf_set1(-330.0F), vf_sub(parts.n, vf_set1(exponent_of(beta))));
    q = vf_kept(at_infinity(x, zero, vf_select(vf_lt(vf_set1(last), x), zero, q)));
    vf l = scaled_by_thirds(q, n);
    vf y = vf_max(x, vf_add(vf_select(vf_lt(zero, z.high), bounded, zero), l));
    return beta < TINY ? at_infinity(x, vf_max(zero, x), y) : y;
}

/*
 * The largest c with beta c <= threshold, for beta > 0: beta x > threshold if and only if x > c,
 * without a product that is rounded or overflows.  Products of two floats are exact in double.  A
 * threshold that is NaN is none.
 */
VF_OF_PARAMETERS float last_within(float beta, float threshold) {
    const double b = (double)beta, t = (double)threshold, most = (double)FLT_MAX;
    if (isnan(threshold))
        return INFINITY;
    if (t / b < -most)
        return -INFINITY;
    float c = (float)fmin(t / b, most);
    if (b * (double)c > t)
        c = nextafterf(c, -INFINITY);
    if (c < FLT_MAX && b * (double)nextafterf(c, INFINITY) <= t)
        c = nextafterf(c, INFINITY);
    return threshold < INFINITY ? c : INFINITY;
}
VF_WORD float last_of(float beta, float threshold) {
    return ALWAYS_ONE(beta) ? threshold : last_within(beta, threshold);
}

/*
 * What is above the threshold stays, as in PyTorch.  For beta < 0 both x and the result change
 * their signs.
 */
VF_WORD float positive(float beta) { return ALWAYS_ONE(beta) ? 1.0F : fabsf(beta); }
VF_WORD vf with_sign_of(float beta, vf x) { return ALWAYS_ONE(beta) || beta > 0 ? x : vf_neg(x); }
BOUND(softplus, 1.63, .at = {.x = 0x1.33e2bep-8F}, .others = 2.25,
      .others_at = {.x = 0x1.bd8p+53F, .p = 0x1.675c0ap-70F, .q = 20.0F});
VF_WORD vf vf_softplus(vf x, float beta, float threshold) {
    const float b = positive(beta), near = near_limit_of(b), far = limit_of(b);
    const float last = last_of(b, threshold);
    x = with_sign_of(beta, x);
    vf y = near_one(b, 8.0F) ? BY_DISTANCE(near, x, softplus_of, x, far, b)
                             : softplus_wide(x, b, last);
    y = vf_select(vf_lt(vf_set1(last), x), x, y);
    return with_sign_of(beta, y);
}

/*
 * sigmoid(z) = 2^n (high + low) by e = exp(-|z|), with n = 0 for z >= 0: the quotient of vf_sigmoid
 * before its last step, and before exp(z) becomes subnormal.
 */
VF_WORD scaled_two sigmoid_in_two(enum distance distance, vf z, scaled_two e) {
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(z);
    vf n = vf_select(negative, e.high, one), n_low = vf_select(negative, e.low, zero);
    vf whole = scaled_beside_one(distance, e.high, e.n);
    vf d = vf_add(one, whole);
    vf d_low = vf_sub(whole, vf_sub(d, one));
    vf r = vf_div(one, d);
    vf q = vf_mul(n, r);
    vf residual = vf_add(vf_nfma(q, d_low, vf_nfma(q, d, n)), n_low);
    return (scaled_two){q, vf_mul(residual, r), vf_select(negative, e.n, zero)};
}

BOUND(softplus_grad, 2.36, .at = {.x = -0x1.096accp+0F, .by = 0x1.e8fa48p+0F}, .others = 2.55,
      .others_at = {
          .x = 0x1.c96654p+2F, .by = 0x1.fbf152p+0F, .p = -0x1.37c5fap-3F, .q = 0x1.ea364cp-2F});
VF_WORD vf softplus_slope(enum distance distance, vf x, float limit, float beta) {
    two z = times_beta(far_within(distance, limit, x), beta);
    scaled_two s = sigmoid_in_two(distance, z.high, exp_of_minus_size(distance, z));
    return scaled(distance, vf_add(s.high, s.low), s.n);
}
VF_WORD vf vf_softplus_grad(vf dy, vf x, float beta, float threshold) {
    const vf one = vf_set1(1.0F);
    const float b = positive(beta), near = near_limit_of(b), far = limit_of(b);
    x = with_sign_of(beta, x);
    vf slope = BY_DISTANCE(near, x, softplus_slope, x, far, b);
    if (b < TINY)
        slope = at_infinity(x, vf_select(vf_signbit(x), vf_set1(0.0F), one), slope);
    return vf_mul(dy, vf_select(vf_lt(vf_set1(last_of(b, threshold)), x), one, slope));
}

#endif
