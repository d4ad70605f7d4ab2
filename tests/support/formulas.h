/*
 * The formulas of act.h, each in the plainest form that a wider type allows.  reference.c includes
 * this file once for each type, REAL, and defines REFERENCE(name), the function's name for that
 * type.
 */

/* In 1 / (1 + exp(-x)) exp would overflow, and the result would be 0 too early. */
REAL REFERENCE(sigmoid)(REAL x) { return (x < 0 ? exp(x) : 1) / (1 + exp(-fabs(x))); }

REAL REFERENCE(sigmoid_fast)(REAL x) { return REFERENCE(sigmoid)(x); }

REAL REFERENCE(relu)(REAL x) { return x < 0 ? 0 : x; }

/* The product of two floats is exact. */
REAL REFERENCE(leaky_relu)(REAL x, float slope) { return x < 0 ? slope * x : x; }

REAL REFERENCE(step)(REAL x, float value) { return isnan(x) ? x : x < 0 ? 0 : x > 0 ? 1 : value; }
REAL REFERENCE(linear)(REAL x, float a, float b) { return a * x + b; }
REAL REFERENCE(clip)(REAL x, float lo, float hi) {
    x = lo > x ? lo : x;
    return hi < x ? hi : x;
}
REAL REFERENCE(hardtanh)(REAL x, float lo, float hi) { return REFERENCE(clip)(x, lo, hi); }
REAL REFERENCE(relu6)(REAL x) { return REFERENCE(clip)(x, 0, 6); }
REAL REFERENCE(threshold)(REAL x, float theta, float value) {
    return isnan(x) || x > theta ? x : value;
}
REAL REFERENCE(thresholded_relu)(REAL x, float alpha) { return isnan(x) || x > alpha ? x : 0; }
REAL REFERENCE(softsign)(REAL x) { return isinf(x) ? copysign(1, x) : x / (1 + fabs(x)); }
/* A sum that rounds to 0 in float keeps its sign. */
REAL REFERENCE(hardsigmoid)(REAL x, float alpha, float beta) {
    REAL t = alpha * x + beta;
    return REFERENCE(clip)((float)t == 0 ? (REAL)(float)t : t, 0, 1);
}
REAL REFERENCE(hardswish)(REAL x) { return x <= -3 ? (REAL)-0.0 : x >= 3 ? x : x * ((x + 3) / 6); }
REAL REFERENCE(hardshrink)(REAL x, float lambda) { return isnan(x) || fabs(x) > lambda ? x : 0; }
REAL REFERENCE(softshrink)(REAL x, float lambda) {
    return isnan(x) ? x : x > lambda ? x - lambda : x < -lambda ? x + lambda : 0;
}

