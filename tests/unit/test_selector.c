/* Selectors: what of a packet they compare, and how they are told (RFC 4301 4.4.1.1). */
#include "models/ipsec/selector.h"
#include "models/ipsec/spd.h"
#include "models/wire/ip6.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr other = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};
static struct spd_subject subject;

static struct selector any(void)
{
    return (struct selector){.protocol = SELECT_ANY_PROTOCOL,
                             .local_port = selector_any_port,
                             .remote_port = selector_any_port};
}

/* From the home address to `other`. */
static struct traffic up(uint8_t protocol)
{
    return (struct traffic){.local = home,
                            .remote = other,
                            .sent = true,
                            .subject = &subject,
                            .protocol = protocol,
                            .fields = true};
}

static struct selector_ports one(unsigned low, unsigned high)
{
    return (struct selector_ports){(uint16_t)low, (uint16_t)high};
}

static void kinds_of_addresses(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_UDP);
    CHECK(selector_matches(&s, &t));
    s.local.kind = SELECT_SUBJECT;
    CHECK(selector_matches(&s, &t));
    s.local.kind = SELECT_OTHER;
    CHECK(!selector_matches(&s, &t));
    t.subject = NULL;
    CHECK(selector_matches(&s, &t));
    t.named = true; /* a header says that it is somebody's */
    RULE("IPS-POL-2");
    CHECK(!selector_matches(&s, &t));
    s.local.kind = SELECT_SUBJECT;
    CHECK(!selector_matches(&s, &t));
    s.local.kind = SELECT_GATEWAY; /* never the subject's side */
    CHECK(!selector_matches(&s, &t));
    s.local.kind = SELECT_ANY;
    s.remote.kind = SELECT_GATEWAY;
    CHECK(!selector_matches(&s, &t));
    t.gateway = true;
    CHECK(selector_matches(&s, &t));
}

static void ranges_hold_both_their_ends(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_UDP);
    s.remote = (struct selector_address){SELECT_RANGE, other, other};
    CHECK(selector_matches(&s, &t));
    s.remote.high.b[15] = 20;
    t.remote.b[15] = 20;
    CHECK(selector_matches(&s, &t));
    t.remote.b[15] = 21;
    CHECK(!selector_matches(&s, &t));
    t.remote.b[15] = 8;
    CHECK(!selector_matches(&s, &t));
    t.remote = other;
    t.remote.b[0] = 0x21; /* the first octet counts most */
    CHECK(!selector_matches(&s, &t));
    s.local = (struct selector_address){SELECT_RANGE, agent, agent};
    t = up(IP6_UDP);
    CHECK(!selector_matches(&s, &t));
    s.local.high = home;
    CHECK(selector_matches(&s, &t));
}

static void protocols(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_TCP);
    s.protocol = IP6_UDP;
    CHECK(!selector_matches(&s, &t));
    t.protocol = IP6_UDP;
    CHECK(selector_matches(&s, &t));
    t.fields = false;
    CHECK(selector_matches(&s, &t)); /* any port: none has to be there */
    s.protocol = SELECT_ANY_PROTOCOL;
    t.protocol = 0;
    CHECK(selector_matches(&s, &t)); /* 0 is a protocol like others, and not any */
    s.protocol = 0;
    t.protocol = IP6_UDP;
    CHECK(!selector_matches(&s, &t));
}

static void ports_of_both_sides(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_UDP);
    s.protocol = IP6_UDP;
    s.local_port = one(4000, 5000);
    s.remote_port = one(53, 53);
    t.local_port = 4000;
    t.remote_port = 53;
    CHECK(selector_matches(&s, &t));
    t.local_port = 5000;
    CHECK(selector_matches(&s, &t));
    t.local_port = 5001;
    CHECK(!selector_matches(&s, &t));
    t.local_port = 3999;
    CHECK(!selector_matches(&s, &t));
    t.local_port = 4000;
    t.remote_port = 54;
    CHECK(!selector_matches(&s, &t));
    t.remote_port = 53;
    t.sent = false; /* the sides are those of the SA, whoever sends */
    CHECK(selector_matches(&s, &t));
    t.fields = false;
    CHECK(!selector_matches(&s, &t)); /* a fragment behind the first: its ports are nowhere */
}

/* RFC 4877 4.3: the BA is compared with what the gateway may send. */
static void of_one_field_the_senders_side_counts(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_MH);
    s.protocol = IP6_MH;
    s.local_port = one(0x500, 0x5ff);
    s.remote_port = one(0x600, 0x6ff);
    t.local_port = t.remote_port = 0x500;
    RULE("IPS-POL-11");
    CHECK(selector_matches(&s, &t));
    t.sent = false;
    RULE("IPS-POL-11");
    CHECK(!selector_matches(&s, &t));
    t.local_port = t.remote_port = 0x600;
    RULE("IPS-POL-11");
    CHECK(selector_matches(&s, &t));
    t.sent = true;
    CHECK(!selector_matches(&s, &t));
    s.protocol = t.protocol = IP6_ICMP6;
    s.local_port = one(146 << 8, 146 << 8 | 0xff);
    s.remote_port = one(147 << 8, 147 << 8 | 0xff);
    t.local_port = t.remote_port = 146 << 8 | 3;
    CHECK(selector_matches(&s, &t));
    t.sent = false;
    CHECK(!selector_matches(&s, &t));
    t.fields = false;
    CHECK(!selector_matches(&s, &t));
}

