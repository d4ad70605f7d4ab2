/*
 * The functions' exact results, in types wider than float: reference_NAME in double, and
 * reference_long_NAME in long double, which shows that double suffices.
 */
#ifndef ACT_TESTS_REFERENCE_H
#define ACT_TESTS_REFERENCE_H

#include <stddef.h>

/*
 * The error is far below that of any float, relative to results as small as 2^-149 and below.
 * Zeros, infinities and NaNs are those that the function must give.
 */
#define REFERENCE_OF(name, params)                                                                 \
    double reference_##name(double x DECLARE_##params);                                            \
    long double reference_long_##name(long double x DECLARE_##params);
/* For two operands, in the order of the call; unnamed, as their names differ by function. */
#define PAIR_REFERENCE_OF(name, params)                                                            \
    double reference_##name(double, double DECLARE_##params);                                      \
    long double reference_long_##name(long double, long double DECLARE_##params);
/* For (dy, gate, up), one formula per result. */
#define RESULT_REFERENCE_OF(name, params)                                                          \
    double reference_##name(double dy, double gate, double up DECLARE_##params);                   \
    long double reference_long_##name(long double dy, long double gate,                            \
                                      long double up DECLARE_##params);
#define ACT_MAP(name, of, params, types)                                                           \
    REFERENCE_OF(name, params)                                                                     \
    IF_GRAD_##of(PAIR_REFERENCE_OF(name##_grad, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    PAIR_REFERENCE_OF(name, params)                                                                \
    RESULT_REFERENCE_OF(name##_grad_dgate, params)                                                 \
    RESULT_REFERENCE_OF(name##_grad_dup, params)
#define ACT_PAIR(name, first, params, types) PAIR_REFERENCE_OF(name, params)
#define ACT_ROWS(name, types)                                                                      \
    void reference_##name(double *y, const float *x, size_t n);                                    \
    void reference_long_##name(long double *y, const float *x, size_t n);
#define ACT_ROWS_PAIR(name, types)                                                                 \
    void reference_##name(double *, const float *, const float *, size_t n);                       \
    void reference_long_##name(long double *, const float *, const float *, size_t n);
/* Declared below. */
#define ACT_ROWS_OWN ACT_SKIP
#include "functions.def"

/* Functions with signatures of their own. */
double reference_logsumexp(const float *x, size_t n);
long double reference_long_logsumexp(const float *x, size_t n);
void reference_logsumexp_grad(double *dx, float dy, const float *x, size_t n);
void reference_long_logsumexp_grad(long double *dx, float dy, const float *x, size_t n);
void reference_softmax_masked(double *y, const float *x, const float *mask, size_t n, float scale,
                              int zero_empty);
void reference_long_softmax_masked(long double *y, const float *x, const float *mask, size_t n,
                                   float scale, int zero_empty);
void reference_softmax_masked_grad(double *dx, const float *dy, const float *y, size_t n,
                                   float scale);
void reference_long_softmax_masked_grad(long double *dx, const float *dy, const float *y, size_t n,
                                        float scale);

#endif