/* The gradient's value at x, unless dy or x is NaN. */
#define KEEP_NAN(dy, x, dx) (isnan(x) ? (x) : isnan(dy) ? (dy) : (REAL)(dx))
REAL REFERENCE(sigmoid_grad)(REAL dy, REAL y) { return dy * (1 - y) * y; }
REAL REFERENCE(relu_grad)(REAL dy, REAL x) { return KEEP_NAN(dy, x, x > 0 ? dy : 0); }
REAL REFERENCE(leaky_relu_grad)(REAL dy, REAL x, float slope) {
    return KEEP_NAN(dy, x, x > 0 ? dy : slope * dy);
}
REAL REFERENCE(linear_grad)(REAL dy, REAL x, float a, float b) {
    (void)b;
    return KEEP_NAN(dy, x, a * dy);
}
REAL REFERENCE(clip_grad)(REAL dy, REAL x, float lo, float hi) {
    return KEEP_NAN(dy, x, x < lo || x > hi ? 0 : dy);
}
REAL REFERENCE(hardtanh_grad)(REAL dy, REAL x, float lo, float hi) {
    return KEEP_NAN(dy, x, x <= lo || x >= hi ? 0 : dy);
}
REAL REFERENCE(relu6_grad)(REAL dy, REAL x) { return REFERENCE(hardtanh_grad)(dy, x, 0, 6); }
REAL REFERENCE(threshold_grad)(REAL dy, REAL x, float theta, float value) {
    (void)value;
    return KEEP_NAN(dy, x, x > theta ? dy : 0);
}
REAL REFERENCE(thresholded_relu_grad)(REAL dy, REAL x, float alpha) {
    return KEEP_NAN(dy, x, x > alpha ? dy : 0);
}
REAL REFERENCE(softsign_grad)(REAL dy, REAL x) { return dy / (1 + fabs(x)) / (1 + fabs(x)); }
/* The kinks are at the floats where the function, rounded to float, has its kinks. */
REAL REFERENCE(hardsigmoid_grad)(REAL dy, REAL x, float alpha, float beta) {
    float t = fmaf(alpha, (float)x, beta);
    return KEEP_NAN(dy, x, t > 0 && t < 1 ? alpha * dy : 0);
}
REAL REFERENCE(hardswish_grad)(REAL dy, REAL x) {
    return KEEP_NAN(dy, x, x <= -3 ? 0 : x >= 3 ? dy : dy * ((2 * x + 3) / 6));
}
REAL REFERENCE(hardshrink_grad)(REAL dy, REAL x, float lambda) {
    return KEEP_NAN(dy, x, fabs(x) > lambda ? dy : 0);
}
REAL REFERENCE(softshrink_grad)(REAL dy, REAL x, float lambda) {
    return KEEP_NAN(dy, x, fabs(x) > lambda ? dy : 0);
}
REAL REFERENCE(relu_squared_grad)(REAL dy, REAL x) {
    return KEEP_NAN(dy, x, x > 0 ? 2 * x * dy : 0);
}
REAL REFERENCE(sparse_plus_grad)(REAL dy, REAL x) {
    return KEEP_NAN(dy, x, x <= -1 ? 0 : x < 1 ? dy * ((x + 1) / 2) : dy);
}
#undef KEEP_NAN
REAL REFERENCE(relu_squared)(REAL x) { return x < 0 ? 0 : x * x; }
REAL REFERENCE(sparse_plus)(REAL x) { return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x; }

REAL REFERENCE(reglu)(REAL gate, REAL up) { return REFERENCE(relu)(gate) * up; }

/* Compensated summation (Neumaier), as rows may have millions of columns. */
void REFERENCE(softmax)(REAL *y, const float *x, size_t n) {
    REAL max = -INFINITY, sum = 0, lost = 0;
    for (size_t i = 0; i < n; ++i)
        max = isnan(x[i]) || (REAL)x[i] > max ? (REAL)x[i] : max;
    for (size_t i = 0; i < n; ++i) {
        y[i] = exp((REAL)x[i] - max);
        REAL next = sum + y[i];
        lost += sum > y[i] ? (sum - next) + y[i] : (y[i] - next) + sum;
        sum = next;
    }
    for (size_t i = 0; i < n; ++i)
        y[i] /= sum + lost;
}
void REFERENCE(softmax_fast)(REAL *y, const float *x, size_t n) { REFERENCE(softmax)(y, x, n); }

REAL REFERENCE(exp)(REAL x) { return exp(x); }
REAL REFERENCE(exp_grad)(REAL dy, REAL y) { return dy * y; }

REAL REFERENCE(tanh)(REAL x) { return tanh(x); }
/* Near |y| = 1, 1 - y^2 would lose accuracy that 1 - y keeps. */
REAL REFERENCE(tanh_grad)(REAL dy, REAL y) { return dy * ((1 - y) * (1 + y)); }

REAL REFERENCE(elu)(REAL x, float alpha) { return x < 0 ? alpha * expm1(x) : x; }
/* exp(x) is not 0 for any finite x, so an infinite alpha is never multiplied by 0. */
REAL REFERENCE(elu_grad)(REAL dy, REAL x, float alpha) {
    return dy * (x > 0 ? 1 : isinf(alpha) && !isnan(x) ? alpha : alpha * exp(x));
}

/* The constants are floats by ONNX's definition, so that both types hold them. */
REAL REFERENCE(selu)(REAL x) {
    const REAL alpha = 1.67326319217681884765625F, gamma = 1.05070102214813232421875F;
    return gamma * (x < 0 ? alpha * expm1(x) : x);
}
REAL REFERENCE(selu_grad)(REAL dy, REAL x) {
    const REAL alpha = 1.67326319217681884765625F, gamma = 1.05070102214813232421875F;
    return dy * (gamma * (x > 0 ? 1 : alpha * exp(x)));
}

