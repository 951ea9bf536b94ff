/* What no table of keys can say: names, topology, combinations, input files. */
#include <stdio.h>
#include <string.h>

#include "sim/world/scenario_parts.h"

static const char *path2(struct check *k, const char *a, const char *b)
{
    return arena_format(k->arena, "%s.%s", a, b);
}

static const char *path3(struct check *k, const char *a, const char *b, const char *c)
{
    return arena_format(k->arena, "%s.%s.%s", a, b, c);
}

enum { SERIES_MOST = 1000000 };

/* ---- networks -------------------------------------------------------------------- */

static void check_prefix(struct check *k, const struct network_config *n)
{
    const char *path = path3(k, "networks", n->name, "prefix");
    bool cellular = n->access.kind == ACCESS_CELLULAR;
    if (n->shares) {
        scenario_check_share(k, n);
    } else if (cellular && !n->prefix.pool.len) {
        SAY(k, path, "a cellular network needs {pool: PREFIX}: each host gets a /64 of it");
    } else if (cellular && (n->prefix.prefix.len || n->prefix.pool.len > 62)) {
        SAY(k, path, "a pool of at most 62 bits, and nothing else, belongs here");
    } else if (!cellular && n->prefix.pool.len) {
        SAY(k, path, "only a cellular network has a pool");
    } else if (!cellular && !n->prefix.prefix.len) {
        SAY(k, path2(k, "networks", n->name), "needs a `prefix`, a /64");
    } else if (!cellular && n->prefix.prefix.len != 64) {
        SAY(k, path, "must be a /64 (RFC 4862 5.5.3), not a /%u", n->prefix.prefix.len);
    } else if (!addr_unicast_routable(cellular ? &n->prefix.pool.addr : &n->prefix.prefix.addr)) {
        SAY(k, path, "is no prefix of global unicast addresses (RFC 4291 2.4)");
    }
}

static const struct prefix *prefix_of(const struct network_config *n)
{
    return n->prefix.pool.len ? &n->prefix.pool : &n->prefix.prefix;
}

static void check_overlap(struct check *k, const struct network_config *n)
{
    const struct network_config *all = KEY_ITEMS(k->s->networks, struct network_config);
    for (const struct network_config *o = all; o < n; o++) {
        const struct prefix *a = prefix_of(o);
        const struct prefix *b = prefix_of(n);
        if (!a->len || !b->len)
            continue;
        if (prefix_holds(a, &b->addr) || prefix_holds(b, &a->addr)) {
            SAY(k, path3(k, "networks", n->name, "prefix"), "overlaps that of network '%s'",
                o->name);
        }
    }
}

static void check_advertise(struct check *k, const struct network_config *n)
{
    const char *path = path3(k, "networks", n->name, "advertise");
    if (n->advertise.min > n->advertise.max * 3 / 4)
        SAY(k, path, "min must not be above 0.75 max (RFC 4861 6.2.1)");
    if (n->advertise.min && n->advertise.min < 30 * SIM_MS)
        SAY(k, path, "min must not be below 30 ms (RFC 6275 7.5)");
    if (n->advertise.lifetime && n->advertise.lifetime * SIM_S < n->advertise.max)
        SAY(k, path, "lifetime must not be below max (RFC 4861 6.2.1)");
    if (n->advertise.mtu && (n->advertise.mtu < IP6_MTU_MIN || n->advertise.mtu > n->access.mtu))
        SAY(k, path, "mtu must be from 1280 B to the link's own");
    if (n->advertise.preferred > n->advertise.valid)
        SAY(k, path, "preferred must not be above valid (RFC 4861 4.6.2)");
}

