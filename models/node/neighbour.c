/* The neighbour cache: address resolution and unreachability detection, RFC 4861 7. */
#include <assert.h>

#include "models/node/bearer.h"
#include "models/node/icmp.h"
#include "models/node/nd.h"
#include "models/node/path.h"

static void timed_out(struct sim *sim, void *owner);

static struct neighbour **bucket_of(const struct iface *i, const struct addr *a)
{
    return &i->nd->bucket[addr_hash(a) & (i->nd->buckets - 1)];
}

static void grow(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    struct neighbour **old = nd->bucket;
    size_t n = nd->buckets;
    nd->buckets = 2 * n;
    nd->bucket = arena_take(i->node->arena, nd->buckets * sizeof(struct neighbour *));
    for (size_t b = 0; b < n; b++) {
        for (struct neighbour *e = old[b]; e;) {
            struct neighbour *next = e->next;
            struct neighbour **at = bucket_of(i, &e->addr);
            e->next = *at;
            *at = e;
            e = next;
        }
    }
}

struct neighbour *neighbour_find(const struct iface *i, const struct addr *a)
{
    for (struct neighbour *e = *bucket_of(i, a); e; e = e->next) {
        if (addr_eq(&e->addr, a))
            return e;
    }
    return NULL;
}

static struct neighbour *enter(struct iface *i, const struct addr *a)
{
    struct neighbour *e = i->nd->spare;
    if (e) {
        i->nd->spare = e->next;
    } else {
        e = arena_take(i->node->arena, sizeof *e);
    }
    if (++i->nd->neighbours > i->nd->buckets)
        grow(i);
    struct neighbour **bucket = bucket_of(i, a);
    *e = (struct neighbour){.addr = *a, .iface = i, .next = *bucket};
    sim_timer_init(&e->timer, timed_out, e);
    *bucket = e;
    return e;
}

static void strike(struct neighbour *e)
{
    struct iface *i = e->iface;
    struct neighbour **at = bucket_of(i, &e->addr);
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    i->nd->neighbours--;
    sim_stop(i->node->sim, &e->timer);
    e->next = i->nd->spare;
    i->nd->spare = e;
}

static void frame(struct iface *i, eth_addr station, struct pkt *p)
{
    if (i->port->framing == LINK_ETHERNET)
        eth_write(pkt_prepend(p, ETH_HEADER), station, i->port->station, ETH_TYPE_IP6);
    port_send(i->port, p);
}

static void solicit(struct neighbour *e, bool multicast)
{
    struct iface *i = e->iface;
    struct nd_message m = {.type = ICMP6_NS, .target = e->addr};
    const struct addr *src = address_link_local(i);
    struct addr dst = multicast ? addr_solicited_node(&e->addr) : e->addr;
    const struct nd_address *global = address_global(i);
    if (!src && global && global->state != ADDRESS_OPTIMISTIC) /* RFC 4429 3.2 */
        src = &global->addr;
    if (!src)
        return; /* no address yet to ask from; the timer asks again */
    m.options.has_source = i->port->framing == LINK_ETHERNET;
    m.options.source = i->port->station;
    nd_send(i, src, &dst, multicast ? 0 : e->station, &m);
}

