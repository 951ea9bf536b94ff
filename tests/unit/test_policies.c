/* The policies that a scenario's words make, held against the table of RFC 4877 4 and 7 for each
 * kind of packet at both ends; policies by hand; keys. */
#include "models/ipsec/ipsec.h"
#include "models/node/policies.h"
#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "models/wire/mh.h"

#include "tests/check.h"

static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr unknown = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 9}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};
static const struct addr coa = {{0x20, 1, 0xd, 0xb8, 0x10, [15] = 1}};

static struct arena arena;
static struct spd spd;
static struct spd others;
static struct ipsec mn;
static struct ipsec ha;

static void begin(const struct ipsec_config *how)
{
    struct why w;
    arena = (struct arena){0};
    CHECK_EQ(policies_make(how, &arena, &spd, &w), ST_OK);
    others = policies_of_others(&arena);
    ipsec_init(&mn, &arena, &agent, false, &others);
    ipsec_init(&ha, &arena, &agent, true, &others);
    (void)ipsec_add_subject(&mn, &home, &spd);
    (void)ipsec_add_subject(&ha, &home, &spd);
}

static void end(void)
{
    arena_release(&arena);
}

enum { UP = 1, DOWN = 2, TUNNEL = 4, NAMED = 8 };

/* What both ends say of a packet between `subject` (home address or care-of address) and `peer`:
 * "bu protect". They use one list, so that they must agree. */
static const char *said(const struct addr *subject, const struct addr *peer, unsigned how,
                        uint8_t protocol, unsigned field)
{
    static const char *const actions[] = {"bypass", "protect", "discard"};
    static char text[64];
    const struct spd_entry *e[2];
    for (unsigned k = 0; k < 2; k++) {
        const struct ipsec *s = k ? &ha : &mn;
        bool out = (how & UP) != 0 ? k == 0 : k == 1;
        struct traffic t = ipsec_traffic(s, how & UP ? subject : peer, how & UP ? peer : subject,
                                         out, (how & NAMED) != 0);
        t.protocol = protocol;
        t.fields = true;
        t.local_port = t.remote_port = (uint16_t)field;
        t.tunnel = (how & TUNNEL) != 0;
        e[k] = ipsec_policy(s, &t);
    }
    CHECK(e[0] && e[1] && !strcmp(e[0]->name, e[1]->name) && e[0]->action == e[1]->action);
    (void)snprintf(text, sizeof text, "%s %s", e[0]->name, actions[e[0]->action]);
    return text;
}

struct row {
    const char *what;
    const struct addr *subject;
    const struct addr *peer;
    unsigned how;
    uint8_t protocol;
    unsigned field;
    const char *want;
};

static void hold_against(const struct row *row, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const struct row *r = &row[k];
        const char *got = said(r->subject, r->peer, r->how, r->protocol, r->field);
        if (strcmp(got, r->want) != 0) {
            (void)fprintf(stderr, "%s: %s, want %s\n", r->what, got, r->want);
            CHECK_EQ(k, SIZE_MAX); /* the number of the row */
        }
    }
}

#define MH(type)   IP6_MH, (type) << 8
#define ICMP(type) IP6_ICMP6, (type) << 8
#define UDP        IP6_UDP, 5000
#define ROWS(rows) hold_against(rows, sizeof rows / sizeof rows[0])

enum { HOTI = 1, COTI = 2, HOT = 3, COT = 4 };

