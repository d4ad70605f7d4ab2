/*
 * Expands LINE(type, loop, form, name, params, layout) for each function of functions.def, in each
 * type that it has: the loop and the form of its call, and its operands (loops.h).
 */
#include "list.h"

#define OPERANDS_NONE     ""
#define OPERANDS_ONE(...) "p"
#define OPERANDS_TWO(...) "pp"

#define EACH_TYPE(types, ...)                                                                      \
    IF_TYPE(HAS_HALF_##types, A_LINE(f16, __VA_ARGS__))                                            \
    A_LINE(f32, __VA_ARGS__)                                                                       \
    IF_TYPE(HAS_F64_##types, A_LINE(f64, __VA_ARGS__))
#define EACH_GRAD_TYPE(types, ...)                                                                 \
    A_LINE(f32, __VA_ARGS__)                                                                       \
    IF_TYPE(HAS_F64_GRAD_##types, A_LINE(f64, __VA_ARGS__))
#define A_LINE(...) LINE(__VA_ARGS__)

#define ACT_MAP(name, of, params, types)                                                           \
    EACH_TYPE(types, map, MAP, name, params, "x" OPERANDS_##params ">x")                           \
    IF_GRAD_##of(EACH_GRAD_TYPE(types, map, PAIR, name##_grad, params, "xx" OPERANDS_##params ">x"))
#define ACT_GATED(name, slope, params, types)                                                      \
    EACH_TYPE(types, map, PAIR, name, params, "xx" OPERANDS_##params ">x")                         \
    A_LINE(f32, map, GATED_GRAD, name##_grad, params, "xxx" OPERANDS_##params ">xx")               \
    IF_TYPE(HAS_F64_##types,                                                                       \
            A_LINE(f64, map, GATED_GRAD, name##_grad, params, "xxx" OPERANDS_##params ">xx"))
#define ACT_PAIR(name, first, params, types)                                                       \
    EACH_TYPE(types, map, PAIR, name, params, "xx" OPERANDS_##params ">x")
#define ACT_ROWS(name, types)      EACH_TYPE(types, rows, ROWS, name, NONE, "r>r")
#define ACT_ROWS_PAIR(name, types) EACH_TYPE(types, rows, ROWS_PAIR, name, NONE, "rr>r")
#define ACT_ROWS_OWN(name, types)  OWN_##name(types)

/* The functions with signatures of their own; nothing for one that Python does not have. */
#define OWN_softmax_masked(types) EACH_TYPE(types, rows, MASKED, softmax_masked, NONE, "rmpp>r")
#define OWN_softmax_masked_fast(types)                                                             \
    EACH_TYPE(types, rows, MASKED, softmax_masked_fast, NONE, "rmpp>r")
#define OWN_softmax_masked_grad(types)                                                             \
    EACH_TYPE(types, rows, MASKED_GRAD, softmax_masked_grad, NONE, "rrp>r")
#define OWN_logsumexp(types) EACH_TYPE(types, rows, ONE_PER_ROW, logsumexp, NONE, "r>o")
#define OWN_logsumexp_grad(types)                                                                  \
    EACH_TYPE(types, rows, ONE_PER_ROW_GRAD, logsumexp_grad, NONE, "or>r")
#define OWN_prelu(types)      EACH_TYPE(types, map, PRELU, prelu, NONE, "xx>x")
#define OWN_prelu_grad(types) EACH_TYPE(types, map, PRELU_GRAD, prelu_grad, NONE, "xxx>x")

/* Attention is no ufunc: kernels.c has a function for it. */
#define OWN_attention_softmax(types)
#define OWN_attention_softmax_fast(types)
#define OWN_attention_softmax_grad(types)

#include "functions.def"

#undef LINE
