#include "traces/digest.h"

#include <string.h>

#include "models/names.h"
#include "sim/base/bytes.h"

enum { FRAME = 1, PACKET, EVENT, DROP, SERVICE, ROW_BYTES = 64 };

void digest_init(struct digest *d)
{
    d->hash = hash_new();
}

static void put_u64(struct writer *w, uint64_t v)
{
    wr_u32(w, (uint32_t)(v >> 32));
    wr_u32(w, (uint32_t)v);
}

/* A name by its text, so that a new event or reason changes no other: FNV-1a, 32 bits. */
static void put_name(struct writer *w, const char *name)
{
    uint32_t h = 0x811c9dc5;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 0x01000193;
    wr_u32(w, h);
}

static void add(struct digest *d, const struct writer *w)
{
    hash_add(d->hash, w->base, w->len);
}

void digest_frame(struct digest *d, const struct tap_frame *f)
{
    uint8_t row[ROW_BYTES];
    struct writer w = wr_over(row, sizeof row);
    wr_u8(&w, FRAME);
    put_u64(&w, (uint64_t)f->t);
    wr_u32(&w, f->port);
    wr_u8(&w, (uint8_t)f->what);
    put_name(&w, f->reason ? drop_name(f->reason) : "");
    wr_u32(&w, f->pkt->len);
    add(d, &w);
}

void digest_packet(struct digest *d, const struct tap_packet *p)
{
    uint8_t row[ROW_BYTES];
    struct writer w = wr_over(row, sizeof row);
    wr_u8(&w, PACKET);
    put_u64(&w, (uint64_t)p->t);
    wr_u8(&w, (uint8_t)p->step);
    put_name(&w, p->reason ? drop_name(p->reason) : "");
    wr_u32(&w, p->bytes);
    wr_u32(&w, p->mark.flow);
    wr_u8(&w, p->mark.direction);
    wr_u8(&w, p->mark.copy);
    wr_u8(&w, p->mark.path);
    wr_u16(&w, p->mark.bid);
    wr_u16(&w, p->mark.overhead);
    put_u64(&w, p->mark.sequence);
    put_u64(&w, (uint64_t)p->mark.born);
    add(d, &w);
}

void digest_event(struct digest *d, const struct tap_event *e)
{
    uint8_t row[ROW_BYTES];
    struct writer w = wr_over(row, sizeof row);
    wr_u8(&w, EVENT);
    put_u64(&w, (uint64_t)e->t);
    wr_u32(&w, e->node);
    put_name(&w, event_name(e->name));
    wr_u8(&w, (uint8_t)e->n);
    add(d, &w);
    for (unsigned k = 0; k < e->n; k++) {
        const struct tap_field *f = &e->field[k];
        hash_add(d->hash, f->key, strlen(f->key) + 1);
        w = wr_over(row, sizeof row);
        if (f->type == TAP_ADDR) {
            wr_bytes(&w, f->addr.b, sizeof f->addr.b);
        } else if (f->type != TAP_TEXT) {
            put_u64(&w, (uint64_t)f->i);
        }
        add(d, &w);
        if (f->type == TAP_TEXT)
            hash_add(d->hash, f->text, strlen(f->text) + 1);
    }
}

void digest_drop(struct digest *d, const struct tap_drop *drop)
{
    uint8_t row[ROW_BYTES];
    struct writer w = wr_over(row, sizeof row);
    wr_u8(&w, DROP);
    put_u64(&w, (uint64_t)drop->t);
    wr_u32(&w, drop->node);
    put_name(&w, drop_name(drop->reason));
    wr_u32(&w, drop->pkt->len);
    add(d, &w);
}

void digest_service(struct digest *d, const struct tap_service *s)
{
    uint8_t row[ROW_BYTES];
    struct writer w = wr_over(row, sizeof row);
    wr_u8(&w, SERVICE);
    put_u64(&w, (uint64_t)s->t);
    wr_u32(&w, s->node);
    put_u64(&w, (uint64_t)s->waited);
    put_u64(&w, (uint64_t)s->length);
    add(d, &w);
}

void digest_done(struct digest *d, char out[HASH_TEXT])
{
    uint8_t sum[HASH_BYTES];
    hash_done(d->hash, sum);
    hash_free(d->hash);
    hash_text(sum, out);
}
