#include <string.h>

#include "models/names.h"
#include "traces/transition.h"

#include "tests/check.h"

static struct transitions seen;
static const char *const names[] = {"car", "ha"};
static uint64_t last_id;

static const struct addr cell = {{0x20, 1, 0xd, 0xb8, 1}};
static const struct addr wlan = {{0x20, 1, 0xd, 0xb8, 2}};

static void begin(void)
{
    transitions_release(&seen);
    seen = (struct transitions){.name = names, .names = 2};
    last_id = 0;
}

static void see(sim_time t, uint32_t node, uint16_t name, const struct tap_field *field, unsigned n)
{
    struct tap_event e = {.id = ++last_id, .t = t, .node = node, .name = name, .n = n};
    memcpy(e.field, field, n * sizeof *field);
    transitions_see(&seen, &e);
}

#define SEE(t, node, name, ...)                                       \
    do {                                                              \
        const struct tap_field fields[] = {__VA_ARGS__};              \
        see(t, node, name, fields, sizeof fields / sizeof fields[0]); \
    } while (0)

static struct tap_field text(const char *key, const char *value)
{
    return (struct tap_field){.key = key, .type = TAP_TEXT, .text = value};
}

static struct tap_field number(const char *key, int64_t value)
{
    return (struct tap_field){.key = key, .type = TAP_INT, .i = value};
}

static struct tap_field address(const char *key, const struct addr *value)
{
    return (struct tap_field){.key = key, .type = TAP_ADDR, .addr = *value};
}

static void usable(sim_time t, const char *interface, const struct addr *a)
{
    SEE(t, 0, EV_ND_ADDRESS, text("interface", interface), address("address", a));
}

static void message(sim_time t, const char *direction, const char *kind, const char *task,
                    const struct addr *local)
{
    SEE(t, 0, EV_IKE_MESSAGE, text("direction", direction), text("kind", kind), text("task", task),
        number("fragment", 0), address("local", local));
}

static void up(sim_time t, const char *replaces, const struct addr *local)
{
    SEE(t, 0, EV_IKE_UP, text("replaces", replaces), address("local", local));
}

static void moved(sim_time t, uint32_t node, const struct addr *local, const char *how)
{
    SEE(t, node, EV_IKE_MOVED, address("local", local), text("how", how));
}

/* An IKE SA from cell0, from 10 on. */
static void settle(void)
{
    begin();
    usable(5, "cell0", &cell);
    message(10, "sent", "request", "init", &cell);
    message(15, "sent", "request", "init", &cell); /* again: with a cookie */
    up(20, "", &cell);
    usable(30, "wlan0", &wlan);
    CHECK_EQ(seen.n, 0); /* it did not move: it began */
}

static void the_first_ike_sa_belongs_to_its_bid(void)
{
    settle();
    SEE(40, 0, EV_REGISTERED, text("interface", "cell0"), number("bid", 1),
        address("care_of_address", &cell));
    SEE(41, 0, EV_REGISTERED, text("interface", "wlan0"), number("bid", 2),
        address("care_of_address", &wlan));
    CHECK_EQ(seen.n, 2);
    CHECK_EQ(seen.list[0].ike_start, 10);
    CHECK_EQ(seen.list[0].ike_done, 20);
    CHECK_EQ(seen.list[1].ike_start, -1);
    CHECK_EQ(seen.list[1].ike_done, -1);
}

static void link(sim_time t, uint16_t name, const char *interface)
{
    SEE(t, 0, name, text("interface", interface));
}

static void registered(sim_time t, const char *interface, int64_t bid, const struct addr *coa)
{
    SEE(t, 0, EV_REGISTERED, text("interface", interface), number("bid", bid),
        address("care_of_address", coa));
}

static void deregistered(sim_time t, int64_t bid)
{
    SEE(t, 0, EV_DEREGISTERED, number("bid", bid));
}

static void flow_moved(sim_time t, const char *from, const char *to)
{
    SEE(t, 0, EV_FLOW_MOVED, text("from", from), text("to", to));
}

