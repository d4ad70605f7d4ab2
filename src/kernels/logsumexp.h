/* The logarithm of a row's sum of exponentials, log_softmax, and their derivatives. */
#ifndef ACT_KERNELS_LOGSUMEXP_H
#define ACT_KERNELS_LOGSUMEXP_H

#include <math.h>

#include "kernels/bound.h"
#include "kernels/log1p.h"
#include "kernels/softmax.h"

/*
 * The logarithm of the sum of exp(x - max).  Where one element dominates, the sum is 1 + rest with
 * a rest far below 1, whose logarithm is all that log_softmax has at the maximum: 1 must never be
 * added to it in float or in double.  So an element equal to the maximum counts as 1 apart from the
 * rest, and log1p gets the rest and all maxima but one.  e - 1 instead of 0 is what keeps a NaN.
 * Elements count down to exp(-131): a million of exp(-105) are more than a percent of 2^-126.
 */
#define LOG_LAST (-131.0F)
/* exp(x - max), and that less 1 for a maximum, or NaN. */
VF_WORD vf log_term(enum spread spread, enum tier tier, vf x, row_shift shift) {
    const vf one = vf_set1((float)(1.0 / sum_scale(tier, spread)));
    vf e = tier_exp(spread, tier, x, shift, LOG_LAST);
    return vf_select(vf_lt(x, shift.max), e, vf_sub(e, one));
}

/* The sum of all but the maxima, and how many they are: the maxima are the others. */
typedef struct {
    lane_sum sum;
    size_t count;
} log_rest;
VF_WORD log_rest rest_with(log_rest rest, enum tier tier, enum spread spread, vf x,
                           row_shift shift) {
    rest.sum.rest = vf_add(rest.sum.rest, log_term(spread, tier, x, shift));
    rest.count += vm_count(vf_lt(x, shift.max));
    return rest;
}
VF_INLINE log_rest row_log_rest(enum spread spread, const float *x, size_t n, row_shift shift,
                                enum tier tier, int blocks) {
    log_rest rest = {no_sum(), 0};
    size_t i = 0;
    while (blocks && n - i > block_of(tier)) {
        for (size_t end = i + block_of(tier); i < end; i += VF_LANES)
            rest = rest_with(rest, tier, spread, vf_load(x + i), shift);
        rest.sum = with_block(rest.sum);
    }
    for (; n - i >= VF_LANES; i += VF_LANES)
        rest = rest_with(rest, tier, spread, vf_load(x + i), shift);
    if (i < n)
        rest = rest_with(rest, tier, spread, vf_load_partial(x + i, n - i, shift.max), shift);
    return rest;
}
/* The same by a spread that is known at run time, as row_exp_by. */
VF_APART log_rest row_log_rest_gaps(const float *x, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_log_rest(GAPS, x, n, shift, DEFAULT_TIER, 1);
}
VF_APART log_rest row_log_rest_wide(const float *x, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_log_rest(WIDE, x, n, shift, DEFAULT_TIER, 1);
}
VF_APART log_rest row_log_rest_wide_fast(const float *x, size_t n, row_shift shift) {
    VF_SELDOM_CALLED;
    return row_log_rest(WIDE, x, n, shift, FAST_TIER, 1);
}
VF_INLINE log_rest row_log_rest_by(enum spread spread, const float *x, size_t n, row_shift shift,
                                   enum tier tier, int blocks) {
    if (!VF_SELDOM(spread != CLOSE))
        return row_log_rest(CLOSE, x, n, shift, tier, blocks);
    if (tier == FAST_TIER)
        return row_log_rest_wide_fast(x, n, shift);
    return spread == GAPS ? row_log_rest_gaps(x, n, shift) : row_log_rest_wide(x, n, shift);
}
/* The sum of exp(x - max), less 1, in a row of n. */
VF_INLINE double less_one(size_t n, size_t count, double rest, double scale) {
    return ((double)(n - count) - 1.0) + scale * rest;
}
VF_INLINE double row_log_sum(enum spread spread, const float *x, size_t n, row_shift shift,
                             enum tier tier) {
    const log_rest rest = row_log_rest_by(spread, x, n, shift, tier, 1);
    return vd_log1p(less_one(n, rest.count, total(rest.sum), sum_scale(tier, spread)));
}

