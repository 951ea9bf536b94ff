/* The algorithms without ESP around them, and what their table says. */
#include "models/crypto/cipher.h"
#include "sim/base/rng.h"

#include "tests/check.h"
#include "tests/hex.h"

static struct arena arena;
static struct ciphers *shared;

static void begin(size_t contexts, bool sized)
{
    arena = (struct arena){0};
    shared = ciphers_new(&arena, contexts, sized);
    CHECK_EQ(ciphers_sized(shared), sized);
}

static void end(void)
{
    ciphers_free(shared);
    arena_release(&arena);
}

static bool is_hex(const uint8_t *bytes, const char *hex)
{
    uint8_t want[256];
    return !memcmp(bytes, want, bytes_of_hex(hex, want));
}

/* ---- the table -------------------------------------------------------------------------- */

static void the_table_is_in_order(void)
{
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        const struct cipher_suite *s = cipher_suite(k);
        CHECK(s->name == cipher_words[k]);
        CHECK(s->block_bytes >= 4 && s->block_bytes % 4 == 0);
        CHECK_EQ(s->integ == INTEG_NONE, s->integrity_bytes == 0);
        CHECK_EQ(s->key_bits ? s->key_bits : s->key_bytes * 8, s->key_bytes * 8);
        CHECK_EQ(s->counts, s->iv_bytes == 8);
        CHECK_EQ(s->counts, s->salt_bytes == 4);
        CHECK(s->tshark_encryption ? s->tshark_integrity != NULL
                                   : s->encr == ENCR_CHACHA20_POLY1305);
    }
    CHECK(cipher_words[CIPHERS] == NULL);
    CHECK(!strcmp(cipher_suite(CIPHER_AES256_GCM16)->name, "aes256-gcm16"));
    CHECK(!strcmp(cipher_suite(CIPHER_NULL_SHA1)->name, "null-sha1"));
}

static void gcm_has_check_values_of_three_lengths(void)
{
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        const struct cipher_suite *s = cipher_suite(k);
        if (s->encr < ENCR_AES_GCM8 || s->encr > ENCR_AES_GCM16)
            continue;
        RULE("IPS-ESP-9");
        CHECK_EQ(s->icv_bytes, 8 + 4 * (s->encr - ENCR_AES_GCM8));
        CHECK_EQ(s->key_bytes + s->salt_bytes, s->key_bits / 8 + 4);
    }
    CHECK_EQ(cipher_suite(CIPHER_AES128_GCM16)->icv_bytes, 16);
    CHECK_EQ(cipher_suite(CIPHER_AES128_GCM12)->icv_bytes, 12);
    CHECK_EQ(cipher_suite(CIPHER_AES128_GCM8)->icv_bytes, 8);
}

static void sha2_keys_are_as_long_as_the_hash(void)
{
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        const struct cipher_suite *s = cipher_suite(k);
        if (s->integ < INTEG_HMAC_SHA256_128)
            continue;
        RULE("IPS-ESP-12");
        CHECK(s->integrity_bytes == 32 + 16 * (s->integ - INTEG_HMAC_SHA256_128) &&
              s->icv_bytes == s->integrity_bytes / 2);
    }
}

/* ---- encryption ------------------------------------------------------------------------- */

/* RFC 3686 6: test vectors 1 to 3 of AES-128, and 7 to 9 of AES-256; recomputed with
 * python3-cryptography. */
