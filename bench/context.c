/* What a result is to be read with: version, backends, peers, compiler and processor. */
#include "bench.h"
#include "peers.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Appends "word" to a list with blanks between, as far as there is room. */
static void append(char *list, size_t size, const char *word) {
    const size_t length = strlen(list);
    (void)snprintf(list + length, size - length, "%s%s", length > 0 ? " " : "", word);
}

static bool of_interest(const char *flag) {
    static const char *const flags[] = {"avx",      "fma",      "avx2", "avx512f", "avx512bw",
                                        "avx512dq", "avx512vl", "f16c", "asimd",   "asimdhp",
                                        "sve",      "sve2",     "bf16"};
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (strcmp(flag, flags[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The processor as Linux describes it; elsewhere the context does without. */
static void add_processor(void) {
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (file == NULL) {
        return;
    }
    char line[8192];
    char flags[512] = "";
    while (flags[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        char *value = strstr(line, ": ");
        if (value == NULL) {
            continue;
        }
        value += 2;
        value[strcspn(value, "\n")] = '\0';
        if (strncmp(line, "model name", 10) == 0) {
            gb_context("cpu_model", value);
        } else if (strncmp(line, "flags", 5) == 0 || strncmp(line, "Features", 8) == 0) {
            for (char *flag = strtok(value, " "); flag != NULL; flag = strtok(NULL, " ")) {
                if (of_interest(flag)) {
                    append(flags, sizeof flags, flag);
                }
            }
        }
    }
    (void)fclose(file);
    gb_context("cpu_flags", flags);
}

void bench_context(const char *const *backends, size_t count) {
    char list[256] = "";
    for (size_t i = 0; i < count; i++) {
        append(list, sizeof list, backends[i]);
    }
    gb_context("act_version", act_version());
    gb_context("act_backends", list);
    char classes[512] = "";
    for (size_t i = 0; peers[i] != NULL; i++) {
        const char *isa = peer_isa(peers[i]);
        if (isa != NULL) {
            char word[64];
            (void)snprintf(word, sizeof word, "%s=%s", peers[i]->name, isa);
            append(classes, sizeof classes, word);
        }
    }
    gb_context("peers", classes);
    gb_context("compiler", __VERSION__);
#ifdef __OPTIMIZE__
    gb_context("optimized", "yes");
#else
    gb_context("optimized", "no");
    (void)fprintf(stderr, "act_bench: built without optimization, the figures mean nothing\n");
#endif
    add_processor();
}
