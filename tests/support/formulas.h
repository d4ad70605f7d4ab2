/*
 * The formulas of act.h, each as plainly as a wider type allows.  reference.c includes this for
 * each type, REAL, and defines REFERENCE(name), what the function is called for that type.
 */

/* 1 / (1 + exp(-x)) would overflow on the way, and be 0 too soon. */
REAL REFERENCE(sigmoid)(REAL x) { return (x < 0 ? exp(x) : 1) / (1 + exp(-fabs(x))); }

REAL REFERENCE(sigmoid_fast)(REAL x) { return REFERENCE(sigmoid)(x); }

REAL REFERENCE(relu)(REAL x) { return x < 0 ? 0 : x; }

/* The product of two floats is exact. */
REAL REFERENCE(leaky_relu)(REAL x, REAL slope) { return x < 0 ? slope * x : x; }

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
