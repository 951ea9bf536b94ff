/*
 * spd.h - the Security Policy Database of a node (RFC 4301 4.4.1): ordered policies, and the
 * subjects that they are instantiated for.
 *
 * Policies are templates: they say "the subject", and the address of a packet says which subject
 * is meant.  So a gateway with a thousand subjects has one list, and what a packet costs does not
 * depend on their number.  The last entry of every list discards (4.4.1; RFC 4877 4.1).
 */
#ifndef MODELS_IPSEC_SPD_H
#define MODELS_IPSEC_SPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/ipsec/sad.h"
#include "models/ipsec/selector.h"

enum spd_action { SPD_BYPASS, SPD_PROTECT, SPD_DISCARD };

/* Policies of the tunnel interface see what enters the tunnel, those of links the rest: RFC 6275
 * 10.4.6, RFC 4877 7.2.4. */
enum spd_interface { SPD_ON_ANY, SPD_ON_LINK, SPD_ON_TUNNEL };

struct spd_entry {
    const char *name; /* of its SAs, too */
    enum spd_action action;
    enum spd_interface on;
    struct selector selector;
    enum sa_mode mode; /* of SPD_PROTECT */
    bool parallel;     /* several SAs with equal selectors: RFC 6089 7 */
    unsigned pair;     /* of SPD_PROTECT: its place in spd_subject.pair, counted from 0 */
};

struct spd {
    const struct spd_entry *entry;
    unsigned entries;
    unsigned pairs; /* how many protect */
};

enum { SPD_PARALLEL = 16 }; /* SAs of one entry and direction at most */

/* Both directions of what one entry protects. */
struct spd_pair {
    unsigned sas;
    bool asked;                   /* key management knows that one is missing */
    struct sa *out[SPD_PARALLEL]; /* NULL: there is none now */
    struct sa *in[SPD_PARALLEL];
};

/* Whose traffic is protected. */
struct spd_subject {
    struct addr address;
    const struct spd *policies;
    struct spd_pair *pair;
    void *owner;              /* the owner's own */
    struct spd_subject *next; /* of its bucket */
    struct spd_subject *newer;
};

#endif
