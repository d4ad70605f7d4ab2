/* The errors of one source over all inputs. */
#ifndef ACT_TESTS_EXHAUSTIVE_MEASURE_H
#define ACT_TESTS_EXHAUSTIVE_MEASURE_H

#include "exhaustive/source.h"

/* The largest error seen, in ULP, and the first input that has it. */
typedef struct {
    double ulp;
    float x;
} peak;

typedef struct {
    peak normal, subnormal; /* by the magnitude of the exact result */
    uint64_t not_monotone;  /* neighbours whose results are ordered against the exact ones */
    uint64_t hash;          /* of all result bits, every NaN counting as one */
    uint64_t chunk[CHUNKS]; /* the hashes that it is made of */
} measurement;

/*
 * Measures one source on `threads` threads.  Chunks with the bits of `known`, if that is not NULL,
 * have its errors, so they are only hashed: one source in full and the others for their bits.
 */
bool measure(measurement *m, const source *from, const map_function *f, uint32_t stride,
             unsigned threads, const measurement *known);

/*
 * A measurement in DIRECTORY/FUNCTION.known, for a processor that is too slow to find all errors
 * again because it is emulated.  In the layout of this machine.
 */
bool save_measurement(const measurement *m, const char *directory, const char *function);
bool load_measurement(measurement *m, const char *directory, const char *function);

/* The error again, from a reference in long double, to show that the one in double sufficed. */
double confirmed_ulp(const map_function *f, float x, float y);

#endif
