/* Random wishes at both ends over minutes, on a wire that loses, repeats, delays and reorders, with
 * a mobile node that moves; then the wire heals, and both ends come to agree.
 *
 *     test_ike_storm --long N [FIRST]     so many seeds
 *     test_ike_storm --trace SEED          one, with all that happens; calm with anything behind
 */
#include "tests/ike_bench.h"
#include "tests/ike_inside.h"

enum { SEEDS = 100 };

static struct bench b;

struct storm {
    struct rng rng;
    uint64_t seed;
    bool mobike;
    bool calm;        /* who moves says so at once, and nobody forgets */
    uint64_t started; /* last, by the MN */
    unsigned at;      /* address that the MN has */
    unsigned trouble; /* of a letter, in 1/100: lost, repeated, out of order, each */
    unsigned wishes;
    uint64_t steps;
};

static unsigned draw(struct storm *s, unsigned n)
{
    return (unsigned)(rng_u32(&s->rng) % n);
}

static bool chance(struct storm *s, unsigned percent)
{
    return draw(s, 100) < percent;
}

/* ---- the two nodes --------------------------------------------------------------------------- */

static uint32_t any_child(struct storm *s, unsigned e)
{
    const struct bench_end *end = &b.end[e];
    uint32_t spi = 0;
    unsigned n = 0;
    for (unsigned k = 0; k < end->children; k++) {
        if (end->child[k].in && !draw(s, ++n))
            spi = end->child[k].is.spi_in;
    }
    return spi;
}

static void move_here(struct storm *s, unsigned e)
{
    uint64_t sa = bench_own(&b, e);
    struct bench_end *end = &b.end[e];
    if (!sa && e == MN) /* on its way: MOBIKE is not agreed yet */
        ike_move(end->ike, s->started, &b.address[s->at], &b.agent, b.now);
    if (!sa) {
        bench_do(&b, e);
        return;
    }
    if (!s->mobike) {
        const struct addr *here = e == MN ? &b.address[s->at] : &b.agent;
        ike_move(end->ike, sa, here, e == MN ? &b.agent : &b.address[s->at], b.now);
    } else if (e == MN) {
        ike_update_addresses(end->ike, sa, &b.address[s->at], b.now);
    } else {
        ike_accept_address(end->ike, sa, &b.address[s->at], b.now);
    }
    bench_do(&b, e);
}

static void start(struct storm *s)
{
    s->started = ike_start(b.end[MN].ike, b.end[MN].peer, &b.address[s->at], &b.agent, b.now);
    bench_do(&b, MN);
}

static void wish_of_children(struct storm *s, unsigned e, unsigned what)
{
    struct bench_end *end = &b.end[e];
    uint32_t spi = any_child(s, e);
    if (what < 2) {
        ike_want(end->ike, end->peer, draw(s, POLICIES), draw(s, 3), b.now);
    } else if (what < 5) {
        ike_child_soft(end->ike, spi, b.now);
    } else if (what < 6) {
        ike_child_hard(end->ike, spi, b.now);
    } else if (what < 7) {
        ike_delete_child(end->ike, spi, b.now);
    } else {
        ike_child_used(end->ike, spi, b.now);
    }
    bench_do(&b, e);
}

static void wish_of_sa(struct storm *s, unsigned e, unsigned what)
{
    struct bench_end *end = &b.end[e];
    uint64_t sa = bench_own(&b, e);
    if (what < 4) {
        ike_rekey(end->ike, sa, b.now);
    } else if (what < 6) {
        ike_probe(end->ike, sa, b.now);
    } else if (what < 7) {
        ike_tell_invalid_spi(end->ike, sa, 77777, b.now);
    } else if (what < 9) {
        ike_tell_addresses(end->ike, sa, b.address, draw(s, 4), b.now);
    } else if (draw(s, 6) == 0 && !s->calm) { /* who is not there cannot be told */
        ike_delete(end->ike, sa, b.now);
    } else if (draw(s, 6) == 0 && !s->calm) {
        ike_drop(end->ike, sa, b.now);
    }
    bench_do(&b, e);
}

