/* The IPsec of one node as a machine: policies in their order, subjects, SAs, end points that move,
 * lifetimes (RFC 4301 4.4, 5). */
#include "models/ipsec/esp.h"
#include "models/ipsec/ipsec.h"
#include "models/wire/ip6.h"

#include "tests/check.h"

static const struct addr gate = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr one = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr two = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 2}};
static const struct addr far_away = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};
static const struct addr here = {{0x20, 1, 0xd, 0xb8, 0x10, [15] = 1}};
static const struct addr there = {{0x20, 1, 0xd, 0xb8, 0x20, [15] = 1}};

#define PORTS         \
    {                 \
        0, UINT16_MAX \
    }

enum { SIGNAL, DATA, CLEAR, PLAIN, REST, ENTRIES };

static const struct spd_entry entries[ENTRIES] = {
    [SIGNAL] = {"signal",
                SPD_PROTECT,
                SPD_ON_ANY,
                {{.kind = SELECT_SUBJECT},
                 {.kind = SELECT_GATEWAY},
                 IP6_MH,
                 {0x500, 0x5ff},
                 {0x600, 0x6ff}},
                SA_TRANSPORT,
                false,
                0},
    [DATA] = {"data",
              SPD_PROTECT,
              SPD_ON_TUNNEL,
              {{.kind = SELECT_SUBJECT}, {.kind = SELECT_ANY}, SELECT_ANY_PROTOCOL, PORTS, PORTS},
              SA_TUNNEL,
              true,
              1},
    [CLEAR] = {"clear",
               SPD_BYPASS,
               SPD_ON_LINK,
               {{.kind = SELECT_OTHER}, {.kind = SELECT_ANY}, SELECT_ANY_PROTOCOL, PORTS, PORTS},
               SA_TRANSPORT,
               false,
               0},
    [PLAIN] = {"plain",
               SPD_BYPASS,
               SPD_ON_LINK,
               {{.kind = SELECT_SUBJECT}, {.kind = SELECT_ANY}, IP6_UDP, PORTS, PORTS},
               SA_TRANSPORT,
               false,
               0},
    [REST] = {"rest",
              SPD_DISCARD,
              SPD_ON_ANY,
              {{.kind = SELECT_ANY}, {.kind = SELECT_ANY}, SELECT_ANY_PROTOCOL, PORTS, PORTS},
              SA_TRANSPORT,
              false,
              0},
};
static const struct spd list = {entries, ENTRIES, 2};
static const struct spd general = {&entries[CLEAR], 1, 0}; /* without a last entry of its own */

static struct arena arena;
static struct pool packets;
static struct ciphers *ciphers;
static struct ipsec s;
static struct spd_subject *first;
static struct spd_subject *second;

static void begin(bool is_gateway)
{
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    ciphers = ciphers_new(&arena, 8, false);
    ipsec_init(&s, &arena, &gate, is_gateway, &general);
    first = ipsec_add_subject(&s, &one, &list);
    second = ipsec_add_subject(&s, &two, &list);
}

static void end(void)
{
    CHECK_EQ(packets.out, 0);
    ciphers_free(ciphers);
    arena_release(&arena);
}

static struct sa *install_with(struct spd_subject *of, const char *name, unsigned number,
                               enum sa_direction direction, uint32_t spi,
                               const struct sa_lifetime *lifetime, sim_time now)
{
    const struct sa_keys keys = {.encryption = {1, 2, 3}, .integrity = {4}};
    struct ipsec_keying how = {.direction = direction,
                               .spi = spi,
                               .suite = cipher_suite(CIPHER_AES128_GCM16),
                               .keys = &keys,
                               .window = 64,
                               .local = here,
                               .remote = here};
    if (lifetime)
        how.lifetime = *lifetime;
    return ipsec_install(&s, ciphers, of, name, number, &how, now);
}

static struct sa *install(struct spd_subject *of, const char *name, unsigned number,
                          enum sa_direction direction, uint32_t spi)
{
    return install_with(of, name, number, direction, spi, NULL, 0);
}

/* A packet from src to dst, out of this node or into it. */
static struct traffic traffic(const struct addr *src, const struct addr *dst, bool out,
                              uint8_t protocol, unsigned type, bool tunnel)
{
    struct traffic t = ipsec_traffic(&s, src, dst, out, false);
    t.protocol = protocol;
    t.fields = true;
    t.local_port = t.remote_port = (uint16_t)(type << 8);
    t.tunnel = tunnel;
    return t;
}

