/* The tables of keys, joined. */
#include "models/node/inject.h"
#include "scenarios/populate.h"
#include "sim/world/scenario.h"

#define RECORD(m)    offsetof(struct record_config, m)
#define GENERAL(m)   offsetof(struct general_config, m)
#define INPUT(m)     offsetof(struct input_config, m)
#define NETWORK(m)   offsetof(struct network_config, m)
#define BACKBONE(m)  offsetof(struct backbone_config, m)
#define TRACE(m)     offsetof(struct interface_trace_config, m)
#define IFACE(m)     offsetof(struct interface_config, m)
#define PROBE(m)     offsetof(struct path_probe_config, m)
#define DETECTION(m) offsetof(struct detection_config, m)
#define MCOA(m)      offsetof(struct mcoa_config, m)
#define NODE(m)      offsetof(struct node_config, m)
#define EVENT(m)     offsetof(struct event_config, m)
#define TIMERS(m)    offsetof(struct timers_config, m)
#define ORIGIN(m)    offsetof(struct movement_origin, m)
#define MOBILITY(m)  offsetof(struct mobility_config, m)
#define TOP(m)       offsetof(struct scenario, m)

static const char *const all_none[] = {"all", "none", NULL};
static const char *const pcap_words[] = {"none", "nodes", "all", NULL};
static const char *const sets_words[] = {"rate", "rate.down", "rate.up", NULL};
static const char *const end_words[] = {"hold", "loop", "error", "auto", NULL};
static const char *const knowledge_words[] = {"protocol", "oracle", NULL};
static const char *const nud_words[] = {"rfc4861", "none", NULL};
static const char *const registrations[] = {"bulk", "serial", "parallel", NULL};
static const char *const roles[] = {"mobile", "home-agent", "correspondent", NULL};
const char *const engine_words[] = {"native", "ns3", NULL};
const char *const crypto_words[] = {"real", "sized", NULL};
static const char *const bu_check_words[] = {"exempt", "checked", NULL};
static const char *const at_home_words[] = {"complete", "simultaneous", NULL};

static const struct key record_keys[] = {
    {"packets", KEY_WORD, RECORD(packets), "all", "table packet and flows/*.csv",
     .words = all_none},
    {"events", KEY_WORD, RECORD(events), "all", "events.sqlog, in a run's folder",
     .words = all_none},
    {"series", KEY_TIME, RECORD(series), "0 s",
     "bin of table series, the rate of each interface; 0 s: none", .max = 3600 * SIM_S},
    {"pcap", KEY_WORD, RECORD(pcap), "none",
     "frames for Wireshark: a file per node, or one for all", .words = pcap_words},
    {"counters", KEY_BOOL, RECORD(counters), "true", "messages and options per interface"},
    {"digest", KEY_BOOL, RECORD(digest), "true", "SHA-256 over everything observed"},
    {.name = NULL},
};

static const struct key general_keys[] = {
    {"stop", KEY_TIME, GENERAL(stop), NULL, "how long the run is", .min = SIM_US,
     .max = INT64_C(1000000) * SIM_S},
    {"seed", KEY_INTEGER, GENERAL(seed), "1", "of all random streams", .min = 0, .max = INT64_MAX},
    {"replication", KEY_INTEGER, GENERAL(replication), "0", "another draw of the same seed",
     .min = 0, .max = INT64_MAX},
    {"date", KEY_INTEGER, GENERAL(date), "1767225600",
     "unix seconds of simulated time 0; the default is 2026-01-01T00:00:00Z", .min = 0,
     .max = INT64_C(8000000000)},
    {"crypto", KEY_WORD, GENERAL(crypto), "real",
     "ESP is what it says, or only as long: every length, number and check but not the cipher",
     .words = crypto_words},
    {"engine", KEY_WORD, GENERAL(engine), "native",
     "whose clock and links: the program's own, or ns-3's, whose results are the same where ns-3 "
     "brings nothing of its own (docs/ns3.md)",
     .words = engine_words},
    {"record", KEY_TABLE, GENERAL(record), "", "what is written down", .keys = record_keys},
    {.name = NULL},
};

