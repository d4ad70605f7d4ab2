/*
 * Elementwise functions of f16 and bf16: blocks that are converted, go through the kernel of f32
 * and are converted back.  In place works, since a block is read before it is written.
 *
 * The result is correctly rounded although the kernel has an error of a few ULP of f32.  A result
 * can only be wrong where a midpoint of two neighbours lies within that error.  The conversion
 * finds the lanes in which this is so; their inputs are looked up among those whose exact result is
 * close to a midpoint.  Of all 65,536 inputs these are some dozens.
 */
#include "half.h"

#include <math.h>
#include <string.h>

#include "dispatch.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t whole_vectors(size_t n) {
    return (n + STORAGE_VECTOR - 1) / STORAGE_VECTOR * STORAGE_VECTOR;
}

/* src as floats, with zeros up to the next whole vector, so that no kernel has a tail. */
static void widen(const storage_type *type, unsigned backend, float *x, const uint16_t *src,
                  size_t n) {
    type->widen[backend](x, src, n);
    memset(x + n, 0, (whole_vectors(n) - n) * sizeof *x);
}

/* The entry of that input, or NULL. */
static const uint32_t *find(const half_map *f, uint16_t input) {
    const uint32_t key = (uint32_t)input << 16;
    const uint32_t *from = f->midpoints;
    for (size_t left = f->count; left > 0;) { /* without a branch that depends on the data */
        const size_t half = left - left / 2;
        from += from[half - 1] < key ? half : 0;
        left -= half;
    }
    return from < f->midpoints + f->count && *from >> 16 == input ? from : NULL;
}

/* A call, and one block of it. */
typedef struct {
    const storage_type *type;
    const half_map *f;
    act_map_kernel *kernel;
    unsigned backend;
    float p, q;
    bool in_doubt;
} half_call;
typedef struct {
    const half_call *call;
    const float *x, *y;
    size_t n;
} half_block;

/* The results that the kernel of the default tier would give. */
static void precise(const half_block *b, uint16_t *results) {
    const half_call *c = b->call;
    float y[STORAGE_BLOCK];
    c->f->precise[c->backend](y, b->x, whole_vectors(b->n), c->p, c->q);
    c->type->narrow[c->backend](results, y, b->n);
}

/* The lanes in doubt.  A result that the fast tier may have made 0 is the default tier's. */
static __attribute__((noinline)) void settle(const half_block *b, uint16_t *dst,
                                             const doubts *found) {
    const half_call *c = b->call;
    uint16_t results[STORAGE_BLOCK];
    bool have_results = false;
    for (size_t v = 0; v < found->count; ++v) {
        const size_t at = found->vector[v].at;
        uint16_t input[STORAGE_VECTOR], rounded[STORAGE_VECTOR];
        c->type->narrow[c->backend](input, b->x + at, STORAGE_VECTOR);
        c->type->narrow[c->backend](rounded, b->y + at, STORAGE_VECTOR);
        for (unsigned lanes = found->vector[v].lanes; lanes != 0; lanes &= lanes - 1) {
            const size_t k = (size_t)__builtin_ctz(lanes), i = at + k;
            const uint32_t *entry = find(c->f, input[k]);
            if (i >= b->n)
                continue;
            if (entry) {
                dst[i] = (uint16_t)*entry;
            } else if (fabsf(b->y[i]) < c->f->least) {
                if (!have_results)
                    precise(b, results);
                have_results = true;
                dst[i] = results[i];
            } else {
                dst[i] = rounded[k];
            }
        }
    }
}

/* One block; dst is src or does not overlap it. */
static void map_block(const half_call *c, uint16_t *dst, const uint16_t *src, size_t n) {
    if (c->f->relu) {
        c->type->relu[c->backend](dst, src, n);
        return;
    }
    float x[STORAGE_BLOCK], y[STORAGE_BLOCK];
    widen(c->type, c->backend, x, src, n);
    c->kernel(y, x, whole_vectors(n), c->p, c->q);
    if (!c->in_doubt) {
        c->type->narrow[c->backend](dst, y, n);
        return;
    }
    doubts found;
    c->type->settled[c->backend](dst, y, x, n, c->f->error, c->f->least, &found);
    if (found.count > 0)
        settle(&(half_block){c, x, y, n}, dst, &found);
}

/*
 * Results of an array that no cache holds go past the caches, as in f32 (kernels/stream.h), by way
 * of a block.
 */
SIGNATURE_OF_STREAM(ROW_OF_KERNELS, halves_stream)
enum { STREAM_HALVES = 8 << 20, LINE = 64 };
static void stream_map(const half_call *c, uint16_t *dst, const uint16_t *src, size_t n) {
    const size_t start = (LINE - (uintptr_t)dst % LINE) / sizeof *dst;
    map_block(c, dst, src, start);
    size_t i = start;
    for (; n - i >= STORAGE_BLOCK; i += STORAGE_BLOCK) {
        uint16_t results[STORAGE_BLOCK];
        map_block(c, results, src + i, STORAGE_BLOCK);
        row_halves_stream[c->backend](dst + i, results, STORAGE_BLOCK);
    }
    row_halves_stream[c->backend](dst, src, 0);
    map_block(c, dst + i, src + i, n - i);
}

act_status act_half_map(const storage_type *type, const half_map *f, uint16_t *dst,
                        const uint16_t *src, size_t n, float p, float q, bool usual) {
    n &= ~ACT_SLICE(0);
    const act_status status = act_check_map_of(sizeof *dst, dst, src, n);
    if (status != ACT_OK || n == 0)
        return status;
    const unsigned backend = act_resolve();
    const half_call c = {.type = type,
                         .f = f,
                         .kernel = (usual ? f->kernel : f->precise)[backend],
                         .backend = backend,
                         .p = p,
                         .q = q,
                         .in_doubt = usual && f->error > 0};
    if (n >= STREAM_HALVES && dst != src)
        stream_map(&c, dst, src, n);
    else if (f->relu)
        type->relu[backend](dst, src, n);
    else
        for (size_t i = 0; i < n; i += STORAGE_BLOCK)
            map_block(&c, dst + i, src + i, smaller(n - i, STORAGE_BLOCK));
    return ACT_OK;
}

act_status act_half_pair(const storage_type *type, act_pair_kernel *const *kernel, uint16_t *dst,
                         const uint16_t *gate, const uint16_t *up, size_t n, float p, float q) {
    n &= ~ACT_SLICE(0);
    act_status status = act_check_map_of(sizeof *dst, dst, gate, n);
    if (status == ACT_OK)
        status = act_check_map_of(sizeof *dst, dst, up, n);
    if (status != ACT_OK || n == 0)
        return status;
    const unsigned backend = act_resolve();
    for (size_t i = 0; i < n; i += STORAGE_BLOCK) {
        float a[STORAGE_BLOCK], b[STORAGE_BLOCK];
        const size_t here = smaller(n - i, STORAGE_BLOCK);
        widen(type, backend, a, gate + i, here);
        widen(type, backend, b, up + i, here);
        kernel[backend](a, a, b, whole_vectors(here), p, q);
        type->narrow[backend](dst + i, a, here);
    }
    return ACT_OK;
}
