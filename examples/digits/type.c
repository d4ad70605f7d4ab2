/*
 * The table of types. A further one is a line in TYPES.
 */
#include "type.h"

#include <string.h>

static const float LEAKY_SLOPE = 0.01f; /* as in train.py */

static act_status f32_to_f32(float *dst, const float *src, size_t n) {
    memcpy(dst, src, n * sizeof *dst);
    return ACT_OK;
}

static act_status f32_to_f64(double *dst, const float *src, size_t n) {
    for (size_t k = 0; k < n; k++)
        dst[k] = src[k];
    return ACT_OK;
}

static act_status f64_to_f32(float *dst, const double *src, size_t n) {
    for (size_t k = 0; k < n; k++)
        dst[k] = (float)src[k];
    return ACT_OK;
}

/* X(type, its bits, conversion from f32, conversion to f32) */
#define TYPES(X)                                                                                   \
    X(f32, 32, f32_to_f32, f32_to_f32)                                                             \
    X(f16, 16, act_f32_to_f16, act_f16_to_f32)                                                     \
    X(bf16, 16, act_f32_to_bf16, act_bf16_to_f32)                                                  \
    X(f64, 64, f32_to_f64, f64_to_f32)

/* The calls of libact: their pointers have the type that the table's functions leave open. */
#define FUNCTIONS(type, width, from, to)                                                           \
    static act_status type##_from(void *dst, const float *src, size_t n) {                         \
        return from(dst, src, n);                                                                  \
    }                                                                                              \
    static act_status type##_to(float *dst, const void *src, size_t n) { return to(dst, src, n); } \
    static act_status leaky_relu_##type(void *values, size_t rows, size_t cols) {                  \
        return act_leaky_relu_##type(values, rows * cols, LEAKY_SLOPE);                            \
    }                                                                                              \
    static act_status sigmoid_##type(void *values, size_t rows, size_t cols) {                     \
        return act_sigmoid_##type(values, rows * cols);                                            \
    }                                                                                              \
    static act_status softmax_##type(void *values, size_t rows, size_t cols) {                     \
        return act_softmax_##type(values, rows, cols);                                             \
    }                                                                                              \
    static uint64_t bits_##type(const void *values, size_t k) {                                    \
        uint##width##_t bits;                                                                      \
        memcpy(&bits, (const unsigned char *)values + k * sizeof bits, sizeof bits);               \
        return bits;                                                                               \
    }
TYPES(FUNCTIONS)

#define ENTRY(type, width, from, to)                                                               \
    {#type,          width / 8,      type##_from, type##_to, leaky_relu_##type,                    \
     sigmoid_##type, softmax_##type, bits_##type},
static const struct type types[] = {TYPES(ENTRY)};

const struct type *type_of(const char *name) {
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
        if (strcmp(name, types[k].name) == 0)
            return &types[k];
    }
    return NULL;
}
