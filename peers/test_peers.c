/*
 * Does every adapter compute what its name says?  A call of the wrong function, or with its
 * arguments in the wrong order, must not get into a table.  The bound is loose, as the accuracy of
 * a peer is not tested here.  But its error on inputs like act_bench's is printed, for readers who
 * compare times.
 */
#include "peers.h"

#include "support/reference.h"

#include <act/act.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST = 70000 };

/*
 * The largest accepted error, relative and absolute: in textbook formulas terms cancel.  Two
 * functions of similar shape, such as gelu and gelu_tanh, differ by more than this.  In softmax
 * nothing cancels, and its results may all be small.  A sum of f16 near 3 is right to 2^-10.
 */
static const double relative = 1e-3, absolute = 1e-5, absolute_f16 = 3e-3;

/* The functions of the library with their usual parameters, of which a peer gets the first. */
#define ACT_MAP(name, of, params, types)                                                           \
    static double of_##name(double x) { return reference_##name(x USUAL_##params); }
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
static const struct reference {
    const char *name;
    double (*map)(double);
    void (*row)(double *, const float *, size_t);
    float p;
} references[] = {
#define ACT_MAP(name, of, params, types) {#name, of_##name, NULL, FIRST_USUAL_##params},
#define ACT_GATED                        ACT_SKIP
#define ACT_PAIR                         ACT_SKIP
#define ACT_ROWS(name, types)            {#name, NULL, reference_##name, 0.0F},
#define ACT_ROWS_PAIR                    ACT_SKIP
#define ACT_ROWS_OWN                     ACT_SKIP
#include "functions.def"
};

static float src[MOST + PEERS_SLACK];
static float dst[MOST + PEERS_SLACK];
static uint16_t src_f16[MOST + PEERS_SLACK], dst_f16[MOST + PEERS_SLACK];
static float values_f16[MOST + PEERS_SLACK];
static double src_f64[MOST], dst_f64[MOST + 1];
static double expected[MOST], result[MOST + 1];
static int checked, failed;

static bool compare(const char *peer, const struct peer_function *f, size_t rows, size_t cols) {
    const char *function = f->name;
    const double slack = strstr(function, "softmax") == function ? 0.0
                         : f->map_f16 != NULL                    ? absolute_f16
                                                                 : absolute;
    for (size_t i = 0; i < rows * cols; i++) {
        const double error = fabs(result[i] - expected[i]);
        /* Negated, so that a NaN fails. */
        if (!(error <= relative * fabs(expected[i]) + slack)) {
            (void)fprintf(stderr, "%s: %s, %zux%zu, element %zu: f(%.9g) = %.9g, not %.9g\n", peer,
                          function, rows, cols, i, (double)src[i], result[i], expected[i]);
            return false;
        }
    }
    return true;
}

/* In units of the last place of the exact result. */
static double worst_error(size_t n) {
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        const float size = (float)fabs(expected[i]);
        const double ulp = (double)nextafterf(size, INFINITY) - (double)size;
        worst = fmax(worst, fabs((double)dst[i] - expected[i]) / ulp);
    }
    return worst;
}

/* The peer's results, and a NaN after them if nothing is written there. */
static void call(const struct peer_function *f, float p, size_t rows, size_t cols) {
    const size_t n = rows * cols;
    memset(dst, 0xff, sizeof dst);
    memset(dst_f16, 0xff, sizeof dst_f16);
    memset(dst_f64, 0xff, sizeof dst_f64);
    if (f->map != NULL) {
        f->map(dst, src, n, p);
    } else if (f->rows != NULL) {
        f->rows(dst, src, rows, cols);
    } else if (f->map_f16 != NULL) {
        f->map_f16(dst_f16, src_f16, n, p);
        (void)act_f16_to_f32(dst, dst_f16, n + 1);
    } else if (f->map_f64 != NULL) {
        f->map_f64(dst_f64, src_f64, n, (double)p);
    } else {
        f->rows_f64(dst_f64, src_f64, rows, cols);
    }
    const bool is_f64 = f->map_f64 != NULL || f->rows_f64 != NULL;
    for (size_t i = 0; i <= n; i++) {
        result[i] = is_f64 ? dst_f64[i] : (double)dst[i];
    }
}

