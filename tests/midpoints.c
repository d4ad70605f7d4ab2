/*
 * Writes src/midpoints.def to the standard output: for each elementwise function of a storage type
 * the f32 kernel that computes it, the kernel's error, and the inputs whose exact result is that
 * close to a midpoint of two neighbours.
 *
 * The error is the largest that the backends of this machine have for the 65,536 inputs, a quarter
 * more, since the fast tier of another backend may differ, and 2^-24, the rounding of a number that
 * far from the result; all that up to a multiple of 2^-23.  test_half shows on each backend that no
 * result is wrong.  With an argument the program prints a table of the errors instead.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/halves.h"
#include "support/harness.h"

static uint16_t inputs[HALF_INPUTS];
static float x[HALF_INPUTS], y[HALF_INPUTS];
static long double exact[HALF_INPUTS];

/*
 * Where errors count.  A type of few exponents rounds everything below half its smallest number to
 * 0; in a wide type a fast tier's results that are smaller are computed by the default tier.
 */
static double least_of(const half_type *t) {
    return t->wide ? 0x1p-112 : ldexp(1, t->least - t->digits - 1);
}

/*
 * For a type of few exponents, if some results of ordinary inputs or their products would be
 * subnormal: to look for these costs every result 5 % or more.  The fast tier has no subnormal
 * results.
 */
static const double least_of_narrow = 0x1p-100;
static bool has_tiny(const half_function *f, const map_function *by) {
    bool tiny = false;
    (void)by->to(y, x, HALF_INPUTS, f->map->usual);
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        tiny |= fabs((double)x[i]) < 32 && y[i] != 0 && fabs((double)y[i]) < 0x1p-125;
    return tiny;
}

/* The largest error relative to an exact result that counts, and its input. */
static double largest_error(const half_function *f, const map_function *by, size_t *at) {
    const double from = least_of(f->type);
    const char *names[MAX_BACKENDS];
    const size_t backends = act_backends(names, MAX_BACKENDS);
    double largest = 0;
    for (size_t b = 0; b < backends; ++b) {
        (void)act_set_backend(names[b]);
        (void)by->to(y, x, HALF_INPUTS, f->map->usual);
        for (size_t i = 0; i < HALF_INPUTS; ++i) {
            if (!(fabsl(exact[i]) >= (long double)from) || isinf(exact[i]) || isinf(y[i]))
                continue;
            const double error = (double)fabsl(((long double)y[i] - exact[i]) / exact[i]);
            if (error > largest) {
                largest = error;
                *at = i;
            }
        }
    }
    return largest;
}

/* Nothing for an exact function, as midpoints.h has it for a function that is not named. */
static void write_function(const half_function *f, const map_function *by, double error) {
    const float written =
        error > 0 ? (float)(ceil((1.25 * error + 0x1p-24) * 0x1p23) * 0x1p-23) : 0;
    const char *type = f->type->name, *name = f->name;
    size_t count = 0;
    if (by == f->map && error == 0)
        return;
    printf("\n#define KERNEL_%s_%s , %s\n#define ERROR_%s_%s , %aF\n", type, name, by->name, type,
           name, (double)written);
    if (f->type->wide && by != f->map)
        printf("#define LEAST_%s_%s , %aF\n", type, name, least_of(f->type));
    if (!f->type->wide && by == f->map && has_tiny(f, by))
        printf("#define LEAST_%s_%s , %aF\n", type, name, least_of_narrow);
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        if (isfinite(exact[i]) && exact[i] != 0 &&
            midpoint_distance(f->type, exact[i]) <= (long double)written && written > 0) {
            if (count == 0)
                printf("#define MIDPOINTS_%s_%s ", type, name);
            printf("%s0x%04x%04x", count++ % 8 ? ", " : ", \\\n    ", (unsigned)i,
                   (unsigned)half_right(f, (uint16_t)i));
        }
    printf("%s", count > 0 ? "\n" : "");
}

int main(int argc, char **argv) {
    (void)argv;
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        inputs[i] = (uint16_t)i;
    if (argc == 1)
        printf(
            "/*\n"
            " * Generated: act_midpoints > src/midpoints.def\n"
            " *\n"
            " * KERNEL_TYPE_NAME is the f32 kernel by which NAME of the type is computed.\n"
            " * ERROR_TYPE_NAME is its relative error for results from LEAST_TYPE_NAME on, which\n"
            " * is 0 if it is not named.  MIDPOINTS_TYPE_NAME are the inputs whose exact result "
            "is\n"
            " * that close to a midpoint of two neighbours, each with the correctly rounded "
            "result\n"
            " * in its lower half.  A function that is not named is exact.  midpoints.h reads all\n"
            " * this; the commas are for its macros.\n"
            " */\n"
            "/* clang-format off */\n");
    for (size_t k = 0; k < half_function_count; ++k) {
        const half_function *f = &half_functions[k];
        size_t at = 0;
        (void)f->type->to_f32(x, inputs, HALF_INPUTS);
        for (size_t i = 0; i < HALF_INPUTS; ++i)
            exact[i] = half_exact(f, (uint16_t)i, f->map->usual);
        /* Not by a kernel of the fast tier that gives up at the end of the type's range. */
        const map_function *by = f->by;
        double error = largest_error(f, by, &at);
        if (error > 0x1p-18) {
            by = f->map;
            error = largest_error(f, by, &at);
        }
        if (argc == 1)
            write_function(f, by, error);
        else
            printf("%-5s %-16s by %-16s %7.3f 2^-24 at %a = %La\n", f->type->name, f->name,
                   by->name, error * 0x1p24, (double)x[at], exact[at]);
    }
    return 0;
}
