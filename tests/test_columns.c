/*
 * softmax, log_softmax and logsumexp over the middle axis: the bits of the rows of the transposed
 * array, for every shape and special value; what is not touched; errors.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "act/act.h"
#include "support/data.h"
#include "support/guard.h"
#include "support/harness.h"

enum { ROOM = 1 << 17, FLAGS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW };
static float x[ROOM], y[ROOM], row[ROOM], exact[ROOM];

typedef struct {
    size_t outer, rows, cols;
} shape;

/* A build without SLEEF says so, and nothing else. */
static bool has_f64(void) {
    double one = 0;
    return act_softmax_columns_f64(&one, 1, 1, 1) != ACT_ERROR_UNSUPPORTED;
}

static size_t at(shape s, size_t o, size_t r, size_t c) { return (o * s.rows + r) * s.cols + c; }

static int flags_of(act_status status) {
    const int raised = fetestexcept(FLAGS);
    assert_int_equal(status, ACT_OK);
    feclearexcept(FE_ALL_EXCEPT);
    return raised;
}

/* The same numbers, and what floats do not have, as doubles. */
static bool same_double(double a, double b) {
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}
static void check_f64(shape s, bool flags) {
    static double from[ROOM], to[ROOM], in_place[ROOM], line[ROOM], expected[ROOM];
    const size_t n = s.outer * s.rows * s.cols;
    for (size_t i = 0; i < n; ++i)
        from[i] = (double)x[i] * (1 + 0x1p-30 * (double)(i % 7));
    for (int form = 0; form < 3; ++form) {
        feclearexcept(FE_ALL_EXCEPT);
        const int raised =
            flags_of(form == 0   ? act_softmax_columns_f64_to(to, from, s.outer, s.rows, s.cols)
                     : form == 1 ? act_log_softmax_columns_f64_to(to, from, s.outer, s.rows, s.cols)
                                 : act_logsumexp_columns_f64(to, from, s.outer, s.rows, s.cols));
        memcpy(in_place, from, n * sizeof *from);
        if (form == 0)
            act_softmax_columns_f64(in_place, s.outer, s.rows, s.cols);
        if (form == 1)
            act_log_softmax_columns_f64(in_place, s.outer, s.rows, s.cols);
        int allowed = 0;
        for (size_t o = 0; o < s.outer; ++o)
            for (size_t c = 0; c < s.cols; ++c) {
                for (size_t r = 0; r < s.rows; ++r)
                    line[r] = from[at(s, o, r, c)];
                feclearexcept(FE_ALL_EXCEPT);
                if (form == 2)
                    act_logsumexp_f64(expected, line, s.rows, 1, s.rows);
                else
                    (form ? act_log_softmax_f64_to : act_softmax_f64_to)(expected, s.rows, line,
                                                                         s.rows, 1, s.rows);
                allowed |= fetestexcept(FLAGS);
                for (size_t r = 0; r < (form == 2 ? 1 : s.rows); ++r) {
                    const size_t i = form == 2 ? o * s.cols + c : at(s, o, r, c);
                    if (!same_double(to[i], expected[r]) ||
                        (form < 2 && !same_double(in_place[i], expected[r])))
                        fail_msg("f64, form %d of %zu x %zu x %zu on %s, row %zu, column %zu: %a, "
                                 "in place %a; the row gives %a",
                                 form, s.outer, s.rows, s.cols, act_backend(), r, c, to[i],
                                 in_place[i], expected[r]);
                }
            }
        if (flags && (raised & ~allowed))
            fail_msg("f64, form %d of %zu x %zu x %zu on %s raised %x", form, s.outer, s.rows,
                     s.cols, act_backend(), (unsigned)raised);
    }
}

