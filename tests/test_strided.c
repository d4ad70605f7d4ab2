/*
 * Functions of rows in larger matrices, interleaved gates and gradients that are added: each has
 * the bits of the direct calls, touches nothing else, and reports the errors of its arguments.
 */
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

enum { ROWS = 3, MOST = 70, STRIDE = 2 * MOST + 5, ROOM = ROWS * STRIDE, LONG = 2500 };

/* Operands a, b, c; results y, z; and what they should be. */
static float a[ROOM], b[ROOM], c[ROOM], y[ROOM], z[ROOM], right_y[ROOM], right_z[ROOM];

static int fill(void **state) {
    (void)state;
    fill_mixed(a, ROOM, 1);
    fill_uniform(a, ROOM / 2, -8, 8, 2);
    fill_uniform(b, ROOM, -8, 8, 3);
    fill_uniform(c, ROOM, -8, 8, 4);
    fill_uniform(y, ROOM, -8, 8, 5);
    fill_uniform(z, ROOM, -8, 8, 6);
    memcpy(right_y, y, sizeof y);
    memcpy(right_z, z, sizeof z);
    return 0;
}

/* All bits of both results, those between the rows included. */
static void assert_right(const char *name, size_t cols) {
    for (size_t i = 0; i < ROOM; ++i)
        if (!same_bits(y[i], right_y[i]) || !same_bits(z[i], right_z[i]))
            fail_msg("%s of %zu columns on %s, float %zu: %a and %a, should be %a and %a", name,
                     cols, act_backend(), i, (double)y[i], (double)z[i], (double)right_y[i],
                     (double)right_z[i]);
}

static void by_value(void **state) {
    (void)state;
    static const size_t all_cols[] = {1, 15, 16, 17, 64, MOST};
    for (int k = 1; k < ACT_FUNCTIONS; ++k)
        for (size_t i = 0; i < sizeof all_cols / sizeof all_cols[0]; ++i) {
            const act_function fn = (act_function)k;
            const char *name = act_function_name(fn);
            const size_t cols = all_cols[i];
            const bool gradient = act_function_grad_input(fn) != ACT_GRAD_NONE;
            fill(NULL);
            for (size_t r = 0; r < ROWS; ++r) {
                act_apply_f32(fn, NULL, right_y + r * STRIDE, a + r * MOST, cols);
                if (gradient)
                    act_apply_grad_f32(fn, NULL, right_z + r * STRIDE, b + r * cols, a + r * MOST,
                                       cols);
            }
            assert_int_equal(act_apply_rows_f32(fn, NULL, y, STRIDE, a, MOST, ROWS, cols), ACT_OK);
            assert_int_equal(
                act_apply_grad_rows_f32(fn, NULL, z, STRIDE, b, cols, a, MOST, ROWS, cols),
                gradient ? ACT_OK : ACT_ERROR_FUNCTION);
            assert_right(name, cols);

            /* In place with gaps, and without gaps as one array. */
            memcpy(y, a, sizeof y);
            memcpy(right_y, a, sizeof y);
            for (size_t r = 0; r < ROWS; ++r)
                act_apply_f32(fn, NULL, right_y + r * MOST, a + r * MOST, cols);
            assert_int_equal(act_apply_rows_f32(fn, NULL, y, MOST, y, MOST, ROWS, cols), ACT_OK);
            assert_right(name, cols);
        }
}

