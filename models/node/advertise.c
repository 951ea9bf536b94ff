/* A router advertises itself and its prefix: RFC 4861 6.2, RFC 6275 7. */
#include <assert.h>

#include "models/node/nd.h"

#define ADV(member) offsetof(struct nd_advertise_config, member)

static const char *const preference_words[] = {"medium", "high", "low", NULL};
static const char *const solicited_words[] = {"multicast", "unicast", NULL};

const struct key nd_advertise_keys[] = {
    {"max", KEY_TIME, ADV(max), "600 s", "MaxRtrAdvInterval, RFC 4861 6.2.1, RFC 6275 7.5",
     .min = 70 * SIM_MS, .max = 1800 * SIM_S},
    {"min", KEY_TIME, ADV(min), "0 s",
     "MinRtrAdvInterval; 0 s: a third of max, three quarters of it below 9 s (RFC 4861 6.2.1)",
     .max = 1350 * SIM_S},
    {"lifetime", KEY_INTEGER, ADV(lifetime), "0",
     "AdvDefaultLifetime in seconds; 0: three times max (RFC 4861 6.2.1)", .max = 9000},
    {"valid", KEY_INTEGER, ADV(valid), "2592000", "AdvValidLifetime in seconds, RFC 4861 6.2.1",
     .max = UINT32_MAX},
    {"preferred", KEY_INTEGER, ADV(preferred), "604800",
     "AdvPreferredLifetime in seconds, RFC 4861 6.2.1", .max = UINT32_MAX},
    {"solicited", KEY_WORD, ADV(solicited), "multicast",
     "whom the answer to a solicitation goes to, RFC 4861 6.2.6", .words = solicited_words},
    {"interval_option", KEY_BOOL, ADV(interval_option), "false",
     "send the Advertisement Interval option, RFC 6275 7.3"},
    {"preference", KEY_WORD, ADV(preference), "medium", "as a default router, RFC 4191 2.2",
     .words = preference_words},
    {"mtu", KEY_SIZE, ADV(mtu), "0 B",
     "MTU option, RFC 4861 4.6.4; 0 B: only on a cellular bearer, its own", .max = PKT_MTU_MAX},
    {"source_option", KEY_BOOL, ADV(source_option), "true",
     "tell the router's link-layer address; a home agent always does (RFC 6275 7.1)"},
    {.name = NULL},
};

enum { INITIAL = 3 };                                /* MAX_INITIAL_RTR_ADVERTISEMENTS */
static const sim_time initial_interval = 16 * SIM_S; /* MAX_INITIAL_RTR_ADVERT_INTERVAL */

static sim_time min_interval(const struct nd_advertise_config *how)
{
    if (how->min)
        return how->min;
    return how->max >= 9 * SIM_S ? how->max * 33 / 100 : how->max * 3 / 4;
}

static uint16_t lifetime_s(const struct nd_advertise_config *how)
{
    if (how->lifetime)
        return (uint16_t)how->lifetime;
    sim_time s = 3 * how->max / SIM_S;
    return (uint16_t)(s < 1 ? 1 : s > 9000 ? 9000 : s);
}

/* MinDelayBetweenRAs equals MinRtrAdvInterval where that is below 3 s: RFC 6275 13. */
static sim_time min_gap(const struct iface *i)
{
    sim_time least = min_interval(i->nd->advertiser->how);
    sim_time gap = i->nd->timers->min_ra_gap;
    return least < gap ? least : gap;
}

static void plan(struct iface *i)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    sim_time wait = rng_uniform(&adv->rng, min_interval(adv->how), adv->how->max);
    if (adv->sent < INITIAL && wait > initial_interval)
        wait = initial_interval;
    sim_arm_in(i->node->sim, &adv->timer, wait);
}

/* Seconds that are left, and `most`. */
static uint32_t seconds(const struct iface *i, sim_time until, int64_t most)
{
    if (until == SIM_NEVER)
        return (uint32_t)most;
    sim_time now = sim_now(i->node->sim);
    int64_t left = until > now ? (until - now) / SIM_S : 0;
    return (uint32_t)(left < most ? left : most);
}

static void put_prefix(const struct nd_advertiser *adv, const struct iface *i, unsigned k,
                       struct nd_prefix *out)
{
    const struct prefix *p = &adv->offer[k].prefix;
    *out = (struct nd_prefix){.prefix = p->addr,
                              .len = p->len,
                              .on_link = adv->on_link,
                              .autonomous = true,
                              .valid_s = seconds(i, adv->offer[k].valid_until, adv->how->valid),
                              .preferred_s =
                                  seconds(i, adv->offer[k].preferred_until, adv->how->preferred)};
    if (!adv->on_link) /* a bearer's prefix lives with the bearer: RFC 6459 5.2 */
        out->valid_s = out->preferred_s = ND_INFINITE;
    if (adv->home_agent) {
        const struct nd_address *own = address_of_prefix(i, p);
        assert(own);
        out->prefix = own->addr; /* R: the whole address, RFC 6275 7.2 */
        out->router = true;
    }
}

