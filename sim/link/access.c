#include "sim/link/access.h"

#include <assert.h>

#define AT(member) offsetof(struct access_config, member)

static const char *const kinds[] = {"wired", "wifi", "cellular", NULL};

static const struct key rate_keys[] = {
    {"down", KEY_RATE, AT(rate.down) - AT(rate), "1 Gbit/s", "towards the station", .min = 1,
     .max = INT64_C(1000000000000)},
    {"up", KEY_RATE, AT(rate.up) - AT(rate), "1 Gbit/s", "from the station", .min = 1,
     .max = INT64_C(1000000000000)},
    {.name = NULL},
};

static const struct key delay_keys[] = {
    {"down", KEY_TIME, AT(delay.down) - AT(delay), "10 us", "towards the station",
     .max = 3600 * SIM_S},
    {"up", KEY_TIME, AT(delay.up) - AT(delay), "10 us", "from the station", .max = 3600 * SIM_S},
    {.name = NULL},
};

static const struct key jitter_keys[] = {
    {"down", KEY_TIME, AT(jitter.down) - AT(jitter), "0 ms", "towards the station",
     .max = 3600 * SIM_S},
    {"up", KEY_TIME, AT(jitter.up) - AT(jitter), "0 ms", "from the station", .max = 3600 * SIM_S},
    {.name = NULL},
};

static const struct key queue_keys[] = {
    {"down", KEY_PACKETS, AT(queue.down) - AT(queue), "250 packets", "towards the station",
     .max = 10000000},
    {"up", KEY_PACKETS, AT(queue.up) - AT(queue), "250 packets", "from the station",
     .max = 10000000},
    {.name = NULL},
};

static const struct key loss_way_keys[] = {
    {"down", KEY_TABLE, AT(loss.down) - AT(loss), "", "towards the station", .keys = loss_keys,
     .scalar = "bernoulli"},
    {"up", KEY_TABLE, AT(loss.up) - AT(loss), "", "from the station", .keys = loss_keys,
     .scalar = "bernoulli"},
    {.name = NULL},
};

const struct key access_keys[] = {
    {"preset", KEY_WORD, AT(preset), "none",
     "what is not said here is as in a network of that kind; `monami explain networks.NAME.preset` "
     "tells the values and their sources",
     .words = access_preset_words, .presets = access_presets},
    {"access", KEY_WORD, AT(kind), "wired",
     "wired and wifi carry Ethernet frames on a segment, cellular raw packets to each host",
     .words = kinds},
    {"rate", KEY_TABLE, AT(rate), "", "each station has it to itself; one value sets both ways",
     .keys = rate_keys, .scalar = "*", .given_at = KEY_GIVEN(struct access_config, has_rate)},
    {"delay", KEY_TABLE, AT(delay), "", "propagation, processing and scheduling of the link",
     .keys = delay_keys, .scalar = "*", .given_at = KEY_GIVEN(struct access_config, has_delay)},
    {"jitter", KEY_TABLE, AT(jitter), "", "uniform between 0 and this is added; order is kept",
     .keys = jitter_keys, .scalar = "*"},
    {"queue", KEY_TABLE, AT(queue), "", "packets that may wait, beside the one being sent",
     .keys = queue_keys, .scalar = "*"},
    {"loss", KEY_TABLE, AT(loss), "", "what the link loses; a bare share is bernoulli, both ways",
     .keys = loss_way_keys, .scalar = "*"},
    {"attach_time", KEY_TIME, AT(attach_time), "0 ms",
     "from the start of an association to a link that carries packets", .max = 3600 * SIM_S},
    {"mtu", KEY_SIZE, AT(mtu), "1500 B", "largest IPv6 packet (RFC 8200 5)", .min = 1280,
     .max = PKT_MTU_MAX},
    {.name = NULL},
};

struct access *access_new(struct links *links, const char *name, const struct access_config *how)
{
    struct access *net = arena_take(links->arena, sizeof *net);
    *net = (struct access){.name = name, .links = links, .how = *how};
    net->last = &net->first;
    if (how->kind != ACCESS_CELLULAR)
        net->lan = lan_new(links);
    return net;
}

enum link_framing access_framing(const struct access *net)
{
    return net->how.kind == ACCESS_CELLULAR ? LINK_RAW_IP6 : LINK_ETHERNET;
}

static void associate(struct station *s)
{
    if (!s->router)
        lan_switch(&s->member, true);
    s->host->mtu = (uint32_t)s->net->how.mtu;
    if (s->router)
        port_set_up(s->router, true);
    port_set_up(s->host, true);
    station_changed(s);
}

static void dissociate(struct station *s)
{
    if (!s->router)
        lan_switch(&s->member, false);
    if (s->router)
        port_set_up(s->router, false);
    port_set_up(s->host, false);
    station_changed(s);
}

/* ---- carried by somebody else ---------------------------------------------------------------- */

static void meet_outside(struct access *net, struct port *port, struct port *far)
{
    struct outside *o = net->outside;
    if (!o)
        return;
    if (net->lan && port == net->router->port)
        port->outside = o;
    if (far)
        far->outside = o;
    if (o->ways->join)
        o->ways->join(o->owner, o, port, far);
}

static void carry(void *owner, struct port *host, bool up)
{
    struct access *net = owner;
    if (net->lan && host == net->router->port)
        return; /* up for the whole run */
    struct station *s = host->via;
    if (s->host != host || !s->attached || up == host->up)
        return; /* a bearer's far end goes with the host's */
    sim_set_cause(net->links->sim, up ? s->asked : 0);
    if (up) {
        associate(s);
    } else {
        dissociate(s);
    }
}

