/*
 * The vocabulary (kernels/vec.h) in C without intrinsics.
 *
 * With fused multiply-add in hardware the bits are the same as on every other backend.  Without it,
 * on x86 before 2012, SLEEF's exp without FMA and a product in double replace it: the error bounds
 * hold, but the last bit may differ.  (fmaf would be exact there too, but it is emulated, and costs
 * more than all other operations together.)
 */
#ifndef ACT_SCALAR_VEC_SCALAR_H
#define ACT_SCALAR_VEC_SCALAR_H

#include "scalar/fma.h"
#ifdef FP_FAST_FMAF
#define VF_FMA_IN_HARDWARE 1
#else
#define VF_FMA_IN_HARDWARE 0
#endif
#ifdef VF_SLEEF
#include <sleef.h>
#endif
#include <stdint.h>
#include <string.h>

#include "kernels/vec.h"

/* A word takes dozens of instructions here, so a kernel should contain it once. */
#define VF_TAILS_BY_COPY
#define VF_ROWS_ALONE
#define VF_PLAIN_SUBNORMALS

/*
 * Four lanes at a time in a compiler vector type, which the compiler lowers to what the baseline
 * instruction set has.  A loop over an array with a conditional expression would become sixteen
 * branches, at twenty times the cost on random signs.
 */
typedef float float4 __attribute__((vector_size(16)));
typedef int32_t int4 __attribute__((vector_size(16)));   /* as a truth value, -1 or 0 */
typedef uint32_t uint4 __attribute__((vector_size(16))); /* for arithmetic that may wrap */
typedef struct {
    float4 q0, q1, q2, q3;
} vf;
typedef struct {
    int4 q0, q1, q2, q3;
} vm;
typedef struct {
    double lane[VF_LANES];
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
#define BINARY(a, operator, b)                                                                     \
    { (a).q0 operator(b).q0, (a).q1 operator(b).q1, (a).q2 operator(b).q2, (a).q3 operator(b).q3 }

#if VF_FMA_IN_HARDWARE
VF_WORD float fma_lane(float a, float b, float c) { return fmaf(a, b, c); }
#define VF_FMA_WORD VF_WORD
#else
VF_WORD float fma_lane(float a, float b, float c) {
    return (float)((double)a * (double)b + (double)c);
}
/* Inlined, its twenty instructions, four times per vector, would be half of the library. */
#define VF_FMA_WORD VF_APART
#endif

VF_FMA_WORD float4 fma_float4(float4 a, float4 b, float4 c) {
    return (float4){fma_lane(a[0], b[0], c[0]), fma_lane(a[1], b[1], c[1]),
                    fma_lane(a[2], b[2], c[2]), fma_lane(a[3], b[3], c[3])};
}
VF_WORD float4 select_float4(int4 m, float4 a, float4 b) {
    return (float4)((m & (int4)a) | (~m & (int4)b));
}
VF_WORD float4 abs_float4(float4 a) { return (float4)((int4)a & INT32_MAX); }
VF_WORD float4 neg_float4(float4 a) { return (float4)((int4)a ^ INT32_MIN); }

VF_WORD vf vf_set1(float s) {
    float4 q = {s, s, s, s};
    return (vf){q, q, q, q};
}
VF_WORD float4 load_float4(const float *p) {
    float4 a;
    memcpy(&a, p, sizeof a);
    return a;
}
VF_WORD void store_float4(float *p, float4 a) { memcpy(p, &a, sizeof a); }
VF_WORD vf vf_load(const float *p) {
    return (vf){load_float4(p), load_float4(p + 4), load_float4(p + 8), load_float4(p + 12)};
}
VF_WORD void vf_store(float *p, vf a) {
    store_float4(p, a.q0);
    store_float4(p + 4, a.q1);
    store_float4(p + 8, a.q2);
    store_float4(p + 12, a.q3);
}
VF_WORD vf vf_load_partial(const float *p, size_t n, vf idle) {
    memcpy(&idle, p, n * sizeof *p);
    return idle;
}
VF_WORD void vf_store_partial(float *p, vf a, size_t n) { memcpy(p, &a, n * sizeof *p); }
VF_WORD vf vf_first_else(vf a, size_t n, vf b) {
    memcpy(&b, &a, n * sizeof(float));
    return b;
}
VF_WORD vf vf_even(vf a, vf b) {
    return (vf){{a.q0[0], a.q0[2], a.q1[0], a.q1[2]},
                {a.q2[0], a.q2[2], a.q3[0], a.q3[2]},
                {b.q0[0], b.q0[2], b.q1[0], b.q1[2]},
                {b.q2[0], b.q2[2], b.q3[0], b.q3[2]}};
}
VF_WORD vf vf_odd(vf a, vf b) {
    return (vf){{a.q0[1], a.q0[3], a.q1[1], a.q1[3]},
                {a.q2[1], a.q2[3], a.q3[1], a.q3[3]},
                {b.q0[1], b.q0[3], b.q1[1], b.q1[3]},
                {b.q2[1], b.q2[3], b.q3[1], b.q3[3]}};
}
VF_WORD vf vf_first(vf a, size_t n) { return vf_first_else(a, n, vf_set1(0.0F)); }

VF_WORD vf vf_add(vf a, vf b) { return (vf)BINARY(a, +, b); }
VF_WORD vf vf_sub(vf a, vf b) { return (vf)BINARY(a, -, b); }
VF_WORD vf vf_mul(vf a, vf b) { return (vf)BINARY(a, *, b); }
VF_WORD vf vf_div(vf a, vf b) { return (vf)BINARY(a, /, b); }
VF_WORD float4 sqrt_float4(float4 a) {
    return (float4){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])};
}
VF_WORD vf vf_sqrt(vf a) { return (vf)EACH1(sqrt_float4, a); }
VF_WORD vf vf_abs(vf a) { return (vf)EACH1(abs_float4, a); }
VF_WORD vf vf_neg(vf a) { return (vf)EACH1(neg_float4, a); }
VF_WORD vf vf_fma(vf a, vf b, vf c) { return (vf)EACH3(fma_float4, a, b, c); }
VF_WORD vf vf_nfma(vf a, vf b, vf c) { return vf_fma(vf_neg(a), b, c); }

