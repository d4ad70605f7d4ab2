/*
 * Causal attention heads in plain C with libact: scores Q K^T, their rows by
 * act_attention_softmax_f32, weights times V.  Each way is compared with a naive reference in
 * double, and timed.
 *
 *   act_attention [--times N]     fails if an error is larger than it should be
 */
#include <act/act.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEADS = 4, QUERIES = 96, KEYS = 128, WIDTH = 32, PAST = KEYS - QUERIES };

static float q[HEADS][QUERIES][WIDTH], k[HEADS][KEYS][WIDTH], v[HEADS][KEYS][WIDTH];
static float scores[HEADS * QUERIES][KEYS], weights[HEADS * QUERIES][KEYS];
static float out[HEADS][QUERIES][WIDTH];
static double exact[HEADS][QUERIES][WIDTH];

static const float slopes[HEADS] = {0.5F, 0.25F, 0.125F, 0.0625F};
static const float sinks[HEADS] = {0.0F, 1.0F, -1.0F, 0.5F};
static float distance[QUERIES][KEYS]; /* -(i - j), the mask of ALiBi, which the heads share */

static float random_float(void) {
    static unsigned long long state = 1;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (float)(state >> 40) * 0x1p-23F - 1.0F;
}
static void fill(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        x[i] = 2.0F * random_float();
}

/* As the formulas are written, in double, over the keys that a query sees. */
static double reference_row(double weight[KEYS], size_t h, size_t i, const act_attention_rows *o) {
    const size_t seen = PAST + i + 1;
    double max = o->sinks ? (double)o->sinks[h] : -INFINITY, sum = 0.0;
    for (size_t j = 0; j < seen; ++j) {
        double z = 0.0;
        for (size_t c = 0; c < WIDTH; ++c)
            z += (double)q[h][i][c] * (double)k[h][j][c];
        z *= (double)o->scale;
        if (o->softcap > 0)
            z = (double)o->softcap * tanh(z / (double)o->softcap);
        if (o->slopes)
            z += (double)o->slopes[h] * (double)distance[i][j];
        weight[j] = z;
        max = z > max ? z : max;
    }
    for (size_t j = 0; j < seen; ++j)
        sum += weight[j] = exp(weight[j] - max);
    return o->sinks ? sum + exp((double)o->sinks[h] - max) : sum;
}
static void reference(const act_attention_rows *o) {
    double weight[KEYS];
    for (size_t h = 0; h < HEADS; ++h)
        for (size_t i = 0; i < QUERIES; ++i) {
            const double sum = reference_row(weight, h, i, o);
            for (size_t c = 0; c < WIDTH; ++c) {
                exact[h][i][c] = 0.0;
                for (size_t j = 0; j < PAST + i + 1; ++j)
                    exact[h][i][c] += weight[j] / sum * (double)v[h][j][c];
            }
        }
}

static void make_scores(void) {
    for (size_t h = 0; h < HEADS; ++h)
        for (size_t i = 0; i < QUERIES; ++i)
            for (size_t j = 0; j < KEYS; ++j) {
                float z = 0.0F;
                for (size_t c = 0; c < WIDTH; ++c)
                    z += q[h][i][c] * k[h][j][c];
                scores[h * QUERIES + i][j] = z;
            }
}
static void apply_weights(void) {
    memset(out, 0, sizeof out);
    for (size_t h = 0; h < HEADS; ++h)
        for (size_t i = 0; i < QUERIES; ++i)
            for (size_t j = 0; j < KEYS; ++j)
                for (size_t c = 0; c < WIDTH; ++c)
                    out[h][i][c] += weights[h * QUERIES + i][j] * v[h][j][c];
}

static double now(void) {
    struct timespec t;
    (void)timespec_get(&t, TIME_UTC);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* Prints a line; returns whether the largest error is small enough. */
static int run(const char *name, const act_attention_rows *o, int times) {
    double best = INFINITY, error = 0.0;
    make_scores();
    for (int n = 0; n < times; ++n) {
        const double begin = now();
        if (act_attention_softmax_f32_to(weights[0], KEYS, scores[0], KEYS, (size_t)HEADS * QUERIES,
                                         KEYS, o) != ACT_OK)
            return 0;
        best = fmin(best, now() - begin);
    }
    apply_weights();
    reference(o);
    for (size_t h = 0; h < HEADS; ++h)
        for (size_t i = 0; i < QUERIES; ++i)
            for (size_t c = 0; c < WIDTH; ++c) {
                const double e = fabs((double)out[h][i][c] - exact[h][i][c]);
                if (!(e <= error)) /* gcc 12 for AArch64 fails on a reduction by fmax here */
                    error = isnan(e) ? INFINITY : e;
            }
    printf("%-22s largest error %.2e   softmax of the rows %.3f ns per score\n", name, error,
           best / ((double)HEADS * QUERIES * KEYS));
    return error < 2e-6;
}

int main(int argc, char **argv) {
    const int times = argc == 3 && strcmp(argv[1], "--times") == 0 ? atoi(argv[2]) : 200;
    fill(q[0][0], sizeof q / sizeof(float));
    fill(k[0][0], sizeof k / sizeof(float));
    fill(v[0][0], sizeof v / sizeof(float));
    for (size_t i = 0; i < QUERIES; ++i)
        for (size_t j = 0; j < KEYS; ++j)
            distance[i][j] = (float)j - (float)(PAST + i);

    act_attention_rows causal = ACT_ATTENTION_ROWS_INIT;
    causal.scale = 0.1767767F; /* 1 / sqrt(32) */
    causal.rows_per_head = QUERIES;
    causal.causal = 1;
    causal.causal_offset = PAST;

    act_attention_rows alibi = causal;
    alibi.mask = distance;
    alibi.mask_stride = KEYS;
    alibi.mask_rows = QUERIES;
    alibi.slopes = slopes;

    act_attention_rows sunk = causal;
    sunk.sinks = sinks;

    act_attention_rows capped = causal;
    capped.softcap = 2.0F;

    printf("%d heads, %d queries, %d keys, %d wide, on %s\n", HEADS, QUERIES, KEYS, WIDTH,
           act_backend());
    int good = times > 0;
    good &= run("causal", &causal, times);
    good &= run("with ALiBi", &alibi, times);
    good &= run("with sinks", &sunk, times);
    good &= run("with a softcap", &capped, times);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
