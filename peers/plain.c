/*
 * The loops that a user would write without a library.  Compiled with the flags of the build they
 * are the peer "libm", a familiar baseline with one call of expf per element.  Compiled again with
 * -ffast-math for each of AVX2 and AVX-512, they are the peers "libmvec-...": gcc then vectorises
 * them and calls glibc's vector library.
 *
 * PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
 */
#include "adapter.h"

#include <math.h>

/* For a float x and the parameter p: the defining formulas, PyTorch's for softplus. */
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, 1.0F / (1.0F + expf(-x)))                                                         \
    MAP(relu, x < 0.0F ? 0.0F : x)                                                                 \
    MAP(leaky_relu, x < 0.0F ? p * x : x)                                                          \
    MAP(linear, 0.0F + p * x)                                                                      \
    MAP(relu6, clip(x, 0.0F, 6.0F))                                                                \
    MAP(clip, clip(x, p, 6.0F))                                                                    \
    MAP(hardtanh, clip(x, p, 1.0F))                                                                \
    MAP(hardswish, clip(x + 3.0F, 0.0F, 6.0F) * x / 6.0F)                                          \
    MAP(tanh, tanhf(x))                                                                            \
    MAP(exp, expf(x))                                                                              \
    MAP(elu, x < 0.0F ? p * expm1f(x) : x)                                                         \
    MAP(softplus, 20.0F < p * x ? x : log1pf(expf(p * x)) / p)                                     \
    MAP(log_sigmoid, (x < 0.0F ? x : 0.0F) - log1pf(expf(-fabsf(x))))                              \
    MAP(silu, x / (1.0F + expf(-p * x)))                                                           \
    MAP(gelu, 0.5F * x * (1.0F + erff(x * 0.70710678F)))                                           \
    MAP(gelu_tanh, 0.5F * x * (1.0F + tanhf(0.79788456F * (x + 0.044715F * x * x * x))))           \
    MAP(mish, tanhf(log1pf(expf(x))) * x)                                                          \
    ROWS(softmax, softmax_row)                                                                     \
    ROWS(log_softmax, log_softmax_row)

static inline float clip(float x, float lo, float hi) {
    const float raised = x < lo ? lo : x;
    return raised > hi ? hi : raised;
}

static float max_of(const float *src, size_t cols) {
    float max = src[0];
    for (size_t i = 1; i < cols; i++) {
        max = src[i] > max ? src[i] : max;
    }
    return max;
}

static void softmax_row(float *dst, const float *src, size_t cols) {
    const float max = max_of(src, cols);
    float sum = 0.0F;
    for (size_t i = 0; i < cols; i++) {
        dst[i] = expf(src[i] - max);
        sum += dst[i];
    }
    for (size_t i = 0; i < cols; i++) {
        dst[i] /= sum;
    }
}

static void log_softmax_row(float *dst, const float *src, size_t cols) {
    const float max = max_of(src, cols);
    float sum = expf(src[0] - max);
    for (size_t i = 1; i < cols; i++) {
        sum += expf(src[i] - max);
    }
    const float log_sum = logf(sum);
    for (size_t i = 0; i < cols; i++) {
        dst[i] = src[i] - max - log_sum;
    }
}

#define MAP(name, formula)                                                                         \
    static void map_##name(float *dst, const float *src, size_t n, float p) {                      \
        (void)p;                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                           \
            const float x = src[i];                                                                \
            dst[i] = (formula);                                                                    \
        }                                                                                          \
    }
FUNCTIONS(MAP, PEER_EACH_ROW)

PEER_TABLE(FUNCTIONS)

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, NULL, functions};
