/* A datagram: whose it is, whether it is new, and what is in it (RFC 7296 2.1 to 2.6, 2.21). */
#include <assert.h>
#include <string.h>

#include "models/ike/parts.h"

/* ---- outside of any IKE SA ------------------------------------------------------------------- */

static bool may_tell(struct ike *k, sim_time now)
{
    bool may = k->told_spi_at < 0 || now >= k->told_spi_at + SIM_S;
    if (may)
        k->told_spi_at = now;
    return may;
}

/* 2.21.4: a response is never answered, a request at most once a second. */
static void unknown_spi(struct ike *k, const struct ike_message *m)
{
    ike_refuse(k, NULL, m->from, IKE_HOW_UNKNOWN_SPI, IKE_GOOD);
    bool request = !(m->h.flags & IKE_RESPONSE);
    if (request && may_tell(k, m->now))
        ike_send_notice(k, m->from, &m->h, IKE_N_INVALID_IKE_SPI, NULL, 0);
}

static void refuse_header(struct ike *k, const struct ike_message *m, enum ike_fault fault)
{
    ike_refuse(k, NULL, m->from, IKE_HOW_FAULT, fault);
    if (fault == IKE_BAD_VERSION && !(m->h.flags & IKE_RESPONSE) && may_tell(k, m->now)) /* 2.5 */
        ike_send_notice(k, m->from, &m->h, IKE_N_INVALID_MAJOR_VERSION, NULL, 0);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* What an Encrypted payload had in it, in k->octets. */
struct opened {
    uint8_t first; /* type of the first payload */
    const uint8_t *plain;
    size_t n;
    struct ike_skf f; /* number 0: no fragment */
};

/* Whether it is authentic. */
static bool open_sealed(struct ike_sa *sa, const struct ike_message *m, struct opened *o)
{
    struct ike *k = sa->ike;
    struct ike_payloads outer;
    enum ike_fault fault = ike_read_payloads(m->h.next, m->from->bytes + IKE_HEADER_BYTES,
                                             m->from->n - IKE_HEADER_BYTES, &outer);
    bool unprotected = !fault && !ike_find(&outer, IKE_P_SK) && !ike_find(&outer, IKE_P_SKF);
    if (!fault)
        fault = ike_check(m->h.exchange, m->h.flags & IKE_RESPONSE, true, &outer);
    if (fault) {
        ike_refuse(k, sa, m->from, unprotected ? IKE_HOW_UNPROTECTED : IKE_HOW_FAULT, fault);
        return false;
    }
    const struct ike_payload *sk = &outer.p[outer.n - 1];
    o->f = (struct ike_skf){.number = 0};
    o->first = sk->next;
    if (sk->type == IKE_P_SKF && (ike_read_skf(sk, &o->f) || !ike_piece_is_legal(sa, &o->f))) {
        ike_refuse(k, sa, m->from, IKE_HOW_FRAGMENT, IKE_GOOD);
        return false;
    }
    /* In a copy: the datagram belongs to somebody else. */
    static_assert(sizeof k->octets >= IKE_MESSAGE_MAX, "room for a message");
    memcpy(k->octets, m->from->bytes, m->from->n);
    struct ike_payload moved = *sk;
    moved.body = k->octets + (sk->body - m->from->bytes);
    k->work.opened++;
    k->work.bytes += m->from->n;
    if (!ike_open(&sa->in, k->octets, m->from->n, &moved, &o->plain, &o->n)) {
        ike_refuse(k, sa, m->from, IKE_HOW_INTEGRITY, IKE_GOOD);
        return false;
    }
    return true;
}

/* Of what is looked for by its type in any message a broken one would be passed over: 2.21.3. */
static enum ike_fault check_bodies(const struct ike_payloads *list)
{
    enum ike_fault fault = IKE_GOOD;
    for (unsigned j = 0; j < list->n && !fault; j++) {
        struct ike_notify n;
        struct ike_delete d;
        if (list->p[j].type == IKE_P_NOTIFY)
            fault = ike_read_notify(&list->p[j], &n);
        if (list->p[j].type == IKE_P_DELETE)
            fault = ike_read_delete(&list->p[j], &d);
    }
    return fault;
}

/* The payloads of a protected message, plain, into m->list. False: it is refused, or a fragment of
 * what is not whole yet. `bad`: it is authentic, and its payloads are wrong. */
static bool open_message(struct ike_sa *sa, struct ike_message *m, enum ike_fault *bad)
{
    struct ike *k = sa->ike;
    struct opened o;
    if (!open_sealed(sa, m, &o))
        return false;
    uint8_t first = o.first;
    size_t n = o.n;
    if (o.f.number) {
        if (!ike_keep_piece(sa, m, &o.f, o.plain, &first, &n))
            return false;
    } else {
        memcpy(k->opened, o.plain, n);
    }
    *bad = ike_read_payloads(first, k->opened, n, &m->list);
    if (!*bad)
        *bad = ike_check(m->h.exchange, m->h.flags & IKE_RESPONSE, false, &m->list);
    if (!*bad)
        *bad = check_bodies(&m->list);
    return true;
}

static void tell_heard(struct ike_sa *sa, const struct ike_message *m, enum ike_task task)
{
    if (!sa->ike->how.exchanges_are_told)
        return;
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_HEARD, sa);
    a->path = m->from->path;
    a->news = (struct ike_news){.exchange = m->h.exchange,
                                .flags = m->h.flags,
                                .id = m->h.id,
                                .spi_i = m->h.spi_i,
                                .spi_r = m->h.spi_r,
                                .task = task,
                                .tries = 1,
                                .bytes = m->from->n};
    ike_describe(&a->news, &m->list);
}

