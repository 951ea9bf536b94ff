/* INFORMATIONAL (RFC 7296 1.4, 2.4, 2.25): liveness, deletion, and what else is told. */
#include "models/ike/parts.h"

/* ---- initiator ------------------------------------------------------------------------------- */

static bool put_delete_child(struct ike_sa *sa, struct ike_todo *t, struct ike_writer *w)
{
    struct ike_child *c = ike_child_find(sa->ike, t->spi);
    if (c && !t->value && ike_child_heir(c)) /* wished for before it was rekeyed */
        c = ike_child_heir(c);
    if (!c || c->sa != sa || c->state == IKE_CHILD_MAKING || c->state > IKE_CHILD_REPLACED)
        return false;
    t->spi = c->is.spi_in;
    c->state = IKE_CHILD_DELETING;
    const struct ike_delete d = {
        .protocol = IKE_PROTO_ESP, .spi_bytes = 4, .count = 1, .spi = {c->is.spi_in}};
    ike_put_delete(w, &d);
    return true;
}

static void put_told(struct ike_sa *sa, const struct ike_todo *t, struct ike_writer *w)
{
    const uint8_t value[4] = {(uint8_t)(t->value >> 24), (uint8_t)(t->value >> 16),
                              (uint8_t)(t->value >> 8), (uint8_t)t->value};
    ike_put_status(w, t->notify, value, sizeof value);
    if (t->notify == IKE_N_SET_WINDOW_SIZE)
        sa->window = t->value; /* the peer may use it before its answer is here */
}

bool ike_inform_begin(struct ike_sa *sa, struct ike_request *r, sim_time now)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    switch (r->task) {
    case IKE_TASK_DELETE_CHILD:
        if (!put_delete_child(sa, &r->todo, &w))
            return false;
        break;
    case IKE_TASK_DELETE_IKE:
        ike_put_delete(&w, &(struct ike_delete){.protocol = IKE_PROTO_IKE});
        break;
    case IKE_TASK_UPDATE_ADDRESSES:
    case IKE_TASK_CHECK_ADDRESS:
    case IKE_TASK_ADDITIONAL_ADDRESSES:
        ike_put_mobike(sa, r, &w);
        break;
    case IKE_TASK_TELL:
        put_told(sa, &r->todo, &w);
        break;
    default: /* liveness: nothing in it */
        break;
    }
    if (!ike_send_request(sa, r, IKE_INFORMATIONAL, &w, now))
        return false;
    if (r->task == IKE_TASK_DELETE_IKE)
        ike_sa_enter(sa, IKE_DELETING);
    return true;
}

void ike_inform_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    const struct ike_todo t = r->todo;
    struct ike_child *c;
    switch (r->task) {
    case IKE_TASK_DELETE_IKE:
        ike_sa_end(sa, ike_delete_how(r), r->todo.notify, m->now);
        return;
    case IKE_TASK_DELETE_CHILD:
        ike_request_done(r);
        c = ike_child_find(sa->ike, t.spi);
        if (c)
            ike_child_end(c, t.value ? (enum ike_how)t.value : IKE_HOW_DELETED, m->now);
        return;
    case IKE_TASK_UPDATE_ADDRESSES:
    case IKE_TASK_CHECK_ADDRESS:
        ike_mobike_answered(sa, r, m);
        return;
    default:
        ike_request_done(r);
        return;
    }
}

/* ---- responder ------------------------------------------------------------------------------- */

/* Those of the peer's inbound SPIs, with the paired ones told back; where both delete at once
 * nothing is told (1.4.1). */
static void delete_children(struct ike_sa *sa, const struct ike_delete *d, struct ike_delete *back,
                            sim_time now)
{
    for (unsigned j = 0; j < d->count; j++) {
        struct ike_child *c = ike_child_by_out(sa, d->spi[j]);
        if (!c) {
            ike_note_early(sa, d->spi[j]);
            continue;
        }
        if (c->state != IKE_CHILD_DELETING && back->count < IKE_SPIS)
            back->spi[back->count++] = c->is.spi_in;
        ike_child_end(c, c->heir ? IKE_HOW_REPLACED : IKE_HOW_DELETED_BY_PEER, now);
    }
}

/* 2.3: it only grows. */
static void take_window(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_notify n;
    if (!ike_find_notify(&m->list, IKE_N_SET_WINDOW_SIZE, &n) || n.bytes != 4)
        return;
    bool many = n.data[0] || n.data[1] || n.data[2] || n.data[3] > IKE_WINDOW;
    unsigned size = many ? IKE_WINDOW : n.data[3];
    if (size > sa->peer_window)
        sa->peer_window = size;
}

void ike_inform_requested(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    struct ike_notify n;
    struct ike_delete back = {.protocol = IKE_PROTO_ESP, .spi_bytes = 4};
    bool ends = false;
    for (unsigned j = 0; j < m->list.n; j++) {
        struct ike_delete d;
        if (m->list.p[j].type != IKE_P_DELETE || ike_read_delete(&m->list.p[j], &d))
            continue;
        ends |= d.protocol == IKE_PROTO_IKE;
        if (d.protocol == IKE_PROTO_ESP)
            delete_children(sa, &d, &back, m->now);
    }
    take_window(sa, m);
    bool failed = ike_find_notify(&m->list, IKE_N_AUTHENTICATION_FAILED, &n);
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    if (back.count && !ends)
        ike_put_delete(&w, &back);
    uint16_t refused = ends || failed ? 0 : ike_mobike_requested(sa, m, &w);
    if (refused)
        ike_put_status(&w, refused, NULL, 0);
    (void)ike_send_answer(sa, m, &w, IKE_TASK_NONE);
    if (failed) {
        ike_sa_close(sa, IKE_HOW_NOTIFIED, IKE_N_AUTHENTICATION_FAILED, m->now);
    } else if (ends) {
        ike_sa_close(sa, IKE_HOW_DELETED_BY_PEER, 0, m->now);
    }
    struct ike_sa *heir = sa->heir ? ike_sa_find(k, sa->heir) : NULL;
    if (heir) { /* an address may be asked about there */
        ike_proceed(heir, m->now);
        ike_sa_rearm(heir);
    }
}
