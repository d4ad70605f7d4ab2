/* PReLU: rows of channels, where each channel has a slope of its own. */
#ifndef ACT_KERNELS_PRELU_H
#define ACT_KERNELS_PRELU_H

#include "kernels/piecewise.h"

/* leaky_relu with one slope per column, and its gradient with respect to x. */
VF_WORD vf prelu_of(vf x, vf slope) { return vf_mul(x, slope_below_zero(x, slope)); }
VF_INLINE void rows_prelu(float *dst, size_t dst_stride, const float *src, size_t src_stride,
                          const float *slope, size_t rows, size_t channels) {
    const vf zero = vf_set1(0.0F);
    for (; rows > 0; --rows, dst += dst_stride, src += src_stride) {
        size_t i = 0;
        for (; channels - i >= VF_LANES; i += VF_LANES)
            vf_store(dst + i, prelu_of(vf_load(src + i), vf_load(slope + i)));
        const size_t left = channels - i;
        if (left > 0) {
            vf x = vf_load_partial(src + i, left, zero);
            vf_store_partial(dst + i, prelu_of(x, vf_load_partial(slope + i, left, zero)), left);
        }
    }
}

VF_WORD vf prelu_grad_of(vf dy, vf x, vf slope) {
    return vf_nan_of(x, vf_mul(dy, slope_up_to_zero(x, slope)));
}
VF_INLINE void rows_prelu_grad(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                               const float *x, size_t x_stride, const float *slope, size_t rows,
                               size_t channels) {
    const vf zero = vf_set1(0.0F);
    for (; rows > 0; --rows, dx += dx_stride, dy += dy_stride, x += x_stride) {
        size_t i = 0;
        for (; channels - i >= VF_LANES; i += VF_LANES)
            vf_store(dx + i, prelu_grad_of(vf_load(dy + i), vf_load(x + i), vf_load(slope + i)));
        const size_t left = channels - i;
        if (left > 0)
            vf_store_partial(dx + i,
                             prelu_grad_of(vf_load_partial(dy + i, left, zero),
                                           vf_load_partial(x + i, left, zero),
                                           vf_load_partial(slope + i, left, zero)),
                             left);
    }
}

#endif
