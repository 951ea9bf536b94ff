#include "models/node/inject.h"

#include <assert.h>
#include <string.h>

#include "models/ipsec/spd.h"
#include "models/node/path.h"
#include "models/wire/mh.h"

const char *const inject_words[] = {"nothing",     "again", "foreign-source", "wrong-icv", "clear",
                                    "others-home", NULL};

enum { MH_AT_TYPE = 2, MH_AT_CHECKSUM = 4, HAO_AT_ADDRESS = 2 };

struct injection {
    struct node *node;
    struct inject_order how;
    bool done;
    const char *met; /* the policy whose packet it has */
    uint32_t spi;
    struct pkt *held; /* text of a clear copy, or what goes out again; NULL: nothing */
    uint8_t next;     /* protocol of that text */
    struct iface *out;
    struct addr next_hop;
    struct sim_timer timer;
    struct injection *other;
};

static void send_again(struct sim *sim, void *owner)
{
    struct injection *x = owner;
    struct pkt *p = x->held;
    (void)sim;
    x->held = NULL;
    path_out_on(x->out, &x->next_hop, p);
}

void inject_arm(struct node *n, const struct inject_order *how)
{
    struct injection *x = arena_take(n->arena, sizeof *x);
    struct injection **last = &n->injections;
    *x = (struct injection){.node = n, .how = *how};
    sim_timer_init(&x->timer, send_again, x);
    while (*last)
        last = &(*last)->other;
    *last = x;
}

void inject_release(struct node *n)
{
    for (struct injection *x = n->injections; x; x = x->other) {
        if (x->held)
            pkt_give(n->packets, x->held);
        x->held = NULL;
    }
}

static struct pkt *copy_of(const struct injection *x, const struct pkt *p)
{
    struct pkt *copy = pkt_copy(x->node->packets, p);
    copy->mark.flow = 0;
    copy->mark.injected = true;
    return copy;
}

/* Another's home address in the option, and the checksum that goes with it. */
static bool name_other_home(const struct injection *x, struct pkt *p)
{
    struct ip6_chain c;
    if (ip6_walk(p->at, p->len, &c) || !c.has_home || c.upper != IP6_MH ||
        p->len < c.upper_at + 8 || p->at[c.upper_at + MH_AT_TYPE] != MH_BU)
        return false;
    struct addr dst = ip6_dst(p->at);
    uint8_t *mh = p->at + c.upper_at;
    memcpy(p->at + c.home_at + HAO_AT_ADDRESS, x->how.home.b, sizeof x->how.home.b);
    mh[MH_AT_CHECKSUM] = mh[MH_AT_CHECKSUM + 1] = 0;
    uint16_t sum = ip6_checksum(&x->how.home, &dst, IP6_MH, mh, p->len - c.upper_at);
    mh[MH_AT_CHECKSUM] = (uint8_t)(sum >> 8);
    mh[MH_AT_CHECKSUM + 1] = (uint8_t)sum;
    p->mark.injected = true;
    return true;
}

/* The text that is about to be sealed, without what stands in front of it. */
static void keep_text(struct injection *x, const struct pkt *p, size_t at, uint8_t next)
{
    x->held = copy_of(x, p);
    pkt_strip(x->held, at);
    x->next = next;
}

static void begin(struct injection *x, const char *policy, uint32_t spi)
{
    x->done = true;
    x->met = policy;
    x->spi = spi;
    x->node->injected = x;
}

void inject_miss(struct node *n)
{
    struct injection *x = n->injected;
    n->injected = NULL;
    if (!x)
        return;
    x->done = false;
    if (x->held)
        pkt_give(n->packets, x->held);
    x->held = NULL;
}

static bool waits_for(const struct injection *x, const char *policy)
{
    return !x->done && (!x->how.policy || !strcmp(x->how.policy, policy));
}

void inject_at_seal(struct node *n, const struct sa *sa, struct pkt *p, size_t at, uint8_t next)
{
    for (struct injection *x = n->injections; x; x = x->other) {
        if (!waits_for(x, sa->entry->name) ||
            (x->how.kind == INJECT_OTHERS_HOME && !name_other_home(x, p)))
            continue;
        if (x->how.kind == INJECT_CLEAR)
            keep_text(x, p, at, next);
        begin(x, sa->entry->name, sa->spi);
        return;
    }
}

void inject_at_bypass(struct node *n, const struct spd_entry *policy)
{
    for (struct injection *x = n->injections; x; x = x->other) {
        bool can = x->how.kind == INJECT_AGAIN || x->how.kind == INJECT_FOREIGN_SOURCE;
        if (!can || !waits_for(x, policy->name))
            continue;
        begin(x, policy->name, 0);
        return;
    }
}

/* The headers of the sealed packet in front of its text. */
static struct pkt *put_headers(struct injection *x, const struct pkt *sealed)
{
    struct ip6_chain c;
    struct pkt *p = x->held;
    enum ip6_fault fault = ip6_walk(sealed->at, sealed->len, &c);
    assert(!fault && c.upper == IP6_ESP);
    x->held = NULL;
    memcpy(pkt_prepend(p, c.upper_at), sealed->at, c.upper_at);
    p->at[ip6_named_at(sealed->at, c.upper_at)] = x->next;
    ip6_set_length(p->at, p->len);
    return p;
}

static void put_source(const struct injection *x, struct pkt *p)
{
    if (!addr_unspecified(&x->how.source))
        memcpy(p->at + IP6_AT_SRC, x->how.source.b, sizeof x->how.source.b);
}

struct pkt *inject_on_way(struct node *n, struct pkt *p, struct iface *out,
                          const struct addr *next_hop)
{
    struct injection *x = n->injected;
    struct pkt *front = NULL;
    if (!x)
        return NULL;
    n->injected = NULL;
    NODE_EVENT(x->node, EV_INJECTED, field_text("what", inject_words[x->how.kind]),
               field_text("policy", x->met), field_int("spi", x->spi));
    switch (x->how.kind) {
    case INJECT_AGAIN:
        x->held = copy_of(x, p);
        x->out = out;
        x->next_hop = *next_hop;
        put_source(x, x->held);
        sim_arm_in(x->node->sim, &x->timer, x->how.after);
        break;
    case INJECT_FOREIGN_SOURCE:
        p->mark.injected = true;
        put_source(x, p);
        break;
    case INJECT_WRONG_ICV:
        front = copy_of(x, p);
        front->at[front->len - 1] ^= 1;
        break;
    case INJECT_CLEAR:
        front = put_headers(x, p);
        break;
    case INJECT_OTHERS_HOME:
    case INJECT_NOTHING:
        break;
    }
    if (front)
        put_source(x, front);
    return front;
}
