/* Home Agent Address Discovery Requests and Replies on the wire. */
#include "models/wire/dhaad.h"
#include "sim/base/bytes.h"

#include "tests/check.h"
#include "tests/hex.h"

static const struct prefix home = {{{0x20, 1, 0xd, 0xb8, 0, 0xa}}, 64};
static const struct addr coa = {{0x20, 1, 0xd, 0xb8, 0, 2, [15] = 5}};
static const struct addr anycast = {
    {0x20, 1, 0xd, 0xb8, 0, 0xa, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};
static const struct addr ha = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};

struct vector {
    const struct addr *src, *dst;
    const char *hex;
    struct dhaad means;
};

/* Written by scapy 2.5.0, so that every byte is somebody else's, the checksum too. */
static const struct vector vectors[] = {
    {&coa, &anycast, "9000040712340000", {.type = ICMP6_HAAD_REQUEST, .identifier = 0x1234}},
    {&ha,
     &coa,
     "9100775a1234000020010db8000a0000000000000000002020010db8000a00000000000000000010"
     "20010db8000a00000000000000000001",
     {.type = ICMP6_HAAD_REPLY,
      .identifier = 0x1234,
      .addresses = 3,
      .address = {{{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 0x20}},
                  {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 0x10}},
                  {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}}}}},
    {&ha, &coa, "9100133900000000", {.type = ICMP6_HAAD_REPLY}},
};

enum { N = sizeof vectors / sizeof vectors[0] };

static bool same(const struct dhaad *a, const struct dhaad *b)
{
    bool same =
        a->type == b->type && a->identifier == b->identifier && a->addresses == b->addresses;
    for (unsigned k = 0; same && k < a->addresses; k++)
        same = addr_eq(&a->address[k], &b->address[k]);
    return same;
}

static void every_vector_is_read_and_written_back(void)
{
    for (size_t k = 0; k < N; k++) {
        const struct vector *v = &vectors[k];
        uint8_t in[128];
        uint8_t out[128];
        size_t n = bytes_of_hex(v->hex, in);
        const struct ip6 h = {.src = *v->src, .dst = *v->dst};
        struct dhaad m;
        uint8_t type = 0;
        CHECK_EQ(icmp6_check(&h, in, n, &type), ICMP6_GOOD);
        CHECK_EQ(type, v->means.type);
        CHECK_EQ(dhaad_read(in, n, &m), ICMP6_GOOD);
        CHECK(same(&m, &v->means));
        struct writer w = wr_over(out, sizeof out);
        dhaad_write(&w, v->src, v->dst, &v->means);
        CHECK(!w.full && w.len == n && !memcmp(in, out, n));
    }
}

static void refuses_every_shorter_message_and_every_smaller_buffer(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[128];
        uint8_t out[128];
        size_t n = bytes_of_hex(vectors[k].hex, in);
        struct dhaad m;
        for (size_t len = 0; len < n; len++) {
            bool whole = len >= 8 && (len - 8) % 16 == 0; /* fewer addresses are a message, too */
            CHECK(whole || dhaad_read(in, len, &m) == ICMP6_CUT_SHORT);
            struct writer w = wr_over(out, len);
            dhaad_write(&w, vectors[k].src, vectors[k].dst, &vectors[k].means);
            CHECK(w.full);
        }
    }
}

static void refuses_codes_and_other_types_and_skips_reserved_bits(void)
{
    uint8_t in[128];
    struct dhaad m;
    size_t n = bytes_of_hex(vectors[1].hex, in);
    in[6] = in[7] = 0xff;
    CHECK_EQ(dhaad_read(in, n, &m), ICMP6_GOOD);
    CHECK(same(&m, &vectors[1].means));
    in[1] = 1;
    CHECK_EQ(dhaad_read(in, n, &m), ICMP6_BAD_CODE);
    in[1] = 0;
    in[0] = ICMP6_MPS;
    CHECK_EQ(dhaad_read(in, n, &m), ICMP6_BAD_CODE);
    in[0] = ICMP6_HAAD_REQUEST; /* what stands behind a request means nothing: RFC 6275 6.5 */
    CHECK(dhaad_read(in, n, &m) == ICMP6_GOOD && m.addresses == 0);
}

static void a_reply_of_all_addresses_has_1280_octets(void)
{
    uint8_t out[2048];
    struct dhaad m = {.type = ICMP6_HAAD_REPLY, .addresses = DHAAD_ADDRESSES};
    struct dhaad back;
    for (unsigned k = 0; k < DHAAD_ADDRESSES; k++)
        m.address[k].b[15] = (uint8_t)(k + 1);
    struct writer w = wr_over(out, sizeof out);
    dhaad_write(&w, &ha, &coa, &m);
    CHECK(w.len + IP6_HEADER <= IP6_MTU_MIN && w.len + IP6_HEADER + 16 > IP6_MTU_MIN);
    CHECK(dhaad_read(out, w.len, &back) == ICMP6_GOOD && same(&m, &back));
    wr_bytes(&w, ha.b, sizeof ha.b); /* one more, for which there is no room */
    CHECK(dhaad_read(out, w.len, &back) == ICMP6_GOOD && same(&m, &back));
}

static void the_anycast_address_is_that_of_rfc_2526(void)
{
    struct addr a = dhaad_anycast(&home);
    CHECK(addr_eq(&a, &anycast));
}

CHECK_MAIN(CASE(every_vector_is_read_and_written_back),
           CASE(refuses_every_shorter_message_and_every_smaller_buffer),
           CASE(refuses_codes_and_other_types_and_skips_reserved_bits),
           CASE(a_reply_of_all_addresses_has_1280_octets),
           CASE(the_anycast_address_is_that_of_rfc_2526))
