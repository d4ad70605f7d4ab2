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
#define F64_OWN_logsumexp                                                                          \
    SIGNATURE_OF_F64_logsumexp(F64_DECLARED) act_status F64_KERNEL(logsumexp_f64)(                 \
        double *dst, const double *src, size_t src_stride, size_t rows, size_t cols) {             \
        for (size_t r = 0; r < rows; ++r)                                                          \
            dst[r] = row_logsumexp(src + r * src_stride, cols);                                    \
        return ACT_OK;                                                                             \
    }

#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, F64_MAP_KERNEL(name, params))                                         \
    IF_TYPE(HAS_F64_GRAD_##types, F64_PAIR_KERNEL(name##_grad, params))
#define ACT_GATED                  ACT_SKIP
#define ACT_PAIR                   ACT_SKIP
#define ACT_ROWS(name, types)      IF_TYPE(HAS_F64_##types, F64_ROWS_KERNEL(name))
#define ACT_ROWS_PAIR(name, types) IF_TYPE(HAS_F64_##types, F64_ROWS_PAIR_KERNEL(name))
#define ACT_ROWS_OWN(name, types)  IF_TYPE(HAS_F64_##types, F64_OWN_##name)
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
