/* Traffic selectors, modes and configuration payloads (RFC 7296 1.3.1, 2.9, 2.19, 3.13; RFC 4877
 * 7.3, 9; RFC 5026 5.3.2). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static const char top[] = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

/* The MN's first policy is changed, and the HA has what RFC 4877 says. */
static struct ike_policy *begin_with_other_policy(void)
{
    bench_set(&b);
    return &b.end[MN].policy[0];
}

/* IKE_AUTH has come back and is on the wire. */
static void up_to_the_answer(void)
{
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o));
}

static bool is_selector(const struct ike_ts *ts, const char *low, const char *high,
                        uint8_t protocol, uint16_t start, uint16_t end)
{
    const struct ike_selector *s = &ts->selector[0];
    const struct addr a = bench_addr(low);
    const struct addr z = bench_addr(high);
    return ts->n == 1 && s->protocol == protocol && s->start_port == start && s->end_port == end &&
           addr_eq(&s->low, &a) && addr_eq(&s->high, &z);
}

static void the_pair_of_rfc_4877_comes_back_as_it_is(void)
{
    struct ike_ts i;
    struct ike_ts r;
    struct ike_notify n;
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_ts(&o, IKE_P_TSI, &i) && open_ts(&o, IKE_P_TSR, &r));
    RULE("IKE-TS-3");
    CHECK(is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 135, 0x500, 0x500) &&
          is_selector(&r, "2001:db8:a::1", "2001:db8:a::1", 135, 0x600, 0x600));
    RULE("IKE-TS-5");
    CHECK(!addr_eq(&i.selector[0].low, &b.letter[0].path.remote));
    RULE("IKE-TS-6");
    CHECK(open_notify(&o, IKE_N_USE_TRANSPORT_MODE, &n));
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_ts(&o, IKE_P_TSI, &i) && open_ts(&o, IKE_P_TSR, &r));
    RULE("IKE-TS-1");
    CHECK(is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 135, 0x500, 0x500) &&
          is_selector(&r, "2001:db8:a::1", "2001:db8:a::1", 135, 0x600, 0x600));
    RULE("IKE-TS-6");
    CHECK(open_notify(&o, IKE_N_USE_TRANSPORT_MODE, &n));
    bench_settle(&b);
    /* Also with CREATE_CHILD_SA, and after a move. */
    ike_move(b.end[MN].ike, bench_own(&b, MN), &b.address[1], &b.agent, b.now);
    bench_do(&b, MN);
    bench_want(&b, MN, 1, 0);
    CHECK(open_at(&b, 0, &o) && open_ts(&o, IKE_P_TSI, &i));
    RULE("IKE-TS-5");
    CHECK(is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 135, 0x100, 0x100) &&
          addr_eq(&b.letter[0].path.remote, &b.address[1]));
    bench_settle(&b);
    bench_end(&b);
}

static void anything_is_narrowed_to_what_the_home_agent_has(void)
{
    struct ike_ts i;
    struct ike_ts r;
    struct ike_policy *p = begin_with_other_policy();
    p->protocol = 0;
    p->local = bench_side("2001:db8:a::100", "2001:db8:a::100", 0, 65535);
    p->remote = bench_side("2001:db8:a::1", "2001:db8:a::1", 0, 65535);
    up_to_the_answer();
    CHECK(open_ts(&o, IKE_P_TSI, &i) && open_ts(&o, IKE_P_TSR, &r));
    RULE("IKE-TS-8");
    CHECK(is_selector(&r, "2001:db8:a::1", "2001:db8:a::1", 135, 0x600, 0x600) &&
          is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 135, 0x500, 0x500));
    bench_settle(&b);
    RULE("IKE-TS-1");
    CHECK(bench_agrees(&b, 1));
    CHECK_EQ(bench_out(&b, MN, 0, 0)->is.remote.start_port, 0x600);
    bench_end(&b);
}

