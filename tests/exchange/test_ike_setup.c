/* Setting up an IKE SA and its Child SAs, without loss: what is offered and chosen (RFC 7296 1.2,
 * 1.3, 2.7, 3.3; RFC 4877 7.3). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void an_sa_with_four_pairs_in_ten_messages(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
    CHECK_EQ(b.end[MN].sent, 5); /* INIT, AUTH, and a CREATE_CHILD_SA for each further pair */
    CHECK_EQ(b.end[HA].sent, 5);
    RULE("IKE-MIP-2");
    CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], 3);
    CHECK(b.end[MN].child[0].is.policy == &b.end[MN].policy[0]);
    CHECK(bench_agrees(&b, 4));
    for (unsigned k = 0; k < POLICIES; k++)
        CHECK(bench_out(&b, MN, k, 0) && bench_out(&b, HA, k, 0));
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

/* ---- every algorithm ------------------------------------------------------------------------- */

static void set_offer(unsigned e, unsigned k, enum cipher_name cipher, uint16_t prf, uint16_t group)
{
    struct ike_peer_config *how = &b.end[e].with;
    how->offer[k] = (struct ike_suite){cipher_suite(cipher), prf, group};
    if (how->offers <= k)
        how->offers = k + 1;
}

static void with(enum cipher_name cipher, uint16_t prf, uint16_t group, bool sized)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        set_offer(e, 0, cipher, prf, group);
        b.end[e].with.esp[0] = (struct ike_esp_offer){cipher_suite(cipher), prf % 2 == 1, group};
        b.end[e].how.fragment_bytes = 0;
    }
    bench_begin(&b);
    if (sized) {
        ciphers_free(b.ciphers);
        b.ciphers = ciphers_new(&b.arena, 256, true);
        b.end[MN].ike->ciphers = b.end[HA].ike->ciphers = b.ciphers;
    }
    bench_up(&b);
    CHECK(bench_agrees(&b, 4));
    CHECK(inside_up(&b, MN)->suite.cipher == cipher_suite(cipher));
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void every_cipher_protects_an_ike_sa_and_its_child_sas(void)
{
    static const uint16_t prfs[] = {PRF_HMAC_SHA1, PRF_HMAC_SHA256, PRF_HMAC_SHA384,
                                    PRF_HMAC_SHA512};
    for (unsigned k = 0; k < CIPHERS; k++) {
        if (cipher_suite((enum cipher_name)k)->encr == ENCR_NULL)
            continue; /* of ESP alone: RFC 7296 5 */
        with((enum cipher_name)k, prfs[k % 4], DH_CURVE25519, false);
        with((enum cipher_name)k, prfs[(k + 1) % 4], DH_CURVE25519, true);
    }
}

static void every_group_agrees_on_a_secret(void)
{
    static const uint16_t groups[] = {DH_MODP2048, DH_MODP3072, DH_MODP4096,
                                      DH_ECP256,   DH_ECP384,   DH_CURVE25519};
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
        with(CIPHER_AES128_GCM16, PRF_HMAC_SHA256, groups[k], false);
}

/* ---- what is offered ------------------------------------------------------------------------- */

static void set_three_offers(unsigned e, const unsigned order[3])
{
    set_offer(e, order[0], CIPHER_AES256_GCM16, PRF_HMAC_SHA256, DH_CURVE25519);
    set_offer(e, order[1], CIPHER_AES128_CBC_SHA256, PRF_HMAC_SHA256, DH_ECP256);
    set_offer(e, order[2], CIPHER_CHACHA20_POLY1305, PRF_HMAC_SHA512, DH_CURVE25519);
}

static bool counted_from_1(const struct ike_sa_payload *sa, uint8_t spi_bytes)
{
    bool good = true;
    for (unsigned k = 0; k < sa->proposals; k++)
        good &= sa->proposal[k].number == k + 1 && sa->proposal[k].spi_bytes == spi_bytes;
    return good;
}

static unsigned transforms_of(const struct ike_proposal *p, uint8_t type)
{
    unsigned n = 0;
    for (unsigned k = 0; k < p->transforms; k++)
        n += p->transform[k].type == type;
    return n;
}

static bool same_transforms(const struct ike_proposal *a, const struct ike_proposal *c)
{
    bool same = a->transforms == c->transforms;
    for (unsigned k = 0; same && k < a->transforms; k++)
        same = a->transform[k].type == c->transform[k].type &&
               a->transform[k].id == c->transform[k].id &&
               a->transform[k].key_bits == c->transform[k].key_bits;
    return same;
}

