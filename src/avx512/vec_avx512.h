/*
 * The vocabulary (kernels/vec.h) for AVX-512: one register of sixteen lanes, or as many registers
 * as the unit requests with VF_IN_FLIGHT.  Words of partial vectors, sums and rows exist for one
 * register only.
 */
#ifndef ACT_AVX512_VEC_AVX512_H
#define ACT_AVX512_VEC_AVX512_H

#include <immintrin.h>
#ifdef VF_SLEEF
#include <sleef.h>
#endif
#include <stdint.h>

#define VF_CHAINS 4
#include "kernels/vec.h"

typedef struct {
    __m512 r[VF_IN_FLIGHT];
} vf;
typedef struct {
    __mmask16 r[VF_IN_FLIGHT];
} vm;
typedef struct {
    __m512d lo, hi;
} vd;

/* Repeats a statement for each register k, side by side. */
#define VF_EACH(statement)                                                                         \
    _Pragma("GCC unroll 8") for (size_t k = 0; k < VF_IN_FLIGHT; ++k) statement
#define VF_WORD_OF(type, word, parameters, value)                                                  \
    VF_WORD type word parameters {                                                                 \
        type each;                                                                                 \
        VF_EACH(each.r[k] = (value));                                                              \
        return each;                                                                               \
    }

VF_WORD_OF(vf, vf_set1, (float s), _mm512_set1_ps(s))
VF_WORD_OF(vf, vf_load, (const float *p), _mm512_loadu_ps(p + 16 * k))
VF_WORD void vf_store(float *p, vf a) { VF_EACH(_mm512_storeu_ps(p + 16 * k, a.r[k])); }

#define VF_HAVE_STREAM
VF_WORD void vf_stream(float *p, vf a) { VF_EACH(_mm512_stream_ps(p + 16 * k, a.r[k])); }
VF_WORD void vf_stream_end(void) { _mm_sfence(); }

#define VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) {
    VF_EACH(__asm__("" : "+v"(a.r[k])));
    return a;
}

VF_WORD_OF(vf, vf_add, (vf a, vf b), _mm512_add_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_sub, (vf a, vf b), _mm512_sub_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_mul, (vf a, vf b), _mm512_mul_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_div, (vf a, vf b), _mm512_div_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_sqrt, (vf a), _mm512_sqrt_ps(a.r[k]))
VF_WORD_OF(vf, vf_fma, (vf a, vf b, vf c), _mm512_fmadd_ps(a.r[k], b.r[k], c.r[k]))
VF_WORD_OF(vf, vf_nfma, (vf a, vf b, vf c), _mm512_fnmadd_ps(a.r[k], b.r[k], c.r[k]))
/* The factor is kept, since a compiler that knows it makes a sum of it again. */
#define VF_HAVE_PLUS
#define VF_KEPT_ONE vf_kept(vf_set1(1.0F))
VF_WORD vf vf_plus(vf a, vf b) { return vf_fma(VF_KEPT_ONE, a, b); }
VF_WORD vf vf_minus(vf a, vf b) { return vf_nfma(VF_KEPT_ONE, b, a); }
VF_WORD_OF(vf, vf_max, (vf a, vf b), _mm512_max_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_min, (vf a, vf b), _mm512_min_ps(a.r[k], b.r[k]))
VF_WORD_OF(vf, vf_abs, (vf a), _mm512_andnot_ps(_mm512_set1_ps(-0.0F), a.r[k]))
VF_WORD_OF(vf, vf_neg, (vf a), _mm512_xor_ps(_mm512_set1_ps(-0.0F), a.r[k]))

#define VF_HAVE_MINUS_SIZE
VF_WORD_OF(vf, vf_minus_size, (vf a), _mm512_or_ps(_mm512_set1_ps(-0.0F), a.r[k]))

