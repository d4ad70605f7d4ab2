/* Functions of log1p(exp): softplus, the logarithm of the sigmoid, Mish.  And squareplus. */
#ifndef ACT_KERNELS_SOFTPLUS_H
#define ACT_KERNELS_SOFTPLUS_H

#include "kernels/bound.h"
#include "kernels/parameters.h"
#include "kernels/sigmoids.h"

#define EXP_END 120.0F /* there exp(-|x|) and |x| exp(-|x|) round to 0 */

/* y, but `right` where log1p(exp) is added to 0 and is too small for scaled_beside_one. */
VF_WORD vf far_left(vm added, vf n, vf y, vf right) {
    return vf_select(added, y, vf_select(vf_lt(n, vf_set1(BESIDE_ONE)), right, y));
}

/*
 * min(x, 0) - log1p(exp(-|x|)): both terms have the same sign, and neither saturates early.  The
 * exact result is below x, and rounds to x on the far left, so the minimum with x is correct
 * everywhere, left of the clamp and at -inf too.
 */
VF_WORD vf log_sigmoid_of(enum underflow underflow, vf x) {
    vf bounded = far_within(underflow, EXP_END, x);
    scaled_pair e = exp_pair(underflow, vf_minus_size(bounded));
    vf y = vf_neg(add_pair(vf_neg(nonpositive(bounded)), log1p_of_exp(underflow, e)));
    if (underflow == ANY_UNDERFLOW)
        y = far_left(vf_signbit(x), e.n, y, vf_neg(scaled_sum(e)));
    return vf_min(x, y);
}
BOUND(log_sigmoid, 1.63, .at = {.x = -0x1.33e2bep-8F});
VF_WORD vf vf_log_sigmoid(vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, NO_UNDERFLOW_TO);
    return BY_RANGE(lanes, NO_UNDERFLOW, log_sigmoid_of, without_tiny(lanes, x));
}
BOUND(log_sigmoid_grad, 2.91, .at = {.x = 0x1.a4f30ap+3F, .by = 0x1.f8503cp+0F});
VF_WORD vf vf_log_sigmoid_grad(vf dy, vf x) {
    const int far =
        AVOIDS_SUBNORMALS && vf_any_below(vf_minus_size(vf_neg(x)), -SIGMOID_NO_UNDERFLOW);
    return times_slope(far, dy, vf_sigmoid(vf_neg(x)));
}

/*
 * log1p(exp(z)) / beta with z = beta x and beta > 0 is max(x, 0) + log1p(exp(-|z|)) / beta.  Beyond
 * the limit the maximum with x gives x itself.
 */
VF_WORD vf softplus_of(enum underflow underflow, vf x, float limit, float beta) {
    const vf zero = vf_set1(0.0F), b = vf_set1(beta);
    vf bounded = far_within(underflow, limit, x);
    pair z = beta_product(bounded, beta);
    scaled_pair e = exp_of_minus_beta(underflow, z, beta);
    pair l = log1p_of_exp(underflow, e);
    if (beta != 1.0F) {
        vf sum = vf_add(l.high, l.low);
        vf low = vf_add(vf_sub(l.high, sum), l.low);
        vf q = vf_div(sum, b);
        l = (pair){q, vf_div(vf_add(vf_nfma(q, b, sum), low), b)};
    }
    const vm positive = vf_lt(zero, z.high);
    vf y = add_pair(vf_select(positive, bounded, zero), l);
    if (underflow == ANY_UNDERFLOW) {
        vf left = beta == 1.0F ? scaled_sum(e)
                               : scaled_by_rest(vf_select(positive, vf_set1(1.0F), y), e.n);
        y = far_left(positive, e.n, y, left);
    }
    return vf_max(x, y);
}

/*
 * The same for any beta > 0.  The division is by beta's significand, with the residual.  The power
 * of two of beta and that of the exponential stay apart and are added: only the sum is as small as
 * the result.  The quotient by a beta below 2^-127 may overflow, and must not do so in a lane whose
 * result does not use it.
 */
