/* A phone shares the /64 of its cellular link with a LAN: RFC 7278. */
#include "models/node/bearer.h"
#include "models/node/share.h"

#include "tests/small_world.h"

#define FILE_  "hotspot.yaml"
#define QUIET  "expect=[]", "flows={}"
#define ALWAYS "general.stop=10000 s"

static struct iface *radio(void)
{
    return iface_of("hotspot-router", "radio");
}

static struct iface *lan(void)
{
    return iface_of("hotspot-router", "hotspot");
}

static struct iface *wlan(void)
{
    return iface_of("laptop", "wlan0");
}

static struct iface *bearer(void)
{
    return iface_of("lte-router", "hotspot-router-radio");
}

static unsigned globals(const struct iface *i, struct addr *last)
{
    unsigned n = 0;
    for (int k = 0; k < ND_ADDRESSES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        if (a->state == ADDRESS_NONE || addr_link_local(&a->addr))
            continue;
        *last = a->addr;
        n++;
    }
    return n;
}

static const struct seen_frame *last_ra(struct nd_message *m)
{
    const struct seen_frame *last = NULL;
    for (unsigned k = 0; k < seen_frames; k++)
        if (frames[k].port == lan()->port->index && is_icmp(&frames[k], ICMP6_RA))
            last = &frames[k];
    return nd_of(last, m) ? last : NULL;
}

static unsigned sent_to(const struct iface *i, const struct addr *dst)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += frames[k].port == i->port->index && addr_eq(&frames[k].h.dst, dst);
    return n;
}

/* Binding Updates that left from `src`, at or after. */
static unsigned updates_from(const struct addr *src, sim_time after)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += frames[k].t >= after && is_mh(&frames[k], MH_BU) && addr_eq(&frames[k].h.src, src);
    return n;
}

/* ---- what is shared ---------------------------------------------------------------- */

static void the_prefix_is_on_the_lan(void)
{
    struct addr own = addr_any;
    struct addr there = addr_any;
    struct nd_message ra;
    BEGIN(FILE_, QUIET, "events=[]", ALWAYS);
    run_to(20 * SIM_S);
    const struct prefix *p = &bearer()->nd->bearer->prefix;
    CHECK(last_ra(&ra) != NULL);
    RULE("IP6-CELL-5"); /* announced, and a default router as it has one itself */
    CHECK(ra.options.prefixes == 1 && addr_eq(&ra.options.prefix[0].prefix, &p->addr) &&
          ra.options.prefix[0].len == 64 && ra.options.prefix[0].on_link &&
          ra.options.prefix[0].autonomous && ra.router_lifetime_s == 1800 &&
          ra.options.prefix[0].valid_s == 2592000 && ra.options.prefix[0].preferred_s == 604800);
    RULE("IP6-CELL-5"); /* one /128 on the radio, the same as on the LAN, where the /64 is */
    CHECK(globals(radio(), &own) == 1 && globals(lan(), &there) == 1 && addr_eq(&own, &there) &&
          prefix_holds(p, &own));
    struct addr other = own;
    other.b[15] ^= 1;
    const struct route *r = routes_find(node_of("hotspot-router")->routes, &other);
    RULE("IP6-CELL-5");
    CHECK(r && r->kind == ROUTE_ON_LINK && r->out == lan() && r->prefix.len == 64 &&
          radio()->nd->on_links == 0);
    const struct route *down = routes_find(node_of("lte-router")->routes, &other);
    CHECK(down && down->out == bearer());
    CHECK(prefix_holds(p, &address_global(wlan())->addr) &&
          updates_from(&address_global(wlan())->addr, 0) > 0);
    end_world();
}

/* Byte by byte: only the hop limit is another. */
static void hop_limits_go_down(void)
{
    unsigned up = 0;
    unsigned down = 0;
    unsigned wrong = 0;
    BEGIN(FILE_, QUIET, "events=[]");
    run_to(20 * SIM_S);
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *in = &frames[k];
        bool rises = in->port == wlan()->port->index && is_mh(in, MH_BU);
        bool falls = in->port == bearer()->port->index && is_mh(in, MH_BA);
        const struct iface *out = rises ? radio() : lan();
        for (unsigned j = k + 1; (rises || falls) && j < seen_frames; j++) {
            const struct seen_frame *f = &frames[j];
            if (f->port != out->port->index || f->n != in->n ||
                memcmp(f->ip + IP6_HEADER, in->ip + IP6_HEADER, f->n - IP6_HEADER) != 0)
                continue;
            up += rises;
            down += falls;
            wrong += f->h.hop_limit + 1 != in->h.hop_limit;
            break;
        }
    }
    RULE("IP6-CELL-5");
    CHECK(up > 0 && down > 0 && wrong == 0);
    unsigned asked = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        asked += frames[k].port == bearer()->port->index && is_icmp(&frames[k], ICMP6_NS);
    CHECK_EQ(asked, 0); /* who stands behind the phone is no neighbour of the gateway */
    end_world();
}

