/*
 * act_exhaustive: runs every elementwise function over all 2^32 floats on every backend.  It prints
 * the largest error and its input, whether results keep the order of the exact ones, and whether
 * all backends have the same bits.  Values of dy or up and of parameters are searched instead.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exhaustive/climb.h"
#include "exhaustive/measure.h"
#include "exhaustive/operands.h"
#include "exhaustive/rows.h"
#include "support/data.h"
#include "support/harness.h"

/* For peers a sample is enough: their errors are not confined to single floats. */
enum { MAX_SOURCES = 64, PEER_STRIDE = 61 };

typedef struct {
    const char *function, *emit, *tsv, *save, *known;
    uint32_t stride;
    unsigned threads;
    share part;
    uint64_t row_elements, climb;
    bool searches_alone;
    source sources[MAX_SOURCES];
    size_t count;
} options;

static const char usage[] =
    "Usage: act_exhaustive [OPTION]...\n"
    "\n"
    "  --stride N             every N-th float only (default 1: all)\n"
    "  --function NAME        this function only\n"
    "  --backend NAME         this backend only; may be repeated (default: all that run here)\n"
    "  --remote NAME=COMMAND  one more backend, from the pipe of COMMAND --emit ..., which is\n"
    "                         this program on another processor, for example under an emulator\n"
    "  --row-elements N       sample rows of N elements together, none longer (default 20000000)\n"
    "  --climb N              only a search for the worst rows: N of each row-wise function, "
    "range\n"
    "                         and kind of error, from the random numbers of seed --stride\n"
    "  --searches             without the runs over all floats of one operand\n"
    "  --peers                the peers that were built and run here, too\n"
    "  --threads N            (default: as many as processors)\n"
    "  --tsv FILE             appends the results to FILE, a line each\n"
    "  --save DIR             writes what was found of the first backend to DIR\n"
    "  --known DIR            reads it there: bits that are known are not measured again\n"
    "  --emit NAME --share I/N  writes the results of function NAME, every N-th chunk from I on\n"
    "\n"
    "Exit status: 0 all bounds kept and all backends equal, 1 not so, 2 bad options.\n";

static void fail_usage(const char *option, const char *value) {
    fprintf(stderr, "act_exhaustive: bad value '%s' for %s, see --help\n", value, option);
    exit(2);
}

static uint32_t number(const char *option, const char *text, unsigned long max) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end || *text == '-' || value == 0 || value > max)
        fail_usage(option, text);
    return (uint32_t)value;
}

static source *add_source(options *o, source s) {
    if (o->count == MAX_SOURCES) {
        fprintf(stderr, "act_exhaustive: more than %d sources\n", MAX_SOURCES);
        exit(2);
    }
    o->sources[o->count] = s;
    return &o->sources[o->count++];
}

/* The first backend is measured in full and confirmed, so it must be one of this process. */
static void remotes_last(options *o) {
    source ordered[MAX_SOURCES] = {0};
    size_t n = 0;
    for (int remote = 0; remote <= 1; ++remote)
        for (size_t i = 0; i < o->count; ++i)
            if ((o->sources[i].command != NULL) == remote)
                ordered[n++] = o->sources[i];
    memcpy(o->sources, ordered, n * sizeof *ordered);
}

