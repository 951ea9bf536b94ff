/* IKE_SA_INIT under load and repeated: cookies, half-open IKE SAs, and whose a message is (RFC 7296
 * 2.1, 2.6, 2.6.1). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;
static struct open_letter again;

static void begin_under_load(void)
{
    bench_set(&b);
    b.end[HA].how.cookies_from = 0;
    bench_begin(&b);
}

static bool asks_for_cookie(unsigned k, struct ike_notify *n)
{
    return open_at(&b, k, &o) && open_notify(&o, IKE_N_COOKIE, n) && o.list.n == 1;
}

static void a_cookie_is_asked_for_and_nothing_is_remembered(void)
{
    struct ike_notify n;
    begin_under_load();
    (void)bench_start(&b);
    size_t out = b.end[HA].ike->small.out + b.end[HA].ike->sas.out;
    uint64_t worked = ike_work(b.end[HA].ike)->dh_public[DH_CURVE25519];
    for (unsigned k = 0; k < 50; k++)
        bench_repeat(&b, 0);
    RULE("IKE-COO-1");
    CHECK(b.end[HA].ike->small.out + b.end[HA].ike->sas.out == out && !ike_sas(b.end[HA].ike) &&
          ike_work(b.end[HA].ike)->dh_public[DH_CURVE25519] == worked);
    CHECK_EQ(b.letters, 51);
    CHECK(asks_for_cookie(1, &n) && n.bytes >= 1 && n.bytes <= 64);
    RULE("IKE-COO-1");
    CHECK(!o.h.spi_r && o.h.id == 0 && o.h.flags == IKE_RESPONSE);
    bench_end(&b);
}

static void the_request_is_repeated_with_the_cookie_in_front(void)
{
    struct ike_notify n;
    struct open_letter first;
    begin_under_load();
    (void)bench_start(&b);
    CHECK(open_at(&b, 0, &first));
    bench_carry(&b, 0);
    CHECK(asks_for_cookie(0, &n));
    bench_carry(&b, 0);
    /* MN -> HA  HDR(A,0) N(COOKIE) SAi1 KEi Ni */
    CHECK(open_at(&b, 0, &again));
    CHECK(open_notify(&again, IKE_N_COOKIE, &n) && again.list.p[0].type == IKE_P_NOTIFY);
    size_t cookie = IKE_PAYLOAD_HEADER + again.list.p[0].bytes;
    size_t rest = b.letter[0].n - IKE_HEADER_BYTES - cookie;
    RULE("IKE-COO-2");
    CHECK(again.h.spi_i == first.h.spi_i && !again.h.spi_r && again.h.id == 0 &&
          first.h.length == IKE_HEADER_BYTES + rest &&
          !memcmp(again.bytes + IKE_HEADER_BYTES + cookie, first.bytes + IKE_HEADER_BYTES, rest));
    bench_settle(&b);
    /* AUTH covers the request with the cookie. */
    RULE("IKE-KEY-3");
    CHECK(bench_own(&b, MN) && bench_own(&b, HA));
    bench_end(&b);
}

static void a_wrong_cookie_counts_as_none(void)
{
    struct ike_notify n;
    begin_under_load();
    (void)bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    b.letter[0].bytes[IKE_HEADER_BYTES + 8 + 5] ^= 1;
    bench_carry(&b, 0);
    RULE("IKE-COO-3");
    CHECK(asks_for_cookie(0, &n) && !ike_sas(b.end[HA].ike));
    bench_settle(&b);
    CHECK(bench_own(&b, MN) != 0);
    bench_end(&b);
}

static void a_cookie_of_the_secret_before_is_good_and_an_older_one_is_not(void)
{
    for (unsigned lives = 0; lives < 3; lives++) {
        struct ike_notify n;
        begin_under_load();
        b.end[MN].how.timers.tries = 1000;
        (void)bench_start(&b);
        bench_carry(&b, 0);
        bench_carry(&b, 0);
        for (unsigned k = 0; k < lives; k++) { /* others ask, so that the secret is drawn anew */
            b.now += b.end[HA].how.timers.cookie_life;
            struct bench_letter l = b.letter[0];
            l.bytes[IKE_HEADER_BYTES + 8] ^= 0x80;
            b.letter[b.letters++] = l;
            bench_carry(&b, b.letters - 1);
            bench_drop(&b, b.letters - 1);
        }
        bench_carry(&b, 0);
        CHECK(asks_for_cookie(0, &n) == (lives > 1));
        CHECK_EQ(ike_half_open(b.end[HA].ike), lives < 2);
        bench_end(&b);
    }
}

