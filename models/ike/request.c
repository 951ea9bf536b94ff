/* Own exchanges: which may begin, how they are sent and repeated (RFC 7296 2.1 to 2.4). */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "models/ike/parts.h"

/* ---- sending --------------------------------------------------------------------------------- */

void ike_send_text(struct ike_sa *sa, struct ike_text *t, const struct ike_path *path,
                   unsigned tries)
{
    size_t at = 0;
    sa->sent_at = sa->ike->now;
    for (unsigned part = 0; part < t->parts; part++) {
        struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_SEND, sa);
        a->path = *path;
        a->bytes = t->bytes + at;
        a->n = t->part[part];
        a->marked = path->local_port != IKE_PORT;
        a->news = t->news;
        a->news.tries = tries;
        a->news.fragment = t->parts > 1 ? part + 1 : 0;
        a->news.bytes = t->part[part];
        at += t->part[part];
    }
}

/* A message outside of any IKE SA: the header's SPIs and id are those of the request. */
void ike_send_notice(struct ike *k, const struct ike_datagram *d, const struct ike_header *h,
                     uint16_t notify, const void *data, size_t n)
{
    struct ike_writer w;
    struct ike_header head = *h;
    head.flags = (uint8_t)((~h->flags & IKE_INITIATOR) | IKE_RESPONSE);
    ike_begin(&w, k->notice, sizeof k->notice, &head);
    ike_put_status(&w, notify, data, n);
    struct ike_act *a = ike_new_act(k, IKE_ACT_SEND, NULL);
    a->path = d->path;
    a->bytes = k->notice;
    a->n = ike_end(&w);
    assert(a->n);
    a->marked = d->path.local_port != IKE_PORT;
    a->news = (struct ike_news){.exchange = h->exchange,
                                .flags = head.flags,
                                .id = h->id,
                                .spi_i = h->spi_i,
                                .spi_r = h->spi_r,
                                .task = h->exchange == IKE_SA_INIT ? IKE_TASK_INIT : IKE_TASK_TELL,
                                .tries = 1,
                                .bytes = a->n,
                                .notify = notify};
    const char *name = ike_notify_name(notify);
    (void)snprintf(a->news.payloads, sizeof a->news.payloads, "N(%s)", name ? name : "?");
}

/* RFC 7383 2.5.1: IPv6 or IPv4 header, UDP, and the non-ESP marker do not count. */
static size_t fragment_limit(const struct ike_sa *sa)
{
    enum { IP_AND_UDP = 48, MARKER = 4 };
    return (size_t)sa->ike->how.fragment_bytes - IP_AND_UDP - MARKER;
}

/* The payloads in `w` sealed as one message, or as fragments. NULL: neither can be. */
static struct ike_text *seal(struct ike_sa *sa, const struct ike_header *h, struct ike_writer *w)
{
    enum { AROUND = 256, LONGEST = 1452 }; /* bytes of SK; of a UDP datagram on a path of 1500 */
    struct ike *k = sa->ike;
    assert(!w->w.full);
    size_t n = w->w.len;
    bool cut = sa->fragments && n + AROUND / 2 > fragment_limit(sa);
    if (!cut && n + AROUND / 2 > LONGEST)
        return NULL;
    struct ike_text *t = ike_text_of(k, cut ? IKE_MESSAGE_MAX : n + AROUND);
    const struct ike_inside inside = {w->first, w->w.base, n};
    size_t room = t->home == &k->small ? IKE_SMALL : IKE_MESSAGE_MAX;
    if (cut) {
        t->parts = ike_seal_fragments(&sa->out, &k->streams.iv, h, &inside, fragment_limit(sa),
                                      t->bytes, room, t->part);
    } else {
        t->part[0] = ike_seal(&sa->out, &k->streams.iv, h, &inside, t->bytes, room);
        t->parts = t->part[0] > 0;
    }
    t->n = 0;
    for (unsigned j = 0; j < t->parts; j++)
        t->n += t->part[j];
    k->work.sealed += t->parts;
    k->work.bytes += t->n;
    if (!t->parts)
        ike_text_give(&t);
    return t;
}

