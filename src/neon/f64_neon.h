/* The vocabulary of doubles (f64/vec.h) for AArch64 Advanced SIMD. */
#ifndef ACT_NEON_F64_NEON_H
#define ACT_NEON_F64_NEON_H

#include <arm_neon.h>
#include <sleef.h>

#include "f64/vec.h"

enum { DV_LANES = 2 };
typedef float64x2_t dv;
typedef uint64x2_t dm;

#define DV_SLEEF(name, bound) Sleef_##name##d2_##bound##advsimd

DV_WORD dv dv_all(double s) { return vdupq_n_f64(s); }
DV_WORD dv dv_load(const double *p) { return vld1q_f64(p); }
DV_WORD void dv_store(double *p, dv a) { vst1q_f64(p, a); }
DV_WORD dv dv_fma(dv a, dv b, dv c) { return vfmaq_f64(c, a, b); }
DV_WORD dv dv_sqrt(dv a) { return vsqrtq_f64(a); }
DV_WORD dv dv_abs(dv a) { return vabsq_f64(a); }
DV_WORD dm dv_lt(dv a, dv b) { return vcltq_f64(a, b); }
DV_WORD dm dv_is_nan(dv a) { return ~vceqq_f64(a, a); }
DV_WORD dv dv_select(dm m, dv a, dv b) { return vbslq_f64(m, a, b); }
/* Not vmaxq_f64, which orders zeros and keeps a NaN of either operand. */
DV_WORD dv dv_max(dv a, dv b) { return dv_select(dv_lt(b, a), a, b); }
DV_WORD dv dv_min(dv a, dv b) { return dv_select(dv_lt(a, b), a, b); }
DV_WORD int dv_any(dm m) { return (vgetq_lane_u64(m, 0) | vgetq_lane_u64(m, 1)) != 0; }

#endif
