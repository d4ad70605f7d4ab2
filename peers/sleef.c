/*
 * The code that a user would write with SLEEF: its functions of 1 ULP, called once per vector of
 * the instruction set, in the plainest formulas.  As the library's default tier has the same exp,
 * this peer shows what inlining and fusing gain.
 *
 * PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
 */
#include "adapter.h"

#include <sleef.h>
#include <stdint.h>
#include <string.h>

/* For a vector x and the parameter p. */
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, sigmoid_of(x))                                                                    \
    MAP(tanh, SLEEF(tanh, x))                                                                      \
    MAP(exp, SLEEF(exp, x))                                                                        \
    MAP(elu, pick(x < 0.0F, p * SLEEF(expm1, x), x))                                               \
    MAP(softplus, pick(20.0F < p * x, x, SLEEF(log1p, SLEEF(exp, p * x)) / p))                     \
    MAP(log_sigmoid,                                                                               \
        pick(x < 0.0F, x, (vector){0}) - SLEEF(log1p, SLEEF(exp, minus_magnitude(x))))             \
    MAP(silu, x / (1.0F + SLEEF(exp, -p * x)))                                                     \
    MAP(gelu, 0.5F * x * (1.0F + SLEEF(erf, x * 0.70710678F)))                                     \
    MAP(gelu_tanh, 0.5F * x * (1.0F + SLEEF(tanh, 0.79788456F * (x + 0.044715F * x * x * x))))     \
    MAP(mish, SLEEF(tanh, SLEEF(log1p, SLEEF(exp, x))) * x)                                        \
    ROWS(softmax, softmax_row)

#ifdef __AVX512F__
enum { LANES = 16 };
#define SLEEF(function, x) ((vector)Sleef_##function##f16_u10avx512f(x))
#else
enum { LANES = 8 };
#define SLEEF(function, x) ((vector)Sleef_##function##f8_u10avx2(x))
#endif

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t bits __attribute__((vector_size(LANES * sizeof(int32_t))));

static inline vector load(const float *p, size_t n) {
    vector a = {0};
    memcpy(&a, p, (n < LANES ? n : LANES) * sizeof *p);
    return a;
}

static inline void store(float *p, vector a, size_t n) {
    memcpy(p, &a, (n < LANES ? n : LANES) * sizeof *p);
}

static inline vector pick(bits mask, vector a, vector b) {
    return (vector)((mask & (bits)a) | (~mask & (bits)b));
}

static inline vector minus_magnitude(vector x) { return (vector)((bits)x | INT32_MIN); }

static inline vector sigmoid_of(vector x) {
    const vector one = (vector){0} + 1.0F;
    const vector e = SLEEF(exp, minus_magnitude(x));
    return pick(x < 0.0F, e, one) / (one + e);
}

static void softmax_row(float *dst, const float *src, size_t n) {
    float max = src[0];
    size_t i = 0;
    if (n >= LANES) {
        vector largest = load(src, LANES);
        for (; n - i >= LANES; i += LANES) {
            const vector x = load(src + i, LANES);
            largest = pick(x > largest, x, largest);
        }
        for (size_t j = 0; j < LANES; j++) {
            max = largest[j] > max ? largest[j] : max;
        }
    }
    for (; i < n; i++) {
        max = src[i] > max ? src[i] : max;
    }
    vector sums = {0};
    for (i = 0; n - i >= LANES; i += LANES) {
        const vector e = SLEEF(exp, load(src + i, LANES) - max);
        store(dst + i, e, LANES);
        sums += e;
    }
    float sum = 0.0F;
    if (i < n) {
        const vector e = SLEEF(exp, load(src + i, n - i) - max);
        store(dst + i, e, n - i);
        for (size_t j = 0; j < n - i; j++) {
            sum += e[j];
        }
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += sums[j];
    }
    const float factor = 1.0F / sum;
    for (i = 0; n - i >= LANES; i += LANES) {
        store(dst + i, load(dst + i, LANES) * factor, LANES);
    }
    for (; i < n; i++) {
        dst[i] *= factor;
    }
}

/* Whole vectors with a length that the compiler knows, so that memcpy becomes one instruction. */
#define MAP(name, formula)                                                                         \
    static inline vector name##_of_vector(vector x, float p) {                                     \
        (void)p;                                                                                   \
        return (formula);                                                                          \
    }                                                                                              \
    static void map_##name(float *dst, const float *src, size_t n, float p) {                      \
        size_t i = 0;                                                                              \
        for (; n - i >= LANES; i += LANES) {                                                       \
            store(dst + i, name##_of_vector(load(src + i, LANES), p), LANES);                      \
        }                                                                                          \
        if (i < n) {                                                                               \
            store(dst + i, name##_of_vector(load(src + i, n - i), p), n - i);                      \
        }                                                                                          \
    }
FUNCTIONS(MAP, PEER_EACH_ROW)

PEER_TABLE(FUNCTIONS)

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, NULL, functions};
