/* exp, and the units that are exponential for x < 0: ELU, SELU, CELU. */
#ifndef ACT_KERNELS_EXPONENTIALS_H
#define ACT_KERNELS_EXPONENTIALS_H

#include "kernels/bound.h"
#include "kernels/parameters.h"

BOUND(exp, 0.99, .at = {.x = 0x1.da3336p+5F});

/* y = exp(x) is the derivative. */
BOUND(exp_grad, 0.5, .at = {.x = 1.5F, .by = 0x1.000002p+0F});
VF_WORD vf vf_exp_grad(vf dy, vf y) { return vf_mul(dy, y); }

FAST_BOUND(exp_fast, 1.99, 0x1p-125, .at = {.x = 0x1.4fabf4p+2F});
VF_WORD vf vf_exp_fast(vf x) { return vf_exp_fast_bounded(vf_at_most(off_zero(x), 89.0F)); }

/*
 * factor (high + low).  A factor of 0 or infinity multiplies the high part only: the low part may
 * have the opposite sign, which would give a zero of the wrong sign, or NaN.
 */
VF_WORD vf times_sum(float factor, pair sum) {
    const vf f = vf_set1(factor);
    if (!ALWAYS_ONE(factor) && !(fabsf(factor) > 0 && fabsf(factor) <= FLT_MAX))
        return vf_mul(f, sum.high);
    return vf_fma(f, sum.high, vf_mul(f, sum.low));
}

/*
 * `left` for x < 0, else `right`.  The comparison sends -0 to the right, where it is returned
 * unchanged; the arithmetic of the left would make it +0.
 */
VF_WORD vf left_of_zero(vf x, vf left, vf right) {
    return vf_select(vf_lt(x, vf_set1(0.0F)), left, right);
}

BOUND(elu, 0.89, .at = {.x = -0x1.68161ap-2F}, .others = 1.67,
      .others_at = {.x = -0x1.29d3f2p-2F, .p = -0x1.ed152p-3F});
VF_WORD vf vf_elu(vf x, float alpha) {
    /* Above -TINY expm1(x) is x. */
    const vf from = vf_set1(ALWAYS_ONE(alpha) ? -VF_TINY : 0.0F);
    vf left = times_sum(alpha, expm1_nonpositive(vf_min(from, x)));
    return vf_select(vf_lt(x, from), left, x);
}

/* The derivative at 0 is the left one, as in PyTorch; a NaN takes that side too. */
VF_WORD vf left_slope(vf x, vf left, vf right) {
    return vf_select(vf_lt(vf_set1(0.0F), x), right, left);
}
/*
 * alpha exp(x), for x <= 0.  With the largest alpha it is above 0 down to -195, where exp(x)
 * underflows.
 */
VF_WORD vf times_exp(float alpha, vf x) {
    if (alpha == 1.0F)
        return vf_exp_nonpositive(x);
    exp_reduced e = exp_reduce(vf_at_least(x, -195.0F));
    return times_scaled(vf_set1(lifted(alpha)), exp_whole(e), vf_sub(e.n, vf_set1(lift_of(alpha))));
}
BOUND(elu_grad, 2.32, .at = {.x = -0x1.dfa252p+5F, .by = 0x1.68f6cp+0F}, .others = 3.03,
      .others_at = {.x = -0x1.9aa6cp+1F, .by = 0x1.f2b99p+0F, .p = 0x1.964accp-6F});
VF_WORD vf vf_elu_grad(vf dy, vf x, float alpha) {
    vf slope = left_slope(x, times_exp(alpha, nonpositive_off_tiny(x)), vf_set1(1.0F));
    const int far = AVOIDS_SUBNORMALS && vf_any_below(x, -NO_UNDERFLOW_TO);
    return times_slope(far, dy, ALWAYS_ONE(alpha) ? slope : vf_kept(slope));
}

FAST_BOUND(elu_fast, 2.6, 0x1p-126, .at = {.x = -0x1.00bed6p-7F}, .others = 4.28,
           .others_at = {.x = -0x1.0dd852p-4F, .p = 0x1.f5db96p-3F});
