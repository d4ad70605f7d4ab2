/* Lays the pictures out, one a function and two sheets, and the page around them. */
#include "pictures.h"

#include "output.h"
#include "trace.h"

#include <math.h>

static bool path_of(char *path, size_t size, const char *dir, const char *name,
                    const char *suffix) {
    const int length = snprintf(path, size, "%s/%s%s", dir, name, suffix);
    if (length < 0 || (size_t)length >= size) {
        fprintf(stderr, "act_tour: the path %s/%s%s is too long\n", dir, name, suffix);
        return false;
    }
    return true;
}

/* Dashes show both where one lies on the other, as those of exp do. */
static const struct svg_curve style[] = {
    [FORWARD] = {"f(x)", "#1f5fa8", NULL, NULL, 0},
    [GRADIENT] = {"f'(x)", "#c8501e", "6 3", NULL, 0},
};

/* The curves of one function: forward, and the gradient if there is one. */
struct pair {
    struct trace trace[2];
    struct svg_curve curve[2];
    size_t curves;
};

static bool trace_pair(act_function fn, struct pair *pair) {
    pair->curves = act_function_grad_input(fn) == ACT_GRAD_NONE ? 1 : 2;
    for (size_t k = 0; k < pair->curves; k++) {
        if (!trace_function(fn, (enum what)k, &pair->trace[k]))
            return false;
        pair->curve[k] = style[k];
        pair->curve[k].point = pair->trace[k].point;
        pair->curve[k].count = pair->trace[k].count;
    }
    return true;
}

/* As high as the curves need, but no higher than wide: exp would leave nothing else to see. */
static struct svg_axis height_of(const struct pair *pair, int most) {
    double min = 0;
    double max = 0;
    /* At a break, the y is NaN, and fmin and fmax give the other one. */
    for (size_t k = 0; k < pair->curves; k++) {
        for (size_t i = 0; i < pair->curve[k].count; i++) {
            min = fmin(min, pair->curve[k].point[i].y);
            max = fmax(max, pair->curve[k].point[i].y);
        }
    }
    min = fmax(min, -X_MAX);
    max = fmin(max, X_MAX);
    const double margin = 0.06 * (max - min);
    return svg_axis(min - margin, max + margin, most);
}

static bool draw_function(const char *path, const struct formula *formula) {
    struct pair pair;
    struct svg svg;
    if (!trace_pair(formula->fn, &pair) || !svg_begin(&svg, path, 480, 360))
        return false;
    char title[128];
    snprintf(title, sizeof title, "%s%s%s", formula->name, formula->parameters[0] ? ", " : "",
             formula->parameters);
    svg_text(&svg, 44, 24, 17, SVG_LEFT, title);
    char words[160];
    snprintf(words, sizeof words, "f(x) = %s", formula->text);
    svg_text(&svg, 44, 44, 13, SVG_LEFT, words);

    const struct svg_chart chart = {.left = 44,
                                    .top = 56,
                                    .width = 420,
                                    .height = 250,
                                    .font = 12,
                                    .x = svg_axis(-X_MAX, X_MAX, 8),
                                    .y = height_of(&pair, 9)};
    svg_chart(&svg, &chart, pair.curve, pair.curves);
    svg_legend(&svg, 44, 346, 90, pair.curve, pair.curves);
    if (pair.curves == 1)
        svg_text(&svg, 134, 346, 13, SVG_LEFT, "no gradient");
    return svg_end(&svg);
}

