#include "models/node/policies.h"

#include <string.h>

#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "models/wire/mh.h"

/* ---- keys ----------------------------------------------------------------------------------- */

#define IPSEC(m)  offsetof(struct ipsec_config, m)
#define POLICY(m) offsetof(struct policy_config, m)
#define MANUAL(m) offsetof(struct manual_config, m)
#define REPLAY(m) (IPSEC(anti_replay.m) - IPSEC(anti_replay))
#define LIFE(m)   offsetof(struct sa_lifetime, m)

static const char *const keyings[] = {"installed", "manual", "ike", NULL};
static const char *const esp_none[] = {"esp", "none", NULL};
static const char *const payloads[] = {"none", "tunnel", NULL};
static const char *const grains[] = {"type", "mobility-header", "everything", NULL};
static const char *const end_points[] = {"per-packet", "rewrite", "sa-default", NULL};
static const char *const duplicates[] = {"before-esp", "after-esp", NULL};
static const char *const defaults[] = {"ike-coa", "last-bu", "lowest-bid", NULL};
static const char *const actions[] = {"bypass", "protect", "discard", NULL};
static const char *const modes[] = {"transport", "tunnel", NULL};
static const char *const interfaces[] = {"any", "link", "tunnel", NULL};

static const struct key replay_keys[] = {
    {"window", KEY_INTEGER, REPLAY(window), "64",
     "packets that may arrive behind the newest, a multiple of 32 up to 4096; 0: no anti-replay (RFC "
     "4303 3.4.3)",
     .max = ANTI_REPLAY_MAX},
    {"esn", KEY_BOOL, REPLAY(esn), "false", "64-bit sequence numbers, RFC 4303 2.2.1"},
    {.name = NULL},
};

static const struct key lifetime_keys[] = {
    {"soft", KEY_TIME, LIFE(soft), "0 s",
     "an SA should be replaced; 0 s: no limit (RFC 4301 4.4.2.1)", .max = INT64_C(1000000) * SIM_S},
    {"hard", KEY_TIME, LIFE(hard), "0 s", "it ends; 0 s: no limit",
     .max = INT64_C(1000000) * SIM_S},
    {"soft_bytes", KEY_SIZE, LIFE(soft_bytes), "0 B",
     "an SA should be replaced after so many bytes; 0 B: no limit", .max = INT64_C(1) << 50},
    {"hard_bytes", KEY_SIZE, LIFE(hard_bytes), "0 B", "it ends after so many bytes; 0 B: no limit",
     .max = INT64_C(1) << 50},
    {.name = NULL},
};

static const struct key policy_keys[] = {
    {"action", KEY_WORD, POLICY(action), "protect", "what becomes of a packet", .words = actions},
    {"mode", KEY_WORD, POLICY(mode), "transport", "protect: of its SAs", .words = modes},
    {"on", KEY_WORD, POLICY(on), "any",
     "sees what enters the tunnel between the two, the rest, or all (RFC 4877 7.2.4)",
     .words = interfaces},
    {"parallel", KEY_BOOL, POLICY(parallel), "false", "protect: `payload_sas` counts its SAs"},
    {"local", KEY_TEXT, POLICY(local), "home",
     "the mobile node's side: home, care-of, any, an address or two with '-' between"},
    {"remote", KEY_TEXT, POLICY(remote), "any",
     "the other side: agent, any, an address or two with '-' between"},
    {"protocol", KEY_TEXT, POLICY(protocol), "any", "any, mh, icmp6, udp, tcp or a number"},
    {"local_port", KEY_TEXT, POLICY(local_port), "any",
     "any, none, or what the mobile node sends: a port, a type of message (5), with its code (1/4), "
     "or two with '-' between"},
    {"remote_port", KEY_TEXT, POLICY(remote_port), "any", "the same of what it receives"},
    {.name = NULL},
};

static const struct key direction_keys[] = {
    {"spi", KEY_INTEGER, offsetof(struct manual_direction, spi), NULL,
     "Security Parameters Index, RFC 4303 2.1", .min = SA_SPI_MIN, .max = UINT32_MAX},
    {"key", KEY_TEXT, offsetof(struct manual_direction, key), "", "of encryption, hexadecimal"},
    {"integrity", KEY_TEXT, offsetof(struct manual_direction, integrity), "",
     "of integrity, hexadecimal"},
    {.name = NULL},
};

