/* Piecewise functions and softsign, as in kernels/piecewise.h, which says more about the limits. */
#ifndef ACT_F64_PIECEWISE_H
#define ACT_F64_PIECEWISE_H

#include "f64/arithmetic.h"

DV_WORD dv dv_below(dv x, double bound, dv there, dv y) {
    return dv_select(dv_lt(x, dv_all(bound)), there, y);
}
DV_WORD dv dv_above(dv x, double bound, dv there, dv y) {
    return dv_select(dv_lt(dv_all(bound), x), there, y);
}

/* A gradient that is selected: a NaN of dy or x stays. */
DV_WORD dv dv_dx_of(dv selected, dv dy, dv x) { return dv_nan_of(x, dv_nan_of(dy, selected)); }

F64_EXACT(relu);
DV_WORD dv dv_relu(dv x) { return dv_max(dv_all(0.0), x); }
F64_EXACT(relu_grad);
DV_WORD dv dv_relu_grad(dv dy, dv x) { return dv_dx_of(dv_above(x, 0.0, dy, dv_all(0.0)), dy, x); }

/* The factor is selected, so that the product cannot overflow where it is not wanted. */
F64_BOUND(leaky_relu, 0.5, -0x1.2aaaab6a5c9e7p+2, 0, 0x1.47ae147ae147bp-7);
DV_WORD dv dv_leaky_relu(dv x, double slope) {
    return x * dv_below(x, 0.0, dv_all(slope), dv_all(1.0));
}
F64_BOUND(leaky_relu_grad, 0.5, 0x1.aaaaab378758p-94, -0x1.58bcf0da8fdbp-59, 0x1.47ae147ae147bp-7);
DV_WORD dv dv_leaky_relu_grad(dv dy, dv x, double slope) {
    return dv_nan_of(x, dy * dv_above(x, 0.0, dv_all(1.0), dv_all(slope)));
}

F64_EXACT(step);
DV_WORD dv dv_step(dv x, double value) {
    const dv zero = dv_all(0.0), y = dv_above(x, 0.0, dv_all(1.0), dv_all(value));
    return dv_nan_of(x, dv_below(x, 0.0, zero, y));
}

F64_BOUND(linear, 0.5, 0x1p-1, 0, 0x1.11fb1534ca372p+1, 0x1.9dc219019096p+2);
DV_WORD dv dv_linear(dv x, double a, double b) { return dv_fma(dv_all(a), x, dv_all(b)); }
F64_BOUND(linear_grad, 0.5, -0x1.a35e073e06e2ap-64, 0x1.fa74d4b462559p+2, -0x1.0bd7ddad218bep+2,
          0x1.ae02b75242ff1p+1);
DV_WORD dv dv_linear_grad(dv dy, dv x, double a, double b) {
    (void)b;
    return dv_nan_of(x, a * dy);
}

F64_EXACT(clip);
DV_WORD dv dv_clip(dv x, double lo, double hi) { return dv_clamp(x, lo, hi); }
F64_EXACT(clip_grad);
DV_WORD dv dv_clip_grad(dv dy, dv x, double lo, double hi) {
    const dv zero = dv_all(0.0);
    return dv_dx_of(dv_below(x, lo, zero, dv_above(x, hi, zero, dy)), dy, x);
}
F64_EXACT(hardtanh);
DV_WORD dv dv_hardtanh(dv x, double lo, double hi) { return dv_clamp(x, lo, hi); }
F64_EXACT(hardtanh_grad);
DV_WORD dv dv_hardtanh_grad(dv dy, dv x, double lo, double hi) {
    dv dx = isnan(hi) ? dy : dv_below(x, hi, dy, dv_all(0.0));
    dx = isnan(lo) ? dx : dv_above(x, lo, dx, dv_all(0.0));
    return dv_dx_of(dx, dy, x);
}
F64_EXACT(relu6);
DV_WORD dv dv_relu6(dv x) { return dv_clamp(x, 0.0, 6.0); }
F64_EXACT(relu6_grad);
DV_WORD dv dv_relu6_grad(dv dy, dv x) { return dv_hardtanh_grad(dy, x, 0.0, 6.0); }

