/*
 * Every row-wise function, with all its operands, as data: each property is one test of all of
 * them.  The list is generated from functions.def; a function without a line in rows.c does not
 * compile.
 */
#ifndef ACT_TESTS_ROWS_H
#define ACT_TESTS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/act.h"
#include "kernels/bound.h"

enum { ROW_OPERANDS = 3 };

/* An array's shape: one float per element, per row, or per column. */
typedef enum { NOTHING, MATRIX, ONE_PER_ROW, ONE_PER_COLUMN } row_shape;

/* An operand's meaning, which determines its values. */
typedef enum { LOGITS, MASK, SLOPES, CHANGES, WEIGHTS, LOGARITHMS } row_content;

/* A call; strides of operands that are not matrices are ignored. */
typedef struct {
    float *dst, *src[ROW_OPERANDS];
    size_t dst_stride, stride[ROW_OPERANDS];
    size_t rows, cols;
} row_call;

/* The part of an operand that a row uses: its elements, its one float, or one per column. */
typedef const float *row_operands[ROW_OPERANDS];

typedef struct {
    const char *name;
    row_shape result;
    struct {
        row_shape shape;
        row_content content;
    } operand[ROW_OPERANDS];
    act_status (*call)(const row_call *c);
    /* The form without strides, on c->dst; c->src[0] does not count.  NULL if there is none. */
    act_status (*in_place)(const row_call *c);
    /* A row's results, and the magnitudes to which their errors are relative. */
    void (*reference)(double *y, row_operands x, size_t n);
    void (*scale)(double *scale, const double *y, row_operands x, size_t n);
    const act_row_bound *bound;
} row_wise;

extern const row_wise *const row_wise_functions[];
extern const size_t row_wise_count;

/* The number of floats of an array of that shape, and the start of the part that row r uses. */
size_t row_floats(row_shape shape, size_t stride, size_t rows, size_t cols);
size_t row_offset(row_shape shape, size_t stride, size_t r);
void row_parts(row_operands x, const row_wise *f, const row_call *c, size_t r);

/* The number of results per row. */
size_t row_results(const row_wise *f, size_t cols);

/*
 * Meaningful operands of the function, logits within the range; a mask has many -inf.  The same
 * seed gives the same operands.
 */
void row_fill(const row_wise *f, const row_call *c, double range, uint64_t seed);

/* Room for every operand and the result of a call, each of so many floats. */
typedef struct {
    float *array[1 + ROW_OPERANDS];
    size_t floats;
} row_room;
row_room row_room_new(size_t floats);
void row_room_free(row_room *room);
/* A call in that room, with matrices of these strides. */
row_call row_call_in(const row_room *room, size_t rows, size_t cols, size_t dst_stride,
                     size_t stride);

/* A result's error as a multiple of the bound; infinite for a wrong NaN, infinity or zero. */
double row_error(const row_wise *f, double bound, float result, double exact, double scale);

/* Fails the running test if a result of the call is not within the bound of its reference. */
void row_check(const row_wise *f, const row_call *c, const char *what);

#endif
