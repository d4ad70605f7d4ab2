/* Functions by the parts of tanh, which a program that calls sigmoid alone does not link. */
#ifndef ACT_KERNELS_SOFTCAP_H
#define ACT_KERNELS_SOFTCAP_H

#include <float.h>

#include "kernels/sigmoids.h"

/*
 * x - tanh(x): for |x| < 1, where it cancels, x^3 P(x^2), error 3.0e-08; beyond, the difference
 * with the quotient's residual.  Coefficients by tools/activation_coefficients.py.
 */
BOUND(tanhshrink, 3.24, .at = {.x = -0x1.6e1b6ap-6F});
VF_WORD vf vf_tanhshrink(vf x) {
    vf size = vf_abs(x), bounded = vf_min(vf_set1(1.0F), size), square = vf_mul(bounded, bounded);
    vf p = vf_polynomial(square, -0x1.b4decap-13F, 0x1.2fa9dp-10F, -0x1.cfe2fap-9F, 0x1.24b3dp-7F,
                         -0x1.670fdep-6F, 0x1.ba3142p-5F, -0x1.11117cp-3F, 0x1.555556p-2F);
    vf near = vf_mul(bounded, vf_mul(square, p));
    const tanh_parts of = tanh_in_parts(vf_min(vf_set1(TANH_END), vf_at_least(size, 1.0F)));
    vf far = vf_nfma(of.residual, of.r, vf_sub(size, of.q));
    return vf_with_sign(vf_select(vf_lt(size, vf_set1(1.0F)), near, far), x);
}
/* In this order a tiny tanh(x) does not underflow before dy is multiplied. */
BOUND(tanhshrink_grad, 5.54, .at = {.x = -0x1.2eea96p-3F, .by = 0x1.730712p+0F});
VF_WORD vf vf_tanhshrink_grad(vf dy, vf x) {
    vf t = vf_tanh(x);
    return vf_mul(vf_mul(dy, t), t);
}

/*
 * cap tanh(x / cap) with |x / cap| between 2^-13, below which the result is x, and 20, above which
 * it is cap.  Where 20 cap is beyond all floats, only an infinite x is there.
 */
VF_INLINE float softcap_end(float cap) {
    return cap < FLT_MAX / TANH_END ? TANH_END * cap : FLT_MAX;
}
BOUND(softcap, 3.31, .at = {.x = 0x1.fadf26p-1F}, .others = 3.36,
      .others_at = {.x = 0x1.fc0fdcp-1F, .p = 0x1.f40c9cp+6F});
VF_WORD vf vf_softcap(vf x, float cap) {
    const vf c = vf_set1(cap), low = vf_set1(0x1p-13F * cap);
    vf size = vf_abs(x);
    vf bounded = vf_max(low, vf_min(vf_set1(softcap_end(cap)), size));
    const tanh_parts of = tanh_in_parts(vf_div(bounded, c));
    vf y = vf_mul(c, vf_fma(of.residual, of.r, of.q));
    y = vf_select(vf_lt(size, low), size, y);
    return vf_with_sign(at_infinity(size, c, y), x);
}
/*
 * From y: dy ((cap - y) / cap) ((cap + y) / cap), where cap - y is exact as they come close. Halves
 * of both, if cap is large, keep the sum a float.
 */
BOUND(softcap_grad, 3.55, .at = {.x = -0x1.d0b4eep+4F, .by = 0x1.fe4fep+0F}, .others = 4.14,
      .others_at = {.x = 0x1.025474p-4F, .by = 0x1.d49c9ep+0F, .p = 0x1.1602d2p-4F});
VF_WORD vf vf_softcap_grad(vf dy, vf y, float cap) {
    const float unit = cap > 1.0F ? 0.5F : 1.0F;
    const vf c = vf_set1(unit * cap);
    vf t = vf_mul(vf_set1(unit), within(cap, y));
    vf slope = vf_mul(vf_div(vf_sub(c, t), c), vf_div(vf_add(c, t), c));
    return vf_mul(dy, slope);
}

#endif
