/* Errors, order and hash, chunk by chunk on all cores, with a progress bar. */
#include "exhaustive/measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/data.h"
#include "support/ulp.h"

/* The state that the workers share. */
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

/* FNV-1a's step, plus a fold of the high bits, which FNV-1a never mixes into the low ones. */
static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

/*
 * Sixteen lanes of 32 bits in a compiler vector, and one hash over them at the end: under an
 * emulator scalar code takes four times as long.
 */
enum { LANES = 16 };
typedef uint32_t lanes __attribute__((vector_size(LANES * sizeof(uint32_t))));

static void hash_block(lanes *hash, const float *y, size_t n) {
    lanes bits = {0};
    memcpy(&bits, y, n * sizeof *y);
    const lanes nan = (lanes)((bits & INT32_MAX) > 0x7f800000);
    *hash = (*hash ^ ((bits & ~nan) | (nan & 0x7fc00000))) * UINT32_C(0x01000193);
    *hash ^= *hash >> 15;
}

static uint64_t hash_results(const float *y, size_t n) {
    lanes lane = {0};
    for (uint32_t j = 0; j < LANES; ++j)
        lane[j] = UINT32_C(0x811c9dc5) + j;
    size_t i = 0;
    for (; n - i >= LANES; i += LANES)
        hash_block(&lane, y + i, LANES);
    if (i < n)
        hash_block(&lane, y + i, n - i);
    uint64_t hash = n;
    for (size_t j = 0; j < LANES; ++j)
        hash = mix(hash, lane[j]);
    return hash;
}

/* The first element is the neighbour from the previous chunk: it only counts for the order. */
static void measure_chunk(measurement *m, const map_function *f, const float *x, const float *y,
                          size_t n) {
    const double normal = fmax(0x1p-126, f->bound->least);
    double before = f->reference(x[0], f->usual);
    for (size_t i = 1; i < n; ++i) {
        double exact = f->reference(x[i], f->usual);
        raise_peak(fabs(exact) < normal ? &m->subnormal : &m->normal,
                   ulp_error_at_least(y[i], exact, f->bound->floor), x[i]);
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
        m->hash = mix(m->hash, m->chunk[c]);
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
    return (double)(fabsl((long double)y - exact) /
                    (long double)ulp_of(fmax(fabs((double)exact), f->bound->floor)));
}

bool save_measurement(const measurement *m, const char *directory, const char *function) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.known", directory, function);
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(m, sizeof *m, 1, file) == 1;
    return file && fclose(file) == 0 && good;
}

bool load_measurement(measurement *m, const char *directory, const char *function) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.known", directory, function);
    FILE *file = fopen(path, "rb");
    bool good = file && fread(m, sizeof *m, 1, file) == 1;
    if (file)
        fclose(file);
    return good;
}
