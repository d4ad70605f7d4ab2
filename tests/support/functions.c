/* Calls, references, bounds and parameters of every function. */
#include "support/functions.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "support/harness.h"
#include "support/reference.h"
#include "support/ulp.h"

bool in_range(parameter_range range, float value) {
    return range == RANGE_ANY || (isfinite(value) && (range == RANGE_FINITE     ? true
                                                      : range == RANGE_NONZERO  ? value != 0
                                                      : range == RANGE_POSITIVE ? value > 0
                                                                                : value >= 0));
}

/* Values other than the usual one, by the ranges of functions.def; bounds hold for all of them. */
enum { OTHERS = 7 };
static const float others_by_range[][OTHERS] = {
    [RANGE_ANY] = {-1.5F, 0.0F, 1.0F, INFINITY, NAN, 0x1p-140F, FLT_MAX},
    [RANGE_FINITE] = {-1.5F, 0.0F, 1.702F, 0x1p-149F, -3.3F, 100.0F, 1e30F},
    [RANGE_NONNEGATIVE] = {0.0F, 1.0F, 0.5F, 0x1p-149F, -0.0F, 100.0F, 1e30F},
    [RANGE_POSITIVE] = {0.25F, 0.5F, 1.702F, 0x1p-149F, 3.3F, 100.0F, 1e30F},
    [RANGE_NONZERO] = {-1.5F, 0.5F, 1.702F, 0x1p-149F, -3.3F, 100.0F, 1e30F},
};

/* Members of a map_function, and p as the last arguments of a call. */
#define PARAMETERS_NONE                 .parameters = 0
#define PARAMETERS_ONE(name, u, range_) .parameters = 1, .usual = {u}, .range = {RANGE_##range_}
#define PARAMETERS_TWO(name, u, range_p, name_q, v, range_q)                                       \
    .parameters = 2, .usual = {u, v}, .range = {RANGE_##range_p, RANGE_##range_q}
#define FROM_ARRAY_NONE
#define FROM_ARRAY_ONE(name, usual, range)                           , p[0]
#define FROM_ARRAY_TWO(name, usual, range, name_q, usual_q, range_q) , p[0], p[1]

#define MAP(name_, params)                                                                         \
    static act_status in_place_##name_(float *buf, size_t n, const float *p) {                     \
        (void)p;                                                                                   \
        return act_##name_##_f32(buf, n FROM_ARRAY_##params);                                      \
    }                                                                                              \
    static act_status to_##name_(float *dst, const float *src, size_t n, const float *p) {         \
        (void)p;                                                                                   \
        return act_##name_##_f32_to(dst, src, n FROM_ARRAY_##params);                              \
    }                                                                                              \
    static double double_##name_(float x, const float *p) {                                        \
        (void)p;                                                                                   \
        return reference_##name_(x FROM_ARRAY_##params);                                           \
    }                                                                                              \
    static long double long_##name_(float x, const float *p) {                                     \
        (void)p;                                                                                   \
        return reference_long_##name_(x FROM_ARRAY_##params);                                      \
    }                                                                                              \
    const map_function map_##name_ = {.name = #name_,                                              \
                                      .in_place = in_place_##name_,                                \
                                      .to = to_##name_,                                            \
                                      .reference = double_##name_,                                 \
                                      .reference_long = long_##name_,                              \
                                      .bound = &bound_##name_,                                     \
                                      PARAMETERS_##params};

/* The operand that is 1 throughout; ThreadSanitizer does not know the call_once of C. */
static float ones[SECTION_ROOM];
static pthread_once_t filled = PTHREAD_ONCE_INIT;
static void fill_ones(void) {
    for (size_t i = 0; i < SECTION_ROOM; ++i)
        ones[i] = 1;
}
static const float *all_ones(void) {
    pthread_once(&filled, fill_ones);
    return ones;
}

