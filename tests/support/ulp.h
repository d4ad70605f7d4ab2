/* Errors in units of the last place, as act.h defines them, and the assertion on them. */
#ifndef ACT_TESTS_ULP_H
#define ACT_TESTS_ULP_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The spacing of floats at x, never less than 2^-149. */
static inline double ulp_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff) - 1023; /* from its bits: called for every float */
    exponent = exponent < -126 ? -126 : exponent > 127 ? 127 : exponent;
    bits = (uint64_t)(exponent - 23 + 1023) << 52;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/*
 * The distance of a float from the exact result.  An infinity counts as 2^128, which would follow
 * FLT_MAX if the exponent had no limit.  A NaN is at distance 0 from a NaN and infinitely far from
 * everything else.  A zero of the wrong sign is infinitely far from a result that is exactly zero.
 */
double ulp_error(float result, double reference);
/* The same, in ULP as if the reference were no smaller than `floor`. */
double ulp_error_at_least(float result, double reference, double floor);

/* The computation, for the failure message. */
typedef struct {
    const char *function;
    float x;
    const float *parameters;
    size_t count;
} ulp_case;

/* Fails the running test if the result is further away than bound. */
#define assert_ulp(what, result, reference, bound, floor)                                          \
    assert_ulp_at(what, result, reference, bound, floor, __FILE__, __LINE__)
void assert_ulp_at(ulp_case what, float result, double reference, double bound, double floor,
                   const char *file, int line);

#endif
