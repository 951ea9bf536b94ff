/* Messages in fragments (RFC 7383): which are taken, and which ask for an answer again. */
#include "tests/ike_open.h"

static struct bench b;

enum { NUMBER_AT = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER, TOTAL_AT = NUMBER_AT + 2 };

/* IKE_AUTH of the MN in three fragments or more, on the wire. */
static unsigned begin(void)
{
    bench_set(&b);
    b.end[MN].how.fragment_bytes = b.end[HA].how.fragment_bytes = 300;
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(b.letters >= 2);
    return b.letters;
}

static bool waits(void)
{
    return ike_half_open(b.end[HA].ike) == 1;
}

static unsigned field(const struct bench_letter *l, size_t at)
{
    return (unsigned)l->bytes[at] << 8 | l->bytes[at + 1];
}

static void fragments_are_whole_messages_each(void)
{
    unsigned n = begin();
    bool alike = true;
    for (unsigned k = 0; k < n; k++) {
        const struct bench_letter *l = &b.letter[k];
        alike &= l->bytes[16] == IKE_P_SKF && field(l, NUMBER_AT) == k + 1 &&
                 field(l, TOTAL_AT) == n && !memcmp(l->bytes, b.letter[0].bytes, 16) &&
                 l->n + 52 <= 300 && (l->bytes[IKE_HEADER_BYTES] != 0) == (k == 0);
    }
    RULE("IKE-FRG-2");
    CHECK(alike);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void in_any_order_and_more_than_once(void)
{
    unsigned n = begin();
    for (unsigned k = n; k-- > 1;) {
        bench_repeat(&b, k);
        bench_repeat(&b, k);
        CHECK(waits());
    }
    bench_repeat(&b, 0);
    RULE("IKE-FRG-3");
    CHECK(!waits() && bench_own(&b, HA));
    bench_end(&b);
}

static void illegal_ones_have_no_effect(void)
{
    static const unsigned odd[][2] = {{0, 2}, {1, 0}, {3, 2}, {0, 0}};
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        (void)begin();
        struct bench_letter l = b.letter[0];
        l.bytes[NUMBER_AT + 1] = (uint8_t)odd[k][0];
        l.bytes[TOTAL_AT + 1] = (uint8_t)odd[k][1];
        b.letter[b.letters++] = l;
        bench_carry(&b, b.letters - 1);
        RULE("IKE-FRG-3");
        CHECK(waits() && !inside_pieces(b.end[HA].ike->first));
        bench_settle(&b);
        CHECK(bench_agrees(&b, 1));
        bench_end(&b);
    }
}

static void only_authentic_ones_are_kept(void)
{
    (void)begin();
    struct bench_letter l = b.letter[0];
    l.bytes[l.n - 1] ^= 1;
    b.letter[b.letters++] = l;
    bench_carry(&b, b.letters - 1);
    RULE("IKE-FRG-3");
    CHECK(!inside_pieces(b.end[HA].ike->first) && b.end[HA].refused[IKE_HOW_INTEGRITY] == 1);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

/* The same message cut into more, as after a smaller path: it begins anew. */
static void a_larger_total_begins_anew_and_a_smaller_is_dropped(void)
{
    unsigned n = begin();
    struct ike_sa *sa = inside_sa(&b, MN, b.letter[0].news.spi_i);
    uint8_t inside[LETTER];
    size_t bytes = 0;
    struct ike_header h;
    CHECK(!ike_read_header(b.letter[0].bytes, b.letter[0].n, &h));
    for (unsigned k = 0; k < n; k++) { /* opened as the HA does */
        struct open_letter o;
        memcpy(o.bytes, b.letter[k].bytes, b.letter[k].n);
        CHECK(!ike_read_payloads(IKE_P_SKF, o.bytes + IKE_HEADER_BYTES,
                                 b.letter[k].n - IKE_HEADER_BYTES, &o.outer));
        const uint8_t *plain;
        size_t more;
        CHECK(ike_open(&b.end[HA].ike->first->in, o.bytes, b.letter[k].n, &o.outer.p[0], &plain,
                       &more));
        memcpy(inside + bytes, plain, more);
        bytes += more;
    }
    uint8_t out[2 * LETTER];
    size_t part[IKE_FRAGMENTS];
    struct rng iv = bench_stream(99, "forge", "iv");
    unsigned more =
        ike_seal_fragments(&sa->out, &iv, &h, &(struct ike_inside){IKE_P_IDI, inside, bytes}, 140,
                           out, sizeof out, part);
    CHECK(more > n);
    bench_repeat(&b, 0); /* one of the first cut */
    struct bench_letter first[2] = {b.letter[0], b.letter[1]};
    b.letters = 0;
    size_t at = 0;
    for (unsigned k = 0; k < more; k++) {
        forge_bytes(&b, HA, &first[0].path, out + at, part[k]);
        at += part[k];
        bench_carry(&b, 0);
        if (k + 1 == more)
            break;
        b.letter[b.letters++] = first[1]; /* of the first cut: fewer than are known now */
        bench_carry(&b, 0);
        CHECK(waits());
    }
    RULE("IKE-FRG-3");
    CHECK(!waits());
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

/* 6/1 7/1 6/2 7/2: a window of two. */
static void several_messages_at_once_are_kept_apart(void)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].how.fragment_bytes = 200;
        b.end[e].how.window = 2;
    }
    bench_begin(&b);
    bench_up(&b);
    bench_live(&b, 5 * SIM_S);
    bench_want(&b, MN, 3, 1);
    bench_want(&b, MN, 3, 2);
    unsigned half = b.letters / 2;
    CHECK(half >= 2 && b.letter[half].news.id == b.letter[0].news.id + 1);
    for (unsigned k = 0; k < half; k++) {
        bench_carry(&b, 0);
        bench_carry(&b, half - k - 1);
        CHECK_EQ(inside_pieces(inside_up(&b, HA)), k + 1 < half ? 2 : 0);
    }
    bench_settle(&b);
    RULE("IKE-FRG-3");
    CHECK(bench_agrees(&b, 6) && !b.end[HA].refused[IKE_HOW_FRAGMENT]);
    bench_end(&b);
}

