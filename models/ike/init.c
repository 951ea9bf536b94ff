/* IKE_SA_INIT (RFC 7296 1.2, 2.6, 2.14), with cookies and other groups. */
#include <assert.h>
#include <string.h>

#include "models/ike/parts.h"

static const uint16_t hashes[] = {IKE_HASH_SHA256, IKE_HASH_SHA384, IKE_HASH_SHA512,
                                  IKE_HASH_IDENTITY};

/* ---- what both sides write ------------------------------------------------------------------- */

static void put_abilities(const struct ike *k, struct ike_writer *w)
{
    uint8_t list[2 * sizeof hashes / sizeof *hashes];
    for (size_t j = 0; j < sizeof hashes / sizeof *hashes; j++) {
        list[2 * j] = 0;
        list[2 * j + 1] = (uint8_t)hashes[j];
    }
    if (k->how.fragment_bytes)
        ike_put_status(w, IKE_N_IKEV2_FRAGMENTATION_SUPPORTED, NULL, 0);
    ike_put_status(w, IKE_N_SIGNATURE_HASH_ALGORITHMS, list, sizeof list);
}

static void read_abilities(struct ike_sa *sa, const struct ike_payloads *list)
{
    struct ike_notify n;
    sa->fragments = sa->ike->how.fragment_bytes &&
                    ike_find_notify(list, IKE_N_IKEV2_FRAGMENTATION_SUPPORTED, &n);
    sa->childless = ike_find_notify(list, IKE_N_CHILDLESS_IKEV2_SUPPORTED, &n);
    sa->signature = ike_find_notify(list, IKE_N_SIGNATURE_HASH_ALGORITHMS, &n);
    for (size_t j = 0; sa->signature && j + 1 < n.bytes; j += 2) {
        unsigned hash = (unsigned)n.data[j] << 8 | n.data[j + 1];
        if (hash < 32)
            sa->hashes |= 1U << hash;
    }
}

/* ---- initiator ------------------------------------------------------------------------------- */

static void send_first(struct ike_sa *sa, struct ike_request *r, sim_time now)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    struct ike_sa_payload offer;
    const struct ike_header h = {
        .spi_i = sa->own, .major = 2, .exchange = IKE_SA_INIT, .flags = IKE_INITIATOR, .id = 0};
    ike_begin(&w, k->inside, sizeof k->inside, &h);
    if (sa->cookie_bytes) /* as the first payload, all else unchanged: 2.6 */
        ike_put_status(&w, IKE_N_COOKIE, sa->cookie, sa->cookie_bytes);
    ike_offer_ike(sa->peer->how, 0, 0, &offer);
    ike_put_sa(&w, &offer);
    ike_put_ke(&w, &(struct ike_ke){sa->dh.group, sa->dh.value, dh_public_bytes(sa->dh.group)});
    ike_put_bytes(&w, IKE_P_NONCE, sa->ni.bytes, sa->ni.n);
    if (k->how.nat_detection)
        ike_put_nat(&w, sa->own, 0, &sa->path);
    put_abilities(k, &w);
    size_t n = ike_end(&w);
    assert(n);
    struct ike_payloads list;
    enum ike_fault fault =
        ike_read_payloads(w.first, k->inside + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list);
    assert(!fault);
    ike_text_give(&sa->first_own);
    sa->first_own = ike_text_copy(k, k->inside, n);
    ike_text_give(&r->text);
    r->text = ike_text_copy(k, k->inside, n);
    r->text->news = (struct ike_news){.exchange = IKE_SA_INIT,
                                      .flags = IKE_INITIATOR,
                                      .spi_i = sa->own,
                                      .task = IKE_TASK_INIT,
                                      .bytes = n};
    ike_describe(&r->text->news, &list);
    r->task = IKE_TASK_INIT;
    r->todo.task = IKE_TASK_INIT;
    r->id = 0;
    r->tries = 1;
    r->times = 1;
    r->wait = k->how.timers.first_timeout;
    r->due = now + r->wait;
    ike_send_text(sa, r->text, &sa->path, 1);
}

void ike_init_begin(struct ike_sa *sa, sim_time now)
{
    struct ike *k = sa->ike;
    sa->ni = ike_draw_nonce(k);
    dh_draw(&sa->dh, sa->peer->how->offer[0].group, &k->streams.dh);
    k->work.dh_public[sa->dh.group]++;
    send_first(sa, &sa->request[0], now);
}

