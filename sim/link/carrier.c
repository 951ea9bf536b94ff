#include "sim/link/carrier.h"

#include <assert.h>
#include <string.h>

enum { PAYLOAD_LENGTH_AT = 4 }; /* RFC 8200 3 */

void carriers_init(struct carriers *c, struct foreign *clock, uint32_t adds)
{
    assert(adds <= CARRIER_ADDS_MAX);
    *c = (struct carriers){.clock = clock, .adds = adds};
    c->last = &c->first;
}

static struct carrier *new_carrier(struct carriers *c, struct channel *channel)
{
    struct carrier *r = arena_take(channel->links->arena, sizeof *r);
    *r = (struct carrier){.clock = c->clock, .channel = channel, .adds = c->adds};
    channel->carrier = r;
    *c->last = r;
    c->last = &r->next;
    return r;
}

void carriers_join(struct carriers *c, const char *name, const struct p2p_config *how,
                   struct channel *one, struct channel *other)
{
    struct carrier *a = new_carrier(c, one);
    struct carrier *b = new_carrier(c, other);
    c->join(c->self, name, how, a, b);
    assert(a->send && b->send);
}

/* The frame that p makes; `room` is used where it is not p's own bytes. Answers its length. */
static size_t frame_of(const struct carrier *r, const struct pkt *p,
                       uint8_t room[CARRIER_FRAME_MAX], const uint8_t **frame)
{
    uint32_t counted = r->channel->how.frame_bytes;
    *frame = p->at;
    if (counted == r->adds)
        return p->len;
    *frame = room;
    if (counted > r->adds) {
        uint32_t more = counted - r->adds;
        memcpy(room, p->at, p->len);
        memset(room + p->len, 0, more);
        return p->len + more;
    }
    uint32_t less = r->adds - counted;
    memcpy(room, p->at, PAYLOAD_LENGTH_AT);
    memcpy(room + PAYLOAD_LENGTH_AT, p->at + PAYLOAD_LENGTH_AT + less,
           p->len - PAYLOAD_LENGTH_AT - less);
    return p->len - less;
}

void carrier_take(struct carrier *r, struct pkt *p)
{
    uint8_t room[CARRIER_FRAME_MAX];
    const uint8_t *frame;
    size_t n = frame_of(r, p, room, &frame);
    r->count.handed++;
    if (!r->awaited)
        r->awaited = p;
    r->send(r->self, frame, n);
}

static void fail(struct carrier *r, const char *what, size_t n)
{
    foreign_fail(r->clock, ST_OUTSIDE, "%.9f s: %.60s, %.80s: a frame of %zu bytes %s",
                 (double)sim_now(r->clock->sim) / 1e9, r->channel->link, r->channel->direction, n,
                 what);
}

bool carrier_has_brought(struct carrier *r, const struct pkt *oldest)
{
    if (oldest != r->awaited)
        return true;
    if (!r->clock->st && !foreign_await(r->clock))
        fail(r, "has not come out of the device that carries the link when it was due",
             oldest->len);
    return false;
}

void carrier_arrived(struct carrier *r, const uint8_t *frame, size_t n)
{
    uint8_t room[CARRIER_FRAME_MAX];
    const uint8_t *want;
    const struct pkt *p = r->awaited;
    if (!p) {
        fail(r, "comes out of the device that carries the link, and none went in", n);
        return;
    }
    if (frame_of(r, p, room, &want) != n || memcmp(want, frame, n) != 0) {
        fail(r,
             "comes out of the device that carries the link other than it went in, or out of "
             "order",
             n);
        return;
    }
    if (p->link.due == sim_now(r->clock->sim)) {
        r->count.exact++;
    } else {
        r->count.early++;
    }
    r->awaited = p->next;
}

void carrier_lost(struct carrier *r, enum link_reason reason)
{
    if (!r->awaited) {
        fail(r, "is lost by the device that carries the link, and none went in", 0);
        return;
    }
    r->awaited->outside = (uint8_t)reason;
    r->awaited = r->awaited->next;
    r->count.lost++;
}
