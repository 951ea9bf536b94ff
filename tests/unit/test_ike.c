/* IKEv2 messages as a whole: the vectors, the header, the chain of payloads, the words. */
#include "models/wire/ike.h"

#include "tests/check.h"
#include "tests/hex.h"
#include "tests/ike_again.h"

enum { BYTES = 512 };

/* Both messages and the payloads below were read by tshark. */
static const char *const messages[] = {
    "111111111111111100000000000000002120220800000000000000902200002800000024010100030300000c010000"
    "14800e00800300000802000005000000080400001f28000028001f00008520f0098930a754748b7ddcb43ef75a0dbf"
    "3a0d26381af4eba4a98eaa9b4e6a00000024202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c"
    "3d3e3f",
    "111111111111111122222222222222222120222000000000000000902200002800000024010100030300000c010000"
    "14800e00800300000802000005000000080400001f28000028001f0000de9edb7d7b7dc1b4d35b61c2ece435373f83"
    "43c85b78674dadfc7e146f882b4f00000024404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c"
    "5d5e5f",
    "111111111111111122222222222222222e20250800000002000000390000001d0000000000000002c3de49db75f990"
    "21633f8f0f972987eb05",
    "111111111111111122222222222222222e20252000000002000000390000001d0000000000000002146ba2736e72fb"
    "2ed093e7350451566cbd",
};

enum { N = sizeof messages / sizeof messages[0] };

static enum ike_fault read_whole(const uint8_t *in, size_t n, struct ike_header *h,
                                 struct ike_payloads *list)
{
    enum ike_fault fault = ike_read_header(in, n, h);
    return fault ? fault
                 : ike_read_payloads(h->next, in + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, list);
}

static void every_vector_is_read_and_written_back(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[BYTES], out[BYTES];
        size_t n = bytes_of_hex(messages[k], in);
        struct ike_header h;
        struct ike_payloads list;
        CHECK_EQ(read_whole(in, n, &h, &list), IKE_GOOD);
        CHECK_EQ(ike_check(h.exchange, h.flags & IKE_RESPONSE, true, &list), IKE_GOOD);
        for (size_t cap = 0; cap <= n; cap++) { /* every smaller buffer is too small */
            struct ike_writer w;
            ike_begin(&w, out, cap, &h);
            for (unsigned i = 0; i < list.n; i++)
                CHECK_EQ(ike_again(&w, &list.p[i]), IKE_GOOD);
            CHECK_EQ(ike_end(&w), cap == n ? n : 0);
        }
        CHECK(!memcmp(in, out, n));
    }
}

static void the_first_vector_means_what_it_says(void)
{
    uint8_t in[BYTES];
    size_t n = bytes_of_hex(messages[0], in);
    struct ike_header h;
    struct ike_payloads list;
    struct ike_sa_payload sa;
    struct ike_ke ke;
    CHECK_EQ(read_whole(in, n, &h, &list), IKE_GOOD);
    CHECK(h.spi_i == 0x1111111111111111 && h.spi_r == 0 && h.next == IKE_P_SA);
    CHECK(h.major == 2 && h.minor == 0 && h.exchange == IKE_SA_INIT);
    CHECK(h.flags == IKE_INITIATOR && h.id == 0 && h.length == n);
    CHECK(list.n == 3 && list.p[2].type == IKE_P_NONCE && list.p[2].bytes == 32);
    CHECK_EQ(ike_read_sa(ike_find(&list, IKE_P_SA), &sa), IKE_GOOD);
    CHECK(sa.proposals == 1 && sa.proposal[0].number == 1 && sa.proposal[0].transforms == 3);
    CHECK(sa.proposal[0].protocol == IKE_PROTO_IKE && sa.proposal[0].spi_bytes == 0);
    const struct ike_transform *t = sa.proposal[0].transform;
    CHECK(t[0].type == IKE_T_ENCR && t[0].id == 20 && t[0].key_bits == 128 && !t[0].unknown);
    CHECK(t[1].type == IKE_T_PRF && t[1].id == 5 && t[1].key_bits == 0);
    CHECK(t[2].type == IKE_T_DH && t[2].id == 31);
    CHECK_EQ(ike_read_ke(ike_find(&list, IKE_P_KE), &ke), IKE_GOOD);
    CHECK(ke.group == 31 && ke.bytes == 32 && ke.data[0] == 0x85);
    CHECK(ike_find(&list, IKE_P_NOTIFY) == NULL);
}

static void refuses_every_shorter_message(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[BYTES];
        struct ike_header h;
        struct ike_payloads list;
        size_t n = bytes_of_hex(messages[k], in);
        for (size_t less = 0; less < n; less++)
            CHECK_EQ(ike_read_header(in, less, &h), IKE_CUT_SHORT);
        CHECK_EQ(ike_read_header(in, n + 1, &h), IKE_CUT_SHORT);
        for (size_t less = IKE_HEADER_BYTES; less < n; less++) { /* where the header agrees */
            in[26] = (uint8_t)(less >> 8);
            in[27] = (uint8_t)less;
            CHECK_EQ(read_whole(in, less, &h, &list), IKE_CUT_SHORT);
        }
    }
}

