/*
 * share.h - a phone shares the /64 of its cellular link with a LAN: RFC 7278.
 *
 * Its radio interface is a host on the bearer, and holds one address of the /64 as a /128; the
 * prefix is on-link on the LAN, where the phone advertises it, holds the same address and defends
 * it by duplicate address detection.  When the bearer goes or brings another prefix, the LAN is
 * told at once: lifetimes of 0, and no default router (RFC 7084 G-5, L-13).
 */
#ifndef MODELS_NODE_SHARE_H
#define MODELS_NODE_SHARE_H

#include "models/node/nd.h"

enum { SHARE_OLD = ND_ADV_PREFIXES - 1 };

struct share {
    struct iface *radio;
    struct iface *lan;
    const struct nd_advertise_config *how;
    struct prefix prefix; /* on the LAN now; length 0: none */
    struct {
        struct prefix prefix;
        sim_time until; /* hosts have forgotten it by then */
    } old[SHARE_OLD];   /* withdrawn, the latest first */
    unsigned olds;
    struct sim_timer review;
};

/* Both interfaces have neighbour discovery, the LAN's link-local address is fixed, their node
 * forwards. `how`, which is borrowed, bounds what is advertised. */
void share_init(struct share *s, struct iface *radio, struct iface *lan,
                const struct nd_advertise_config *how);

/* An address or a router of one of its interfaces came or went: looked at when this event is
 * over. */
void share_changed(struct share *s);

#endif
