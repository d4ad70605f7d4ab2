/*
 * The vector vocabulary: the words in which every kernel is written, and their contracts.
 *
 * A vector has 16 lanes on every instruction set: one AVX-512 register, two of AVX2, four of NEON,
 * an array in scalar code.  That width fixes the order of every reduction, and with it the bits of
 * the result.  It also keeps two to four registers in flight on the narrower machines.
 *
 * Types      vf  16 floats        vd  16 doubles, for sums        vm  16 truth values
 *            vh  16 numbers of 16 bits, as they are in memory
 *
 * A backend's vec_ISA.h supplies these words (p points to floats, any alignment):
 *
 *   vf_set1(s)               all lanes s
 *   vf_load(p)               p[0..15]                  vf_store(p, a)
 *   vf_load_partial(p, n, a)   p[0..n-1], 0 < n < 16, and a in the idle lanes
 *   vf_store_partial(p, a, n)  neither touches any byte beyond p[n-1]
 *   vf_first(a, n)             the first n lanes of a, +0 in the others
 *   vf_first_else(a, n, b)     the first n lanes of a, those of b in the others
 *   vf_add sub mul div       IEEE 754, rounded once; never contracted by the compiler
 *   vf_sqrt(a)               the square root, rounded once; NaN below 0
 *   vf_fma(a, b, c)          a * b + c, rounded once
 *   vf_nfma(a, b, c)         c - a * b, rounded once
 *   vf_max(a, b)             a > b ? a : b     a NaN in b stays, a NaN in a gives b,
 *   vf_min(a, b)             a < b ? a : b     and of two zeros the result is b, as on x86
 *   vf_abs(a) vf_neg(a)      the sign bit cleared, flipped, of a NaN too
 *   vf_rint(a)               to the nearest integer, ties to even; |a| < 2^22
 *   vf_lt(a, b)              truth values; false if one is NaN
 *   vf_signbit(a)            true for -0 and negative NaN too
 *   vf_is_nan(a)
 *   vf_select(m, a, b)       m ? a : b, never a branch
 *   vf_even(a, b)            the lanes 0, 2, ... 14 of a and then of b; vf_odd those between
 *   vf_max_lanes(a)          the largest lane, as a float; no lane may be NaN
 *   vm_any(m)                whether any lane is true
 *   vm_count(m)              how many lanes are true
 *   vm_end(m)                one more than the last lane that is true, 0 if none is
 *   vf_exponent(a)           the lowest eight bits of a, shifted into the exponent field; the ninth
 *                            is 0
 *   vf_minus_bits(a, b)      the bits of a minus those of b, as integers
 *   vf_sleef_exp(a)          SLEEF's exp (1.0 ULP) of this instruction set, the definition of exp:
 *                            only if VF_SLEEF is defined, for ACT_SLEEF=CALL and for the tests
 *   vd_zero()
 *   vd_add(d, a)             d + a, each lane of a widened to double
 *   vd_fma(d, a, b)          d + a * b in double, where the product of two floats is exact
 *   vd_sum(d)                lanes j and j + 8 are added, then sums j and j + 4, then 2, then 1
 *
 * the words of the storage types, whose sixteen numbers of 16 bits are a vh; rounding to nearest,
 * ties to even, keeps subnormal numbers and does not depend on the control register where the
 * instruction set allows that; a NaN stays one,
 *
 *   vh_load(p)               p[0..15]                  vh_store(p, h)
 *   vf_from_f16(h)           exact                     vf_to_f16(a)    rounded once
 *   vf_from_bf16(h)          exact                     vf_to_bf16(a)   rounded once
 *   vh_differ(g, h)          bit k of the result: whether lane k differs
 *   vh_relu(h, infinity)     +0 for a number below 0, whose bits are from 0x8001 to those of
 *                            -infinity: less 1, these are the smallest integers with a sign
 *   vf_near_midpoint(a, k)   bit i of the result: whether the lower 16 bits of lane i, which bf16
 *                            lacks, are within k of 0x8000; k < 0x4000
 *
 * and, if it defines VF_HAVE_STREAM,
 *
 *   vf_stream(p, a)          a non-temporal vf_store; p is aligned to 64 bytes
 *   vf_stream_end()          before any other store, and before another thread may read
 *
 * derived.h builds more words from these.
 */
#ifndef ACT_KERNELS_VEC_H
#define ACT_KERNELS_VEC_H

#include <stddef.h>

#include "compiler.h"

/*
 * A unit of elementwise loops may define VF_IN_FLIGHT to get vectors several times as wide, whose
 * registers take each step side by side: a single chain of forty dependent operations leaves most
 * of a processor idle.  Sums, rows and partial vectors depend on the width, so only units with the
 * default width have them.
 */
#ifndef VF_IN_FLIGHT
#define VF_IN_FLIGHT 1
#endif
/* How many vectors a cheap reduction keeps in flight. */
#ifndef VF_CHAINS
#define VF_CHAINS 1
#endif
enum { VF_LANES = 16 * VF_IN_FLIGHT };

/*
 * VF_WORD marks a word, whose operands and result are vectors; VF_INLINE marks loops and the other
 * parts of a kernel.  Both must be inlined at every level of optimisation: a call would spill
 * vectors.  The debug build does not force it, so that a debugger can step into a function.  A
 * compiler that inlines all of them and then does not optimise takes 1.4 GB (gcc -O0) to 4.9 GB
 * (clang 14 -O1) for the scalar backend.
 */
#ifdef ACT_DEBUG_KERNELS
#define VF_INLINE static inline __attribute__((unused))
#else
#define VF_INLINE static inline __attribute__((always_inline, unused))
#endif
#define VF_WORD VF_INLINE

/* A word's contract, which the debug build asserts. */
#ifdef ACT_DEBUG_KERNELS
#include <stdio.h>
#include <stdlib.h>
#define VF_REQUIRE(condition)                                                                      \
    ((condition)                                                                                   \
         ? (void)0                                                                                 \
         : (fprintf(stderr, "%s:%d: %s requires %s\n", __FILE__, __LINE__, __func__, #condition),  \
            abort()))
#else
#define VF_REQUIRE(condition) ((void)0)
#endif

/* Say what is seldom so; bench/cost.py, which models the usual way, redefines them. */
#define VF_SELDOM(condition) __builtin_expect((condition) != 0, 0)
#define VF_SELDOM_CALLED     (void)0

/* What is smaller counts as near 0 (derived.h). */
#define VF_TINY 0x1p-48F

/* For rare paths: inlined, they would compete with the hot path for registers. */
#define VF_APART static __attribute__((noinline, unused))

#endif
