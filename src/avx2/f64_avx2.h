/* The vocabulary of doubles (f64/vec.h) for AVX2 and FMA. */
#ifndef ACT_AVX2_F64_AVX2_H
#define ACT_AVX2_F64_AVX2_H

#include <immintrin.h>
#include <sleef.h>

#include "f64/vec.h"

enum { DV_LANES = 4 };
typedef __m256d dv;
typedef __m256d dm; /* the sign bit of a lane decides */

#define DV_SLEEF(name, bound) Sleef_##name##d4_##bound##avx2

DV_WORD dv dv_all(double s) { return _mm256_set1_pd(s); }
DV_WORD dv dv_load(const double *p) { return _mm256_loadu_pd(p); }
DV_WORD void dv_store(double *p, dv a) { _mm256_storeu_pd(p, a); }
DV_WORD dv dv_fma(dv a, dv b, dv c) { return _mm256_fmadd_pd(a, b, c); }
DV_WORD dv dv_sqrt(dv a) { return _mm256_sqrt_pd(a); }
DV_WORD dv dv_abs(dv a) { return _mm256_andnot_pd(dv_all(-0.0), a); }
DV_WORD dv dv_max(dv a, dv b) { return _mm256_max_pd(a, b); }
DV_WORD dv dv_min(dv a, dv b) { return _mm256_min_pd(a, b); }
DV_WORD dm dv_lt(dv a, dv b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
DV_WORD dm dv_is_nan(dv a) { return _mm256_cmp_pd(a, a, _CMP_UNORD_Q); }
DV_WORD dv dv_select(dm m, dv a, dv b) { return _mm256_blendv_pd(b, a, m); }
DV_WORD int dv_any(dm m) { return _mm256_movemask_pd(m) != 0; }

#endif