static const struct key origin_keys[] = {
    {"latitude", KEY_REAL, ORIGIN(latitude), NULL, "in degrees, north is above 0"},
    {"longitude", KEY_REAL, ORIGIN(longitude), NULL, "in degrees, east is above 0"},
    {.name = NULL},
};

static const struct key input_keys[] = {
    {"file", KEY_FILE, INPUT(file), "",
     "a measured trace, or how nodes move; relative to the scenario's folder; default: the first of "
     "`files`"},
    {"files", KEY_LIST, INPUT(files), "",
     "several, of which a run reads one: names, or a pattern such as traces/*.csv; a sweep can "
     "replicate over them",
     .of = KEY_FILE, .scalar = "*"},
    {"skip", KEY_TIME, INPUT(skip), "0 s", "the trace begins this late in the file",
     .max = INT64_C(1000000) * SIM_S},
    {"up", KEY_FILE, INPUT(up), "",
     "mahimahi: the opportunities from the station; `file` then has those towards it"},
    {"format", KEY_WORD, INPUT(format), "monami",
     "monami: CSV with units in its columns' names; pam2025: two operators and their hand-overs; "
     "mahimahi: opportunities of 1504 bytes; ping: half a round trip is the delay of each way, all "
     "is lost from a probe without answer to the next probe; setdest, sumo, bonnmotion, and monami "
     "with columns x_m and y_m: how nodes move",
     .words = input_formats},
    {"interval", KEY_TIME, INPUT(interval), "1 s",
     "ping: between probes, where the log has no time stamps", .min = SIM_MS, .max = 3600 * SIM_S},
    {"origin", KEY_TABLE, INPUT(origin), "",
     "x is a longitude and y a latitude, and this place is x 0 m, y 0 m; the land around is flat",
     .keys = origin_keys, .given_at = KEY_GIVEN(struct input_config, origin.given)},
    {.name = NULL},
};

static const struct key disc_keys[] = {
    {"x", KEY_LENGTH, offsetof(struct disc, x), NULL, "its centre, to the east",
     .min = -INT64_C(10000000000000), .max = INT64_C(10000000000000)},
    {"y", KEY_LENGTH, offsetof(struct disc, y), NULL, "its centre, to the north",
     .min = -INT64_C(10000000000000), .max = INT64_C(10000000000000)},
    {"radius", KEY_LENGTH, offsetof(struct disc, radius), NULL, "the border belongs to the disc",
     .min = 1000, .max = INT64_C(10000000000000)},
    {.name = NULL},
};

static const struct key prefix_keys[] = {
    {"prefix", KEY_PREFIX, NETWORK(prefix.prefix) - NETWORK(prefix), "", "of all hosts, a /64"},
    {"pool", KEY_PREFIX, NETWORK(prefix.pool) - NETWORK(prefix), "",
     "cellular: each host gets a /64 of it, RFC 6459 5.2"},
    {.name = NULL},
};

