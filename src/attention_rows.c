/* The options of attention rows: the members that a caller has, their ranges and arrays. */
#include "attention_rows.h"

#include <stdbool.h>
#include <string.h>

static bool in_range(const act_attention_rows *o) {
    return isfinite(o->scale) && o->softcap >= 0 && isfinite(o->softcap) &&
           (o->softcap == 0 || isfinite(o->scale / o->softcap)) && o->mask_lowest <= 0 &&
           (o->mask_type == ACT_MASK_F32 || o->mask_type == ACT_MASK_F16 ||
            o->mask_type == ACT_MASK_BF16) &&
           (o->empty == ACT_EMPTY_ROWS_NAN || o->empty == ACT_EMPTY_ROWS_ZERO);
}

act_status act_attention_options(act_attention_rows *all, const act_attention_rows *given) {
    *all = (act_attention_rows)ACT_ATTENTION_ROWS_INIT;
    if (!given)
        return ACT_OK;
    size_t known = given->size < sizeof *all ? given->size : sizeof *all;
    if (known < sizeof given->size)
        return ACT_ERROR_PARAMETER;
    const unsigned char *bytes = (const unsigned char *)given;
    for (size_t i = sizeof *all; i < given->size; ++i)
        if (bytes[i])
            return ACT_ERROR_PARAMETER;
    memcpy(all, given, known);
    all->size = sizeof *all;
    return in_range(all) ? ACT_OK : ACT_ERROR_PARAMETER;
}

static act_status check_mask(matrix to, const act_attention_rows *o) {
    const size_t size = o->mask_type == ACT_MASK_F32 ? sizeof(float) : sizeof(uint16_t);
    const size_t rows = o->mask_rows && o->mask_rows < to.rows ? o->mask_rows : to.rows;
    const matrix mask = {o->mask, o->mask_stride, rows, to.cols, size};
    const matrix one = {o->mask, to.cols, 1, to.cols, size};
    return act_check_beside(to, o->mask_stride ? mask : one);
}
static act_status check_array(matrix to, const void *p, size_t n, size_t size) {
    return p ? act_check_beside(to, (matrix){p, n, 1, n, size}) : ACT_OK;
}

act_status act_check_attention(matrix to, const act_attention_rows *o) {
    const size_t heads = o->rows_per_head ? (to.rows - 1) / o->rows_per_head + 1 : 1;
    act_status status = o->mask ? check_mask(to, o) : ACT_OK;
    if (status == ACT_OK)
        status = check_array(to, o->slopes, heads, sizeof *o->slopes);
    if (status == ACT_OK)
        status = check_array(to, o->sinks, heads, sizeof *o->sinks);
    if (status == ACT_OK)
        status = check_array(to, o->valid, to.rows, sizeof *o->valid);
    return status;
}
