/* Functions of a whole row: softmax. */
#ifndef ACT_KERNELS_SOFTMAX_H
#define ACT_KERNELS_SOFTMAX_H

#include <float.h>
#include <math.h>

#include "kernels/bound.h"

ROW_BOUND(softmax, 5e-7, 1e-6);

/* The largest elements that are not NaN, lane by lane; -inf where there is none. */
VF_WORD vf row_max_lanes(const float *x, size_t n) {
    vf largest = vf_set1(-INFINITY);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        largest = vf_max(vf_load(x + i), largest);
    if (i < n)
        largest = vf_max(vf_load_partial(x + i, n - i, largest), largest);
    return largest;
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
 * exp(x - max).  The rounding of x - max alone would cost 1e-6 at x - max = -20, and grows with
 * the distance; its low part is exact (Knuth's two-sum) and enters as exp(d + low) = e + e low.
 *
 * For x = -inf the low part is NaN, and vf_max drops it: |low| <= 2^-18 where e is not 0.
 */
VF_WORD vf exp_shifted(vf x, row_shift shift) {
    x = vf_max(shift.floor, x);
    vf d = vf_sub(x, shift.max);
    vf back = vf_sub(d, x);
    vf low = vf_sub(vf_sub(x, vf_sub(d, back)), vf_add(shift.max, back));
    vf e = vf_exp_nonpositive(d);
    return vf_fma(e, vf_max(low, vf_set1(-0x1p-10F)), e);
}

/*
 * Sums are kept in sixteen double lanes, element i going to lane i mod 16.  Some floats of a lane
 * are added before they are widened, which costs as much as five additions: four of them lose less
 * than half of exp's own error, sixteen are good enough for the fast tier.
 */
enum { BLOCK = 4 * VF_LANES, FAST_BLOCK = 16 * VF_LANES };

/* exp(x - max) by the tier's exp, a constant where this is inlined. */
typedef vf shifted_exp(vf x, row_shift shift);

VF_WORD vf store_exp(float *dst, const float *src, row_shift shift, shifted_exp *exp) {
    vf e = exp(vf_load(src), shift);
    vf_store(dst, e);
    return e;
}
VF_WORD vf store_exp_partial(float *dst, const float *src, size_t n, row_shift shift,
                             shifted_exp *exp) {
    vf e = exp(vf_load_partial(src, n, shift.max), shift);
    vf_store_partial(dst, e, n);
    return vf_first(e, n);
}

/* dst[i] = exp(src[i] - max), fewer than a block of them; and their sum, lane by lane. */
VF_WORD vf row_exp_lanes(float *dst, const float *src, size_t n, row_shift shift,
                         shifted_exp *exp) {
    vf sum = vf_set1(0.0F);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        sum = vf_add(sum, store_exp(dst + i, src + i, shift, exp));
    if (i < n)
        sum = vf_add(sum, store_exp_partial(dst + i, src + i, n - i, shift, exp));
    return sum;
}

/* The same for any number, and the sum of all. */
VF_WORD double row_exp_sum(float *dst, const float *src, size_t n, float max, shifted_exp *exp,
                           size_t block) {
    const row_shift shift = row_shift_by(max);
    vd sum = vd_zero();
    size_t i = 0;
    while (n - i >= block) {
        vf lanes = vf_set1(0.0F);
        for (size_t end = i + block; i < end; i += VF_LANES)
            lanes = vf_add(lanes, store_exp(dst + i, src + i, shift, exp));
        sum = vd_add(sum, lanes);
    }
    return vd_sum(vd_add(sum, row_exp_lanes(dst + i, src + i, n - i, shift, exp)));
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

VF_WORD void row_softmax(float *dst, const float *src, size_t n, shifted_exp *exp, size_t block) {
    float max = vf_max_lanes(row_max_lanes(src, n));
    double factor = 1.0 / row_exp_sum(dst, src, n, max, exp, block);
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

VF_WORD void group_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                           size_t rows, size_t cols, shifted_exp *exp, row_factors *factors,
                           times *product) {
    vf lanes[VF_LANES];
    float max[VF_LANES], floor[VF_LANES], high[VF_LANES], low[VF_LANES];
    for (size_t r = 0; r < VF_LANES; ++r)
        lanes[r] = r < rows ? row_max_lanes(src + r * src_stride, cols) : vf_set1(0.0F);
    vf largest = vf_max_rows(lanes);
    vf_store(max, largest);
    vf_store(floor, floor_under(largest));

    for (size_t r = 0; r < rows; ++r) {
        const row_shift shift = {vf_set1(max[r]), vf_set1(floor[r])};
        lanes[r] = row_exp_lanes(dst + r * dst_stride, src + r * src_stride, cols, shift, exp);
    }
    for (size_t r = rows; r < VF_LANES; ++r)
        lanes[r] = vf_set1(1.0F);
    factors(high, low, lanes);

    for (size_t r = 0; r < rows; ++r)
        row_times(dst + r * dst_stride, cols, vf_set1(high[r]), vf_set1(low[r]), product);
}

/* Constants melt the inner loops: 0.50 ns an element on AVX2 instead of 0.66. */
VF_WORD void short_rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                size_t rows, size_t cols, shifted_exp *exp, row_factors *factors,
                                times *product) {
    for (size_t r = 0; r < rows; r += VF_LANES) {
        float *y = dst + r * dst_stride;
        const float *x = src + r * src_stride;
        size_t count = rows - r < VF_LANES ? rows - r : VF_LANES;
        if (count == VF_LANES && cols == VF_LANES)
            group_softmax(y, dst_stride, x, src_stride, VF_LANES, VF_LANES, exp, factors, product);
        else
            group_softmax(y, dst_stride, x, src_stride, count, cols, exp, factors, product);
    }
}

VF_WORD void rows_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                          size_t rows, size_t cols) {
    if (cols <= BLOCK && rows > 1)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, exp_shifted, factors_two,
                           times_two);
    else
        for (size_t r = 0; r < rows; ++r)
            row_softmax(dst + r * dst_stride, src + r * src_stride, cols, exp_shifted, BLOCK);
}

/* The fast tier.  The rounding of x - max stays: 1e-6 within [-10, 10], 4e-6 within [-100, 100]. */
FAST_ROW_BOUND(softmax_fast, 1.5e-6, 4.5e-6);

VF_WORD vf exp_shifted_fast(vf x, row_shift shift) {
    return vf_exp_fast(vf_sub(vf_max(shift.floor, x), shift.max));
}

VF_WORD void rows_softmax_fast(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                               size_t rows, size_t cols) {
    if (cols <= FAST_BLOCK)
        short_rows_softmax(dst, dst_stride, src, src_stride, rows, cols, exp_shifted_fast,
                           factors_one, times_one);
    else
        for (size_t r = 0; r < rows; ++r)
            row_softmax(dst + r * dst_stride, src + r * src_stride, cols, exp_shifted_fast,
                        FAST_BLOCK);
}

#endif
