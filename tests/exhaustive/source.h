/*
 * A source of results: a backend of the library, a peer, or this same program run elsewhere, such
 * as on an emulated processor, whose result bits come through a pipe.
 */
#ifndef ACT_TESTS_EXHAUSTIVE_SOURCE_H
#define ACT_TESTS_EXHAUSTIVE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "peers.h"
#include "support/functions.h"

typedef struct source {
    const char *name;
    bool ours; /* must keep the bound and have the same bits as the others */
    /* One of these is not NULL. */
    const char *backend;     /* in this process */
    const char *command;     /* through a pipe */
    const struct peer *peer; /* another library */
} source;

/*
 * All 2^32 floats in ascending order, negative NaNs first and positive ones last, in chunks of
 * 2^20; every stride-th chunk.  Chunks are assigned to the workers in turn.
 */
typedef struct {
    uint32_t stride;
    unsigned worker, workers;
} share;

enum { CHUNK = 1 << 20, CHUNKS = 1 << 12 };

/* The capacity of a chunk's arrays. */
enum { CHUNK_ROOM = CHUNK + 1 + PEERS_SLACK };

/*
 * The inputs of a chunk, preceded by the last input of the previous chunk (the first chunk repeats
 * its own first input).  Returns their number, that one included.
 */
size_t chunk_inputs(unsigned chunk, uint32_t stride, float x[CHUNK_ROOM]);

/* The source's results for the inputs of a chunk; a pipe delivers chunks in order only. */
bool chunk_results(const source *from, FILE *pipe, const map_function *f, const float *x, float *y,
                   size_t n);

/* Starts the source's command, NULL if it has none; ends it, true if it succeeded. */
FILE *open_pipe(const source *from, const map_function *f, share part);
bool close_pipe(FILE *pipe);

/* The other end of the pipe: writes the results of this process's backend to standard output. */
bool emit(const map_function *f, share part);

#endif