static void counter_mode(void)
{
    static const struct {
        const char *key; /* and nonce */
        const char *iv;
        const char *text;
        const char *sealed;
    } vectors[] = {
        {"ae6852f8121067cc4bf7a5765577f39e00000030", "0000000000000000",
         "53696e676c6520626c6f636b206d7367", "e4095d4fb7a7b3792d6175a3261311b8"},
        {"7e24067817fae0d743d6ce1f32539163006cb6db", "c0543b59da48d90b",
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28"},
        {"7691be035e5020a8ac6e618529f9a0dc00e0017b", "27777f3f4a1786f0",
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223",
         "c1cf48a89f2ffdd9cf4652e9efdb72d74540a42bde6d7836d59a5ceaaef3105325b2072f"},
        {"776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c10400000060",
         "db5672c97aa8f0b2", "53696e676c6520626c6f636b206d7367",
         "145ad01dbf824ec7560863dc71e3e0c0"},
        {"f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a2388400faac24",
         "c1585ef15a43d875", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "f05e231b3894612c49ee000b804eb2a9b8306b508f839d6a5530831d9344af1c"},
        {"ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d001cc5b7",
         "51a51d70a1c11148",
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223",
         "eb6c52821d0bbbf7ce7594462aca4faab407df866569fd07f48cc0b583d6071f1ec0e6b8"},
    };
    begin(1, false);
    for (size_t k = 0; k < sizeof vectors / sizeof vectors[0]; k++) {
        uint8_t key[36];
        uint8_t integrity[64] = {0};
        uint8_t bytes[128];
        uint8_t icv[16];
        bool is_128 = bytes_of_hex(vectors[k].key, key) == 16 + 4;
        (void)bytes_of_hex(vectors[k].iv, bytes);
        size_t n = bytes_of_hex(vectors[k].text, bytes + 8);
        struct cipher *c = cipher_new(
            shared, cipher_suite(is_128 ? CIPHER_AES128_CTR_SHA256 : CIPHER_AES256_CTR_SHA256), key,
            integrity);
        const struct cipher_text t = {
            .from = bytes, .iv = bytes, .text = bytes + 8, .bytes = n, .icv = icv};
        cipher_seal(c, &t);
        CHECK(is_hex(bytes + 8, vectors[k].sealed));
        CHECK(cipher_open(c, &t));
        CHECK(is_hex(bytes + 8, vectors[k].text));
    }
    end();
}

/* RFC 7634 B: the encrypted payload of IKEv2, an associated text of another length than ESP's. */
static void chacha20_of_ike(void)
{
    uint8_t key[36];
    uint8_t aad[64];
    uint8_t bytes[64];
    begin(1, false);
    (void)bytes_of_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3",
                       key);
    size_t n =
        bytes_of_hex("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029", aad);
    (void)bytes_of_hex("10111213141516170000000c000040010000000a00", bytes);
    struct cipher *c = cipher_new(shared, cipher_suite(CIPHER_CHACHA20_POLY1305), key, NULL);
    const struct cipher_text t = {.aad = aad,
                                  .aad_bytes = n,
                                  .iv = bytes,
                                  .text = bytes + 8,
                                  .bytes = 13,
                                  .icv = bytes + 8 + 13};
    cipher_seal(c, &t);
    CHECK(is_hex(bytes + 8, "610394701f8d017f7c129248896b71bfe25236efd7cdc67066906315b2"));
    CHECK(cipher_open(c, &t));
    CHECK(is_hex(bytes + 8, "0000000c000040010000000a00"));
    end();
}

/* ---- integrity -------------------------------------------------------------------------- */

struct mac_vector {
    enum cipher_name suite;
    uint8_t first; /* of the key, counting up by `step`; or Jefe */
    uint8_t step;
    const char *data;
    uint8_t times; /* that `data` stands there */
    const char *icv;
};

/* RFC 4868 2.7.2 and, for SHA-1, RFC 2202 3; recomputed with python's hmac. The last one of SHA-384
 * has a key that counts up, which that of the RFC does not. */
static const struct mac_vector macs[] = {
    {CIPHER_NULL_SHA256, 0x0b, 0, "Hi There", 1, "198a607eb44bfbc69903a0f1cf2bbdc5"},
    {CIPHER_NULL_SHA256, 'J', 0, "what do ya want for nothing?", 1,
     "167f928588c5cc2eef8e3093caa0e87c"},
    {CIPHER_NULL_SHA256, 0xaa, 0, "\xdd", 50, "cdcb1220d1ecccea91e53aba3092f962"},
    {CIPHER_NULL_SHA256, 1, 1, "\xcd", 50, "372efcf9b40b35c2115b1346903d2ef4"},
    {CIPHER_AES256_CBC_SHA384, 0x0b, 0, "Hi There", 1,
     "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973"},
    {CIPHER_AES256_CBC_SHA384, 'J', 0, "what do ya want for nothing?", 1,
     "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d"},
    {CIPHER_AES256_CBC_SHA384, 0xaa, 0, "\xdd", 50,
     "809f439be00274321d4a538652164b53554a508184a0c316"},
    {CIPHER_AES256_CBC_SHA384, 1, 1, "\xcd", 50,
     "e8909051b8fe1a37966eec37a868389185d9da142bc5f755"},
    {CIPHER_AES256_CBC_SHA512, 0x0b, 0, "Hi There", 1,
     "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8"},
    {CIPHER_AES256_CBC_SHA512, 'J', 0, "what do ya want for nothing?", 1,
     "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454"},
    {CIPHER_AES256_CBC_SHA512, 0xaa, 0, "\xdd", 50,
     "2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8"},
    {CIPHER_AES256_CBC_SHA512, 1, 1, "\xcd", 50,
     "5e6688e5a3daec826ca32eaea224eff5e700628947470e13ad01302561bab108"},
    {CIPHER_NULL_SHA1, 0x0b, 0, "Hi There", 1, "b617318655057264e28bc0b6"},
};
enum { MACS = sizeof macs / sizeof macs[0] };