/* Nobody asks in between, so that nothing draws the secret anew at its time. */
static void a_cookie_does_not_live_on_because_nobody_asks(void)
{
    for (unsigned late = 0; late < 2; late++) {
        struct ike_notify n;
        begin_under_load();
        (void)bench_start(&b);
        bench_carry(&b, 0);
        bench_carry(&b, 0); /* MN -> HA  HDR(A,0) N(COOKIE) SAi1 KEi Ni */
        b.now += (late ? 120 : 119) * SIM_S;
        bench_carry(&b, 0);
        CHECK_EQ(ike_half_open(b.end[HA].ike), !late);
        if (late) {
            RULE("IKE-COO-3");
            CHECK(asks_for_cookie(0, &n));
        }
        bench_end(&b);
    }
}

static void a_cookie_is_of_one_address(void)
{
    struct ike_notify n;
    begin_under_load();
    (void)bench_start(&b);
    bench_carry(&b, 0);
    CHECK(asks_for_cookie(0, &n));
    bench_carry(&b, 0);
    b.letter[0].path.remote = b.address[2];
    bench_repeat(&b, 0);
    RULE("IKE-COO-4");
    CHECK(asks_for_cookie(1, &n) && !ike_sas(b.end[HA].ike));
    b.letters = 1;
    b.letter[0].path.remote = b.address[0];
    bench_repeat(&b, 0);
    CHECK_EQ(ike_half_open(b.end[HA].ike), 1);
    bench_end(&b);
}

static void a_move_meanwhile_costs_another_cookie(void)
{
    begin_under_load();
    uint64_t own = bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_drop(&b, 0);
    ike_move(b.end[MN].ike, own, &b.address[1], &b.agent, b.now);
    bench_do(&b, MN);
    bench_live(&b, 5 * SIM_S);
    RULE("IKE-COO-4");
    CHECK(bench_own(&b, MN) && bench_own(&b, HA));
    CHECK(addr_eq(&inside_up(&b, HA)->path.remote, &b.address[1]));
    CHECK(!inside_up(&b, HA)->nat_there && !inside_up(&b, MN)->nat_here);
    bench_end(&b);
}

static void cookie_and_another_group_take_four_pairs_at_most(void)
{
    begin_under_load();
    for (unsigned e = 0; e < ENDS; e++) {
        struct ike_peer_config *how = &b.end[e].with;
        how->offer[0] = (struct ike_suite){cipher_suite(CIPHER_AES256_GCM16), PRF_HMAC_SHA256,
                                           e == MN ? DH_CURVE25519 : DH_ECP256};
        if (e == MN) {
            how->offer[1] = how->offer[0];
            how->offer[1].group = DH_ECP256;
            how->offers = 2;
        }
    }
    bench_end(&b);
    memset(&b.arena, 0, sizeof b.arena);
    bench_begin(&b);
    (void)bench_start(&b);
    unsigned pairs = 0;
    while (b.letters && b.letter[0].news.exchange == IKE_SA_INIT) {
        pairs += b.letter[0].to == HA;
        bench_carry(&b, 0);
    }
    RULE("IKE-KE-2");
    CHECK(pairs >= 3 && pairs <= 4);
    bench_settle(&b);
    CHECK(bench_own(&b, MN) && inside_up(&b, MN)->suite.group == DH_ECP256);
    bench_end(&b);
}

/* ---- half open ------------------------------------------------------------------------------- */

/* IKE_SA_INIT of many, from one, with another SPI each. */
static void flood(unsigned n)
{
    (void)bench_start(&b);
    struct bench_letter l = b.letter[0];
    for (unsigned k = 0; k < n; k++) {
        l.bytes[0] = (uint8_t)k;
        l.bytes[1] = (uint8_t)(k >> 8);
        l.bytes[2] = 1;
        b.letters = 1;
        b.letter[0] = l;
        bench_carry(&b, 0);
    }
    b.letters = 0;
}

