/*
 * What midpoints.def says of a function.  Of one that it does not name, as it is new or exact, the
 * f32 kernel counts as exact: it compiles, and test_half fails if it is not so.
 *
 * The macros of midpoints.def begin with a comma, so that a list whose first element is such a
 * macro's name has one element more if the macro exists.
 */
#ifndef ACT_MIDPOINTS_H
#define ACT_MIDPOINTS_H

#include "midpoints.def"

#define SECOND_OF(...)            SECOND_OF_LIST(__VA_ARGS__)
#define SECOND_OF_LIST(a, b, ...) b
#define REST_OF(...)              REST_OF_LIST(__VA_ARGS__)
#define REST_OF_LIST(a, ...)      __VA_ARGS__

#define MIDPOINTS_KERNEL(type, name) SECOND_OF(KERNEL_##type##_##name, name, )
#define MIDPOINTS_ERROR(type, name)  SECOND_OF(ERROR_##type##_##name, 0.0F, )
#define MIDPOINTS_LEAST(type, name)  SECOND_OF(LEAST_##type##_##name, 0.0F, )

/* The entries, with one that is no input at the end: no list is empty, and it does not count. */
#define MIDPOINTS_LIST(type, name) REST_OF(MIDPOINTS_##type##_##name, 0xFFFFFFFFU)
#define MIDPOINTS_COUNT(list)      (sizeof(list) / sizeof(list)[0] - 1)

#endif
