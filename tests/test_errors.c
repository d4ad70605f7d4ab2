/* Every error of the contract, for every function: the status, and no buffer touched. */
#include <stdio.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

enum { FLOATS = 64, MIDDLE = 24 };
static const size_t too_many[] = {ACT_SLICE(SIZE_MAX / 4),
                                  SIZE_MAX,
                                  SIZE_MAX / 2,
                                  SIZE_MAX / 4,
                                  SIZE_MAX / 4 + 1,
                                  (size_t)PTRDIFF_MAX / sizeof(float) + 1};
enum { TOO_MANY = sizeof too_many / sizeof too_many[0] };

/* The buffers of the calls, and their content, which must be unchanged after a failed call. */
static float memory[FLOATS], untouched[FLOATS];

static int reset(void **state) {
    (void)state;
    fill_uniform(memory, FLOATS, -2, 2, 3);
    memcpy(untouched, memory, sizeof memory);
    return 0;
}

static float *misaligned(size_t bytes) { return (float *)(void *)((char *)memory + bytes); }

/* Aligned, and so close to the end of the address space that `floats` floats do not fit. */
static float *last(size_t floats) {
    uintptr_t address = UINTPTR_MAX / 4 * 4 - floats * 4 + 4;
    float *p;
    memcpy(&p, &address, sizeof p);
    return p;
}

#define refused(call, status)                                                                      \
    do {                                                                                           \
        assert_int_equal(call, status);                                                            \
        assert_memory_equal(memory, untouched, sizeof memory);                                     \
    } while (0)

static void map_null(void **state) {
    const map_function *f = *state;
    for (size_t n = 1; n <= SIZE_MAX / 4; n = n * 3 + 1) {
        refused(f->in_place(NULL, n, f->usual), ACT_ERROR_NULL);
        refused(f->to(NULL, NULL, n, f->usual), ACT_ERROR_NULL);
    }
    for (size_t n = 1; n <= FLOATS; ++n) {
        refused(f->to(memory, NULL, n, f->usual), ACT_ERROR_NULL);
        refused(f->to(NULL, memory, n, f->usual), ACT_ERROR_NULL);
    }
}

static void map_empty(void **state) {
    const map_function *f = *state;
    float *const pointers[] = {NULL, memory, memory + 1, misaligned(1), last(0)};
    for (size_t i = 0; i < 5; ++i) {
        refused(f->in_place(pointers[i], 0, f->usual), ACT_OK);
        for (size_t k = 0; k < 5; ++k)
            refused(f->to(pointers[i], pointers[k], 0, f->usual), ACT_OK);
    }
}

static void map_size(void **state) {
    const map_function *f = *state;
    for (size_t i = 0; i < TOO_MANY; ++i) {
        refused(f->in_place(memory, too_many[i], f->usual), ACT_ERROR_SIZE);
        refused(f->to(memory, memory, too_many[i], f->usual), ACT_ERROR_SIZE);
        refused(f->to(memory, memory + 1, too_many[i], f->usual), ACT_ERROR_SIZE);
    }
    refused(f->in_place(last(3), 5, f->usual), ACT_ERROR_SIZE);
    refused(f->to(memory, last(3), 5, f->usual), ACT_ERROR_SIZE);
    refused(f->to(last(3), memory, 5, f->usual), ACT_ERROR_SIZE);
}

static void map_alignment(void **state) {
    const map_function *f = *state;
    for (size_t bytes = 1; bytes < sizeof(float); ++bytes) {
        refused(f->in_place(misaligned(bytes), 3, f->usual), ACT_ERROR_ALIGNMENT);
        refused(f->to(memory + MIDDLE, misaligned(bytes), 3, f->usual), ACT_ERROR_ALIGNMENT);
        refused(f->to(misaligned(bytes), memory + MIDDLE, 3, f->usual), ACT_ERROR_ALIGNMENT);
        refused(f->to(misaligned(bytes), misaligned(bytes), 3, f->usual), ACT_ERROR_ALIGNMENT);
    }
}

