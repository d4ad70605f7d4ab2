/*
 * The vocabulary of doubles (f64/vec.h) in C, one double at a time.  Without FMA in hardware
 * SLEEF's functions without it are called, and fma() is the C library's, which is exact but slow on
 * such a processor.
 */
#ifndef ACT_SCALAR_F64_SCALAR_H
#define ACT_SCALAR_F64_SCALAR_H

#include "scalar/fma.h"
#ifdef FP_FAST_FMAF
#define DV_SLEEF(name, bound) Sleef_##name##d1_##bound##purecfma
#else
#define DV_SLEEF(name, bound) Sleef_##name##d1_##bound##purec
#endif
#include <sleef.h>

#include "f64/vec.h"

enum { DV_LANES = 1 };
typedef double dv;
typedef int dm;

DV_WORD dv dv_all(double s) { return s; }
DV_WORD dv dv_load(const double *p) { return *p; }
DV_WORD void dv_store(double *p, dv a) { *p = a; }
DV_WORD dv dv_fma(dv a, dv b, dv c) { return fma(a, b, c); }
DV_WORD dv dv_sqrt(dv a) { return sqrt(a); }
DV_WORD dv dv_abs(dv a) { return fabs(a); }
DV_WORD dv dv_max(dv a, dv b) { return a > b ? a : b; }
DV_WORD dv dv_min(dv a, dv b) { return a < b ? a : b; }
DV_WORD dm dv_lt(dv a, dv b) { return a < b; }
DV_WORD dm dv_is_nan(dv a) { return isnan(a); }
DV_WORD dv dv_select(dm m, dv a, dv b) { return m ? a : b; }
DV_WORD int dv_any(dm m) { return m; }

#endif
