/* When IKE SAs need time, and what they do then. */
#include <string.h>

#include "models/ike/parts.h"

/* ---- deadlines ------------------------------------------------------------------------------- */

static bool sooner(const struct ike_sa *a, const struct ike_sa *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->serial < b->serial;
}

static void put_at(struct ike *k, size_t at, struct ike_sa *sa)
{
    k->heap[at] = sa;
    sa->slot = at;
}

static void sift(struct ike *k, size_t at)
{
    struct ike_sa *sa = k->heap[at];
    while (at && sooner(sa, k->heap[(at - 1) / 2])) {
        put_at(k, at, k->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (size_t child; (child = 2 * at + 1) < k->heaped; at = child) {
        if (child + 1 < k->heaped && sooner(k->heap[child + 1], k->heap[child]))
            child++;
        if (!sooner(k->heap[child], sa))
            break;
        put_at(k, at, k->heap[child]);
    }
    put_at(k, at, sa);
}

void ike_heap_put(struct ike *k, struct ike_sa *sa)
{
    if (k->heaped == k->heap_room) {
        size_t room = k->heap_room ? 2 * k->heap_room : 16;
        struct ike_sa **more = arena_take(k->arena, room * sizeof(struct ike_sa *));
        if (k->heaped)
            memcpy(more, k->heap, k->heaped * sizeof(struct ike_sa *));
        k->heap = more;
        k->heap_room = room;
    }
    put_at(k, k->heaped++, sa);
    sift(k, sa->slot);
}

void ike_heap_remove(struct ike *k, struct ike_sa *sa)
{
    size_t at = sa->slot;
    struct ike_sa *last = k->heap[--k->heaped];
    if (last != sa) {
        put_at(k, at, last);
        sift(k, at);
    }
}

static void no_later(sim_time *deadline, sim_time at)
{
    if (at < *deadline)
        *deadline = at;
}

void ike_sa_rearm(struct ike_sa *sa)
{
    if (sa->state == IKE_GONE)
        return;
    sim_time at = SIM_NEVER;
    if (sa->state == IKE_CLOSED) {
        sa->deadline = sa->gone_at;
        sift(sa->ike, sa->slot);
        return;
    }
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        if (sa->request[j].task != IKE_TASK_NONE)
            no_later(&at, sa->request[j].due);
    }
    for (unsigned j = 0; j < sa->todos; j++) {
        if (sa->todo[j].after)
            no_later(&at, sa->todo[j].after);
    }
    for (const struct ike_child *c = sa->children; c; c = c->next)
        no_later(&at, c->forget_at);
    no_later(&at, sa->rekey_at);
    no_later(&at, sa->hard_at);
    no_later(&at, sa->half_open_until);
    no_later(&at, sa->gone_at);
    no_later(&at, sa->keepalive_at);
    no_later(&at, ike_pieces_until(sa));
    if (sa->state == IKE_UP && sa->peer->how->dead_after && !sa->asked_about_silence)
        no_later(&at, sa->heard + sa->peer->how->dead_after);
    sa->deadline = at;
    sift(sa->ike, sa->slot);
}

/* What begins because of the time alone: otherwise nobody could tell why. */
void ike_tell_due(struct ike_sa *sa, enum ike_task task, enum ike_how how)
{
    if (!sa->ike->how.exchanges_are_told)
        return;
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_DUE, sa);
    a->news.task = task;
    a->how = how;
}

/* ---- not now --------------------------------------------------------------------------------- */

/* Of what is to be rekeyed; SIM_NEVER: none. */
static sim_time hard_limit(const struct ike_sa *sa, const struct ike_todo *t)
{
    if (t->task == IKE_TASK_REKEY_IKE)
        return sa->hard_at;
    const struct ike_child *c =
        t->task == IKE_TASK_REKEY_CHILD ? ike_child_find(sa->ike, t->spi) : NULL;
    return c ? c->hard_at : SIM_NEVER;
}

sim_time ike_try_again_at(struct ike_sa *sa, const struct ike_todo *t, sim_time now)
{
    sim_time wait = sa->ike->how.timers.try_again;
    sim_time left = hard_limit(sa, t) - now;
    if (wait > left / 8) /* up to twice that is waited */
        wait = left > 0 ? left / 8 : 0;
    return now + wait + rng_uniform(&sa->ike->streams.jitter, 0, wait) + 1;
}

