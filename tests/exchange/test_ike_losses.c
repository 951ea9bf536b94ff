/* Each message of each exchange lost once and twice, repeated, late and out of order (RFC 7296 2.1,
 * 2.4): both ends agree in the end, and nothing is made twice. */
#include "tests/ike_open.h"

enum kind {
    SETUP,
    NEW_CHILD,
    REKEY_CHILD,
    DELETE_CHILD,
    REKEY_IKE,
    DELETE_IKE,
    LIVENESS,
    UPDATE,
    KINDS
};
enum harm { LOST, LOST_TWICE, REPEATED, REPEATED_LATE, LATE, REVERSED, HARMS };

static const char *const kinds[KINDS] = {"set-up",       "new child",    "rekey child",
                                         "delete child", "rekey IKE SA", "delete IKE SA",
                                         "liveness",     "update"};
static const char *const harms[HARMS] = {"lost",          "lost twice", "repeated",
                                         "repeated late", "late",       "reversed"};

static struct bench b;
static struct bench_letter held[2];
static unsigned holds;

static void begin(enum kind k)
{
    bench_set(&b);
    b.end[MN].with.mobike = b.end[HA].with.mobike = true;
    bench_begin(&b);
    holds = 0;
    if (k == SETUP)
        return;
    bench_up(&b);
    CHECK(bench_agrees(&b, 4));
}

static void start(enum kind k, unsigned e)
{
    struct bench_end *end = &b.end[e];
    const struct bench_child *c = bench_out(&b, e, 3, 0);
    uint32_t spi = c ? c->is.spi_in : 0;
    uint64_t sa = bench_own(&b, e);
    switch (k) {
    case SETUP:
        (void)bench_start(&b);
        for (unsigned j = 0; j < POLICIES; j++)
            bench_want(&b, MN, j, 0);
        break;
    case NEW_CHILD:
        ike_want(end->ike, end->peer, 3, 1, b.now);
        break;
    case REKEY_CHILD:
        ike_child_soft(end->ike, spi, b.now);
        break;
    case DELETE_CHILD:
        ike_delete_child(end->ike, spi, b.now);
        break;
    case REKEY_IKE:
        ike_rekey(end->ike, sa, b.now);
        break;
    case DELETE_IKE:
        ike_delete(end->ike, sa, b.now);
        break;
    case LIVENESS:
        ike_probe(end->ike, sa, b.now);
        break;
    case UPDATE:
    case KINDS:
        ike_update_addresses(end->ike, sa, &b.address[1], b.now);
        break;
    }
    bench_do(&b, e);
}

static void keep(unsigned k)
{
    held[holds++ % 2] = b.letter[k];
}

static void post_again(unsigned k)
{
    b.letter[b.letters++] = held[k];
}

/* What becomes of the letter in front. */
static void hurt(enum harm h)
{
    switch (h) {
    case LOST:
    case LOST_TWICE:
        bench_drop(&b, 0);
        break;
    case REPEATED:
        bench_repeat(&b, 0);
        break;
    case REPEATED_LATE:
        keep(0);
        bench_carry(&b, 0);
        break;
    case LATE:
        keep(0);
        bench_drop(&b, 0);
        break;
    case REVERSED: {
        struct bench_letter l = b.letter[0];
        bench_drop(&b, 0);
        b.letter[b.letters++] = l;
        break;
    }
    case HARMS:
        break;
    }
}

/* Everything arrives but for the `which`th message, which is harmed; `false`: there is none. */
static bool harm_one(enum kind k, unsigned e, unsigned which, enum harm h)
{
    unsigned n = 0;
    bool harmed = false;
    bool twice = false;
    begin(k);
    start(k, e);
    sim_time until = b.now + 20 * SIM_S;
    do {
        while (b.letters) {
            bool now = n++ == which;
            if (now || (twice && b.letter[0].news.tries > 1)) {
                twice = now && h == LOST_TWICE;
                harmed = true;
                hurt(h);
            } else {
                bench_carry(&b, 0);
            }
        }
    } while (bench_tick(&b, until));
    b.now = until;
    if (harmed && (h == LATE || h == REPEATED_LATE))
        post_again(0);
    bench_live(&b, 300 * SIM_S);
    return harmed;
}

static unsigned expected(enum kind k)
{
    return k == NEW_CHILD ? 5 : k == DELETE_CHILD ? 3 : 4;
}

