/*
 * The loops of AVX-512 with four registers in flight.  Time relative to one register, Sapphire
 * Rapids, 2048 floats: sigmoid 0.93, SiLU 0.86, tanh 0.87, GELU 0.78, softplus 0.83, Mish 0.83.
 * AVX2 gains nothing from four registers instead of two, as it has only sixteen.
 */
#define VF_IN_FLIGHT 4
#include "avx512/fast_avx512.h"

#define ACT_PREFIX act_avx512_in_flight_
#include "kernels/instantiate_in_flight.h"