/* What the peer has no time for during several minutes it will not do any more (2.25), and an IKE
 * SA that is not rekeyed must not go on (2.8). */
void ike_put_off(struct ike_sa *sa, const struct ike_todo *t, enum ike_how how, uint16_t notify,
                 sim_time now)
{
    static const sim_time several_minutes = 300 * SIM_S;
    struct ike_todo again = *t;
    if (!again.since)
        again.since = now;
    again.after = ike_try_again_at(sa, t, now);
    if (now - again.since >= several_minutes)
        again = (struct ike_todo){
            .task = IKE_TASK_DELETE_IKE, .notify = notify, .value = (uint32_t)how};
    (void)ike_todo_add(sa, &again);
}

void ike_not_rekeyed(struct ike_sa *sa, const struct ike_todo *t, enum ike_how how, uint16_t notify,
                     sim_time now)
{
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_NOT_REKEYED, sa);
    a->how = how;
    a->notify = notify;
    ike_put_off(sa, t, how, notify, now);
}

/* ---- what time does -------------------------------------------------------------------------- */

static void forget_children(struct ike_sa *sa, sim_time now)
{
    for (struct ike_child *c = sa->children, *next; c; c = next) {
        next = c->next;
        if (c->forget_at <= now)
            ike_child_forget(c);
    }
}

/* Its Child SAs must not be used any more; the peer is told, if the window lets it. */
static void end_of_life(struct ike_sa *sa, sim_time now)
{
    sa->hard_at = SIM_NEVER;
    sa->todos = 0;
    if (sa->state == IKE_UP && !ike_request_of(sa, IKE_TASK_REKEY_IKE)) {
        while (sa->children)
            ike_child_stop(sa->children, IKE_HOW_LIFETIME);
        (void)ike_todo_add(
            sa, &(struct ike_todo){.task = IKE_TASK_DELETE_IKE, .value = IKE_HOW_LIFETIME});
        ike_proceed(sa, now);
    }
    if (sa->state == IKE_DELETING) {
        ike_new_act(sa->ike, IKE_ACT_EXPIRED, sa)->how = IKE_HOW_LIFETIME;
        ike_sa_rearm(sa);
    } else {
        ike_sa_end(sa, IKE_HOW_LIFETIME, 0, now);
    }
}

void ike_sa_tick(struct ike_sa *sa, sim_time now)
{
    if (sa->half_open_until <= now) {
        ike_sa_end(sa, IKE_HOW_HALF_OPEN, 0, now);
        return;
    }
    if (sa->gone_at <= now) {
        ike_sa_end(sa, IKE_HOW_REPLACED, 0, now);
        return;
    }
    if (sa->hard_at <= now) {
        end_of_life(sa, now);
        return;
    }
    ike_forget_pieces(sa, now);
    if (sa->rekey_at <= now) {
        const struct ike_todo rekey = {.task = IKE_TASK_REKEY_IKE};
        sa->rekey_at = sa->todos == IKE_TODO ? ike_try_again_at(sa, &rekey, now) : SIM_NEVER;
        ike_tell_due(sa, IKE_TASK_REKEY_IKE, IKE_HOW_LIFETIME);
        (void)ike_todo_add(sa, &rekey);
    }
    if (sa->state == IKE_UP && sa->peer->how->dead_after && !sa->asked_about_silence &&
        sa->heard + sa->peer->how->dead_after <= now) {
        sa->asked_about_silence = true;
        (void)ike_new_act(sa->ike, IKE_ACT_SILENT, sa);
    }
    if (sa->keepalive_at <= now)
        ike_keep_alive(sa, now);
    forget_children(sa, now);
    for (unsigned j = 0; j < IKE_WINDOW && sa->state != IKE_GONE; j++) {
        if (sa->request[j].task != IKE_TASK_NONE && sa->request[j].due <= now)
            ike_request_repeat(sa, &sa->request[j], now);
    }
    if (sa->state == IKE_GONE)
        return;
    ike_proceed(sa, now);
    ike_sa_rearm(sa);
}
