/* The home address by key management (RFC 4877 9, RFC 5026 5.3.2). */
#include "tests/ike_bench.h"

static struct bench b;
static struct bench other; /* a second mobile node, at the home agent of `b` */

static struct addr nth(unsigned k)
{
    char text[64];
    (void)snprintf(text, sizeof text, "2001:db8:a::%x", k);
    return bench_addr(text);
}

/* The home address of all policies is the one that is given. */
static void assigned_policies(struct bench_end *end, bool mirror)
{
    for (unsigned k = 0; k < POLICIES; k++)
        (mirror ? &end->policy[k].remote : &end->policy[k].local)->kind = IKE_ADDRESS_ASSIGNED;
}

static void set(uint32_t pool_size)
{
    bench_set(&b);
    assigned_policies(&b.end[MN], false);
    assigned_policies(&b.end[HA], true);
    b.end[MN].with.asks_address = true;
    b.end[HA].how.pool = nth(0x700);
    b.end[HA].how.pool_size = pool_size;
    b.end[HA].how.pool_bits = 64;
}

/* Its wire ends at the same home agent; one of the two has it at a time. `home`: it is configured
 * with that one; NULL: it is given one. */
static void add_other_at(const struct addr *home)
{
    static const char name[] = "other@home.example";
    const struct ike_streams streams = bench_streams(7, "other");
    static struct ike_peer_config own; /* borrowed by the machines */
    static struct ike_peer_config peer;
    static struct ike_policy policy[ENDS][POLICIES];
    memset(&other, 0, sizeof other);
    other.end[MN] = b.end[MN];
    struct bench_end *end = &other.end[MN];
    own = end->with;
    own.own = (struct ike_identity){IKE_ID_RFC822, (const uint8_t *)name, sizeof name - 1};
    end->children = 0;
    end->sas = 0;
    peer = b.end[HA].with;
    peer.peer = own.own;
    for (unsigned k = 0; home && k < POLICIES; k++) {
        policy[MN][k] = own.policy[k];
        policy[HA][k] = peer.policy[k];
        policy[MN][k].local.kind = policy[HA][k].remote.kind = IKE_ADDRESS_RANGE;
        policy[MN][k].local.low = policy[MN][k].local.high = *home;
        policy[HA][k].remote.low = policy[HA][k].remote.high = *home;
        own.policy = policy[MN];
        peer.policy = policy[HA];
        own.asks_prefix = false;
        peer.home_prefix.len = 0;
    }
    end->ike = ike_new(&b.arena, b.ciphers, &end->how, &streams);
    end->peer = ike_add_peer(end->ike, &own);
    (void)ike_add_peer(b.end[HA].ike, &peer);
}

static void add_other(void)
{
    add_other_at(NULL);
}

static void swap(void)
{
    struct bench_end mn = b.end[MN];
    b.end[MN] = other.end[MN];
    other.end[MN] = mn;
}

/* Up to the letter with that exchange from that end, which is not carried yet. */
static const struct bench_letter *until(unsigned to, uint8_t exchange)
{
    while (b.letters && !(b.letter[0].to == to && b.letter[0].news.exchange == exchange))
        bench_carry(&b, 0);
    return b.letters ? &b.letter[0] : NULL;
}

static bool stands_before(const char *payloads, const char *one, const char *two)
{
    const char *at = strstr(payloads, one);
    const char *behind = at ? strstr(at, two) : NULL;
    return behind != NULL;
}

static void wish_for_all(void)
{
    for (unsigned k = 0; k < POLICIES; k++)
        bench_want(&b, MN, k, 0);
}

static bool all_are_about(struct bench *w, const struct addr *home)
{
    bool good = true;
    for (unsigned k = 0; k < POLICIES; k++) {
        const struct bench_child *mn = bench_out(w, MN, k, 0);
        const struct bench_child *ha = bench_out(w, HA, k, 0);
        good &= mn && ha && addr_eq(&mn->is.local.low, home) && addr_eq(&mn->is.local.high, home) &&
                addr_eq(&ha->is.remote.low, home) && addr_eq(&ha->is.remote.high, home);
    }
    return good;
}

/* ---- an address ------------------------------------------------------------------------------ */

static void an_address_comes_with_ike_auth(void)
{
    struct addr home = nth(0x700);
    set(4);
    bench_begin(&b);
    (void)bench_start(&b);
    wish_for_all();
    RULE("IKE-MIP-3");
    const struct bench_letter *request = until(HA, IKE_AUTH);
    CHECK(request && stands_before(request->news.payloads, "AUTH CP ", " SA TSi TSr"));
    RULE("IKE-MIP-3");
    const struct bench_letter *response = until(MN, IKE_AUTH);
    CHECK(response && stands_before(response->news.payloads, "AUTH CP ", " SA TSi TSr"));
    bench_settle(&b);
    RULE("IKE-MIP-3");
    CHECK(addr_eq(&b.end[MN].assigned, &home) && addr_eq(&b.end[HA].assigned, &home));
    CHECK(bench_agrees(&b, 4));
    RULE("IKE-MIP-3");
    CHECK(all_are_about(&b, &home));
    bench_end(&b);
}

