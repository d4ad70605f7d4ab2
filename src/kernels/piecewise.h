/*
 * Piecewise functions: ReLU and its variants, steps, clips, shrinkages, the hard sigmoid, the
 * hard swish and softsign.
 */
#ifndef ACT_KERNELS_PIECEWISE_H
#define ACT_KERNELS_PIECEWISE_H

#include <float.h>
#include <math.h>

#include "kernels/bound.h"
#include "kernels/loops.h"
#include "kernels/parameters.h"

/* A derivative of 0 gives 0 for any dy, also an infinite one; but a NaN in dy or x propagates. */
VF_WORD vf dx_of(vf selected, vf dy, vf x) { return vf_nan_of(x, vf_nan_of(dy, selected)); }
VF_WORD vf above(vf x, float bound, vf y) {
    return vf_select(vf_lt(vf_set1(bound), x), y, vf_set1(0.0F));
}
VF_WORD vf below(vf x, float bound, vf y) {
    return vf_select(vf_lt(x, vf_set1(bound)), y, vf_set1(0.0F));
}
VF_WORD vf clamp(vf x, float lo, float hi) { return vf_min(vf_set1(hi), vf_max(vf_set1(lo), x)); }

/* 0 > x ? 0 : x is one instruction on x86, and right for -0 and NaN by vf_max's contract. */
EXACT(relu);
VF_WORD vf vf_relu(vf x) { return vf_max(vf_set1(0.0F), x); }
EXACT(relu_grad);
VF_WORD vf vf_relu_grad(vf dy, vf x) { return dx_of(above(x, 0.0F, dy), dy, x); }

/*
 * The product is rounded once; a product halfway between two floats reaches the bound.
 *
 * With 0 < slope <= 1 the result is the larger of slope x and x, by vf_max's contract also for
 * zeros and NaN: one operation less than a select.  This case is marked likely, so that a call
 * reaches its loop without a jump.  A slope of 0 would turn -inf into max(NaN, -inf), so it and the
 * unusual slopes take the formula itself: x times the slope or times 1, so that slope x cannot
 * overflow for x >= 0.
 */
VF_WORD vf slope_below_zero(vf x, vf slope) {
    return vf_kept(vf_select(vf_lt(x, vf_set1(0.0F)), slope, vf_set1(1.0F)));
}
BOUND(leaky_relu, 0.5, .at = {.x = -0x1.4p+127F});
VF_WORD vf vf_leaky_relu(vf x, float slope) {
    x = vf_kept(x);
    if (__builtin_expect(0.0F < slope && slope <= 1.0F, 1))
        return vf_max(vf_mul(vf_set1(slope), x), x);
    return vf_mul(x, slope_below_zero(x, vf_set1(slope)));
}

BOUND(leaky_relu_grad, 0.5, .at = {.x = -1.0F, .by = 0x1.4p+0F});
VF_WORD vf slope_up_to_zero(vf x, vf slope) {
    return vf_kept(vf_select(vf_lt(vf_set1(0.0F), x), vf_set1(1.0F), slope));
}
VF_WORD vf vf_leaky_relu_grad(vf dy, vf x, float slope) {
    return vf_nan_of(x, vf_mul(dy, slope_up_to_zero(x, vf_set1(slope))));
}

EXACT(step);
VF_WORD vf vf_step(vf x, float value) {
    const vf zero = vf_set1(0.0F);
    vf y = vf_select(vf_lt(zero, x), vf_set1(1.0F), vf_set1(value));
    return vf_nan_of(x, vf_select(vf_lt(x, zero), zero, y));
}

BOUND(linear, 0.5, .at = {.x = 0x1.000002p+0F, .p = 1.5F});
VF_WORD vf vf_linear(vf x, float a, float b) { return vf_fma(vf_set1(a), x, vf_set1(b)); }
BOUND(linear_grad, 0.5, .at = {.x = 0.0F, .by = 0x1.000002p+0F, .p = 1.5F});
VF_WORD vf vf_linear_grad(vf dy, vf x, float a, float b) {
    (void)b;
    return vf_nan_of(x, vf_mul(vf_set1(a), dy));
}

