/* Floats as bits, and the inputs with which functions are tested. */
#ifndef ACT_TESTS_DATA_H
#define ACT_TESTS_DATA_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A NaN equals any other: its sign and payload are unspecified. */
static inline bool same_bits(float a, float b) {
    return bits_of(a) == bits_of(b) || (isnan(a) && isnan(b));
}

/* Zeros, infinities, NaNs, the ends of the normal and subnormal ranges, and thresholds of exp. */
enum { SPECIALS = 36 };
extern const uint32_t specials[SPECIALS];

/* A fixed seed gives the same numbers on every machine. */
typedef struct {
    uint64_t state;
} random_source;
uint32_t random_bits(random_source *source);
size_t random_below(random_source *source, size_t end);
double random_unit(random_source *source);

/*
 * Blocks of random bit patterns, of uniform numbers within [-8, 8], and of specials: some vectors
 * have only ordinary lanes, others mix all kinds.
 */
void fill_mixed(float *x, size_t n, uint64_t seed);
void fill_uniform(float *x, size_t n, float low, float high, uint64_t seed);
/* Random bit patterns that include extremes, but neither infinities nor NaNs. */
void fill_finite(float *x, size_t n, uint64_t seed);

#endif
