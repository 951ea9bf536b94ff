/* IKE SAs: the table of their states, what they are found by, and when they need time. */
#include <assert.h>

#include "models/ike/parts.h"

/* ---- states ---------------------------------------------------------------------------------- */

/* clang-format off */
static const char *const may_enter[IKE_STATES][IKE_STATES] = { /* from, to: why */
    [IKE_INIT_SENT]     = {[IKE_AUTH_SENT] = "RFC 7296 1.2",
                           [IKE_UP]        = "RFC 7296 2.18",
                           [IKE_GONE]      = "RFC 7296 2.4, 2.21.1"},
    [IKE_INIT_ANSWERED] = {[IKE_UP]        = "RFC 7296 1.2",
                           [IKE_CLOSED]    = "RFC 7296 2.21.2",
                           [IKE_GONE]      = "RFC 7296 2.21.2"},
    [IKE_AUTH_SENT]     = {[IKE_UP]        = "RFC 7296 1.2",
                           [IKE_GONE]      = "RFC 7296 2.21.2"},
    [IKE_UP]            = {[IKE_REPLACED]  = "RFC 7296 2.8",
                           [IKE_DELETING]  = "RFC 7296 1.4.1",
                           [IKE_CLOSED]    = "RFC 7296 1.4.1, 2.21.3",
                           [IKE_GONE]      = "RFC 7296 1.4.1, 2.4, 2.21.3"},
    [IKE_REPLACED]      = {[IKE_DELETING]  = "RFC 7296 2.8",
                           [IKE_CLOSED]    = "RFC 7296 2.8",
                           [IKE_GONE]      = "RFC 7296 1.4.1"},
    [IKE_DELETING]      = {[IKE_CLOSED]    = "RFC 7296 1.4.1",
                           [IKE_GONE]      = "RFC 7296 1.4.1"},
    [IKE_CLOSED]        = {[IKE_GONE]      = "RFC 7296 2.1"},
};
/* clang-format on */

static bool half_open(const struct ike_sa *sa)
{
    return sa->state == IKE_INIT_ANSWERED;
}

void ike_sa_enter(struct ike_sa *sa, enum ike_state to)
{
    assert(may_enter[sa->state][to]);
    sa->ike->half_open -= half_open(sa);
    sa->state = to;
}

/* ---- the set of them ------------------------------------------------------------------------- */

uint64_t ike_spi_i(const struct ike_sa *sa)
{
    return sa->initiator ? sa->own : sa->other;
}

uint64_t ike_spi_r(const struct ike_sa *sa)
{
    return sa->initiator ? sa->other : sa->own;
}

static uint64_t draw_spi(struct ike *k)
{
    uint64_t spi;
    do {
        spi = rng_u64(&k->streams.spi);
    } while (!spi || map_find(&k->by_spi, spi));
    return spi;
}

struct ike_sa *ike_sa_new(struct ike *k, struct ike_peer *p, bool initiator,
                          const struct ike_path *path, sim_time now)
{
    struct ike_sa *sa = pool_take(&k->sas);
    sa->ike = k;
    sa->peer = p;
    sa->serial = ++k->serials;
    sa->state = initiator ? IKE_INIT_SENT : IKE_INIT_ANSWERED;
    sa->initiator = initiator;
    sa->moves = initiator;
    sa->path = *path;
    sa->own = draw_spi(k);
    sa->peer_window = 1;
    sa->window = 1;
    sa->told_at = -1;
    sa->sent_at = now;
    sa->heard = now;
    sa->rekey_at = SIM_NEVER;
    sa->hard_at = SIM_NEVER;
    sa->gone_at = SIM_NEVER;
    sa->keepalive_at = SIM_NEVER;
    sa->half_open_until = initiator ? SIM_NEVER : now + k->how.timers.half_open;
    sa->before = k->last;
    *(k->last ? &k->last->next : &k->first) = sa;
    k->last = sa;
    k->count++;
    k->half_open += half_open(sa);
    if (p)
        p->sas++;
    map_put(&k->by_spi, sa->own, sa);
    sa->deadline = SIM_NEVER;
    ike_heap_put(k, sa);
    return sa;
}

struct ike_sa *ike_sa_find(const struct ike *k, uint64_t own)
{
    struct ike_sa *sa = map_find(&k->by_spi, own);
    return sa && ike_sa_lives(sa) ? sa : NULL;
}

bool ike_sa_lives(const struct ike_sa *sa)
{
    return sa->state < IKE_CLOSED;
}

void ike_sa_key(struct ike_sa *sa)
{
    struct ciphers *c = sa->ike->ciphers;
    sa->out = ike_sk_of(c, sa->suite.cipher, sa->initiator ? &sa->keys.i : &sa->keys.r);
    sa->in = ike_sk_of(c, sa->suite.cipher, sa->initiator ? &sa->keys.r : &sa->keys.i);
    sa->keyed = true;
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_KEYED, sa);
    a->suite = &sa->suite;
    a->keys = &sa->keys;
}

/* Lifetimes are local and never negotiated (2.8); the soft one has jitter, so that both ends do
 * not rekey at once. */