EXACT(clip);
VF_WORD vf vf_clip(vf x, float lo, float hi) { return clamp(x, lo, hi); }
/* The ends belong to the inside, as in PyTorch, whose hardtanh excludes them. */
EXACT(clip_grad);
VF_WORD vf vf_clip_grad(vf dy, vf x, float lo, float hi) {
    const vf zero = vf_set1(0.0F);
    vf inside = vf_select(vf_lt(vf_set1(hi), x), zero, dy);
    return dx_of(vf_select(vf_lt(x, vf_set1(lo)), zero, inside), dy, x);
}

EXACT(hardtanh);
VF_WORD vf vf_hardtanh(vf x, float lo, float hi) { return clamp(x, lo, hi); }
/* A bound that is NaN does not bound, though no x compares as above or below it. */
EXACT(hardtanh_grad);
VF_WORD vf vf_hardtanh_grad(vf dy, vf x, float lo, float hi) {
    vf dx = __builtin_expect(isnan(hi), 0) ? dy : below(x, hi, dy);
    dx = __builtin_expect(isnan(lo), 0) ? dx : above(x, lo, dx);
    return dx_of(dx, dy, x);
}

EXACT(relu6);
VF_WORD vf vf_relu6(vf x) { return clamp(x, 0.0F, 6.0F); }
EXACT(relu6_grad);
VF_WORD vf vf_relu6_grad(vf dy, vf x) { return vf_hardtanh_grad(dy, x, 0.0F, 6.0F); }

EXACT(threshold);
VF_WORD vf vf_threshold(vf x, float theta, float value) {
    return vf_nan_of(x, vf_select(vf_lt(vf_set1(theta), x), x, vf_set1(value)));
}
EXACT(threshold_grad);
VF_WORD vf vf_threshold_grad(vf dy, vf x, float theta, float value) {
    (void)value;
    return dx_of(above(x, theta, dy), dy, x);
}

EXACT(thresholded_relu);
VF_WORD vf vf_thresholded_relu(vf x, float alpha) { return vf_threshold(x, alpha, 0.0F); }
EXACT(thresholded_relu_grad);
VF_WORD vf vf_thresholded_relu_grad(vf dy, vf x, float alpha) {
    return dx_of(above(x, alpha, dy), dy, x);
}

EXACT(hardshrink);
VF_WORD vf vf_hardshrink(vf x, float lambda) { return vf_nan_of(x, above(vf_abs(x), lambda, x)); }
EXACT(hardshrink_grad);
VF_WORD vf vf_hardshrink_grad(vf dy, vf x, float lambda) {
    return dx_of(above(vf_abs(x), lambda, dy), dy, x);
}

/*
 * x minus x clamped to [-lambda, lambda], which cannot overflow.  Nothing is beyond a lambda that
 * is infinite or NaN.  With a negative lambda both conditions can hold, and x > lambda takes
 * precedence.
 */
BOUND(softshrink, 0.5, .at = {.x = -0x1.ff96fep+23F});
VF_WORD vf vf_softshrink(vf x, float lambda) {
    if (__builtin_expect(0.0F <= lambda && lambda <= FLT_MAX, 1))
        return vf_sub(x, clamp(x, -lambda, lambda));
    const vf zero = vf_set1(0.0F), shift = vf_set1(lambda);
    if (!(lambda < 0.0F))
        return vf_nan_of(x, zero);
    return vf_add(x, vf_kept(vf_select(vf_lt(shift, x), vf_neg(shift), shift)));
}
EXACT(softshrink_grad);
VF_WORD vf vf_softshrink_grad(vf dy, vf x, float lambda) {
    return vf_hardshrink_grad(dy, x, lambda);
}

