/*
 * The contract of every row-wise function, for each operand: its error, bits that do not depend on
 * a row's position, no byte touched outside, NaN and infinities, flags, the caller's environment,
 * errors.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/guard.h"
#include "support/harness.h"
#include "support/rows.h"

enum {
    LONGEST = 70,
    MOST_ROWS = 35,
    ROOM = 1 << 16,
    FLAGS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW
};
static row_room room, other;
static fenv_t usual;

static void call(const row_wise *f, const row_call *c) { assert_int_equal(f->call(c), ACT_OK); }

/* A few rows and more than a group of rows, short and long. */
static const struct {
    size_t rows, cols;
} long_shapes[] = {{1, 1000}, {2, 257}, {17, 129}, {3, 4099}};
enum { LONG_SHAPES = sizeof long_shapes / sizeof long_shapes[0] };

static void errors_in_bounds(void **state) {
    const row_wise *f = *state;
    static const double ranges[] = {1e-3, 1, 10, 100};
    for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; ++k)
        for (size_t shape = 1; shape <= LONGEST + LONG_SHAPES; ++shape) {
            const size_t cols = shape <= LONGEST ? shape : long_shapes[shape - LONGEST - 1].cols;
            const size_t rows =
                shape <= LONGEST ? 1 + shape * 7 % 20 : long_shapes[shape - LONGEST - 1].rows;
            row_call c = row_call_in(&room, rows, cols, cols + shape % 3, cols + shape % 5);
            row_fill(f, &c, ranges[k], shape + k);
            call(f, &c);
            row_check(f, &c, "of ordinary numbers");
        }
}

static bool has_logits(const row_wise *f, size_t k) {
    return f->operand[k].shape == MATRIX && f->operand[k].content == LOGITS;
}

/* Rows near the bounds, found by a search (act_exhaustive --climb) or reported by users. */
static const struct {
    struct {
        size_t count;
        float value;
    } part[4];
} hard_rows[] = {
    {{{1, -0x1.bab28ep+2F}, {1, 0x1.020bdp-10F}}},
    {{{16, 0x1.c4005ep+2F}, {240, -0x1.312a3p+3F}}},
    {{{8, 0x1.66f362p+6F}, {4039, -0x1.e864fep+3F}, {5, -0x1.5e7b5ep+3F}, {4, 0x1.47343ep+2F}}},
    {{{1, 0x1.66f362p+6F}, {4039, -0x1.e864fep+3F}, {5, -0x1.5e7b5ep+3F}, {4, 0x1.47343ep+2F}}},
    {{{1, 0.0F}, {16000, -0x1.a4p+6F}, {1, -0x1.5ap+6F}}},
    {{{1, FLT_MAX}, {1, 0x1.f86deep+126F}}},
    {{{1, -0x1.8604bp+2F}, {1, -0x1.2f384cp+6F}}},
    {{{1, -0x1.7e97fep-5F}, {4, -0x1.19ecfp+6F}, {526, -0x1.5db892p+6F}, {82, -0x1.5e1dc6p+6F}}},
};

static void errors_of_hard_rows(void **state) {
    const row_wise *f = *state;
    for (size_t k = 0; k < sizeof hard_rows / sizeof hard_rows[0]; ++k) {
        size_t cols = 0;
        for (size_t i = 0; i < 4; ++i)
            cols += hard_rows[k].part[i].count;
        row_call c = row_call_in(&room, 1, cols, cols, cols);
        row_fill(f, &c, 1, k);
        for (size_t o = 0; o < ROW_OPERANDS; ++o)
            for (size_t i = 0, at = 0; i < 4 && has_logits(f, o); ++i)
                for (size_t end = at + hard_rows[k].part[i].count; at < end; ++at)
                    c.src[o][at] = hard_rows[k].part[i].value;
        call(f, &c);
        row_check(f, &c, "a hard one");
    }
}

