/* An IKE SA that moves: MOBIKE (RFC 4555), and without a word (RFC 6275 10.3.1, 11.7.1). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin_how(bool checks, unsigned window)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].with.mobike = true;
        b.end[e].with.checks_routability = checks;
        b.end[e].how.window = window;
    }
    bench_begin(&b);
    bench_up(&b);
}

static void begin(void)
{
    begin_how(false, 1);
}

static void update(unsigned to)
{
    ike_update_addresses(b.end[MN].ike, bench_own(&b, MN), &b.address[to], b.now);
    bench_do(&b, MN);
}

static bool ha_is_at(unsigned k)
{
    return addr_eq(&inside_up(&b, HA)->path.remote, &b.address[k]);
}

static bool has(unsigned k, uint16_t type)
{
    struct ike_notify n;
    return open_at(&b, k, &o) && open_notify(&o, type, &n);
}

static void both_say_so_and_speak_on_4500_at_once(void)
{
    for (unsigned both = 0; both < 2; both++) {
        bench_set(&b);
        b.end[MN].with.mobike = true;
        b.end[HA].with.mobike = both;
        bench_begin(&b);
        (void)bench_start(&b);
        bench_want(&b, MN, 0, 0);
        bench_carry(&b, 0);
        bench_carry(&b, 0);
        RULE("IKE-MOB-1");
        CHECK(has(0, IKE_N_MOBIKE_SUPPORTED) && b.letter[0].path.local_port == IKE_NAT_PORT);
        /* The MN is elsewhere than it was with IKE_SA_INIT. */
        b.letter[0].path.remote = b.address[2];
        bench_carry(&b, 0);
        CHECK(has(0, IKE_N_MOBIKE_SUPPORTED) == both);
        RULE("IKE-MOB-2");
        CHECK(addr_eq(&b.end[HA].child[0].is.path.remote, &b.address[2]) && ha_is_at(2));
        bench_settle(&b);
        CHECK_EQ(inside_up(&b, MN)->mobike, both);
        update(1);
        CHECK_EQ(b.letters, both);
        bench_settle(&b);
        bench_end(&b);
    }
}

static void an_update_comes_before_all_that_waits(void)
{
    begin();
    for (unsigned policy = 0; policy < 4; policy++) { /* the window takes one */
        ike_child_soft(b.end[MN].ike, bench_out(&b, MN, policy, 0)->is.spi_in, b.now);
        bench_do(&b, MN);
    }
    update(2);
    bench_carry(&b, 0); /* of what was sent already, from there */
    bench_carry(&b, 0);
    while (b.letters && b.letter[0].to != HA)
        bench_carry(&b, 0);
    RULE("IKE-MOB-3");
    CHECK(has(0, IKE_N_UPDATE_SA_ADDRESSES));
    bench_settle(&b);
    bench_live(&b, 3 * SIM_S);
    CHECK(ha_is_at(2) && bench_agrees(&b, 4));
    bench_end(&b);
}

static void the_initiator_moves_and_says_so_from_there(void)
{
    begin();
    unsigned sent = b.end[MN].sent + b.end[HA].sent;
    update(1);
    /* MN -> HA  SK{N(UPDATE_SA_ADDRESSES) N(NATD..)} */
    RULE("IKE-MOB-3");
    CHECK(b.letters == 1 && has(0, IKE_N_UPDATE_SA_ADDRESSES) &&
          addr_eq(&b.letter[0].path.remote, &b.address[1]) &&
          has(0, IKE_N_NAT_DETECTION_SOURCE_IP));
    bench_carry(&b, 0);
    RULE("IKE-MOB-4");
    CHECK(ha_is_at(1) && b.end[HA].moved == 1 && addr_eq(&b.letter[0].path.local, &b.address[1]));
    bench_settle(&b);
    RULE("IKE-MOB-9");
    CHECK_EQ(b.end[MN].sent + b.end[HA].sent - sent, 2);
    CHECK(b.end[MN].updates == 1 && !b.end[MN].updated);
    CHECK(!inside_up(&b, HA)->nat_there && !inside_up(&b, MN)->nat_here);
    RULE("IKE-MOB-7");
    CHECK(bench_agrees(&b, 4) && ha_is_at(1));
    /* The responder does not. */
    ike_update_addresses(b.end[HA].ike, bench_own(&b, HA), &b.address[2], b.now);
    bench_do(&b, HA);
    RULE("IKE-MOB-3");
    CHECK(!b.letters);
    bench_end(&b);
}