unsigned advertise_prefixes(const struct iface *i, struct nd_prefix prefix[ND_PREFIXES])
{
    const struct nd_advertiser *adv = i->nd->advertiser;
    for (unsigned k = 0; k < adv->offers; k++)
        put_prefix(adv, i, k, &prefix[k]);
    return adv->offers;
}

/* The option says what is not as the router's own lifetime tells: RFC 6275 7.4. */
static void put_agent(const struct nd_advertiser *adv, struct nd_message *m)
{
    const struct nd_home_agent *how = &adv->as_agent;
    struct nd_options *o = &m->options;
    o->home_preference = how->preference;
    o->home_lifetime_s = how->lifetime_s ? how->lifetime_s : m->router_lifetime_s;
    o->has_home_agent = adv->home_agent && (how->preference || how->lifetime_s || how->not_default);
    if (how->not_default)
        m->router_lifetime_s = 0;
}

void advertise_describe(const struct iface *i, struct nd_message *m)
{
    const struct nd_advertiser *adv = i->nd->advertiser;
    const struct nd_advertise_config *how = adv->how;
    *m = (struct nd_message){.type = ICMP6_RA,
                             .cur_hop_limit = 64,
                             .home_agent = adv->home_agent,
                             .router_lifetime_s = adv->leads_out ? lifetime_s(how) : 0};
    static const uint8_t preferences[] = {ND_MEDIUM, ND_HIGH, ND_LOW};
    m->preference = preferences[how->preference];
    m->options.has_source =
        i->port->framing == LINK_ETHERNET && (how->source_option || adv->home_agent);
    m->options.source = i->port->station;
    m->options.mtu = i->port->framing == LINK_ETHERNET ? (uint32_t)how->mtu : i->port->mtu;
    put_agent(adv, m);
    if (how->interval_option)
        m->options.interval_ms = (uint32_t)(how->max / SIM_MS + (how->max < 200 * SIM_MS ? 20 : 0));
    m->options.prefixes = advertise_prefixes(i, m->options.prefix);
}

static void send(struct iface *i, const struct addr *dst)
{
    struct nd_message m;
    advertise_describe(i, &m);
    const struct addr *src = address_link_local(i);
    assert(src);
    nd_send(i, src, dst, 0, &m);
}

static void multicast(struct sim *sim, void *owner)
{
    struct iface *i = owner;
    struct nd_advertiser *adv = i->nd->advertiser;
    if (i->port->up) /* else nobody has heard it */
        adv->last_multicast = sim_now(sim);
    adv->sent++;
    plan(i);
    send(i, &addr_all_nodes);
}

/* When the next may leave: RFC 4861 6.2.6. */
static sim_time next_multicast(const struct iface *i)
{
    const struct nd_advertiser *adv = i->nd->advertiser;
    sim_time now = sim_now(i->node->sim);
    sim_time next = adv->last_multicast < 0 ? now : adv->last_multicast + min_gap(i);
    return next > now ? next : now;
}

static void answer(struct sim *sim, void *owner)
{
    struct nd_solicitor *s = owner;
    struct addr dst = s->addr;
    (void)sim;
    s->addr = addr_any;
    send(s->iface, &dst);
}

/* Its place, or a free one; NULL: too many wait already. */
static struct nd_solicitor *place_of(struct nd_advertiser *adv, const struct addr *a)
{
    struct nd_solicitor *place = NULL;
    for (int k = 0; k < ND_SOLICITORS; k++) {
        if (addr_eq(&adv->solicitor[k].addr, a))
            return &adv->solicitor[k];
        if (!place && addr_unspecified(&adv->solicitor[k].addr))
            place = &adv->solicitor[k];
    }
    return place;
}

static struct nd_advertiser *advertiser_of(struct iface *i)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    if (adv)
        return adv;
    adv = arena_take(i->node->arena, sizeof *adv);
    adv->rng = node_stream(i->node, arena_format(i->node->arena, "%s.ra", i->name));
    sim_timer_init(&adv->timer, multicast, i);
    for (int k = 0; k < ND_SOLICITORS; k++) {
        adv->solicitor[k].iface = i;
        sim_timer_init(&adv->solicitor[k].due, answer, &adv->solicitor[k]);
    }
    adv->last_multicast = -1;
    i->nd->advertiser = adv;
    return adv;
}

