/* AlgorithmIdentifiers of AUTH method 14: those of the RFCs to the octet, and nothing beside. */
#include "models/crypto/algorithm.h"

#include "tests/check.h"
#include "tests/hex.h"

#define SHA256_OID "0609608648016503040201"
#define MGF1_OID   "06092a864886f70d010108"
#define PSS_OID    "06092a864886f70d01010a"

/* RFC 7427 A.1 to A.4, RFC 8420 3. */
static const struct {
    const char *hex;
    struct algorithm is;
} printed[] = {
    {"300d06092a864886f70d0101050500", {SIGN_RSA, SIGN_SHA1, SIGN_PKCS1, 0}},
    {"300d06092a864886f70d01010b0500", {SIGN_RSA, SIGN_SHA256, SIGN_PKCS1, 0}},
    {"300d06092a864886f70d01010c0500", {SIGN_RSA, SIGN_SHA384, SIGN_PKCS1, 0}},
    {"300d06092a864886f70d01010d0500", {SIGN_RSA, SIGN_SHA512, SIGN_PKCS1, 0}},
    {"300906072a8648ce3d0401", {SIGN_ECDSA, SIGN_SHA1, SIGN_PKCS1, 0}},
    {"300a06082a8648ce3d040302", {SIGN_ECDSA, SIGN_SHA256, SIGN_PKCS1, 0}},
    {"300a06082a8648ce3d040303", {SIGN_ECDSA, SIGN_SHA384, SIGN_PKCS1, 0}},
    {"300a06082a8648ce3d040304", {SIGN_ECDSA, SIGN_SHA512, SIGN_PKCS1, 0}},
    {"300506032b6570", {SIGN_EDDSA, SIGN_IDENTITY, SIGN_PKCS1, 0}},
    {"300d" PSS_OID "3000", {SIGN_RSA, SIGN_SHA1, SIGN_PSS, 20}},
    {"3041" PSS_OID "3034a00f300d" SHA256_OID "0500a11c301a" MGF1_OID "300d" SHA256_OID
     "0500a203020120",
     {SIGN_RSA, SIGN_SHA256, SIGN_PSS, 32}},
};

enum { PRINTED = sizeof printed / sizeof printed[0] };

static bool reads(const char *hex, struct algorithm *out)
{
    uint8_t der[128];
    size_t n = bytes_of_hex(hex, der);
    uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a byte too many */
    if (!exact)
        abort();
    memcpy(exact, der, n);
    bool good = algorithm_read(exact, n, out);
    free(exact);
    return good;
}

static bool refuses(const char *hex)
{
    struct algorithm a;
    return !reads(hex, &a);
}

static bool equal(const struct algorithm *a, const struct algorithm *b)
{
    return a->family == b->family && a->hash == b->hash && a->padding == b->padding &&
           a->salt == b->salt;
}

static void are_read_and_written_as_printed(void)
{
    for (int k = 0; k < PRINTED; k++) {
        struct algorithm a;
        uint8_t want[128];
        uint8_t got[ALGORITHM_BYTES];
        size_t n = bytes_of_hex(printed[k].hex, want);
        CHECK(reads(printed[k].hex, &a) && equal(&a, &printed[k].is));
        CHECK_EQ(algorithm_write(&printed[k].is, got), n);
        CHECK(!memcmp(got, want, n));
    }
}

/* Every octet says something: with one cut off or added, or one bit changed, it is another or none.
 */
static void no_octet_is_without_meaning(void)
{
    for (int k = 0; k < PRINTED; k++) {
        struct algorithm a;
        uint8_t der[128] = {0};
        size_t n = bytes_of_hex(printed[k].hex, der);
        for (size_t cut = 0; cut < n; cut++)
            CHECK(!algorithm_read(der, cut, &a));
        CHECK(!algorithm_read(der, n + 1, &a));
        for (size_t bit = 0; bit < 8 * n; bit++) {
            der[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK(!algorithm_read(der, n, &a) || !equal(&a, &printed[k].is));
            der[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

/* RFC 4055 2.1, 5: the hash's parameters are NULL or not there. RFC 5758 3.2: ECDSA has none. */
static void null_is_as_good_as_nothing_with_rsa(void)
{
    struct algorithm a;
    CHECK(reads("300b06092a864886f70d01010b", &a) && a.hash == SIGN_SHA256);
    CHECK(reads("303d" PSS_OID "3030a00d300b" SHA256_OID "a11a3018" MGF1_OID "300b" SHA256_OID
                "a203020120",
                &a) &&
          a.salt == 32);
    CHECK(refuses("300c06082a8648ce3d0403020500"));
    CHECK(refuses("300706032b65700500"));
    CHECK(refuses("300e06092a864886f70d01010b050100")); /* a NULL with something in it */
    CHECK(refuses("300f06092a864886f70d01010b05000500"));
}

static void one_way_to_write_it(void)
{
    CHECK(refuses("30810d06092a864886f70d01010b0500")); /* the long form of a length */
    CHECK(refuses("308006092a864886f70d01010b05000000"));
    /* defaults are not written: SHA-1, its mask, a salt of 20, the trailer */
    CHECK(refuses("301a" PSS_OID "300da00b300906052b0e03021a0500"));
    CHECK(refuses("3012" PSS_OID "3005a203020114"));
    CHECK(refuses("3012" PSS_OID "3005a303020101"));
    CHECK(refuses("3012" PSS_OID "3005a2030201ff")); /* a negative salt */
    CHECK(refuses("3013" PSS_OID "3006a20402020020"));
    CHECK(refuses("3041" PSS_OID "3034a203020120a00f300d" SHA256_OID "0500a11c301a" MGF1_OID
                  "300d" SHA256_OID "0500")); /* in another order */
}

static void the_mask_is_of_the_same_hash(void)
{
    CHECK(refuses("3020" PSS_OID "3013a00f300d" SHA256_OID "0500")); /* SHA-1's */
    CHECK(refuses("3041" PSS_OID "3034a00f300d" SHA256_OID "0500a11c301a" MGF1_OID
                  "300d06096086480165030402020500a203020120"));
    CHECK(refuses("3041" PSS_OID "3034a00f300d06096086480165030402040500a11c301a" MGF1_OID "300d"
                  "06096086480165030402040500a203020120")); /* SHA-224 */
    CHECK(refuses("300b" PSS_OID)); /* PSS must have parameters: RFC 4055 3.1 */
    CHECK(refuses("300d" PSS_OID "0500"));
}

static void digests_have_their_lengths(void)
{
    CHECK_EQ(algorithm_digest_bytes(SIGN_SHA1), 20);
    CHECK_EQ(algorithm_digest_bytes(SIGN_SHA512), 64);
    CHECK(!strcmp(algorithm_digest(SIGN_SHA384), "SHA384"));
    CHECK(algorithm_digest(SIGN_IDENTITY) == NULL);
}

CHECK_MAIN(CASE(are_read_and_written_as_printed), CASE(no_octet_is_without_meaning),
           CASE(null_is_as_good_as_nothing_with_rsa), CASE(one_way_to_write_it),
           CASE(the_mask_is_of_the_same_hash), CASE(digests_have_their_lengths))
