#include "models/ike/ike.h"

#include <assert.h>
#include <string.h>

#include "models/ike/parts.h"

const char *ike_task_name(enum ike_task task)
{
    static const char *const names[] = {
#define X(id, name) name,
        IKE_TASKS(X)
#undef X
    };
    return names[task];
}

const char *ike_how_name(enum ike_how how)
{
    static const char *const names[] = {
#define X(id, name) name,
        IKE_HOWS(X)
#undef X
    };
    return names[how];
}

/* ---- making ---------------------------------------------------------------------------------- */

static struct pool texts(struct arena *a, size_t room)
{
    return pool_of(a, sizeof(struct ike_text) + room);
}

struct ike *ike_new(struct arena *a, struct ciphers *c, const struct ike_config *how,
                    const struct ike_streams *streams)
{
    struct ike *k = arena_take(a, sizeof *k);
    k->arena = a;
    k->ciphers = c;
    k->how = *how;
    if (k->how.window > IKE_WINDOW)
        k->how.window = IKE_WINDOW;
    k->streams = *streams;
    k->secret_since = -1;
    k->told_spi_at = -1;
    map_init(&k->by_spi, a);
    map_init(&k->by_first, a);
    map_init(&k->by_child, a);
    map_init(&k->by_identity, a);
    k->leases = arena_take(a, (how->pool_size + 1) * sizeof *k->leases);
    k->sas = pool_of(a, sizeof(struct ike_sa));
    k->children = pool_of(a, sizeof(struct ike_child));
    k->small = texts(a, IKE_SMALL);
    k->large = texts(a, IKE_MESSAGE_MAX);
    k->pieces = pool_of(a, sizeof(struct ike_pieces));
    return k;
}

static uint64_t identity_hash(uint8_t type, const uint8_t *data, size_t n)
{
    uint64_t h = 0xcbf29ce484222325U ^ type; /* FNV-1a */
    for (size_t k = 0; k < n; k++)
        h = (h ^ data[k]) * 0x100000001b3U;
    return h;
}

/* Each list once. */
static void note_offers(struct ike *k, const struct ike_peer_config *how)
{
    for (unsigned j = 0; j < k->offers; j++) {
        if (k->offer[j]->offers == how->offers &&
            !memcmp(k->offer[j]->offer, how->offer, sizeof how->offer))
            return;
    }
    if (k->offers == k->offer_room) {
        unsigned room = k->offer_room ? 2 * k->offer_room : 4;
        const struct ike_peer_config **more =
            arena_take(k->arena, room * sizeof(const struct ike_peer_config *));
        for (unsigned j = 0; j < k->offers; j++)
            more[j] = k->offer[j];
        k->offer = more;
        k->offer_room = room;
    }
    k->offer[k->offers++] = how;
}

struct ike_peer *ike_add_peer(struct ike *k, const struct ike_peer_config *how)
{
    struct ike_peer *p = arena_take(k->arena, sizeof *p);
    uint64_t h = identity_hash(how->peer.type, how->peer.data, how->peer.bytes);
    p->how = how;
    p->next = map_find(&k->by_identity, h);
    map_put(&k->by_identity, h, p);
    p->older = k->peers;
    k->peers = p;
    note_offers(k, how);
    return p;
}

const struct ike_peer_config *ike_peer_config(const struct ike_peer *p)
{
    return p->how;
}

bool ike_identity_is(const struct ike_identity *a, const struct ike_id *b)
{
    return a->type == b->type && a->bytes == b->bytes && !memcmp(a->data, b->data, b->bytes);
}

struct ike_peer *ike_peer_by_identity(const struct ike *k, const struct ike_id *id)
{
    struct ike_peer *p = map_find(&k->by_identity, identity_hash(id->type, id->data, id->bytes));
    while (p && !ike_identity_is(&p->how->peer, id))
        p = p->next;
    return p;
}

void ike_reserve(struct ike *k, uint32_t spi)
{
    if (!map_find(&k->by_child, spi))
        map_put(&k->by_child, spi, k->taken);
}

const struct ike_work *ike_work(const struct ike *k)
{
    return &k->work;
}

/* ---- acts ------------------------------------------------------------------------------------ */

/* What ended with the event before is given back now that its acts are done. */
void ike_begin_event(struct ike *k, sim_time now)
{
    k->now = now;
    assert(k->acts_done == k->acts); /* the owner has done them all */
    k->acts = 0;
    k->acts_done = 0;
    for (struct ike_child *c; (c = k->dead_children);) {
        k->dead_children = c->next;
        pool_give(&k->children, c);
    }
    for (struct ike_sa *sa; (sa = k->dead);) {
        k->dead = sa->next;
        ike_text_give(&sa->first_own);
        ike_text_give(&sa->first_other);
        ike_forget_pieces(sa, SIM_NEVER);
        for (unsigned j = 0; j < IKE_WINDOW; j++) {
            ike_text_give(&sa->answer[j]);
            ike_text_give(&sa->request[j].text);
        }
        pool_give(&k->sas, sa);
    }
}

