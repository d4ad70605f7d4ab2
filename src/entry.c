/* The public functions: check the arguments, jump to the kernel of the backend in use. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

static act_status check_map(const float *dst, const float *src, size_t n) {
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

static act_status check_gated_grad(const float *dgate, const float *dup, const float *dy,
                                   const float *gate, const float *up, size_t n) {
    const float *const operand[] = {dy, gate, up};
    act_status status = ACT_OK;
    for (size_t i = 0; i < sizeof operand / sizeof operand[0] && status == ACT_OK; ++i) {
        status = check_map(dgate, operand[i], n);
        if (status == ACT_OK)
            status = check_map(dup, operand[i], n);
    }
    return status == ACT_OK && overlap(dgate, dup, n) ? ACT_ERROR_OVERLAP : status;
}

static act_status check_pair(const float *dst, const float *a, const float *b, size_t n) {
    act_status status = check_map(dst, a, n);
    return status ? status : check_map(dst, b, n);
}

/*
 * Whether check_map has nothing to say, and there is something to do: a sufficient condition in few
 * instructions, as for sixteen floats the way to the kernel takes longer than the kernel.  What it
 * does not recognise, such as an address in the upper half, goes the long way.
 */
enum { QUICK_FLOATS = 1 << 24 }; /* no sum of sizes wraps */
static inline int map_is_ready(const float *dst, const float *src, size_t n) {
    uintptr_t to = (uintptr_t)dst, from = (uintptr_t)src;
    size_t bytes = n * sizeof *src;
    return n - 1 < QUICK_FLOATS && (intptr_t)to > 0 && (intptr_t)from > 0 &&
           (to | from) % _Alignof(float) == 0 &&
           (to - from + (bytes - 1) >= 2 * bytes - 1 || to == from);
}

/*
 * Into the kernel of the backend in use by the quick way or, after the checks, by the long one. The
 * row is read after the checks, which need the registers.
 */
#define LONG_WAY  __attribute__((cold, noinline)) static act_status
#define QUICK_WAY __attribute__((always_inline)) static inline act_status

LONG_WAY check_map_and_enter(float *dst, const float *src, size_t n, float p, float q,
                             act_map_kernel *const *row) {
    act_status status = check_map(dst, src, n);
    return status != ACT_OK || n == 0 ? status : row[act_backend_in_use()](dst, src, n, p, q);
}
QUICK_WAY enter_map(float *dst, const float *src, size_t n, float p, float q,
                    act_map_kernel *const *row) {
    if (__builtin_expect(map_is_ready(dst, src, n), 1))
        return row[act_backend_in_use()](dst, src, n, p, q);
    return check_map_and_enter(dst, src, n, p, q, row);
}

LONG_WAY check_pair_and_enter(float *dst, const float *a, const float *b, size_t n, float p,
                              float q, act_pair_kernel *const *row) {
    act_status status = check_pair(dst, a, b, n);
    return status != ACT_OK || n == 0 ? status : row[act_backend_in_use()](dst, a, b, n, p, q);
}
QUICK_WAY enter_pair(float *dst, const float *a, const float *b, size_t n, float p, float q,
                     act_pair_kernel *const *row) {
    /* gcc 12 would give the row's address the register of an argument, and move four to make room.
     */
    __asm__("" : "+r"(row));
    if (__builtin_expect(map_is_ready(dst, a, n) && map_is_ready(dst, b, n), 1))
        return row[act_backend_in_use()](dst, a, b, n, p, q);
    return check_pair_and_enter(dst, a, b, n, p, q, row);
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
    const uintptr_t a_row = a.cols * sizeof(float), b_row = b.cols * sizeof(float);
    if (row_at(a, a.rows - 1) + a_row <= row_at(b, 0) ||
        row_at(b, b.rows - 1) + b_row <= row_at(a, 0))
        return 0;
    for (size_t i = 0, j = 0; i < a.rows && j < b.rows;) {
        uintptr_t x = row_at(a, i), y = row_at(b, j);
        if (x < y + b_row && y < x + a_row)
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

static act_status check_rows_pair(const float *dst, size_t dst_stride, const float *a,
                                  size_t a_stride, const float *b, size_t b_stride, size_t rows,
                                  size_t cols) {
    act_status status = check_rows(dst, dst_stride, a, a_stride, rows, cols);
    return status ? status : check_rows(dst, dst_stride, b, b_stride, rows, cols);
}

/*
 * Whether the parameters have values that the function takes, by the words of functions.def.  By
 * their bits, so that neither the compiler's options nor DAZ decide.
 */
static inline uint32_t without_sign(float p) {
    uint32_t bits;
    memcpy(&bits, &p, sizeof bits);
    return bits << 1;
}
#define INFINITE_BITS       0xff000000U /* NaN: above that */
#define IN_RANGE_ANY(p)     true
#define IN_RANGE_FINITE(p)  (without_sign(p) < INFINITE_BITS)
#define IN_RANGE_NONZERO(p) (without_sign(p) - 1 < INFINITE_BITS - 1)

#define IN_RANGE_NONE                    true
#define IN_RANGE_ONE(name, usual, range) IN_RANGE_##range(p)
#define IN_RANGE_TWO(name, usual, range, name_q, usual_q, range_q)                                 \
    (IN_RANGE_##range(p) && IN_RANGE_##range_q(q))

#define MAP_ENTRY(name, params)                                                                    \
    act_status act_##name##_f32_to(float *dst, const float *src, size_t n DECLARE_##params) {      \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_map(dst, src, n, PADDED_##params, row_##name);                                \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t n DECLARE_##params) {                           \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_map(buf, buf, n, PADDED_##params, row_##name);                                \
    }
#define PAIR_ENTRY(name, params)                                                                   \
    act_status act_##name##_f32(float *dst, const float *v, const float *w,                        \
                                size_t n DECLARE_##params) {                                       \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return enter_pair(dst, v, w, n, PADDED_##params, row_##name);                              \
    }
#define GATED_GRAD_ENTRY(name)                                                                     \
    act_status act_##name##_f32(float *dgate, float *dup, const float *dy, const float *gate,      \
                                const float *up, size_t n) {                                       \
        act_status status = check_gated_grad(dgate, dup, dy, gate, up, n);                         \
        if (status != ACT_OK || n == 0)                                                            \
            return status;                                                                         \
        return KERNEL_IN_USE(name)(dgate, dup, dy, gate, up, n);                                   \
    }
