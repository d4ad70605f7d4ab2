/*
 * The storage types and their functions as data, derived from functions.def and storage.def, and
 * correctly rounded results.
 */
#ifndef ACT_TESTS_HALVES_H
#define ACT_TESTS_HALVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/act.h"
#include "storage.def"
#include "support/functions.h"

enum { HALF_INPUTS = 1 << 16 };

/* A type: `digits` binary digits, exponents from `least` on. */
typedef struct {
    const char *name;
    int digits, least;
    uint16_t infinity;
    bool wide; /* the range of f32 */
    act_status (*to_f32)(float *dst, const uint16_t *src, size_t n);
    act_status (*from_f32)(uint16_t *dst, const float *src, size_t n);
    act_status (*apply)(act_function fn, const act_params *params, uint16_t *dst,
                        const uint16_t *src, size_t n);
} half_type;

enum {
#define HALF_INDEX(type, infinity, wide, ...) HALF_TYPE_##type,
    EACH_STORAGE(HALF_INDEX, ) HALF_TYPES
#undef HALF_INDEX
};
extern const half_type half_types[HALF_TYPES];

static inline bool half_is_nan(const half_type *t, uint16_t h) {
    return (h & 0x7FFF) > t->infinity;
}
/* A NaN equals any other. */
static inline bool half_same(const half_type *t, uint16_t a, uint16_t b) {
    return a == b || (half_is_nan(t, a) && half_is_nan(t, b));
}

/* The number, computed from the bits as the type's definition says; a NaN for a NaN. */
double half_value(const half_type *t, uint16_t h);

/*
 * The nearest number of the type.  A number that is as close to a midpoint as a long double can
 * tell counts as one, and is rounded to even; unless `off` is 1, when it is a little above the
 * midpoint, or -1, when it is a little below.  midpoint_distance is the number's distance from the
 * nearest midpoint relative to it.
 */
uint16_t half_nearest(const half_type *t, long double x, int off);
long double midpoint_distance(const half_type *t, long double x);

/* The distance of a result from the exact one in ULP of the type, an infinity being 2^(max + 1). */
double half_error(const half_type *t, uint16_t result, long double exact);

/* An elementwise function of one array. */
typedef struct {
    const char *name;
    const half_type *type;
    act_status (*in_place)(uint16_t *buf, size_t n, const float *p);
    act_status (*to)(uint16_t *dst, const uint16_t *src, size_t n, const float *p);
    const map_function *map, *by; /* the function in f32, and the kernel by which it is computed */
} half_function;
extern const half_function half_functions[];
extern const size_t half_function_count;

/* A function of gate and up, f(gate) g(up), where g(one) is 1. */
typedef struct {
    const char *name;
    const half_type *type;
    act_status (*call)(uint16_t *dst, const uint16_t *gate, const uint16_t *up, size_t n,
                       const float *p);
    long double (*exact)(long double gate, long double up, const float *p);
    float one;
    const map_function *map; /* its section in f32, which has the parameters */
} half_pair;
extern const half_pair half_pairs[];
extern const size_t half_pair_count;

/*
 * Whether half.h promises anything of f(gate) and up: not in a wide type where f(gate) is
 * subnormal, nor in another one where it is tiny and up infinite.
 */
bool half_pair_promised(const half_pair *f, long double f_of_gate, long double up);

/* The exact result, and the right one: with the usual parameters, and with others. */
long double half_exact(const half_function *f, uint16_t x, const float *p);
uint16_t half_right(const half_function *f, uint16_t x);

#endif
