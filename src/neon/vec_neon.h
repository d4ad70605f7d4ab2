/* The vocabulary (kernels/vec.h) for AArch64 Advanced SIMD: four registers of four lanes. */
#ifndef ACT_NEON_VEC_NEON_H
#define ACT_NEON_VEC_NEON_H

#include <arm_neon.h>
#ifdef VF_SLEEF
#include <sleef.h>
#endif

#include "kernels/vec.h"

/* Arm's cores take no longer for subnormal numbers. */
#define VF_PLAIN_SUBNORMALS

typedef struct {
    float32x4_t q0, q1, q2, q3;
} vf;
typedef struct {
    uint32x4_t q0, q1, q2, q3; /* all bits of a lane set, or none */
} vm;
typedef struct {
    float64x2_t d0, d1, d2, d3, d4, d5, d6, d7;
} vd;

#define EACH1(f, a)                                                                                \
    { f((a).q0), f((a).q1), f((a).q2), f((a).q3) }
#define EACH2(f, a, b)                                                                             \
    { f((a).q0, (b).q0), f((a).q1, (b).q1), f((a).q2, (b).q2), f((a).q3, (b).q3) }
#define EACH3(f, a, b, c)                                                                          \
    {                                                                                              \
        f((a).q0, (b).q0, (c).q0), f((a).q1, (b).q1, (c).q1), f((a).q2, (b).q2, (c).q2),           \
            f((a).q3, (b).q3, (c).q3)                                                              \
    }

VF_WORD vf vf_set1(float s) {
    float32x4_t q = vdupq_n_f32(s);
    return (vf){q, q, q, q};
}
VF_WORD vf vf_load(const float *p) {
    return (vf){vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)};
}
VF_WORD void vf_store(float *p, vf a) {
    vst1q_f32(p, a.q0);
    vst1q_f32(p + 4, a.q1);
    vst1q_f32(p + 8, a.q2);
    vst1q_f32(p + 12, a.q3);
}

VF_WORD vf vf_add(vf a, vf b) { return (vf)EACH2(vaddq_f32, a, b); }
VF_WORD vf vf_sub(vf a, vf b) { return (vf)EACH2(vsubq_f32, a, b); }
VF_WORD vf vf_mul(vf a, vf b) { return (vf)EACH2(vmulq_f32, a, b); }
VF_WORD vf vf_div(vf a, vf b) { return (vf)EACH2(vdivq_f32, a, b); }
VF_WORD vf vf_sqrt(vf a) { return (vf)EACH1(vsqrtq_f32, a); }
/* The instruction adds to its first operand. */
VF_WORD vf vf_fma(vf a, vf b, vf c) { return (vf)EACH3(vfmaq_f32, c, a, b); }
VF_WORD vf vf_nfma(vf a, vf b, vf c) { return (vf)EACH3(vfmsq_f32, c, a, b); }
VF_WORD vf vf_abs(vf a) { return (vf)EACH1(vabsq_f32, a); }
VF_WORD vf vf_neg(vf a) { return (vf)EACH1(vnegq_f32, a); }

VF_WORD vm vf_lt(vf a, vf b) { return (vm)EACH2(vcltq_f32, a, b); }
VF_WORD vm vf_is_nan(vf a) {
    vm ordered = EACH2(vceqq_f32, a, a);
    return (vm)EACH1(vmvnq_u32, ordered);
}
VF_WORD uint32x4_t signbit4(float32x4_t a) { return vcltzq_s32(vreinterpretq_s32_f32(a)); }
VF_WORD vm vf_signbit(vf a) { return (vm)EACH1(signbit4, a); }
VF_WORD vf vf_select(vm m, vf a, vf b) { return (vf)EACH3(vbslq_f32, m, a, b); }
#define VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) {
    __asm__("" : "+w"(a.q0), "+w"(a.q1), "+w"(a.q2), "+w"(a.q3));
    return a;
}
VF_WORD int vm_any(vm m) {
    return vmaxvq_u32(vorrq_u32(vorrq_u32(m.q0, m.q1), vorrq_u32(m.q2, m.q3))) != 0;
}
/* FMAX and FMIN order zeros and propagate a NaN of either operand, a different contract. */
VF_WORD vf vf_max(vf a, vf b) { return vf_select(vf_lt(b, a), a, b); }
VF_WORD vf vf_min(vf a, vf b) { return vf_select(vf_lt(a, b), a, b); }

#define VF_HAVE_AT_LEAST
VF_WORD vf vf_at_least(vf a, float s) {
    vf b = vf_set1(s);
    return (vf)EACH2(vmaxq_f32, a, b);
}
VF_WORD vf vf_at_most(vf a, float s) {
    vf b = vf_set1(s);
    return (vf)EACH2(vminq_f32, a, b);
}