/* Beyond 2^60 the result is 1 in size; without the clamp an infinity would be divided by itself. */
BOUND(softsign, 1.5, .at = {.x = 0x1.ff5be6p+7F});
VF_WORD vf vf_softsign(vf x) {
    const unusual_lanes lanes = tiny_lanes_of(x);
    vf usual = clamp(without_tiny(lanes, x), -0x1p60F, 0x1p60F);
    return tiny_itself(lanes, x, vf_div(usual, vf_add(vf_set1(1.0F), vf_abs(usual))));
}
/* Two divisions, as (1 + |x|)^2 would overflow where the result is not yet 0. */
BOUND(softsign_grad, 3.5, .at = {.x = 0x1.f0e5aap+4F, .by = 0x1.00e042p+0F});
VF_WORD vf vf_softsign_grad(vf dy, vf x) {
    vf d = vf_add(vf_set1(1.0F), vf_abs(x));
    return vf_div(vf_div(dy, d), d);
}

/*
 * alpha x + beta, or a number on the same side of 0 and 1 where the sum would overflow.  With the
 * usual parameters it cannot.  With others x is clamped where |alpha x| exceeds any beta.  For a
 * large beta a quarter of the sum is computed: the sum is a multiple of its terms' last places, so
 * that both are 0, or both are far beyond 1.
 */
#define LARGE_BETA 0x1p100F
VF_OF_PARAMETERS float hardsigmoid_end(float alpha, float beta) {
    const double a = fabs((double)alpha);
    const int large = fabsf(beta) > LARGE_BETA;
    return a > (large ? 2 : 0.5) && a <= (double)FLT_MAX && fabsf(beta) <= FLT_MAX
               ? (float)fmin((large ? 0x1p129 : 0x1p126) / a, (double)FLT_MAX)
               : INFINITY;
}
/* One sum for both cases: of two, gcc would use the one with the unclamped x for both. */
VF_WORD vf hardsigmoid_sum(vf x, float alpha, float beta) {
    float part = 1.0F;
    if (__builtin_expect(!(fabsf(alpha) <= 0.5F && fabsf(beta) <= LARGE_BETA), 0)) {
        const float end = hardsigmoid_end(alpha, beta);
        part = fabsf(beta) > LARGE_BETA && fabsf(alpha) <= FLT_MAX ? 0.25F : 1.0F;
        x = vf_mul(clamp(x, -end, end), vf_set1(part));
    }
    return vf_linear(x, alpha, beta * part);
}
BOUND(hardsigmoid, 0.5, .at = {.x = 0x1.7ffff8p-23F});
VF_WORD vf vf_hardsigmoid(vf x, float alpha, float beta) {
    return clamp(hardsigmoid_sum(x, alpha, beta), 0.0F, 1.0F);
}
/* Where the sum is outside (0, 1) alpha is multiplied by 1 instead of dy, to raise no flag. */
BOUND(hardsigmoid_grad, 0.5, .at = {.x = 0.0F, .by = 0x1.7ffffap+0F});
VF_WORD vf vf_hardsigmoid_grad(vf dy, vf x, float alpha, float beta) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F);
    vf t = hardsigmoid_sum(x, alpha, beta);
    const vm up = vf_lt(zero, t), down = vf_lt(t, one);
    vf factor = vf_kept(vf_select(up, vf_select(down, dy, one), one));
    vf inside = vf_mul(vf_set1(alpha), factor);
    return dx_of(vf_select(up, vf_select(down, inside, zero), zero), dy, x);
}

/* Near -3, where rounding would cost relative accuracy, x + 3 is exact (Sterbenz). */
BOUND(hardswish, 1.88, .at = {.x = 0x1.5f1a7cp+0F});
VF_WORD vf vf_hardswish(vf x) {
    const unusual_lanes lanes = tiny_lanes_of(x);
    vf usual = vf_max(vf_set1(-3.0F), without_tiny(lanes, x));
    vf s = vf_min(vf_set1(6.0F), vf_add(usual, vf_set1(3.0F)));
    return tiny_half(lanes, x, vf_mul(usual, vf_div(s, vf_set1(6.0F))));
}
/* The derivative is (2 x + 3) / 6 within (-3, 3), and 2 x + 3 is exact around its zero. */
BOUND(hardswish_grad, 2.5, .at = {.x = 0x1.4072a6p+1F, .by = 0x1.7faa16p+0F});
VF_WORD vf vf_hardswish_grad(vf dy, vf x) {
    vf s = vf_fma(vf_set1(2.0F), clamp(x, -3.0F, 3.0F), vf_set1(3.0F));
    vf slope = vf_select(vf_lt(x, vf_set1(3.0F)), vf_div(s, vf_set1(6.0F)), vf_set1(1.0F));
    return dx_of(above(x, -3.0F, vf_mul(dy, vf_kept(slope))), dy, x);
}