static options parse(int argc, char **argv) {
    static const struct option known[] = {{"stride", required_argument, 0, 's'},
                                          {"function", required_argument, 0, 'f'},
                                          {"backend", required_argument, 0, 'b'},
                                          {"remote", required_argument, 0, 'r'},
                                          {"threads", required_argument, 0, 't'},
                                          {"tsv", required_argument, 0, 'o'},
                                          {"emit", required_argument, 0, 'e'},
                                          {"share", required_argument, 0, 'p'},
                                          {"row-elements", required_argument, 0, 'n'},
                                          {"save", required_argument, 0, 'S'},
                                          {"known", required_argument, 0, 'K'},
                                          {"climb", required_argument, 0, 'c'},
                                          {"searches", no_argument, 0, 'A'},
                                          {"peers", no_argument, 0, 'P'},
                                          {"help", no_argument, 0, 'h'},
                                          {0, 0, 0, 0}};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    options o = {.stride = 1,
                 .threads = processors > 0 ? (unsigned)processors : 1,
                 .part = {.worker = 0, .workers = 1}};
    o.row_elements = 20000000;
    bool chosen = false, with_peers = false;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        char *equals;
        switch (c) {
        case 's':
            o.stride = number("--stride", optarg, UINT32_MAX);
            break;
        case 'f':
            o.function = optarg;
            break;
        case 't':
            o.threads = number("--threads", optarg, 256);
            break;
        case 'n':
            o.row_elements = number("--row-elements", optarg, UINT32_MAX);
            break;
        case 'o':
            o.tsv = optarg;
            break;
        case 'e':
            o.emit = optarg;
            break;
        case 'p':
            if (sscanf(optarg, "%u/%u", &o.part.worker, &o.part.workers) != 2 ||
                o.part.worker >= o.part.workers || o.part.workers > CHUNKS)
                fail_usage("--share", optarg);
            break;
        case 'b':
            add_source(&o, (source){.name = optarg, .ours = true, .backend = optarg});
            chosen = true;
            break;
        case 'r':
            if (!(equals = strchr(optarg, '=')) || equals == optarg)
                fail_usage("--remote", optarg);
            *equals = '\0';
            add_source(&o, (source){.name = optarg, .ours = true, .command = equals + 1});
            break;
        case 'S':
            o.save = optarg;
            break;
        case 'K':
            o.known = optarg;
            break;
        case 'c':
            o.climb = number("--climb", optarg, UINT32_MAX);
            break;
        case 'A':
            o.searches_alone = true;
            break;
        case 'P':
            with_peers = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "act_exhaustive: unexpected argument '%s', see --help\n", argv[optind]);
        exit(2);
    }
    backend_list backends = available_backends();
    for (size_t i = 0; i < backends.count && !chosen; ++i)
        add_source(&o,
                   (source){.name = backends.name[i], .ours = true, .backend = backends.name[i]});
    for (size_t i = 0; with_peers && peers[i]; ++i)
        if (peer_isa(peers[i]))
            add_source(&o, (source){.name = peers[i]->name, .peer = peers[i]});
    remotes_last(&o);
    o.part.stride = o.stride;
    return o;
}

static float apply(const map_function *f, float x) {
    f->in_place(&x, 1, f->usual);
    return x;
}

/* The function's values at inputs where an error in ULP means nothing. */
static void print_special(FILE *to, const map_function *f) {
    static const float at[] = {-INFINITY, -0.0F, 0.0F, INFINITY, NAN};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; ++i) {
        float y = apply(f, at[i]);
        if (isnan(y))
            fputs(i ? " NaN" : "NaN", to);
        else
            fprintf(to, "%s%.9g", i ? " " : "", (double)y);
    }
}

static FILE *open_tsv(const options *o) {
    FILE *tsv = fopen(o->tsv, "a");
    if (!tsv) {
        perror(o->tsv);
        exit(2);
    }
    return tsv;
}

static void report(const options *o, const source *s, const map_function *f, uint32_t stride,
                   const measurement *m) {
    printf("%-12s %-18s %8.4f at %-14a %8.4f at %-16a %8" PRIu64 "  %016" PRIx64 "\n", f->name,
           s->name, m->normal.ulp, (double)m->normal.x, m->subnormal.ulp, (double)m->subnormal.x,
           m->not_monotone, m->hash);
    fflush(stdout);
    if (!o->tsv)
        return;
    FILE *tsv = open_tsv(o);
    fprintf(tsv, "map\t%s\t%s\t%s\t%u\t%.4f\t%.4f\t%a\t%.4f\t%a\t%" PRIu64 "\t%016" PRIx64 "\t",
            f->name, s->name, s->ours ? "ours" : "peer", stride, f->bound->ulp, m->normal.ulp,
            (double)m->normal.x, m->subnormal.ulp, (double)m->subnormal.x, m->not_monotone,
            m->hash);
    print_special(tsv, f);
    fputc('\n', tsv);
    fclose(tsv);
}

/* The reference in double is trusted if one in long double finds the same error at the peak. */
static bool confirm(const map_function *f, peak p) {
    if (p.ulp == 0) /* no input */
        return true;
    double again = confirmed_ulp(f, p.x, apply(f, p.x));
    if (fabs(again - p.ulp) < 1e-6)
        return true;
    printf("%s: %.7f ULP at %a, but %.7f by the reference in long double\n", f->name, p.ulp,
           (double)p.x, again);
    return false;
}

