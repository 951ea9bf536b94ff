/* MOBIKE (RFC 4555): the original initiator moves an IKE SA from one address to another. */
#include <string.h>

#include "models/ike/parts.h"

enum { NO_NATS_IP6 = 36, ADDRESS6 = 16 };

static bool same_path(const struct ike_path *a, const struct ike_path *b)
{
    return addr_eq(&a->local, &b->local) && addr_eq(&a->remote, &b->remote) &&
           a->local_port == b->local_port && a->remote_port == b->remote_port;
}

static void move_to_pending(struct ike_sa *sa, sim_time now)
{
    const struct ike_path to = sa->pending;
    sa->has_pending = false;
    if (!same_path(&sa->path, &to))
        ike_sa_move(sa, &to, now);
}

/* Once it is wanted and somebody was found there (3.7). */
static void take_pending(struct ike_sa *sa, sim_time now)
{
    if (sa->has_pending && sa->pending_bound && sa->pending_checked)
        move_to_pending(sa, now);
}

/* ---- initiator, and who checks an address ---------------------------------------------------- */

void ike_put_mobike(struct ike_sa *sa, struct ike_request *r, struct ike_writer *w)
{
    if (r->task == IKE_TASK_CHECK_ADDRESS) { /* 3.7 */
        ike_draw_bytes(&sa->ike->streams.nonce, r->cookie, sizeof r->cookie);
        r->asked = sa->pending.remote;
        ike_put_status(w, IKE_N_COOKIE2, r->cookie, sizeof r->cookie);
        return;
    }
    if (r->task == IKE_TASK_UPDATE_ADDRESSES) { /* 3.5 */
        ike_put_status(w, IKE_N_UPDATE_SA_ADDRESSES, NULL, 0);
        if (sa->ike->how.nat_detection)
            ike_put_nat(w, ike_spi_i(sa), ike_spi_r(sa), &sa->path);
        return;
    }
    for (unsigned j = 0; j < sa->furthers; j++) /* 3.6: the whole list, each time */
        ike_put_status(w, IKE_N_ADDITIONAL_IP6_ADDRESS, sa->further[j].b, ADDRESS6);
    if (!sa->furthers)
        ike_put_status(w, IKE_N_NO_ADDITIONAL_ADDRESSES, NULL, 0);
}

static void checked(struct ike_sa *sa, const struct ike_request *r, const struct ike_message *m)
{
    struct ike_notify n;
    if (!ike_find_notify(&m->list, IKE_N_COOKIE2, &n) || n.bytes != sizeof r->cookie ||
        memcmp(n.data, r->cookie, n.bytes) != 0) {
        ike_sa_end(sa, IKE_HOW_REFUSED, IKE_N_COOKIE2, m->now); /* 3.7: it is closed */
        return;
    }
    if (sa->has_pending && addr_eq(&sa->pending.remote, &m->from->path.remote)) {
        sa->pending_checked = true;
        take_pending(sa, m->now);
    } else if (sa->has_pending && !addr_eq(&sa->pending.remote, &r->asked)) { /* it has moved on */
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_CHECK_ADDRESS});
    }
}

void ike_mobike_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    const struct ike_request was = *r;
    struct ike_notify n;
    ike_request_done(r);
    if (was.forgotten)
        return;
    if (was.task == IKE_TASK_CHECK_ADDRESS) {
        checked(sa, &was, m);
        return;
    }
    uint16_t error = ike_find_error(&m->list, &n);
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_UPDATED, sa);
    a->notify = error;
    if (sa->ike->how.nat_detection && !error)
        ike_see_nat(sa, m);
}

/* ---- responder ------------------------------------------------------------------------------- */

static void take_additional(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_act *a = NULL; /* a list is a complete replacement: 3.4 */
    for (unsigned j = 0; j < m->list.n; j++) {
        struct ike_notify n;
        if (m->list.p[j].type != IKE_P_NOTIFY || ike_read_notify(&m->list.p[j], &n))
            continue;
        bool none = n.type == IKE_N_NO_ADDITIONAL_ADDRESSES;
        bool one = n.type == IKE_N_ADDITIONAL_IP6_ADDRESS && n.bytes == ADDRESS6;
        if (!none && !one)
            continue;
        if (!a)
            a = ike_new_act(sa->ike, IKE_ACT_ADDITIONAL, sa);
        if (one && a->addresses < IKE_ADDRESSES)
            memcpy(a->address[a->addresses++].b, n.data, ADDRESS6);
    }
}

