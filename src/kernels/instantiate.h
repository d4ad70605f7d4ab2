/*
 * The loops, the tails and the table of one backend, from functions.def.  The last include of a
 * backend's translation unit, which has included its vocabulary and defined ACT_TABLE, the symbol
 * of the table, and ACT_TABLE_NAME.
 */
#include "kernels/derived.h"
#include "kernels/rectifiers.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"
#include "kernels/table.h"

/* The tail is a partial vector through the same arithmetic: an element's position never shows. */
#define MAP_LOOP(name, y)                                                                          \
    static void kernel_##name(float *dst, const float *src, size_t n, float p) {                   \
        (void)p;                                                                                   \
        size_t i = 0;                                                                              \
        for (; n - i >= VF_LANES; i += VF_LANES) {                                                 \
            vf x = vf_load(src + i);                                                               \
            vf_store(dst + i, y);                                                                  \
        }                                                                                          \
        if (i < n) {                                                                               \
            vf x = vf_load_partial(src + i, n - i, vf_set1(0.0F));                                 \
            vf_store_partial(dst + i, y, n - i);                                                   \
        }                                                                                          \
    }
#define ACT_MAP0(name)                   MAP_LOOP(name, vf_##name(x))
#define ACT_MAP1(name, parameter, usual) MAP_LOOP(name, vf_##name(x, p))

#define ACT_ROWS(name)                                                                             \
    static void kernel_##name(float *dst, size_t dst_stride, const float *src, size_t src_stride,  \
                              size_t rows, size_t cols) {                                          \
        rows_##name(dst, dst_stride, src, src_stride, rows, cols);                                 \
    }

#include "functions.def"

extern const act_kernels ACT_TABLE;
const act_kernels ACT_TABLE = {
    .backend = ACT_TABLE_NAME,
#define ACT_MAP(name)  .name = kernel_##name,
#define ACT_ROWS(name) .name = kernel_##name,
#include "functions.def"
};