static bool draw_sheet(const char *path, const struct formula *formula, size_t count) {
    enum { COLUMNS = 4, WIDTH = 230, HEIGHT = 190, HEAD = 56 };
    const size_t rows = (count + COLUMNS - 1) / COLUMNS;
    struct svg svg;
    if (!svg_begin(&svg, path, COLUMNS * WIDTH + 10, (double)rows * HEIGHT + HEAD))
        return false;
    svg_text(&svg, 28, 32, 20, SVG_LEFT, "The functions of libact, and their gradients");
    svg_legend(&svg, COLUMNS * WIDTH - 180, 32, 90, style, 2);

    struct pair pair;
    bool ok = true;
    for (size_t k = 0; k < count && (ok = trace_pair(formula[k].fn, &pair)); k++) {
        const size_t row = k / COLUMNS;
        const double left = 28 + (double)(k % COLUMNS * WIDTH);
        const double top = HEAD + (double)(row * HEIGHT);
        svg_text(&svg, left, top + 12, 13, SVG_LEFT, formula[k].name);
        const struct svg_chart chart = {.left = left,
                                        .top = top + 20,
                                        .width = WIDTH - 36,
                                        .height = HEIGHT - 52,
                                        .font = 9,
                                        .x = svg_axis(-X_MAX, X_MAX, 8),
                                        .y = height_of(&pair, 6)};
        svg_chart(&svg, &chart, pair.curve, pair.curves);
    }
    return svg_end(&svg) && ok;
}

enum { COMPARED = 4, LAYERS = 10 };
static const struct {
    act_function fn;
    const char *colour;
    const char *dashes;
} compared[COMPARED] = {
    {ACT_FUNCTION_SIGMOID, "#1f5fa8", NULL},
    {ACT_FUNCTION_TANH, "#2a8f5b", NULL},
    {ACT_FUNCTION_RELU, "#c8501e", NULL},
    {ACT_FUNCTION_LEAKY_RELU, "#7a3fa8", "8 6"}, /* lies on ReLU's for half of its way */
};

static bool draw_vanishing(const char *path) {
    struct trace trace[COMPARED];
    struct trace decades[COMPARED];
    struct svg_curve curve[COMPARED];
    struct svg_curve curve_of_decades[COMPARED];
    struct svg svg;
    for (size_t k = 0; k < COMPARED; k++) {
        if (!trace_function(compared[k].fn, GRADIENT, &trace[k]))
            return false;
        decades[k] = trace[k];
        for (size_t i = 0; i < trace[k].count; i++)
            decades[k].point[i].y = log10(trace[k].point[i].y);
        curve[k] = (struct svg_curve){act_function_name(compared[k].fn), compared[k].colour,
                                      compared[k].dashes, trace[k].point, trace[k].count};
        curve_of_decades[k] = curve[k];
        curve_of_decades[k].point = decades[k].point;
    }
    if (!svg_begin(&svg, path, 900, 380))
        return false;
    svg_text(&svg, 44, 28, 17, SVG_LEFT,
             "The vanishing gradient of sigmoid, ReLU's dead half, and leaky ReLU's answer");

    struct svg_chart chart = {.left = 44,
                              .top = 64,
                              .width = 380,
                              .height = 250,
                              .font = 12,
                              .x = svg_axis(-X_MAX, X_MAX, 8),
                              .y = svg_axis(-0.06, 1.06, 6)};
    svg_text(&svg, chart.left, 54, 13, SVG_LEFT, "f'(x)");
    svg_chart(&svg, &chart, curve, COMPARED);

    chart.left = 500;
    chart.y = svg_axis(-6.36, 0.36, 8);
    chart.y.decades = true;
    svg_text(&svg, chart.left, 54, 13, SVG_LEFT,
             "f'(x), logarithmic: ten layers go ten times as far down");
    svg_chart(&svg, &chart, curve_of_decades, COMPARED);
    svg_legend(&svg, 44, 362, 130, curve, COMPARED);
    svg_text(&svg, 880, 362, 13, SVG_RIGHT, "ReLU's 0 is on no logarithmic scale.");
    return svg_end(&svg);
}

/* What is left of a gradient of 1 behind LAYERS of the function, each at x. */
static bool chain(act_function fn, float x, float *gradient) {
    *gradient = 1;
    for (int layer = 0; layer < LAYERS; layer++)
        if (!backward(fn, gradient, gradient, &x, 1))
            return false;
    return true;
}

