/* What the options of attention rows mean for one row. */
#ifndef ACT_ATTENTION_PLACE_H
#define ACT_ATTENTION_PLACE_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "act/act.h"

/* Which part of the options a row has. */
typedef struct {
    size_t valid;
    float slope, sink; /* 1 and -inf: none */
    size_t mask_row;
} attention_place;
static inline attention_place attention_place_of(const act_attention_rows *o, size_t r,
                                                 size_t cols) {
    const size_t head = o->rows_per_head ? r / o->rows_per_head : 0;
    const size_t q = r - head * o->rows_per_head;
    attention_place p = {cols, 1.0F, -INFINITY, 0};
    if (o->valid && o->valid[r] < p.valid)
        p.valid = o->valid[r];
    if (o->causal && o->causal_offset < p.valid && q < p.valid - o->causal_offset)
        p.valid = o->causal_offset + q + 1;
    if (o->slopes)
        p.slope = o->slopes[head];
    if (o->sinks)
        p.sink = o->sinks[head];
    if (o->mask_stride)
        p.mask_row = o->mask_rows ? r % o->mask_rows : r;
    return p;
}
/* A mask below this excludes. */
static inline float attention_excluded_below(const act_attention_rows *o) {
    return o->mask_lowest < 0 ? nextafterf(o->mask_lowest, 0.0F) : -FLT_MAX;
}
/* Where the mask of a row begins. */
static inline const void *attention_mask(const act_attention_rows *o, size_t mask_row, size_t i) {
    const size_t size = o->mask_type == ACT_MASK_F32 ? sizeof(float) : sizeof(uint16_t);
    return o->mask ? (const char *)o->mask + (mask_row * o->mask_stride + i) * size : NULL;
}

#endif
