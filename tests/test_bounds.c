/*
 * The bounds that the kernels state: an input nearly reaches each of them, and the public headers
 * state the same figures.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/functions.h"
#include "support/harness.h"
#include "support/rows.h"

/* The largest error of some backends. */
typedef struct {
    double most;
    size_t backends;
} errors;

static void add_error(errors *e, double error) {
    e->most = fmax(e->most, error);
    ++e->backends;
}

/*
 * A single backend may be the scalar one without fma, whose last bits differ.  In the fast tier
 * backends differ: the worst one is among the three of an x86 processor that runs all three.
 */
enum { ALL_OF_X86 = 3 };
static void assert_reached(const char *name, double figure, bool fast, const errors *e) {
    const bool all = e->backends >= (fast ? ALL_OF_X86 : 2);
    if (e->most > figure || (all && e->most < 0.95 * figure))
        fail_msg("%s: an error of %.4f ULP where the bound of %g is said to be reached", name,
                 e->most, figure);
}

static void input_is_among_the_worst(void **state) {
    const map_function *f = *state;
    const act_bound *b = f->bound;
    const backend_list list = available_backends();
    errors usual = {0}, others = {0};
    for (size_t i = 0; i < list.count; ++i) {
        assert_int_equal(act_set_backend(list.name[i]), ACT_OK);
        add_error(&usual, error_at(f, with_parameters(f, b->at)));
        if (b->others > 0)
            add_error(&others, error_at(f, b->others_at));
    }
    assert_reached(f->name, b->ulp, b->fast, &usual);
    if (b->others > 0)
        assert_reached(f->name, b->others, b->fast, &others);
}

static void gated_input_is_among_the_worst(void **state) {
    const gated_gradient *f = *state;
    const backend_list list = available_backends();
    errors e = {0};
    for (size_t i = 0; i < list.count; ++i) {
        assert_int_equal(act_set_backend(list.name[i]), ACT_OK);
        add_error(&e, gated_error_at(f, f->bound->at));
    }
    assert_reached(f->name, f->bound->ulp, false, &e);
}

/*
 * The text of the headers on the error of a function, on one line: the Error field of the comment
 * before its declaration, or the whole comment if it has none.
 */
enum { PARAGRAPH = 2000 };
static const char *text_of(const char *file_name, char header[1 << 17]) {
    if (!*header) {
        FILE *file = fopen(file_name, "r");
        assert_non_null(file);
        assert_in_range(fread(header, 1, (1 << 17) - 1, file), 1, (1 << 17) - 2);
        (void)fclose(file);
    }
    return header;
}
/* The header that declares a function, and where; NULL if none does. */
static const char *declaring_header(const char *declaration, const char **found) {
    static const char *const names[] = {HEADERS "/elementwise.h", HEADERS "/rows.h",
                                        HEADERS "/gates.h", HEADERS "/attention.h",
                                        HEADERS "/strided.h"};
    static char headers[sizeof names / sizeof names[0]][1 << 17];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        const char *header = text_of(names[i], headers[i]);
        if ((*found = strstr(header, declaration)))
            return header;
    }
    return NULL;
}
static bool read_paragraph(const char *name, char paragraph[PARAGRAPH]) {
    char declaration[80];
    (void)snprintf(declaration, sizeof declaration, "act_%s_f32(", name);
    const char *end, *begin = declaring_header(declaration, &end);
    if (!begin)
        return false;
    for (const char *next; (next = strstr(begin + 1, "/*")) && next < end;)
        begin = next;
    end = strstr(begin, "*/");
    const char *error = strstr(begin, " Error "), *definition = strstr(begin, " Definition ");
    begin = error && error < end ? error : begin;
    end = definition && definition > begin && definition < end ? definition : end;
    size_t n = 0;
    for (const char *c = begin; c < end && n < PARAGRAPH - 1; ++c)
        if (strncmp(c, "\n *", 3) == 0)
            c += 2;
        else if (*c != ' ' || (n > 0 && paragraph[n - 1] != ' '))
            paragraph[n++] = *c;
    paragraph[n] = '\0';
    return true;
}

