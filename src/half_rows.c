/*
 * Row-wise functions of f16 and bf16.  Rows that fit go in groups through the kernel of f32, in a
 * buffer on the stack.  A longer row is converted part by part, once for each pass: its maximum,
 * the sum, the results.
 */
#include "half.h"

#include <math.h>
#include <string.h>

#include "attention_rows.h"
#include "dispatch.h"

enum { ROOM = 4096, MOST_ROWS = 1024 };

/* The exponentials of parts, their sums and what is made of them. */
EACH_PART(ROW_OF_KERNELS)

typedef struct {
    const storage_type *type;
    unsigned backend;
    const half_rows *r;
} half_call;

static size_t rows_that_fit(const half_rows *r, size_t first) {
    const size_t fit = ROOM / r->cols, most = fit < MOST_ROWS ? fit : MOST_ROWS;
    return r->rows - first < most ? r->rows - first : most;
}
/* Rows without gaps are one array. */
static void load_rows(half_call c, float *x, size_t first, size_t rows) {
    const size_t cols = c.r->cols, stride = c.r->src_stride;
    const uint16_t *src = c.r->src + first * stride;
    if (stride == cols)
        c.type->widen[c.backend](x, src, rows * cols);
    else
        for (size_t k = 0; k < rows; ++k)
            c.type->widen[c.backend](x + k * cols, src + k * stride, cols);
}
static void store_rows(half_call c, const float *y, size_t first, size_t rows) {
    const size_t cols = c.r->cols, stride = c.r->dst_stride;
    uint16_t *dst = c.r->dst + first * stride;
    if (stride == cols)
        c.type->narrow[c.backend](dst, y, rows * cols);
    else
        for (size_t k = 0; k < rows; ++k)
            c.type->narrow[c.backend](dst + k * stride, y + k * cols, cols);
}

/* A row that does not fit. */
typedef struct {
    const uint16_t *src;
    const float *mask;
    uint16_t *dst;
} long_row;
static long_row row_of(half_call c, size_t r) {
    return (long_row){c.r->src + r * c.r->src_stride,
                      c.r->mask ? c.r->mask + r * c.r->mask_stride : NULL,
                      c.r->dst + r * c.r->dst_stride};
}
/* The part from i on, as f32; returns its length. */
static size_t load_part(half_call c, float *x, long_row row, size_t i) {
    const size_t n = c.r->cols - i < ROOM ? c.r->cols - i : ROOM;
    c.type->widen[c.backend](x, row.src + i, n);
    if (c.r->masked)
        row_part_masked[c.backend](x, x, row.mask ? row.mask + i : NULL, n, c.r->scale);
    return n;
}
static float largest_of(half_call c, float *x, long_row row) {
    float max = -INFINITY;
    for (size_t i = 0; i < c.r->cols; i += ROOM)
        row_part_largest[c.backend](x, load_part(c, x, row, i), &max);
    return max;
}
static void fill(half_call c, uint16_t *dst, size_t n, float value) {
    float y[STORAGE_VECTOR];
    for (size_t k = 0; k < STORAGE_VECTOR; ++k)
        y[k] = value;
    for (size_t i = 0; i < n; i += STORAGE_VECTOR)
        c.type->narrow[c.backend](dst + i, y, n - i < STORAGE_VECTOR ? n - i : STORAGE_VECTOR);
}

static void long_softmax(half_call c, long_row row) {
    float x[ROOM];
    const size_t cols = c.r->cols;
    const float max = largest_of(c, x, row);
    if (!isfinite(max)) {
        const bool zeros = c.r->empty == ACT_EMPTY_ROWS_ZERO && max == -INFINITY;
        fill(c, row.dst, cols, zeros ? 0.0F : NAN);
        return;
    }
    double sum = 0, again = 0;
    for (size_t i = 0; i < cols; i += ROOM)
        row_part_exp_sum[c.backend](x, x, load_part(c, x, row, i), max, &sum);
    for (size_t i = 0; i < cols; i += ROOM) {
        const size_t n = load_part(c, x, row, i);
        row_part_exp_sum[c.backend](x, x, n, max, &again);
        row_part_scaled[c.backend](x, n, 1.0 / sum);
        c.type->narrow[c.backend](row.dst + i, x, n);
    }
}