static void headers_are_refused_for_what_they_say(void)
{
    uint8_t in[BYTES];
    struct ike_header h;
    size_t n = bytes_of_hex(messages[0], in);
    in[17] = 0x30;
    RULE("IKE-HDR-3");
    CHECK_EQ(ike_read_header(in, n, &h), IKE_BAD_VERSION);
    CHECK(h.major == 3 && h.spi_i == 0x1111111111111111 && h.exchange == IKE_SA_INIT && h.id == 0);
    CHECK_EQ(ike_read_header(in, n - 1, &h), IKE_BAD_VERSION); /* a later one may end otherwise */
    in[17] = 0x2f;
    in[19] |= 0xc7 | IKE_HIGHER;
    RULE("IKE-HDR-3");
    CHECK_EQ(ike_read_header(in, n, &h), IKE_GOOD);
    CHECK_EQ(h.minor, 15);
    in[17] = 0x10;
    CHECK_EQ(ike_read_header(in, n, &h), IKE_BAD_EXCHANGE);
    in[17] = 0x20;
    for (unsigned exchange = 0; exchange < 256; exchange++) {
        in[18] = (uint8_t)exchange;
        bool known = exchange >= IKE_SA_INIT && exchange <= IKE_INFORMATIONAL;
        CHECK_EQ(ike_read_header(in, n, &h), known ? IKE_GOOD : IKE_BAD_EXCHANGE);
    }
    in[18] = IKE_SA_INIT;
    memset(in, 0, 8);
    CHECK_EQ(ike_read_header(in, n, &h), IKE_BAD_SPI);
    in[7] = 1;
    CHECK_EQ(ike_read_header(in, n, &h), IKE_GOOD);
    CHECK_EQ(h.spi_i, 1);
}

static enum ike_fault chain(uint8_t first, const char *hex, struct ike_payloads *list)
{
    static uint8_t in[BYTES];
    return ike_read_payloads(first, in, bytes_of_hex(hex, in), list);
}

static void unknown_payloads_are_left_out_if_they_may(void)
{
    struct ike_payloads list;
    RULE("IKE-HDR-5");
    CHECK_EQ(chain(200, "2900000601022b00000800004007c87f0004c900000400000004", &list), IKE_GOOD);
    CHECK(list.n == 2 && list.p[0].type == IKE_P_NOTIFY && list.p[1].type == IKE_P_VENDOR);
    CHECK(list.p[0].bytes == 4 && list.p[1].bytes == 0 && !list.p[1].critical);
    RULE("IKE-HDR-5");
    CHECK_EQ(chain(41, "c80000080000400700800004", &list), IKE_UNKNOWN_CRITICAL);
    CHECK_EQ(list.unknown_critical, 200);
    /* a known one is read whatever its bit says: RFC 7296 3.2 */
    CHECK_EQ(chain(41, "0080000800004007", &list), IKE_GOOD);
    CHECK(list.n == 1 && list.p[0].critical && list.unknown_critical == 0);
}

static void lengths_of_the_chain_must_agree(void)
{
    struct ike_payloads list;
    CHECK_EQ(chain(0, "", &list), IKE_GOOD); /* an empty INFORMATIONAL */
    CHECK_EQ(list.n, 0);
    CHECK_EQ(chain(0, "00", &list), IKE_CUT_SHORT);
    CHECK_EQ(chain(43, "", &list), IKE_CUT_SHORT);
    CHECK_EQ(chain(43, "000000", &list), IKE_CUT_SHORT);
    for (unsigned length = 0; length < 9; length++) {
        char hex[32];
        (void)snprintf(hex, sizeof hex, "0000%04x01020304", length);
        CHECK_EQ(chain(43, hex, &list), length == 8 ? IKE_GOOD : IKE_CUT_SHORT);
        CHECK_EQ(chain(200, hex, &list), length == 8 ? IKE_GOOD : IKE_CUT_SHORT);
    }
    char hex[8 * (IKE_PAYLOADS + 1) + 1] = "";
    for (size_t n = 1; n <= IKE_PAYLOADS + 1; n++) {
        if (n > 1)
            memcpy(hex + 8 * (n - 2), "2b", 2);
        memcpy(hex + 8 * (n - 1), "00000004", 9);
        CHECK_EQ(chain(43, hex, &list), n <= IKE_PAYLOADS ? IKE_GOOD : IKE_TOO_MANY);
    }
}

