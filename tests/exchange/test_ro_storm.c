/* A mobile node and a correspondent over a wire that loses, holds back and repeats, while the node
 * moves, comes home and leaves: 300 runs, each by its seed. What always holds is looked at after
 * every event; when the wire heals, so do they. */
#include "tests/ro_bench.h"

enum { SEEDS = 300 };

static struct rng chance;
static unsigned ups;
static unsigned failures;
static unsigned verdicts[CORRESPONDENT_UNAUTHENTIC + 1];

static void move_about(void)
{
    static const struct addr *const coas[] = {&coa1, &coa2, &coa3};
    uint16_t bid = (uint16_t)(1 + rng_below(&chance, 3));
    struct addr coa = *coas[bid - 1];
    switch (rng_below(&chance, 14)) {
    case 0:
        ro_set_home(&b.mobile, true, b.now);
        break;
    case 1:
    case 2:
        ro_unwant(&b.mobile, bid, b.now);
        break;
    case 3: /* a nonce that the correspondent loses */
        tokens_invalidate(&b.peer.tokens, b.peer.tokens.nonce[b.peer.tokens.newest].index);
        break;
    case 4: {
        struct bcache_acts acts = {.n = 0};
        correspondent_unreachable(&b.peer, &home, &coa, b.now, &acts);
        carry_answers(&acts);
        break;
    }
    case 5:
        ro_set_lifetime(&b.mobile, b.now + (sim_time)rng_below(&chance, 60) * SIM_S, b.now);
        break;
    case 6: {
        const struct mh be = {
            .type = MH_BE, .status = (uint8_t)(1 + rng_below(&chance, 2)), .home = home};
        const struct arrival a = {.src = cn, .dst = home};
        const struct delivery d = {.arrival = &a, .mh = &be};
        struct ro_acts acts = {.n = 0};
        (void)ro_received(&b.mobile, &d, b.now, &acts);
        carry_acts(&acts);
        break;
    }
    default:
        coa.b[14] = (uint8_t)rng_below(&chance, 3);
        ro_set_home(&b.mobile, false, b.now);
        ro_want(&b.mobile, bid, &coa, b.now);
        break;
    }
    (void)ro_heard(&b.mobile, &cn, b.now);
}

/* Three of a type in any second, numbers that only grow, cookies that never come again. */
static bool log_is_good(void)
{
    bool good = true;
    for (unsigned k = 0; k < b.sent; k++) {
        const struct wire_sent *s = &b.log[k];
        unsigned within = 0;
        if (s->m.type != MH_BU && s->m.type != MH_HOTI && s->m.type != MH_COTI)
            continue;
        for (unsigned j = k + 1; j < b.sent; j++) {
            const struct wire_sent *o = &b.log[j];
            if (o->m.type != s->m.type)
                continue;
            within += o->at < s->at + SIM_S;
            good &= s->m.type == MH_BU ? (uint16_t)(o->m.sequence - s->m.sequence) - 1u < 32767u
                                       : o->m.cookie != s->m.cookie;
        }
        good &= within < RR_RATE;
    }
    return good;
}

/* Data goes only from an address that the correspondent has, unless that has ended its binding
 * for a reason of its own. */
static bool bindings_agree(void)
{
    bool good = true;
    for (uint16_t bid = 1; bid <= 3; bid++) {
        const struct addr *from = ro_route(&b.mobile, &cn, bid, b.now);
        const struct bcache_entry *e = bcache_find(&b.peer.cache, &home);
        bool there = false;
        for (unsigned k = 0; from && e && k < e->bindings; k++)
            there |= addr_eq(&e->binding[k].coa, from);
        good &= !from || there;
    }
    return good;
}

/* What the correspondent does not accept it says: RFC 6275 9.3.1, 9.3.3. */
static void send_data(void)
{
    for (uint16_t bid = 1; bid <= 3; bid++) {
        const struct addr *from = ro_route(&b.mobile, &cn, bid, b.now);
        if (!from || correspondent_accepts(&b.peer, &home, from, b.now))
            continue;
        const struct mh be = {.type = MH_BE, .status = 1, .home = home};
        const struct arrival a = {.src = cn, .dst = *from};
        put_on_wire(&be, true, &cn, &a.dst, &a, b.direct);
    }
}

static void one_run(uint64_t n)
{
    const struct rng_seed seed = rng_seed_of(n, 0);
    chance = rng_stream(&seed, "storm");
    struct ro_config how = mobile_config(true);
    const struct correspondent_config at = {.max_lifetime = n % 4 ? 0 : 40 * SIM_S,
                                            .ask_before = n % 3 ? 0 : 15 * SIM_S,
                                            .ask_again = 2 * SIM_S};
    how.keeps_others = n % 2;
    how.ahead = n % 5 ? 30 * SIM_S : 0;
    how.idle = n % 7 ? 0 : 20 * SIM_S;
    how.unasked = n % 6 == 5;
    begin_with(&how, &at);
    b.chance = &chance;
    for (int k = 0; k < 60; k++) {
        move_about();
        run_for((sim_time)rng_below(&chance, 4000) * SIM_MS);
    }
    b.chance = NULL;
    CHECK(log_is_good());
    ro_set_home(&b.mobile, false, b.now);
    ro_set_lifetime(&b.mobile, SIM_NEVER, b.now);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    ro_want(&b.mobile, 3, &coa3, b.now);
    for (int k = 0; k < 20; k++) { /* longer than any hold */
        (void)ro_heard(&b.mobile, &cn, b.now);
        send_data();
        run_for(10 * SIM_S);
    }
    CHECK(goes_from(1, &coa1) && goes_from(2, &coa2) && goes_from(3, &coa3));
    CHECK(bindings_agree());
    ro_set_home(&b.mobile, true, b.now);
    run_for(40 * SIM_S);
    CHECK(!bound(1) && !bound(2) && !bound(3) && state() == RO_TUNNELLED);
    ups += b.ups;
    failures += b.failures;
    for (int k = 0; k <= CORRESPONDENT_UNAUTHENTIC; k++)
        verdicts[k] += b.verdict[k];
    if (check_failures)
        (void)fprintf(stderr, "seed %" PRIu64 "\n", n);
}

static void whatever_happens_it_heals(void)
{
    for (uint64_t n = 0; n < SEEDS && !check_failures; n++)
        one_run(n);
    CHECK(ups > 10 * SEEDS && failures > 10 && verdicts[CORRESPONDENT_TAKEN] > ups);
    CHECK(verdicts[CORRESPONDENT_UNAUTHENTIC] == 0 && verdicts[CORRESPONDENT_BARE] == 0);
}

CHECK_MAIN(CASE(whatever_happens_it_heals))