/* A row of a batch has the bits that it has alone, for any strides. */
static void rows_alone(void **state) {
    const row_wise *f = *state;
    random_source random = {8};
    for (int trial = 0; trial < (quick() ? 200 : 1000); ++trial) {
        const size_t rows = 1 + random_below(&random, MOST_ROWS);
        const size_t cols = 1 + random_below(&random, trial % 4 ? LONGEST : 280);
        row_call c = row_call_in(&room, rows, cols, cols + random_below(&random, 20),
                                 cols + random_below(&random, 20));
        row_fill(f, &c, trial % 3 ? 20 : 90, (uint64_t)trial);
        /* Rows whose values are far apart take another code path than a single row. */
        for (size_t k = 0; k < ROW_OPERANDS; ++k)
            for (size_t r = 0; r < rows && trial % 2 && f->operand[k].content == LOGITS; ++r)
                for (size_t i = 0; i < cols && f->operand[k].shape == MATRIX; ++i)
                    c.src[k][r * c.stride[k] + i] += 64.0F * (float)r;
        call(f, &c);
        for (size_t r = 0; r < rows; ++r) {
            row_call one = row_call_in(&other, 1, cols, cols, cols);
            for (size_t k = 0; k < ROW_OPERANDS; ++k) {
                const row_shape shape = f->operand[k].shape;
                memcpy(one.src[k], c.src[k] + row_offset(shape, c.stride[k], r),
                       row_floats(shape, cols, 1, cols) * sizeof(float));
            }
            call(f, &one);
            const float *y = c.dst + row_offset(f->result, c.dst_stride, r);
            for (size_t i = 0; i < row_results(f, cols); ++i)
                if (!same_bits(one.dst[i], y[i]))
                    fail_msg("%s on %s, row %zu of %zu x %zu: %a alone, %a in the batch", f->name,
                             act_backend(), r, rows, cols, (double)one.dst[i], (double)y[i]);
        }
    }
}

static void fill_gaps(float *p, size_t n) {
    for (size_t i = 0; i < n; ++i)
        p[i] = float_of(0xA5A5A5A5);
}

/* The floats between the rows of dst are unchanged. */
static void check_gaps(const row_wise *f, const row_call *c) {
    for (size_t r = 0; f->result == MATRIX && r + 1 < c->rows; ++r)
        for (size_t i = c->cols; i < c->dst_stride; ++i)
            if (bits_of(c->dst[r * c->dst_stride + i]) != 0xA5A5A5A5)
                fail_msg("%s on %s: %zu x %zu: written %zu floats beyond row %zu", f->name,
                         act_backend(), c->rows, c->cols, i - c->cols, r);
}

/* Every array against a guard page, on either side; sources and gaps are unchanged. */
static void nothing_outside(void **state) {
    const row_wise *f = *state;
    guard *g[1 + ROW_OPERANDS];
    for (size_t k = 0; k <= ROW_OPERANDS; ++k)
        g[k] = guard_new(ROOM);
    for (size_t cols = 1; cols <= LONGEST + 2; cols += quick() ? 3 : 1)
        for (size_t trial = 0; trial < 12; ++trial) {
            const size_t rows = trial % 3 == 0 ? 1 : trial % 3 == 1 ? 3 : MOST_ROWS;
            const size_t gap = trial / 3 % 2;
            const guard_side side = trial / 6 ? GUARD_START : GUARD_END;
            row_call from = row_call_in(&room, rows, cols, cols + gap, cols + gap), c = from;
            row_fill(f, &from, 10, cols + trial);
            const size_t results = row_floats(f->result, from.dst_stride, rows, cols);
            c.dst = guard_place(g[0], side, 0, results);
            fill_gaps(c.dst, results);
            for (size_t k = 0; k < ROW_OPERANDS; ++k) {
                const size_t n = row_floats(f->operand[k].shape, c.stride[k], rows, cols);
                if (n == 0)
                    continue;
                c.src[k] = guard_place(g[1 + k], side, 0, n);
                memcpy(c.src[k], from.src[k], n * sizeof(float));
            }
            call(f, &c);
            check_gaps(f, &c);
            for (size_t k = 0; k <= ROW_OPERANDS; ++k)
                if (k == 0 || f->operand[k - 1].shape != NOTHING)
                    guard_check(g[k]);
            for (size_t k = 0; k < ROW_OPERANDS; ++k) {
                const size_t n = row_floats(f->operand[k].shape, c.stride[k], rows, cols);
                if (n > 0)
                    assert_memory_equal(c.src[k], from.src[k], n * sizeof(float));
            }
            call(f, &from);
            for (size_t r = 0; r < rows; ++r) {
                const size_t at = row_offset(f->result, c.dst_stride, r);
                for (size_t i = 0; i < row_results(f, cols); ++i)
                    assert_true(same_bits(c.dst[at + i], from.dst[at + i]));
            }
        }
    for (size_t k = 0; k <= ROW_OPERANDS; ++k)
        guard_free(g[k]);
}