static const struct key manual_keys[] = {
    {"up", KEY_TABLE, MANUAL(up), NULL, "from the mobile node", .keys = direction_keys},
    {"down", KEY_TABLE, MANUAL(down), NULL, "to it", .keys = direction_keys},
    {.name = NULL},
};

const struct key ipsec_keys[] = {
    {"keying", KEY_WORD, IPSEC(keying), "installed",
     "SAs that key management has installed (fresh keys each run; nothing is sent for it), or from "
     "`manual`: no GCM, no counter modes, no anti-replay, no K bit (RFC 4106 10, 3776 4.4), or made "
     "by IKEv2 (RFC 7296, RFC 4877 7): table `ike`",
     .words = keyings},
    {"signalling", KEY_WORD, IPSEC(signalling), "esp",
     "Binding Updates and their answers, RFC 4877 4.1", .words = esp_none},
    {"prefix_discovery", KEY_WORD, IPSEC(prefix_discovery), "esp",
     "Mobile Prefix Solicitations and Advertisements", .words = esp_none},
    {"return_routability", KEY_WORD, IPSEC(return_routability), "esp",
     "HoTI and HoT between mobile node and home agent", .words = esp_none},
    {"payload", KEY_WORD, IPSEC(payload), "none", "what goes through the tunnel",
     .words = payloads},
    {"selectors", KEY_WORD, IPSEC(grain), "type",
     "a pair of SAs for each kind of message; one for all Mobility Headers; one for everything (RFC "
     "4877 5)",
     .words = grains},
    {"suite", KEY_WORD, IPSEC(suite), "aes256-gcm16", "algorithms of all SAs",
     .words = cipher_words},
    {"payload_sas", KEY_TEXT, IPSEC(payload_sas), "shared",
     "SAs for the payload: shared, per-coa, or `pool N` (RFC 6089 7)"},
    {"anti_replay", KEY_TABLE, IPSEC(anti_replay), "", "of the receivers", .keys = replay_keys,
     .given_at = KEY_GIVEN(struct ipsec_config, anti_replay.given)},
    {"duplicate", KEY_WORD, IPSEC(duplicate), "before-esp",
     "copies of one packet on several paths are each sealed with a number of their own, or are copies "
     "of what was sealed once, all but the first of which are replays",
     .words = duplicates},
    {"tunnel_end_point", KEY_WORD, IPSEC(tunnel_end_point), "per-packet",
     "the care-of address of a tunnel: told with each packet, put in after IPsec, or the SA's own "
     "(RFC 5648 9.3.2)",
     .words = end_points},
    {"sa_default", KEY_WORD, IPSEC(sa_default), "ike-coa",
     "which care-of address is the SA's own: that of key management, of the last BU, or of the lowest "
     "BID",
     .words = defaults},
    {"lifetime", KEY_TABLE, IPSEC(lifetime), "", "of each SA", .keys = lifetime_keys},
    {"policies", KEY_MAP, IPSEC(policies), "",
     "in order of matching, in place of those that the words above make; what matches none is "
     "discarded",
     .keys = policy_keys, .size = sizeof(struct policy_config)},
    {"manual", KEY_MAP, IPSEC(manual), "",
     "keying manual: by the policy that protects: bu, mps, hoti, payload, or one of one's own",
     .keys = manual_keys, .size = sizeof(struct manual_config)},
    {.name = NULL},
};

/* ---- policies from words --------------------------------------------------------------------- */

enum { SET_MAX = 16 };

struct set {
    struct spd_entry entry[SET_MAX];
    unsigned entries;
    unsigned pairs;
};

static struct selector_ports types(unsigned low, unsigned high)
{
    return (struct selector_ports){(uint16_t)(low << 8), (uint16_t)(high << 8 | 0xff)};
}

