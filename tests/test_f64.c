/*
 * The functions of double on one backend: values, limits, positions, errors, rows, flags; the same
 * bits as the other backends; and the figures of f64.h.
 */
#include <fenv.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "f64/bounds.h"
#include "f64/functions.h"
#include "support/guard.h"
#include "support/harness.h"

static bool same_double(double a, double b) {
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static double one_result(const f64_function *f, f64_input in) {
    double y = 0;
    assert_int_equal(f->call(&y, &in.a, &in.b, 1, in.p, in.q), ACT_OK);
    return y;
}

static void values(void **state) {
    (void)state;
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        random_source source = {3};
        const int count = quick() ? 500 : 10000;
        for (int i = 0; i < count; ++i) {
            const f64_input in = f64_random_input(f, &source, i % 2);
            const double y = one_result(f, in), error = f64_error_of(f, in, y);
            if (error > f->bound)
                fail_msg("%s of %a, %a with %a, %a: %a, which is wrong by %g ULP of %g", f->name,
                         in.a, in.b, in.p, in.q, y, error, f->bound);
        }
    }
}

/* A bound is a figure that has been reached. */
static void bounds_are_reached(void **state) {
    (void)state;
    if (getenv("ACT_TEST_PLAIN_SCALAR"))
        skip();
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        const f64_input in = {f->at[0], f->at[1], f->at[2], f->at[3]};
        const double error = f64_error_of(f, in, one_result(f, in));
        if (error > f->bound || error < 0.95 * f->bound)
            fail_msg("%s: %g ULP where the bound of %g is said to be reached", f->name, error,
                     f->bound);
    }
}

/* Zeros, infinities and NaN are those of the f32 function, and so are their signs. */
static const double limits[] = {
    0.0, -0.0, 1.0, -1.0, 4.0, -4.0, (double)INFINITY, -(double)INFINITY, (double)NAN};
enum { LIMITS = sizeof limits / sizeof limits[0] };
static bool is_limit(double x) { return x == 0 || isinf(x) || isnan(x); }

/* A slope that is 0 in float, so that its product with an infinite dy is NaN there. */
static bool is_below_floats(const f64_function *f, f64_input in) {
    in.a = 1;
    const double slope = one_result(f, in);
    return slope != 0 && (float)slope == 0;
}
static void check_limit(const f64_function *f, f64_input in) {
    const float a = (float)in.a, b = (float)in.b;
    float expected = 0;
    assert_int_equal(f->f32(&expected, &a, &b, 1, (float)in.p, (float)in.q), ACT_OK);
    const double y = one_result(f, in);
    const bool limit = is_limit((double)expected) || is_limit(y);
    if (limit && f->is_gradient && is_below_floats(f, in))
        return;
    /* What is no limit in double may be below all floats. */
    if (limit && !same_double((double)(float)y, (double)expected))
        fail_msg("%s of %g, %g with %g, %g: %g, and %g in f32", f->name, in.a, in.b, in.p, in.q, y,
                 (double)expected);
}

static void limits_are_those_of_f32(void **state) {
    (void)state;
    static const double parameters[] = {-1.5, 0.5, 2.0};
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f)
        for (size_t i = 0; i < LIMITS; ++i)
            for (size_t k = 0; k < (f->is_gradient ? LIMITS : 1); ++k) {
                f64_input in = {limits[i], limits[k], f->usual[0], f->usual[1]};
                check_limit(f, in);
                for (size_t j = 0; f->parameters && j < 3; ++j) {
                    in.p = f->range[0] >= RANGE_NONNEGATIVE ? fabs(parameters[j]) : parameters[j];
                    check_limit(f, in);
                }
            }
}

/* Arrays of all lengths and offsets at both guard pages: the values of calls for one element. */
#define LONGEST ((size_t)70)
#define OFFSETS ((size_t)4)
static void positions(void **state) {
    (void)state;
    guard *const to = guard_new(2 * (LONGEST + OFFSETS)), *const from = guard_new(2 * LONGEST + 16);
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        double a[LONGEST], b[LONGEST], expected[LONGEST];
        random_source source = {5};
        for (size_t i = 0; i < LONGEST; ++i) {
            const f64_input in = f64_random_input(f, &source, true);
            a[i] = in.a, b[i] = in.b;
            expected[i] = one_result(f, in);
        }
        for (size_t n = 0; n <= LONGEST; ++n)
            for (size_t k = 0; k < 2 * OFFSETS; ++k) {
                const guard_side side = k % 2 ? GUARD_START : GUARD_END;
                double *const y = (double *)(void *)guard_place(to, side, k / 2 * 2, 2 * n);
                double *const x = (double *)(void *)guard_place(from, side, 0, 2 * n);
                memcpy(x, a, n * sizeof *x);
                assert_int_equal(f->call(y, x, b, n, f->usual[0], f->usual[1]), ACT_OK);
                for (size_t i = 0; i < n; ++i)
                    assert_true(same_double(y[i], expected[i]));
                guard_check(to);
                guard_check(from);
                assert_int_equal(f->call(x, x, b, n, f->usual[0], f->usual[1]), ACT_OK);
                for (size_t i = 0; i < n; ++i)
                    assert_true(same_double(x[i], expected[i]));
                if (f->in_place) {
                    memcpy(x, a, n * sizeof *x);
                    assert_int_equal(f->in_place(x, n, f->usual[0], f->usual[1]), ACT_OK);
                } else {
                    memcpy(x, b, n * sizeof *x);
                    assert_int_equal(f->call(x, a, x, n, f->usual[0], f->usual[1]), ACT_OK);
                }
                for (size_t i = 0; i < n; ++i)
                    assert_true(same_double(x[i], expected[i]));
                guard_check(from);
            }
    }
    guard_free(to);
    guard_free(from);
}

