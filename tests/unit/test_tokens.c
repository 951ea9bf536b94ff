/* Keygen tokens, Kbm, authenticators and nonces; the vectors are those of the specification. */
#include "models/mip6/tokens.h"
#include "sim/base/bytes.h"

#include "tests/check.h"
#include "tests/hex.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static const uint8_t kcn[TOKENS_KCN] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
                                        10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
static const uint8_t nonce[TOKENS_NONCE] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7};
static const uint64_t home_token = UINT64_C(0x44c50600980c3047);
static const uint64_t care_of_token = UINT64_C(0x0424cd74942ca01a);

static struct tokens t;

static void begin(void)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    const struct rng rng = rng_stream(&seed, "cn.mip6.nonces");
    tokens_init(&t, &rng);
}

static bool is(const uint8_t *bytes, size_t n, const char *hex)
{
    uint8_t want[128];
    return bytes_of_hex(hex, want) == n && !memcmp(bytes, want, n);
}

static bool writes(const struct mh *m, const struct addr *src, const struct addr *dst,
                   const char *hex)
{
    uint8_t bytes[128];
    struct writer w = wr_over(bytes, sizeof bytes);
    mh_write(&w, src, dst, m);
    return is(bytes, w.len, hex);
}

static void tokens_and_keys_are_those_of_the_vectors(void)
{
    uint8_t kbm[TOKENS_KBM];
    CHECK(tokens_keygen(kcn, nonce, &home, TOKENS_HOME) == home_token);
    CHECK(tokens_keygen(kcn, nonce, &coa1, TOKENS_CARE_OF) == care_of_token);
    CHECK(tokens_keygen(kcn, nonce, &coa2, TOKENS_CARE_OF) != care_of_token);
    tokens_kbm(home_token, care_of_token, kbm);
    CHECK(is(kbm, sizeof kbm, "f13895424d8a2f02d5814f739c98a5dd0d95235b"));
    tokens_kbm_delete(home_token, kbm);
    CHECK(is(kbm, sizeof kbm, "72db0d4f8e7462bcc0281964a28bae2bd2057167"));
}

static void tests_are_those_of_the_vectors(void)
{
    const struct mh hot = {
        .type = MH_HOT, .nonce_index = 7, .cookie = 0x0102030405060708, .token = home_token};
    const struct mh cot = {
        .type = MH_COT, .nonce_index = 7, .cookie = 0x1112131415161718, .token = care_of_token};
    const struct mh hoti = {.type = MH_HOTI, .cookie = 0x0102030405060708};
    const struct mh coti = {.type = MH_COTI, .cookie = 0x1112131415161718};
    const struct mh brr = {.type = MH_BRR};
    const struct mh named = {.type = MH_BRR, .bids = 1, .bid = {{.bid = 1}}};
    CHECK(writes(&hoti, &home, &cn, "3b01010056c200000102030405060708"));
    CHECK(writes(&coti, &coa1, &cn, "3b01020015ca00001112131415161718"));
    CHECK(writes(&brr, &cn, &home, "3b00000067df0000"));
    CHECK(writes(&named, &cn, &home, "3b01000043d100002304000100000100"));
    CHECK(writes(&hot, &cn, &home, "3b02030041990007010203040506070844c50600980c3047"));
    CHECK(writes(&cot, &cn, &coa1, "3b0204000dda000711121314151617180424cd74942ca01a"));
}

static void authenticators_are_those_of_the_vectors(void)
{
    uint8_t kbm[TOKENS_KBM];
    struct mh bu = {.type = MH_BU,
                    .sequence = 100,
                    .flags = MH_BU_ACK,
                    .lifetime = 105,
                    .has_nonces = true,
                    .home_nonce = 7,
                    .care_of_nonce = 7};
    struct mh ba = {.type = MH_BA, .sequence = 100, .lifetime = 105};
    tokens_kbm(home_token, care_of_token, kbm);
    tokens_authorize(&bu, kbm, &coa1, &cn);
    CHECK(writes(&bu, &home, &cn,
                 "3b0305006f6b006480000069040400070007050c8b891382968411463c4ae64c"));
    tokens_authorize(&ba, kbm, &coa1, &cn);
    CHECK(writes(&ba, &cn, &home,
                 "3b030600a86a000000640069010400000000050c9b8db1d698ecb184d70e4398"));
    bu.sequence = 101;
    bu.bids = 1;
    bu.bid[0] = (struct mh_bid){.bid = 1, .has_coa = true, .coa = coa1};
    tokens_authorize(&bu, kbm, &coa1, &cn);
    RULE("MCOA-MN-10");
    CHECK(
        writes(&bu, &home, &cn,
               "3b060500c7f700658000006904040007000723140001000020010db800b10000000000000000001101"
               "00050c1bdb8bce82dbea1ef048b947"));
}

