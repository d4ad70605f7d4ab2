/*
 * What row-wise functions promise of other functions: a channel of prelu is leaky_relu, the
 * gradient of logsumexp a multiple of softmax, that of softmax_masked one of softmax's.
 * test_row_wise.c has what they all promise.
 */
#include <fenv.h>
#include <math.h>

#include "support/data.h"
#include "support/harness.h"

#include "act/act.h"

enum { ROWS = 3, MOST = 70, STRIDE = MOST + 3, ALL = ROWS * STRIDE };
static float x[ALL], dy[ALL], y[ALL], slope[MOST];

static int fill(void **state) {
    (void)state;
    fill_mixed(x, ALL, 1);
    fill_uniform(x, STRIDE, -8, 8, 2);
    fill_uniform(dy, ALL, -8, 8, 3);
    fill_uniform(slope, MOST, -1, 1, 4);
    fill_uniform(y, ALL, -8, 8, 5);
    return 0;
}

/* A channel is leaky_relu with its slope. */
static void prelu_by_channel(void **state) {
    (void)state;
    for (size_t channels = 1; channels <= MOST; ++channels) {
        float together[ALL], gap = y[channels];
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
            float kept_x[ALL], kept_dy[ALL];
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

/* Slopes may lie between the rows of dst, and so may dy for the gradient of logsumexp. */
static void operands_between_rows(void **state) {
    (void)state;
    assert_int_equal(act_prelu_f32_to(y, 10, x, 3, y + 5, 2, 3), ACT_OK);
    assert_int_equal(act_logsumexp_grad_f32(y, 10, y + 5, x, 3, 2, 3), ACT_OK);
}

/* The product of a row's dy with softmax, bit for bit. */
static void logsumexp_gradient(void **state) {
    (void)state;
    for (size_t cols = 1; cols <= MOST; ++cols) {
        float weights[ALL];
        fill_uniform(x, ALL, -20, 20, cols);
        assert_int_equal(act_softmax_f32_to(weights, STRIDE, x, STRIDE, ROWS, cols), ACT_OK);
        assert_int_equal(act_logsumexp_grad_f32(y, STRIDE, dy, x, STRIDE, ROWS, cols), ACT_OK);
        for (size_t r = 0; r < ROWS; ++r)
            for (size_t c = 0; c < cols; ++c)
                assert_true(same_bits(y[r * STRIDE + c], dy[r] * weights[r * STRIDE + c]));
    }
}

/* Of heads 11 wide in attention; not a power of two, so that the product is rounded. */
static const float scale_of_heads = 0.30151135F;
static void softmax_masked_gradient(void **state) {
    (void)state;
    for (size_t cols = 1; cols <= MOST; ++cols) {
        float alone[ALL], scaled[ALL];
        fill_mixed(x, ALL, cols);
        fill_uniform(x, STRIDE, 0, 1, cols);
        assert_int_equal(act_softmax_grad_f32(alone, cols, dy, STRIDE, x, STRIDE, ROWS, cols),
                         ACT_OK);
        assert_int_equal(act_softmax_masked_grad_f32(scaled, cols, dy, STRIDE, x, STRIDE, ROWS,
                                                     cols, scale_of_heads),
                         ACT_OK);
        for (size_t i = 0; i < ROWS * cols; ++i)
            assert_true(same_bits(scaled[i], scale_of_heads * alone[i]));
    }
}

/* A NaN reaches what follows the last element that the mask leaves, too. */
static void nan_beyond_the_mask(void **state) {
    (void)state;
    for (size_t cols = 2; cols <= MOST; ++cols)
        for (size_t rows = 1; rows <= ROWS; ++rows) {
            float mask[ALL] = {0};
            for (size_t r = 0; r < rows; ++r) {
                x[r * cols] = NAN;
                for (size_t c = r + 1; c < cols; ++c)
                    mask[r * cols + c] = -INFINITY;
            }
            act_softmax_masked_f32_to(y, cols, x, cols, mask, cols, rows, cols, 1, 0);
            for (size_t i = 0; i < rows * cols; ++i)
                assert_true(isnan(y[i]));
        }
}

/* Infinite sums are exact, and that of what a mask left nothing of raises no flag. */
static void infinite_sums(void **state) {
    (void)state;
    for (size_t cols = 1; cols <= MOST; ++cols)
        for (size_t rows = 1; rows <= ROWS; ++rows)
            for (int negative = 0; negative < 2; ++negative) {
                for (size_t i = 0; i < rows * cols; ++i)
                    x[i] = negative ? -INFINITY : i % cols == cols / 2 ? INFINITY : (float)i;
                feclearexcept(FE_ALL_EXCEPT);
                assert_int_equal(act_logsumexp_f32(y, x, cols, rows, cols), ACT_OK);
                if (negative)
                    assert_int_equal(fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW), 0);
                for (size_t r = 0; r < rows; ++r)
                    assert_true(y[r] == (negative ? -INFINITY : INFINITY));
            }
}

/* softmin is softmax of the negated row, bit for bit, also of infinities. */
static void softmin_of_negated_rows(void **state) {
    (void)state;
    float negated[ALL], expected[ALL];
    x[5] = INFINITY;
    for (size_t i = 0; i < ALL; ++i)
        negated[i] = -x[i];
    for (size_t cols = 1; cols <= MOST; ++cols) {
        act_softmax_f32_to(expected, STRIDE, negated, STRIDE, ROWS, cols);
        assert_int_equal(act_softmin_f32_to(y, STRIDE, x, STRIDE, ROWS, cols), ACT_OK);
        for (size_t i = 0; i < (size_t)ROWS * STRIDE; ++i)
            if (i % STRIDE < cols)
                assert_true(same_bits(y[i], expected[i]));
    }
    float row[] = {1.0F, -INFINITY, 2.0F};
    assert_int_equal(act_softmin_f32(row, 1, 3), ACT_OK);
    assert_true(isnan(row[0]) && isnan(row[1]) && isnan(row[2]));
}

/* The first of equal elements; infinities; a NaN. */
static void hardmax_takes_the_first(void **state) {
    (void)state;
    for (size_t cols = 1; cols <= MOST; ++cols)
        for (size_t at = 0; at < cols; at += 3) {
            float row[MOST];
            for (size_t i = 0; i < cols; ++i)
                row[i] = i >= at ? 3.0F : -INFINITY;
            assert_int_equal(act_hardmax_f32(row, 1, cols), ACT_OK);
            for (size_t i = 0; i < cols; ++i)
                assert_true(row[i] == (i == at));
            for (size_t i = 0; i < cols; ++i)
                row[i] = i == at ? INFINITY : -INFINITY;
            act_hardmax_f32(row, 1, cols);
            assert_true(row[at] == 1 && (at == 0 || row[0] == 0));
            row[cols - 1] = NAN;
            act_hardmax_f32(row, 1, cols);
            assert_true(isnan(row[0]) && isnan(row[at]) && isnan(row[cols - 1]));
        }
    float lowest[] = {-INFINITY, -INFINITY};
    act_hardmax_f32(lowest, 1, 2);
    assert_true(lowest[0] == 1 && lowest[1] == 0);
}

/* Known values, rows whose support shrinks step by step, and large numbers. */
static void sparsemax_by_hand(void **state) {
    (void)state;
    float row[] = {0.5F, 0.25F, -3.0F, -INFINITY};
    assert_int_equal(act_sparsemax_f32(row, 1, 4), ACT_OK);
    assert_true(row[0] == 0.625F && row[1] == 0.375F && row[2] == 0 && row[3] == 0);
    float large[] = {1e30F, 1e30F, 0.0F};
    act_sparsemax_f32(large, 1, 3);
    assert_true(large[0] == 0.5F && large[1] == 0.5F && large[2] == 0);
    for (size_t n = 2; n <= (size_t)2 * MOST; n += 7) {
        float steps[2 * MOST];
        double sum = 0;
        for (size_t i = 0; i < n; ++i)
            steps[i] = -0.3F * logf((float)i + 1);
        act_sparsemax_f32(steps, 1, n);
        for (size_t i = 0; i < n; ++i) {
            sum += (double)steps[i];
            assert_true(steps[i] >= 0 && (i == 0 || steps[i] <= steps[i - 1]));
        }
        assert_true(fabs(sum - 1) < 1e-6);
    }
    const float wrong[] = {NAN, INFINITY};
    for (size_t k = 0; k < 2; ++k) {
        float three[] = {1.0F, wrong[k], 0.0F};
        act_sparsemax_f32(three, 1, 3);
        assert_true(isnan(three[0]) && isnan(three[1]) && isnan(three[2]));
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(prelu_by_channel, fill),
        cmocka_unit_test_setup(prelu_grad_by_channel, fill),
        cmocka_unit_test_setup(softmin_of_negated_rows, fill),
        cmocka_unit_test(hardmax_takes_the_first),
        cmocka_unit_test(sparsemax_by_hand),
        cmocka_unit_test_setup(operands_between_rows, fill),
        cmocka_unit_test_setup(logsumexp_gradient, fill),
        cmocka_unit_test_setup(softmax_masked_gradient, fill),
        cmocka_unit_test_setup(nan_beyond_the_mask, fill),
        cmocka_unit_test_setup(infinite_sums, fill),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
