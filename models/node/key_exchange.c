#include "models/node/key_exchange.h"

#include <assert.h>
#include <string.h>

#include "models/node/key_parts.h"
#include "models/node/path.h"
#include "models/wire/udp.h"

enum { HOP_LIMIT = 64, MARKER = 4 };

static void wake(struct sim *sim, void *owner);
static void take(void *owner, const struct pkt *p, const uint8_t *payload, size_t n);

struct keyed *keyed_of(const struct protected *who)
{
    return who->keyed;
}

/* ---- making ---------------------------------------------------------------------------------- */

static struct ike_config config_of(const struct key_exchange *x)
{
    return (struct ike_config){.timers = x->timers.ike,
                               .window = x->how.window,
                               .cookies_from = x->how.cookies_from,
                               .half_open_max = x->how.half_open_max,
                               .sa_max = x->how.sa_max,
                               .fragment_bytes = x->timers.fragment_bytes,
                               .nat_detection = true,
                               .childless = x->how.childless,
                               .exchanges_are_told = true,
                               .suspect = x->responds ? 0 : x->timers.suspect,
                               .pool = x->setup.pool,
                               .pool_size = x->setup.pool_size,
                               .pool_bits = 64};
}

struct key_exchange *key_exchange_new(struct node *n, const struct key_exchange_setup *how)
{
    static const struct key_responder initiator = {
        .window = 1, .cookies_from = 1000000, .half_open_max = 1};
    struct key_exchange *x = arena_take(n->arena, sizeof *x);
    x->node = n;
    x->ciphers = how->ciphers;
    x->responds = how->responder != NULL;
    x->how = how->responder ? *how->responder : initiator;
    x->timers = *how->timers;
    x->setup = *how;
    x->last_sa = &x->sas;
    const struct ike_config config = config_of(x);
    const struct ike_streams streams = {.spi = node_stream(n, "ike.spi"),
                                        .nonce = node_stream(n, "ike.nonce"),
                                        .dh = node_stream(n, "ike.dh"),
                                        .iv = node_stream(n, "ike.iv"),
                                        .jitter = node_stream(n, "ike.jitter"),
                                        .sign = node_stream(n, "ike.sign")};
    x->ike = ike_new(n->arena, how->ciphers, &config, &streams);
    const struct spd_subject *s = protection_ipsec(n->protection)->first;
    for (; s; s = s->newer) {
        if (!addr_unspecified(&s->address))
            ike_reserve_address(x->ike, &s->address);
    }
    sim_timer_init(&x->timer, wake, x);
    key_work_init(x);
    n->keys = x;
    const uint16_t ports[] = {IKE_PORT, IKE_NAT_PORT};
    for (unsigned k = 0; k < 2; k++) {
        const struct udp_listener l = {.port = ports[k], .owner = x, .take = take};
        udp_listen(&n->ports, n->arena, &l);
    }
    return x;
}

void key_exchange_add(struct key_exchange *x, struct protected *who, const struct key_peer *peer)
{
    struct keyed *k = arena_take(x->node->arena, sizeof *k);
    k->of = x;
    k->who = who;
    k->said = *peer;
    who->keyed = k;
    who->by_ike = peer->how->mobility == KEY_BY_MOBIKE;
    key_make_peer(k);
    key_moves_init(k);
    *(x->last ? &x->last->next : &x->first) = k;
    x->last = k;
}

struct ike *key_exchange_ike(struct key_exchange *x)
{
    return x->ike;
}

const struct key_sa *key_exchange_sas(const struct key_exchange *x)
{
    return x->sas;
}

const struct key_counts *key_exchange_counts(const struct key_exchange *x)
{
    return &x->counts;
}

struct keyed *key_whose(const struct key_exchange *x, const struct ike_datagram *d)
{
    struct ike_peer *p = ike_peer_of(x->ike, d->bytes, d->n);
    return p ? ike_peer_config(p)->owner : NULL;
}

/* ---- datagrams ------------------------------------------------------------------------------- */

static void note_sent(struct keyed *k, const struct addr *src)
{
    if (!k || !addr_eq(src, &k->coa))
        return;
    k->sent = sim_now(k->of->node->sim);
    k->sent_from = *src;
}

/* RFC 3948 4: no octet is sent where something else was. */
static bool keeps_quiet(struct keyed *k, const struct ike_act *a)
{
    sim_time now = sim_now(k->of->node->sim);
    bool own = k->sent && addr_eq(&k->sent_from, &a->path.local);
    if (!own || k->sent + k->of->timers.ike.keepalive <= now)
        return false;
    key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_SENT, .sa = a->sa, .at = k->sent});
    return true;
}