static struct ike_header header_of(const struct ike_sa *sa, uint8_t exchange, uint32_t id,
                                   uint8_t flags)
{
    return (struct ike_header){.spi_i = ike_spi_i(sa),
                               .spi_r = ike_spi_r(sa),
                               .major = 2,
                               .exchange = exchange,
                               .flags = (uint8_t)(flags | (sa->initiator ? IKE_INITIATOR : 0)),
                               .id = id};
}

static void set_news(struct ike_text *t, const struct ike_header *h, enum ike_task task,
                     const struct ike_writer *w)
{
    struct ike_payloads list;
    t->news = (struct ike_news){.exchange = h->exchange,
                                .flags = h->flags,
                                .id = h->id,
                                .spi_i = h->spi_i,
                                .spi_r = h->spi_r,
                                .task = task,
                                .bytes = t->n};
    if (!ike_read_payloads(w->first, w->w.base, w->w.len, &list))
        ike_describe(&t->news, &list);
}

/* A new address of the peer is IKE's at once; its Child SAs wait for the check (RFC 4555 3.5, 3.7).
 */
static const struct ike_path *request_path(const struct ike_sa *sa, const struct ike_request *r)
{
    bool there = sa->pending_bound || r->task == IKE_TASK_CHECK_ADDRESS;
    return sa->has_pending && there ? &sa->pending : &sa->path;
}

bool ike_send_request(struct ike_sa *sa, struct ike_request *r, uint8_t exchange,
                      struct ike_writer *w, sim_time now)
{
    struct ike_header h = header_of(sa, exchange, sa->next_id, 0);
    struct ike_text *t = seal(sa, &h, w);
    if (!t)
        return false;
    sa->next_id++;
    set_news(t, &h, r->task, w);
    r->id = h.id;
    r->text = t;
    r->tries = 1;
    r->times = 1;
    r->wait = sa->ike->how.timers.first_timeout;
    r->due = now + r->wait;
    ike_send_text(sa, t, request_path(sa, r), 1);
    return true;
}

bool ike_send_answer(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w,
                     enum ike_task task)
{
    struct ike_header h = header_of(sa, m->h.exchange, m->h.id, IKE_RESPONSE);
    struct ike_text *t = seal(sa, &h, w);
    if (!t) {
        ike_sa_end(sa, IKE_HOW_TOO_LONG, 0, m->now);
        return false;
    }
    unsigned slot = m->h.id % IKE_WINDOW;
    set_news(t, &h, task, w);
    ike_text_give(&sa->answer[slot]);
    sa->answer[slot] = t;
    sa->answer_id[slot] = m->h.id;
    ike_send_text(sa, t, &m->from->path, 1); /* back to where it came from: RFC 7296 2.11 */
    return true;
}

void ike_answer_notify(struct ike_sa *sa, const struct ike_message *m, const struct ike_notify *n)
{
    struct ike_writer w;
    ike_begin_inside(&w, sa->ike->inside, sizeof sa->ike->inside);
    ike_put_notify(&w, n);
    (void)ike_send_answer(sa, m, &w, IKE_TASK_NONE);
}

void ike_answer_error(struct ike_sa *sa, const struct ike_message *m, uint16_t why, uint16_t group)
{
    const uint8_t want[2] = {(uint8_t)(group >> 8), (uint8_t)group};
    const struct ike_notify n = {.type = why, .data = want, .bytes = group ? sizeof want : 0};
    ike_answer_notify(sa, m, &n);
}

/* ---- repetition ------------------------------------------------------------------------------ */

/* RFC 7296 2.4: the gaps double up to a limit. */
static sim_time next_wait(const struct ike_timers *t, sim_time wait)
{
    return wait * 2 < t->max_timeout ? wait * 2 : t->max_timeout;
}

sim_time ike_patience(const struct ike *k)
{
    sim_time all = 0;
    sim_time wait = k->how.timers.first_timeout;
    for (int64_t n = 0; n < k->how.timers.tries; n++, wait = next_wait(&k->how.timers, wait))
        all += wait;
    return all;
}

enum ike_how ike_delete_how(const struct ike_request *r)
{
    return r->todo.value ? (enum ike_how)r->todo.value : IKE_HOW_DELETED;
}