static void what_is_under_way_goes_on_from_the_new_address(void)
{
    for (unsigned mobike = 0; mobike < 2; mobike++) {
        begin();
        bench_want(&b, MN, 3, 1);
        struct bench_letter first = b.letter[0];
        b.letters = 0;
        if (mobike) {
            update(1);
        } else {
            ike_move(b.end[MN].ike, bench_own(&b, MN), &b.address[1], &b.agent, b.now);
            bench_do(&b, MN);
        }
        CHECK_EQ(b.letters, 1); /* the window is full */
        RULE(mobike ? "IKE-MOB-3" : "IKE-MIP-9");
        CHECK(b.letter[0].n == first.n && !memcmp(b.letter[0].bytes, first.bytes, first.n) &&
              addr_eq(&b.letter[0].path.remote, &b.address[1]));
        bench_settle(&b);
        CHECK(bench_agrees(&b, 5));
        CHECK_EQ(ha_is_at(1), mobike);
        bench_end(&b);
    }
}

static void many_moves_are_no_reason_to_give_up(void)
{
    begin();
    bench_want(&b, MN, 3, 1);
    for (unsigned k = 0; k < 30; k++) {
        bench_wait(&b, 10 * SIM_S);
        b.letters = 0;
        ike_move(b.end[MN].ike, bench_own(&b, MN), &b.address[k % 3], &b.agent, b.now);
        bench_do(&b, MN);
    }
    RULE("IKE-MIP-9");
    CHECK(bench_own(&b, MN) && b.letters == 1);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 5));
    bench_end(&b);
}

static void the_newest_request_wins(void)
{
    begin_how(false, 2);
    CHECK_EQ(inside_up(&b, MN)->peer_window, 2);
    update(1);
    update(2);
    CHECK_EQ(b.letters, 3); /* the first, again from the second address, and the second */
    struct bench_letter first = b.letter[0];
    CHECK(has(2, IKE_N_UPDATE_SA_ADDRESSES) && b.letter[2].news.id == first.news.id + 1);
    bench_carry(&b, 2);
    CHECK(ha_is_at(2));
    bench_carry(&b, 0); /* the first comes late, from where it was sent first */
    RULE("IKE-MOB-4");
    CHECK(ha_is_at(2));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4) && ha_is_at(2));
    bench_end(&b);
}

/* ---- return routability ---------------------------------------------------------------------- */

static void an_address_is_asked_before_it_is_used(void)
{
    struct ike_notify n;
    begin_how(true, 1);
    update(1);
    bench_carry(&b, 0);
    CHECK(!ha_is_at(1));
    /* HA -> MN  SK{} and SK{N(COOKIE2)}, to the new address */
    CHECK_EQ(b.letters, 2);
    unsigned k = has(0, IKE_N_COOKIE2) ? 0 : 1;
    CHECK(open_at(&b, k, &o) && open_notify(&o, IKE_N_COOKIE2, &n));
    RULE("IKE-MOB-5");
    CHECK(n.bytes >= 8 && n.bytes <= 64 && addr_eq(&b.letter[k].path.local, &b.address[1]));
    uint8_t cookie[64];
    memcpy(cookie, n.data, n.bytes);
    size_t bytes = n.bytes;
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o) && open_notify(&o, IKE_N_COOKIE2, &n));
    RULE("IKE-MOB-5");
    CHECK(n.bytes == bytes && !memcmp(n.data, cookie, bytes) && !ha_is_at(1));
    bench_carry(&b, 0);
    RULE("IKE-MOB-5");
    CHECK(ha_is_at(1));
    RULE("IKE-MOB-9");
    CHECK_EQ(b.end[HA].messages[IKE_INFORMATIONAL], 2); /* an answer, and a round trip more */
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

/* The window is full, and who is asked is where the update came from. */
static void what_is_under_way_goes_to_an_address_that_is_being_checked(void)
{
    begin_how(true, 1);
    bench_want(&b, HA, 1, 1);
    struct bench_letter first = b.letter[0];
    b.letters = 0;
    update(1);
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 2);
    unsigned k = b.letter[0].n == first.n ? 0 : 1;
    RULE("IKE-MOB-4");
    CHECK(!memcmp(b.letter[k].bytes, first.bytes, first.n) &&
          addr_eq(&b.letter[k].path.local, &b.address[1]) && !ha_is_at(1));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 5) && ha_is_at(1));
    bench_end(&b);
}

