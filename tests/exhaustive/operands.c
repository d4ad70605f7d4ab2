/*
 * The search.  Two things make it short:
 *
 * An error relative to the exact result hardly depends on dy or up, so the worst x are found with
 * dy or up = 1.  Then each of the worst is tried with all 2^23 mantissas.  One of them puts the
 * result just below a power of two, where an ULP is smallest, and makes the last rounding add to
 * the error.
 *
 * Within 2^20 neighbouring floats errors behave like random numbers of one distribution: a sample
 * shows whether the chunk can have the largest.
 */
#include "exhaustive/operands.h"

#include <stdlib.h>
#include <string.h>

#include "support/data.h"
#include "support/ulp.h"

enum { BLOCK = 4096, KEPT = 96, MANTISSAS = 1 << 23 };

typedef struct {
    double score;
    act_input at;
} candidate;

/* The best so far, in descending order. */
typedef struct {
    candidate best[KEPT];
    size_t count;
} candidates;

static void keep(candidates *c, double score, act_input at) {
    if (c->count == KEPT && !(score > c->best[KEPT - 1].score))
        return;
    size_t i = c->count < KEPT ? c->count++ : KEPT - 1;
    for (; i > 0 && score > c->best[i - 1].score; --i)
        c->best[i] = c->best[i - 1];
    c->best[i] = (candidate){score, at};
}

static void raise(worst_input *w, double ulp, act_input at) {
    if (ulp > w->ulp)
        *w = (worst_input){ulp, at};
}

/*
 * act.h: bounds of functions of two arrays hold as long as no intermediate product overflows or is
 * subnormal, as exp(x) may be in alpha exp(x).  Those of functions of one array have no such
 * condition, except in the fast tier.
 */
static bool counts(const map_function *f, double exact, float by, float p) {
    const double size = fabs(exact);
    if (!f->pair)
        return size >= f->bound->least;
    const double factors = fmax(1, fabs((double)by)) * fmax(1, f->parameters ? fabs((double)p) : 0);
    return size < 0x1p126 && size >= 0x1p-126 * factors;
}

static double unit(const map_function *f, double exact, float by) {
    return fmax(fabs(exact), f->bound->floor * fabs((double)by));
}

/* The error in ULP as if the result were just below a power of two. */
static double score(const map_function *f, float y, double exact, float by) {
    if (!isfinite(y) || !f->pair)
        return ulp_error_at_least(y, exact, unit(f, exact, by));
    return fabs((double)y - exact) / unit(f, exact, by) * 0x1p24;
}

/* The worst of some inputs x with one `by` and these parameters. */
static void scan(candidates *c, const map_function *f, const float *x, size_t n, float by_all,
                 const float *p) {
    float y[BLOCK], by[BLOCK] = {0};
    for (size_t i = 0; i < n; ++i)
        by[i] = by_all;
    if (call_with(f, y, x, by, n, p) != ACT_OK)
        return;
    for (size_t i = 0; i < n; ++i) {
        const double exact = isfinite(x[i]) ? exact_with(f, x[i], by_all, p) : 0;
        if (isfinite(x[i]) && counts(f, exact, by_all, p[0]))
            keep(c, score(f, y[i], exact, by_all), (act_input){x[i], by_all, p[0], p[1]});
    }
}

/* Every stride-th mantissa of `by`, from 1 to 2, where the exact result is linear in it. */
static void sweep_by(worst_input *w, const map_function *f, act_input at, uint32_t stride) {
    const float p[MAX_PARAMETERS] = {at.p, at.q};
    const double offset = exact_with(f, at.x, 0, p), floor = f->bound->floor;
    const double slope = exact_with(f, at.x, 1, p) - offset;
    static float x[BLOCK], by[BLOCK], y[BLOCK];
    for (size_t i = 0; i < BLOCK; ++i)
        x[i] = at.x;
    for (uint32_t first = 0; first < MANTISSAS; first += BLOCK * stride) {
        for (uint32_t i = 0; i < BLOCK; ++i)
            by[i] = float_of(bits_of(1) + (first + i * stride) % MANTISSAS);
        if (call_with(f, y, x, by, BLOCK, p) != ACT_OK)
            return;
        double largest = 0;
        size_t where = 0;
        for (size_t i = 0; i < BLOCK; ++i) {
            const double exact = offset + slope * (double)by[i];
            const double error =
                fabs((double)y[i] - exact) / ulp_of(fmax(fabs(exact), floor * (double)by[i]));
            where = error > largest ? i : where;
            largest = error > largest ? error : largest;
        }
        at.by = by[where];
        if (largest > w->ulp && counts(f, offset + slope, 1, at.p))
            raise(w, error_at(f, at), at);
    }
}

