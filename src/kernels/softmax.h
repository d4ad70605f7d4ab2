/* softmax of rows, plain and with a mask, and its derivative. */
#ifndef ACT_KERNELS_SOFTMAX_H
#define ACT_KERNELS_SOFTMAX_H

#include "kernels/bound.h"
#include "kernels/rows.h"

ROW_BOUND(softmax, 4e-7, 4e-7);
#define EXP_LAST (-105.0F) /* exp of less rounds to 0 */
VF_INLINE vf store_exp(enum spread spread, float *dst, row_source row, size_t i, row_shift shift,
                       enum tier tier) {
    vf e = tier_exp(spread, tier, row_load(row, i), shift, EXP_LAST);
    vf_store(dst + i, e);
    return e;
}
VF_INLINE vf store_exp_partial(enum spread spread, float *dst, row_source row, size_t i, size_t n,
                               row_shift shift, enum tier tier) {
    vf e = tier_exp(spread, tier, row_load_partial(row, i, n, shift.max), shift, EXP_LAST);
    vf_store_partial(dst + i, e, n);
    return vf_first(e, n);
}

/* dst[i] = exp(row[i] - max), and their sum; `blocks` tells where there may be more than one. */
VF_INLINE lane_sum row_exp(enum spread spread, float *dst, row_source row, size_t n,
                           row_shift shift, enum tier tier, int blocks) {
    lane_sum sum = no_sum();
    size_t i = 0;
    while (blocks && n - i > block_of(tier)) {
        for (size_t end = i + block_of(tier); i < end; i += VF_LANES)
            sum.rest = vf_add(sum.rest, store_exp(spread, dst, row, i, shift, tier));
        sum = with_block(sum);
    }
    for (; n - i >= VF_LANES; i += VF_LANES)
        sum.rest = vf_add(sum.rest, store_exp(spread, dst, row, i, shift, tier));
    if (i < n)
        sum.rest = vf_add(sum.rest, store_exp_partial(spread, dst, row, i, n - i, shift, tier));
    return sum;
}

/*
 * The same by a spread that is known at run time.  What is not close has a function apart for each
 * spread, called once per row: in line they are two thirds of the code of all rows.
 */
VF_APART lane_sum row_exp_gaps(float *dst, row_source row, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_exp(GAPS, dst, row, n, shift, DEFAULT_TIER, 1);
}
VF_APART lane_sum row_exp_wide(float *dst, row_source row, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_exp(WIDE, dst, row, n, shift, DEFAULT_TIER, 1);
}
VF_APART lane_sum row_exp_wide_fast(float *dst, row_source row, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_exp(WIDE, dst, row, n, shift, FAST_TIER, 1);
}
VF_INLINE lane_sum row_exp_by(enum spread spread, float *dst, row_source row, size_t n,
                              row_shift shift, enum tier tier, int blocks) {
    if (!VF_SELDOM(spread != CLOSE))
        return row_exp(CLOSE, dst, row, n, shift, tier, blocks);
    if (tier == FAST_TIER)
        return row_exp_wide_fast(dst, row, n, shift);
    return spread == GAPS ? row_exp_gaps(dst, row, n, shift) : row_exp_wide(dst, row, n, shift);
}