static void check_translator(struct check *k, const struct network_config *n)
{
    const struct network_config *all = KEY_ITEMS(k->s->networks, struct network_config);
    const char *path = arena_format(k->arena, "networks.%s.translator", n->name);
    const struct addr *outside = &n->translator.address;
    struct why w;
    uint16_t low;
    uint16_t high;
    if (!n->translator.given)
        return;
    if (n->agent)
        SAY(k, path, "a home network has none: nobody would find its home agent");
    if (!addr_unicast_routable(outside))
        SAY(k, path2(k, path, "address"), "is no global unicast address (RFC 4291 2.4)");
    if (translator_parse_ports(n->translator.ports, &low, &high, &w))
        SAY(k, path2(k, path, "ports"), "%s", w.text);
    for (size_t j = 0; j < k->s->networks.n; j++) {
        if (prefix_of(&all[j])->len && prefix_holds(prefix_of(&all[j]), outside))
            SAY(k, path2(k, path, "address"), "is of network '%s'", all[j].name);
        if (&all[j] < n && all[j].translator.given && addr_eq(&all[j].translator.address, outside))
            SAY(k, path2(k, path, "address"), "is that of network '%s' too", all[j].name);
    }
}

static void check_network(struct check *k, const struct network_config *n)
{
    const struct node_config *agent = scenario_node(k->s, n->agent);
    check_prefix(k, n);
    check_overlap(k, n);
    check_advertise(k, n);
    check_translator(k, n);
    scenario_check_ns3(k, n);
    if (n->filter.given && n->agent)
        SAY(k, arena_format(k->arena, "networks.%s.filter", n->name),
            "a home network has none: what is for its home agent, its router, is not forwarded");
    if (n->access.kind != ACCESS_WIRED && !n->ns3.given &&
        (!n->access.has_rate || !n->access.has_delay))
        SAY(k, path2(k, "networks", n->name), "an access network needs a rate and a delay");
    if (n->agent && (agent->role != ROLE_HOME_AGENT || !agent->network ||
                     strcmp(agent->network, n->name) != 0)) {
        SAY(k, path3(k, "networks", n->name, "agent"),
            "node '%s' is not a home agent whose network is '%s'", n->agent, n->name);
    }
    if (n->agent && n->access.kind == ACCESS_CELLULAR)
        SAY(k, path3(k, "networks", n->name, "agent"), "a home network cannot be cellular");
}

/* Which networks can be reached from the first. */
static void check_reach(struct check *k)
{
    const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
    const struct backbone_config *link = KEY_ITEMS(k->s->backbone, struct backbone_config);
    bool *reached = arena_take(k->arena, k->s->networks.n + 1);
    reached[0] = true;
    for (size_t round = 0; round < k->s->networks.n; round++) {
        for (size_t l = 0; l < k->s->backbone.n; l++) {
            const char *const *end = link[l].between.items;
            if (link[l].between.n != 2)
                continue;
            const struct network_config *a =
                SCENARIO_FIND(k->s->networks, struct network_config, end[0]);
            const struct network_config *b =
                SCENARIO_FIND(k->s->networks, struct network_config, end[1]);
            if (reached[a - net] || reached[b - net])
                reached[a - net] = reached[b - net] = true;
        }
    }
    for (size_t n = 0; n < k->s->networks.n; n++) {
        const struct network_config *over =
            SCENARIO_FIND(k->s->networks, struct network_config, net[n].shares);
        if (!reached[over ? over - net : (ptrdiff_t)n]) {
            SAY(k, path2(k, "networks", net[n].name), "no way leads here from network '%s'",
                net[0].name);
        }
    }
}

/* A router's interfaces are named after its network, its links and, of bearers, node-interface. */
static bool is_bearer_name(struct check *k, const char *name)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        const struct interface_config *i = KEY_ITEMS(n[j].interfaces, struct interface_config);
        for (size_t m = 0; m < n[j].interfaces.n; m++) {
            if (!strcmp(name, arena_format(k->arena, "%s-%s", n[j].name, i[m].name)))
                return true;
        }
    }
    const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
    for (size_t j = 0; j < k->s->networks.n; j++) {
        if (net[j].shares &&
            !strcmp(name, arena_format(k->arena, "%s-router-" SCENARIO_RADIO, net[j].name)))
            return true;
    }
    return false;
}

