/*
 * Functions of rows over the middle axis of an array: sixteen columns side by side, a lane for
 * each, without a transposed copy.  The bits are those that a row of the same numbers has: its
 * sixteen sums are sixteen vectors here, and are added in the order of vd_sum.
 */
#ifndef ACT_KERNELS_COLUMNS_H
#define ACT_KERNELS_COLUMNS_H

#include <string.h>

#include "kernels/logsumexp.h"

/*
 * Up to sixteen columns, their elements `stride` apart.  Where they fit, they are copied: columns
 * whose elements are a power of two apart share a few places of the caches, which would lose them
 * between two passes.
 */
enum { COLUMN_ROOM = 512 };
typedef struct {
    const float *x;
    size_t stride, rows, n;
} columns;

typedef struct {
    row_range range;
    vf nan; /* or 0 */
} column_range;
VF_INLINE column_range range_of_columns(columns *c, float room[COLUMN_ROOM * VF_LANES]) {
    column_range r = {no_range(), vf_set1(0.0F)};
    const int copied = c->rows <= COLUMN_ROOM;
    for (size_t i = 0; i < c->rows; ++i) {
        vf x = vf_load_up_to(c->x + i * c->stride, c->n, vf_set1(0.0F));
        if (copied)
            vf_store(room + i * VF_LANES, x);
        r.range = range_with(r.range, x);
        r.nan = vf_nan_of(x, r.nan);
    }
    if (copied)
        c->x = room, c->stride = VF_LANES, c->n = VF_LANES;
    return r;
}

/*
 * The sums of a row, a lane of it in each vector, as doubles after every block; short rows have
 * fewer lanes.
 */
typedef struct {
    vd blocks[VF_LANES];
    vf rest[VF_LANES];
    size_t lanes;
} column_sums;
VF_INLINE void no_sums(column_sums *s, size_t rows) {
    s->lanes = rows < VF_LANES ? rows : VF_LANES;
    for (size_t j = 0; j < VF_LANES; ++j)
        s->blocks[j] = vd_zero(), s->rest[j] = vf_set1(0.0F);
}
VF_INLINE void widen_sums(column_sums *s) {
    /* Unrolled, this would double the code. */
    _Pragma("GCC unroll 1") for (size_t j = 0; j < s->lanes; ++j) {
        s->blocks[j] = vd_add(s->blocks[j], s->rest[j]);
        s->rest[j] = vf_set1(0.0F);
    }
}
VF_INLINE void total_of_columns(double total[VF_LANES], const column_sums *s) {
    double lane[VF_LANES][VF_LANES];
    memcpy(lane, s->blocks, sizeof lane);
    for (size_t apart = VF_LANES / 2; apart > 0; apart /= 2)
        for (size_t j = 0; j < apart; ++j)
            for (size_t k = 0; k < VF_LANES; ++k)
                lane[j][k] += lane[j + apart][k];
    memcpy(total, lane[0], sizeof lane[0]);
}

/* What is added up, of which softmax stores the terms too. */
enum column_use { EXPONENTIALS, LOG_TERMS };
VF_INLINE vf column_term(enum spread spread, enum column_use use, vf x, row_shift shift) {
    return use == EXPONENTIALS ? tier_exp(spread, DEFAULT_TIER, x, shift, EXP_LAST)
                               : log_term(spread, DEFAULT_TIER, x, shift);
}
/*
 * The sum of the terms in each column, and how many elements are below its maximum.  The shift is
 * in memory, since a function apart that takes a vector does not clean the upper registers.
 */
typedef struct {
    double sum[VF_LANES], count[VF_LANES];
    row_shift shift;
} column_total;
VF_INLINE void sum_columns(column_total *t, enum spread spread, enum column_use use, columns c,
                           float *dst, size_t dst_stride) {
    const row_shift shift = t->shift;
    const vf one = vf_set1(1.0F), zero = vf_set1(0.0F);
    column_sums s;
    no_sums(&s, c.rows);
    memset(t->count, 0, sizeof t->count);
    for (size_t first = 0; first < c.rows; first += BLOCK) {
        const size_t here = c.rows - first < BLOCK ? c.rows - first : BLOCK;
        vf below = zero;
        for (size_t i = 0; i < here; ++i) {
            vf x = vf_load_up_to(c.x + (first + i) * c.stride, c.n, vf_set1(0.0F));
            vf e = column_term(spread, use, x, shift);
            s.rest[i % VF_LANES] = vf_add(s.rest[i % VF_LANES], e);
            if (use == EXPONENTIALS)
                vf_store_up_to(dst + (first + i) * dst_stride, e, c.n);
            else
                below = vf_add(below, vf_select(vf_lt(x, shift.max), one, zero));
        }
        if (use == LOG_TERMS) {
            float lane[VF_LANES];
            vf_store(lane, below);
            for (size_t k = 0; k < VF_LANES; ++k)
                t->count[k] += (double)lane[k];
        }
        widen_sums(&s);
    }
    total_of_columns(t->sum, &s);
}
#define SUM_APART(name, spread, use)                                                               \
    VF_APART void name(column_total *t, columns c, float *dst, size_t dst_stride) {                \
        sum_columns(t, spread, use, c, dst, dst_stride);                                           \
    }
SUM_APART(exp_columns_close, CLOSE, EXPONENTIALS)
SUM_APART(exp_columns_wide, WIDE, EXPONENTIALS)
SUM_APART(log_columns_close, CLOSE, LOG_TERMS)
SUM_APART(log_columns_wide, WIDE, LOG_TERMS)