static const char *policy(const struct traffic *t)
{
    const struct spd_entry *e = ipsec_policy(&s, t);
    return e ? e->name : "none";
}

#define IS(text, want) CHECK(!strcmp(text, want))

static void the_first_that_matches(void)
{
    begin(false);
    struct traffic t = traffic(&one, &gate, true, IP6_MH, 5, false);
    IS(policy(&t), "signal");
    t.tunnel = true; /* on any interface */
    IS(policy(&t), "signal");
    t.local_port = t.remote_port = 0x100;
    IS(policy(&t), "data");
    t.tunnel = false;
    IS(policy(&t), "rest");
    t = traffic(&one, &far_away, true, IP6_UDP, 0, true);
    IS(policy(&t), "data");
    t.tunnel = false; /* what does not enter the tunnel is not the tunnel's: RFC 6275 10.4.6 */
    RULE("IPS-POL-8");
    IS(policy(&t), "plain");
    t.protocol = IP6_TCP;
    IS(policy(&t), "rest");
    t = traffic(&here, &far_away, true, IP6_TCP, 0, false); /* of nobody */
    IS(policy(&t), "clear");
    t.tunnel = true;
    IS(policy(&t), "none");
    end();
}

/* RFC 4301 4.4.1: what nothing matches is discarded. */
static void the_last_one_discards(void)
{
    begin(false);
    struct traffic t = traffic(&one, &far_away, true, IP6_TCP, 0, false);
    struct ipsec_answer a = ipsec_out(&s, &t, 0);
    RULE("IPS-POL-12");
    CHECK(a.verdict == IPSEC_NO_POLICY && a.entry == &entries[REST] && !a.sa);
    RULE("IPS-POL-12");
    CHECK_EQ(ipsec_clear(&s, &t), IPSEC_NO_POLICY);
    t = traffic(&here, &far_away, true, IP6_UDP, 0, true);
    a = ipsec_out(&s, &t, 0);
    CHECK(a.verdict == IPSEC_NO_POLICY && !a.entry);
    CHECK_EQ(ipsec_clear(&s, &t), IPSEC_NO_POLICY);
    t.tunnel = false;
    CHECK(ipsec_out(&s, &t, 0).verdict == IPSEC_BYPASS && ipsec_clear(&s, &t) == IPSEC_BYPASS);
    end();
}

/* One list, seen from both of its ends. */
static void both_ends_find_the_subject(void)
{
    begin(false);
    struct traffic out = traffic(&one, &gate, true, IP6_MH, 5, false);
    struct traffic in = traffic(&gate, &one, false, IP6_MH, 6, false);
    CHECK(out.subject == first && out.sent && out.gateway && addr_eq(&out.local, &one));
    CHECK(in.subject == first && !in.sent && in.gateway && addr_eq(&in.local, &one));
    IS(policy(&in), "signal");
    end();
    begin(true);
    out = traffic(&gate, &two, true, IP6_MH, 6, false);
    in = traffic(&two, &gate, false, IP6_MH, 5, false);
    CHECK(out.subject == second && !out.sent && out.gateway && addr_eq(&out.local, &two));
    CHECK(in.subject == second && in.sent && in.gateway && addr_eq(&in.remote, &gate));
    RULE("IPS-POL-11");
    IS(policy(&in), "signal");
    in.local_port = in.remote_port = 0x600; /* the subject never sends that */
    RULE("IPS-POL-11");
    IS(policy(&in), "rest");
    struct traffic down = traffic(&far_away, &one, true, IP6_UDP, 0, true);
    CHECK(down.subject == first && !down.sent && !down.gateway);
    IS(policy(&down), "data");
    end();
}

static void clear_packets(void)
{
    begin(true);
    struct traffic t = traffic(&one, &gate, false, IP6_MH, 5, false);
    RULE("IPS-IN-4");
    CHECK_EQ(ipsec_clear(&s, &t), IPSEC_CLEAR);
    t = traffic(&one, &far_away, false, IP6_UDP, 0, true);
    RULE("IPS-IN-4");
    CHECK_EQ(ipsec_clear(&s, &t), IPSEC_CLEAR);
    t.tunnel = false;
    CHECK_EQ(ipsec_clear(&s, &t), IPSEC_BYPASS);
    end();
}

