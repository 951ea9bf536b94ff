/* HMAC as prf, and prf+. */
#include <stdbool.h>

#include "models/crypto/prf.h"
#include "sim/base/hash.h"

#include "tests/check.h"
#include "tests/hex.h"

static const uint16_t prfs[] = {PRF_HMAC_SHA1, PRF_HMAC_SHA256, PRF_HMAC_SHA384, PRF_HMAC_SHA512};
enum { PRFS = 4, LONGEST = 255 * PRF_BYTES };

static bool is_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    uint8_t want[PRF_BYTES];
    return bytes_of_hex(hex, want) == n && !memcmp(bytes, want, n);
}

static void outputs_are_as_long_as_the_hash(void)
{
    CHECK_EQ(prf_bytes(PRF_HMAC_SHA1), 20);
    CHECK_EQ(prf_bytes(PRF_HMAC_SHA256), 32);
    CHECK_EQ(prf_bytes(PRF_HMAC_SHA384), 48);
    CHECK_EQ(prf_bytes(PRF_HMAC_SHA512), 64);
    CHECK_EQ(prf_bytes(0), 0);
    CHECK_EQ(prf_bytes(4), 0); /* AES128-XCBC */
    CHECK_EQ(prf_bytes(8), 0);
}

struct vector {
    const char *key; /* hex; `times` of it */
    unsigned times;
    const char *data; /* hex; `data_times` of it */
    unsigned data_times;
    const char *want[PRFS];
};

/* RFC 4231 4.2, 4.3, 4.4, 4.5, 4.7, 4.8: all of it that is not cut; recomputed with python's hmac,
 * from which SHA-1 comes, too (RFC 2202 has other keys for some). */
static const struct vector vectors[] = {
    {"0b",
     20,
     "4869205468657265",
     1,
     {"b617318655057264e28bc0b6fb378c8ef146be00",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2"
      "fa9cb6",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eae"
      "a3f4e4be9d914eeb61f1702e696c203a126854"}},
    {"4a656665",
     1,
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     1,
     {"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfa"
      "b21649",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8"
      "f0e6fdcaeab1a34d4a6b4b636e070a38bce737"}},
    {"aa",
     20,
     "dd",
     50,
     {"125d7342b9ac11cd91a39af48aa17b4f63f175d3",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101"
      "a34f27",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e"
      "67c807b946a337bee8942674278859e13292fb"}},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     1,
     "cd",
     50,
     {"4c9007f4026250c6bc8414f9bf50c86c2d7235da",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
      "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c6"
      "74cffb",
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5"
      "788063a5f19741120c4f2de2adebeb10a298dd"}},
    /* longer than a block */
    {"aa",
     131,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b"
     "6579204669727374",
     1,
     {"90d0dace1c1bdc957339307803160335bde6df2b",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163"
      "f44952",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d"
      "6a1e5295e64f73f63f0aec8b915a985d786598"}},
    {"aa",
     131,
     "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a6520"
     "6b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579"
     "206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d"
     "414320616c676f726974686d2e",
     1,
     {"217e44bb08b6e06a2d6c30f3cb9f537f97c63356",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c"
      "46523e",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3"
      "e4de15134676fb6de0446065c97440fa8c6a58"}},
};

static size_t repeat(const char *hex, unsigned times, uint8_t *out)
{
    size_t n = 0;
    for (unsigned k = 0; k < times; k++)
        n += bytes_of_hex(hex, out + n);
    return n;
}

static void hmac_of_rfc_4231(void)
{
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        uint8_t key[256];
        uint8_t data[256];
        uint8_t out[PRF_BYTES];
        size_t key_bytes = repeat(vectors[v].key, vectors[v].times, key);
        size_t n = repeat(vectors[v].data, vectors[v].data_times, data);
        for (unsigned p = 0; p < PRFS; p++) {
            for (size_t cut = 0; cut <= n; cut += 7) {
                const struct prf_piece pieces[] = {{data, cut}, {NULL, 0}, {data + cut, n - cut}};
                prf_of(prfs[p], key, key_bytes, pieces, 3, out);
                CHECK(is_hex(out, prf_bytes(prfs[p]), vectors[v].want[p]));
            }
        }
    }
}

/* Key "key", S "se" | "ed", all 255 rounds; the SHA-256 of them computed with python's hmac. */
static const struct {
    const char *first;
    const char *sum;
} streams[PRFS] = {
    {"0a4dd4d286ae93c5e1d24f24f3756216b533dd67ad15d19cef25f483bcc5300fd5487404a2c50006",
     "c06dd52a7ac128f5974ba5d5f7852cca94d57278f9b1348e35b1e2e932274cb0"},
    {"a2392e429a99b173341b368bb5ce320bfd483d89567c14ec187c2d77e3c0a208ba45d21d42611712",
     "45391ddaa546d923aa71a6772953bc3c8421b2c69eea3c14fe9873a9bc24b53c"},
    {"245b57f46db11477bf9cd2e6adbc6244448af40400d70a9203399a48756b7dbf53087f405e438cf9",
     "bae166427c2efbc6e034c883aa05290d3a3abefef56b81e730f5c491d60384d7"},
    {"173a6224816997fa5b2129f1c4d26d629028846663e6e27dd28d35d0de3757056e7da6c4214436a0",
     "1c4288823ce91a3c1fe26921073a0f49e540c3cbbe42d53e2d07aa8edbe4d08f"},
};

static void prf_plus_runs_for_255_rounds(void)
{
    static uint8_t all[LONGEST];
    const struct prf_piece pieces[] = {{"se", 2}, {"ed", 2}};
    for (unsigned p = 0; p < PRFS; p++) {
        size_t n = 255 * prf_bytes(prfs[p]);
        char text[HASH_TEXT];
        uint8_t sum[HASH_BYTES];
        prf_plus(prfs[p], "key", 3, pieces, 2, all, n);
        CHECK(is_hex(all, 40, streams[p].first));
        struct hash *h = hash_new();
        hash_add(h, all, n);
        hash_done(h, sum);
        hash_free(h);
        hash_text(sum, text);
        CHECK(!strcmp(text, streams[p].sum));
    }
}

static void a_shorter_stream_is_the_beginning_of_a_longer_one(void)
{
    const struct prf_piece piece = {"seed", 4};
    for (unsigned p = 0; p < PRFS; p++) {
        uint8_t whole[3 * PRF_BYTES];
        prf_plus(prfs[p], "key", 3, &piece, 1, whole, 3 * prf_bytes(prfs[p]));
        for (size_t n = 0; n < 3 * prf_bytes(prfs[p]); n++) {
            uint8_t part[3 * PRF_BYTES + 1];
            memset(part, 0xee, sizeof part);
            prf_plus(prfs[p], "key", 3, &piece, 1, part, n);
            CHECK(!memcmp(part, whole, n));
            CHECK_EQ(part[n], 0xee);
        }
    }
}

CHECK_MAIN(CASE(outputs_are_as_long_as_the_hash), CASE(hmac_of_rfc_4231),
           CASE(prf_plus_runs_for_255_rounds),
           CASE(a_shorter_stream_is_the_beginning_of_a_longer_one))
