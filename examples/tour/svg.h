/*
 * Writes SVG pictures of curves: text, axes with ticks and a grid, lines, a legend.
 *
 * Lengths are in pixels from the top left corner. All numbers have fixed decimals, so that equal
 * curves give equal bytes. The background is white, for pages of any colour.
 */
#ifndef TOUR_SVG_H
#define TOUR_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* In the units of the axes. A point with a coordinate that is not finite breaks the line. */
struct svg_point {
    double x, y;
};

struct svg_curve {
    const char *label;
    const char *colour;
    const char *dashes; /* as stroke-dasharray has them; NULL for a solid line */
    const struct svg_point *point;
    size_t count;
};

struct svg_axis {
    double min, max;
    double step;  /* from tick to tick */
    bool decades; /* the numbers are logarithms to base 10, and the ticks say of what */
};

struct svg_chart {
    double left, top, width, height; /* of the inside; the ticks' numbers are left and below */
    double font;                     /* the size of these numbers */
    struct svg_axis x, y;
};

struct svg {
    FILE *file;
    const char *path;
};

/* An axis with a round step that gives at most `most` ticks. */
struct svg_axis svg_axis(double min, double max, int most);

/* Both return false after a message on stderr, svg_end also if anything before it has failed. */
bool svg_begin(struct svg *svg, const char *path, double width, double height);
bool svg_end(struct svg *svg);

enum svg_align { SVG_LEFT, SVG_MIDDLE, SVG_RIGHT };

/* `y` is the line that the text stands on. */
void svg_text(const struct svg *svg, double x, double y, double size, enum svg_align align,
              const char *text);

void svg_chart(const struct svg *svg, const struct svg_chart *chart, const struct svg_curve *curve,
               size_t curves);

/* The labels with a piece of their lines, in a row from (x, y), `pitch` from one to the next. */
void svg_legend(const struct svg *svg, double x, double y, double pitch,
                const struct svg_curve *curve, size_t curves);

#endif
