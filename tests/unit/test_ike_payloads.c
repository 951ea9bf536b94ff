/* Each payload of IKEv2: vectors, what its fields mean, every cut, every length that lies. */
#include "models/wire/ike.h"

#include "tests/check.h"
#include "tests/hex.h"
#include "tests/ike_again.h"

enum { BYTES = 512 };

/* Bodies behind the generic header, one of each kind and form. */
struct vector {
    const char *name;
    uint8_t type;
    const char *hex;
};

static const struct vector vectors[] = {
    /* of the specification, read by tshark inside an encrypted IKE_AUTH */
    {"TSi BU/BA", IKE_P_TSI,
     "01000000088700280500050020010db8000a0000000000000000010020010db8000a00000000000000000100"},
    {"TSr BU/BA", IKE_P_TSR,
     "01000000088700280600060020010db8000a0000000000000000000120010db8000a00000000000000000001"},
    {"TSi HoTI/HoT", IKE_P_TSI,
     "01000000088700280100010020010db8000a0000000000000000010020010db8000a00000000000000000100"},
    {"TSr HoTI/HoT", IKE_P_TSR,
     "01000000088700280300030000000000000000000000000000000000ffffffffffffffffffffffffffffffff"},
    {"TSi MPS/MPA", IKE_P_TSI,
     "01000000083a0028920092ff20010db8000a0000000000000000010020010db8000a00000000000000000100"},
    {"TSr MPS/MPA", IKE_P_TSR,
     "01000000083a0028930093ff20010db8000a0000000000000000000120010db8000a00000000000000000001"},
    {"TSi payload", IKE_P_TSI,
     "01000000080000280000ffff20010db8000a0000000000000000010020010db8000a00000000000000000100"},
    {"TSr payload", IKE_P_TSR,
     "01000000080000280000ffff00000000000000000000000000000000ffffffffffffffffffffffffffffffff"},
    {"CP request", IKE_P_CP, "0100000000080000"},
    {"CP reply", IKE_P_CP, "020000000008001120010db8000a0000000000000000010040"},
    {"USE_TRANSPORT_MODE", IKE_P_NOTIFY, "00004007"},
    {"IDi RFC822", IKE_P_IDI, "030000006d6e3140686f6d652e6578616d706c65"},
    {"AUTH PSK", IKE_P_AUTH,
     "020000007dd92d1251856758a542e8b996fa1489489e3e89d7375d4834a10818999ad914"},
    /* written by hand after RFC 7296 3 */
    {"SA: ESP and AH", IKE_P_SA,
     "0200002801030403c0ffee010300000c0100000c800e0100030000080300000c0000000805000000"
     "0000001c02020402c0ffee02030000080300000c0000000805000001"},
    {"SA: rekey of IKE", IKE_P_SA,
     "0000002c010108030011223344556677"
     "0300000c01000014800e0080030000080200000500000008040000ff"},
    {"IDr IPv6", IKE_P_IDR, "0500000020010db8000a00000000000000000001"},
    {"IDi IPv4", IKE_P_IDI, "01000000c0000201"},
    {"CERT", IKE_P_CERT, "0430820102"},
    {"CERTREQ", IKE_P_CERTREQ, "04000102030405060708090a0b0c0d0e0f10111213"},
    {"KE", IKE_P_KE, "0013000001020304"},
    {"Nonce", IKE_P_NONCE, "000102030405060708090a0b0c0d0e0f"},
    {"REKEY_SA", IKE_P_NOTIFY, "03044009c0ffee01"},
    {"COOKIE", IKE_P_NOTIFY, "0000400601020304"},
    {"of an IKE SA", IKE_P_NOTIFY, "0108000b001122334455667701"},
    {"Delete of the IKE SA", IKE_P_DELETE, "01000000"},
    {"Delete of two", IKE_P_DELETE, "03040002c0ffee01c0ffee02"},
    {"TS of both families", IKE_P_TSI,
     "02000000070600100000ffffc0000200c00002ff"
     "08060028ffff000020010db800000000000000000000000020010db8ffffffffffffffffffffffff"},
    {"CP of home networks", IKE_P_CP, "0100000000100000000a0010fd000000000000000000000000000053"},
    {"SKF", IKE_P_SKF, "00020003aabbccdd"},
    {"SK", IKE_P_SK, "aabbccdd"},
    {"Vendor ID", IKE_P_VENDOR, "6d6f6e616d69"},
};

