/* A binding update list and a binding cache on a bench: no engine, no network; the test carries,
 * drops and swaps the messages. */
#include "models/mip6/bcache.h"
#include "models/mip6/bul.h"
#include "sim/base/bytes.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};

enum { MAIL = 32 };

/* One letter: a message, from where, to where. */
struct letter {
    struct mh mh;
    struct addr src;
    struct addr dst;
    bool has_home;
};

static struct arena arena;
static struct bul mn;
static struct bcache ha;
static struct letter to_ha[MAIL], to_mn[MAIL];
static unsigned up, down;
static sim_time now;
static unsigned registered, lost_bindings, made;

static void do_mn(const struct bul_acts *acts)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bul_act *a = &acts->act[k];
        if (a->kind == BUL_SEND)
            to_ha[up++] = (struct letter){a->bu, a->src, agent, !a->from_home};
        registered += a->kind == BUL_UP;
        lost_bindings += a->kind == BUL_LOST;
    }
}

static void do_ha(struct bcache_acts *acts)
{
    bool test = false;
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bcache_act *a = &acts->act[k];
        if (a->kind == BCACHE_SEND)
            to_mn[down++] = (struct letter){a->ba, agent, a->dst, a->rh2};
        test |= a->kind == BCACHE_TEST;
        made += a->kind == BCACHE_MADE;
    }
    if (!test)
        return;
    struct bcache_acts more = {.n = 0}; /* the home link is quiet */
    bcache_tested(&ha, &home, true, now, &more);
    while (bcache_resume(&ha, &home, now, &more))
        ;
    do_ha(&more);
}

static void begin(enum bul_registration registration)
{
    const struct bul_config bul = {
        .home = home,
        .agent = agent,
        .lifetime = 100 * SIM_S,
        .mcoa = true,
        .registration = (int)registration,
        .timers = {1500 * SIM_MS, SIM_S, 32 * SIM_S, SHARE_ONE / 10 * 8}};
    const struct bcache_config cache = {.serves = true,
                                        .home = {{{0x20, 1, 0xd, 0xb8, 0, 0xa}}, 64},
                                        .valid = SIM_NEVER,
                                        .preferred = SIM_NEVER,
                                        .max_bids = MH_BIDS,
                                        .bulk_new_coa = true,
                                        .max_lifetime = 600 * SIM_S,
                                        .bulk = true,
                                        .delete_time = 10 * SIM_S};
    arena = (struct arena){0};
    bcache_init(&ha, &cache, &arena);
    bul_init(&mn, &bul, 65533); /* the counter wraps on the way */
    bul_add(&mn, 1);
    bul_add(&mn, 2);
    up = down = registered = lost_bindings = made = 0;
    now = 0;
}

static void want(uint16_t bid, const struct addr *coa)
{
    struct bul_acts acts = {.n = 0};
    bul_want(&mn, bid, coa, now, &acts);
    do_mn(&acts);
}

static void unwant(uint16_t bid)
{
    struct bul_acts acts = {.n = 0};
    bul_unwant(&mn, bid, now, &acts);
    do_mn(&acts);
}

/* A message as the wire has it, and back. */
static struct mh through_the_wire(const struct mh *m)
{
    uint8_t bytes[1024];
    struct mh back;
    struct writer w = wr_over(bytes, sizeof bytes);
    mh_write(&w, &home, &agent, m);
    CHECK(!w.full);
    CHECK_EQ(mh_read(&home, &agent, bytes, w.len, &back), MH_GOOD);
    return back;
}

/* Letter k of the box arrives. */
static void carry_up(unsigned k)
{
    struct bcache_acts acts = {.n = 0};
    struct letter *l = &to_ha[k];
    l->mh = through_the_wire(&l->mh);
    const struct arrival a = {
        .src = l->src, .home = home, .has_home = l->has_home, .authentic = true};
    (void)bcache_update(&ha, &a, &l->mh, now, &acts);
    do_ha(&acts);
}

static bool carry_down(unsigned k)
{
    struct bul_acts acts = {.n = 0};
    const struct arrival a = {.src = agent, .home = home, .has_home = true, .authentic = true};
    struct mh ba = through_the_wire(&to_mn[k].mh);
    bool matched = bul_ack(&mn, &a, &ba, now, &acts);
    do_mn(&acts);
    return matched;
}

static void wait_for_next(void)
{
    struct bul_acts acts = {.n = 0};
    now = bul_next(&mn);
    bul_tick(&mn, now, &acts);
    do_mn(&acts);
}

static const struct bcache_entry *entry(void)
{
    return bcache_find(&ha, &home);
}