F64_EXACT(threshold);
DV_WORD dv dv_threshold(dv x, double theta, double value) {
    return dv_nan_of(x, dv_above(x, theta, x, dv_all(value)));
}
F64_EXACT(threshold_grad);
DV_WORD dv dv_threshold_grad(dv dy, dv x, double theta, double value) {
    (void)value;
    return dv_dx_of(dv_above(x, theta, dy, dv_all(0.0)), dy, x);
}
F64_EXACT(thresholded_relu);
DV_WORD dv dv_thresholded_relu(dv x, double alpha) { return dv_threshold(x, alpha, 0.0); }
F64_EXACT(thresholded_relu_grad);
DV_WORD dv dv_thresholded_relu_grad(dv dy, dv x, double alpha) {
    return dv_threshold_grad(dy, x, alpha, 0.0);
}

F64_EXACT(hardshrink);
DV_WORD dv dv_hardshrink(dv x, double lambda) {
    return dv_nan_of(x, dv_above(dv_abs(x), lambda, x, dv_all(0.0)));
}
F64_EXACT(hardshrink_grad);
DV_WORD dv dv_hardshrink_grad(dv dy, dv x, double lambda) {
    return dv_dx_of(dv_above(dv_abs(x), lambda, dy, dv_all(0.0)), dy, x);
}
/*
 * x minus x clamped to [-lambda, lambda], which cannot overflow.  Nothing is beyond a lambda that
 * is infinite or NaN.  With a negative lambda both conditions can hold, and x > lambda takes
 * precedence.
 */
F64_BOUND(softshrink, 0.5, 0x1.e51a0c5bde9eap+52, 0, 0x1p-1);
DV_WORD dv dv_softshrink(dv x, double lambda) {
    if (0.0 <= lambda && lambda <= DBL_MAX)
        return x - dv_clamp(x, -lambda, lambda);
    if (!(lambda < 0.0))
        return dv_nan_of(x, dv_all(0.0));
    return x + dv_above(x, lambda, dv_all(-lambda), dv_all(lambda));
}
F64_EXACT(softshrink_grad);
DV_WORD dv dv_softshrink_grad(dv dy, dv x, double lambda) {
    return dv_hardshrink_grad(dy, x, lambda);
}

/* Beyond 2^60 the result is 1 in size; without the clamp an infinity would be divided by itself. */
F64_BOUND(softsign, 1.5, -0x1.ffe0f782b241fp+10);
DV_WORD dv dv_softsign(dv x) {
    x = dv_clamp(x, -0x1p60, 0x1p60);
    return x / (1.0 + dv_abs(x));
}
/* Two divisions, as (1 + |x|)^2 would overflow where the result is not yet 0. */
F64_BOUND(softsign_grad, 3.25, 0x1.0bd184fca8e35p+22, -0x1.8c58cc9104609p+1);
DV_WORD dv dv_softsign_grad(dv dy, dv x) {
    const dv d = 1.0 + dv_abs(x);
    return dy / d / d;
}

/*
 * Where |alpha x| would overflow, x is clamped, which leaves the sum far beyond 0 or 1 on the same
 * side: unless beta is as large, when the sum itself decides and may overflow.
 */
DV_APART __attribute__((const)) double hardsigmoid_end(double alpha, double beta) {
    return fabs(alpha) <= DBL_MAX && fabs(beta) < 0x1p1000 ? limit_over(0x1p1022, alpha)
                                                           : (double)INFINITY;
}
F64_BOUND(hardsigmoid, 0.5, -0x1.0000017b20153p+0, 0, 0x1.5555555555555p-3, 0x1p-1);
DV_WORD dv dv_hardsigmoid_sum(dv x, double alpha, double beta) {
    /* With an alpha this small nothing overflows, and an infinite x times 0 is NaN. */
    if (!(fabs(alpha) <= 0.5)) {
        const double end = hardsigmoid_end(alpha, beta);
        x = dv_clamp(x, -end, end);
    }
    return dv_linear(x, alpha, beta);
}
DV_WORD dv dv_hardsigmoid(dv x, double alpha, double beta) {
    return dv_clamp(dv_hardsigmoid_sum(x, alpha, beta), 0.0, 1.0);
}
/* The factor is selected, too, so that no product overflows where it is not wanted. */
F64_BOUND(hardsigmoid_grad, 0.5, 0x1.7fff985e665aap-81, 0x1.ca5b03ce0b3cep-1, 0x1.5555555555555p-3,
          0x1p-1);