enum { N = sizeof vectors / sizeof vectors[0] };

static struct ike_payload body_of(uint8_t type, const char *hex, uint8_t in[BYTES])
{
    return (struct ike_payload){.type = type, .body = in, .bytes = bytes_of_hex(hex, in)};
}

static void every_vector_is_read_and_written_back(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[BYTES], out[BYTES];
        struct ike_writer w;
        struct ike_payload p = body_of(vectors[k].type, vectors[k].hex, in);
        size_t n = p.bytes + IKE_PAYLOAD_HEADER;
        for (size_t cap = 0; cap <= n; cap++) {
            ike_begin_inside(&w, out, cap);
            CHECK_EQ(ike_again(&w, &p), IKE_GOOD);
            CHECK_EQ(ike_end(&w), cap == n ? n : 0);
        }
        if (memcmp(out + IKE_PAYLOAD_HEADER, in, p.bytes) != 0)
            (void)fprintf(stderr, "%s\n", vectors[k].name);
        if (p.type == IKE_P_TSI || p.type == IKE_P_TSR)
            RULE("IKE-TS-3");
        CHECK(!memcmp(out + IKE_PAYLOAD_HEADER, in, p.bytes));
        CHECK(out[0] == 0 && out[1] == 0 && out[2] == n >> 8 && out[3] == (uint8_t)n);
        CHECK_EQ(w.first, vectors[k].type);
    }
}

/* Where what follows the fixed part is of any length, a cut is another payload. */
static size_t least_of(uint8_t type)
{
    switch (type) {
    case IKE_P_CERT:
    case IKE_P_CERTREQ:
        return 1;
    case IKE_P_KE:
    case IKE_P_AUTH:
    case IKE_P_SKF:
    case IKE_P_NOTIFY:
        return 4;
    case IKE_P_SK:
    case IKE_P_VENDOR:
        return 0;
    default:
        return SIZE_MAX;
    }
}

static size_t least_whole(const struct vector *v, const uint8_t *in)
{
    if (v->type == IKE_P_IDI && in[0] == IKE_ID_RFC822)
        return 4;
    if (v->type == IKE_P_NOTIFY)
        return 4 + (size_t)in[1];
    return least_of(v->type);
}

static void refuses_every_shorter_payload(void)
{
    for (size_t k = 0; k < N; k++) {
        uint8_t in[BYTES], out[BYTES];
        struct ike_writer w;
        struct ike_payload p = body_of(vectors[k].type, vectors[k].hex, in);
        size_t least = least_whole(&vectors[k], in);
        for (size_t n = p.bytes; n-- > 0;) {
            uint8_t *exact = malloc(n + 1); /* a sanitizer sees the byte behind */
            struct ike_payload cut = {.type = p.type, .body = exact, .bytes = n};
            if (!exact)
                abort();
            memcpy(exact, in, n);
            ike_begin_inside(&w, out, sizeof out);
            bool between = p.type == IKE_P_CP && (n == 4 || (n == 8 && !in[7])); /* attributes */
            CHECK_EQ(ike_again(&w, &cut) == IKE_GOOD, n >= least || between);
            free(exact);
        }
    }
}

static void selectors_mean_what_they_say(void)
{
    static const struct addr hoa = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
    uint8_t in[BYTES];
    struct ike_ts ts;
    struct ike_payload p = body_of(IKE_P_TSI, vectors[0].hex, in);
    CHECK_EQ(ike_read_ts(&p, &ts), IKE_GOOD);
    const struct ike_selector *s = ts.selector;
    CHECK(ts.n == 1 && s->type == IKE_TS_IPV6 && s->protocol == 135);
    RULE("IKE-TS-3");
    CHECK(s->start_port == 5 << 8 && s->end_port == 5 << 8);
    CHECK(addr_eq(&s->low, &hoa) && addr_eq(&s->high, &hoa));
    p = body_of(IKE_P_TSI,
                "03000000070600100000ffffc0000200c00002ff"
                "09010009aabbccddee"
                "08060028ffff000020010db800000000000000000000000020010db8ffffffffffffffffffffffff",
                in);
    CHECK_EQ(ike_read_ts(&p, &ts), IKE_GOOD);
    CHECK(ts.n == 3 && s[0].low.b[10] == 0xff && s[0].low.b[12] == 192 && s[0].high.b[15] == 255);
    CHECK(s[1].type == 9 && s[1].protocol == 0 && s[1].end_port == 0);
    CHECK(s[2].start_port == 65535 && s[2].end_port == 0); /* OPAQUE */
    uint8_t out[BYTES];
    struct ike_writer w;
    ike_begin_inside(&w, out, sizeof out); /* the unknown one cannot be written */
    ike_put_ts(&w, IKE_P_TSI, &ts);
    CHECK_EQ(ike_end(&w), IKE_PAYLOAD_HEADER + p.bytes - 9);
    CHECK_EQ(out[IKE_PAYLOAD_HEADER], 2);
}

