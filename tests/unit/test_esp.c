/* ESP on packets: numbers, padding, lengths, and what a receiver refuses. */
#include "models/ipsec/esp.h"
#include "models/wire/ip6.h"

#include "tests/check.h"

static struct arena arena;
static struct pool packets;
static struct ciphers *shared;
static struct sa out;
static struct sa in;
static uint8_t next;

enum { SPI = 0x1234567, HEADERS = 64, FRONT = 8 };

static void open_suite(enum cipher_name name, bool esn, bool sized)
{
    struct rng_seed seed = rng_seed_of(9, 0);
    struct sa sa = {.spi = SPI, .esn = esn, .suite = cipher_suite(name)};
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    shared = ciphers_new(&arena, 8, sized);
    for (size_t k = 0; k < sizeof sa.keys.encryption; k++)
        sa.keys.encryption[k] = (uint8_t)(k * 3 + 1);
    for (size_t k = 0; k < sizeof sa.keys.integrity; k++)
        sa.keys.integrity[k] = (uint8_t)(k * 5 + 2);
    sa.cipher = cipher_new(shared, sa.suite, sa.keys.encryption, sa.keys.integrity);
    sa.iv = rng_stream(&seed, "iv");
    out = sa;
    out.direction = SA_OUT;
    in = sa;
    in.direction = SA_IN;
    anti_replay_init(&in.replay, ANTI_REPLAY_DEFAULT, esn, &arena);
}

static void begin(enum cipher_name name, bool esn)
{
    open_suite(name, esn, false);
}

static void end(void)
{
    CHECK_EQ(packets.out, 0);
    ciphers_free(shared);
    arena_release(&arena);
}

static uint8_t octet(size_t k)
{
    return (uint8_t)(k * 7 + k / 256 + 3);
}

/* `at` bytes of headers and `n` of text. */
static struct pkt *make(size_t at, size_t n)
{
    struct pkt *p = pkt_take(&packets);
    for (size_t k = 0; k < at; k++)
        *pkt_append(p, 1) = (uint8_t)(k ^ 0xa5);
    for (size_t k = 0; k < n; k++)
        *pkt_append(p, 1) = octet(k);
    return p;
}

static bool as_made(const struct pkt *p, size_t at, size_t n)
{
    bool same = p->len == at + n;
    for (size_t k = 0; same && k < at + n; k++)
        same = p->at[k] == (k < at ? (uint8_t)(k ^ 0xa5) : octet(k - at));
    return same;
}

static struct pkt *sealed(size_t n)
{
    struct pkt *p = make(HEADERS, n);
    CHECK_EQ(esp_seal(&out, p, HEADERS, IP6_UDP), ESP_GOOD);
    return p;
}

static enum esp_fault open_and_give(struct pkt *p)
{
    enum esp_fault fault = esp_open(&in, p, HEADERS, &next);
    pkt_give(&packets, p);
    return fault;
}

static enum esp_fault send_numbered(uint64_t sequence)
{
    out.sequence = sequence - 1;
    return open_and_give(sealed(20));
}

