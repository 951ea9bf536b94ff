#include "models/node/service.h"

#include <assert.h>
#include <string.h>

#include "models/node/path.h"
#include "models/node/protect.h"
#include "models/wire/mh.h"

/* What a node knows of the packet in work. */
struct work {
    struct iface *arrival;
    uint64_t heard; /* of that interface */
    struct sa *opened;
    bool from_tunnel;
    struct injection *injected;
    struct addr outer_src;
    struct addr outer_dst;
    uint16_t udp_src;
    uint16_t udp_dst;
};

enum { ENDS = MH_BIDS }; /* of one packet that is sealed once */

struct service {
    struct cpu_job job;
    struct node *node;
    struct pkt *p; /* seals: NULL, it is gone */
    struct work work;
    struct iface *in;    /* opens: where it came; NULL: seals */
    bool came_cut;       /* opens */
    unsigned reason;     /* opens: why it must die; DROP_NONE */
    struct sealing seal; /* seals */
    struct tunnel *ends; /* seals: the other ends of its tunnel, of a pool; NULL: there are none */
};

struct services {
    struct pool pool; /* struct service */
    struct pool ends; /* struct tunnel[ENDS] */
    uint64_t waiting;
    uint64_t room;
};

void service_init(struct node *n, const struct cpu_config *how, const struct cpu_profile *profile)
{
    struct services *all = arena_take(n->arena, sizeof *all);
    *all = (struct services){.pool = pool_of(n->arena, sizeof(struct service)),
                             .ends = pool_of(n->arena, ENDS * sizeof(struct tunnel)),
                             .room = (uint64_t)how->queue};
    n->cpu = cpu_new(n->sim, n->arena, n->index, (unsigned)how->cores, profile);
    n->services = all;
}

static struct work work_of(const struct node *n)
{
    return (struct work){.arrival = n->arrival,
                         .heard = n->arrival ? n->arrival->heard : 0,
                         .opened = n->opened,
                         .from_tunnel = n->from_tunnel,
                         .injected = n->injected,
                         .outer_src = n->outer_src,
                         .outer_dst = n->outer_dst,
                         .udp_src = n->udp_src,
                         .udp_dst = n->udp_dst};
}

static void resume(struct node *n, const struct work *work)
{
    n->arrival = work->arrival;
    if (n->arrival)
        n->arrival->heard = work->heard;
    n->opened = work->opened;
    n->from_tunnel = work->from_tunnel;
    n->injected = work->injected;
    n->outer_src = work->outer_src;
    n->outer_dst = work->outer_dst;
    n->udp_src = work->udp_src;
    n->udp_dst = work->udp_dst;
}

/* ---- begins ---------------------------------------------------------------------------------- */

static void seal(struct service *s)
{
    if (s->seal.sa->ended) {
        node_drop(s->node, DROP_NO_SA, s->p);
        s->p = NULL;
    } else if (!protect_seal_now(s->node, s->p, &s->seal)) {
        s->p = NULL;
    }
}

static void open(struct service *s)
{
    struct ip6 h;
    struct ip6_chain c;
    enum ip6_fault fault = ip6_read(s->p->at, s->p->len, &h);
    assert(!fault);
    fault = ip6_walk(s->p->at, s->p->len, &c);
    assert(!fault);
    c.fragment = s->came_cut;
    s->reason = protect_in(s->node, s->p, &h, &c);
}

/* Another packet may be in work, or even begun: a core was free when this one came. */
static sim_time begin(void *owner)
{
    struct service *s = owner;
    struct node *n = s->node;
    const struct work other = work_of(n);
    const sim_time others = protect_worked(n, 0);
    resume(n, &s->work);
    if (s->in) {
        open(s);
    } else {
        seal(s);
    }
    s->work = work_of(n);
    resume(n, &other);
    return protect_worked(n, others);
}

static sim_time begin_late(void *owner)
{
    const struct service *s = owner;
    s->node->services->waiting--;
    return begin(owner);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void give(struct service *s)
{
    struct services *all = s->node->services;
    if (s->ends)
        pool_give(&all->ends, s->ends);
    pool_give(&all->pool, s);
}

/* Where the tunnel ends as of now: key management may have been served meanwhile. */
static void find_ends(struct service *s)
{
    struct tunnel *t = &s->seal.tunnel;
    if (!t->sa)
        return;
    protect_end(t->sa, t);
    for (unsigned k = 0; k < t->n; k++)
        protect_end(t->sa, &s->ends[k]);
}

static void end(void *owner)
{
    struct service *s = owner;
    struct node *n = s->node;
    resume(n, &s->work);
    if (!s->in && s->p) {
        find_ends(s);
        s->seal.then(n, s->p, &s->seal);
    } else if (s->in && s->reason) {
        node_drop(n, (enum node_reason)s->reason, s->p);
    } else if (s->in) {
        path_in_opened(s->in, s->p, s->came_cut);
    }
    give(s);
}

static void drop(void *owner)
{
    struct service *s = owner;
    if (s->p)
        pkt_give(s->node->packets, s->p);
    give(s);
}

/* ---- arrives --------------------------------------------------------------------------------- */

/* NULL: there is no room, and p is gone. */
static struct service *take(struct node *n, struct pkt *p)
{
    struct services *all = n->services;
    bool waits = !cpu_is_idle(n->cpu);
    if (waits && all->waiting >= all->room) {
        node_drop(n, DROP_CPU_QUEUE, p);
        return NULL;
    }
    struct service *s = pool_take_raw(&all->pool);
    s->job =
        (struct cpu_job){.begin = waits ? begin_late : begin, .end = end, .drop = drop, .owner = s};
    s->node = n;
    s->p = p;
    s->in = NULL;
    s->ends = NULL;
    s->work = work_of(n);
    s->work.injected = NULL; /* not this packet's: it is met when it is sealed */
    all->waiting += waits;
    return s;
}

void service_seal(struct node *n, struct pkt *p, const struct sealing *how)
{
    struct service *s = take(n, p);
    if (!s)
        return;
    s->seal = *how;
    if (how->tunnel.n) {
        assert(how->tunnel.n <= ENDS);
        s->ends = pool_take_raw(&n->services->ends);
        memcpy(s->ends, how->tunnel.others, how->tunnel.n * sizeof *s->ends);
        s->seal.tunnel.others = s->ends;
    }
    cpu_add(n->cpu, &s->job);
}

void service_open(struct iface *i, struct pkt *p, bool came_cut)
{
    struct service *s = take(i->node, p);
    if (!s)
        return;
    s->in = i;
    s->came_cut = came_cut;
    s->reason = DROP_NONE;
    cpu_add(i->node->cpu, &s->job);
}

void service_release(struct node *n)
{
    if (n->cpu)
        cpu_release(n->cpu);
}
