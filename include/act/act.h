/*
 * libact: SIMD activation kernels for inference on the CPU.
 *
 * This is the whole public interface.  What holds for every function:
 *
 *   Form       act_NAME_f32(buf, n, ...) works in place; act_NAME_f32_to(dst, src, n, ...) writes
 *              to dst.  Parameters of the function come last.  Sizes and strides count floats.
 *   Aliasing   dst may be equal to src (with equal strides).  Any other overlap is an error.
 *   Alignment  A pointer must be aligned to a float, 4 bytes.  More is never needed.
 *   Memory     No byte outside the arrays is read or written.  Nothing is allocated or locked.
 *   Errors     Anything but ACT_OK means that no buffer was touched.  n = 0 does nothing, whatever
 *              the pointers.
 *   Threads    Every function is reentrant.  Any part of an array can go to any thread: the value
 *              of an element depends neither on its position nor on the length of the array.
 *   Tiers      Functions with _fast in their name trade accuracy for speed, within the bound that
 *              stands beside them.  Nothing global changes what a call returns.
 *   Backends   In the default tier the same input gives the same bits on AVX-512, AVX2, NEON and
 *              scalar code, on every processor that has fused multiply-add.  x86 processors without
 *              it (before 2012) stay within the same error bounds, but may differ in the last bit.
 *   NaN        A NaN gives a NaN, in every function.  Its sign and payload are unspecified.
 *   Floating-point environment
 *              The control register is never written.  The promises are for rounding to nearest
 *              and subnormal numbers in use.  In another rounding mode results stay in range, the
 *              default tier within 30 ULP and the fast tier within 1e-3, and backends differ.
 *              With FTZ or DAZ set, subnormal inputs and results may be 0.  Finite input raises
 *              none of FE_INVALID, FE_DIVBYZERO and FE_OVERFLOW.
 *
 * ULP is the distance to the exact result in units of the last place of a float with the exact
 * result's exponent, never smaller than 2^-149, the spacing of subnormal numbers.
 */
#ifndef ACT_ACT_H
#define ACT_ACT_H

#include <stddef.h>

#define ACT_VERSION_MAJOR  0
#define ACT_VERSION_MINOR  1
#define ACT_VERSION_PATCH  0
#define ACT_VERSION_STRING "0.1.0"

#if defined(_WIN32) && defined(ACT_SHARED)
#if defined(ACT_BUILDING)
#define ACT_API __declspec(dllexport)
#else
#define ACT_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define ACT_API __attribute__((visibility("default")))
#else
#define ACT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns.  Every value but ACT_OK says that nothing was changed. */
typedef enum act_status {
    ACT_OK = 0,
    ACT_ERROR_NULL,      /* a null pointer for an array that is not empty */
    ACT_ERROR_SIZE,      /* the array does not fit into the address space */
    ACT_ERROR_ALIGNMENT, /* a pointer that is not aligned to a float */
    ACT_ERROR_STRIDE,    /* a stride smaller than a row */
    ACT_ERROR_OVERLAP,   /* dst and src overlap without being equal */
    ACT_ERROR_BACKEND    /* no such backend, or not one that runs here */
} act_status;

/* A sentence about a status, in static memory; "unknown status" for any other number. */
ACT_API const char *act_status_string(act_status status);

/* The version of the library that is linked, "0.1.0"; the macros above are the header's. */
ACT_API const char *act_version(void);

/*
 * Backends.  The best one for the processor is chosen at the first call.  The environment variable
 * ACT_BACKEND, read at that moment, names another one; a name that is unknown or does not run here
 * is reported once on standard error and ignored.  The choice changes speed, never a result.
 */

/* The name of the backend in use: "avx512", "avx2", "neon" or "scalar". */
ACT_API const char *act_backend(void);

/*
 * The backends that run on this processor, best first.  Writes at most max names (static strings)
 * to names and returns how many there are; names may be NULL if max is 0.
 */
ACT_API size_t act_backends(const char **names, size_t max);

