/* Functions by value and by name: a table of the direct calls, from functions.def. */
#include <string.h>

#include "act/act.h"
#include "function_index.h"
#include "storage.def"
#include "strided.h"

typedef act_status map_call(float *dst, const float *src, size_t n, float p, float q);
typedef act_status grad_call(float *dx, const float *dy, const float *v, size_t n, float p,
                             float q);
typedef act_status half_call(uint16_t *dst, const uint16_t *src, size_t n, float p, float q);

#define MAP_CALL(name, params)                                                                     \
    static act_status call_##name(float *dst, const float *src, size_t n, float p, float q) {      \
        (void)p, (void)q;                                                                          \
        return act_##name##_f32_to(dst, src, n PASS_##params);                                     \
    }
#define GRAD_CALL(name, params)                                                                    \
    static act_status call_##name##_grad(float *dx, const float *dy, const float *v, size_t n,     \
                                         float p, float q) {                                       \
        (void)p, (void)q;                                                                          \
        return act_##name##_grad_f32(dx, dy, v, n PASS_##params);                                  \
    }
#define HALF_CALL(type, infinity, wide, name, params)                                              \
    static act_status call_##name##_##type(uint16_t *dst, const uint16_t *src, size_t n, float p,  \
                                           float q) {                                              \
        (void)p, (void)q;                                                                          \
        return act_##name##_##type##_to(dst, src, n PASS_##params);                                \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    MAP_CALL(name, params)                                                                         \
    IF_GRAD_##of(GRAD_CALL(name, params))                                                          \
        IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_CALL, name, params))
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

/* test_apply compares the names of all constants, and so their order. */
_Static_assert((int)ACT_FUNCTIONS == (int)FUNCTIONS, "act_function is functions.def");

enum {
#define STORAGE_INDEX(type, infinity, wide, ...) INDEX_OF_TYPE_##type,
    EACH_STORAGE(STORAGE_INDEX, ) STORAGE_TYPES
};