VF_WORD vm vf_lt(vf a, vf b) { return (vm)BINARY(a, <, b); }
VF_WORD vm vf_is_nan(vf a) { return (vm)BINARY(a, !=, a); }
VF_WORD int4 signbit_float4(float4 a) { return (int4)a >> 31; }
VF_WORD vm vf_signbit(vf a) { return (vm)EACH1(signbit_float4, a); }
VF_WORD vf vf_select(vm m, vf a, vf b) { return (vf)EACH3(select_float4, m, a, b); }
#if defined(__SSE2__)
#define VF_HAVE_KEPT
VF_WORD vf vf_kept(vf a) {
    __asm__("" : "+x"(a.q0), "+x"(a.q1), "+x"(a.q2), "+x"(a.q3));
    return a;
}
#endif
VF_WORD int vm_any(vm m) {
    int4 any = m.q0 | m.q1 | m.q2 | m.q3;
    return (any[0] | any[1] | any[2] | any[3]) != 0;
}
VF_WORD size_t vm_count(vm m) {
    int4 sum = m.q0 + m.q1 + m.q2 + m.q3;
    return (size_t) - (sum[0] + sum[1] + sum[2] + sum[3]);
}
VF_WORD size_t vm_end(vm m) {
    int32_t lane[VF_LANES];
    memcpy(lane, &m, sizeof lane);
    size_t end = VF_LANES;
    while (end > 0 && !lane[end - 1])
        --end;
    return end;
}
VF_WORD vf vf_max(vf a, vf b) { return vf_select(vf_lt(b, a), a, b); }
VF_WORD vf vf_min(vf a, vf b) { return vf_select(vf_lt(a, b), a, b); }

