/*
 * small_world.h - a scenario brought to life inside a test: what happens in it is written down,
 * and packets that nobody in it would send are put in.
 */
#ifndef TESTS_SMALL_WORLD_H
#define TESTS_SMALL_WORLD_H

#include <stdlib.h>

#include "models/node/agent.h"
#include "models/node/icmp.h"
#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/nd.h"
#include "models/node/path.h"
#include "models/transport/echo.h"
#include "models/wire/icmp6.h"
#include "models/wire/mh.h"
#include "models/wire/mld.h"
#include "sim/base/bytes.h"
#include "sim/world/world.h"

#include "tests/check.h"

enum { SEEN = 60000, SEEN_BYTES = 1500 };

/* A frame that a node sent, or tried to. */
struct seen_frame {
    sim_time t;
    uint32_t port;
    uint64_t to, from; /* link-layer addresses; 0 on raw links */
    struct ip6 h;
    struct ip6_chain c;
    enum ip6_fault fault;
    const uint8_t *ip; /* the packet */
    size_t n;
};

static struct seen_frame *frames;
static unsigned seen_frames;
static struct tap_event *happened;
static unsigned events;
static uint64_t dropped[DROP_REASONS];
static struct arena arena;
static struct scenario scenario;
static struct world world;
static struct tap observer;

static inline void see_event(void *self, const struct tap_event *e)
{
    (void)self;
    if (events < SEEN)
        happened[events++] = *e;
}

static inline void see_drop(void *self, const struct tap_drop *d)
{
    (void)self;
    dropped[d->reason]++;
}

static inline void see_frame(void *self, const struct tap_frame *f)
{
    (void)self;
    if ((f->what != TAP_SENT && f->what != TAP_DROPPED) || seen_frames == SEEN)
        return;
    struct seen_frame *s = &frames[seen_frames];
    uint16_t type;
    size_t header = 0;
    *s = (struct seen_frame){.t = f->t, .port = f->port};
    if (world.links.port[f->port]->framing == LINK_ETHERNET) {
        if (!eth_read(f->pkt->at, f->pkt->len, &s->to, &s->from, &type))
            return;
        header = ETH_HEADER;
    }
    s->n = f->pkt->len - header;
    uint8_t *copy = arena_take(&arena, s->n);
    memcpy(copy, f->pkt->at + header, s->n);
    s->ip = copy;
    if (ip6_read(copy, s->n, &s->h))
        return;
    s->fault = ip6_walk(copy, s->n, &s->c);
    seen_frames++;
}

/* `file` stands in scenarios/. */
static inline void begin_world(const char *file, const char *const *set, size_t sets)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    frames = calloc(SEEN, sizeof *frames);
    happened = calloc(SEEN, sizeof *happened);
    if (!c || !frames || !happened)
        abort();
    arena = (struct arena){0};
    seen_frames = events = 0;
    memset(dropped, 0, sizeof dropped);
    const char *path = arena_format(&arena, "%s/%s", SCENARIOS, file);
    bool good = scenario_load(path, set, sets, &arena, &scenario, &root, c);
    complaints_print(c, stderr);
    free(c);
    if (!good)
        abort(); /* a test of its own mistakes */
    world_build(&world, &scenario, &arena, (uint64_t)scenario.general.seed, 0);
    observer = (struct tap){.event = see_event, .frame = see_frame, .drop = see_drop};
    sim_add_tap(world.sim, &observer);
    world_start(&world);
}

#define BEGIN(file, ...)                                       \
    do {                                                       \
        static const char *const set_[] = {__VA_ARGS__};       \
        begin_world((file), set_, sizeof set_ / sizeof *set_); \
    } while (0)

static inline void end_world(void)
{
    world_free(&world);
    arena_release(&arena);
    free(frames);
    free(happened);
}

static inline void run_to(sim_time t)
{
    (void)sim_run_until(world.sim, t);
}

static inline sim_time now_is(void)
{
    return sim_now(world.sim);
}

static inline struct node *node_of(const char *name)
{
    struct node *n = world_node(&world, name);
    if (!n)
        abort();
    return n;
}

static inline struct iface *iface_of(const char *node, const char *iface)
{
    struct iface *i = node_find_iface(node_of(node), iface);
    if (!i)
        abort();
    return i;
}

/* ---- what happened --------------------------------------------------------------- */

/* The first event of that name at or after; NULL: none. */
static inline const struct tap_event *event_after(int name, sim_time after)
{
    for (unsigned k = 0; k < events; k++)
        if (happened[k].name == name && happened[k].t >= after)
            return &happened[k];
    return NULL;
}

static inline unsigned count_events(int name, sim_time after)
{
    unsigned n = 0;
    for (unsigned k = 0; k < events; k++)
        n += happened[k].name == name && happened[k].t >= after;
    return n;
}

static inline const struct tap_field *field_of(const struct tap_event *e, const char *key)
{
    static const struct tap_field none = {.i = INT64_MIN, .text = ""};
    for (unsigned k = 0; e && k < e->n; k++)
        if (!strcmp(e->field[k].key, key))
            return &e->field[k];
    return &none;
}

