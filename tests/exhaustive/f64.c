/*
 * act_exhaustive_f64: the largest errors of the functions of double, of samples of inputs.
 *
 *   act_exhaustive_f64 [--function NAME] [--samples N] [--parameters N] [--seed N] [--tsv FILE]
 *
 * The exact result is MPFR's.  As that takes microseconds, samples with the usual parameters are
 * first compared with the formula in long double, whose error is below 0.01 ULP, and only those
 * that come close to the largest error so far go to MPFR, but never those that are equal to it;
 * --parameters inputs with other parameters all do.  Exits with 1 if an error exceeds the bound
 * that the kernel states, with 2 on bad options.
 */
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "f64/functions.h"

enum { BLOCK = 4096 };
/* Parameters of the first comparison are floats; other formats of long double cannot judge. */
#define CAN_SCREEN (LDBL_MANT_DIG >= 64)

typedef struct {
    double most;
    f64_input at;
} worst;

static void measure(const f64_function *f, f64_input in, double y, worst *w) {
    const double error = f64_error_of(f, in, y);
    if (error > w->most)
        *w = (worst){error, in};
}

/* The distance in ULP of y from the formula's result, or infinity where that cannot tell. */
static double screened(const f64_function *f, f64_input in, double y) {
    const long double exact = f->formula(in.a, in.b, (float)in.p, (float)in.q);
    if (!isfinite(exact) || !isfinite(y))
        return (double)INFINITY;
    int exponent;
    frexpl(fmaxl(fabsl(exact), f64_least(f, in.a)), &exponent);
    exponent = exact == 0 || exponent < -1021 ? -1021 : exponent;
    return (double)fabsl(ldexpl((long double)y - exact, 53 - exponent));
}

static bool may_be_worse(double error, const worst *w) {
    return error > 0 && error > w->most - 0.02;
}

static worst sample(const f64_function *f, uint64_t samples, random_source *source, bool usual) {
    static double a[BLOCK], b[BLOCK], y[BLOCK];
    static f64_input in[BLOCK];
    worst w = {0};
    for (uint64_t done = 0; done < samples; done += BLOCK) {
        const size_t n = samples - done < BLOCK ? (size_t)(samples - done) : BLOCK;
        for (size_t i = 0; i < n; ++i) {
            in[i] = f64_random_input(f, source, usual);
            /* One call has one set of parameters. */
            in[i].p = usual ? (double)(float)in[i].p : in[i - i % 16].p;
            in[i].q = usual ? (double)(float)in[i].q : in[i - i % 16].q;
            a[i] = in[i].a, b[i] = in[i].b;
        }
        const size_t step = usual ? BLOCK : 16;
        for (size_t i = 0; i < n; i += step)
            if (f->call(y + i, a + i, b + i, n - i < step ? n - i : step, in[i].p, in[i].q)) {
                fprintf(stderr, "%s: not called\n", f->name);
                exit(1);
            }
        for (size_t i = 0; i < n; ++i)
            if (!usual || !CAN_SCREEN || may_be_worse(screened(f, in[i], y[i]), &w))
                measure(f, in[i], y[i], &w);
    }
    return w;
}

static void print_or_dash(FILE *tsv, bool there, double value) {
    if (there)
        fprintf(tsv, "\t%a", value);
    else
        fputs("\t-", tsv);
}

static bool report(FILE *tsv, const f64_function *f, const char *what, uint64_t samples, worst w) {
    if (tsv) {
        fprintf(tsv, "f64\t%s\t%s\t%" PRIu64 "\t%.4f\t%.4f\t%a", f->name, what, samples, f->bound,
                w.most, w.at.a);
        print_or_dash(tsv, f->is_gradient, w.at.b);
        print_or_dash(tsv, f->parameters > 0, w.at.p);
        print_or_dash(tsv, f->parameters > 1, w.at.q);
        fputc('\n', tsv);
        (void)fflush(tsv);
    }
    printf("%-18s %-10s %11" PRIu64 "  %.4f ULP of %g at %a", f->name, what, samples, w.most,
           f->bound, w.at.a);
    if (f->is_gradient)
        printf(", %a", w.at.b);
    for (size_t i = 0; i < f->parameters; ++i)
        printf("%s%a", i ? ", " : "; ", i ? w.at.q : w.at.p);
    printf("%s\n", w.most > f->bound ? "  TOO LARGE" : "");
    (void)fflush(stdout);
    return w.most <= f->bound;
}

int main(int argc, char **argv) {
    const char *only = NULL;
    FILE *tsv = NULL;
    uint64_t samples = 1000000, parameters = 10000, seed = 1;
    for (int i = 1; i < argc; i += 2) {
        uint64_t *number = strcmp(argv[i], "--samples") == 0      ? &samples
                           : strcmp(argv[i], "--parameters") == 0 ? &parameters
                           : strcmp(argv[i], "--seed") == 0       ? &seed
                                                                  : NULL;
        if (i + 1 < argc && number) {
            *number = strtoull(argv[i + 1], NULL, 10);
        } else if (i + 1 < argc && strcmp(argv[i], "--function") == 0) {
            only = argv[i + 1];
        } else if (i + 1 < argc && strcmp(argv[i], "--tsv") == 0) {
            tsv = fopen(argv[i + 1], "a");
            if (!tsv) {
                perror(argv[i + 1]);
                return 2;
            }
        } else {
            fprintf(stderr, "act_exhaustive_f64 [--function NAME] [--samples N] [--parameters N] "
                            "[--seed N] [--tsv FILE]\n");
            return 2;
        }
    }
    bool good = true, found = false;
    for (size_t i = 0; i < f64_function_count; ++i) {
        const f64_function *f = &f64_functions[i];
        if (only && strcmp(only, f->name) != 0)
            continue;
        found = true;
        random_source source = {seed};
        good = report(tsv, f, "usual", samples, sample(f, samples, &source, true)) && good;
        if (f->parameters > 0)
            good =
                report(tsv, f, "others", parameters, sample(f, parameters, &source, false)) && good;
    }
    if (!found)
        fprintf(stderr, "there is no %s\n", only);
    if (tsv && fclose(tsv) != 0)
        good = false;
    return !found ? 2 : good ? 0 : 1;
}