static void a_part_is_narrowed_to_what_both_want(void)
{
    struct ike_ts i;
    struct ike_policy *p = begin_with_other_policy();
    p->transport = false;
    p->protocol = 17;
    p->local = bench_side("2001:db8:a::80", "2001:db8:a::1ff", 1000, 2000);
    p->remote = bench_side("::", top, 0, 65535);
    up_to_the_answer();
    CHECK(open_ts(&o, IKE_P_TSI, &i));
    RULE("IKE-TS-1");
    CHECK(is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 17, 1000, 2000));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void what_the_home_agent_does_not_have_is_unacceptable(void)
{
    struct ike_notify n;
    struct ike_policy *p = begin_with_other_policy();
    p->local = bench_side("2001:db8:a::200", "2001:db8:a::2ff", 0x500, 0x500);
    up_to_the_answer();
    RULE("IKE-TS-1");
    CHECK(open_notify(&o, IKE_N_TS_UNACCEPTABLE, &n));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 0));
    bench_end(&b);
}

static void one_side_may_never_send(void)
{
    struct ike_ts r;
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        struct ike_policy *p = &b.end[e].policy[0];
        struct ike_side *agent = e == MN ? &p->remote : &p->local;
        agent->start_port = 65535; /* OPAQUE */
        agent->end_port = 0;
    }
    up_to_the_answer();
    CHECK(open_ts(&o, IKE_P_TSR, &r));
    RULE("IKE-TS-4");
    CHECK(is_selector(&r, "2001:db8:a::1", "2001:db8:a::1", 135, 65535, 0));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
    bench_set(&b); /* ANY holds no OPAQUE */
    b.end[MN].policy[0].remote.start_port = 65535;
    b.end[MN].policy[0].remote.end_port = 0;
    up_to_the_answer();
    struct ike_notify n;
    CHECK(open_notify(&o, IKE_N_TS_UNACCEPTABLE, &n));
    bench_settle(&b);
    bench_end(&b);
}

static void a_transport_pair_is_not_answered_with_a_tunnel(void)
{
    struct ike_notify n;
    struct ike_policy *p = begin_with_other_policy();
    p->transport = false; /* the notification is forgotten: RFC 4877 does not show it */
    up_to_the_answer();
    RULE("IKE-TS-6");
    CHECK(open_notify(&o, IKE_N_NO_PROPOSAL_CHOSEN, &n) && !b.end[HA].children);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 0));
    bench_end(&b);
}

static void a_tunnel_in_place_of_transport_is_deleted(void)
{
    struct ike_notify n;
    bench_set(&b);
    b.end[HA].policy[0].transport = false;
    up_to_the_answer();
    RULE("IKE-TS-6");
    CHECK(!open_notify(&o, IKE_N_USE_TRANSPORT_MODE, &n) && b.end[HA].children == 1);
    bench_settle(&b);
    RULE("IKE-TS-6");
    CHECK(bench_agrees(&b, 0) && b.end[MN].no_child == 1);
    bench_end(&b);
}

/* ---- configuration --------------------------------------------------------------------------- */

static void begin_with_assigned(bool prefix)
{
    bench_set(&b);
    b.end[MN].with.asks_address = !prefix;
    b.end[MN].with.asks_prefix = prefix;
    b.end[HA].with.assigned = bench_addr("2001:db8:a::100");
    b.end[HA].with.assigned_bits = 64;
    for (unsigned e = 0; e < ENDS; e++) {
        for (unsigned k = 0; k < POLICIES; k++) {
            struct ike_policy *p = &b.end[e].policy[k];
            struct ike_side *home = e == MN ? &p->local : &p->remote;
            home->kind = prefix ? IKE_ADDRESS_RANGE : IKE_ADDRESS_ASSIGNED;
        }
    }
}

static unsigned place_of(uint8_t type)
{
    unsigned k = 0;
    while (k < o.list.n && o.list.p[k].type != type)
        k++;
    return k;
}

