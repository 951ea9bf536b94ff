/* A binding cache: what comes while a home address is tested, what is asked for when, and what an
 * agent makes of messages at the edge of RFC 5648. */
#include "models/mip6/bcache.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const uint64_t station = 0x020000000009;

static struct arena arena;
static struct bcache cache;
static struct bcache_acts acts;

static void begin(void)
{
    const struct bcache_config how = {.serves = true,
                                      .home = {{{0x20, 1, 0xd, 0xb8, 0, 0xa}}, 64},
                                      .valid = SIM_NEVER,
                                      .preferred = SIM_NEVER,
                                      .max_bids = MH_BIDS,
                                      .bulk_new_coa = true,
                                      .max_lifetime = 600 * SIM_S,
                                      .bulk = true,
                                      .simultaneous = HOME_NDP,
                                      .delete_time = 10 * SIM_S};
    arena = (struct arena){0};
    bcache_init(&cache, &how, &arena);
    acts.n = 0;
}

static struct mh update(uint16_t sequence, uint16_t lifetime)
{
    return (struct mh){
        .type = MH_BU, .flags = MH_BU_ACK | MH_BU_HOME, .sequence = sequence, .lifetime = lifetime};
}

static void add_bid(struct mh *bu, uint16_t bid, const struct addr *coa)
{
    struct mh_bid *o = &bu->bid[bu->bids++];
    *o = (struct mh_bid){.bid = bid, .length = coa ? 20 : 4, .has_coa = coa != NULL};
    if (coa)
        o->coa = *coa;
}

static void receive(const struct mh *bu, const struct addr *from, sim_time now)
{
    const struct arrival a = {
        .src = *from, .home = home, .has_home = true, .authentic = true, .station = station};
    acts.n = 0;
    CHECK(bcache_update(&cache, &a, bu, now, &acts));
}

/* From the home link, without a Home Address option. */
static void receive_bare(const struct mh *bu, sim_time now)
{
    const struct arrival a = {.src = home, .authentic = true, .station = station};
    acts.n = 0;
    CHECK(bcache_update(&cache, &a, bu, now, &acts));
}

static const struct bcache_act *act(enum bcache_kind kind, unsigned which)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind && which-- == 0)
            return &acts.act[k];
    return NULL;
}

/* Answer number `which` of the last step; one with status 255: there is none. */
static const struct bcache_act *answer(unsigned which)
{
    static const struct bcache_act none = {.ba = {.status = 255}};
    const struct bcache_act *ba = act(BCACHE_SEND, which);
    return ba ? ba : &none;
}

static int status(unsigned which)
{
    return answer(which)->ba.status;
}

static void finish_test(bool unique, sim_time now)
{
    acts.n = 0;
    bcache_tested(&cache, &home, unique, now, &acts);
    while (bcache_resume(&cache, &home, now, &acts))
        ;
}

static struct bcache_entry *entry(void)
{
    return bcache_find(&cache, &home);
}

static void bind_two(void)
{
    struct mh bu = update(1, 105);
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 1, &coa1);
    add_bid(&bu, 2, &coa2);
    receive(&bu, &coa1, 0);
    finish_test(true, SIM_S);
}

/* ---- while the home address is tested: RFC 6275 10.3.1 -------------------------------------- */

/* A node that comes home meanwhile leaves no binding behind. */
static void a_deregistration_waits_behind_the_registration(void)
{
    begin();
    struct mh bu = update(1, 105);
    receive(&bu, &coa1, 0);
    bu = update(2, 0);
    receive_bare(&bu, 500 * SIM_MS);
    CHECK_EQ(acts.n, 0);
    finish_test(true, SIM_S);
    RULE("MIP6-HA-16");
    CHECK(status(0) == MH_ST_ACCEPTED && status(1) == MH_ST_ACCEPTED && entry()->bindings == 0);
    CHECK(addr_eq(&answer(1)->dst, &home) && answer(1)->ba.lifetime == 0);
    arena_release(&arena);
}

static void a_deregistration_of_what_is_taken(void)
{
    begin();
    struct mh bu = update(500, 105);
    receive(&bu, &coa1, 0);
    finish_test(true, SIM_S);
    bu = update(501, 0);
    receive(&bu, &coa1, 2 * SIM_S);
    bu = update(502, 105);
    receive(&bu, &coa1, 3 * SIM_S);
    bu = update(503, 0);
    receive_bare(&bu, 3500 * SIM_MS);
    finish_test(false, 3600 * SIM_MS);
    CHECK(status(0) == MH_ST_DAD_FAILED && status(1) == MH_ST_NOT_HOME_AGENT);
    bu = update(1, 105); /* nothing is remembered: every number is good */
    receive(&bu, &coa1, 4 * SIM_S);
    finish_test(true, 5 * SIM_S);
    RULE("MIP6-SEQ-1");
    CHECK_EQ(status(0), MH_ST_ACCEPTED);
    arena_release(&arena);
}