static void check_names(struct check *k)
{
    const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
    const struct backbone_config *link = KEY_ITEMS(k->s->backbone, struct backbone_config);
    for (size_t n = 0; n < k->s->networks.n; n++) {
        if (is_bearer_name(k, net[n].name))
            SAY(k, path2(k, "networks", net[n].name), "is the name of a bearer too: another name");
    }
    for (size_t l = 0; l < k->s->backbone.n; l++) {
        if (scenario_find(&k->s->networks, sizeof(struct network_config), link[l].name))
            SAY(k, path2(k, "backbone", link[l].name),
                "is the name of a network too: another name");
        if (is_bearer_name(k, link[l].name))
            SAY(k, path2(k, "backbone", link[l].name), "is the name of a bearer too: another name");
    }
}

static void check_networks(struct check *k)
{
    const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
    const struct backbone_config *link = KEY_ITEMS(k->s->backbone, struct backbone_config);
    for (size_t n = 0; n < k->s->networks.n; n++)
        check_network(k, &net[n]);
    for (size_t l = 0; l < k->s->backbone.n; l++) {
        const char *const *end = link[l].between.items;
        const char *path = path3(k, "backbone", link[l].name, "between");
        if (link[l].between.n != 2) {
            SAY(k, path, "a link joins two networks, not %zu", link[l].between.n);
        } else if (!strcmp(end[0], end[1])) {
            SAY(k, path, "a link joins two different networks");
        }
    }
    if (k->c->n == 0)
        check_reach(k);
}

/* ---- nodes ----------------------------------------------------------------------- */

static void check_trace(struct check *k, const char *path, const struct interface_config *i)
{
    const struct input_config *in = SCENARIO_FIND(k->s->inputs, struct input_config, i->trace.of);
    if (!input_is_of_links(in)) {
        SAY(k, path, "input '%s' is of format %s: how nodes move, and no trace of a link", in->name,
            input_formats[in->format]);
        return;
    }
    if (in->up && in->format != REPLAY_MAHIMAHI)
        SAY(k, path, "input '%s' has a file `up`, which goes with format mahimahi", in->name);
    for (int way = 0; way < (in->up ? 2 : 1); way++) {
        struct replay_source from = input_replay(in, i->trace.operator, way);
        struct replay_trace trace;
        struct why w;
        if (replay_load(&from, k->arena, &trace, &w)) {
            SAY(k, path, "%s", w.text);
        } else if (i->trace.end == REPLAY_ERROR && trace.length < k->s->general.stop) {
            SAY(k, path, "the trace is %.3f s long, the run is longer", (double)trace.length / 1e9);
        }
    }
}

static void check_interfaces(struct check *k, const struct node_config *n)
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    if (n->interfaces.n > MH_BIDS)
        SAY(k, path3(k, "nodes", n->name, "interfaces"), "at most %d interfaces", MH_BIDS);
    for (size_t j = 0; j < n->interfaces.n; j++) {
        if (i[j].trace.given) {
            check_trace(k,
                        arena_format(k->arena, "nodes.%s.interfaces.%s.trace", n->name, i[j].name),
                        &i[j]);
        }
    }
}

