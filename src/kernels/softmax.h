/* softmax of rows, plain and with a mask, and its derivative. */
#ifndef ACT_KERNELS_SOFTMAX_H
#define ACT_KERNELS_SOFTMAX_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "act/act.h"
#include "kernels/bound.h"
#include "kernels/exp_pair.h"

ROW_BOUND(softmax, 4e-7, 4e-7);

/*
 * Where a row's elements come from: x itself, or fma(scale, x, mask), rounded once, without a mask
 * scale x.  `masked` is a constant wherever this is inlined, so the plain row pays nothing for it.
 */
typedef struct {
    const float *x, *mask;
    float scale;
    int masked;
} row_source;
VF_INLINE row_source plain_row(const float *x) { return (row_source){x, NULL, 1.0F, 0}; }

VF_INLINE vf row_load(row_source row, size_t i) {
    vf x = vf_load(row.x + i);
    if (!row.masked)
        return x;
    vf scale = vf_set1(row.scale);
    return row.mask ? vf_fma(scale, x, vf_load(row.mask + i)) : vf_mul(scale, x);
}
/* The idle lanes pass through memory: what fma makes of them is not what was asked for. */
VF_INLINE vf row_load_partial(row_source row, size_t i, size_t n, vf idle) {
    if (!row.masked)
        return vf_load_partial(row.x + i, n, idle);
    const vf zero = vf_set1(0.0F);
    vf scale = vf_set1(row.scale), x = vf_load_partial(row.x + i, n, zero);
    float lane[VF_LANES];
    vf_store(lane, row.mask ? vf_fma(scale, x, vf_load_partial(row.mask + i, n, zero))
                            : vf_mul(scale, x));
    return vf_load_partial(lane, n, idle);
}

/* The largest and the smallest elements that are not NaN, lane by lane; without one, -inf and inf.
 */
typedef struct {
    vf max, min;
} row_range;
VF_INLINE row_range source_range(row_source row, size_t n) {
    row_range lanes = {vf_set1(-INFINITY), vf_set1(INFINITY)};
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES) {
        vf x = row_load(row, i);
        lanes = (row_range){vf_max(x, lanes.max), vf_min(x, lanes.min)};
    }
    if (i < n) {
        lanes.max = vf_max(row_load_partial(row, i, n - i, lanes.max), lanes.max);
        lanes.min = vf_min(row_load_partial(row, i, n - i, lanes.min), lanes.min);
    }
    return lanes;
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
    vf bounded = vf_max(least, max);
    vf depth = vf_fma(vf_abs(bounded), vf_set1(0x1p-10F), vf_set1(132.0F));
    return vf_select(vf_lt(max, least), vf_min(max, vf_set1(-FLT_MAX)), vf_sub(bounded, depth));
}

/*
 * Whether x - max is neither below VF_EXP_NEAR nor infinite, so that exp needs no clamps: not if
 * all elements are -inf or one is inf, whose differences are no numbers.  By halves, since finite
 * numbers must not raise FE_OVERFLOW; nor -inf FE_INVALID, as a row that a mask left nothing of.
 */
VF_INLINE int all_near(vf max, vf min) {
    const vf half = vf_set1(0.5F);
    vf finite = vf_max(vf_set1(-FLT_MAX), max);
    vf spread = vf_nfma(half, finite, vf_mul(half, min));
    return !vm_any(vf_lt(spread, vf_set1(0.5F * VF_EXP_NEAR))) && !vm_any(vf_is_nan(spread));
}

/* The smallest elements that are not below the floor, lane by lane; without one, inf. */
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
#define BY_SPREAD(spread, word, ...)                                                               \
    ((spread) == CLOSE  ? word(CLOSE, __VA_ARGS__)                                                 \
     : (spread) == GAPS ? word(GAPS, __VA_ARGS__)                                                  \
                        : word(WIDE, __VA_ARGS__))

