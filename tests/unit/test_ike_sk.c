/* The Encrypted payload and Encrypted Fragments: whole messages sealed, cut, bent and opened. */
#include "models/ike/sk.h"

#include "tests/check.h"
#include "tests/hex.h"

static struct arena arena;
static struct ciphers *shared;
static struct rng rng;

static const uint64_t spi_i = 0x1111111111111111u;
static const uint64_t spi_r = 0x2222222222222222u;
enum { MOST = 4096 };

static void begin(bool sized)
{
    struct rng_seed seed = rng_seed_of(5, 0);
    arena = (struct arena){0};
    shared = ciphers_new(&arena, 4, sized);
    rng = rng_stream(&seed, "ike.iv");
}

static void end(void)
{
    ciphers_free(shared);
    arena_release(&arena);
}

/* Keys that count up from `from`. */
static struct ike_sk sk_from(enum cipher_name name, uint8_t from)
{
    struct sa_keys keys;
    for (unsigned k = 0; k < sizeof keys.encryption; k++)
        keys.encryption[k] = (uint8_t)(from + k);
    for (unsigned k = 0; k < sizeof keys.integrity; k++)
        keys.integrity[k] = (uint8_t)(from ^ k);
    return ike_sk_of(shared, cipher_suite(name), &keys);
}

static struct ike_sk sk_of_hex(enum cipher_name name, const char *encryption)
{
    struct sa_keys keys = {{0}, {0}};
    (void)bytes_of_hex(encryption, keys.encryption);
    return ike_sk_of(shared, cipher_suite(name), &keys);
}

static struct ike_header header(void)
{
    return (struct ike_header){.spi_i = spi_i,
                               .spi_r = spi_r,
                               .major = 2,
                               .exchange = IKE_INFORMATIONAL,
                               .flags = IKE_INITIATOR,
                               .id = 2};
}

/* Everything up to the check value, from outside. */
static bool open_message(const struct ike_sk *k, uint8_t *message, size_t n, struct ike_payload *p,
                         const uint8_t **inside, size_t *bytes)
{
    struct ike_header h;
    static struct ike_payloads list;
    if (ike_read_header(message, n, &h) ||
        ike_read_payloads(h.next, message + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list) ||
        list.n != 1 || (list.p[0].type != IKE_P_SK && list.p[0].type != IKE_P_SKF))
        return false;
    *p = list.p[0];
    return ike_open(k, message, n, p, inside, bytes);
}

/* ---- vectors ----------------------------------------------------------------------------- */

/* The example of the numbered rules' file on IKEv2, its section 5, which tshark decrypts. */
static void liveness_to_the_byte(void)
{
    static const struct {
        const char *key;
        uint8_t flags;
        const char *message;
    } ways[] = {
        {"5220d9e8cc1ced8c07bfed9454f94d8ecb9a62bf", IKE_INITIATOR,
         "111111111111111122222222222222222e20250800000002000000390000001d0000000000000002c3de49db75f9"
         "9021633f8f0f972987eb05"},
        {"0c76726551477a7ee2e0203bbb17f8d2cb473e7c", IKE_RESPONSE,
         "111111111111111122222222222222222e20252000000002000000390000001d0000000000000002146ba2736e72"
         "fb2ed093e7350451566cbd"},
    };
    begin(false);
    for (unsigned k = 0; k < 2; k++) {
        uint8_t out[128];
        uint8_t want[128];
        struct ike_payload p;
        const uint8_t *inside;
        size_t bytes;
        struct ike_sk sk = sk_of_hex(CIPHER_AES128_GCM16, ways[k].key);
        struct ike_header h = header();
        h.flags = ways[k].flags;
        sk.ivs = 1;
        size_t n =
            ike_seal(&sk, &rng, &h, &(struct ike_inside){IKE_P_NONE, NULL, 0}, out, sizeof out);
        CHECK_EQ(n, bytes_of_hex(ways[k].message, want));
        RULE("IKE-KEY-7");
        CHECK(!memcmp(out, want, n));
        CHECK_EQ(sk.ivs, 2);
        CHECK(open_message(&sk, want, n, &p, &inside, &bytes));
        CHECK_EQ(bytes, 0);
        CHECK_EQ(p.next, IKE_P_NONE);
    }
    end();
}

