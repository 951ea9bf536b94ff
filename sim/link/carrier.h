/*
 * carrier.h - who carries the frames of one direction of a point-to-point link, if not we: a device
 * of ns-3.
 *
 * The channel goes on deciding what is accepted and lost, when, and every time; a frame that it
 * accepts is handed to the carrier at once.  A carrier sends back to back at the channel's rate,
 * each frame for its bits at that rate rounded to the nearest nanosecond, and the last bit arrives
 * after the channel's delay.  So a frame has come out of it when the channel delivers it: exactly
 * then, or before, where jitter and outages hold it up here.  What comes out is compared byte by
 * byte with what was handed over; a frame that is late, out of order or other than it was ends the
 * run with a sentence.
 *
 * A device that puts bytes around a frame (`adds`; PPP's two) is handed as many less than the
 * link's `frame_bytes` says, so that on the wire both count the same: zeroes follow the packet
 * where the link counts more, and where it counts less the IPv6 Payload Length, which the length of
 * the frame tells, stays here.
 */
#ifndef SIM_LINK_CARRIER_H
#define SIM_LINK_CARRIER_H

#include "sim/core/foreign.h"
#include "sim/link/channel.h"

enum { CARRIER_ADDS_MAX = 2, CARRIER_FRAME_MAX = PKT_MTU_MAX + 256 };

struct p2p_config;

struct carrier_count {
    uint64_t handed; /* frames, as what follows */
    uint64_t exact;  /* came out when they were due */
    uint64_t early;
    uint64_t lost; /* the carrier said so */
};

/* Filled by carriers_join(), but for the first two. */
struct carrier {
    void (*send)(void *self, const uint8_t *frame, size_t n); /* the bytes are lent for the call */
    void *self;
    struct foreign *clock;
    struct channel *channel;
    uint32_t adds;
    struct pkt *awaited; /* the oldest that has not come out; NULL: none is under way */
    struct carrier_count count;
    struct carrier *next;
};

/* Who carries all point-to-point links of a run. */
struct carriers {
    /* Makes the devices at both ends: sets send and self of both directions. */
    void (*join)(void *self, const char *name, const struct p2p_config *how, struct carrier *one,
                 struct carrier *other);
    void *self;
    struct foreign *clock;
    uint32_t adds; /* bytes that a device puts around a frame */
    struct carrier *first;
    struct carrier **last;
};

void carriers_init(struct carriers *c, struct foreign *clock, uint32_t adds);
void carriers_join(struct carriers *c, const char *name, const struct p2p_config *how,
                   struct channel *one, struct channel *other);

/* ---- the channel calls ----------------------------------------------------------------------- */

void carrier_take(struct carrier *r, struct pkt *p); /* lent; the newest of its channel */
/* Whether the oldest of its channel, which is due, has come out. False: it may not be delivered
 * now; if the channel is armed for this instant again, it is asked again. */
bool carrier_has_brought(struct carrier *r, const struct pkt *oldest);

/* ---- whoever carries calls, within foreign_enter() and foreign_leave() -------------------------
 */

void carrier_arrived(struct carrier *r, const uint8_t *frame, size_t n);
void carrier_lost(struct carrier *r, enum link_reason reason); /* the oldest under way */

#endif
