/*
 * The compiler options that the library's code requires, checked for builds by hand.  The build
 * itself sets them, whatever options a parent project has.
 */
#ifndef ACT_COMPILER_H
#define ACT_COMPILER_H

#include <float.h>

#ifndef __GNUC__
#error "libact needs GCC or Clang"
#endif

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) ||           \
    defined(__NO_SIGNED_ZEROS__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "libact gives wrong numbers with -ffast-math, -Ofast or a part of them"
#endif

/* 0: float expressions are evaluated in float; 16: the same, except for narrower types. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float expressions must have the precision of float: -msse2 -mfpmath=sse on 32-bit x86"
#endif

_Static_assert(sizeof 1.0 == sizeof(double), "libact cannot have -fsingle-precision-constant");

#endif