/* In place over each operand that is a matrix, with its stride; and the form without strides. */
static void in_place(void **state) {
    const row_wise *f = *state;
    for (size_t cols = 1; cols <= LONGEST && f->result == MATRIX; ++cols)
        for (size_t k = 0; k < ROW_OPERANDS; ++k) {
            if (f->operand[k].shape != MATRIX || f->operand[k].content == MASK)
                continue;
            const size_t rows = 1 + cols % 19, stride = cols + (k == 0 && f->in_place ? 0 : 2);
            row_call apart = row_call_in(&room, rows, cols, stride, stride), into = apart;
            row_fill(f, &apart, 10, cols);
            call(f, &apart);
            float *buffer = other.array[0];
            memcpy(buffer, apart.src[k], row_floats(MATRIX, stride, rows, cols) * sizeof(float));
            into.dst = into.src[k] = buffer;
            call(f, &into);
            for (size_t r = 0; r < rows; ++r)
                for (size_t i = 0; i < cols; ++i)
                    assert_true(same_bits(buffer[r * stride + i], apart.dst[r * stride + i]));
            if (k != 0 || !f->in_place)
                continue;
            memcpy(buffer, apart.src[0], rows * cols * sizeof(float));
            assert_int_equal(f->in_place(&into), ACT_OK);
            for (size_t i = 0; i < rows * cols; ++i)
                assert_true(same_bits(buffer[i], apart.dst[i]));
        }
}

/* Sets element `at` of the part of operand k that row r uses to s. */
static void spoil(const row_wise *f, const row_call *c, size_t k, size_t r, size_t at, float s) {
    const row_shape shape = f->operand[k].shape;
    if (f->operand[k].content == LOGARITHMS && s > 0)
        s = -s; /* the logarithm of a weight is not positive */
    if (f->operand[k].content == WEIGHTS && fabsf(s) > 1 && !isinf(s))
        s = 1; /* a weight is not above 1 */
    c->src[k][row_offset(shape, c->stride[k], r) + (shape == ONE_PER_ROW ? 0 : at)] = s;
}

/* One special in each position of each operand, and a second one next to it. */
static void specials_in_rows(void **state) {
    const row_wise *f = *state;
    static const float set[] = {NAN,       INFINITY, -INFINITY, FLT_MAX,        -FLT_MAX,
                                -10000.0F, 0.0F,     0x1p-149F, 0x1.f86deep126F};
    enum { SET = sizeof set / sizeof set[0] };
    random_source random = {5};
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        for (size_t cols = 1; cols <= LONGEST && f->operand[k].shape != NOTHING;
             cols += quick() && cols > 20 ? 7 : 1)
            for (size_t at = 0; at < cols; ++at)
                for (size_t s = 0; s < SET; ++s) {
                    const size_t rows = random_below(&random, 4) ? 1 : 2, r = rows - 1;
                    row_call c = row_call_in(&room, rows, cols, cols, cols);
                    row_fill(f, &c, 10, cols + at);
                    spoil(f, &c, k, r, at, set[s]);
                    call(f, &c);
                    row_check(f, &c, "with a special");
                    size_t partner = random_below(&random, ROW_OPERANDS);
                    if (f->operand[partner].shape == NOTHING)
                        partner = k;
                    spoil(f, &c, partner, r, random_below(&random, cols),
                          set[random_below(&random, SET)]);
                    call(f, &c);
                    row_check(f, &c, "with two specials");
                }
    for (size_t shape = 0; shape < LONG_SHAPES; ++shape)
        for (size_t k = 0; k < ROW_OPERANDS; ++k)
            for (size_t s = 0; s < SET && f->operand[k].shape != NOTHING; ++s) {
                const size_t cols = long_shapes[shape].cols, rows = long_shapes[shape].rows;
                row_call c = row_call_in(&room, rows, cols, cols, cols);
                row_fill(f, &c, 10, s);
                spoil(f, &c, k, rows / 2, random_below(&random, cols), set[s]);
                call(f, &c);
                row_check(f, &c, "long, with a special");
                spoil(f, &c, k, rows / 2, cols - 1, set[random_below(&random, SET)]);
                call(f, &c);
                row_check(f, &c, "long, with two specials");
            }
}