typedef struct {
    const char *name;
    float usual;
} parameter;
#define PARAMETERS_NONE                 .count = 0
#define PARAMETERS_ONE(p, usual, range) .count = 1, .parameters = {{#p, usual}}
#define PARAMETERS_TWO(p, usual, range, q, usual_q, range_q)                                       \
    .count = 2, .parameters = {{#p, usual}, {#q, usual_q}}

#define HALF_MEMBER(type, infinity, wide, name_)                                                   \
    .half[INDEX_OF_TYPE_##type] = call_##name_##_##type,
static const struct {
    const char *name;
    map_call *call;
    size_t count;
    parameter parameters[2];
    act_grad_input grad_input;
    grad_call *grad;
    half_call *half[STORAGE_TYPES];
} functions[FUNCTIONS] = {
#define ACT_MAP(name_, of, params, types)                                                          \
    [INDEX_OF_##name_] = {.name = #name_,                                                          \
                          .call = call_##name_,                                                    \
                          PARAMETERS_##params,                                                     \
                          IF_GRAD_##of(.grad_input = ACT_GRAD_##of, .grad = call_##name_##_grad, ) \
                              IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_MEMBER, name_))},
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
};

/* The given parameters, or the usual values if that is NULL. */
static act_params parameters_or_usual(size_t f, const act_params *given) {
    const parameter *usual = functions[f].parameters;
    return given ? *given : (act_params){usual[0].usual, usual[1].usual};
}

act_status act_apply_f32(act_function fn, const act_params *params, float *dst, const float *src,
                         size_t n) {
    const size_t f = index_of(fn);
    if (!functions[f].call)
        return ACT_ERROR_FUNCTION;
    const act_params p = parameters_or_usual(f, params);
    return functions[f].call(dst, src, n, p.first, p.second);
}

#define HALF_APPLY(type, infinity, wide, ...)                                                      \
    act_status act_apply_##type(act_function fn, const act_params *params, act_##type *dst,        \
                                const act_##type *src, size_t n) {                                 \
        const size_t f = index_of(fn);                                                             \
        half_call *const call = functions[f].half[INDEX_OF_TYPE_##type];                           \
        if (!call)                                                                                 \
            return ACT_ERROR_FUNCTION;                                                             \
        const act_params p = parameters_or_usual(f, params);                                       \
        return call(dst, src, n, p.first, p.second);                                               \
    }
EACH_STORAGE(HALF_APPLY, )

act_status act_apply_grad_f32(act_function fn, const act_params *params, float *dx, const float *dy,
                              const float *x_or_y, size_t n) {
    const size_t f = index_of(fn);
    if (!functions[f].grad)
        return ACT_ERROR_FUNCTION;
    const act_params p = parameters_or_usual(f, params);
    return functions[f].grad(dx, dy, x_or_y, n, p.first, p.second);
}

/*
 * Of rows, one call each; arrays of no floats show first whether the parameters are in range.
 * Without gaps it is one call.
 */
act_status act_apply_rows_f32(act_function fn, const act_params *params, float *dst,
                              size_t dst_stride, const float *src, size_t src_stride, size_t rows,
                              size_t cols) {
    act_status status = act_apply_f32(fn, params, NULL, NULL, 0);
    if (status == ACT_OK)
        status = act_check_rows(dst, dst_stride, src, src_stride, rows, cols);
    if (status != ACT_OK || rows == 0 || cols == 0)
        return status;
    if (dst_stride == cols && src_stride == cols)
        return act_apply_f32(fn, params, dst, src, rows * cols);
    for (size_t r = 0; r < rows; ++r)
        (void)act_apply_f32(fn, params, dst + r * dst_stride, src + r * src_stride, cols);
    return ACT_OK;
}

act_status act_apply_grad_rows_f32(act_function fn, const act_params *params, float *dx,
                                   size_t dx_stride, const float *dy, size_t dy_stride,
                                   const float *x_or_y, size_t x_or_y_stride, size_t rows,
                                   size_t cols) {
    act_status status = act_apply_grad_f32(fn, params, NULL, NULL, NULL, 0);
    if (status == ACT_OK)
        status =
            act_check_rows_pair(dx, dx_stride, dy, dy_stride, x_or_y, x_or_y_stride, rows, cols);
    for (size_t r = 0; r < rows && status == ACT_OK && cols > 0; ++r)
        status = act_apply_grad_f32(fn, params, dx + r * dx_stride, dy + r * dy_stride,
                                    x_or_y + r * x_or_y_stride, cols);
    return status;
}

act_status act_apply_grad_add_f32(act_function fn, const act_params *params, float *dx,
                                  const float *dy, const float *x_or_y, size_t n) {
    act_status status = act_apply_grad_f32(fn, params, NULL, NULL, NULL, 0);
    if (status == ACT_OK)
        status = act_check_map(dx, dy, n);
    if (status == ACT_OK)
        status = act_check_map(dx, x_or_y, n);
    if (status != ACT_OK)
        return status;
    EACH_BLOCK(i, here, n) {
        float block[STACK_FLOATS];
        (void)act_apply_grad_f32(fn, params, block, dy + i, x_or_y + i, here);
        act_add(dx + i, block, here);
    }
    return ACT_OK;
}

act_function act_function_from_name(const char *name) {
    for (size_t f = 1; name && f < FUNCTIONS; ++f)
        if (strcmp(name, functions[f].name) == 0)
            return (act_function)f;
    return ACT_FUNCTION_NONE;
}

const char *act_function_name(act_function fn) { return functions[index_of(fn)].name; }

size_t act_function_parameters(act_function fn, const char *names[2], act_params *usual) {
    const size_t f = index_of(fn);
    for (size_t i = 0; names && i < 2; ++i)
        names[i] = functions[f].parameters[i].name;
    if (usual)
        *usual = parameters_or_usual(f, NULL);
    return functions[f].count;
}

act_grad_input act_function_grad_input(act_function fn) {
    return functions[index_of(fn)].grad_input;
}
