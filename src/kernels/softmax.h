/* Functions of a whole row: softmax and its kin. */
#ifndef ACT_KERNELS_SOFTMAX_H
#define ACT_KERNELS_SOFTMAX_H

#include <float.h>
#include <math.h>

#include "kernels/bound.h"
#include "kernels/parts.h"

ROW_BOUND(softmax, 5e-7, 1e-6);

/*
 * Where a row's elements come from: x itself, or fma(scale, x, mask), rounded once, without a mask
 * scale x.  `masked` is a constant wherever this is inlined, so the plain row pays nothing for it.
 */
typedef struct {
    const float *x, *mask;
    float scale;
    int masked;
} row_source;
VF_WORD row_source plain_row(const float *x) { return (row_source){x, NULL, 1.0F, 0}; }

VF_WORD vf row_load(row_source row, size_t i) {
    vf x = vf_load(row.x + i);
    if (!row.masked)
        return x;
    vf scale = vf_set1(row.scale);
    return row.mask ? vf_fma(scale, x, vf_load(row.mask + i)) : vf_mul(scale, x);
}
/* The idle lanes pass through memory: what fma makes of them is not what was asked for. */
VF_WORD vf row_load_partial(row_source row, size_t i, size_t n, vf idle) {
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
VF_WORD row_range source_range(row_source row, size_t n) {
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
VF_WORD vf source_max_lanes(row_source row, size_t n) { return source_range(row, n).max; }

/* Whether one element is NaN, which the largest does not tell. */
VF_WORD int source_has_nan(row_source row, size_t n) {
    const vf zero = vf_set1(0.0F);
    int any = 0;
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        any |= vm_any(vf_is_nan(row_load(row, i)));
    if (i < n)
        any |= vm_any(vf_is_nan(row_load_partial(row, i, n - i, zero)));
    return any;
}

/* What softmax subtracts: the row's maximum, and a floor under the elements. */
typedef struct {
    vf max, floor;
} row_shift;

/*
 * x - max must not overflow for finite x, which would raise FE_OVERFLOW.  It cannot if max <= 0.
 * Otherwise elements below max / 2 - FLT_MAX / 2 count as that: exp gives 0 for them either way.
 */
VF_WORD vf floor_under(vf max) {
    const vf half = vf_set1(0.5F);
    vf middle = vf_fma(half, max, vf_set1(-0.5F * FLT_MAX));
    return vf_select(vf_lt(vf_set1(0.0F), max), middle, vf_set1(-INFINITY));
}
VF_WORD row_shift row_shift_by(float max) {
    return (row_shift){vf_set1(max), floor_under(vf_set1(max))};
}

/*
 * Whether x - max is neither below VF_EXP_NEAR nor infinite, so that exp needs no clamps: not if
 * all elements are -inf or one is inf, whose differences are no numbers.  By halves, since finite
 * numbers must not raise FE_OVERFLOW.
 */
VF_WORD int all_near(vf max, vf min) {
    const vf half = vf_set1(0.5F);
    vf spread = vf_nfma(half, max, vf_mul(half, min));
    return !vm_any(vf_lt(spread, vf_set1(0.5F * VF_EXP_NEAR))) && !vm_any(vf_is_nan(spread));
}

/* A row's maximum, and whether the whole row is near. */
typedef struct {
    float max;
    int near;
} row_extent;
VF_WORD row_extent extent_of(row_source row, size_t n) {
    row_range lanes = source_range(row, n);
    float max = vf_max_lanes(lanes.max), min = -vf_max_lanes(vf_neg(lanes.min));
    return (row_extent){max, all_near(vf_set1(max), vf_set1(min))};
}

/*
 * exp(x - max).  The rounding of x - max alone would cost 1e-6 at x - max = -20, and grows with
 * the distance; its low part is exact (Knuth's two-sum) and enters as exp(d + low) = e + e low.
 *
 * For x = -inf the low part is NaN, and vf_max drops it: |low| <= 2^-18 where e is not 0.
 */
VF_WORD two less_max(vf x, vf max) {
    vf d = vf_sub(x, max);
    vf back = vf_sub(d, x);
    return (two){d, vf_sub(vf_sub(x, vf_sub(d, back)), vf_add(max, back))};
}
VF_WORD vf exp_shifted_near(vf x, row_shift shift) {
    two d = less_max(x, shift.max);
    vf e = vf_exp_near(d.high);
    return vf_fma(e, d.low, e);
}
VF_WORD vf exp_shifted(vf x, row_shift shift) {
    two d = less_max(vf_max(shift.floor, x), shift.max);
    vf e = vf_exp_nonpositive(d.high);
    return vf_fma(e, vf_max(d.low, vf_set1(-0x1p-10F)), e);
}

/*
 * Sums are kept in sixteen double lanes, element i going to lane i mod 16.  Some floats of a lane
 * are added before they are widened, which costs as much as five additions: four of them lose less
 * than half of exp's own error, sixteen are good enough for the fast tier.
 */
enum { BLOCK = 4 * VF_LANES, FAST_BLOCK = 16 * VF_LANES };

/* exp(x - max) by the tier's exp, a constant where this is inlined. */
typedef vf shifted_exp(vf x, row_shift shift);

VF_WORD vf store_exp(float *dst, row_source row, size_t i, row_shift shift, shifted_exp *exp) {
    vf e = exp(row_load(row, i), shift);
    vf_store(dst + i, e);
    return e;
}
VF_WORD vf store_exp_partial(float *dst, row_source row, size_t i, size_t n, row_shift shift,
                             shifted_exp *exp) {
    vf e = exp(row_load_partial(row, i, n, shift.max), shift);
    vf_store_partial(dst + i, e, n);
    return vf_first(e, n);
}

/* dst[i] = exp(row[i] - max) from i on, fewer than a block of them; and their sum, lane by lane. */
VF_WORD vf row_exp_lanes(float *dst, row_source row, size_t i, size_t n, row_shift shift,
                         shifted_exp *exp) {
    vf sum = vf_set1(0.0F);
    for (; n - i >= VF_LANES; i += VF_LANES)
        sum = vf_add(sum, store_exp(dst, row, i, shift, exp));
    if (i < n)
        sum = vf_add(sum, store_exp_partial(dst, row, i, n - i, shift, exp));
    return sum;
}

/* The same for any number, and the sum of all. */
VF_WORD double row_exp_sum(float *dst, row_source row, size_t n, float max, shifted_exp *exp,
                           size_t block) {
    const row_shift shift = row_shift_by(max);
    vd sum = vd_zero();
    size_t i = 0;
    while (n - i >= block) {
        vf lanes = vf_set1(0.0F);
        for (size_t end = i + block; i < end; i += VF_LANES)
            lanes = vf_add(lanes, store_exp(dst, row, i, shift, exp));
        sum = vd_add(sum, lanes);
    }
    return vd_sum(vd_add(sum, row_exp_lanes(dst, row, i, n, shift, exp)));
}

/* A factor in two floats, so that the product is rounded but once; or in one. */
VF_WORD vf times_two(vf x, vf high, vf low) { return vf_fma(x, high, vf_mul(x, low)); }
VF_WORD vf times_one(vf x, vf high, vf low) { return (void)low, vf_mul(x, high); }

/* x[i] times the factor. */
typedef vf times(vf x, vf high, vf low);
VF_WORD void row_times(float *x, size_t n, vf high, vf low, times *product) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(x + i, product(vf_load(x + i), high, low));
    if (i < n)
        vf_store_partial(x + i, product(vf_load_partial(x + i, n - i, high), high, low), n - i);
}

/* Two forms of the tier's exp: near for rows of which all_near holds, any for all. */
VF_WORD void source_softmax(float *dst, row_source row, size_t n, shifted_exp *near,
                            shifted_exp *any, size_t block) {
    const row_extent extent = extent_of(row, n);
    double sum = extent.near ? row_exp_sum(dst, row, n, extent.max, near, block)
                             : row_exp_sum(dst, row, n, extent.max, any, block);
    double factor = 1.0 / sum;
    float high = (float)factor;
    row_times(dst, n, vf_set1(high), vf_set1((float)(factor - (double)high)), times_two);
}

/*
 * Short rows, up to sixteen of them side by side: what a row needs besides its elements, two
 * reductions and a division, is done for all rows at once.  A group stays in the first-level cache,
 * and each row's sum within what row_exp_sum adds up in floats.
 */

/* high[r] + low[r] = 1 / the sum over the lanes of row r. */
typedef void row_factors(float *high, float *low, const vf lanes[VF_LANES]);

VF_WORD void factors_two(float *high, float *low, const vf lanes[VF_LANES]) {
    double sum[VF_LANES];
    for (size_t r = 0; r < VF_LANES; ++r)
        sum[r] = vd_sum(vd_add(vd_zero(), lanes[r]));
    for (size_t r = 0; r < VF_LANES; ++r) {
        double factor = 1.0 / sum[r];
        high[r] = (float)factor;
        low[r] = (float)(factor - (double)high[r]);
    }
}
VF_WORD void factors_one(float *high, float *low, const vf lanes[VF_LANES]) {
    vf_store(high, vf_div(vf_set1(1.0F), vf_sum_rows(lanes)));
    vf_store(low, vf_set1(0.0F));
}

/* What a group has of each row. */
typedef struct {
    float max[VF_LANES], floor[VF_LANES];
    vf lanes[VF_LANES];
} row_group;

VF_WORD void group_exp(row_group *g, float *dst, size_t dst_stride, const float *src,
                       size_t src_stride, size_t rows, size_t cols, shifted_exp *exp) {
    for (size_t r = 0; r < rows; ++r) {
        const row_shift shift = {vf_set1(g->max[r]), vf_set1(g->floor[r])};
        g->lanes[r] = row_exp_lanes(dst + r * dst_stride, plain_row(src + r * src_stride), 0, cols,
                                    shift, exp);
    }
    for (size_t r = rows; r < VF_LANES; ++r)
        g->lanes[r] = vf_set1(1.0F);
}

VF_WORD void group_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                           size_t rows, size_t cols, shifted_exp *near, shifted_exp *any,
                           row_factors *factors, times *product) {
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
    vf_store(g.floor, floor_under(max));
    if (all_near(max, min))
        group_exp(&g, dst, dst_stride, src, src_stride, rows, cols, near);
    else
        group_exp(&g, dst, dst_stride, src, src_stride, rows, cols, any);

    float high[VF_LANES], low[VF_LANES];
    factors(high, low, g.lanes);
    for (size_t r = 0; r < rows; ++r)
        row_times(dst + r * dst_stride, cols, vf_set1(high[r]), vf_set1(low[r]), product);
}