/*
 * Uses the named backend from now on, in all threads; NULL takes the best one again.  A call that
 * is under way in another thread ends on the backend that it began with.
 * ACT_ERROR_BACKEND: unknown, or not available here; the backend in use stays.
 */
ACT_API act_status act_set_backend(const char *name);

/*
 * sigmoid(x) = 1 / (1 + exp(-x))
 *
 * Domain     all floats; sigmoid(-inf) = +0, sigmoid(+inf) = 1, sigmoid(0) = 0.5 exactly.
 * Range      [0, 1]; results below 2^-126 are subnormal numbers, not 0.
 * Error      at most 1.5 ULP.
 * Definition ONNX Sigmoid, PyTorch torch.sigmoid.
 */
ACT_API act_status act_sigmoid_f32(float *buf, size_t n);
ACT_API act_status act_sigmoid_f32_to(float *dst, const float *src, size_t n);

/*
 * sigmoid, fast tier.  As above, but:
 *
 * Error      at most 4 ULP; results below 2^-126 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_sigmoid_fast_f32(float *buf, size_t n);
ACT_API act_status act_sigmoid_fast_f32_to(float *dst, const float *src, size_t n);

/*
 * relu(x) = 0 if x < 0, else x
 *
 * Domain     all floats; relu(-0) = -0, relu(NaN) = NaN, relu(-inf) = +0, relu(+inf) = +inf.
 * Error      none: the result is exact.
 * Definition ONNX Relu, PyTorch torch.relu; V. Nair and G. Hinton, ICML 2010.
 */
ACT_API act_status act_relu_f32(float *buf, size_t n);
ACT_API act_status act_relu_f32_to(float *dst, const float *src, size_t n);

/*
 * leaky_relu(x) = slope * x if x < 0, else x
 *
 * Domain     all floats, any slope (negative, infinite and NaN ones included: the formula is
 *            applied as it stands); leaky_relu(-0) = -0.
 * Error      0.5 ULP: the product, rounded once.
 * Definition ONNX LeakyRelu (alpha), PyTorch leaky_relu (negative_slope); both default to 0.01.
 *            A. Maas, A. Hannun and A. Ng, ICML 2013.
 */
ACT_API act_status act_leaky_relu_f32(float *buf, size_t n, float slope);
ACT_API act_status act_leaky_relu_f32_to(float *dst, const float *src, size_t n, float slope);

/*
 * softmax(x)[j] = exp(x[j] - m) / sum over k of exp(x[k] - m),  m = max of the row
 *
 * Each of the rows, cols floats long, on its own.  In the out-of-place form row r begins at
 * dst + r * dst_stride and src + r * src_stride, strides being at least cols; floats between the
 * rows are neither read nor written, and rows of dst and src may interleave as long as none
 * overlaps another.
 *
 * Domain     all floats; -inf gives exactly +0.  A row with a NaN or a +inf, or with nothing but
 *            -inf, is all NaN.
 * Error      relative to the exact result, where that is not below 2^-126: at most 5e-7 if the row
 *            lies in [-10, 10], 1e-6 if it lies in [-100, 100], at any row length up to 1,000,000.
 *            Results below 2^-126 are within 1.75 ULP.  Rows sum to 1 within 1e-6.
 * Definition ONNX Softmax (version 13, last axis), PyTorch softmax(dim=-1).
 */
ACT_API act_status act_softmax_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_softmax_f32_to(float *dst, size_t dst_stride, const float *src,
                                      size_t src_stride, size_t rows, size_t cols);

/*
 * softmax, fast tier.  As above, but:
 *
 * Error      relative to the exact result, where that is not below 2^-126: at most 1.5e-6 if the
 *            row lies in [-10, 10], 4.5e-6 if it lies in [-100, 100], at any row length up to
 *            1,000,000.  Results below 2^-126 may be 0.  Backends may differ within that.
 */
ACT_API act_status act_softmax_fast_f32(float *buf, size_t rows, size_t cols);
ACT_API act_status act_softmax_fast_f32_to(float *dst, size_t dst_stride, const float *src,
                                           size_t src_stride, size_t rows, size_t cols);

#ifdef __cplusplus
}
#endif

#endif