static float float_in_order(uint32_t n) {
    return float_of(n >> 31 ? n ^ UINT32_C(0x80000000) : ~n);
}
static uint32_t place_in_order(float x) {
    return bits_of(x) >> 31 ? ~bits_of(x) : bits_of(x) ^ UINT32_C(0x80000000);
}

static float random_by(const map_function *f, random_source *random) {
    return f->pair ? float_of(bits_of(1) + random_bits(random) % MANTISSAS) : 1;
}

/* Every step-th x of a chunk; `by` is 1 in the first pass and other numbers in the second. */
static void scan_chunk(candidates *c, const map_function *f, unsigned chunk, uint32_t step,
                       bool other, random_source *random) {
    float x[BLOCK];
    for (uint32_t i = random_bits(random) % step; i < CHUNK;) {
        size_t n = 0;
        for (; n < BLOCK && i < CHUNK; i += step)
            x[n++] = float_in_order(chunk * (uint32_t)CHUNK + i);
        scan(c, f, x, n, other ? random_by(f, random) : 1, f->usual);
    }
}

/* Tries neighbours of the best input, in one operand at a time. */
static void climb(worst_input *w, const map_function *f, uint32_t stride) {
    for (double before = 0; w->ulp > before;) {
        before = w->ulp;
        const float p[MAX_PARAMETERS] = {w->at.p, w->at.q};
        candidates c = {.count = 0};
        float x[BLOCK];
        const uint32_t first = place_in_order(w->at.x) - 8 * BLOCK;
        for (uint32_t block = 0; block < 16; ++block) {
            for (uint32_t i = 0; i < BLOCK; ++i)
                x[i] = float_in_order(first + block * BLOCK + i);
            scan(&c, f, x, BLOCK, w->at.by, p);
        }
        for (size_t i = 0; i < c.count && i < 8; ++i) {
            raise(w, error_at(f, c.best[i].at), c.best[i].at);
            if (f->pair)
                sweep_by(w, f, c.best[i].at, stride);
        }
    }
}

/* A chunk, and the worst score in a sample of it. */
typedef struct {
    double level;
    unsigned chunk;
} chunk_level;
static int higher_first(const void *a, const void *b) {
    const double x = ((const chunk_level *)a)->level, y = ((const chunk_level *)b)->level;
    return (x < y) - (x > y);
}

/*
 * The worst x with the usual parameters: with 1 for `by`, and with other numbers.  Where errors are
 * the same everywhere, as for a single product, some chunks represent all.
 */
static void worst_of_all(candidates *one, candidates *others, const map_function *f, effort e) {
    enum { MOST = 512, MOST_WITH_OTHERS = 48 };
    const uint32_t step = 256 * (e.stride > 16 ? 16 : e.stride), all = e.stride > 1 ? step / 8 : 1;
    static chunk_level level[CHUNKS];
    random_source random = {1};
    for (unsigned chunk = 0; chunk < CHUNKS; ++chunk) {
        candidates sample = {.count = 0};
        scan_chunk(&sample, f, chunk, step, false, &random);
        for (size_t i = 0; i < sample.count; ++i)
            keep(one, sample.best[i].score, sample.best[i].at);
        level[chunk] = (chunk_level){sample.count ? sample.best[0].score : 0, chunk};
    }
    qsort(level, CHUNKS, sizeof *level, higher_first);
    for (size_t i = 0; i < MOST && level[i].level > 0.5 * level[0].level; ++i) {
        scan_chunk(one, f, level[i].chunk, all, false, &random);
        if (i < MOST_WITH_OTHERS)
            scan_chunk(others, f, level[i].chunk, all, true, &random);
    }
}

/* The number of kept inputs that are tried. */
static size_t tried(const candidates *c, effort e) {
    const size_t most = e.stride > 1 ? 6 : KEPT;
    return c->count < most ? c->count : most;
}

worst_input search_by(const map_function *f, effort e) {
    candidates one = {.count = 0}, others = {.count = 0};
    worst_of_all(&one, &others, f, e);
    worst_input w = {0};
    for (size_t i = 0; i < tried(&one, e); ++i)
        sweep_by(&w, f, one.best[i].at, e.stride);
    for (size_t i = 0; i < tried(&others, e); ++i)
        sweep_by(&w, f, others.best[i].at, e.stride);
    climb(&w, f, e.stride);
    return w;
}

