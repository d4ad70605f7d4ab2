/*
 * The loops, the tails and the table of one backend, from functions.def.  The last include of a
 * backend's translation unit, which has included its vocabulary and defined ACT_TABLE, the symbol
 * of the table, and ACT_TABLE_NAME.
 */
#include "kernels/derived.h"
#include "kernels/rectifiers.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"
#include "kernels/stream.h"
#include "kernels/table.h"

/*
 * The tail is a partial vector through the same arithmetic: an element's position never shows.
 *
 * A large array goes to a loop of its own, with whole lines of the caches, and comes back for the
 * ends; that it is another function keeps three jumps out of the way of small arrays, which cost
 * ReLU of sixteen floats half of its speed.
 */
#define MAP_LOOP(name, y)                                                                          \
    static act_map_kernel stream_##name;                                                           \
    static act_status kernel_##name(float *dst, const float *src, size_t n, float p) {             \
        (void)p;                                                                                   \
        if (past_caches(dst, src, n))                                                              \
            return stream_##name(dst, src, n, p);                                                  \
        const size_t whole = n - n % VF_LANES;                                                     \
        for (size_t i = 0; i < whole; i += VF_LANES) {                                             \
            vf x = vf_load(src + i);                                                               \
            vf_store(dst + i, y);                                                                  \
        }                                                                                          \
        if (whole < n) {                                                                           \
            vf x = vf_load_partial(src + whole, n - whole, vf_set1(0.0F));                         \
            vf_store_partial(dst + whole, y, n - whole);                                           \
        }                                                                                          \
        return ACT_OK;                                                                             \
    }                                                                                              \
    VF_APART act_status stream_##name(float *dst, const float *src, size_t n, float p) {           \
        size_t i = to_next_line(dst);                                                              \
        kernel_##name(dst, src, i, p);                                                             \
        for (; n - i >= VF_LANES; i += VF_LANES) {                                                 \
            vf x = vf_load(src + i);                                                               \
            vf_stream(dst + i, y);                                                                 \
        }                                                                                          \
        vf_stream_end();                                                                           \
        return kernel_##name(dst + i, src + i, n - i, p);                                          \
    }
#define ACT_MAP0(name)                   MAP_LOOP(name, vf_##name(x))
#define ACT_MAP1(name, parameter, usual) MAP_LOOP(name, vf_##name(x, p))

#define ACT_ROWS(name)                                                                             \
    static act_status kernel_##name(float *dst, size_t dst_stride, const float *src,               \
                                    size_t src_stride, size_t rows, size_t cols) {                 \
        rows_##name(dst, dst_stride, src, src_stride, rows, cols);                                 \
        return ACT_OK;                                                                             \
    }

#include "functions.def"

extern const act_kernels ACT_TABLE;
const act_kernels ACT_TABLE = {
    .backend = ACT_TABLE_NAME,
#define ACT_MAP(name)  .name = kernel_##name,
#define ACT_ROWS(name) .name = kernel_##name,
#include "functions.def"
};
