/*
 * ESP byte for byte: packets that others made. Each was recomputed with python3-cryptography before
 * it was written down here. The packets of RFC 3602 have no check value, so ours stands behind
 * them.
 */
#include "models/ipsec/esp.h"

#include "tests/check.h"
#include "tests/hex.h"

struct vector {
    const char *source;
    enum cipher_name suite;
    const char *key; /* and salt */
    const char *integrity;
    bool esn;
    uint64_t sequence;
    uint8_t next;
    const char *text;
    const char *packet;
};

/* clang-format off */
static const struct vector vectors[] = {
    {.source = "V6 of ipsec.md 8",
     .suite = CIPHER_AES128_GCM16,
     .key = "000102030405060708090a0b0c0d0e0fcafebabe",
     .integrity = "",
     .esn = false,
     .sequence = 0x1,
     .next = 135,
     .text = "3b0305003fab0001f00000960100031020010db800b100000000000000000011",
     .packet = "1020304000000001000000000000000189061c9975d451f56b1bc18b477faa27f3698cf8"
               "b9464885feb51ff477ed292a8585b57bf228267eabc9a16b96243747fbfd9283"},
    {.source = "V6 of ipsec.md 8, ESN",
     .suite = CIPHER_AES128_GCM16,
     .key = "000102030405060708090a0b0c0d0e0fcafebabe",
     .integrity = "",
     .esn = true,
     .sequence = 0x1,
     .next = 135,
     .text = "3b0305003fab0001f00000960100031020010db800b100000000000000000011",
     .packet = "1020304000000001000000000000000189061c9975d451f56b1bc18b477faa27f3698cf8"
               "b9464885feb51ff477ed292a8585b57b137faab717cc35a6232d483d69ed38df"},
    {.source = "V7 of ipsec.md 8",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "000102030405060708090a0b0c0d0e0f",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = false,
     .sequence = 0x2,
     .next = 41,
     .text = "600000000010873f20010db8000a0000000000000000010020010db8000c000000000000"
             "000000093b01010056c200000102030405060708",
     .packet = "5566778800000002000102030405060708090a0b0c0d0e0f7129753d37dd5100db6779c0"
               "cefb17500604e9d873e4237ef20e8ca20fe029e2336161a6457d2a9ab6336b581e56be0c"
               "4e020afdecac68ca7dafe9e475939c00643db5d28e4a1d4faceaa9900157ea82"},
    {.source = "V7 of ipsec.md 8, ESN",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "000102030405060708090a0b0c0d0e0f",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = true,
     .sequence = 0x100000002,
     .next = 41,
     .text = "600000000010873f20010db8000a0000000000000000010020010db8000c000000000000"
             "000000093b01010056c200000102030405060708",
     .packet = "5566778800000002000102030405060708090a0b0c0d0e0f7129753d37dd5100db6779c0"
               "cefb17500604e9d873e4237ef20e8ca20fe029e2336161a6457d2a9ab6336b581e56be0c"
               "4e020afdecac68ca7dafe9e475939c005e1a863eb45258a8c5263ab3540215a3"},
    {.source = "RFC 3602 4 case 5",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "90d382b410eeba7ad938c46cec1a82bf",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = false,
     .sequence = 0x1,
     .next = 1,
     .text = "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b"
             "1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
     .packet = "0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e19"
               "4e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52"
               "775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6"},
    {.source = "RFC 3602 4 case 6",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "90d382b410eeba7ad938c46cec1a82bf",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = false,
     .sequence = 0x8,
     .next = 1,
     .text = "0800b5e8a80a0500a69c083d0b660e00777777777777777777777777",
     .packet = "000043210000000869d08df7d203329db093fc4924e5bd80f51995881ec4e0c4488987ce"
               "742e8109689bb379d2d750c0d915dca346a89f75"},
    {.source = "RFC 3602 4 case 7",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "0123456789abcdef0123456789abcdef",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = false,
     .sequence = 0x2,
     .next = 4,
     .text = "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a20400"
             "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
             "2c2d2e2f3031323334353637",
     .packet = "0000876500000002f4e765244f6407adf13dc1380f673f37773b5241a4c449225e4f3ce5"
               "ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c6"
               "47752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1"
               "e4dfe9d5a100b842f1c22f0d"},
    {.source = "RFC 3602 4 case 8",
     .suite = CIPHER_AES128_CBC_SHA256,
     .key = "0123456789abcdef0123456789abcdef",
     .integrity = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     .esn = false,
     .sequence = 0x5,
     .next = 4,
     .text = "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300"
             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     .packet = "000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc"
               "00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639"
               "b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892"},
    {.source = "RFC 7634 A",
     .suite = CIPHER_CHACHA20_POLY1305,
     .key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3",
     .integrity = "",
     .esn = false,
     .sequence = 0x5,
     .next = 4,
     .text = "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec1000073627"
             "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
             "2c2d2e2f3031323334353637",
     .packet = "0102030400000005101112131415161724039428b97f417e3c13753a4f05087b67c352e6"
               "a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9"
               "befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e076aaa826"
               "6b7fb0f7b11b369907e1ad43"},
    {.source = "draft-mcgrew-gcm-test-01, 1 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "4c80cdefbb5d10da906ac73c3613a6342e443b68",
     .integrity = "",
     .esn = true,
     .sequence = 0x8765432100000000,
     .next = 1,
     .text = "45000048699a000080114db7c0a80102c0a801010a9bf15638d301000001000000000000"
             "045f736970045f756470037369700963796265726369747902646b0000210001",
     .packet = "00004321000000004956ed7e3b244cfefecf537e729d5b07dc30df528dd22b768d1b9873"
               "6696a6fd348509fa13ceac34cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff62"
               "47aeabb786b93bce61bc17d768fd9732459018148f6cbe722fd04796562dfdb4"},
    {.source = "draft-mcgrew-gcm-test-01, 2 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "feffe9928665731c6d6a8f9467308308cafebabe",
     .integrity = "",
     .esn = false,
     .sequence = 0xa,
     .next = 1,
     .text = "4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d0010000010000"
             "00000000037369700963796265726369747902646b0000010001",
     .packet = "0000a5f80000000afacedbaddecaf888deb22cd9b07c72c16e3a65beeb8df304a5a5897d"
               "33ae530f1ba76d5d114d2a5c3de81827c10e9a4f51330d0eec416642cfbb85a5b47e48a4"
               "ec3b9ba95d918bd183b70d3aa8bc6ee4c309e9d85a41ad4a"},
    {.source = "draft-mcgrew-gcm-test-01, 3 of 14",
     .suite = CIPHER_AES256_GCM16,
     .key = "abbccddef00112233445566778899aababbccddef00112233445566778899aab11223344",
     .integrity = "",
     .esn = false,
     .sequence = 0x2,
     .next = 1,
     .text = "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee00000000070024000"
             "20bf0000020405b401010402",
     .packet = "4a2cbfe3000000020102030405060708ff425c9b724599df7a3bcd510194e00d6a78107f"
               "1b0b1cbf06efae9d65a5d763748a637985771d347f0545659f14e99def842d8eb335f4ee"
               "cfdbf831824b4c4915956c96"},
    {.source = "draft-mcgrew-gcm-test-01, 4 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "0000000000000000000000000000000000000000",
     .integrity = "",
     .esn = false,
     .sequence = 0x1,
     .next = 1,
     .text = "4500003c99c500008001cb7a40679318010101010800075c020044006162636465666768"
             "696a6b6c6d6e6f7071727374757677616263646566676869",
     .packet = "000000000000000100000000000000004688daf2f973a392732909c331d56d60f694abaa"
               "414b5e7ff5fdcdfff5e9a284456476492719ffb64de7d9dca1e1d894bc3bd57873ed4d18"
               "1d19d4d5c8c18af3f821d496eeb096e98ad2b69e4799c71d"},
    {.source = "draft-mcgrew-gcm-test-01, 5 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "3de09874b388e6491988d0c3607eae1f57690e43",
     .integrity = "",
     .esn = true,
     .sequence = 0x1010101010101010,
     .next = 1,
     .text = "4500003c99c300008001cb7c40679318010101010800085c020043006162636465666768"
             "696a6b6c6d6e6f7071727374757677616263646566676869",
     .packet = "42f67e3f101010104e280000a2fca1a3fba2caa4853cf9f0f22cb10d86dd83b0fec75691"
               "cf1a04b00d1138ec9c35791765acbd8701ad79845bf9fe3fba487bc91755e6662b4c8d0d"
               "1f5e22739530320ae0d731cc978ecafaeae88f00e80d6e48"},
    {.source = "draft-mcgrew-gcm-test-01, 6 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "3de09874b388e6491988d0c3607eae1f57690e43",
     .integrity = "",
     .esn = true,
     .sequence = 0x1010101010101010,
     .next = 1,
     .text = "4500001c42a200008001441f406793b6e00000020a00f5ff",
     .packet = "42f67e3f101010104e280000a2fca1a3fba2ca845e5df9f0f22c3e6e86dd831e1fc65792"
               "cd1af9130e1379ed369f071f35e034be95f112e4e7d05d35"},
    {.source = "draft-mcgrew-gcm-test-01, 8 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "abbccddef00112233445566778899aabdecaf888",
     .integrity = "",
     .esn = true,
     .sequence = 0x1,
     .next = 1,
     .text = "4500004933ba00007f119106c3fb1d10c2b1d326c02831ce0035dd7b800302d500004e20"
             "001e8c18d75b81dc91baa0476b91b924b280389d92c963bac046ec959b6266c04722b149"
             "23",
     .packet = "0000010000000001cafedebaceface7418a6fd42f72cbf4ab2a2ea901f73d814e3e7f243"
               "d95412e1c349c1d2fbec168f9190feebaf2cb01984e65863965d7472b79da345e0e78019"
               "1f0d2f0e0f496c226f2127b27db35724e7845d68651f57e65f354f75ff17015769623436"},
    {.source = "draft-mcgrew-gcm-test-01, 9 of 14",
     .suite = CIPHER_AES256_GCM16,
     .key = "abbccddef00112233445566778899aababbccddef00112233445566778899aab73616c74",
     .integrity = "",
     .esn = true,
     .sequence = 0x156f3126dd0db99b,
     .next = 1,
     .text = "45080028732c00004006e9f90a0106120a01038f06b88023dd6bafbecb71260250101f64"
             "6d54",
     .packet = "17405e67dd0db99b616e640169766563f2d69ecdbd5a0d5b8d5ef38bad4da58d1f278fde"
               "98ef67549d524a3018d9a57ff4d3a31ce673119e451626c2415771e3b7eebca614c89b35"},
    {.source = "draft-mcgrew-gcm-test-01, 10 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "3de09874b388e6491988d0c3607eae1f57690e43",
     .integrity = "",
     .esn = true,
     .sequence = 0x1010101010101010,
     .next = 1,
     .text = "45000049333e00007f119182c3fb1d10c2b1d326c02831ce0035cb458003025b000001e0"
             "001e8c18d65759d52284a0352c71475c8880391c764d6e5ee0496b325ae270c038994939"
             "15",
     .packet = "42f67e3f101010104e280000a2fca1a3fba2cad12fc1f9f00d3cebf305410db83d7784b6"
               "07323d220f24b0a97d54182800cadb0f68d99ef0e0c0c89ae9bea8884e52d65bc1afd074"
               "0f742444747b5b39ab533163aad4550ee5160975cdb608c5769189609763b8e18caa81e2"},
    {.source = "draft-mcgrew-gcm-test-01, 11 of 14",
     .suite = CIPHER_AES256_GCM16,
     .key = "abbccddef00112233445566778899aababbccddef00112233445566778899aab73616c74",
     .integrity = "",
     .esn = true,
     .sequence = 0x156f3126dd0db99b,
     .next = 1,
     .text = "636973636f0172756c657301746865016e6574776501646566696e650174686574656368"
             "6e6f6c6f67696573017468617477696c6c01646566696e65746f6d6f72726f77",
     .packet = "17405e67dd0db99b616e640169766563d4b7ed86a1777f2ea13d6973d324c69e7b43f826"
               "fb56831226508bebd2dceb18d0a6df10e5487df074113e14c641024e3e6773d91a62ee42"
               "9b043a10e3efe6b012a49363412364f8c0cac587f249e56b11e24f30e44ccc76"},
    {.source = "draft-mcgrew-gcm-test-01, 12 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "7d773d00c144c525ac619d18c84a3f47d9664267",
     .integrity = "",
     .esn = false,
     .sequence = 0xffffffff,
     .next = 1,
     .text = "",
     .packet = "335467aeffffffff43457e9182443bc6437f866bcb3f699fe9b0822bac961c4504bef270"},
    {.source = "draft-mcgrew-gcm-test-01, 13 of 14",
     .suite = CIPHER_AES128_GCM16,
     .key = "abbccddef00112233445566778899aabdecaf888",
     .integrity = "",
     .esn = true,
     .sequence = 0x1,
     .next = 1,
     .text = "746f016265016f72016e6f7401746f016265",
     .packet = "0000010000000001cafedebaceface7429c9fc69a197d038ccdd14e2ddfcaa0543332164"
               "412503524303ed3c6c5f283843af8c3e"},
    {.source = "draft-mcgrew-gcm-test-01, 14 of 14",
     .suite = CIPHER_AES256_GCM16,
     .key = "6c6567616c697a656d6172696a75616e61616e64646f69746265666f726569617475726e",
     .integrity = "",
     .esn = true,
     .sequence = 0xffffffffffffffff,
     .next = 1,
     .text = "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768"
             "696a6b6c6d6e6f7071727374",
     .packet = "796b6963ffffffff333021696765746df97ab2aa356d8edce17644ac8c78e25dd24dedbb"
               "29ebf1b64a274b39b49c3a864cd3d78ca4ae68a32b42458fb57dbe821dcc63b9d0937ba2"
               "945f669368661a329fb4c053"},
};
/* clang-format on */

