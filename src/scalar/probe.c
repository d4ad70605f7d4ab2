/*
 * Compiles only where compiler flags enable fused multiply-add, that is, on x86; with VF_SLEEF,
 * links only if SLEEF has functions that use it.
 */
#include "fma.h"
#ifdef VF_SLEEF
#include <sleef.h>
#else
#define Sleef_expf1_u10purecfma(a) (a)
#endif

#if !(defined(__x86_64__) || defined(__i386__))
#error "fused multiply-add belongs to the architecture, or is not there"
#endif
#ifndef FP_FAST_FMAF
#error "the flags do not switch fused multiply-add on"
#endif

int main(void) { return (int)fmaf(Sleef_expf1_u10purecfma(0.0F), 1.0F, 1.0F); }
