/* Runs the test of a vocabulary if the processor has its instructions, else reports it skipped. */
#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "backends.def"
#include "cpu.h"
#include "support/harness.h"

static const struct {
    const char *table;
    unsigned needs;
} backends[] = {
#define BACKEND(backend, name, needs, ...) {#backend, needs},
    EACH_BACKEND(BACKEND, )};

int main(void) {
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; ++i)
        if (strcmp(backends[i].table, TABLE) == 0)
            return backends[i].needs & ~act_cpu_features() ? EXIT_SKIPPED : vocabulary_tests();
    return EXIT_FAILURE;
}