static const struct key network_keys[] = {
    {"prefix", KEY_TABLE, NETWORK(prefix), "", "a /64, or {pool: PREFIX} of a cellular network",
     .keys = prefix_keys, .scalar = "prefix"},
    {"shares", KEY_REF, NETWORK(shares), "",
     "instead of a prefix: its router NAME-router is a phone, which shares the /64 that it gets from "
     "this cellular network (RFC 7278); events name its interface there NAME-router.radio",
     .refers = "networks"},
    {"agent", KEY_REF, NETWORK(agent), "",
     "the home agent that is the router of this, a home, network", .refers = "nodes"},
    {"", KEY_JOIN, NETWORK(access), "", "", .keys = access_keys},
    {"advertise", KEY_TABLE, NETWORK(advertise), "", "router advertisements",
     .keys = nd_advertise_keys},
    {"ingress_filter", KEY_BOOL, NETWORK(ingress_filter), "true",
     "the router drops packets from its link whose source is not of it, RFC 2827"},
    {"translator", KEY_TABLE, NETWORK(translator), "",
     "its router translates addresses and UDP ports between it and the backbone, where its prefix is "
     "not known: a model of NAT, for IPv6, that no RFC defines (RFC 4787, RFC 5508 say how)",
     .keys = translator_keys, .given_at = KEY_GIVEN(struct network_config, translator.given)},
    {"filter", KEY_TABLE, NETWORK(filter), "",
     "what its router forwards to and from it, and what it drops in silence (RFC 7872)",
     .keys = filter_keys, .given_at = KEY_GIVEN(struct network_config, filter.given)},
    {"coverage", KEY_LIST, NETWORK(coverage), "",
     "one disc or several, one cell: where nodes that move can attach; default: everywhere",
     .keys = disc_keys, .size = sizeof(struct disc), .scalar = "*"},
    {"ns3", KEY_TABLE, NETWORK(ns3), "", "ns-3 makes it (docs/ns3.md); a word is its device",
     .keys = network_ns3_keys, .scalar = "device",
     .given_at = KEY_GIVEN(struct network_config, ns3.given)},
    {"dad", KEY_TABLE, NETWORK(dad), "", "how hosts test their addresses here", .keys = nd_dad_keys,
     .scalar = "use"},
    {.name = NULL},
};

static const struct key backbone_keys[] = {
    {"between", KEY_LIST, BACKBONE(between), NULL, "the two networks whose routers it joins",
     .of = KEY_REF, .refers = "networks"},
    {"", KEY_JOIN, BACKBONE(link), "", "", .keys = p2p_keys},
    {.name = NULL},
};

static const struct key trace_keys[] = {
    {"of", KEY_REF, TRACE(of), NULL, "the input", .refers = "inputs"},
    {"operator", KEY_TEXT, TRACE(operator), "", "pam2025: whose rows"},
    {"sets", KEY_WORD, TRACE(sets), "rate", "which direction's rate", .words = sets_words},
    {"end", KEY_WORD, TRACE(end), "auto",
     "at its end the last values hold, it starts anew, or a longer run is refused; auto: a "
     "mahimahi trace starts anew, others hold",
     .words = end_words},
    {.name = NULL},
};

static const struct key interface_keys[] = {
    {"attach", KEY_REF, IFACE(attach), NULL,
     "the network it attaches to when the run begins; of a node with `mobility`, where and as long "
     "as that network's coverage lets it",
     .refers = "networks"},
    {"roams", KEY_LIST, IFACE(roams), "",
     "other networks that it attaches to where they cover its node; it takes the one whose centre "
     "is nearest, and keeps it until it leaves its coverage",
     .of = KEY_REF, .refers = "networks", .scalar = "*"},
    {"may_attach", KEY_LIST, IFACE(may_attach), "",
     "other networks that a program which uses the library may attach it to (docs/library.md); "
     "those of `roams` and of events need not be named again",
     .of = KEY_REF, .refers = "networks", .scalar = "*"},
    {"trace", KEY_TABLE, IFACE(trace), "", "a measured trace that its link replays",
     .keys = trace_keys, .given_at = KEY_GIVEN(struct interface_config, trace.given)},
    {.name = NULL},
};

static const struct key mobility_keys[] = {
    {"of", KEY_REF, MOBILITY(of), NULL, "the input", .refers = "inputs"},
    {"node", KEY_TEXT, MOBILITY(node), "", "its name there; default: the only one"},
    {"hysteresis", KEY_LENGTH, MOBILITY(hysteresis), "0 m",
     "how far outside of its discs a network is left", .max = INT64_C(10000000000000)},
    {.name = NULL},
};

static const struct key probe_keys[] = {
    {"every", KEY_TIME, PROBE(probing.every), "500 ms", "between two echo requests on a path",
     .min = SIM_MS, .max = 3600 * SIM_S},
    {"lost", KEY_INTEGER, PROBE(probing.lost), "3", "unanswered in a row: the path is dead",
     .min = 1, .max = 1000},
    {.name = NULL},
};

