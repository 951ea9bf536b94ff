/* Whatever reaches a mobile node's route optimisation: without answers to its own tests it sends no
 * Binding Update, without an authentic acknowledgement no data goes directly unless none is asked
 * for, it keeps to its limits, and a second of its own life ends.  Input: records of what happens,
 * or how a message comes and its bytes; what stands behind in its place makes it fit. */
#include <stdlib.h>
#include <string.h>

#include "models/mip6/ro.h"
#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FITS = 1, TUNNELLED = 2, OTHER_WAY = 4, SECOND = 8, BYTES = 512, PEERS = 2, COAS = 3 };
enum { MESSAGE, WANT, UNWANT, GO_HOME, LEAVE_HOME, REGISTERED, HEARD, REFUSED, SEND, KINDS };

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};

static struct ro ro;
static bool answered; /* some test had the answer that fits */
static bool acknowledged;
static uint64_t hoti_cookie[PEERS];
static uint64_t coti_cookie[PEERS];
static sim_time sent[PEERS][3][RR_RATE]; /* when the last HoTIs, CoTIs, BUs left */
static uint16_t sequence[PEERS];
static bool numbered[PEERS];

static struct addr peer_of(unsigned k)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = (uint8_t)(k + 1)}};
}

static struct addr coa_of(unsigned k)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = (uint8_t)(k + 1)}};
}

/* At most three of a type in any second: RFC 6275 11.8. */
static void note_rate(unsigned who, unsigned type, sim_time now)
{
    sim_time *last = sent[who][type];
    if (now < last[0] + SIM_S)
        abort();
    memmove(last, last + 1, (RR_RATE - 1) * sizeof *last);
    last[RR_RATE - 1] = now;
}

static void look_at_update(const struct ro_act *act, unsigned who, sim_time now)
{
    const struct mh *bu = &act->m;
    sim_time lifetime = bu->lifetime * (MH_LIFETIME_UNIT_S * SIM_S);
    if (!answered || !bu->has_nonces || !bu->has_authenticator || bu->has_alternate || bu->bids > 1)
        abort();
    if (bu->flags & (MH_BU_HOME | MH_BU_KEY | MH_BU_LINK_LOCAL) || bu->lifetime > 105)
        abort();
    if (ro.home_until != SIM_NEVER && lifetime && now + lifetime > ro.home_until)
        abort();
    uint16_t ahead = (uint16_t)(bu->sequence - sequence[who]);
    if (numbered[who] && (ahead == 0 || ahead > 32767))
        abort();
    sequence[who] = bu->sequence;
    numbered[who] = true;
}

static void look_at(const struct ro_acts *acts, sim_time now)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct ro_act *act = &acts->act[k];
        unsigned who = act->peer.b[15] - 1u;
        if (act->kind != RO_SEND)
            continue;
        switch (act->m.type) {
        case MH_HOTI:
            hoti_cookie[who] = act->m.cookie;
            note_rate(who, 0, now);
            break;
        case MH_COTI:
            coti_cookie[who] = act->m.cookie;
            note_rate(who, 1, now);
            break;
        case MH_BU:
            look_at_update(act, who, now);
            note_rate(who, 2, now);
            break;
        default:
            abort();
        }
    }
}

static void route(sim_time now)
{
    for (unsigned k = 0; k < PEERS; k++) {
        struct addr peer = peer_of(k);
        const struct addr *from = ro_route(&ro, &peer, 1, now);
        bool wanted = false;
        for (unsigned j = 0; from && j < ro.coas; j++)
            wanted |= addr_eq(&ro.coa[j].addr, from);
        if (from && (!wanted || !(acknowledged || ro.how.unasked)))
            abort();
    }
}

/* As the correspondent would answer what was sent last. */
static void fit(struct mh *m, unsigned who, const struct addr *peer)
{
    const struct ro_peer *p = ro_find(&ro, peer);
    if (m->type == MH_HOT)
        m->cookie = hoti_cookie[who];
    if (m->type == MH_COT)
        m->cookie = coti_cookie[who];
    answered |= m->type == MH_HOT || m->type == MH_COT;
    if (m->type != MH_BA || !p || !p->sents)
        return;
    const struct ro_sent *s = &p->sent[(p->sents - 1) % RO_SENT];
    if (m->status != MH_ST_SEQUENCE)
        m->sequence = s->sequence;
    for (unsigned k = 0; k < m->bids; k++)
        m->bid[k].bid = (uint16_t)(1 + k % COAS);
    tokens_authorize(m, s->kbm, &s->coa, peer);
    acknowledged = true;
}