/*
 * x - c with c = max + log(sum), which is made once for a row, in two floats.  The second has all
 * digits of what the first leaves, so that a logarithm far below max is not lost; and what c's
 * first part is above max is less than twice the logarithm, so that x - c does not cancel either.
 * The low parts of x - c and of c leave one rounding.
 *
 * In a row that is not close the floor is far below exp's: under it x - c is beyond all logarithms,
 * and may be -inf, of which no low part can be taken.
 */
ROW_BOUND(log_softmax, 3.5e-7, 3.5e-7);
/* Beside FLT_MAX the logarithm is in the low part alone, also where it would be rounded up to inf.
 */
VF_INLINE float log_shift_high(float max, double log_sum) {
    const double sum = (double)max + log_sum;
    return (float)(sum > (double)FLT_MAX ? (double)FLT_MAX : sum);
}
VF_INLINE float log_shift_low(float max, float high, double log_sum) {
    return (float)((double)max - (double)high + log_sum);
}
VF_INLINE void log_shifts_of(float high[VF_LANES], float low[VF_LANES], const float max[VF_LANES],
                             const double log_sum[VF_LANES]) {
    for (size_t r = 0; r < VF_LANES; ++r) {
        high[r] = log_shift_high(max[r], log_sum[r]);
        low[r] = log_shift_low(max[r], high[r], log_sum[r]);
    }
}
VF_INLINE pair log_shift(float max, double log_sum) {
    const float high = log_shift_high(max, log_sum);
    return (pair){vf_set1(high), vf_set1(log_shift_low(max, high, log_sum))};
}
VF_WORD vf log_floor_under(vf shift) {
    const vf least = vf_set1(-0x1p127F);
    return vf_select(vf_lt(shift, least), vf_min(shift, vf_set1(-FLT_MAX)),
                     vf_sub(vf_max(least, shift), vf_set1(0x1p126F)));
}
/*
 * two_difference, half of it by fused multiply-add with a factor of 1, which has the same bits: it
 * is all sums, and many processors have pipes of their own for products.
 */
