/* A host finds routers and prefixes: RFC 4861 6.3, RFC 4862 5.5.3, RFC 6275 11.5. */
#include <assert.h>

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/share.h"

static const sim_time two_hours = 7200 * SIM_S; /* RFC 4862 5.5.3 e */

static sim_time until(const struct iface *i, uint32_t seconds)
{
    return seconds == ND_INFINITE ? SIM_NEVER : sim_now(i->node->sim) + seconds * SIM_S;
}

/* ---- soliciting ----------------------------------------------------------- */

/* The wait doubles, each time 10 % more or less: RFC 7559 2, RFC 3315 14. */
static sim_time next_wait(struct nd_iface *nd)
{
    const struct nd_timers *t = nd->timers;
    sim_time base = nd->rs_interval ? 2 * nd->rs_interval : t->rs_interval;
    if (base > t->max_rs_interval)
        base = t->max_rs_interval;
    sim_time wait = base + rng_uniform(&nd->rng, -base / 10, base / 10);
    nd->rs_interval = wait;
    return wait;
}

static void plan_next_rs(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    if (nd->timers->rs_backoff == RS_RFC7559) {
        sim_arm_in(i->node->sim, &nd->solicit, next_wait(nd));
    } else if (nd->solicited < nd->timers->max_rs) {
        sim_arm_in(i->node->sim, &nd->solicit, nd->timers->rs_interval);
    }
}

static void send_rs(struct sim *sim, void *owner)
{
    struct iface *i = owner;
    struct nd_iface *nd = i->nd;
    const struct addr *src = address_link_local_any(i);
    struct nd_message m = {.type = ICMP6_RS};
    (void)sim;
    if (nd->timers->max_rs == 0 || (!src && !nd->asks_first))
        return;
    nd->solicited++;
    plan_next_rs(i);
    /* neither from :: nor from an address that is still tested: RFC 4861 4.1, RFC 4429 3.2 */
    m.options.has_source = address_link_local(i) && i->port->framing == LINK_ETHERNET;
    m.options.source = i->port->station;
    nd_send(i, src ? src : &addr_any, &addr_all_routers, 0, &m);
}

void solicit_start(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    nd->solicited = 0;
    nd->rs_interval = 0;
    sim_timer_init(&nd->solicit, send_rs, i);
    sim_time delay = 0;
    if (nd->host.rs_delay && !nd->host.simple_dna && !nd->waited) { /* RFC 6059 5.4: at once */
        delay = rng_uniform(&nd->rng, 0, nd->timers->max_rs_delay);
        nd->waited = true;
    }
    sim_arm_in(i->node->sim, &nd->solicit, delay);
}

void solicit_stop(struct iface *i)
{
    if (i->nd->solicit.fn)
        sim_stop(i->node->sim, &i->nd->solicit);
}

/* ---- default routers ---------------------------------------------------- */

static struct nd_router *find_router(struct iface *i, const struct addr *a)
{
    for (int k = 0; k < ND_ROUTERS; k++) {
        if (addr_eq(&i->nd->router[k].addr, a))
            return &i->nd->router[k];
    }
    return NULL;
}

/* Addresses that only this router's prefix explains are gone with it: RFC 6275 11.5.4. */
static void drop_its_addresses(struct iface *i, const struct prefix *p, const char *why)
{
    for (int k = 0; k < ND_ROUTERS; k++) {
        if (!addr_unspecified(&i->nd->router[k].addr) && i->nd->router[k].prefix.len == p->len &&
            addr_eq(&i->nd->router[k].prefix.addr, &p->addr))
            return;
    }
    for (int k = 0; k < ND_ADDRESSES; k++) {
        struct nd_address *a = &i->nd->address[k];
        if (a->state != ADDRESS_NONE && !addr_link_local(&a->addr) && prefix_holds(p, &a->addr))
            address_remove(a, why);
    }
}

static void lose(struct nd_router *r, const char *why)
{
    struct iface *i = r->iface;
    if (r->until == SIM_NEVER)
        return; /* a fixed host has no other; it asks again with the next packet */
    struct addr gone = r->addr;
    struct prefix prefix = r->prefix;
    sim_stop(i->node->sim, &r->timer);
    sim_stop(i->node->sim, &r->silence);
    r->addr = addr_any;
    i->nd->routers--;
    redirect_forget(i, &gone);
    NODE_EVENT(i->node, EV_ND_ROUTER_LOST, field_text("interface", i->name),
               field_addr("router", &gone), field_text("how", why));
    if (i->node->mobile)
        drop_its_addresses(i, &prefix, why);
    if (i->nd->share)
        share_changed(i->nd->share);
    if (i->up && !sim_armed(&i->nd->solicit) && address_link_local(i)) /* look for another */
        solicit_start(i);
}

