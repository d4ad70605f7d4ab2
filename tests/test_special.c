/* Zeros, infinities, NaNs and the ends of the range, at every position of a vector. */
#include <float.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"
#include "support/ulp.h"

enum { POSITIONS = 32, LONGEST = 2 * POSITIONS };

/* Every special at every position, the last of an array too, among numbers that are ordinary. */
static void at_every_position(void **state) {
    const map_function *f = *state;
    for (size_t set = 0; set < parameter_sets(f); set = next_set(set)) {
        float p[MAX_PARAMETERS], x[LONGEST], y[LONGEST];
        parameter_set(f, set, p);
        for (size_t s = 0; s < SPECIALS; ++s)
            for (size_t at = 0; at < POSITIONS; at += quick() && set > 0 ? 5 : 1)
                for (size_t n = at + 1; n < LONGEST; n += quick() ? 21 : 7) {
                    fill_uniform(x, n, -8, 8, s + at + n);
                    x[at] = float_of(specials[s]);
                    assert_int_equal(f->to(y, x, n, p), ACT_OK);
                    for (size_t i = 0; i < n; ++i)
                        assert_map_result(f, p, x[i], y[i], f->reference(x[i], p));
                }
    }
}

/* Where act.h promises a value, and not only an error bound. */
typedef struct {
    const map_function *f;
    float x, p, y;
} exact_value;

static const exact_value exact_values[] = {
    {&map_sigmoid, 0.0F, 0, 0.5F},
    {&map_sigmoid, -0.0F, 0, 0.5F},
    {&map_sigmoid, INFINITY, 0, 1.0F},
    {&map_sigmoid, -INFINITY, 0, 0.0F},
    {&map_sigmoid, FLT_MAX, 0, 1.0F},
    {&map_sigmoid, -FLT_MAX, 0, 0.0F},
    {&map_sigmoid, 0x1p-149F, 0, 0.5F},
    {&map_sigmoid, -0x1p-149F, 0, 0.5F},
    {&map_relu, 0.0F, 0, 0.0F},
    {&map_relu, -0.0F, 0, -0.0F},
    {&map_relu, INFINITY, 0, INFINITY},
    {&map_relu, -INFINITY, 0, 0.0F},
    {&map_relu, 0x1p-149F, 0, 0x1p-149F},
    {&map_relu, -0x1p-149F, 0, 0.0F},
    {&map_relu, FLT_MAX, 0, FLT_MAX},
    {&map_relu, -FLT_MAX, 0, 0.0F},
    {&map_leaky_relu, -0.0F, 0.01F, -0.0F},
    {&map_leaky_relu, 0.0F, -1.0F, 0.0F},
    {&map_leaky_relu, -INFINITY, 0.01F, -INFINITY},
    {&map_leaky_relu, -INFINITY, 0.0F, NAN},
    {&map_leaky_relu, -INFINITY, -2.0F, INFINITY},
    {&map_leaky_relu, -1.0F, INFINITY, -INFINITY},
    {&map_leaky_relu, -1.0F, NAN, NAN},
    {&map_leaky_relu, 1.0F, NAN, 1.0F},
    {&map_leaky_relu, -1.0F, 0.0F, -0.0F},
    {&map_leaky_relu, -FLT_MAX, 2.0F, -INFINITY},
    {&map_leaky_relu, -0x1p-149F, 0.25F, -0.0F},
    {&map_leaky_relu, -0x1.8p-125F, 0x1p-24F, -0x1p-148F},
};

static void exact_promises(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof exact_values / sizeof exact_values[0]; ++k) {
        const exact_value *v = &exact_values[k];
        for (size_t at = 0; at < POSITIONS; ++at) {
            float x[POSITIONS];
            fill_uniform(x, POSITIONS, -8, 8, at);
            x[at] = v->x;
            assert_int_equal(v->f->in_place(x, at + 1, (float[MAX_PARAMETERS]){v->p}), ACT_OK);
            if (!same_bits(x[at], v->y))
                fail_msg("%s of %a, parameter %a, at %zu on %s: is %a, should be %a", v->f->name,
                         (double)v->x, (double)v->p, at, act_backend(), (double)x[at],
                         (double)v->y);
        }
    }
}

/* Rows of every length with the given elements at every position, the others being filler. */
static void spoiled_rows(float filler, float spoiler,
                         void (*check)(const float *y, size_t n, size_t at)) {
    float x[LONGEST + 3], y[LONGEST + 3];
    for (size_t n = 1; n <= LONGEST + 3; n += n < 20 ? 1 : 5)
        for (size_t at = 0; at < n; ++at) {
            for (size_t i = 0; i < n; ++i)
                x[i] = filler;
            x[at] = spoiler;
            assert_int_equal(act_softmax_f32_to(y, n, x, n, 1, n), ACT_OK);
            check(y, n, at);
        }
}

static void all_nan(const float *y, size_t n, size_t at) {
    (void)at;
    for (size_t i = 0; i < n; ++i)
        assert_true(isnan(y[i]));
}

/* All the weight is at one place; elsewhere is +0, not -0 and not almost 0. */
static void one_at(const float *y, size_t n, size_t at) {
    for (size_t i = 0; i < n; ++i)
        assert_int_equal(bits_of(y[i]), bits_of(i == at ? 1.0F : 0.0F));
}

