/*
 * Arrays whose step is the size of an element go to libact as they are.  Others are gathered into
 * blocks, and the results are scattered.
 */
#include <fenv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loops.h"

#define PY_ARRAY_UNIQUE_SYMBOL actkernels_ARRAY_API
#define NO_IMPORT_ARRAY
#include <numpy/ndarraytypes.h>

enum {
    BLOCK = 512,             /* elements of each array, on the stack */
    LEAST_COLUMNS = 16,      /* that are gathered at once as rows: a cache line of floats, */
    COLUMNS_BYTES = 1 << 15, /* and as many as these hold, in the nearest cache */
    SCRATCH_BYTES = 1 << 20, /* but never more than this, unless one column is longer */
    STRIP = 16,              /* columns that libact takes at once */
    MOST_STRIPS = 31,
    LEAST_STRIPS = 3,
    STRIPS_BYTES = 3 << 18, /* in the second cache */
    SHORT_COLUMN = 2048,    /* bytes, of which libact makes a copy itself */
    LARGEST_ELEMENT = 8,
};

void kernel_prepare(kernel *k) {
    k->operands = 0;
    for (const char *c = k->layout; *c; ++c) {
        if (*c == '>') {
            k->inputs = k->operands;
            continue;
        }
        int i = k->operands++;
        k->kind[i] = *c;
        k->type_of[i] = *c == 'p'                                ? NPY_DOUBLE
                        : *c == 'm' && k->numpy_type == NPY_HALF ? NPY_FLOAT
                                                                 : k->numpy_type;
        k->size[i] = k->type_of[i] == NPY_HALF ? 2 : k->type_of[i] == NPY_FLOAT ? 4 : 8;
    }
}

static _Thread_local bool refused;

bool parameter_was_refused(void) {
    bool was = refused;
    refused = false;
    return was;
}

/* Loops run without the GIL. */
static void raise_exception(PyObject *type, const char *function, const char *text) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyErr_Format(type, "%s: %s", function, text);
    PyGILState_Release(state);
}

/*
 * After each loop.  No other error than that of a parameter is possible: NumPy checks arrays.  A
 * kernel may raise FE_INVALID for an operand that is NaN, about which NumPy would warn, unlike its
 * own functions.
 */
static void report(const kernel *k, act_status status) {
    if (status == ACT_ERROR_PARAMETER)
        refused = true;
    else if (status != ACT_OK)
        raise_exception(PyExc_SystemError, k->name, act_status_string(status));
    if (fetestexcept(FE_INVALID))
        feclearexcept(FE_INVALID);
}

/* The sizes are constants in each case, so that the compiler makes moves of them. */
static void copy(char *dst, npy_intp dst_step, const char *src, npy_intp src_step, size_t n,
                 size_t size) {
    if (dst_step == (npy_intp)size && src_step == (npy_intp)size) {
        memcpy(dst, src, n * size);
        return;
    }
    switch (size) {
    case 2:
        for (size_t i = 0; i < n; ++i, dst += dst_step, src += src_step)
            memcpy(dst, src, 2);
        break;
    case 4:
        for (size_t i = 0; i < n; ++i, dst += dst_step, src += src_step)
            memcpy(dst, src, 4);
        break;
    default:
        for (size_t i = 0; i < n; ++i, dst += dst_step, src += src_step)
            memcpy(dst, src, 8);
    }
}

/* Elements at equal steps, as they are copied for libact and back, or converted from halves. */
typedef struct {
    char *at;
    npy_intp step;
    size_t size; /* in bytes, of an element there */
    act_f16 *room;
} line;
static void load_line(char *to, line l, size_t n, bool half) {
    if (!half) {
        copy(to, (npy_intp)l.size, l.at, l.step, n, l.size);
        return;
    }
    copy((char *)l.room, sizeof *l.room, l.at, l.step, n, sizeof *l.room);
    (void)act_f16_to_f32((float *)(void *)to, l.room, n);
}
static void store_line(line l, const char *from, size_t n, bool half) {
    if (half)
        (void)act_f32_to_f16(l.room, (const float *)(const void *)from, n);
    copy(l.at, l.step, half ? (const char *)l.room : from, (npy_intp)l.size, n, l.size);
}

/* The size of an element as libact takes it. */
static size_t inner_size(const kernel *k, int i) {
    return k->by_float && k->type_of[i] == NPY_HALF ? sizeof(float) : k->size[i];
}

/* Elementwise. */

typedef struct operands {
    char *at[MOST_OPERANDS];
    npy_intp step[MOST_OPERANDS];
} operands;

