/* The vocabulary (kernels/vec.h) for AVX2 and FMA: two registers of eight lanes. */
#ifndef ACT_AVX2_VEC_AVX2_H
#define ACT_AVX2_VEC_AVX2_H

#include <immintrin.h>
#ifdef VF_SLEEF
#include <sleef.h>
#endif
#include <stdint.h>

#define VF_CHAINS 2
#include "kernels/vec.h"

typedef struct {
    __m256 lo, hi;
} vf;
typedef struct {
    __m256 lo, hi; /* the sign bit of a lane decides */
} vm;
typedef struct {
    __m256d q0, q1, q2, q3;
} vd;

#define VF_EACH1(f, a)       ((vf){f((a).lo), f((a).hi)})
#define VF_EACH2(f, a, b)    ((vf){f((a).lo, (b).lo), f((a).hi, (b).hi)})
#define VF_EACH3(f, a, b, c) ((vf){f((a).lo, (b).lo, (c).lo), f((a).hi, (b).hi, (c).hi)})

VF_WORD vf vf_set1(float s) { return (vf){_mm256_set1_ps(s), _mm256_set1_ps(s)}; }
VF_WORD vf vf_load(const float *p) { return (vf){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
VF_WORD void vf_store(float *p, vf a) {
    _mm256_storeu_ps(p, a.lo);
    _mm256_storeu_ps(p + 8, a.hi);
}

#define VF_HAVE_STREAM
VF_WORD void vf_stream(float *p, vf a) {
    _mm256_stream_ps(p, a.lo);
    _mm256_stream_ps(p + 8, a.hi);
}
VF_WORD void vf_stream_end(void) { _mm_sfence(); }

#define VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) {
    __asm__("" : "+x"(a.lo), "+x"(a.hi));
    return a;
}

VF_WORD vf vf_add(vf a, vf b) { return VF_EACH2(_mm256_add_ps, a, b); }
VF_WORD vf vf_sub(vf a, vf b) { return VF_EACH2(_mm256_sub_ps, a, b); }
VF_WORD vf vf_mul(vf a, vf b) { return VF_EACH2(_mm256_mul_ps, a, b); }
VF_WORD vf vf_div(vf a, vf b) { return VF_EACH2(_mm256_div_ps, a, b); }
VF_WORD vf vf_sqrt(vf a) { return (vf){_mm256_sqrt_ps(a.lo), _mm256_sqrt_ps(a.hi)}; }
VF_WORD vf vf_fma(vf a, vf b, vf c) { return VF_EACH3(_mm256_fmadd_ps, a, b, c); }
VF_WORD vf vf_nfma(vf a, vf b, vf c) { return VF_EACH3(_mm256_fnmadd_ps, a, b, c); }
/* The factor is kept, since a compiler that knows it makes a sum of it again. */
#define VF_HAVE_PLUS
#define VF_KEPT_ONE vf_kept(vf_set1(1.0F))
VF_WORD vf vf_plus(vf a, vf b) { return vf_fma(VF_KEPT_ONE, a, b); }
VF_WORD vf vf_minus(vf a, vf b) { return vf_nfma(VF_KEPT_ONE, b, a); }
VF_WORD vf vf_max(vf a, vf b) { return VF_EACH2(_mm256_max_ps, a, b); }
VF_WORD vf vf_min(vf a, vf b) { return VF_EACH2(_mm256_min_ps, a, b); }

VF_WORD vf vf_abs(vf a) {
    vf sign = vf_set1(-0.0F);
    return VF_EACH2(_mm256_andnot_ps, sign, a);
}
VF_WORD vf vf_neg(vf a) {
    vf sign = vf_set1(-0.0F);
    return VF_EACH2(_mm256_xor_ps, sign, a);
}
#define VF_HAVE_MINUS_SIZE
VF_WORD vf vf_minus_size(vf a) {
    vf sign = vf_set1(-0.0F);
    return VF_EACH2(_mm256_or_ps, sign, a);
}

/* Quiet predicates: a NaN does not raise FE_INVALID. */
#define VM_COMPARE(a, b, predicate)                                                                \
    ((vm){_mm256_cmp_ps((a).lo, (b).lo, predicate), _mm256_cmp_ps((a).hi, (b).hi, predicate)})
VF_WORD vm vf_lt(vf a, vf b) { return VM_COMPARE(a, b, _CMP_LT_OQ); }
VF_WORD vm vf_is_nan(vf a) { return VM_COMPARE(a, a, _CMP_UNORD_Q); }
VF_WORD vm vf_signbit(vf a) { return (vm){a.lo, a.hi}; }
VF_WORD vf vf_select(vm m, vf a, vf b) { return VF_EACH3(_mm256_blendv_ps, b, a, m); }
#define VF_HAVE_UNLESS
VF_WORD vf vf_unless(vm m, vf a) { return VF_EACH2(_mm256_andnot_ps, m, a); }
/* Four operations per register; derived from the other words it would take six. */
#define VF_HAVE_FLUSHED
VF_WORD __m256 flushed8(__m256 a) {
    const __m256 sign = _mm256_set1_ps(-0.0F), size = _mm256_andnot_ps(sign, a);
    __m256 keep = _mm256_cmp_ps(size, _mm256_set1_ps(0x1p-119F), _CMP_NLT_UQ);
    return _mm256_and_ps(a, _mm256_or_ps(keep, sign));
}
VF_WORD vf vf_flushed(vf a) { return VF_EACH1(flushed8, a); }
#define VF_HAVE_WITH_SIGN
VF_WORD vf vf_with_sign(vf a, vf s) {
    vf bit = vf_set1(-0.0F), size = VF_EACH2(_mm256_andnot_ps, bit, a);
    vf sign = VF_EACH2(_mm256_and_ps, bit, s);
    return VF_EACH2(_mm256_or_ps, size, sign);
}
VF_WORD int vm_any(vm m) { return _mm256_movemask_ps(_mm256_or_ps(m.lo, m.hi)) != 0; }

/*
 * One comparison for both registers.  vf_any_below takes the minimum so that it drops a NaN;
 * vf_any_outside compares sizes as integers, where a difference without a sign from TINY tells both
 * limits, and a NaN is above all.  The bias makes it a comparison with signs.
 */
#define VF_HAVE_ANY_OUTSIDE
VF_WORD int vf_any_below(vf a, float first) {
    const __m256 limit = _mm256_set1_ps(first);
    __m256 smallest = _mm256_min_ps(a.lo, _mm256_min_ps(a.hi, limit));
    return _mm256_movemask_ps(_mm256_cmp_ps(smallest, limit, _CMP_LT_OQ)) != 0;
}
VF_WORD int vf_any_outside(vf size, float last) {
    const __m256i bias = _mm256_sub_epi32(_mm256_set1_epi32(INT32_MIN),
                                          _mm256_castps_si256(_mm256_set1_ps(VF_TINY)));
    const __m256i limit = _mm256_add_epi32(_mm256_castps_si256(_mm256_set1_ps(last)), bias);
    __m256i lo = _mm256_add_epi32(_mm256_castps_si256(size.lo), bias);
    __m256i hi = _mm256_add_epi32(_mm256_castps_si256(size.hi), bias);
    __m256i above = _mm256_max_epi32(lo, hi);
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(above, limit)) != 0;
}

