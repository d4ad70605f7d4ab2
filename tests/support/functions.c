/* Calls, references, bounds and parameters of every function. */
#include "support/functions.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "support/harness.h"
#include "support/reference.h"

/*
 * Other values than the usual one, by the words of functions.def: those that any formula takes as
 * it stands, and those that the domain ends for.
 */
enum { OTHERS = 7 };
static const float others_ANY[OTHERS] = {-1.5F, 0.0F, 1.0F, INFINITY, NAN, 0x1p-140F, FLT_MAX};
static const float others_MODERATE[OTHERS] = {-1.5F, 0.5F, 1.702F, 0x1p-20F, -3.3F, 7.0F, 100.0F};
static const float others_POSITIVE_MODERATE[OTHERS] = {1.5F, 0.5F,  1.702F, 0x1p-20F,
                                                       3.3F, 0.07F, 100.0F};
static const float others_NEAR_ONE[OTHERS] = {-1.5F, 0.5F, 1.702F, 0.125F, -3.3F, 7.0F, 8.0F};
static const float others_POSITIVE_NEAR_ONE[OTHERS] = {1.5F, 0.5F, 1.702F, 0.125F,
                                                       3.3F, 7.0F, 8.0F};
#define others_NOT_NEGATIVE   others_ANY
#define others_AT_LEAST_FIRST others_ANY

