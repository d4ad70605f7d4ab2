/*
 * The vector vocabulary of one instruction set against its contract in kernels/vec.h: each word is
 * compared with its scalar definition.
 *
 * All files but main.c are compiled once per backend, with that backend's flags and VOCABULARY as
 * the name of its header.  So they may run only after main.c has checked that the processor has the
 * instructions.
 */
#ifndef ACT_TESTS_VOCABULARY_H
#define ACT_TESTS_VOCABULARY_H

/*
 * Each returns the number of tests that failed.  `backend` is the name of the library's backend
 * with these kernels, or NULL if it does not use them here: plain C on a processor where the
 * library uses the variant with fused multiply-add.
 */
int vocabulary_words(void);
int vocabulary_exponentials(const char *backend);
int vocabulary_memory(void);
int vocabulary_reductions(void);
int vocabulary_contracts(void);

#endif