/* What no grain of selectors has an influence on. */
static const struct row common[] = {
    {"IKE", &coa, &agent, UP, IP6_UDP, 500, "ike bypass"},
    {"IKE, its answer", &coa, &agent, DOWN, IP6_UDP, 500, "ike bypass"},
    {"IKE in UDP", &coa, &agent, UP, IP6_UDP, 4500, "ike-encapsulated bypass"},
    {"IKE at home", &home, &agent, UP, IP6_UDP, 500, "ike bypass"},
    {"RS", &coa, &cn, UP, ICMP(ICMP6_RS), "neighbours bypass"},
    {"RA", &coa, &cn, DOWN, ICMP(ICMP6_RA), "neighbours bypass"},
    {"NS for the home address", &home, &agent, UP, ICMP(ICMP6_NS), "neighbours bypass"},
    {"NA", &home, &cn, DOWN, ICMP(ICMP6_NA), "neighbours bypass"},
    {"Redirect", &coa, &cn, DOWN, ICMP(ICMP6_REDIRECT), "neighbours bypass"},
    {"BU to a CN", &home, &cn, UP | NAMED, MH(MH_BU), "*"},
    {"CoTI", &coa, &cn, UP, MH(COTI), "care-of bypass"},
    {"CoT", &coa, &cn, DOWN, MH(COT), "care-of bypass"},
    {"RO data", &home, &cn, UP | NAMED, UDP, "home-link bypass"},
    {"RO data down", &home, &cn, DOWN | NAMED, UDP, "home-link bypass"},
    {"local breakout", &coa, &cn, UP, UDP, "care-of bypass"},
    {"a probe", &coa, &agent, UP, ICMP(ICMP6_ECHO_REQUEST), "care-of bypass"},
    {"at home", &home, &cn, UP, UDP, "home-link bypass"},
    {"BU of a stranger", &unknown, &agent, UP | NAMED, MH(MH_BU), "strangers discard"},
    {"BU of nobody", &coa, &agent, UP, MH(MH_BU), "strangers discard"},
    {"BA to nobody", &coa, &agent, DOWN, MH(MH_BA), "strangers discard"},
    {"HAO of a stranger", &unknown, &agent, UP | NAMED, UDP, "rest discard"},
    {"tunnel of a stranger", &unknown, &cn, UP | TUNNEL, UDP, "rest discard"},
    {"tunnel to a stranger", &unknown, &cn, DOWN | TUNNEL, UDP, "rest discard"},
    {"IKE inside is payload", &unknown, &cn, UP | TUNNEL, IP6_UDP, 500, "rest discard"},
};

static void hold_common(const char *bu_to_cn)
{
    static struct row rows[sizeof common / sizeof common[0]];
    memcpy(rows, common, sizeof common);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        if (rows[k].want[0] == '*')
            rows[k].want = bu_to_cn;
    }
    RULE("IPS-POL-8"); /* RO data, BUs to a CN */
    RULE("IPS-POL-12");
    ROWS(rows);
    CHECK(spd.entry[spd.entries - 1].action == SPD_DISCARD &&
          others.entry[others.entries - 1].action == SPD_DISCARD);
}

