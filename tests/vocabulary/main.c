/* Runs a vocabulary's test if the processor has its instructions, else reports it as skipped. */
#include "vocabulary/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "backends.def"
#include "cpu.h"
#include "support/harness.h"

static const struct {
    const char *table, *name;
    unsigned needs;
} backends[] = {
#define BACKEND(backend, name, needs, ...) {#backend, name, needs},
    EACH_BACKEND(BACKEND, )};
enum { BACKENDS = sizeof backends / sizeof backends[0] };

/* Of two backends with one name the library uses the first that runs. */
static bool is_taken(size_t k) {
    for (size_t i = 0; i < k; ++i)
        if (strcmp(backends[i].name, backends[k].name) == 0 &&
            !(backends[i].needs & ~act_cpu_features()))
            return false;
    return true;
}

static int all_tests(const char *backend) {
    return vocabulary_contracts() + vocabulary_words() + vocabulary_exponentials(backend) +
           vocabulary_memory() + vocabulary_reductions();
}

int main(void) {
    for (size_t i = 0; i < BACKENDS; ++i)
        if (strcmp(backends[i].table, TABLE) == 0)
            return backends[i].needs & ~act_cpu_features()
                       ? EXIT_SKIPPED
                       : all_tests(is_taken(i) ? backends[i].name : NULL);
    return EXIT_FAILURE;
}