static void set_lifetimes(struct ike_sa *sa, sim_time now)
{
    const struct ike_lifetimes *l = &sa->peer->how->lifetimes;
    sim_time early = 0;
    if (l->ike_soft && l->jitter_ppb) {
        early = rng_uniform(&sa->ike->streams.jitter, 0,
                            l->ike_soft / 1000000000 * l->jitter_ppb +
                                l->ike_soft % 1000000000 * l->jitter_ppb / 1000000000);
    }
    sa->rekey_at = l->ike_soft ? now + l->ike_soft - early : SIM_NEVER;
    sa->hard_at = l->ike_hard ? now + l->ike_hard : SIM_NEVER;
}

void ike_sa_up(struct ike_sa *sa, uint64_t before, sim_time now)
{
    if (sa->state != IKE_UP)
        ike_sa_enter(sa, IKE_UP);
    sa->half_open_until = SIM_NEVER;
    set_lifetimes(sa, now);
    ike_sa_alive(sa, now);
    ike_keep_alive_from(sa, now);
    if (sa->ike->how.window > 1)
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_TELL,
                                                  .notify = IKE_N_SET_WINDOW_SIZE,
                                                  .value = (uint32_t)sa->ike->how.window});
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_UP, sa);
    a->before = before;
    a->suite = &sa->suite;
    a->keys = &sa->keys;
}

void ike_sa_alive(struct ike_sa *sa, sim_time now)
{
    sa->heard = now;
    sa->asked_about_silence = false;
}

static void unlink_sa(struct ike *k, struct ike_sa *sa)
{
    *(sa->before ? &sa->before->next : &k->first) = sa->next;
    *(sa->next ? &sa->next->before : &k->last) = sa->before;
    map_remove(&k->by_spi, sa->own);
    if (sa->first_hash && map_find(&k->by_first, sa->first_hash) == sa)
        map_remove(&k->by_first, sa->first_hash);
    ike_heap_remove(k, sa);
}

/* A new one that the peer made in its place inherits, though the own try comes to nothing. */
static void save_children(struct ike_sa *sa, enum ike_how how, sim_time now)
{
    struct ike_sa *rival = ike_rival_of(sa);
    if (!rival || how == IKE_HOW_CONTACT)
        return;
    if (how == IKE_HOW_DROPPED) {
        ike_sa_end(rival, how, 0, now);
    } else {
        ike_sa_inherit(sa, rival, now);
    }
}

static enum ike_how why(const struct ike_sa *sa, enum ike_how how)
{
    bool by_delete = how == IKE_HOW_DELETED || how == IKE_HOW_DELETED_BY_PEER ||
                     how == IKE_HOW_DEAD || how == IKE_HOW_REPLACED;
    if (!by_delete || !sa->heir)
        return how;
    return sa->redundant ? IKE_HOW_REDUNDANT : IKE_HOW_REPLACED;
}

/* Told as down; what is kept of it is for unlink_sa(). */
static void tell_end(struct ike_sa *sa, enum ike_how how, uint16_t notify, sim_time now)
{
    struct ike *k = sa->ike;
    save_children(sa, how, now);
    for (unsigned j = 0; j < IKE_WINDOW; j++)
        ike_request_clear(sa, &sa->request[j]);
    while (sa->children)
        ike_child_stop(sa->children, how);
    ike_lease_end(sa);
    struct ike_act *a = ike_new_act(k, IKE_ACT_DOWN, sa);
    a->how = why(sa, how);
    a->notify = notify;
    a->half_open = sa->state < IKE_UP;
    a->keys = sa->keyed ? &sa->keys : NULL;
    a->suite = sa->keyed ? &sa->suite : NULL;
    sa->todos = 0;
    k->count--;
    if (sa->peer)
        sa->peer->sas--;
}

void ike_sa_end(struct ike_sa *sa, enum ike_how how, uint16_t notify, sim_time now)
{
    struct ike *k = sa->ike;
    if (sa->state == IKE_GONE)
        return;
    if (sa->state != IKE_CLOSED)
        tell_end(sa, how, notify, now);
    ike_sa_enter(sa, IKE_GONE);
    unlink_sa(k, sa);
    sa->next = k->dead;
    k->dead = sa;
}

void ike_sa_close(struct ike_sa *sa, enum ike_how how, uint16_t notify, sim_time now)
{
    if (!ike_sa_lives(sa))
        return;
    tell_end(sa, how, notify, now);
    ike_sa_enter(sa, IKE_CLOSED);
    sa->gone_at = now + ike_patience(sa->ike);
    ike_sa_rearm(sa);
}

/* ---- another path ---------------------------------------------------------------------------- */

static void move_one(struct ike_sa *sa, const struct ike_path *to, sim_time now)
{
    sa->path = *to;
    sa->moved |= sa->state == IKE_AUTH_SENT;
    for (struct ike_child *c = sa->children; c; c = c->next)
        c->is.path = *to;
    if (sa->state == IKE_INIT_SENT && sa->request[0].task == IKE_TASK_INIT) {
        ike_init_moved(sa, now);
    } else {
        ike_repeat_all(sa, now);
    }
    ike_sa_rearm(sa);
}

void ike_sa_move(struct ike_sa *sa, const struct ike_path *to, sim_time now)
{
    sa->path = *to;
    (void)ike_new_act(sa->ike, IKE_ACT_MOVED, sa);
    move_one(sa, to, now);
    for (struct ike_sa *o = sa->peer && sa->peer->sas > 1 ? sa->ike->first : NULL; o; o = o->next) {
        if (o->peer == sa->peer && (o->heir == sa->own || o->rival_of == sa->own) &&
            ike_sa_lives(o))
            move_one(o, to, now);
    }
}