/* Whether libact can take the arrays where they are. */
static bool are_dense(const kernel *k, const operands *o, size_t n) {
    for (int i = 0; i < k->operands; ++i)
        if (k->kind[i] == 'x' && (k->by_float || (o->step[i] != (npy_intp)k->size[i] && n > 1)))
            return false;
    return true;
}

/* reduce() gives every element of the output the same place, and each result is the next input. */
static bool repeats_output(const kernel *k, const operands *o) {
    for (int i = k->inputs; i < k->operands; ++i)
        if (o->step[i] == 0)
            return true;
    return false;
}

/* Calls libact with the arrays alone: the parameters are not among them. */
static act_status call_map(const kernel *k, char *const *at, size_t n, const double *param) {
    char *array[MOST_OPERANDS];
    int arrays = 0;
    for (int i = 0; i < k->operands; ++i)
        if (k->kind[i] == 'x')
            array[arrays++] = at[i];
    return k->map(array, n, param);
}

static line line_of(const kernel *k, const operands *o, int i, size_t done, act_f16 *room) {
    return (line){o->at[i] + (npy_intp)done * o->step[i], o->step[i], k->size[i], room};
}

static act_status map_in_blocks(const kernel *k, const operands *o, size_t n, size_t block,
                                const double *param) {
    _Alignas(64) char memory[MOST_OPERANDS][BLOCK * LARGEST_ELEMENT];
    act_f16 room[BLOCK];
    char *at[MOST_OPERANDS];
    act_status status = ACT_OK;
    for (int i = 0; i < MOST_OPERANDS; ++i)
        at[i] = memory[i];
    for (size_t done = 0; done < n && status == ACT_OK; done += block) {
        const size_t now = n - done < block ? n - done : block;
        for (int i = 0; i < k->inputs; ++i)
            if (k->kind[i] == 'x')
                load_line(at[i], line_of(k, o, i, done, room), now, k->by_float);
        status = call_map(k, at, now, param);
        for (int i = k->inputs; i < k->operands && status == ACT_OK; ++i)
            store_line(line_of(k, o, i, done, room), at[i], now, k->by_float);
    }
    return status;
}

static act_status map_with_params(const kernel *k, const operands *o, size_t n,
                                  const double *param) {
    if (are_dense(k, o, n)) {
        act_status status = call_map(k, o->at, n, param);
        if (status != ACT_ERROR_OVERLAP)
            return status;
        return map_in_blocks(k, o, n, 1, param); /* accumulate(): each result is the next input */
    }
    return map_in_blocks(k, o, n, repeats_output(k, o) ? 1 : BLOCK, param);
}

/*
 * The number of elements from the first one on with the same parameters, which it reads.  They are
 * compared as bits: a NaN is equal to itself, and -0 is not 0.
 */
static size_t read_params(const kernel *k, const operands *o, size_t n, double *param) {
    size_t same = n;
    int params = 0;
    for (int i = 0; i < k->operands; ++i) {
        if (k->kind[i] != 'p')
            continue;
        memcpy(&param[params], o->at[i], sizeof *param);
        if (o->step[i] != 0)
            for (size_t j = 1; j < same; ++j)
                if (memcmp(o->at[i] + (npy_intp)j * o->step[i], &param[params], sizeof *param) != 0)
                    same = j;
        ++params;
    }
    return same;
}

void map_loop(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const kernel *k = data;
    operands o = {0};
    for (int i = 0; i < k->operands; ++i) {
        o.at[i] = args[i];
        o.step[i] = steps[i];
    }
    for (size_t left = (size_t)dimensions[0]; left > 0;) {
        double param[MOST_PARAMS] = {0};
        const size_t same = read_params(k, &o, left, param);
        report(k, map_with_params(k, &o, same, param));
        for (int i = 0; i < k->operands; ++i)
            o.at[i] += (npy_intp)same * o.step[i];
        left -= same;
    }
}

/* Rows. */

typedef struct matrix {
    char *at[MOST_OPERANDS];
    npy_intp row_step[MOST_OPERANDS], step[MOST_OPERANDS]; /* in bytes; step: within a row */
    size_t rows, cols;
} matrix;

static bool is_row(const kernel *k, int i) { return k->kind[i] == 'r' || k->kind[i] == 'm'; }

static bool rows_are_dense(const kernel *k, const matrix *m) {
    for (int i = 0; i < k->operands; ++i)
        if (is_row(k, i) && (k->by_float || (m->step[i] != (npy_intp)k->size[i] && m->cols > 1)))
            return false;
    return true;
}

