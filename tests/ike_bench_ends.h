/*
 * ike_bench_ends.h - the two ends of ike_bench.h, what a test sees of each, and how they are set
 * up.
 */
#ifndef TESTS_IKE_BENCH_ENDS_H
#define TESTS_IKE_BENCH_ENDS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/ike/ike.h"

#include "tests/check.h"

enum { MN, HA, ENDS };
enum { LETTERS = 256, SAS = 256, POLICIES = 4, LETTER = 4096 };

/* A Child SA as one end has it. */
struct bench_child {
    struct ike_child_sa is;
    uint64_t ike; /* own SPI of its IKE SA when it was made */
    bool in;      /* the inbound half is there */
    bool out;     /* the outbound half is in use */
    bool gone;
    enum ike_how how; /* it ended */
};

struct bench_ike {
    uint64_t own;
    uint64_t spi_i;
    uint64_t spi_r;
    bool initiator;
    bool up;
    enum ike_how how; /* it ended */
    uint16_t notify;
    bool half_open;
};

struct bench_end {
    const char *name;
    struct ike *ike;
    struct ike_peer *peer;
    struct ike_config how;
    struct ike_peer_config with;
    struct ike_policy policy[POLICIES];
    struct bench_child child[SAS];
    unsigned children;
    struct bench_ike sa[SAS];
    unsigned sas;
    uint64_t serves; /* as of the last act about an IKE SA that is up: an owner asks then */
    unsigned sent;
    unsigned messages[256]; /* by exchange, those of their own, first tries */
    unsigned refused[32];   /* by enum ike_how */
    unsigned ended[32];     /* IKE SAs, likewise */
    unsigned no_child;
    uint16_t no_child_why;
    unsigned ends; /* acts IKE_ACT_END */
    unsigned not_rekeyed;
    uint16_t not_rekeyed_why;
    unsigned silent;
    unsigned expired;
    uint64_t silent_sa;
    unsigned moved;
    struct addr assigned;
    struct prefix prefix;
    bool unassigned; /* it asked, and got nothing */
    unsigned further;
    struct addr further_address[IKE_ADDRESSES];
    uint16_t updated; /* notification of the last answer to an update */
    unsigned updates;
    enum sign_verdict verdict;
    bool stays;                 /* it answers IKE_ACT_SILENT with a probe */
    enum ike_standing standing; /* what it thinks of new addresses */
};

struct bench_letter {
    unsigned to;          /* MN, HA */
    struct ike_path path; /* as who gets it sees it */
    size_t n;
    struct ike_news news;
    uint8_t bytes[LETTER];
};

struct bench {
    struct arena arena;
    struct ciphers *ciphers;
    sim_time now;
    struct bench_end end[ENDS];
    struct bench_letter letter[LETTERS];
    unsigned letters;
    unsigned lost; /* letters that found no room */
    bool trace;    /* everything is printed */
    /* A translator in front of the MN: 0 none. */
    uint16_t nat_port;
    struct addr nat_address;
    struct addr address[4]; /* of the MN */
    struct addr agent;
};

static inline struct addr bench_addr(const char *text)
{
    struct addr a;
    struct why why;
    enum status st = addr_parse(text, &a, &why);
    CHECK(!st);
    return a;
}

static inline struct rng bench_stream(uint64_t seed, const char *end, const char *what)
{
    char name[64];
    struct rng_seed s = rng_seed_of(seed, 0);
    (void)snprintf(name, sizeof name, "%s.ike.%s", end, what);
    return rng_stream(&s, name);
}

static inline struct ike_streams bench_streams(uint64_t seed, const char *end)
{
    return (struct ike_streams){.spi = bench_stream(seed, end, "spi"),
                                .nonce = bench_stream(seed, end, "nonce"),
                                .dh = bench_stream(seed, end, "dh"),
                                .iv = bench_stream(seed, end, "iv"),
                                .jitter = bench_stream(seed, end, "jitter"),
                                .sign = bench_stream(seed, end, "sign")};
}

static inline struct ike_side bench_side(const char *low, const char *high, uint16_t from,
                                         uint16_t to)
{
    return (struct ike_side){.kind = IKE_ADDRESS_RANGE,
                             .low = bench_addr(low),
                             .high = bench_addr(high),
                             .start_port = from,
                             .end_port = to};
}

