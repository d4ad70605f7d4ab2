/*
 * libact: SIMD activation kernels for inference on the CPU.
 *
 * This header is the whole public interface: it includes the others beside it, which declare the
 * functions.  The following holds for every function:
 *
 *   Form       act_NAME_f32(buf, n, ...) works in place; act_NAME_f32_to(dst, src, n, ...) writes
 *              to dst.  Parameters of the function come last.  Sizes and strides count floats.
 *   Aliasing   dst may be equal to a source (with equal strides).  Any other overlap is an error.
 *   Alignment  A pointer must be aligned to a float, 4 bytes.  No function needs more.
 *   Memory     No byte outside the arrays is read or written.  Nothing is allocated or locked.
 *   Errors     Any status except ACT_OK means that no buffer was touched.  With n = 0 a call does
 *              nothing, and its pointers may have any value.
 *   Parameters Any value is accepted, infinities and NaN included, with these exceptions: beta of
 *              silu and swiglu_beta, alpha of swiglu_clamped and snake, both of scaled_elu and mu
 *              of laplace must be finite; alpha of celu and beta of softplus must be finite and not
 *              0; b of squareplus, alpha of elu_grad_y and limit of swiglu_clamped must be finite
 *              and not below 0; cap of softcap, sigma of laplace and alpha of celu_grad_y must be
 *              finite and above 0.  The same holds for their fast tiers and gradients.  Any other
 *              value gives ACT_ERROR_PARAMETER, even for n = 0.
 *   Threads    Every function is reentrant.  Any part of an array can go to any thread: the value
 *              of an element depends neither on its position nor on the length of the array.
 *   Tiers      Functions with _fast in their name trade accuracy for speed, within the bound that
 *              is documented with each.  No global setting changes the tier of a call.
 *   Backends   In the default tier the same input gives the same bits on AVX-512, AVX2, NEON and
 *              scalar code, on every processor that has fused multiply-add.  x86 processors without
 *              it (before 2012) stay within the same error bounds, but may differ in the last bit.
 *   NaN        A NaN gives a NaN, in every function.  Its sign and payload are unspecified.
 *   Floating-point environment
 *              The control register is never written.  The guarantees assume rounding to nearest,
 *              with FTZ and DAZ off.  In another rounding mode results stay in range, except that
 *              elu and celu may pass the end of their range by one float.  The default tier then
 *              stays within 30 ULP and the fast tier within 1e-3 of the result, and backends
 *              differ.  With FTZ or DAZ set, subnormal inputs and results count as 0, though
 *              relu(x) and similar functions may return a subnormal x unchanged.
 *              FE_DIVBYZERO is never raised.  FE_INVALID is raised only for a result that is NaN.
 *              FE_OVERFLOW is raised only for an infinite result, or by dy * up in the gradients of
 *              gated functions.  This holds as long as no operand is NaN, no parameter is NaN or an
 *              infinite factor, and |beta| of softplus is not below 2^-127.
 *
 * The functions, by header (F: has a fast tier, G: has a gradient):
 *
 *   elementwise.h   sigmoids: sigmoid FG, tanh FG, tanhshrink G, softcap G, laplace G;
 *                   piecewise: relu G, leaky_relu G, relu6 G, threshold G, thresholded_relu G,
 *                   step, linear G, clip G, hardtanh G, hardsigmoid G, hardswish G, hardshrink G,
 *                   softshrink G, softsign G, relu_squared G, sparse_plus G, snake G;
 *                   exponentials: exp FG, elu FG, selu G, scaled_elu G, xielu G, celu G;
 *                   softplus family: softplus FG, log_sigmoid G, squareplus G, sqrt_softplus G,
 *                   mish FG; SiLU and GELU: silu FG, gelu FG, gelu_tanh FG, gelu_quick FG;
 *                   by value: act_apply_f32, act_apply_grad_f32, act_function_from_name and others
 *   gates.h         gated pairs, of arrays and of rows: reglu G, geglu FG, swiglu FG, glu FG,
 *                   reglu_squared G, geglu_tanh FG, geglu_quick FG, swiglu_beta G, swiglu_clamped F
 *   rows.h          softmax FG, softmax_masked FG, log_softmax FG, logsumexp G, prelu G, softmin,
 *                   hardmax, sparsemax; softmax, log_softmax and logsumexp over another axis
 *   attention.h     softmax of scaled, capped and masked rows FG, max, exp_sum
 *   strided.h       by value, of rows of larger matrices; gradients that are added
 *   half.h          f16 and bf16: most of these without tiers and gradients, conversions of arrays
 *   f64.h           double: most of these without tiers
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

/*
 * Users of the shared library compile with ACT_SHARED defined; act::act and pkg-config define it.
 * The names of the static library are hidden: a shared library into which it is linked does not
 * export them, so that each of two plug-ins has its own choice of backend.  To export them
 * deliberately, build the static library with ACT_SHARED and ACT_BUILDING defined.
 */
