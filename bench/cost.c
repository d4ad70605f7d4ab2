/*
 * act_cost: calls one function so and so often, for an instrument that counts instructions
 * (cost.py).  All that it does besides the calls is the same whatever their size and number, so it
 * cancels in a difference of two runs.
 *
 *   act_cost FUNCTION BACKEND ROWS COLS CALLS
 *   act_cost --version                           the compiler; without optimisation, nothing
 */
#include <act/act.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOATS = 32768 };

static float src[FLOATS];
static float dst[FLOATS];
static float dup[FLOATS]; /* the second result of the gradients that have two */

typedef act_status call(size_t rows, size_t cols);

#define CALL(name, expression)                                                                     \
    static act_status call_##name(size_t rows, size_t cols) {                                      \
        (void)rows;                                                                                \
        return expression;                                                                         \
    }
#define ROWS(name, function)                  CALL(name, function(dst, cols, src, cols, rows, cols))
#define ACT_MAP0(name)                        CALL(name, act_##name##_f32_to(dst, src, cols))
#define ACT_MAP1(name, parameter, usual, r)   CALL(name, act_##name##_f32_to(dst, src, cols, usual))
#define ACT_MAP2(name, p, u, r, q, v, s)      CALL(name, act_##name##_f32_to(dst, src, cols, u, v))
#define PAIR(name, ...)                       CALL(name, act_##name##_f32(dst, src, src, cols __VA_ARGS__))
#define ACT_GATED0(name)                      PAIR(name, )
#define ACT_GRAD0(name, of)                   PAIR(name##_grad, )
#define ACT_GRAD1(name, of, p, u, r)          PAIR(name##_grad, , u)
#define ACT_GRAD2(name, of, p, u, r, q, v, s) PAIR(name##_grad, , u, v)
#define ACT_GATED_GRAD(name)                  CALL(name, act_##name##_f32(dst, dup, src, src, src, cols))
#define ACT_ROWS0(name)                       ROWS(name, act_##name##_f32_to)
#include "functions.def"
#undef ACT_MAP0
#undef ACT_MAP1
#undef ACT_ROWS0

static call *find(const char *name) {
#define ACT_MAP(function)                                                                          \
    if (strcmp(name, #function) == 0) {                                                            \
        return call_##function;                                                                    \
    }
#define ACT_PAIR(function)       ACT_MAP(function)
#define ACT_GATED_GRAD(function) ACT_MAP(function)
#define ACT_ROWS(function)       ACT_MAP(function)
#include "functions.def"
    return NULL;
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
    call *function = argc == 6 ? find(argv[1]) : NULL;
    if (function == NULL) {
        (void)fprintf(stderr, "usage: act_cost FUNCTION BACKEND ROWS COLS CALLS\n");
        return 2;
    }
    const size_t rows = strtoul(argv[3], NULL, 10);
    const size_t cols = strtoul(argv[4], NULL, 10);
    const unsigned long calls = strtoul(argv[5], NULL, 10);
    if (cols == 0 || rows > FLOATS / cols) {
        (void)fprintf(stderr, "act_cost: at most %d floats\n", FLOATS);
        return 2;
    }
    uint64_t random = 1;
    for (size_t i = 0; i < FLOATS; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        src[i] = -8.0F + 16.0F * ((float)(random >> 40) * 0x1p-24F);
    }
    act_status status = act_set_backend(argv[2]);
    for (unsigned long i = 0; i < calls && status == ACT_OK; i++) {
        status = function(rows, cols);
    }
    if (status != ACT_OK) {
        (void)fprintf(stderr, "act_cost: %s\n", act_status_string(status));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