VF_INLINE row_shift columns_shift(row_range range, enum spread *spread) {
    *spread = all_near(range.max, range.min) ? CLOSE : WIDE;
    return (row_shift){range.max,
                       *spread == CLOSE ? range.max : floor_under(DEFAULT_TIER, range.max)};
}
VF_INLINE void softmax_of_columns(float *dst, columns c) {
    float room[COLUMN_ROOM * VF_LANES];
    const size_t stride = c.stride, n = c.n;
    enum spread spread;
    const row_shift shift = columns_shift(range_of_columns(&c, room).range, &spread);
    float *e = c.x == room ? room : dst;
    column_total t;
    t.shift = shift;
    if (spread == CLOSE)
        exp_columns_close(&t, c, e, c.stride);
    else
        exp_columns_wide(&t, c, e, c.stride);
    float high[VF_LANES], low[VF_LANES];
    inverted(t.sum, sum_scale(DEFAULT_TIER, spread));
    pairs_of(high, low, t.sum);
    const pair factor = {vf_load(high), vf_load(low)};
    for (size_t i = 0; i < c.rows; ++i) {
        vf a = vf_load_up_to(e + i * c.stride, c.n, vf_set1(0.0F));
        vf_store_up_to(dst + i * stride,
                       CLOSE_OR_WIDE(spread, times_factor, DEFAULT_TIER, a, factor), n);
    }
}
/* log(sum of exp(x - max)) for each column. */
VF_INLINE void log_sums_of_columns(double log_sum[VF_LANES], columns c, row_shift shift,
                                   enum spread spread) {
    column_total t;
    t.shift = shift;
    if (spread == CLOSE)
        log_columns_close(&t, c, NULL, 0);
    else
        log_columns_wide(&t, c, NULL, 0);
    for (size_t k = 0; k < VF_LANES; ++k)
        log_sum[k] =
            (((double)c.rows - t.count[k]) - 1.0) + sum_scale(DEFAULT_TIER, spread) * t.sum[k];
    log1p_sixteen(log_sum);
}
VF_INLINE void log_softmax_of_columns(float *dst, columns c) {
    float room[COLUMN_ROOM * VF_LANES], max[VF_LANES], high[VF_LANES], low[VF_LANES];
    const size_t stride = c.stride, n = c.n;
    enum spread spread;
    double log_sum[VF_LANES];
    const row_shift of = columns_shift(range_of_columns(&c, room).range, &spread);
    log_sums_of_columns(log_sum, c, of, spread);
    vf_store(max, of.max);
    log_shifts_of(high, low, max, log_sum);
    const pair shift = {vf_load(high), vf_load(low)};
    for (size_t i = 0; i < c.rows; ++i) {
        vf x = vf_load_up_to(c.x + i * c.stride, c.n, vf_set1(0.0F));
        vf_store_up_to(dst + i * stride,
                       CLOSE_OR_WIDE(spread, tier_log_softmax, DEFAULT_TIER, x, shift), n);
    }
}
/* An infinite maximum is the result, unless there is a NaN; its logarithm would raise a flag. */
VF_INLINE void logsumexp_of_columns(float *dst, columns c) {
    float room[COLUMN_ROOM * VF_LANES], max[VF_LANES], y[VF_LANES];
    const size_t n = c.n;
    const column_range r = range_of_columns(&c, room);
    const vm infinite = vf_lt(vf_set1(FLT_MAX), vf_abs(r.range.max));
    double log_sum[VF_LANES] = {0};
    enum spread spread;
    vf_store(max, r.range.max);
    if (!VF_SELDOM(vm_any(infinite))) {
        const row_shift shift = columns_shift(r.range, &spread);
        log_sums_of_columns(log_sum, c, shift, spread);
    } else {
        for (size_t k = 0; k < n; ++k) {
            const columns one = {c.x + k, c.stride, c.rows, 1};
            if (isinf(max[k]))
                continue;
            double of_one[VF_LANES];
            /* The idle lanes are zeros, beside which this column may be of any spread. */
            const row_shift shift = {vf_first(vf_set1(max[k]), 1),
                                     floor_under(DEFAULT_TIER, vf_first(vf_set1(max[k]), 1))};
            log_sums_of_columns(of_one, one, shift, WIDE);
            log_sum[k] = of_one[0];
        }
    }
    for (size_t k = 0; k < VF_LANES; ++k)
        y[k] = isinf(max[k]) ? max[k] : (float)((double)max[k] + log_sum[k]);
    vf_store(y, vf_nan_of(r.nan, vf_load(y)));
    memcpy(dst, y, n * sizeof *dst);
}

/* Each `outer` matrix, by strips of sixteen columns. */
typedef void work_on_columns(float *dst, columns c);
VF_INLINE void each_strip(float *dst, const float *src, size_t outer, size_t rows, size_t cols,
                          size_t results, work_on_columns *work) {
    for (size_t o = 0; o < outer; ++o)
        for (size_t i = 0; i < cols; i += VF_LANES) {
            const size_t n = cols - i < VF_LANES ? cols - i : VF_LANES;
            work(dst + o * results * cols + i, (columns){src + o * rows * cols + i, cols, rows, n});
        }
}
VF_INLINE void rows_softmax_columns(float *dst, const float *src, size_t outer, size_t rows,
                                    size_t cols) {
    each_strip(dst, src, outer, rows, cols, rows, softmax_of_columns);
}
VF_INLINE void rows_log_softmax_columns(float *dst, const float *src, size_t outer, size_t rows,
                                        size_t cols) {
    each_strip(dst, src, outer, rows, cols, rows, log_softmax_of_columns);
}
VF_INLINE void rows_logsumexp_columns(float *dst, const float *src, size_t outer, size_t rows,
                                      size_t cols) {
    each_strip(dst, src, outer, rows, cols, 1, logsumexp_of_columns);
}

#endif
