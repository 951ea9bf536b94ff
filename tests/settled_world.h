/*
 * settled_world.h - a car that has registered Wi-Fi and LTE with everything protected, and nothing
 * under way: what arrives then, and that what is refused changes nothing.
 */
#ifndef TESTS_SETTLED_WORLD_H
#define TESTS_SETTLED_WORLD_H

#include "models/wire/fragment.h"

#include "tests/ipsec_world.h"

#define FILE_   "wifi-lte-voice.yaml"
#define QUIET   "expect=[]", "events=[]", "flows={}"
#define ESP_    "nodes.car.ipsec={payload: tunnel}"
#define LONG    "nodes.car.mcoa={registration: bulk, lifetime: 400 s}"
#define NOPROBE "nodes.car.detection.path_probe={every: 500 s}"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0x99, [15] = 9}};

static struct addr home;
static struct addr agent;
static struct addr peer;
static struct addr lte;
static struct addr wifi;

static inline void settle(void)
{
    run_to(20 * SIM_S);
    home = home_address();
    agent = agent_address();
    peer = peer_address();
    lte = coa_of("cell0");
    wifi = coa_of("wlan0");
    CHECK(bindings() > 0);
}

#define BEGIN_SETTLED(...)                               \
    do {                                                 \
        BEGIN(FILE_, QUIET, LONG, NOPROBE, __VA_ARGS__); \
        settle();                                        \
    } while (0)

/* All drops but those of `reason`. */
static inline uint64_t other_drops(unsigned reason)
{
    uint64_t n = 0;
    for (unsigned k = 0; k < DROP_REASONS; k++)
        n += k == reason ? 0 : dropped[k];
    return n;
}

/* p arrives at the home agent, or at the mobile node over LTE, and dies of `reason` alone. */
static inline bool dies(struct iface *at, struct pkt *p, unsigned reason)
{
    struct state before = state_now();
    unsigned sent = seen_frames;
    unsigned told = events;
    uint64_t others = other_drops(reason);
    uint64_t count = dropped[reason];
    arrive(at, STRANGER, p);
    run_to(now_is() + SIM_MS);
    struct state after = state_now();
    bool good = dropped[reason] == count + 1 && other_drops(reason) == others;
    if (!good) {
        for (unsigned k = 0; k < DROP_REASONS; k++) {
            if (dropped[k])
                (void)fprintf(stderr, "dropped: reason %u, %u times\n", k, (unsigned)dropped[k]);
        }
    }
    CHECK(same_state(&before, &after));
    CHECK(seen_frames == sent && events == told); /* and nobody is told */
    return good;
}

static inline bool dies_at_agent(struct pkt *p, unsigned reason)
{
    return dies(iface_of("ha", "ha-inet"), p, reason);
}

static inline bool dies_at_mobile(struct pkt *p, unsigned reason)
{
    return dies(iface_of("car", "cell0"), p, reason);
}

/* A copy of an SA, so that what is sealed with it leaves no trace at its sender. */
static inline struct sa like(struct sa *sa)
{
    CHECK(sa != NULL);
    return *sa;
}

static inline struct pkt *update_from(const struct addr *src, const struct addr *of,
                                      const struct mh *bu)
{
    return mh_packet(src, &agent, of, false, bu);
}

static inline struct pkt *payload_up(void)
{
    return udp_packet(&home, &peer, 100);
}

#endif
