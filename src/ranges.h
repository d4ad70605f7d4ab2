/* Whether a function takes the values of its parameters: IN_RANGE_##params, with p and q. */
#ifndef ACT_RANGES_H
#define ACT_RANGES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Whether the function accepts the values of its parameters, by the ranges of functions.def.  The
 * tests are on bits, so that neither the compiler's options nor DAZ can change them.
 */
static inline uint32_t without_sign(float p) {
    uint32_t bits;
    memcpy(&bits, &p, sizeof bits);
    return bits << 1;
}
static inline bool is_negative(float p) {
    uint32_t bits;
    memcpy(&bits, &p, sizeof bits);
    return bits >> 31;
}
#define INFINITE_BITS           0xff000000U /* a NaN has larger bits */
#define IN_RANGE_ANY(p)         true
#define IN_RANGE_FINITE(p)      (without_sign(p) < INFINITE_BITS)
#define IN_RANGE_NONNEGATIVE(p) (IN_RANGE_FINITE(p) && (without_sign(p) == 0 || !is_negative(p)))
#define IN_RANGE_NONZERO(p)     (without_sign(p) - 1 < INFINITE_BITS - 1)

#define IN_RANGE_NONE                    true
#define IN_RANGE_ONE(name, usual, range) IN_RANGE_##range(p)
#define IN_RANGE_TWO(name, usual, range, name_q, usual_q, range_q)                                 \
    (IN_RANGE_##range(p) && IN_RANGE_##range_q(q))

#endif
