#include "models/wire/mh.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

enum {
    NO_NEXT_HEADER = 59, /* Payload Proto is always this: RFC 6275 6.1.1 */
    CHECKSUM_AT = 4,
    OPT_PAD1 = 0,
    OPT_PADN = 1,
    OPT_REFRESH = 2,       /* RFC 6275 6.2.4 */
    OPT_ALTERNATE = 3,     /* RFC 6275 6.2.5 */
    OPT_NONCES = 4,        /* RFC 6275 6.2.6 */
    OPT_AUTHENTICATOR = 5, /* RFC 6275 6.2.7 */
    OPT_STATION = 7,       /* RFC 5568 6.4.4 */
    OPT_BID = 35,          /* RFC 5648 4.1 */
    STATION_OF_MOBILE = 2, /* its option code */
    STATION_BYTES = 6,
    TYPES = 8,
};

/* Bytes before the options, RFC 6275 6.1.2 to 6.1.9; the least header is that, up to 8n. */
static const uint8_t fixed_bytes[TYPES] = {
    [MH_BRR] = 8,  [MH_HOTI] = 16, [MH_COTI] = 16, [MH_HOT] = 24,
    [MH_COT] = 24, [MH_BU] = 12,   [MH_BA] = 12,   [MH_BE] = 24,
};

const char *mh_status_text(uint8_t status)
{
    switch (status) {
#define X(value, id, text) \
    case value:            \
        return text;
        MH_STATUSES(X)
#undef X
    default:
        return "unknown status";
    }
}

const char *mh_type_name(uint8_t type)
{
    static const char *const names[TYPES] = {"BRR", "HoTI", "CoTI", "HoT", "CoT", "BU", "BA", "BE"};
    return type < TYPES ? names[type] : NULL;
}

/* ---- reading -------------------------------------------------------------------- */

static bool read_addr(struct reader *body, struct addr *a)
{
    const uint8_t *b = rd_take(body, sizeof a->b);
    if (b)
        memcpy(a->b, b, sizeof a->b);
    return b != NULL;
}

/* RFC 5648 4.1. Any length is let through: its answer is status 164, not a fault. */
static enum mh_fault read_bid(struct reader *body, size_t length, struct mh *m)
{
    if (m->bids == MH_BIDS)
        return MH_TOO_MANY_BIDS;
    struct mh_bid *o = &m->bid[m->bids++];
    o->length = (uint8_t)length;
    o->bid = rd_u16(body);
    o->status = rd_u8(body);
    uint8_t flags = rd_u8(body);
    o->home = flags & 0x80;
    o->priority = flags & 0x7f;
    if (length == 20)
        o->has_coa = read_addr(body, &o->coa);
    if (length == 8) {
        o->coa = (struct addr){{[10] = 0xff, [11] = 0xff}};
        const uint8_t *b = rd_take(body, 4);
        if (b)
            memcpy(o->coa.b + 12, b, 4);
        o->has_coa = b != NULL;
    }
    return MH_GOOD;
}

static enum mh_fault read_option(uint8_t type, struct reader *body, struct mh *m)
{
    size_t length = rd_left(body);
    switch (type) {
    case OPT_PADN:
        return MH_GOOD;
    case OPT_REFRESH:
        m->refresh = rd_u16(body);
        m->has_refresh = true;
        break;
    case OPT_ALTERNATE:
        m->has_alternate = read_addr(body, &m->alternate);
        break;
    case OPT_NONCES:
        m->home_nonce = rd_u16(body);
        m->care_of_nonce = rd_u16(body);
        m->has_nonces = true;
        break;
    case OPT_STATION:
        if (length != 1 + STATION_BYTES || rd_u8(body) != STATION_OF_MOBILE) {
            m->skipped++; /* of another kind of link, or of another node */
            return MH_GOOD;
        }
        m->station = (uint64_t)rd_u16(body) << 32;
        m->station |= rd_u32(body);
        m->has_station = true;
        break;
    case OPT_AUTHENTICATOR: {
        const uint8_t *b = rd_take(body, MH_AUTHENTICATOR);
        if (b)
            memcpy(m->authenticator, b, MH_AUTHENTICATOR);
        m->has_authenticator = true;
        break;
    }
    case OPT_BID:
        return read_bid(body, length, m);
    default:
        m->skipped++;
        return MH_GOOD;
    }
    return rd_done(body) ? MH_GOOD : MH_BAD_OPTION;
}

