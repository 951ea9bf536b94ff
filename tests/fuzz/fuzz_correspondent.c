/* Whatever reaches a correspondent: it makes no binding without its tokens, keeps to its limits,
 * and a second of its own life ends.  Input: records of how a message comes and its bytes; what
 * stands behind in its place makes it authentic. */
#include <stdlib.h>
#include <string.h>

#include "models/mip6/correspondent.h"
#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HAS_HOME = 1, AUTHORISED = 2, HOME_SOURCE = 4, OTHER_HOME = 8, BYTES = 512, MOST = 420 };

static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static struct correspondent c;
static unsigned made;
static bool authorised; /* something in this run was */

static void look_at(const struct bcache_acts *acts, sim_time now)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bcache_act *act = &acts->act[k];
        made += act->kind == BCACHE_MADE;
        if (act->kind == BCACHE_PROXY_ON || act->kind == BCACHE_TEST)
            abort();
        bool expired = act->ba.status >= MH_ST_HOME_NONCE && act->ba.status <= MH_ST_NONCES;
        if (act->kind == BCACHE_SEND && act->ba.type == MH_BA &&
            act->ba.status != MH_ST_TYPE_CHANGE && act->ba.has_authenticator == expired)
            abort();
    }
    for (const struct bcache_entry *e = c.cache.first; e; e = e->newer) {
        if (e->bindings > 2)
            abort(); /* max_bids */
        for (unsigned k = 0; k < e->bindings; k++) {
            if (e->binding[k].until > now + MOST * SIM_S)
                abort();
        }
    }
    if (made && !authorised)
        abort();
}

/* As one who has made both tests would. */
static size_t authorise(struct mh *m, const struct arrival *a, sim_time now, uint8_t *bytes)
{
    const struct addr *home = a->has_home ? &a->home : &a->src;
    const struct addr *coa = m->bids && m->bid[0].has_coa ? &m->bid[0].coa
                             : m->has_alternate           ? &m->alternate
                                                          : &a->src;
    uint8_t kbm[TOKENS_KBM];
    struct writer w = wr_over(bytes, BYTES);
    for (unsigned k = 0; k < m->bids; k++) {
        if (m->bid[k].length != 4 && !m->bid[k].has_coa)
            return 0; /* an odd length is kept for its answer and never written */
    }
    m->has_nonces = true;
    uint64_t token = tokens_give(&c.tokens, home, TOKENS_HOME, now, &m->home_nonce);
    uint64_t care_of = tokens_give(&c.tokens, coa, TOKENS_CARE_OF, now, &m->care_of_nonce);
    if (m->lifetime) {
        tokens_kbm(token, care_of, kbm);
        tokens_authorize(m, kbm, coa, &cn);
    } else {
        tokens_kbm_delete(token, kbm);
        tokens_authorize(m, kbm, home, &cn);
    }
    mh_write(&w, home, &cn, m);
    authorised = true;
    return w.full ? 0 : w.len;
}

static void receive(uint8_t how, uint8_t from, const uint8_t *data, size_t n, sim_time now)
{
    struct arrival a = {.src = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = from}},
                        .dst = cn,
                        .home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = how & OTHER_HOME ? 2 : 1}},
                        .has_home = how & HAS_HOME};
    struct bcache_acts acts = {.n = 0};
    uint8_t bytes[BYTES];
    struct mh m;
    struct mh answer;
    if (how & HOME_SOURCE)
        a.src = a.home;
    if (!a.has_home)
        a.home = addr_any;
    const struct addr *src = a.has_home ? &a.home : &a.src;
    memcpy(bytes, data, n);
    if (n >= 8) { /* a right checksum, or nothing else is ever reached */
        bytes[4] = bytes[5] = 0;
        uint16_t sum = ip6_checksum(src, &cn, IP6_MH, bytes, n);
        bytes[4] = (uint8_t)(sum >> 8);
        bytes[5] = (uint8_t)sum;
    }
    if (mh_read(src, &cn, bytes, n, &m) != MH_GOOD)
        return;
    if (m.type != MH_BU) {
        (void)correspondent_test(&c, &a, &m, now, &answer);
        return;
    }
    if (how & AUTHORISED)
        n = authorise(&m, &a, now, bytes);
    if (n && mh_read(src, &cn, bytes, n, &m) == MH_GOOD) {
        const struct delivery d = {.arrival = &a, .mh = &m, .bytes = bytes, .n = n};
        (void)correspondent_update(&c, &d, now, &acts);
        look_at(&acts, now);
    }
    acts.n = 0;
    if (from & 1) {
        correspondent_unreachable(&c, src, &a.src, now, &acts);
    } else {
        (void)correspondent_route(&c, src, from, now);
        (void)correspondent_accepts(&c, src, &a.src, now);
    }
}

/* Records: how, from, seconds since the last, bytes in eights; the message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    const struct rng nonces = rng_stream(&seed, "cn.mip6.nonces");
    const struct correspondent_config how = {.max_bids = 2,
                                             .max_homes = 1,
                                             .ask_before = 20 * SIM_S,
                                             .ask_again = 4 * SIM_S,
                                             .idle = 60 * SIM_S};
    struct arena arena = {0};
    struct reader r = rd_over(data, size);
    sim_time now = 0;
    made = 0;
    authorised = false;
    correspondent_init(&c, &how, &nonces, &arena);
    while (rd_left(&r) >= 4) {
        uint8_t way = rd_u8(&r);
        uint8_t from = rd_u8(&r);
        now += rd_u8(&r) * SIM_S;
        size_t n = 8 * (size_t)(rd_u8(&r) % (BYTES / 8));
        n = n < rd_left(&r) ? n : rd_left(&r);
        for (int k = 0; correspondent_next(&c) <= now; k++) {
            struct bcache_acts acts = {.n = 0};
            correspondent_tick(&c, now, &acts);
            look_at(&acts, now);
            if (k > 1000)
                abort(); /* it never rests */
        }
        const uint8_t *message = rd_take(&r, n);
        if (message)
            receive(way, from, message, n, now);
    }
    arena_release(&arena);
    return 0;
}
