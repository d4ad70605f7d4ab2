/*
 * Polynomials by which functions need one call of SLEEF's exp, which is several times as fast as
 * its expm1, log1p and erfc.  tools/f64_coefficients.py makes the coefficients, from the constant
 * one up.
 */
#ifndef ACT_F64_POLYNOMIALS_H
#define ACT_F64_POLYNOMIALS_H

#include "f64/arithmetic.h"

/*
 * Two powers at a time, which halves the chain of dependent operations, but for the last ones:
 * there the sum of two would cancel where signs alternate.
 */
DV_WORD dv dv_polynomial(dv x, const double *c, size_t count) {
    const dv square = x * x;
    size_t k = count - 2;
    dv pairs = dv_fma(dv_all(c[k + 1]), x, dv_all(c[k]));
#pragma GCC unroll 32
    for (; k > 3; k -= 2)
        pairs = dv_fma(pairs, square, dv_fma(dv_all(c[k - 1]), x, dv_all(c[k - 2])));
#pragma GCC unroll 32
    for (; k > 0; --k)
        pairs = dv_fma(pairs, x, dv_all(c[k - 1]));
    return pairs;
}
#define DV_POLYNOMIAL(x, c) dv_polynomial(x, c, sizeof(c) / sizeof((c)[0]))

/*
 * expm1(x) for x <= 0, or NaN: exp(x) - 1 below -0.7, where the result is larger than what is
 * subtracted from 1, and x + x^2 R(x) above, which near 0 is x, with its sign.
 */
static const double expm1_rest[] = {
    0x1.0000000000000p-1,  0x1.5555555555555p-3,  0x1.55555555554fep-5,  0x1.111111110ef5ap-7,
    0x1.6c16c16b3d772p-10, 0x1.a01a016bcaa3dp-13, 0x1.a019f98d234a4p-16, 0x1.71dd663ce8799p-19,
    0x1.27d653f179dd9p-22, 0x1.ad0a58c82451ep-26, 0x1.14a873a10b49dp-29, 0x1.04ba373bc2410p-33};
DV_WORD dv dv_expm1_of_negative(dv x) {
    const dv near = dv_max(dv_all(-0.7), x);
    const dv rest = DV_POLYNOMIAL(near, expm1_rest);
    const dv far = dv_exp(x) - 1.0;
    return dv_select(dv_lt(x, dv_all(-0.7)), far, dv_fma(near * near, rest, near));
}

/* log(1 + e) for 0 <= e <= 1: 2 atanh(s) for s = e / (2 + e). */
static const double atanh_rest[] = {
    0x1.5555555555555p-1, 0x1.9999999999b14p-2, 0x1.2492492483d8bp-2, 0x1.c71c71ce2576bp-3,
    0x1.745d16a84ba23p-3, 0x1.3b13a734e045cp-3, 0x1.11148f5500935p-3, 0x1.e132c6aeb487dp-4,
    0x1.b834479926f5cp-4, 0x1.42eb80c7b73cfp-4, 0x1.3260477c275ebp-3};
DV_WORD dv dv_log1p_of_part(dv e) {
    const dv s = e / (2.0 + e), square = s * s;
    /* 2 s is e - s e, so that the digits of a small e stay. */
    return dv_fma(s, dv_fma(square, DV_POLYNOMIAL(square, atanh_rest), -e), e);
}

/*
 * For t = -x >= 0, up to 39: exp(t^2 / 2) Phi(-t), and the slope of GELU, which is
 * Phi(-t) - t phi(t), times exp(t^2 / 2).  The first is P(q) / (t + K), the other
 * (t - zero) P(q), which keeps its digits around the zero; q is (t - K) / (t + K).
 */
