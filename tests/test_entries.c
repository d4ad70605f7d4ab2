/*
 * The entry points only pass their arguments to the kernel of the backend in use, each to its own.
 * src/entry.c is compiled once more into this test, with spies as the kernels.
 */
#include <stdarg.h>
#include <string.h>

#include "cpu.h"
#include "dispatch.h"
#include "support/harness.h"

/* A call of a kernel.  Its arguments are pointers, sizes, floats and an enumeration: p n f e. */
typedef struct {
    const char *function;
    unsigned backend;
    const void *pointer[5];
    size_t size[8];
    double number[4];
    int choice;
} call;

static call record(const char *function, unsigned backend, const char *format, ...) {
    call c = {.function = function, .backend = backend};
    size_t pointers = 0, sizes = 0, numbers = 0;
    va_list arguments;
    va_start(arguments, format);
    for (; *format; ++format)
        switch (*format) {
        case 'p':
            c.pointer[pointers++] = va_arg(arguments, const float *);
            break;
        case 'n':
            c.size[sizes++] = va_arg(arguments, size_t);
            break;
        case 'f':
            c.number[numbers++] = va_arg(arguments, double);
            break;
        default:
            c.choice = va_arg(arguments, int);
        }
    va_end(arguments);
    return c;
}

#define MAP_FORMAT                 "ppnff"
#define PAIR_FORMAT                "pppnff"
#define GATED_GRAD_FORMAT          "pppppnff"
#define ROWS_FORMAT                "pnpnnn"
#define ROWS_PAIR_FORMAT           "pnpnpnnn"
#define FORMAT_prelu               "pnpnpnn"
#define FORMAT_prelu_grad          "pnpnpnpnn"
#define FORMAT_logsumexp           "ppnnn"
#define FORMAT_logsumexp_grad      "pnppnnn"
#define FORMAT_softmax_masked      "pnpnpnnnfe"
#define FORMAT_softmax_masked_fast FORMAT_softmax_masked
#define FORMAT_softmax_masked_grad "pnpnpnnnf"
/* The options are a copy, whose address says nothing. */
#define FORMAT_attention_softmax      "pnpnnnn"
#define FORMAT_attention_softmax_fast FORMAT_attention_softmax
#define FORMAT_attention_softmax_grad "pnpnpnnn"
#define FORMAT_xielu                  "ppnffff"
#define FORMAT_xielu_grad             "pppnffff"
#define FORMAT_prelu_channels         "pppnnn"
#define FORMAT_prelu_channels_grad    "ppppnnn"
#define FORMAT_prelu_slope_grad       "pppnnn"
#define FORMAT_max                    "pnp"
#define FORMAT_exp_sum                "ppnfp"

/* The spies. */

static call seen;

#define UNPACKED(...) __VA_ARGS__
#define SPY(backend, backend_name, needs, format, name, parameters, arguments)                     \
    IF_BUILT(                                                                                      \
        backend, ACT_HIDDEN act_status act_##backend##_##name parameters;                          \
        act_status act_##backend##_##name parameters {                                             \
            seen = record(#name, ACT_INDEX_##backend, format, UNPACKED arguments);                 \
            return ACT_OK;                                                                         \
        })
#define SPIES(format, name, parameters, arguments)                                                 \
    EACH_BACKEND(SPY, format, name, parameters, arguments)
#define SPY_MAP(name, parameters, arguments)  SPIES(MAP_FORMAT, name, parameters, arguments)
#define SPY_PAIR(name, parameters, arguments) SPIES(PAIR_FORMAT, name, parameters, arguments)
#define SPY_GATED_GRAD(name, parameters, arguments)                                                \
    SPIES(GATED_GRAD_FORMAT, name, parameters, arguments)
#define SPY_ROWS(name, parameters, arguments) SPIES(ROWS_FORMAT, name, parameters, arguments)
#define SPY_ROWS_PAIR(name, parameters, arguments)                                                 \
    SPIES(ROWS_PAIR_FORMAT, name, parameters, arguments)
#define SPY_OWN(name, parameters, arguments)     SPIES(FORMAT_##name, name, parameters, arguments)
#define SPY_COLUMNS(name, parameters, arguments) SPIES("ppnnn", name, parameters, arguments)
#define ACT_MAP(name, of, params, types)                                                           \
    SIGNATURE_OF_MAP(SPY_MAP, name)                                                                \
    IF_GRAD_##of(SIGNATURE_OF_PAIR(SPY_PAIR, name##_grad))