static void transforms_mean_what_they_say(void)
{
    uint8_t in[BYTES];
    struct ike_sa_payload sa;
    struct ike_payload p = body_of(IKE_P_SA, vectors[13].hex, in);
    CHECK_EQ(ike_read_sa(&p, &sa), IKE_GOOD);
    const struct ike_proposal *esp = &sa.proposal[0];
    CHECK(sa.proposals == 2 && sa.proposal[1].transforms == 2 && sa.proposal[1].number == 2);
    CHECK(esp->protocol == IKE_PROTO_ESP && esp->spi_bytes == 4 && esp->spi == 0xc0ffee01);
    CHECK(esp->transform[0].key_bits == 256 && esp->transform[2].type == IKE_T_ESN);
    p = body_of(IKE_P_SA, vectors[14].hex, in);
    CHECK_EQ(ike_read_sa(&p, &sa), IKE_GOOD);
    CHECK(sa.proposal[0].spi_bytes == 8 && sa.proposal[0].spi == 0x11223344556677);
}

/* An SA payload of one ESP proposal with one transform: its type and ID, and attributes. */
static enum ike_fault one_transform(const char *attributes, struct ike_transform *t)
{
    static uint8_t in[BYTES];
    char hex[128];
    struct ike_sa_payload sa;
    size_t n = strlen(attributes) / 2;
    (void)snprintf(hex, sizeof hex, "0000%04zx01030001%08zxff00000c%s", 16 + n, 8 + n, attributes);
    struct ike_payload p = body_of(IKE_P_SA, hex, in);
    enum ike_fault fault = ike_read_sa(&p, &sa);
    *t = sa.proposal[0].transform[0];
    return fault;
}

static void unknown_transforms_are_told_and_no_fault(void)
{
    struct ike_transform t;
    CHECK_EQ(one_transform("", &t), IKE_GOOD);
    CHECK(t.type == 255 && t.id == 12 && !t.unknown && !t.key_bits); /* the negotiation's */
    CHECK_EQ(one_transform("800e0100", &t), IKE_GOOD);
    CHECK(!t.unknown && t.key_bits == 256);
    CHECK_EQ(one_transform("800f0100", &t), IKE_GOOD);
    CHECK(t.unknown && !t.key_bits);
    CHECK_EQ(one_transform("000e00020100", &t), IKE_GOOD); /* never with a length: 3.3.5 */
    CHECK(t.unknown && !t.key_bits);
    CHECK_EQ(one_transform("800e0080800e0100", &t), IKE_GOOD);
    CHECK(t.unknown);
    CHECK_EQ(one_transform("00100003010203800e0080", &t), IKE_GOOD);
    CHECK(t.unknown && t.key_bits == 128);
    CHECK_EQ(one_transform("00100004010203", &t), IKE_CUT_SHORT);
    CHECK_EQ(one_transform("800e01", &t), IKE_CUT_SHORT);
}

struct refused {
    uint8_t type;
    enum ike_fault fault;
    const char *hex;
};

