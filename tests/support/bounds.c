/*
 * Gives the bounds that the kernels state external linkage, by compiling the kernels once more; a
 * function without a bound does not link.
 */
#define BOUND_OF(type, name, ...) const type bound_##name = {__VA_ARGS__}

#include "support/bounds.h"

#include "scalar/vec_scalar.h"

#define ACT_PREFIX act_bounds_
#include "kernels/instantiate.h"
