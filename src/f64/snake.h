/* Snake of doubles, as in kernels/snake.h: a sine modulo pi, of any argument. */
#ifndef ACT_F64_SNAKE_H
#define ACT_F64_SNAKE_H

#include <stdint.h>

#include "f64/piecewise.h"
#include "f64/polynomials.h"

/*
 * u + shift pi = k pi / 2 + r for an integer k, |r| <= pi / 4, and whether k is odd; for |u| <=
 * 2^32. pi is in three parts (Cody and Waite), of which two products are exact, so that the error
 * is below 2^-125.  SLEEF's sine chooses its reduction by all lanes of a vector, so that a result
 * would depend on its neighbours.
 */
#define SNAKE_NEAR  0x1p32
#define SNAKE_PI    0x1.921fb54442d18p+1
#define SNAKE_PI_2  0x1.1a62633145c07p-53
#define SNAKE_PI_3  -0x1.f1976b7ed8fbcp-109
#define SNAKE_ROUND 0x1.8p52 /* in a sum with this number the other one becomes an integer */
typedef struct {
    dv high, low, odd; /* odd is 0 or 1 */
} dv_residue;
DV_WORD dv_residue dv_modulo_half_pi(dv_pair u, double shift) {
    const dv halves = dv_fma(u.high, dv_all(0x1.45f306dc9c883p-1), dv_all(2.0 * shift));
    const dv half = 0.5 * ((halves + SNAKE_ROUND) - SNAKE_ROUND), t = half - shift;
    const dv odd = 2.0 * dv_abs(half - ((half + SNAKE_ROUND) - SNAKE_ROUND));
    const dv_pair first = dv_two_product(t, dv_all(SNAKE_PI));
    const dv_pair second = dv_two_product(t, dv_all(SNAKE_PI_2));
    const dv_pair a = dv_two_sum(u.high, -first.high), b = dv_two_sum(a.high, u.low);
    const dv_pair c = dv_two_sum(b.high, -first.low), d = dv_two_sum(c.high, -second.high);
    const dv low = (a.low + b.low) + (c.low + d.low) - second.low;
    const dv rest = dv_fma(-t, dv_all(SNAKE_PI_3), low), high = d.high + rest;
    return (dv_residue){high, rest - (high - d.high), odd};
}

/*
 * The same of the exact alpha x, for any that is larger (Payne and Hanek).  It is m 2^s with an
 * integer m of 106 bits.  Bits of 1 / pi whose product with m 2^s is an integer are left out; of
 * the next 288 the product with m, modulo 2^288, is the fraction of alpha x / pi, of which 192 bits
 * are used.  In integers, so that the bits are the same everywhere.
 */
typedef struct {
    double high, low, odd;
} snake_residue;
enum { SNAKE_WORDS = 9, SNAKE_USED = 6, SNAKE_FACTOR = 4, SNAKE_ZEROS = 3 };
static const uint32_t snake_over_pi[SNAKE_ZEROS + 70] __attribute__((unused)) = {
    0,          0,          0,          0x517cc1b7, 0x27220a94, 0xfe13abe8, 0xfa9a6ee0, 0x6db14acc,
    0x9e21c820, 0xff28b1d5, 0xef5de2b0, 0xdb92371d, 0x2126e970, 0x03249775, 0x04e8c90e, 0x7f0ef58e,
    0x5894d39f, 0x74411afa, 0x975da242, 0x74ce3813, 0x5a2fbf20, 0x9cc8eb1c, 0xc1a99cfa, 0x4e422fc5,
    0xdefc941d, 0x8ffc4bff, 0xef02cc07, 0xf79788c5, 0xad05368f, 0xb69b3f67, 0x93e584db, 0xa7a31fb3,
    0x4f2ff516, 0xba93dd63, 0xf5f2f8bd, 0x9e839cfb, 0xc5294975, 0x35fdafd8, 0x8fc6ae84, 0x2b019823,
    0x7e3db5d5, 0xf867de10, 0x4d7a1b0e, 0xd4f1c8b0, 0xaf730d84, 0x32ccc2af, 0x8a503420, 0x46ffec40,
    0x26b99398, 0x83030aab, 0x6539d464, 0xb0713de0, 0x4635a3e2, 0x0ce1b3e6, 0xee740495, 0x41ace23b,
    0x45cb0e53, 0x6ed7a268, 0xab8c829f, 0x52ff8382, 0x9fbf19f4, 0x19616f27, 0xcc193edd, 0xe19e9377,
    0xb58f2f7c, 0x4f9d0f9a, 0xe5793f8e, 0xc3f890c8, 0x3e3e1235, 0x7d376abb, 0x9698219d, 0x8ae30a5a,
    0xce8ce1e1};

