/* The functions of f64.h in MPFR: the exact results with which those of double are compared. */
#ifndef ACT_TESTS_F64_EXACT_H
#define ACT_TESTS_F64_EXACT_H

#include <mpfr.h>
#include <stddef.h>

#include "list.h"

/* For finite operands; a is x, or dy of a gradient, whose other operand is b. */
typedef void f64_exact(mpfr_t y, double a, double b, double p, double q);

#define EXACT_OF(name) f64_exact exact_##name;
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, EXACT_OF(name)) IF_TYPE(HAS_F64_GRAD_##types, EXACT_OF(name##_grad))
#define ACT_GATED         ACT_SKIP
#define EXACT_OF_DY(name) EXACT_OF(name)
#define EXACT_OF_GATE(name)
#define ACT_PAIR(name, first, params, types) IF_TYPE(HAS_F64_##types, EXACT_OF_##first(name))
#define ACT_ROWS                             ACT_SKIP
#define ACT_ROWS_PAIR                        ACT_SKIP
#define ACT_ROWS_OWN                         ACT_SKIP
#include "functions.def"

enum { EXACT_BITS = 256 };

/* log(sum of exp(x - max)) of a row of finite numbers and -inf, of which one is finite. */
void exact_log_sum(mpfr_t y, const double *x, size_t n, double max);
/* The sum of a[i] b[i], without rounding that matters. */
void exact_dot(mpfr_t y, const double *a, const double *b, size_t n);

/*
 * |y - exact| in ULP of the exact result, or of `least` if that is larger in size.  An infinity
 * counts as 2^1024 unless both are infinite.
 */
double f64_error(double y, const mpfr_t exact, double least);

#endif