/* A number of either sign between these powers of two, each binade equally likely. */
static float log_uniform(random_source *random, int least, int most) {
    const double size = exp2(least + (most - least) * random_unit(random));
    return (float)(random_bits(random) & 1 ? -size : size);
}

static float random_parameter(const map_function *f, size_t i, random_source *random) {
    if (i >= f->parameters || (i > 0 && random_bits(random) & 1))
        return f->usual[i];
    return random_bits(random) & 1 ? log_uniform(random, -8, 8) : log_uniform(random, -149, 128);
}

/* Where functions of beta x and of x / alpha may lose accuracy, and anywhere. */
static float random_x(float p, random_source *random) {
    const float z = log_uniform(random, -26, 8);
    switch (random_bits(random) % 4) {
    case 0:
        return z;
    case 1:
        return z * p;
    case 2:
        return z / p;
    default:
        return log_uniform(random, -149, 128);
    }
}

/* A float some places away. */
static float near(float x, unsigned bits, random_source *random) {
    const uint32_t range = UINT32_C(1) << bits;
    return float_in_order(place_in_order(x) + random_bits(random) % (2 * range + 1) - range);
}

/* Random parameters and x first; then a hill climb from each of the worst. */
worst_input search_parameters(const map_function *f, effort e) {
    enum { XS = 256, TRIALS = 1 << 18, ROUNDS = 1 << 10 };
    random_source random = {2};
    candidates starts = {.count = 0};
    float x[XS];
    for (uint32_t trial = 0; trial < TRIALS; trial += e.stride) {
        const float p[MAX_PARAMETERS] = {random_parameter(f, 0, &random),
                                         random_parameter(f, 1, &random)};
        for (size_t i = 0; i < XS; ++i)
            x[i] = random_x(p[0], &random);
        scan(&starts, f, x, XS, random_by(f, &random), p);
    }
    worst_input w = {0};
    for (size_t k = 0; k < tried(&starts, e); ++k) {
        candidate top = starts.best[k];
        for (uint32_t round = 0; round < ROUNDS; round += e.stride) {
            const unsigned bits = random_bits(&random) % 24;
            const float p[MAX_PARAMETERS] = {near(top.at.p, random_bits(&random) % 24, &random),
                                             top.at.q};
            for (size_t i = 0; i < XS; ++i)
                x[i] = near(top.at.x, bits, &random);
            candidates found = {.count = 0};
            if (isfinite(p[0]))
                scan(&found, f, x, XS, top.at.by, p);
            if (found.count && found.best[0].score > top.score)
                top = found.best[0];
        }
        raise(&w, error_at(f, top.at), top.at);
        if (f->pair)
            sweep_by(&w, f, top.at, e.stride);
    }
    return w;
}

/* As for f' alone, except that dy up is rounded as well: pairs of dy and up are drawn. */
worst_input search_gated(const gated_gradient *f, effort e) {
    candidates one = {.count = 0}, others = {.count = 0};
    map_function slope = *f->slope;
    memcpy(slope.usual, usual_of_slope(f), sizeof slope.usual);
    worst_of_all(&one, &others, &slope, e);
    worst_input w = {0};
    random_source random = {3};
    static float dy[BLOCK], gate[BLOCK], up[BLOCK], dgate[BLOCK], dup[BLOCK];
    for (size_t k = 0; k < tried(&one, e); ++k) {
        const double slope = f->dgate(1, (double)one.best[k].at.x, 1, f->gated->usual);
        for (size_t i = 0; i < BLOCK; ++i)
            gate[i] = one.best[k].at.x;
        for (uint32_t block = 0; block < MANTISSAS / BLOCK; block += e.stride) {
            for (size_t i = 0; i < BLOCK; ++i) {
                dy[i] = random_by(f->slope, &random);
                up[i] = random_by(f->slope, &random);
            }
            if (f->call(dgate, dup, dy, gate, up, BLOCK, f->gated->usual) != ACT_OK)
                return w;
            for (size_t i = 0; i < BLOCK; ++i) {
                const double product = (double)dy[i] * (double)up[i];
                const double error = fabs((double)dgate[i] - slope * product) /
                                     ulp_of(fmax(fabs(slope * product), f->bound->floor * product));
                raise(&w, error, (act_input){gate[i], dy[i], up[i], 0});
            }
        }
    }
    return w;
}