static bool keeps_bound(const source *s, const map_function *f, const measurement *m) {
    double largest = f->bound->fast ? m->normal.ulp : fmax(m->normal.ulp, m->subnormal.ulp);
    if (largest <= f->bound->ulp)
        return true;
    printf("%s on %s: %.4f ULP exceeds the stated bound of %.4f\n", f->name, s->name, largest,
           f->bound->ulp);
    return false;
}

static bool run_function(const options *o, const map_function *f) {
    measurement *first = malloc(sizeof *first), *m = malloc(sizeof *m);
    const measurement *known = NULL;
    bool good = first && m;
    if (good && o->known && !f->bound->fast) {
        if (load_measurement(first, o->known, f->name)) {
            known = first;
        } else {
            printf("%s: nothing known in %s\n", f->name, o->known);
            good = false;
        }
    }
    for (size_t i = 0; i < o->count && first && m; ++i) {
        const source *s = &o->sources[i];
        measurement *into = known ? m : first;
        if (s->peer && !peer_find(s->peer, f->name))
            continue;
        if (s->backend && act_set_backend(s->backend) != ACT_OK) {
            printf("%s: no such backend here\n", s->name);
            good = false;
            continue;
        }
        const uint32_t stride = s->peer ? o->stride * PEER_STRIDE : o->stride;
        if (!measure(into, s, f, stride, o->threads, s->peer || f->bound->fast ? NULL : known)) {
            printf("%s on %s: no results, or not enough of them\n", f->name, s->name);
            good = false;
            continue;
        }
        report(o, s, f, stride, into);
        if (!s->ours)
            continue;
        good &= keeps_bound(s, f, into);
        if (!known && s->backend)
            good &= confirm(f, into->normal) && confirm(f, into->subnormal);
        if (known && !f->bound->fast && known->hash != m->hash) {
            printf("%s: the bits of %s are not those of the others\n", f->name, s->name);
            good = false;
        }
        if (!known && o->save && !save_measurement(first, o->save, f->name)) {
            perror(o->save);
            good = false;
        }
        known = first;
    }
    free(first);
    free(m);
    return good;
}

static bool report_search(const options *o, const source *s, const char *name, const char *over,
                          double bound, worst_input w) {
    printf("%-18s %-8s %8.4f over %s, at %a, %a, %a, %a\n", name, s->name, w.ulp, over,
           (double)w.at.x, (double)w.at.by, (double)w.at.p, (double)w.at.q);
    fflush(stdout);
    if (o->tsv) {
        FILE *tsv = open_tsv(o);
        fprintf(tsv, "search\t%s\t%s\t%s\t%u\t%.4f\t%.4f\t%a\t%a\t%a\t%a\n", name, s->name, over,
                o->stride, bound, w.ulp, (double)w.at.x, (double)w.at.by, (double)w.at.p,
                (double)w.at.q);
        fclose(tsv);
    }
    if (w.ulp <= bound)
        return true;
    printf("%s on %s: %.4f ULP exceeds the stated bound of %.4f\n", name, s->name, w.ulp, bound);
    return false;
}

/*
 * The backends of the default tier have the same bits, so it is enough to measure one of them, and
 * none where the results are known to equal those of another.
 */
static bool run_searches(const options *o, const map_function *f) {
    const effort e = {o->stride};
    const act_bound *b = f->bound;
    bool good = true;
    for (size_t i = 0; i < o->count && !o->known; ++i) {
        const source *s = &o->sources[i];
        if (!s->backend || act_set_backend(s->backend) != ACT_OK)
            continue;
        if (f->pair)
            good &= report_search(o, s, f->name, "the other operand", b->ulp, search_by(f, e));
        if (f->parameters)
            good &= report_search(o, s, f->name, "parameters", fmax(b->ulp, b->others),
                                  search_parameters(f, e));
        if (!b->fast)
            break;
    }
    return good;
}

static bool run_gated_search(const options *o, const gated_gradient *f) {
    const effort e = {o->stride};
    for (size_t i = 0; i < o->count && !o->known; ++i)
        if (o->sources[i].backend && act_set_backend(o->sources[i].backend) == ACT_OK)
            return report_search(o, &o->sources[i], f->name, "dy and up", f->bound->ulp,
                                 search_gated(f, e));
    return true;
}