/* The opposite: one place is empty, the others share. */
static void none_at(const float *y, size_t n, size_t at) {
    if (n == 1)
        return;
    for (size_t i = 0; i < n; ++i)
        if (i == at)
            assert_int_equal(bits_of(y[i]), bits_of(0.0F));
        else
            assert_true(fabs((double)y[i] * (double)(n - 1) - 1) < 1e-6);
}

static void softmax_without_a_result(void **state) {
    (void)state;
    static const float fillers[] = {1.0F, -INFINITY, INFINITY, FLT_MAX, -FLT_MAX};
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; ++i) {
        for (size_t s = 0; s < SPECIALS; ++s)
            if (isnan(float_of(specials[s])))
                spoiled_rows(fillers[i], float_of(specials[s]), all_nan);
        spoiled_rows(fillers[i], INFINITY, all_nan);
    }
    spoiled_rows(-INFINITY, -INFINITY, all_nan);
}

static void softmax_with_one_winner(void **state) {
    (void)state;
    static const float others[] = {-INFINITY, -FLT_MAX, -200.0F};
    static const float winners[] = {0.0F, -0.0F, 1.0F, FLT_MAX, 0x1p-149F, -1.0F};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; ++i)
        for (size_t k = 0; k < sizeof winners / sizeof winners[0]; ++k)
            spoiled_rows(others[i], winners[k], one_at);
    spoiled_rows(-INFINITY, -FLT_MAX, one_at);
}

static void softmax_with_one_loser(void **state) {
    (void)state;
    static const float others[] = {0.0F, 3.0F, -3.0F, FLT_MAX, 0x1p-149F};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; ++i) {
        spoiled_rows(others[i], -INFINITY, none_at);
        spoiled_rows(others[i], -FLT_MAX, none_at);
    }
    spoiled_rows(-FLT_MAX, -INFINITY, none_at);
}

/* n equal elements give 1/n, which is exact where n is a power of two; one gives 1. */
static void softmax_of_equal_elements(void **state) {
    (void)state;
    static const float values[] = {0.0F, -0.0F, 1.0F, 1e-3F, 88.7F, FLT_MAX, -FLT_MAX, 0x1p-149F};
    enum { MOST = 4096 };
    float *x = malloc(MOST * sizeof *x);
    for (size_t k = 0; k < sizeof values / sizeof values[0]; ++k)
        for (size_t n = 1; n <= MOST; n *= 2) {
            for (size_t i = 0; i < n; ++i)
                x[i] = values[k];
            assert_int_equal(act_softmax_f32(x, 1, n), ACT_OK);
            for (size_t i = 0; i < n; ++i)
                assert_int_equal(bits_of(x[i]), bits_of(1.0F / (float)n));
        }
    free(x);
}

/* A spoiled row spoils no other. */
static void softmax_rows_apart(void **state) {
    (void)state;
    static const float spoilers[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX};
    enum { ROWS = 3, COLS = 21 };
    for (size_t k = 0; k < sizeof spoilers / sizeof spoilers[0]; ++k) {
        float x[ROWS][COLS], alone[ROWS][COLS];
        fill_uniform(x[0], (size_t)ROWS * COLS, -5, 5, k);
        x[1][k] = spoilers[k];
        memcpy(alone, x, sizeof x);
        assert_int_equal(act_softmax_f32(x[0], ROWS, COLS), ACT_OK);
        for (size_t r = 0; r < ROWS; ++r) {
            assert_int_equal(act_softmax_f32(alone[r], 1, COLS), ACT_OK);
            for (size_t c = 0; c < COLS; ++c) {
                assert_true(same_bits(x[r][c], alone[r][c]));
                assert_true(isnan(x[r][c]) == (r == 1 && k < 2));
            }
        }
    }
}

/* Results lie within [0, 1] and sum to 1, whatever finite numbers the row is made of. */
static void softmax_sums(void **state) {
    (void)state;
    enum { MOST = 100000 };
    float *x = malloc(MOST * sizeof *x);
    for (size_t n = 1; n <= MOST; n = n * 3 + 1)
        for (int kind = 0; kind < 3; ++kind) {
            if (kind == 0)
                fill_finite(x, n, n);
            else
                fill_uniform(x, n, kind == 1 ? -1.0F : -90.0F, kind == 1 ? 1.0F : 90.0F, n);
            assert_int_equal(act_softmax_f32(x, 1, n), ACT_OK);
            double sum = 0;
            for (size_t i = 0; i < n; ++i) {
                assert_true(x[i] >= 0 && x[i] <= 1 && !signbit(x[i]));
                sum += (double)x[i];
            }
            if (fabs(sum - 1) > 1e-6)
                fail_msg("%zu columns sum to %.9f", n, sum);
        }
    free(x);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
#define AT_EVERY_POSITION(name)   MAP_TEST(at_every_position, name),
#define ACT_MAP(name, of, params) EACH_OF_MAP(AT_EVERY_POSITION, name, of)
#define ACT_GATED(name, f)        EACH_OF_GATED(AT_EVERY_POSITION, name)
#define ACT_ROWS                  ACT_SKIP
#define ACT_ROWS_PAIR             ACT_SKIP
#define ACT_ROWS_OWN              ACT_SKIP
#include "functions.def"
        cmocka_unit_test(exact_promises),
        cmocka_unit_test(softmax_without_a_result),
        cmocka_unit_test(softmax_with_one_winner),
        cmocka_unit_test(softmax_with_one_loser),
        cmocka_unit_test(softmax_of_equal_elements),
        cmocka_unit_test(softmax_rows_apart),
        cmocka_unit_test(softmax_sums),
    };
    return cmocka_run_group_tests_name("special", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
