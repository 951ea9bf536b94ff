/*
 * pkt.h - a packet: real bytes with room in front of them, and what the measurement
 * knows about it.
 *
 * One owner at a time: who passes a packet on does not touch it after.  Headers are
 * prepended into the headroom, which is deep enough for the deepest encapsulation
 * (Ethernet 14, outer IPv6 40, destination options or routing header 24, ESP 24 with IV,
 * inner IPv6 40, options 24).  No node reads `mark`: it is what the observer wrote on the
 * packet at its birth, so that a loss or a delay is measured and never guessed.  The fragments
 * of a packet carry its mark, each with its own share of `overhead`.
 */
#ifndef SIM_BASE_PKT_H
#define SIM_BASE_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/units.h"

enum {
    PKT_HEADROOM = 192,
    PKT_ROOM = 1856,    /* bytes of room behind the headroom */
    PKT_MTU_MAX = 1800, /* the largest MTU that a link may have */
};

enum pkt_path { PKT_DIRECT, PKT_TUNNEL, PKT_OPTIMISED };

/* Of which flow, and which packet of it. */
struct pkt_mark {
    uint32_t flow;     /* index + 1; 0: belongs to no flow */
    uint8_t direction; /* 0 up, 1 down */
    uint8_t copy;      /* 0 for the original; duplicates count on */
    uint8_t path;      /* enum pkt_path of its last encapsulation */
    uint16_t bid;      /* Binding Identifier that it was sent on, 0 none */
    uint16_t overhead; /* bytes that mobility and fragmentation added; of this fragment */
    bool injected;     /* the scenario made it, as an attacker would */
    uint32_t bytes;    /* of the IPv6 packet as its source made it */
    uint32_t inside;   /* what the observer saw before it was sealed; 0: nothing */
    uint64_t sequence;
    sim_time born;
};

struct pkt {
    uint8_t *at;  /* the first byte */
    uint32_t len; /* bytes */
    struct pkt_mark mark;
    bool group;          /* it came in a frame to a link-layer group */
    uint8_t outside;     /* the link_reason for which whoever carries its link lost it; 0: none */
    uint64_t cause;      /* id of the trace event that made it: sim.h */
    struct pkt *next;    /* for whoever owns it: queues */
    struct {             /* for the channel that carries it */
        sim_time leaves; /* when its last bit is sent */
        sim_time due;    /* when its last bit arrives */
        sim_time extra;  /* jitter drawn for it */
        int64_t work;    /* what is still to be sent, in 10^-9 bit */
        sim_time since;  /* when it was queued */
    } link;
    uint8_t bytes[PKT_HEADROOM + PKT_ROOM];
};

/* Only the head is zeroed; the bytes are the caller's to fill. */
struct pkt *pkt_take(struct pool *packets);
void pkt_give(struct pool *packets, struct pkt *p);
struct pkt *pkt_copy(struct pool *packets, const struct pkt *p); /* same mark, cause and bytes */

uint8_t *pkt_prepend(struct pkt *p, size_t n); /* n new bytes in front, not zeroed */
void pkt_strip(struct pkt *p, size_t n);       /* drop n bytes from the front */
uint8_t *pkt_append(struct pkt *p, size_t n);  /* n new bytes behind, not zeroed */
size_t pkt_tailroom(const struct pkt *p);

struct pool pkt_pool(struct arena *a);

#endif