/* All three functions, out of place and in place. */
static void check(shape s, bool flags) {
    if (has_f64())
        check_f64(s, flags);
    static float in_place[ROOM];
    const size_t n = s.outer * s.rows * s.cols;
    for (int form = 0; form < 3; ++form) {
        feclearexcept(FE_ALL_EXCEPT);
        const int raised =
            flags_of(form == 0   ? act_softmax_columns_f32_to(y, x, s.outer, s.rows, s.cols)
                     : form == 1 ? act_log_softmax_columns_f32_to(y, x, s.outer, s.rows, s.cols)
                                 : act_logsumexp_columns_f32(y, x, s.outer, s.rows, s.cols));
        memcpy(in_place, x, n * sizeof *x);
        if (form == 0)
            act_softmax_columns_f32(in_place, s.outer, s.rows, s.cols);
        if (form == 1)
            act_log_softmax_columns_f32(in_place, s.outer, s.rows, s.cols);
        int allowed = 0;
        for (size_t o = 0; o < s.outer; ++o)
            for (size_t c = 0; c < s.cols; ++c) {
                for (size_t r = 0; r < s.rows; ++r)
                    row[r] = x[at(s, o, r, c)];
                feclearexcept(FE_ALL_EXCEPT);
                if (form == 2)
                    act_logsumexp_f32(exact, row, s.rows, 1, s.rows);
                else
                    (form ? act_log_softmax_f32_to : act_softmax_f32_to)(exact, s.rows, row, s.rows,
                                                                         1, s.rows);
                allowed |= fetestexcept(FLAGS);
                for (size_t r = 0; r < (form == 2 ? 1 : s.rows); ++r) {
                    const size_t i = form == 2 ? o * s.cols + c : at(s, o, r, c);
                    if (!same_bits(y[i], exact[r]) ||
                        (form < 2 && !same_bits(in_place[i], exact[r])))
                        fail_msg("form %d of %zu x %zu x %zu on %s, row %zu, column %zu: %a, in "
                                 "place %a; the row gives %a",
                                 form, s.outer, s.rows, s.cols, act_backend(), r, c, (double)y[i],
                                 (double)in_place[i], (double)exact[r]);
                }
            }
        if (flags && (raised & ~allowed))
            fail_msg("form %d of %zu x %zu x %zu on %s raised %x", form, s.outer, s.rows, s.cols,
                     act_backend(), (unsigned)raised);
    }
}

static void shapes(void **state) {
    (void)state;
    static const size_t many[] = {1,  2,  15,  16,  17,  31,  48,  63, 64,
                                  65, 80, 128, 129, 255, 256, 257, 700};
    for (size_t k = 0; k < sizeof many / sizeof many[0]; ++k)
        for (size_t cols = 1; cols <= 50; cols += quick() && cols > 3 ? 9 : 1) {
            const shape s = {1 + cols % 2, many[k], cols};
            for (int kind = 0; kind < 3; ++kind) {
                fill_uniform(x, s.outer * s.rows * s.cols, kind == 1 ? -100 : -9,
                             kind == 2 ? 60 : 9, k * 64 + cols);
                check(s, true);
            }
        }
    fill_uniform(x, ROOM, -9, 9, 1);
    check((shape){1, 21, 3000}, true);
    check((shape){3, 5, 4097}, true);
    check((shape){1, 5000, 13}, true);
}

/* Specials and large numbers in some columns, beside which the others keep their bits. */
static void special_values(void **state) {
    (void)state;
    static const float set[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 0x1p-149F, -10000.0F};
    enum { SET = sizeof set / sizeof set[0] };
    random_source random = {3};
    for (int trial = 0; trial < (quick() ? 300 : 3000); ++trial) {
        const shape s = {1 + random_below(&random, 2),
                         1 + random_below(&random, trial % 7 ? 70 : 300),
                         1 + random_below(&random, 40)};
        const size_t n = s.outer * s.rows * s.cols;
        fill_uniform(x, n, -9, 9, (uint64_t)trial);
        const float one = set[random_below(&random, SET)];
        const size_t c = random_below(&random, s.cols);
        const bool whole = trial % 3 == 0;
        for (size_t r = 0; r < s.rows; ++r)
            if (whole || random_below(&random, 4) == 0)
                x[at(s, 0, r, c)] = one;
        for (size_t k = 0; k < 3; ++k)
            x[random_below(&random, n)] = set[random_below(&random, SET)];
        check(s, false); /* a column that is all NaN may raise flags beside others */
    }
}

/* A mask leaves -inf, which is ordinary. */
static void no_flags(void **state) {
    (void)state;
    for (size_t rows = 2; rows < 90; rows += 3)
        for (size_t cols = 1; cols < 40; cols += 5) {
            const shape s = {1, rows, cols};
            fill_uniform(x, rows * cols, -9, 9, rows);
            for (size_t i = cols; i < rows * cols; i += 3)
                x[i] = -INFINITY;
            check(s, true);
            /* A column without a finite maximum, as such a row. */
            for (size_t i = 0; i < rows; ++i)
                x[i * cols] = rows % 2 ? -INFINITY : INFINITY;
            if (has_f64())
                check_f64(s, true);
        }
}

