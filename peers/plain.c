/*
 * The loops that a user would write without a library.  Compiled with the flags of the build they
 * are the peer "libm", a familiar baseline with one call of expf per element.  Compiled again with
 * -ffast-math for each of AVX2 and AVX-512, they are the peers "libmvec-...": gcc then vectorises
 * them and calls glibc's vector library.
 *
 * The formulas are for floats and for doubles: <tgmath.h> chooses the function by its argument.
 *
 * PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
 */
#include "adapter.h"

#include <tgmath.h>

/*
 * For an x of the type `real` and the parameter p: the defining formulas, PyTorch's for softplus.
 */
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, 1 / (1 + exp(-x)))                                                                \
    MAP(relu, x < 0 ? 0 : x)                                                                       \
    MAP(leaky_relu, x < 0 ? p * x : x)                                                             \
    MAP(linear, 0 + p * x)                                                                         \
    MAP(relu6, CLIP(x, 0, 6))                                                                      \
    MAP(clip, CLIP(x, p, 6))                                                                       \
    MAP(hardtanh, CLIP(x, p, 1))                                                                   \
    MAP(hardswish, CLIP(x + 3, 0, 6) * x / 6)                                                      \
    MAP(tanh, tanh(x))                                                                             \
    MAP(exp, exp(x))                                                                               \
    MAP(elu, x < 0 ? p * expm1(x) : x)                                                             \
    MAP(softplus, 20 < p * x ? x : log1p(exp(p * x)) / p)                                          \
    MAP(log_sigmoid, (x < 0 ? x : 0) - log1p(exp(-fabs(x))))                                       \
    MAP(silu, x / (1 + exp(-p * x)))                                                               \
    MAP(gelu, (real)0.5 * x * (1 + erf(x * (real)0.7071067811865476)))                             \
    MAP(gelu_tanh,                                                                                 \
        (real)0.5 * x * (1 + tanh((real)0.7978845608028654 * (x + (real)0.044715 * x * x * x))))   \
    MAP(mish, tanh(log1p(exp(x))) * x)                                                             \
    ROWS(softmax, softmax_row)                                                                     \
    ROWS(log_softmax, log_softmax_row)

#define CLIP(x, lo, hi) _Generic((x), float : clip, double : clip_f64)(x, lo, hi)

#define PARTS_OF(real, type)                                                                       \
    static inline real clip##type(real x, real lo, real hi) {                                      \
        const real raised = x < lo ? lo : x;                                                       \
        return raised > hi ? hi : raised;                                                          \
    }                                                                                              \
    static real max_of##type(const real *src, size_t cols) {                                       \
        real max = src[0];                                                                         \
        for (size_t i = 1; i < cols; i++) {                                                        \
            max = src[i] > max ? src[i] : max;                                                     \
        }                                                                                          \
        return max;                                                                                \
    }                                                                                              \
    static void softmax_row##type(real *dst, const real *src, size_t cols) {                       \
        const real max = max_of##type(src, cols);                                                  \
        real sum = 0;                                                                              \
        for (size_t i = 0; i < cols; i++) {                                                        \
            dst[i] = exp(src[i] - max);                                                            \
            sum += dst[i];                                                                         \
        }                                                                                          \
        for (size_t i = 0; i < cols; i++) {                                                        \
            dst[i] /= sum;                                                                         \
        }                                                                                          \
    }                                                                                              \
    static void log_softmax_row##type(real *dst, const real *src, size_t cols) {                   \
        const real max = max_of##type(src, cols);                                                  \
        real sum = exp(src[0] - max);                                                              \
        for (size_t i = 1; i < cols; i++) {                                                        \
            sum += exp(src[i] - max);                                                              \
        }                                                                                          \
        const real log_sum = log(sum);                                                             \
        for (size_t i = 0; i < cols; i++) {                                                        \
            dst[i] = src[i] - max - log_sum;                                                       \
        }                                                                                          \
    }
PARTS_OF(float, )
PARTS_OF(double, _f64)

#define MAP_OF(real_, name, formula)                                                               \
    static void map_##name(real_ *dst, const real_ *src, size_t n, real_ p) {                      \
        typedef real_ real;                                                                        \
        (void)(real)p;                                                                             \
        for (size_t i = 0; i < n; i++) {                                                           \
            const real x = src[i];                                                                 \
            dst[i] = (formula);                                                                    \
        }                                                                                          \
    }
#define MAP(name, formula)     MAP_OF(float, name, formula)
#define MAP_F64(name, formula) MAP_OF(double, name##_f64, formula)
#define ROWS_F64(name, row)    PEER_EACH_ROW_OF(double, name##_f64, row##_f64)
FUNCTIONS(MAP, PEER_EACH_ROW)
FUNCTIONS(MAP_F64, ROWS_F64)

PEER_TABLE_OF(FUNCTIONS(PEER_TABLE_MAP, PEER_TABLE_ROWS)
                  FUNCTIONS(PEER_TABLE_MAP_F64, PEER_TABLE_ROWS_F64))

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, NULL, functions};