DV_WORD dv dv_hardsigmoid_grad(dv dy, dv x, double alpha, double beta) {
    const dv zero = dv_all(0.0), one = dv_all(1.0), t = dv_hardsigmoid_sum(x, alpha, beta);
    const dv inside = alpha * dv_above(t, 0.0, dv_below(t, 1.0, dy, one), one);
    return dv_dx_of(dv_above(t, 0.0, dv_below(t, 1.0, inside, zero), zero), dy, x);
}

/* Near -3, where rounding would cost relative accuracy, x + 3 is exact (Sterbenz). */
F64_BOUND(hardswish, 1.88, 0x1.5f3379253b06ep+0);
DV_WORD dv dv_hardswish(dv x) {
    x = dv_max(dv_all(-3.0), x);
    return x * (dv_min(dv_all(6.0), x + 3.0) / 6.0);
}
F64_BOUND(hardswish_grad, 1.97, -0x1.77eefc606c3edp+49, 0x1.07feeec9fd2b2p-1);
DV_WORD dv dv_hardswish_grad(dv dy, dv x) {
    const dv s = dv_fma(dv_all(2.0), dv_clamp(x, -3.0, 3.0), dv_all(3.0));
    const dv slope = dv_below(x, 3.0, s / 6.0, dv_all(1.0));
    return dv_dx_of(dv_above(x, -3.0, dy * slope, dv_all(0.0)), dy, x);
}

F64_BOUND(relu_squared, 0.5, 0x1.eb5cc32272b56p-52);
DV_WORD dv dv_relu_squared(dv x) {
    const dv r = dv_relu(x);
    return r * r;
}
/* Twice the product, or the product by twice x, where nothing overflows or is lost. */
F64_BOUND(relu_squared_grad, 0.5, 0x1.8bdbf91211239p-23, 0x1.6237d429367f2p+2);
DV_WORD dv dv_relu_squared_grad(dv dy, dv x) {
    const dv zero = dv_all(0.0), one = dv_all(1.0), two = dv_all(2.0);
    const dv product =
        dv_above(x, 0.0, dy, zero) * (dv_above(x, 0.0, x, zero) * dv_below(x, 1.0, two, one));
    const dv twice = dv_above(x, 0.0, product, zero) * dv_below(x, 1.0, one, two);
    return dv_dx_of(twice, dy, x);
}

/* Near -1, where rounding would cost relative accuracy, x + 1 is exact (Sterbenz). */
F64_BOUND(sparse_plus, 1.93, -0x1.2d76afece626fp-2);
DV_WORD dv dv_sparse_plus(dv x) {
    const dv half = 0.5 * (dv_clamp(x, -1.0, 1.0) + 1.0);
    return dv_above(x, 1.0, x, half * half);
}
/* The factor is selected, too, as 0 times an infinity is NaN. */
F64_BOUND(sparse_plus_grad, 1.5, -0x1.fe8a77258d51ap-9, 0x1.e5b09d7ccf804p-12);
DV_WORD dv dv_sparse_plus_grad(dv dy, dv x) {
    const dv slope = 0.5 * (dv_clamp(x, -1.0, 1.0) + 1.0);
    const dv dx = dy * dv_above(x, -1.0, slope, dv_all(1.0));
    return dv_dx_of(dv_above(x, -1.0, dx, dv_all(0.0)), dy, x);
}

/* The gates: f(gate) up, and the slope, which multiplies dy up by the derivative of f. */
DV_WORD dv dv_reglu(dv gate, dv up) { return dv_relu(gate) * up; }
DV_WORD dv dv_reglu_slope(dv dy, dv gate) { return dv_relu_grad(dy, gate); }

/* In this order no product overflows where the result does not. */
DV_WORD dv dv_reglu_squared(dv gate, dv up) {
    const dv r = dv_relu(gate);
    return r * up * r;
}
DV_WORD dv dv_reglu_squared_slope(dv dy, dv gate) { return dv_relu_squared_grad(dy, gate); }

#endif