enum { VECTORS = sizeof vectors / sizeof vectors[0], HEADERS = 44, IV_AT = 8 };

static struct arena arena;
static struct pool packets;
static struct ciphers *shared;

static uint32_t word_at(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* An SA whose next packet has the vector's sequence number and IV: what IV the others took is
 * drawn, also where a sender of ours takes the sequence number. */
static struct sa sa_of(const struct vector *v, struct cipher_suite *suite)
{
    struct sa sa = {.esn = v->esn, .sequence = v->sequence - 1};
    uint8_t packet[256];
    (void)bytes_of_hex(v->packet, packet);
    *suite = *cipher_suite(v->suite);
    (void)bytes_of_hex(v->key, sa.keys.encryption);
    (void)bytes_of_hex(v->integrity, sa.keys.integrity);
    suite->counts = false;
    sa.spi = word_at(packet);
    sa.suite = suite;
    sa.cipher = cipher_new(shared, suite, sa.keys.encryption, sa.keys.integrity);
    anti_replay_init(&sa.replay, ANTI_REPLAY_DEFAULT, v->esn, &arena);
    sa.replay.top = v->sequence - 1;
    for (size_t k = 0; k < 4; k++)
        sa.iv.out[k] = word_at(packet + IV_AT + 4 * k);
    return sa;
}

static void begin(bool sized)
{
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    shared = ciphers_new(&arena, 4, sized);
}

static void end(void)
{
    CHECK_EQ(packets.out, 0);
    ciphers_free(shared);
    arena_release(&arena);
}

static struct pkt *packet_of(const uint8_t *bytes, size_t n)
{
    struct pkt *p = pkt_take(&packets);
    memset(pkt_append(p, HEADERS), 0xa5, HEADERS);
    memcpy(pkt_append(p, n), bytes, n);
    return p;
}

static bool holds(const struct pkt *p, const uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < HEADERS; k++)
        if (p->at[k] != 0xa5)
            return false;
    return p->len >= HEADERS + n && !memcmp(p->at + HEADERS, bytes, n);
}

