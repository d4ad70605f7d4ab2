/* Between the test of a vocabulary, which needs its instructions, and the main that asks first. */
#ifndef ACT_TESTS_VOCABULARY_H
#define ACT_TESTS_VOCABULARY_H

/* Returns the number of tests that failed. */
int vocabulary_tests(void);

#endif
