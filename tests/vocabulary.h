/* Between the test of a vocabulary, which needs its instructions, and the main that asks first. */
#ifndef ACT_TESTS_VOCABULARY_H
#define ACT_TESTS_VOCABULARY_H

/*
 * Returns the number of tests that failed.  `backend` is the library's that has these kernels here,
 * or NULL, as for plain C on a processor where the library takes that with fused multiply-add.
 */
int vocabulary_tests(const char *backend);

#endif