/* Whether libact can be told where the rows are: by strides in elements, not smaller than a row. */
static bool rows_have_strides(const kernel *k, const matrix *m) {
    for (int i = 0; i < k->operands; ++i) {
        const npy_intp size = (npy_intp)k->size[i];
        const npy_intp least = is_row(k, i) ? (npy_intp)m->cols * size : size;
        if (k->kind[i] == 'p' ? m->row_step[i] != 0
            : k->kind[i] == 'o'
                ? m->row_step[i] != size
                : m->row_step[i] % size != 0 ||
                      (m->row_step[i] < least && !(k->kind[i] == 'm' && m->row_step[i] == 0)))
            return false;
    }
    return true;
}

static act_status call_rows(const kernel *k, const matrix *m, size_t first, size_t rows) {
    char *array[MOST_OPERANDS];
    size_t stride[MOST_OPERANDS];
    double param[MOST_PARAMS] = {0};
    int arrays = 0, params = 0;
    for (int i = 0; i < k->operands; ++i) {
        char *at = m->at[i] + (npy_intp)first * m->row_step[i];
        if (k->kind[i] == 'p') {
            memcpy(&param[params++], at, sizeof *param);
            continue;
        }
        array[arrays] = at;
        stride[arrays++] = rows > 1 ? (size_t)m->row_step[i] / inner_size(k, i) : m->cols;
    }
    return k->rows(array, stride, rows, m->cols, param);
}

static act_status row_by_row(const kernel *k, const matrix *m) {
    act_status status = ACT_OK;
    for (size_t r = 0; r < m->rows && status == ACT_OK; ++r)
        status = call_rows(k, m, r, 1);
    return status;
}

/* Copies `rows` rows of an operand, from the row `first` on, to its dense copy, or back. */
static void move_rows(const kernel *k, const matrix *m, int i, size_t first, size_t rows,
                      const matrix *dense, bool back, act_f16 *room) {
    const size_t size = k->size[i], cols = is_row(k, i) ? m->cols : 1;
    char *far = m->at[i] + (npy_intp)first * m->row_step[i], *near = dense->at[i];
    const npy_intp far_step = m->row_step[i], near_step = dense->row_step[i];
    if (k->by_float && k->type_of[i] == NPY_HALF) {
        for (size_t r = 0; r < rows; ++r, far += far_step, near += near_step) {
            const line l = {far, m->step[i], size, room};
            if (back)
                store_line(l, near, cols, true);
            else
                load_line(near, l, cols, true);
        }
        return;
    }
    if (is_row(k, i) && m->step[i] == (npy_intp)size) {
        for (size_t r = 0; r < rows; ++r, far += far_step, near += near_step)
            memcpy(back ? far : near, back ? near : far, cols * size);
        return;
    }
    for (size_t c = 0; c < cols; ++c, far += m->step[i], near += size)
        if (back)
            copy(far, far_step, near, near_step, rows, size);
        else
            copy(near, near_step, far, far_step, rows, size);
}

/*
 * Along another axis for a function that libact has for rows alone: blocks of neighbouring columns
 * become rows of a scratch array, in which libact works in place.  Its rows have an odd number of
 * cache lines: with a power of two, the elements of a column would compete for the same places in
 * the cache.
 */
static act_status rows_copied(const kernel *k, const matrix *m) {
    const size_t size = k->numpy_type == NPY_DOUBLE ? sizeof(double) : sizeof(float);
    const size_t row_bytes = ((m->cols * size + 63) / 64 | 1) * 64;
    size_t block = COLUMNS_BYTES / row_bytes;
    if (block < LEAST_COLUMNS)
        block = LEAST_COLUMNS;
    if (block > SCRATCH_BYTES / row_bytes)
        block = SCRATCH_BYTES / row_bytes;
    if (block > m->rows)
        block = m->rows;
    if (block < 1)
        block = 1;
    for (int i = 0; i < k->operands; ++i)
        if (k->kind[i] == 'p' && m->row_step[i] != 0)
            block = 1;
    char *const memory = malloc(((size_t)k->operands * block + 1) * row_bytes);
    if (!memory) {
        raise_exception(PyExc_MemoryError, k->name, "no memory for a block of columns");
        return ACT_OK;
    }
    act_f16 *const room = (act_f16 *)(void *)(memory + (size_t)k->operands * block * row_bytes);
    matrix dense = {.cols = m->cols};
    int first_row = -1;
    for (int i = 0; i < k->operands; ++i) {
        dense.at[i] = memory + (size_t)i * block * row_bytes;
        dense.row_step[i] = is_row(k, i)        ? (npy_intp)row_bytes
                            : k->kind[i] == 'p' ? 0
                                                : (npy_intp)inner_size(k, i);
        if (k->kind[i] == 'r' && first_row < 0)
            first_row = i;
        if (k->kind[i] == 'r' && i >= k->inputs)
            dense.at[i] = dense.at[first_row];
    }
    act_status status = ACT_OK;
    for (size_t first = 0; first < m->rows && status == ACT_OK; first += block) {
        const size_t rows = m->rows - first < block ? m->rows - first : block;
        for (int i = 0; i < k->inputs; ++i)
            move_rows(k, m, i, first, k->kind[i] == 'p' ? 1 : rows, &dense, false, room);
        status = call_rows(k, &dense, 0, rows);
        for (int i = k->inputs; i < k->operands && status == ACT_OK; ++i)
            move_rows(k, m, i, first, rows, &dense, true, room);
    }
    free(memory);
    return status;
}

