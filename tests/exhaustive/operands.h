/*
 * The largest errors of functions of more than one operand: of dy or up besides x, and of
 * parameters.  These inputs are too many for an exhaustive run, so they are searched.
 */
#ifndef ACT_TESTS_EXHAUSTIVE_OPERANDS_H
#define ACT_TESTS_EXHAUSTIVE_OPERANDS_H

#include "exhaustive/source.h"

/* The extent of a search: every stride-th candidate of its scans. */
typedef struct {
    uint32_t stride;
} effort;

/* The largest error found, in ULP, and where. */
typedef struct {
    double ulp;
    act_input at;
} worst_input;

/* Over x and dy or up, with the usual parameters. */
worst_input search_by(const map_function *f, effort e);
/* Over x, dy or up, and any parameters that the function takes. */
worst_input search_parameters(const map_function *f, effort e);
/* dgate of the gradient of a gated function, over gate, dy and up. */
worst_input search_gated(const gated_gradient *f, effort e);

#endif
