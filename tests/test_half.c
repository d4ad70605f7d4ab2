/*
 * The functions of f16 and bf16: every input against the correctly rounded result, other parameters
 * within 0.501 ULP, conversions, lengths, places in memory and errors.
 */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "midpoints.h"
#include "support/data.h"
#include "support/guard.h"
#include "support/halves.h"
#include "support/harness.h"

static const half_function *function_of(void **state) { return *state; }
static const half_type *type_of(void **state) { return *state; }

static void every_input(uint16_t inputs[HALF_INPUTS]) {
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        inputs[i] = (uint16_t)i;
}

static void correctly_rounded(void **state) {
    const half_function *f = function_of(state);
    static uint16_t x[HALF_INPUTS], y[HALF_INPUTS];
    const size_t step = quick() ? 7 : 1; /* the formulas take the time */
    size_t wrong = 0;
    every_input(x);
    assert_int_equal(f->to(y, x, HALF_INPUTS, f->map->usual), ACT_OK);
    for (size_t i = 0; i < HALF_INPUTS; i += step) {
        const uint16_t right = half_right(f, x[i]);
        if (half_same(f->type, y[i], right))
            continue;
        if (wrong++ < 5)
            print_error("%s_%s of %04x (%a) on %s is %04x and should be %04x\n", f->name,
                        f->type->name, (unsigned)x[i], half_value(f->type, x[i]), act_backend(),
                        (unsigned)y[i], (unsigned)right);
    }
    assert_int_equal(wrong, 0);
}

/* In any order of inputs, so that lanes in doubt are in all places, and in place. */
static void shuffled(void **state) {
    const half_function *f = function_of(state);
    static uint16_t x[HALF_INPUTS], y[HALF_INPUTS], shuffled[HALF_INPUTS];
    random_source random = {1};
    every_input(x);
    assert_int_equal(f->to(y, x, HALF_INPUTS, f->map->usual), ACT_OK);
    for (size_t i = HALF_INPUTS; i > 1; --i) {
        const size_t k = random_below(&random, i);
        const uint16_t swapped = x[i - 1];
        x[i - 1] = x[k];
        x[k] = swapped;
    }
    memcpy(shuffled, x, sizeof x);
    assert_int_equal(f->in_place(shuffled, HALF_INPUTS, f->map->usual), ACT_OK);
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        if (!half_same(f->type, shuffled[i], y[x[i]]))
            fail_msg("%s_%s of %04x: %04x and %04x", f->name, f->type->name, (unsigned)x[i],
                     (unsigned)shuffled[i], (unsigned)y[x[i]]);
}

static void other_parameters(void **state) {
    const half_function *f = function_of(state);
    static uint16_t x[HALF_INPUTS], y[HALF_INPUTS];
    every_input(x);
    for (size_t set = 1; set < parameter_sets(f->map); ++set) {
        float p[MAX_PARAMETERS];
        parameter_set(f->map, set, p);
        assert_int_equal(f->to(y, x, HALF_INPUTS, p), ACT_OK);
        for (size_t i = set; i < HALF_INPUTS; i += quick() ? 31 : 3) {
            const double error = half_error(f->type, y[i], half_exact(f, x[i], p));
            if (!(error <= 0.501))
                fail_msg("%s_%s of %04x (%a), parameters %a and %a on %s is %04x (%a), should be "
                         "%La, error %.4f ULP",
                         f->name, f->type->name, (unsigned)x[i], half_value(f->type, x[i]),
                         (double)p[0], (double)p[1], act_backend(), (unsigned)y[i],
                         half_value(f->type, y[i]), half_exact(f, x[i], p), error);
        }
    }
}

/*
 * A function that is exact in f32: its result rounded once, with any parameters, of which many are
 * a number of the type or next to one, or a zero of either sign.
 */