static uint32_t word_at(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* ---- numbers ---------------------------------------------------------------------------- */

static void the_first_packet_is_number_1(void)
{
    begin(CIPHER_AES128_GCM16, false);
    for (uint32_t n = 1; n <= 300; n++) {
        struct pkt *p = sealed(n);
        RULE("IPS-ESP-1");
        CHECK(word_at(p->at + HEADERS) == SPI && word_at(p->at + HEADERS + 4) == n);
        CHECK_EQ(open_and_give(p), ESP_GOOD);
    }
    CHECK(out.count.packets == 300 && in.count.packets == 300);
    CHECK(out.count.bytes == in.count.bytes && out.count.bytes >= 300 * 301 / 2 + 600);
    CHECK_EQ(in.replay.top, 300);
    end();
}

static void a_number_never_comes_again(void)
{
    begin(CIPHER_AES128_GCM16, false);
    out.sequence = UINT32_MAX - 1;
    struct pkt *p = sealed(50);
    CHECK_EQ(word_at(p->at + HEADERS + 4), UINT32_MAX);
    CHECK_EQ(open_and_give(p), ESP_GOOD);
    p = make(HEADERS, 50);
    const uint8_t *before = p->at;
    RULE("IPS-ESP-1");
    CHECK_EQ(esp_seal(&out, p, HEADERS, IP6_UDP), ESP_EXHAUSTED); /* the 2^32nd */
    CHECK(as_made(p, HEADERS, 50) && p->at == before);
    CHECK(out.count.packets == 1 && out.sequence == UINT32_MAX);
    pkt_give(&packets, p);
    end();
    begin(CIPHER_AES128_GCM16, true);
    out.sequence = UINT32_MAX - 1;
    in.replay.top = UINT32_MAX - 1;
    for (unsigned k = 0; k < 3; k++) {
        p = sealed(50);
        CHECK_EQ(word_at(p->at + HEADERS + 4), UINT32_MAX + k);
        CHECK_EQ(open_and_give(p), ESP_GOOD);
    }
    CHECK_EQ(in.replay.top, UINT64_C(0x100000001));
    out.sequence = UINT64_MAX;
    p = make(HEADERS, 50);
    CHECK_EQ(esp_seal(&out, p, HEADERS, IP6_UDP), ESP_EXHAUSTED); /* the 2^64th */
    pkt_give(&packets, p);
    end();
}

static void an_iv_that_counts_is_the_sequence_number(void)
{
    for (enum cipher_name name = 0; name < CIPHERS; name++) {
        if (!cipher_suite(name)->counts)
            continue;
        begin(name, true);
        out.sequence = UINT32_MAX - 5;
        in.replay.top = UINT32_MAX - 5;
        for (unsigned k = 0; k < 10; k++) {
            struct pkt *p = sealed(10);
            const uint8_t *iv = p->at + HEADERS + FRONT;
            RULE("IPS-ESP-8");
            CHECK_EQ((uint64_t)word_at(iv) << 32 | word_at(iv + 4), out.sequence);
            CHECK_EQ(open_and_give(p), ESP_GOOD);
        }
        end();
    }
}

/* Of CBC it is drawn from the SA's own stream: RFC 3602 3 wants it unpredictable. */
static void an_iv_of_cbc_is_drawn(void)
{
    begin(CIPHER_AES256_CBC_SHA512, false);
    struct rng same = out.iv;
    for (unsigned k = 0; k < 10; k++) {
        struct pkt *p = sealed(10);
        for (unsigned word = 0; word < 4; word++)
            CHECK_EQ(word_at(p->at + HEADERS + FRONT + 4 * (size_t)word), rng_u32(&same));
        CHECK_EQ(open_and_give(p), ESP_GOOD);
    }
    end();
    begin(CIPHER_AES128_GCM16, false);
    same = out.iv;
    pkt_give(&packets, sealed(10));
    CHECK_EQ(rng_u32(&out.iv), rng_u32(&same)); /* nothing was drawn */
    end();
}

/* ---- lengths ---------------------------------------------------------------------------- */

/* Growth at least and at most: header 8, IV, padding, trailer 2, check value. */
static const size_t growth[CIPHERS][2] = {
    [CIPHER_AES128_GCM16] = {34, 37},      [CIPHER_AES256_GCM16] = {34, 37},
    [CIPHER_AES128_GCM12] = {30, 33},      [CIPHER_AES128_GCM8] = {26, 29},
    [CIPHER_AES128_CBC_SHA256] = {42, 57}, [CIPHER_AES256_CBC_SHA256] = {42, 57},
    [CIPHER_AES256_CBC_SHA512] = {58, 73}, [CIPHER_AES128_CBC_SHA1] = {38, 53},
    [CIPHER_AES128_CTR_SHA256] = {34, 37}, [CIPHER_AES128_CTR_SHA1] = {30, 33},
    [CIPHER_NULL_SHA256] = {26, 29},       [CIPHER_NULL_SHA1] = {22, 25},
    [CIPHER_CHACHA20_POLY1305] = {34, 37}, [CIPHER_AES256_CBC_SHA384] = {50, 65},
    [CIPHER_AES256_CTR_SHA256] = {34, 37},
};

static void packets_grow_as_the_table_says(void)
{
    for (enum cipher_name name = 0; name < CIPHERS; name++) {
        const struct cipher_suite *s = cipher_suite(name);
        size_t least = SIZE_MAX;
        size_t most = 0;
        for (size_t n = 0; n < 1600; n++) {
            size_t g = esp_growth(s, n);
            CHECK_EQ((n + g - FRONT - s->iv_bytes - s->icv_bytes) % s->block_bytes, 0);
            least = g < least ? g : least;
            most = g > most ? g : most;
        }
        CHECK_EQ(least, growth[name][0]);
        CHECK_EQ(most, growth[name][1]);
    }
}

/* F14 of the validation: a voice packet of 220 bytes in a tunnel, the outer header with it. */
static void voice_in_a_tunnel(void)
{
    CHECK_EQ(40 + 220 + esp_growth(cipher_suite(CIPHER_AES128_GCM16), 220), 296);
    CHECK_EQ(40 + 220 + esp_growth(cipher_suite(CIPHER_AES128_CBC_SHA256), 220), 304);
    CHECK_EQ(40 + 220 + esp_growth(cipher_suite(CIPHER_NULL_SHA1), 220), 284);
}

static void fit_is_the_inverse_of_growth(void)
{
    for (enum cipher_name name = 0; name < CIPHERS; name++) {
        const struct cipher_suite *s = cipher_suite(name);
        for (size_t room = 0; room <= 2000; room++) {
            size_t n = esp_fit(s, room);
            if (room >= esp_growth(s, 0))
                CHECK(n + esp_growth(s, n) <= room && n + 1 + esp_growth(s, n + 1) > room);
            else
                CHECK_EQ(n, 0);
        }
    }
}

/* Each suite, ESN or not, real or sized, texts of many lengths, with headers in front and none. */
static void every_length_comes_back(void)
{
    static const size_t ats[] = {0, 40, 64, 128};
    for (unsigned run = 0; run < CIPHERS * 4; run++) {
        open_suite((enum cipher_name)(run / 4), run & 1, run & 2);
        for (size_t n = 0; n <= 1500; n += n < 70 ? 1 : 143) {
            size_t at = ats[n % 4];
            struct pkt *p = make(at, n);
            CHECK_EQ(esp_seal(&out, p, at, 41), ESP_GOOD);
            CHECK_EQ(p->len, at + n + esp_growth(out.suite, n));
            next = 0;
            CHECK_EQ(esp_open(&in, p, at, &next), ESP_GOOD);
            CHECK(next == 41 && as_made(p, at, n));
            pkt_give(&packets, p);
        }
        CHECK(in.count.packets == out.count.packets && in.count.bytes == out.count.bytes);
        end();
    }
}

/* ---- padding ---------------------------------------------------------------------------- */

static void padding_counts_up(void)
{
    begin(CIPHER_NULL_SHA1, false);
    for (size_t n = 0; n < 40; n++) {
        struct pkt *p = sealed(n);
        const uint8_t *text = p->at + HEADERS + FRONT;
        size_t pad = text[p->len - HEADERS - FRONT - 12 - 2];
        bool right = pad < 4 && (n + pad + 2) % 4 == 0 && text[n + pad + 1] == IP6_UDP;
        for (size_t k = 0; right && k < pad; k++)
            right = text[n + k] == k + 1;
        RULE("IPS-ESP-2");
        CHECK(right);
        pkt_give(&packets, p);
    }
    end();
}

/* A packet with a right check value whose text, trailer and all, is as given. */
static struct pkt *raw(const uint8_t *text, size_t n)
{
    struct pkt *p = make(HEADERS, 0);
    uint8_t *esp = pkt_append(p, FRONT + n + 16);
    const uint32_t words[2] = {SPI, (uint32_t)++out.sequence};
    for (unsigned k = 0; k < 8; k++)
        esp[k] = (uint8_t)(words[k / 4] >> (24 - 8 * (k % 4)));
    memcpy(esp + FRONT, text, n);
    const struct cipher_text t = {
        .from = esp, .iv = esp, .text = esp + FRONT, .bytes = n, .icv = esp + FRONT + n};
    cipher_seal(out.cipher, &t);
    return p;
}

static void padding_is_looked_at(void)
{
    static const struct {
        uint8_t text[12];
        enum esp_fault want;
        uint32_t left;
    } trailers[] = {
        {{9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 2, 17}, ESP_GOOD, 8},
        {{9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 6, 17}, ESP_GOOD, 4}, /* more than need be */
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 17}, ESP_GOOD, 0},
        {{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 17}, ESP_GOOD, 10},
        {{9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 2, 17}, ESP_PADDING, 0},
        {{9, 9, 9, 9, 9, 9, 9, 9, 2, 1, 2, 17}, ESP_PADDING, 0},
        {{9, 9, 9, 9, 9, 9, 9, 9, 1, 3, 2, 17}, ESP_PADDING, 0},
        {{0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 17}, ESP_PADDING, 0},
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 17}, ESP_PADDING, 0}, /* longer than the text */
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 17}, ESP_PADDING, 0},
    };
    begin(CIPHER_NULL_SHA256, false);
    for (size_t k = 0; k < sizeof trailers / sizeof trailers[0]; k++) {
        struct pkt *p = raw(trailers[k].text, sizeof trailers[k].text);
        uint32_t length = p->len;
        enum esp_fault got = esp_open(&in, p, HEADERS, &next);
        RULE("IPS-ESP-2");
        CHECK_EQ(got, trailers[k].want);
        CHECK_EQ(p->len, got ? length : HEADERS + trailers[k].left);
        pkt_give(&packets, p);
    }
    CHECK_EQ(in.replay.top, sizeof trailers / sizeof trailers[0]); /* check values were right */
    end();
}