static bool same_sa(const struct open_letter *a, const struct open_letter *c)
{
    const struct ike_payload *p = ike_find(&a->list, IKE_P_SA);
    const struct ike_payload *q = ike_find(&c->list, IKE_P_SA);
    return p->bytes == q->bytes && !memcmp(p->body, q->body, p->bytes);
}

static void proposals_are_counted_and_one_is_answered_unmodified(void)
{
    static const unsigned order[3] = {0, 1, 2};
    static const unsigned other_order[3] = {2, 0, 1};
    struct ike_sa_payload offered;
    struct ike_sa_payload chosen;
    bench_set(&b);
    set_three_offers(MN, order);
    set_three_offers(HA, other_order);
    bench_begin(&b);
    (void)bench_start(&b);
    /* MN -> HA  HDR(A,0) SAi1 KEi Ni */
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &offered));
    RULE("IKE-HDR-1");
    CHECK(o.h.spi_i && !o.h.spi_r);
    CHECK_EQ(offered.proposals, 3);
    CHECK(counted_from_1(&offered, 0));
    RULE("IKE-SA-2");
    CHECK(!transforms_of(&offered.proposal[0], IKE_T_INTEG) &&
          transforms_of(&offered.proposal[1], IKE_T_INTEG) == 1 &&
          !transforms_of(&offered.proposal[2], IKE_T_INTEG));
    RULE("IKE-SA-5");
    CHECK(offered.proposal[0].transform[0].key_bits == 256 &&
          offered.proposal[1].transform[0].key_bits == 128 &&
          !offered.proposal[1].transform[1].key_bits && !offered.proposal[1].transform[2].key_bits);
    bench_carry(&b, 0);
    /* HA -> MN  HDR(A,B) SAr1 KEr Nr: the first of the initiator that will do */
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &chosen));
    CHECK(o.h.spi_i && o.h.spi_r);
    RULE("IKE-SA-1");
    CHECK(chosen.proposals == 1 && chosen.proposal[0].number == 1 &&
          same_transforms(&chosen.proposal[0], &offered.proposal[0]));
    bench_settle(&b);
    CHECK(bench_own(&b, MN) && bench_own(&b, HA));
    bench_end(&b);
}

static void the_second_proposal_is_chosen_with_its_number(void)
{
    struct ike_sa_payload chosen;
    bench_set(&b);
    set_offer(MN, 0, CIPHER_AES256_GCM16, PRF_HMAC_SHA256, DH_CURVE25519);
    set_offer(MN, 1, CIPHER_AES128_GCM16, PRF_HMAC_SHA384, DH_CURVE25519);
    set_offer(HA, 0, CIPHER_AES128_GCM16, PRF_HMAC_SHA384, DH_CURVE25519);
    bench_begin(&b);
    (void)bench_start(&b);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &chosen));
    CHECK_EQ(chosen.proposal[0].number, 2);
    bench_settle(&b);
    CHECK(bench_own(&b, MN) && inside_up(&b, HA)->suite.prf == PRF_HMAC_SHA384);
    bench_end(&b);
}

/* What other peers of the home agent may have is looked at, too, before it knows who this is. */
static void the_order_is_the_initiators_whoever_else_there_is(void)
{
    const unsigned order[2][3] = {{0, 1, 2}, {2, 1, 0}};
    for (unsigned k = 0; k < 2; k++) {
        struct ike_peer_config mn1;
        bench_set(&b);
        set_three_offers(MN, order[k]);
        set_three_offers(HA, order[k]);
        mn1 = b.end[HA].with;
        b.end[HA].with.offer[0] = mn1.offer[2]; /* another peer, whose only one is the last */
        b.end[HA].with.offers = 1;
        bench_begin(&b);
        b.end[HA].peer = ike_add_peer(b.end[HA].ike, &mn1); /* found before it */
        bench_up(&b);
        RULE("IKE-SA-1");
        CHECK(bench_agrees(&b, 4) && inside_up(&b, HA)->suite.prf == mn1.offer[0].prf &&
              inside_up(&b, HA)->suite.cipher == mn1.offer[0].cipher);
        bench_end(&b);
    }
}