VF_INLINE few_columns columns_exp(enum spread spread, const few_columns *x, size_t cols,
                                  row_shift shift, enum tier tier) {
    few_columns e;
    for (size_t c = 0; c < FEW_COLS; ++c)
        e.column[c] =
            c < cols ? tier_exp(spread, tier, x->column[c], shift, EXP_LAST) : vf_set1(0.0F);
    return e;
}
VF_INLINE void columns_softmax(row_batch b, enum tier tier) {
    const vf zero = vf_set1(0.0F);
    few_columns x = columns_of(b);
    vf max = vf_set1(-INFINITY), left = zero; /* of a row that is -inf everywhere */
    for (size_t c = 0; c < b.cols; ++c)
        max = vf_max(x.column[c], max), left = vf_nan_of(x.column[c], left);
    const vm empty = vf_lt(max, vf_set1(-FLT_MAX));
    for (size_t c = 0; c < b.cols && b.empty == ACT_EMPTY_ROWS_ZERO; ++c)
        x.column[c] = vf_select(empty, zero, x.column[c]);
    const columns_extent extent = extent_of_columns(&x, b.cols, tier);
    few_columns y = CLOSE_OR_WIDE(extent.spread, columns_exp, &x, b.cols, extent.shift, tier);

    vf high, low = zero;
    if (tier == FAST_TIER) {
        vf even = vf_add(y.column[0], y.column[2]), odd = vf_add(y.column[1], y.column[3]);
        high = vf_div(vf_set1(1.0F), vf_add(even, odd));
    } else {
        double factor[VF_LANES];
        float part[2][VF_LANES];
        sum_of_columns(factor, &y);
        inverted(factor, sum_scale(tier, extent.spread));
        pairs_of(part[0], part[1], factor);
        high = vf_load(part[0]), low = vf_load(part[1]);
    }
    for (size_t c = 0; c < b.cols; ++c) {
        y.column[c] =
            CLOSE_OR_WIDE(extent.spread, times_factor, tier, y.column[c], (pair){high, low});
        if (b.empty == ACT_EMPTY_ROWS_ZERO)
            y.column[c] = vf_select(empty, left, y.column[c]);
    }
    columns_store(b, y);
}

VF_INLINE void group_exp(group_sums *sums, const row_group *g, row_batch b, enum tier tier,
                         int blocks) {
    for (size_t r = 0; r < b.rows; ++r)
        keep_sum(sums, r,
                 row_exp_by(g->spread, b.dst + r * b.dst_stride, batch_row(b, r),
                            group_cols(g, b, r), group_shift(g, r), tier, blocks),
                 blocks);
}
/* In the fast tier a row of one block is added up in floats and has one factor. */
VF_INLINE int in_one_factor(enum tier tier, size_t cols) {
    return tier == FAST_TIER && cols <= FAST_BLOCK;
}
VF_INLINE void group_softmax(row_batch b, enum tier tier) {
    row_group g;
    group_sums sums;
    float high[VF_LANES], low[VF_LANES] = {0};
    group_extent(&g, b, tier, GAPS_MATTER_IN_GROUP);
    for (size_t r = 0; r < b.rows && b.first.masked; ++r)
        g.n[r] = is_empty(b, r, g.max[r]) ? 0 : g.n[r];
    if (b.cols > block_of(tier))
        group_exp(&sums, &g, b, tier, 1);
    else
        group_exp(&sums, &g, b, tier, 0);
    for (size_t r = 0; r < VF_LANES; ++r)
        if (r >= b.rows || group_cols(&g, b, r) == 0)
            sums.rest[r] = vf_set1(1.0F);
    if (in_one_factor(tier, b.cols)) {
        vf_store(high, vf_div(vf_set1(1.0F), vf_sum_rows(sums.rest)));
    } else {
        double factor[VF_LANES];
        for (size_t r = 0; r < VF_LANES; ++r)
            factor[r] = r < b.rows ? kept_total(&sums, r, b.cols > block_of(tier)) : 1.0;
        inverted(factor, sum_scale(tier, g.spread));
        pairs_of(high, low, factor);
    }
    for (size_t r = 0; r < b.rows; ++r)
        row_times_by(g.spread, tier, in_one_factor(tier, b.cols), b.dst + r * b.dst_stride,
                     group_cols(&g, b, r), b.cols, high[r], low[r]);
}
/* Constants melt the inner loops: 0.50 ns an element on AVX2 instead of 0.66. */
VF_INLINE void group_softmax_sixteen(row_batch b, enum tier tier) {
    if (!b.first.masked && b.rows == VF_LANES && b.cols == VF_LANES) {
        b.rows = b.cols = VF_LANES;
        group_softmax(b, tier);
    } else {
        group_softmax(b, tier);
    }
}

