/*
 * The rows of attention against a reference in long double, for every option and their
 * combinations; what is excluded, what is not read, errors; and the words of a loop over keys.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "act/act.h"
#include "support/data.h"
#include "support/guard.h"
#include "support/harness.h"

enum { ROOM = 1 << 15, MOST = 40, FLAGS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW };
static float x[ROOM], y[ROOM], mask[ROOM], slopes[ROOM], sinks[ROOM];
static act_f16 mask_f16[ROOM];
static act_bf16 mask_bf16[ROOM];
static size_t valid[ROOM];

static const act_attention_rows init = ACT_ATTENTION_ROWS_INIT;

/* The columns of row r, as the header words it. */
static size_t columns(const act_attention_rows *o, size_t r, size_t cols) {
    const size_t q = o->rows_per_head ? r % o->rows_per_head : r;
    size_t n = o->valid && o->valid[r] < cols ? o->valid[r] : cols;
    if (o->causal && o->causal_offset + q + 1 < n)
        n = o->causal_offset + q + 1;
    return n;
}

static double mask_at(const act_attention_rows *o, size_t i) {
    float m;
    if (o->mask_type == ACT_MASK_F32)
        m = ((const float *)o->mask)[i];
    else if (o->mask_type == ACT_MASK_F16)
        act_f16_to_f32(&m, (const act_f16 *)o->mask + i, 1);
    else
        act_bf16_to_f32(&m, (const act_bf16 *)o->mask + i, 1);
    return (double)m;
}

/* z in f32, and the exact one. */
static float logit(const act_attention_rows *o, size_t r, size_t i, float score,
                   long double *exact) {
    const size_t head = o->rows_per_head ? r / o->rows_per_head : 0;
    const size_t row = !o->mask_stride ? 0 : o->mask_rows ? r % o->mask_rows : r;
    const float m = o->mask ? (float)mask_at(o, row * o->mask_stride + i) : 0;
    const float slope = o->slopes ? o->slopes[head] : 1;
    float z = o->scale * score;
    *exact = (long double)o->scale * (long double)score;
    if (o->mask && (m == -INFINITY || (o->mask_lowest < 0 && m <= o->mask_lowest)))
        return (float)(*exact = -INFINITY);
    if (o->softcap > 0) {
        float t = o->scale / o->softcap * score;
        act_tanh_f32(&t, 1);
        z = o->softcap * t;
        *exact = (long double)o->softcap * tanhl(*exact / (long double)o->softcap);
    }
    if (o->mask && o->slopes)
        z = fmaf(slope, m, z);
    else if (o->mask)
        z = o->softcap > 0 ? z + m : fmaf(o->scale, score, m);
    *exact += o->mask ? (long double)slope * (long double)m : 0;
    return z;
}

/* The row's results in long double; *spread is that of the logits. */
static void reference(long double *result, const act_attention_rows *o, size_t r, const float *row,
                      size_t cols, float *far) {
    const size_t n = columns(o, r, cols), head = o->rows_per_head ? r / o->rows_per_head : 0;
    const float sink = o->sinks ? o->sinks[head] : -INFINITY;
    long double max = isnan(sink) ? NAN : sink, sum = 0, exact;
    for (size_t i = 0; i < n; ++i) {
        const float z = logit(o, r, i, row[i], &exact);
        result[i] = z;
        *far = z > -INFINITY ? fmaxf(*far, fabsf(z)) : *far;
        max = isnan(z) || result[i] > max ? result[i] : max;
    }
    for (size_t i = n; i < cols; ++i)
        result[i] = 0;
    if (max == -INFINITY)
        for (size_t i = 0; i < cols; ++i)
            result[i] = o->empty == ACT_EMPTY_ROWS_ZERO ? 0 : NAN;
    if (max == -INFINITY)
        return;
    sum = expl((long double)sink - max);
    for (size_t i = 0; i < n; ++i)
        sum += result[i] = expl(result[i] - max);
    for (size_t i = 0; i < n; ++i)
        result[i] /= sum;
}

