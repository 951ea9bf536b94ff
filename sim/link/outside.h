/*
 * outside.h - an access network whose frames somebody else carries: ns-3's Wi-Fi, or a program that
 * uses the library.
 *
 * What a port of the network sends is handed out as bytes, Ethernet frames on a segment and IPv6
 * packets on a bearer, with a ticket.  The packet is held until the ticket is ended; so whatever
 * comes back with the ticket is that packet, of the same flow and with the same number, whichever
 * port it comes to, and to however many:
 *
 *     send(ticket) -> outside_receive() at each port that it reaches, then outside_done()
 *                  -> outside_lost(): on the way, and why
 *
 * A ticket that is ended with outside_done() although a frame to one station reached nobody is
 * lost: that station was away (`link_down`), it was longer than the link carries (`link_mtu`), or
 * there is no such station (`no_station`).  Ticket 0 is of a frame that this world has not made.  A
 * ticket that is used after its end is a bug, and asserted.
 *
 * The MTU is kept here; a port takes frames to its own address and to groups that it listens to,
 * whatever reaches it.  Rates, delays, queues and losses are the outside's affair, and so is how
 * long an association takes: a port is up from outside_carry() on.  Everything happens at
 * sim_now(): whoever has another clock brings this one up first, sim_reach().  Nothing comes back
 * from within send(): a frame takes time.
 */
#ifndef SIM_LINK_OUTSIDE_H
#define SIM_LINK_OUTSIDE_H

#include "sim/link/link.h"

enum { OUTSIDE_ROOM = 16384 }; /* tickets of one network at a time; beyond it the queue is full */

struct outside;

/* What the outside does for the network; each call names the port, and `owner` the network. */
struct outside_ways {
    /* `port` is a member: once each, before anything else of it. First on a segment is the
     * router's port; on a bearer `far` is the router's end of it, else NULL. May be NULL. */
    void (*join)(void *owner, struct outside *o, struct port *port, struct port *far);
    /* The host wants to associate, or was plugged in from the start; outside_carry() answers. */
    void (*attach)(void *owner, struct port *host);
    /* It leaves. What of its frames is on the way is lost: outside_lost(), now or later. */
    void (*detach)(void *owner, struct port *host);
    /* The bytes are the callee's until the ticket is ended. It may end it at once: no room. */
    void (*send)(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame, size_t n);
    /* The host is told to go over to another cell of the network, 1 the first. NULL: it has none.
     */
    void (*hand_over)(void *owner, struct port *host, unsigned cell);
};

struct outside_count {
    uint64_t sent;      /* handed out */
    uint64_t bytes;     /* in them */
    uint64_t received;  /* taken by ports */
    uint64_t done;      /* ended, and not lost; what is sent is done, lost or still out */
    uint64_t lost;      /* ended without having reached whom they were for */
    uint64_t strangers; /* taken with ticket 0 */
    uint64_t refused;   /* tickets were all out */
    uint64_t peak;      /* the most tickets that were out */
};

struct outside {
    struct links *links;
    const struct outside_ways *ways; /* borrowed for the run */
    void *owner;
    void *net; /* set by the network, as is this: a host's port comes or goes */
    void (*carry)(void *net, struct port *host, bool up);
    struct outside_count count;
    struct outside_ticket *ticket; /* those out and spare ones */
    uint32_t tickets;              /* ever made */
    uint32_t out;
    uint32_t spare; /* 1 + index of the first spare one; 0: none */
    bool sending;   /* a send() is running */
};

struct outside *outside_new(struct links *links, const struct outside_ways *ways, void *owner);

/* A port's `send` while the outside carries its frames; port->outside says who. */
void outside_send(void *via, struct port *from, struct pkt *p);

/* ---- what the outside calls ------------------------------------------------------------------ */

/* A frame reaches the port. False: it is not for this port, its own, or the port is not up here. */
bool outside_receive(struct outside *o, struct port *to, uint64_t ticket, const uint8_t *frame,
                     size_t n);
void outside_done(struct outside *o, uint64_t ticket);
void outside_lost(struct outside *o, uint64_t ticket, enum link_reason reason);

/* The host's link carries frames from now on, or no longer. Nothing happens unless the host is
 * attached here: an answer may be late. */
void outside_carry(struct outside *o, struct port *host, bool up);

bool outside_holds(const struct outside *o, uint64_t ticket); /* it is out */

/* ---- the end --------------------------------------------------------------------------------- */

/* What is still out is given back, unseen: the run is over. Answers how many. */
uint32_t outside_release(struct outside *o);

#endif