static void every_harm_to(enum kind k, unsigned e)
{
    for (unsigned h = 0; h < HARMS; h++) {
        bool more = true;
        for (unsigned which = 0; more; which++) {
            int before = check_failures;
            more = harm_one(k, e, which, (enum harm)h);
            if (k == DELETE_IKE) {
                CHECK_EQ(ike_sas(b.end[MN].ike) + ike_sas(b.end[HA].ike), 0);
                CHECK_EQ(bench_count_in(&b.end[MN]) + bench_count_in(&b.end[HA]), 0);
            } else {
                CHECK(bench_agrees(&b, expected(k)));
            }
            CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
            if (k == UPDATE)
                CHECK(addr_eq(&inside_up(&b, HA)->path.remote, &b.address[1]));
            if (before != check_failures)
                (void)fprintf(stderr, "%s by %s, message %u %s\n", kinds[k], b.end[e].name, which,
                              harms[h]);
            bench_end(&b);
        }
    }
}

static void any_message_of_any_exchange_may_be_harmed(void)
{
    for (unsigned k = 0; k < KINDS; k++) {
        every_harm_to((enum kind)k, MN);
        if (k != SETUP && k != UPDATE)
            every_harm_to((enum kind)k, HA);
    }
}

/* ---- retransmission -------------------------------------------------------------------------- */

static void requests_are_repeated_by_who_began_with_equal_bytes_and_gaps_that_double(void)
{
    enum { TRIES = 8 };
    begin(NEW_CHILD);
    start(NEW_CHILD, MN);
    sim_time at[TRIES] = {b.now};
    sim_time since = b.now;
    unsigned n = 1;
    while (bench_tick(&b, since + 1000 * SIM_S)) {
        if (b.letters > n && n < TRIES)
            at[n++] = b.now;
    }
    CHECK_EQ(b.letters, TRIES);
    bool equal = true;
    for (unsigned k = 1; k < b.letters; k++)
        equal &= b.letter[k].n == b.letter[0].n && b.letter[k].to == HA &&
                 !memcmp(b.letter[k].bytes, b.letter[0].bytes, b.letter[0].n);
    RULE("IKE-RTX-1");
    CHECK(equal);
    bool doubled = true;
    for (unsigned k = 1; k < TRIES; k++) {
        sim_time gap = SIM_S << (k - 1);
        doubled &= at[k] - at[k - 1] == (gap < 32 * SIM_S ? gap : 32 * SIM_S);
    }
    RULE("IKE-RTX-2");
    CHECK(doubled && b.end[MN].sa[0].how == IKE_HOW_DEAD &&
          b.now - since == ike_patience(b.end[MN].ike));
    bench_end(&b);
}

static void an_answer_is_repeated_and_not_made_anew(void)
{
    for (unsigned k = 0; k < KINDS; k++) {
        begin((enum kind)k);
        start((enum kind)k, MN);
        bench_repeat(&b, 0);
        unsigned first = b.letters - 1;
        const struct bench_letter answer = b.letter[first];
        unsigned children = b.end[HA].children;
        unsigned sas = ike_sas(b.end[HA].ike);
        uint64_t sealed = ike_work(b.end[HA].ike)->sealed;
        uint64_t shared = ike_work(b.end[HA].ike)->dh_shared[DH_CURVE25519];
        b.letters = first;
        bench_repeat(&b, 0);
        CHECK_EQ(b.letters, first + 1);
        const struct bench_letter *again = &b.letter[first];
        RULE("IKE-RTX-1");
        CHECK(again->n == answer.n && !memcmp(again->bytes, answer.bytes, answer.n) &&
              b.end[HA].children == children && ike_sas(b.end[HA].ike) == sas &&
              ike_work(b.end[HA].ike)->sealed == sealed &&
              ike_work(b.end[HA].ike)->dh_shared[DH_CURVE25519] == shared);
        bench_end(&b);
    }
}

static void who_answers_never_repeats_by_itself(void)
{
    begin(LIVENESS);
    start(LIVENESS, MN);
    bench_carry(&b, 0);
    CHECK_EQ(b.letters, 1);
    for (unsigned k = 0; k < 100; k++) {
        if (ike_next(b.end[HA].ike) <= b.now + 100 * SIM_S) {
            ike_tick(b.end[HA].ike, b.now + 100 * SIM_S);
            bench_do(&b, HA);
        }
    }
    RULE("IKE-RTX-1");
    CHECK_EQ(b.letters, 1);
    bench_end(&b);
}

CHECK_MAIN(CASE(any_message_of_any_exchange_may_be_harmed),
           CASE(requests_are_repeated_by_who_began_with_equal_bytes_and_gaps_that_double),
           CASE(an_answer_is_repeated_and_not_made_anew), CASE(who_answers_never_repeats_by_itself))
