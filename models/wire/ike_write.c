/* Messages from their structs: RFC 7296 3. */
#include <assert.h>

#include "models/wire/ike.h"

enum {
    VERSION_2_0 = 0x20,
    NEXT_AT = 16, /* in the header */
    LENGTH_AT = 24,
    KEY_LENGTH = 0x800e, /* Key Length in its short form: RFC 7296 3.3.5 */
    MORE_PROPOSALS = 2,
    MORE_TRANSFORMS = 3,
    LENGTH_MOST = 0xffff,
};

static const size_t nowhere = SIZE_MAX;

static void write_u64(struct writer *w, uint64_t v)
{
    wr_u32(w, (uint32_t)(v >> 32));
    wr_u32(w, (uint32_t)v);
}

static void write_spi(struct writer *w, uint8_t bytes, uint64_t spi)
{
    assert(bytes == 0 || bytes == 4 || bytes == 8);
    if (bytes == 8)
        write_u64(w, spi);
    if (bytes == 4)
        wr_u32(w, (uint32_t)spi);
}

/* Fills a length with the bytes since `start`. */
static void close_at(struct writer *w, size_t start, size_t length_at)
{
    size_t n = w->len - start;
    if (n > LENGTH_MOST)
        w->full = true;
    wr_fill_u16(w, length_at, (uint16_t)n);
}

/* ---- the message ---------------------------------------------------------------------- */

void ike_begin(struct ike_writer *w, void *bytes, size_t cap, const struct ike_header *h)
{
    *w = (struct ike_writer){.w = wr_over(bytes, cap), .has_header = true, .next_at = NEXT_AT};
    write_u64(&w->w, h->spi_i);
    write_u64(&w->w, h->spi_r);
    (void)wr_hole(&w->w, 1);
    wr_u8(&w->w, VERSION_2_0);
    wr_u8(&w->w, h->exchange);
    wr_u8(&w->w, h->flags);
    wr_u32(&w->w, h->id);
    (void)wr_hole(&w->w, 4);
}

void ike_begin_inside(struct ike_writer *w, void *bytes, size_t cap)
{
    *w = (struct ike_writer){.w = wr_over(bytes, cap), .next_at = nowhere};
}

size_t ike_end(struct ike_writer *w)
{
    if (w->w.full)
        return 0;
    if (w->has_header) {
        wr_fill_u16(&w->w, LENGTH_AT, (uint16_t)(w->w.len >> 16));
        wr_fill_u16(&w->w, LENGTH_AT + 2, (uint16_t)w->w.len);
    }
    return w->w.len;
}

/* The generic header of the next payload; answers where it begins. */
static size_t open_payload(struct ike_writer *w, uint8_t type)
{
    size_t start = w->w.len;
    assert(type != IKE_P_NONE);
    if (w->next_at != nowhere)
        wr_fill_u8(&w->w, w->next_at, type);
    else
        assert(!w->first); /* an Encrypted payload is the last one */
    if (!w->first)
        w->first = type;
    w->next_at = start;
    (void)wr_hole(&w->w, IKE_PAYLOAD_HEADER);
    return start;
}

static void close_payload(struct ike_writer *w, size_t start)
{
    close_at(&w->w, start, start + 2);
}

uint8_t *ike_put_sk(struct ike_writer *w, uint8_t inside, unsigned number, unsigned total,
                    size_t bytes)
{
    assert(total <= UINT16_MAX && (total ? number && number <= total : !number));
    size_t start = open_payload(w, total ? IKE_P_SKF : IKE_P_SK);
    wr_fill_u8(&w->w, start, inside);
    w->next_at = nowhere;
    if (total) {
        wr_u16(&w->w, (uint16_t)number);
        wr_u16(&w->w, (uint16_t)total);
    }
    size_t hole = wr_hole(&w->w, bytes);
    close_payload(w, start);
    return w->w.full ? NULL : w->w.base + hole;
}

/* ---- payloads ------------------------------------------------------------------------- */

static void put_transform(struct writer *w, const struct ike_transform *t, bool last)
{
    size_t start = w->len;
    wr_u8(w, last ? 0 : MORE_TRANSFORMS);
    wr_u8(w, 0);
    size_t length = wr_hole(w, 2);
    wr_u8(w, t->type);
    wr_u8(w, 0);
    wr_u16(w, t->id);
    if (t->key_bits) {
        wr_u16(w, KEY_LENGTH);
        wr_u16(w, t->key_bits);
    }
    close_at(w, start, length);
}

static void put_proposal(struct writer *w, const struct ike_proposal *p, bool last)
{
    size_t start = w->len;
    assert(p->transforms <= IKE_TRANSFORMS);
    wr_u8(w, last ? 0 : MORE_PROPOSALS);
    wr_u8(w, 0);
    size_t length = wr_hole(w, 2);
    wr_u8(w, p->number);
    wr_u8(w, p->protocol);
    wr_u8(w, p->spi_bytes);
    wr_u8(w, (uint8_t)p->transforms);
    write_spi(w, p->spi_bytes, p->spi);
    for (unsigned k = 0; k < p->transforms; k++)
        put_transform(w, &p->transform[k], k + 1 == p->transforms);
    close_at(w, start, length);
}