static void an_encrypted_payload_is_the_last_one(void)
{
    struct ike_payloads list;
    CHECK_EQ(chain(43, "2e0000042900000801020304", &list), IKE_GOOD);
    CHECK(list.n == 2 && list.p[1].type == IKE_P_SK && list.p[1].next == IKE_P_NOTIFY);
    CHECK(list.p[1].bytes == 4 && list.p[1].body[0] == 1);
    RULE("IKE-HDR-6");
    CHECK_EQ(chain(46, "2b0000080102030400000004", &list), IKE_CUT_SHORT);
    RULE("IKE-HDR-6");
    CHECK_EQ(chain(53, "2b000008000100010000", &list), IKE_CUT_SHORT);
    CHECK_EQ(chain(46, "2e00000801020304", &list), IKE_GOOD); /* inside of another: the table */
    RULE("IKE-HDR-6");
    CHECK_EQ(ike_check(IKE_INFORMATIONAL, false, false, &list), IKE_MISPLACED);
}

static void an_encrypted_payload_is_written_with_a_hole(void)
{
    uint8_t out[64];
    struct ike_header h = {.spi_i = 1, .spi_r = 2, .exchange = IKE_AUTH, .id = 1};
    struct ike_payloads list;
    struct ike_skf f;
    struct ike_writer w;
    ike_begin(&w, out, sizeof out, &h);
    uint8_t *hole = ike_put_sk(&w, IKE_P_IDI, 0, 0, 8);
    CHECK(hole == out + IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER);
    size_t n = ike_end(&w);
    CHECK_EQ(n, 28 + 4 + 8);
    CHECK_EQ(read_whole(out, n, &h, &list), IKE_GOOD);
    CHECK(list.n == 1 && list.p[0].type == IKE_P_SK && list.p[0].next == IKE_P_IDI);
    ike_begin(&w, out, sizeof out, &h);
    hole = ike_put_sk(&w, 0, 2, 3, 8);
    CHECK(hole == out + IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + 4);
    n = ike_end(&w);
    CHECK_EQ(read_whole(out, n, &h, &list), IKE_GOOD);
    CHECK_EQ(ike_read_skf(ike_find(&list, IKE_P_SKF), &f), IKE_GOOD);
    CHECK(f.number == 2 && f.total == 3 && f.data == hole && f.bytes == 8);
    ike_begin(&w, out, n - 1, &h);
    CHECK(ike_put_sk(&w, 0, 2, 3, 8) == NULL);
    CHECK_EQ(ike_end(&w), 0);
    ike_begin_inside(&w, out, sizeof out);
    CHECK_EQ(ike_end(&w), 0);
    CHECK(w.first == IKE_P_NONE && !w.w.full);
}

static void what_no_length_can_tell_is_not_written(void)
{
    static uint8_t out[70000], much[66000];
    struct ike_writer w;
    ike_begin_inside(&w, out, sizeof out);
    ike_put_bytes(&w, IKE_P_VENDOR, much, 0xffff - IKE_PAYLOAD_HEADER);
    CHECK_EQ(ike_end(&w), 0xffff);
    ike_begin_inside(&w, out, sizeof out);
    ike_put_bytes(&w, IKE_P_VENDOR, much, 0x10000 - IKE_PAYLOAD_HEADER);
    CHECK_EQ(ike_end(&w), 0);
    ike_begin_inside(&w, out, sizeof out);
    ike_put_cp(&w, &(struct ike_cp){IKE_CP_SET, 1, {{IKE_A_IP6_DNS, much, 0x10000}}});
    CHECK_EQ(ike_end(&w), 0);
}

static void words_are_those_of_the_rfcs(void)
{
    CHECK(!strcmp(ike_exchange_name(IKE_CREATE_CHILD_SA), "CREATE_CHILD_SA"));
    CHECK(!ike_exchange_name(33) && !ike_exchange_name(38));
    CHECK(!strcmp(ike_payload_name(IKE_P_IDI), "IDi") && !strcmp(ike_payload_name(53), "SKF"));
    CHECK(!ike_payload_name(0) && !ike_payload_name(49) && !ike_payload_name(255));
    CHECK(!strcmp(ike_notify_name(16390), "COOKIE"));
    CHECK(!strcmp(ike_notify_name(IKE_N_USE_ASSIGNED_HOA), "USE_ASSIGNED_HOA"));
    CHECK(!ike_notify_name(0) && !ike_notify_name(65535));
    CHECK(!strcmp(ike_fault_name(IKE_GOOD), "good"));
    CHECK(!strcmp(ike_fault_name(IKE_MISSING), "missing"));
}

CHECK_MAIN(CASE(every_vector_is_read_and_written_back), CASE(the_first_vector_means_what_it_says),
           CASE(refuses_every_shorter_message), CASE(headers_are_refused_for_what_they_say),
           CASE(unknown_payloads_are_left_out_if_they_may), CASE(lengths_of_the_chain_must_agree),
           CASE(an_encrypted_payload_is_the_last_one),
           CASE(an_encrypted_payload_is_written_with_a_hole),
           CASE(what_no_length_can_tell_is_not_written), CASE(words_are_those_of_the_rfcs))
