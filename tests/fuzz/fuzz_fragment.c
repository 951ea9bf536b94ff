/*
 * Whatever fragments come, in whatever order: each packet is held, handed out or dropped, a whole
 * one is made of right bytes in the right places, and nothing is left at the end.  And packets that
 * are cut and put together are as they were.
 *
 * The input is a list of steps: a byte that says which, then its arguments.
 */
#include <stdlib.h>
#include <string.h>

#include "models/node/reassembly.h"
#include "models/wire/fragment.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 400, MOST = 8 };

static struct pool packets;
static struct reassembly machine;
static size_t held; /* packets that the machine has */

/* The octet at `offset` behind the Fragment headers of packet `id`. */
static uint8_t octet(uint32_t id, size_t offset)
{
    return (uint8_t)(offset * 31 + offset / 251 + id);
}

static void settle(struct reassembly_act *act, uint32_t id, bool right)
{
    while (act->dead) {
        struct pkt *p = act->dead;
        act->dead = p->next;
        if (!act->reason)
            abort();
        pkt_give(&packets, p);
    }
    if (act->whole) {
        struct ip6 h;
        struct ip6_chain c;
        const struct pkt *p = act->whole;
        if (p->len > REASSEMBLY_BYTES + FRAGMENT_HEADER || ip6_read(p->at, p->len, &h) ||
            (size_t)IP6_HEADER + h.payload_bytes != p->len)
            abort();
        for (size_t k = IP6_HEADER; right && k < p->len; k++)
            if (p->at[k] != octet(id, k - IP6_HEADER))
                abort();
        (void)!ip6_walk(p->at, p->len, &c);
        pkt_give(&packets, act->whole);
        act->whole = NULL;
    }
    held = packets.out;
    if (held > (size_t)MOST * REASSEMBLY_PARTS)
        abort();
}

/* A fragment whose bytes are those of its packet. */
static void step_right(struct reader *r, sim_time now)
{
    struct reassembly_act act;
    uint8_t id = rd_u8(r);
    uint16_t where = rd_u16(r);
    uint16_t n = rd_u16(r) % 1500;
    const struct fragment f = {IP6_NONE, where, where & 1, id % 16};
    struct pkt *p = pkt_take(&packets);
    fragment_write(pkt_append(p, FRAGMENT_HEADER), &f);
    for (size_t k = 0; k < n; k++)
        *pkt_append(p, 1) = octet(f.id, (where & 0xfff8u) + k);
    const struct ip6 h = {
        .payload_bytes = (uint16_t)p->len, .next = IP6_FRAGMENT, .hop_limit = id >> 4};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    reassembly_take(&machine, p, IP6_HEADER, now, &act);
    settle(&act, f.id, true);
}

/* A packet as the bytes have it, if it has a Fragment header at all. */
static void step_raw(struct reader *r, sim_time now)
{
    struct reassembly_act act;
    struct ip6 h;
    struct ip6_chain c;
    size_t n = rd_u8(r);
    n = n < rd_left(r) ? n : rd_left(r);
    const uint8_t *bytes = rd_take(r, n);
    if (!bytes || ip6_read(bytes, n, &h) || ip6_walk(bytes, n, &c) || c.upper != IP6_FRAGMENT)
        return;
    struct pkt *p = pkt_take(&packets);
    memcpy(pkt_append(p, n), bytes, n);
    p->len = (uint32_t)IP6_HEADER + h.payload_bytes;
    if (c.upper_at > p->len) {
        pkt_give(&packets, p);
        return;
    }
    (void)fragment_holds_chain(p->at, p->len);
    reassembly_take(&machine, p, c.upper_at, now, &act);
    settle(&act, 0, false);
}

static void step_time(struct reader *r, sim_time *now)
{
    struct reassembly_act act;
    *now += rd_u8(r) * SIM_S;
    while (reassembly_tick(&machine, *now, &act))
        settle(&act, 0, false);
    if (reassembly_next(&machine) <= *now)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct reassembly_config how = {60 * SIM_S, MOST};
    struct arena arena = {0};
    struct reader r = rd_over(data, size);
    sim_time now = 0;
    packets = pkt_pool(&arena);
    reassembly_init(&machine, &arena, &packets, &how);
    for (int step = 0; step < STEPS && rd_left(&r); step++) {
        switch (rd_u8(&r) % 4) {
        case 0:
            step_time(&r, &now);
            break;
        case 1:
            step_raw(&r, now);
            break;
        default:
            step_right(&r, now);
        }
    }
    reassembly_release(&machine);
    if (packets.out || machine.parts.out)
        abort();
    arena_release(&arena);
    return 0;
}