static enum mh_fault read_options(struct reader *r, struct mh *m)
{
    while (rd_left(r)) {
        uint8_t type = rd_u8(r);
        if (m->has_authenticator)
            return MH_BAD_OPTION; /* nothing stands behind it: RFC 6275 6.2.7 */
        if (type == OPT_PAD1)
            continue;
        struct reader body = rd_sub(r, rd_u8(r));
        if (body.bad)
            return MH_BAD_OPTION;
        enum mh_fault fault = read_option(type, &body, m);
        if (fault)
            return fault;
    }
    return r->bad ? MH_BAD_OPTION : MH_GOOD;
}

static uint64_t read_u64(struct reader *r)
{
    uint64_t high = rd_u32(r);
    return high << 32 | rd_u32(r);
}

static void read_fixed(struct reader *r, struct mh *m)
{
    switch (m->type) {
    case MH_BU:
        m->sequence = rd_u16(r);
        m->flags = rd_u16(r);
        m->lifetime = rd_u16(r);
        break;
    case MH_BA:
        m->status = rd_u8(r);
        m->flags = rd_u8(r);
        m->sequence = rd_u16(r);
        m->lifetime = rd_u16(r);
        break;
    case MH_BE:
        m->status = rd_u8(r);
        (void)rd_u8(r);
        (void)read_addr(r, &m->home);
        break;
    case MH_BRR:
        (void)rd_u16(r);
        break;
    default: /* the four of return routability */
        m->nonce_index = rd_u16(r);
        if (m->type == MH_HOTI || m->type == MH_COTI)
            m->nonce_index = 0; /* reserved there */
        m->cookie = read_u64(r);
        if (m->type == MH_HOT || m->type == MH_COT)
            m->token = read_u64(r);
        break;
    }
}

enum mh_fault mh_read(const struct addr *src, const struct addr *dst, const uint8_t *bytes,
                      size_t n, struct mh *m)
{
    *m = (struct mh){.type = 0};
    if (n < 8)
        return MH_CUT_SHORT;
    if (ip6_checksum(src, dst, IP6_MH, bytes, n))
        return MH_BAD_CHECKSUM; /* silently, before anything is answered: RFC 6275 9.2 */
    struct reader r = rd_over(bytes, n);
    uint8_t proto = rd_u8(&r);
    (void)rd_u8(&r);
    m->type = rd_u8(&r);
    (void)rd_u8(&r);
    (void)rd_u16(&r);
    if (m->type >= TYPES)
        return MH_UNKNOWN_TYPE;
    if (proto != NO_NEXT_HEADER)
        return MH_BAD_PROTO;
    size_t total = 8 * ((size_t)bytes[1] + 1);
    if (total < (fixed_bytes[m->type] + (size_t)7) / 8 * 8)
        return MH_BAD_LENGTH; /* whatever is there: RFC 6275 9.2 */
    if (total != n)
        return MH_CUT_SHORT;
    read_fixed(&r, m);
    return read_options(&r, m);
}

/* ---- writing -------------------------------------------------------------------- */

/* Pad until the next byte is y more than a multiple of x from `start`: RFC 6275 6.2. */
static void pad_to(struct writer *w, size_t start, size_t x, size_t y)
{
    size_t gap = (x + y - (w->len - start) % x) % x;
    if (gap == 1) {
        wr_u8(w, OPT_PAD1);
    } else if (gap > 1) {
        wr_u8(w, OPT_PADN);
        wr_u8(w, (uint8_t)(gap - 2));
        wr_zeros(w, gap - 2);
    }
}

static bool is_mapped(const struct addr *a)
{
    static const uint8_t head[12] = {[10] = 0xff, [11] = 0xff};
    return !memcmp(a->b, head, sizeof head);
}

