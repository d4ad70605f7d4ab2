/* xIELU, which is no function of the list: both functions against their formulas, and promises. */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "support/data.h"
#include "support/harness.h"

#include "act/act.h"

enum { FLOATS = 1 << 16, LONGEST = 70 };
static float x[FLOATS], dy[FLOATS], y[FLOATS], dx[FLOATS];

typedef struct {
    float alpha_p, alpha_n, beta, eps;
} parameters;
static const parameters sets[] = {{1.17F, 1.67F, 0.5F, -1e-6F}, {1.17F, 1.67F, 0.5F, 0.0F},
                                  {0.8F, 0.3F, 0.5F, -1e-6F},   {2.0F, 5.0F, -1.5F, -0.25F},
                                  {0.0F, 0.0F, 1.0F, 0.0F},     {1e-30F, 1e20F, 1e-20F, 1.0F},
                                  {1e3F, 1e-3F, 0.0F, -5.0F}};
enum { SETS = sizeof sets / sizeof sets[0] };
#define PASS(p) (p).alpha_p, (p).alpha_n, (p).beta, (p).eps

/* The formula, and the size that errors are relative to. */
static double xielu(double v, parameters p, double *size) {
    const double beta = (double)p.beta, alpha = (double)p.alpha_n, eps = (double)p.eps;
    const double m = expm1(v < eps ? v : eps);
    double first = alpha * m, second = (beta - alpha) * v;
    if (v > 0) {
        first = (double)p.alpha_p * v * v, second = beta * v;
    } else if (v > -0.34 && v <= eps) { /* the series, where the difference cancels */
        first = alpha * (v > -1e-3 ? v * v * (0.5 + v * (1 / 6.0 + v / 24)) : m - v);
        second = beta * v;
    }
    *size = fmax(fabs(first + second), fmax(fabs(first), fabs(second)));
    return first + second;
}
static double slope(double v, parameters p, double *size) {
    const double beta = (double)p.beta, alpha = (double)p.alpha_n;
    const double m = v > (double)p.eps ? -1 : expm1(v);
    const double result = v > 0 ? 2 * (double)p.alpha_p * v + beta : alpha * m + beta;
    *size = fmax(fabs(result), v > 0 ? fabs(beta) : fmax(fabs(beta), fabs(alpha * m)));
    return result;
}
static double off(double result, double exact, double size) {
    if (fabs(exact) > (double)FLT_MAX)
        return isinf(result) ? 0 : INFINITY;
    int exponent;
    (void)frexp(size, &exponent);
    return fabs(result - exact) / ldexp(1.0, exponent - 24 > -149 ? exponent - 24 : -149);
}

static void both_are_their_formulas(void **state) {
    (void)state;
    double worst = 0;
    for (size_t set = 0; set < SETS; ++set)
        for (int range = 0; range < 4; ++range) {
            const parameters p = sets[set];
            fill_uniform(x, FLOATS, range == 0 ? -1 : -30, range == 0 ? 1 : 30, set);
            if (range == 2)
                fill_mixed(x, FLOATS, set);
            for (size_t i = 0; i < FLOATS && range == 3; ++i)
                x[i] = (i % 2 ? -1e-6F : -1e-30F) * (float)i * 0x1p-9F;
            fill_uniform(dy, FLOATS, -2, 2, set + 1);
            assert_int_equal(act_xielu_f32_to(y, x, FLOATS, PASS(p)), ACT_OK);
            assert_int_equal(act_xielu_grad_f32(dx, dy, x, FLOATS, PASS(p)), ACT_OK);
            for (size_t i = 0; i < FLOATS; ++i) {
                /* Beyond, a slope or a term overflows, or the square of x underflows. */
                if (!(fabsf(x[i]) < 0x1p110F) || (x[i] != 0 && fabsf(x[i]) < 0x1p-60F))
                    continue;
                double size, by;
                const double exact = xielu((double)x[i], p, &size);
                const double ulp = off((double)y[i], exact, size);
                const double derivative = slope((double)x[i], p, &by) * (double)dy[i];
                const double ulp_dx = off((double)dx[i], derivative, by * fabs((double)dy[i]));
                if (!(ulp <= 4.8 && ulp_dx <= 2.5))
                    fail_msg("set %zu on %s, x = %a: %a and %a, should be %a and %a, off by %g and "
                             "%g ULP",
                             set, act_backend(), (double)x[i], (double)y[i], (double)dx[i], exact,
                             derivative, ulp, ulp_dx);
                worst = fmax(worst, fmax(ulp, ulp_dx));
            }
        }
    printf("at most %.3f ULP on %s\n", worst, act_backend());
    assert_true(worst > 4.5); /* the figures of act.h are reached, nearly */
}

