/* What is wrong, unknown, out of turn or not protected (RFC 7296 1.5, 2.3 to 2.5, 2.21). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
}

static void probe(unsigned e)
{
    ike_probe(b.end[e].ike, bench_own(&b, e), b.now);
    bench_do(&b, e);
}

/* ---- window ---------------------------------------------------------------------------------- */

static void requests_beyond_the_peers_window_wait(void)
{
    bench_set(&b);
    b.end[HA].how.window = 3;
    bench_begin(&b);
    bench_up(&b);
    CHECK_EQ(inside_up(&b, MN)->peer_window, 3);
    CHECK_EQ(inside_up(&b, HA)->peer_window, 1);
    for (unsigned k = 0; k < 3; k++)
        bench_want(&b, MN, 3, k + 1);
    probe(MN);
    RULE("IKE-MID-2");
    CHECK_EQ(b.letters, 3);
    uint32_t first = b.letter[0].news.id;
    bench_carry(&b, 1); /* the second is answered, the first is not: no fourth yet (2.3) */
    CHECK(b.letter[2].to == MN && b.letter[2].news.id == first + 1);
    bench_carry(&b, 2);
    RULE("IKE-MID-2");
    CHECK_EQ(b.letters, 2);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 7));
    for (unsigned k = 0; k < 3; k++)
        bench_want(&b, HA, 1, k + 1);
    RULE("IKE-MID-2");
    CHECK_EQ(b.letters, 1);
    bench_settle(&b);
    bench_end(&b);
}

static void the_window_grows_only(void)
{
    static const uint8_t small[4] = {0, 0, 0, 2};
    static const uint8_t large[4] = {0, 0, 0, 5};
    begin();
    forge_notify(&b, HA, forge_id(&b, MN), IKE_N_SET_WINDOW_SIZE, large, 4);
    bench_settle(&b);
    inside_up(&b, HA)->next_id++;
    forge_notify(&b, HA, forge_id(&b, MN), IKE_N_SET_WINDOW_SIZE, small, 4);
    bench_settle(&b);
    RULE("IKE-MID-4");
    CHECK_EQ(inside_up(&b, MN)->peer_window, 5);
    bench_end(&b);
}

static void both_sides_are_served_at_once(void)
{
    begin();
    bench_want(&b, MN, 3, 1);
    bench_want(&b, HA, 1, 1);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    RULE("IKE-MID-2");
    CHECK(b.letters == 2 && b.letter[0].news.flags & b.letter[1].news.flags & IKE_RESPONSE);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 6));
    bench_end(&b);
}

static void a_request_outside_the_window_is_not_answered(void)
{
    struct ike_notify n;
    begin();
    uint32_t id = forge_id(&b, HA);
    for (unsigned k = 0; k < 3; k++) {
        forge_sealed(&b, MN, IKE_INFORMATIONAL, 0, id + 5, 0, NULL, 0);
        bench_carry(&b, b.letters - 1);
    }
    CHECK_EQ(b.end[HA].refused[IKE_HOW_OUTSIDE_WINDOW], 3);
    /* HA -> MN  SK{N(INVALID_MESSAGE_ID, id)}, an exchange of its own, once */
    CHECK_EQ(b.letters, 1);
    CHECK(open_at(&b, 0, &o));
    RULE("IKE-MID-3");
    CHECK(!(o.h.flags & IKE_RESPONSE) && o.h.exchange == IKE_INFORMATIONAL &&
          open_notify(&o, IKE_N_INVALID_MESSAGE_ID, &n) && n.bytes == 4 && n.data[3] == id + 5);
    bench_settle(&b);
    struct bench_letter bad;
    b.now += 2 * SIM_S;
    forge_sealed(&b, MN, IKE_INFORMATIONAL, 0, id + 5, 0, NULL, 0);
    bad = b.letter[0];
    b.letter[0].bytes[bad.n - 1] ^= 1; /* who is not the peer brings nothing about */
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 0);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void an_answer_that_is_forgotten_is_not_made_anew(void)
{
    begin();
    struct bench_letter old;
    probe(MN);
    old = b.letter[0];
    bench_settle(&b);
    b.letter[b.letters++] = old;
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 1); /* remembered */
    bench_settle(&b);
    for (unsigned k = 0; k < 20; k++) {
        probe(MN);
        bench_settle(&b);
    }
    bench_wait(&b, 300 * SIM_S);
    uint64_t opened = ike_work(b.end[HA].ike)->opened;
    b.letter[b.letters++] = old;
    bench_carry(&b, 0);
    RULE("IKE-RTX-3");
    CHECK(!b.letters && ike_work(b.end[HA].ike)->opened == opened);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

/* ---- payloads -------------------------------------------------------------------------------- */

static void put_unknown(uint8_t *inside, bool critical)
{
    memset(inside, 0, 8);
    inside[1] = critical ? 0x80 : 0;
    inside[3] = 8;
}