static void receive(uint8_t how, const uint8_t *data, size_t n, sim_time now)
{
    unsigned who = how & SECOND ? 1 : 0;
    struct addr peer = peer_of(who);
    struct arrival a = {.src = peer, .dst = home, .tunnelled = how & TUNNELLED};
    struct ro_acts acts = {.n = 0};
    uint8_t bytes[BYTES];
    struct mh m;
    if (how & OTHER_WAY)
        a.dst = coa_of(how >> 4);
    memcpy(bytes, data, n);
    if (n >= 8) { /* a right checksum, or nothing else is ever reached */
        bytes[4] = bytes[5] = 0;
        uint16_t sum = ip6_checksum(&peer, &home, IP6_MH, bytes, n);
        bytes[4] = (uint8_t)(sum >> 8);
        bytes[5] = (uint8_t)sum;
    }
    if (mh_read(&peer, &home, bytes, n, &m) != MH_GOOD)
        return;
    for (unsigned k = 0; k < m.bids; k++) {
        if (m.bid[k].length != 4 && !m.bid[k].has_coa)
            return; /* an odd length is kept for its answer and never written */
    }
    if (how & FITS) {
        struct writer w = wr_over(bytes, sizeof bytes);
        fit(&m, who, &peer);
        mh_write(&w, &peer, &home, &m);
        n = w.len;
        if (w.full || mh_read(&peer, &home, bytes, n, &m) != MH_GOOD)
            return;
    }
    const struct delivery d = {.arrival = &a, .mh = &m, .bytes = bytes, .n = n};
    (void)ro_received(&ro, &d, now, &acts);
    look_at(&acts, now);
}

static void happen(uint8_t kind, uint8_t how, sim_time now)
{
    struct addr peer = peer_of(how % PEERS);
    struct addr coa = coa_of(how >> 4);
    uint16_t bid = ro.how.mcoa ? (uint16_t)(1 + how % COAS) : 0;
    switch (kind) {
    case WANT:
        ro_want(&ro, bid, &coa, now);
        break;
    case UNWANT:
        ro_unwant(&ro, bid, now);
        break;
    case GO_HOME:
    case LEAVE_HOME:
        ro_set_home(&ro, kind == GO_HOME, now);
        break;
    case REGISTERED:
        ro_set_lifetime(&ro, now + how * 4 * SIM_S, now);
        break;
    case HEARD:
        (void)ro_heard(&ro, &peer, now);
        break;
    case REFUSED:
        ro_refused(&ro, &peer, now);
        break;
    default:
        route(now);
        break;
    }
}

static void begin(uint8_t how, struct arena *arena)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    const struct rng rng = rng_stream(&seed, "mn.mip6.ro");
    const struct ro_config config = {
        .home = home,
        .mcoa = how & 1,
        .keeps_others = how & 2,
        .unasked = how & 4,
        .timers = {1500 * SIM_MS, SIM_S, 32 * SIM_S, SHARE_ONE / 10 * 8},
        .ahead = how & 8 ? 30 * SIM_S : 0,
        .hold = 10 * SIM_S,
        .idle = how & 16 ? 20 * SIM_S : 0,
        .most_peers = PEERS};
    ro_init(&ro, &config, &rng, arena);
    for (uint16_t bid = 1; config.mcoa && bid <= COAS; bid++)
        ro_add(&ro, bid);
    if (!config.mcoa)
        ro_add(&ro, 0);
    answered = acknowledged = false;
    for (unsigned k = 0; k < PEERS; k++) {
        numbered[k] = false;
        for (unsigned t = 0; t < 3 * RR_RATE; t++)
            sent[k][t / RR_RATE][t % RR_RATE] = -SIM_S;
    }
}

/* From `now` to then, at its own times. */
static void live(sim_time now, sim_time then)
{
    for (int k = 0; ro_next(&ro) <= then; k++) {
        struct ro_acts acts = {.n = 0};
        now = ro_next(&ro) > now ? ro_next(&ro) : now;
        ro_tick(&ro, now, &acts);
        look_at(&acts, now);
        if (k > 10000)
            abort(); /* it never rests */
    }
}

/* First a byte of settings. Records: kind, how, tenths of a second since the last; of a message
 * bytes in eights, and these. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct reader r = rd_over(data, size);
    sim_time now = 0;
    begin(rd_u8(&r), &arena);
    while (rd_left(&r) >= 3) {
        uint8_t kind = rd_u8(&r) % KINDS;
        uint8_t how = rd_u8(&r);
        sim_time then = now + rd_u8(&r) * 100 * SIM_MS;
        live(now, then);
        now = then;
        if (kind != MESSAGE) {
            happen(kind, how, now);
            continue;
        }
        size_t n = 8 * (size_t)(rd_u8(&r) % (BYTES / 8));
        n = n < rd_left(&r) ? n : rd_left(&r);
        const uint8_t *message = rd_take(&r, n);
        if (message)
            receive(how, message, n, now);
    }
    live(now, now + 100 * SIM_S);
    route(now + 100 * SIM_S);
    arena_release(&arena);
    return 0;
}
