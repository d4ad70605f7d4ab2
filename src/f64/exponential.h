/* The functions of exp, and their gradients. */
#ifndef ACT_F64_EXPONENTIAL_H
#define ACT_F64_EXPONENTIAL_H

#include "f64/arithmetic.h"
#include "f64/piecewise.h"

F64_BOUND(exp, 0.89, -0x1.62657de840ce2p+9);

/* exp(-|x|) neither overflows nor cancels. */
F64_BOUND(sigmoid, 2.42, -0x1.8f3e1822e2b0cp+2);
DV_WORD dv dv_sigmoid(dv x) {
    const dv e = dv_exp(-dv_abs(x));
    return dv_below(x, 0.0, e, dv_all(1.0)) / (1.0 + e);
}
F64_BOUND(sigmoid_grad, 2.43, -0x1.fb39d6215bdc1p+97, 0x1.f35ef0e09f2e3p-2);
DV_WORD dv dv_sigmoid_grad(dv dy, dv y) { return dy * (1.0 - y) * y; }

/* tanh(x) is x within 2^-29, where SLEEF's would lose the last digits of subnormal numbers. */
F64_BOUND(tanh, 1, -0x1.2b708c2d72b26p+4);
DV_WORD dv dv_tanh(dv x) {
    const dv y = DV_SLEEF(tanh, u10)(dv_clamp(x, -40.0, 40.0));
    return dv_select(dv_lt(dv_abs(x), dv_all(0x1p-29)), x, y);
}
F64_BOUND(tanh_grad, 2.04, -0x1.f29a9c6dd0359p-73, 0x1.67d53339d64dbp-1);
DV_WORD dv dv_tanh_grad(dv dy, dv y) { return dy * ((1.0 - y) * (1.0 + y)); }

F64_BOUND(elu, 1.39, -0x1.6b6105787e84p-1, 0, -0x1.e5f8c267ebe5bp+2);
DV_WORD dv dv_elu(dv x, double alpha) {
    return dv_below(x, 0.0, alpha * dv_expm1(dv_min(dv_all(0.0), x)), x);
}

/* The constants rounded to double, as in PyTorch. */
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_GAMMA 1.0507009873554804934193349852946
F64_BOUND(selu, 1.67, -0x1.a86d832c37f48p-1);
DV_WORD dv dv_selu(dv x) {
    const dv left = SELU_GAMMA * SELU_ALPHA * dv_expm1(dv_min(dv_all(0.0), x));
    return dv_below(x, 0.0, left, SELU_GAMMA * dv_max(dv_all(0.0), x));
}

/*
 * expm1(q + low) is expm1(q) + low exp(q).  For alpha > 0 x / alpha is negative; for alpha < 0 it
 * is positive, and exp may overflow where its product with alpha does not; the root of exp does not
 * where the result is finite, unless alpha is subnormal.  A tiny alpha is scaled
 * together with x, or the remainder would be lost.
 */
F64_BOUND(celu, 3.4, -0x1.4848304441628p+5, 0, -0x1.82cec9abcde18p-1);
DV_WORD dv dv_celu(dv x, double alpha) {
    const double end = fabs(alpha) > 0x1p1000 ? DBL_MAX : WIDE_LIMIT * fabs(alpha);
    const double unit = fabs(alpha) < 0x1p-500 ? 0x1p500 : 1.0;
    const dv a = dv_all(alpha * unit), clamped = dv_max(dv_all(-end), dv_min(dv_all(0.0), x));
    const dv scaled = clamped * unit, q = scaled / a, low = dv_fma(-q, a, scaled) / a;
    dv y;
    if (alpha > 0.0) {
        const dv e = dv_expm1(q);
        y = alpha * dv_fma(low, 1.0 + e, e);
    } else {
        const dv e = dv_expm1(dv_min(dv_all(40.0), q));
        const dv root = dv_exp(dv_min(dv_all(709.7), q * 0.5));
        const dv near = alpha * dv_fma(low, 1.0 + e, e);
        y = dv_above(q, 40.0, alpha * dv_fma(root, low, root) * root, near);
    }
    y = dv_select(dv_lt(dv_abs(q), dv_all(0x1p-54)), x, y);
    return dv_below(x, 0.0, y, x);
}

/* log(1 + e) / beta for e = exp(-size); log(1 + e) is e where e is scaled. */
DV_WORD dv dv_log1p_over(dv_scaled e, double beta) {
    const dm near = dv_lt(dv_all(0.5), e.first);
    const dv value = dv_value(e);
    return dv_rescaled(dv_select(near, dv_log1p(value), value) / beta, e);
}