/* local, remote, protocol and what each side sends. */
static struct selector selects(enum selector_kind local, enum selector_kind remote,
                               uint16_t protocol, struct selector_ports sent,
                               struct selector_ports received)
{
    return (struct selector){.local = {.kind = local},
                             .remote = {.kind = remote},
                             .protocol = protocol,
                             .local_port = sent,
                             .remote_port = received};
}

static void add(struct set *s, const char *name, enum spd_action action, enum spd_interface on,
                enum sa_mode mode, struct selector selector)
{
    struct spd_entry *e = &s->entry[s->entries++];
    *e = (struct spd_entry){
        .name = name, .action = action, .on = on, .mode = mode, .selector = selector};
    if (action == SPD_PROTECT)
        e->pair = s->pairs++;
}

/* IKE outside of everything: RFC 4301 5.2. */
static void add_ike(struct set *s)
{
    static const struct selector_ports ike = {500, 500};
    static const struct selector_ports encapsulated = {4500, 4500};
    add(s, "ike", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT,
        selects(SELECT_ANY, SELECT_GATEWAY, IP6_UDP, selector_any_port, ike));
    add(s, "ike-encapsulated", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT,
        selects(SELECT_ANY, SELECT_GATEWAY, IP6_UDP, selector_any_port, encapsulated));
}

static void add_neighbours(struct set *s)
{
    struct selector_ports all = types(ICMP6_RS, ICMP6_REDIRECT);
    add(s, "neighbours", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT,
        selects(SELECT_ANY, SELECT_ANY, IP6_ICMP6, all, all));
}

static void add_rest(struct set *s)
{
    struct selector any =
        selects(SELECT_ANY, SELECT_ANY, SELECT_ANY_PROTOCOL, selector_any_port, selector_any_port);
    struct selector others = any;
    struct selector own = any;
    others.local.kind = SELECT_OTHER;
    own.local.kind = SELECT_SUBJECT;
    add(s, "care-of", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT, others);
    add(s, "home-link", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT, own); /* and route optimisation */
    add(s, "rest", SPD_DISCARD, SPD_ON_ANY, SA_TRANSPORT, any);
}

static enum spd_action action_of(int esp)
{
    return esp == 0 ? SPD_PROTECT : SPD_BYPASS;
}

/* RFC 4877 4.2, 7.2: a pair for each kind of message. */
static void add_by_type(struct set *s, const struct ipsec_config *how)
{
    add(s, "bu", action_of(how->signalling), SPD_ON_ANY, SA_TRANSPORT,
        selects(SELECT_SUBJECT, SELECT_GATEWAY, IP6_MH, types(MH_BU, MH_BU), types(MH_BA, MH_BA)));
    add(s, "mps", action_of(how->prefix_discovery), SPD_ON_ANY, SA_TRANSPORT,
        selects(SELECT_SUBJECT, SELECT_GATEWAY, IP6_ICMP6, types(ICMP6_MPS, ICMP6_MPS),
                types(ICMP6_MPA, ICMP6_MPA)));
    add(s, "hoti", action_of(how->return_routability), SPD_ON_TUNNEL, SA_TUNNEL,
        selects(SELECT_SUBJECT, SELECT_ANY, IP6_MH, types(MH_HOTI, MH_HOTI),
                types(MH_HOT, MH_HOT)));
    add(s, "bu-to-others", SPD_BYPASS, SPD_ON_LINK, SA_TRANSPORT,
        selects(SELECT_SUBJECT, SELECT_ANY, IP6_MH, types(MH_BU, MH_BA), types(MH_BU, MH_BA)));
    add(s, "payload", how->payload ? SPD_PROTECT : SPD_BYPASS, SPD_ON_TUNNEL, SA_TUNNEL,
        selects(SELECT_SUBJECT, SELECT_ANY, SELECT_ANY_PROTOCOL, selector_any_port,
                selector_any_port));
    s->entry[s->entries - 1].parallel = true;
}