/* Quiet predicates: a NaN does not raise FE_INVALID. */
VF_WORD_OF(vm, vf_lt, (vf a, vf b), _mm512_cmp_ps_mask(a.r[k], b.r[k], _CMP_LT_OQ))
VF_WORD_OF(vm, vf_is_nan, (vf a), _mm512_cmp_ps_mask(a.r[k], a.r[k], _CMP_UNORD_Q))
VF_WORD_OF(vm, vf_signbit, (vf a), _mm512_movepi32_mask(_mm512_castps_si512(a.r[k])))
VF_WORD_OF(vf, vf_select, (vm m, vf a, vf b), _mm512_mask_blend_ps(m.r[k], b.r[k], a.r[k]))
#define VF_HAVE_FLUSHED
VF_WORD_OF(vf, vf_flushed, (vf a),
           _mm512_mask_and_ps(a.r[k],
                              _mm512_testn_epi32_mask(_mm512_castps_si512(a.r[k]),
                                                      _mm512_set1_epi32(0x7C000000)),
                              a.r[k], _mm512_set1_ps(-0.0F)))
VF_WORD int vm_any(vm m) {
    unsigned any = 0;
    VF_EACH(any |= m.r[k]);
    return any != 0;
}

/*
 * One comparison for all registers.  vf_any_below takes the minimum so that it drops a NaN;
 * vf_any_outside compares sizes as integers, where a difference without a sign from TINY tells both
 * limits, and a NaN is above all.
 */
#define VF_HAVE_ANY_OUTSIDE
VF_WORD int vf_any_below(vf a, float first) {
    const __m512 limit = _mm512_set1_ps(first);
    __m512 smallest = limit;
    VF_EACH(smallest = _mm512_min_ps(a.r[k], smallest));
    return _mm512_cmp_ps_mask(smallest, limit, _CMP_LT_OQ) != 0;
}
VF_WORD int vf_any_outside(vf size, float last) {
    const __m512i low = _mm512_castps_si512(_mm512_set1_ps(VF_TINY));
    const __m512i span = _mm512_sub_epi32(_mm512_castps_si512(_mm512_set1_ps(last)), low);
    __m512i above = _mm512_sub_epi32(_mm512_castps_si512(size.r[0]), low);
    for (size_t k = 1; k < VF_IN_FLIGHT; ++k)
        above = _mm512_max_epu32(above, _mm512_sub_epi32(_mm512_castps_si512(size.r[k]), low));
    return _mm512_cmpgt_epu32_mask(above, span) != 0;
}
/* Without optimisation this intrinsic is a macro in gcc's header, with a sign conversion. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
VF_WORD_OF(vf, vf_rint, (vf a),
           _mm512_roundscale_ps(a.r[k], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC))
#pragma GCC diagnostic pop
#define VF_HAVE_SCALE2N
VF_WORD_OF(vf, vf_scale2n_near, (vf a, vf n), _mm512_scalef_ps(a.r[k], n.r[k]))
VF_WORD vf vf_scale2n_up(vf a, vf n) { return vf_scale2n_near(a, vf_add(n, vf_set1(64.0F))); }

VF_WORD_OF(vf, vf_exponent, (vf a),
           _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a.r[k]), 23)))
VF_WORD_OF(vf, vf_minus_bits, (vf a, vf b),
           _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(a.r[k]),
                                                _mm512_castps_si512(b.r[k]))))

#ifdef VF_SLEEF
VF_WORD_OF(vf, vf_sleef_exp, (vf a), Sleef_expf16_u10avx512f(a.r[k]))
#endif

/*
 * scale exp(sign * a) = 2^n T[i] exp(s) with |s| <= ln 2 / 64: a table of 2^(i/32) in two registers
 * and a polynomial of degree 2.  Adding 1.5 2^18 rounds a number to a multiple of 1/32, whose
 * fraction i is in the lowest five bits, which the permutation uses as its index.  scalef takes the
 * floor of the rest, and gives inf without raising FE_OVERFLOW.  Table and coefficients by
 * tools/exp_coefficients.py, 5.4e-8 relative.
 */