static void by_value_errors(void **state) {
    (void)state;
    const act_function relu = ACT_FUNCTION_RELU, celu = ACT_FUNCTION_CELU;
    const act_params bad = {0, 0};
    fill(NULL);
    assert_int_equal(act_apply_rows_f32(ACT_FUNCTION_NONE, NULL, y, 9, a, 9, 3, 5),
                     ACT_ERROR_FUNCTION);
    assert_int_equal(act_apply_rows_f32(celu, &bad, y, 9, a, 9, 0, 0), ACT_ERROR_PARAMETER);
    assert_int_equal(act_apply_rows_f32(relu, NULL, y, 9, NULL, 9, 3, 5), ACT_ERROR_NULL);
    assert_int_equal(act_apply_rows_f32(relu, NULL, y, 4, a, 9, 3, 5), ACT_ERROR_STRIDE);
    assert_int_equal(act_apply_rows_f32(relu, NULL, y, 9, a, 4, 3, 5), ACT_ERROR_STRIDE);
    assert_int_equal(act_apply_rows_f32(relu, NULL, y + 4, 10, y, 10, 3, 5), ACT_ERROR_OVERLAP);
    assert_int_equal(act_apply_rows_f32(relu, NULL, y, 9, a, 9, SIZE_MAX / 4, 5), ACT_ERROR_SIZE);
    assert_int_equal(act_apply_rows_f32(relu, NULL, NULL, 0, NULL, 0, 0, 5), ACT_OK);
    assert_int_equal(act_apply_rows_f32(relu, NULL, NULL, 0, NULL, 0, 5, 0), ACT_OK);
    assert_int_equal(act_apply_grad_rows_f32(celu, &bad, y, 9, a, 9, b, 9, 0, 0),
                     ACT_ERROR_PARAMETER);
    assert_int_equal(act_apply_grad_rows_f32(relu, NULL, y, 9, a, 9, y + 1, 9, 3, 5),
                     ACT_ERROR_OVERLAP);
    assert_int_equal(act_apply_grad_add_f32(celu, &bad, y, a, b, 0), ACT_ERROR_PARAMETER);
    assert_int_equal(act_apply_grad_add_f32(relu, NULL, y, a, y + 1, 5), ACT_ERROR_OVERLAP);
    assert_int_equal(act_apply_grad_add_f32(relu, NULL, y, NULL, b, 5), ACT_ERROR_NULL);
    assert_int_equal(act_apply_grad_add_f32(ACT_FUNCTION_STEP, NULL, y, a, b, 5),
                     ACT_ERROR_FUNCTION);
    assert_int_equal(act_add_f32(y, y + 1, 5), ACT_ERROR_OVERLAP);
    assert_int_equal(act_add_f32(NULL, NULL, 0), ACT_OK);
    assert_int_equal(act_add_rows_f32(y, 4, a, 9, 3, 5), ACT_ERROR_STRIDE);
    assert_int_equal(act_add_rows_f32(NULL, 4, NULL, 9, 3, 0), ACT_OK);
    assert_right("an error", 5);

    /* Rows that interleave do not overlap. */
    assert_int_equal(act_apply_rows_f32(relu, NULL, y + 5, 10, y, 10, 3, 5), ACT_OK);
}

/* A gate of the list: its direct call, and those of rows, with the usual parameters. */
typedef struct {
    const char *name;
    act_status (*direct)(float *out, const float *gate, const float *up, size_t n);
    act_status (*rows)(float *out, size_t out_stride, const float *gate, size_t gate_stride,
                       const float *up, size_t up_stride, size_t rows, size_t cols);
    act_status (*interleaved)(float *out, size_t out_stride, const float *src, size_t src_stride,
                              size_t rows, size_t cols);
    act_status (*grad)(float *dgate, float *dup, const float *dy, const float *gate,
                       const float *up, size_t n);
    act_status (*grad_rows)(float *dgate, size_t dgate_stride, float *dup, size_t dup_stride,
                            const float *dy, size_t dy_stride, const float *gate,
                            size_t gate_stride, const float *up, size_t up_stride, size_t rows,
                            size_t cols);
    act_status (*grad_add)(float *dgate, float *dup, const float *dy, const float *gate,
                           const float *up, size_t n);
} gate_calls;

#define USUAL_GATE(name, params)                                                                   \
    static act_status direct_##name(float *out, const float *gate, const float *up, size_t n) {    \
        return act_##name##_f32(out, gate, up, n USUAL_##params);                                  \
    }                                                                                              \
    static act_status rows_of_##name(float *out, size_t out_stride, const float *gate,             \
                                     size_t gate_stride, const float *up, size_t up_stride,        \
                                     size_t rows, size_t cols) {                                   \
        return act_##name##_rows_f32(out, out_stride, gate, gate_stride, up, up_stride, rows,      \
                                     cols USUAL_##params);                                         \
    }                                                                                              \
    static act_status interleaved_##name(float *out, size_t out_stride, const float *src,          \
                                         size_t src_stride, size_t rows, size_t cols) {            \
        return act_##name##_interleaved_f32(out, out_stride, src, src_stride, rows,                \
                                            cols USUAL_##params);                                  \
    }
