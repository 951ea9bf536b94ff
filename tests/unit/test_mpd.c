/* Mobile Prefix Solicitations and Advertisements on the wire. */
#include "models/wire/mpd.h"
#include "sim/base/bytes.h"

#include "tests/check.h"
#include "tests/hex.h"

static const struct addr hoa = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr ha = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};

struct vector {
    const char *name;
    const struct addr *src, *dst;
    const char *hex;
    struct mpd means;
};

/* Written by scapy 2.5.0, so that every byte is somebody else's, the checksum too. */
static const struct vector vectors[] = {
    {"MPS", &hoa, &ha, "9200ff0112340000", {.type = ICMP6_MPS, .identifier = 0x1234}},
    {"MPA of one prefix",
     &ha,
     &hoa,
     "93008b8512340000030440e0000000780000003c0000000020010db8000a00000000000000000001",
     {.type = ICMP6_MPA,
      .identifier = 0x1234,
      .prefixes = 1,
      .prefix = {{.prefix = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}},
                  .len = 64,
                  .on_link = true,
                  .autonomous = true,
                  .router = true,
                  .valid_s = 120,
                  .preferred_s = 60}}}},
    {"MPA with M and O of two prefixes",
     &ha,
     &hoa,
     "9300df850000c000030440e000278d00000000000000000020010db8000a00000000000000000001"
     "03044040ffffffffffffffff0000000020010db800a200000000000000000000",
     {.type = ICMP6_MPA,
      .managed = true,
      .other = true,
      .prefixes = 2,
      .prefix = {{.prefix = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}},
                  .len = 64,
                  .on_link = true,
                  .autonomous = true,
                  .router = true,
                  .valid_s = 2592000},
                 {.prefix = {{0x20, 1, 0xd, 0xb8, 0, 0xa2}},
                  .len = 64,
                  .autonomous = true,
                  .valid_s = ND_INFINITE,
                  .preferred_s = ND_INFINITE}}}},
};

enum { N = sizeof vectors / sizeof vectors[0] };

static bool same_prefix(const struct nd_prefix *a, const struct nd_prefix *b)
{
    return addr_eq(&a->prefix, &b->prefix) && a->len == b->len && a->on_link == b->on_link &&
           a->autonomous == b->autonomous && a->router == b->router && a->valid_s == b->valid_s &&
           a->preferred_s == b->preferred_s;
}

static bool same(const struct mpd *a, const struct mpd *b)
{
    bool same = a->type == b->type && a->identifier == b->identifier && a->managed == b->managed &&
                a->other == b->other && a->prefixes == b->prefixes;
    for (unsigned k = 0; same && k < a->prefixes; k++)
        same = same_prefix(&a->prefix[k], &b->prefix[k]);
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
        struct mpd m;
        uint8_t type = 0;
        CHECK_EQ(icmp6_check(&h, in, n, &type), ICMP6_GOOD);
        CHECK_EQ(type, v->means.type);
        CHECK_EQ(mpd_read(in, n, &m), ICMP6_GOOD);
        CHECK(same(&m, &v->means));
        struct writer w = wr_over(out, sizeof out);
        mpd_write(&w, v->src, v->dst, &v->means);
        if (w.len != n || memcmp(in, out, n) != 0)
            (void)fprintf(stderr, "%s is written otherwise\n", v->name);
        CHECK(!w.full && w.len == n && !memcmp(in, out, n));
    }
}

static void refuses_every_shorter_message_and_every_smaller_buffer(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[128];
        uint8_t out[128];
        size_t n = bytes_of_hex(vectors[k].hex, in);
        struct mpd m;
        for (size_t len = 0; len < n; len++) {
            bool whole = len >= 8 && (len - 8) % 32 == 0; /* fewer options are a message, too */
            CHECK(whole || mpd_read(in, len, &m) != ICMP6_GOOD);
            struct writer w = wr_over(out, len);
            mpd_write(&w, vectors[k].src, vectors[k].dst, &vectors[k].means);
            CHECK(w.full);
        }
    }
}

static void refuses_codes_other_types_and_options_of_length_0(void)
{
    uint8_t in[128];
    struct mpd m;
    size_t n = bytes_of_hex(vectors[1].hex, in);
    in[1] = 1;
    CHECK_EQ(mpd_read(in, n, &m), ICMP6_BAD_CODE);
    in[1] = 0;
    in[0] = 145;
    CHECK_EQ(mpd_read(in, n, &m), ICMP6_BAD_CODE);
    in[0] = ICMP6_MPA;
    in[9] = 0;
    CHECK_EQ(mpd_read(in, n, &m), ICMP6_BAD_OPTION);
}

/* "Home agents MUST silently ignore any options they do not recognize": RFC 6275 6.7. */
static void skips_unknown_options_and_reserved_bits(void)
{
    uint8_t in[64] = {ICMP6_MPS, 0, 0, 0, 0x56, 0x78, 0xff, 0xff, 200, 1, [15] = 9};
    struct mpd m;
    CHECK_EQ(mpd_read(in, 16, &m), ICMP6_GOOD);
    CHECK(m.identifier == 0x5678 && !m.managed && !m.other && m.prefixes == 0);
    in[0] = ICMP6_MPA;
    in[6] = 0x3f;
    CHECK_EQ(mpd_read(in, 16, &m), ICMP6_GOOD);
    CHECK(!m.managed && !m.other && m.prefixes == 0);
}

/* More prefixes than there is room for. */
static void takes_the_first_prefixes(void)
{
    uint8_t out[256];
    uint8_t option[32] = {3, 4, 64, 0xc0};
    struct mpd m = {.type = ICMP6_MPA, .prefixes = ND_PREFIXES};
    for (unsigned k = 0; k < ND_PREFIXES; k++)
        m.prefix[k] = (struct nd_prefix){.len = 64, .valid_s = k};
    struct writer w = wr_over(out, sizeof out);
    mpd_write(&w, &ha, &hoa, &m);
    wr_bytes(&w, option, sizeof option);
    CHECK_EQ(mpd_read(out, w.len, &m), ICMP6_GOOD);
    CHECK(m.prefixes == ND_PREFIXES && m.prefix[ND_PREFIXES - 1].valid_s == ND_PREFIXES - 1);
}

CHECK_MAIN(CASE(every_vector_is_read_and_written_back),
           CASE(refuses_every_shorter_message_and_every_smaller_buffer),
           CASE(refuses_codes_other_types_and_options_of_length_0),
           CASE(skips_unknown_options_and_reserved_bits), CASE(takes_the_first_prefixes))
