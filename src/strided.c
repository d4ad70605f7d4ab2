/*
 * Gated functions of rows, gated functions by the kernels of their parts, and gradients that are
 * added.  Interleaved rows, parts and gradients go through blocks on the stack.
 */
#include "strided.h"

#include <string.h>

EACH_GATE_WORD(ROW_OF_KERNELS)

/* The matrices are const for the checks; results were given as float *. */
static float *row_of(matrix m, size_t r) {
    float *p;
    memcpy(&p, &m.p, sizeof p);
    return p + r * m.stride;
}

static act_status check_pair_of_rows(matrix to, matrix from) {
    return act_check_rows((const float *)to.p, to.stride, (const float *)from.p, from.stride,
                          to.rows, to.cols);
}

act_status act_pair_rows(matrix out, matrix gate, matrix up, float p, float q,
                         act_pair_kernel *const *row) {
    act_status status = check_pair_of_rows(out, gate);
    if (status == ACT_OK)
        status = check_pair_of_rows(out, up);
    if (status != ACT_OK || out.cols == 0)
        return status;
    for (size_t r = 0; r < out.rows; ++r)
        row[act_backend_in_use()](row_of(out, r), row_of(gate, r), row_of(up, r), out.cols, p, q);
    return ACT_OK;
}

act_status act_pair_interleaved(float *out, size_t out_stride, const float *src, size_t src_stride,
                                size_t rows, size_t cols, float p, float q,
                                act_pair_kernel *const *row) {
    if (rows == 0 || cols == 0)
        return ACT_OK;
    const matrix to = {out, out_stride, rows, cols, sizeof *out};
    const matrix from = {src, src_stride, rows, cols > SIZE_MAX / 2 ? SIZE_MAX : 2 * cols,
                         sizeof *src};
    act_status status = act_check_matrix(to);
    if (status == ACT_OK)
        status = act_check_beside(to, from);
    if (status != ACT_OK)
        return status;
    for (size_t r = 0; r < rows; ++r)
        EACH_BLOCK(i, here, cols) {
            float gate[STACK_FLOATS], up[STACK_FLOATS];
            KERNEL_IN_USE(gate_parts)(gate, up, src + r * src_stride + 2 * i, here);
            row[act_backend_in_use()](out + r * out_stride + i, gate, up, here, p, q);
        }
    return ACT_OK;
}

act_status act_gated_grad_rows(const matrix array[GATED_GRAD_ARRAYS], float p, float q,
                               act_gated_grad_kernel *const *row) {
    const matrix *a = array;
    act_status status = ACT_OK;
    for (size_t result = DGATE; result <= DUP; ++result)
        for (size_t k = FIRST_OPERAND; k < GATED_GRAD_ARRAYS && status == ACT_OK; ++k)
            status = check_pair_of_rows(a[result], a[k]);
    if (status != ACT_OK || a->rows == 0 || a->cols == 0)
        return status;
    if (act_matrices_overlap(a[DGATE], a[DUP]))
        return ACT_ERROR_OVERLAP;
    for (size_t r = 0; r < a->rows; ++r)
        row[act_backend_in_use()](row_of(a[DGATE], r), row_of(a[DUP], r), row_of(a[DY], r),
                                  row_of(a[GATE], r), row_of(a[UP], r), a->cols, p, q);
    return ACT_OK;
}

act_status act_gated_grad_add(float *dgate, float *dup, const float *dy, const float *gate,
                              const float *up, size_t n, float p, float q,
                              act_gated_grad_kernel *const *row) {
    const act_status status = act_check_gated_grad(dgate, dup, dy, gate, up, n);
    if (status != ACT_OK)
        return status;
    EACH_BLOCK(i, here, n) {
        float by_gate[STACK_FLOATS], by_up[STACK_FLOATS];
        row[act_backend_in_use()](by_gate, by_up, dy + i, gate + i, up + i, here, p, q);
        act_add(dgate + i, by_gate, here);
        act_add(dup + i, by_up, here);
    }
    return ACT_OK;
}

act_status act_gated_blocks(float *out, const float *gate, const float *up, size_t n, float p,
                            float q, act_map_kernel *const *f) {
    n &= ~ACT_SLICE(0);
    EACH_BLOCK(i, here, n) {
        float part[STACK_FLOATS];
        f[act_backend_in_use()](part, gate + i, here, p, q);
        KERNEL_IN_USE(gate_product)(out + i, part, up + i, here);
    }
    return ACT_OK;
}

/* Each result may overwrite any operand, so both come from blocks. */
act_status act_gated_grad_blocks(float *dgate, float *dup, const float *dy, const float *gate,
                                 const float *up, size_t n, float p, float q,
                                 act_map_kernel *const *f, act_pair_kernel *const *slope) {
    EACH_BLOCK(i, here, n) {
        float by_gate[STACK_FLOATS], by_up[STACK_FLOATS];
        KERNEL_IN_USE(gate_product)(by_gate, dy + i, up + i, here);
        slope[act_backend_in_use()](by_gate, by_gate, gate + i, here, p, q);
        f[act_backend_in_use()](by_up, gate + i, here, p, q);
        KERNEL_IN_USE(gate_product)(dup + i, by_up, dy + i, here);
        memcpy(dgate + i, by_gate, here * sizeof *dgate);
    }
    return ACT_OK;
}

act_status act_clamped_blocks(float *out, const float *gate, const float *up, size_t n, float alpha,
                              float limit, act_map_kernel *const *silu) {
    n &= ~ACT_SLICE(0);
    EACH_BLOCK(i, here, n) {
        float part[STACK_FLOATS];
        KERNEL_IN_USE(gate_at_most)(part, gate + i, here, limit);
        silu[act_backend_in_use()](part, part, here, alpha, 0.0F);
        KERNEL_IN_USE(gate_clamped_product)(out + i, part, up + i, here, limit);
    }
    return ACT_OK;
}

void act_add(float *dst, const float *src, size_t n) { KERNEL_IN_USE(gate_sum)(dst, dst, src, n); }

act_status act_add_f32(float *dst, const float *src, size_t n) {
    n &= ~ACT_SLICE(0);
    const act_status status = act_check_map(dst, src, n);
    if (status == ACT_OK && n > 0)
        act_add(dst, src, n);
    return status;
}

act_status act_add_rows_f32(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                            size_t rows, size_t cols) {
    const act_status status = act_check_rows(dst, dst_stride, src, src_stride, rows, cols);
    for (size_t r = 0; r < rows && status == ACT_OK && cols > 0; ++r)
        act_add(dst + r * dst_stride, src + r * src_stride, cols);
    return status;
}
