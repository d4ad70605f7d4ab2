/*
 * Shows results as text: the confusion matrix and pictures of digits in ASCII.
 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

size_t most_likely(const float *probability) {
    size_t best = 0;
    for (size_t c = 1; c < CLASSES; c++) {
        if (probability[c] > probability[best])
            best = c;
    }
    return best;
}

void print_confusion(const struct dataset *data, const float *probability) {
    size_t count[CLASSES][CLASSES] = {{0}};
    for (size_t k = 0; k < data->held_out; k++)
        count[data->held[k].label][most_likely(probability + k * CLASSES)]++;

    printf("\ndigit   taken for\n     ");
    for (size_t c = 0; c < CLASSES; c++)
        printf("%5zu", c);
    putchar('\n');
    for (size_t label = 0; label < CLASSES; label++) {
        printf("%5zu", label);
        for (size_t c = 0; c < CLASSES; c++) {
            /* Dots for zeros let the few errors stand out. */
            if (count[label][c] > 0)
                printf("%5zu", count[label][c]);
            else
                printf("    .");
        }
        putchar('\n');
    }
}

static void print_picture_line(const struct digit *digit, size_t row) {
    static const char ramp[] = " .:-=+*#%@";
    enum { DARKEST = sizeof ramp - 2 };

    putchar('|');
    for (size_t column = 0; column < SIDE; column++) {
        const char ink = ramp[digit->pixel[row * SIDE + column] * DARKEST / MAX_PIXEL];
        /* Characters are about twice as high as wide. */
        putchar(ink);
        putchar(ink);
    }
    putchar('|');
}

static void print_picture(const struct digit *digit, const float *probability) {
    enum { BAR = 40 };
    static const char bar[BAR + 1] = "########################################";

    const size_t taken_for = most_likely(probability);
    printf("\nimage %zu: digit %zu, ", digit->number, digit->label);
    if (taken_for == digit->label)
        printf("recognised");
    else
        printf("but taken for %zu", taken_for);
    printf(" with %.1f %%\n", 100.0 * (double)probability[taken_for]);

    /* Eight rows and the frame take as many lines as there are classes. */
    _Static_assert(SIDE + 2 == CLASSES, "picture and bar chart are drawn side by side");
    for (size_t line = 0; line < CLASSES; line++) {
        if (line == 0 || line == CLASSES - 1)
            printf("+----------------+");
        else
            print_picture_line(digit, line - 1);
        const double p = (double)probability[line];
        printf("  %zu %5.1f %% |%.*s\n", line, 100 * p, (int)(BAR * p + 0.5), bar);
    }
}

struct rank {
    float likelihood; /* the probability of the true digit */
    size_t image;
};

static int by_likelihood(const void *left, const void *right) {
    const struct rank *a = left;
    const struct rank *b = right;
    if (a->likelihood != b->likelihood)
        return a->likelihood < b->likelihood ? -1 : 1;
    /* Keeps the order of equals, which qsort does not promise. */
    return a->image < b->image ? -1 : a->image > b->image;
}

bool print_pictures(const struct dataset *data, const float *probability, size_t count) {
    if (count > data->held_out)
        count = data->held_out;
    struct rank *rank = malloc(data->held_out * sizeof *rank);
    if (!rank)
        return false;
    for (size_t k = 0; k < data->held_out; k++)
        rank[k] = (struct rank){probability[k * CLASSES + data->held[k].label], k};
    qsort(rank, data->held_out, sizeof *rank, by_likelihood);

    for (size_t shown = 0; shown < count; shown++) {
        const bool surest = count > 1 && shown == count - 1;
        const size_t image = rank[surest ? data->held_out - 1 : shown].image;
        print_picture(&data->held[image], probability + image * CLASSES);
    }
    free(rank);
    return true;
}