/* A window into sixteen set lanes followed by sixteen clear ones: its first n lanes are set. */
VF_WORD vm vm_first(size_t n) {
    static const int32_t lanes[2 * VF_LANES] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                -1, -1, -1, -1, -1, -1, -1, -1};
    const __m256i *window = (const __m256i *)(lanes + VF_LANES - n);
    return (vm){_mm256_castsi256_ps(_mm256_loadu_si256(window)),
                _mm256_castsi256_ps(_mm256_loadu_si256(window + 1))};
}
#define VF_HAVE_LOAD_FIRST
VF_WORD vf vf_load_first(const float *p, size_t n) {
    VF_REQUIRE(0 < n && n < VF_LANES);
    vm first = vm_first(n);
    return (vf){_mm256_maskload_ps(p, _mm256_castps_si256(first.lo)),
                _mm256_maskload_ps(p + 8, _mm256_castps_si256(first.hi))};
}
VF_WORD vf vf_load_partial(const float *p, size_t n, vf idle) {
    return vf_select(vm_first(n), vf_load_first(p, n), idle);
}
/* In halves: a masked store is microcode on AMD, 40 operations; this takes at most seven. */
VF_WORD void vf_store_partial(float *p, vf a, size_t n) {
    __m256 w8 = a.lo;
    if (n & 8) {
        _mm256_storeu_ps(p, w8);
        w8 = a.hi;
        p += 8;
    }
    __m128 w4 = _mm256_castps256_ps128(w8);
    if (n & 4) {
        _mm_storeu_ps(p, w4);
        w4 = _mm256_extractf128_ps(w8, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)(void *)p, w4);
        w4 = _mm_movehl_ps(w4, w4);
        p += 2;
    }
    if (n & 1)
        _mm_store_ss(p, w4);
}
/* The shuffle works within halves of a register, whose pairs are then put in order. */
VF_WORD __m256 in_order8(__m256 pairs) {
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(pairs), 0xD8));
}
VF_WORD vf vf_even(vf a, vf b) {
    return (vf){in_order8(_mm256_shuffle_ps(a.lo, a.hi, 0x88)),
                in_order8(_mm256_shuffle_ps(b.lo, b.hi, 0x88))};
}
VF_WORD vf vf_odd(vf a, vf b) {
    return (vf){in_order8(_mm256_shuffle_ps(a.lo, a.hi, 0xDD)),
                in_order8(_mm256_shuffle_ps(b.lo, b.hi, 0xDD))};
}
VF_WORD vf vf_first(vf a, size_t n) {
    vm first = vm_first(n);
    return VF_EACH2(_mm256_and_ps, a, first);
}
VF_WORD vf vf_first_else(vf a, size_t n, vf b) { return vf_select(vm_first(n), a, b); }

