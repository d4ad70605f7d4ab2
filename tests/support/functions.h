/*
 * Every function of the library as data, derived from functions.def: a test is written once per
 * kind of function, and contains no function names.
 */
#ifndef ACT_TESTS_FUNCTIONS_H
#define ACT_TESTS_FUNCTIONS_H

#include <stdbool.h>

#include "act/act.h"
#include "support/bounds.h"

enum { MAX_PARAMETERS = 2 };

/* The values that a parameter may have, by the ranges of functions.def. */
typedef enum {
    RANGE_ANY,
    RANGE_FINITE,
    RANGE_NONZERO,
    RANGE_NONNEGATIVE,
    RANGE_POSITIVE
} parameter_range;
bool in_range(parameter_range range, float value);

/* A function of two arrays: a gradient of (dy, x or y), or a gated one of (gate, up). */
typedef struct {
    const char *name;
    act_status (*call)(float *dst, const float *a, const float *b, size_t n, const float *p);
    double (*reference)(float a, float b, const float *p);
    bool gated; /* (gate, up) and not (dy, x or y) */
} pair_function;

/*
 * An elementwise function.  Its parameters are an array, p.  A function of two arrays is also
 * listed as a function of one, its section: dy or up is 1 throughout, and x, y or gate varies.  A
 * call of a section is limited to SECTION_ROOM floats.
 */
enum { SECTION_ROOM = (1 << 20) + 1 };
typedef struct {
    const char *name;
    act_status (*in_place)(float *buf, size_t n, const float *p);
    act_status (*to)(float *dst, const float *src, size_t n, const float *p);
    double (*reference)(float x, const float *p);
    long double (*reference_long)(float x, const float *p);
    const act_bound *bound;
    size_t parameters;
    float usual[MAX_PARAMETERS];
    parameter_range range[MAX_PARAMETERS];
    const pair_function *pair; /* the function whose section this is, or NULL */
} map_function;

/*
 * The gradient of a gated function, which has two results.  Each of them is also listed as a
 * function of two arrays, NAME_dgate and NAME_dup of (dy, gate): its section with up = 1
 * throughout.
 */
typedef struct {
    const char *name;
    act_status (*call)(float *dgate, float *dup, const float *dy, const float *gate,
                       const float *up, size_t n, const float *p);
    double (*dgate)(double dy, double gate, double up, const float *p);
    double (*dup)(double dy, double gate, double up, const float *p);
    const map_function *gated, *slope; /* whose gradient it is; the gradient of its gate's f */
    const act_bound *bound;            /* of dgate; dup has that of the gated function */
} gated_gradient;

/* A row-wise function. */
typedef struct {
    const char *name;
    act_status (*in_place)(float *buf, size_t rows, size_t cols);
    act_status (*to)(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                     size_t rows, size_t cols);
    void (*reference)(double *y, const float *x, size_t n);
    const act_row_bound *bound;
} rows_function;

/*
 * USE(name) for each elementwise function, sections included, that a line of functions.def defines.
 * Lists of elementwise functions use these as ACT_MAP and ACT_GATED.
 */
#define EACH_OF_MAP(USE, name, of) USE(name) IF_GRAD_##of(USE(name##_grad))
#define EACH_OF_GATED(USE, name)   USE(name) USE(name##_grad_dgate) USE(name##_grad_dup)

/* map_NAME, sections included, gated_NAME_grad and rows_NAME; and all of them. */
#define MAP_DECLARED(name)               extern const map_function map_##name;
#define ACT_MAP(name, of, params, types) EACH_OF_MAP(MAP_DECLARED, name, of)
#define ACT_GATED(name, slope, params, types)                                                      \
    EACH_OF_GATED(MAP_DECLARED, name)                                                              \
    extern const gated_gradient gated_##name##_grad;
#define ACT_PAIR(name, first, params, types) MAP_DECLARED(name)
#define ACT_ROWS(name, types)                extern const rows_function rows_##name;
#define ACT_ROWS_PAIR                        ACT_SKIP
#define ACT_ROWS_OWN                         ACT_SKIP
#include "functions.def"

enum {
#define INDEX_OF(name)                        INDEX_OF_##name,
#define ACT_MAP(name, of, params, types)      EACH_OF_MAP(INDEX_OF, name, of)
#define ACT_GATED(name, slope, params, types) EACH_OF_GATED(INDEX_OF, name)
#define ACT_PAIR(name, first, params, types)  INDEX_OF(name)
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
    MAP_FUNCTIONS
};
enum {
#define ACT_MAP               ACT_SKIP
#define ACT_GATED             ACT_SKIP
#define ACT_PAIR              ACT_SKIP
#define ACT_ROWS(name, types) INDEX_OF(name)
#define ACT_ROWS_PAIR         ACT_SKIP
#define ACT_ROWS_OWN          ACT_SKIP
#include "functions.def"
    ROWS_FUNCTIONS
};
enum {
#define ACT_MAP                               ACT_SKIP
#define ACT_GATED(name, slope, params, types) INDEX_OF(name##_grad)
#define ACT_PAIR                              ACT_SKIP
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
    GATED_GRADIENTS
};
extern const map_function *const map_functions[MAP_FUNCTIONS];
extern const gated_gradient *const gated_gradients[GATED_GRADIENTS];
extern const rows_function *const rows_functions[ROWS_FUNCTIONS];

/*
 * A cmocka test of one function, named after both; the test finds the function in *state.  Lists
 * of tests are made by including functions.def with these.
 */
#define FUNCTION_TEST(test, setup, prefix, name)                                                   \
    { #name ": " #test, test, setup, NULL, (void *)&prefix##_##name }
#define MAP_TEST(test, name)   FUNCTION_TEST(test, NULL, map, name)
#define GATED_TEST(test, name) FUNCTION_TEST(test, NULL, gated, name)
#define ROWS_TEST(test, name)  FUNCTION_TEST(test, NULL, rows, name)

/* The values of the parameters to try: set 0 has the usual values, the other sets do not. */
size_t parameter_sets(const map_function *f);
void parameter_set(const map_function *f, size_t set, float p[MAX_PARAMETERS]);

/* The next set; a quick test takes the usual values and a third of the other sets. */
size_t next_set(size_t set);

/*
 * A function of one or of two arrays, and its exact result: x is x, y or gate, and by is dy or up,
 * which a function of one array ignores.
 */
act_status call_with(const map_function *f, float *dst, const float *x, const float *by, size_t n,
                     const float *p);
double exact_with(const map_function *f, float x, float by, const float *p);

/* The parameters with which f' is called: those of the pair if it has some. */
const float *usual_of_slope(const gated_gradient *f);

/* The input with the usual parameters, unless it has its own; and the error there, in ULP. */
act_input with_parameters(const map_function *f, act_input at);
double error_at(const map_function *f, act_input at);
double gated_error_at(const gated_gradient *f, act_input at);

/* The error that f may have where `reference` is the exact result; the fast tier may give 0. */
double bound_in_ulp(const map_function *f, const float *p, double reference);

/* Fails the running test unless result is f(x; p) within f's bound. */
#define assert_map_result(f, p, x, result, reference)                                              \
    assert_ulp(((ulp_case){(f)->name, x, p, (f)->parameters}), result, reference,                  \
               bound_in_ulp(f, p, reference), (f)->bound->floor)

#endif
