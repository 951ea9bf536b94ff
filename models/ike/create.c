/* CREATE_CHILD_SA for Child SAs, new and rekeyed, and both sides at once (RFC 7296 1.3.1, 1.3.3,
 * 2.8, 2.25.1). */
#include "models/ike/parts.h"

/* ---- initiator ------------------------------------------------------------------------------- */

static uint16_t group_of(const struct ike_sa *sa, const struct ike_todo *t)
{
    return t->value ? (uint16_t)t->value : sa->peer->how->esp[0].group;
}

bool ike_create_begin(struct ike_sa *sa, struct ike_request *r, sim_time now)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    bool rekey = r->task == IKE_TASK_REKEY_CHILD;
    const struct ike_child *old = rekey ? ike_child_find(k, r->todo.spi) : NULL;
    if (rekey ? !old || old->state != IKE_CHILD_UP || ike_child_heir(old)
              : ike_child_of(sa, r->todo.policy, r->todo.number) != NULL)
        return false; /* it went, or came, in the meantime */
    r->made = ike_child_begin(sa, r->todo.policy, r->todo.number);
    r->nonce = ike_draw_nonce(k);
    if (group_of(sa, &r->todo)) {
        dh_draw(&r->dh, group_of(sa, &r->todo), &k->streams.dh);
        k->work.dh_public[r->dh.group]++;
    }
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    if (rekey) {
        const struct ike_notify n = {.protocol = IKE_PROTO_ESP,
                                     .spi_bytes = 4,
                                     .spi = old->is.spi_in, /* what this side expects: 1.3.3 */
                                     .type = IKE_N_REKEY_SA};
        ike_put_notify(&w, &n);
    }
    ike_put_child(r->made, &w, &r->nonce, &r->dh, old);
    return ike_send_request(sa, r, IKE_CREATE_CHILD_SA, &w, now);
}

static void try_with_group(struct ike_sa *sa, const struct ike_todo *t, const struct ike_notify *n)
{
    uint16_t group = ike_asked_group(n);
    bool offered = false;
    for (unsigned j = 0; j < sa->peer->how->esps; j++)
        offered |= sa->peer->how->esp[j].group == group;
    if (!offered || !group || t->rounds >= IKE_ROUNDS) {
        ike_child_refused(sa, t->policy, t->number, IKE_HOW_NOTIFIED, n->type);
        return;
    }
    struct ike_todo again = *t;
    again.value = group;
    again.rounds++;
    (void)ike_todo_add(sa, &again);
}

/* `error` came instead of a Child SA. */
static void refused(struct ike_sa *sa, const struct ike_todo *t, bool rival, uint16_t error,
                    const struct ike_notify *n, sim_time now)
{
    struct ike_child *old = t->spi ? ike_child_find(sa->ike, t->spi) : NULL;
    const struct ike_todo anew = {.task = IKE_TASK_CHILD, .policy = t->policy, .number = t->number};
    switch (error) {
    case IKE_N_TEMPORARY_FAILURE:
        if (!t->spi || (old && old->state == IKE_CHILD_UP))
            ike_put_off(sa, t, IKE_HOW_NOTIFIED, error, now);
        break;
    case IKE_N_INVALID_KE_PAYLOAD:
        try_with_group(sa, t, n);
        break;
    case IKE_N_CHILD_SA_NOT_FOUND: /* 2.25.1: it goes in silence, and is made from scratch */
        if (old)
            ike_child_end(old, IKE_HOW_NOTIFIED, now);
        if (old && !rival)
            (void)ike_todo_add(sa, &anew);
        break;
    case IKE_N_NO_ADDITIONAL_SAS: /* 1.3: the old one makes room */
        if (old && old->state == IKE_CHILD_UP) {
            ike_child_delete_later(old, IKE_HOW_DELETED);
            (void)ike_todo_add(sa, &anew);
            break;
        }
        ike_child_refused(sa, t->policy, t->number, IKE_HOW_NOTIFIED, error);
        break;
    default:
        ike_child_refused(sa, t->policy, t->number, IKE_HOW_NOTIFIED, error);
        break;
    }
}

/* The new one is there; so may be the peer's, of an exchange that crossed this one (2.8.1). */
static void take_place(struct ike_sa *sa, struct ike_child *c, const struct ike_request *r,
                       const struct ike_nonce *nr)
{
    struct ike_child *old = r->todo.spi ? ike_child_find(sa->ike, r->todo.spi) : NULL;
    struct ike_nonce own = ike_lowest(&r->nonce, nr);
    if (r->rival.there && ike_below(&own, &r->rival.lowest)) { /* this side's is redundant */
        ike_child_install(c, false, old);
        c->state = IKE_CHILD_REPLACED;
        ike_child_delete_later(c, IKE_HOW_REDUNDANT);
        if (old) { /* which sends until the peer deletes it: it may not have the answer yet */
            old->heir = r->rival.child;
            if (old->state == IKE_CHILD_UP)
                old->state = IKE_CHILD_REPLACED;
        }
        return;
    }
    ike_child_install(c, true, old);
    if (old) {
        ike_child_replace(old, c);
        ike_child_delete_later(old, IKE_HOW_REPLACED);
    }
}

