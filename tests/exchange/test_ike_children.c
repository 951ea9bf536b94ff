/* Child SAs: made, rekeyed, deleted (RFC 7296 1.3, 1.4.1, 2.8, 2.17). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
}

static void begin_with_groups(uint16_t mn, uint16_t ha)
{
    bench_set(&b);
    b.end[MN].with.esp[0].group = mn;
    b.end[HA].with.esp[0].group = ha;
    bench_begin(&b);
    bench_up(&b);
}

static uint32_t spi_of(unsigned e, unsigned policy)
{
    const struct bench_child *c = bench_out(&b, e, policy, 0);
    return c ? c->is.spi_in : 0;
}

static void soft(unsigned e, uint32_t spi)
{
    ike_child_soft(b.end[e].ike, spi, b.now);
    bench_do(&b, e);
}

/* ---- made ------------------------------------------------------------------------------------ */

static void several_with_equal_selectors(void)
{
    begin();
    bench_want(&b, MN, 3, 1);
    bench_want(&b, MN, 3, 2);
    bench_want(&b, MN, 3, 2);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 6));
    const struct bench_child *one = bench_out(&b, MN, 3, 1);
    const struct bench_child *two = bench_out(&b, MN, 3, 2);
    RULE("IKE-TS-7");
    CHECK(one && two && one->is.spi_in != two->is.spi_in &&
          !memcmp(&one->is.local.low, &two->is.local.low, sizeof one->is.local.low) &&
          one->is.local.protocol == two->is.local.protocol);
    bench_end(&b);
}

static void no_more_than_the_responder_takes(void)
{
    bench_set(&b);
    b.end[HA].how.sa_max = 5;
    bench_begin(&b);
    bench_up(&b);
    bench_want(&b, MN, 3, 1);
    bench_settle(&b);
    bench_want(&b, MN, 3, 2);
    bench_carry(&b, 0);
    struct ike_notify n;
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_NO_ADDITIONAL_SAS, &n));
    bench_settle(&b);
    RULE("IKE-CH-8");
    CHECK(b.end[MN].no_child_why == IKE_N_NO_ADDITIONAL_SAS && bench_agrees(&b, 5));
    soft(MN, spi_of(MN, 0)); /* one in the place of another is no more */
    bench_settle(&b);
    bench_live(&b, 3 * SIM_S);
    CHECK(bench_agrees(&b, 5));
    bench_end(&b);
    begin(); /* four with equal selectors: the policy's own limit */
    for (unsigned k = 1; k < 6; k++)
        bench_want(&b, MN, 3, k);
    bench_settle(&b);
    CHECK_EQ(b.end[MN].no_child, 2);
    CHECK(bench_agrees(&b, 7));
    bench_end(&b);
}

/* Transforms of type 5 in proposal 1 of the letter's SA payload, and the last one's number. */
static unsigned sequence_transforms(uint16_t *id)
{
    struct ike_sa_payload sa = {.proposals = 0};
    unsigned n = 0;
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa) && sa.proposals == 1);
    for (unsigned k = 0; k < sa.proposal[0].transforms; k++) {
        if (sa.proposal[0].transform[k].type == IKE_T_ESN) {
            n++;
            *id = sa.proposal[0].transform[k].id;
        }
    }
    return n;
}

static void extended_numbers_are_agreed_on(void)
{
    for (unsigned esn = 0; esn < 2; esn++) {
        uint16_t offered = 9;
        uint16_t chosen = 9;
        bench_set(&b);
        b.end[MN].with.esp[0].esn = b.end[HA].with.esp[0].esn = esn;
        bench_begin(&b);
        bench_up(&b);
        bench_want(&b, MN, 3, 1);
        RULE("IPS-ESP-6");
        CHECK(sequence_transforms(&offered) == 1 && offered == esn);
        bench_carry(&b, 0);
        RULE("IPS-ESP-6");
        CHECK(sequence_transforms(&chosen) == 1 && chosen == esn);
        bench_settle(&b);
        const struct bench_child *c = bench_out(&b, MN, 3, 1);
        RULE("IPS-ESP-6");
        CHECK(bench_agrees(&b, 5) && c && c->is.esn == esn &&
              bench_out(&b, HA, 3, 1)->is.esn == esn);
        bench_end(&b);
    }
    bench_set(&b); /* one wants them, the other does not: nothing implicit, nothing agreed on */
    b.end[MN].with.esp[0].esn = true;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_settle(&b);
    RULE("IPS-ESP-6");
    CHECK(b.end[MN].no_child_why == IKE_N_NO_PROPOSAL_CHOSEN && !spi_of(MN, 0));
    bench_end(&b);
}

