/* Functions by value and by name: a table from functions.def in front of the direct calls. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "act/act.h"

/* Whether a parameter may have that value, by the words of functions.def. */
static bool in_range_ANY(float v, float first) { return (void)v, (void)first, true; }
static bool in_range_NOT_NEGATIVE(float v, float first) { return (void)first, v >= 0.0F; }
static bool in_range_MODERATE(float v, float first) {
    return (void)first, fabsf(v) >= 0x1p-20F && fabsf(v) <= 0x1p20F;
}
static bool in_range_NEAR_ONE(float v, float first) {
    return (void)first, fabsf(v) >= 0.125F && fabsf(v) <= 8.0F;
}
static bool in_range_POSITIVE_MODERATE(float v, float first) {
    return v > 0.0F && in_range_MODERATE(v, first);
}
static bool in_range_POSITIVE_NEAR_ONE(float v, float first) {
    return v > 0.0F && in_range_NEAR_ONE(v, first);
}
static bool in_range_AT_LEAST_FIRST(float v, float first) { return v >= first; }

typedef act_status map_call(float *dst, const float *src, size_t n, float p, float q);
typedef act_status grad_call(float *dx, const float *dy, const float *v, size_t n, float p,
                             float q);

#define MAP_CALL(name, ...)                                                                        \
    static act_status call_##name(float *dst, const float *src, size_t n, float p, float q) {      \
        (void)p, (void)q;                                                                          \
        return act_##name##_f32_to(dst, src, n __VA_ARGS__);                                       \
    }
#define ACT_MAP0(name)                     MAP_CALL(name, )
#define ACT_MAP1(name, p_, u, r)           MAP_CALL(name, , p)
#define ACT_MAP2(name, p_, u, r, q_, v, s) MAP_CALL(name, , p, q)
#define GRAD_CALL(name, ...)                                                                       \
    static act_status call_##name##_grad(float *dx, const float *dy, const float *v, size_t n,     \
                                         float p, float q) {                                       \
        (void)p, (void)q;                                                                          \
        return act_##name##_grad_f32(dx, dy, v, n __VA_ARGS__);                                    \
    }
#define ACT_GRAD0(name, of)                     GRAD_CALL(name, )
#define ACT_GRAD1(name, of, p_, u, r)           GRAD_CALL(name, , p)
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s) GRAD_CALL(name, , p, q)
#include "functions.def"

enum {
    INDEX_OF_none = ACT_FUNCTION_NONE,
#define ACT_MAP(name) INDEX_OF_##name,
#include "functions.def"
    FUNCTIONS
};
/* The test of names holds the order in between. */
_Static_assert((int)ACT_FUNCTIONS == (int)FUNCTIONS, "act_function is functions.def");

typedef struct {
    const char *name;
    float usual;
    bool (*in_range)(float v, float first);
} parameter;

static const struct {
    const char *name;
    map_call *call;
    size_t count;
    parameter parameters[2];
} functions[FUNCTIONS] = {
#define ACT_MAP0(name) [INDEX_OF_##name] = {#name, call_##name, 0, {{NULL, 0.0F, NULL}}},
#define ACT_MAP1(name, p, usual, range)                                                            \
    [INDEX_OF_##name] = {#name, call_##name, 1, {{#p, usual, in_range_##range}}},
#define ACT_MAP2(name, p, usual_p, range_p, q, usual_q, range_q)                                   \
    [INDEX_OF_##name] = {#name,                                                                    \
                         call_##name,                                                              \
                         2,                                                                        \
                         {{#p, usual_p, in_range_##range_p}, {#q, usual_q, in_range_##range_q}}},
#include "functions.def"
};

static const struct {
    act_grad_input input;
    grad_call *call;
} gradients[FUNCTIONS] = {
#define GRADIENT(name, of)                      [INDEX_OF_##name] = {ACT_GRAD_##of, call_##name##_grad},
#define ACT_GRAD0(name, of)                     GRADIENT(name, of)
#define ACT_GRAD1(name, of, p_, u, r)           GRADIENT(name, of)
#define ACT_GRAD2(name, of, p_, u, r, q_, v, s) GRADIENT(name, of)
#include "functions.def"
};

/* A function that there is, or 0; the enumeration's type may be signed. */
static size_t index_of(act_function fn) {
    return (size_t)fn < FUNCTIONS ? (size_t)fn : ACT_FUNCTION_NONE;
}

/* The usual values, if there are none. */
static act_status take_parameters(size_t f, const act_params *given, float v[2]) {
    v[0] = given ? given->first : functions[f].parameters[0].usual;
    v[1] = given ? given->second : functions[f].parameters[1].usual;
    const parameter *p = functions[f].parameters;
    for (size_t i = 0; i < 2 && p[i].in_range; ++i)
        if (!isfinite(v[i]) || !p[i].in_range(v[i], v[0]))
            return ACT_ERROR_PARAMETER;
    return ACT_OK;
}

act_status act_apply_f32(act_function fn, const act_params *params, float *dst, const float *src,
                         size_t n) {
    const size_t f = index_of(fn);
    float v[2];
    if (!functions[f].call)
        return ACT_ERROR_FUNCTION;
    act_status status = take_parameters(f, params, v);
    return status ? status : functions[f].call(dst, src, n, v[0], v[1]);
}

act_status act_apply_grad_f32(act_function fn, const act_params *params, float *dx, const float *dy,
                              const float *x_or_y, size_t n) {
    const size_t f = index_of(fn);
    float v[2];
    if (!gradients[f].call)
        return ACT_ERROR_FUNCTION;
    act_status status = take_parameters(f, params, v);
    return status ? status : gradients[f].call(dx, dy, x_or_y, n, v[0], v[1]);
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
        *usual = (act_params){functions[f].parameters[0].usual, functions[f].parameters[1].usual};
    return functions[f].count;
}

act_grad_input act_function_grad_input(act_function fn) { return gradients[index_of(fn)].input; }