static void send(struct key_exchange *x, struct keyed *k, const struct ike_act *a)
{
    if (k && !a->news.exchange && keeps_quiet(k, a))
        return;
    struct node *n = x->node;
    struct pkt *p = pkt_take(n->packets);
    size_t marker = a->marked ? MARKER : 0;
    size_t bytes = UDP_HEADER + marker + a->n;
    assert(bytes <= pkt_tailroom(p));
    uint8_t *datagram = pkt_append(p, bytes);
    memset(datagram + UDP_HEADER, 0, marker);
    memcpy(datagram + UDP_HEADER + marker, a->bytes, a->n);
    udp_write(datagram, marker + a->n, &a->path.local, &a->path.remote, a->path.local_port,
              a->path.remote_port);
    path_add_header(p, &a->path.local, &a->path.remote, IP6_UDP, HOP_LIMIT);
    x->counts.sent++;
    x->counts.sent_bytes += p->len;
    x->counts.bytes += p->len;
    x->counts.repeated += a->news.tries > 1;
    bool request = a->news.exchange && !(a->news.flags & IKE_RESPONSE);
    if (request && a->news.tries == 1 && a->news.fragment <= 1)
        x->counts.exchanges[a->news.task]++;
    if (x->job) {
        key_send_later(x->job, a, p);
    } else {
        key_leave(x, a, p);
    }
}

void key_leave(struct key_exchange *x, const struct ike_act *a, struct pkt *p)
{
    struct addr local = ip6_src(p->at);
    key_tell_message(x, a, true);
    note_sent(a->peer ? ike_peer_config(a->peer)->owner : NULL, &local);
    if (node_owns(x->node, &local)) {
        path_out_plain(x->node, p); /* past tunnels and bindings: RFC 4877 4.4 */
    } else {                        /* its care-of address is gone: it tries, and nobody hears */
        node_drop(x->node, DROP_NO_ADDRESS, p);
    }
}

static void note_sa(struct key_exchange *x, const struct ike_act *a)
{
    for (struct key_sa *s = x->sas; s; s = s->next) {
        if (s->spi_i == a->spi_i && s->spi_r == a->spi_r) {
            if (a->kind == IKE_ACT_DOWN)
                s->ended = sim_now(x->node->sim);
            return;
        }
    }
    if (!a->keys)
        return;
    struct key_sa *s = arena_take(x->node->arena, sizeof *s);
    *s = (struct key_sa){.spi_i = a->spi_i,
                         .spi_r = a->spi_r,
                         .initiator = a->initiator,
                         .suite_is = *a->suite,
                         .keys = *a->keys,
                         .made = sim_now(x->node->sim),
                         .ended = a->kind == IKE_ACT_DOWN ? sim_now(x->node->sim) : -1};
    s->suite = &s->suite_is;
    *x->last_sa = s;
    x->last_sa = &s->next;
}

/* ---- acts ------------------------------------------------------------------------------------ */

/* Life of a peer that is silent: any protected packet counts (RFC 7296 2.4). */
static void silent(struct keyed *k, const struct ike_act *a)
{
    sim_time last = key_last_heard(k);
    sim_time since = sim_now(k->of->node->sim) - k->said.how->dpd;
    bool lives = (last >= 0 && last > since) || a->sa == k->old; /* that is about to go */
    if (!lives)
        key_tell_silent(k, a);
    key_wish(k->of, &(struct key_wish){
                        .kind = lives ? KEY_WISH_HEARD : KEY_WISH_PROBE, .sa = a->sa, .at = last});
}

static void do_child(struct keyed *k, const struct ike_act *a)
{
    switch (a->kind) {
    case IKE_ACT_INSTALL:
        key_install(k, a);
        key_installed(k, a);
        break;
    case IKE_ACT_SENDS:
        key_sends(k, a);
        break;
    case IKE_ACT_END:
        key_end(k, a);
        break;
    default:
        key_forget(k, a);
        break;
    }
}

static void do_known(struct keyed *k, const struct ike_act *a)
{
    switch (a->kind) {
    case IKE_ACT_UP:
        key_tell_up(k, a);
        key_up(k, a);
        break;
    case IKE_ACT_CHOSEN:
        key_chosen(k);
        break;
    case IKE_ACT_DOWN:
        key_tell_down(k->of, a);
        key_down(k, a);
        break;
    case IKE_ACT_EXPIRED:
        key_down(k, a);
        break;
    case IKE_ACT_NO_CHILD:
    case IKE_ACT_NOT_REKEYED:
        key_tell_no_child(k, a);
        break;
    case IKE_ACT_SILENT:
        silent(k, a);
        break;
    case IKE_ACT_DUE:
        key_tell_due(k, a);
        break;
    case IKE_ACT_UNANSWERED:
        key_unanswered(k, a);
        break;
    case IKE_ACT_MOVED:
        key_moved(k, a);
        break;
    case IKE_ACT_UPDATED:
        key_updated(k, a);
        break;
    case IKE_ACT_ADDITIONAL:
        key_tell_additional(k, a);
        break;
    case IKE_ACT_ASSIGNED:
        key_assigned(k, a);
        break;
    case IKE_ACT_INSTALL:
    case IKE_ACT_SENDS:
    case IKE_ACT_END:
    case IKE_ACT_FORGET:
        do_child(k, a);
        break;
    default:
        break;
    }
}

