/* What a backend gives the dispatcher: one constant table of its kernels, from functions.def. */
#ifndef ACT_KERNELS_TABLE_H
#define ACT_KERNELS_TABLE_H

#include <stddef.h>

#include "act/act.h"

/*
 * A kernel returns ACT_OK, so that an entry point ends with a jump to it.
 *
 * One type a kind of function, whatever its parameters, so that lists need not tell them apart.
 * Unused parameters cost a zeroed register a call.  Arguments have been checked; sizes may be 0.
 */
typedef act_status act_map_kernel(float *dst, const float *src, size_t n, float p);
typedef act_status act_rows_kernel(float *dst, size_t dst_stride, const float *src,
                                   size_t src_stride, size_t rows, size_t cols);

typedef struct act_kernels {
    const char *backend;
#define ACT_MAP(name)  act_map_kernel *name;
#define ACT_ROWS(name) act_rows_kernel *name;
#include "functions.def"
} act_kernels;

#endif
