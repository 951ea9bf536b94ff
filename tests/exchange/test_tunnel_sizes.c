/* How large a packet in a protected tunnel may be, on each of several ways (RFC 4301 8.2, RFC 2473
 * 7). */
#include "tests/three_ways_world.h"

/* ---- sizes
 * ------------------------------------------------------------------------------------------- */

enum { ROOM_1500 = 1426, ROOM_1428 = 1354 }; /* of aes256-gcm16 in a tunnel */

/* The Packet Too Big that the home agent sent to the correspondent since; 0: none. */
static uint32_t told_since(sim_time t)
{
    const struct seen_frame *f = icmp_after(iface_of("ha", "ha-inet"), ICMP6_TOO_BIG, t);
    if (!f)
        return 0;
    struct reader r = rd_over(f->ip + f->c.upper_at + 4, 4);
    return rd_u32(&r);
}

/* A packet of `n` bytes from the correspondent, for the home address by way of BID k + 1. */
static void down_the_tunnel(unsigned k, size_t n)
{
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr peer = peer_address();
    struct addr at = coa(k);
    mobility_tunnel(agent_node(), udp_packet(&peer, &home, n - IP6_HEADER), &agent, &at,
                    (uint16_t)(k + 1), 64);
    run_to(now_is() + SIM_S);
}

static uint64_t opened_by_van(void)
{
    return sa_of(mobile_node(), "payload", SA_IN, 0)->count.packets;
}

static unsigned pieces_since(sim_time t, unsigned k)
{
    unsigned n = 0;
    for (unsigned j = 0; j < seen_frames; j++)
        n += frames[j].t >= t && frames[j].port == side(k)->port->index && frames[j].c.fragment;
    return n;
}

#define SIZES QUIET, NOFLOW, LONG, NOPROBE, "networks.blue.mtu=1300 B"

/* Three ways of 1500, 1428 and 1300 bytes under one SA. */
static void sizes_are_those_of_the_way(void)
{
    BEGIN3(SIZES, ESP_(""));
    run_to(20 * SIM_S);
    CHECK_EQ(bindings(), 3);
    static const size_t fits[] = {ROOM_1500, ROOM_1428, 1280};
    for (unsigned k = 3; k-- > 0;) { /* the smallest first: nobody inherits it */
        sim_time t = now_is();
        uint64_t before = opened_by_van();
        down_the_tunnel(k, ROOM_1500);
        if (k) { /* a router on the way tells the home agent */
            CHECK(opened_by_van() == before && told_since(t) == 0);
            t = now_is();
            down_the_tunnel(k, ROOM_1500);
        }
        RULE("IPS-OUT-6");
        CHECK_EQ(told_since(t), k ? fits[k] : 0);
        t = now_is();
        before = opened_by_van();
        down_the_tunnel(k, fits[k]);
        RULE("IPS-OUT-6");
        CHECK(told_since(t) == 0 && opened_by_van() == before + 1);
        RULE("IPS-OUT-6"); /* 1280 crosses the smallest, in pieces, and is put together first */
        CHECK_EQ(pieces_since(t, k), k == 2 ? 2 : 0);
        t = now_is();
        down_the_tunnel(k, fits[k] + 1);
        RULE("IPS-OUT-6");
        CHECK_EQ(told_since(t), fits[k]);
    }
    RULE("IPS-IN-7");
    CHECK(nothing_is_refused() && dropped[DROP_TOO_BIG] == 7);
    end_world();
}

