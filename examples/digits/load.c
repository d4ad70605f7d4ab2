/*
 * Reads digits.txt and weights.txt, whose formats train.py describes at their heads, and accepts
 * nothing else. Both are plain text and end with a checksum: the syntax finds what is wrong and
 * where, the checksum finds the damage that still looks right, such as another weight.
 */
#include "load.h"

#include "hash.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_SIZE = 2048, /* a line of 64 weights has about 900 characters */
    MAX_IMAGES = 100000
};

struct reader {
    const char *path;
    FILE *file;
    size_t line;
    const char *at; /* what is left of the current line */
    uint64_t hash;  /* of all lines before the current one */
    char text[LINE_SIZE];
};

/* Returns false for the caller to pass on. */
static bool expected(const struct reader *r, const char *format, ...) {
    fprintf(stderr, "act_digits: %s:%zu:%zu: expected ", r->path, r->line,
            (size_t)(r->at - r->text) + 1);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);

    /* Only a short and printable piece: a damaged file may hold anything. */
    int shown = 0;
    while (shown < 16 && r->at[shown] >= ' ' && r->at[shown] <= '~')
        shown++;
    if (shown > 0)
        fprintf(stderr, ", found '%.*s'\n", shown, r->at);
    else if (r->at[0] == '\n')
        fputs(", found the end of the line\n", stderr);
    else if (r->at[0] == '\0' && feof(r->file))
        fputs(", found the end of the file\n", stderr);
    else
        fputs(", found an unprintable byte\n", stderr);
    return false;
}

static bool next_line(struct reader *r) {
    /* A line enters the checksum when it is left, as the one that states it must not be in it. */
    for (const char *c = r->text; *c != '\0'; c++)
        r->hash = fnv1a(r->hash, (unsigned char)*c);

    r->line++;
    r->at = r->text;
    if (!fgets(r->text, sizeof r->text, r->file)) {
        r->text[0] = '\0';
        if (!ferror(r->file))
            return expected(r, "another line");
        fprintf(stderr, "act_digits: cannot read %s: %s\n", r->path, strerror(errno));
        return false;
    }
    /* Also finds a zero byte, which would hide the rest of its line. */
    const size_t length = strlen(r->text);
    if (length == 0 || r->text[length - 1] != '\n') {
        if (length < sizeof r->text - 1)
            r->at = r->text + length;
        return expected(r, "a line of text shorter than %d characters", LINE_SIZE);
    }
    return true;
}

static bool open_reader(struct reader *r, const char *path) {
    *r = (struct reader){.path = path, .hash = FNV1A_START};
    r->at = r->text;
    r->file = fopen(path, "r");
    if (!r->file)
        fprintf(stderr, "act_digits: cannot open %s: %s\n", path, strerror(errno));
    return r->file;
}

/* The functions named read_ take what they describe off the current line. */
static bool read_text(struct reader *r, const char *text) {
    const size_t length = strlen(text);
    if (strncmp(r->at, text, length) != 0)
        return expected(r, "'%s'", text);
    r->at += length;
    return true;
}

static bool read_line_end(struct reader *r) {
    if (*r->at != '\n')
        return expected(r, "the end of the line");
    r->at++;
    return true;
}

static bool read_count(struct reader *r, size_t min, size_t max, size_t *count) {
    const char *c = r->at;
    size_t value = 0;
    /* Stopping above max keeps the sum far from overflow. */
    while (*c >= '0' && *c <= '9' && value <= max)
        value = value * 10 + (size_t)(*c++ - '0');
    if (c == r->at || value < min || value > max)
        return expected(r, "a number from %zu to %zu", min, max);
    r->at = c;
    *count = value;
    return true;
}

static bool read_floats(struct reader *r, size_t count, float *value) {
    for (size_t k = 0; k < count; k++) {
        if (!read_text(r, " "))
            return false;
        /* strtof would skip blanks, the end of the line included, and take "nan" and "inf". */
        char *end = r->text;
        if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
            value[k] = strtof(r->at, &end);
        if (end <= r->at || !isfinite(value[k]))
            return expected(r, "a finite number (%zu of %zu on its line)", k + 1, count);
        r->at = end;
    }
    return read_line_end(r);
}

static bool skip_comments(struct reader *r) {
    do {
        if (!next_line(r))
            return false;
    } while (r->text[0] == '#');
    return true;
}

