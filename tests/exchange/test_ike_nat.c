/* Address translators, and where messages go (RFC 7296 2.11, 2.23; RFC 3948). */
#include "tests/ike_open.h"

static struct bench b;

/* The MN behind a translator, the HA behind one (its address is another outside), both or none. */
static void up_behind(bool mn, bool ha)
{
    bench_set(&b);
    bench_begin(&b);
    b.nat_port = mn ? 10000 : 0;
    struct addr inside = bench_addr("2001:db8:e::e");
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    for (unsigned k = 0; b.letters && k < 100; k++) {
        struct ike_path *p = &b.letter[0].path;
        if (ha && b.letter[0].to == HA)
            p->local = inside;
        if (ha && b.letter[0].to == MN)
            p->remote = b.agent;
        bench_carry(&b, 0);
    }
}

static void moved_to_4500_if_there_is_one(void)
{
    for (unsigned k = 0; k < 4; k++) {
        bool mn = k & 1;
        bool ha = k & 2;
        up_behind(mn, ha);
        const struct ike_sa *i = inside_up(&b, MN);
        const struct ike_sa *r = inside_up(&b, HA);
        CHECK(i && r && i->nat_here == mn && r->nat_there == mn && i->nat_there == ha &&
              r->nat_here == ha);
        RULE("IKE-NAT-2");
        CHECK(i && i->path.local_port == (k ? IKE_NAT_PORT : IKE_PORT) &&
              i->path.remote_port == i->path.local_port &&
              r->path.local_port == i->path.local_port);
        RULE("IKE-NAT-2");
        CHECK(b.end[MN].child[0].is.encapsulated == (k > 0) &&
              b.end[HA].child[0].is.encapsulated == (k > 0));
        bench_end(&b);
    }
}

static void four_zero_octets_stand_in_front_on_4500(void)
{
    bench_set(&b);
    bench_begin(&b);
    b.nat_port = 10000;
    uint64_t own = ike_start(b.end[MN].ike, b.end[MN].peer, &b.address[0], &b.agent, b.now);
    struct ike_act a;
    CHECK(ike_act(b.end[MN].ike, &a) && a.kind == IKE_ACT_SEND);
    RULE("IKE-NAT-2");
    CHECK(a.sa == own && !a.marked && a.path.local_port == IKE_PORT);
    bench_post(&b, MN, &a);
    bench_carry(&b, 0);
    struct bench_letter l = b.letter[0];
    bench_drop(&b, 0);
    const struct ike_datagram d = {.path = l.path, .bytes = l.bytes, .n = l.n};
    ike_receive(b.end[MN].ike, &d, b.now);
    bool marked = false;
    while (ike_act(b.end[MN].ike, &a)) {
        if (a.kind == IKE_ACT_SEND)
            marked = a.marked && a.path.local_port == IKE_NAT_PORT && a.bytes[0];
    }
    RULE("IKE-NAT-2");
    CHECK(marked);
    bench_end(&b);
}

static void answers_go_to_where_the_request_came_from(void)
{
    up_behind(true, false);
    for (unsigned k = 0; k < 2; k++) {
        ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now);
        bench_do(&b, MN);
        b.letter[0].path.remote_port = (uint16_t)(30000 + k); /* the translator has forgotten */
        uint16_t port = b.letter[0].path.remote_port;
        const struct ike_datagram d = {
            .path = b.letter[0].path, .bytes = b.letter[0].bytes, .n = b.letter[0].n};
        ike_receive(b.end[HA].ike, &d, b.now);
        struct ike_act a;
        while (ike_act(b.end[HA].ike, &a)) {
            if (a.kind == IKE_ACT_SEND) {
                RULE("IKE-HDR-7");
                CHECK_EQ(a.path.remote_port, port);
            }
        }
        b.letters = 0;
        RULE("IKE-NAT-3");
        CHECK_EQ(inside_up(&b, HA)->path.remote_port, port);
        for (unsigned j = 0; j < IKE_WINDOW; j++)
            ike_request_done(&inside_up(&b, MN)->request[j]);
    }
    bench_end(&b);
}

