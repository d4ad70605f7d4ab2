/* Chooses a backend at the first call, and on demand. */
#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/act.h"
#include "cpu.h"

/* Keeps the text only if the build has the backend: ACT_HAVE_TABLE is 1 or 0. */
#define IF_1(...) __VA_ARGS__
#define IF_0(...)
#define IF(condition, ...)          IF_EXPANDED(condition, __VA_ARGS__)
#define IF_EXPANDED(condition, ...) IF_##condition(__VA_ARGS__)

#define ACT_BACKEND(table, name, needs)                                                            \
    IF(ACT_HAVE_##table, extern const act_kernels act_table_##table;)
#include "backends.def"

static const struct {
    const act_kernels *kernels;
    unsigned needs;
} built[] = {
#define ACT_BACKEND(table, name, needs) IF(ACT_HAVE_##table, {&act_table_##table, needs}, )
#include "backends.def"
};
enum { BUILT = sizeof built / sizeof built[0] };

/* The best backend of that name, or of any name if it is NULL; NULL if there is none. */
static const act_kernels *find(const char *name) {
    unsigned features = act_cpu_features();
    for (size_t i = 0; i < BUILT; ++i)
        if ((built[i].needs & ~features) == 0 &&
            (!name || strcmp(name, built[i].kernels->backend) == 0))
            return built[i].kernels;
    return NULL;
}

static const act_kernels unresolved;
_Atomic(const act_kernels *) act_active = &unresolved;

/*
 * Any number of threads may come here at once, and all find the same; a choice that
 * act_set_backend() made meanwhile stands.  The exchange also lets only one of them report.
 */
static const act_kernels *resolve(void) {
    const act_kernels *in_use = act_kernels_in_use();
    if (in_use != &unresolved)
        return in_use;

    const char *wanted = getenv("ACT_BACKEND");
    const act_kernels *named = wanted && *wanted ? find(wanted) : NULL;
    const act_kernels *chosen = named ? named : find(NULL);
    if (!atomic_compare_exchange_strong(&act_active, &in_use, chosen))
        return in_use;
    if (wanted && *wanted && !named)
        fprintf(stderr, "libact: ACT_BACKEND=%s is not a backend that runs here, using %s\n",
                wanted, chosen->backend);
    return chosen;
}

#define FIRST(name, parameters, arguments)                                                         \
    static act_status first_##name parameters { return resolve()->name arguments; }
#define FIRST_MAP(name)                                                                            \
    FIRST(name, (float *dst, const float *src, size_t n, float p, float q), (dst, src, n, p, q))
#define FIRST_PAIR(name)                                                                           \
    FIRST(name, (float *dst, const float *a, const float *b, size_t n, float p, float q),          \
          (dst, a, b, n, p, q))
#define FIRST_GATED_GRAD(name)                                                                     \
    FIRST(                                                                                         \
        name,                                                                                      \
        (float *dgate, float *dup, const float *dy, const float *gate, const float *up, size_t n), \
        (dgate, dup, dy, gate, up, n))
#define ACT_MAP(name, of, params) FIRST_MAP(name) IF_GRAD_##of(FIRST_PAIR(name##_grad))
#define ACT_GATED(name, f)        FIRST_PAIR(name) FIRST_GATED_GRAD(name##_grad)
#define ACT_ROWS(name)                                                                             \
    FIRST(name,                                                                                    \
          (float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t rows,        \
           size_t cols),                                                                           \
          (dst, dst_stride, src, src_stride, rows, cols))
#define ACT_ROWS_PAIR(name)                                                                        \
    FIRST(name,                                                                                    \
          (float *dst, size_t dst_stride, const float *a, size_t a_stride, const float *b,         \
           size_t b_stride, size_t rows, size_t cols),                                             \
          (dst, dst_stride, a, a_stride, b, b_stride, rows, cols))
#define ACT_ROWS_OWN(name) ACT_SIGNATURE_##name(FIRST)
#include "functions.def"

static const act_kernels unresolved = {
#define MEMBER(name)              .name = first_##name,
#define ACT_MAP(name, of, params) MEMBER(name) IF_GRAD_##of(MEMBER(name##_grad))
#define ACT_GATED(name, f)        MEMBER(name) MEMBER(name##_grad)
#define ACT_ROWS                  MEMBER
#define ACT_ROWS_PAIR             MEMBER
#define ACT_ROWS_OWN              MEMBER
#include "functions.def"
};

const char *act_backend(void) { return resolve()->backend; }

size_t act_backends(const char **names, size_t max) {
    size_t count = 0;
    const char *last = "";
    for (size_t i = 0; i < BUILT; ++i) {
        const char *name = built[i].kernels->backend;
        if ((built[i].needs & ~act_cpu_features()) != 0 || strcmp(name, last) == 0)
            continue;
        if (count < max)
            names[count] = name;
        ++count;
        last = name;
    }
    return count;
}

act_status act_set_backend(const char *name) {
    const act_kernels *found = find(name);
    if (!found)
        return ACT_ERROR_BACKEND;
    atomic_store_explicit(&act_active, found, memory_order_relaxed);
    return ACT_OK;
}
