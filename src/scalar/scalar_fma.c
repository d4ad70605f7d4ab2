/* The scalar backend where fused multiply-add is an option of the architecture, as on x86. */
#include "scalar/vec_scalar.h"

#define ACT_TABLE      act_table_scalar_fma
#define ACT_TABLE_NAME "scalar"
#include "kernels/instantiate.h"
