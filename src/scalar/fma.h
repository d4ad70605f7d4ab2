/*
 * Defines FP_FAST_FMAF where the compiler generates fused multiply-add, as clang does not define
 * it.  sleef.h uses it to decide what to declare.  Include this file before sleef.h, which defines
 * the macro unconditionally under some compilers.
 */
#ifndef ACT_SCALAR_FMA_H
#define ACT_SCALAR_FMA_H

#include <math.h>

#if !defined(FP_FAST_FMAF) && (defined(__FMA__) || defined(__ARM_FEATURE_FMA))
#define FP_FAST_FMAF 1
#endif
#if !defined(FP_FAST_FMA) && defined(FP_FAST_FMAF)
#define FP_FAST_FMA 1
#endif

#endif
