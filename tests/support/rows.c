/* The calls of the row-wise functions behind one signature, and what checks their results. */
#include "support/rows.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support/bounds.h"
#include "support/data.h"
#include "support/harness.h"
#include "support/reference.h"

#define ACT_MAP                    ACT_SKIP
#define ACT_GATED                  ACT_SKIP
#define ACT_PAIR                   ACT_SKIP
#define ACT_ROWS                   ACT_SKIP
#define ACT_ROWS_PAIR(name, types) extern const act_row_bound bound_##name;
#define ACT_ROWS_OWN(name, types)  extern const act_row_bound bound_##name;
#include "functions.def"

/* What errors are relative to: the result. */
static void of_result(double *scale, const double *y, row_operands x, size_t n) {
    (void)x;
    for (size_t i = 0; i < n; ++i)
        scale[i] = fabs(y[i]);
}

/* The same, of which nothing is asked where exponentials are lost that the fast tier makes 0. */
static void of_fast_logarithm(double *scale, const double *y, row_operands x, size_t n) {
    (void)x;
    for (size_t i = 0; i < n; ++i)
        scale[i] = fmax(fabs(y[i]), bound_log_softmax_fast.floor);
}

/* The product of a float with a weight, of which nothing is asked where it is below 2^-126. */
static void of_product(double *scale, const double *y, row_operands x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        scale[i] = fabs(y[i]) + fabs((double)*x[0]) * 0x1p-126;
}

/* A sum counts as no smaller than so much of its terms' sizes: where they cancel, double ends. */
static double counted(double sum, double sizes) { return fmax(fabs(sum), 1e-4 * sizes); }

/* The larger of the two terms whose difference a gradient is. */
static void of_weighted_terms(double *scale, const double *y, row_operands x, size_t n) {
    double sum = 0, sizes = 0;
    (void)y;
    for (size_t i = 0; i < n; ++i) {
        const double term = (double)x[0][i] * (double)x[1][i];
        sum += term;
        sizes += fabs(term);
    }
    for (size_t i = 0; i < n; ++i)
        scale[i] = fabs((double)x[1][i]) * fmax(fabs((double)x[0][i]), counted(sum, sizes));
}
static void of_changes(double *scale, const double *y, row_operands x, size_t n) {
    double sum = 0, sizes = 0;
    (void)y;
    for (size_t i = 0; i < n; ++i) {
        sum += (double)x[0][i];
        sizes += fabs((double)x[0][i]);
    }
    for (size_t i = 0; i < n; ++i)
        scale[i] = fmax(fabs((double)x[0][i]), exp((double)x[1][i]) * counted(sum, sizes));
}

/* max + log(sum): the sizes of both. */
static void of_both_terms(double *scale, const double *y, row_operands x, size_t n) {
    double max = (double)x[0][0];
    for (size_t i = 1; i < n; ++i)
        max = (double)x[0][i] > max ? (double)x[0][i] : max;
    *scale = fabs(max) + fabs(*y - max);
}

/* Of heads 11 wide in attention; not a power of two, so that the product is rounded. */
static const float scale_of_heads = 0.30151135F;

static void of_scaled_terms(double *scale, const double *y, row_operands x, size_t n) {
    of_weighted_terms(scale, y, x, n);
    for (size_t i = 0; i < n; ++i)
        scale[i] *= (double)scale_of_heads;
}

/* Calls and references behind the signature that all have. */
#define CALL_OF(name, ...)                                                                         \
    static act_status call_##name(const row_call *c) { return __VA_ARGS__; }
#define IN_PLACE_OF(name, ...)                                                                     \
    static act_status in_place_##name(const row_call *c) { return __VA_ARGS__; }
#define REFERENCE_OF_ROW(name, ...)                                                                \
    static void of_row_##name(double *y, row_operands x, size_t n) { __VA_ARGS__; }
#define DST(c)        (c)->dst, (c)->dst_stride
#define OPERAND(c, k) (c)->src[k], (c)->stride[k]
#define SHAPE(c)      (c)->rows, (c)->cols

/* The result, or what rounding tau to double costs. */
static void of_excess(double *scale, const double *y, row_operands x, size_t n) {
    (void)x;
    for (size_t i = 0; i < n; ++i)
        scale[i] = fmax(fabs(y[i]), 1e-5);
}