static void without_an_sa_nothing_leaves(void)
{
    begin(false);
    struct traffic t = traffic(&one, &gate, true, IP6_MH, 5, false);
    struct ipsec_answer a = ipsec_out(&s, &t, 0);
    RULE("IPS-OUT-3");
    CHECK(a.verdict == IPSEC_NO_SA && a.entry == &entries[SIGNAL] && !a.sa);
    struct sa *in = install(first, "signal", 0, SA_IN, 300); /* one direction is not both */
    CHECK(in && ipsec_out(&s, &t, 0).verdict == IPSEC_NO_SA);
    struct sa *other = install(second, "signal", 0, SA_OUT, 301);
    CHECK(other && ipsec_out(&s, &t, 0).verdict == IPSEC_NO_SA);
    struct sa *out = install(first, "signal", 0, SA_OUT, 302);
    a = ipsec_out(&s, &t, 7);
    CHECK(a.verdict == IPSEC_PROTECT && a.sa == out && out->subject == first &&
          out->mode == SA_TRANSPORT && out->entry == &entries[SIGNAL]);
    CHECK(!install(first, "clear", 0, SA_OUT, 303) && !install(first, "who", 0, SA_OUT, 304));
    CHECK(!install(first, "data", SPD_PARALLEL, SA_OUT, 305));
    end();
}

static void parallel_ones_by_their_number(void)
{
    begin(false);
    struct sa *sa[3];
    struct traffic t = traffic(&one, &far_away, true, IP6_UDP, 0, true);
    for (unsigned k = 0; k < 3; k++)
        sa[k] = install(first, "data", k, SA_OUT, 400 + k);
    for (unsigned k = 0; k < 7; k++) {
        RULE("IPS-REP-3");
        CHECK(ipsec_out(&s, &t, k).sa == sa[k % 3] && sa[k % 3]->number == k % 3);
    }
    ipsec_end(&s, sa[1], 5);
    CHECK(ipsec_out(&s, &t, 1).verdict == IPSEC_NO_SA && ipsec_out(&s, &t, 2).sa == sa[2]);
    struct sa *in[2] = {install(first, "data", 0, SA_IN, 500),
                        install(first, "data", 1, SA_IN, 501)};
    t = traffic(&far_away, &one, false, IP6_UDP, 0, true);
    RULE("IPS-REP-3"); /* on any of them */
    CHECK(ipsec_opened(in[0], &t) == IPSEC_PROTECT && ipsec_opened(in[1], &t) == IPSEC_PROTECT);
    end();
}

static void in_place_of_an_old_one(void)
{
    begin(false);
    struct traffic t = traffic(&one, &gate, true, IP6_MH, 5, false);
    struct sa *old_out = install(first, "signal", 0, SA_OUT, 600);
    struct sa *old_in = install(first, "signal", 0, SA_IN, 600);
    struct sa *new_out = install_with(first, "signal", 0, SA_OUT, 601, NULL, 9 * SIM_S);
    CHECK(ipsec_out(&s, &t, 0).sa == new_out && old_out->ended && old_out->ended_at == 9 * SIM_S);
    CHECK(ipsec_find(&s, 600) == old_in && !ipsec_find(&s, 601));
    CHECK(!install(first, "signal", 0, SA_IN, 600)); /* taken, and nothing has changed */
    CHECK(ipsec_find(&s, 600) == old_in && !old_in->ended);
    struct sa *new_in = install(first, "signal", 0, SA_IN, 602);
    CHECK(ipsec_find(&s, 602) == new_in && !ipsec_find(&s, 600) && old_in->ended);
    CHECK(!install(second, "signal", 0, SA_IN, 600) && !install(second, "signal", 0, SA_IN, 602));
    ipsec_end(&s, new_out, 10 * SIM_S);
    CHECK_EQ(ipsec_out(&s, &t, 0).verdict, IPSEC_NO_SA);
    end();
}

enum { MANY = 1000 };

static void a_thousand_subjects(void)
{
    static struct spd_subject *all[MANY];
    begin(true);
    unsigned wrong = 0;
    for (unsigned k = 0; k < MANY; k++) {
        struct addr at = one;
        at.b[9] = (uint8_t)(1 + (k >> 8));
        at.b[15] = (uint8_t)k;
        all[k] = ipsec_add_subject(&s, &at, &list);
        wrong += !install(all[k], "signal", 0, SA_IN, 5000 + k) ||
                 !install(all[k], "signal", 0, SA_OUT, 7);
    }
    for (unsigned k = 0; k < MANY; k++) {
        struct traffic t = traffic(&gate, &all[k]->address, true, IP6_MH, 6, false);
        struct sa *sa = ipsec_out(&s, &t, 0).sa;
        wrong += t.subject != all[k] || !sa || sa->subject != all[k];
        wrong += ipsec_find(&s, 5000 + k)->subject != all[k];
    }
    CHECK_EQ(wrong, 0);
    CHECK(s.subjects == MANY + 2 && s.first == first && first->newer == second);
    CHECK(ipsec_subject(&s, &one) == first && !ipsec_subject(&s, &far_away));
    struct addr none = far_away;
    CHECK(!ipsec_traffic(&s, &none, &gate, false, false).subject);
    end();
}

