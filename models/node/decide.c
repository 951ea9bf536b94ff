#include "models/node/decide.h"

#include <assert.h>
#include <string.h>

#include "models/node/choices.h"

#define AT(member) offsetof(struct decide_config, member)

static const char *const builtins[] = {"failover",  "fixed",       "round-robin",
                                       "duplicate", "least-delay", NULL};

const struct key decide_keys[] = {
    {"builtin", KEY_WORD, AT(builtin), "failover",
     "first interface that works, one interface a flow, flows in turn, a copy on each, or the one "
     "with the least round trip measured",
     .words = builtins},
    {"module", KEY_FILE, AT(module), "",
     "instead: a shared object of one's own, asked for every packet at both ends; "
     "models/decision.h is its interface"},
    {"replay", KEY_FILE, AT(replay), "",
     "instead: a CSV of t_s, flow (* is every one), direction (up, down, both) and interfaces "
     "(wlan0+cell0: a copy on each); a row holds until the next of its flow and direction; "
     "{NAME} in its name stands for the file of input NAME, without folder and ending"},
    {"prefer", KEY_LIST, AT(prefer), "",
     "interfaces in order of preference; default: as they stand", .of = KEY_TEXT},
    {"interface", KEY_TEXT, AT(interface), "",
     "fixed: the interface of every flow that `flows` does not name"},
    {"flows", KEY_PAIRS, AT(flows), "", "fixed: the interface of each flow, by name"},
    {"back_after", KEY_TIME, AT(back_after), "0 s",
     "an interface that failed is used again after it has worked for so long", .max = 3600 * SIM_S},
    {"margin", KEY_TIME, AT(margin), "5 ms",
     "least-delay: another interface is taken when its round trip is shorter by more than this",
     .max = 3600 * SIM_S},
    {.name = NULL},
};

/* ---- lists ------------------------------------------------------------------------------ */

static uint16_t bid_of(const struct decide_setup *of, const char *interface)
{
    for (unsigned k = 0; k < of->paths; k++) {
        if (!strcmp(of->path[k].interface, interface))
            return of->path[k].bid;
    }
    return 0;
}

static const char *fixed_interface(const struct decide_config *how, const char *flow)
{
    const struct key_pair *pair = KEY_ITEMS(how->flows, struct key_pair);
    for (size_t k = 0; k < how->flows.n; k++) {
        if (!strcmp(pair[k].name, flow))
            return pair[k].value;
    }
    return how->interface;
}

/* All BIDs, beginning with number `first`. */
static void put_rotated(struct flow_rule *rule, const struct decide_setup *of, size_t first)
{
    for (unsigned k = 0; k < of->paths && k < FLOW_BIDS; k++)
        rule->bid[rule->bids++] = of->path[(first + k) % of->paths].bid;
}

static void put_flow(struct flow_rule *rule, const struct decide_setup *of, size_t number)
{
    const char *interface =
        of->how->builtin == DECIDE_FIXED ? fixed_interface(of->how, rule->name) : NULL;
    uint16_t bid = interface ? bid_of(of, interface) : 0;
    if (bid) {
        rule->bid[rule->bids++] = bid;
    } else {
        put_rotated(rule, of, of->how->builtin == DECIDE_ROUND_ROBIN ? number : 0);
    }
}

static enum decider_kind kind_of(const struct decide_setup *of)
{
    if (of->module)
        return DECIDER_MODULE;
    if (of->choices)
        return DECIDER_CHOICES;
    return of->how->builtin == DECIDE_LEAST_DELAY ? DECIDER_LEAST_DELAY : DECIDER_LIST;
}

static struct flow_policy make_policy(struct arena *arena, const struct decide_setup *of)
{
    int builtin = of->how->builtin;
    bool list = kind_of(of) == DECIDER_LIST;
    bool by_flow = !list || builtin == DECIDE_FIXED || builtin == DECIDE_ROUND_ROBIN;
    size_t n = by_flow ? of->flows : 0;
    struct flow_rule *rule = arena_take(arena, (n + 1) * sizeof *rule);
    for (size_t k = 0; k < n; k++) {
        rule[k] = (struct flow_rule){.name = of->flow[k].name, .selector = of->flow[k].selector};
        if (list) {
            put_flow(&rule[k], of, k);
        } else {
            put_rotated(&rule[k], of, 0);
        }
    }
    rule[n] = (struct flow_rule){.name = "any", .all = list && builtin == DECIDE_DUPLICATE};
    uint16_t fixed =
        list && builtin == DECIDE_FIXED && of->how->interface ? bid_of(of, of->how->interface) : 0;
    if (fixed) {
        rule[n].bid[rule[n].bids++] = fixed;
    } else {
        put_rotated(&rule[n], of, 0);
    }
    return (struct flow_policy){.rule = rule, .rules = n + 1};
}

