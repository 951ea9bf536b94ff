/*
 * three_ways_world.h - a van with three care-of addresses and a tunnel for each of them, as both of
 * its ends see them.
 */
#ifndef TESTS_THREE_WAYS_WORLD_H
#define TESTS_THREE_WAYS_WORLD_H

#include "tests/ipsec_world.h"

#define THREE_     "three-interfaces.yaml"
#define QUIET      "expect=[]", "events=[]"
#define ESP_(more) "nodes.van.ipsec={payload: tunnel" more "}"
#define NOFLOW     "flows={}"
#define NOPROBE    "nodes.van.detection.path_probe={every: 500 s}"
#define LONG       "nodes.van.mcoa={registration: serial, lifetime: 400 s}"

static const char *const iface_names[] = {"wlan0", "red0", "blue0"}; /* by BID */
static const char *const sides[] = {"ha-wlan", "ha-red", "ha-blue"};

static inline struct iface *van(unsigned k)
{
    return iface_of("van", iface_names[k]);
}

static inline struct iface *side(unsigned k)
{
    return iface_of("ha", sides[k]);
}

static inline struct addr coa(unsigned k)
{
    return coa_of(iface_names[k]);
}

static inline void begin_three(const char *const *set, size_t sets)
{
    mobile_name = "van";
    begin_world(THREE_, set, sets);
}

#define BEGIN3(...)                                      \
    do {                                                 \
        static const char *const set_[] = {__VA_ARGS__}; \
        begin_three(set_, sizeof set_ / sizeof *set_);   \
    } while (0)

/* Outer packets of the payload SAs at each of the three, from `t` on; and the SPIs among them. */
struct spread {
    unsigned up[3];
    unsigned down[3];
    uint32_t spi_up[3];
    uint32_t spi_down[3];
    unsigned mixed; /* another SPI at the same interface */
};

static inline void note(unsigned *count, uint32_t *spi, uint32_t seen, unsigned *mixed)
{
    *mixed += *count && *spi != seen;
    *spi = seen;
    ++*count;
}

static inline struct spread spread_from(sim_time t)
{
    struct spread s = {.mixed = 0};
    struct addr agent = agent_address();
    for (unsigned k = 0; k < seen_frames; k++) {
        struct opened_frame o;
        const struct seen_frame *f = &frames[k];
        if (f->t < t || f->fault || f->c.upper != IP6_ESP || !open_frame(f, &o) ||
            !o.sa->entry->parallel)
            continue;
        for (unsigned j = 0; j < 3; j++) {
            struct addr at = coa(j);
            if (f->port == van(j)->port->index) {
                CHECK(addr_eq(&f->h.src, &at) && addr_eq(&f->h.dst, &agent));
                note(&s.up[j], &s.spi_up[j], o.sa->spi, &s.mixed);
            } else if (f->port == side(j)->port->index) {
                CHECK(addr_eq(&f->h.dst, &at) && addr_eq(&f->h.src, &agent));
                note(&s.down[j], &s.spi_down[j], o.sa->spi, &s.mixed);
            }
        }
    }
    return s;
}

static inline bool nothing_is_refused(void)
{
    static const unsigned reasons[] = {DROP_NO_POLICY,
                                       DROP_CLEAR_BUT_PROTECTED,
                                       DROP_NO_SA,
                                       DROP_ESP_MALFORMED,
                                       DROP_REPLAY,
                                       DROP_ICV,
                                       DROP_SELECTOR,
                                       DROP_NOT_AUTHORISED,
                                       DROP_ESP_SOURCE_NOT_BOUND,
                                       DROP_NO_ADDRESS};
    bool good = true;
    for (size_t k = 0; k < sizeof reasons / sizeof *reasons; k++) {
        if (dropped[reasons[k]]) {
            (void)fprintf(stderr, "dropped: reason %u, %u times\n", reasons[k],
                          (unsigned)dropped[reasons[k]]);
            good = false;
        }
    }
    return good;
}

#endif
