#include "traces/messages.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"

static bool tells_of_sending(const struct tap_event *e)
{
    switch (e->name) {
    case EV_BU_SENT:
    case EV_BA_SENT:
    case EV_BRR_SENT:
    case EV_MPS_SENT:
    case EV_MPA_SENT:
    case EV_DHAAD_REQUEST_SENT:
    case EV_DHAAD_REPLY_SENT:
    case EV_RR_HOTI_SENT:
    case EV_RR_COTI_SENT:
    case EV_RR_HOT_SENT:
    case EV_RR_COT_SENT:
    case EV_RO_BU_SENT:
    case EV_RO_BA_SENT:
    case EV_RO_BRR_SENT:
        return true;
    case EV_IKE_MESSAGE:
        for (unsigned k = 0; k < e->n; k++) {
            if (!strcmp(e->field[k].key, "direction"))
                return !strcmp(e->field[k].text, "sent");
        }
        return false;
    default:
        return false;
    }
}

void messages_see(struct messages *m, const struct tap_event *e)
{
    if (!tells_of_sending(e))
        return;
    if (m->n == m->room) {
        m->room = m->room ? 2 * m->room : 64;
        m->list = realloc(m->list, m->room * sizeof *m->list);
        assert(m->list);
    }
    m->list[m->n++] = (struct message){.event = e->id, .lost_at = -1};
}

static int by_event(const void *a, const void *b)
{
    uint64_t key = *(const uint64_t *)a;
    const struct message *x = b;
    return (key > x->event) - (key < x->event);
}

static struct message *message_of(const struct messages *m, const struct pkt *p)
{
    if (!p->cause || p->mark.flow || !m->n)
        return NULL;
    return bsearch(&p->cause, m->list, m->n, sizeof *m->list, by_event);
}

/* ND and errors: what an event led to besides. ESP's SPI goes to `*spi`. */
static bool is_aside(const uint8_t *packet, size_t n, uint32_t *spi)
{
    struct ip6_chain c;
    *spi = 0;
    if (fragment_walk(packet, n, &c) || c.upper_at + 4 > n)
        return false;
    const uint8_t *upper = packet + c.upper_at;
    if (c.upper == IP6_ESP)
        *spi = (uint32_t)upper[0] << 24 | (uint32_t)upper[1] << 16 | (uint32_t)upper[2] << 8 |
               upper[3];
    return c.upper == IP6_ICMP6 && (upper[0] < ICMP6_HAAD_REQUEST || upper[0] > ICMP6_MPA);
}

static void note_loss(struct message *x, sim_time t, uint16_t reason, bool by_node, uint32_t where)
{
    if (x->lost_at >= 0)
        return;
    x->lost_at = t;
    x->lost = reason;
    x->by_node = by_node;
    x->where = where;
}

void messages_frame(struct messages *m, const struct tap_frame *f, size_t link_header)
{
    struct message *x = f->what == TAP_RECEIVED ? NULL : message_of(m, f->pkt);
    uint32_t spi;
    if (!x || f->pkt->len <= link_header ||
        is_aside(f->pkt->at + link_header, f->pkt->len - link_header, &spi))
        return;
    if (!x->bytes) {
        x->bytes = f->pkt->len - (uint32_t)link_header;
        x->spi = spi;
    }
    if (f->what != TAP_SENT)
        note_loss(x, f->t, f->reason, false, f->port);
}

void messages_drop(struct messages *m, const struct tap_drop *d)
{
    struct message *x = message_of(m, d->pkt);
    uint32_t spi;
    if (x && d->pkt->len && !is_aside(d->pkt->at, d->pkt->len, &spi))
        note_loss(x, d->t, d->reason, true, d->node);
}

void messages_release(struct messages *m)
{
    free(m->list);
}