static void dummies_are_counted_and_discarded(void)
{
    begin(CIPHER_AES256_GCM16, false);
    struct pkt *p = make(HEADERS, 100);
    CHECK_EQ(esp_seal(&out, p, HEADERS, IP6_NONE), ESP_GOOD);
    RULE("IPS-ESP-3");
    CHECK_EQ(esp_open(&in, p, HEADERS, &next), ESP_DUMMY);
    CHECK_EQ(p->len, HEADERS + 100 + esp_growth(in.suite, 100));
    CHECK(in.count.dummy == 1 && in.replay.top == 1);
    CHECK_EQ(open_and_give(p), ESP_REPLAY);
    p = make(HEADERS, 0); /* as short as can be */
    CHECK_EQ(esp_seal(&out, p, HEADERS, IP6_NONE), ESP_GOOD);
    CHECK_EQ(open_and_give(p), ESP_DUMMY);
    end();
}

/* In a tunnel what stands behind the inner packet is cut off by its length, later. */
static void flow_confidentiality_padding_is_text(void)
{
    begin(CIPHER_AES128_CBC_SHA256, false);
    struct pkt *p = make(HEADERS, 220);
    memset(pkt_append(p, 300), 0, 300);
    CHECK_EQ(esp_seal(&out, p, HEADERS, 41), ESP_GOOD);
    CHECK_EQ(esp_open(&in, p, HEADERS, &next), ESP_GOOD);
    CHECK_EQ(p->len, HEADERS + 520);
    p->len -= 300;
    CHECK(as_made(p, HEADERS, 220));
    pkt_give(&packets, p);
    end();
}