static void router_expired(struct sim *sim, void *owner)
{
    (void)sim;
    lose(owner, "lifetime over");
}

void solicit_router_lost(struct iface *i, const struct addr *a, const char *why)
{
    struct nd_router *r = i->nd->is_host ? find_router(i, a) : NULL;
    redirect_forget(i, a);
    if (r)
        lose(r, why);
}

/* A weak sign: first a unicast solicitation, RFC 6275 11.5.1. */
void solicit_suspect(struct iface *i, const struct addr *a)
{
    neighbour_suspect(i, a);
}

static void silent(struct sim *sim, void *owner)
{
    struct nd_router *r = owner;
    (void)sim;
    NODE_EVENT(r->iface->node, EV_ND_SILENT, field_text("interface", r->iface->name),
               field_addr("router", &r->addr));
    solicit_suspect(r->iface, &r->addr);
}

/* The Advertisement Interval promises the next one: RFC 6275 7.3. */
static void watch(struct nd_router *r, const struct nd_message *ra)
{
    struct iface *i = r->iface;
    int64_t lost = i->nd->host.ra_lost;
    if (lost && ra->options.interval_ms)
        sim_arm_in(i->node->sim, &r->silence, lost * ra->options.interval_ms * SIM_MS);
}

void solicit_forget(struct iface *i)
{
    for (int k = 0; k < ND_ROUTERS; k++) {
        if (addr_unspecified(&i->nd->router[k].addr))
            continue;
        sim_stop(i->node->sim, &i->nd->router[k].timer);
        sim_stop(i->node->sim, &i->nd->router[k].silence);
        i->nd->router[k].addr = addr_any;
        i->nd->routers--;
    }
    for (int k = 0; k < ND_ON_LINK; k++)
        i->nd->on_link[k].until = 0;
}

static const struct nd_prefix *autonomous(const struct nd_message *ra)
{
    for (unsigned k = 0; k < ra->options.prefixes; k++) {
        if (ra->options.prefix[k].autonomous)
            return &ra->options.prefix[k];
    }
    return NULL;
}

static void put_router(struct nd_router *r, const struct nd_router *as)
{
    as->iface->nd->routers += addr_unspecified(&r->addr);
    *r = *as;
    sim_timer_init(&r->timer, router_expired, r);
    sim_timer_init(&r->silence, silent, r);
}

struct nd_router *solicit_restore(struct iface *i, const struct nd_router *known)
{
    struct nd_router *r = find_router(i, &known->addr);
    if (!r)
        r = find_router(i, &addr_any);
    if (!r)
        return NULL;
    put_router(r, known);
    r->restored = true;
    sim_arm(i->node->sim, &r->timer, r->until);
    solicit_stop(i);
    NODE_EVENT(i->node, EV_ND_ROUTER, field_text("interface", i->name),
               field_addr("router", &r->addr), field_addr("prefix", &r->prefix.addr),
               field_text("how", "known"));
    return r;
}

/* Answers whether the router, or the prefix that it advertises, was unknown. */
static bool note_router(struct iface *i, const struct addr *src, const struct nd_message *ra)
{
    struct nd_router *r = find_router(i, src);
    bool is_new = !r;
    if (ra->router_lifetime_s == 0) {
        if (r)
            lose(r, "says so");
        return false;
    }
    if (!r)
        r = find_router(i, &addr_any);
    if (!r)
        return false;
    if (is_new)
        put_router(r, &(struct nd_router){.addr = *src, .iface = i});
    const struct nd_prefix *p = autonomous(ra);
    bool other = p && (r->prefix.len != p->len || !prefix_holds(&r->prefix, &p->prefix));
    struct prefix before = r->prefix;
    bool overrules = other && r->restored; /* an advertisement knows better: RFC 6059 5.7 */
    r->restored = false;
    if (p) {
        r->prefix = (struct prefix){addr_masked(&p->prefix, p->len), p->len};
        r->global = p->router ? p->prefix : addr_any;
    }
    if (overrules)
        drop_its_addresses(i, &before, "another link after all");
    r->home_agent = ra->home_agent;
    r->preference = ra->preference == ND_RESERVED ? ND_MEDIUM : ra->preference;
    r->station = ra->options.has_source ? ra->options.source : r->station;
    r->until = until(i, ra->router_lifetime_s);
    sim_arm(i->node->sim, &r->timer, r->until);
    watch(r, ra);
    return is_new || other;
}

