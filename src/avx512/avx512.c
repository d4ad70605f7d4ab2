/* The AVX-512 backend. */
#include "avx512/vec_avx512.h"

#define ACT_PREFIX act_avx512_
#include "kernels/instantiate.h"
