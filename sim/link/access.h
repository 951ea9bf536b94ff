/*
 * access.h - a network that nodes attach to: a wired or wireless segment of Ethernet frames,
 * or cellular bearers, one point-to-point link of raw IPv6 a station.
 *
 * Each station has a channel in each direction to itself, with the network's rate, delay,
 * jitter, queue and loss.  attach starts the association, which takes `attach_time`; then the
 * port comes up.  What is queued or on the way when a station detaches is lost.  An outage
 * stops the channels without anyone being told; what waits in a queue is sent when it ends.
 */
#ifndef SIM_LINK_ACCESS_H
#define SIM_LINK_ACCESS_H

#include "sim/base/key.h"
#include "sim/link/channel.h"
#include "sim/link/lan.h"
#include "sim/link/outside.h"

enum access_kind { ACCESS_WIRED, ACCESS_WIFI, ACCESS_CELLULAR };

struct access_config {
    int preset; /* index into access_preset_words */
    int kind;   /* enum access_kind */
    struct {
        int64_t down;
        int64_t up;
    } rate, queue;
    struct {
        sim_time down;
        sim_time up;
    } delay, jitter;
    struct {
        struct loss_config down;
        struct loss_config up;
    } loss;
    bool has_rate;
    bool has_delay;
    sim_time attach_time;
    int64_t mtu;
};

extern const struct key access_keys[];
extern const struct key_preset access_presets[];
extern const char *const access_preset_words[]; /* "none", and their names */

struct access {
    const char *name;
    struct links *links;
    struct access_config how;
    struct lan *lan;           /* NULL of a cellular network */
    struct lan_member *router; /* the router's place on the segment */
    struct outside *outside;   /* who carries its frames; NULL: the channels of its stations */
    struct station *first;     /* in order of making */
    struct station **last;
};

struct station {
    struct access *net;
    struct port *host;
    struct port *router; /* the far end of a bearer; NULL on a segment */
    struct channel up;
    struct channel down;
    struct lan_member member;
    struct sim_timer associated;
    bool attached;                /* asked for; the ports are up once the association is made */
    uint64_t asked;               /* of an outside: the event that made it ask */
    void (*changed)(void *owner); /* it carries packets now, or no longer; NULL: nobody asks */
    void *owner;
    struct station *next;
};

struct access *access_new(struct links *links, const char *name, const struct access_config *how);

/* Before it has a router or a station. Its channels carry nothing then: rates, delays, queues,
 * losses, outages and `attach_time` are the outside's affair, and a station that is wired waits for
 * its link, too. The outside lives as long as the run's arena. */
struct outside *access_set_outside(struct access *net, const struct outside_ways *ways,
                                   void *owner);

enum link_framing access_framing(const struct access *net);

/* The router's port on a segment: up for the whole run. */
void access_set_router(struct access *net, struct port *router);

/* A station for `host`; `bearer` is the router's end on a cellular network, else NULL. */
struct station *access_station(struct access *net, struct port *host, struct port *bearer);

void station_attach(struct station *s); /* leaves the network where the host is now, if any */
void station_detach(struct station *s);
void station_wire(struct station *s);            /* attached from the start: no association */
bool station_carries(const struct station *s);   /* attached, and no direction stands still */
void station_changed(const struct station *s);   /* tells its owner to look */
void access_outage(struct access *net, bool on); /* nothing happens to one that is outside */

#endif