void advertise_start(struct iface *i, const struct nd_advertise_config *how,
                     const struct prefix *prefix, bool on_link, bool home_agent)
{
    struct nd_advertiser *adv = advertiser_of(i);
    adv->how = how;
    adv->offer[0] = (struct nd_offer){*prefix, SIM_NEVER, SIM_NEVER};
    adv->offers = 1;
    adv->leads_out = true;
    adv->on_link = on_link;
    adv->home_agent = home_agent;
    adv->last_multicast = -1;
    adv->sent = 0;
    plan(i);
}

/* Lifetimes that run down are no news. */
static bool has_told(const struct nd_advertiser *adv, const struct nd_offer *offer)
{
    for (unsigned k = 0; k < adv->offers; k++) {
        const struct nd_offer *o = &adv->offer[k];
        if (o->prefix.len == offer->prefix.len && addr_eq(&o->prefix.addr, &offer->prefix.addr))
            return !o->valid_until == !offer->valid_until;
    }
    return false;
}

void advertise_offer(struct iface *i, const struct nd_advertise_config *how,
                     const struct nd_offer *offer, unsigned n, bool leads_out)
{
    struct nd_advertiser *adv = advertiser_of(i);
    bool told = adv->leads_out == leads_out;
    assert(n <= ND_ADV_PREFIXES);
    for (unsigned k = 0; k < n; k++)
        told &= has_told(adv, &offer[k]);
    adv->how = how;
    adv->on_link = true;
    adv->leads_out = leads_out;
    adv->offers = n;
    for (unsigned k = 0; k < n; k++)
        adv->offer[k] = offer[k];
    if (told)
        return;
    adv->sent = 0; /* as when it began: RFC 4861 6.2.4 */
    sim_arm(i->node->sim, &adv->timer, next_multicast(i));
}

void advertise_as_agent(struct iface *i, const struct nd_home_agent *how)
{
    i->nd->advertiser->as_agent = *how;
}

sim_time advertise_service(struct iface *i, bool home_agent)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    struct sim *sim = i->node->sim;
    if (!adv)
        return sim_now(sim); /* what is outside does not listen */
    adv->home_agent = home_agent;
    sim_time next = next_multicast(i);
    if (next > sim_now(sim)) {
        sim_arm(sim, &adv->timer, next);
    } else {
        multicast(sim, i);
    }
    return next;
}

void advertise_renumber(struct iface *i, uint32_t preferred_s, uint32_t valid_s)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    struct nd_advertise_config *how = arena_take(i->node->arena, sizeof *how);
    *how = *adv->how;
    how->preferred = preferred_s;
    how->valid = valid_s;
    adv->how = how;
    adv->sent = 0; /* as when it began: RFC 4861 6.2.4 */
    plan(i);
}

void advertise_stop(struct iface *i)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    if (!adv)
        return;
    sim_stop(i->node->sim, &adv->timer);
    for (int k = 0; k < ND_SOLICITORS; k++) {
        adv->solicitor[k].addr = addr_any;
        sim_stop(i->node->sim, &adv->solicitor[k].due);
    }
}

/* RFC 4861 6.2.6: a random wait, and multicast answers no closer than the least gap. */
void advertise_solicited(struct iface *i, const struct ip6 *h, const struct nd_message *rs)
{
    struct nd_advertiser *adv = i->nd->advertiser;
    struct sim *sim = i->node->sim;
    if (!addr_unspecified(&h->src) && (rs->options.has_source || i->port->framing != LINK_ETHERNET))
        neighbour_learn(i, &h->src, rs->options.source, false);
    sim_time at = sim_now(sim) + rng_uniform(&adv->rng, 0, i->nd->timers->max_ra_delay);
    bool unicast = adv->how->solicited == 1 && !addr_unspecified(&h->src);
    struct nd_solicitor *to = unicast ? place_of(adv, &h->src) : NULL;
    if (to) {
        if (sim_armed(&to->due) || (sim_armed(&adv->timer) && adv->timer.at <= at))
            return; /* the answer under way, or the next multicast one, serves */
        to->addr = h->src;
        sim_arm(sim, &to->due, at);
        return;
    }
    if (adv->last_multicast >= 0 && at < adv->last_multicast + min_gap(i))
        at = adv->last_multicast + min_gap(i) + (at - sim_now(sim));
    if (!sim_armed(&adv->timer) || at < adv->timer.at)
        sim_arm(sim, &adv->timer, at);
}
