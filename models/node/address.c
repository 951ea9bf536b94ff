/* Addresses of an interface and the test of their uniqueness, RFC 4862 5.4, 5.5. */
#include <assert.h>

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/share.h"

enum { MAX_TRIES = 3 }; /* IDGEN_RETRIES, RFC 7217 7 */

/* ---- duplicate address detection ---------------------------------------- */

static void unlist(struct nd_dad *d)
{
    struct nd_dad **at = &d->iface->nd->dads;
    while (*at != d)
        at = &(*at)->next;
    *at = d->next;
    d->running = false;
    nd_filter(d->iface);
    sim_stop(d->iface->node->sim, &d->timer);
}

static void dad_step(struct sim *sim, void *owner)
{
    struct nd_dad *d = owner;
    struct nd_iface *nd = d->iface->nd;
    if (d->sent == nd->timers->dad_transmits) {
        unlist(d);
        d->done(d->owner, true);
        return;
    }
    d->sent++;
    sim_arm_in(sim, &d->timer, nd->retrans);
    struct nd_message m = {.type = ICMP6_NS, .target = d->target};
    struct addr group = addr_solicited_node(&d->target);
    if (d->sent == 1) /* a switch that snoops must know before the answer: RFC 4862 5.4.2 */
        groups_join(d->iface, &group);
    nd_send(d->iface, &addr_any, &group, 0, &m);
}

void dad_start(struct nd_dad *d, struct iface *i, const struct addr *target, bool random_delay,
               void *owner, void (*done)(void *owner, bool unique))
{
    struct nd_iface *nd = i->nd;
    assert(!d->running);
    if (nd->dad_how.use == 1 || nd->timers->dad_transmits == 0) {
        done(owner, true);
        return;
    }
    *d = (struct nd_dad){.iface = i,
                         .target = *target,
                         .running = true,
                         .owner = owner,
                         .done = done,
                         .next = nd->dads};
    nd->dads = d;
    nd_filter(i);
    sim_timer_init(&d->timer, dad_step, d);
    sim_time delay = 0;
    if (random_delay && nd->dad_how.delay == 0) {
        delay = rng_uniform(&nd->rng, 0, nd->timers->dad_delay);
        nd->waited = true;
    }
    sim_arm_in(i->node->sim, &d->timer, delay);
}

void dad_stop(struct nd_dad *d)
{
    if (d->running)
        unlist(d);
}

bool dad_conflict(struct iface *i, const struct addr *target)
{
    for (struct nd_dad *d = i->nd->dads; d; d = d->next) {
        if (!addr_eq(&d->target, target))
            continue;
        unlist(d);
        d->done(d->owner, false);
        return true;
    }
    return false;
}

/* ---- addresses ------------------------------------------------------------ */

struct nd_address *address_find(struct iface *i, const struct addr *a)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        if (i->nd->address[k].state != ADDRESS_NONE && addr_eq(&i->nd->address[k].addr, a))
            return &i->nd->address[k];
    }
    return NULL;
}

static struct nd_address *free_place(struct iface *i)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        if (i->nd->address[k].state == ADDRESS_NONE)
            return &i->nd->address[k];
    }
    return NULL;
}

const struct nd_address *address_of_prefix(const struct iface *i, const struct prefix *p)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (a->state != ADDRESS_NONE && a->prefix.len == p->len &&
            addr_eq(&a->prefix.addr, &p->addr))
            return a;
    }
    return NULL;
}

bool address_usable(const struct nd_address *a)
{
    return a->state >= ADDRESS_OPTIMISTIC;
}

const struct nd_address *address_global(const struct iface *i)
{
    const struct nd_address *other = NULL;
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (addr_link_local(&a->addr))
            continue;
        if (a->state == ADDRESS_PREFERRED)
            return a;
        if (address_usable(a) && !(other && other->state == ADDRESS_OPTIMISTIC))
            other = a;
    }
    return other;
}

const struct addr *address_link_local_any(const struct iface *i)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (address_usable(a) && addr_link_local(&a->addr))
            return &a->addr;
    }
    return NULL;
}

const struct addr *address_link_local(const struct iface *i)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (a->state == ADDRESS_PREFERRED && addr_link_local(&a->addr))
            return &a->addr;
    }
    return NULL;
}

