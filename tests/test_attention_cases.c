/*
 * The rows of attention as ggml's soft_max_ext and ONNX's Attention define them: every case of
 * attention_cases.def, whose results tools/attention_cases.py makes from their formulas.
 */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "act/act.h"
#include "support/harness.h"

typedef struct {
    const char *name;
    size_t rows, cols;
    double furthest; /* the largest |z| */
    act_attention_rows options;
    const float *src;
    const void *mask;
    const float *slopes, *sinks;
    const size_t *valid;
    const double *results;
} attention_case;

#define NONE NULL
#define OPTIONS(...)                                                                               \
    { .size = sizeof(act_attention_rows), __VA_ARGS__ }
#define FLOATS(...)                                                                                \
    (const float[]) { __VA_ARGS__ }
#define HALVES(...)                                                                                \
    (const act_f16[]) { __VA_ARGS__ }
#define DOUBLES(...)                                                                               \
    (const double[]) { __VA_ARGS__ }
#define COUNTS(...)                                                                                \
    (const size_t[]) { __VA_ARGS__ }
#define CASE(name, ...) {#name, __VA_ARGS__},
static const attention_case cases[] = {
#include "attention_cases.def"
};
enum { CASES = sizeof cases / sizeof cases[0], MOST = 256 };

/*
 * The header's bound for what z is in f32.  z and the maximum have two roundings each, of half a
 * unit; with a softcap they are within 4 ULP.  exp turns that difference into a relative one.
 */
static double tolerance(const attention_case *c, bool fast) {
    const double units = c->options.softcap > 0 ? 4 + 1 : 1;
    return (fast ? 5.5e-6 : 4e-7) + 2 * units * c->furthest * (double)FLT_EPSILON;
}

static void check(const attention_case *c, const float *y, bool fast) {
    const double most = tolerance(c, fast);
    for (size_t i = 0; i < c->rows * c->cols; ++i) {
        const double off = fabs((double)y[i] - c->results[i]);
        if (!(off <= most * c->results[i]))
            fail_msg("%s%s on %s, row %zu, column %zu: %.9g, should be %.9g", c->name,
                     fast ? ", fast" : "", act_backend(), i / c->cols, i % c->cols, (double)y[i],
                     c->results[i]);
    }
}

static void each_case(void **state) {
    (void)state;
    for (size_t k = 0; k < CASES; ++k) {
        const attention_case *c = &cases[k];
        act_attention_rows o = c->options;
        o.mask = c->mask, o.slopes = c->slopes, o.sinks = c->sinks, o.valid = c->valid;
        float y[MOST];
        assert_in_range(c->rows * c->cols, 1, MOST);
        assert_int_equal(
            act_attention_softmax_f32_to(y, c->cols, c->src, c->cols, c->rows, c->cols, &o),
            ACT_OK);
        check(c, y, false);
        memcpy(y, c->src, c->rows * c->cols * sizeof *y);
        assert_int_equal(act_attention_softmax_fast_f32(y, c->rows, c->cols, &o), ACT_OK);
        check(c, y, true);
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_case)};
    return cmocka_run_group_tests_name("attention_cases", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