static void nothing_outside(void **state) {
    (void)state;
    guard *from = guard_new(ROOM), *to = guard_new(ROOM);
    for (size_t cols = 1; cols <= 40; ++cols)
        for (size_t rows = 1; rows <= 300; rows += rows < 5 ? 1 : 98)
            for (int side = 0; side < 2; ++side) {
                const guard_side end = side ? GUARD_START : GUARD_END;
                float *p = guard_place(from, end, 0, rows * cols);
                float *q = guard_place(to, end, 0, rows * cols);
                fill_uniform(p, rows * cols, -9, 9, cols);
                assert_int_equal(act_softmax_columns_f32_to(q, p, 1, rows, cols), ACT_OK);
                assert_int_equal(act_log_softmax_columns_f32_to(q, p, 1, rows, cols), ACT_OK);
                guard_check(to);
                q = guard_place(to, end, 0, cols);
                assert_int_equal(act_logsumexp_columns_f32(q, p, 1, rows, cols), ACT_OK);
                guard_check(to);
                guard_check(from);
                if (!has_f64() || rows > 100)
                    continue;
                double *const a = (double *)(void *)guard_place(from, end, 0, 2 * rows * cols);
                double *const b = (double *)(void *)guard_place(to, end, 0, 2 * rows * cols);
                for (size_t i = 0; i < rows * cols; ++i)
                    a[i] = (double)(i % 5);
                assert_int_equal(act_softmax_columns_f64_to(b, a, 1, rows, cols), ACT_OK);
                assert_int_equal(act_log_softmax_columns_f64_to(b, a, 1, rows, cols), ACT_OK);
                guard_check(to);
                double *const c = (double *)(void *)guard_place(to, end, 0, 2 * cols);
                assert_int_equal(act_logsumexp_columns_f64(c, a, 1, rows, cols), ACT_OK);
                guard_check(to);
                guard_check(from);
            }
    guard_free(from);
    guard_free(to);
}

static void errors(void **state) {
    (void)state;
    assert_int_equal(act_softmax_columns_f32(NULL, 0, 3, 3), ACT_OK);
    assert_int_equal(act_softmax_columns_f32(NULL, 3, 0, 3), ACT_OK);
    assert_int_equal(act_softmax_columns_f32(NULL, 3, 3, 0), ACT_OK);
    assert_int_equal(act_softmax_columns_f32(NULL, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_softmax_columns_f32_to(y, NULL, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_softmax_columns_f32(x, SIZE_MAX / 2, 3, 3), ACT_ERROR_SIZE);
    assert_int_equal(act_softmax_columns_f32(x, 3, SIZE_MAX / 2, 3), ACT_ERROR_SIZE);
    assert_int_equal(act_softmax_columns_f32(x, 3, 3, SIZE_MAX / 2), ACT_ERROR_SIZE);
    assert_int_equal(act_log_softmax_columns_f32_to(x + 1, x, 3, 3, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_log_softmax_columns_f32((float *)(void *)((char *)x + 1), 3, 3, 3),
                     ACT_ERROR_ALIGNMENT);
    assert_int_equal(act_logsumexp_columns_f32(x, x, 3, 3, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_columns_f32(x + 26, x, 3, 3, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_columns_f32(NULL, x, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_columns_f32(y, NULL, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_columns_f32(y, x, SIZE_MAX / 2, 3, 3), ACT_ERROR_SIZE);
    y[5] = y[6] = 3;
    assert_int_equal(act_logsumexp_columns_f32(y, NULL, 2, 0, 3), ACT_OK);
    assert_true(y[0] == -INFINITY && y[5] == -INFINITY && y[6] == 3);
}

static void errors_of_f64(void **state) {
    (void)state;
    double a[32] = {0}, b[32];
    if (!has_f64())
        skip();
    assert_int_equal(act_softmax_columns_f64(NULL, 0, 3, 3), ACT_OK);
    assert_int_equal(act_softmax_columns_f64(NULL, 3, 0, 3), ACT_OK);
    assert_int_equal(act_log_softmax_columns_f64(NULL, 3, 3, 0), ACT_OK);
    assert_int_equal(act_softmax_columns_f64(NULL, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_log_softmax_columns_f64_to(b, NULL, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_softmax_columns_f64(a, SIZE_MAX / 8, 1, 1), ACT_ERROR_SIZE);
    assert_int_equal(act_softmax_columns_f64(a, 3, SIZE_MAX / 16, 3), ACT_ERROR_SIZE);
    assert_int_equal(act_log_softmax_columns_f64_to(a + 1, a, 3, 3, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_softmax_columns_f64((double *)(void *)((char *)a + 4), 3, 3, 3),
                     ACT_ERROR_ALIGNMENT);
    assert_int_equal(act_logsumexp_columns_f64(a, a, 3, 3, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_columns_f64(NULL, a, 3, 3, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_columns_f64(b, NULL, 3, 3, 3), ACT_ERROR_NULL);
    b[5] = b[6] = 3;
    assert_int_equal(act_logsumexp_columns_f64(b, NULL, 2, 0, 3), ACT_OK);
    assert_true(isinf(b[0]) && isinf(b[5]) && b[5] < 0 && b[6] == 3);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),   cmocka_unit_test(special_values),
        cmocka_unit_test(no_flags), cmocka_unit_test(nothing_outside),
        cmocka_unit_test(errors),   cmocka_unit_test(errors_of_f64),
    };
    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
