/*
 * What functions of rows are made of: where elements come from, how far they lie below the maximum,
 * sums by lanes, and rows side by side, by columns and in groups.
 */
#ifndef ACT_KERNELS_ROWS_H
#define ACT_KERNELS_ROWS_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "act/act.h"
#include "kernels/exp_pair.h"

/*
 * Where a row's elements come from: x itself, or fma(scale, x, mask), rounded once, without a mask
 * scale x.  `masked` is a constant wherever this is inlined, so the plain row pays nothing for it.
 */
typedef struct {
    const float *x, *mask;
    float scale;
    int masked;
} row_source;

VF_INLINE vf row_load(row_source row, size_t i) {
    vf x = vf_load(row.x + i);
    if (!row.masked)
        return x;
    vf scale = vf_set1(row.scale);
    return row.mask ? vf_fma(scale, x, vf_load(row.mask + i)) : vf_mul(scale, x);
}
/* The idle lanes are chosen last: what fma makes of them is not what was asked for. */
VF_INLINE vf row_load_partial(row_source row, size_t i, size_t n, vf idle) {
    if (!row.masked)
        return vf_load_partial(row.x + i, n, idle);
    const vf zero = vf_set1(0.0F);
    vf scale = vf_set1(row.scale), x = vf_load_partial(row.x + i, n, zero);
    x = row.mask ? vf_fma(scale, x, vf_load_partial(row.mask + i, n, zero)) : vf_mul(scale, x);
    return vf_first_else(x, n, idle);
}

/* The largest and the smallest elements that are not NaN, lane by lane; without one, -inf and inf.
 */
typedef struct {
    vf max, min;
} row_range;
VF_WORD row_range no_range(void) { return (row_range){vf_set1(-INFINITY), vf_set1(INFINITY)}; }
VF_WORD row_range range_with(row_range lanes, vf x) {
    return (row_range){vf_max(x, lanes.max), vf_min(x, lanes.min)};
}
VF_INLINE row_range range_from(row_range lanes, row_source row, size_t i, size_t n) {
    for (; n - i >= VF_LANES; i += VF_LANES)
        lanes = range_with(lanes, row_load(row, i));
    if (i < n) {
        lanes.max = vf_max(row_load_partial(row, i, n - i, lanes.max), lanes.max);
        lanes.min = vf_min(row_load_partial(row, i, n - i, lanes.min), lanes.min);
    }
    return lanes;
}
/* Of a long row, by several chains of operations that do not wait for each other. */
VF_INLINE row_range source_range(row_source row, size_t n) {
    const size_t step = (size_t)VF_CHAINS * VF_LANES;
    row_range chain[VF_CHAINS];
    size_t i = 0;
    if (VF_CHAINS == 1 || n < (size_t)8 * VF_LANES)
        return range_from(no_range(), row, 0, n);
    for (size_t k = 0; k < VF_CHAINS; ++k)
        chain[k] = no_range();
    for (; n - i >= step; i += step)
        _Pragma("GCC unroll 4") for (size_t k = 0; k < VF_CHAINS; ++k) chain[k] =
            range_with(chain[k], row_load(row, i + k * VF_LANES));
    row_range lanes = chain[0];
    for (size_t k = 1; k < VF_CHAINS; ++k)
        lanes = (row_range){vf_max(chain[k].max, lanes.max), vf_min(chain[k].min, lanes.min)};
    return range_from(lanes, row, i, n);
}
/* Whether one element is NaN, which the largest does not tell. */
VF_INLINE int source_has_nan(row_source row, size_t n) {
    const vf zero = vf_set1(0.0F);
    int any = 0;
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        any |= vm_any(vf_is_nan(row_load(row, i)));
    if (i < n)
        any |= vm_any(vf_is_nan(row_load_partial(row, i, n - i, zero)));
    return any;
}

/* A constant wherever it is a parameter. */
enum tier { DEFAULT_TIER, FAST_TIER };

/*
 * How many elements a mask leaves up to the last that is not -inf, which in a short row is not
 * worth asking for; all if it leaves none.  What follows is 0 without any work.
 */
