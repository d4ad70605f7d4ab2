/* Rows of which few elements are not 0: hardmax and sparsemax. */
#ifndef ACT_KERNELS_SELECTION_H
#define ACT_KERNELS_SELECTION_H

#include "kernels/bound.h"
#include "kernels/rows.h"

/* The largest element, or NaN if one of them is NaN. */
VF_INLINE float largest_of(row_source row, size_t n) {
    return source_has_nan(row, n) ? NAN : vf_max_lanes(source_range(row, n).max);
}

/* 1 at the first of the largest elements, which is found before dst may overwrite it; else 0. */
ROW_BOUND(hardmax, 0, 0);
VF_INLINE size_t first_of_largest(const float *x, size_t n, float largest) {
    const vf all = vf_set1(largest);
    size_t i = 0;
    while (n - i >= VF_LANES && vm_count(vf_lt(vf_load(x + i), all)) == VF_LANES)
        i += VF_LANES;
    while (x[i] < largest)
        ++i;
    return i;
}
VF_INLINE void rows_hardmax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            size_t rows, size_t cols) {
    for (; rows > 0; --rows, dst += dst_stride, src += src_stride) {
        const float largest = largest_of((row_source){.x = src}, cols);
        if (isnan(largest)) {
            row_fill(dst, cols, vf_set1(largest));
            continue;
        }
        const size_t first = first_of_largest(src, cols, largest);
        row_fill(dst, cols, vf_set1(0.0F));
        dst[first] = 1.0F;
    }
}

/*
 * max(x - tau, 0), with the tau for which the sum is 1 (Michelot's iteration): tau is that of the
 * elements above the last tau, from largest - 1 on, as long as that drops one: a rounding may bring
 * one back.  On real rows there are few steps.
 *
 * Everything is relative to the largest element: a number is d = x - largest, a pair of floats, and
 * tau between -1 and 0.  `last` is the largest float that is not above largest + tau; it is below
 * the largest element, however large that is.
 */
ROW_BOUND(sparsemax, 1.2e-7, 1.2e-7);
VF_INLINE float float_below(float a) { return a > -FLT_MAX ? nextafterf(a, -INFINITY) : -INFINITY; }
VF_INLINE float last_below_tau(float largest, double tau) {
    const double sum = (double)largest + tau;
    const float near = (float)sum, last = (double)near > sum ? float_below(near) : near;
    return last < largest ? last : float_below(largest);
}
VF_WORD pair difference_above(vm larger, vf x, vf largest) {
    return two_difference(vf_kept(vf_select(larger, x, largest)), largest);
}
typedef struct {
    vd sum;
    size_t count;
} support;
VF_INLINE support support_with(support s, vf x, vf last, vf largest) {
    const vm larger = vf_lt(last, x);
    pair d = difference_above(larger, x, largest);
    return (support){vd_add(vd_add(s.sum, d.high), d.low), s.count + vm_count(larger)};
}
VF_INLINE double next_tau(const float *x, size_t n, float largest, double tau, size_t *above) {
    const vf last = vf_set1(last_below_tau(largest, tau)), top = vf_set1(largest);
    support s = {vd_zero(), 0};
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        s = support_with(s, vf_load(x + i), last, top);
    if (i < n)
        s = support_with(s, vf_load_partial(x + i, n - i, last), last, top);
    *above = s.count;
    return (vd_sum(s.sum) - 1.0) / (double)s.count;
}
VF_WORD vf sparsemax_of(vf x, vf last, vf largest, pair tau) {
    const vm larger = vf_lt(last, x);
    pair d = difference_above(larger, x, largest);
    pair y = two_difference(d.high, tau.high);
    vf sum = vf_add(y.high, vf_add(y.low, vf_sub(d.low, tau.low)));
    return vf_select(larger, vf_max(vf_set1(0.0F), sum), vf_set1(0.0F));
}
VF_INLINE void rows_sparsemax(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                              size_t rows, size_t cols) {
    for (; rows > 0; --rows, dst += dst_stride, src += src_stride) {
        const float largest = largest_of((row_source){.x = src}, cols);
        if (!(fabsf(largest) <= FLT_MAX)) {
            row_fill(dst, cols, vf_set1(NAN));
            continue;
        }
        size_t above = SIZE_MAX, before;
        double tau = -1.0;
        do {
            before = above;
            tau = next_tau(src, cols, largest, tau, &above);
        } while (above < before);
        const pair threshold = pair_set1(tau);
        const vf last = vf_set1(last_below_tau(largest, tau)), top = vf_set1(largest);
        size_t i = 0;
        for (; cols - i >= VF_LANES; i += VF_LANES)
            vf_store(dst + i, sparsemax_of(vf_load(src + i), last, top, threshold));
        if (i < cols) {
            vf x = vf_load_partial(src + i, cols - i, last);
            vf_store_partial(dst + i, sparsemax_of(x, last, top, threshold), cols - i);
        }
    }
}

#endif
