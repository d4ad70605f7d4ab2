/* cmocka, and the loop over the backends that a test executable has to cover. */
#ifndef ACT_TESTS_HARNESS_H
#define ACT_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The exit status that CTest counts as skipped: neither a pass nor a failure. */
enum { EXIT_SKIPPED = 77 };

/*
 * Whether tests should use smaller sizes because everything is slow: the tests are built with a
 * sanitizer or without optimisation, or ACT_TEST_QUICK is set in the environment and not empty, as
 * for an emulator.
 */
bool quick(void);

/*
 * Calls `run` once for each backend that runs here, with that backend in use, or for ACT_BACKEND's
 * alone, if that is set.  Returns main's exit status: skipped if the forced backend does not run
 * here.
 *
 * With ACT_TEST_PLAIN_SCALAR set, "scalar" is the code without FMA on any processor.
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
