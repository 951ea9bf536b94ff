/* What the owner wishes for: IKE SAs, Child SAs, other addresses. */
#include "models/ike/parts.h"

/* ---- IKE SAs --------------------------------------------------------------------------------- */

static struct ike_sa *live_sa(const struct ike *k, const struct ike_peer *p, bool up)
{
    struct ike_sa *found = NULL;
    for (struct ike_sa *sa = p->sas ? k->first : NULL; sa; sa = sa->next) {
        bool fits = (up ? sa->state == IKE_UP : sa->state <= IKE_UP) && !sa->rival_of;
        if (sa->peer == p && fits && !(found && found->state == IKE_UP && sa->state != IKE_UP))
            found = sa; /* the newest that is up, else the newest */
    }
    return found;
}

uint64_t ike_sa_of(const struct ike *k, const struct ike_peer *p)
{
    const struct ike_sa *sa = live_sa(k, p, true);
    return sa ? sa->own : 0;
}

uint64_t ike_start(struct ike *k, struct ike_peer *p, const struct addr *local,
                   const struct addr *remote, sim_time now)
{
    struct ike_sa *there = live_sa(k, p, false);
    return there ? there->own : ike_start_anew(k, p, local, remote, now);
}

uint64_t ike_start_anew(struct ike *k, struct ike_peer *p, const struct addr *local,
                        const struct addr *remote, sim_time now)
{
    ike_begin_event(k, now);
    const struct ike_path path = {*local, *remote, IKE_PORT, IKE_PORT};
    struct ike_sa *sa = ike_sa_new(k, p, true, &path, now);
    ike_init_begin(sa, now);
    ike_sa_rearm(sa);
    return sa->own;
}

/* What a wish is about; after it ike_sa_rearm(). */
static struct ike_sa *begin_wish(struct ike *k, uint64_t own, sim_time now)
{
    ike_begin_event(k, now);
    return ike_sa_find(k, own);
}

static void end_wish(struct ike_sa *sa, sim_time now)
{
    ike_proceed(sa, now);
    ike_sa_rearm(sa);
}

/* Or on its way. */
static bool is_wanted(const struct ike_sa *sa, unsigned policy, unsigned number)
{
    bool wanted = false;
    for (unsigned j = 0; j < sa->todos; j++) {
        const struct ike_todo *t = &sa->todo[j];
        wanted |= t->task == IKE_TASK_CHILD && t->policy == policy && t->number == number;
    }
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        const struct ike_child *c =
            sa->request[j].task == IKE_TASK_REKEY_CHILD ? NULL : sa->request[j].made;
        wanted |= c && c->policy == policy && c->is.number == number;
    }
    return wanted;
}

void ike_want(struct ike *k, struct ike_peer *p, unsigned policy, unsigned number, sim_time now)
{
    ike_begin_event(k, now);
    struct ike_sa *sa = live_sa(k, p, false);
    if (!sa || ike_child_of(sa, policy, number) || is_wanted(sa, policy, number))
        return;
    (void)ike_todo_add(
        sa, &(struct ike_todo){.task = IKE_TASK_CHILD, .policy = policy, .number = number});
    end_wish(sa, now);
}

void ike_use_address(struct ike *k, uint64_t own, const struct addr *home, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->state != IKE_UP)
        return;
    sa->assigned = *home;
    end_wish(sa, now);
}

void ike_want_on(struct ike *k, uint64_t own, unsigned policy, unsigned number, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->state > IKE_UP || ike_child_of(sa, policy, number) ||
        is_wanted(sa, policy, number))
        return;
    (void)ike_todo_add(
        sa, &(struct ike_todo){.task = IKE_TASK_CHILD, .policy = policy, .number = number});
    end_wish(sa, now);
}

static void wish_for_child(struct ike *k, uint32_t spi_in, enum ike_task task, sim_time now)
{
    ike_begin_event(k, now);
    struct ike_child *c = ike_child_find(k, spi_in);
    if (!c || c->state != IKE_CHILD_UP)
        return;
    struct ike_sa *sa = c->sa;
    (void)ike_todo_add(
        sa, &(struct ike_todo){
                .task = task, .policy = c->policy, .number = c->is.number, .spi = spi_in});
    end_wish(sa, now);
}

void ike_child_soft(struct ike *k, uint32_t spi_in, sim_time now)
{
    wish_for_child(k, spi_in, IKE_TASK_REKEY_CHILD, now);
}

void ike_delete_child(struct ike *k, uint32_t spi_in, sim_time now)
{
    wish_for_child(k, spi_in, IKE_TASK_DELETE_CHILD, now);
}

/* It must not be used any more, whatever is under way about it. */
void ike_child_hard(struct ike *k, uint32_t spi_in, sim_time now)
{
    ike_begin_event(k, now);
    struct ike_child *c = ike_child_find(k, spi_in);
    if (!c || c->state != IKE_CHILD_UP)
        return;
    struct ike_sa *sa = c->sa;
    ike_child_tell_end(c, IKE_HOW_LIFETIME);
    c->state = IKE_CHILD_REPLACED;
    ike_child_delete_later(c, IKE_HOW_LIFETIME);
    end_wish(sa, now);
}

static void wish_for(struct ike *k, uint64_t own, enum ike_task task, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->state != IKE_UP)
        return;
    (void)ike_todo_add(sa, &(struct ike_todo){.task = task});
    end_wish(sa, now);
}