VF_WORD float vf_max_lanes(vf a) {
    float lane[VF_LANES], largest = a.q0[0];
    vf_store(lane, a);
    for (size_t i = 1; i < VF_LANES; ++i)
        largest = lane[i] > largest ? lane[i] : largest;
    return largest;
}

/*
 * The sum has no bits for a fraction, so the addition rounds, and in other rounding modes it may
 * round the wrong way.  The difference, which is exact, is then beyond a half, and 1 is missing.
 */
VF_WORD float4 rint_float4(float4 a) {
    const float4 one = {1, 1, 1, 1};
    float4 n = (a + 0x1.8p23F) - 0x1.8p23F, rest = a - n;
    int4 more = rest > 0.5F, less = rest < -0.5F;
    return n + (float4)((int4)one & more) - (float4)((int4)one & less);
}
VF_WORD vf vf_rint(vf a) { return (vf)EACH1(rint_float4, a); }
VF_WORD float4 exponent_float4(float4 a) { return (float4)((uint4)a << 23); }
VF_WORD vf vf_exponent(vf a) { return (vf)EACH1(exponent_float4, a); }

VF_WORD float4 minus_bits4(float4 a, float4 b) { return (float4)((uint4)a - (uint4)b); }
VF_WORD vf vf_minus_bits(vf a, vf b) { return (vf)EACH2(minus_bits4, a, b); }

#ifdef VF_SLEEF
VF_WORD float exp_lane(float a) {
#if VF_FMA_IN_HARDWARE
    return Sleef_expf1_u10purecfma(a);
#else
    return Sleef_expf1_u10purec(a);
#endif
}
VF_WORD float4 exp_float4(float4 a) {
    return (float4){exp_lane(a[0]), exp_lane(a[1]), exp_lane(a[2]), exp_lane(a[3])};
}
VF_WORD vf vf_sleef_exp(vf a) { return (vf)EACH1(exp_float4, a); }
#endif

VF_WORD vd vd_zero(void) { return (vd){{0}}; }
VF_WORD vd vd_add(vd d, vf a) {
    float lane[VF_LANES];
    vf_store(lane, a);
    for (size_t i = 0; i < VF_LANES; ++i)
        d.lane[i] += (double)lane[i];
    return d;
}
/* The product is exact, so it does not matter whether it is fused. */
VF_WORD vd vd_fma(vd d, vf a, vf b) {
    float left[VF_LANES], right[VF_LANES];
    vf_store(left, a);
    vf_store(right, b);
    for (size_t i = 0; i < VF_LANES; ++i)
        d.lane[i] += (double)left[i] * (double)right[i];
    return d;
}
VF_WORD double vd_sum(vd d) {
    for (size_t width = VF_LANES / 2; width > 0; width /= 2)
        for (size_t i = 0; i < width; ++i)
            d.lane[i] += d.lane[i + width];
    return d.lane[0];
}