#define TAIL_K         4.0
#define SLOPE_ZERO     0x1.80ead197f00b4p-1
#define SLOPE_ZERO_LOW -0x1.13e74c58cada8p-56
static const double normal_tail[] = {
    0x1.82b4bb8c94dcep-1,  -0x1.373e3a893c28ap-1,  0x1.8c6dbf2cfc284p-2,   -0x1.7dff2bff683b2p-3,
    0x1.eec4cc3e50648p-5,  -0x1.ee2761047a903p-8,  -0x1.c81719d880992p-9,  0x1.ab825fbfd970dp-10,
    0x1.17a4affa12924p-13, -0x1.e4a4250f6c173p-13, -0x1.0020c2a2d2390p-19, 0x1.26d08f6ae2d46p-15,
    0x1.80d46415a7d28p-21, -0x1.8d49c1aaeea72p-18, -0x1.52358b80ba62dp-21, 0x1.12276c2eb2edep-20,
    0x1.2434b07587c50p-22, -0x1.4c10c0cd0f99ap-23, -0x1.6fe277290045ap-24, 0x1.bf18ac017b1a1p-27,
    0x1.52a8a9dcba554p-26, 0x1.174d18157800fp-29,  -0x1.5c39eb5d834b8p-29, -0x1.9936a868b6546p-31};
static const double gelu_slope[] = {
    -0x1.d94de78425463p-2,  0x1.a763001ac67ddp-4,  -0x1.ef4ff80137945p-5,  0x1.cc1e2623d928cp-6,
    -0x1.37754d816e3c1p-7,  0x1.d4c8222a94e30p-10, 0x1.443f63ea17875p-13,  -0x1.85999c26a04aap-13,
    0x1.25381055acfcbp-16,  0x1.2e937e7b5b1cap-16, -0x1.dafbb30af7761p-19, -0x1.29871f3c3529cp-19,
    0x1.083acdf95ae64p-21,  0x1.772a2a2a2ae07p-22, -0x1.c1fae2bd35589p-25, -0x1.0fce8fcf26316p-24,
    0x1.8d8beb7c0a504p-31,  0x1.858a85018e2bap-27, 0x1.e8a7013a7e70dp-30,  -0x1.c4954239bd502p-30,
    -0x1.2d68788682b1dp-31, 0x1.1ddac97c877a7p-33, 0x1.1e819ee0d5541p-34};

/* q, and 1 / (t + K).  Near q = -1 both polynomials are steep, so q takes its residual. */
typedef struct {
    dv q, reciprocal;
} dv_tail_point;
DV_WORD dv_tail_point dv_tail_point_of(dv t) {
    const dv above = t - TAIL_K, below = t + TAIL_K;
    const dv above_low = t - (above + TAIL_K), below_low = t - (below - TAIL_K);
    const dv r = 1.0 / below, q = above * r;
    const dv rest = dv_fma(-q, below, above) + dv_fma(-q, below_low, above_low);
    const dv lost = dv_fma(-r, below, dv_all(1.0)) - r * below_low;
    return (dv_tail_point){dv_fma(rest, r, q), dv_fma(lost, r, r)};
}
DV_WORD dv_pair dv_normal_tail(dv t) {
    const dv_tail_point at = dv_tail_point_of(t);
    return dv_two_product(DV_POLYNOMIAL(at.q, normal_tail), at.reciprocal);
}
DV_WORD dv dv_gelu_slope(dv t) {
    const dv p = DV_POLYNOMIAL(dv_tail_point_of(t).q, gelu_slope);
    return dv_fma(p, t - SLOPE_ZERO, p * -SLOPE_ZERO_LOW);
}

/* x - tanh(x) for |x| <= 1: x^3 P(x^2). */
static const double tanh_rest[] = {
    0x1.5555555555555p-2,  -0x1.1111111111093p-3,  0x1.ba1ba1ba14a89p-5,  -0x1.664f48814c3e6p-6,
    0x1.226e3531b9170p-7,  -0x1.d6d3ca063e4eap-9,  0x1.7da30843e99d0p-10, -0x1.3554b0d104394p-11,
    0x1.f54ca4edc3135p-13, -0x1.957a8136098a5p-14, 0x1.4561a602572ebp-15, -0x1.fc8f7b7cd1fb3p-17,
    0x1.7373e5b75aee6p-18, -0x1.d8e2313e317c0p-20, 0x1.d9ebe1919690fp-22, -0x1.410c2867642a6p-24,
    0x1.ad7f9f31c856bp-28};

/* sin(r) for |r| <= 0.79: r + r^3 P(r^2). */
static const double sine_rest[] = {
    -0x1.5555555555555p-3,  0x1.1111111111021p-7,  -0x1.a01a019fe9b2ap-13, 0x1.71de3a129b9c0p-19,
    -0x1.ae63fc3c6a76cp-26, 0x1.60e92febe7ca2p-33, -0x1.8f5359c5ba823p-41};

#endif
