/*
 * A tour of the library's elementwise functions: prints for each its formula, a row of values and
 * its gradient at the same points, and draws the curves.
 *
 * Which functions there are, what they are called and what their parameters are, the library is
 * asked by act_function_name() and its like. Row-wise functions (softmax, ...) have no curve.
 */
#include "formula.h"
#include "pictures.h"
#include "trace.h"

#include <act/act.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: act_tour [DIR]\n"
    "\n"
    "Prints for each elementwise function of libact its formula, values and gradient.\n"
    "With DIR, an existing folder, also draws them there: NAME.svg for each, all.svg,\n"
    "vanishing.svg (gradients compared), and a page that shows them, README.md.\n"
    "\n"
    "The environment variable ACT_BACKEND chooses the backend; the pictures are the same.\n"
    "Exit status: 0 all well, 1 the library or a file reports an error, 2 wrong usage.\n";

static void print_row(const char *label, const float *value, size_t count) {
    printf("  %-6s", label);
    for (size_t k = 0; k < count; k++)
        printf("%8.4f", (double)value[k] + 0.0); /* -0 + 0 = 0, which looks better in a table */
    putchar('\n');
}

static bool print_function(const struct formula *formula) {
    static const float x[] = {-4, -2, -1, -0.5f, 0, 0.5f, 1, 2, 4};
    enum { COUNT = sizeof x / sizeof x[0] };
    float y[COUNT];

    printf("%s(x) = %s%s%s\n", formula->name, formula->text, formula->parameters[0] ? ", " : "",
           formula->parameters);
    print_row("x", x, COUNT);
    if (!evaluate(formula->fn, FORWARD, x, y, COUNT))
        return false;
    print_row("f(x)", y, COUNT);
    if (act_function_grad_input(formula->fn) == ACT_GRAD_NONE) {
        printf("  %-6s%8s\n\n", "f'(x)", "-");
        return true;
    }
    if (!evaluate(formula->fn, GRADIENT, x, y, COUNT))
        return false;
    print_row("f'(x)", y, COUNT);
    putchar('\n');
    return true;
}

static bool tour(const char *dir) {
    struct formula drawn[ACT_FUNCTIONS];
    size_t count = 0;
    for (int fn = ACT_FUNCTION_NONE + 1; fn < ACT_FUNCTIONS; fn++) {
        struct formula formula;
        if (!formula_of((act_function)fn, &formula) || !print_function(&formula))
            return false;
        /* The fast tier would be the same picture again. */
        if (!formula.fast)
            drawn[count++] = formula;
    }
    return vanishing_text(stdout) && (!dir || draw_all(dir, drawn, count));
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
    } else if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    } else if (!tour(argc == 2 ? argv[1] : NULL)) {
        return EXIT_FAILURE;
    }

    /* A full disk must not pass for success. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "act_tour: cannot write the output\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
