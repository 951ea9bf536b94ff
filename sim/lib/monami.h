/*
 * monami.h - the library: a world of IPv6 mobility from a scenario, run by a program of yours.
 *
 * A world has nodes (mobile nodes, home agents, correspondents, routers), networks and flows, as a
 * scenario tells them; every packet in it is the packet of the RFC, to the bit.  You move its
 * clock, watch what happens, and may carry the frames of any of its access networks yourself, as
 * the driver of a radio simulator or of a test bench would.  docs/library.md leads through it.
 *
 * In order: monami_new(); a scenario; monami_outside(), monami_watch(), monami_record();
 * monami_build(); the clock; monami_finish(); monami_free().
 *
 * Units: times are int64_t nanoseconds of simulated time since the start of the run, sizes bytes.
 *
 * Errors: what can fail for a cause outside the library answers an enum monami_status; then
 * monami_why() is a sentence, or several lines where a scenario has several mistakes.  Nothing is
 * printed, and nothing ends the process but running out of memory and a bug in the library.
 *
 * Ownership: the caller owns the world from monami_new() to monami_free(). Texts and ports that the
 * library hands out are the world's; what a callback is given lives until it returns, unless said.
 * What you hand in is copied, but for callbacks' owners.
 *
 * Threads: a world is used by one thread at a time, different worlds by different threads.
 *
 * From within a callback much may be called, but not monami_build(), the clock, monami_finish() and
 * monami_free(), nor what moves hosts, nor monami_receive(): a frame takes time, be it 0 ns.  From
 * within send() and watchers, which are called in the middle of a node's work, monami_carry() may
 * not either.  They answer MONAMI_NOT_NOW; monami_free(), which cannot answer, asserts.
 */
#ifndef MONAMI_H
#define MONAMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MONAMI_VERSION "0.1.0"

#define MONAMI_NEVER INT64_MAX /* ns: not at all */

struct monami;         /* a world */
struct monami_network; /* a network of it that you carry */
struct monami_port;    /* where a node's interface meets a network, or another node */

enum monami_status {
    MONAMI_OK,
    MONAMI_SCENARIO, /* something is wrong with the scenario, or it is not there */
    MONAMI_MISSING,  /* there is no such thing in this world */
    MONAMI_RANGE,    /* a time that is past, a frame or a word that cannot be */
    MONAMI_NOT_NOW,  /* too early, too late, or from within a callback */
    MONAMI_IO        /* files could not be written */
};

const char *monami_version(void); /* of the library that is linked */

/* ---- a world and its scenario ---------------------------------------------------------------- */

struct monami *monami_new(void);    /* never NULL: running out of memory ends the process */
void monami_free(struct monami *m); /* NULL: nothing */
const char *monami_why(const struct monami *m); /* of the last call that failed; "" before */

/* The scenario: a file, or a text that complaints call `name`; files that it names are looked for
 * from the folder of either. Without one of them it is empty, and all comes from monami_set(). */
enum monami_status monami_open(struct monami *m, const char *path);
enum monami_status monami_read(struct monami *m, const char *name, const char *text, size_t n);

/* One key, over what the scenario says: "nodes.car.home.agent", "ha"; the value as in a scenario,
 * also a map or a list: "{attach: wlan}". Judged by monami_build(). docs/reference.md has all. */
enum monami_status monami_set(struct monami *m, const char *key, const char *value);
enum monami_status monami_seed(struct monami *m, int64_t seed, int64_t replication);

/* Makes the world and starts it, at time 0. MONAMI_SCENARIO: monami_why() has everything that is
 * wrong; then more may be set, and it may be tried again. */
enum monami_status monami_build(struct monami *m);

/* ---- the clock ------------------------------------------------------------------------------- */

int64_t monami_now(const struct monami *m);
int64_t monami_next(const struct monami *m); /* when the next event is due; MONAMI_NEVER: none */
int64_t monami_stop(const struct monami *m); /* where the scenario ends: general.stop */

/* Runs all events that are due at or before `t`; the clock is at `t` then. */
enum monami_status monami_run_until(struct monami *m, int64_t t);
/* Runs all events that are due before `t`; the clock is at `t` then. What you do now comes before
 * the events of that instant, as the arrival of a frame should. */
enum monami_status monami_reach(struct monami *m, int64_t t);

/* The run is over: what was recorded is written. Afterwards the world can only be asked. */
enum monami_status monami_finish(struct monami *m);

