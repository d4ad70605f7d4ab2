/* GELU, exact and approximated by tanh and by the sigmoid.  And GEGLU, whose gate it is. */
#ifndef ACT_KERNELS_GELU_H
#define ACT_KERNELS_GELU_H

#include "kernels/bound.h"
#include "kernels/loops.h"
#include "kernels/parameters.h"
#include "kernels/silu.h"

/* 1.702 is not a float; at x = -60 its low part contributes 20 ULP. */
#define QUICK          1.702
#define GELU_QUICK_END 70.0F /* there x exp(-1.702 |x|) rounds to 0 */
VF_WORD pair gelu_quick_argument(vf bounded) {
    const float low = (float)(QUICK - (double)(float)QUICK);
    pair z = beta_product(bounded, (float)QUICK);
    z.low = vf_fma(bounded, vf_set1(low), z.low);
    return z;
}
VF_WORD vf gelu_quick_of(enum underflow underflow, vf x) {
    vf bounded = far_within(underflow, GELU_QUICK_END, x);
    pair z = gelu_quick_argument(bounded);
    return times_sigmoid(underflow, x, bounded, z.high, exp_of_minus_size(underflow, z));
}
BOUND(gelu_quick, 1.14, .at = {.x = -0x1.651732p+0F});
VF_WORD vf vf_gelu_quick(vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, NO_UNDERFLOW_TO / (float)QUICK);
    return tiny_half(lanes, x,
                     BY_RANGE(lanes, NO_UNDERFLOW, gelu_quick_of, without_tiny(lanes, x)));
}
BOUND(gelu_quick_grad, 8.88, .at = {.x = -0x1.361a4ep+0F, .by = 0x1.3ff874p+0F}, .floor = 0.1);
VF_WORD vf gelu_quick_slope(enum underflow underflow, vf x) {
    pair z = gelu_quick_argument(far_within(underflow, GELU_QUICK_END, x));
    return times_sigmoid_slope(underflow, z, z.high);
}
VF_WORD vf vf_gelu_quick_grad(vf dy, vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, NO_UNDERFLOW_TO / (float)QUICK);
    return times_slope(any_unusual(lanes), dy,
                       BY_RANGE(lanes, NO_UNDERFLOW, gelu_quick_slope, without_tiny(lanes, x)));
}

/* As silu_fast: exp(1.702 * 60) is inf.  From 30 on 1 + exp(-z) is 1. */
FAST_BOUND(gelu_quick_fast, 83.7, 0x1p-116, .at = {.x = -0x1.7f1608p+5F});
VF_WORD vf vf_gelu_quick_fast(vf x) {
    vf low = vf_max(vf_set1(-60.0F), vf_flushed(x));
    vf z = vf_mul(vf_set1(1.702F), vf_min(vf_set1(30.0F), low));
    return vf_div(low, vf_exp_fast_plus(vf_set1(1.0F), z));
}

/*
 * z = 2 sqrt(2/pi) (x + 0.044715 x^3) = x (c0 + c1 x^2).  |x| is at most 11.5, where |z| is 126.6
 * and x exp(-|z|) is 0.  The absolute error of z is the relative error of exp(z), so z must be
 * accurate to 2^-28, and every product and sum carries its low part.  c0 >= |c1 x^2| does not
 * always hold, so the sum is a two_sum.
 */
