/*
 * anti_replay.h - the receiver's anti-replay window of one SA (RFC 4303 3.4.3, appendix A), with
 * and without extended sequence numbers.
 *
 * A sequence number is looked at before the integrity check and noted only after it holds, so that
 * a forged one moves nothing.
 */
#ifndef MODELS_IPSEC_ANTI_REPLAY_H
#define MODELS_IPSEC_ANTI_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/arena.h"

enum { ANTI_REPLAY_MIN = 32, ANTI_REPLAY_DEFAULT = 64, ANTI_REPLAY_MAX = 4096 };

struct anti_replay {
    uint32_t window; /* sequence numbers; a multiple of 32; 0: no anti-replay */
    bool esn;
    uint64_t top;   /* highest accepted */
    uint64_t *seen; /* a ring of bits, by sequence number */
    uint32_t mask;  /* words of it, a power of 2, less 1 */
};

enum anti_replay_answer {
    ANTI_REPLAY_NEW,
    ANTI_REPLAY_ZERO,    /* sequence number 0 is never sent */
    ANTI_REPLAY_SEEN,    /* a replay */
    ANTI_REPLAY_TOO_OLD, /* left of the window */
};

/* `window` is 0, or ANTI_REPLAY_MIN to ANTI_REPLAY_MAX. */
void anti_replay_init(struct anti_replay *r, uint32_t window, bool esn, struct arena *a);

/* `low` as it stands in the packet; *whole is the number that it stands for: with ESN the high half
 * is guessed (appendix A2.2), and what belongs before the first subspace or behind the last one is
 * too old. Without a window everything is new, and the guess is the number nearest to the top. */
enum anti_replay_answer anti_replay_check(const struct anti_replay *r, uint32_t low,
                                          uint64_t *whole);

/* `whole` passed the integrity check. */
void anti_replay_note(struct anti_replay *r, uint64_t whole);

#endif