/* Made by the code of the specification's vectors, too: deletions have the home token alone, and
 * the home address in Mobility Data (RFC 6275 6.2.7). */
static void deletions_and_refusals_are_those_of_the_vectors(void)
{
    uint8_t kbm[TOKENS_KBM];
    struct mh bu = {
        .type = MH_BU, .sequence = 102, .flags = MH_BU_ACK, .has_nonces = true, .home_nonce = 7};
    struct mh ba = {.type = MH_BA, .status = MH_ST_SEQUENCE, .sequence = 100};
    tokens_kbm_delete(home_token, kbm);
    tokens_authorize(&bu, kbm, &home, &cn);
    CHECK(writes(&bu, &home, &cn,
                 "3b030500ffac006680000000040400070000050c6bcf82a8b1d61dca97188468"));
    bu.sequence = 103;
    bu.bids = 1;
    bu.bid[0] = (struct mh_bid){.bid = 1};
    tokens_authorize(&bu, kbm, &home, &cn);
    CHECK(
        writes(&bu, &home, &cn,
               "3b040500f5680067800000000404000700002304000100000100050cb7bc9ddb22f37da5256aa433"));
    tokens_kbm(home_token, care_of_token, kbm);
    tokens_authorize(&ba, kbm, &coa1, &cn);
    CHECK(writes(&ba, &cn, &home,
                 "3b0306000d76870000640000010400000000050ce52410f606a8f1738bb64cec"));
    ba = (struct mh){.type = MH_BA, .sequence = 101, .lifetime = 105, .bids = 1};
    ba.bid[0] = (struct mh_bid){.bid = 1};
    tokens_authorize(&ba, kbm, &coa1, &cn);
    CHECK(writes(&ba, &cn, &home,
                 "3b03060076a0000000650069230400010000050c2f14718001ef7085da9bd49f"));
    ba = (struct mh){.type = MH_BA, .status = MH_ST_NONCES, .sequence = 100};
    CHECK(writes(&ba, &cn, &home, "3b010600d66f8a000064000001020000"));
    bu = (struct mh){.type = MH_BU,
                     .sequence = 104,
                     .lifetime = 105,
                     .has_nonces = true,
                     .home_nonce = 7,
                     .care_of_nonce = 7}; /* asks for no answer */
    tokens_authorize(&bu, kbm, &coa1, &cn);
    CHECK(writes(&bu, &home, &cn,
                 "3b0305001b2b006800000069040400070007050c559926af0ef575fa40d1fba0"));
}

/* Of what came, whatever its checksum says; each octet counts, and both addresses. */
static void an_authenticator_covers_everything_but_the_checksum(void)
{
    uint8_t bytes[64];
    uint8_t kbm[TOKENS_KBM];
    size_t n =
        bytes_of_hex("3b0305006f6b006480000069040400070007050c8b891382968411463c4ae64c", bytes);
    tokens_kbm(home_token, care_of_token, kbm);
    CHECK(tokens_authorizes(bytes, n, kbm, &coa1, &cn));
    for (size_t k = 0; k < n; k++) {
        bytes[k] ^= 1;
        CHECK(tokens_authorizes(bytes, n, kbm, &coa1, &cn) == (k == 4 || k == 5));
        bytes[k] ^= 1;
    }
    CHECK(!tokens_authorizes(bytes, n, kbm, &coa2, &cn));
    CHECK(!tokens_authorizes(bytes, n, kbm, &coa1, &home));
    CHECK(!tokens_authorizes(bytes, 12, kbm, &coa1, &cn));
}