/* Its own name tells which vector failed. */
static void check_sealed(const struct vector *v, bool right)
{
    if (!right)
        (void)fprintf(stderr, "%s\n", v->source);
    CHECK(right);
}

static void packets_of_others_are_sealed_alike_and_opened(void)
{
    begin(false);
    for (size_t k = 0; k < VECTORS; k++) {
        const struct vector *v = &vectors[k];
        struct cipher_suite suite;
        struct sa sa = sa_of(v, &suite);
        uint8_t text[256];
        uint8_t packet[256];
        uint8_t next = 0;
        size_t text_bytes = bytes_of_hex(v->text, text);
        size_t bytes = bytes_of_hex(v->packet, packet);
        struct pkt *p = packet_of(text, text_bytes);
        check_sealed(v, esp_seal(&sa, p, HEADERS, v->next) == ESP_GOOD && holds(p, packet, bytes));
        CHECK_EQ(sa.sequence, v->sequence);
        CHECK_EQ(p->len, HEADERS + text_bytes + esp_growth(&suite, text_bytes));
        check_sealed(v, esp_open(&sa, p, HEADERS, &next) == ESP_GOOD && next == v->next &&
                            holds(p, text, text_bytes) && p->len == HEADERS + text_bytes);
        pkt_give(&packets, p);
    }
    end();
}