static void check_mobile(struct check *k, const struct node_config *n)
{
    const char *path = path2(k, "nodes", n->name);
    const struct node_config *agent = scenario_node(k->s, n->home.agent);
    if (!agent && !n->home.network) {
        SAY(k, path,
            "a mobile node needs `home: {agent: NODE, address: ADDRESS}`, or `network: NETWORK` where its "
            "home agent is looked for");
        return;
    }
    const struct network_config *net = SCENARIO_FIND(k->s->networks, struct network_config,
                                                     agent ? agent->network : n->home.network);
    if (agent && (agent->role != ROLE_HOME_AGENT || !net)) {
        SAY(k, path2(k, path, "home"), "node '%s' is not a home agent", n->home.agent);
    } else if (addr_unspecified(&n->home.address)) {
        scenario_check_homeless(k, n, net);
    } else if (!prefix_holds(&net->prefix.prefix, &n->home.address)) {
        SAY(k, path2(k, path, "home.address"), "the home address is not of network '%s'",
            net->name);
    }
    struct addr taken = agent ? agent->address : addr_any;
    if (net && addr_unspecified(&taken))
        taken = addr_join(&net->prefix.prefix, 1);
    if (addr_eq(&taken, &n->home.address))
        SAY(k, path2(k, path, "home.address"), "is the address of the home agent");
    scenario_check_discovery(k, n);
    if (addr_identifier(&n->home.address) == 0 && !addr_unspecified(&n->home.address))
        SAY(k, path2(k, path, "home.address"),
            "is the subnet-router anycast address (RFC 4291 2.6.1)");
    if (!n->interfaces.n)
        SAY(k, path, "a mobile node needs interfaces");
    if (n->mcoa.at_home == 1 && !n->mcoa.enabled)
        SAY(k, path2(k, path, "mcoa.at_home"),
            "simultaneous needs several care-of addresses: mcoa.enabled is false");
    if (n->mcoa.lifetime % (4 * SIM_S))
        SAY(k, path2(k, path, "mcoa.lifetime"), "a lifetime is a multiple of 4 s (RFC 6275 6.1.7)");
    check_interfaces(k, n);
    scenario_check_decision(k, n);
    scenario_check_mobility(k, n);
}

/* Two home agents are told in scenario_check_agent(). */
static void check_taken(struct check *k, const struct node_config *n, const char *path)
{
    const struct node_config *o = KEY_ITEMS(k->s->nodes, struct node_config);
    for (; o < n && !addr_unspecified(&n->address); o++) {
        bool agents = o->role == ROLE_HOME_AGENT && n->role == ROLE_HOME_AGENT;
        if (o->role != ROLE_MOBILE && !agents && addr_eq(&o->address, &n->address))
            SAY(k, path2(k, path, "address"), "is that of '%s', too", o->name);
    }
}

static void check_fixed(struct check *k, const struct node_config *n)
{
    const char *path = path2(k, "nodes", n->name);
    const struct network_config *net =
        SCENARIO_FIND(k->s->networks, struct network_config, n->network);
    if (!net) {
        SAY(k, path, "needs a `network`");
        return;
    }
    if (net->access.kind == ACCESS_CELLULAR)
        SAY(k, path2(k, path, "network"), "cannot stand in a cellular network");
    if (net->translator.given)
        SAY(k, path2(k, path, "network"), "nobody would find it behind a translator");
    if (net->shares) {
        SAY(k, path2(k, path, "network"), "nobody would find it behind a phone");
        return;
    }
    if (n->role == ROLE_HOME_AGENT)
        scenario_check_agent(k, n, net);
    if (!addr_unspecified(&n->address) && !prefix_holds(&net->prefix.prefix, &n->address))
        SAY(k, path2(k, path, "address"), "is not of network '%s'", net->name);
    check_taken(k, n, path);
}

static void check_nodes(struct check *k)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        if (n[j].role == ROLE_MOBILE) {
            check_mobile(k, &n[j]);
        } else {
            check_fixed(k, &n[j]);
        }
        scenario_check_advertise(k, &n[j]);
        scenario_check_ipsec(k, &n[j]);
        scenario_check_ike(k, &n[j]);
        scenario_check_cpu(k, &n[j]);
        scenario_check_route(k, &n[j]);
        const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
        for (size_t m = 0; m < k->s->networks.n; m++) {
            if (!strcmp(n[j].name, arena_format(k->arena, "%s-router", net[m].name)))
                SAY(k, path2(k, "nodes", n[j].name), "is the name of that network's own router");
        }
        for (size_t m = 0; m < j; m++) {
            if (n[j].role == ROLE_MOBILE && n[m].role == ROLE_MOBILE &&
                !addr_unspecified(&n[j].home.address) &&
                addr_eq(&n[j].home.address, &n[m].home.address)) {
                SAY(k, path3(k, "nodes", n[j].name, "home"), "is the home address of '%s' too",
                    n[m].name);
            }
        }
    }
}

