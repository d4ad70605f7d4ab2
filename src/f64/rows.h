/*
 * Row-wise functions of doubles.
 *
 * A row is processed in blocks of eight doubles on every instruction set, and each of these eight
 * lanes has a sum of its own, which fixes the order of additions and with it the bits.  Sums carry
 * their rounding errors, so that the error does not grow with the length of the row, and the sum
 * without the largest element, 1 + s minus 1, keeps the digits of s.
 */
#ifndef ACT_F64_ROWS_H
#define ACT_F64_ROWS_H

#include <string.h>

#include "f64/arithmetic.h"

enum { ROW_BLOCK = 8, ROW_VECTORS = ROW_BLOCK / DV_LANES };

/* What a block of a row becomes; a partial block has copies, whose idle lanes do not count. */
typedef struct {
    double lane[ROW_BLOCK];
} row_block;
DV_WORD row_block row_block_at(const double *p, size_t n, double idle) {
    row_block b;
    for (size_t i = 0; i < ROW_BLOCK; ++i)
        b.lane[i] = idle;
    memcpy(b.lane, p, n * sizeof *p);
    return b;
}
/* The block at p, of which n elements are left: where it lies, or its copy. */
DV_WORD const double *row_whole(row_block *copy, const double *p, size_t n, double idle) {
    if (n >= ROW_BLOCK)
        return p;
    *copy = row_block_at(p, n, idle);
    return copy->lane;
}

/* The sums of the eight lanes, and what their roundings have lost. */
typedef struct {
    dv sum[ROW_VECTORS], lost[ROW_VECTORS];
} row_sums;
DV_WORD void dv_add_to(dv *sum, dv *lost, dv_pair term) {
    const dv_pair next = dv_two_sum(*sum, term.high);
    *sum = next.high;
    *lost = *lost + (next.low + term.low);
}
DV_WORD void row_add(row_sums *s, size_t k, dv_pair term) {
    dv_add_to(&s->sum[k], &s->lost[k], term);
}
/* Lanes j and j + 4 are added, then 2 apart, then 1. */
typedef struct {
    double high, low;
} row_total;
DV_APART row_total row_total_of(const double sum[ROW_BLOCK], const double lost[ROW_BLOCK]) {
    double high[ROW_BLOCK], low[ROW_BLOCK];
    memcpy(high, sum, sizeof high);
    memcpy(low, lost, sizeof low);
    for (size_t apart = ROW_BLOCK / 2; apart > 0; apart /= 2)
        for (size_t j = 0; j < apart; ++j) {
            const double a = high[j], b = high[j + apart], s = a + b, b_there = s - a;
            high[j] = s;
            low[j] += low[j + apart] + ((a - (s - b_there)) + (b - b_there));
        }
    return (row_total){high[0], low[0]};
}
DV_WORD row_total row_end(const row_sums *s) {
    double sum[ROW_BLOCK], lost[ROW_BLOCK];
    for (size_t k = 0; k < ROW_VECTORS; ++k) {
        dv_store(sum + k * DV_LANES, s->sum[k]);
        dv_store(lost + k * DV_LANES, s->lost[k]);
    }
    return row_total_of(sum, lost);
}
DV_WORD row_sums row_no_sums(void) {
    row_sums s;
    for (size_t k = 0; k < ROW_VECTORS; ++k)
        s.sum[k] = s.lost[k] = dv_all(0.0);
    return s;
}

/* A NaN becomes the maximum, and then every x is taken: `nan` keeps it. */
typedef struct {
    dv max, nan;
} row_top;
DV_WORD void row_take(row_top *t, dv x) {
    t->max = dv_max(t->max, x);
    t->nan = dv_nan_of(x, t->nan);
}

/*
 * The largest element; NaN if there is one.  At least four vectors have maxima of their own: with
 * one alone, every vector would wait for the one before it.
 */
