/*
 * Every function on every backend, between guard pages, at every length, offset and placement, in
 * place and out of place, against its reference within the bound that its kernel states.
 */
#include <float.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/guard.h"
#include "support/harness.h"
#include "support/ulp.h"

enum { SMALL = 67, OFFSETS = 16 };

/* The placement of an array: the side of the guard page, and the distance in floats. */
typedef struct {
    guard *g;
    guard_side side;
    size_t offset;
} place;

static place other_side(place at, guard *g) {
    return (place){g, at.side == GUARD_START ? GUARD_END : GUARD_START,
                   (at.offset * 7 + 3) % OFFSETS};
}

static float *place_copy(place at, const float *x, size_t n) {
    float *copy = guard_place(at.g, at.side, at.offset, n);
    if (n)
        memcpy(copy, x, n * sizeof *x);
    return copy;
}

/* A pool of inputs with their exact results; calls take one slice after the other. */
typedef struct {
    const map_function *f;
    float p[MAX_PARAMETERS];
    float *x;
    double *exact;
    size_t count, next;
} pool;

static void check_results(const pool *inputs, size_t begin, const float *y, size_t n) {
    for (size_t i = 0; i < n; ++i)
        assert_map_result(inputs->f, inputs->p, inputs->x[begin + i], y[i],
                          inputs->exact[begin + i]);
}

/* One slice of the pool, computed in place and out of place. */
static void check_slice(pool *inputs, size_t n, place at, place elsewhere) {
    size_t begin = inputs->next % (inputs->count - n);
    const float *x = inputs->x + begin;
    inputs->next += n + 1013;

    float *src = place_copy(at, x, n);
    float *dst = guard_place(elsewhere.g, elsewhere.side, elsewhere.offset, n);
    assert_int_equal(inputs->f->to(dst, src, n, inputs->p), ACT_OK);
    check_results(inputs, begin, dst, n);
    guard_check(elsewhere.g);
    guard_check(at.g);
    assert_memory_equal(src, x, n * sizeof *x);

    assert_int_equal(inputs->f->in_place(src, n, inputs->p), ACT_OK);
    check_results(inputs, begin, src, n);
    guard_check(at.g);
}

static void check_lengths(pool *inputs, const size_t *lengths, size_t count, size_t offset_step) {
    guard *g = guard_new(lengths[count - 1] + OFFSETS),
          *h = guard_new(lengths[count - 1] + OFFSETS);
    for (size_t i = 0; i < count; ++i)
        for (size_t offset = 0; offset < OFFSETS; offset += offset_step)
            for (int side = GUARD_START; side <= GUARD_END; ++side) {
                place at = {g, (guard_side)side, offset};
                check_slice(inputs, lengths[i], at, other_side(at, h));
                check_slice(inputs, lengths[i], at, (place){h, at.side, at.offset});
            }
    guard_free(g);
    guard_free(h);
}

static void lengths_and_offsets(void **state) {
    static const size_t large[] = {255, 256, 257, 1000, 4099, 65537};
    size_t small[SMALL + 1];
    for (size_t n = 0; n <= SMALL; ++n)
        small[n] = n;

    pool inputs = {.f = *state, .count = quick() ? 7000 : 100000};
    inputs.x = malloc(inputs.count * sizeof *inputs.x);
    inputs.exact = malloc(inputs.count * sizeof *inputs.exact);
    fill_mixed(inputs.x, inputs.count, 1);
    for (size_t set = 0; set < parameter_sets(inputs.f); set = next_set(set)) {
        parameter_set(inputs.f, set, inputs.p);
        for (size_t i = 0; i < inputs.count; ++i)
            inputs.exact[i] = inputs.f->reference(inputs.x[i], inputs.p);
        check_lengths(&inputs, small, SMALL + 1, quick() && set > 0 ? 5 : 1);
        check_lengths(&inputs, large, quick() ? 5 : 6, quick() ? 8 : 5);
    }
    free(inputs.x);
    free(inputs.exact);
}

/*
 * Functions of two arrays, neither of them constant: every array between guard pages, dst apart or
 * equal to a, to b or to both.  Where an operand is special, only this is checked: the result is
 * NaN if and only if the exact result is.
 */