/* The last three: argument lists of a call, in and out of place, and of the reference. */
#define MAP(name_, COUNT, U, V, R, S, IN_PLACE, TO, REFERENCE)                                     \
    static act_status in_place_##name_(float *buf, size_t n, const float *p) {                     \
        (void)p;                                                                                   \
        return act_##name_##_f32 IN_PLACE;                                                         \
    }                                                                                              \
    static act_status to_##name_(float *dst, const float *src, size_t n, const float *p) {         \
        (void)p;                                                                                   \
        return act_##name_##_f32_to TO;                                                            \
    }                                                                                              \
    static double double_##name_(float x, const float *p) {                                        \
        (void)p;                                                                                   \
        return reference_##name_ REFERENCE;                                                        \
    }                                                                                              \
    static long double long_##name_(float x, const float *p) {                                     \
        (void)p;                                                                                   \
        return reference_long_##name_ REFERENCE;                                                   \
    }                                                                                              \
    const map_function map_##name_ = {.name = #name_,                                              \
                                      .in_place = in_place_##name_,                                \
                                      .to = to_##name_,                                            \
                                      .reference = double_##name_,                                 \
                                      .reference_long = long_##name_,                              \
                                      .bound = &bound_##name_,                                     \
                                      .parameters = (COUNT),                                       \
                                      .usual = {U, V},                                             \
                                      .others = {others_##R, others_##S}};
#define ACT_MAP0(name) MAP(name, 0, 0, 0, ANY, ANY, (buf, n), (dst, src, n), (x))
#define ACT_MAP1(name, parameter, usual, r)                                                        \
    MAP(name, 1, usual, 0, r, ANY, (buf, n, p[0]), (dst, src, n, p[0]), (x, p[0]))
#define ACT_MAP2(name, p_, u, r, q_, v, s)                                                         \
    MAP(name, 2, u, v, r, s, (buf, n, p[0], p[1]), (dst, src, n, p[0], p[1]), (x, p[0], p[1]))

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

/* IN_PLACE, TO, ONE and LONG: a and b as the section has them; the rest are the parameters. */
#define PAIR(name_, BOUND, COUNT, U, V, R, S, IN_PLACE, TO, REFERENCE, ...)                        \
    static act_status pair_call_##name_(float *dst, const float *a, const float *b, size_t n,      \
                                        const float *p) {                                          \
        (void)p;                                                                                   \
        return act_##name_##_f32(dst, a, b, n __VA_ARGS__);                                        \
    }                                                                                              \
    static double pair_reference_##name_(float a, float b, const float *p) {                       \
        (void)p;                                                                                   \
        return reference_##name_(a, b __VA_ARGS__);                                                \
    }                                                                                              \
    static const pair_function pair_##name_ = {#name_, pair_call_##name_, pair_reference_##name_}; \
    static act_status in_place_##name_(float *buf, size_t n, const float *p) {                     \
        return n > SECTION_ROOM ? pair_call_##name_(buf, buf, buf, n, p)                           \
                                : pair_call_##name_(buf, IN_PLACE, n, p);                          \
    }                                                                                              \
    static act_status to_##name_(float *dst, const float *src, size_t n, const float *p) {         \
        return n > SECTION_ROOM ? pair_call_##name_(dst, src, src, n, p)                           \
                                : pair_call_##name_(dst, TO, n, p);                                \
    }                                                                                              \
    static double double_##name_(float x, const float *p) {                                        \
        (void)p;                                                                                   \
        return reference_##name_(REFERENCE __VA_ARGS__);                                           \
    }                                                                                              \
    static long double long_##name_(float x, const float *p) {                                     \
        (void)p;                                                                                   \
        return reference_long_##name_(REFERENCE __VA_ARGS__);                                      \
    }                                                                                              \
    const map_function map_##name_ = {.name = #name_,                                              \
                                      .in_place = in_place_##name_,                                \
                                      .to = to_##name_,                                            \
                                      .reference = double_##name_,                                 \
                                      .reference_long = long_##name_,                              \
                                      .bound = &(BOUND),                                           \
                                      .parameters = (COUNT),                                       \
                                      .usual = {U, V},                                             \
                                      .others = {others_##R, others_##S},                          \
                                      .pair = &pair_##name_};
#define VARIED_FIRST(x, one)  x, one
#define VARIED_SECOND(x, one) one, x
#define SECTION(name, count, u, v, r, s, varied, ...)                                              \
    BOUNDED_SECTION(name, bound_##name, count, u, v, r, s, varied, __VA_ARGS__)
#define BOUNDED_SECTION(name, bound, count, u, v, r, s, varied, ...)                               \
    PAIR(name, bound, count, u, v, r, s, varied(buf, all_ones()), varied(src, all_ones()),         \
         varied(x, 1), __VA_ARGS__)
#define ACT_GATED0(name)              SECTION(name, 0, 0, 0, ANY, ANY, VARIED_FIRST, )
#define ACT_GRAD0(name, of)           SECTION(name##_grad, 0, 0, 0, ANY, ANY, VARIED_SECOND, )
#define ACT_GRAD1(name, of, p_, u, r) SECTION(name##_grad, 1, u, 0, r, ANY, VARIED_SECOND, , p[0])
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s)                                                    \
    SECTION(name##_grad, 2, u, v, r, s, VARIED_SECOND, , p[0], p[1])

/* One result by a call of its own, with up the same throughout; the other one takes up's place. */
#define RESULT(name, bound, result, DGATE, DUP)                                                    \
    static act_status act_##name##_##result##_f32(float *dst, const float *dy, const float *gate,  \
                                                  size_t n, float up) {                            \
        if (n > SECTION_ROOM)                                                                      \
            return act_##name##_f32(dst, dst, dy, gate, gate, n);                                  \
        float *other = malloc((n + 1) * sizeof *other);                                            \
        assert_non_null(other);                                                                    \
        for (size_t i = 0; i < n; ++i)                                                             \
            other[i] = up;                                                                         \
        act_status status = act_##name##_f32(DGATE, DUP, dy, gate, other, n);                      \
        free(other);                                                                               \
        return status;                                                                             \
    }                                                                                              \
    BOUNDED_SECTION(name##_##result, bound, 0, 0, 0, ANY, ANY, VARIED_SECOND, , 1)
#define ACT_GATED_GRAD0(name_, f)                                                                  \
    RESULT(name_##_grad, bound_##name_##_grad, dgate, dst, other)                                  \
    RESULT(name_##_grad, bound_##name_, dup, other, dst)                                           \
    const gated_gradient gated_##name_##_grad = {.name = #name_ "_grad",                           \
                                                 .call = act_##name_##_grad_f32,                   \
                                                 .dgate = reference_##name_##_grad_dgate,          \
                                                 .dup = reference_##name_##_grad_dup,              \
                                                 .gated = &map_##name_,                            \
                                                 .slope = &map_##f##_grad,                         \
                                                 .bound = &bound_##name_##_grad};
#define ACT_ROWS(name_)                                                                            \
    const rows_function rows_##name_ = {.name = #name_,                                            \
                                        .in_place = act_##name_##_f32,                             \
                                        .to = act_##name_##_f32_to,                                \
                                        .reference = reference_##name_,                            \
                                        .bound = &bound_##name_};
#include "functions.def"

const map_function *const map_functions[MAP_FUNCTIONS] = {
#define ACT_MAP(name)        &map_##name,
#define ACT_PAIR(name)       &map_##name,
#define ACT_GATED_GRAD(name) BOTH_RESULTS(name)
#include "functions.def"
};
const rows_function *const rows_functions[ROWS_FUNCTIONS] = {
#define ACT_ROWS(name) &rows_##name,
#include "functions.def"
};

size_t parameter_sets(const map_function *f) { return f->parameters ? 1 + OTHERS : 1; }

void parameter_set(const map_function *f, size_t set, float p[MAX_PARAMETERS]) {
    for (size_t i = 0; i < MAX_PARAMETERS; ++i)
        p[i] = set == 0 || i >= f->parameters ? f->usual[i] : f->others[i][(set - 1 + i) % OTHERS];
}

size_t next_set(size_t set) { return set + (quick() && set > 0 ? 3 : 1); }

double bound_in_ulp(const map_function *f, const float *p, double reference) {
    bool usual = true;
    for (size_t i = 0; i < f->parameters; ++i)
        usual &= p[i] == f->usual[i];
    if (fabs(reference) < f->bound->least)
        return 0x1p24;
    return usual ? f->bound->ulp : f->bound->others;
}