REAL REFERENCE(scaled_elu)(REAL x, float alpha, float gamma) {
    return gamma * (x < 0 ? alpha * expm1(x) : x);
}
REAL REFERENCE(scaled_elu_grad)(REAL dy, REAL x, float alpha, float gamma) {
    return dy * (gamma * (x > 0 ? 1 : alpha * exp(x)));
}

REAL REFERENCE(celu)(REAL x, float alpha) { return x < 0 ? alpha * expm1(x / alpha) : x; }
/* exp(x / alpha) is finite for every finite x. */
REAL REFERENCE(celu_grad)(REAL dy, REAL x, float alpha) {
    return dy == 0 && isfinite(x) ? dy : dy * (x > 0 ? 1 : exp(x / alpha));
}

/* log1p(exp(z)) would overflow, and be 0 too early for -z. */
REAL REFERENCE(softplus)(REAL x, float beta, float threshold) {
    REAL z = beta * x;
    return z > threshold ? x : ((z > 0 ? z : 0) + log1p(exp(-fabs(z)))) / beta;
}
REAL REFERENCE(softplus_grad)(REAL dy, REAL x, float beta, float threshold) {
    return dy * (beta * x > threshold ? 1 : REFERENCE(sigmoid)(beta * x));
}

/* x + sqrt(x^2 + b) would cancel for x < 0; b = 0 gives relu. */
REAL REFERENCE(squareplus)(REAL x, float b) {
    REAL h = (fabs(x) + hypot(x, sqrt((REAL)b))) / 2;
    return b == 0 ? (x < 0 ? 0 : x) : x < 0 ? b / (4 * h) : h;
}
REAL REFERENCE(squareplus_grad)(REAL dy, REAL x, float b) {
    REAL r = hypot(x, sqrt((REAL)b));
    if (b == 0)
        return dy * (isnan(x) ? x : x > 0 ? 1 : x < 0 ? 0 : (REAL)0.5);
    return dy * (isinf(x) ? (REAL)(x > 0) : REFERENCE(squareplus)(x, b) / r);
}

REAL REFERENCE(log_sigmoid)(REAL x) { return -((x < 0 ? -x : 0) + log1p(exp(-fabs(x)))); }
REAL REFERENCE(log_sigmoid_grad)(REAL dy, REAL x) { return dy * REFERENCE(sigmoid)(-x); }

/* x f(x) for an f that falls faster than x grows: at an infinite x it is 0 with the sign of x. */
static REAL REFERENCE(tail_of_product)(REAL x, REAL f) {
    return f == 0 ? copysign((REAL)0, x) : x * f;
}

static REAL REFERENCE(times_sigmoid)(REAL x, REAL z) {
    return REFERENCE(tail_of_product)(x, REFERENCE(sigmoid)(z));
}
/* x / 2 for beta = 0, also at an infinite x. */
REAL REFERENCE(silu)(REAL x, float beta) {
    return beta == 0 ? x / 2 : REFERENCE(times_sigmoid)(x, beta * x);
}
/* s + z s (1 - s), without cancellation in 1 - s and without inf * 0. */
static REAL REFERENCE(times_sigmoid_grad)(REAL z, REAL w) {
    REAL e = exp(-fabs(z));
    if (e == 0)
        return z < 0 ? (REAL)-0.0 : 1;
    return (z < 0 ? e * (1 + e + w) : 1 + e * (1 + w)) / ((1 + e) * (1 + e));
}
REAL REFERENCE(silu_grad)(REAL dy, REAL x, float beta) {
    return dy * (beta == 0 && !isnan(x) ? (REAL)0.5L
                                        : REFERENCE(times_sigmoid_grad)(beta * x, beta * x));
}

REAL REFERENCE(gelu_quick)(REAL x) { return REFERENCE(times_sigmoid)(x, (REAL)1.702L * x); }
REAL REFERENCE(gelu_quick_grad)(REAL dy, REAL x) {
    return dy * REFERENCE(times_sigmoid_grad)((REAL)1.702L * x, (REAL)1.702L * x);
}

