/* Connects a vocabulary's test, which needs its instructions, with main, which checks for them. */
#ifndef ACT_TESTS_VOCABULARY_H
#define ACT_TESTS_VOCABULARY_H

/*
 * Returns the number of tests that failed.  `backend` is the name of the library's backend with
 * these kernels, or NULL if it does not use them here: plain C on a processor where the library
 * uses the variant with fused multiply-add.
 */
int vocabulary_tests(const char *backend);

#endif
