/* The table of functions.h, from functions.def. */
#include "f64/functions.h"

#include <float.h>

#include "f64/bounds.h"
#include "support/reference.h"

#define MAP_CALLS(name, params)                                                                    \
    static act_status call_##name(double *dst, const double *a, const double *b, size_t n,         \
                                  double p, double q) {                                            \
        (void)b, (void)p, (void)q;                                                                 \
        return act_##name##_f64_to(dst, a, n PASS_##params);                                       \
    }                                                                                              \
    static act_status in_place_##name(double *buf, size_t n, double p, double q) {                 \
        (void)p, (void)q;                                                                          \
        return act_##name##_f64(buf, n PASS_##params);                                             \
    }                                                                                              \
    static act_status f32_##name(float *dst, const float *a, const float *b, size_t n, float p,    \
                                 float q) {                                                        \
        (void)b, (void)p, (void)q;                                                                 \
        return act_##name##_f32_to(dst, a, n PASS_##params);                                       \
    }                                                                                              \
    static long double formula_##name(long double a, long double b, float p, float q) {            \
        (void)b, (void)p, (void)q;                                                                 \
        return reference_long_##name(a PASS_##params);                                             \
    }
#define GRAD_CALLS(name, params)                                                                   \
    static act_status call_##name(double *dst, const double *a, const double *b, size_t n,         \
                                  double p, double q) {                                            \
        (void)p, (void)q;                                                                          \
        return act_##name##_f64(dst, a, b, n PASS_##params);                                       \
    }                                                                                              \
    static act_status f32_##name(float *dst, const float *a, const float *b, size_t n, float p,    \
                                 float q) {                                                        \
        (void)p, (void)q;                                                                          \
        return act_##name##_f32(dst, a, b, n PASS_##params);                                       \
    }                                                                                              \
    static long double formula_##name(long double a, long double b, float p, float q) {            \
        (void)p, (void)q;                                                                          \
        return reference_long_##name(a, b PASS_##params);                                          \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, MAP_CALLS(name, params))                                              \
    IF_TYPE(HAS_F64_GRAD_##types, GRAD_CALLS(name##_grad, params))
#define ACT_GATED                      ACT_SKIP
#define GRAD_CALLS_OF_DY(name, params) GRAD_CALLS(name, params)
#define GRAD_CALLS_OF_GATE(name, params)
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_F64_##types, GRAD_CALLS_OF_##first(name, params))
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

#define PARAMETERS_NONE .parameters = 0
#define PARAMETERS_ONE(name, usual_p, range_p)                                                     \
    .parameters = 1, .usual = {AS_DOUBLE(usual_p)}, .range = {RANGE_##range_p}
#define PARAMETERS_TWO(name, usual_p, range_p, name_q, usual_q, range_q)                           \
    .parameters = 2, .usual = {AS_DOUBLE(usual_p), AS_DOUBLE(usual_q)},                            \
    .range = {RANGE_##range_p, RANGE_##range_q}
#define Y_NO false
#define Y_X  false
#define Y_Y  true

const f64_function f64_functions[] = {
#define MAP_LINE(name_, params)                                                                    \
    {.name = #name_,                                                                               \
     .call = call_##name_,                                                                         \
     .in_place = in_place_##name_,                                                                 \
     .f32 = f32_##name_,                                                                           \
     .exact = exact_##name_,                                                                       \
     .formula = formula_##name_,                                                                   \
     .bound = f64_bound_##name_,                                                                   \
     .at = f64_at_##name_,                                                                         \
     PARAMETERS_##params},
#define GRAD_LINE(name_, of, params)                                                               \
    {.name = #name_,                                                                               \
     .is_gradient = true,                                                                          \
     .takes_y = Y_##of,                                                                            \
     .call = call_##name_,                                                                         \
     .f32 = f32_##name_,                                                                           \
     .exact = exact_##name_,                                                                       \
     .formula = formula_##name_,                                                                   \
     .bound = f64_bound_##name_,                                                                   \
     .at = f64_at_##name_,                                                                         \
     PARAMETERS_##params},
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, MAP_LINE(name, params))                                               \
    IF_TYPE(HAS_F64_GRAD_##types, GRAD_LINE(name##_grad, of, params))
#define ACT_GATED                     ACT_SKIP
#define GRAD_LINE_OF_DY(name, params) GRAD_LINE(name, X, params)
#define GRAD_LINE_OF_GATE(name, params)
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_F64_##types, GRAD_LINE_OF_##first(name, params))
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
};
const size_t f64_function_count = sizeof f64_functions / sizeof f64_functions[0];

double f64_least(const f64_function *f, double dy) {
    static const char *const with_zero[] = {"silu_grad", "gelu_grad", "gelu_tanh_grad",
                                            "gelu_quick_grad", "mish_grad"};
    for (size_t i = 0; i < sizeof with_zero / sizeof with_zero[0]; ++i)
        if (strcmp(f->name, with_zero[i]) == 0)
            return 0.1 * fabs(dy);
    return 0;
}

double random_double(random_source *source) {
    const uint64_t bits = (uint64_t)random_bits(source) << 32 | random_bits(source);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* 53 random bits, not 32. */
static double random_within(random_source *source, double size) {
    const uint64_t bits = (uint64_t)random_bits(source) << 32 | random_bits(source);
    return size * ((double)(int64_t)bits * 0x1p-63);
}
/* Of either sign, with an exponent within the size; without exp2, whose bits differ by system. */
static double random_size(random_source *source, size_t exponent) {
    const int power = (int)random_below(source, 2 * exponent) - (int)exponent;
    const double x = ldexp(1 + fabs(random_within(source, 1)), power);
    return random_bits(source) & 1 ? x : -x;
}

/* All exponents; the middle of the function, its tails, and numbers around 0. */
static double random_argument(random_source *source) {
    switch (random_below(source, 6)) {
    case 0: {
        const double x = random_double(source);
        return isfinite(x) ? x : 0.5;
    }
    case 1:
        return random_within(source, 8);
    case 2:
        return random_within(source, 1.5);
    case 3:
        return random_within(source, 42);
    case 4:
        return random_within(source, 760);
    default:
        return random_size(source, 60);
    }
}

static double random_parameter(random_source *source, f64_range range) {
    double p = random_below(source, 4) ? random_within(source, 8) : random_size(source, 900);
    p = random_below(source, 16) || range == RANGE_NONZERO || range == RANGE_POSITIVE ? p : 0;
    return range >= RANGE_NONNEGATIVE ? fabs(p) : p;
}

f64_input f64_random_input(const f64_function *f, random_source *source, bool usual) {
    f64_input in = {.p = f->usual[0], .q = f->usual[1]};
    if (!usual) {
        in.p = random_parameter(source, f->range[0]);
        in.q = random_parameter(source, f->range[1]);
    }
    const double x = f->takes_y ? random_within(source, 1) : random_argument(source);
    in.a = f->is_gradient ? random_size(source, 100) : x;
    const bool positive = strcmp(f->name, "sigmoid_grad") == 0 || strcmp(f->name, "exp_grad") == 0;
    in.b = positive ? fabs(x) : x;
    return in;
}

double f64_error_of(const f64_function *f, f64_input in, double y) {
    mpfr_t exact;
    mpfr_init2(exact, EXACT_BITS);
    f->exact(exact, in.a, in.b, in.p, in.q);
    const double error = f64_error(y, exact, f64_least(f, in.a));
    mpfr_clear(exact);
    return error;
}