/* A row of one vector at most, which stays in its register; the idle lanes have the maximum. */
typedef struct {
    vf x;
    row_shift shift;
    float max;
    enum spread spread;
} row_vector;
VF_INLINE row_vector vector_of_row(row_source row, size_t n, enum tier tier) {
    const vf none = vf_set1(-INFINITY);
    vf x = n == VF_LANES ? row_load(row, 0) : row_load_partial(row, 0, n, none);
    const float largest = vf_max_lanes(vf_max(x, none));
    const vf max = vf_set1(largest);
    x = n == VF_LANES ? x : vf_first_else(x, n, max);
    return (row_vector){x, {max, floor_under(tier, max)}, largest, all_near(max, x) ? CLOSE : WIDE};
}
VF_INLINE void vector_softmax(float *dst, row_source row, size_t n, enum tier tier,
                              act_empty_rows empty) {
    const row_vector v = vector_of_row(row, n, tier);
    if (empty == ACT_EMPTY_ROWS_ZERO && v.max == -INFINITY && !vm_any(vf_is_nan(v.x))) {
        vf_store_up_to(dst, vf_set1(0.0F), n);
        return;
    }
    vf e = CLOSE_OR_WIDE(v.spread, tier_exp, tier, v.x, v.shift, EXP_LAST);
    const vf counted = n == VF_LANES ? e : vf_first(e, n);
    pair factor = {vf_set1(0.0F), vf_set1(0.0F)};
    if (tier == FAST_TIER)
        factor.high = vf_div(vf_set1(1.0F), vf_sum_lanes(counted));
    else
        factor =
            pair_set1(1.0 / (sum_scale(tier, v.spread) * total((lane_sum){vd_zero(), counted})));
    vf_store_up_to(dst, CLOSE_OR_WIDE(v.spread, times_factor, tier, e, factor), n);
}

/* One row; in the fast tier with the bits that it has in a group. */
VF_INLINE void row_softmax(float *dst, row_source row, size_t n, size_t cols, row_extent extent,
                           enum tier tier) {
    lane_sum sum = row_exp_by(extent.spread, dst, row, n, extent.shift, tier, 1);
    const int in_one = in_one_factor(tier, cols);
    float high, low = 0.0F;
    if (in_one) {
        float lane[VF_LANES];
        vf_store(lane, vf_div(vf_set1(1.0F), vf_sum_lanes(sum.rest)));
        high = lane[0];
    } else {
        const double factor = 1.0 / (sum_scale(tier, extent.spread) * total(sum));
        high = (float)factor, low = low_part(factor);
    }
    row_times_by(extent.spread, tier, in_one, dst, n, cols, high, low);
}
VF_INLINE void single_softmax(row_batch b, enum tier tier) {
    for (size_t r = 0; r < b.rows; ++r) {
        const row_source row = batch_row(b, r);
        float *y = b.dst + r * b.dst_stride;
        if (SIDE_BY_SIDE && b.cols <= VF_LANES) {
            vector_softmax(y, row, b.cols, tier, b.empty);
            continue;
        }
        const size_t n = source_end(row, b.cols, tier);
        const row_extent extent = extent_of(tier, row, n, GAPS_MATTER);
        if (row.masked && is_empty(b, r, extent.max))
            row_fill(y, b.cols, vf_set1(0.0F));
        else
            row_softmax(y, row, n, b.cols, extent, tier);
    }
}

VF_INLINE void batch_softmax(row_batch b, enum tier tier) {
    if (by_columns(b, tier))
        in_parts(b, tier, columns_softmax);
    else if (in_groups(b))
        in_parts(b, tier, group_softmax_sixteen);
    else
        single_softmax(b, tier);
}

VF_INLINE void rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            size_t rows, size_t cols) {
    batch_softmax(plain_rows(dst, dst_stride, src, src_stride, rows, cols), DEFAULT_TIER);
}
FAST_ROW_BOUND(softmax_fast, 2.5e-6, 5.5e-6);
VF_INLINE void rows_softmax_fast(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                 size_t rows, size_t cols) {
    batch_softmax(plain_rows(dst, dst_stride, src, src_stride, rows, cols), FAST_TIER);
}

/*
 * softmax(fma(scale, x, mask)).  A row that is -inf everywhere has no maximum to subtract: NaN, or
 * zeros if asked, but a NaN among them stays.  The logits are made twice, so that dst may be src.
 */
