/* The functions of exp, and their gradients. */
#ifndef ACT_F64_EXPONENTIAL_H
#define ACT_F64_EXPONENTIAL_H

#include "f64/arithmetic.h"
#include "f64/piecewise.h"
#include "f64/polynomials.h"

F64_BOUND(exp, 0.89, -0x1.62657de840ce2p+9);

F64_BOUND(exp_grad, 0.5, -0x1.a74502f8427d4p-34, 0x1.e0d9b5a338aa5p-1);
DV_WORD dv dv_exp_grad(dv dy, dv y) { return dy * y; }

/* exp(-|x|) neither overflows nor cancels. */
F64_BOUND(sigmoid, 2.42, -0x1.8f3e1822e2b0cp+2);
DV_WORD dv dv_sigmoid(dv x) {
    const dv e = dv_exp(-dv_abs(x));
    return dv_below(x, 0.0, e, dv_all(1.0)) / (1.0 + e);
}
F64_BOUND(sigmoid_grad, 2.45, 0x1.fa736a92eaedep-18, 0x1.f608c44258afdp-2);
DV_WORD dv dv_sigmoid_grad(dv dy, dv y) { return dy * (1.0 - y) * y; }

/* tanh(x) is x within 2^-29, where SLEEF's would lose the last digits of subnormal numbers. */
F64_BOUND(tanh, 1, -0x1.2b708c2d72b26p+4);
DV_WORD dv dv_tanh(dv x) {
    const dv y = DV_SLEEF(tanh, u10)(dv_clamp(x, -40.0, 40.0));
    return dv_select(dv_lt(dv_abs(x), dv_all(0x1p-29)), x, y);
}
F64_BOUND(tanh_grad, 2.05, 0x1.f56aefb2221c3p+39, 0x1.669dbc5b0e539p-1);
DV_WORD dv dv_tanh_grad(dv dy, dv y) { return dy * ((1.0 - y) * (1.0 + y)); }

/*
 * x - tanh(x): for |x| < 1, where it would cancel, a polynomial, and beyond (|x| - 1) + 2 e / (1 +
 * e) for e = exp(-2 |x|).
 */
F64_BOUND(tanhshrink, 3.15, 0x1.6c51d7cb9f6e6p-22);
DV_WORD dv dv_tanhshrink(dv x) {
    const dv bounded = dv_clamp(x, -1.0, 1.0), square = bounded * bounded;
    const dv near = bounded * (square * DV_POLYNOMIAL(square, tanh_rest));
    const dv size = dv_max(dv_all(1.0), dv_abs(x)), e = dv_exp(-2.0 * dv_min(dv_all(400.0), size));
    const dv far = (size - 1.0) + 2.0 * e / (1.0 + e);
    return dv_above(x, 1.0, far, dv_below(x, -1.0, -far, near));
}
/* In this order a tiny tanh(x) does not underflow before dy is multiplied. */
F64_BOUND(tanhshrink_grad, 2.9, -0x1.df43741579acep+36, 0x1.1f44277227017p-1);
DV_WORD dv dv_tanhshrink_grad(dv dy, dv x) {
    const dv t = dv_tanh(x);
    return dy * t * t;
}

/* tanh(q) for q >= 0 by the same parts, in less time than by SLEEF's tanh. */
DV_WORD dv dv_tanh_by_exp(dv q) {
    const dv near = dv_min(dv_all(1.0), q), square = near * near;
    const dv e = dv_exp(-2.0 * dv_min(dv_all(400.0), q));
    const dv below = dv_fma(near * square, -DV_POLYNOMIAL(square, tanh_rest), near);
    return dv_below(q, 1.0, below, 1.0 - 2.0 * e / (1.0 + e));
}
/*
 * cap tanh(x / cap) with |x / cap| between 2^-27, below which the result is x, and 40, above which
 * it is cap.  Where 40 cap is beyond all doubles, only an infinite x is there.
 */
