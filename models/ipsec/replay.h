/*
 * replay.h - the receiver's anti-replay window of one SA (RFC 4303 3.4.3, appendix A), with and
 * without extended sequence numbers.
 *
 * A sequence number is looked at before the integrity check and noted only after it holds, so that
 * a forged one moves nothing.
 */
#ifndef MODELS_IPSEC_REPLAY_H
#define MODELS_IPSEC_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/arena.h"

enum { REPLAY_MIN = 32, REPLAY_DEFAULT = 64, REPLAY_MAX = 4096 };

struct replay {
    uint32_t window; /* sequence numbers; a multiple of 32; 0: no anti-replay */
    bool esn;
    uint64_t top;   /* highest accepted */
    uint64_t *seen; /* a ring of bits, by sequence number */
    uint32_t mask;  /* words of it, a power of 2, less 1 */
};

enum replay_answer {
    REPLAY_NEW,
    REPLAY_ZERO,    /* sequence number 0 is never sent */
    REPLAY_SEEN,    /* a replay */
    REPLAY_TOO_OLD, /* left of the window */
};

/* `window` is 0, or REPLAY_MIN to REPLAY_MAX. */
void replay_init(struct replay *r, uint32_t window, bool esn, struct arena *a);

/* `low` as it stands in the packet; *whole is the number that it stands for: with ESN the high half
 * is guessed (appendix A2.2), and what belongs before the first subspace or behind the last one is
 * too old. Without a window everything is new, and the guess is the number nearest to the top. */
enum replay_answer replay_check(const struct replay *r, uint32_t low, uint64_t *whole);

/* `whole` passed the integrity check. */
void replay_note(struct replay *r, uint64_t whole);

#endif
