/*
 * The measured error bound of a function, stated once, beside its kernel, together with an input
 * that nearly reaches it.  The tests assert both, and that the public header states the same
 * figures.
 */
#ifndef ACT_KERNELS_BOUND_H
#define ACT_KERNELS_BOUND_H

/*
 * An input: x is x, y or gate; by is dy or up, for a function of two arrays; p and q are the
 * parameters, if they are not the usual ones.  For dgate, the gradient of a gated function, p is
 * up.
 */
typedef struct {
    float x, by, p, q;
} act_input;

/*
 * An elementwise function: the largest error over all floats, in ULP, for any dy or up.  At `at`
 * the error is at least 0.95 of the figure on at least one backend; in the fast tier backends may
 * differ.
 */
typedef struct {
    double ulp; /* with the usual parameters; 0: exact */
    act_input at;
    double others; /* with any other parameters, if that error is larger */
    act_input others_at;
    double floor; /* of |f'(x)|: ULP are counted as if the result were no smaller than that times
                     |dy|; 0 except for functions with a zero in their domain */
    double least; /* results below it may be 0; 0 in the default tier */
    int fast;
} act_bound;

/* A row-wise function: the largest relative error for rows within [-10, 10] and [-100, 100]. */
typedef struct {
    double within_10, within_100;
    int fast;
    double floor; /* a smaller result counts as that; 0 if the bound holds down to 2^-126 */
} act_row_bound;

#ifndef BOUND_OF
#define BOUND_OF(type, name, ...)                                                                  \
    static const type bound_##name __attribute__((unused)) = {__VA_ARGS__}
#endif
/* BOUND(sigmoid, 1.48, .at = {.x = -4.846}); .others and .floor where the function has them. */
#define BOUND(name, figure, ...) BOUND_OF(act_bound, name, .ulp = (figure), __VA_ARGS__)
#define EXACT(name)              BOUND_OF(act_bound, name, .ulp = 0)
#define FAST_BOUND(name, figure, smallest, ...)                                                    \
    BOUND_OF(act_bound, name, .ulp = (figure), .least = (smallest), .fast = 1, __VA_ARGS__)
#define ROW_BOUND(name, within_10, within_100)                                                     \
    BOUND_OF(act_row_bound, name, within_10, within_100, 0, 0)
#define FAST_ROW_BOUND(name, within_10, within_100)                                                \
    BOUND_OF(act_row_bound, name, within_10, within_100, 1, 0)
#define FAST_ROW_BOUND_DOWN_TO(name, within_10, within_100, smallest)                              \
    BOUND_OF(act_row_bound, name, within_10, within_100, 1, smallest)

#endif