static void own_packets_are_cut_inside(void)
{
    BEGIN3(SIZES, ESP_(""));
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr peer = peer_address();
    struct addr blue = coa(2);
    struct sa *in = up_in("payload");
    sim_time t = now_is();
    uint64_t before = in->count.packets;
    mobility_tunnel(mobile_node(), udp_packet(&home, &peer, 1400), &blue, &agent, 3, 64);
    run_to(t + SIM_S);
    unsigned outer = 0;
    unsigned beyond = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        if (frames[k].t < t || frames[k].port != van(2)->port->index)
            continue;
        outer++;
        beyond += frames[k].n > 1300;
    }
    RULE("IPS-IN-7"); /* two inner pieces, the first of them in two outer ones */
    CHECK(outer == 3 && beyond == 0 && in->count.packets == before + 2);
    unsigned forwarded = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        forwarded += frames[k].t >= t && frames[k].c.fragment &&
                     frames[k].port == iface_of("ha", "ha-inet")->port->index;
    CHECK(forwarded == 2 && nothing_is_refused());
    end_world();
}

/* The SA's own end moves: what fits is what the new way takes. */
static void a_moved_end_has_its_own_size(void)
{
    BEGIN3(SIZES, ESP_(", tunnel_end_point: sa-default"));
    run_to(20 * SIM_S);
    struct addr wlan = coa(0);
    struct addr blue = coa(2);
    struct spd_subject *who = ipsec_of(agent_node())->first;
    (void)ipsec_migrate(ipsec_of(agent_node()), who, IPSEC_ALL, NULL, &blue, now_is());
    down_the_tunnel(0, ROOM_1500); /* wherever it says */
    sim_time t = now_is();
    down_the_tunnel(0, ROOM_1500);
    CHECK_EQ(told_since(t), 1280);
    CHECK(ipsec_migrate(ipsec_of(agent_node()), who, IPSEC_ALL, NULL, &wlan, now_is()) > 0);
    t = now_is();
    uint64_t before = opened_by_van();
    down_the_tunnel(2, ROOM_1500);
    RULE("IPS-MIG-7");
    CHECK(told_since(t) == 0 && opened_by_van() == before + 1 && pieces_since(t, 0) == 0);
    end_world();
}

/* A binding that comes back to an address finds its path as if it were new: RFC 4301 8.2. */
static void a_path_starts_afresh_with_a_binding(void)
{
    BEGIN3(SIZES, ESP_(""));
    run_to(20 * SIM_S);
    struct addr blue = coa(2);
    struct spd_subject *who = ipsec_of(agent_node())->first;
    const struct addr *gateway = &ipsec_of(agent_node())->gateway;
    down_the_tunnel(2, ROOM_1500);
    CHECK_EQ(path_mtu(agent_node(), gateway, &blue), 1300);
    protect_bound(agent_node(), &who->address, 3, &blue);
    RULE("IPS-MIG-7");
    CHECK_EQ(path_mtu(agent_node(), gateway, &blue), 1500);
    end_world();
}

/* After IPsec: it has sized for its own end, and the way that was put in cuts what is too large. */
static void a_rewritten_end_is_cut_for(void)
{
    BEGIN3(SIZES, ESP_(", tunnel_end_point: rewrite"));
    run_to(20 * SIM_S);
    struct addr wlan = coa(0);
    struct addr blue = coa(2);
    struct spd_subject *who = ipsec_of(agent_node())->first;
    (void)ipsec_migrate(ipsec_of(agent_node()), who, IPSEC_ALL, NULL, &wlan, now_is());
    down_the_tunnel(2, ROOM_1500); /* what this costs, once */
    sim_time t = now_is();
    uint64_t before = opened_by_van();
    down_the_tunnel(2, ROOM_1500);
    unsigned beyond = 0;
    unsigned to_blue = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        bool there = frames[k].t >= t && frames[k].port == side(2)->port->index;
        beyond += there && frames[k].n > 1300;
        to_blue += there && addr_eq(&frames[k].h.dst, &blue);
    }
    RULE("MCOA-SEC-11");
    CHECK(told_since(t) == 0 && opened_by_van() == before + 1 && to_blue == 2 && beyond == 0);
    CHECK(nothing_is_refused());
    end_world();
}

CHECK_MAIN(CASE(a_path_starts_afresh_with_a_binding), CASE(sizes_are_those_of_the_way),
           CASE(own_packets_are_cut_inside), CASE(a_moved_end_has_its_own_size),
           CASE(a_rewritten_end_is_cut_for))
