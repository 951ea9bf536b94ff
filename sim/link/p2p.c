#include "sim/link/p2p.h"

#include <assert.h>

#include "sim/link/carrier.h"

#define AT(member) offsetof(struct p2p_config, member)

const struct key p2p_keys[] = {
    {"rate", KEY_RATE, AT(rate), "1 Gbit/s", "in each direction", .min = 1,
     .max = INT64_C(1000000000000)},
    {"delay", KEY_TIME, AT(delay), "1 ms", "propagation, in each direction", .max = 3600 * SIM_S},
    {"jitter", KEY_TIME, AT(jitter), "0 ms", "uniform between 0 and this is added; order is kept",
     .max = 3600 * SIM_S},
    {"queue", KEY_PACKETS, AT(queue), "1000 packets", "that may wait, beside the one being sent",
     .max = 10000000},
    {"mtu", KEY_SIZE, AT(mtu), "1500 B", "largest IPv6 packet (RFC 8200 5)", .min = 1280,
     .max = PKT_MTU_MAX},
    {"frame_bytes", KEY_SIZE, AT(frame_bytes), "0 B",
     "bytes that a frame costs beside the packet, such as 2 of PPP", .max = 256},
    {"loss", KEY_TABLE, AT(loss), "", "what the link loses; a bare share is bernoulli",
     .keys = loss_keys, .scalar = "bernoulli"},
    {.name = NULL},
};

static void deliver(void *owner, struct pkt *p)
{
    port_deliver(owner, p);
}

static void send(void *via, struct port *from, struct pkt *p)
{
    if (p->len > from->mtu) {
        port_drop(from, DROP_LINK_MTU, p);
    } else {
        channel_send(via, from, p);
    }
}

static void join_one_way(struct links *links, const char *name, const struct p2p_config *how,
                         struct port *from, struct port *to)
{
    struct channel *c = arena_take(links->arena, sizeof *c);
    const struct channel_config config = {.rate = how->rate,
                                          .delay = how->delay,
                                          .jitter = how->jitter,
                                          .queue = how->queue,
                                          .frame_bytes = (uint32_t)how->frame_bytes,
                                          .loss = how->loss};
    channel_init(c, links, arena_format(links->arena, "%s.%s", name, from->name), &config);
    c->from = from;
    c->owner = to;
    c->deliver = deliver;
    c->link = name;
    c->direction = arena_format(links->arena, "%s > %s", from->name, to->name);
    from->via = c;
    from->send = send;
}

void p2p_join(struct links *links, const char *name, const struct p2p_config *how, struct port *a,
              struct port *b)
{
    join_one_way(links, name, how, a, b);
    join_one_way(links, name, how, b, a);
    if (links->carriers)
        carriers_join(links->carriers, name, how, a->via, b->via);
    port_set_up(a, true);
    port_set_up(b, true);
}

void p2p_block(struct port *end, bool on)
{
    assert(end->send == send);
    channel_block(end->via, on);
}
