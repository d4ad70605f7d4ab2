/*
 * The public functions of f16 and bf16.  The file is compiled once per family of functions, as
 * entry.c is.
 */
#include <stddef.h>

#include "dispatch.h"
#include "half.h"
#include "list.h"
#include "midpoints.h"
#include "ranges.h"
#include "strided.h"

/* ReLU has kernels on the integers: YES if the pasted name is a macro that begins with a comma. */
#define IS_RELU(name)    SECOND_OF(ON_INTEGERS_##name, false, )
#define ON_INTEGERS_relu , true

#define ROW_OF(name)          ROW_OF_EXPANDED(name)
#define ROW_OF_EXPANDED(name) row_##name

#define IS_USUAL_NONE                                              true
#define IS_USUAL_ONE(name, usual, range)                           (p == (usual))
#define IS_USUAL_TWO(name, usual, range, name_q, usual_q, range_q) (p == (usual) && q == (usual_q))

#define HALF_MAP(type, infinity, wide, name, params)                                               \
    static const uint32_t midpoints_##type##_##name[] = {MIDPOINTS_LIST(type, name)};              \
    static const half_map map_##type##_##name = {.kernel = ROW_OF(MIDPOINTS_KERNEL(type, name)),   \
                                                 .precise = row_##name,                            \
                                                 .error = MIDPOINTS_ERROR(type, name),             \
                                                 .least = MIDPOINTS_LEAST(type, name),             \
                                                 .midpoints = midpoints_##type##_##name,           \
                                                 .count =                                          \
                                                     MIDPOINTS_COUNT(midpoints_##type##_##name),   \
                                                 .relu = IS_RELU(name)};                           \
    act_status act_##name##_##type##_to(act_##type *dst, const act_##type *src,                    \
                                        size_t n DECLARE_##params) {                               \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_half_map(&act_storage_##type, &map_##type##_##name, dst, src, n,                \
                            PADDED_##params, IS_USUAL_##params);                                   \
    }                                                                                              \
    act_status act_##name##_##type(act_##type *buf, size_t n DECLARE_##params) {                   \
        return act_##name##_##type##_to(buf, buf, n PASS_##params);                                \
    }
/* Not by the fast tier where f(gate) may be tiny and up large. */
#define PAIR_ROW_0(name, by) row_##by
#define PAIR_ROW_1(name, by) row_##name
#define HALF_PAIR(type, infinity, wide, name, by, params)                                          \
    act_status act_##name##_##type(act_##type *dst, const act_##type *gate, const act_##type *up,  \
                                   size_t n DECLARE_##params) {                                    \
        if (!(IN_RANGE_##params))                                                                  \
            return ACT_ERROR_PARAMETER;                                                            \
        return act_half_pair(&act_storage_##type, PAIR_ROW_##wide(name, by), dst, gate, up, n,     \
                             PADDED_##params);                                                     \
    }
#define HALF_ROWS(type, infinity, wide, name, by)                                                  \
    act_status act_##name##_##type##_to(act_##type *dst, size_t dst_stride, const act_##type *src, \
                                        size_t src_stride, size_t rows, size_t cols) {             \
        const half_rows r = {.dst = dst,                                                           \
                             .dst_stride = dst_stride,                                             \
                             .src = src,                                                           \
                             .src_stride = src_stride,                                             \
                             .rows = rows,                                                         \
                             .cols = cols};                                                        \
        return act_half_##name(&act_storage_##type, row_##by, &r);                                 \
    }                                                                                              \
    act_status act_##name##_##type(act_##type *buf, size_t rows, size_t cols) {                    \
        return act_##name##_##type##_to(buf, cols, buf, cols, rows, cols);                         \
    }

#if IN_FAMILY(attention)
SIGNATURE_OF_attention_logits(SOME_ROW_OF_KERNELS)
#endif