#define VF_HAVE_EXP_FAST
VF_WORD vf exp_fast_scaled(vf a, float sign, float scale) {
    const __m512 table_low = _mm512_setr_ps(
        0x1.0p+0F, 0x1.059b0ep+0F, 0x1.0b5586p+0F, 0x1.11301ep+0F, 0x1.172b84p+0F, 0x1.1d4874p+0F,
        0x1.2387a6p+0F, 0x1.29e9ep+0F, 0x1.306fep+0F, 0x1.371a74p+0F, 0x1.3dea64p+0F,
        0x1.44e086p+0F, 0x1.4bfdaep+0F, 0x1.5342b6p+0F, 0x1.5ab07ep+0F, 0x1.6247ecp+0F);
    const __m512 table_high =
        _mm512_setr_ps(0x1.6a09e6p+0F, 0x1.71f75ep+0F, 0x1.7a1148p+0F, 0x1.82589ap+0F,
                       0x1.8ace54p+0F, 0x1.93737cp+0F, 0x1.9c4918p+0F, 0x1.a5503cp+0F,
                       0x1.ae89fap+0F, 0x1.b7f77p+0F, 0x1.c199bep+0F, 0x1.cb720ep+0F,
                       0x1.d5818ep+0F, 0x1.dfc974p+0F, 0x1.ea4afap+0F, 0x1.f50766p+0F);
    const __m512 times = _mm512_set1_ps(scale);
    const __m512 low = _mm512_mul_ps(times, table_low), high = _mm512_mul_ps(times, table_high);
    const vf shifter = vf_set1(0x1.8p18F);
    vf shifted = vf_fma(a, vf_set1(sign * 0x1.715476p0F), shifter);
    vf n = vf_sub(shifted, shifter);
    vf s = vf_fma(n, vf_set1(sign * -0x1.62e43p-1F), a);
    s = vf_fma(n, vf_set1(sign * 0x1.05c61p-29F), s);
    vf t;
    VF_EACH(t.r[k] = _mm512_permutex2var_ps(low, _mm512_castps_si512(shifted.r[k]), high));
    vf p = vf_mul(s, vf_fma(s, vf_set1(0x1.00004p-1F), vf_set1(sign * 0x1.0000f6p+0F)));
    p = vf_fma(t, p, t);
    VF_EACH(p.r[k] = _mm512_scalef_round_ps(p.r[k], n.r[k],
                                            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    return p;
}
VF_WORD vf vf_exp_fast_near(vf a) { return exp_fast_scaled(a, 1.0F, 1.0F); }
/*
 * 0 where the result would be subnormal, as a subnormal result takes a hundred cycles and more: a
 * softmax row with gaps of -inf would take twenty times as long.
 */
VF_WORD_OF(vm, is_normal_exp, (vf a),
           _mm512_cmp_ps_mask(a.r[k], _mm512_set1_ps(-0x1.5d58ap6F), _CMP_NLT_UQ))
VF_WORD_OF(vf, zero_unless, (vm m, vf a), _mm512_maskz_mov_ps(m.r[k], a.r[k]))
VF_WORD vf vf_exp_fast_bounded(vf a) {
    const vm normal = is_normal_exp(a);
    return zero_unless(normal, vf_exp_fast_near(zero_unless(normal, a)));
}
VF_WORD vf vf_exp_fast_nonpositive(vf a) { return vf_exp_fast_bounded(a); }
VF_WORD vf exp_fast_between(vf a, float scale) {
    a = vf_min(vf_set1(30.0F), vf_max(vf_set1(-89.0F), vf_add(a, vf_set1(0x1p-90F))));
    return exp_fast_scaled(a, -1.0F, scale);
}
VF_WORD vf vf_exp_fast_plus(vf c, vf a) { return vf_add(c, exp_fast_between(a, 1.0F)); }
VF_WORD vf vf_exp_fast_plus4(vf a) { return vf_add(vf_set1(4.0F), exp_fast_between(a, 4.0F)); }

/*
 * expm1(a) = 2^n T[i] - 1 + 2^n T[i] expm1(s) with |s| <= ln 2 / 32: a table of 2^(i/16), which is
 * one register, and two coefficients fewer than without it, 1.4 times as fast.  A sum with 1.5 2^19
 * rounds to a multiple of 1/16, in every rounding mode to the nearest, so that n = 0 for a small a
 * and nothing cancels.  The error of 2^(-1/16) makes most of the largest error, 2.6 ULP; a larger
 * table has more of such entries near 1.  Coefficients by tools/exp_coefficients.py.
 */
#define VF_HAVE_EXPM1_FAST
VF_WORD vf expm1_fast(vf a) {
    const __m512 table = _mm512_setr_ps(
        0x1.0p+0F, 0x1.0b5586p+0F, 0x1.172b84p+0F, 0x1.2387a6p+0F, 0x1.306fep+0F, 0x1.3dea64p+0F,
        0x1.4bfdaep+0F, 0x1.5ab07ep+0F, 0x1.6a09e6p+0F, 0x1.7a1148p+0F, 0x1.8ace54p+0F,
        0x1.9c4918p+0F, 0x1.ae89fap+0F, 0x1.c199bep+0F, 0x1.d5818ep+0F, 0x1.ea4afap+0F);
    const vf shifter = vf_set1(0x1.8p19F);
    vf shifted, power;
    VF_EACH(shifted.r[k] =
                _mm512_fmadd_round_ps(a.r[k], _mm512_set1_ps(0x1.715476p0F), shifter.r[k],
                                      _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    vf n = vf_sub(shifted, shifter);
    vf s = vf_fma(n, vf_set1(-0x1.62e43p-1F), a);
    VF_EACH(power.r[k] = _mm512_scalef_ps(
                _mm512_permutexvar_ps(_mm512_castps_si512(shifted.r[k]), table), n.r[k]));
    vf p = vf_mul(s, vf_fma(s, vf_set1(0x1.56p-3F), vf_set1(0x1.0002cp-1F)));
    return vf_fma(power, vf_fma(p, s, s), vf_sub(power, vf_set1(1.0F)));
}

#if VF_IN_FLIGHT == 1
VF_WORD __mmask16 mask_of_first(size_t n) { return (__mmask16)_bzhi_u32(0xFFFF, (unsigned)n); }
VF_WORD vf vf_load_partial(const float *p, size_t n, vf idle) {
    return (vf){{_mm512_mask_loadu_ps(idle.r[0], mask_of_first(n), p)}};
}
VF_WORD void vf_store_partial(float *p, vf a, size_t n) {
    _mm512_mask_storeu_ps(p, mask_of_first(n), a.r[0]);
}
VF_WORD __m512 every_second(vf a, vf b, __m512i first) {
    const __m512i step =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_ps(a.r[0], _mm512_add_epi32(step, first), b.r[0]);
}
VF_WORD vf vf_even(vf a, vf b) { return (vf){{every_second(a, b, _mm512_setzero_si512())}}; }
VF_WORD vf vf_odd(vf a, vf b) { return (vf){{every_second(a, b, _mm512_set1_epi32(1))}}; }
VF_WORD vf vf_first(vf a, size_t n) {
    return (vf){{_mm512_maskz_mov_ps(mask_of_first(n), a.r[0])}};
}
VF_WORD vf vf_first_else(vf a, size_t n, vf b) {
    return (vf){{_mm512_mask_mov_ps(b.r[0], mask_of_first(n), a.r[0])}};
}
VF_WORD size_t vm_count(vm m) { return (size_t)__builtin_popcount(m.r[0]); }
VF_WORD size_t vm_end(vm m) { return 31 - (size_t)__builtin_clz(2U * m.r[0] + 1U); }

VF_WORD float vf_max_lanes(vf a) { return _mm512_reduce_max_ps(a.r[0]); }

/*
 * A reduction tree over the registers of sixteen rows: each step interleaves two of them and folds
 * them into one.  All rows share fifteen folds; each row alone would need four.
 */
#define VF_HAVE_REDUCE_ROWS
#define FOLD_SIXTEEN_ROWS(name, op)                                                                \
    VF_WORD __m512 name##_pair(__m512 a, __m512 b) {                                               \
        return op(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));                             \
    }                                                                                              \
    VF_WORD __m512 name##_four(const vf v[4]) {                                                    \
        __m512 a = name##_pair(v[0].r[0], v[1].r[0]);                                              \
        __m512 b = name##_pair(v[2].r[0], v[3].r[0]);                                              \
        return op(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xEE));                   \
    }                                                                                              \
    VF_WORD __m512 name##_eight(const vf v[8]) {                                                   \
        __m512 a = name##_four(v), b = name##_four(v + 4);                                         \
        return op(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));             \
    }                                                                                              \
    VF_WORD vf name(const vf v[VF_LANES]) {                                                        \
        __m512 a = name##_eight(v), b = name##_eight(v + 8);                                       \
        return (vf){{op(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xDD))}};     \
    }