void ike_request_repeat(struct ike_sa *sa, struct ike_request *r, sim_time now)
{
    const struct ike_timers *t = &sa->ike->how.timers;
    if (r->tries >= (unsigned)t->tries) {
        enum ike_how how = r->task == IKE_TASK_DELETE_IKE ? ike_delete_how(r)
                           : sa->state == IKE_DELETING    ? IKE_HOW_DELETED
                                                          : IKE_HOW_DEAD;
        ike_sa_end(sa, how, r->task == IKE_TASK_DELETE_IKE ? r->todo.notify : 0, now);
        return;
    }
    r->tries++;
    r->times++;
    if (sa->ike->how.suspect && r->tries == (unsigned)sa->ike->how.suspect + 1)
        (void)ike_new_act(sa->ike, IKE_ACT_UNANSWERED, sa);
    r->wait = next_wait(t, r->wait);
    r->due = now + r->wait;
    ike_send_text(sa, r->text, request_path(sa, r), r->times);
}

/* From a new address at once, with the same bytes: RFC 6275 10.3.1, RFC 4555 3.5. What waits is
 * begun anew, since a path that was lost is no reason to wait long on another. */
void ike_repeat_all(struct ike_sa *sa, sim_time now)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        struct ike_request *r = &sa->request[j];
        bool there = r->task == IKE_TASK_CHECK_ADDRESS && sa->has_pending; /* where it asks */
        if (r->task == IKE_TASK_NONE || r->task == IKE_TASK_INIT || there)
            continue;
        r->tries = 1;
        r->times++;
        r->wait = sa->ike->how.timers.first_timeout;
        r->due = now + r->wait;
        ike_send_text(sa, r->text, request_path(sa, r), r->times);
    }
}

/* ---- what is under way, and what waits ------------------------------------------------------- */

struct ike_request *ike_request_of(struct ike_sa *sa, enum ike_task task)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        if (sa->request[j].task == task && !sa->request[j].forgotten)
            return &sa->request[j];
    }
    return NULL;
}

void ike_request_done(struct ike_request *r)
{
    ike_text_give(&r->text);
    *r = (struct ike_request){.task = IKE_TASK_NONE};
}

void ike_request_clear(struct ike_sa *sa, struct ike_request *r)
{
    if (r->task == IKE_TASK_NONE)
        return;
    if (r->made)
        ike_child_give(sa->ike, r->made);
    r->made = NULL;
    if (r->fresh)
        ike_sa_end(r->fresh, IKE_HOW_DROPPED, 0, 0);
    r->fresh = NULL;
    struct ike_text *t = r->text; /* acts may point to it: it is given back with the SA */
    *r = (struct ike_request){.task = IKE_TASK_NONE, .text = t};
}

static bool same(const struct ike_todo *a, const struct ike_todo *b)
{
    return a->task == b->task && a->policy == b->policy && a->number == b->number &&
           a->spi == b->spi && a->notify == b->notify && a->value == b->value;
}

bool ike_todo_add(struct ike_sa *sa, const struct ike_todo *t)
{
    for (unsigned j = 0; j < sa->todos; j++) {
        if (same(&sa->todo[j], t))
            return false;
    }
    /* One that is under way and means the same does for both; but an address may have changed
     * since an update left. */
    for (unsigned j = 0; j < IKE_WINDOW && t->task != IKE_TASK_UPDATE_ADDRESSES &&
                         t->task != IKE_TASK_ADDITIONAL_ADDRESSES;
         j++) {
        if (sa->request[j].task != IKE_TASK_NONE && same(&sa->request[j].todo, t))
            return false;
    }
    if (t->task == IKE_TASK_DELETE_IKE) { /* nothing else matters any more */
        sa->todos = 0;
        sa->overflowed = false;
    }
    if (sa->todos == IKE_TODO) {
        sa->overflowed = true;
        return false;
    }
    /* Where the peer is reached comes before all that is to reach it. */
    bool first = t->task == IKE_TASK_UPDATE_ADDRESSES || t->task == IKE_TASK_CHECK_ADDRESS;
    unsigned at = first ? 0 : sa->todos;
    memmove(&sa->todo[at + 1], &sa->todo[at], (sa->todos - at) * sizeof sa->todo[0]);
    sa->todo[at] = *t;
    sa->todos++;
    return true;
}

