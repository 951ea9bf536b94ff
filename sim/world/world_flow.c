/* Traffic, traces that links replay, events; and the start of it all. */
#include <assert.h>
#include <string.h>

#include "models/node/agent.h"
#include "models/node/inject.h"
#include "models/node/mobile.h"
#include "models/node/path.h"
#include "models/node/source_address.h"
#include "sim/world/world_parts.h"

enum { FIRST_PORT = 20000 };

uint16_t world_flow_port(size_t flow)
{
    return (uint16_t)(FIRST_PORT + 2 * flow);
}

static void out(void *owner, struct pkt *p)
{
    path_out(owner, p);
}

static struct addr care_of(void *owner, const struct addr *dst)
{
    const struct source_preference care_of_first = {.care_of = true};
    return source_of(owner, dst, &care_of_first);
}

static void describe(struct world *w, size_t k, const struct flow_config *f,
                     const struct flow_shape *shape)
{
    struct trace_flow *t = &w->trace_flow[k];
    const char *const *end = f->between.items;
    *t = (struct trace_flow){.name = f->name,
                             .traffic = shape->text,
                             .interval = shape->pause, /* the widest that is normal */
                             .voice = shape->kind == FLOW_VOICE,
                             .plc = f->traffic.plc,
                             .codec = f->traffic.voice == VOICE_G729 ? TRACE_G729 : TRACE_G711,
                             .playout = f->playout,
                             .deadline = f->deadline};
    for (int e = 0; e < 2; e++) {
        const struct node_config *n = scenario_node(w->scenario, end[e]);
        t->end[e] = end[e];
        t->address[e] = world_address(w, n);
        t->node[e] = world_node(w, end[e])->index;
        t->on[e] =
            f->directions == FLOW_BOTH || f->directions == (e ? FLOW_DOWN_ONLY : FLOW_UP_ONLY);
    }
}

static void add_direction(struct world *w, size_t k, int d, const struct flow_config *f,
                          const struct flow_shape *shape)
{
    const struct trace_flow *t = &w->trace_flow[k];
    struct node *from = w->node[t->node[d]];
    struct node *to = w->node[t->node[1 - d]];
    struct source *s = &w->flow[k].source[d];
    *s = (struct source){.sim = w->sim,
                         .packets = &w->packets,
                         .shape = *shape,
                         .flow = (uint32_t)k + 1,
                         .direction = (uint8_t)d,
                         .src = t->address[d],
                         .dst = t->address[1 - d],
                         .port = world_flow_port(k),
                         .stop = f->stop ? f->stop : SIM_NEVER,
                         .owner = from,
                         .out = out,
                         .choose = f->source == FLOW_FROM_CARE_OF ? care_of : NULL};
    if (shape->kind != FLOW_PING && !shape->experimental)
        sink_listen(&to->ports, w->arena, w->sim, s->port);
}

void world_add_flows(struct world *w)
{
    const struct flow_config *f = KEY_ITEMS(w->scenario->flows, struct flow_config);
    size_t n = w->scenario->flows.n;
    w->flow = arena_take(w->arena, (n + 1) * sizeof *w->flow);
    w->trace_flow = arena_take(w->arena, (n + 1) * sizeof *w->trace_flow);
    for (size_t k = 0; k < n; k++) {
        struct flow_shape shape = flow_shape_of(&f[k]);
        describe(w, k, &f[k], &shape);
        for (int d = 0; d < 2; d++) {
            if (w->trace_flow[k].on[d] && !(shape.kind == FLOW_PING && d == 1))
                add_direction(w, k, d, &f[k], &shape);
        }
    }
}

