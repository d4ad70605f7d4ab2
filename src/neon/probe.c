/* Compiles only for AArch64 with Advanced SIMD; with VF_SLEEF, links only if SLEEF has it too. */
#include <arm_neon.h>
#ifdef VF_SLEEF
#include <sleef.h>
#else
#define Sleef_expf4_u10advsimd(a) (a)
#endif

#ifndef __aarch64__
#error "32-bit ARM rounds subnormal numbers to zero in its vector unit"
#endif

int main(void) { return (int)vaddvq_f32(Sleef_expf4_u10advsimd(vdupq_n_f32(0.0F))); }