/* ---- what was sent ----------------------------------------------------------------- */

static inline bool is_icmp(const struct seen_frame *f, uint8_t type)
{
    return !f->fault && f->c.upper == IP6_ICMP6 && f->c.upper_at < f->n &&
           f->ip[f->c.upper_at] == type;
}

static inline bool is_mh(const struct seen_frame *f, uint8_t type)
{
    return !f->fault && f->c.upper == IP6_MH && f->c.upper_at + 8 <= f->n &&
           f->ip[f->c.upper_at + 2] == type;
}

static inline bool nd_of(const struct seen_frame *f, struct nd_message *m)
{
    return f && nd_read(&f->h, f->ip + f->c.upper_at, f->n - f->c.upper_at, m) == ICMP6_GOOD;
}

static inline bool mh_of(const struct seen_frame *f, struct mh *m)
{
    if (!f)
        return false;
    const struct addr *src = f->c.has_home ? &f->c.home : &f->h.src;
    const struct addr *dst = f->c.has_rh2 ? &f->c.rh2 : &f->h.dst;
    return mh_read(src, dst, f->ip + f->c.upper_at, f->n - f->c.upper_at, m) == MH_GOOD;
}

/* The first frame of that ICMPv6 type that the interface sent, at or after. */
static inline const struct seen_frame *icmp_after(const struct iface *i, uint8_t type,
                                                  sim_time after)
{
    for (unsigned k = 0; k < seen_frames; k++)
        if (frames[k].t >= after && frames[k].port == i->port->index && is_icmp(&frames[k], type))
            return &frames[k];
    return NULL;
}

static inline const struct seen_frame *mh_after(const struct iface *i, uint8_t type, sim_time after)
{
    for (unsigned k = 0; k < seen_frames; k++)
        if (frames[k].t >= after && frames[k].port == i->port->index && is_mh(&frames[k], type))
            return &frames[k];
    return NULL;
}

static inline unsigned count_icmp(const struct iface *i, uint8_t type, sim_time after)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += frames[k].t >= after && frames[k].port == i->port->index && is_icmp(&frames[k], type);
    return n;
}

static inline unsigned count_mh(const struct iface *i, uint8_t type, sim_time after)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += frames[k].t >= after && frames[k].port == i->port->index && is_mh(&frames[k], type);
    return n;
}

/* ---- what nobody would send --------------------------------------------------------- */

#define STRANGER ((uint64_t)0x02deadbeef01) /* link-layer address of somebody outside */

/* p, an IPv6 packet, arrives at i in a frame from `station`. */
static inline void arrive(struct iface *i, uint64_t station, struct pkt *p)
{
    struct addr dst = ip6_dst(p->at);
    if (i->port->framing == LINK_ETHERNET) {
        uint64_t to = addr_multicast(&dst) ? eth_multicast(&dst) : i->port->station;
        eth_write(pkt_prepend(p, ETH_HEADER), to, station, ETH_TYPE_IP6);
    }
    port_deliver(i->port, p);
}

static inline struct pkt *packet_of(const struct addr *src, const struct addr *dst, uint8_t next,
                                    uint8_t hops, const void *bytes, size_t n)
{
    struct pkt *p = pkt_take(&world.packets);
    memcpy(pkt_append(p, n), bytes, n);
    path_add_header(p, src, dst, next, hops);
    return p;
}

static inline void inject_nd(struct iface *i, const struct addr *src, const struct addr *dst,
                             const struct nd_message *m)
{
    uint8_t bytes[1280];
    struct writer w = wr_over(bytes, sizeof bytes);
    nd_write(&w, src, dst, m);
    arrive(i, STRANGER, packet_of(src, dst, IP6_ICMP6, 255, bytes, w.len));
}

/* `home` in a Home Address option, or with `down` in a routing header; NULL: neither. */
static inline struct pkt *packet_with(const struct addr *src, const struct addr *dst,
                                      const struct addr *home, bool down, uint8_t protocol,
                                      struct pkt *p)
{
    uint8_t next = protocol;
    if (home && !down) {
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), protocol, home);
        next = IP6_DEST_OPTS;
    } else if (home) {
        ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), protocol, home);
        next = IP6_ROUTING;
    }
    path_add_header(p, src, dst, next, 64);
    return p;
}

static inline struct pkt *mh_packet(const struct addr *src, const struct addr *dst,
                                    const struct addr *home, bool down, const struct mh *m)
{
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mh_write(&w, home && !down ? home : src, home && down ? home : dst, m);
    p->len = (uint32_t)w.len;
    return packet_with(src, dst, home, down, IP6_MH, p);
}

/* A Mobility Header message with a Home Address option (home_is_source), a routing header, or
 * neither (home NULL). */
static inline void inject_mh(struct iface *i, const struct addr *src, const struct addr *dst,
                             const struct addr *home, bool home_is_source, const struct mh *m)
{
    arrive(i, STRANGER, mh_packet(src, dst, home, !home_is_source, m));
}

#endif