static void opaque_allows_nothing(void)
{
    struct selector s = any();
    struct traffic t = up(IP6_MH);
    s.protocol = IP6_MH;
    s.remote_port = one(UINT16_MAX, 0);
    RULE("IPS-POL-11");
    CHECK(selector_matches(&s, &t));
    t.sent = false;
    RULE("IPS-POL-11");
    CHECK(!selector_matches(&s, &t));
    t.fields = false; /* ANY goes with fields that are not there, OPAQUE does not */
    CHECK(!selector_matches(&s, &t));
    s.remote_port = selector_any_port;
    CHECK(selector_matches(&s, &t));
}

static void fields_are_read_from_the_upper_layer(void)
{
    static const uint8_t mh[] = {59, 1, 5, 0, 0, 0, 0, 9};
    static const uint8_t echo[] = {128, 7, 0, 0};
    static const uint8_t udp[] = {0x13, 0x88, 0, 53, 0, 8, 0, 0};
    struct traffic t = {.sent = true};
    traffic_read_upper(&t, IP6_MH, mh, sizeof mh);
    CHECK(t.fields && t.protocol == IP6_MH && t.local_port == 0x500 && t.remote_port == 0x500);
    traffic_read_upper(&t, IP6_MH, mh, 2);
    CHECK(!t.fields && t.local_port == 0);
    traffic_read_upper(&t, IP6_ICMP6, echo, 2);
    CHECK(t.fields && t.local_port == (128 << 8 | 7));
    traffic_read_upper(&t, IP6_ICMP6, echo, 1);
    CHECK(!t.fields);
    traffic_read_upper(&t, IP6_UDP, udp, sizeof udp);
    CHECK(t.fields && t.local_port == 5000 && t.remote_port == 53);
    t.sent = false;
    traffic_read_upper(&t, IP6_TCP, udp, 4);
    CHECK(t.fields && t.protocol == IP6_TCP && t.local_port == 53 && t.remote_port == 5000);
    traffic_read_upper(&t, IP6_UDP, udp, 3);
    CHECK(!t.fields && t.local_port == 0 && t.remote_port == 0);
    traffic_read_upper(&t, IP6_ESP, udp, sizeof udp);
    RULE("IPS-POL-13"); /* the search ends there */
    CHECK(!t.fields && t.protocol == IP6_ESP);
}

static const char *told(const struct selector *s)
{
    static char text[160];
    selector_print(s, &home, &agent, text, sizeof text);
    return text;
}

static void selectors_are_told(void)
{
    struct selector s = any();
    char small[12];
    CHECK(!strcmp(told(&s), "any <-> any any"));
    s.local.kind = SELECT_SUBJECT;
    s.remote.kind = SELECT_GATEWAY;
    s.protocol = IP6_MH;
    s.local_port = one(0x500, 0x5ff);
    s.remote_port = one(0x600, 0x6ff);
    CHECK(!strcmp(told(&s), "2001:db8:a::100[5] <-> 2001:db8:a::1[6] mh"));
    s.local_port = one(0x100, 0x5ff);
    s.remote_port = one(UINT16_MAX, 0);
    CHECK(!strcmp(told(&s), "2001:db8:a::100[1-5] <-> 2001:db8:a::1[opaque] mh"));
    s.protocol = IP6_ICMP6;
    s.local_port = one(0x104, 0x104);
    s.remote_port = one(0x103, 0x1ff);
    CHECK(!strcmp(told(&s), "2001:db8:a::100[1/4] <-> 2001:db8:a::1[1/3-1/255] icmp6"));
    s.protocol = IP6_UDP;
    s.local_port = one(4000, 4000);
    s.remote_port = one(53, 60);
    s.local.kind = SELECT_OTHER;
    s.remote = (struct selector_address){SELECT_RANGE, agent, home};
    CHECK(!strcmp(told(&s), "others[4000] <-> 2001:db8:a::1-2001:db8:a::100[53-60] udp"));
    s.protocol = 132;
    s.local_port = s.remote_port = selector_any_port;
    s.remote.kind = SELECT_ANY;
    CHECK(!strcmp(told(&s), "others <-> any 132"));
    s.protocol = SELECT_ANY_PROTOCOL; /* ports of no protocol are none */
    s.local_port = one(1, 2);
    CHECK(!strcmp(told(&s), "others <-> any any"));
    selector_print(&s, &home, &agent, small, sizeof small);
    CHECK(!strcmp(small, "others <-> "));
}

CHECK_MAIN(CASE(kinds_of_addresses), CASE(ranges_hold_both_their_ends), CASE(protocols),
           CASE(ports_of_both_sides), CASE(of_one_field_the_senders_side_counts),
           CASE(opaque_allows_nothing), CASE(fields_are_read_from_the_upper_layer),
           CASE(selectors_are_told))
