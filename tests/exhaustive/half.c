/*
 * act_exhaustive_half: the elementwise functions of f16 and bf16, with the usual parameters, for
 * all 65,536 inputs.  It counts the results that are not the exact one rounded once.
 *
 *   act_exhaustive_half [--function NAME] [--backend NAME] [--peers] [--tsv FILE]
 *
 * Beside them it counts those that would be wrong if the f32 function's result were rounded, which
 * rounds twice.  Exits with 1 if one of ours is wrong, with 2 on bad options.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "peers.h"
#include "support/halves.h"
#include "support/harness.h"

typedef struct {
    const char *function, *backend;
    bool peers;
    FILE *tsv;
} options;

/* Of one function: all inputs, and the right results. */
static uint16_t inputs[HALF_INPUTS + 2 * PEERS_SLACK], right[HALF_INPUTS];

/* Results that are wrong; the largest error, in ULP of the type, and its first input. */
typedef struct {
    unsigned wrong;
    double ulp;
    uint16_t at;
    uint64_t hash; /* every NaN counts as one */
} measurement;

static measurement measure(const half_function *f, const uint16_t *y) {
    measurement m = {.ulp = -1, .hash = HALF_INPUTS};
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        const bool good = half_same(f->type, y[i], right[i]);
        const uint16_t bits = half_is_nan(f->type, y[i]) ? f->type->infinity + 1 : y[i];
        m.hash = (m.hash ^ bits) * UINT64_C(0x100000001b3);
        m.hash ^= m.hash >> 29;
        m.wrong += !good;
        const long double exact = half_exact(f, (uint16_t)i, f->map->usual);
        const double error = half_error(f->type, y[i], exact);
        if (error > m.ulp) {
            m.ulp = error;
            m.at = (uint16_t)i;
        }
    }
    return m;
}

/* How many results would be wrong if those of f32 were rounded. */
static unsigned wrong_if_rounded(const half_function *f) {
    static float x[HALF_INPUTS], y[HALF_INPUTS];
    static uint16_t rounded[HALF_INPUTS];
    (void)f->type->to_f32(x, inputs, HALF_INPUTS);
    (void)f->map->to(y, x, HALF_INPUTS, f->map->usual);
    (void)f->type->from_f32(rounded, y, HALF_INPUTS);
    return measure(f, rounded).wrong;
}

static void report(const options *o, const half_function *f, const char *on, bool ours,
                   const measurement *m, unsigned rounded) {
    char count[16] = "-";
    if (ours)
        (void)snprintf(count, sizeof count, "%u", rounded);
    const double at = half_value(f->type, m->at);
    printf("%-16s %-4s %-12s %6u wrong, rounded from f32 %6s; %10.4f ULP at %-14a %016" PRIx64 "\n",
           f->name, f->type->name, on, m->wrong, count, m->ulp, at, m->hash);
    (void)fflush(stdout);
    if (o->tsv)
        fprintf(o->tsv, "half\t%s\t%s\t%s\t%s\t%u\t%s\t%.4f\t%a\t%016" PRIx64 "\n", f->name, on,
                ours ? "ours" : "peer", f->type->name, m->wrong, count, m->ulp, at, m->hash);
}

static bool run_backend(const options *o, const half_function *f, const char *backend) {
    static uint16_t y[HALF_INPUTS];
    if (act_set_backend(backend) != ACT_OK ||
        f->to(y, inputs, HALF_INPUTS, f->map->usual) != ACT_OK) {
        printf("%s of %s on %s: no results\n", f->name, f->type->name, backend);
        return false;
    }
    const measurement m = measure(f, y);
    report(o, f, backend, true, &m, wrong_if_rounded(f));
    return m.wrong == 0;
}

static void run_peer(const options *o, const half_function *f, const struct peer *peer) {
    static uint16_t y[HALF_INPUTS + 2 * PEERS_SLACK];
    char name[64];
    (void)snprintf(name, sizeof name, "%s_%s", f->name, f->type->name);
    const struct peer_function *of_peer = peer_isa(peer) ? peer_find(peer, name) : NULL;
    if (!of_peer)
        return;
    of_peer->map_f16(y, inputs, HALF_INPUTS, f->map->usual[0]);
    const measurement m = measure(f, y);
    report(o, f, peer->name, false, &m, 0);
}

static bool run_function(const options *o, const half_function *f) {
    const backend_list backends = available_backends();
    bool good = true;
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        right[i] = half_right(f, inputs[i]);
    for (size_t b = 0; b < backends.count; ++b)
        if (!o->backend || strcmp(o->backend, backends.name[b]) == 0)
            good = run_backend(o, f, backends.name[b]) && good;
    for (size_t i = 0; o->peers && peers[i]; ++i)
        run_peer(o, f, peers[i]);
    return good;
}

static bool parse(options *o, int argc, char **argv) {
    for (int i = 1; i < argc; ++i) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--peers") == 0) {
            o->peers = true;
            continue;
        }
        if (value && strcmp(argv[i], "--function") == 0)
            o->function = value;
        else if (value && strcmp(argv[i], "--backend") == 0)
            o->backend = value;
        else if (value && strcmp(argv[i], "--tsv") == 0)
            o->tsv = fopen(value, "a");
        else
            return false;
        if (strcmp(argv[i], "--tsv") == 0 && !o->tsv) {
            perror(value);
            return false;
        }
        ++i;
    }
    return true;
}

int main(int argc, char **argv) {
    options o = {0};
    if (!parse(&o, argc, argv)) {
        fprintf(stderr, "act_exhaustive_half [--function NAME] [--backend NAME] [--peers] "
                        "[--tsv FILE]\n");
        return 2;
    }
    bool good = true, found = false;
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        inputs[i] = (uint16_t)i;
    for (size_t k = 0; k < half_function_count; ++k) {
        if (o.function && strcmp(o.function, half_functions[k].name) != 0)
            continue;
        found = true;
        good = run_function(&o, &half_functions[k]) && good;
    }
    if (!found)
        fprintf(stderr, "act_exhaustive_half: no function '%s'\n", o.function);
    if (o.tsv && fclose(o.tsv) != 0)
        good = false;
    return !found ? 2 : good ? 0 : 1;
}
