/* The published examples of each function, printed with one decimal as they were published. */
#include <stdio.h>
#include <string.h>

#include "act/act.h"
#include "support/harness.h"

enum { VALUES = 5 };

static const char *printed(const float *y) {
    static char text[VALUES * 48];
    size_t length = 0;
    for (size_t i = 0; i < VALUES; ++i)
        length += (size_t)snprintf(text + length, sizeof text - length, i ? ", %.1f" : "%.1f",
                                   (double)y[i]);
    return text;
}

static void sigmoid(void **state) {
    (void)state;
    float x[VALUES] = {1, -10, 0, 15, -2};
    assert_int_equal(act_sigmoid_f32(x, VALUES), ACT_OK);
    assert_string_equal(printed(x), "0.7, 0.0, 0.5, 1.0, 0.1");
}

static void relu(void **state) {
    (void)state;
    float x[VALUES] = {1, -10, 0, 15, -20};
    assert_int_equal(act_relu_f32(x, VALUES), ACT_OK);
    assert_string_equal(printed(x), "1.0, 0.0, 0.0, 15.0, 0.0");
}

static void leaky_relu(void **state) {
    (void)state;
    float x[VALUES] = {1, -10, 0, 15, -20};
    assert_int_equal(act_leaky_relu_f32(x, VALUES, 0.01F), ACT_OK);
    assert_string_equal(printed(x), "1.0, -0.1, 0.0, 15.0, -0.2");
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigmoid),
        cmocka_unit_test(relu),
        cmocka_unit_test(leaky_relu),
    };
    return cmocka_run_group_tests_name("examples", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