ROW_BOUND(softmax_masked, 4e-7, 4e-7);
#define MASKED_ROWS(name, tier)                                                                    \
    VF_INLINE void rows_##name(float *dst, size_t dst_stride, const float *src, size_t src_stride, \
                               const float *mask, size_t mask_stride, size_t rows, size_t cols,    \
                               float scale, act_empty_rows empty) {                                \
        const row_batch b = {                                                                      \
            {src, mask, scale, 1}, src_stride, mask_stride, dst, dst_stride, rows, cols, empty};   \
        batch_softmax(b, tier);                                                                    \
    }
MASKED_ROWS(softmax_masked, DEFAULT_TIER)
FAST_ROW_BOUND(softmax_masked_fast, 2.5e-6, 5.5e-6);
MASKED_ROWS(softmax_masked_fast, FAST_TIER)

/*
 * y (dy - sum dy y), and that times the scale, which `scaled` tells where this is inlined. Products
 * of floats are exact in double, so the sum has only the roundings of its additions; it is
 * subtracted in two floats, since dy may be close to it.
 *
 * A sum beyond LARGE may be no float, or no float away from dy, where the gradient still is one.
 * Then both are taken 2^-32 times as large; what that costs dy is nothing beside the sum.
 */
ROW_BOUND(softmax_grad, 3.2e-7, 3.2e-7);
ROW_BOUND(softmax_masked_grad, 4.5e-7, 4.5e-7);
#define LARGE 0x1p100
#define DOWN  0x1p-32F
VF_WORD vf softmax_grad_of(int large, vf dy, vf y, pair sum, float scale, int scaled) {
    vf d = large ? vf_mul(vf_set1(DOWN), dy) : dy;
    vf dx = vf_mul(y, vf_sub(vf_sub(d, sum.high), sum.low));
    dx = large ? vf_mul(vf_set1(1.0F / DOWN), dx) : dx;
    return scaled ? vf_mul(vf_set1(scale), dx) : dx;
}
VF_INLINE void softmax_grad_by_sum(int large, float *dx, const float *dy, const float *y, size_t n,
                                   double sum, float scale, int scaled) {
    const vf zero = vf_set1(0.0F);
    const pair total = pair_set1(large ? sum * (double)DOWN : sum);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dx + i,
                 softmax_grad_of(large, vf_load(dy + i), vf_load(y + i), total, scale, scaled));
    if (i < n) {
        vf g = vf_load_partial(dy + i, n - i, zero), s = vf_load_partial(y + i, n - i, zero);
        vf_store_partial(dx + i, softmax_grad_of(large, g, s, total, scale, scaled), n - i);
    }
}
VF_APART void softmax_grad_by_large(float *dx, const float *dy, const float *y, size_t n,
                                    double sum, float scale) {
    softmax_grad_by_sum(1, dx, dy, y, n, sum, scale, 1);
}
VF_INLINE void softmax_grad_times(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                                  const float *y, size_t y_stride, size_t rows, size_t cols,
                                  float scale, int scaled) {
    const vf zero = vf_set1(0.0F);
    for (size_t r = 0; r < rows; ++r) {
        const float *g = dy + r * dy_stride, *s = y + r * y_stride;
        float *d = dx + r * dx_stride;
        vd sum = vd_zero();
        size_t i = 0;
        for (; cols - i >= VF_LANES; i += VF_LANES)
            sum = vd_fma(sum, vf_load(g + i), vf_load(s + i));
        if (i < cols)
            sum = vd_fma(sum, vf_load_partial(g + i, cols - i, zero),
                         vf_load_partial(s + i, cols - i, zero));
        const double total = vd_sum(sum);
        if (__builtin_expect(fabs(total) > LARGE, 0))
            softmax_grad_by_large(d, g, s, cols, total, scale);
        else
            softmax_grad_by_sum(0, d, g, s, cols, total, scale, scaled);
    }
}
VF_INLINE void rows_softmax_grad(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                                 const float *y, size_t y_stride, size_t rows, size_t cols) {
    softmax_grad_times(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, 1.0F, 0);
}
VF_INLINE void rows_softmax_masked_grad(float *dx, size_t dx_stride, const float *dy,
                                        size_t dy_stride, const float *y, size_t y_stride,
                                        size_t rows, size_t cols, float scale) {
    softmax_grad_times(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale, 1);
}

#endif
