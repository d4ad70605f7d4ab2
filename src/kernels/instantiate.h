/*
 * The loops, the tails and the table of one backend, from functions.def.  The last include of a
 * backend's translation unit, which has included its vocabulary and defined ACT_TABLE, the symbol
 * of the table, and ACT_TABLE_NAME.
 */
#include "kernels/derived.h"
#include "kernels/piecewise.h"
#include "kernels/rectifiers.h"
#include "kernels/sigmoids.h"
#include "kernels/softmax.h"
#include "kernels/table.h"

/* The tail is a partial vector through the same arithmetic: an element's position never shows. */
#define MAP_LOOP(name, y)                                                                          \
    static void kernel_##name(float *dst, const float *src, size_t n, float p, float q) {          \
        (void)p, (void)q;                                                                          \
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
#define ACT_MAP0(name)                      MAP_LOOP(name, vf_##name(x))
#define ACT_MAP1(name, parameter, usual, r) MAP_LOOP(name, vf_##name(x, p))
#define ACT_MAP2(name, p_, u, r, q_, v, s)  MAP_LOOP(name, vf_##name(x, p, q))

/* The same with two arrays in; dst may be either. */
#define PAIR_LOOP(name, y)                                                                         \
    static void kernel_##name(float *dst, const float *from_a, const float *from_b, size_t n,      \
                              float p, float q) {                                                  \
        (void)p, (void)q;                                                                          \
        size_t i = 0;                                                                              \
        for (; n - i >= VF_LANES; i += VF_LANES) {                                                 \
            vf a = vf_load(from_a + i), b = vf_load(from_b + i);                                   \
            vf_store(dst + i, y);                                                                  \
        }                                                                                          \
        if (i < n) {                                                                               \
            vf a = vf_load_partial(from_a + i, n - i, vf_set1(0.0F));                              \
            vf b = vf_load_partial(from_b + i, n - i, vf_set1(0.0F));                              \
            vf_store_partial(dst + i, y, n - i);                                                   \
        }                                                                                          \
    }
#define ACT_GATED0(name)                         PAIR_LOOP(name, vf_##name(a, b))
#define ACT_GRAD0(name, of)                      PAIR_LOOP(name##_grad, vf_##name##_grad(a, b))
#define ACT_GRAD1(name, of, parameter, usual, r) PAIR_LOOP(name##_grad, vf_##name##_grad(a, b, p))
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s)  PAIR_LOOP(name##_grad, vf_##name##_grad(a, b, p, q))

#define ROWS_KERNEL(name, parameters, arguments)                                                   \
    static void kernel_##name parameters { rows_##name arguments; }
#define ACT_ROWS(name)                                                                             \
    ROWS_KERNEL(name,                                                                              \
                (float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t rows,  \
                 size_t cols),                                                                     \
                (dst, dst_stride, src, src_stride, rows, cols))
#define ACT_ROWS_PAIR(name)                                                                        \
    ROWS_KERNEL(name,                                                                              \
                (float *dst, size_t dst_stride, const float *a, size_t a_stride, const float *b,   \
                 size_t b_stride, size_t rows, size_t cols),                                       \
                (dst, dst_stride, a, a_stride, b, b_stride, rows, cols))
#define ACT_ROWS_OWN(name) ACT_SIGNATURE_##name(ROWS_KERNEL)

#include "functions.def"

extern const act_kernels ACT_TABLE;
const act_kernels ACT_TABLE = {
    .backend = ACT_TABLE_NAME,
#define ACT_MAP(name)       .name = kernel_##name,
#define ACT_PAIR(name)      .name = kernel_##name,
#define ACT_ROWS(name)      .name = kernel_##name,
#define ACT_ROWS_PAIR(name) .name = kernel_##name,
#define ACT_ROWS_OWN(name)  .name = kernel_##name,
#include "functions.def"
};