/* y += a b modulo 2^(32 n), in words from the least; b has one word. */
static inline void snake_add_product(uint32_t *y, const uint32_t *a, uint32_t b, size_t n) {
    uint64_t carry = 0;
    for (size_t i = 0; i < n; ++i) {
        const uint64_t sum = (uint64_t)a[i] * b + y[i] + carry;
        y[i] = (uint32_t)sum;
        carry = sum >> 32;
    }
}
/* -y, in words from the least. */
static inline void snake_negate(uint32_t *y, size_t n) {
    uint32_t carry = 1;
    for (size_t i = 0; i < n; ++i) {
        y[i] = ~y[i] + carry;
        carry = carry && y[i] == 0;
    }
}
DV_APART snake_residue far_modulo_half_pi(double x, double alpha, double shift) {
    int of_x, of_alpha;
    const uint64_t m[2] = {(uint64_t)(0x1p53 * frexp(fabs(x), &of_x)),
                           (uint64_t)(0x1p53 * frexp(fabs(alpha), &of_alpha))};
    const uint32_t by_x[SNAKE_FACTOR] = {(uint32_t)m[0], (uint32_t)(m[0] >> 32)};
    uint32_t factor[SNAKE_FACTOR] = {0}, part[SNAKE_WORDS], fraction[SNAKE_WORDS] = {0};
    snake_add_product(factor, by_x, (uint32_t)m[1], SNAKE_FACTOR);
    snake_add_product(factor + 1, by_x, (uint32_t)(m[1] >> 32), SNAKE_FACTOR - 1);

    const unsigned first = (unsigned)(of_x + of_alpha - 106 + 32 * SNAKE_ZEROS);
    for (unsigned i = 0; i < SNAKE_WORDS; ++i) {
        const uint32_t *const from = snake_over_pi + first / 32 + i;
        const uint64_t both = (uint64_t)from[0] << 32 | from[1];
        part[SNAKE_WORDS - 1 - i] = (uint32_t)(both << first % 32 >> 32);
    }
    for (size_t j = 0; j < SNAKE_FACTOR; ++j)
        snake_add_product(fraction + j, part, factor[j], SNAKE_WORDS - j);

    if ((x < 0) != (alpha < 0))
        snake_negate(fraction, SNAKE_WORDS);
    uint32_t *const top = &fraction[SNAKE_WORDS - 1];
    *top += (uint32_t)((shift + 0.25) * 0x1p32);
    const double odd = *top >> 31;
    *top = (*top & 0x7fffffff) - 0x40000000;
    const double sign = *top >> 31 ? -1.0 : 1.0;
    if (sign < 0)
        snake_negate(fraction, SNAKE_WORDS);

    double high = 0, low = 0, unit = 0x1p-192;
    for (size_t i = SNAKE_WORDS - SNAKE_USED; i < SNAKE_WORDS; ++i, unit *= 0x1p32) {
        const double word = (double)fraction[i] * unit, sum = word + high;
        low += high - (sum - word);
        high = sum;
    }
    const double turns = high + low, rest = (high - turns) + low, pi = sign * SNAKE_PI;
    const double r = turns * pi, lost = fma(turns, pi, -r);
    return (snake_residue){r, lost + fma(turns, sign * SNAKE_PI_2, rest * pi), odd};
}
/* In the lanes of an infinity, too, where any residue will do. */
DV_APART void far_lanes_modulo_half_pi(double r[3][DV_LANES], const double u[DV_LANES],
                                       const double x[DV_LANES], double alpha, double shift) {
    for (size_t i = 0; i < DV_LANES; ++i)
        if (fabs(u[i]) >= SNAKE_NEAR) {
            const snake_residue far =
                far_modulo_half_pi(fmin(fmax(x[i], -DBL_MAX), DBL_MAX), alpha, shift);
            r[0][i] = far.high;
            r[1][i] = far.low;
            r[2][i] = far.odd;
        }
}

