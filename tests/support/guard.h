/*
 * Arrays between two guard pages: an access to a guard page is a crash, and guard_check() finds a
 * write to the bytes between the array and the page.
 */
#ifndef ACT_TESTS_GUARD_H
#define ACT_TESTS_GUARD_H

#include <stddef.h>

typedef struct guard guard;

/* The side on which the array lies against a guard page. */
typedef enum { GUARD_START, GUARD_END } guard_side;

/* Room for arrays of up to max floats, offset included. */
guard *guard_new(size_t max);
void guard_free(guard *g);

/*
 * An array of n floats, `offset` floats away from the guard page on the given side.  Every byte,
 * also in the array, becomes a canary; arrays placed earlier are overwritten.
 */
float *guard_place(guard *g, guard_side side, size_t offset, size_t n);

/* Fails the running test if a canary outside the array has been overwritten. */
#define guard_check(g) guard_check_at(g, __FILE__, __LINE__)
void guard_check_at(const guard *g, const char *file, int line);

#endif
