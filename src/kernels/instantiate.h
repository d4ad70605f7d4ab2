/*
 * The kernels of one backend, loops and tails, from functions.def.  The last include of a backend's
 * translation unit, which has included its vocabulary and defined ACT_PREFIX, with which the names
 * of its kernels begin.
 */
#include "kernels/derived.h"
#include "kernels/exponentials.h"
#include "kernels/fast.h"
#include "kernels/gated.h"
#include "kernels/gates.h"
#include "kernels/piecewise.h"
#include "kernels/rectifiers.h"
#include "kernels/rows.h"
#include "kernels/saturating.h"
#include "kernels/sigmoids.h"
#include "kernels/signatures.h"
#include "kernels/softmax.h"
#include "kernels/stream.h"

/* act_BACKEND_NAME, for the rows of dispatch.h. */
#define KERNEL(name)                                PASTE_EXPANDED(ACT_PREFIX, name)
#define PASTE_EXPANDED(prefix, name)                PASTE(prefix, name)
#define PASTE(prefix, name)                         prefix##name
#define DECLARE_KERNEL(name, parameters, arguments) ACT_HIDDEN act_status KERNEL(name) parameters;

/*
 * KERNEL(NAME) chooses among the loops of a function of arrays, each a function of its own.
 *
 * A large array goes to stream_NAME, for whole lines of the caches, which comes back for the ends;
 * apart from the others it keeps three jumps out of the way of small arrays, which cost ReLU of
 * sixteen floats half of its speed.
 *
 * A parameter that is usually 1 has a loop without it: a product less, and no branch that a word
 * makes for it.  SiLU's fast tier takes 0.78 of the time in it (AVX2, Zen 3).  Were both loops in
 * one function, they would share its registers: ELU's fast tier takes 3.2 instructions a float
 * then, and 2.9 so.
 */
#define CHOICE_OF_LOOPS(name, usual, past, parameters, ...)                                        \
    VF_APART act_status usual_##name parameters {                                                  \
        (void)p;                                                                                   \
        return loop_##name(__VA_ARGS__, 1.0F, q);                                                  \
    }                                                                                              \
    VF_APART act_status any_##name parameters { return loop_##name(__VA_ARGS__, p, q); }           \
    act_status KERNEL(name) parameters {                                                           \
        if (past)                                                                                  \
            return stream_##name(__VA_ARGS__, p, q);                                               \
        if ((usual) != 1.0F)                                                                       \
            return loop_##name(__VA_ARGS__, p, q);                                                 \
        return p == 1.0F ? usual_##name(__VA_ARGS__, p, q) : any_##name(__VA_ARGS__, p, q);        \
    }

/*
 * The tail is a partial vector through the same arithmetic: an element's position never shows.  It
 * is said to be unlikely to keep whole vectors, the usual case, from jumping over its code.
 */
#define MAP_LOOP(name, usual, y)                                                                   \
    SIGNATURE_OF_MAP(DECLARE_KERNEL, name)                                                         \
    static act_map_kernel stream_##name;                                                           \
    VF_WORD act_status loop_##name(float *dst, const float *src, size_t n, float p, float q) {     \
        (void)p, (void)q;                                                                          \
        const size_t whole = n - n % VF_LANES;                                                     \
        for (size_t i = 0; i < whole; i += VF_LANES) {                                             \
            vf x = vf_load(src + i);                                                               \
            vf_store(dst + i, y);                                                                  \
        }                                                                                          \
        if (__builtin_expect(whole < n, 0)) {                                                      \
            vf x = vf_load_partial(src + whole, n - whole, vf_set1(0.0F));                         \
            vf_store_partial(dst + whole, y, n - whole);                                           \
        }                                                                                          \
        return ACT_OK;                                                                             \
    }                                                                                              \
    CHOICE_OF_LOOPS(name, usual, past_caches(dst, src, n),                                         \
                    (float *dst, const float *src, size_t n, float p, float q), dst, src, n)       \
    VF_APART act_status stream_##name(float *dst, const float *src, size_t n, float p, float q) {  \
        size_t i = to_next_line(dst);                                                              \
        KERNEL(name)(dst, src, i, p, q);                                                           \
        for (; n - i >= VF_LANES; i += VF_LANES) {                                                 \
            vf x = vf_load(src + i);                                                               \
            vf_stream(dst + i, y);                                                                 \
        }                                                                                          \
        vf_stream_end();                                                                           \
        return KERNEL(name)(dst + i, src + i, n - i, p, q);                                        \
    }