/* alpha x, which is bounded so that it does not overflow, and sin^2(alpha x + shift pi). */
typedef struct {
    dv u;
    dv_pair square;
} dv_snake_parts;
/* sin(r) is r + r^3 P(r^2); the low part enters with the derivative. */
DV_WORD dv_pair dv_sine_squared(dv_residue r) {
    const dv square = r.high * r.high, one = dv_all(1.0);
    const dv rest = r.high * square * DV_POLYNOMIAL(square, sine_rest);
    const dv low = dv_fma(r.low, dv_fma(square, dv_all(-0.5), one), rest), high = r.high + low;
    const dv_pair sine = {high, low - (high - r.high)}, of_sine = dv_pair_product(sine, sine);
    const dv_pair of_cosine = dv_two_sum(one, -of_sine.high);
    return (dv_pair){dv_above(r.odd, 0.5, of_cosine.high, of_sine.high),
                     dv_above(r.odd, 0.5, of_cosine.low - of_sine.low, of_sine.low)};
}
DV_WORD dv_snake_parts dv_snake_parts_of(dv x, double alpha, double shift) {
    const double end = limit_over(2.0 * SNAKE_NEAR, alpha);
    const dv_pair u = dv_two_product(dv_all(alpha), dv_clamp(x, -end, end));
    dv_residue r = dv_modulo_half_pi(u, shift);
    if (dv_any(dv_lt(dv_all(0.99 * SNAKE_NEAR), dv_abs(u.high)))) {
        double lanes[3][DV_LANES], of_u[DV_LANES], of_x[DV_LANES];
        dv_store(of_x, x);
        dv_store(of_u, u.high);
        dv_store(lanes[0], r.high);
        dv_store(lanes[1], r.low);
        dv_store(lanes[2], r.odd);
        far_lanes_modulo_half_pi(lanes, of_u, of_x, alpha, shift);
        r = (dv_residue){dv_load(lanes[0]), dv_load(lanes[1]), dv_load(lanes[2])};
    }
    return (dv_snake_parts){u.high, dv_sine_squared(r)};
}

/*
 * As sin(u)^2 / u is below 1, nothing overflows.  On the way from 0 to the first flat place the
 * terms cancel to a third, so the second one is a pair.
 */
F64_BOUND(snake, 1.19, -0x1.97423968ac9a6p-1, 0, 0x1p+0);
DV_WORD dv dv_snake(dv x, double alpha) {
    if (alpha == 0.0)
        return x;
    const dv_snake_parts of = dv_snake_parts_of(x, alpha, 0.0);
    dv_pair part = of.square;
    if (alpha != 1.0) {
        const dv q = part.high / alpha;
        part = (dv_pair){q, (dv_fma(-q, dv_all(alpha), part.high) + part.low) / alpha};
    }
    const dv bounded = dv_clamp(x, -DBL_MAX, DBL_MAX);
    const dv high = bounded + part.high, low = (part.high - (high - bounded)) + part.low;
    const dv sum = high + dv_above(dv_abs(high), DBL_MAX, dv_all(0.0), low);
    /* Also with the sign of a zero. */
    const dv y = dv_below(dv_abs(of.u), 0x1p-60, x, sum);
    return dv_above(dv_abs(x), DBL_MAX, x, y);
}
/* 1 + sin(2 u) is 2 sin^2(u + pi / 4), in which nothing cancels. */
F64_BOUND(snake_grad, 2.07, -0x1.f6e5d39436348p+16, 0x1.57041990d10e1p-23, 0x1p+0);
DV_WORD dv dv_snake_grad(dv dy, dv x, double alpha) {
    if (alpha == 0.0)
        return dv_nan_of(x, dy);
    const dv_pair square = dv_snake_parts_of(x, alpha, 0.25).square;
    const dv slope = 2.0 * (square.high + square.low);
    return dy * dv_above(dv_abs(x), DBL_MAX, x * 0.0, slope);
}

#endif