#define GELU_TANH_C0     1.5957691216057307117598
#define GELU_TANH_C1     0.0713548162726002527724
#define GELU_TANH_LIMIT  11.5F
#define GELU_TANH_NORMAL 9.8F /* where |z| is 82.8, and x exp(-|z|) a normal number */
VF_WORD pair gelu_tanh_argument(vf x) {
    const pair c0 = pair_set1(GELU_TANH_C0), c1 = pair_set1(GELU_TANH_C1);
    pair square = two_product(x, x);
    pair cubic = two_product(c1.high, square.high);
    cubic.low = vf_fma(c1.low, square.high, vf_fma(c1.high, square.low, cubic.low));
    pair sum = two_sum(cubic.high, c0.high);
    sum.low = vf_add(sum.low, vf_add(cubic.low, c0.low));
    pair z = two_product(x, sum.high);
    return (pair){z.high, vf_fma(x, sum.low, z.low)};
}
VF_WORD vf gelu_tanh_of(enum underflow underflow, vf x) {
    vf bounded = far_within(underflow, GELU_TANH_LIMIT, x);
    pair z = gelu_tanh_argument(bounded);
    return times_sigmoid(underflow, x, bounded, z.high, exp_of_minus_size(underflow, z));
}
BOUND(gelu_tanh, 1.27, .at = {.x = -0x1.5b84a6p-2F});
VF_WORD vf vf_gelu_tanh(vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, GELU_TANH_NORMAL);
    return tiny_half(lanes, x,
                     BY_RANGE(lanes, PARTS_UNDERFLOW, gelu_tanh_of, without_tiny(lanes, x)));
}
BOUND(gelu_tanh_grad, 11.47, .at = {.x = -0x1.15f284p+0F, .by = 0x1.3c6eeap+0F}, .floor = 0.1);
VF_WORD vf gelu_tanh_slope(enum underflow underflow, vf x) {
    vf bounded = far_within(underflow, GELU_TANH_LIMIT, x);
    vf w = vf_fma(vf_mul(bounded, bounded), vf_set1((float)(3 * GELU_TANH_C1)),
                  vf_set1((float)GELU_TANH_C0));
    return times_sigmoid_slope(underflow, gelu_tanh_argument(bounded), vf_mul(bounded, w));
}
VF_WORD vf vf_gelu_tanh_grad(vf dy, vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, GELU_TANH_NORMAL);
    return times_slope(any_unusual(lanes), dy,
                       BY_RANGE(lanes, PARTS_UNDERFLOW, gelu_tanh_slope, without_tiny(lanes, x)));
}

/*
 * max(x, 0) - |x| / (1 + exp(2 u)), with u of |x|, as in gelu_fast.  The rounding of u matters most
 * in the tail.  For x >= -4.4 u is at most 10.  From t = 10.1 on exp(2 u) is inf, and t must be
 * finite there: it is clamped at 16.
 */
FAST_BOUND(gelu_tanh_fast, 34.3, 0x1p-28, .at = {.x = -0x1.5e6e92p+2F});
#ifndef VF_HAVE_GELU_TANH_FAST
VF_WORD vf vf_gelu_tanh_fast(vf x) {
    vf t = vf_min(vf_set1(16.0F), vf_abs(vf_flushed(x)));
    vf u = vf_fma(square_off_zero(t), vf_set1(-0x1.2444f2p-4F), vf_set1(-0x1.988454p+0F));
    vf tail = vf_div(t, vf_exp_fast_plus(vf_set1(1.0F), vf_mul(t, u)));
    return vf_sub(vf_max(vf_set1(-0.0F), x), tail);
}
#endif

/*
 * The normal distribution's tail without its exponential: g(t) = exp(t^2 / 2) Phi(-t) for 1 <= t <=
 * 14.6, as a polynomial in q = (t - K) / (t + K) divided by t + K.  g falls no faster than 1 / t,
 * so it cannot underflow, and serves both sides.  Error 4.4e-08.  Coefficients by
 * tools/activation_coefficients.py, for the K whose coefficients round best.
 */
#define GELU_NO_UNDERFLOW 9.2F  /* where t^2 / 2 is 42.3 */
#define TAIL_LIMIT        14.6F /* where t Phi(-t) is 2.1e-47 and rounds to 0 */
#define TAIL_CENTER       4.078125F
VF_WORD vf normal_tail(vf t) {
    vf r = vf_div(vf_set1(1.0F), vf_add(t, vf_set1(TAIL_CENTER)));
    vf q = vf_nfma(vf_set1(2.0F * TAIL_CENTER), r, vf_set1(1.0F));
    vf p = vf_polynomial(q, 0x1.c7360ep-10F, -0x1.770dcep-9F, -0x1.6502bcp-7F, 0x1.16829ep-4F,
                         -0x1.9404bcp-3F, 0x1.96b546p-2F, -0x1.3a208p-1F, 0x1.836ce2p-1F);
    return vf_mul(p, r);
}

/*
 * (Phi(x) - 1/2) / x for |x| <= 1, where the roundings of g would cost three ULP: a polynomial in
 * x^2, error 2.9e-09 relative to Phi(-1).
 */
