/*
 * The kernels of one backend, loops and tails, from functions.def.  This is the last include of a
 * backend's translation unit, after its vocabulary.  The unit defines ACT_PREFIX, with which the
 * names of its kernels begin.
 *
 * A backend that has loops with several vectors in flight (instantiate_in_flight.h) defines
 * ACT_IN_FLIGHT_PREFIX, with which their names begin, and ACT_IN_FLIGHT_FLOATS: they process
 * multiples of that.
 */
#include "kernels/families.h"
#include "kernels/loops.h"

/*
 * The kernel of an elementwise function chooses among its loops, each of which is a function of its
 * own.
 *
 * A large array goes to stream_NAME, which stores whole cache lines and calls the kernel again for
 * both ends.  It is a separate function because inline its three jumps would cost ReLU of sixteen
 * floats half of its speed.
 *
 * An array that is long enough for several vectors in flight goes to long_NAME, which calls the
 * kernel again for the rest.
 *
 * A function whose first parameter is usually 1 has a loop for that constant, which saves a product
 * and the word's branches on the parameter.  SiLU's fast tier takes 0.78 of the time there (AVX2,
 * Zen 3).  Both loops in one function would share its registers: ELU's fast tier takes 3.2
 * instructions per float then, and 2.9 with separate functions.
 */
