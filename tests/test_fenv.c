/*
 * The floating-point environment of the caller.  In other rounding modes and with flushed
 * subnormals finite numbers do not give NaN.  Finite numbers raise neither a trap nor FE_INVALID,
 * FE_DIVBYZERO or FE_OVERFLOW, whatever the idle lanes of a partial vector hold.  For elementwise
 * functions this also tests the errors and ranges that act.h states for other environments, and the
 * flags for every parameter and operand, including infinities.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"
#include "support/ulp.h"

enum { LONGEST = 33, ERRORS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW };

/* Sets the bits that flush subnormals; returns whether the processor has them. */
#if defined(__x86_64__)
#include <xmmintrin.h>
static bool flush_subnormals(void) {
    const unsigned ftz = 1U << 15, daz = 1U << 6;
    _mm_setcsr(_mm_getcsr() | ftz | daz);
    return true;
}
#elif defined(__aarch64__)
static bool flush_subnormals(void) {
    const uint64_t fz = 1U << 24;
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | fz));
    return true;
}
#else
static bool flush_subnormals(void) { return false; }
#endif

/* Finite numbers: any bits, ordinary ones, extremes mixed, and each extreme throughout. */
enum { KINDS = 7 };
static void fill_kind(float *x, size_t n, int kind) {
    static const float extremes[] = {FLT_MAX, -FLT_MAX, 0x1p-149F, -0x1p-126F};
    if (kind == 0)
        fill_finite(x, n, n);
    else if (kind == 1)
        fill_uniform(x, n, -8, 8, n);
    else
        for (size_t i = 0; i < n; ++i)
            x[i] = extremes[kind == 2 ? i % 2 : (size_t)kind - 3];
}

/* The outcome of a call on finite numbers. */
typedef struct {
    const char *function;
    size_t n;
    float x[2 * LONGEST], y[2 * LONGEST];
    int raised;
} outcome;
typedef void check_outcome(const outcome *o);

static fenv_t usual;

/* The environment is set for the call alone: the test itself must not depend on it. */
#define CALL_IN(environment, o, call)                                                              \
    do {                                                                                           \
        fesetenv(environment);                                                                     \
        feclearexcept(FE_ALL_EXCEPT);                                                              \
        call;                                                                                      \
        (o).raised = fetestexcept(ERRORS);                                                         \
        fesetenv(&usual);                                                                          \
    } while (0)

/* Whether the exact result is beyond all floats, so that overflow is correct. */
static bool result_overflows(const map_function *f, const float *x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        if (fabs(f->reference(x[i], f->usual)) > (double)FLT_MAX)
            return true;
    return false;
}
/* The same for a section of one of two results, by either: dgate is f'(x) and dup is f(x) there. */
static bool overflows(const map_function *f, const float *x, size_t n) {
    for (size_t i = 0; i < GATED_GRADIENTS; ++i) {
        const gated_gradient *both = gated_gradients[i];
        const size_t length = strlen(both->name);
        if (strncmp(f->name, both->name, length) == 0 && f->name[length] == '_' &&
            result_overflows(both->gated, x, n))
            return true;
    }
    return result_overflows(f, x, n);
}

static bool rows_overflow(const rows_function *f, const float *x, size_t n) {
    double exact[LONGEST];
    for (size_t r = 0; r < 2; ++r) {
        f->reference(exact, x + r * n, n);
        for (size_t i = 0; i < n; ++i)
            if (fabs(exact[i]) > (double)FLT_MAX)
                return true;
    }
    return false;
}

