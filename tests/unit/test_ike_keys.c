/* SKEYSEED, the seven keys, AUTH, KEYMAT and the hashes of NAT detection. */
#include "models/ike/keys.h"

#include "tests/check.h"
#include "tests/hex.h"

/* The example of the numbered rules' file on IKEv2, its section 5: computed there with python, and
 * with the openssl command line. Curve25519 as in RFC 7748 6.1, AES-GCM-16 with 128 bit, SHA-256.
 */
static const char message_1[] =
    "111111111111111100000000000000002120220800000000000000902200002800000024010100030300000c010000"
    "14800e00800300000802000005000000080400001f28000028001f00008520f0098930a754748b7ddcb43ef75a0dbf"
    "3a0d26381af4eba4a98eaa9b4e6a00000024202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c"
    "3d3e3f";
static const char message_2[] =
    "111111111111111122222222222222222120222000000000000000902200002800000024010100030300000c010000"
    "14800e00800300000802000005000000080400001f28000028001f0000de9edb7d7b7dc1b4d35b61c2ece435373f83"
    "43c85b78674dadfc7e146f882b4f00000024404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c"
    "5d5e5f";
static const char shared_hex[] = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
static const char d_hex[] = "bcb12711c5bbb906fa0add2adc58b98ce4c721edb0ab6f75b3ece002d1124aef";
static const char secret[] = "mn-ha-shared-secret";

enum { NONCE = 32 };
static const uint64_t spi_i = 0x1111111111111111u;
static const uint64_t spi_r = 0x2222222222222222u;

static bool is_hex(const uint8_t *bytes, const char *hex)
{
    uint8_t want[256];
    return !memcmp(bytes, want, bytes_of_hex(hex, want));
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (bytes[k])
            return false;
    return true;
}

static struct ike_nonces nonces(uint8_t buffer[2 * NONCE])
{
    for (unsigned k = 0; k < 2 * NONCE; k++)
        buffer[k] = (uint8_t)(0x20 + k);
    return (struct ike_nonces){buffer, NONCE, buffer + NONCE, NONCE};
}

static struct ike_keys derive(const struct ike_suite *suite)
{
    uint8_t buffer[2 * NONCE];
    uint8_t shared[32];
    uint8_t seed[PRF_BYTES];
    struct ike_keys k;
    struct ike_nonces n = nonces(buffer);
    (void)bytes_of_hex(shared_hex, shared);
    ike_skeyseed(suite->prf, &n, shared, 32, seed);
    ike_derive(suite, seed, prf_bytes(suite->prf), &n, spi_i, spi_r, &k);
    return k;
}

static struct ike_suite gcm(void)
{
    return (struct ike_suite){cipher_suite(CIPHER_AES128_GCM16), PRF_HMAC_SHA256, DH_CURVE25519};
}

static void seven_keys(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t shared[32];
    uint8_t seed[PRF_BYTES];
    struct ike_suite suite = gcm();
    struct ike_nonces n = nonces(buffer);
    (void)bytes_of_hex(shared_hex, shared);
    ike_skeyseed(PRF_HMAC_SHA256, &n, shared, 32, seed);
    CHECK(is_hex(seed, "f37240bebbe2eb7c058ffea66e46fa32bb44a8e9cd7e8e125b80c0cd6563f074"));
    struct ike_keys k = derive(&suite);
    RULE("IKE-KEY-1");
    CHECK(is_hex(k.d, d_hex));
    RULE("IKE-KEY-7");
    CHECK(is_hex(k.i.encryption, "5220d9e8cc1ced8c07bfed9454f94d8ecb9a62bf"));
    CHECK(is_hex(k.r.encryption, "0c76726551477a7ee2e0203bbb17f8d2cb473e7c"));
    RULE("IKE-KEY-1");
    CHECK(is_hex(k.pi, "04bdafbf875fea975673008e40f03c4bdaa8577ecd6c46b4d75e280854c9c61e"));
    CHECK(is_hex(k.pr, "2a7806de3055fbef37ad3cbcab0b944068f3d5f0b7e8498184f14d8d8eb19a89"));
}

/* What is behind a key's end is zero, and a combined cipher has no key of integrity. */
static void keys_are_as_long_as_they_are_wanted(void)
{
    static const uint16_t prfs[] = {PRF_HMAC_SHA1, PRF_HMAC_SHA256, PRF_HMAC_SHA384,
                                    PRF_HMAC_SHA512};
    for (enum cipher_name c = 0; c < CIPHERS; c++) {
        for (unsigned p = 0; p < 4; p++) {
            const struct ike_suite suite = {cipher_suite(c), prfs[p], DH_CURVE25519};
            struct ike_keys k = derive(&suite);
            size_t e = (size_t)suite.cipher->key_bytes + suite.cipher->salt_bytes;
            size_t i = suite.cipher->integrity_bytes;
            size_t n = prf_bytes(prfs[p]);
            RULE("IKE-KEY-1");
            CHECK(is_zero(k.r.encryption + e, SA_ENCRYPTION_KEY - e) &&
                  is_zero(k.r.integrity + i, SA_INTEGRITY_KEY - i) &&
                  is_zero(k.d + n, PRF_BYTES - n) && is_zero(k.pi + n, PRF_BYTES - n) &&
                  is_zero(k.pr + n, PRF_BYTES - n));
            CHECK(!e || memcmp(k.i.encryption, k.r.encryption, e) != 0);
            CHECK(!i || memcmp(k.i.integrity, k.r.integrity, i) != 0);
            CHECK(memcmp(k.pi, k.pr, n) != 0);
        }
    }
}

