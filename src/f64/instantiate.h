/*
 * The f64 kernels of one backend, from functions.def, after the backend's vocabulary.  The unit
 * defines ACT_PREFIX, with which the names of its kernels begin; they end with _f64.
 *
 * One vector is in flight, and a tail is copied to a vector and goes through the same word, so that
 * no element's result depends on its position.
 */
#include <string.h>

#include "f64/columns.h"
#include "f64/exponential.h"
#include "f64/piecewise.h"
#include "f64/rows.h"
#include "f64/signatures.h"
#include "f64/snake.h"
#include "list.h"

#define F64_KERNEL(name)                    F64_PASTE_EXPANDED(ACT_PREFIX, name)
#define F64_PASTE_EXPANDED(prefix, name)    F64_PASTE(prefix, name)
#define F64_PASTE(prefix, name)             prefix##name
#define F64_DECLARED(name, parameters, ...) ACT_HIDDEN act_status F64_KERNEL(name) parameters;

#define F64_MAP_WORD(name, params)                                                                 \
    DV_WORD dv f64_word_##name(dv x, dv again, double p, double q) {                               \
        (void)again, (void)p, (void)q;                                                             \
        return dv_##name(x PASS_##params);                                                         \
    }
#define F64_PAIR_WORD(name, params)                                                                \
    DV_WORD dv f64_word_##name(dv dy, dv v, double p, double q) {                                  \
        (void)p, (void)q;                                                                          \
        return dv_##name(dy, v PASS_##params);                                                     \
    }
#define F64_MAP_KERNEL(name, params)                                                               \
    F64_MAP_WORD(name, params)                                                                     \
    SIGNATURE_OF_F64_MAP(F64_DECLARED, name##_f64)                                                 \
    act_status F64_KERNEL(name##_f64)(double *dst, const double *src, size_t n, double p,          \
                                      double q) {                                                  \
        row_map(dst, src, src, n, p, q, f64_word_##name);                                          \
        return ACT_OK;                                                                             \
    }
#define F64_PAIR_KERNEL(name, params)                                                              \
    F64_PAIR_WORD(name, params)                                                                    \
    SIGNATURE_OF_F64_PAIR(F64_DECLARED, name##_f64)                                                \
    act_status F64_KERNEL(name##_f64)(double *dst, const double *a, const double *b, size_t n,     \
                                      double p, double q) {                                        \
        row_map(dst, a, b, n, p, q, f64_word_##name);                                              \
        return ACT_OK;                                                                             \
    }
#define F64_ROWS_KERNEL(name)                                                                      \
    SIGNATURE_OF_F64_ROWS(F64_DECLARED, name##_f64)                                                \
    act_status F64_KERNEL(name##_f64)(double *dst, size_t dst_stride, const double *src,           \
                                      size_t src_stride, size_t rows, size_t cols) {               \
        for (size_t r = 0; r < rows; ++r)                                                          \
            row_##name(dst + r * dst_stride, src + r * src_stride, cols);                          \
        return ACT_OK;                                                                             \
    }
#define F64_ROWS_PAIR_KERNEL(name)                                                                 \
    SIGNATURE_OF_F64_ROWS_PAIR(F64_DECLARED, name##_f64)                                           \
    act_status F64_KERNEL(name##_f64)(double *dst, size_t dst_stride, const double *a,             \
                                      size_t a_stride, const double *b, size_t b_stride,           \
                                      size_t rows, size_t cols) {                                  \
        for (size_t r = 0; r < rows; ++r)                                                          \
            row_##name(dst + r * dst_stride, a + r * a_stride, b + r * b_stride, cols);            \
        return ACT_OK;                                                                             \
    }
#define F64_GATED_GRAD_KERNEL(name, params)                                                        \
    DV_WORD dv_two f64_word_##name##_grad(dv dy, dv gate, dv up, double p, double q) {             \
        (void)p, (void)q;                                                                          \
        return (dv_two){dv_##name##_slope(dy * up, gate PASS_##params),                            \
                        dv_##name(gate, dy PASS_##params)};                                        \
    }                                                                                              \
    SIGNATURE_OF_F64_GATED_GRAD(F64_DECLARED, name##_grad_f64)                                     \
    act_status F64_KERNEL(name##_grad_f64)(double *dgate, double *dup, const double *dy,           \
                                           const double *gate, const double *up, size_t n,         \
                                           double p, double q) {                                   \
        row_map_three(dgate, dup, dy, gate, up, n, p, q, f64_word_##name##_grad);                  \
        return ACT_OK;                                                                             \
    }
/* The functions of rows with signatures of their own: what is done to row r. */
#define F64_EACH_ROW(name, parameters, arguments)                                                  \
    F64_DECLARED(name, parameters, arguments)                                                      \
    act_status F64_KERNEL(name) parameters {                                                       \
        for (size_t r = 0; r < rows; ++r)                                                          \
            F64_ROW_OF_##name;                                                                     \
        return ACT_OK;                                                                             \
    }
#define ROW(p)                        (p + r * p##_stride)
#define F64_ROW_OF_logsumexp_f64      dst[r] = row_logsumexp(ROW(src), cols)
#define F64_ROW_OF_logsumexp_grad_f64 row_logsumexp_grad(ROW(dx), dy[r], ROW(x), cols)
#define F64_ROW_OF_softmax_masked_f64                                                              \
    row_softmax_masked(ROW(dst), ROW(src), mask ? ROW(mask) : NULL, cols, scale,                   \
                       empty == ACT_EMPTY_ROWS_ZERO)
#define F64_ROW_OF_softmax_masked_grad_f64                                                         \
    row_softmax_masked_grad(ROW(dx), ROW(dy), ROW(y), cols, scale)
#define F64_ROW_OF_prelu_f64 row_map(ROW(dst), ROW(src), slope, channels, 0.0, 0.0, row_prelu_word)
#define F64_ROW_OF_prelu_grad_f64                                                                  \
    row_map_three(ROW(dx), NULL, ROW(dy), ROW(x), slope, channels, 0.0, 0.0, row_prelu_slope)

#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, F64_MAP_KERNEL(name, params))                                         \
    IF_TYPE(HAS_F64_GRAD_##types, F64_PAIR_KERNEL(name##_grad, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_F64_##types, F64_PAIR_KERNEL(name, params) F64_GATED_GRAD_KERNEL(name, params))
#define ACT_PAIR(name, first, params, types) IF_TYPE(HAS_F64_##types, F64_PAIR_KERNEL(name, params))
#define ACT_ROWS(name, types)                IF_TYPE(HAS_F64_##types, F64_ROWS_KERNEL(name))
#define ACT_ROWS_PAIR(name, types)           IF_TYPE(HAS_F64_##types, F64_ROWS_PAIR_KERNEL(name))
#define ACT_ROWS_OWN(name, types)            IF_TYPE(HAS_F64_##types, SIGNATURE_OF_F64_##name(F64_EACH_ROW))
#include "functions.def"

#if IN_FAMILY(columns)
#define F64_COLUMNS_KERNEL(name, parameters, arguments)                                            \
    F64_DECLARED(name, parameters, arguments)                                                      \
    act_status F64_KERNEL(name) parameters {                                                       \
        rows_##name arguments;                                                                     \
        return ACT_OK;                                                                             \
    }
EACH_F64_COLUMNS_KERNEL(F64_COLUMNS_KERNEL)
#endif
