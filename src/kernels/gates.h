/* x times something between 0 and 1: SiLU, the GELUs, Mish, and what is gated by them. */
#ifndef ACT_KERNELS_GATES_H
#define ACT_KERNELS_GATES_H

#include "kernels/bound.h"
#include "kernels/parts.h"
#include "kernels/saturating.h"

/*
 * x sigmoid(z) for a z of two parts that is made of `bounded`, x within limits.  In the left tail
 * only the product is scaled: exp(z) may be subnormal where it is not.  On the right x itself is
 * the factor, so that inf stays, and the bounded one multiplies the low part, which is 0 there.
 */
VF_WORD vf times_sigmoid(enum distance distance, vf x, vf bounded, vf z, scaled_two e) {
    scaled_two s = sigmoid_in_two(distance, z, e);
    if (distance == NEAR)
        return vf_fma(x, s.high, vf_mul(x, s.low));
    const vm negative = vf_signbit(z);
    vf y = vf_fma(vf_select(negative, bounded, x), s.high, vf_mul(bounded, s.low));
    return vf_select(negative, scaled(distance, vf_select(negative, y, vf_set1(1.0F)), s.n), y);
}

/*
 * The derivative s + w s (1 - s) of such a product, s = sigmoid(z) and w = x z'(x), of z's sign:
 * with e = exp(-|z|) it is e (1 + e + w) / (1 + e)^2 on the left and (1 + e (1 + w)) / (1 + e)^2 on
 * the right.  It loses relative accuracy nowhere but around its zero, where 1 + e + w cancels.
 */
VF_WORD vf times_sigmoid_slope(enum distance distance, two z, vf w) {
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(z.high);
    scaled_two parts = exp_of_minus_size(distance, z);
    vf e = scaled_beside_one(distance, parts.high, parts.n);
    vf d = vf_add(one, e);
    vf r = vf_div(one, d);
    vf sum = vf_add(d, w);
    vf left = vf_fma(parts.high, sum, vf_mul(parts.low, sum));
    vf right = vf_fma(e, vf_add(one, w), one);
    vf y = vf_mul(vf_mul(vf_select(negative, left, right), r), r);
    return scaled(distance, y, vf_select(negative, parts.n, zero));
}

VF_WORD vf silu_of(enum distance distance, vf x, float limit, float beta) {
    vf bounded = far_within(distance, limit, x);
    two z = times_beta(bounded, beta);
    return times_sigmoid(distance, x, bounded, z.high, exp_of_minus_beta(distance, z, beta));
}
/*
 * The same for any beta, with the exponential's power of two last of all: x may be large and exp
 * too small for a float, or the reverse.  The quotient before that may be above 1, and its half is
 * not.  silu(x; 0) is x / 2, of an infinity too.
 */
VF_WORD vf silu_wide(vf x, float beta) {
    if (beta == 0)
        return vf_mul(x, vf_set1(0.5F));
    vf bounded = within(over_beta(WIDE_LIMIT, beta), x);
    two z = times_beta(bounded, beta);
    const vm negative = vf_signbit(z.high);
    scaled_two e = exp_of_minus_size(FAR, z);
    vf n = vf_select(negative, vf_add(e.n, vf_set1(1.0F)), vf_set1(0.0F));
    scaled_two s = sigmoid_in_two(FAR, z.high, e);
    vf half = vf_select(negative, vf_set1(0.5F), vf_set1(1.0F));
    s.high = vf_mul(s.high, half);
    s.low = vf_mul(s.low, half);
    vf y = vf_fma(vf_select(negative, bounded, x), s.high, vf_mul(bounded, s.low));
    y = scaled_by_thirds(y, n);
    if (fabsf(beta) >= TINY)
        return y;
    return at_infinity(x, vf_select(negative, vf_set1(beta > 0 ? -0.0F : 0.0F), x), y);
}
BOUND(silu, 1.06, .at = {.x = -0x1.4b348ep+2F}, .others = 2.49,
      .others_at = {.x = 0x1.2d6496p-124F, .p = -0x1.1fe0aep+122F});
