/* A mobile node that knows its home network alone finds its home agents, and goes from one that
 * does not answer to the next: RFC 6275 5.3, 11.4.1. */
#include "models/mip6/discovery.h"
#include "models/node/agent_discovery.h"
#include "models/node/mobile_path.h"
#include "models/node/path.h"

struct mobile_discovery {
    struct discovery machine;
    struct sim_timer timer;
    struct addr anycast;
    sim_time heard;  /* the last acknowledgement of the present home agent; -1: none yet */
    bool changes_it; /* the home agent is just being replaced */
};

/* The care-of addresses that there are, whatever probes of the home agent say. */
static unsigned care_of(const struct mobile *m, struct addr list[MOBILE_PATHS])
{
    unsigned n = 0;
    for (unsigned k = 0; k < m->paths; k++) {
        const struct mobile_path *path = &m->path[k];
        if (path->has_coa && !path->shut && !mobile_owns_home(m, &path->coa))
            list[n++] = path->coa;
    }
    return n;
}

/* Each repetition from the next care-of address: the way of one may be dead. */
static void send_request(struct mobile *m, const struct discovery_act *act)
{
    struct addr from[MOBILE_PATHS];
    unsigned n = care_of(m, from);
    if (n == 0)
        return;
    const struct addr *coa = &from[(act->sent - 1) % n];
    const struct dhaad request = {.type = ICMP6_HAAD_REQUEST, .identifier = act->identifier};
    NODE_EVENT(m->node, EV_DHAAD_REQUEST_SENT, field_addr("home_address", mobile_home(m)),
               field_addr("care_of_address", coa), field_int("identifier", act->identifier),
               field_int("sent", act->sent));
    agent_discovery_send(m->node, coa, &m->discovery->anycast, &request);
}

/* What the one before has acknowledged is of no use any more. */
static void lose_bindings(struct mobile *m)
{
    struct bul_acts acts;
    acts.n = 0;
    for (unsigned k = 0; k < m->bul.entries; k++) {
        if (m->bul.entry[k].told)
            acts.act[acts.n++] = (struct bul_act){
                .kind = BUL_LOST, .bid = m->bul.entry[k].bid, .coa = m->bul.entry[k].coa};
    }
    mobile_do(m, &acts);
}

static void try_agent(struct mobile *m, const struct discovery_act *act)
{
    struct mobile_discovery *d = m->discovery;
    struct addr before = m->bul.how.agent;
    d->changes_it = true;
    lose_bindings(m);
    NODE_EVENT(m->node, EV_DHAAD_AGENT, field_addr("home_address", mobile_home(m)),
               field_addr("agent", &act->agent), field_addr("before", &before),
               field_text("why", act->why));
    m->bul.how.agent = act->agent;
    m->mps.how.agent = act->agent;
    d->heard = -1;
    m->settled = m->answers = false;       /* or the next one's test of the home address fails */
    mobile_begin_anew(m, m->bul.sequence); /* it may come back to one that knows an older number */
    d->changes_it = false;
    mobile_discovery_review(m);
}

static void wake(struct sim *sim, void *owner)
{
    struct mobile *m = owner;
    struct discovery_act act;
    if (discovery_tick(&m->discovery->machine, sim_now(sim), &act)) {
        switch (act.kind) {
        case DISCOVERY_ASK:
            send_request(m, &act);
            break;
        case DISCOVERY_TRY:
            try_agent(m, &act);
            break;
        case DISCOVERY_VAIN:
            NODE_EVENT(m->node, EV_DHAAD_VAIN, field_addr("home_address", mobile_home(m)),
                       field_text("why", act.why));
            break;
        }
    }
    mobile_discovery_review(m);
}

void mobile_discover(struct mobile *m, const struct discovery_config *how,
                     const struct prefix *home)
{
    struct mobile_discovery *d = arena_take(m->node->arena, sizeof *d);
    const struct rng identifiers = node_stream(m->node, "mip6.discovery");
    discovery_init(&d->machine, how, &identifiers, sim_now(m->node->sim));
    sim_timer_init(&d->timer, wake, m);
    d->anycast = dhaad_anycast(home);
    d->heard = -1;
    m->discovery = d;
    m->bul.how.agent = addr_any;
    m->mps.how.agent = addr_any;
}