void ike_rekey(struct ike *k, uint64_t own, sim_time now)
{
    wish_for(k, own, IKE_TASK_REKEY_IKE, now);
}

void ike_delete(struct ike *k, uint64_t own, sim_time now)
{
    wish_for(k, own, IKE_TASK_DELETE_IKE, now);
}

void ike_probe(struct ike *k, uint64_t own, sim_time now)
{
    wish_for(k, own, IKE_TASK_LIVENESS, now);
}

void ike_tell_invalid_spi(struct ike *k, uint64_t own, uint32_t spi, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->state != IKE_UP || (sa->told_at >= 0 && now < sa->told_at + SIM_S))
        return;
    sa->told_at = now;
    (void)ike_todo_add(
        sa, &(struct ike_todo){.task = IKE_TASK_TELL, .notify = IKE_N_INVALID_SPI, .value = spi});
    end_wish(sa, now);
}

void ike_sent(struct ike *k, uint64_t own, sim_time at, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->keepalive_at == SIM_NEVER)
        return;
    sa->sent_at = at;
    sa->keepalive_at = at + k->how.timers.keepalive;
    ike_sa_rearm(sa);
}

void ike_drop(struct ike *k, uint64_t own, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (sa)
        ike_sa_end(sa, IKE_HOW_DROPPED, 0, now);
}

void ike_retire(struct ike *k, uint64_t own, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || sa->state != IKE_UP)
        return;
    struct ike_sa *rival = ike_rival_of(sa);
    if (rival) /* what the peer made in its place is in nobody's */
        ike_sa_end(rival, IKE_HOW_DROPPED, 0, now);
    for (unsigned j = 0; j < IKE_WINDOW; j++)
        ike_request_clear(sa, &sa->request[j]);
    sa->todos = 0;
    for (struct ike_child *c = sa->children; c; c = c->next)
        ike_child_tell_end(c, IKE_HOW_REPLACED);
    ike_sa_enter(sa, IKE_REPLACED);
    sa->rekey_at = SIM_NEVER;
    sa->gone_at = now + k->how.timers.linger;
    ike_sa_rearm(sa);
}

void ike_heard(struct ike *k, uint64_t own, sim_time at, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || !sa->peer)
        return;
    if (at > sa->heard)
        sa->heard = at;
    sa->asked_about_silence = sa->heard + sa->peer->how->dead_after <= now;
    ike_sa_rearm(sa);
}

void ike_child_used(struct ike *k, uint32_t spi_in, sim_time now)
{
    ike_begin_event(k, now);
    struct ike_child *c = ike_child_find(k, spi_in);
    if (c && c->state == IKE_CHILD_UP && c->waits_to_send) {
        c->waits_to_send = false;
        c->is.sends = true;
        ike_tell_child(c, IKE_ACT_SENDS, IKE_HOW_REPLACED);
    }
}

void ike_child_seen(struct ike *k, uint32_t spi_in, const struct ike_path *path, sim_time now)
{
    ike_begin_event(k, now);
    const struct ike_child *c = ike_child_find(k, spi_in);
    if (c)
        ike_follow(c->sa, path, now);
}

void ike_move(struct ike *k, uint64_t own, const struct addr *local, const struct addr *remote,
              sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || (addr_eq(&sa->path.local, local) && addr_eq(&sa->path.remote, remote)))
        return;
    const struct ike_path to = {*local, *remote, sa->path.local_port, sa->path.remote_port};
    ike_sa_move(sa, &to, now);
}

/* The peer rekeyed, and may not have the answer: then it knows the old one alone, and asks again
 * where this node is not any more. */
static void update_on_old(const struct ike_sa *sa, sim_time now)
{
    for (struct ike_sa *o = sa->peer->sas > 1 ? sa->ike->first : NULL; o; o = o->next) {
        if (o->heir != sa->own || o->state != IKE_REPLACED || o->redundant)
            continue;
        (void)ike_todo_add(o, &(struct ike_todo){.task = IKE_TASK_UPDATE_ADDRESSES});
        end_wish(o, now);
    }
}

void ike_update_addresses(struct ike *k, uint64_t own, const struct addr *local, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || !sa->mobike || !sa->moves || sa->state > IKE_UP)
        return;
    struct ike_path to = sa->path;
    to.local = *local;
    ike_sa_move(sa, &to, now); /* RFC 4555 3.5: outstanding requests go on from there */
    (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_UPDATE_ADDRESSES});
    end_wish(sa, now);
    update_on_old(sa, now);
}

void ike_tell_addresses(struct ike *k, uint64_t own, const struct addr *further, unsigned n,
                        sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || !sa->mobike || sa->state != IKE_UP)
        return;
    sa->furthers = n < IKE_ADDRESSES ? n : IKE_ADDRESSES;
    for (unsigned j = 0; j < sa->furthers; j++)
        sa->further[j] = further[j];
    (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_ADDITIONAL_ADDRESSES});
    end_wish(sa, now);
}

void ike_accept_address(struct ike *k, uint64_t own, const struct addr *remote, sim_time now)
{
    struct ike_sa *sa = begin_wish(k, own, now);
    if (!sa || !sa->has_pending || !addr_eq(&sa->pending.remote, remote))
        return;
    ike_take_address(sa, now);
    end_wish(sa, now);
}
