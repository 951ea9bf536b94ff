/* What is authentic and wrong inside (RFC 7296 2.10, 2.21.3, 3.9 to 3.13; RFC 6023 3), and what is
 * too long. */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
}

/* IKE_AUTH is on the wire, and opened. */
static void up_to_auth(void)
{
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && o.h.exchange == IKE_AUTH);
}

/* Of the letter that was opened, to be changed. */
static uint8_t *body(uint8_t type)
{
    const struct ike_payload *p = ike_find(&o.list, type);
    CHECK(p != NULL);
    return o.bytes + (p->body - o.bytes);
}

static void put_all(struct ike_writer *w, unsigned left_out)
{
    for (unsigned k = 0; k < o.list.n; k++) {
        const struct ike_payload *p = &o.list.p[k];
        if (!(left_out >> (p->type - IKE_P_SA) & 1))
            ike_put_bytes(w, p->type, p->body, p->bytes);
    }
}

static void seal_anew(const struct ike_writer *w)
{
    uint8_t out[LETTER];
    struct bench_letter l = b.letter[0];
    uint64_t own = o.h.flags & IKE_INITIATOR ? o.h.spi_i : o.h.spi_r;
    struct ike_sa *sa = inside_sa(&b, 1 - l.to, own);
    struct rng iv = bench_stream(99, "forge", "iv");
    size_t n = ike_seal(&sa->out, &iv, &o.h, &(struct ike_inside){w->first, w->w.base, w->w.len},
                        out, sizeof out);
    CHECK(n);
    bench_drop(&b, 0);
    forge_bytes(&b, l.to, &l.path, out, n);
}

/* It goes on its way as it is now, without those payloads. */
static void send_changed(unsigned left_out)
{
    uint8_t inside[LETTER];
    struct ike_writer w;
    ike_begin_inside(&w, inside, sizeof inside);
    put_all(&w, left_out);
    seal_anew(&w);
    bench_carry(&b, 0);
}

/* HA -> MN  SK{N(INVALID_SYNTAX)}, and no IKE SA is left at either end. */
static void ends_with_invalid_syntax(void)
{
    struct ike_notify n;
    CHECK_EQ(b.letters, 1);
    CHECK(open_at(&b, 0, &o) && (o.h.flags & IKE_RESPONSE));
    RULE("IKE-CH-10");
    CHECK(o.list.n == 1 && open_notify(&o, IKE_N_INVALID_SYNTAX, &n));
    RULE("IKE-CH-10");
    CHECK(!ike_sas(b.end[HA].ike) && !bench_count_in(&b.end[HA]));
    bench_settle(&b);
    CHECK(!ike_sas(b.end[MN].ike) && inside_holds(b.end[HA].ike) && inside_holds(b.end[MN].ike));
    bench_end(&b);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void selectors_that_are_none_end_authentication(void)
{
    bench_set(&b);
    up_to_auth();
    body(IKE_P_TSI)[0] = 0;
    send_changed(0);
    CHECK(b.end[HA].sa[0].half_open && b.end[HA].sa[0].notify == IKE_N_INVALID_SYNTAX);
    CHECK_EQ(b.end[HA].children, 0);
    ends_with_invalid_syntax();
}

static void a_notification_with_half_an_spi_is_not_passed_over(void)
{
    begin();
    ike_child_soft(b.end[MN].ike, bench_out(&b, MN, 3, 0)->is.spi_in, b.now);
    bench_do(&b, MN);
    CHECK(open_at(&b, 0, &o));
    CHECK_EQ(body(IKE_P_NOTIFY)[1], 4);
    body(IKE_P_NOTIFY)[1] = 3;
    unsigned children = b.end[HA].children;
    send_changed(0);
    CHECK_EQ(b.end[HA].children, children); /* no further one */
    ends_with_invalid_syntax();
}

static void forge_delete(unsigned spis, unsigned said)
{
    uint8_t inside[4 + 4 + 4 * (IKE_SPIS + 1)] = {0};
    size_t n = 8 + 4 * (size_t)spis;
    inside[3] = (uint8_t)n;
    inside[4] = IKE_PROTO_ESP;
    inside[5] = 4;
    inside[7] = (uint8_t)said;
    inside[11] = 9;
    forge_sealed(&b, MN, IKE_INFORMATIONAL, 0, forge_id(&b, HA), IKE_P_DELETE, inside, n);
    inside_up(&b, MN)->next_id++;
    bench_carry(&b, 0);
}

static void a_delete_that_cannot_be_done_is_not_answered_as_done(void)
{
    begin();
    forge_delete(1, 1);
    CHECK(bench_own(&b, HA) != 0);
    b.letters = 0;
    forge_delete(1, 2);
    CHECK(!bench_own(&b, HA));
    bench_end(&b);
    for (unsigned many = 0; many < 2; many++) {
        begin();
        ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now); /* the request that is answered */
        bench_do(&b, MN);
        b.letters = 0;
        inside_up(&b, MN)->next_id--;
        forge_delete(many ? IKE_SPIS + 1 : 1, many ? IKE_SPIS + 1 : 2);
        ends_with_invalid_syntax();
    }
}