static float any_parameter(const half_type *t, random_source *random) {
    const uint16_t bits = (uint16_t)random_bits(random);
    const double of_type = half_is_nan(t, bits) ? 0 : half_value(t, bits);
    switch (random_below(random, 4)) {
    case 0: /* a number of the type, or of f32 next to it */
        return nextafterf((float)of_type, random_below(random, 2) ? INFINITY : -INFINITY);
    case 1:
        return (float)of_type;
    case 2:
        return float_of((uint32_t)random_bits(random));
    default:
        return random_below(random, 2) ? 0.0F : -0.0F;
    }
}
static bool is_exact(const half_function *f) { return f->map->bound->ulp == 0; }
static void exact_ones(void **state) {
    const half_function *f = function_of(state);
    static uint16_t x[HALF_INPUTS], y[HALF_INPUTS], right[HALF_INPUTS];
    static float floats[HALF_INPUTS];
    random_source random = {3};
    if (!is_exact(f))
        skip();
    every_input(x);
    for (int trial = 0; trial < (quick() ? 20 : 300); ++trial) {
        const float p[MAX_PARAMETERS] = {any_parameter(f->type, &random),
                                         any_parameter(f->type, &random)};
        assert_int_equal(f->type->to_f32(floats, x, HALF_INPUTS), ACT_OK);
        const act_status status = f->map->in_place(floats, HALF_INPUTS, p);
        assert_int_equal(f->to(y, x, HALF_INPUTS, p), status);
        if (status != ACT_OK)
            continue;
        assert_int_equal(f->type->from_f32(right, floats, HALF_INPUTS), ACT_OK);
        for (size_t i = 0; i < HALF_INPUTS; ++i)
            if (!half_same(f->type, y[i], right[i]))
                fail_msg("%s_%s of %04x (%a), parameters %a and %a on %s is %04x, should be %04x",
                         f->name, f->type->name, (unsigned)x[i], half_value(f->type, x[i]),
                         (double)p[0], (double)p[1], act_backend(), (unsigned)y[i],
                         (unsigned)right[i]);
    }
}

/* An array of the type between guard pages, which are laid out for floats. */
static uint16_t *place(guard *g, guard_side side, size_t offset, const uint16_t *x, size_t n) {
    const size_t floats = (n + 1) / 2;
    uint16_t *p = (uint16_t *)(void *)guard_place(g, side, offset, floats);
    if (side == GUARD_END && n % 2 == 1)
        p[0] = 0xA5A5, ++p;
    memcpy(p, x, n * sizeof *x);
    return p;
}
enum { LENGTHS = 71, OFFSETS = 3 };
static void lengths_and_places(void **state) {
    const half_function *f = function_of(state);
    static uint16_t all[HALF_INPUTS], right[HALF_INPUTS];
    guard *const g = guard_new((size_t)2 * HALF_INPUTS), *const h =
                                                             guard_new((size_t)2 * HALF_INPUTS);
    every_input(all);
    assert_int_equal(f->to(right, all, HALF_INPUTS, f->map->usual), ACT_OK);
    static const size_t longer[] = {1000, 1023, 1024, 1025, 2047, 4099};
    random_source random = {2};
    for (size_t k = 0; k < LENGTHS + sizeof longer / sizeof longer[0]; ++k) {
        const size_t n = k < LENGTHS ? k : longer[k - LENGTHS];
        uint16_t x[4099] = {0};
        for (size_t i = 0; i < n; ++i)
            x[i] = (uint16_t)random_bits(&random);
        for (size_t trial = 0; trial < 4; ++trial) {
            const guard_side side = trial & 1 ? GUARD_START : GUARD_END;
            uint16_t *src = place(g, side, trial % OFFSETS, x, n);
            uint16_t *dst = trial & 2 ? src : place(h, side, k % OFFSETS, x, n);
            assert_int_equal(trial & 2 ? f->in_place(dst, n, f->map->usual)
                                       : f->to(dst, src, n, f->map->usual),
                             ACT_OK);
            for (size_t i = 0; i < n; ++i)
                assert_true(half_same(f->type, dst[i], right[x[i]]));
            if (dst != src) {
                assert_memory_equal(src, x, n * sizeof *x);
                guard_check(h);
            }
            guard_check(g);
            if (n % 2 == 1 && side == GUARD_END)
                assert_int_equal(dst[-1], 0xA5A5);
        }
    }
    guard_free(g);
    guard_free(h);
}

