// The peer "eigen-...": Eigen's array expressions, as its users write them.  Compiled once for each
// instruction set; PEER_SYMBOL, PEER_NAME and PEER_ISA come from the build.
#include "peers.h"

// Eigen is inline functions throughout, and of those with the same name the linker keeps one.  A
// namespace for each instruction set keeps AVX-512 code out of the AVX2 peer.
#define Eigen PEER_NAMESPACE
#if defined(__GNUC__) && !defined(__clang__)
// gcc 12 gives these warnings for its own AVX-512 intrinsics.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <Eigen/Core>

namespace {

using array = Eigen::Map<Eigen::ArrayXf>;
using constant_array = Eigen::Map<const Eigen::ArrayXf>;
using Eigen::Index;

template <typename Formula>
void map(float *dst, const float *src, size_t n, Formula formula) noexcept {
    array(dst, static_cast<Index>(n)) = formula(constant_array(src, static_cast<Index>(n)));
}

void sigmoid(float *dst, const float *src, size_t n, float) noexcept {
    map(dst, src, n, [](const constant_array &x) { return x.logistic(); });
}

void relu(float *dst, const float *src, size_t n, float) noexcept {
    map(dst, src, n, [](const constant_array &x) { return x.max(0.0F); });
}

// Not x < 0 ? p * x : x, as gcc makes Eigen's select() a branch for each element.
void leaky_relu(float *dst, const float *src, size_t n, float p) noexcept {
    map(dst, src, n, [p](const constant_array &x) { return x.max(p * x); });
}

void softmax(float *dst, const float *src, size_t rows, size_t cols) noexcept {
    const auto n = static_cast<Index>(cols);
    for (size_t r = 0; r < rows; r++) {
        const constant_array x(src + r * cols, n);
        array y(dst + r * cols, n);
        y = (x - x.maxCoeff()).exp();
        y *= 1.0F / y.sum();
    }
}

const peer_function functions[] = {
    {"sigmoid", sigmoid, nullptr}, {"relu", relu, nullptr},     {"leaky_relu", leaky_relu, nullptr},
    {"softmax", nullptr, softmax}, {nullptr, nullptr, nullptr},
};

} // namespace

extern "C" {
extern const peer PEER_SYMBOL;
const peer PEER_SYMBOL = {PEER_NAME, PEER_ISA, nullptr, functions};
}