#define USUAL_GATED(name, params)                                                                  \
    USUAL_GATE(name, params)                                                                       \
    static act_status grad_##name(float *dgate, float *dup, const float *dy, const float *gate,    \
                                  const float *up, size_t n) {                                     \
        return act_##name##_grad_f32(dgate, dup, dy, gate, up, n USUAL_##params);                  \
    }                                                                                              \
    static act_status grad_rows_##name(float *dgate, size_t dgate_stride, float *dup,              \
                                       size_t dup_stride, const float *dy, size_t dy_stride,       \
                                       const float *gate, size_t gate_stride, const float *up,     \
                                       size_t up_stride, size_t rows, size_t cols) {               \
        return act_##name##_grad_rows_f32(dgate, dgate_stride, dup, dup_stride, dy, dy_stride,     \
                                          gate, gate_stride, up, up_stride, rows,                  \
                                          cols USUAL_##params);                                    \
    }                                                                                              \
    static act_status grad_add_##name(float *dgate, float *dup, const float *dy,                   \
                                      const float *gate, const float *up, size_t n) {              \
        return act_##name##_grad_add_f32(dgate, dup, dy, gate, up, n USUAL_##params);              \
    }
#define GATE_MEMBERS(name)                    #name, direct_##name, rows_of_##name, interleaved_##name
#define ACT_MAP                               ACT_SKIP
#define ACT_GATED(name, slope, params, types) USUAL_GATED(name, params)
#define ACT_PAIR(name, first, params, types)  CALLS_OF_##first(name, params)
#define CALLS_OF_DY(name, params)
#define CALLS_OF_GATE(name, params) USUAL_GATE(name, params)
#define ACT_ROWS                    ACT_SKIP
#define ACT_ROWS_PAIR               ACT_SKIP
#define ACT_ROWS_OWN                ACT_SKIP
#include "functions.def"

static const gate_calls gates[] = {
#define ACT_MAP ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    {GATE_MEMBERS(name), grad_##name, grad_rows_##name, grad_add_##name},
#define ACT_PAIR(name, first, params, types) ENTRY_OF_##first(name)
#define ENTRY_OF_DY(name)
#define ENTRY_OF_GATE(name) {GATE_MEMBERS(name), NULL, NULL, NULL},
#define ACT_ROWS            ACT_SKIP
#define ACT_ROWS_PAIR       ACT_SKIP
#define ACT_ROWS_OWN        ACT_SKIP
#include "functions.def"
};
enum { GATES = sizeof gates / sizeof gates[0] };

/* Packed rows [gate | up], results apart and over either half; gradients packed, too. */
static void packed_gates(void **state) {
    (void)state;
    static const size_t all_cols[] = {1, 15, 16, 33, MOST};
    for (size_t k = 0; k < GATES; ++k)
        for (size_t i = 0; i < sizeof all_cols / sizeof all_cols[0]; ++i) {
            const gate_calls *g = &gates[k];
            const size_t cols = all_cols[i];
            fill(NULL);
            for (size_t r = 0; r < ROWS; ++r)
                g->direct(right_y + r * (cols + 3), a + r * STRIDE, a + r * STRIDE + cols, cols);
            assert_int_equal(g->rows(y, cols + 3, a, STRIDE, a + cols, STRIDE, ROWS, cols), ACT_OK);
            assert_right(g->name, cols);
            for (size_t half = 0; half < 2; ++half) {
                memcpy(y, a, sizeof y);
                memcpy(right_y, a, sizeof y);
                for (size_t r = 0; r < ROWS; ++r)
                    g->direct(right_y + r * STRIDE + half * cols, a + r * STRIDE,
                              a + r * STRIDE + cols, cols);
                assert_int_equal(
                    g->rows(y + half * cols, STRIDE, y, STRIDE, y + cols, STRIDE, ROWS, cols),
                    ACT_OK);
                assert_right(g->name, cols);
            }
            assert_int_equal(g->rows(y + 1, STRIDE, y, STRIDE, y + cols, STRIDE, ROWS, cols + 1),
                             ACT_ERROR_OVERLAP);
            assert_int_equal(g->rows(y, cols - 1, a, STRIDE, b, STRIDE, ROWS, cols),
                             ACT_ERROR_STRIDE);
            assert_int_equal(g->rows(y, cols, a, STRIDE, NULL, STRIDE, ROWS, cols), ACT_ERROR_NULL);
            assert_int_equal(g->rows(NULL, 0, NULL, 0, NULL, 0, 0, cols), ACT_OK);
            assert_int_equal(g->rows(NULL, 0, NULL, 0, NULL, 0, ROWS, 0), ACT_OK);
            assert_right(g->name, cols);
            if (!g->grad)
                continue;
            for (size_t r = 0; r < ROWS; ++r)
                g->grad(right_y + r * STRIDE, right_y + r * STRIDE + cols, b + r * cols,
                        a + r * STRIDE, a + r * STRIDE + cols, cols);
            assert_int_equal(g->grad_rows(y, STRIDE, y + cols, STRIDE, b, cols, a, STRIDE, a + cols,
                                          STRIDE, ROWS, cols),
                             ACT_OK);
            assert_right(g->name, cols);
            assert_int_equal(g->grad_rows(y, STRIDE, y + cols - 1, STRIDE, b, cols, a, STRIDE,
                                          a + cols, STRIDE, ROWS, cols),
                             ACT_ERROR_OVERLAP);
            assert_int_equal(g->grad_rows(y, STRIDE, z, STRIDE, b, cols - 1, a, STRIDE, a + cols,
                                          STRIDE, ROWS, cols),
                             ACT_ERROR_STRIDE);
            if (cols > 1)
                assert_int_equal(g->grad_rows(y, STRIDE, z, STRIDE, b, cols, z + 1, STRIDE,
                                              a + cols, STRIDE, ROWS, cols),
                                 ACT_ERROR_OVERLAP);
            assert_right(g->name, cols);
        }
}