/* Storage types: 16 numbers of 16 bits. */
typedef struct {
    uint16_t lane[VF_LANES];
} vh;
VF_WORD vh vh_load(const uint16_t *p) {
    vh h;
    memcpy(&h, p, sizeof h);
    return h;
}
VF_WORD void vh_store(uint16_t *p, vh h) { memcpy(p, &h, sizeof h); }
VF_WORD unsigned vh_differ(vh g, vh h) {
    unsigned lanes = 0;
    for (size_t i = 0; i < VF_LANES; ++i)
        lanes |= (unsigned)(g.lane[i] != h.lane[i]) << i;
    return lanes;
}
typedef int16_t short8 __attribute__((vector_size(16)));
VF_WORD vh vh_relu(vh h, int infinity) {
    const short8 end = (short8){0} + (int16_t)(infinity - 0x8000);
    for (size_t i = 0; i < VF_LANES; i += 8) {
        short8 bits;
        memcpy(&bits, h.lane + i, sizeof bits);
        bits &= bits - 1 >= end;
        memcpy(h.lane + i, &bits, sizeof bits);
    }
    return h;
}
VF_WORD uint4 widened(const uint16_t *p) { return (uint4){p[0], p[1], p[2], p[3]}; }
VF_WORD void narrowed(uint16_t *p, uint4 bits) {
    for (size_t i = 0; i < 4; ++i)
        p[i] = (uint16_t)bits[i];
}
#define VH_WORDS(type)                                                                             \
    VF_WORD vf vf_from_##type(vh h) {                                                              \
        return (vf){from_##type##_4(widened(h.lane)), from_##type##_4(widened(h.lane + 4)),        \
                    from_##type##_4(widened(h.lane + 8)), from_##type##_4(widened(h.lane + 12))};  \
    }                                                                                              \
    VF_WORD vh vf_to_##type(vf a) {                                                                \
        vh h = {{0}};                                                                              \
        narrowed(h.lane, to_##type##_4((uint4)a.q0));                                              \
        narrowed(h.lane + 4, to_##type##_4((uint4)a.q1));                                          \
        narrowed(h.lane + 8, to_##type##_4((uint4)a.q2));                                          \
        narrowed(h.lane + 12, to_##type##_4((uint4)a.q3));                                         \
        return h;                                                                                  \
    }
VF_WORD uint4 select_uint4(int4 m, uint4 a, uint4 b) { return ((uint4)m & a) | (~(uint4)m & b); }

/*
 * The exponent's bias differs by 112.  A subnormal number's bits are the fraction of 2^-14 plus
 * that number, and the sum of a small number and 0.5 has the spacing of subnormal numbers.
 */
VF_WORD float4 from_f16_4(uint4 h) {
    const uint4 size = h & 0x7FFF, bits = (size << 13) + (112U << 23);
    const uint4 subnormal = (uint4)((float4)(bits + (1U << 23)) - 0x1p-14F);
    uint4 a = select_uint4((int4)size < 0x400, subnormal, bits);
    a = select_uint4((int4)size >= 0x7C00, bits + (112U << 23), a);
    return (float4)(a | (h & 0x8000) << 16);
}
VF_WORD uint4 to_f16_4(uint4 bits) {
    const uint4 size = bits & INT32_MAX;
    const uint4 subnormal = (uint4)((float4)size + 0.5F) - 0x3F000000U;
    uint4 h = (size + 0xFFF + (size >> 13 & 1) - (112U << 23)) >> 13;
    h = select_uint4((int4)size < 0x38800000, subnormal, h);
    h = select_uint4((int4)size >= 0x477FF000, (uint4){0x7C00, 0x7C00, 0x7C00, 0x7C00},
                     h); /* from 65520 on */
    h = select_uint4((int4)size > 0x7F800000, (size >> 13 & 0x3FF) | 0x7E00, h);
    return h | (bits >> 16 & 0x8000);
}
VH_WORDS(f16)

/* Half of the last place is added, less one bit if the last place is even.  A NaN becomes quiet. */
VF_WORD float4 from_bf16_4(uint4 h) { return (float4)(h << 16); }
VF_WORD uint4 to_bf16_4(uint4 bits) {
    const int4 nan = (int4)(bits & INT32_MAX) > 0x7F800000;
    return select_uint4(nan, bits | 0x400000, bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}
VH_WORDS(bf16)
#undef VH_WORDS

VF_WORD unsigned near_midpoint_4(float4 a, int k) {
    const uint4 far = ((uint4)a - (uint32_t)(0x8000 - k)) & 0xFFFF;
    const uint4 near = (uint4)((int4)far <= 2 * k) & (uint4){1, 2, 4, 8};
    return near[0] | near[1] | near[2] | near[3];
}
VF_WORD unsigned vf_near_midpoint(vf a, int k) {
    return near_midpoint_4(a.q0, k) | near_midpoint_4(a.q1, k) << 4 |
           near_midpoint_4(a.q2, k) << 8 | near_midpoint_4(a.q3, k) << 12;
}

#endif