VF_WORD vf vf_silu(vf x, float beta) {
    const float near = near_limit_of(beta), far = limit_of(beta);
    return near_one(beta, 0x1p20F) ? BY_DISTANCE(near, x, silu_of, x, far, beta)
                                   : silu_wide(x, beta);
}
BOUND(silu_grad, 6.9, .at = {.x = 0x1.da6908p-8F, .by = 0x1.fc51f8p+0F}, .others = 8.55,
      .others_at = {.x = 0x1.3d8d06p+1F, .by = 0x1.3ffb2ap+0F, .p = -0x1.a3476p-1F}, .floor = 0.1);
VF_WORD vf silu_slope(enum distance distance, vf x, float limit, float beta) {
    two z = times_beta(far_within(distance, limit, x), beta);
    return times_sigmoid_slope(distance, z, z.high);
}
VF_WORD vf vf_silu_grad(vf dy, vf x, float beta) {
    const float near = near_limit_of(beta), far = limit_of(beta);
    vf slope = BY_DISTANCE(near, x, silu_slope, x, far, beta);
    if (fabsf(beta) < TINY && beta != 0) {
        const vm negative = vf_signbit(with_sign_of(beta, x));
        slope = at_infinity(x, vf_select(negative, vf_set1(-0.0F), vf_set1(1.0F)), slope);
    }
    return vf_mul(dy, slope);
}

/* 1.702 is not a float; at x = -60 its second part is worth 20 ULP. */
#define QUICK 1.702
VF_WORD two gelu_quick_argument(vf bounded) {
    const float low = (float)(QUICK - (double)(float)QUICK);
    two z = times_beta(bounded, (float)QUICK);
    z.low = vf_fma(bounded, vf_set1(low), z.low);
    return z;
}
VF_WORD vf gelu_quick_of(enum distance distance, vf x) {
    vf bounded = far_within(distance, 70.0F, x);
    two z = gelu_quick_argument(bounded);
    return times_sigmoid(distance, x, bounded, z.high, exp_of_minus_size(distance, z));
}
BOUND(gelu_quick, 1.14, .at = {.x = -0x1.651732p+0F});
VF_WORD vf vf_gelu_quick(vf x) {
    return BY_DISTANCE(PARTS_NEAR / (float)QUICK, x, gelu_quick_of, x);
}
BOUND(gelu_quick_grad, 8.88, .at = {.x = -0x1.361a4ep+0F, .by = 0x1.3ff874p+0F}, .floor = 0.1);
VF_WORD vf gelu_quick_slope(enum distance distance, vf x) {
    two z = gelu_quick_argument(far_within(distance, 70.0F, x));
    return times_sigmoid_slope(distance, z, z.high);
}
VF_WORD vf vf_gelu_quick_grad(vf dy, vf x) {
    return vf_mul(dy, BY_DISTANCE(PARTS_NEAR / (float)QUICK, x, gelu_quick_slope, x));
}

/*
 * 2 sqrt(2/pi) (x + 0.044715 x^3) = x (c0 + c1 x^2), 0 and -126.6 at the ends of |x| <= 11.5, where
 * x exp of it is 0: its error is exp's relative one, so it must be right to 2^-28, and every
 * product and sum on the way carries its low part.  c0 >= |c1 x^2| does not hold: Knuth's two-sum.
 */
