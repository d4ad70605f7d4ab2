/*
 * The loops of one backend with several vectors in flight, for whole vectors of elementwise
 * functions.  This is the last include of a translation unit that has defined VF_IN_FLIGHT,
 * included its vocabulary and defined ACT_PREFIX.  Each loop returns the number of floats that it
 * has processed; kernels with one vector (instantiate.h) do the rest.
 */
#include "kernels/families.h"
#include "kernels/loops.h"

#define DECLARE_LOOP(name, parameters) ACT_HIDDEN size_t KERNEL(name) parameters;

/* As in instantiate.h, a parameter that is usually 1 has a loop for that constant. */
#define ARRAY_LOOP(name, usual, a, b, parameters, arguments)                                       \
    VF_APART size_t usual_##name parameters {                                                      \
        (void)p;                                                                                   \
        return array_vectors(dst, a, b, n, 1.0F, q, word_##name);                                  \
    }                                                                                              \
    VF_APART size_t any_##name parameters {                                                        \
        return array_vectors(dst, a, b, n, p, q, word_##name);                                     \
    }                                                                                              \
    DECLARE_LOOP(name, parameters)                                                                 \
    size_t KERNEL(name) parameters {                                                               \
        if ((usual) != 1.0F)                                                                       \
            return array_vectors(dst, a, b, n, p, q, word_##name);                                 \
        return p == 1.0F ? usual_##name arguments : any_##name arguments;                          \
    }
#define MAP_LOOP(name, params)                                                                     \
    MAP_WORD(name, params)                                                                         \
    ARRAY_LOOP(name, FIRST_USUAL_##params, src, src,                                               \
               (float *dst, const float *src, size_t n, float p, float q), (dst, src, n, p, q))
#define PAIR_LOOP(name, params)                                                                    \
    PAIR_WORD(name, params)                                                                        \
    ARRAY_LOOP(name, FIRST_USUAL_##params, a, b,                                                   \
               (float *dst, const float *a, const float *b, size_t n, float p, float q),           \
               (dst, a, b, n, p, q))
#define GATED_GRAD_LOOP(name, parameters, arguments)                                               \
    DECLARE_LOOP(name, parameters)                                                                 \
    size_t KERNEL(name) parameters {                                                               \
        return gated_grad_vectors(dgate, dup, dy, gate, up, n, p, q, word_##name);                 \
    }

#define ACT_MAP(name, of, params, types)                                                           \
    MAP_LOOP(name, params)                                                                         \
    IF_GRAD_##of(PAIR_LOOP(name##_grad, params))
#define ACT_GATED_BY ACT_SKIP
#define ACT_PAIR_BY  ACT_SKIP
#define ACT_GATED(name, slope, params, types)                                                      \
    PAIR_LOOP(name, params)                                                                        \
    GATED_GRAD_WORD(name##_grad, params)                                                           \
    SIGNATURE_OF_GATED_GRAD(GATED_GRAD_LOOP, name##_grad)
#define ACT_PAIR(name, first, params, types) PAIR_LOOP(name, params)
#define ACT_ROWS                             ACT_SKIP
#define ACT_ROWS_PAIR                        ACT_SKIP
#define ACT_ROWS_OWN                         ACT_SKIP
#include "functions.def"
