/* Two exchanges begun at both ends at once, about the same SA, in every order in which their
 * messages can arrive (RFC 7296 2.8, 2.25). */
#include "tests/ike_bench.h"
#include "tests/ike_inside.h"

enum { DEPTH = 6, DEPTH_LONG = 11 };

enum wish { REKEY_CHILD, DELETE_CHILD, REKEY_IKE, DELETE_IKE, NEW_CHILD, LIVENESS, WISHES };

static const char *const words[WISHES] = {"rekey child", "delete child", "rekey IKE",
                                          "delete IKE",  "new child",    "liveness"};

static struct bench b;

static void wish(unsigned e, enum wish w)
{
    struct bench_end *end = &b.end[e];
    uint64_t sa = bench_own(&b, e);
    const struct bench_child *c = bench_out(&b, e, 3, 0);
    uint32_t spi = c ? c->is.spi_in : 0;
    switch (w) {
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
    case NEW_CHILD:
        ike_want(end->ike, end->peer, 3, 1, b.now);
        break;
    default:
        ike_probe(end->ike, sa, b.now);
        break;
    }
    bench_do(&b, e);
}

/* The first letter to `e`; its number, or the number of letters: none. */
static unsigned first_to(unsigned e)
{
    unsigned k = 0;
    while (k < b.letters && b.letter[k].to != e)
        k++;
    return k;
}

/* Letters arrive as the bits of `order` say; answers how many bits decided something. */
static unsigned carry_in_order(unsigned order, bool rekeys)
{
    unsigned bits = 0;
    while (b.letters) {
        unsigned to[ENDS] = {first_to(MN), first_to(HA)};
        unsigned e = to[MN] < to[HA] ? MN : HA;
        if (to[MN] < b.letters && to[HA] < b.letters)
            e = bits < 32 ? order >> bits++ & 1 : e;
        bench_carry(&b, to[e]);
        CHECK(inside_is_sane(b.end[MN].ike, b.now) && inside_is_sane(b.end[HA].ike, b.now));
        if (rekeys) /* nothing is ever sent where the other end does not receive */
            CHECK(bench_pairs_fit(&b, MN) && bench_pairs_fit(&b, HA));
    }
    return bits;
}

/* How many Child SAs there may be after both. */
static bool count_fits(enum wish mn, enum wish ha, unsigned n)
{
    bool deletes = mn == DELETE_CHILD || ha == DELETE_CHILD;
    unsigned made = (unsigned)(mn == NEW_CHILD) + (ha == NEW_CHILD);
    unsigned least = deletes ? 3 : 4;
    return n >= least + (made > 0) && n <= least + made;
}

static bool ended(enum wish mn, enum wish ha)
{
    return mn == DELETE_IKE || ha == DELETE_IKE;
}

static bool is_rekey(enum wish w)
{
    return w == REKEY_CHILD || w == REKEY_IKE || w == LIVENESS;
}

static unsigned cross(enum wish mn, enum wish ha, unsigned order, unsigned window)
{
    int before = check_failures;
    bench_set(&b);
    b.end[MN].how.window = b.end[HA].how.window = window;
    bench_begin(&b);
    bench_up(&b);
    bench_live(&b, 5 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    wish(MN, mn);
    wish(HA, ha);
    unsigned bits = carry_in_order(order, is_rekey(mn) && is_rekey(ha));
    bench_live(&b, 400 * SIM_S);
    if (ended(mn, ha)) {
        CHECK_EQ(ike_sas(b.end[MN].ike), 0);
        CHECK_EQ(ike_sas(b.end[HA].ike), 0);
        CHECK_EQ(bench_count_in(&b.end[MN]) + bench_count_in(&b.end[HA]), 0);
    } else {
        unsigned n = ike_children(b.end[MN].ike, bench_own(&b, MN));
        CHECK(bench_agrees(&b, n));
        CHECK(count_fits(mn, ha, n));
    }
    CHECK(inside_is_quiet(b.end[MN].ike));
    CHECK(inside_is_quiet(b.end[HA].ike));
    if (check_failures != before)
        (void)fprintf(stderr, "mn: %s, ha: %s, order %x, window %u\n", words[mn], words[ha], order,
                      window);
    bench_end(&b);
    return bits;
}

/* The next order in which the first `depth` decisions differ; false: there is none. */
static bool next_order(unsigned *order, unsigned used, unsigned depth)
{
    for (unsigned k = used < depth ? used : depth; k-- > 0;) {
        if (!(*order >> k & 1)) {
            *order = (*order & ((1U << k) - 1)) | 1U << k;
            return true;
        }
    }
    return false;
}

static void every_order(unsigned depth, unsigned window)
{
    unsigned runs = 0;
    for (unsigned w = 0; w < WISHES * WISHES; w++) {
        unsigned order = 0;
        unsigned used;
        do {
            used = cross((enum wish)(w / WISHES), (enum wish)(w % WISHES), order, window);
            runs++;
        } while (next_order(&order, used, depth));
    }
    (void)printf("%u crossings in a window of %u\n", runs, window);
}

static void any_two_exchanges_that_cross_end_in_agreement(void)
{
    every_order(DEPTH, 1);
}

static void any_two_exchanges_that_cross_in_a_window_of_two_end_in_agreement(void)
{
    every_order(DEPTH, 2);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(any_two_exchanges_that_cross_end_in_agreement),
        CASE(any_two_exchanges_that_cross_in_a_window_of_two_end_in_agreement)};
    if (argc > 1 && !strcmp(argv[1], "--long")) {
        every_order(DEPTH_LONG, 1);
        every_order(DEPTH_LONG, 3);
        return check_failures ? 1 : 0;
    }
    return check_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
