/* The formulas in MPFR.  Temporaries are static: the tests have one thread. */
#include "f64/exact.h"

#include <math.h>
#include <stdbool.h>

#define RN MPFR_RNDN

static mpfr_t s, t, u, v;
static void begin(mpfr_t y, double x) {
    static bool ready;
    if (!ready) {
        mpfr_inits2(EXACT_BITS, s, t, u, v, (mpfr_ptr)NULL);
        ready = true;
    }
    mpfr_set_d(y, x, RN);
}

#define MAP(name)                                                                                  \
    static void formula_##name(mpfr_t y, double x, double p, double q);                            \
    void exact_##name(mpfr_t y, double x, double b, double p, double q) {                          \
        (void)b;                                                                                   \
        begin(y, x);                                                                               \
        formula_##name(y, x, p, q);                                                                \
    }                                                                                              \
    static void formula_##name(mpfr_t y, double x, double p, double q)
#define UNUSED (void)x, (void)p, (void)q
/* y is dy to begin with. */
#define GRAD(name)                                                                                 \
    static void slope_##name(mpfr_t y, double dy, double x, double p, double q);                   \
    void exact_##name(mpfr_t y, double dy, double x, double p, double q) {                         \
        begin(y, dy);                                                                              \
        slope_##name(y, dy, x, p, q);                                                              \
    }                                                                                              \
    static void slope_##name(mpfr_t y, double dy, double x, double p, double q)
#define UNUSED_BUT_X (void)dy, (void)p, (void)q
#define UNUSED_BUT_P (void)dy, (void)q

static void product_plus(mpfr_t y, double a, double x, double b) {
    mpfr_set_d(y, a, RN);
    mpfr_mul_d(y, y, x, RN);
    mpfr_add_d(y, y, b, RN);
}

/* y = 1 / (1 + exp(-y)) */
static void sigmoid_of(mpfr_t y) {
    mpfr_neg(y, y, RN);
    mpfr_exp(y, y, RN);
    mpfr_add_ui(y, y, 1, RN);
    mpfr_ui_div(y, 1, y, RN);
}

