/* The AArch64 Advanced SIMD backend. */
#include "neon/vec_neon.h"

#define ACT_TABLE      act_table_neon
#define ACT_TABLE_NAME "neon"
#include "kernels/instantiate.h"
