/*
 * The floating-point environment of the caller: other rounding modes and flushed subnormals make
 * no NaN out of finite numbers, and finite numbers raise neither a trap nor a flag that says
 * invalid, division by zero or overflow, whatever the idle lanes of a partial vector hold.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

enum { LONGEST = 33, ERRORS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW };

/* Sets the bits that flush subnormals, where the processor has them; says whether it has. */
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

/* Finite numbers: anything at all, ordinary ones, the extremes mixed, and each throughout. */
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

/* What a call on finite numbers did. */
typedef struct {
    const char *function;
    size_t n;
    float x[2 * LONGEST], y[2 * LONGEST];
    int raised;
} outcome;
typedef void check_outcome(const outcome *o);

static fenv_t usual;

/* The tried environment holds for the call alone: the test itself must not depend on it. */
#define CALL_IN(environment, o, call)                                                              \
    do {                                                                                           \
        fesetenv(environment);                                                                     \
        feclearexcept(FE_ALL_EXCEPT);                                                              \
        call;                                                                                      \
        (o).raised = fetestexcept(ERRORS);                                                         \
        fesetenv(&usual);                                                                          \
    } while (0)

/* Whether a result is itself beyond all floats, so that overflow is right. */
static bool overflows(const map_function *f, const float *x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        if (fabs(f->reference(x[i], f->usual)) > (double)FLT_MAX)
            return true;
    return false;
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
        cmocka_unit_test(rounding_modes),    cmocka_unit_test(flushed_subnormals),
        cmocka_unit_test(no_flags),          cmocka_unit_test(no_traps),
        cmocka_unit_test(control_unchanged),
    };
    return cmocka_run_group_tests_name("fenv", tests, NULL, NULL);
}

int main(void) {
    fegetenv(&usual);
    return on_each_backend(run);
}
