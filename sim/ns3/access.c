#include "sim/ns3/access.h"

#include <assert.h>
#include <string.h>

#include "sim/link/outside.h"
#include "sim/ns3/attribute.h"
#include "sim/ns3/csma.h"
#include "sim/ns3/wifi.h"

enum { ETHERNET_HEADER = 14, BUCKETS = 4096, FRAME_ROOM = 4096 };

static const sim_time patience = 10 * SIM_S;

/* A frame that ns-3 has. */
struct flight {
    uint64_t uid; /* ns-3's number of it */
    uint64_t ticket;
    struct member *from;
    sim_time since;
    size_t n; /* bytes, with the header */
    bool reached;
    uint8_t header[ETHERNET_HEADER];
    struct flight *next_of_bucket; /* or of the spare ones */
    struct flight *older;
    struct flight *newer;
};

/* A port of the network, and its device. */
struct member {
    struct net *net;
    struct port *port;
    struct ns3_device *device; /* NULL: could not be made, and the run ends */
    struct sim_timer associated;
    bool wanted; /* the host is attached */
    bool linked; /* ns-3's station is associated, */
    bool was;    /* or has been told to associate anew, once at least */
    struct member *next;
};

struct net {
    const struct network_config *how;
    struct world *world;
    struct foreign *clock;
    struct outside *outside;
    struct ns3_csma *csma;
    struct member *first; /* the router's, where there is one */
    struct member **last;
    struct flight *bucket[BUCKETS];
    struct flight *spare;
    struct flight *oldest;
    struct flight *newest;
    struct flight *sending; /* not named yet */
    struct sim_timer expiry;
};

static void fail(struct net *net, const struct ns3_why *why)
{
    foreign_fail(net->clock, ST_OUTSIDE, "networks.%.40s.ns3: %.190s", net->how->name, why->text);
}

/* ---- frames in flight ------------------------------------------------------------------------ */

static struct flight *take_flight(struct net *net)
{
    struct flight *f = net->spare;
    if (f) {
        net->spare = f->next_of_bucket;
    } else {
        f = arena_take(net->world->arena, sizeof *f); /* as many as were ever out at once */
    }
    *f = (struct flight){.since = sim_now(net->world->sim)};
    f->older = net->newest;
    if (net->newest) {
        net->newest->newer = f;
    } else {
        net->oldest = f;
    }
    net->newest = f;
    return f;
}

static struct flight **place_of(struct net *net, uint64_t uid)
{
    struct flight **f = &net->bucket[uid % BUCKETS];
    while (*f && (*f)->uid != uid)
        f = &(*f)->next_of_bucket;
    return f;
}

/* It is out of the lists, and may be used until the next is taken. */
static void end_flight(struct net *net, struct flight *f)
{
    struct flight **place = place_of(net, f->uid);
    if (*place == f)
        *place = f->next_of_bucket;
    if (f->older) {
        f->older->newer = f->newer;
    } else {
        net->oldest = f->newer;
    }
    if (f->newer) {
        f->newer->older = f->older;
    } else {
        net->newest = f->older;
    }
    f->next_of_bucket = net->spare;
    net->spare = f;
}

static void lose(struct net *net, struct flight *f, enum link_reason reason)
{
    end_flight(net, f);
    if (f->reached) {
        outside_done(net->outside, f->ticket);
    } else {
        outside_lost(net->outside, f->ticket, reason);
    }
}

static void finish(struct net *net, struct flight *f)
{
    end_flight(net, f);
    outside_done(net->outside, f->ticket);
}

/* A frame to a group of which nobody is here is no loss. */
static void expire(struct sim *sim, void *owner)
{
    struct net *net = owner;
    while (net->oldest && net->oldest->since + patience <= sim_now(sim)) {
        struct flight *f = net->oldest;
        if (f->header[0] & 1) {
            finish(net, f);
        } else {
            lose(net, f, DROP_LINK_LOSS);
        }
    }
    if (net->oldest)
        sim_arm(sim, &net->expiry, net->oldest->since + patience);
}

/* ---- what ns-3 tells ------------------------------------------------------------------------- */

static void named(void *owner, uint64_t uid)
{
    struct member *m = owner;
    struct flight *f = m->net->sending;
    f->uid = uid;
    f->next_of_bucket = m->net->bucket[uid % BUCKETS];
    m->net->bucket[uid % BUCKETS] = f;
}

/* ns-3 has given the body, perhaps padded; the header is that of the frame that went in. */
static void received(void *owner, uint64_t uid, const uint8_t *body, size_t n)
{
    struct member *m = owner;
    struct net *net = m->net;
    uint8_t frame[ETHERNET_HEADER + FRAME_ROOM];
    foreign_enter(net->clock);
    struct flight *f = *place_of(net, uid);
    if (f && n <= FRAME_ROOM) { /* else it is told of twice, or too late */
        if (n + ETHERNET_HEADER > f->n)
            n = f->n - ETHERNET_HEADER;
        memcpy(frame, f->header, ETHERNET_HEADER);
        memcpy(frame + ETHERNET_HEADER, body, n);
        f->reached |= outside_receive(net->outside, m->port, f->ticket, frame, n + ETHERNET_HEADER);
        if (!(f->header[0] & 1))
            finish(net, f);
    }
    foreign_leave(net->clock);
}

