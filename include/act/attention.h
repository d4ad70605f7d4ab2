/*
 * The rows of attention: softmax of scaled, capped and masked scores, with the options of language
 * models; part of act.h, which includes this file.
 *
 * The scores of all heads are one matrix: `rows_per_head` rows of the first head, one for each
 * query, then those of the next head.  A row has a column for each key.
 */
#ifndef ACT_ATTENTION_H
#define ACT_ATTENTION_H

#ifndef ACT_ACT_H
#error "include act/act.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The type of a mask's elements; its alignment is that of the type. */
typedef enum act_mask_type { ACT_MASK_F32, ACT_MASK_F16, ACT_MASK_BF16 } act_mask_type;

/*
 * The options.  Begin with ACT_ATTENTION_ROWS_INIT, and set what the model has:
 *
 *   act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
 *   options.scale = 0.125F;
 *   options.causal = 1;
 *
 * A member that is 0 means none, except scale.
 *
 *   size           sizeof(act_attention_rows).  A smaller struct is that of an older version, and
 *                  lacks the last options; what a larger one has beyond must be 0.
 *   scale          finite
 *   softcap        c: the scaled score s becomes c tanh(s / c); finite, not below 0, and scale / c
 *                  must be finite; 0: none
 *   mask           what is added; NULL: nothing.  -inf excludes a position, whatever the score is.
 *   mask_type      of the mask's elements
 *   mask_lowest    a number below 0 excludes positions whose mask is not above it, as -inf does:
 *                  -FLT_MAX, or -65504 for f16, where masks are made with the lowest number;
 *                  0: only -inf does
 *   mask_stride    from row to row, in elements; 0: one row for all
 *   mask_rows      row r has the mask row r % mask_rows, so that heads can share a mask; 0: as many
 *                  as rows
 *   rows_per_head  row r belongs to head r / rows_per_head; 0: all rows are one head
 *   slopes         one per head: the mask is multiplied by it.  ALiBi is a mask of -(i - j), or
 *                  that with -inf for j > i, and the slopes of the paper.
 *   sinks          one per head: one more score in the maximum and in the sum, without an output
 *   valid          one per row: how many columns the row has, if fewer than cols
 *   causal         not 0: row q of its head has the columns 0 to causal_offset + q, those of them
 *                  that there are.  With valid, the smaller number counts.
 *   causal_offset  how many keys are before the first query
 *   empty          what a row gives that has no columns, or that is -inf everywhere, and has no
 *                  sink above -inf: NaN or zeros, in all columns
 *
 * slopes and sinks of NaN or infinity enter the formula; a slope of an excluded position does not.
 */
typedef struct act_attention_rows {
    size_t size;
    float scale;
    float softcap;
    const void *mask;
    act_mask_type mask_type;
    float mask_lowest;
    size_t mask_stride;
    size_t mask_rows;
    size_t rows_per_head;
    const float *slopes;
    const float *sinks;
    const size_t *valid;
    size_t causal_offset;
    int causal;
    act_empty_rows empty;
} act_attention_rows;

#define ACT_ATTENTION_ROWS_INIT                                                                    \
    {                                                                                              \
        sizeof(act_attention_rows), 1.0F, 0.0F, 0, ACT_MASK_F32, 0.0F, 0, 0, 0, 0, 0, 0, 0, 0,     \
            ACT_EMPTY_ROWS_NAN                                                                     \
    }

/*
 * attention_softmax(x)[j] = exp(z[j] - m) / (exp(sink - m) + sum over k of exp(z[k] - m)),
 *   z = scale x, then c tanh(z / c), then z + slope mask;  m = max of z and the sink
 *
 * Rows, strides and aliasing of dst and src as in softmax.  No other array may overlap dst.
 * `options` may be NULL, which is ACT_ATTENTION_ROWS_INIT.
 *
 * A row's columns beyond the valid ones are not read, neither in src nor in the mask, and give +0,
 * at no cost but that of the store.
 *
 * In f32 z is
 *
 *   fma(scale, x, mask)          without softcap and slope; without mask scale x
 *   fma(slope, mask, scale x)    with slope
 *   c act_tanh(scale / c x)      with softcap; then the mask is added, or fma(slope, mask, z)
 *
 * each operation rounded once: a z with softcap is within 4 ULP of the exact one.
 *
 * Domain     as softmax, of z at the positions that are not excluded; these give +0, or NaN in a
 *            row with a NaN.  A sink of NaN or +inf gives NaN.
 * Error      at most 4e-7 relative to the exact result for what z is in f32, where that result is
 *            not below 2^-126.  Results below 2^-126 are within 3 ULP.
 * Errors     ACT_ERROR_PARAMETER for options outside the ranges above; ACT_ERROR_OVERLAP for an
 *            array that overlaps dst; else as softmax.
 * Definition ONNX Attention (softcap before the mask), PyTorch scaled_dot_product_attention, ggml
 *            soft_max_ext (max_bias, sinks); O. Press et al., ICLR 2022 (ALiBi).
 */