VF_WORD pair difference_by_products(vf a, vf b) {
    vf difference = vf_sub(a, b);
    vf back = vf_minus(difference, a);
    return (pair){difference, vf_sub(vf_minus(a, vf_sub(difference, back)), vf_plus(b, back))};
}
VF_WORD vf log_softmax_of(enum spread spread, vf x, pair shift) {
    if (spread == CLOSE) {
        pair d = difference_by_products(x, shift.high);
        return vf_add(d.high, vf_sub(d.low, shift.low));
    }
    const vf floor = log_floor_under(shift.high);
    pair d = difference_by_products(vf_max(floor, x), shift.high);
    return vf_select(vf_lt(x, floor), vf_sub(x, shift.high),
                     vf_add(d.high, vf_sub(d.low, shift.low)));
}
/* The fast tier leaves the rounding of x - c. */
VF_WORD vf tier_log_softmax(enum spread spread, enum tier tier, vf x, pair shift) {
    return tier == FAST_TIER ? vf_sub(vf_sub(x, shift.high), shift.low)
                             : log_softmax_of(spread, x, shift);
}
VF_INLINE void row_log_softmax(enum spread spread, float *y, const float *x, size_t n, float high,
                               float low, enum tier tier) {
    const pair shift = {vf_set1(high), vf_set1(low)};
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(y + i, tier_log_softmax(spread, tier, vf_load(x + i), shift));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, shift.high);
        vf_store_partial(y + i, tier_log_softmax(spread, tier, a, shift), n - i);
    }
}
/* Gaps make no difference here, nor anything in the fast tier. */
VF_APART void row_log_softmax_wide(float *y, const float *x, size_t n, float high, float low) {
    VF_SELDOM_CALLED;
    row_log_softmax(WIDE, y, x, n, high, low, DEFAULT_TIER);
}
VF_INLINE void row_log_softmax_by(enum spread spread, float *y, const float *x, size_t n,
                                  float high, float low, enum tier tier) {
    if (tier == FAST_TIER || !VF_SELDOM(spread != CLOSE))
        row_log_softmax(CLOSE, y, x, n, high, low, tier);
    else
        row_log_softmax_wide(y, x, n, high, low);
}
/* A row of one vector at most, as softmax's; its idle lanes have the maximum, and count as such. */
VF_INLINE void vector_log_softmax(float *y, row_source row, size_t n, enum tier tier) {
    const row_vector v = vector_of_row(row, n, tier);
    const lane_sum rest = {vd_zero(), CLOSE_OR_WIDE(v.spread, log_term, tier, v.x, v.shift)};
    const size_t count = vm_count(vf_lt(v.x, v.shift.max));
    const double log_sum = vd_log1p(less_one(n, count, total(rest), sum_scale(tier, v.spread)));
    const pair shift = log_shift(v.max, log_sum);
    vf_store_up_to(y, CLOSE_OR_WIDE(v.spread, tier_log_softmax, tier, v.x, shift), n);
}
VF_INLINE void single_log_softmax(row_batch b, enum tier tier) {
    for (size_t r = 0; r < b.rows; ++r) {
        const row_source row = batch_row(b, r);
        float *y = b.dst + r * b.dst_stride;
        if (SIDE_BY_SIDE && b.cols <= VF_LANES) {
            vector_log_softmax(y, row, b.cols, tier);
            continue;
        }
        const row_extent extent = extent_of(tier, row, b.cols, GAPS_NEVER);
        const double log_sum = row_log_sum(extent.spread, row.x, b.cols, extent.shift, tier);
        const float high = log_shift_high(extent.max, log_sum);
        row_log_softmax_by(extent.spread, y, row.x, b.cols, high,
                           log_shift_low(extent.max, high, log_sum), tier);
    }
}

/* What is made of the sum: of an infinite maximum, logsumexp wants none, and no flag. */
enum log_use { FOR_LOG_SOFTMAX, FOR_LOGSUMEXP };
VF_INLINE void group_log_rests(group_sums *sums, size_t count[VF_LANES], const row_group *g,
                               row_batch b, enum tier tier, enum log_use use, int blocks) {
    for (size_t r = 0; r < b.rows; ++r) {
        log_rest rest = {no_sum(), 0};
        if (use == FOR_LOG_SOFTMAX || !isinf(g->max[r]))
            rest = row_log_rest_by(g->spread, b.first.x + r * b.x_stride, b.cols, group_shift(g, r),
                                   tier, blocks);
        keep_sum(sums, r, rest.sum, blocks);
        count[r] = rest.count;
    }
}
/* The logarithms of sixteen rows at once; where there is no row, of 1. */
VF_INLINE void group_log_sums(row_group *g, double log_sum[VF_LANES], row_batch b, enum tier tier,
                              enum log_use use) {
    group_sums sums;
    size_t count[VF_LANES];
    group_extent(g, b, tier, GAPS_NEVER);
    if (b.cols > block_of(tier))
        group_log_rests(&sums, count, g, b, tier, use, 1);
    else
        group_log_rests(&sums, count, g, b, tier, use, 0);
    for (size_t r = 0; r < VF_LANES; ++r)
        log_sum[r] = r < b.rows
                         ? less_one(b.cols, count[r], kept_total(&sums, r, b.cols > block_of(tier)),
                                    sum_scale(tier, g->spread))
                         : 0.0;
    log1p_sixteen(log_sum);
}
VF_INLINE void group_rows_log_softmax(const row_group *g, const double log_sum[VF_LANES],
                                      row_batch b, enum tier tier) {
    float high[VF_LANES], low[VF_LANES];
    log_shifts_of(high, low, g->max, log_sum);
    for (size_t r = 0; r < b.rows; ++r)
        row_log_softmax_by(g->spread, b.dst + r * b.dst_stride, b.first.x + r * b.x_stride, b.cols,
                           high[r], low[r], tier);
}
VF_INLINE void group_log_softmax(row_batch b, enum tier tier) {
    row_group g;
    double log_sum[VF_LANES];
    group_log_sums(&g, log_sum, b, tier, FOR_LOG_SOFTMAX);
    group_rows_log_softmax(&g, log_sum, b, tier);
}