/* It names the address that it comes from: from another one it is another message. */
void ike_init_moved(struct ike_sa *sa, sim_time now)
{
    send_first(sa, &sa->request[0], now);
}

static void again_with_group(struct ike_sa *sa, struct ike_request *r, const struct ike_notify *n,
                             sim_time now)
{
    const struct ike_peer_config *how = sa->peer->how;
    uint16_t group = ike_asked_group(n);
    bool offered = false;
    for (unsigned j = 0; j < how->offers; j++)
        offered |= how->offer[j].group == group;
    if (!offered || group == sa->dh.group) {
        ike_sa_end(sa, IKE_HOW_NOTIFIED, n->type, now);
        return;
    }
    dh_draw(&sa->dh, group, &sa->ike->streams.dh);
    sa->ike->work.dh_public[group]++;
    send_first(sa, r, now);
}

/* Another round, or none. Such answers are not protected: what they ask for is tried, and a no is
 * believed, since there is nothing yet to lose (2.21.1). */
static bool another_round(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    struct ike_notify n;
    bool cookie = ike_find_notify(&m->list, IKE_N_COOKIE, &n);
    uint16_t error = cookie ? 0 : ike_find_error(&m->list, &n);
    if (!cookie && !error)
        return false;
    if (++sa->rounds > IKE_ROUNDS) {
        ike_sa_end(sa, IKE_HOW_NOTIFIED, n.type, m->now);
    } else if (cookie) {
        if (!n.bytes || n.bytes > IKE_COOKIE) {
            ike_refuse(sa->ike, sa, m->from, IKE_HOW_FAULT, IKE_BAD_PAYLOAD);
            return true;
        }
        memcpy(sa->cookie, n.data, n.bytes);
        sa->cookie_bytes = n.bytes;
        send_first(sa, r, m->now);
    } else if (error == IKE_N_INVALID_KE_PAYLOAD) {
        again_with_group(sa, r, &n, m->now);
    } else {
        ike_sa_end(sa, IKE_HOW_NOTIFIED, error, m->now);
    }
    return true;
}

/* Keys of both sides, once both nonces and values are there. */
static bool derive(struct ike_sa *sa, const struct ike_ke *peer)
{
    struct ike *k = sa->ike;
    uint8_t shared[DH_PUBLIC];
    uint8_t seed[PRF_BYTES];
    k->work.dh_shared[sa->suite.group]++;
    if (!dh_agree(&sa->dh, peer->data, peer->bytes, shared))
        return false;
    const struct ike_nonces n = {sa->ni.bytes, sa->ni.n, sa->nr.bytes, sa->nr.n};
    size_t bytes = prf_bytes(sa->suite.prf);
    ike_skeyseed(sa->suite.prf, &n, shared, dh_shared_bytes(sa->suite.group), seed);
    ike_derive(&sa->suite, seed, bytes, &n, ike_spi_i(sa), ike_spi_r(sa), &sa->keys);
    k->work.prf += 16;
    ike_sa_key(sa);
    return true;
}

/* What the responder chose is one of ours, and goes with its KE and nonce. */
static bool accept(struct ike_sa *sa, const struct ike_message *m)
{
    const struct ike_payload *p = ike_find(&m->list, IKE_P_SA);
    const struct ike_payload *ke = ike_find(&m->list, IKE_P_KE);
    struct ike_sa_payload chosen;
    struct ike_proposal again;
    struct ike_ke value;
    if (!p || !ke || ike_read_sa(p, &chosen) || chosen.proposals != 1 || ike_read_ke(ke, &value))
        return false;
    return ike_choose_ike(sa->peer->how, &chosen, &sa->suite, &again) &&
           again.transforms == chosen.proposal[0].transforms && value.group == sa->dh.group &&
           sa->suite.group == sa->dh.group && ike_take_nonce(m, sa->suite.prf, &sa->nr) &&
           derive(sa, &value);
}

static void tell(struct ike_sa *sa, const struct ike_message *m)
{
    if (!sa->ike->how.exchanges_are_told)
        return;
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_HEARD, sa);
    a->path = m->from->path;
    a->news = (struct ike_news){.exchange = IKE_SA_INIT,
                                .flags = m->h.flags,
                                .spi_i = m->h.spi_i,
                                .spi_r = m->h.spi_r,
                                .task = IKE_TASK_INIT,
                                .tries = 1,
                                .bytes = m->from->n};
    ike_describe(&a->news, &m->list);
}