enum { END_MATTERS = 32, END_MATTERS_FAST = 64 };
VF_INLINE size_t source_end(row_source row, size_t n, enum tier tier) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F), gap = vf_set1(-INFINITY);
    if (!row.mask || n <= (tier == FAST_TIER ? END_MATTERS_FAST : END_MATTERS))
        return n;
    for (size_t end = n; end > 0;) {
        const size_t here = (end - 1) % VF_LANES + 1;
        end -= here;
        vf x = here < VF_LANES ? row_load_partial(row, end, here, gap) : row_load(row, end);
        vf some = vf_select(vf_lt(x, vf_set1(-FLT_MAX)), zero, one);
        const size_t left = vm_end(vf_lt(zero, some));
        if (left > 0)
            return end + left;
    }
    return n;
}

/*
 * What softmax subtracts, the row's maximum, and the floor, below which exp(x - max) is 0.  From
 * the floor on neither x - max nor its low part overflows, and -inf - -inf arises nowhere.
 */
typedef struct {
    vf max, floor;
} row_shift;

/*
 * max - 132 where that is a sum of ordinary numbers, as the logarithm needs it; of large ones so
 * far below that the next floats are within it.  -FLT_MAX under those from which nothing can be
 * subtracted, and -inf under -inf, so that a row of nothing else comes out as NaN.
 *
 * The fast tier takes no low part, and -inf as it is; the floor keeps finite numbers finite.
 */
VF_WORD vf floor_under(enum tier tier, vf max) {
    if (tier == FAST_TIER) {
        vf middle = vf_fma(vf_set1(0.5F), max, vf_set1(-0.5F * FLT_MAX));
        return vf_select(vf_lt(vf_set1(0.0F), max), middle, vf_set1(-INFINITY));
    }
    const vf least = vf_set1(-0x1p127F);
    vf bounded = vf_min(vf_set1(FLT_MAX), vf_max(least, max));
    vf depth = vf_fma(vf_abs(bounded), vf_set1(0x1p-10F), vf_set1(132.0F));
    return vf_select(vf_lt(max, least), vf_min(max, vf_set1(-FLT_MAX)), vf_sub(bounded, depth));
}

/*
 * Whether x - max is neither below -55 nor infinite, so that exp needs no clamps, and no product
 * with it is subnormal: not if
 * all elements are -inf or one is inf, whose differences are no numbers.  By halves, since finite
 * numbers must not raise FE_OVERFLOW; nor -inf FE_INVALID, as a row that a mask left nothing of.
 */
#define ROWS_NEAR (-55.0F)
VF_INLINE int all_near(vf max, vf min) {
    const vf half = vf_set1(0.5F);
    const vf largest = vf_set1(FLT_MAX);
    vf finite = vf_min(largest, vf_max(vf_neg(largest), max));
    vf spread = vf_nfma(half, finite, vf_mul(half, min));
    return !vm_any(vf_lt(spread, vf_set1(0.5F * ROWS_NEAR))) && !vm_any(vf_lt(largest, max));
}

/*
 * The smallest elements that are not below the floor, lane by lane; without one, inf, of which a
 * row of nothing but NaN makes its maximum.
 */
VF_INLINE vf source_lowest(row_source row, size_t n, vf floor) {
    const vf infinity = vf_set1(INFINITY);
    vf lowest = infinity;
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES) {
        vf x = row_load(row, i);
        lowest = vf_min(vf_select(vf_lt(x, floor), infinity, x), lowest);
    }
    if (i < n) {
        vf x = row_load_partial(row, i, n - i, infinity);
        lowest = vf_min(vf_select(vf_lt(x, floor), infinity, x), lowest);
    }
    return lowest;
}

/*
 * How far below the maximum the elements lie.  CLOSE: all_near.  GAPS: all_near but for those below
 * the floor, which is then the lowest of the others, as in what a mask leaves of a row, by -inf or
 * by any large number.  WIDE: anything.
 */
enum spread { CLOSE, GAPS, WIDE };

/* The word where there are no gaps to be: in one vector, and in a few columns. */
#define CLOSE_OR_WIDE(spread, word, ...)                                                           \
    (VF_SELDOM((spread) != CLOSE) ? word(WIDE, __VA_ARGS__) : word(CLOSE, __VA_ARGS__))

typedef struct {
    row_shift shift;
    float max;
    enum spread spread;
} row_extent;

/*
 * Gaps are asked for, by another pass, in rows of more than so many elements: exp returns what that
 * costs from 64 on, in a group from 32 on, the logarithm never.
 */