static void report_rows(const options *o, const source *s, const rows_function *f, double range,
                        double bound, const row_measurement *m) {
    printf("%-12s %-18s %10.3e within %-4g (row of %zu)  subnormal %.3f ULP  sum %.1e  %016" PRIx64
           "\n",
           f->name, s->name, m->relative, range, m->cols, m->subnormal, m->sum, m->hash);
    fflush(stdout);
    if (!o->tsv)
        return;
    FILE *tsv = open_tsv(o);
    fprintf(tsv, "rows\t%s\t%s\t%s\t%g\t%.2g\t%.3e\t%zu\t%.3f\t%.2e\t%" PRIu64 "\t%016" PRIx64 "\n",
            f->name, s->name, s->ours ? "ours" : "peer", range, bound, m->relative, m->cols,
            m->subnormal, m->sum, m->elements, m->hash);
    fclose(tsv);
}

static bool run_rows_function(const options *o, const rows_function *f) {
    const struct {
        float range;
        double bound;
    } cases[] = {{10, f->bound->within_10}, {100, f->bound->within_100}};
    bool good = true;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; ++c) {
        uint64_t hash = 0;
        for (size_t i = 0; i < o->count; ++i) {
            const source *s = &o->sources[i];
            row_measurement m;
            if (s->command || (s->peer && !peer_find(s->peer, f->name)))
                continue;
            if ((s->backend && act_set_backend(s->backend) != ACT_OK) ||
                !measure_rows(&m, s, f, cases[c].range, o->row_elements)) {
                printf("%s on %s: no results\n", f->name, s->name);
                good = false;
                continue;
            }
            report_rows(o, s, f, (double)cases[c].range, cases[c].bound, &m);
            if (!s->ours)
                continue;
            const bool is_softmax = m.sum > 0 && !f->bound->fast;
            if (m.relative > cases[c].bound || (is_softmax && m.subnormal > row_subnormal_bound) ||
                m.sum > (f->bound->fast ? row_fast_sum_bound : row_sum_bound)) {
                printf("%s on %s: exceeds a stated bound\n", f->name, s->name);
                good = false;
            }
            if (hash && !f->bound->fast && m.hash != hash) {
                printf("%s: the bits of %s are not those of the others\n", f->name, s->name);
                good = false;
            }
            hash = m.hash;
        }
    }
    return good;
}

int main(int argc, char **argv) {
    options o = parse(argc, argv);
    bool good = true, found = false;
    const char *wanted = o.emit ? o.emit : o.function;
    for (size_t i = 0; i < o.count && o.climb; ++i)
        if (o.sources[i].backend && act_set_backend(o.sources[i].backend) == ACT_OK) {
            printf("rows on %s\n", o.sources[i].name);
            good &= climb_rows(wanted, o.climb, o.stride, &found);
        }
    if (o.climb)
        return found ? !good : 2;
    if (!o.emit)
        printf("%-12s %-18s %8s %-17s %8s %-19s %8s  %s\n", "function", "on", "ULP", "", "subnorm.",
               "", "disorder", "hash of all bits");
    for (size_t i = 0; i < MAP_FUNCTIONS; ++i) {
        const map_function *f = map_functions[i];
        if (wanted && strcmp(wanted, f->name) != 0)
            continue;
        found = true;
        if (o.emit) {
            good &= emit(f, o.part);
            continue;
        }
        good &= o.searches_alone || run_function(&o, f);
        good &= run_searches(&o, f);
    }
    for (size_t i = 0; i < GATED_GRADIENTS && !o.emit; ++i) {
        const gated_gradient *f = gated_gradients[i];
        if (wanted && strcmp(wanted, f->name) != 0)
            continue;
        found = true;
        good &= run_gated_search(&o, f);
    }
    for (size_t i = 0; i < ROWS_FUNCTIONS && !o.emit && !o.searches_alone; ++i) {
        const rows_function *f = rows_functions[i];
        if (wanted && strcmp(wanted, f->name) != 0)
            continue;
        found = true;
        good &= run_rows_function(&o, f);
    }
    if (!found) {
        fprintf(stderr, "act_exhaustive: no function '%s'\n", wanted);
        return 2;
    }
    return good ? 0 : 1;
}