static double worst[2];
static void compare(const char *what, bool fast, const act_attention_rows *o, size_t rows,
                    size_t cols, size_t stride) {
    long double exact[5000];
    for (size_t r = 0; r < rows; ++r) {
        float far = 0;
        reference(exact, o, r, x + r * stride, cols, &far);
        const double bound = !fast ? 4e-7 : far <= 10 ? 2.5e-6 : 5.5e-6;
        if (fast && far > 100)
            continue;
        for (size_t i = 0; i < cols; ++i) {
            const float is = y[r * cols + i];
            const long double off = fabsl((long double)is - exact[i]);
            const bool same = isnan(exact[i]) ? isnan(is) : is == (float)exact[i];
            const bool tiny = exact[i] < 0x1p-126L && (fast || off <= 3 * 0x1p-149L);
            if (!same && !tiny && exact[i] > 0)
                worst[fast] = fmax(worst[fast], (double)(off / exact[i]));
            if (!same && !tiny && !(off <= (long double)bound * exact[i]))
                fail_msg("%s%s on %s, row %zu of %zu x %zu, column %zu: %a, should be %La", what,
                         fast ? ", fast" : "", act_backend(), r, rows, cols, i, (double)is,
                         exact[i]);
        }
    }
}

static void fill_options(uint64_t seed, float range) {
    random_source random = {seed};
    fill_uniform(x, ROOM, -range, range, seed);
    for (size_t i = 0; i < ROOM; ++i) {
        const size_t kind = random_below(&random, 8);
        mask[i] = kind == 0   ? -INFINITY
                  : kind == 1 ? -FLT_MAX
                  : kind == 2 ? -10000.0F
                  : kind < 5  ? -(float)random_below(&random, 50)
                              : 0;
        mask_f16[i] = kind == 0 ? 0xFC00 : kind == 1 ? 0xFBFF : (uint16_t)(kind * 0x0813);
        mask_bf16[i] = kind == 0 ? 0xFF80 : kind == 1 ? 0xFF7F : (uint16_t)(0x8000 + kind * 0x813);
        slopes[i] = ldexpf(1, -(int)(i % 8) - 1);
        sinks[i] = (float)random_below(&random, 9) - 4;
        valid[i] = random_below(&random, MOST);
    }
}

/* Options by the bits of a number. */
static act_attention_rows options_of(unsigned bits, size_t rows, size_t cols) {
    act_attention_rows o = init;
    o.scale = bits & 1 ? 0.30151135F : 1.0F;
    o.softcap = bits & 2 ? 5.0F : 0;
    const void *const masks[] = {NULL, mask, mask_f16, mask_bf16};
    static const act_mask_type types[] = {ACT_MASK_F32, ACT_MASK_F32, ACT_MASK_F16, ACT_MASK_BF16};
    static const float lowest[] = {0, -FLT_MAX, -65504.0F, -FLT_MAX};
    o.mask = masks[bits >> 2 & 3];
    o.mask_type = types[bits >> 2 & 3];
    o.mask_stride = bits & 16 ? cols + bits % 3 : 0;
    o.mask_rows = bits & 32 ? (rows + 1) / 2 : 0;
    o.rows_per_head = bits & 64 ? (rows + 2) / 3 : 0;
    o.slopes = bits & 128 ? slopes : NULL;
    o.sinks = bits & 256 ? sinks : NULL;
    o.valid = bits & 512 ? valid : NULL;
    o.causal = (bits & 1024) != 0;
    o.causal_offset = bits & 2048 ? 3 : 0;
    o.mask_lowest = bits & 4096 ? lowest[bits >> 2 & 3] : 0;
    o.empty = bits & 8192 ? ACT_EMPTY_ROWS_ZERO : ACT_EMPTY_ROWS_NAN;
    return o;
}
enum { COMBINATIONS = 1 << 14 };