/* One after the other through fewer contexts than there are keys, so that each is set up again. */
static void a_changed_bit_is_found(void)
{
    begin(false);
    for (size_t k = 0; k < VECTORS; k++) {
        const struct vector *v = &vectors[k];
        struct cipher_suite suite;
        struct sa sa = sa_of(v, &suite);
        uint8_t text[256];
        uint8_t next;
        struct pkt *p = packet_of(text, bytes_of_hex(v->text, text));
        CHECK_EQ(esp_seal(&sa, p, HEADERS, v->next), ESP_GOOD);
        uint32_t length = p->len;
        for (size_t at = HEADERS; at < length; at++) {
            struct sa fresh = sa;
            struct pkt *changed = pkt_copy(&packets, p);
            if (at >= HEADERS + 4 && at < HEADERS + 8)
                fresh.replay.window = 0; /* it would be too old */
            changed->at[at] ^= (uint8_t)(1u << at % 8);
            CHECK_EQ(esp_open(&fresh, changed, HEADERS, &next), ESP_ICV);
            CHECK_EQ(changed->len, length);
            CHECK_EQ(fresh.count.icv, 1);
            CHECK_EQ(fresh.replay.top, v->sequence - 1);
            pkt_give(&packets, changed);
        }
        pkt_give(&packets, p);
    }
    end();
}