static bool vanishing_row(FILE *file, act_function fn) {
    static const float at[] = {-2, 0, 2};
    fprintf(file, "    %-12s", act_function_name(fn));
    for (size_t k = 0; k < 3; k++) {
        float one;
        if (!evaluate(fn, GRADIENT, &at[k], &one, 1))
            return false;
        fprintf(file, "%8.3f", (double)one);
    }
    for (size_t k = 0; k < 3; k++) {
        float all;
        if (!chain(fn, at[k], &all))
            return false;
        fprintf(file, all == 0 || all == 1 ? "%10.0f" : "%10.1e", (double)all);
    }
    putc('\n', file);
    return true;
}

bool vanishing_text(FILE *file) {
    fprintf(file,
            "A gradient on its way back through a network is multiplied by f'(x) in every layer.\n"
            "The table has f'(x), and what is left of 1 after %d layers that all are at the same"
            " x.\n\n"
            "    %-12s%24s%30s\n    %-12s%8s%8s%8s%10s%10s%10s\n",
            LAYERS, "", "one layer", "all layers", "at x =", "-2", "0", "2", "-2", "0", "2");
    for (size_t k = 0; k < COMPARED; k++)
        if (!vanishing_row(file, compared[k].fn))
            return false;
    fputs(
        "\n"
        "Sigmoid takes three quarters of the gradient away in its best point, 0, and more in any\n"
        "other: it vanishes. Tanh keeps it near 0 alone. ReLU hands it on whole where x > 0, but\n"
        "its other half is dead: the gradient there is 0, exactly, and what does not get a\n"
        "gradient cannot learn its way out. Leaky ReLU answers with a slope: one layer in that\n"
        "half leaves a hundredth, which is little, but not nothing.\n",
        file);
    return true;
}

static void code(FILE *file, const char *text) {
    for (; *text; text++) {
        /* A bar would end the cell of the table, in a code span too. */
        if (*text == '|')
            putc('\\', file);
        putc(*text, file);
    }
}

static bool write_page(const char *path, const struct formula *formula, size_t count) {
    FILE *file = output_open(path);
    if (!file)
        return false;
    fputs(
        "<!-- Generated by act_tour, do not edit. -->\n"
        "# A tour of the functions\n\n"
        "Every elementwise function of one array, with its usual parameters: the function solid,\n"
        "its gradient dashed. The program that draws all this is\n"
        "[examples/tour](../../examples/tour/README.md); it prints values, too.\n\n"
        "![All functions](all.svg)\n\n"
        "## The vanishing gradient\n\n"
        "![Gradients of sigmoid, tanh, ReLU and leaky ReLU](vanishing.svg)\n\n",
        file);
    const bool ok = vanishing_text(file);
    fputs("\n## One by one\n\n| function | picture |\n| --- | --- |\n", file);
    for (size_t k = 0; k < count; k++) {
        fprintf(file, "| **%s**<br>`", formula[k].name);
        code(file, formula[k].text);
        fprintf(file, "`%s%s | ![%s](%s.svg) |\n", formula[k].parameters[0] ? "<br>" : "",
                formula[k].parameters, formula[k].name, formula[k].name);
    }
    return output_close(file, path) && ok;
}

bool draw_all(const char *dir, const struct formula *formula, size_t count) {
    char path[4096];
    for (size_t k = 0; k < count; k++)
        if (!path_of(path, sizeof path, dir, formula[k].name, ".svg") ||
            !draw_function(path, &formula[k]))
            return false;
    return path_of(path, sizeof path, dir, "all", ".svg") && draw_sheet(path, formula, count) &&
           path_of(path, sizeof path, dir, "vanishing", ".svg") && draw_vanishing(path) &&
           path_of(path, sizeof path, dir, "README", ".md") && write_page(path, formula, count);
}
