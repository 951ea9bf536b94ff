#include "models/wire/ike.h"

enum { CRITICAL = 0x80, MAJOR = 2, MANY = IKE_PAYLOADS };

/* ---- words -------------------------------------------------------------------------- */

const char *ike_exchange_name(uint8_t exchange)
{
    static const char *const names[] = {"IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA",
                                        "INFORMATIONAL"};
    return exchange >= IKE_SA_INIT && exchange <= IKE_INFORMATIONAL ? names[exchange - IKE_SA_INIT]
                                                                    : NULL;
}

const char *ike_payload_name(uint8_t type)
{
    switch (type) {
#define X(value, id, text) \
    case value:            \
        return text;
        IKE_PAYLOAD_TYPES(X)
#undef X
    default:
        return NULL;
    }
}

const char *ike_notify_name(uint16_t type)
{
    switch (type) {
#define X(value, id) \
    case value:      \
        return #id;
        IKE_NOTIFIES(X)
#undef X
    default:
        return NULL;
    }
}

const char *ike_fault_name(enum ike_fault fault)
{
    switch (fault) {
#define X(id, name) \
    case IKE_##id:  \
        return name;
        IKE_FAULTS(X)
#undef X
    default:
        return "unknown fault";
    }
}

/* ---- the header and the chain of payloads ------------------------------------------- */

static uint64_t read_u64(struct reader *r)
{
    uint64_t high = rd_u32(r);
    return high << 32 | rd_u32(r);
}

size_t ike_in_udp(const uint8_t *udp, size_t n, const uint8_t **message)
{
    enum { UDP = 8, MARKER = 4 };
    struct reader r = rd_over(udp, n);
    uint16_t source = rd_u16(&r);
    uint16_t destination = rd_u16(&r);
    size_t bytes = rd_u16(&r);
    (void)rd_u16(&r);
    if (r.bad || bytes < UDP || bytes > n)
        return 0;
    size_t at = UDP;
    if (source == IKE_NAT_PORT || destination == IKE_NAT_PORT) {
        if (rd_u32(&r) || r.bad)
            return 0;
        at += MARKER;
    } else if (source != IKE_PORT && destination != IKE_PORT) {
        return 0;
    }
    *message = udp + at;
    return bytes > at ? bytes - at : 0;
}

enum ike_fault ike_read_header(const uint8_t *bytes, size_t n, struct ike_header *h)
{
    *h = (struct ike_header){.next = IKE_P_NONE};
    if (n < IKE_HEADER_BYTES)
        return IKE_CUT_SHORT;
    struct reader r = rd_over(bytes, IKE_HEADER_BYTES);
    h->spi_i = read_u64(&r);
    h->spi_r = read_u64(&r);
    h->next = rd_u8(&r);
    uint8_t version = rd_u8(&r);
    h->major = version >> 4;
    h->minor = version & 15;
    h->exchange = rd_u8(&r);
    h->flags = rd_u8(&r);
    h->id = rd_u32(&r);
    h->length = rd_u32(&r);
    if (h->major > MAJOR)
        return IKE_BAD_VERSION;
    if (h->length != n)
        return IKE_CUT_SHORT;
    if (h->major < MAJOR || !ike_exchange_name(h->exchange))
        return IKE_BAD_EXCHANGE; /* the exchanges of IKEv1 are others */
    return h->spi_i ? IKE_GOOD : IKE_BAD_SPI;
}

static bool read_payload(struct reader *r, uint8_t type, struct ike_payload *p)
{
    p->type = type;
    p->next = rd_u8(r);
    p->critical = rd_u8(r) & CRITICAL;
    size_t length = rd_u16(r);
    if (length < IKE_PAYLOAD_HEADER)
        return false;
    p->bytes = length - IKE_PAYLOAD_HEADER;
    p->body = rd_take(r, p->bytes);
    return p->body != NULL;
}

