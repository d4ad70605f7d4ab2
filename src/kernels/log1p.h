/* log1p of doubles, for the logarithms of rows' sums. */
#ifndef ACT_KERNELS_LOG1P_H
#define ACT_KERNELS_LOG1P_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/vec.h"

/* A number in two doubles, of which low is no more than half a unit in the last place of high. */
typedef struct {
    double high, low;
} double_pair;

/* Numbers and bits without a branch and without int, so that a loop of them becomes vectors. */
VF_INLINE uint64_t bits_of_number(double a) {
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}
VF_INLINE double number_of_bits(uint64_t bits) {
    double a;
    memcpy(&a, &bits, sizeof a);
    return a;
}

/*
 * log(1 + s) for 0 <= s < 2^1000, or NaN: the arithmetic of SLEEF's log1p (1.0 ULP, xlog1p; its
 * constants) with fused multiply-add, and so its bits.  A call for one number would cost more than
 * the row of ten that it is for.
 *
 * 1 + s = 2^n (1 + m) with 0.75 <= 1 + m < 1.5, where m comes from s itself; and log(1 + m) is the
 * odd series in x = m / (2 + m), which is carried in two doubles.
 */
VF_INLINE double vd_log1p(double s) {
    const uint64_t biased = bits_of_number((s + 1.0) * (1.0 / 0.75)) >> 52; /* n + 1023 */
    const double down = number_of_bits((UINT64_C(2046) - biased) << 52);
    const double n = number_of_bits(bits_of_number(0x1p52) | biased) - (0x1p52 + 1023.0);
    const double m = fma(s, down, down - 1.0);

    const double divisor = 2.0 + m, divisor_low = (2.0 - divisor) + m;
    const double inverse = 1.0 / divisor;
    double_pair x = {m * inverse, 0.0};
    const double left = fma(-divisor_low, inverse, fma(-divisor, inverse, 1.0));
    x.low = fma(x.high, left, fma(inverse, m, -x.high));

    const double y = x.high * x.high, y2 = y * y, y4 = y2 * y2;
    const double top =
        fma(y2, 0.1532076988502701353, fma(y, 0.1525629051003428716, 0.1818605932937785996));
    const double middle = fma(y, 0.2222214519839380009, 0.2857142932794299317);
    const double end = fma(y, 0.3999999999635251990, 0.6666666666667333541);
    const double series = fma(y4, top, fma(y2, middle, end));

    const double ln2 = 0.693147180559945286226764, ln2_low = 2.319046813846299558417771e-17;
    const double n_ln2 = ln2 * n;
    const double_pair exponent = {n_ln2, fma(ln2_low, n, fma(ln2, n, -n_ln2))};
    const double twice = 2.0 * x.high, cube = y * x.high * series;
    double_pair sum = {exponent.high + twice, 0.0};
    sum.low = exponent.high - sum.high + twice + exponent.low + 2.0 * x.low;
    const double high = sum.high + cube;
    return high + (sum.high - high + cube + sum.low);
}
VF_INLINE void log1p_sixteen(double a[VF_LANES]) {
    for (size_t r = 0; r < VF_LANES; ++r)
        a[r] = vd_log1p(a[r]);
}

#endif