/* A subject whose address comes, goes, and is somebody else's then. */
static void an_address_that_comes_and_goes(void)
{
    struct addr at = one;
    at.b[14] = 7;
    begin(true);
    struct spd_subject *third = ipsec_add_subject(&s, &addr_any, &list);
    struct spd_subject *fourth = ipsec_add_subject(&s, &addr_any, &list);
    CHECK(!ipsec_subject(&s, &addr_any));
    ipsec_place_subject(&s, third, &at);
    CHECK(ipsec_subject(&s, &at) == third && ipsec_subject(&s, &one) == first);
    CHECK(install(third, "signal", 0, SA_OUT, 9) != NULL);
    struct traffic t = traffic(&gate, &at, true, IP6_MH, 6, false);
    CHECK(ipsec_out(&s, &t, 0).sa && ipsec_out(&s, &t, 0).sa->subject == third);
    ipsec_place_subject(&s, third, &addr_any);
    CHECK(!ipsec_subject(&s, &at));
    ipsec_place_subject(&s, fourth, &at);
    t = traffic(&gate, &at, true, IP6_MH, 6, false);
    CHECK(ipsec_subject(&s, &at) == fourth && !ipsec_out(&s, &t, 0).sa);
    for (unsigned k = 0; k < 20; k++) { /* and in a table that grows */
        struct addr more = one;
        more.b[9] = (uint8_t)(k + 1);
        (void)ipsec_add_subject(&s, &more, &list);
    }
    CHECK(ipsec_subject(&s, &at) == fourth && !ipsec_subject(&s, &addr_any));
    end();
}

static void after_opening_the_selectors_count(void)
{
    begin(true);
    struct sa *signal = install(first, "signal", 0, SA_IN, 700);
    struct sa *data = install(first, "data", 0, SA_IN, 701);
    struct sa *others = install(second, "signal", 0, SA_IN, 702);
    struct traffic t = traffic(&one, &gate, false, IP6_MH, 5, false);
    CHECK_EQ(ipsec_opened(signal, &t), IPSEC_PROTECT);
    RULE("IPS-POL-4");
    CHECK(ipsec_opened(others, &t) == IPSEC_SELECTOR && others->count.selector == 1);
    RULE("IPS-IN-3");
    CHECK(ipsec_opened(data, &t) == IPSEC_SELECTOR && data->count.selector == 1);
    t.tunnel = true; /* though its selector would hold it: an earlier policy has it */
    RULE("IPS-IN-3");
    CHECK(ipsec_opened(data, &t) == IPSEC_SELECTOR && data->count.selector == 2);
    t = traffic(&one, &far_away, false, IP6_UDP, 0, true);
    CHECK_EQ(ipsec_opened(data, &t), IPSEC_PROTECT);
    CHECK_EQ(ipsec_opened(signal, &t), IPSEC_SELECTOR);
    t.tunnel = false;
    CHECK_EQ(ipsec_opened(data, &t), IPSEC_SELECTOR);
    t = traffic(&two, &far_away, false, IP6_UDP, 0, true);
    CHECK_EQ(ipsec_opened(data, &t), IPSEC_SELECTOR);
    t = traffic(&far_away, &one, false, IP6_UDP, 0, true); /* somebody else's source */
    CHECK_EQ(ipsec_opened(data, &t), IPSEC_SELECTOR);
    CHECK(signal->count.selector == 1 && data->count.selector == 5 && !signal->ended);
    end();
}

/* ---- end points ------------------------------------------------------------------------------ */

static bool ends_at(const struct sa *sa, const struct addr *at)
{
    return addr_eq(s.is_gateway ? &sa->remote : &sa->local, at) &&
           addr_eq(s.is_gateway ? &sa->local : &sa->remote, &here);
}