/* ---- refusals --------------------------------------------------------------------------- */

static void what_is_cut_short_is_refused(void)
{
    for (enum cipher_name name = 0; name < CIPHERS; name++) {
        begin(name, false);
        const struct cipher_suite *s = in.suite;
        size_t least = (size_t)FRONT + s->iv_bytes + s->block_bytes + s->icv_bytes;
        struct pkt *p = sealed(100);
        for (uint32_t n = HEADERS; n < p->len; n++) {
            struct pkt *cut = pkt_copy(&packets, p);
            cut->len = n;
            size_t esp = n - HEADERS;
            bool fits = esp >= least && (esp - least) % s->block_bytes == 0;
            CHECK_EQ(esp_open(&in, cut, HEADERS, &next), fits ? ESP_ICV : ESP_SHORT);
            CHECK_EQ(cut->len, n);
            pkt_give(&packets, cut);
        }
        CHECK_EQ(open_and_give(p), ESP_GOOD);
        end();
    }
}

static void a_forged_number_moves_nothing(void)
{
    begin(CIPHER_AES128_GCM16, false);
    struct pkt *first = sealed(20);
    struct pkt *forged = sealed(20);
    forged->at[HEADERS + 4] = 0x7f;
    CHECK_EQ(open_and_give(forged), ESP_ICV);
    RULE("IPS-ESP-4");
    CHECK(in.replay.top == 0 && open_and_give(first) == ESP_GOOD);
    CHECK(in.count.icv == 1 && in.count.packets == 1);
    end();
}

static void replays_and_what_is_too_old(void)
{
    begin(CIPHER_AES128_CTR_SHA1, false);
    CHECK_EQ(send_numbered(100), ESP_GOOD);
    CHECK_EQ(send_numbered(100), ESP_REPLAY);
    CHECK_EQ(send_numbered(37), ESP_GOOD);
    CHECK_EQ(send_numbered(37), ESP_REPLAY);
    CHECK_EQ(send_numbered(36), ESP_TOO_OLD);
    struct pkt *p = make(HEADERS, 0);
    memset(pkt_append(p, 60), 0, 60);
    CHECK_EQ(open_and_give(p), ESP_REPLAY); /* number 0, which only a forger sends */
    CHECK(in.count.replay == 3 && in.count.too_old == 1 && in.count.icv == 0);
    CHECK_EQ(in.count.packets, 2);
    end();
}

/* With ESN the same late packet is an integrity failure. */
static void late_with_esn_is_a_wrong_check_value(void)
{
    for (enum cipher_name name = 0; name < CIPHERS * 2; name++) {
        open_suite(name % CIPHERS, true, name >= CIPHERS);
        CHECK_EQ(send_numbered(1), ESP_GOOD);
        CHECK_EQ(send_numbered(200), ESP_GOOD);
        RULE("IPS-REP-1");
        CHECK_EQ(send_numbered(2), ESP_ICV);
        RULE("IPS-REP-1");
        CHECK(in.count.icv == 1 && in.count.too_old == 0 && in.replay.top == 200);
        end();
    }
}

