/*
 * act_cost: calls every function so and so often, for an instrument that counts the instructions of
 * each (cost.py).
 *
 *   act_cost BACKEND ROWS COLS CALLS
 *   act_cost --version               the compiler; without optimisation, nothing
 */
#include <act/act.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOATS = 32768 };

static float src[FLOATS];
static float dst[FLOATS];
static float second[FLOATS]; /* the second result of the gradients that have two */
static const float mask_of_zeros[FLOATS];

/* Each function with the parameters that models use; those without rows get all as one array. */
static bool call_all(size_t rows, size_t cols) {
    const size_t n = rows * cols;
    bool good = true;
/* cost.py knows the functions by their public names: a call is direct, and of one form only. */
#define BENCH_CALL(name, shapes, parameter, to, in_place) good &= (to) == ACT_OK;
#define BENCH_CALL_TO(name, shapes, parameter, to)        good &= (to) == ACT_OK;
#include "calls.def"
    return good;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
#ifdef __OPTIMIZE__
        (void)puts(
#ifndef __clang__
            "gcc "
#endif
            __VERSION__);
#endif
        return EXIT_SUCCESS;
    }
    if (argc != 5) {
        (void)fprintf(stderr, "usage: act_cost BACKEND ROWS COLS CALLS\n");
        return 2;
    }
    const size_t rows = strtoul(argv[2], NULL, 10);
    const size_t cols = strtoul(argv[3], NULL, 10);
    const unsigned long calls = strtoul(argv[4], NULL, 10);
    if (cols == 0 || rows > FLOATS / cols) {
        (void)fprintf(stderr, "act_cost: at most %d floats\n", FLOATS);
        return 2;
    }
    act_status status = act_set_backend(argv[1]);
    if (status != ACT_OK) {
        (void)fprintf(stderr, "act_cost: %s: %s\n", argv[1], act_status_string(status));
        return EXIT_FAILURE;
    }
    uint64_t random = 1;
    for (size_t i = 0; i < FLOATS; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        src[i] = -8.0F + 16.0F * ((float)(random >> 40) * 0x1p-24F);
    }
    for (unsigned long i = 0; i < calls; i++) {
        if (!call_all(rows, cols)) {
            (void)fprintf(stderr, "act_cost: a call failed\n");
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