/* A few columns, as in softmax. */
VF_INLINE few_columns columns_log_rest(enum spread spread, const few_columns *x, size_t cols,
                                       row_shift shift, enum tier tier) {
    few_columns rest;
    for (size_t c = 0; c < FEW_COLS; ++c)
        rest.column[c] = c < cols ? log_term(spread, tier, x->column[c], shift) : vf_set1(0.0F);
    return rest;
}
VF_INLINE void columns_log_sums(double log_sum[VF_LANES], const few_columns *x, size_t cols,
                                columns_extent extent, enum tier tier) {
    const double down = sum_scale(tier, extent.spread);
    const few_columns rest =
        CLOSE_OR_WIDE(extent.spread, columns_log_rest, x, cols, extent.shift, tier);
    float below[VF_LANES];
    vf count = vf_set1(0.0F);
    for (size_t c = 0; c < cols; ++c)
        count = vf_add(
            count, vf_select(vf_lt(x->column[c], extent.shift.max), vf_set1(1.0F), vf_set1(0.0F)));
    vf_store(below, count);
    sum_of_columns(log_sum, &rest);
    for (size_t r = 0; r < VF_LANES; ++r)
        log_sum[r] = ((double)cols - (double)below[r] - 1.0) + down * log_sum[r];
    log1p_sixteen(log_sum);
}
VF_INLINE void columns_log_softmax(row_batch b, enum tier tier) {
    few_columns x = columns_of(b);
    columns_extent extent = extent_of_columns(&x, b.cols, tier);
    double log_sum[VF_LANES];
    float max[VF_LANES], high[VF_LANES], low[VF_LANES];
    columns_log_sums(log_sum, &x, b.cols, extent, tier);
    vf_store(max, extent.shift.max);
    log_shifts_of(high, low, max, log_sum);
    const pair shift = {vf_load(high), vf_load(low)};
    for (size_t c = 0; c < b.cols; ++c)
        x.column[c] = CLOSE_OR_WIDE(extent.spread, tier_log_softmax, tier, x.column[c], shift);
    columns_store(b, x);
}

VF_INLINE void batch_log_softmax(row_batch b, enum tier tier) {
    if (by_columns(b, tier))
        in_parts(b, tier, columns_log_softmax);
    else if (in_groups(b))
        in_parts(b, tier, group_log_softmax);
    else
        single_log_softmax(b, tier);
}
VF_INLINE void rows_log_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                size_t rows, size_t cols) {
    batch_log_softmax(plain_rows(dst, dst_stride, src, src_stride, rows, cols), DEFAULT_TIER);
}
FAST_ROW_BOUND_DOWN_TO(log_softmax_fast, 1.5e-6, 4.3e-6, 0x1p-80);
VF_INLINE void rows_log_softmax_fast(float *dst, size_t dst_stride, const float *src,
                                     size_t src_stride, size_t rows, size_t cols) {
    batch_log_softmax(plain_rows(dst, dst_stride, src, src_stride, rows, cols), FAST_TIER);
}