/*
 * The product beta x is clamped where that changes neither its comparison with the threshold nor
 * the result.  Above 40 the result is x.
 */
F64_BOUND(softplus, 2.73, 0x1.70e2fb5a994eep+3, 0, -0x1.0d2689c8bc2f8p+1, 0x1.8a4d165354001p+2);
DV_WORD dv dv_softplus(dv x, double beta, double threshold) {
    const double size = fmax(WIDE_LIMIT, fmin(2.0 * fabs(threshold), DBL_MAX));
    const double end = limit_over(size, beta);
    const dv_pair z = dv_two_product(dv_all(beta), dv_clamp(x, -end, end));
    const dv tail = dv_log1p_over(dv_exp_of_minus(dv_size(z)), beta);
    const dv y = dv_above(z.high, 40.0, x, dv_above(z.high, 0.0, x + tail, tail));
    /* The product may underflow, but its sign is known. */
    const dv past = threshold == 0.0 ? x * copysign(1.0, beta) : (z.high - threshold) + z.low;
    return dv_nan_of(x, dv_above(past, 0.0, x, y));
}

F64_BOUND(log_sigmoid, 1.76, 0x1.620340da7cd3fp+9);
DV_WORD dv dv_log_sigmoid(dv x) {
    return -(dv_max(dv_all(0.0), -x) + dv_log1p(dv_exp(-dv_abs(x))));
}

/*
 * (x + r) / 2 with r = sqrt(x^2 + b), and b / (2 (|x| + r)) on the left, where the sum would
 * cancel.  The unit keeps squares in range.  Beyond 2^60 sqrt(b) r is |x|.
 */
F64_BOUND(squareplus, 2.75, -0x1.d1ee0f8ff6627p-24, 0, 0x1p+2);
DV_WORD dv dv_squareplus(dv x, double b) {
    if (b == 0.0)
        return dv_relu(x);
    const double unit = b > 0x1p800 ? 0x1p-400 : b < 0x1p-800 ? 0x1p400 : 1.0;
    const double root = sqrt(b * unit * unit), end = 0x1p60 * (root / unit);
    const dv size = dv_abs(x), a = dv_min(size, dv_all(end)) * unit;
    const dv r = dv_sqrt(dv_fma(a, a, dv_all(b * unit * unit)));
    const dv h = dv_above(size, end, size, (a + r) * (0.5 / unit));
    return dv_nan_of(x, dv_below(x, 0.0, b / h * 0.25, h));
}

/*
 * x tanh(log(1 + exp(x))): with e = exp(x) on the left x e (1 - e (1 + e) / (2 + e (2 + e))), and
 * with e = exp(-x) on the right x (1 - 2 e^2 / (1 + 2 e (1 + e))).
 */
F64_BOUND(mish, 3.26, -0x1.df9d1d1387d8p-3);
DV_WORD dv dv_mish(dv x) {
    x = dv_max(dv_all(-WIDE_LIMIT), x);
    const dv_scaled scaled = dv_exp_of_minus_size(x);
    const dv e = dv_whole(scaled), product = e * (1.0 + e), one = dv_all(1.0);
    const dv above = dv_below(x, 0.0, product, 2.0 * e * e);
    const dv below =
        dv_below(x, 0.0, dv_fma(e, 2.0 + e, dv_all(2.0)), dv_fma(dv_all(2.0), product, one));
    const dv tanh = 1.0 - above / below;
    /* An infinity times a value of 0 would be NaN. */
    const dv left = dv_times_value(dv_min(dv_all(0.0), x), scaled) * tanh;
    return dv_below(x, 0.0, dv_rescaled(left, scaled), x * tanh);
}

/*
 * x sigmoid(z) for a z whose sign is that of x, or the opposite.  `bounded` is x, clamped where the
 * result is 0 for z < 0.
 */
DV_WORD dv dv_times_sigmoid(dv x, dv bounded, dv_pair z) {
    const dv_scaled scaled = dv_exp_of_minus(dv_size(z));
    const dv d = 1.0 + dv_whole(scaled), left = dv_times_value(bounded, scaled) / d;
    return dv_below(z.high, 0.0, dv_rescaled(left, scaled), x / d);
}