/* The next change of an address by its lifetimes: RFC 4862 5.5.4. */
static void arm_lifetime(struct nd_address *a)
{
    struct sim *sim = a->iface->node->sim;
    sim_time next = a->state == ADDRESS_PREFERRED ? a->preferred_until : a->valid_until;
    if (next == SIM_NEVER) {
        sim_stop(sim, &a->lifetime);
    } else {
        sim_arm(sim, &a->lifetime, next > sim_now(sim) ? next : sim_now(sim));
    }
}

static void age(struct sim *sim, void *owner)
{
    struct nd_address *a = owner;
    if (a->valid_until <= sim_now(sim)) {
        address_remove(a, "valid lifetime over");
        return;
    }
    a->state = a->preferred_until > sim_now(sim) ? ADDRESS_PREFERRED : ADDRESS_DEPRECATED;
    arm_lifetime(a);
    if (a->iface->node->mobile && !addr_link_local(&a->addr))
        mobile_address_changed(a->iface->node->mobile, a->iface);
}

/* RFC 9131 6.1.1: the routers need not ask when the first packet comes back. */
static void announce(struct sim *sim, void *owner)
{
    struct nd_address *a = owner;
    const struct nd_iface *nd = a->iface->nd;
    if (!address_usable(a) || a->announced == nd->timers->max_na)
        return;
    a->announced++;
    nd_send_na(a->iface, &a->addr, &addr_all_routers, false, false);
    sim_arm_in(sim, &a->announce, nd->retrans);
}

static void begin_to_use(struct nd_address *a)
{
    struct iface *i = a->iface;
    struct node *n = i->node;
    node_own(n, i, &a->addr);
    if (addr_link_local(&a->addr)) {
        if (i->nd->is_host && !i->nd->asks_first)
            solicit_start(i);
        return;
    }
    NODE_EVENT(n, EV_ND_ADDRESS, field_text("interface", i->name), field_addr("address", &a->addr),
               field_int("optimistic", a->state == ADDRESS_OPTIMISTIC));
    if (i->nd->dad_how.announce && i->port->framing == LINK_ETHERNET)
        announce(n->sim, a);
    if (n->mobile)
        mobile_address_changed(n->mobile, i);
    if (i->nd->share)
        share_changed(i->nd->share);
}

/* The test is over: an optimistic address is in use already. */
static void found_unique(struct nd_address *a)
{
    bool in_use = a->state == ADDRESS_OPTIMISTIC;
    a->state = ADDRESS_PREFERRED;
    nd_filter(a->iface);
    arm_lifetime(a);
    if (!in_use) {
        begin_to_use(a);
        return;
    }
    if (!addr_link_local(&a->addr)) {
        NODE_EVENT(a->iface->node, EV_ND_UNIQUE, field_text("interface", a->iface->name),
                   field_addr("address", &a->addr));
    }
}

static void try_another(struct nd_address *a);

/* The result of its test. */
static void tested(void *owner, bool unique)
{
    struct nd_address *a = owner;
    struct iface *i = a->iface;
    if (unique) {
        found_unique(a);
        return;
    }

    NODE_EVENT(i->node, EV_ND_DAD_FAILED, field_text("interface", i->name),
               field_addr("address", &a->addr));
    if (a->state == ADDRESS_OPTIMISTIC) /* RFC 4429 3.3: no longer, from this very moment */
        address_remove(a, "somebody else has it");
    if (addr_link_local(&a->addr)) { /* made from the hardware's identifier: RFC 4862 5.4.5 */
        a->state = ADDRESS_NONE;
        nd_disable(i);
    } else if (++a->tries == MAX_TRIES) {
        a->state = ADDRESS_NONE;
        nd_filter(i);
    } else {
        try_another(a);
    }
}

/* RFC 4429 3.1, 3.3: its identifier is of a kind that hardly ever clashes, and the router can be
 * reached without asking for its link-layer address from it. */
static bool may_be_optimistic(const struct iface *i, const struct addr *a)
{
    if (i->nd->dad_how.use == 1 || !i->nd->timers->dad_transmits)
        return false; /* there is no test to be ahead of */
    if (!i->nd->is_host || !i->nd->dad_how.optimistic)
        return i->nd->is_host && i->nd->host.simple_dna && addr_link_local(a);
    if (addr_link_local(a) || i->port->framing != LINK_ETHERNET)
        return true;
    for (int k = 0; k < ND_ROUTERS; k++) {
        if (!addr_unspecified(&i->nd->router[k].addr) && i->nd->router[k].station)
            return true;
    }
    return false;
}

