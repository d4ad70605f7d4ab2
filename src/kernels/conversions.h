/* The kernels of the storage types (storage.h), for the unit of a backend that has them. */
#ifndef ACT_KERNELS_CONVERSIONS_H
#define ACT_KERNELS_CONVERSIONS_H

#include <string.h>

#include "kernels/logsumexp.h"
#include "kernels/loops.h"
#include "storage.h"

_Static_assert((int)STORAGE_VECTOR == (int)VF_LANES, "a vh has as many lanes as a vf");

typedef vf from_storage(vh h);
typedef vh to_storage(vf a);

VF_INLINE void store_upto(uint16_t *dst, vh h, size_t n) {
    uint16_t lane[VF_LANES];
    if (n >= VF_LANES) {
        vh_store(dst, h);
        return;
    }
    vh_store(lane, h);
    memcpy(dst, lane, n * sizeof *dst);
}

VF_INLINE act_status widen_loop(float *dst, const uint16_t *src, size_t n, from_storage *from) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, from(vh_load(src + i)));
    if (i < n) {
        uint16_t lane[VF_LANES] = {0};
        memcpy(lane, src + i, (n - i) * sizeof *src);
        vf_store_partial(dst + i, from(vh_load(lane)), n - i);
    }
    return ACT_OK;
}

VF_INLINE act_status narrow_loop(uint16_t *dst, const float *src, size_t n, to_storage *to) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vh_store(dst + i, to(vf_load(src + i)));
    if (i < n)
        store_upto(dst + i, to(vf_load_partial(src + i, n - i, vf_set1(0.0F))), n - i);
    return ACT_OK;
}

/*
 * Whether a midpoint of two neighbours lies within the error of a result: both ends of the interval
 * are rounded, and differ.  `error` is a multiple of 2^-23, so that both factors are exact.
 * Products of subnormal numbers take x86 many times as long, so that results below `least`, all of
 * which are rounded to 0, count as `least` where it is not 0.
 *
 * In a wide type, which has all exponents of f32, the lower bits tell.  A block with results below
 * `least` is done again: these are in doubt, too, except for an input of 0.  A midpoint takes their
 * place.
 */
typedef struct {
    vh rounded;
    unsigned lanes;
} settled;
typedef settled settled_word(vf y, vf x, float error, float least, to_storage *to);
VF_INLINE settled settled_narrow(vf y, vf x, float error, float least, to_storage *to) {
    (void)x, (void)least;
    const vh low = to(vf_mul(y, vf_set1(1.0F - error)));
    return (settled){low, vh_differ(low, to(vf_mul(y, vf_set1(1.0F + error))))};
}
VF_INLINE settled settled_narrow_tiny(vf y, vf x, float error, float least, to_storage *to) {
    const vf size = vf_max(vf_set1(least), vf_abs(y));
    return settled_narrow(vf_with_sign(size, y), x, error, least, to);
}
VF_INLINE settled settled_wide(vf y, vf x, float error, float least, to_storage *to) {
    (void)x, (void)least;
    return (settled){to(y), vf_near_midpoint(y, (int)(error * 0x1p24F))};
}
VF_INLINE settled settled_tiny(vf y, vf x, float error, float least, to_storage *to) {
    const vf zero = vf_set1(0.0F), midpoint = vf_set1(0x1.01p0F);
    const vf tiny = vf_select(vf_lt(zero, vf_abs(x)), midpoint, zero);
    const vf tested = vf_select(vf_lt(vf_abs(y), vf_set1(least)), tiny, y);
    return (settled){to(y), vf_near_midpoint(tested, (int)(error * 0x1p24F))};
}
/*
 * Returns the smallest results of a wide type, lane by lane.  The list grows without a branch,
 * since in one vector of fifty a lane is in doubt.
 */
VF_INLINE vf settled_vectors(uint16_t *dst, const float *y, const float *x, size_t n, float error,
                             float least, doubts *found, to_storage *to, settled_word *word,
                             int wide) {
    vf smallest = vf_set1(1.0F);
    size_t count = 0;
    for (size_t i = 0; i < n; i += VF_LANES) {
        const vf result = vf_load(y + i);
        const settled s = word(result, vf_load(x + i), error, least, to);
        store_upto(dst + i, s.rounded, n - i);
        found->vector[count] = (doubtful_lanes){(uint16_t)i, (uint16_t)s.lanes};
        count += s.lanes != 0;
        if (wide)
            smallest = vf_min(vf_abs(result), smallest);
    }
    found->count = count;
    return smallest;
}
VF_INLINE act_status settled_loop(uint16_t *dst, const float *y, const float *x, size_t n,
                                  float error, float least, doubts *found, to_storage *to,
                                  int wide) {
    if (!wide) {
        if (least > 0)
            (void)settled_vectors(dst, y, x, n, error, least, found, to, settled_narrow_tiny, 0);
        else
            (void)settled_vectors(dst, y, x, n, error, least, found, to, settled_narrow, 0);
        return ACT_OK;
    }
    const vf smallest = settled_vectors(dst, y, x, n, error, least, found, to, settled_wide, 1);
    if (__builtin_expect(vm_any(vf_lt(smallest, vf_set1(least))), 0))
        (void)settled_vectors(dst, y, x, n, error, least, found, to, settled_tiny, 0);
    return ACT_OK;
}