static void an_unknown_payload_that_is_critical_is_refused(void)
{
    uint8_t inside[8];
    struct ike_notify n;
    for (unsigned critical = 0; critical < 2; critical++) {
        begin();
        put_unknown(inside, critical);
        forge_sealed(&b, MN, IKE_INFORMATIONAL, 0, forge_id(&b, HA), 200, inside, sizeof inside);
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o) && (o.h.flags & IKE_RESPONSE));
        RULE("IKE-HDR-5");
        CHECK(open_notify(&o, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD, &n) == critical &&
              (!critical || (n.bytes == 1 && n.data[0] == 200)));
        inside_up(&b, MN)->next_id++;
        b.letters = 0;
        CHECK(bench_agrees(&b, 4));
        bench_end(&b);
    }
}

static void malformed_and_authentic_ends_the_ike_sa_without_delete(void)
{
    static const uint8_t inside[4] = {0, 0, 0, 99}; /* longer than there is */
    struct ike_notify n;
    begin();
    uint64_t own = bench_own(&b, HA);
    uint32_t id = forge_id(&b, HA);
    forge_sealed(&b, MN, IKE_INFORMATIONAL, 0, id, IKE_P_NOTIFY, inside, sizeof inside);
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 1);
    CHECK(open_at(&b, 0, &o));
    RULE("IKE-CH-10");
    CHECK(open_notify(&o, IKE_N_INVALID_SYNTAX, &n) && (o.h.flags & IKE_RESPONSE) && o.h.id == id);
    bench_wait(&b, 300 * SIM_S);
    RULE("IKE-CH-10");
    CHECK(b.letters == 1 && !bench_sa(&b.end[HA], own)->up && !bench_count_in(&b.end[HA]));
    bench_end(&b);
}

static void who_hears_invalid_syntax_ends_the_ike_sa(void)
{
    uint8_t inside[64];
    struct ike_writer w;
    begin();
    probe(MN);
    ike_begin_inside(&w, inside, sizeof inside);
    ike_put_status(&w, IKE_N_INVALID_SYNTAX, NULL, 0);
    uint32_t id = b.letter[0].news.id;
    b.letters = 0;
    forge(&b, HA, IKE_INFORMATIONAL, IKE_RESPONSE, id, &w);
    bench_carry(&b, 0);
    RULE("IKE-CH-10");
    CHECK(!b.letters && !ike_sas(b.end[MN].ike));
    bench_end(&b);
}

/* ---- outside of any IKE SA ------------------------------------------------------------------- */

static void forge_clear(unsigned from, uint64_t spi_i, uint64_t spi_r, uint8_t flags,
                        uint8_t version, uint16_t notify)
{
    uint8_t out[128];
    struct ike_writer w;
    const struct ike_path path = forge_path(inside_up(&b, from));
    const struct ike_header h = {.spi_i = spi_i,
                                 .spi_r = spi_r,
                                 .major = 2,
                                 .exchange = IKE_INFORMATIONAL,
                                 .flags = flags,
                                 .id = 7};
    ike_begin(&w, out, sizeof out, &h);
    ike_put_status(&w, notify, NULL, 0);
    size_t n = ike_end(&w);
    out[17] = version;
    forge_bytes(&b, 1 - from, &path, out, n);
}

static void an_unknown_spi_is_told_seldom_and_answers_never_are(void)
{
    struct ike_notify n;
    begin();
    for (unsigned k = 0; k < 10; k++) {
        forge_clear(MN, 0x1111, 0x2222, IKE_INITIATOR, 0x20, IKE_N_INVALID_IKE_SPI);
        bench_carry(&b, b.letters - 1);
    }
    CHECK_EQ(b.letters, 1);
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INVALID_IKE_SPI, &n));
    RULE("IKE-ERR-1");
    CHECK(o.h.spi_i == 0x1111 && o.h.spi_r == 0x2222 && o.h.id == 7 && o.h.flags == IKE_RESPONSE);
    b.letters = 0;
    b.now += 5 * SIM_S;
    forge_clear(MN, 0x1111, 0x2222, IKE_INITIATOR | IKE_RESPONSE, 0x20, IKE_N_INVALID_IKE_SPI);
    bench_carry(&b, 0);
    RULE("IKE-ERR-1");
    CHECK_EQ(b.letters, 0);
    bench_end(&b);
}

