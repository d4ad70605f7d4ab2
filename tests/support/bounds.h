/* The error bounds that the kernels state: bound_NAME for each function. */
#ifndef ACT_TESTS_BOUNDS_H
#define ACT_TESTS_BOUNDS_H

#include "kernels/bound.h"

#define BOUND_DECLARED(name) extern const act_bound bound_##name;
#define ACT_MAP(name, of, params, types)                                                           \
    BOUND_DECLARED(name) IF_GRAD_##of(BOUND_DECLARED(name##_grad))
#define ACT_GATED(name, slope, params, types) BOUND_DECLARED(name) BOUND_DECLARED(name##_grad)
#define ACT_PAIR(name, first, params, types)  BOUND_DECLARED(name)
#define ACT_ROWS(name, types)                 extern const act_row_bound bound_##name;
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"

#endif
