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

BOUND(reglu_grad, 0.5, 0.0F);
VF_WORD gated_grad vf_reglu_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_relu_grad(vf_mul(dy, up), gate), vf_reglu(gate, dy)};
}

BOUND_AT_LEAST(geglu_grad, 9.5, 20.0, -0x1.efd332p-1F, 0.1);
VF_WORD gated_grad geglu_grad_by(enum distance distance, vf dy, vf gate, vf up) {
    const normal_parts of = normal_in_parts(distance, gate);
    return (gated_grad){vf_mul(vf_mul(dy, up), gelu_slope_of(distance, gate, of)),
                        vf_mul(gelu_of(distance, gate, of), dy)};
}
VF_WORD gated_grad vf_geglu_grad(vf dy, vf gate, vf up) {
    return BY_DISTANCE(NORMAL_NEAR, gate, geglu_grad_by, dy, gate, up);
}

BOUND_AT_LEAST(swiglu_grad, 4.7, 11.0, 0x1.299522p+0F, 0.1);
VF_WORD gated_grad vf_swiglu_grad(vf dy, vf gate, vf up) {
    return (gated_grad){vf_silu_grad(vf_mul(dy, up), gate, 1.0F), vf_swiglu(gate, dy)};
}

#endif
