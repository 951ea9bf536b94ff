/* What stands in each payload, RFC 7296 3.3 to 3.15: a body into its struct. */
#include <assert.h>
#include <string.h>

#include "models/wire/ike.h"

enum {
    MORE_PROPOSALS = 2,  /* RFC 7296 3.3.1 */
    MORE_TRANSFORMS = 3, /* RFC 7296 3.3.2 */
    SUB_HEADER = 4,      /* of a proposal, a transform, a selector: its length is in it */
    SHORT_FORM = 0x8000, /* AF: type and value without a length, RFC 7296 3.3.5 */
    KEY_LENGTH = 14,
    ATTRIBUTE_TYPE = 0x7fff,
    NONCE_LEAST = 16,
    NONCE_MOST = 256,
    IPV4_BYTES = 4,
    IPV6_BYTES = 16,
    IPV4_SELECTOR = 16, /* bytes, its header included: RFC 7296 3.13.1 */
    IPV6_SELECTOR = 40,
};

static enum ike_fault whole(const struct reader *r)
{
    return rd_done(r) ? IKE_GOOD : IKE_CUT_SHORT;
}

static const uint8_t *rest(struct reader *r, size_t *n)
{
    *n = rd_left(r);
    return rd_take(r, *n);
}

/* ---- SA ------------------------------------------------------------------------------ */

/* An attribute that is not known or cannot be makes the transform unacceptable, not the message:
 * RFC 7296 3.3.6. */
static bool read_transform_attribute(struct reader *r, struct ike_transform *t)
{
    uint16_t type = rd_u16(r);
    uint16_t value = rd_u16(r);
    if (!(type & SHORT_FORM)) {
        (void)rd_take(r, value);
        return false;
    }
    if ((type & ATTRIBUTE_TYPE) != KEY_LENGTH || t->key_bits || !value)
        return false;
    t->key_bits = value;
    return true;
}

static enum ike_fault read_transform(struct reader *r, struct ike_transform *t)
{
    *t = (struct ike_transform){.type = rd_u8(r)};
    (void)rd_u8(r);
    t->id = rd_u16(r);
    while (rd_left(r))
        t->unknown |= !read_transform_attribute(r, t);
    return whole(r);
}

/* The next of several: its own bytes behind the header, and whether another must follow. */
static struct reader next_of(struct reader *r, uint8_t *more)
{
    *more = rd_u8(r);
    (void)rd_u8(r);
    size_t length = rd_u16(r);
    if (length < SUB_HEADER)
        r->bad = true;
    return rd_sub(r, length - SUB_HEADER);
}

static bool read_spi(struct reader *r, uint8_t bytes, uint64_t *spi)
{
    *spi = 0;
    if (bytes != 0 && bytes != 4 && bytes != 8)
        return false;
    for (unsigned k = 0; k < bytes; k += 4)
        *spi = *spi << 32 | rd_u32(r);
    return true;
}

static enum ike_fault read_proposal(struct reader *r, struct ike_proposal *p)
{
    p->number = rd_u8(r);
    p->protocol = rd_u8(r);
    p->spi_bytes = rd_u8(r);
    p->transforms = 0;
    unsigned transforms = rd_u8(r);
    if (!read_spi(r, p->spi_bytes, &p->spi))
        return IKE_BAD_PAYLOAD;
    while (rd_left(r)) {
        uint8_t more;
        struct reader one = next_of(r, &more);
        if (one.bad)
            return IKE_CUT_SHORT;
        if (p->transforms == IKE_TRANSFORMS)
            return IKE_TOO_MANY;
        enum ike_fault fault = read_transform(&one, &p->transform[p->transforms++]);
        if (fault)
            return fault;
        if (more != (rd_left(r) ? MORE_TRANSFORMS : 0))
            return IKE_BAD_PAYLOAD;
    }
    if (r->bad)
        return IKE_CUT_SHORT;
    return p->transforms == transforms ? IKE_GOOD : IKE_BAD_PAYLOAD;
}

enum ike_fault ike_read_sa(const struct ike_payload *p, struct ike_sa_payload *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->proposals = 0;
    while (rd_left(&r)) {
        uint8_t more;
        struct reader one = next_of(&r, &more);
        if (one.bad)
            return IKE_CUT_SHORT;
        if (out->proposals == IKE_PROPOSALS)
            return IKE_TOO_MANY;
        enum ike_fault fault = read_proposal(&one, &out->proposal[out->proposals++]);
        if (fault)
            return fault;
        if (more != (rd_left(&r) ? MORE_PROPOSALS : 0))
            return IKE_BAD_PAYLOAD;
    }
    if (r.bad)
        return IKE_CUT_SHORT;
    return out->proposals ? IKE_GOOD : IKE_BAD_PAYLOAD;
}

/* ---- keys, identities, certificates, nonces ------------------------------------------- */

enum ike_fault ike_read_ke(const struct ike_payload *p, struct ike_ke *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->group = rd_u16(&r);
    (void)rd_u16(&r);
    out->data = rest(&r, &out->bytes);
    return whole(&r);
}

enum ike_fault ike_read_id(const struct ike_payload *p, struct ike_id *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->type = rd_u8(&r);
    (void)rd_take(&r, 3);
    out->data = rest(&r, &out->bytes);
    if ((out->type == IKE_ID_IPV4 && out->bytes != IPV4_BYTES) ||
        (out->type == IKE_ID_IPV6 && out->bytes != IPV6_BYTES))
        return r.bad ? IKE_CUT_SHORT : IKE_BAD_PAYLOAD;
    return whole(&r);
}

