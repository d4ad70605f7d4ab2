/*
 * The rows of attention.  A row's logits are made once, into dst, by the options; from there on it
 * is a plain row of as many columns as it has, with softmax's words and bits.
 */
#ifndef ACT_KERNELS_ATTENTION_H
#define ACT_KERNELS_ATTENTION_H

#include <string.h>

#include "attention_place.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"

/* One row.  `end` is where the mask leaves nothing more; what follows is 0 without work. */
typedef struct {
    const float *x;
    float *y;
    const void *mask;
    size_t n, end;
    float scale, slope, excluded_below;
    int sloped;
} attention_row;

/*
 * The largest logit, the smallest, and the smallest of those that no mask excludes, lane by lane.
 * The last is the floor of a row with gaps, which need not be sought then.
 */
typedef struct {
    vf max, min, lowest;
} logit_range;
VF_WORD logit_range no_logits(void) {
    const vf infinity = vf_set1(INFINITY);
    return (logit_range){vf_set1(-INFINITY), infinity, infinity};
}

/* What is excluded enters no operation: an inf or a NaN there raises no flag. */
typedef struct {
    vf z;
    vm excluded;
} logit;
typedef struct {
    vf scale, slope, below;
    int sloped;
} logit_terms;
VF_INLINE logit_terms terms_of(const attention_row *row, int sloped) {
    return (logit_terms){vf_set1(row->scale), vf_set1(row->slope), vf_set1(row->excluded_below),
                         sloped};
}
VF_WORD logit logit_of(logit_terms t, vf x, vf m) {
    const vm excluded = vf_lt(m, t.below);
    x = vf_unless(excluded, x);
    m = vf_unless(excluded, m);
    vf z = t.sloped ? vf_fma(t.slope, m, vf_mul(t.scale, x)) : vf_fma(t.scale, x, m);
    return (logit){vf_select(excluded, vf_set1(-INFINITY), z), excluded};
}
VF_WORD logit_range range_with_logit(logit_range lanes, logit l, vf low) {
    lanes.max = vf_max(l.z, lanes.max), lanes.min = vf_min(low, lanes.min);
    lanes.lowest = vf_min(vf_select(l.excluded, vf_set1(INFINITY), low), lanes.lowest);
    return lanes;
}
VF_WORD logit_range both_ranges(logit_range a, logit_range b) {
    return (logit_range){vf_max(a.max, b.max), vf_min(a.min, b.min), vf_min(a.lowest, b.lowest)};
}
VF_INLINE logit_range range_of_masked(const attention_row *row, int sloped) {
    /* As far as a compiler knows the stores change the row, so what loops need is kept apart. */
    const float *x = row->x, *mask = (const float *)row->mask;
    float *y = row->y;
    const size_t end = row->end;
    const vf zero = vf_set1(0.0F), infinity = vf_set1(INFINITY);
    const logit_terms t = terms_of(row, sloped);
    logit_range even = no_logits(), odd = no_logits();
    size_t i = 0;
    for (; end - i >= (size_t)2 * VF_LANES; i += (size_t)2 * VF_LANES) {
        const logit a = logit_of(t, vf_load(x + i), vf_load(mask + i));
        const logit b = logit_of(t, vf_load(x + i + VF_LANES), vf_load(mask + i + VF_LANES));
        vf_store(y + i, a.z);
        vf_store(y + i + VF_LANES, b.z);
        even = range_with_logit(even, a, a.z);
        odd = range_with_logit(odd, b, b.z);
    }
    while (i < end) {
        const size_t n = end - i < VF_LANES ? end - i : VF_LANES;
        const int whole = n == VF_LANES;
        vf a = whole ? vf_load(x + i) : vf_load_partial(x + i, n, zero);
        vf m = whole ? vf_load(mask + i) : vf_load_partial(mask + i, n, zero);
        logit l = logit_of(t, a, m);
        if (whole)
            vf_store(y + i, l.z);
        else
            vf_store_partial(y + i, l.z, n);
        vf low = whole ? l.z : vf_first_else(l.z, n, infinity);
        l.z = whole ? l.z : vf_first_else(l.z, n, vf_neg(infinity));
        even = range_with_logit(even, l, low);
        i += n;
    }
    return both_ranges(even, odd);
}
VF_APART void logits_with_mask(logit_range *range, const attention_row *row) {
    *range = range_of_masked(row, 0);
}
VF_APART void logits_with_slope(logit_range *range, const attention_row *row) {
    *range = range_of_masked(row, 1);
}
VF_APART void logits_without_mask(logit_range *range, const attention_row *row) {
    const float *x = row->x;
    float *y = row->y;
    const size_t end = row->end;
    const vf scale = vf_set1(row->scale), infinity = vf_set1(INFINITY);
    row_range even = no_range(), odd = no_range();
    size_t i = 0;
    for (; end - i >= (size_t)2 * VF_LANES; i += (size_t)2 * VF_LANES) {
        vf a = vf_mul(scale, vf_load(x + i)), b = vf_mul(scale, vf_load(x + i + VF_LANES));
        vf_store(y + i, a);
        vf_store(y + i + VF_LANES, b);
        even = range_with(even, a);
        odd = range_with(odd, b);
    }
    while (i < end) {
        const size_t n = end - i < VF_LANES ? end - i : VF_LANES;
        const int whole = n == VF_LANES;
        vf z = vf_mul(scale, whole ? vf_load(x + i) : vf_load_partial(x + i, n, vf_set1(0.0F)));
        if (whole)
            vf_store(y + i, z);
        else
            vf_store_partial(y + i, z, n);
        even.max = vf_max(whole ? z : vf_first_else(z, n, vf_neg(infinity)), even.max);
        even.min = vf_min(whole ? z : vf_first_else(z, n, infinity), even.min);
        i += n;
    }
    const vf least = vf_min(odd.min, even.min);
    *range = (logit_range){vf_max(odd.max, even.max), least, least};
}

