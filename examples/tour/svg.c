/* Writes SVG. */
#include "svg.h"

#include "output.h"

#include <math.h>

static const char GRID[] = "#e4e4e4";
static const char ZERO[] = "#999999"; /* the lines x = 0 and y = 0 */
static const char INK[] = "#222222";

struct svg_axis svg_axis(double min, double max, int most) {
    static const double round_step[] = {0.1, 0.2, 0.5, 1, 2, 5, 10};
    const size_t last = sizeof round_step / sizeof round_step[0] - 1;
    size_t k = 0;
    while (k < last && floor(max / round_step[k]) - ceil(min / round_step[k]) >= most)
        k++;
    return (struct svg_axis){min, max, round_step[k], false};
}

bool svg_begin(struct svg *svg, const char *path, double width, double height) {
    *svg = (struct svg){output_open(path), path};
    if (!svg->file)
        return false;
    fprintf(svg->file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\""
            " viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" fill=\"%s\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            width, height, width, height, INK);
    return true;
}

bool svg_end(struct svg *svg) {
    fputs("</svg>\n", svg->file);
    return output_close(svg->file, svg->path);
}

static void escaped(FILE *file, const char *text) {
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '>')
            fputs("&gt;", file);
        else if (*text == '&')
            fputs("&amp;", file);
        else
            putc(*text, file);
    }
}

void svg_text(const struct svg *svg, double x, double y, double size, enum svg_align align,
              const char *text) {
    static const char *const anchor[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    fprintf(svg->file, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\"%s>", x, y, size,
            anchor[align]);
    escaped(svg->file, text);
    fputs("</text>\n", svg->file);
}

static double to_x(const struct svg_chart *chart, double x) {
    return (x - chart->x.min) / (chart->x.max - chart->x.min) * chart->width;
}

static double to_y(const struct svg_chart *chart, double y) {
    return (chart->y.max - y) / (chart->y.max - chart->y.min) * chart->height;
}

/* Ticks are counted in whole steps, so that zero is zero and errors do not add up. */
static long first_tick(const struct svg_axis *axis) { return (long)ceil(axis->min / axis->step); }
static long last_tick(const struct svg_axis *axis) { return (long)floor(axis->max / axis->step); }

static void tick_label(char *text, size_t size, const struct svg_axis *axis, long tick) {
    const double value = (double)tick * axis->step;
    if (axis->decades && tick != 0)
        snprintf(text, size, "1e%.0f", value);
    else
        snprintf(text, size, "%g", axis->decades ? 1 : value);
}

/* One path for a class of grid lines: those at zero, or all others. */
static void grid(const struct svg *svg, const struct svg_chart *chart, bool zero) {
    fprintf(svg->file, "<path stroke=\"%s\" d=\"", zero ? ZERO : GRID);
    for (long tick = first_tick(&chart->x); tick <= last_tick(&chart->x); tick++)
        if ((tick == 0) == zero)
            fprintf(svg->file, "M%.1f 0v%.1f", to_x(chart, (double)tick * chart->x.step),
                    chart->height);
    for (long tick = first_tick(&chart->y); tick <= last_tick(&chart->y); tick++)
        if ((tick == 0) == zero)
            fprintf(svg->file, "M0 %.1fh%.1f", to_y(chart, (double)tick * chart->y.step),
                    chart->width);
    fputs("\"/>\n", svg->file);
}

static void ticks(const struct svg *svg, const struct svg_chart *chart) {
    char text[32];
    for (long tick = first_tick(&chart->x); tick <= last_tick(&chart->x); tick++) {
        tick_label(text, sizeof text, &chart->x, tick);
        svg_text(svg, chart->left + to_x(chart, (double)tick * chart->x.step),
                 chart->top + chart->height + 1.3 * chart->font, chart->font, SVG_MIDDLE, text);
    }
    for (long tick = first_tick(&chart->y); tick <= last_tick(&chart->y); tick++) {
        tick_label(text, sizeof text, &chart->y, tick);
        /* A digit is some 0.7 of the font's size high. */
        svg_text(svg, chart->left - 0.4 * chart->font,
                 chart->top + to_y(chart, (double)tick * chart->y.step) + 0.35 * chart->font,
                 chart->font, SVG_RIGHT, text);
    }
}

static void begin_stroke(const struct svg *svg, const struct svg_curve *curve) {
    fprintf(svg->file, "<path fill=\"none\" stroke-width=\"2\" stroke=\"%s\"", curve->colour);
    if (curve->dashes)
        fprintf(svg->file, " stroke-dasharray=\"%s\"", curve->dashes);
    fputs(" d=\"", svg->file);
}

static bool is_point(const struct svg_curve *curve, size_t k) {
    return k < curve->count && isfinite(curve->point[k].x) && isfinite(curve->point[k].y);
}

static bool is_visible(const struct svg_chart *chart, const struct svg_curve *curve, size_t k) {
    return is_point(curve, k) && curve->point[k].y >= chart->y.min &&
           curve->point[k].y <= chart->y.max;
}

static double height_at(const struct svg_curve *curve, size_t k) {
    return is_point(curve, k) ? curve->point[k].y : (double)NAN;
}

/* Without the first point outside, the line would end before it leaves. */
static bool is_needed(const struct svg_chart *chart, const struct svg_curve *curve, size_t k) {
    return is_point(curve, k) && (is_visible(chart, curve, k) || is_visible(chart, curve, k + 1) ||
                                  (k > 0 && is_visible(chart, curve, k - 1)));
}

/* A level line needs but its ends, and many a gradient is level. */
static bool is_between_equals(const struct svg_curve *curve, size_t k) {
    return k > 0 && height_at(curve, k - 1) == height_at(curve, k) &&
           height_at(curve, k) == height_at(curve, k + 1);
}

static void line(const struct svg *svg, const struct svg_chart *chart,
                 const struct svg_curve *curve) {
    begin_stroke(svg, curve);
    bool down = false;
    for (size_t k = 0; k < curve->count; k++) {
        if (!is_needed(chart, curve, k)) {
            down = false;
        } else if (!is_between_equals(curve, k)) {
            fprintf(svg->file, "%s%.1f %.1f", down ? " " : "M", to_x(chart, curve->point[k].x),
                    to_y(chart, curve->point[k].y));
            down = true;
        }
    }
    fputs("\"/>\n", svg->file);
}

void svg_chart(const struct svg *svg, const struct svg_chart *chart, const struct svg_curve *curve,
               size_t curves) {
    /* A nested picture clips what leaves it. */
    fprintf(svg->file, "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">\n", chart->left,
            chart->top, chart->width, chart->height);
    grid(svg, chart, false);
    grid(svg, chart, true);
    for (size_t k = 0; k < curves; k++)
        line(svg, chart, &curve[k]);
    fputs("</svg>\n", svg->file);
    ticks(svg, chart);
}

void svg_legend(const struct svg *svg, double x, double y, double pitch,
                const struct svg_curve *curve, size_t curves) {
    enum { FONT = 13, SAMPLE = 28 };
    for (size_t k = 0; k < curves; k++, x += pitch) {
        begin_stroke(svg, &curve[k]);
        fprintf(svg->file, "M%.1f %.1fh%d\"/>\n", x, y - 0.35 * FONT, SAMPLE);
        svg_text(svg, x + SAMPLE + 6, y, FONT, SVG_LEFT, curve[k].label);
    }
}