FOLD_SIXTEEN_ROWS(vf_max_rows, _mm512_max_ps)
FOLD_SIXTEEN_ROWS(vf_sum_rows, _mm512_add_ps)
VF_WORD vf vf_sum_lanes(vf a) {
    __m512 w = _mm512_add_ps(a.r[0], _mm512_permute_ps(a.r[0], 0x4E));
    w = _mm512_add_ps(w, _mm512_permute_ps(w, 0xB1));
    w = _mm512_add_ps(w, _mm512_shuffle_f32x4(w, w, 0x4E));
    return (vf){{_mm512_add_ps(w, _mm512_shuffle_f32x4(w, w, 0xB1))}};
}

VF_WORD vd vd_zero(void) { return (vd){_mm512_setzero_pd(), _mm512_setzero_pd()}; }
VF_WORD vd vd_add(vd d, vf a) {
    return (vd){_mm512_add_pd(d.lo, _mm512_cvtps_pd(_mm512_castps512_ps256(a.r[0]))),
                _mm512_add_pd(d.hi, _mm512_cvtps_pd(_mm512_extractf32x8_ps(a.r[0], 1)))};
}
VF_WORD vd vd_fma(vd d, vf a, vf b) {
    return (vd){_mm512_fmadd_pd(_mm512_cvtps_pd(_mm512_castps512_ps256(a.r[0])),
                                _mm512_cvtps_pd(_mm512_castps512_ps256(b.r[0])), d.lo),
                _mm512_fmadd_pd(_mm512_cvtps_pd(_mm512_extractf32x8_ps(a.r[0], 1)),
                                _mm512_cvtps_pd(_mm512_extractf32x8_ps(b.r[0], 1)), d.hi)};
}
VF_WORD double vd_sum(vd d) {
    __m512d w8 = _mm512_add_pd(d.lo, d.hi);
    __m256d w4 = _mm256_add_pd(_mm512_castpd512_pd256(w8), _mm512_extractf64x4_pd(w8, 1));
    __m128d w2 = _mm_add_pd(_mm256_castpd256_pd128(w4), _mm256_extractf128_pd(w4, 1));
    return _mm_cvtsd_f64(_mm_add_sd(w2, _mm_unpackhi_pd(w2, w2)));
}

