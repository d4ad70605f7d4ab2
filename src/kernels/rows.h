/* More functions of a whole row: softmax with a mask, its logarithm, and their derivatives. */
#ifndef ACT_KERNELS_ROWS_H
#define ACT_KERNELS_ROWS_H

#include "act/act.h"
#include "kernels/parts.h"
#include "kernels/softmax.h"

/*
 * softmax(fma(scale, x, mask)).  A row that is -inf everywhere has no maximum to subtract: NaN, or
 * zeros if asked, but a NaN among them stays.  The logits are made twice, so that dst may be src.
 */
ROW_BOUND(softmax_masked, 4e-7, 4e-7);
VF_WORD void row_zero(float *dst, size_t n) {
    const vf zero = vf_set1(0.0F);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, zero);
    if (i < n)
        vf_store_partial(dst + i, zero, n - i);
}
VF_WORD void rows_softmax_masked(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                                 const float *mask, size_t mask_stride, size_t rows, size_t cols,
                                 float scale, act_empty_rows empty) {
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

    two d = less_max(vf_max(shift.floor, x), shift.max);
    exp_reduced parts = exp_reduce(vf_at_least(d.high, -131.0F));
    vf e = vf_scale2n_up(exp_whole(parts), parts.n);
    e = vf_fma(e, d.low, e);
    return vf_select(vf_lt(d.high, vf_set1(-131.0F)), vf_set1(0.0F), e);
}
VF_WORD double row_log_sum(enum spread spread, const float *x, size_t n, row_shift shift) {
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
VF_WORD vf log_softmax_of(enum spread spread, vf x, row_shift shift, two log_sum) {
    two d = less_max(spread == CLOSE ? x : vf_max(shift.floor, x), shift.max);
    vf sum = vf_sub(d.high, log_sum.high);
    vf back = vf_sub(sum, d.high);
    vf low = vf_sub(vf_sub(d.high, vf_sub(sum, back)), vf_add(log_sum.high, back));
    vf y = vf_add(sum, vf_add(low, vf_sub(d.low, log_sum.low)));
    if (spread == CLOSE)
        return y;
    return vf_select(vf_lt(x, shift.floor), vf_sub(vf_sub(x, shift.max), log_sum.high), y);
}
/* A double in two floats; beyond float, or not a number, it has no second one. */
VF_WORD two in_two_floats(double a) {
    float high = (float)a;
    return (two){vf_set1(high), vf_set1(isfinite(high) ? (float)(a - (double)high) : 0.0F)};
}
VF_WORD void row_log_softmax(enum spread spread, float *y, const float *x, size_t n,
                             row_shift shift) {
    const two log_sum = in_two_floats(row_log_sum(spread, x, n, shift));
    shift.floor = log_floor_under(shift.max);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(y + i, log_softmax_of(spread, vf_load(x + i), shift, log_sum));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, shift.max);
        vf_store_partial(y + i, log_softmax_of(spread, a, shift, log_sum), n - i);
    }
}
VF_WORD void rows_log_softmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                              size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; ++r) {
        const float *x = src + r * src_stride;
        const row_extent extent = extent_of(DEFAULT_TIER, plain_row(x), cols, GAPS_NEVER);
        BY_SPREAD(extent.spread, row_log_softmax, dst + r * dst_stride, x, cols, extent.shift);
    }
}

/*
 * max + log1p(rest), added in double.  An infinite maximum is the result, unless there is a NaN.
 * Relative accuracy ends where the two terms cancel: the error is a part of the sum of their sizes.
 */
ROW_BOUND(logsumexp, 2.1e-7, 2.1e-7);
VF_WORD void rows_logsumexp(float *dst, const float *src, size_t src_stride, size_t rows,
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
VF_WORD void rows_logsumexp_grad(float *dx, size_t dx_stride, const float *dy, const float *x,
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
VF_WORD vf softmax_grad_of(int large, vf dy, vf y, two sum, float scale, int scaled) {
    vf d = large ? vf_mul(vf_set1(DOWN), dy) : dy;
    vf dx = vf_mul(y, vf_sub(vf_sub(d, sum.high), sum.low));
    dx = large ? vf_mul(vf_set1(1.0F / DOWN), dx) : dx;
    return scaled ? vf_mul(vf_set1(scale), dx) : dx;
}
VF_WORD void softmax_grad_by_sum(int large, float *dx, const float *dy, const float *y, size_t n,
                                 double sum, float scale, int scaled) {
    const vf zero = vf_set1(0.0F);
    const two total = in_two_floats(large ? sum * (double)DOWN : sum);
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
VF_WORD void softmax_grad_times(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
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
VF_WORD void rows_softmax_grad(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                               const float *y, size_t y_stride, size_t rows, size_t cols) {
    softmax_grad_times(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, 1.0F, 0);
}
VF_WORD void rows_softmax_masked_grad(float *dx, size_t dx_stride, const float *dy,
                                      size_t dy_stride, const float *y, size_t y_stride,
                                      size_t rows, size_t cols, float scale) {
    softmax_grad_times(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale, 1);
}

ROW_BOUND(log_softmax_grad, 2.6e-7, 2.6e-7);

/*
 * dy - exp(y) sum dy, y = log_softmax(x).  A sum that is no float is multiplied 2^-32 times as
 * large, which no exponential makes subnormal.
 */
VF_WORD vf log_softmax_grad_of(int large, vf dy, vf y, two sum) {
    vf e = vf_exp(y);
    if (large)
        return vf_nfma(vf_set1(1.0F / DOWN), vf_fma(e, sum.high, vf_mul(e, sum.low)), dy);
    return vf_nfma(e, sum.low, vf_nfma(e, sum.high, dy));
}
VF_WORD void log_softmax_grad_by_sum(int large, float *dx, const float *dy, const float *y,
                                     size_t n, double sum) {
    const two total = in_two_floats(large ? sum * (double)DOWN : sum);
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
VF_WORD void rows_log_softmax_grad(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
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

#endif