enum { ROW_TOPS = ROW_VECTORS < 4 ? 4 : ROW_VECTORS, ROW_STEP = ROW_TOPS * DV_LANES };
DV_APART double row_max(const double *x, size_t n) {
    row_top top[ROW_TOPS];
    for (size_t k = 0; k < ROW_TOPS; ++k)
        top[k] = (row_top){dv_all(-(double)INFINITY), dv_all(0.0)};
    size_t i = 0;
    for (; n - i >= ROW_STEP; i += ROW_STEP)
        for (size_t k = 0; k < ROW_TOPS; ++k)
            row_take(&top[k], dv_load(x + i + k * DV_LANES));
    for (; i < n; i += ROW_BLOCK) {
        row_block rest;
        const double *const p = row_whole(&rest, x + i, n - i, -(double)INFINITY);
        for (size_t k = 0; k < ROW_VECTORS; ++k)
            row_take(&top[k], dv_load(p + k * DV_LANES));
    }
    for (size_t k = 1; k < ROW_TOPS; ++k) {
        top[0].max = dv_max(top[0].max, top[k].max);
        top[0].nan = dv_nan_of(top[k].nan, top[0].nan);
    }
    double lane[DV_LANES], largest = -(double)INFINITY;
    dv_store(lane, dv_nan_of(top[0].nan, top[0].max));
    for (size_t j = 0; j < DV_LANES; ++j) {
        if (isnan(lane[j]))
            return lane[j];
        largest = lane[j] > largest ? lane[j] : largest;
    }
    return largest;
}

/* Whether x is so far below the maximum that exp(x - max) is 0; -inf always is. */
DV_WORD dm row_is_far(dv x, dv max) { return dv_lt(x, dv_max(max - 800.0, dv_all(-DBL_MAX))); }

/* x - max, exactly, and its exponential; max itself stands for what is far below it. */
DV_WORD dv_pair row_below_max(dv x, dv max) {
    return dv_two_sum(dv_select(row_is_far(x, max), max, x), -max);
}
DV_WORD dv row_exp(dv x, dv max) {
    const dv_pair d = row_below_max(x, max);
    const dv e = DV_SLEEF(exp, u10)(d.high); /* dv_exp's limits are kept */
    return dv_select(row_is_far(x, max), dv_all(0.0), dv_fma(e, d.low, e));
}

/* exp(x - max) of n elements, in whole blocks. */
DV_WORD void row_exp_blocks(double *e, const double *x, size_t n, double max) {
    for (size_t i = 0; i < n; i += ROW_BLOCK) {
        row_block rest;
        const double *const p = row_whole(&rest, x + i, n - i, -(double)INFINITY);
        for (size_t k = 0; k < ROW_BLOCK; k += DV_LANES)
            dv_store(e + i + k, row_exp(dv_load(p + k), dv_all(max)));
    }
}

/*
 * The sum of exp(x - max), with the exponentials in dst unless that is null.  The exponentials of a
 * few blocks come first: a call of SLEEF's leaves no sum in a register.
 */
enum { ROW_ROOM = 8 * ROW_BLOCK };
DV_WORD row_total row_sum_of_exp(double *dst, const double *x, size_t n, double max) {
    row_sums s = row_no_sums();
    for (size_t i = 0; i < n; i += ROW_ROOM) {
        double e[ROW_ROOM];
        const size_t now = n - i < ROW_ROOM ? n - i : ROW_ROOM;
        row_exp_blocks(e, x + i, now, max);
        for (size_t j = 0; j < now; j += ROW_BLOCK)
            for (size_t k = 0; k < ROW_VECTORS; ++k)
                row_add(&s, k, (dv_pair){dv_load(e + j + k * DV_LANES), dv_all(0.0)});
        if (dst)
            memcpy(dst + i, e, now * sizeof *dst);
    }
    return row_end(&s);
}

/* A map over a row, in place or not; a tail is copied to a whole block. */
typedef dv row_word(dv x, dv y, double p, double q);
DV_WORD void row_map(double *dst, const double *x, const double *y, size_t n, double p, double q,
                     row_word *word) {
    size_t i = 0;
    for (; i + DV_LANES <= n; i += DV_LANES)
        dv_store(dst + i, word(dv_load(x + i), dv_load(y + i), p, q));
    if (i < n) {
        const row_block a = row_block_at(x + i, n - i, 0.0), b = row_block_at(y + i, n - i, 0.0);
        double rest[ROW_BLOCK];
        dv_store(rest, word(dv_load(a.lane), dv_load(b.lane), p, q));
        memcpy(dst + i, rest, (n - i) * sizeof *dst);
    }
}