/* c tanh(scale / c x), a pass of its own: tanh costs several times as much as that. */
VF_APART void row_softcap(float *y, const float *x, size_t n, float factor, float cap) {
    const vf times = vf_set1(factor), c = vf_set1(cap);
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES)
        vf_store(y + i, vf_mul(c, vf_tanh(vf_mul(times, vf_load(x + i)))));
    if (i < n) {
        vf a = vf_load_partial(x + i, n - i, vf_set1(0.0F));
        vf_store_partial(y + i, vf_mul(c, vf_tanh(vf_mul(times, a))), n - i);
    }
}

/* Sixteen elements of a mask of halves, or fewer at its end. */
VF_APART void mask_of_halves(float *dst, const void *mask, act_mask_type type, size_t i, size_t n) {
    uint16_t lane[VF_LANES] = {0};
    memcpy(lane, (const uint16_t *)mask + i, n * sizeof *lane);
    const vh h = vh_load(lane);
    vf_store(dst, type == ACT_MASK_F16 ? vf_from_f16(h) : vf_from_bf16(h));
}

/* A mask of halves becomes floats, part by part. */
enum { MASK_PART = 16 * VF_LANES };
VF_INLINE void logits_by(logit_range *range, const attention_row *row) {
    if (row->sloped)
        logits_with_slope(range, row);
    else
        logits_with_mask(range, row);
}
VF_APART void logits_with_halves(logit_range *range, const attention_row *row, act_mask_type type) {
    float part[MASK_PART];
    logit_range all = no_logits(), some;
    for (size_t at = 0; at < row->end; at += MASK_PART) {
        attention_row here = *row;
        here.x += at, here.y += at, here.mask = part;
        here.end = row->end - at < MASK_PART ? row->end - at : MASK_PART;
        for (size_t i = 0; i < here.end; i += VF_LANES) {
            const size_t left = here.end - i;
            mask_of_halves(part + i, row->mask, type, at + i, left < VF_LANES ? left : VF_LANES);
        }
        logits_by(&some, &here);
        all = both_ranges(some, all);
    }
    *range = all;
}
/* The row is changed in place: a copy would wait for the stores of its members. */
VF_INLINE void row_logits(logit_range *range, attention_row *row, const act_attention_rows *o) {
    if (VF_SELDOM(o->softcap != 0)) {
        row_softcap(row->y, row->x, row->end, o->scale / o->softcap, o->softcap);
        row->x = row->y;
        row->scale = 1.0F;
    }
    if (!row->mask)
        logits_without_mask(range, row);
    else if (o->mask_type == ACT_MASK_F32)
        logits_by(range, row);
    else
        logits_with_halves(range, row, o->mask_type);
}

