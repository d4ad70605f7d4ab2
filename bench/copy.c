/*
 * The yardstick for kernels that are limited by loads and stores: a plain vector copy.
 * Compiled once for each instruction set, with BENCH_COPY_LOOP as the name of the function and
 * BENCH_COPY_BYTES as the width of a vector.
 */
#include "bench.h"

#define LANES (BENCH_COPY_BYTES / sizeof(float))

typedef float vec __attribute__((vector_size(BENCH_COPY_BYTES), aligned(4), may_alias));

/*
 * Never inlined, because the kernels it is held against are called, too.  The barriers keep the
 * loops from being recognised as a memcpy; they cost nothing, as no variable lives in memory.
 */
__attribute__((noinline)) static void copy(float *dst, const float *src, size_t n) {
    size_t i = 0;
    for (; n - i >= 4 * LANES; i += 4 * LANES) {
        const vec a = *(const vec *)(src + i);
        const vec b = *(const vec *)(src + i + LANES);
        const vec c = *(const vec *)(src + i + 2 * LANES);
        const vec d = *(const vec *)(src + i + 3 * LANES);
        *(vec *)(dst + i) = a;
        *(vec *)(dst + i + LANES) = b;
        *(vec *)(dst + i + 2 * LANES) = c;
        *(vec *)(dst + i + 3 * LANES) = d;
        gb_clobber();
    }
    for (; n - i >= LANES; i += LANES) {
        *(vec *)(dst + i) = *(const vec *)(src + i);
        gb_clobber();
    }
    for (; i < n; i++) {
        dst[i] = src[i];
        gb_clobber();
    }
}

act_status BENCH_COPY_LOOP(const struct bench_subject *subject, uint64_t times, void *dst,
                           const void *src, size_t rows, size_t cols) {
    (void)subject;
    for (uint64_t i = 0; i < times; i++) {
        copy(dst, src, rows * cols);
        gb_clobber();
    }
    return ACT_OK;
}