enum { GAPS_MATTER = 64, GAPS_MATTER_IN_GROUP = 32 };
#define GAPS_NEVER SIZE_MAX
VF_INLINE row_extent extent_of(enum tier tier, row_source row, size_t n, size_t gaps_matter) {
    row_range lanes = source_range(row, n);
    const float largest = vf_max_lanes(lanes.max), least = -vf_max_lanes(vf_neg(lanes.min));
    const vf max = vf_set1(largest);
    if (all_near(max, vf_set1(least)))
        return (row_extent){{max, max}, largest, CLOSE};
    const vf floor = floor_under(tier, max);
    if (tier == DEFAULT_TIER && n > gaps_matter) {
        const vf least_above = vf_neg(source_lowest(row, n, floor));
        const vf lowest = vf_min(vf_set1(-vf_max_lanes(least_above)), max);
        if (all_near(max, lowest))
            return (row_extent){{max, lowest}, largest, GAPS};
    }
    return (row_extent){{max, floor}, largest, WIDE};
}

/*
 * exp(x - max).  The rounding of x - max alone would cost 1e-6 at x - max = -20, and grows with
 * the distance; its low part is exact and enters as exp(d + low) = e + e low.
 *
 * In a wide row all exponentials are 2^64 times as large, so that none is subnormal, down to x -
 * max = `last`; beyond it they are 0.
 */
VF_WORD vf exp_of_difference(enum spread spread, vf d, float last) {
    if (spread != WIDE)
        return vf_exp_near(d);
    exp_reduced e = exp_reduce(vf_at_least(d, last));
    return vf_unless(vf_lt(d, vf_set1(last)), vf_scale2n_up(exp_whole(e), e.n));
}
VF_WORD vf exp_shifted(enum spread spread, vf x, row_shift shift, float last) {
    pair d = two_difference(spread == CLOSE ? x : vf_max(shift.floor, x), shift.max);
    vf e = exp_of_difference(spread, d.high, last);
    /* Not a bit changes: what is below 2^-65 is lost beside 1. */
    e = vf_fma(e, AVOIDS_SUBNORMALS ? off_zero(d.low) : d.low, e);
    return spread == CLOSE ? e : vf_select(vf_lt(x, shift.floor), vf_set1(0.0F), e);
}

/*
 * Sums are kept in sixteen double lanes, element i going to lane i mod 16.  Some floats of a lane
 * are added before they are widened, which costs as much as five additions: four of them lose less
 * than half of exp's own error, sixteen are good enough for the fast tier.
 */
enum { BLOCK = 4 * VF_LANES, FAST_BLOCK = 16 * VF_LANES };

/*
 * The fast tier leaves the rounding of x - max: 1e-6 within [-10, 10], 4e-6 within [-100, 100].  An
 * error of 2^-90 beside tiny numbers keeps the difference from being subnormal.
 */
VF_WORD vf less_max_fast(vf x, vf max) {
    vm tiny = vf_lt(vf_abs(max), vf_set1(0x1p-60F));
    return vf_sub(x, vf_select(tiny, vf_add(max, vf_set1(0x1p-90F)), max));
}
VF_WORD vf exp_shifted_fast(enum spread spread, vf x, row_shift shift) {
    if (spread == CLOSE)
        return vf_exp_fast_near(less_max_fast(x, shift.max));
    return vf_exp_fast_nonpositive(less_max_fast(vf_max(shift.floor, x), shift.max));
}
VF_WORD vf tier_exp(enum spread spread, enum tier tier, vf x, row_shift shift, float last) {
    return tier == FAST_TIER ? exp_shifted_fast(spread, x, shift)
                             : exp_shifted(spread, x, shift, last);
}
/* What a sum of such exponentials is to be multiplied by. */
VF_INLINE double sum_scale(enum tier tier, enum spread spread) {
    return tier == DEFAULT_TIER && spread == WIDE ? 0x1p-64 : 1.0;
}

/* The most floats of a lane that are added before they are widened. */
VF_INLINE size_t block_of(enum tier tier) { return tier == FAST_TIER ? FAST_BLOCK : BLOCK; }
/* A sum by lanes: of blocks, and of what is left, which is no more than one. */
typedef struct {
    vd blocks;
    vf rest;
} lane_sum;
VF_WORD lane_sum no_sum(void) { return (lane_sum){vd_zero(), vf_set1(0.0F)}; }
VF_WORD lane_sum with_block(lane_sum sum) {
    return (lane_sum){vd_add(sum.blocks, sum.rest), vf_set1(0.0F)};
}
VF_WORD double total(lane_sum sum) { return vd_sum(vd_add(sum.blocks, sum.rest)); }