/* A link that is lost belongs to what it ends; not to what ends later, when it is long back. */
static void a_link_that_is_back_is_not_lost_again(void)
{
    begin();
    link(1, EV_L2_UP, "cell0");
    link(2, EV_L2_UP, "wlan0");
    registered(10, "cell0", 1, &cell);
    registered(20, "wlan0", 2, &wlan);
    link(100, EV_L2_DOWN, "wlan0");
    link(105, EV_L2_DOWN_SEEN, "wlan0");
    flow_moved(110, "wlan0", "cell0");
    deregistered(120, 2);
    CHECK_EQ(seen.n, 4);
    for (size_t k = 2; k < 4; k++) {
        CHECK_EQ(seen.list[k].link_down, 100);
        CHECK_EQ(seen.list[k].detected, 105);
        CHECK_EQ(transition_begin(&seen.list[k]), 100);
    }
    link(200, EV_L2_UP, "wlan0");
    registered(210, "wlan0", 2, &wlan);
    flow_moved(220, "cell0", "wlan0");
    flow_moved(300, "wlan0", "cell0"); /* its prefix is over, or another is faster */
    deregistered(310, 2);
    CHECK_EQ(seen.n, 8);
    for (size_t k = 6; k < 8; k++) {
        CHECK_EQ(seen.list[k].link_down, -1);
        CHECK_EQ(seen.list[k].detected, -1);
        CHECK_EQ(transition_begin(&seen.list[k]), seen.list[k].at);
    }
}

/* Break before make: the BID moves on the interface whose link was lost. */
static void a_bid_that_moves_on_its_interface_has_the_loss(void)
{
    begin();
    link(1, EV_L2_UP, "wlan0");
    registered(10, "wlan0", 1, &wlan);
    link(100, EV_L2_DOWN, "wlan0");
    link(105, EV_L2_DOWN_SEEN, "wlan0");
    link(130, EV_L2_UP, "wlan0");
    registered(150, "wlan0", 1, &cell);
    CHECK_EQ(seen.n, 2);
    CHECK_EQ(seen.list[1].kind, TRANSITION_MOVED);
    CHECK_EQ(seen.list[1].link_down, 100);
    CHECK_EQ(seen.list[1].detected, 105);
}

/* Probes find a path dead and alive again; nothing was registered anew. */
static void a_path_that_is_alive_again_is_not_found_dead_again(void)
{
    begin();
    link(1, EV_L2_UP, "wlan0");
    registered(10, "wlan0", 1, &wlan);
    link(100, EV_PATH_DEAD, "wlan0");
    flow_moved(100, "wlan0", "cell0");
    CHECK_EQ(seen.list[1].detected, 100);
    link(150, EV_PATH_ALIVE, "wlan0");
    flow_moved(155, "wlan0", "cell0"); /* the other direction, later */
    CHECK_EQ(seen.list[2].detected, 100);
    flow_moved(160, "cell0", "wlan0");
    flow_moved(200, "wlan0", "cell0");
    CHECK_EQ(seen.n, 5);
    CHECK_EQ(seen.list[4].detected, -1);
}

static void mobike_lasts_from_request_to_answer(void)
{
    settle();
    moved(100, 0, &wlan, "mobike");
    message(100, "sent", "request", "update_addresses", &wlan);
    message(1100, "sent", "request", "update_addresses", &wlan); /* again */
    moved(1120, 1, &wlan, "mobike");                             /* its home agent */
    message(1140, "received", "response", "update_addresses", &wlan);
    CHECK_EQ(seen.n, 1);
    const struct transition *t = &seen.list[0];
    CHECK_EQ(t->kind, TRANSITION_IKE);
    CHECK(!strcmp(transition_kind_name(t->kind), "IKE moved"));
    CHECK(t->from && !strcmp(t->from, "cell0") && t->to && !strcmp(t->to, "wlan0"));
    CHECK_EQ(t->ike_start, 100);
    CHECK_EQ(t->ike_done, 1140);
    CHECK_EQ(t->at, 1140);
    CHECK_EQ(transition_begin(t), 100);
}

