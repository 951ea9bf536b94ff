/* Protection on the way in: RFC 4301 5.2. */
#include <assert.h>

#include "models/ipsec/esp.h"
#include "models/node/cpu.h"
#include "models/node/cpu_profile.h"
#include "models/node/key_exchange.h"
#include "models/node/protect_parts.h"
#include "models/node/udp_esp.h"

static enum node_reason reason_of_fault(enum esp_fault fault)
{
    static const enum node_reason reasons[] = {
        [ESP_SHORT] = DROP_ESP_MALFORMED,   [ESP_REPLAY] = DROP_REPLAY,
        [ESP_TOO_OLD] = DROP_TOO_OLD,       [ESP_ICV] = DROP_ICV,
        [ESP_PADDING] = DROP_ESP_MALFORMED, [ESP_DUMMY] = DROP_DUMMY,
    };
    return reasons[fault];
}

/* ESP at c->upper_at becomes what it held. Answers 0 or the reason why p dies. */
static unsigned open_one(struct node *n, struct pkt *p, struct ip6_chain *c)
{
    uint32_t spi;
    uint8_t next;
    size_t at = c->upper_at;
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    bool named = esp_spi(p->at + at, p->len - at, &spi);
    struct sa *sa = named ? ipsec_find(&n->protection->ipsec, spi) : NULL;
    if (!sa) {
        if (named)
            key_exchange_unknown(n, &src, spi);
        return DROP_NO_SA;
    }
    uint64_t top = sa->replay.top;
    size_t text = esp_text_bytes(sa->suite, p->len - at);
    enum esp_fault fault = esp_open(sa, p, at, &next);
    if (n->cpu && fault != ESP_SHORT && fault != ESP_REPLAY && fault != ESP_TOO_OLD) {
        n->protection->worked += cpu_cost_of_open(cpu_profile_of(n->cpu), sa->suite, text);
    }
    if (fault)
        return reason_of_fault(fault);
    tap_opened(n->sim, p);
    n->opened = sa;
    udp_esp_opened(n, sa, sa->replay.top > top, &src, &dst);
    p->at[ip6_named_at(p->at, at)] = next;
    ip6_set_length(p->at, p->len);
    if (ip6_walk(p->at, p->len, c))
        return DROP_MALFORMED;
    protect_used(n, sa);
    return 0;
}

static bool holds_packet(const struct pkt *p, const struct ip6_chain *c)
{
    return c->upper == IP6_IP6 && p->len >= c->upper_at + IP6_HEADER;
}

/* The SA that protected p is one for such packets: RFC 4301 5.2 step 4. */
static enum ipsec_verdict suits(struct node *n, const struct pkt *p, const struct ip6_chain *c)
{
    struct sa *sa = n->opened;
    if (sa->mode == SA_TUNNEL && !holds_packet(p, c)) {
        sa->count.selector++;
        return IPSEC_SELECTOR;
    }
    struct traffic t = sa->mode == SA_TUNNEL ? protect_traffic_inside(n, p->at + c->upper_at,
                                                                      p->len - c->upper_at, false)
                                             : protect_traffic(n, p->at, p->len, c, false);
    return ipsec_opened(sa, &t);
}

/* What no SA has been held against yet. */
static enum ipsec_verdict came_clear(struct node *n, const struct pkt *p, const struct ip6_chain *c)
{
    struct traffic t = holds_packet(p, c) ? protect_traffic_inside(n, p->at + c->upper_at,
                                                                   p->len - c->upper_at, false)
                                          : protect_traffic(n, p->at, p->len, c, false);
    return ipsec_clear(&n->protection->ipsec, &t);
}

/* It came out of a tunnel in fragments, whose ports and types nobody has seen before. */
static enum ipsec_verdict came_in_pieces(struct node *n, const struct pkt *p,
                                         const struct ip6_chain *c)
{
    struct traffic t = protect_traffic(n, p->at, p->len, c, false);
    t.tunnel = true;
    return n->opened ? ipsec_opened(n->opened, &t) : ipsec_clear(&n->protection->ipsec, &t);
}

/* p has been opened if `unsealed`, by n->opened; what is inside a tunnel was held against policies
 * when that was, save what stands in yet another one. */
static enum ipsec_verdict judge(struct node *n, const struct pkt *p, const struct ip6_chain *c,
                                bool unsealed)
{
    if (!unsealed && n->from_tunnel && c->fragment) {
        enum ipsec_verdict v = came_in_pieces(n, p, c);
        if (v != IPSEC_PROTECT && v != IPSEC_BYPASS)
            return v;
    }
    if (holds_packet(p, c) ? !unsealed || n->opened->mode != SA_TUNNEL
                           : !unsealed && !n->from_tunnel)
        return came_clear(n, p, c);
    return IPSEC_PROTECT;
}

unsigned protect_in(struct node *n, struct pkt *p, struct ip6 *h, struct ip6_chain *c)
{
    bool cut = c->fragment;
    bool unsealed = c->upper == IP6_ESP;
    enum ipsec_verdict v = IPSEC_PROTECT;
    while (c->upper == IP6_ESP && v == IPSEC_PROTECT) {
        unsigned reason = open_one(n, p, c);
        if (reason)
            return reason;
        v = suits(n, p, c);
        enum ip6_fault fault = ip6_read(p->at, p->len, h);
        assert(!fault);
    }
    c->fragment = cut;
    if (v == IPSEC_PROTECT)
        v = judge(n, p, c, unsealed);
    return v == IPSEC_PROTECT || v == IPSEC_BYPASS ? (unsigned)DROP_NONE
                                                   : (unsigned)protect_reason(v);
}

bool protect_authorises(const struct node *n, const struct addr *home)
{
    const struct protected *who = n->opened ? n->opened->subject->owner : NULL;
    return !who || pad_allows(&n->protection->ipsec.pad, who->identity, home);
}
