#include "models/wire/ip6.h"
#include "models/wire/mh.h"
#include "sim/base/bytes.h"

#include "tests/check.h"
#include "tests/hex.h"

/* Addresses of all vectors; their checksums were confirmed with scapy, their layout with tshark. */
static const struct addr hoa = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1, [15] = 0}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr ha = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

struct vector {
    const char *name;
    const struct addr *src, *dst;
    const char *hex;
};

static const struct vector vectors[] = {
    {"HoTI", &hoa, &cn, "3b01010056c200000102030405060708"},
    {"CoTI", &coa1, &cn, "3b01020015ca00001112131415161718"},
    {"HoT", &cn, &hoa, "3b02030041990007010203040506070844c50600980c3047"},
    {"CoT", &cn, &coa1, "3b0204000dda000711121314151617180424cd74942ca01a"},
    {"BU to CN", &hoa, &cn, "3b0305006f6b006480000069040400070007050c8b891382968411463c4ae64c"},
    {"BA from CN", &cn, &hoa, "3b030600a86a000000640069010400000000050c9b8db1d698ecb184d70e4398"},
    {"BU to CN with BID", &hoa, &cn,
     "3b060500c7f700658000006904040007000723140001000020010db800b1000000000000000000110100050c1bdb"
     "8bce82dbea1ef048b947"},
    {"BU with alternate CoA", &hoa, &ha,
     "3b0305003fab0001f00000960100031020010db800b100000000000000000011"},
    {"BA", &ha, &hoa, "3b0106005fc700800001009601020000"},
    {"BA with refresh advice", &ha, &hoa, "3b0106005e4f00800001009602020078"},
    {"BU at home", &hoa, &ha, "3b01050071db0002f000000001020000"},
    {"BRR", &cn, &hoa, "3b00000067df0000"},
    {"BE", &ha, &coa1, "3b020700315c010020010db8000a00000000000000000100"},
    {"BU bulk O", &hoa, &ha,
     "3b070500cc950003f040009601040000000023140001000120010db800b10000000000000000001101002314000200"
     "0220010db800b200000000000000000022"},
    {"BA not complete", &ha, &hoa, "3b02060095af048000030096230400010001230400028102"},
    {"BU refresh without CoA", &hoa, &ha, "3b0205002c2e0004f0000096230400010001230400020002"},
    {"BU delete one BID", &hoa, &ha, "3b0205004ec50005f0000000230400020002010400000000"},
    {"BU home binding", &hoa, &ha,
     "3b0405002ec70006e000009601040000000023140003008320010db8000a00000000000000000100"},
};

enum { N = sizeof vectors / sizeof vectors[0] };

static void every_vector_is_read_and_written_back(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[128], out[128];
        size_t n = bytes_of_hex(vectors[k].hex, in);
        struct mh m;
        enum mh_fault fault = mh_read(vectors[k].src, vectors[k].dst, in, n, &m);
        struct writer w = wr_over(out, sizeof out);
        mh_write(&w, vectors[k].src, vectors[k].dst, &m);
        if (fault || w.full || w.len != n || memcmp(in, out, n) != 0)
            (void)fprintf(stderr, "%s: fault %d\n", vectors[k].name, (int)fault);
        CHECK(!fault && w.len == n && !memcmp(in, out, n));
    }
}

static void refuses_every_shorter_message_and_every_smaller_buffer(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[128], out[128];
        size_t n = bytes_of_hex(vectors[k].hex, in);
        struct mh m;
        for (size_t less = 0; less < n; less++)
            CHECK(mh_read(vectors[k].src, vectors[k].dst, in, less, &m) != MH_GOOD);
        CHECK_EQ(mh_read(vectors[k].src, vectors[k].dst, in, n, &m), MH_GOOD);
        for (size_t less = 0; less < n; less++) {
            struct writer w = wr_over(out, less);
            mh_write(&w, vectors[k].src, vectors[k].dst, &m);
            CHECK(w.full);
        }
    }
}

