/*
 * The contracts of the words that a backend supplies, asserted in the debug build: each word is
 * replaced by one that checks first.  Derived words have VF_REQUIRE lines of their own.
 */
#ifndef ACT_KERNELS_CONTRACTS_H
#define ACT_KERNELS_CONTRACTS_H

#include <stdint.h>

#include "kernels/vec.h"

/* Whether all lanes are within the limits; a NaN counts as within. */
VF_INLINE int vf_all_within(float lo, vf a, float hi) {
    return !vm_any(vf_lt(a, vf_set1(lo))) && !vm_any(vf_lt(vf_set1(hi), a));
}
VF_INLINE int vf_no_nan(vf a) { return !vm_any(vf_is_nan(a)); }

#ifdef ACT_DEBUG_KERNELS

VF_WORD vf required_rint(vf a) {
    VF_REQUIRE(vf_all_within(-0x1p22F, a, 0x1p22F));
    return vf_rint(a);
}
#define vf_rint required_rint

#if VF_IN_FLIGHT == 1
VF_INLINE int vf_is_partial(size_t n) { return 0 < n && n < VF_LANES; }

VF_WORD vf required_load_partial(const float *p, size_t n, vf idle) {
    VF_REQUIRE(vf_is_partial(n));
    return vf_load_partial(p, n, idle);
}
#define vf_load_partial required_load_partial

VF_WORD void required_store_partial(float *p, vf a, size_t n) {
    VF_REQUIRE(vf_is_partial(n));
    vf_store_partial(p, a, n);
}
#define vf_store_partial required_store_partial

VF_WORD vf required_first(vf a, size_t n) {
    VF_REQUIRE(vf_is_partial(n));
    return vf_first(a, n);
}
#define vf_first required_first

VF_WORD float required_max_lanes(vf a) {
    VF_REQUIRE(vf_no_nan(a));
    return vf_max_lanes(a);
}
#define vf_max_lanes required_max_lanes
#endif

#ifdef VF_HAVE_STREAM
VF_WORD void required_stream(float *p, vf a) {
    VF_REQUIRE((uintptr_t)p % 64 == 0);
    vf_stream(p, a);
}
#define vf_stream required_stream
#endif

#endif

#endif
