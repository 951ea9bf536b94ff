/* What a home agent knows of the ways to the care-of addresses, and what it decides by that. */
#include <assert.h>

#include "models/node/path.h"
#include "models/node/visitor.h"

enum { PROBED_VISITORS = 1 << 16 }; /* as an echo request has room for */

/* ---- what is known --------------------------------------------------------------------- */

static void send_probes(struct sim *sim, void *owner);

void visitor_init(struct visitor *v, struct agent *a, const struct addr *home)
{
    *v = (struct visitor){.agent = a, .home = *home, .number = a->visitors};
    sim_timer_init(&v->probing, send_probes, v);
    visitor_prefixes_init(v);
}

static struct visitor_path *path_of(struct visitor *v, uint16_t bid)
{
    for (unsigned k = 0; k < MH_BIDS; k++) {
        if (v->path[k].bid == bid)
            return &v->path[k];
    }
    return NULL;
}

/* A place for a BID: a free one, or that of a BID without binding. There are as many as bindings.
 */
static struct visitor_path *make_path(struct visitor *v, uint16_t bid)
{
    struct bcache_entry *e = bcache_find(&v->agent->cache, &v->home);
    struct visitor_path *path = path_of(v, 0);
    for (unsigned k = 0; k < MH_BIDS && !path; k++) {
        if (!bcache_binding(e, v->path[k].bid))
            path = &v->path[k];
    }
    assert(path);
    *path = (struct visitor_path){.bid = bid};
    return path;
}

static void set_suspended(struct visitor *v, const struct visitor_path *path)
{
    struct bcache_entry *e = bcache_find(&v->agent->cache, &v->home);
    struct binding *b = e ? bcache_binding(e, path->bid) : NULL;
    if (b)
        b->suspended = path->probe_dead || path->oracle_dead;
}

void visitor_bound(struct visitor *v, struct binding *b, bool made)
{
    if (!b->bid)
        return; /* the only one: there is nothing to choose */
    struct visitor_path *path = path_of(v, b->bid);
    if (!path)
        path = make_path(v, b->bid);
    if (made)
        *path = (struct visitor_path){.bid = b->bid};
    if (!addr_eq(&path->coa, &b->coa)) {
        path->coa = b->coa;
        path->probe_dead = false;
        probe_reset(&path->probe);
        set_suspended(v, path);
    }
    if (v->agent->probing.every && !sim_armed(&v->probing) && v->number < PROBED_VISITORS)
        sim_arm_in(v->agent->node->sim, &v->probing, v->agent->probing.every);
}

void agent_oracle(struct agent *a, const struct addr *home, uint16_t bid, bool carries)
{
    struct bcache_entry *e = bcache_find(&a->cache, home);
    struct visitor *v = e ? e->visitor : NULL;
    struct visitor_path *path = v && bcache_binding(e, bid) ? path_of(v, bid) : NULL;
    if (!path)
        return;
    path->oracle_dead = !carries;
    set_suspended(v, path);
}

/* ---- probes ------------------------------------------------------------------------------ */

static const char *interface_of(const struct visitor *v, uint16_t bid)
{
    for (unsigned k = 0; v->decider && k < v->decider->of.paths; k++) {
        if (v->decider->path[k].bid == bid)
            return v->decider->path[k].interface;
    }
    return "";
}

static void set_probe_dead(struct visitor *v, struct visitor_path *path, bool dead)
{
    if (path->probe_dead == dead)
        return;
    path->probe_dead = dead;
    set_suspended(v, path);
    NODE_EVENT(v->agent->node, dead ? EV_PATH_DEAD : EV_PATH_ALIVE,
               field_text("interface", interface_of(v, path->bid)), field_text("how", "probe"),
               field_int("bid", path->bid), field_addr("home_address", &v->home));
}

/* An echo request to each care-of address, outside every tunnel, as long as there is one. */
static void send_probes(struct sim *sim, void *owner)
{
    struct visitor *v = owner;
    struct agent *a = v->agent;
    const struct bcache_entry *e = bcache_find(&a->cache, &v->home);
    bool bound = e && e->state == BCACHE_BOUND;
    for (unsigned k = 0; bound && k < e->bindings; k++) {
        struct visitor_path *path = e->binding[k].bid ? path_of(v, e->binding[k].bid) : NULL;
        if (!path || e->binding[k].home)
            continue;
        if (path->probe.unanswered >= a->probing.lost)
            set_probe_dead(v, path, true);
        path_out_plain(a->node, probe_next(&path->probe, a->node->packets, &a->address, &path->coa,
                                           (uint16_t)v->number, sim_now(sim)));
    }
    if (bound)
        sim_arm_in(sim, &v->probing, a->probing.every);
}

bool agent_probe_reply(struct agent *a, const struct ip6 *h, const struct icmp6_echo *e)
{
    struct visitor *v = e->identifier < a->visitors ? a->visitor[e->identifier] : NULL;
    if (!v || !addr_eq(&h->dst, &a->address))
        return false;
    for (unsigned k = 0; k < MH_BIDS; k++) {
        struct visitor_path *path = &v->path[k];
        if (!path->bid || !addr_eq(&h->src, &path->coa))
            continue;
        probe_answered(&path->probe, e->sequence, sim_now(a->node->sim));
        set_probe_dead(v, path, false);
        return true;
    }
    return false;
}

/* ---- the decision --------------------------------------------------------------------------- */

static void describe_paths(struct visitor *v, struct bcache_entry *e)
{
    struct decider *d = v->decider;
    for (unsigned k = 0; k < d->of.paths; k++) {
        const struct binding *b = bcache_binding(e, d->path[k].bid);
        const struct visitor_path *path = path_of(v, d->path[k].bid);
        static const struct probe unknown;
        probe_describe(path ? &path->probe : &unknown, &d->path[k]);
        d->path[k].usable = b && !b->suspended;
        d->path[k].home = b && b->home;
    }
}

const struct flow_rule *visitor_decide(struct visitor *v, struct bcache_entry *e,
                                       const struct flow_rule *rule, const struct pkt *p)
{
    struct decider *d = v->decider;
    struct node *n = v->agent->node;
    if (decider_looks(d))
        describe_paths(v, e);
    const struct flow_rule *answer = decider_ask(d, rule, p->len, sim_now(n->sim));
    if (d->refuses) {
        NODE_EVENT(n, EV_DECISION_REFUSED, field_text("flow", rule->name),
                   field_text("direction", "down"), field_int("bid", d->refused),
                   field_text("mobile", d->of.node));
    }
    return answer;
}

void visitor_note_choice(struct visitor *v, const struct flow_rule *rule, uint16_t bid)
{
    uint16_t *by = &v->carried_by[rule - v->decider->policy.rule];
    if (*by && *by != bid) {
        NODE_EVENT(v->agent->node, EV_FLOW_MOVED, field_text("flow", rule->name),
                   field_text("direction", "down"), field_text("from", interface_of(v, *by)),
                   field_text("to", interface_of(v, bid)),
                   field_text("mobile", v->decider->of.node), field_addr("home_address", &v->home));
    }
    *by = bid;
}
