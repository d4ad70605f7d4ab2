/* Compiles and links only for AArch64 with Advanced SIMD, and a SLEEF for it. */
#include <arm_neon.h>
#include <sleef.h>

#ifndef __aarch64__
#error "32-bit ARM rounds subnormal numbers to zero in its vector unit"
#endif

int main(void) { return (int)vaddvq_f32(Sleef_expf4_u10advsimd(vdupq_n_f32(0.0F))); }