VF_WORD vf normal_middle(vf square) {
    return vf_polynomial(square, -0x1.12166ap-17F, 0x1.e26a9ep-14F, -0x1.376eap-10F, 0x1.46d558p-7F,
                         -0x1.105862p-4F, 0x1.988454p-2F);
}

/*
 * The common part of GELU and its gradient: the clamped x, t = |x|, exp(-t^2 / 2) and g(t).  The
 * low part of the square is carried: at t = 13 it contributes 40 ULP.
 */
typedef struct {
    vf x, t;
    scaled_pair e;
    vf g;
} normal_parts;
VF_WORD normal_parts normal_in_parts(enum underflow underflow, vf x) {
    x = far_within(underflow, TAIL_LIMIT, x);
    vf t = vf_abs(x);
    pair a = two_product(vf_mul(vf_set1(-0.5F), t), t);
    scaled_pair e = exp_of_pair(underflow, a.high, a.low);
    return (normal_parts){x, t, e, normal_tail(t)};
}

/*
 * x Phi(x): with p = exp(-x^2 / 2) g(|x|) = Phi(-|x|), x p on the left and x (1 - p) on the right.
 * On the left the product is scaled rather than p, which may be subnormal.
 */
BOUND(gelu, 6.49, .at = {.x = -0x1.563514p+0F});
VF_WORD vf gelu_of(enum underflow underflow, vf x, normal_parts of) {
    const vf one = vf_set1(1.0F);
    vf p = vf_fma(of.e.high, of.g, vf_mul(of.e.low, of.g));
    vf left = scaled(underflow, vf_mul(of.x, p), of.e.n);
    p = scaled_beside_one(underflow, p, of.e.n);
    vf c = vf_sub(one, p);
    vf c_low = vf_sub(vf_sub(one, c), p);
    vf right = vf_fma(x, c, vf_mul(of.x, c_low));
    vf middle = vf_mul(of.x, vf_fma(of.x, normal_middle(vf_mul(of.t, of.t)), vf_set1(0.5F)));
    return vf_select(vf_lt(of.t, one), middle, vf_select(vf_signbit(x), left, right));
}
VF_WORD vf gelu_by(enum underflow underflow, vf x) {
    return gelu_of(underflow, x, normal_in_parts(underflow, x));
}
VF_WORD vf vf_gelu(vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, GELU_NO_UNDERFLOW);
    return tiny_half(lanes, x, BY_RANGE(lanes, NO_UNDERFLOW, gelu_by, without_tiny(lanes, x)));
}

/*
 * Phi(x) + x phi(x), where phi(x) = exp(-x^2 / 2) / sqrt(2 pi): p = exp(-x^2 / 2) (g - |x| / sqrt(2
 * pi)) on the left, 1 - p on the right.
 */
BOUND(gelu_grad, 12.48, .at = {.x = -0x1.ec402cp-1F, .by = 0x1.3fffcap+0F}, .floor = 0.1);
VF_WORD vf gelu_slope_of(enum underflow underflow, vf x, normal_parts of) {
    const vf one = vf_set1(1.0F), density = vf_set1(0.398942280401432677939946F);
    vf h = vf_nfma(of.t, density, of.g);
    vf p = scaled(underflow, vf_fma(of.e.high, h, vf_mul(of.e.low, h)), of.e.n);
    vf slope = vf_select(vf_signbit(x), p, vf_sub(one, p));
    vf middle = vf_fma(scaled_beside_one(underflow, of.e.high, of.e.n), density,
                       normal_middle(vf_mul(of.t, of.t)));
    middle = vf_fma(of.x, middle, vf_set1(0.5F));
    return vf_select(vf_lt(of.t, one), middle, slope);
}
VF_WORD vf gelu_slope(enum underflow underflow, vf x) {
    return gelu_slope_of(underflow, x, normal_in_parts(underflow, x));
}
VF_WORD vf vf_gelu_grad(vf dy, vf x) {
    const unusual_lanes lanes = unusual_lanes_of(x, GELU_NO_UNDERFLOW);
    return times_slope(any_unusual(lanes), dy,
                       BY_RANGE(lanes, NO_UNDERFLOW, gelu_slope, without_tiny(lanes, x)));
}