F64_BOUND(softcap, 2.34, -0x1.e496f79e194b2p-5, 0, 0x1.ep+4);
DV_WORD dv dv_softcap(dv x, double cap) {
    const double low = 0x1p-27 * cap, end = limit_times(40.0, cap);
    const dv size = dv_abs(x), bounded = dv_max(dv_all(low), dv_min(dv_all(end), size));
    const dv y = cap * dv_tanh_by_exp(bounded / cap);
    const dv beyond = dv_above(size, DBL_MAX, dv_all(cap), dv_below(size, low, size, y));
    return dv_nan_of(x, dv_below(x, 0.0, -beyond, dv_above(x, 0.0, beyond, x)));
}
/*
 * From y: dy (1 - z^2) for z = |y / cap|, and dy r (1 + z) with r = (cap - |y|) / cap beyond 1/2,
 * where cap - |y| is exact.
 */
F64_BOUND(softcap_grad, 2, -0x1.b47df44dcbd31p+43, -0x1.9b1bcd85023a8p-1, 0x1.299b6f384cfeap+0);
DV_WORD dv dv_softcap_grad(dv dy, dv y, double cap) {
    const dv size = dv_abs(dv_clamp(y, -cap, cap)), one = dv_all(1.0);
    const dv z = size / cap, r = (cap - size) / cap;
    return dy * dv_below(z, 0.5, dv_fma(-z, z, one), dv_fma(r, z, r));
}

F64_BOUND(elu, 1.9, -0x1.7511e1663c058p-1, 0, -0x1.eda37aee96dfcp+2);
DV_WORD dv dv_elu(dv x, double alpha) {
    return dv_below(x, 0.0, alpha * dv_expm1_of_negative(dv_min(dv_all(0.0), x)), x);
}
/* The derivative at 0 is the left one, as in PyTorch, and a NaN takes that side, too. */
F64_BOUND(elu_grad, 2.9, 0x1.1a97a76eee6e1p+94, -0x1.322b4d98cc05ap+9, 0x1.1eeba9a50831ep+2);
DV_WORD dv dv_elu_grad(dv dy, dv x, double alpha) {
    const dv_scaled e = dv_exp_of_minus_size(dv_min(dv_all(0.0), x));
    const dv a = dy * dv_above(x, 0.0, dv_all(1.0), dv_all(alpha));
    return dv_above(x, 0.0, a, dv_rescaled(a * dv_value(e), e));
}
/* From the output y, which counts as the end of its range where it is below that. */
F64_BOUND(elu_grad_y, 1.45, -0x1.e3203c1938194p+76, -0x1.e82ac045d6089p-2, 0x1p+0);
DV_WORD dv dv_elu_grad_y(dv dy, dv y, double alpha) {
    const dv left = dv_max(dv_all(-alpha), dv_min(dv_all(0.0), y)) + alpha;
    return dy * dv_above(y, 0.0, dv_all(1.0), left);
}

/* The constants rounded to double, as in PyTorch. */
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_GAMMA 1.0507009873554804934193349852946
F64_BOUND(selu, 2.19, -0x1.addafe88b54eap-1);
DV_WORD dv dv_selu(dv x) {
    const dv left = SELU_GAMMA * SELU_ALPHA * dv_expm1_of_negative(dv_min(dv_all(0.0), x));
    return dv_below(x, 0.0, left, SELU_GAMMA * dv_max(dv_all(0.0), x));
}
/* gamma alpha, and what is lost when that is rounded. */
#define SELU_LEFT     0x1.c212cc640f030p+0
#define SELU_LEFT_LOW 0x1.092dbf6372048p-54
F64_BOUND(selu_grad, 3.38, -0x1.92b3754b1afd6p+60, -0x1.5ff353f7822bp+9);
DV_WORD dv dv_selu_grad(dv dy, dv x) {
    const dv_scaled e = dv_exp_of_minus_size(dv_min(dv_all(0.0), x));
    const dv a = dy * dv_above(x, 0.0, dv_all(SELU_GAMMA), dv_all(SELU_LEFT));
    return dv_above(x, 0.0, a, dv_rescaled(a * dv_value(e), e));
}
F64_BOUND(selu_grad_y, 1.93, -0x1.dfe230cab4502p+9, -0x1.78612017efe6fp-1);
DV_WORD dv dv_selu_grad_y(dv dy, dv y) {
    const dv sum = dv_max(dv_all(-SELU_LEFT), dv_min(dv_all(0.0), y)) + SELU_LEFT;
    return dy * dv_above(y, 0.0, dv_all(SELU_GAMMA), sum + SELU_LEFT_LOW);
}

