/*
 * Position does not matter: a slice of an array, at any offset and of any length, gives the bits
 * that the whole array gives, and a row of a batch gives those that it gives alone.
 */
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

enum { WHOLE = 5000 };

static void slices(void **state) {
    const map_function *f = *state;
    const int trials = quick() ? 1000 : 10000;
    float x[WHOLE], whole[WHOLE], part[WHOLE + 16];
    random_source source = {7};
    for (size_t set = 0; set < parameter_sets(f); set = next_set(set)) {
        float p[MAX_PARAMETERS];
        parameter_set(f, set, p);
        fill_mixed(x, WHOLE, set);
        assert_int_equal(f->to(whole, x, WHOLE, p), ACT_OK);
        for (int trial = 0; trial < trials; ++trial) {
            size_t begin = random_below(&source, WHOLE);
            size_t most = WHOLE - begin < 100 || trial % 16 == 0 ? WHOLE - begin : 100;
            size_t n = 1 + random_below(&source, most);
            float *y = part + random_below(&source, 16);
            if (trial % 2) {
                assert_int_equal(f->to(y, x + begin, n, p), ACT_OK);
            } else {
                memcpy(y, x + begin, n * sizeof *y);
                assert_int_equal(f->in_place(y, n, p), ACT_OK);
            }
            for (size_t i = 0; i < n; ++i)
                if (!same_bits(y[i], whole[begin + i]))
                    fail_msg("%s of %a on %s: %a in a slice of %zu from %zu, %a in the array",
                             f->name, (double)x[begin + i], act_backend(), (double)y[i], n, begin,
                             (double)whole[begin + i]);
        }
    }
}

static void rows_alone(void **state) {
    const rows_function *f = *state;
    const int trials = quick() ? 200 : 2000;
    enum { MOST_ROWS = 8, MOST_COLS = 300 };
    float x[MOST_ROWS * MOST_COLS], together[MOST_ROWS * MOST_COLS], alone[MOST_COLS + 16];
    random_source source = {8};
    for (int trial = 0; trial < trials; ++trial) {
        size_t rows = 1 + random_below(&source, MOST_ROWS);
        size_t cols = 1 + random_below(&source, trial % 4 ? 70 : MOST_COLS - 20);
        size_t src_stride = cols + random_below(&source, 20);
        size_t dst_stride = cols + random_below(&source, 20);
        fill_uniform(x, rows * src_stride, -20, 20, (uint64_t)trial);
        /* Rows whose values are far apart take another code path than a single row. */
        for (size_t r = 0; trial % 2 && r < rows; ++r)
            for (size_t i = 0; i < cols; ++i)
                x[r * src_stride + i] += 64.0F * (float)r;
        assert_int_equal(f->to(together, dst_stride, x, src_stride, rows, cols), ACT_OK);
        for (size_t r = 0; r < rows; ++r) {
            float *y = alone + random_below(&source, 16);
            memcpy(y, x + r * src_stride, cols * sizeof *y);
            assert_int_equal(f->in_place(y, 1, cols), ACT_OK);
            for (size_t i = 0; i < cols; ++i)
                if (!same_bits(y[i], together[r * dst_stride + i]))
                    fail_msg("%s on %s, row %zu of %zu x %zu: %a alone, %a in the batch", f->name,
                             act_backend(), r, rows, cols, (double)y[i],
                             (double)together[r * dst_stride + i]);
        }
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {
#define SLICES(name)                          MAP_TEST(slices, name),
#define ACT_MAP(name, of, params, types)      EACH_OF_MAP(SLICES, name, of)
#define ACT_GATED(name, slope, params, types) EACH_OF_GATED(SLICES, name)
#define ACT_PAIR(name, first, params, types)  SLICES(name)
#define ACT_ROWS(name, types)                 ROWS_TEST(rows_alone, name),
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
    };
    return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
