/*
 * Functions of rows of doubles over the middle axis of an array: a vector of columns side by side,
 * a lane for each, without a transposed copy.  The bits are those that a row of the same numbers
 * has: its eight sums are eight vectors here.
 */
#ifndef ACT_F64_COLUMNS_H
#define ACT_F64_COLUMNS_H

#include "f64/rows.h"

/*
 * Up to DV_LANES columns, their elements `stride` apart.  Where they fit, they are copied: columns
 * whose elements are a power of two apart share a few places of the caches, which would lose them
 * between two passes.
 */
enum { COLUMN_ROOM = 256 };
typedef struct {
    const double *x;
    size_t stride, rows, n;
} columns;
DV_WORD dv column_load(const double *p, size_t n) {
    if (n == DV_LANES)
        return dv_load(p);
    const row_block b = row_block_at(p, n, 0.0);
    return dv_load(b.lane);
}
DV_WORD void column_store(double *p, dv a, size_t n) {
    double lane[DV_LANES];
    if (n == DV_LANES) {
        dv_store(p, a);
    } else {
        dv_store(lane, a);
        memcpy(p, lane, n * sizeof *p);
    }
}

/*
 * The maximum of each column, or NaN.  A column whose maximum is not finite has no other result:
 * `finite` says so, and zeros stand for its elements, which raise no flag.
 */
typedef struct {
    dv max, center;
    dm finite;
} column_range;
DV_WORD column_range range_of_columns(columns *c, double room[COLUMN_ROOM * DV_LANES]) {
    dv max = dv_all(-(double)INFINITY), nan = dv_all(0.0);
    const int copied = c->rows <= COLUMN_ROOM;
    for (size_t i = 0; i < c->rows; ++i) {
        const dv x = column_load(c->x + i * c->stride, c->n);
        if (copied)
            dv_store(room + i * DV_LANES, x);
        max = dv_max(max, x);
        nan = dv_nan_of(x, nan);
    }
    if (copied)
        c->x = room, c->stride = DV_LANES, c->n = DV_LANES;
    max = dv_nan_of(nan, max);
    const dm finite = dv_lt(dv_abs(max), dv_all((double)INFINITY));
    return (column_range){max, dv_select(finite, max, dv_all(0.0)), finite};
}
DV_WORD dv column_at(columns c, size_t i, column_range r) {
    return dv_select(r.finite, column_load(c.x + i * c.stride, c.n), r.center);
}

/*
 * The sum of exp(x - max) in each column, with the exponentials in dst unless that is null; some
 * rows at a time, as in a row.
 */
enum { COLUMN_STEP = 4 * ROW_BLOCK };
DV_WORD dv_pair column_sum_of_exp(double *dst, size_t dst_stride, columns c, column_range r) {
    dv sum[ROW_BLOCK], lost[ROW_BLOCK];
    for (size_t j = 0; j < ROW_BLOCK; ++j)
        sum[j] = lost[j] = dv_all(0.0);
    for (size_t i = 0; i < c.rows; i += COLUMN_STEP) {
        double e[COLUMN_STEP * DV_LANES];
        const size_t now = c.rows - i < COLUMN_STEP ? c.rows - i : COLUMN_STEP;
        for (size_t k = 0; k < now; ++k) {
            const dv y = row_exp(column_at(c, i + k, r), r.center);
            dv_store(e + k * DV_LANES, y);
            if (dst)
                column_store(dst + (i + k) * dst_stride, y, c.n);
        }
        for (size_t j = 0; j < ROW_BLOCK; ++j)
            for (size_t k = j; k < now; k += ROW_BLOCK)
                dv_add_to(&sum[j], &lost[j], (dv_pair){dv_load(e + k * DV_LANES), dv_all(0.0)});
    }
    for (size_t apart = ROW_BLOCK / 2; apart > 0; apart /= 2)
        for (size_t j = 0; j < apart; ++j) {
            const dv_pair both = dv_two_sum(sum[j], sum[j + apart]);
            sum[j] = both.high;
            lost[j] = lost[j] + (lost[j + apart] + both.low);
        }
    return (dv_pair){sum[0], lost[0]};
}
DV_WORD dv column_log_sum(columns c, column_range r) {
    return row_log_of(column_sum_of_exp(NULL, 0, c, r));
}

DV_WORD void softmax_of_columns(double *dst, columns c) {
    double room[COLUMN_ROOM * DV_LANES];
    const size_t stride = c.stride, n = c.n;
    const column_range r = range_of_columns(&c, room);
    double *const e = c.x == room ? room : dst;
    const dv_pair sum = column_sum_of_exp(e, c.stride, c, r);
    const dv total = sum.high + sum.low, reciprocal = 1.0 / total;
    for (size_t i = 0; i < c.rows; ++i) {
        const dv y = row_ratio(column_load(e + i * c.stride, c.n), total, reciprocal);
        column_store(dst + i * stride, dv_select(r.finite, y, dv_all((double)NAN)), n);
    }
}
DV_WORD void log_softmax_of_columns(double *dst, columns c) {
    double room[COLUMN_ROOM * DV_LANES];
    const size_t stride = c.stride, n = c.n;
    const column_range r = range_of_columns(&c, room);
    const dv log_sum = column_log_sum(c, r);
    for (size_t i = 0; i < c.rows; ++i) {
        const dv y = row_below_log(column_at(c, i, r), r.center, log_sum);
        column_store(dst + i * stride, dv_select(r.finite, y, dv_all((double)NAN)), n);
    }
}
DV_WORD void logsumexp_of_columns(double *dst, columns c) {
    double room[COLUMN_ROOM * DV_LANES];
    const size_t n = c.n;
    const column_range r = range_of_columns(&c, room);
    column_store(dst, dv_select(r.finite, r.center + column_log_sum(c, r), r.max), n);
}

/* Each `outer` matrix, by strips of columns. */
typedef void work_on_columns(double *dst, columns c);
DV_WORD void each_strip(double *dst, const double *src, size_t outer, size_t rows, size_t cols,
                        size_t results, work_on_columns *work) {
    for (size_t o = 0; o < outer; ++o)
        for (size_t i = 0; i < cols; i += DV_LANES) {
            const size_t n = cols - i < DV_LANES ? cols - i : DV_LANES;
            work(dst + o * results * cols + i, (columns){src + o * rows * cols + i, cols, rows, n});
        }
}
DV_WORD void rows_softmax_columns_f64(double *dst, const double *src, size_t outer, size_t rows,
                                      size_t cols) {
    each_strip(dst, src, outer, rows, cols, rows, softmax_of_columns);
}
DV_WORD void rows_log_softmax_columns_f64(double *dst, const double *src, size_t outer, size_t rows,
                                          size_t cols) {
    each_strip(dst, src, outer, rows, cols, rows, log_softmax_of_columns);
}
DV_WORD void rows_logsumexp_columns_f64(double *dst, const double *src, size_t outer, size_t rows,
                                        size_t cols) {
    each_strip(dst, src, outer, rows, cols, 1, logsumexp_of_columns);
}

#endif
