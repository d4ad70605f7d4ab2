/* Snake, x + sin^2(alpha x) / alpha: a sine modulo pi, of any argument. */
#ifndef ACT_KERNELS_SNAKE_H
#define ACT_KERNELS_SNAKE_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "kernels/bound.h"
#include "kernels/parameters.h"

/*
 * r = u + shift pi - k pi for an integer k, |r| <= pi / 2 + 1/4, for u = alpha x, |u| <= 2^21: pi
 * in three parts (Cody and Waite).  The first difference is exact where r may be small, as both
 * terms are multiples of 2^-24.  Up to 2^21 the low part of u is at most 1/16, and the roundings of
 * 1 / pi and of the quotient shift the point where k changes by at most 0.06; beyond, r would leave
 * the range of sine_of's polynomial.
 */
#define SNAKE_NEAR 0x1p21F
VF_WORD pair modulo_pi(pair u, float shift) {
    vf k = vf_rint(vf_fma(u.high, vf_set1(0x1.45f306p-2F), vf_set1(shift)));
    vf t = vf_sub(k, vf_set1(shift));
    vf h = vf_nfma(t, vf_set1(0x1.921fb6p+1F), u.high);
    pair second = two_product(t, vf_set1(-0x1.777a5cp-24F));
    pair r = two_difference(h, second.high);
    pair sum = two_sum(r.high, u.low);
    vf low = vf_sub(vf_add(r.low, sum.low), second.low);
    return fast_two_sum(sum.high, vf_nfma(t, vf_set1(-0x1.ee59dap-49F), low));
}

/*
 * The same for |u| >= 2^21, up to 2^256 (Payne and Hanek).  u is exact in double: m 2^s with an
 * integer m.  Bits of 1 / pi whose product with m 2^s is an integer are left out; of the next 160
 * the product with m, modulo 2^160, is the fraction of u / pi.  In integers, so that the bits are
 * the same everywhere.  An infinite x counts as 0.
 */
VF_APART double far_modulo_pi(float x, float alpha, float shift) {
    static const uint32_t over_pi[] = {0,          0x517cc1b7, 0x27220a94, 0xfe13abe8, 0xfa9a6ee0,
                                       0x6db14acc, 0x9e21c820, 0xff28b1d5, 0xef5de2b0, 0xdb92371d,
                                       0x2126e970, 0x03249775, 0x04e8c90e, 0x7f0ef58e, 0x5894d39f};
    enum { WORDS = 5 };
    const double u = fabs((double)alpha * (double)x);
    if (!(u <= DBL_MAX))
        return 0.0;
    int exponent;
    const uint64_t m = (uint64_t)(0x1p53 * frexp(u, &exponent));
    const unsigned first = (unsigned)(exponent - 53 + 32);
    uint32_t y[WORDS], product[WORDS];
    for (unsigned i = 0; i < WORDS; ++i) {
        const uint64_t both = (uint64_t)over_pi[first / 32 + i] << 32 | over_pi[first / 32 + i + 1];
        y[i] = (uint32_t)(both << first % 32 >> 32);
    }
    uint64_t carry = 0;
    for (unsigned i = WORDS; i-- > 0;) {
        const uint64_t low = (m & UINT32_MAX) * y[i] + (carry & UINT32_MAX);
        const uint64_t high = i + 1 < WORDS ? (m >> 32) * y[i + 1] : 0;
        const uint64_t sum = (low & UINT32_MAX) + (high & UINT32_MAX);
        product[i] = (uint32_t)sum;
        carry = (carry >> 32) + (low >> 32) + (high >> 32) + (sum >> 32);
    }
    uint64_t top = (uint64_t)product[0] << 32 | product[1], rest = product[2];
    const int negative = ((double)alpha * (double)x < 0);
    if (negative) { /* the fraction of -u */
        top = ~top, rest = ~rest & UINT32_MAX;
    }
    top += (uint64_t)(shift * 0x1p32F) << 32;
    const int below = top >> 63 != 0;
    if (below)
        top = ~top, rest = ~rest & UINT32_MAX;
    const double turn = (double)top * 0x1p-64 + (double)rest * 0x1p-96;
    return (below ? -turn : turn) * 3.14159265358979323846;
}
VF_APART void far_lanes_modulo_pi(float r[2][VF_LANES], const float x[VF_LANES], float alpha,
                                  float shift) {
    for (size_t i = 0; i < VF_LANES; ++i)
        if (fabs((double)alpha * (double)x[i]) >= (double)SNAKE_NEAR) {
            const double far = far_modulo_pi(x[i], alpha, shift);
            r[0][i] = (float)far;
            r[1][i] = (float)(far - (double)r[0][i]);
        }
}