static enum ike_fault read_clear(struct ike_message *m)
{
    enum ike_fault fault = ike_read_payloads(m->h.next, m->from->bytes + IKE_HEADER_BYTES,
                                             m->from->n - IKE_HEADER_BYTES, &m->list);
    return fault ? fault : ike_check(IKE_SA_INIT, m->h.flags & IKE_RESPONSE, true, &m->list);
}

void ike_init_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *from)
{
    struct ike_message m = *from;
    enum ike_fault fault = read_clear(&m);
    if (fault) {
        ike_refuse(sa->ike, sa, m.from, IKE_HOW_FAULT, fault);
        return;
    }
    tell(sa, &m);
    if (another_round(sa, r, &m))
        return;
    sa->other = m.h.spi_r;
    if (!m.h.spi_r || !accept(sa, &m)) {
        ike_sa_end(sa, IKE_HOW_REFUSED, IKE_N_NO_PROPOSAL_CHOSEN, m.now);
        return;
    }
    sa->first_other = ike_text_copy(sa->ike, m.from->bytes, m.from->n);
    read_abilities(sa, &m.list);
    ike_see_nat(sa, &m);
    bool may_float = sa->nat_here || sa->nat_there || sa->peer->how->mobike;
    if (sa->ike->how.nat_detection && sa->nat_known &&
        may_float) { /* RFC 7296 2.23, RFC 4555 3.3 */
        sa->path.local_port = IKE_NAT_PORT;
        sa->path.remote_port = IKE_NAT_PORT;
    }
    ike_request_done(r);
    sa->next_id = 1;
    ike_sa_enter(sa, IKE_AUTH_SENT);
    ike_auth_begin(sa, m.now);
}

/* ---- responder ------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct ike_datagram *d)
{
    uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */
    for (size_t k = 0; k < d->n; k++)
        h = (h ^ d->bytes[k]) * 0x100000001b3U;
    return h ? h : 1;
}

/* Known by the whole message, not by its SPI or source: 2.1. */
static struct ike_sa *repeated(const struct ike *k, const struct ike_message *m)
{
    struct ike_sa *sa = map_find(&k->by_first, hash_of(m->from));
    const struct ike_text *t = sa ? sa->first_other : NULL;
    return t && t->n == m->from->n && !memcmp(t->bytes, m->from->bytes, t->n) ? sa : NULL;
}

/* A peer is not known before it says who it is, so what any peer is offered will do here; whether
 * it is what this one is offered is looked at then. Its own order counts, whoever else there is. */
static bool choose(struct ike *k, const struct ike_sa_payload *in, struct ike_suite *suite,
                   struct ike_proposal *chosen)
{
    bool found = false;
    bool good = ike_counted(in);
    for (unsigned j = 0; j < in->proposals; j++)
        good &= !in->proposal[j].spi_bytes; /* 3.3.1 */
    for (unsigned j = 0; good && j < in->proposals && !found; j++) {
        for (unsigned i = 0; i < k->offers && !found; i++)
            found = ike_fits(k->offer[i], &in->proposal[j], suite, chosen);
    }
    return found;
}

static void send_second(struct ike_sa *sa, const struct ike_message *m,
                        const struct ike_proposal *chosen)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    const struct ike_sa_payload answer = {.proposals = 1, .proposal = {*chosen}};
    const struct ike_header h = {.spi_i = sa->other,
                                 .spi_r = sa->own,
                                 .major = 2,
                                 .exchange = IKE_SA_INIT,
                                 .flags = IKE_RESPONSE,
                                 .id = 0};
    ike_begin(&w, k->inside, sizeof k->inside, &h);
    ike_put_sa(&w, &answer);
    ike_put_ke(&w, &(struct ike_ke){sa->dh.group, sa->dh.value, dh_public_bytes(sa->dh.group)});
    ike_put_bytes(&w, IKE_P_NONCE, sa->nr.bytes, sa->nr.n);
    if (k->how.nat_detection)
        ike_put_nat(&w, sa->other, sa->own, &m->from->path);
    put_abilities(k, &w);
    if (k->how.childless)
        ike_put_status(&w, IKE_N_CHILDLESS_IKEV2_SUPPORTED, NULL, 0);
    size_t n = ike_end(&w);
    assert(n);
    struct ike_payloads list;
    enum ike_fault fault =
        ike_read_payloads(w.first, k->inside + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list);
    assert(!fault);
    sa->first_own = ike_text_copy(k, k->inside, n);
    struct ike_text *t = ike_text_copy(k, k->inside, n);
    t->news = (struct ike_news){.exchange = IKE_SA_INIT,
                                .flags = IKE_RESPONSE,
                                .spi_i = sa->other,
                                .spi_r = sa->own,
                                .task = IKE_TASK_INIT,
                                .bytes = n};
    ike_describe(&t->news, &list);
    sa->answer[0] = t;
    sa->answer_id[0] = 0;
    ike_send_text(sa, t, &m->from->path, 1);
}

