#include <string.h>

#include "models/names.h"
#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "traces/messages.h"

#include "tests/check.h"

static struct messages told;

static void tell(uint64_t id, uint16_t name, const char *direction)
{
    const struct tap_event e = {
        .id = id,
        .name = name,
        .n = direction != NULL,
        .field = {{.key = "direction", .type = TAP_TEXT, .text = direction}}};
    messages_see(&told, &e);
}

static uint8_t bytes[IP6_HEADER + 20];
static struct pkt packet;

/* A packet with `next` behind its header, where four octets stand first. */
static struct pkt *make(uint64_t cause, uint8_t next, uint32_t first)
{
    const struct ip6 h = {.next = next, .payload_bytes = 20, .hop_limit = 64};
    ip6_write(bytes, &h);
    memset(bytes + IP6_HEADER, 0, 20);
    for (int k = 0; k < 4; k++)
        bytes[IP6_HEADER + k] = (uint8_t)(first >> (24 - 8 * k));
    packet = (struct pkt){.at = bytes, .len = sizeof bytes, .cause = cause};
    return &packet;
}

static void frame(sim_time t, enum tap_what what, uint16_t reason, const struct pkt *p)
{
    const struct tap_frame f = {.t = t, .port = 7, .what = what, .reason = reason, .pkt = p};
    messages_frame(&told, &f, 0);
}

static void begin(void)
{
    messages_release(&told);
    told = (struct messages){.n = 0};
    tell(3, EV_BU_SENT, NULL);
    tell(4, EV_BU_RECEIVED, NULL);
    tell(5, EV_IKE_MESSAGE, "received");
    tell(8, EV_IKE_MESSAGE, "sent");
}

static void the_first_link_says_how_it_left(void)
{
    begin();
    CHECK_EQ(told.n, 2); /* what was received is no sending */
    frame(10, TAP_SENT, 0, make(3, IP6_ESP, 0xbda4f8f1));
    CHECK_EQ(told.list[0].spi, 0xbda4f8f1u);
    CHECK_EQ(told.list[0].bytes, sizeof bytes);
    frame(20, TAP_SENT, 0, make(3, IP6_UDP, 0)); /* the next link */
    CHECK_EQ(told.list[0].spi, 0xbda4f8f1u);
    CHECK_EQ(told.list[0].lost_at, -1);
    CHECK_EQ(told.list[1].bytes, 0);
}

static void the_first_death_is_told(void)
{
    begin();
    frame(10, TAP_SENT, 0, make(8, IP6_UDP, 0));
    frame(15, TAP_LOST, DROP_LINK_LOSS, make(8, IP6_UDP, 0));
    const struct tap_drop d = {
        .t = 25, .node = 2, .reason = DROP_REASSEMBLY, .pkt = make(8, IP6_UDP, 0)};
    messages_drop(&told, &d);
    CHECK_EQ(told.list[1].lost_at, 15);
    CHECK_EQ(told.list[1].lost, DROP_LINK_LOSS);
    CHECK_EQ(told.list[1].where, 7);
    CHECK(!told.list[1].by_node);
    CHECK_EQ(told.list[0].lost_at, -1);
}

static void a_node_may_drop_it_before_any_link(void)
{
    begin();
    const struct tap_drop d = {
        .t = 25, .node = 2, .reason = DROP_NO_ADDRESS, .pkt = make(3, IP6_UDP, 0)};
    messages_drop(&told, &d);
    CHECK_EQ(told.list[0].lost_at, 25);
    CHECK(told.list[0].by_node);
    CHECK_EQ(told.list[0].where, 2);
    CHECK_EQ(told.list[0].bytes, 0);
}

/* What has the same cause and is another packet: solicitations, errors, the packets of flows. */
static void what_else_the_event_led_to_does_not_count(void)
{
    begin();
    frame(10, TAP_LOST, DROP_LINK_LOSS, make(3, IP6_ICMP6, (uint32_t)ICMP6_NS << 24));
    struct pkt *p = make(3, IP6_UDP, 0);
    p->mark.flow = 1;
    frame(11, TAP_LOST, DROP_LINK_LOSS, p);
    frame(12, TAP_LOST, DROP_LINK_LOSS, make(4, IP6_UDP, 0));
    frame(13, TAP_RECEIVED, 0, make(3, IP6_UDP, 0));
    CHECK_EQ(told.list[0].lost_at, -1);
    CHECK_EQ(told.list[0].bytes, 0);
    frame(14, TAP_LOST, DROP_LINK_LOSS, make(3, IP6_ICMP6, (uint32_t)ICMP6_MPS << 24));
    CHECK_EQ(told.list[0].lost_at, 14);
    messages_release(&told);
}

CHECK_MAIN(CASE(the_first_link_says_how_it_left), CASE(the_first_death_is_told),
           CASE(a_node_may_drop_it_before_any_link),
           CASE(what_else_the_event_led_to_does_not_count))
