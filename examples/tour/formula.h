/*
 * What the tour says about a function in words.
 */
#ifndef TOUR_FORMULA_H
#define TOUR_FORMULA_H

#include <act/act.h>

#include <stdbool.h>

struct formula {
    const char *name;
    const char *text; /* the right side of NAME(x) = */
    act_function fn;
    bool fast;           /* another function has the same curve */
    char parameters[64]; /* "slope = 0.01", or empty */
};

/* Returns false after a message on stderr if the tour has no formula for the function. */
bool formula_of(act_function fn, struct formula *formula);

#endif
