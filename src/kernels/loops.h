/* The loops over arrays, written once: where a loop is inlined, its word is a constant. */
#ifndef ACT_KERNELS_LOOPS_H
#define ACT_KERNELS_LOOPS_H

#include <string.h>

#include "act/act.h"
#include "kernels/signatures.h"
#include "kernels/stream.h"
#include "list.h"

/* A kernel's name, act_BACKEND_NAME; the unit that instantiates kernels defines ACT_PREFIX. */
#define KERNEL(name)                                PASTE_EXPANDED(ACT_PREFIX, name)
#define PASTE_EXPANDED(prefix, name)                PASTE(prefix, name)
#define PASTE(prefix, name)                         prefix##name
#define DECLARE_KERNEL(name, parameters, arguments) ACT_HIDDEN act_status KERNEL(name) parameters;

/* A function of one or two arrays; a function of one ignores b, which is then equal to a. */
typedef vf array_word(vf a, vf b, float p, float q);
#define MAP_WORD(name, params)                                                                     \
    VF_WORD vf word_##name(vf x, vf again, float p, float q) {                                     \
        (void)again, (void)p, (void)q;                                                             \
        return vf_##name(x PASS_##params);                                                         \
    }
#define PAIR_WORD(name, params)                                                                    \
    VF_WORD vf word_##name(vf a, vf b, float p, float q) {                                         \
        (void)p, (void)q;                                                                          \
        return vf_##name(a, b PASS_##params);                                                      \
    }
#define GATED_GRAD_WORD(name, params)                                                              \
    VF_WORD gated_grad word_##name(vf dy, vf gate, vf up, float p, float q) {                      \
        (void)p, (void)q;                                                                          \
        return vf_##name(dy, gate, up PASS_##params);                                              \
    }

/*
 * The gradient of a gated pair: dgate = (dy up) f'(gate), and dup = f(gate) dy, the pair itself
 * with dy in place of up.  f and f' have the same argument and share their common subexpressions.
 * The stated bounds are those of dgate: that of f', plus the rounding of dy up.  dup has the pair's
 * own bound.
 */
typedef struct {
    vf gate, up;
} gated_grad;

/* All whole vectors; returns the index of the first float after them. */
VF_INLINE size_t array_vectors(float *dst, const float *a, const float *b, size_t n, float p,
                               float q, array_word *word) {
    const size_t whole = n - n % VF_LANES;
    for (size_t i = 0; i < whole; i += VF_LANES)
        vf_store(dst + i, word(vf_load(a + i), vf_load(b + i), p, q));
    return whole;
}

/* The same with non-temporal stores, if the backend has them; dst is aligned to a cache line. */
#ifdef VF_HAVE_STREAM
VF_INLINE size_t array_stream(float *dst, const float *a, const float *b, size_t n, float p,
                              float q, array_word *word) {
    const size_t whole = n - n % VF_LANES;
    for (size_t i = 0; i < whole; i += VF_LANES)
        vf_stream(dst + i, word(vf_load(a + i), vf_load(b + i), p, q));
    vf_stream_end();
    return whole;
}
#else
VF_INLINE size_t array_stream(float *dst, const float *a, const float *b, size_t n, float p,
                              float q, array_word *word) {
    return (void)dst, (void)a, (void)b, (void)n, (void)p, (void)q, (void)word, (size_t)0;
}
#endif

/* Each of the two results may overwrite any operand, so all loads come first. */
typedef gated_grad gated_grad_word(vf dy, vf gate, vf up, float p, float q);
VF_INLINE size_t gated_grad_vectors(float *dgate, float *dup, const float *dy, const float *gate,
                                    const float *up, size_t n, float p, float q,
                                    gated_grad_word *word) {
    const size_t whole = n - n % VF_LANES;
    for (size_t i = 0; i < whole; i += VF_LANES) {
        const gated_grad d = word(vf_load(dy + i), vf_load(gate + i), vf_load(up + i), p, q);
        vf_store(dgate + i, d.gate);
        vf_store(dup + i, d.up);
    }
    return whole;
}