VF_WORD vf vf_elu_fast(vf x, float alpha) {
    /* For such x expm1(x) is x, and the polynomial's square could be subnormal. */
    const vm small = vf_lt(vf_set1(-0x1p-60F), x);
    vf m = expm1_fast(vf_unless(small, vf_max(vf_set1(-40.0F), x)));
    if (ALWAYS_ONE(alpha))
        return vf_select(small, x, m);
    m = vf_mul(vf_set1(alpha), vf_select(small, nonpositive(x), m));
    return vf_select(vf_lt(x, vf_set1(0.0F)), m, x);
}

/*
 * The constants are the floats that ONNX's standard states; the product of both is not a float, and
 * its low part contributes 0.3 ULP.
 */
#define SELU_ALPHA 1.67326319217681884765625F
#define SELU_GAMMA 1.05070102214813232421875F
#define SELU_END   110.0F /* at -110 the slope, 1.76 exp(x), rounds to 0 */
/* gamma alpha, split beforehand: in another rounding mode high would be another float. */
VF_WORD pair selu_left(void) { return (pair){vf_set1(0x1.c212ccp+0F), vf_set1(0x1.eea63p-26F)}; }
/*
 * One product for both sides, of selected factors.  With two products a compiler may compute the
 * right one for all x, which overflows on the far left.  A low part of -0 keeps selu(-0) = -0.
 */
VF_WORD vf selu_of(vf x, pair factor, float gamma) {
    const vm left = vf_lt(x, vf_set1(0.0F));
    const unusual_lanes lanes = tiny_lanes_of(x);
    vf usual = without_tiny(lanes, x);
    pair m = expm1_nonpositive(nonpositive(usual));
    vf low = vf_fma(factor.high, m.low, vf_mul(factor.low, m.high));
    vf high = vf_select(left, factor.high, vf_set1(gamma));
    vf y = vf_fma(high, vf_select(left, m.high, usual), vf_select(left, low, vf_set1(-0.0F)));
    return tiny_multiple(lanes, x, high, vf_select(left, factor.low, vf_set1(0.0F)), y);
}
BOUND(selu, 1.57, .at = {.x = -0x1.49d2b2p-2F});
VF_WORD vf vf_selu(vf x) { return selu_of(x, selu_left(), SELU_GAMMA); }
BOUND(selu_grad, 2.3, .at = {.x = -0x1.0482dap+4F, .by = 0x1.98f96cp+0F});
VF_WORD vf selu_slope(enum underflow underflow, vf x, pair factor) {
    scaled_pair e = exp_pair(underflow, far_within(underflow, SELU_END, x));
    return scaled(underflow, mul_pair(factor, (pair){e.high, e.low}), e.n);
}
VF_WORD vf selu_grad_of(vf dy, vf x, pair factor, float gamma) {
    const vf bounded = nonpositive_off_tiny(x);
    const unusual_lanes lanes = unusual_lanes_of(bounded, NO_UNDERFLOW_TO);
    vf left = BY_RANGE(lanes, NO_UNDERFLOW, selu_slope, bounded, factor);
    return times_slope(lanes.far, dy, vf_kept(left_slope(x, left, vf_set1(gamma))));
}
VF_WORD vf vf_selu_grad(vf dy, vf x) { return selu_grad_of(dy, x, selu_left(), SELU_GAMMA); }

/*
 * SELU with the parameters of the model.  The product of both is exact in double, and a pair of
 * floats but for a power of two, which is apart where the parameters are not near 1.
 */
VF_OF_PARAMETERS float product_high(float a, float b) {
    int n;
    return (float)(2.0 * frexp((double)a * (double)b, &n));
}
VF_OF_PARAMETERS float product_low(float a, float b) {
    int n;
    return low_part(2.0 * frexp((double)a * (double)b, &n));
}
VF_OF_PARAMETERS float product_exponent(float a, float b) {
    int n;
    (void)frexp((double)a * (double)b, &n);
    return (float)(n - 1);
}
VF_WORD pair product_of(float a, float b) {
    return (pair){vf_set1(product_high(a, b)), vf_set1(product_low(a, b))};
}
VF_INLINE int selu_is_usual(float alpha, float gamma) {
    return alpha > 0 && gamma > 0 && near_one(alpha, USUAL_WITHIN) && near_one(gamma, USUAL_WITHIN);
}
/*
 * The same where no power of two is apart: the two parts of the product itself.  They are wanted
 * before it is known whether the parameters are near 1, so that the calls leave the loop; without
 * the limit a product that is no float would raise FE_OVERFLOW.
 */