static void errors(void **state) {
    const half_function *f = function_of(state);
    const float *p = f->map->usual;
    uint16_t x[40] = {0}, same[40] = {0};
    uint16_t *const odd = (uint16_t *)((char *)x + 1);
    assert_int_equal(f->to(NULL, NULL, 0, p), ACT_OK);
    assert_int_equal(f->to(x, NULL, 1, p), ACT_ERROR_NULL);
    assert_int_equal(f->to(NULL, x, 1, p), ACT_ERROR_NULL);
    assert_int_equal(f->in_place(odd, 1, p), ACT_ERROR_ALIGNMENT);
    assert_int_equal(f->to(x, x + 1, 17, p), ACT_ERROR_OVERLAP);
    assert_int_equal(f->to(x + 17, x, 18, p), ACT_ERROR_OVERLAP);
    assert_int_equal(f->to(x, x + 17, SIZE_MAX / 4 + 1, p), ACT_ERROR_SIZE);
    for (size_t i = 0; i < f->map->parameters; ++i) {
        static const float bad[] = {NAN, INFINITY, -1.0F, 0.0F};
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; ++k) {
            float q[MAX_PARAMETERS] = {p[0], p[1]};
            q[i] = bad[k];
            const act_status expected =
                in_range(f->map->range[i], bad[k]) ? ACT_OK : ACT_ERROR_PARAMETER;
            assert_int_equal(f->to(x + 20, x, 20, q), expected);
            memset(x, 0, sizeof x);
        }
    }
    assert_memory_equal(x, same, sizeof x);
    assert_int_equal(f->to(x + 17, x, 17, p), ACT_OK);
    assert_int_equal(f->to(x, x, ACT_SLICE(40), p), ACT_OK);
}

static void by_value(void **state) {
    const half_function *f = function_of(state);
    const act_function fn = act_function_from_name(f->name);
    enum { N = 100 };
    uint16_t x[N], y[N], z[N];
    random_source random = {3};
    for (size_t i = 0; i < N; ++i)
        x[i] = (uint16_t)random_bits(&random);
    assert_int_equal(f->to(y, x, N, f->map->usual), ACT_OK);
    assert_int_equal(f->type->apply(fn, NULL, z, x, N), ACT_OK);
    assert_memory_equal(y, z, sizeof y);
    float p[MAX_PARAMETERS];
    parameter_set(f->map, parameter_sets(f->map) > 1, p);
    const act_params params = {p[0], p[1]};
    assert_int_equal(f->to(y, x, N, p), ACT_OK);
    assert_int_equal(f->type->apply(fn, &params, z, x, N), ACT_OK);
    assert_memory_equal(y, z, sizeof y);
    assert_int_equal(f->type->apply(ACT_FUNCTION_NONE, NULL, z, x, N), ACT_ERROR_FUNCTION);
    assert_int_equal(f->type->apply(ACT_FUNCTION_SIGMOID_FAST, NULL, z, x, N), ACT_ERROR_FUNCTION);
}

