/* The scalar backend, for every processor. */
#include "scalar/vec_scalar.h"

#define ACT_PREFIX act_scalar_
#include "kernels/instantiate.h"
