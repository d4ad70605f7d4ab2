/* Functions of doubles by value: a table of the direct calls, from functions.def. */
#include "act/act.h"
#include "function_index.h"
#include "list.h"

typedef act_status map_call(double *dst, const double *src, size_t n, double p, double q);
typedef act_status grad_call(double *dx, const double *dy, const double *v, size_t n, double p,
                             double q);

#define MAP_CALL(name, params)                                                                     \
    static act_status call_##name(double *dst, const double *src, size_t n, double p, double q) {  \
        (void)p, (void)q;                                                                          \
        return act_##name##_f64_to(dst, src, n PASS_##params);                                     \
    }
#define GRAD_CALL(name, params)                                                                    \
    static act_status call_##name##_grad(double *dx, const double *dy, const double *v, size_t n,  \
                                         double p, double q) {                                     \
        (void)p, (void)q;                                                                          \
        return act_##name##_grad_f64(dx, dy, v, n PASS_##params);                                  \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, MAP_CALL(name, params))                                               \
    IF_TYPE(HAS_F64_GRAD_##types, GRAD_CALL(name, params))
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"

static const struct {
    map_call *call;
    grad_call *grad;
    double usual[2];
} functions[FUNCTIONS] = {
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, [INDEX_OF_##name].call = call_##name,                                 \
            [INDEX_OF_##name].usual = {USUAL_F64_##params}, )                                      \
    IF_TYPE(HAS_F64_GRAD_##types, [INDEX_OF_##name].grad = call_##name##_grad, )
#define ACT_GATED     ACT_SKIP
#define ACT_PAIR      ACT_SKIP
#define ACT_ROWS      ACT_SKIP
#define ACT_ROWS_PAIR ACT_SKIP
#define ACT_ROWS_OWN  ACT_SKIP
#include "functions.def"
};

act_status act_apply_f64(act_function fn, const act_params_f64 *params, double *dst,
                         const double *src, size_t n) {
    const size_t f = index_of(fn);
    if (!functions[f].call)
        return ACT_ERROR_FUNCTION;
    const double *usual = functions[f].usual;
    return functions[f].call(dst, src, n, params ? params->first : usual[0],
                             params ? params->second : usual[1]);
}

act_status act_apply_grad_f64(act_function fn, const act_params_f64 *params, double *dx,
                              const double *dy, const double *x_or_y, size_t n) {
    const size_t f = index_of(fn);
    if (!functions[f].grad)
        return ACT_ERROR_FUNCTION;
    const double *usual = functions[f].usual;
    return functions[f].grad(dx, dy, x_or_y, n, params ? params->first : usual[0],
                             params ? params->second : usual[1]);
}