/* ---- flows, events, expectations ------------------------------------------------ */

/* Nobody else knows where a node is that does not speak from its home address. */
static void check_care_of(struct check *k, const struct flow_config *f, const char *path)
{
    const char *const *end = f->between.items;
    const struct node_config *n = scenario_node(k->s, end[0]);
    if (f->between.n == 2 && n && n->role != ROLE_MOBILE)
        SAY(k, path2(k, path, "source"), "'%s' is no mobile node and has no care-of address",
            end[0]);
    if (!f->traffic.has_ping && f->directions != FLOW_UP_ONLY)
        SAY(k, path2(k, path, "source"), "care-of goes with `directions: up` or a ping");
}

/* The last packet of a burst leaves before the first of the next. */
static void check_bursts(struct check *k, const struct flow_config *f, const char *path)
{
    const struct flow_stream_config *c = &f->traffic.constant;
    const struct flow_shape shape = flow_shape_of(f);
    if (!f->traffic.has_constant || !c->bursts.given)
        return;
    path = path2(k, path, "traffic.constant.bursts");
    if ((c->rate != 0) == (c->bursts.every != 0)) {
        SAY(k, path, "needs `every`, or the `rate` of the flow, and not both");
    } else if (shape.pause < SIM_US) {
        SAY(k, path,
            "the next one begins before this is over: the last of its packets is %.6g ms behind "
            "the first, the next burst %.6g ms",
            (double)((sim_time)(shape.burst - 1) * shape.interval) / 1e6,
            (double)flow_period(&shape) / 1e6);
    }
}

static void check_flows(struct check *k)
{
    const struct flow_config *f = KEY_ITEMS(k->s->flows, struct flow_config);
    for (size_t j = 0; j < k->s->flows.n; j++) {
        const char *path = path2(k, "flows", f[j].name);
        const char *const *end = f[j].between.items;
        int kinds =
            (f[j].traffic.voice != VOICE_NONE) + f[j].traffic.has_constant + f[j].traffic.has_ping;
        if (f[j].between.n != 2 || !strcmp(end[0], end[1]))
            SAY(k, path2(k, path, "between"), "a flow is between two different nodes");
        if (kinds != 1)
            SAY(k, path2(k, path, "traffic"), "exactly one of voice, constant and ping");
        check_bursts(k, &f[j], path);
        if (f[j].stop && f[j].stop <= f[j].start)
            SAY(k, path2(k, path, "stop"), "is not after its start");
        if (f[j].start >= k->s->general.stop)
            SAY(k, path2(k, path, "start"), "is not before the end of the run");
        if (f[j].source == FLOW_FROM_CARE_OF)
            check_care_of(k, &f[j], path);
        if (f[j].traffic.has_ping && f[j].directions != FLOW_BOTH)
            SAY(k, path2(k, path, "directions"), "a ping has both");
    }
}

/* "; did you mean '...'?" for a name of models/names.h, or "". */
static const char *suggest_name(struct check *k, const char *wrong)
{
    bool drop = !strncmp(wrong, "drop.", 5);
    if (drop ? drop_find(wrong + 5) >= 0 : event_find(wrong) >= 0)
        return ""; /* that is not what is wrong */
    struct suggestion s = suggest_for(drop ? wrong + 5 : wrong);
    for (unsigned n = 0; n < (drop ? DROP_REASONS : EVENT_NAMES); n++) {
        if (!drop || drop_name((uint16_t)n))
            suggest_try(&s, drop ? drop_name((uint16_t)n) : event_name((uint16_t)n));
    }
    return s.best ? arena_format(k->arena, "; did you mean '%s%s'?", drop ? "drop." : "", s.best)
                  : "";
}

static const char *suggest_expected(struct check *k, const struct expect *e)
{
    const char *const *order = e->order.items;
    if (e->event || e->never)
        return suggest_name(k, e->event ? e->event : e->never);
    for (size_t j = 0; j < e->order.n; j++) {
        if (event_find(order[j]) < 0)
            return suggest_name(k, order[j]);
    }
    return "";
}