static void tunnels_move_and_nothing_else_changes(bool is_gateway)
{
    begin(is_gateway);
    struct sa *signal = install(first, "signal", 0, SA_OUT, 800);
    struct sa *out = install(first, "data", 0, SA_OUT, 801);
    struct sa *in = install(first, "data", 0, SA_IN, 802);
    struct sa *others = install(second, "data", 0, SA_OUT, 803);
    out->sequence = 77;
    anti_replay_note(&in->replay, 41);
    struct sa before_out = *out;
    struct sa before_in = *in;
    RULE("IPS-MIG-5");
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_ALL, NULL, &there, 5 * SIM_S), 2);
    CHECK(ends_at(out, &there) && ends_at(in, &there) && out->moved == 5 * SIM_S);
    CHECK(ends_at(signal, &here) && ends_at(others, &here) && !signal->moved && !others->moved);
    RULE("IPS-MIG-4");
    CHECK(out->sequence == 77 && out->spi == before_out.spi && out->cipher == before_out.cipher &&
          !memcmp(&out->keys, &before_out.keys, sizeof out->keys) &&
          out->entry == before_out.entry);
    uint64_t whole;
    RULE("IPS-MIG-4");
    CHECK(in->replay.top == 41 && anti_replay_check(&in->replay, 41, &whole) == ANTI_REPLAY_SEEN &&
          in->spi == before_in.spi && ipsec_find(&s, 802) == in &&
          !memcmp(&in->count, &before_in.count, sizeof in->count));
    RULE("IPS-MIG-5"); /* they are there already: no error */
    CHECK(ipsec_migrate(&s, first, IPSEC_ALL, NULL, &there, 6 * SIM_S) == 0 &&
          out->moved == 5 * SIM_S);
    RULE("IPS-MIG-5"); /* the old pair is not theirs */
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_ALL, &here, &far_away, 6 * SIM_S), 0);
    RULE("IPS-MIG-5");
    CHECK(ipsec_migrate(&s, first, IPSEC_ALL, &there, &far_away, 6 * SIM_S) == 2 &&
          ends_at(in, &far_away) && ipsec_migrate(&s, first, IPSEC_ALL, NULL, &there, 6 * SIM_S));
    ipsec_end(&s, out, 7 * SIM_S);
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_ALL, NULL, &here, 8 * SIM_S), 1); /* what there is */
    end();
}

static void tunnels_move(void)
{
    tunnels_move_and_nothing_else_changes(false);
    tunnels_move_and_nothing_else_changes(true);
    begin(true);
    RULE("IPS-MIG-5");
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_ALL, NULL, &there, 1), 0); /* none at all */
    end();
}

static void parallel_ones_move_by_their_number(void)
{
    begin(true);
    struct sa *sa[3];
    for (unsigned k = 0; k < 3; k++)
        sa[k] = install(first, "data", k, SA_OUT, 900 + k);
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_SINGLE, NULL, &there, 1), 0);
    CHECK_EQ(ipsec_migrate(&s, first, 1, NULL, &there, 2), 1);
    CHECK(ends_at(sa[0], &here) && ends_at(sa[1], &there) && ends_at(sa[2], &here));
    CHECK_EQ(ipsec_migrate(&s, first, 5, NULL, &there, 3), 1); /* 5 modulo 3 */
    CHECK(ends_at(sa[2], &there) && ends_at(sa[0], &here));
    CHECK_EQ(ipsec_migrate(&s, first, IPSEC_ALL, NULL, &there, 4), 1);
    end();
    begin(true);
    struct sa *single = install(first, "data", 0, SA_OUT, 950);
    CHECK_EQ(ipsec_migrate(&s, first, 0, NULL, &there, 1), 0);
    CHECK(ipsec_migrate(&s, first, IPSEC_SINGLE, NULL, &there, 2) == 1 && ends_at(single, &there));
    end();
}

/* ---- lifetimes ------------------------------------------------------------------------------- */

