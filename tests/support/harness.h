/* cmocka, and the loop over the backends that a test executable has to cover. */
#ifndef ACT_TESTS_HARNESS_H
#define ACT_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What CTest takes for "skipped": not a pass, not a failure. */
enum { EXIT_SKIPPED = 77 };

/*
 * Whether sizes should shrink, because everything is slow: the tests are built with a sanitizer or
 * without optimisation, or ACT_TEST_QUICK is set in the environment, and not empty, as for an
 * emulator.
 */
bool quick(void);

/*
 * Calls `run` with each backend that runs here in use, or, if ACT_BACKEND is set, with that one
 * alone.  Returns what main should: skipped, if the forced backend does not run here.
 */
int on_each_backend(int (*run)(void));

/* The backends that run here, best first. */
enum { MAX_BACKENDS = 8 };
typedef struct {
    size_t count;
    const char *name[MAX_BACKENDS];
} backend_list;
backend_list available_backends(void);

#endif
