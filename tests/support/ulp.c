/* The distance between a float and a double, in floats. */
#include "support/ulp.h"

#include "act/act.h"
#include "support/harness.h"

static double within_floats(double x) {
    return x > 0x1p128 ? 0x1p128 : x < -0x1p128 ? -0x1p128 : x;
}

double ulp_error(float result, double reference) {
    return ulp_error_at_least(result, reference, 0);
}

double ulp_error_at_least(float result, double reference, double floor) {
    if (isnan(result) || isnan(reference))
        return isnan(result) && isnan(reference) ? 0 : INFINITY;
    if (floor == 0 && reference == 0 && result == 0 && !signbit(reference) != !signbit(result))
        return INFINITY;
    reference = within_floats(reference);
    return fabs(within_floats(result) - reference) / ulp_of(fmax(fabs(reference), floor));
}

void assert_ulp_at(ulp_case what, float result, double reference, double bound, double floor,
                   const char *file, int line) {
    double error = ulp_error_at_least(result, reference, floor);
    if (error <= bound)
        return;
    print_error("%s of %a (%.9g)", what.function, (double)what.x, (double)what.x);
    for (size_t i = 0; i < what.count; ++i)
        print_error(", parameter %a (%.9g)", (double)what.parameters[i],
                    (double)what.parameters[i]);
    print_error(" on %s\n  is        %a\n  should be %a\n  error     %.4f ULP, bound %.4f\n",
                act_backend(), (double)result, reference, error, bound);
    _fail(file, line);
}
