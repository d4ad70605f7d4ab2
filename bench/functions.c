/*
 * The library's functions as the suite measures them: loops of calls, out of place and in place, of
 * every function and type in functions.def.
 */
#include "bench.h"
#include "storage.def"

const float *copied_from;
float *second, *mask_of_zeros, *mask_causal;

#define BENCH_VARIANTS

enum { SLICE_FLOATS = 2 << 20 };
static act_status relu_of_slices(float *dst, const float *src, size_t n, size_t slice) {
    act_status status = ACT_OK;
    for (size_t i = 0; i < n && status == ACT_OK; i += SLICE_FLOATS) {
        status = act_relu_f32_to(dst + i, src + i, slice);
    }
    return status;
}

#define LOOP_TO(name, call)       LOOP_TO_OF(float, name, call)
#define LOOP_IN_PLACE(name, call) LOOP_IN_PLACE_OF(float, name, call)
#define LOOP_TO_OF(real, name, call)                                                               \
    static act_status name##_to(const struct bench_subject *subject, uint64_t times, void *to,     \
                                const void *from, size_t rows, size_t cols) {                      \
        (void)subject;                                                                             \
        real *const dst = to;                                                                      \
        const real *const src = from;                                                              \
        const size_t n = rows * cols;                                                              \
        (void)n;                                                                                   \
        act_status status = ACT_OK;                                                                \
        for (uint64_t i = 0; i < times; i++) {                                                     \
            status = call;                                                                         \
            gb_clobber();                                                                          \
        }                                                                                          \
        return status;                                                                             \
    }
#define LOOP_IN_PLACE_OF(real, name, call)                                                         \
    static act_status name##_in_place(uint64_t times, void *array, size_t stride, size_t rows,     \
                                      size_t cols) {                                               \
        const size_t n = rows * cols;                                                              \
        (void)n;                                                                                   \
        real *buf = array;                                                                         \
        act_status status = ACT_OK;                                                                \
        for (uint64_t i = 0; i < times; i++, buf += stride) {                                      \
            status = call;                                                                         \
            gb_clobber();                                                                          \
        }                                                                                          \
        return status;                                                                             \
    }
#define BENCH_CALL(name, shapes, parameter, to, in_place)                                          \
    LOOP_TO(name, to)                                                                              \
    LOOP_IN_PLACE(name, in_place)
#define BENCH_CALL_TO(name, shapes, parameter, to) LOOP_TO(name, to)
#include "calls.def"

/* Of the storage types and of doubles. */
#define LOOPS_OF(real, name, to, in_place)                                                         \
    LOOP_TO_OF(real, name, to)                                                                     \
    LOOP_IN_PLACE_OF(real, name, in_place)
