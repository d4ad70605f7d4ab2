/* exp, and the units that bend like it on their left: ELU, SELU, CELU. */
#ifndef ACT_KERNELS_EXPONENTIALS_H
#define ACT_KERNELS_EXPONENTIALS_H

#include "kernels/bound.h"
#include "kernels/parts.h"

BOUND(exp, 0.99, 0x1.da3336p+5F);

/* y = exp(x) is the derivative. */
BOUND(exp_grad, 0.5, 0x1.000002p+0F);
VF_WORD vf vf_exp_grad(vf dy, vf y) { return vf_mul(dy, y); }

/* factor (high + low); the products' order keeps an infinite factor's result from being NaN. */
VF_WORD vf times_sum(vf factor, two sum) {
    return vf_fma(factor, sum.high, vf_mul(factor, sum.low));
}

/*
 * alpha expm1(x) on the left.  The comparison sends -0 to the right, where it is returned as it is;
 * the arithmetic would make it +0.
 */
VF_WORD vf left_of_zero(vf x, vf left, vf right) {
    return vf_select(vf_lt(x, vf_set1(0.0F)), left, right);
}

BOUND_USUAL(elu, 0.9, 2.0, -0x1.68161ap-2F);
VF_WORD vf vf_elu(vf x, float alpha) {
    return left_of_zero(x, times_sum(vf_set1(alpha), expm1_nonpositive(nonpositive(x))), x);
}

/* The derivative at 0 is the left one, as in PyTorch; a NaN takes that side too. */
VF_WORD vf left_slope(vf x, vf left, vf right) {
    return vf_select(vf_lt(vf_set1(0.0F), x), right, left);
}
BOUND_USUAL(elu_grad, 0.99, 8.0, -0x1.b5734p+4F);
VF_WORD vf vf_elu_grad(vf dy, vf x, float alpha) {
    vf left = vf_mul(vf_set1(alpha), vf_exp_nonpositive(nonpositive(x)));
    return vf_mul(dy, left_slope(x, left, vf_set1(1.0F)));
}

/*
 * The constants are the floats that ONNX's standard states; the product of both is not a float, and
 * its second part is worth 0.3 ULP.
 */
#define SELU_ALPHA 1.67326319217681884765625F
#define SELU_GAMMA 1.05070102214813232421875F
VF_WORD two selu_left(void) {
    const double product = (double)SELU_ALPHA * (double)SELU_GAMMA;
    const float high = (float)product;
    return (two){vf_set1(high), vf_set1((float)(product - (double)high))};
}
VF_WORD vf product_of_two(two a, two b) {
    return vf_fma(a.high, b.high, vf_fma(a.high, b.low, vf_mul(a.low, b.high)));
}
/*
 * One product for both sides, of what each has chosen: of two products a compiler may make the
 * right one of all x, and overflow on the far left.  A low part of -0 keeps selu(-0).
 */
BOUND(selu, 1.6, -0x1.49d2b2p-2F);
VF_WORD vf vf_selu(vf x) {
    const vm left = vf_lt(x, vf_set1(0.0F));
    two factor = selu_left(), m = expm1_nonpositive(nonpositive(x));
    vf low = vf_fma(factor.high, m.low, vf_mul(factor.low, m.high));
    return vf_fma(vf_select(left, factor.high, vf_set1(SELU_GAMMA)), vf_select(left, m.high, x),
                  vf_select(left, low, vf_set1(-0.0F)));
}
BOUND_USUAL(selu_grad, 0.95, 2.5, -0x1.75e42cp+2F);
VF_WORD vf vf_selu_grad(vf dy, vf x) {
    scaled_two e = exp_in_two(FAR, vf_max(vf_set1(-110.0F), nonpositive(x)));
    vf left = vf_scale2n(product_of_two(selu_left(), (two){e.high, e.low}), e.n);
    return vf_mul(dy, left_slope(x, left, vf_set1(SELU_GAMMA)));
}

/*
 * x / alpha in two parts, for x <= 0 and alpha > 0: the quotient of the residual is the second.
 * Within 110 alpha, beyond which expm1 is -1 and exp is 0, the residual is a float.  Where the
 * quotient may be subnormal, alpha expm1 of it is x.
 */
VF_OF_PARAMETERS float celu_end(float alpha) {
    return (float)-fmin(110.0 * (double)alpha, (double)FLT_MAX);
}
VF_WORD two over_alpha(vf x, float alpha) {
    vf a = vf_set1(alpha);
    x = vf_max(vf_set1(celu_end(alpha)), nonpositive(x));
    vf z = vf_div(x, a);
    return (two){z, vf_div(vf_nfma(z, a, x), a)};
}
BOUND_USUAL(celu, 0.9, 2.0, -0x1.68161ap-2F);
VF_WORD vf vf_celu(vf x, float alpha) {
    if (ALWAYS_ONE(alpha))
        return vf_elu(x, 1.0F);
    two z = over_alpha(x, alpha);
    two m = expm1_nonpositive(z.high);
    m.low = vf_add(m.low, vf_fma(z.low, m.high, z.low));
    vf left = times_sum(vf_set1(alpha), m);
    return left_of_zero(x, vf_select(vf_lt(vf_abs(z.high), vf_set1(0x1p-30F)), x, left), x);
}
BOUND_USUAL(celu_grad, 0.99, 3.0, -0x1.b5734p+4F);
VF_WORD vf vf_celu_grad(vf dy, vf x, float alpha) {
    if (ALWAYS_ONE(alpha))
        return vf_elu_grad(dy, x, 1.0F);
    two z = over_alpha(x, alpha);
    scaled_two e = exp_of_two(FAR, z.high, z.low);
    vf left = vf_scale2n(vf_add(e.high, e.low), e.n);
    return vf_mul(dy, left_slope(x, left, vf_set1(1.0F)));
}

#endif
