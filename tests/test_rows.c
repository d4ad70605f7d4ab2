/*
 * Row-wise functions with a signature of their own, or of two rows: prelu, logsumexp, softmax with
 * a mask, and the gradients.
 */
#include <float.h>

#include "support/data.h"
#include "support/guard.h"
#include "support/harness.h"
#include "support/reference.h"

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

static void prelu_errors(void **state) {
    (void)state;
    float kept[ALL];
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

/* Within a part of the larger term of a difference, where act.h promises that. */
static void assert_near(const char *function, float result, double exact, double scale,
                        double bound) {
    if (isnan(exact) ? !isnan(result)
                     : !(result == (float)exact || fabs((double)result - exact) <= bound * scale))
        fail_msg("%s on %s: is %a, should be %a", function, act_backend(), (double)result, exact);
}

static float largest(const float *row, size_t n) {
    float max = row[0];
    for (size_t i = 1; i < n; ++i)
        if (row[i] > max)
            max = row[i];
    return max;
}

/* One float a row, whatever the stride; the sums of rows far from 0 must not overflow. */
static void logsumexp_of_rows(void **state) {
    (void)state;
    static const float shifts[] = {0, 90, -200, 1e30F, FLT_MAX / 2};
    for (size_t cols = 1; cols <= MOST; ++cols)
        for (size_t k = 0; k < sizeof shifts / sizeof shifts[0]; ++k) {
            fill_uniform(x, ALL, -8, 8, cols + k);
            for (size_t i = 0; i < ALL; ++i)
                x[i] += shifts[k];
            assert_int_equal(act_logsumexp_f32(y, x, STRIDE, ROWS, cols), ACT_OK);
            for (size_t r = 0; r < ROWS; ++r) {
                const float *row = x + r * STRIDE;
                const double max = (double)largest(row, cols);
                const double exact = reference_logsumexp(row, cols);
                assert_near("logsumexp", y[r], exact, fmax(fabs(max), fabs(exact - max)), 1.2e-7);
            }
        }
    float row[3] = {-INFINITY, -INFINITY, -INFINITY}, result = 0;
    assert_int_equal(act_logsumexp_f32(&result, row, 3, 1, 3), ACT_OK);
    assert_true(result == -INFINITY);
    assert_int_equal(act_logsumexp_f32(&result, NULL, 3, 1, 0), ACT_OK);
    assert_true(result == -INFINITY);
    row[1] = INFINITY;
    assert_int_equal(act_logsumexp_f32(&result, row, 3, 1, 3), ACT_OK);
    assert_true(result == INFINITY);
    row[2] = NAN;
    assert_int_equal(act_logsumexp_f32(&result, row, 3, 1, 3), ACT_OK);
    assert_true(isnan(result));
    assert_int_equal(act_logsumexp_f32(row + 1, row, 3, 1, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_f32(NULL, row, 3, 1, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_f32(&result, row, 2, 1, 3), ACT_ERROR_STRIDE);
}

/* softmax times its row's dy, apart and in place, between guard pages, the gaps left alone. */
static void logsumexp_gradient(void **state) {
    (void)state;
    enum { MANY = 35, ROOM = MANY * STRIDE };
    static float at[ROOM], s[ROOM], g[MANY];
    static const float ranges[] = {10, 100};
    guard *h = guard_new(ROOM), *k = guard_new(ROOM);
    for (size_t cols = 1; cols <= MOST; cols += 1 + cols / 20)
        for (size_t trial = 0; trial < 8; ++trial) {
            const size_t rows = trial & 1 ? MANY : 1, n = (rows - 1) * STRIDE + cols;
            const float range = ranges[trial / 2 % 2];
            const double bound = trial & 2 ? 1.1e-6 : 6e-7;
            const guard_side side = trial & 4 ? GUARD_START : GUARD_END;
            fill_uniform(at, n, -range, range, cols + trial);
            fill_uniform(g, rows, -8, 8, cols + trial + 100);
            assert_int_equal(act_softmax_f32_to(s, STRIDE, at, STRIDE, rows, cols), ACT_OK);
            float *dx = guard_place(h, side, 0, n), *same = guard_place(k, side, 0, n);
            const float gap = dx[0];
            memcpy(same, at, n * sizeof *at);
            assert_int_equal(act_logsumexp_grad_f32(dx, STRIDE, g, same, STRIDE, rows, cols),
                             ACT_OK);
            assert_memory_equal(same, at, n * sizeof *at);
            assert_int_equal(act_logsumexp_grad_f32(same, STRIDE, g, same, STRIDE, rows, cols),
                             ACT_OK);
            guard_check(h);
            guard_check(k);
            double exact[MOST];
            for (size_t i = 0; i < n; ++i) {
                const size_t r = i / STRIDE, c = i % STRIDE;
                if (c >= cols) {
                    assert_int_equal(bits_of(dx[i]), bits_of(gap));
                    assert_int_equal(bits_of(same[i]), bits_of(at[i]));
                    continue;
                }
                if (c == 0)
                    reference_logsumexp_grad(exact, g[r], at + i, cols);
                assert_true(same_bits(dx[i], g[r] * s[i]) && same_bits(same[i], dx[i]));
                if (s[i] >= FLT_MIN && fabsf(dx[i]) >= FLT_MIN)
                    assert_near("logsumexp_grad", dx[i], exact[c], fabs(exact[c]), bound);
            }
        }
    guard_free(h);
    guard_free(k);
}

/* A spoiled row spoils no other. */
static void logsumexp_gradient_specials(void **state) {
    (void)state;
    static const struct {
        float x, dy;
        bool nan;
    } cases[] = {{NAN, 1, true},       {INFINITY, 1, true}, {1, NAN, true},
                 {-INFINITY, 1, true}, {1, 0, false},       {FLT_MAX, FLT_MAX, false}};
    enum { COLS = 21 };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
        float at[3 * COLS], g[3] = {2, cases[k].dy, 3};
        fill_uniform(at, sizeof at / sizeof at[0], -8, 8, k);
        for (size_t c = 0; c < COLS; ++c)
            at[COLS + c] = cases[k].x;
        assert_int_equal(act_logsumexp_grad_f32(at, COLS, g, at, COLS, 3, COLS), ACT_OK);
        for (size_t i = 0; i < sizeof at / sizeof at[0]; ++i)
            assert_int_equal(isnan(at[i]), i / COLS == 1 && cases[k].nan);
    }
}

static void logsumexp_gradient_errors(void **state) {
    (void)state;
    float kept[ALL];
    memcpy(kept, y, sizeof y);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, NULL, x, 3, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, dy, NULL, 3, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_grad_f32(NULL, 3, dy, x, 3, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, y + 5, x, 3, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f32(y, 1, y, x, 1, 2, 1), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f32(y + 1, 3, y, x, 3, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f32(y + 1, 3, dy, y, 3, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f32(y, 4, dy, y, 3, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_logsumexp_grad_f32(y, 2, dy, x, 3, 2, 3), ACT_ERROR_STRIDE);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, dy, x, 2, 2, 3), ACT_ERROR_STRIDE);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, dy, x, 3, SIZE_MAX, 3), ACT_ERROR_SIZE);
    const float *bad = (const float *)(const void *)((const char *)dy + 1);
    assert_int_equal(act_logsumexp_grad_f32(y, 3, bad, x, 3, 2, 3), ACT_ERROR_ALIGNMENT);
    assert_memory_equal(y, kept, sizeof y);
    assert_int_equal(act_logsumexp_grad_f32(NULL, 0, NULL, NULL, 0, 0, 3), ACT_OK);
    assert_int_equal(act_logsumexp_grad_f32(NULL, 0, NULL, NULL, 0, 3, 0), ACT_OK);
    /* dy may lie between the rows of dx. */
    assert_int_equal(act_logsumexp_grad_f32(y, 10, y + 5, x, 3, 2, 3), ACT_OK);
}

/* With a mask for each row, one for all, and none; with rows that it leaves nothing of. */
static void softmax_with_mask(void **state) {
    (void)state;
    static float mask[ALL];
    const float scale = 0.125F;
    for (size_t cols = 1; cols <= MOST; ++cols)
        for (int kind = 0; kind < 3; ++kind)
            for (int empty = ACT_EMPTY_ROWS_NAN; empty <= ACT_EMPTY_ROWS_ZERO; ++empty) {
                const size_t mask_stride = kind == 1 ? 0 : STRIDE;
                const float *used = kind == 2 ? NULL : mask;
                fill_uniform(x, ALL, -40, 40, cols);
                for (size_t i = 0; i < ALL; ++i)
                    mask[i] = i * 7 % 5 < 2 || (i / STRIDE == 1 && cols % 2) ? -INFINITY : 0.5F;
                float together[ALL], gap = y[cols];
                assert_int_equal(act_softmax_masked_f32_to(y, STRIDE, x, STRIDE, used, mask_stride,
                                                           ROWS, cols, scale,
                                                           (act_empty_rows)empty),
                                 ACT_OK);
                assert_true(same_bits(y[cols], gap));
                for (size_t r = 0; r < ROWS; ++r) {
                    double exact[MOST];
                    reference_softmax_masked(exact, x + r * STRIDE,
                                             used ? used + r * mask_stride : NULL, cols, scale,
                                             empty == ACT_EMPTY_ROWS_ZERO);
                    for (size_t c = 0; c < cols; ++c) {
                        assert_near("softmax_masked", y[r * STRIDE + c], exact[c], exact[c], 5e-7);
                        together[r * cols + c] = x[r * STRIDE + c];
                    }
                }
                if (kind == 0)
                    continue;
                assert_int_equal(act_softmax_masked_f32(together, used, mask_stride, ROWS, cols,
                                                        scale, (act_empty_rows)empty),
                                 ACT_OK);
                for (size_t i = 0; i < ROWS * cols; ++i)
                    assert_true(same_bits(together[i], y[i / cols * STRIDE + i % cols]));
            }
    assert_int_equal(act_softmax_masked_f32(y, y, 0, 2, 3, 1, ACT_EMPTY_ROWS_NAN),
                     ACT_ERROR_OVERLAP);
    assert_int_equal(act_softmax_masked_f32(NULL, mask, 0, 2, 3, 1, ACT_EMPTY_ROWS_NAN),
                     ACT_ERROR_NULL);
    assert_int_equal(act_softmax_masked_f32(y, mask, 2, 2, 3, 1, ACT_EMPTY_ROWS_NAN),
                     ACT_ERROR_STRIDE);
}

typedef act_status rows_pair(float *dx, size_t dx_stride, const float *dy, size_t dy_stride,
                             const float *y, size_t y_stride, size_t rows, size_t cols);

/* Of heads 11 wide in attention; not a power of two, so that the product is rounded. */
static const float scale_of_heads = 0.30151135F;
static act_status softmax_masked_grad(float *dx, size_t dx_stride, const float *g, size_t dy_stride,
                                      const float *v, size_t y_stride, size_t rows, size_t cols) {
    return act_softmax_masked_grad_f32(dx, dx_stride, g, dy_stride, v, y_stride, rows, cols,
                                       scale_of_heads);
}
static void scaled_reference(double *dx, const float *g, const float *v, size_t n) {
    reference_softmax_masked_grad(dx, g, v, n, scale_of_heads);
}

/* dx apart from both, and in place of either. */
static void check_gradient(const char *name, rows_pair *call,
                           void (*reference)(double *, const float *, const float *, size_t),
                           double bound) {
    const bool of_logarithm = call == act_log_softmax_grad_f32;
    const double scale = call == softmax_masked_grad ? (double)scale_of_heads : 1;
    for (size_t cols = 1; cols <= MOST; ++cols)
        for (int into = 0; into < 3; ++into) {
            static float v[ALL];
            float kept_v[ALL], kept_dy[ALL];
            fill_uniform(x, ALL, -8, 8, cols);
            fill_uniform(dy, ALL, -8, 8, cols + 1);
            if (of_logarithm)
                act_log_softmax_f32_to(v, STRIDE, x, STRIDE, ROWS, cols);
            else
                act_softmax_f32_to(v, STRIDE, x, STRIDE, ROWS, cols);
            memcpy(kept_v, v, sizeof v);
            memcpy(kept_dy, dy, sizeof dy);
            float *dx = into == 0 ? y : into == 1 ? dy : v;
            assert_int_equal(call(dx, STRIDE, dy, STRIDE, v, STRIDE, ROWS, cols), ACT_OK);
            for (size_t r = 0; r < ROWS; ++r) {
                double exact[MOST];
                reference(exact, kept_dy + r * STRIDE, kept_v + r * STRIDE, cols);
                for (size_t c = 0; c < cols; ++c) {
                    double weight = of_logarithm ? 1 : scale * (double)kept_v[r * STRIDE + c];
                    double term = fabs((double)kept_dy[r * STRIDE + c]) * weight;
                    assert_near(name, dx[r * STRIDE + c], exact[c],
                                fmax(term, fabs(exact[c] - term)), bound);
                }
            }
        }
    assert_int_equal(call(y, 3, x, 3, y + 1, 3, 2, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(call(y, 3, x, 2, dy, 3, 2, 3), ACT_ERROR_STRIDE);
    assert_int_equal(call(y, 3, NULL, 3, dy, 3, 2, 3), ACT_ERROR_NULL);
    assert_int_equal(call(NULL, 0, NULL, 0, NULL, 0, 0, 3), ACT_OK);
}
static void softmax_gradient(void **state) {
    (void)state;
    check_gradient("softmax_grad", act_softmax_grad_f32, reference_softmax_grad, 3e-7);
}
static void log_softmax_gradient(void **state) {
    (void)state;
    check_gradient("log_softmax_grad", act_log_softmax_grad_f32, reference_log_softmax_grad, 3e-7);
}

static void softmax_masked_gradient(void **state) {
    (void)state;
    check_gradient("softmax_masked_grad", softmax_masked_grad, scaled_reference, 4e-7);
    for (size_t cols = 1; cols <= MOST; ++cols) {
        float alone[ALL], scaled[ALL];
        fill_mixed(x, ALL, cols);
        fill_uniform(x, STRIDE, 0, 1, cols);
        assert_int_equal(act_softmax_grad_f32(alone, cols, dy, STRIDE, x, STRIDE, ROWS, cols),
                         ACT_OK);
        assert_int_equal(softmax_masked_grad(scaled, cols, dy, STRIDE, x, STRIDE, ROWS, cols),
                         ACT_OK);
        for (size_t i = 0; i < ROWS * cols; ++i)
            assert_true(same_bits(scaled[i], scale_of_heads * alone[i]));
    }
}

static int run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(prelu_by_channel, fill),
        cmocka_unit_test_setup(prelu_grad_by_channel, fill),
        cmocka_unit_test_setup(prelu_errors, fill),
        cmocka_unit_test(logsumexp_of_rows),
        cmocka_unit_test(logsumexp_gradient),
        cmocka_unit_test(logsumexp_gradient_specials),
        cmocka_unit_test_setup(logsumexp_gradient_errors, fill),
        cmocka_unit_test(softmax_with_mask),
        cmocka_unit_test(softmax_gradient),
        cmocka_unit_test(log_softmax_gradient),
        cmocka_unit_test(softmax_masked_gradient),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