/* x (1 + tanh u) / 2 is x sigmoid(2 u), without the cancellation. */
REAL REFERENCE(gelu_tanh)(REAL x) {
    const REAL c = 2 * sqrt((REAL)0.636619772367581343075535053490057448L);
    return REFERENCE(times_sigmoid)(x, c * (x + (REAL)0.044715L * x * x * x));
}
REAL REFERENCE(gelu_tanh_grad)(REAL dy, REAL x) {
    const REAL c = 2 * sqrt((REAL)0.636619772367581343075535053490057448L);
    return dy * REFERENCE(times_sigmoid_grad)(c * (x + (REAL)0.044715L * x * x * x),
                                              c * (x + 3 * (REAL)0.044715L * x * x * x));
}

REAL REFERENCE(gelu)(REAL x) {
    return REFERENCE(tail_of_product)(x, erfc(-x * sqrt((REAL)0.5)) / 2);
}
REAL REFERENCE(gelu_grad)(REAL dy, REAL x) {
    const REAL density = exp(-x * x / 2) * (REAL)0.398942280401432677939946059934381868L;
    return dy *
           (density == 0 ? (x < 0 ? (REAL)-0.0 : 1) : erfc(-x * sqrt((REAL)0.5)) / 2 + x * density);
}

/* Phi((x - mu) / sigma), and its derivative. */
REAL REFERENCE(laplace)(REAL x, float mu, float sigma) {
    return erfc((mu - x) / sigma * sqrt((REAL)0.5)) / 2;
}
REAL REFERENCE(laplace_grad)(REAL dy, REAL x, float mu, float sigma) {
    REAL z = (x - mu) / sigma;
    return dy * (exp(-z * z / 2) * (REAL)0.398942280401432677939946059934381868L / sigma);
}

/* 1 + sin(2 u) as a square, in which less cancels. */
REAL REFERENCE(snake)(REAL x, float alpha) {
    REAL s = alpha == 0 || isinf(x) ? 0 : sin(alpha * x);
    return alpha == 0 || x == 0 ? x : x + s * s / alpha;
}
REAL REFERENCE(snake_grad)(REAL dy, REAL x, float alpha) {
    REAL root = sin(alpha * x) + cos(alpha * x);
    return alpha == 0 && !isnan(x) ? dy : dy * (root * root);
}

/* tanh(log1p(e)) = n / (n + 2) with n = e (e + 2), by 1 / e on the right, where e would overflow.
 */
REAL REFERENCE(mish)(REAL x) {
    REAL e = exp(-fabs(x));
    return REFERENCE(tail_of_product)(x, x < 0 ? e * (e + 2) / (e * (e + 2) + 2)
                                               : (1 + 2 * e) / (1 + 2 * e + 2 * e * e));
}
REAL REFERENCE(mish_grad)(REAL dy, REAL x) {
    REAL e = exp(-fabs(x)), left = 2 + e * (2 + e), right = 1 + 2 * e * (1 + e);
    if (e == 0)
        return dy * (x < 0 ? (REAL)-0.0 : 1);
    return dy * (x < 0 ? e * ((2 + e) * left + 4 * x * (1 + e)) / (left * left)
                       : ((1 + 2 * e) * right + 4 * x * e * e * (1 + e)) / (right * right));
}

REAL REFERENCE(geglu)(REAL gate, REAL up) { return REFERENCE(gelu)(gate) * up; }
REAL REFERENCE(swiglu)(REAL gate, REAL up) { return REFERENCE(silu)(gate, 1) * up; }

REAL REFERENCE(reglu_grad_dgate)(REAL dy, REAL gate, REAL up) {
    return REFERENCE(relu_grad)(dy * up, gate);
}
REAL REFERENCE(geglu_grad_dgate)(REAL dy, REAL gate, REAL up) {
    return REFERENCE(gelu_grad)(dy * up, gate);
}
REAL REFERENCE(swiglu_grad_dgate)(REAL dy, REAL gate, REAL up) {
    return REFERENCE(silu_grad)(dy * up, gate, 1);
}
REAL REFERENCE(reglu_grad_dup)(REAL dy, REAL gate, REAL up) {
    (void)up;
    return dy * REFERENCE(relu)(gate);
}
REAL REFERENCE(geglu_grad_dup)(REAL dy, REAL gate, REAL up) {
    (void)up;
    return dy * REFERENCE(gelu)(gate);
}
REAL REFERENCE(swiglu_grad_dup)(REAL dy, REAL gate, REAL up) {
    (void)up;
    return dy * REFERENCE(silu)(gate, 1);
}

