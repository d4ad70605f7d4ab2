/* The elementwise functions of f64.h as a table, and inputs for them. */
#ifndef ACT_TESTS_F64_FUNCTIONS_H
#define ACT_TESTS_F64_FUNCTIONS_H

#include "act/act.h"
#include "f64/exact.h"
#include "support/data.h"

/* An input; a is x, or dy of a gradient, whose other operand is b. */
typedef struct {
    double a, b, p, q;
} f64_input;

/* A function of one array ignores b. */
typedef act_status f64_call(double *dst, const double *a, const double *b, size_t n, double p,
                            double q);
typedef act_status f64_in_place(double *buf, size_t n, double p, double q);
/* The formula in long double with float parameters, for a first look. */
typedef long double f64_formula(long double a, long double b, float p, float q);
/* The f32 function, whose limits and zeros are the same. */
typedef act_status f32_call(float *dst, const float *a, const float *b, size_t n, float p, float q);

/* Which values of a parameter the function takes, by functions.def. */
typedef enum {
    RANGE_ANY,
    RANGE_FINITE,
    RANGE_NONZERO,
    RANGE_NONNEGATIVE,
    RANGE_POSITIVE
} f64_range;

typedef struct {
    const char *name;
    bool is_gradient, takes_y;
    f64_call *call;
    f64_in_place *in_place; /* null for a gradient */
    f32_call *f32;
    f64_exact *exact;
    f64_formula *formula;
    double bound;
    const double *at; /* four numbers as in f64_input: the error is at least 0.95 of the bound */
    size_t parameters;
    double usual[2];
    f64_range range[2];
} f64_function;

extern const f64_function f64_functions[];
extern const size_t f64_function_count;
#define F64_FUNCTIONS_END (f64_functions + f64_function_count)

/* The gradients with a zero in their domain count ULP of at least that times dy. */
double f64_least(const f64_function *f, double dy);

double random_double(random_source *source);

/* A random input; with the usual parameters, or with any that the function takes. */
f64_input f64_random_input(const f64_function *f, random_source *source, bool usual);

/* The error in ULP of the result y. */
double f64_error_of(const f64_function *f, f64_input in, double y);

#endif
