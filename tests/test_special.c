/*
 * Zeros, infinities, NaNs and the ends of the range, at every position of a vector; parameters of
 * any value; and the special values that act.h states.
 */
#include <float.h>
#include <stdlib.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"
#include "support/ulp.h"

enum { POSITIONS = 32, LONGEST = 2 * POSITIONS };

/* Every special at every position, also the last of an array, among ordinary numbers. */
static void at_every_position(void **state) {
    const map_function *f = *state;
    for (size_t set = 0; set < parameter_sets(f); set = next_set(set)) {
        float p[MAX_PARAMETERS], x[LONGEST], y[LONGEST];
        parameter_set(f, set, p);
        for (size_t s = 0; s < SPECIALS; ++s)
            for (size_t at = 0; at < POSITIONS; at += quick() && set > 0 ? 5 : 1)
                for (size_t n = at + 1; n < LONGEST; n += quick() ? 21 : 7) {
                    fill_uniform(x, n, -8, 8, s + at + n);
                    x[at] = float_of(specials[s]);
                    assert_int_equal(f->to(y, x, n, p), ACT_OK);
                    for (size_t i = 0; i < n; ++i)
                        assert_map_result(f, p, x[i], y[i], f->reference(x[i], p));
                }
    }
}

/*
 * No parameter gives a wrong result.  Each is refused, or the result is within the bound of the
 * formula, for inputs around its kinks and for any others.  An element has the same bits alone,
 * where no other lane can select the far path.
 */
static const float parameters[] = {
    0.0F,   -0.0F, 0x1p-149F, -0x1p-149F, 0x1p-126F, 1e-38F,   -1e-38F,  1e-30F,    -1e-30F,
    1e-10F, 0.5F,  -0.5F,     1.0F,       -1.0F,     2.0F,     20.0F,    -200.0F,   1e10F,
    -1e10F, 1e30F, -1e30F,    1e38F,      FLT_MAX,   -FLT_MAX, INFINITY, -INFINITY, NAN};
enum { PARAMETERS = sizeof parameters / sizeof parameters[0], INPUTS = 1024 };

static void add_input(float *x, size_t *n, double v) {
    if (fabs(v) <= (double)FLT_MAX) {
        x[(*n)++] = (float)v;
        x[(*n)++] = nextafterf((float)v, INFINITY);
        x[(*n)++] = nextafterf((float)v, -INFINITY);
    }
}

static size_t fill_inputs(float x[INPUTS], const float *p, uint64_t seed) {
    static const double turns[] = {0.01, 0.1, 1,  3,  10, 20,  37,  39,
                                   41,   61,  80, 87, 89, 104, 131, 200};
    const double a = (double)p[0], b = (double)p[1];
    size_t n = 0;
    for (size_t i = 0; i < SPECIALS; ++i)
        x[n++] = float_of(specials[i]);
    for (int sign = -1; sign <= 1; sign += 2)
        for (size_t i = 0; i < sizeof turns / sizeof turns[0]; ++i) {
            add_input(x, &n, sign * turns[i]);
            add_input(x, &n, sign * turns[i] * a);
            add_input(x, &n, sign * turns[i] / a);
            add_input(x, &n, (sign * turns[i] - b) / a);
        }
    const double kinks[] = {a, -a, b, -b, b / a, -b / a, (1 - b) / a};
    for (size_t i = 0; i < sizeof kinks / sizeof kinks[0]; ++i)
        add_input(x, &n, kinks[i]);
    for (random_source source = {seed}; n < INPUTS;)
        x[n++] = float_of(random_bits(&source));
    return n;
}

static bool takes(const map_function *f, const float *p) {
    for (size_t i = 0; i < MAX_PARAMETERS && i < f->parameters; ++i)
        if (!in_range(f->range[i], p[i]))
            return false;
    return true;
}

static void any_parameter(void **state) {
    const map_function *f = *state;
    const size_t firsts = f->parameters > 0 ? PARAMETERS : 1;
    const size_t seconds = f->parameters > 1 ? PARAMETERS : 1;
    float x[INPUTS], y[INPUTS], alone;
    for (size_t set = 0; set < firsts * seconds; set += quick() ? 5 : 1) {
        const float p[MAX_PARAMETERS] = {parameters[set % firsts], parameters[set / firsts]};
        const size_t n = fill_inputs(x, p, set);
        if (!takes(f, p)) {
            memcpy(y, x, sizeof y);
            assert_int_equal(f->to(y, x, n, p), ACT_ERROR_PARAMETER);
            assert_memory_equal(y, x, sizeof y);
            continue;
        }
        assert_int_equal(f->to(y, x, n, p), ACT_OK);
        for (size_t i = 0; i < n; ++i) {
            assert_map_result(f, p, x[i], y[i], f->reference(x[i], p));
            assert_int_equal(f->to(&alone, &x[i], 1, p), ACT_OK);
            if (!same_bits(alone, y[i]))
                fail_msg("%s of %a, parameters %a and %a, on %s: %a, alone %a", f->name,
                         (double)x[i], (double)p[0], (double)p[1], act_backend(), (double)y[i],
                         (double)alone);
        }
    }
}

