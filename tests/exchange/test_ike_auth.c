/* Who the other is: shared keys, signatures, identities, and what goes with IKE_AUTH (RFC 7296 1.2,
 * 2.15, 2.21.2; RFC 7427; RFC 6023; RFC 4877 7.3). */
#include "tests/ike_open.h"
#include "tests/sign_bench.h"

static struct bench b;
static struct open_letter o;
static struct sign_key *key[ENDS];
static struct sign_certs *certs[ENDS];
static struct sign_certs *ca;

static const uint8_t other_secret[] = "another secret";

static void a_wrong_shared_key_is_refused(void)
{
    bench_set(&b);
    b.end[HA].with.secret = other_secret;
    bench_begin(&b);
    uint64_t own = bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* HA -> MN  SK{N(AUTHENTICATION_FAILED)} */
    struct ike_notify n;
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_AUTHENTICATION_FAILED, &n));
    RULE("IKE-AUT-1");
    CHECK(ike_sas(b.end[HA].ike) == 0 && b.end[HA].refused[IKE_HOW_UNAUTHENTICATED] == 1);
    RULE("IKE-AUT-2");
    CHECK(o.h.id == 1 && o.list.n == 1 && !b.end[HA].children);
    CHECK_EQ(b.end[HA].verdict, SIGN_WRONG_SECRET);
    bench_settle(&b);
    CHECK_EQ(ike_sas(b.end[MN].ike), 0);
    CHECK_EQ(bench_sa(&b.end[MN], own)->notify, IKE_N_AUTHENTICATION_FAILED);
    bench_wait(&b, 400 * SIM_S);
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

/* IKE_SA_INIT takes what any peer may have, since it does not know yet who this is. */
static void a_suite_of_another_peers_is_refused(void)
{
    struct ike_notify n;
    struct ike_peer_config mn1;
    bench_set(&b);
    bench_begin(&b);
    mn1 = b.end[HA].with; /* it is found before the one that the bench has made */
    mn1.offer[0].prf = PRF_HMAC_SHA512;
    b.end[HA].peer = ike_add_peer(b.end[HA].ike, &mn1);
    (void)bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    RULE("IKE-SA-6");
    CHECK(open_at(&b, 0, &o) && o.list.n == 1 && open_notify(&o, IKE_N_NO_PROPOSAL_CHOSEN, &n));
    CHECK(b.end[HA].sa[0].how == IKE_HOW_REFUSED &&
          b.end[HA].sa[0].notify == IKE_N_NO_PROPOSAL_CHOSEN);
    CHECK_EQ(b.end[HA].refused[IKE_HOW_UNAUTHENTICATED], 0);
    bench_settle(&b);
    CHECK(!ike_sas(b.end[MN].ike) && !ike_sas(b.end[HA].ike) &&
          b.end[MN].sa[0].notify == IKE_N_NO_PROPOSAL_CHOSEN);
    bench_end(&b);
}

static void a_failure_that_got_lost_is_told_again(void)
{
    bench_set(&b);
    b.end[HA].with.secret = other_secret;
    bench_begin(&b);
    uint64_t own = bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_drop(&b, 0);
    bench_live(&b, 2 * SIM_S);
    RULE("IKE-RTX-1");
    CHECK_EQ(bench_sa(&b.end[MN], own)->notify, IKE_N_AUTHENTICATION_FAILED);
    bench_end(&b);
}

static void a_responder_that_cannot_prove_who_it_is_is_told_so(void)
{
    static const uint8_t id[] = "somebody@else.example";
    bench_set(&b);
    b.end[HA].with.own.data = id; /* IDr is not who was asked for */
    b.end[HA].with.own.bytes = sizeof id - 1;
    b.end[HA].with.own.type = IKE_ID_RFC822;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_settle(&b);
    /* It would not take an IDr that is not its own. */
    CHECK_EQ(ike_sas(b.end[MN].ike) + ike_sas(b.end[HA].ike), 0);
    CHECK_EQ(b.end[HA].refused[IKE_HOW_UNAUTHENTICATED], 1);
    bench_end(&b);
}

