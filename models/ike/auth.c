/* IKE_AUTH (RFC 7296 1.2, 2.15, 2.21.2; RFC 7427; RFC 6023). EAP is not done. */
#include <string.h>

#include "models/ike/parts.h"

/* ---- AUTH ------------------------------------------------------------------------------------ */

void ike_put_identity(struct ike_writer *w, uint8_t payload, const struct ike_identity *id)
{
    ike_put_id(w, payload, &(struct ike_id){id->type, id->data, id->bytes});
}

/* What the side `own` signs, into k->octets. */
static size_t octets(struct ike_sa *sa, bool own, uint8_t id_type, const uint8_t *id, size_t n)
{
    enum { ID_MAX = 1024, ID_HEAD = 4 };
    struct ike *k = sa->ike;
    uint8_t body[ID_HEAD + ID_MAX] = {id_type};
    bool of_initiator = own == sa->initiator;
    const struct ike_text *first = own ? sa->first_own : sa->first_other;
    const struct ike_nonce *nonce = of_initiator ? &sa->nr : &sa->ni;
    if (n > ID_MAX || first->n + IKE_NONCE_MAX + PRF_BYTES > sizeof k->octets)
        return 0;
    memcpy(body + ID_HEAD, id, n);
    k->work.prf += 3;
    const struct prf_piece message = {first->bytes, first->n};
    const struct prf_piece other_nonce = {nonce->bytes, nonce->n};
    const struct prf_piece identity = {body, ID_HEAD + n};
    return ike_signed_octets(sa->suite.prf, &message, &other_nonce,
                             of_initiator ? sa->keys.pi : sa->keys.pr, &identity, k->octets);
}

static struct sign_how how_to_sign(const struct ike_sa *sa)
{
    return (struct sign_how){sa->signature, sa->hashes, sa->peer->how->padding};
}

void ike_put_certs(struct ike_sa *sa, struct ike_writer *w)
{
    const struct sign_certs *c = sa->peer->how->certs;
    for (unsigned j = 0; c && j < sign_certs_count(c); j++) {
        size_t n;
        const uint8_t *der = sign_certs_der(c, j, &n);
        ike_put_blob(w, IKE_P_CERT, &(struct ike_blob){IKE_CERT_X509, der, n});
    }
}

static void put_certreq(const struct ike_sa *sa, struct ike_writer *w)
{
    const struct sign_certs *c = sa->peer->how->trusted;
    uint8_t hashes[8 * IKE_HASH];
    unsigned n = 0;
    for (; c && n < 8 && n < sign_certs_count(c); n++)
        sign_certs_key_hash(c, n, hashes + (size_t)n * IKE_HASH);
    ike_put_blob(w, IKE_P_CERTREQ, &(struct ike_blob){IKE_CERT_X509, hashes, (size_t)n * IKE_HASH});
}

bool ike_put_auth(struct ike_sa *sa, struct ike_writer *w)
{
    struct ike *k = sa->ike;
    const struct ike_peer_config *how = sa->peer->how;
    size_t n = octets(sa, true, how->own.type, how->own.data, how->own.bytes);
    if (how->proof == IKE_BY_SHARED_KEY) {
        uint8_t mac[PRF_BYTES];
        ike_shared_key_auth(sa->suite.prf, how->secret, how->secret_bytes, k->octets, n, mac);
        ike_put_blob(w, IKE_P_AUTH,
                     &(struct ike_blob){IKE_AUTH_SHARED_KEY, mac, prf_bytes(sa->suite.prf)});
        return n;
    }
    struct sign_auth auth;
    const struct sign_how sign = how_to_sign(sa);
    k->work.signs++;
    if (!n || !sign_auth(how->key, &sign, k->octets, n, &k->streams.sign, &auth))
        return false;
    ike_put_blob(w, IKE_P_AUTH, &(struct ike_blob){auth.method, auth.data, auth.bytes});
    return true;
}

static bool shared_key_good(struct ike_sa *sa, const struct ike_blob *auth, size_t n)
{
    uint8_t mac[PRF_BYTES];
    const struct ike_peer_config *how = sa->peer->how;
    size_t bytes = prf_bytes(sa->suite.prf);
    ike_shared_key_auth(sa->suite.prf, how->secret, how->secret_bytes, sa->ike->octets, n, mac);
    return auth->kind == IKE_AUTH_SHARED_KEY && auth->bytes == bytes &&
           !memcmp(mac, auth->data, bytes);
}

