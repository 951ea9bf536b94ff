/* The anti-replay window, case by case, at its edges, and against a list of what was seen. */
#include "models/ipsec/anti_replay.h"
#include "sim/base/rng.h"

#include "tests/check.h"

static struct arena arena;
static struct anti_replay r;

static void begin(uint32_t window, bool esn)
{
    arena = (struct arena){0};
    anti_replay_init(&r, window, esn, &arena);
}

static void end(void)
{
    arena_release(&arena);
}

/* A packet with that number and a right check value. */
static enum anti_replay_answer take(uint32_t low)
{
    uint64_t whole;
    enum anti_replay_answer answer = anti_replay_check(&r, low, &whole);
    if (answer == ANTI_REPLAY_NEW)
        anti_replay_note(&r, whole);
    return answer;
}

static uint64_t guessed(uint32_t low)
{
    uint64_t whole;
    return anti_replay_check(&r, low, &whole) == ANTI_REPLAY_NEW ? whole : 0;
}

/* After WireGuard's selftest of its counter: one line a case, window 64. */
#define W 64u
static const struct {
    uint32_t low;
    enum anti_replay_answer want;
} numbered[] = {
    /*  1 */ {0, ANTI_REPLAY_ZERO},
    /*  2 */ {1, ANTI_REPLAY_NEW},
    /*  3 */ {1, ANTI_REPLAY_SEEN},
    /*  4 */ {9, ANTI_REPLAY_NEW},
    /*  5 */ {8, ANTI_REPLAY_NEW},
    /*  6 */ {7, ANTI_REPLAY_NEW},
    /*  7 */ {7, ANTI_REPLAY_SEEN},
    /*  8 */ {W, ANTI_REPLAY_NEW},
    /*  9 */ {W - 1, ANTI_REPLAY_NEW},
    /* 10 */ {W - 1, ANTI_REPLAY_SEEN},
    /* 11 */ {W - 2, ANTI_REPLAY_NEW},
    /* 12 */ {2, ANTI_REPLAY_NEW}, /* 62 behind the top */
    /* 13 */ {2, ANTI_REPLAY_SEEN},
    /* 14 */ {1, ANTI_REPLAY_SEEN}, /* 63 behind: the last one of the window */
    /* 15 */ {0, ANTI_REPLAY_ZERO},
    /* 16 */ {W + 16, ANTI_REPLAY_NEW},
    /* 17 */ {3, ANTI_REPLAY_TOO_OLD},
    /* 18 */ {16, ANTI_REPLAY_TOO_OLD}, /* 64 behind */
    /* 19 */ {17, ANTI_REPLAY_NEW},     /* 63 behind */
    /* 20 */ {17, ANTI_REPLAY_SEEN},
    /* 21 */ {W * 4, ANTI_REPLAY_NEW},
    /* 22 */ {W * 4 - (W - 1), ANTI_REPLAY_NEW},
    /* 23 */ {10, ANTI_REPLAY_TOO_OLD},
    /* 24 */ {W * 4 - W, ANTI_REPLAY_TOO_OLD},
    /* 25 */ {W * 4 - (W + 1), ANTI_REPLAY_TOO_OLD},
    /* 26 */ {W * 4 - (W - 2), ANTI_REPLAY_NEW},
    /* 27 */ {W * 4 + 1 - W, ANTI_REPLAY_SEEN},
    /* 28 */ {0, ANTI_REPLAY_ZERO},
    /* 29 */ {UINT32_MAX - W, ANTI_REPLAY_NEW},
    /* 30 */ {UINT32_MAX - W, ANTI_REPLAY_SEEN},
    /* 31 */ {UINT32_MAX, ANTI_REPLAY_NEW},
    /* 32 */ {UINT32_MAX, ANTI_REPLAY_SEEN},
    /* 33 */ {UINT32_MAX - (W - 1), ANTI_REPLAY_NEW},
    /* 34 */ {UINT32_MAX - W, ANTI_REPLAY_TOO_OLD},
    /* 35 */ {UINT32_MAX - 1, ANTI_REPLAY_NEW},
    /* 36 */ {UINT32_MAX - 1, ANTI_REPLAY_SEEN},
    /* 37 */ {0, ANTI_REPLAY_ZERO},
    /* 38 */ {1, ANTI_REPLAY_TOO_OLD},
};
enum { CASES = sizeof numbered / sizeof numbered[0] };

static void numbered_cases(void)
{
    begin(64, false);
    for (unsigned k = 0; k < CASES; k++) {
        enum anti_replay_answer got = take(numbered[k].low);
        if (got != numbered[k].want)
            (void)fprintf(stderr, "case %u\n", k + 1);
        CHECK_EQ(got, numbered[k].want);
    }
    end();
}

static const uint32_t windows[] = {32, 64, 96, 128, 1024, 4064, 4096};
enum { WINDOWS = sizeof windows / sizeof windows[0] };