static void map_overlap(void **state) {
    const map_function *f = *state;
    for (size_t n = 1; n <= 20; ++n)
        for (size_t apart = 1; apart < n; ++apart) {
            refused(f->to(memory + apart, memory, n, f->usual), ACT_ERROR_OVERLAP);
            refused(f->to(memory, memory + apart, n, f->usual), ACT_ERROR_OVERLAP);
        }
    /* Adjacent arrays do not overlap. */
    for (size_t n = 1; n <= 20; ++n) {
        float expected[FLOATS];
        assert_int_equal(f->to(expected, memory, n, f->usual), ACT_OK);
        assert_int_equal(f->to(memory + n, memory, n, f->usual), ACT_OK);
        assert_memory_equal(memory + n, expected, n * sizeof(float));
        assert_memory_equal(memory, untouched, n * sizeof(float));
        reset(NULL);
        assert_int_equal(f->to(expected, memory + n, n, f->usual), ACT_OK);
        assert_int_equal(f->to(memory, memory + n, n, f->usual), ACT_OK);
        assert_memory_equal(memory, expected, n * sizeof(float));
        reset(NULL);
    }
}

/* Errors in one operand while the other is valid, for either operand. */
static void pair_other_operand(void **state) {
    const map_function *f = *state;
    const struct {
        float *dst;
        const float *bad;
        act_status status;
    } cases[] = {
        {memory, NULL, ACT_ERROR_NULL},          {memory, misaligned(2), ACT_ERROR_ALIGNMENT},
        {memory, memory + 1, ACT_ERROR_OVERLAP}, {memory + 4, memory, ACT_ERROR_OVERLAP},
        {memory, last(3), ACT_ERROR_SIZE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i)
        for (int same = 0; same <= 1; ++same) {
            float *dst = cases[i].dst;
            const float *good = same ? dst : memory + MIDDLE;
            refused(f->pair->call(dst, good, cases[i].bad, 5, f->usual), cases[i].status);
            refused(f->pair->call(dst, cases[i].bad, good, 5, f->usual), cases[i].status);
        }
    refused(f->pair->call(NULL, memory, memory, 5, f->usual), ACT_ERROR_NULL);
    refused(f->pair->call(NULL, NULL, misaligned(1), 0, f->usual), ACT_OK);
    refused(f->pair->call(memory, memory, memory, SIZE_MAX / 2, f->usual), ACT_ERROR_SIZE);
}

/* Each argument invalid in turn, and each result overlapping every other array. */
static void gated_errors(void **state) {
    const gated_gradient *f = *state;
    enum { DGATE, DUP, ARRAYS = 5, N = 5 };
    float *good[ARRAYS];
    for (size_t i = 0; i < ARRAYS; ++i)
        good[i] = memory + 8 + 10 * i;
#define CALL(a, n) f->call((a)[0], (a)[1], (a)[2], (a)[3], (a)[4], n, f->gated->usual)
    for (size_t k = 0; k < ARRAYS; ++k) {
        float *a[ARRAYS];
        memcpy(a, good, sizeof a);
        a[k] = NULL;
        refused(CALL(a, N), ACT_ERROR_NULL);
        a[k] = misaligned(4 * (8 + 10 * k) + 1);
        refused(CALL(a, N), ACT_ERROR_ALIGNMENT);
        a[k] = last(3);
        refused(CALL(a, N), ACT_ERROR_SIZE);
        for (size_t result = DGATE; result <= DUP; ++result)
            for (int apart = -(N - 1); apart < N && k != result; ++apart) {
                memcpy(a, good, sizeof a);
                a[result] = good[k] + apart;
                if (apart != 0 || k <= DUP)
                    refused(CALL(a, N), ACT_ERROR_OVERLAP);
            }
    }
    for (size_t i = 0; i < TOO_MANY; ++i)
        refused(CALL(good, too_many[i]), ACT_ERROR_SIZE);
    refused(f->call(NULL, NULL, misaligned(1), memory, memory + 1, 0, f->gated->usual), ACT_OK);
    refused(f->call(memory, memory, memory, memory, memory, 0, f->gated->usual), ACT_OK);
#undef CALL

    /* Adjacent arrays do not overlap, and operands may overlap each other. */
    float *const m = memory, dgate[N], dup[N];
    assert_int_equal(f->call(dgate, dup, m + 10, m + 11, m + 12, N, f->gated->usual), ACT_OK);
    assert_int_equal(f->call(m + 5, m, m + 10, m + 11, m + 12, N, f->gated->usual), ACT_OK);
    assert_memory_equal(m + 5, dgate, sizeof dgate);
    assert_memory_equal(m, dup, sizeof dup);
    assert_memory_equal(m + 10, untouched + 10, sizeof memory - 10 * sizeof *m);
}

static void rows_null(void **state) {
    const rows_function *f = *state;
    refused(f->in_place(NULL, 1, 1), ACT_ERROR_NULL);
    refused(f->in_place(NULL, 3, 5), ACT_ERROR_NULL);
    refused(f->in_place(NULL, SIZE_MAX, SIZE_MAX), ACT_ERROR_NULL);
    refused(f->to(NULL, 5, memory, 5, 3, 5), ACT_ERROR_NULL);
    refused(f->to(memory, 5, NULL, 5, 3, 5), ACT_ERROR_NULL);
    refused(f->to(NULL, 5, NULL, 5, 3, 5), ACT_ERROR_NULL);
}

static void rows_empty(void **state) {
    const rows_function *f = *state;
    static const size_t shapes[][2] = {{0, 0}, {0, 5}, {5, 0}, {0, SIZE_MAX}, {SIZE_MAX, 0}};
    float *const pointers[] = {NULL, memory, memory + 1, misaligned(1)};
    for (size_t s = 0; s < 5; ++s)
        for (size_t i = 0; i < 4; ++i) {
            refused(f->in_place(pointers[i], shapes[s][0], shapes[s][1]), ACT_OK);
            for (size_t k = 0; k < 4; ++k)
                refused(f->to(pointers[i], i, pointers[k], k, shapes[s][0], shapes[s][1]), ACT_OK);
        }
}

static void rows_size(void **state) {
    const rows_function *f = *state;
    for (size_t i = 0; i < TOO_MANY; ++i) {
        const size_t n = too_many[i];
        refused(f->in_place(memory, 1, n), ACT_ERROR_SIZE);
        refused(f->in_place(memory, n, 1), ACT_ERROR_SIZE);
        refused(f->in_place(memory, n, n), ACT_ERROR_SIZE);
        refused(f->in_place(memory, n / 3 + 1, 3), ACT_ERROR_SIZE);
        /*
         * The stride of either matrix is too large by itself; for a single row it does not matter.
         */
        refused(f->to(memory, n, memory + MIDDLE, 3, 2, 3), ACT_ERROR_SIZE);
        refused(f->to(memory, 3, memory + MIDDLE, n, 2, 3), ACT_ERROR_SIZE);
    }
    /* rows * stride is small if the product wraps around. */
    refused(f->to(memory, SIZE_MAX / 2 + 1, memory, SIZE_MAX / 2 + 1, 3, 4), ACT_ERROR_SIZE);
    refused(f->to(memory, 8, memory + MIDDLE, 8, SIZE_MAX / 8 + 2, 4), ACT_ERROR_SIZE);
    refused(f->in_place(last(8), 3, 5), ACT_ERROR_SIZE);
    refused(f->to(last(8), 5, memory, 5, 3, 5), ACT_ERROR_SIZE);
    refused(f->to(memory, 5, last(8), 5, 3, 5), ACT_ERROR_SIZE);
}

static void rows_alignment(void **state) {
    const rows_function *f = *state;
    for (size_t bytes = 1; bytes < sizeof(float); ++bytes) {
        refused(f->in_place(misaligned(bytes), 2, 3), ACT_ERROR_ALIGNMENT);
        refused(f->to(memory + MIDDLE, 3, misaligned(bytes), 3, 2, 3), ACT_ERROR_ALIGNMENT);
        refused(f->to(misaligned(bytes), 3, memory + MIDDLE, 3, 2, 3), ACT_ERROR_ALIGNMENT);
    }
}

static void rows_stride(void **state) {
    const rows_function *f = *state;
    for (size_t cols = 1; cols < 10; ++cols)
        for (size_t stride = 0; stride < cols; ++stride)
            for (size_t rows = 1; rows < 3; ++rows) {
                refused(f->to(memory + MIDDLE, cols, memory, stride, rows, cols), ACT_ERROR_STRIDE);
                refused(f->to(memory + MIDDLE, stride, memory, cols, rows, cols), ACT_ERROR_STRIDE);
                refused(f->to(memory, stride, memory, stride, rows, cols), ACT_ERROR_STRIDE);
            }
}

/* The definition of overlap, float by float; dst begins `apart` floats after src. */
typedef struct {
    size_t dst_stride, src_stride, rows, cols;
    ptrdiff_t apart;
} layout;

static bool overlaps(layout l) {
    for (size_t i = 0; i < l.rows; ++i)
        for (size_t k = 0; k < l.rows; ++k) {
            ptrdiff_t gap = l.apart + (ptrdiff_t)(i * l.dst_stride) - (ptrdiff_t)(k * l.src_stride);
            if (gap < (ptrdiff_t)l.cols && -gap < (ptrdiff_t)l.cols)
                return true;
        }
    return false;
}

static void check_layout(const rows_function *f, layout l) {
    float *src = memory + MIDDLE, *dst = src + l.apart;
    bool same = l.apart == 0 && (l.dst_stride == l.src_stride || l.rows == 1);
    if (!same && overlaps(l)) {
        refused(f->to(dst, l.dst_stride, src, l.src_stride, l.rows, l.cols), ACT_ERROR_OVERLAP);
        return;
    }
    float expected[FLOATS];
    memcpy(expected, untouched, sizeof expected);
    for (size_t r = 0; r < l.rows; ++r)
        assert_int_equal(f->to(expected + MIDDLE + l.apart + r * l.dst_stride, l.cols,
                               untouched + MIDDLE + r * l.src_stride, l.cols, 1, l.cols),
                         ACT_OK);
    assert_int_equal(f->to(dst, l.dst_stride, src, l.src_stride, l.rows, l.cols), ACT_OK);
    assert_memory_equal(memory, expected, sizeof memory);
    reset(NULL);
}

/* Rows may interleave: every layout that fits, compared with the definition. */
static void rows_overlap(void **state) {
    layout l;
    for (l.rows = 1; l.rows <= 3; ++l.rows)
        for (l.cols = 1; l.cols <= 4; ++l.cols)
            for (l.dst_stride = l.cols; l.dst_stride <= 9; ++l.dst_stride)
                for (l.src_stride = l.cols; l.src_stride <= 9; ++l.src_stride)
                    for (l.apart = -MIDDLE; l.apart <= 18; ++l.apart)
                        check_layout(*state, l);
}

static void status_strings(void **state) {
    (void)state;
    enum { KNOWN = ACT_ERROR_UNSUPPORTED + 1 };
    for (int i = 0; i < KNOWN; ++i) {
        const char *text = act_status_string((act_status)i);
        assert_non_null(text);
        assert_true(strlen(text) > 0);
        assert_string_not_equal(text, "unknown status");
        for (int k = 0; k < i; ++k)
            assert_string_not_equal(text, act_status_string((act_status)k));
    }
    /*
     * The enumeration has no negative value, so its type may be unsigned, with -1 as its maximum.
     */
    static const int unknown[] = {KNOWN, 7777, -1};
    for (size_t i = 0; i < 3; ++i) {
        act_status status;
        memcpy(&status, &unknown[i], sizeof status);
        assert_string_equal(act_status_string(status), "unknown status");
    }
    assert_int_equal(ACT_OK, 0);
}

static void version(void **state) {
    (void)state;
    char text[32];
    (void)snprintf(text, sizeof text, "%d.%d.%d", ACT_VERSION_MAJOR, ACT_VERSION_MINOR,
                   ACT_VERSION_PATCH);
    assert_string_equal(ACT_VERSION_STRING, text);
    assert_string_equal(act_version(), text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST_OF(kind, error, name) FUNCTION_TEST(kind##_##error, reset, kind, name)
#define OF_ONE(name)                                                                               \
    TEST_OF(map, null, name), TEST_OF(map, empty, name), TEST_OF(map, size, name),                 \
        TEST_OF(map, alignment, name), TEST_OF(map, overlap, name),
#define OF_TWO(name)                     OF_ONE(name) FUNCTION_TEST(pair_other_operand, reset, map, name),
#define ACT_MAP(name, of, params, types) OF_ONE(name) IF_GRAD_##of(OF_TWO(name##_grad))
#define ACT_GATED(name, slope, params, types)                                                      \
    EACH_OF_GATED(OF_TWO, name) TEST_OF(gated, errors, name##_grad),
#define ACT_PAIR(name, first, params, types) OF_TWO(name)
#define ACT_ROWS(name, types)                                                                      \
    TEST_OF(rows, null, name), TEST_OF(rows, empty, name), TEST_OF(rows, size, name),              \
        TEST_OF(rows, alignment, name), TEST_OF(rows, stride, name), TEST_OF(rows, overlap, name),
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
        cmocka_unit_test(status_strings),
        cmocka_unit_test(version),
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