/* Also rows longer than a block on the stack. */
static void interleaved_gates(void **state) {
    (void)state;
    float *const both = malloc((size_t)2 * LONG * sizeof *both);
    float *const gate = malloc(LONG * sizeof *gate);
    float *const up = malloc(LONG * sizeof *up), *const out = malloc((LONG + 1) * sizeof *out);
    float *const right = malloc(LONG * sizeof *right);
    fill_uniform(both, (size_t)2 * LONG, -9, 9, 7);
    for (size_t i = 0; i < LONG; ++i) {
        gate[i] = both[2 * i];
        up[i] = both[2 * i + 1];
    }
    for (size_t k = 0; k < GATES; ++k) {
        const gate_calls *g = &gates[k];
        for (size_t n = 1; n <= LONG; n = n * 3 + 2 < LONG || n == LONG ? n * 3 + 2 : LONG) {
            g->direct(right, gate, up, n);
            out[n] = 7;
            assert_int_equal(g->interleaved(out, n, both, 2 * n, 1, n), ACT_OK);
            for (size_t i = 0; i < n; ++i)
                if (!same_bits(out[i], right[i]))
                    fail_msg("%s, %zu of %zu interleaved: %a, should be %a", g->name, i, n,
                             (double)out[i], (double)right[i]);
            assert_true(out[n] == 7);
        }
        fill(NULL);
        for (size_t r = 0; r < ROWS; ++r) {
            for (size_t i = 0; i < 20; ++i) {
                gate[i] = a[r * STRIDE + 2 * i];
                up[i] = a[r * STRIDE + 2 * i + 1];
            }
            g->direct(right_y + r * 23, gate, up, 20);
        }
        assert_int_equal(g->interleaved(y, 23, a, STRIDE, ROWS, 20), ACT_OK);
        assert_right(g->name, 20);
        assert_int_equal(g->interleaved(y, 23, a, 39, ROWS, 20), ACT_ERROR_STRIDE);
        assert_int_equal(g->interleaved(y, 19, a, 40, ROWS, 20), ACT_ERROR_STRIDE);
        assert_int_equal(g->interleaved(y, STRIDE, y, STRIDE, ROWS, 20), ACT_ERROR_OVERLAP);
        assert_int_equal(g->interleaved(y, 23, NULL, STRIDE, ROWS, 20), ACT_ERROR_NULL);
        assert_int_equal(g->interleaved(y, SIZE_MAX, a, SIZE_MAX, 1, SIZE_MAX), ACT_ERROR_SIZE);
        assert_int_equal(g->interleaved(NULL, 0, NULL, 0, 0, 20), ACT_OK);
        assert_right(g->name, 20);
        for (size_t i = 0; i < LONG; ++i) {
            gate[i] = both[2 * i];
            up[i] = both[2 * i + 1];
        }
    }
    free(both);
    free(gate);
    free(up);
    free(out);
    free(right);
}