static void a_notification_with_half_an_spi_in_an_answer(void)
{
    begin();
    bench_want(&b, MN, 3, 1);
    bench_carry(&b, 0);
    uint32_t id = b.letter[0].news.id;
    const uint8_t inside[] = {0, 0, 0, 8, IKE_PROTO_ESP, 3, 0x40, 9};
    b.letters = 0;
    forge_sealed(&b, HA, IKE_CREATE_CHILD_SA, IKE_RESPONSE, id, IKE_P_NOTIFY, inside,
                 sizeof inside);
    bench_carry(&b, 0);
    RULE("IKE-CH-10");
    CHECK(!ike_sas(b.end[MN].ike) && !b.letters && b.end[MN].refused[IKE_HOW_FAULT] == 1);
    bench_end(&b);
}

static void what_is_critical_in_ike_auth_is_told_as_that(void)
{
    uint8_t inside[LETTER];
    struct ike_writer w;
    struct ike_notify n;
    bench_set(&b);
    up_to_auth();
    ike_begin_inside(&w, inside, sizeof inside);
    put_all(&w, 0);
    ike_put_bytes(&w, 200, NULL, 0);
    inside[w.w.len - 3] |= 0x80;
    seal_anew(&w);
    bench_carry(&b, 0);
    RULE("IKE-HDR-5");
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD, &n) &&
          n.data[0] == 200);
    CHECK_EQ(b.end[HA].sa[0].notify, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD);
    bench_settle(&b);
    CHECK(!ike_sas(b.end[MN].ike) && !ike_sas(b.end[HA].ike));
    bench_end(&b);
}

/* RFC 6023 3: CHILDLESS_IKEV2_SUPPORTED is told first. */
static void no_child_sa_only_where_that_is_told(void)
{
    const unsigned child =
        1U << (IKE_P_TSI - IKE_P_SA) | 1U << (IKE_P_TSR - IKE_P_SA) | 1U << (IKE_P_SA - IKE_P_SA);
    bench_set(&b);
    up_to_auth();
    send_changed(child);
    CHECK(!bench_own(&b, HA));
    ends_with_invalid_syntax();
    bench_set(&b);
    b.end[HA].how.childless = true;
    up_to_auth();
    send_changed(child);
    CHECK(bench_own(&b, HA) != 0);
    bench_end(&b);
}

/* ---- selectors ------------------------------------------------------------------------------- */

static void a_range_that_ends_before_it_starts_is_none(void)
{
    static const uint8_t ports[3][4] = {
        {0xff, 0xff, 0, 0}, {0xff, 0xff, 0, 1}, {0x05, 0x01, 0x05, 0x00}};
    for (unsigned k = 0; k < 3; k++) {
        struct ike_notify n;
        bench_set(&b);
        up_to_auth();
        memcpy(body(IKE_P_TSI) + 4 + 4, ports[k], 4);
        send_changed(0);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-TS-4"); /* 65535 to 0 is OPAQUE, which this node has not; others are nothing */
        CHECK(open_notify(&o, k ? IKE_N_INVALID_SYNTAX : IKE_N_TS_UNACCEPTABLE, &n) &&
              ike_sas(b.end[HA].ike) == !k);
        bench_end(&b);
    }
}

static void a_selector_of_an_unknown_type_is_passed_over(void)
{
    enum { HEAD = 4, ONE = 40, UNKNOWN = 12 };
    uint8_t inside[LETTER];
    uint8_t ts[HEAD + UNKNOWN + ONE] = {2};
    struct ike_writer w;
    struct ike_ts i;
    struct ike_ts r;
    bench_set(&b);
    up_to_auth();
    ts[HEAD] = 200;
    ts[HEAD + 3] = UNKNOWN;
    ike_begin_inside(&w, inside, sizeof inside);
    for (unsigned k = 0; k < o.list.n; k++) {
        const struct ike_payload *p = &o.list.p[k];
        bool selectors = p->type == IKE_P_TSI || p->type == IKE_P_TSR;
        if (selectors)
            memcpy(ts + HEAD + UNKNOWN, p->body + HEAD, ONE);
        ike_put_bytes(&w, p->type, selectors ? ts : p->body, selectors ? sizeof ts : p->bytes);
    }
    seal_anew(&w);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_ts(&o, IKE_P_TSI, &i) && open_ts(&o, IKE_P_TSR, &r));
    RULE("IKE-TS-4");
    CHECK(i.n == 1 && i.selector[0].type == IKE_TS_IPV6 && i.selector[0].start_port == 0x500 &&
          r.n == 1 && r.selector[0].start_port == 0x600);
    /* Nothing else: nothing that both know. */
    bench_end(&b);
    bench_set(&b);
    up_to_auth();
    struct ike_notify n;
    body(IKE_P_TSI)[HEAD] = 200;
    send_changed(0);
    RULE("IKE-TS-4");
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_TS_UNACCEPTABLE, &n) && bench_own(&b, HA));
    bench_settle(&b);
    bench_end(&b);
}

