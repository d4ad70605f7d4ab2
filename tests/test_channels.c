/*
 * PReLU of outer x channels x inner floats and its gradients: each float has the bits of leaky_relu
 * with the slope of its channel; the gradient by the slopes is a sum in double; errors.
 */
#include <math.h>

#include "support/data.h"
#include "support/harness.h"

#include "act/act.h"

enum { ROOM = 20000 };
static float x[ROOM], dy[ROOM], y[ROOM], dx[ROOM], slopes[ROOM], dslopes[ROOM];

typedef struct {
    size_t outer, channels, inner;
} shape;
static const shape shapes[] = {{1, 1, 1},   {3, 5, 1},   {2, 16, 1},  {70, 33, 1}, {1, 3, 2},
                               {2, 3, 15},  {3, 2, 16},  {1, 4, 17},  {2, 3, 64},  {5, 7, 100},
                               {1, 1, 513}, {4, 1, 333}, {3, 100, 3}, {2, 2, 2000}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static size_t floats(shape s) { return s.outer * s.channels * s.inner; }
static size_t channel(shape s, size_t i) { return i / s.inner % s.channels; }

static void fill(shape s, uint64_t seed) {
    fill_mixed(x, floats(s), seed);
    fill_uniform(x, floats(s) / 2, -8, 8, seed);
    fill_uniform(dy, floats(s), -8, 8, seed + 1);
    fill_uniform(slopes, s.channels, -1, 1, seed + 2);
    x[floats(s) / 3] = NAN;
}

static void each_float_is_leaky_relu(void **state) {
    (void)state;
    for (size_t k = 0; k < SHAPES; ++k) {
        const shape s = shapes[k];
        const size_t n = floats(s);
        fill(s, k);
        slopes[s.channels - 1] = INFINITY;
        y[n] = dx[n] = 42;
        assert_int_equal(act_prelu_channels_f32_to(y, x, slopes, s.outer, s.channels, s.inner),
                         ACT_OK);
        assert_int_equal(
            act_prelu_channels_grad_f32(dx, dy, x, slopes, s.outer, s.channels, s.inner), ACT_OK);
        assert_true(y[n] == 42 && dx[n] == 42);
        for (size_t i = 0; i < n; ++i) {
            float one, change;
            act_leaky_relu_f32_to(&one, &x[i], 1, slopes[channel(s, i)]);
            act_leaky_relu_grad_f32(&change, &dy[i], &x[i], 1, slopes[channel(s, i)]);
            if (!same_bits(one, y[i]) || !same_bits(change, dx[i]))
                fail_msg("%zu x %zu x %zu on %s, float %zu: %a and %a, should be %a and %a",
                         s.outer, s.channels, s.inner, act_backend(), i, (double)y[i],
                         (double)dx[i], (double)one, (double)change);
        }
        memcpy(dx, dy, n * sizeof *dx);
        act_prelu_channels_grad_f32(dx, dx, x, slopes, s.outer, s.channels, s.inner);
        act_prelu_channels_grad_f32(dy, dy, x, slopes, s.outer, s.channels, s.inner);
        assert_memory_equal(dx, dy, n * sizeof *dx);
        act_prelu_channels_f32(x, slopes, s.outer, s.channels, s.inner);
        for (size_t i = 0; i < n; ++i)
            assert_true(same_bits(x[i], y[i]));
    }
}

/* Relative to the sum of the terms' sizes, what is added to a slope that is there. */
static void slopes_are_sums(void **state) {
    (void)state;
    for (size_t k = 0; k < SHAPES; ++k) {
        const shape s = shapes[k];
        fill_uniform(x, floats(s), -8, 8, k);
        fill_uniform(dy, floats(s), -8, 8, k + 50);
        for (size_t c = 0; c <= s.channels; ++c)
            dslopes[c] = 0.5F;
        assert_int_equal(act_prelu_slope_grad_f32(dslopes, dy, x, s.outer, s.channels, s.inner),
                         ACT_OK);
        assert_true(dslopes[s.channels] == 0.5F);
        for (size_t c = 0; c < s.channels; ++c) {
            double sum = 0, sizes = 0;
            for (size_t i = 0; i < floats(s); ++i)
                if (channel(s, i) == c && x[i] < 0) {
                    sum += (double)dy[i] * (double)x[i];
                    sizes += fabs((double)dy[i] * (double)x[i]);
                }
            const double off = fabs((double)dslopes[c] - (0.5 + (double)(float)sum));
            const double least = fabs((double)dslopes[c]) * 0x1p-24 + 1e-13 * sizes;
            if (off > least + fabs(sum) * 0x1p-24)
                fail_msg("%zu x %zu x %zu on %s, slope %zu: %a, should be %a", s.outer, s.channels,
                         s.inner, act_backend(), c, (double)dslopes[c], 0.5 + sum);
        }
    }
}

/* Where x is above 0 nothing counts, else every special does; the sum has no hidden NaN. */
static void special_terms(void **state) {
    (void)state;
    for (size_t inner = 1; inner <= 40; inner += 3) {
        const shape s = {.outer = 3, .channels = 2, .inner = inner};
        for (int special = 0; special < 4; ++special) {
            for (size_t i = 0; i < floats(s); ++i)
                x[i] = -1, dy[i] = 2;
            float *one = special % 2 ? &dy[inner] : &x[inner]; /* in channel 1 */
            *one = special < 2 ? INFINITY : NAN;
            dslopes[0] = dslopes[1] = 0;
            act_prelu_slope_grad_f32(dslopes, dy, x, s.outer, s.channels, s.inner);
            assert_true(dslopes[0] == -2 * 3 * (float)inner);
            if (special == 0) /* x = inf is above 0 */
                assert_true(dslopes[1] == -2 * (3 * (float)inner - 1));
            else if (special == 1)
                assert_true(dslopes[1] == -INFINITY);
            else
                assert_true(isnan(dslopes[1]));
        }
    }
}

/* Not even a NaN in dy counts beside an x above 0. */
static void no_terms(void **state) {
    (void)state;
    for (size_t inner = 1; inner <= 40; inner += 3)
        for (int special = 0; special < 2; ++special) {
            for (size_t i = 0; i < 2 * inner; ++i)
                x[i] = 1, dy[i] = special ? NAN : INFINITY;
            dslopes[0] = dslopes[1] = 3;
            act_prelu_slope_grad_f32(dslopes, dy, x, 1, 2, inner);
            assert_true(dslopes[0] == 3 && dslopes[1] == 3);
        }
}

static void errors(void **state) {
    (void)state;
    assert_int_equal(act_prelu_channels_f32(NULL, slopes, 2, 3, 4), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_channels_f32(x, NULL, 2, 3, 4), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_channels_f32(x, x, 2, 3, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_channels_f32_to(x, x + 1, slopes, 2, 3, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_channels_f32(x, slopes, SIZE_MAX / 8, 3, 4), ACT_ERROR_SIZE);
    assert_int_equal(act_prelu_channels_f32(NULL, NULL, 2, 0, 4), ACT_OK);
    assert_int_equal(act_prelu_channels_grad_f32(dx, dy, x, dx, 2, 3, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_channels_grad_f32(dx, dy, NULL, slopes, 2, 3, 4), ACT_ERROR_NULL);
    assert_int_equal(act_prelu_slope_grad_f32(x + 23, dy, x, 2, 3, 4), ACT_ERROR_OVERLAP);
    assert_int_equal(act_prelu_slope_grad_f32(dslopes, NULL, x, 2, 3, 4), ACT_ERROR_NULL);
    dslopes[0] = 7;
    assert_int_equal(act_prelu_slope_grad_f32(dslopes, NULL, NULL, 0, 1, 4), ACT_OK);
    assert_true(dslopes[0] == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_float_is_leaky_relu),
        cmocka_unit_test(slopes_are_sums),
        cmocka_unit_test(special_terms),
        cmocka_unit_test(no_terms),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests_name("channels", tests, NULL, NULL);
}
