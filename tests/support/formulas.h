/*
 * The formulas of act.h, each as plainly as a wider type allows.  reference.c includes this for
 * each type, REAL, and defines REFERENCE(name), what the function is called for that type.
 */

/* 1 / (1 + exp(-x)) would overflow on the way, and be 0 too soon. */
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
REAL REFERENCE(hardsigmoid)(REAL x, float alpha, float beta) {
    return REFERENCE(clip)(alpha * x + beta, 0, 1);
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
    return KEEP_NAN(dy, x, x > lo && x < hi ? dy : 0);
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
/* The kinks are where the function, rounded to float, has its own. */
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
#undef KEEP_NAN

REAL REFERENCE(reglu)(REAL gate, REAL up) { return REFERENCE(relu)(gate) * up; }

/* The lost parts of the additions are summed too (Neumaier): rows may have millions of columns. */
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
