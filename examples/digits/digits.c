/*
 * Recognises handwritten digits with a small neural network whose activations come from libact:
 *
 *     64 pixels -> 64 leaky ReLU -> 32 sigmoid -> 10 softmax
 *
 * classify() is the part to read first. Everything around it measures: the accuracy on images
 * that training never saw, the speed, and whether all backends of the library give the same
 * probabilities to the last bit.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "hash.h"
#include "load.h"
#include "report.h"

#include <act/act.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef DIGITS_DIR
#define DIGITS_DIR "."
#endif

enum {
    EXIT_WRONG = 1,    /* a result is not what it has to be */
    EXIT_UNUSABLE = 2, /* bad options or files: there is no result */

    MAX_BACKENDS = 32,

    /* Enough that a call costs little beside its work, and what lies between two layers is
     * still in the first-level cache when the next one reads it. */
    BATCH = 64
};

static const float LEAKY_SLOPE = 0.01f; /* as in train.py */

/*
 * y = bias + x * weight, for each row of x. Looping over the outputs innermost lets the compiler
 * use vectors, although every single output is still summed up in the order of the inputs: with
 * the contraction to fused multiply-adds off, the result is the same on every machine.
 */
static void dense(const struct layer *layer, const float *x, size_t rows, float *y) {
    for (size_t row = 0; row < rows; row++) {
        const float *input = x + row * layer->inputs;
        float *restrict output = y + row * layer->outputs;
        memcpy(output, layer->bias, layer->outputs * sizeof *output);
        for (size_t i = 0; i < layer->inputs; i++) {
            const float *restrict weight = layer->weight + i * layer->outputs;
            for (size_t j = 0; j < layer->outputs; j++)
                output[j] += weight[j] * input[i];
        }
    }
}

/* Rows of PIXELS values in, as many rows of CLASSES probabilities out; at most BATCH of them. */
static act_status classify(const struct network *network, const float *pixels, size_t rows,
                           float *probability) {
    float hidden1[BATCH * HIDDEN1];
    float hidden2[BATCH * HIDDEN2];

    dense(&network->layer[0], pixels, rows, hidden1);
    act_status status = act_leaky_relu_f32(hidden1, rows * HIDDEN1, LEAKY_SLOPE);
    if (status != ACT_OK)
        return status;

    dense(&network->layer[1], hidden1, rows, hidden2);
    status = act_sigmoid_f32(hidden2, rows * HIDDEN2);
    if (status != ACT_OK)
        return status;

    dense(&network->layer[2], hidden2, rows, probability);
    return act_softmax_f32(probability, rows, CLASSES);
}

static act_status classify_all(const struct network *network, const float *pixels, size_t images,
                               float *probability) {
    act_status status = ACT_OK;
    for (size_t done = 0; done < images && status == ACT_OK; done += BATCH) {
        const size_t rows = images - done < BATCH ? images - done : BATCH;
        status = classify(network, pixels + done * PIXELS, rows, probability + done * CLASSES);
    }
    return status;
}

/* What one backend made of the held-out images. */
struct result {
    size_t correct;
    double percent;
    double images_per_second; /* 0 if not measured */
    uint64_t hash;            /* of all bits of all probabilities */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t hash_floats(const float *value, size_t count) {
    uint64_t hash = FNV1A_START;
    for (size_t k = 0; k < count; k++) {
        uint32_t bits;
        memcpy(&bits, &value[k], sizeof bits);
        /* From the low byte up, whatever the byte order of the machine. */
        for (unsigned shift = 0; shift < 32; shift += 8)
            hash = fnv1a(hash, (unsigned char)(bits >> shift & 0xff));
    }
    return hash;
}

/* Runs the backend in use. After ACT_OK, probability and result are complete. */
static act_status evaluate(const struct network *network, const struct dataset *data,
                           const float *pixels, double seconds, float *probability,
                           struct result *result) {
    *result = (struct result){0};
    act_status status = classify_all(network, pixels, data->held_out, probability);
    if (status != ACT_OK)
        return status;

    for (size_t k = 0; k < data->held_out; k++)
        result->correct += most_likely(probability + k * CLASSES) == data->held[k].label;
    result->percent = 100.0 * (double)result->correct / (double)data->held_out;
    result->hash = hash_floats(probability, data->held_out * CLASSES);

