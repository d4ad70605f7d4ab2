/*
 * The row-wise functions, with all their operands, on every backend that runs here: the same bits,
 * except in the fast tier, and the same flags.  The hashes allow a comparison with other
 * processors.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/harness.h"
#include "support/rows.h"

enum { MOST = 20000, FLAGS = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW };
static row_room room;
static float *first;
static backend_list backends;

/* FNV-1a over the bits; all NaNs count as the same one. */
static uint64_t hash_more(uint64_t hash, float y) {
    const uint32_t bits = isnan(y) ? 0x7FC00000 : bits_of(y);
    for (int shift = 0; shift < 32; shift += 8)
        hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3;
    return hash;
}

static int call_on(size_t backend, const row_wise *f, const row_call *c) {
    assert_int_equal(act_set_backend(backends.name[backend]), ACT_OK);
    feclearexcept(FE_ALL_EXCEPT);
    assert_int_equal(f->call(c), ACT_OK);
    return fetestexcept(FLAGS);
}

/* Sometimes an infinity or the end of the range; no NaN, whose flags depend on comparisons. */
static void mix_in(const row_wise *f, const row_call *c, uint64_t seed) {
    static const float set[] = {-INFINITY, INFINITY, FLT_MAX, -FLT_MAX, -10000.0F, 0x1p-149F};
    random_source random = {seed};
    for (size_t k = 0; k < ROW_OPERANDS && seed % 3 == 0; ++k) {
        const size_t n = row_floats(f->operand[k].shape, c->stride[k], c->rows, c->cols);
        for (size_t i = 0; i < n; i += 1 + random_below(&random, 100))
            c->src[k][i] = set[random_below(&random, sizeof set / sizeof set[0])];
    }
}

static void same_on_all(void **state) {
    const row_wise *f = *state;
    static const double ranges[] = {1, 10, 100, 1e30};
    uint64_t hash = 0xCBF29CE484222325;
    for (size_t trial = 0; trial < 4; ++trial)
        for (size_t cols = 1; cols <= MOST; cols = cols < 130 ? cols + 1 : cols * 5 + 3) {
            const size_t rows = cols >= 70 ? 1 : cols % 3 ? 3 : 19;
            row_call c = row_call_in(&room, rows, cols, cols, cols);
            row_fill(f, &c, ranges[trial], cols);
            mix_in(f, &c, cols);
            const size_t n = row_floats(f->result, cols, rows, cols);
            const int raised = call_on(0, f, &c);
            memcpy(first, c.dst, n * sizeof *first);
            for (size_t k = 1; k < backends.count; ++k) {
                const int also = call_on(k, f, &c);
                if (raised != also)
                    fail_msg("%s of %zu x %zu: raises %x on %s, %x on %s", f->name, rows, cols,
                             (unsigned)raised, backends.name[0], (unsigned)also, backends.name[k]);
                for (size_t i = 0; i < n && !f->bound->fast; ++i)
                    if (!same_bits(first[i], c.dst[i]))
                        fail_msg("%s of %zu x %zu, element %zu: %a on %s, %a on %s", f->name, rows,
                                 cols, i, (double)first[i], backends.name[0], (double)c.dst[i],
                                 backends.name[k]);
            }
            for (size_t i = 0; i < n; ++i)
                hash = hash_more(hash, first[i]);
        }
    if (!f->bound->fast)
        print_message("hash of %s: %016llx\n", f->name, (unsigned long long)hash);
}

int main(void) {
    room = row_room_new(MOST);
    first = malloc(MOST * sizeof *first);
    backends = available_backends();
    int failed = 0;
    for (size_t k = 0; k < row_wise_count; ++k) {
        const struct CMUnitTest tests[] = {
            {"same_on_all", same_on_all, NULL, NULL, (void *)row_wise_functions[k]}};
        failed += cmocka_run_group_tests_name(row_wise_functions[k]->name, tests, NULL, NULL);
    }
    free(first);
    row_room_free(&room);
    if (!failed && backends.count == 1) {
        print_message("%s is the only backend here: nothing to compare\n", backends.name[0]);
        return EXIT_SKIPPED;
    }
    return failed;
}