/* Every function, kind of numbers and length. */
static void try_everything(const fenv_t *environment, check_outcome *check) {
    outcome o;
    for (int kind = 0; kind < KINDS; ++kind)
        for (size_t n = 1; n <= LONGEST; ++n) {
            fill_kind(o.x, 2 * n, kind);
            o.n = n;
            for (size_t i = 0; i < MAP_FUNCTIONS; ++i) {
                const map_function *f = map_functions[i];
                o.function = f->name;
                if (overflows(f, o.x, n))
                    continue;
                CALL_IN(environment, o, f->to(o.y, o.x, n, f->usual));
                check(&o);
            }
            o.n = 2 * n;
            for (size_t i = 0; i < ROWS_FUNCTIONS; ++i) {
                const rows_function *f = rows_functions[i];
                o.function = f->name;
                if (rows_overflow(f, o.x, n))
                    continue;
                CALL_IN(environment, o, f->to(o.y, n, o.x, n, 2, n));
                check(&o);
            }
        }
}

static void no_nan(const outcome *o) {
    for (size_t i = 0; i < o->n; ++i)
        if (isnan(o->y[i]))
            fail_msg("%s of %a, number %zu of %zu, on %s: NaN", o->function, (double)o->x[i], i,
                     o->n, act_backend());
}

static void no_flag(const outcome *o) {
    if (o->raised)
        fail_msg("%s of %zu numbers beginning with %a, on %s, raised%s%s%s", o->function, o->n,
                 (double)o->x[0], act_backend(), o->raised & FE_INVALID ? " FE_INVALID" : "",
                 o->raised & FE_DIVBYZERO ? " FE_DIVBYZERO" : "",
                 o->raised & FE_OVERFLOW ? " FE_OVERFLOW" : "");
}

static void rounding_modes(void **state) {
    (void)state;
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; ++i) {
        fenv_t environment;
        assert_int_equal(fesetround(modes[i]), 0);
        fegetenv(&environment);
        fesetenv(&usual);
        try_everything(&environment, no_nan);
    }
}

static void flushed_subnormals(void **state) {
    (void)state;
    fenv_t environment;
    if (!flush_subnormals())
        skip();
    fegetenv(&environment);
    fesetenv(&usual);
    try_everything(&environment, no_nan);
}

static void no_flags(void **state) {
    (void)state;
    try_everything(&usual, no_flag);
}

static void no_traps(void **state) {
    (void)state;
    fenv_t environment;
    if (feenableexcept(ERRORS) == -1)
        skip();
    fegetenv(&environment);
    fesetenv(&usual);
    try_everything(&environment, no_nan);
}

/* The range of results, for functions that have one. */
typedef struct {
    const map_function *f;
    float low, high;
    int over; /* floats by which other rounding modes may exceed it */
} range;
static const range ranges[] = {
    {&map_sigmoid, 0, 1, 0},
    {&map_sigmoid_fast, 0, 1, 0},
    {&map_relu, 0, INFINITY, 0},
    {&map_relu6, 0, 6, 0},
    {&map_clip, 0, 6, 0},
    {&map_hardtanh, -1, 1, 0},
    {&map_softsign, -1, 1, 0},
    {&map_hardsigmoid, 0, 1, 0},
    {&map_tanh, -1, 1, 0},
    {&map_tanh_fast, -1, 1, 0},
    {&map_exp, 0, INFINITY, 0},
    {&map_elu, -1, INFINITY, 1},
    {&map_elu_fast, -1, INFINITY, 1},
    {&map_celu, -1, INFINITY, 1},
    {&map_softplus, 0, INFINITY, 0},
    {&map_softplus_fast, 0, INFINITY, 0},
    {&map_log_sigmoid, -INFINITY, 0, 0},
};

static void assert_within_range(const map_function *f, float x, float y) {
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; ++i) {
        float low = ranges[i].low, high = ranges[i].high;
        for (int k = 0; k < ranges[i].over; ++k) {
            low = nextafterf(low, -INFINITY);
            high = nextafterf(high, INFINITY);
        }
        if (ranges[i].f == f && !(y >= low && y <= high))
            fail_msg("%s of %a on %s is %a, out of range", f->name, (double)x, act_backend(),
                     (double)y);
    }
}