static enum sign_verdict signature_verdict(struct ike_sa *sa, const struct ike_message *m,
                                           const struct ike_id *id, const struct ike_blob *auth,
                                           size_t n)
{
    const struct ike_peer_config *how = sa->peer->how;
    const uint32_t offered = 1U << IKE_HASH_SHA256 | 1U << IKE_HASH_SHA384 | 1U << IKE_HASH_SHA512 |
                             1U << IKE_HASH_IDENTITY;
    const struct sign_how sign = {sa->signature, offered, how->padding};
    struct sign_claim c = {.id_type = id->type,
                           .id = id->data,
                           .id_bytes = id->bytes,
                           .method = auth->kind,
                           .auth = auth->data,
                           .auth_bytes = auth->bytes};
    for (unsigned j = 0; j < m->list.n && c.certs < sizeof c.cert / sizeof *c.cert; j++) {
        struct ike_blob cert;
        if (m->list.p[j].type != IKE_P_CERT || ike_read_blob(&m->list.p[j], &cert) ||
            cert.kind != IKE_CERT_X509)
            continue;
        c.cert[c.certs] = cert.data;
        c.cert_bytes[c.certs++] = cert.bytes;
    }
    sa->ike->work.verifies += 1 + c.certs;
    return sign_verify(how->trusted, &c, &sign, sa->ike->octets, n,
                       how->unix_start_s + m->now / SIM_S);
}

bool ike_auth_good(struct ike_sa *sa, const struct ike_message *m, const struct ike_id *id,
                   enum sign_verdict *verdict)
{
    struct ike_blob auth;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_AUTH);
    size_t n = octets(sa, false, id->type, id->data, id->bytes);
    *verdict = SIGN_BAD_SIGNATURE;
    if (!p || ike_read_blob(p, &auth) || !n)
        return false;
    if (sa->peer->how->proof == IKE_BY_SHARED_KEY) {
        *verdict = auth.kind == IKE_AUTH_SHARED_KEY ? SIGN_WRONG_SECRET : SIGN_BAD_METHOD;
        return shared_key_good(sa, &auth, n);
    }
    *verdict = signature_verdict(sa, m, id, &auth, n);
    return *verdict == SIGN_GOOD;
}

static void release_first(struct ike_sa *sa)
{
    ike_text_give(&sa->first_own);
    if (sa->initiator) /* a responder knows repeated requests by it */
        ike_text_give(&sa->first_other);
    sa->dh = (struct dh){.group = DH_NONE};
}

/* ---- initiator ------------------------------------------------------------------------------- */

/* The first Child SA comes with it: the first that is wished for. NULL: none. */
static struct ike_child *first_child(struct ike_sa *sa)
{
    const struct ike_peer_config *how = sa->peer->how;
    if (how->childless && sa->childless)
        return NULL;
    for (unsigned j = 0; j < sa->todos; j++) {
        struct ike_todo t = sa->todo[j];
        if (t.task != IKE_TASK_CHILD)
            continue;
        if (ike_waits_for_address(sa, t.policy) && !how->asks_address && sa->childless)
            return NULL; /* it is made from a prefix first: RFC 5026 5.3.2 */
        sa->todos--;
        memmove(&sa->todo[j], &sa->todo[j + 1], (sa->todos - j) * sizeof sa->todo[0]);
        return ike_child_begin(sa, t.policy, t.number);
    }
    return sa->childless ? NULL : ike_child_begin(sa, 0, 0);
}

void ike_auth_begin(struct ike_sa *sa, sim_time now)
{
    struct ike *k = sa->ike;
    const struct ike_peer_config *how = sa->peer->how;
    struct ike_request *r = &sa->request[0];
    struct ike_writer w;
    *r = (struct ike_request){.task = IKE_TASK_AUTH, .todo = {.task = IKE_TASK_AUTH}};
    r->made = first_child(sa);
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    ike_put_identity(&w, IKE_P_IDI, &how->own);
    if (how->proof == IKE_BY_SIGNATURE)
        ike_put_certs(sa, &w);
    if (how->initial_contact && sa->peer->sas == 1) /* there is no other: 2.4 */
        ike_put_status(&w, IKE_N_INITIAL_CONTACT, NULL, 0);
    if (how->proof == IKE_BY_SIGNATURE)
        put_certreq(sa, &w);
    ike_put_identity(&w, IKE_P_IDR, &how->peer);
    bool can = ike_put_auth(sa, &w);
    ike_put_cp_request(sa, &w);
    if (r->made)
        ike_put_child(r->made, &w, NULL, NULL, NULL);
    if (how->mobike)
        ike_put_status(&w, IKE_N_MOBIKE_SUPPORTED, NULL, 0);
    if (!can || !ike_send_request(sa, r, IKE_AUTH, &w, now))
        ike_sa_end(sa, can ? IKE_HOW_TOO_LONG : IKE_HOW_UNAUTHENTICATED, 0, now);
}

