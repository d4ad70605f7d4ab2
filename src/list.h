/*
 * How a line of functions.def is read: macros whose names are pasted before the words of the line.
 *
 * DECLARE_##params ends a prototype, PASS_##params ends a call with the variables p and q, and
 * USUAL_##params ends a call with the usual values; each begins with the comma that it needs.  The
 * words of a line (X, NONE, ONE, ANY and so on) must not be macros, or they would be replaced
 * before they are pasted.
 */
#ifndef ACT_LIST_H
#define ACT_LIST_H

/*
 * A unit of one family defines ACT_ONLY and ACT_ONLY_FAMILY as 1, and sees only the lines of that
 * family: the build compiles the kernels and entry points once per family.
 */
#ifndef ACT_ONLY
#define ACT_ONLY 0
#endif
#define IN_FAMILY(family) (!ACT_ONLY || ACT_ONLY_##family)

/* The expansion of a kind of function that a consumer of the list does not need. */
#define ACT_SKIP(...)

#define DECLARE_NONE
#define DECLARE_ONE(name, usual, range)                           , float p
#define DECLARE_TWO(name, usual, range, name_q, usual_q, range_q) , float p, float q

#define DECLARE_F64_NONE
#define DECLARE_F64_ONE(name, usual, range)                           , double p
#define DECLARE_F64_TWO(name, usual, range, name_q, usual_q, range_q) , double p, double q

#define PASS_NONE
#define PASS_ONE(name, usual, range)                           , p
#define PASS_TWO(name, usual, range, name_q, usual_q, range_q) , p, q

#define USUAL_NONE
#define USUAL_ONE(name, usual, range)                           , usual
#define USUAL_TWO(name, usual, range, name_q, usual_q, range_q) , usual, usual_q

/* Always two floats, as a kernel takes them. */
#define PADDED_NONE                                              0.0F, 0.0F
#define PADDED_ONE(name, usual, range)                           p, 0.0F
#define PADDED_TWO(name, usual, range, name_q, usual_q, range_q) p, q

/* The usual value of the first parameter, or 0. */
#define FIRST_USUAL_NONE                                              0.0F
#define FIRST_USUAL_ONE(name, usual, range)                           usual
#define FIRST_USUAL_TWO(name, usual, range, name_q, usual_q, range_q) usual

/*
 * The usual values as doubles, of which a function has at most two.  The list states them as
 * floats, and some of them are not what a double would be.
 */
#define USUAL_F64_NONE                    0.0
#define USUAL_F64_ONE(name, usual, range) AS_DOUBLE(usual)
#define USUAL_F64_TWO(name, usual, range, name_q, usual_q, range_q)                                \
    AS_DOUBLE(usual), AS_DOUBLE(usual_q)
#define AS_DOUBLE(usual)                                                                           \
    ((usual) == 0.01F                        ? 0.01                                                \
     : (usual) == 1.0F / 6.0F                ? 1.0 / 6.0                                           \
     : (usual) == 1.67326319217681884765625F ? 1.6732632423543772848170429916717                   \
     : (usual) == 1.05070102214813232421875F ? 1.0507009873554804934193349852946                   \
     : (usual) == 0.707107F                  ? 0.707107                                            \
     : (usual) == 0.282095F                  ? 0.282095                                            \
                                             : (double)(usual))

/* IF_GRAD_##of(text) is the text if the function has a gradient. */
#define IF_GRAD_NO(...)
#define IF_GRAD_X(...) __VA_ARGS__
#define IF_GRAD_Y(...) __VA_ARGS__

/*
 * IF_TYPE(HAS_HALF_##types, text) is the text if the function has the half types, with HAS_F64 if
 * it has f64, and with HAS_F64_GRAD if its gradient has f64.  HALF_BY_##types is the f32 kernel
 * that computes the half types.
 */
#define IF_TYPE(has, ...)          IF_TYPE_EXPANDED(has, __VA_ARGS__)
#define IF_TYPE_EXPANDED(has, ...) IF_TYPE_##has(__VA_ARGS__)
#define IF_TYPE_0(...)
#define IF_TYPE_1(...)            __VA_ARGS__
#define HAS_HALF_F32              0
#define HAS_HALF_F64              0
#define HAS_HALF_HALF(by)         1
#define HAS_HALF_ALL(by)          1
#define HAS_HALF_ALL_GRAD(by)     1
#define HAS_F64_F32               0
#define HAS_F64_F64               1
#define HAS_F64_HALF(by)          0
#define HAS_F64_ALL(by)           1
#define HAS_F64_ALL_GRAD(by)      1
#define HAS_F64_GRAD_F32          0
#define HAS_F64_GRAD_F64          0
#define HAS_F64_GRAD_HALF(by)     0
#define HAS_F64_GRAD_ALL(by)      0
#define HAS_F64_GRAD_ALL_GRAD(by) 1
#define HALF_BY_HALF(by)          by
#define HALF_BY_ALL(by)           by
#define HALF_BY_ALL_GRAD(by)      by

#endif