struct outside *access_set_outside(struct access *net, const struct outside_ways *ways, void *owner)
{
    assert(!net->first && !net->router);
    net->outside = outside_new(net->links, ways, owner);
    net->outside->net = net;
    net->outside->carry = carry;
    return net->outside;
}

/* ---- the router --------------------------------------------------------------------------------
 */

static void send_from_router(void *via, struct port *from, struct pkt *p)
{
    struct access *net = via;
    if (!port_fits(from, p->len)) {
        port_drop(from, DROP_LINK_MTU, p);
        return;
    }
    p->cause = sim_cause(net->links->sim);
    tap_frame(net->links->sim, from->index, TAP_SENT, DROP_NONE, p);
    lan_spread(net->lan, net->router, p);
}

void access_set_router(struct access *net, struct port *router)
{
    assert(net->lan && !net->router);
    net->router = arena_take(net->links->arena, sizeof *net->router);
    *net->router = (struct lan_member){.port = router, .on = true};
    lan_join(net->lan, net->router);
    router->send = net->outside ? outside_send : send_from_router;
    router->via = net;
    meet_outside(net, router, NULL);
    port_set_up(router, true);
}

static void send_up(void *via, struct port *from, struct pkt *p)
{
    struct station *s = via;
    if (port_fits(from, p->len)) {
        channel_send(&s->up, from, p);
    } else {
        port_drop(from, DROP_LINK_MTU, p);
    }
}

static void send_down(void *via, struct port *from, struct pkt *p)
{
    struct station *s = via;
    if (port_fits(from, p->len)) {
        channel_send(&s->down, from, p);
    } else {
        port_drop(from, DROP_LINK_MTU, p);
    }
}

static void reach_segment(void *owner, struct pkt *p)
{
    struct station *s = owner;
    lan_spread(s->net->lan, &s->member, p);
}

static void reach_port(void *owner, struct pkt *p)
{
    port_deliver(owner, p);
}

static void associated(struct sim *sim, void *owner)
{
    (void)sim;
    associate(owner);
}

bool station_carries(const struct station *s)
{
    bool stands_still = !s->net->outside && (s->up.rate == 0 || s->down.rate == 0);
    return s->attached && s->host->up && !stands_still;
}

void station_changed(const struct station *s)
{
    if (s->changed)
        s->changed(s->owner);
}

static void init_channels(struct station *s)
{
    const struct access_config *how = &s->net->how;
    struct links *links = s->net->links;
    const struct channel_config up = {.rate = how->rate.up,
                                      .delay = how->delay.up,
                                      .jitter = how->jitter.up,
                                      .queue = how->queue.up,
                                      .loss = how->loss.up};
    const struct channel_config down = {.rate = how->rate.down,
                                        .delay = how->delay.down,
                                        .jitter = how->jitter.down,
                                        .queue = how->queue.down,
                                        .loss = how->loss.down};
    const char *name = arena_format(links->arena, "%s.%s", s->net->name, s->host->name);
    channel_init(&s->up, links, arena_format(links->arena, "%s.up", name), &up);
    channel_init(&s->down, links, arena_format(links->arena, "%s.down", name), &down);
    s->up.from = s->host;
    s->up.owner = s->router ? (void *)s->router : s;
    s->up.deliver = s->router ? reach_port : reach_segment;
    s->down.from = s->router ? s->router : s->net->router->port;
    s->down.owner = s->host;
    s->down.deliver = reach_port;
    s->down.relays = !s->router;
    s->up.link = s->down.link = s->net->outside ? NULL : name;
    s->up.direction = "up";
    s->down.direction = "down";
}

struct station *access_station(struct access *net, struct port *host, struct port *bearer)
{
    struct station *s = arena_take(net->links->arena, sizeof *s);
    assert((bearer != NULL) == (net->how.kind == ACCESS_CELLULAR) &&
           (net->lan == NULL || net->router));
    s->net = net;
    s->host = host;
    s->router = bearer;
    init_channels(s);
    sim_timer_init(&s->associated, associated, s);
    if (bearer) {
        bearer->send = net->outside ? outside_send : send_down;
        bearer->via = s;
    } else {
        s->member = (struct lan_member){.port = host, .down = &s->down};
        lan_join(net->lan, &s->member);
    }
    *net->last = s;
    net->last = &s->next;
    meet_outside(net, host, bearer);
    return s;
}

static void plug(struct station *s)
{
    if (s->host->via && s->host->via != s)
        station_detach(s->host->via);
    s->host->send = s->net->outside ? outside_send : send_up;
    s->host->via = s;
    s->host->outside = s->net->outside;
    s->attached = true;
}

/* It answers with outside_carry(). */
static void ask_outside(struct station *s)
{
    const struct outside *o = s->net->outside;
    s->asked = sim_cause(s->net->links->sim);
    o->ways->attach(o->owner, s->host);
}

void station_attach(struct station *s)
{
    if (s->attached)
        return;
    plug(s);
    if (s->net->outside) {
        ask_outside(s);
    } else {
        sim_arm_in(s->net->links->sim, &s->associated, s->net->how.attach_time);
    }
}

void station_wire(struct station *s)
{
    plug(s);
    if (s->net->outside) {
        ask_outside(s);
    } else {
        associate(s);
    }
}

void station_detach(struct station *s)
{
    if (!s->attached)
        return;
    s->attached = false;
    sim_stop(s->net->links->sim, &s->associated);
    channel_flush(&s->up);
    channel_flush(&s->down);
    if (s->net->outside) {
        s->net->outside->ways->detach(s->net->outside->owner, s->host);
        s->host->outside = NULL;
    }
    dissociate(s);
}

void access_outage(struct access *net, bool on)
{
    if (net->outside)
        return;
    for (struct station *s = net->first; s; s = s->next) {
        channel_block(&s->up, on);
        channel_block(&s->down, on);
        station_changed(s);
    }
}