/*
 * s + z s (1 - s) for s = sigmoid(z): 1 + t for z >= 0 and -t for z < 0, with
 * t = e (|z| - 1 - e) / (1 + e)^2 and e = exp(-|z|).
 */
DV_WORD dv dv_times_sigmoid_slope(dv_pair z) {
    const dv_pair size = dv_size(z);
    const dv e = dv_whole(dv_exp_of_minus(size)), square = dv_fma(e, 2.0 + e, dv_all(1.0));
    const dv_pair less_one = dv_two_sum(size.high, dv_all(-1.0)),
                  sum = dv_two_sum(less_one.high, -e);
    const dv low = sum.low + (less_one.low + size.low);
    const dv t = dv_fma(e, sum.high, e * low) / square;
    return dv_below(z.high, 0.0, -t, 1.0 + t);
}

/* Where beta is tiny only an infinite x is beyond the limit, and has the limit's value. */
F64_BOUND(silu, 3.35, -0x1.b0dcdbe91f96p+2, 0, 0x1p+0);
DV_WORD dv dv_silu(dv x, double beta) {
    const double end = limit_over(WIDE_LIMIT, beta);
    const dv bounded = dv_clamp(x, -end, end);
    const dv_pair z = dv_two_product(dv_all(beta), bounded);
    const dv y = dv_times_sigmoid(x, bounded, z);
    const dv limit = dv_below(z.high, 0.0, dv_below(x, 0.0, dv_all(-0.0), dv_all(0.0)), y);
    return dv_above(dv_abs(x), DBL_MAX, limit, y);
}
F64_BOUND(silu_grad, 4, -0x1.ebd831bf65a4dp+98, -0x1.a931e419eefc7p-1, 0x1p+0);
DV_WORD dv dv_silu_grad(dv dy, dv x, double beta) {
    const double end = limit_over(WIDE_LIMIT, beta);
    const dv_pair z = dv_two_product(dv_all(beta), dv_clamp(x, -end, end));
    /* Beyond the limit of exp: an infinite x with a tiny beta. */
    const dv infinite = dv_below(z.high, 0.0, dv_all(-0.0), dv_all(1.0));
    const dv slope = dv_times_sigmoid_slope(z);
    return dy * (beta == 0.0 ? slope : dv_above(dv_abs(x), DBL_MAX, infinite, slope));
}

/* 1.702, and 2 sqrt(2 / pi), as pairs: near -700 the rounding of a factor alone is 400 ULP. */
#define QUICK     0x1.b3b645a1cac08p+0
#define QUICK_LOW 0x1.89374bc6a7efap-55
#define TWICE     0x1.9884533d43651p+0
#define TWICE_LOW -0x1.cbc0d30ebfd15p-54
#define CUBIC     0x1.6e4e26d4801f7p-5
#define CUBIC_LOW 0x1.441355475a31ap-59

F64_BOUND(gelu_quick, 3.16, -0x1.cd37bb9897edep+1);
DV_WORD dv dv_gelu_quick(dv x) {
    const dv bounded = dv_clamp(x, -1000.0, 1000.0);
    const dv_pair factor = {dv_all(QUICK), dv_all(QUICK_LOW)};
    return dv_times_sigmoid(x, bounded, dv_pair_product((dv_pair){bounded, dv_all(0.0)}, factor));
}

/* x (1 + tanh u) / 2 is x sigmoid(2 u), and 2 u is 2 sqrt(2 / pi) x (1 + 0.044715 x^2). */
F64_BOUND(gelu_tanh, 3.14, -0x1.d2c7f4163ecf4p+0);
DV_WORD dv dv_gelu_tanh(dv x) {
    const dv bounded = dv_clamp(x, -30.0, 30.0);
    const dv_pair cubic = {dv_all(CUBIC), dv_all(CUBIC_LOW)};
    const dv_pair twice = {dv_all(TWICE), dv_all(TWICE_LOW)};
    const dv_pair product = dv_pair_product(dv_two_product(bounded, bounded), cubic);
    dv_pair sum = dv_two_sum(dv_all(1.0), product.high);
    sum.low = sum.low + product.low;
    const dv_pair line = dv_pair_product((dv_pair){bounded, dv_all(0.0)}, twice);
    return dv_times_sigmoid(x, bounded, dv_pair_product(line, sum));
}