/* FROM(x, one): the operands a and b of the section. */
#define FIRST_VARIES(x, one)   x, one
#define SECOND_VARIES(x, one)  one, x
#define FIRST_IS_FIRST_VARIES  true
#define FIRST_IS_SECOND_VARIES false
/* The same for the first array of an ACT_PAIR. */
#define SECTION_OF_GATE(x, one)  x, one
#define SECTION_OF_DY(x, one)    one, x
#define FIRST_IS_SECTION_OF_GATE true
#define FIRST_IS_SECTION_OF_DY   false
#define SECTION(name_, BOUND, FROM, params)                                                        \
    static act_status pair_call_##name_(float *dst, const float *a, const float *b, size_t n,      \
                                        const float *p) {                                          \
        (void)p;                                                                                   \
        return act_##name_##_f32(dst, a, b, n FROM_ARRAY_##params);                                \
    }                                                                                              \
    static double pair_reference_##name_(float a, float b, const float *p) {                       \
        (void)p;                                                                                   \
        return reference_##name_(a, b FROM_ARRAY_##params);                                        \
    }                                                                                              \
    static const pair_function pair_##name_ = {#name_, pair_call_##name_, pair_reference_##name_,  \
                                               FIRST_IS_##FROM};                                   \
    static act_status in_place_##name_(float *buf, size_t n, const float *p) {                     \
        return n > SECTION_ROOM ? pair_call_##name_(buf, buf, buf, n, p)                           \
                                : pair_call_##name_(buf, FROM(buf, all_ones()), n, p);             \
    }                                                                                              \
    static act_status to_##name_(float *dst, const float *src, size_t n, const float *p) {         \
        return n > SECTION_ROOM ? pair_call_##name_(dst, src, src, n, p)                           \
                                : pair_call_##name_(dst, FROM(src, all_ones()), n, p);             \
    }                                                                                              \
    static double double_##name_(float x, const float *p) {                                        \
        (void)p;                                                                                   \
        return reference_##name_(FROM(x, 1) FROM_ARRAY_##params);                                  \
    }                                                                                              \
    static long double long_##name_(float x, const float *p) {                                     \
        (void)p;                                                                                   \
        return reference_long_##name_(FROM(x, 1) FROM_ARRAY_##params);                             \
    }                                                                                              \
    const map_function map_##name_ = {.name = #name_,                                              \
                                      .in_place = in_place_##name_,                                \
                                      .to = to_##name_,                                            \
                                      .reference = double_##name_,                                 \
                                      .reference_long = long_##name_,                              \
                                      .bound = &(BOUND),                                           \
                                      .pair = &pair_##name_,                                       \
                                      PARAMETERS_##params};

/*
 * One result per call, with up = 1 throughout; the other result overwrites up.  These sections have
 * up as their first parameter.
 */
#define PARAMETERS_UP_NONE     PARAMETERS_NONE
#define PARAMETERS_UP_ONE(...) PARAMETERS_ONE(__VA_ARGS__)
#define PARAMETERS_UP_TWO(...) PARAMETERS_TWO(__VA_ARGS__)
#define FROM_ARRAY_UP_NONE     , 1
#define FROM_ARRAY_UP_ONE(...) , 1 FROM_ARRAY_ONE(__VA_ARGS__)
#define FROM_ARRAY_UP_TWO(...) , 1 FROM_ARRAY_TWO(__VA_ARGS__)
#define RESULT(name, bound, result, DGATE, DUP, params)                                            \
    static act_status act_##name##_##result##_f32(float *dst, const float *dy, const float *gate,  \
                                                  size_t n, float up DECLARE_##params) {           \
        if (n > SECTION_ROOM)                                                                      \
            return act_##name##_f32(dst, dst, dy, gate, gate, n PASS_##params);                    \
        float *other = malloc((n + 1) * sizeof *other);                                            \
        assert_non_null(other);                                                                    \
        for (size_t i = 0; i < n; ++i)                                                             \
            other[i] = up;                                                                         \
        act_status status = act_##name##_f32(DGATE, DUP, dy, gate, other, n PASS_##params);        \
        free(other);                                                                               \
        return status;                                                                             \
    }                                                                                              \
    SECTION(name##_##result, bound, SECOND_VARIES, UP_##params)
#define GATED_GRADIENT(name_, forward, derivative, params)                                         \
    RESULT(name_, bound_##name_, dgate, dst, other, params)                                        \
    RESULT(name_, bound_##forward, dup, other, dst, params)                                        \
    static act_status gated_call_##name_(float *dgate, float *dup, const float *dy,                \
                                         const float *gate, const float *up, size_t n,             \
                                         const float *p) {                                         \
        (void)p;                                                                                   \
        return act_##name_##_f32(dgate, dup, dy, gate, up, n FROM_ARRAY_##params);                 \
    }                                                                                              \
    static double gated_dgate_##name_(double dy, double gate, double up, const float *p) {         \
        (void)p;                                                                                   \
        return reference_##name_##_dgate(dy, gate, up FROM_ARRAY_##params);                        \
    }                                                                                              \
    static double gated_dup_##name_(double dy, double gate, double up, const float *p) {           \
        (void)p;                                                                                   \
        return reference_##name_##_dup(dy, gate, up FROM_ARRAY_##params);                          \
    }                                                                                              \
    const gated_gradient gated_##name_ = {.name = #name_,                                          \
                                          .call = gated_call_##name_,                              \
                                          .dgate = gated_dgate_##name_,                            \
                                          .dup = gated_dup_##name_,                                \
                                          .gated = &map_##forward,                                 \
                                          .slope = &map_##derivative,                              \
                                          .bound = &bound_##name_};