/* Finite numbers of every magnitude, and the kinks of functions; outputs y within [0, 1]. */
enum { MANY = 20000 };
static void fill_many(float *x, const map_function *f) {
    enum { PART = MANY / 5 };
    fill_finite(x, PART, 1);
    fill_uniform(x + PART, PART, -1, 1, 2);
    fill_uniform(x + (size_t)2 * PART, PART, -12, 12, 3);
    fill_uniform(x + (size_t)3 * PART, PART, -110, 110, 4);
    for (size_t i = (size_t)4 * PART; i < MANY; ++i)
        x[i] = ldexpf(i % 2 ? -1.25F : 1.75F, -(int)(i % 150));
    if (f == &map_sigmoid_grad || f == &map_tanh_grad)
        for (size_t i = 0; i < MANY; ++i)
            x[i] = fabsf(x[i]) <= 1 ? fabsf(x[i]) : 0.5F;
}

typedef void check_result(const map_function *f, float x, float y, double exact);

/* Every elementwise function, with the usual parameters, on many numbers. */
static void try_elementwise(const fenv_t *environment, check_result *check) {
    static float x[MANY], y[MANY];
    for (size_t k = 0; k < MAP_FUNCTIONS; ++k) {
        const map_function *f = map_functions[k];
        fill_many(x, f);
        fesetenv(environment);
        f->to(y, x, MANY, f->usual);
        fesetenv(&usual);
        for (size_t i = 0; i < MANY; ++i)
            check(f, x[i], y[i], f->reference(x[i], f->usual));
    }
}

/* The floor of the default tier does not change the units, but the sign of a 0 does not count. */
static void rounded_otherwise(const map_function *f, float x, float y, double exact) {
    const bool fast = f->bound->fast;
    const double within = fmax(-0x1p128, fmin(exact, 0x1p128));
    assert_within_range(f, x, y);
    if (!fast ? ulp_error_at_least(y, exact, fmax(f->bound->floor, (double)FLT_MIN)) > 30
              : ulp_error(y, exact) > 0 &&
                    !(fabs((double)y - within) <=
                      fmax(1e-3 * fmax(fabs(within), f->bound->floor), f->bound->least)))
        fail_msg("%s of %a on %s: %a, should be %a, %g ULP", f->name, (double)x, act_backend(),
                 (double)y, exact, ulp_error_at_least(y, exact, f->bound->floor));
}

static void errors_in_rounding_modes(void **state) {
    (void)state;
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; ++i) {
        fenv_t environment;
        assert_int_equal(fesetround(modes[i]), 0);
        fegetenv(&environment);
        fesetenv(&usual);
        try_elementwise(&environment, rounded_otherwise);
    }
}

/*
 * The bound holds where no number is subnormal; a subnormal number counts as 0, and so may the
 * factor that swiglu_clamped doubles, as up + 1 is 2 here.
 */
static void flushed(const map_function *f, float x, float y, double exact) {
    const float tiny = fabsf(x) < FLT_MIN ? x : 0, flushed_y = fabsf(y) < FLT_MIN ? 0 : y;
    const bool doubles = strncmp(f->name, "swiglu_clamped", strlen("swiglu_clamped")) == 0;
    assert_within_range(f, x, flushed_y);
    if (ulp_error_at_least(flushed_y, exact, fmax(f->bound->floor, (double)FLT_MIN)) <=
        fmax(bound_in_ulp(f, f->usual, exact),
             fabs(exact) < 0x1p-125 ? (doubles ? 0x1p24 : 0x1p23) : 0))
        return;
    if (tiny == 0 || !same_bits(y, (float)f->reference(copysignf(0, x), f->usual)))
        fail_msg("%s of %a on %s, flushed: %a, should be %a", f->name, (double)x, act_backend(),
                 (double)y, exact);
}

static void errors_without_subnormals(void **state) {
    (void)state;
    fenv_t environment;
    if (!flush_subnormals())
        skip();
    fegetenv(&environment);
    fesetenv(&usual);
    try_elementwise(&environment, flushed);
}