static void limits(void **state) {
    (void)state;
    const parameters p = sets[1];
    float v[] = {-0.0F, 0.0F, INFINITY, -INFINITY, NAN, -FLT_MAX, FLT_MAX}, change[7];
    const float ones[7] = {1, 1, 1, 1, 1, 1, 1};
    assert_int_equal(act_xielu_grad_f32(change, ones, v, 7, PASS(p)), ACT_OK);
    assert_true(change[0] == 0.5F && change[1] == 0.5F && change[2] == INFINITY);
    assert_true(fabs((double)change[3] + 1.17) < 1e-6 && isnan(change[4]));
    assert_int_equal(act_xielu_f32(v, 7, PASS(p)), ACT_OK);
    assert_true(v[0] == 0 && v[1] == 0 && v[2] == INFINITY && v[3] == INFINITY && isnan(v[4]));
    assert_true(v[5] == INFINITY && v[6] == INFINITY);
    float step = 0.0F; /* the step of the models' eps */
    act_xielu_f32(&step, 1, PASS(sets[0]));
    assert_true(fabs((double)step + 1.67e-6) < 1e-9);
}

/* Any length, in place and alone: the same bits. */
static void lengths(void **state) {
    (void)state;
    const parameters p = sets[0];
    fill_uniform(x, LONGEST, -4, 4, 1);
    fill_uniform(dy, LONGEST, -4, 4, 2);
    for (size_t n = 0; n <= LONGEST; ++n) {
        y[n] = dx[n] = 42;
        act_xielu_f32_to(y, x, n, PASS(p));
        act_xielu_grad_f32(dx, dy, x, n, PASS(p));
        assert_true(y[n] == 42 && dx[n] == 42);
        for (size_t i = 0; i < n; ++i) {
            float one = x[i], change = dy[i];
            act_xielu_f32(&one, 1, PASS(p));
            act_xielu_grad_f32(&change, &change, &x[i], 1, PASS(p));
            assert_true(same_bits(one, y[i]) && same_bits(change, dx[i]));
        }
    }
}

static void errors(void **state) {
    (void)state;
    assert_int_equal(act_xielu_f32(NULL, 4, PASS(sets[0])), ACT_ERROR_NULL);
    assert_int_equal(act_xielu_f32_to(x, x + 1, 4, PASS(sets[0])), ACT_ERROR_OVERLAP);
    assert_int_equal(act_xielu_grad_f32(x, dy, x + 1, 4, PASS(sets[0])), ACT_ERROR_OVERLAP);
    assert_int_equal(act_xielu_f32(x, ACT_SLICE(4), PASS(sets[0])), ACT_OK);
    const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; ++k) {
        const float w = wrong[k];
        assert_int_equal(act_xielu_f32(x, 0, w, 1, 1, 0), ACT_ERROR_PARAMETER);
        assert_int_equal(act_xielu_f32(x, 0, 1, w, 1, 0), ACT_ERROR_PARAMETER);
        assert_int_equal(act_xielu_f32(x, 0, 1, 1, w, 0), ACT_ERROR_PARAMETER);
        assert_int_equal(act_xielu_grad_f32(x, x, x, 0, 1, 1, 1, w), ACT_ERROR_PARAMETER);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_are_their_formulas),
        cmocka_unit_test(limits),
        cmocka_unit_test(lengths),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests_name("xielu", tests, NULL, NULL);
}