static void respond(struct ike *k, const struct ike_message *m, const struct ike_suite *suite,
                    const struct ike_proposal *chosen, const struct ike_ke *ke)
{
    struct ike_sa *sa = ike_sa_new(k, NULL, false, &m->from->path, m->now);
    sa->other = m->h.spi_i;
    sa->suite = *suite;
    sa->nr = ike_draw_nonce(k);
    dh_draw(&sa->dh, suite->group, &k->streams.dh);
    k->work.dh_public[suite->group]++;
    if (!ike_take_nonce(m, suite->prf, &sa->ni) || !derive(sa, ke)) {
        ike_sa_end(sa, IKE_HOW_REFUSED, IKE_N_INVALID_SYNTAX, m->now);
        ike_send_notice(k, m->from, &m->h, IKE_N_INVALID_SYNTAX, NULL, 0);
        return;
    }
    read_abilities(sa, &m->list);
    ike_see_nat(sa, m);
    sa->first_other = ike_text_copy(k, m->from->bytes, m->from->n);
    sa->first_hash = hash_of(m->from);
    map_put(&k->by_first, sa->first_hash, sa);
    sa->expected = 1;
    tell(sa, m);
    send_second(sa, m, chosen);
    ike_sa_rearm(sa);
}

void ike_init_requested(struct ike *k, const struct ike_message *from)
{
    struct ike_message m = *from;
    struct ike_sa *again = repeated(k, &m);
    if (again) {
        ike_refuse(k, again, m.from, IKE_HOW_REPEATED, IKE_GOOD);
        if (again->state == IKE_INIT_ANSWERED && again->answer[0])
            ike_send_text(again, again->answer[0], &m.from->path, 2);
        return;
    }
    struct ike_sa_payload in;
    struct ike_ke ke;
    struct ike_suite suite;
    struct ike_proposal chosen;
    enum ike_fault fault = read_clear(&m);
    const struct ike_payload *ni = ike_find(&m.list, IKE_P_NONCE);
    if (!fault && (m.h.spi_r || m.h.id || !(m.h.flags & IKE_INITIATOR)))
        fault = IKE_BAD_SPI;
    if (!fault && (!ni || ike_read_nonce(ni) || ike_read_sa(ike_find(&m.list, IKE_P_SA), &in) ||
                   ike_read_ke(ike_find(&m.list, IKE_P_KE), &ke)))
        fault = IKE_BAD_PAYLOAD;
    if (fault) {
        ike_refuse(k, NULL, m.from, IKE_HOW_FAULT, fault);
        if (fault == IKE_UNKNOWN_CRITICAL)
            ike_send_notice(k, m.from, &m.h, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD,
                            &m.list.unknown_critical, 1);
        return;
    }
    if ((int64_t)k->half_open >= k->how.half_open_max) {
        ike_refuse(k, NULL, m.from, IKE_HOW_HALF_OPEN, IKE_GOOD);
        return;
    }
    if ((int64_t)k->half_open >= k->how.cookies_from && !ike_cookie_good(k, &m, ni))
        return;
    if (!choose(k, &in, &suite, &chosen)) {
        ike_send_notice(k, m.from, &m.h, IKE_N_NO_PROPOSAL_CHOSEN, NULL, 0);
        return;
    }
    if (suite.group != ke.group) { /* 1.2 */
        const uint8_t want[2] = {(uint8_t)(suite.group >> 8), (uint8_t)suite.group};
        ike_send_notice(k, m.from, &m.h, IKE_N_INVALID_KE_PAYLOAD, want, sizeof want);
        return;
    }
    respond(k, &m, &suite, &chosen, &ke);
}
