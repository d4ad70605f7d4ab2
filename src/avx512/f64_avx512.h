/* The vocabulary of doubles (f64/vec.h) for AVX-512. */
#ifndef ACT_AVX512_F64_AVX512_H
#define ACT_AVX512_F64_AVX512_H

#include <immintrin.h>
#include <sleef.h>

#include "f64/vec.h"

enum { DV_LANES = 8 };
typedef __m512d dv;
typedef __mmask8 dm;

#define DV_SLEEF(name, bound) Sleef_##name##d8_##bound##avx512f

DV_WORD dv dv_all(double s) { return _mm512_set1_pd(s); }
DV_WORD dv dv_load(const double *p) { return _mm512_loadu_pd(p); }
DV_WORD void dv_store(double *p, dv a) { _mm512_storeu_pd(p, a); }
DV_WORD dv dv_fma(dv a, dv b, dv c) { return _mm512_fmadd_pd(a, b, c); }
DV_WORD dv dv_sqrt(dv a) { return _mm512_sqrt_pd(a); }
DV_WORD dv dv_abs(dv a) { return _mm512_andnot_pd(dv_all(-0.0), a); }
DV_WORD dv dv_max(dv a, dv b) { return _mm512_max_pd(a, b); }
DV_WORD dv dv_min(dv a, dv b) { return _mm512_min_pd(a, b); }
DV_WORD dm dv_lt(dv a, dv b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
DV_WORD dm dv_is_nan(dv a) { return _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q); }
DV_WORD dv dv_select(dm m, dv a, dv b) { return _mm512_mask_blend_pd(m, b, a); }
DV_WORD int dv_any(dm m) { return m != 0; }

#endif
