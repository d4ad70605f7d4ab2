/*
 * The references of the gradients against the references of their functions: the formula is the
 * derivative, wherever a numerical derivative converges.
 */
#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"
#include "support/reference.h"

typedef struct {
    const char *name;
    long double (*function)(long double x);
    long double (*gradient)(long double dy, long double v);
    act_grad_input input;
} derivative;

/* With the usual parameters. */
#define DERIVATIVE(name, of, params)                                                               \
    DERIVATIVE_BY(name, of, reference_long_##name(x USUAL_##params),                               \
                  reference_long_##name##_grad(dy, v USUAL_##params))
#define DERIVATIVE_BY(name, of, FUNCTION, GRADIENT)                                                \
    static long double function_##name(long double x) { return FUNCTION; }                         \
    static long double gradient_##name(long double dy, long double v) { return GRADIENT; }         \
    static const derivative derivative_##name = {#name, function_##name, gradient_##name,          \
                                                 ACT_GRAD_##of};
#define ACT_MAP(name, of, params, types) IF_GRAD_##of(DERIVATIVE(name, of, params))
/* With respect to either operand, with some value of the other. */
#define UP   (-1.75L)
#define GATE 0.625L
#define ACT_GATED(name, slope, params, types)                                                      \
    DERIVATIVE_BY(name##_dgate, X, reference_long_##name(x, UP USUAL_##params),                    \
                  reference_long_##name##_grad_dgate(dy, v, UP USUAL_##params))                    \
    DERIVATIVE_BY(name##_dup, X, reference_long_##name(GATE, x USUAL_##params),                    \
                  reference_long_##name##_grad_dup(dy, GATE, v USUAL_##params))
#define ACT_PAIR ACT_SKIP
/* Tested below. */
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

/* The other gradients, which take x or y. */
DERIVATIVE_BY(sigmoid_x, X, reference_long_sigmoid(x), reference_long_sigmoid_grad_x(dy, v))
DERIVATIVE_BY(elu_y, Y, reference_long_elu(x, 1), reference_long_elu_grad_y(dy, v, 1))
DERIVATIVE_BY(selu_y, Y, reference_long_selu(x), reference_long_selu_grad_y(dy, v))
DERIVATIVE_BY(celu_y, Y, reference_long_celu(x, 0.75F), reference_long_celu_grad_y(dy, v, 0.75F))

/* A kink within the step shows in the one-sided differences and is skipped; few may be skipped. */
static void is_the_derivative(void **state) {
    const derivative *d = *state;
    enum { TRIALS = 20000 };
    const long double h = 0x1p-20L;
    random_source source = {17};
    int skipped = 0;
    for (int i = 0; i < TRIALS; ++i) {
        const long double x = (long double)(random_unit(&source) * 20 - 10);
        const long double y = d->function(x);
        const long double left = (y - d->function(x - h)) / h, right = (d->function(x + h) - y) / h;
        const long double found = d->gradient(3, d->input == ACT_GRAD_X ? x : y) / 3;
        const long double scale = fmaxl(1, fabsl(found));
        if (fabsl(left - right) > 1e-4L * scale) {
            ++skipped;
            continue;
        }
        if (fabsl((left + right) / 2 - found) > 1e-8L * scale)
            fail_msg("%s: gradient at %La: the reference is %Lg, the difference quotient %Lg",
                     d->name, x, found, (left + right) / 2);
    }
    assert_in_range(skipped, 0, TRIALS / 100);
}

/*
 * Row-wise functions, whose references take floats: the differences are of floats, with steps so
 * large that the rounding of y to float does not matter.
 */
enum { COLS = 9 };
static const float row_step = 0x1p-8F, row_scale = 0.40625F;

static long double weighted_softmax(const float *x, const float *dy) {
    long double y[COLS], sum = 0;
    reference_long_softmax_masked(y, x, NULL, COLS, row_scale, 0);
    for (size_t i = 0; i < COLS; ++i)
        sum += (long double)dy[i] * y[i];
    return sum;
}

static void rows_have_the_derivative(void **state) {
    (void)state;
    random_source source = {18};
    for (int trial = 0; trial < 1000; ++trial) {
        float x[COLS], dy[COLS], y[COLS];
        long double of_sum[COLS], of_softmax[COLS], exact[COLS];
        for (size_t i = 0; i < COLS; ++i)
            x[i] = row_step * (float)((int)random_below(&source, 2048) - 1024);
        fill_uniform(dy, COLS, -1, 1, (uint64_t)trial);
        reference_long_softmax_masked(exact, x, NULL, COLS, row_scale, 0);
        for (size_t i = 0; i < COLS; ++i)
            y[i] = (float)exact[i];
        reference_long_logsumexp_grad(of_sum, dy[0], x, COLS);
        reference_long_softmax_masked_grad(of_softmax, dy, y, COLS, row_scale);
        for (size_t i = 0; i < COLS; ++i) {
            const float here = x[i];
            x[i] = here - row_step;
            const long double sum_left = reference_long_logsumexp(x, COLS);
            const long double softmax_left = weighted_softmax(x, dy);
            x[i] = here + row_step;
            const long double sum_right = reference_long_logsumexp(x, COLS);
            const long double softmax_right = weighted_softmax(x, dy);
            x[i] = here;
            const long double width = 2 * (long double)row_step;
            assert_true(fabsl((long double)dy[0] * (sum_right - sum_left) / width - of_sum[i]) <
                        1e-5L);
            assert_true(fabsl((softmax_right - softmax_left) / width - of_softmax[i]) < 1e-5L);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define GRADIENT_TEST(name)                   FUNCTION_TEST(is_the_derivative, NULL, derivative, name),
#define ACT_MAP(name, of, params, types)      IF_GRAD_##of(GRADIENT_TEST(name))
#define ACT_GATED(name, slope, params, types) GRADIENT_TEST(name##_dgate) GRADIENT_TEST(name##_dup)
#define ACT_PAIR                              ACT_SKIP
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
        GRADIENT_TEST(sigmoid_x) GRADIENT_TEST(elu_y) GRADIENT_TEST(selu_y) GRADIENT_TEST(celu_y)
            cmocka_unit_test(rows_have_the_derivative),
    };
    return cmocka_run_group_tests_name("references", tests, NULL, NULL);
}
