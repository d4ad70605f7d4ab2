/* The public functions: check the arguments, jump through the table. */
#include <stdint.h>

#include "act/act.h"
#include "dispatch.h"

/* An array of more bytes than this has no pointer difference in C. */
#define MAX_FLOATS ((size_t)PTRDIFF_MAX / sizeof(float))

static int misaligned(const float *p) { return (uintptr_t)p % _Alignof(float) != 0; }

static int wraps(const float *p, size_t n) {
    return (uintptr_t)p > UINTPTR_MAX - n * sizeof(float);
}

static act_status check_array(const float *p, size_t n) {
    if (!p)
        return ACT_ERROR_NULL;
    if (misaligned(p))
        return ACT_ERROR_ALIGNMENT;
    if (n > MAX_FLOATS || wraps(p, n))
        return ACT_ERROR_SIZE;
    return ACT_OK;
}

static int overlap(const float *p, const float *q, size_t n) {
    uintptr_t a = (uintptr_t)p, b = (uintptr_t)q;
    return (a < b ? b - a : a - b) < n * sizeof(float);
}

__attribute__((noinline)) static act_status check_map(const float *dst, const float *src,
                                                      size_t n) {
    if (n == 0)
        return ACT_OK;
    act_status status = check_array(src, n);
    if (status || dst == src)
        return status;
    status = check_array(dst, n);
    if (status)
        return status;
    return overlap(dst, src, n) ? ACT_ERROR_OVERLAP : ACT_OK;
}

/*
 * Whether check_map has nothing to say, and there is something to do, in few instructions: for
 * sixteen floats the way to the kernel takes longer than the kernel.  Null is one that wraps, as
 * its predecessor is the largest address.
 */
static inline int map_is_ready(const float *dst, const float *src, size_t n) {
    uintptr_t to = (uintptr_t)dst, from = (uintptr_t)src;
    size_t bytes = n * sizeof *src, last = UINTPTR_MAX - bytes;
    return n - 1 < MAX_FLOATS && ((to | from) % _Alignof(float)) == 0 && from - 1 < last &&
           (to == from || (to - 1 < last && to - from >= bytes && from - to >= bytes));
}

/* Rows of equal length, laid apart by the stride. */
typedef struct {
    const float *p;
    size_t stride, rows, cols;
} matrix;

static act_status check_matrix(matrix m) {
    if (m.stride < m.cols)
        return ACT_ERROR_STRIDE;
    if (m.cols > MAX_FLOATS || m.rows - 1 > (MAX_FLOATS - m.cols) / m.stride)
        return m.p ? ACT_ERROR_SIZE : ACT_ERROR_NULL;
    return check_array(m.p, (m.rows - 1) * m.stride + m.cols);
}

static uintptr_t row_at(matrix m, size_t r) { return (uintptr_t)(m.p + r * m.stride); }

/*
 * Whether a row of one shares a float with a row of the other.  Matrices that lie apart, the usual
 * case, are told at once; otherwise one walk along both, which are in ascending order, meets every
 * pair of neighbours.
 */
static int matrices_overlap(matrix a, matrix b) {
    const uintptr_t row = a.cols * sizeof(float);
    if (row_at(a, a.rows - 1) + row <= row_at(b, 0) || row_at(b, b.rows - 1) + row <= row_at(a, 0))
        return 0;
    for (size_t i = 0, j = 0; i < a.rows && j < b.rows;) {
        uintptr_t x = row_at(a, i), y = row_at(b, j);
        if ((x < y ? y - x : x - y) < row)
            return 1;
        if (x < y)
            ++i;
        else
            ++j;
    }
    return 0;
}

static act_status check_rows(const float *dst, size_t dst_stride, const float *src,
                             size_t src_stride, size_t rows, size_t cols) {
    if (rows == 0 || cols == 0)
        return ACT_OK;
    matrix from = {src, src_stride, rows, cols}, to = {dst, dst_stride, rows, cols};
    act_status status = check_matrix(from);
    if (status)
        return status;
    status = check_matrix(to);
    if (status || (dst == src && (dst_stride == src_stride || rows == 1)))
        return status;
    return matrices_overlap(to, from) ? ACT_ERROR_OVERLAP : ACT_OK;
}

#define MAP_ENTRY(name)                                                                            \
    static inline act_status enter_##name(float *dst, const float *src, size_t n, float p) {       \
        if (__builtin_expect(map_is_ready(dst, src, n), 1))                                        \
            return act_kernels_in_use()->name(dst, src, n, p);                                     \
        return check_map(dst, src, n);                                                             \
    }
#define ACT_MAP0(name)                                                                             \
    MAP_ENTRY(name)                                                                                \
    act_status act_##name##_f32(float *buf, size_t n) { return enter_##name(buf, buf, n, 0.0F); }  \
    act_status act_##name##_f32_to(float *dst, const float *src, size_t n) {                       \
        return enter_##name(dst, src, n, 0.0F);                                                    \
    }
#define ACT_MAP1(name, parameter, usual)                                                           \
    MAP_ENTRY(name)                                                                                \
    act_status act_##name##_f32(float *buf, size_t n, float p) {                                   \
        return enter_##name(buf, buf, n, p);                                                       \
    }                                                                                              \
    act_status act_##name##_f32_to(float *dst, const float *src, size_t n, float p) {              \
        return enter_##name(dst, src, n, p);                                                       \
    }

#define ACT_ROWS0(name)                                                                            \
    static inline act_status enter_##name(float *dst, size_t dst_stride, const float *src,         \
                                          size_t src_stride, size_t rows, size_t cols) {           \
        act_status status = check_rows(dst, dst_stride, src, src_stride, rows, cols);              \
        if (status != ACT_OK || cols == 0)                                                         \
            return status;                                                                         \
        return act_kernels_in_use()->name(dst, dst_stride, src, src_stride, rows, cols);           \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t rows, size_t cols) {                            \
        return enter_##name(buf, cols, buf, cols, rows, cols);                                     \
    }                                                                                              \
    act_status act_##name##_f32_to(float *dst, size_t dst_stride, const float *src,                \
                                   size_t src_stride, size_t rows, size_t cols) {                  \
        return enter_##name(dst, dst_stride, src, src_stride, rows, cols);                         \
    }
#include "functions.def"

const char *act_version(void) { return ACT_VERSION_STRING; }

const char *act_status_string(act_status status) {
    switch (status) {
    case ACT_OK:
        return "success";
    case ACT_ERROR_NULL:
        return "null pointer for an array that is not empty";
    case ACT_ERROR_SIZE:
        return "array does not fit into the address space";
    case ACT_ERROR_ALIGNMENT:
        return "pointer is not aligned to a float";
    case ACT_ERROR_STRIDE:
        return "stride is smaller than a row";
    case ACT_ERROR_OVERLAP:
        return "destination and source overlap without being equal";
    case ACT_ERROR_BACKEND:
        return "no such backend, or not one that runs on this processor";
    }
    return "unknown status";
}