/* The same of three operands, with two results, of which the second one may be null. */
typedef struct {
    dv first, second;
} dv_two;
typedef dv_two row_word_of_three(dv a, dv b, dv c, double p, double q);
DV_WORD void row_map_three(double *first, double *second, const double *a, const double *b,
                           const double *c, size_t n, double p, double q, row_word_of_three *word) {
    size_t i = 0;
    for (; i + DV_LANES <= n; i += DV_LANES) {
        const dv_two y = word(dv_load(a + i), dv_load(b + i), dv_load(c + i), p, q);
        dv_store(first + i, y.first);
        if (second)
            dv_store(second + i, y.second);
    }
    if (i < n) {
        const row_block rest_a = row_block_at(a + i, n - i, 0.0);
        const row_block rest_b = row_block_at(b + i, n - i, 0.0);
        const row_block rest_c = row_block_at(c + i, n - i, 0.0);
        const dv_two y =
            word(dv_load(rest_a.lane), dv_load(rest_b.lane), dv_load(rest_c.lane), p, q);
        double rest[ROW_BLOCK];
        dv_store(rest, y.first);
        memcpy(first + i, rest, (n - i) * sizeof *first);
        dv_store(rest, y.second);
        if (second)
            memcpy(second + i, rest, (n - i) * sizeof *second);
    }
}

DV_WORD int row_has_result(double max) { return -DBL_MAX <= max && max <= DBL_MAX; }
DV_WORD void row_fill(double *dst, size_t n, double value) {
    for (size_t i = 0; i < n; ++i)
        dst[i] = value;
}

/* x / sum by the reciprocal and the residual, which costs a quarter of a division. */
DV_WORD dv row_ratio(dv x, dv sum, dv reciprocal) {
    const dv q = x * reciprocal, rest = dv_fma(q, -sum, x);
    return dv_fma(rest, reciprocal, q);
}
DV_WORD dv row_quotient(dv x, dv again, double sum, double reciprocal) {
    (void)again;
    return row_ratio(x, dv_all(sum), dv_all(reciprocal));
}
F64_ROW_BOUND(softmax, 4.3e-16);
DV_WORD void row_softmax(double *dst, const double *x, size_t n) {
    const double max = row_max(x, n);
    if (!row_has_result(max)) {
        row_fill(dst, n, (double)NAN);
        return;
    }
    const row_total sum = row_sum_of_exp(dst, x, n, max);
    const double total = sum.high + sum.low;
    row_map(dst, dst, dst, n, total, 1.0 / total, row_quotient);
}

/* log(sum of exp(x - max)); the sum is at least 1, and 1 is subtracted exactly. */
DV_WORD dv row_log_of(dv_pair sum) { return dv_log1p((sum.high - 1.0) + sum.low); }
DV_WORD double row_log_sum(const double *x, size_t n, double max) {
    const row_total sum = row_sum_of_exp(NULL, x, n, max);
    double lane[DV_LANES];
    dv_store(lane, row_log_of((dv_pair){dv_all(sum.high), dv_all(sum.low)}));
    return lane[0];
}

/* Where x is -inf so is the result; max stands for it, which raises no flag. */
DV_WORD dv row_below_log(dv x, dv max, dv log_sum) {
    const dm infinite = dv_lt(x, dv_all(-DBL_MAX));
    const dv_pair d = dv_two_sum(dv_select(infinite, max, x), -max);
    /* Where x - max overflows the low part is NaN. */
    const dv low = dv_select(dv_lt(d.high, dv_all(-DBL_MAX)), dv_all(0.0), d.low);
    const dv_pair y = dv_two_sum(d.high, -log_sum);
    const dv sum = y.high + (low + y.low);
    return dv_select(infinite, x, dv_select(dv_lt(y.high, dv_all(-DBL_MAX)), y.high, sum));
}
DV_WORD dv row_log_ratio(dv x, dv again, double max, double log_sum) {
    (void)again;
    return row_below_log(x, dv_all(max), dv_all(log_sum));
}
F64_ROW_BOUND(log_softmax, 3.8e-16);
DV_WORD void row_log_softmax(double *dst, const double *x, size_t n) {
    const double max = row_max(x, n);
    if (row_has_result(max))
        row_map(dst, x, x, n, max, row_log_sum(x, n, max), row_log_ratio);
    else
        row_fill(dst, n, (double)NAN);
}