/*
 * Inputs for which act.h states a value, not only an error bound: x, or (dy, x), (dy, y) or (gate,
 * up).
 */
typedef struct {
    const map_function *f;
    float a, b, p[MAX_PARAMETERS], y;
} exact_value;

#define OF_X(f, x, y)                                                                              \
    { &map_##f, x, 0, {0}, y }
#define OF_1(f, x, p, y)                                                                           \
    { &map_##f, x, 0, {p}, y }
#define OF_2(f, x, p, q, y)                                                                        \
    { &map_##f, x, 0, {p, q}, y }
#define OF_AB(f, a, b, y)                                                                          \
    { &map_##f, a, b, {0}, y }
#define OF_AB1(f, a, b, p, y)                                                                      \
    { &map_##f, a, b, {p}, y }
#define OF_AB2(f, a, b, p, q, y)                                                                   \
    { &map_##f, a, b, {p, q}, y }

static const exact_value exact_values[] = {
    OF_X(sigmoid, 0.0F, 0.5F),
    OF_X(sigmoid, -0.0F, 0.5F),
    OF_X(sigmoid, INFINITY, 1.0F),
    OF_X(sigmoid, -INFINITY, 0.0F),
    OF_X(sigmoid, FLT_MAX, 1.0F),
    OF_X(sigmoid, -FLT_MAX, 0.0F),
    OF_X(sigmoid, 0x1p-149F, 0.5F),
    OF_X(sigmoid, -0x1p-149F, 0.5F),
    OF_X(sigmoid_fast, 0.0F, 0.5F),
    OF_X(sigmoid_fast, INFINITY, 1.0F),
    OF_X(sigmoid_fast, -INFINITY, 0.0F),
    OF_X(relu, 0.0F, 0.0F),
    OF_X(relu, -0.0F, -0.0F),
    OF_X(relu, INFINITY, INFINITY),
    OF_X(relu, -INFINITY, 0.0F),
    OF_X(relu, NAN, NAN),
    OF_X(relu, 0x1p-149F, 0x1p-149F),
    OF_X(relu, -0x1p-149F, 0.0F),
    OF_X(relu, FLT_MAX, FLT_MAX),
    OF_X(relu, -FLT_MAX, 0.0F),
    OF_1(leaky_relu, -0.0F, 0.01F, -0.0F),
    OF_1(leaky_relu, -0.0F, 2.0F, -0.0F),
    OF_1(leaky_relu, -0.0F, NAN, -0.0F),
    OF_1(leaky_relu, 0.0F, -1.0F, 0.0F),
    OF_1(leaky_relu, -INFINITY, 0.01F, -INFINITY),
    OF_1(leaky_relu, -INFINITY, 0.0F, NAN),
    OF_1(leaky_relu, -INFINITY, -2.0F, INFINITY),
    OF_1(leaky_relu, -1.0F, INFINITY, -INFINITY),
    OF_1(leaky_relu, -1.0F, NAN, NAN),
    OF_1(leaky_relu, 1.0F, NAN, 1.0F),
    OF_1(leaky_relu, 0.0F, INFINITY, 0.0F),
    OF_1(leaky_relu, -1.0F, 0.0F, -0.0F),
    OF_1(leaky_relu, -FLT_MAX, 2.0F, -INFINITY),
    OF_1(leaky_relu, FLT_MAX, 2.0F, FLT_MAX),
    OF_1(leaky_relu, -0x1p-149F, 0.25F, -0.0F),
    OF_1(leaky_relu, -0x1.8p-125F, 0x1p-24F, -0x1p-148F),
    OF_1(step, -0.0F, 7.0F, 7.0F),
    OF_1(step, -1.0F, NAN, 0.0F),
    OF_1(step, 1.0F, NAN, 1.0F),
    OF_1(step, 0.0F, NAN, NAN),
    OF_X(relu6, -0.0F, -0.0F),
    OF_X(relu6, INFINITY, 6.0F),
    OF_2(clip, 5.0F, 3.0F, 2.0F, 2.0F),
    OF_2(clip, -5.0F, 3.0F, 2.0F, 2.0F),
    OF_2(clip, 5.0F, NAN, 2.0F, 2.0F),
    OF_2(clip, -5.0F, NAN, 2.0F, -5.0F),
    OF_2(clip, 5.0F, 1.0F, NAN, 5.0F),
    OF_2(clip, 5.0F, -INFINITY, INFINITY, 5.0F),
    OF_2(hardtanh, 5.0F, 3.0F, 2.0F, 2.0F),
    OF_2(hardtanh, 5.0F, NAN, 9.0F, 5.0F),
    OF_2(hardtanh, 5.0F, 1.0F, NAN, 5.0F),
    OF_2(threshold, 1.0F, NAN, 7.0F, 7.0F),
    OF_2(threshold, 1.0F, 1.0F, 7.0F, 7.0F),
    OF_X(softsign, -INFINITY, -1.0F),
    OF_X(softsign, INFINITY, 1.0F),
    OF_X(softsign, -0.0F, -0.0F),
    OF_X(hardswish, -INFINITY, -0.0F),
    OF_X(hardswish, INFINITY, INFINITY),
    OF_1(softshrink, INFINITY, INFINITY, 0.0F),
    OF_1(softshrink, -0.0F, 0.5F, 0.0F),
    OF_1(softshrink, -3.0F, NAN, 0.0F),
    OF_X(tanh, -0.0F, -0.0F),
    OF_X(tanh, -INFINITY, -1.0F),
    OF_X(tanh, INFINITY, 1.0F),
    OF_X(tanh_fast, -0.0F, -0.0F),
    OF_X(tanh_fast, -INFINITY, -1.0F),
    OF_X(tanh_fast, INFINITY, 1.0F),
    OF_X(exp, -INFINITY, 0.0F),
    OF_X(exp, 88.73F, INFINITY),
    OF_X(exp, INFINITY, INFINITY),
    OF_1(elu, -0.0F, 1.0F, -0.0F),
    OF_1(elu, -INFINITY, 1.0F, -1.0F),
    OF_1(elu, -INFINITY, -3.0F, 3.0F),
    OF_1(elu, -1.0F, 0.0F, -0.0F),
    OF_1(elu, -1.0F, INFINITY, -INFINITY),
    OF_1(elu, -0x1p-149F, INFINITY, -INFINITY),
    OF_1(elu, 2.0F, NAN, 2.0F),
    OF_1(elu_fast, -0.0F, 1.0F, -0.0F),
    OF_1(elu_fast, -INFINITY, 1.0F, -1.0F),
    OF_X(selu, -0.0F, -0.0F),
    OF_1(celu, -0.0F, 1.0F, -0.0F),
    OF_1(celu, -0.0F, -2.0F, -0.0F),
    OF_1(celu, -INFINITY, 1.0F, -1.0F),
    OF_1(celu, -INFINITY, 2.0F, -2.0F),
    OF_1(celu, -INFINITY, 0x1p-149F, -0x1p-149F),
    OF_1(celu, -INFINITY, FLT_MAX, -FLT_MAX),
    OF_1(celu, -INFINITY, -1.0F, -INFINITY),
    OF_1(celu, -INFINITY, -FLT_MAX, -INFINITY),
    OF_2(softplus, 5.0F, 1.0F, 4.0F, 5.0F),
    OF_2(softplus, -250.0F, 1.0F, -200.0F, 0.0F),
    OF_2(softplus, 0x1p-149F, 0.125F, 0.0F, 0x1p-149F),
    OF_2(softplus, 30.0F, 1.0F, NAN, 30.0F),
    OF_2(softplus, INFINITY, 1.0F, INFINITY, INFINITY),
    OF_2(softplus, -INFINITY, 1.0F, -INFINITY, 0.0F),
    OF_2(softplus, INFINITY, -1.0F, 20.0F, -0.0F),
    OF_2(softplus_fast, -250.0F, 1.0F, -200.0F, 0.0F),
    OF_2(softplus_fast, 0x1p-149F, 0.125F, 0.0F, 0x1p-149F),
    OF_2(softplus_fast, 5.0F, 1.0F, 4.0F, 5.0F),
    OF_1(squareplus, 0.0F, 4.0F, 1.0F),
    OF_1(squareplus, -INFINITY, 4.0F, 0.0F),
    OF_1(squareplus, INFINITY, 4.0F, INFINITY),
    OF_1(squareplus, -0x1p-149F, 0.0F, 0.0F),
    OF_1(squareplus, 2.0F, 0.0F, 2.0F),
    OF_1(squareplus, FLT_MAX, 0x1p-149F, FLT_MAX),
    OF_1(squareplus, FLT_MAX, 1e30F, FLT_MAX),
    OF_X(log_sigmoid, -INFINITY, -INFINITY),
    OF_X(log_sigmoid, INFINITY, -0.0F),
    OF_X(log_sigmoid, 104.0F, -0.0F),
    OF_X(log_sigmoid, FLT_MAX, -0.0F),
    OF_1(silu, -INFINITY, 1.0F, -0.0F),
    OF_1(silu, INFINITY, 1.0F, INFINITY),
    OF_1(silu, -INFINITY, -1.0F, -INFINITY),
    OF_1(silu, INFINITY, -1.0F, 0.0F),
    OF_1(silu, -INFINITY, 0x1p-149F, -0.0F),
    OF_1(silu, 3.0F, 0.0F, 1.5F),
    OF_1(silu, -INFINITY, 0.0F, -INFINITY),
    OF_1(silu, 0x1.8p-148F, -0.0F, 0x1p-148F),
    OF_1(silu_fast, -INFINITY, 1.0F, -0.0F),
    OF_1(silu_fast, INFINITY, 1.0F, INFINITY),
    OF_1(silu_fast, 3.0F, 0.0F, 1.5F),
    OF_X(gelu, -INFINITY, -0.0F),
    OF_X(gelu, INFINITY, INFINITY),
    OF_X(gelu_fast, -INFINITY, -0.0F),
    OF_X(gelu_fast, INFINITY, INFINITY),
    OF_X(gelu_tanh, -INFINITY, -0.0F),
    OF_X(gelu_tanh, INFINITY, INFINITY),
    OF_X(gelu_quick, -INFINITY, -0.0F),
    OF_X(gelu_quick, INFINITY, INFINITY),
    OF_X(mish, -INFINITY, -0.0F),
    OF_X(mish, INFINITY, INFINITY),
    OF_AB(reglu, -1.0F, INFINITY, NAN),
    OF_AB(reglu, -1.0F, -2.0F, -0.0F),
    OF_AB(reglu, 1.0F, NAN, NAN),
    OF_AB(reglu, NAN, 1.0F, NAN),
    OF_AB(geglu, 0.0F, INFINITY, NAN),
    OF_AB(geglu, 1.0F, NAN, NAN),
    OF_AB(swiglu, 0.0F, -INFINITY, NAN),
    OF_AB(swiglu, NAN, 0.0F, NAN),
    OF_AB(sigmoid_grad, 2.0F, 0.5F, 0.5F),
    OF_AB(sigmoid_grad, 1.0F, 1.0F, 0.0F),
    OF_AB(relu_grad, INFINITY, -1.0F, 0.0F),
    OF_AB(relu_grad, INFINITY, 0.0F, 0.0F),
    OF_AB(relu_grad, -2.0F, 0x1p-149F, -2.0F),
    OF_AB(relu_grad, NAN, -1.0F, NAN),
    OF_AB(relu_grad, 1.0F, NAN, NAN),
    OF_AB1(leaky_relu_grad, 2.0F, 0.0F, 0.25F, 0.5F),
    OF_AB1(leaky_relu_grad, 2.0F, -1.0F, 0.25F, 0.5F),
    OF_AB1(leaky_relu_grad, 3e38F, 1.0F, 2.0F, 3e38F),
    OF_AB1(leaky_relu_grad, 1.0F, NAN, 2.0F, NAN),
    OF_AB1(leaky_relu_grad, NAN, 1.0F, 2.0F, NAN),
    OF_AB1(leaky_relu_grad, 0.0F, 1.0F, INFINITY, 0.0F),
    OF_AB2(linear_grad, 2.0F, 5.0F, -3.0F, 1.0F, -6.0F),
    OF_AB2(linear_grad, 2.0F, NAN, -3.0F, 1.0F, NAN),
    OF_AB(relu6_grad, INFINITY, 0.0F, 0.0F),
    OF_AB(relu6_grad, -INFINITY, 6.0F, 0.0F),
    OF_AB(relu6_grad, 2.0F, 3.0F, 2.0F),
    OF_AB2(clip_grad, 2.0F, 1.0F, 1.0F, 3.0F, 2.0F),
    OF_AB2(clip_grad, 2.0F, 3.0F, 1.0F, 3.0F, 2.0F),
    OF_AB2(clip_grad, INFINITY, 4.0F, 1.0F, 3.0F, 0.0F),
    OF_AB2(clip_grad, 2.0F, 2.5F, 3.0F, 2.0F, 0.0F),
    OF_AB2(clip_grad, 2.0F, 5.0F, NAN, 9.0F, 2.0F),
    OF_AB2(clip_grad, 2.0F, 5.0F, 1.0F, NAN, 2.0F),
    OF_AB2(hardtanh_grad, 2.0F, 1.0F, 1.0F, 3.0F, 0.0F),
    OF_AB2(hardtanh_grad, 2.0F, 3.0F, 1.0F, 3.0F, 0.0F),
    OF_AB2(hardtanh_grad, -INFINITY, 4.0F, 1.0F, 3.0F, 0.0F),
    OF_AB2(hardtanh_grad, 2.0F, 2.5F, 3.0F, 2.0F, 0.0F),
    OF_AB2(hardtanh_grad, 2.0F, 5.0F, NAN, 9.0F, 2.0F),
    OF_AB2(hardtanh_grad, 2.0F, 5.0F, 1.0F, NAN, 2.0F),
    OF_AB2(hardtanh_grad, 2.0F, -INFINITY, NAN, NAN, 2.0F),
    OF_AB2(threshold_grad, 2.0F, 1.0F, 1.0F, 9.0F, 0.0F),
    OF_AB2(threshold_grad, INFINITY, 1.0F, NAN, 9.0F, 0.0F),
    OF_AB(softsign_grad, 2.0F, 1.0F, 0.5F),
    OF_AB(softsign_grad, 2.0F, INFINITY, 0.0F),
    OF_AB2(hardsigmoid_grad, INFINITY, -3.0F, 0.25F, 0.5F, 0.0F),
    OF_AB2(hardsigmoid_grad, INFINITY, 2.0F, 0.25F, 0.5F, 0.0F),
    OF_AB2(hardsigmoid_grad, 2.0F, 1.0F, 0.25F, 0.5F, 0.5F),
    OF_AB(hardswish_grad, INFINITY, -3.0F, 0.0F),
    OF_AB(hardswish_grad, FLT_MAX, 3.0F, FLT_MAX),
    OF_AB(hardswish_grad, 2.0F, 0.0F, 1.0F),
    OF_AB1(hardshrink_grad, INFINITY, 0.5F, 0.5F, 0.0F),
    OF_AB1(softshrink_grad, INFINITY, -0.5F, 0.5F, 0.0F),
    OF_AB1(thresholded_relu_grad, INFINITY, 1.0F, 1.0F, 0.0F),
    OF_AB(tanh_grad, 2.0F, 1.0F, 0.0F),
    OF_AB(tanh_grad, 2.0F, 0.0F, 2.0F),
    OF_AB(exp_grad, 2.0F, 3.0F, 6.0F),
    OF_AB1(elu_grad, 2.0F, 0.0F, 0.25F, 0.5F),
    OF_AB1(elu_grad, 2.0F, 0x1p-149F, 0.25F, 2.0F),
    OF_AB1(elu_grad, 2.0F, -INFINITY, 1.0F, 0.0F),
    OF_AB1(elu_grad, 2.0F, -INFINITY, INFINITY, INFINITY),
    OF_AB(selu_grad, 1.0F, 1.0F, 1.05070102214813232421875F),
    OF_AB1(celu_grad, 2.0F, 0.0F, 0.25F, 2.0F),
    OF_AB1(celu_grad, 2.0F, -INFINITY, 0.25F, 0.0F),
    OF_AB1(celu_grad, 2.0F, -INFINITY, -0.25F, INFINITY),
    OF_AB1(celu_grad, 0.0F, -FLT_MAX, -0.25F, 0.0F),
    OF_AB1(squareplus_grad, 2.0F, 0.0F, 0.0F, 1.0F),
    OF_AB1(squareplus_grad, 2.0F, 0.0F, 4.0F, 1.0F),
    OF_AB1(squareplus_grad, 2.0F, -INFINITY, 4.0F, 0.0F),
    OF_AB1(squareplus_grad, 2.0F, INFINITY, 4.0F, 2.0F),
    OF_AB1(squareplus_grad, 2.0F, -FLT_MAX, 0x1p-149F, 0.0F),
    OF_AB2(softplus_grad, 2.0F, 0.0F, 1.0F, 20.0F, 1.0F),
    OF_AB2(softplus_grad, 2.0F, 5.0F, 1.0F, 4.0F, 2.0F),
    OF_AB2(softplus_grad, 2.0F, -250.0F, 1.0F, -200.0F, 0.0F),
    OF_AB2(softplus_grad, 2.0F, INFINITY, -1.0F, 20.0F, 0.0F),
    OF_AB(log_sigmoid_grad, 2.0F, 0.0F, 1.0F),
    OF_AB(log_sigmoid_grad, 2.0F, INFINITY, 0.0F),
    OF_AB1(silu_grad, 2.0F, 0.0F, 1.0F, 1.0F),
    OF_AB1(silu_grad, 2.0F, 7.0F, 0.0F, 1.0F),
    OF_AB1(silu_grad, 2.0F, INFINITY, 1.0F, 2.0F),
    OF_AB(gelu_grad, 2.0F, 0.0F, 1.0F),
    OF_AB(gelu_tanh_grad, 2.0F, 0.0F, 1.0F),
    OF_AB(gelu_quick_grad, 2.0F, 0.0F, 1.0F),
    OF_AB(mish_grad, 2.0F, INFINITY, 2.0F),
    OF_X(relu_squared, -0.0F, 0.0F),
    OF_X(relu_squared, -INFINITY, 0.0F),
    OF_X(relu_squared, 0x1p64F, INFINITY),
    OF_AB(relu_squared_grad, INFINITY, 0.0F, 0.0F),
    OF_AB(relu_squared_grad, 3e38F, -3e38F, 0.0F),
    OF_AB(relu_squared_grad, 0x1p-100F, 0x1p127F, 0x1p28F),
    OF_X(sparse_plus, -1.0F, 0.0F),
    OF_X(sparse_plus, -INFINITY, 0.0F),
    OF_X(sparse_plus, 1.0F, 1.0F),
    OF_X(sparse_plus, INFINITY, INFINITY),
    OF_AB(sparse_plus_grad, INFINITY, -1.0F, 0.0F),
    OF_AB(sparse_plus_grad, 3.0F, 1.0F, 3.0F),
    OF_X(tanhshrink, -0.0F, -0.0F),
    OF_X(tanhshrink, -INFINITY, -INFINITY),
    OF_AB(tanhshrink_grad, 2.0F, -INFINITY, 2.0F),
    OF_1(softcap, -0.0F, 30.0F, -0.0F),
    OF_1(softcap, INFINITY, 30.0F, 30.0F),
    OF_1(softcap, -INFINITY, FLT_MAX, -FLT_MAX),
    OF_1(softcap, 0x1p-149F, 1e30F, 0x1p-149F),
    OF_1(softcap, 1.0F, 0x1p-149F, 0x1p-149F),
    OF_AB1(softcap_grad, 2.0F, 0.0F, 30.0F, 2.0F),
    OF_AB1(softcap_grad, 2.0F, 31.0F, 30.0F, 0.0F),
    OF_AB1(softcap_grad, 2.0F, FLT_MAX, FLT_MAX, 0.0F),
    OF_X(sqrt_softplus, -INFINITY, 0.0F),
    OF_X(sqrt_softplus, INFINITY, INFINITY),
    OF_AB(sqrt_softplus_grad, 2.0F, INFINITY, 0.0F),
    OF_2(scaled_elu, -INFINITY, 0x1p127F, 0x1p-100F, -0x1p27F),
    OF_2(scaled_elu, -0x1p-149F, 0x1p127F, 0x1p30F, -0x1p8F),
    OF_2(scaled_elu, INFINITY, 2.0F, -1.0F, -INFINITY),
    OF_2(scaled_elu, -1.0F, 0.0F, 1.0F, -0.0F),
    OF_AB2(scaled_elu_grad, 2.0F, 0.0F, 3.0F, 0.5F, 3.0F),
    OF_AB2(scaled_elu_grad, 2.0F, 1.0F, 3.0F, 0.5F, 1.0F),
    OF_2(laplace, -INFINITY, 0.707107F, 0.282095F, 0.0F),
    OF_2(laplace, INFINITY, FLT_MAX, 0x1p-149F, 1.0F),
    OF_2(laplace, -INFINITY, -FLT_MAX, 0x1p-149F, 0.0F),
    OF_2(laplace, 3.0F, 3.0F, 0x1p-149F, 0.5F),
    OF_2(laplace, 0x1.8p1F, 0x1.800002p1F, 0x1p-149F, 0.0F),
    OF_AB2(laplace_grad, 1.0F, INFINITY, 0.0F, FLT_MAX, 0.0F),
    OF_1(snake, -0.0F, 1.0F, -0.0F),
    OF_1(snake, -INFINITY, 1.0F, -INFINITY),
    OF_1(snake, 3.0F, 0.0F, 3.0F),
    OF_AB1(snake_grad, 2.0F, 5.0F, 0.0F, 2.0F),
    OF_AB1(snake_grad, 2.0F, INFINITY, 1.0F, NAN),
    OF_AB(sigmoid_grad_x, 2.0F, 0.0F, 0.5F),
    OF_AB(sigmoid_grad_x, 2.0F, INFINITY, 0.0F),
    OF_AB1(elu_grad_y, 2.0F, 0.0F, 0.25F, 0.5F),
    OF_AB1(elu_grad_y, 2.0F, -0.25F, 0.25F, 0.0F),
    OF_AB1(elu_grad_y, 2.0F, -FLT_MAX, FLT_MAX, 0.0F),
    OF_AB(selu_grad_y, 1.0F, 1.0F, 1.05070102214813232421875F),
    OF_AB1(celu_grad_y, 2.0F, 0.0F, 0.25F, 2.0F),
    OF_AB1(celu_grad_y, 2.0F, -0x1p-149F, 0x1p-148F, 1.0F),
    OF_AB(glu, INFINITY, 2.0F, 2.0F),
    OF_AB(glu, -INFINITY, INFINITY, NAN),
    OF_AB(reglu_squared, 1e30F, 0.0F, 0.0F),
    OF_AB(reglu_squared, -1.0F, INFINITY, NAN),
    OF_AB1(swiglu_beta, -INFINITY, 1.0F, 1.0F, -0.0F),
    OF_AB2(swiglu_clamped, -INFINITY, 1.0F, 1.702F, 7.0F, -0.0F),
    OF_AB2(swiglu_clamped, 3.0F, -1.0F, 1.702F, 7.0F, 0.0F),
    OF_AB2(swiglu_clamped, 3.0F, -INFINITY, 0.0F, 7.0F, -9.0F),
    OF_AB2(swiglu_clamped, INFINITY, INFINITY, 0.0F, 7.0F, 28.0F),
    OF_AB2(swiglu_clamped, 1.0F, NAN, 1.702F, 7.0F, NAN),
};

static void exact_promises(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof exact_values / sizeof exact_values[0]; ++k) {
        const exact_value *v = &exact_values[k];
        for (size_t at = 0; at < POSITIONS; ++at) {
            float a[POSITIONS], b[POSITIONS];
            fill_uniform(a, POSITIONS, -8, 8, at);
            fill_uniform(b, POSITIONS, -8, 8, at + POSITIONS);
            a[at] = v->a;
            b[at] = v->b;
            assert_int_equal(v->f->pair ? v->f->pair->call(a, a, b, at + 1, v->p)
                                        : v->f->in_place(a, at + 1, v->p),
                             ACT_OK);
            if (!same_bits(a[at], v->y))
                fail_msg("%s of %a, %a, parameters %a, %a, at %zu on %s: is %a, should be %a",
                         v->f->name, (double)v->a, (double)v->b, (double)v->p[0], (double)v->p[1],
                         at, act_backend(), (double)a[at], (double)v->y);
        }
    }
}

/*
 * The gradient of reglu where its derivative is 0: +0 for an infinite dy up, NaN if dy up or one of
 * its factors is NaN.
 */
static void reglu_grad_of_nothing(void **state) {
    (void)state;
    static const struct {
        float dy, up, dgate;
    } rows[] = {{INFINITY, 1.0F, 0.0F}, {3e38F, 3e38F, 0.0F}, {1.0F, -INFINITY, 0.0F},
                {INFINITY, 0.0F, NAN},  {NAN, 1.0F, NAN},     {1.0F, NAN, NAN},
                {0.0F, -INFINITY, NAN}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; ++k)
        for (int i = 0; i < 2; ++i) {
            const float gate = i ? -1.0F : 0.0F;
            float dgate, dup;
            assert_int_equal(act_reglu_grad_f32(&dgate, &dup, &rows[k].dy, &gate, &rows[k].up, 1),
                             ACT_OK);
            if (!same_bits(dgate, rows[k].dgate))
                fail_msg("dgate of dy = %a, up = %a on %s: is %a, should be %a", (double)rows[k].dy,
                         (double)rows[k].up, act_backend(), (double)dgate, (double)rows[k].dgate);
        }
}

/* Rows of every length with the given elements at every position; the others are filler. */
static void spoiled_rows(float filler, float spoiler,
                         void (*check)(const float *y, size_t n, size_t at)) {
    float x[LONGEST + 3], y[LONGEST + 3];
    for (size_t n = 1; n <= LONGEST + 3; n += n < 20 ? 1 : 5)
        for (size_t at = 0; at < n; ++at) {
            for (size_t i = 0; i < n; ++i)
                x[i] = filler;
            x[at] = spoiler;
            assert_int_equal(act_softmax_f32_to(y, n, x, n, 1, n), ACT_OK);
            check(y, n, at);
        }
}

static void all_nan(const float *y, size_t n, size_t at) {
    (void)at;
    for (size_t i = 0; i < n; ++i)
        assert_true(isnan(y[i]));
}

/* All the weight is in one element; the others are +0, not -0 and not almost 0. */
static void one_at(const float *y, size_t n, size_t at) {
    for (size_t i = 0; i < n; ++i)
        assert_int_equal(bits_of(y[i]), bits_of(i == at ? 1.0F : 0.0F));
}

/* The opposite: one element has no weight, the others share it. */
static void none_at(const float *y, size_t n, size_t at) {
    if (n == 1)
        return;
    for (size_t i = 0; i < n; ++i)
        if (i == at)
            assert_int_equal(bits_of(y[i]), bits_of(0.0F));
        else
            assert_true(fabs((double)y[i] * (double)(n - 1) - 1) < 1e-6);
}

static void softmax_without_a_result(void **state) {
    (void)state;
    static const float fillers[] = {1.0F, -INFINITY, INFINITY, FLT_MAX, -FLT_MAX};
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; ++i) {
        for (size_t s = 0; s < SPECIALS; ++s)
            if (isnan(float_of(specials[s])))
                spoiled_rows(fillers[i], float_of(specials[s]), all_nan);
        spoiled_rows(fillers[i], INFINITY, all_nan);
    }
    spoiled_rows(-INFINITY, -INFINITY, all_nan);
}

static void softmax_with_one_winner(void **state) {
    (void)state;
    static const float others[] = {-INFINITY, -FLT_MAX, -200.0F};
    static const float winners[] = {0.0F, -0.0F, 1.0F, FLT_MAX, 0x1p-149F, -1.0F};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; ++i)
        for (size_t k = 0; k < sizeof winners / sizeof winners[0]; ++k)
            spoiled_rows(others[i], winners[k], one_at);
    spoiled_rows(-INFINITY, -FLT_MAX, one_at);
}

static void softmax_with_one_loser(void **state) {
    (void)state;
    static const float others[] = {0.0F, 3.0F, -3.0F, FLT_MAX, 0x1p-149F};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; ++i) {
        spoiled_rows(others[i], -INFINITY, none_at);
        spoiled_rows(others[i], -FLT_MAX, none_at);
    }
    spoiled_rows(-FLT_MAX, -INFINITY, none_at);
}

/* n equal elements give 1/n, exactly if n is a power of two; a single element gives 1. */
static void softmax_of_equal_elements(void **state) {
    (void)state;
    static const float values[] = {0.0F, -0.0F, 1.0F, 1e-3F, 88.7F, FLT_MAX, -FLT_MAX, 0x1p-149F};
    enum { MOST = 4096 };
    float *x = malloc(MOST * sizeof *x);
    for (size_t k = 0; k < sizeof values / sizeof values[0]; ++k)
        for (size_t n = 1; n <= MOST; n *= 2) {
            for (size_t i = 0; i < n; ++i)
                x[i] = values[k];
            assert_int_equal(act_softmax_f32(x, 1, n), ACT_OK);
            for (size_t i = 0; i < n; ++i)
                assert_int_equal(bits_of(x[i]), bits_of(1.0F / (float)n));
        }
    free(x);
}

/* A NaN row does not affect other rows. */
static void softmax_rows_apart(void **state) {
    (void)state;
    static const float spoilers[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX};
    enum { ROWS = 3, COLS = 21 };
    for (size_t k = 0; k < sizeof spoilers / sizeof spoilers[0]; ++k) {
        float x[ROWS][COLS], alone[ROWS][COLS];
        fill_uniform(x[0], (size_t)ROWS * COLS, -5, 5, k);
        x[1][k] = spoilers[k];
        memcpy(alone, x, sizeof x);
        assert_int_equal(act_softmax_f32(x[0], ROWS, COLS), ACT_OK);
        for (size_t r = 0; r < ROWS; ++r) {
            assert_int_equal(act_softmax_f32(alone[r], 1, COLS), ACT_OK);
            for (size_t c = 0; c < COLS; ++c) {
                assert_true(same_bits(x[r][c], alone[r][c]));
                assert_true(isnan(x[r][c]) == (r == 1 && k < 2));
            }
        }
    }
}

/* Results lie within [0, 1] and sum to 1 for any finite row. */
static void softmax_sums(void **state) {
    (void)state;
    enum { MOST = 100000 };
    float *x = malloc(MOST * sizeof *x);
    for (size_t n = 1; n <= MOST; n = n * 3 + 1)
        for (int kind = 0; kind < 3; ++kind) {
            if (kind == 0)
                fill_finite(x, n, n);
            else
                fill_uniform(x, n, kind == 1 ? -1.0F : -90.0F, kind == 1 ? 1.0F : 90.0F, n);
            assert_int_equal(act_softmax_f32(x, 1, n), ACT_OK);
            double sum = 0;
            for (size_t i = 0; i < n; ++i) {
                assert_true(x[i] >= 0 && x[i] <= 1 && !signbit(x[i]));
                sum += (double)x[i];
            }
            if (fabs(sum - 1) > 1e-6)
                fail_msg("%zu columns sum to %.9f", n, sum);
        }
    free(x);
}

static int run(void) {
    const struct CMUnitTest tests[] = {
#define ELEMENTWISE(name)                     MAP_TEST(at_every_position, name), MAP_TEST(any_parameter, name),
#define ACT_MAP(name, of, params, types)      EACH_OF_MAP(ELEMENTWISE, name, of)
#define ACT_GATED(name, slope, params, types) EACH_OF_GATED(ELEMENTWISE, name)
#define ACT_PAIR(name, first, params, types)  ELEMENTWISE(name)
#define ACT_ROWS                              ACT_SKIP
#define ACT_ROWS_PAIR                         ACT_SKIP
#define ACT_ROWS_OWN                          ACT_SKIP
#include "functions.def"
        cmocka_unit_test(exact_promises),           cmocka_unit_test(reglu_grad_of_nothing),
        cmocka_unit_test(softmax_without_a_result), cmocka_unit_test(softmax_with_one_winner),
        cmocka_unit_test(softmax_with_one_loser),   cmocka_unit_test(softmax_of_equal_elements),
        cmocka_unit_test(softmax_rows_apart),       cmocka_unit_test(softmax_sums),
    };
    return cmocka_run_group_tests_name("special", tests, NULL, NULL);
}

int main(void) { return on_each_backend(run); }