/* RFC 7634 B, the whole message; recomputed with python3-cryptography. */
static void chacha20_poly1305_of_rfc_7634(void)
{
    uint8_t out[128];
    uint8_t want[128];
    uint8_t notify[16];
    struct ike_payload p;
    const uint8_t *inside;
    size_t bytes;
    begin(false);
    struct ike_sk sk =
        sk_of_hex(CIPHER_CHACHA20_POLY1305,
                  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3");
    struct ike_header h = header();
    h.spi_i = 0xc0c1c2c3c4c5c6c7u;
    h.spi_r = 0xd0d1d2d3d4d5d6d7u;
    h.flags = 0;
    h.id = 9;
    sk.ivs = 0x1011121314151617u - 1;
    size_t n = bytes_of_hex("0000000c000040010000000a", notify);
    size_t all =
        ike_seal(&sk, &rng, &h, &(struct ike_inside){IKE_P_NOTIFY, notify, n}, out, sizeof out);
    CHECK_EQ(all, bytes_of_hex("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029"
                               "1011121314151617"
                               "610394701f8d017f7c12924889"
                               "6b71bfe25236efd7cdc67066906315b2",
                               want));
    RULE("IKE-KEY-7");
    CHECK(!memcmp(out, want, all));
    CHECK(open_message(&sk, out, all, &p, &inside, &bytes));
    CHECK_EQ(p.next, IKE_P_NOTIFY);
    CHECK(bytes == n && !memcmp(inside, notify, n));
    end();
}

/* ---- every suite, every length ------------------------------------------------------------ */

static void fill(uint8_t *inside, size_t n)
{
    for (size_t k = 0; k < n; k++)
        inside[k] = (uint8_t)(k * 7 + 3);
}

/* 1 for Pad Length; only CBC is filled up. */
static size_t expected(const struct cipher_suite *s, size_t n)
{
    size_t block = s->encr == ENCR_AES_CBC ? 16 : 1;
    return (size_t)IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + s->iv_bytes +
           (n + block) / block * block + s->icv_bytes;
}

static void round_trip(enum cipher_name name)
{
    uint8_t inside[80];
    uint8_t out[256];
    struct ike_sk own = sk_from(name, 9);
    struct ike_sk other = sk_from(name, 9);
    struct ike_header h = header();
    fill(inside, sizeof inside);
    for (size_t n = 0; n <= sizeof inside; n++) {
        struct ike_payload p;
        const uint8_t *got;
        size_t bytes;
        size_t all = ike_seal(&own, &rng, &h, &(struct ike_inside){IKE_P_NOTIFY, inside, n}, out,
                              sizeof out);
        CHECK_EQ(all, expected(own.suite, n));
        CHECK(open_message(&other, out, all, &p, &got, &bytes));
        CHECK_EQ(p.type, IKE_P_SK);
        CHECK_EQ(p.next, IKE_P_NOTIFY);
        CHECK(bytes == n && !memcmp(got, inside, n));
    }
}

static void every_suite_opens_what_it_seals(void)
{
    for (unsigned sized = 0; sized < 2; sized++) {
        begin(sized);
        for (enum cipher_name k = 0; k < CIPHERS; k++)
            round_trip(k);
        end();
    }
}

/* A message is as long with sums instead of ciphers, and its IVs are the same. */
static void sized_has_the_same_lengths(void)
{
    uint8_t inside[64];
    uint8_t out[2][256];
    size_t n[2];
    fill(inside, sizeof inside);
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        for (unsigned sized = 0; sized < 2; sized++) {
            begin(sized);
            struct ike_sk sk = sk_from(k, 1);
            struct ike_header h = header();
            n[sized] =
                ike_seal(&sk, &rng, &h, &(struct ike_inside){IKE_P_NOTIFY, inside, sizeof inside},
                         out[sized], sizeof out[sized]);
            end();
        }
        CHECK_EQ(n[0], n[1]);
        CHECK(!memcmp(out[0], out[1],
                      IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + (size_t)cipher_suite(k)->iv_bytes));
        CHECK(!memcmp(out[1] + IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + cipher_suite(k)->iv_bytes,
                      inside, sizeof inside));
    }
}