/* The number after some words, if `unit` follows it. */
static double figure_after(const char *text, const char *words, const char *unit) {
    for (const char *at = text; (at = strstr(at, words)); ++at) {
        char *end;
        const double figure = strtod(at + strlen(words), &end);
        if (end != at + strlen(words) && strncmp(end, unit, strlen(unit)) == 0)
            return figure;
    }
    return -1;
}

static void assert_stated(const char *name, double figure, const char *text, double bound) {
    if (figure < 0 && (strstr(text, "none") || strstr(text, "exact")))
        figure = 0;
    if (figure != bound)
        fail_msg("%s: the header states %g, the kernel %g: %s", name, figure, bound, text);
}

/* The part of the paragraph that is about this function, if it is about several. */
static const char *part_of(const char *paragraph, const char *subject) {
    static const char *const forms[] = {" %s at most ", " %s dgate at most "};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; ++i) {
        char words[80];
        (void)snprintf(words, sizeof words, forms[i], subject);
        const char *found = strstr(paragraph, words);
        if (found)
            return found;
    }
    return paragraph;
}

static void header_states_the_bound(void **state) {
    const map_function *f = *state;
    char paragraph[PARAGRAPH];
    assert_true(read_paragraph(f->name, paragraph));
    const char *text = part_of(paragraph, f->name);
    assert_stated(f->name, figure_after(text, "at most ", " ULP"), text, f->bound->ulp);
    if (f->bound->others > 0)
        assert_stated(f->name, figure_after(text, "at most ", " ULP for any other"), text,
                      f->bound->others);
}

static void header_states_the_bounds(void **state) {
    const gated_gradient *f = *state;
    char paragraph[PARAGRAPH];
    assert_true(read_paragraph(f->name, paragraph));
    const char *text = part_of(paragraph, f->gated->name);
    assert_stated(f->name, figure_after(text, "dgate at most ", " ULP"), text, f->bound->ulp);
    assert_stated(f->name, figure_after(text, "dup at most ", " ULP"), text, f->gated->bound->ulp);
}

/*
 * The bounds of row-wise functions are relative.  prelu has the bound of a product, and act.h
 * refers to leaky_relu.  A function that no header declares is a declared one with fixed arguments.
 */
static void header_states_the_row_bounds(void **state) {
    (void)state;
    for (size_t i = 0; i < row_wise_count; ++i) {
        const row_wise *f = row_wise_functions[i];
        char paragraph[PARAGRAPH];
        if (strncmp(f->name, "prelu", 5) == 0 || !read_paragraph(f->name, paragraph))
            continue;
        const char *text = part_of(paragraph, f->name);
        const double within_10 = figure_after(text, "at most ", "");
        const double within_100 = figure_after(text, "[-10, 10], ", " if it lies in [-100, 100]");
        assert_stated(f->name, within_10, text, f->bound->within_10);
        assert_stated(f->name, within_100 < 0 ? within_10 : within_100, text, f->bound->within_100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define BOTH_TESTS(name)                                                                           \
    MAP_TEST(input_is_among_the_worst, name), MAP_TEST(header_states_the_bound, name),
#define ACT_MAP(name, of, params, types) EACH_OF_MAP(BOTH_TESTS, name, of)
#define ACT_GATED(name, slope, params, types)                                                      \
    BOTH_TESTS(name)                                                                               \
    GATED_TEST(gated_input_is_among_the_worst, name##_grad),                                       \
        GATED_TEST(header_states_the_bounds, name##_grad),
#define ACT_PAIR(name, first, params, types) BOTH_TESTS(name)
#define ACT_ROWS                             ACT_SKIP
#define ACT_ROWS_PAIR                        ACT_SKIP
#define ACT_ROWS_OWN                         ACT_SKIP
#include "functions.def"
        cmocka_unit_test(header_states_the_row_bounds),
    };
    return cmocka_run_group_tests_name("bounds", tests, NULL, NULL);
}