/* RFC 6275 5.2.7: a new one each 30 s, the last 8 are taken. */
static void a_nonce_is_given_for_30_s_and_taken_for_240(void)
{
    uint16_t first;
    uint16_t index;
    uint64_t again;
    begin();
    uint64_t token = tokens_give(&t, &home, TOKENS_HOME, SIM_S, &first);
    CHECK(tokens_give(&t, &home, TOKENS_HOME, 31 * SIM_S - 1, &index) == token && index == first);
    for (int k = 1; k < 8; k++) {
        uint64_t next = tokens_give(&t, &home, TOKENS_HOME, (1 + 30 * k) * SIM_S, &index);
        CHECK_EQ(index, (uint16_t)(first + k));
        CHECK(next != token);
    }
    RULE("MIP6-RR-6");
    CHECK(tokens_again(&t, &home, TOKENS_HOME, first, 31 * SIM_S + 209 * SIM_S, &again));
    CHECK(again == token);
    RULE("MIP6-RR-6");
    CHECK(!tokens_again(&t, &home, TOKENS_HOME, first, 241 * SIM_S, &again));
    CHECK(tokens_again(&t, &home, TOKENS_HOME, index, 241 * SIM_S, &again)); /* the others stay */
    CHECK(!tokens_again(&t, &home, TOKENS_HOME, (uint16_t)(first + 8), 200 * SIM_S, &again));
    CHECK(!tokens_again(&t, &home, TOKENS_HOME, (uint16_t)(first - 1), 200 * SIM_S, &again));
    CHECK_EQ(tokens_until(&t, first), 241 * SIM_S);
}

/* Whoever asks and however often: nothing is kept of it. */
static void nothing_is_kept_of_who_asks(void)
{
    begin();
    uint16_t index;
    (void)tokens_give(&t, &home, TOKENS_HOME, 0, &index);
    struct tokens before = t;
    for (unsigned k = 0; k < 1000; k++) {
        struct addr a = home;
        a.b[13] = (uint8_t)k;
        a.b[12] = (uint8_t)(k >> 8);
        (void)tokens_give(&t, &a, k % 2 ? TOKENS_HOME : TOKENS_CARE_OF, SIM_S, &index);
    }
    RULE("MIP6-RR-3");
    CHECK(!memcmp(&before, &t, sizeof t));
}

static void kcn_changes_with_the_nonce(void)
{
    uint16_t index;
    begin();
    (void)tokens_give(&t, &home, TOKENS_HOME, 0, &index);
    const struct tokens_nonce *first = &t.nonce[t.newest];
    (void)tokens_give(&t, &home, TOKENS_HOME, 30 * SIM_S, &index);
    const struct tokens_nonce *second = &t.nonce[t.newest];
    RULE("MIP6-RR-6");
    CHECK(first != second && memcmp(first->kcn, second->kcn, TOKENS_KCN) != 0 &&
          memcmp(first->value, second->value, TOKENS_NONCE) != 0);
}

/* What a deletion has spent is replaced at once, but no other loses of its life by it. */
static void a_spent_nonce_is_replaced(void)
{
    uint16_t first;
    uint16_t index;
    uint64_t token;
    begin();
    (void)tokens_give(&t, &home, TOKENS_HOME, 0, &first);
    for (int k = 1; k < TOKENS_NONCES + 4; k++) {
        tokens_spend(&t, (uint16_t)(first + k - 1));
        (void)tokens_give(&t, &home, TOKENS_HOME, SIM_S, &index);
        CHECK_EQ(index, (uint16_t)(first + (k < 8 ? k : 8)));
    }
    for (sim_time at = 31; at <= 209; at += 30) /* those of the clock have room, too */
        (void)tokens_give(&t, &home, TOKENS_HOME, at * SIM_S, &index);
    RULE("MIP6-RR-6");
    CHECK(tokens_again(&t, &home, TOKENS_HOME, first, 209 * SIM_S, &token));
    CHECK(tokens_again(&t, &home, TOKENS_HOME, first, 239 * SIM_S, &token));
    tokens_invalidate(&t, first);
    CHECK(!tokens_again(&t, &home, TOKENS_HOME, first, 209 * SIM_S, &token));
}

CHECK_MAIN(CASE(tokens_and_keys_are_those_of_the_vectors), CASE(tests_are_those_of_the_vectors),
           CASE(authenticators_are_those_of_the_vectors),
           CASE(deletions_and_refusals_are_those_of_the_vectors),
           CASE(an_authenticator_covers_everything_but_the_checksum),
           CASE(a_nonce_is_given_for_30_s_and_taken_for_240), CASE(nothing_is_kept_of_who_asks),
           CASE(kcn_changes_with_the_nonce), CASE(a_spent_nonce_is_replaced))