#define SCALE_hardmax          of_result
#define SCALE_sparsemax        of_excess
#define SCALE_softmax          of_result
#define SCALE_softmax_fast     of_result
#define SCALE_log_softmax      of_result
#define SCALE_log_softmax_fast of_fast_logarithm
#define ACT_ROWS(name_, types)                                                                     \
    CALL_OF(name_, act_##name_##_f32_to(DST(c), OPERAND(c, 0), SHAPE(c)))                          \
    IN_PLACE_OF(name_, act_##name_##_f32(c->dst, SHAPE(c)))                                        \
    REFERENCE_OF_ROW(name_, reference_##name_(y, x[0], n))                                         \
    static const row_wise row_wise_##name_ = {.name = #name_,                                      \
                                              .result = MATRIX,                                    \
                                              .operand = {{MATRIX, LOGITS}},                       \
                                              .call = call_##name_,                                \
                                              .in_place = in_place_##name_,                        \
                                              .reference = of_row_##name_,                         \
                                              .scale = SCALE_##name_,                              \
                                              .bound = &bound_##name_};
#define ACT_ROWS_PAIR(name, types)                                                                 \
    CALL_OF(name, act_##name##_f32(DST(c), OPERAND(c, 0), OPERAND(c, 1), SHAPE(c)))                \
    REFERENCE_OF_ROW(name, reference_##name(y, x[0], x[1], n))
#define ACT_MAP      ACT_SKIP
#define ACT_GATED    ACT_SKIP
#define ACT_PAIR     ACT_SKIP
#define ACT_ROWS_OWN ACT_SKIP
#include "functions.def"

static const row_wise row_wise_softmax_grad = {.name = "softmax_grad",
                                               .result = MATRIX,
                                               .operand = {{MATRIX, CHANGES}, {MATRIX, WEIGHTS}},
                                               .call = call_softmax_grad,
                                               .reference = of_row_softmax_grad,
                                               .scale = of_weighted_terms,
                                               .bound = &bound_softmax_grad};
static const row_wise row_wise_log_softmax_grad = {
    .name = "log_softmax_grad",
    .result = MATRIX,
    .operand = {{MATRIX, CHANGES}, {MATRIX, LOGARITHMS}},
    .call = call_log_softmax_grad,
    .reference = of_row_log_softmax_grad,
    .scale = of_changes,
    .bound = &bound_log_softmax_grad};

CALL_OF(softmax_masked_grad,
        act_softmax_masked_grad_f32(DST(c), OPERAND(c, 0), OPERAND(c, 1), SHAPE(c), scale_of_heads))
REFERENCE_OF_ROW(softmax_masked_grad,
                 reference_softmax_masked_grad(y, x[0], x[1], n, scale_of_heads))
static const row_wise row_wise_softmax_masked_grad = {
    .name = "softmax_masked_grad",
    .result = MATRIX,
    .operand = {{MATRIX, CHANGES}, {MATRIX, WEIGHTS}},
    .call = call_softmax_masked_grad,
    .reference = of_row_softmax_masked_grad,
    .scale = of_scaled_terms,
    .bound = &bound_softmax_masked_grad};

CALL_OF(logsumexp, act_logsumexp_f32(c->dst, OPERAND(c, 0), SHAPE(c)))
REFERENCE_OF_ROW(logsumexp, *y = reference_logsumexp(x[0], n))
static const row_wise row_wise_logsumexp = {.name = "logsumexp",
                                            .result = ONE_PER_ROW,
                                            .operand = {{MATRIX, LOGITS}},
                                            .call = call_logsumexp,
                                            .reference = of_row_logsumexp,
                                            .scale = of_both_terms,
                                            .bound = &bound_logsumexp};

CALL_OF(logsumexp_grad, act_logsumexp_grad_f32(DST(c), c->src[0], OPERAND(c, 1), SHAPE(c)))
REFERENCE_OF_ROW(logsumexp_grad, reference_logsumexp_grad(y, *x[0], x[1], n))
static const row_wise row_wise_logsumexp_grad = {
    .name = "logsumexp_grad",
    .result = MATRIX,
    .operand = {{ONE_PER_ROW, CHANGES}, {MATRIX, LOGITS}},
    .call = call_logsumexp_grad,
    .reference = of_row_logsumexp_grad,
    .scale = of_product,
    .bound = &bound_logsumexp_grad};

/* With a mask for each row, one for all, none, and zeros for what it leaves nothing of. */
#define BY_ONE(c) (c)->src[1], 0
#define BY_NONE   NULL, 0
#define SOFTMAX_MASKED(function, kind, mask_shape, mask, empty_rows)                               \
    CALL_OF(function##kind, act_##function##_f32_to(DST(c), OPERAND(c, 0), mask, SHAPE(c),         \
                                                    scale_of_heads, empty_rows))                   \
    IN_PLACE_OF(function##kind,                                                                    \
                act_##function##_f32(c->dst, mask, SHAPE(c), scale_of_heads, empty_rows))          \
    REFERENCE_OF_ROW(function##kind,                                                               \
                     reference_softmax_masked(y, x[0], x[1], n, scale_of_heads,                    \
                                              (empty_rows) == ACT_EMPTY_ROWS_ZERO))                \
    static const row_wise row_wise_##function##kind = {                                            \
        .name = #function #kind,                                                                   \
        .result = MATRIX,                                                                          \
        .operand = {{MATRIX, LOGITS}, {mask_shape, MASK}},                                         \
        .call = call_##function##kind,                                                             \
        .in_place = in_place_##function##kind,                                                     \
        .reference = of_row_##function##kind,                                                      \
        .scale = of_result,                                                                        \
        .bound = &bound_##function};
SOFTMAX_MASKED(softmax_masked, , MATRIX, OPERAND(c, 1), ACT_EMPTY_ROWS_NAN)
SOFTMAX_MASKED(softmax_masked, _by_one, ONE_PER_COLUMN, BY_ONE(c), ACT_EMPTY_ROWS_NAN)
SOFTMAX_MASKED(softmax_masked, _by_none, NOTHING, BY_NONE, ACT_EMPTY_ROWS_ZERO)
SOFTMAX_MASKED(softmax_masked, _zeros, MATRIX, OPERAND(c, 1), ACT_EMPTY_ROWS_ZERO)
SOFTMAX_MASKED(softmax_masked_fast, , MATRIX, OPERAND(c, 1), ACT_EMPTY_ROWS_NAN)
SOFTMAX_MASKED(softmax_masked_fast, _by_none, NOTHING, BY_NONE, ACT_EMPTY_ROWS_ZERO)
SOFTMAX_MASKED(softmax_masked_fast, _zeros, MATRIX, OPERAND(c, 1), ACT_EMPTY_ROWS_ZERO)

/* The rows of attention with a mask for each; test_attention has the other options. */
static act_attention_rows masked_attention(const row_call *c) {
    act_attention_rows o = ACT_ATTENTION_ROWS_INIT;
    o.scale = scale_of_heads;
    o.mask = c->src[1];
    o.mask_stride = c->stride[1];
    return o;
}
/* What is excluded is -inf, whatever it is; a NaN elsewhere is one everywhere. */
static void of_row_attention(double *y, row_operands x, size_t n) {
    double max = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; ++i) {
        y[i] = x[1][i] == -INFINITY ? -INFINITY : (double)fmaf(scale_of_heads, x[0][i], x[1][i]);
        max = isnan(y[i]) || y[i] > max ? y[i] : max;
    }
    for (size_t i = 0; i < n; ++i)
        sum += y[i] = exp(y[i] - max);
    for (size_t i = 0; i < n; ++i)
        y[i] /= sum;
}
#define ATTENTION(function)                                                                        \
    static act_status call_##function(const row_call *c) {                                         \
        const act_attention_rows o = masked_attention(c);                                          \
        return act_##function##_f32_to(DST(c), OPERAND(c, 0), SHAPE(c), &o);                       \
    }                                                                                              \
    static act_status in_place_##function(const row_call *c) {                                     \
        const act_attention_rows o = masked_attention(c);                                          \
        return act_##function##_f32(c->dst, SHAPE(c), &o);                                         \
    }                                                                                              \
    static const row_wise row_wise_##function = {.name = #function,                                \
                                                 .result = MATRIX,                                 \
                                                 .operand = {{MATRIX, LOGITS}, {MATRIX, MASK}},    \
                                                 .call = call_##function,                          \
                                                 .in_place = in_place_##function,                  \
                                                 .reference = of_row_attention,                    \
                                                 .scale = of_result,                               \
                                                 .bound = &bound_##function};
ATTENTION(attention_softmax)
ATTENTION(attention_softmax_fast)
static act_status call_attention_softmax_grad(const row_call *c) {
    act_attention_rows o = ACT_ATTENTION_ROWS_INIT;
    o.scale = scale_of_heads;
    return act_attention_softmax_grad_f32(DST(c), OPERAND(c, 0), OPERAND(c, 1), SHAPE(c), &o);
}
static const row_wise row_wise_attention_softmax_grad = {
    .name = "attention_softmax_grad",
    .result = MATRIX,
    .operand = {{MATRIX, CHANGES}, {MATRIX, WEIGHTS}},
    .call = call_attention_softmax_grad,
    .reference = of_row_softmax_masked_grad,
    .scale = of_scaled_terms,
    .bound = &bound_attention_softmax_grad};

/* A product, rounded once. */
static const act_row_bound product_bound = {.within_10 = 0x1p-24, .within_100 = 0x1p-24};

CALL_OF(prelu, act_prelu_f32_to(DST(c), OPERAND(c, 0), c->src[1], SHAPE(c)))
IN_PLACE_OF(prelu, act_prelu_f32(c->dst, c->src[1], SHAPE(c)))
static void of_row_prelu(double *y, row_operands x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        y[i] = reference_leaky_relu((double)x[0][i], x[1][i]);
}
static const row_wise row_wise_prelu = {.name = "prelu",
                                        .result = MATRIX,
                                        .operand = {{MATRIX, LOGITS}, {ONE_PER_COLUMN, SLOPES}},
                                        .call = call_prelu,
                                        .in_place = in_place_prelu,
                                        .reference = of_row_prelu,
                                        .scale = of_result,
                                        .bound = &product_bound};

CALL_OF(prelu_grad, act_prelu_grad_f32(DST(c), OPERAND(c, 0), OPERAND(c, 1), c->src[2], SHAPE(c)))
static void of_row_prelu_grad(double *y, row_operands x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        y[i] = reference_leaky_relu_grad((double)x[0][i], (double)x[1][i], x[2][i]);
}
static const row_wise row_wise_prelu_grad = {
    .name = "prelu_grad",
    .result = MATRIX,
    .operand = {{MATRIX, CHANGES}, {MATRIX, LOGITS}, {ONE_PER_COLUMN, SLOPES}},
    .call = call_prelu_grad,
    .reference = of_row_prelu_grad,
    .scale = of_result,
    .bound = &product_bound};

const row_wise *const row_wise_functions[] = {
#define ACT_MAP                    ACT_SKIP
#define ACT_GATED                  ACT_SKIP
#define ACT_PAIR                   ACT_SKIP
#define ACT_ROWS(name, types)      &row_wise_##name,
#define ACT_ROWS_PAIR(name, types) &row_wise_##name,
#define ACT_ROWS_OWN(name, types)  &row_wise_##name,
#include "functions.def"
    &row_wise_softmax_masked_by_one,     &row_wise_softmax_masked_by_none,
    &row_wise_softmax_masked_zeros,      &row_wise_softmax_masked_fast_by_none,
    &row_wise_softmax_masked_fast_zeros,
};
const size_t row_wise_count = sizeof row_wise_functions / sizeof row_wise_functions[0];

size_t row_floats(row_shape shape, size_t stride, size_t rows, size_t cols) {
    return shape == NOTHING || rows == 0 ? 0
           : shape == MATRIX             ? (rows - 1) * stride + cols
           : shape == ONE_PER_ROW        ? rows
                                         : cols;
}
size_t row_offset(row_shape shape, size_t stride, size_t r) {
    return shape == MATRIX ? r * stride : shape == ONE_PER_ROW ? r : 0;
}
void row_parts(row_operands x, const row_wise *f, const row_call *c, size_t r) {
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        x[k] = f->operand[k].shape == NOTHING
                   ? NULL
                   : c->src[k] + row_offset(f->operand[k].shape, c->stride[k], r);
}
size_t row_results(const row_wise *f, size_t cols) { return f->result == MATRIX ? cols : 1; }

/* A row of weights or logarithms, as softmax and log_softmax give it. */
static void fill_output(float *y, size_t n, float range, uint64_t seed, bool logarithms) {
    double *exact = malloc(n * sizeof *exact);
    assert_non_null(exact);
    fill_uniform(y, n, -range, range, seed);
    if (logarithms)
        reference_log_softmax(exact, y, n);
    else
        reference_softmax(exact, y, n);
    for (size_t i = 0; i < n; ++i)
        y[i] = (float)exact[i];
    free(exact);
}

static void fill_operand(float *x, size_t n, row_content content, float range, uint64_t seed) {
    random_source random = {seed};
    switch (content) {
    case LOGITS:
        fill_uniform(x, n, -range, range, seed);
        break;
    case MASK: /* as masks are made: by -inf, by a large number, or not at all */
        for (size_t i = 0; i < n; ++i)
            x[i] = random_below(&random, 3) ? 0 : seed % 2 ? -INFINITY : -10000.0F;
        break;
    case SLOPES:
        fill_uniform(x, n, -1, 1, seed);
        break;
    case CHANGES:
        fill_uniform(x, n, -8, 8, seed);
        break;
    case WEIGHTS:
    case LOGARITHMS:
        fill_output(x, n, range, seed, content == LOGARITHMS);
        break;
    }
}
void row_fill(const row_wise *f, const row_call *c, double range, uint64_t seed) {
    for (size_t k = 0; k < ROW_OPERANDS; ++k) {
        const row_shape shape = f->operand[k].shape;
        const size_t times = shape == MATRIX ? c->rows : 1;
        const size_t n = row_floats(shape, c->cols, shape == MATRIX ? 1 : c->rows, c->cols);
        for (size_t r = 0; n > 0 && r < times; ++r)
            fill_operand(c->src[k] + row_offset(shape, c->stride[k], r), n, f->operand[k].content,
                         (float)range, seed * 64 + r * 4 + k);
    }
}

row_room row_room_new(size_t floats) {
    row_room room = {.floats = floats};
    for (size_t k = 0; k <= ROW_OPERANDS; ++k) {
        room.array[k] = calloc(floats, sizeof(float));
        assert_non_null(room.array[k]);
    }
    return room;
}
void row_room_free(row_room *room) {
    for (size_t k = 0; k <= ROW_OPERANDS; ++k)
        free(room->array[k]);
}
row_call row_call_in(const row_room *room, size_t rows, size_t cols, size_t dst_stride,
                     size_t stride) {
    assert_true(rows * (dst_stride > stride ? dst_stride : stride) <= room->floats);
    return (row_call){.dst = room->array[0],
                      .src = {room->array[1], room->array[2], room->array[3]},
                      .dst_stride = dst_stride,
                      .stride = {stride, stride, stride},
                      .rows = rows,
                      .cols = cols};
}

double row_error(const row_wise *f, double bound, float result, double exact, double scale) {
    if (isnan(exact) || isnan(result))
        return isnan(exact) && isnan(result) ? 0 : INFINITY;
    if (result == (float)exact || (f->bound->fast && result == 0 && fabs(exact) < 0x1p-126))
        return 0;
    /* Nothing is asked of the last places of a subnormal number but the first two. */
    const double off = fabs((double)result - exact) - 2 * 0x1p-149;
    return off <= 0 ? 0 : off / (bound * scale);
}

void row_check(const row_wise *f, const row_call *c, const char *what) {
    const size_t n = row_results(f, c->cols);
    double *exact = malloc(c->cols * sizeof *exact), *scale = malloc(c->cols * sizeof *scale);
    assert_true(exact && scale);
    for (size_t r = 0; r < c->rows; ++r) {
        row_operands x;
        row_parts(x, f, c, r);
        f->reference(exact, x, c->cols);
        f->scale(scale, exact, x, c->cols);
        const float *y = c->dst + row_offset(f->result, c->dst_stride, r);
        for (size_t i = 0; i < n; ++i)
            if (!(row_error(f, f->bound->within_100, y[i], exact[i], scale[i]) <= 1))
                fail_msg("%s, %s, on %s: row %zu of %zu x %zu, element %zu: is %a, should be %a, "
                         "error %.3e of %a",
                         f->name, what, act_backend(), r, c->rows, c->cols, i, (double)y[i],
                         exact[i], fabs((double)y[i] - exact[i]) / scale[i], scale[i]);
    }
    free(exact);
    free(scale);
}