/* Constants melt the inner loops: 0.50 ns an element on AVX2 instead of 0.66. */
VF_WORD void short_rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                size_t rows, size_t cols, shifted_exp *near, shifted_exp *any,
                                row_factors *factors, times *product) {
    for (size_t r = 0; r < rows; r += VF_LANES) {
        float *y = dst + r * dst_stride;
        const float *x = src + r * src_stride;
        size_t count = rows - r < VF_LANES ? rows - r : VF_LANES;
        if (count == VF_LANES && cols == VF_LANES)
            group_softmax(y, dst_stride, x, src_stride, VF_LANES, VF_LANES, near, any, factors,
                          product);
        else
            group_softmax(y, dst_stride, x, src_stride, count, cols, near, any, factors, product);
    }
}

VF_WORD void rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                          size_t rows, size_t cols) {
    if (cols <= BLOCK && rows > 1)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, exp_shifted_near,
                           exp_shifted, factors_two, times_two);
    else
        for (size_t r = 0; r < rows; ++r)
            source_softmax(dst + r * dst_stride, plain_row(src + r * src_stride), cols,
                           exp_shifted_near, exp_shifted, BLOCK);
}

/* The fast tier.  The rounding of x - max stays: 1e-6 within [-10, 10], 4e-6 within [-100, 100]. */
FAST_ROW_BOUND(softmax_fast, 1.5e-6, 4.5e-6);

VF_WORD vf exp_shifted_fast_near(vf x, row_shift shift) {
    return vf_exp_fast_near(vf_sub(x, shift.max));
}
VF_WORD vf exp_shifted_fast(vf x, row_shift shift) {
    return vf_exp_fast(vf_sub(vf_max(shift.floor, x), shift.max));
}

VF_WORD void rows_softmax_fast(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                               size_t rows, size_t cols) {
    if (cols <= FAST_BLOCK)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, exp_shifted_fast_near,
                           exp_shifted_fast, factors_one, times_one);
    else
        for (size_t r = 0; r < rows; ++r)
            source_softmax(dst + r * dst_stride, plain_row(src + r * src_stride), cols,
                           exp_shifted_fast_near, exp_shifted_fast, FAST_BLOCK);
}

#endif
