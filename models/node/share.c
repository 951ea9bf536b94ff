#include "models/node/share.h"

#include <assert.h>
#include <string.h>

/* A host that hears of lifetimes of 0 keeps an address so long at most: RFC 4862 5.5.3 e. */
static const sim_time host_keeps = 7200 * SIM_S;

static const struct prefix everywhere = {.len = 0};

static bool same(const struct prefix *a, const struct prefix *b)
{
    return a->len == b->len && addr_eq(&a->addr, &b->addr);
}

static struct nd_address *in_use(struct iface *i, const struct prefix *p)
{
    const struct nd_address *a = p->len ? address_of_prefix(i, p) : NULL;
    return a && address_usable(a) ? address_find(i, &a->addr) : NULL;
}

/* ---- what the LAN loses ---------------------------------------------------- */

static void strike_old(struct share *s, unsigned k)
{
    assert(k < s->olds && s->olds <= SHARE_OLD);
    routes_remove(s->lan->node->routes, &s->old[k].prefix);
    s->olds--;
    memmove(&s->old[k], &s->old[k] + 1, (s->olds - k) * sizeof s->old[0]);
}

/* It stays on-link, so that who still speaks from it is told: RFC 7084 L-14. */
static void withdraw(struct share *s)
{
    struct node *n = s->lan->node;
    const struct nd_address *own = address_of_prefix(s->lan, &s->prefix);
    const struct route r = {
        .prefix = s->prefix, .kind = ROUTE_ON_LINK, .out = s->lan, .withdrawn = true};
    if (own)
        address_remove(address_find(s->lan, &own->addr), "its prefix is shared no longer");
    if (s->olds == SHARE_OLD)
        strike_old(s, SHARE_OLD - 1);
    for (unsigned k = s->olds++; k > 0; k--)
        s->old[k] = s->old[k - 1];
    s->old[0].prefix = s->prefix;
    s->old[0].until = sim_now(n->sim) + host_keeps;
    routes_set(n->routes, &r);
    NODE_EVENT(n, EV_ND_SHARED, field_text("interface", s->lan->name),
               field_addr("prefix", &s->prefix.addr), field_int("begins", false));
    s->prefix.len = 0;
}

static void forget_old(struct share *s)
{
    struct sim *sim = s->lan->node->sim;
    while (s->olds && s->old[s->olds - 1].until <= sim_now(sim))
        strike_old(s, s->olds - 1);
    if (s->olds && !sim_armed(&s->review))
        sim_arm(sim, &s->review, s->old[s->olds - 1].until);
}

/* ---- what it gets ------------------------------------------------------------ */

static void begin(struct share *s, const struct nd_address *of_radio)
{
    struct node *n = s->lan->node;
    const struct route r = {.prefix = of_radio->prefix, .kind = ROUTE_ON_LINK, .out = s->lan};
    s->prefix = of_radio->prefix;
    for (unsigned k = 0; k < s->olds; k++) {
        if (same(&s->old[k].prefix, &s->prefix)) {
            strike_old(s, k);
            break;
        }
    }
    routes_set(n->routes, &r);
    NODE_EVENT(n, EV_ND_SHARED, field_text("interface", s->lan->name),
               field_addr("prefix", &s->prefix.addr), field_int("begins", true));
    address_configure(s->lan, &of_radio->addr, &s->prefix, SIM_NEVER, SIM_NEVER, false);
}

/* One address on both sides: RFC 7278 4. Where a host of the LAN had it first, the phone found
 * another there. */
static void agree(struct share *s, const struct nd_address *of_radio)
{
    const struct nd_address *own = in_use(s->lan, &s->prefix);
    if (own && !addr_eq(&own->addr, &of_radio->addr))
        address_restore(s->radio, &own->addr, &s->prefix, of_radio->preferred_until,
                        of_radio->valid_until);
}

/* At most a /128 on the radio; `keep` NULL: none. */
static void keep_one(struct share *s, const struct addr *keep)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        struct nd_address *a = &s->radio->nd->address[k];
        if (a->state != ADDRESS_NONE && !addr_link_local(&a->addr) &&
            !(keep && addr_eq(&a->addr, keep)))
            address_remove(a, "another prefix");
    }
}

static void lead_out(const struct share *s, const struct nd_router *router)
{
    struct routes *routes = s->radio->node->routes;
    if (!router) {
        routes_remove(routes, &everywhere);
        return;
    }
    const struct route r = {
        .prefix = everywhere, .kind = ROUTE_VIA, .out = s->radio, .next_hop = router->addr};
    routes_set(routes, &r);
}

/* Lifetimes are no longer than the radio's: RFC 7278 3. */
static void advertise(const struct share *s, const struct nd_address *of_radio, bool leads_out)
{
    struct nd_offer offer[ND_ADV_PREFIXES];
    unsigned n = 0;
    if (s->prefix.len)
        offer[n++] = (struct nd_offer){s->prefix, of_radio->preferred_until, of_radio->valid_until};
    for (unsigned k = 0; k < s->olds; k++)
        offer[n++] = (struct nd_offer){s->old[k].prefix, 0, 0};
    if (n || s->lan->nd->advertiser)
        advertise_offer(s->lan, s->how, offer, n, leads_out);
}

/* The address on the radio whose prefix is to be shared; NULL: none. */
static struct nd_address *choose(const struct share *s, const struct nd_router *router)
{
    struct nd_address *now = in_use(s->radio, &s->prefix);
    if (!router || !router->prefix.len || (now && same(&now->prefix, &router->prefix)))
        return now;
    return in_use(s->radio, &router->prefix);
}

static void review(struct sim *sim, void *owner)
{
    struct share *s = owner;
    const struct nd_router *router = solicit_router(s->radio, NULL);
    const struct nd_address *a = choose(s, router);
    (void)sim;
    lead_out(s, router);
    if (s->prefix.len && !(a && same(&a->prefix, &s->prefix)))
        withdraw(s);
    if (a && !s->prefix.len)
        begin(s, a);
    if (a) {
        agree(s, a);
        const struct nd_address *own = in_use(s->lan, &s->prefix);
        keep_one(s, own ? &own->addr : &a->addr);
    }
    a = in_use(s->radio, &s->prefix);
    forget_old(s);
    advertise(s, a, router && a);
}

void share_init(struct share *s, struct iface *radio, struct iface *lan,
                const struct nd_advertise_config *how)
{
    *s = (struct share){.radio = radio, .lan = lan, .how = how};
    sim_timer_init(&s->review, review, s);
    radio->nd->share = s;
    lan->nd->share = s;
}

void share_changed(struct share *s)
{
    sim_arm_in(s->lan->node->sim, &s->review, 0);
}