/* Neither finite numbers nor -inf raise a flag unless the result is NaN or infinite. */
static void flags(void **state) {
    (void)state;
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        random_source source = {7};
        for (int i = 0; i < (quick() ? 300 : 3000); ++i) {
            f64_input in = f64_random_input(f, &source, true);
            if (i < 3 && !f->is_gradient)
                in.a = i ? (i == 1 ? (double)INFINITY : -(double)INFINITY) : -DBL_MAX;
            (void)feclearexcept(FE_ALL_EXCEPT);
            const double y = one_result(f, in);
            const int raised = fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
            if ((raised & (FE_INVALID | FE_DIVBYZERO) && !isnan(y)) ||
                (raised & FE_OVERFLOW && !isinf(y)))
                fail_msg("%s of %a, %a is %g and raises %x", f->name, in.a, in.b, y,
                         (unsigned)raised);
        }
    }
}

static void errors(void **state) {
    (void)state;
    enum { DOUBLES = 32 };
    double memory[DOUBLES], untouched[DOUBLES];
    for (size_t i = 0; i < DOUBLES; ++i)
        memory[i] = 0.25 * (double)i - 3;
    memcpy(untouched, memory, sizeof memory);
    double *const odd = (double *)(void *)((char *)memory + 4);
#define refused(call, status)                                                                      \
    do {                                                                                           \
        assert_int_equal(call, status);                                                            \
        assert_memory_equal(memory, untouched, sizeof memory);                                     \
    } while (0)
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        const double p = f->usual[0], q = f->usual[1], *const b = memory + 16;
        refused(f->call(NULL, memory, b, 3, p, q), ACT_ERROR_NULL);
        refused(f->call(memory, NULL, NULL, 3, p, q), ACT_ERROR_NULL);
        refused(f->call(odd, memory + 8, b, 3, p, q), ACT_ERROR_ALIGNMENT);
        refused(f->call(memory, odd, odd, 3, p, q), ACT_ERROR_ALIGNMENT);
        refused(f->call(memory + 1, memory, memory, 3, p, q), ACT_ERROR_OVERLAP);
        refused(f->call(memory, memory + 2, memory + 2, 3, p, q), ACT_ERROR_OVERLAP);
        refused(f->call(memory, memory, memory, SIZE_MAX, p, q), ACT_ERROR_SIZE);
        refused(f->call(memory, memory, memory, SIZE_MAX / 8, p, q), ACT_ERROR_SIZE);
        refused(f->call(memory, memory, memory, SIZE_MAX / 16 + 1, p, q), ACT_ERROR_SIZE);
        refused(f->call(NULL, odd, NULL, 0, p, q), ACT_OK);
        static const double outside[] = {(double)INFINITY, (double)NAN, 0.0, -1.0};
        for (size_t k = 0; k < 4; ++k) {
            const f64_range range = f->range[0];
            const bool accepted = range == RANGE_ANY || (range == RANGE_FINITE && k >= 2) ||
                                  (range == RANGE_NONZERO && k == 3) ||
                                  (range == RANGE_NONNEGATIVE && k == 2);
            if (f->parameters && !accepted)
                refused(f->call(memory, memory, memory, 3, outside[k], q), ACT_ERROR_PARAMETER);
        }
        /* A hint for slices counts for nothing. */
        double y[3], z[3];
        assert_int_equal(f->call(y, memory, b, 3, p, q), ACT_OK);
        assert_int_equal(f->call(z, memory, b, ACT_SLICE(3), p, q), ACT_OK);
        assert_memory_equal(y, z, sizeof y);
    }
    refused(act_softmax_f64(NULL, 2, 3), ACT_ERROR_NULL);
    refused(act_softmax_f64(odd, 2, 3), ACT_ERROR_ALIGNMENT);
    refused(act_log_softmax_f64(memory, SIZE_MAX / 2, 3), ACT_ERROR_SIZE);
    refused(act_softmax_f64_to(memory, 2, memory, 3, 2, 3), ACT_ERROR_STRIDE);
    refused(act_softmax_f64_to(memory + 1, 3, memory, 3, 2, 3), ACT_ERROR_OVERLAP);
    refused(act_softmax_f64(NULL, 0, 3), ACT_OK);
    refused(act_softmax_f64(NULL, 3, 0), ACT_OK);
    refused(act_logsumexp_f64(NULL, memory, 3, 2, 3), ACT_ERROR_NULL);
    refused(act_logsumexp_f64(odd, memory + 8, 3, 2, 3), ACT_ERROR_ALIGNMENT);
    refused(act_logsumexp_f64(memory + 2, memory, 3, 2, 3), ACT_ERROR_OVERLAP);
    refused(act_logsumexp_f64(memory, memory + 8, 2, 2, 3), ACT_ERROR_STRIDE);
    refused(act_softmax_grad_f64(memory, 3, memory, 3, NULL, 3, 2, 3), ACT_ERROR_NULL);
    refused(act_softmax_grad_f64(memory, 3, memory + 8, 3, memory + 1, 3, 2, 3), ACT_ERROR_OVERLAP);
    double empty[2] = {1, 1};
    assert_int_equal(act_logsumexp_f64(empty, NULL, 0, 2, 0), ACT_OK);
    assert_true(isinf(empty[0]) && empty[1] < 0);
}