static void any_number_of_lists_are_served(void)
{
    static const uint16_t groups[] = {DH_MODP2048, DH_ECP256, DH_ECP384, DH_CURVE25519};
    static const uint16_t prfs[] = {PRF_HMAC_SHA256, PRF_HMAC_SHA384, PRF_HMAC_SHA512};
    static const enum cipher_name ciphers[] = {CIPHER_AES128_GCM16, CIPHER_AES256_GCM16};
    enum { LISTS = 4 * 3 * 2 };
    static struct ike_peer_config peer[LISTS]; /* borrowed by the machine */
    bench_set(&b);
    bench_begin(&b);
    for (unsigned k = 0; k < LISTS; k++) {
        peer[k] = b.end[HA].with;
        peer[k].offer[0] =
            (struct ike_suite){cipher_suite(ciphers[k / 12]), prfs[k / 4 % 3], groups[k % 4]};
        b.end[HA].peer = ike_add_peer(b.end[HA].ike, &peer[k]);
    }
    b.end[MN].with.offer[0] = peer[LISTS - 1].offer[0];
    bench_up(&b);
    CHECK(bench_agrees(&b, 4) && inside_up(&b, HA)->suite.prf == PRF_HMAC_SHA512);
    bench_end(&b);
}

static void with_nothing_in_common_there_is_no_sa(void)
{
    bench_set(&b);
    set_offer(HA, 0, CIPHER_AES128_CBC_SHA256, PRF_HMAC_SHA256, DH_CURVE25519);
    bench_begin(&b);
    uint64_t own = bench_start(&b);
    bench_carry(&b, 0);
    /* HA -> MN  HDR(A,0) N(NO_PROPOSAL_CHOSEN) */
    struct ike_notify n;
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_NO_PROPOSAL_CHOSEN, &n));
    RULE("IKE-SA-6");
    RULE("IKE-HDR-1");
    CHECK(o.h.spi_i == own && !o.h.spi_r);
    CHECK_EQ(ike_sas(b.end[HA].ike), 0);
    bench_settle(&b);
    CHECK_EQ(ike_sas(b.end[MN].ike), 0);
    CHECK_EQ(bench_sa(&b.end[MN], own)->notify, IKE_N_NO_PROPOSAL_CHOSEN);
    bench_end(&b);
}

static void another_group_is_tried_and_all_are_still_proposed(void)
{
    struct open_letter first;
    struct ike_sa_payload before;
    struct ike_sa_payload after;
    struct ike_notify n;
    bench_set(&b);
    set_offer(MN, 0, CIPHER_AES256_GCM16, PRF_HMAC_SHA256, DH_CURVE25519);
    set_offer(MN, 1, CIPHER_AES256_GCM16, PRF_HMAC_SHA256, DH_MODP2048);
    set_offer(HA, 0, CIPHER_AES256_GCM16, PRF_HMAC_SHA256, DH_MODP2048);
    bench_begin(&b);
    (void)bench_start(&b);
    CHECK(open_at(&b, 0, &first) && open_sa(&first, &before));
    CHECK_EQ(ike_find(&first.list, IKE_P_KE)->bytes, 4 + 32);
    bench_carry(&b, 0);
    /* HA -> MN  N(INVALID_KE_PAYLOAD, 14) */
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INVALID_KE_PAYLOAD, &n));
    CHECK(n.bytes == 2 && !n.data[0] && n.data[1] == DH_MODP2048);
    CHECK(!o.h.spi_r);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &after));
    RULE("IKE-KE-1");
    CHECK(same_sa(&first, &o));
    CHECK(before.proposals == 2 && after.proposals == 2);
    CHECK(o.h.spi_i == first.h.spi_i && o.h.id == 0);
    RULE("IKE-KE-3");
    CHECK_EQ(ike_find(&o.list, IKE_P_KE)->bytes, 4 + 256);
    bench_settle(&b);
    CHECK(bench_own(&b, MN) && inside_up(&b, MN)->suite.group == DH_MODP2048);
    bench_end(&b);
}

/* ---- proposals of others --------------------------------------------------------------------- */

/* The letter on the wire with another SA payload. */
static void replace_sa(const struct ike_sa_payload *sa)
{
    uint8_t out[LETTER];
    struct ike_writer w;
    CHECK(open_at(&b, 0, &o));
    ike_begin(&w, out, sizeof out, &o.h);
    for (unsigned k = 0; k < o.list.n; k++) {
        const struct ike_payload *p = &o.list.p[k];
        if (p->type == IKE_P_SA) {
            ike_put_sa(&w, sa);
        } else {
            ike_put_bytes(&w, p->type, p->body, p->bytes);
        }
    }
    size_t n = ike_end(&w);
    CHECK(n);
    memcpy(b.letter[0].bytes, out, n);
    b.letter[0].n = n;
}

enum change {
    AS_IT_IS,
    WITHOUT_DH,
    WITHOUT_PRF,
    UNKNOWN_TYPE,
    ALSO_AN_UNKNOWN_ID,
    ALSO_WITH_AN_UNKNOWN_ATTRIBUTE,
    ONLY_WITH_AN_UNKNOWN_ATTRIBUTE,
    WITH_INTEGRITY,
    WITH_AN_SPI,
    COUNTED_FROM_2,
};

