#include "sim/base/addr.h"
#include "sim/base/bytes.h"
#include "sim/base/hash.h"
#include "sim/base/pkt.h"

#include "tests/check.h"

static struct addr A(const char *text) {
    struct addr a;
    struct why w;
    CHECK_EQ(addr_parse(text, &a, &w), ST_OK);
    return a;
}

static struct prefix
P(const char *text) {
    struct prefix p;
    struct why w;
    CHECK_EQ(prefix_parse(text, &p, &w), ST_OK);
    return p;
}

static bool
is(struct addr a, const char *text)
{
    char out[ADDR_TEXT];
    bool same = !strcmp(addr_text(&a, out), text);
    if (!same)
        (void)fprintf(stderr, "%s, want %s\n", out, text);
    return same;
}

static void prefixes_hold_what_they_should(void)
{
    struct prefix p = P("2001:db8:a::/48");
    struct addr in = A("2001:db8:a:ffff::1");
    struct addr out = A("2001:db8:b::1");
    CHECK(prefix_holds(&p, &in));
    CHECK(!prefix_holds(&p, &out));
    struct prefix all = P("::/0");
    CHECK(prefix_holds(&all, &out));
    struct prefix odd = P("2001:db8:a::8/125");
    struct addr f = A("2001:db8:a::f");
    struct addr ten = A("2001:db8:a::10");
    CHECK(prefix_holds(&odd, &f));
    CHECK(!prefix_holds(&odd, &ten));
}

static void parts_and_relatives_of_an_address(void)
{
    struct addr a = A("2001:db8:a::1234:56ff:fe78:9abc");
    struct prefix pool = P("2001:db8:1000::/40");
    CHECK(is(addr_solicited_node(&a), "ff02::1:ff78:9abc"));
    CHECK(is(addr_link_local_of(addr_identifier(&a)), "fe80::1234:56ff:fe78:9abc"));
    CHECK(is(prefix_nth(&pool, 64, 0).addr, "2001:db8:1000::"));
    CHECK(is(prefix_nth(&pool, 64, 1).addr, "2001:db8:1000:1::"));
    CHECK(is(prefix_nth(&pool, 64, 0x10203).addr, "2001:db8:1001:203::"));
    CHECK(is(addr_join(&(struct prefix){A("2001:db8:5::"), 64}, 0x100), "2001:db8:5::100"));
}

static void bad_text_is_refused_with_a_sentence(void)
{
    static const char *const bad[] = {"2001:db8::/129", "2001:db8::", "2001:db8::1/64", "/64",
                                      "2001:db8::/6x",  "2001:db8::/"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        struct prefix p;
        struct why w = {""};
        CHECK(prefix_parse(bad[k], &p, &w) != ST_OK);
        CHECK(strstr(w.text, bad[k]) != NULL);
    }
}

static void kinds_of_addresses(void)
{
    struct addr group = A("ff02::5");
    struct addr wide = A("ff0e::5");
    struct addr local = A("fe80::1");
    struct addr loopback = A("::1");
    struct addr global = A("2001:db8::1");
    CHECK(addr_multicast(&group) && addr_link_scope_multicast(&group));
    CHECK(addr_multicast(&wide) && !addr_link_scope_multicast(&wide));
    CHECK(addr_link_local(&local) && !addr_link_local(&global));
    CHECK(!addr_unicast_routable(&group) && !addr_unicast_routable(&local));
    CHECK(!addr_unicast_routable(&loopback) && !addr_unicast_routable(&addr_any));
    CHECK(addr_unicast_routable(&global));
}

static void packets_grow_at_both_ends_and_come_back_to_the_pool(void)
{
    struct arena arena = {0};
    struct pool pool = pkt_pool(&arena);
    struct pkt *p = pkt_take(&pool);
    memset(pkt_append(p, 10), 7, 10);
    memset(pkt_prepend(p, 40), 1, 40);
    CHECK_EQ(p->len, 50);
    p->mark.flow = 3;
    struct pkt *twin = pkt_copy(&pool, p);
    CHECK_EQ(twin->len, 50);
    CHECK(!memcmp(twin->at, p->at, 50) && twin->at != p->at);
    CHECK_EQ(twin->mark.flow, 3);
    pkt_strip(p, 40);
    CHECK_EQ(p->len, 10);
    CHECK_EQ(p->at[0], 7);
    CHECK_EQ(pkt_tailroom(p), PKT_ROOM - 10);
    pkt_give(&pool, p);
    pkt_give(&pool, twin);
    CHECK_EQ(pool.out, 0);
    CHECK_EQ(pool.peak, 2);
    arena_release(&arena);
}

static void cursors_remember_failure(void)
{
    static const uint8_t bytes[] = {1, 2, 3};
    struct reader r = rd_over(bytes, sizeof bytes);
    CHECK_EQ(rd_u16(&r), 0x0102);
    CHECK_EQ(rd_u16(&r), 0);
    CHECK(r.bad && !rd_done(&r) && rd_u8(&r) == 0);
    uint8_t out[3];
    struct writer w = wr_over(out, sizeof out);
    wr_u16(&w, 0x0a0b);
    wr_u16(&w, 1);
    CHECK(w.full);
    CHECK_EQ(w.len, 2);
}

/* FIPS 180-4 example: SHA-256("abc"). */
static void hash_agrees_with_the_standard(void)
{
    uint8_t sum[HASH_BYTES];
    char text[HASH_TEXT];
    struct hash *h = hash_new();
    hash_add(h, "ab", 2);
    hash_add(h, "c", 1);
    hash_done(h, sum);
    hash_free(h);
    hash_text(sum, text);
    CHECK(!strcmp(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

CHECK_MAIN(CASE(prefixes_hold_what_they_should), CASE(parts_and_relatives_of_an_address),
           CASE(bad_text_is_refused_with_a_sentence), CASE(kinds_of_addresses),
           CASE(packets_grow_at_both_ends_and_come_back_to_the_pool),
           CASE(cursors_remember_failure), CASE(hash_agrees_with_the_standard))
