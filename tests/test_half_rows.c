/*
 * Functions of pairs and rows of f16 and bf16: within 0.501 ULP of the exact result, for short and
 * long rows, strides, special values and in place.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/data.h"
#include "support/guard.h"
#include "support/halves.h"
#include "support/harness.h"
#include "support/reference.h"

/* The functions of one type behind the same signatures. */
typedef struct {
    const half_type *type;
    act_status (*softmax)(uint16_t *, size_t, size_t);
    act_status (*softmax_to)(uint16_t *, size_t, const uint16_t *, size_t, size_t, size_t);
    act_status (*log_softmax)(uint16_t *, size_t, size_t);
    act_status (*log_softmax_to)(uint16_t *, size_t, const uint16_t *, size_t, size_t, size_t);
    act_status (*masked)(uint16_t *, const float *, size_t, size_t, size_t, float, act_empty_rows);
    act_status (*masked_to)(uint16_t *, size_t, const uint16_t *, size_t, const float *, size_t,
                            size_t, size_t, float, act_empty_rows);
    act_status (*logsumexp)(uint16_t *, const uint16_t *, size_t, size_t, size_t);
} rows_of_type;
static const rows_of_type rows_of_types[] = {
#define ROWS_OF_TYPE(name, infinity, wide, ...)                                                    \
    {.type = &half_types[HALF_TYPE_##name],                                                        \
     .softmax = act_softmax_##name,                                                                \
     .softmax_to = act_softmax_##name##_to,                                                        \
     .log_softmax = act_log_softmax_##name,                                                        \
     .log_softmax_to = act_log_softmax_##name##_to,                                                \
     .masked = act_softmax_masked_##name,                                                          \
     .masked_to = act_softmax_masked_##name##_to,                                                  \
     .logsumexp = act_logsumexp_##name},
    EACH_STORAGE(ROWS_OF_TYPE, )};

static const double bound = 0.501;

static uint16_t nearest(const half_type *t, double x) { return half_nearest(t, (long double)x, 0); }
static void fill(const half_type *t, uint16_t *x, size_t n, double range, uint64_t seed) {
    random_source random = {seed};
    for (size_t i = 0; i < n; ++i)
        x[i] = nearest(t, range * (2 * random_unit(&random) - 1));
}

static void check(const half_type *t, const char *what, size_t cols, size_t i, uint16_t is,
                  long double exact, double slack) {
    const double error = half_error(t, is, exact);
    if (!(error <= bound + slack))
        fail_msg("%s_%s of %zu columns on %s, column %zu: %a (%04x), should be %La, error %.4f ULP",
                 what, t->name, cols, act_backend(), i, half_value(t, is), (unsigned)is, exact,
                 error);
}

/* All rows of a matrix, by every function and form. */
static void check_matrix(const rows_of_type *f, const uint16_t *x, size_t rows, size_t cols) {
    enum { GAP = 3 };
    const half_type *t = f->type;
    const size_t stride = cols + GAP, room = rows * stride;
    uint16_t *src = calloc(room, sizeof *src), *y = calloc(room, sizeof *y);
    uint16_t *in = malloc(rows * cols * sizeof *in), *logs = malloc(rows * sizeof *logs);
    float *wide = malloc(cols * sizeof *wide), *mask = malloc(cols * sizeof *mask);
    long double *exact = malloc(cols * sizeof *exact);
    assert_true(src && y && in && logs && wide && mask && exact);
    for (size_t i = 0; i < room; ++i)
        src[i] = i % stride < cols ? x[i / stride * cols + i % stride] : t->infinity;
    for (size_t c = 0; c < cols; ++c)
        mask[c] = c % 3 == 2 ? -INFINITY : (float)(c % 5) * 0.1F;
    for (int form = 0; form < 3; ++form) {
        const bool logarithms = form == 1, masked = form == 2;
        const char *name = masked ? "softmax_masked" : logarithms ? "log_softmax" : "softmax";
        memset(y, 0x5A, room * sizeof *y);
        memcpy(in, x, rows * cols * sizeof *x);
        if (masked) {
            assert_int_equal(
                f->masked_to(y, stride, src, stride, mask, 0, rows, cols, 0.3F, ACT_EMPTY_ROWS_NAN),
                ACT_OK);
            assert_int_equal(f->masked(in, mask, 0, rows, cols, 0.3F, ACT_EMPTY_ROWS_NAN), ACT_OK);
        } else {
            assert_int_equal((logarithms ? f->log_softmax_to : f->softmax_to)(y, stride, src,
                                                                              stride, rows, cols),
                             ACT_OK);
            assert_int_equal((logarithms ? f->log_softmax : f->softmax)(in, rows, cols), ACT_OK);
        }
        for (size_t r = 0; r < rows; ++r) {
            for (size_t c = 0; c < cols; ++c)
                wide[c] = (float)half_value(t, x[r * cols + c]);
            if (masked)
                reference_long_softmax_masked(exact, wide, mask, cols, 0.3F, 0);
            else
                (logarithms ? reference_long_log_softmax : reference_long_softmax)(exact, wide,
                                                                                   cols);
            for (size_t c = 0; c < cols; ++c) {
                check(t, name, cols, c, y[r * stride + c], exact[c], 0);
                assert_true(half_same(t, y[r * stride + c], in[r * cols + c]));
            }
            for (size_t c = cols; c < stride; ++c)
                assert_int_equal(y[r * stride + c], 0x5A5A);
        }
    }
    assert_int_equal(f->logsumexp(logs, src, stride, rows, cols), ACT_OK);
    for (size_t r = 0; r < rows; ++r) {
        double largest = -INFINITY;
        for (size_t c = 0; c < cols; ++c) {
            wide[c] = (float)half_value(t, x[r * cols + c]);
            largest = fmax(largest, (double)wide[c]);
        }
        const long double sum = reference_long_logsumexp(wide, cols);
        /* Where the two terms cancel, the error of f32, 2.1e-7 of their sizes, counts. */
        const double terms = fabs(largest) + fabs((double)sum - largest);
        const double step = ldexp(1, (sum != 0 && isfinite(sum) ? ilogbl(sum) : 0) - t->digits + 1);
        const double slack = isfinite(terms) ? 2.1e-7 * terms / step : 0;
        check(t, "logsumexp", cols, 0, logs[r], sum, slack < 0.001 ? 0 : slack);
    }
    free(src);
    free(y);
    free(in);
    free(logs);
    free(wide);
    free(mask);
    free(exact);
}

static void shapes(void **state) {
    const rows_of_type *f = *state;
    static const size_t cols[] = {1,   2,   3,    4,    5,    15,   16,   17,   31,
                                  100, 999, 1000, 1024, 1025, 4095, 4096, 4097, 5000};
    static const size_t rows[] = {1, 2, 3, 17};
    for (size_t i = 0; i < sizeof cols / sizeof cols[0]; ++i)
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; ++k) {
            if (quick() && cols[i] > 999 && k > 0)
                continue;
            uint16_t *x = malloc(rows[k] * cols[i] * sizeof *x);
            assert_non_null(x);
            for (int range = 8; range <= 30000; range *= 15) {
                fill(f->type, x, rows[k] * cols[i], range, i + k);
                check_matrix(f, x, rows[k], cols[i]);
            }
            free(x);
        }
    if (quick())
        return;
    const size_t many = 100000; /* a sum in f16 would not get there */
    uint16_t *x = malloc(many * sizeof *x);
    assert_non_null(x);
    fill(f->type, x, many, 2, 1);
    check_matrix(f, x, 1, many);
    free(x);
}

/* One element dominates by so much that 1 + the rest would be 1. */
static void peaked(void **state) {
    const rows_of_type *f = *state;
    static const size_t cols[] = {2, 10, 17, 200, 5000};
    static uint16_t x[5000];
    for (size_t i = 0; i < sizeof cols / sizeof cols[0]; ++i)
        for (int depth = 1; depth < 90; depth += quick() ? 17 : 5) {
            for (size_t c = 0; c < cols[i]; ++c)
                x[c] = nearest(f->type, c == 1 ? 0 : -depth - (double)(c % 7));
            check_matrix(f, x, 1, cols[i]);
        }
}

static void special_values(void **state) {
    const rows_of_type *f = *state;
    const half_type *t = f->type;
    const uint16_t inf = t->infinity, minus = (uint16_t)(inf | 0x8000), nan = (uint16_t)(inf + 1);
    static const size_t cols[] = {1, 3, 16, 17, 1000, 5000};
    static uint16_t x[5000], y[5000];
    for (size_t i = 0; i < sizeof cols / sizeof cols[0]; ++i) {
        const size_t n = cols[i], at = n / 2;
        const uint16_t special[] = {inf, nan};
        for (size_t k = 0; k < 2; ++k) {
            fill(t, x, n, 4, k);
            x[at] = special[k];
            memcpy(y, x, n * sizeof *x);
            assert_int_equal(f->softmax(y, 1, n), ACT_OK);
            for (size_t c = 0; c < n; ++c)
                assert_true(half_is_nan(t, y[c]));
            memcpy(y, x, n * sizeof *x);
            assert_int_equal(f->log_softmax(y, 1, n), ACT_OK);
            for (size_t c = 0; c < n; ++c)
                assert_true(half_is_nan(t, y[c]));
            memcpy(y, x, n * sizeof *x);
            assert_int_equal(f->masked(y, NULL, 0, 1, n, 1.0F, ACT_EMPTY_ROWS_ZERO), ACT_OK);
            assert_true(half_is_nan(t, y[0]));
            assert_int_equal(f->logsumexp(y, x, n, 1, n), ACT_OK);
            assert_true(half_same(t, y[0], special[k]));
        }
        for (size_t c = 0; c < n; ++c)
            x[c] = minus;
        memcpy(y, x, n * sizeof *x);
        assert_int_equal(f->softmax(y, 1, n), ACT_OK);
        assert_true(half_is_nan(t, y[0]) && half_is_nan(t, y[n - 1]));
        memcpy(y, x, n * sizeof *x);
        assert_int_equal(f->log_softmax(y, 1, n), ACT_OK);
        assert_true(half_is_nan(t, y[0]) && half_is_nan(t, y[n - 1]));
        memcpy(y, x, n * sizeof *x);
        assert_int_equal(f->masked(y, NULL, 0, 1, n, 1.0F, ACT_EMPTY_ROWS_NAN), ACT_OK);
        assert_true(half_is_nan(t, y[0]) && half_is_nan(t, y[n - 1]));
        memcpy(y, x, n * sizeof *x);
        assert_int_equal(f->masked(y, NULL, 0, 1, n, 1.0F, ACT_EMPTY_ROWS_ZERO), ACT_OK);
        assert_true(y[0] == 0 && y[n - 1] == 0);
        assert_int_equal(f->logsumexp(y, x, n, 1, n), ACT_OK);
        assert_int_equal(y[0], minus);
        if (n > 1) {
            x[at] = nearest(t, 3);
            check_matrix(f, x, 1, n);
        }
    }
    uint16_t none[3] = {1, 2, 3};
    assert_int_equal(f->logsumexp(none, NULL, 0, 3, 0), ACT_OK);
    for (size_t r = 0; r < 3; ++r)
        assert_int_equal(none[r], minus);
}

static void errors(void **state) {
    const rows_of_type *f = *state;
    uint16_t x[64] = {0}, y[64] = {0};
    float *const mask = (float *)(void *)y;
    assert_int_equal(f->softmax(NULL, 0, 5), ACT_OK);
    assert_int_equal(f->softmax(NULL, 1, 5), ACT_ERROR_NULL);
    assert_int_equal(f->softmax((uint16_t *)(void *)((char *)x + 1), 1, 5), ACT_ERROR_ALIGNMENT);
    assert_int_equal(f->softmax_to(y, 4, x, 5, 2, 5), ACT_ERROR_STRIDE);
    assert_int_equal(f->log_softmax_to(x + 1, 5, x, 5, 2, 5), ACT_ERROR_OVERLAP);
    assert_int_equal(f->log_softmax_to(x + 5, 10, x, 10, 3, 5), ACT_OK); /* between the rows */
    assert_int_equal(f->softmax_to(y, 5, x, 5, SIZE_MAX / 8, 5), ACT_ERROR_SIZE);
    assert_int_equal(f->masked(x, mask, 0, 4, 16, 1.0F, ACT_EMPTY_ROWS_NAN), ACT_OK);
    assert_int_equal(f->masked(y, mask, 0, 4, 16, 1.0F, ACT_EMPTY_ROWS_NAN), ACT_ERROR_OVERLAP);
    assert_int_equal(f->logsumexp(x + 3, x, 8, 4, 8), ACT_ERROR_OVERLAP);
    assert_int_equal(f->logsumexp(y, x, 7, 4, 8), ACT_ERROR_STRIDE);
}

static void pair_errors(void **state) {
    const half_pair *f = *state;
    const float *p = f->map->usual;
    uint16_t x[40] = {0}, y[40] = {0}, same[40] = {0};
    assert_int_equal(f->call(NULL, NULL, NULL, 0, p), ACT_OK);
    assert_int_equal(f->call(y, x, NULL, 1, p), ACT_ERROR_NULL);
    assert_int_equal(f->call(y, NULL, x, 1, p), ACT_ERROR_NULL);
    assert_int_equal(f->call(y, y + 1, x, 17, p), ACT_ERROR_OVERLAP);
    assert_int_equal(f->call(y, x, y + 1, 17, p), ACT_ERROR_OVERLAP);
    for (size_t i = 0; i < f->map->parameters; ++i) {
        static const float values[] = {NAN, INFINITY, -1.0F, 0.0F};
        for (size_t k = 0; k < sizeof values / sizeof values[0]; ++k) {
            float q[MAX_PARAMETERS] = {p[0], p[1]};
            q[i] = values[k];
            const bool good = in_range(f->map->range[i], values[k]);
            memset(y, 0x5A, sizeof y);
            memset(same, good ? 0 : 0x5A, sizeof same);
            assert_int_equal(f->call(y, x, x, 40, q), good ? ACT_OK : ACT_ERROR_PARAMETER);
            assert_memory_equal(y, same, sizeof y);
        }
    }
}

/* Every gate, and an `up` for each, with the usual parameters and with others. */
static void check_pairs(const half_pair *f, const float *p, uint64_t seed, size_t step) {
    const half_type *t = f->type;
    static uint16_t gate[HALF_INPUTS], up[HALF_INPUTS], y[HALF_INPUTS], again[HALF_INPUTS];
    random_source random = {seed};
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        gate[i] = (uint16_t)i;
        up[i] =
            seed % 2 ? (uint16_t)random_bits(&random) : nearest(t, 8 * random_unit(&random) - 4);
    }
    assert_int_equal(f->call(y, gate, up, HALF_INPUTS, p), ACT_OK);
    for (size_t i = seed; i < HALF_INPUTS; i += step) {
        const long double g = (long double)half_value(t, gate[i]);
        const long double u = (long double)half_value(t, up[i]);
        if (!half_pair_promised(f, f->exact(g, (long double)f->one, p), u))
            continue;
        const long double exact = f->exact(g, u, p);
        const double error = half_error(t, y[i], exact);
        if (!(error <= bound))
            fail_msg("%s_%s of %a, %a, parameters %a and %a on %s: %a, should be %La, "
                     "error %.4f ULP",
                     f->name, t->name, (double)g, (double)u, (double)p[0], (double)p[1],
                     act_backend(), half_value(t, y[i]), exact, error);
    }
    memcpy(again, up, sizeof up);
    assert_int_equal(f->call(again, gate, again, HALF_INPUTS, p), ACT_OK);
    assert_memory_equal(again, y, sizeof y);
    memcpy(again, gate, sizeof gate);
    assert_int_equal(f->call(again, again, up, HALF_INPUTS - 5, p), ACT_OK);
    assert_memory_equal(again, y, (HALF_INPUTS - 5) * sizeof *y);
}
static void pairs(void **state) {
    const half_pair *f = *state;
    for (uint64_t seed = 0; seed < (quick() ? 1 : 6); ++seed)
        check_pairs(f, f->map->usual, seed, quick() ? 13 : 1);
    for (size_t set = 1; set < parameter_sets(f->map); ++set) {
        float p[MAX_PARAMETERS];
        parameter_set(f->map, set, p);
        check_pairs(f, p, set, quick() ? 31 : 3);
    }
}

