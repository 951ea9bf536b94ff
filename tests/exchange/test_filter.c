/* A router that drops packets with Destination Options, routing headers or ESP, and what becomes of
 * route optimisation where that begins late. */
#include "models/node/filter.h"
#include "models/wire/fragment.h"
#include "models/wire/udp.h"

#include "tests/small_world.h"

enum { END = 255 }; /* of a chain: 0 is Hop-by-Hop */

static const struct filter_config none = {.given = true};
static const struct filter_config headers = {.given = true, .ext_headers = FILTER_DROP};
static const struct filter_config esp = {.given = true, .esp = FILTER_DROP};

/* The headers named by `chain`, ended by END, of 8 bytes each, behind a fixed header; `more` is the
 * second word of a Fragment header. */
static unsigned refused(const struct filter_config *f, const uint8_t *chain, uint16_t more,
                        size_t n)
{
    uint8_t bytes[IP6_HEADER + 8 * 8] = {0};
    bytes[IP6_AT_NEXT] = chain[0];
    for (size_t k = 0; chain[k] != END && k < 8; k++) {
        bytes[IP6_HEADER + 8 * k] = chain[k + 1];
        if (chain[k] == IP6_FRAGMENT) {
            bytes[IP6_HEADER + 8 * k + 2] = (uint8_t)(more >> 8);
            bytes[IP6_HEADER + 8 * k + 3] = (uint8_t)more;
        }
    }
    return filter_refuses(f, bytes, n);
}

#define REFUSED(f, ...) refused(f, (const uint8_t[]){__VA_ARGS__, END}, 1, IP6_HEADER + 64)

static void every_kind_by_its_word(void)
{
    CHECK_EQ(REFUSED(&headers, IP6_DEST_OPTS, IP6_UDP), DROP_FILTERED_HEADER);
    CHECK_EQ(REFUSED(&headers, IP6_ROUTING, IP6_UDP), DROP_FILTERED_HEADER);
    CHECK_EQ(REFUSED(&headers, IP6_DEST_OPTS, IP6_ESP), DROP_FILTERED_HEADER);
    CHECK_EQ(REFUSED(&headers, IP6_ESP), DROP_NONE);
    CHECK_EQ(REFUSED(&headers, IP6_UDP), DROP_NONE);
    CHECK_EQ(REFUSED(&headers, IP6_IP6, IP6_DEST_OPTS), DROP_NONE); /* in a tunnel */
    CHECK_EQ(REFUSED(&headers, IP6_MH), DROP_NONE);                 /* the tests */
    CHECK_EQ(REFUSED(&esp, IP6_ESP), DROP_FILTERED_ESP);
    CHECK_EQ(REFUSED(&esp, IP6_DEST_OPTS, IP6_ESP), DROP_FILTERED_ESP);
    CHECK_EQ(REFUSED(&esp, IP6_ROUTING, IP6_ESP), DROP_FILTERED_ESP);
    CHECK_EQ(REFUSED(&esp, IP6_HOP_BY_HOP, IP6_ESP), DROP_FILTERED_ESP);
    CHECK_EQ(REFUSED(&esp, IP6_UDP, IP6_ESP), DROP_NONE); /* RFC 3948 */
    CHECK_EQ(REFUSED(&esp, IP6_DEST_OPTS, IP6_UDP), DROP_NONE);
    CHECK_EQ(REFUSED(&none, IP6_DEST_OPTS, IP6_ESP), DROP_NONE);
}

static void of_fragments_the_first(void)
{
    static const uint8_t chain[] = {IP6_FRAGMENT, IP6_ESP, END};
    static const uint8_t behind[] = {IP6_DEST_OPTS, IP6_FRAGMENT, IP6_UDP, END};
    const size_t n = IP6_HEADER + 24;
    CHECK_EQ(refused(&esp, chain, 1, n), DROP_FILTERED_ESP);
    CHECK_EQ(refused(&esp, chain, 8 + 1, n), DROP_NONE);
    CHECK_EQ(refused(&esp, chain, 0x800, n), DROP_NONE);
    CHECK_EQ(refused(&headers, behind, 0x800, n), DROP_FILTERED_HEADER); /* in each of them */
}

