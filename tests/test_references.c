/*
 * The references of the gradients against the references of their functions: the formula is the
 * derivative, wherever a numerical one settles.
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
#define DERIVATIVE(name, of, ...)                                                                  \
    static long double function_##name(long double x) {                                            \
        return reference_long_##name(x __VA_ARGS__);                                               \
    }                                                                                              \
    static long double gradient_##name(long double dy, long double v) {                            \
        return reference_long_##name##_grad(dy, v __VA_ARGS__);                                    \
    }                                                                                              \
    static const derivative derivative_##name = {#name, function_##name, gradient_##name,          \
                                                 ACT_GRAD_##of};
#define ACT_GRAD0(name, of)                     DERIVATIVE(name, of, )
#define ACT_GRAD1(name, of, p, u, r)            DERIVATIVE(name, of, , u)
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s) DERIVATIVE(name, of, , u, v)
#include "functions.def"

/* A kink within the step shows in the one-sided differences, and is skipped; few may be. */
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
            fail_msg("%s_grad at %La: the reference is %Lg, the difference quotient %Lg", d->name,
                     x, found, (left + right) / 2);
    }
    assert_in_range(skipped, 0, TRIALS / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define GRADIENT_TEST(name)                     FUNCTION_TEST(is_the_derivative, NULL, derivative, name),
#define ACT_GRAD0(name, of)                     GRADIENT_TEST(name)
#define ACT_GRAD1(name, of, p, u, r)            GRADIENT_TEST(name)
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s) GRADIENT_TEST(name)
#include "functions.def"
    };
    return cmocka_run_group_tests_name("references", tests, NULL, NULL);
}