void mobile_discovery_restart(struct mobile *m)
{
    struct mobile_discovery *d = m->discovery;
    if (!d)
        return;
    const struct discovery_config how = d->machine.how;
    const struct rng identifiers = d->machine.identifiers;
    discovery_init(&d->machine, &how, &identifiers, sim_now(m->node->sim));
    m->bul.how.agent = addr_any;
    m->mps.how.agent = addr_any;
    d->heard = -1;
}

bool mobile_told_agents(struct mobile *m, const struct ip6 *h, const struct dhaad *reply)
{
    struct mobile_discovery *d = m->discovery;
    enum discovery_verdict verdict = DISCOVERY_UNASKED;
    if (d)
        verdict =
            discovery_replied(&d->machine, reply, bul_last_sent(&m->bul), sim_now(m->node->sim));
    NODE_EVENT(m->node, EV_DHAAD_REPLY_RECEIVED, field_addr("source", &h->src),
               field_addr("home_address", mobile_home(m)),
               field_int("identifier", reply->identifier), field_int("agents", reply->addresses),
               field_text("verdict", discovery_verdict_name(verdict)));
    mobile_discovery_review(m);
    return verdict == DISCOVERY_ACCEPTED;
}

/* ---- the home agent that is tried, or was -------------------------------------------------------
 */

/* Until when it has said that it holds a binding; 0: it has none. */
static sim_time bound_until(const struct mobile *m)
{
    sim_time until = 0;
    for (unsigned k = 0; k < m->bul.entries; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        if (e->told && e->held_until > until)
            until = e->held_until;
    }
    return until;
}

/* Whatever was asked of it. */
static bool refuses(const struct mobile *m)
{
    unsigned refused = 0;
    for (unsigned k = 0; k < m->bul.entries; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        refused += e->state == BUL_REFUSED;
        if (e->state != BUL_REFUSED && e->state != BUL_UNBOUND)
            return false;
    }
    return refused > 0;
}

static void leave(struct mobile *m, const char *why)
{
    discovery_leave(&m->discovery->machine, why, bul_last_sent(&m->bul), sim_now(m->node->sim));
}

void mobile_discovery_review(struct mobile *m)
{
    struct mobile_discovery *d = m->discovery;
    struct addr from[MOBILE_PATHS];
    if (!d || d->changes_it)
        return;
    struct discovery *machine = &d->machine;
    sim_time until = bound_until(m);
    bool at_home = m->home_iface && !mobile_simultaneous(m);
    if (until) {
        discovery_registered(machine, until);
    } else if (!at_home && m->bul.dead) {
        discovery_taken(machine, bul_last_sent(&m->bul), sim_now(m->node->sim));
    } else if (!at_home && refuses(m)) {
        leave(m, "refused");
    }
    discovery_set_away(machine, !at_home && care_of(m, from) > 0);
    m->bul.waits = !at_home && !discovery_has_agent(machine); /* nothing more for the one before */
    sim_time next = discovery_next(machine);
    sim_time now = sim_now(m->node->sim);
    if (next == SIM_NEVER) {
        sim_stop(m->node->sim, &d->timer);
    } else {
        sim_arm(m->node->sim, &d->timer, next > now ? next : now);
    }
}

void mobile_discovery_heard(struct mobile *m)
{
    if (m->discovery)
        m->discovery->heard = sim_now(m->node->sim);
}

bool mobile_discovery_silent(struct mobile *m)
{
    struct mobile_discovery *d = m->discovery;
    if (!d || !discovery_has_agent(&d->machine) ||
        !bul_is_silent(&m->bul, (unsigned)d->machine.how.timers.tries, d->heard,
                       sim_now(m->node->sim)))
        return false;
    leave(m, "no answer");
    return true;
}

bool mobile_discovery_deserted(struct mobile *m)
{
    struct mobile_discovery *d = m->discovery;
    if (!d)
        return false;
    if (!mobile_simultaneous(m)) {
        d->changes_it = true;
        lose_bindings(m);
        bul_forget(&m->bul);
        d->changes_it = false;
    }
    leave(m, "no answer");
    mobile_discovery_review(m);
    return true;
}

void mobile_discovery_probed(struct mobile *m)
{
    struct mobile_discovery *d = m->discovery;
    bool dead = false;
    if (!d || !discovery_has_agent(&d->machine))
        return;
    for (unsigned k = 0; k < m->paths; k++) {
        const struct mobile_path *path = &m->path[k];
        dead |= path->has_coa && path->probe_dead;
        if (path->has_coa && !path->probe_dead)
            return;
    }
    if (dead)
        leave(m, "no answer to probes");
    mobile_discovery_review(m);
}
