/* The conditions for a quick run. */
#include <stdlib.h>

#include "support/harness.h"

/* Sanitizers and builds without optimisation are quick in any environment. */
static void quick_is_asked_for(void **state) {
    (void)state;
    assert_int_equal(unsetenv("ACT_TEST_QUICK"), 0);
    const bool always = quick();
    assert_int_equal(setenv("ACT_TEST_QUICK", "", 1), 0);
    assert_int_equal(quick(), always);
    assert_int_equal(setenv("ACT_TEST_QUICK", "1", 1), 0);
    assert_true(quick());
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(quick_is_asked_for)};
    return cmocka_run_group_tests_name("harness", tests, NULL, NULL);
}