/* RFC 4877's four pairs, as `end` sees them. */
static inline void bench_policies(struct bench_end *end, bool mirror)
{
    const char *home = "2001:db8:a::100";
    const char *agent = "2001:db8:a::1";
    const char *top = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    const struct ike_policy list[POLICIES] = {
        {"signalling", true, 135, bench_side(home, home, 0x500, 0x500),
         bench_side(agent, agent, 0x600, 0x600), 0},
        {"return-routability", false, 135, bench_side(home, home, 0x100, 0x100),
         bench_side("::", top, 0x300, 0x300), 0},
        {"prefix-discovery", true, 58, bench_side(home, home, 0x9200, 0x92ff),
         bench_side(agent, agent, 0x9300, 0x93ff), 0},
        {"payload", false, 0, bench_side(home, home, 0, 65535), bench_side("::", top, 0, 65535), 4},
    };
    for (unsigned k = 0; k < POLICIES; k++) {
        end->policy[k] = list[k];
        if (mirror) {
            end->policy[k].local = list[k].remote;
            end->policy[k].remote = list[k].local;
        }
    }
}

/* Everything set, nothing made: a test changes what it is about, then bench_begin(). */
static inline void bench_set(struct bench *b)
{
    static const char *const ids[ENDS] = {"mn1@home.example", "ha.home.example"};
    static const uint8_t secret[] = "a secret of two";
    memset(b, 0, sizeof *b);
    b->agent = bench_addr("2001:db8:a::1");
    b->address[0] = bench_addr("2001:db8:1::1");
    b->address[1] = bench_addr("2001:db8:2::1");
    b->address[2] = bench_addr("2001:db8:3::1");
    b->nat_address = bench_addr("2001:db8:f::f");
    for (unsigned e = 0; e < ENDS; e++) {
        struct bench_end *end = &b->end[e];
        end->name = e == MN ? "mn" : "ha";
        end->stays = true;
        end->how = (struct ike_config){.timers = {.first_timeout = SIM_S,
                                                  .max_timeout = 32 * SIM_S,
                                                  .tries = 8,
                                                  .half_open = 30 * SIM_S,
                                                  .cookie_life = 60 * SIM_S,
                                                  .linger = SIM_S,
                                                  .try_again = 2 * SIM_S,
                                                  .reassembly = 15 * SIM_S,
                                                  .keepalive = 20 * SIM_S},
                                       .window = 1,
                                       .cookies_from = 1000,
                                       .half_open_max = 10000,
                                       .fragment_bytes = 1280,
                                       .nat_detection = true,
                                       .exchanges_are_told = true};
        bench_policies(end, e == HA);
        end->with = (struct ike_peer_config){
            .name = ids[1 - e],
            .own = {e == MN ? IKE_ID_RFC822 : IKE_ID_FQDN, (const uint8_t *)ids[e], strlen(ids[e])},
            .peer = {e == MN ? IKE_ID_FQDN : IKE_ID_RFC822, (const uint8_t *)ids[1 - e],
                     strlen(ids[1 - e])},
            .proof = IKE_BY_SHARED_KEY,
            .secret = secret,
            .secret_bytes = sizeof secret - 1,
            .offer = {{cipher_suite(CIPHER_AES256_GCM16), PRF_HMAC_SHA256, DH_CURVE25519}},
            .offers = 1,
            .esp = {{cipher_suite(CIPHER_AES128_GCM16), false, DH_NONE}},
            .esps = 1,
            .policy = end->policy,
            .policies = POLICIES};
    }
}

static inline void bench_begin_seeded(struct bench *b, uint64_t seed)
{
    b->ciphers = ciphers_new(&b->arena, 256, false);
    for (unsigned e = 0; e < ENDS; e++) {
        struct bench_end *end = &b->end[e];
        const struct ike_streams streams = bench_streams(seed, end->name);
        end->ike = ike_new(&b->arena, b->ciphers, &end->how, &streams);
        end->peer = ike_add_peer(end->ike, &end->with);
    }
}

static inline void bench_begin(struct bench *b)
{
    bench_begin_seeded(b, 1);
}

static inline void bench_end(struct bench *b)
{
    ciphers_free(b->ciphers);
    arena_release(&b->arena);
}

#endif