static void begin(struct ike_sa *sa, struct ike_request *r, const struct ike_todo *t, sim_time now)
{
    *r = (struct ike_request){.task = t->task, .todo = *t, .due = SIM_NEVER};
    bool sent;
    switch (t->task) {
    case IKE_TASK_CHILD:
    case IKE_TASK_REKEY_CHILD:
        sent = ike_create_begin(sa, r, now);
        break;
    case IKE_TASK_REKEY_IKE:
        sent = ike_rekey_begin(sa, r, now);
        break;
    default:
        sent = ike_inform_begin(sa, r, now);
        break;
    }
    if (sent)
        return;
    bool too_long = r->made || r->fresh;
    if (r->made)
        ike_child_refused(sa, t->policy, t->number, IKE_HOW_TOO_LONG, 0);
    ike_request_clear(sa, r);
    if (too_long && t->task == IKE_TASK_REKEY_IKE)
        ike_not_rekeyed(sa, t, IKE_HOW_TOO_LONG, 0, now);
}

/* While the IKE SA is being rekeyed or deleted no other exchange is begun on it: 2.25.2. */
static bool may_begin(struct ike_sa *sa, const struct ike_todo *t, unsigned busy)
{
    bool closing = t->task == IKE_TASK_REKEY_IKE || t->task == IKE_TASK_DELETE_IKE;
    if (sa->state == IKE_REPLACED)
        return (t->task == IKE_TASK_DELETE_IKE && !busy) || t->task == IKE_TASK_UPDATE_ADDRESSES;
    if (sa->state != IKE_UP || sa->rival_of || ike_request_of(sa, IKE_TASK_REKEY_IKE))
        return t->task == IKE_TASK_UPDATE_ADDRESSES && sa->state == IKE_UP && !sa->rival_of;
    if (t->task == IKE_TASK_CHILD && ike_waits_for_address(sa, t->policy))
        return false;
    if (t->task == IKE_TASK_ADDITIONAL_ADDRESSES && ike_request_of(sa, t->task))
        return false; /* the newest list comes last */
    return !closing || !busy || t->task == IKE_TASK_DELETE_IKE;
}

/* A free one; NULL: what was asked for fills the peer's window. 2.3: request n waits for the
 * responses to all up to n - window. */
static struct ike_request *free_request(struct ike_sa *sa, unsigned *busy)
{
    struct ike_request *idle = NULL;
    uint32_t ahead = 0;
    *busy = 0;
    for (unsigned i = 0; i < IKE_WINDOW; i++) {
        struct ike_request *r = &sa->request[i];
        if (r->task == IKE_TASK_NONE) {
            idle = r;
            continue;
        }
        *busy += 1;
        if (sa->next_id - r->id > ahead)
            ahead = sa->next_id - r->id;
    }
    return ahead < sa->peer_window ? idle : NULL;
}

/* Deletes that found no room. */
static void add_deletes(struct ike_sa *sa)
{
    sa->overflowed = false;
    for (struct ike_child *c = sa->children; c; c = c->next) {
        if (c->doomed && c->state <= IKE_CHILD_REPLACED)
            ike_child_delete_later(c, c->doomed);
    }
}

void ike_proceed(struct ike_sa *sa, sim_time now)
{
    if (sa->overflowed && sa->todos < IKE_TODO / 2)
        add_deletes(sa);
    for (unsigned j = 0; j < sa->todos; j++) {
        if (sa->todo[j].after && sa->todo[j].after <= now) {
            sa->todo[j].after = 0;
            ike_tell_due(sa, sa->todo[j].task, IKE_HOW_NOTIFIED);
        }
    }
    for (unsigned j = 0; j < sa->todos;) {
        unsigned busy;
        struct ike_request *idle = free_request(sa, &busy);
        struct ike_todo t = sa->todo[j];
        if (!idle)
            return;
        if (t.after || !may_begin(sa, &t, busy)) {
            j++;
            continue;
        }
        sa->todos--;
        memmove(&sa->todo[j], &sa->todo[j + 1], (sa->todos - j) * sizeof sa->todo[0]);
        begin(sa, idle, &t, now);
        if (sa->state == IKE_GONE)
            return;
        j = 0; /* it may have put something in front */
    }
}
