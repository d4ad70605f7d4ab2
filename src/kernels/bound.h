/*
 * The proven error bound of a function, stated once, beside its kernel.  The tests assert it and
 * the documentation is made from it.
 */
#ifndef ACT_KERNELS_BOUND_H
#define ACT_KERNELS_BOUND_H

/*
 * An elementwise function: the largest error over all floats, and an input where it occurs.  In
 * the fast tier results below `least` may be 0, and backends may differ within the bound.
 */
typedef struct {
    double ulp; /* with the usual parameters, and 1 as the other operand, dy or up */
    float worst;
    int fast;
    double others; /* with any others */
    double floor;  /* ULP are counted as if the exact result were no smaller; 0 for most */
    double least;  /* 0 in the default tier */
} act_bound;

/* A row-wise one: the largest relative error for rows within [-10, 10] and [-100, 100]. */
typedef struct {
    double within_10, within_100;
    int fast;
} act_row_bound;

#ifndef BOUND_OF
#define BOUND_OF(type, name, ...)                                                                  \
    static const type bound_##name __attribute__((unused)) = {__VA_ARGS__}
#endif
#define BOUND(name, ulp, worst)               BOUND_OF(act_bound, name, ulp, worst, 0, ulp, 0, 0)
#define FAST_BOUND(name, ulp, worst)          BOUND_OF(act_bound, name, ulp, worst, 1, ulp, 0, 0x1p-126)
#define BOUND_USUAL(name, ulp, others, worst) BOUND_OF(act_bound, name, ulp, worst, 0, others, 0, 0)
#define FAST_BOUND_USUAL(name, ulp, others, worst, least)                                          \
    BOUND_OF(act_bound, name, ulp, worst, 1, others, 0, least)
/* For a result that is 0 between the ends of its domain, times |dy| for a gradient. */
#define BOUND_AT_LEAST(name, ulp, others, worst, floor)                                            \
    BOUND_OF(act_bound, name, ulp, worst, 0, others, floor, 0)
#define ROW_BOUND(name, within_10, within_100)                                                     \
    BOUND_OF(act_row_bound, name, within_10, within_100, 0)
#define FAST_ROW_BOUND(name, within_10, within_100)                                                \
    BOUND_OF(act_row_bound, name, within_10, within_100, 1)

#endif