static const struct refused refused[] = {
    {IKE_P_SA, IKE_BAD_PAYLOAD, ""},
    {IKE_P_SA, IKE_BAD_PAYLOAD, "020000100103000100000008ff00000c"},     /* 2, and is the last */
    {IKE_P_SA, IKE_BAD_PAYLOAD, "010000100103000100000008ff00000c"},     /* neither 0 nor 2 */
    {IKE_P_SA, IKE_BAD_PAYLOAD, "000000100103000103000008ff00000c"},     /* 3, and is the last */
    {IKE_P_SA, IKE_BAD_PAYLOAD, "000000100103000200000008ff00000c"},     /* says two transforms */
    {IKE_P_SA, IKE_BAD_PAYLOAD, "000000100103000000000008ff00000c"},     /* says none */
    {IKE_P_SA, IKE_BAD_PAYLOAD, "0000001201030201aabb00000008ff00000c"}, /* SPI of two bytes */
    {IKE_P_SA, IKE_CUT_SHORT, "000000110103000100000008ff00000c"},
    {IKE_P_SA, IKE_CUT_SHORT, "0000000f0103000100000008ff00000c"},
    {IKE_P_SA, IKE_CUT_SHORT, "000000100103000100000007ff00000c"},
    {IKE_P_SA, IKE_CUT_SHORT, "000000100103000100000003ff00000c"},
    {IKE_P_SA, IKE_CUT_SHORT, "000000030103000100000008ff00000c"},
    {IKE_P_SA, IKE_BAD_PAYLOAD, /* the first of two says that it is the last */
     "000000100103000100000008ff00000c000000100203000100000008ff00000c"},
    {IKE_P_SA, IKE_BAD_PAYLOAD, "000000180103000200000008010000140000000805000000"},
    {IKE_P_IDI, IKE_BAD_PAYLOAD, "01000000c00002"},
    {IKE_P_IDR, IKE_BAD_PAYLOAD, "0500000020010db8000a0000000000000000000001"},
    {IKE_P_NONCE, IKE_BAD_PAYLOAD, "000102030405060708090a0b0c0d0e"},
    {IKE_P_NOTIFY, IKE_BAD_PAYLOAD, "0302400901020304"},
    {IKE_P_NOTIFY, IKE_BAD_PAYLOAD, "0310400901020304050607080102030405060708"},
    {IKE_P_NOTIFY, IKE_CUT_SHORT, "03044009010203"},
    {IKE_P_DELETE, IKE_BAD_PAYLOAD, "01000001"},
    {IKE_P_DELETE, IKE_BAD_PAYLOAD, "01040001c0ffee01"},
    {IKE_P_DELETE, IKE_BAD_PAYLOAD, "03000001"},
    {IKE_P_DELETE, IKE_BAD_PAYLOAD, "030800010102030405060708"},
    {IKE_P_DELETE, IKE_BAD_PAYLOAD, "04040001c0ffee01"},
    {IKE_P_DELETE, IKE_CUT_SHORT, "03040002c0ffee01"},
    {IKE_P_DELETE, IKE_CUT_SHORT, "03040001c0ffee01c0ffee02"},
    {IKE_P_DELETE, IKE_TOO_MANY, "03040021c0ffee01"},
    {IKE_P_TSI, IKE_BAD_PAYLOAD, "00000000"},
    {IKE_P_TSI, IKE_TOO_MANY, "1100000009010004"},
    {IKE_P_TSI, IKE_CUT_SHORT, "0200000009010004"},
    {IKE_P_TSI, IKE_CUT_SHORT, "010000000901000409010004"},
    {IKE_P_TSI, IKE_CUT_SHORT, "0100000009010003"},
    {IKE_P_TSI, IKE_BAD_PAYLOAD, "01000000070600110000ffffc0000200c00002ff00"},
    {IKE_P_TSI, IKE_BAD_PAYLOAD, "01000000080600100000ffffc0000200c00002ff"},
    {IKE_P_TSI, IKE_CUT_SHORT, "01000000070600280000ffffc0000200c00002ff"},
    {IKE_P_CP, IKE_CUT_SHORT, "0100000000080001"},
    {IKE_P_CP, IKE_CUT_SHORT, "01000000000800"},
    {IKE_P_SKF, IKE_BAD_PAYLOAD, "0000000101"}, /* RFC 7383 2.6 */
    {IKE_P_SKF, IKE_BAD_PAYLOAD, "0001000001"},
    {IKE_P_SKF, IKE_BAD_PAYLOAD, "0004000301"},
};

static void what_does_not_fit_is_refused(void)
{
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        uint8_t in[BYTES], out[BYTES];
        struct ike_writer w;
        struct ike_payload p = body_of(refused[k].type, refused[k].hex, in);
        ike_begin_inside(&w, out, sizeof out);
        enum ike_fault fault = ike_again(&w, &p);
        if (fault != refused[k].fault)
            (void)fprintf(stderr, "%s\n", refused[k].hex);
        CHECK_EQ(fault, refused[k].fault);
        CHECK_EQ(ike_end(&w), 0);
    }
}