static void ivs_do_not_come_again(void)
{
    uint8_t out[2][256];
    begin(false);
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        struct ike_sk sk = sk_from(k, 1);
        struct ike_header h = header();
        size_t iv = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER;
        for (unsigned m = 0; m < 2; m++)
            CHECK(ike_seal(&sk, &rng, &h, &(struct ike_inside){IKE_P_NONE, NULL, 0}, out[m],
                           sizeof out[m]) > 0);
        CHECK_EQ(sk.ivs, 2);
        if (!sk.suite->iv_bytes)
            continue;
        RULE("IKE-KEY-7");
        CHECK(memcmp(out[0] + iv, out[1] + iv, sk.suite->iv_bytes) != 0);
        if (sk.suite->counts)
            CHECK(out[0][iv + 7] == 1 && out[1][iv + 7] == 2 && !out[1][iv + 6]);
    }
    end();
}

static void too_little_room_is_said(void)
{
    uint8_t inside[40];
    uint8_t out[256];
    begin(false);
    fill(inside, sizeof inside);
    for (enum cipher_name k = 0; k < CIPHERS; k++) {
        struct ike_sk sk = sk_from(k, 1);
        struct ike_header h = header();
        size_t want = expected(sk.suite, sizeof inside);
        for (size_t cap = 0; cap < want; cap++)
            CHECK_EQ(ike_seal(&sk, &rng, &h,
                              &(struct ike_inside){IKE_P_NOTIFY, inside, sizeof inside}, out, cap),
                     0);
        CHECK_EQ(sk.ivs, 0);
        CHECK_EQ(ike_seal(&sk, &rng, &h, &(struct ike_inside){IKE_P_NOTIFY, inside, sizeof inside},
                          out, want),
                 want);
    }
    end();
}

/* ---- what is not opened ------------------------------------------------------------------- */

/* Of a sized message the text itself is not covered. */
static void every_bit_counts(void)
{
    uint8_t inside[20];
    uint8_t out[256];
    uint8_t bent[256];
    fill(inside, sizeof inside);
    for (unsigned sized = 0; sized < 2; sized++) {
        begin(sized);
        for (enum cipher_name c = 0; c < CIPHERS; c++) {
            struct ike_sk sk = sk_from(c, 1);
            struct ike_header h = header();
            struct ike_payload p;
            const uint8_t *got;
            size_t bytes;
            size_t n = ike_seal(
                &sk, &rng, &h, &(struct ike_inside){IKE_P_NOTIFY, inside, sizeof inside}, out, 256);
            size_t text = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + (size_t)sk.suite->iv_bytes;
            for (size_t bit = 0; bit < 8 * n; bit++) {
                bool in_text = bit / 8 >= text && bit / 8 < n - sk.suite->icv_bytes;
                if (sized && in_text)
                    continue;
                memcpy(bent, out, n);
                bent[bit / 8] ^= (uint8_t)(1 << bit % 8);
                CHECK(!open_message(&sk, bent, n, &p, &got, &bytes));
            }
            struct ike_sk other = sk_from(c, 2);
            CHECK(!open_message(&other, out, n, &p, &got, &bytes));
        }
        end();
    }
}

/* Lengths of header and payload say how much there is. */
static void shorter_ones_are_refused(void)
{
    uint8_t inside[20];
    uint8_t out[256];
    uint8_t cut[256];
    begin(false);
    fill(inside, sizeof inside);
    for (enum cipher_name c = 0; c < CIPHERS; c++) {
        struct ike_sk sk = sk_from(c, 1);
        struct ike_header h = header();
        const uint8_t *got;
        size_t bytes;
        size_t n = ike_seal(&sk, &rng, &h,
                            &(struct ike_inside){IKE_P_NOTIFY, inside, sizeof inside}, out, 256);
        for (size_t m = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER; m < n; m++) {
            struct ike_payload p = {.type = IKE_P_SK, .next = IKE_P_NOTIFY};
            memcpy(cut, out, m);
            cut[27] = (uint8_t)m;
            cut[31] = (uint8_t)(m - IKE_HEADER_BYTES);
            p.body = cut + IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER;
            p.bytes = m - IKE_HEADER_BYTES - IKE_PAYLOAD_HEADER;
            CHECK(!ike_open(&sk, cut, m, &p, &got, &bytes));
            p.type = IKE_P_SKF;
            CHECK(!ike_open(&sk, cut, m, &p, &got, &bytes));
        }
        struct ike_payload p = {.type = IKE_P_SK,
                                .body = out + IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER,
                                .bytes = n - IKE_HEADER_BYTES - IKE_PAYLOAD_HEADER - 1};
        CHECK(!ike_open(&sk, out, n, &p, &got, &bytes)); /* something stands behind it */
    }
    end();
}

