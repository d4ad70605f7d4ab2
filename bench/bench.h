/*
 * What can be measured: the interface between the suite (suite.c) and the loops that it times.
 *
 * The loops of the library (functions.c) come from functions.def.  Yardsticks (memcpy, copy.c) and
 * the peers of peers.h are subjects that give the same loops around something else.
 */
#ifndef ACT_BENCH_H
#define ACT_BENCH_H

#include "gbench_shim.h"

#include <act/act.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_subject;

/*
 * `times` calls on the same arrays, rows * cols elements without gaps (one row for an elementwise
 * function), with a gb_clobber() after each.  The loop belongs to the subject, so that the call of
 * the library is a direct one.  Returns what the last call returned.
 */
typedef act_status bench_to(const struct bench_subject *subject, uint64_t times, void *dst,
                            const void *src, size_t rows, size_t cols);

/* The same in place: call i works on the array at buf + i * stride. */
typedef act_status bench_in_place(uint64_t times, void *buf, size_t stride, size_t rows,
                                  size_t cols);

/* Makes an array of another type than float. */
typedef act_status bench_convert(void *dst, const float *src, size_t n);

/* A type of elements; convert is NULL for floats. */
struct bench_type {
    size_t size;
    bench_convert *convert;
};

/* Of the arrays, few floats are for functions whose call costs more than these, many for slices. */
enum { BENCH_ARRAYS = 1, BENCH_ROWS = 2, BENCH_FEW = 4, BENCH_MANY = 8 };

struct bench_subject {
    const char *function;             /* first part of the name, "sigmoid_f32" */
    const char *name;                 /* by which peers know it, "sigmoid"; NULL for yardsticks */
    const char *variant;              /* second part: a backend, a yardstick or a peer, or NULL */
    unsigned shapes;                  /* of those above */
    float parameter;                  /* that a peer is called with */
    bench_to *to;                     /* out of place */
    bench_in_place *in_place;         /* NULL if not of interest */
    const struct peer_function *peer; /* NULL if it is none */
    const struct bench_type *type;
};

extern const struct bench_type bench_floats;

/* The library's functions, in every type (functions.c). */
extern const struct bench_subject bench_functions[];
extern const size_t bench_function_count;

/* Whether the library has what the subject calls: f64 needs SLEEF. */
bool bench_supported(const struct bench_subject *subject);

/*
 * What these work on beside their arrays, each as large as any array: the second of two results,
 * which is also where an input of another type is made, and masks, which are made for a shape.  An
 * array to work on in place is a copy of copied_from.
 */
extern const float *copied_from;
extern float *second, *mask_of_zeros, *mask_causal;

/* Adds what a result is to be read with to the context (context.c). */
void bench_context(const char *const *backends, size_t count);

/* copy.c once for each instruction set that the build chose: bench_copy_avx2, ... */
#define BENCH_COPY(backend) bench_to bench_copy_##backend;
#include "copies.def"

#endif