static void by_value(void **state) {
    (void)state;
    double x[5] = {-2.5, -0.5, 0.25, 1.5, 30}, dy[5] = {1, -2, 3, 0.5, 1}, y[5], z[5];
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        if (strstr(f->name, "_grad_"))
            continue; /* no function by value */
        char base[32];
        const size_t length = strlen(f->name) - (f->is_gradient ? strlen("_grad") : 0);
        (void)snprintf(base, sizeof base, "%.*s", (int)length, f->name);
        const act_function fn = act_function_from_name(base);
        assert_int_not_equal(fn, ACT_FUNCTION_NONE);
        for (int usual = 0; usual <= 1; ++usual) {
            const act_params_f64 given = {0.75, 1.25};
            const double p = usual ? f->usual[0] : given.first;
            const double q = usual ? f->usual[1] : given.second;
            const act_params_f64 *const params = usual ? NULL : &given;
            assert_int_equal(
                f->is_gradient ? f->call(y, dy, x, 5, p, q) : f->call(y, x, x, 5, p, q), ACT_OK);
            assert_int_equal(f->is_gradient ? act_apply_grad_f64(fn, params, z, dy, x, 5)
                                            : act_apply_f64(fn, params, z, x, 5),
                             ACT_OK);
            assert_memory_equal(y, z, sizeof y);
        }
    }
    assert_int_equal(act_apply_f64(ACT_FUNCTION_SIGMOID_FAST, NULL, y, x, 5), ACT_ERROR_FUNCTION);
    assert_int_equal(act_apply_f64(ACT_FUNCTION_NONE, NULL, y, x, 5), ACT_ERROR_FUNCTION);
    assert_int_equal(act_apply_grad_f64(ACT_FUNCTION_STEP, NULL, z, dy, x, 5), ACT_ERROR_FUNCTION);
    assert_int_equal(act_apply_f64((act_function)9999, NULL, y, x, 5), ACT_ERROR_FUNCTION);
    /* 0.01, not 0.01F */
    assert_int_equal(act_apply_f64(ACT_FUNCTION_LEAKY_RELU, NULL, y, x, 1), ACT_OK);
    assert_true(y[0] == -2.5 * 0.01);
}

/* Gates: the product with the function of the gate, and its gradient, to the bit. */
static double f_of(const char *name, double gate, double beta) {
    double y = 0;
    if (strcmp(name, "relu_squared") == 0)
        return 0;
    assert_int_equal(
        act_apply_f64(act_function_from_name(name), &(act_params_f64){beta, 0}, &y, &gate, 1),
        ACT_OK);
    return y;
}
static double slope_of(const char *name, double dy, double gate, double beta) {
    double dx = 0;
    if (strcmp(name, "sigmoid") == 0)
        assert_int_equal(act_sigmoid_grad_x_f64(&dx, &dy, &gate, 1), ACT_OK);
    else
        assert_int_equal(act_apply_grad_f64(act_function_from_name(name),
                                            &(act_params_f64){beta, 0}, &dx, &dy, &gate, 1),
                         ACT_OK);
    return dx;
}
typedef act_status gate_call(double *out, const double *gate, const double *up, size_t n);
typedef act_status gate_grad_call(double *dgate, double *dup, const double *dy, const double *gate,
                                  const double *up, size_t n);