typedef struct {
    row_shift shift;
    float max;
    enum spread spread;
} row_extent;

/*
 * Gaps are asked for, by another pass, in rows of more than so many elements: exp returns what that
 * costs from 64 on, in a group from 32 on, the logarithm never.  Below a maximum of -FLT_MAX there
 * is only -inf, for which a wide row has no floor; in the fast tier it needs none.
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
    if (tier == DEFAULT_TIER && (n > gaps_matter || largest == -FLT_MAX)) {
        const vf lowest = vf_set1(-vf_max_lanes(vf_neg(source_lowest(row, n, floor))));
        if (all_near(max, lowest))
            return (row_extent){{max, lowest}, largest, GAPS};
    }
    return (row_extent){{max, floor}, largest, WIDE};
}

/*
 * exp(x - max).  The rounding of x - max alone would cost 1e-6 at x - max = -20, and grows with
 * the distance; its low part is exact and enters as exp(d + low) = e + e low.
 */
VF_WORD vf exp_shifted(enum spread spread, vf x, row_shift shift) {
    pair d = two_difference(spread == CLOSE ? x : vf_max(shift.floor, x), shift.max);
    vf e = spread == WIDE ? vf_exp_nonpositive(d.high) : vf_exp_near(d.high);
    e = vf_fma(e, d.low, e);
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
VF_WORD vf tier_exp(enum tier tier, enum spread spread, vf x, row_shift shift) {
    return tier == FAST_TIER ? exp_shifted_fast(spread, x, shift) : exp_shifted(spread, x, shift);
}

VF_INLINE vf store_exp(enum spread spread, float *dst, row_source row, size_t i, row_shift shift,
                       enum tier tier) {
    vf e = tier_exp(tier, spread, row_load(row, i), shift);
    vf_store(dst + i, e);
    return e;
}
VF_INLINE vf store_exp_partial(enum spread spread, float *dst, row_source row, size_t i, size_t n,
                               row_shift shift, enum tier tier) {
    vf e = tier_exp(tier, spread, row_load_partial(row, i, n, shift.max), shift);
    vf_store_partial(dst + i, e, n);
    return vf_first(e, n);
}

/* dst[i] = exp(row[i] - max) from i on, fewer than a block of them; and their sum, lane by lane. */
VF_INLINE vf row_exp_lanes(enum spread spread, float *dst, row_source row, size_t i, size_t n,
                           row_shift shift, enum tier tier) {
    vf sum = vf_set1(0.0F);
    for (; n - i >= VF_LANES; i += VF_LANES)
        sum = vf_add(sum, store_exp(spread, dst, row, i, shift, tier));
    if (i < n)
        sum = vf_add(sum, store_exp_partial(spread, dst, row, i, n - i, shift, tier));
    return sum;
}

/* The same for any number, and the sum of all. */
VF_INLINE double row_exp_sum(enum spread spread, float *dst, row_source row, size_t n,
                             row_shift shift, enum tier tier) {
    const size_t block = tier == FAST_TIER ? FAST_BLOCK : BLOCK;
    vd sum = vd_zero();
    size_t i = 0;
    while (n - i >= block) {
        vf lanes = vf_set1(0.0F);
        for (size_t end = i + block; i < end; i += VF_LANES)
            lanes = vf_add(lanes, store_exp(spread, dst, row, i, shift, tier));
        sum = vd_add(sum, lanes);
    }
    return vd_sum(vd_add(sum, row_exp_lanes(spread, dst, row, i, n, shift, tier)));
}

/* A factor in two floats, so that the product is rounded but once; or in one. */
VF_WORD vf times_pair(vf x, vf high, vf low) { return vf_fma(x, high, vf_mul(x, low)); }
VF_WORD vf times_one(vf x, vf high, vf low) { return (void)low, vf_mul(x, high); }

/* x[i] times the factor; times 1 in the idle lanes, which is harmless whatever the factor. */
typedef vf times(vf x, vf high, vf low);
VF_INLINE void row_times(float *x, size_t n, vf high, vf low, times *product) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(x + i, product(vf_load(x + i), high, low));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, vf_set1(1.0F));
        vf_store_partial(x + i, product(a, high, low), n - i);
    }
}