static void test_shape(const struct peer *peer, const struct peer_function *function,
                       const struct reference *reference, size_t rows, size_t cols) {
    const size_t n = rows * cols;
    const float *x = function->map_f16 != NULL ? values_f16 : src;
    call(function, reference->p, rows, cols);
    if (reference->map != NULL) {
        for (size_t i = 0; i < n; i++) {
            expected[i] = reference->map((double)x[i]);
        }
    } else {
        for (size_t r = 0; r < rows; r++) {
            reference->row(expected + r * cols, src + r * cols, cols);
        }
    }
    checked++;
    bool good = compare(peer->name, function, rows, cols);
    if (good && !isnan(result[n])) {
        (void)fprintf(stderr, "%s: %s, %zux%zu: wrote beyond the end\n", peer->name, function->name,
                      rows, cols);
        good = false;
    }
    failed += good ? 0 : 1;
    if (cols == MOST && function->map != NULL) {
        (void)printf("  %-14s %.3g ULP\n", function->name, worst_error(n));
    }
}

/* The function of another type has the name of the one of floats, and the type's. */
static bool is_of(const char *name, const struct peer_function *f) {
    const size_t length = strlen(name);
    const char *type = f->map_f16 != NULL                          ? "_f16"
                       : f->map_f64 != NULL || f->rows_f64 != NULL ? "_f64"
                                                                   : "";
    return strncmp(f->name, name, length) == 0 && strcmp(f->name + length, type) == 0;
}

static void test_function(const struct peer *peer, const struct peer_function *function) {
    static const size_t shapes[][2] = {{1, 1},     {1, 5},    {1, 16}, {1, 17}, {5, 7},    {3, 16},
                                       {64, 1000}, {1, MOST}, {1, 17}, {2, 8},  {70, 1000}};
    const bool is_map =
        function->map != NULL || function->map_f16 != NULL || function->map_f64 != NULL;
    const struct reference *reference = NULL;
    for (size_t i = 0; i < COUNT(references); i++) {
        if (is_of(references[i].name, function)) {
            reference = &references[i];
        }
    }
    if (reference == NULL || is_map != (reference->map != NULL)) {
        (void)fprintf(stderr, "%s: nothing to check %s against\n", peer->name, function->name);
        failed++;
        return;
    }
    for (size_t i = 0; i < COUNT(shapes); i++) {
        test_shape(peer, function, reference, shapes[i][0], shapes[i][1]);
    }
}

/* Linking a peer must not change what the rest of the program computes. */
static void test_environment(void) {
    volatile float least = FLT_MIN;
    if (least * 0.5F == 0.0F) {
        (void)fprintf(stderr, "subnormal results are flushed to zero\n");
        failed++;
    }
}

int main(void) {
    uint64_t random = 1;
    for (size_t i = 0; i < COUNT(src); i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        src[i] = -8.0F + 16.0F * ((float)(random >> 40) * 0x1p-24F);
    }
    (void)act_f32_to_f16(src_f16, src, COUNT(src));
    (void)act_f16_to_f32(values_f16, src_f16, COUNT(src));
    for (size_t i = 0; i < COUNT(src_f64); i++) {
        src_f64[i] = (double)src[i];
    }
    test_environment();
    for (size_t i = 0; peers[i] != NULL; i++) {
        const char *isa = peer_isa(peers[i]);
        (void)printf("%-16s %s\n", peers[i]->name, isa != NULL ? isa : "not on this processor");
        for (const struct peer_function *f = peers[i]->functions; isa != NULL && f->name; f++) {
            if (peer_find(peers[i], f->name) != f) {
                (void)fprintf(stderr, "%s: %s stands twice\n", peers[i]->name, f->name);
                failed++;
            }
            test_function(peers[i], f);
        }
    }
    test_environment();
    (void)printf("%d calls checked, %d failed\n", checked, failed);
    return failed == 0 && checked > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
