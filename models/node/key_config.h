/*
 * key_config.h - what a scenario says about key management between a mobile node and its home
 * agent, and what it means for models/ike: proposals and groups from their words.
 *
 * What the two have in common stands at the mobile node; how a home agent answers many stands at
 * the home agent.
 */
#ifndef MODELS_NODE_KEY_CONFIG_H
#define MODELS_NODE_KEY_CONFIG_H

#include "models/ike/ike.h"
#include "sim/base/key.h"
#include "sim/base/status.h"

/* How its care-of address follows a movement (RFC 4877 7.4). */
enum key_mobility {
    KEY_BY_K_BIT,  /* of a Binding Update: RFC 6275 6.1.7, RFC 5648 9.1 */
    KEY_STAYS,     /* not at all */
    KEY_BY_MOBIKE, /* RFC 4555 */
    KEY_BY_NEW_SA, /* a new IKE SA from the new address */
};

enum key_when_dead { KEY_NEXT_ALIVE, KEY_WAITS };
enum key_order { KEY_PARALLEL, KEY_IKE_FIRST, KEY_SAS_FIRST }; /* to the Binding Update */
enum key_old_sas { KEY_KEEPS_OLD, KEY_DROPS_OLD };             /* KEY_BY_NEW_SA */
enum key_identity { KEY_ID_EMAIL, KEY_ID_NAME, KEY_ID_HOME };
enum key_home { KEY_HOME_ADDRESS, KEY_HOME_PREFIX };  /* what is asked for without one */
enum key_policy { KEY_K_RECOMMENDED, KEY_K_LITERAL }; /* of the K bit with several addresses */

struct key_config {
    bool mobility_given;
    const char *coa; /* interface */
    int when_dead;
    int mobility;
    int order;
    int old_sas;
    int identity;
    int auth;           /* enum ike_proof */
    const char *secret; /* pre-shared */
    const char *key;    /* files */
    const char *certificates;
    const char *trusted;
    int padding; /* enum sign_padding */
    const char *proposal;
    int pfs; /* a word: key_pfs_group */
    sim_time dpd;
    sim_time soft;
    sim_time hard;
    uint32_t jitter; /* ppb */
    bool childless;
    bool initial_contact;
    bool return_routability; /* of an address that MOBIKE names */
    bool additional_addresses;
    bool tells_invalid_spi;
    int home; /* enum key_home */
};

extern const struct key key_config_keys[];

/* Of a home agent. */
struct key_responder {
    int64_t window;
    int64_t cookies_from;
    int64_t half_open_max;
    int64_t sa_max;
    bool childless;
    bool acquires; /* a packet that needs an SA makes it begin an exchange */
    bool tells_invalid_spi;
    int k_policy;       /* enum key_policy */
    int mobike_unbound; /* 0 refuse, 1 pending */
    const char *key;    /* files */
    const char *certificates;
    const char *trusted;
    struct addr pool; /* the first; ::: the default */
    int64_t pool_size;
    bool assigns_home;
};

extern const struct key key_responder_keys[];

/* Of all nodes: `timers`. */
struct key_timers {
    struct ike_timers ike;
    int64_t fragment_bytes;
    sim_time patience; /* for the preferred care-of address, at first */
    int64_t suspect;   /* unanswered tries after which an address is thought to be dead */
};

extern const struct key key_timer_keys[];

/* "aes256-sha256-x25519, aes256gcm16-prfsha256-ecp256": encryption, integrity where it is not
 * combined, prf (default: that of the integrity), group. ST_SYNTAX: the sentence says which word.
 */
MUST_CHECK enum status key_parse_proposals(const char *text, struct ike_suite offer[IKE_OFFERS],
                                           unsigned *n, struct why *w);
uint16_t key_pfs_group(const struct key_config *c); /* DH_NONE: no exchange of its own */

#endif
