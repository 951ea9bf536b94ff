#include "sim/base/pkt.h"

#include <assert.h>
#include <string.h>

struct pool pkt_pool(struct arena *a)
{
    return pool_of(a, sizeof(struct pkt));
}

struct pkt *pkt_take(struct pool *packets)
{
    struct pkt *p = pool_take_raw(packets);
    memset(p, 0, offsetof(struct pkt, bytes));
    p->at = p->bytes + PKT_HEADROOM;
    return p;
}

void pkt_give(struct pool *packets, struct pkt *p)
{
    pool_give(packets, p);
}

struct pkt *pkt_copy(struct pool *packets, const struct pkt *p)
{
    struct pkt *copy = pool_take_raw(packets);
    memcpy(copy, p, offsetof(struct pkt, bytes));
    copy->next = NULL;
    copy->at = copy->bytes + (p->at - p->bytes);
    memcpy(copy->at, p->at, p->len);
    return copy;
}

uint8_t *pkt_prepend(struct pkt *p, size_t n)
{
    assert((size_t)(p->at - p->bytes) >= n);
    p->at -= n;
    p->len += (uint32_t)n;
    return p->at;
}

void pkt_strip(struct pkt *p, size_t n)
{
    assert(p->len >= n);
    p->at += n;
    p->len -= (uint32_t)n;
}

size_t pkt_tailroom(const struct pkt *p)
{
    return sizeof p->bytes - (size_t)(p->at - p->bytes) - p->len;
}

uint8_t *pkt_append(struct pkt *p, size_t n)
{
    assert(pkt_tailroom(p) >= n);
    uint8_t *room = p->at + p->len;
    p->len += (uint32_t)n;
    return room;
}
