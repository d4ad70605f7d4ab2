/*
 * PReLU of outer x channels x inner floats, a slope for each channel of the middle axis, and its
 * gradients.  With inner = 1 these are rows of channels.
 */
#ifndef ACT_KERNELS_CHANNELS_H
#define ACT_KERNELS_CHANNELS_H

#include "kernels/prelu.h"

/* A channel is leaky_relu's loop with any slope. */
VF_WORD vf channel_of(vf x, vf again, float slope, float unused) {
    (void)again, (void)unused;
    return prelu_of(x, vf_set1(slope));
}
VF_WORD vf channel_grad_of(vf dy, vf x, float slope, float unused) {
    (void)unused;
    return prelu_grad_of(dy, x, vf_set1(slope));
}
VF_INLINE void rows_prelu_channels(float *dst, const float *src, const float *slopes, size_t outer,
                                   size_t channels, size_t inner) {
    if (inner == 1) {
        rows_prelu(dst, channels, src, channels, slopes, outer, channels);
        return;
    }
    for (size_t row = 0; row < outer * channels; ++row, dst += inner, src += inner)
        array_loop(dst, src, src, inner, slopes[row % channels], 0.0F, channel_of);
}
VF_INLINE void rows_prelu_channels_grad(float *dx, const float *dy, const float *x,
                                        const float *slopes, size_t outer, size_t channels,
                                        size_t inner) {
    if (inner == 1) {
        rows_prelu_grad(dx, channels, dy, channels, x, channels, slopes, outer, channels);
        return;
    }
    for (size_t row = 0; row < outer * channels; ++row, dx += inner, dy += inner, x += inner)
        array_loop(dx, dy, x, inner, slopes[row % channels], 0.0F, channel_grad_of);
}

/*
 * The sums of dy x over the elements of a channel with x <= 0 or NaN, where products are exact and
 * sums are in double.  Of runs of a channel lane j takes the elements i with i mod 16 = j of each
 * run, one run after the other; the lanes are then added as vd_sum does.  Of single elements, inner
 * = 1, sixteen channels are added side by side, as pairs of floats of about the same accuracy.
 */
typedef struct {
    vf dy, x;
} slope_terms;
VF_WORD slope_terms slope_terms_of(vf dy, vf x) {
    const vf zero = vf_set1(0.0F);
    const vm positive = vf_lt(zero, x);
    return (slope_terms){vf_select(positive, zero, dy), vf_select(positive, zero, x)};
}
VF_INLINE double channel_sum(const float *dy, const float *x, size_t outer, size_t stride,
                             size_t inner) {
    const vf zero = vf_set1(0.0F);
    vd sum = vd_zero();
    for (; outer > 0; --outer, dy += stride, x += stride) {
        size_t i = 0;
        for (; inner - i >= VF_LANES; i += VF_LANES) {
            const slope_terms t = slope_terms_of(vf_load(dy + i), vf_load(x + i));
            sum = vd_fma(sum, t.dy, t.x);
        }
        if (i < inner) {
            const slope_terms t = slope_terms_of(vf_load_partial(dy + i, inner - i, zero),
                                                 vf_load_partial(x + i, inner - i, zero));
            sum = vd_fma(sum, t.dy, t.x);
        }
    }
    return vd_sum(sum);
}
/* Beside an infinity or NaN the low part is 0: it would make NaN of an infinite sum. */
VF_WORD pair with_term(pair sum, slope_terms t) {
    const vf most = vf_set1(FLT_MAX);
    pair product = two_product(t.dy, t.x), next = two_sum(sum.high, product.high);
    vf low = vf_add(sum.low, vf_add(product.low, next.low));
    return (pair){next.high, vf_unless(vf_lt(most, vf_abs(next.high)), low)};
}
VF_INLINE void add_slopes_of_rows(float *dslopes, const float *dy, const float *x, size_t rows,
                                  size_t channels) {
    const vf zero = vf_set1(0.0F);
    for (size_t c = 0; c < channels; c += VF_LANES) {
        const size_t here = lanes_at(c, channels);
        pair sum = {zero, zero};
        for (size_t i = c, row = 0; row < rows; ++row, i += channels) {
            sum = with_term(sum, slope_terms_of(vf_load_up_to(dy + i, here, zero),
                                                vf_load_up_to(x + i, here, zero)));
        }
        float total[VF_LANES];
        vf_store(total, vf_add(sum.high, sum.low));
        for (size_t k = 0; k < here; ++k)
            dslopes[c + k] += total[k];
    }
}
VF_INLINE void rows_prelu_slope_grad(float *dslopes, const float *dy, const float *x, size_t outer,
                                     size_t channels, size_t inner) {
    if (inner == 1) {
        add_slopes_of_rows(dslopes, dy, x, outer, channels);
        return;
    }
    for (size_t c = 0; c < channels; ++c, dy += inner, x += inner)
        dslopes[c] += (float)channel_sum(dy, x, outer, channels * inner, inner);
}

#endif
