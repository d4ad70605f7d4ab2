/* The scalar backend where fused multiply-add is an option of the architecture, as on x86. */
#include "scalar/vec_scalar.h"

#define ACT_PREFIX act_scalar_fma_
#include "kernels/instantiate.h"
