/*
 * Google Benchmark for C: the part of its interface that a suite in C needs, and nothing of ours.
 *
 * A benchmark is a C function.  It asks gb_start() how often to run, loops that many times itself
 * and calls gb_stop(), so an iteration costs what the loop in C costs and no call into the shim:
 *
 *     static void fill(gb_state *state, const void *user) {
 *         for (uint64_t left = gb_start(state); left > 0; left--) {
 *             memset(buffer, 0, sizeof buffer);
 *             gb_clobber();
 *         }
 *         gb_stop(state);
 *     }
 *
 * What is set through a state counts only between the call of the benchmark and its return.
 */
#ifndef GBENCH_SHIM_H
#define GBENCH_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A C++ exception must not unwind C frames: it ends the program at the border instead. */
#ifdef __cplusplus
#define GB_NOEXCEPT noexcept
extern "C" {
#else
#define GB_NOEXCEPT
#endif

typedef struct gb_state gb_state;
typedef void gb_function(gb_state *state, const void *user);

/*
 * With GB_MANUAL_TIME the benchmark reports its own time through gb_set_seconds(), and Google
 * Benchmark ends the name with "/manual_time".
 */
enum { GB_MANUAL_TIME = 1 };

/*
 * The name is copied and used as it is: arguments add nothing to it, unlike those of C++.
 * The arguments are copied as well; `user` must live until gb_run() returns.
 */
void gb_register(const char *name, gb_function *function, const void *user, const int64_t *args,
                 size_t nargs, unsigned flags) GB_NOEXCEPT;

/* A context line of the console and of the JSON file.  To be called before gb_run(). */
void gb_context(const char *key, const char *value) GB_NOEXCEPT;

/* Takes the --benchmark_ arguments out of argv.  False, with a message, if others remain. */
bool gb_initialize(int *argc, char **argv) GB_NOEXCEPT;

/* Runs what the filter selects and returns how many benchmarks that were. */
size_t gb_run(void) GB_NOEXCEPT;

void gb_shutdown(void) GB_NOEXCEPT;

/* Argument i, 0 if there is none. */
int64_t gb_arg(const gb_state *state, size_t i) GB_NOEXCEPT;

/*
 * How many iterations to run, 0 after gb_skip(); the clock starts as the call returns.  Once a
 * call of the benchmark.
 */
uint64_t gb_start(gb_state *state) GB_NOEXCEPT;
void gb_stop(gb_state *state) GB_NOEXCEPT;

/* How many iterations have been run, after gb_stop(). */
uint64_t gb_iterations(const gb_state *state) GB_NOEXCEPT;

/* The result is the message, shown as an error. */
void gb_skip(gb_state *state, const char *message) GB_NOEXCEPT;

/* Totals over all iterations, not per iteration. */
void gb_set_items(gb_state *state, uint64_t items) GB_NOEXCEPT;
void gb_set_bytes(gb_state *state, uint64_t bytes) GB_NOEXCEPT;
void gb_set_seconds(gb_state *state, double seconds) GB_NOEXCEPT;

void gb_set_label(gb_state *state, const char *label) GB_NOEXCEPT;

typedef enum gb_counter_kind {
    GB_VALUE,          /* as it is */
    GB_RATE,           /* value / seconds */
    GB_SECONDS_PER_ONE /* seconds / value */
} gb_counter_kind;

void gb_set_counter(gb_state *state, const char *name, double value,
                    gb_counter_kind kind) GB_NOEXCEPT;

/* DoNotOptimize: what p points to may be read by somebody that the compiler cannot see. */
static inline void gb_keep(const void *p) { __asm__ volatile("" : : "g"(p) : "memory"); }

/* ClobberMemory: all memory may be read and written here, so no store can be left out. */
static inline void gb_clobber(void) { __asm__ volatile("" : : : "memory"); }

#ifdef __cplusplus
}
#endif

#endif
