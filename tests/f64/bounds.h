/* f64_bound_NAME, as the f64 kernels state them. */
#ifndef ACT_TESTS_F64_BOUNDS_H
#define ACT_TESTS_F64_BOUNDS_H

#include "scalar/f64_scalar.h"

#include "f64/exponential.h"
#include "f64/piecewise.h"
#include "f64/rows.h"
#include "f64/snake.h"

#endif