    if (seconds > 0) {
        const double start = now();
        double elapsed = 0;
        size_t passes = 0;
        for (; elapsed < seconds && status == ACT_OK; passes++) {
            status = classify_all(network, pixels, data->held_out, probability);
            elapsed = now() - start;
        }
        result->images_per_second = (double)(passes * data->held_out) / elapsed;
    }
    return status;
}

struct options {
    const char *data;
    const char *weights;
    double show; /* a whole number */
    double seconds;
    double min_accuracy;
    bool all_backends;
    bool help;
};

static const char usage[] =
    "Usage: act_digits [OPTION]...\n"
    "\n"
    "Classifies the held-out handwritten digits with a neural network on top of libact.\n"
    "\n"
    "  --data FILE        the images (default: " DIGITS_DIR "/digits.txt)\n"
    "  --weights FILE     the network (default: " DIGITS_DIR "/weights.txt)\n"
    "  --show N           draw N digits, the hardest ones and the surest (default: 3)\n"
    "  --seconds S        measure the speed for S seconds, 0 for not at all (default: 0.5)\n"
    "  --min-accuracy P   fail with less than P percent correct (default: 0)\n"
    "  --all-backends     run every backend of the library here, one line each, and fail\n"
    "                     unless all give the same probabilities to the last bit\n"
    "  --help             print this\n"
    "\n"
    "The environment variable ACT_BACKEND chooses the backend, without --all-backends.\n"
    "Exit status: 0 all well, 1 a result is wrong, 2 unusable options or files.\n";

/* Runs the backend that the library chose, or ACT_BACKEND, and shows all about it. */
static int run_one(const struct options *options, const struct network *network,
                   const struct dataset *data, const float *pixels, float *probability) {
    struct result result;
    const act_status status =
        evaluate(network, data, pixels, options->seconds, probability, &result);
    if (status != ACT_OK) {
        fprintf(stderr, "act_digits: backend %s: %s\n", act_backend(), act_status_string(status));
        return EXIT_WRONG;
    }

    printf("backend   %s\n", act_backend());
    printf("accuracy  %zu/%zu = %.2f %%\n", result.correct, data->held_out, result.percent);
    if (options->seconds > 0)
        printf("speed     %.0f images/s in batches of %d\n", result.images_per_second, BATCH);
    printf("hash      %016" PRIx64 " (FNV-1a of all bits of all probabilities)\n", result.hash);

    print_confusion(data, probability);
    if (!print_pictures(data, probability, (size_t)options->show)) {
        fprintf(stderr, "act_digits: no memory to choose the digits to show\n");
        return EXIT_UNUSABLE;
    }
    if (result.percent < options->min_accuracy) {
        fprintf(stderr, "act_digits: accuracy %.2f %% is below %.2f %%\n", result.percent,
                options->min_accuracy);
        return EXIT_WRONG;
    }
    return EXIT_SUCCESS;
}

/* Says where two backends part, if they do. */
static bool same_bits(const struct dataset *data, const char *name, const float *probability,
                      const char *first_name, const float *first) {
    for (size_t k = 0; k < data->held_out * CLASSES; k++) {
        if (memcmp(&probability[k], &first[k], sizeof *first) != 0) {
            fprintf(stderr,
                    "act_digits: backend %s differs from %s, first in image %zu, digit %zu:"
                    " %a against %a\n",
                    name, first_name, data->held[k / CLASSES].number, k % CLASSES,
                    (double)probability[k], (double)first[k]);
            return false;
        }
    }
    return true;
}

/* Runs all backends, the bad ones too, so that one call tells about each of them. */
static int run_all(const struct options *options, const struct network *network,
                   const struct dataset *data, const float *pixels, float *probability,
                   float *first) {
    const char *name[MAX_BACKENDS];
    const size_t count = act_backends(name, MAX_BACKENDS);
    if (count == 0 || count > MAX_BACKENDS) {
        fprintf(stderr, "act_digits: expected 1 to %d backends, the library has %zu\n",
                MAX_BACKENDS, count);
        return EXIT_WRONG;
    }

    int outcome = EXIT_SUCCESS;
    const char *first_name = NULL;
    printf("%-10s  %-18s  %-16s  %10s\n", "backend", "accuracy", "hash", "images/s");
    for (size_t k = 0; k < count; k++) {
        struct result result;
        float *const into = first_name ? probability : first;
        act_status status = act_set_backend(name[k]);
        if (status == ACT_OK)
            status = evaluate(network, data, pixels, options->seconds, into, &result);
        if (status != ACT_OK) {
            fprintf(stderr, "act_digits: backend %s: %s\n", name[k], act_status_string(status));
            outcome = EXIT_WRONG;
            continue;
        }

        printf("%-10s  %zu/%zu = %6.2f %%  %016" PRIx64, name[k], result.correct, data->held_out,
               result.percent, result.hash);
        if (options->seconds > 0)
            printf("  %10.0f\n", result.images_per_second);
        else
            printf("  %10s\n", "-");
        /* Keeps the lines in place between the messages on stderr. */
        fflush(stdout);

        if (!first_name)
            first_name = name[k];
        else if (!same_bits(data, name[k], into, first_name, first))
            outcome = EXIT_WRONG;
        if (result.percent < options->min_accuracy) {
            fprintf(stderr, "act_digits: backend %s: accuracy %.2f %% is below %.2f %%\n", name[k],
                    result.percent, options->min_accuracy);
            outcome = EXIT_WRONG;
        }
    }
    if (outcome == EXIT_SUCCESS)
        printf("\nAll backends (%zu) gave the same probabilities to the last bit.\n", count);
    return outcome;
}

static int run(const struct options *options, const struct network *network,
               const struct dataset *data) {
    float *pixels = malloc(data->held_out * PIXELS * sizeof *pixels);
    float *probability = malloc(data->held_out * CLASSES * sizeof *probability);
    float *first = malloc(data->held_out * CLASSES * sizeof *first);
    int outcome = EXIT_UNUSABLE;
    if (!pixels || !probability || !first) {
        fprintf(stderr, "act_digits: no memory for %zu images\n", data->held_out);
    } else {
        for (size_t k = 0; k < data->held_out * PIXELS; k++) {
            const struct digit *digit = &data->held[k / PIXELS];
            pixels[k] = (float)digit->pixel[k % PIXELS] / MAX_PIXEL;
        }

        printf("libact %s: %zu of %zu handwritten digits, held out of training\n\n", act_version(),
               data->held_out, data->total);
        outcome = options->all_backends
                      ? run_all(options, network, data, pixels, probability, first)
                      : run_one(options, network, data, pixels, probability);
    }
    free(first);
    free(probability);
    free(pixels);
    return outcome;
}

static bool parse_options(int argc, char **argv, struct options *options) {
    const struct {
        const char *name;
        const char **text; /* where the value goes, */
        double *number;    /* one of the two */
        double max;
        bool whole;
    } known[] = {
        {"--data", &options->data, NULL, 0, false},
        {"--weights", &options->weights, NULL, 0, false},
        {"--show", NULL, &options->show, 1e6, true},
        {"--seconds", NULL, &options->seconds, 3600, false},
        {"--min-accuracy", NULL, &options->min_accuracy, 100, false},
    };
    const size_t known_count = sizeof known / sizeof known[0];

    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "--help") == 0) {
            options->help = true;
            return true;
        }
        if (strcmp(argv[k], "--all-backends") == 0) {
            options->all_backends = true;
            continue;
        }
        size_t which = 0;
        while (which < known_count && strcmp(argv[k], known[which].name) != 0)
            which++;
        if (which == known_count) {
            fprintf(stderr, "act_digits: unknown option '%s', see --help\n", argv[k]);
            return false;
        }
        if (++k == argc) {
            fprintf(stderr, "act_digits: %s needs a value, see --help\n", known[which].name);
            return false;
        }
        if (known[which].text) {
            *known[which].text = argv[k];
            continue;
        }
        char *end;
        const double number = strtod(argv[k], &end);
        /* Not-a-number fails every comparison, hence the positive form. */
        const bool in_range = number >= 0 && number <= known[which].max;
        if (end == argv[k] || *end != '\0' || !in_range ||
            (known[which].whole && number != (double)(long)number)) {
            fprintf(stderr, "act_digits: %s needs a %snumber from 0 to %.0f, not '%s'\n",
                    known[which].name, known[which].whole ? "whole " : "", known[which].max,
                    argv[k]);
            return false;
        }
        *known[which].number = number;
    }
    return true;
}

int main(int argc, char **argv) {
    struct options options = {
        .data = DIGITS_DIR "/digits.txt",
        .weights = DIGITS_DIR "/weights.txt",
        .show = 3,
        .seconds = 0.5,
    };
    if (!parse_options(argc, argv, &options))
        return EXIT_UNUSABLE;

    int outcome = EXIT_SUCCESS;
    if (options.help) {
        fputs(usage, stdout);
    } else {
        static struct network network;
        struct dataset data;
        if (!load_weights(options.weights, &network) || !load_digits(options.data, &data))
            return EXIT_UNUSABLE;
        outcome = run(&options, &network, &data);
        free(data.held);
    }

    /* A full disk must not pass for success. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "act_digits: cannot write the output\n");
        return EXIT_UNUSABLE;
    }
    return outcome;
}