static void two_operands(void **state) {
    const map_function *f = *state;
    const pair_function *pair = f->pair;
    enum { MOST = 300 };
    static const size_t lengths[] = {1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 67, 100, MOST};
    guard *g[3] = {guard_new(MOST + OFFSETS), guard_new(MOST + OFFSETS), guard_new(MOST + OFFSETS)};
    for (size_t trial = 0; trial < sizeof lengths / sizeof lengths[0] * 16; ++trial) {
        const size_t n = lengths[trial / 16];
        const bool into_a = trial & 1, into_b = trial & 2, special = trial & 8;
        const guard_side side = trial & 4 ? GUARD_START : GUARD_END;
        float x[2][MOST];
        fill_uniform(x[0], n, -8, 8, trial);
        fill_uniform(x[1], n, -8, 8, trial + 1000);
        if (special)
            fill_mixed(x[trial / 16 % 2], n, trial);
        if (into_a && into_b)
            memcpy(x[1], x[0], sizeof x[1]);
        float *a = place_copy((place){g[0], side, trial % 3}, x[0], n);
        float *b = into_a && into_b ? a : place_copy((place){g[1], side, trial % 5}, x[1], n);
        float *dst = into_a ? a : into_b ? b : guard_place(g[2], side, trial % 7, n);
        assert_int_equal(pair->call(dst, a, b, n, f->usual), ACT_OK);
        for (size_t i = 0; i < n; ++i) {
            const double exact = pair->reference(x[0][i], x[1][i], f->usual);
            if (special)
                assert_int_equal(isnan(dst[i]), isnan(exact));
            else
                assert_ulp(((ulp_case){f->name, x[0][i], &x[1][i], 1}), dst[i], exact,
                           f->bound->ulp, f->bound->floor * fabs((double)x[0][i]));
        }
        if (dst != a)
            assert_memory_equal(a, x[0], n * sizeof *a);
        if (dst != b)
            assert_memory_equal(b, x[1], n * sizeof *b);
        guard_check(g[0]);
        if (b != a)
            guard_check(g[1]);
        if (dst != a && dst != b)
            guard_check(g[2]);
    }
    for (size_t i = 0; i < 3; ++i)
        guard_free(g[i]);
}

/*
 * Both results of the gradient of a gated function, each apart from all operands or equal to any of
 * them, every array between guard pages.  They have the bits of the calls that act.h names, and,
 * where no operand is special, are within the bound of the formula.
 */
static void two_results(void **state) {
    const gated_gradient *f = *state;
    const float *p = f->gated->usual;
    enum { DY, GATE, UP, APART, MOST = 300 };
    static const size_t lengths[] = {1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 67, 100, MOST};
    guard *g[5];
    for (size_t i = 0; i < 5; ++i)
        g[i] = guard_new(MOST + OFFSETS);
    for (size_t trial = 0; trial < sizeof lengths / sizeof lengths[0] * 64; ++trial) {
        const size_t n = lengths[trial / 64], into_gate = trial / 4 % 4, into_up = trial % 4;
        const guard_side side = trial & 16 ? GUARD_START : GUARD_END;
        const bool special = trial & 32;
        if (into_gate == into_up && into_up != APART)
            continue;
        float x[3][MOST], product[MOST], dgate[MOST], dup[MOST];
        for (size_t i = 0; i < 3; ++i)
            fill_uniform(x[i], n, -8, 8, trial + 1000 * i);
        if (special) {
            fill_mixed(x[trial / 64 % 3], n, trial);
            for (size_t i = 0; i < n; ++i)
                x[(trial / 64 + 1) % 3][i] = float_of(specials[(trial + i) % SPECIALS]);
        }
        for (size_t i = 0; i < n; ++i)
            product[i] = x[DY][i] * x[UP][i];
        assert_int_equal(f->slope->pair->call(dgate, product, x[GATE], n, usual_of_slope(f)),
                         ACT_OK);
        assert_int_equal(f->gated->pair->call(dup, x[GATE], x[DY], n, f->gated->usual), ACT_OK);

        float *in[3];
        for (size_t i = 0; i < 3; ++i)
            in[i] = place_copy((place){g[i], side, (trial + i) % OFFSETS}, x[i], n);
        float *to_gate = into_gate != APART ? in[into_gate] : guard_place(g[3], side, trial % 7, n);
        float *to_up = into_up != APART ? in[into_up] : guard_place(g[4], side, trial % 5, n);
        assert_int_equal(f->call(to_gate, to_up, in[DY], in[GATE], in[UP], n, p), ACT_OK);
        for (size_t i = 0; i < n; ++i) {
            const float dy = x[DY][i], gate = x[GATE][i], up = x[UP][i];
            if (!same_bits(to_gate[i], dgate[i]) || !same_bits(to_up[i], dup[i]))
                fail_msg("%s of dy = %a, gate = %a, up = %a on %s: %a and %a, alone %a and %a",
                         f->name, (double)dy, (double)gate, (double)up, act_backend(),
                         (double)to_gate[i], (double)to_up[i], (double)dgate[i], (double)dup[i]);
            if (special)
                continue;
            const ulp_case what = {f->name, gate, (const float[]){dy, up}, 2};
            assert_ulp(what, to_gate[i], f->dgate((double)dy, (double)gate, (double)up, p),
                       f->bound->ulp, f->bound->floor * fabs((double)dy * (double)up));
            assert_ulp(what, to_up[i], f->dup((double)dy, (double)gate, (double)up, p),
                       f->gated->bound->ulp, f->gated->bound->floor * fabs((double)dy));
        }
        for (size_t i = 0; i < 3; ++i) {
            guard_check(g[i]);
            if (i != into_gate && i != into_up)
                assert_memory_equal(in[i], x[i], n * sizeof(float));
        }
        if (into_gate == APART)
            guard_check(g[3]);
        if (into_up == APART)
            guard_check(g[4]);
    }
    for (size_t i = 0; i < 5; ++i)
        guard_free(g[i]);
}