/* FE_INVALID and FE_DIVBYZERO, and FE_OVERFLOW without an infinite result, are never raised. */
static void flags(void **state) {
    const half_function *f = function_of(state);
    for (size_t from = 0; from < HALF_INPUTS; from += 64) {
        uint16_t x[64], y[64];
        bool infinite = false, none = false;
        for (size_t i = 0; i < 64; ++i) {
            x[i] = (uint16_t)(from + i);
            none |= half_is_nan(f->type, x[i]);
        }
        if (none)
            continue;
        (void)feclearexcept(FE_ALL_EXCEPT);
        assert_int_equal(f->to(y, x, 64 - from / 64 % 2, f->map->usual), ACT_OK);
        const int raised = fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
        for (size_t i = 0; i < 64; ++i)
            infinite |= (y[i] & 0x7FFF) == f->type->infinity;
        if (raised & ~(infinite ? FE_OVERFLOW : 0))
            fail_msg("%s_%s from %04x on %s raises %s", f->name, f->type->name, (unsigned)from,
                     act_backend(), raised & FE_INVALID ? "FE_INVALID" : "another flag");
    }
}

/*
 * tanh(x) is below 1, which no long double tells for a large x, so that the reference might be
 * wrong: no result is below x - 1.
 */
static void check_tanhshrink_of_large(const half_function *f) {
    const half_type *t = f->type;
    static uint16_t x[HALF_INPUTS], y[HALF_INPUTS];
    every_input(x);
    assert_int_equal(f->to(y, x, HALF_INPUTS, f->map->usual), ACT_OK);
    for (size_t i = 0; i < t->infinity; ++i) {
        const double size = half_value(t, x[i]);
        if (size >= 64 && half_value(t, y[i]) < size - 1)
            fail_msg("tanhshrink_%s of %a is %a", t->name, size, half_value(t, y[i]));
        assert_int_equal(y[i + 0x8000], y[i] + 0x8000);
    }
}
static void tanhshrink_of_large(void **state) {
    size_t found = 0;
    for (size_t k = 0; k < half_function_count; ++k)
        if (half_functions[k].type == type_of(state) &&
            strcmp(half_functions[k].name, "tanhshrink") == 0) {
            check_tanhshrink_of_large(&half_functions[k]);
            ++found;
        }
    assert_int_equal(found, 1);
}

/* Every number of the type to f32, and back; what differs is a NaN, which stays one. */
static void conversion_of_all(void **state) {
    const half_type *t = type_of(state);
    static uint16_t x[HALF_INPUTS], back[HALF_INPUTS];
    static float y[HALF_INPUTS];
    every_input(x);
    assert_int_equal(t->to_f32(y, x, HALF_INPUTS), ACT_OK);
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        assert_true(same_bits(y[i], (float)half_value(t, x[i])));
    assert_int_equal(t->from_f32(back, y, HALF_INPUTS), ACT_OK);
    for (size_t i = 0; i < HALF_INPUTS; ++i)
        assert_true(half_same(t, back[i], x[i]));
}

/* Each midpoint of two neighbours, the floats beside it, specials, and random bits. */
static void conversion_of_floats(void **state) {
    const half_type *t = type_of(state);
    enum { NEAR = 5 * HALF_INPUTS, RANDOM = 1 << 20 };
    const size_t n = NEAR + SPECIALS + RANDOM;
    float *x = malloc(n * sizeof *x);
    uint16_t *y = malloc(n * sizeof *y);
    assert_true(x && y);
    for (size_t i = 0; i < HALF_INPUTS; ++i) {
        const uint16_t next = (uint16_t)(i + 1);
        double middle = (half_value(t, (uint16_t)i) + half_value(t, next)) / 2;
        if (next % 0x8000 == t->infinity) /* towards infinity, half a step beyond */
            middle = half_value(t, (uint16_t)i) * 2 -
                     (half_value(t, (uint16_t)i) + half_value(t, (uint16_t)(i - 1))) / 2;
        const float at = (float)middle;
        x[5 * i] = at;
        x[5 * i + 1] = nextafterf(at, INFINITY);
        x[5 * i + 2] = nextafterf(at, -INFINITY);
        x[5 * i + 3] = nextafterf(x[5 * i + 1], INFINITY);
        x[5 * i + 4] = nextafterf(x[5 * i + 2], -INFINITY);
    }
    for (size_t i = 0; i < SPECIALS; ++i)
        x[NEAR + i] = float_of(specials[i]);
    fill_mixed(x + NEAR + SPECIALS, RANDOM, 1);
    assert_int_equal(t->from_f32(y, x, n), ACT_OK);
    for (size_t i = 0; i < n; ++i) {
        const uint16_t right = half_nearest(t, (long double)x[i], 0);
        if (!half_same(t, y[i], right))
            fail_msg("%a to %s on %s is %04x and should be %04x", (double)x[i], t->name,
                     act_backend(), (unsigned)y[i], (unsigned)right);
    }
    free(x);
    free(y);
}

