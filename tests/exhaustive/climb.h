/*
 * A search for the worst row of every row-wise function.  Uniform rows are far from the worst case,
 * as the errors of their elements cancel.  This is a hill climb from many random rows of few
 * distinct values.
 */
#ifndef ACT_TESTS_EXHAUSTIVE_CLIMB_H
#define ACT_TESTS_EXHAUSTIVE_CLIMB_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Tries the given number of rows for each function, range and kind of error, or for one function
 * alone, prints the worst, and returns whether all were within the stated bounds.  Sets `found` to
 * whether there is such a function.
 */
bool climb_rows(const char *function, uint64_t rows, uint64_t seed, bool *found);

#endif
