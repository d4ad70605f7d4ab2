/*
 * The errors of the row-wise functions.  Their inputs are too many for an exhaustive run: these are
 * samples, rows of lengths up to a million, drawn from distributions that are known to be
 * difficult.
 */
#ifndef ACT_TESTS_EXHAUSTIVE_ROWS_H
#define ACT_TESTS_EXHAUSTIVE_ROWS_H

#include "exhaustive/source.h"

/*
 * The bounds that act.h states for softmax: of results below 2^-126, in ULP, and of the sum of a
 * row in either tier.
 */
static const double row_subnormal_bound __attribute__((unused)) = 3;
static const double row_sum_bound __attribute__((unused)) = 5e-7;
static const double row_fast_sum_bound __attribute__((unused)) = 1.5e-6;

typedef struct {
    double relative;  /* largest relative error where the exact result is not below 2^-126 */
    size_t cols;      /* the length of that row */
    double subnormal; /* largest error elsewhere, in units of 2^-149 */
    double sum;       /* largest distance of a row's sum from 1, where that is the exact one */
    uint64_t hash;    /* of all result bits */
    uint64_t rows, elements;
} row_measurement;

/* Rows within [-range, range], about `elements` of them together; the same on every call. */
bool measure_rows(row_measurement *m, const source *from, const rows_function *f, float range,
                  uint64_t elements);

#endif
