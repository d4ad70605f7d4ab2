/* Chooses a backend at the first call, and on request. */
#include "dispatch.h"

#include <stdbool.h>
#include <string.h>

#include "act/act.h"
#include "cpu.h"
#include "report.h"

static const struct {
    const char *name;
    unsigned needs;
} backends[ACT_INDICES] = {
#define BACKEND(backend, name, needs, ...)                                                         \
    IF_BUILT(backend, [ACT_INDEX_##backend] = {name, needs}, )
    EACH_BACKEND(BACKEND, )};

static bool runs_here(unsigned index) { return (backends[index].needs & ~act_cpu_features()) == 0; }

/* The best backend of that name, or of any name if it is NULL; ACT_INDEX_UNRESOLVED if none. */
static unsigned find(const char *name) {
    for (unsigned i = 1; i < ACT_INDICES; ++i)
        if (runs_here(i) && (!name || strcmp(name, backends[i].name) == 0))
            return i;
    return ACT_INDEX_UNRESOLVED;
}

atomic_uint act_active;

/*
 * Several threads may run this at once; all of them find the same backend.  A choice that
 * act_set_backend() makes meanwhile stands.  The exchange also ensures that only one thread
 * reports.
 */
unsigned act_resolve(void) {
    unsigned in_use = act_backend_in_use();
    if (in_use)
        return in_use;

    const char *wanted = act_wanted_backend();
    const unsigned named = wanted ? find(wanted) : ACT_INDEX_UNRESOLVED;
    const unsigned chosen = named ? named : find(NULL);
    if (!atomic_compare_exchange_strong(&act_active, &in_use, chosen))
        return in_use;
    if (wanted && !named)
        act_report_unknown_backend(wanted, backends[chosen].name);
    return chosen;
}

const char *act_backend(void) { return backends[act_resolve()].name; }

size_t act_backends(const char **names, size_t max) {
    size_t count = 0;
    const char *last = "";
    for (unsigned i = 1; i < ACT_INDICES; ++i) {
        const char *name = backends[i].name;
        if (!runs_here(i) || strcmp(name, last) == 0)
            continue;
        if (count < max)
            names[count] = name;
        ++count;
        last = name;
    }
    return count;
}

act_status act_set_backend(const char *name) {
    const unsigned found = find(name);
    if (!found)
        return ACT_ERROR_BACKEND;
    atomic_store_explicit(&act_active, found, memory_order_relaxed);
    return ACT_OK;
}
