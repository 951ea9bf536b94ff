/*
 * metrics.h - what one direction of a flow comes to.
 *
 * One-way delay RFC 7679, loss RFC 7680, delay variation in both forms of RFC 5481, reordering
 * RFC 4737, duplication RFC 5560.  A p-quantile is the nearest rank.  A packet on its way at the
 * end of the run is neither lost nor received, but late if it is late already.  A packet is late
 * when its delay is above the flow's deadline if it has one, else (voice) above the least delay of
 * the run plus `playout`: the listener plays at a fixed delay and what comes later is lost to him.
 *
 * MOS by the E-model (Cole and Rosenbluth 2001, a simplification of ITU-T G.107): in windows of
 * 10 s, with d = packetisation + least network delay + playout and loss that counts late packets.
 */
#ifndef TRACES_METRICS_H
#define TRACES_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/units.h"
#include "traces/flows.h"
#include "traces/trace.h"

struct flow_metrics {
    uint64_t sent;
    uint64_t received;
    uint64_t lost;
    uint64_t in_flight;
    uint64_t late;
    uint64_t missed; /* lost or late: of no use to the receiver */
    uint64_t duplicated;
    uint64_t reordered;
    uint64_t received_bytes;
    /* -1 where there is nothing to measure */
    double delay_mean_ns;
    sim_time delay_p50_ns;
    sim_time delay_p95_ns;
    sim_time delay_p99_ns;
    sim_time delay_max_ns;
    double ipdv_mean_ns;     /* mean of |D(i) - D(i-1)|, RFC 5481 4.1, packets in sequence */
    sim_time pdv_p99_ns;     /* 99 % quantile of delay minus least delay, RFC 5481 4.2 */
    sim_time longest_gap_ns; /* between arrivals */
    bool has_mos;
    double mos_mean;
    double mos_worst;
};

/* `end` is the end of the run: what is on its way then and late already counts as late. */
void metrics_of(const struct flow_record *r, const struct trace_flow *of, sim_time end,
                struct flow_metrics *m);

/* R and MOS for a one-way delay in ms, a loss in percent and a ratio of burstiness (1: random). */
double metrics_mos(double delay_ms, double loss_percent, double burst_ratio, int codec, bool plc);

/* Is the packet of that row of no use, given the least delay of its direction? */
bool metrics_is_late(const struct trace_flow *of, sim_time delay, sim_time least);

/* Least delay of a direction; -1: nothing came. */
sim_time metrics_least_delay(const struct flow_record *r);

#endif