/* The gradient, rounded, and then the sum; dx apart and equal to an operand. */
static void added_gradients(void **state) {
    (void)state;
    float *const x = malloc(LONG * sizeof *x), *const dy = malloc(LONG * sizeof *dy);
    float *const up = malloc(LONG * sizeof *up);
    float *const d[2] = {malloc(LONG * sizeof *x), malloc(LONG * sizeof *x)};
    float *const dx[2] = {malloc(LONG * sizeof *x), malloc(LONG * sizeof *x)};
    fill_uniform(x, LONG, 0, 1, 8);
    fill_uniform(dy, LONG, -3, 3, 9);
    fill_uniform(up, LONG, -3, 3, 10);
    static const size_t lengths[] = {1, 100, 1024, 1025, LONG};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; ++i) {
        const size_t n = lengths[i];
        for (int k = 1; k < ACT_FUNCTIONS; ++k) {
            const act_function fn = (act_function)k;
            if (act_function_grad_input(fn) == ACT_GRAD_NONE)
                continue;
            const float *const starts[] = {up, dy, x};
            for (size_t into = 0; into < 3; ++into) {
                memcpy(dx[0], starts[into], n * sizeof *x);
                assert_int_equal(act_apply_grad_f32(fn, NULL, d[0], dy, x, n), ACT_OK);
                assert_int_equal(act_apply_grad_add_f32(fn, NULL, dx[0], into == 1 ? dx[0] : dy,
                                                        into == 2 ? dx[0] : x, n),
                                 ACT_OK);
                for (size_t j = 0; j < n; ++j)
                    if (!same_bits(dx[0][j], starts[into][j] + d[0][j]))
                        fail_msg("%s, gradient added at %zu of %zu", act_function_name(fn), j, n);
            }
        }
        for (size_t k = 0; k < GATES; ++k) {
            const gate_calls *g = &gates[k];
            if (!g->grad)
                continue;
            memcpy(dx[0], x, n * sizeof *x);
            memcpy(dx[1], dy, n * sizeof *x);
            assert_int_equal(g->grad(d[0], d[1], dy, x, up, n), ACT_OK);
            assert_int_equal(g->grad_add(dx[0], dx[1], dy, x, up, n), ACT_OK);
            for (size_t j = 0; j < n; ++j)
                if (!same_bits(dx[0][j], x[j] + d[0][j]) || !same_bits(dx[1][j], dy[j] + d[1][j]))
                    fail_msg("%s, gradient added at %zu of %zu", g->name, j, n);
            /* dgate is gate, and dup is dy. */
            memcpy(d[0], dx[0], n * sizeof *x);
            memcpy(d[1], dx[1], n * sizeof *x);
            memcpy(dx[0], x, n * sizeof *x);
            memcpy(dx[1], dy, n * sizeof *x);
            assert_int_equal(g->grad_add(dx[0], dx[1], dx[1], dx[0], up, n), ACT_OK);
            assert_memory_equal(dx[0], d[0], n * sizeof *x);
            assert_memory_equal(dx[1], d[1], n * sizeof *x);
            assert_int_equal(g->grad_add(dx[0], dx[0], dy, x, up, n), ACT_ERROR_OVERLAP);
        }
        memcpy(dx[0], dy, n * sizeof *x);
        assert_int_equal(act_add_f32(dx[0], x, n), ACT_OK);
        for (size_t j = 0; j < n; ++j)
            assert_true(same_bits(dx[0][j], dy[j] + x[j]));
    }
    fill(NULL);
    for (size_t r = 0; r < ROWS; ++r)
        for (size_t i = 0; i < 20; ++i)
            right_y[r * 23 + i] += b[r * STRIDE + i];
    assert_int_equal(act_add_rows_f32(y, 23, b, STRIDE, ROWS, 20), ACT_OK);
    assert_right("act_add_rows_f32", 20);
    free(x);
    free(dy);
    free(up);
    for (size_t i = 0; i < 2; ++i) {
        free(d[i]);
        free(dx[i]);
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_value),        cmocka_unit_test(by_value_errors),
        cmocka_unit_test(packed_gates),    cmocka_unit_test(interleaved_gates),
        cmocka_unit_test(added_gradients),
    };
    return cmocka_run_group_tests_name("strided", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