/* A message whose check value is right and whose text is `text`. */
static size_t seal_text(struct ike_sk *sk, const uint8_t *text, size_t bytes, uint8_t *out)
{
    struct ike_header h = header();
    struct ike_writer w;
    const struct cipher_suite *s = sk->suite;
    ike_begin(&w, out, MOST, &h);
    uint8_t *at = ike_put_sk(&w, IKE_P_NOTIFY, 0, 0, s->iv_bytes + bytes + s->icv_bytes);
    size_t n = ike_end(&w);
    memcpy(at + s->iv_bytes, text, bytes);
    const struct cipher_text t = {.aad = out,
                                  .aad_bytes = (size_t)(at - out),
                                  .from = out,
                                  .iv = at,
                                  .text = at + s->iv_bytes,
                                  .bytes = bytes,
                                  .icv = out + n - s->icv_bytes};
    cipher_seal(sk->cipher, &t);
    return n;
}

/* Any padding of any length is taken (RFC 7296 3.14), but not more than there is. */
static void padding_is_any_but_too_much(void)
{
    static const enum cipher_name names[] = {CIPHER_AES256_CBC_SHA384, CIPHER_AES128_GCM16,
                                             CIPHER_AES256_CTR_SHA256, CIPHER_CHACHA20_POLY1305};
    uint8_t out[MOST];
    uint8_t text[64];
    begin(false);
    for (unsigned c = 0; c < sizeof names / sizeof names[0]; c++) {
        struct ike_sk sk = sk_from(names[c], 1);
        for (unsigned pad = 0; pad < 256; pad++) {
            struct ike_payload p;
            const uint8_t *got;
            size_t bytes = 0;
            fill(text, sizeof text);
            text[sizeof text - 1] = (uint8_t)pad;
            size_t n = seal_text(&sk, text, sizeof text, out);
            bool good = open_message(&sk, out, n, &p, &got, &bytes);
            CHECK_EQ(good, pad < sizeof text);
            CHECK(!good || (bytes == sizeof text - 1 - pad && !memcmp(got, text, bytes)));
        }
    }
    end();
}

/* ---- fragments ---------------------------------------------------------------------------- */

/* Opens all of them, one behind the other, and puts what is in them together. */
static void check_fragments(const struct ike_sk *k, uint8_t *out, const size_t *lengths,
                            unsigned total, const uint8_t *inside, size_t n)
{
    size_t got = 0;
    for (unsigned f = 0; f < total; f++) {
        struct ike_payload p = {0};
        struct ike_skf skf = {0};
        struct ike_header h;
        const uint8_t *part = NULL;
        size_t bytes = 0;
        CHECK(open_message(k, out, lengths[f], &p, &part, &bytes));
        CHECK_EQ(ike_read_header(out, lengths[f], &h), IKE_GOOD);
        CHECK_EQ(ike_read_skf(&p, &skf), IKE_GOOD);
        RULE("IKE-FRG-2");
        CHECK(p.type == IKE_P_SKF && h.next == IKE_P_SKF && skf.number == f + 1 &&
              skf.total == total && p.next == (f ? IKE_P_NONE : IKE_P_IDI));
        RULE("IKE-FRG-2");
        CHECK(h.spi_i == spi_i && h.spi_r == spi_r && h.exchange == IKE_AUTH && h.id == 1 &&
              h.flags == IKE_INITIATOR && h.length == lengths[f]);
        CHECK(got + bytes <= n && !memcmp(part, inside + got, bytes));
        got += bytes;
        out += lengths[f];
    }
    CHECK_EQ(got, n);
}

static struct ike_header auth_header(void)
{
    struct ike_header h = header();
    h.exchange = IKE_AUTH;
    h.id = 1;
    return h;
}