#if !defined(ACT_SHARED)
#define ACT_API
#elif !defined(_WIN32)
#define ACT_API __attribute__((visibility("default")))
#elif defined(ACT_BUILDING)
#define ACT_API __declspec(dllexport)
#else
#define ACT_API __declspec(dllimport)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns.  Any value except ACT_OK means that nothing was changed. */
typedef enum act_status {
    ACT_OK = 0,
    ACT_ERROR_NULL,       /* a null pointer for an array that is not empty */
    ACT_ERROR_SIZE,       /* the array does not fit into the address space */
    ACT_ERROR_ALIGNMENT,  /* a pointer that is not aligned to a float */
    ACT_ERROR_STRIDE,     /* a stride smaller than a row */
    ACT_ERROR_OVERLAP,    /* dst and src overlap without being equal */
    ACT_ERROR_BACKEND,    /* no such backend, or not one that runs here */
    ACT_ERROR_FUNCTION,   /* no such function, or it has no gradient */
    ACT_ERROR_PARAMETER,  /* a parameter that the function does not take */
    ACT_ERROR_UNSUPPORTED /* f64 in a build of the library without it */
} act_status;

/* A description of a status, in static memory; "unknown status" for any other number. */
ACT_API const char *act_status_string(act_status status);

/* The version of the linked library, such as "0.1.0"; the macros above are the header's version. */
ACT_API const char *act_version(void);

/*
 * Backends.  The best one for the processor is chosen at the first call.  The environment variable
 * ACT_BACKEND selects another one.  It is read at the first call, unless the program has raised
 * privileges (set-user-ID and the like).  A name that is unknown, or that of a backend that does
 * not run here, is ignored.  The choice affects speed, never a result of the default tier.
 *
 * An ignored name is reported once: one line of at most 160 bytes, written to descriptor 2 by one
 * write() that neither waits nor raises SIGPIPE.  Unprintable bytes appear as '?'.  errno is
 * preserved, and no lock of stdio is taken.  Nothing is written if descriptor 2 is closed, not open
 * for writing, close-on-exec, or a regular file that is also open for reading.  A program that
 * reuses descriptor 2 for other output avoids the report by calling act_set_backend() before the
 * first call.
 */

/* The name of the backend in use: "avx512", "avx2", "neon" or "scalar". */
ACT_API const char *act_backend(void);

/*
 * The backends that run on this processor, best first.  Writes at most max names (static strings)
 * to names and returns the number of backends; names may be NULL if max is 0.
 */
ACT_API size_t act_backends(const char **names, size_t max);

/*
 * Uses the named backend from now on, in all threads; NULL selects the best one again.  A call that
 * is in progress in another thread finishes on the backend on which it began.
 * ACT_ERROR_BACKEND: unknown, or not available here; the backend in use does not change.
 */
ACT_API act_status act_set_backend(const char *name);

/*
 * Slices of a large array.  From 4M floats (16 MiB) on, out-of-place calls of elementwise functions
 * write their results with non-temporal stores, which bypass the caches.  An array that is
 * processed in slices, one after another or by several threads, gets the same with ACT_SLICE(n) in
 * place of n: act_relu_f32_to(dst, src, ACT_SLICE(n)).  It is a hint that does not affect any bit
 * of a result.  It is ignored in place, for fewer than 4096 floats, and by backends without such
 * stores (NEON, scalar).  Row-wise functions and the gradients of gated functions do not accept it.
 */
#define ACT_SLICE(n) ((size_t)(n) | ~((size_t)-1 >> 1))

#ifdef __cplusplus
}
#endif

#include "elementwise.h"
#include "rows.h"

#include "gates.h"
#include "half.h"

#include "attention.h"
#include "f64.h"
#include "strided.h"

#endif
