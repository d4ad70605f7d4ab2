/*
 * FNV-1a with 64 bits: guards the data files against damage, and tells in one number whether two
 * runs gave the same probabilities to the last bit.
 */
#ifndef DIGITS_HASH_H
#define DIGITS_HASH_H

#include <stdint.h>

#define FNV1A_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t fnv1a(uint64_t hash, unsigned char byte) {
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

#endif