static const struct key detection_keys[] = {
    {"knowledge", KEY_WORD, DETECTION(knowledge), "protocol",
     "nodes know what they received, or an oracle tells both ends which link carries packets",
     .words = knowledge_words},
    {"link_layer", KEY_BOOL, DETECTION(link_layer), "true",
     "the link layer tells of links lost and made"},
    {"link_down", KEY_TIME, DETECTION(link_down), "50 ms", "how long after the loss it tells",
     .max = 3600 * SIM_S},
    {"nud", KEY_WORD, DETECTION(nud), "rfc4861",
     "neighbour unreachability detection of the default router, RFC 4861 7.3", .words = nud_words},
    {"rs_delay", KEY_BOOL, DETECTION(rs_delay), "true",
     "random delay before the first router solicitation, RFC 4861 6.3.7"},
    {"rs_early", KEY_BOOL, DETECTION(rs_early), "false",
     "the first one leaves from :: while the link-local address is tested, RFC 4861 4.1"},
    {"ra_lost", KEY_INTEGER, DETECTION(ra_lost), "0",
     "so many silent Advertisement Intervals and the router is tested, RFC 6275 11.5.1; 0: never",
     .max = 1000},
    {"simple_dna", KEY_BOOL, DETECTION(simple_dna), "false",
     "a known link is recognised by its router's answer to a solicitation, RFC 6059"},
    {"path_probe", KEY_TABLE, DETECTION(path_probe), "",
     "echo requests from each care-of address to the home agent; or, of a home agent, to each "
     "care-of address that has a Binding Identifier",
     .keys = probe_keys, .given_at = KEY_GIVEN(struct detection_config, path_probe.given)},
    {.name = NULL},
};

static const struct key mcoa_keys[] = {
    {"enabled", KEY_BOOL, MCOA(enabled), "true",
     "several care-of addresses (RFC 5648); false is RFC 6275 with one"},
    {"registration", KEY_WORD, MCOA(registration), "bulk",
     "one BU for all BIDs, one after the other, or each on its own (RFC 5648 5.3)",
     .words = registrations},
    {"gather", KEY_TIME, MCOA(gather), "0 s",
     "bulk: what happens within this time goes into one BU", .max = 60 * SIM_S},
    {"at_home", KEY_WORD, MCOA(at_home), "complete",
     "on the home link everything is deregistered, or the home link is one more path (RFC 5648 5.6)",
     .words = at_home_words},
    {"lifetime", KEY_TIME, MCOA(lifetime), "420 s", "asked for in a BU, in steps of 4 s",
     .min = 4 * SIM_S, .max = INT64_C(65535) * 4 * SIM_S},
    {.name = NULL},
};

static const struct key home_keys[] = {
    {"agent", KEY_REF, NODE(home.agent) - NODE(home), "",
     "the home agent; default: it is looked for in `network`", .refers = "nodes"},
    {"network", KEY_REF, NODE(home.network) - NODE(home), "",
     "instead of `agent`: the home network, whose home agents the node finds by dynamic home agent "
     "address discovery (RFC 6275 11.4.1)",
     .refers = "networks"},
    {"address", KEY_ADDR, NODE(home.address) - NODE(home), "",
     "the home address, from the home agent's network; default: the home agent gives one by IKE (keying: "
     "ike)"},
    {"registers", KEY_BOOL, NODE(home.registers) - NODE(home), "true",
     "Mobile IPv6; false: it is a plain IPsec client and the home agent its gateway, no care-of "
     "address is ever bound, and a tunnel ends where its SA does (RFC 4301 5.1.2)"},
    {.name = NULL},
};