static void a_wrong_cookie_closes_the_ike_sa(void)
{
    uint8_t inside[64];
    uint8_t wrong[16] = {1};
    struct ike_writer w;
    begin_how(true, 1);
    update(1);
    bench_carry(&b, 0);
    unsigned k = has(0, IKE_N_COOKIE2) ? 0 : 1;
    uint32_t id = b.letter[k].news.id;
    b.letters = 0;
    ike_begin_inside(&w, inside, sizeof inside);
    ike_put_status(&w, IKE_N_COOKIE2, wrong, sizeof wrong);
    forge(&b, MN, IKE_INFORMATIONAL, IKE_RESPONSE, id, &w);
    bench_carry(&b, 0);
    RULE("IKE-MOB-5");
    CHECK(!ike_sas(b.end[HA].ike) && b.end[HA].sa[0].how == IKE_HOW_REFUSED);
    bench_end(&b);
}

static void a_cookie_of_another_address_moves_nothing(void)
{
    begin_how(true, 1);
    update(1);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(has(0, IKE_N_COOKIE2));
    b.letter[0].path.remote = b.address[2];
    bench_carry(&b, 0);
    CHECK(!ha_is_at(1) && !ha_is_at(2));
    bench_end(&b);
}

/* The answer of the address before comes late, when the next one is to be checked already. */
static void a_move_during_the_check_is_checked_too(void)
{
    begin_how(true, 1);
    update(1);
    bench_carry(&b, 0); /* HA -> MN  SK{} and SK{N(COOKIE2)} */
    bench_carry(&b, has(0, IKE_N_COOKIE2) ? 0 : 1);
    unsigned answer = b.letter[0].to == HA ? 0 : 1;
    struct bench_letter late = b.letter[answer];
    bench_drop(&b, answer);
    bench_settle(&b);
    update(2);
    bench_settle(&b);
    CHECK(!ha_is_at(2));
    b.letter[b.letters++] = late;
    bench_carry(&b, 0);
    RULE("IKE-MOB-5"); /* another question, to where the MN is now */
    CHECK(!ha_is_at(1) && !ha_is_at(2) && b.letters == 1 && has(0, IKE_N_COOKIE2) &&
          addr_eq(&b.letter[0].path.local, &b.address[2]));
    bench_settle(&b);
    RULE("IKE-MOB-4");
    CHECK(ha_is_at(2) && bench_agrees(&b, 4));
    bench_end(&b);
}

/* All Child SAs of the one that is up end where it does. */
static bool ends_at_one_address(unsigned e)
{
    const struct ike_sa *sa = inside_up(&b, e);
    bool one = sa != NULL;
    for (const struct ike_child *c = sa ? sa->children : NULL; c; c = c->next)
        one &= addr_eq(&c->is.path.local, &sa->path.local) &&
               addr_eq(&c->is.path.remote, &sa->path.remote);
    return one;
}

static void there_is_one_outer_address_at_any_time(void)
{
    begin_how(true, 2);
    for (unsigned k = 1; k < 4; k++)
        bench_want(&b, MN, 3, k);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 7));
    for (unsigned move = 1; move < 8; move++) {
        update(move % 3);
        if (move & 1) /* again before the first is through */
            bench_carry(&b, 0);
        if (move & 1)
            update((move + 1) % 3);
        while (b.letters) {
            RULE("IKE-MOB-7");
            CHECK(ends_at_one_address(MN) && ends_at_one_address(HA));
            bench_carry(&b, 0);
        }
        CHECK(ends_at_one_address(MN) && ends_at_one_address(HA) && bench_agrees(&b, 7));
        CHECK(ha_is_at((move & 1 ? move + 1 : move) % 3));
    }
    bench_end(&b);
}

/* ---- what the owner thinks of it ------------------------------------------------------------- */

static void an_address_that_is_not_good_is_refused(void)
{
    begin();
    b.end[HA].standing = IKE_ADDRESS_REFUSED;
    update(1);
    bench_carry(&b, 0);
    RULE("IKE-MOB-4");
    CHECK(has(0, IKE_N_UNACCEPTABLE_ADDRESSES) && ha_is_at(0));
    bench_settle(&b);
    RULE("IKE-MOB-10");
    CHECK(b.end[MN].updated == IKE_N_UNACCEPTABLE_ADDRESSES && bench_agrees(&b, 4));
    bench_end(&b);
}

static void an_address_that_waits_for_its_binding_is_taken_with_it(void)
{
    for (unsigned checks = 0; checks < 2; checks++) {
        begin_how(checks, 1);
        b.end[HA].standing = IKE_ADDRESS_PENDING;
        update(1);
        bench_settle(&b);
        CHECK(ha_is_at(0) && b.end[MN].updates == 1 && !b.end[MN].updated);
        ike_accept_address(b.end[HA].ike, bench_own(&b, HA), &b.address[2], b.now);
        bench_do(&b, HA);
        CHECK(ha_is_at(0) && !b.letters);
        ike_accept_address(b.end[HA].ike, bench_own(&b, HA), &b.address[1], b.now);
        bench_do(&b, HA);
        CHECK_EQ(b.letters, 0); /* whether somebody is there was asked meanwhile */
        RULE("IKE-MOB-10");
        CHECK(ha_is_at(1) && bench_agrees(&b, 4)); /* as if the binding had been there before */
        bench_end(&b);
    }
}

