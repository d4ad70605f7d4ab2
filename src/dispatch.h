/* Which backend is in use. */
#ifndef ACT_DISPATCH_H
#define ACT_DISPATCH_H

#include <stdatomic.h>

#include "kernels/table.h"

/*
 * The only state of the library.  It never is NULL: before the first call it points to a table
 * whose kernels choose a backend and pass the call on, so that an entry point is one load and one
 * indirect call.  Relaxed order is enough, since every table is constant.
 */
__attribute__((visibility("hidden"))) extern _Atomic(const act_kernels *) act_active;

static inline const act_kernels *act_kernels_in_use(void) {
    return atomic_load_explicit(&act_active, memory_order_relaxed);
}

#endif
