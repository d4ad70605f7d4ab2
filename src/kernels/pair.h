/* Numbers as pairs of floats, and error-free transformations. */
#ifndef ACT_KERNELS_PAIR_H
#define ACT_KERNELS_PAIR_H

#include <math.h>

#include "kernels/derived.h"

/* high + low, where high is the sum rounded to a float. */
typedef struct {
    vf high, low;
} pair;

/*
 * The error-free transformations: the rounded result of an operation and its rounding error, which
 * is a float unless something overflows or underflows.
 *
 *   two_sum(a, b), two_difference(a, b)   a + b, a - b (Knuth)
 *   fast_two_sum(a, b)                    a + b where |a| >= |b| (Dekker)
 *   two_product(a, b)                     a b, by fused multiply-add
 */
VF_WORD pair two_sum(vf a, vf b) {
    vf sum = vf_add(a, b);
    vf back = vf_sub(sum, a);
    return (pair){sum, vf_add(vf_sub(a, vf_sub(sum, back)), vf_sub(b, back))};
}
VF_WORD pair two_difference(vf a, vf b) {
    vf difference = vf_sub(a, b);
    vf back = vf_sub(difference, a);
    return (pair){difference, vf_sub(vf_sub(a, vf_sub(difference, back)), vf_add(b, back))};
}
VF_WORD pair fast_two_sum(vf a, vf b) {
    vf sum = vf_add(a, b);
    return (pair){sum, vf_sub(b, vf_sub(sum, a))};
}
VF_WORD pair two_product(vf a, vf b) {
    vf product = vf_mul(a, b);
    return (pair){product, vf_fma(a, b, vf_neg(product))};
}

/* A double as a pair; if it is beyond the range of float, or NaN, the low part is 0. */
VF_INLINE float low_part(double a) {
    const float high = (float)a;
    return isfinite(high) ? (float)(a - (double)high) : 0.0F;
}
VF_WORD pair pair_set1(double a) { return (pair){vf_set1((float)a), vf_set1(low_part(a))}; }

/* a + b and a b, rounded to a float; a and b.high are finite. */
VF_WORD vf add_pair(vf a, pair b) {
    pair sum = two_sum(a, b.high);
    return vf_add(sum.high, vf_add(sum.low, b.low));
}
VF_WORD vf mul_pair(pair a, pair b) {
    return vf_fma(a.high, b.high, vf_fma(a.high, b.low, vf_mul(a.low, b.high)));
}

/* a / b as a pair, by the residual of the quotient. */
VF_WORD pair div_pair(pair a, float b) {
    const vf divisor = vf_set1(b);
    vf q = vf_div(a.high, divisor);
    return (pair){q, vf_div(vf_add(vf_nfma(q, divisor, a.high), a.low), divisor)};
}

#endif