/* Greater is better: who advertised the source's prefix (RFC 8028 3.2), then who is not being
 * looked for in vain (RFC 4861 6.3.6), then by preference (RFC 4191 3.2). */
static int rank(const struct nd_router *r, const struct addr *src)
{
    static const int by_preference[] = {
        [ND_HIGH] = 2, [ND_MEDIUM] = 1, [ND_RESERVED] = 1, [ND_LOW] = 0};
    const struct neighbour *n = neighbour_find(r->iface, &r->addr);
    bool explains = src && r->prefix.len && prefix_holds(&r->prefix, src);
    bool missing = n && n->state == NEIGHBOUR_INCOMPLETE;
    return 8 * explains + 4 * !missing + by_preference[r->preference];
}

const struct nd_router *solicit_router(const struct iface *i, const struct addr *src)
{
    const struct nd_router *best = NULL;
    unsigned seen = 0;
    for (int k = 0; k < ND_ROUTERS && seen < i->nd->routers; k++) {
        const struct nd_router *r = &i->nd->router[k];
        if (addr_unspecified(&r->addr))
            continue;
        seen++;
        if (!best || rank(r, src) > rank(best, src))
            best = r;
    }
    return best;
}

void solicit_fix(struct iface *i, const struct addr *router, const struct prefix *prefix)
{
    struct nd_router *r = find_router(i, &addr_any);
    assert(r);
    put_router(
        r, &(struct nd_router){.addr = *router, .prefix = *prefix, .until = SIM_NEVER, .iface = i});
    i->nd->on_link[0] = (struct nd_on_link){*prefix, SIM_NEVER};
    i->nd->on_links = 1;
}

/* ---- prefixes -------------------------------------------------------------- */

static void note_on_link(struct iface *i, const struct nd_prefix *p)
{
    struct nd_on_link *place = NULL;
    struct prefix prefix = {addr_masked(&p->prefix, p->len), p->len};
    for (int k = 0; k < ND_ON_LINK; k++) {
        struct nd_on_link *o = &i->nd->on_link[k];
        bool same = o->until && o->prefix.len == p->len && addr_eq(&o->prefix.addr, &prefix.addr);
        if (same || (!place && o->until <= sim_now(i->node->sim)))
            place = o;
        if (same)
            break;
    }
    if (!place)
        return;
    *place = (struct nd_on_link){prefix, until(i, p->valid_s)};
    unsigned used = (unsigned)(place - i->nd->on_link) + 1;
    i->nd->on_links = used > i->nd->on_links ? used : i->nd->on_links;
}

/* RFC 4862 5.5.3 e: lifetimes of an address that is there already. */
static void refresh(struct nd_address *a, const struct nd_prefix *p)
{
    sim_time now = sim_now(a->iface->node->sim);
    sim_time remaining = a->valid_until == SIM_NEVER ? SIM_NEVER : a->valid_until - now;
    sim_time received = p->valid_s == ND_INFINITE ? SIM_NEVER : p->valid_s * SIM_S;
    a->preferred_until = until(a->iface, p->preferred_s);
    if (received > two_hours || received > remaining) {
        a->valid_until = until(a->iface, p->valid_s);
    } else if (remaining > two_hours) {
        a->valid_until = now + two_hours;
    }
    if (a->state >= ADDRESS_PREFERRED) /* one that is tested stays so: RFC 4429 3.3 */
        sim_arm(a->iface->node->sim, &a->lifetime, now); /* its state follows the new times */
}

static void note_autonomous(struct iface *i, const struct nd_prefix *p, bool multicast)
{
    struct prefix prefix = {addr_masked(&p->prefix, p->len), p->len};
    if (p->len != 64 || p->preferred_s > p->valid_s || addr_link_local(&prefix.addr))
        return; /* RFC 4862 5.5.3 a to d */
    if (i->node->mobile && mobile_is_home(i->node->mobile, &prefix)) {
        mobile_home_advertised(i->node->mobile, until(i, p->preferred_s), until(i, p->valid_s));
        return; /* at home the home address is the address */
    }
    for (int k = 0; k < ND_ADDRESSES; k++) {
        struct nd_address *a = &i->nd->address[k];
        if (a->state != ADDRESS_NONE && a->prefix.len == 64 &&
            addr_eq(&a->prefix.addr, &prefix.addr)) {
            refresh(a, p);
            return;
        }
    }
    if (p->valid_s == 0)
        return;
    struct addr a = addr_join(&prefix, i->identifier);
    address_configure(i, &a, &prefix, until(i, p->preferred_s), until(i, p->valid_s), multicast);
}