static void a_pair_for_each_kind(void)
{
    const struct ipsec_config how = {.payload = 1};
    static const struct row rows[] = {
        {"BU", &home, &agent, UP | NAMED, MH(MH_BU), "bu protect"},
        {"BA", &home, &agent, DOWN | NAMED, MH(MH_BA), "bu protect"},
        {"BU at home", &home, &agent, UP, MH(MH_BU), "bu protect"},
        {"BU inside", &home, &agent, UP | TUNNEL, MH(MH_BU), "bu protect"},
        {"BA up", &home, &agent, UP | NAMED, MH(MH_BA), "bu-to-others bypass"},
        {"MPS", &home, &agent, UP | NAMED, ICMP(ICMP6_MPS), "mps protect"},
        {"MPA", &home, &agent, DOWN | NAMED, ICMP(ICMP6_MPA), "mps protect"},
        {"MPS inside", &home, &agent, UP | TUNNEL, ICMP(ICMP6_MPS), "mps protect"},
        {"HoTI", &home, &cn, UP | TUNNEL, MH(HOTI), "hoti protect"},
        {"HoT", &home, &cn, DOWN | TUNNEL, MH(HOT), "hoti protect"},
        {"HoTI to the HA", &home, &agent, UP | TUNNEL, MH(HOTI), "hoti protect"},
        {"HoTI of a mobile CN", &home, &cn, DOWN | TUNNEL, MH(HOTI), "payload protect"},
        {"BRR", &home, &agent, DOWN | TUNNEL, MH(MH_BRR), "payload protect"},
        {"payload", &home, &cn, UP | TUNNEL, UDP, "payload protect"},
        {"payload down", &home, &cn, DOWN | TUNNEL, UDP, "payload protect"},
        {"to the HA", &home, &agent, UP | TUNNEL, ICMP(ICMP6_ECHO_REQUEST), "payload protect"},
        {"from the HA", &home, &agent, DOWN | NAMED, ICMP(ICMP6_ECHO_REPLY), "home-link bypass"},
        {"IKE inside", &home, &cn, UP | TUNNEL, IP6_UDP, 500, "payload protect"},
    };
    begin(&how);
    RULE("IPS-POL-1");
    RULE("IPS-POL-5");
    RULE("IPS-POL-11");
    ROWS(rows);
    hold_common("bu-to-others bypass");
    CHECK_EQ(spd.pairs, 4);
    for (unsigned k = 0; k < spd.entries; k++) {
        const struct spd_entry *e = &spd.entry[k];
        bool tunnel = !strcmp(e->name, "hoti") || !strcmp(e->name, "payload");
        if (e->action == SPD_PROTECT)
            CHECK((e->mode == SA_TUNNEL) == tunnel && (e->on == SPD_ON_TUNNEL) == tunnel);
        RULE("IPS-REP-4"); /* for the payload only */
        CHECK(e->parallel == !strcmp(e->name, "payload"));
    }
    end();
}

static void words_take_protection_away(void)
{
    const struct ipsec_config how = {
        .signalling = 1, .prefix_discovery = 1, .return_routability = 1};
    static const struct row rows[] = {
        {"BU", &home, &agent, UP | NAMED, MH(MH_BU), "bu bypass"},
        {"BA", &home, &agent, DOWN | NAMED, MH(MH_BA), "bu bypass"},
        {"MPS", &home, &agent, UP | NAMED, ICMP(ICMP6_MPS), "mps bypass"},
        {"HoTI", &home, &cn, UP | TUNNEL, MH(HOTI), "hoti bypass"},
        {"payload", &home, &cn, UP | TUNNEL, UDP, "payload bypass"}, /* plain IP in IP: 7b */
        {"BRR", &home, &agent, DOWN | TUNNEL, MH(MH_BRR), "payload bypass"},
        {"mobile CN's HoTI", &home, &cn, DOWN | TUNNEL, MH(HOTI), "payload bypass"},
    };
    begin(&how);
    ROWS(rows);
    hold_common("bu-to-others bypass");
    CHECK_EQ(spd.pairs, 0);
    end();
}

static void one_pair_for_mobility(void)
{
    const struct ipsec_config how = {.grain = GRAIN_MOBILITY};
    static const struct row rows[] = {
        {"BU", &home, &agent, UP | TUNNEL, MH(MH_BU), "mobility protect"},
        {"BA", &home, &agent, DOWN | TUNNEL, MH(MH_BA), "mobility protect"},
        {"BU outside", &home, &agent, UP | NAMED, MH(MH_BU), "mobility-outside discard"},
        {"BA outside", &home, &agent, DOWN | NAMED, MH(MH_BA), "mobility-outside discard"},
        {"HoTI", &home, &cn, UP | TUNNEL, MH(HOTI), "mobility protect"},
        {"HoT", &home, &cn, DOWN | TUNNEL, MH(HOT), "mobility protect"},
        {"BRR", &home, &agent, DOWN | TUNNEL, MH(MH_BRR), "mobility protect"},
        {"MPS", &home, &agent, UP | NAMED, ICMP(ICMP6_MPS), "mps protect"},
        {"MPA", &home, &agent, DOWN | NAMED, ICMP(ICMP6_MPA), "mps protect"},
        {"payload", &home, &cn, UP | TUNNEL, UDP, "payload bypass"},
    };
    begin(&how);
    RULE("IPS-POL-5");
    ROWS(rows);
    hold_common("home-link bypass");
    CHECK_EQ(spd.pairs, 2);
    end();
    const struct ipsec_config more = {.grain = GRAIN_MOBILITY, .payload = 1, .prefix_discovery = 1};
    begin(&more);
    CHECK(!strcmp(said(&home, &cn, UP | TUNNEL, UDP), "payload protect"));
    CHECK(!strcmp(said(&home, &agent, UP | NAMED, ICMP(ICMP6_MPS)), "mps bypass"));
    end();
}