struct ike_act *ike_new_act(struct ike *k, enum ike_act_kind kind, struct ike_sa *sa)
{
    if (k->acts == k->act_room) {
        size_t room = k->act_room ? 2 * k->act_room : 32;
        struct ike_act *more = arena_take(k->arena, room * sizeof *more);
        if (k->acts)
            memcpy(more, k->act, k->acts * sizeof *more);
        k->act = more;
        k->act_room = room;
    }
    struct ike_act *a = &k->act[k->acts++];
    *a = (struct ike_act){.kind = kind};
    if (sa) {
        a->peer = sa->peer;
        a->sa = sa->own;
        a->path = sa->path;
        a->spi_i = ike_spi_i(sa);
        a->spi_r = ike_spi_r(sa);
        a->initiator = sa->initiator;
    }
    return a;
}

bool ike_act(struct ike *k, struct ike_act *out)
{
    if (k->acts_done == k->acts)
        return false;
    *out = k->act[k->acts_done++];
    return true;
}

void ike_refuse(struct ike *k, struct ike_sa *sa, const struct ike_datagram *d, enum ike_how how,
                enum ike_fault fault)
{
    struct ike_act *a = ike_new_act(k, IKE_ACT_REFUSED, sa);
    a->path = d->path;
    a->how = how;
    a->fault = fault;
}

void ike_tell_child(struct ike_child *c, enum ike_act_kind kind, enum ike_how how)
{
    if (c->hidden)
        return;
    struct ike_act *a = ike_new_act(c->sa->ike, kind, c->sa);
    a->child = &c->is;
    a->how = how;
}

/* ---- chance ---------------------------------------------------------------------------------- */

void ike_draw_bytes(struct rng *r, void *out, size_t n)
{
    uint8_t *at = out;
    for (size_t j = 0; j < n; j++)
        at[j] = (uint8_t)rng_u32(r);
}

/* Of an inbound Child SA; none comes twice in a run, so that a trace's keys are found by it. */
uint32_t ike_draw_spi(struct ike *k)
{
    uint32_t spi;
    do {
        spi = rng_u32(&k->streams.spi);
    } while (spi < SA_SPI_MIN || map_find(&k->by_child, spi));
    return spi;
}

struct ike_nonce ike_draw_nonce(struct ike *k)
{
    struct ike_nonce n = {.n = IKE_OWN_NONCE};
    ike_draw_bytes(&k->streams.nonce, n.bytes, n.n);
    return n;
}

/* ---- time ------------------------------------------------------------------------------------ */

sim_time ike_next(const struct ike *k)
{
    return k->heaped ? k->heap[0]->deadline : SIM_NEVER;
}

void ike_tick(struct ike *k, sim_time now)
{
    ike_begin_event(k, now);
    while (k->heaped && k->heap[0]->deadline <= now) {
        struct ike_sa *sa = k->heap[0];
        sim_time was = sa->deadline;
        ike_sa_tick(sa, now);
        assert(sa->state == IKE_GONE || sa->deadline > was || sa->deadline > now);
    }
}

/* ---- what there is --------------------------------------------------------------------------- */

bool ike_is_up(const struct ike *k, uint64_t own)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    return sa && sa->state == IKE_UP;
}

bool ike_behind_nat(const struct ike *k, uint64_t own, bool peer)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    return sa && (peer ? sa->nat_there : sa->nat_here);
}

uint64_t ike_sa_of_child(const struct ike *k, uint32_t spi_in)
{
    const struct ike_child *c = ike_child_find(k, spi_in);
    return c ? c->sa->own : 0;
}

struct ike_path ike_path_of(const struct ike *k, uint64_t own)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    return sa ? sa->path : (struct ike_path){.local_port = 0};
}

bool ike_speaks_mobike(const struct ike *k, uint64_t own)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    return sa && sa->mobike;
}

unsigned ike_half_open(const struct ike *k)
{
    return k->half_open;
}

unsigned ike_sas(const struct ike *k)
{
    return k->count;
}

unsigned ike_children(const struct ike *k, uint64_t own)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    return sa ? ike_child_count(sa) : 0;
}

bool ike_busy(const struct ike *k, uint64_t own)
{
    const struct ike_sa *sa = ike_sa_find(k, own);
    bool busy = sa && sa->todos;
    for (unsigned j = 0; sa && j < IKE_WINDOW; j++)
        busy |= sa->request[j].task != IKE_TASK_NONE;
    return busy;
}