#define ARRAY_KERNEL(name, usual, past, a, b, parameters, arguments)                               \
    VF_APART act_status usual_##name parameters {                                                  \
        (void)p;                                                                                   \
        return array_loop(dst, a, b, n, 1.0F, q, word_##name);                                     \
    }                                                                                              \
    VF_APART act_status any_##name parameters {                                                    \
        return array_loop(dst, a, b, n, p, q, word_##name);                                        \
    }                                                                                              \
    static act_status stream_##name parameters;                                                    \
    LONG_DECLARED(name, parameters)                                                                \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        if (past)                                                                                  \
            return stream_##name arguments;                                                        \
        IF_LONG(return long_##name arguments;)                                                     \
        if ((usual) != 1.0F)                                                                       \
            return array_loop(dst, a, b, n, p, q, word_##name);                                    \
        return p == 1.0F ? usual_##name arguments : any_##name arguments;                          \
    }
#define STREAM_LOOP(name, usual, a, b)                                                             \
    ((usual) == 1.0F && p == 1.0F ? array_stream(dst, a, b, n, 1.0F, q, word_##name)               \
                                  : array_stream(dst, a, b, n, p, q, word_##name))
#define MAP_KERNEL(name, params)                                                                   \
    MAP_WORD(name, params)                                                                         \
    ARRAY_KERNEL(name, FIRST_USUAL_##params, past_caches(dst, src, n), src, src,                   \
                 (float *dst, const float *src, size_t n, float p, float q), (dst, src, n, p, q))  \
    VF_APART act_status stream_##name(float *dst, const float *src, size_t n, float p, float q) {  \
        const size_t start = to_next_line(dst);                                                    \
        KERNEL(name)(dst, src, start, p, q);                                                       \
        dst += start, src += start, n = without_hint(n) - start;                                   \
        const size_t end = STREAM_LOOP(name, FIRST_USUAL_##params, src, src);                      \
        return KERNEL(name)(dst + end, src + end, n - end, p, q);                                  \
    }                                                                                              \
    LONG_KERNEL(name, (float *dst, const float *src, size_t n, float p, float q),                  \
                (dst, src, n, p, q), (dst + end, src + end, n - end, p, q))
#define PAIR_KERNEL(name, params)                                                                  \
    PAIR_WORD(name, params)                                                                        \
    ARRAY_KERNEL(name, FIRST_USUAL_##params, past_caches(dst, a, n) && dst != b, a, b,             \
                 (float *dst, const float *a, const float *b, size_t n, float p, float q),         \
                 (dst, a, b, n, p, q))                                                             \
    VF_APART act_status stream_##name(float *dst, const float *a, const float *b, size_t n,        \
                                      float p, float q) {                                          \
        const size_t start = to_next_line(dst);                                                    \
        KERNEL(name)(dst, a, b, start, p, q);                                                      \
        dst += start, a += start, b += start, n = without_hint(n) - start;                         \
        const size_t end = STREAM_LOOP(name, FIRST_USUAL_##params, a, b);                          \
        return KERNEL(name)(dst + end, a + end, b + end, n - end, p, q);                           \
    }                                                                                              \
    LONG_KERNEL(name, (float *dst, const float *a, const float *b, size_t n, float p, float q),    \
                (dst, a, b, n, p, q), (dst + end, a + end, b + end, n - end, p, q))
#define GATED_GRAD_KERNEL(name, parameters, arguments)                                             \
    LONG_DECLARED(name, parameters)                                                                \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        IF_LONG(return long_##name arguments;)                                                     \
        return gated_grad_loop(dgate, dup, dy, gate, up, n, p, q, word_##name);                    \
    }                                                                                              \
    LONG_KERNEL(name, parameters, arguments,                                                       \
                (dgate + end, dup + end, dy + end, gate + end, up + end, n - end, p, q))

#ifdef ACT_IN_FLIGHT_PREFIX
#define LONG_DECLARED(name, parameters) static act_status long_##name parameters;
#define IF_LONG(...)                                                                               \
    if (__builtin_expect(n >= ACT_IN_FLIGHT_FLOATS, 0))                                            \
    __VA_ARGS__
#define LONG_KERNEL(name, parameters, arguments, rest)                                             \
    ACT_HIDDEN size_t PASTE_EXPANDED(ACT_IN_FLIGHT_PREFIX, name) parameters;                       \
    VF_APART act_status long_##name parameters {                                                   \
        const size_t end = PASTE_EXPANDED(ACT_IN_FLIGHT_PREFIX, name) arguments;                   \
        return n > end ? KERNEL(name) rest : ACT_OK;                                               \
    }
#else
#define LONG_DECLARED(name, parameters)
#define IF_LONG(...)
#define LONG_KERNEL(name, parameters, arguments, rest)
#endif

#define ACT_MAP(name, of, params, types)                                                           \
    MAP_KERNEL(name, params)                                                                       \
    IF_GRAD_##of(PAIR_KERNEL(name##_grad, params))
#define ACT_GATED_BY ACT_SKIP
#define ACT_PAIR_BY  ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    PAIR_KERNEL(name, params)                                                                      \
    GATED_GRAD_WORD(name##_grad, params)                                                           \
    SIGNATURE_OF_GATED_GRAD(GATED_GRAD_KERNEL, name##_grad)
#define ACT_PAIR(name, first, params, types) PAIR_KERNEL(name, params)

#define ROWS_KERNEL(name, parameters, arguments)                                                   \
    DECLARE_KERNEL(name, parameters, arguments)                                                    \
    act_status KERNEL(name) parameters {                                                           \
        rows_##name arguments;                                                                     \
        return ACT_OK;                                                                             \
    }
#define ACT_ROWS(name, types)      SIGNATURE_OF_ROWS(ROWS_KERNEL, name)
#define ACT_ROWS_PAIR(name, types) SIGNATURE_OF_ROWS_PAIR(ROWS_KERNEL, name)
#define ACT_ROWS_OWN(name, types)  SIGNATURE_OF_##name(ROWS_KERNEL)
#define ACT_COLUMNS(name)          SIGNATURE_OF_COLUMNS(ROWS_KERNEL, name)
#define ACT_PART(name)             SIGNATURE_OF_##name(ROWS_KERNEL)

#include "functions.def"

#if IN_FAMILY(attention)
SIGNATURE_OF_attention_logits(ROWS_KERNEL)
#endif

#if IN_FAMILY(gates)
    EACH_GATE_WORD(ROWS_KERNEL)
#endif

#if IN_FAMILY(xielu)
        EACH_XIELU_KERNEL(ROWS_KERNEL)
#endif

#if IN_FAMILY(channels)
            EACH_CHANNELS_KERNEL(ROWS_KERNEL)
#endif

/* The storage types have a unit of their own, as if they were a family. */
#if IN_FAMILY(storage)
#include "kernels/conversions.h"
#endif