static void an_unknown_identity_is_refused(void)
{
    static const uint8_t id[] = "mn2@home.example";
    bench_set(&b);
    b.end[MN].with.own.data = id;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_settle(&b);
    RULE("IKE-AUT-1");
    CHECK_EQ(ike_sas(b.end[MN].ike) + ike_sas(b.end[HA].ike), 0);
    bench_end(&b);
}

static void the_identity_may_be_the_home_address_and_says_nothing_of_the_source(void)
{
    static struct addr home;
    bench_set(&b);
    home = bench_addr("2001:db8:a::100");
    for (unsigned e = 0; e < ENDS; e++) {
        struct ike_identity *id = e == MN ? &b.end[e].with.own : &b.end[e].with.peer;
        *id = (struct ike_identity){IKE_ID_IPV6, home.b, sizeof home.b};
    }
    bench_begin(&b);
    bench_up(&b);
    CHECK(bench_agrees(&b, 4));
    RULE("IKE-ID-1");
    CHECK(!addr_eq(&inside_up(&b, HA)->path.remote, &home) &&
          inside_up(&b, HA)->peer->how->peer.type == IKE_ID_IPV6);
    bench_end(&b);
}

static void what_is_wrong_with_the_child_sa_does_not_undo_authentication(void)
{
    bench_set(&b);
    b.end[MN].policy[0].local = bench_side("2001:db8:a::200", "2001:db8:a::200", 0x500, 0x500);
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* HA -> MN  SK{IDr AUTH N(TS_UNACCEPTABLE)}: another's home address */
    struct ike_notify n;
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_TS_UNACCEPTABLE, &n));
    RULE("IKE-AUT-3");
    CHECK(ike_find(&o.list, IKE_P_IDR) && ike_find(&o.list, IKE_P_AUTH) &&
          !ike_find(&o.list, IKE_P_SA));
    bench_settle(&b);
    RULE("IKE-ID-3");
    CHECK(b.end[MN].no_child_why == IKE_N_TS_UNACCEPTABLE && !b.end[HA].children);
    RULE("IKE-AUT-3");
    CHECK(bench_agrees(&b, 0));
    bench_want(&b, MN, 1, 0);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void a_child_sa_that_the_initiator_cannot_take_is_deleted(void)
{
    bench_set(&b);
    b.end[MN].policy[1].transport = true; /* the HA answers with a tunnel: 1.3.1 */
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 1, 0);
    bench_settle(&b);
    RULE("IKE-TS-6");
    CHECK(b.end[MN].no_child == 1 && b.end[HA].children == 1 && b.end[HA].child[0].gone);
    CHECK(bench_agrees(&b, 0));
    bench_end(&b);
}

static void without_a_child_sa_if_both_can(void)
{
    for (unsigned can = 0; can < 2; can++) {
        bench_set(&b);
        b.end[HA].how.childless = can;
        b.end[MN].with.childless = true;
        bench_begin(&b);
        (void)bench_start(&b);
        bench_carry(&b, 0);
        struct ike_notify n;
        CHECK(open_at(&b, 0, &o));
        CHECK(open_notify(&o, IKE_N_CHILDLESS_IKEV2_SUPPORTED, &n) == can);
        bench_settle(&b);
        CHECK(bench_agrees(&b, can ? 0 : 1));
        bench_want(&b, MN, 1, 0);
        bench_settle(&b);
        CHECK(bench_agrees(&b, can ? 1 : 2));
        bench_end(&b);
    }
}

