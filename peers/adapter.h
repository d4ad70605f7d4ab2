/* What the adapters in C share; their callers need peers.h only. */
#ifndef ACT_PEERS_ADAPTER_H
#define ACT_PEERS_ADAPTER_H

#include "peers.h"

/*
 * The widest class that this processor and its operating system have, for a peer that chooses at
 * run time and does not tell.
 */
const char *peer_widest_isa(void);

/* Ends the program: a call of the peer failed, and its caller has no way to go on. */
_Noreturn void peer_fail(const char *peer, const char *call, int status);

#endif