VF_WORD unsigned bits_of_lanes(vm m) {
    return (unsigned)_mm256_movemask_ps(m.lo) | (unsigned)_mm256_movemask_ps(m.hi) << 8;
}
VF_WORD size_t vm_count(vm m) { return (size_t)__builtin_popcount(bits_of_lanes(m)); }
VF_WORD size_t vm_end(vm m) { return 31 - (size_t)__builtin_clz(2U * bits_of_lanes(m) + 1U); }

VF_WORD float vf_max_lanes(vf a) {
    __m256 w8 = _mm256_max_ps(a.lo, a.hi);
    __m128 w4 = _mm_max_ps(_mm256_castps256_ps128(w8), _mm256_extractf128_ps(w8, 1));
    __m128 w2 = _mm_max_ps(w4, _mm_movehl_ps(w4, w4));
    return _mm_cvtss_f32(_mm_max_ss(w2, _mm_movehdup_ps(w2)));
}

VF_WORD vf vf_rint(vf a) {
    return (vf){_mm256_round_ps(a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                _mm256_round_ps(a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
VF_WORD __m256 exponent8(__m256 a) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 23));
}
VF_WORD vf vf_exponent(vf a) { return VF_EACH1(exponent8, a); }

VF_WORD __m256 minus_bits8(__m256 a, __m256 b) {
    return _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
}
VF_WORD vf vf_minus_bits(vf a, vf b) { return VF_EACH2(minus_bits8, a, b); }

#ifdef VF_SLEEF
VF_WORD vf vf_sleef_exp(vf a) { return VF_EACH1(Sleef_expf8_u10avx2, a); }
#endif

/*
 * A reduction tree over the registers of sixteen rows: each step interleaves two of them and folds
 * them into one.  All rows share fifteen folds; each row alone would need four.
 */
#define VF_HAVE_REDUCE_ROWS
#define FOLD_EIGHT_ROWS(name, op)                                                                  \
    VF_WORD __m256 name##_pair(__m256 a, __m256 b) {                                               \
        return op(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));                             \
    }                                                                                              \
    VF_WORD __m256 name##_four(const vf r[4]) {                                                    \
        __m256 a = name##_pair(op(r[0].lo, r[0].hi), op(r[1].lo, r[1].hi));                        \
        __m256 b = name##_pair(op(r[2].lo, r[2].hi), op(r[3].lo, r[3].hi));                        \
        return op(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xEE));                   \
    }                                                                                              \
    VF_WORD __m256 name##_eight(const vf r[8]) {                                                   \
        __m256 a = name##_four(r), b = name##_four(r + 4);                                         \
        return op(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));         \
    }                                                                                              \
    VF_WORD vf name(const vf r[VF_LANES]) { return (vf){name##_eight(r), name##_eight(r + 8)}; }
FOLD_EIGHT_ROWS(vf_max_rows, _mm256_max_ps)
FOLD_EIGHT_ROWS(vf_sum_rows, _mm256_add_ps)
VF_WORD vf vf_sum_lanes(vf a) {
    __m256 w = _mm256_add_ps(a.lo, a.hi);
    w = _mm256_add_ps(w, _mm256_permute_ps(w, 0x4E));
    w = _mm256_add_ps(w, _mm256_permute_ps(w, 0xB1));
    w = _mm256_add_ps(w, _mm256_permute2f128_ps(w, w, 0x01));
    return (vf){w, w};
}

VF_WORD vd vd_zero(void) {
    __m256d zero = _mm256_setzero_pd();
    return (vd){zero, zero, zero, zero};
}
VF_WORD vd vd_add(vd d, vf a) {
    return (vd){_mm256_add_pd(d.q0, _mm256_cvtps_pd(_mm256_castps256_ps128(a.lo))),
                _mm256_add_pd(d.q1, _mm256_cvtps_pd(_mm256_extractf128_ps(a.lo, 1))),
                _mm256_add_pd(d.q2, _mm256_cvtps_pd(_mm256_castps256_ps128(a.hi))),
                _mm256_add_pd(d.q3, _mm256_cvtps_pd(_mm256_extractf128_ps(a.hi, 1)))};
}
VF_WORD vd vd_fma(vd d, vf a, vf b) {
    return (vd){_mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(a.lo)),
                                _mm256_cvtps_pd(_mm256_castps256_ps128(b.lo)), d.q0),
                _mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_extractf128_ps(a.lo, 1)),
                                _mm256_cvtps_pd(_mm256_extractf128_ps(b.lo, 1)), d.q1),
                _mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(a.hi)),
                                _mm256_cvtps_pd(_mm256_castps256_ps128(b.hi)), d.q2),
                _mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_extractf128_ps(a.hi, 1)),
                                _mm256_cvtps_pd(_mm256_extractf128_ps(b.hi, 1)), d.q3)};
}
VF_WORD double vd_sum(vd d) {
    __m256d w4 = _mm256_add_pd(_mm256_add_pd(d.q0, d.q2), _mm256_add_pd(d.q1, d.q3));
    __m128d w2 = _mm_add_pd(_mm256_castpd256_pd128(w4), _mm256_extractf128_pd(w4, 1));
    return _mm_cvtsd_f64(_mm_add_sd(w2, _mm_unpackhi_pd(w2, w2)));
}

