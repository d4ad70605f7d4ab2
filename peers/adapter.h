/* What the adapters share; their callers need peers.h only. */
#ifndef ACT_PEERS_ADAPTER_H
#define ACT_PEERS_ADAPTER_H

#include "peers.h"

/*
 * An adapter is generated from one list of its functions, LIST(MAP, ROWS).  With the entries of
 * that list the adapter defines map_NAME and rows_NAME, and these macros build its table.  The
 * arguments after the name in an entry are the adapter's own.
 */
#define PEER_TABLE(LIST) PEER_TABLE_OF(LIST(PEER_TABLE_MAP, PEER_TABLE_ROWS))
#define PEER_TABLE_OF(...)                                                                         \
    static const struct peer_function functions[] = {                                              \
        __VA_ARGS__{NULL, NULL, NULL, NULL, NULL, NULL}};
#define PEER_TABLE_MAP(name, ...)      {#name, map_##name, NULL, NULL, NULL, NULL},
#define PEER_TABLE_ROWS(name, ...)     {#name, NULL, rows_##name, NULL, NULL, NULL},
#define PEER_TABLE_MAP_F16(name, ...)  {#name "_f16", NULL, NULL, map_##name##_f16, NULL, NULL},
#define PEER_TABLE_MAP_F64(name, ...)  {#name "_f64", NULL, NULL, NULL, map_##name##_f64, NULL},
#define PEER_TABLE_ROWS_F64(name, ...) {#name "_f64", NULL, NULL, NULL, NULL, rows_##name##_f64},
/* rows_NAME from a function of one row: (dst, src, cols). */
#define PEER_EACH_ROW(name, row) PEER_EACH_ROW_OF(float, name, row)
#define PEER_EACH_ROW_OF(real, name, row)                                                          \
    static void rows_##name(real *dst, const real *src, size_t rows, size_t cols) {                \
        for (size_t r = 0; r < rows; r++) {                                                        \
            row(dst + r * cols, src + r * cols, cols);                                             \
        }                                                                                          \
    }

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The widest class that this processor and its operating system support, for a peer that chooses at
 * run time and does not report its choice.
 */
const char *peer_widest_isa(void);

/* Ends the program: a call of the peer failed, and its caller cannot continue. */
__attribute__((noreturn)) void peer_fail(const char *peer, const char *call, int status);

#ifdef __cplusplus
}
#endif

#endif