/* An answer of NO_ADDITIONAL_SAS to a rekey, as others give it: the old one makes room. */
static void refused_rekeying_makes_room(void)
{
    uint8_t inside[64];
    struct ike_writer w;
    begin();
    uint32_t old = spi_of(MN, 3);
    soft(MN, old);
    uint32_t id = b.letter[0].news.id;
    b.letters = 0;
    ike_begin_inside(&w, inside, sizeof inside);
    ike_put_status(&w, IKE_N_NO_ADDITIONAL_SAS, NULL, 0);
    forge(&b, HA, IKE_CREATE_CHILD_SA, IKE_RESPONSE, id, &w);
    inside_up(&b, HA)->expected++; /* as if it had been asked */
    bench_settle(&b);
    RULE("IKE-CH-8");
    CHECK(bench_agrees(&b, 4) && spi_of(MN, 3) && spi_of(MN, 3) != old);
    bench_end(&b);
}

static struct ike_nonce nonce_at(unsigned k)
{
    struct ike_nonce n = {.n = 0};
    const struct ike_payload *p = open_at(&b, k, &o) ? ike_find(&o.list, IKE_P_NONCE) : NULL;
    CHECK(p != NULL);
    if (p) {
        n.n = p->bytes;
        memcpy(n.bytes, p->body, p->bytes);
    }
    return n;
}

static void the_home_agent_may_begin(void)
{
    begin();
    bench_want(&b, HA, 3, 1);
    struct ike_sa_payload sa;
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
    struct ike_nonce ni = nonce_at(0);
    bench_carry(&b, 0);
    struct ike_nonce nr = nonce_at(0);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 5));
    const struct bench_child *ha = bench_out(&b, HA, 3, 1);
    struct sa_keys i;
    struct sa_keys r;
    const struct ike_nonces n = {ni.bytes, ni.n, nr.bytes, nr.n};
    ike_keymat(PRF_HMAC_SHA256, inside_up(&b, HA)->keys.d, NULL, 0, &n, ha->is.suite, &i, &r);
    RULE("IKE-KEY-5"); /* what the HA sends is the initiator's, of this exchange */
    CHECK(ha->is.initiator && !inside_up(&b, HA)->initiator && !memcmp(&ha->is.out, &i, sizeof i) &&
          !memcmp(&ha->is.in, &r, sizeof r));
    RULE("IKE-SA-4");
    CHECK(sa.proposal[0].spi == ha->is.spi_in);
    bench_end(&b);
}

/* ---- rekeyed --------------------------------------------------------------------------------- */

