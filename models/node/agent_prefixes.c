/* A home agent tells its mobile nodes of the prefixes of the home link: RFC 6275 10.6. */
#include <assert.h>
#include <string.h>

#include "models/node/mobility.h"
#include "models/node/path.h"
#include "models/node/prefix_discovery.h"
#include "models/node/visitor.h"
#include "sim/base/bytes.h"

/* ---- sending ------------------------------------------------------------------------------- */

/* By a routing header, as all that the home agent itself sends to a home address (RFC 6275 10.4.2).
 * Protection goes around this message, too: RFC 6275 6.8. */
static void send_mpa(struct visitor *v, const struct addr *coa, const struct mpa_act *act)
{
    struct agent *a = v->agent;
    struct node *n = a->node;
    struct mpd mpa = {.type = ICMP6_MPA, .identifier = act->identifier};
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mpa.prefixes = advertise_prefixes(a->home, mpa.prefix);
    NODE_EVENT(n, EV_MPA_SENT, field_addr("home_address", &v->home),
               field_addr("care_of_address", coa), field_int("identifier", act->identifier),
               field_int("solicited", act->solicited),
               field_int("preferred_s", mpa.prefix[0].preferred_s),
               field_int("valid_s", mpa.prefix[0].valid_s));
    mpd_write(&w, &a->address, &v->home, &mpa);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    const struct mobility_ends ends = {&a->address, coa, &v->home, false};
    mobility_signal_message(n, p, IP6_ICMP6, &ends);
}

static void rearm(struct visitor *v)
{
    struct sim *sim = v->agent->node->sim;
    if (v->mpa.due == SIM_NEVER) {
        sim_stop(sim, &v->advertising);
    } else {
        sim_arm(sim, &v->advertising, v->mpa.due > sim_now(sim) ? v->mpa.due : sim_now(sim));
    }
}

static void advertise(struct sim *sim, void *owner)
{
    struct visitor *v = owner;
    struct mpa_act act;
    const struct binding *chosen[MH_BIDS];
    const struct bcache_entry *e = bcache_find(&v->agent->cache, &v->home);
    bool due = mpa_tick(&v->mpa, sim_now(sim), &act);
    rearm(v);
    if (!due || !e)
        return;
    if (act.solicited) {
        send_mpa(v, &act.to, &act);
    } else if (bcache_choose(e, NULL, chosen)) {
        send_mpa(v, &chosen[0]->coa, &act);
    }
}

/* ---- what makes it due ----------------------------------------------------------------------- */

void visitor_prefixes_init(struct visitor *v)
{
    mpa_init(&v->mpa, v->agent->prefixes);
    sim_timer_init(&v->advertising, advertise, v);
}

void visitor_prefixes_bound(struct visitor *v, const char *how)
{
    const struct bcache_entry *e = bcache_find(&v->agent->cache, &v->home);
    bool at_home = false;
    for (unsigned k = 0; k < e->bindings; k++)
        at_home |= e->binding[k].home;
    if (e->bindings && !at_home) {
        mpa_bound(&v->mpa, sim_now(v->agent->node->sim));
    } else {
        mpa_unbound(&v->mpa, at_home || !how || strcmp(how, "expired") != 0);
    }
    rearm(v);
}

void agent_mps(struct agent *a, struct iface *i, struct pkt *p, const struct ip6 *h,
               const struct ip6_chain *c)
{
    struct node *n = a->node;
    struct mpd mps;
    if (!prefix_discovery_read(i, p, h, c, &mps))
        return;
    const struct arrival at = mobility_arrival(i, h, c);
    /* The way in has held a Home Address option against bindings: RFC 6275 9.3.1, RFC 5648 6.5. */
    struct bcache_entry *e = at.has_home ? bcache_find(&a->cache, &at.home) : NULL;
    struct visitor *v = e ? e->visitor : NULL;
    if (!v || !at.authentic || !v->mpa.bound || !addr_eq(&h->dst, &a->address)) {
        node_drop(n, DROP_PREFIX_DISCOVERY, p);
        return;
    }
    NODE_EVENT(n, EV_MPS_RECEIVED, field_addr("home_address", &at.home),
               field_addr("source", &at.src), field_int("identifier", mps.identifier));
    mpa_solicited(&v->mpa, mps.identifier, &at.src, sim_now(n->sim));
    rearm(v);
    pkt_give(n->packets, p);
}

void agent_renumber(struct agent *a, sim_time preferred, sim_time valid)
{
    struct bcache_config *how = &a->cache.how;
    if (how->preferred == preferred && how->valid == valid)
        return;
    how->preferred = preferred;
    how->valid = valid;
    for (unsigned k = 0; k < a->visitors; k++) {
        mpa_changed(&a->visitor[k]->mpa, preferred, &a->prefix_delays, sim_now(a->node->sim));
        rearm(a->visitor[k]);
    }
}