#define ROWS_ENTRY(name)                                                                           \
    static inline act_status enter_##name(float *dst, size_t dst_stride, const float *src,         \
                                          size_t src_stride, size_t rows, size_t cols) {           \
        act_status status = check_rows(dst, dst_stride, src, src_stride, rows, cols);              \
        if (status != ACT_OK || cols == 0)                                                         \
            return status;                                                                         \
        return KERNEL_IN_USE(name)(dst, dst_stride, src, src_stride, rows, cols);                  \
    }                                                                                              \
    act_status act_##name##_f32(float *buf, size_t rows, size_t cols) {                            \
        return enter_##name(buf, cols, buf, cols, rows, cols);                                     \
    }                                                                                              \
    act_status act_##name##_f32_to(float *dst, size_t dst_stride, const float *src,                \
                                   size_t src_stride, size_t rows, size_t cols) {                  \
        return enter_##name(dst, dst_stride, src, src_stride, rows, cols);                         \
    }
#define ROWS_PAIR_ENTRY(name)                                                                      \
    act_status act_##name##_f32(float *dst, size_t dst_stride, const float *a, size_t a_stride,    \
                                const float *b, size_t b_stride, size_t rows, size_t cols) {       \
        act_status status =                                                                        \
            check_rows_pair(dst, dst_stride, a, a_stride, b, b_stride, rows, cols);                \
        if (status == ACT_OK && cols > 0)                                                          \
            KERNEL_IN_USE(name)(dst, dst_stride, a, a_stride, b, b_stride, rows, cols);            \
        return status;                                                                             \
    }
#define ACT_MAP(name, of, params)                                                                  \
    SIGNATURE_OF_MAP(ROW_OF_KERNELS, name)                                                         \
    MAP_ENTRY(name, params)                                                                        \
    IF_GRAD_##of(SIGNATURE_OF_PAIR(ROW_OF_KERNELS, name##_grad) PAIR_ENTRY(name##_grad, params))
