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
 * From so many floats on, 64 MiB in and as much out.  ReLU on Zen 3 with 32 MiB of cache, against
 * ordinary stores: 1.4 times as fast from 4M floats on, but half as fast at 1M; the margin is for
 * larger caches.  In place there is nothing to save.
 */
enum { STREAM_FLOATS = 16 << 20 };

#ifdef VF_HAVE_STREAM
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return __builtin_expect(n >= STREAM_FLOATS, 0) && dst != src;
}
#else
VF_INLINE bool past_caches(const float *dst, const float *src, size_t n) {
    return (void)dst, (void)src, (void)n, false;
}
VF_INLINE void vf_stream(float *p, vf a) { vf_store(p, a); }
VF_INLINE void vf_stream_end(void) {}
#endif

/* How many floats it is from p to the next line of a cache, at least one and at most a vector. */
VF_INLINE size_t to_next_line(const float *p) {
    return VF_LANES - (uintptr_t)p / sizeof *p % VF_LANES;
}

#endif
