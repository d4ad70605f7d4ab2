/* Calls, references, bounds and parameters of every function. */
#include "support/functions.h"

#include <float.h>
#include <math.h>

#include "support/reference.h"

/* The last three: argument lists of a call, in and out of place, and of the reference. */
#define MAP(name_, COUNT, USUAL, IN_PLACE, TO, REFERENCE)                                          \
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
                                      .usual = {USUAL}};
#define ACT_MAP0(name) MAP(name, 0, 0, (buf, n), (dst, src, n), (x))
#define ACT_MAP1(name, parameter, usual)                                                           \
    MAP(name, 1, usual, (buf, n, p[0]), (dst, src, n, p[0]), (x, p[0]))
#define ACT_ROWS(name_)                                                                            \
    const rows_function rows_##name_ = {.name = #name_,                                            \
                                        .in_place = act_##name_##_f32,                             \
                                        .to = act_##name_##_f32_to,                                \
                                        .reference = reference_##name_,                            \
                                        .bound = &bound_##name_};
#include "functions.def"

const map_function *const map_functions[MAP_FUNCTIONS] = {
#define ACT_MAP(name) &map_##name,
#include "functions.def"
};
const rows_function *const rows_functions[ROWS_FUNCTIONS] = {
#define ACT_ROWS(name) &rows_##name,
#include "functions.def"
};

static const float others[] = {-1.5F, 0.0F, 1.0F, INFINITY, NAN, 0x1p-140F, FLT_MAX};
enum { OTHERS = sizeof others / sizeof others[0] };

size_t parameter_sets(const map_function *f) { return f->parameters ? 1 + OTHERS : 1; }

void parameter_set(const map_function *f, size_t set, float p[MAX_PARAMETERS]) {
    for (size_t i = 0; i < MAX_PARAMETERS; ++i)
        p[i] = set == 0 ? f->usual[i] : others[(set - 1 + i) % OTHERS];
}