static void rekeyed_before_the_old_one_goes(unsigned e)
{
    struct ike_notify n;
    struct ike_delete d;
    begin();
    uint32_t old = spi_of(e, 3);
    uint32_t old_there = spi_of(1 - e, 3);
    soft(e, old);
    /* SK{N(REKEY_SA) SA Ni TSi TSr} */
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_REKEY_SA, &n));
    RULE("IKE-CH-1");
    CHECK(n.protocol == IKE_PROTO_ESP && n.spi_bytes == 4 && n.spi == old);
    bench_carry(&b, 0);
    /* The responder receives on the new one, and still sends on the old one. */
    struct bench_child *made = &b.end[1 - e].child[b.end[1 - e].children - 1];
    CHECK_EQ(made->is.before, old_there);
    RULE("IKE-CH-2");
    CHECK(made->in && !made->out && bench_child(&b.end[1 - e], old_there)->out);
    bench_carry(&b, 0);
    RULE("IKE-CH-2");
    CHECK(spi_of(e, 3) != old && bench_child(&b.end[e], old)->in);
    /* SK{D(ESP, old)}: in each direction the sender's inbound SPI */
    CHECK(open_at(&b, 0, &o) && open_delete(&o, &d));
    RULE("IKE-CH-6");
    CHECK(d.protocol == IKE_PROTO_ESP && d.count == 1 && d.spi[0] == old);
    bench_carry(&b, 0);
    CHECK(made->out && made->is.spi_out == spi_of(e, 3));
    CHECK(open_at(&b, 0, &o) && open_delete(&o, &d));
    RULE("IKE-CH-6");
    CHECK(d.count == 1 && d.spi[0] == old_there);
    bench_settle(&b);
    /* What was under way on the old one is still taken. */
    CHECK(bench_child(&b.end[e], old)->in && bench_child(&b.end[1 - e], old_there)->in);
    bench_live(&b, 2 * SIM_S);
    CHECK(!bench_child(&b.end[e], old)->in && bench_agrees(&b, 4));
    struct bench_child *c = bench_child(&b.end[e], spi_of(e, 3));
    RULE("IKE-TS-2");
    CHECK(!memcmp(&c->is.local, &bench_child(&b.end[e], old)->is.local, sizeof c->is.local) &&
          !memcmp(&c->is.remote, &bench_child(&b.end[e], old)->is.remote, sizeof c->is.remote));
    RULE("IKE-KEY-5");
    CHECK(bench_pairs_fit(&b, MN) && bench_pairs_fit(&b, HA));
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

static void rekeyed_from_either_side_before_the_old_one_goes(void)
{
    rekeyed_before_the_old_one_goes(MN);
    rekeyed_before_the_old_one_goes(HA);
}

static void a_packet_on_the_new_one_lets_the_responder_send(void)
{
    begin();
    soft(MN, spi_of(MN, 3));
    bench_carry(&b, 0);
    struct bench_child *made = &b.end[HA].child[b.end[HA].children - 1];
    CHECK(!made->out);
    ike_child_used(b.end[HA].ike, made->is.spi_in, b.now);
    bench_do(&b, HA);
    RULE("IKE-CH-2");
    CHECK(made->out);
    bench_settle(&b);
    bench_live(&b, 2 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void perfect_forward_secrecy_is_of_the_rekeying(void)
{
    static const uint16_t groups[] = {DH_CURVE25519, DH_ECP256, DH_MODP2048};
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
        begin_with_groups(groups[k], groups[k]);
        uint64_t before = ike_work(b.end[MN].ike)->dh_shared[groups[k]];
        soft(MN, spi_of(MN, 0)); /* the one of IKE_AUTH */
        CHECK(open_at(&b, 0, &o) && ike_find(&o.list, IKE_P_KE));
        bench_live(&b, 3 * SIM_S);
        RULE("IKE-SA-7");
        CHECK(bench_agrees(&b, 4) && ike_work(b.end[MN].ike)->dh_shared[groups[k]] == before + 1);
        bench_end(&b);
    }
}

static void groups_that_differ_show_at_the_first_rekeying(void)
{
    bench_set(&b); /* both have both; each likes another best */
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].with.esp[1] = b.end[e].with.esp[0];
        b.end[e].with.esp[e].group = DH_CURVE25519;
        b.end[e].with.esp[1 - e].group = DH_ECP256;
        b.end[e].with.esps = 2;
    }
    b.end[HA].with.esps = 1;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    struct ike_notify n;
    soft(MN, spi_of(MN, 0));
    bench_carry(&b, 0);
    /* HA -> MN  N(INVALID_KE_PAYLOAD, 19) */
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INVALID_KE_PAYLOAD, &n));
    CHECK(n.bytes == 2 && n.data[1] == DH_ECP256);
    bench_live(&b, 3 * SIM_S);
    RULE("IKE-KE-1");
    CHECK(bench_agrees(&b, 1) && b.end[MN].children == 2);
    bench_end(&b);
    begin_with_groups(DH_CURVE25519, DH_NONE); /* nothing in common, and IKE_AUTH did not show it */
    CHECK(bench_agrees(&b, 1));
    soft(MN, spi_of(MN, 0));
    bench_settle(&b);
    RULE("IKE-SA-6");
    CHECK_EQ(b.end[MN].no_child_why, IKE_N_NO_PROPOSAL_CHOSEN);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void an_unknown_one_is_not_found(void)
{
    uint8_t inside[512];
    struct ike_writer w;
    struct ike_notify n;
    begin();
    soft(MN, spi_of(MN, 3));
    CHECK(open_at(&b, 0, &o));
    ike_begin_inside(&w, inside, sizeof inside);
    for (unsigned k = 0; k < o.list.n; k++) {
        if (k) {
            ike_put_bytes(&w, o.list.p[k].type, o.list.p[k].body, o.list.p[k].bytes);
        } else {
            ike_put_notify(&w, &(struct ike_notify){.protocol = IKE_PROTO_ESP,
                                                    .spi_bytes = 4,
                                                    .spi = 0x12345678,
                                                    .type = IKE_N_REKEY_SA});
        }
    }
    b.letters = 0;
    forge(&b, MN, IKE_CREATE_CHILD_SA, 0, forge_id(&b, HA), &w);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_CHILD_SA_NOT_FOUND, &n));
    RULE("IKE-CH-5");
    CHECK(n.protocol == IKE_PROTO_ESP && n.spi_bytes == 4 && n.spi == 0x12345678);
    /* The MN takes it for the answer to what it had asked: its Child SA is not there, it is made
     * anew, and the peer's old one is left over; here both had it. */
    bench_settle(&b);
    CHECK(spi_of(MN, 3) != 0);
    bench_end(&b);
}

