/* A mobile node away from home asks its home agent for the prefixes of the home link: RFC
 * 6275 11.4.
 */
#include <assert.h>

#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/path.h"
#include "models/node/prefix_discovery.h"
#include "sim/base/bytes.h"

/* The care-of address to ask from: the first in order of preference that the home agent has
 * acknowledged, as it answers no other (RFC 5648 6.5). NULL: there is none, or the node is at home.
 */
static const struct bul_entry *asks_from(const struct mobile *m)
{
    for (unsigned k = 0; k < m->bul.entries && !m->home_iface; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        if (e->told && e->has_path && (e->state == BUL_BOUND || e->state == BUL_RENEWING))
            return e;
    }
    return NULL;
}

/* Protection goes around this message, too: RFC 6275 6.7. */
static void send_mps(struct mobile *m, const struct addr *coa, uint16_t identifier)
{
    struct node *n = m->node;
    const struct bul_config *how = &m->bul.how;
    const struct mpd mps = {.type = ICMP6_MPS, .identifier = identifier};
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    NODE_EVENT(n, EV_MPS_SENT, field_addr("home_address", &how->home),
               field_int("identifier", identifier), field_addr("care_of_address", coa),
               field_text("interface", mobile_iface_name(m, coa)));
    mpd_write(&w, &how->home, &how->agent, &mps);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    const struct mobility_ends ends = {coa, &how->agent, &how->home, true};
    mobility_signal_message(n, p, IP6_ICMP6, &ends);
}

static void solicit(struct sim *sim, void *owner)
{
    struct mobile *m = owner;
    const struct bul_entry *from = asks_from(m);
    uint16_t identifier;
    if (from && mps_tick(&m->mps, sim_now(sim), &identifier))
        send_mps(m, &from->coa, identifier);
    mobile_prefixes_review(m);
}

void mobile_prefixes_review(struct mobile *m)
{
    struct sim *sim = m->node->sim;
    sim_time now = sim_now(sim);
    if (m->home_iface)
        mps_rest(&m->mps);
    mps_set_away(&m->mps, asks_from(m) != NULL, now);
    sim_time next = mps_next(&m->mps);
    if (next == SIM_NEVER) {
        sim_stop(sim, &m->soliciting);
    } else {
        sim_arm(sim, &m->soliciting, next > now ? next : now);
    }
}

void mobile_prefixes_init(struct mobile *m, const struct mobile_config *how)
{
    const struct mps_config config = {.home = how->bul.home,
                                      .agent = how->bul.agent,
                                      .timers = how->prefixes,
                                      .max_timeout = how->bul.timers.max_timeout};
    const struct rng identifiers = node_stream(m->node, "mip6.identifier");
    mps_init(&m->mps, &config, &identifiers);
    sim_timer_init(&m->soliciting, solicit, m);
}

void mobile_prefixes_restart(struct mobile *m)
{
    const struct mps_config how = m->mps.how;
    const struct rng identifiers = m->mps.identifiers;
    mps_init(&m->mps, &how, &identifiers);
    mobile_prefixes_review(m);
}

void mobile_prefixes_home(struct mobile *m)
{
    m->mps.how.home = m->bul.how.home;
}

void mobile_prefixes_ask(struct mobile *m)
{
    mps_ask(&m->mps, sim_now(m->node->sim));
}

static sim_time until(const struct mobile *m, uint32_t seconds)
{
    return seconds == ND_INFINITE ? SIM_NEVER : sim_now(m->node->sim) + seconds * SIM_S;
}

/* As if it had come in a router advertisement on the home link (RFC 6275 11.4.3): RFC 4862 5.5.3 a
 * to d; the two hours of e are not for what is authenticated. */
static void learn(struct mobile *m, const struct nd_prefix *p)
{
    const struct prefix prefix = {addr_masked(&p->prefix, p->len), p->len};
    if (!p->autonomous || p->len != 64 || p->preferred_s > p->valid_s ||
        addr_link_local(&prefix.addr))
        return;
    bool own = mobile_is_home(m, &prefix);
    NODE_EVENT(m->node, EV_HOME_PREFIX, field_addr("home_address", &m->bul.how.home),
               field_addr("prefix", &prefix.addr), field_int("preferred_s", p->preferred_s),
               field_int("valid_s", p->valid_s), field_int("own", own));
    if (own)
        mobile_home_advertised(m, until(m, p->preferred_s), until(m, p->valid_s));
}

void mobile_mpa(struct mobile *m, struct iface *i, struct pkt *p, const struct ip6 *h,
                const struct ip6_chain *c)
{
    struct node *n = m->node;
    struct mpd mpa;
    struct bul_acts acts;
    acts.n = 0;
    if (!prefix_discovery_read(i, p, h, c, &mpa))
        return;
    const struct arrival a = mobility_arrival(i, h, c);
    sim_time now = sim_now(n->sim);
    enum mps_verdict verdict = mps_answered(&m->mps, &a, &mpa, now);
    NODE_EVENT(n, EV_MPA_RECEIVED, field_addr("source", &h->src),
               field_addr("home_address", &m->bul.how.home),
               field_int("identifier", mpa.identifier),
               field_text("verdict", mps_verdict_name(verdict)));
    mobile_prefixes_review(m);
    if (verdict != MPS_ACCEPTED) {
        node_drop(n, DROP_PREFIX_DISCOVERY, p);
        return;
    }
    for (unsigned k = 0; k < mpa.prefixes; k++)
        learn(m, &mpa.prefix[k]);
    bul_discovered(&m->bul, now, &acts);
    mobile_do(m, &acts);
    pkt_give(n->packets, p);
}
