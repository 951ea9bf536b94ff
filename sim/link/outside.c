#include "sim/link/outside.h"

#include <assert.h>
#include <string.h>

enum { ADDRESS_BYTES = 6 };

struct outside_ticket {
    struct pkt *held; /* NULL: spare */
    struct port *from;
    uint32_t serial; /* how often this place was used: a number is never given twice */
    uint32_t next;   /* spare: 1 + index of the next one */
    bool reached;
    enum link_reason why; /* it is lost, if it has reached nobody */
};

struct outside *outside_new(struct links *links, const struct outside_ways *ways, void *owner)
{
    struct outside *o = arena_take(links->arena, sizeof *o);
    *o = (struct outside){.links = links, .ways = ways, .owner = owner};
    o->ticket = arena_take(links->arena, OUTSIDE_ROOM * sizeof *o->ticket);
    return o;
}

/* ---- tickets --------------------------------------------------------------------------------- */

static uint64_t number_of(const struct outside *o, const struct outside_ticket *t)
{
    return (uint64_t)t->serial << 32 | (uint64_t)(t - o->ticket + 1);
}

static struct outside_ticket *take_ticket(struct outside *o)
{
    struct outside_ticket *t;
    if (o->spare) {
        t = &o->ticket[o->spare - 1];
        o->spare = t->next;
    } else if (o->tickets < OUTSIDE_ROOM) {
        t = &o->ticket[o->tickets++];
    } else {
        return NULL;
    }
    t->serial++;
    t->reached = false;
    t->why = DROP_NO_STATION;
    if (++o->out > o->count.peak)
        o->count.peak = o->out;
    return t;
}

static struct pkt *give_ticket(struct outside *o, struct outside_ticket *t)
{
    struct pkt *p = t->held;
    t->held = NULL;
    t->next = o->spare;
    o->spare = (uint32_t)(t - o->ticket) + 1;
    o->out--;
    return p;
}

bool outside_holds(const struct outside *o, uint64_t ticket)
{
    uint64_t place = ticket & UINT32_MAX;
    if (!place || place > o->tickets)
        return false;
    const struct outside_ticket *t = &o->ticket[place - 1];
    return t->held && t->serial == ticket >> 32;
}

static struct outside_ticket *ticket_of(struct outside *o, uint64_t ticket)
{
    assert(outside_holds(o, ticket)); /* each is ended once */
    return &o->ticket[(ticket & UINT32_MAX) - 1];
}

/* ---- out ------------------------------------------------------------------------------------- */

void outside_send(void *via, struct port *from, struct pkt *p)
{
    struct outside *o = from->outside;
    (void)via;
    if (!port_fits(from, p->len)) {
        port_drop(from, DROP_LINK_MTU, p);
        return;
    }
    struct outside_ticket *t = take_ticket(o);
    if (!t) {
        o->count.refused++;
        port_drop(from, DROP_QUEUE_FULL, p);
        return;
    }
    t->held = p;
    t->from = from;
    p->cause = sim_cause(o->links->sim);
    tap_frame(o->links->sim, from->index, TAP_SENT, DROP_NONE, p);
    o->count.sent++;
    o->count.bytes += p->len;
    bool nested = o->sending;
    o->sending = true;
    o->ways->send(o->owner, from, number_of(o, t), p->at, p->len);
    o->sending = nested;
}

/* ---- in -------------------------------------------------------------------------------------- */

static uint64_t address_of(const uint8_t *frame)
{
    uint64_t station = 0;
    for (int i = 0; i < ADDRESS_BYTES; i++)
        station = station << 8 | frame[i];
    return station;
}

/* As a network card filters. What is too short to say whom it is for is the node's to refuse. */
static bool is_for(const struct port *to, const uint8_t *frame, size_t n)
{
    if (to->framing != LINK_ETHERNET || n < ADDRESS_BYTES)
        return true;
    uint64_t station = address_of(frame);
    if (frame[0] & 1)
        return !to->hears || to->hears(to->owner, station);
    return station == to->station;
}

bool outside_receive(struct outside *o, struct port *to, uint64_t ticket, const uint8_t *frame,
                     size_t n)
{
    struct outside_ticket *t = ticket ? ticket_of(o, ticket) : NULL;
    assert(!o->sending);
    if (!is_for(to, frame, n) || (t && to == t->from)) /* nobody hears himself */
        return false;
    bool is_here = to->outside == o && to->up;
    if (!is_here || !port_fits(to, n)) {
        if (t)
            t->why = is_here ? DROP_LINK_MTU : DROP_LINK_DOWN;
        return false;
    }
    struct pkt *p = pkt_take(o->links->packets);
    memcpy(pkt_append(p, n), frame, n);
    if (t) {
        p->mark = t->held->mark;
        p->cause = t->held->cause;
        t->reached = true;
    } else {
        o->count.strangers++;
    }
    o->count.received++;
    port_deliver(to, p);
    return true;
}

static bool to_group(const struct outside_ticket *t)
{
    return t->from->framing == LINK_ETHERNET && t->held->at[0] & 1;
}

void outside_done(struct outside *o, uint64_t ticket)
{
    struct outside_ticket *t = ticket_of(o, ticket);
    if (t->reached || to_group(t)) { /* a group of which nobody is here: no loss */
        o->count.done++;
        pkt_give(o->links->packets, give_ticket(o, t));
    } else {
        outside_lost(o, ticket, t->why);
    }
}

void outside_lost(struct outside *o, uint64_t ticket, enum link_reason reason)
{
    struct outside_ticket *t = ticket_of(o, ticket);
    struct port *from = t->from;
    o->count.lost++;
    port_lose(from, reason, give_ticket(o, t));
}

void outside_carry(struct outside *o, struct port *host, bool up)
{
    if (host->outside == o)
        o->carry(o->net, host, up);
}

uint32_t outside_release(struct outside *o)
{
    uint32_t left = o->out;
    for (uint32_t k = 0; k < o->tickets; k++) {
        if (o->ticket[k].held)
            pkt_give(o->links->packets, give_ticket(o, &o->ticket[k]));
    }
    return left;
}
