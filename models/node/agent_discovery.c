#include "models/node/agent_discovery.h"

#include <assert.h>

#include "models/node/path.h"
#include "models/wire/dhaad.h"
#include "sim/base/bytes.h"

enum { HOP_LIMIT = 64 };

void agent_discovery_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at)
{
    struct node *n = i->node;
    struct dhaad m;
    uint8_t type;
    enum icmp6_fault fault = icmp6_check(h, p->at + at, p->len - at, &type);
    if (!fault)
        fault = dhaad_read(p->at + at, p->len - at, &m);
    if (fault) {
        node_drop(n, fault == ICMP6_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_MALFORMED, p);
        return;
    }
    bool taken = false;
    if (n->agent && m.type == ICMP6_HAAD_REQUEST)
        taken = agent_asked(n->agent, h, &m);
    if (n->mobile && m.type == ICMP6_HAAD_REPLY)
        taken = mobile_told_agents(n->mobile, h, &m);
    if (taken) {
        pkt_give(n->packets, p);
    } else {
        node_drop(n, DROP_AGENT_DISCOVERY, p);
    }
}

void agent_discovery_send(struct node *n, const struct addr *src, const struct addr *dst,
                          const struct dhaad *m)
{
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    dhaad_write(&w, src, dst, m);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    path_add_header(p, src, dst, IP6_ICMP6, HOP_LIMIT);
    path_out_plain(n, p); /* past bindings, as all signalling */
}
