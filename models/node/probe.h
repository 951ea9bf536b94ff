/*
 * probe.h - what is known of the way to a peer and back: probes by ICMPv6 echo, and the round trip
 * that they and other exchanges measure.
 *
 * The round trip is smoothed as RFC 6298 2 does for TCP: SRTT by 1/8, its mean deviation by 1/4.
 */
#ifndef MODELS_NODE_PROBE_H
#define MODELS_NODE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/pkt.h"
#include "sim/base/units.h"

struct monami_path;

enum { PROBE_DATA_BYTES = 8, PROBE_REMEMBERED = 16 };

/* How paths are probed. */
struct probe_config {
    sim_time every; /* 0: not */
    int64_t lost;   /* unanswered in a row: the path is dead */
};

struct round_trip {
    sim_time smoothed;
    sim_time variation;
    sim_time measured; /* when, last */
    bool known;
};

void round_trip_measure(struct round_trip *r, sim_time length, sim_time now);

struct probe {
    uint16_t sequence; /* of the last one sent */
    int64_t unanswered;
    sim_time sent[PROBE_REMEMBERED]; /* when the last ones left, by sequence */
    struct round_trip round_trip;
};

/* The path is another one now: nothing is known of it. Sequence numbers go on. */
void probe_reset(struct probe *p);

/* The next echo request; the caller owns it. */
struct pkt *probe_next(struct probe *p, struct pool *packets, const struct addr *src,
                       const struct addr *dst, uint16_t identifier, sim_time now);

/* An echo reply with that sequence number. Only the last PROBE_REMEMBERED probes measure. */
void probe_answered(struct probe *p, uint16_t sequence, sim_time now);

/* Tells a decision what is known. */
void probe_describe(const struct probe *p, struct monami_path *path);

#endif
