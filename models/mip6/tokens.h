/*
 * tokens.h - keygen tokens, Kbm and Binding Authorization Data of return routability (RFC 6275 5.2,
 * 6.2.7), and a correspondent's nonces, from which it makes its tokens again without having kept
 * any (RFC 6275 5.2.3, 9.4): there is no state for a mobile node before its Binding Update.
 *
 * Kcn is drawn anew with each nonce.  A nonce is given out for 30 s and taken for 240 s, so that a
 * token is good for 210 s at least (RFC 6275 5.2.7).  It is replaced before its time where a
 * deletion has spent it, as long as that shortens the life of no other, whatever the clock adds: 8
 * times in any 240 s.  Beyond that it is given again, and who deleted by it is refused (137) until
 * the next, 30 s at most.
 *
 * A tokens struct belongs to one correspondent and draws from the stream that it was given.
 */
#ifndef MODELS_MIP6_TOKENS_H
#define MODELS_MIP6_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/mh.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

enum {
    TOKENS_KCN = 20,      /* bytes: RFC 6275 5.2.1 */
    TOKENS_NONCE = 8,     /* bytes: RFC 6275 5.2.2 */
    TOKENS_KBM = 20,      /* bytes: RFC 6275 5.2.5 */
    TOKENS_NONCES = 16,   /* 8 by the clock, and 8 before their time */
    TOKENS_NEW_S = 30,    /* how long a nonce is given out: RFC 6275 5.2.7 */
    TOKENS_NONCE_S = 240, /* MAX_NONCE_LIFETIME, RFC 6275 12 */
    TOKENS_TOKEN_S = 210, /* MAX_TOKEN_LIFETIME, RFC 6275 12 */
};

/* ---- sums: no state ---------------------------------------------------------- */

/* Which test a token is of: the last octet of what is hashed, RFC 6275 5.2.5. */
enum tokens_test { TOKENS_HOME = 0, TOKENS_CARE_OF = 1 };

/* The keygen token of an address: the first 64 bits of HMAC-SHA1(Kcn, address | nonce | test). */
uint64_t tokens_keygen(const uint8_t kcn[TOKENS_KCN], const uint8_t nonce[TOKENS_NONCE],
                       const struct addr *of, enum tokens_test test);

/* Kbm of a registration; of a deletion, which has the home keygen token alone. */
void tokens_kbm(uint64_t home, uint64_t care_of, uint8_t kbm[TOKENS_KBM]);
void tokens_kbm_delete(uint64_t home, uint8_t kbm[TOKENS_KBM]);

/* Puts Binding Authorization Data into a BU or BA: `m` is then complete, and is written as it is.
 * `coa` is the care-of address that is registered, in a deletion the home address; `cn` the
 * correspondent's address in either direction (RFC 6275 6.2.7). */
void tokens_authorize(struct mh *m, const uint8_t kbm[TOKENS_KBM], const struct addr *coa,
                      const struct addr *cn);

/* Whether that of a message as it came is right; `bytes` ends with it. */
bool tokens_authorizes(const uint8_t *bytes, size_t n, const uint8_t kbm[TOKENS_KBM],
                       const struct addr *coa, const struct addr *cn);

/* ---- nonces of a correspondent -------------------------------------------------- */

struct tokens_nonce {
    sim_time made; /* and first given out */
    bool valid;
    bool spent; /* not given out any more */
    uint16_t index;
    uint8_t kcn[TOKENS_KCN];
    uint8_t value[TOKENS_NONCE];
};

struct tokens {
    struct rng rng;
    unsigned newest;
    struct tokens_nonce nonce[TOKENS_NONCES];
};

void tokens_init(struct tokens *t, const struct rng *rng);

/* The token of `of` by the nonce that is given out now, and the index of that. */
uint64_t tokens_give(struct tokens *t, const struct addr *of, enum tokens_test test, sim_time now,
                     uint16_t *index);

/* The token of `of` by the nonce with `index`. False: it is too old, or never was. */
bool tokens_again(const struct tokens *t, const struct addr *of, enum tokens_test test,
                  uint16_t index, sim_time now, uint64_t *token);

/* When the nonce with `index` ends; a time that is past: it has. */
sim_time tokens_until(const struct tokens *t, uint16_t index);

/* A deletion has spent it: it is given out no more, those who hold its tokens may use them. */
void tokens_spend(struct tokens *t, uint16_t index);
/* It is not taken any more: RFC 6275 5.2.8. */
void tokens_invalidate(struct tokens *t, uint16_t index);

#endif
