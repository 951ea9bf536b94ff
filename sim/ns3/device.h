/*
 * device.h - a device of ns-3 on a medium that others share, or an end of a bearer of LTE: what
 * carries frames of one of our ports (ns-3 3.37).
 *
 * A frame is known by the uid of its ns3::Packet, which copies share: what becomes of it is told by
 * that number.  The bytes are the packet behind the link-layer header.  Objects live until
 * ns3_clock_end().
 */
#ifndef SIM_NS3_DEVICE_H
#define SIM_NS3_DEVICE_H

#include <stddef.h>

#include "sim/ns3/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ns3_lost {
    NS3_LOST_FULL, /* the device had no room */
    NS3_LOST_AWAY, /* it was not on the medium, or not associated */
    NS3_LOST_AIR,  /* sent in vain, or too old */
};

enum ns3_cell_change {
    NS3_CELL_ATTACHED, /* connected in it, after none */
    NS3_CELL_HANDED_OVER,
    NS3_CELL_HANDOVER_FAILED,
    NS3_CELL_RADIO_LINK_FAILED
};

/* Whoever hears what the device does. `owner` comes with each call; bytes are lent. */
struct ns3_device_events {
    void (*named)(void *owner, uint64_t uid); /* of what is about to be sent; within send */
    void (*received)(void *owner, uint64_t uid, const uint8_t *body, size_t n);
    void (*lost)(void *owner, uint64_t uid, enum ns3_lost why); /* may come within send */
    void (*gone)(void *owner, uint64_t uid); /* whoever was to have it has it; not of Wi-Fi */
    void (*link)(void *owner, bool up); /* of a Wi-Fi station or UE: associated, or no longer */
    void (*cell)(void *owner, unsigned cell, enum ns3_cell_change how); /* of a UE; 1: the first */
    void *owner;
};

struct ns3_device; /* opaque */

/* To another device of the medium, or, where `to` is NULL, to a group. A bearer has two ends, and
 * no groups. */
struct ns3_frame {
    struct ns3_device *to;
    uint8_t group[6];
    uint16_t type; /* EtherType */
    const uint8_t *body;
    size_t n;
};
bool ns3_device_send(struct ns3_device *d, const struct ns3_frame *f, struct ns3_why *why);

/* It is on the medium from now on, or no longer. A Wi-Fi station is from the beginning, and looks
 * for its access point anew whenever it is told to be; a UE does not ask. */
bool ns3_device_attach(struct ns3_device *d, bool on, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