static void what_is_cut_off_is_left_to_others(void)
{
    static const uint8_t chain[] = {IP6_HOP_BY_HOP, IP6_ESP, END};
    uint8_t bytes[IP6_HEADER + 8] = {[IP6_AT_NEXT] = IP6_HOP_BY_HOP, [IP6_HEADER] = IP6_ESP};
    CHECK_EQ(refused(&esp, chain, 0, IP6_HEADER), DROP_NONE);
    CHECK_EQ(refused(&esp, chain, 0, IP6_HEADER + 7), DROP_NONE);
    bytes[IP6_HEADER + 1] = 255; /* far behind the end */
    CHECK_EQ(filter_refuses(&esp, bytes, sizeof bytes), DROP_FILTERED_ESP);
    bytes[IP6_HEADER] = IP6_ROUTING;
    CHECK_EQ(filter_refuses(&esp, bytes, sizeof bytes), DROP_NONE);
}

/* ---- in a world ------------------------------------------------------------------------------ */

#define QUIET "expect=[]", "flows={}"

static struct addr host_of(const char *node)
{
    return node_of(node)->iface[0]->nd->address[1].addr;
}

static struct pkt *packet(const struct addr *src, const struct addr *dst, const struct addr *home,
                          bool down)
{
    static const uint8_t bytes[32];
    struct pkt *p = pkt_take(&world.packets);
    memcpy(pkt_append(p, sizeof bytes), bytes, sizeof bytes);
    return packet_with(src, dst, home, down, IP6_NONE, p);
}

static bool passes(struct iface *at, struct pkt *p)
{
    uint64_t before = dropped[DROP_FILTERED_HEADER];
    arrive(at, STRANGER, p);
    run_to(now_is() + 20 * SIM_MS);
    return dropped[DROP_FILTERED_HEADER] == before;
}

static void both_directions_and_nothing_through(void)
{
    BEGIN("filtered.yaml", QUIET);
    run_to(10 * SIM_S);
    struct addr behind = host_of("behind");
    struct addr open = host_of("open");
    struct addr home = *mobile_home(node_of("car")->mobile);
    struct addr coa = address_global(iface_of("car", "wlan0"))->addr;
    struct iface *in = iface_of("there-router", "wlan-there");
    struct iface *out = iface_of("there-router", "there");
    CHECK(!passes(in, packet(&coa, &behind, &home, false)));
    CHECK(passes(in, packet(&coa, &behind, NULL, false)));
    CHECK(!passes(out, packet(&behind, &coa, &home, true)));
    CHECK(passes(out, packet(&behind, &coa, NULL, false)));
    CHECK(passes(in, packet(&coa, &open, &home, false))); /* neither to that network nor from it */
    CHECK(passes(in, packet(&coa, &node_of("there-router")->own, &home, false))); /* for itself */
    end_world();
}

/* RFC 6275 has no detection of it: data that goes directly is lost until a refresh has no answer
 * and the binding ends, at both ends; then it is in the tunnel again. */
static void a_filter_that_comes_late_costs_a_lifetime(void)
{
    BEGIN("filtered.yaml", "expect=[]", "networks.there.filter.ext_headers=pass",
          "nodes.car.route_optimisation={hold: 60 s, lifetime: 16 s}", "general.stop=60 s");
    run_to(10 * SIM_S);
    CHECK_EQ(count_events(EV_RO_DOWN, 0), 0);
    CHECK_EQ(dropped[DROP_FILTERED_HEADER], 0);
    iface_of("there-router", "there")->filter = &headers;
    run_to(17 * SIM_S);
    CHECK(dropped[DROP_FILTERED_HEADER] > 2 * 5 * 50);
    run_to(30 * SIM_S);
    uint64_t lost = dropped[DROP_FILTERED_HEADER];
    CHECK(lost < 2 * 12 * 50);
    CHECK(count_events(EV_RO_DOWN, 0) == 2 && count_events(EV_RO_DOWN, 22 * SIM_S) == 0);
    CHECK_EQ(count_events(EV_RO_FAILED, 0), 0); /* it asks for some time */
    run_to(50 * SIM_S);
    CHECK_EQ(count_events(EV_RO_FAILED, 0), 1);
    CHECK_EQ(dropped[DROP_FILTERED_HEADER], lost);
    end_world();
}

CHECK_MAIN(CASE(every_kind_by_its_word), CASE(of_fragments_the_first),
           CASE(what_is_cut_off_is_left_to_others), CASE(both_directions_and_nothing_through),
           CASE(a_filter_that_comes_late_costs_a_lifetime))
