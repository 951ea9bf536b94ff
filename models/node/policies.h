/*
 * policies.h - what a scenario says about the IPsec of a mobile node and its home agent, and the
 * policies that it makes: the sets of RFC 4877 4 and 7 from a few words, or any by hand.
 *
 * Policies are written as the mobile node sees them; the home agent uses the same list.
 */
#ifndef MODELS_NODE_POLICIES_H
#define MODELS_NODE_POLICIES_H

#include "models/crypto/cipher.h"
#include "models/ipsec/spd.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/base/status.h"

enum policy_keying { KEYING_INSTALLED, KEYING_MANUAL, KEYING_IKE };

/* How fine selectors are (RFC 4877 4.3, 5): a pair of SAs for each kind of message; one, a tunnel,
 * for every Mobility Header; one tunnel for everything. */
enum policy_grain { GRAIN_TYPE, GRAIN_MOBILITY, GRAIN_EVERYTHING };

/* Who says where a tunnel ends (RFC 5648 9.3.2). */
enum policy_end_point {
    END_PER_PACKET, /* the mobility layer, with each packet */
    END_REWRITE,    /* the mobility layer, after IPsec has made the outer header */
    END_SA_DEFAULT, /* nobody: the SA's own address */
};

/* Copies of a packet on several paths: RFC 6089 7 leaves it open. */
enum policy_duplicate { DUPLICATE_BEFORE_ESP, DUPLICATE_AFTER_ESP };

/* Which care-of address that is. */
enum policy_default {
    DEFAULT_KEY_COA, /* the one that key management uses; the K bit moves it */
    DEFAULT_LAST_BU,
    DEFAULT_LOWEST_BID,
};

struct policy_config {
    const char *name;
    int action; /* enum spd_action */
    int mode;   /* enum sa_mode */
    int on;     /* enum spd_interface */
    bool parallel;
    const char *local;
    const char *remote;
    const char *protocol;
    const char *local_port;
    const char *remote_port;
};

/* Keys of one direction of a pair, from the file. */
struct manual_direction {
    int64_t spi;
    const char *key; /* hexadecimal */
    const char *integrity;
};

struct manual_config {
    const char *name; /* of the policy */
    struct manual_direction up;
    struct manual_direction down;
};

struct ipsec_config {
    bool given;
    int keying;
    int signalling; /* 0 esp, 1 none; likewise: */
    int prefix_discovery;
    int return_routability;
    int payload; /* 0 none, 1 tunnel */
    int grain;
    int suite; /* enum cipher_name */
    const char *payload_sas;
    struct {
        int64_t window; /* 0: none */
        bool esn;
        bool given;
    } anti_replay;
    int duplicate; /* enum policy_duplicate */
    int tunnel_end_point;
    int sa_default;
    struct sa_lifetime lifetime;
    struct key_list policies; /* struct policy_config: instead of those made from the words */
    struct key_list manual;   /* struct manual_config */
};

extern const struct key ipsec_keys[];

/* One of the list. Where it is refused, `key` is the one that is wrong. */
MUST_CHECK enum status policies_parse(const struct policy_config *how, struct spd_entry *e,
                                      const char **key, struct why *w);

/* Those that the words or the list ask for; they live in `a`. ST_SYNTAX, ST_RANGE: a policy
 * says what it cannot mean. */
MUST_CHECK enum status policies_make(const struct ipsec_config *how, struct arena *a,
                                     struct spd *spd, struct why *w);

/* For traffic of nobody whose home address is known, of a mobile node and of a home agent. */
struct spd policies_of_others(struct arena *a);

/* `payload_sas`: how many parallel SAs where a node has `bids` care-of addresses. 0: nonsense. */
unsigned policies_parallel(const struct ipsec_config *how, unsigned bids);

const char *policies_default_name(const struct ipsec_config *how); /* of sa_default */

bool policies_per_coa(const struct ipsec_config *how); /* each care-of address has its own */

/* Keys as text; false: not the right number of hexadecimal digits. */
bool policies_hex(const char *text, uint8_t *out, size_t bytes);

#endif