static void fragments_of_every_suite(void)
{
    static uint8_t inside[2000];
    static uint8_t out[MOST];
    size_t lengths[IKE_FRAGMENTS];
    fill(inside, sizeof inside);
    for (unsigned sized = 0; sized < 2; sized++) {
        begin(sized);
        for (enum cipher_name c = 0; c < CIPHERS; c++) {
            for (size_t limit = 200; limit < 1300; limit += 49) {
                struct ike_sk sk = sk_from(c, 1);
                struct ike_header h = auth_header();
                unsigned total = ike_seal_fragments(
                    &sk, &rng, &h, &(struct ike_inside){IKE_P_IDI, inside, sizeof inside}, limit,
                    out, MOST, lengths);
                CHECK(total > 1);
                CHECK_EQ(sk.ivs, total);
                for (unsigned f = 0; f < total; f++)
                    CHECK(lengths[f] <= limit && (f + 1 == total || lengths[f] + 16 > limit));
                check_fragments(&sk, out, lengths, total, inside, sizeof inside);
            }
        }
        end();
    }
}

/* GCM: 28 + 8 + 8 + 1 + 16 around what is in a fragment. */
static void no_more_fragments_than_needed(void)
{
    static uint8_t inside[2000];
    static uint8_t out[8 * MOST];
    size_t lengths[IKE_FRAGMENTS];
    enum { ROOM = 39, LIMIT = ROOM + 61 };
    begin(false);
    fill(inside, sizeof inside);
    struct ike_header h = auth_header();
    for (size_t n = 0; n <= IKE_FRAGMENTS * ROOM + 1; n++) {
        struct ike_sk sk = sk_from(CIPHER_AES128_GCM16, 1);
        unsigned total =
            ike_seal_fragments(&sk, &rng, &h, &(struct ike_inside){IKE_P_IDI, inside, n}, LIMIT,
                               out, sizeof out, lengths);
        CHECK_EQ(total, n > IKE_FRAGMENTS * ROOM ? 0 : n ? (n + ROOM - 1) / ROOM : 1);
        if (n % 13 == 0)
            check_fragments(&sk, out, lengths, total, inside, n);
    }
    struct ike_sk sk = sk_from(CIPHER_AES128_GCM16, 1);
    for (size_t limit = 0; limit <= 61; limit++) /* no room for anything */
        CHECK_EQ(ike_seal_fragments(&sk, &rng, &h, &(struct ike_inside){IKE_P_IDI, inside, 1},
                                    limit, out, MOST, lengths),
                 0);
    for (size_t cap = 0; cap < 3 * LIMIT; cap++)
        CHECK_EQ(ike_seal_fragments(&sk, &rng, &h,
                                    &(struct ike_inside){IKE_P_IDI, inside, 3 * ROOM}, LIMIT, out,
                                    cap, lengths),
                 0);
    CHECK_EQ(ike_seal_fragments(&sk, &rng, &h, &(struct ike_inside){IKE_P_IDI, inside, 3 * ROOM},
                                LIMIT, out, 3 * LIMIT, lengths),
             3);
    end();
}

static void number_and_total_are_authenticated(void)
{
    static uint8_t inside[300];
    static uint8_t out[MOST];
    size_t lengths[IKE_FRAGMENTS];
    fill(inside, sizeof inside);
    for (unsigned sized = 0; sized < 2; sized++) {
        begin(sized);
        for (enum cipher_name c = 0; c < CIPHERS; c++) {
            struct ike_sk sk = sk_from(c, 1);
            struct ike_header h = auth_header();
            unsigned total = ike_seal_fragments(
                &sk, &rng, &h, &(struct ike_inside){IKE_P_IDI, inside, sizeof inside}, 250, out,
                MOST, lengths);
            CHECK(total > 1);
            for (size_t at = 28; at < 36; at++) {
                uint8_t bent[256];
                struct ike_payload p;
                const uint8_t *got;
                size_t bytes;
                memcpy(bent, out, lengths[0]);
                bent[at] ^= 4;
                RULE("IKE-FRG-2");
                CHECK(!open_message(&sk, bent, lengths[0], &p, &got, &bytes));
            }
        }
        end();
    }
}

CHECK_MAIN(CASE(liveness_to_the_byte), CASE(chacha20_poly1305_of_rfc_7634),
           CASE(every_suite_opens_what_it_seals), CASE(sized_has_the_same_lengths),
           CASE(ivs_do_not_come_again), CASE(too_little_room_is_said), CASE(every_bit_counts),
           CASE(shorter_ones_are_refused), CASE(padding_is_any_but_too_much),
           CASE(fragments_of_every_suite), CASE(no_more_fragments_than_needed),
           CASE(number_and_total_are_authenticated))