static act_status swiglu_of_2(double *out, const double *gate, const double *up, size_t n) {
    return act_swiglu_beta_f64(out, gate, up, n, 2.0);
}
static act_status swiglu_of_2_grad(double *dgate, double *dup, const double *dy, const double *gate,
                                   const double *up, size_t n) {
    return act_swiglu_beta_grad_f64(dgate, dup, dy, gate, up, n, 2.0);
}
static const struct {
    const char *f;
    gate_call *call;
    gate_grad_call *grad;
    double beta;
} gates_of[] = {{"relu", act_reglu_f64, act_reglu_grad_f64, 0},
                {"relu_squared", act_reglu_squared_f64, act_reglu_squared_grad_f64, 0},
                {"sigmoid", act_glu_f64, act_glu_grad_f64, 0},
                {"gelu", act_geglu_f64, act_geglu_grad_f64, 0},
                {"gelu_tanh", act_geglu_tanh_f64, act_geglu_tanh_grad_f64, 0},
                {"gelu_quick", act_geglu_quick_f64, act_geglu_quick_grad_f64, 0},
                {"silu", act_swiglu_f64, act_swiglu_grad_f64, 1},
                {"silu", swiglu_of_2, swiglu_of_2_grad, 2}};
enum { GATE_LENGTH = 37, ODD_DOUBLES = 7 };
static const double odd_doubles[ODD_DOUBLES] = {
    0.0, -0.0, (double)INFINITY, -(double)INFINITY, (double)NAN, 1e300, -1e300};