static void a_home_address_is_assigned(void)
{
    struct ike_cp cp;
    struct ike_ts i;
    begin_with_assigned(false);
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && !ike_read_cp(ike_find(&o.list, IKE_P_CP), &cp));
    RULE("IKE-MIP-3");
    CHECK(cp.type == IKE_CP_REQUEST && cp.n == 1 && cp.attribute[0].type == IKE_A_IP6_ADDRESS &&
          !cp.attribute[0].bytes && place_of(IKE_P_CP) < place_of(IKE_P_SA));
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && !ike_read_cp(ike_find(&o.list, IKE_P_CP), &cp) &&
          open_ts(&o, IKE_P_TSI, &i));
    RULE("IKE-MIP-3");
    CHECK(cp.type == IKE_CP_REPLY && cp.attribute[0].bytes == 17 &&
          cp.attribute[0].value[16] == 64 && place_of(IKE_P_CP) < place_of(IKE_P_SA) &&
          is_selector(&i, "2001:db8:a::100", "2001:db8:a::100", 135, 0x500, 0x500));
    bench_settle(&b);
    CHECK(addr_eq(&b.end[MN].assigned, &b.end[HA].with.assigned));
    for (unsigned k = 1; k < POLICIES; k++)
        bench_want(&b, MN, k, 0);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    /* It lasts as long as the IKE SA, rekeyed ones included. */
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    bench_settle(&b);
    bench_want(&b, MN, 3, 1);
    bench_settle(&b);
    RULE("IKE-MIP-5");
    CHECK(bench_agrees(&b, 5) && addr_eq(&inside_up(&b, HA)->assigned, &b.end[HA].with.assigned));
    ike_delete(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    RULE("IKE-MIP-5");
    CHECK(!bench_own(&b, HA)); /* the owner may give it to the next */
    bench_end(&b);
}

static void without_an_address_there_is_a_failure(void)
{
    struct ike_notify n;
    begin_with_assigned(false);
    memset(&b.end[HA].with.assigned, 0, sizeof b.end[HA].with.assigned);
    up_to_the_answer();
    RULE("IKE-MIP-4");
    CHECK(open_notify(&o, IKE_N_INTERNAL_ADDRESS_FAILURE, &n) && ike_find(&o.list, IKE_P_AUTH) &&
          !ike_find(&o.list, IKE_P_SA));
    bench_settle(&b);
    RULE("IKE-AUT-3");
    CHECK(b.end[MN].no_child_why == IKE_N_INTERNAL_ADDRESS_FAILURE && bench_agrees(&b, 0));
    bench_end(&b);
}

static void a_home_prefix_is_told(void)
{
    struct ike_cp cp;
    begin_with_assigned(true);
    b.end[HA].with.home_prefix = (struct prefix){bench_addr("2001:db8:a::"), 64};
    b.end[HA].with.home_prefix_lifetime = 3600 * SIM_S;
    up_to_the_answer();
    CHECK(!ike_read_cp(ike_find(&o.list, IKE_P_CP), &cp));
    RULE("IKE-MIP-6");
    CHECK(cp.n == 1 && cp.attribute[0].type == IKE_A_HOME_PREFIX && cp.attribute[0].bytes == 21 &&
          cp.attribute[0].value[2] == 0x0e && cp.attribute[0].value[3] == 0x10);
    bench_settle(&b);
    CHECK(addr_eq(&b.end[MN].prefix.addr, &b.end[HA].with.home_prefix.addr));
    CHECK_EQ(b.end[MN].prefix.len, 64);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void an_assigned_home_address_instead_of_a_prefix_is_no_error(void)
{
    struct ike_cp cp;
    struct ike_notify n;
    begin_with_assigned(true);
    b.end[HA].with.assigns_home = true;
    up_to_the_answer();
    RULE("IKE-MIP-6");
    CHECK(open_notify(&o, IKE_N_USE_ASSIGNED_HOA, &n) &&
          !ike_read_cp(ike_find(&o.list, IKE_P_CP), &cp) && cp.n == 1 &&
          cp.attribute[0].type == IKE_A_IP6_ADDRESS);
    bench_settle(&b);
    bench_want(&b, MN, 1, 0);
    bench_settle(&b);
    RULE("IKE-MIP-7");
    CHECK(bench_agrees(&b, 2) && addr_eq(&b.end[MN].assigned, &b.end[HA].with.assigned));
    bench_end(&b);
}

CHECK_MAIN(CASE(the_pair_of_rfc_4877_comes_back_as_it_is),
           CASE(anything_is_narrowed_to_what_the_home_agent_has),
           CASE(a_part_is_narrowed_to_what_both_want),
           CASE(what_the_home_agent_does_not_have_is_unacceptable), CASE(one_side_may_never_send),
           CASE(a_transport_pair_is_not_answered_with_a_tunnel),
           CASE(a_tunnel_in_place_of_transport_is_deleted), CASE(a_home_address_is_assigned),
           CASE(without_an_address_there_is_a_failure), CASE(a_home_prefix_is_told),
           CASE(an_assigned_home_address_instead_of_a_prefix_is_no_error))