static const struct key source_check_keys[] = {
    {"plain", KEY_WORD, NODE(source_check.plain) - NODE(source_check), "any-binding",
     "outer source of an unprotected reverse tunnel, RFC 6275 10.4.5, RFC 5648 6.5",
     .words = bcache_source_words},
    {"esp", KEY_WORD, NODE(source_check.esp) - NODE(source_check), "any-binding",
     "outer source of a protected tunnel, after IPsec, which does not look at it (RFC 5648 9.3.2; RFC "
     "6275 10.4.5 would not check)",
     .words = bcache_source_words},
    {"bu", KEY_WORD, NODE(source_check.bu) - NODE(source_check), "exempt",
     "source of Binding Updates: not checked (RFC 5648 6.5), or where there are bindings like the "
     "rest",
     .words = bu_check_words},
    {.name = NULL},
};

static const struct key node_keys[] = {
    {"role", KEY_WORD, NODE(role), NULL, "what it is", .words = roles},
    {"profile", KEY_TEXT, NODE(profile), "", "an entry of `profiles` that says the rest"},
    {"count", KEY_INTEGER, NODE(count), "0",
     "a population: so many nodes NAME.0, NAME.1, ... with addresses that count up; flows, events and "
     "expectations name each as NAME.*; 0: one node, NAME",
     .max = POPULATION_MAX},
    {"network", KEY_REF, NODE(network), "", "home agent, correspondent: where it stands",
     .refers = "networks"},
    {"address", KEY_ADDR, NODE(address), "",
     "home agent, correspondent: its address; default: made from the prefix"},
    {"home", KEY_TABLE, NODE(home), "", "mobile: home agent and home address", .keys = home_keys,
     .given_at = KEY_GIVEN(struct node_config, home.given)},
    {"interfaces", KEY_MAP, NODE(interfaces), "", "mobile: its interfaces; BIDs count from 1",
     .keys = interface_keys, .size = sizeof(struct interface_config)},
    {"mobility", KEY_TABLE, NODE(mobility), "",
     "mobile: it moves, and its interfaces attach and detach where they cross the border of a "
     "network's coverage",
     .keys = mobility_keys, .given_at = KEY_GIVEN(struct node_config, mobility.given)},
    {"detection", KEY_TABLE, NODE(detection), "",
     "mobile: how it learns that a path is dead; `oracle` for short; home agent: its path_probe "
     "alone",
     .keys = detection_keys, .scalar = "knowledge"},
    {"mcoa", KEY_TABLE, NODE(mcoa), "", "mobile: registration of its care-of addresses",
     .keys = mcoa_keys},
    {"decision", KEY_TABLE, NODE(decision), "",
     "mobile: which care-of address carries a flow; a word is its builtin", .keys = decide_keys,
     .scalar = "builtin"},
    {"source_check", KEY_TABLE, NODE(source_check), "", "home agent: what may come out of a tunnel",
     .keys = source_check_keys},
    {"agent", KEY_TABLE, NODE(agent), "", "home agent: what it grants", .keys = bcache_keys},
    {"advertise", KEY_TABLE, NODE(advertise), "",
     "home agent: what its router advertisements say of it; one that is not the `agent` of its "
     "network stands there beside the router and is no default router",
     .keys = ha_advertise_keys},
    {"ipsec", KEY_TABLE, NODE(ipsec), "",
     "mobile: what is protected between it and its home agent (RFC 4877); default: nothing",
     .keys = ipsec_keys, .given_at = KEY_GIVEN(struct node_config, ipsec.given)},
    {"cpu", KEY_TABLE, NODE(cpu), "",
     "its processor: what ESP and key management cost, and that they wait for each other; default: no "
     "time at all",
     .keys = cpu_keys, .given_at = KEY_GIVEN(struct node_config, cpu.given)},
    {"ike", KEY_TABLE, NODE(ike), "", "mobile: key management, with its home agent",
     .keys = key_config_keys},
    {"responder", KEY_TABLE, NODE(responder), "", "home agent: key management, with all",
     .keys = key_responder_keys, .given_at = KEY_GIVEN(struct node_config, responder_given)},
    {"route_optimisation", KEY_TABLE, NODE(optimise), "",
     "mobile: return routability, and packets past the home agent (RFC 6275 11.6, 11.7.2); default: none",
     .keys = optimise_keys, .given_at = KEY_GIVEN(struct node_config, optimise.given)},
    {"correspondent", KEY_TABLE, NODE(correspondent), "",
     "correspondent, home agent: it takes part in route optimisation (RFC 6275 9); default: it does not",
     .keys = correspondent_keys, .given_at = KEY_GIVEN(struct node_config, correspondent_given)},
    {.name = NULL},
};