/* One special in all elements except one, as a maximum may drop a NaN in such a row. */
static void almost_nothing_else(void **state) {
    const row_wise *f = *state;
    static const float set[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 0.0F};
    enum { SET = sizeof set / sizeof set[0] };
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        for (size_t cols = 1; cols <= LONGEST && f->operand[k].shape != NOTHING; cols += 3)
            for (size_t pair = 0; pair < (size_t)SET * SET; ++pair)
                for (size_t rows = 1; rows <= 3; rows += 2) {
                    row_call c = row_call_in(&room, rows, cols, cols, cols);
                    row_fill(f, &c, 10, cols);
                    for (size_t at = 0; at < cols; ++at)
                        spoil(f, &c, k, rows / 2, at, set[pair / SET]);
                    spoil(f, &c, k, rows / 2, pair * 5 % cols, set[pair % SET]);
                    call(f, &c);
                    row_check(f, &c, "of one special");
                }
}

/* Finite numbers, and -inf where it is ordinary: in logits, their results, and masks. */
enum { KINDS = 8 };
static void fill_kind(const row_wise *f, const row_call *c, int kind, uint64_t seed) {
    static const float extremes[] = {FLT_MAX, -FLT_MAX, 0x1p-149F, 0x1.f86deep126F};
    random_source random = {seed};
    row_fill(f, c, kind == 1 ? 100 : 10, seed);
    for (size_t k = 0; k < ROW_OPERANDS && kind > 1; ++k) {
        const row_content content = f->operand[k].content;
        const bool logits = content == LOGITS || content == MASK;
        for (size_t r = 0; r < c->rows && f->operand[k].shape != NOTHING; ++r)
            for (size_t at = 0; at < c->cols; ++at) {
                const float x = extremes[kind == 2   ? random_below(&random, 4)
                                         : kind == 3 ? random_below(&random, 2)
                                                     : (size_t)kind & 3];
                if ((content == LOGITS || content == CHANGES) && kind < 6 &&
                    random_below(&random, 3))
                    spoil(f, c, k, r, at, x);
                /* Not the first element: a row of -inf alone correctly gives NaN. */
                if ((logits || content == LOGARITHMS) && kind != 3 && at > 0 &&
                    random_below(&random, 3) == 0)
                    spoil(f, c, k, r, at, -INFINITY);
                if (content == LOGITS && kind == 6)
                    spoil(f, c, k, r, at, -fabsf((float)at));
                if (content == LOGITS && kind == 7)
                    spoil(f, c, k, r, at, at % 2 ? -INFINITY : -FLT_MAX);
            }
    }
}

/* Whether a result is beyond all floats, or NaN, so that a flag is correct. */
static bool may_raise(const row_wise *f, const row_call *c) {
    double exact[LONGEST];
    bool may = false;
    for (size_t r = 0; r < c->rows; ++r) {
        row_operands x;
        row_parts(x, f, c, r);
        f->reference(exact, x, c->cols);
        for (size_t i = 0; i < row_results(f, c->cols); ++i)
            may |= !(fabs(exact[i]) <= (double)FLT_MAX);
    }
    return may;
}

typedef void check_call(const row_wise *f, const row_call *c, int raised);
static void try_kinds(const row_wise *f, const fenv_t *environment, check_call *check) {
    for (int kind = 0; kind < KINDS; ++kind)
        for (size_t cols = 1; cols <= LONGEST; cols += quick() && cols > 34 ? 5 : 1)
            for (size_t rows = 1; rows <= MOST_ROWS; rows += 17) {
                row_call c = row_call_in(&room, rows, cols, cols, cols);
                fill_kind(f, &c, kind, cols * 100 + rows);
                if (may_raise(f, &c))
                    continue;
                fesetenv(environment);
                feclearexcept(FE_ALL_EXCEPT);
                act_status status = f->call(&c);
                const int raised = fetestexcept(FLAGS);
                fesetenv(&usual);
                assert_int_equal(status, ACT_OK);
                check(f, &c, raised);
            }
}