struct decider *decider_new(struct arena *arena, const struct decide_setup *of,
                            enum monami_direction direction)
{
    struct decider *d = arena_take(arena, sizeof *d);
    *d = (struct decider){
        .of = *of, .direction = direction, .kind = kind_of(of), .policy = make_policy(arena, of)};
    assert(of->paths <= MONAMI_BIDS);
    for (unsigned k = 0; k < of->paths; k++) {
        d->path[k] =
            (struct monami_path){.bid = of->path[k].bid, .interface = of->path[k].interface};
    }
    if (of->choices)
        d->now = arena_take(arena, d->policy.rules * sizeof(struct choice *));
    if (of->module)
        d->memory = arena_take(arena, MONAMI_MEMORY_BYTES);
    return d;
}

bool decider_looks(const struct decider *d)
{
    return d->kind == DECIDER_LEAST_DELAY || d->kind == DECIDER_MODULE;
}

/* ---- least delay -------------------------------------------------------------------------- */

/* The home link leads to the home agent without a way between. What is not measured comes last, in
 * order of preference. */
static int64_t delay_of(const struct monami_path *p)
{
    if (p->home)
        return 0;
    return p->round_trip_ns < 0 ? INT64_MAX : p->round_trip_ns;
}

static const struct flow_rule *by_delay(struct decider *d, const struct flow_rule *rule)
{
    const struct monami_path *best = NULL;
    const struct monami_path *used = NULL;
    for (unsigned k = 0; k < d->of.paths; k++) {
        const struct monami_path *p = &d->path[k];
        if (!p->usable)
            continue;
        if (!best || delay_of(p) < delay_of(best))
            best = p;
        if (p->bid == d->best)
            used = p;
    }
    if (!best)
        return rule;
    bool keep = used && (used == best || (delay_of(used) != INT64_MAX &&
                                          delay_of(used) - delay_of(best) <= d->of.how->margin));
    if (!keep)
        d->best = best->bid;
    d->answer = (struct flow_rule){.name = rule->name, .bid = {d->best}, .bids = 1};
    return &d->answer;
}

/* ---- what was written down ------------------------------------------------------------------ */

static const struct flow_rule *by_choices(struct decider *d, const struct flow_rule *rule,
                                          sim_time now)
{
    const struct choices *c = d->of.choices;
    for (; d->next < c->n && c->choice[d->next].from <= now; d->next++) {
        const struct choice *next = &c->choice[d->next];
        if (!(d->direction == MONAMI_UP ? next->up : next->down))
            continue;
        for (size_t k = 0; k < d->policy.rules; k++) {
            if (next->flow == CHOICE_EVERY_FLOW || (size_t)next->flow == k)
                d->now[k] = next;
        }
    }
    const struct choice *holds = d->now[rule - d->policy.rule];
    if (!holds)
        return rule;
    d->answer = (struct flow_rule){.name = rule->name, .bids = holds->bids, .all = true};
    memcpy(d->answer.bid, holds->bid, sizeof holds->bid);
    return &d->answer;
}

/* ---- a module -------------------------------------------------------------------------------- */

static bool has_bid(const struct decider *d, uint16_t bid)
{
    for (unsigned k = 0; k < d->of.paths; k++) {
        if (d->path[k].bid == bid)
            return true;
    }
    return false;
}

static const struct flow_rule *by_module(struct decider *d, const struct flow_rule *rule,
                                         size_t bytes, sim_time now)
{
    uint16_t bid[MONAMI_BIDS] = {0};
    const struct monami_view view = {.now_ns = now,
                                     .node = d->of.node,
                                     .flow = rule->name,
                                     .direction = (int)d->direction,
                                     .bytes = (uint32_t)bytes,
                                     .paths = d->of.paths,
                                     .path = d->path,
                                     .memory = d->memory};
    unsigned n = d->of.module(&view, bid);
    if (n == 0)
        return rule;
    d->answer = (struct flow_rule){.name = rule->name, .all = true};
    d->refuses = false;
    for (unsigned k = 0; k < n && k < MONAMI_BIDS; k++) {
        bool twice = false;
        for (unsigned j = 0; j < d->answer.bids; j++)
            twice |= d->answer.bid[j] == bid[k];
        if (!has_bid(d, bid[k])) {
            d->refuses = true;
            d->refused = bid[k];
        } else if (!twice) {
            d->answer.bid[d->answer.bids++] = bid[k];
        }
    }
    return &d->answer;
}

const struct flow_rule *decider_ask(struct decider *d, const struct flow_rule *rule, size_t bytes,
                                    sim_time now)
{
    switch (d->kind) {
    case DECIDER_LEAST_DELAY:
        return by_delay(d, rule);
    case DECIDER_CHOICES:
        return by_choices(d, rule, now);
    case DECIDER_MODULE:
        return by_module(d, rule, bytes, now);
    case DECIDER_LIST:
        break;
    }
    return rule;
}
