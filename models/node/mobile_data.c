/* What a mobile node's packets of data leave by: the home link, a reverse tunnel or several, or
 * directly (RFC 6275 11.3.1). */
#include "models/node/key_exchange.h"
#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/optimise.h"
#include "models/node/path.h"

/* ---- which binding --------------------------------------------------------------- */

static bool carries(const void *who, uint16_t bid)
{
    const struct mobile *m = who;
    return bul_carries(&m->bul, bid);
}

static bool carries_by_oracle(const void *who, uint16_t bid)
{
    const struct mobile *m = who;
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].bid == bid && m->path[k].oracle_dead)
            return false;
    }
    return carries(who, bid);
}

/* Any binding that carries, for what no rule matches or whose BIDs are all gone. */
static unsigned any_binding(const struct mobile *m, uint16_t bid[FLOW_BIDS])
{
    for (unsigned k = 0; k < m->bul.entries; k++) {
        bid[0] = m->bul.entry[k].bid;
        if (carries(m, bid[0]))
            return 1;
    }
    return 0;
}

static unsigned choose(const struct mobile *m, const struct flow_rule *rule,
                       uint16_t bid[FLOW_BIDS])
{
    unsigned n = 0;
    if (m->bul.mcoa && m->detection.oracle)
        n = flow_choose(rule, carries_by_oracle, m, bid);
    if (!n && m->bul.mcoa)
        n = flow_choose(rule, carries, m, bid);
    return n ? n : any_binding(m, bid);
}

static const char *name_of_bid(const struct mobile *m, uint16_t bid)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    return e ? mobile_iface_name(m, &e->coa) : "";
}

/* Tell when the first choice of a rule is another interface than before. */
static void note_choice(struct mobile *m, const struct flow_rule *rule, uint16_t bid)
{
    struct mobile_carrier *by = &m->carried_by[rule - m->decider->policy.rule];
    if (by->interface && by->bid == bid && m->bul.mcoa)
        return; /* an identifier belongs to an interface */
    const char *name = name_of_bid(m, bid);
    if (by->interface && by->interface != name) {
        NODE_EVENT(m->node, EV_FLOW_MOVED, field_text("flow", rule->name),
                   field_text("direction", "up"), field_text("from", by->interface),
                   field_text("to", name));
    }
    *by = (struct mobile_carrier){name, bid};
}

/* What the node knows of its paths. */
static void describe_paths(const struct mobile *m, struct monami_path *path)
{
    for (unsigned k = 0; k < m->paths; k++) {
        const struct bul_entry *e = bul_find(&m->bul, m->path[k].bid);
        probe_describe(&m->path[k].probe, &path[k]);
        path[k].usable = carries_by_oracle(m, m->path[k].bid);
        path[k].home = e && bul_is_home(&m->bul, e);
    }
}

static const struct flow_rule *decide(struct mobile *m, const struct flow_rule *rule,
                                      const struct pkt *p)
{
    struct decider *d = m->decider;
    if (decider_looks(d))
        describe_paths(m, d->path);
    const struct flow_rule *answer = decider_ask(d, rule, p->len, sim_now(m->node->sim));
    if (d->refuses) {
        NODE_EVENT(m->node, EV_DECISION_REFUSED, field_text("flow", rule->name),
                   field_text("direction", "up"), field_int("bid", d->refused));
    }
    return answer;
}

/* ---- by that --------------------------------------------------------------------- */

/* On the home link as it is; else in the reverse tunnel from that care-of address. Answers whether
 * it is one for the tunnel. */
static bool find_end(const struct mobile *m, uint16_t bid, struct tunnel *t)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    const struct route *r = node_owns(m->node, &e->coa);
    *t = (struct tunnel){.entry = e->coa,
                         .exit = m->bul.how.agent,
                         .hop_limit = r && r->out ? r->out->hop_limit : 64,
                         .bid = bid};
    return !bul_is_home(&m->bul, e);
}

static void send_on(struct mobile *m, const uint16_t bid[], unsigned n, struct pkt *p)
{
    struct tunnel end[FLOW_BIDS];
    unsigned ends = 0;
    for (unsigned k = 0; k < n; k++) {
        if (!find_end(m, bid[k], &end[ends])) {
            struct pkt *one = n > 1 ? mobility_copy(m->node, p, (uint8_t)(n - 1)) : p;
            one->mark.bid = bid[k];
            path_out_plain(m->node, one);
        } else if (n > 1 || !optimise_takes(m, p, bid[k], &end[ends].entry)) {
            ends++;
        }
    }
    if (ends)
        mobility_tunnel_all(m->node, p, end, ends);
}

/* Without bindings it is the SA that says where the tunnel ends: RFC 4301 5.1.2. */
static void send_to_gateway(struct mobile *m, struct pkt *p)
{
    struct tunnel t = {.exit = m->bul.how.agent, .hop_limit = 64};
    if (key_exchange_address(m->node, &m->bul.how.home, &t.entry)) {
        mobility_tunnel_all(m->node, p, &t, 1);
    } else {
        node_drop(m->node, DROP_NO_SA, p);
    }
}

bool mobile_takes(struct mobile *m, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    uint16_t bid[FLOW_BIDS];
    if (!mobile_owns_home(m, &src) || addr_multicast(&dst))
        return false;
    if (m->home_iface && !mobile_simultaneous(m)) {
        if (!m->home_dad.running && !m->seeks_agent)
            return false; /* on its own link, like any other host */
        node_drop(m->node, DROP_AWAITING_HOME, p);
        return true;
    }
    if (m->client) {
        send_to_gateway(m, p);
        return true;
    }
    struct flow_packet f = flow_packet_of(p->at, p->len, true);
    const struct flow_rule *rule = flow_find(&m->decider->policy, &f);
    unsigned n = choose(m, decide(m, rule, p), bid);
    if (n == 0) {
        node_drop(m->node, DROP_AWAITING_HOME, p);
        return true;
    }
    note_choice(m, rule, bid[0]);
    optimise_carried(m, p, bid[0]);
    send_on(m, bid, n, p);
    return true;
}

bool mobile_accepts_tunnel(struct mobile *m, const struct ip6 *outer)
{
    return addr_eq(&outer->src, &m->bul.how.agent); /* RFC 6275 11.3.3 */
}
