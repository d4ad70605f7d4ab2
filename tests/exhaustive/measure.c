/* Errors, order and hash, chunk by chunk on all cores, with a progress bar. */
#include "exhaustive/measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/data.h"
#include "support/ulp.h"

/* What the workers share. */
typedef struct {
    const source *from;
    const map_function *f;
    uint32_t stride;
    unsigned threads;
    const measurement *known;
    measurement *total;
    pthread_mutex_t lock;
    atomic_uint next_worker, done;
    atomic_bool failed;
} pass;

static void raise_peak(peak *p, double ulp, float x) {
    if (ulp > p->ulp)
        *p = (peak){ulp, x};
}

static uint64_t hash_results(const float *y, size_t n) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a, a word at a time */
    for (size_t i = 0; i < n; ++i)
        hash =
            (hash ^ (isnan(y[i]) ? UINT32_C(0x7fc00000) : bits_of(y[i]))) * UINT64_C(0x100000001b3);
    return hash;
}

/* The first element is the neighbour from the chunk before: it counts for the order alone. */
static void measure_chunk(measurement *m, const map_function *f, const float *x, const float *y,
                          size_t n) {
    double before = f->reference(x[0], f->usual);
    for (size_t i = 1; i < n; ++i) {
        double exact = f->reference(x[i], f->usual);
        raise_peak(fabs(exact) < 0x1p-126 ? &m->subnormal : &m->normal, ulp_error(y[i], exact),
                   x[i]);
        m->not_monotone +=
            (y[i] < y[i - 1] && exact > before) || (y[i] > y[i - 1] && exact < before);
        before = exact;
    }
}

static void *work(void *argument) {
    pass *p = argument;
    measurement *m = calloc(1, sizeof *m);
    float *x = calloc(CHUNK_ROOM, sizeof *x), *y = calloc(CHUNK_ROOM, sizeof *y);
    share part = {p->stride, atomic_fetch_add(&p->next_worker, 1), p->threads};
    bool good = m && x && y;
    FILE *pipe = good ? open_pipe(p->from, p->f, part) : NULL;
    for (unsigned c = part.worker; good && c < CHUNKS && !atomic_load(&p->failed);
         c += part.workers) {
        size_t n = chunk_inputs(c, p->stride, x);
        good = chunk_results(p->from, pipe, p->f, x, y, n);
        if (!good)
            break;
        m->chunk[c] = hash_results(y + 1, n - 1);
        if (!p->known || p->known->chunk[c] != m->chunk[c])
            measure_chunk(m, p->f, x, y, n);
        atomic_fetch_add(&p->done, 1);
    }
    if (!close_pipe(pipe) || !good)
        atomic_store(&p->failed, true);

    if (good) {
        pthread_mutex_lock(&p->lock);
        raise_peak(&p->total->normal, m->normal.ulp, m->normal.x);
        raise_peak(&p->total->subnormal, m->subnormal.ulp, m->subnormal.x);
        p->total->not_monotone += m->not_monotone;
        for (unsigned c = part.worker; c < CHUNKS; c += part.workers)
            p->total->chunk[c] = m->chunk[c];
        pthread_mutex_unlock(&p->lock);
    }
    free(x);
    free(y);
    free(m);
    return NULL;
}

static void show_progress(const pass *p, unsigned done) {
    enum { WIDTH = 40 };
    static const char full[] = "########################################";
    int filled = (int)(done * WIDTH / CHUNKS);
    fprintf(stderr, "\r%-12s %-18s [%-*.*s] %3u %%%s", p->f->name, p->from->name, WIDTH, filled,
            full, done * 100 / CHUNKS, done == CHUNKS ? "\n" : "");
}

static bool same_hashes(const measurement *a, const measurement *b) {
    return memcmp(a->chunk, b->chunk, sizeof a->chunk) == 0;
}

bool measure(measurement *m, const source *from, const map_function *f, uint32_t stride,
             unsigned threads, const measurement *known) {
    *m = (measurement){0};
    pass p = {from, f, stride, threads, known, m, PTHREAD_MUTEX_INITIALIZER, 0, 0, false};
    pthread_t *thread = malloc(threads * sizeof *thread);
    unsigned started = 0;
    while (thread && started < threads && pthread_create(&thread[started], NULL, work, &p) == 0)
        ++started;
    if (started < threads)
        atomic_store(&p.failed, true);

    const bool bar = isatty(STDERR_FILENO);
    while (bar && atomic_load(&p.done) < CHUNKS && !atomic_load(&p.failed)) {
        show_progress(&p, atomic_load(&p.done));
        usleep(200000);
    }
    for (unsigned i = 0; i < started; ++i)
        pthread_join(thread[i], NULL);
    free(thread);
    if (bar)
        show_progress(&p, atomic_load(&p.done));

    for (unsigned c = 0; c < CHUNKS; ++c)
        m->hash = (m->hash ^ m->chunk[c]) * UINT64_C(0x100000001b3);
    if (known && same_hashes(m, known)) {
        m->normal = known->normal;
        m->subnormal = known->subnormal;
        m->not_monotone = known->not_monotone;
    }
    return !atomic_load(&p.failed);
}

double confirmed_ulp(const map_function *f, float x, float y) {
    long double exact = f->reference_long(x, f->usual);
    if (isnan(y) || isnan(exact))
        return isnan(y) && isnan(exact) ? 0 : (double)INFINITY;
    return (double)(fabsl((long double)y - exact) / (long double)ulp_of((double)exact));
}