/* ---- requests of the peer -------------------------------------------------------------------- */

/* 2.1: a repeated request is answered with the same bytes, if they are still there; of fragments
 * only the first asks for it (RFC 7383 2.6.1). */
static void answer_again(struct ike_sa *sa, const struct ike_message *m)
{
    unsigned slot = m->h.id % IKE_WINDOW;
    struct ike_text *t = sa->answer[slot];
    bool later_piece =
        m->h.next == IKE_P_SKF && m->from->n > IKE_HEADER_BYTES + 6 &&
        (m->from->bytes[IKE_HEADER_BYTES + 4] || m->from->bytes[IKE_HEADER_BYTES + 5] != 1);
    ike_refuse(sa->ike, sa, m->from, IKE_HOW_REPEATED, IKE_GOOD);
    if (t && sa->answer_id[slot] == m->h.id && t->news.exchange == m->h.exchange && !later_piece)
        ike_send_text(sa, t, &m->from->path, 2);
}

/* 2.3: it is not answered; the peer may be told, of what is authentic, at most once a second. */
static void outside_window(struct ike_sa *sa, const struct ike_message *m)
{
    struct opened o;
    ike_refuse(sa->ike, sa, m->from, IKE_HOW_OUTSIDE_WINDOW, IKE_GOOD);
    bool may = sa->state == IKE_UP && (sa->told_at < 0 || m->now >= sa->told_at + SIM_S);
    if (!may || !open_sealed(sa, m, &o))
        return;
    sa->told_at = m->now;
    (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_TELL,
                                              .notify = IKE_N_INVALID_MESSAGE_ID,
                                              .value = m->h.id});
}

static bool is_new(struct ike_sa *sa, const struct ike_message *m)
{
    uint32_t window = sa->window;
    uint32_t ahead = m->h.id - sa->expected;
    bool before = (int32_t)ahead < 0;
    if (before || (ahead < window && (sa->answered >> ahead & 1))) {
        answer_again(sa, m);
        return false;
    }
    if (ahead >= window) {
        outside_window(sa, m);
        return false;
    }
    return true;
}

static void mark_answered(struct ike_sa *sa, uint32_t id)
{
    sa->answered |= 1U << (id - sa->expected);
    for (; sa->answered & 1; sa->answered >>= 1)
        sa->expected++;
}

/* An authentic message whose payloads are wrong: 2.5, 2.21.3. */
static void refuse_payloads(struct ike_sa *sa, const struct ike_message *m, enum ike_fault bad)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    bool unknown = bad == IKE_UNKNOWN_CRITICAL;
    uint16_t why = unknown ? IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD : IKE_N_INVALID_SYNTAX;
    ike_refuse(k, sa, m->from, IKE_HOW_FAULT, bad);
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    ike_put_status(&w, why, &m->list.unknown_critical, unknown ? 1 : 0);
    (void)ike_send_answer(sa, m, &w, IKE_TASK_TELL);
    if (!unknown || sa->state == IKE_INIT_ANSWERED)
        ike_sa_close(sa, IKE_HOW_REFUSED, why, m->now);
}

/* Whether it is nothing but the Delete of this IKE SA. */
static bool ends_it(const struct ike_message *m)
{
    struct ike_delete d;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_DELETE);
    return m->h.exchange == IKE_INFORMATIONAL && p && !ike_read_delete(p, &d) &&
           d.protocol == IKE_PROTO_IKE;
}

static void dispatch_request(struct ike_sa *sa, struct ike_message *m)
{
    switch (m->h.exchange) {
    case IKE_AUTH:
        ike_auth_requested(sa, m);
        break;
    case IKE_CREATE_CHILD_SA:
        if (ike_find(&m->list, IKE_P_TSI)) {
            ike_create_requested(sa, m);
        } else {
            ike_rekey_requested(sa, m);
        }
        break;
    default:
        ike_inform_requested(sa, m);
        break;
    }
}

static void request(struct ike_sa *sa, struct ike_message *m)
{
    if (!is_new(sa, m))
        return;
    bool auth = m->h.exchange == IKE_AUTH;
    bool may_come = auth ? sa->state == IKE_INIT_ANSWERED : sa->state >= IKE_UP;
    if (!may_come || !sa->keyed) {
        ike_refuse(sa->ike, sa, m->from, IKE_HOW_UNEXPECTED, IKE_GOOD);
        return;
    }
    enum ike_fault bad;
    if (!open_message(sa, m, &bad))
        return;
    ike_sa_alive(sa, m->now);
    ike_follow(sa, &m->from->path, m->now);
    tell_heard(sa, m, IKE_TASK_NONE);
    mark_answered(sa, m->h.id);
    if (bad) {
        refuse_payloads(sa, m, bad);
        return;
    }
    if (sa->rival_of && !ends_it(m))
        ike_rival_wins(sa, m->now);
    dispatch_request(sa, m);
}