/* A restart is a restart in each state. */
static void a_restart_while_an_old_address_is_tested_anew(void)
{
    begin();
    struct mh bu = update(500, 105);
    receive(&bu, &coa1, 0);
    finish_test(true, SIM_S);
    bu = update(501, 0);
    receive(&bu, &coa1, 2 * SIM_S);
    bu = update(502, 105);
    receive(&bu, &coa1, 3 * SIM_S);
    CHECK(act(BCACHE_TEST, 0) && entry()->state == BCACHE_TESTING);
    acts.n = 0;
    CHECK(!bcache_forget(&cache, &acts));
    bu = update(7, 105); /* after a restart of the node, too */
    receive(&bu, &coa1, 3500 * SIM_MS);
    finish_test(true, 4 * SIM_S);
    RULE("MIP6-SEQ-1");
    CHECK(status(0) == MH_ST_ACCEPTED && entry()->sequence == 7);
    arena_release(&arena);
}

/* ---- refresh requests ------------------------------------------------------------------------ */

/* A request that is due when the binding is made would be answered, and be due again. */
static void a_refresh_is_asked_for_near_the_end(void)
{
    begin();
    cache.how.ask_before = 600 * SIM_S; /* longer than the lifetime */
    unsigned asked = 0;
    struct mh bu = update(1, 15);
    receive(&bu, &coa1, 0);
    finish_test(true, 0);
    for (sim_time t = bcache_next(&cache); t < 300 * SIM_S && asked < 99; t = bcache_next(&cache)) {
        acts.n = 0;
        bcache_tick(&cache, t, &acts);
        if (!act(BCACHE_ASK, 0))
            continue;
        asked++;
        bu.sequence++;
        receive(&bu, &coa1, t);
    }
    CHECK_EQ(asked, 9); /* each 30 s: half of 60 s */
    arena_release(&arena);
}

/* ---- answers --------------------------------------------------------------------------------- */

/* RFC 6275 9.5.4: from the home address itself, with the option or without. */
static void the_home_address_needs_no_routing_header(void)
{
    begin();
    bind_two();
    struct mh bu = update(2, 105);
    add_bid(&bu, 3, &home);
    bu.bid[0].home = true;
    receive(&bu, &home, 2 * SIM_S); /* AMB-7: the option says the source */
    const struct bcache_act *ba = answer(0);
    RULE("MIP6-HA-5");
    CHECK(ba->ba.status == MH_ST_ACCEPTED && !ba->rh2 && addr_eq(&ba->dst, &home) &&
          bcache_binding(entry(), 3));
    RULE("MIP6-HA-18");
    CHECK_EQ(ba->station, station);
    bu = update(3, 0);
    receive(&bu, &home, 3 * SIM_S);
    RULE("MIP6-HA-5");
    CHECK(!answer(0)->rh2);
    arena_release(&arena);
}

/* RFC 5648 4.3: the status of an option means something in a BA and a CoT only. */
static void the_status_in_an_update_is_ignored(void)
{
    begin();
    bind_two();
    struct mh bu = update(2, 105);
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 2, NULL);
    bu.bid[1].status = MH_ST_PROHIBITED;
    receive(&bu, &coa1, 2 * SIM_S);
    RULE("MCOA-HA-8");
    CHECK(status(0) == 0 && answer(0)->ba.bid[0].status == 0 && answer(0)->ba.bid[1].status == 0 &&
          bcache_binding(entry(), 2)->until == 422 * SIM_S);
    bu = update(3, 0);
    add_bid(&bu, 2, NULL);
    bu.bid[0].status = MH_ST_PROHIBITED;
    receive(&bu, &coa1, 3 * SIM_S);
    RULE("MCOA-HA-8");
    CHECK(status(0) == 0 && answer(0)->ba.bid[0].status == 0);
    arena_release(&arena);
}

/* AMB-6: beside a Binding Identifier the Alternate Care-of Address says nothing. */
static void the_identifier_wins_over_the_alternate(void)
{
    begin();
    struct mh bu = update(1, 105);
    add_bid(&bu, 1, &coa1);
    bu.has_alternate = true;
    bu.alternate = coa2;
    receive(&bu, &coa1, 0);
    finish_test(true, SIM_S);
    RULE("MCOA-HA-3");
    CHECK(status(0) == 0 && entry()->bindings == 1 && addr_eq(&entry()->binding[0].coa, &coa1));
    arena_release(&arena);
}

/* There is no tunnel over IPv4 (RFC 5555): that option alone is refused. */
static void an_ipv4_care_of_address_is_refused(void)
{
    static const struct addr mapped = {{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}};
    begin();
    bind_two();
    struct mh bu = update(2, 105);
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 4, &mapped);
    bu.bid[1].length = 8;
    receive(&bu, &coa1, 2 * SIM_S);
    RULE("MCOA-HA-3");
    CHECK(status(0) == MH_ST_NOT_COMPLETE && answer(0)->ba.bid[1].status == MH_ST_MCOA_MALFORMED &&
          !bcache_binding(entry(), 4));
    arena_release(&arena);
}

CHECK_MAIN(CASE(a_deregistration_waits_behind_the_registration),
           CASE(a_deregistration_of_what_is_taken),
           CASE(a_restart_while_an_old_address_is_tested_anew),
           CASE(a_refresh_is_asked_for_near_the_end),
           CASE(the_home_address_needs_no_routing_header), CASE(the_status_in_an_update_is_ignored),
           CASE(the_identifier_wins_over_the_alternate), CASE(an_ipv4_care_of_address_is_refused))
