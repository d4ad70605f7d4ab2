/*
 * A line of text FUNCTION("name", "kind", "family", "parameters", "types") for each function of a
 * family, for the build's list (ActList.cmake), which only preprocesses this file.  A gradient has
 * a line of its own; a function without kernels of its own has none.
 *
 * Kinds: map, pair and gated_grad are elementwise, of one array, of two, and with two results;
 * rows, rows_pair and rows_own are row-wise, the last with a signature of its own; rows_columns are
 * over the middle axis, rows_part of a part of a row.
 */
#define TEXT_NONE                                "-"
#define TEXT_ONE(name, usual, range)             #name "=" #usual
#define TEXT_TWO(p, usual_p, range, q, usual, r) TEXT_ONE(p, usual_p, range) ", " #q "=" #usual
#define TYPES_OF(types)                                                                            \
    "f32" IF_TYPE(HAS_HALF_##types, " f16 bf16") IF_TYPE(HAS_F64_##types, " f64")
#define TYPES_OF_GRAD(types)            "f32" IF_TYPE(HAS_F64_GRAD_##types, " f64")
#define LINE(name, kind, params, types) FUNCTION(#name, kind, FAMILY, TEXT_##params, types)

#define ACT_MAP(name, of, params, types)                                                           \
    LINE(name, "map", params, TYPES_OF(types))                                                     \
    IF_GRAD_##of(LINE(name##_grad, "pair", params, TYPES_OF_GRAD(types)))
#define ACT_GATED_BY ACT_SKIP
#define ACT_PAIR_BY  ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    LINE(name, "pair", params, TYPES_OF(types)) LINE(name##_grad, "gated_grad", params, "f32")
#define ACT_PAIR(name, first, params, types) LINE(name, "pair", params, TYPES_OF(types))
#define ACT_ROWS(name, types)                LINE(name, "rows", NONE, TYPES_OF(types))
#define ACT_ROWS_PAIR(name, types)           LINE(name, "rows_pair", NONE, TYPES_OF(types))
#define ACT_ROWS_OWN(name, types)            LINE(name, "rows_own", NONE, TYPES_OF(types))
#define ACT_COLUMNS(name)                    LINE(name, "rows_columns", NONE, "f32")
#define ACT_PART(name)                       LINE(name, "rows_part", NONE, "f32")
#include "functions.def"
#undef TEXT_NONE
#undef TEXT_ONE
#undef TEXT_TWO
#undef TYPES_OF
#undef TYPES_OF_GRAD
#undef LINE