/* The peer's Delete overtook its answer. */
void ike_note_early(struct ike_sa *sa, uint32_t spi_out)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        struct ike_request *r = &sa->request[j];
        if (r->made && r->earlies < IKE_EARLY)
            r->early[r->earlies++] = spi_out;
    }
}

static bool is_early(const struct ike_request *r, uint32_t spi_out)
{
    bool early = false;
    for (unsigned j = 0; j < r->earlies; j++)
        early |= r->early[j] == spi_out;
    return early;
}

void ike_create_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    struct ike_notify n;
    struct ike_nonce nr;
    struct ike_child *c = r->made;
    const struct ike_request was = *r;
    r->made = NULL;
    ike_request_done(r);
    uint16_t error = ike_find_error(&m->list, &n);
    if (error) {
        ike_child_give(sa->ike, c);
        refused(sa, &was.todo, was.rival.there, error, &n, m->now);
        return;
    }
    struct ike_child *old = was.todo.spi ? ike_child_find(sa->ike, was.todo.spi) : NULL;
    error = ike_take_nonce(m, sa->suite.prf, &nr)
                ? ike_child_complete(c, m, &was.nonce, &nr, &was.dh, old)
                : IKE_N_INVALID_SYNTAX;
    if (!error && is_early(&was, c->is.spi_out)) {
        ike_child_refused(sa, was.todo.policy, was.todo.number, IKE_HOW_DELETED_BY_PEER, 0);
        ike_child_give(sa->ike, c);
        if (old && old->state == IKE_CHILD_UP)
            old->state = IKE_CHILD_REPLACED;
        if (old)
            ike_child_delete_later(old, IKE_HOW_REPLACED);
        return;
    }
    if (!error) {
        take_place(sa, c, &was, &nr);
        return;
    }
    /* The peer thinks that it is there: it is taken back. */
    ike_child_refused(sa, was.todo.policy, was.todo.number, IKE_HOW_REFUSED, error);
    ike_child_disown(c);
}

/* ---- responder ------------------------------------------------------------------------------- */

static bool asks_for_child(struct ike_sa *sa)
{
    return ike_request_of(sa, IKE_TASK_CHILD) || ike_request_of(sa, IKE_TASK_REKEY_CHILD);
}

/* What it says to be rekeyed; false: an error was answered. */
static bool find_old(struct ike_sa *sa, const struct ike_message *m, struct ike_child **old)
{
    struct ike_notify n;
    *old = NULL;
    if (!ike_find_notify(&m->list, IKE_N_REKEY_SA, &n))
        return true;
    *old = ike_child_by_out(sa, (uint32_t)n.spi);
    struct ike_notify error = {.type = IKE_N_TEMPORARY_FAILURE};
    if (!*old && asks_for_child(sa)) {
        /* It may be what the peer made, and its answer is under way: once that is here it is known.
         */
    } else if (!*old || n.spi_bytes != 4) {
        error = (struct ike_notify){.protocol = n.protocol,
                                    .spi_bytes = n.spi_bytes,
                                    .spi = n.spi,
                                    .type = IKE_N_CHILD_SA_NOT_FOUND};
    } else if ((*old)->state == IKE_CHILD_UP) {
        return true;
    }
    ike_answer_notify(sa, m, &error);
    return false;
}

/* Both rekey it at once: which stays is seen when the own answer comes. */
static void note_rival(struct ike_sa *sa, const struct ike_child *old, const struct ike_child *made,
                       const struct ike_nonce *ni, const struct ike_nonce *nr)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        struct ike_request *r = &sa->request[j];
        if (r->task == IKE_TASK_REKEY_CHILD && r->todo.spi == old->is.spi_in) {
            r->rival = (struct ike_rival){
                .there = true, .lowest = ike_lowest(ni, nr), .child = made->is.spi_in};
        }
    }
}

void ike_create_requested(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike *k = sa->ike;
    struct ike_child *old;
    struct ike_child *made = NULL;
    struct ike_nonce ni;
    struct ike_nonce nr;
    struct ike_writer w;
    uint16_t group = DH_NONE;
    if (sa->state != IKE_UP || ike_request_of(sa, IKE_TASK_REKEY_IKE)) { /* 2.25.2 */
        ike_answer_error(sa, m, IKE_N_TEMPORARY_FAILURE, DH_NONE);
        return;
    }
    if (!find_old(sa, m, &old))
        return;
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    uint16_t why = ike_take_nonce(m, sa->suite.prf, &ni)
                       ? ike_child_answer(sa, m, &w, old, &ni, &nr, &made, &group)
                       : IKE_N_INVALID_SYNTAX;
    if (why) {
        ike_answer_error(sa, m, why, why == IKE_N_INVALID_KE_PAYLOAD ? group : DH_NONE);
        if (why == IKE_N_INVALID_SYNTAX)
            ike_sa_close(sa, IKE_HOW_REFUSED, why, m->now);
        return;
    }
    /* It receives before the answer leaves; it sends at once if it is no rekey (2.8). */
    ike_child_install(made, !old, old);
    if (old) {
        note_rival(sa, old, made, &ni, &nr);
        old->heir = made->is.spi_in;
    }
    (void)ike_send_answer(sa, m, &w, IKE_TASK_NONE);
}