static void start_flows(struct world *w)
{
    static const char *const ways[] = {"up", "down"};
    const struct flow_config *f = KEY_ITEMS(w->scenario->flows, struct flow_config);
    for (size_t k = 0; k < w->scenario->flows.n; k++) {
        for (int d = 0; d < 2; d++) {
            struct source *s = &w->flow[k].source[d];
            if (!s->out || !world_lives(w, scenario_node(w->scenario, w->trace_flow[k].end[d])))
                continue;
            struct rng rng = rng_stream(
                &w->seed, arena_format(w->arena, "flow.%s.%s.phase", f[k].name, ways[d]));
            sim_time period = flow_period(&s->shape);
            sim_time phase = f[k].random_phase ? rng_uniform(&rng, 0, period - 1) : 0;
            w->flow[k].first[d] = f[k].start + phase;
            source_start(s, w->flow[k].first[d]);
        }
    }
}

/* ---- events -------------------------------------------------------------------------- */

/* Of a network, or of a link of the backbone in both directions. */
static void carries(struct world_event *e, bool nothing)
{
    const struct scenario *s = e->world->scenario;
    const struct backbone_config *cut =
        SCENARIO_FIND(s->backbone, struct backbone_config, e->how->cut);
    for (int end = 0; cut && end < 2; end++) {
        struct node *router =
            world_network(e->world, KEY_ITEMS(cut->between, const char *)[end])->router;
        if (!end)
            NODE_EVENT(router, EV_L2_CUT, field_text("link", cut->name),
                       field_int("begins", nothing));
        p2p_block(node_find_iface(router, cut->name)->port, nothing);
    }
    if (cut)
        return;
    struct world_network *net = world_network(e->world, e->how->outage);
    NODE_EVENT(net->router, EV_L2_OUTAGE, field_text("network", net->how->name),
               field_int("begins", nothing));
    access_outage(net->access, nothing);
}

static void end_outage(struct sim *sim, void *owner)
{
    (void)sim;
    carries(owner, false);
}

static void begin_outage(struct world_event *e)
{
    carries(e, true);
    if (e->how->length)
        sim_arm_in(e->world->sim, &e->end, e->how->length);
}

static void restart(const struct world_event *e)
{
    struct node *n = world_node(e->world, e->how->restart);
    if (n->agent) {
        agent_restart(n->agent);
    } else {
        mobile_restart(n->mobile);
    }
}

static void renumber(const struct world_event *e)
{
    const struct event_config *how = e->how;
    struct world_network *net = world_network(e->world, how->renumber);
    const int64_t preferred_s = how->preferred / SIM_S;
    const int64_t valid_s = how->valid / SIM_S;
    NODE_EVENT(net->router, EV_RENUMBERED, field_text("network", net->how->name),
               field_int("preferred_s", preferred_s), field_int("valid_s", valid_s));
    advertise_renumber(net->segment, (uint32_t)preferred_s, (uint32_t)valid_s);
    if (net->router->agent) {
        agent_renumber(net->router->agent, world_lifetime(preferred_s), world_lifetime(valid_s));
    }
    world_renumber_agents(e->world, net, preferred_s, valid_s);
}

static void inject(const struct world_event *e)
{
    const struct inject_order order = {.kind = (enum inject_kind)e->how->inject,
                                       .policy = e->how->policy,
                                       .source = e->how->source,
                                       .home = e->how->home,
                                       .after = e->how->after};
    inject_arm(world_node(e->world, e->how->of), &order);
}

static enum world_move move_of(const struct event_config *how)
{
    return how->attach ? WORLD_ATTACH : how->detach ? WORLD_DETACH : WORLD_SHUT;
}

static void happen(struct sim *sim, void *owner)
{
    struct world_event *e = owner;
    (void)sim;
    if (e->how->outage || e->how->cut) {
        begin_outage(e);
    } else if (e->how->hand_over) {
        world_hand_over(e->station, (unsigned)e->how->cell);
    } else if (e->agent) {
        world_move_agent(e->world, move_of(e->how), e->agent);
    } else if (e->station) {
        world_move_station(move_of(e->how), e->station);
    } else if (e->how->restart) {
        restart(e);
    } else if (e->how->renumber) {
        renumber(e);
    } else {
        inject(e);
    }
}

