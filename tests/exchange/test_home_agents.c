/* Several home agents on a home link, and a mobile node that finds them: RFC
 * 6275 5.3, 6.5, 6.6, 10.5, 11.4.1. */
#include "models/wire/dhaad.h"

#include "tests/small_world.h"

#define FILE_    "home-agents.yaml"
#define QUIET    "expect=[]", "flows={}"
#define NOEVENTS "events=[]"
#define ALIKE                                               \
    "nodes.north.advertise={preference: 10, lifetime: 30}", \
        "nodes.south.advertise={preference: 10, lifetime: 30}"
/* The router is no home agent: `ha` stands beside it, too. */
#define PLAIN "networks.home={prefix: \"2001:db8:a::/64\", advertise: {min: 3 s, max: 4 s}}"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
static const struct addr anycast = {
    {0x20, 1, 0xd, 0xb8, 0, 0xa, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};

static struct addr of_home_link(unsigned k)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = (uint8_t)k}};
}

enum { HA = 1, SOUTH = 0x10, NORTH = 0x20 };

static struct mobile *mn(void)
{
    return node_of("mn")->mobile;
}

static struct iface *outside(void)
{
    return iface_of("ha", "home-inet");
}

static bool dhaad_of(const struct seen_frame *f, struct dhaad *m)
{
    uint8_t type;
    if (!f)
        return false;
    const uint8_t *icmp = f->ip + f->c.upper_at;
    size_t n = f->n - f->c.upper_at;
    return icmp6_check(&f->h, icmp, n, &type) == ICMP6_GOOD && dhaad_read(icmp, n, m) == ICMP6_GOOD;
}

static void inject(struct iface *i, const struct addr *src, const struct addr *dst,
                   const struct dhaad *m)
{
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    dhaad_write(&w, src, dst, m);
    p->len = (uint32_t)w.len;
    path_add_header(p, src, dst, IP6_ICMP6, 64);
    arrive(i, STRANGER, p);
}

/* What a stranger is answered through `ha`; NULL: nothing. */
static const struct seen_frame *ask_for(sim_time wait, uint16_t identifier, struct dhaad *reply)
{
    const struct dhaad m = {.type = ICMP6_HAAD_REQUEST, .identifier = identifier};
    sim_time t = now_is();
    unsigned before = seen_frames;
    inject(outside(), &stranger, &anycast, &m);
    run_to(t + wait);
    for (unsigned k = before; k < seen_frames; k++) {
        if (frames[k].port == outside()->port->index && is_icmp(&frames[k], ICMP6_HAAD_REPLY) &&
            dhaad_of(&frames[k], reply))
            return &frames[k];
    }
    return NULL;
}

/* At once. */
static const struct seen_frame *ask(uint16_t identifier, struct dhaad *reply)
{
    return ask_for(SIM_MS, identifier, reply);
}

static bool tells(unsigned k)
{
    struct dhaad reply = {.addresses = 0};
    struct addr wanted = of_home_link(k);
    (void)ask(9, &reply);
    for (unsigned j = 0; j < reply.addresses; j++) {
        if (addr_eq(&reply.address[j], &wanted))
            return true;
    }
    return false;
}

/* The event that chose that one, at or after; NULL: none. */
static const struct tap_event *chosen(unsigned k, sim_time after)
{
    struct addr wanted = of_home_link(k);
    for (unsigned j = 0; j < events; j++) {
        const struct tap_event *e = &happened[j];
        if (e->name == EV_DHAAD_AGENT && e->t >= after &&
            addr_eq(&field_of(e, "agent")->addr, &wanted))
            return e;
    }
    return NULL;
}

static bool is_registered_with(unsigned k)
{
    struct addr wanted = of_home_link(k);
    bool told = false;
    for (unsigned j = 0; j < mn()->bul.entries; j++)
        told |= mn()->bul.entry[j].told;
    return told && addr_eq(&mn()->bul.how.agent, &wanted);
}

