/* A linear congruential generator, and the arrays that are filled from it. */
#include "support/data.h"

const uint32_t specials[SPECIALS] = {
    0x00000000, 0x80000000,                                                 /* zeros */
    0x7F800000, 0xFF800000,                                                 /* infinities */
    0x7FC00000, 0xFFC00000, 0x7FC12345, 0xFFFFFFFF,                         /* quiet NaNs */
    0x7F800001, 0xFFA00000,                                                 /* signalling NaNs */
    0x7F7FFFFF, 0xFF7FFFFF,                                                 /* FLT_MAX */
    0x00800000, 0x80800000,                                                 /* FLT_MIN */
    0x007FFFFF, 0x807FFFFF, 0x00000001, 0x80000001, 0x00012345, 0x80400000, /* subnormal */
    0x3F800000, 0xBF800000, 0x3F7FFFFF, 0xBF800001,                         /* about 1 */
    0x33800000, 0xB3800000, 0x41880000, 0xC1880000, /* where 1 + exp(x) begins to be rounded */
    0x42B17218, 0xC2B17218, 0xC2AEAC50, 0x42AEAC50, /* exp overflows, becomes subnormal */
    0xC2CFF1B5, 0x42CFF1B5, 0xC2D20000, 0x4F000000, /* exp vanishes; 2^31 */
};

uint32_t random_bits(random_source *source) {
    source->state = source->state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(source->state >> 32);
}

size_t random_below(random_source *source, size_t end) {
    return (size_t)(((uint64_t)random_bits(source) * end) >> 32);
}

double random_unit(random_source *source) { return random_bits(source) * 0x1p-32; }

static float uniform(random_source *source, float low, float high) {
    return (float)(low + ((double)high - low) * random_unit(source));
}

void fill_uniform(float *x, size_t n, float low, float high, uint64_t seed) {
    random_source source = {seed};
    for (size_t i = 0; i < n; ++i)
        x[i] = uniform(&source, low, high);
}

void fill_mixed(float *x, size_t n, uint64_t seed) {
    enum { BLOCK = 300 };
    random_source source = {seed};
    for (size_t i = 0; i < n; ++i) {
        switch (i / BLOCK % 3) {
        case 0:
            x[i] = float_of(random_bits(&source));
            break;
        case 1:
            x[i] = uniform(&source, -8, 8);
            break;
        default:
            x[i] = float_of(specials[random_below(&source, SPECIALS)]);
        }
    }
}

void fill_finite(float *x, size_t n, uint64_t seed) {
    random_source source = {seed};
    for (size_t i = 0; i < n; ++i)
        do
            x[i] =
                float_of(i % 4 ? random_bits(&source) : specials[random_below(&source, SPECIALS)]);
        while (!isfinite(x[i]));
}
