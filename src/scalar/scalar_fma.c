/* The scalar backend with fused multiply-add, where the architecture has it as an option (x86). */
#include "scalar/vec_scalar.h"

#define ACT_PREFIX act_scalar_fma_
#include "kernels/instantiate.h"