static void note_parameters(struct iface *i, const struct nd_message *ra)
{
    struct nd_iface *nd = i->nd;
    if (ra->cur_hop_limit)
        i->hop_limit = ra->cur_hop_limit;
    if (ra->retrans_ms)
        nd->retrans = ra->retrans_ms * SIM_MS;
    if (ra->reachable_ms && ra->reachable_ms * SIM_MS != nd->reachable_base) {
        nd->reachable_base = ra->reachable_ms * SIM_MS;
        nd->reachable_drawn = INT64_MIN / 2; /* so that the next use draws */
    }
    if (ra->options.mtu >= IP6_MTU_MIN && ra->options.mtu <= i->port->mtu)
        i->mtu = ra->options.mtu;
}

/* A new router where there was one already: is the old one still there? RFC 6275 11.5.1. */
static void suspect_others(struct iface *i, const struct addr *new_router)
{
    for (int k = 0; k < ND_ROUTERS; k++) {
        const struct addr *a = &i->nd->router[k].addr;
        if (!addr_unspecified(a) && !addr_eq(a, new_router))
            solicit_suspect(i, a);
    }
}

/* On the home link or not: the link-local address may have waited to know. */
static void tell_mobile(struct iface *i, struct mobile *m, const struct nd_message *ra)
{
    bool waits = i->nd->link_local_waits && ra->options.prefixes;
    bool bound = waits && mobile_binds_link_local(m, i);
    mobile_router_found(m, i);
    if (waits)
        nd_settle_link_local(i, bound && mobile_home_iface(m) == i);
}

void solicit_advertised(struct iface *i, const struct ip6 *h, const struct nd_message *ra)
{
    note_parameters(i, ra);
    if (ra->options.has_source || i->port->framing != LINK_ETHERNET)
        neighbour_learn(i, &h->src, ra->options.source, true);
    if (ra->router_lifetime_s)
        solicit_stop(i);
    if (i->nd->host.simple_dna)
        dna_advertised(i, &h->src, ra);
    if (note_router(i, &h->src, ra)) {
        const struct nd_prefix *p = autonomous(ra);
        NODE_EVENT(i->node, EV_ND_ROUTER, field_text("interface", i->name),
                   field_addr("router", &h->src), field_addr("prefix", p ? &p->prefix : &addr_any));
        suspect_others(i, &h->src);
    }
    for (unsigned k = 0; k < ra->options.prefixes; k++) {
        const struct nd_prefix *p = &ra->options.prefix[k];
        if (p->on_link && !addr_link_local(&p->prefix))
            note_on_link(i, p);
        if (p->autonomous)
            note_autonomous(i, p, addr_multicast(&h->dst));
    }
    if (i->node->mobile)
        tell_mobile(i, i->node->mobile, ra);
    if (i->nd->share)
        share_changed(i->nd->share);
}

static bool is_on_link(const struct iface *i, const struct addr *dst)
{
    for (unsigned k = 0; k < i->nd->on_links; k++) {
        const struct nd_on_link *o = &i->nd->on_link[k];
        if (o->until > sim_now(i->node->sim) && prefix_holds(&o->prefix, dst))
            return true;
    }
    return false;
}

/* From an optimistic address no neighbour is asked for: the router knows, or sends a Redirect
 * (RFC 4429 3.2). */
static bool may_be_asked_for(const struct iface *i, const struct addr *src, const struct addr *dst)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (a->state == ADDRESS_OPTIMISTIC && addr_eq(&a->addr, src))
            return neighbour_find(i, dst) != NULL || !solicit_router(i, src);
    }
    return true;
}

bool solicit_next_hop(const struct iface *i, const struct addr *src, const struct addr *dst,
                      struct addr *next_hop)
{
    *next_hop = *dst;
    if (addr_multicast(dst) || addr_link_local(dst) || redirect_find(i, src, dst, next_hop))
        return true;
    if (is_on_link(i, dst) && may_be_asked_for(i, src, dst))
        return true;
    const struct nd_router *r = solicit_router(i, src);
    if (r)
        *next_hop = r->addr;
    return r != NULL;
}