enum ike_fault ike_read_blob(const struct ike_payload *p, struct ike_blob *out)
{
    assert(p->type == IKE_P_CERT || p->type == IKE_P_CERTREQ || p->type == IKE_P_AUTH);
    struct reader r = rd_over(p->body, p->bytes);
    out->kind = rd_u8(&r);
    if (p->type == IKE_P_AUTH)
        (void)rd_take(&r, 3);
    out->data = rest(&r, &out->bytes);
    return whole(&r);
}

enum ike_fault ike_read_nonce(const struct ike_payload *p)
{
    return p->bytes >= NONCE_LEAST && p->bytes <= NONCE_MOST ? IKE_GOOD : IKE_BAD_PAYLOAD;
}

/* ---- notifications and deletions ------------------------------------------------------ */

enum ike_fault ike_read_notify(const struct ike_payload *p, struct ike_notify *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->protocol = rd_u8(&r);
    out->spi_bytes = rd_u8(&r);
    out->type = rd_u16(&r);
    if (!read_spi(&r, out->spi_bytes, &out->spi))
        return IKE_BAD_PAYLOAD;
    out->data = rest(&r, &out->bytes);
    return whole(&r);
}

/* Of an IKE SA no SPI, it is the one that this comes on; of others four bytes each: 3.11. */
enum ike_fault ike_read_delete(const struct ike_payload *p, struct ike_delete *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->protocol = rd_u8(&r);
    out->spi_bytes = rd_u8(&r);
    out->count = rd_u16(&r);
    if (r.bad)
        return IKE_CUT_SHORT;
    bool of_ike = out->protocol == IKE_PROTO_IKE && !out->spi_bytes && !out->count;
    bool of_child = (out->protocol == IKE_PROTO_AH || out->protocol == IKE_PROTO_ESP) &&
                    out->spi_bytes == sizeof out->spi[0];
    if (!of_ike && !of_child)
        return IKE_BAD_PAYLOAD;
    if (out->count > IKE_SPIS)
        return IKE_TOO_MANY;
    for (unsigned k = 0; k < out->count; k++)
        out->spi[k] = rd_u32(&r);
    return whole(&r);
}

/* ---- traffic selectors ---------------------------------------------------------------- */

static void read_ipv4(struct reader *r, struct addr *a)
{
    *a = (struct addr){{[10] = 0xff, [11] = 0xff}};
    const uint8_t *b = rd_take(r, IPV4_BYTES);
    if (b)
        memcpy(a->b + 12, b, IPV4_BYTES);
}

static void read_ipv6(struct reader *r, struct addr *a)
{
    const uint8_t *b = rd_take(r, IPV6_BYTES);
    if (b)
        memcpy(a->b, b, IPV6_BYTES);
}

static enum ike_fault read_selector(struct reader *r, struct ike_selector *s)
{
    *s = (struct ike_selector){.type = rd_u8(r)};
    uint8_t protocol = rd_u8(r);
    size_t length = rd_u16(r);
    if (length < SUB_HEADER)
        return IKE_CUT_SHORT;
    struct reader one = rd_sub(r, length - SUB_HEADER);
    if (one.bad)
        return IKE_CUT_SHORT;
    if (s->type != IKE_TS_IPV4 && s->type != IKE_TS_IPV6)
        return IKE_GOOD;
    if (length != (s->type == IKE_TS_IPV4 ? IPV4_SELECTOR : IPV6_SELECTOR))
        return IKE_BAD_PAYLOAD;
    void (*read)(struct reader *, struct addr *) = s->type == IKE_TS_IPV4 ? read_ipv4 : read_ipv6;
    s->protocol = protocol;
    s->start_port = rd_u16(&one);
    s->end_port = rd_u16(&one);
    read(&one, &s->low);
    read(&one, &s->high);
    bool opaque = s->start_port == UINT16_MAX && !s->end_port;
    enum ike_fault fault = whole(&one);
    return fault || s->start_port <= s->end_port || opaque ? fault : IKE_BAD_PAYLOAD;
}

enum ike_fault ike_read_ts(const struct ike_payload *p, struct ike_ts *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    unsigned n = rd_u8(&r);
    (void)rd_take(&r, 3);
    out->n = 0;
    if (r.bad)
        return IKE_CUT_SHORT;
    if (!n)
        return IKE_BAD_PAYLOAD; /* one or more: RFC 7296 2.9 */
    if (n > IKE_SELECTORS)
        return IKE_TOO_MANY;
    while (out->n < n) {
        enum ike_fault fault = read_selector(&r, &out->selector[out->n++]);
        if (fault)
            return fault;
    }
    return whole(&r);
}

/* ---- configuration, fragments --------------------------------------------------------- */

enum ike_fault ike_read_cp(const struct ike_payload *p, struct ike_cp *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->type = rd_u8(&r);
    (void)rd_take(&r, 3);
    out->n = 0;
    while (rd_left(&r)) {
        if (out->n == IKE_ATTRIBUTES)
            return IKE_TOO_MANY;
        struct ike_attribute *a = &out->attribute[out->n++];
        a->type = rd_u16(&r) & ATTRIBUTE_TYPE;
        a->bytes = rd_u16(&r);
        a->value = rd_take(&r, a->bytes);
    }
    return whole(&r);
}

enum ike_fault ike_read_skf(const struct ike_payload *p, struct ike_skf *out)
{
    struct reader r = rd_over(p->body, p->bytes);
    out->number = rd_u16(&r);
    out->total = rd_u16(&r);
    out->data = rest(&r, &out->bytes);
    if (r.bad)
        return IKE_CUT_SHORT;
    return out->number && out->number <= out->total ? IKE_GOOD : IKE_BAD_PAYLOAD;
}