VF_WORD vf softplus_wide(vf x, float beta, float last) {
    const vf zero = vf_set1(0.0F), b = vf_set1(significand_of(beta));
    vf bounded = within(over_beta(WIDE_LIMIT, beta), x);
    pair z = beta_product(bounded, beta);
    scaled_pair parts = exp_of_minus_size(ANY_UNDERFLOW, z);
    vf e = scaled_beside_one(ANY_UNDERFLOW, parts.high, parts.n);
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
 * The largest c with beta c <= threshold, for beta > 0.  beta x > threshold if and only if x > c,
 * which needs no product that is rounded or overflows.  Products of two floats are exact in double.
 * A threshold of NaN means no threshold.
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
VF_INLINE float last_of(float beta, float threshold) {
    return ALWAYS_ONE(beta) ? threshold : last_within(beta, threshold);
}

/*
 * An x above the threshold is returned unchanged, as in PyTorch.  For beta < 0 both x and the
 * result change sign.
 */
BOUND(softplus, 1.63, .at = {.x = 0x1.33e2bep-8F}, .others = 2.25,
      .others_at = {.x = 0x1.bd8p+53F, .p = 0x1.675c0ap-70F, .q = 20.0F});
VF_WORD vf vf_softplus(vf x, float beta, float threshold) {
    const float b = positive(beta), near = no_underflow_limit(b), far = saturation_limit(b);
    const float last = last_of(b, threshold);
    x = with_sign_of(beta, x);
    const unusual_lanes lanes = unusual_lanes_of(x, near);
    vf y = near_one(b, USUAL_WITHIN)
               ? BY_RANGE(lanes, NO_UNDERFLOW, softplus_of, without_tiny(lanes, x), far, b)
               : softplus_wide(x, b, last);
    y = vf_select(vf_lt(vf_set1(last), x), x, y);
    return with_sign_of(beta, y);
}

BOUND(softplus_grad, 2.36, .at = {.x = -0x1.096accp+0F, .by = 0x1.e8fa48p+0F}, .others = 2.55,
      .others_at = {
          .x = 0x1.c96654p+2F, .by = 0x1.fbf152p+0F, .p = -0x1.37c5fap-3F, .q = 0x1.ea364cp-2F});
VF_WORD vf softplus_slope(enum underflow underflow, vf x, float limit, float beta) {
    pair z = beta_product(far_within(underflow, limit, x), beta);
    scaled_pair s = sigmoid_pair(underflow, z.high, exp_of_minus_size(underflow, z));
    return scaled(underflow, vf_add(s.high, s.low), s.n);
}
VF_WORD vf vf_softplus_grad(vf dy, vf x, float beta, float threshold) {
    const vf one = vf_set1(1.0F);
    const float b = positive(beta), near = no_underflow_limit(b), far = saturation_limit(b);
    x = with_sign_of(beta, x);
    const unusual_lanes lanes = unusual_lanes_of(x, near);
    vf slope = BY_RANGE(lanes, NO_UNDERFLOW, softplus_slope, without_tiny(lanes, x), far, b);
    if (b < TINY)
        slope = at_infinity(x, vf_select(vf_signbit(x), vf_set1(0.0F), one), slope);
    return times_slope(any_unusual(lanes), dy,
                       vf_select(vf_lt(vf_set1(last_of(b, threshold)), x), one, slope));
}

/*
 * max(x, 0) + log1p(exp(-|beta x|)) / beta, as vf_softplus.  Up to 88 the exponential's power of
 * two is a float; beyond 80 it counts as 0, so that no product with it is subnormal.
 */
FAST_BOUND(softplus_fast, 2.19, 0x1p-112, .at = {.x = 0x1.e79c6p-6F}, .others = 65.88,
           .others_at = {.x = 0x1.5e15aep+3F, .p = -0x1.82dbbcp+2F, .q = 20.0F});
VF_WORD vf log1p_fast(vf e) {
    vf p = vf_polynomial(e, 0x1.5fa0dap-8F, -0x1.eca398p-6F, 0x1.44707ap-4F, -0x1.19af8ep-3F,
                         0x1.884554p-3F, -0x1.fd1368p-3F, 0x1.5535dep-2F, -0x1.ffff14p-2F);
    return vf_fma(vf_mul(e, p), e, e);
}
VF_WORD vf vf_softplus_fast(vf x, float beta, float threshold) {
    if (!near_one(beta, USUAL_WITHIN))
        return vf_softplus(x, beta, threshold);
    const float b = positive(beta);
    x = with_sign_of(beta, x);
    /* Keeps off, its square and max(0, off) from being subnormal; log(2) hides the shift. */
    vf off = vf_sub(x, vf_set1(0x1p-40F));
    vf z = vf_abs(vf_mul(vf_set1(b), within(over_beta(88.0, b), off)));
    fast_reduced e = fast_reduce(vf_neg(z));
    vf power = vf_unless(vf_lt(vf_set1(80.0F), z), vf_exponent(e.shifted));
    vf l = log1p_fast(vf_fma(e.t, power, power));
    vf y = vf_fma(l, vf_set1(over_beta(1.0, b)), vf_max(vf_set1(0.0F), off));
    return with_sign_of(beta, vf_select(vf_lt(vf_set1(last_of(b, threshold)), x), x, y));
}

/*
 * The root of softplus.  From -18 down softplus(x) is exp(x) within 2^-26, and the root exp(x / 2),
 * which is a normal number long after exp(x) is none.  From 43 on softplus(x) is x.
 */
#define ROOT_IS_EXP (-18.0F)
VF_WORD vf exp_of_half(vf x) { return vf_exp_nonpositive(vf_mul(vf_set1(0.5F), nonpositive(x))); }
VF_WORD vf at_left_of_root(vf x, vf factor, vf y) {
    if (!VF_SELDOM(vf_any_below(x, ROOT_IS_EXP)))
        return y;
    return vf_select(vf_lt(x, vf_set1(ROOT_IS_EXP)), vf_mul(factor, exp_of_half(x)), y);
}
VF_WORD vf root_of_softplus(vf bounded, vf x) {
    return vf_sqrt(vf_max(x, softplus_of(NO_UNDERFLOW, bounded, NO_UNDERFLOW_TO, 1.0F)));
}
VF_WORD vf root_bounded(vf x) { return vf_at_most(vf_at_least(x, ROOT_IS_EXP), NO_UNDERFLOW_TO); }
BOUND(sqrt_softplus, 1.39, .at = {.x = 0x1.6bebc2p-8F});
VF_WORD vf vf_sqrt_softplus(vf x) {
    return at_left_of_root(x, vf_set1(1.0F), root_of_softplus(root_bounded(x), x));
}
BOUND(sqrt_softplus_grad, 4.94, .at = {.x = -0x1.534aaap+1F, .by = 0x1.faf8dep+0F});
VF_WORD vf vf_sqrt_softplus_grad(vf dy, vf x) {
    vf bounded = root_bounded(x), y = root_of_softplus(bounded, x);
    vf slope = vf_div(sigmoid_near(bounded), vf_add(y, y));
    return vf_mul(dy, at_left_of_root(x, vf_set1(0.5F), slope));
}

/*
 * h = (|x| + r) / 2 with r = sqrt(x^2 + b) is squareplus(x) for x >= 0, and b / 4 / h for x < 0, so
 * that nothing cancels.  From 2^60 on, where x^2 might overflow, r is |x| for any usual b.  Below
 * 2^-62 |x| is lost in the sum with sqrt(b), and its square might be subnormal.
 */
#define SQUAREPLUS_FAR         0x1p60F
#define SQUAREPLUS_IS_USUAL(b) (0x1p-60F <= (b) && (b) <= 0x1p60F)
typedef struct {
    vf size, bounded, square, root;
} squareplus_parts;
VF_WORD squareplus_parts squareplus_in_parts(vf x, float b) {
    vf size = vf_at_least(vf_abs(x), 0x1p-62F);
    vf bounded = vf_at_most(size, SQUAREPLUS_FAR);
    vf square = vf_fma(bounded, bounded, vf_set1(b));
    return (squareplus_parts){size, bounded, square, vf_sqrt(square)};
}
VF_WORD vf squareplus_usual(vf x, float b) {
    const vf half = vf_set1(0.5F);
    squareplus_parts of = squareplus_in_parts(x, b);
    vf h = vf_fma(half, of.size, vf_mul(half, vf_max(of.root, of.size)));
    return vf_select(vf_lt(x, vf_set1(0.0F)), vf_div(vf_set1(0.25F * b), h), h);
}

/*
 * Any other b > 0 is b' c^2 with 1/2 <= b' < 2 and a power of two c, and squareplus(x; b) = c
 * squareplus(x / c; b').  Where x / c would overflow, the result is x or 0.
 */
VF_OF_PARAMETERS float squareplus_scale(float b) {
    int n;
    frexpf(b, &n);
    return ldexpf(1.0F, n / 2);
}
VF_WORD vf squareplus_near(vf x, float c) {
    const float end = c < 1.0F ? c * 0x1p127F : INFINITY;
    return vf_mul(vf_set1(1.0F / c), within(end, x));
}
BOUND(squareplus, 2.75, .at = {.x = -0x1.94effep-11F});
VF_WORD vf vf_squareplus(vf x, float b) {
    if (SQUAREPLUS_IS_USUAL(b))
        return squareplus_usual(x, b);
    if (!(b > 0))
        return vf_max(vf_set1(0.0F), x);
    const float c = squareplus_scale(b);
    vf near = squareplus_near(x, c);
    vf y = vf_mul(vf_set1(c), squareplus_usual(near, b / c / c));
    return vf_select(vf_lt(vf_set1(SQUAREPLUS_FAR), near), x, y);
}

/*
 * The derivative, squareplus(x) / r, is s for x < 0 and 1 - s for x >= 0, with s = b / 2 / (|x| r +
 * r^2).  From 2^60 on, where that product might overflow, s = b / 4 / x^2.  At x = 0 the derivative
 * is 1/2, also for b = 0.
 */
BOUND(squareplus_grad, 4.3, .at = {.x = 0x1.4521bep-8F, .by = 0x1.febba8p+0F}, .others = 4.5,
      .others_at = {.x = 0x1.bc4accp-10F, .by = 0x1.ffc8cp+0F, .p = 0x1.029f7ap+4F});
VF_WORD vf squareplus_slope(vf x, float b) {
    squareplus_parts of = squareplus_in_parts(x, b);
    vf s = vf_div(vf_set1(0.5F * b), vf_fma(of.bounded, of.root, of.square));
    const vm far = vf_lt(vf_set1(SQUAREPLUS_FAR), of.size);
    if (__builtin_expect(vm_any(far), 0))
        s = vf_select(far, vf_div(vf_div(vf_set1(0.25F * b), of.size), of.size), s);
    return vf_select(vf_lt(x, vf_set1(0.0F)), s, vf_sub(vf_set1(1.0F), s));
}
VF_WORD vf vf_squareplus_grad(vf dy, vf x, float b) {
    if (SQUAREPLUS_IS_USUAL(b))
        return vf_mul(dy, squareplus_slope(x, b));
    if (b > 0) {
        const float c = squareplus_scale(b);
        return vf_mul(dy, squareplus_slope(squareplus_near(x, c), b / c / c));
    }
    const vf zero = vf_set1(0.0F);
    vf left = vf_select(vf_lt(x, zero), zero, vf_set1(0.5F));
    return vf_mul(dy, vf_nan_of(x, vf_select(vf_lt(zero, x), vf_set1(1.0F), left)));
}

/*
 * tanh(log1p(exp(x))) from e = exp(-|x|): n / (n + 2) with n = e (e + 2) on the left, and on the
 * right (1 + 2 e) / (1 + 2 e + 2 e^2).  Both denominators are k + f (k + e), with k = 2 and f = e,
 * or k = 1 and f = 2 e; the numerators are f (k + e) and k + f.
 */
VF_WORD vf mish_of(enum underflow underflow, vf x) {
    const vf one = vf_set1(1.0F);
    const vm negative = vf_signbit(x);
    vf bounded = far_within(underflow, EXP_END, x);
    scaled_pair parts = exp_pair(underflow, vf_minus_size(bounded));
    vf e = scaled_beside_one(underflow, parts.high, parts.n);
    vf e_low = scaled_beside_one(underflow, parts.low, parts.n);

    vf k = vf_select(negative, vf_set1(2.0F), one);
    vf twice = vf_sub(vf_set1(3.0F), k);
    vf f = vf_mul(twice, e), f_low = vf_mul(twice, e_low);
    pair sum = fast_two_sum(k, e);
    sum.low = vf_add(sum.low, e_low);
    vf d = vf_fma(f, sum.high, k);
    vf d_low = vf_fma(f, sum.high, vf_sub(k, d));
    d_low = vf_fma(f, sum.low, vf_fma(f_low, sum.high, d_low));

    pair left = two_product(parts.high, sum.high);
    left.low = vf_fma(parts.high, sum.low, vf_fma(parts.low, sum.high, left.low));
    pair right = fast_two_sum(one, f);
    right.low = vf_add(right.low, f_low);
    vf n = vf_select(negative, left.high, right.high);
    vf n_low = vf_select(negative, left.low, right.low);

    vf r = vf_div(one, d);
    vf q = vf_mul(n, r);
    vf residual = vf_add(vf_nfma(q, d_low, vf_nfma(q, d, n)), n_low);
    vf q_low = vf_mul(residual, r);
    vf y = vf_fma(vf_select(negative, bounded, x), q, vf_mul(bounded, q_low));
    /* With the low part's sign mish(-0) would be +0. */
    y = vf_select(negative, vf_minus_size(y), y);
    if (underflow == NO_UNDERFLOW)
        return y;
    return vf_select(negative, vf_scale2n(vf_select(negative, y, one), parts.n), y);
}
BOUND(mish, 1.08, .at = {.x = -0x1.4b0c78p+2F});
VF_WORD vf vf_mish(vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, NO_UNDERFLOW_TO);
    const pair slope = pair_set1(0.6); /* tanh(log(2)) */
    vf y = BY_RANGE(lanes, NO_UNDERFLOW, mish_of, without_tiny(lanes, x));
    return tiny_multiple(lanes, x, slope.high, slope.low, y);
}