/* ---- nonces ---------------------------------------------------------------------------------- */

/* Half a key of PRF_HMAC_SHA2_512 is 32 octets. */
static void begin_with_sha512(void)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++)
        b.end[e].with.offer[0].prf = PRF_HMAC_SHA512;
    bench_begin(&b);
    bench_up(&b);
}

static void ask(bool ike)
{
    if (ike)
        ike_rekey(b.end[MN].ike, bench_own(&b, MN), b.now);
    else
        ike_want(b.end[MN].ike, b.end[MN].peer, 3, 1, b.now);
    bench_do(&b, MN);
}

static void shorten_nonce(size_t bytes)
{
    CHECK(open_at(&b, 0, &o));
    for (unsigned k = 0; k < o.list.n; k++) {
        if (o.list.p[k].type == IKE_P_NONCE)
            o.list.p[k].bytes = bytes;
    }
    send_changed(0);
}

static void nonces_of_half_a_key_at_least(void)
{
    for (unsigned ike = 0; ike < 2; ike++) {
        begin_with_sha512();
        ask(ike);
        shorten_nonce(31);
        RULE("IKE-KEY-6");
        CHECK(!bench_own(&b, HA));
        ends_with_invalid_syntax();
        begin_with_sha512();
        ask(ike);
        bench_carry(&b, 0);
        uint64_t own = bench_own(&b, MN);
        shorten_nonce(31);
        RULE("IKE-KEY-6"); /* of the IKE SA no more is there, of the Child SA a Delete follows */
        CHECK(ike ? !bench_own(&b, MN) : b.end[MN].no_child == 1 && bench_own(&b, MN) == own);
        bench_settle(&b);
        CHECK(ike || bench_agrees(&b, 4));
        bench_end(&b);
        begin_with_sha512();
        ask(ike);
        shorten_nonce(32);
        RULE("IKE-KEY-6");
        CHECK(open_at(&b, 0, &o) && ike_find(&o.list, IKE_P_NONCE));
        bench_end(&b);
    }
}

/* ---- length ---------------------------------------------------------------------------------- */

static void more_than_there_is_room_for_is_refused(void)
{
    static uint8_t big[2 * IKE_MESSAGE_MAX];
    static const uint8_t vendor[IKE_MESSAGE_MAX];
    struct ike_writer w;
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    CHECK(open_at(&b, 0, &o));
    for (unsigned more = 0; more < 2; more++) {
        ike_begin(&w, big, sizeof big, &o.h);
        put_all(&w, 0);
        ike_put_bytes(&w, IKE_P_VENDOR, vendor, IKE_MESSAGE_MAX - b.letter[0].n - 4 + more);
        const struct ike_datagram d = {.path = b.letter[0].path, .bytes = big, .n = ike_end(&w)};
        CHECK_EQ(d.n, IKE_MESSAGE_MAX + more);
        ike_receive(b.end[HA].ike, &d, b.now);
        bench_do(&b, HA);
        CHECK_EQ(b.end[HA].refused[IKE_HOW_TOO_LONG], more);
        CHECK_EQ(ike_half_open(b.end[HA].ike), 1);
    }
    bench_end(&b);
}

static void what_cannot_be_answered_ends_the_ike_sa(void)
{
    begin();
    b.end[HA].ike->how.fragment_bytes = 60; /* nothing fits */
    ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    bench_carry(&b, 0);
    CHECK(!b.letters && b.end[HA].sa[0].how == IKE_HOW_TOO_LONG && !ike_sas(b.end[HA].ike));
    CHECK(inside_holds(b.end[HA].ike));
    bench_end(&b);
}

CHECK_MAIN(CASE(selectors_that_are_none_end_authentication),
           CASE(a_notification_with_half_an_spi_is_not_passed_over),
           CASE(a_delete_that_cannot_be_done_is_not_answered_as_done),
           CASE(a_notification_with_half_an_spi_in_an_answer),
           CASE(what_is_critical_in_ike_auth_is_told_as_that),
           CASE(no_child_sa_only_where_that_is_told),
           CASE(a_range_that_ends_before_it_starts_is_none),
           CASE(a_selector_of_an_unknown_type_is_passed_over), CASE(nonces_of_half_a_key_at_least),
           CASE(more_than_there_is_room_for_is_refused),
           CASE(what_cannot_be_answered_ends_the_ike_sa))