static void a_check_does_not_take_an_address_that_still_waits(void)
{
    begin_how(true, 1);
    update(1);
    bench_carry(&b, 0);
    struct bench_letter check = b.letter[has(0, IKE_N_COOKIE2) ? 0 : 1];
    bench_carry(&b, has(0, IKE_N_COOKIE2) ? 1 : 0);
    b.letters = 0;
    b.end[HA].standing = IKE_ADDRESS_PENDING;
    update(2);
    bench_carry(&b, 0);
    b.letters = 0;
    b.letter[b.letters++] = check;
    bench_carry(&b, 0);
    b.letter[0].path.remote = b.address[2]; /* the MN answers from where it is now */
    bench_settle(&b);
    RULE("IKE-MOB-4");
    CHECK(!ha_is_at(2));
    bench_end(&b);
}

static void what_was_accepted_stays_good_when_it_is_told_again(void)
{
    begin_how(true, 1);
    b.end[HA].standing = IKE_ADDRESS_PENDING;
    update(1);
    bench_carry(&b, 0); /* an answer, and the question whether somebody is there */
    CHECK_EQ(b.letters, 2);
    ike_accept_address(b.end[HA].ike, bench_own(&b, HA), &b.address[1], b.now);
    bench_do(&b, HA);
    bench_carry(&b, has(0, IKE_N_COOKIE2) ? 1 : 0);
    CHECK(!ha_is_at(1));
    update(1);
    bench_carry(&b, b.letters - 1); /* before the answer to the question */
    bench_settle(&b);
    RULE("IKE-MOB-10");
    CHECK(ha_is_at(1) && bench_agrees(&b, 4));
    bench_end(&b);
}

static void a_translator_is_not_allowed_where_the_mn_says_so(void)
{
    uint8_t inside[128];
    struct ike_writer w;
    for (unsigned nat = 0; nat < 2; nat++) {
        uint8_t said[36] = {0};
        begin();
        struct ike_path path = forge_path(inside_up(&b, MN));
        memcpy(said, b.address[nat ? 2 : 0].b, 16);
        memcpy(said + 16, b.agent.b, 16);
        said[32] = (uint8_t)(path.remote_port >> 8);
        said[33] = (uint8_t)path.remote_port;
        said[34] = (uint8_t)(path.local_port >> 8);
        said[35] = (uint8_t)path.local_port;
        ike_begin_inside(&w, inside, sizeof inside);
        ike_put_status(&w, IKE_N_UPDATE_SA_ADDRESSES, NULL, 0);
        ike_put_status(&w, IKE_N_NO_NATS_ALLOWED, said, sizeof said);
        forge(&b, MN, IKE_INFORMATIONAL, 0, forge_id(&b, HA), &w);
        bench_carry(&b, 0);
        CHECK_EQ(has(0, IKE_N_UNEXPECTED_NAT_DETECTED), nat);
        bench_end(&b);
    }
}

/* ---- further addresses ----------------------------------------------------------------------- */

static void tell(unsigned e, unsigned from, unsigned n)
{
    ike_tell_addresses(b.end[e].ike, bench_own(&b, e), b.address + from, n, b.now);
    bench_do(&b, e);
}

static void a_list_of_further_addresses_replaces_the_one_before(void)
{
    begin();
    tell(MN, 1, 2);
    CHECK(has(0, IKE_N_ADDITIONAL_IP6_ADDRESS));
    bench_settle(&b);
    CHECK_EQ(b.end[HA].further, 2);
    tell(MN, 2, 1);
    bench_settle(&b);
    RULE("IKE-MOB-6");
    CHECK(b.end[HA].further == 1 && addr_eq(&b.end[HA].further_address[0], &b.address[2]));
    tell(MN, 0, 0);
    RULE("IKE-MOB-6");
    CHECK(has(0, IKE_N_NO_ADDITIONAL_ADDRESSES));
    bench_settle(&b);
    CHECK_EQ(b.end[HA].further, 0);
    /* Both sides have one, and neither takes the other's for its own. */
    tell(HA, 0, 1);
    tell(MN, 1, 2);
    bench_settle(&b);
    CHECK(b.end[MN].further == 1 && b.end[HA].further == 2);
    CHECK(addr_eq(&b.end[MN].further_address[0], &b.address[0]));
    bench_end(&b);
}

