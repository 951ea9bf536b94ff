#include "models/node/udp_esp.h"

#include <assert.h>
#include <string.h>

#include "models/node/key_exchange.h"
#include "models/wire/udp.h"

enum { SPI = 4 };

void udp_esp_put(struct node *n, struct pkt *p, const struct sa *sa, const struct addr *src,
                 const struct addr *dst)
{
    uint32_t esp = p->len;
    udp_write(pkt_prepend(p, UDP_HEADER), esp, src, dst, sa->local_port, sa->remote_port);
    key_exchange_sent(n, sa, src);
}

/* Four zeros are IKE's, and less than an SPI is not ESP: RFC 3948 2. */
static bool holds_esp(const uint8_t *bytes, size_t n)
{
    static const uint8_t marker[SPI] = {0};
    return n > SPI && memcmp(bytes, marker, sizeof marker) != 0;
}

bool udp_esp_take(struct node *n, struct pkt *p, struct ip6 *h, struct ip6_chain *c)
{
    struct udp u;
    n->udp_src = n->udp_dst = 0;
    if (c->upper != IP6_UDP || !n->keys || n->from_tunnel || c->has_home || c->has_rh2)
        return true;
    size_t at = c->upper_at;
    enum udp_fault fault = udp_read(&h->src, &h->dst, p->at + at, p->len - at, &u);
    if (fault) {
        node_drop(n, fault == UDP_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_MALFORMED, p);
        return false;
    }
    if (u.dst_port != IKE_NAT_PORT ||
        !holds_esp(p->at + at + UDP_HEADER, u.bytes - (size_t)UDP_HEADER))
        return true;
    n->udp_src = u.src_port;
    n->udp_dst = u.dst_port;
    p->len = (uint32_t)(at + u.bytes);
    p->at[ip6_named_at(p->at, at)] = IP6_ESP;
    memmove(p->at + UDP_HEADER, p->at, at);
    pkt_strip(p, UDP_HEADER);
    ip6_set_length(p->at, p->len);
    enum ip6_fault bad = ip6_read(p->at, p->len, h);
    assert(!bad);
    c->upper = IP6_ESP;
    return true;
}

void udp_esp_opened(struct node *n, const struct sa *sa, bool newest, const struct addr *from,
                    const struct addr *to)
{
    bool moved = sa->encapsulated && (!addr_eq(from, &sa->remote) || n->udp_src != sa->remote_port);
    if (n->udp_dst && newest && moved) {
        const struct ike_path path = {*to, *from, n->udp_dst, n->udp_src};
        key_exchange_seen(n, sa, &path);
    }
    n->udp_src = n->udp_dst = 0; /* what is inside came in no UDP */
}