/* How many columns the mask leaves up to the last that is not excluded, as source_end. */
VF_APART size_t mask_end_of(const attention_row *row, act_mask_type type) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F), lowest = vf_set1(-INFINITY);
    for (size_t end = row->n; end > 0;) {
        const size_t here = (end - 1) % VF_LANES + 1;
        end -= here;
        float part[VF_LANES];
        const float *floats = type == ACT_MASK_F32 ? (const float *)row->mask + end : part;
        if (type != ACT_MASK_F32)
            mask_of_halves(part, row->mask, type, end, here);
        vf m = here < VF_LANES && type == ACT_MASK_F32 ? vf_load_partial(floats, here, lowest)
                                                       : vf_load(floats);
        m = here < VF_LANES ? vf_first_else(m, here, lowest) : m;
        vf some = vf_select(vf_lt(m, vf_set1(row->excluded_below)), zero, one);
        const size_t left = vm_end(vf_lt(zero, some));
        if (left > 0)
            return end + left;
    }
    return 0;
}

/* The rows of a call, of which `first` are before these. */
typedef struct {
    float *dst;
    const float *src;
    size_t dst_stride, src_stride, first, rows, cols;
    float excluded_below;
    const act_attention_rows *o;
} attention_batch;
VF_INLINE void attention_row_at(attention_row *row, float *sink, const attention_batch *b, size_t r,
                                enum tier tier) {
    const act_attention_rows *o = b->o;
    const attention_place p = attention_place_of(o, b->first + r, b->cols);
    row->x = b->src + r * b->src_stride;
    row->y = b->dst + r * b->dst_stride;
    row->mask = attention_mask(o, p.mask_row, 0);
    row->n = row->end = p.valid;
    row->scale = o->scale, row->slope = p.slope, row->excluded_below = b->excluded_below;
    row->sloped = o->slopes != NULL;
    if (row->mask && row->n > (tier == FAST_TIER ? END_MATTERS_FAST : END_MATTERS))
        row->end = mask_end_of(row, o->mask_type);
    *sink = p.sink;
}
VF_INLINE row_source logits_at(const float *y) { return (row_source){y, NULL, 1.0F, 0}; }

/* Up to sixteen rows. */
typedef struct {
    row_group g; /* n: the columns that are worked on */
    size_t valid[VF_LANES];
    int nothing[VF_LANES];
    float sink[VF_LANES];
} attention_group;

/* Rows that have nothing are left out: their maximum is 0, and they are filled at the end. */
VF_INLINE void attention_maxima(attention_group *a, const attention_batch *b, vf max) {
    vf_store(a->g.max, vf_max(vf_load(a->sink), max));
    for (size_t r = 0; r < VF_LANES; ++r) {
        a->nothing[r] = 0;
        if (VF_SELDOM(a->g.max[r] == -INFINITY && !isnan(a->sink[r])))
            a->nothing[r] =
                r >= b->rows || !source_has_nan(logits_at(b->dst + r * b->dst_stride), a->g.n[r]);
        if (a->nothing[r])
            a->g.max[r] = 0.0F, a->g.n[r] = 0;
    }
}
VF_INLINE enum spread attention_floors(attention_group *a, const attention_batch *b,
                                       const vf lowest[VF_LANES], enum tier tier) {
    const vf max = vf_load(a->g.max);
    vf above[VF_LANES];
    vf_store(a->g.floor, floor_under(tier, max));
    if (tier == FAST_TIER || b->cols <= GAPS_MATTER_IN_GROUP)
        return WIDE;
    for (int sought = 0; sought < 2; ++sought) {
        for (size_t r = 0; r < VF_LANES; ++r)
            above[r] = r >= b->rows || a->nothing[r] ? vf_set1(-INFINITY)
                       : sought ? vf_neg(source_lowest(logits_at(b->dst + r * b->dst_stride),
                                                       a->g.n[r], vf_set1(a->g.floor[r])))
                                : vf_neg(lowest[r]);
        const vf floor = vf_min(vf_neg(vf_max_rows(above)), max);
        if (all_near(max, floor)) {
            vf_store(a->g.floor, floor);
            return GAPS;
        }
    }
    return WIDE;
}
VF_INLINE void attention_extent(attention_group *a, const attention_batch *b, enum tier tier) {
    vf largest[VF_LANES], lowest[VF_LANES], smallest = vf_set1(INFINITY);
    for (size_t r = 0; r < VF_LANES; ++r) {
        largest[r] = vf_set1(-INFINITY);
        a->sink[r] = -INFINITY;
        a->g.n[r] = a->valid[r] = 0;
        if (r >= b->rows)
            continue;
        attention_row row;
        logit_range range;
        attention_row_at(&row, &a->sink[r], b, r, tier);
        row_logits(&range, &row, b->o);
        a->g.n[r] = row.end, a->valid[r] = row.n;
        largest[r] = range.max, lowest[r] = range.lowest;
        smallest = vf_min(range.min, smallest);
    }
    attention_maxima(a, b, vf_max_rows(largest));
    const vf max = vf_load(a->g.max), min = vf_set1(-vf_max_lanes(vf_neg(smallest)));
    vf_store(a->g.floor, max);
    a->g.spread = all_near(max, min) ? CLOSE : attention_floors(a, b, lowest, tier);
}