static void one_that_is_being_deleted_is_not_rekeyed_now(void)
{
    struct ike_notify n;
    begin();
    uint32_t mn = spi_of(MN, 3);
    soft(MN, mn);
    ike_delete_child(b.end[HA].ike, spi_of(HA, 3), b.now);
    bench_do(&b, HA);
    bench_carry(&b, 0); /* MN -> HA  N(REKEY_SA) ..., while its own Delete is out */
    CHECK(open_at(&b, 1, &o));
    RULE("IKE-CH-5");
    CHECK(open_notify(&o, IKE_N_TEMPORARY_FAILURE, &n));
    unsigned asked = b.end[MN].messages[IKE_CREATE_CHILD_SA];
    struct bench_letter late = b.letter[0]; /* the Delete comes late */
    bench_drop(&b, 0);
    bench_settle(&b);
    bench_wait(&b, b.end[MN].how.timers.try_again - SIM_MS);
    b.letters = 0;
    RULE("IKE-CH-5");
    CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], asked);
    b.letter[b.letters++] = late;
    bench_live(&b, 20 * SIM_S);
    CHECK(bench_agrees(&b, 3));
    bench_end(&b);
}

static void nothing_about_lifetimes_is_said(void)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++)
        b.end[e].with.lifetimes =
            (struct ike_lifetimes){.child = {.soft = 100 * SIM_S, .hard = (e ? 500 : 120) * SIM_S},
                                   .jitter_ppb = 500000000};
    bench_begin(&b);
    bench_up(&b);
    bool early = true;
    bool differ = false;
    for (unsigned k = 0; k < b.end[MN].children; k++) {
        const struct sa_lifetime *t = &b.end[MN].child[k].is.lifetime;
        early &= t->soft > 50 * SIM_S - 1 && t->soft <= 100 * SIM_S && t->hard == 120 * SIM_S;
        differ |= t->soft != b.end[MN].child[0].is.lifetime.soft;
    }
    RULE("IKE-CH-9");
    CHECK(early && differ && b.end[HA].child[0].is.lifetime.hard == 500 * SIM_S);
    bench_end(&b);
}

