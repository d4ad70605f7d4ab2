/*
 * What lies between the kernels of a gate's parts: products, sums, clamps, and interleaved arrays.
 * A plain loop would be compiled for the least processor of the platform.
 */
#ifndef ACT_KERNELS_GATES_H
#define ACT_KERNELS_GATES_H

#include <string.h>

#include "kernels/loops.h"

VF_WORD vf word_product(vf a, vf b, float p, float q) {
    (void)p, (void)q;
    return vf_mul(a, b);
}
VF_WORD vf word_sum(vf a, vf b, float p, float q) {
    (void)p, (void)q;
    return vf_add(a, b);
}
/* A NaN in x or up stays. */
VF_WORD vf word_at_most(vf x, vf again, float limit, float q) {
    (void)again, (void)q;
    return vf_min(vf_set1(limit), x);
}
VF_WORD vf word_clamped_product(vf part, vf up, float limit, float q) {
    (void)q;
    vf clamped = vf_min(vf_set1(limit), vf_max(vf_set1(-limit), up));
    return vf_mul(part, vf_add(clamped, vf_set1(1.0F)));
}
VF_INLINE void rows_gate_product(float *dst, const float *a, const float *b, size_t n) {
    array_loop(dst, a, b, n, 0.0F, 0.0F, word_product);
}
VF_INLINE void rows_gate_sum(float *dst, const float *a, const float *b, size_t n) {
    array_loop(dst, a, b, n, 0.0F, 0.0F, word_sum);
}
VF_INLINE void rows_gate_at_most(float *dst, const float *src, size_t n, float limit) {
    array_loop(dst, src, src, n, limit, 0.0F, word_at_most);
}
VF_INLINE void rows_gate_clamped_product(float *dst, const float *part, const float *up, size_t n,
                                         float limit) {
    array_loop(dst, part, up, n, limit, 0.0F, word_clamped_product);
}

/* gate[i] = both[2 i] and up[i] = both[2 i + 1]. */
VF_INLINE void rows_gate_parts(float *gate, float *up, const float *both, size_t n) {
    size_t i = 0;
    for (; n - i >= VF_LANES; i += VF_LANES) {
        vf first = vf_load(both + 2 * i), second = vf_load(both + 2 * i + VF_LANES);
        vf_store(gate + i, vf_even(first, second));
        vf_store(up + i, vf_odd(first, second));
    }
    if (i < n) {
        float rest[2 * VF_LANES] = {0};
        memcpy(rest, both + 2 * i, 2 * (n - i) * sizeof *rest);
        vf first = vf_load(rest), second = vf_load(rest + VF_LANES);
        vf_store_partial(gate + i, vf_even(first, second), n - i);
        vf_store_partial(up + i, vf_odd(first, second), n - i);
    }
}

#endif
