/*
 * Files that are written, with messages on stderr about what goes wrong.
 */
#ifndef TOUR_OUTPUT_H
#define TOUR_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Binary, for the same bytes on systems that end lines otherwise. NULL if it cannot be written. */
FILE *output_open(const char *path);

/* False if anything since output_open has failed, so that single writes need no look. */
bool output_close(FILE *file, const char *path);

#endif