/* ---- ports ----------------------------------------------------------------------------------- */

enum monami_framing {
    MONAMI_IP6,     /* IPv6 packets: bearers of cellular networks, links of the backbone */
    MONAMI_ETHERNET /* frames with an Ethernet header, without a frame check sequence */
};

/* "car.wlan0", "wlan-router.wlan": node and interface. NULL: there is none. They are the world's.
 */
struct monami_port *monami_port(struct monami *m, const char *name);
/* All of them in order of making, to look at: NULL from the last on. */
struct monami_port *monami_port_at(struct monami *m, size_t k);
const char *monami_port_name(const struct monami_port *port);
const char *monami_port_node(const struct monami_port *port);
enum monami_framing monami_port_framing(const struct monami_port *port);
uint32_t monami_port_mtu(const struct monami_port *port); /* bytes of IPv6 packet */
bool monami_port_up(const struct monami_port *port);
/* Its Ethernet address, all zero where there is none. */
void monami_port_address(const struct monami_port *port, uint8_t address[6]);
/* It listens to frames to that group (an address whose first bit is set), as a switch that snoops
 * MLD would know. */
bool monami_port_hears(const struct monami_port *port, const uint8_t group[6]);

/* ---- hosts that you move --------------------------------------------------------------------- */

/* What the scenario's events `attach`, `detach` and `shut` do, at monami_now(): `interface` is
 * "car.wlan0", of a mobile node whose movement is not the scenario's; "hotspot-router.radio", of a
 * phone that shares a prefix; or "ha", a home agent with its link.
 *
 * At one instant it comes before all else after monami_reach(), and behind all else after
 * monami_run_until(). An event of the scenario stands between: behind the frames that arrive then
 * and what has been due since the start, before the timers that were set on the way. Where nothing
 * else is due at that instant, all three are the same run, to the bit.
 *
 * MONAMI_MISSING: there is no such interface or network; MONAMI_RANGE: an event could not do it
 * either; MONAMI_NOT_NOW: before monami_build(), after monami_finish(), from within a callback. */

/* To that network, and away from where it is; nothing happens if it is there, but that a
 * monami_shut() which has not ended yet is taken back. The link is there
 * after `attach_time`, or when you carry it. NULL: the network that it attaches to at the start.
 * The world must know beforehand: a network that is neither this one, nor in the interface's
 * `may_attach`, nor where an event takes it, is MONAMI_RANGE. A home agent's link has no network:
 * NULL; it serves again. */
enum monami_status monami_attach(struct monami *m, const char *interface, const char *network);
/* The link is lost, without a word before; nothing happens if there is none. */
enum monami_status monami_detach(struct monami *m, const char *interface);
/* The link is lost with notice, once the binding is deleted: RFC 5648 5.5.2; at once where there is
 * none, or `mcoa` is off. A home agent ends its service, and leaves its link if it is not the
 * router of it. */
enum monami_status monami_shut(struct monami *m, const char *interface);

/* ---- networks that you carry ----------------------------------------------------------------- */

/* What you do for a network. NULL members are not called. */
struct monami_ways {
    /* `port` is one of the network's, told once, within monami_build(). First on a segment is its
     * router's. On a bearer `far` is the router's end of it, else NULL. */
    void (*join)(void *owner, struct monami_port *port, struct monami_port *far);
    /* A host asks for its link; answer with monami_carry(), now or later. */
    void (*attach)(void *owner, struct monami_port *host);
    /* It is going; frames from it and to it that are on the way should be lost: `down`. */
    void (*detach)(void *owner, struct monami_port *host);
    /* A frame leaves `from`. The bytes are there until you end the ticket. Nothing comes back from
     * within: a frame takes time; but the ticket may be ended, when there is no room. */
    void (*send)(void *owner, struct monami_port *from, uint64_t ticket, const uint8_t *frame,
                 size_t n);
};

enum monami_loss {
    MONAMI_LOST_QUEUE, /* a queue was full */
    MONAMI_LOST_LINK,  /* by the medium */
    MONAMI_LOST_DOWN   /* a link went away */
};

/* Before monami_build(): that access network is yours. Its rates, delays, queues, losses and
 * `attach_time` mean nothing then; its MTU does. NULL: monami_why(). The network is the world's;
 * `owner` goes to each callback. */