static void one_pair_for_everything(void)
{
    const struct ipsec_config how = {.grain = GRAIN_EVERYTHING};
    static const struct row rows[] = {
        {"BU", &home, &agent, UP | TUNNEL, MH(MH_BU), "everything protect"},
        {"BA", &home, &agent, DOWN | TUNNEL, MH(MH_BA), "everything protect"},
        {"BU outside", &home, &agent, UP | NAMED, MH(MH_BU), "mobility-outside discard"},
        {"HoTI", &home, &cn, UP | TUNNEL, MH(HOTI), "everything protect"},
        {"payload", &home, &cn, UP | TUNNEL, UDP, "everything protect"},
        {"payload down", &home, &cn, DOWN | TUNNEL, UDP, "everything protect"},
        {"MPS", &home, &agent, UP | TUNNEL, ICMP(ICMP6_MPS), "everything protect"},
        {"MPA", &home, &agent, DOWN | TUNNEL, ICMP(ICMP6_MPA), "everything protect"},
        {"MPS outside", &home, &agent, UP | NAMED, ICMP(ICMP6_MPS), "discovery-outside discard"},
        {"MPA outside", &home, &agent, DOWN | NAMED, ICMP(ICMP6_MPA), "discovery-outside discard"},
    };
    begin(&how);
    RULE("IPS-POL-5");
    ROWS(rows);
    hold_common("home-link bypass");
    CHECK(spd.pairs == 1 && spd.entry[3].parallel);
    end();
}

/* ---- by hand --------------------------------------------------------------------------------- */

static const struct policy_config a_policy = {.name = "p",
                                              .action = SPD_PROTECT,
                                              .local = "home",
                                              .remote = "any",
                                              .protocol = "any",
                                              .local_port = "any",
                                              .remote_port = "any"};

static enum status make(struct policy_config *p, size_t n, struct why *w)
{
    const struct ipsec_config how = {.policies = {p, n}, .signalling = 1};
    return policies_make(&how, &arena, &spd, w);
}

