/* The references, from one set of formulas for both types. */
#include "support/reference.h"

#include <tgmath.h>

#define REAL            double
#define REFERENCE(name) reference_##name
#include "support/formulas.h"
#undef REAL
#undef REFERENCE

#define REAL            long double
#define REFERENCE(name) reference_long_##name
#include "support/formulas.h"