/* 2.21.2: the responder thinks that it is up, and is told. */
static void tell_failure(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_writer w;
    struct ike_request *r = &sa->request[1];
    *r = (struct ike_request){.task = IKE_TASK_TELL, .todo = {.task = IKE_TASK_TELL}};
    ike_begin_inside(&w, sa->ike->inside, sizeof sa->ike->inside);
    ike_put_status(&w, IKE_N_AUTHENTICATION_FAILED, NULL, 0);
    (void)ike_send_request(sa, r, IKE_INFORMATIONAL, &w, m->now);
}

/* Whether the responder is who it should be. False: the IKE SA has ended. */
static bool is_authentic(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_id id;
    struct ike_notify n;
    const struct ike_payload *idr = ike_find(&m->list, IKE_P_IDR);
    if (!idr || !ike_find(&m->list, IKE_P_AUTH)) {
        ike_sa_end(sa, IKE_HOW_NOTIFIED, ike_find_error(&m->list, &n), m->now);
        return false;
    }
    enum sign_verdict verdict = SIGN_WRONG_IDENTITY;
    if (!ike_read_id(idr, &id) && ike_identity_is(&sa->peer->how->peer, &id) &&
        ike_auth_good(sa, m, &id, &verdict))
        return true;
    tell_failure(sa, m);
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_REFUSED, sa);
    a->how = IKE_HOW_UNAUTHENTICATED;
    a->verdict = verdict;
    ike_sa_end(sa, IKE_HOW_UNAUTHENTICATED, IKE_N_AUTHENTICATION_FAILED, m->now);
    return false;
}

void ike_auth_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    struct ike_notify n;
    if (!is_authentic(sa, m))
        return;
    struct ike_child *c = r->made;
    r->made = NULL;
    ike_request_done(r);
    release_first(sa);
    sa->mobike = sa->peer->how->mobike && ike_find_notify(&m->list, IKE_N_MOBIKE_SUPPORTED, &n);
    ike_sa_up(sa, 0, m->now);
    if (sa->mobike && sa->moved) /* the responder took the source of the first: RFC 4555 3.2 */
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_UPDATE_ADDRESSES});
    ike_take_cp_reply(sa, m, c);
    if (!c)
        return;
    /* What is wrong with the Child SA does not undo authentication: 2.21.2. */
    uint16_t refused = ike_find_error(&m->list, &n);
    enum ike_how how = refused ? IKE_HOW_NOTIFIED : IKE_HOW_REFUSED;
    unsigned policy = c->policy;
    unsigned number = c->is.number;
    if (!refused)
        refused = ike_child_complete(c, m, &sa->ni, &sa->nr, NULL, NULL);
    if (!refused) {
        ike_child_install(c, true, NULL);
        return;
    }
    if (!sa->peer->how->asks_address && ike_waits_for_address(sa, policy)) {
        const struct ike_todo later = {.task = IKE_TASK_CHILD, .policy = policy, .number = number};
        (void)ike_todo_add(sa, &later);
    } else {
        ike_child_refused(sa, policy, number, how, refused);
    }
    if (how == IKE_HOW_NOTIFIED) {
        ike_child_give(sa->ike, c);
    } else {
        ike_child_disown(c);
    }
}

/* ---- responder ------------------------------------------------------------------------------- */

static void say_no(struct ike_sa *sa, const struct ike_message *m, uint16_t why)
{
    struct ike_writer w;
    ike_begin_inside(&w, sa->ike->inside, sizeof sa->ike->inside);
    ike_put_status(&w, why, NULL, 0);
    (void)ike_send_answer(sa, m, &w, IKE_TASK_AUTH);
}

static void refuse(struct ike_sa *sa, const struct ike_message *m, uint16_t why)
{
    say_no(sa, m, why);
    ike_sa_close(sa, IKE_HOW_REFUSED, why, m->now);
}