static void the_newest_list_arrives_last(void)
{
    bench_set(&b);
    b.end[MN].with.mobike = b.end[HA].with.mobike = true;
    b.end[HA].how.window = 4;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_settle(&b);
    tell(MN, 1, 2);
    tell(MN, 2, 1);
    CHECK_EQ(b.letters, 1); /* though the window is open */
    ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    CHECK_EQ(b.letters, 2);
    while (b.letters)
        bench_carry(&b, b.letters - 1);
    RULE("IKE-MOB-6");
    CHECK(b.end[HA].further == 1 && addr_eq(&b.end[HA].further_address[0], &b.address[2]));
    bench_end(&b);
}

/* ---- with rekeying --------------------------------------------------------------------------- */

static void a_move_while_the_ike_sa_is_rekeyed_is_not_lost(void)
{
    for (unsigned e = 0; e < ENDS; e++) {
        for (unsigned order = 0; order < 2; order++) {
            begin();
            ike_rekey(b.end[e].ike, bench_own(&b, e), b.now);
            bench_do(&b, e);
            update(1);
            while (b.letters)
                bench_carry(&b, order ? b.letters - 1 : 0);
            bench_live(&b, 300 * SIM_S);
            RULE("IKE-MOB-4");
            CHECK(bench_agrees(&b, 4) && ha_is_at(1));
            bench_end(&b);
        }
    }
}

static void a_move_during_ike_auth_is_told_when_it_is_up(void)
{
    bench_set(&b);
    b.end[MN].with.mobike = b.end[HA].with.mobike = true;
    bench_begin(&b);
    uint64_t own = bench_start(&b);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0); /* IKE_AUTH from the first address; its answer is lost */
    b.letters = 0;
    ike_move(b.end[MN].ike, own, &b.address[1], &b.agent, b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    RULE("IKE-MOB-3");
    CHECK(ha_is_at(1) && bench_agrees(&b, 1));
    bench_end(&b);
}

static void an_update_that_comes_behind_the_rekeying_moves_the_new_ike_sa(void)
{
    begin_how(false, 2);
    update(2);
    struct bench_letter late = b.letter[0];
    b.letters = 0;
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    b.letter[b.letters++] = late;
    bench_carry(&b, b.letters - 1);
    RULE("IKE-MOB-4");
    CHECK(ha_is_at(2));
    bench_live(&b, 300 * SIM_S);
    CHECK(bench_agrees(&b, 4) && ha_is_at(2));
    bench_end(&b);
}

static void who_began_moves_whoever_rekeyed(void)
{
    begin();
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    bench_settle(&b);
    CHECK(!inside_up(&b, MN)->initiator);
    update(1);
    RULE("IKE-MOB-3");
    CHECK(has(0, IKE_N_UPDATE_SA_ADDRESSES));
    bench_settle(&b);
    RULE("IKE-MOB-4");
    CHECK(ha_is_at(1) && bench_agrees(&b, 4));
    bench_end(&b);
}

CHECK_MAIN(CASE(both_say_so_and_speak_on_4500_at_once),
           CASE(the_initiator_moves_and_says_so_from_there),
           CASE(an_update_comes_before_all_that_waits),
           CASE(what_is_under_way_goes_on_from_the_new_address),
           CASE(many_moves_are_no_reason_to_give_up), CASE(the_newest_request_wins),
           CASE(an_address_is_asked_before_it_is_used), CASE(a_wrong_cookie_closes_the_ike_sa),
           CASE(what_is_under_way_goes_to_an_address_that_is_being_checked),
           CASE(a_cookie_of_another_address_moves_nothing),
           CASE(a_move_during_the_check_is_checked_too),
           CASE(there_is_one_outer_address_at_any_time),
           CASE(an_address_that_is_not_good_is_refused),
           CASE(an_address_that_waits_for_its_binding_is_taken_with_it),
           CASE(a_check_does_not_take_an_address_that_still_waits),
           CASE(what_was_accepted_stays_good_when_it_is_told_again),
           CASE(a_translator_is_not_allowed_where_the_mn_says_so),
           CASE(a_list_of_further_addresses_replaces_the_one_before),
           CASE(the_newest_list_arrives_last), CASE(a_move_while_the_ike_sa_is_rekeyed_is_not_lost),
           CASE(a_move_during_ike_auth_is_told_when_it_is_up),
           CASE(an_update_that_comes_behind_the_rekeying_moves_the_new_ike_sa),
           CASE(who_began_moves_whoever_rekeyed))