static void no_flag(const row_wise *f, const row_call *c, int raised) {
    if (raised)
        fail_msg("%s of %zu x %zu beginning with %a, %a, on %s, raised%s%s%s", f->name, c->rows,
                 c->cols, (double)c->src[0][0], (double)c->src[0][c->cols - 1], act_backend(),
                 raised & FE_INVALID ? " FE_INVALID" : "",
                 raised & FE_DIVBYZERO ? " FE_DIVBYZERO" : "",
                 raised & FE_OVERFLOW ? " FE_OVERFLOW" : "");
    row_check(f, c, "with extremes");
}
static void no_flags(void **state) { try_kinds(*state, &usual, no_flag); }

static void no_nan(const row_wise *f, const row_call *c, int raised) {
    (void)raised;
    for (size_t r = 0; r < c->rows; ++r)
        for (size_t i = 0; i < row_results(f, c->cols); ++i)
            if (isnan(c->dst[row_offset(f->result, c->dst_stride, r) + i]))
                fail_msg("%s of %zu x %zu on %s: NaN", f->name, c->rows, c->cols, act_backend());
}
static void no_traps(void **state) {
    fenv_t environment;
    if (feenableexcept(FLAGS) == -1)
        skip();
    fegetenv(&environment);
    fesetenv(&usual);
    try_kinds(*state, &environment, no_nan);
}
static void rounding_modes(void **state) {
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; ++i) {
        fenv_t environment;
        assert_int_equal(fesetround(modes[i]), 0);
        fegetenv(&environment);
        fesetenv(&usual);
        try_kinds(*state, &environment, no_nan);
    }
}

/* Errors: each array invalid in turn, and nothing touched. */
enum { ROWS = 2, COLS = 3, STRIDE = 4 };
static float kept[1 + ROW_OPERANDS][ROWS * STRIDE + 2];
static row_call good_call(const row_wise *f) {
    row_call c = row_call_in(&room, ROWS, COLS, STRIDE, STRIDE);
    row_fill(f, &c, 1, 1);
    for (size_t k = 0; k <= ROW_OPERANDS; ++k)
        memcpy(kept[k], room.array[k], sizeof kept[k]);
    return c;
}
static void refused(const row_wise *f, const row_call *c, act_status status, const char *what) {
    const act_status found = f->call(c);
    if (found != status)
        fail_msg("%s, %s: \"%s\" instead of \"%s\"", f->name, what, act_status_string(found),
                 act_status_string(status));
    for (size_t k = 0; k <= ROW_OPERANDS; ++k)
        assert_memory_equal(kept[k], room.array[k], sizeof kept[k]);
}

/* Aligned, and so close to the end of the address space that no row fits. */
static float *at_the_end(void) {
    const uintptr_t address = UINTPTR_MAX / 4 * 4;
    float *p;
    memcpy(&p, &address, sizeof p);
    return p;
}

static void each_array_bad(void **state) {
    const row_wise *f = *state;
    for (size_t k = 0; k <= ROW_OPERANDS; ++k) {
        const row_shape shape = k == 0 ? f->result : f->operand[k - 1].shape;
        if (shape == NOTHING)
            continue;
        for (int kind = 0; kind < 5; ++kind) {
            row_call c = good_call(f);
            float **p = k == 0 ? &c.dst : &c.src[k - 1];
            size_t *stride = k == 0 ? &c.dst_stride : &c.stride[k - 1];
            /* The mask may be NULL. */
            if (kind == 0 && k > 0 && f->operand[k - 1].content == MASK)
                continue;
            if (kind >= 3 && shape != MATRIX)
                continue;
            switch (kind) {
            case 0:
                *p = NULL;
                refused(f, &c, ACT_ERROR_NULL, "a null pointer");
                break;
            case 1:
                *p = (float *)(void *)((char *)*p + 1);
                refused(f, &c, ACT_ERROR_ALIGNMENT, "a misaligned pointer");
                break;
            case 2:
                *p = at_the_end();
                refused(f, &c, ACT_ERROR_SIZE, "an array beyond the address space");
                break;
            case 3:
                *stride = COLS - 1;
                refused(f, &c, ACT_ERROR_STRIDE, "a stride below a row");
                break;
            default:
                *stride = SIZE_MAX / 4;
                refused(f, &c, ACT_ERROR_SIZE, "a stride beyond the address space");
                break;
            }
        }
    }
    row_call c = good_call(f);
    c.rows = SIZE_MAX / 2;
    refused(f, &c, ACT_ERROR_SIZE, "too many rows");
    c = good_call(f);
    c.cols = c.dst_stride = c.stride[0] = c.stride[1] = SIZE_MAX / 2;
    refused(f, &c, ACT_ERROR_SIZE, "too many columns");
}