/* A list within a list: EACH_STORAGE again, for use in a macro that functions.def expands. */
#define ACT_MAP(name, of, params, types) SIGNATURE_OF_MAP(SOME_ROW_OF_KERNELS, name)
#define ACT_GATED_BY(name, f, slope, params, types)                                                \
    IF_TYPE(HAS_HALF_##types, BLOCKS_OF_GATE(name, f))
#define ACT_PAIR_BY(name, f, params, types)                                                        \
    IF_TYPE(HAS_HALF_##types, BLOCKS_OF_CLAMPED_GATE(name, f))
#define ACT_GATED(name, slope, params, types) SIGNATURE_OF_PAIR(SOME_ROW_OF_KERNELS, name)
#define ACT_PAIR(name, first, params, types)  SIGNATURE_OF_PAIR(SOME_ROW_OF_KERNELS, name)
#define ACT_ROWS(name, types)                 SIGNATURE_OF_ROWS(SOME_ROW_OF_KERNELS, name)
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN(name, types)                                                                  \
    IF_TYPE(HAS_HALF_##types, SIGNATURE_OF_##name(SOME_ROW_OF_KERNELS))
#include "functions.def"

#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_MAP, name, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_PAIR, name, HALF_BY_##types, params))
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_PAIR, name, HALF_BY_##types, params))
#define ACT_ROWS(name, types)                                                                      \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_ROWS, name, HALF_BY_##types))
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN(name, types)                                                                  \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_##name, HALF_BY_##types))
#define HALF_softmax_masked(type, infinity, wide, by)                                              \
    act_status act_softmax_masked_##type##_to(act_##type *dst, size_t dst_stride,                  \
                                              const act_##type *src, size_t src_stride,            \
                                              const float *mask, size_t mask_stride, size_t rows,  \
                                              size_t cols, float scale, act_empty_rows empty) {    \
        const half_rows r = {.dst = dst,                                                           \
                             .dst_stride = dst_stride,                                             \
                             .src = src,                                                           \
                             .src_stride = src_stride,                                             \
                             .mask = mask,                                                         \
                             .mask_stride = mask_stride,                                           \
                             .rows = rows,                                                         \
                             .cols = cols,                                                         \
                             .scale = scale,                                                       \
                             .empty = empty,                                                       \
                             .masked = true};                                                      \
        return act_half_softmax_masked(&act_storage_##type, row_##by, &r);                         \
    }                                                                                              \
    act_status act_softmax_masked_##type(act_##type *buf, const float *mask, size_t mask_stride,   \
                                         size_t rows, size_t cols, float scale,                    \
                                         act_empty_rows empty) {                                   \
        return act_softmax_masked_##type##_to(buf, cols, buf, cols, mask, mask_stride, rows, cols, \
                                              scale, empty);                                       \
    }
#define HALF_logsumexp(type, infinity, wide, by)                                                   \
    act_status act_logsumexp_##type(act_##type *dst, const act_##type *src, size_t src_stride,     \
                                    size_t rows, size_t cols) {                                    \
        const half_rows r = {                                                                      \
            .dst = dst, .src = src, .src_stride = src_stride, .rows = rows, .cols = cols};         \
        return act_half_logsumexp(&act_storage_##type, row_##by, &r);                              \
    }
#define HALF_attention_softmax(type, infinity, wide, by)                                           \
    act_status act_attention_softmax_##type##_to(                                                  \
        act_##type *dst, size_t dst_stride, const act_##type *src, size_t src_stride, size_t rows, \
        size_t cols, const act_attention_rows *options) {                                          \
        const half_rows r = {.dst = dst,                                                           \
                             .dst_stride = dst_stride,                                             \
                             .src = src,                                                           \
                             .src_stride = src_stride,                                             \
                             .rows = rows,                                                         \
                             .cols = cols};                                                        \
        return act_half_attention(&act_storage_##type, row_##by, row_attention_logits, &r,         \
                                  options);                                                        \
    }                                                                                              \
    act_status act_attention_softmax_##type(act_##type *buf, size_t rows, size_t cols,             \
                                            const act_attention_rows *options) {                   \
        return act_attention_softmax_##type##_to(buf, cols, buf, cols, rows, cols, options);       \
    }
#include "functions.def"