void world_add_events(struct world *w)
{
    const struct event_config *how = KEY_ITEMS(w->scenario->events, struct event_config);
    w->event = arena_take(w->arena, (w->scenario->events.n + 1) * sizeof *w->event);
    for (size_t k = 0; k < w->scenario->events.n; k++) {
        const char *who = how[k].hand_over ? how[k].hand_over : scenario_moved(&how[k]);
        w->event[k] = (struct world_event){.world = w, .how = &how[k]};
        const struct node_config *agent = who ? scenario_node(w->scenario, who) : NULL;
        w->event[k].agent = agent ? agent->name : NULL;
        if (who && !agent)
            w->event[k].station = world_station_of(w, who, how[k].to);
        sim_timer_init(&w->event[k].timer, happen, &w->event[k]);
        sim_timer_init(&w->event[k].end, end_outage, &w->event[k]);
    }
}

/* ---- the start ------------------------------------------------------------------------ */

static void start_way(struct world *w, const struct interface_config *i, struct station *s,
                      const struct input_config *in, int way)
{
    const struct replay_source from = input_replay(in, i->trace.operator, way);
    struct replay_trace *trace = arena_take(w->arena, sizeof *trace);
    struct replay *r = arena_take(w->arena, sizeof *r);
    struct why why;
    enum status st = replay_load(&from, w->arena, trace, &why);
    assert(!st); /* checked with the scenario */
    *r = (struct replay){.trace = trace,
                         .station = s,
                         .sets = (enum replay_sets)i->trace.sets,
                         .end = (enum replay_end)i->trace.end};
    if (in->up)
        r->sets = way ? REPLAY_RATE_UP : REPLAY_RATE_DOWN;
    replay_start(r);
}

static void start_replay(struct world *w, const struct interface_config *i, struct station *s)
{
    const struct input_config *in =
        SCENARIO_FIND(w->scenario->inputs, struct input_config, i->trace.of);
    bool up_too = i->trace.sets != REPLAY_RATE_DOWN;
    if (!in->up || i->trace.sets != REPLAY_RATE_UP)
        start_way(w, i, s, in, 0);
    if (in->up && up_too)
        start_way(w, i, s, in, 1);
}

static void start_mobile(struct world *w, const struct node_config *how)
{
    struct node *n = world_node(w, how->name);
    const struct interface_config *ic = KEY_ITEMS(how->interfaces, struct interface_config);
    const struct nd_host_config host = {.link_layer = how->detection.link_layer,
                                        .link_down = how->detection.link_down,
                                        .nud = how->detection.nud == 0,
                                        .rs_delay = how->detection.rs_delay,
                                        .rs_early = how->detection.rs_early,
                                        .ra_lost = how->detection.ra_lost,
                                        .simple_dna = how->detection.simple_dna};
    mobile_start(n->mobile);
    for (size_t k = 0; k < how->interfaces.n; k++) {
        const char *name = arena_format(w->arena, "%s.%s", how->name, ic[k].name);
        struct world_station *s = world_station_of(w, name, NULL);
        nd_be_host(s->iface, &host);
        if (!s->station) {
            world_attach(s);
            continue;
        }
        if (ic[k].trace.given)
            start_replay(w, &ic[k], s->station);
        if (!world_start_roaming(w, how, &ic[k]))
            world_attach(s);
    }
}

void world_start(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    world_start_protection(w);
    world_start_phones(w);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role == ROLE_MOBILE && world_lives(w, &how[k]))
            start_mobile(w, &how[k]);
    }
    for (size_t k = 0; k < w->scenario->events.n; k++) {
        if (world_event_lives(w, &w->event[k]))
            sim_arm(w->sim, &w->event[k].timer, w->event[k].how->at);
    }
    start_flows(w);
}