static int run(void) {
    typedef struct {
        const char *name;
        CMUnitTestFunction test;
    } named_test;
    static const named_test of_type[] = {{"shapes", shapes},
                                         {"peaked rows", peaked},
                                         {"special values", special_values},
                                         {"errors", errors}};
    static const named_test of_pair[] = {{"pairs", pairs}, {"errors", pair_errors}};
    enum {
        PER_TYPE = sizeof of_type / sizeof of_type[0],
        PER_PAIR = sizeof of_pair / sizeof of_pair[0]
    };
    const size_t count = (size_t)HALF_TYPES * PER_TYPE + half_pair_count * PER_PAIR;
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    char(*names)[64] = calloc(count, sizeof *names);
    if (!tests || !names) {
        free(tests);
        free(names);
        return 1;
    }
    size_t k = 0;
    for (size_t t = 0; t < HALF_TYPES; ++t)
        for (size_t i = 0; i < PER_TYPE; ++i, ++k) {
            const rows_of_type *f = &rows_of_types[t];
            snprintf(names[k], sizeof *names, "%s: %s", f->type->name, of_type[i].name);
            tests[k] = (struct CMUnitTest){names[k], of_type[i].test, NULL, NULL, (void *)f};
        }
    for (size_t pair = 0; pair < half_pair_count; ++pair)
        for (size_t i = 0; i < PER_PAIR; ++i, ++k) {
            const half_pair *f = &half_pairs[pair];
            snprintf(names[k], sizeof *names, "%s_%s: %s", f->name, f->type->name, of_pair[i].name);
            tests[k] = (struct CMUnitTest){names[k], of_pair[i].test, NULL, NULL, (void *)f};
        }
    const int failed = _cmocka_run_group_tests("half_rows", tests, count, NULL, NULL);
    free(tests);
    free(names);
    return failed;
}

int main(void) { return on_each_backend(run); }