static void one_that_is_set_aside_for_it(void)
{
    struct addr home = nth(0x123);
    set(4);
    b.end[HA].with.assigned = home;
    b.end[HA].with.assigned_bits = 64;
    bench_begin(&b);
    bench_up(&b);
    CHECK(addr_eq(&b.end[MN].assigned, &home));
    CHECK(bench_agrees(&b, 4) && all_are_about(&b, &home));
    bench_end(&b);
}

static void without_an_address_it_stops(void)
{
    set(0);
    bench_begin(&b);
    (void)bench_start(&b);
    wish_for_all();
    RULE("IKE-MIP-4");
    const struct bench_letter *response = until(MN, IKE_AUTH);
    CHECK(response && strstr(response->news.payloads, "N(INTERNAL_ADDRESS_FAILURE)") &&
          !strstr(response->news.payloads, "TSi"));
    bench_settle(&b);
    CHECK_EQ(b.end[MN].no_child_why, IKE_N_INTERNAL_ADDRESS_FAILURE);
    RULE("IKE-MIP-4");
    CHECK(b.end[MN].unassigned && b.end[MN].messages[IKE_CREATE_CHILD_SA] == 0);
    RULE("IKE-MIP-4");
    CHECK(ike_sas(b.end[MN].ike) == 0 && ike_sas(b.end[HA].ike) == 0);
    CHECK_EQ(b.end[MN].children + b.end[HA].children, 0);
    bench_end(&b);
}

/* A home agent that knows of no configuration payloads answers without one. */
static void an_answer_without_an_address(void)
{
    set(0);
    b.end[MN].with.asks_address = false;
    b.end[MN].with.asks_prefix = true;
    bench_begin(&b);
    bench_up(&b);
    CHECK(b.end[MN].unassigned && ike_sas(b.end[MN].ike) == 0 && ike_sas(b.end[HA].ike) == 0);
    bench_end(&b);
}

static void what_was_not_asked_for_is_not_given(void)
{
    set(4);
    b.end[MN].with.asks_address = false;
    bench_begin(&b);
    bench_up(&b);
    CHECK(addr_unspecified(&b.end[MN].assigned) && addr_unspecified(&b.end[HA].assigned));
    CHECK_EQ(b.end[MN].children + b.end[HA].children, 0); /* nobody has pairs for all addresses */
    bench_end(&b);
}

/* ---- its lease ------------------------------------------------------------------------------- */

static void a_lease_ends_with_the_ike_sa(void)
{
    struct addr home = nth(0x700);
    set(1);
    bench_begin(&b);
    add_other();
    bench_up(&b);
    CHECK(addr_eq(&b.end[MN].assigned, &home));
    ike_rekey(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    CHECK_EQ(ike_sas(b.end[HA].ike), 1);
    swap();
    bench_up(&b);
    RULE("IKE-MIP-5"); /* another IKE SA has taken its place, and the lease goes on */
    CHECK(b.end[MN].unassigned && ike_sas(b.end[MN].ike) == 0);
    swap();
    ike_delete(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    CHECK_EQ(ike_sas(b.end[HA].ike), 0);
    swap();
    bench_up(&b);
    RULE("IKE-MIP-5");
    CHECK(addr_eq(&b.end[MN].assigned, &home) && all_are_about(&b, &home));
    bench_end(&b);
}

static void who_comes_back_has_the_same(void)
{
    struct addr home = nth(0x700);
    set(4);
    bench_begin(&b);
    bench_up(&b);
    b.end[MN].assigned = addr_any;
    (void)ike_start_anew(b.end[MN].ike, b.end[MN].peer, &b.address[1], &b.agent, b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    CHECK_EQ(ike_sas(b.end[HA].ike), 2);
    CHECK(addr_eq(&b.end[MN].assigned, &home));
    bench_end(&b);
}

/* ---- a prefix -------------------------------------------------------------------------------- */

static void set_prefix(bool childless)
{
    struct why why;
    set(4);
    b.end[MN].with.asks_address = false;
    b.end[MN].with.asks_prefix = true;
    b.end[HA].how.childless = childless;
    b.end[HA].with.home_prefix_lifetime = 3600 * SIM_S;
    enum status st = prefix_parse("2001:db8:a::/64", &b.end[HA].with.home_prefix, &why);
    CHECK(!st);
}

static void use(const struct addr *home)
{
    ike_use_address(b.end[MN].ike, bench_own(&b, MN), home, b.now);
    bench_do(&b, MN);
    bench_settle(&b);
}

static void a_prefix_first_and_pairs_later(void)
{
    struct addr home = nth(0xabcd);
    for (int childless = 0; childless < 2; childless++) {
        set_prefix(childless);
        bench_begin(&b);
        bench_up(&b);
        RULE("IKE-MIP-6");
        CHECK(b.end[MN].prefix.len == 64 && prefix_holds(&b.end[MN].prefix, &home) &&
              addr_unspecified(&b.end[MN].assigned));
        CHECK(bench_count_up(&b.end[MN]) == 1 && bench_count_up(&b.end[HA]) == 1);
        CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], 0);
        CHECK_EQ(b.end[MN].no_child, 0); /* wishes wait */
        use(&home);
        RULE("IKE-MIP-6");
        CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], 4);
        RULE("IKE-MIP-6");
        CHECK(bench_agrees(&b, 4) && all_are_about(&b, &home));
        CHECK(addr_eq(&b.end[HA].assigned, &home));
        bench_end(&b);
    }
}

