/*
 * The gradients of the gated pairs: dgate = (dy up) f'(gate) and dup = f(gate) dy, the pair itself
 * with dy in the place of up.  f and f' have the same argument, and share what they begin with.
 *
 * The bounds are those of dgate: of f', but that dy up is rounded.  dup has the pair's own.
 */
#ifndef ACT_KERNELS_GATED_H
#define ACT_KERNELS_GATED_H

#include "kernels/gates.h"
#include "kernels/piecewise.h"

typedef struct {
    vf gate, up;
} gated_grad;

BOUND(reglu_grad, 0.5, .at = {.x = 1.0F, .by = 0x1.000002p+0F, .p = 1.5F});
VF_WORD gated_grad vf_reglu_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_relu_grad(vf_mul(dy, up), gate), vf_reglu(gate, dy)};
}

BOUND(geglu_grad, 13.07, .at = {.x = -0x1.ec402cp-1F, .by = 0x1.a9478ep+0F, .p = 0x1.81363ap+0F},
      .floor = 0.1);
VF_WORD gated_grad geglu_grad_by(enum distance distance, vf dy, vf gate, vf up) {
    const normal_parts of = normal_in_parts(distance, gate);
    return (gated_grad){vf_mul(vf_mul(dy, up), gelu_slope_of(distance, gate, of)),
                        vf_mul(gelu_of(distance, gate, of), dy)};
}
VF_WORD gated_grad vf_geglu_grad(vf dy, vf gate, vf up) {
    return BY_DISTANCE(NORMAL_NEAR, gate, geglu_grad_by, dy, gate, up);
}

BOUND(swiglu_grad, 7.36, .at = {.x = 0x1.da6908p-8F, .by = 0x1.05a45cp+0F, .p = 0x1.f15be2p+0F},
      .floor = 0.1);
VF_WORD gated_grad vf_swiglu_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_silu_grad(vf_mul(dy, up), gate, 1.0F), vf_swiglu(gate, dy)};
}

#endif
