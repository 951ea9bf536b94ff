/* Whatever arrives at a mobile node and a home agent that have IPsec, sealed or not, whole or
 * mutilated: nobody falls over, and nothing is believed that its policy's SA did not protect.
 *
 * Input: an octet, which world; then a series of packets, each
 *     interface, flags, source, destination, next header, hop limit, length, SA, harm, bytes
 * an octet each, as in fuzz_world.h. SA: 0 leaves the packet as it is, else one of both ends' seals
 * it; above 127 in tunnel mode. Harm: 0 does none, else one bit changes, or the end is cut off. */
#include "models/ipsec/esp.h"
#include "models/node/protect.h"

#include "tests/fuzz/fuzz_world.h"

enum { HEAD = 9, WORLDS = 8, TUNNEL = 0x80 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const sets[WORLDS] = {
    "nodes.mn.ipsec={payload: tunnel}",
    "nodes.mn.ipsec={payload: none, tunnel_end_point: rewrite}",
    "nodes.mn.ipsec={selectors: mobility-header, payload: tunnel}",
    "nodes.mn.ipsec={selectors: everything, payload: tunnel, tunnel_end_point: sa-default, sa_default: last-bu}",
    "nodes.mn.ipsec={payload: tunnel, payload_sas: per-coa, anti_replay: {esn: true}}",
    "nodes.mn.ipsec={payload: tunnel, suite: aes128-cbc-sha256, anti_replay: {window: 0}}",
    "nodes.mn.ipsec={payload: tunnel, lifetime: {soft_bytes: 1 kB, hard_bytes: 2 kB}}",
    "nodes.mn.ipsec={selectors: everything, payload: tunnel, suite: chacha20-poly1305, sa_default: lowest-bid}",
};

/* Each with real ciphers and sized. */
static struct arena text_arena;
static struct scenario scenario[2 * WORLDS];

static const struct scenario *load_once(unsigned k)
{
    static struct complaints c;
    struct scenario *s = &scenario[k];
    struct yaml_node *root;
    const char *const set[] = {"expect=[]",
                               "flows={}",
                               "nodes.mn.decision={builtin: failover}",
                               "nodes.ha.source_check={plain: off}",
                               sets[k / 2],
                               k % 2 ? "general.crypto=sized" : "general.crypto=real"};
    if (!s->monami &&
        !scenario_load(SCENARIOS "/home-and-abroad.yaml", set, 6, &text_arena, s, &root, &c))
        abort();
    return s;
}

/* ---- what is believed ------------------------------------------------------------------------ */

static unsigned believed;

static void see_event(void *self, const struct tap_event *e)
{
    (void)self;
    believed += e->name == EV_BU_RECEIVED || e->name == EV_BA_RECEIVED;
}

/* Whether its SA is one for Binding Updates and their answers. */
static bool may_be_believed(const struct sa *sa)
{
    static const char *const names[] = {"bu", "mobility", "everything"};
    for (size_t k = 0; sa && k < sizeof names / sizeof *names; k++) {
        if (!strcmp(sa->entry->name, names[k]))
            return true;
    }
    return false;
}

/* ---- sealing
 * ------------------------------------------------------------------------------------- */

static struct sa *choose_sa(const struct world *w, unsigned number)
{
    const char *const ends[] = {"mn", "ha"};
    struct sa *found = NULL;
    for (int pass = 0; pass < 2; pass++) {
        unsigned n = 0;
        for (unsigned k = 0; k < 2; k++) {
            struct sa *sa = protection_ipsec(world_node(w, ends[k])->protection)->sad.first;
            for (; sa; sa = sa->newer) {
                if (sa->direction != SA_OUT)
                    continue;
                if (pass && n == number)
                    return sa;
                found = sa;
                n++;
            }
        }
        number = n ? number % n : 0;
    }
    return found;
}

/* In tunnel mode, or from the upper layer on where the chain can be walked. Answers whether it was
 * sealed. */
static bool seal(const struct world *w, const uint8_t *head, struct sa *sa, struct pkt *p)
{
    struct ip6_chain c;
    if (head[7] & TUNNEL) {
        struct addr src = address(w, head[2] / ADDRESSES);
        struct addr dst = address(w, head[3] / ADDRESSES);
        if (esp_seal(sa, p, 0, IP6_IP6))
            return false;
        path_add_header(p, &src, &dst, IP6_ESP, 64);
        return true;
    }
    if (p->len < IP6_HEADER || ip6_walk(p->at, p->len, &c))
        return false;
    size_t named_at = ip6_named_at(p->at, c.upper_at);
    if (esp_seal(sa, p, c.upper_at, c.upper))
        return false;
    p->at[named_at] = IP6_ESP;
    ip6_set_length(p->at, p->len);
    return true;
}

/* As it comes from a link: with all its headroom. */
static struct pkt *received(struct world *w, struct pkt *p)
{
    struct pkt *fresh = pkt_take(&w->packets);
    memcpy(pkt_append(fresh, p->len), p->at, p->len);
    pkt_give(&w->packets, p);
    return fresh;
}

static void harm(uint8_t how, struct pkt *p)
{
    if (!how || !p->len)
        return;
    if (how >= 0xf0) {
        uint32_t cut = how & 0xfu;
        p->len = p->len > IP6_HEADER + cut ? p->len - cut : p->len;
        if (p->len >= IP6_HEADER)
            ip6_set_length(p->at, p->len);
        return;
    }
    p->at[(size_t)how * p->len / 0xf0] ^= (uint8_t)(1 << how % 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct world w;
    struct tap tap = {.event = see_event};
    if (!size)
        return 0;
    unsigned which = data[0] % (2 * WORLDS);
    world_build(&w, load_once(which), &arena, 1, 0);
    sim_add_tap(w.sim, &tap);
    world_start(&w);
    (void)sim_run_until(w.sim, 15 * SIM_S);
    data++;
    size--;
    while (size >= HEAD) {
        size_t n = data[6];
        if (n > size - HEAD)
            n = size - HEAD;
        if (data[1] & LATER)
            (void)sim_run_until(w.sim, sim_now(w.sim) + SIM_S);
        struct pkt *p = received(&w, make(&w, data, data + HEAD, n));
        struct sa *sa = data[7] ? choose_sa(&w, data[7] & 0x7f) : NULL;
        if (sa && !seal(&w, data, sa, p))
            sa = NULL;
        p = received(&w, p);
        harm(data[8], p);
        unsigned before = believed;
        arrive(&w, data[0], p);
        if (believed > before && which % 2 == 0 && !may_be_believed(sa))
            abort();
        data += HEAD + n;
        size -= HEAD + n;
    }
    (void)sim_run_until(w.sim, sim_now(w.sim) + 10 * SIM_S);
    world_free(&w);
    arena_release(&arena);
    return 0;
}
