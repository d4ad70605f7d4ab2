/*
 * The loops that one writes without a library.  Compiled with the flags of the build they are the
 * peer "libm": the yardstick that every user knows, a call of expf for each element.  Compiled once
 * more for each of AVX2 and AVX-512 with -ffast-math, they are the peers "libmvec-...": gcc then
 * vectorises them and calls glibc's vector library.
 *
 * PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
 */
#include "peers.h"

#include <math.h>

#define MAP(name, formula)                                                                         \
    static void name(float *dst, const float *src, size_t n, float p) {                            \
        (void)p;                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                           \
            const float x = src[i];                                                                \
            dst[i] = (formula);                                                                    \
        }                                                                                          \
    }

MAP(sigmoid, 1.0F / (1.0F + expf(-x)))
MAP(relu, x < 0.0F ? 0.0F : x)
MAP(leaky_relu, x < 0.0F ? p * x : x)

static void softmax_row(float *dst, const float *src, size_t cols) {
    float max = src[0];
    for (size_t i = 1; i < cols; i++) {
        max = src[i] > max ? src[i] : max;
    }
    float sum = 0.0F;
    for (size_t i = 0; i < cols; i++) {
        dst[i] = expf(src[i] - max);
        sum += dst[i];
    }
    for (size_t i = 0; i < cols; i++) {
        dst[i] /= sum;
    }
}

static void softmax(float *dst, const float *src, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) {
        softmax_row(dst + r * cols, src + r * cols, cols);
    }
}

static const struct peer_function functions[] = {
    {"sigmoid", sigmoid, NULL}, {"relu", relu, NULL}, {"leaky_relu", leaky_relu, NULL},
    {"softmax", NULL, softmax}, {NULL, NULL, NULL},
};

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, NULL, functions};