static void lost(void *owner, uint64_t uid, enum ns3_lost why)
{
    static const enum link_reason reasons[] = {[NS3_LOST_FULL] = DROP_QUEUE_FULL,
                                               [NS3_LOST_AWAY] = DROP_LINK_DOWN,
                                               [NS3_LOST_AIR] = DROP_LINK_LOSS};
    struct member *m = owner;
    foreign_enter(m->net->clock);
    struct flight *f = *place_of(m->net, uid);
    if (f)
        lose(m->net, f, reasons[why]);
    foreign_leave(m->net->clock);
}

static void gone(void *owner, uint64_t uid)
{
    struct member *m = owner;
    foreign_enter(m->net->clock);
    struct flight *f = *place_of(m->net, uid);
    if (f)
        finish(m->net, f);
    foreign_leave(m->net->clock);
}

static void link_changed(void *owner, bool up)
{
    struct member *m = owner;
    foreign_enter(m->net->clock);
    m->linked = up;
    if (m->wanted)
        outside_carry(m->net->outside, m->port, up);
    foreign_leave(m->net->clock);
}

/* ---- devices --------------------------------------------------------------------------------- */

/* Streams of a device are those of its port's name, so that another device changes none: 16 each.
 * FNV-1a. */
static int64_t streams_of(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    return (int64_t)((h & 0x07ffffffffffffffu) << 4);
}

/* Attributes are defaults of what is made: of this network's devices, and then as before. */
static bool set_attributes(struct net *net, bool on)
{
    const struct key_pair *a = KEY_ITEMS(net->how->ns3.attributes, struct key_pair);
    struct ns3_why why;
    for (size_t k = 0; k < net->how->ns3.attributes.n && !net->clock->st; k++) {
        const char *path = arena_format(net->world->arena, "networks.%s.ns3.attributes.%s",
                                        net->how->name, a[k].name);
        ns3_clock_doing(path);
        bool good = on ? ns3_attribute_default(a[k].name, a[k].value, &why)
                       : ns3_attribute_restore(a[k].name, &why);
        if (!good)
            foreign_fail(net->clock, ST_OUTSIDE, "%.120s: %.120s", path, why.text);
    }
    ns3_clock_doing(NULL);
    return !net->clock->st;
}

static const struct node_config *node_of(const struct net *net, const struct port *port)
{
    const char *dot = strrchr(port->name, '.');
    return scenario_node(net->world->scenario, arena_format(net->world->arena, "%.*s",
                                                            (int)(dot - port->name), port->name));
}

/* Where the device is: as its node moves, or with the access point. Answers how many places. */
static size_t places_of(const struct net *net, const struct member *m, struct ns3_place **place)
{
    const struct scenario *s = net->world->scenario;
    const struct node_config *n = node_of(net, m->port);
    const struct movement *movement = NULL;
    struct movements all;
    struct why why;
    if (m != net->first && n && n->mobility.given) {
        const struct movement_source from =
            input_movement(SCENARIO_FIND(s->inputs, struct input_config, n->mobility.of));
        enum status st = movement_load(&from, net->world->arena, &all, &why);
        if (!st)
            st = movement_find(&all, n->mobility.node, &movement, &why);
        assert(!st); /* checked with the scenario */
    }
    size_t places = movement ? movement->n : 1;
    *place = arena_take(net->world->arena, places * sizeof **place);
    if (!movement)
        **place = (struct ns3_place){.x = (double)net->how->ns3.position.x / 1e6,
                                     .y = (double)net->how->ns3.position.y / 1e6 +
                                          (m == net->first ? 0 : 1)};
    for (size_t k = 0; movement && k < places; k++)
        (*place)[k] =
            (struct ns3_place){(uint64_t)movement->at[k].t, (double)movement->at[k].x / 1e6,
                               (double)movement->at[k].y / 1e6};
    return places;
}

static struct ns3_device *make_device(struct net *net, struct member *m, struct ns3_why *why)
{
    const struct access_config *access = &net->how->access;
    const struct ns3_device_events events = {named, received, lost, gone, link_changed, m};
    int64_t streams = streams_of(m->port->name);
    if (net->how->ns3.device == NS3_CSMA) {
        if (!net->csma)
            net->csma =
                ns3_csma_new((uint64_t)access->rate.down, (uint64_t)access->delay.down, why);
        return net->csma ? ns3_csma_join(net->csma, (uint32_t)access->queue.down + 1, streams,
                                         &events, why)
                         : NULL;
    }
    struct ns3_place *place;
    size_t places = places_of(net, m, &place);
    const struct ns3_wifi_config how = {net->how->name,
                                        (enum ns3_wifi_standard)net->how->ns3.standard,
                                        (unsigned)net->how->ns3.channel};
    const struct ns3_wifi_member member = {m == net->first, place, places, streams};
    return ns3_wifi_join(&how, &member, &events, why);
}