/*
 * The flags of one call on one number: FE_INVALID belongs to a NaN that the formula gives, and
 * FE_OVERFLOW to an infinite result.  With a NaN operand any flag is allowed, and so with a
 * parameter that is NaN, or infinite and a factor.
 */
static const float flag_parameters[] = {0.0F,   0x1p-100F, -1e-30F,  0.25F,    -0.5F,
                                        1.0F,   -1.0F,     2.0F,     -20.0F,   1e30F,
                                        -1e30F, FLT_MAX,   -FLT_MAX, INFINITY, -INFINITY};
static const float flag_operands[] = {1.0F,    -1.0F, 0.0F,     0x1p-149F, -3e38F,
                                      FLT_MAX, 1e30F, INFINITY, -INFINITY};
static const float flag_inputs[] = {
    0.0F,   -0.0F,  0x1p-149F, -0x1p-149F, 0x1p-126F, 1e-20F,   -1e-20F,  0.5F,   -0.5F,  1.0F,
    -1.0F,  -1.5F,  2.5F,      3.0F,       -3.0F,     6.0F,     20.0F,    -20.0F, 50.0F,  -50.0F,
    88.0F,  -88.0F, 89.0F,     -89.0F,     -104.0F,   105.0F,   -200.0F,  1e10F,  -1e10F, 1e30F,
    -1e30F, 3e38F,  -3e38F,    FLT_MAX,    -FLT_MAX,  INFINITY, -INFINITY};
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* Parameters that are factors: an infinite one is multiplied by 0 in idle lanes. */
static bool multiplies(const map_function *f, const float *p) {
    static const map_function *const by_first[] = {
        &map_leaky_relu,  &map_leaky_relu_grad, &map_linear,
        &map_linear_grad, &map_hardsigmoid,     &map_elu,
        &map_elu_grad,    &map_elu_fast,        &map_hardsigmoid_grad};
    for (size_t i = 0; i < LENGTH(by_first); ++i)
        if (by_first[i] == f)
            return isinf(p[0]) || (f->parameters > 1 && isinf(p[1]));
    return false;
}

static void one_number(const map_function *f, const float *p, float a, float b) {
    float y;
    feclearexcept(FE_ALL_EXCEPT);
    act_status status = f->pair ? f->pair->call(&y, &a, &b, 1, p) : f->to(&y, &a, 1, p);
    const int raised = fetestexcept(ERRORS);
    if (status != ACT_OK || multiplies(f, p))
        return;
    /* The sum that decides the derivative. */
    const bool no_sum = f == &map_hardsigmoid_grad && isinf(b) && p[0] == 0;
    const int allowed = (isnan(y) || no_sum ? FE_INVALID : 0) | (isinf(y) ? FE_OVERFLOW : 0);
    if (raised & ~allowed)
        fail_msg("%s of %a, %a, parameters %a, %a on %s is %a and raised%s%s%s", f->name, (double)a,
                 (double)b, (double)p[0], (double)p[1], act_backend(), (double)y,
                 raised & FE_INVALID ? " FE_INVALID" : "",
                 raised & FE_DIVBYZERO ? " FE_DIVBYZERO" : "",
                 raised & FE_OVERFLOW ? " FE_OVERFLOW" : "");
    const double exact = f->pair ? f->pair->reference(a, b, p) : f->reference(a, p);
    if (isnan(y) && !isnan(exact) && isfinite(a) && isfinite(b))
        fail_msg("%s of %a, %a, parameters %a, %a on %s is NaN", f->name, (double)a, (double)b,
                 (double)p[0], (double)p[1], act_backend());
}