static void write_bid(struct writer *w, size_t start, const struct mh_bid *o)
{
    bool v4 = o->has_coa && is_mapped(&o->coa);
    if (o->has_coa) {
        pad_to(w, start, 8, 2);
    } else {
        pad_to(w, start, 2, 0);
    }
    wr_u8(w, OPT_BID);
    wr_u8(w, o->has_coa ? (v4 ? 8 : 20) : 4);
    wr_u16(w, o->bid);
    wr_u8(w, o->status);
    wr_u8(w, (uint8_t)(o->home << 7 | (o->priority & 0x7f)));
    if (o->has_coa)
        wr_bytes(w, v4 ? o->coa.b + 12 : o->coa.b, v4 ? 4 : 16);
}

static void write_options(struct writer *w, size_t start, const struct mh *m)
{
    if (m->has_refresh) {
        pad_to(w, start, 2, 0);
        wr_u16(w, OPT_REFRESH << 8 | 2);
        wr_u16(w, m->refresh);
    }
    if (m->has_alternate) {
        pad_to(w, start, 8, 6);
        wr_u16(w, OPT_ALTERNATE << 8 | 16);
        wr_bytes(w, m->alternate.b, sizeof m->alternate.b);
    }
    if (m->has_station) {
        wr_u16(w, OPT_STATION << 8 | (1 + STATION_BYTES));
        wr_u8(w, STATION_OF_MOBILE);
        wr_u16(w, (uint16_t)(m->station >> 32));
        wr_u32(w, (uint32_t)m->station);
    }
    if (m->has_nonces) {
        pad_to(w, start, 2, 0);
        wr_u16(w, OPT_NONCES << 8 | 4);
        wr_u16(w, m->home_nonce);
        wr_u16(w, m->care_of_nonce);
    }
    for (unsigned k = 0; k < m->bids; k++)
        write_bid(w, start, &m->bid[k]);
    if (m->has_authenticator) {
        pad_to(w, start, 8, 2);
        wr_u16(w, OPT_AUTHENTICATOR << 8 | MH_AUTHENTICATOR);
        wr_bytes(w, m->authenticator, MH_AUTHENTICATOR);
    }
    pad_to(w, start, 8, 0);
}

static void write_u64(struct writer *w, uint64_t v)
{
    wr_u32(w, (uint32_t)(v >> 32));
    wr_u32(w, (uint32_t)v);
}

static void write_fixed(struct writer *w, const struct mh *m)
{
    switch (m->type) {
    case MH_BU:
        wr_u16(w, m->sequence);
        wr_u16(w, m->flags);
        wr_u16(w, m->lifetime);
        break;
    case MH_BA:
        wr_u8(w, m->status);
        wr_u8(w, (uint8_t)m->flags);
        wr_u16(w, m->sequence);
        wr_u16(w, m->lifetime);
        break;
    case MH_BE:
        wr_u8(w, m->status);
        wr_u8(w, 0);
        wr_bytes(w, m->home.b, sizeof m->home.b);
        break;
    case MH_BRR:
        wr_u16(w, 0);
        break;
    default:
        wr_u16(w, m->type == MH_HOT || m->type == MH_COT ? m->nonce_index : 0);
        write_u64(w, m->cookie);
        if (m->type == MH_HOT || m->type == MH_COT)
            write_u64(w, m->token);
        break;
    }
}

void mh_write(struct writer *w, const struct addr *src, const struct addr *dst, const struct mh *m)
{
    size_t start = w->len;
    assert(m->type < TYPES && m->bids <= MH_BIDS);
    wr_u8(w, NO_NEXT_HEADER);
    size_t header_len = wr_hole(w, 1);
    wr_u8(w, m->type);
    wr_u8(w, 0);
    size_t checksum = wr_hole(w, 2);
    write_fixed(w, m);
    write_options(w, start, m);
    if (w->full)
        return;
    wr_fill_u8(w, header_len, (uint8_t)((w->len - start) / 8 - 1));
    wr_fill_u16(w, checksum, ip6_checksum(src, dst, IP6_MH, w->base + start, w->len - start));
}