enum ike_fault ike_read_payloads(uint8_t first, const uint8_t *bytes, size_t n,
                                 struct ike_payloads *list)
{
    struct reader r = rd_over(bytes, n);
    struct ike_payload p;
    list->n = 0;
    list->unknown_critical = IKE_P_NONE;
    for (uint8_t type = first; type != IKE_P_NONE; type = p.next) {
        if (!read_payload(&r, type, &p))
            return IKE_CUT_SHORT;
        bool known = ike_payload_name(type) != NULL;
        if (!known && p.critical) {
            list->unknown_critical = type;
            return IKE_UNKNOWN_CRITICAL;
        }
        if (known && list->n == IKE_PAYLOADS)
            return IKE_TOO_MANY;
        if (known)
            list->p[list->n++] = p;
        if (type == IKE_P_SK || type == IKE_P_SKF)
            break; /* its `next` is the first inside of it */
    }
    return rd_done(&r) ? IKE_GOOD : IKE_CUT_SHORT;
}

const struct ike_payload *ike_find(const struct ike_payloads *list, uint8_t type)
{
    for (unsigned k = 0; k < list->n; k++)
        if (list->p[k].type == type)
            return &list->p[k];
    return NULL;
}

/* ---- what may stand where ----------------------------------------------------------- */

enum side { REQUEST = 1, RESPONSE = 2, EITHER = 3 };

/* Of `payload`, or of the two in it and `other` together, at least `min` and at most `max` stand
 * in such a message, and where one does there is also a payload of type `with`. What has no row
 * may not be there. */
struct row {
    uint8_t exchange;
    uint8_t side;
    bool clear;
    uint8_t payload;
    uint8_t other;
    uint8_t min;
    uint8_t max;
    uint8_t with;
};

#define CLEAR  true
#define SEALED false
#define P(id)  IKE_P_##id

/* A response may also hold nothing but notifications, of what was wrong: it needs no payload here,
 * and what it needs as the answer that it is, the exchange knows. EAP is not modelled: no row. */