/*
 * vf_fma overwrites its addend, so a constant addend would be copied into place first, by the pipes
 * that do the arithmetic.  Loading it instead uses an idle pipe; a compiler would load once, and
 * copy.
 */
#define VF_HAVE_ADDEND
VF_WORD float32x4_t load_again(const float (*p)[4]) {
    float32x4_t q;
    __asm__ volatile("ldr %q0, %1" : "=w"(q) : "m"(*p));
    return q;
}
#define vf_addend(c)                                                                               \
    __extension__({                                                                                \
        static const float in_place[4] = {c, c, c, c};                                             \
        (vf){load_again(&in_place), load_again(&in_place), load_again(&in_place),                  \
             load_again(&in_place)};                                                               \
    })

/* There are no masked accesses: whole registers first, then single lanes. */
VF_WORD float32x4_t load_upto4(const float *p, size_t n, float32x4_t idle) {
    if (n >= 4)
        return vld1q_f32(p);
    if (n > 0)
        idle = vld1q_lane_f32(p, idle, 0);
    if (n > 1)
        idle = vld1q_lane_f32(p + 1, idle, 1);
    if (n > 2)
        idle = vld1q_lane_f32(p + 2, idle, 2);
    return idle;
}
VF_WORD void store_upto4(float *p, float32x4_t a, size_t n) {
    if (n >= 4) {
        vst1q_f32(p, a);
        return;
    }
    if (n > 0)
        vst1q_lane_f32(p, a, 0);
    if (n > 1)
        vst1q_lane_f32(p + 1, a, 1);
    if (n > 2)
        vst1q_lane_f32(p + 2, a, 2);
}
VF_WORD size_t beyond(size_t n, size_t start) { return n > start ? n - start : 0; }
VF_WORD vf vf_load_partial(const float *p, size_t n, vf idle) {
    return (vf){load_upto4(p, n, idle.q0), load_upto4(p + 4, beyond(n, 4), idle.q1),
                load_upto4(p + 8, beyond(n, 8), idle.q2),
                load_upto4(p + 12, beyond(n, 12), idle.q3)};
}
VF_WORD void vf_store_partial(float *p, vf a, size_t n) {
    store_upto4(p, a.q0, n);
    store_upto4(p + 4, a.q1, beyond(n, 4));
    store_upto4(p + 8, a.q2, beyond(n, 8));
    store_upto4(p + 12, a.q3, beyond(n, 12));
}
static const uint32_t lane_numbers[VF_LANES] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                9, 10, 11, 12, 13, 14, 15, 16};
VF_WORD vf vf_first_else(vf a, size_t n, vf b) {
    const uint32_t *lane = lane_numbers;
    uint32x4_t end = vdupq_n_u32((uint32_t)n);
    vm first = {vcleq_u32(vld1q_u32(lane), end), vcleq_u32(vld1q_u32(lane + 4), end),
                vcleq_u32(vld1q_u32(lane + 8), end), vcleq_u32(vld1q_u32(lane + 12), end)};
    return vf_select(first, a, b);
}
VF_WORD vf vf_even(vf a, vf b) {
    return (vf){vuzp1q_f32(a.q0, a.q1), vuzp1q_f32(a.q2, a.q3), vuzp1q_f32(b.q0, b.q1),
                vuzp1q_f32(b.q2, b.q3)};
}
VF_WORD vf vf_odd(vf a, vf b) {
    return (vf){vuzp2q_f32(a.q0, a.q1), vuzp2q_f32(a.q2, a.q3), vuzp2q_f32(b.q0, b.q1),
                vuzp2q_f32(b.q2, b.q3)};
}
VF_WORD vf vf_first(vf a, size_t n) { return vf_first_else(a, n, vf_set1(0.0F)); }

/* A true lane is -1. */
VF_WORD size_t vm_count(vm m) {
    uint32x4_t sum = vaddq_u32(vaddq_u32(m.q0, m.q1), vaddq_u32(m.q2, m.q3));
    return (size_t)(0U - vaddvq_u32(sum));
}
VF_WORD size_t vm_end(vm m) {
    const uint32_t *lane = lane_numbers;
    uint32x4_t low =
        vmaxq_u32(vandq_u32(m.q0, vld1q_u32(lane)), vandq_u32(m.q1, vld1q_u32(lane + 4)));
    uint32x4_t high =
        vmaxq_u32(vandq_u32(m.q2, vld1q_u32(lane + 8)), vandq_u32(m.q3, vld1q_u32(lane + 12)));
    return vmaxvq_u32(vmaxq_u32(low, high));
}

VF_WORD float vf_max_lanes(vf a) {
    return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.q0, a.q1), vmaxq_f32(a.q2, a.q3)));
}