/* Storage types: 16 numbers of 16 bits. */
typedef __m256i vh;
VF_WORD vh vh_load(const uint16_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
VF_WORD void vh_store(uint16_t *p, vh h) { _mm256_storeu_si256((__m256i *)p, h); }
VF_WORD unsigned vh_differ(vh g, vh h) {
    const __m256i equal = _mm256_cmpeq_epi16(g, h);
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(equal), _mm256_extracti128_si256(equal, 1));
    return (unsigned)_mm_movemask_epi8(bytes) ^ 0xFFFFU;
}
VF_WORD vh vh_relu(vh h, int infinity) {
    const __m256i end = _mm256_set1_epi16((short)(infinity - 0x8000));
    const __m256i less = _mm256_add_epi16(h, _mm256_set1_epi16(-1));
    return _mm256_andnot_si256(_mm256_cmpgt_epi16(end, less), h);
}

VF_WORD vf vf_from_f16(vh h) {
    return (vf){_mm256_cvtph_ps(_mm256_castsi256_si128(h)),
                _mm256_cvtph_ps(_mm256_extracti128_si256(h, 1))};
}
VF_WORD vh vf_to_f16(vf a) {
    return _mm256_setr_m128i(_mm256_cvtps_ph(a.lo, _MM_FROUND_TO_NEAREST_INT),
                             _mm256_cvtps_ph(a.hi, _MM_FROUND_TO_NEAREST_INT));
}

VF_WORD vf vf_from_bf16(vh h) {
    const __m256i lo = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(h));
    const __m256i hi = _mm256_cvtepu16_epi32(_mm256_extracti128_si256(h, 1));
    return (vf){_mm256_castsi256_ps(_mm256_slli_epi32(lo, 16)),
                _mm256_castsi256_ps(_mm256_slli_epi32(hi, 16))};
}
/* Half of the last place is added, less one bit if the last place is even.  A NaN becomes quiet. */
VF_WORD __m256i to_bf16_8(__m256 a) {
    const __m256i bits = _mm256_castps_si256(a);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
    const __m256 quiet = _mm256_or_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(0x400000)));
    const __m256 rounded =
        _mm256_blendv_ps(_mm256_castsi256_ps(up), quiet, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
    return _mm256_srli_epi32(_mm256_castps_si256(rounded), 16);
}
/* The bits within k of 0x8000, and no others, are the smallest integers once k is added. */
VF_WORD __m256 near_midpoint_8(__m256 a, __m256i k, __m256i end) {
    const __m256i low = _mm256_slli_epi32(_mm256_add_epi32(_mm256_castps_si256(a), k), 16);
    return _mm256_castsi256_ps(_mm256_cmpgt_epi32(end, low));
}
VF_WORD unsigned vf_near_midpoint(vf a, int k) {
    const __m256i more = _mm256_set1_epi32(k),
                  end = _mm256_set1_epi32((2 * k + 1 - 0x8000) * 0x10000);
    return bits_of_lanes((vm){near_midpoint_8(a.lo, more, end), near_midpoint_8(a.hi, more, end)});
}
VF_WORD vh vf_to_bf16(vf a) {
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(to_bf16_8(a.lo), to_bf16_8(a.hi)), 0xD8);
}

#endif