/* clang-format off */
static const struct row table[] = {
    /* RFC 7296 1.2, 2.6, C.1 */
    {IKE_SA_INIT, REQUEST,  CLEAR, P(SA),      0, 1, 1,    0},
    {IKE_SA_INIT, REQUEST,  CLEAR, P(KE),      0, 1, 1,    0},
    {IKE_SA_INIT, REQUEST,  CLEAR, P(NONCE),   0, 1, 1,    0},
    {IKE_SA_INIT, RESPONSE, CLEAR, P(SA),      0, 0, 1,    P(NONCE)},
    {IKE_SA_INIT, RESPONSE, CLEAR, P(KE),      0, 0, 1,    P(SA)},
    {IKE_SA_INIT, RESPONSE, CLEAR, P(NONCE),   0, 0, 1,    P(KE)},
    {IKE_SA_INIT, RESPONSE, CLEAR, P(CERTREQ), 0, 0, MANY, P(SA)},
    {IKE_SA_INIT, EITHER,   CLEAR, P(NOTIFY),  0, 0, MANY, 0},
    {IKE_SA_INIT, EITHER,   CLEAR, P(VENDOR),  0, 0, MANY, 0},
    /* RFC 7296 3.14, RFC 7383 2.5: one, whole or in fragments */
    {IKE_AUTH,            EITHER, CLEAR, P(SK), P(SKF), 1, 1, 0},
    {IKE_CREATE_CHILD_SA, EITHER, CLEAR, P(SK), P(SKF), 1, 1, 0},
    {IKE_INFORMATIONAL,   EITHER, CLEAR, P(SK), P(SKF), 1, 1, 0},
    /* RFC 7296 1.2, C.2; without SA and selectors: RFC 6023 */
    {IKE_AUTH, REQUEST,  SEALED, P(IDI),     0, 1, 1,    0},
    {IKE_AUTH, REQUEST,  SEALED, P(CERTREQ), 0, 0, MANY, 0},
    {IKE_AUTH, REQUEST,  SEALED, P(IDR),     0, 0, 1,    0},
    {IKE_AUTH, REQUEST,  SEALED, P(AUTH),    0, 1, 1,    0},
    {IKE_AUTH, RESPONSE, SEALED, P(IDR),     0, 0, 1,    P(AUTH)},
    {IKE_AUTH, RESPONSE, SEALED, P(AUTH),    0, 0, 1,    P(IDR)},
    {IKE_AUTH, EITHER,   SEALED, P(CERT),    0, 0, MANY, P(AUTH)},
    {IKE_AUTH, EITHER,   SEALED, P(CP),      0, 0, 1,    P(AUTH)},
    {IKE_AUTH, EITHER,   SEALED, P(SA),      0, 0, 1,    P(TSI)},
    {IKE_AUTH, EITHER,   SEALED, P(TSI),     0, 0, 1,    P(TSR)},
    {IKE_AUTH, EITHER,   SEALED, P(TSR),     0, 0, 1,    P(SA)},
    {IKE_AUTH, EITHER,   SEALED, P(NOTIFY),  0, 0, MANY, 0},
    {IKE_AUTH, EITHER,   SEALED, P(VENDOR),  0, 0, MANY, 0},
    /* RFC 7296 1.3, C.3 to C.5; no selectors: it is the IKE SA that is rekeyed */
    {IKE_CREATE_CHILD_SA, REQUEST,  SEALED, P(SA),     0, 1, 1,    0},
    {IKE_CREATE_CHILD_SA, REQUEST,  SEALED, P(NONCE),  0, 1, 1,    0},
    {IKE_CREATE_CHILD_SA, RESPONSE, SEALED, P(SA),     0, 0, 1,    P(NONCE)},
    {IKE_CREATE_CHILD_SA, RESPONSE, SEALED, P(NONCE),  0, 0, 1,    P(SA)},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(KE),     0, 0, 1,    P(SA)},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(CP),     0, 0, 1,    P(TSI)},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(TSI),    0, 0, 1,    P(TSR)},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(TSR),    0, 0, 1,    P(TSI)},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(NOTIFY), 0, 0, MANY, 0},
    {IKE_CREATE_CHILD_SA, EITHER,   SEALED, P(VENDOR), 0, 0, MANY, 0},
    /* RFC 7296 1.4, C.6 */
    {IKE_INFORMATIONAL, EITHER, SEALED, P(NOTIFY), 0, 0, MANY, 0},
    {IKE_INFORMATIONAL, EITHER, SEALED, P(DELETE), 0, 0, MANY, 0},
    {IKE_INFORMATIONAL, EITHER, SEALED, P(CP),     0, 0, 1,    0},
    {IKE_INFORMATIONAL, EITHER, SEALED, P(VENDOR), 0, 0, MANY, 0},
};
/* clang-format on */

enum ike_fault ike_check(uint8_t exchange, bool response, bool clear,
                         const struct ike_payloads *list)
{
    uint8_t count[UINT8_MAX + 1] = {0}; /* of each type */
    unsigned allowed = 0;
    bool missing = false;
    if (!ike_exchange_name(exchange))
        return IKE_BAD_EXCHANGE;
    for (unsigned k = 0; k < list->n; k++)
        count[list->p[k].type]++;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        const struct row *row = &table[k];
        if (row->exchange != exchange || row->clear != clear ||
            !(row->side & (response ? RESPONSE : REQUEST)))
            continue;
        unsigned n = count[row->payload];
        if (row->other)
            n += count[row->other];
        if (n > row->max)
            return IKE_MISPLACED;
        if (n < row->min || (n && row->with && !count[row->with]))
            missing = true;
        allowed += n;
    }
    if (allowed != list->n)
        return IKE_MISPLACED;
    return missing ? IKE_MISSING : IKE_GOOD;
}