VF_INLINE void source_softmax(float *dst, row_source row, size_t n, row_extent extent,
                              enum tier tier) {
    double sum = BY_SPREAD(extent.spread, row_exp_sum, dst, row, n, extent.shift, tier);
    double factor = 1.0 / sum;
    float high = (float)factor;
    row_times(dst, n, vf_set1(high), vf_set1((float)(factor - (double)high)), times_pair);
}

/*
 * Short rows, up to sixteen of them side by side: what a row needs besides its elements, two
 * reductions and a division, is done for all rows at once.  A group stays in the first-level cache,
 * and each row's sum within what row_exp_sum adds up in floats.
 */

/* high[r] + low[r] = 1 / the sum over the lanes of row r. */
VF_INLINE void factors_in_pairs(float *high, float *low, const vf lanes[VF_LANES]) {
    double sum[VF_LANES];
    for (size_t r = 0; r < VF_LANES; ++r)
        sum[r] = vd_sum(vd_add(vd_zero(), lanes[r]));
    for (size_t r = 0; r < VF_LANES; ++r) {
        double factor = 1.0 / sum[r];
        high[r] = (float)factor;
        low[r] = (float)(factor - (double)high[r]);
    }
}
VF_INLINE void factors_in_floats(float *high, float *low, const vf lanes[VF_LANES]) {
    vf_store(high, vf_div(vf_set1(1.0F), vf_sum_rows(lanes)));
    vf_store(low, vf_set1(0.0F));
}

/* What a group has of each row. */
typedef struct {
    float max[VF_LANES], floor[VF_LANES];
    vf lanes[VF_LANES];
} row_group;

VF_INLINE void group_exp(enum spread spread, row_group *g, float *dst, size_t dst_stride,
                         const float *src, size_t src_stride, size_t rows, size_t cols,
                         enum tier tier) {
    for (size_t r = 0; r < rows; ++r) {
        const row_shift shift = {vf_set1(g->max[r]), vf_set1(g->floor[r])};
        g->lanes[r] = row_exp_lanes(spread, dst + r * dst_stride, plain_row(src + r * src_stride),
                                    0, cols, shift, tier);
    }
    for (size_t r = rows; r < VF_LANES; ++r)
        g->lanes[r] = vf_set1(1.0F);
}

/* The floors of a group that is not close, and whether it has gaps or is wide. */
VF_INLINE enum spread group_floors(row_group *g, const float *src, size_t src_stride, size_t rows,
                                   size_t cols, vf max, enum tier tier) {
    vf lowest[VF_LANES];
    vf_store(g->floor, floor_under(tier, max));
    if (tier == FAST_TIER || cols <= GAPS_MATTER_IN_GROUP)
        return WIDE;
    for (size_t r = 0; r < rows; ++r)
        lowest[r] =
            vf_neg(source_lowest(plain_row(src + r * src_stride), cols, vf_set1(g->floor[r])));
    for (size_t r = rows; r < VF_LANES; ++r)
        lowest[r] = lowest[0];
    const vf above = vf_neg(vf_max_rows(lowest));
    if (!all_near(max, above))
        return WIDE;
    vf_store(g->floor, above);
    return GAPS;
}