/* Storage types: 16 numbers of 16 bits. */
typedef __m256i vh;
VF_WORD vh vh_load(const uint16_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
VF_WORD void vh_store(uint16_t *p, vh h) { _mm256_storeu_si256((__m256i *)p, h); }
VF_WORD unsigned vh_differ(vh g, vh h) { return _mm256_cmpneq_epi16_mask(g, h); }
VF_WORD vh vh_relu(vh h, int infinity) {
    const __m256i end = _mm256_set1_epi16((short)(infinity - 0x8000));
    const __m256i less = _mm256_add_epi16(h, _mm256_set1_epi16(-1));
    return _mm256_maskz_mov_epi16(_mm256_cmpge_epi16_mask(less, end), h);
}

VF_WORD vf vf_from_f16(vh h) { return (vf){{_mm512_cvtph_ps(h)}}; }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion" /* as for vf_rint */
VF_WORD vh vf_to_f16(vf a) { return _mm512_cvtps_ph(a.r[0], _MM_FROUND_TO_NEAREST_INT); }
#pragma GCC diagnostic pop

VF_WORD vf vf_from_bf16(vh h) {
    return (vf){{_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16))}};
}
/* Half of the last place is added, less one bit if the last place is even.  A NaN becomes quiet. */
VF_WORD vh vf_to_bf16(vf a) {
    const __m512i bits = _mm512_castps_si512(a.r[0]);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF));
    const __mmask16 number = _mm512_cmp_ps_mask(a.r[0], a.r[0], _CMP_ORD_Q);
    const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    const __m512i rounded = _mm512_mask_add_epi32(quiet, number, bits, half);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
}
/* The bits within k of 0x8000, and no others, are the smallest integers once k is added. */
VF_WORD unsigned vf_near_midpoint(vf a, int k) {
    const __m512i bits = _mm512_castps_si512(a.r[0]);
    const __m512i low = _mm512_slli_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(k)), 16);
    return _mm512_cmplt_epi32_mask(low, _mm512_set1_epi32((2 * k + 1 - 0x8000) * 0x10000));
}

#endif /* one register */

#endif
