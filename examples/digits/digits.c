/*
 * Recognises handwritten digits with a small neural network whose activations come from libact:
 *
 *     64 pixels -> 64 leaky ReLU -> 32 sigmoid -> 10 softmax
 *
 * The activations are f32, f16, bf16 or f64 (type.h); the sums of products are floats for all of
 * them. classify() is the part to read first. Everything around it measures: the accuracy on images
 * that training never saw, the speed, and whether all backends of the library give the same
 * probabilities to the last bit.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "hash.h"
#include "load.h"
#include "report.h"
#include "type.h"

#include <act/act.h>

#include <inttypes.h>
#include <math.h>
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

/* The activations of a batch, in any of the types. */
union values {
    float f32[BATCH * MAX_WIDTH];
    act_f16 f16[BATCH * MAX_WIDTH];
    act_bf16 bf16[BATCH * MAX_WIDTH];
    double f64[BATCH * MAX_WIDTH];
};

/* From the activations of one layer to those of the next, in place. */
static act_status apply_layer(const struct type *type, const struct layer *layer,
                              activation *activate, size_t rows, union values *values) {
    float input[BATCH * MAX_WIDTH];
    float sum[BATCH * MAX_WIDTH];

    act_status status = type->to_f32(input, values, rows * layer->inputs);
    if (status != ACT_OK)
        return status;
    dense(layer, input, rows, sum);
    status = type->from_f32(values, sum, rows * layer->outputs);
    if (status != ACT_OK)
        return status;
    return activate(values, rows, layer->outputs);
}

/* Rows of PIXELS floats in, as many rows of CLASSES probabilities out; at most BATCH of them. */
static act_status classify(const struct type *type, const struct network *network,
                           const float *pixels, size_t rows, void *probability) {
    union values values;
    act_status status = type->from_f32(&values, pixels, rows * PIXELS);
    if (status == ACT_OK)
        status = apply_layer(type, &network->layer[0], type->leaky_relu, rows, &values);
    if (status == ACT_OK)
        status = apply_layer(type, &network->layer[1], type->sigmoid, rows, &values);
    if (status == ACT_OK)
        status = apply_layer(type, &network->layer[2], type->softmax, rows, &values);
    if (status == ACT_OK)
        memcpy(probability, &values, rows * CLASSES * type->size);
    return status;
}

static act_status classify_all(const struct type *type, const struct network *network,
                               const float *pixels, size_t images, void *probability) {
    unsigned char *into = probability;
    act_status status = ACT_OK;
    for (size_t done = 0; done < images && status == ACT_OK; done += BATCH) {
        const size_t rows = images - done < BATCH ? images - done : BATCH;
        status = classify(type, network, pixels + done * PIXELS, rows,
                          into + done * CLASSES * type->size);
    }
    return status;
}

/* What one backend made of the held-out images. */
struct result {
    size_t correct;
    double percent;
    double images_per_second; /* 0 if not measured */
    double from_f32;          /* the greatest difference of a probability, as a float */
    uint64_t hash;            /* of all bits of all probabilities */
};

struct options {
    const char *data;
    const char *weights;
    const char *type_name;
    const struct type *type;
    double show; /* a whole number */
    double seconds;
    double min_accuracy;
    bool all_backends;
    bool help;
};