/* Without ciphers packets are as long, and what was changed outside of the text is found. */
static void sized_packets_are_as_long(void)
{
    begin(true);
    for (size_t k = 0; k < VECTORS; k++) {
        const struct vector *v = &vectors[k];
        struct cipher_suite suite;
        struct sa sa = sa_of(v, &suite);
        struct sa other = sa;
        uint8_t text[256];
        uint8_t next;
        size_t bytes = bytes_of_hex(v->text, text);
        size_t front = (size_t)IV_AT + suite.iv_bytes;
        struct pkt *p = packet_of(text, bytes);
        CHECK_EQ(esp_seal(&sa, p, HEADERS, v->next), ESP_GOOD);
        CHECK_EQ(p->len, HEADERS + bytes + esp_growth(&suite, bytes));
        CHECK(!memcmp(p->at + HEADERS + front, text, bytes));
        other.keys.encryption[0] ^= 1;
        other.keys.integrity[0] ^= 1;
        other.cipher = cipher_new(shared, &suite, other.keys.encryption, other.keys.integrity);
        for (size_t at = HEADERS; at < p->len; at++) {
            struct sa fresh = sa;
            struct pkt *changed = pkt_copy(&packets, p);
            if (at == HEADERS + front)
                at = p->len - suite.icv_bytes;
            if (at >= HEADERS + 4 && at < HEADERS + 8)
                fresh.replay.window = 0;
            changed->at[at] ^= (uint8_t)(1u << at % 8);
            CHECK_EQ(esp_open(&fresh, changed, HEADERS, &next), ESP_ICV);
            pkt_give(&packets, changed);
        }
        CHECK_EQ(esp_open(&other, p, HEADERS, &next), ESP_ICV);
        CHECK_EQ(esp_open(&sa, p, HEADERS, &next), ESP_GOOD);
        CHECK(next == v->next && holds(p, text, bytes) && p->len == HEADERS + bytes);
        pkt_give(&packets, p);
    }
    end();
}

CHECK_MAIN(CASE(packets_of_others_are_sealed_alike_and_opened), CASE(a_changed_bit_is_found),
           CASE(sized_packets_are_as_long))
