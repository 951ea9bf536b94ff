#include "models/mip6/flowbind.h"
#include "models/node/route.h"
#include "models/wire/ip6.h"

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

static void
set(struct routes *t, const char *prefix, const char *via)
{
    const struct route r = {.prefix = P(prefix), .kind = ROUTE_VIA, .next_hop = A(via)};
    routes_set(t, &r);
}

static bool leads(const struct routes *t, const char *dst, const char *via)
{
    struct addr a = A(dst);
    const struct route *r = routes_find(t, &a);
    if (!via)
        return !r;
    struct addr next = A(via);
    return r && addr_eq(&r->next_hop, &next);
}

static void the_longest_prefix_wins_whatever_the_order(void)
{
    struct arena arena = {0};
    struct routes *t = routes_new(&arena);
    CHECK(leads(t, "2001:db8::1", NULL));
    set(t, "2001:db8:a::/64", "::3");
    set(t, "::/0", "::1");
    set(t, "2001:db8:a::5/128", "::4");
    set(t, "2001:db8::/32", "::2");
    CHECK(leads(t, "2001:db8:a::5", "::4"));
    CHECK(leads(t, "2001:db8:a::6", "::3"));
    CHECK(leads(t, "2001:db8:b::6", "::2"));
    CHECK(leads(t, "2002::1", "::1"));
    set(t, "2001:db8:a::/64", "::9"); /* replaces */
    CHECK(leads(t, "2001:db8:a::6", "::9"));
    struct prefix gone = P("2001:db8:a::/64");
    routes_remove(t, &gone);
    CHECK(leads(t, "2001:db8:a::6", "::2"));
    arena_release(&arena);
}

static void many_routes_come_and_go(void)
{
    struct arena arena = {0};
    struct routes *t = routes_new(&arena);
    struct prefix pool = P("2001:db8:1000::/40");
    for (uint64_t k = 0; k < 2000; k++) {
        const struct route r = {.prefix = prefix_nth(&pool, 64, k), .kind = ROUTE_ON_LINK};
        routes_set(t, &r);
    }
    for (uint64_t k = 0; k < 2000; k += 2) {
        struct prefix p = prefix_nth(&pool, 64, k);
        routes_remove(t, &p);
    }
    for (uint64_t k = 0; k < 2000; k++) {
        struct prefix p = prefix_nth(&pool, 64, k);
        struct addr a = addr_join(&p, 7);
        CHECK_EQ(routes_find(t, &a) != NULL, k % 2);
    }
    arena_release(&arena);
}

static bool usable_but_one(const void *who, uint16_t bid)
{
    const uint16_t *dead = who;
    return bid != *dead;
}

static void the_first_selector_that_matches_decides(void)
{
    const struct flow_rule rules[] = {
        {.name = "call",
         .selector = {.protocol = IP6_UDP, .peer_port = 5004},
         .bid = {3, 1},
         .bids = 2},
        {.name = "peer", .selector = {.peer = A("2001:db8:c::9")}, .bid = {2}, .bids = 1},
        {.name = "any", .bid = {1, 2, 3}, .bids = 3, .all = true},
    };
    const struct flow_policy policy = {rules, 3};
    const struct flow_packet call = {
        .peer = A("2001:db8:c::9"), .protocol = IP6_UDP, .peer_port = 5004, .mobile_port = 1};
    const struct flow_packet ping = {.peer = A("2001:db8:c::9"), .protocol = IP6_ICMP6};
    const struct flow_packet other = {.peer = A("2001:db8:d::9"), .protocol = IP6_ICMP6};
    uint16_t bid[FLOW_BIDS];
    uint16_t dead = 3;
    CHECK(flow_find(&policy, &call) == &rules[0]);
    CHECK(flow_find(&policy, &ping) == &rules[1]);
    CHECK(flow_find(&policy, &other) == &rules[2]);
    CHECK_EQ(flow_choose(&rules[0], usable_but_one, &dead, bid), 1);
    CHECK_EQ(bid[0], 1);
    CHECK_EQ(flow_choose(&rules[2], usable_but_one, &dead, bid), 2);
    dead = 2;
    CHECK_EQ(flow_choose(&rules[1], usable_but_one, &dead, bid), 0);
}

CHECK_MAIN(CASE(the_longest_prefix_wins_whatever_the_order), CASE(many_routes_come_and_go),
           CASE(the_first_selector_that_matches_decides))
