/*
 * The rows of attention.  Without a mask, a row's logits are scale x wherever they are needed; with
 * one they are made once, into dst.  From there on it is a row of as many columns as it has, with
 * softmax's words and bits.
 *
 * Up to sixteen rows are worked on side by side, as many as stay in the first-level cache: causal
 * rows are short at first.  A long row is a group of its own.
 */
#ifndef ACT_KERNELS_ATTENTION_H
#define ACT_KERNELS_ATTENTION_H

#include <string.h>

#include "attention_place.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"

/* A row with a mask, and where its logits go. */
typedef struct {
    const float *x;
    float *y;
    const void *mask;
    size_t n;
    float scale, slope, excluded_below;
    int sloped;
} masked_row;

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
VF_INLINE logit_terms terms_of(const masked_row *row, int sloped) {
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
VF_INLINE logit_range range_of_masked(const masked_row *row, int sloped) {
    /* As far as a compiler knows the stores change the row, so what loops need is kept apart. */
    const float *x = row->x, *mask = (const float *)row->mask;
    float *y = row->y;
    const size_t n = row->n;
    const vf zero = vf_set1(0.0F), infinity = vf_set1(INFINITY);
    const logit_terms t = terms_of(row, sloped);
    logit_range even = no_logits(), odd = no_logits();
    size_t i = 0;
    for (; VF_CHAINS > 1 && n - i >= (size_t)2 * VF_LANES; i += (size_t)2 * VF_LANES) {
        const logit a = logit_of(t, vf_load(x + i), vf_load(mask + i));
        const logit b = logit_of(t, vf_load(x + i + VF_LANES), vf_load(mask + i + VF_LANES));
        vf_store(y + i, a.z);
        vf_store(y + i + VF_LANES, b.z);
        even = range_with_logit(even, a, a.z);
        odd = range_with_logit(odd, b, b.z);
    }
    for (; i < n; i += VF_LANES) {
        const size_t here = lanes_at(i, n);
        const vf a = vf_load_up_to(x + i, here, zero), m = vf_load_up_to(mask + i, here, zero);
        logit l = logit_of(t, a, m);
        vf_store_up_to(y + i, l.z, here);
        const vf low = vf_first_up_to(l.z, here, infinity);
        l.z = vf_first_up_to(l.z, here, vf_neg(infinity));
        even = range_with_logit(even, l, low);
    }
    return both_ranges(even, odd);
}
VF_APART void logits_with_mask(logit_range *range, const masked_row *row) {
    *range = range_of_masked(row, 0);
}
VF_APART void logits_with_slope(logit_range *range, const masked_row *row) {
    *range = range_of_masked(row, 1);
}
VF_INLINE void logits_by(logit_range *range, const masked_row *row) {
    if (row->sloped)
        logits_with_slope(range, row);
    else
        logits_with_mask(range, row);
}

/* c tanh(scale / c x), a pass of its own: tanh costs several times as much as that. */
VF_APART void row_softcap(float *y, const float *x, size_t n, float factor, float cap) {
    const vf times = vf_set1(factor), c = vf_set1(cap);
    for (size_t i = 0; i < n; i += VF_LANES) {
        const size_t here = lanes_at(i, n);
        const vf a = vf_load_up_to(x + i, here, vf_set1(0.0F));
        vf_store_up_to(y + i, vf_mul(c, vf_tanh(vf_mul(times, a))), here);
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
VF_APART void logits_with_halves(logit_range *range, const masked_row *row, act_mask_type type) {
    float part[MASK_PART];
    logit_range all = no_logits(), some;
    for (size_t at = 0; at < row->n; at += MASK_PART) {
        masked_row here = *row;
        here.x += at, here.y += at, here.mask = part;
        here.n = row->n - at < MASK_PART ? row->n - at : MASK_PART;
        for (size_t i = 0; i < here.n; i += VF_LANES)
            mask_of_halves(part + i, row->mask, type, at + i, lanes_at(i, here.n));
        logits_by(&some, &here);
        all = both_ranges(some, all);
    }
    *range = all;
}

/* How many columns a mask leaves of n, up to the last that is not excluded, as source_end. */
VF_APART size_t mask_end_of(const void *mask, act_mask_type type, float excluded_below, size_t n) {
    const vf zero = vf_set1(0.0F), one = vf_set1(1.0F), lowest = vf_set1(-INFINITY);
    for (size_t end = n; end > 0;) {
        const size_t here = (end - 1) % VF_LANES + 1;
        end -= here;
        float part[VF_LANES];
        vf m;
        if (type == ACT_MASK_F32) {
            m = vf_load_up_to((const float *)mask + end, here, lowest);
        } else {
            mask_of_halves(part, mask, type, end, here);
            m = vf_first_up_to(vf_load(part), here, lowest);
        }
        vf some = vf_select(vf_lt(m, vf_set1(excluded_below)), zero, one);
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

/*
 * Up to sixteen rows: `valid` columns, of which n are worked on, as nothing follows that the mask
 * leaves.  Their logits are scale z.
 */
typedef struct {
    float *y;
    const float *z;
    const void *mask;
    float slope;
    size_t valid, n;
} attention_row;
enum { GROUP_ROWS = SIDE_BY_SIDE ? VF_LANES : 1 };
typedef struct {
    attention_row row[GROUP_ROWS];
    size_t rows;
    float scale, sink[VF_LANES], max[VF_LANES], floor[VF_LANES];
    int nothing[VF_LANES]; /* no maximum and no sink: filled at the end */
    enum spread spread;
} attention_group;
VF_INLINE row_source logits_at(const float *z, float scale) {
    return (row_source){z, NULL, scale, 1};
}
VF_INLINE row_source group_row(const attention_group *g, size_t r) {
    return logits_at(g->row[r].z, g->scale);
}

/* The next rows, from the batch's first on. */
VF_INLINE void next_rows(attention_group *g, const attention_batch *b, enum tier tier) {
    const act_attention_rows *o = b->o;
    size_t r = 0, floats = 0;
    for (; r < b->rows && r < GROUP_ROWS; ++r) {
        const attention_place p = attention_place_of(o, b->first + r, b->cols);
        attention_row *row = &g->row[r];
        row->z = b->src + r * b->src_stride;
        row->y = b->dst + r * b->dst_stride;
        row->mask = attention_mask(o, p.mask_row, 0);
        row->slope = p.slope;
        row->n = row->valid = p.valid;
        if (row->mask && row->n > (tier == FAST_TIER ? END_MATTERS_FAST : END_MATTERS))
            row->n = mask_end_of(row->mask, o->mask_type, b->excluded_below, row->n);
        floats += row->n;
        if (r > 0 && floats > GROUP_FLOATS)
            break;
        g->sink[r] = p.sink;
    }
    g->rows = r;
}

/* A row's capped logits are in place of it; returns what they are to be multiplied by. */
VF_INLINE float row_softcapped(attention_row *row, const act_attention_rows *o) {
    if (!VF_SELDOM(o->softcap != 0))
        return o->scale;
    row_softcap(row->y, row->z, row->n, o->scale / o->softcap, o->softcap);
    row->z = row->y;
    return 1.0F;
}
/* The logits of a row with a mask, which are in place of it then. */
VF_INLINE void row_logits(logit_range *range, attention_row *row, const attention_batch *b,
                          float scale) {
    const masked_row masked = {row->z, row->y,     row->mask,         row->n,
                               scale,  row->slope, b->excluded_below, b->o->slopes != NULL};
    if (b->o->mask_type == ACT_MASK_F32)
        logits_by(range, &masked);
    else
        logits_with_halves(range, &masked, b->o->mask_type);
    row->z = row->y;
}
VF_APART void long_range(row_range *range, const float *z, size_t n, float scale) {
    *range = source_range(logits_at(z, scale), n);
}
VF_INLINE logit_range range_of_row(const attention_group *g, size_t r) {
    row_range lanes;
    if (g->row[r].n < (size_t)8 * VF_LANES)
        lanes = range_from(no_range(), group_row(g, r), 0, g->row[r].n);
    else
        long_range(&lanes, g->row[r].z, g->row[r].n, g->scale);
    return (logit_range){lanes.max, lanes.min, lanes.min};
}

/* One row does without the work for sixteen: half of the instructions of a call of 16 floats. */
VF_INLINE int is_single(const attention_group *g) { return GROUP_ROWS == 1 || g->rows == 1; }
/* The largest lane of each row, a lane for each. */
VF_INLINE vf group_max(const attention_group *g, vf largest[VF_LANES]) {
    if (is_single(g))
        return vf_set1(vf_max_lanes(largest[0]));
    for (size_t r = g->rows; r < VF_LANES; ++r)
        largest[r] = largest[0];
    return vf_max_rows(largest);
}
/* Rows that have nothing are left out: their maximum is 0. */
VF_APART void without_empty(attention_group *g) {
    VF_SELDOM_CALLED;
    for (size_t r = 0; r < VF_LANES; ++r) {
        if (r < g->rows && (g->max[r] != -INFINITY || isnan(g->sink[r]) ||
                            source_has_nan(group_row(g, r), g->row[r].n)))
            continue;
        g->max[r] = 0.0F;
        if (r < g->rows)
            g->nothing[r] = 1, g->row[r].n = 0;
    }
}
VF_INLINE enum spread attention_floors(attention_group *g, size_t cols, const vf lowest[VF_LANES],
                                       enum tier tier) {
    const vf max = vf_load(g->max);
    vf above[VF_LANES];
    vf_store(g->floor, floor_under(tier, max));
    if (tier == FAST_TIER || cols <= GAPS_MATTER_IN_GROUP)
        return WIDE;
    for (int sought = 0; sought < 2; ++sought) {
        above[0] = vf_set1(-INFINITY); /* compilers do not see that there is a row */
        for (size_t r = 0; r < g->rows; ++r)
            above[r] =
                g->nothing[r] ? vf_set1(-INFINITY)
                : sought ? vf_neg(source_lowest(group_row(g, r), g->row[r].n, vf_set1(g->floor[r])))
                         : vf_neg(lowest[r]);
        const vf floor = vf_min(vf_neg(group_max(g, above)), max);
        if (all_near(max, floor)) {
            vf_store(g->floor, floor);
            return GAPS;
        }
    }
    return WIDE;
}
/* The next rows and how far apart their logits are, for both tiers. */
VF_APART void next_group(attention_group *g, const attention_batch *b, enum tier tier) {
    vf largest[VF_LANES], lowest[VF_LANES], smallest = vf_set1(INFINITY);
    const act_attention_rows *o = b->o;
    next_rows(g, b, tier);
    largest[0] = vf_set1(-INFINITY); /* compilers do not see that there is a row */
    for (size_t r = 0; r < g->rows; ++r) {
        logit_range range;
        g->scale = row_softcapped(&g->row[r], o);
        if (o->mask)
            row_logits(&range, &g->row[r], b, g->scale);
        else
            range = range_of_row(g, r);
        largest[r] = range.max, lowest[r] = range.lowest;
        smallest = vf_min(range.min, smallest);
    }
    g->scale = o->mask ? 1.0F : g->scale;
    for (size_t r = g->rows; o->sinks && r < VF_LANES; ++r)
        g->sink[r] = g->sink[0];
    vf max = group_max(g, largest);
    max = o->sinks ? vf_max(vf_load(g->sink), max) : max;
    vf_store(g->max, max);
    memset(g->nothing, 0, sizeof g->nothing);
    if (VF_SELDOM(vm_any(vf_lt(max, vf_set1(-FLT_MAX))))) {
        without_empty(g);
        max = vf_load(g->max);
    }
    vf_store(g->floor, max);
    g->spread = all_near(max, vf_set1(-vf_max_lanes(vf_neg(smallest))))
                    ? CLOSE
                    : attention_floors(g, b->cols, lowest, tier);
}

/*
 * dst[i] = exp(scale z[i] - max), and their sum, with the tail in the loop: the word stands once.
 */
VF_INLINE lane_sum tailed_exp(enum spread spread, float *y, row_source z, size_t n, row_shift shift,
                              enum tier tier) {
    const vf scale = vf_set1(z.scale);
    lane_sum sum = no_sum();
    for (size_t i = 0; i < n; i += VF_LANES) {
        const size_t here = lanes_at(i, n);
        if (i > 0 && i % block_of(tier) == 0)
            sum = with_block(sum);
        vf x = vf_mul(scale, vf_load_up_to(z.x + i, here, vf_set1(0.0F)));
        vf e = tier_exp(spread, tier, vf_first_up_to(x, here, shift.max), shift, EXP_LAST);
        vf_store_up_to(y + i, e, here);
        sum.rest = vf_add(sum.rest, vf_first_up_to(e, here, vf_set1(0.0F)));
    }
    return sum;
}
/* The same for the usual rows: whole vectors, then what is left. */
VF_INLINE lane_sum close_exp(float *y, row_source z, size_t n, row_shift shift, enum tier tier) {
    if (!SIDE_BY_SIDE)
        return tailed_exp(CLOSE, y, z, n, shift, tier);
    lane_sum sum = no_sum();
    for (size_t i = 0;;) {
        const int more = n - i > block_of(tier);
        const size_t end = more ? i + block_of(tier) : n - n % VF_LANES;
        for (; i < end; i += VF_LANES)
            sum.rest = vf_add(sum.rest, store_exp(CLOSE, y, z, i, shift, tier));
        if (!more) {
            if (i < n)
                sum.rest = vf_add(sum.rest, store_exp_partial(CLOSE, y, z, i, n - i, shift, tier));
            return sum;
        }
        sum = with_block(sum);
    }
}
VF_APART lane_sum attention_exp_gaps(float *y, const float *z, size_t n, float scale, float max,
                                     float floor) {
    VF_SELDOM_CALLED;
    const row_shift shift = {vf_set1(max), vf_set1(floor)};
    return tailed_exp(GAPS, y, logits_at(z, scale), n, shift, DEFAULT_TIER);
}
VF_APART lane_sum attention_exp_wide(float *y, const float *z, size_t n, float scale, float max,
                                     float floor) {
    VF_SELDOM_CALLED;
    const row_shift shift = {vf_set1(max), vf_set1(floor)};
    return tailed_exp(WIDE, y, logits_at(z, scale), n, shift, DEFAULT_TIER);
}
VF_APART lane_sum attention_exp_wide_fast(float *y, const float *z, size_t n, float scale,
                                          float max, float floor) {
    VF_SELDOM_CALLED;
    const row_shift shift = {vf_set1(max), vf_set1(floor)};
    return tailed_exp(WIDE, y, logits_at(z, scale), n, shift, FAST_TIER);
}
VF_INLINE lane_sum attention_exp(const attention_group *g, size_t r, enum tier tier) {
    const attention_row row = g->row[r];
    const vf max = vf_set1(g->max[r]);
    if (!VF_SELDOM(g->spread != CLOSE))
        return close_exp(row.y, group_row(g, r), row.n, (row_shift){max, max}, tier);
    return (tier == FAST_TIER ? attention_exp_wide_fast
            : g->spread == GAPS
                ? attention_exp_gaps
                : attention_exp_wide)(row.y, row.z, row.n, g->scale, g->max[r], g->floor[r]);
}

/* The sinks' exponentials, which are not taken apart by the rows' spread. */
VF_WORD vf sink_exp(enum tier tier, vf sink, vf max) {
    const row_shift shift = {max, floor_under(tier, max)};
    return tier_exp(WIDE, tier, sink, shift, EXP_LAST);
}
/* What the exponentials of row r are divided by, and the quotient for a single row. */
VF_INLINE double attention_total(const group_sums *sums, const attention_group *g, size_t r,
                                 float sink, enum tier tier) {
    return sum_scale(tier, g->spread) * kept_total(sums, r, 1) +
           sum_scale(tier, WIDE) * (double)sink;
}
VF_INLINE void attention_factor(float *high, float *low, const group_sums *sums,
                                const attention_group *g, float sink, int in_one, enum tier tier) {
    float lane[VF_LANES];
    if (in_one) {
        const vf sum = vf_add(vf_sum_lanes(sums->rest[0]), vf_set1(sink));
        vf_store(lane, vf_div(vf_set1(1.0F), sum));
        *high = lane[0];
    } else {
        const double factor = 1.0 / attention_total(sums, g, 0, sink, tier);
        *high = (float)factor, *low = low_part(factor);
    }
}
VF_INLINE void attention_factors(float high[VF_LANES], float low[VF_LANES], group_sums *sums,
                                 const attention_group *g, const attention_batch *b,
                                 enum tier tier) {
    const int in_one = in_one_factor(tier, b->cols);
    float e[VF_LANES] = {0};
    if (b->o->sinks)
        vf_store(e, sink_exp(tier, vf_load(g->sink), vf_load(g->max)));
    if (is_single(g)) {
        attention_factor(high, low, sums, g, e[0], in_one, tier);
        return;
    }
    for (size_t r = 0; r < VF_LANES; ++r)
        if (r >= g->rows || g->nothing[r])
            sums->rest[r] = vf_set1(1.0F);
    if (in_one) {
        vf_store(high, vf_div(vf_set1(1.0F), vf_add(vf_sum_rows(sums->rest), vf_load(e))));
        return;
    }
    double factor[VF_LANES];
    for (size_t r = 0; r < VF_LANES; ++r)
        factor[r] = r < g->rows && !g->nothing[r] ? attention_total(sums, g, r, e[r], tier) : 1.0;
    inverted(factor, 1.0);
    pairs_of(high, low, factor);
}
VF_INLINE void group_attention(const attention_group *g, const attention_batch *b, enum tier tier) {
    group_sums sums;
    float high[VF_LANES], low[VF_LANES] = {0};
    for (size_t r = 0; r < g->rows; ++r)
        keep_sum(&sums, r, attention_exp(g, r, tier), 1);
    if (VF_SELDOM(g->nothing[0]))
        sums.rest[0] = vf_set1(1.0F); /* of a single row, which is divided by it */
    attention_factors(high, low, &sums, g, b, tier);
    for (size_t r = 0; r < g->rows; ++r) {
        const attention_row row = g->row[r];
        if (VF_SELDOM(g->nothing[r])) {
            row_fill(row.y, b->cols, vf_set1(b->o->empty == ACT_EMPTY_ROWS_ZERO ? 0.0F : NAN));
            continue;
        }
        row_times_by(g->spread, tier, in_one_factor(tier, b->cols), row.y, row.n, row.valid,
                     high[r], low[r]);
        row_fill(row.y + row.valid, b->cols - row.valid, vf_set1(0.0F));
    }
}

VF_INLINE void batch_attention(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                               size_t first, size_t rows, size_t cols, const act_attention_rows *o,
                               enum tier tier) {
    attention_batch b = {
        dst, src, dst_stride, src_stride, first, rows, cols, attention_excluded_below(o), o};
    attention_group g;
    for (; b.rows > 0; b.rows -= g.rows, b.first += g.rows) {
        next_group(&g, &b, tier);
        group_attention(&g, &b, tier);
        b.dst += g.rows * dst_stride, b.src += g.rows * src_stride;
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
    const attention_batch b = {.excluded_below = attention_excluded_below(o), .o = o};
    attention_row row = {dst, src, attention_mask(o, p.mask_row, i), p.slope, n, n};
    const float scale = row_softcapped(&row, o);
    if (o->mask) {
        logit_range range;
        row_logits(&range, &row, &b, scale);
        return;
    }
    for (size_t k = 0; k < n; k += VF_LANES) {
        const size_t here = lanes_at(k, n);
        const vf z = vf_load_up_to(row.z + k, here, vf_set1(0.0F));
        vf_store_up_to(dst + k, vf_mul(vf_set1(scale), z), here);
    }
}

/* The words of a loop over blocks of keys. */
VF_INLINE row_source plain_row(const float *x) { return (row_source){x, NULL, 1.0F, 0}; }
VF_INLINE void rows_max(const float *src, size_t n, float *max) {
    *max =
        source_has_nan(plain_row(src), n) ? NAN : vf_max_lanes(source_range(plain_row(src), n).max);
}
/* For any max: the difference is rounded. */
VF_APART void exp_sum_of_any(float *dst, const float *src, size_t n, float max, double *sum) {
    const vf zero = vf_set1(0.0F);
    vd total = vd_zero();
    for (size_t i = 0; i < n; i += VF_LANES) {
        const size_t here = lanes_at(i, n);
        vf e = vf_exp(vf_sub(vf_load_up_to(src + i, here, zero), vf_set1(max)));
        vf_store_up_to(dst + i, e, here);
        total = vd_add(total, vf_first_up_to(e, here, zero));
    }
    *sum = vd_sum(total);
}
VF_INLINE void rows_exp_sum(float *dst, const float *src, size_t n, float max, double *sum) {
    const vf shift = vf_set1(max);
    const row_range lanes = source_range(plain_row(src), n);
    if (VF_SELDOM(!isfinite(max) || vm_any(vf_lt(shift, lanes.max)))) {
        exp_sum_of_any(dst, src, n, max, sum);
    } else if (all_near(shift, vf_set1(-vf_max_lanes(vf_neg(lanes.min))))) {
        *sum = total(close_exp(dst, plain_row(src), n, (row_shift){shift, shift}, DEFAULT_TIER));
    } else {
        float floor[VF_LANES];
        vf_store(floor, floor_under(DEFAULT_TIER, shift));
        *sum = sum_scale(DEFAULT_TIER, WIDE) *
               total(attention_exp_wide(dst, src, n, 1.0F, max, floor[0]));
        row_times(dst, n, n, vf_set1(1.0F), vf_set1(0.0F), times_pair_wide);
    }
}

#endif