static void the_k_bit_needs_no_exchange(void)
{
    settle();
    moved(100, 0, &wlan, "k-bit");
    moved(120, 1, &wlan, "k-bit");
    message(150, "received", "response", "update_addresses", &wlan); /* of nothing */
    CHECK_EQ(seen.n, 1);
    CHECK_EQ(seen.list[0].ike_start, -1);
    CHECK_EQ(seen.list[0].ike_done, -1);
    CHECK_EQ(seen.list[0].at, 100);
}

static void an_answer_to_an_older_move_ends_the_newer_alone(void)
{
    settle();
    moved(100, 0, &wlan, "mobike");
    message(100, "sent", "request", "update_addresses", &wlan);
    moved(110, 0, &cell, "mobike");
    message(110, "sent", "request", "update_addresses", &cell);
    message(140, "received", "response", "update_addresses", &cell);
    CHECK_EQ(seen.n, 2);
    CHECK_EQ(seen.list[0].ike_start, 100);
    CHECK_EQ(seen.list[0].ike_done, -1);
    CHECK_EQ(seen.list[1].ike_start, 110);
    CHECK_EQ(seen.list[1].ike_done, 140);
}

static void a_new_ike_sa_elsewhere_is_a_move_and_a_rekeyed_one_is_none(void)
{
    settle();
    up(50, "a59dffd6d9d7f3ff", &wlan);
    CHECK_EQ(seen.n, 0);
    message(100, "sent", "request", "init", &wlan);
    up(160, "", &wlan);
    CHECK_EQ(seen.n, 1);
    CHECK_EQ(seen.list[0].kind, TRANSITION_IKE);
    CHECK_EQ(seen.list[0].ike_start, 100);
    CHECK_EQ(seen.list[0].ike_done, 160);
    SEE(200, 0, EV_FLOW_MOVED, text("from", "cell0"), text("to", "wlan0"));
    CHECK_EQ(seen.list[1].ike_start, -1); /* long before this flow moved */
    begin();
}

/* With O another Binding Update ends it: what was asked about it is answered all the same. */
static void a_bid_that_another_update_ended_was_asked_for(void)
{
    begin();
    usable(5, "cell0", &cell);
    SEE(10, 0, EV_BU_SENT, text("bids", "1"));
    SEE(20, 0, EV_BA_RECEIVED, text("bids", "1"), number("matched", 1), number("status", 0));
    SEE(20, 0, EV_REGISTERED, text("interface", "cell0"), number("bid", 1),
        address("care_of_address", &cell));
    SEE(100, 0, EV_BU_SENT, text("bids", "1"));
    SEE(120, 0, EV_DEREGISTERED, number("bid", 1));
    CHECK_EQ(seen.n, 2);
    CHECK_EQ(seen.list[1].kind, TRANSITION_REMOVED);
    CHECK_EQ(seen.list[1].bu_sent, 100);
    SEE(200, 0, EV_BU_SENT, text("bids", "1"));
    SEE(220, 0, EV_BA_RECEIVED, text("bids", "1"), number("matched", 1), number("status", 0));
    SEE(220, 0, EV_REGISTERED, text("interface", "cell0"), number("bid", 1),
        address("care_of_address", &cell));
    CHECK_EQ(seen.list[2].bu_sent, 200);
    begin();
}

CHECK_MAIN(CASE(the_first_ike_sa_belongs_to_its_bid), CASE(mobike_lasts_from_request_to_answer),
           CASE(the_k_bit_needs_no_exchange), CASE(an_answer_to_an_older_move_ends_the_newer_alone),
           CASE(a_new_ike_sa_elsewhere_is_a_move_and_a_rekeyed_one_is_none),
           CASE(a_bid_that_another_update_ended_was_asked_for),
           CASE(a_link_that_is_back_is_not_lost_again),
           CASE(a_bid_that_moves_on_its_interface_has_the_loss),
           CASE(a_path_that_is_alive_again_is_not_found_dead_again))