/* What the runs of all backends share. Each array of probabilities has those of all images. */
struct task {
    const struct options *options;
    const struct type *type;
    const struct network *network;
    const struct dataset *data;
    float *pixels;
    float *f32;         /* probabilities of the network in f32 */
    float *probability; /* those of the last run, as floats */
    void *stored;       /* the same, in the type */
    void *first;        /* in the type, by the first backend */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t hash_values(const struct type *type, const void *values, size_t count) {
    uint64_t hash = FNV1A_START;
    for (size_t k = 0; k < count; k++) {
        const uint64_t bits = type->bits(values, k);
        /* From the low byte up, whatever the byte order of the machine. */
        for (size_t byte = 0; byte < type->size; byte++)
            hash = fnv1a(hash, (unsigned char)(bits >> 8 * byte & 0xff));
    }
    return hash;
}

static double greatest_difference(const float *a, const float *b, size_t count) {
    double greatest = 0;
    for (size_t k = 0; k < count; k++) {
        const double difference = fabs((double)a[k] - (double)b[k]);
        if (difference > greatest)
            greatest = difference;
    }
    return greatest;
}

/* Runs the backend in use. After ACT_OK, stored, task->probability and result are complete. */
static act_status evaluate(const struct task *task, void *stored, struct result *result) {
    const struct dataset *data = task->data;
    const size_t count = data->held_out * CLASSES;
    *result = (struct result){0};
    act_status status =
        classify_all(task->type, task->network, task->pixels, data->held_out, stored);
    if (status == ACT_OK)
        status = task->type->to_f32(task->probability, stored, count);
    if (status != ACT_OK)
        return status;

    for (size_t k = 0; k < data->held_out; k++)
        result->correct += most_likely(task->probability + k * CLASSES) == data->held[k].label;
    result->percent = 100.0 * (double)result->correct / (double)data->held_out;
    result->from_f32 = greatest_difference(task->probability, task->f32, count);
    result->hash = hash_values(task->type, stored, count);

    const double seconds = task->options->seconds;
    if (seconds > 0) {
        const double start = now();
        double elapsed = 0;
        size_t passes = 0;
        for (; elapsed < seconds && status == ACT_OK; passes++) {
            status = classify_all(task->type, task->network, task->pixels, data->held_out, stored);
            elapsed = now() - start;
        }
        result->images_per_second = (double)(passes * data->held_out) / elapsed;
    }
    return status;
}

static const char usage[] =
    "Usage: act_digits [OPTION]...\n"
    "\n"
    "Classifies the held-out handwritten digits with a neural network on top of libact.\n"
    "\n"
    "  --data FILE        the images (default: " DIGITS_DIR "/digits.txt)\n"
    "  --weights FILE     the network (default: " DIGITS_DIR "/weights.txt)\n"
    "  --type T           hold the activations in " TYPE_NAMES " (default: f32);\n"
    "                     the sums of products are floats for every type\n"
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
static int run_one(const struct task *task) {
    const struct options *options = task->options;
    const struct dataset *data = task->data;
    struct result result;
    const act_status status = evaluate(task, task->stored, &result);
    if (status != ACT_OK) {
        fprintf(stderr, "act_digits: backend %s: %s\n", act_backend(), act_status_string(status));
        return EXIT_WRONG;
    }

    printf("backend   %s\n", act_backend());
    printf("type      %s\n", task->type->name);
    printf("accuracy  %zu/%zu = %.2f %%\n", result.correct, data->held_out, result.percent);
    printf("from f32  %.2e, the greatest difference of a probability\n", result.from_f32);
    if (options->seconds > 0)
        printf("speed     %.0f images/s in batches of %d\n", result.images_per_second, BATCH);
    printf("hash      %016" PRIx64 " (FNV-1a of all bits of all probabilities)\n", result.hash);

    print_confusion(data, task->probability);
    if (!print_pictures(data, task->probability, (size_t)options->show)) {
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
static bool same_bits(const struct task *task, const char *name, const char *first_name) {
    const struct type *type = task->type;
    const int digits = 2 * (int)type->size;
    for (size_t k = 0; k < task->data->held_out * CLASSES; k++) {
        const uint64_t bits = type->bits(task->stored, k);
        const uint64_t first = type->bits(task->first, k);
        if (bits != first) {
            fprintf(stderr,
                    "act_digits: backend %s differs from %s, first in image %zu, digit %zu:"
                    " %0*" PRIx64 " against %0*" PRIx64 "\n",
                    name, first_name, task->data->held[k / CLASSES].number, k % CLASSES, digits,
                    bits, digits, first);
            return false;
        }
    }
    return true;
}

/* Runs all backends, the bad ones too, so that one call tells about each of them. */
static int run_all(const struct task *task) {
    const struct options *options = task->options;
    const char *name[MAX_BACKENDS];
    const size_t count = act_backends(name, MAX_BACKENDS);
    if (count == 0 || count > MAX_BACKENDS) {
        fprintf(stderr, "act_digits: expected 1 to %d backends, the library has %zu\n",
                MAX_BACKENDS, count);
        return EXIT_WRONG;
    }

    int outcome = EXIT_SUCCESS;
    const char *first_name = NULL;
    printf("type %s\n", task->type->name);
    printf("%-10s  %-18s  %-8s  %-16s  %10s\n", "backend", "accuracy", "from f32", "hash",
           "images/s");
    for (size_t k = 0; k < count; k++) {
        struct result result;
        act_status status = act_set_backend(name[k]);
        if (status == ACT_OK)
            status = evaluate(task, first_name ? task->stored : task->first, &result);
        if (status != ACT_OK) {
            fprintf(stderr, "act_digits: backend %s: %s\n", name[k], act_status_string(status));
            outcome = EXIT_WRONG;
            continue;
        }

        printf("%-10s  %zu/%zu = %6.2f %%  %.2e  %016" PRIx64, name[k], result.correct,
               task->data->held_out, result.percent, result.from_f32, result.hash);
        if (options->seconds > 0)
            printf("  %10.0f\n", result.images_per_second);
        else
            printf("  %10s\n", "-");
        /* Keeps the lines in place between the messages on stderr. */
        fflush(stdout);

        if (!first_name)
            first_name = name[k];
        else if (!same_bits(task, name[k], first_name))
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

/* Tries one image first: a type that the library lacks is an unusable option, no wrong result. */
static int run_if_supported(const struct task *task) {
    const act_status status = classify(task->type, task->network, task->pixels, 1, task->stored);
    if (status == ACT_ERROR_UNSUPPORTED) {
        fprintf(stderr, "act_digits: --type %s: %s\n", task->type->name, act_status_string(status));
        return EXIT_UNUSABLE;
    }
    printf("libact %s: %zu of %zu handwritten digits, held out of training\n\n", act_version(),
           task->data->held_out, task->data->total);
    return task->options->all_backends ? run_all(task) : run_one(task);
}

static int run(const struct options *options, const struct network *network,
               const struct dataset *data) {
    const size_t count = data->held_out * CLASSES;
    const struct type *f32 = type_of("f32");
    const struct task task = {
        .options = options,
        .type = options->type,
        .network = network,
        .data = data,
        .pixels = malloc(data->held_out * PIXELS * sizeof *task.pixels),
        .f32 = malloc(count * sizeof *task.f32),
        .probability = malloc(count * sizeof *task.probability),
        .stored = malloc(count * options->type->size),
        .first = malloc(count * options->type->size),
    };
    int outcome = EXIT_UNUSABLE;
    if (!task.pixels || !task.f32 || !task.probability || !task.stored || !task.first) {
        fprintf(stderr, "act_digits: no memory for %zu images\n", data->held_out);
    } else {
        for (size_t k = 0; k < data->held_out * PIXELS; k++) {
            const struct digit *digit = &data->held[k / PIXELS];
            task.pixels[k] = (float)digit->pixel[k % PIXELS] / MAX_PIXEL;
        }
        const act_status status = classify_all(f32, network, task.pixels, data->held_out, task.f32);
        if (status == ACT_OK) {
            outcome = run_if_supported(&task);
        } else {
            fprintf(stderr, "act_digits: f32: %s\n", act_status_string(status));
            outcome = EXIT_WRONG;
        }
    }
    free(task.first);
    free(task.stored);
    free(task.probability);
    free(task.f32);
    free(task.pixels);
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
        {"--type", &options->type_name, NULL, 0, false},
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
    options->type = type_of(options->type_name);
    if (!options->type)
        fprintf(stderr, "act_digits: --type needs " TYPE_NAMES ", not '%s'\n", options->type_name);
    return options->type;
}

int main(int argc, char **argv) {
    struct options options = {
        .data = DIGITS_DIR "/digits.txt",
        .weights = DIGITS_DIR "/weights.txt",
        .type_name = "f32",
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
