/*
 * link.h - a port: where a node's interface meets a link; and what all links of a run share.
 *
 * port_send() takes the packet.  What arrives is handed to `receive`, which takes it.  A link
 * says through `state` when it comes and goes, at the instant it happens: what the node knows
 * of it, and when, is the node's affair.
 */
#ifndef SIM_LINK_LINK_H
#define SIM_LINK_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/pkt.h"
#include "sim/base/rng.h"
#include "sim/core/sim.h"
#include "sim/core/tap.h"

struct carriers;
struct channel;
struct outside;
struct port;

enum link_framing { LINK_RAW_IP6, LINK_ETHERNET };

typedef void port_send_fn(void *via, struct port *from, struct pkt *p); /* takes p */

/* What each packet touches is one cache line, the first. */
struct port {
    void *owner;                                 /* set by the node, as are these: */
    void (*receive)(void *owner, struct pkt *p); /* takes p */
    port_send_fn *send;                          /* set by the link */
    void *via;
    struct links *links;
    uint64_t station; /* link-layer address, low 48 bits; 0 on raw links */
    uint32_t index;   /* as the taps name it */
    uint32_t mtu;     /* bytes of IPv6 packet that the link carries now */
    enum link_framing framing;
    bool up;
    const char *name; /* "car.wlan0" */
    void (*state)(void *owner, bool up);
    /* Which groups it is interested in, as a network card filters: bits of `groups` are set for
     * each (lan_group_bits()), and `hears` says it exactly. NULL: in all. */
    uint64_t groups;
    bool (*hears)(void *owner, uint64_t group);
    uint64_t *groups_on_lan; /* where the segment keeps them while it is attached; NULL: nowhere */
    struct outside *outside; /* who carries its frames; NULL: this program. outside.h */
};

/* What the links of one run share. */
struct links {
    struct sim *sim;
    struct arena *arena;
    struct pool *packets;
    const struct rng_seed *seed;
    struct carriers *carriers; /* who carries point-to-point links; NULL: this program */
    struct port **port;        /* by index */
    uint32_t ports;
    struct channel **channel; /* in order of making: their delivery keys */
    uint32_t channels;
    uint32_t port_room;
    uint32_t channel_room;
};

struct port *port_new(struct links *links, const char *name, enum link_framing framing,
                      uint64_t station, uint32_t mtu);

/* A port that is down, or not plugged in, drops the packet as `link_down`. */
void port_send(struct port *port, struct pkt *p);
void port_deliver(struct port *port, struct pkt *p);
bool port_fits(const struct port *port, size_t n); /* a frame of n bytes, with its header */
void port_set_up(struct port *port, bool up);
void port_set_groups(struct port *port, uint64_t groups);

/* The link refuses p (before it was sent), or loses it on the way: observed, and given back. */
void port_drop(struct port *port, enum link_reason reason, struct pkt *p);
void port_lose(struct port *port, enum link_reason reason, struct pkt *p);

#endif