static void a_lost_update_and_a_lost_answer_are_made_good(void)
{
    begin(BUL_BULK);
    /* MN -> HA  BU 65534, lost */
    want(1, &coa1);
    CHECK_EQ(up, 1);
    /* MN -> HA  BU 65535 after 1.5 s */
    wait_for_next();
    CHECK_EQ(now, 1500 * SIM_MS);
    carry_up(1);
    /* MN <- HA  BA, lost; BU 0 after 3 s */
    wait_for_next();
    CHECK_EQ(now, 4500 * SIM_MS);
    CHECK_EQ(to_ha[2].mh.sequence, 0);
    carry_up(2);
    CHECK(carry_down(1));
    CHECK_EQ(registered, 1);
    CHECK_EQ(entry()->bindings, 1);
    CHECK_EQ(entry()->sequence, 0);
    CHECK_EQ(made, 1);
    arena_release(&arena);
}

/* RFC 5648 4.1: individual BUs over unequal paths overtake each other; the late one gets 135. */
static void a_late_update_is_refused_once_and_sent_again(void)
{
    begin(BUL_PARALLEL);
    want(1, &coa2); /* the first after a restart goes alone */
    carry_up(0);
    CHECK(carry_down(0));
    want(1, &coa1); /* moves, on the slow path */
    want(2, &coa2); /* the fast one */
    CHECK_EQ(up, 3);
    carry_up(2);
    carry_up(1);
    RULE("MCOA-MN-20");
    CHECK_EQ(to_mn[2].mh.status, MH_ST_SEQUENCE);
    CHECK(carry_down(1));
    CHECK_EQ(registered, 2);
    CHECK(carry_down(2)); /* 135 carries the number of BID 2 */
    now = bul_next(&mn);  /* the fourth in a second waits: MAX_UPDATE_RATE */
    CHECK_EQ(now, SIM_S);
    struct bul_acts acts = {.n = 0};
    bul_tick(&mn, now, &acts);
    do_mn(&acts);
    RULE("MCOA-MN-20");
    CHECK_EQ(up, 4); /* once */
    carry_up(3);
    CHECK(carry_down(3));
    CHECK_EQ(registered, 3);
    CHECK_EQ(entry()->bindings, 2);
    arena_release(&arena);
}

static void serial_registration_never_meets_135(void)
{
    begin(BUL_SERIAL);
    want(1, &coa1);
    want(2, &coa2);
    for (unsigned k = 0; k < up; k++) {
        carry_up(k);
        CHECK_EQ(to_mn[k].mh.status, MH_ST_ACCEPTED);
        CHECK(carry_down(k));
    }
    CHECK_EQ(up, 2);
    CHECK_EQ(entry()->bindings, 2);
    arena_release(&arena);
}

/* Test 1 of the checklist: add, refresh both, delete one, delete all. */
static void the_life_of_two_bindings(void)
{
    begin(BUL_BULK);
    want(1, &coa1);
    carry_up(0);
    CHECK(carry_down(0));
    now = 10 * SIM_S;
    want(2, &coa2);
    CHECK(!(to_ha[1].mh.flags & MH_BU_OVERWRITE));
    carry_up(1);
    CHECK(carry_down(1));
    CHECK_EQ(entry()->bindings, 2);
    wait_for_next(); /* the refresh of the first takes the second along */
    CHECK_EQ(now, 80 * SIM_S);
    CHECK_EQ(to_ha[2].mh.bids, 2);
    CHECK(!to_ha[2].mh.bid[0].has_coa && !to_ha[2].mh.bid[1].has_coa);
    carry_up(2);
    CHECK(carry_down(2));
    unwant(1);
    CHECK_EQ(to_ha[3].mh.lifetime, 0);
    carry_up(3);
    CHECK(carry_down(3));
    CHECK_EQ(entry()->bindings, 1);
    CHECK_EQ(entry()->binding[0].bid, 2);
    struct bul_acts acts = {.n = 0};
    bul_return_home(&mn, now, &acts);
    do_mn(&acts);
    carry_up(4);
    CHECK(carry_down(4));
    CHECK_EQ(entry()->bindings, 0);
    arena_release(&arena);
}

/* Duplicates and old answers change nothing. */
static void repeated_letters_do_no_harm(void)
{
    begin(BUL_BULK);
    want(1, &coa1);
    carry_up(0);
    CHECK(carry_down(0));
    carry_up(0); /* again */
    CHECK_EQ(to_mn[1].mh.status, MH_ST_SEQUENCE);
    CHECK(!carry_down(0));
    CHECK(!carry_down(1)); /* nothing is out that it could mean */
    CHECK_EQ(entry()->bindings, 1);
    CHECK_EQ(bul_find(&mn, 1)->state, BUL_BOUND);
    arena_release(&arena);
}

CHECK_MAIN(CASE(a_lost_update_and_a_lost_answer_are_made_good),
           CASE(a_late_update_is_refused_once_and_sent_again),
           CASE(serial_registration_never_meets_135), CASE(the_life_of_two_bindings),
           CASE(repeated_letters_do_no_harm))
