/*
 * What the example reads from its two files: the held-out images and the trained network.
 */
#ifndef DIGITS_LOAD_H
#define DIGITS_LOAD_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SIDE = 8,
    MAX_PIXEL = 16,

    /* The widths of the network, from the pixels to the ten classes. */
    PIXELS = SIDE * SIDE,
    HIDDEN1 = 64,
    HIDDEN2 = 32,
    CLASSES = 10,

    LAYERS = 3,
    MAX_WIDTH = 64
};

struct digit {
    size_t number; /* its place in the data file, from 0, also that in scikit-learn's copy */
    size_t label;
    unsigned char pixel[PIXELS]; /* row by row, 0 (paper) to MAX_PIXEL (ink) */
};

struct dataset {
    size_t total;    /* images in the file, those the network was trained on included */
    size_t held_out; /* images in held[]: the others must not count in an accuracy */
    struct digit *held;
};

/* The weights of one input to all outputs lie side by side: see dense() in digits.c. */
struct layer {
    size_t inputs;
    size_t outputs;
    float bias[MAX_WIDTH];
    float weight[MAX_WIDTH * MAX_WIDTH];
};

struct network {
    struct layer layer[LAYERS];
};

/*
 * Both return false after one line on stderr that names file, line and column and says what was
 * expected there. Every byte of a file is checked, so a damaged one is never half accepted. The
 * caller frees data->held.
 */
bool load_digits(const char *path, struct dataset *data);
bool load_weights(const char *path, struct network *network);

#endif