#if defined(VF_TAILS_BY_COPY)
/*
 * A whole array, for a vocabulary whose words take many instructions.  The tail is copied to a
 * buffer of one whole vector, which goes through the same loop, so that the word is instantiated
 * once.  A second copy of each word would double the scalar backend's code.
 */
VF_INLINE act_status array_loop(float *dst, const float *a, const float *b, size_t n, float p,
                                float q, array_word *word) {
    const size_t left = n % VF_LANES;
    float tail[3][VF_LANES], *end = NULL;
    for (;;) {
        const size_t whole = array_vectors(dst, a, b, n, p, q, word);
        if (__builtin_expect(left == 0, 1))
            return ACT_OK;
        if (end) {
            memcpy(end, tail[0], left * sizeof *end);
            return ACT_OK;
        }
        end = dst + whole;
        memset(tail, 0, sizeof tail);
        memcpy(tail[1], a + whole, left * sizeof *a);
        memcpy(tail[2], b + whole, left * sizeof *b);
        dst = tail[0], a = tail[1], b = tail[2], n = VF_LANES;
    }
}

VF_INLINE act_status gated_grad_loop(float *dgate, float *dup, const float *dy, const float *gate,
                                     const float *up, size_t n, float p, float q,
                                     gated_grad_word *word) {
    const size_t left = n % VF_LANES;
    float tail[5][VF_LANES], *dgate_end = NULL, *dup_end = NULL;
    for (;;) {
        const size_t whole = gated_grad_vectors(dgate, dup, dy, gate, up, n, p, q, word);
        if (__builtin_expect(left == 0, 1))
            return ACT_OK;
        if (dgate_end) {
            memcpy(dgate_end, tail[0], left * sizeof *dgate);
            memcpy(dup_end, tail[1], left * sizeof *dup);
            return ACT_OK;
        }
        dgate_end = dgate + whole, dup_end = dup + whole;
        memset(tail, 0, sizeof tail);
        memcpy(tail[2], dy + whole, left * sizeof *dy);
        memcpy(tail[3], gate + whole, left * sizeof *gate);
        memcpy(tail[4], up + whole, left * sizeof *up);
        dgate = tail[0], dup = tail[1], dy = tail[2], gate = tail[3], up = tail[4], n = VF_LANES;
    }
}
#elif VF_IN_FLIGHT == 1
/*
 * A whole array.  The tail is a partial vector that goes through the same arithmetic, so results do
 * not depend on an element's position.  It is marked unlikely so that whole vectors, the usual
 * case, do not jump over its code.  Fewer floats than a vector go straight to it.
 */
VF_INLINE act_status array_loop(float *dst, const float *a, const float *b, size_t n, float p,
                                float q, array_word *word) {
    size_t i = 0;
    if (__builtin_expect(n >= VF_LANES, 1)) {
        i = array_vectors(dst, a, b, n, p, q, word);
        if (__builtin_expect(i == n, 1))
            return ACT_OK;
    }
    const size_t left = n - i;
    const vf y = word(vf_load_first(a + i, left), vf_load_first(b + i, left), p, q);
    vf_store_partial(dst + i, y, left);
    return ACT_OK;
}

VF_INLINE act_status gated_grad_loop(float *dgate, float *dup, const float *dy, const float *gate,
                                     const float *up, size_t n, float p, float q,
                                     gated_grad_word *word) {
    const size_t i = gated_grad_vectors(dgate, dup, dy, gate, up, n, p, q, word), left = n - i;
    if (left > 0) {
        const gated_grad d = word(vf_load_first(dy + i, left), vf_load_first(gate + i, left),
                                  vf_load_first(up + i, left), p, q);
        vf_store_partial(dgate + i, d.gate, left);
        vf_store_partial(dup + i, d.up, left);
    }
    return ACT_OK;
}
#endif

#endif