/*
 * gamma alpha as a pair; or, where the product is beyond all doubles or so small that its error is
 * lost, as two factors of about the same size, whose product with a number below 1 keeps its
 * digits.
 */
DV_WORD int elu_scale_is_pair(double alpha, double gamma) {
    const double size = fabs(alpha * gamma);
    return 0x1p-900 < size && size < 0x1p900;
}
DV_APART __attribute__((const)) double elu_scale_error(double alpha, double gamma) {
    return fma(alpha, gamma, -(alpha * gamma));
}
/* a times the power of two that brings it and b to about the same size, if b is divided by it. */
DV_APART __attribute__((const)) double elu_scale_balanced(double a, double b) {
    int of_a, of_b;
    (void)frexp(a, &of_a);
    (void)frexp(b, &of_b);
    return ldexp(a, (of_b - of_a) / 2);
}
F64_BOUND(scaled_elu, 1.88, -0x1.acc7062f639a6p-1, 0, 0x1.ac5afad782cf1p+0, 0x1.0cfabd6a91132p+0);
DV_WORD dv dv_scaled_elu(dv x, double alpha, double gamma) {
    const dv m = dv_expm1_of_negative(dv_min(dv_all(0.0), x));
    dv left;
    if (elu_scale_is_pair(alpha, gamma))
        left = dv_fma(m, dv_all(alpha * gamma), m * elu_scale_error(alpha, gamma));
    else
        left = m * elu_scale_balanced(alpha, gamma) * elu_scale_balanced(gamma, alpha);
    return dv_below(x, 0.0, left, gamma * dv_max(dv_all(0.0), x));
}
/* A product that is no double takes the exponential in two halves. */
F64_BOUND(scaled_elu_grad, 3.38, -0x1.92b3754b1afd6p+60, -0x1.5ff353f7822bp+9, 0x1.ac5afad782cf1p+0,
          0x1.0cfabd6a91132p+0);
DV_WORD dv dv_scaled_elu_grad(dv dy, dv x, double alpha, double gamma) {
    const dv z = dv_min(dv_all(0.0), x);
    dv left;
    if (elu_scale_is_pair(alpha, gamma)) {
        const double product = alpha * gamma;
        dv_scaled e = dv_exp_of_minus_size(z);
        e.error = e.error + elu_scale_error(alpha, gamma) / product;
        left = dv_rescaled(dy * product * dv_value(e), e);
    } else {
        const dv_scaled e = dv_exp_of_minus_size(0.5 * z);
        const dv half = dv_value(e);
        left = dv_rescaled(dy * elu_scale_balanced(alpha, gamma) * half, e) *
               dv_rescaled(elu_scale_balanced(gamma, alpha) * half, e);
    }
    return dv_above(x, 0.0, dy * gamma, left);
}

/* x / alpha for x <= 0 as a pair; a tiny alpha is scaled together with x, or the remainder would be
 * lost. */
DV_WORD dv_pair dv_over_alpha(dv x, double alpha) {
    const double end = fabs(alpha) > 0x1p1000 ? DBL_MAX : WIDE_LIMIT * fabs(alpha);
    const double unit = fabs(alpha) < 0x1p-500 ? 0x1p500 : 1.0;
    const dv a = dv_all(alpha * unit), clamped = dv_max(dv_all(-end), dv_min(dv_all(0.0), x));
    const dv scaled = clamped * unit, q = scaled / a;
    return (dv_pair){q, dv_fma(-q, a, scaled) / a};
}

/*
 * expm1(q + low) is expm1(q) + low exp(q).  For alpha > 0 x / alpha is negative; for alpha < 0 it
 * is positive, and exp may overflow where its product with alpha does not; the root of exp does not
 * where the result is finite, unless alpha is subnormal.
 */
