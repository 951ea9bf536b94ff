/*
 * flow.h - what a flow is: two ends, two directions, a traffic pattern each packet of which is
 * counted at its source and at its sink.
 *
 * Up is from the first end to the second.  Voice is RTP over UDP (RFC 3550): G.711 160 B every
 * 20 ms, G.729 20 B every 20 ms.  A constant rate may come in bursts.  A periodic stream starts at
 * a random phase (RFC 3432).
 */
#ifndef MODELS_TRANSPORT_FLOW_H
#define MODELS_TRANSPORT_FLOW_H

#include "sim/base/key.h"
#include "sim/base/units.h"

/* With IPv6 and UDP header 1800 bytes, the largest link; RFC 8200 5 promises 1500. */
enum { FLOW_PAYLOAD_MAX = 1752 };

enum flow_kind { FLOW_VOICE, FLOW_CONSTANT, FLOW_PING };
enum flow_voice { VOICE_NONE, VOICE_G711, VOICE_G729 };
enum flow_directions { FLOW_BOTH, FLOW_UP_ONLY, FLOW_DOWN_ONLY };

/* So many packets in a row, `interval` apart, then silence. */
struct flow_bursts_config {
    bool given;
    int64_t packets;
    sim_time every; /* from the first packet of one to the first of the next; 0: by `rate` */
};

struct flow_stream_config {
    int64_t payload; /* bytes */
    sim_time interval;
    /* of constant: */
    int64_t rate; /* packets/s, of bursts the mean; 0: there is none */
    struct flow_bursts_config bursts;
    int protocol; /* 0 UDP, 1 the experimental number 253 (RFC 3692) */
};

struct flow_traffic_config {
    int voice; /* enum flow_voice */
    bool plc;  /* packet loss concealment at the listener */
    bool has_constant;
    struct flow_stream_config constant;
    bool has_ping;
    struct flow_stream_config ping;
};

struct flow_config {
    const char *name;
    struct key_list between; /* const char *, two node names */
    struct flow_traffic_config traffic;
    sim_time playout;
    sim_time deadline; /* 0: none */
    sim_time start;
    sim_time stop;  /* 0: with the run */
    int directions; /* enum flow_directions */
    bool random_phase;
    int64_t hop_limit;
    int source; /* enum flow_source */
};

/* Which address of a mobile node a flow's packets leave from: RFC 6724 5 rule 4, RFC 5014. */
enum flow_source { FLOW_FROM_HOME, FLOW_FROM_CARE_OF };

extern const struct key flow_keys[];

/* The pattern of one direction, as the configuration says it. */
struct flow_shape {
    enum flow_kind kind;
    const char *text;  /* "g711" */
    int64_t payload;   /* bytes behind the UDP, RTP or ICMPv6 header */
    sim_time interval; /* from packet to packet of a burst */
    uint64_t burst;    /* packets of one; 1: there are none */
    sim_time pause;    /* from the last packet of a burst to the next one; without: the interval */
    bool experimental; /* next header 253 instead of UDP: nobody knows it */
    uint8_t hop_limit;
    uint8_t rtp_type;     /* RFC 3551 6 */
    uint32_t rtp_samples; /* per packet */
};

struct flow_shape flow_shape_of(const struct flow_config *flow);

/* After how long the pattern begins anew. */
sim_time flow_period(const struct flow_shape *shape);

#endif
