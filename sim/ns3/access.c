#include "sim/ns3/access.h"

#include <assert.h>
#include <string.h>

#include "sim/ns3/access_parts.h"

enum { ETHERNET_HEADER = 14, ETHERTYPE_IP6 = 0x86dd, FRAME_ROOM = 4096 };

static const sim_time patience = 10 * SIM_S;

void access_fail(struct net *net, const struct ns3_why *why)
{
    foreign_fail(net->clock, ST_OUTSIDE, "networks.%.40s.ns3: %.190s", net->how->name, why->text);
}

/* ---- frames in flight ------------------------------------------------------------------------ */

static void lose(struct net *net, struct flight *f, enum link_reason reason)
{
    flight_end(&net->flights, f);
    if (f->reached) {
        outside_done(net->outside, f->ticket);
    } else {
        outside_lost(net->outside, f->ticket, reason);
    }
}

static void finish(struct net *net, struct flight *f)
{
    flight_end(&net->flights, f);
    outside_done(net->outside, f->ticket);
}

/* A frame to a group of which nobody is here is no loss. */
static void expire(struct sim *sim, void *owner)
{
    struct net *net = owner;
    struct flight *f;
    while ((f = net->flights.oldest) && f->since + patience <= sim_now(sim)) {
        if (f->group) {
            finish(net, f);
        } else {
            lose(net, f, DROP_LINK_LOSS);
        }
    }
    if (f)
        sim_arm(sim, &net->expiry, f->since + patience);
}

/* ---- what ns-3 tells ------------------------------------------------------------------------- */

static void named(void *owner, uint64_t uid)
{
    struct net *net = ((struct member *)owner)->net;
    flight_name(&net->flights, net->sending, uid);
}

