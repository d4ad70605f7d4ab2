/* Functions that are exact but for one product: ReLU and its kin. */
#ifndef ACT_KERNELS_RECTIFIERS_H
#define ACT_KERNELS_RECTIFIERS_H

#include "kernels/bound.h"

/* 0 > x ? 0 : x is one instruction on x86, and right for -0 and NaN by vf_max's contract. */
EXACT(relu);
VF_WORD vf vf_relu(vf x) { return vf_max(vf_set1(0.0F), x); }

/*
 * The product is rounded once; one halfway between two floats reaches the bound.
 *
 * With 0 < slope <= 1 the larger of slope x and x is the right one, and by vf_max's contract for
 * zeros and NaN too: one operation less than a select.  It is said to be likely, so that its loop
 * is where a call gets without a jump.  A slope of 0 would turn -inf into max(NaN, -inf), so it
 * goes through the formula as it stands, and so do those that nobody uses: x by the slope or by 1,
 * so that no product of an x that is not below 0 overflows.
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

#endif
