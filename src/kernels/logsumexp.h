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
 * In a wide row all e are 2^64 times as large, since the rest may be subnormal numbers and their
 * sum is not; the bits are the same.  Elements count down to exp(-131): a million of exp(-105) are
 * more than a percent of 2^-126.
 */
VF_WORD vf exp_shifted_up(enum spread spread, vf x, row_shift shift) {
    if (spread != WIDE)
        return exp_shifted(spread, x, shift);

    pair d = two_difference(vf_max(shift.floor, x), shift.max);
    exp_reduced parts = exp_reduce(vf_at_least(d.high, -131.0F));
    vf e = vf_scale2n_up(exp_whole(parts), parts.n);
    e = vf_fma(e, d.low, e);
    return vf_select(vf_lt(d.high, vf_set1(-131.0F)), vf_set1(0.0F), e);
}
VF_INLINE double row_log_sum(enum spread spread, const float *x, size_t n, row_shift shift) {
    const double down = spread == WIDE ? 0x1p-64 : 1.0;
    const vf one = vf_set1(1.0F), up = vf_set1((float)(1.0 / down)), zero = vf_set1(0.0F);
    vd sum = vd_zero(), count = vd_zero();
    for (size_t i = 0; i < n;) {
        vf block = zero, ones = zero;
        for (size_t end = n - i > BLOCK ? i + BLOCK : n; i < end; i += VF_LANES) {
            size_t here = n - i;
            vf a = here >= VF_LANES ? vf_load(x + i) : vf_load_partial(x + i, here, shift.max);
            vf e = exp_shifted_up(spread, a, shift);
            vm below = vf_lt(a, shift.max);
            vf rest = vf_select(below, e, vf_sub(e, up)), top = vf_select(below, zero, one);
            block = vf_add(block, rest);
            ones = vf_add(ones, here >= VF_LANES ? top : vf_first(top, here));
        }
        sum = vd_add(sum, block);
        count = vd_add(count, ones);
    }
    return vd_log1p((vd_sum(count) - 1.0) + down * vd_sum(sum));
}

/*
 * x - max - log(sum): three numbers of one sign, so nothing cancels, and the low parts of x - max
 * and of the logarithm leave one rounding.
 *
 * In a row that is not close the floor is far below exp's: under it x - max is beyond all
 * logarithms, and may be -inf, of which no low part can be taken.  The logarithm is subtracted even
 * there, since it may be NaN.
 */
ROW_BOUND(log_softmax, 3.5e-7, 3.5e-7);
VF_WORD vf log_floor_under(vf max) {
    const vf least = vf_set1(-0x1p127F);
    return vf_select(vf_lt(max, least), vf_min(max, vf_set1(-FLT_MAX)),
                     vf_sub(vf_max(least, max), vf_set1(0x1p126F)));
}
VF_WORD vf log_softmax_of(enum spread spread, vf x, row_shift shift, pair log_sum) {
    pair d = two_difference(spread == CLOSE ? x : vf_max(shift.floor, x), shift.max);
    pair sum = two_difference(d.high, log_sum.high);
    vf y = vf_add(sum.high, vf_add(sum.low, vf_sub(d.low, log_sum.low)));
    if (spread == CLOSE)
        return y;
    return vf_select(vf_lt(x, shift.floor), vf_sub(vf_sub(x, shift.max), log_sum.high), y);
}
VF_INLINE void row_log_softmax(enum spread spread, float *y, const float *x, size_t n,
                               row_shift shift) {
    const pair log_sum = pair_set1(row_log_sum(spread, x, n, shift));
    shift.floor = log_floor_under(shift.max);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(y + i, log_softmax_of(spread, vf_load(x + i), shift, log_sum));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, shift.max);
        vf_store_partial(y + i, log_softmax_of(spread, a, shift, log_sum), n - i);
    }
}
VF_INLINE void rows_log_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; ++r) {
        const float *x = src + r * src_stride;
        const row_extent extent = extent_of(DEFAULT_TIER, plain_row(x), cols, GAPS_NEVER);
        BY_SPREAD(extent.spread, row_log_softmax, dst + r * dst_stride, x, cols, extent.shift);
    }
}

ROW_BOUND(log_softmax_grad, 2.6e-7, 2.6e-7);
/*
 * dy - exp(y) sum dy, y = log_softmax(x).  A sum that is no float is multiplied 2^-32 times as
 * large, which no exponential makes subnormal.
 */
VF_WORD vf log_softmax_grad_of(int large, vf dy, vf y, pair sum) {
    vf e = vf_exp(y);
    if (large)
        return vf_nfma(vf_set1(1.0F / DOWN), vf_fma(e, sum.high, vf_mul(e, sum.low)), dy);
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
ROW_BOUND(logsumexp, 2.1e-7, 2.1e-7);
VF_INLINE void rows_logsumexp(float *dst, const float *src, size_t src_stride, size_t rows,
                              size_t cols) {
    for (size_t r = 0; r < rows; ++r) {
        const float *x = src + r * src_stride;
        const row_extent extent = extent_of(DEFAULT_TIER, plain_row(x), cols, GAPS_NEVER);
        if (isinf(extent.max))
            dst[r] = source_has_nan(plain_row(x), cols) ? NAN : extent.max;
        else
            dst[r] = (float)((double)extent.max +
                             BY_SPREAD(extent.spread, row_log_sum, x, cols, extent.shift));
    }
}

/*
 * dy softmax(x), dy being one float for each row.  Of short rows as many at a time as softmax takes
 * side by side; a long one is in the cache when it is multiplied.
 */
ROW_BOUND(logsumexp_grad, 4.5e-7, 4.5e-7);
VF_INLINE void rows_logsumexp_grad(float *dx, size_t dx_stride, const float *dy, const float *x,
                                   size_t x_stride, size_t rows, size_t cols) {
    const size_t most = cols <= BLOCK ? VF_LANES : 1;
    for (size_t r = 0; r < rows; r += most) {
        const size_t here = rows - r < most ? rows - r : most;
        float *d = dx + r * dx_stride;
        rows_softmax(d, dx_stride, x + r * x_stride, x_stride, here, cols);
        for (size_t k = 0; k < here; ++k)
            row_times(d + k * dx_stride, cols, vf_set1(dy[r + k]), vf_set1(0.0F), times_one);
    }
}

#endif