static void nobody_takes_anothers_address(void)
{
    struct addr home = nth(0xabcd);
    struct addr elsewhere = bench_addr("2001:db8:b::abcd");
    set_prefix(true);
    bench_begin(&b);
    add_other();
    bench_up(&b);
    use(&home);
    CHECK(bench_agrees(&b, 4));
    swap();
    bench_up(&b);
    const struct addr *bad[] = {&home, &b.agent, &elsewhere};
    for (unsigned k = 0; k < 3; k++) {
        use(bad[k]);
        CHECK_EQ(b.end[MN].children, 0);
        CHECK_EQ(b.end[MN].no_child_why, IKE_N_TS_UNACCEPTABLE);
        wish_for_all();
    }
    bench_end(&b);
}

/* Of another peer, who is not even here; of one that is; and those that are given. */
static void a_configured_address_is_its_owners(void)
{
    const struct addr home = nth(0x100);
    const struct addr pool = nth(0x703);
    const struct addr other_keys = nth(0x200); /* who has keys by hand */
    const struct addr own = nth(0xabcd);
    for (unsigned here = 0; here < 2; here++) {
        set_prefix(true);
        bench_begin(&b);
        add_other_at(&home);
        ike_reserve_address(b.end[HA].ike, &other_keys);
        if (here) {
            swap();
            (void)bench_start(&b);
            wish_for_all();
            bench_settle(&b);
            CHECK(ike_children(b.end[MN].ike, bench_own(&b, MN)) == 4);
            swap();
        }
        bench_up(&b);
        unsigned children = b.end[HA].children;
        use(&home);
        RULE("IKE-ID-3");
        CHECK(!b.end[MN].children && b.end[HA].children == children &&
              b.end[MN].no_child_why == IKE_N_TS_UNACCEPTABLE);
        for (unsigned k = 0; k < 2; k++) {
            wish_for_all();
            use(k ? &pool : &other_keys);
            CHECK(!b.end[MN].children && b.end[HA].children == children);
        }
        wish_for_all();
        use(&own);
        wish_for_all();
        bench_settle(&b);
        CHECK(all_are_about(&b, &own));
        bench_end(&b);
    }
}

static void the_pool_goes_around_configured_addresses(void)
{
    const struct addr first = nth(0x700);
    const struct addr second = nth(0x701);
    set(4);
    bench_begin(&b);
    add_other_at(&first);
    bench_up(&b);
    RULE("IKE-ID-3");
    CHECK(addr_eq(&b.end[MN].assigned, &second) && all_are_about(&b, &second));
    bench_end(&b);
}

static void an_address_instead_of_a_prefix(void)
{
    struct addr home = nth(0x700);
    set_prefix(true);
    b.end[HA].with.assigns_home = true;
    bench_begin(&b);
    (void)bench_start(&b);
    wish_for_all();
    RULE("IKE-MIP-6");
    const struct bench_letter *response = until(MN, IKE_AUTH);
    CHECK(response && strstr(response->news.payloads, "N(USE_ASSIGNED_HOA)") &&
          strstr(response->news.payloads, " CP "));
    bench_settle(&b);
    RULE("IKE-MIP-6");
    CHECK(addr_eq(&b.end[MN].assigned, &home) && !b.end[MN].prefix.len);
    RULE("IKE-MIP-7"); /* 42 lies among the errors and is none */
    CHECK(b.end[MN].messages[IKE_CREATE_CHILD_SA] == 4 && bench_agrees(&b, 4));
    CHECK(all_are_about(&b, &home));
    bench_end(&b);
}

CHECK_MAIN(CASE(an_address_comes_with_ike_auth), CASE(one_that_is_set_aside_for_it),
           CASE(without_an_address_it_stops), CASE(an_answer_without_an_address),
           CASE(what_was_not_asked_for_is_not_given), CASE(a_lease_ends_with_the_ike_sa),
           CASE(who_comes_back_has_the_same), CASE(a_prefix_first_and_pairs_later),
           CASE(nobody_takes_anothers_address), CASE(a_configured_address_is_its_owners),
           CASE(the_pool_goes_around_configured_addresses), CASE(an_address_instead_of_a_prefix))
