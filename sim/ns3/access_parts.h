/* access_parts.h - what access.c and access_device.c share. Nobody else includes it. */
#ifndef SIM_NS3_ACCESS_PARTS_H
#define SIM_NS3_ACCESS_PARTS_H

#include "sim/core/foreign.h"
#include "sim/link/outside.h"
#include "sim/ns3/csma.h"
#include "sim/ns3/flight.h"
#include "sim/ns3/lte.h"
#include "sim/world/world.h"

/* A port of the network, and its device. */
struct member {
    struct net *net;
    struct port *port;
    struct ns3_device *device; /* NULL: could not be made, and the run ends */
    struct member *far;        /* the other end, of a bearer */
    struct sim_timer associated;
    bool wanted; /* the host is attached */
    bool linked; /* ns-3's station is associated, */
    bool was;    /* or has been told to associate anew, once at least */
    struct member *next;
};

struct net {
    const struct network_config *how;
    struct world *world;
    struct foreign *clock;
    struct outside *outside;
    struct ns3_csma *csma;
    struct ns3_lte *lte;
    struct member *first; /* the router's, where there is one */
    struct member **last;
    struct flights flights;
    struct flight *sending; /* not named yet */
    struct sim_timer expiry;
};

/* The device of a port, or the two of a bearer, with the network's attributes. What cannot be made
 * ends the run with a sentence. */
void access_make_devices(struct net *net, struct member *m, const struct ns3_device_events *events);

void access_fail(struct net *net, const struct ns3_why *why);

#endif