/*
 * An exponential of a row times the factor, in two floats, so that the product is rounded but once,
 * or in one.
 *
 * In a wide row the default tier's exponentials are 2^64 times as large, and the product with the
 * low part is left out where it might be subnormal and cannot matter.  The fast tier gives 0 where
 * the product would be subnormal.
 */
typedef vf times(vf x, vf high, vf low);
VF_WORD vf times_pair(vf x, vf high, vf low) { return vf_fma(x, high, vf_mul(x, low)); }
VF_WORD vf times_pair_above(vf x, float limit, vf high, vf low) {
    return vf_fma(x, high, vf_mul(vf_unless(vf_lt(x, vf_set1(limit)), x), low));
}
VF_WORD vf times_pair_wide(vf x, vf high, vf low) {
    return vf_scale_down(times_pair_above(x, 0x1p-40F, high, low));
}
VF_WORD vf times_one(vf x, vf high, vf low) { return (void)low, vf_mul(x, high); }
VF_WORD vf unless_subnormal(vf x, vf high) {
    return vf_unless(vf_lt(x, vf_div(vf_set1(0x1p-126F), high)), x);
}
VF_WORD vf times_one_wide_fast(vf x, vf high, vf low) {
    return (void)low, vf_mul(unless_subnormal(x, high), high);
}
VF_WORD vf times_pair_wide_fast(vf x, vf high, vf low) {
    return times_pair_above(unless_subnormal(x, high), 0x1p-80F, high, low);
}

/* In one vector, and in a few columns, where the fast tier has one float. */
VF_WORD vf times_factor(enum spread spread, enum tier tier, vf x, pair factor) {
    if (tier == FAST_TIER)
        return spread == WIDE ? times_one_wide_fast(x, factor.high, factor.low)
                              : times_one(x, factor.high, factor.low);
    return spread == WIDE ? times_pair_wide(x, factor.high, factor.low)
                          : times_pair(x, factor.high, factor.low);
}

VF_INLINE void row_fill(float *dst, size_t n, vf a) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, a);
    if (i < n)
        vf_store_partial(dst + i, a, n - i);
}
/*
 * x[i] times the factor; times 1 in the idle lanes, which is harmless whatever the factor.  From n
 * to cols there is what 0 times the factor is, since that may be NaN.
 */
VF_INLINE void row_times(float *x, size_t n, size_t cols, vf high, vf low, times *product) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(x + i, product(vf_load(x + i), high, low));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, vf_set1(1.0F));
        vf_store_partial(x + i, product(a, high, low), n - i);
    }
    row_fill(x + n, cols - n, product(vf_set1(0.0F), high, low));
}

/* The same for a row's exponentials, by its spread. */
VF_APART void row_times_wide(float *x, size_t n, size_t cols, float high, float low) {
    VF_SELDOM_CALLED;
    row_times(x, n, cols, vf_set1(high), vf_set1(low), times_pair_wide);
}
VF_APART void row_times_wide_fast(float *x, size_t n, size_t cols, float high, float low,
                                  int in_one) {
    VF_SELDOM_CALLED;
    if (in_one)
        row_times(x, n, cols, vf_set1(high), vf_set1(low), times_one_wide_fast);
    else
        row_times(x, n, cols, vf_set1(high), vf_set1(low), times_pair_wide_fast);
}
VF_INLINE void row_times_by(enum spread spread, enum tier tier, int in_one, float *x, size_t n,
                            size_t cols, float high, float low) {
    if (VF_SELDOM(spread == WIDE)) {
        if (tier == FAST_TIER)
            row_times_wide_fast(x, n, cols, high, low, in_one);
        else
            row_times_wide(x, n, cols, high, low);
    } else if (in_one) {
        row_times(x, n, cols, vf_set1(high), vf_set1(low), times_one);
    } else {
        row_times(x, n, cols, vf_set1(high), vf_set1(low), times_pair);
    }
}

