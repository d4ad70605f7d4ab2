/*
 * The vocabulary of the f64 kernels.  A vector, dv, is one register of DV_LANES doubles, or one
 * double; + - * / and unary minus are the compiler's own for vectors, and a scalar operand counts
 * for every lane.  SLEEF's functions are called once per vector.  Such a call leaves no vector in a
 * register, so kernels keep one vector in flight.
 *
 * A backend's f64_ISA.h supplies, with dm for truth values:
 *
 *   DV_LANES                 1, 2, 4 or 8
 *   dv_all(s)                all lanes s
 *   dv_load(p) dv_store(p, a)  any alignment
 *   dv_fma(a, b, c)          a * b + c, rounded once
 *   dv_sqrt(a)               rounded once
 *   dv_abs(a)                the sign bit cleared, of a NaN too
 *   dv_max(a, b)             a > b ? a : b, as on x86: a NaN in b stays, a NaN in a gives b
 *   dv_min(a, b)             a < b ? a : b
 *   dv_lt(a, b)              false if one is NaN
 *   dv_is_nan(a)
 *   dv_select(m, a, b)       m ? a : b
 *   dv_any(m)                whether m is true in a lane
 *   DV_SLEEF(name, bound)    the name of SLEEF's function for such vectors; never one without the
 *                            instruction set in its name, which would choose at run time
 */
#ifndef ACT_F64_VEC_H
#define ACT_F64_VEC_H

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "compiler.h"

/* As in kernels/vec.h: words are inlined at every level of optimisation but the debug build's. */
#ifdef ACT_DEBUG_KERNELS
#define DV_WORD static inline __attribute__((unused))
#else
#define DV_WORD static inline __attribute__((always_inline, unused))
#endif
#define DV_APART static __attribute__((noinline, unused))

#endif
