/*
 * ike_bench.h - two IKE machines on a wire that the test holds in its hands: it carries, drops,
 * repeats, delays, swaps and translates each datagram.  No engine, no sockets.
 *
 * "mn" is the one that begins, "ha" the other; what their acts ask for is done in tables here, so
 * that a test can compare what both believe.
 */
#ifndef TESTS_IKE_BENCH_H
#define TESTS_IKE_BENCH_H

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

/* ---- acts ------------------------------------------------------------------------------------ */

static inline void bench_post(struct bench *b, unsigned from, const struct ike_act *a)
{
    b->end[from].sent++;
    if (a->news.tries == 1)
        b->end[from].messages[a->news.exchange]++;
    if (b->letters == LETTERS || a->n > LETTER) {
        b->lost++;
        return;
    }
    struct bench_letter *l = &b->letter[b->letters++];
    l->to = 1 - from;
    l->n = a->n;
    l->news = a->news;
    l->path =
        (struct ike_path){a->path.remote, a->path.local, a->path.remote_port, a->path.local_port};
    if (b->nat_port && from == MN) {
        l->path.remote = b->nat_address;
        l->path.remote_port = (uint16_t)(b->nat_port + a->path.local_port);
    } else if (b->nat_port) { /* back through it */
        l->path.local = b->address[0];
        l->path.local_port = (uint16_t)(a->path.remote_port - b->nat_port);
    }
    memcpy(l->bytes, a->bytes, a->n);
}

static inline struct bench_child *bench_child(struct bench_end *end, uint32_t spi_in)
{
    for (unsigned k = end->children; k-- > 0;) {
        if (end->child[k].is.spi_in == spi_in)
            return &end->child[k];
    }
    return NULL;
}

static inline struct bench_ike *bench_sa(struct bench_end *end, uint64_t own)
{
    for (unsigned k = end->sas; k-- > 0;) {
        if (end->sa[k].own == own)
            return &end->sa[k];
    }
    return NULL;
}

static inline void bench_child_act(struct bench_end *end, const struct ike_act *a)
{
    struct bench_child *c = bench_child(end, a->child->spi_in);
    if (a->kind == IKE_ACT_INSTALL) {
        CHECK(!c);
        for (unsigned k = 0; end->children == SAS && k < SAS && !c; k++)
            c = end->child[k].gone ? &end->child[k] : NULL; /* of long ago */
        if (!c && end->children == SAS)
            return;
        c = c ? c : &end->child[end->children++];
        *c = (struct bench_child){.is = *a->child, .ike = a->sa, .in = true};
        c->out = a->child->sends;
    } else if (c) {
        c->out = a->kind == IKE_ACT_SENDS;
        if (a->kind == IKE_ACT_END)
            c->how = a->how;
        if (a->kind == IKE_ACT_FORGET) {
            c->in = false;
            c->gone = true;
        }
    }
    if (!c || !c->out)
        return; /* in its place: as an SPD has one outbound SA for each number */
    for (unsigned k = 0; k < end->children; k++) {
        struct bench_child *o = &end->child[k];
        if (o != c && o->is.policy == c->is.policy && o->is.number == c->is.number)
            o->out = false;
    }
}

static inline void bench_sa_act(struct bench_end *end, const struct ike_act *a)
{
    struct bench_ike *s = bench_sa(end, a->sa);
    for (unsigned k = 0; end->sas == SAS && k < SAS && !s; k++)
        s = end->sa[k].up ? NULL : &end->sa[k]; /* of long ago */
    if (!s)
        s = &end->sa[end->sas++];
    if (a->kind == IKE_ACT_DOWN)
        end->ended[a->how]++;
    *s = (struct bench_ike){.own = a->sa,
                            .spi_i = a->spi_i,
                            .spi_r = a->spi_r,
                            .initiator = a->initiator,
                            .up = a->kind == IKE_ACT_UP,
                            .how = a->how,
                            .notify = a->notify,
                            .half_open = a->half_open};
}