/* The time of the last Binding Update to it before `until`, or the first at or after; -1: none. */
static sim_time update_to(unsigned k, bool last, sim_time when)
{
    struct addr wanted = of_home_link(k);
    sim_time found = -1;
    for (unsigned j = 0; j < events; j++) {
        const struct tap_event *e = &happened[j];
        if (e->name != EV_BU_SENT || !addr_eq(&field_of(e, "peer")->addr, &wanted))
            continue;
        if (last && e->t < when)
            found = e->t;
        if (!last && e->t >= when && found < 0)
            found = e->t;
    }
    return found;
}

/* ---- the question ---------------------------------------------------------------------------- */

static void nobody_answers_and_it_asks_after_3_6_12_24_s(void)
{
    BEGIN(
        FILE_, QUIET,
        "events=[{at: 0 s, cut: home-lte}, {at: 0 s, cut: home-wlan}, {at: 0 s, detach: mn.wlan0}]");
    run_to(119 * SIM_S);
    static const int gaps[] = {3, 6, 12, 24};
    const struct iface *cell = iface_of("mn", "cell0");
    struct addr coa = address_global(cell)->addr;
    const struct seen_frame *f = icmp_after(cell, ICMP6_HAAD_REQUEST, 0);
    struct dhaad first = {0};
    RULE("MIP6-ICMP-1");
    CHECK(dhaad_of(f, &first) && addr_eq(&f->h.src, &coa) && addr_eq(&f->h.dst, &anycast) &&
          !f->c.has_home);
    for (size_t k = 0; f && k < 4; k++) {
        sim_time last = f->t;
        struct dhaad again = {0};
        f = icmp_after(cell, ICMP6_HAAD_REQUEST, last + 1);
        RULE("MIP6-ICMP-1");
        CHECK(f && f->t == last + gaps[k] * SIM_S && dhaad_of(f, &again) &&
              again.identifier == first.identifier);
    }
    const struct tap_event *vain = event_after(EV_DHAAD_VAIN, 0);
    RULE("MIP6-ICMP-1");
    CHECK(f && !icmp_after(cell, ICMP6_HAAD_REQUEST, f->t + 1) && vain && vain->t > 90 * SIM_S);
    CHECK_EQ(count_mh(cell, MH_BU, 0), 0);
    end_world();
}

/* The way of one is dead, and it does not know. */
static void repetitions_take_turns_among_the_care_of_addresses(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 0 s, cut: home-lte}]");
    run_to(12 * SIM_S);
    RULE("MIP6-ICMP-1");
    CHECK(icmp_after(iface_of("mn", "cell0"), ICMP6_HAAD_REQUEST, 0) != NULL &&
          icmp_after(iface_of("mn", "wlan0"), ICMP6_HAAD_REQUEST, 0) != NULL);
    const struct tap_event *e = chosen(NORTH, 0);
    CHECK(e && e->t > 9 * SIM_S && e->t < 11 * SIM_S);
    end_world();
}