/* The same in the order of RFC 7296 2.14 with keys of integrity, cut from prf+ by hand. */
static void integrity_keys_come_before_those_of_encryption(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t shared[32];
    uint8_t seed[PRF_BYTES];
    uint8_t spis[16];
    uint8_t all[3 * 48 + 2 * (48 + 32)];
    const struct ike_suite suite = {cipher_suite(CIPHER_AES256_CBC_SHA384), PRF_HMAC_SHA384, 0};
    struct ike_nonces n = nonces(buffer);
    struct ike_keys k = derive(&suite);
    memset(spis, 0x11, 8);
    memset(spis + 8, 0x22, 8);
    (void)bytes_of_hex(shared_hex, shared);
    ike_skeyseed(suite.prf, &n, shared, 32, seed);
    const struct prf_piece pieces[] = {{buffer, sizeof buffer}, {spis, sizeof spis}};
    prf_plus(suite.prf, seed, 48, pieces, 2, all, sizeof all);
    RULE("IKE-KEY-1");
    CHECK(!memcmp(all, k.d, 48) && !memcmp(all + 48, k.i.integrity, 48) &&
          !memcmp(all + 96, k.r.integrity, 48) && !memcmp(all + 144, k.i.encryption, 32) &&
          !memcmp(all + 176, k.r.encryption, 32) && !memcmp(all + 208, k.pi, 48) &&
          !memcmp(all + 256, k.pr, 48));
}

/* A zero in front of g^ir is a byte of it. */
static void leading_zeros_count(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t shared[256] = {0, 0x4c};
    uint8_t with[PRF_BYTES];
    uint8_t without[PRF_BYTES];
    struct ike_nonces n = nonces(buffer);
    ike_skeyseed(PRF_HMAC_SHA256, &n, shared, 256, with);
    ike_skeyseed(PRF_HMAC_SHA256, &n, shared + 1, 255, without);
    RULE("IKE-KEY-2");
    CHECK(memcmp(with, without, 32) != 0);
    /* python: hmac(20 21 .. 5f, 00 4c 00*254) */
    CHECK(is_hex(with, "efc375456c91e0699fc3e74dfc2c6a4205f695d61a923ff7e78bd7ddcbbfaf39"));
}

/* ---- AUTH -------------------------------------------------------------------------------- */

/* AUTH of the initiator with a message in front of which `marker` zeros stand, and a secret. */
static void authenticate(bool initiator, size_t marker, const char *key, size_t key_bytes,
                         uint8_t out[PRF_BYTES])
{
    uint8_t buffer[2 * NONCE];
    uint8_t message[256] = {0};
    uint8_t id[32];
    uint8_t octets[512];
    struct ike_suite suite = gcm();
    struct ike_keys k = derive(&suite);
    struct ike_nonces n = nonces(buffer);
    size_t bytes = marker + bytes_of_hex(initiator ? message_1 : message_2, message + marker);
    size_t id_bytes = bytes_of_hex(initiator ? "030000006d6e3140686f6d652e6578616d706c65"
                                             : "0200000068612e686f6d652e6578616d706c65",
                                   id);
    size_t all =
        ike_signed_octets(suite.prf, &(struct prf_piece){message, bytes},
                          &(struct prf_piece){initiator ? n.nr : n.ni, NONCE},
                          initiator ? k.pi : k.pr, &(struct prf_piece){id, id_bytes}, octets);
    CHECK_EQ(all, bytes + NONCE + 32);
    ike_shared_key_auth(suite.prf, key, key_bytes, octets, all, out);
}

static void both_sides_authenticate(void)
{
    uint8_t auth[PRF_BYTES];
    authenticate(true, 0, secret, sizeof secret - 1, auth);
    RULE("IKE-KEY-3");
    RULE("IKE-KEY-4");
    CHECK(is_hex(auth, "7dd92d1251856758a542e8b996fa1489489e3e89d7375d4834a10818999ad914"));
    authenticate(false, 0, secret, sizeof secret - 1, auth);
    CHECK(is_hex(auth, "07d93cc2f1b406a24af8fcd782fdbad5c988cacb8b16d62c60b1966ff46ad717"));
}

static void zeros_of_port_4500_are_no_part(void)
{
    uint8_t with[PRF_BYTES];
    uint8_t without[PRF_BYTES];
    authenticate(true, 4, secret, sizeof secret - 1, with);
    authenticate(true, 0, secret, sizeof secret - 1, without);
    RULE("IKE-KEY-3");
    CHECK(memcmp(with, without, 32) != 0);
}