static void a_fresh_sa_with_esn(void)
{
    begin(CIPHER_AES128_CBC_SHA256, true);
    CHECK_EQ(send_numbered(5), ESP_GOOD);
    CHECK_EQ(send_numbered(3), ESP_GOOD);
    CHECK_EQ(send_numbered(1), ESP_GOOD);
    RULE("IPS-REP-2");
    CHECK_EQ(send_numbered(0xfffffff0), ESP_TOO_OLD);
    CHECK(in.count.too_old == 1 && in.count.icv == 0);
    end();
}

/* Over 2^32 and back again, each within the window. */
static void esn_over_the_edge(void)
{
    static const uint64_t order[] = {0xfffffff0,  0x100000005, 0xfffffffe, 0x100000000,
                                     0x100000001, 0xffffffff,  0x10000002f};
    for (enum cipher_name name = 0; name < CIPHERS * 2; name++) {
        open_suite(name % CIPHERS, true, name >= CIPHERS);
        in.replay.top = 0xffffff00;
        for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
            CHECK_EQ(send_numbered(order[k]), ESP_GOOD);
        for (size_t k = 1; k < sizeof order / sizeof order[0]; k++)
            CHECK_EQ(send_numbered(order[k]), ESP_REPLAY);
        CHECK_EQ(in.count.icv, 0);
        end();
    }
}

/* What sized packets meet is what real ones meet: the same faults, lengths and counts. */
static void story(enum cipher_name name, bool esn, bool sized, uint32_t *told)
{
    struct rng_seed seed = rng_seed_of(77, 0);
    struct rng rng = rng_stream(&seed, "story");
    open_suite(name, esn, sized);
    out.sequence = in.replay.top = esn ? 0xffffff00 : 5000;
    for (unsigned k = 0; k < 400; k++) {
        uint64_t ahead = out.sequence + rng_below(&rng, 12);
        uint64_t number = ahead - rng_below(&rng, 90);
        out.sequence = number - 1;
        struct pkt *p = sealed(rng_below(&rng, 300));
        out.sequence = ahead > number ? ahead : number;
        if (rng_below(&rng, 5) == 0)
            p->at[HEADERS + rng_below(&rng, FRONT)] ^= 1; /* SPI or number */
        told[2 * k] = (uint32_t)esp_open(&in, p, HEADERS, &next);
        told[2 * k + 1] = p->len;
        pkt_give(&packets, p);
    }
    told[800] = (uint32_t)in.count.icv;
    told[801] = (uint32_t)in.count.replay;
    told[802] = (uint32_t)in.count.too_old;
    told[803] = (uint32_t)in.count.packets;
    end();
}

static void sized_meets_what_real_meets(void)
{
    static uint32_t real[804];
    static uint32_t sized[804];
    for (unsigned k = 0; k < 2 * CIPHERS; k++) {
        story((enum cipher_name)(k / 2), k & 1, false, real);
        story((enum cipher_name)(k / 2), k & 1, true, sized);
        CHECK(!memcmp(real, sized, sizeof real));
        CHECK(real[800] > 50 && real[801] > 10 && real[803] > 200);
    }
}

static void the_spi_is_read(void)
{
    static const uint8_t bytes[4] = {1, 2, 3, 4};
    uint32_t spi;
    CHECK(esp_spi(bytes, sizeof bytes, &spi) && spi == 0x01020304);
    for (size_t n = 0; n < sizeof bytes; n++)
        CHECK(!esp_spi(bytes, n, &spi));
}

CHECK_MAIN(CASE(the_first_packet_is_number_1), CASE(a_number_never_comes_again),
           CASE(an_iv_that_counts_is_the_sequence_number), CASE(an_iv_of_cbc_is_drawn),
           CASE(packets_grow_as_the_table_says), CASE(voice_in_a_tunnel),
           CASE(fit_is_the_inverse_of_growth), CASE(every_length_comes_back),
           CASE(padding_counts_up), CASE(padding_is_looked_at),
           CASE(dummies_are_counted_and_discarded), CASE(flow_confidentiality_padding_is_text),
           CASE(what_is_cut_short_is_refused), CASE(a_forged_number_moves_nothing),
           CASE(replays_and_what_is_too_old), CASE(late_with_esn_is_a_wrong_check_value),
           CASE(a_fresh_sa_with_esn), CASE(esn_over_the_edge), CASE(sized_meets_what_real_meets),
           CASE(the_spi_is_read))