static void reserved_bits_are_ignored(void)
{
    static const struct {
        uint8_t type;
        const char *with, *without;
    } pairs[] = {
        {IKE_P_SA, "00ff00100103000100ff0008ffff000c", "000000100103000100000008ff00000c"},
        {IKE_P_KE, "0013ffff01", "0013000001"},
        {IKE_P_IDI, "02ffffff61", "0200000061"},
        {IKE_P_AUTH, "02ffffff61", "0200000061"},
        {IKE_P_TSR, "01ffffff070600100000ffffc0000200c00002ff",
         "01000000070600100000ffffc0000200c00002ff"},
        {IKE_P_CP, "01ffffff80080000", "0100000000080000"},
    };
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        uint8_t in[BYTES], want[BYTES], out[BYTES];
        struct ike_writer w;
        struct ike_payload p = body_of(pairs[k].type, pairs[k].with, in);
        size_t n = bytes_of_hex(pairs[k].without, want);
        ike_begin_inside(&w, out, sizeof out);
        CHECK_EQ(ike_again(&w, &p), IKE_GOOD);
        CHECK_EQ(ike_end(&w), IKE_PAYLOAD_HEADER + n);
        RULE("IKE-HDR-3");
        CHECK(!memcmp(out + IKE_PAYLOAD_HEADER, want, n));
    }
}

/* As many parts as a struct holds, and one more; 16 and 256 bytes of a nonce. */
static void no_struct_holds_more_than_it_can(void)
{
    static uint8_t in[2048];
    static struct ike_sa_payload sa;
    struct ike_cp cp;
    for (unsigned n = 1; n <= IKE_PROPOSALS + 1; n++) {
        struct writer w = wr_over(in, sizeof in);
        for (unsigned k = 0; k < n; k++)
            wr_bytes(&w, (const uint8_t[]){k + 1 < n ? 2 : 0, 0, 0, 8, 1, 3, 0, 0}, 8);
        struct ike_payload p = {.type = IKE_P_SA, .body = in, .bytes = w.len};
        CHECK_EQ(ike_read_sa(&p, &sa), n > IKE_PROPOSALS ? IKE_TOO_MANY : IKE_GOOD);
    }
    for (unsigned n = 0; n <= IKE_TRANSFORMS + 1; n++) {
        struct writer w = wr_over(in, sizeof in);
        wr_bytes(&w, (const uint8_t[]){0, 0, 0, (uint8_t)(8 + 8 * n), 1, 3, 0, (uint8_t)n}, 8);
        for (unsigned k = 0; k < n; k++)
            wr_bytes(&w, (const uint8_t[]){k + 1 < n ? 3 : 0, 0, 0, 8, 1, 0, 0, 12}, 8);
        struct ike_payload p = {.type = IKE_P_SA, .body = in, .bytes = w.len};
        CHECK_EQ(ike_read_sa(&p, &sa), n > IKE_TRANSFORMS ? IKE_TOO_MANY : IKE_GOOD);
    }
    memset(in, 0, sizeof in);
    for (unsigned n = 0; n <= IKE_ATTRIBUTES + 1; n++) {
        struct ike_payload p = {.type = IKE_P_CP, .body = in, .bytes = 4 + 4 * (size_t)n};
        CHECK_EQ(ike_read_cp(&p, &cp), n > IKE_ATTRIBUTES ? IKE_TOO_MANY : IKE_GOOD);
    }
    for (size_t n = 0; n < 300; n++) {
        struct ike_payload p = {.type = IKE_P_NONCE, .body = in, .bytes = n};
        CHECK_EQ(ike_read_nonce(&p), n < 16 || n > 256 ? IKE_BAD_PAYLOAD : IKE_GOOD);
    }
}

CHECK_MAIN(CASE(every_vector_is_read_and_written_back), CASE(refuses_every_shorter_payload),
           CASE(selectors_mean_what_they_say), CASE(transforms_mean_what_they_say),
           CASE(unknown_transforms_are_told_and_no_fault), CASE(what_does_not_fit_is_refused),
           CASE(reserved_bits_are_ignored), CASE(no_struct_holds_more_than_it_can))