static void pieces_of_what_never_is_whole_are_forgotten(void)
{
    (void)begin();
    bench_carry(&b, 0);
    b.letters = 0;
    CHECK(inside_pieces(b.end[HA].ike->first) == 1);
    for (unsigned k = 0; k < 8; k++) /* until they are forgotten; the MN asks again meanwhile */
        bench_wait(&b, 2 * SIM_S);
    CHECK(!inside_pieces(b.end[HA].ike->first));
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void only_the_first_asks_for_the_answer_again(void)
{
    unsigned n = begin();
    struct bench_letter l[8];
    memcpy(l, b.letter, n * sizeof *l);
    while (b.letters && b.letter[0].to == HA)
        bench_carry(&b, 0);
    unsigned answers = b.letters;
    CHECK(answers >= 1);
    b.letters = 0;
    for (unsigned k = n; k-- > 0;) {
        b.letter[b.letters++] = l[k];
        unsigned there = b.letters - 1;
        bench_carry(&b, there);
        RULE("IKE-FRG-5");
        CHECK_EQ(b.letters, k ? 0 : answers);
    }
    bench_settle(&b);
    CHECK(bench_agrees(&b, 1));
    bench_end(&b);
}

static void each_fragment_lost_once(void)
{
    for (unsigned lost = 0; lost < 8; lost++) {
        unsigned n = begin();
        if (lost < n)
            bench_drop(&b, lost);
        bench_live(&b, 10 * SIM_S);
        CHECK(bench_agrees(&b, 1));
        CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
        bench_end(&b);
    }
}

/* IKE_AUTH, a Child SA with a group of its own, and the IKE SA anew. */
static bool all_in_fragments_of(int64_t bytes, enum cipher_name cipher)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].how.fragment_bytes = bytes;
        b.end[e].with.offer[0] =
            (struct ike_suite){cipher_suite(cipher), PRF_HMAC_SHA512, DH_MODP4096};
        b.end[e].with.esp[0].group = DH_MODP4096;
    }
    bench_begin(&b);
    (void)bench_start(&b);
    bench_want(&b, MN, 0, 0);
    bench_want(&b, MN, 1, 0);
    bench_settle(&b);
    bool both = ike_children(b.end[MN].ike, bench_own(&b, MN)) == 2;
    uint64_t before = bench_own(&b, MN);
    ike_rekey(b.end[MN].ike, before, b.now);
    bench_do(&b, MN);
    bench_settle(&b);
    bool done = both && bench_own(&b, MN) && bench_own(&b, MN) != before && bench_agrees(&b, 2);
    bench_end(&b);
    return done;
}

static void the_least_length_does_for_every_suite(void)
{
    for (unsigned k = 0; k < CIPHERS; k++) {
        if (cipher_suite((enum cipher_name)k)->encr == ENCR_NULL)
            continue;
        CHECK(all_in_fragments_of(IKE_FRAGMENT_LEAST, (enum cipher_name)k));
    }
    CHECK(!all_in_fragments_of(IKE_FRAGMENT_LEAST - 1, CIPHER_AES256_CBC_SHA512));
}

CHECK_MAIN(CASE(fragments_are_whole_messages_each), CASE(in_any_order_and_more_than_once),
           CASE(illegal_ones_have_no_effect), CASE(only_authentic_ones_are_kept),
           CASE(a_larger_total_begins_anew_and_a_smaller_is_dropped),
           CASE(pieces_of_what_never_is_whole_are_forgotten),
           CASE(several_messages_at_once_are_kept_apart),
           CASE(only_the_first_asks_for_the_answer_again), CASE(each_fragment_lost_once),
           CASE(the_least_length_does_for_every_suite))