/* sqrt(1/2) and 2 / sqrt(pi); 1 / sqrt(2 pi) with its relative error. */
#define ROOT_HALF     0x1.6a09e667f3bcdp-1
#define ROOT_HALF_LOW -0x1.bdd3413b26456p-55
#define TWO_BY_ROOT   0x1.20dd750429b6dp+0
#define DENSITY       0x1.9884533d43651p-2
#define DENSITY_ERROR -0x1.201b8c07f2c3fp-54

/* x^2 / 2 as a pair, for |x| <= 60. */
DV_WORD dv_pair dv_half_square(dv x) {
    const dv_pair p = dv_two_product(x, x);
    return (dv_pair){p.high * 0.5, p.low * 0.5};
}

/*
 * 2 Phi(x) = erfc(z) for z = -x sqrt(1/2), as a pair, with e = exp(-z^2): the low part is the error
 * of the rounded argument times the derivative.  SLEEF's erfc raises flags at 0.
 */
DV_WORD dv_pair dv_twice_phi(dv bounded, dv e) {
    const dv z = bounded * -ROOT_HALF;
    const dv low = dv_fma(bounded, dv_all(-ROOT_HALF), -z) - bounded * ROOT_HALF_LOW;
    const dv least = dv_all(0x1p-100), not_0 = dv_select(dv_lt(dv_abs(z), least), least, z);
    return (dv_pair){DV_SLEEF(erfc, u15)(not_0), low * -TWO_BY_ROOT * e};
}

/*
 * In the far tail the density times the asymptotic series of Mills' ratio, whose terms are
 * 1, 1, 3, 15, 105, ... times (-1 / x^2)^k: below -23 the tenth is 2^-57 of the sum.  SLEEF's erfc
 * is 0 from 26.6 on, where gelu is still a subnormal number.
 */
#define FAR_TAIL -23.0
DV_WORD dv dv_mills_series(dv w) {
    dv s = dv_all(-34459425.0);
    s = dv_fma(s, w, dv_all(2027025.0));
    s = dv_fma(s, w, dv_all(-135135.0));
    s = dv_fma(s, w, dv_all(10395.0));
    s = dv_fma(s, w, dv_all(-945.0));
    s = dv_fma(s, w, dv_all(105.0));
    s = dv_fma(s, w, dv_all(-15.0));
    s = dv_fma(s, w, dv_all(3.0));
    s = dv_fma(s, w, dv_all(-1.0));
    return dv_fma(s, w, dv_all(1.0));
}
F64_BOUND(gelu, 2.58, -0x1.255015d0e60a5p+5);
DV_WORD dv dv_gelu(dv x) {
    const dv bounded = dv_clamp(x, -60.0, 36.0);
    dv_pair half = dv_half_square(bounded);
    half.low = half.low - DENSITY_ERROR;
    const dv_scaled e = dv_exp_of_minus(half);
    const dv left = dv_max(dv_all(-60.0), x);
    const dv_pair phi = dv_twice_phi(dv_max(dv_all(-24.0), bounded), dv_whole(e));
    const dv near = left * (0.5 * (phi.high + phi.low));
    const dv square = dv_max(dv_all(FAR_TAIL * FAR_TAIL), bounded * bounded);
    const dv far = -dv_times_value(DENSITY * dv_mills_series(1.0 / square), e);
    return dv_below(x, FAR_TAIL, dv_rescaled(far, e), near);
}
/*
 * Phi(x) + x phi(x), whose terms cancel around -0.75: all but their first parts are added last. The
 * error is relative to 0.1 dy where the derivative is smaller, so that far in the tail, where
 * exp(-x^2 / 2) loses its digits, nothing is lost.
 */
F64_BOUND(gelu_grad, 5.31, -0x1.3f8b35b5844f4p-70, -0x1.2aeeeaae2ceaap-1);
DV_WORD dv dv_gelu_grad(dv dy, dv x) {
    const dv bounded = dv_clamp(x, -39.0, 39.0);
    const dv_pair half = dv_half_square(bounded);
    const dv e = dv_exp(-half.high);
    const dv_pair factor = dv_two_product(bounded, dv_all(DENSITY));
    const dv low = factor.low + factor.high * (DENSITY_ERROR - half.low);
    const dv_pair twice_phi = dv_twice_phi(dv_max(dv_all(-24.0), bounded), e);
    const dv rest = dv_fma(low, e, 0.5 * twice_phi.low);
    const dv near = dv_fma(factor.high, e, 0.5 * twice_phi.high) + rest;
    return dy * dv_below(x, -24.0, factor.high * e, near);
}

#endif
