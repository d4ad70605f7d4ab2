/* A library without SLEEF: every function of double exists, says that it does nothing, and does. */
#include <string.h>

#include "act/act.h"
#include "list.h"
#include "support/harness.h"

static void refuses(void **state) {
    (void)state;
    double x[4] = {1, 2, 3, 4}, y[4] = {5, 6, 7, 8}, copy[4];
    const double p = 1, q = 1;
    memcpy(copy, y, sizeof copy);
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        assert_int_equal(call, ACT_ERROR_UNSUPPORTED);                                             \
        assert_memory_equal(y, copy, sizeof y);                                                    \
    } while (0);
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, REFUSED(act_##name##_f64_to(y, x, 4 PASS_##params))                   \
                                 REFUSED(act_##name##_f64(y, 4 PASS_##params)))                    \
    IF_TYPE(HAS_F64_GRAD_##types, REFUSED(act_##name##_grad_f64(y, x, x, 4 PASS_##params)))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_F64_##types, REFUSED(act_##name##_f64(y, x, x, 4 PASS_##params)) REFUSED(          \
                                 act_##name##_grad_f64(y, y + 2, x, x, x, 2 PASS_##params)))
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_F64_##types, REFUSED(act_##name##_f64(y, x, x, 4 PASS_##params)))
#define ACT_ROWS(name, types)                                                                      \
    IF_TYPE(HAS_F64_##types,                                                                       \
            REFUSED(act_##name##_f64(y, 2, 2)) REFUSED(act_##name##_f64_to(y, 2, x, 2, 2, 2)))
#define ACT_ROWS_PAIR(name, types)                                                                 \
    IF_TYPE(HAS_F64_##types, REFUSED(act_##name##_f64(y, 2, x, 2, x, 2, 2, 2)))
#define ACT_ROWS_OWN ACT_SKIP
#include "functions.def"
    REFUSED(act_logsumexp_f64(y, x, 2, 2, 2))
    REFUSED(act_logsumexp_grad_f64(y, 2, x, x, 2, 2, 2))
    REFUSED(act_softmax_masked_f64(y, x, 2, 2, 2, 1, ACT_EMPTY_ROWS_NAN))
    REFUSED(act_softmax_masked_grad_f64(y, 2, x, 2, x, 2, 2, 2, 1))
    REFUSED(act_prelu_f64(y, x, 2, 2))
    REFUSED(act_prelu_grad_f64(y, 2, x, 2, x, 2, x, 2, 2))
    REFUSED(act_logsumexp_f64(y, x, 0, 2, 0))
    REFUSED(act_softmax_columns_f64(y, 1, 2, 2))
    REFUSED(act_log_softmax_columns_f64_to(y, x, 1, 2, 2))
    REFUSED(act_logsumexp_columns_f64(y, x, 1, 2, 2))
    REFUSED(act_logsumexp_columns_f64(y, x, 1, 0, 2))
    REFUSED(act_apply_f64(ACT_FUNCTION_EXP, NULL, y, x, 4))
    REFUSED(act_apply_grad_f64(ACT_FUNCTION_RELU, NULL, y, x, x, 4))
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses)};
    return cmocka_run_group_tests_name("f64_unsupported", tests, NULL, NULL);
}