ROW_BOUND(log_softmax_grad, 2.6e-7, 2.6e-7);
/*
 * dy - exp(y) sum dy, y = log_softmax(x).  A sum that is no float is multiplied 2^-32 times as
 * large, which no exponential makes subnormal.  Small exponentials are 2^32 times as large for the
 * product, and the sum, unless it is small itself, is as much smaller.
 */
VF_WORD vf log_softmax_grad_of(int large, vf dy, vf y, pair sum) {
    const vf down = vf_set1(DOWN);
    if (large) {
        vf e = vf_exp(y);
        return vf_nfma(vf_set1(1.0F / DOWN), vf_fma(e, sum.high, vf_mul(e, sum.low)), dy);
    }
    if (VF_SELDOM(vf_any_below(y, -60.0F)) && !vf_any_below(vf_neg(y), -60.0F) &&
        !vf_any_below(vf_abs(sum.high), 0x1p-40F)) {
        exp_reduced parts = exp_reduce(vf_at_least(y, EXP_LAST));
        vf e = vf_scale2n_near(exp_whole(parts), vf_add(parts.n, vf_set1(32.0F)));
        e = vf_unless(vf_lt(y, vf_set1(EXP_LAST)), e);
        return vf_nfma(e, vf_mul(down, sum.low), vf_nfma(e, vf_mul(down, sum.high), dy));
    }
    vf e = vf_exp(y);
    return vf_nfma(e, sum.low, vf_nfma(e, sum.high, dy));
}
VF_INLINE void log_softmax_grad_by_sum(int large, float *dx, const float *dy, const float *y,
                                       size_t n, double sum) {
    const pair total = pair_set1(large ? sum * (double)DOWN : sum);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dx + i, log_softmax_grad_of(large, vf_load(dy + i), vf_load(y + i), total));
    if (i < n) {
        vf g = vf_load_partial(dy + i, n - i, vf_set1(0.0F));
        vf l = vf_load_partial(y + i, n - i, vf_set1(-80.0F)); /* exp(0) sum might overflow */
        vf_store_partial(dx + i, log_softmax_grad_of(large, g, l, total), n - i);
    }
}
VF_APART void log_softmax_grad_by_large(float *dx, const float *dy, const float *y, size_t n,
                                        double sum) {
    log_softmax_grad_by_sum(1, dx, dy, y, n, sum);
}
VF_INLINE void rows_log_softmax_grad(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                                     const float *y, size_t y_stride, size_t rows, size_t cols) {
    const vf zero = vf_set1(0.0F);
    for (size_t r = 0; r < rows; ++r) {
        const float *g = dy + r * dy_stride, *l = y + r * y_stride;
        float *d = dx + r * dx_stride;
        vd sum = vd_zero();
        size_t i = 0;
        for (; cols - i >= VF_LANES; i += VF_LANES)
            sum = vd_add(sum, vf_load(g + i));
        if (i < cols)
            sum = vd_add(sum, vf_load_partial(g + i, cols - i, zero));
        const double total = vd_sum(sum);
        if (__builtin_expect(fabs(total) > (double)FLT_MAX, 0))
            log_softmax_grad_by_large(d, g, l, cols, total);
        else
            log_softmax_grad_by_sum(0, d, g, l, cols, total);
    }
}

/*
 * max + log1p(rest), added in double.  An infinite maximum is the result, unless there is a NaN.
 * Relative accuracy ends where the two terms cancel: the error is a part of the sum of their sizes.
 */
