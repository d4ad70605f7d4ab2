/*
 * Gives the bounds that the kernels state external linkage, by reading the kernels once more,
 * without their loops; a function without a bound does not link.
 */
#define BOUND_OF(type, name, ...) const type bound_##name = {__VA_ARGS__}

#include "support/bounds.h"

#include "scalar/vec_scalar.h"

#include "kernels/exponentials.h"
#include "kernels/fast.h"
#include "kernels/gated.h"
#include "kernels/gates.h"
#include "kernels/piecewise.h"
#include "kernels/rectifiers.h"
#include "kernels/rows.h"
#include "kernels/saturating.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"