static void give_up(struct neighbour *e)
{
    struct iface *i = e->iface;
    struct node *n = i->node;
    struct addr gone = e->addr;
    struct pkt *queue[ND_QUEUE];
    unsigned queued = e->queued;
    for (unsigned k = 0; k < queued; k++)
        queue[k] = e->queue[k];
    strike(e);
    for (unsigned k = 0; k < queued; k++) {
        icmp_send_error(n, queue[k], ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
        node_drop(n, DROP_NEIGHBOUR, queue[k]);
    }
    solicit_router_lost(i, &gone, "unreachable");
}

/* The next step of a resolution or a probe, or its end: RFC 4861 7.2.2, 7.3.3. */
static void timed_out(struct sim *sim, void *owner)
{
    struct neighbour *e = owner;
    const struct nd_timers *t = e->iface->nd->timers;
    if (e->state == NEIGHBOUR_DELAY) {
        e->state = NEIGHBOUR_PROBE;
        e->probes = 0;
    }
    bool resolving = e->state == NEIGHBOUR_INCOMPLETE;
    assert(resolving || e->state == NEIGHBOUR_PROBE);
    if (e->probes == (resolving ? t->max_multicast : t->max_unicast)) {
        give_up(e);
        return;
    }
    e->probes++;
    sim_arm_in(sim, &e->timer, e->iface->nd->retrans);
    solicit(e, resolving);
}

static void enqueue(struct neighbour *e, struct pkt *p)
{
    unsigned room = (unsigned)e->iface->nd->timers->neighbour_queue;
    if (e->queued == room) { /* the newest replaces the oldest */
        struct pkt *oldest = e->queue[0];
        for (unsigned k = 1; k < room; k++)
            e->queue[k - 1] = e->queue[k];
        e->queued--;
        node_drop(e->iface->node, DROP_NEIGHBOUR_QUEUE, oldest);
    }
    e->queue[e->queued++] = p;
}

static struct neighbour *resolve(struct iface *i, const struct addr *a)
{
    struct neighbour *e = enter(i, a);
    if (i->port->framing != LINK_ETHERNET) { /* nothing to resolve: RFC 7066 2.2 */
        e->state = NEIGHBOUR_STALE;
        return e;
    }
    e->state = NEIGHBOUR_INCOMPLETE;
    e->probes = 1;
    sim_arm_in(i->node->sim, &e->timer, i->nd->retrans);
    return e;
}

/* Who has the prefix of a phone stands behind it, one hop further: RFC 7278 3. */
static bool is_tested(const struct iface *i)
{
    const struct bearer *bearer = i->nd->bearer;
    return i->nd->is_host ? i->nd->host.nud : !(bearer && bearer->shared);
}

void neighbour_send(struct iface *i, const struct addr *next_hop, struct pkt *p)
{
    struct sim *sim = i->node->sim;
    if (addr_multicast(next_hop)) {
        frame(i, eth_multicast(next_hop), p);
        return;
    }
    struct neighbour *e = neighbour_find(i, next_hop);
    if (!e) {
        e = resolve(i, next_hop);
        if (e->state == NEIGHBOUR_INCOMPLETE)
            solicit(e, true);
    }
    if (e->state == NEIGHBOUR_INCOMPLETE) {
        enqueue(e, p);
        return;
    }
    if (e->state == NEIGHBOUR_REACHABLE && sim_now(sim) - e->confirmed > nd_reachable_time(i))
        e->state = NEIGHBOUR_STALE;
    if (e->state == NEIGHBOUR_STALE && is_tested(i)) {
        e->state = NEIGHBOUR_DELAY;
        sim_arm_in(sim, &e->timer, i->nd->timers->first_probe);
    }
    frame(i, e->station, p);
}

static void send_queued(struct neighbour *e)
{
    struct pkt *queue[ND_QUEUE];
    unsigned queued = e->queued;
    struct sim *sim = e->iface->node->sim;
    uint64_t cause = sim_cause(sim);
    for (unsigned k = 0; k < queued; k++)
        queue[k] = e->queue[k];
    e->queued = 0;
    for (unsigned k = 0; k < queued; k++) {
        sim_set_cause(sim, queue[k]->cause); /* its own, not the neighbour's answer */
        neighbour_send(e->iface, &e->addr, queue[k]);
    }
    sim_set_cause(sim, cause);
}

void neighbour_learn(struct iface *i, const struct addr *a, eth_addr station, bool is_router)
{
    if (addr_unspecified(a))
        return;
    struct neighbour *e = neighbour_find(i, a);
    bool is_new = !e;
    if (is_new)
        e = enter(i, a);
    e->is_router |= is_router;
    if (!is_new && e->state != NEIGHBOUR_INCOMPLETE && e->station == station)
        return; /* an advertisement alone confirms nothing: RFC 4861 7.3.1 */
    e->station = station;
    e->state = NEIGHBOUR_STALE;
    sim_stop(i->node->sim, &e->timer);
    send_queued(e);
}

static void reachable(struct neighbour *e)
{
    e->state = NEIGHBOUR_REACHABLE;
    e->confirmed = sim_now(e->iface->node->sim);
    sim_stop(e->iface->node->sim, &e->timer);
}

/* RFC 4861 7.2.5 and appendix C. */
void neighbour_advertised(struct iface *i, const struct nd_message *na)
{
    struct neighbour *e = neighbour_find(i, &na->target);
    bool has_station = na->options.has_target || i->port->framing != LINK_ETHERNET;
    if (!e)
        return;
    eth_addr station = na->options.has_target ? na->options.target : e->station;
    bool other = station != e->station;
    if (e->state == NEIGHBOUR_INCOMPLETE) {
        if (!has_station)
            return;
        e->station = station;
        e->is_router = na->router;
        e->state = NEIGHBOUR_STALE;
        sim_stop(i->node->sim, &e->timer);
        if (na->solicited)
            reachable(e);
        send_queued(e);
        return;
    }
    if (!na->override && other) {
        if (e->state == NEIGHBOUR_REACHABLE)
            e->state = NEIGHBOUR_STALE;
        return;
    }
    e->station = station;
    if (na->solicited) {
        reachable(e);
    } else if (other) {
        e->state = NEIGHBOUR_STALE;
        sim_stop(i->node->sim, &e->timer);
    }
    bool was_router = e->is_router;
    e->is_router = na->router;
    if (was_router && !na->router)
        solicit_router_lost(i, &na->target, "no longer a router");
}

void neighbour_confirm(struct iface *i, const struct addr *a)
{
    struct neighbour *e = neighbour_find(i, a);
    if (e && e->state != NEIGHBOUR_INCOMPLETE)
        reachable(e);
}

void neighbour_suspect(struct iface *i, const struct addr *a)
{
    struct neighbour *e = neighbour_find(i, a);
    if (!e || e->state == NEIGHBOUR_INCOMPLETE || e->state == NEIGHBOUR_PROBE)
        return;
    e->state = NEIGHBOUR_DELAY; /* the probe starts at once */
    sim_arm_in(i->node->sim, &e->timer, 0);
}

void neighbour_flush(struct iface *i)
{
    for (size_t b = 0; b < i->nd->buckets; b++) {
        while (i->nd->bucket[b]) {
            struct neighbour *e = i->nd->bucket[b];
            for (unsigned k = 0; k < e->queued; k++)
                node_drop(i->node, DROP_NEIGHBOUR, e->queue[k]);
            e->queued = 0;
            strike(e);
        }
    }
}

void neighbour_release(struct iface *i)
{
    for (size_t b = 0; b < i->nd->buckets; b++) {
        for (struct neighbour *e = i->nd->bucket[b]; e; e = e->next) {
            while (e->queued)
                pkt_give(i->node->packets, e->queue[--e->queued]);
        }
    }
}