/* No text, so that the MAC covers what stands in front of it and the tail, cut anywhere. */
static void macs_are_cut(void)
{
    begin(1, false);
    for (size_t k = 0; k < MACS; k++) {
        const struct mac_vector *v = &macs[k];
        const struct cipher_suite *s = cipher_suite(v->suite);
        uint8_t key[36] = {0};
        uint8_t integrity[64];
        uint8_t data[64];
        uint8_t icv[32];
        size_t n = 0;
        for (unsigned i = 0; i < s->integrity_bytes; i++)
            integrity[i] =
                v->first == 'J' ? (uint8_t) "Jefe"[i % 4] : (uint8_t)(v->first + v->step * i);
        for (unsigned i = 0; i < v->times; i++, n += strlen(v->data))
            memcpy(data + n, v->data, strlen(v->data));
        struct cipher *c = cipher_new(shared, s, key, integrity);
        for (size_t cut = 0; cut <= n; cut++) {
            const struct cipher_text t = {.from = data,
                                          .iv = data,
                                          .text = data + cut,
                                          .tail = data + cut,
                                          .tail_bytes = n - cut,
                                          .icv = icv};
            cipher_seal(c, &t);
            RULE("IPS-ESP-12");
            CHECK(strlen(v->icv) == 2u * s->icv_bytes && is_hex(icv, v->icv));
            CHECK(cipher_open(c, &t));
            icv[s->icv_bytes - 1] ^= 0x80;
            CHECK(!cipher_open(c, &t));
        }
    }
    end();
}

/* ---- contexts --------------------------------------------------------------------------- */

enum { KEYS = 3 * CIPHERS, ROUNDS = 2000, TEXT = 64, ROOM = 16 + TEXT + 32 };

/* What came out of all rounds, with so many contexts. */
static void run_with(size_t contexts, uint8_t out[ROUNDS][ROOM])
{
    struct rng_seed seed = rng_seed_of(3, 0);
    struct rng rng = rng_stream(&seed, "contexts");
    struct cipher *cipher[KEYS];
    uint8_t key[36] = {0};
    uint8_t integrity[64] = {0};
    begin(contexts, false);
    for (unsigned k = 0; k < KEYS; k++) {
        key[0] = (uint8_t)k;
        cipher[k] =
            cipher_new(shared, cipher_suite((enum cipher_name)(k % CIPHERS)), key, integrity);
    }
    memset(out, 0, ROUNDS * sizeof out[0]);
    for (uint32_t n = 0; n < ROUNDS; n++) {
        unsigned k = (unsigned)rng_below(&rng, KEYS);
        const struct cipher_suite *s = cipher_suite((enum cipher_name)(k % CIPHERS));
        uint8_t *text = out[n] + s->iv_bytes;
        memcpy(out[n], &n, s->iv_bytes ? sizeof n : 0);
        struct cipher_text t = {.aad = (const uint8_t *)"12345678",
                                .aad_bytes = 8,
                                .from = out[n],
                                .iv = out[n],
                                .text = text,
                                .bytes = TEXT,
                                .icv = text + TEXT};
        cipher_seal(cipher[k], &t);
        if (n % 3 == 0) { /* one direction after the other with one key */
            uint8_t sealed[ROOM];
            memcpy(sealed, out[n], ROOM);
            CHECK(cipher_open(cipher[k], &t));
            for (unsigned i = 0; i < TEXT; i++)
                CHECK_EQ(text[i], 0);
            memcpy(out[n], sealed, ROOM);
        }
    }
    end();
}

static void few_contexts_are_as_good_as_many(void)
{
    static uint8_t many[ROUNDS][ROOM];
    static uint8_t few[ROUNDS][ROOM];
    run_with(KEYS, many);
    for (size_t contexts = 1; contexts < KEYS; contexts += 9) {
        run_with(contexts, few);
        CHECK(!memcmp(many, few, sizeof many));
    }
}

CHECK_MAIN(CASE(the_table_is_in_order), CASE(gcm_has_check_values_of_three_lengths),
           CASE(sha2_keys_are_as_long_as_the_hash), CASE(counter_mode), CASE(chacha20_of_ike),
           CASE(macs_are_cut), CASE(few_contexts_are_as_good_as_many))
