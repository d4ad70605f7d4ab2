/*
 * The public functions of f64.h: they check the arguments and jump to the kernel of the backend in
 * use.  A build without them, ACT_HAVE_F64 = 0, returns ACT_ERROR_UNSUPPORTED.  The file is
 * compiled once per family, like entry.c.
 */
#include <math.h>
#include <stddef.h>

#include "checks.h"
#include "f64/signatures.h"
#include "list.h"
#define PARAMETERS_ARE_DOUBLES
#include "ranges.h"

/* The hint of ACT_SLICE has no effect. */
static inline size_t without_hint(size_t n) { return n & ~ACT_SLICE(0); }

static inline act_status check_map(const double *dst, const double *src, size_t n) {
    return act_check_map_of(sizeof *dst, dst, src, n);
}
static inline act_status check_rows(const double *dst, size_t dst_stride, const double *src,
                                    size_t src_stride, size_t rows, size_t cols) {
    return act_check_rows_of(sizeof *dst, dst, dst_stride, src, src_stride, rows, cols);
}

#if ACT_HAVE_F64
#define F64_ROW(name, parameters, arguments) ROW_OF_KERNELS(name, parameters, arguments)
#define F64_CALL(name, arguments)            KERNEL_IN_USE(name) arguments
#else
#define F64_ROW(name, parameters, arguments)
#define F64_CALL(name, arguments) unsupported arguments
static inline act_status unsupported(const double *array, ...) {
    (void)array;
    return ACT_ERROR_UNSUPPORTED;
}
#endif

/* What is left to do after the checks; a build without f64 never says that a call succeeded. */
#define F64_RETURN(status, empty, name, arguments)                                                 \
    if (!ACT_HAVE_F64)                                                                             \
        return ACT_ERROR_UNSUPPORTED;                                                              \
    if ((status) != ACT_OK || (empty))                                                             \
        return status;                                                                             \
    return F64_CALL(name, arguments)

#define F64_MAP_ENTRY(name, params)                                                                \
    SIGNATURE_OF_F64_MAP(F64_ROW, name##_f64)                                                      \
    act_status act_##name##_f64_to(double *dst, const double *src,                                 \
                                   size_t n DECLARE_F64_##params) {                                \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        n = without_hint(n);                                                                       \
        const act_status status = check_map(dst, src, n);                                          \
        F64_RETURN(status, n == 0, name##_f64, (dst, src, n, PADDED_##params));                    \
    }                                                                                              \
    act_status act_##name##_f64(double *buf, size_t n DECLARE_F64_##params) {                      \
        return act_##name##_f64_to(buf, buf, n PASS_##params);                                     \
    }