VF_INLINE double limited_product(float a, float b) {
    return fmin(fmax((double)a * (double)b, 0.0), 0x1p100);
}
VF_OF_PARAMETERS float near_product_high(float a, float b) { return (float)limited_product(a, b); }
VF_OF_PARAMETERS float near_product_low(float a, float b) {
    return low_part(limited_product(a, b));
}
VF_WORD pair near_product(float a, float b) {
    return (pair){vf_set1(near_product_high(a, b)), vf_set1(near_product_low(a, b))};
}

/* a b m, but for the power of two of a b; a factor of 0 multiplies the high part only. */
VF_WORD vf times_product(float a, float b, pair m) {
    const pair product = product_of(a, b);
    return a == 0 || b == 0 ? vf_mul(product.high, m.high)
                            : vf_fma(product.high, m.high,
                                     vf_fma(product.high, m.low, vf_mul(product.low, m.high)));
}

/* Near 0 expm1(x) is x, which may be subnormal where the product is not: it is lifted. */
VF_WORD vf scaled_elu_wide(vf x, float alpha, float gamma) {
    const vf up = vf_set1(0x1p64F), zero = vf_set1(0.0F), one = vf_set1(1.0F);
    const vm left = vf_lt(x, zero);
    vf bounded = nonpositive(x);
    const vm small = vf_lt(vf_set1(-0x1p-30F), bounded);
    pair m = expm1_nonpositive(bounded);
    m.high = vf_kept(
        vf_select(small, vf_mul(vf_unless(vf_lt(bounded, vf_set1(-1.0F)), bounded), up), m.high));
    m.low = vf_unless(small, m.low);
    vf y = times_product(alpha, gamma, m);
    vf n = vf_sub(vf_set1(product_exponent(alpha, gamma)), vf_select(small, vf_set1(64.0F), zero));
    y = scaled_by_thirds(vf_kept(vf_select(left, y, one)), vf_kept(vf_select(left, n, zero)));
    return vf_select(left, y, vf_mul(vf_set1(gamma), vf_kept(vf_select(left, one, x))));
}
BOUND(scaled_elu, 1.57, .at = {.x = -0x1.49d2b2p-2F}, .others = 1.65,
      .others_at = {.x = -0x1.2c70bep-2F, .p = -0x1.3fedcep+6F, .q = -0x1.8cf66p+4F});
VF_WORD vf vf_scaled_elu(vf x, float alpha, float gamma) {
    const pair near = near_product(alpha, gamma);
    return selu_is_usual(alpha, gamma) ? selu_of(x, near, gamma) : scaled_elu_wide(x, alpha, gamma);
}

/*
 * The slope on the left by the square of exp(x / 2): a large product wants exp(x) down to -281.  It
 * may be no float where dy times it is one, so powers of two above 2^100 are apart.
 */
typedef struct {
    vf slope, n;
} scaled_slope;
VF_WORD scaled_slope scaled_elu_slope_wide(vf x, float alpha, float gamma) {
    vf half = vf_mul(vf_set1(0.5F), vf_at_least(nonpositive(x), -290.0F));
    scaled_pair e = exp_of_pair(ANY_UNDERFLOW, half, vf_set1(0.0F));
    pair square = two_product(e.high, e.high);
    square.low = vf_fma(vf_add(e.high, e.high), e.low, square.low);
    vf n = vf_add(vf_add(e.n, e.n), vf_set1(product_exponent(alpha, gamma)));
    vf within = vf_at_most(vf_at_least(n, -378.0F), 100.0F);
    return (scaled_slope){scaled_by_thirds(times_product(alpha, gamma, square), within),
                          vf_max(vf_set1(0.0F), vf_sub(n, within))};
}
BOUND(scaled_elu_grad, 2.3, .at = {.x = -0x1.0482dap+4F, .by = 0x1.98f96cp+0F}, .others = 2.7,
      .others_at = {
          .x = -0x1.b60b72p+5F, .by = 0x1.e4fe54p+0F, .p = 0x1.2477acp+1F, .q = 0x1.d79c5ep+6F});
