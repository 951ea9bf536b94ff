/*
 * key_exchange.h - IKEv2 in a node: what its machine (models/ike) answers is done here.
 *
 * Its datagrams leave from a care-of address past every tunnel (RFC 4877 4.4), and what it agrees
 * on becomes SAs (protect.h).  A mobile node begins as soon as it has a care-of address, and
 * registers nothing before the pair for Binding Updates stands; its home agent answers.
 *
 * Which care-of address it uses, and how it moves: key_moves.c (RFC 5648 9.1, RFC 4877 7.4).
 */
#ifndef MODELS_NODE_KEY_EXCHANGE_H
#define MODELS_NODE_KEY_EXCHANGE_H

#include "models/ike/ike.h"
#include "models/node/key_config.h"
#include "models/node/protect.h"

struct key_exchange; /* opaque; node.h points to it */

/* `home` is the address of `who` from now on; ::: it has none any more. */
typedef void key_home_fn(void *owner, const struct protected *who, const struct addr *home);

struct key_exchange_setup {
    struct ciphers *ciphers;
    const struct key_responder *responder; /* NULL: a mobile node */
    const struct key_timers *timers;
    struct addr pool; /* home agent: the first home address that it gives */
    uint32_t pool_size;
    key_home_fn *homed; /* told of home addresses that come and go; NULL */
    void *owner;
};

struct key_exchange *key_exchange_new(struct node *n, const struct key_exchange_setup *how);

/* What is said of one mobile node, at either end. All is borrowed for the run. */
struct key_peer {
    const struct key_config *how;
    const char *name; /* of the mobile node */
    const char *agent_name;
    struct addr agent;
    unsigned bids;      /* interfaces */
    uint16_t preferred; /* BID whose care-of address it rather uses; 0: any */
    const struct sign_key *key;
    const struct sign_certs *certs;
    const struct sign_certs *trusted;
    int64_t unix_start_s;
    struct prefix home_prefix; /* of the home agent's network */
};

/* `who`, of this node's protection, gets its keys from here. */
void key_exchange_add(struct key_exchange *x, struct protected *who, const struct key_peer *peer);

/* ---- told by others ------------------------------------------------------------------------- */

/* No more: every IKE SA is deleted (RFC 7296 1.4.1), and none is begun. */
void key_exchange_close(struct node *n);
/* Whether there is an IKE SA, up or on its way. */
bool key_exchange_is_open(const struct node *n);

/* A packet needs an SA of that policy, and there is none. */
void key_exchange_acquire(struct node *n, struct protected *who, const struct spd_entry *e,
                          unsigned number);
/* A limit of `sa`, which IPsec has told once or ended. */
void key_exchange_aged(struct node *n, const struct sa *sa, enum ipsec_lifetime what);
/* ESP from `src` has an SPI that this node does not know: RFC 7296 1.5. */
void key_exchange_unknown(struct node *n, const struct addr *src, uint32_t spi);
/* The first packet of an inbound SA. */
void key_exchange_used(struct node *n, const struct sa *sa);

/* ESP in UDP has left on `sa` from `src`: its mapping lives on (RFC 3948 4). */
void key_exchange_sent(struct node *n, const struct sa *sa, const struct addr *src);
/* ESP in UDP that is authentic and new has come another way than it did. */
void key_exchange_seen(struct node *n, const struct sa *sa, const struct ike_path *path);

/* A mobile node's care-of addresses have changed. */
void key_exchange_review(struct node *n);
/* Both ends: the K bit has moved it (protect_key_address()). */
void key_exchange_moved(struct node *n, struct protected *who, const struct addr *coa);
/* Home agent: a Binding Acknowledgement without K has left (RFC 6275 10.3.1); `registered`: the
 * care-of address that IKE uses still is. */
void key_exchange_not_kept(struct node *n, const struct addr *home, bool registered);
/* Home agent: a binding was made or moved. */
void key_exchange_bound(struct node *n, const struct addr *home, const struct addr *coa);
/* Mobile node: `coa` has been acknowledged; `moves_keys`: by K, too. */
void key_exchange_registered(struct node *n, const struct addr *coa, bool moves_keys);
/* Mobile node: whether Binding Updates wait for IKE (order: ike-first). */
bool key_exchange_holds_updates(const struct node *n);
/* The care-of address that IKE with `home` uses; false: there is none. */
bool key_exchange_address(const struct node *n, const struct addr *home, struct addr *coa);

/* ---- for traces ------------------------------------------------------------------------------ */

/* An IKE SA that had keys, in order of making. */
struct key_sa {
    uint64_t spi_i;
    uint64_t spi_r;
    bool initiator; /* this node was */
    const struct ike_suite *suite;
    struct ike_suite suite_is;
    struct ike_keys keys;
    sim_time made;
    sim_time ended; /* -1: it is there */
    struct key_sa *next;
};

const struct key_sa *key_exchange_sas(const struct key_exchange *x);
struct ike *key_exchange_ike(struct key_exchange *x);

/* Exchanges that this node began, by task, and messages and bytes that it sent. */
struct key_counts {
    uint64_t exchanges[IKE_TASK_COUNT];
    uint64_t sent;
    uint64_t sent_bytes; /* IPv6 packets */
    uint64_t bytes;      /* likewise, sent and taken */
    uint64_t repeated;
    uint64_t received;
    uint64_t kept_alive; /* octets that came to keep a mapping alive */
};

const struct key_counts *key_exchange_counts(const struct key_exchange *x);

#endif