F64_BOUND(celu, 3.4, -0x1.4848304441628p+5, 0, -0x1.82cec9abcde18p-1);
DV_WORD dv dv_celu(dv x, double alpha) {
    /* The usual value needs no quotient. */
    if (alpha == 1.0)
        return dv_elu(x, 1.0);
    const dv_pair z = dv_over_alpha(x, alpha);
    const dv q = z.high, low = z.low;
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
/* exp(x / alpha) on the left; of an infinite x it is 0 or infinity, whatever alpha is. */
F64_BOUND(celu_grad, 3.3, 0x1.241f5a62297a7p+90, -0x1.94c76d36309e4p+3, -0x1.e62d391b6045fp+1);
DV_WORD dv dv_celu_grad(dv dy, dv x, double alpha) {
    if (alpha == 1.0)
        return dv_elu_grad(dy, x, 1.0);
    const dv_pair z = dv_over_alpha(x, alpha);
    const dv end = dv_all(alpha > 0.0 ? 0.0 : (double)INFINITY);
    dv left;
    if (alpha > 0.0) {
        const dv_scaled e = dv_exp_of_minus((dv_pair){-z.high, -z.low});
        left = dv_rescaled(dy * dv_value(e), e);
    } else {
        const dv root = dv_exp(dv_min(dv_all(709.7), z.high * 0.5));
        left = dy * dv_fma(root, z.low, root) * root;
    }
    left = left * dv_below(x, -DBL_MAX, end, dv_all(1.0));
    return dv_above(x, 0.0, dy, left);
}
F64_BOUND(celu_grad_y, 1.77, -0x1.998ba2a62bff8p-57, -0x1.8264720523ba1p+1, 0x1.eb398837091dp+2);
DV_WORD dv dv_celu_grad_y(dv dy, dv y, double alpha) {
    const dv left = (dv_max(dv_all(-alpha), dv_min(dv_all(0.0), y)) + alpha) / alpha;
    return dy * dv_above(y, 0.0, dv_all(1.0), left);
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

/* dy sigmoid(z) */
DV_WORD dv dv_by_sigmoid(dv dy, dv_pair z) {
    const dv_scaled e = dv_exp_of_minus(dv_size(z));
    const dv y = dv_below(z.high, 0.0, dy * dv_value(e), dy) / (1.0 + dv_whole(e));
    return dv_below(z.high, 0.0, dv_rescaled(y, e), y);
}

/* The product beta x is clamped where that changes neither its comparison with the threshold nor
 * the result. */
DV_APART __attribute__((const)) double softplus_end(double beta, double threshold) {
    return limit_over(fmax(WIDE_LIMIT, fmin(2.0 * fabs(threshold), DBL_MAX)), beta);
}
/* Above 0 beyond the threshold.  The product may underflow, but its sign is known. */
DV_WORD dv dv_past(dv x, dv_pair z, double beta, double threshold) {
    return threshold == 0.0 ? x * copysign(1.0, beta) : (z.high - threshold) + z.low;
}
/* Above 40 the result is x. */
F64_BOUND(softplus, 2.73, 0x1.70e2fb5a994eep+3, 0, -0x1.0d2689c8bc2f8p+1, 0x1.8a4d165354001p+2);
DV_WORD dv dv_softplus(dv x, double beta, double threshold) {
    const double end = softplus_end(beta, threshold);
    const dv_pair z = dv_two_product(dv_all(beta), dv_clamp(x, -end, end));
    const dv tail = dv_log1p_over(dv_exp_of_minus(dv_size(z)), beta);
    const dv y = dv_above(z.high, 40.0, x, dv_above(z.high, 0.0, x + tail, tail));
    return dv_nan_of(x, dv_above(dv_past(x, z, beta, threshold), 0.0, x, y));
}
/* An infinite x is beyond the limit, however small beta is. */
F64_BOUND(softplus_grad, 2.97, -0x1.66cca7235f8e8p-74, -0x1.2cd520b678f22p+1, 0x1p+0, 0x1.4p+4);
DV_WORD dv dv_softplus_grad(dv dy, dv x, double beta, double threshold) {
    const double end = softplus_end(beta, threshold);
    dv_pair z = dv_two_product(dv_all(beta), dv_clamp(x, -end, end));
    const dv past = dv_past(x, z, beta, threshold);
    const dm infinite = dv_lt(dv_all(DBL_MAX), dv_abs(x));
    z.high = dv_select(infinite, dv_below(z.high, 0.0, dv_all(-2000.0), dv_all(2000.0)), z.high);
    z.low = dv_select(infinite, dv_all(0.0), z.low);
    return dv_nan_of(x, dv_above(past, 0.0, dy, dv_by_sigmoid(dy, z)));
}

F64_BOUND(log_sigmoid, 1.76, 0x1.be367d5ceb1ccp-2);
DV_WORD dv dv_log_sigmoid(dv x) {
    return -(dv_max(dv_all(0.0), -x) + dv_log1p_of_part(dv_exp(-dv_abs(x))));
}
F64_BOUND(log_sigmoid_grad, 2.85, 0x1.92febbdbb3aa8p+0, 0x1.9853bcc5b15d1p+1);
DV_WORD dv dv_log_sigmoid_grad(dv dy, dv x) {
    return dv_by_sigmoid(dy, (dv_pair){-x, dv_all(0.0)});
}

/*
 * The root of softplus, which for x < -40 is exp(x / 2), also where softplus would be 0.
 */
#define ROOT_IS_EXP -40.0
F64_BOUND(sqrt_softplus, 1.39, 0x1.003ffd70ceb53p-18);
DV_WORD dv dv_root_of_softplus(dv x, dv e) {
    return dv_sqrt(dv_max(dv_all(0.0), x) + dv_log1p_of_part(e));
}
DV_WORD dv dv_sqrt_softplus(dv x) {
    const dv e = dv_exp(dv_below(x, ROOT_IS_EXP, 0.5 * x, -dv_abs(x)));
    return dv_below(x, ROOT_IS_EXP, e, dv_root_of_softplus(x, e));
}
F64_BOUND(sqrt_softplus_grad, 3.82, 0x1.dd3d254f5c622p+72, -0x1.36210d0ff25acp+4);
DV_WORD dv dv_sqrt_softplus_grad(dv dy, dv x) {
    const dv_scaled e = dv_exp_of_minus_size(dv_below(x, ROOT_IS_EXP, 0.5 * x, x));
    const dv whole = dv_whole(e), one = dv_all(1.0);
    /* Neither 0 nor an infinity is divided by itself. */
    const dv root = dv_max(dv_all(DBL_MIN), dv_root_of_softplus(x, whole));
    const dv near =
        dv_below(x, 0.0, whole, one) / dv_fma(whole, dv_min(dv_all(DBL_MAX), root), root);
    const dv far = dv_rescaled(dy * dv_value(e), e);
    return 0.5 * dv_below(x, ROOT_IS_EXP, far, dy * near);
}

/* The gradient of sigmoid from x: dy e / (1 + e)^2 for e = exp(-|x|). */
F64_BOUND(sigmoid_grad_x, 3.08, 0x1.6fe8671d098ebp-33, 0x1.20852198e1c27p+2);
DV_WORD dv dv_sigmoid_grad_x(dv dy, dv x) {
    const dv_scaled e = dv_exp_of_minus_size(x);
    const dv whole = dv_whole(e), square = dv_fma(whole, 2.0 + whole, dv_all(1.0));
    return dv_rescaled(dy * dv_value(e) / square, e);
}
DV_WORD dv dv_glu(dv gate, dv up) { return dv_sigmoid(gate) * up; }
DV_WORD dv dv_glu_slope(dv dy, dv gate) { return dv_sigmoid_grad_x(dy, gate); }

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
 * squareplus(x) / r is s for x < 0 and 1 - s for x >= 0, with s = b / 2 / (|x| r + r^2), and
 * b / 4 / x^2 where |x| is r.  At x = 0 the derivative is 1/2, also for b = 0.
 */
F64_BOUND(squareplus_grad, 3.39, -0x1.f003ae84d3ap-37, 0x1.43fc1aa01ae09p-25, 0x1p+2);
DV_WORD dv dv_squareplus_grad(dv dy, dv x, double b) {
    const dv one = dv_all(1.0), zero = dv_all(0.0), half = dv_all(0.5);
    if (b == 0.0)
        return dy * dv_nan_of(x, dv_above(x, 0.0, one, dv_below(x, 0.0, zero, half)));
    const double unit = b > 0x1p800 ? 0x1p-400 : b < 0x1p-800 ? 0x1p400 : 1.0;
    const double end = 0x1p60 * (sqrt(b * unit * unit) / unit);
    const dv size = dv_abs(x), a = dv_min(size, dv_all(end)) * unit;
    const dv square = dv_fma(a, a, dv_all(b * unit * unit));
    const dv near = 0.5 * b * unit * unit / dv_fma(a, dv_sqrt(square), square);
    const dv far = dv_max(dv_all(end), size);
    const dv left = dv_above(size, end, dy / far * b / far * 0.25, dy * near);
    const dv right = dy * (1.0 - dv_above(size, end, zero, near));
    return dv_nan_of(x, dv_below(x, 0.0, left, right));
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
 * With e = exp(-|x|): e ((2 + e) d + 4 x (1 + e)) / d^2 and d = 2 + e (2 + e) on the left,
 * ((1 + 2 e) d + 4 x e^2 (1 + e)) / d^2 and d = 1 + 2 e (1 + e) on the right.
 */
F64_BOUND(mish_grad, 7.44, -0x1.3b6d3382e53c9p+81, -0x1.bf3ffcecf91b6p+0);
DV_WORD dv dv_mish_grad(dv dy, dv x) {
    const dv one = dv_all(1.0), bounded = dv_clamp(x, -WIDE_LIMIT, WIDE_LIMIT);
    const dv e = dv_whole(dv_exp_of_minus_size(bounded)), twice = 2.0 * e;
    const dv k = dv_below(x, 0.0, dv_all(2.0), one), f = dv_below(x, 0.0, e, twice);
    const dv d = dv_fma(f, k + e, k);
    const dv last = 4.0 * bounded * (dv_below(x, 0.0, one, e * e) * (1.0 + e));
    const dv sum = dv_fma(dv_below(x, 0.0, 2.0 + e, 1.0 + twice), d, last);
    return dy * (sum * dv_below(x, 0.0, e, one) / (d * d));
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
 * s + w s (1 - s) for s = sigmoid(z) and a w with the sign of z: 1 + t for z >= 0 and -t for z < 0,
 * with t = e (|w| - 1 - e) / (1 + e)^2 and e = exp(-|z|).
 */
DV_WORD dv dv_times_sigmoid_slope(dv_pair z, dv_pair w) {
    const dv_pair size = dv_size(w);
    const dv e = dv_whole(dv_exp_of_minus(dv_size(z))), square = dv_fma(e, 2.0 + e, dv_all(1.0));
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
    const dv slope = dv_times_sigmoid_slope(z, z);
    return dy * (beta == 0.0 ? slope : dv_above(dv_abs(x), DBL_MAX, infinite, slope));
}

/* 1.702, and 2 sqrt(2 / pi), as pairs: near -700 the rounding of a factor alone is 400 ULP. */
#define QUICK     0x1.b3b645a1cac08p+0
#define QUICK_LOW 0x1.89374bc6a7efap-55
#define TWICE     0x1.9884533d43651p+0
#define TWICE_LOW -0x1.cbc0d30ebfd15p-54
#define CUBIC     0x1.6e4e26d4801f7p-5
#define CUBIC_LOW 0x1.441355475a31ap-59

F64_BOUND(gelu_quick, 3.19, -0x1.03b30d5ee4fccp+1);
DV_WORD dv_pair dv_gelu_quick_argument(dv bounded) {
    const dv_pair factor = {dv_all(QUICK), dv_all(QUICK_LOW)};
    return dv_pair_product((dv_pair){bounded, dv_all(0.0)}, factor);
}
DV_WORD dv dv_gelu_quick(dv x) {
    const dv bounded = dv_clamp(x, -1000.0, 1000.0);
    return dv_times_sigmoid(x, bounded, dv_gelu_quick_argument(bounded));
}
F64_BOUND(gelu_quick_grad, 3.38, -0x1.d9a490aa23d58p+44, -0x1.e9b086f72d769p-2);
DV_WORD dv dv_gelu_quick_grad(dv dy, dv x) {
    const dv_pair z = dv_gelu_quick_argument(dv_clamp(x, -1000.0, 1000.0));
    return dy * dv_times_sigmoid_slope(z, z);
}

/* x (1 + tanh u) / 2 is x sigmoid(2 u), and 2 u is 2 sqrt(2 / pi) x (1 + 0.044715 x^2). */
F64_BOUND(gelu_tanh, 3.14, -0x1.d2c7f4163ecf4p+0);
/* 2 sqrt(2 / pi) x (1 + factor 0.044715 x^2) */
DV_WORD dv_pair dv_gelu_tanh_argument(dv bounded, double factor) {
    const dv_pair cubic = {dv_all(CUBIC * factor), dv_all(CUBIC_LOW * factor)};
    const dv_pair twice = {dv_all(TWICE), dv_all(TWICE_LOW)};
    const dv_pair product = dv_pair_product(dv_two_product(bounded, bounded), cubic);
    dv_pair sum = dv_two_sum(dv_all(1.0), product.high);
    sum.low = sum.low + product.low;
    const dv_pair line = dv_pair_product((dv_pair){bounded, dv_all(0.0)}, twice);
    return dv_pair_product(line, sum);
}
DV_WORD dv dv_gelu_tanh(dv x) {
    const dv bounded = dv_clamp(x, -30.0, 30.0);
    return dv_times_sigmoid(x, bounded, dv_gelu_tanh_argument(bounded, 1.0));
}
F64_BOUND(gelu_tanh_grad, 3.55, 0x1.dc3421798fddcp-65, -0x1.7de61d50586bep+0);
DV_WORD dv dv_gelu_tanh_grad(dv dy, dv x) {
    const dv bounded = dv_clamp(x, -30.0, 30.0);
    return dy * dv_times_sigmoid_slope(dv_gelu_tanh_argument(bounded, 1.0),
                                       dv_gelu_tanh_argument(bounded, 3.0));
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

/*
 * z = (x - mu) / sigma as a pair.  x is clamped to mu +- 64 sigma, beyond which exp(-z^2 / 2) is 0
 * even multiplied by the largest number, and the ends are rounded outwards: mu may be so large that
 * 64 sigma is lost. A large sigma is scaled down together with x and mu, so that their difference
 * is a double; a small one is scaled up together with the difference, so that the quotient's
 * remainder is not lost.
 */
#define LAPLACE_END 64.0
DV_WORD double laplace_down(double sigma) { return sigma > 0x1p500 ? 0x1p-520 : 1.0; }
DV_WORD double laplace_up(double sigma) { return sigma < 0x1p-500 ? 0x1p520 : 1.0; }
DV_APART __attribute__((const)) double laplace_end(double mu, double sigma, double turns) {
    const double end = nextafter(mu + turns * sigma, copysign((double)INFINITY, turns));
    return fmin(fmax(end, -DBL_MAX), DBL_MAX);
}
DV_WORD dv_pair dv_laplace_argument(dv x, double mu, double sigma) {
    const double down = laplace_down(sigma), up = laplace_up(sigma);
    const double center = mu * down, least = sigma * down, end = (LAPLACE_END + 1.0) * least,
                 unit = least * up;
    const dv bounded = dv_clamp(x * down, laplace_end(center, least, -LAPLACE_END),
                                laplace_end(center, least, LAPLACE_END));
    const dv_pair difference = dv_two_sum(bounded, dv_all(-center));
    const dm beyond = dv_lt(dv_all(end), dv_abs(difference.high));
    const dv high = dv_clamp(difference.high, -end, end) * up;
    const dv low = dv_select(beyond, dv_all(0.0), difference.low) * up;
    const dv q = high / unit;
    return (dv_pair){q, (dv_fma(-q, dv_all(unit), high) + low) / unit};
}
/* Phi(z), whose derivative takes the low part of z. */
#define NORMAL_DENSITY     0x1.9884533d43651p-2
#define NORMAL_DENSITY_LOW -0x1.cbc0d30ebfd15p-56
F64_BOUND(laplace, 3, -0x1.82d29896e6c36p-2, 0, 0x1.6a09edbf8b9bbp-1, 0x1.20dd82fd75e2p-2);
DV_WORD dv dv_laplace(dv x, double mu, double sigma) {
    const dv_pair z = dv_laplace_argument(x, mu, sigma), size = dv_size(z);
    const dv t = dv_min(dv_all(39.0), size.high);
    const dv_scaled e = dv_exp_of_minus(dv_half_square(t));
    const dv_pair tail = dv_normal_tail(t);
    const dv low = dv_fma(size.low, dv_all(-NORMAL_DENSITY), dv_fma(tail.high, e.error, tail.low));
    const dv part = dv_rescaled(dv_fma(tail.high, e.value, low * e.value), e);
    const dv y = dv_below(z.high, 0.0, part, 1.0 - part);
    return dv_above(x, DBL_MAX, dv_all(1.0), dv_below(x, -DBL_MAX, dv_all(0.0), y));
}
/* What the quotient of the density at 0 and sigma has lost, relative to it. */
DV_APART __attribute__((const)) double laplace_lost(double sigma) {
    const double c = NORMAL_DENSITY / sigma;
    return (fma(-c, sigma, NORMAL_DENSITY) + NORMAL_DENSITY_LOW) / NORMAL_DENSITY;
}
/* exp(-z^2 / 2) / (sigma sqrt(2 pi)); of an infinite x it is 0. */
F64_BOUND(laplace_grad, 3.2, 0x1.cee5ad5400d54p+18, -0x1.29e7d81f73654p+3, 0x1.6a09edbf8b9bbp-1,
          0x1.20dd82fd75e2p-2);
DV_WORD dv dv_laplace_grad(dv dy, dv x, double mu, double sigma) {
    const double down = laplace_down(sigma), up = laplace_up(sigma), unit = sigma * down * up;
    const double c = NORMAL_DENSITY / unit, lost = laplace_lost(unit);
    const dv_pair z = dv_laplace_argument(x, mu, sigma), size = dv_size(z);
    const dv t = dv_min(dv_all(LAPLACE_END), size.high);
    dv_pair half = dv_half_square(t);
    half.low = dv_fma(t, size.low, half.low);
    dv_scaled e = dv_exp_of_minus(half);
    e.error = e.error + lost;
    const dv slope = dv_rescaled(dy * c * dv_value(e) * (down * up), e);
    return dv_above(dv_abs(x), DBL_MAX, dy * 0.0, slope);
}

/* The gates, as in piecewise.h. */
DV_WORD dv dv_geglu(dv gate, dv up) { return dv_gelu(gate) * up; }
DV_WORD dv dv_geglu_slope(dv dy, dv gate) { return dv_gelu_grad(dy, gate); }
DV_WORD dv dv_geglu_tanh(dv gate, dv up) { return dv_gelu_tanh(gate) * up; }
DV_WORD dv dv_geglu_tanh_slope(dv dy, dv gate) { return dv_gelu_tanh_grad(dy, gate); }
DV_WORD dv dv_geglu_quick(dv gate, dv up) { return dv_gelu_quick(gate) * up; }
DV_WORD dv dv_geglu_quick_slope(dv dy, dv gate) { return dv_gelu_quick_grad(dy, gate); }
DV_WORD dv dv_swiglu(dv gate, dv up) { return dv_silu(gate, 1.0) * up; }
DV_WORD dv dv_swiglu_slope(dv dy, dv gate) { return dv_silu_grad(dy, gate, 1.0); }
DV_WORD dv dv_swiglu_beta(dv gate, dv up, double beta) { return dv_silu(gate, beta) * up; }
DV_WORD dv dv_swiglu_beta_slope(dv dy, dv gate, double beta) {
    return dv_silu_grad(dy, gate, beta);
}
DV_WORD dv dv_swiglu_clamped(dv gate, dv up, double alpha, double limit) {
    return dv_silu(dv_min(dv_all(limit), gate), alpha) * (dv_clamp(up, -limit, limit) + 1.0);
}

#endif