/* ---- whose address ------------------------------------------------------------------- */

static void a_copy_of_its_address_fails(void)
{
    struct addr own = addr_any;
    BEGIN(FILE_, QUIET,
          "events=[{at: 1 us, detach: laptop.wlan0}, {at: 20 s, attach: laptop.wlan0}]");
    wlan()->identifier = radio()->identifier;
    run_to(19 * SIM_S);
    CHECK(globals(radio(), &own) == 1 && addr_identifier(&own) == wlan()->identifier);
    run_to(30 * SIM_S);
    const struct tap_event *failed = event_after(EV_ND_DAD_FAILED, 20 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(failed && failed->node == node_of("laptop")->index &&
          addr_eq(&field_of(failed, "address")->addr, &own));
    RULE("IP6-CELL-5");
    CHECK(count_events(EV_ND_DAD_FAILED, 0) == 1 && node_owns(node_of("hotspot-router"), &own) &&
          !node_owns(node_of("laptop"), &own));
    const struct seen_frame *na = icmp_after(lan(), ICMP6_NA, 20 * SIM_S);
    struct nd_message m;
    RULE("IP6-CELL-5");
    CHECK(nd_of(na, &m) && addr_eq(&m.target, &own) && addr_eq(&na->h.dst, &addr_all_nodes));
    CHECK(address_global(wlan()) && updates_from(&address_global(wlan())->addr, 20 * SIM_S) > 0);
    end_world();
}

/* Somebody on the LAN has it first: it takes another, on both sides. */
static void it_tests_its_address(void)
{
    struct addr own = addr_any;
    struct addr there = addr_any;
    const struct seen_frame *ns = NULL;
    struct nd_message test = {.type = 0};
    BEGIN(FILE_, QUIET, "events=[]");
    for (sim_time t = 0; t < 5 * SIM_S && !ns; t += 10 * SIM_MS) {
        run_to(t);
        const struct seen_frame *f = icmp_after(lan(), ICMP6_NS, 0);
        ns = nd_of(f, &test) && addr_unspecified(&f->h.src) ? f : NULL;
    }
    RULE("IP6-CELL-5");
    CHECK(ns && globals(radio(), &own) == 1 && addr_eq(&test.target, &own));
    const struct nd_message na = {.type = ICMP6_NA,
                                  .target = own,
                                  .override = true,
                                  .options = {.has_target = true, .target = STRANGER}};
    inject_nd(lan(), &own, &addr_all_nodes, &na);
    run_to(10 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(globals(radio(), &there) == 1 && !addr_eq(&there, &own) &&
          !node_owns(node_of("hotspot-router"), &own));
    RULE("IP6-CELL-5");
    CHECK(globals(lan(), &own) == 1 && addr_eq(&there, &own) &&
          node_owns(node_of("hotspot-router"), &own));
    end_world();
}

/* ---- the radio comes and goes ----------------------------------------------------------- */

static void the_lan_loses_what_the_radio_loses(void)
{
    struct addr gone;
    struct addr any;
    struct nd_message ra;
    BEGIN(FILE_, QUIET, ALWAYS, "events=[{at: 30 s, detach: hotspot-router.radio}]");
    run_to(29 * SIM_S);
    gone = address_global(wlan())->addr;
    run_to(30 * SIM_S + 60 * SIM_MS); /* the link layer tells in 50 ms */
    const struct seen_frame *f = last_ra(&ra);
    CHECK(f != NULL);
    RULE("IP6-CELL-5");
    CHECK(f && f->t == 30 * SIM_S + 50 * SIM_MS && addr_eq(&f->h.dst, &addr_all_nodes) &&
          ra.router_lifetime_s == 0);
    RULE("IP6-CELL-5");
    CHECK(ra.options.prefixes == 1 &&
          prefix_holds(&(struct prefix){ra.options.prefix[0].prefix, 64}, &gone) &&
          ra.options.prefix[0].valid_s == 0 && ra.options.prefix[0].preferred_s == 0);
    RULE("IP6-CELL-5");
    CHECK(!node_owns(node_of("laptop"), &gone) && globals(lan(), &any) == 0 &&
          globals(radio(), &any) == 0 && mh_after(iface_of("laptop", "modem"), MH_BU, 30 * SIM_S));
    run_to(100 * SIM_S);
    RULE("IP6-CELL-5"); /* nor does anybody get it later */
    CHECK(updates_from(&gone, 30 * SIM_S) == 0 && globals(wlan(), &any) == 0);
    RULE("IP6-CELL-5"); /* who asks hears the same */
    CHECK(last_ra(&ra) && ra.router_lifetime_s == 0 && ra.options.prefixes == 1);
    run_to(7300 * SIM_S);
    unsigned n = seen_frames;
    run_to(9000 * SIM_S);
    CHECK(seen_frames > n && last_ra(&ra) && ra.options.prefixes == 0 && ra.router_lifetime_s == 0);
    end_world();
}

/* Back at once, on a bearer that was made anew: the phone asks it, RFC 6459 5.2. */
static void another_prefix_replaces_it(void)
{
    struct addr old;
    struct addr own;
    struct nd_message ra;
    BEGIN(
        FILE_, QUIET, ALWAYS, "networks.lte.attach_time=0 ms",
        "events=[{at: 30 s, detach: hotspot-router.radio}, {at: 30 s, attach: hotspot-router.radio}]");
    run_to(29 * SIM_S);
    old = address_global(wlan())->addr;
    run_to(31 * SIM_S);
    const struct tap_event *e = event_after(EV_ND_SHARED, 30 * SIM_S + 1);
    const struct prefix *p = &bearer()->nd->bearer->prefix;
    RULE("IP6-CELL-5"); /* the old one is told at once */
    CHECK(last_ra(&ra) && last_ra(&ra)->t == 30 * SIM_S && ra.options.prefixes == 1 &&
          ra.router_lifetime_s == 0);
    CHECK(e != NULL);
    run_to(34 * SIM_S);
    RULE("IP6-CELL-5"); /* the new one as soon as may be: RFC 4861 10, MIN_DELAY_BETWEEN_RAS */
    CHECK(last_ra(&ra) && last_ra(&ra)->t == 33 * SIM_S && ra.options.prefixes == 2 &&
          ra.router_lifetime_s == 1800 && prefix_holds(p, &ra.options.prefix[0].prefix) &&
          ra.options.prefix[0].valid_s > 0);
    RULE("IP6-CELL-5");
    CHECK(prefix_holds(&(struct prefix){ra.options.prefix[1].prefix, 64}, &old) &&
          ra.options.prefix[1].valid_s == 0 && ra.options.prefix[1].preferred_s == 0);
    RULE("IP6-CELL-5");
    CHECK(globals(radio(), &own) == 1 && prefix_holds(p, &own));
    RULE("IP6-CELL-5"); /* with its router the laptop has lost it */
    CHECK(!address_find(wlan(), &old));
    run_to(39 * SIM_S);
    struct addr now = address_global(wlan())->addr;
    RULE("IP6-CELL-5");
    CHECK(prefix_holds(p, &now) && updates_from(&now, e->t) > 0 && updates_from(&old, e->t) == 0);
    /* Who speaks from the old one is told, and it does not reach the radio: RFC 7084 L-14. */
    struct addr dst = *mobile_home(node_of("laptop")->mobile);
    uint8_t bytes[8] = {0};
    unsigned before = sent_to(radio(), &dst);
    sim_time t = now_is();
    arrive(lan(), wlan()->port->station, packet_of(&old, &dst, IP6_UDP, 64, bytes, sizeof bytes));
    run_to(t + SIM_S);
    const struct seen_frame *told = icmp_after(lan(), ICMP6_UNREACHABLE, t);
    CHECK(told && told->ip[told->c.upper_at + 1] == ICMP6_SOURCE_POLICY &&
          addr_eq(&told->h.dst, &old) && sent_to(radio(), &dst) == before);
    end_world();
}

static void another_network_replaces_it(void)
{
    struct addr now;
    BEGIN(FILE_, QUIET, ALWAYS, "events=[{at: 30 s, attach: hotspot-router.radio, to: nr}]");
    run_to(29 * SIM_S);
    struct addr old = address_global(wlan())->addr;
    run_to(40 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(globals(radio(), &now) == 1 && now.b[4] == 0x20);
    now = address_global(wlan())->addr;
    RULE("IP6-CELL-5");
    CHECK(now.b[4] == 0x20 && updates_from(&now, 30 * SIM_S) > 0 &&
          updates_from(&old, 30 * SIM_S) == 0);
    end_world();
}

/* No way out, but the bearer is there: the address may stay, the default router may not. */
static void an_outage_takes_the_default_router(void)
{
    struct addr own;
    struct nd_message ra;
    BEGIN(FILE_, "expect=[]", ALWAYS, "general.record.packets=none",
          "networks.hotspot.advertise.max=4 s", "timers.reachable_time=1 s",
          "events=[{at: 30 s, outage: lte, for: 30 s}]");
    run_to(50 * SIM_S);
    CHECK(last_ra(&ra) != NULL);
    RULE("IP6-CELL-5");
    CHECK(ra.router_lifetime_s == 0 && ra.options.prefixes == 1 &&
          ra.options.prefix[0].valid_s == 2592000 && globals(radio(), &own) == 1);
    run_to(100 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(last_ra(&ra) && ra.router_lifetime_s == 12 && ra.options.prefixes == 1);
    end_world();
}

/* Who was away meanwhile recognises the phone, and has an address of before: an advertisement says
 * better, for good. */
static void a_known_link_has_another_prefix(void)
{
    BEGIN(
        FILE_, "expect=[]", ALWAYS, "nodes.laptop.detection.simple_dna=true",
        "timers.reachable_time=1 s",
        "events=[{at: 25 s, detach: laptop.wlan0}, {at: 26 s, attach: hotspot-router.radio, to: nr},"
        "{at: 40 s, attach: laptop.wlan0}]");
    run_to(24 * SIM_S);
    struct addr old = address_global(wlan())->addr;
    run_to(100 * SIM_S);
    unsigned known = 0;
    for (unsigned k = 0; k < events; k++)
        known += happened[k].name == EV_ND_ROUTER &&
                 !strcmp(field_of(&happened[k], "how")->text, "known");
    CHECK_EQ(known, 1);
    RULE("IP6-CELL-5");
    CHECK(!address_find(wlan(), &old) && address_global(wlan())->addr.b[4] == 0x20 &&
          updates_from(&old, 45 * SIM_S) == 0 &&
          updates_from(&address_global(wlan())->addr, 40 * SIM_S) > 0);
    end_world();
}

/* It has no radio when the run begins, and what it has not it does not announce. */
static void a_phone_without_radio_is_silent(void)
{
    struct addr own;
    BEGIN(
        FILE_, QUIET,
        "events=[{at: 1 us, detach: hotspot-router.radio}, {at: 20 s, attach: hotspot-router.radio}]");
    run_to(20 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(count_icmp(lan(), ICMP6_RA, 0) == 0 && count_icmp(wlan(), ICMP6_RS, 0) > 0 &&
          globals(wlan(), &own) == 0);
    run_to(30 * SIM_S);
    CHECK(globals(wlan(), &own) == 1 && updates_from(&own, 20 * SIM_S) > 0);
    end_world();
}

/* ---- packets for nobody ------------------------------------------------------------------ */

static void nothing_goes_back_over_the_radio(void)
{
    struct addr own = addr_any;
    uint8_t bytes[8] = {0};
    BEGIN(FILE_, QUIET, "events=[]");
    run_to(20 * SIM_S);
    CHECK(globals(radio(), &own) == 1);
    struct addr nobody = addr_join(&bearer()->nd->bearer->prefix, 0xdead);
    struct addr outside = *mobile_home(node_of("laptop")->mobile);
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    arrive(radio(), 0, packet_of(&cn, &nobody, IP6_UDP, 64, bytes, sizeof bytes));
    run_to(25 * SIM_S);
    const struct seen_frame *f = icmp_after(radio(), ICMP6_UNREACHABLE, 20 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(f && f->ip[f->c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE && addr_eq(&f->h.src, &own) &&
          sent_to(radio(), &nobody) == 0 && dropped[DROP_NEIGHBOUR] == 1);
    unsigned before = sent_to(radio(), &outside);
    arrive(radio(), 0, packet_of(&cn, &outside, IP6_UDP, 64, bytes, sizeof bytes));
    run_to(26 * SIM_S);
    RULE("IP6-CELL-5");
    CHECK(sent_to(radio(), &outside) == before && dropped[DROP_SAME_LINK] == 1);
    end_world();
}

CHECK_MAIN(CASE(the_prefix_is_on_the_lan), CASE(hop_limits_go_down),
           CASE(a_copy_of_its_address_fails), CASE(it_tests_its_address),
           CASE(the_lan_loses_what_the_radio_loses), CASE(another_prefix_replaces_it),
           CASE(another_network_replaces_it), CASE(an_outage_takes_the_default_router),
           CASE(nothing_goes_back_over_the_radio), CASE(a_known_link_has_another_prefix),
           CASE(a_phone_without_radio_is_silent))
