/*
 * flows.h - every packet of every flow: when it was sent, when it came, or why it died.
 *
 * A copy of a packet (duplicate sending) has a row of its own.  Of a packet in fragments the first
 * loss is its death; it is received all the same when another copy's fragment made it whole.
 */
#ifndef TRACES_FLOWS_H
#define TRACES_FLOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/status.h"
#include "sim/core/tap.h"
#include "traces/trace.h"

enum { FLOWS_COPIES = 16, FLOWS_ON_THE_WAY = 0xffff };

struct flow_row {
    bool there;
    sim_time sent;
    sim_time received; /* -1: not */
    uint32_t bytes;
    uint16_t overhead;
    uint16_t fate; /* 0 received, a drop reason, or FLOWS_ON_THE_WAY */
    uint16_t bid;
    uint8_t path; /* enum pkt_path */
};

struct flow_rows {
    struct flow_row *row; /* by sequence */
    size_t n;
    size_t room;
};

/* One direction of one flow. */
struct flow_record {
    struct flow_rows copy[FLOWS_COPIES];
};

struct flows {
    struct flow_record *record; /* 2 * flow + direction */
    uint32_t flows;
};

void flows_init(struct flows *f, uint32_t flows);
void flows_release(struct flows *f);
void flows_see(struct flows *f, const struct tap_packet *p);

/* The first copy that came of a packet; NULL: none. */
const struct flow_row *flows_first(const struct flow_record *r, size_t sequence);

/* flows/<name>.csv: a row a copy of a packet. */
MUST_CHECK enum status flows_write_csv(const struct flows *f, uint32_t flow,
                                       const struct trace_flow *of, const char *dir, struct why *w);

const char *flows_path_name(uint8_t path);
const char *flows_fate_name(uint16_t fate);

#endif