static const struct key event_keys[] = {
    {"at", KEY_TIME, EVENT(at), NULL, "when", .max = INT64_C(1000000) * SIM_S},
    {"spread", KEY_TIME, EVENT(spread), "0 s",
     "with NAME.*: not all at once, but evenly within this time", .max = INT64_C(1000000) * SIM_S},
    {"outage", KEY_REF, EVENT(outage), "", "a network that carries nothing, and nobody is told",
     .refers = "networks"},
    {"cut", KEY_REF, EVENT(cut), "",
     "a link of the backbone that carries nothing, and nobody is told, an oracle neither",
     .refers = "backbone"},
    {"for", KEY_TIME, EVENT(length), "0 s", "outage, cut: how long; 0 s: to the end",
     .max = INT64_C(1000000) * SIM_S},
    {"attach", KEY_TEXT, EVENT(attach), "",
     "an interface, such as car.wlan0, that attaches, and is not about to be shut any more; or a "
     "home agent that has its link again, and serves"},
    {"to", KEY_REF, EVENT(to), "", "attach: the network; default: the one it attaches to first",
     .refers = "networks"},
    {"detach", KEY_TEXT, EVENT(detach), "",
     "an interface that loses its link; or a home agent that does, if it is not the router of it"},
    {"shut", KEY_TEXT, EVENT(shut), "",
     "an interface that is taken down with notice: its binding is deleted first, RFC 5648 5.5.2; or "
     "a home agent that ends its service: it forgets its bindings, advertises itself without H as "
     "soon as it may advertise again (RFC 4861 6.2.6), and leaves its link then, if it is not the "
     "router of it"},
    {"hand_over", KEY_TEXT, EVENT(hand_over), "",
     "an interface on LTE of ns-3 that is told to go over to another `cell` of its network; nothing "
     "happens if it is not connected, there already, or going over just then"},
    {"cell", KEY_INTEGER, EVENT(cell), "1", "hand_over: which, 1 the first of `cells`", .min = 1,
     .max = 1000},
    {"restart", KEY_REF, EVENT(restart), "",
     "a home agent or mobile node that forgets all its bindings", .refers = "nodes"},
    {"inject", KEY_WORD, EVENT(inject), "nothing",
     "what an attacker behind `of` does to the next packet that it seals: the packet again; with "
     "another source; a copy with a wrong check value, or in the clear, in front of it; or `of` is "
     "the attacker, and its next Binding Update names another's home address",
     .words = inject_words},
    {"of", KEY_REF, EVENT(of), "", "inject: a home agent or mobile node with IPsec",
     .refers = "nodes"},
    {"policy", KEY_TEXT, EVENT(policy), "",
     "inject: whose packet (bu, mps, hoti, payload, ...); default: of any"},
    {"source", KEY_ADDR, EVENT(source), "", "inject: outer source of what is injected"},
    {"home", KEY_ADDR, EVENT(home), "", "inject others-home: the address that it names"},
    {"after", KEY_TIME, EVENT(after), "0 s", "inject again: how long behind the packet itself",
     .max = 3600 * SIM_S},
    {"renumber", KEY_REF, EVENT(renumber), "",
     "a network whose router advertises other lifetimes of its prefix from then on, on the link and, "
     "as a home agent, in Mobile Prefix Advertisements (RFC 6275 10.6)",
     .refers = "networks"},
    {"preferred", KEY_TIME, EVENT(preferred), "",
     "renumber: AdvPreferredLifetime in whole seconds; 4294967295 s: for ever",
     .max = UINT32_MAX * SIM_S, .given_at = KEY_GIVEN(struct event_config, has_preferred)},
    {"valid", KEY_TIME, EVENT(valid), "", "renumber: AdvValidLifetime, likewise",
     .max = UINT32_MAX * SIM_S, .given_at = KEY_GIVEN(struct event_config, has_valid)},
    {.name = NULL},
};