#define ACT_GATED_BY ACT_SKIP
#define ACT_PAIR_BY  ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    SIGNATURE_OF_PAIR(SPY_PAIR, name)                                                              \
    SIGNATURE_OF_GATED_GRAD(SPY_GATED_GRAD, name##_grad)
#define ACT_PAIR(name, first, params, types) SIGNATURE_OF_PAIR(SPY_PAIR, name)
#define ACT_ROWS(name, types)                SIGNATURE_OF_ROWS(SPY_ROWS, name)
#define ACT_ROWS_PAIR(name, types)           SIGNATURE_OF_ROWS_PAIR(SPY_ROWS_PAIR, name)
#define ACT_ROWS_OWN(name, types)            SIGNATURE_OF_##name(SPY_OWN)
#define ACT_COLUMNS(name)                    SIGNATURE_OF_COLUMNS(SPY_COLUMNS, name)
#define ACT_PART(name)                       SIGNATURE_OF_##name(SPY_OWN)
#include "functions.def"
EACH_XIELU_KERNEL(SPY_OWN)
EACH_CHANNELS_KERNEL(SPY_OWN)

/* The arguments of the entry points; no two are the same. */

static float a[64], b[64], c[64], d[64], e[64];
static const size_t n = 41, rows = 3, cols = 11, stride_a = 12, stride_b = 13, stride_c = 14;

#define ARGUMENTS_NONE
#define ARGUMENTS_ONE(name, usual, range)                           , 3.0F
#define ARGUMENTS_TWO(name, usual, range, name_q, usual_q, range_q) , 3.0F, 4.0F
#define PASSED_NONE                                                 0.0, 0.0
#define PASSED_ONE(name, usual, range)                              3.0, 0.0
#define PASSED_TWO(name, usual, range, name_q, usual_q, range_q)    3.0, 4.0

static void assert_call(call expected) {
    assert_non_null(seen.function);
    assert_string_equal(seen.function, expected.function);
    assert_int_equal(seen.backend, expected.backend);
    assert_memory_equal(seen.pointer, expected.pointer, sizeof seen.pointer);
    assert_memory_equal(seen.size, expected.size, sizeof seen.size);
    for (size_t i = 0; i < sizeof seen.number / sizeof seen.number[0]; ++i)
        assert_true(seen.number[i] == expected.number[i]);
    assert_int_equal(seen.choice, expected.choice);
}

/* Before a call the backend in use is `begin`, 0 if none has been chosen; `then` is called. */
static void check_all(unsigned begin, unsigned then) {
#define CHECK(entry, name, format, ...)                                                            \
    atomic_store(&act_active, begin);                                                              \
    memset(&seen, 0, sizeof seen);                                                                 \
    assert_int_equal(entry, ACT_OK);                                                               \
    assert_call(record(#name, then, format, __VA_ARGS__));
#define CHECK_MAP(name, params)                                                                    \
    CHECK(act_##name##_f32_to(a, b, n ARGUMENTS_##params), name, MAP_FORMAT, a, b, n,              \
          PASSED_##params)                                                                         \
    CHECK(act_##name##_f32(b, n ARGUMENTS_##params), name, MAP_FORMAT, b, b, n, PASSED_##params)
#define CHECK_PAIR(name, params)                                                                   \
    CHECK(act_##name##_f32(a, b, c, n ARGUMENTS_##params), name, PAIR_FORMAT, a, b, c, n,          \
          PASSED_##params)
#define ACT_MAP(name, of, params, types)                                                           \
    CHECK_MAP(name, params)                                                                        \
    IF_GRAD_##of(CHECK_PAIR(name##_grad, params))
#define ACT_GATED_BY ACT_SKIP
#define ACT_PAIR_BY  ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    CHECK_PAIR(name, params)                                                                       \
    CHECK(act_##name##_grad_f32(a, b, c, d, e, n ARGUMENTS_##params), name##_grad,                 \
          GATED_GRAD_FORMAT, a, b, c, d, e, n, PASSED_##params)
#define ACT_PAIR(name, first, params, types) CHECK_PAIR(name, params)
#define ACT_ROWS(name, types)                                                                      \
    CHECK(act_##name##_f32_to(a, stride_a, b, stride_b, rows, cols), name, ROWS_FORMAT, a,         \
          stride_a, b, stride_b, rows, cols)                                                       \
    CHECK(act_##name##_f32(a, rows, cols), name, ROWS_FORMAT, a, cols, a, cols, rows, cols)
#define ACT_ROWS_PAIR(name, types)                                                                 \
    CHECK(act_##name##_f32(a, stride_a, b, stride_b, c, stride_c, rows, cols), name,               \
          ROWS_PAIR_FORMAT, a, stride_a, b, stride_b, c, stride_c, rows, cols)
#define ACT_ROWS_OWN(name, types)   CHECKS_##name
#define CHECK_OWN(name, entry, ...) CHECK(entry, name, FORMAT_##name, __VA_ARGS__)
#define CHECKS_prelu                                                                               \
    CHECK_OWN(prelu, act_prelu_f32_to(a, stride_a, b, stride_b, c, rows, cols), a, stride_a, b,    \
              stride_b, c, rows, cols)                                                             \
    CHECK_OWN(prelu, act_prelu_f32(a, c, rows, cols), a, cols, a, cols, c, rows, cols)
#define CHECKS_prelu_grad                                                                          \
    CHECK_OWN(prelu_grad,                                                                          \
              act_prelu_grad_f32(a, stride_a, b, stride_b, c, stride_c, d, rows, cols), a,         \
              stride_a, b, stride_b, c, stride_c, d, rows, cols)
#define CHECKS_logsumexp                                                                           \
    CHECK_OWN(logsumexp, act_logsumexp_f32(a, b, stride_b, rows, cols), a, b, stride_b, rows, cols)
#define CHECKS_logsumexp_grad                                                                      \
    CHECK_OWN(logsumexp_grad, act_logsumexp_grad_f32(a, stride_a, b, c, stride_c, rows, cols), a,  \
              stride_a, b, c, stride_c, rows, cols)
#define CHECKS_softmax_masked      CHECKS_MASKED(softmax_masked)
#define CHECKS_softmax_masked_fast CHECKS_MASKED(softmax_masked_fast)
#define CHECKS_MASKED(name)                                                                        \
    CHECK_OWN(name,                                                                                \
              act_##name##_f32_to(a, stride_a, b, stride_b, c, stride_c, rows, cols, 3.0F,         \
                                  ACT_EMPTY_ROWS_ZERO),                                            \
              a, stride_a, b, stride_b, c, stride_c, rows, cols, 3.0, ACT_EMPTY_ROWS_ZERO)         \
    CHECK_OWN(name, act_##name##_f32(a, c, stride_c, rows, cols, 3.0F, ACT_EMPTY_ROWS_ZERO), a,    \
              cols, a, cols, c, stride_c, rows, cols, 3.0, ACT_EMPTY_ROWS_ZERO)
#define CHECKS_softmax_masked_grad                                                                 \
    CHECK_OWN(                                                                                     \
        softmax_masked_grad,                                                                       \
        act_softmax_masked_grad_f32(a, stride_a, b, stride_b, c, stride_c, rows, cols, 3.0F), a,   \
        stride_a, b, stride_b, c, stride_c, rows, cols, 3.0)
#define CHECKS_attention_softmax      CHECKS_ATTENTION(attention_softmax)
#define CHECKS_attention_softmax_fast CHECKS_ATTENTION(attention_softmax_fast)
#define CHECKS_ATTENTION(name)                                                                     \
    CHECK_OWN(name, act_##name##_f32_to(a, stride_a, b, stride_b, rows, cols, NULL), a, stride_a,  \
              b, stride_b, (size_t)0, rows, cols)                                                  \
    CHECK_OWN(name, act_##name##_f32(a, rows, cols, NULL), a, cols, a, cols, (size_t)0, rows, cols)
#define CHECKS_attention_softmax_grad                                                              \
    CHECK_OWN(                                                                                     \
        attention_softmax_grad,                                                                    \
        act_attention_softmax_grad_f32(a, stride_a, b, stride_b, c, stride_c, rows, cols, NULL),   \
        a, stride_a, b, stride_b, c, stride_c, rows, cols)
#include "functions.def"
    CHECK(act_softmax_columns_f32_to(a, b, 2, 3, 4), softmax_columns, "ppnnn", a, b, (size_t)2,
          (size_t)3, (size_t)4)
    CHECK(act_softmax_columns_f32(a, 2, 3, 4), softmax_columns, "ppnnn", a, a, (size_t)2, (size_t)3,
          (size_t)4)
    CHECK(act_log_softmax_columns_f32_to(a, b, 2, 3, 4), log_softmax_columns, "ppnnn", a, b,
          (size_t)2, (size_t)3, (size_t)4)
    CHECK(act_log_softmax_columns_f32(a, 2, 3, 4), log_softmax_columns, "ppnnn", a, a, (size_t)2,
          (size_t)3, (size_t)4)
    CHECK(act_logsumexp_columns_f32(a, b, 2, 3, 4), logsumexp_columns, "ppnnn", a, b, (size_t)2,
          (size_t)3, (size_t)4)
    CHECK(act_xielu_f32_to(a, b, n, 0.5F, 2.0F, 3.0F, 0.0F), xielu, "ppnffff", a, b, n, 0.5, 2.0,
          3.0, 0.0)
    CHECK(act_xielu_f32(a, n, 0.5F, 2.0F, 3.0F, 0.0F), xielu, "ppnffff", a, a, n, 0.5, 2.0, 3.0,
          0.0)
    CHECK(act_xielu_grad_f32(a, b, c, n, 0.5F, 2.0F, 3.0F, 0.0F), xielu_grad, "pppnffff", a, b, c,
          n, 0.5, 2.0, 3.0, 0.0)
    CHECK(act_prelu_channels_f32_to(a, b, c, 2, 3, 4), prelu_channels, "pppnnn", a, b, c, (size_t)2,
          (size_t)3, (size_t)4)
    CHECK(act_prelu_channels_f32(a, c, 2, 3, 4), prelu_channels, "pppnnn", a, a, c, (size_t)2,
          (size_t)3, (size_t)4)
    CHECK(act_prelu_channels_grad_f32(a, b, c, d, 2, 3, 4), prelu_channels_grad, "ppppnnn", a, b, c,
          d, (size_t)2, (size_t)3, (size_t)4)
    CHECK(act_prelu_slope_grad_f32(a, b, c, 2, 3, 4), prelu_slope_grad, "pppnnn", a, b, c,
          (size_t)2, (size_t)3, (size_t)4)
    double sum;
    CHECK_OWN(max, act_max_f32(a, n, b), a, n, b)
    CHECK_OWN(exp_sum, act_exp_sum_f32_to(a, b, n, 3.0F, &sum), a, b, n, 3.0, &sum)
    CHECK_OWN(exp_sum, act_exp_sum_f32(a, n, 3.0F, &sum), a, a, n, 3.0, &sum)
}

static void every_backend(void **state) {
    (void)state;
    for (unsigned backend = 1; backend < ACT_INDICES; ++backend)
        check_all(backend, backend);
}

static void the_first_call(void **state) {
    (void)state;
    atomic_store(&act_active, ACT_INDEX_UNRESOLVED);
    const unsigned best = act_resolve();
    check_all(ACT_INDEX_UNRESOLVED, best);
    assert_int_equal(act_backend_in_use(), best);
}

/* A function of its own: a compiler that sees both names warns that the comparison is constant. */
__attribute__((noinline)) static bool same_name(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* A backend has the same index in the rows as in the list of names. */
static void by_name(void **state) {
    (void)state;
    const char *last = "";
#define BACKEND(backend, name, needs, ...)                                                         \
    IF_BUILT(                                                                                      \
        backend, if (((needs) & ~act_cpu_features()) == 0) {                                       \
            assert_int_equal(act_set_backend(name), ACT_OK);                                       \
            assert_string_equal(act_backend(), name);                                              \
            /* Of two with one name the better one. */                                             \
            assert_true(act_backend_in_use() == ACT_INDEX_##backend || same_name(name, last));     \
            last = name;                                                                           \
        })
    EACH_BACKEND(BACKEND, )
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_backend),
        cmocka_unit_test(the_first_call),
        cmocka_unit_test(by_name),
    };
    return cmocka_run_group_tests_name("entries", tests, NULL, NULL);
}