static inline void bench_print(const struct bench *b, unsigned e, const struct ike_act *a)
{
    static const char *const kinds[] = {[IKE_ACT_SEND] = "send",
                                        [IKE_ACT_HEARD] = "heard",
                                        [IKE_ACT_KEYED] = "keyed",
                                        [IKE_ACT_UP] = "up",
                                        [IKE_ACT_CHOSEN] = "chosen",
                                        [IKE_ACT_DOWN] = "down",
                                        [IKE_ACT_EXPIRED] = "expired",
                                        [IKE_ACT_INSTALL] = "install",
                                        [IKE_ACT_SENDS] = "sends",
                                        [IKE_ACT_END] = "end",
                                        [IKE_ACT_FORGET] = "forget",
                                        [IKE_ACT_NO_CHILD] = "none",
                                        [IKE_ACT_NOT_REKEYED] = "stays",
                                        [IKE_ACT_SILENT] = "silent",
                                        [IKE_ACT_DUE] = "due",
                                        [IKE_ACT_UNANSWERED] = "unanswered",
                                        [IKE_ACT_MOVED] = "moved",
                                        [IKE_ACT_UPDATED] = "updated",
                                        [IKE_ACT_ADDITIONAL] = "additional",
                                        [IKE_ACT_ASSIGNED] = "assigned",
                                        [IKE_ACT_REFUSED] = "refused"};
    (void)printf("%9.3f %s %-8s %08x %s %s", (double)b->now / 1e9, e == MN ? "mn" : "   ha",
                 kinds[a->kind], (unsigned)a->sa, ike_task_name(a->news.task), a->news.payloads);
    if (a->kind == IKE_ACT_SEND || a->kind == IKE_ACT_HEARD)
        (void)printf(" %d %s id %u", a->news.exchange, a->news.flags & IKE_RESPONSE ? "R" : "Q",
                     (unsigned)a->news.id);
    if (a->child)
        (void)printf(" child %08x/%08x of %08x, %s %u", (unsigned)a->child->spi_in,
                     (unsigned)a->child->spi_out, (unsigned)a->child->before,
                     a->child->policy->name, a->child->number);
    (void)printf(" %s %u\n", ike_how_name(a->how), a->notify);
}

static inline void bench_do(struct bench *b, unsigned e)
{
    struct bench_end *end = &b->end[e];
    struct ike_act a;
    uint64_t silent = 0;
    while (ike_act(end->ike, &a)) {
        if (b->trace)
            bench_print(b, e, &a);
        switch (a.kind) {
        case IKE_ACT_SEND:
            bench_post(b, e, &a);
            if (a.news.task == IKE_TASK_DELETE_IKE && a.sa == end->serves)
                end->serves = ike_sa_of(end->ike, end->peer); /* it was asked to */
            break;
        case IKE_ACT_UP:
        case IKE_ACT_DOWN:
            bench_sa_act(end, &a);
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_CHOSEN:
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_INSTALL:
        case IKE_ACT_SENDS:
        case IKE_ACT_END:
        case IKE_ACT_FORGET:
            end->ends += a.kind == IKE_ACT_END;
            bench_child_act(end, &a);
            break;
        case IKE_ACT_NO_CHILD:
            end->no_child++;
            end->no_child_why = a.notify;
            break;
        case IKE_ACT_NOT_REKEYED:
            end->not_rekeyed++;
            end->not_rekeyed_why = a.notify;
            break;
        case IKE_ACT_SILENT:
            end->silent++;
            silent = end->silent_sa = a.sa;
            break;
        case IKE_ACT_MOVED:
            end->moved++;
            break;
        case IKE_ACT_ASSIGNED:
            if (a.addresses)
                end->assigned = a.address[0];
            end->prefix = a.prefix;
            end->unassigned = !a.addresses && !a.prefix.len;
            break;
        case IKE_ACT_ADDITIONAL:
            end->further = a.addresses;
            memcpy(end->further_address, a.address, sizeof a.address);
            break;
        case IKE_ACT_UPDATED:
            end->updated = a.notify;
            end->updates++;
            break;
        case IKE_ACT_REFUSED:
            end->refused[a.how]++;
            if (a.how == IKE_HOW_UNAUTHENTICATED)
                end->verdict = a.verdict;
            break;
        case IKE_ACT_EXPIRED:
            end->expired++;
            end->serves = ike_sa_of(end->ike, end->peer);
            break;
        case IKE_ACT_HEARD:
        case IKE_ACT_KEYED:
        case IKE_ACT_DUE:
        case IKE_ACT_UNANSWERED:
            break;
        }
    }
    uint64_t serves = ike_sa_of(end->ike, end->peer);
    CHECK(!serves || serves == end->serves); /* the owner was told */
    if (silent && end->stays) {
        ike_probe(end->ike, silent, b->now);
        bench_do(b, e);
    }
}

/* ---- the wire -------------------------------------------------------------------------------- */

/* Letter `k` arrives, and stays on the wire. */
static inline void bench_repeat(struct bench *b, unsigned k)
{
    struct bench_letter l = b->letter[k];
    const struct ike_datagram d = {
        .path = l.path, .bytes = l.bytes, .n = l.n, .standing = b->end[l.to].standing};
    ike_receive(b->end[l.to].ike, &d, b->now);
    bench_do(b, l.to);
}

static inline void bench_drop(struct bench *b, unsigned k)
{
    b->letters--;
    memmove(&b->letter[k], &b->letter[k + 1], (b->letters - k) * sizeof b->letter[0]);
}

static inline void bench_carry(struct bench *b, unsigned k)
{
    struct bench_letter l = b->letter[k];
    bench_drop(b, k);
    const struct ike_datagram d = {
        .path = l.path, .bytes = l.bytes, .n = l.n, .standing = b->end[l.to].standing};
    ike_receive(b->end[l.to].ike, &d, b->now);
    bench_do(b, l.to);
}

