/*
 * Vectors lane by lane, and how the results of a word are compared with its scalar definition.  The
 * files of a vocabulary's test include it; VOCABULARY is the name of its header.
 */
#ifndef ACT_TESTS_VOCABULARY_LANES_H
#define ACT_TESTS_VOCABULARY_LANES_H

#include VOCABULARY
#include "kernels/exp.h"

#include <float.h>

#include "support/data.h"
#include "support/harness.h"
#include "vocabulary/vocabulary.h"

/*
 * SLEEF's exp and log1p for one lane, declared here: sleef.h declares some of them only under some
 * compilers.
 */
#ifdef VF_SLEEF
float sleef_exp(float) __asm__("Sleef_expf1_u10purec");
float sleef_exp_fma(float) __asm__("Sleef_expf1_u10purecfma");
double sleef_log1p_fma(double) __asm__("Sleef_log1pd1_u10purecfma");
#endif

/* Only plain C without the fma instruction may round a fused product twice. */
#if defined(__FMA__) || defined(__aarch64__)
enum { FUSED_IN_HARDWARE = 1 };
#define SLEEF_EXP sleef_exp_fma
#else
enum { FUSED_IN_HARDWARE = 0 };
#define SLEEF_EXP sleef_exp
#endif

/* Vectors by lane. */

typedef struct {
    float lane[VF_LANES];
} lanes;

static inline lanes lanes_of(vf a) {
    lanes l;
    vf_store(l.lane, a);
    return l;
}
static inline vf vector_of(const lanes *l) { return vf_load(l->lane); }

/* Comparisons: same_bits(), for which all NaNs are equal, and these. */
static inline bool exact(float a, float b) { return bits_of(a) == bits_of(b); }
static inline bool fused(float a, float b) {
    return same_bits(a, b) || (!FUSED_IN_HARDWARE && (exact(a, nextafterf(b, -INFINITY)) ||
                                                      exact(a, nextafterf(b, INFINITY))));
}
static inline bool equal(float a, float b) { return a == b; }
/* The fast tier's exp: results below FLT_MIN may be 0. */
static inline bool nearly(float a, float b) {
    return same_bits(a, b) || (b < 2 * FLT_MIN && a >= 0 && a <= 2 * FLT_MIN) ||
           fabsf(a - b) <= 0x1.6ap-22F * b;
}

static inline void expect_lanes(const char *word, vf result, const lanes *expected,
                                bool (*right)(float, float)) {
    lanes l = lanes_of(result);
    uint32_t differences = 0;
    for (size_t i = 0; i < VF_LANES; ++i)
        differences |= bits_of(l.lane[i]) ^ bits_of(expected->lane[i]);
    if (!differences)
        return;
    for (size_t i = 0; i < VF_LANES; ++i)
        if (!right(l.lane[i], expected->lane[i]))
            fail_msg("%s, lane %zu: is %a (%08x), should be %a (%08x)", word, i, (double)l.lane[i],
                     bits_of(l.lane[i]), (double)expected->lane[i], bits_of(expected->lane[i]));
}

/* Consecutive specials in the lanes, beginning with any of them. */
static inline lanes specials_from(size_t begin) {
    lanes l;
    for (size_t i = 0; i < VF_LANES; ++i)
        l.lane[i] = float_of(specials[(begin + i) % SPECIALS]);
    return l;
}

static inline lanes random_lanes(random_source *source) {
    lanes l;
    for (size_t i = 0; i < VF_LANES; ++i)
        l.lane[i] = float_of(random_bits(source));
    return l;
}

#endif