/* A product of equal factors, rounded once; x = -0 gives +0. */
BOUND(relu_squared, 0.5, .at = {.x = 0x1.06dp-63F});
VF_WORD vf vf_relu_squared(vf x) {
    vf r = vf_relu(x);
    return vf_mul(r, r);
}
/*
 * Both factors are selected, as no product may overflow for x <= 0.  The factor of 2 goes to x
 * where that is below 1, and else to the product, so that it neither overflows nor comes too late
 * for a subnormal product.
 */
BOUND(relu_squared_grad, 0.5, .at = {.x = 0x1.001e4p-127F, .by = 0x1.f4p+0F});
VF_WORD vf vf_relu_squared_grad(vf dy, vf x) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F), two = vf_set1(2.0F);
    const vm positive = vf_lt(zero, x), small = vf_lt(x, one);
    vf first = vf_kept(vf_select(small, two, one)), last = vf_kept(vf_select(small, one, two));
    vf factor = vf_mul(vf_kept(vf_select(positive, x, zero)), first);
    vf product = vf_mul(vf_kept(vf_select(positive, dy, zero)), factor);
    product = vf_mul(vf_kept(vf_select(positive, product, zero)), last);
    return dx_of(product, dy, x);
}

/* Near -1, where rounding would cost relative accuracy, x + 1 is exact (Sterbenz). */
BOUND(sparse_plus, 1.92, .at = {.x = 0x1.a7e964p-2F});
VF_WORD vf vf_sparse_plus(vf x) {
    const vf one = vf_set1(1.0F);
    vf half = vf_mul(vf_set1(0.5F), vf_add(clamp(x, -1.0F, 1.0F), one));
    return vf_select(vf_lt(one, x), x, vf_mul(half, half));
}
BOUND(sparse_plus_grad, 1.5, .at = {.x = -0x1.ff9b56p-2F, .by = 0x1.ff952ep+0F});
VF_WORD vf vf_sparse_plus_grad(vf dy, vf x) {
    const vf one = vf_set1(1.0F);
    vf slope = vf_mul(vf_set1(0.5F), vf_add(clamp(x, -1.0F, 1.0F), one));
    slope = vf_kept(vf_select(vf_lt(vf_set1(-1.0F), x), slope, one)); /* not 0 times an infinity */
    return dx_of(above(x, -1.0F, vf_mul(dy, slope)), dy, x);
}

BOUND(reglu, 0.5, .at = {.x = 1.5F, .by = 0x1.000002p+0F});
VF_WORD vf vf_reglu(vf gate, vf up) { return vf_mul(vf_relu(gate), up); }
BOUND(reglu_grad, 0.5, .at = {.x = 1.0F, .by = 0x1.000002p+0F, .p = 1.5F});
VF_WORD gated_grad vf_reglu_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_relu_grad(vf_mul(dy, up), gate), vf_reglu(gate, dy)};
}

/* In this order no product overflows where the result does not. */
BOUND(reglu_squared, 1.5, .at = {.x = 0x1.fc1212p+0F, .by = 0x1.03f8f2p+0F});
VF_WORD vf vf_reglu_squared(vf gate, vf up) {
    vf r = vf_relu(gate);
    return vf_mul(vf_mul(r, up), r);
}
BOUND(reglu_squared_grad, 1.5,
      .at = {.x = 0x1.fe44acp+0F, .by = 0x1.d57f8p+0F, .p = 0x1.17cd52p+0F});
VF_WORD gated_grad vf_reglu_squared_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_relu_squared_grad(vf_mul(dy, up), gate), vf_reglu_squared(gate, dy)};
}

#endif
