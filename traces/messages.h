/*
 * messages.h - what became of the packets that events tell of: which SA sealed them, how long they
 * were, where they died.
 *
 * A packet carries the id of the event that made it (pkt.cause), through queues, fragments and
 * routers.  Packets of flows and those of neighbour discovery and ICMPv6 errors, which the event
 * may have led to as well, do not count.  Of several fragments the first that dies is told.
 */
#ifndef TRACES_MESSAGES_H
#define TRACES_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/core/tap.h"

struct message {
    uint64_t event; /* that tells that it is sent */
    uint32_t spi;   /* of the outermost ESP that it left in; 0: none */
    uint32_t bytes; /* of the IPv6 packet, as its first link saw it; 0: none did */
    uint16_t lost;  /* why; 0: it was not, as far as is known */
    bool by_node;   /* `where` is a node's index, else a port's */
    uint32_t where;
    sim_time lost_at;
};

struct messages {
    struct message *list; /* in order of `event` */
    size_t n;
    size_t room;
};

void messages_see(struct messages *m, const struct tap_event *e);
/* `link_header`: bytes in front of the IPv6 header. */
void messages_frame(struct messages *m, const struct tap_frame *f, size_t link_header);
void messages_drop(struct messages *m, const struct tap_drop *d);
void messages_release(struct messages *m);

#endif
