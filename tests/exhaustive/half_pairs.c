/*
 * act_exhaustive_half_pairs: the gated functions of f16 and bf16 with the usual parameters, every
 * gate with every up: 2^32 pairs, a minute each.  It prints the largest error, and where it is.
 *
 *   act_exhaustive_half_pairs [--function NAME] [--backend NAME] [--stride N]
 *
 * With a stride only every N-th gate is run.  Pairs of which nothing is promised are left out.
 * Exits with 1 if an error is above 0.501 ULP, with 2 on bad options.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/halves.h"
#include "support/harness.h"

typedef struct {
    const char *function, *backend;
    size_t stride;
} options;

typedef struct {
    size_t gates;
    double ulp;
    uint16_t gate, up, result;
} measurement;

static double end_of(const half_type *t) {
    return ldexp(1, t->least - 1 + (t->infinity >> (t->digits - 1)));
}

/* Of one pair: gates, ups, results, and as numbers the second factor and what each result is. */
static uint16_t gate[HALF_INPUTS], up[HALF_INPUTS], y[HALF_INPUTS];
static double second[HALF_INPUTS], value[HALF_INPUTS], error[HALF_INPUTS];

/* Errors in ULP, an infinity being 2^(max + 1); NaN where only one of both is. */
static void estimate(const half_type *t, double first) {
    const double least = ldexp(1, t->least), digits = ldexp(1, t->digits - 1), end = end_of(t);
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        double exact = first * second[i];
        exact = exact < -end ? -end : exact > end ? end : exact;
        uint64_t bits;
        memcpy(&bits, &exact, sizeof bits);
        bits &= UINT64_C(0x7FF0000000000000);
        double size;
        memcpy(&size, &bits, sizeof size);
        size = size < least ? least : size < end ? size : end / 2;
        const double off = fabs(value[y[i]] - exact) * digits / size;
        error[i] = isnan(value[y[i]]) && isnan(exact) ? 0 : off;
    }
}

static void run_gate(const half_pair *f, size_t at, measurement *m) {
    const float *p = f->map->usual;
    const long double g = (long double)half_value(f->type, (uint16_t)at);
    const long double first = f->exact(g, (long double)f->one, p);
    if (!half_pair_promised(f, first, 1))
        return;
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        gate[i] = (uint16_t)at;
    (void)f->call(y, gate, up, HALF_INPUTS, p);
    estimate(f->type, (double)first);
    ++m->gates;
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        if (error[i] <= m->ulp || !half_pair_promised(f, first, (long double)second[i]))
            continue;
        const double is = half_error(f->type, y[i], first * (long double)second[i]);
        if (is > m->ulp)
            *m = (measurement){m->gates, is, (uint16_t)at, up[i], y[i]};
    }
}

static bool run_pair(const options *o, const half_pair *f, const char *backend) {
    if (act_set_backend(backend) != ACT_OK)
        return false;
    measurement m = {0};
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        up[i] = (uint16_t)i;
        value[i] = half_value(f->type, up[i]);
        /* Exact for every f, as f(2) is neither 0 nor infinite. */
        const long double u = (long double)value[i], one = (long double)f->one;
        second[i] = (double)(f->exact(2, u, f->map->usual) / f->exact(2, one, f->map->usual));
        value[i] = isinf(value[i]) ? copysign(end_of(f->type), value[i]) : value[i];
    }
    for (size_t at = 0; at < HALF_INPUTS; at += o->stride)
        run_gate(f, at, &m);
    printf("%-15s %-4s %-7s %6zu gates: at most %.5f ULP, gate %a, up %a: %a\n", f->name,
           f->type->name, backend, m.gates, m.ulp, half_value(f->type, m.gate),
           half_value(f->type, m.up), half_value(f->type, m.result));
    (void)fflush(stdout);
    return m.ulp <= 0.501;
}

static bool parse(options *o, int argc, char **argv) {
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--function") == 0)
            o->function = argv[i + 1];
        else if (strcmp(argv[i], "--backend") == 0)
            o->backend = argv[i + 1];
        else if (strcmp(argv[i], "--stride") == 0)
            o->stride = strtoul(argv[i + 1], NULL, 10);
        else
            return false;
    }
    return o->stride > 0;
}

int main(int argc, char **argv) {
    options o = {.stride = 1};
    if (!parse(&o, argc, argv)) {
        fprintf(stderr, "act_exhaustive_half_pairs [--function NAME] [--backend NAME] "
                        "[--stride N]\n");
        return 2;
    }
    const backend_list backends = available_backends();
    bool good = true, found = false;
    for (size_t k = 0; k < half_pair_count; ++k)
        for (size_t b = 0; b < backends.count; ++b) {
            if ((o.function && strcmp(o.function, half_pairs[k].name) != 0) ||
                (o.backend && strcmp(o.backend, backends.name[b]) != 0))
                continue;
            found = true;
            good = run_pair(&o, &half_pairs[k], backends.name[b]) && good;
        }
    return !found ? 2 : good ? 0 : 1;
}