static void the_first_contact_ends_what_was_there_before(void)
{
    bench_set(&b);
    b.end[MN].with.initial_contact = true;
    bench_begin(&b);
    bench_up(&b);
    uint64_t old = bench_own(&b, HA);
    ike_drop(b.end[MN].ike, bench_own(&b, MN), b.now); /* it has forgotten everything */
    bench_do(&b, MN);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* MN -> HA  SK{IDi N(INITIAL_CONTACT) IDr AUTH SAi2 TSi TSr} */
    struct ike_notify n;
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INITIAL_CONTACT, &n));
    CHECK_EQ(o.h.id, 1);
    bench_carry(&b, 0);
    RULE("IKE-AUT-7");
    CHECK(!bench_sa(&b.end[HA], old)->up && bench_sa(&b.end[HA], old)->how == IKE_HOW_CONTACT);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    /* Beside another one it says nothing of the kind. */
    (void)ike_start_anew(b.end[MN].ike, b.end[MN].peer, &b.address[1], &b.agent, b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    RULE("IKE-AUT-7");
    CHECK(ike_sas(b.end[MN].ike) == 2 && ike_sas(b.end[HA].ike) == 2);
    bench_end(&b);
}

static void nonces_are_long_enough_and_never_come_again(void)
{
    enum { MANY = 64 };
    static uint8_t seen[MANY][IKE_OWN_NONCE];
    unsigned n = 0;
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    for (unsigned k = 0; k < POLICIES; k++)
        bench_want(&b, MN, k, 0);
    while (b.letters) {
        const struct ike_payload *p;
        if (open_at(&b, 0, &o) && (p = ike_find(&o.list, IKE_P_NONCE)) && n < MANY) {
            CHECK_EQ(p->bytes, IKE_OWN_NONCE);
            if (p->bytes == IKE_OWN_NONCE)
                memcpy(seen[n++], p->body, p->bytes);
        }
        bench_carry(&b, 0);
    }
    bool again = false;
    for (unsigned k = 0; k < n; k++) {
        for (unsigned j = 0; j < k; j++)
            again |= !memcmp(seen[k], seen[j], IKE_OWN_NONCE);
    }
    CHECK_EQ(n, 8);
    RULE("IKE-KEY-6");
    CHECK(!again);
    bench_end(&b);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static void sign_set(const char *mn, const char *ha)
{
    bench_set(&b);
    ca = certs_of("ca");
    for (unsigned e = 0; e < ENDS; e++) {
        struct ike_peer_config *how = &b.end[e].with;
        key[e] = key_of(e == MN ? mn : ha);
        certs[e] = certs_of(e == MN ? mn : ha);
        how->proof = IKE_BY_SIGNATURE;
        how->key = key[e];
        how->certs = certs[e];
        how->trusted = ca;
        how->unix_start_s = sign_now;
    }
}

static void sign_end(void)
{
    bench_end(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        sign_key_free(key[e]);
        sign_certs_free(certs[e]);
    }
    sign_certs_free(ca);
}

static void each_kind_of_key_signs(void)
{
    static const char *const kinds[][2] = {
        {"mn-rsa", "ha-rsa"},           {"mn-ecdsa256", "ha-ecdsa256"},
        {"mn-ecdsa384", "ha-ecdsa521"}, {"mn-ed25519", "ha-ed25519"},
        {"mn-chain", "ha-ecdsa256"},    {"mn-rsa4096", "ha-rsa"}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        sign_set(kinds[k][0], kinds[k][1]);
        b.end[MN].with.padding = k % 2 ? SIGN_PSS : SIGN_PKCS1;
        bench_begin(&b);
        bench_up(&b);
        CHECK(bench_agrees(&b, 4));
        sign_end();
    }
}

static void signatures_of_rfc_7427_only_if_both_say_so(void)
{
    for (unsigned cut = 0; cut < 2; cut++) {
        struct ike_notify n;
        struct ike_blob auth;
        sign_set("mn-ecdsa256", "ha-ecdsa256");
        b.end[MN].how.fragment_bytes = b.end[HA].how.fragment_bytes = 4000;
        bench_begin(&b);
        (void)bench_start(&b);
        CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_SIGNATURE_HASH_ALGORITHMS, &n));
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_SIGNATURE_HASH_ALGORITHMS, &n));
        /* What comes to the MN has another notification in its place. */
        if (cut)
            b.letter[0].bytes[n.data - 1 - o.bytes] ^= 0x40;
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o) && !ike_read_blob(ike_find(&o.list, IKE_P_AUTH), &auth));
        RULE("IKE-AUT-4");
        CHECK_EQ(auth.kind, cut ? IKE_AUTH_ECDSA256 : IKE_AUTH_SIGNATURE);
        sign_end();
    }
}

