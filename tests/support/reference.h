/*
 * What the functions are, in wider types than float: reference_NAME in double, and
 * reference_long_NAME in long double, which shows that double sufficed.
 */
#ifndef ACT_TESTS_REFERENCE_H
#define ACT_TESTS_REFERENCE_H

#include <stddef.h>

/*
 * The error is far below that of any float, relative to results as small as 2^-149 and below.
 * Zeros, infinities and NaNs are those that the function must give.
 */
#define ACT_MAP0(name)                                                                             \
    double reference_##name(double x);                                                             \
    long double reference_long_##name(long double x);
#define ACT_MAP1(name, parameter, usual)                                                           \
    double reference_##name(double x, double p);                                                   \
    long double reference_long_##name(long double x, long double p);
#define ACT_ROWS(name)                                                                             \
    void reference_##name(double *y, const float *x, size_t n);                                    \
    void reference_long_##name(long double *y, const float *x, size_t n);
#include "functions.def"

#endif