static void fail(struct ike_sa *sa, const struct ike_message *m, enum sign_verdict verdict)
{
    say_no(sa, m, IKE_N_AUTHENTICATION_FAILED);
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_REFUSED, sa);
    a->how = IKE_HOW_UNAUTHENTICATED;
    a->verdict = verdict;
    ike_sa_close(sa, IKE_HOW_UNAUTHENTICATED, IKE_N_AUTHENTICATION_FAILED, m->now);
}

/* Who it is, with what it may have. False: the IKE SA has ended. */
static bool know(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_id id;
    struct ike_id wanted;
    enum sign_verdict verdict = SIGN_WRONG_IDENTITY;
    const struct ike_payload *idi = ike_find(&m->list, IKE_P_IDI);
    const struct ike_payload *idr = ike_find(&m->list, IKE_P_IDR);
    bool good = idi && !ike_read_id(idi, &id);
    struct ike_peer *p = good ? ike_peer_by_identity(sa->ike, &id) : NULL;
    if (p && idr && (ike_read_id(idr, &wanted) || !ike_identity_is(&p->how->own, &wanted)))
        p = NULL;
    bool offered = false;
    for (unsigned j = 0; p && j < p->how->offers; j++)
        offered |= p->how->offer[j].cipher == sa->suite.cipher &&
                   p->how->offer[j].prf == sa->suite.prf &&
                   p->how->offer[j].group == sa->suite.group;
    if (!p) {
        fail(sa, m, verdict);
        return false;
    }
    if (!offered) { /* the suite is one of another peer's */
        refuse(sa, m, IKE_N_NO_PROPOSAL_CHOSEN);
        return false;
    }
    sa->peer = p;
    p->sas++;
    if (!ike_auth_good(sa, m, &id, &verdict)) {
        fail(sa, m, verdict);
        return false;
    }
    return true;
}

/* 2.4: the peer remembers no other; those that there are go without a word. */
static void end_others(struct ike_sa *sa, sim_time now)
{
    for (struct ike_sa *other = sa->ike->first; other;) {
        bool ends =
            other != sa && other->peer == sa->peer && other->state >= IKE_UP && ike_sa_lives(other);
        if (ends)
            ike_sa_end(other, IKE_HOW_CONTACT, 0, now);
        other = ends ? sa->ike->first : other->next; /* another may have gone with it */
    }
}

static void answer(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike *k = sa->ike;
    const struct ike_peer_config *how = sa->peer->how;
    struct ike_writer w;
    struct ike_notify n;
    struct ike_child *made = NULL;
    uint16_t group;
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    ike_put_identity(&w, IKE_P_IDR, &how->own);
    if (how->proof == IKE_BY_SIGNATURE)
        ike_put_certs(sa, &w);
    if (!ike_put_auth(sa, &w)) {
        fail(sa, m, SIGN_BAD_METHOD);
        return;
    }
    sa->mobike = how->mobike && ike_find_notify(&m->list, IKE_N_MOBIKE_SUPPORTED, &n);
    uint16_t refused = ike_put_cp_reply(sa, m, &w) ? 0 : IKE_N_INTERNAL_ADDRESS_FAILURE;
    if (!refused && ike_find(&m->list, IKE_P_SA))
        refused = ike_child_answer(sa, m, &w, NULL, &sa->ni, &sa->nr, &made, &group);
    if (refused)
        ike_put_status(&w, refused, NULL, 0);
    if (sa->mobike)
        ike_put_status(&w, IKE_N_MOBIKE_SUPPORTED, NULL, 0);
    if (ike_find_notify(&m->list, IKE_N_INITIAL_CONTACT, &n))
        end_others(sa, m->now);
    sa->path = m->from->path; /* RFC 4555 3.2: of the first IKE_AUTH */
    ike_sa_up(sa, 0, m->now);
    if (made)
        ike_child_install(made, true, NULL);
    if (ike_send_answer(sa, m, &w, IKE_TASK_AUTH))
        release_first(sa);
}

void ike_auth_requested(struct ike_sa *sa, const struct ike_message *m)
{
    if (!know(sa, m))
        return;
    bool childless = !ike_find(&m->list, IKE_P_SA); /* only if that was told: RFC 6023 3 */
    if (childless ? sa->ike->how.childless : ike_child_readable(m)) {
        answer(sa, m);
    } else {
        refuse(sa, m, IKE_N_INVALID_SYNTAX);
    }
}