struct monami_network *monami_outside(struct monami *m, const char *network,
                                      const struct monami_ways *ways, void *owner);

/* The host's link carries frames from now on, or no longer. Nothing happens if it has left. */
enum monami_status monami_carry(struct monami_network *net, struct monami_port *host, bool up);

/* A frame reaches a port, which takes it if it is to its address or to a group that it listens to,
 * and not its own: `*taken` (may be NULL) says so. With the ticket it is the packet that was sent,
 * though you may have changed its bytes; ticket 0 is a frame of your own. */
enum monami_status monami_receive(struct monami_network *net, struct monami_port *to,
                                  uint64_t ticket, const uint8_t *frame, size_t n, bool *taken);

/* Each ticket is ended once: it has reached whom it reaches, or it is lost. At most
 * MONAMI_TICKETS of a network are out at a time; beyond them frames are dropped as `queue_full`. */
enum { MONAMI_TICKETS = 16384 };
enum monami_status monami_done(struct monami_network *net, uint64_t ticket);
enum monami_status monami_lose(struct monami_network *net, uint64_t ticket, enum monami_loss why);

/* ---- observers ------------------------------------------------------------------------------- */

struct monami_field {
    const char *key;
    const char *text;
    int64_t number; /* of a number, and of a time in ns; else 0 */
};

/* Something a node did or saw: "mip6.ba_received". docs/reference.md has all names. */
struct monami_event {
    int64_t time;
    const char *node; /* lives as long as the world, as does: */
    const char *name;
    const struct monami_field *field;
    size_t fields;
};

enum monami_frame_what {
    MONAMI_FRAME_SENT,
    MONAMI_FRAME_RECEIVED,
    MONAMI_FRAME_DROPPED, /* it was never sent */
    MONAMI_FRAME_LOST     /* on the way; the port is the sender's */
};

struct monami_frame {
    int64_t time;
    const struct monami_port *port;
    enum monami_frame_what what;
    const char *reason; /* of a drop or a loss: "link_down"; else "" */
    const uint8_t *bytes;
    size_t n;
};

enum monami_packet_what { MONAMI_PACKET_SENT, MONAMI_PACKET_RECEIVED, MONAMI_PACKET_LOST };

/* A packet of a flow. It is lost with each fragment that is; a copy of it may come all the same. */
struct monami_packet {
    int64_t time;
    enum monami_packet_what what;
    const char *flow;   /* lives as long as the world */
    bool down;          /* from the second end of `between` to the first */
    uint64_t sequence;  /* from 0, in each direction */
    unsigned copy;      /* 0, unless it was sent on several paths */
    int64_t sent;       /* ns; `time` of the first of these three */
    const char *reason; /* of a loss: "neighbour_unreachable"; else "" */
};

/* NULL members are not interested. */
struct monami_watcher {
    void (*event)(void *owner, const struct monami_event *e);
    void (*frame)(void *owner, const struct monami_frame *f);
    void (*packet)(void *owner, const struct monami_packet *p);
};

/* Before monami_build(). There may be several; they are called in this order. */
enum monami_status monami_watch(struct monami *m, const struct monami_watcher *watcher,
                                void *owner);

/* ---- results --------------------------------------------------------------------------------- */

/* Before monami_build(): what general.record asks for is kept, as by `monami run`, and its digest
 * made. The folder is new or empty; results are in `folder`.part until monami_finish() has them
 * whole, and stay there if it is never called. NULL: only the digest. */
enum monami_status monami_record(struct monami *m, const char *folder);

/* After monami_finish(): SHA-256 over frames, packets and events, in hex; "" if not recorded. Equal
 * scenarios that are carried equally have equal digests; in `monami run`, too. */
const char *monami_digest(const struct monami *m);
/* After monami_finish(): how many of the scenario's `expect` did not hold; 0 if not recorded. */
size_t monami_unmet(const struct monami *m);

/* By now: "mip6.bu_sent" and other events by name; "drop.queue_full" and other reasons;
 * "frames.sent", "frames.received", "frames.dropped", "frames.lost"; "packets.sent",
 * "packets.received", "packets.lost"; of a network that you carry "outside.wlan.sent", ".received",
 * ".lost", ".strangers",
 * ".refused", ".in_flight", ".peak". */
enum monami_status monami_counter(struct monami *m, const char *name, uint64_t *value);

#ifdef __cplusplus
}
#endif

#endif
