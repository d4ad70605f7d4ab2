/* The AVX-512 backend. */
#include "avx512/vec_avx512.h"

#define ACT_TABLE      act_table_avx512
#define ACT_TABLE_NAME "avx512"
#include "kernels/instantiate.h"