static void it_asks_anew_after_a_pause(void)
{
    BEGIN(FILE_, QUIET, "timers={dhaad_retries: 1, dhaad_pause: 10 s}",
          "events=[{at: 0 s, cut: home-lte, for: 15 s}, {at: 0 s, cut: home-wlan, for: 15 s}]");
    run_to(25 * SIM_S);
    const struct tap_event *vain = event_after(EV_DHAAD_VAIN, 0);
    const struct tap_event *again = vain ? event_after(EV_DHAAD_REQUEST_SENT, vain->t + 1) : NULL;
    CHECK(vain && again && again->t == vain->t + 10 * SIM_S);
    CHECK(chosen(NORTH, 0) && is_registered_with(NORTH));
    end_world();
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void a_reply_is_from_a_unicast_address_with_the_same_identifier(void)
{
    BEGIN(FILE_, QUIET, NOEVENTS);
    run_to(5 * SIM_S);
    struct dhaad reply = {0};
    struct addr ha = of_home_link(HA);
    const struct seen_frame *f = ask(0xbeef, &reply);
    RULE("MIP6-ICMP-2");
    CHECK(f && addr_eq(&f->h.src, &ha) && addr_eq(&f->h.dst, &stranger) &&
          reply.identifier == 0xbeef && reply.addresses == 3 && f->n <= IP6_MTU_MIN);
    end_world();
}

static void better_ones_come_first_and_equal_ones_are_shuffled(void)
{
    enum { REPLIES = 200 };
    BEGIN(FILE_, QUIET, NOEVENTS, ALIKE);
    run_to(5 * SIM_S);
    unsigned north_first = 0;
    bool sorted = true;
    for (uint16_t k = 0; k < REPLIES; k++) {
        struct dhaad reply = {.addresses = 0};
        struct addr last = of_home_link(HA);
        struct addr north = of_home_link(NORTH);
        const struct seen_frame *f = ask(k, &reply);
        sorted &=
            f && reply.addresses == 3 && reply.identifier == k && addr_eq(&reply.address[2], &last);
        north_first += sorted && addr_eq(&reply.address[0], &north);
    }
    RULE("MIP6-ICMP-2");
    CHECK(sorted);
    RULE("MIP6-ICMP-2");
    CHECK(north_first > REPLIES / 4 && north_first < REPLIES * 3 / 4);
    end_world();
}

static void who_resigns_vanishes_from_the_next_reply(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 10 s, shut: south}]");
    run_to(9 * SIM_S);
    CHECK(tells(NORTH) && tells(SOUTH) && tells(HA));
    run_to(11 * SIM_S);
    struct nd_message ra = {.type = 0};
    const struct seen_frame *f = icmp_after(iface_of("south", "eth0"), ICMP6_RA, 10 * SIM_S);
    CHECK(nd_of(f, &ra) && !ra.home_agent && !ra.options.has_home_agent);
    RULE("MIP6-ICMP-3");
    CHECK(tells(NORTH) && !tells(SOUTH) && tells(HA));
    struct addr router = *address_link_local(iface_of("north", "eth0"));
    f = icmp_after(iface_of("north", "eth0"), ICMP6_RA, 0);
    CHECK(nd_of(f, &ra) && ra.home_agent && ra.router_lifetime_s == 0 &&
          ra.options.home_preference == 20 && ra.options.home_lifetime_s == 30);
    ra.options.home_lifetime_s = 0;
    inject_nd(world_network(&world, "home")->segment, &router, &addr_all_nodes, &ra);
    RULE("MIP6-ICMP-3");
    CHECK(!tells(NORTH) && tells(HA));
    run_to(20 * SIM_S); /* its own next advertisement */
    CHECK(tells(NORTH));
    end_world();
}

/* In silence, so that the list of `ha` keeps it for a while. */
static void who_dies_is_told_of_until_its_lifetime_is_over(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 10 s, detach: north}]");
    run_to(30 * SIM_S);
    CHECK(tells(NORTH));
    run_to(41 * SIM_S);
    RULE("MIP6-ICMP-3");
    CHECK(!tells(NORTH) && tells(SOUTH));
    end_world();
}

static void what_is_no_question_is_not_answered(void)
{
    BEGIN(FILE_, QUIET, NOEVENTS);
    run_to(5 * SIM_S);
    const struct dhaad request = {.type = ICMP6_HAAD_REQUEST, .identifier = 7};
    struct dhaad reply = {.type = ICMP6_HAAD_REPLY, .identifier = 7, .addresses = 1};
    reply.address[0] = stranger;
    struct addr ha = of_home_link(HA);
    struct addr coa = address_global(iface_of("mn", "cell0"))->addr;
    uint64_t before = dropped[DROP_AGENT_DISCOVERY];
    sim_time t = now_is();
    inject(outside(), &stranger, &ha, &request);                /* not to the anycast address */
    inject(outside(), &stranger, &ha, &reply);                  /* it asks nobody */
    inject(iface_of("mn", "cell0"), &stranger, &coa, &reply);   /* it has not asked */
    inject(iface_of("mn", "cell0"), &stranger, &coa, &request); /* it is none */
    run_to(t + 100 * SIM_MS);
    RULE("MIP6-ICMP-2");
    CHECK(dropped[DROP_AGENT_DISCOVERY] == before + 4 && count_events(EV_DHAAD_REPLY_SENT, t) == 0);
    CHECK(is_registered_with(NORTH) && count_events(EV_DHAAD_AGENT, t) == 0);
    end_world();
}

