/*
 * The argument checks of the public functions, shared by all of them, and the inline path from an
 * elementwise entry point to its kernel.
 */
#ifndef ACT_CHECKS_H
#define ACT_CHECKS_H

#include <stdint.h>

#include "act/act.h"
#include "dispatch.h"

/* Rows of equal length, whose starts are `stride` elements apart; each element has `size` bytes. */
typedef struct {
    const void *p;
    size_t stride, rows, cols, size;
} matrix;

/* For elements of `size` bytes, which is also their alignment. */
ACT_HIDDEN act_status act_check_map_of(size_t size, const void *dst, const void *src, size_t n);
ACT_HIDDEN act_status act_check_rows_of(size_t size, const void *dst, size_t dst_stride,
                                        const void *src, size_t src_stride, size_t rows,
                                        size_t cols);

/* outer x rows x cols, or more than there can be of elements of this size. */
ACT_HIDDEN size_t act_elements_of(size_t size, size_t outer, size_t rows, size_t cols);

/* Rows with one result each.  Without columns src may be null. */
ACT_HIDDEN act_status act_check_one_per_row(size_t size, const void *dst, const void *src,
                                            size_t src_stride, size_t rows, size_t cols);

/* outer x rows x cols elements, and outer x cols results, which only a call without any lacks. */
ACT_HIDDEN act_status act_check_columns(size_t size, const void *dst, const void *src, size_t outer,
                                        size_t rows, size_t cols);
ACT_HIDDEN act_status act_check_one_per_column(size_t size, const void *dst, const void *src,
                                               size_t outer, size_t rows, size_t cols);

/* n elements that become another type elsewhere. */
ACT_HIDDEN act_status act_check_conversion(const void *dst, size_t dst_size, const void *src,
                                           size_t src_size, size_t n);

ACT_HIDDEN act_status act_check_map(const float *dst, const float *src, size_t n);
ACT_HIDDEN act_status act_check_gated_grad_of(size_t size, const void *dgate, const void *dup,
                                              const void *dy, const void *gate, const void *up,
                                              size_t n);
ACT_HIDDEN act_status act_check_gated_grad(const float *dgate, const float *dup, const float *dy,
                                           const float *gate, const float *up, size_t n);
ACT_HIDDEN act_status act_check_rows(const float *dst, size_t dst_stride, const float *src,
                                     size_t src_stride, size_t rows, size_t cols);
ACT_HIDDEN act_status act_check_rows_pair(const float *dst, size_t dst_stride, const float *a,
                                          size_t a_stride, const float *b, size_t b_stride,
                                          size_t rows, size_t cols);

/* For matrices that are not empty. */
ACT_HIDDEN act_status act_check_matrix(matrix m);
ACT_HIDDEN int act_matrices_overlap(matrix a, matrix b);

/* For operands read beside the rows: any matrix; a mask, one row if the stride is 0; slopes. */
ACT_HIDDEN act_status act_check_beside(matrix to, matrix beside);
ACT_HIDDEN act_status act_check_rows_beside(matrix to, const void *p, size_t stride);
ACT_HIDDEN act_status act_check_slope(const float *dst, size_t dst_stride, const float *slope,
                                      size_t rows, size_t channels);

/*
 * A sufficient condition for n > 0 and act_check_map returning ACT_OK, in few instructions: for
 * sixteen floats the path to the kernel takes longer than the kernel.  Valid arguments that it does
 * not recognise, such as an address in the upper half, take the long path.
 */
enum { QUICK_FLOATS = 1 << 24 }; /* no sum of sizes wraps around */
static inline int map_is_ready(const float *dst, const float *src, size_t n) {
    uintptr_t to = (uintptr_t)dst, from = (uintptr_t)src;
    size_t bytes = n * sizeof *src;
    return n - 1 < QUICK_FLOATS && (intptr_t)to > 0 && (intptr_t)from > 0 &&
           (to | from) % _Alignof(float) == 0 &&
           (to - from + (bytes - 1) >= 2 * bytes - 1 || to == from);
}

/*
 * Calls the kernel of the backend in use, by the quick path if map_is_ready() allows it, else after
 * the full checks.  The row is read after the checks, which need the registers.
 */
#define QUICK_WAY __attribute__((always_inline)) static inline act_status

ACT_HIDDEN __attribute__((cold)) act_status act_check_map_and_enter(float *dst, const float *src,
                                                                    size_t n, float p, float q,
                                                                    act_map_kernel *const *row);
ACT_HIDDEN __attribute__((cold)) act_status act_check_pair_and_enter(float *dst, const float *a,
                                                                     const float *b, size_t n,
                                                                     float p, float q,
                                                                     act_pair_kernel *const *row);

QUICK_WAY enter_map(float *dst, const float *src, size_t n, float p, float q,
                    act_map_kernel *const *row) {
    if (__builtin_expect(map_is_ready(dst, src, n), 1))
        return row[act_backend_in_use()](dst, src, n, p, q);
    return act_check_map_and_enter(dst, src, n, p, q, row);
}

QUICK_WAY enter_pair(float *dst, const float *a, const float *b, size_t n, float p, float q,
                     act_pair_kernel *const *row) {
    /* gcc 12 would put the row's address into an argument's register, and move four others. */
    __asm__("" : "+r"(row));
    if (__builtin_expect(map_is_ready(dst, a, n) && map_is_ready(dst, b, n), 1))
        return row[act_backend_in_use()](dst, a, b, n, p, q);
    return act_check_pair_and_enter(dst, a, b, n, p, q, row);
}

#endif