/* The sinks' exponentials, which are not taken apart by the rows' spread. */
VF_WORD vf sink_exp(enum tier tier, vf sink, vf max) {
    const row_shift shift = {max, floor_under(tier, max)};
    return tier_exp(WIDE, tier, sink, shift, EXP_LAST);
}
VF_INLINE void attention_factors(float high[VF_LANES], float low[VF_LANES], group_sums *sums,
                                 const attention_group *a, const attention_batch *b,
                                 enum tier tier) {
    const vf sink = sink_exp(tier, vf_load(a->sink), vf_load(a->g.max));
    for (size_t r = 0; r < VF_LANES; ++r)
        if (r >= b->rows || a->nothing[r])
            sums->rest[r] = vf_set1(1.0F);
    if (in_one_factor(tier, b->cols)) {
        vf_store(high, vf_div(vf_set1(1.0F), vf_add(vf_sum_rows(sums->rest), sink)));
        return;
    }
    float e[VF_LANES];
    double factor[VF_LANES];
    vf_store(e, sink);
    for (size_t r = 0; r < VF_LANES; ++r)
        factor[r] = r < b->rows && !a->nothing[r]
                        ? sum_scale(tier, a->g.spread) * kept_total(sums, r, 1) +
                              sum_scale(tier, WIDE) * (double)e[r]
                        : 1.0;
    inverted(factor, 1.0);
    pairs_of(high, low, factor);
}
/* One loop for all rows, single or in a group. */
VF_APART lane_sum attention_exp_default(float *y, const float *z, size_t n, float max, float floor,
                                        enum spread spread) {
    const row_shift shift = {vf_set1(max), vf_set1(floor)};
    return row_exp_by(spread, y, logits_at(z), n, shift, DEFAULT_TIER, 1);
}
VF_APART lane_sum attention_exp_fast(float *y, size_t n, float max, float floor,
                                     enum spread spread) {
    const row_shift shift = {vf_set1(max), vf_set1(floor)};
    return row_exp_by(spread, y, logits_at(y), n, shift, FAST_TIER, 1);
}
VF_INLINE lane_sum attention_exp(float *y, size_t n, float max, float floor, enum spread spread,
                                 enum tier tier) {
    return tier == FAST_TIER ? attention_exp_fast(y, n, max, floor, spread)
                             : attention_exp_default(y, y, n, max, floor, spread);
}
VF_APART void attention_times(float *y, size_t n, size_t valid, float high, float low,
                              enum spread spread) {
    row_times_by(spread, DEFAULT_TIER, 0, y, n, valid, high, low);
}
VF_APART void attention_times_fast(float *y, size_t n, size_t valid, float high, float low,
                                   enum spread spread, int in_one) {
    row_times_by(spread, FAST_TIER, in_one, y, n, valid, high, low);
}
/* The results of a row, and what is not valid. */
VF_INLINE void attention_end(const attention_batch *b, float *y, size_t n, size_t valid, float high,
                             float low, enum spread spread, enum tier tier) {
    if (tier == FAST_TIER)
        attention_times_fast(y, n, valid, high, low, spread, in_one_factor(tier, b->cols));
    else
        attention_times(y, n, valid, high, low, spread);
    row_fill(y + valid, b->cols - valid, vf_set1(0.0F));
}
VF_INLINE void attention_nothing(const attention_batch *b, float *y) {
    row_fill(y, b->cols, vf_set1(b->o->empty == ACT_EMPTY_ROWS_ZERO ? 0.0F : NAN));
}