VF_WORD vf vf_scaled_elu_grad(vf dy, vf x, float alpha, float gamma) {
    const pair near = near_product(alpha, gamma);
    if (selu_is_usual(alpha, gamma))
        return selu_grad_of(dy, x, near, gamma);
    const scaled_slope left = scaled_elu_slope_wide(x, alpha, gamma);
    vf y = vf_mul(dy, vf_kept(left_slope(x, left.slope, vf_set1(gamma))));
    vf n = left_slope(x, left.n, vf_set1(0.0F)), half = vf_rint(vf_mul(vf_set1(0.5F), n));
    return vf_scale2n_near(vf_scale2n_near(y, half), vf_sub(n, half));
}

/*
 * x / alpha as a pair, for x <= 0: the low part is the residual divided by alpha.  x is clamped at
 * -110 alpha, beyond which expm1 is -1 and exp is 0, so that the residual is a float.  A small
 * alpha is scaled up together with x, so that the residual does not underflow.  With alpha < 0 the
 * quotient is positive, and at 195 the result is infinite even if alpha, or dy, is the smallest
 * float.
 *
 * Where the quotient may be subnormal, alpha expm1(x / alpha) is x.
 */
VF_OF_PARAMETERS float celu_end(float alpha) {
    const double size = (double)alpha;
    return (float)-fmin(size > 0 ? 110.0 * size : -195.0 * size, (double)FLT_MAX);
}
VF_WORD pair over_alpha(vf x, float alpha) {
    const float scale = lift_of(alpha) > 0 ? 0x1p64F : 1.0F;
    vf a = vf_set1(lifted(alpha));
    x = vf_mul(vf_max(vf_set1(celu_end(alpha)), nonpositive(x)), vf_set1(scale));
    vf z = vf_div(x, a);
    return (pair){z, vf_div(vf_nfma(z, a, x), a)};
}

/* y, but `there` at x = -inf: for the largest alpha celu_end() is -FLT_MAX and clamps it away. */
VF_WORD vf at_left_end(vf x, float alpha, vf there, vf y) {
    const float largest = FLT_MAX / 195.0F;
    return alpha > largest || alpha < -largest ? vf_select(vf_lt(x, vf_set1(-FLT_MAX)), there, y)
                                               : y;
}

/*
 * alpha expm1(z) for z >= 0, alpha < 0.  Up to 40 it is expm1 as a pair.  Beyond, it is alpha
 * exp(z), which for a small alpha is finite where exp(z) is not.  For a large alpha the limit is
 * lower: the products with both parts would be infinite before 40, and may have opposite signs.
 */
VF_OF_PARAMETERS float celu_far(float alpha) {
    return fminf(40.0F, 0.7F * (129.0F - exponent_of(alpha)));
}
VF_WORD vf celu_rising(pair z, float alpha) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F);
    const vf limit = vf_set1(celu_far(alpha));
    const vm far = vf_lt(limit, z.high);
    pair m = expm1_bounded(vf_min(limit, z.high));
    m.low = vf_add(m.low, vf_fma(z.low, m.high, z.low));
    scaled_pair parts = exp_of_pair(ANY_UNDERFLOW, z.high, z.low);
    vf n = vf_sub(vf_kept(vf_select(far, parts.n, zero)), vf_set1(lift_of(alpha)));
    pair e = {vf_kept(vf_select(far, parts.high, one)), vf_kept(vf_select(far, parts.low, zero))};
    vf product = times_scaled_pair(vf_set1(lifted(alpha)), e, n);
    m.high = vf_kept(vf_select(far, zero, m.high));
    m.low = vf_kept(vf_select(far, zero, m.low));
    return vf_select(far, product, times_sum(alpha, m));
}

