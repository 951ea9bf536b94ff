/* What signs and what verifies: every kind of key by every method, and nothing that was changed. */
#include "tests/check.h"
#include "tests/hex.h"
#include "tests/sign_bench.h"

static struct sign_certs *trusted;

static const struct {
    const char *name; /* of the files */
    const char *kind;
    uint8_t method; /* where 14 was not agreed; 0: it cannot sign then */
    size_t raw;     /* bytes of AUTH data then */
} keys[] = {
    {"mn-rsa", "rsa2048", IKE_AUTH_RSA, 256},
    {"mn-rsa4096", "rsa4096", IKE_AUTH_RSA, 512},
    {"mn-ecdsa256", "ecdsa256", IKE_AUTH_ECDSA256, 64},
    {"mn-ecdsa384", "ecdsa384", IKE_AUTH_ECDSA384, 96},
    {"mn-ecdsa521", "ecdsa521", IKE_AUTH_ECDSA521, 132},
    {"mn-ed25519", "ed25519", 0, 0},
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static bool signs(struct signer *s, const struct sign_how *how)
{
    return sign_auth(s->key, how, octets, sizeof octets, &s->rng, &s->auth);
}

static enum sign_verdict verdict(const struct signer *s, const struct sign_how *how)
{
    const struct sign_claim c = mobile_claim(s);
    return sign_verify(trusted, &c, how, octets, sizeof octets, sign_now);
}

static void every_kind_of_key_signs_by_every_method(void)
{
    for (int k = 0; k < KEYS; k++) {
        struct signer s = signer_of(keys[k].name);
        CHECK(!strcmp(sign_key_kind(s.key), keys[k].kind));
        CHECK(sign_key_fits(s.key, s.certs));
        CHECK_EQ(sign_certs_count(s.certs), 1);
        CHECK(signs(&s, &how_agreed));
        RULE("IKE-AUT-4");
        CHECK_EQ(s.auth.method, IKE_AUTH_SIGNATURE);
        CHECK_EQ(verdict(&s, &how_agreed), SIGN_GOOD);
        CHECK(signs(&s, &how_pss));
        CHECK_EQ(verdict(&s, &how_agreed), SIGN_GOOD);
        CHECK_EQ(signs(&s, &how_old), keys[k].method != 0);
        if (keys[k].method) {
            RULE("IKE-AUT-4");
            CHECK_EQ(s.auth.method, keys[k].method);
            CHECK_EQ(s.auth.bytes, keys[k].raw);
            CHECK_EQ(verdict(&s, &how_old), SIGN_GOOD);
        }
        signer_free(&s);
    }
}

/* Also the method is what was agreed on: neither side can be talked down to SHA-1. */
static void the_other_method_is_refused(void)
{
    for (int k = 0; k < KEYS; k++) {
        struct signer s = signer_of(keys[k].name);
        CHECK(signs(&s, &how_agreed));
        RULE("IKE-AUT-4");
        CHECK_EQ(verdict(&s, &how_old), SIGN_BAD_METHOD);
        if (signs(&s, &how_old))
            CHECK_EQ(verdict(&s, &how_agreed), SIGN_BAD_METHOD);
        signer_free(&s);
    }
}

/* ---- hashes ------------------------------------------------------------------------------ */

static void the_hash_is_one_that_the_verifier_takes(void)
{
    for (int k = 0; k < KEYS; k++) {
        struct signer s = signer_of(keys[k].name);
        bool needs_none = !strcmp(keys[k].kind, "ed25519");
        for (unsigned hash = IKE_HASH_SHA1; hash <= IKE_HASH_IDENTITY; hash++) {
            for (enum sign_padding padding = SIGN_PKCS1; padding <= SIGN_PSS; padding++) {
                struct sign_how one = {true, 1u << hash, padding};
                const struct sign_how others = {true, 0x3eu & ~one.hashes, padding};
                CHECK_EQ(signs(&s, &one), needs_none == (hash == IKE_HASH_IDENTITY));
                if (needs_none != (hash == IKE_HASH_IDENTITY))
                    continue;
                CHECK_EQ(verdict(&s, &one), SIGN_GOOD);
                RULE("IKE-AUT-4");
                CHECK_EQ(verdict(&s, &others), SIGN_BAD_METHOD);
            }
        }
        const struct sign_how none = {.signature = true};
        CHECK(!signs(&s, &none));
        signer_free(&s);
    }
}

/* The octet that tells the hashes apart, in the identifiers of RFC 7427 A.1 and A.3. */
static uint8_t hash_byte(const char *name, uint32_t hashes)
{
    struct signer s = signer_of(name);
    const struct sign_how how = {true, hashes, SIGN_PKCS1};
    CHECK(signs(&s, &how));
    bool rsa = s.auth.data[0] == 15;
    uint8_t byte = s.auth.data[rsa ? 13 : 12];
    signer_free(&s);
    return byte;
}

static void the_hash_is_as_strong_as_the_key(void)
{
    const uint32_t three = HASH_ALL;
    const uint32_t ends = 1 << IKE_HASH_SHA512 | 1 << IKE_HASH_SHA1;
    const uint32_t weak = 1 << IKE_HASH_SHA256 | HASH_SHA1;
    CHECK_EQ(hash_byte("mn-rsa", three), 11);
    CHECK_EQ(hash_byte("mn-rsa4096", three), 12);
    CHECK_EQ(hash_byte("mn-ecdsa256", three), 2);
    CHECK_EQ(hash_byte("mn-ecdsa384", three), 3);
    CHECK_EQ(hash_byte("mn-ecdsa521", three), 4);
    CHECK_EQ(hash_byte("mn-rsa", ends), 13);     /* the next stronger one */
    CHECK_EQ(hash_byte("mn-ecdsa521", weak), 2); /* or the strongest of the weaker */
    CHECK_EQ(hash_byte("mn-rsa", HASH_SHA1), 5);
}

/* ---- random numbers ---------------------------------------------------------------------- */

static bool equal(const struct sign_auth *a, const struct sign_auth *b)
{
    return a->method == b->method && a->bytes == b->bytes && !memcmp(a->data, b->data, a->bytes);
}

static void equal_streams_make_equal_bytes(void)
{
    static const struct sign_how *const hows[] = {&how_agreed, &how_pss, &how_old};
    for (int k = 0; k < KEYS; k++) {
        for (int h = 0; h < 3; h++) {
            struct signer a = signer_of(keys[k].name);
            struct signer b = signer_of(keys[k].name);
            bool ecdsa = !strncmp(keys[k].kind, "ecdsa", 5);
            bool drawn = ecdsa || (!strncmp(keys[k].kind, "rsa", 3) && h == 1);
            if (signs(&a, hows[h])) {
                CHECK(signs(&b, hows[h]) && equal(&a.auth, &b.auth));
                CHECK_EQ(rng_u32(&a.rng), rng_u32(&b.rng)); /* the streams go on as one */
                CHECK(signs(&a, hows[h]) && !equal(&a.auth, &b.auth) == drawn);
                CHECK_EQ(verdict(&a, hows[h]), SIGN_GOOD);
                b.rng = stream_of("ha.sign");
                struct sign_auth first = a.auth;
                CHECK(signs(&b, hows[h]) && !equal(&first, &b.auth) == drawn);
                CHECK_EQ(verdict(&b, hows[h]), SIGN_GOOD);
                /* the same key again with the first stream: nothing is left of what was between */
                a.rng = b.rng = stream_of("mn.sign");
                CHECK(signs(&a, hows[h]) && signs(&b, hows[h]) && equal(&a.auth, &b.auth));
            }
            signer_free(&a);
            signer_free(&b);
        }
    }
}

static void a_signature_takes_four_draws(void)
{
    for (int k = 0; k < KEYS; k++) {
        struct signer s = signer_of(keys[k].name);
        struct rng same = s.rng;
        CHECK(signs(&s, &how_agreed));
        for (int draw = 0; draw < 4; draw++)
            (void)rng_u32(&same);
        CHECK_EQ(rng_u32(&s.rng), rng_u32(&same));
        signer_free(&s);
    }
}

/* ---- vectors ----------------------------------------------------------------------------- */

static void ed25519_signs_as_rfc_8032_has_it(void)
{
    /* RFC 8032 7.1, TEST 3 */
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3\n"
                              "-----END PRIVATE KEY-----\n";
    struct sign_key *k = NULL;
    struct why w;
    struct sign_auth auth;
    struct rng r = stream_of("any");
    uint8_t message[2];
    uint8_t want[80];
    CHECK(!sign_key_read(pem, sizeof pem - 1, "vector", &k, &w));
    (void)bytes_of_hex("af82", message);
    CHECK(sign_auth(k, &how_agreed, message, sizeof message, &r, &auth));
    size_t n = bytes_of_hex("07300506032b6570" /* RFC 8420 3: length, AlgorithmIdentifier */
                            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
                            want);
    CHECK_EQ(auth.bytes, n);
    CHECK(!memcmp(auth.data, want, n));
    sign_key_free(k);
}

static enum sign_verdict verdict_of_vector(const char *name, const char *hex, const char *message)
{
    struct signer s = signer_of(name);
    s.auth.method = IKE_AUTH_ECDSA256;
    s.auth.bytes = bytes_of_hex(hex, s.auth.data);
    const struct sign_claim c = mobile_claim(&s);
    enum sign_verdict v = sign_verify(trusted, &c, &how_old, message, strlen(message), sign_now);
    signer_free(&s);
    return v;
}

static void printed_signatures_are_good(void)
{
    static const char rfc_4754_8_1[] =
        "CB28E0999B9C7715FD0A80D8E47A77079716CBBF917DD72E97566EA1C066957C"
        "86FA3BB4E26CAD5BF90B7F81899256CE7594BB1EA0C89212748BFF3B3D5B0315";
    static const char rfc_6979_a_2_5[] =
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
    CHECK_EQ(verdict_of_vector("rfc4754", rfc_4754_8_1, "abc"), SIGN_GOOD);
    CHECK_EQ(verdict_of_vector("rfc6979", rfc_6979_a_2_5, "sample"), SIGN_GOOD);
    CHECK_EQ(verdict_of_vector("rfc4754", rfc_4754_8_1, "abd"), SIGN_BAD_SIGNATURE);
    CHECK_EQ(verdict_of_vector("rfc6979", rfc_4754_8_1, "sample"), SIGN_BAD_SIGNATURE);
}

/* ---- what is not good -------------------------------------------------------------------- */

static void nothing_that_was_changed_is_good(void)
{
    static const struct sign_how *const hows[] = {&how_agreed, &how_pss, &how_old};
    for (int k = 0; k < KEYS; k++) {
        for (int h = 0; h < 3; h++) {
            struct signer s = signer_of(keys[k].name);
            char other[sizeof octets];
            if (signs(&s, hows[h])) {
                struct sign_claim c = mobile_claim(&s);
                memcpy(other, octets, sizeof other);
                other[7] ^= 1;
                CHECK_EQ(sign_verify(trusted, &c, hows[h], other, sizeof other, sign_now),
                         SIGN_BAD_SIGNATURE);
                CHECK_EQ(sign_verify(trusted, &c, hows[h], octets, sizeof octets - 1, sign_now),
                         SIGN_BAD_SIGNATURE);
                s.auth.data[s.auth.bytes - 1] ^= 1;
                CHECK_EQ(verdict(&s, hows[h]), SIGN_BAD_SIGNATURE);
                s.auth.data[s.auth.bytes - 1] ^= 1;
                s.auth.data[s.auth.bytes++] = 0; /* one byte more */
                CHECK_EQ(verdict(&s, hows[h]), SIGN_BAD_SIGNATURE);
            }
            signer_free(&s);
        }
    }
}

/* All lengths about the AlgorithmIdentifier and the end, some between. */
static void refuses_cut_auth(struct signer *s, const struct sign_how *how)
{
    size_t whole = s->auth.bytes;
    size_t front = how->signature ? 1 + (size_t)s->auth.data[0] : 0;
    for (size_t n = 0; n < whole; n += n < front + 4 || n + 4 >= whole ? 1 : 37) {
        s->auth.bytes = n;
        CHECK_EQ(verdict(s, how), n < front ? SIGN_BAD_METHOD : SIGN_BAD_SIGNATURE);
    }
}

static void no_cut_auth_is_good(void)
{
    static const struct sign_how *const hows[] = {&how_agreed, &how_pss, &how_old};
    for (int k = 0; k < KEYS; k++) {
        for (int h = 0; h < 3; h++) {
            struct signer s = signer_of(keys[k].name);
            if (signs(&s, hows[h]))
                refuses_cut_auth(&s, hows[h]);
            signer_free(&s);
        }
    }
}

static void another_key_is_no_good(void)
{
    static const char *const pairs[][2] = {{"mn-rsa", "ha-rsa"},
                                           {"mn-ecdsa256", "ha-ecdsa256"},
                                           {"mn-ecdsa384", "ha-ecdsa384"},
                                           {"mn-ecdsa521", "ha-ecdsa521"},
                                           {"mn-ed25519", "ha-ed25519"}};
    for (int k = 0; k < 5; k++) {
        struct signer mn = signer_of(pairs[k][0]);
        struct signer ha = signer_of(pairs[k][1]);
        CHECK(!sign_key_fits(ha.key, mn.certs) && sign_key_fits(ha.key, ha.certs));
        CHECK(signs(&ha, &how_agreed));
        mn.auth = ha.auth;
        CHECK_EQ(verdict(&mn, &how_agreed), SIGN_BAD_SIGNATURE);
        signer_free(&mn);
        signer_free(&ha);
    }
}

/* A method that its key cannot have made. */
static void a_key_of_another_kind_is_a_bad_method(void)
{
    for (int a = 0; a < KEYS; a++) {
        for (int b = 0; b < KEYS; b++) {
            struct signer one = signer_of(keys[a].name);
            struct signer two = signer_of(keys[b].name);
            bool old = signs(&two, &how_old);
            one.auth = two.auth;
            if (old && keys[a].method != keys[b].method)
                CHECK_EQ(verdict(&one, &how_old), SIGN_BAD_METHOD);
            CHECK(signs(&two, &how_agreed));
            one.auth = two.auth;
            if (strncmp(keys[a].kind, keys[b].kind, 3) != 0)
                CHECK_EQ(verdict(&one, &how_agreed), SIGN_BAD_METHOD);
            signer_free(&one);
            signer_free(&two);
        }
    }
}

static void begin(void)
{
    trusted = certs_of("ca");
}

static void end(void)
{
    sign_certs_free(trusted);
}

CHECK_MAIN(CASE(begin), CASE(every_kind_of_key_signs_by_every_method),
           CASE(the_other_method_is_refused), CASE(the_hash_is_one_that_the_verifier_takes),
           CASE(the_hash_is_as_strong_as_the_key), CASE(equal_streams_make_equal_bytes),
           CASE(a_signature_takes_four_draws), CASE(ed25519_signs_as_rfc_8032_has_it),
           CASE(printed_signatures_are_good), CASE(nothing_that_was_changed_is_good),
           CASE(no_cut_auth_is_good), CASE(another_key_is_no_good),
           CASE(a_key_of_another_kind_is_a_bad_method), CASE(end))