static void do_act(struct key_exchange *x, const struct ike_act *a)
{
    struct keyed *k = a->peer ? ike_peer_config(a->peer)->owner : NULL;
    switch (a->kind) {
    case IKE_ACT_SEND:
        send(x, k, a);
        break;
    case IKE_ACT_HEARD:
        x->counts.received++;
        key_tell_message(x, a, false);
        break;
    case IKE_ACT_REFUSED:
        key_tell_refused(x, a);
        break;
    case IKE_ACT_KEYED:
        note_sa(x, a);
        break;
    case IKE_ACT_DOWN:
        note_sa(x, a);
        if (!k)
            key_tell_down(x, a);
        break;
    default:
        break;
    }
    if (k)
        do_known(k, a);
}

static void rearm(struct key_exchange *x)
{
    struct sim *sim = x->node->sim;
    sim_time next = ike_next(x->ike);
    if (next == SIM_NEVER) {
        sim_stop(sim, &x->timer);
    } else {
        sim_arm(sim, &x->timer, next > sim_now(sim) ? next : sim_now(sim));
    }
}

void key_do_all(struct key_exchange *x)
{
    struct ike_act a;
    uint64_t about = 0;
    assert(!x->doing);
    x->doing = true;
    for (;;) {
        while (ike_act(x->ike, &a)) {
            if (x->ticks && a.sa != about) /* what time does to one SA has nothing to do with */
                sim_set_cause(x->node->sim, 0); /* what it did to another */
            about = a.sa;
            do_act(x, &a);
        }
        x->ticks = false;
        struct key_wish w;
        if (!key_next_wish(x, &w))
            break;
        sim_set_cause(x->node->sim, w.cause);
        key_do_wish(x, &w);
    }
    x->doing = false;
    rearm(x);
}

static void wake(struct sim *sim, void *owner)
{
    sim_set_cause(sim, 0);
    key_work_tick(owner);
}

static void take(void *owner, const struct pkt *p, const uint8_t *payload, size_t n)
{
    struct key_exchange *x = owner;
    struct reader ports = rd_over(payload - UDP_HEADER, UDP_HEADER);
    struct ike_datagram d = {.bytes = payload, .n = n};
    d.path.remote = ip6_src(p->at);
    d.path.local = ip6_dst(p->at);
    d.path.remote_port = rd_u16(&ports);
    d.path.local_port = rd_u16(&ports);
    if (d.path.local_port == IKE_NAT_PORT) {
        static const uint8_t marker[MARKER] = {0};
        if (n < MARKER || memcmp(payload, marker, MARKER) != 0) {
            x->counts.kept_alive += n == 1 && *payload == 0xff; /* RFC 3948 2.3 */
            return;
        }
        d.bytes += MARKER;
        d.n -= MARKER;
    }
    x->counts.bytes += p->len;
    key_work_datagram(x, &d, p);
}

/* ---- told by others -------------------------------------------------------------------------- */

void key_exchange_acquire(struct node *n, struct protected *who, const struct spd_entry *e,
                          unsigned number)
{
    struct keyed *k = n->keys ? keyed_of(who) : NULL;
    int policy = k ? key_policy_of(k, e) : -1;
    if (policy < 0 || !(k->sa || k->starting) || (n->keys->responds && !n->keys->how.acquires))
        return; /* a mobile node begins by itself as soon as it can */
    key_wish(n->keys,
             &(struct key_wish){
                 .kind = KEY_WISH_WANT, .who = k, .policy = (unsigned)policy, .number = number});
}

void key_exchange_aged(struct node *n, const struct sa *sa, enum ipsec_lifetime what)
{
    if (n->keys && sa->key)
        key_wish(n->keys,
                 &(struct key_wish){.kind = what == IPSEC_SOFT ? KEY_WISH_SOFT : KEY_WISH_HARD,
                                    .spi = sa->key});
}

void key_exchange_sent(struct node *n, const struct sa *sa, const struct addr *src)
{
    if (n->keys)
        note_sent(keyed_of(sa->subject->owner), src);
}

void key_exchange_seen(struct node *n, const struct sa *sa, const struct ike_path *path)
{
    if (n->keys && sa->key)
        key_wish(n->keys, &(struct key_wish){.kind = KEY_WISH_SEEN,
                                             .who = keyed_of(sa->subject->owner),
                                             .spi = sa->key,
                                             .local = path->local,
                                             .remote = path->remote,
                                             .local_port = path->local_port,
                                             .remote_port = path->remote_port});
}

void key_exchange_used(struct node *n, const struct sa *sa)
{
    if (n->keys && sa->key)
        key_wish(n->keys, &(struct key_wish){.kind = KEY_WISH_USED, .spi = sa->key});
}
