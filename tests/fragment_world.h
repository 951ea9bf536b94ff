/*
 * fragment_world.h - packets in pieces, and what is told of them.
 */
#ifndef TESTS_FRAGMENT_WORLD_H
#define TESTS_FRAGMENT_WORLD_H

#include "models/node/fragments.h"
#include "models/wire/fragment.h"

#include "tests/small_world.h"

#define FILE_ "path-mtu.yaml"
#define QUIET "expect=[]", "flows={}", "events=[]"

static inline struct addr cn_address(void)
{
    return node_of("cn")->iface[0]->nd->address[1].addr;
}

static inline struct iface *cn(void)
{
    return iface_of("cn", "eth0");
}

static inline struct fragment part_of(const uint8_t *at)
{
    struct fragment f;
    CHECK_EQ(fragment_read(at, FRAGMENT_HEADER, &f), IP6_GOOD);
    return f;
}

static inline struct addr outside(void)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0xf, [15] = 0x99}};
}

/* An echo request of `data` bytes to the correspondent, in pieces: [from, to) of what stands behind
 * the IPv6 header. */
static inline struct pkt *piece(size_t data, uint32_t id, size_t from, size_t to)
{
    struct addr src = outside();
    struct addr dst = cn_address();
    struct pkt *whole = echo_request(&world.packets, &src, &dst, 7, 1, data);
    size_t n = whole->len - IP6_HEADER;
    struct pkt *p = pkt_take(&world.packets);
    const struct fragment f = {
        .next = IP6_ICMP6, .offset = (uint16_t)from, .more = to < n, .id = id};
    fragment_write(pkt_append(p, FRAGMENT_HEADER), &f);
    memcpy(pkt_append(p, to - from), whole->at + IP6_HEADER + from, to - from);
    path_add_header(p, &src, &dst, IP6_FRAGMENT, 64);
    pkt_give(&world.packets, whole);
    return p;
}

/* Whether an error with that value left since frame `from`. */
static inline bool tells(unsigned from, uint8_t type, uint8_t code, uint32_t value)
{
    for (unsigned k = from; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        struct icmp6_error e;
        if (is_icmp(f, type) &&
            !icmp6_read_error(f->ip + f->c.upper_at, f->n - f->c.upper_at, &e) && e.code == code &&
            e.value == value)
            return true;
    }
    return false;
}

/* Ten seconds on, with the router known to the correspondent: what it sends leaves at once. */
static inline void settle(void)
{
    run_to(10 * SIM_S);
    neighbour_learn(cn(), &solicit_router(cn(), NULL)->addr, STRANGER, true);
}

static inline unsigned replies(void)
{
    return count_icmp(cn(), ICMP6_ECHO_REPLY, 0);
}

#endif