REAL REFERENCE(tanh_fast)(REAL x) { return REFERENCE(tanh)(x); }
REAL REFERENCE(exp_fast)(REAL x) { return REFERENCE(exp)(x); }
REAL REFERENCE(gelu_fast)(REAL x) { return REFERENCE(gelu)(x); }
REAL REFERENCE(gelu_fast_grad)(REAL dy, REAL x) { return REFERENCE(gelu_grad)(dy, x); }
REAL REFERENCE(gelu_tanh_fast_grad)(REAL dy, REAL x) { return REFERENCE(gelu_tanh_grad)(dy, x); }
REAL REFERENCE(silu_fast_grad)(REAL dy, REAL x, float beta) {
    return REFERENCE(silu_grad)(dy, x, beta);
}
#define FAST_GATED(name)                                                                           \
    REAL REFERENCE(name##_fast)(REAL gate, REAL up) { return REFERENCE(name)(gate, up); }          \
    REAL REFERENCE(name##_fast_grad_dgate)(REAL dy, REAL gate, REAL up) {                          \
        return REFERENCE(name##_grad_dgate)(dy, gate, up);                                         \
    }                                                                                              \
    REAL REFERENCE(name##_fast_grad_dup)(REAL dy, REAL gate, REAL up) {                            \
        return REFERENCE(name##_grad_dup)(dy, gate, up);                                           \
    }
FAST_GATED(geglu)
FAST_GATED(swiglu)
#undef FAST_GATED
REAL REFERENCE(gelu_tanh_fast)(REAL x) { return REFERENCE(gelu_tanh)(x); }
REAL REFERENCE(gelu_quick_fast)(REAL x) { return REFERENCE(gelu_quick)(x); }
REAL REFERENCE(mish_fast)(REAL x) { return REFERENCE(mish)(x); }
REAL REFERENCE(silu_fast)(REAL x, float beta) { return REFERENCE(silu)(x, beta); }
REAL REFERENCE(elu_fast)(REAL x, float alpha) { return REFERENCE(elu)(x, alpha); }
REAL REFERENCE(softplus_fast)(REAL x, float beta, float threshold) {
    return REFERENCE(softplus)(x, beta, threshold);
}

/*
 * The largest element, the sum of exp of the others, and the logarithm of the whole: with log1p,
 * since the sum may be 1 plus a tiny number.
 */
static REAL REFERENCE(log_sum)(const float *x, size_t n, REAL *max) {
    REAL sum = 0, lost = 0;
    size_t top = 0;
    for (size_t i = 1; i < n; ++i)
        top = isnan(x[i]) || x[i] > x[top] ? i : top;
    *max = (REAL)x[top];
    for (size_t i = 0; i < n; ++i) {
        REAL e = i == top && isfinite(x[i]) ? 0 : exp((REAL)x[i] - *max), next = sum + e;
        lost += sum > e ? (sum - next) + e : (e - next) + sum;
        sum = next;
    }
    return log1p(sum + lost);
}
void REFERENCE(log_softmax)(REAL *y, const float *x, size_t n) {
    REAL max, log_sum = REFERENCE(log_sum)(x, n, &max);
    for (size_t i = 0; i < n; ++i)
        y[i] = ((REAL)x[i] - max) - log_sum;
}
void REFERENCE(log_softmax_fast)(REAL *y, const float *x, size_t n) {
    REFERENCE(log_softmax)(y, x, n);
}
REAL REFERENCE(logsumexp)(const float *x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        if (isnan(x[i]))
            return NAN;
    REAL max = -INFINITY;
    for (size_t i = 0; i < n; ++i)
        max = (REAL)x[i] > max ? (REAL)x[i] : max;
    return isinf(max) ? max : max + REFERENCE(log_sum)(x, n, &max);
}
void REFERENCE(logsumexp_grad)(REAL *dx, float dy, const float *x, size_t n) {
    REFERENCE(softmax)(dx, x, n);
    for (size_t i = 0; i < n; ++i)
        dx[i] *= (REAL)dy;
}
void REFERENCE(softmax_masked)(REAL *y, const float *x, const float *mask, size_t n, float scale,
                               int zero_empty) {
    REAL max = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; ++i) {
        y[i] = (REAL)(mask ? fmaf(scale, x[i], mask[i]) : scale * x[i]);
        max = isnan(y[i]) || y[i] > max ? y[i] : max;
    }
    int empty = zero_empty && isinf(max) && max < 0;
    for (size_t i = 0; i < n; ++i)
        sum += y[i] = empty ? 0 : exp(y[i] - max);
    for (size_t i = 0; i < n; ++i)
        y[i] = empty ? 0 : y[i] / sum;
}
void REFERENCE(softmax_grad)(REAL *dx, const float *dy, const float *y, size_t n) {
    REAL sum = 0;
    for (size_t i = 0; i < n; ++i)
        sum += (REAL)dy[i] * (REAL)y[i];
    for (size_t i = 0; i < n; ++i)
        dx[i] = (REAL)y[i] * ((REAL)dy[i] - sum);
}
void REFERENCE(softmax_masked_grad)(REAL *dx, const float *dy, const float *y, size_t n,
                                    float scale) {
    REFERENCE(softmax_grad)(dx, dy, y, n);
    for (size_t i = 0; i < n; ++i)
        dx[i] *= (REAL)scale;
}
void REFERENCE(log_softmax_grad)(REAL *dx, const float *dy, const float *y, size_t n) {
    REAL sum = 0;
    for (size_t i = 0; i < n; ++i)
        sum += (REAL)dy[i];
    for (size_t i = 0; i < n; ++i)
        dx[i] = (REAL)dy[i] - exp((REAL)y[i]) * sum;
}

void REFERENCE(hardmax)(REAL *y, const float *x, size_t n) {
    size_t top = 0;
    for (size_t i = 1; i < n; ++i)
        top = isnan(x[i]) || x[i] > x[top] ? i : top;
    for (size_t i = 0; i < n; ++i)
        y[i] = isnan(x[top]) ? (REAL)NAN : i == top;
}
/* tau by halving the interval in which it must lie, which has nothing in common with the kernel. */
void REFERENCE(sparsemax)(REAL *y, const float *x, size_t n) {
    REAL max = -INFINITY;
    for (size_t i = 0; i < n; ++i)
        max = isnan(x[i]) || (REAL)x[i] > max ? (REAL)x[i] : max;
    REAL low = -1, high = 0;
    for (int step = 0; step < 80 && isfinite(max); ++step) {
        REAL middle = low + (high - low) / 2, sum = 0;
        for (size_t i = 0; i < n; ++i)
            sum += (REAL)x[i] - max > middle ? (REAL)x[i] - max - middle : 0;
        if (sum > 1)
            low = middle;
        else
            high = middle;
    }
    for (size_t i = 0; i < n; ++i)
        y[i] = !isfinite(max) ? (REAL)NAN : (REAL)x[i] - max > low ? (REAL)x[i] - max - low : 0;
}

REAL REFERENCE(sigmoid_grad_x)(REAL dy, REAL x) {
    const REAL e = exp(-fabs(x));
    return dy * (e / ((1 + e) * (1 + e)));
}

/* x - tanh(x) would cancel near 0: the series up to x^17, whose next term is 2^-66 of the sum. */
REAL REFERENCE(tanhshrink)(REAL x) {
    static const REAL numerator[] = {1, -2, 17, -62, 1382, -21844, 929569, -6404582},
                      denominator[] = {3, 15, 315, 2835, 155925, 6081075, 638512875, 10854718875};
    REAL sum = 0;
    if (!(fabs(x) < (REAL)0.0625))
        return x - tanh(x);
    for (int k = 7; k >= 0; --k)
        sum = sum * x * x + numerator[k] / denominator[k];
    return x * x * x * sum;
}
REAL REFERENCE(tanhshrink_grad)(REAL dy, REAL x) { return dy * tanh(x) * tanh(x); }
REAL REFERENCE(softcap)(REAL x, float cap) { return cap * tanh(x / cap); }
REAL REFERENCE(softcap_grad)(REAL dy, REAL y, float cap) {
    y = REFERENCE(clip)(y, -cap, cap);
    return dy * ((cap - y) / cap * ((cap + y) / cap));
}

/* exp(x / 2) where the root of softplus would be that of 0. */
REAL REFERENCE(sqrt_softplus)(REAL x) {
    return x < -100 ? exp(x / 2) : sqrt(REFERENCE(softplus)(x, 1, INFINITY));
}
REAL REFERENCE(sqrt_softplus_grad)(REAL dy, REAL x) {
    return dy *
           (x < -100 ? exp(x / 2) / 2 : REFERENCE(sigmoid)(x) / (2 * REFERENCE(sqrt_softplus)(x)));
}

/* y below the end of its range counts as that end. */
REAL REFERENCE(elu_grad_y)(REAL dy, REAL y, float alpha) {
    return dy * (y > 0 ? 1 : y < -alpha ? 0 : y + alpha);
}
REAL REFERENCE(selu_grad_y)(REAL dy, REAL y) {
    const REAL alpha = 1.67326319217681884765625F, gamma = 1.05070102214813232421875F;
    const REAL end = (float)(gamma * alpha);
    return dy * (y > 0 ? gamma : gamma * alpha + (y < -end ? -end : y));
}
REAL REFERENCE(celu_grad_y)(REAL dy, REAL y, float alpha) {
    return dy * (y > 0 ? 1 : y < -alpha ? 0 : (y + alpha) / alpha);
}

REAL REFERENCE(glu)(REAL gate, REAL up) { return REFERENCE(sigmoid)(gate) * up; }
REAL REFERENCE(glu_fast)(REAL gate, REAL up) { return REFERENCE(glu)(gate, up); }
REAL REFERENCE(geglu_quick_fast)(REAL gate, REAL up) { return REFERENCE(gelu_quick)(gate) * up; }
#define GATED(name, f, f_grad)                                                                     \
    REAL REFERENCE(name##_grad_dgate)(REAL dy, REAL gate, REAL up) {                               \
        return REFERENCE(f_grad)(dy * up, gate);                                                   \
    }                                                                                              \
    REAL REFERENCE(name##_grad_dup)(REAL dy, REAL gate, REAL up) {                                 \
        (void)up;                                                                                  \
        return dy * REFERENCE(f)(gate);                                                            \
    }
GATED(glu, sigmoid, sigmoid_grad_x)
#define GATED_PRODUCT(name, f)                                                                     \
    REAL REFERENCE(name)(REAL gate, REAL up) { return REFERENCE(f)(gate) * up; }                   \
    GATED(name, f, f##_grad)
GATED_PRODUCT(reglu_squared, relu_squared)
GATED_PRODUCT(geglu_tanh, gelu_tanh)
GATED_PRODUCT(geglu_tanh_fast, gelu_tanh)
GATED_PRODUCT(geglu_quick, gelu_quick)
#undef GATED
#undef GATED_PRODUCT
REAL REFERENCE(swiglu_beta)(REAL gate, REAL up, float beta) {
    return REFERENCE(silu)(gate, beta) * up;
}
REAL REFERENCE(swiglu_beta_grad_dgate)(REAL dy, REAL gate, REAL up, float beta) {
    return REFERENCE(silu_grad)(dy * up, gate, beta);
}
REAL REFERENCE(swiglu_beta_grad_dup)(REAL dy, REAL gate, REAL up, float beta) {
    (void)up;
    return dy * REFERENCE(silu)(gate, beta);
}
REAL REFERENCE(swiglu_clamped)(REAL gate, REAL up, float alpha, float limit) {
    return REFERENCE(silu)(limit < gate ? limit : gate, alpha) *
           (REFERENCE(clip)(up, -limit, limit) + 1);
}
REAL REFERENCE(swiglu_clamped_fast)(REAL gate, REAL up, float alpha, float limit) {
    return REFERENCE(swiglu_clamped)(gate, up, alpha, limit);
}
