/* What the f64 formulas are built from: pairs of doubles, and the exponential far below 1. */
#ifndef ACT_F64_ARITHMETIC_H
#define ACT_F64_ARITHMETIC_H

#include "f64/vec.h"

/*
 * The measured error bound of a function in ULP, stated beside its formula, with an input that
 * nearly reaches it: x, or dy and the other operand, then the parameters.  A row-wise function's is
 * relative to the exact result.  The tests assert both, and that f64.h states the same figures.
 */
#define F64_BOUND(name, figure, ...)                                                               \
    F64_ROW_BOUND(name, figure);                                                                   \
    static const double f64_at_##name[4] __attribute__((unused)) = {__VA_ARGS__}
#define F64_EXACT(name) F64_BOUND(name, 0, 0)
#define F64_ROW_BOUND(name, figure)                                                                \
    static const double f64_bound_##name __attribute__((unused)) = (figure)

/* x where it is NaN, else y. */
DV_WORD dv dv_nan_of(dv x, dv y) { return dv_select(dv_is_nan(x), x, y); }
/* A NaN stays, by the contracts of dv_max and dv_min. */
DV_WORD dv dv_clamp(dv x, double lo, double hi) {
    return dv_min(dv_all(hi), dv_max(dv_all(lo), x));
}

/* high + low, where low is the rounding error of high. */
typedef struct {
    dv high, low;
} dv_pair;
DV_WORD dv_pair dv_two_product(dv a, dv b) {
    const dv high = a * b;
    return (dv_pair){high, dv_fma(a, b, -high)};
}
DV_WORD dv_pair dv_two_sum(dv a, dv b) {
    const dv high = a + b, b_there = high - a;
    return (dv_pair){high, (a - (high - b_there)) + (b - b_there)};
}
DV_WORD dv_pair dv_pair_product(dv_pair a, dv_pair b) {
    const dv_pair p = dv_two_product(a.high, b.high);
    return (dv_pair){p.high, dv_fma(a.high, b.low, dv_fma(a.low, b.high, p.low))};
}

/* SLEEF converts the quotient by log 2 to an integer, which an infinity must not reach. */
DV_WORD dv dv_exp(dv x) { return DV_SLEEF(exp, u10)(dv_clamp(x, -800.0, 800.0)); }
DV_WORD dv dv_log1p(dv x) { return DV_SLEEF(log1p, u10)(x); }
/* expm1(x) is x below 2^-54. */
DV_WORD dv dv_expm1(dv x) {
    const dv y = DV_SLEEF(expm1, u10)(dv_clamp(x, -800.0, 800.0));
    return dv_select(dv_lt(dv_abs(x), dv_all(0x1p-54)), x, y);
}

/*
 * exp(-size) as a product of normal numbers, value (1 + error) first second, with an error of a few
 * ULP.  A factor that is multiplied by the value first keeps all its digits, however small the
 * result; and the product with the value and the error is rounded once.
 */
typedef struct {
    dv value, error, first, second;
} dv_scaled;
DV_WORD dv dv_rescaled(dv a, dv_scaled e) { return a * e.first * e.second; }
DV_WORD dv dv_times_value(dv a, dv_scaled e) { return dv_fma(a, e.value, a * e.error * e.value); }
DV_WORD dv dv_value(dv_scaled e) { return dv_fma(e.value, e.error, e.value); }
DV_WORD dv dv_whole(dv_scaled e) { return dv_rescaled(dv_value(e), e); }

/* exp(-512), and its error relative to the exact value. */
#define EXP_OF_STEP       0x1.44109edb20931p-739
#define EXP_OF_STEP_ERROR 0x1.1d15e0cb404c3p-54

/* exp(-(size.high + size.low)) for 0 <= size.high; 0 from 2000 on.  size - 512 is exact. */
DV_WORD dv_scaled dv_exp_of_minus(dv_pair size) {
    const dv one = dv_all(1.0), zero = dv_all(0.0), step = dv_all(EXP_OF_STEP);
    const dv a = dv_min(dv_all(2000.0), size.high);
    const dm far = dv_lt(dv_all(512.0), a), farther = dv_lt(dv_all(1024.0), a);
    const dv off = dv_select(far, dv_all(512.0), zero) + dv_select(farther, dv_all(512.0), zero);
    return (dv_scaled){dv_exp(off - a), off * (EXP_OF_STEP_ERROR / 512.0) - size.low,
                       dv_select(far, step, one), dv_select(farther, step, one)};
}
DV_WORD dv_scaled dv_exp_of_minus_size(dv x) {
    return dv_exp_of_minus((dv_pair){dv_abs(x), dv_all(0.0)});
}

/* |z|: the low part changes sign together with the high part. */
DV_WORD dv_pair dv_size(dv_pair z) {
    return (dv_pair){dv_abs(z.high), dv_select(dv_lt(z.high, dv_all(0.0)), -z.low, z.low)};
}

/* size / |beta|, at most DBL_MAX, without a flag for any beta. */
DV_APART __attribute__((const)) double limit_over(double size, double beta) {
    beta = fabs(beta);
    return beta > size / DBL_MAX * 2.0 ? size / beta : DBL_MAX;
}

/* size cap, at most DBL_MAX, without a flag. */
DV_APART __attribute__((const)) double limit_times(double size, double cap) {
    return cap < DBL_MAX / size ? size * cap : DBL_MAX;
}

/*
 * The limit of |beta x|.  Beyond it exp(-|beta x|) is 0 even multiplied by the largest number or
 * divided by the smallest.
 */
#define WIDE_LIMIT 1500.0

#endif