/* Rows in the caller's layout, and their expected results. */
typedef struct {
    const rows_function *f;
    size_t rows, cols;
    const float *x; /* row after row, without gaps */
    const double *exact;
    double bound;
} batch;

static size_t extent(const batch *b, size_t stride) {
    return b->rows == 0 || b->cols == 0 ? 0 : (b->rows - 1) * stride + b->cols;
}

/* The floats between the rows of src would change the results if they were read. */
static float *place_rows(place at, const batch *b, size_t stride) {
    size_t n = extent(b, stride);
    float *copy = guard_place(at.g, at.side, at.offset, n);
    for (size_t i = 0; i < n; ++i)
        copy[i] = i % stride < b->cols ? b->x[i / stride * b->cols + i % stride] : INFINITY;
    return copy;
}

/* act.h: below FLT_MIN the error is in ULP; the fast tier may give 0. */
static double row_error(const batch *b, float y, double exact) {
    if (isnan(exact) || fabs(exact) < (double)FLT_MIN)
        return ulp_error(y, exact) <= (b->f->bound->fast ? 0x1p23 : 1.75) ? 0 : INFINITY;
    return fabs((double)y - exact) / fabs(exact);
}

static void check_rows(const batch *b, const float *y, size_t stride, float gap) {
    for (size_t i = 0; i < extent(b, stride); ++i) {
        size_t r = i / stride, c = i % stride;
        if (c >= b->cols) {
            assert_int_equal(bits_of(y[i]), bits_of(gap));
            continue;
        }
        double exact = b->exact[r * b->cols + c], error = row_error(b, y[i], exact);
        if (!(error <= b->bound))
            fail_msg("%s, %zu x %zu on %s, row %zu column %zu: x = %a, is %a, should be %a, "
                     "relative error %.3g, bound %.3g",
                     b->f->name, b->rows, b->cols, act_backend(), r, c,
                     (double)b->x[r * b->cols + c], (double)y[i], exact, error, b->bound);
    }
}

static void check_batch(const batch *b, size_t dst_stride, size_t src_stride, place at,
                        place elsewhere) {
    float *src = place_rows(at, b, src_stride);
    float *dst = guard_place(elsewhere.g, elsewhere.side, elsewhere.offset, extent(b, dst_stride));
    float canary = dst[0];
    assert_int_equal(b->f->to(dst, dst_stride, src, src_stride, b->rows, b->cols), ACT_OK);
    check_rows(b, dst, dst_stride, canary);
    guard_check(elsewhere.g);
    guard_check(at.g);
    for (size_t i = 0; i < extent(b, src_stride); ++i)
        assert_int_equal(bits_of(src[i]),
                         bits_of(i % src_stride < b->cols
                                     ? b->x[i / src_stride * b->cols + i % src_stride]
                                     : INFINITY));

    assert_int_equal(b->f->to(src, src_stride, src, src_stride, b->rows, b->cols), ACT_OK);
    check_rows(b, src, src_stride, INFINITY);
    guard_check(at.g);

    src = place_rows(at, b, b->cols);
    assert_int_equal(b->f->in_place(src, b->rows, b->cols), ACT_OK);
    check_rows(b, src, b->cols, 0);
    guard_check(at.g);
}