/* Upwards, downwards, with one missing at either end, and by steps around the window's size. */
static void loops_at_the_edges(void)
{
    for (unsigned k = 0; k < WINDOWS; k++) {
        uint32_t w = windows[k];
        begin(w, false);
        for (uint32_t n = 1; n <= w; n++)
            CHECK_EQ(take(n), ANTI_REPLAY_NEW);
        for (uint32_t n = 1; n <= w; n++)
            CHECK_EQ(take(n), ANTI_REPLAY_SEEN);
        end();
        begin(w, false);
        for (uint32_t n = w; n >= 1; n--)
            CHECK_EQ(take(n), ANTI_REPLAY_NEW);
        CHECK_EQ(take(0), ANTI_REPLAY_ZERO);
        end();
        begin(w, false);
        for (uint32_t n = w + 1; n >= 2; n--)
            CHECK_EQ(take(n), ANTI_REPLAY_NEW);
        CHECK_EQ(take(1), ANTI_REPLAY_TOO_OLD);
        CHECK_EQ(take(w + 2), ANTI_REPLAY_NEW);
        CHECK_EQ(take(2), ANTI_REPLAY_TOO_OLD);
        CHECK_EQ(take(3), ANTI_REPLAY_SEEN);
        end();
        for (uint32_t step = w - 1; step <= w + 130; step++) {
            begin(w, false);
            CHECK_EQ(take(77), ANTI_REPLAY_NEW);
            CHECK_EQ(take(77 + step), ANTI_REPLAY_NEW);
            CHECK_EQ(take(77), step < w ? ANTI_REPLAY_SEEN : ANTI_REPLAY_TOO_OLD);
            for (uint32_t n = 78; n < 77 + step; n++) /* nothing of before is left in the ring */
                CHECK_EQ(take(n), 77 + step - n < w ? ANTI_REPLAY_NEW : ANTI_REPLAY_TOO_OLD);
            end();
        }
    }
}

static void default_is_64_and_least_32(void)
{
    RULE("IPS-ESP-4");
    CHECK(ANTI_REPLAY_MIN == 32 && ANTI_REPLAY_DEFAULT == 64 && ANTI_REPLAY_MAX == 4096);
}

/* Looking moves nothing; only what passed the integrity check does. */
static void only_a_noted_number_moves_the_window(void)
{
    uint64_t whole;
    begin(64, false);
    CHECK_EQ(take(10), ANTI_REPLAY_NEW);
    CHECK_EQ(anti_replay_check(&r, 1000000, &whole), ANTI_REPLAY_NEW);
    RULE("IPS-ESP-4");
    CHECK(r.top == 10 && take(9) == ANTI_REPLAY_NEW && take(10) == ANTI_REPLAY_SEEN);
    end();
}

/* ---- extended sequence numbers ---------------------------------------------------------- */

static void a_fresh_sa_has_nothing_before_it(void)
{
    begin(64, true);
    RULE("IPS-REP-2");
    CHECK(take(5) == ANTI_REPLAY_NEW && take(3) == ANTI_REPLAY_NEW && take(1) == ANTI_REPLAY_NEW);
    RULE("IPS-REP-2");
    CHECK_EQ(take(0xfffffff0), ANTI_REPLAY_TOO_OLD);
    CHECK_EQ(take(0), ANTI_REPLAY_ZERO);
    CHECK_EQ(r.top, 5);
    end();
}

/* Left of the window means: in the next subspace, where its check value will be wrong. */
static void what_is_late_belongs_into_the_next_subspace(void)
{
    begin(64, true);
    CHECK_EQ(take(1), ANTI_REPLAY_NEW);
    CHECK_EQ(take(100), ANTI_REPLAY_NEW);
    CHECK_EQ(guessed(37), 37); /* the last one of the window */
    RULE("IPS-REP-1");
    CHECK_EQ(guessed(36), UINT64_C(0x100000024));
    CHECK_EQ(guessed(1), UINT64_C(0x100000001));
    CHECK_EQ(guessed(0), UINT64_C(0x100000000)); /* is sent: only all 64 bits are never 0 */
    CHECK_EQ(guessed(UINT32_MAX), UINT32_MAX);
    end();
}

static void the_window_straddles_subspaces(void)
{
    begin(64, true);
    r.top = UINT64_C(0x1fffffff0);
    anti_replay_note(&r, UINT64_C(0x1fffffff0));
    CHECK_EQ(guessed(5), UINT64_C(0x200000005));
    anti_replay_note(&r, UINT64_C(0x200000005));
    CHECK_EQ(take(0xfffffff0), ANTI_REPLAY_SEEN);
    CHECK_EQ(guessed(0xfffffff1), UINT64_C(0x1fffffff1));
    CHECK_EQ(guessed(0), UINT64_C(0x200000000));
    CHECK_EQ(guessed(6), UINT64_C(0x200000006));
    CHECK_EQ(guessed(0xffffffc6), UINT64_C(0x1ffffffc6)); /* 63 behind */
    CHECK_EQ(guessed(0xffffffc5), UINT64_C(0x2ffffffc5)); /* 64 behind: a far future */
    end();
}