static void refuse_gate(gate_call *call, gate_grad_call *grad) {
    double memory[32] = {0}, *const a = memory, *const b = memory + 10, *const c = memory + 20;
    assert_int_equal(call(NULL, a, b, 3), ACT_ERROR_NULL);
    assert_int_equal(call(c, a, NULL, 3), ACT_ERROR_NULL);
    assert_int_equal(call(a + 1, a, b, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(call(b + 1, a, b, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(grad(a, a, b, b, c, 3), ACT_ERROR_OVERLAP); /* both results in one place */
    assert_int_equal(grad(a, b, NULL, b, c, 3), ACT_ERROR_NULL);
    assert_int_equal(grad(a, b + 1, c, b, c, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(grad(NULL, NULL, NULL, NULL, NULL, 0), ACT_OK);
}

static void gates(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof gates_of / sizeof gates_of[0]; ++k) {
        double dy[GATE_LENGTH], gate[GATE_LENGTH], up[GATE_LENGTH], y[GATE_LENGTH],
            dgate[GATE_LENGTH], dup[GATE_LENGTH];
        const char *const f = gates_of[k].f;
        const bool squared = strcmp(f, "relu_squared") == 0;
        random_source source = {k};
        for (int trial = 0; trial < (quick() ? 30 : 1000); ++trial) {
            const size_t n = (size_t)trial % GATE_LENGTH + 1;
            for (size_t i = 0; i < n; ++i) {
                dy[i] = 4 * random_unit(&source) - 2;
                gate[i] = 16 * random_unit(&source) - 8;
                up[i] = 4 * random_unit(&source) - 2;
                if (random_below(&source, 4) == 0)
                    gate[i] = odd_doubles[random_below(&source, ODD_DOUBLES)];
                if (random_below(&source, 8) == 0)
                    up[i] = odd_doubles[random_below(&source, ODD_DOUBLES)];
            }
            assert_int_equal(gates_of[k].call(y, gate, up, n), ACT_OK);
            assert_int_equal(gates_of[k].grad(dgate, dup, dy, gate, up, n), ACT_OK);
            for (size_t i = 0; i < n; ++i) {
                const double g = gate[i], r = g < 0 ? 0 : g, d = dy[i] * up[i];
                const double fg = f_of(f, g, gates_of[k].beta);
                double slope =
                    squared ? (g > 0 ? 2 * d * g : 0) : slope_of(f, d, g, gates_of[k].beta);
                if (squared && (isnan(g) || isnan(d)))
                    slope = (double)NAN;
                const double expected = squared ? r * up[i] * r : fg * up[i];
                const double by_dy = squared ? r * dy[i] * r : fg * dy[i];
                if (!same_double(y[i], expected) || !same_double(dup[i], by_dy) ||
                    !same_double(dgate[i], slope))
                    fail_msg("gate of %s, %a up %a dy %a: %a is %a, dgate %a is %a, dup %a is %a",
                             f, g, up[i], dy[i], expected, y[i], slope, dgate[i], by_dy, dup[i]);
            }
            /* In place, where a result may be an operand. */
            double out[GATE_LENGTH];
            memcpy(out, up, sizeof out);
            assert_int_equal(gates_of[k].call(out, gate, out, n), ACT_OK);
            assert_memory_equal(out, y, n * sizeof *y);
        }
        refuse_gate(gates_of[k].call, gates_of[k].grad);
    }
    /* min(gate, limit), and up within the limit, plus 1 */
    const double gate[5] = {3, -2, 9, (double)NAN, 1}, up[5] = {0.5, -9, 9, 1, (double)NAN};
    double y[5];
    assert_int_equal(act_swiglu_clamped_f64(y, gate, up, 5, 1.5, 4), ACT_OK);
    for (size_t i = 0; i < 5; ++i) {
        const double g = gate[i] > 4 ? 4 : gate[i], u = up[i] > 4 ? 4 : up[i] < -4 ? -4 : up[i];
        assert_true(same_double(y[i], f_of("silu", g, 1.5) * (u + 1)));
    }
    assert_int_equal(act_swiglu_clamped_f64(y, gate, up, 5, 1.5, -1), ACT_ERROR_PARAMETER);
    assert_int_equal(act_swiglu_beta_f64(y, gate, up, 5, (double)INFINITY), ACT_ERROR_PARAMETER);
}

/* Rows. */

enum { ROW = 3000 };
static double row[ROW], other[ROW], result[ROW], again[ROW];

static void fill_row(size_t n, double size, uint64_t seed) {
    random_source source = {seed};
    for (size_t i = 0; i < n; ++i) {
        row[i] = size * (2 * random_unit(&source) - 1) * (1 + 0x1p-40 * random_unit(&source));
        other[i] = 2 * random_unit(&source) - 1;
    }
}

static double largest(size_t n) {
    double max = -(double)INFINITY;
    for (size_t i = 0; i < n; ++i)
        max = fmax(max, row[i]);
    return max;
}

/* The error relative to `size`, in units of 1. */
static void check_relative(const char *name, double y, const mpfr_t exact, double size, size_t n,
                           double bound) {
    mpfr_t error;
    mpfr_init2(error, EXACT_BITS);
    mpfr_sub_d(error, exact, y, MPFR_RNDN);
    const double relative = fabs(mpfr_get_d(error, MPFR_RNDN)) / fmax(size, DBL_MIN);
    mpfr_clear(error);
    if (!(relative <= bound))
        fail_msg("%s, a row of %zu: %a is wrong by %g", name, n, y, relative);
}

static void check_rows(size_t n) {
    mpfr_t log_sum, e;
    mpfr_inits2(EXACT_BITS, log_sum, e, (mpfr_ptr)NULL);
    const double max = largest(n);
    exact_log_sum(log_sum, row, n, max);

    assert_int_equal(act_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
    double sum = 0;
    for (size_t i = 0; i < n; ++i) {
        mpfr_set_d(e, row[i], MPFR_RNDN);
        mpfr_sub_d(e, e, max, MPFR_RNDN);
        mpfr_sub(e, e, log_sum, MPFR_RNDN);
        mpfr_exp(e, e, MPFR_RNDN);
        check_relative("softmax", result[i], e, mpfr_get_d(e, MPFR_RNDN), n, f64_bound_softmax);
        sum += result[i];
    }
    assert_true(fabs(sum - 1) < 1e-12);

    assert_int_equal(act_softmax_grad_f64(again, n, other, n, result, n, 1, n), ACT_OK);
    exact_dot(log_sum, other, result, n);
    for (size_t i = 0; i < n; ++i) {
        mpfr_d_sub(e, other[i], log_sum, MPFR_RNDN);
        mpfr_mul_d(e, e, result[i], MPFR_RNDN);
        const double size = fmax(fabs(other[i]), fabs(mpfr_get_d(log_sum, MPFR_RNDN)));
        check_relative("softmax_grad", again[i], e, size * result[i], n, f64_bound_softmax_grad);
    }

    exact_log_sum(log_sum, row, n, max);
    assert_int_equal(act_log_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
    for (size_t i = 0; i < n; ++i) {
        if (isinf(row[i])) {
            assert_true(result[i] == row[i]);
            continue;
        }
        mpfr_set_d(e, row[i], MPFR_RNDN);
        mpfr_sub_d(e, e, max, MPFR_RNDN);
        mpfr_sub(e, e, log_sum, MPFR_RNDN);
        check_relative("log_softmax", result[i], e, fabs(mpfr_get_d(e, MPFR_RNDN)), n,
                       f64_bound_log_softmax);
    }

    double y;
    assert_int_equal(act_logsumexp_f64(&y, row, n, 1, n), ACT_OK);
    mpfr_add_d(e, log_sum, max, MPFR_RNDN);
    check_relative("logsumexp", y, e, fabs(max) + mpfr_get_d(log_sum, MPFR_RNDN), n,
                   f64_bound_logsumexp);
    mpfr_clears(log_sum, e, (mpfr_ptr)NULL);
}

static void rows(void **state) {
    (void)state;
    static const double sizes[] = {0, 1e-9, 1, 10, 100, 700, 1e5, 1e300};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; ++s)
        for (size_t n = 1; n <= ROW; n = n < 20 ? n + 1 : n * 5 - 31) {
            if (quick() && n > 100)
                break;
            fill_row(n, sizes[s], n);
            check_rows(n);
            /* -inf is an ordinary element; a peaked row has a tiny sum beside its maximum. */
            for (size_t i = 1; i < n; i += 3)
                row[i] = -(double)INFINITY;
            check_rows(n);
            row[n / 2] += 40;
            check_rows(n);
        }
}

/* What is made of other functions has their bits; log_softmax_grad against MPFR. */
static void other_rows(void **state) {
    (void)state;
    enum { MOST = 300 };
    static double mask[MOST], y[MOST], expected[MOST], z[MOST];
    mpfr_t sum, e;
    mpfr_inits2(EXACT_BITS, sum, e, (mpfr_ptr)NULL);
    for (size_t n = 1; n <= MOST; n = n < 20 ? n + 1 : n * 3) {
        fill_row(n, 9, n + 1000);
        for (size_t i = 0; i < n; ++i)
            mask[i] = i % 3 == 1 ? -(double)INFINITY : other[i];
        for (int masked = 0; masked < 2; ++masked) {
            for (size_t i = 0; i < n; ++i)
                z[i] = masked ? fma(0.3, row[i], mask[i]) : 0.3 * row[i];
            const double *const m = masked ? mask : NULL;
            act_softmax_f64_to(expected, n, z, n, 1, n);
            assert_int_equal(
                act_softmax_masked_f64_to(y, n, row, n, m, 0, 1, n, 0.3, ACT_EMPTY_ROWS_NAN),
                ACT_OK);
            assert_memory_equal(y, expected, n * sizeof *y);
            memcpy(y, row, n * sizeof *y);
            assert_int_equal(act_softmax_masked_f64(y, m, n, 1, n, 0.3, ACT_EMPTY_ROWS_ZERO),
                             ACT_OK);
            assert_memory_equal(y, expected, n * sizeof *y);
        }
        for (size_t i = 0; i < n; ++i)
            z[i] = -(double)INFINITY;
        act_softmax_masked_f64_to(y, n, row, n, z, 0, 1, n, 1, ACT_EMPTY_ROWS_ZERO);
        assert_true(y[0] == 0 && y[n - 1] == 0);
        act_softmax_masked_f64_to(y, n, row, n, z, 0, 1, n, 1, ACT_EMPTY_ROWS_NAN);
        assert_true(isnan(y[0]) && isnan(y[n - 1]));

        act_softmax_f64_to(z, n, row, n, 1, n);
        act_softmax_grad_f64(expected, n, other, n, z, n, 1, n);
        act_softmax_masked_grad_f64(y, n, other, n, z, n, 1, n, 0.7);
        for (size_t i = 0; i < n; ++i)
            assert_true(y[i] == expected[i] * 0.7);
        act_logsumexp_grad_f64(y, n, &(double){-1.3}, row, n, 1, n);
        for (size_t i = 0; i < n; ++i)
            assert_true(y[i] == z[i] * -1.3);

        act_log_softmax_f64_to(z, n, row, n, 1, n);
        assert_int_equal(act_log_softmax_grad_f64(y, n, other, n, z, n, 1, n), ACT_OK);
        for (size_t i = 0; i < n; ++i)
            mask[i] = 1;
        exact_dot(sum, other, mask, n);
        for (size_t i = 0; i < n; ++i) {
            mpfr_set_d(e, z[i], MPFR_RNDN);
            mpfr_exp(e, e, MPFR_RNDN);
            mpfr_mul(e, e, sum, MPFR_RNDN);
            const double size = fmax(fabs(other[i]), fabs(mpfr_get_d(e, MPFR_RNDN)));
            mpfr_d_sub(e, other[i], e, MPFR_RNDN);
            check_relative("log_softmax_grad", y[i], e, size, n, f64_bound_log_softmax_grad);
        }

        /* Two rows with gaps, in place. */
        static double wide[2 * MOST + 5];
        memcpy(wide, row, n * sizeof *row);
        memcpy(wide + n + 5, row, n * sizeof *row);
        assert_int_equal(act_prelu_f64_to(wide, n + 5, wide, n + 5, other, 2, n), ACT_OK);
        act_prelu_grad_f64(y, n, row, n, row, n, other, 1, n);
        for (size_t i = 0; i < n; ++i) {
            act_leaky_relu_f64_to(z, row + i, 1, other[i]);
            assert_true(same_double(wide[i], *z) && same_double(wide[n + 5 + i], *z));
            act_leaky_relu_grad_f64(z, row + i, row + i, 1, other[i]);
            assert_true(same_double(y[i], *z));
        }
    }
    mpfr_clears(sum, e, (mpfr_ptr)NULL);
    double memory[32] = {0};
    assert_int_equal(act_prelu_f64(memory, memory + 1, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_f64(memory, NULL, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_grad_f64(memory, 3, memory, 3, memory, 3, memory, 2, 3),
                     ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_f64(NULL, NULL, 0, 3), ACT_OK);
    assert_int_equal(act_softmax_masked_f64(memory, memory + 1, 3, 2, 3, 1, ACT_EMPTY_ROWS_NAN),
                     ACT_ERROR_OVERLAP);
    assert_int_equal(act_softmax_masked_grad_f64(memory, 2, memory, 3, memory, 3, 2, 3, 1),
                     ACT_ERROR_STRIDE);
    assert_int_equal(act_logsumexp_grad_f64(memory, 3, memory + 1, memory, 3, 2, 3),
                     ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f64(memory, 3, NULL, memory, 3, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_log_softmax_grad_f64(memory, 3, memory, 3, NULL, 3, 2, 3), ACT_ERROR_NULL);
}

/* A long row keeps its accuracy: equal elements, whose sum is known. */
static void long_rows(void **state) {
    (void)state;
    const size_t n = quick() ? 20000 : 1000000;
    double *const x = malloc(n * sizeof *x), y;
    assert_non_null(x);
    for (size_t i = 0; i < n; ++i)
        x[i] = i ? -1.0 : 0.0;
    assert_int_equal(act_logsumexp_f64(&y, x, n, 1, n), ACT_OK);
    mpfr_t e;
    mpfr_init2(e, EXACT_BITS);
    mpfr_set_si(e, -1, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_mul_d(e, e, (double)n - 1, MPFR_RNDN);
    mpfr_log1p(e, e, MPFR_RNDN);
    check_relative("logsumexp", y, e, y, n, f64_bound_logsumexp);
    assert_int_equal(act_softmax_f64(x, 1, n), ACT_OK);
    mpfr_neg(e, e, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    check_relative("softmax", x[0], e, x[0], n, f64_bound_softmax);
    mpfr_clear(e);
    free(x);
}

static void special_rows(void **state) {
    (void)state;
    static const double bad[] = {(double)NAN, (double)INFINITY};
    for (size_t n = 1; n <= 20; ++n)
        for (size_t at = 0; at < n; ++at)
            for (size_t k = 0; k < 2; ++k) {
                double y;
                fill_row(n, 3, n);
                row[at] = bad[k];
                assert_int_equal(act_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
                assert_int_equal(act_log_softmax_f64_to(again, n, row, n, 1, n), ACT_OK);
                assert_int_equal(act_logsumexp_f64(&y, row, n, 1, n), ACT_OK);
                for (size_t i = 0; i < n; ++i)
                    assert_true(isnan(result[i]) && isnan(again[i]));
                assert_true(same_double(y, bad[k]));
                /* Both reach all of a gradient's row through the sum. */
                assert_int_equal(act_softmax_grad_f64(result, n, row, n, other, n, 1, n), ACT_OK);
                for (size_t i = 0; i < n; ++i)
                    assert_true(!isfinite(result[i]));
            }
    for (size_t n = 1; n <= 20; ++n) {
        double y;
        for (size_t i = 0; i < n; ++i)
            row[i] = -(double)INFINITY;
        assert_int_equal(act_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
        assert_int_equal(act_logsumexp_f64(&y, row, n, 1, n), ACT_OK);
        assert_true(isnan(result[0]) && isnan(result[n - 1]) && isinf(y) && y < 0);
    }
    /* A mask raises no flag, nor do numbers whose difference overflows. */
    row[0] = -(double)INFINITY, row[1] = 1, row[2] = -1e308, row[3] = 1e308;
    (void)feclearexcept(FE_ALL_EXCEPT);
    assert_int_equal(act_softmax_f64_to(result, 4, row, 4, 1, 4), ACT_OK);
    assert_int_equal(act_log_softmax_f64_to(again, 2, row, 2, 1, 2), ACT_OK);
    assert_int_equal(fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW), 0);
    assert_true(result[3] == 1 && result[0] == 0 && result[2] == 0);
    assert_true(isinf(again[0]) && again[1] == 0);
}

/* Rows with gaps, in place, next to guard pages: the bits of the dense rows. */
static void row_layouts(void **state) {
    (void)state;
    guard *const g = guard_new(800);
    for (size_t cols = 1; cols <= 33; ++cols) {
        enum { ROWS = 3 };
        const size_t stride = cols + 4, n = (ROWS - 1) * stride + cols;
        fill_row(ROWS * cols, 5, cols);
        assert_int_equal(act_softmax_f64_to(result, cols, row, cols, ROWS, cols), ACT_OK);
        for (int side = 0; side < 2; ++side) {
            double *const x =
                (double *)(void *)guard_place(g, side ? GUARD_START : GUARD_END, 0, 2 * n);
            for (size_t i = 0; i < n; ++i)
                x[i] = 77;
            for (size_t r = 0; r < ROWS; ++r)
                memcpy(x + r * stride, row + r * cols, cols * sizeof *x);
            assert_int_equal(act_softmax_f64_to(x, stride, x, stride, ROWS, cols), ACT_OK);
            for (size_t r = 0; r < ROWS; ++r) {
                assert_memory_equal(x + r * stride, result + r * cols, cols * sizeof *x);
                for (size_t i = cols; r + 1 < ROWS && i < stride; ++i)
                    assert_true(x[r * stride + i] == 77);
            }
            guard_check(g);
        }
    }
    guard_free(g);
}

/* The same bits on every backend, for all backends but the one without FMA. */
static uint64_t hash_more(uint64_t hash, const double *y, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        const double value = isnan(y[i]) ? (double)NAN : y[i];
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        bits = isnan(value) ? 0x7ff8000000000000U : bits;
        for (int shift = 0; shift < 64; shift += 8)
            hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3U;
    }
    return hash;
}

static void hashes(uint64_t *hash) {
    enum { N = 2000 };
    static double a[N], b[N], y[N];
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f) {
        *hash = 0xCBF29CE484222325U;
        for (int usual = 0; usual <= 1; ++usual) {
            random_source source = {11};
            f64_input in = {0};
            for (size_t i = 0; i < N; ++i) {
                in = f64_random_input(f, &source, usual);
                a[i] = in.a, b[i] = in.b;
            }
            assert_int_equal(f->call(y, a, b, N, in.p, in.q), ACT_OK);
            *hash = hash_more(*hash, y, N);
        }
        ++hash;
    }
    *hash = 0xCBF29CE484222325U;
    for (size_t n = 1; n <= ROW; n = n < 40 ? n + 1 : n * 3) {
        fill_row(n, n % 2 ? 3 : 300, n);
        double total;
        assert_int_equal(act_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
        *hash = hash_more(*hash, result, n);
        assert_int_equal(act_softmax_grad_f64(again, n, other, n, result, n, 1, n), ACT_OK);
        *hash = hash_more(*hash, again, n);
        assert_int_equal(act_log_softmax_f64_to(result, n, row, n, 1, n), ACT_OK);
        *hash = hash_more(*hash, result, n);
        assert_int_equal(act_logsumexp_f64(&total, row, n, 1, n), ACT_OK);
        *hash = hash_more(*hash, &total, 1);
    }
}

static void identity(void **state) {
    (void)state;
    enum { MOST = 100 };
    uint64_t first[MOST] = {0}, next[MOST] = {0};
    assert_true(f64_function_count < MOST);
    if (getenv("ACT_TEST_PLAIN_SCALAR"))
        skip();
    const char *const in_use = act_backend();
    const backend_list list = available_backends();
    for (size_t k = 0; k < list.count; ++k) {
        assert_int_equal(act_set_backend(list.name[k]), ACT_OK);
        hashes(k ? next : first);
        for (size_t i = 0; k && i <= f64_function_count; ++i)
            if (first[i] != next[i])
                fail_msg("%s: %s differs from %s",
                         i < f64_function_count ? f64_functions[i].name : "rows", list.name[k],
                         list.name[0]);
    }
    for (size_t i = 0; i <= f64_function_count; ++i)
        print_message("hash of %s: %016llx\n",
                      i < f64_function_count ? f64_functions[i].name : "rows",
                      (unsigned long long)first[i]);
    assert_int_equal(act_set_backend(in_use), ACT_OK);
}

/* f64.h has a line for each bound: "NAME at most N" or "NAME exact". */
static void assert_stated(const char *text, const char *name, double figure) {
    char start[64];
    (void)snprintf(start, sizeof start, " *   %-20s ", name);
    const char *line = strstr(text, start);
    if (!line) {
        fail_msg("f64.h has no bound of %s", name);
        return;
    }
    line += strlen(start);
    const double stated = strncmp(line, "exact", 5) == 0      ? 0
                          : strncmp(line, "at most ", 8) == 0 ? strtod(line + 8, NULL)
                                                              : -1;
    if (stated != figure)
        fail_msg("%s: f64.h says %g, the kernel %g", name, stated, figure);
}

static void header_states_the_bounds(void **state) {
    (void)state;
    static char text[1 << 16];
    FILE *file = fopen(HEADER, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    assert_int_equal(fclose(file), 0);
    for (const f64_function *f = f64_functions; f < F64_FUNCTIONS_END; ++f)
        assert_stated(text, f->name, f->bound);
    assert_stated(text, "softmax", f64_bound_softmax);
    assert_stated(text, "log_softmax", f64_bound_log_softmax);
    assert_stated(text, "logsumexp", f64_bound_logsumexp);
    assert_stated(text, "softmax_grad", f64_bound_softmax_grad);
    assert_stated(text, "log_softmax_grad", f64_bound_log_softmax_grad);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(bounds_are_reached),
        cmocka_unit_test(limits_are_those_of_f32),
        cmocka_unit_test(positions),
        cmocka_unit_test(flags),
        cmocka_unit_test(errors),
        cmocka_unit_test(by_value),
        cmocka_unit_test(gates),
        cmocka_unit_test(rows),
        cmocka_unit_test(other_rows),
        cmocka_unit_test(long_rows),
        cmocka_unit_test(special_rows),
        cmocka_unit_test(row_layouts),
        cmocka_unit_test(identity),
        cmocka_unit_test(header_states_the_bounds),
    };
    return cmocka_run_group_tests_name("f64", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