VF_INLINE act_status relu_loop(uint16_t *dst, const uint16_t *src, size_t n, int infinity) {
    size_t i = 0;
    _Pragma("GCC unroll 4") for (; n - i >= VF_LANES; i += VF_LANES)
        vh_store(dst + i, vh_relu(vh_load(src + i), infinity));
    if (i < n) {
        uint16_t lane[VF_LANES] = {0};
        memcpy(lane, src + i, (n - i) * sizeof *src);
        store_upto(dst + i, vh_relu(vh_load(lane), infinity), n - i);
    }
    return ACT_OK;
}

#define WIDEN_KERNEL(name, parameters, arguments)                                                  \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters { return widen_loop(dst, src, n, from_##name); }
#define NARROW_KERNEL(name, parameters, arguments)                                                 \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters { return narrow_loop(dst, src, n, to_##name); }
#define SETTLED_KERNEL(name, parameters, arguments)                                                \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        return settled_loop(dst, y, x, n, error, least, found, to_##name, wide_##name);            \
    }
#define RELU_KERNEL(name, parameters, arguments)                                                   \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters { return relu_loop(dst, src, n, infinity_##name); }
#define STORAGE_KERNELS(type, infinity, wide, ...)                                                 \
    VF_WORD vf from_##type##_widen(vh h) { return vf_from_##type(h); }                             \
    VF_WORD vh to_##type##_narrow(vf a) { return vf_to_##type(a); }                                \
    VF_WORD vh to_##type##_settled(vf a) { return vf_to_##type(a); }                               \
    enum { infinity_##type##_relu = infinity, wide_##type##_settled = wide };                      \
    SIGNATURE_OF_WIDEN(WIDEN_KERNEL, type##_widen)                                                 \
    SIGNATURE_OF_NARROW(NARROW_KERNEL, type##_narrow)                                              \
    SIGNATURE_OF_SETTLED(SETTLED_KERNEL, type##_settled)                                           \
    SIGNATURE_OF_RELU(RELU_KERNEL, type##_relu)
EACH_STORAGE(STORAGE_KERNELS, )

/* What is not a multiple of two vectors has no place in whole cache lines. */
SIGNATURE_OF_STREAM(DECLARE_KERNEL, halves_stream)
act_status KERNEL(halves_stream)(uint16_t *dst, const uint16_t *src, size_t n) {
#ifdef VF_HAVE_STREAM
    float pairs[VF_LANES];
    for (size_t i = 0; i < n; i += (size_t)2 * VF_LANES) {
        memcpy(pairs, src + i, sizeof pairs);
        vf_stream((float *)(void *)(dst + i), vf_load(pairs));
    }
    if (n == 0)
        vf_stream_end();
#else
    memcpy(dst, src, n * sizeof *src);
#endif
    return ACT_OK;
}

/* Parts of rows. */

VF_INLINE row_source part_of(const float *x) { return (row_source){x, NULL, 1.0F, 0}; }
/* Whether the part is close to the row's maximum, which is finite and may be elsewhere. */
VF_INLINE row_extent extent_of_part(const float *x, size_t n, float largest) {
    const vf max = vf_set1(largest);
    const row_range lanes = source_range(part_of(x), n);
    if (all_near(max, vf_set1(-vf_max_lanes(vf_neg(lanes.min)))))
        return (row_extent){{max, max}, largest, CLOSE};
    return (row_extent){{max, floor_under(DEFAULT_TIER, max)}, largest, WIDE};
}
VF_INLINE void rows_part_largest(const float *src, size_t n, float *max) {
    const float largest = vf_max_lanes(source_range(part_of(src), n).max);
    if (source_has_nan(part_of(src), n))
        *max = NAN;
    else if (largest > *max)
        *max = largest;
}
VF_INLINE void rows_part_exp_sum(float *dst, const float *src, size_t n, float max, double *sum) {
    const row_extent extent = extent_of_part(src, n, max);
    const lane_sum part =
        row_exp_by(extent.spread, dst, part_of(src), n, extent.shift, DEFAULT_TIER, 1);
    *sum += sum_scale(DEFAULT_TIER, extent.spread) * total(part);
    if (VF_SELDOM(extent.spread == WIDE))
        row_times(dst, n, n, vf_set1(1.0F), vf_set1(0.0F), times_pair_wide);
}
VF_INLINE void rows_part_log_rest(const float *src, size_t n, float max, double *sum,
                                  size_t *count) {
    const row_extent extent = extent_of_part(src, n, max);
    const log_rest rest = row_log_rest_by(extent.spread, src, n, extent.shift, DEFAULT_TIER, 1);
    *sum += sum_scale(DEFAULT_TIER, extent.spread) * total(rest.sum);
    *count += rest.count;
}
VF_INLINE void rows_part_scaled(float *dst, size_t n, double factor) {
    const pair times = pair_set1(factor);
    row_times(dst, n, n, times.high, times.low, times_pair);
}
VF_INLINE void rows_part_masked(float *dst, const float *src, const float *mask, size_t n,
                                float scale) {
    const row_source row = {src, mask, scale, 1};
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(dst + i, row_load(row, i));
    if (i < n)
        vf_store_partial(dst + i, row_load_partial(row, i, n - i, vf_set1(0.0F)), n - i);
}
#define PART_KERNEL(name, parameters, arguments)                                                   \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        rows_##name arguments;                                                                     \
        return ACT_OK;                                                                             \
    }
EACH_PART(PART_KERNEL)

#endif