/* Rows that are laid apart by strides, and where their results go. */
typedef struct {
    row_source first;
    size_t x_stride, mask_stride;
    float *dst;
    size_t dst_stride, rows, cols;
    act_empty_rows empty;
} row_batch;
VF_INLINE row_batch plain_rows(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                               size_t rows, size_t cols) {
    return (row_batch){{src, NULL, 1.0F, 0}, src_stride, 0,    dst,
                       dst_stride,           rows,       cols, ACT_EMPTY_ROWS_NAN};
}
VF_INLINE row_source batch_row(row_batch b, size_t r) {
    row_source row = b.first;
    row.x += r * b.x_stride;
    row.mask = row.mask ? row.mask + r * b.mask_stride : NULL;
    return row;
}
/* Whether a row is to be zeros, being -inf everywhere; a NaN among them stays. */
VF_INLINE int is_empty(row_batch b, size_t r, float max) {
    return b.empty == ACT_EMPTY_ROWS_ZERO && max == -INFINITY &&
           !source_has_nan(batch_row(b, r), b.cols);
}

/*
 * Which rows are worked on side by side, up to sixteen of them: those of a few columns by columns,
 * a lane for each row, if there is more than one; longer ones, if there are more than two, by
 * groups, where what a row needs besides its elements, reductions and a division or a logarithm, is
 * done for all at once.  A group stays in the first-level cache; of fewer than four rows it gains
 * nothing.  A vocabulary that defines VF_ROWS_ALONE has each row on its own, with the same bits in
 * the default tier.
 */
enum { FEW_COLS = 4, GROUP_FLOATS = 4096, GROUP_COLS = GROUP_FLOATS / 4 };
#ifdef VF_ROWS_ALONE
enum { SIDE_BY_SIDE = 0 };
#else
enum { SIDE_BY_SIDE = 1 };
#endif
/*
 * The fast tier adds up the lanes of a vector in each backend's own order, columns in one.  With
 * the comparisons in another order clang 19 makes logsumexp_grad's loop 1.8 times as long
 * (AVX-512).
 */
VF_INLINE int by_columns(row_batch b, enum tier tier) {
    const size_t most_alone = tier == FAST_TIER ? 0 : 1;
    return b.rows > most_alone && b.cols <= FEW_COLS && SIDE_BY_SIDE;
}
VF_INLINE int in_groups(row_batch b) { return SIDE_BY_SIDE && b.cols <= GROUP_COLS && b.rows > 2; }

typedef void batch_work(row_batch b, enum tier tier);
VF_INLINE void in_parts(row_batch all, enum tier tier, batch_work *work) {
    const size_t fit = GROUP_FLOATS / all.cols, most = fit < VF_LANES ? fit : VF_LANES;
    for (size_t r = 0; r < all.rows; r += most) {
        row_batch b = all;
        b.first = batch_row(all, r);
        b.dst += r * all.dst_stride;
        b.rows = all.rows - r < most ? all.rows - r : most;
        work(b, tier);
    }
}

/* Doubles in two floats each. */
VF_INLINE void pairs_of(float high[VF_LANES], float low[VF_LANES], const double a[VF_LANES]) {
    for (size_t r = 0; r < VF_LANES; ++r) {
        high[r] = (float)a[r];
        low[r] = (float)(a[r] - (double)high[r]);
    }
}
VF_INLINE void inverted(double a[VF_LANES], double scale) {
    for (size_t r = 0; r < VF_LANES; ++r)
        a[r] = 1.0 / (scale * a[r]);
}

/*
 * A few columns.  Idle rows are zeros, so that they are close; an absent column of exponentials is
 * 0, and the sum that of the order of vd_sum.
 */