/* The logarithm of the sum of exp(x - max): of the sum without one maximum, so 1 is never added. */
static double log_of_sum(half_call c, float *x, long_row row, float max) {
    double rest = 0;
    size_t below = 0;
    for (size_t i = 0; i < c.r->cols; i += ROOM)
        row_part_log_rest[c.backend](x, load_part(c, x, row, i), max, &rest, &below);
    return log1p(((double)(c.r->cols - below) - 1.0) + rest);
}
static void long_log_softmax(half_call c, long_row row) {
    float x[ROOM];
    const size_t cols = c.r->cols;
    const float max = largest_of(c, x, row);
    if (!isfinite(max)) {
        fill(c, row.dst, cols, NAN);
        return;
    }
    const double log_sum = log_of_sum(c, x, row, max);
    for (size_t i = 0; i < cols; i += ROOM) {
        const size_t n = load_part(c, x, row, i);
        for (size_t k = 0; k < n; ++k)
            x[k] = (float)(((double)x[k] - (double)max) - log_sum);
        c.type->narrow[c.backend](row.dst + i, x, n);
    }
}
static float long_logsumexp(half_call c, long_row row) {
    float x[ROOM];
    const float max = largest_of(c, x, row);
    return isfinite(max) ? (float)((double)max + log_of_sum(c, x, row, max)) : max;
}

typedef void long_work(half_call c, long_row row);
static void long_rows(half_call c, long_work *work) {
    for (size_t r = 0; r < c.r->rows; ++r)
        work(c, row_of(c, r));
}

static act_status check(const half_rows *r) {
    return act_check_rows_of(sizeof *r->dst, r->dst, r->dst_stride, r->src, r->src_stride, r->rows,
                             r->cols);
}

/* softmax and log_softmax. */
static void plain_rows(half_call c, act_rows_kernel *kernel) {
    float x[ROOM];
    const size_t cols = c.r->cols;
    for (size_t first = 0, rows; first < c.r->rows; first += rows) {
        rows = rows_that_fit(c.r, first);
        load_rows(c, x, first, rows);
        kernel(x, cols, x, cols, rows, cols);
        store_rows(c, x, first, rows);
    }
}
static act_status enter_rows(const storage_type *type, act_rows_kernel *const *kernel,
                             const half_rows *r, long_work *work) {
    const act_status status = check(r);
    if (status != ACT_OK || r->rows == 0 || r->cols == 0)
        return status;
    const half_call c = {type, act_resolve(), r};
    if (r->cols > ROOM)
        long_rows(c, work);
    else
        plain_rows(c, kernel[c.backend]);
    return ACT_OK;
}
act_status act_half_softmax(const storage_type *type, act_rows_kernel *const *kernel,
                            const half_rows *r) {
    return enter_rows(type, kernel, r, long_softmax);
}
act_status act_half_log_softmax(const storage_type *type, act_rows_kernel *const *kernel,
                                const half_rows *r) {
    return enter_rows(type, kernel, r, long_log_softmax);
}

static void masked_rows(half_call c, act_masked_kernel *kernel) {
    float x[ROOM];
    const half_rows *r = c.r;
    for (size_t first = 0, rows; first < r->rows; first += rows) {
        rows = rows_that_fit(r, first);
        load_rows(c, x, first, rows);
        kernel(x, r->cols, x, r->cols, r->mask ? r->mask + first * r->mask_stride : NULL,
               r->mask_stride, rows, r->cols, r->scale, r->empty);
        store_rows(c, x, first, rows);
    }
}
act_status act_half_softmax_masked(const storage_type *type, act_masked_kernel *const *kernel,
                                   const half_rows *r) {
    act_status status = check(r);
    if (status != ACT_OK || r->rows == 0 || r->cols == 0)
        return status;
    if (r->mask)
        status =
            act_check_rows_beside((matrix){r->dst, r->dst_stride, r->rows, r->cols, sizeof *r->dst},
                                  r->mask, r->mask_stride);
    if (status != ACT_OK)
        return status;
    const half_call c = {type, act_resolve(), r};
    if (r->cols > ROOM)
        long_rows(c, long_softmax);
    else
        masked_rows(c, kernel[c.backend]);
    return ACT_OK;
}

