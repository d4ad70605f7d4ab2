/* Row-wise functions with a signature of their own: prelu and its gradient. */
#include "support/data.h"
#include "support/harness.h"

#include "act/act.h"

enum { ROWS = 3, MOST = 70, STRIDE = MOST + 3 };
static float x[ROWS * STRIDE], dy[ROWS * STRIDE], y[ROWS * STRIDE], slope[MOST];

static int fill(void **state) {
    (void)state;
    fill_mixed(x, ROWS * STRIDE, 1);
    fill_uniform(x, STRIDE, -8, 8, 2);
    fill_uniform(dy, ROWS * STRIDE, -8, 8, 3);
    fill_uniform(slope, MOST, -1, 1, 4);
    fill_uniform(y, ROWS * STRIDE, -8, 8, 5);
    return 0;
}

/* A channel is leaky_relu with its slope. */
static void prelu_by_channel(void **state) {
    (void)state;
    for (size_t channels = 1; channels <= MOST; ++channels) {
        float together[ROWS * STRIDE], gap = y[channels];
        assert_int_equal(act_prelu_f32_to(y, STRIDE, x, STRIDE, slope, ROWS, channels), ACT_OK);
        assert_int_equal(bits_of(y[channels]), bits_of(gap));
        for (size_t r = 0; r < ROWS; ++r)
            for (size_t c = 0; c < channels; ++c) {
                float one = x[r * STRIDE + c];
                assert_int_equal(act_leaky_relu_f32(&one, 1, slope[c]), ACT_OK);
                assert_true(same_bits(one, y[r * STRIDE + c]));
                together[r * channels + c] = x[r * STRIDE + c];
            }
        assert_int_equal(act_prelu_f32(together, slope, ROWS, channels), ACT_OK);
        for (size_t i = 0; i < ROWS * channels; ++i)
            assert_true(same_bits(together[i], y[i / channels * STRIDE + i % channels]));
        fill(NULL);
    }
}

static void prelu_grad_by_channel(void **state) {
    (void)state;
    for (size_t channels = 1; channels <= MOST; ++channels)
        for (int into = 0; into < 3; ++into) {
            float *dx = into == 0 ? y : into == 1 ? dy : x;
            float kept_x[ROWS * STRIDE], kept_dy[ROWS * STRIDE];
            memcpy(kept_x, x, sizeof x);
            memcpy(kept_dy, dy, sizeof dy);
            assert_int_equal(
                act_prelu_grad_f32(dx, STRIDE, dy, STRIDE, x, STRIDE, slope, ROWS, channels),
                ACT_OK);
            for (size_t r = 0; r < ROWS; ++r)
                for (size_t c = 0; c < channels; ++c) {
                    const size_t i = r * STRIDE + c;
                    float one;
                    assert_int_equal(
                        act_leaky_relu_grad_f32(&one, &kept_dy[i], &kept_x[i], 1, slope[c]),
                        ACT_OK);
                    assert_true(same_bits(one, dx[i]));
                }
            fill(NULL);
        }
}

static void prelu_errors(void **state) {
    (void)state;
    float kept[ROWS * STRIDE];
    memcpy(kept, y, sizeof y);
    assert_int_equal(act_prelu_f32(y, NULL, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_f32(NULL, slope, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_f32(y, y + 5, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_f32(y, y, 1, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_f32(y, (float *)(void *)((char *)slope + 1), 2, 3),
                     ACT_ERROR_ALIGNMENT);
    assert_int_equal(act_prelu_f32_to(y, 2, x, 3, slope, 2, 3), ACT_ERROR_STRIDE);
    assert_int_equal(act_prelu_f32_to(y + 1, 3, y, 3, slope, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_f32(y, slope, SIZE_MAX, 3), ACT_ERROR_SIZE);
    assert_int_equal(act_prelu_grad_f32(y, 3, y, 3, x, 3, y + 2, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_grad_f32(y, 3, y, 3, y + 1, 3, slope, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_grad_f32(y, 3, y, 2, x, 3, slope, 2, 3), ACT_ERROR_STRIDE);
    assert_int_equal(act_prelu_grad_f32(y, 3, y, 3, NULL, 3, slope, 2, 3), ACT_ERROR_NULL);
    assert_memory_equal(y, kept, sizeof y);
    assert_int_equal(act_prelu_f32(NULL, NULL, 0, 3), ACT_OK);
    assert_int_equal(act_prelu_f32(NULL, NULL, 3, 0), ACT_OK);
    /* Slopes may lie between the rows of dst. */
    assert_int_equal(act_prelu_f32_to(y, 10, x, 3, y + 5, 2, 3), ACT_OK);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(prelu_by_channel, fill),
        cmocka_unit_test_setup(prelu_grad_by_channel, fill),
        cmocka_unit_test_setup(prelu_errors, fill),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
