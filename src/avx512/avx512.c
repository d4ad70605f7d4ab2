/* The AVX-512 backend. */
#include "avx512/fast_avx512.h"

#define ACT_PREFIX           act_avx512_
#define ACT_IN_FLIGHT_PREFIX act_avx512_in_flight_
#define ACT_IN_FLIGHT_FLOATS 64
#include "kernels/instantiate.h"