/*
 * How many columns are copied at once.  An odd number of strips: with a power of two, the lines of
 * a strip would compete for the same places in the cache.
 */
static size_t columns_at_once(size_t column_bytes) {
    size_t strips = MOST_STRIPS;
    while (strips > LEAST_STRIPS && strips * STRIP * column_bytes > STRIPS_BYTES)
        strips -= 2;
    return strips * STRIP;
}

/*
 * Columns side by side, without gaps, go to libact as they are, unless they are long: then
 * libact reads a strip twice or three times, each line of it from another page, and blocks are up
 * to twice as fast.  Others go by blocks, too, which are copied line by line, and converted where
 * the type is a half type.
 */
static act_status by_columns(const kernel *k, const matrix *m) {
    const size_t rows = m->cols, cols = m->rows, size = k->size[0];
    const bool half = k->numpy_type == NPY_HALF, one_result = k->kind[1] == 'o';
    const npy_intp row = (npy_intp)(cols * size), element = (npy_intp)size;
    const size_t in_block = half ? sizeof(float) : size;
    size_t width = columns_at_once(rows * in_block);
    const bool dense = !half && m->row_step[0] == element && m->row_step[1] == element &&
                       m->step[0] == row && (one_result || m->step[1] == row);
    if (dense && (rows * size <= SHORT_COLUMN || cols < 2 * width))
        return k->columns(m->at[1], m->at[0], 1, rows, cols);

    if (width > cols)
        width = cols;
    char *const block = malloc(width * in_block * (rows + 2));
    if (!block) {
        raise_exception(PyExc_MemoryError, k->name, "no memory for a block of columns");
        return ACT_OK;
    }
    char *const results = one_result ? block + width * in_block * rows : block;
    act_f16 *const room = (act_f16 *)(void *)(block + width * in_block * (rows + 1));
    act_status status = ACT_OK;
    for (size_t first = 0; first < cols && status == ACT_OK; first += width) {
        const size_t n = cols - first < width ? cols - first : width;
        line from = {m->at[0] + (npy_intp)first * m->row_step[0], m->row_step[0], size, room};
        line to = {m->at[1] + (npy_intp)first * m->row_step[1], m->row_step[1], size, room};
        for (size_t i = 0; i < rows; ++i, from.at += m->step[0])
            load_line(block + i * n * in_block, from, n, half);
        status = k->columns(results, block, 1, rows, n);
        for (size_t i = 0; i < (one_result ? 1 : rows); ++i, to.at += m->step[1])
            store_line(to, results + i * n * in_block, n, half);
    }
    free(block);
    return status;
}

void rows_loop(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const kernel *k = data;
    matrix m = {.rows = (size_t)dimensions[0], .cols = (size_t)dimensions[1]};
    const npy_intp *within = steps + k->operands;
    for (int i = 0; i < k->operands; ++i) {
        m.at[i] = args[i];
        m.row_step[i] = steps[i];
        m.step[i] = is_row(k, i) ? *within++ : 0;
    }
    act_status status = ACT_OK;
    if (m.rows == 0)
        return;
    if (rows_are_dense(k, &m))
        status = rows_have_strides(k, &m) ? call_rows(k, &m, 0, m.rows) : row_by_row(k, &m);
    else
        status = k->columns && k->operands == 2 ? by_columns(k, &m) : rows_copied(k, &m);
    report(k, status);
}