/* The rows of attention; the parts of a long one are made of as many columns as it has. */
typedef struct {
    half_call c;
    const act_attention_rows *o;
    act_logits_kernel *logits;
} half_attention;
static size_t attention_part(const half_attention *a, float *x, size_t r, size_t i, size_t valid) {
    const size_t n = valid - i < ROOM ? valid - i : ROOM;
    a->c.type->widen[a->c.backend](x, a->c.r->src + r * a->c.r->src_stride + i, n);
    a->logits(x, x, r, i, n, a->o);
    return n;
}
static void long_attention(const half_attention *a, size_t r) {
    float x[ROOM], max = -INFINITY;
    const half_call c = a->c;
    const attention_place place = attention_place_of(a->o, r, c.r->cols);
    uint16_t *dst = c.r->dst + r * c.r->dst_stride;
    for (size_t i = 0; i < place.valid; i += ROOM)
        row_part_largest[c.backend](x, attention_part(a, x, r, i, place.valid), &max);
    if (max == -INFINITY && place.sink == -INFINITY) {
        fill(c, dst, c.r->cols, a->o->empty == ACT_EMPTY_ROWS_ZERO ? 0.0F : NAN);
        return;
    }
    fill(c, dst + place.valid, c.r->cols - place.valid, 0.0F);
    if (place.sink > max)
        max = place.sink;
    if (!isfinite(max) || isnan(place.sink)) {
        fill(c, dst, place.valid, NAN);
        return;
    }
    double sum = 0, again = 0;
    x[0] = place.sink;
    row_part_exp_sum[c.backend](x, x, 1, max, &sum);
    for (size_t i = 0; i < place.valid; i += ROOM)
        row_part_exp_sum[c.backend](x, x, attention_part(a, x, r, i, place.valid), max, &sum);
    for (size_t i = 0; i < place.valid; i += ROOM) {
        const size_t n = attention_part(a, x, r, i, place.valid);
        row_part_exp_sum[c.backend](x, x, n, max, &again);
        row_part_scaled[c.backend](x, n, 1.0 / sum);
        c.type->narrow[c.backend](dst + i, x, n);
    }
}
static void short_attention(const half_attention *a, act_attention_kernel *kernel) {
    float x[ROOM];
    const size_t cols = a->c.r->cols;
    for (size_t first = 0, rows; first < a->c.r->rows; first += rows) {
        rows = rows_that_fit(a->c.r, first);
        load_rows(a->c, x, first, rows);
        kernel(x, cols, x, cols, first, rows, cols, a->o);
        store_rows(a->c, x, first, rows);
    }
}
act_status act_half_attention(const storage_type *type, act_attention_kernel *const *kernel,
                              act_logits_kernel *const *logits, const half_rows *r,
                              const act_attention_rows *options) {
    act_attention_rows o;
    act_status status = act_attention_options(&o, options);
    if (status == ACT_OK)
        status = check(r);
    if (status || r->rows == 0 || r->cols == 0)
        return status;
    status =
        act_check_attention((matrix){r->dst, r->dst_stride, r->rows, r->cols, sizeof *r->dst}, &o);
    if (status != ACT_OK)
        return status;
    const unsigned backend = act_resolve();
    const half_attention a = {{type, backend, r}, &o, logits[backend]};
    if (r->cols <= ROOM)
        short_attention(&a, kernel[backend]);
    else
        for (size_t k = 0; k < r->rows; ++k)
            long_attention(&a, k);
    return ACT_OK;
}

static void logsumexp_rows(half_call c, act_logsumexp_kernel *kernel) {
    float x[ROOM], y[MOST_ROWS];
    const size_t cols = c.r->cols;
    for (size_t first = 0, rows; first < c.r->rows; first += rows) {
        rows = cols > ROOM ? 1 : rows_that_fit(c.r, first);
        if (cols > ROOM) {
            y[0] = long_logsumexp(c, row_of(c, first));
        } else {
            load_rows(c, x, first, rows);
            kernel(y, x, cols, rows, cols);
        }
        c.type->narrow[c.backend](c.r->dst + first, y, rows);
    }
}
act_status act_half_logsumexp(const storage_type *type, act_logsumexp_kernel *const *kernel,
                              const half_rows *r) {
    const act_status status =
        act_check_one_per_row(sizeof *r->dst, r->dst, r->src, r->src_stride, r->rows, r->cols);
    if (status != ACT_OK || r->rows == 0)
        return status;
    const half_call c = {type, act_resolve(), r};
    if (r->cols > 0)
        logsumexp_rows(c, kernel[c.backend]);
    else
        fill(c, r->dst, r->rows, -INFINITY);
    return ACT_OK;
}
