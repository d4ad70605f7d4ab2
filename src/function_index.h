/* Functions by value: INDEX_OF_NAME for each line of ACT_MAP, and the index of an act_function. */
#ifndef ACT_FUNCTION_INDEX_H
#define ACT_FUNCTION_INDEX_H

#include <stddef.h>

#include "act/act.h"

enum {
    INDEX_OF_none = ACT_FUNCTION_NONE,
#define ACT_MAP(name, of, params, types) INDEX_OF_##name,
#define ACT_GATED                        ACT_SKIP
#define ACT_PAIR                         ACT_SKIP
#define ACT_ROWS                         ACT_SKIP
#define ACT_ROWS_PAIR                    ACT_SKIP
#define ACT_ROWS_OWN                     ACT_SKIP
#include "functions.def"
    FUNCTIONS
};

/* fn, or 0 if there is no such function; the enumeration's type may be signed. */
static inline size_t index_of(act_function fn) {
    return (size_t)fn < FUNCTIONS ? (size_t)fn : ACT_FUNCTION_NONE;
}

#endif