/* The router of a network that is no home agent's: "lte-router". */
static const struct network_config *router_of(const struct scenario *s, const char *node)
{
    const struct network_config *n = KEY_ITEMS(s->networks, struct network_config);
    for (size_t j = 0; j < s->networks.n; j++) {
        size_t len = strlen(n[j].name);
        if (!n[j].agent && !strncmp(node, n[j].name, len) && !strcmp(node + len, "-router"))
            return &n[j];
    }
    return NULL;
}

static bool has_flow(const void *of, const char *flow)
{
    const struct scenario *s = of;
    return SCENARIO_FIND(s->flows, struct flow_config, flow) != NULL;
}

static bool has_node(const void *of, const char *node)
{
    return scenario_node(of, node) || router_of(of, node);
}

/* Of a mobile node what it has; routers' interfaces are named by networks, backbones, bearers. */
static bool has_interface(const void *of, const char *node, const char *interface)
{
    const struct node_config *n = scenario_node(of, node);
    if (n && n->role == ROLE_CORRESPONDENT)
        return !strcmp(interface, "eth0");
    return !n || n->role != ROLE_MOBILE ||
           SCENARIO_FIND(n->interfaces, struct interface_config, interface);
}

static void check_expect(struct check *k)
{
    const struct expect *e = KEY_ITEMS(k->s->expect, struct expect);
    const struct expect_names names = {has_flow, has_node, has_interface, k->s, k->s->general.stop};
    for (size_t j = 0; j < k->s->expect.n; j++) {
        struct why w = {""};
        if (expect_check(&e[j], &names, &w)) {
            SAY(k, arena_format(k->arena, "expect.%zu", j), "%s%s", w.text,
                suggest_expected(k, &e[j]));
        }
    }
    const struct figure_config *fig = KEY_ITEMS(k->s->figures, struct figure_config);
    for (size_t j = 0; j < k->s->figures.n; j++) {
        struct why w = {""};
        if (metric_check(fig[j].plot, &names, &w))
            SAY(k, path3(k, "figures", fig[j].name, "plot"), "%s", w.text);
    }
    const struct key_list *asked[] = {&k->s->sweep.metrics, &k->s->sweep.replicate.until.metrics};
    static const char *const where[] = {"sweep.metrics", "sweep.replicate.until.metrics"};
    for (size_t l = 0; l < 2; l++) {
        for (size_t j = 0; j < asked[l]->n; j++) {
            struct why w = {""};
            if (metric_check(KEY_ITEMS(*asked[l], const char *)[j], &names, &w))
                SAY(k, where[l], "%s", w.text);
        }
    }
}

void scenario_check(const struct scenario *s, const struct yaml_node *root, struct arena *arena,
                    struct complaints *c)
{
    struct check k = {.s = s, .root = root, .arena = arena, .c = c};
    if (s->monami != 1)
        SAY(&k, "monami", "this program reads version 1 of the format");
    if (s->timers.bul.initial_timeout > s->timers.bul.max_timeout ||
        s->timers.bul.first_timeout > s->timers.bul.max_timeout)
        SAY(&k, "timers.max_bindack_timeout", "is below the first wait for an acknowledgement");
    if (s->timers.mpa.min_interval > s->timers.mpa.max_interval)
        SAY(&k, "timers.max_mob_pfx_adv_interval", "is below min_mob_pfx_adv_interval");
    scenario_check_ike_timers(&k);
    if (s->general.record.series && s->general.stop / s->general.record.series > SERIES_MOST)
        SAY(&k, "general.record.series", "makes more than %d bins in the run", SERIES_MOST);
    check_networks(&k);
    check_names(&k);
    if (c->n == 0)
        check_nodes(&k);
    check_flows(&k);
    scenario_check_events(&k);
    check_expect(&k);
    key_files_release(&k.files);
}