static void wish(struct storm *s)
{
    unsigned e = draw(s, ENDS);
    unsigned what = draw(s, 20);
    s->wishes++;
    if (what < 8) {
        wish_of_children(s, e, what);
    } else if (what < 18) {
        wish_of_sa(s, e, what - 8);
    } else if (what < 19) {
        s->at = draw(s, 3);
        move_here(s, MN);
        if (s->calm)
            move_here(s, HA);
    } else {
        move_here(s, HA);
        start(s);
    }
}

/* ---- the wire -------------------------------------------------------------------------------- */

/* Where nobody is nothing arrives, and nothing comes from there. */
static bool reaches(const struct storm *s, const struct bench_letter *l)
{
    const struct addr *here = &b.address[s->at];
    return l->to == MN ? addr_eq(&l->path.local, here) : addr_eq(&l->path.remote, here);
}

static void deliver(struct storm *s, unsigned k, bool stays)
{
    if (!reaches(s, &b.letter[k])) {
        bench_drop(&b, k);
    } else if (stays) {
        bench_repeat(&b, k);
    } else {
        bench_carry(&b, k);
    }
}

static void one_letter(struct storm *s)
{
    unsigned k = draw(s, b.letters);
    if (chance(s, s->trouble)) {
        bench_drop(&b, k);
    } else if (chance(s, s->trouble)) {
        deliver(s, k, b.letters < LETTERS / 2);
    } else {
        deliver(s, chance(s, s->trouble) ? k : 0, false);
    }
}

static void check_ends(void)
{
    for (unsigned e = 0; e < ENDS; e++)
        CHECK(inside_is_sane(b.end[e].ike, b.now));
}

static void blow(struct storm *s, sim_time until)
{
    while (b.now < until) {
        s->steps++;
        if (b.letters && !chance(s, s->trouble)) {
            one_letter(s);
        } else {
            bench_wait(&b, (sim_time)draw(s, 1500) * SIM_MS);
        }
        if (chance(s, 25))
            wish(s);
        check_ends();
        CHECK(inside_holds(b.end[MN].ike) && inside_holds(b.end[HA].ike));
    }
}

static void heal(struct storm *s, sim_time t)
{
    sim_time until = b.now + t;
    do {
        while (b.letters)
            deliver(s, 0, false);
        check_ends();
    } while (bench_tick(&b, until));
    b.now = until;
}

/* ---- one storm ------------------------------------------------------------------------------- */

static void begin(struct storm *s)
{
    bench_set(&b);
    s->mobike = chance(s, 50);
    s->trouble = draw(s, s->calm ? 11 : 31);
    bool lives = chance(s, 50);
    bool checks = chance(s, 50);
    bool pfs = chance(s, 30);
    bool linger = chance(s, 70);
    for (unsigned e = 0; e < ENDS; e++) {
        struct bench_end *end = &b.end[e];
        end->how.window = 1 + draw(s, 5);
        end->how.timers.linger = linger ? SIM_S : 0;
        end->how.sa_max = chance(s, 20) ? 6 : 0;
        end->with.mobike = s->mobike;
        end->with.checks_routability = checks;
        end->with.dead_after = 25 * SIM_S;
        end->with.initial_contact = true;
        end->with.esp[0].group = pfs ? DH_CURVE25519 : DH_NONE;
        if (lives)
            end->with.lifetimes = (struct ike_lifetimes){
                .ike_soft = 40 * SIM_S, .ike_hard = 200 * SIM_S, .jitter_ppb = 300000000};
    }
    if (chance(s, 30) && !s->calm) /* until the owner accepts it */
        b.end[HA].standing = IKE_ADDRESS_PENDING;
    bench_begin_seeded(&b, s->seed);
    start(s);
    for (unsigned k = 0; k < POLICIES; k++)
        bench_want(&b, MN, k, 0);
}

