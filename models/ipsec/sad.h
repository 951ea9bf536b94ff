/*
 * sad.h - the Security Association Database of a node (RFC 4301 4.4.2): SAs by SPI alone (4.1), so
 * that an outer address plays no part in finding one.
 *
 * SAs live in the run's arena.  One that has ended is found no more; its numbers stay for the
 * trace, and its SPI stays taken, so that a trace's tables of keys name one SA by it.
 */
#ifndef MODELS_IPSEC_SAD_H
#define MODELS_IPSEC_SAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/cipher.h"
#include "models/ipsec/anti_replay.h"
#include "models/sa.h"
#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/rng.h"

struct spd_entry;
struct spd_subject;

struct sa_count {
    uint64_t packets;
    uint64_t bytes; /* of text and trailer: what lifetimes count */
    uint64_t icv;   /* refused for a wrong check value */
    uint64_t replay;
    uint64_t too_old;
    uint64_t selector;
    uint64_t dummy; /* next header 59: RFC 4303 2.6 */
};

/* What each packet asks for stands first. */
struct sa {
    uint32_t spi;
    enum sa_direction direction;
    enum sa_mode mode;
    bool esn;
    bool ended;
    bool tfc_padded; /* out: text may have padding for traffic flow confidentiality behind it */
    const struct cipher_suite *suite;
    struct cipher *cipher;
    uint64_t sequence;         /* out: of the last packet; the first is 1 */
    struct anti_replay replay; /* in */
    struct rng iv;             /* out: of suites whose IV is drawn */
    struct sa_count count;
    struct addr local; /* end points of a tunnel, by default */
    struct addr remote;
    bool encapsulated; /* in UDP, between these ports: RFC 3948 */
    uint16_t local_port;
    uint16_t remote_port;
    const struct spd_entry *entry; /* the policy that it serves; its selectors, too */
    struct spd_subject *subject;   /* whose traffic it protects */
    uint16_t number;               /* among parallel SAs of the same entry: 0, 1, ... */
    struct sa_lifetime lifetime;
    bool soft_told;
    bool tells_use; /* in: the first packet is told */
    uint32_t key;   /* of key management: names both halves; 0: none */
    uint64_t ike;   /* likewise: initiator's SPI of the IKE SA that made it */
    sim_time used;  /* in: when the last packet was good */
    sim_time made;
    sim_time moved; /* its default end point; 0: never */
    sim_time ended_at;
    struct sa_keys keys; /* for the tables of keys that a trace leaves */
    struct sa *next;     /* of its bucket */
    struct sa *newer;    /* in order of making */
};

struct sad {
    struct arena *arena;
    struct sa **bucket;
    size_t buckets;
    size_t sas;
    struct sa *first; /* in order of making */
    struct sa **last;
};

void sad_init(struct sad *d, struct arena *a);

/* A new, zeroed SA with `spi`; what else it is the caller fills in. NULL: the SPI is taken. Only
 * inbound ones are found by SPI; an outbound SPI is the peer's and may be anything. */
struct sa *sad_add(struct sad *d, enum sa_direction direction, uint32_t spi);

struct sa *sad_find(const struct sad *d, uint32_t spi); /* inbound, not ended; NULL: none */

/* It is used no more. */
void sad_end(struct sad *d, struct sa *sa, sim_time now);

/* An SPI that no inbound SA has: SA_SPI_MIN or above, drawn. */
uint32_t sad_draw_spi(const struct sad *d, struct rng *r);

#endif