/* The frame about the anycast address that is number `k` on that port; NULL: there are less. */
static const struct seen_frame *about_anycast(const struct iface *i, uint8_t type, unsigned k,
                                              struct nd_message *m)
{
    for (unsigned j = 0; j < seen_frames; j++) {
        if (frames[j].port == i->port->index && is_icmp(&frames[j], type) && nd_of(&frames[j], m) &&
            addr_eq(&m->target, &anycast) && k-- == 0)
            return &frames[j];
    }
    return NULL;
}

/* Whoever of them the router asks who has the anycast address: each at its time, RFC 4861 7.2.7. */
static void they_answer_behind_a_plain_router(void)
{
    static const char *const agents[] = {"ha", "south", "north"};
    BEGIN(FILE_, QUIET, NOEVENTS, PLAIN);
    run_to(10 * SIM_S);
    struct nd_message m = {.type = 0};
    struct dhaad reply = {0};
    const struct tap_event *sent = event_after(EV_DHAAD_REPLY_SENT, 0);
    const struct seen_frame *f = about_anycast(iface_of("home-router", "home"), ICMP6_NS, 0, &m);
    sim_time asked = f ? f->t : 0;
    sim_time last = 0;
    CHECK(asked > 0);
    for (unsigned k = 0; k < 3; k++) {
        f = about_anycast(iface_of(agents[k], "eth0"), ICMP6_NA, 0, &m);
        CHECK(f && !m.override && !m.router && m.solicited);
        CHECK(f && f->t > asked && f->t - asked < 1001 * SIM_MS && f->t != last);
        last = f ? f->t : 0;
    }
    f = icmp_after(iface_of("home-router", "home-lte"), ICMP6_HAAD_REPLY, 0);
    RULE("MIP6-ICMP-2");
    CHECK(sent && dhaad_of(f, &reply) && reply.addresses == 3 && !addr_eq(&f->h.src, &anycast));
    CHECK(is_registered_with(NORTH));
    end_world();
}

static void who_ends_its_service_answers_no_more(void)
{
    BEGIN(FILE_, QUIET, PLAIN, "events=[{at: 30 s, shut: south}]",
          "timers={max_anycast_delay_time: 60 ms}"); /* it leaves its link 100 ms later */
    run_to(30 * SIM_S - SIM_MS);
    struct nd_message m = {.type = 0};
    struct addr router = *address_link_local(iface_of("home-router", "home"));
    struct addr group = addr_solicited_node(&anycast);
    const struct nd_message ns = {
        .type = ICMP6_NS, .target = anycast, .options = {.has_source = true, .source = STRANGER}};
    unsigned before = 0;
    while (about_anycast(iface_of("south", "eth0"), ICMP6_NA, before, &m))
        before++;
    inject_nd(iface_of("south", "eth0"), &router, &group, &ns);
    inject_nd(iface_of("north", "eth0"), &router, &group, &ns);
    run_to(32 * SIM_S);
    CHECK(!about_anycast(iface_of("south", "eth0"), ICMP6_NA, before, &m));
    CHECK(about_anycast(iface_of("north", "eth0"), ICMP6_NA, 1, &m) != NULL);
    end_world();
}

/* ---- from one to the next -------------------------------------------------------------------- */

static void the_next_is_tried_when_three_updates_have_no_answer(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 30 s, detach: north}]");
    run_to(60 * SIM_S);
    const struct tap_event *e = chosen(SOUTH, 30 * SIM_S);
    sim_time t = e ? e->t : 0;
    sim_time last = update_to(NORTH, true, t);
    CHECK_EQ(count_events(EV_BU_SENT, 30 * SIM_S) - count_events(EV_BU_SENT, t), 3);
    RULE("MIP6-ICMP-4");
    CHECK(e && last > 0 && update_to(SOUTH, false, 0) - last >= 1500 * SIM_MS);
    CHECK(update_to(NORTH, false, t) < 0 && is_registered_with(SOUTH));
    RULE("MIP6-ICMP-4"); /* the present one was tried first */
    CHECK(update_to(NORTH, false, 30 * SIM_S) > 0 && chosen(HA, 0) == NULL);
    end_world();
}

