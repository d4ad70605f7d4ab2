/*
 * Every row-wise function, with all its operands, as data: a property is one test of all of them.
 * The list is made from functions.def; a function that has no line in rows.c does not compile.
 */
#ifndef ACT_TESTS_ROWS_H
#define ACT_TESTS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/act.h"
#include "kernels/bound.h"

enum { ROW_OPERANDS = 3 };

/* What an array has: floats for each element, for each row, or for each column. */
typedef enum { NOTHING, MATRIX, ONE_PER_ROW, ONE_PER_COLUMN } row_shape;

/* What an operand means, and is filled with. */
typedef enum { LOGITS, MASK, SLOPES, CHANGES, WEIGHTS, LOGARITHMS } row_content;

/* A call; strides of what is no matrix are not looked at. */
typedef struct {
    float *dst, *src[ROW_OPERANDS];
    size_t dst_stride, stride[ROW_OPERANDS];
    size_t rows, cols;
} row_call;

/* An operand's part that a row sees: its elements, its one float, or that of each column. */
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
    /* A row's results, and what their errors are relative to. */
    void (*reference)(double *y, row_operands x, size_t n);
    void (*scale)(double *scale, const double *y, row_operands x, size_t n);
    const act_row_bound *bound;
} row_wise;

extern const row_wise *const row_wise_functions[];
extern const size_t row_wise_count;

/* How many floats an array of that shape has, and where the part begins that row r sees. */
size_t row_floats(row_shape shape, size_t stride, size_t rows, size_t cols);
size_t row_offset(row_shape shape, size_t stride, size_t r);
void row_parts(row_operands x, const row_wise *f, const row_call *c, size_t r);

/* How many results a row has. */
size_t row_results(const row_wise *f, size_t cols);

/*
 * Operands that mean what the function takes, logits within the range; a mask has many -inf.  The
 * same for the same seed.
 */
void row_fill(const row_wise *f, const row_call *c, double range, uint64_t seed);

/* Room for every operand and the result of calls of so many floats each. */
typedef struct {
    float *array[1 + ROW_OPERANDS];
    size_t floats;
} row_room;
row_room row_room_new(size_t floats);
void row_room_free(row_room *room);
/* A call in it, of matrices that are laid apart by the strides. */
row_call row_call_in(const row_room *room, size_t rows, size_t cols, size_t dst_stride,
                     size_t stride);

/* How many times the bound a result is off; infinite where it is of the wrong kind. */
double row_error(const row_wise *f, double bound, float result, double exact, double scale);

/* Fails the running test if a result of the call is not within the bound of its reference. */
void row_check(const row_wise *f, const row_call *c, const char *what);

#endif
