#include "models/transport/flow.h"

#include "models/transport/echo.h"

#define STREAM(member)  offsetof(struct flow_stream_config, member)
#define TRAFFIC(member) offsetof(struct flow_traffic_config, member)
#define FLOW(member)    offsetof(struct flow_config, member)

static const char *const voices[] = {"none", "g711", "g729", NULL};
static const char *const directions[] = {"both", "up", "down", NULL};

static const char *const sources[] = {"home", "care-of", NULL};
static const char *const protocols[] = {"udp", "experimental", NULL};

#define BURSTS(member) offsetof(struct flow_bursts_config, member)

static const struct key burst_keys[] = {
    {"packets", KEY_INTEGER, BURSTS(packets), NULL, "in a row, `interval` apart", .min = 1,
     .max = 1000000},
    {"every", KEY_TIME, BURSTS(every), "0 s",
     "from the first packet of a burst to the first of the next; 0 s: `packets` / `rate`",
     .max = 3600 * SIM_S},
    {.name = NULL},
};

static const struct key constant_keys[] = {
    {"payload", KEY_SIZE, STREAM(payload), "160 B",
     "behind the UDP header; what the path does not take whole leaves in fragments",
     .max = FLOW_PAYLOAD_MAX},
    {"interval", KEY_TIME, STREAM(interval), "20 ms", "from packet to packet", .min = SIM_US,
     .max = 3600 * SIM_S},
    {"rate", KEY_INTEGER, STREAM(rate), "0",
     "packets a second instead of `interval`, which is then 1 s / rate, rounded to nanoseconds; with "
     "`bursts` their mean rate; 0: there is none",
     .max = 1000000},
    {"bursts", KEY_TABLE, STREAM(bursts), "", "on and off: so many packets in a row, then silence",
     .keys = burst_keys, .given_at = KEY_GIVEN(struct flow_stream_config, bursts.given)},
    {"protocol", KEY_WORD, STREAM(protocol), "udp",
     "UDP, or the experimental next header 253 (RFC 3692) that no node knows", .words = protocols},
    {.name = NULL},
};

static const struct key ping_keys[] = {
    {"payload", KEY_SIZE, STREAM(payload), "56 B", "behind the ICMPv6 echo header",
     .max = ECHO_DATA_MAX},
    {"interval", KEY_TIME, STREAM(interval), "1 s", "from request to request", .min = SIM_US,
     .max = 3600 * SIM_S},
    {.name = NULL},
};

static const struct key traffic_keys[] = {
    {"voice", KEY_WORD, TRAFFIC(voice), "none",
     "G.711 (160 B every 20 ms) or G.729 (20 B every 20 ms) in RTP, RFC 3551", .words = voices},
    {"plc", KEY_BOOL, TRAFFIC(plc), "true",
     "the listener conceals losses: Bpl of the E-model, ITU-T G.113"},
    {"constant", KEY_TABLE, TRAFFIC(constant), "", "UDP packets at a constant rate",
     .keys = constant_keys, .given_at = KEY_GIVEN(struct flow_traffic_config, has_constant)},
    {"ping", KEY_TABLE, TRAFFIC(ping), "", "ICMPv6 echo: requests up, replies down",
     .keys = ping_keys, .given_at = KEY_GIVEN(struct flow_traffic_config, has_ping)},
    {.name = NULL},
};

const struct key flow_keys[] = {
    {"between", KEY_LIST, FLOW(between), NULL, "two nodes; up is from the first to the second",
     .of = KEY_REF, .refers = "nodes"},
    {"traffic", KEY_TABLE, FLOW(traffic), NULL, "one of voice, constant and ping",
     .keys = traffic_keys},
    {"playout", KEY_TIME, FLOW(playout), "60 ms",
     "voice: a packet later than the least delay of the run plus this is late", .max = 10 * SIM_S},
    {"deadline", KEY_TIME, FLOW(deadline), "0 s",
     "a packet with a one-way delay above this is late; 0 s: voice uses playout, others never are",
     .max = 3600 * SIM_S},
    {"start", KEY_TIME, FLOW(start), "0 s", "first packet, before the random phase",
     .max = INT64_C(1000000) * SIM_S},
    {"stop", KEY_TIME, FLOW(stop), "0 s", "no packet from here on; 0 s: as long as the run",
     .max = INT64_C(1000000) * SIM_S},
    {"directions", KEY_WORD, FLOW(directions), "both", "which of the two carry packets",
     .words = directions},
    {"random_phase", KEY_BOOL, FLOW(random_phase), "true",
     "each direction starts at a random part of its interval, or of the time between bursts, RFC 3432"},
    {"hop_limit", KEY_INTEGER, FLOW(hop_limit), "64", "of the packets as they leave, RFC 8200 3",
     .min = 1, .max = 255},
    {"source", KEY_WORD, FLOW(source), "home",
     "a mobile node's: its home address, or the care-of address that it would choose (RFC 6724 5), "
     "past Mobile IPv6; only upwards, or pings",
     .words = sources},
    {.name = NULL},
};

/* How long `packets` take, rounded to nanoseconds. */
static sim_time per_second(int64_t packets, int64_t rate)
{
    return (packets * SIM_S + rate / 2) / rate;
}

static struct flow_shape constant_of(const struct flow_stream_config *c)
{
    struct flow_shape s = {.kind = FLOW_CONSTANT,
                           .text = "constant",
                           .payload = c->payload,
                           .interval = c->interval,
                           .experimental = c->protocol == 1};
    if (c->bursts.given) {
        s.burst = (uint64_t)c->bursts.packets;
        sim_time every = c->rate ? per_second(c->bursts.packets, c->rate) : c->bursts.every;
        s.pause = every - (c->bursts.packets - 1) * s.interval;
    } else if (c->rate) {
        s.interval = per_second(1, c->rate);
    }
    return s;
}

static struct flow_shape pattern_of(const struct flow_traffic_config *traffic)
{
    if (traffic->has_ping) {
        return (struct flow_shape){.kind = FLOW_PING,
                                   .text = "ping",
                                   .payload = traffic->ping.payload,
                                   .interval = traffic->ping.interval};
    }
    if (traffic->has_constant)
        return constant_of(&traffic->constant);
    bool g711 = traffic->voice != VOICE_G729;
    return (struct flow_shape){.kind = FLOW_VOICE,
                               .text = g711 ? "g711" : "g729",
                               .payload = g711 ? 160 : 20,
                               .interval = 20 * SIM_MS,
                               .rtp_type = g711 ? 0 : 18,
                               .rtp_samples = 160};
}

struct flow_shape flow_shape_of(const struct flow_config *flow)
{
    struct flow_shape shape = pattern_of(&flow->traffic);
    shape.hop_limit = (uint8_t)flow->hop_limit;
    if (!shape.burst) {
        shape.burst = 1;
        shape.pause = shape.interval;
    }
    return shape;
}

sim_time flow_period(const struct flow_shape *shape)
{
    return (sim_time)(shape->burst - 1) * shape->interval + shape->pause;
}
