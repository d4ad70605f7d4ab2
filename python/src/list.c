/*
 * A line of text FUNCTION("name", "kind", "of", "parameters", "types") for each line of
 * functions.def, for generate.py.  The build only preprocesses this file.
 */
#define TEXT_NONE                    "-"
#define TEXT_ONE(name, usual, range) #name "=" #usual ":" #range
#define TEXT_TWO(p, usual_p, range, q, usual, r)                                                   \
    TEXT_ONE(p, usual_p, range) ";" TEXT_ONE(q, usual, r)

#define ACT_MAP(name, of, params, types)      FUNCTION(#name, "map", #of, TEXT_##params, #types)
#define ACT_GATED(name, slope, params, types) FUNCTION(#name, "gated", "-", TEXT_##params, #types)
#define ACT_PAIR(name, first, params, types)  FUNCTION(#name, "pair", #first, TEXT_##params, #types)
#define ACT_ROWS(name, types)                 FUNCTION(#name, "rows", "-", "-", #types)
#define ACT_ROWS_PAIR(name, types)            FUNCTION(#name, "rows_pair", "-", "-", #types)
#define ACT_ROWS_OWN(name, types)             FUNCTION(#name, "rows_own", "-", "-", #types)
#include "functions.def"