/*
 * max(x, 0) - |x| Phi(-|x|), which is x Phi(x) on both sides.  Phi(-t) is exp(-t^2 / 2) P(t) /
 * Q(t): the factor of the exponential falls no faster than 1 / t, and P / Q, with positive
 * coefficients, approximates it with a relative error of 1e-07 for t <= 6.5, 1.2e-06 at 7.6, and
 * 3e-05 at 13.
 *
 * t^2 + 2 n ln 2 is rounded only once: the product of n and the high part of 2 ln 2 is exact, and
 * fma takes the exact square, whose rounding alone would cost 45 ULP at t = 13.  From 13.1 on the
 * power, 2^(n - 3), is 0; before that the result is a normal number.
 */
typedef struct {
    vf t, e, p, q, power; /* Phi(-t) = power e p / q */
} normal_fast_parts;
VF_WORD normal_fast_parts normal_fast(vf x) {
    vf t = vf_min(vf_set1(13.11F), vf_abs(vf_flushed(x)));
    vf shifted = vf_nfma(square_off_zero(t), vf_set1(0x1.715476p-1F), vf_addend(VF_SHIFTER(124)));
    vf n = vf_sub(shifted, vf_set1(VF_SHIFTER(124)));
    vf r = vf_fma(t, t, vf_fma(n, vf_set1(0x1.62e4p+0F), vf_set1(0x1p-100F)));
    r = vf_fma(n, vf_set1(0x1.7f7d1cp-19F), r);
    vf e = vf_polynomial(r, -0x1.0f9932p-12F, 0x1.573accp-9F, -0x1.555a8ap-6F, 0x1.fffdc4p-4F,
                         -0x1.fffff6p-2F, 1.0F);
    vf p = vf_polynomial(t, 0x1.c65fd6p-4F, 0x1.b08088p-1F, 0x1.58d764p+1F, 4.0F);
    vf q = vf_polynomial(t, 0x1.1ce35ap-5F, 0x1.0e8196p-2F, 0x1.c53c16p-1F, 0x1.78ada8p+0F, 1.0F);
    return (normal_fast_parts){t, e, p, q, vf_exponent(shifted)};
}
FAST_BOUND(gelu_fast, 23.3, 0x1p-43, .at = {.x = -0x1.dba6b8p+2F});
#ifndef VF_HAVE_GELU_FAST
VF_WORD vf vf_gelu_fast(vf x) {
    normal_fast_parts of = normal_fast(x);
    vf tail = vf_div(vf_mul(vf_mul(of.t, of.p), of.e), of.q);
    return vf_nfma(tail, of.power, vf_max(vf_set1(-0.0F), x));
}
#endif

/* Phi(-t) - t phi(t) on the left, and 1 less that on the right; 8 is what power lacks. */
FAST_BOUND(gelu_fast_grad, 12.0, 0, .at = {.x = -0x1.1bd434p-1F, .by = 0x1.3ff0c2p+0F},
           .floor = 0.1);
VF_WORD vf vf_gelu_fast_grad(vf dy, vf x) {
    normal_fast_parts of = normal_fast(x);
    vf density = vf_mul(vf_set1(8 * 0.398942280401432677939946F), of.t);
    vf left = vf_mul(vf_mul(vf_sub(vf_div(of.p, of.q), density), of.e), of.power);
    vf right = vf_sub(vf_set1(1.0F), left);
    return vf_mul(dy, vf_select(vf_lt(x, vf_set1(0.0F)), left, right));
}

/* s + x s (1 - s) z', s = sigmoid(z), which is 0 from x = -9.9 down: z is -85 there. */
FAST_BOUND(gelu_tanh_fast_grad, 34.0, 0, .at = {.x = 0x1.3d90eap+2F, .by = 0x1.fc1f24p+0F},
           .floor = 0.1);
VF_WORD vf vf_gelu_tanh_fast_grad(vf dy, vf x) {
    x = within(9.9F, vf_flushed(x));
    vf square = square_off_zero(x);
    const vf c0 = vf_set1((float)GELU_TANH_C0);
    vf z = vf_mul(x, vf_fma(square, vf_set1((float)GELU_TANH_C1), c0));
    vf w = vf_mul(x, vf_fma(square, vf_set1((float)(3 * GELU_TANH_C1)), c0));
    return vf_mul(dy, times_sigmoid_slope_fast(z, w));
}