#define ACT_GATED(name, f)                                                                         \
    SIGNATURE_OF_PAIR(ROW_OF_KERNELS, name)                                                        \
    PAIR_ENTRY(name, NONE)                                                                         \
    SIGNATURE_OF_GATED_GRAD(ROW_OF_KERNELS, name##_grad)                                           \
    GATED_GRAD_ENTRY(name##_grad)
#define ACT_ROWS(name)                                                                             \
    SIGNATURE_OF_ROWS(ROW_OF_KERNELS, name)                                                        \
    ROWS_ENTRY(name)
#define ACT_ROWS_PAIR(name)                                                                        \
    SIGNATURE_OF_ROWS_PAIR(ROW_OF_KERNELS, name)                                                   \
    ROWS_PAIR_ENTRY(name)
#define ACT_ROWS_OWN(name) SIGNATURE_OF_##name(ROW_OF_KERNELS)
#include "functions.def"

/* Signatures of their own. */

/* What is only read, and shared with dst in no float: a mask, slopes, one float for each row. */
static act_status check_beside(matrix to, matrix beside) {
    act_status status = check_matrix(beside);
    if (status)
        return status;
    return matrices_overlap(to, beside) ? ACT_ERROR_OVERLAP : ACT_OK;
}

/* As many rows as dst has, or one for all of them if the stride is 0. */
static act_status check_rows_beside(matrix to, const float *p, size_t stride) {
    return check_beside(to, stride ? (matrix){p, stride, to.rows, to.cols}
                                   : (matrix){p, to.cols, 1, to.cols});
}

static act_status check_slope(const float *dst, size_t dst_stride, const float *slope, size_t rows,
                              size_t channels) {
    if (rows == 0 || channels == 0)
        return ACT_OK;
    return check_rows_beside((matrix){dst, dst_stride, rows, channels}, slope, 0);
}

act_status act_prelu_f32_to(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            const float *slope, size_t rows, size_t channels) {
    act_status status = check_rows(dst, dst_stride, src, src_stride, rows, channels);
    if (status == ACT_OK)
        status = check_slope(dst, dst_stride, slope, rows, channels);
    if (status == ACT_OK && channels > 0)
        KERNEL_IN_USE(prelu)(dst, dst_stride, src, src_stride, slope, rows, channels);
    return status;
}
act_status act_prelu_f32(float *buf, const float *slope, size_t rows, size_t channels) {
    return act_prelu_f32_to(buf, channels, buf, channels, slope, rows, channels);
}

act_status act_prelu_grad_f32(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                              const float *x, size_t x_stride, const float *slope, size_t rows,
                              size_t channels) {
    act_status status = check_rows_pair(dx, dx_stride, dy, dy_stride, x, x_stride, rows, channels);
    if (status == ACT_OK)
        status = check_slope(dx, dx_stride, slope, rows, channels);
    if (status == ACT_OK && channels > 0)
        KERNEL_IN_USE(prelu_grad)(dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows, channels);
    return status;
}

act_status act_logsumexp_f32(float *dst, const float *src, size_t src_stride, size_t rows,
                             size_t cols) {
    if (rows == 0)
        return ACT_OK;
    matrix to = {dst, 1, rows, 1}, from = {src, src_stride, rows, cols};
    act_status status = check_matrix(to);
    if (status == ACT_OK && cols > 0)
        status = check_matrix(from);
    if (status == ACT_OK && cols > 0 && matrices_overlap(to, from))
        status = ACT_ERROR_OVERLAP;
    if (status != ACT_OK)
        return status;
    if (cols > 0)
        KERNEL_IN_USE(logsumexp)(dst, src, src_stride, rows, cols);
    else /* src may be null, to which no row can be added */
        for (size_t r = 0; r < rows; ++r)
            dst[r] = -INFINITY;
    return ACT_OK;
}

act_status act_logsumexp_grad_f32(float *dx, size_t dx_stride, const float *dy, const float *x,
                                  size_t x_stride, size_t rows, size_t cols) {
    act_status status = check_rows(dx, dx_stride, x, x_stride, rows, cols);
    if (status || rows == 0 || cols == 0)
        return status;
    status = check_beside((matrix){dx, dx_stride, rows, cols}, (matrix){dy, 1, rows, 1});
    if (status == ACT_OK)
        KERNEL_IN_USE(logsumexp_grad)(dx, dx_stride, dy, x, x_stride, rows, cols);
    return status;
}

act_status act_softmax_masked_f32_to(float *dst, size_t dst_stride, const float *src,
                                     size_t src_stride, const float *mask, size_t mask_stride,
                                     size_t rows, size_t cols, float scale, act_empty_rows empty) {
    act_status status = check_rows(dst, dst_stride, src, src_stride, rows, cols);
    if (status || rows == 0 || cols == 0)
        return status;
    if (mask)
        status = check_rows_beside((matrix){dst, dst_stride, rows, cols}, mask, mask_stride);
    if (status == ACT_OK)
        KERNEL_IN_USE(softmax_masked)
    (dst, dst_stride, src, src_stride, mask, mask_stride, rows, cols, scale, empty);
    return status;
}
act_status act_softmax_masked_f32(float *buf, const float *mask, size_t mask_stride, size_t rows,
                                  size_t cols, float scale, act_empty_rows empty) {
    return act_softmax_masked_f32_to(buf, cols, buf, cols, mask, mask_stride, rows, cols, scale,
                                     empty);
}

act_status act_softmax_masked_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                       size_t dy_stride, const float *y, size_t y_stride,
                                       size_t rows, size_t cols, float scale) {
    act_status status = check_rows_pair(dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols);
    if (status == ACT_OK && cols > 0)
        KERNEL_IN_USE(softmax_masked_grad)
    (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale);
    return status;
}

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
    case ACT_ERROR_FUNCTION:
        return "no such function, or it has no gradient";
    case ACT_ERROR_PARAMETER:
        return "the function does not take such a parameter";
    }
    return "unknown status";
}