/* NO_NATS_ALLOWED names the addresses as the sender sees them: 3.9. */
static bool nat_in_between(const struct ike_message *m)
{
    struct ike_notify n;
    if (!ike_find_notify(&m->list, IKE_N_NO_NATS_ALLOWED, &n))
        return false;
    const struct ike_path *p = &m->from->path;
    const uint8_t ports[4] = {(uint8_t)(p->remote_port >> 8), (uint8_t)p->remote_port,
                              (uint8_t)(p->local_port >> 8), (uint8_t)p->local_port};
    return n.bytes != NO_NATS_IP6 || memcmp(n.data, p->remote.b, ADDRESS6) != 0 ||
           memcmp(n.data + ADDRESS6, p->local.b, ADDRESS6) != 0 ||
           memcmp(n.data + 2 * ADDRESS6, ports, sizeof ports) != 0;
}

/* It, or what took its place while the request was under way. */
static struct ike_sa *newest(struct ike_sa *sa)
{
    struct ike_sa *heir;
    while (sa->heir && (heir = ike_sa_find(sa->ike, sa->heir)))
        sa = heir;
    return sa;
}

static void take_update(struct ike_sa *sa, const struct ike_message *m)
{
    const struct ike_path *path = &m->from->path;
    if (same_path(&sa->path, path)) {
        sa->has_pending = false;
        return;
    }
    bool again = sa->has_pending && same_path(&sa->pending, path);
    sa->pending = *path;
    sa->has_pending = true;
    sa->pending_bound = (again && sa->pending_bound) || m->from->standing == IKE_ADDRESS_GOOD;
    sa->pending_checked = (again && sa->pending_checked) || !sa->peer->how->checks_routability;
    if (!sa->pending_checked) /* whether it is bound or not: what takes long begins early */
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_CHECK_ADDRESS});
    take_pending(sa, m->now);
    if (sa->has_pending && sa->pending_bound) /* IKE goes there at once */
        ike_repeat_all(sa, m->now);
}

static uint16_t update(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w)
{
    if (nat_in_between(m))
        return IKE_N_UNEXPECTED_NAT_DETECTED;
    if (sa->updated && (int32_t)(m->h.id - sa->update_id) < 0)
        return 0; /* a newer one was taken: 3.5 */
    sa->updated = true;
    sa->update_id = m->h.id;
    if (m->from->standing == IKE_ADDRESS_REFUSED) {
        sa->has_pending = false;
        return IKE_N_UNACCEPTABLE_ADDRESSES;
    }
    struct ike_notify n;
    if (sa->ike->how.nat_detection &&
        ike_find_notify(&m->list, IKE_N_NAT_DETECTION_SOURCE_IP, &n)) {
        ike_see_nat(sa, m);
        ike_put_nat(w, ike_spi_i(sa), ike_spi_r(sa), &m->from->path);
    }
    struct ike_sa *of = newest(sa);
    if (of == sa || !of->updated)
        take_update(of, m);
    return 0;
}

/* The pending address is one that the owner wants. */
void ike_take_address(struct ike_sa *sa, sim_time now)
{
    sa->pending_bound = true;
    take_pending(sa, now);
    if (sa->has_pending) /* IKE goes there at once, its Child SAs wait for the check */
        ike_repeat_all(sa, now);
}

uint16_t ike_mobike_requested(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w)
{
    struct ike_notify n;
    uint16_t refused = 0;
    if (ike_find_notify(&m->list, IKE_N_COOKIE2, &n) && n.bytes >= 8 && n.bytes <= 64)
        ike_put_status(w, IKE_N_COOKIE2, n.data, n.bytes);
    if (!sa->mobike)
        return 0;
    take_additional(sa, m);
    if (!sa->moves && ike_find_notify(&m->list, IKE_N_UPDATE_SA_ADDRESSES, &n))
        refused = update(sa, m, w);
    return refused;
}