/* The MN has made it, and its answer is still under way. */
static void what_the_peer_says_before_its_answer_is_here_is_understood(void)
{
    for (unsigned deletes = 0; deletes < 2; deletes++) {
        struct ike_notify n;
        begin();
        bench_want(&b, HA, 3, 1);
        bench_carry(&b, 0);
        struct bench_letter answer = b.letter[0];
        b.letters = 0;
        uint32_t made = bench_out(&b, MN, 3, 1)->is.spi_in;
        if (deletes) {
            ike_delete_child(b.end[MN].ike, made, b.now);
            bench_do(&b, MN);
            bench_settle(&b);
        } else {
            soft(MN, made);
            bench_carry(&b, 0);
            RULE("IKE-CH-5");
            CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_TEMPORARY_FAILURE, &n));
            bench_settle(&b);
        }
        b.letter[b.letters++] = answer;
        bench_live(&b, 20 * SIM_S);
        CHECK(bench_agrees(&b, deletes ? 4 : 5));
        CHECK(inside_is_quiet(b.end[HA].ike));
        bench_end(&b);
    }
}

/* ---- deleted --------------------------------------------------------------------------------- */

static void deleted_from_either_side(void)
{
    for (unsigned e = 0; e < ENDS; e++) {
        begin();
        ike_delete_child(b.end[e].ike, spi_of(e, 1), b.now);
        bench_do(&b, e);
        bench_settle(&b);
        CHECK(bench_agrees(&b, 3));
        CHECK_EQ(b.end[1 - e].child[1].how, IKE_HOW_DELETED_BY_PEER);
        CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
        bench_end(&b);
    }
}

static void crossing_deletes_are_answered_without_spis(void)
{
    struct ike_delete d;
    begin();
    for (unsigned e = 0; e < ENDS; e++) {
        ike_delete_child(b.end[e].ike, spi_of(e, 1), b.now);
        bench_do(&b, e);
    }
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 2);
    for (unsigned k = 0; k < 2; k++) {
        CHECK(open_at(&b, k, &o) && (o.h.flags & IKE_RESPONSE));
        RULE("IKE-CH-6");
        CHECK(!open_delete(&o, &d));
    }
    bench_settle(&b);
    CHECK(bench_agrees(&b, 3));
    bench_end(&b);
}

static void at_its_hard_limit_it_is_not_used_any_more(void)
{
    begin();
    uint32_t spi = spi_of(MN, 3);
    ike_child_hard(b.end[MN].ike, spi, b.now);
    bench_do(&b, MN);
    CHECK(!bench_child(&b.end[MN], spi)->out);
    CHECK_EQ(bench_child(&b.end[MN], spi)->how, IKE_HOW_LIFETIME);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 3));
    bench_end(&b);
}

static void deleting_the_ike_sa_ends_all(void)
{
    struct ike_delete d;
    for (unsigned e = 0; e < ENDS; e++) {
        begin();
        ike_delete(b.end[e].ike, bench_own(&b, e), b.now);
        bench_do(&b, e);
        CHECK(open_at(&b, 0, &o) && open_delete(&o, &d));
        RULE("IKE-CH-7");
        CHECK(d.protocol == IKE_PROTO_IKE && !d.spi_bytes && !d.count);
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-CH-7");
        CHECK(!o.list.n && !bench_count_in(&b.end[1 - e]));
        bench_settle(&b);
        RULE("IKE-CH-7");
        CHECK(!bench_count_in(&b.end[e]) && !ike_sas(b.end[MN].ike) && !ike_sas(b.end[HA].ike));
        bench_wait(&b, 300 * SIM_S);
        CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
        bench_end(&b);
    }
}

CHECK_MAIN(CASE(several_with_equal_selectors), CASE(extended_numbers_are_agreed_on),
           CASE(no_more_than_the_responder_takes), CASE(refused_rekeying_makes_room),
           CASE(the_home_agent_may_begin), CASE(rekeyed_from_either_side_before_the_old_one_goes),
           CASE(a_packet_on_the_new_one_lets_the_responder_send),
           CASE(perfect_forward_secrecy_is_of_the_rekeying),
           CASE(groups_that_differ_show_at_the_first_rekeying), CASE(an_unknown_one_is_not_found),
           CASE(one_that_is_being_deleted_is_not_rekeyed_now),
           CASE(what_the_peer_says_before_its_answer_is_here_is_understood),
           CASE(nothing_about_lifetimes_is_said), CASE(deleted_from_either_side),
           CASE(crossing_deletes_are_answered_without_spis),
           CASE(at_its_hard_limit_it_is_not_used_any_more), CASE(deleting_the_ike_sa_ends_all))