static void a_higher_version_is_told_and_dropped(void)
{
    struct ike_notify n;
    begin();
    forge_clear(MN, 0x1111, 0, IKE_INITIATOR, 0x30, IKE_N_COOKIE);
    bench_carry(&b, 0);
    RULE("IKE-HDR-3");
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INVALID_MAJOR_VERSION, &n));
    b.letters = 0;
    for (unsigned k = 0; k < 5; k++) {
        forge_clear(MN, 0x1111, 0, IKE_INITIATOR, 0x30, IKE_N_COOKIE);
        bench_carry(&b, b.letters - 1);
    }
    CHECK_EQ(b.letters, 0);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void what_is_not_protected_changes_nothing(void)
{
    static const uint16_t said[] = {IKE_N_INVALID_IKE_SPI, IKE_N_AUTHENTICATION_FAILED,
                                    IKE_N_INVALID_SYNTAX, IKE_N_INVALID_MAJOR_VERSION,
                                    IKE_N_INITIAL_CONTACT};
    begin();
    const struct ike_sa *sa = inside_up(&b, MN);
    for (size_t k = 0; k < sizeof said / sizeof *said; k++) {
        for (unsigned response = 0; response < 2; response++) {
            forge_clear(HA, ike_spi_i(sa), ike_spi_r(sa), response ? IKE_RESPONSE : 0, 0x20,
                        said[k]);
            bench_carry(&b, 0);
        }
    }
    RULE("IKE-DPD-1");
    CHECK(bench_agrees(&b, 4) && !b.letters && !b.end[MN].silent);
    /* Also while it waits for an answer. */
    probe(MN);
    uint32_t id = b.letter[0].news.id;
    forge_clear(HA, ike_spi_i(sa), ike_spi_r(sa), IKE_RESPONSE, 0x20, IKE_N_INVALID_IKE_SPI);
    b.letter[1].bytes[23] = (uint8_t)id;
    bench_carry(&b, 1);
    RULE("IKE-DPD-1");
    CHECK(ike_busy(b.end[MN].ike, bench_own(&b, MN)) && bench_own(&b, MN));
    CHECK_EQ(b.end[MN].refused[IKE_HOW_UNPROTECTED], sizeof said / sizeof *said + 1);
    CHECK_EQ(b.end[MN].refused[IKE_HOW_FAULT], 0);
    CHECK_EQ(b.letters, 1); /* the request that is under way, and no other */
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void an_unknown_esp_spi_is_told_inside_the_ike_sa(void)
{
    struct ike_notify n;
    begin();
    for (unsigned k = 0; k < 4; k++) {
        ike_tell_invalid_spi(b.end[HA].ike, bench_own(&b, HA), 0x01020304, b.now);
        bench_do(&b, HA);
    }
    CHECK_EQ(b.letters, 1);
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_INVALID_SPI, &n));
    RULE("IKE-ERR-2");
    CHECK(n.bytes == 4 && n.data[0] == 1 && n.data[3] == 4 && o.h.exchange == IKE_INFORMATIONAL &&
          o.outer.p[0].type == IKE_P_SK);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void what_was_changed_on_its_way_is_dropped(void)
{
    begin();
    probe(MN);
    for (size_t at = 0; at < b.letter[0].n; at++) {
        struct bench_letter whole = b.letter[0];
        b.letter[0].bytes[at] ^= 0x04;
        bench_carry(&b, 0);
        for (unsigned k = 0; k < b.letters; k++)
            CHECK(b.letter[k].news.notify != 0); /* at most an unprotected notice */
        b.letters = 1;
        b.letter[0] = whole;
    }
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

/* ---- liveness -------------------------------------------------------------------------------- */

static void silence_is_asked_about_and_a_dead_peer_ends(void)
{
    bench_set(&b);
    b.end[MN].with.dead_after = 60 * SIM_S;
    bench_begin(&b);
    bench_up(&b);
    bench_wait(&b, 59 * SIM_S);
    CHECK_EQ(b.letters, 0);
    /* ESP came: the owner says so instead. */
    ike_heard(b.end[MN].ike, bench_own(&b, MN), b.now, b.now);
    bench_do(&b, MN);
    bench_wait(&b, 59 * SIM_S);
    RULE("IKE-DPD-2");
    CHECK(!b.letters && !b.end[MN].silent);
    bench_wait(&b, 2 * SIM_S);
    CHECK(open_at(&b, 0, &o));
    RULE("IKE-DPD-2");
    CHECK(b.end[MN].silent && o.h.exchange == IKE_INFORMATIONAL && !o.list.n);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_wait(&b, 61 * SIM_S); /* and now nobody answers */
    sim_time since = b.now;
    while (bench_own(&b, MN) && bench_tick(&b, since + 1000 * SIM_S)) {}
    RULE("IKE-DPD-1");
    CHECK(b.end[MN].sa[0].how == IKE_HOW_DEAD && b.now - since > 100 * SIM_S && b.letters == 8);
    bench_end(&b);
}

CHECK_MAIN(CASE(requests_beyond_the_peers_window_wait), CASE(the_window_grows_only),
           CASE(both_sides_are_served_at_once), CASE(a_request_outside_the_window_is_not_answered),
           CASE(an_answer_that_is_forgotten_is_not_made_anew),
           CASE(an_unknown_payload_that_is_critical_is_refused),
           CASE(malformed_and_authentic_ends_the_ike_sa_without_delete),
           CASE(who_hears_invalid_syntax_ends_the_ike_sa),
           CASE(an_unknown_spi_is_told_seldom_and_answers_never_are),
           CASE(a_higher_version_is_told_and_dropped), CASE(what_is_not_protected_changes_nothing),
           CASE(an_unknown_esp_spi_is_told_inside_the_ike_sa),
           CASE(what_was_changed_on_its_way_is_dropped),
           CASE(silence_is_asked_about_and_a_dead_peer_ends))