/* The refresh waits for 1 s, and with the first try it is over. */
static void the_gap_is_1500_ms_at_least(void)
{
    BEGIN(FILE_, QUIET, "timers={refresh: 50 %, home_agent_tries: 1}",
          "events=[{at: 30 s, detach: north}]");
    run_to(60 * SIM_S);
    sim_time next = update_to(SOUTH, false, 0);
    sim_time last = update_to(NORTH, true, next);
    RULE("MIP6-ICMP-4");
    CHECK(last > 30 * SIM_S && next == last + 1500 * SIM_MS);
    CHECK(is_registered_with(SOUTH));
    end_world();
}

/* It says so: status 131. */
static void a_home_agent_that_serves_no_more_is_left_at_once(void)
{
    BEGIN(FILE_, QUIET, "nodes.ha.advertise={preference: 99}", "events=[{at: 30 s, shut: ha}]");
    run_to(29 * SIM_S);
    CHECK(is_registered_with(HA));
    run_to(60 * SIM_S);
    const struct tap_event *e = chosen(NORTH, 30 * SIM_S);
    sim_time last = update_to(HA, true, 60 * SIM_S);
    const struct tap_event *ba = event_after(EV_BA_RECEIVED, last);
    CHECK(ba && field_of(ba, "status")->i == MH_ST_NO_HOME_REGISTRATION);
    RULE("MIP6-ICMP-4");
    CHECK(e && update_to(NORTH, false, 30 * SIM_S) == last + 1500 * SIM_MS);
    CHECK(e && !strcmp(field_of(e, "why")->text, "refused") && is_registered_with(NORTH));
    struct dhaad reply = {0};
    struct addr ha = of_home_link(HA);
    const struct seen_frame *f = ask_for(1100 * SIM_MS, 5, &reply); /* others do, not naming it */
    CHECK(f && !addr_eq(&f->h.src, &ha) && reply.addresses == 2 && !tells(HA));
    end_world();
}

static void a_used_up_list_is_asked_for_anew(void)
{
    BEGIN(FILE_, QUIET, "networks.home.advertise={min: 3 s, max: 4 s}",
          "events=[{at: 20 s, detach: north}, {at: 20 s, detach: south}, {at: 20 s, shut: ha}, "
          "{at: 49 s, attach: ha}]",
          "timers={refresh: 50 %, dhaad_pause: 5 s}");
    run_to(110 * SIM_S);
    sim_time used = event_after(EV_DHAAD_REQUEST_SENT, 20 * SIM_S)->t;
    CHECK(chosen(SOUTH, 20 * SIM_S) && chosen(HA, 20 * SIM_S) && used > 38 * SIM_S);
    CHECK(is_registered_with(HA));
    CHECK_EQ(count_events(EV_AGENT_SERVICE, 0), 2);
    end_world();
}

static void probes_tell_earlier_than_updates(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.detection={path_probe: {every: 500 ms, lost: 3}}",
          "events=[{at: 30 s, detach: north}]");
    run_to(40 * SIM_S);
    const struct tap_event *e = chosen(SOUTH, 30 * SIM_S);
    CHECK(e && e->t < 34 * SIM_S && is_registered_with(SOUTH));
    end_world();
}

/* Other care-of addresses are answered: the home agent lives. */
static void one_dead_way_is_no_dead_home_agent(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.mcoa={lifetime: 40 s, registration: parallel}",
          "events=[{at: 15 s, cut: home-lte}]");
    run_to(110 * SIM_S);
    CHECK(is_registered_with(NORTH) && count_events(EV_DHAAD_AGENT, 0) == 1);
    end_world();
}

/* The one that was out of reach defends the home address against the next, whose answer is 134: it
 * is no reason to give up for ever. */
static void a_short_break_leaves_nobody_without_a_home_agent(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.mcoa.lifetime=200 s", "general.stop=400 s",
          "events=[{at: 30 s, cut: home-wlan, for: 90 s}, {at: 30 s, cut: home-lte, for: 90 s}]");
    run_to(125 * SIM_S);
    CHECK(chosen(SOUTH, 30 * SIM_S) != NULL);
    run_to(200 * SIM_S); /* the pause is 60 s */
    CHECK(mn()->bul.entry[0].told && mn()->bul.entry[0].state == BUL_BOUND && !mn()->bul.dead);
    end_world();
}