typedef struct {
    vf column[FEW_COLS];
} few_columns;
VF_INLINE few_columns columns_load(const float *p, size_t stride, size_t rows, size_t cols) {
    float lane[FEW_COLS][VF_LANES] = {{0}};
    few_columns x;
    for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c < cols; ++c)
            lane[c][r] = p[r * stride + c];
    for (size_t c = 0; c < FEW_COLS; ++c)
        x.column[c] = vf_load(lane[c]);
    return x;
}
VF_INLINE void columns_store(row_batch b, few_columns y) {
    float lane[FEW_COLS][VF_LANES];
    for (size_t c = 0; c < FEW_COLS; ++c)
        vf_store(lane[c], y.column[c]);
    for (size_t r = 0; r < b.rows; ++r)
        for (size_t c = 0; c < b.cols; ++c)
            b.dst[r * b.dst_stride + c] = lane[c][r];
}
VF_INLINE few_columns columns_of(row_batch b) {
    few_columns x = columns_load(b.first.x, b.x_stride, b.rows, b.cols);
    if (!b.first.masked)
        return x;
    const vf scale = vf_set1(b.first.scale);
    few_columns mask = {{vf_set1(0.0F), vf_set1(0.0F), vf_set1(0.0F), vf_set1(0.0F)}};
    if (b.first.mask)
        mask = columns_load(b.first.mask, b.mask_stride, b.rows, b.cols);
    for (size_t c = 0; c < b.cols; ++c)
        x.column[c] =
            b.first.mask ? vf_fma(scale, x.column[c], mask.column[c]) : vf_mul(scale, x.column[c]);
    return x;
}
typedef struct {
    row_shift shift;
    enum spread spread;
} columns_extent;
VF_INLINE columns_extent extent_of_columns(const few_columns *x, size_t cols, enum tier tier) {
    row_range range = {vf_set1(-INFINITY), vf_set1(INFINITY)};
    for (size_t c = 0; c < cols; ++c)
        range = range_with(range, x->column[c]);
    if (all_near(range.max, range.min))
        return (columns_extent){{range.max, range.max}, CLOSE};
    return (columns_extent){{range.max, floor_under(tier, range.max)}, WIDE};
}
VF_INLINE void sum_of_columns(double sum[VF_LANES], const few_columns *e) {
    float lane[FEW_COLS][VF_LANES];
    for (size_t c = 0; c < FEW_COLS; ++c)
        vf_store(lane[c], e->column[c]);
    for (size_t r = 0; r < VF_LANES; ++r)
        sum[r] =
            ((double)lane[0][r] + (double)lane[2][r]) + ((double)lane[1][r] + (double)lane[3][r]);
}

/* What a group has of each row; n is cols, but for what a mask leaves off at the end; 0: empty. */
typedef struct {
    float max[VF_LANES], floor[VF_LANES];
    size_t n[VF_LANES];
    enum spread spread;
} row_group;
VF_INLINE row_shift group_shift(const row_group *g, size_t r) {
    return (row_shift){vf_set1(g->max[r]), vf_set1(g->floor[r])};
}
VF_INLINE size_t group_cols(const row_group *g, row_batch b, size_t r) {
    return b.first.masked ? g->n[r] : b.cols;
}

/* The floors of a group that is not close, and whether it has gaps or is wide. */
VF_INLINE enum spread group_floors(row_group *g, row_batch b, vf max, enum tier tier,
                                   size_t gaps_matter) {
    vf lowest[VF_LANES];
    vf_store(g->floor, floor_under(tier, max));
    if (tier == FAST_TIER || b.cols <= gaps_matter)
        return WIDE;
    for (size_t r = 0; r < b.rows; ++r)
        lowest[r] =
            vf_neg(source_lowest(batch_row(b, r), group_cols(g, b, r), vf_set1(g->floor[r])));
    for (size_t r = b.rows; r < VF_LANES; ++r)
        lowest[r] = lowest[0];
    const vf above = vf_min(vf_neg(vf_max_rows(lowest)), max);
    if (!all_near(max, above))
        return WIDE;
    vf_store(g->floor, above);
    return GAPS;
}
/* Near is asked of the whole group, by its lowest element: that saves a reduction. */
VF_INLINE void group_extent(row_group *g, row_batch b, enum tier tier, size_t gaps_matter) {
    vf largest[VF_LANES], lowest = vf_set1(INFINITY);
    for (size_t r = 0; r < VF_LANES; ++r) {
        if (r >= b.rows) {
            largest[r] = largest[0];
            continue;
        }
        const row_source row = batch_row(b, r);
        g->n[r] = source_end(row, b.cols, tier);
        row_range lanes = range_from(no_range(), row, 0, group_cols(g, b, r));
        lowest = vf_min(lanes.min, lowest);
        largest[r] = lanes.max;
    }
    vf max = vf_max_rows(largest), min = vf_set1(-vf_max_lanes(vf_neg(lowest)));
    vf_store(g->max, max);
    vf_store(g->floor, max);
    g->spread = all_near(max, min) ? CLOSE : group_floors(g, b, max, tier, gaps_matter);
}

typedef struct {
    vd blocks[VF_LANES];
    vf rest[VF_LANES];
} group_sums;
VF_INLINE void keep_sum(group_sums *sums, size_t r, lane_sum sum, int blocks) {
    sums->rest[r] = sum.rest;
    if (blocks)
        sums->blocks[r] = sum.blocks;
}
VF_INLINE double kept_total(const group_sums *sums, size_t r, int blocks) {
    return total((lane_sum){blocks ? sums->blocks[r] : vd_zero(), sums->rest[r]});
}

#endif