#define F64_PAIR_ENTRY(name, params)                                                               \
    SIGNATURE_OF_F64_PAIR(F64_ROW, name##_f64)                                                     \
    act_status act_##name##_f64(double *dx, const double *dy, const double *v,                     \
                                size_t n DECLARE_F64_##params) {                                   \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        n = without_hint(n);                                                                       \
        act_status status = check_map(dx, dy, n);                                                  \
        if (status == ACT_OK)                                                                      \
            status = check_map(dx, v, n);                                                          \
        F64_RETURN(status, n == 0, name##_f64, (dx, dy, v, n, PADDED_##params));                   \
    }
#define F64_ROWS_ENTRY(name)                                                                       \
    SIGNATURE_OF_F64_ROWS(F64_ROW, name##_f64)                                                     \
    act_status act_##name##_f64_to(double *dst, size_t dst_stride, const double *src,              \
                                   size_t src_stride, size_t rows, size_t cols) {                  \
        const act_status status = check_rows(dst, dst_stride, src, src_stride, rows, cols);        \
        F64_RETURN(status, cols == 0, name##_f64, (dst, dst_stride, src, src_stride, rows, cols)); \
    }                                                                                              \
    act_status act_##name##_f64(double *buf, size_t rows, size_t cols) {                           \
        return act_##name##_f64_to(buf, cols, buf, cols, rows, cols);                              \
    }
#define F64_ROWS_PAIR_ENTRY(name)                                                                  \
    SIGNATURE_OF_F64_ROWS_PAIR(F64_ROW, name##_f64)                                                \
    act_status act_##name##_f64(double *dx, size_t dx_stride, const double *dy, size_t dy_stride,  \
                                const double *y, size_t y_stride, size_t rows, size_t cols) {      \
        act_status status = check_rows(dx, dx_stride, dy, dy_stride, rows, cols);                  \
        if (status == ACT_OK)                                                                      \
            status = check_rows(dx, dx_stride, y, y_stride, rows, cols);                           \
        F64_RETURN(status, cols == 0, name##_f64,                                                  \
                   (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols));                       \
    }
#define F64_GATED_GRAD_ENTRY(name, params)                                                         \
    SIGNATURE_OF_F64_GATED_GRAD(F64_ROW, name##_f64)                                               \
    act_status act_##name##_f64(double *dgate, double *dup, const double *dy, const double *gate,  \
                                const double *up, size_t n DECLARE_F64_##params) {                 \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        n = without_hint(n);                                                                       \
        const act_status status =                                                                  \
            act_check_gated_grad_of(sizeof *dgate, dgate, dup, dy, gate, up, n);                   \
        F64_RETURN(status, n == 0, name##_f64, (dgate, dup, dy, gate, up, n, PADDED_##params));    \
    }

#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, F64_MAP_ENTRY(name, params))                                          \
    IF_TYPE(HAS_F64_GRAD_##types, F64_PAIR_ENTRY(name##_grad, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_F64_##types, F64_PAIR_ENTRY(name, params) F64_GATED_GRAD_ENTRY(name##_grad, params))
#define ACT_PAIR(name, first, params, types) IF_TYPE(HAS_F64_##types, F64_PAIR_ENTRY(name, params))
#define ACT_ROWS(name, types)                IF_TYPE(HAS_F64_##types, F64_ROWS_ENTRY(name))
#define ACT_ROWS_PAIR(name, types)           IF_TYPE(HAS_F64_##types, F64_ROWS_PAIR_ENTRY(name))
#define ACT_ROWS_OWN(name, types)            IF_TYPE(HAS_F64_##types, SIGNATURE_OF_F64_##name(F64_ROW))
#include "functions.def"

#if IN_FAMILY(piecewise)
act_status act_prelu_f64_to(double *dst, size_t dst_stride, const double *src, size_t src_stride,
                            const double *slope, size_t rows, size_t channels) {
    const bool empty = rows == 0 || channels == 0;
    act_status status = check_rows(dst, dst_stride, src, src_stride, rows, channels);
    if (status == ACT_OK && !empty)
        status =
            act_check_rows_beside((matrix){dst, dst_stride, rows, channels, sizeof *dst}, slope, 0);
    F64_RETURN(status, empty, prelu_f64, (dst, dst_stride, src, src_stride, slope, rows, channels));
}
act_status act_prelu_f64(double *buf, const double *slope, size_t rows, size_t channels) {
    return act_prelu_f64_to(buf, channels, buf, channels, slope, rows, channels);
}
act_status act_prelu_grad_f64(double *dx, size_t dx_stride, const double *dy, size_t dy_stride,
                              const double *x, size_t x_stride, const double *slope, size_t rows,
                              size_t channels) {
    const bool empty = rows == 0 || channels == 0;
    act_status status = check_rows(dx, dx_stride, dy, dy_stride, rows, channels);
    if (status == ACT_OK)
        status = check_rows(dx, dx_stride, x, x_stride, rows, channels);
    if (status == ACT_OK && !empty)
        status =
            act_check_rows_beside((matrix){dx, dx_stride, rows, channels, sizeof *dx}, slope, 0);
    F64_RETURN(status, empty, prelu_grad_f64,
               (dx, dx_stride, dy, dy_stride, x, x_stride, slope, rows, channels));
}
#endif

#if IN_FAMILY(softmax)
act_status act_softmax_masked_f64_to(double *dst, size_t dst_stride, const double *src,
                                     size_t src_stride, const double *mask, size_t mask_stride,
                                     size_t rows, size_t cols, double scale, act_empty_rows empty) {
    const bool nothing = rows == 0 || cols == 0;
    act_status status = check_rows(dst, dst_stride, src, src_stride, rows, cols);
    if (status == ACT_OK && !nothing && mask)
        status = act_check_rows_beside((matrix){dst, dst_stride, rows, cols, sizeof *dst}, mask,
                                       mask_stride);
    F64_RETURN(status, nothing, softmax_masked_f64,
               (dst, dst_stride, src, src_stride, mask, mask_stride, rows, cols, scale, empty));
}
act_status act_softmax_masked_f64(double *buf, const double *mask, size_t mask_stride, size_t rows,
                                  size_t cols, double scale, act_empty_rows empty) {
    return act_softmax_masked_f64_to(buf, cols, buf, cols, mask, mask_stride, rows, cols, scale,
                                     empty);
}
act_status act_softmax_masked_grad_f64(double *dx, size_t dx_stride, const double *dy,
                                       size_t dy_stride, const double *y, size_t y_stride,
                                       size_t rows, size_t cols, double scale) {
    act_status status = check_rows(dx, dx_stride, dy, dy_stride, rows, cols);
    if (status == ACT_OK)
        status = check_rows(dx, dx_stride, y, y_stride, rows, cols);
    F64_RETURN(status, cols == 0, softmax_masked_grad_f64,
               (dx, dx_stride, dy, dy_stride, y, y_stride, rows, cols, scale));
}
#endif

#if IN_FAMILY(columns)
EACH_F64_COLUMNS_KERNEL(F64_ROW)
#define F64_COLUMNS_ENTRY(name)                                                                    \
    act_status act_##name##_f64_to(double *dst, const double *src, size_t outer, size_t rows,      \
                                   size_t cols) {                                                  \
        const act_status status = act_check_columns(sizeof *dst, dst, src, outer, rows, cols);     \
        F64_RETURN(status, outer == 0 || rows == 0 || cols == 0, name##_f64,                       \
                   (dst, src, outer, rows, cols));                                                 \
    }                                                                                              \
    act_status act_##name##_f64(double *buf, size_t outer, size_t rows, size_t cols) {             \
        return act_##name##_f64_to(buf, buf, outer, rows, cols);                                   \
    }
F64_COLUMNS_ENTRY(softmax_columns)
F64_COLUMNS_ENTRY(log_softmax_columns)

act_status act_logsumexp_columns_f64(double *dst, const double *src, size_t outer, size_t rows,
                                     size_t cols) {
    const act_status status = act_check_one_per_column(sizeof *dst, dst, src, outer, rows, cols);
    if (ACT_HAVE_F64 && status == ACT_OK && rows == 0 && outer > 0) {
        for (size_t i = 0; i < outer * cols; ++i)
            dst[i] = -(double)INFINITY;
        return ACT_OK;
    }
    F64_RETURN(status, outer == 0 || cols == 0, logsumexp_columns_f64,
               (dst, src, outer, rows, cols));
}
#endif

#if IN_FAMILY(logsumexp)
act_status act_logsumexp_f64(double *dst, const double *src, size_t src_stride, size_t rows,
                             size_t cols) {
    const act_status status = act_check_one_per_row(sizeof *dst, dst, src, src_stride, rows, cols);
    if (ACT_HAVE_F64 && status == ACT_OK && cols == 0) {
        for (size_t r = 0; r < rows; ++r)
            dst[r] = -(double)INFINITY;
        return ACT_OK;
    }
    F64_RETURN(status, rows == 0, logsumexp_f64, (dst, src, src_stride, rows, cols));
}
act_status act_logsumexp_grad_f64(double *dx, size_t dx_stride, const double *dy, const double *x,
                                  size_t x_stride, size_t rows, size_t cols) {
    const bool nothing = rows == 0 || cols == 0;
    act_status status = check_rows(dx, dx_stride, x, x_stride, rows, cols);
    if (status == ACT_OK && !nothing)
        status = act_check_beside((matrix){dx, dx_stride, rows, cols, sizeof *dx},
                                  (matrix){dy, 1, rows, 1, sizeof *dy});
    F64_RETURN(status, nothing, logsumexp_grad_f64, (dx, dx_stride, dy, x, x_stride, rows, cols));
}
#endif
