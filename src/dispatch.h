/*
 * Which backend is in use, and the rows of kernels.
 *
 * Each function has a row of kernels, one for each backend that was built, in the order of
 * backends.def.  The active backend is an index into every row.  It is 0 before the first call:
 * element 0 of each row chooses a backend and forwards the call, so that an entry point is a load
 * and an indirect call.  The linker keeps only the rows, and so the kernels, of the functions that
 * a program calls.
 */
#ifndef ACT_DISPATCH_H
#define ACT_DISPATCH_H

#include <stdatomic.h>

#include "backends.def"
#include "compiler.h"
#include "kernels/signatures.h"

#define BACKEND_INDEX(backend, name, needs, ...) IF_BUILT(backend, ACT_INDEX_##backend, )
enum { ACT_INDEX_UNRESOLVED, EACH_BACKEND(BACKEND_INDEX, ) ACT_INDICES };
#undef BACKEND_INDEX

/* The library's only mutable state.  Relaxed order suffices, because every row is constant. */
ACT_HIDDEN extern atomic_uint act_active;

static inline unsigned act_backend_in_use(void) {
    return atomic_load_explicit(&act_active, memory_order_relaxed);
}

/* For tests: the next call chooses a backend, as the first one of a process does. */
static inline void act_forget_backend(void) {
    atomic_store_explicit(&act_active, ACT_INDEX_UNRESOLVED, memory_order_relaxed);
}

/* The index of the backend to use; chooses one if none has been chosen yet.  Never 0. */
ACT_HIDDEN __attribute__((cold)) unsigned act_resolve(void);

/* Defines row_NAME; to be passed to SIGNATURE_OF_... as USE. */
#define ROW_OF_KERNELS(name, parameters, arguments)                                                \
    EACH_BACKEND(DECLARE_KERNEL, name, parameters)                                                 \
    __attribute__((cold)) static act_status first_##name parameters;                               \
    static act_status(*const row_##name[])                                                         \
        parameters = {first_##name, EACH_BACKEND(KERNEL_OF_BACKEND, name)};                        \
    static act_status first_##name parameters { return row_##name[act_resolve()] arguments; }
/* The same where not every row is used. */
#define SOME_ROW_OF_KERNELS(name, parameters, arguments)                                           \
    ROW_OF_KERNELS(name, parameters, arguments)                                                    \
    static inline void use_of_##name(void) { (void)row_##name; }
#define DECLARE_KERNEL(backend, backend_name, needs, name, parameters)                             \
    IF_BUILT(backend, ACT_HIDDEN act_status act_##backend##_##name parameters;)
#define KERNEL_OF_BACKEND(backend, backend_name, needs, name)                                      \
    IF_BUILT(backend, act_##backend##_##name, )

#define KERNEL_IN_USE(name) row_##name[act_backend_in_use()]

#endif