static void behind_the_last_number_there_is_none(void)
{
    begin(64, true);
    anti_replay_note(&r, UINT64_MAX);
    CHECK_EQ(take(UINT32_MAX), ANTI_REPLAY_SEEN);
    CHECK_EQ(take(UINT32_MAX - 63), ANTI_REPLAY_NEW);
    CHECK_EQ(take(UINT32_MAX - 64), ANTI_REPLAY_TOO_OLD);
    CHECK_EQ(take(0), ANTI_REPLAY_TOO_OLD);
    end();
}

static void without_a_window_everything_is_new(void)
{
    begin(0, false);
    CHECK(take(7) == ANTI_REPLAY_NEW && take(7) == ANTI_REPLAY_NEW && take(0) == ANTI_REPLAY_NEW);
    end();
    begin(0, true);
    CHECK_EQ(take(0xffff0000), ANTI_REPLAY_NEW); /* the nearest that there is */
    CHECK_EQ(r.top, 0xffff0000);
    CHECK_EQ(guessed(7), UINT64_C(0x100000007));
    CHECK_EQ(take(7), ANTI_REPLAY_NEW);
    CHECK_EQ(guessed(0xffff0000), 0xffff0000);
    CHECK_EQ(take(0xffff0000), ANTI_REPLAY_NEW);
    CHECK_EQ(r.top, UINT64_C(0x100000007));
    end();
}

/* ---- a list ----------------------------------------------------------------------------- */

enum { DRAWS = 3000 };

/* RFC 4303 A2.2 word by word, and a list of all that was accepted. */
struct naive {
    uint64_t top;
    uint64_t seen[DRAWS];
    unsigned n;
};

static enum anti_replay_answer naive_take(struct naive *v, uint32_t w, bool esn, uint32_t low,
                                          uint64_t *whole)
{
    uint32_t th = (uint32_t)(v->top >> 32);
    uint32_t tl = (uint32_t)v->top;
    uint32_t bl = tl - w + 1;
    uint32_t high = 0;
    if (esn && tl >= w - 1) {
        high = low >= bl ? th : th + 1;
    } else if (esn) {
        if (th == 0 && low >= bl)
            return ANTI_REPLAY_TOO_OLD;
        high = low >= bl ? th - 1 : th;
    }
    *whole = (uint64_t)high << 32 | low;
    if (*whole == 0)
        return ANTI_REPLAY_ZERO;
    if (*whole <= v->top && v->top - *whole >= w)
        return ANTI_REPLAY_TOO_OLD;
    for (unsigned k = 0; k < v->n; k++) {
        if (v->seen[k] == *whole)
            return ANTI_REPLAY_SEEN;
    }
    v->seen[v->n++] = *whole;
    v->top = *whole > v->top ? *whole : v->top;
    return ANTI_REPLAY_NEW;
}

/* A walk around the top: mostly near it, at times by a leap of windows. */
static void compare(struct rng *rng, uint32_t w, bool esn, uint64_t start)
{
    static struct naive v;
    unsigned differ = 0;
    v = (struct naive){.top = start};
    begin(w, esn);
    r.top = start;
    for (unsigned k = 0; k < DRAWS; k++) {
        uint64_t span = rng_below(rng, 16) ? 2 * (uint64_t)w : 10 * (uint64_t)w;
        uint32_t low = (uint32_t)(v.top + rng_below(rng, span / 2) - span / 3);
        uint64_t want_whole = 0;
        uint64_t whole = 0;
        enum anti_replay_answer want = naive_take(&v, w, esn, low, &want_whole);
        enum anti_replay_answer got = anti_replay_check(&r, low, &whole);
        differ += got != want || (want == ANTI_REPLAY_NEW && whole != want_whole);
        if (got == ANTI_REPLAY_NEW)
            anti_replay_note(&r, whole);
    }
    CHECK_EQ(differ, 0);
    CHECK_EQ(r.top, v.top);
    CHECK(v.n > DRAWS / 10);
    end();
}

static void random_walks_agree_with_a_list(void)
{
    struct rng_seed seed = rng_seed_of(20, 0);
    struct rng rng = rng_stream(&seed, "walk");
    for (unsigned k = 0; k < WINDOWS; k++) {
        compare(&rng, windows[k], false, 50000);
        compare(&rng, windows[k], false, UINT64_C(0xf0000000));
        compare(&rng, windows[k], true, 0);
        compare(&rng, windows[k], true, UINT64_C(0xffffff80)); /* straddles 2^32 on its way */
        compare(&rng, windows[k], true, UINT64_C(0x7ffffff00));
    }
}

CHECK_MAIN(CASE(numbered_cases), CASE(loops_at_the_edges), CASE(default_is_64_and_least_32),
           CASE(only_a_noted_number_moves_the_window), CASE(a_fresh_sa_has_nothing_before_it),
           CASE(what_is_late_belongs_into_the_next_subspace), CASE(the_window_straddles_subspaces),
           CASE(behind_the_last_number_there_is_none), CASE(without_a_window_everything_is_new),
           CASE(random_walks_agree_with_a_list))