static void policies_by_hand(void)
{
    struct policy_config p[6];
    struct why w;
    arena = (struct arena){0};
    for (size_t k = 0; k < 6; k++)
        p[k] = a_policy;
    p[0].protocol = "mh";
    p[0].remote = "agent";
    p[0].local_port = "5";
    p[0].remote_port = "none";
    p[1].action = SPD_BYPASS;
    p[1].local = "care-of";
    p[1].on = SPD_ON_LINK;
    p[1].protocol = "udp";
    p[1].local_port = "4000-5000";
    p[1].remote_port = "53";
    p[2].mode = SA_TUNNEL;
    p[2].on = SPD_ON_TUNNEL;
    p[2].parallel = true;
    p[3].action = SPD_DISCARD;
    p[3].local = "2001:db8::1-2001:db8::5";
    p[3].remote = "2001:db8::9";
    p[3].protocol = "132";
    p[4].protocol = "icmp6";
    p[4].local_port = "1/4";
    p[4].remote_port = "1/3-2";
    p[4].remote = "agent";
    p[5].action = SPD_BYPASS;
    p[5].local = "any";
    p[5].protocol = "tcp";
    CHECK_EQ(make(p, 6, &w), ST_OK);
    const struct spd_entry *e = spd.entry;
    CHECK(spd.entries == 7 && spd.pairs == 3);
    CHECK(e[0].selector.local.kind == SELECT_SUBJECT && e[0].pair == 0 &&
          e[0].selector.remote.kind == SELECT_GATEWAY && e[0].selector.protocol == IP6_MH &&
          e[0].selector.local_port.low == 0x500 && e[0].selector.local_port.high == 0x5ff &&
          e[0].selector.remote_port.low > e[0].selector.remote_port.high);
    CHECK(e[1].action == SPD_BYPASS && e[1].on == SPD_ON_LINK &&
          e[1].selector.local.kind == SELECT_OTHER && e[1].selector.remote.kind == SELECT_ANY &&
          e[1].selector.protocol == IP6_UDP && e[1].selector.local_port.low == 4000 &&
          e[1].selector.local_port.high == 5000 && e[1].selector.remote_port.low == 53 &&
          e[1].selector.remote_port.high == 53);
    CHECK(e[2].mode == SA_TUNNEL && e[2].on == SPD_ON_TUNNEL && e[2].parallel && e[2].pair == 1 &&
          e[2].selector.protocol == SELECT_ANY_PROTOCOL);
    CHECK(e[3].selector.local.kind == SELECT_RANGE && e[3].selector.local.low.b[15] == 1 &&
          e[3].selector.local.high.b[15] == 5 && e[3].selector.remote.low.b[15] == 9 &&
          e[3].selector.remote.high.b[15] == 9 && e[3].selector.protocol == 132);
    CHECK(e[4].pair == 2 && e[4].selector.local_port.low == 0x104 &&
          e[4].selector.local_port.high == 0x104 && e[4].selector.remote_port.low == 0x103 &&
          e[4].selector.remote_port.high == 0x2ff);
    CHECK(e[5].selector.local.kind == SELECT_ANY && e[5].selector.protocol == IP6_TCP);
    RULE("IPS-POL-12"); /* whatever was written */
    CHECK(e[6].action == SPD_DISCARD && e[6].selector.protocol == SELECT_ANY_PROTOCOL &&
          !strcmp(e[6].name, "rest"));
    arena_release(&arena);
}

#define REFUSED(what, want, member, value)                                  \
    do {                                                                    \
        struct why w_;                                                      \
        struct policy_config p_ = a_policy;                                 \
        p_.protocol = (what);                                               \
        p_.member = (value);                                                \
        CHECK(make(&p_, 1, &w_) != ST_OK);                                  \
        if (strcmp(w_.text, (want)) != 0)                                   \
            CHECK_EQ(fprintf(stderr, "%s, want %s\n", w_.text, (want)), 0); \
    } while (0)

