/*
 * Gives external linkage to the bounds that the kernels state: it includes the kernels once more,
 * without their loops.  A function without a bound does not link.
 */
#define BOUND_OF(type, name, ...) const type bound_##name = {__VA_ARGS__}

#include "support/bounds.h"

#include "scalar/vec_scalar.h"

#include "kernels/families.h"
