/* The functions of exp, and their gradients. */
#ifndef ACT_F64_EXPONENTIAL_H
#define ACT_F64_EXPONENTIAL_H

#include "f64/arithmetic.h"
#include "f64/piecewise.h"
#include "f64/polynomials.h"

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

F64_BOUND(elu, 1.9, -0x1.7511e1663c058p-1, 0, -0x1.eda37aee96dfcp+2);
DV_WORD dv dv_elu(dv x, double alpha) {
    return dv_below(x, 0.0, alpha * dv_expm1_of_negative(dv_min(dv_all(0.0), x)), x);
}

/* The constants rounded to double, as in PyTorch. */
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_GAMMA 1.0507009873554804934193349852946
F64_BOUND(selu, 2.19, -0x1.addafe88b54eap-1);
DV_WORD dv dv_selu(dv x) {
    const dv left = SELU_GAMMA * SELU_ALPHA * dv_expm1_of_negative(dv_min(dv_all(0.0), x));
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
    /* The usual value needs no quotient. */
    if (alpha == 1.0)
        return dv_elu(x, 1.0);
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
    dv y = dv_select(near, dv_log1p_of_part(value), value);
    if (beta != 1.0)
        y = y / beta;
    return dv_rescaled(y, e);
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

F64_BOUND(log_sigmoid, 1.76, 0x1.be367d5ceb1ccp-2);
DV_WORD dv dv_log_sigmoid(dv x) {
    return -(dv_max(dv_all(0.0), -x) + dv_log1p_of_part(dv_exp(-dv_abs(x))));
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
    const dv left = dv_times_value(bounded, scaled);
    /* A division costs as much as ten products. */
    const dv y = dv_below(z.high, 0.0, left, x) / (1.0 + dv_whole(scaled));
    return dv_below(z.high, 0.0, dv_rescaled(y, scaled), y);
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

/* x^2 / 2 as a pair, for |x| <= 60. */
DV_WORD dv_pair dv_half_square(dv x) {
    const dv_pair p = dv_two_product(x, x);
    return (dv_pair){p.high * 0.5, p.low * 0.5};
}

/*
 * x Phi(x) on the left, and x - x Phi(-x) on the right.  exp(-x^2 / 2) is scaled, because the
 * result is a subnormal number where that is 0.
 */
F64_BOUND(gelu, 3.27, -0x1.9b4d3395e3df9p+4);
DV_WORD dv dv_gelu(dv x) {
    const dv bounded = dv_clamp(x, -39.0, 39.0);
    const dv_scaled e = dv_exp_of_minus(dv_half_square(bounded));
    const dv_pair tail = dv_normal_tail(dv_abs(bounded)), a = dv_two_product(bounded, tail.high);
    const dv low = dv_fma(a.high, e.error, dv_fma(bounded, tail.low, a.low));
    const dv left = dv_fma(a.high, e.value, low * e.value);
    const dv part = dv_rescaled(left, e);
    /* With the sign of a zero. */
    const dm tiny = dv_lt(dv_abs(x), dv_all(0x1p-60));
    return dv_select(tiny, x * 0.5, dv_below(x, 0.0, part, x - part));
}
/*
 * Phi(x) + x phi(x) on the left, which is 1 less that of -x on the right.  Far in the tail, where
 * exp(-x^2 / 2) loses its digits, the error is relative to 0.1 dy.
 */
F64_BOUND(gelu_grad, 3.98, 0x1.fd7e2b727fa28p-56, 0x1.40b739b964782p-13);
DV_WORD dv dv_gelu_grad(dv dy, dv x) {
    const dv bounded = dv_clamp(x, -39.0, 39.0);
    const dv_pair half = dv_half_square(bounded);
    const dv e = dv_exp(-half.high), slope = dv_gelu_slope(dv_abs(bounded));
    /* A zero has the sign of the slope. */
    const dv part = dv_fma(slope, e, slope * ((0.0 - half.low) * e));
    return dy * dv_below(x, 0.0, part, 1.0 - part);
}

#endif