static bool read_checksum(struct reader *r) {
    if (!next_line(r) || !read_text(r, "end fnv1a64 "))
        return false;
    char sum[17];
    snprintf(sum, sizeof sum, "%016" PRIx64, r->hash);
    if (strncmp(r->at, sum, 16) != 0)
        return expected(r, "the checksum %s of the lines above", sum);
    r->at += 16;
    if (!read_line_end(r))
        return false;
    const int extra = fgetc(r->file);
    if (extra == EOF)
        return true;
    r->line++;
    r->at = r->text;
    r->text[0] = (char)extra;
    r->text[1] = '\0';
    return expected(r, "the end of the file");
}

static bool read_pixels(struct reader *r, unsigned char *pixel) {
    static const char code[] = "0123456789abcdefg";
    _Static_assert(sizeof code == MAX_PIXEL + 2, "one character per value, and the final zero");

    for (size_t k = 0; k < PIXELS; k++) {
        if (k % SIDE == 0 && !read_text(r, " "))
            return false;
        const char *found = memchr(code, *r->at, MAX_PIXEL + 1);
        if (!found)
            return expected(r, "a pixel from 0 to 9 or a to g");
        pixel[k] = (unsigned char)(found - code);
        r->at++;
    }
    return read_line_end(r);
}

static bool read_digits(struct reader *r, struct dataset *data) {
    size_t promised = 0;
    if (!skip_comments(r) || !read_text(r, "digits ") ||
        !read_count(r, 1, MAX_IMAGES, &data->total) || !read_text(r, " held ") ||
        !read_count(r, 1, data->total, &promised) || !read_line_end(r))
        return false;

    data->held = calloc(promised, sizeof *data->held);
    if (!data->held) {
        fprintf(stderr, "act_digits: no memory for the %zu images of %s\n", promised, r->path);
        return false;
    }
    for (size_t number = 0; number < data->total; number++) {
        struct digit digit = {.number = number};
        if (!next_line(r) || !read_count(r, 0, CLASSES - 1, &digit.label) || !read_text(r, " "))
            return false;
        const bool held = *r->at == 'h';
        if (held && data->held_out == promised)
            return expected(r, "'train', after all %zu held images", promised);
        if (!read_text(r, held ? "held" : "train") || !read_pixels(r, digit.pixel))
            return false;
        if (held)
            data->held[data->held_out++] = digit;
    }
    if (data->held_out < promised) {
        fprintf(stderr, "act_digits: %s:%zu: expected %zu held images up to here, found %zu\n",
                r->path, r->line, promised, data->held_out);
        return false;
    }
    return read_checksum(r);
}

bool load_digits(const char *path, struct dataset *data) {
    struct reader r;
    *data = (struct dataset){0};
    if (!open_reader(&r, path))
        return false;
    const bool good = read_digits(&r, data);
    fclose(r.file);
    if (!good) {
        free(data->held);
        *data = (struct dataset){0};
    }
    return good;
}

static bool read_layer(struct reader *r, size_t number, struct layer *layer) {
    char text[80];
    snprintf(text, sizeof text, "layer %zu inputs %zu outputs %zu", number, layer->inputs,
             layer->outputs);
    if (!read_text(r, text) || !read_line_end(r) || !next_line(r) || !read_text(r, "bias") ||
        !read_floats(r, layer->outputs, layer->bias))
        return false;
    for (size_t i = 0; i < layer->inputs; i++) {
        snprintf(text, sizeof text, "input %zu", i);
        if (!next_line(r) || !read_text(r, text) ||
            !read_floats(r, layer->outputs, layer->weight + i * layer->outputs))
            return false;
    }
    return true;
}

bool load_weights(const char *path, struct network *network) {
    static const size_t width[LAYERS + 1] = {PIXELS, HIDDEN1, HIDDEN2, CLASSES};
    struct reader r;
    if (!open_reader(&r, path))
        return false;
    bool good = skip_comments(&r);
    for (size_t k = 0; k < LAYERS && good; k++) {
        network->layer[k].inputs = width[k];
        network->layer[k].outputs = width[k + 1];
        good = (k == 0 || next_line(&r)) && read_layer(&r, k + 1, &network->layer[k]);
    }
    good = good && read_checksum(&r);
    fclose(r.file);
    return good;
}