/* After a restart another may come first in the list than the one that holds the binding. */
static void who_has_restarted_finds_the_one_that_holds_its_binding(void)
{
    BEGIN(FILE_, QUIET, ALIKE,
          "events=[{at: 20 s, restart: mn}, {at: 35 s, restart: mn}, {at: 50 s, restart: mn}, "
          "{at: 65 s, restart: mn}, {at: 80 s, restart: mn}, {at: 95 s, restart: mn}]");
    for (sim_time t = 34 * SIM_S; t < 120 * SIM_S; t += 15 * SIM_S) {
        run_to(t);
        CHECK(mn()->bul.entry[0].told && !mn()->bul.dead);
    }
    CHECK(count_events(EV_DHAAD_AGENT, 0) > 7); /* some answer was 134 */
    end_world();
}

/* The next periodic advertisement would be half a minute later. */
static void who_serves_again_says_so_when_it_has_its_link(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 40 s, shut: north}, {at: 60 s, attach: north}]",
          "networks.home.advertise={min: 30 s, max: 40 s}",
          "nodes.north.advertise={preference: 20, lifetime: 90}",
          "nodes.south.advertise={preference: 10, lifetime: 90}");
    run_to(59 * SIM_S);
    CHECK(!tells(NORTH));
    run_to(61 * SIM_S);
    CHECK(tells(NORTH));
    end_world();
}

static void who_is_back_before_it_has_left_stays(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 40 s, shut: north}, {at: 40.05 s, attach: north}]");
    run_to(45 * SIM_S);
    CHECK(tells(NORTH) && iface_of("north", "eth0")->port->up);
    end_world();
}

/* The shortest time between two multicast advertisements of it. */
static sim_time least_gap(const char *agent, const char *iface)
{
    const struct iface *i = iface_of(agent, iface);
    sim_time least = SIM_NEVER;
    sim_time last = -1;
    for (const struct seen_frame *f = icmp_after(i, ICMP6_RA, 0); f != NULL;
         f = icmp_after(i, ICMP6_RA, last + 1)) {
        if (last >= 0 && f->t - last < least)
            least = f->t - last;
        last = f->t;
    }
    return least;
}

/* A world in which that one ends its service at `t`; at 47.5 s something else happens. */
static void begin_shut(const char *agent, sim_time t, const char *then)
{
    char events_[200];
    const char *const set[] = {"expect=[]", "flows={}", events_};
    (void)snprintf(events_, sizeof events_, "events=[{at: %d ms, shut: %s}, {at: 47.5 s, %s}]",
                   (int)(t / SIM_MS), agent, then);
    begin_world(FILE_, set, sizeof set / sizeof *set);
    run_to(55 * SIM_S);
}

/* Between any two of its advertisements. */
static void last_words_keep_the_gap_and_leave_before_the_link_goes(void)
{
    unsigned waited = 0;
    for (sim_time t = 40 * SIM_S; t < 44 * SIM_S; t += 700 * SIM_MS) {
        struct nd_message ra = {.type = 0};
        begin_shut("south", t, "restart: mn");
        const struct seen_frame *f = icmp_after(iface_of("south", "eth0"), ICMP6_RA, t);
        const struct tap_event *down = event_after(EV_L2_DOWN, t);
        RULE("IP6-ND-7");
        CHECK(least_gap("south", "eth0") >= 3 * SIM_S);
        CHECK(nd_of(f, &ra) && !ra.home_agent && f->t < t + 3 * SIM_S);
        CHECK(f && down && down->t == f->t + 100 * SIM_MS);
        CHECK(!tells(SOUTH));
        waited += f && f->t > t;
        end_world();
    }
    CHECK(waited > 2 && waited < 6);
}

/* The router of the link, which stays. */
static void a_router_that_ends_and_begins_its_service_keeps_the_gap(void)
{
    for (sim_time t = 40 * SIM_S; t < 44 * SIM_S; t += 700 * SIM_MS) {
        struct nd_message ra = {.type = 0};
        begin_shut("ha", t, "attach: ha");
        const struct seen_frame *f = icmp_after(iface_of("ha", "home"), ICMP6_RA, t);
        RULE("IP6-ND-7");
        CHECK(least_gap("ha", "home") >= 3 * SIM_S);
        CHECK(nd_of(f, &ra) && !ra.home_agent && f->t < t + 3 * SIM_S);
        f = icmp_after(iface_of("ha", "home"), ICMP6_RA, 47500 * SIM_MS);
        CHECK(nd_of(f, &ra) && ra.home_agent && f->t < 50500 * SIM_MS);
        end_world();
    }
}

