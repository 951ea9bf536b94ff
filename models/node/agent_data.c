/* What a home agent does with packets of data: those to a home address go to its bindings, those
 * out of a tunnel must come from one (RFC 6275 10.4). */
#include "models/node/fragments.h"
#include "models/node/icmp.h"
#include "models/node/key_exchange.h"
#include "models/node/mobility.h"
#include "models/node/path.h"
#include "models/node/protect.h"
#include "models/node/visitor.h"

/* ---- to a mobile node ------------------------------------------------------------ */

void agent_send_framed(struct iface *i, struct pkt *p, uint64_t station)
{
    p->cause = sim_cause(i->node->sim);
    eth_write(pkt_prepend(p, ETH_HEADER), station, i->port->station, ETH_TYPE_IP6);
    port_send(i->port, p);
}

/* To a node on the home link that is abroad, too: the neighbour cache knows it, or, where only the
 * home agent answers for it, the BU told its link-layer address (RFC 5648 5.6.4, 6.3). */
void agent_send_home(struct agent *a, struct pkt *p, const struct binding *at)
{
    struct iface *i = a->home;
    p->mark.bid = at->bid;
    if (at->ndp || !at->station || p->len > i->mtu) {
        path_out_on(i, &at->coa, p);
    } else {
        agent_send_framed(i, p, at->station);
    }
}

/* From the home agent itself: a routing header instead of a tunnel, RFC 6275 10.4.2. */
static void send_own(struct agent *a, struct pkt *p, const struct addr *coa)
{
    if (mobility_insert_route(a->node, p, coa))
        path_out_plain(a->node, p);
}

/* To each of the bindings: in a tunnel, or on the home link. */
static void send_to(struct agent *a, const struct binding *const chosen[], unsigned n,
                    struct pkt *p)
{
    struct tunnel end[MH_BIDS];
    unsigned ends = 0;
    for (unsigned k = 0; k < n; k++) {
        if (chosen[k]->home) {
            agent_send_home(a, n > 1 ? mobility_copy(a->node, p, (uint8_t)(n - 1)) : p, chosen[k]);
        } else {
            end[ends++] = (struct tunnel){.entry = a->address,
                                          .exit = chosen[k]->coa,
                                          .hop_limit = 64,
                                          .bid = chosen[k]->bid};
        }
    }
    if (ends)
        mobility_tunnel_all(a->node, p, end, ends);
}

/* To where its SA ends. */
static void send_to_client(struct agent *a, const struct addr *home, struct pkt *p)
{
    struct tunnel t = {.entry = a->address, .hop_limit = 64};
    if (key_exchange_address(a->node, home, &t.exit)) {
        mobility_tunnel_all(a->node, p, &t, 1);
    } else {
        icmp_send_error(a->node, p, ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
        node_drop(a->node, DROP_NO_SA, p);
    }
}

bool agent_takes(struct agent *a, struct pkt *p, bool own)
{
    struct addr dst = ip6_dst(p->at);
    struct addr src = ip6_src(p->at);
    const struct binding *chosen[MH_BIDS];
    struct bcache_entry *e = bcache_find(&a->cache, &dst);
    if (!e)
        return false;
    if (protection_client(a->node, &dst)) {
        send_to_client(a, &dst, p);
        return true;
    }
    if (e->state != BCACHE_BOUND)
        return false;
    struct flow_packet f = fragments_flow_of(a->node, p, false);
    struct visitor *v = e->visitor;
    const struct flow_rule *rule = v && v->decider ? flow_find(&v->decider->policy, &f) : NULL;
    unsigned n = bcache_choose(e, rule ? visitor_decide(v, e, rule, p) : NULL, chosen);
    if (n == 0)
        return false;
    if (own && node_owns(a->node, &src) && !chosen[0]->home) {
        send_own(a, p, &chosen[0]->coa);
        return true;
    }
    if (rule)
        visitor_note_choice(v, rule, chosen[0]->bid);
    send_to(a, chosen, n, p);
    return true;
}

/* ---- from one -------------------------------------------------------------------- */

static bool is_update(const struct agent *a, const uint8_t *packet, size_t n)
{
    struct ip6_chain c;
    struct addr dst = ip6_dst(packet);
    return addr_eq(&dst, &a->address) && !ip6_walk(packet, n, &c) && c.upper == IP6_MH &&
           n > c.upper_at + 2 && packet[c.upper_at + 2] == MH_BU;
}

unsigned agent_refuses_tunnel(struct agent *a, const struct pkt *p, const struct ip6 *outer,
                              const struct ip6_chain *c)
{
    const uint8_t *inner = p->at + c->upper_at;
    struct addr src = ip6_src(inner);
    const struct sa *sa = a->node->opened;
    const struct protected *who = sa ? sa->subject->owner : NULL;
    bool opened = sa != NULL;
    if (who && who->client)
        return DROP_NONE; /* IPsec does not look at it: RFC 4301 5.2 */
    int check = opened ? a->checks.esp : a->checks.plain;
    if (opened && is_update(a, inner, p->len - c->upper_at))
        return DROP_NONE; /* RFC 4877 5: it may be what makes the outer source known */
    if (bcache_source(&a->cache, &src, &outer->src, (enum bcache_source_check)check,
                      sim_now(a->node->sim)))
        return DROP_NONE;
    return opened ? DROP_ESP_SOURCE_NOT_BOUND : DROP_SOURCE_NOT_BOUND;
}
