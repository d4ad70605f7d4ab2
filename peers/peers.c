/* The list of peers, from the list that the build writes, and what they all share. */
#include "peers.h"

#include "adapter.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEER(symbol) extern const struct peer symbol;
#include "peers.def"
#undef PEER

const struct peer *const peers[] = {
#define PEER(symbol) &(symbol),
#include "peers.def"
#undef PEER
    NULL,
};

/* In this file, which is compiled for the baseline, as the caller may run on an old processor. */
static bool supported(const char *isa) {
#if defined(__x86_64__) || defined(__i386__)
    if (strcmp(isa, "avx512") == 0) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    }
    if (strcmp(isa, "avx2") == 0) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
#endif
    return strcmp(isa, "scalar") == 0;
}

const char *peer_isa(const struct peer *peer) {
    if (peer->isa == NULL) {
        return peer->chosen();
    }
    return supported(peer->isa) ? peer->isa : NULL;
}

const char *peer_widest_isa(void) {
#if defined(__x86_64__) || defined(__i386__)
    return supported("avx512") ? "avx512" : supported("avx2") ? "avx2" : "sse";
#elif defined(__aarch64__)
    return "neon";
#else
    return "scalar";
#endif
}

const struct peer_function *peer_find(const struct peer *peer, const char *name) {
    for (const struct peer_function *f = peer->functions; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

void peer_fail(const char *peer, const char *call, int status) {
    (void)fprintf(stderr, "peers: %s: %s failed with status %d\n", peer, call, status);
    exit(EXIT_FAILURE);
}
