/* The AVX2 and FMA backend. */
#include "avx2/vec_avx2.h"

#define ACT_PREFIX act_avx2_
#include "kernels/instantiate.h"