VF_WORD vf vf_rint(vf a) { return (vf)EACH1(vrndnq_f32, a); }
VF_WORD float32x4_t exponent4(float32x4_t a) {
    return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(a), 23));
}
VF_WORD vf vf_exponent(vf a) { return (vf)EACH1(exponent4, a); }

VF_WORD float32x4_t minus_bits4(float32x4_t a, float32x4_t b) {
    return vreinterpretq_f32_u32(vsubq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
}
VF_WORD vf vf_minus_bits(vf a, vf b) { return (vf)EACH2(minus_bits4, a, b); }

#ifdef VF_SLEEF
VF_WORD vf vf_sleef_exp(vf a) { return (vf)EACH1(Sleef_expf4_u10advsimd, a); }
#endif

/* Pairwise instructions fold two rows into one register. */
#define VF_HAVE_REDUCE_ROWS
#define FOLD_FOUR_ROWS(name, op, pairwise)                                                         \
    VF_WORD float32x4_t name##_one(vf a) { return op(op(a.q0, a.q1), op(a.q2, a.q3)); }            \
    VF_WORD float32x4_t name##_four(const vf r[4]) {                                               \
        return pairwise(pairwise(name##_one(r[0]), name##_one(r[1])),                              \
                        pairwise(name##_one(r[2]), name##_one(r[3])));                             \
    }                                                                                              \
    VF_WORD vf name(const vf r[VF_LANES]) {                                                        \
        return (vf){name##_four(r), name##_four(r + 4), name##_four(r + 8), name##_four(r + 12)};  \
    }
FOLD_FOUR_ROWS(vf_max_rows, vmaxq_f32, vpmaxq_f32)
FOLD_FOUR_ROWS(vf_sum_rows, vaddq_f32, vpaddq_f32)
VF_WORD vf vf_sum_lanes(vf a) {
    return vf_set1(vaddvq_f32(vaddq_f32(vaddq_f32(a.q0, a.q1), vaddq_f32(a.q2, a.q3))));
}

VF_WORD vd vd_zero(void) {
    float64x2_t zero = vdupq_n_f64(0);
    return (vd){zero, zero, zero, zero, zero, zero, zero, zero};
}
VF_WORD vd vd_add(vd d, vf a) {
    return (vd){vaddq_f64(d.d0, vcvt_f64_f32(vget_low_f32(a.q0))),
                vaddq_f64(d.d1, vcvt_high_f64_f32(a.q0)),
                vaddq_f64(d.d2, vcvt_f64_f32(vget_low_f32(a.q1))),
                vaddq_f64(d.d3, vcvt_high_f64_f32(a.q1)),
                vaddq_f64(d.d4, vcvt_f64_f32(vget_low_f32(a.q2))),
                vaddq_f64(d.d5, vcvt_high_f64_f32(a.q2)),
                vaddq_f64(d.d6, vcvt_f64_f32(vget_low_f32(a.q3))),
                vaddq_f64(d.d7, vcvt_high_f64_f32(a.q3))};
}
VF_WORD vd vd_fma(vd d, vf a, vf b) {
    return (vd){vfmaq_f64(d.d0, vcvt_f64_f32(vget_low_f32(a.q0)), vcvt_f64_f32(vget_low_f32(b.q0))),
                vfmaq_f64(d.d1, vcvt_high_f64_f32(a.q0), vcvt_high_f64_f32(b.q0)),
                vfmaq_f64(d.d2, vcvt_f64_f32(vget_low_f32(a.q1)), vcvt_f64_f32(vget_low_f32(b.q1))),
                vfmaq_f64(d.d3, vcvt_high_f64_f32(a.q1), vcvt_high_f64_f32(b.q1)),
                vfmaq_f64(d.d4, vcvt_f64_f32(vget_low_f32(a.q2)), vcvt_f64_f32(vget_low_f32(b.q2))),
                vfmaq_f64(d.d5, vcvt_high_f64_f32(a.q2), vcvt_high_f64_f32(b.q2)),
                vfmaq_f64(d.d6, vcvt_f64_f32(vget_low_f32(a.q3)), vcvt_f64_f32(vget_low_f32(b.q3))),
                vfmaq_f64(d.d7, vcvt_high_f64_f32(a.q3), vcvt_high_f64_f32(b.q3))};
}
VF_WORD double vd_sum(vd d) {
    float64x2_t w01 = vaddq_f64(d.d0, d.d4), w23 = vaddq_f64(d.d1, d.d5);
    float64x2_t w45 = vaddq_f64(d.d2, d.d6), w67 = vaddq_f64(d.d3, d.d7);
    float64x2_t w2 = vaddq_f64(vaddq_f64(w01, w45), vaddq_f64(w23, w67));
    return vgetq_lane_f64(w2, 0) + vgetq_lane_f64(w2, 1);
}

/* Storage types: 16 numbers of 16 bits. */
typedef struct {
    uint16x8_t lo, hi;
} vh;
VF_WORD vh vh_load(const uint16_t *p) { return (vh){vld1q_u16(p), vld1q_u16(p + 8)}; }
VF_WORD void vh_store(uint16_t *p, vh h) {
    vst1q_u16(p, h.lo);
    vst1q_u16(p + 8, h.hi);
}
VF_WORD unsigned vh_differ(vh g, vh h) {
    static const uint16_t bit[16] = {1 << 0,  1 << 1,  1 << 2,  1 << 3, 1 << 4,  1 << 5,
                                     1 << 6,  1 << 7,  1 << 8,  1 << 9, 1 << 10, 1 << 11,
                                     1 << 12, 1 << 13, 1 << 14, 1 << 15};
    const uint16x8_t lo = vbicq_u16(vld1q_u16(bit), vceqq_u16(g.lo, h.lo));
    const uint16x8_t hi = vbicq_u16(vld1q_u16(bit + 8), vceqq_u16(g.hi, h.hi));
    return vaddvq_u16(vorrq_u16(lo, hi));
}
VF_WORD uint16x8_t relu8(uint16x8_t h, int infinity) {
    const int16x8_t less = vreinterpretq_s16_u16(vsubq_u16(h, vdupq_n_u16(1)));
    return vandq_u16(h, vcgeq_s16(less, vdupq_n_s16((int16_t)(infinity - 0x8000))));
}
VF_WORD vh vh_relu(vh h, int infinity) {
    return (vh){relu8(h.lo, infinity), relu8(h.hi, infinity)};
}

VF_WORD float32x4_t from_f16_4(uint16x4_t h) { return vcvt_f32_f16(vreinterpret_f16_u16(h)); }
VF_WORD uint16x4_t to_f16_4(float32x4_t a) { return vreinterpret_u16_f16(vcvt_f16_f32(a)); }
VF_WORD vf vf_from_f16(vh h) {
    return (vf){from_f16_4(vget_low_u16(h.lo)), from_f16_4(vget_high_u16(h.lo)),
                from_f16_4(vget_low_u16(h.hi)), from_f16_4(vget_high_u16(h.hi))};
}
VF_WORD vh vf_to_f16(vf a) {
    return (vh){vcombine_u16(to_f16_4(a.q0), to_f16_4(a.q1)),
                vcombine_u16(to_f16_4(a.q2), to_f16_4(a.q3))};
}

VF_WORD float32x4_t from_bf16_4(uint16x4_t h) { return vreinterpretq_f32_u32(vshll_n_u16(h, 16)); }
VF_WORD vf vf_from_bf16(vh h) {
    return (vf){from_bf16_4(vget_low_u16(h.lo)), from_bf16_4(vget_high_u16(h.lo)),
                from_bf16_4(vget_low_u16(h.hi)), from_bf16_4(vget_high_u16(h.hi))};
}
/* Half of the last place is added, less one bit if the last place is even.  A NaN becomes quiet. */
VF_WORD uint16x4_t to_bf16_4(float32x4_t a) {
    const uint32x4_t bits = vreinterpretq_u32_f32(a);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t up = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7FFF)));
    const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x400000));
    return vshrn_n_u32(vbslq_u32(vceqq_f32(a, a), up, quiet), 16);
}
VF_WORD vh vf_to_bf16(vf a) {
    return (vh){vcombine_u16(to_bf16_4(a.q0), to_bf16_4(a.q1)),
                vcombine_u16(to_bf16_4(a.q2), to_bf16_4(a.q3))};
}

/* The bits within k of 0x8000, and no others, are the smallest integers once k is added. */
VF_WORD uint16x4_t near_midpoint_4(float32x4_t a, int k) {
    const int32x4_t bits = vreinterpretq_s32_f32(a);
    const int32x4_t low = vshlq_n_s32(vaddq_s32(bits, vdupq_n_s32(k)), 16);
    return vmovn_u32(vcltq_s32(low, vdupq_n_s32((2 * k + 1 - 0x8000) * 0x10000)));
}
VF_WORD unsigned vf_near_midpoint(vf a, int k) {
    const vh none = {vdupq_n_u16(0), vdupq_n_u16(0)};
    const vh near = {vcombine_u16(near_midpoint_4(a.q0, k), near_midpoint_4(a.q1, k)),
                     vcombine_u16(near_midpoint_4(a.q2, k), near_midpoint_4(a.q3, k))};
    return vh_differ(near, none);
}

#endif
