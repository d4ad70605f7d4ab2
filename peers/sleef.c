/*
 * What one writes with SLEEF at hand: its exp, called for each vector of the instruction set, in
 * the plainest formulas.  The yardstick for what inlining and fusing are worth, as the library's
 * default tier has the same exp.
 *
 * PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
 */
#include "peers.h"

#include <sleef.h>
#include <stdint.h>
#include <string.h>

#ifdef __AVX512F__
enum { LANES = 16 };
#define EXP Sleef_expf16_u10avx512f
#else
enum { LANES = 8 };
#define EXP Sleef_expf8_u10avx2
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

static inline vector sigmoid_of(vector x) {
    const vector one = (vector){0} + 1.0F;
    const vector e = (vector)EXP((vector)((bits)x | INT32_MIN));
    return pick(x < 0.0F, e, one) / (one + e);
}

/* Whole vectors with a length that the compiler knows, so that memcpy becomes one instruction. */
static void sigmoid(float *dst, const float *src, size_t n, float p) {
    (void)p;
    size_t i = 0;
    for (; n - i >= LANES; i += LANES) {
        store(dst + i, sigmoid_of(load(src + i, LANES)), LANES);
    }
    if (i < n) {
        store(dst + i, sigmoid_of(load(src + i, n - i)), n - i);
    }
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
        const vector e = (vector)EXP(load(src + i, LANES) - max);
        store(dst + i, e, LANES);
        sums += e;
    }
    float sum = 0.0F;
    if (i < n) {
        const vector e = (vector)EXP(load(src + i, n - i) - max);
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

static void softmax(float *dst, const float *src, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) {
        softmax_row(dst + r * cols, src + r * cols, cols);
    }
}

static const struct peer_function functions[] = {
    {"sigmoid", sigmoid, NULL},
    {"softmax", NULL, softmax},
    {NULL, NULL, NULL},
};

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, NULL, functions};