static void conversion_places(void **state) {
    const half_type *t = type_of(state);
    guard *const g = guard_new(LENGTHS + OFFSETS), *const h = guard_new(LENGTHS + OFFSETS);
    for (size_t n = 0; n < LENGTHS; ++n)
        for (size_t trial = 0; trial < 2; ++trial) {
            const guard_side side = trial ? GUARD_START : GUARD_END;
            uint16_t x[LENGTHS] = {0};
            for (size_t i = 0; i < n; ++i)
                x[i] = (uint16_t)(0x3C00 + i);
            uint16_t *halves = place(g, side, n % OFFSETS, x, n);
            float *floats = guard_place(h, side, (n + 1) % OFFSETS, n);
            assert_int_equal(t->to_f32(floats, halves, n), ACT_OK);
            for (size_t i = 0; i < n; ++i)
                assert_true(same_bits(floats[i], (float)half_value(t, x[i])));
            guard_check(g);
            guard_check(h);
            memset(halves, 0, n * sizeof *halves);
            assert_int_equal(t->from_f32(halves, floats, n), ACT_OK);
            assert_memory_equal(halves, x, n * sizeof *x);
            guard_check(g);
            guard_check(h);
        }
    guard_free(g);
    guard_free(h);
}

static void conversion_errors(void **state) {
    const half_type *t = type_of(state);
    float f[32] = {0};
    uint16_t *const h = (uint16_t *)(void *)f;
    assert_int_equal(t->to_f32(NULL, NULL, 0), ACT_OK);
    assert_int_equal(t->to_f32(NULL, h, 1), ACT_ERROR_NULL);
    assert_int_equal(t->from_f32(NULL, f, 1), ACT_ERROR_NULL);
    assert_int_equal(t->from_f32((uint16_t *)(void *)((char *)f + 1), f + 1, 1),
                     ACT_ERROR_ALIGNMENT);
    assert_int_equal(t->to_f32((float *)(void *)(h + 1), h + 8, 1), ACT_ERROR_ALIGNMENT);
    assert_int_equal(t->to_f32(f, h, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(t->to_f32(f, h + 7, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(t->to_f32(f, h + 8, 4), ACT_OK);
    assert_int_equal(t->from_f32(h, f + 16, 16), ACT_OK);
    assert_int_equal(t->from_f32(h + 33, f + 16, 8), ACT_ERROR_OVERLAP);
    assert_int_equal(t->from_f32(h, f + 16, SIZE_MAX / 4), ACT_ERROR_SIZE);
}

/* The list in the tree has every input that is close to a midpoint, with the right result. */
typedef struct {
    const char *function, *type;
    double error;
    const uint32_t *entries;
    size_t count;
} midpoint_list;
#define LIST(type, infinity, wide, name)                                                           \
    static const uint32_t entries_##type##_##name[] = {MIDPOINTS_LIST(type, name)};
#define ACT_MAP(name, of, params, types) IF_TYPE(HAS_HALF_##types, EACH_STORAGE(LIST, name))
#define ACT_GATED                        ACT_SKIP
#define ACT_PAIR                         ACT_SKIP
#define ACT_ROWS                         ACT_SKIP
#define ACT_ROWS_PAIR                    ACT_SKIP
#define ACT_ROWS_OWN                     ACT_SKIP
#include "functions.def"
#undef LIST
static const midpoint_list lists[] = {
#define LIST(type, infinity, wide, name)                                                           \
    {#name, #type, (double)MIDPOINTS_ERROR(type, name), entries_##type##_##name,                   \
     MIDPOINTS_COUNT(entries_##type##_##name)},
#define ACT_MAP(name, of, params, types) IF_TYPE(HAS_HALF_##types, EACH_STORAGE(LIST, name))
#define ACT_GATED                        ACT_SKIP
#define ACT_PAIR                         ACT_SKIP
#define ACT_ROWS                         ACT_SKIP
#define ACT_ROWS_PAIR                    ACT_SKIP
#define ACT_ROWS_OWN                     ACT_SKIP
#include "functions.def"
};
static void midpoints_are_listed(void **state) {
    const half_function *f = function_of(state);
    const midpoint_list *list = NULL;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; ++k)
        if (strcmp(lists[k].function, f->name) == 0 && strcmp(lists[k].type, f->type->name) == 0)
            list = &lists[k];
    assert_non_null(list);
    size_t found = 0;
    if (quick())
        skip();
    for (size_t i = 0; i < HALF_INPUTS && list->error > 0; ++i) {
        const long double exact = half_exact(f, (uint16_t)i, f->map->usual);
        if (!isfinite(exact) || exact == 0 ||
            !(midpoint_distance(f->type, exact) <= (long double)list->error))
            continue;
        const uint32_t entry = (uint32_t)i << 16 | half_right(f, (uint16_t)i);
        assert_true(found < list->count);
        assert_int_equal(list->entries[found++], entry);
    }
    assert_int_equal(found, list->count);
}

static int run(void) {
    enum { PER_FUNCTION = 9, PER_TYPE = 5 };
    static const struct {
        const char *name;
        CMUnitTestFunction test;
    } of_function[PER_FUNCTION] = {{"correctly rounded", correctly_rounded},
                                   {"shuffled", shuffled},
                                   {"other parameters", other_parameters},
                                   {"exact ones", exact_ones},
                                   {"lengths and places", lengths_and_places},
                                   {"errors", errors},
                                   {"by value", by_value},
                                   {"flags", flags},
                                   {"midpoints are listed", midpoints_are_listed}},
      of_type[PER_TYPE] = {{"all to f32 and back", conversion_of_all},
                           {"from f32", conversion_of_floats},
                           {"lengths and places", conversion_places},
                           {"errors", conversion_errors},
                           {"tanhshrink of large numbers", tanhshrink_of_large}};
    const size_t count = half_function_count * PER_FUNCTION + (size_t)HALF_TYPES * PER_TYPE;
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    char(*names)[64] = calloc(count, sizeof *names);
    if (!tests || !names) {
        free(tests);
        free(names);
        return 1;
    }
    size_t k = 0;
    for (size_t f = 0; f < half_function_count; ++f)
        for (size_t i = 0; i < PER_FUNCTION; ++i, ++k) {
            const half_function *function = &half_functions[f];
            snprintf(names[k], sizeof *names, "%s_%s: %s", function->name, function->type->name,
                     of_function[i].name);
            tests[k] =
                (struct CMUnitTest){names[k], of_function[i].test, NULL, NULL, (void *)function};
        }
    for (size_t t = 0; t < HALF_TYPES; ++t)
        for (size_t i = 0; i < PER_TYPE; ++i, ++k) {
            snprintf(names[k], sizeof *names, "%s: %s", half_types[t].name, of_type[i].name);
            tests[k] =
                (struct CMUnitTest){names[k], of_type[i].test, NULL, NULL, (void *)&half_types[t]};
        }
    const int failed = _cmocka_run_group_tests("half", tests, count, NULL, NULL);
    free(tests);
    free(names);
    return failed;
}

int main(void) { return on_each_backend(run); }
