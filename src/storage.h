/*
 * The kernels of the storage types: conversion of arrays, and what functions of them need besides
 * the f32 kernels.  Each backend has one unit of them (kernels/conversions.h).
 */
#ifndef ACT_STORAGE_H
#define ACT_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/signatures.h"
#include "storage.def"

/* Elements of a vector, of which bit k of `lanes` is element `at` + k. */
typedef struct {
    uint16_t at, lanes;
} doubtful_lanes;

/* A block is converted, goes through a kernel of f32 and is converted back, all on the stack. */
enum { STORAGE_BLOCK = 1024, STORAGE_VECTOR = 16 };

/*
 * The vectors of a block in which the rounding to the storage type is in doubt.  One more may be
 * written than counts.
 */
typedef struct {
    size_t count;
    doubtful_lanes vector[STORAGE_BLOCK / STORAGE_VECTOR + 1];
} doubts;

/*
 * widen    dst = src, exact; up to the next multiple of 16 elements dst gets zeros
 * narrow   dst = src, rounded once
 * settled  the same of y = f(x), which has a relative error of `error`; where a number that close
 *          to y is rounded to another result the lane is in doubt; and in a wide type where |y| is
 *          below `least` but x is not 0.  In another type all results below `least`, if it is not
 *          0, are rounded to 0
 * relu     dst = src < 0 ? +0 : src
 *
 * And for all types: stream copies n results past the caches, where the backend can; dst is aligned
 * to 64 bytes, of which n elements are a multiple.  A call with n = 0 comes last, and orders these
 * stores before any other.
 */
#define SIGNATURE_OF_WIDEN(USE, name)                                                              \
    USE(name, (float *dst, const uint16_t *src, size_t n), (dst, src, n))
#define SIGNATURE_OF_NARROW(USE, name)                                                             \
    USE(name, (uint16_t * dst, const float *src, size_t n), (dst, src, n))
#define SIGNATURE_OF_SETTLED(USE, name)                                                            \
    USE(name,                                                                                      \
        (uint16_t * dst, const float *y, const float *x, size_t n, float error, float least,       \
         doubts *found),                                                                           \
        (dst, y, x, n, error, least, found))
#define SIGNATURE_OF_RELU(USE, name)                                                               \
    USE(name, (uint16_t * dst, const uint16_t *src, size_t n), (dst, src, n))

#define SIGNATURE_OF_STREAM(USE, name)                                                             \
    USE(name, (uint16_t * dst, const uint16_t *src, size_t n), (dst, src, n))

typedef act_status storage_widen(float *dst, const uint16_t *src, size_t n);
typedef act_status storage_narrow(uint16_t *dst, const float *src, size_t n);
typedef act_status storage_settled(uint16_t *dst, const float *y, const float *x, size_t n,
                                   float error, float least, doubts *found);
typedef act_status storage_relu(uint16_t *dst, const uint16_t *src, size_t n);

/*
 * Parts of rows that are longer than a block, in f32.  A row's sum is that of its parts, each in
 * the order of kernels/rows.h; the largest element is NaN if any is.
 *
 * largest    the largest of *max and the elements
 * exp_sum    dst = exp(src - max) and adds up; max is finite; dst may be src
 * log_rest   adds exp(src - max) of what is below max to *sum, and the number of these to *count
 * scaled     dst = dst * factor, rounded once or nearly so
 * masked     dst = scale * src + mask, rounded once; without a mask scale * src
 */
#define SIGNATURE_OF_PART_largest(USE)                                                             \
    USE(part_largest, (const float *src, size_t n, float *max), (src, n, max))
#define SIGNATURE_OF_PART_exp_sum(USE)                                                             \
    USE(part_exp_sum, (float *dst, const float *src, size_t n, float max, double *sum),            \
        (dst, src, n, max, sum))
#define SIGNATURE_OF_PART_log_rest(USE)                                                            \
    USE(part_log_rest, (const float *src, size_t n, float max, double *sum, size_t *count),        \
        (src, n, max, sum, count))
#define SIGNATURE_OF_PART_scaled(USE)                                                              \
    USE(part_scaled, (float *dst, size_t n, double factor), (dst, n, factor))
#define SIGNATURE_OF_PART_masked(USE)                                                              \
    USE(part_masked, (float *dst, const float *src, const float *mask, size_t n, float scale),     \
        (dst, src, mask, n, scale))
#define EACH_PART(USE)                                                                             \
    SIGNATURE_OF_PART_largest(USE) SIGNATURE_OF_PART_exp_sum(USE) SIGNATURE_OF_PART_log_rest(USE)  \
        SIGNATURE_OF_PART_scaled(USE) SIGNATURE_OF_PART_masked(USE)

/* One storage type: its rows of kernels. */
typedef struct {
    storage_widen *const *widen;
    storage_narrow *const *narrow;
    storage_settled *const *settled;
    storage_relu *const *relu;
} storage_type;

#define STORAGE_DECLARED(type, infinity, wide, ...)                                                \
    ACT_HIDDEN extern const storage_type act_storage_##type;
EACH_STORAGE(STORAGE_DECLARED, )
#undef STORAGE_DECLARED

#endif
