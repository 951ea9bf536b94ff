/*
 * source.h - makes the packets of one direction of a flow; and sink.h's counterpart listens.
 */
#ifndef MODELS_TRANSPORT_SOURCE_H
#define MODELS_TRANSPORT_SOURCE_H

#include "models/transport/flow.h"
#include "models/transport/udp_ports.h"
#include "sim/base/addr.h"
#include "sim/base/pkt.h"
#include "sim/base/rng.h"
#include "sim/core/sim.h"

struct source {
    struct sim_timer timer; /* the next packet */
    struct sim *sim;
    struct pool *packets;
    void *owner;                             /* the node */
    void (*out)(void *owner, struct pkt *p); /* takes p: path_out() */
    uint64_t sequence;                       /* of the next packet */
    sim_time stop;                           /* no packet from here on */
    struct addr src;
    struct addr (*choose)(void *owner, const struct addr *dst); /* NULL: `src` is always it */
    struct addr dst;
    struct flow_shape shape;
    uint32_t flow;     /* index + 1, as pkt_mark has it */
    uint16_t port;     /* of both ends */
    uint8_t direction; /* 0 up, 1 down */
};

/* `start` is the time of the first packet. */
void source_start(struct source *s, sim_time start);

/* Listens on `port` and tells the observers of every packet of a flow that comes whole. */
void sink_listen(struct udp_ports *ports, struct arena *arena, struct sim *sim, uint16_t port);

#endif