#define GELU_TANH_C0     1.5957691216057307117598
#define GELU_TANH_C1     0.0713548162726002527724
#define GELU_TANH_LIMIT  11.5F
#define GELU_TANH_MIDDLE 9.8F /* where it is -82.8, and x exp of it a normal number */
VF_WORD two split(double c) {
    const float high = (float)c;
    return (two){vf_set1(high), vf_set1((float)(c - (double)high))};
}
VF_WORD two gelu_tanh_argument(vf x) {
    const two c0 = split(GELU_TANH_C0), c1 = split(GELU_TANH_C1);
    vf square = vf_mul(x, x);
    vf square_low = vf_fma(x, x, vf_neg(square));
    vf cubic = vf_mul(c1.high, square);
    vf cubic_low = vf_fma(c1.high, square, vf_neg(cubic));
    cubic_low = vf_fma(c1.low, square, vf_fma(c1.high, square_low, cubic_low));
    vf sum = vf_add(cubic, c0.high);
    vf back = vf_sub(sum, cubic);
    vf sum_low = vf_add(vf_sub(cubic, vf_sub(sum, back)), vf_sub(c0.high, back));
    sum_low = vf_add(sum_low, vf_add(cubic_low, c0.low));
    vf z = vf_mul(x, sum);
    return (two){z, vf_fma(x, sum_low, vf_fma(x, sum, vf_neg(z)))};
}
VF_WORD vf gelu_tanh_of(enum distance distance, vf x) {
    vf bounded = far_within(distance, GELU_TANH_LIMIT, x);
    two z = gelu_tanh_argument(bounded);
    return times_sigmoid(distance, x, bounded, z.high, exp_of_minus_size(distance, z));
}
BOUND(gelu_tanh, 1.27, .at = {.x = -0x1.5b84a6p-2F});
VF_WORD vf vf_gelu_tanh(vf x) { return MIDDLE_OR_FAR(GELU_TANH_MIDDLE, x, gelu_tanh_of, x); }
BOUND(gelu_tanh_grad, 11.47, .at = {.x = -0x1.15f284p+0F, .by = 0x1.3c6eeap+0F}, .floor = 0.1);
VF_WORD vf gelu_tanh_slope(enum distance distance, vf x) {
    vf bounded = far_within(distance, GELU_TANH_LIMIT, x);
    vf w = vf_fma(vf_mul(bounded, bounded), vf_set1((float)(3 * GELU_TANH_C1)),
                  vf_set1((float)GELU_TANH_C0));
    return times_sigmoid_slope(distance, gelu_tanh_argument(bounded), vf_mul(bounded, w));
}
VF_WORD vf vf_gelu_tanh_grad(vf dy, vf x) {
    return vf_mul(dy, MIDDLE_OR_FAR(GELU_TANH_MIDDLE, x, gelu_tanh_slope, x));
}

/*
 * The normal distribution's tail without its exp: g(t) = exp(t^2 / 2) Phi(-t) for 1 <= t <= 14.6,
 * as a polynomial in q = (t - K) / (t + K) divided by t + K.  It falls no faster than 1 / t, so it
 * has no tail to lose, and serves both sides.  Error 4.4e-08; coefficients by
 * tools/activation_coefficients.py, of all K the one whose coefficients round best.
 */
#define NORMAL_NEAR 9.2F /* where t^2 / 2 is 42.3 */
#define TAIL_LIMIT  14.6F
#define TAIL_CENTER 4.078125F
VF_WORD vf normal_tail(vf t) {
    vf r = vf_div(vf_set1(1.0F), vf_add(t, vf_set1(TAIL_CENTER)));
    vf q = vf_nfma(vf_set1(2.0F * TAIL_CENTER), r, vf_set1(1.0F));
    vf p = vf_polynomial(q, 0x1.c7360ep-10F, -0x1.770dcep-9F, -0x1.6502bcp-7F, 0x1.16829ep-4F,
                         -0x1.9404bcp-3F, 0x1.96b546p-2F, -0x1.3a208p-1F, 0x1.836ce2p-1F);
    return vf_mul(p, r);
}

/*
 * (Phi(x) - 1/2) / x for |x| <= 1, where the roundings of g cost three ULP: a polynomial in x^2,
 * error 2.9e-09 relative to Phi(-1).
 */
VF_WORD vf normal_middle(vf square) {
    return vf_polynomial(square, -0x1.12166ap-17F, 0x1.e26a9ep-14F, -0x1.376eap-10F, 0x1.46d558p-7F,
                         -0x1.105862p-4F, 0x1.988454p-2F);
}

/*
 * What GELU and its gradient begin with: x within limits, t = |x|, exp(-t^2 / 2) and g(t).  The
 * square's low part is carried: at t = 13 it is worth 40 ULP.
 */