static const struct key timer_keys[] = {
    {"", KEY_JOIN, TIMERS(ip), "", "", .keys = ip_timer_keys},
    {"", KEY_JOIN, TIMERS(nd), "", "", .keys = nd_timer_keys},
    {"", KEY_JOIN, TIMERS(bul), "", "", .keys = bul_timer_keys},
    {"", KEY_JOIN, TIMERS(mps), "", "", .keys = mps_timer_keys},
    {"", KEY_JOIN, TIMERS(mpa), "", "", .keys = mpa_timer_keys},
    {"", KEY_JOIN, TIMERS(discovery), "", "", .keys = discovery_timer_keys},
    {"", KEY_JOIN, TIMERS(key), "", "", .keys = key_timer_keys},
    {"max_delete_bce_timeout", KEY_TIME, TIMERS(max_delete_bce), "10 s",
     "how long a deleted binding is remembered, RFC 6275 12", .max = 3600 * SIM_S},
    {.name = NULL},
};

const struct key scenario_keys[] = {
    {"monami", KEY_INTEGER, TOP(monami), NULL, "version of the format: 1", .min = 1, .max = 1000},
    {"scenario", KEY_TEXT, TOP(base), "",
     "another file, which this one changes: maps are joined, anything else is replaced, and so are "
     "`sweep` and `figures` as a whole"},
    {"studies", KEY_NODE, TOP(studies), "",
     "a map of names to such changes of this file; `study`, or --study, says which is meant"},
    {"study", KEY_TEXT, TOP(study), "", "one of `studies`"},
    {"title", KEY_TEXT, TOP(title), NULL, "one line"},
    {"text", KEY_TEXT, TOP(text), "", "what to look at"},
    {"general", KEY_TABLE, TOP(general), NULL, "the run as a whole", .keys = general_keys},
    {"inputs", KEY_MAP, TOP(inputs), "", "measured traces", .keys = input_keys,
     .size = sizeof(struct input_config)},
    {"networks", KEY_MAP, TOP(networks), NULL, "each has a prefix and a router that advertises it",
     .keys = network_keys, .size = sizeof(struct network_config)},
    {"backbone", KEY_MAP, TOP(backbone), "", "how the networks' routers are joined",
     .keys = backbone_keys, .size = sizeof(struct backbone_config)},
    {"profiles", KEY_NODE, TOP(profiles), "", "what several nodes have in common"},
    {"nodes", KEY_MAP, TOP(nodes), NULL, "mobile nodes, home agents, correspondents",
     .keys = node_keys, .size = sizeof(struct node_config)},
    {"flows", KEY_MAP, TOP(flows), "", "traffic between two nodes", .keys = flow_keys,
     .size = sizeof(struct flow_config)},
    {"events", KEY_LIST, TOP(events), "", "what happens when", .keys = event_keys,
     .size = sizeof(struct event_config)},
    {"timers", KEY_TABLE, TOP(timers), "", "constants of the RFCs", .keys = timer_keys},
    {"expect", KEY_LIST, TOP(expect), "", "what must come out", .keys = expect_keys,
     .size = sizeof(struct expect)},
    {"sweep", KEY_TABLE, TOP(sweep), "", "what `sweep run` varies", .keys = study_sweep_keys},
    {"figures", KEY_MAP, TOP(figures), "", "what is drawn of a sweep", .keys = study_figure_keys,
     .size = sizeof(struct figure_config)},
    {.name = NULL},
};