/* dst over each operand, shifted, or with another stride. */
static void each_array_overlapped(void **state) {
    const row_wise *f = *state;
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        for (int apart = -2; apart <= 2 && f->operand[k].shape != NOTHING; ++apart) {
            row_call c = good_call(f);
            const row_shape shape = f->operand[k].shape;
            const size_t operand = row_floats(shape, STRIDE, ROWS, COLS);
            c.dst = c.src[k] + 2 + apart;
            c.src[k] += 2;
            const bool in_place_allowed = shape == MATRIX && f->result == MATRIX &&
                                          f->operand[k].content != MASK && apart == 0;
            if (in_place_allowed) {
                c.dst_stride = STRIDE + 1;
                refused(f, &c, ACT_ERROR_OVERLAP, "another stride upon an operand");
            } else if (apart < (int)operand && -apart < (f->result == MATRIX ? COLS : ROWS)) {
                refused(f, &c, ACT_ERROR_OVERLAP, "dst upon an operand");
            }
        }
}

static void nothing_to_do(void **state) {
    const row_wise *f = *state;
    row_call c = {.rows = 0, .cols = 3};
    assert_int_equal(f->call(&c), ACT_OK);
    c = (row_call){.rows = 3, .cols = 0};
    if (f->result == MATRIX) {
        assert_int_equal(f->call(&c), ACT_OK);
        return;
    }
    /* A row of no columns still has its result, for any source and stride. */
    for (size_t stride = 0; stride <= SIZE_MAX / 2; stride = stride * 3 + 1) {
        float y[4] = {1, 2, 3, 4};
        c.dst = y;
        c.stride[0] = stride;
        assert_int_equal(f->call(&c), ACT_OK);
        for (size_t i = 0; i < 4; ++i)
            assert_true(y[i] == (i < 3 ? -INFINITY : 4.0F));
    }
}

static int run(void) {
    static const struct {
        const char *name;
        CMUnitTestFunction test;
    } properties[] = {
        {"errors_in_bounds", errors_in_bounds},
        {"errors_of_hard_rows", errors_of_hard_rows},
        {"rows_alone", rows_alone},
        {"nothing_outside", nothing_outside},
        {"in_place", in_place},
        {"specials_in_rows", specials_in_rows},
        {"almost_nothing_else", almost_nothing_else},
        {"no_flags", no_flags},
        {"no_traps", no_traps},
        {"rounding_modes", rounding_modes},
        {"each_array_bad", each_array_bad},
        {"each_array_overlapped", each_array_overlapped},
        {"nothing_to_do", nothing_to_do},
    };
    int failed = 0;
    for (size_t k = 0; k < row_wise_count; ++k) {
        struct CMUnitTest tests[sizeof properties / sizeof properties[0]] = {{0}};
        for (size_t i = 0; i < sizeof properties / sizeof properties[0]; ++i) {
            tests[i].name = properties[i].name;
            tests[i].test_func = properties[i].test;
            tests[i].initial_state = (void *)row_wise_functions[k];
        }
        failed += cmocka_run_group_tests_name(row_wise_functions[k]->name, tests, NULL, NULL);
    }
    return failed;
}

int main(void) {
    fegetenv(&usual);
    room = row_room_new(ROOM);
    other = row_room_new(ROOM);
    const int result = on_each_backend(run);
    row_room_free(&room);
    row_room_free(&other);
    return result;
}
