/*
 * The same bits on every backend that runs here, except in the fast tier, which does not guarantee
 * them.  The printed hashes allow a comparison with runs on other processors.
 */
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

/* Only rows that a quick run also has are hashed. */
enum { LONG_ROW = 100000, HASHED = 10000 };

static float *input, *first, *other;
static backend_list backends;

static size_t longest(void) { return quick() ? 20000 : LONG_ROW; }

static void use(size_t backend) {
    assert_int_equal(act_set_backend(backends.name[backend]), ACT_OK);
}

static void assert_identical(const char *function, size_t backend, size_t n) {
    for (size_t i = 0; i < n; ++i)
        if (!same_bits(first[i], other[i]))
            fail_msg("%s of %a, element %zu of %zu: %a on %s, %a on %s", function, (double)input[i],
                     i, n, (double)first[i], backends.name[0], (double)other[i],
                     backends.name[backend]);
}

/* FNV-1a over the bits; all NaNs count as the same one. */
static uint64_t hash_more(uint64_t hash, const float *y, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        uint32_t bits = isnan(y[i]) ? 0x7FC00000 : bits_of(y[i]);
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3;
    }
    return hash;
}
static const uint64_t hash_of_nothing = 0xCBF29CE484222325;

static size_t next_length(size_t n) { return n < 70 ? n + 1 : n * 5 + 3; }

static void elementwise(void **state) {
    const map_function *f = *state;
    if (f->bound->fast)
        skip();
    uint64_t hash = hash_of_nothing;
    for (size_t set = 0; set < parameter_sets(f); ++set) {
        float p[MAX_PARAMETERS];
        parameter_set(f, set, p);
        for (size_t n = 0; n <= 20000; n = next_length(n)) {
            fill_mixed(input, n, n);
            use(0);
            assert_int_equal(f->to(first, input, n, p), ACT_OK);
            for (size_t k = 1; k < backends.count; ++k) {
                use(k);
                assert_int_equal(f->to(other, input, n, p), ACT_OK);
                assert_identical(f->name, k, n);
            }
            hash = hash_more(hash, first, n);
        }
    }
    print_message("hash of %s: %016llx\n", f->name, (unsigned long long)hash);
}

static void row_wise(void **state) {
    const rows_function *f = *state;
    if (f->bound->fast)
        skip();
    uint64_t hash = hash_of_nothing;
    static const float ranges[] = {1, 10, 100, 1e30F};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; ++i)
        for (size_t n = 1; n <= longest();
             n = n == longest() || next_length(n) < longest() ? next_length(n) : longest()) {
            const size_t rows = n < 70 ? 3 : 1;
            fill_uniform(input, rows * n, -ranges[i], ranges[i], n);
            use(0);
            assert_int_equal(f->to(first, n, input, n, rows, n), ACT_OK);
            for (size_t k = 1; k < backends.count; ++k) {
                use(k);
                assert_int_equal(f->to(other, n, input, n, rows, n), ACT_OK);
                assert_identical(f->name, k, rows * n);
            }
            hash = n < HASHED ? hash_more(hash, first, rows * n) : hash;
        }
    print_message("hash of %s: %016llx\n", f->name, (unsigned long long)hash);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define ELEMENTWISE(name)                     MAP_TEST(elementwise, name),
#define ACT_MAP(name, of, params, types)      EACH_OF_MAP(ELEMENTWISE, name, of)
#define ACT_GATED(name, slope, params, types) EACH_OF_GATED(ELEMENTWISE, name)
#define ACT_PAIR(name, first, params, types)  ELEMENTWISE(name)
#define ACT_ROWS(name, types)                 ROWS_TEST(row_wise, name),
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
    };
    input = malloc(LONG_ROW * sizeof *input);
    first = malloc(LONG_ROW * sizeof *first);
    other = malloc(LONG_ROW * sizeof *other);
    backends = available_backends();
    int failed = cmocka_run_group_tests_name("identity", tests, NULL, NULL);
    free(input);
    free(first);
    free(other);
    if (!failed && backends.count == 1) {
        print_message("%s is the only backend here: nothing to compare\n", backends.name[0]);
        return EXIT_SKIPPED;
    }
    return failed;
}