static void check_shape(const rows_function *f, size_t rows, size_t cols, float range) {
    enum { WIDEST_GAP = 9 };
    size_t n = rows * cols, room = rows * (cols + WIDEST_GAP) + OFFSETS;
    guard *g = guard_new(room), *h = guard_new(room);
    float *x = malloc(n * sizeof *x);
    double *exact = malloc(n * sizeof *exact);
    fill_uniform(x, n, -range, range, n);
    for (size_t r = 0; r < rows; ++r)
        f->reference(exact + r * cols, x + r * cols, cols);
    batch b = {f, rows, cols, x, exact, range <= 10 ? f->bound->within_10 : f->bound->within_100};

    static const struct { size_t dst, src; } gaps[] = {{0, 0}, {1, 0}, {0, 5}, {3, WIDEST_GAP}};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; ++i)
        for (int side = GUARD_START; side <= GUARD_END; ++side) {
            place at = {g, (guard_side)side, i % 2 ? (rows + cols + i) % OFFSETS : 0};
            check_batch(&b, cols + gaps[i].dst, cols + gaps[i].src, at, other_side(at, h));
            check_batch(&b, cols + gaps[i].dst, cols + gaps[i].src, other_side(at, g),
                        (place){h, at.side, at.offset});
        }
    free(x);
    free(exact);
    guard_free(g);
    guard_free(h);
}

static void shapes_and_strides(void **state) {
    static const size_t rows[] = {1, 2, 3, 7};
    for (size_t cols = 1; cols <= SMALL; ++cols)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
            check_shape(*state, rows[i], cols, 10);
            check_shape(*state, rows[i], cols, 100);
        }
    check_shape(*state, 3, 1000, 10);
    check_shape(*state, 2, 1027, 100);
}

/* The bound holds up to this length: sums in float would lose too much. */
static void longest_row(void **state) {
    const rows_function *f = *state;
    const size_t n = quick() ? 50000 : 1000000;
    float *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    double *exact = malloc(n * sizeof *exact);
    for (int range = 10; range <= 100; range *= 10) {
        fill_uniform(x, n, (float)-range, (float)range, 1);
        f->reference(exact, x, n);
        assert_int_equal(f->to(y, n, x, n, 1, n), ACT_OK);
        batch b = {f, 1, n, x, exact, range == 10 ? f->bound->within_10 : f->bound->within_100};
        check_rows(&b, y, n, 0);
    }
    free(x);
    free(y);
    free(exact);
}

/*
 * Found where |r| of the reduced argument was above pi / 2 + 1/4, beyond the polynomial of the
 * sine: errors of 6.8, 13.2 and 12.3 ULP.
 */
static void snake_of_large_arguments(void **state) {
    (void)state;
    static const act_input found[] = {
        {.x = 0x1.cd32c8p+21F, .by = 0x1.202c7p+0F, .p = 1.0F},
        {.x = -0x1.9af09p+8F, .by = 0x1.37a6fep+0F, .p = -0x1.37d9dp+13F},
        {.x = -0x1.93ea6p+2F, .by = 0x1.36a9b4p+0F, .p = -0x1.1ff85p+19F},
    };
    const map_function *f = &map_snake_grad;
    for (size_t i = 0; i < sizeof found / sizeof found[0]; ++i) {
        const double error = error_at(f, found[i]);
        if (error > (found[i].p == 1 ? f->bound->ulp : f->bound->others))
            fail_msg("%s at %a: %.4f ULP", f->name, (double)found[i].x, error);
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snake_of_large_arguments),
#define OF_ONE(name)                     MAP_TEST(lengths_and_offsets, name),
#define OF_TWO(name)                     OF_ONE(name) MAP_TEST(two_operands, name),
#define ACT_MAP(name, of, params, types) OF_ONE(name) IF_GRAD_##of(OF_TWO(name##_grad))
#define ACT_GATED(name, slope, params, types)                                                      \
    EACH_OF_GATED(OF_TWO, name) GATED_TEST(two_results, name##_grad),
#define ACT_PAIR(name, first, params, types) OF_TWO(name)
#define ACT_ROWS(name, types)                ROWS_TEST(shapes_and_strides, name), ROWS_TEST(longest_row, name),
#define ACT_ROWS_PAIR                        ACT_SKIP
#define ACT_ROWS_OWN                         ACT_SKIP
#include "functions.def"
    };
    return cmocka_run_group_tests_name("functions", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