static void half_open_sas_are_limited_and_forgotten(void)
{
    bench_set(&b);
    b.end[HA].how.cookies_from = 20;
    b.end[HA].how.half_open_max = 10;
    bench_begin(&b);
    flood(100);
    CHECK_EQ(ike_half_open(b.end[HA].ike), 10);
    CHECK_EQ(b.end[HA].refused[IKE_HOW_HALF_OPEN], 90);
    bench_wait(&b, 31 * SIM_S);
    CHECK_EQ(ike_half_open(b.end[HA].ike), 0);
    CHECK_EQ(ike_sas(b.end[HA].ike), 0);
    CHECK(inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

static void a_repeated_first_message_is_known_by_all_of_it(void)
{
    struct bench_letter first;
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    first = b.letter[0];
    bench_carry(&b, 0);
    struct bench_letter answer = b.letter[0];
    b.letters = 0;
    b.letter[b.letters++] = first;
    b.letter[0].path.remote = b.address[2]; /* not by its source */
    bench_carry(&b, 0);
    RULE("IKE-RTX-4");
    CHECK(ike_half_open(b.end[HA].ike) == 1 && b.letters == 1 && b.letter[0].n == answer.n &&
          !memcmp(b.letter[0].bytes, answer.bytes, answer.n));
    /* Equal SPIi and source, and another nonce: another initiator behind the same translator. */
    b.letters = 0;
    b.letter[b.letters++] = first;
    b.letter[0].bytes[first.n - 60] ^= 1;
    CHECK(!memcmp(b.letter[0].bytes, first.bytes, 8));
    bench_carry(&b, 0);
    RULE("IKE-RTX-4");
    CHECK_EQ(ike_half_open(b.end[HA].ike), 2);
    bench_end(&b);
}

static void two_initiators_with_equal_spis_both_come_up(void)
{
    static struct bench c; /* another MN with the same streams but for nonces and groups */
    bench_set(&b);
    bench_begin(&b);
    bench_set(&c);
    bench_begin(&c);
    c.end[MN].ike->streams.nonce = bench_stream(2, "mn", "nonce");
    c.end[MN].ike->streams.dh = bench_stream(2, "mn", "dh");
    uint64_t one = bench_start(&b);
    uint64_t two = bench_start(&c);
    CHECK(one == two);
    for (unsigned k = 0; k < 6; k++) { /* b's HA serves both */
        struct bench *from = k % 2 ? &c : &b;
        while (from->letters && from->letter[0].to == HA) {
            struct bench_letter l = from->letter[0];
            bench_drop(from, 0);
            unsigned there = b.letters;
            b.letter[b.letters++] = l;
            bench_carry(&b, there);
            if (from == &c) {
                while (b.letters > there) {
                    c.letter[c.letters++] = b.letter[there];
                    bench_drop(&b, there);
                }
            }
        }
        while (from->letters && from->letter[0].to == MN)
            bench_carry(from, 0);
    }
    RULE("IKE-RTX-4");
    CHECK(bench_own(&b, MN) && bench_own(&c, MN) && ike_sas(b.end[HA].ike) == 2);
    bench_end(&c);
    bench_end(&b);
}

CHECK_MAIN(CASE(a_cookie_is_asked_for_and_nothing_is_remembered),
           CASE(the_request_is_repeated_with_the_cookie_in_front),
           CASE(a_wrong_cookie_counts_as_none),
           CASE(a_cookie_of_the_secret_before_is_good_and_an_older_one_is_not),
           CASE(a_cookie_does_not_live_on_because_nobody_asks), CASE(a_cookie_is_of_one_address),
           CASE(a_move_meanwhile_costs_another_cookie),
           CASE(cookie_and_another_group_take_four_pairs_at_most),
           CASE(half_open_sas_are_limited_and_forgotten),
           CASE(a_repeated_first_message_is_known_by_all_of_it),
           CASE(two_initiators_with_equal_spis_both_come_up))