/* Of prefix discovery, whose types cannot be told either: between the two nodes all of ICMPv6. */
static void add_coarse_discovery(struct set *s, const struct ipsec_config *how)
{
    struct selector icmp =
        selects(SELECT_SUBJECT, SELECT_GATEWAY, IP6_ICMP6, selector_any_port, selector_any_port);
    if (how->grain == GRAIN_MOBILITY) {
        add(s, "mps", action_of(how->prefix_discovery), SPD_ON_LINK, SA_TRANSPORT, icmp);
    } else if (how->prefix_discovery == 0) { /* it is in the tunnel */
        icmp.local_port = types(ICMP6_MPS, ICMP6_MPS);
        icmp.remote_port = types(ICMP6_MPA, ICMP6_MPA);
        add(s, "discovery-outside", SPD_DISCARD, SPD_ON_LINK, SA_TUNNEL, icmp);
    }
}

/* RFC 4877 5: implementations that cannot tell types of messages apart. */
static void add_coarse(struct set *s, const struct ipsec_config *how)
{
    bool all = how->grain == GRAIN_EVERYTHING;
    struct selector payload = selects(SELECT_SUBJECT, SELECT_ANY, SELECT_ANY_PROTOCOL,
                                      selector_any_port, selector_any_port);
    struct selector mobility = payload;
    mobility.protocol = IP6_MH;
    add(s, all ? "everything" : "mobility", SPD_PROTECT, SPD_ON_TUNNEL, SA_TUNNEL,
        all ? payload : mobility);
    s->entry[s->entries - 1].parallel = all;
    mobility.remote.kind = SELECT_GATEWAY;
    add(s, "mobility-outside", SPD_DISCARD, SPD_ON_LINK, SA_TUNNEL, mobility);
    add_coarse_discovery(s, how);
    if (all)
        return;
    add(s, "payload", how->payload ? SPD_PROTECT : SPD_BYPASS, SPD_ON_TUNNEL, SA_TUNNEL, payload);
    s->entry[s->entries - 1].parallel = true;
}

static struct spd keep(const struct set *s, struct arena *a)
{
    struct spd_entry *entry = arena_take(a, s->entries * sizeof *entry);
    memcpy(entry, s->entry, s->entries * sizeof *entry);
    return (struct spd){.entry = entry, .entries = s->entries, .pairs = s->pairs};
}

struct spd policies_of_others(struct arena *a)
{
    struct set s = {.entries = 0};
    add_ike(&s);
    add_neighbours(&s);
    /* Who may register is known, and what answers a registration names the home address. */
    add(&s, "strangers", SPD_DISCARD, SPD_ON_ANY, SA_TRANSPORT,
        selects(SELECT_ANY, SELECT_GATEWAY, IP6_MH, types(MH_BU, MH_BA), types(MH_BU, MH_BA)));
    add_rest(&s);
    return keep(&s, a);
}

static enum status make_by_hand(const struct ipsec_config *how, struct arena *a, struct spd *spd,
                                struct why *w)
{
    const struct policy_config *p = KEY_ITEMS(how->policies, struct policy_config);
    struct spd_entry *entry = arena_take(a, (how->policies.n + 1) * sizeof *entry);
    *spd = (struct spd){.entry = entry, .entries = (unsigned)how->policies.n + 1};
    for (size_t k = 0; k < how->policies.n; k++) {
        const char *key;
        enum status st = policies_parse(&p[k], &entry[k], &key, w);
        if (st)
            return why_within(w, st, "policy '%s': %s", p[k].name, key);
        if (entry[k].action == SPD_PROTECT)
            entry[k].pair = spd->pairs++;
    }
    entry[how->policies.n] =
        (struct spd_entry){.name = "rest",
                           .action = SPD_DISCARD,
                           .selector = selects(SELECT_ANY, SELECT_ANY, SELECT_ANY_PROTOCOL,
                                               selector_any_port, selector_any_port)};
    return ST_OK;
}

enum status policies_make(const struct ipsec_config *how, struct arena *a, struct spd *spd,
                          struct why *w)
{
    struct set s = {.entries = 0};
    if (how->policies.n)
        return make_by_hand(how, a, spd, w);
    add_ike(&s);
    add_neighbours(&s);
    if (how->grain == GRAIN_TYPE) {
        add_by_type(&s, how);
    } else {
        add_coarse(&s, how);
    }
    add_rest(&s);
    *spd = keep(&s, a);
    return ST_OK;
}

const char *policies_default_name(const struct ipsec_config *how)
{
    return defaults[how->sa_default];
}
