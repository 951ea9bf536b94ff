/*
 * ipsec.h - the IPsec of one node: its SPD, SAD and PAD asked and changed as one thing, as a
 * machine without hands (RFC 4301 5).
 *
 * Out: ipsec_out() says what becomes of a packet, esp_seal() does it.  In: ipsec_find() by SPI
 * alone, esp_open(), then ipsec_opened() compares with the SA's selectors; what came unprotected
 * is shown to ipsec_clear().  Outer addresses of a tunnel play no part in any of this (4.1, 5.2):
 * whether they may be is somebody else's question, asked after IPsec.
 */
#ifndef MODELS_IPSEC_IPSEC_H
#define MODELS_IPSEC_IPSEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/ipsec/pad.h"
#include "models/ipsec/sad.h"
#include "models/ipsec/selector.h"
#include "models/ipsec/spd.h"

struct ipsec {
    struct arena *arena;
    struct addr gateway;       /* the gateway's address, at both ends */
    bool is_gateway;           /* this node is */
    const struct spd *general; /* for traffic of no subject; borrowed */
    struct sad sad;
    struct pad pad;
    struct spd_subject **bucket;
    size_t buckets;
    size_t subjects;
    struct spd_subject *first; /* in order of making */
    struct spd_subject **last;
    struct sa *resume; /* where ipsec_tick() goes on; NULL: anew */
    sim_time pending;  /* what it has found so far */
    sim_time next;     /* no lifetime ends before; SIM_NEVER: none runs */
};

/* What becomes of a packet. */
enum ipsec_verdict {
    IPSEC_BYPASS,
    IPSEC_PROTECT,
    IPSEC_NO_POLICY, /* discarded by a policy, the last one mostly */
    IPSEC_NO_SA,     /* to be protected, and there is no SA: 5.1; key management is asked */
    IPSEC_CLEAR,     /* in: should have been protected */
    IPSEC_SELECTOR,  /* in: protected by an SA that is for something else: 5.2 */
};

struct ipsec_answer {
    enum ipsec_verdict verdict;
    const struct spd_entry *entry; /* that matched; NULL: none */
    struct sa *sa;                 /* out, IPSEC_PROTECT */
};

void ipsec_init(struct ipsec *s, struct arena *a, const struct addr *gateway, bool is_gateway,
                const struct spd *general);

/* Somebody with that address whose traffic `policies` speak of; borrowed. Once an address. */
struct spd_subject *ipsec_add_subject(struct ipsec *s, const struct addr *address,
                                      const struct spd *policies);
struct spd_subject *ipsec_subject(const struct ipsec *s, const struct addr *address); /* NULL */

/* `local` and `remote` as the packet has them, source and destination; fills in who is the
 * subject and who the gateway. `named`: a header named the subject's address. */
struct traffic ipsec_traffic(const struct ipsec *s, const struct addr *src, const struct addr *dst,
                             bool outbound, bool named);

/* `number`: which of parallel SAs, taken modulo their number. */
struct ipsec_answer ipsec_out(const struct ipsec *s, const struct traffic *t, unsigned number);

/* The policy for a packet, whatever SAs there are; NULL: none matches. */
const struct spd_entry *ipsec_policy(const struct ipsec *s, const struct traffic *t);

struct sa *ipsec_find(const struct ipsec *s, uint32_t spi); /* NULL: none */

/* A packet that came without protection: IPSEC_BYPASS, IPSEC_CLEAR or IPSEC_NO_POLICY. */
enum ipsec_verdict ipsec_clear(const struct ipsec *s, const struct traffic *t);

/* A packet that `sa` protected, whether it is what the policy of `sa` is for: IPSEC_PROTECT or
 * IPSEC_SELECTOR. */
enum ipsec_verdict ipsec_opened(struct sa *sa, const struct traffic *t);

/* ---- SAs --------------------------------------------------------------------------------- */

/* What key management hands over for one direction of one SA. */
struct ipsec_keying {
    enum sa_direction direction;
    uint32_t spi;
    const struct cipher_suite *suite;
    const struct sa_keys *keys;
    struct sa_lifetime lifetime;
    uint32_t window; /* in: of anti-replay; 0: none */
    bool esn;
    struct addr local; /* end points */
    struct addr remote;
    bool encapsulated; /* in UDP, RFC 3948, between these ports */
    uint16_t local_port;
    uint16_t remote_port;
    struct rng iv;  /* out: of suites whose IV is drawn */
    uint32_t key;   /* key management's own name for it */
    uint64_t ike;   /* and of what made it */
    bool beside;    /* in: what it takes the place of is not ended, packets are under way to it */
    bool tells_use; /* in: ipsec_used() of the first packet */
};

/* A packet that `sa` opened was good. True, once: the first of one that tells its use. */
bool ipsec_used(struct sa *sa, sim_time now);

/* As the `number`-th SA of the entry of that name, in place of what was there. NULL: the SPI is
 * taken, or no such entry. */
struct sa *ipsec_install(struct ipsec *s, struct ciphers *c, struct spd_subject *of,
                         const char *entry, unsigned number, const struct ipsec_keying *how,
                         sim_time now);
void ipsec_end(struct ipsec *s, struct sa *sa, sim_time now);

enum { IPSEC_ALL = -1, IPSEC_SINGLE = -2 /* those that have no parallel one */ };

/* The end point moves ("MIGRATE"): of all tunnel SAs of `of` that `which` means, from 0 on of the
 * parallel ones with that number, the subject's end, if it is `from` (NULL: wherever it is),
 * becomes `to`; selectors, SPIs, keys, numbers and windows stay. Answers how many moved; 0 is no
 * error, they were there already. One in UDP stays at the gateway where it is: behind a NAT the
 * subject is not where it says, and only authentic packets tell (RFC 7296 2.23). */
unsigned ipsec_migrate(struct ipsec *s, struct spd_subject *of, int which, const struct addr *from,
                       const struct addr *to, sim_time now);

/* ---- lifetimes ----------------------------------------------------------------------------- */

enum ipsec_lifetime { IPSEC_LIVES, IPSEC_SOFT, IPSEC_HARD };

/* Whether a limit has been reached; SOFT is told once, HARD ends the SA. */
enum ipsec_lifetime ipsec_age(struct ipsec *s, struct sa *sa, sim_time now);

/* The next SA one of whose limits in time is reached now; NULL: none, and s->next says when to
 * ask again. */
struct sa *ipsec_tick(struct ipsec *s, sim_time now, enum ipsec_lifetime *what);

#endif
