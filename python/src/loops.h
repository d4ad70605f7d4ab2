/*
 * The inner loops of the ufuncs: NumPy hands them pointers and steps in bytes, and they call libact
 * with dense arrays.
 */
#ifndef ACT_PYTHON_LOOPS_H
#define ACT_PYTHON_LOOPS_H

#include <Python.h>
#include <stdbool.h>
#include <stddef.h>

#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#include <numpy/npy_common.h>

#include <act/act.h>

/* A call of libact: the arrays in the order of the operands, and the parameters apart from them. */
typedef act_status map_call(char *const *array, size_t n, const double *param);
typedef act_status rows_call(char *const *array, const size_t *stride, size_t rows, size_t cols,
                             const double *param);
/* Along the middle axis of an array without gaps. */
typedef act_status columns_call(void *dst, const void *src, size_t outer, size_t rows, size_t cols);

/*
 * What an operand is, one letter each, with '>' between inputs and outputs:
 *
 *   x  the elements of an elementwise function
 *   r  a row          m  a row of the type, of floats for float16
 *   o  one element per row
 *   p  a parameter, a double
 *
 * "xp>x" is leaky_relu.  A function has elements or rows.
 */
enum { MOST_OPERANDS = 7, MOST_PARAMS = 2 };

/* One loop of a ufunc: a function in one type. */
typedef struct kernel {
    const char *name;
    const char *layout;
    map_call *map; /* one of the two */
    rows_call *rows;
    columns_call *columns; /* or null; that of float if the type is NPY_HALF */
    int numpy_type;        /* NPY_HALF, NPY_FLOAT or NPY_DOUBLE */

    /* From the layout, by kernel_prepare(), but for the last one. */
    int operands, inputs;
    int type_of[MOST_OPERANDS];
    size_t size[MOST_OPERANDS];
    char kind[MOST_OPERANDS];
    bool by_float; /* the type is NPY_HALF, and the function takes floats */
} kernel;

void kernel_prepare(kernel *k);

/* Loops as NumPy calls them; data is a kernel. */
void map_loop(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data);
void rows_loop(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data);

/*
 * Whether a call of libact in this thread returned ACT_ERROR_PARAMETER since the last time that
 * this was asked.  A loop of a ufunc cannot raise an exception itself.
 */
bool parameter_was_refused(void);

#endif
