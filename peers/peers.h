/*
 * Other libraries' activation functions behind one C interface, for the benchmark suite and for
 * measuring their accuracy.  Which of them a build has depends on what is installed; libm is
 * always there.
 *
 * A peer is one file with a list of its functions, so a new function is a line in each.  Calls are
 * thread-safe, and all of them run on the calling thread alone.  What a library prepares for a
 * shape is kept for the next call of the same function and shape on that thread, so a benchmark
 * makes one call before it measures.  A peer that fails ends the program with a message, as there
 * is nothing to measure.
 */
#ifndef ACT_PEERS_H
#define ACT_PEERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * XNNPACK may read this many floats, or as many bytes, beyond the end of an array, so they must be
 * readable; nothing is written there.
 */
enum { PEERS_SLACK = 4 };

/*
 * Out of place or with dst equal to src; n, rows and cols are not 0; arrays have no gaps.
 *
 * p is the function's first parameter; a function without parameters ignores it.  Some peers fix
 * the first parameter, and all fix the second one, at the usual values of functions.def.  So for a
 * comparison p must be the usual value, too.
 */
typedef void peer_map(float *dst, const float *src, size_t n, float p);
typedef void peer_rows(float *dst, const float *src, size_t rows, size_t cols);
typedef void peer_map_f16(uint16_t *dst, const uint16_t *src, size_t n, float p);
typedef void peer_map_f64(double *dst, const double *src, size_t n, double p);
typedef void peer_rows_f64(double *dst, const double *src, size_t rows, size_t cols);

/* One of the pointers is not NULL. */
struct peer_function {
    const char *name; /* as in functions.def: "sigmoid"; of other types "relu6_f16", "exp_f64" */
    peer_map *map;
    peer_rows *rows;
    peer_map_f16 *map_f16;
    peer_map_f64 *map_f64;
    peer_rows_f64 *rows_f64;
};

struct peer {
    const char *name; /* "libm", "libmvec-avx2", "xnnpack" */
    const char *isa;  /* what it was compiled for; NULL if it chooses at run time */
    /* Returns the class that it chose, NULL if it does not run here; unused if isa is given. */
    const char *(*chosen)(void);
    const struct peer_function *functions; /* ends with a name that is NULL */
};

/* All peers of this build, whether they run here or not; ends with NULL. */
extern const struct peer *const peers[];

/*
 * The instruction set of a peer on this processor: "scalar", "sse", "avx2", "avx512" or "neon", in
 * the words of the library's backends; NULL if the peer does not run here and must not be called.
 */
const char *peer_isa(const struct peer *peer);

/* The peer's function of that name, NULL if it has none. */
const struct peer_function *peer_find(const struct peer *peer, const char *name);

#ifdef __cplusplus
}
#endif

#endif