#define ACT_MAP(name, of, params, types)                                                           \
    MAP(name, params)                                                                              \
    IF_GRAD_##of(SECTION(name##_grad, bound_##name##_grad, SECOND_VARIES, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    SECTION(name, bound_##name, FIRST_VARIES, params)                                              \
    GATED_GRADIENT(name##_grad, name, slope, params)
#define ACT_PAIR(name, first, params, types) SECTION(name, bound_##name, SECTION_OF_##first, params)
#define ACT_ROWS(name_, types)                                                                     \
    const rows_function rows_##name_ = {.name = #name_,                                            \
                                        .in_place = act_##name_##_f32,                             \
                                        .to = act_##name_##_f32_to,                                \
                                        .reference = reference_##name_,                            \
                                        .bound = &bound_##name_};
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

const map_function *const map_functions[MAP_FUNCTIONS] = {
#define MAP_ADDRESS(name)                     &map_##name,
#define ACT_MAP(name, of, params, types)      EACH_OF_MAP(MAP_ADDRESS, name, of)
#define ACT_GATED(name, slope, params, types) EACH_OF_GATED(MAP_ADDRESS, name)
#define ACT_PAIR(name, first, params, types)  MAP_ADDRESS(name)
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
};
const gated_gradient *const gated_gradients[GATED_GRADIENTS] = {
#define ACT_MAP                               ACT_SKIP
#define ACT_GATED(name, slope, params, types) &gated_##name##_grad,
#define ACT_PAIR                              ACT_SKIP
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
};
const rows_function *const rows_functions[ROWS_FUNCTIONS] = {
#define ACT_MAP               ACT_SKIP
#define ACT_GATED             ACT_SKIP
#define ACT_PAIR              ACT_SKIP
#define ACT_ROWS(name, types) &rows_##name,
#define ACT_ROWS_PAIR         ACT_SKIP
#define ACT_ROWS_OWN          ACT_SKIP
#include "functions.def"
};

size_t parameter_sets(const map_function *f) { return f->parameters ? 1 + OTHERS : 1; }

void parameter_set(const map_function *f, size_t set, float p[MAX_PARAMETERS]) {
    for (size_t i = 0; i < MAX_PARAMETERS; ++i)
        p[i] = set == 0 || i >= f->parameters
                   ? f->usual[i]
                   : others_by_range[f->range[i]][(set - 1 + i) % OTHERS];
}

size_t next_set(size_t set) { return set + (quick() && set > 0 ? 3 : 1); }

act_status call_with(const map_function *f, float *dst, const float *x, const float *by, size_t n,
                     const float *p) {
    return !f->pair         ? f->to(dst, x, n, p)
           : f->pair->gated ? f->pair->call(dst, x, by, n, p)
                            : f->pair->call(dst, by, x, n, p);
}

double exact_with(const map_function *f, float x, float by, const float *p) {
    return !f->pair         ? f->reference(x, p)
           : f->pair->gated ? f->pair->reference(x, by, p)
                            : f->pair->reference(by, x, p);
}

const float *usual_of_slope(const gated_gradient *f) {
    return f->gated->parameters ? f->gated->usual : f->slope->usual;
}

act_input with_parameters(const map_function *f, act_input at) {
    if (at.p == 0 && at.q == 0) {
        at.p = f->usual[0];
        at.q = f->usual[1];
    }
    return at;
}

double error_at(const map_function *f, act_input at) {
    const float p[MAX_PARAMETERS] = {at.p, at.q};
    float y;
    if (call_with(f, &y, &at.x, &at.by, 1, p) != ACT_OK)
        return INFINITY;
    return ulp_error_at_least(y, exact_with(f, at.x, at.by, p),
                              f->bound->floor * fabs((double)at.by));
}

double gated_error_at(const gated_gradient *f, act_input at) {
    float dgate, dup;
    if (f->call(&dgate, &dup, &at.by, &at.x, &at.p, 1, f->gated->usual) != ACT_OK)
        return INFINITY;
    return ulp_error_at_least(dgate,
                              f->dgate((double)at.by, (double)at.x, (double)at.p, f->gated->usual),
                              f->bound->floor * fabs((double)at.by * (double)at.p));
}

double bound_in_ulp(const map_function *f, const float *p, double reference) {
    bool usual = true;
    for (size_t i = 0; i < f->parameters; ++i)
        usual &= p[i] == f->usual[i];
    if (fabs(reference) < f->bound->least)
        return 0x1p24;
    return usual ? f->bound->ulp : fmax(f->bound->ulp, f->bound->others);
}
