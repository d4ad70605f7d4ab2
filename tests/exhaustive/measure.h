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
    uint64_t not_monotone;  /* neighbours with results in the wrong order */
    uint64_t hash;          /* of all result bits, every NaN counting as one */
    uint64_t chunk[CHUNKS]; /* the hashes from which it is computed */
} measurement;

/*
 * Measures one source on `threads` threads.  If `known` is not NULL, a chunk with the same bits as
 * there has the same errors, so it is only hashed: one source is measured in full, the others are
 * compared with it.
 */
bool measure(measurement *m, const source *from, const map_function *f, uint32_t stride,
             unsigned threads, const measurement *known);

/*
 * Saves and loads a measurement, DIRECTORY/FUNCTION.known, for an emulated processor that is too
 * slow to find all errors again.  The file has the layout of this machine.
 */
bool save_measurement(const measurement *m, const char *directory, const char *function);
bool load_measurement(measurement *m, const char *directory, const char *function);

/* The same error from a reference in long double, which shows that double sufficed. */
double confirmed_ulp(const map_function *f, float x, float y);

#endif