ACT_API act_status act_attention_softmax_f32(float *buf, size_t rows, size_t cols,
                                             const act_attention_rows *options);
ACT_API act_status act_attention_softmax_f32_to(float *dst, size_t dst_stride, const float *src,
                                                size_t src_stride, size_t rows, size_t cols,
                                                const act_attention_rows *options);

/*
 * attention_softmax, fast tier.  As above, with the same z, but:
 *
 * Error      relative to the exact result for what z is in f32, where that is not below 2^-126: at
 *            most 2.5e-6 if z lies in [-10, 10], 5.5e-6 if it lies in [-100, 100].  Results below
 *            2^-126 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_attention_softmax_fast_f32(float *buf, size_t rows, size_t cols,
                                                  const act_attention_rows *options);
ACT_API act_status act_attention_softmax_fast_f32_to(float *dst, size_t dst_stride,
                                                     const float *src, size_t src_stride,
                                                     size_t rows, size_t cols,
                                                     const act_attention_rows *options);

/*
 * The gradient of attention_softmax with respect to x, from its output y:
 * scale y (dy - sum over the valid k of dy[k] y[k]), and +0 in the columns that are not valid,
 * where neither dy nor y is read.  Mask, slopes and sinks are in y, and do not count; softcap must
 * be 0, since the gradient through it needs x: ACT_ERROR_PARAMETER otherwise.
 *
 * Rows, strides and aliasing as in softmax_masked_grad, whose bits these are in a row of the valid
 * columns.
 *
 * Domain     as softmax_masked_grad
 * Error      attention_softmax_grad at most 4.5e-7, as softmax_masked_grad
 * Definition PyTorch scaled_dot_product_attention, backward
 */
ACT_API act_status act_attention_softmax_grad_f32(float *dx, size_t dx_stride, const float *dy,
                                                  size_t dy_stride, const float *y, size_t y_stride,
                                                  size_t rows, size_t cols,
                                                  const act_attention_rows *options);

/*
 * The two steps of a loop that takes keys by blocks (flash attention), for one row of a block.
 *
 * max: *max = the largest of the n elements; NaN if one is NaN; -inf if n = 0.
 *
 * exp_sum: dst[i] = exp(src[i] - max), and *sum = their sum.  max is usually the largest element so
 * far; any other float gives the formula's value, infinities where exp overflows and NaN where
 * src[i] - max is.  -inf in src gives +0.  dst may be equal to src.  sum may not overlap dst.
 *
 * Error      of an exponential at most 1.3e-7 relative to the exact one where that is not below
 *            2^-126, and within 1 ULP below; of the sum at most 1.3e-7, for src <= max.  Where an
 *            element is above max the rounding of src - max counts, too.
 * Definition M. Milakov, N. Gimelshein, 2018 (online softmax); T. Dao et al., NeurIPS 2022.
 */
ACT_API act_status act_max_f32(const float *src, size_t n, float *max);
ACT_API act_status act_exp_sum_f32(float *buf, size_t n, float max, double *sum);
ACT_API act_status act_exp_sum_f32_to(float *dst, const float *src, size_t n, float max,
                                      double *sum);

/* f16 and bf16: within 0.501 ULP of the type, as the other functions of rows (half.h). */
#define ACT_ATTENTION_OF(type)                                                                     \
    ACT_API act_status act_attention_softmax_##type(act_##type *buf, size_t rows, size_t cols,     \
                                                    const act_attention_rows *options);            \
    ACT_API act_status act_attention_softmax_##type##_to(                                          \
        act_##type *dst, size_t dst_stride, const act_##type *src, size_t src_stride, size_t rows, \
        size_t cols, const act_attention_rows *options);
ACT_ATTENTION_OF(f16)
ACT_ATTENTION_OF(bf16)
#undef ACT_ATTENTION_OF

#ifdef __cplusplus
}
#endif

#endif