static void mistakes_are_told(void)
{
    arena = (struct arena){0};
    REFUSED("any",
            "policy 'p': local: only traffic of the home address can be protected: `local: home`",
            local, "any");
    REFUSED("any",
            "policy 'p': local: only traffic of the home address can be protected: `local: home`",
            local, "care-of");
    REFUSED("any", "policy 'p': mode: tunnel is for what enters the tunnel: `on: tunnel`", mode,
            SA_TUNNEL);
    REFUSED(
        "any",
        "policy 'p': on: what enters the tunnel can be protected in tunnel mode: `mode: tunnel`",
        on, SPD_ON_TUNNEL);
    REFUSED("any", "policy 'p': local_port: '5': only mh, icmp6, udp and tcp have types or ports",
            local_port, "5");
    REFUSED("udp", "policy 'p': remote_port: '9-5' ends before it begins", remote_port, "9-5");
    REFUSED("any",
            "policy 'p': protocol: '256' is not any, mh, icmp6, udp, tcp or a number up to 255",
            protocol, "256");
    REFUSED("any",
            "policy 'p': protocol: 'sctp' is not any, mh, icmp6, udp, tcp or a number up to 255",
            protocol, "sctp");
    REFUSED("any", "policy 'p': protocol: '' is not any, mh, icmp6, udp, tcp or a number up to 255",
            protocol, "");
    REFUSED(
        "udp",
        "policy 'p': local_port: '65536' is not any, none, a port up to 65535, or two with '-' between",
        local_port, "65536");
    REFUSED(
        "tcp",
        "policy 'p': local_port: '99999999999' is not any, none, a port up to 65535, or two with '-' between",
        local_port, "99999999999");
    REFUSED(
        "udp",
        "policy 'p': local_port: '5-' is not any, none, a port up to 65535, or two with '-' between",
        local_port, "5-");
    REFUSED(
        "mh",
        "policy 'p': local_port: '1/4' is not any, none, a type of message up to 255, or two with '-' between",
        local_port, "1/4");
    REFUSED("any", "policy 'p': remote: '2001:db8::5-2001:db8::1' ends before it begins", remote,
            "2001:db8::5-2001:db8::1");
    REFUSED(
        "any",
        "policy 'p': remote: '1111111111111111111111111111111111111111111111' is not agent, any, an IPv6 address or two with '-' between",
        remote, "1111111111111111111111111111111111111111111111");
    struct policy_config p = a_policy;
    struct why w;
    static const char *const bad[] = {"agent", "homes", "2001:db8::1-", "-", "2001:db8::/64", ""};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        p.local = bad[k];
        CHECK(make(&p, 1, &w) != ST_OK && !strncmp(w.text, "policy 'p': ", 12));
    }
    p = a_policy;
    p.remote = "home"; /* the home address is on the other side */
    CHECK(make(&p, 1, &w) != ST_OK);
    p = a_policy;
    p.protocol = "mh";
    p.local_port = "256";
    CHECK(make(&p, 1, &w) != ST_OK &&
          strstr(w.text, "'256' is not any, none, a type of message up to 255"));
    p.protocol = "icmp6";
    p.local_port = "1/256";
    CHECK(make(&p, 1, &w) != ST_OK && strstr(w.text, "'1/256' is not any, none,"));
    p.local_port = "/4";
    CHECK(make(&p, 1, &w) != ST_OK);
    struct policy_config two[2] = {a_policy, a_policy};
    two[1].name = "q";
    two[0].remote = two[1].remote = "agent";
    two[1].local_port = "x";
    CHECK(make(two, 2, &w) != ST_OK && !strncmp(w.text, "policy 'q': ", 12));
    arena_release(&arena);
}

/* ---- words beside ---------------------------------------------------------------------------- */

static unsigned parallel(const char *text)
{
    const struct ipsec_config how = {.payload_sas = text};
    return policies_parallel(&how, 3);
}

static void how_many_parallel_ones(void)
{
    RULE("IPS-REP-4");
    CHECK(parallel("shared") == 1 && parallel("per-coa") == 3 && parallel("pool 5") == 5);
    CHECK(parallel(NULL) == 1 && parallel("pool 1") == 1 && parallel("pool 16") == 16);
    CHECK(parallel("pool 17") == 0 && parallel("pool 0") == 0 && parallel("pool") == 0);
    CHECK(parallel("pool ") == 0 && parallel("pool -1") == 0 && parallel("pool 3x") == 0);
    CHECK(parallel("") == 0 && parallel("Shared") == 0 && parallel("per-coa ") == 0);
}

static void keys_as_text(void)
{
    uint8_t out[4] = {9, 9, 9, 9};
    CHECK(policies_hex("00ff10Ab", out, 4) && out[0] == 0 && out[1] == 0xff && out[2] == 0x10 &&
          out[3] == 0xab);
    CHECK(!policies_hex("00ff10a", out, 4) && !policies_hex("00ff10abc", out, 4));
    CHECK(!policies_hex("00ff10ag", out, 4) && !policies_hex("0x0ff10a", out, 4));
    CHECK(!policies_hex("00 ff10a", out, 4) && !policies_hex("00ff10a/", out, 4));
    CHECK(policies_hex("", out, 0) && !policies_hex("", out, 1) && !policies_hex("00", out, 0));
}

CHECK_MAIN(CASE(a_pair_for_each_kind), CASE(words_take_protection_away),
           CASE(one_pair_for_mobility), CASE(one_pair_for_everything), CASE(policies_by_hand),
           CASE(mistakes_are_told), CASE(how_many_parallel_ones), CASE(keys_as_text))