static void change(struct ike_sa_payload *sa, enum change what)
{
    struct ike_proposal *p = &sa->proposal[0]; /* ENCR, PRF, D-H */
    struct ike_transform *last = &p->transform[p->transforms];
    switch (what) {
    case AS_IT_IS:
        break;
    case WITHOUT_DH:
        p->transforms--;
        break;
    case WITHOUT_PRF:
        p->transform[1] = p->transform[2];
        p->transforms--;
        break;
    case UNKNOWN_TYPE:
        *last = (struct ike_transform){.type = 6, .id = 1};
        p->transforms++;
        break;
    case ALSO_AN_UNKNOWN_ID:
        *last = (struct ike_transform){.type = IKE_T_ENCR, .id = 999, .key_bits = 128};
        p->transforms++;
        break;
    case ALSO_WITH_AN_UNKNOWN_ATTRIBUTE:
        *last = p->transform[0];
        last->key_bits = 77;
        p->transforms++;
        break;
    case ONLY_WITH_AN_UNKNOWN_ATTRIBUTE:
        p->transform[0].key_bits = 77;
        break;
    case WITH_INTEGRITY:
        *last = (struct ike_transform){.type = IKE_T_INTEG, .id = INTEG_HMAC_SHA256_128};
        p->transforms++;
        break;
    case WITH_AN_SPI:
        p->spi_bytes = 8;
        p->spi = 77;
        break;
    case COUNTED_FROM_2:
        sa->proposal[1] = *p;
        sa->proposals = 2;
        p->number = 2;
        break;
    }
}

static bool taken(enum change what)
{
    struct ike_sa_payload sa;
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
    change(&sa, what);
    replace_sa(&sa);
    bench_carry(&b, 0);
    bool made = ike_half_open(b.end[HA].ike) == 1;
    CHECK(made == (b.letters && b.letter[0].news.notify == 0));
    bench_end(&b);
    return made;
}

static void what_is_missing_or_unknown_makes_a_proposal_unacceptable(void)
{
    CHECK(taken(AS_IT_IS));
    RULE("IKE-SA-3");
    CHECK(!taken(WITHOUT_DH) && !taken(WITHOUT_PRF) && !taken(UNKNOWN_TYPE) &&
          !taken(ONLY_WITH_AN_UNKNOWN_ATTRIBUTE) && taken(ALSO_AN_UNKNOWN_ID) &&
          taken(ALSO_WITH_AN_UNKNOWN_ATTRIBUTE));
    RULE("IKE-SA-2");
    CHECK(!taken(WITH_INTEGRITY));
    RULE("IKE-SA-4");
    CHECK(!taken(WITH_AN_SPI));
    CHECK(!taken(COUNTED_FROM_2));
}

static void the_first_child_sa_has_no_group(void)
{
    struct ike_sa_payload sa;
    bench_set(&b);
    b.end[MN].with.esp[0].group = b.end[HA].with.esp[0].group = DH_CURVE25519;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_want(&b, MN, 1, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* MN -> HA  SK{IDi AUTH SAi2 TSi TSr} */
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
    CHECK_EQ(o.h.exchange, IKE_AUTH);
    RULE("IKE-SA-7");
    CHECK(!transforms_of(&sa.proposal[0], IKE_T_DH) && !ike_find(&o.list, IKE_P_KE));
    RULE("IKE-SA-4");
    CHECK(sa.proposal[0].spi_bytes == 4 &&
          sa.proposal[0].spi == inside_sa(&b, MN, o.h.spi_i)->request[0].made->is.spi_in);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* MN -> HA  SK{SA Ni KEi TSi TSr} */
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
    CHECK_EQ(o.h.exchange, IKE_CREATE_CHILD_SA);
    CHECK(transforms_of(&sa.proposal[0], IKE_T_DH) == 1 && ike_find(&o.list, IKE_P_KE));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 2));
    bench_end(&b);
}

CHECK_MAIN(CASE(an_sa_with_four_pairs_in_ten_messages),
           CASE(every_cipher_protects_an_ike_sa_and_its_child_sas),
           CASE(every_group_agrees_on_a_secret),
           CASE(proposals_are_counted_and_one_is_answered_unmodified),
           CASE(the_second_proposal_is_chosen_with_its_number),
           CASE(the_order_is_the_initiators_whoever_else_there_is),
           CASE(any_number_of_lists_are_served), CASE(with_nothing_in_common_there_is_no_sa),
           CASE(another_group_is_tried_and_all_are_still_proposed),
           CASE(what_is_missing_or_unknown_makes_a_proposal_unacceptable),
           CASE(the_first_child_sa_has_no_group))