void ike_put_sa(struct ike_writer *w, const struct ike_sa_payload *sa)
{
    assert(sa->proposals && sa->proposals <= IKE_PROPOSALS);
    size_t start = open_payload(w, IKE_P_SA);
    for (unsigned k = 0; k < sa->proposals; k++)
        put_proposal(&w->w, &sa->proposal[k], k + 1 == sa->proposals);
    close_payload(w, start);
}

void ike_put_ke(struct ike_writer *w, const struct ike_ke *ke)
{
    size_t start = open_payload(w, IKE_P_KE);
    wr_u16(&w->w, ke->group);
    wr_u16(&w->w, 0);
    wr_bytes(&w->w, ke->data, ke->bytes);
    close_payload(w, start);
}

void ike_put_id(struct ike_writer *w, uint8_t payload, const struct ike_id *id)
{
    assert(payload == IKE_P_IDI || payload == IKE_P_IDR);
    size_t start = open_payload(w, payload);
    wr_u8(&w->w, id->type);
    wr_zeros(&w->w, 3);
    wr_bytes(&w->w, id->data, id->bytes);
    close_payload(w, start);
}

void ike_put_blob(struct ike_writer *w, uint8_t payload, const struct ike_blob *blob)
{
    assert(payload == IKE_P_CERT || payload == IKE_P_CERTREQ || payload == IKE_P_AUTH);
    size_t start = open_payload(w, payload);
    wr_u8(&w->w, blob->kind);
    if (payload == IKE_P_AUTH)
        wr_zeros(&w->w, 3);
    wr_bytes(&w->w, blob->data, blob->bytes);
    close_payload(w, start);
}

void ike_put_bytes(struct ike_writer *w, uint8_t payload, const void *bytes, size_t n)
{
    size_t start = open_payload(w, payload);
    wr_bytes(&w->w, bytes, n);
    close_payload(w, start);
}

void ike_put_notify(struct ike_writer *w, const struct ike_notify *n)
{
    size_t start = open_payload(w, IKE_P_NOTIFY);
    wr_u8(&w->w, n->protocol);
    wr_u8(&w->w, n->spi_bytes);
    wr_u16(&w->w, n->type);
    write_spi(&w->w, n->spi_bytes, n->spi);
    wr_bytes(&w->w, n->data, n->bytes);
    close_payload(w, start);
}

void ike_put_delete(struct ike_writer *w, const struct ike_delete *d)
{
    assert(d->count <= IKE_SPIS && d->spi_bytes == (d->protocol == IKE_PROTO_IKE ? 0 : 4));
    size_t start = open_payload(w, IKE_P_DELETE);
    wr_u8(&w->w, d->protocol);
    wr_u8(&w->w, d->spi_bytes);
    wr_u16(&w->w, (uint16_t)d->count);
    for (unsigned k = 0; k < d->count; k++)
        wr_u32(&w->w, d->spi[k]);
    close_payload(w, start);
}

static void put_selector(struct writer *w, const struct ike_selector *s)
{
    size_t start = w->len;
    size_t skip = s->type == IKE_TS_IPV4 ? 12 : 0; /* of the mapped form */
    wr_u8(w, s->type);
    wr_u8(w, s->protocol);
    size_t length = wr_hole(w, 2);
    wr_u16(w, s->start_port);
    wr_u16(w, s->end_port);
    wr_bytes(w, s->low.b + skip, sizeof s->low.b - skip);
    wr_bytes(w, s->high.b + skip, sizeof s->high.b - skip);
    close_at(w, start, length);
}

void ike_put_ts(struct ike_writer *w, uint8_t payload, const struct ike_ts *ts)
{
    assert((payload == IKE_P_TSI || payload == IKE_P_TSR) && ts->n <= IKE_SELECTORS);
    size_t start = open_payload(w, payload);
    size_t count_at = wr_hole(&w->w, 4);
    uint8_t count = 0;
    for (unsigned k = 0; k < ts->n; k++) {
        const struct ike_selector *s = &ts->selector[k];
        if (s->type != IKE_TS_IPV4 && s->type != IKE_TS_IPV6)
            continue; /* nothing but its type is known */
        put_selector(&w->w, s);
        count++;
    }
    wr_fill_u8(&w->w, count_at, count);
    close_payload(w, start);
}

void ike_put_cp(struct ike_writer *w, const struct ike_cp *cp)
{
    assert(cp->n <= IKE_ATTRIBUTES);
    size_t start = open_payload(w, IKE_P_CP);
    wr_u8(&w->w, cp->type);
    wr_zeros(&w->w, 3);
    for (unsigned k = 0; k < cp->n; k++) {
        const struct ike_attribute *a = &cp->attribute[k];
        if (a->bytes > LENGTH_MOST)
            w->w.full = true;
        wr_u16(&w->w, a->type);
        wr_u16(&w->w, (uint16_t)a->bytes);
        wr_bytes(&w->w, a->value, a->bytes);
    }
    close_payload(w, start);
}
