/*
 * Results past the caches, for arrays that no cache holds.  An ordinary store reads the line that
 * it is going to fill, and pushes out another; a non-temporal one saves that third of the traffic.
 */
#ifndef ACT_KERNELS_STREAM_H
#define ACT_KERNELS_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/vec.h"

/*
 * From so many floats on, 16 MiB in and as much out.  ReLU against ordinary stores: 1.4 times as
 * fast from there on with 32 MiB of cache (Zen 3, where it is half as fast at 1M floats), 1.2 times
 * from 8M on (Zen 5), 2.0 times from 1M on where the last level is far and shared (Sapphire Rapids,
 * 300 MiB).  In place there is nothing to save.
 */
enum { STREAM_FLOATS = 4 << 20 };

/* What ACT_SLICE adds to a size; the checks pass it on with 4096 floats or more, out of place. */
#define SLICE_HINT ((size_t)-1 - ((size_t)-1 >> 1))
VF_INLINE size_t without_hint(size_t n) { return n & ~SLICE_HINT; }

#ifdef VF_HAVE_STREAM
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return __builtin_expect(n >= STREAM_FLOATS, 0) && dst != src;
}
#else
/* Only to take the hint away. */
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return (void)dst, (void)src, __builtin_expect(n >= SLICE_HINT, 0);
}
#endif

/* How many floats it is from p to the next line of a cache, at least one and at most a vector. */
VF_INLINE size_t to_next_line(const float *p) {
    return VF_LANES - (uintptr_t)p / sizeof *p % VF_LANES;
}

#endif
