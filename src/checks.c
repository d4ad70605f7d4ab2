/* The checks of the public functions' arguments. */
#include "checks.h"

#include <stdint.h>

/* In a larger array C could not represent the difference of two pointers. */
static size_t most(size_t size) { return (size_t)PTRDIFF_MAX / size; }

static int wraps(const void *p, size_t bytes) { return (uintptr_t)p > UINTPTR_MAX - bytes; }

static act_status check_array(size_t size, const void *p, size_t n) {
    if (!p)
        return ACT_ERROR_NULL;
    if ((uintptr_t)p % size != 0)
        return ACT_ERROR_ALIGNMENT;
    if (n > most(size) || wraps(p, n * size))
        return ACT_ERROR_SIZE;
    return ACT_OK;
}

static int overlap(const void *p, const void *q, size_t bytes) {
    uintptr_t a = (uintptr_t)p, b = (uintptr_t)q;
    return (a < b ? b - a : a - b) < bytes;
}

act_status act_check_map_of(size_t size, const void *dst, const void *src, size_t n) {
    if (n == 0)
        return ACT_OK;
    act_status status = check_array(size, src, n);
    if (status || dst == src)
        return status;
    status = check_array(size, dst, n);
    if (status)
        return status;
    return overlap(dst, src, n * size) ? ACT_ERROR_OVERLAP : ACT_OK;
}
act_status act_check_conversion(const void *dst, size_t dst_size, const void *src, size_t src_size,
                                size_t n) {
    if (n == 0)
        return ACT_OK;
    act_status status = check_array(src_size, src, n);
    if (status == ACT_OK)
        status = check_array(dst_size, dst, n);
    const uintptr_t to = (uintptr_t)dst, from = (uintptr_t)src;
    if (status == ACT_OK && to < from + n * src_size && from < to + n * dst_size)
        status = ACT_ERROR_OVERLAP;
    return status;
}

act_status act_check_map(const float *dst, const float *src, size_t n) {
    return act_check_map_of(sizeof *dst, dst, src, n);
}

act_status act_check_gated_grad_of(size_t size, const void *dgate, const void *dup, const void *dy,
                                   const void *gate, const void *up, size_t n) {
    const void *const operand[] = {dy, gate, up};
    act_status status = ACT_OK;
    for (size_t i = 0; i < sizeof operand / sizeof operand[0] && status == ACT_OK; ++i) {
        status = act_check_map_of(size, dgate, operand[i], n);
        if (status == ACT_OK)
            status = act_check_map_of(size, dup, operand[i], n);
    }
    return status == ACT_OK && overlap(dgate, dup, n * size) ? ACT_ERROR_OVERLAP : status;
}
act_status act_check_gated_grad(const float *dgate, const float *dup, const float *dy,
                                const float *gate, const float *up, size_t n) {
    return act_check_gated_grad_of(sizeof *dgate, dgate, dup, dy, gate, up, n);
}

static act_status check_pair(const float *dst, const float *a, const float *b, size_t n) {
    act_status status = act_check_map(dst, a, n);
    return status ? status : act_check_map(dst, b, n);
}

/* The hint of ACT_SLICE is passed to the kernel out of place only. */
#define WITHOUT_HINT(n)  ((n) & ~ACT_SLICE(0))
#define SHORTEST_SLICE   ((size_t)1 << 12)
#define HINT_FOR(n, out) ((out) && WITHOUT_HINT(n) >= SHORTEST_SLICE ? (n) : WITHOUT_HINT(n))

act_status act_check_map_and_enter(float *dst, const float *src, size_t n, float p, float q,
                                   act_map_kernel *const *row) {
    act_status status = act_check_map(dst, src, WITHOUT_HINT(n));
    n = HINT_FOR(n, dst != src);
    return status != ACT_OK || n == 0 ? status : row[act_backend_in_use()](dst, src, n, p, q);
}

act_status act_check_pair_and_enter(float *dst, const float *a, const float *b, size_t n, float p,
                                    float q, act_pair_kernel *const *row) {
    act_status status = check_pair(dst, a, b, WITHOUT_HINT(n));
    n = HINT_FOR(n, dst != a && dst != b);
    return status != ACT_OK || n == 0 ? status : row[act_backend_in_use()](dst, a, b, n, p, q);
}

act_status act_check_matrix(matrix m) {
    if (m.stride < m.cols)
        return ACT_ERROR_STRIDE;
    if (m.cols > most(m.size) || m.rows - 1 > (most(m.size) - m.cols) / m.stride)
        return m.p ? ACT_ERROR_SIZE : ACT_ERROR_NULL;
    return check_array(m.size, m.p, (m.rows - 1) * m.stride + m.cols);
}

