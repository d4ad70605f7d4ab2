/*
 * The types in which the network can hold its activations, each with its functions of libact.
 */
#ifndef DIGITS_TYPE_H
#define DIGITS_TYPE_H

#include <act/act.h>

#include <stddef.h>
#include <stdint.h>

/* Works in place on rows * cols values. */
typedef act_status activation(void *values, size_t rows, size_t cols);

/* Arrays of the type are void here: one network serves all types. */
struct type {
    const char *name;
    size_t size;
    act_status (*from_f32)(void *dst, const float *src, size_t n);
    act_status (*to_f32)(float *dst, const void *src, size_t n);
    activation *leaky_relu;
    activation *sigmoid;
    activation *softmax;
    uint64_t (*bits)(const void *values, size_t k); /* of value k, as a number */
};

#define TYPE_NAMES "f32, f16, bf16 or f64"

/* NULL for an unknown name. */
const struct type *type_of(const char *name);

#endif
