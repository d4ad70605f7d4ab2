/* The AVX2 and FMA backend. */
#include "avx2/vec_avx2.h"

#define ACT_TABLE      act_table_avx2
#define ACT_TABLE_NAME "avx2"
#include "kernels/instantiate.h"