/* Starts its life: used at once if it may be, else when its test is over. */
static void begin_test(struct nd_address *a, bool random_delay)
{
    struct iface *i = a->iface;
    bool optimistic = may_be_optimistic(i, &a->addr);
    a->state = optimistic ? ADDRESS_OPTIMISTIC : ADDRESS_TENTATIVE;
    nd_filter(i);
    dad_start(&a->dad, i, &a->addr, random_delay && !optimistic, a, tested);
    if (a->state == ADDRESS_OPTIMISTIC)
        begin_to_use(a);
}

/* Another identifier, drawn at random, and the whole test again: RFC 7217 6. */
static void try_another(struct nd_address *a)
{
    struct iface *i = a->iface;
    a->addr = addr_join(&a->prefix, rng_u64(&i->nd->rng) & ~((uint64_t)1 << 57));
    begin_test(a, false);
}

void address_configure(struct iface *i, const struct addr *addr, const struct prefix *prefix,
                       sim_time preferred_until, sim_time valid_until, bool multicast_ra)
{
    struct nd_address *a = free_place(i);
    if (!a)
        return; /* RFC 4862 5.5.3: an implementation may limit how many it makes */
    *a = (struct nd_address){.addr = *addr,
                             .state = ADDRESS_TENTATIVE,
                             .iface = i,
                             .prefix = *prefix,
                             .preferred_until = preferred_until,
                             .valid_until = valid_until,
                             .multicast_ra = multicast_ra};
    sim_timer_init(&a->lifetime, age, a);
    sim_timer_init(&a->announce, announce, a);
    bool first = !i->nd->spoke;
    begin_test(a, first || multicast_ra);
}

void address_restore(struct iface *i, const struct addr *addr, const struct prefix *prefix,
                     sim_time preferred_until, sim_time valid_until)
{
    const struct addr *own = address_link_local_any(i);
    struct nd_address *link_local = own ? address_find(i, own) : NULL;
    if (link_local && link_local->dad.running) { /* that one was found unique here, too */
        dad_stop(&link_local->dad);
        found_unique(link_local);
    }
    struct nd_address *a = free_place(i);
    if (!a)
        return;
    *a = (struct nd_address){.addr = *addr,
                             .iface = i,
                             .prefix = *prefix,
                             .preferred_until = preferred_until,
                             .valid_until = valid_until};
    sim_timer_init(&a->lifetime, age, a);
    sim_timer_init(&a->announce, announce, a);
    a->state = ADDRESS_TENTATIVE;
    found_unique(a);
}

void address_fix(struct iface *i, const struct addr *addr, uint8_t prefix_len)
{
    struct nd_address *a = free_place(i);
    assert(a);
    *a = (struct nd_address){.addr = *addr,
                             .state = ADDRESS_PREFERRED,
                             .iface = i,
                             .prefix = {addr_masked(addr, prefix_len), prefix_len},
                             .preferred_until = SIM_NEVER,
                             .valid_until = SIM_NEVER};
    sim_timer_init(&a->lifetime, age, a);
    sim_timer_init(&a->announce, announce, a);
    nd_filter(i);
    node_own(i->node, i, addr);
}

void address_remove(struct nd_address *a, const char *why)
{
    struct iface *i = a->iface;
    struct node *n = i->node;
    struct addr gone = a->addr;
    bool was_usable = a->state != ADDRESS_TENTATIVE;
    dad_stop(&a->dad);
    sim_stop(n->sim, &a->lifetime);
    sim_stop(n->sim, &a->announce);
    a->state = ADDRESS_NONE;
    nd_filter(i);
    struct addr group = addr_solicited_node(&gone);
    groups_leave(i, &group);
    if (!was_usable)
        return;
    node_disown(n, &gone);
    if (addr_link_local(&gone))
        return;
    NODE_EVENT(n, EV_ND_ADDRESS_GONE, field_text("interface", i->name),
               field_addr("address", &gone), field_text("how", why));
    if (n->mobile)
        mobile_address_changed(n->mobile, i);
    if (i->nd->share)
        share_changed(i->nd->share);
}

void address_remove_all(struct iface *i, const char *why)
{
    for (int k = 0; k < ND_ADDRESSES; k++) {
        if (i->nd->address[k].state != ADDRESS_NONE)
            address_remove(&i->nd->address[k], why);
    }
}