VF_INLINE void group_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                             size_t rows, size_t cols, enum tier tier) {
    /* Near is asked of the whole group, by its lowest element: that saves a reduction. */
    row_group g;
    vf lowest = vf_set1(INFINITY);
    for (size_t r = 0; r < VF_LANES; ++r) {
        if (r < rows) {
            row_range lanes = source_range(plain_row(src + r * src_stride), cols);
            lowest = vf_min(lanes.min, lowest);
            g.lanes[r] = lanes.max;
        } else {
            g.lanes[r] = g.lanes[0];
        }
    }
    vf max = vf_max_rows(g.lanes), min = vf_set1(-vf_max_lanes(vf_neg(lowest)));
    vf_store(g.max, max);
    vf_store(g.floor, max);
    const enum spread spread =
        all_near(max, min) ? CLOSE : group_floors(&g, src, src_stride, rows, cols, max, tier);
    BY_SPREAD(spread, group_exp, &g, dst, dst_stride, src, src_stride, rows, cols, tier);

    float high[VF_LANES], low[VF_LANES];
    if (tier == FAST_TIER)
        factors_in_floats(high, low, g.lanes);
    else
        factors_in_pairs(high, low, g.lanes);
    for (size_t r = 0; r < rows; ++r)
        row_times(dst + r * dst_stride, cols, vf_set1(high[r]), vf_set1(low[r]),
                  tier == FAST_TIER ? times_one : times_pair);
}

/* Constants melt the inner loops: 0.50 ns an element on AVX2 instead of 0.66. */
VF_INLINE void short_rows_softmax(float *dst, size_t dst_stride, const float *src,
                                  size_t src_stride, size_t rows, size_t cols, enum tier tier) {
    for (size_t r = 0; r < rows; r += VF_LANES) {
        float *y = dst + r * dst_stride;
        const float *x = src + r * src_stride;
        size_t count = rows - r < VF_LANES ? rows - r : VF_LANES;
        if (count == VF_LANES && cols == VF_LANES)
            group_softmax(y, dst_stride, x, src_stride, VF_LANES, VF_LANES, tier);
        else
            group_softmax(y, dst_stride, x, src_stride, count, cols, tier);
    }
}
VF_INLINE void long_rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                 size_t rows, size_t cols, enum tier tier) {
    for (size_t r = 0; r < rows; ++r) {
        const row_source row = plain_row(src + r * src_stride);
        source_softmax(dst + r * dst_stride, row, cols, extent_of(tier, row, cols, GAPS_MATTER),
                       tier);
    }
}

VF_INLINE void rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            size_t rows, size_t cols) {
    if (cols <= BLOCK && rows > 1)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, DEFAULT_TIER);
    else
        long_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, DEFAULT_TIER);
}

FAST_ROW_BOUND(softmax_fast, 2.5e-6, 5.5e-6);
VF_INLINE void rows_softmax_fast(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                 size_t rows, size_t cols) {
    if (cols <= FAST_BLOCK)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, FAST_TIER);
    else
        long_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, FAST_TIER);
}

/*
 * softmax(fma(scale, x, mask)).  A row that is -inf everywhere has no maximum to subtract: NaN, or
 * zeros if asked, but a NaN among them stays.  The logits are made twice, so that dst may be src.
 */
ROW_BOUND(softmax_masked, 4e-7, 4e-7);
VF_INLINE void row_zero(float *dst, size_t n) {
    const vf zero = vf_set1(0.0F);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, zero);
    if (i < n)
        vf_store_partial(dst + i, zero, n - i);
}
VF_INLINE void rows_softmax_masked(float *dst, size_t dst_stride, const float *src,
                                   size_t src_stride, const float *mask, size_t mask_stride,
                                   size_t rows, size_t cols, float scale, act_empty_rows empty) {
    for (size_t r = 0; r < rows; ++r) {
        const row_source row = {src + r * src_stride, mask ? mask + r * mask_stride : NULL, scale,
                                1};
        float *y = dst + r * dst_stride;
        const row_extent extent = extent_of(DEFAULT_TIER, row, cols, GAPS_MATTER);
        if (empty == ACT_EMPTY_ROWS_ZERO && extent.max == -INFINITY && !source_has_nan(row, cols))
            row_zero(y, cols);
        else
            source_softmax(y, row, cols, extent, DEFAULT_TIER);
    }
}

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