/* All that is on the wire and what it brings about, in order. */
static inline void bench_settle(struct bench *b)
{
    for (unsigned k = 0; b->letters && k < 1000; k++)
        bench_carry(b, 0);
    CHECK_EQ(b->letters, 0);
}

/* The next thing that time does, not after `until`. */
static inline bool bench_tick(struct bench *b, sim_time until)
{
    sim_time next[ENDS] = {ike_next(b->end[MN].ike), ike_next(b->end[HA].ike)};
    unsigned e = next[HA] < next[MN] ? HA : MN;
    if (next[e] > until)
        return false;
    if (next[e] > b->now)
        b->now = next[e];
    ike_tick(b->end[e].ike, b->now);
    bench_do(b, e);
    return true;
}

static inline void bench_wait(struct bench *b, sim_time t)
{
    sim_time until = b->now + t;
    while (bench_tick(b, until)) {}
    b->now = until;
}

/* Time passes, and whatever is sent arrives at once. */
static inline void bench_live(struct bench *b, sim_time t)
{
    sim_time until = b->now + t;
    bench_settle(b);
    while (bench_tick(b, until))
        bench_settle(b);
    b->now = until;
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static inline uint64_t bench_start(struct bench *b)
{
    uint64_t own = ike_start(b->end[MN].ike, b->end[MN].peer, &b->address[0], &b->agent, b->now);
    bench_do(b, MN);
    return own;
}

static inline void bench_want(struct bench *b, unsigned e, unsigned policy, unsigned number)
{
    ike_want(b->end[e].ike, b->end[e].peer, policy, number, b->now);
    bench_do(b, e);
}

/* The four pairs of RFC 4877, set up without loss. */
static inline void bench_up(struct bench *b)
{
    (void)bench_start(b);
    for (unsigned k = 0; k < POLICIES; k++)
        bench_want(b, MN, k, 0);
    bench_settle(b);
}

static inline uint64_t bench_own(const struct bench *b, unsigned e)
{
    return ike_sa_of(b->end[e].ike, b->end[e].peer);
}

/* The outbound half that `e` uses for a policy; NULL: none. */
static inline struct bench_child *bench_out(struct bench *b, unsigned e, unsigned policy,
                                            unsigned number)
{
    struct bench_end *end = &b->end[e];
    for (unsigned k = 0; k < end->children; k++) {
        struct bench_child *c = &end->child[k];
        if (c->out && c->is.policy == &end->policy[policy] && c->is.number == number)
            return c;
    }
    return NULL;
}

/* ---- agreement ------------------------------------------------------------------------------- */

static inline unsigned bench_count_up(const struct bench_end *end)
{
    unsigned n = 0;
    for (unsigned k = 0; k < end->sas; k++)
        n += end->sa[k].up;
    return n;
}

/* Inbound halves that are there; those that linger are gone after a while. */
static inline unsigned bench_count_in(const struct bench_end *end)
{
    unsigned n = 0;
    for (unsigned k = 0; k < end->children; k++)
        n += end->child[k].in;
    return n;
}

/* What `e` sends with, the other end can open: SPI and keys are the same. */
static inline bool bench_pairs_fit(struct bench *b, unsigned e)
{
    struct bench_end *end = &b->end[e];
    for (unsigned k = 0; k < end->children; k++) {
        const struct bench_child *c = &end->child[k];
        if (!c->out)
            continue;
        const struct bench_child *o = bench_child(&b->end[1 - e], c->is.spi_out);
        if (!o || !o->in || o->is.spi_out != c->is.spi_in || o->is.suite != c->is.suite ||
            memcmp(&o->is.in, &c->is.out, sizeof o->is.in) != 0 ||
            memcmp(&o->is.out, &c->is.in, sizeof o->is.out) != 0)
            return false;
    }
    return true;
}

/* Both ends have one and the same IKE SA, nothing under way, and `children` Child SAs that fit. */
static inline bool bench_agrees(struct bench *b, unsigned children)
{
    struct bench_end *mn = &b->end[MN];
    struct bench_end *ha = &b->end[HA];
    uint64_t own[ENDS] = {bench_own(b, MN), bench_own(b, HA)};
    struct bench_ike *s = own[MN] ? bench_sa(mn, own[MN]) : NULL;
    struct bench_ike *o = own[HA] ? bench_sa(ha, own[HA]) : NULL;
    return s && o && s->spi_i == o->spi_i && s->spi_r == o->spi_r && s->initiator != o->initiator &&
           ike_sas(mn->ike) == 1 && ike_sas(ha->ike) == 1 && bench_count_up(mn) == 1 &&
           bench_count_up(ha) == 1 && !ike_busy(mn->ike, own[MN]) && !ike_busy(ha->ike, own[HA]) &&
           ike_children(mn->ike, own[MN]) == children &&
           ike_children(ha->ike, own[HA]) == children && bench_count_in(mn) == children &&
           bench_count_in(ha) == children && bench_pairs_fit(b, MN) && bench_pairs_fit(b, HA);
}

#endif