static void print_ends(void)
{
    for (unsigned e = 0; e < ENDS; e++) {
        for (const struct ike_sa *sa = b.end[e].ike->first; sa; sa = sa->next) {
            (void)printf("%s: SA %08x state %d, todos %u, busy %d\n", b.end[e].name,
                         (unsigned)sa->own, sa->state, sa->todos, ike_busy(b.end[e].ike, sa->own));
            for (const struct ike_child *c = sa->children; c; c = c->next)
                (void)printf("   child %08x/%08x state %d, %s %u\n", (unsigned)c->is.spi_in,
                             (unsigned)c->is.spi_out, c->state, c->is.policy->name, c->is.number);
        }
    }
}

/* Without an IKE SA at either end, or with one and the same. */
static void check_agreement(struct storm *s)
{
    uint64_t own[ENDS] = {bench_own(&b, MN), bench_own(&b, HA)};
    if (!own[MN]) {
        CHECK_EQ(own[HA], 0);
        CHECK_EQ(ike_sas(b.end[MN].ike) + ike_sas(b.end[HA].ike), 0);
        CHECK_EQ(bench_count_in(&b.end[MN]) + bench_count_in(&b.end[HA]), 0);
    } else {
        if (b.trace)
            print_ends();
        struct ike_path mn = ike_path_of(b.end[MN].ike, own[MN]);
        struct ike_path ha = ike_path_of(b.end[HA].ike, own[HA]);
        CHECK(bench_agrees(&b, ike_children(b.end[MN].ike, own[MN])));
        CHECK(addr_eq(&mn.local, &b.address[s->at]) && addr_eq(&ha.remote, &b.address[s->at]));
    }
    CHECK(inside_is_quiet(b.end[MN].ike));
    CHECK(inside_is_quiet(b.end[HA].ike));
}

static bool one_storm(uint64_t seed, bool calm, bool trace)
{
    int before = check_failures;
    struct storm s = {.seed = seed, .calm = calm, .rng = bench_stream(seed, "storm", "chance")};
    begin(&s);
    b.trace = trace;
    blow(&s, (sim_time)(60 + draw(&s, 240)) * SIM_S);
    for (unsigned e = 0; e < ENDS; e++) { /* what would rekey for ever is quiet now */
        b.end[e].with.lifetimes = (struct ike_lifetimes){.ike_soft = 0};
        move_here(&s, e);
    }
    heal(&s, 500 * SIM_S);
    move_here(&s, MN);
    move_here(&s, HA);
    heal(&s, 400 * SIM_S);
    check_agreement(&s);
    if (calm)
        CHECK_EQ(b.end[MN].ended[IKE_HOW_DEAD] + b.end[HA].ended[IKE_HOW_DEAD], 0);
    CHECK_EQ(b.lost, 0);
    if (check_failures != before)
        (void)fprintf(stderr, "seed %llu: mobike %d, trouble %u %%, windows %d %d, %u wishes\n",
                      (unsigned long long)seed, s.mobike, s.trouble, (int)b.end[MN].how.window,
                      (int)b.end[HA].how.window, s.wishes);
    bench_end(&b);
    return check_failures == before;
}

static void after_any_storm_both_ends_agree(void)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        (void)one_storm(seed, false, false);
}

/* With a mobile node whose moves are known no peer is taken for dead. */
static void in_a_calm_one_nobody_dies(void)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        (void)one_storm(seed, true, false);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {CASE(after_any_storm_both_ends_agree),
                                              CASE(in_a_calm_one_nobody_dies)};
    if (argc > 2 && !strcmp(argv[1], "--trace"))
        return !one_storm(strtoull(argv[2], NULL, 10), argc > 3, true);
    if (argc > 2 && !strcmp(argv[1], "--long")) {
        uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
        uint64_t bad = 0;
        for (uint64_t k = 0; k < strtoull(argv[2], NULL, 10); k++)
            bad += !one_storm(first + k, k % 2, false);
        (void)printf("%llu storms did not end well\n", (unsigned long long)bad);
        return check_failures ? 1 : 0;
    }
    return check_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