static void lifetimes_in_time(void)
{
    begin(false);
    const struct sa_lifetime life = {.soft = 10 * SIM_S, .hard = 20 * SIM_S};
    CHECK_EQ(s.next, SIM_NEVER);
    struct sa *early = install_with(first, "signal", 0, SA_OUT, 1000, &life, 2 * SIM_S);
    struct sa *late = install_with(first, "data", 0, SA_IN, 1001, &life, 5 * SIM_S);
    enum ipsec_lifetime what;
    CHECK_EQ(s.next, 12 * SIM_S);
    CHECK(!ipsec_tick(&s, 11 * SIM_S, &what) && s.next == 12 * SIM_S);
    RULE("IPS-ESP-13");
    CHECK(ipsec_tick(&s, 12 * SIM_S, &what) == early && what == IPSEC_SOFT && !early->ended);
    RULE("IPS-ESP-13"); /* told once */
    CHECK(!ipsec_tick(&s, 12 * SIM_S, &what) && s.next == 15 * SIM_S);
    CHECK(ipsec_tick(&s, 15 * SIM_S, &what) == late && what == IPSEC_SOFT);
    CHECK(!ipsec_tick(&s, 15 * SIM_S, &what) && s.next == 22 * SIM_S);
    struct traffic t = traffic(&one, &gate, true, IP6_MH, 5, false);
    CHECK(ipsec_out(&s, &t, 0).sa == early);
    RULE("IPS-ESP-13");
    CHECK(ipsec_tick(&s, 22 * SIM_S, &what) == early && what == IPSEC_HARD && early->ended &&
          early->ended_at == 22 * SIM_S && ipsec_out(&s, &t, 0).verdict == IPSEC_NO_SA);
    CHECK(!ipsec_tick(&s, 22 * SIM_S, &what) && s.next == 25 * SIM_S);
    CHECK(ipsec_tick(&s, 30 * SIM_S, &what) == late && what == IPSEC_HARD && !ipsec_find(&s, 1001));
    CHECK(!ipsec_tick(&s, 30 * SIM_S, &what) && s.next == SIM_NEVER);
    end();
}

/* Hard before soft, or both at once: it ends, and nobody is asked to replace it. */
static void the_hard_limit_comes_first(void)
{
    begin(false);
    const struct sa_lifetime life = {.soft = 10 * SIM_S, .hard = 10 * SIM_S};
    enum ipsec_lifetime what;
    struct sa *sa = install_with(first, "signal", 0, SA_OUT, 1100, &life, 0);
    CHECK(ipsec_tick(&s, 10 * SIM_S, &what) == sa && what == IPSEC_HARD);
    CHECK(!ipsec_tick(&s, 10 * SIM_S, &what) && s.next == SIM_NEVER);
    end();
}

static void lifetimes_in_bytes(void)
{
    begin(false);
    const struct sa_lifetime life = {.soft_bytes = 100, .hard_bytes = 200};
    struct sa *sa = install_with(first, "signal", 0, SA_OUT, 1200, &life, 0);
    CHECK_EQ(s.next, SIM_NEVER); /* no clock tells */
    enum ipsec_lifetime want[] = {IPSEC_LIVES, IPSEC_SOFT, IPSEC_LIVES, IPSEC_HARD};
    for (unsigned k = 0; k < 4; k++) {
        struct pkt *p = pkt_take(&packets);
        (void)memset(pkt_append(p, 50), 0, 50); /* and the trailer make 52 */
        CHECK_EQ(esp_seal(sa, p, 0, IP6_UDP), ESP_GOOD);
        pkt_give(&packets, p);
        RULE("IPS-ESP-13");
        CHECK_EQ(ipsec_age(&s, sa, (sim_time)k), want[k]);
    }
    CHECK(sa->ended && sa->ended_at == 3 && sa->count.bytes == 208);
    end();
}

static void spis_are_no_ones(void)
{
    begin(true);
    struct rng_seed seed = rng_seed_of(3, 0);
    struct rng r = rng_stream(&seed, "spi");
    struct rng again = r;
    uint32_t spi = sad_draw_spi(&s.sad, &r);
    CHECK(spi >= SA_SPI_MIN && install(first, "signal", 0, SA_IN, spi));
    uint32_t next = sad_draw_spi(&s.sad, &again); /* the same draw would be the same number */
    CHECK(next != spi && next >= SA_SPI_MIN && !ipsec_find(&s, next));
    end();
}

CHECK_MAIN(CASE(the_first_that_matches), CASE(the_last_one_discards),
           CASE(both_ends_find_the_subject), CASE(clear_packets),
           CASE(without_an_sa_nothing_leaves), CASE(parallel_ones_by_their_number),
           CASE(in_place_of_an_old_one), CASE(a_thousand_subjects),
           CASE(an_address_that_comes_and_goes), CASE(after_opening_the_selectors_count),
           CASE(tunnels_move), CASE(parallel_ones_move_by_their_number), CASE(lifetimes_in_time),
           CASE(the_hard_limit_comes_first), CASE(lifetimes_in_bytes), CASE(spis_are_no_ones))