static void flags_of_every_number(void **state) {
    (void)state;
    for (size_t k = 0; k < MAP_FUNCTIONS; ++k) {
        const map_function *f = map_functions[k];
        if (strstr(f->name, "_grad_d")) /* one of two results: flags_of_gated_gradients */
            continue;
        const bool of_output = f == &map_sigmoid_grad || f == &map_tanh_grad;
        const size_t firsts = f->parameters > 0 ? LENGTH(flag_parameters) + 1 : 1;
        const size_t seconds = f->parameters > 1 ? LENGTH(flag_parameters) + 1 : 1;
        const size_t others = f->pair ? LENGTH(flag_operands) : 1;
        for (size_t set = 0; set < firsts * seconds; ++set) {
            float p[MAX_PARAMETERS] = {f->usual[0], f->usual[1]};
            if (set % firsts > 0)
                p[0] = flag_parameters[set % firsts - 1];
            if (set / firsts > 0)
                p[1] = flag_parameters[set / firsts - 1];
            for (size_t i = 0; i < LENGTH(flag_inputs) * others; ++i) {
                const float x = flag_inputs[i / others], other = flag_operands[i % others];
                if (of_output && !(x >= 0 && x <= 1))
                    continue;
                /* Gradients have x as their second operand, gated functions the gate as the first.
                 */
                if (strstr(f->name, "_grad"))
                    one_number(f, p, other, x);
                else
                    one_number(f, p, x, other);
            }
        }
    }
}

/* Three operands, two results; dy up may overflow for any dgate. */
static void flags_of_gated_gradients(void **state) {
    (void)state;
    for (size_t k = 0; k < GATED_GRADIENTS; ++k) {
        const gated_gradient *f = gated_gradients[k];
        if (f->bound->fast)
            continue;
        for (size_t i = 0; i < LENGTH(flag_inputs); ++i)
            for (size_t j = 0; j < LENGTH(flag_operands) * LENGTH(flag_operands); ++j) {
                const float gate = flag_inputs[i], dy = flag_operands[j % LENGTH(flag_operands)];
                const float up = flag_operands[j / LENGTH(flag_operands)];
                float dgate, dup;
                feclearexcept(FE_ALL_EXCEPT);
                assert_int_equal(f->call(&dgate, &dup, &dy, &gate, &up, 1, f->gated->usual),
                                 ACT_OK);
                const int raised = fetestexcept(ERRORS);
                const bool overflow = fabs((double)dy * (double)up) > (double)FLT_MAX;
                const int allowed = (isnan(dgate) || isnan(dup) ? FE_INVALID : 0) |
                                    (isinf(dgate) || isinf(dup) || overflow ? FE_OVERFLOW : 0);
                if (raised & ~allowed)
                    fail_msg("%s of dy = %a, gate = %a, up = %a on %s is %a, %a and raised%s%s",
                             f->name, (double)dy, (double)gate, (double)up, act_backend(),
                             (double)dgate, (double)dup, raised & FE_INVALID ? " FE_INVALID" : "",
                             raised & FE_OVERFLOW ? " FE_OVERFLOW" : "");
            }
    }
}

/* A function that wrote the control register would change its caller's arithmetic. */
static void control_unchanged(void **state) {
    (void)state;
    assert_int_equal(fesetround(FE_UPWARD), 0);
    float y[LONGEST], x[LONGEST] = {0};
    for (size_t i = 0; i < MAP_FUNCTIONS; ++i)
        map_functions[i]->to(y, x, LONGEST, map_functions[i]->usual);
    for (size_t i = 0; i < ROWS_FUNCTIONS; ++i)
        rows_functions[i]->to(y, LONGEST, x, LONGEST, 1, LONGEST);
    int mode = fegetround();
    fesetenv(&usual);
    assert_int_equal(mode, FE_UPWARD);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_modes),
        cmocka_unit_test(flushed_subnormals),
        cmocka_unit_test(no_flags),
        cmocka_unit_test(no_traps),
        cmocka_unit_test(control_unchanged),
        cmocka_unit_test(errors_in_rounding_modes),
        cmocka_unit_test(errors_without_subnormals),
        cmocka_unit_test(flags_of_every_number),
        cmocka_unit_test(flags_of_gated_gradients),
    };
    return cmocka_run_group_tests_name("fenv", tests, NULL, NULL);
}

int main(void) {
    fegetenv(&usual);
    return on_each_backend(run);
}