MAP(sigmoid) {
    UNUSED;
    sigmoid_of(y);
}
MAP(relu) {
    (void)p, (void)q;
    mpfr_set_d(y, x < 0 ? 0 : x, RN);
}
MAP(leaky_relu) {
    (void)q;
    mpfr_mul_d(y, y, x < 0 ? p : 1, RN);
}
MAP(step) {
    (void)q;
    mpfr_set_d(y, x < 0 ? 0 : x > 0 ? 1 : p, RN);
}
MAP(linear) { product_plus(y, p, x, q); }
static void clamp(mpfr_t y, double lo, double hi) {
    if (mpfr_cmp_d(y, lo) < 0)
        mpfr_set_d(y, lo, RN);
    if (mpfr_cmp_d(y, hi) > 0)
        mpfr_set_d(y, hi, RN);
}
MAP(relu6) {
    UNUSED;
    clamp(y, 0, 6);
}
MAP(clip) {
    (void)x;
    clamp(y, p, q);
}
MAP(hardtanh) {
    (void)x;
    clamp(y, p, q);
}
MAP(threshold) { mpfr_set_d(y, x > p ? x : q, RN); }
MAP(thresholded_relu) {
    (void)q;
    mpfr_set_d(y, x > p ? x : 0, RN);
}
MAP(hardshrink) {
    (void)q;
    mpfr_set_d(y, fabs(x) > p ? x : 0, RN);
}
MAP(softshrink) {
    (void)q;
    if (x > p)
        mpfr_sub_d(y, y, p, RN);
    else if (x < -p)
        mpfr_add_d(y, y, p, RN);
    else
        mpfr_set_zero(y, 1);
}
MAP(softsign) {
    UNUSED;
    mpfr_abs(s, y, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_div(y, y, s, RN);
}
MAP(hardsigmoid) {
    product_plus(y, p, x, q);
    clamp(y, 0, 1);
}
MAP(hardswish) {
    (void)p, (void)q;
    mpfr_set_d(s, x, RN);
    mpfr_add_ui(s, s, 3, RN);
    clamp(s, 0, 6);
    mpfr_mul(y, y, s, RN);
    mpfr_div_ui(y, y, 6, RN);
}
MAP(tanh) {
    UNUSED;
    mpfr_tanh(y, y, RN);
}
MAP(exp) {
    UNUSED;
    mpfr_exp(y, y, RN);
}
MAP(elu) {
    (void)q;
    if (x < 0) {
        mpfr_expm1(y, y, RN);
        mpfr_mul_d(y, y, p, RN);
    }
}
MAP(selu) {
    (void)p, (void)q;
    if (x < 0) {
        mpfr_expm1(y, y, RN);
        mpfr_mul_d(y, y, 1.6732632423543772848170429916717, RN);
    }
    mpfr_mul_d(y, y, 1.0507009873554804934193349852946, RN);
}
MAP(celu) {
    (void)q;
    if (x < 0) {
        mpfr_div_d(y, y, p, RN);
        mpfr_expm1(y, y, RN);
        mpfr_mul_d(y, y, p, RN);
    }
}
/* log(1 + exp(y)), which is y to far more digits than asked above 1000. */
static void softplus_of(mpfr_t y) {
    if (mpfr_cmp_ui(y, 1000) > 0)
        return;
    mpfr_exp(y, y, RN);
    mpfr_log1p(y, y, RN);
}
MAP(softplus) {
    mpfr_mul_d(y, y, p, RN);
    if (mpfr_cmp_d(y, q) > 0) {
        mpfr_set_d(y, x, RN);
        return;
    }
    softplus_of(y);
    mpfr_div_d(y, y, p, RN);
}
MAP(log_sigmoid) {
    UNUSED;
    mpfr_neg(y, y, RN);
    softplus_of(y);
    mpfr_neg(y, y, RN);
}
MAP(squareplus) {
    (void)q;
    mpfr_sqr(s, y, RN);
    mpfr_add_d(s, s, p, RN);
    mpfr_sqrt(s, s, RN);
    mpfr_abs(t, y, RN);
    mpfr_add(s, s, t, RN);
    if (x < 0) {
        mpfr_set_d(y, p, RN);
        if (p > 0)
            mpfr_div(y, y, s, RN);
    } else {
        mpfr_set(y, s, RN);
    }
    mpfr_div_ui(y, y, 2, RN);
}
MAP(mish) {
    (void)p, (void)q;
    if (x > 1000)
        return;
    mpfr_exp(s, y, RN);
    mpfr_add_ui(t, s, 2, RN);
    mpfr_mul(s, s, t, RN);
    mpfr_add_ui(t, s, 2, RN);
    mpfr_div(s, s, t, RN);
    mpfr_mul(y, y, s, RN);
}
MAP(silu) {
    (void)x, (void)q;
    mpfr_mul_d(s, y, p, RN);
    sigmoid_of(s);
    mpfr_mul(y, y, s, RN);
}
MAP(gelu_quick) {
    UNUSED;
    mpfr_set_str(s, "1.702", 10, RN);
    mpfr_mul(s, s, y, RN);
    sigmoid_of(s);
    mpfr_mul(y, y, s, RN);
}
MAP(gelu_tanh) {
    UNUSED;
    mpfr_set_str(s, "0.044715", 10, RN);
    mpfr_mul(s, s, y, RN);
    mpfr_mul(s, s, y, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_mul(s, s, y, RN);
    mpfr_const_pi(t, RN);
    mpfr_ui_div(t, 8, t, RN);
    mpfr_sqrt(t, t, RN);
    mpfr_mul(s, s, t, RN);
    sigmoid_of(s);
    mpfr_mul(y, y, s, RN);
}
/* Phi(x) = erfc(-x / sqrt(2)) / 2 */
static void phi_of(mpfr_t y, double x) {
    mpfr_set_ui(y, 2, RN);
    mpfr_rec_sqrt(y, y, RN);
    mpfr_mul_d(y, y, -x, RN);
    mpfr_erfc(y, y, RN);
    mpfr_div_ui(y, y, 2, RN);
}
MAP(gelu) {
    (void)p, (void)q;
    if (x > 100)
        return;
    if (x < -100) {
        mpfr_set_zero(y, -1);
        return;
    }
    phi_of(s, x);
    mpfr_mul(y, y, s, RN);
}

MAP(relu_squared) {
    UNUSED;
    mpfr_sqr(y, y, RN);
    if (x < 0)
        mpfr_set_zero(y, 1);
}
MAP(sparse_plus) {
    (void)p, (void)q;
    if (x >= 1)
        return;
    clamp(y, -1, 1);
    mpfr_add_ui(y, y, 1, RN);
    mpfr_sqr(y, y, RN);
    mpfr_div_ui(y, y, 4, RN);
}
/* x^3 / 3 - 2 x^5 / 15 below 2^-60, where the difference would be 0. */
MAP(tanhshrink) {
    (void)p, (void)q;
    if (fabs(x) < 0x1p-60) {
        mpfr_sqr(s, y, RN);
        mpfr_mul(t, s, y, RN);
        mpfr_div_ui(t, t, 3, RN);
        mpfr_mul_ui(s, s, 2, RN);
        mpfr_div_ui(s, s, 5, RN);
        mpfr_ui_sub(s, 1, s, RN);
        mpfr_mul(y, t, s, RN);
        return;
    }
    mpfr_tanh(s, y, RN);
    mpfr_sub(y, y, s, RN);
}
MAP(softcap) {
    (void)x, (void)q;
    mpfr_div_d(y, y, p, RN);
    mpfr_tanh(y, y, RN);
    mpfr_mul_d(y, y, p, RN);
}
/* exp(x / 2) where log(1 + exp(x)) is exp(x) to more digits than asked. */
static void root_of_softplus(mpfr_t y) {
    if (mpfr_cmp_si(y, -1000) < 0) {
        mpfr_div_ui(y, y, 2, RN);
        mpfr_exp(y, y, RN);
        return;
    }
    softplus_of(y);
    mpfr_sqrt(y, y, RN);
}
MAP(sqrt_softplus) {
    UNUSED;
    root_of_softplus(y);
}
MAP(scaled_elu) {
    if (x < 0) {
        mpfr_expm1(y, y, RN);
        mpfr_mul_d(y, y, p, RN);
    }
    mpfr_mul_d(y, y, q, RN);
}
/* y = (x - p) / q, at most 100 in size. */
static void normal_argument(mpfr_t y, double x, double p, double q) {
    mpfr_set_d(y, x, RN);
    mpfr_sub_d(y, y, p, RN);
    mpfr_div_d(y, y, q, RN);
    clamp(y, -100, 100);
}
MAP(laplace) {
    normal_argument(y, x, p, q);
    mpfr_set_ui(s, 2, RN);
    mpfr_rec_sqrt(s, s, RN);
    mpfr_neg(s, s, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_erfc(y, y, RN);
    mpfr_div_ui(y, y, 2, RN);
}
MAP(snake) {
    (void)x, (void)q;
    if (p == 0)
        return;
    mpfr_mul_d(s, y, p, RN);
    mpfr_sin(s, s, RN);
    mpfr_sqr(s, s, RN);
    mpfr_div_d(s, s, p, RN);
    mpfr_add(y, y, s, RN);
}

GRAD(sigmoid_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, x, RN);
    mpfr_ui_sub(t, 1, s, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_mul(y, y, t, RN);
}
GRAD(tanh_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, x, RN);
    mpfr_sqr(s, s, RN);
    mpfr_ui_sub(s, 1, s, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(relu_grad) {
    (void)p, (void)q;
    mpfr_set_d(y, x > 0 ? dy : 0, RN);
}
GRAD(leaky_relu_grad) {
    UNUSED_BUT_P;
    mpfr_mul_d(y, y, x > 0 ? 1 : p, RN);
}
/* y times the derivative of x sigmoid(s), where t is x times that of s. */
static void times_sigmoid_slope(mpfr_t y) {
    sigmoid_of(s);
    mpfr_ui_sub(u, 1, s, RN);
    mpfr_mul(u, u, t, RN);
    mpfr_add_ui(u, u, 1, RN);
    mpfr_mul(s, s, u, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(silu_grad) {
    UNUSED_BUT_P;
    mpfr_set_d(s, x, RN);
    mpfr_mul_d(s, s, p, RN);
    mpfr_set(t, s, RN);
    times_sigmoid_slope(y);
}
GRAD(gelu_quick_grad) {
    UNUSED_BUT_X;
    mpfr_set_str(s, "1.702", 10, RN);
    mpfr_mul_d(s, s, x, RN);
    mpfr_set(t, s, RN);
    times_sigmoid_slope(y);
}
GRAD(gelu_tanh_grad) {
    UNUSED_BUT_X;
    mpfr_const_pi(u, RN);
    mpfr_ui_div(u, 8, u, RN);
    mpfr_sqrt(u, u, RN);
    mpfr_mul_d(u, u, x, RN);
    mpfr_set_str(s, "0.044715", 10, RN);
    mpfr_mul_d(s, s, x, RN);
    mpfr_mul_d(s, s, x, RN);
    mpfr_mul_ui(t, s, 3, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_add_ui(t, t, 1, RN);
    mpfr_mul(s, s, u, RN);
    mpfr_mul(t, t, u, RN);
    times_sigmoid_slope(y);
}
GRAD(gelu_grad) {
    UNUSED_BUT_X;
    const double bounded = fmax(-100, fmin(x, 100));
    phi_of(s, bounded);
    mpfr_set_d(t, bounded, RN);
    mpfr_sqr(u, t, RN);
    mpfr_div_si(u, u, -2, RN);
    mpfr_exp(u, u, RN);
    mpfr_mul(u, u, t, RN);
    mpfr_const_pi(v, RN);
    mpfr_mul_ui(v, v, 2, RN);
    mpfr_rec_sqrt(v, v, RN);
    mpfr_mul(u, u, v, RN);
    mpfr_add(s, s, u, RN);
    mpfr_mul(y, y, s, RN);
}

GRAD(linear_grad) {
    UNUSED_BUT_P, (void)x;
    mpfr_mul_d(y, y, p, RN);
}
static void where(mpfr_t y, bool inside) {
    if (!inside)
        mpfr_set_zero(y, 1);
}
GRAD(relu6_grad) {
    UNUSED_BUT_X;
    where(y, 0 < x && x < 6);
}
GRAD(clip_grad) {
    (void)dy;
    where(y, p <= x && x <= q);
}
GRAD(hardtanh_grad) {
    (void)dy;
    where(y, p < x && x < q);
}
GRAD(threshold_grad) {
    UNUSED_BUT_P;
    where(y, x > p);
}
GRAD(thresholded_relu_grad) {
    UNUSED_BUT_P;
    where(y, x > p);
}
GRAD(hardshrink_grad) {
    UNUSED_BUT_P;
    where(y, fabs(x) > p);
}
GRAD(softshrink_grad) {
    UNUSED_BUT_P;
    where(y, fabs(x) > p);
}
GRAD(softsign_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, fabs(x), RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_sqr(s, s, RN);
    mpfr_div(y, y, s, RN);
}
/* The kinks are where the function, rounded, has them. */
GRAD(hardsigmoid_grad) {
    (void)dy;
    const double sum = fma(p, x, q);
    mpfr_mul_d(y, y, p, RN);
    where(y, 0 < sum && sum < 1);
}
GRAD(hardswish_grad) {
    UNUSED_BUT_X;
    if (x >= 3)
        return;
    mpfr_set_d(s, x, RN);
    mpfr_mul_ui(s, s, 2, RN);
    mpfr_add_ui(s, s, 3, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_div_ui(y, y, 6, RN);
    where(y, x > -3);
}
GRAD(exp_grad) {
    UNUSED_BUT_X;
    mpfr_mul_d(y, y, x, RN);
}
GRAD(elu_grad) {
    UNUSED_BUT_P;
    if (x > 0)
        return;
    mpfr_set_d(s, x, RN);
    mpfr_exp(s, s, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_mul_d(y, y, p, RN);
}
static const double selu_alpha = 1.6732632423543772848170429916717;
static const double selu_gamma = 1.0507009873554804934193349852946;
GRAD(selu_grad) {
    (void)q;
    slope_elu_grad(y, dy, x, selu_alpha, p);
    mpfr_mul_d(y, y, selu_gamma, RN);
}
GRAD(celu_grad) {
    UNUSED_BUT_P;
    if (x > 0)
        return;
    mpfr_set_d(s, x, RN);
    mpfr_div_d(s, s, p, RN);
    mpfr_exp(s, s, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(elu_grad_y) {
    UNUSED_BUT_P;
    if (x > 0)
        return;
    mpfr_set_d(s, fmax(-p, x), RN);
    mpfr_add_d(s, s, p, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(celu_grad_y) {
    slope_elu_grad_y(y, dy, x, p, q);
    if (x <= 0)
        mpfr_div_d(y, y, p, RN);
}
/* y below the end of its range, rounded, counts as that end. */
GRAD(selu_grad_y) {
    UNUSED_BUT_X;
    if (x > 0) {
        mpfr_mul_d(y, y, selu_gamma, RN);
        return;
    }
    mpfr_set_d(s, selu_gamma, RN);
    mpfr_mul_d(s, s, selu_alpha, RN);
    mpfr_add_d(s, s, fmax(-mpfr_get_d(s, RN), x), RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(softplus_grad) {
    (void)dy;
    mpfr_set_d(s, x, RN);
    mpfr_mul_d(s, s, p, RN);
    if (mpfr_cmp_d(s, q) > 0)
        return;
    sigmoid_of(s);
    mpfr_mul(y, y, s, RN);
}
GRAD(log_sigmoid_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, -x, RN);
    sigmoid_of(s);
    mpfr_mul(y, y, s, RN);
}
GRAD(sigmoid_grad_x) {
    UNUSED_BUT_X;
    mpfr_set_d(s, -fabs(x), RN);
    mpfr_exp(s, s, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_sqr(s, s, RN);
    mpfr_div(y, y, s, RN);
}
/* b / (2 r (|x| + r)) for x < 0, and 1 less that for x >= 0. */
GRAD(squareplus_grad) {
    UNUSED_BUT_P;
    if (p == 0) {
        mpfr_mul_d(y, y, x > 0 ? 1 : x < 0 ? 0 : 0.5, RN);
        return;
    }
    mpfr_set_d(s, x, RN);
    mpfr_sqr(s, s, RN);
    mpfr_add_d(s, s, p, RN);
    mpfr_sqrt(s, s, RN);
    mpfr_add_d(t, s, fabs(x), RN);
    mpfr_mul(s, s, t, RN);
    mpfr_d_div(s, p, s, RN);
    mpfr_div_ui(s, s, 2, RN);
    if (x >= 0)
        mpfr_ui_sub(s, 1, s, RN);
    mpfr_mul(y, y, s, RN);
}
/* t + x s (1 - t^2) for s = sigmoid(x) and t = tanh(log(1 + exp(x))) */
GRAD(mish_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, x, RN);
    mpfr_set_d(t, fmin(x, 1000), RN);
    softplus_of(t);
    mpfr_tanh(t, t, RN);
    sigmoid_of(s);
    mpfr_mul_d(s, s, x, RN);
    mpfr_sqr(u, t, RN);
    mpfr_ui_sub(u, 1, u, RN);
    mpfr_mul(s, s, u, RN);
    mpfr_add(s, s, t, RN);
    mpfr_mul(y, y, s, RN);
}

GRAD(relu_squared_grad) {
    UNUSED_BUT_X;
    mpfr_mul_d(y, y, x, RN);
    mpfr_mul_ui(y, y, 2, RN);
    where(y, x > 0);
}
GRAD(sparse_plus_grad) {
    UNUSED_BUT_X;
    if (x >= 1)
        return;
    mpfr_set_d(s, x, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_div_ui(s, s, 2, RN);
    mpfr_mul(y, y, s, RN);
    where(y, x > -1);
}
GRAD(tanhshrink_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, x, RN);
    mpfr_tanh(s, s, RN);
    mpfr_sqr(s, s, RN);
    mpfr_mul(y, y, s, RN);
}
/* y beyond the ends counts as the end. */
GRAD(softcap_grad) {
    UNUSED_BUT_P;
    mpfr_set_d(s, fmax(-p, fmin(x, p)), RN);
    mpfr_div_d(s, s, p, RN);
    mpfr_sqr(s, s, RN);
    mpfr_ui_sub(s, 1, s, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(sqrt_softplus_grad) {
    UNUSED_BUT_X;
    mpfr_set_d(s, x, RN);
    mpfr_set(t, s, RN);
    root_of_softplus(t);
    if (x < -1000) { /* where sigmoid(x) is the square of the root */
        mpfr_set(s, t, RN);
    } else {
        sigmoid_of(s);
        mpfr_div(s, s, t, RN);
    }
    mpfr_div_ui(s, s, 2, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(scaled_elu_grad) {
    (void)dy;
    mpfr_mul_d(y, y, q, RN);
    if (x > 0)
        return;
    mpfr_set_d(s, x, RN);
    mpfr_exp(s, s, RN);
    mpfr_mul(y, y, s, RN);
    mpfr_mul_d(y, y, p, RN);
}
GRAD(laplace_grad) {
    (void)dy;
    normal_argument(s, x, p, q);
    mpfr_sqr(s, s, RN);
    mpfr_div_si(s, s, -2, RN);
    mpfr_exp(s, s, RN);
    mpfr_const_pi(t, RN);
    mpfr_mul_ui(t, t, 2, RN);
    mpfr_rec_sqrt(t, t, RN);
    mpfr_mul(s, s, t, RN);
    mpfr_div_d(s, s, q, RN);
    mpfr_mul(y, y, s, RN);
}
GRAD(snake_grad) {
    UNUSED_BUT_P;
    mpfr_set_d(s, x, RN);
    mpfr_mul_d(s, s, p, RN);
    mpfr_mul_ui(s, s, 2, RN);
    mpfr_sin(s, s, RN);
    mpfr_add_ui(s, s, 1, RN);
    mpfr_mul(y, y, s, RN);
}

/* One maximum is left out of the sum, for log1p. */
void exact_log_sum(mpfr_t y, const double *x, size_t n, double max) {
    begin(y, 0);
    bool left_out = false;
    for (size_t i = 0; i < n; ++i) {
        if (x[i] == max && !left_out) {
            left_out = true;
            continue;
        }
        mpfr_set_d(s, x[i], RN);
        mpfr_sub_d(s, s, max, RN);
        mpfr_exp(s, s, RN);
        mpfr_add(y, y, s, RN);
    }
    mpfr_log1p(y, y, RN);
}

void exact_dot(mpfr_t y, const double *a, const double *b, size_t n) {
    begin(y, 0);
    for (size_t i = 0; i < n; ++i) {
        mpfr_set_d(s, a[i], RN);
        mpfr_mul_d(s, s, b[i], RN);
        mpfr_add(y, y, s, RN);
    }
}

double f64_error(double y, const mpfr_t exact, double least) {
    begin(s, y);
    if (isnan(y) || mpfr_nan_p(exact))
        return isnan(y) && mpfr_nan_p(exact) ? 0 : (double)INFINITY;
    if (isinf(y) && mpfr_get_d(exact, RN) == y)
        return 0;
    if (isinf(y))
        mpfr_set_si_2exp(s, y < 0 ? -1 : 1, 1024, RN);
    mpfr_sub(s, s, exact, RN);
    mpfr_exp_t exponent = -1021;
    if (mpfr_regular_p(exact))
        exponent = mpfr_get_exp(exact) > exponent ? mpfr_get_exp(exact) : exponent;
    exponent = exponent > 1024 ? 1024 : exponent;
    if (least > 0) {
        int of_least;
        frexp(least, &of_least);
        exponent = of_least > exponent ? of_least : exponent;
    }
    mpfr_mul_2si(s, s, 53 - (long)exponent, RN);
    return fabs(mpfr_get_d(s, RN));
}
