#include "models/transport/source.h"

#include <string.h>

#include "models/transport/echo.h"
#include "models/wire/ip6.h"
#include "models/wire/udp.h"
#include "sim/core/tap.h"

enum { EXPERIMENTAL = 253 }; /* RFC 3692 2.1 */

static void add_header(const struct source *s, struct pkt *p, uint8_t next)
{
    const struct ip6 h = {.src = s->src,
                          .dst = s->dst,
                          .payload_bytes = (uint16_t)p->len,
                          .next = next,
                          .hop_limit = s->shape.hop_limit};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
}

static struct pkt *make_ping(const struct source *s)
{
    struct pkt *p = echo_request(s->packets, &s->src, &s->dst, (uint16_t)s->flow,
                                 (uint16_t)s->sequence, (size_t)s->shape.payload);
    p->at[IP6_AT_HOPS] = s->shape.hop_limit;
    return p;
}

static struct pkt *make_datagram(const struct source *s)
{
    bool voice = s->shape.kind == FLOW_VOICE;
    size_t n = (size_t)s->shape.payload + (voice ? RTP_HEADER : 0);
    struct pkt *p = pkt_take(s->packets);
    if (s->shape.experimental) {
        memset(pkt_append(p, n), 0, n);
        add_header(s, p, EXPERIMENTAL);
        return p;
    }
    uint8_t *datagram = pkt_append(p, UDP_HEADER + n);
    memset(datagram + UDP_HEADER, 0, n);
    if (voice) {
        const struct rtp r = {.payload_type = s->shape.rtp_type,
                              .marker = s->sequence == 0,
                              .sequence = (uint16_t)s->sequence,
                              .timestamp = (uint32_t)s->sequence * s->shape.rtp_samples,
                              .source = s->flow << 1 | s->direction};
        rtp_write(datagram + UDP_HEADER, &r);
    }
    udp_write(datagram, n, &s->src, &s->dst, s->port, s->port);
    add_header(s, p, IP6_UDP);
    return p;
}

static void tick(struct sim *sim, void *owner)
{
    struct source *s = owner;
    if (sim_now(sim) >= s->stop)
        return;
    bool last = s->sequence % s->shape.burst == s->shape.burst - 1;
    sim_arm_in(sim, &s->timer, last ? s->shape.pause : s->shape.interval);
    if (s->choose)
        s->src = s->choose(s->owner, &s->dst);
    struct pkt *p = s->shape.kind == FLOW_PING ? make_ping(s) : make_datagram(s);
    p->mark = (struct pkt_mark){.flow = s->flow,
                                .direction = s->direction,
                                .bytes = p->len,
                                .sequence = s->sequence++,
                                .born = sim_now(sim)};
    tap_packet(sim, TAP_BORN, DROP_NONE, p);
    s->out(s->owner, p);
}

void source_start(struct source *s, sim_time start)
{
    sim_timer_init(&s->timer, tick, s);
    sim_arm(s->sim, &s->timer, start);
}

static void take(void *owner, const struct pkt *p, const uint8_t *payload, size_t n)
{
    (void)payload;
    (void)n;
    tap_packet(owner, TAP_TAKEN, DROP_NONE, p);
}

void sink_listen(struct udp_ports *ports, struct arena *arena, struct sim *sim, uint16_t port)
{
    const struct udp_listener l = {.port = port, .owner = sim, .take = take};
    udp_listen(ports, arena, &l);
}
