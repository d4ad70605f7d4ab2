/*
 * Non-temporal stores, which bypass the caches, for arrays that no cache holds.  An ordinary store
 * reads the line that it is going to fill, and evicts another; a non-temporal one saves that read,
 * a third of the traffic.
 */
#ifndef ACT_KERNELS_STREAM_H
#define ACT_KERNELS_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "act/act.h"
#include "kernels/vec.h"

/*
 * The size from which arrays are streamed: 16 MiB in and as much out.  Speed of ReLU relative to
 * ordinary stores: 1.4 from this size on with 32 MiB of cache (Zen 3, where it is 0.5 at 1M
 * floats), 1.2 from 8M on (Zen 5), and 2.0 from 1M on where the last-level cache is slow and shared
 * (Sapphire Rapids, 300 MiB).  In place there is nothing to save, as the line has been read
 * already.
 */
enum { STREAM_FLOATS = 4 << 20 };

/* The bit that ACT_SLICE sets in a size; the checks keep it out of place, from 4096 floats on. */
#define SLICE_HINT ACT_SLICE(0)
VF_INLINE size_t without_hint(size_t n) { return n & ~SLICE_HINT; }

#ifdef VF_HAVE_STREAM
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return __builtin_expect(n >= STREAM_FLOATS, 0) && dst != src;
}
#else
/* Without non-temporal stores this only selects the path that removes the hint. */
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return (void)dst, (void)src, __builtin_expect(n >= SLICE_HINT, 0);
}
#endif

/* The number of floats from p to the next cache line, at least one and at most a vector. */
VF_INLINE size_t to_next_line(const float *p) {
    return VF_LANES - (uintptr_t)p / sizeof *p % VF_LANES;
}

#endif