#define HALF_MAP(type, infinity, wide, name, params)                                               \
    LOOPS_OF(act_##type, name##_##type, act_##name##_##type##_to(dst, src, n USUAL_##params),      \
             act_##name##_##type(buf, n USUAL_##params))
#define HALF_GATED(type, infinity, wide, name, params)                                             \
    LOOPS_OF(act_##type, name##_##type, act_##name##_##type(dst, src, src, n USUAL_##params),      \
             act_##name##_##type(buf, buf, buf, n USUAL_##params))
#define HALF_ROWS(type, infinity, wide, name)                                                      \
    LOOPS_OF(act_##type, name##_##type,                                                            \
             act_##name##_##type##_to(dst, cols, src, cols, rows, cols),                           \
             act_##name##_##type(buf, rows, cols))
#define HALF_softmax_masked(type, infinity, wide, ...)                                             \
    LOOPS_OF(act_##type, softmax_masked_##type,                                                    \
             act_softmax_masked_##type##_to(dst, cols, src, cols, mask_of_zeros, cols, rows, cols, \
                                            0.125F, ACT_EMPTY_ROWS_ZERO),                          \
             act_softmax_masked_##type(buf, mask_of_zeros, cols, rows, cols, 0.125F,               \
                                       ACT_EMPTY_ROWS_ZERO))
#define HALF_attention_softmax(type, infinity, wide, ...)                                          \
    LOOPS_OF(act_##type, attention_softmax_##type,                                                 \
             act_attention_softmax_##type##_to(dst, cols, src, cols, rows, cols, BENCH_CAUSAL),    \
             act_attention_softmax_##type(buf, rows, cols, BENCH_CAUSAL))
#define HALF_logsumexp(type, infinity, wide, ...)                                                  \
    LOOP_TO_OF(act_##type, logsumexp_##type, act_logsumexp_##type(dst, src, cols, rows, cols))
#define HALF_OWN(name) EACH_STORAGE(HALF_##name, )

#define DOUBLES_NONE
#define DOUBLES_ONE(name, usual, range) , AS_DOUBLE(usual)
#define DOUBLES_TWO(name, usual, range, name_q, usual_q, range_q)                                  \
    , AS_DOUBLE(usual), AS_DOUBLE(usual_q)
#define F64_MAP(name, params)                                                                      \
    LOOPS_OF(double, name##_f64, act_##name##_f64_to(dst, src, n DOUBLES_##params),                \
             act_##name##_f64(buf, n DOUBLES_##params))
#define F64_PAIR(name, params)                                                                     \
    LOOPS_OF(double, name##_f64, act_##name##_f64(dst, src, src, n DOUBLES_##params),              \
             act_##name##_f64(buf, buf, buf, n DOUBLES_##params))
#define F64_ROWS(name)                                                                             \
    LOOPS_OF(double, name##_f64, act_##name##_f64_to(dst, cols, src, cols, rows, cols),            \
             act_##name##_f64(buf, rows, cols))
#define F64_ROWS_PAIR(name)                                                                        \
    LOOPS_OF(double, name##_f64, act_##name##_f64(dst, cols, src, cols, src, cols, rows, cols),    \
             act_##name##_f64(buf, cols, buf, cols, buf, cols, rows, cols))
#define F64_logsumexp                                                                              \
    LOOP_TO_OF(double, logsumexp_f64, act_logsumexp_f64(dst, src, cols, rows, cols))
/* What floats are beside an array of floats: the input itself, and zeros. */
#define DOUBLES ((const double *)(const void *)second)
#define ZEROS   ((const double *)(const void *)mask_of_zeros)
#define F64_logsumexp_grad                                                                         \
    LOOPS_OF(double, logsumexp_grad_f64,                                                           \
             act_logsumexp_grad_f64(dst, cols, src, src, cols, rows, cols),                        \
             act_logsumexp_grad_f64(buf, cols, DOUBLES, buf, cols, rows, cols))
#define F64_softmax_masked                                                                         \
    LOOPS_OF(double, softmax_masked_f64,                                                           \
             act_softmax_masked_f64_to(dst, cols, src, cols, ZEROS, cols, rows, cols, 0.125,       \
                                       ACT_EMPTY_ROWS_ZERO),                                       \
             act_softmax_masked_f64(buf, ZEROS, cols, rows, cols, 0.125, ACT_EMPTY_ROWS_ZERO))
#define F64_softmax_masked_grad                                                                    \
    LOOPS_OF(double, softmax_masked_grad_f64,                                                      \
             act_softmax_masked_grad_f64(dst, cols, src, cols, src, cols, rows, cols, 0.125),      \
             act_softmax_masked_grad_f64(buf, cols, buf, cols, buf, cols, rows, cols, 0.125))
#define F64_prelu                                                                                  \
    LOOPS_OF(double, prelu_f64, act_prelu_f64_to(dst, cols, src, cols, src, rows, cols),           \
             act_prelu_f64(buf, DOUBLES, rows, cols))
#define F64_prelu_grad                                                                             \
    LOOPS_OF(double, prelu_grad_f64,                                                               \
             act_prelu_grad_f64(dst, cols, src, cols, src, cols, src, rows, cols),                 \
             act_prelu_grad_f64(buf, cols, buf, cols, buf, cols, DOUBLES, rows, cols))

#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_MAP, name, params))                                \
    IF_TYPE(HAS_F64_##types, F64_MAP(name, params))                                                \
    IF_TYPE(HAS_F64_GRAD_##types, F64_PAIR(name##_grad, params))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_GATED, name, params))                              \
    IF_TYPE(HAS_F64_##types, F64_PAIR(name, params))
#define ACT_PAIR(name, first, params, types) ACT_GATED(name, , params, types)
#define ACT_ROWS(name, types)                                                                      \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_ROWS, name))                                       \
    IF_TYPE(HAS_F64_##types, F64_ROWS(name))
#define ACT_ROWS_PAIR(name, types) IF_TYPE(HAS_F64_##types, F64_ROWS_PAIR(name))
#define ACT_ROWS_OWN(name, types)                                                                  \
    IF_TYPE(HAS_HALF_##types, HALF_OWN(name)) IF_TYPE(HAS_F64_##types, F64_##name)
#include "functions.def"

const struct bench_type bench_floats = {sizeof(float), NULL};

#define HALF_TYPE(type, infinity, wide, ...)                                                       \
    static act_status to_##type(void *dst, const float *src, size_t n) {                           \
        return act_f32_to_##type(dst, src, n);                                                     \
    }                                                                                              \
    static const struct bench_type type_##type = {sizeof(act_##type), to_##type};
EACH_STORAGE(HALF_TYPE, )

static act_status to_f64(void *dst, const float *src, size_t n) {
    double *const to = dst;
    for (size_t i = 0; i < n; i++) {
        to[i] = (double)src[i];
    }
    return ACT_OK;
}
static const struct bench_type type_f64 = {sizeof(double), to_f64};

const struct bench_subject bench_functions[] = {
#define SUBJECT(name, shapes, parameter, in_place)                                                 \
    {#name "_f32", #name, NULL, shapes, parameter, name##_to, in_place, NULL, &bench_floats},
#define BENCH_CALL(name, shapes, parameter, to, in_place)                                          \
    SUBJECT(name, shapes, parameter, name##_in_place)
#define BENCH_CALL_TO(name, shapes, parameter, to) SUBJECT(name, shapes, parameter, NULL)
#include "calls.def"
/* Peers know these by the whole name. */
#define TYPED(name, type, shapes, parameter, has_in_place)                                         \
    {#name "_" #type,                                                                              \
     #name "_" #type,                                                                              \
     NULL,                                                                                         \
     shapes,                                                                                       \
     parameter,                                                                                    \
     name##_##type##_to,                                                                           \
     IN_PLACE_##has_in_place(name##_##type##_in_place),                                            \
     NULL,                                                                                         \
     &type_##type},
#define IN_PLACE_0(loop) NULL
#define IN_PLACE_1(loop) loop
#define HALF_SUBJECT(type, infinity, wide, name, shapes, parameter, has_in_place)                  \
    TYPED(name, type, shapes, parameter, has_in_place)
#define TYPES(name, types, shapes, parameter, has_in_place)                                        \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_SUBJECT, name, shapes, parameter, has_in_place))   \
    IF_TYPE(HAS_F64_##types, TYPED(name, f64, shapes, parameter, has_in_place))
#define ACT_MAP(name, of, params, types)                                                           \
    TYPES(name, types, BENCH_ARRAYS, FIRST_USUAL_##params, 1)                                      \
    IF_TYPE(HAS_F64_GRAD_##types, TYPED(name##_grad, f64, BENCH_ARRAYS, FIRST_USUAL_##params, 1))
#define ACT_GATED(name, slope, params, types) TYPES(name, types, BENCH_ARRAYS, 0.0F, 1)
#define ACT_PAIR(name, first, params, types)  TYPES(name, types, BENCH_ARRAYS, 0.0F, 1)
#define ACT_ROWS(name, types)                 TYPES(name, types, BENCH_ROWS, 0.0F, 1)
#define ACT_ROWS_PAIR(name, types)            TYPES(name, types, BENCH_ROWS, 0.0F, 1)
#define HAS_IN_PLACE_softmax_masked           1
#define HAS_IN_PLACE_attention_softmax        1
#define HAS_IN_PLACE_logsumexp                0
#define HAS_IN_PLACE_logsumexp_grad           1
#define HAS_IN_PLACE_softmax_masked_grad      1
#define HAS_IN_PLACE_prelu                    1
#define HAS_IN_PLACE_prelu_grad               1
#define ACT_ROWS_OWN(name, types)             TYPES(name, types, BENCH_ROWS, 0.0F, HAS_IN_PLACE_##name)
#include "functions.def"
};

const size_t bench_function_count = sizeof bench_functions / sizeof bench_functions[0];

bool bench_supported(const struct bench_subject *subject) {
    double x = 0.0;
    return subject->type != &type_f64 || act_relu_f64(&x, 1) == ACT_OK;
}
