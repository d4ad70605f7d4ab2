/* Samples functions of the library, and finds where they jump. */
#include "trace.h"

#include <math.h>

static bool succeeded(act_function fn, act_status status) {
    if (status != ACT_OK)
        fprintf(stderr, "act_tour: %s: %s\n", act_function_name(fn), act_status_string(status));
    return status == ACT_OK;
}

static bool forward(act_function fn, float *y, const float *x, size_t n) {
    return succeeded(fn, act_apply_f32(fn, NULL, y, x, n));
}

bool backward(act_function fn, float *dx, const float *dy, const float *x, size_t n) {
    float y[SAMPLES];
    if (act_function_grad_input(fn) == ACT_GRAD_Y) {
        if (!forward(fn, y, x, n))
            return false;
        x = y;
    }
    return succeeded(fn, act_apply_grad_f32(fn, NULL, dx, dy, x, n));
}

bool evaluate(act_function fn, enum what what, const float *x, float *y, size_t n) {
    if (what == FORWARD)
        return forward(fn, y, x, n);
    float ones[SAMPLES];
    for (size_t k = 0; k < n; k++)
        ones[k] = 1;
    return backward(fn, y, ones, x, n);
}

static void add(struct trace *trace, double x, double y) {
    trace->point[trace->count++] = (struct svg_point){x, y};
}

struct sample {
    float x, y;
};

/*
 * Halves the way from left to right, keeping the half with the larger rise. What still rises over
 * almost no distance is a jump, and then the trace gets both its sides with a break between them.
 */
static bool add_jump(act_function fn, enum what what, struct sample left, struct sample right,
                     struct trace *trace) {
    static const float rise = 1.0f / 16;
    static const float distance = 0x1p-18f; /* exp rises by less than a 200th over it */
    const struct sample before = left;
    const struct sample after = right;
    while (fabsf(right.y - left.y) > rise && right.x - left.x > distance) {
        struct sample middle = {left.x + (right.x - left.x) / 2, 0};
        if (!evaluate(fn, what, &middle.x, &middle.y, 1))
            return false;
        if (fabsf(middle.y - left.y) > fabsf(right.y - middle.y))
            right = middle;
        else
            left = middle;
    }
    if (fabsf(right.y - left.y) > rise) {
        if (left.x > before.x)
            add(trace, (double)left.x, (double)left.y);
        add(trace, (double)NAN, (double)NAN);
        if (right.x < after.x)
            add(trace, (double)right.x, (double)right.y);
    }
    return true;
}

bool trace_function(act_function fn, enum what what, struct trace *trace) {
    float x[SAMPLES];
    float y[SAMPLES];
    for (int k = 0; k < SAMPLES; k++)
        x[k] = (float)(k - X_MAX * PER_UNIT) / (float)PER_UNIT;
    if (!evaluate(fn, what, x, y, SAMPLES))
        return false;

    trace->count = 0;
    for (size_t k = 0; k < SAMPLES; k++) {
        if (k > 0 && !add_jump(fn, what, (struct sample){x[k - 1], y[k - 1]},
                               (struct sample){x[k], y[k]}, trace))
            return false;
        add(trace, (double)x[k], (double)y[k]);
    }
    return true;
}