typedef struct {
    vf x, t;
    scaled_two e;
    vf g;
} normal_parts;
VF_WORD normal_parts normal_in_parts(enum distance distance, vf x) {
    x = far_within(distance, TAIL_LIMIT, x);
    vf t = vf_abs(x), half = vf_mul(vf_set1(-0.5F), t), a = vf_mul(half, t);
    scaled_two e = exp_of_two(distance, a, vf_fma(half, t, vf_neg(a)));
    return (normal_parts){x, t, e, normal_tail(t)};
}

/*
 * x Phi(x): with p = exp(-x^2 / 2) g(|x|) = Phi(-|x|), x p on the left and x (1 - p) on the right.
 * On the left the product is scaled and not p, which may be subnormal.
 */
BOUND(gelu, 6.49, .at = {.x = -0x1.563514p+0F});
VF_WORD vf gelu_of(enum distance distance, vf x, normal_parts of) {
    const vf one = vf_set1(1.0F);
    vf p = vf_fma(of.e.high, of.g, vf_mul(of.e.low, of.g));
    vf left = scaled(distance, vf_mul(of.x, p), of.e.n);
    p = scaled_beside_one(distance, p, of.e.n);
    vf c = vf_sub(one, p);
    vf c_low = vf_sub(vf_sub(one, c), p);
    vf right = vf_fma(x, c, vf_mul(of.x, c_low));
    vf middle = vf_mul(of.x, vf_fma(of.x, normal_middle(vf_mul(of.t, of.t)), vf_set1(0.5F)));
    return vf_select(vf_lt(of.t, one), middle, vf_select(vf_signbit(x), left, right));
}
VF_WORD vf gelu_by(enum distance distance, vf x) {
    return gelu_of(distance, x, normal_in_parts(distance, x));
}
VF_WORD vf vf_gelu(vf x) { return BY_DISTANCE(NORMAL_NEAR, x, gelu_by, x); }

/*
 * Phi(x) + x phi(x), where phi(x) = exp(-x^2 / 2) / sqrt(2 pi): p = exp(-x^2 / 2) (g - |x| / sqrt(2
 * pi)) on the left, 1 - p on the right.
 */
BOUND(gelu_grad, 12.48, .at = {.x = -0x1.ec402cp-1F, .by = 0x1.3fffcap+0F}, .floor = 0.1);
VF_WORD vf gelu_slope_of(enum distance distance, vf x, normal_parts of) {
    const vf one = vf_set1(1.0F), density = vf_set1(0.398942280401432677939946F);
    vf h = vf_nfma(of.t, density, of.g);
    vf p = scaled(distance, vf_fma(of.e.high, h, vf_mul(of.e.low, h)), of.e.n);
    vf slope = vf_select(vf_signbit(x), p, vf_sub(one, p));
    vf middle = vf_fma(scaled_beside_one(distance, of.e.high, of.e.n), density,
                       normal_middle(vf_mul(of.t, of.t)));
    middle = vf_fma(of.x, middle, vf_set1(0.5F));
    return vf_select(vf_lt(of.t, one), middle, slope);
}
VF_WORD vf gelu_slope(enum distance distance, vf x) {
    return gelu_slope_of(distance, x, normal_in_parts(distance, x));
}
VF_WORD vf vf_gelu_grad(vf dy, vf x) {
    return vf_mul(dy, BY_DISTANCE(NORMAL_NEAR, x, gelu_slope, x));
}

/*
 * tanh(log1p(exp(x))) by e = exp(-|x|): n / (n + 2) with n = e (e + 2) on the left, and on the
 * right (1 + 2 e) / (1 + 2 e + 2 e^2).  Both denominators are k + f (k + e), with k = 2 and f = e,
 * or k = 1 and f = 2 e; the numerators are f (k + e) and k + f.
 */
