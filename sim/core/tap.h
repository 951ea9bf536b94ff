/*
 * tap.h - what can be observed: frames on links, packets of flows, protocol events.
 *
 * The machine and the models say what happens; observers (traces/) listen and change
 * nothing.  Without observers each call is one comparison.
 */
#ifndef SIM_CORE_TAP_H
#define SIM_CORE_TAP_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/pkt.h"
#include "sim/core/sim.h"

/* Why a link dropped a frame. Reasons of the nodes stand in models/names.h, from
 * TAP_NODE_REASONS on; the names are part of the interface (`drop.<name>`). */
#define LINK_REASONS(X)                                                          \
    X(NONE, "none", "was not dropped")                                           \
    X(QUEUE_FULL, "queue_full", "the queue in front of the link was full")       \
    X(LINK_LOSS, "link_loss", "lost by the loss model of the link")              \
    X(LINK_DOWN, "link_down", "the interface was not attached or lost its link") \
    X(LINK_MTU, "link_mtu", "larger than the link carries")                      \
    X(NO_STATION, "no_station", "no station of the link has that address")

enum link_reason {
#define X(id, name, help) DROP_##id,
    LINK_REASONS(X)
#undef X
        TAP_NODE_REASONS = 16,
};

enum tap_what {
    TAP_SENT, /* the link took it */
    TAP_RECEIVED,
    TAP_DROPPED, /* refused: it was never sent */
    TAP_LOST,    /* sent, and lost on the way; the port is the sender's */
};

/* A frame at a port of a link, as its bytes are. */
struct tap_frame {
    sim_time t;
    uint32_t port; /* index of the port, in order of making */
    enum tap_what what;
    uint16_t reason; /* of a drop */
    const struct pkt *pkt;
};

enum tap_step { TAP_BORN, TAP_TAKEN, TAP_DIED };

/* A packet of a flow: made at its source, taken by its sink, or dead for a reason.  A packet in
 * fragments dies with each that is lost: who counts packets takes the first. */
struct tap_packet {
    sim_time t;
    enum tap_step step;
    uint16_t reason; /* of a death */
    uint32_t bytes;  /* of the IPv6 packet as its source made it; 0 unless born */
    struct pkt_mark mark;
};

/* A packet that a node dropped: `reason` is one of models/names.h. */
struct tap_drop {
    sim_time t;
    uint32_t node;
    uint16_t reason;
    const struct pkt *pkt;
};

/* The processor of a node begins a job that has `waited` and takes `length`. */
struct tap_service {
    sim_time t;
    uint32_t node;
    sim_time waited;
    sim_time length;
};

/* One field of an event. */
enum tap_type { TAP_INT, TAP_TIME, TAP_ADDR, TAP_TEXT };

struct tap_field {
    const char *key;
    enum tap_type type;
    int64_t i;        /* TAP_INT; TAP_TIME in ns */
    struct addr addr; /* TAP_ADDR */
    const char *text; /* TAP_TEXT: lives as long as the run */
};

enum { TAP_FIELDS = 12 };

/* Something a protocol did. `name` is an enum of models/names.h. */
struct tap_event {
    uint64_t id;
    uint64_t cause;
    sim_time t;
    uint32_t node; /* index of the node, in order of making */
    uint16_t name;
    unsigned n; /* fields */
    struct tap_field field[TAP_FIELDS];
};

struct tap {
    void *self;
    void (*frame)(void *self, const struct tap_frame *f);     /* NULL: not interested */
    void (*packet)(void *self, const struct tap_packet *p);   /* NULL: not interested */
    void (*event)(void *self, const struct tap_event *e);     /* NULL: not interested */
    void (*drop)(void *self, const struct tap_drop *d);       /* NULL: not interested */
    void (*service)(void *self, const struct tap_service *s); /* NULL: not interested */
    /* What an ESP packet will hold, before it is encrypted and without padding: `next` is the
     * protocol of its first header, 41 a whole IPv6 packet.  `inside` is what is known of ESP in
     * it.  Answers what pkt_mark.inside keeps.  NULL: not interested. */
    uint32_t (*sealed)(void *self, const uint8_t *text, size_t n, uint8_t next, uint32_t inside);
    /* And back: what was known of ESP in that. NULL: nothing is. */
    uint32_t (*opened)(void *self, uint32_t inside);
    struct tap *next;
};

void tap_frame(struct sim *sim, uint32_t port, enum tap_what what, uint16_t reason,
               const struct pkt *pkt);
void tap_packet(struct sim *sim, enum tap_step step, uint16_t reason, const struct pkt *pkt);

/* A node drops `pkt`: shown to `drop`, and the death of its flow's packet to `packet`. */
void tap_drop(struct sim *sim, uint32_t node, uint16_t reason, const struct pkt *pkt);

void tap_service(struct sim *sim, uint32_t node, sim_time waited, sim_time length);

/* `text`, which may lie in p, is about to be sealed into p; or what is sealed in p has been taken
 * out of it. The last observer that is interested says what p->mark.inside is from now on. */
void tap_sealed(struct sim *sim, const uint8_t *text, size_t n, uint8_t next, struct pkt *p);
void tap_opened(struct sim *sim, struct pkt *p);

/* Gives the event its id, time and cause, shows it, and makes it the current cause, so that
 * whatever the same engine event does after carries it. */
void tap_event(struct sim *sim, uint32_t node, uint16_t name, const struct tap_field *fields,
               unsigned n);

#endif
