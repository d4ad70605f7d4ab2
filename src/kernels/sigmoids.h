/* Functions of exp that saturate: the logistic sigmoid. */
#ifndef ACT_KERNELS_SIGMOIDS_H
#define ACT_KERNELS_SIGMOIDS_H

#include "kernels/bound.h"

/*
 * n / (d + d_low) for d_low small beside d: one Newton step on the quotient with its residual.
 */
VF_WORD vf corrected_quotient(vf n, vf d, vf d_low) {
    vf r = vf_div(vf_set1(1.0F), d);
    vf q = vf_mul(n, r);
    vf residual = vf_nfma(q, d_low, vf_nfma(q, d, n));
    return vf_fma(residual, r, q);
}

/*
 * With e = exp(-|x|), which cannot overflow, sigmoid(x) is e / (1 + e) for x < 0, else 1 / (1 + e).
 *
 * d = 1 + e is rounded; d_low is what the rounding lost, exactly (Dekker, since 1 >= e).  With it
 * the largest error is 1.48 ULP instead of 2.31: exp's own 0.99, and the last rounding.
 */
VF_WORD vf sigmoid_near(vf x) {
    const vf one = vf_set1(1.0F);
    vf e = vf_exp_near(vf_neg(vf_abs(x)));
    vf d = vf_add(one, e);
    vf d_low = vf_sub(e, vf_sub(d, one));
    return corrected_quotient(vf_select(vf_signbit(x), e, one), d, d_low);
}

/*
 * For any x, with the same bits: e, n and d_low's source are 2^64 times as large, so that subnormal
 * numbers appear in the result alone.  Below 2^-38 the quotient is e, whatever is added to 1, so a
 * floor keeps the products with d_low normal, too.
 */
VF_WORD vf sigmoid_far(vf x) {
    const vf one = vf_set1(1.0F), down = vf_set1(0x1p-64F);
    vf e = vf_exp_nonpositive_up(vf_neg(vf_abs(x)));
    vf n = vf_select(vf_signbit(x), e, vf_set1(0x1p64F));
    e = vf_at_least(e, 0x1p26F);
    vf d = vf_fma(e, down, one);
    vf d_low = vf_fma(e, down, vf_sub(one, d));
    return vf_scale_down(corrected_quotient(n, d, d_low));
}

/*
 * Near, e times d_low, which is about e^2, is a normal number.  A vector with a lane farther out
 * takes 1.4 times as long as one without, where subnormal numbers on the way would make it 13 times
 * (Sapphire Rapids; 2.7 times on Zen 3).
 */
#define SIGMOID_NEAR 43.5F
BOUND(sigmoid, 1.48, .at = {.x = -0x1.362c52p+2F});
VF_WORD vf vf_sigmoid(vf x) {
    vm far = vf_lt(vf_set1(SIGMOID_NEAR), vf_abs(x));
    return __builtin_expect(vm_any(far), 0) ? sigmoid_far(x) : sigmoid_near(x);
}

/*
 * The quotient is as accurate in the left tail as in the right one: exp(-x) is then nearly all of
 * the denominator.
 */
FAST_BOUND(sigmoid_fast, 3.95, 0x1p-125, .at = {.x = -0x1.0a9a56p+4F});
VF_WORD vf vf_sigmoid_fast(vf x) { return vf_div(vf_set1(4.0F), vf_exp_fast_plus4(x)); }

#endif
