/* The scalar backend, for every processor. */
#include "scalar/vec_scalar.h"

#define ACT_TABLE      act_table_scalar
#define ACT_TABLE_NAME "scalar"
#include "kernels/instantiate.h"