ROW_BOUND(logsumexp, 2.8e-7, 2.8e-7);
VF_INLINE float logsumexp_of(row_batch b, size_t r, float max, double log_sum) {
    if (isinf(max))
        return source_has_nan(batch_row(b, r), b.cols) ? NAN : max;
    return (float)((double)max + log_sum);
}
VF_INLINE void single_logsumexp(row_batch b, enum tier tier) {
    for (size_t r = 0; r < b.rows; ++r) {
        const row_extent extent = extent_of(tier, batch_row(b, r), b.cols, GAPS_NEVER);
        double log_sum = 0.0;
        if (!isinf(extent.max))
            log_sum =
                row_log_sum(extent.spread, b.first.x + r * b.x_stride, b.cols, extent.shift, tier);
        b.dst[r] = logsumexp_of(b, r, extent.max, log_sum);
    }
}
VF_INLINE void group_logsumexp(row_batch b, enum tier tier) {
    row_group g;
    double log_sum[VF_LANES];
    group_log_sums(&g, log_sum, b, tier, FOR_LOGSUMEXP);
    for (size_t r = 0; r < b.rows; ++r)
        b.dst[r] = logsumexp_of(b, r, g.max[r], log_sum[r]);
}
VF_INLINE void columns_logsumexp(row_batch b, enum tier tier) {
    few_columns x = columns_of(b);
    float max[VF_LANES];
    double log_sum[VF_LANES];
    vf largest = vf_set1(-INFINITY);
    for (size_t c = 0; c < b.cols; ++c)
        largest = vf_max(x.column[c], largest);
    vf_store(max, largest);
    const vm infinite = vf_lt(vf_set1(FLT_MAX), vf_abs(largest));
    for (size_t c = 0; c < b.cols; ++c)
        x.column[c] = vf_select(infinite, vf_set1(0.0F), x.column[c]);
    columns_log_sums(log_sum, &x, b.cols, extent_of_columns(&x, b.cols, tier), tier);
    for (size_t r = 0; r < b.rows; ++r)
        b.dst[r] = logsumexp_of(b, r, max[r], log_sum[r]);
}
VF_INLINE void rows_logsumexp(float *dst, const float *src, size_t src_stride, size_t rows,
                              size_t cols) {
    const row_batch b = plain_rows(dst, 1, src, src_stride, rows, cols);
    if (by_columns(b, DEFAULT_TIER))
        in_parts(b, DEFAULT_TIER, columns_logsumexp);
    else if (in_groups(b))
        in_parts(b, DEFAULT_TIER, group_logsumexp);
    else
        single_logsumexp(b, DEFAULT_TIER);
}

/*
 * dy softmax(x), dy being one float for each row.  Of short rows as many at a time as softmax takes
 * side by side; a long one is in the cache when it is multiplied.
 */
ROW_BOUND(logsumexp_grad, 4.5e-7, 4.5e-7);
VF_WORD vf times_tiny_one(vf y, vf dy, vf low) { return (void)low, vf_times(y, dy); }
VF_APART void row_times_tiny(float *y, size_t n, float dy) {
    row_times(y, n, n, vf_set1(dy), vf_set1(0.0F), times_tiny_one);
}
VF_INLINE int row_has_tiny(const float *y, size_t n) {
    vf least = vf_set1(1.0F);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        least = vf_min(vf_load(y + i), least);
    if (i < n)
        least = vf_min(vf_load_partial(y + i, n - i, least), least);
    return vf_any_below(least, VF_TINY_FACTOR);
}
VF_INLINE void rows_logsumexp_grad(float *dx, size_t dx_stride, const float *dy, const float *x,
                                   size_t x_stride, size_t rows, size_t cols) {
    const size_t most = cols <= BLOCK ? VF_LANES : 1;
    for (size_t r = 0; r < rows; r += most) {
        const size_t here = rows - r < most ? rows - r : most;
        float *d = dx + r * dx_stride;
        rows_softmax(d, dx_stride, x + r * x_stride, x_stride, here, cols);
        for (size_t k = 0; k < here; ++k) {
            float *y = d + k * dx_stride;
            const float by = dy[r + k];
            if (AVOIDS_SUBNORMALS && VF_SELDOM(row_has_tiny(y, cols)))
                row_times_tiny(y, cols, by);
            else
                row_times(y, cols, cols, vf_set1(by), vf_set1(0.0F), times_one);
        }
    }
}

#endif