VF_INLINE void group_attention(const attention_batch *b, enum tier tier) {
    attention_group a;
    group_sums sums;
    float high[VF_LANES], low[VF_LANES] = {0};
    attention_extent(&a, b, tier);
    for (size_t r = 0; r < b->rows; ++r)
        keep_sum(&sums, r,
                 attention_exp(b->dst + r * b->dst_stride, a.g.n[r], a.g.max[r], a.g.floor[r],
                               a.g.spread, tier),
                 1);
    attention_factors(high, low, &sums, &a, b, tier);
    for (size_t r = 0; r < b->rows; ++r) {
        float *y = b->dst + r * b->dst_stride;
        if (VF_SELDOM(a.nothing[r]))
            attention_nothing(b, y);
        else
            attention_end(b, y, a.g.n[r], a.valid[r], high[r], low[r], a.g.spread, tier);
    }
}

/* One row, with the same bits. */
VF_INLINE void single_attention(const attention_batch *b, size_t r, enum tier tier) {
    float sink;
    attention_row row;
    logit_range range;
    attention_row_at(&row, &sink, b, r, tier);
    row_logits(&range, &row, b->o);
    const float largest = vf_max_lanes(vf_max(vf_set1(sink), range.max));
    if (VF_SELDOM(largest == -INFINITY && !isnan(sink)) &&
        !source_has_nan(logits_at(row.y), row.end)) {
        attention_nothing(b, row.y);
        return;
    }
    const vf max = vf_set1(largest);
    vf floor = max;
    enum spread spread = CLOSE;
    if (!all_near(max, vf_set1(-vf_max_lanes(vf_neg(range.min))))) {
        spread = WIDE;
        floor = floor_under(tier, max);
        for (int sought = 0; sought < 2 && spread == WIDE && tier == DEFAULT_TIER; ++sought) {
            const vf low = sought ? source_lowest(logits_at(row.y), row.end, floor) : range.lowest;
            const vf lowest = vf_min(vf_set1(-vf_max_lanes(vf_neg(low))), max);
            if (all_near(max, lowest))
                spread = GAPS, floor = lowest;
        }
    }
    float lane[2][VF_LANES];
    vf_store(lane[0], floor);
    const lane_sum sum = attention_exp(row.y, row.end, largest, lane[0][0], spread, tier);
    const vf e = sink_exp(tier, vf_set1(sink), max);
    float high, low = 0.0F;
    if (in_one_factor(tier, b->cols)) {
        vf_store(lane[1], vf_div(vf_set1(1.0F), vf_add(vf_sum_lanes(sum.rest), e)));
        high = lane[1][0];
    } else {
        vf_store(lane[1], e);
        const double factor = 1.0 / (sum_scale(tier, spread) * total(sum) +
                                     sum_scale(tier, WIDE) * (double)lane[1][0]);
        high = (float)factor, low = low_part(factor);
    }
    attention_end(b, row.y, row.end, row.n, high, low, spread, tier);
}

VF_INLINE void batch_attention(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                               size_t first, size_t rows, size_t cols, const act_attention_rows *o,
                               enum tier tier) {
    const size_t fit = GROUP_FLOATS / cols, some = fit < VF_LANES ? fit : VF_LANES;
    const size_t most = some > 0 ? some : 1;
    for (size_t r = 0; r < rows; r += most) {
        const attention_batch b = {dst + r * dst_stride,
                                   src + r * src_stride,
                                   dst_stride,
                                   src_stride,
                                   first + r,
                                   rows - r < most ? rows - r : most,
                                   cols,
                                   attention_excluded_below(o),
                                   o};
        if (SIDE_BY_SIDE && b.rows > 2)
            group_attention(&b, tier);
        else
            for (size_t k = 0; k < b.rows; ++k)
                single_attention(&b, k, tier);
    }
}
ROW_BOUND(attention_softmax, 4e-7, 4e-7);
VF_INLINE void rows_attention_softmax(float *dst, size_t dst_stride, const float *src,
                                      size_t src_stride, size_t first, size_t rows, size_t cols,
                                      const act_attention_rows *o) {
    batch_attention(dst, dst_stride, src, src_stride, first, rows, cols, o, DEFAULT_TIER);
}
FAST_ROW_BOUND(attention_softmax_fast, 2.5e-6, 5.5e-6);
VF_INLINE void rows_attention_softmax_fast(float *dst, size_t dst_stride, const float *src,
                                           size_t src_stride, size_t first, size_t rows,
                                           size_t cols, const act_attention_rows *o) {
    batch_attention(dst, dst_stride, src, src_stride, first, rows, cols, o, FAST_TIER);
}