/* What it said while its link was gone, nobody has heard. */
static void who_has_its_link_again_says_so_at_once(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 40 s, detach: south}, {at: 51.5 s, attach: south}]");
    run_to(60 * SIM_S);
    const struct seen_frame *f = icmp_after(iface_of("south", "eth0"), ICMP6_RA, 51500 * SIM_MS);
    CHECK(f && f->t == 51500 * SIM_MS);
    end_world();
}

static void a_home_agent_that_restarts_is_kept(void)
{
    BEGIN(FILE_, "expect=[]", "events=[{at: 30 s, restart: north}]");
    run_to(60 * SIM_S);
    CHECK(is_registered_with(NORTH) && count_events(EV_DHAAD_AGENT, 0) == 1);
    end_world();
}

static void a_mobile_node_that_restarts_asks_anew(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 30 s, restart: mn}]");
    run_to(40 * SIM_S);
    CHECK(count_events(EV_DHAAD_REQUEST_SENT, 30 * SIM_S) == 1 && chosen(NORTH, 30 * SIM_S) &&
          is_registered_with(NORTH));
    end_world();
}

/* One without several care-of addresses has one binding for all. */
static void one_care_of_address_is_enough(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.mcoa={enabled: false, lifetime: 40 s}",
          "events=[{at: 30 s, detach: north}]");
    run_to(60 * SIM_S);
    CHECK(chosen(NORTH, 0) && chosen(SOUTH, 30 * SIM_S) && is_registered_with(SOUTH));
    end_world();
}

/* ---- at home --------------------------------------------------------------------------------- */

/* The home agent that it is registered with is not the one that is heard as router. */
static void it_comes_home_to_one_that_is_not_the_router(void)
{
    BEGIN(
        FILE_, "expect=[]",
        "events=[{at: 20 s, attach: mn.wlan0, to: home}, {at: 40 s, attach: mn.wlan0, to: wlan}]");
    run_to(39 * SIM_S);
    struct addr home = *mobile_home(mn());
    CHECK(mobile_home_iface(mn()) && count_events(EV_RETURNED_HOME, 20 * SIM_S) == 1);
    CHECK(!bcache_find(agent_cache(node_of("north")->agent), &home)->bindings);
    run_to(50 * SIM_S);
    CHECK(is_registered_with(NORTH) && count_events(EV_DHAAD_REQUEST_SENT, 0) == 1);
    end_world();
}

/* Nobody answers for the home address: after three questions nobody defends it, either. */
static void it_comes_home_although_its_home_agent_is_dead(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.mcoa={lifetime: 400 s}",
          "events=[{at: 20 s, detach: north}, {at: 21 s, attach: mn.wlan0, to: home}, "
          "{at: 40 s, attach: mn.wlan0, to: wlan}]");
    run_to(39 * SIM_S);
    const struct tap_event *e = event_after(EV_RETURNED_HOME, 21 * SIM_S);
    CHECK(e && e->t < 30 * SIM_S && mobile_home_iface(mn()) && mn()->answers);
    CHECK_EQ(count_events(EV_ND_DAD_FAILED, 0), 0);
    run_to(60 * SIM_S);
    CHECK(is_registered_with(SOUTH));
    end_world();
}

/* On the home link and elsewhere at once: RFC 5648 5.6. */
static void it_goes_to_the_next_from_the_home_link_too(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.mcoa={lifetime: 40 s, at_home: simultaneous}",
          "events=[{at: 20 s, attach: mn.wlan0, to: home}, {at: 40 s, detach: north}]");
    run_to(39 * SIM_S);
    CHECK(mobile_home_iface(mn()) && is_registered_with(NORTH));
    run_to(60 * SIM_S);
    CHECK(is_registered_with(SOUTH) && !mn()->bul.dead && mn()->answers);
    CHECK_EQ(count_events(EV_RETURNED_HOME, 40 * SIM_S), 1);
    end_world();
}

