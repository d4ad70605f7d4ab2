/*
 * Functions of the library, with their usual parameters, and their gradients as points of a curve.
 *
 * What returns bool returns false after a message on stderr if the library reported an error.
 */
#ifndef TOUR_TRACE_H
#define TOUR_TRACE_H

#include "svg.h"

#include <act/act.h>

/* Every kink and jump lies well inside. */
enum { X_MAX = 7, PER_UNIT = 10, SAMPLES = 2 * X_MAX * PER_UNIT + 1 };

enum what { FORWARD, GRADIENT };

/* y = f(x) or y = f'(x), of at most SAMPLES values. */
bool evaluate(act_function fn, enum what what, const float *x, float *y, size_t n);

/* dx = dy f'(x), of at most SAMPLES values; dx may be dy. */
bool backward(act_function fn, float *dx, const float *dy, const float *x, size_t n);

struct trace {
    size_t count;
    struct svg_point point[4 * SAMPLES]; /* of each sample, it and a jump before it */
};

/* From -X_MAX to X_MAX, broken at jumps. */
bool trace_function(act_function fn, enum what what, struct trace *trace);

#endif