/* ---- what the network asks for --------------------------------------------------------------- */

static struct member *member_of(const struct net *net, const struct port *port)
{
    struct member *m = net->first;
    while (m && m->port != port)
        m = m->next;
    assert(m);
    return m;
}

/* CSMA needs no association but what the scenario says. */
static void associate(struct sim *sim, void *owner)
{
    struct member *m = owner;
    (void)sim;
    outside_carry(m->net->outside, m->port, true);
}

static void join(void *owner, struct outside *o, struct port *port, struct port *far)
{
    struct net *net = owner;
    struct member *m = arena_take(net->world->arena, sizeof *m);
    struct ns3_why why = {""};
    (void)far;
    *m = (struct member){.net = net, .port = port};
    sim_timer_init(&m->associated, associate, m);
    net->outside = o;
    *net->last = m;
    net->last = &m->next;
    if (set_attributes(net, true)) {
        m->device = make_device(net, m, &why);
        if (!m->device)
            fail(net, &why);
    }
    (void)set_attributes(net, false);
    if (m->device && m != net->first && net->how->ns3.device == NS3_CSMA &&
        !ns3_device_attach(m->device, false, &why))
        fail(net, &why);
}

static void attach(void *owner, struct port *host)
{
    struct net *net = owner;
    struct member *m = member_of(net, host);
    struct ns3_why why;
    bool csma = net->how->ns3.device == NS3_CSMA;
    m->wanted = true;
    if (m->device && (csma || m->linked || m->was) && !ns3_device_attach(m->device, true, &why))
        fail(net, &why);
    m->linked = false;
    m->was = true;
    if (csma)
        sim_arm_in(net->world->sim, &m->associated, net->how->access.attach_time);
}

static void detach(void *owner, struct port *host)
{
    struct net *net = owner;
    struct member *m = member_of(net, host);
    struct ns3_why why;
    m->wanted = false;
    sim_stop(net->world->sim, &m->associated);
    if (m->device && !ns3_device_attach(m->device, false, &why))
        fail(net, &why);
    for (struct flight *f = net->oldest, *next; f; f = next) {
        next = f->newer;
        if (f->from == m)
            lose(net, f, DROP_LINK_DOWN);
    }
}

static struct member *member_at(const struct net *net, const uint8_t *address)
{
    uint64_t station = 0;
    for (int k = 0; k < 6; k++)
        station = station << 8 | address[k];
    struct member *m = net->first;
    while (m && m->port->station != station)
        m = m->next;
    return m;
}

static void send(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame, size_t n)
{
    struct net *net = owner;
    struct member *m = member_of(net, from);
    bool group = frame[0] & 1;
    const struct member *to = group ? NULL : member_at(net, frame);
    struct ns3_frame f = {.to = to ? to->device : NULL,
                          .type = (uint16_t)(frame[12] << 8 | frame[13]),
                          .body = frame + ETHERNET_HEADER,
                          .n = n - ETHERNET_HEADER};
    struct ns3_why why;
    if (!m->device || (!group && !f.to)) {
        outside_lost(net->outside, ticket, m->device ? DROP_NO_STATION : DROP_LINK_DOWN);
        return;
    }
    memcpy(f.group, frame, sizeof f.group);
    struct flight *flight = take_flight(net);
    flight->ticket = ticket;
    flight->from = m;
    flight->n = n;
    memcpy(flight->header, frame, ETHERNET_HEADER);
    net->sending = flight;
    if (!sim_armed(&net->expiry))
        sim_arm_in(net->world->sim, &net->expiry, patience);
    if (!ns3_device_send(m->device, &f, &why))
        fail(net, &why);
}

/* ---- the networks ---------------------------------------------------------------------------- */

void ns3_access_begin(struct world *w, struct foreign *clock)
{
    static const struct outside_ways ways = {join, attach, detach, send};
    const struct network_config *how = KEY_ITEMS(w->scenario->networks, struct network_config);
    struct world_outside *all = arena_take(w->arena, (w->scenario->networks.n + 1) * sizeof *all);
    for (size_t k = 0; k < w->scenario->networks.n; k++) {
        if (!how[k].ns3.given)
            continue;
        struct net *net = arena_take(w->arena, sizeof *net);
        *net = (struct net){.how = &how[k], .world = w, .clock = clock};
        net->last = &net->first;
        sim_timer_init(&net->expiry, expire, net);
        all[w->outsides++] = (struct world_outside){how[k].name, &ways, net};
    }
    w->outside = all;
}
