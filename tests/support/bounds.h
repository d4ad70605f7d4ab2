/* The error bounds that stand beside the kernels: bound_NAME for each function. */
#ifndef ACT_TESTS_BOUNDS_H
#define ACT_TESTS_BOUNDS_H

#include "kernels/bound.h"

#define ACT_MAP(name)        extern const act_bound bound_##name;
#define ACT_PAIR(name)       extern const act_bound bound_##name;
#define ACT_GATED_GRAD(name) extern const act_bound bound_##name;
#define ACT_ROWS(name)       extern const act_row_bound bound_##name;
#include "functions.def"

#endif
