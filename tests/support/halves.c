/* Calls and correctly rounded results of the functions of the storage types. */
#include "support/halves.h"

#include <math.h>

#include "support/reference.h"

const half_type half_types[HALF_TYPES] = {
#define DIGITS_f16  11
#define DIGITS_bf16 8
#define LEAST_f16   (-14)
#define LEAST_bf16  (-126)
#define HALF_TYPE(type, infinity_, wide_, ...)                                                     \
    {.name = #type,                                                                                \
     .digits = DIGITS_##type,                                                                      \
     .least = LEAST_##type,                                                                        \
     .infinity = (infinity_),                                                                      \
     .wide = (wide_),                                                                              \
     .to_f32 = act_##type##_to_f32,                                                                \
     .from_f32 = act_f32_to_##type,                                                                \
     .apply = act_apply_##type},
    EACH_STORAGE(HALF_TYPE, )};

double half_value(const half_type *t, uint16_t h) {
    const int places = t->digits - 1, exponent = (h & 0x7FFF) >> places;
    const int fraction = h & ((1 << places) - 1);
    double size = exponent > 0 ? ldexp((1 << places) + fraction, t->least - places + exponent - 1)
                               : ldexp(fraction, t->least - places);
    if ((h & 0x7FFF) >= t->infinity)
        size = fraction ? NAN : INFINITY;
    return h >> 15 ? -size : size;
}

/* |x| in steps of the type at that size: whole ones, the rest, and the exponent of the leading. */
typedef struct {
    long double whole, rest;
    int exponent;
} in_steps;
static in_steps steps_of(const half_type *t, long double size) {
    in_steps s = {0, 0, t->least};
    if (size > 0 && ilogbl(size) > t->least)
        s.exponent = ilogbl(size);
    const long double steps = ldexpl(size, t->digits - 1 - s.exponent);
    s.whole = floorl(steps);
    s.rest = steps - s.whole;
    return s;
}
/* Formulas in long double are right to some units of their last place, 2^-64. */
static bool is_midpoint(in_steps s) { return fabsl(s.rest - 0.5L) <= (s.whole + 1) * 0x1p-59L; }

uint16_t half_nearest(const half_type *t, long double x, int off) {
    const unsigned sign = signbit(x) ? 0x8000 : 0;
    if (isnan(x))
        return (uint16_t)(t->infinity + 1);
    if (fabsl(x) >= 0x1p130L)
        return (uint16_t)(sign | t->infinity);
    const in_steps s = steps_of(t, fabsl(x));
    const bool even = fmodl(s.whole, 2) == 0;
    const bool up = is_midpoint(s) ? (off ? (sign ? off < 0 : off > 0) : !even) : s.rest > 0.5L;
    /* The leading digit adds 1 to the exponent field, unless the number is subnormal. */
    const long bits = ((long)(s.exponent - t->least) << (t->digits - 1)) + (long)s.whole + up;
    return (uint16_t)(sign | (unsigned)(bits < t->infinity ? bits : t->infinity));
}

long double midpoint_distance(const half_type *t, long double x) {
    const in_steps s = steps_of(t, fabsl(x));
    /* Above the largest number there is one midpoint more, and none beyond. */
    return is_midpoint(s) ? 0 : fabsl(s.rest - 0.5L) / (s.whole + s.rest);
}

double half_error(const half_type *t, uint16_t result, long double exact) {
    if (half_is_nan(t, result) || isnan(exact))
        return half_is_nan(t, result) && isnan(exact) ? 0 : INFINITY;
    const int top = t->least - 1 + (t->infinity >> (t->digits - 1)); /* of infinity */
    const long double end = ldexpl(1, top);
    long double is = fabsl((long double)half_value(t, result)), size = fminl(fabsl(exact), end);
    is = fminl(is, end);
    if (is + size > 0 && !(result >> 15) != !signbit(exact))
        is = -is;
    int exponent = size > 0 && ilogbl(size) > t->least ? ilogbl(size) : t->least;
    exponent = exponent < top ? exponent : top - 1;
    return (double)ldexpl(fabsl(is - size), t->digits - 1 - exponent);
}

#define FROM_ARRAY_NONE
#define FROM_ARRAY_ONE(name, usual, range)                           , p[0]
#define FROM_ARRAY_TWO(name, usual, range, name_q, usual_q, range_q) , p[0], p[1]
#define HALF_CALLS(type, infinity, wide, name, params)                                             \
    static act_status in_place_##name##_##type(uint16_t *buf, size_t n, const float *p) {          \
        (void)p;                                                                                   \
        return act_##name##_##type(buf, n FROM_ARRAY_##params);                                    \
    }                                                                                              \
    static act_status to_##name##_##type(uint16_t *dst, const uint16_t *src, size_t n,             \
                                         const float *p) {                                         \
        (void)p;                                                                                   \
        return act_##name##_##type##_to(dst, src, n FROM_ARRAY_##params);                          \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_CALLS, name, params))
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

const half_function half_functions[] = {
#define HALF_FUNCTION(type, infinity, wide, name, by)                                              \
    {#name,                                                                                        \
     &half_types[HALF_TYPE_##type],                                                                \
     in_place_##name##_##type,                                                                     \
     to_##name##_##type,                                                                           \
     &map_##name,                                                                                  \
     &map_##by},
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_FUNCTION, name, HALF_BY_##types))
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
};
const size_t half_function_count = sizeof half_functions / sizeof half_functions[0];

#define PAIR_CALL(type, infinity, wide, name, params)                                              \
    static act_status pair_##name##_##type(uint16_t *dst, const uint16_t *gate,                    \
                                           const uint16_t *up, size_t n, const float *p) {         \
        (void)p;                                                                                   \
        return act_##name##_##type(dst, gate, up, n FROM_ARRAY_##params);                          \
    }
#define PAIR_CALLS(name, params)                                                                   \
    static long double exact_##name(long double gate, long double up, const float *p) {            \
        (void)p;                                                                                   \
        return reference_long_##name(gate, up FROM_ARRAY_##params);                                \
    }                                                                                              \
    EACH_STORAGE(PAIR_CALL, name, params)
#define ACT_MAP                               ACT_SKIP
#define ACT_GATED(name, slope, params, types) IF_TYPE(HAS_HALF_##types, PAIR_CALLS(name, params))
#define ACT_PAIR(name, first, params, types)  IF_TYPE(HAS_HALF_##types, PAIR_CALLS(name, params))
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"

/* The other pairs add 1 to up. */
const half_pair half_pairs[] = {
#define PAIR_ENTRY(type, infinity, wide, name, one)                                                \
    {#name, &half_types[HALF_TYPE_##type], pair_##name##_##type, exact_##name, one, &map_##name},
#define ACT_MAP ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(PAIR_ENTRY, name, 1))
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(PAIR_ENTRY, name, 0))
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
};
const size_t half_pair_count = sizeof half_pairs / sizeof half_pairs[0];

bool half_pair_promised(const half_pair *f, long double f_of_gate, long double up) {
    const long double size = fabsl(f_of_gate);
    return size == 0 || (f->type->wide ? size >= 0x1p-126L : size >= 0x1p-22L || !isinf(up));
}

long double half_exact(const half_function *f, uint16_t x, const float *p) {
    return f->map->reference_long((float)half_value(f->type, x), p);
}

/*
 * x f(x) with an increasing f and f(0) = 1/2, as in SiLU, is above x / 2, which for an odd
 * subnormal x is a midpoint; by how much no long double tells, as it is a factor of 1 + 2^-134.  In
 * the same way x - tanh(x) is above x - 1 by 2 exp(-2 x) for a large x, and symmetric to that for
 * -x.  No other function is equal to x / 2, or but for its sign to |x| - 1, at a midpoint.
 */
uint16_t half_right(const half_function *f, uint16_t x) {
    const long double exact = half_exact(f, x, f->map->usual);
    const long double value = (long double)half_value(f->type, x);
    const int away = fabsl(exact) == fabsl(value) - 1 ? (value > 0 ? 1 : -1) : 0;
    return half_nearest(f->type, exact, exact == value / 2 ? 1 : away);
}