static void every_flipped_bit_breaks_the_checksum(void)
{
    uint8_t in[128];
    struct mh m;
    size_t n = bytes_of_hex(vectors[13].hex, in);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        in[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(mh_read(&hoa, &ha, in, n, &m) != MH_GOOD);
        in[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK_EQ(mh_read(&coa1, &ha, in, n, &m), MH_BAD_CHECKSUM); /* it covers the home address */
}

static void bulk_options_mean_what_they_say(void)
{
    uint8_t in[128];
    struct mh m;
    size_t n = bytes_of_hex(vectors[13].hex, in);
    CHECK_EQ(mh_read(&hoa, &ha, in, n, &m), MH_GOOD);
    CHECK_EQ(m.bids, 2);
    CHECK_EQ(m.flags & MH_BU_OVERWRITE, MH_BU_OVERWRITE);
    CHECK(m.bid[0].bid == 1 && m.bid[0].priority == 1 && addr_eq(&m.bid[0].coa, &coa1));
    CHECK(m.bid[1].bid == 2 && m.bid[1].priority == 2 && addr_eq(&m.bid[1].coa, &coa2));
    n = bytes_of_hex(vectors[14].hex, in);
    CHECK_EQ(mh_read(&ha, &hoa, in, n, &m), MH_GOOD);
    CHECK(m.status == MH_ST_NOT_COMPLETE && m.bid[0].status == 0 && m.bid[1].status == 129);
    n = bytes_of_hex(vectors[17].hex, in);
    CHECK_EQ(mh_read(&hoa, &ha, in, n, &m), MH_GOOD);
    CHECK(m.bid[0].home && addr_eq(&m.bid[0].coa, &hoa));
}

/* Put a right checksum on altered bytes and read them. */
static enum mh_fault reread(uint8_t *in, size_t n, struct mh *m)
{
    in[4] = in[5] = 0;
    uint16_t sum = ip6_checksum(&hoa, &ha, IP6_MH, in, n);
    in[4] = (uint8_t)(sum >> 8);
    in[5] = (uint8_t)sum;
    return mh_read(&hoa, &ha, in, n, m);
}

static void each_kind_of_fault_has_its_name(void)
{
    uint8_t in[128];
    struct mh m;
    size_t n = bytes_of_hex(vectors[7].hex, in);
    in[0] = 6;
    CHECK_EQ(reread(in, n, &m), MH_BAD_PROTO);
    in[0] = 59;
    in[2] = 200;
    CHECK_EQ(reread(in, n, &m), MH_UNKNOWN_TYPE);
    in[2] = MH_BU;
    in[1]++; /* claims more than is there */
    CHECK_EQ(reread(in, n, &m), MH_CUT_SHORT);
    in[1]--;
    in[15] = 17; /* an alternate care-of address of 17 bytes */
    CHECK_EQ(reread(in, n, &m), MH_BAD_OPTION);
    in[15] = 16;
    in[14] = 200; /* unknown: skipped and counted */
    CHECK_EQ(reread(in, n, &m), MH_GOOD);
    CHECK_EQ(m.skipped, 1);
    uint8_t small[16] = {59, 0, MH_BU};
    CHECK_EQ(reread(small, 8, &m), MH_BAD_LENGTH);
    CHECK_EQ(reread(small, 16, &m), MH_BAD_LENGTH); /* though enough is there */
}

static void reserved_fields_change_nothing(void)
{
    uint8_t in[128];
    struct mh m;
    size_t n = bytes_of_hex(vectors[7].hex, in);
    in[3] = 0xff; /* Reserved */
    in[9] |= 0x0f;
    CHECK_EQ(reread(in, n, &m), MH_GOOD);
    CHECK(m.sequence == 1 && m.has_alternate && addr_eq(&m.alternate, &coa1));
}

static void nothing_may_follow_the_authenticator(void)
{
    uint8_t in[128];
    struct mh m;
    size_t n = bytes_of_hex(vectors[4].hex, in);
    in[1]++; /* eight bytes of padding behind it */
    memset(in + n, 0, 8);
    RULE("MIP6-MH-10");
    CHECK_EQ(reread(in, n + 8, &m), MH_BAD_OPTION);
}

/* AMB-13: 4 is what is sent (RFC 5648 4.3), but an address that is there does no harm. */
static void an_acknowledgement_may_repeat_the_address(void)
{
    uint8_t out[128];
    struct mh m = {.type = MH_BA, .lifetime = 9, .bids = 1}, back;
    m.bid[0] = (struct mh_bid){.bid = 7, .status = 5, .has_coa = true, .coa = coa1};
    struct writer w = wr_over(out, sizeof out);
    mh_write(&w, &ha, &hoa, &m);
    CHECK_EQ(mh_read(&ha, &hoa, out, w.len, &back), MH_GOOD);
    CHECK(back.bid[0].length == 20 && back.bid[0].bid == 7 && back.bid[0].status == 5);
}

static void ipv4_care_of_addresses_are_mapped(void)
{
    uint8_t out[128];
    struct mh m = {.type = MH_BU, .bids = 1}, back;
    m.bid[0] = (struct mh_bid){.bid = 7, .has_coa = true};
    m.bid[0].coa = (struct addr){{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}};
    struct writer w = wr_over(out, sizeof out);
    mh_write(&w, &hoa, &ha, &m);
    CHECK_EQ(mh_read(&hoa, &ha, out, w.len, &back), MH_GOOD);
    CHECK_EQ(back.bid[0].length, 8);
    CHECK(addr_eq(&back.bid[0].coa, &m.bid[0].coa));
}

CHECK_MAIN(CASE(every_vector_is_read_and_written_back),
           CASE(refuses_every_shorter_message_and_every_smaller_buffer),
           CASE(every_flipped_bit_breaks_the_checksum), CASE(bulk_options_mean_what_they_say),
           CASE(each_kind_of_fault_has_its_name), CASE(reserved_fields_change_nothing),
           CASE(nothing_may_follow_the_authenticator),
           CASE(an_acknowledgement_may_repeat_the_address), CASE(ipv4_care_of_addresses_are_mapped))
