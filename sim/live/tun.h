/*
 * tun.h - a TUN device as a link: what a node sends comes out of the kernel's end, and what the
 * kernel sends there arrives at a node.
 *
 * Raw IPv6 packets, no link-layer header (IFF_TUN, IFF_NO_PI).  Several ports may end here: by its
 * owner's word a packet goes to one of them.  The device goes when it is closed, unless somebody
 * made it persistent before; addresses and routes of the kernel's end are somebody else's affair.
 */
#ifndef SIM_LIVE_TUN_H
#define SIM_LIVE_TUN_H

#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/status.h"
#include "sim/link/link.h"

enum { TUN_NAME = 16 };

struct tun_count {
    uint64_t sent;
    uint64_t received;
    uint64_t refused; /* that the kernel did not take: its end is down, or has no room */
    uint64_t ignored; /* no IPv6, or for nobody here */
};

struct tun {
    int fd; /* -1: closed */
    char name[TUN_NAME];
    struct links *links; /* set by its owner, as are these: */
    void *owner;
    struct port *(*whose)(void *owner, const struct addr *dst); /* NULL: nobody's */
    struct tun_count count;
    int gone; /* the errno with which reading failed: nothing comes any more; 0: it is there */
};

/* Opens the device, and makes it if there is none of that name. ST_IO: a sentence says why. */
MUST_CHECK enum status tun_open(struct tun *t, const char *name, struct why *w);
void tun_close(struct tun *t);

/* Sets what the port sends to leave here; it is up from now on. */
void tun_attach(struct tun *t, struct port *port);
void tun_detach(struct port *port);

/* Everything that waits is delivered, now. */
void tun_take(struct tun *t);

#endif