/*
 * With the same e, k, f and d = k + f (k + e): e ((2 + e) d + 4 x (1 + e)) / d^2 on the left,
 * ((1 + 2 e) d + 4 x e^2 (1 + e)) / d^2 on the right.
 */
BOUND(mish_grad, 11.53, .at = {.x = -0x1.bb5458p+0F, .by = 0x1.3ff96cp+0F}, .floor = 0.1);
VF_WORD vf mish_slope(enum underflow underflow, vf x) {
    const vf one = vf_set1(1.0F), two = vf_set1(2.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(x);
    vf bounded = far_within(underflow, EXP_END, x);
    scaled_pair parts = exp_pair(underflow, vf_minus_size(bounded));
    vf e = scaled_beside_one(underflow, parts.high, parts.n);
    vf k = vf_select(negative, two, one);
    vf f = vf_select(negative, e, vf_mul(two, e));
    vf sum = vf_add(k, e);
    vf d = vf_fma(f, sum, k);
    vf r = vf_div(one, d);
    vf square = vf_select(negative, one, vf_mul(e, e));
    vf last = vf_mul(vf_mul(vf_set1(4.0F), bounded), vf_mul(square, vf_add(one, e)));
    vf y = vf_fma(vf_select(negative, sum, vf_add(one, f)), d, last);
    y = vf_fma(y, vf_select(negative, parts.high, one),
               vf_mul(y, vf_select(negative, parts.low, zero)));
    return scaled(underflow, vf_mul(vf_mul(y, r), r), vf_select(negative, parts.n, zero));
}
VF_WORD vf vf_mish_grad(vf dy, vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, NO_UNDERFLOW_TO);
    return times_slope(any_unusual(lanes), dy,
                       BY_RANGE(lanes, NO_UNDERFLOW, mish_slope, without_tiny(lanes, x)));
}

/*
 * x n / (n + 2) with n = e (e + 2) and e = exp(x).  From x = 20 on the quotient is 1, and the clamp
 * keeps n from overflowing.  From -87.4 down e is 0, and the clamp at -128 keeps x finite.
 */
FAST_BOUND(mish_fast, 5.35, 0x1p-116, .at = {.x = -0x1.b7069ep+2F});
VF_WORD vf vf_mish_fast(vf x) {
    x = vf_max(vf_set1(-128.0F), vf_flushed(x));
    vf e = vf_exp_fast_bounded(vf_min(vf_set1(20.0F), off_zero(x)));
    vf n = vf_fma(e, e, vf_add(e, e));
    return vf_mul(x, vf_div(n, vf_add(n, vf_set1(2.0F))));
}

#endif