static void a_request_is_known_by_its_spi_not_by_its_source(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
    ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    b.letter[0].path.remote = b.address[2];
    bench_carry(&b, 0);
    RULE("IKE-HDR-4");
    CHECK_EQ(b.letters, 1);
    RULE("IKE-HDR-7");
    CHECK(addr_eq(&b.letter[0].path.local, &b.address[2]));
    /* Without a translator it is no move. */
    CHECK(addr_eq(&inside_up(&b, HA)->path.remote, &b.address[0]));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void only_what_is_new_and_authentic_moves_the_address(void)
{
    up_behind(true, false);
    uint16_t port = inside_up(&b, HA)->path.remote_port;
    ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    struct bench_letter old = b.letter[0];
    struct bench_letter broken = old;
    broken.bytes[broken.n - 1] ^= 1;
    broken.path.remote_port = 40000;
    b.letter[0] = broken;
    bench_carry(&b, 0);
    RULE("IKE-NAT-3");
    CHECK_EQ(inside_up(&b, HA)->path.remote_port, port);
    b.letter[b.letters++] = old;
    bench_settle(&b);
    old.path.remote_port = 40001; /* replayed from elsewhere */
    b.letter[b.letters++] = old;
    bench_carry(&b, 0);
    b.letters = 0;
    RULE("IKE-NAT-3");
    CHECK_EQ(inside_up(&b, HA)->path.remote_port, port);
    /* The side behind the translator follows nobody. */
    ike_probe(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    b.letter[0].path.remote_port = 40002;
    bench_carry(&b, 0);
    RULE("IKE-NAT-3");
    CHECK_EQ(inside_up(&b, MN)->path.remote_port, IKE_NAT_PORT);
    bench_end(&b);
}

static void keepalives_only_behind_the_translator_and_only_when_idle(void)
{
    up_behind(true, false);
    bench_wait(&b, 19 * SIM_S);
    CHECK_EQ(b.letters, 0);
    bench_wait(&b, 2 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK(b.letters == 1 && b.letter[0].to == HA && b.letter[0].n == 1 &&
          b.letter[0].bytes[0] == 0xff);
    b.letters = 0;
    bench_wait(&b, 15 * SIM_S);
    ike_probe(b.end[MN].ike, bench_own(&b, MN), b.now); /* something else is sent */
    bench_do(&b, MN);
    bench_settle(&b);
    bench_wait(&b, 15 * SIM_S);
    CHECK_EQ(b.letters, 0);
    ike_sent(b.end[MN].ike, bench_own(&b, MN), b.now, b.now); /* ESP */
    bench_do(&b, MN);
    bench_wait(&b, 19 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK_EQ(b.letters, 0);
    bench_wait(&b, 2 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK(b.letters == 1 && b.letter[0].n == 1 && b.letter[0].to == HA);
    bench_end(&b);
}

static void without_detection_nothing_moves(void)
{
    bench_set(&b);
    b.end[HA].how.nat_detection = false;
    b.nat_port = 10000;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_settle(&b);
    CHECK_EQ(inside_up(&b, MN)->path.local_port, IKE_PORT);
    RULE("IKE-NAT-2"); /* neither end puts what only one of them has found out into UDP */
    CHECK(!inside_up(&b, HA)->nat_there && !b.end[HA].child[0].is.encapsulated &&
          !b.end[MN].child[0].is.encapsulated);
    bench_end(&b);
}

/* The MN goes behind a translator while the HA's new IKE SA is in the making. */
static void what_is_learned_while_it_is_rekeyed_is_inherited(void)
{
    bench_set(&b);
    b.end[MN].with.mobike = b.end[HA].with.mobike = true;
    bench_begin(&b);
    bench_up(&b);
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    b.letters = 0; /* lost */
    b.nat_port = 10000;
    ike_update_addresses(b.end[MN].ike, bench_own(&b, MN), &b.address[1], b.now);
    bench_do(&b, MN);
    bench_carry(&b, 0);
    bench_carry(&b, b.letter[0].news.flags & IKE_RESPONSE ? 0 : 1);
    CHECK(inside_up(&b, HA)->nat_there && inside_up(&b, MN)->nat_here);
    b.letters = 0;
    bench_live(&b, 30 * SIM_S);
    const struct ike_sa *mn = inside_up(&b, MN);
    CHECK(mn->peer->sas == 1 && bench_sa(&b.end[MN], mn->own)->initiator == false);
    RULE("IKE-NAT-2");
    CHECK(inside_up(&b, HA)->nat_there && mn->nat_here);
    RULE("IKE-NAT-4");
    CHECK(mn->keepalive_at < SIM_NEVER);
    bench_want(&b, MN, 3, 1);
    bench_settle(&b);
    RULE("IKE-NAT-2");
    CHECK(bench_out(&b, MN, 3, 1)->is.encapsulated && bench_out(&b, HA, 3, 1)->is.encapsulated);
    bench_end(&b);
}

CHECK_MAIN(CASE(moved_to_4500_if_there_is_one), CASE(four_zero_octets_stand_in_front_on_4500),
           CASE(answers_go_to_where_the_request_came_from),
           CASE(a_request_is_known_by_its_spi_not_by_its_source),
           CASE(only_what_is_new_and_authentic_moves_the_address),
           CASE(keepalives_only_behind_the_translator_and_only_when_idle),
           CASE(without_detection_nothing_moves),
           CASE(what_is_learned_while_it_is_rekeyed_is_inherited))