/* ---- responses to own requests --------------------------------------------------------------- */

static struct ike_request *request_with(struct ike_sa *sa, uint32_t id)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        if (sa->request[j].task != IKE_TASK_NONE && sa->request[j].id == id)
            return &sa->request[j];
    }
    return NULL;
}

static void dispatch_response(struct ike_sa *sa, struct ike_request *r, struct ike_message *m)
{
    switch (r->task) {
    case IKE_TASK_AUTH:
        ike_auth_answered(sa, r, m);
        break;
    case IKE_TASK_CHILD:
    case IKE_TASK_REKEY_CHILD:
        ike_create_answered(sa, r, m);
        break;
    case IKE_TASK_REKEY_IKE:
        ike_rekey_answered(sa, r, m);
        break;
    default:
        ike_inform_answered(sa, r, m);
        break;
    }
}

static void response(struct ike_sa *sa, struct ike_message *m)
{
    struct ike_request *r = request_with(sa, m->h.id);
    if (!r || r->text->news.exchange != m->h.exchange || (!sa->keyed && r->task != IKE_TASK_INIT)) {
        ike_refuse(sa->ike, sa, m->from, IKE_HOW_UNEXPECTED, IKE_GOOD);
        return;
    }
    if (r->task == IKE_TASK_INIT) {
        ike_init_answered(sa, r, m);
        return;
    }
    enum ike_fault bad;
    if (!open_message(sa, m, &bad))
        return;
    ike_sa_alive(sa, m->now);
    ike_follow(sa, &m->from->path, m->now);
    tell_heard(sa, m, r->task);
    if (bad) { /* 2.21.3: nothing good comes of a peer that speaks so */
        ike_refuse(sa->ike, sa, m->from, IKE_HOW_FAULT, bad);
        ike_sa_end(sa, IKE_HOW_REFUSED, IKE_N_INVALID_SYNTAX, m->now);
        return;
    }
    struct ike_notify n;
    if (ike_find_notify(&m->list, IKE_N_INVALID_SYNTAX, &n)) {
        ike_sa_end(sa, IKE_HOW_NOTIFIED, n.type, m->now);
        return;
    }
    dispatch_response(sa, r, m);
}

static bool was_answered(const struct ike_sa *sa, const struct ike_message *m)
{
    unsigned slot = m->h.id % IKE_WINDOW;
    return !(m->h.flags & IKE_RESPONSE) && sa->answer[slot] && sa->answer_id[slot] == m->h.id;
}

/* ---- a datagram ------------------------------------------------------------------------------ */

/* By SPI alone, never by address: 2.6. */
static struct ike_sa *whose(const struct ike *k, const struct ike_header *h)
{
    bool from_initiator = h->flags & IKE_INITIATOR;
    struct ike_sa *sa = map_find(&k->by_spi, from_initiator ? h->spi_r : h->spi_i);
    if (!sa || sa->initiator == from_initiator)
        return NULL;
    uint64_t other = from_initiator ? h->spi_i : h->spi_r;
    return sa->state == IKE_INIT_SENT || sa->other == other ? sa : NULL;
}

struct ike_peer *ike_peer_of(const struct ike *k, const uint8_t *bytes, size_t n)
{
    struct ike_header h;
    const struct ike_sa *sa = ike_read_header(bytes, n, &h) ? NULL : whose(k, &h);
    return sa && ike_sa_lives(sa) ? sa->peer : NULL;
}

void ike_receive(struct ike *k, const struct ike_datagram *d, sim_time now)
{
    ike_begin_event(k, now);
    struct ike_message m = {.from = d, .now = now};
    if (d->n > IKE_MESSAGE_MAX) {
        ike_refuse(k, NULL, d, IKE_HOW_TOO_LONG, IKE_GOOD);
        return;
    }
    enum ike_fault fault = ike_read_header(d->bytes, d->n, &m.h);
    if (fault) {
        refuse_header(k, &m, fault);
        return;
    }
    bool is_response = m.h.flags & IKE_RESPONSE;
    if (m.h.exchange == IKE_SA_INIT && !is_response) {
        ike_init_requested(k, &m);
        return;
    }
    struct ike_sa *sa = whose(k, &m.h);
    bool closed = sa && sa->state == IKE_CLOSED;
    if (!sa || (closed && !was_answered(sa, &m))) {
        unknown_spi(k, &m);
        return;
    }
    if (closed) {
        answer_again(sa, &m);
        return;
    }
    if (is_response) {
        response(sa, &m);
    } else {
        request(sa, &m);
    }
    if (ike_sa_lives(sa))
        ike_proceed(sa, now);
    ike_sa_rearm(sa);
}