static enum sign_verdict verdict_on(const char *mn, int64_t unix_s)
{
    sign_set(mn, "ha-ecdsa256");
    b.end[HA].with.unix_start_s = unix_s;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_settle(&b);
    bool up = bench_own(&b, MN) != 0;
    CHECK_EQ(ike_sas(b.end[HA].ike), up);
    enum sign_verdict v = up ? SIGN_GOOD : b.end[HA].verdict;
    sign_end();
    return v;
}

static void certificates_are_judged_at_the_simulated_time(void)
{
    CHECK_EQ(verdict_on("mn-ecdsa256", sign_now), SIGN_GOOD);
    CHECK_EQ(verdict_on("mn-expired", sign_now), SIGN_EXPIRED);
    CHECK_EQ(verdict_on("mn-early", sign_now), SIGN_EXPIRED);
    CHECK_EQ(verdict_on("mn-foreign", sign_now), SIGN_UNTRUSTED);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_on("mn-nameless", sign_now), SIGN_WRONG_IDENTITY);
}

static void certificates_go_in_fragments_of_1280_octets(void)
{
    unsigned pieces[ENDS] = {0};
    size_t longest = 0;
    sign_set("mn-chain", "ha-rsa");
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    while (b.letters) {
        const struct bench_letter *l = &b.letter[0];
        CHECK(open_at(&b, 0, &o) || l->news.fragment);
        if (l->n > longest)
            longest = l->n;
        RULE("IKE-FRG-1");
        CHECK(!(l->news.fragment && l->news.exchange == IKE_SA_INIT));
        pieces[l->to] += l->news.fragment > 0;
        bench_carry(&b, 0);
    }
    CHECK(pieces[HA] >= 2); /* from the MN, which has the chain */
    RULE("IKE-FRG-4");
    CHECK(longest + 40 + 8 <= 1280);
    CHECK(bench_agrees(&b, 1));
    sign_end();
    /* One of both cannot: none is cut, and what is too long is not sent. */
    sign_set("mn-chain", "ha-rsa");
    b.end[HA].how.fragment_bytes = 0;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    RULE("IKE-FRG-1");
    CHECK(!b.letters && ike_sas(b.end[MN].ike) == 0);
    CHECK_EQ(b.end[MN].sa[0].how, IKE_HOW_TOO_LONG);
    sign_end();
}

CHECK_MAIN(CASE(a_wrong_shared_key_is_refused), CASE(a_suite_of_another_peers_is_refused),
           CASE(a_failure_that_got_lost_is_told_again),
           CASE(a_responder_that_cannot_prove_who_it_is_is_told_so),
           CASE(an_unknown_identity_is_refused),
           CASE(the_identity_may_be_the_home_address_and_says_nothing_of_the_source),
           CASE(what_is_wrong_with_the_child_sa_does_not_undo_authentication),
           CASE(a_child_sa_that_the_initiator_cannot_take_is_deleted),
           CASE(without_a_child_sa_if_both_can), CASE(the_first_contact_ends_what_was_there_before),
           CASE(nonces_are_long_enough_and_never_come_again), CASE(each_kind_of_key_signs),
           CASE(signatures_of_rfc_7427_only_if_both_say_so),
           CASE(certificates_are_judged_at_the_simulated_time),
           CASE(certificates_go_in_fragments_of_1280_octets))