static uintptr_t row_at(matrix m, size_t r) { return (uintptr_t)m.p + r * m.stride * m.size; }

/*
 * Whether a row of one shares a byte with a row of the other.  Disjoint address ranges, the usual
 * case, are recognised at once.  Otherwise one merge walk over the rows of both, which are in
 * ascending order, visits every pair that can overlap.
 */
int act_matrices_overlap(matrix a, matrix b) {
    const uintptr_t a_row = a.cols * a.size, b_row = b.cols * b.size;
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

act_status act_check_rows_of(size_t size, const void *dst, size_t dst_stride, const void *src,
                             size_t src_stride, size_t rows, size_t cols) {
    if (rows == 0 || cols == 0)
        return ACT_OK;
    matrix from = {src, src_stride, rows, cols, size}, to = {dst, dst_stride, rows, cols, size};
    act_status status = act_check_matrix(from);
    if (status)
        return status;
    status = act_check_matrix(to);
    if (status || (dst == src && (dst_stride == src_stride || rows == 1)))
        return status;
    return act_matrices_overlap(to, from) ? ACT_ERROR_OVERLAP : ACT_OK;
}

/* SIZE_MAX where the bytes would be more than there can be. */
size_t act_elements_of(size_t size, size_t outer, size_t rows, size_t cols) {
    if (outer == 0 || rows == 0 || cols == 0)
        return 0;
    return rows > SIZE_MAX / size / cols || outer > SIZE_MAX / size / (rows * cols)
               ? SIZE_MAX
               : outer * rows * cols;
}
act_status act_check_columns(size_t size, const void *dst, const void *src, size_t outer,
                             size_t rows, size_t cols) {
    return act_check_map_of(size, dst, src, act_elements_of(size, outer, rows, cols));
}
act_status act_check_one_per_column(size_t size, const void *dst, const void *src, size_t outer,
                                    size_t rows, size_t cols) {
    const size_t results = act_elements_of(size, outer, 1, cols);
    const size_t n = act_elements_of(size, outer, rows, cols);
    act_status status = act_check_map_of(size, dst, dst, results);
    if (status == ACT_OK)
        status = act_check_map_of(size, src, src, n);
    if (status != ACT_OK || n == 0)
        return status;
    return act_check_beside((matrix){dst, results, 1, results, size}, (matrix){src, n, 1, n, size});
}

act_status act_check_rows(const float *dst, size_t dst_stride, const float *src, size_t src_stride,
                          size_t rows, size_t cols) {
    return act_check_rows_of(sizeof *dst, dst, dst_stride, src, src_stride, rows, cols);
}

act_status act_check_rows_pair(const float *dst, size_t dst_stride, const float *a, size_t a_stride,
                               const float *b, size_t b_stride, size_t rows, size_t cols) {
    act_status status = act_check_rows(dst, dst_stride, a, a_stride, rows, cols);
    return status ? status : act_check_rows(dst, dst_stride, b, b_stride, rows, cols);
}

/* An operand that is only read and must not overlap dst: a mask, slopes, one float per row. */
act_status act_check_beside(matrix to, matrix beside) {
    act_status status = act_check_matrix(beside);
    if (status)
        return status;
    return act_matrices_overlap(to, beside) ? ACT_ERROR_OVERLAP : ACT_OK;
}

/* As many rows as dst has, or one row for all of them if the stride is 0. */
act_status act_check_rows_beside(matrix to, const void *p, size_t stride) {
    return act_check_beside(to, stride ? (matrix){p, stride, to.rows, to.cols, to.size}
                                       : (matrix){p, to.cols, 1, to.cols, to.size});
}

act_status act_check_slope(const float *dst, size_t dst_stride, const float *slope, size_t rows,
                           size_t channels) {
    if (rows == 0 || channels == 0)
        return ACT_OK;
    return act_check_rows_beside((matrix){dst, dst_stride, rows, channels, sizeof *dst}, slope, 0);
}

act_status act_check_one_per_row(size_t size, const void *dst, const void *src, size_t src_stride,
                                 size_t rows, size_t cols) {
    if (rows == 0)
        return ACT_OK;
    const matrix to = {dst, 1, rows, 1, size}, from = {src, src_stride, rows, cols, size};
    act_status status = act_check_matrix(to);
    if (status == ACT_OK && cols > 0)
        status = act_check_matrix(from);
    if (status == ACT_OK && cols > 0 && act_matrices_overlap(to, from))
        status = ACT_ERROR_OVERLAP;
    return status;
}