static const struct {
    size_t rows, cols;
} shapes[] = {{1, 1},   {3, 4},   {1, 16},   {20, 17}, {5, 33},
              {19, 64}, {2, 100}, {17, 129}, {3, 300}, {33, 39}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void combinations(void **state) {
    (void)state;
    worst[0] = worst[1] = 0;
    for (unsigned k = 0; k < COMBINATIONS; k += quick() ? 7 : 1) {
        const size_t rows = shapes[k % SHAPES].rows, cols = shapes[k % SHAPES].cols;
        if (k % 512 == 0)
            fill_options(k, k % 1024 ? 8 : 60);
        const act_attention_rows o = options_of(k * 2654435761U >> 18, rows, cols);
        char what[32];
        (void)snprintf(what, sizeof what, "options %x", k * 2654435761U >> 18);
        assert_int_equal(act_attention_softmax_f32_to(y, cols, x, cols + 1, rows, cols, &o),
                         ACT_OK);
        compare(what, false, &o, rows, cols, cols + 1);
        float one[512];
        for (size_t r = 0; r < rows; r += 1 + rows / 2) {
            /* In place, and the row alone: its mask, head and query are the first of their kind. */
            act_attention_rows alone = o;
            const size_t head = o.rows_per_head ? r / o.rows_per_head : 0;
            const size_t row = !o.mask_stride ? 0 : o.mask_rows ? r % o.mask_rows : r;
            const size_t n = columns(&o, r, cols);
            const size_t size = o.mask_type == ACT_MASK_F32 ? 4 : 2;
            alone.mask = o.mask ? (const char *)o.mask + row * o.mask_stride * size : NULL;
            alone.slopes = o.slopes ? o.slopes + head : NULL;
            alone.sinks = o.sinks ? o.sinks + head : NULL;
            alone.causal = 0;
            alone.valid = &n;
            memcpy(one, x + r * (cols + 1), cols * sizeof *one);
            assert_int_equal(act_attention_softmax_f32(one, 1, cols, &alone), ACT_OK);
            for (size_t i = 0; i < cols; ++i)
                if (!same_bits(one[i], y[r * cols + i]))
                    fail_msg("%s on %s, row %zu of %zu x %zu, column %zu: %a alone, %a", what,
                             act_backend(), r, rows, cols, i, (double)one[i],
                             (double)y[r * cols + i]);
        }
        assert_int_equal(act_attention_softmax_fast_f32_to(y, cols, x, cols + 1, rows, cols, &o),
                         ACT_OK);
        compare(what, true, &o, rows, cols, cols + 1);
    }
    print_message("%s: %.3g, fast tier %.3g\n", act_backend(), worst[0], worst[1]);
}

/* Long rows, which are worked on in blocks and one by one. */
static void long_rows(void **state) {
    (void)state;
    for (unsigned k = 0; k < 64; k += quick() ? 9 : 1) {
        const size_t cols = k % 2 ? 1500 : 4500, rows = k % 3 + 1;
        fill_options(k, k % 5 ? 8 : 90);
        act_attention_rows o = options_of(k * 2654435761U >> 18, rows, cols);
        size_t ends[3] = {cols - 5, cols / 2, 1};
        o.valid = o.valid ? ends : NULL;
        o.causal_offset *= 400;
        assert_int_equal(act_attention_softmax_f32_to(y, cols, x, cols, rows, cols, &o), ACT_OK);
        compare("long", false, &o, rows, cols, cols);
        assert_int_equal(act_attention_softmax_fast_f32_to(y, cols, x, cols, rows, cols, &o),
                         ACT_OK);
        compare("long", true, &o, rows, cols, cols);
    }
}

/* Without further options the bits are those of softmax_masked. */
static void as_softmax_masked(void **state) {
    (void)state;
    static float again[ROOM];
    for (size_t k = 0; k < SHAPES; ++k)
        for (int fast = 0; fast < 2; ++fast)
            for (int kind = 0; kind < 3; ++kind) {
                const size_t rows = shapes[k].rows, cols = shapes[k].cols;
                fill_options(k, kind == 2 ? 90 : 9);
                act_attention_rows o = init;
                o.scale = 0.7F;
                o.mask = kind ? mask : NULL;
                o.mask_stride = cols;
                o.empty = ACT_EMPTY_ROWS_ZERO;
                (fast ? act_attention_softmax_fast_f32_to
                      : act_attention_softmax_f32_to)(y, cols, x, cols, rows, cols, &o);
                (fast ? act_softmax_masked_fast_f32_to : act_softmax_masked_f32_to)(
                    again, cols, x, cols, o.mask, cols, rows, cols, o.scale, o.empty);
                for (size_t i = 0; i < rows * cols && !(fast && cols <= 4); ++i)
                    assert_true(same_bits(y[i], again[i]));
            }
}

/* A softcapped logit is within 4 ULP: its softmax beside a sink of 0 tells it. */
static void softcapped_logits(void **state) {
    (void)state;
    double most = 0;
    for (int k = 0; k < 3; ++k) {
        const float cap = k == 0 ? 30.0F : k == 1 ? 50.0F : 7.3F, scale = 0.125F * (float)(k + 1);
        fill_uniform(x, ROOM, -600, 600, (uint64_t)k);
        for (size_t i = 0; i < ROOM; ++i) {
            act_attention_rows o = init;
            long double exact;
            o.softcap = cap, o.scale = scale;
            const float z = logit(&o, 0, 0, x[i], &exact);
            const double step = ldexp(1, ilogbl(exact) - 23);
            most = fmax(most, (double)fabsl((long double)z - exact) / step);
        }
    }
    print_message("softcap: %.3f ULP\n", most);
    assert_true(most <= 4);
}

/* What is excluded or not valid may be anything; no flag, no NaN. */
static void excluded_positions(void **state) {
    (void)state;
    static const float anything[] = {NAN, INFINITY, -INFINITY, FLT_MAX};
    for (size_t cols = 1; cols <= 70; ++cols)
        for (size_t rows = 1; rows <= 18; rows += 17)
            for (size_t k = 0; k < 4; ++k)
                for (int fast = 0; fast < 2; ++fast) {
                    act_attention_rows o = init;
                    fill_options(cols, 5);
                    for (size_t i = 0; i < rows * cols; ++i) {
                        const bool out = i % cols % 3 == 1;
                        mask[i] = out ? -INFINITY : 0;
                        x[i] = out || i % cols >= cols / 2 + 1 ? anything[k] : x[i];
                        valid[i] = cols / 2 + 1;
                    }
                    o.mask = mask, o.mask_stride = cols, o.valid = valid;
                    o.slopes = k % 2 ? slopes : NULL;
                    feclearexcept(FE_ALL_EXCEPT);
                    (fast ? act_attention_softmax_fast_f32_to
                          : act_attention_softmax_f32_to)(y, cols, x, cols, rows, cols, &o);
                    assert_int_equal(fetestexcept(FLAGS), 0);
                    for (size_t i = 0; i < rows * cols; ++i) {
                        const bool out = i % cols % 3 == 1 || i % cols >= cols / 2 + 1;
                        assert_true(out ? bits_of(y[i]) == 0 : y[i] > 0);
                    }
                }
}

/* A row of nothing, and sinks that are not ordinary. */
static void empty_rows(void **state) {
    (void)state;
    static const float kinds[] = {-INFINITY, 0, NAN, INFINITY};
    for (size_t cols = 1; cols <= 40; cols += 3)
        for (size_t rows = 1; rows <= 17; rows += 4)
            for (int way = 0; way < 3; ++way)
                for (size_t k = 0; k < 4; ++k)
                    for (int zero = 0; zero < 2; ++zero) {
                        act_attention_rows o = init;
                        fill_options(cols, 5);
                        for (size_t i = 0; i < rows * cols; ++i)
                            mask[i] = -FLT_MAX, valid[i] = way == 1 ? 0 : cols;
                        o.mask = way == 0 ? mask : NULL, o.mask_lowest = -FLT_MAX;
                        o.mask_stride = cols;
                        o.valid = valid;
                        for (size_t i = 0; i < rows * cols && way == 2; ++i)
                            x[i] = -INFINITY;
                        o.sinks = &kinds[k];
                        o.empty = zero ? ACT_EMPTY_ROWS_ZERO : ACT_EMPTY_ROWS_NAN;
                        feclearexcept(FE_ALL_EXCEPT);
                        act_attention_softmax_f32_to(y, cols, x, cols, rows, cols, &o);
                        const bool nan = k == 0 ? !zero : k >= 2 && way != 1;
                        if (!nan && k < 2)
                            assert_int_equal(fetestexcept(FLAGS), 0);
                        for (size_t i = 0; i < rows * cols; ++i)
                            assert_true(nan ? isnan(y[i]) : bits_of(y[i]) == 0);
                    }
}

/* Nothing outside the arrays, nor of what is not valid, is read. */
static void nothing_outside(void **state) {
    (void)state;
    guard *g[3];
    for (size_t k = 0; k < 3; ++k)
        g[k] = guard_new(ROOM);
    for (size_t cols = 1; cols <= 70; cols += quick() ? 3 : 1)
        for (int side = 0; side < 2; ++side)
            for (unsigned k = 0; k < 12; ++k) {
                const guard_side at = side ? GUARD_START : GUARD_END;
                const size_t rows = 1 + k % 4 * 6;
                float *from = guard_place(g[0], at, 0, rows * cols);
                float *to = guard_place(g[1], at, 0, rows * cols);
                const bool halves = k >= 4;
                float *m = guard_place(g[2], at, 0, halves ? (rows * cols + 1) / 2 : rows * cols);
                fill_uniform(from, rows * cols, -9, 9, k);
                memset(m, 0, rows * cols * (halves ? 2 : 4));
                act_attention_rows o = init;
                o.mask = (char *)m;
                /* An odd number of halves ends at the page, too. */
                if (halves && !side && rows * cols % 2)
                    o.mask = (char *)m + 2, memset((char *)m + 2, 0, rows * cols * 2);
                o.mask_type = k < 4 ? ACT_MASK_F32 : k < 8 ? ACT_MASK_F16 : ACT_MASK_BF16;
                o.mask_stride = cols;
                o.causal = k % 3 == 0;
                assert_int_equal(act_attention_softmax_f32_to(to, cols, from, cols, rows, cols, &o),
                                 ACT_OK);
                guard_check(g[0]);
                guard_check(g[1]);
            }
    for (size_t k = 0; k < 3; ++k)
        guard_free(g[k]);
}

/* The gradient is softmax_masked's in the valid columns. */
static void gradient(void **state) {
    (void)state;
    float dx[64 * 9], alone[64];
    for (size_t cols = 1; cols <= 64; ++cols) {
        act_attention_rows o = init;
        fill_options(cols, 1);
        o.causal = 1, o.causal_offset = 5, o.scale = 0.3F, o.rows_per_head = 4;
        for (size_t r = 0; r < 9; ++r)
            for (size_t i = columns(&o, r, cols); i < cols; ++i)
                mask[r * cols + i] = NAN, x[r * cols + i] = NAN;
        for (size_t r = 0; r < 9; ++r)
            for (size_t i = 0; i < columns(&o, r, cols); ++i)
                mask[r * cols + i] = sinks[i];
        assert_int_equal(act_attention_softmax_grad_f32(dx, cols, mask, cols, x, cols, 9, cols, &o),
                         ACT_OK);
        for (size_t r = 0; r < 9; ++r) {
            const size_t n = columns(&o, r, cols);
            act_softmax_masked_grad_f32(alone, n, mask + r * cols, n, x + r * cols, n, 1, n, 0.3F);
            for (size_t i = 0; i < cols; ++i)
                assert_true(bits_of(dx[r * cols + i]) == (i < n ? bits_of(alone[i]) : 0));
        }
    }
}

/* f16 and bf16, short and long: the rounded result of f32, but for what is between two numbers. */
static void half_types(void **state) {
    (void)state;
    static act_f16 h[ROOM], result[ROOM];
    static act_bf16 b[ROOM], result_b[ROOM];
    for (unsigned k = 0; k < 40; k += quick() ? 7 : 1) {
        const size_t cols = k % 5 == 0 ? 5000 : 1 + k * 13, rows = k % 5 == 0 ? 2 : 6;
        act_attention_rows o = options_of(k * 2654435761U >> 18, rows, cols);
        for (int type = 0; type < 2; ++type) {
            fill_options(k, 8);
            if (type == 0) {
                act_f32_to_f16(h, x, rows * cols);
                act_f16_to_f32(x, h, rows * cols);
                assert_int_equal(
                    act_attention_softmax_f16_to(result, cols, h, cols, rows, cols, &o), ACT_OK);
                act_f16_to_f32(y, result, rows * cols);
            } else {
                act_f32_to_bf16(b, x, rows * cols);
                act_bf16_to_f32(x, b, rows * cols);
                assert_int_equal(
                    act_attention_softmax_bf16_to(result_b, cols, b, cols, rows, cols, &o), ACT_OK);
                act_bf16_to_f32(y, result_b, rows * cols);
            }
            const int digits = type ? 8 : 11, least = type ? -133 : -24;
            for (size_t r = 0; r < rows; ++r) {
                static long double exact[5000];
                float far = 0;
                reference(exact, &o, r, x + r * cols, cols, &far);
                for (size_t i = 0; i < cols; ++i) {
                    const float is = y[r * cols + i];
                    if (isnan(exact[i])) {
                        assert_true(isnan(is));
                        continue;
                    }
                    const int e = exact[i] > 0 ? ilogbl(exact[i]) - digits + 1 : least;
                    const double step = ldexp(1, e > least ? e : least);
                    if (!(fabsl((long double)is - exact[i]) <= 0.501L * (long double)step))
                        fail_msg("type %d, options %u on %s, row %zu, column %zu of %zu: %a, "
                                 "should be %La",
                                 type, k, act_backend(), r, i, cols, (double)is, exact[i]);
                }
            }
        }
    }
}

/* Every option that is wrong, and nothing touched. */
static void errors(void **state) {
    (void)state;
    float buf[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, before[12];
    memcpy(before, buf, sizeof buf);
#define REFUSED(status, ...)                                                                       \
    do {                                                                                           \
        act_attention_rows o = init;                                                               \
        __VA_ARGS__;                                                                               \
        assert_int_equal(act_attention_softmax_f32(buf, 3, 4, &o), status);                        \
        assert_int_equal(act_attention_softmax_fast_f32(buf, 3, 4, &o), status);                   \
        assert_int_equal(act_attention_softmax_f16((act_f16 *)(void *)buf, 3, 4, &o), status);     \
        assert_memory_equal(buf, before, sizeof buf);                                              \
    } while (0)
    REFUSED(ACT_ERROR_PARAMETER, o.scale = NAN);
    REFUSED(ACT_ERROR_PARAMETER, o.scale = INFINITY);
    REFUSED(ACT_ERROR_PARAMETER, o.softcap = -1);
    REFUSED(ACT_ERROR_PARAMETER, o.softcap = NAN);
    REFUSED(ACT_ERROR_PARAMETER, o.softcap = INFINITY);
    REFUSED(ACT_ERROR_PARAMETER, o.scale = 1e30F; o.softcap = 1e-30F);
    REFUSED(ACT_ERROR_PARAMETER, o.mask_lowest = 1);
    REFUSED(ACT_ERROR_PARAMETER, o.mask_lowest = NAN);
    REFUSED(ACT_ERROR_PARAMETER, o.mask_type = (act_mask_type)9);
    REFUSED(ACT_ERROR_PARAMETER, o.empty = (act_empty_rows)9);
    REFUSED(ACT_ERROR_PARAMETER, o.size = 3);
    REFUSED(ACT_ERROR_OVERLAP, o.mask = buf + 1);
    REFUSED(ACT_ERROR_OVERLAP, o.slopes = buf);
    REFUSED(ACT_ERROR_OVERLAP, o.sinks = buf);
    REFUSED(ACT_ERROR_OVERLAP, o.valid = (const size_t *)(const void *)buf);
    REFUSED(ACT_ERROR_STRIDE, o.mask = mask; o.mask_stride = 3);
    REFUSED(ACT_ERROR_ALIGNMENT, o.mask = (const char *)mask + 2);
    REFUSED(ACT_ERROR_ALIGNMENT, o.mask = (const char *)mask + 1; o.mask_type = ACT_MASK_F16);
    REFUSED(ACT_ERROR_SIZE, o.mask = mask; o.mask_stride = SIZE_MAX / 2);
    act_attention_rows o = init;
    assert_int_equal(act_attention_softmax_f32(NULL, 3, 4, &o), ACT_ERROR_NULL);
    assert_int_equal(act_attention_softmax_f32(NULL, 0, 4, &o), ACT_OK);
    o.softcap = 1;
    assert_int_equal(act_attention_softmax_grad_f32(buf, 4, buf, 4, buf, 4, 3, 4, &o),
                     ACT_ERROR_PARAMETER);

    /* A larger struct whose tail is 0, a smaller one, and none. */
    struct {
        act_attention_rows known;
        size_t later;
    } large = {ACT_ATTENTION_ROWS_INIT, 0};
    large.known.size = sizeof large;
    assert_int_equal(act_attention_softmax_f32(buf, 3, 4, &large.known), ACT_OK);
    memcpy(buf, before, sizeof buf);
    large.later = 1;
    assert_int_equal(act_attention_softmax_f32(buf, 3, 4, &large.known), ACT_ERROR_PARAMETER);
    assert_memory_equal(buf, before, sizeof buf);
    o = init;
    o.scale = 2, o.causal = 1;
    o.size = offsetof(act_attention_rows, softcap);
    float other[12];
    assert_int_equal(act_attention_softmax_f32_to(other, 4, buf, 4, 3, 4, &o), ACT_OK);
    assert_true(other[3] > 0 && other[3] / other[2] > 7);
    assert_int_equal(act_attention_softmax_f32_to(other, 4, buf, 4, 3, 4, NULL), ACT_OK);
    act_softmax_f32(buf, 3, 4);
    assert_memory_equal(other, buf, sizeof buf);
}

/* max and exp_sum. */
static void words_of_a_loop(void **state) {
    (void)state;
    double most = 0, most_sum = 0;
    for (size_t n = 0; n <= 300; n = n < 70 ? n + 1 : n + 77)
        for (int kind = 0; kind < 8; ++kind) {
            float max = 99;
            double sum = -1;
            fill_uniform(x, ROOM, -(kind % 2 ? 90.0F : 9.0F), kind % 2 ? 10 : 9, n);
            if (kind == 2 && n > 0)
                x[n / 2] = NAN;
            if (kind == 3 && n > 0)
                x[n / 3] = -INFINITY;
            assert_int_equal(act_max_f32(x, n, &max), ACT_OK);
            float largest = -INFINITY;
            for (size_t i = 0; i < n; ++i)
                largest = isnan(x[i]) || x[i] > largest ? x[i] : largest;
            assert_true(same_bits(max, kind == 2 && n > 0 ? NAN : largest));
            if (kind == 4)
                max += 3;
            if (kind == 5)
                max -= 3;
            if (kind == 6)
                max = INFINITY;
            if (kind == 7)
                max = -INFINITY;
            assert_int_equal(act_exp_sum_f32_to(y, x, n, max, &sum), ACT_OK);
            long double total = 0;
            for (size_t i = 0; i < n; ++i) {
                const long double e = expl((long double)x[i] - (long double)max);
                const bool apart = kind == 5 && x[i] != max;
                total += e;
                const long double off = fabsl((long double)y[i] - e);
                const bool good = isnan(e)   ? isnan(y[i])
                                  : isinf(e) ? isinf(y[i])
                                             : off - 0x1p-149L <= (apart ? 4e-6L : 1.3e-7L) * e;
                if (!good)
                    fail_msg("exp_sum, kind %d, %zu of %zu: exp(%a - %a) is %a, should be %La",
                             kind, i, n, (double)x[i], (double)max, (double)y[i], e);
                if (e > 0x1p-126L && isfinite(e) && !apart)
                    most = fmax(most, (double)(fabsl((long double)y[i] - e) / e));
            }
            assert_true(isnan(total)   ? isnan(sum)
                        : isinf(total) ? isinf(sum)
                                       : fabsl((long double)sum - total) <=
                                             (kind == 5 ? 4e-6L : 1.3e-7L) * total);
            if (total > 0 && isfinite(total) && kind != 5)
                most_sum = fmax(most_sum, (double)(fabsl((long double)sum - total) / total));
            float again[400];
            memcpy(again, x, sizeof again);
            assert_int_equal(act_exp_sum_f32(again, n, max, &sum), ACT_OK);
            for (size_t i = 0; i < n; ++i)
                assert_true(same_bits(again[i], y[i]));
        }
    print_message("exp_sum on %s: %.3g, sums %.3g\n", act_backend(), most, most_sum);
    double sum;
    assert_int_equal(act_max_f32(NULL, 1, x), ACT_ERROR_NULL);
    assert_int_equal(act_max_f32(x, 1, NULL), ACT_ERROR_NULL);
    assert_int_equal(act_exp_sum_f32_to(y, x, 3, 0, NULL), ACT_ERROR_NULL);
    assert_int_equal(act_exp_sum_f32_to(y + 1, y, 3, 0, &sum), ACT_ERROR_OVERLAP);
    assert_int_equal(act_exp_sum_f32_to(y, y, 3, 0, (double *)(void *)y), ACT_ERROR_OVERLAP);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combinations),       cmocka_unit_test(long_rows),
        cmocka_unit_test(as_softmax_masked),  cmocka_unit_test(softcapped_logits),
        cmocka_unit_test(excluded_positions), cmocka_unit_test(empty_rows),
        cmocka_unit_test(nothing_outside),    cmocka_unit_test(gradient),
        cmocka_unit_test(half_types),         cmocka_unit_test(errors),
        cmocka_unit_test(words_of_a_loop),
    };
    return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
