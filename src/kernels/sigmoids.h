/* Functions of exp that saturate: the logistic sigmoid. */
#ifndef ACT_KERNELS_SIGMOIDS_H
#define ACT_KERNELS_SIGMOIDS_H

#include "kernels/bound.h"

/*
 * With e = exp(-|x|), which cannot overflow, sigmoid(x) is e / (1 + e) for x < 0, else 1 / (1 + e).
 *
 * d = 1 + e is rounded; d_low is what the rounding lost, exactly (Dekker, since 1 >= e).  One
 * Newton step on the quotient q with the residual n - q (d + d_low) takes the largest error from
 * 2.31 ULP to 1.48: exp's own 0.99, and the last rounding.
 */
BOUND(sigmoid, 1.48, -0x1.362c52p+2F);
VF_WORD vf vf_sigmoid(vf x) {
    const vf one = vf_set1(1.0F);
    vf e = vf_exp_nonpositive(vf_neg(vf_abs(x)));
    vf n = vf_select(vf_signbit(x), e, one);
    vf d = vf_add(one, e);
    vf d_low = vf_sub(e, vf_sub(d, one));
    vf r = vf_div(one, d);
    vf q = vf_mul(n, r);
    vf residual = vf_nfma(q, d_low, vf_nfma(q, d, n));
    return vf_fma(residual, r, q);
}

/*
 * The quotient is as accurate in the left tail as in the right one: exp(-x) is then nearly all of
 * the denominator.  Results below 2^-126 may be 0.
 */
FAST_BOUND(sigmoid_fast, 4.0, -0x1.0c40f2p+4F);
VF_WORD vf vf_sigmoid_fast(vf x) {
    const vf one = vf_set1(1.0F);
    return vf_div(one, vf_exp_fast_plus(one, x));
}

#endif
