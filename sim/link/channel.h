/*
 * channel.h - one direction of a link: a queue, a rate, a delay, jitter and loss.
 *
 * First in, first out.  A transmission integrates the rate over time: when the rate changes,
 * what is still to be sent is sent at the new one, and at rate 0 it waits.  When a packet
 * will arrive is known as soon as it is queued, so a channel arms one timer, for its next
 * delivery, however many packets are under way.
 *
 * Or it sends by grants: nothing leaves but what channel_grant() lets go, byte by byte.
 *
 * Somebody else may carry the frames: carrier.h.
 */
#ifndef SIM_LINK_CHANNEL_H
#define SIM_LINK_CHANNEL_H

#include "sim/link/link.h"
#include "sim/link/loss.h"

struct carrier;

struct channel_config {
    sim_time delay;       /* propagation */
    sim_time jitter;      /* uniform in [0, jitter] is added; the order is kept */
    int64_t queue;        /* packets that may wait, the one being sent not counted */
    uint32_t frame_bytes; /* bytes a frame costs on the wire beside its own */
    int64_t rate;         /* bit/s, above 0 */
    struct loss_config loss;
};

struct channel_count {
    uint64_t packets; /* taken */
    uint64_t bytes;
    uint64_t queue_full;
    uint64_t lost;
    uint64_t down; /* lost because the link went away */
    uint64_t queue_max;
};

/* What each packet touches stands first: with many channels each cache line is a miss. */
struct channel {
    _Alignas(64) struct sim_timer next; /* the next delivery */
    struct pkt *head;                   /* oldest on the way */
    struct pkt *tail;
    struct pkt *unsent; /* oldest whose last bit has not left */
    uint64_t waiting;   /* packets from `unsent` on */
    sim_time since;     /* since when `unsent` is sent at the rate in force */
    int64_t rate;       /* in force, bit/s; 0 while blocked */
    struct links *links;
    struct carrier *carrier;                     /* NULL: nobody else */
    void (*deliver)(void *owner, struct pkt *p); /* takes p; set by its owner, as what follows */
    void *owner;
    bool relays;       /* what it carries was sent elsewhere already: a segment's far side */
    struct port *from; /* whom losses are reported for */
    struct channel_config how; /* set by channel_init(), as all the rest */
    struct channel_count count;
    bool by_grants;
    int64_t grant_extra; /* bytes that a packet costs of a grant beside its own */
    sim_time last_due;   /* by grants: of the newest that has left */
    int64_t nominal;     /* the rate when nothing blocks it */
    unsigned blocks;     /* how many outages are on */
    struct loss loss;
    struct rng jitter;
    const char *link; /* names for the link table; NULL: it carries nothing, an outside does */
    const char *direction;
};

/* `name` ("att.car.cell0.down") names its random streams. */
void channel_init(struct channel *c, struct links *links, const char *name,
                  const struct channel_config *how);

void channel_send(struct channel *c, struct port *from, struct pkt *p); /* takes p */

/* From now on. */
void channel_set_rate(struct channel *c, int64_t bit_per_s);
void channel_set_delay(struct channel *c, sim_time delay);
void channel_set_loss(struct channel *c, uint32_t share); /* independent, instead of any other */
void channel_block(struct channel *c, bool on);           /* outages nest */

/* Before anything is sent: from now on by grants, not at a rate. A packet costs its length and
 * `extra` bytes, which may be below 0. */
void channel_by_grants(struct channel *c, int64_t extra);

/* `bytes` of what was queued before this instant leave now; what is not used is lost. */
void channel_grant(struct channel *c, int64_t bytes);

/* Whatever is queued or on the way is lost. */
void channel_flush(struct channel *c);

#endif