/* alpha x, which is bounded so that it does not overflow, modulo pi. */
VF_WORD pair snake_argument(vf x, float alpha, float shift) {
    vf bounded = within(over_beta(2.0 * (double)SNAKE_NEAR, alpha), x);
    pair u = ALWAYS_ONE(alpha) ? (pair){bounded, vf_set1(0.0F)} : beta_product(bounded, alpha);
    pair r = modulo_pi(u, shift);
    if (!VF_SELDOM(vm_any(vf_lt(vf_set1(0.99F * SNAKE_NEAR), vf_abs(u.high)))))
        return r;
    float lanes[2][VF_LANES], from[VF_LANES];
    vf_store(from, x);
    vf_store(lanes[0], r.high);
    vf_store(lanes[1], r.low);
    far_lanes_modulo_pi(lanes, from, alpha, shift);
    return (pair){vf_load(lanes[0]), vf_load(lanes[1])};
}

/*
 * sin(r) for |r| <= 1.83: r + r^3 P(r^2), error 7.8e-10; the low part enters with the derivative,
 * for which 1 - r^2 / 2 is accurate enough.  Coefficients by tools/activation_coefficients.py.
 */
VF_WORD pair sine_of(pair r) {
    vf square = vf_mul(r.high, r.high);
    vf p = vf_polynomial(square, -0x1.9ca4a2p-26F, 0x1.71b522p-19F, -0x1.a01c38p-13F,
                         0x1.111126p-7F, -0x1.555556p-3F);
    vf low = vf_mul(r.low, vf_nfma(vf_set1(0.5F), square, vf_set1(1.0F)));
    return fast_two_sum(r.high, vf_fma(vf_mul(r.high, square), p, low));
}

/*
 * The sum has the sign of x.  On the way from 0 to the first of its flat places, at -pi / (4
 * alpha), its terms cancel to a third, so the second one is a pair.  It is never larger than x.
 */
BOUND(snake, 5.1, .at = {.x = -0x1.7501fp+0F}, .others = 5.9,
      .others_at = {.x = -0x1.605828p+6F, .p = 0x1.1a531p-6F});
VF_WORD vf vf_snake(vf x, float alpha) {
    if (alpha == 0)
        return x;
    pair s = sine_of(snake_argument(x, alpha, 0.0F));
    pair square = two_product(s.high, s.high);
    square.low = vf_fma(vf_add(s.high, s.high), s.low, square.low);
    pair part = ALWAYS_ONE(alpha) ? square : div_pair(square, alpha);
    pair sum = fast_two_sum(within(FLT_MAX, x), part.high);
    vf low = vf_unless(vf_lt(vf_set1(FLT_MAX), vf_abs(sum.high)), vf_add(sum.low, part.low));
    vf y = vf_add(sum.high, low);
    return at_infinity(x, x, vf_with_sign(y, x));
}
/* 1 + sin(2 alpha x) is 2 sin^2(alpha x + pi / 4), in which nothing cancels. */
BOUND(snake_grad, 5.73, .at = {.x = -0x1.0923c6p-2F, .by = 0x1.faf1dap+0F}, .others = 6.2,
      .others_at = {.x = 0x1.7c7daep+14F, .by = 0x1.0c685p+0F, .p = 0x1.141c1cp+6F});
VF_WORD vf vf_snake_grad(vf dy, vf x, float alpha) {
    if (alpha == 0)
        return vf_nan_of(x, dy);
    vf s = sine_of(snake_argument(x, alpha, 0.25F)).high;
    return vf_mul(dy, at_infinity(x, vf_sub(x, x), vf_mul(vf_add(s, s), s)));
}

#endif
