/*
 * FP_FAST_FMAF, by which sleef.h too decides what to declare, where the compiler generates fused
 * multiply-add: clang does not define it.  To be included before sleef.h, which defines it
 * regardless under some compilers.
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
