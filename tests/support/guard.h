/*
 * Arrays between two pages that may not be touched: an access beyond the pages is a crash, a write
 * to the bytes between array and page is found by guard_check().
 */
#ifndef ACT_TESTS_GUARD_H
#define ACT_TESTS_GUARD_H

#include <stddef.h>

typedef struct guard guard;

/* The side on which the array lies against the forbidden page. */
typedef enum { GUARD_START, GUARD_END } guard_side;

/* Room for arrays of up to max floats, offset included. */
guard *guard_new(size_t max);
void guard_free(guard *g);

/*
 * An array of n floats, `offset` floats away from the forbidden page on the given side.  Every
 * byte, of the array too, is a canary; arrays placed before are gone.
 */
float *guard_place(guard *g, guard_side side, size_t offset, size_t n);

/* Fails the running test if a canary outside the array is dead. */
#define guard_check(g) guard_check_at(g, __FILE__, __LINE__)
void guard_check_at(const guard *g, const char *file, int line);

#endif
