/* The AArch64 Advanced SIMD backend. */
#include "neon/vec_neon.h"

#define ACT_PREFIX act_neon_
#include "kernels/instantiate.h"