BOUND(celu, 0.89, .at = {.x = -0x1.68161ap-2F}, .others = 2.14,
      .others_at = {.x = -0x1.abf9ap-3F, .p = -0x1.333522p-1F});
VF_WORD vf vf_celu(vf x, float alpha) {
    if (ALWAYS_ONE(alpha))
        return vf_elu(x, 1.0F);
    pair z = over_alpha(x, alpha);
    vf left;
    if (alpha > 0) {
        pair m = expm1_nonpositive(z.high);
        m.low = vf_add(m.low, vf_fma(z.low, m.high, z.low));
        left = times_sum(alpha, m);
    } else
        left = celu_rising(z, alpha);
    left = vf_select(vf_lt(vf_abs(z.high), vf_set1(0x1p-30F)), x, left);
    left = at_left_end(x, alpha, vf_set1(alpha > 0 ? -alpha : -INFINITY), left);
    return left_of_zero(x, left, x);
}

BOUND(celu_grad, 2.32, .at = {.x = -0x1.dfa252p+5F, .by = 0x1.68f6cp+0F});
VF_WORD vf vf_celu_grad(vf dy, vf x, float alpha) {
    const vf one = vf_set1(1.0F);
    if (ALWAYS_ONE(alpha))
        return vf_elu_grad(dy, x, 1.0F);
    pair z = over_alpha(x, alpha);
    if (alpha > 0) {
        scaled_pair e = exp_of_pair(ANY_UNDERFLOW, z.high, z.low);
        vf left = vf_scale2n(vf_add(e.high, e.low), e.n);
        left = at_left_end(x, alpha, vf_set1(0.0F), left);
        return vf_mul(dy, left_slope(x, left, one));
    }
    scaled_pair e = exp_of_pair(ANY_UNDERFLOW, z.high, z.low);
    vf left = times_scaled(dy, vf_add(e.high, e.low), e.n);
    const vm end = vf_lt(x, vf_set1(-FLT_MAX));
    left = vf_mul(left, vf_kept(vf_select(end, vf_set1(INFINITY), one)));
    return left_slope(x, left, dy);
}

/*
 * The gradients from the output y, for layers that work in place: f'(x) is y + alpha, y + gamma
 * alpha and (y + alpha) / alpha on the left.  y below the end of its range counts as that end, so
 * that nothing overflows.
 */
BOUND(elu_grad_y, 1.5, .at = {.x = -0x1.ffe982p-2F, .by = 0x1.ffe94p+0F});
VF_WORD vf vf_elu_grad_y(vf dy, vf y, float alpha) {
    vf left = vf_add(vf_max(vf_set1(-alpha), nonpositive(y)), vf_set1(alpha));
    return vf_mul(dy, vf_kept(left_slope(y, left, vf_set1(1.0F))));
}
BOUND(selu_grad_y, 1.47, .at = {.x = -0x1.42076ep+0F, .by = 0x1.ffc7bp+0F});
VF_WORD vf vf_selu_grad_y(vf dy, vf y) {
    const pair alpha = selu_left();
    vf left = add_pair(vf_max(vf_neg(alpha.high), nonpositive(y)), alpha);
    return vf_mul(dy, vf_kept(left_slope(y, left, vf_set1(SELU_GAMMA))));
}
BOUND(celu_grad_y, 1.5, .at = {.x = -0x1.ffe982p-2F, .by = 0x1.ffe94p+0F}, .others = 2.86,
      .others_at = {.x = -0x1.a504e6p-1F, .by = 0x1.d1c95cp+0F, .p = 0x1.d3644ep+0F});
VF_WORD vf vf_celu_grad_y(vf dy, vf y, float alpha) {
    const vf a = vf_set1(alpha);
    vf left = vf_add(vf_max(vf_neg(a), nonpositive(y)), a);
    left = ALWAYS_ONE(alpha) ? left : vf_div(left, a);
    return vf_mul(dy, vf_kept(left_slope(y, left, vf_set1(1.0F))));
}

#endif
