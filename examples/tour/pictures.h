/*
 * The pictures of the tour, and the page that shows them.
 *
 * All return false after a message on stderr if the library or the file system reported an error.
 */
#ifndef TOUR_PICTURES_H
#define TOUR_PICTURES_H

#include "formula.h"

#include <stddef.h>
#include <stdio.h>

/* The chain of gradients through many layers, in numbers: text and Markdown alike. */
bool vanishing_text(FILE *file);

/* DIR/NAME.svg for each function, DIR/all.svg, DIR/vanishing.svg and DIR/README.md. */
bool draw_all(const char *dir, const struct formula *formula, size_t count);

#endif
