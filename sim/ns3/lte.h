/*
 * lte.h - cells and user equipment of LTE, with their core network: ns-3's ns3::LteHelper and
 * ns3::PointToPointEpcHelper (ns-3 3.37), real RRC, X2 between all cells.
 *
 * A UE chooses a cell when the run begins, connects, and gets its default bearer; then it is up.
 * It goes over to another cell by measurement (event A3 of 3GPP TS 36.331), or when it is told to,
 * and stays up meanwhile. Where the radio link fails it is down until it has connected anew.
 *
 * Only IPv6 packets are carried. What the router sends comes in where the core meets the Internet
 * (SGi), and is for the UE of whose bearer it is the far end, whatever the destination address.
 * Bearers are of RLC UM: what does not fit into a buffer is told, what the radio loses is not.
 */
#ifndef SIM_NS3_LTE_H
#define SIM_NS3_LTE_H

#include "sim/ns3/device.h"
#include "sim/ns3/place.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ns3_lte; /* opaque: one network */

struct ns3_lte_config {
    const struct ns3_place *cell; /* where each stands, `t` is of no use; cell 1 is the first */
    size_t cells;                 /* above 0 */
    bool measured;                /* event A3 of RSRP; false: only when told */
    int64_t streams;              /* the first of its random ones */
};

/* NULL: `why` says it. */
struct ns3_lte *ns3_lte_new(const struct ns3_lte_config *how, struct ns3_why *why);

struct ns3_lte_member {
    const struct ns3_place *place; /* as of Wi-Fi */
    size_t places;
    int64_t streams;
};

/* The two ends of a bearer: events[0] and device[0] are of the UE, the others of the router. */
bool ns3_lte_join(struct ns3_lte *net, const struct ns3_lte_member *member,
                  const struct ns3_device_events events[2], struct ns3_device *device[2],
                  struct ns3_why *why);

/* Tells a UE to go over to that cell. Nothing happens if it is not connected, there already, or
 * still busy with its cell: going over, connecting. False: there is no such cell. */
bool ns3_lte_hand_over(struct ns3_device *ue, unsigned cell, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
