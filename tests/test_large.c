/*
 * Arrays larger than the caches, which have streaming loops: the bits are those of short arrays for
 * any start and length, and nothing else is written.
 */
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

/* For STREAM_FLOATS; the scalar vocabulary compiles everywhere. */
#include "scalar/vec_scalar.h"

#include "kernels/stream.h"

/* The input is periodic, so that a short array has all results; 4099 is coprime to any width. */
enum { PERIOD = 4099, PERIODS = STREAM_FLOATS / PERIOD + 2, MARGIN = 48 };
enum { MOST = PERIOD * PERIODS };
static float *input, *output;

static float input_at(size_t i) { return input[i % PERIOD]; }

static int set_up(void **state) {
    (void)state;
    input = malloc((MOST + PERIOD) * sizeof *input);
    output = malloc((MOST + 2 * MARGIN) * sizeof *output);
    if (!input || !output)
        return 1;
    fill_mixed(input, PERIOD, 11);
    for (size_t i = 1; i <= PERIODS; ++i)
        memcpy(input + i * PERIOD, input, PERIOD * sizeof *input);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(input);
    free(output);
    return 0;
}

/* Whether the results are periodic, between unchanged margins of sevens. */
static void assert_periodic(const char *name, const float *y, size_t n, const float *period) {
    for (size_t i = 0; i < n; i += PERIOD) {
        const size_t length = n - i < PERIOD ? n - i : PERIOD;
        if (memcmp(y + i, period, length * sizeof *y) == 0)
            continue;
        for (size_t k = 0; k < length; ++k)
            if (!same_bits(y[i + k], period[k]))
                fail_msg("%s(%a) on %s: %a at %zu of %zu, %a in a short array", name,
                         (double)input_at(i + k), act_backend(), (double)y[i + k], i + k, n,
                         (double)period[k]);
    }
    for (size_t k = 1; k <= MARGIN; ++k)
        assert_true(y[-(ptrdiff_t)k] == 7.0F && y[n + k - 1] == 7.0F);
}

/* The operands of two-array functions are the input, and the input from its second element on. */
static act_status call(const map_function *f, float *y, size_t n, const float *p) {
    return f->pair ? f->pair->call(y, input, input + 1, n, p) : f->to(y, input, n, p);
}

static void large(void **state) {
    const map_function *f = *state;
    static float period[PERIOD];
    random_source source = {12};
    for (size_t set = 0; set < parameter_sets(f) && set < 2; ++set) {
        const size_t n = STREAM_FLOATS + random_below(&source, PERIOD);
        float p[MAX_PARAMETERS], *y = output + MARGIN + random_below(&source, 16);
        parameter_set(f, set, p);
        assert_int_equal(call(f, period, PERIOD, p), ACT_OK);
        for (size_t k = 1; k <= MARGIN; ++k)
            y[-(ptrdiff_t)k] = y[n + k - 1] = 7.0F;
        assert_int_equal(call(f, y, n, p), ACT_OK);
        assert_periodic(f->name, y, n, period);
    }
}

/*
 * A slice of a larger array has the same bits, and nothing beyond it is written, wherever it
 * begins.  Lengths are around the shortest one that uses non-temporal stores, and longer; also in
 * place.
 */
static void slices(void **state) {
    const map_function *f = *state;
    static float expected[4 * PERIOD];
    static const size_t lengths[] = {0, 1, 100, 4095, 4096, 4097, 4098, 3 * PERIOD + 1};
    for (size_t set = 0; set < parameter_sets(f) && set < 2; ++set)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; ++i)
            for (size_t offset = 0; offset < 17; offset += 4) {
                const size_t n = lengths[i];
                float p[MAX_PARAMETERS], *y = output + MARGIN + offset;
                parameter_set(f, set, p);
                assert_int_equal(call(f, expected, n, p), ACT_OK);
                for (size_t k = 0; k < n + (size_t)2 * MARGIN; ++k)
                    y[(ptrdiff_t)k - MARGIN] = 7.0F;
                assert_int_equal(call(f, y, ACT_SLICE(n), p), ACT_OK);
                for (size_t k = 0; k < n; ++k)
                    assert_true(same_bits(y[k], expected[k]));
                for (size_t k = 1; k <= MARGIN; ++k)
                    assert_true(y[-(ptrdiff_t)k] == 7.0F && y[n + k - 1] == 7.0F);
                if (f->pair)
                    continue;
                memcpy(y, input, n * sizeof *y);
                assert_int_equal(f->in_place(y, ACT_SLICE(n), p), ACT_OK);
                for (size_t k = 0; k < n; ++k)
                    assert_true(same_bits(y[k], expected[k]));
            }
}

/* A quick run takes every sixteenth function. */
static void large_in_turn(void **state) {
    static size_t turn;
    if (turn++ % 16 == 0 || !quick())
        large(state);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
#define LARGE(name)                           MAP_TEST(large_in_turn, name), MAP_TEST(slices, name),
#define ACT_MAP(name, of, params, types)      LARGE(name) IF_GRAD_##of(LARGE(name##_grad))
#define ACT_GATED(name, slope, params, types) LARGE(name)
#define ACT_PAIR(name, first, params, types)  LARGE(name)
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
    };
    return cmocka_run_group_tests_name("large", tests, set_up, tear_down);
}

int main(void) { return on_each_backend(run); }