/* The products of two rounded factors.  Where gelu_fast may be 0 the product counts by the floor.
 */
FAST_BOUND(geglu_fast, 9.3, 0, .at = {.x = -0x1.3d9b0ep+1F, .by = 0x1.ebe414p+0F},
           .floor = 0x1p-22);
VF_WORD vf vf_geglu_fast(vf gate, vf up) { return vf_mul(vf_gelu_fast(gate), up); }
FAST_BOUND(geglu_fast_grad, 12.8, 0,
           .at = {.x = -0x1.1bd434p-1F, .by = 0x1.64a98p+0F, .p = 0x1.cb1d1p+0F}, .floor = 0.1);
VF_WORD gated_grad vf_geglu_fast_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_gelu_fast_grad(vf_mul(dy, up), gate), vf_geglu_fast(gate, dy)};
}
BOUND(geglu, 8.16, .at = {.x = -0x1.39c484p+0F, .by = 0x1.d9fde6p+0F});
VF_WORD vf vf_geglu(vf gate, vf up) { return vf_mul(vf_gelu(gate), up); }
BOUND(geglu_grad, 13.07, .at = {.x = -0x1.ec402cp-1F, .by = 0x1.a9478ep+0F, .p = 0x1.81363ap+0F},
      .floor = 0.1);
VF_WORD gated_grad geglu_grad_by(enum underflow underflow, unusual_lanes lanes, vf dy, vf gate,
                                 vf up) {
    const vf usual = without_tiny(lanes, gate);
    const normal_parts of = normal_in_parts(underflow, usual);
    vf slope = gelu_slope_of(underflow, usual, of);
    vf y = tiny_half(lanes, gate, gelu_of(underflow, usual, of));
    return (gated_grad){times_slope(any_unusual(lanes), vf_mul(dy, up), slope), vf_mul(y, dy)};
}
VF_WORD gated_grad vf_geglu_grad(vf dy, vf gate, vf up) {
    const unusual_lanes lanes = unusual_lanes_of(gate, GELU_NO_UNDERFLOW);
    return BY_RANGE(lanes, NO_UNDERFLOW, geglu_grad_by, lanes, dy, gate, up);
}

FAST_BOUND(geglu_tanh_fast, 37.1, 0, .at = {.x = -0x1.5cca6p+2F, .by = 0x1.b2908cp+0F},
           .floor = 0x1p-27);
VF_WORD vf vf_geglu_tanh_fast(vf gate, vf up) { return vf_mul(vf_gelu_tanh_fast(gate), up); }
FAST_BOUND(geglu_tanh_fast_grad, 33.7, 0,
           .at = {.x = 0x1.3d909p+2F, .by = 0x1.5b648cp+0F, .p = 0x1.769e66p+0F}, .floor = 0.1);
VF_WORD gated_grad vf_geglu_tanh_fast_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_gelu_tanh_fast_grad(vf_mul(dy, up), gate), vf_geglu_tanh_fast(gate, dy)};
}
/* Without kernels of their own (ACT_GATED_BY). */
BOUND(geglu_tanh, 2.68, .at = {.x = -0x1.618d9ap-2F, .by = 0x1.fbe724p+0F});
BOUND(geglu_tanh_grad, 12.09,
      .at = {.x = -0x1.15f284p+0F, .by = 0x1.64525cp+0F, .p = 0x1.c6af3p+0F}, .floor = 0.1);

FAST_BOUND(geglu_quick_fast, 83.4, 0, .at = {.x = -0x1.569f8cp+5F, .by = 0x1.ac29c8p+0F},
           .floor = 0x1p-100);
VF_WORD vf vf_geglu_quick_fast(vf gate, vf up) { return vf_mul(vf_gelu_quick_fast(gate), up); }
BOUND(geglu_quick, 2.55, .at = {.x = -0x1.6b05eap-2F, .by = 0x1.fe967ap+0F});
BOUND(geglu_quick_grad, 9.61,
      .at = {.x = -0x1.361a4ep+0F, .by = 0x1.d3f252p+0F, .p = 0x1.5dedccp+0F}, .floor = 0.1);

#endif
