// The peer "eigen-...": Eigen's array expressions, as its users write them.  Compiled once per
// instruction set; PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
#include "adapter.h"

// Eigen consists of inline functions, and the linker keeps one of each name.  A namespace per
// instruction set keeps AVX-512 code out of the AVX2 peer.
#define Eigen PEER_NAMESPACE
#if defined(__GNUC__) && !defined(__clang__)
// gcc 12 gives these warnings for its own AVX-512 intrinsics.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <Eigen/Core>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

// The expression of x, an array, with the parameter p.  Without expressions like x < 0 ? p * x : x,
// as gcc compiles Eigen's select() to a branch per element.
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, x.logistic())                                                                     \
    MAP(relu, x.max(0.0F))                                                                         \
    MAP(leaky_relu, (p * x).max(x))                                                                \
    MAP(linear, 0.0F + p * x)                                                                      \
    MAP(relu6, x.max(0.0F).min(6.0F))                                                              \
    MAP(clip, x.max(p).min(6.0F))                                                                  \
    MAP(hardtanh, x.max(p).min(1.0F))                                                              \
    MAP(hardswish, (x + 3.0F).max(0.0F).min(6.0F) * x * (1.0F / 6.0F))                             \
    MAP(tanh, x.tanh())                                                                            \
    MAP(exp, x.exp())                                                                              \
    MAP(elu, x.max(0.0F) + p * x.min(0.0F).expm1())                                                \
    MAP(softplus, x.max(0.0F) + (-p * x.abs()).exp().log1p() / p)                                  \
    MAP(log_sigmoid, x.min(0.0F) - (-x.abs()).exp().log1p())                                       \
    MAP(silu, (p * x).logistic() * x)                                                              \
    MAP(gelu, 0.5F * x * (1.0F + (0.70710678F * x).erf()))                                         \
    MAP(gelu_tanh, 0.5F * x * (1.0F + (0.79788456F * (x + 0.044715F * x.cube())).tanh()))          \
    MAP(mish, x.exp().log1p().tanh() * x)                                                          \
    ROWS(softmax, softmax_row)                                                                     \
    ROWS(log_softmax, log_softmax_row)

namespace {

using array = Eigen::Map<Eigen::ArrayXf>;
using constant_array = Eigen::Map<const Eigen::ArrayXf>;
using Eigen::Index;

void softmax_row(float *dst, const float *src, size_t cols) {
    const auto n = static_cast<Index>(cols);
    const constant_array x(src, n);
    array y(dst, n);
    y = (x - x.maxCoeff()).exp();
    y *= 1.0F / y.sum();
}

void log_softmax_row(float *dst, const float *src, size_t cols) {
    const auto n = static_cast<Index>(cols);
    const constant_array x(src, n);
    const float max = x.maxCoeff();
    array(dst, n) = x - (max + std::log((x - max).exp().sum()));
}

#define MAP(name, expression)                                                                      \
    void map_##name(float *dst, const float *src, size_t n, float p) {                             \
        (void)p;                                                                                   \
        const constant_array x(src, static_cast<Index>(n));                                        \
        array(dst, static_cast<Index>(n)) = (expression);                                          \
    }
FUNCTIONS(MAP, PEER_EACH_ROW)

PEER_TABLE(FUNCTIONS)

} // namespace

extern "C" {
extern const peer PEER_SYMBOL;
const peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, nullptr, functions};
}