/* The same with two arrays in; dst may be either. */
#define PAIR_LOOP(name, usual, y)                                                                  \
    SIGNATURE_OF_PAIR(DECLARE_KERNEL, name)                                                        \
    static act_pair_kernel stream_##name;                                                          \
    VF_WORD act_status loop_##name(float *dst, const float *from_a, const float *from_b, size_t n, \
                                   float p, float q) {                                             \
        (void)p, (void)q;                                                                          \
        const size_t whole = n - n % VF_LANES;                                                     \
        for (size_t i = 0; i < whole; i += VF_LANES) {                                             \
            vf a = vf_load(from_a + i), b = vf_load(from_b + i);                                   \
            vf_store(dst + i, y);                                                                  \
        }                                                                                          \
        if (__builtin_expect(whole < n, 0)) {                                                      \
            vf a = vf_load_partial(from_a + whole, n - whole, vf_set1(0.0F));                      \
            vf b = vf_load_partial(from_b + whole, n - whole, vf_set1(0.0F));                      \
            vf_store_partial(dst + whole, y, n - whole);                                           \
        }                                                                                          \
        return ACT_OK;                                                                             \
    }                                                                                              \
    CHOICE_OF_LOOPS(                                                                               \
        name, usual, past_caches(dst, from_a, n) && dst != from_b,                                 \
        (float *dst, const float *from_a, const float *from_b, size_t n, float p, float q), dst,   \
        from_a, from_b, n)                                                                         \
    VF_APART act_status stream_##name(float *dst, const float *from_a, const float *from_b,        \
                                      size_t n, float p, float q) {                                \
        size_t i = to_next_line(dst);                                                              \
        KERNEL(name)(dst, from_a, from_b, i, p, q);                                                \
        for (; n - i >= VF_LANES; i += VF_LANES) {                                                 \
            vf a = vf_load(from_a + i), b = vf_load(from_b + i);                                   \
            vf_stream(dst + i, y);                                                                 \
        }                                                                                          \
        vf_stream_end();                                                                           \
        return KERNEL(name)(dst + i, from_a + i, from_b + i, n - i, p, q);                         \
    }

/* Two results, of which each may take the place of any operand: all loads come first. */
#define GATED_GRAD_LOOP(name)                                                                      \
    SIGNATURE_OF_GATED_GRAD(DECLARE_KERNEL, name)                                                  \
    act_status KERNEL(name)(float *dgate, float *dup, const float *dy, const float *gate,          \
                            const float *up, size_t n) {                                           \
        const vf zero = vf_set1(0.0F);                                                             \
        const size_t whole = n - n % VF_LANES, left = n - whole;                                   \
        for (size_t i = 0; i < whole; i += VF_LANES) {                                             \
            gated_grad d = vf_##name(vf_load(dy + i), vf_load(gate + i), vf_load(up + i));         \
            vf_store(dgate + i, d.gate);                                                           \
            vf_store(dup + i, d.up);                                                               \
        }                                                                                          \
        if (left > 0) {                                                                            \
            gated_grad d = vf_##name(vf_load_partial(dy + whole, left, zero),                      \
                                     vf_load_partial(gate + whole, left, zero),                    \
                                     vf_load_partial(up + whole, left, zero));                     \
            vf_store_partial(dgate + whole, d.gate, left);                                         \
            vf_store_partial(dup + whole, d.up, left);                                             \
        }                                                                                          \
        return ACT_OK;                                                                             \
    }

#define ACT_MAP(name, of, params)                                                                  \
    MAP_LOOP(name, FIRST_USUAL_##params, vf_##name(x PASS_##params))                               \
    IF_GRAD_##of(PAIR_LOOP(name##_grad, FIRST_USUAL_##params, vf_##name##_grad(a, b PASS_##params)))
#define ACT_GATED(name, f)                                                                         \
    PAIR_LOOP(name, 0.0F, vf_##name(a, b))                                                         \
    GATED_GRAD_LOOP(name##_grad)

#define ROWS_KERNEL(name, parameters, arguments)                                                   \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        rows_##name arguments;                                                                     \
        return ACT_OK;                                                                             \
    }
#define ACT_ROWS(name)      SIGNATURE_OF_ROWS(ROWS_KERNEL, name)
#define ACT_ROWS_PAIR(name) SIGNATURE_OF_ROWS_PAIR(ROWS_KERNEL, name)
#define ACT_ROWS_OWN(name)  SIGNATURE_OF_##name(ROWS_KERNEL)

#include "functions.def"
