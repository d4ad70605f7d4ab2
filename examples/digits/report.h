/*
 * What the example prints about its results, for people to look at.
 *
 * Each probability argument holds CLASSES values for every held-out image, in their order.
 */
#ifndef DIGITS_REPORT_H
#define DIGITS_REPORT_H

#include "load.h"

/* The class that one image's CLASSES probabilities favour, the first of equals. */
size_t most_likely(const float *probability);

/* A table of how often each digit was taken for which. */
void print_confusion(const struct dataset *data, const float *probability);

/*
 * Draws `count` images with their probabilities: those the network found hardest and, last of
 * several, the one it was surest of, for contrast. Returns false when out of memory.
 */
bool print_pictures(const struct dataset *data, const float *probability, size_t count);

#endif