static void it_begins_at_home_and_asks_when_it_leaves(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.interfaces={wlan0: {attach: home}}",
          "events=[{at: 20 s, attach: mn.wlan0, to: wlan}]");
    run_to(19 * SIM_S);
    CHECK(count_events(EV_RETURNED_HOME, 0) == 1 && count_events(EV_DHAAD_REQUEST_SENT, 0) == 0);
    run_to(30 * SIM_S);
    CHECK(count_events(EV_DHAAD_REQUEST_SENT, 20 * SIM_S) == 1 && is_registered_with(NORTH));
    end_world();
}

/* Its neighbours test now and then whether what it defends still works: RFC 4861 7.3.1. */
static void a_proxy_answers_a_test_of_reachability(void)
{
    BEGIN(FILE_, QUIET, NOEVENTS);
    run_to(10 * SIM_S);
    struct iface *north = iface_of("north", "eth0");
    struct addr home = *mobile_home(mn());
    struct addr router = *address_link_local(world_network(&world, "home")->segment);
    const struct nd_message ns = {.type = ICMP6_NS, .target = home};
    struct nd_message na = {.type = 0};
    sim_time t = now_is();
    inject_nd(north, &router, &home, &ns);
    run_to(t + 10 * SIM_MS);
    CHECK(nd_of(icmp_after(north, ICMP6_NA, t), &na) && na.solicited && !na.override &&
          addr_eq(&na.target, &home) && dropped[DROP_SCOPE] == 0);
    end_world();
}

/* All of them advertise it. */
static void new_lifetimes_are_those_of_all(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 20 s, renumber: home, preferred: 60 s, valid: 120 s}]");
    run_to(40 * SIM_S);
    struct nd_message ra = {.type = 0};
    const struct seen_frame *f = icmp_after(iface_of("north", "eth0"), ICMP6_RA, 20 * SIM_S + 1);
    CHECK(nd_of(f, &ra) && ra.options.prefix[0].preferred_s == 60 &&
          agent_cache(node_of("north")->agent)->how.valid == 120 * SIM_S);
    end_world();
}

CHECK_MAIN(
    CASE(nobody_answers_and_it_asks_after_3_6_12_24_s),
    CASE(repetitions_take_turns_among_the_care_of_addresses), CASE(it_asks_anew_after_a_pause),
    CASE(a_reply_is_from_a_unicast_address_with_the_same_identifier),
    CASE(better_ones_come_first_and_equal_ones_are_shuffled),
    CASE(who_resigns_vanishes_from_the_next_reply),
    CASE(who_dies_is_told_of_until_its_lifetime_is_over), CASE(what_is_no_question_is_not_answered),
    CASE(they_answer_behind_a_plain_router), CASE(who_ends_its_service_answers_no_more),
    CASE(the_next_is_tried_when_three_updates_have_no_answer), CASE(the_gap_is_1500_ms_at_least),
    CASE(a_home_agent_that_serves_no_more_is_left_at_once), CASE(a_used_up_list_is_asked_for_anew),
    CASE(probes_tell_earlier_than_updates), CASE(one_dead_way_is_no_dead_home_agent),
    CASE(who_serves_again_says_so_when_it_has_its_link), CASE(who_is_back_before_it_has_left_stays),
    CASE(a_short_break_leaves_nobody_without_a_home_agent),
    CASE(who_has_restarted_finds_the_one_that_holds_its_binding),
    CASE(last_words_keep_the_gap_and_leave_before_the_link_goes),
    CASE(a_router_that_ends_and_begins_its_service_keeps_the_gap),
    CASE(who_has_its_link_again_says_so_at_once), CASE(a_home_agent_that_restarts_is_kept),
    CASE(a_mobile_node_that_restarts_asks_anew), CASE(one_care_of_address_is_enough),
    CASE(it_comes_home_to_one_that_is_not_the_router),
    CASE(it_comes_home_although_its_home_agent_is_dead),
    CASE(it_goes_to_the_next_from_the_home_link_too),
    CASE(it_begins_at_home_and_asks_when_it_leaves), CASE(a_proxy_answers_a_test_of_reachability),
    CASE(new_lifetimes_are_those_of_all))