/* The gradient is softmax_masked's, of the columns that a row has. */
ROW_BOUND(attention_softmax_grad, 4.5e-7, 4.5e-7);
VF_INLINE void rows_attention_softmax_grad(float *dx, size_t dx_stride, const float *dy,
                                           size_t dy_stride, const float *y, size_t y_stride,
                                           size_t rows, size_t cols, const act_attention_rows *o) {
    for (size_t r = 0; r < rows; ++r) {
        const size_t n = attention_place_of(o, r, cols).valid;
        float *d = dx + r * dx_stride;
        if (n > 0)
            softmax_grad_times(d, dx_stride, dy + r * dy_stride, dy_stride, y + r * y_stride,
                               y_stride, 1, n, o->scale, 1);
        row_fill(d + n, cols - n, vf_set1(0.0F));
    }
}

/* Part of a row that does not fit a buffer of converted numbers: the logits from column i on. */
VF_INLINE void rows_attention_logits(float *dst, const float *src, size_t r, size_t i, size_t n,
                                     const act_attention_rows *o) {
    const attention_place p = attention_place_of(o, r, i + n);
    attention_row row = {src,
                         dst,
                         attention_mask(o, p.mask_row, i),
                         n,
                         n,
                         o->scale,
                         p.slope,
                         attention_excluded_below(o),
                         o->slopes != NULL};
    logit_range range;
    row_logits(&range, &row, o);
}

/* The words of a loop over blocks of keys. */
VF_INLINE void rows_max(const float *src, size_t n, float *max) {
    *max =
        source_has_nan(logits_at(src), n) ? NAN : vf_max_lanes(source_range(logits_at(src), n).max);
}
/* For any max: the difference is rounded. */
VF_APART void exp_sum_of_any(float *dst, const float *src, size_t n, float max, double *sum) {
    vd total = vd_zero();
    for (size_t i = 0; i < n; i += VF_LANES) {
        const size_t here = n - i < VF_LANES ? n - i : VF_LANES;
        float lane[VF_LANES] = {0};
        memcpy(lane, src + i, here * sizeof *lane);
        vf e = vf_exp(vf_sub(vf_load(lane), vf_set1(max)));
        vf_store(lane, e);
        memcpy(dst + i, lane, here * sizeof *lane);
        total = vd_add(total, vf_first_else(e, here, vf_set1(0.0F)));
    }
    *sum = vd_sum(total);
}
VF_INLINE void rows_exp_sum(float *dst, const float *src, size_t n, float max, double *sum) {
    const vf shift = vf_set1(max);
    const row_range lanes = source_range(logits_at(src), n);
    const int ordinary = isfinite(max) && !vm_any(vf_lt(shift, lanes.max));
    if (VF_SELDOM(!ordinary)) {
        exp_sum_of_any(dst, src, n, max, sum);
        return;
    }
    const int near = all_near(shift, vf_set1(-vf_max_lanes(vf_neg(lanes.min))));
    float floor[VF_LANES];
    vf_store(floor, near ? shift : floor_under(DEFAULT_TIER, shift));
    const enum spread spread = near ? CLOSE : WIDE;
    const lane_sum part = attention_exp_default(dst, src, n, max, floor[0], spread);
    *sum = sum_scale(DEFAULT_TIER, spread) * total(part);
    if (VF_SELDOM(spread == WIDE))
        row_times(dst, n, n, vf_set1(1.0F), vf_set1(0.0F), times_pair_wide);
}

#endif