F64_ROW_BOUND(logsumexp, 2.6e-16);
DV_WORD double row_logsumexp(const double *x, size_t n) {
    const double max = row_max(x, n);
    return row_has_result(max) ? max + row_log_sum(x, n, max) : max;
}

/* y (dy - sum), where the sum has two parts. */
DV_WORD dv row_softmax_slope(dv dy, dv y, double high, double low) {
    return y * ((dy - high) - low);
}
F64_ROW_BOUND(softmax_grad, 5.8e-16);
DV_WORD void row_softmax_grad(double *dx, const double *dy, const double *y, size_t n) {
    row_sums s = row_no_sums();
    for (size_t i = 0; i < n; i += ROW_BLOCK) {
        row_block rest_dy, rest_y;
        const double *const a = row_whole(&rest_dy, dy + i, n - i, 0.0);
        const double *const b = row_whole(&rest_y, y + i, n - i, 0.0);
        for (size_t k = 0; k < ROW_VECTORS; ++k)
            row_add(&s, k, dv_two_product(dv_load(a + k * DV_LANES), dv_load(b + k * DV_LANES)));
    }
    const row_total sum = row_end(&s);
    /* The errors of an infinite sum are NaN, and do not count. */
    const double low = fabs(sum.high) <= DBL_MAX ? sum.low : 0.0;
    row_map(dx, dy, y, n, sum.high, low, row_softmax_slope);
}

/* dy - exp(y) sum, where the sum has two parts. */
DV_WORD dv row_log_softmax_slope(dv dy, dv y, double high, double low) {
    const dv e = dv_exp(y);
    return dv_fma(e, dv_all(-high), dy) - e * low;
}
F64_ROW_BOUND(log_softmax_grad, 2.2e-16);
DV_WORD void row_log_softmax_grad(double *dx, const double *dy, const double *y, size_t n) {
    row_sums s = row_no_sums();
    for (size_t i = 0; i < n; i += ROW_BLOCK) {
        row_block rest;
        const double *const a = row_whole(&rest, dy + i, n - i, 0.0);
        for (size_t k = 0; k < ROW_VECTORS; ++k)
            row_add(&s, k, (dv_pair){dv_load(a + k * DV_LANES), dv_all(0.0)});
    }
    const row_total sum = row_end(&s);
    const double low = fabs(sum.high) <= DBL_MAX ? sum.low : 0.0;
    row_map(dx, dy, y, n, sum.high, low, row_log_softmax_slope);
}

DV_WORD dv row_times(dv x, dv again, double factor, double unused) {
    (void)again, (void)unused;
    return x * factor;
}
DV_WORD dv row_times_plus(dv x, dv y, double factor, double unused) {
    (void)unused;
    return dv_fma(dv_all(factor), x, y);
}
/* softmax of what scale x + mask is, rounded once. */
DV_WORD void row_softmax_masked(double *dst, const double *x, const double *mask, size_t n,
                                double scale, int zero_if_empty) {
    if (mask)
        row_map(dst, x, mask, n, scale, 0.0, row_times_plus);
    else
        row_map(dst, x, x, n, scale, 0.0, row_times);
    if (zero_if_empty && row_max(dst, n) == -(double)INFINITY)
        row_fill(dst, n, 0.0);
    else
        row_softmax(dst, dst, n);
}
DV_WORD void row_softmax_masked_grad(double *dx, const double *dy, const double *y, size_t n,
                                     double scale) {
    row_softmax_grad(dx, dy, y, n);
    row_map(dx, dx, dx, n, scale, 0.0, row_times);
}
DV_WORD void row_logsumexp_grad(double *dx, double dy, const double *x, size_t n) {
    row_softmax(dx, x, n);
    row_map(dx, dx, dx, n, dy, 0.0, row_times);
}

/* leaky_relu with a slope for each element, and its gradient with respect to x. */
DV_WORD dv row_prelu_word(dv x, dv slope, double unused, double again) {
    (void)unused, (void)again;
    return x * dv_select(dv_lt(x, dv_all(0.0)), slope, dv_all(1.0));
}
DV_WORD dv_two row_prelu_slope(dv dy, dv x, dv slope, double unused, double again) {
    (void)unused, (void)again;
    const dv factor = dv_select(dv_lt(dv_all(0.0), x), dv_all(1.0), slope);
    return (dv_two){dv_nan_of(x, dy * factor), x};
}

#endif
