/*
 * Whether a function takes the values of its parameters, by the ranges of functions.def:
 * IN_RANGE_##params, with p and q.  They are floats, or doubles where the file that includes this
 * defines PARAMETERS_ARE_DOUBLES.
 *
 * The tests are on bits, so that neither the compiler's options nor DAZ can change them.
 */
#ifndef ACT_RANGES_H
#define ACT_RANGES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef PARAMETERS_ARE_DOUBLES
typedef double parameter_value;
typedef uint64_t parameter_bits;
#else
typedef float parameter_value;
typedef uint32_t parameter_bits;
#endif

static inline parameter_bits bits_of_parameter(parameter_value p) {
    parameter_bits bits;
    memcpy(&bits, &p, sizeof bits);
    return bits;
}
static inline parameter_bits without_sign(parameter_value p) { return bits_of_parameter(p) << 1; }
static inline bool is_negative(parameter_value p) {
    return bits_of_parameter(p) >> (8 * sizeof p - 1);
}
#define INFINITE_BITS           without_sign((parameter_value)INFINITY) /* a NaN has larger bits */
#define IN_RANGE_ANY(p)         true
#define IN_RANGE_FINITE(p)      (without_sign(p) < INFINITE_BITS)
#define IN_RANGE_NONNEGATIVE(p) (IN_RANGE_FINITE(p) && (without_sign(p) == 0 || !is_negative(p)))
#define IN_RANGE_POSITIVE(p)    (IN_RANGE_NONZERO(p) && !is_negative(p))
#define IN_RANGE_NONZERO(p)     (without_sign(p) - 1 < INFINITE_BITS - 1)

#define IN_RANGE_NONE                    true
#define IN_RANGE_ONE(name, usual, range) IN_RANGE_##range(p)
#define IN_RANGE_TWO(name, usual, range, name_q, usual_q, range_q)                                 \
    (IN_RANGE_##range(p) && IN_RANGE_##range_q(q))

#endif