static void key_pad_has_17_octets(void)
{
    uint8_t padded[PRF_BYTES];
    uint8_t auth[PRF_BYTES];
    uint8_t want[PRF_BYTES];
    prf_of(PRF_HMAC_SHA256, secret, sizeof secret - 1, &(struct prf_piece){"Key Pad for IKEv2", 17},
           1, padded);
    prf_of(PRF_HMAC_SHA256, padded, 32, &(struct prf_piece){"octets", 6}, 1, want);
    ike_shared_key_auth(PRF_HMAC_SHA256, secret, sizeof secret - 1, (const uint8_t *)"octets", 6,
                        auth);
    RULE("IKE-KEY-4");
    CHECK(!memcmp(auth, want, 32));
}

/* ---- Child SAs --------------------------------------------------------------------------- */

static void keymat_of_the_first_child(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t d[32];
    struct sa_keys i;
    struct sa_keys r;
    struct ike_nonces n = nonces(buffer);
    (void)bytes_of_hex(d_hex, d);
    ike_keymat(PRF_HMAC_SHA256, d, NULL, 0, &n, cipher_suite(CIPHER_AES128_GCM16), &i, &r);
    RULE("IPS-ESP-11");
    RULE("IKE-KEY-5");
    CHECK(is_hex(i.encryption, "6230642240610c2f915ce1be2868fabcebaebe6c"));
    CHECK(is_hex(r.encryption, "51c46150e022e1b481d76cb525f970f218e8bd62"));
    CHECK(is_zero(i.encryption + 20, SA_ENCRYPTION_KEY - 20));
    CHECK(is_zero(i.integrity, SA_INTEGRITY_KEY) && is_zero(r.integrity, SA_INTEGRITY_KEY));
}

/* Encryption before integrity, the initiator's before the responder's; with an exchange of its own
 * g^ir stands in front of the nonces. Python: hmac, as in the example. */
static void keymat_with_an_exchange_of_its_own(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t d[32];
    uint8_t shared[32];
    struct sa_keys i;
    struct sa_keys r;
    struct ike_nonces n = nonces(buffer);
    (void)bytes_of_hex(d_hex, d);
    (void)bytes_of_hex(shared_hex, shared);
    ike_keymat(PRF_HMAC_SHA256, d, shared, 32, &n, cipher_suite(CIPHER_AES128_CBC_SHA1), &i, &r);
    RULE("IPS-ESP-11");
    CHECK(is_hex(i.encryption, "3c182c34db03b86219c499ab7e8f7644"));
    CHECK(is_hex(i.integrity, "f6a02ebc7a1eb7cf08d10b284bb333d14f0b4bb2"));
    CHECK(is_hex(r.encryption, "c0a9d804aa2897379e4143c17c029250"));
    CHECK(is_hex(r.integrity, "072cc87c811404a7e8faa5fdff5f9111f01b15f5"));
}

/* ---- rekeyed ----------------------------------------------------------------------------- */

/* prf is the old one, and SK_d (old) its key. */
static void skeyseed_of_a_rekeyed_ike_sa(void)
{
    uint8_t buffer[2 * NONCE];
    uint8_t d[32];
    uint8_t shared[32];
    uint8_t seed[PRF_BYTES];
    struct ike_nonces n = nonces(buffer);
    (void)bytes_of_hex(d_hex, d);
    (void)bytes_of_hex(shared_hex, shared);
    ike_skeyseed_rekeyed(PRF_HMAC_SHA256, d, &n, shared, 32, seed);
    CHECK(is_hex(seed, "d08b5b6b0ae516f0980fb35044143d93e2c6676d677840eb8e5697638454ec7b"));
}

/* ---- NAT detection ----------------------------------------------------------------------- */

static void nat_detection(void)
{
    uint8_t hash[20];
    struct addr a;
    struct why w;
    CHECK_EQ(addr_parse("2001:db8:b1::11", &a, &w), ST_OK);
    ike_nat_hash(spi_i, 0, &a, 500, hash);
    RULE("IKE-NAT-1");
    CHECK(is_hex(hash, "e5fd42a28436d447bbf5ec2a99caaaf9b002be44"));
    CHECK_EQ(addr_parse("::ffff:192.0.2.7", &a, &w), ST_OK);
    ike_nat_hash(spi_i, spi_r, &a, 4500, hash); /* python's hashlib: 4 bytes of address */
    CHECK(is_hex(hash, "15ab7c377fc8ede6c57e8658180c7c9553bb8b90"));
}

CHECK_MAIN(CASE(seven_keys), CASE(keys_are_as_long_as_they_are_wanted),
           CASE(integrity_keys_come_before_those_of_encryption), CASE(leading_zeros_count),
           CASE(both_sides_authenticate), CASE(zeros_of_port_4500_are_no_part),
           CASE(key_pad_has_17_octets), CASE(keymat_of_the_first_child),
           CASE(keymat_with_an_exchange_of_its_own), CASE(skeyseed_of_a_rekeyed_ike_sa),
           CASE(nat_detection))