/* ns-3 has given the body, perhaps padded; the header is that of the frame that went in. */
static void received(void *owner, uint64_t uid, const uint8_t *body, size_t n)
{
    struct member *m = owner;
    struct net *net = m->net;
    uint8_t frame[ETHERNET_HEADER + FRAME_ROOM];
    foreign_enter(net->clock);
    struct flight *f = flight_find(&net->flights, uid);
    if (f && n <= FRAME_ROOM) { /* else it is told of twice, or too late */
        size_t before = f->header_n;
        if (n + before > f->n)
            n = f->n - before;
        memcpy(frame, f->header, before);
        memcpy(frame + before, body, n);
        bool group = f->group;
        f->reached |= outside_receive(net->outside, m->port, f->ticket, frame, n + before);
        f = group ? NULL : flight_find(&net->flights, uid); /* whoever took it may have left */
        if (f)
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
    struct flight *f = flight_find(&m->net->flights, uid);
    if (f)
        lose(m->net, f, reasons[why]);
    foreign_leave(m->net->clock);
}

static void gone(void *owner, uint64_t uid)
{
    struct member *m = owner;
    foreign_enter(m->net->clock);
    struct flight *f = flight_find(&m->net->flights, uid);
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

static void cell_changed(void *owner, unsigned cell, enum ns3_cell_change how)
{
    static const char *const words[] = {[NS3_CELL_ATTACHED] = "attached",
                                        [NS3_CELL_HANDED_OVER] = "handed_over",
                                        [NS3_CELL_HANDOVER_FAILED] = "handover_failed",
                                        [NS3_CELL_RADIO_LINK_FAILED] = "radio_link_failure"};
    struct member *m = owner;
    foreign_enter(m->net->clock);
    world_cell_changed(m->net->world, m->port, cell, words[how]);
    foreign_leave(m->net->clock);
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

/* What needs no association but what the scenario says (CSMA), or has it already (LTE). */
static void associate(struct sim *sim, void *owner)
{
    struct member *m = owner;
    (void)sim;
    if (m->net->how->ns3.device == NS3_CSMA || m->linked)
        outside_carry(m->net->outside, m->port, true);
}

static struct member *add_member(struct net *net, struct port *port)
{
    struct member *m = arena_take(net->world->arena, sizeof *m);
    *m = (struct member){.net = net, .port = port};
    sim_timer_init(&m->associated, associate, m);
    *net->last = m;
    net->last = &m->next;
    return m;
}

static void join(void *owner, struct outside *o, struct port *port, struct port *far)
{
    struct net *net = owner;
    struct member *m = add_member(net, port);
    struct ns3_device_events events = {named, received, lost, gone, link_changed, cell_changed, m};
    struct ns3_why why;
    net->outside = o;
    if (far) {
        m->far = add_member(net, far);
        m->far->far = m;
    }
    access_make_devices(net, m, &events);
    if (m->device && m != net->first && net->how->ns3.device == NS3_CSMA &&
        !ns3_device_attach(m->device, false, &why))
        access_fail(net, &why);
}

static void attach(void *owner, struct port *host)
{
    struct net *net = owner;
    struct member *m = member_of(net, host);
    struct ns3_why why;
    bool wifi = net->how->ns3.device == NS3_WIFI;
    m->wanted = true;
    if (m->device && (!wifi || m->linked || m->was) && !ns3_device_attach(m->device, true, &why))
        access_fail(net, &why);
    if (wifi) {
        m->linked = false;
        m->was = true;
    } else {
        sim_arm_in(net->world->sim, &m->associated, m->far ? 0 : net->how->access.attach_time);
    }
}

static void detach(void *owner, struct port *host)
{
    struct net *net = owner;
    struct member *m = member_of(net, host);
    struct ns3_why why;
    m->wanted = false;
    sim_stop(net->world->sim, &m->associated);
    if (m->device && !ns3_device_attach(m->device, false, &why))
        access_fail(net, &why);
    for (struct flight *f = net->flights.oldest, *next; f; f = next) {
        next = f->newer;
        if (f->from == m || (m->far && f->from == m->far))
            lose(net, f, DROP_LINK_DOWN);
    }
}

static void hand_over(void *owner, struct port *host, unsigned cell)
{
    struct net *net = owner;
    const struct member *m = member_of(net, host);
    struct ns3_why why;
    if (m->device && !ns3_lte_hand_over(m->device, cell, &why))
        access_fail(net, &why);
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

/* Whom it is for; false: nobody here. */
static bool aim(const struct net *net, const struct member *m, const uint8_t *frame, size_t n,
                struct ns3_frame *f)
{
    size_t header = m->far ? 0 : ETHERNET_HEADER;
    bool group = header && frame[0] & 1;
    const struct member *to = group ? NULL : m->far ? m->far : member_at(net, frame);
    *f = (struct ns3_frame){.to = to ? to->device : NULL,
                            .type = ETHERTYPE_IP6,
                            .body = frame + header,
                            .n = n - header};
    if (header) {
        f->type = (uint16_t)(frame[12] << 8 | frame[13]);
        memcpy(f->group, frame, sizeof f->group);
    }
    return group || f->to;
}

static void send(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame, size_t n)
{
    struct net *net = owner;
    struct member *m = member_of(net, from);
    struct ns3_frame f;
    struct ns3_why why;
    if (!m->device || !aim(net, m, frame, n, &f)) {
        outside_lost(net->outside, ticket, m->device ? DROP_NO_STATION : DROP_LINK_DOWN);
        return;
    }
    struct flight *flight = flight_begin(&net->flights, sim_now(net->world->sim));
    flight->ticket = ticket;
    flight->from = m;
    flight->n = n;
    flight->group = !f.to;
    flight->header_n = n - f.n;
    memcpy(flight->header, frame, flight->header_n);
    net->sending = flight;
    if (!sim_armed(&net->expiry))
        sim_arm_in(net->world->sim, &net->expiry, patience);
    if (!ns3_device_send(m->device, &f, &why))
        access_fail(net, &why);
}

/* ---- the networks ---------------------------------------------------------------------------- */

void ns3_access_begin(struct world *w, struct foreign *clock)
{
    static const struct outside_ways ways = {join, attach, detach, send, hand_over};
    const struct network_config *how = KEY_ITEMS(w->scenario->networks, struct network_config);
    struct world_outside *all = arena_take(w->arena, (w->scenario->networks.n + 1) * sizeof *all);
    for (size_t k = 0; k < w->scenario->networks.n; k++) {
        if (!how[k].ns3.given)
            continue;
        struct net *net = arena_take(w->arena, sizeof *net);
        *net = (struct net){.how = &how[k], .world = w, .clock = clock};
        net->flights.arena = w->arena;
        net->last = &net->first;
        sim_timer_init(&net->expiry, expire, net);
        all[w->outsides++] = (struct world_outside){how[k].name, &ways, net};
    }
    w->outside = all;
}