VF_WORD vf mish_of(enum distance distance, vf x) {
    const vf one = vf_set1(1.0F);
    const vm negative = vf_signbit(x);
    vf bounded = far_within(distance, 120.0F, x);
    scaled_two parts = exp_in_two(distance, vf_neg(vf_abs(bounded)));
    vf e = scaled_beside_one(distance, parts.high, parts.n);
    vf e_low = scaled_beside_one(distance, parts.low, parts.n);

    vf k = vf_select(negative, vf_set1(2.0F), one);
    vf twice = vf_sub(vf_set1(3.0F), k);
    vf f = vf_mul(twice, e), f_low = vf_mul(twice, e_low);
    vf sum = vf_add(k, e);
    vf sum_low = vf_add(vf_sub(e, vf_sub(sum, k)), e_low);
    vf d = vf_fma(f, sum, k);
    vf d_low = vf_fma(f, sum, vf_sub(k, d));
    d_low = vf_fma(f, sum_low, vf_fma(f_low, sum, d_low));

    vf left = vf_mul(parts.high, sum);
    vf left_low = vf_fma(parts.high, sum, vf_neg(left));
    left_low = vf_fma(parts.high, sum_low, vf_fma(parts.low, sum, left_low));
    vf right = vf_add(one, f);
    vf right_low = vf_add(vf_sub(f, vf_sub(right, one)), f_low);
    vf n = vf_select(negative, left, right);
    vf n_low = vf_select(negative, left_low, right_low);

    vf r = vf_div(one, d);
    vf q = vf_mul(n, r);
    vf residual = vf_add(vf_nfma(q, d_low, vf_nfma(q, d, n)), n_low);
    vf q_low = vf_mul(residual, r);
    vf y = vf_fma(vf_select(negative, bounded, x), q, vf_mul(bounded, q_low));
    /* The low part's sign would make mish(-0) a +0. */
    y = vf_select(negative, vf_neg(vf_abs(y)), y);
    if (distance == NEAR)
        return y;
    return vf_select(negative, vf_scale2n(vf_select(negative, y, one), parts.n), y);
}
BOUND(mish, 1.08, .at = {.x = -0x1.4b0c78p+2F});
VF_WORD vf vf_mish(vf x) { return BY_DISTANCE(PARTS_NEAR, x, mish_of, x); }

/*
 * With the same e, k, f and d = k + f (k + e): e ((2 + e) d + 4 x (1 + e)) / d^2 on the left,
 * ((1 + 2 e) d + 4 x e^2 (1 + e)) / d^2 on the right.
 */
BOUND(mish_grad, 11.53, .at = {.x = -0x1.bb5458p+0F, .by = 0x1.3ff96cp+0F}, .floor = 0.1);
VF_WORD vf mish_slope(enum distance distance, vf x) {
    const vf one = vf_set1(1.0F), two_ = vf_set1(2.0F), zero = vf_set1(0.0F);
    const vm negative = vf_signbit(x);
    vf bounded = far_within(distance, 120.0F, x);
    scaled_two parts = exp_in_two(distance, vf_neg(vf_abs(bounded)));
    vf e = scaled_beside_one(distance, parts.high, parts.n);
    vf k = vf_select(negative, two_, one);
    vf f = vf_select(negative, e, vf_mul(two_, e));
    vf sum = vf_add(k, e);
    vf d = vf_fma(f, sum, k);
    vf r = vf_div(one, d);
    vf square = vf_select(negative, one, vf_mul(e, e));
    vf last = vf_mul(vf_mul(vf_set1(4.0F), bounded), vf_mul(square, vf_add(one, e)));
    vf y = vf_fma(vf_select(negative, sum, vf_add(one, f)), d, last);
    y = vf_fma(y, vf_select(negative, parts.high, one),
               vf_mul(y, vf_select(negative, parts.low, zero)));
    return scaled(distance, vf_mul(vf_mul(y, r), r), vf_select(negative, parts.n, zero));
}
VF_WORD vf vf_mish_grad(vf dy, vf x) {
    return vf_mul(dy, BY_DISTANCE(PARTS_NEAR, x, mish_slope, x));
}

/* The products of two rounded factors. */
BOUND(geglu, 8.16, .at = {.x = -0x1.39c484p+0F, .by = 0x1.d9fde6p+0F});
VF_WORD vf vf_geglu(vf gate, vf up) { return vf_mul(vf_gelu(gate), up); }
BOUND(swiglu, 2.44, .at = {.x = -0x1.2bf32cp-2F, .by = 0x1.ff56e6p+0F});
VF_WORD vf vf_swiglu(vf gate, vf up) { return vf_mul(vf_silu(gate, 1.0F), up); }

#endif
