#include "traces/transition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/mh.h"
#include "traces/transition_parts.h"

const struct tap_field *transition_field(const struct tap_event *e, const char *key)
{
    for (unsigned k = 0; k < e->n; k++) {
        if (!strcmp(e->field[k].key, key))
            return &e->field[k];
    }
    return NULL;
}

/* To what was asked last: 135 is asked again. */
static bool is_answer(const struct tap_event *e)
{
    const struct tap_field *matched = transition_field(e, "matched");
    const struct tap_field *status = transition_field(e, "status");
    return matched && matched->i && status && status->i != MH_ST_SEQUENCE;
}

const char *transition_text(const struct tap_event *e, const char *key)
{
    const struct tap_field *f = transition_field(e, key);
    return f && f->type == TAP_TEXT ? f->text : NULL;
}

struct transition_node *transition_node_of(struct transitions *t, uint32_t node)
{
    if (node >= t->nodes) {
        size_t more = node + 1 > 2 * t->nodes ? node + 1 : 2 * t->nodes;
        t->node = realloc(t->node, more * sizeof *t->node);
        assert(t->node);
        for (size_t k = t->nodes; k < more; k++) {
            t->node[k] = (struct transition_node){.ike = {.begun = -1}};
            for (int j = 0; j < TRANSITION_ASKS; j++)
                t->node[k].ask[j] = (struct transition_ask){-1, -1};
        }
        t->nodes = more;
    }
    return &t->node[node];
}

struct transition_iface *transition_iface_of(struct transitions *t, uint32_t node, const char *name)
{
    struct transition_node *n = transition_node_of(t, node);
    for (size_t k = 0; k < n->ifaces; k++) {
        if (!strcmp(n->iface[k].name, name))
            return &n->iface[k];
    }
    if (n->ifaces == n->room) {
        n->room = n->room ? 2 * n->room : 4;
        n->iface = realloc(n->iface, n->room * sizeof *n->iface);
        assert(n->iface);
    }
    n->iface[n->ifaces] = (struct transition_iface){.name = name,
                                                    .link_down = -1,
                                                    .detected = -1,
                                                    .link_up = -1,
                                                    .router = -1,
                                                    .address = -1,
                                                    .alive = -1,
                                                    .registered = -1,
                                                    .carries = -1,
                                                    .ike_start = -1,
                                                    .ike_done = -1};
    return &n->iface[n->ifaces++];
}

static struct transition_iface *iface_of_bid(struct transitions *t, uint32_t node, int64_t bid)
{
    struct transition_node *n = transition_node_of(t, node);
    for (size_t k = 0; k < n->ifaces; k++) {
        if (n->iface[k].bid == bid)
            return &n->iface[k];
    }
    return NULL;
}

/* Calls `change` for each BID that the message names; for 0 where it names none. */
static void for_each_bid(struct transitions *t, const struct tap_event *e,
                         void (*change)(struct transition_ask *ask, sim_time now))
{
    struct transition_node *n = transition_node_of(t, e->node);
    const char *bids = transition_text(e, "bids");
    if (!bids || !*bids) {
        change(&n->ask[0], e->t);
        return;
    }
    for (char *end = NULL; *bids; bids = *end ? end + 1 : end) {
        unsigned long bid = strtoul(bids, &end, 10);
        if (end == bids)
            return;
        if (bid < TRANSITION_ASKS)
            change(&n->ask[bid], e->t);
    }
}

static void ask_sent(struct transition_ask *ask, sim_time now)
{
    if (ask->first < 0)
        ask->first = now;
}

static void ask_answered(struct transition_ask *ask, sim_time now)
{
    (void)now;
    ask->begun = ask->first;
    ask->first = -1;
}

struct transition *transition_add(struct transitions *t, enum transition_kind kind,
                                  const struct tap_event *e)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->list = realloc(t->list, t->room * sizeof *t->list);
        assert(t->list);
    }
    struct transition *new = &t->list[t->n++];
    *new = (struct transition){.kind = kind,
                               .node = e->node,
                               .cause = e->id,
                               .link_down = -1,
                               .detected = -1,
                               .link_up = -1,
                               .router = -1,
                               .address = -1,
                               .bu_sent = -1,
                               .ba_received = -1,
                               .ike_start = -1,
                               .ike_done = -1,
                               .at = e->t};
    return new;
}

/* What was lost, came back and was registered again since is not what ends it now. */
void transition_take_from(struct transition *t, const struct transition_iface *i)
{
    if (!i)
        return;
    bool again = i->link_up > i->link_down && i->registered >= i->link_up;
    bool used = i->registered > i->detected || (i->alive > i->detected && i->carries >= i->alive);
    bool over = (again || i->link_down < 0) && used;
    t->from = i->name;
    t->link_down = again ? -1 : i->link_down;
    t->detected = over ? -1 : i->detected;
}

void transition_take_to(struct transition *t, const struct transition_iface *i)
{
    if (!i)
        return;
    t->to = i->name;
    t->link_up = i->link_up;
    t->router = i->router;
    t->address = i->address;
}

static sim_time first_bu(struct transitions *t, uint32_t node, int64_t bid)
{
    return bid >= 0 && bid < TRANSITION_ASKS ? transition_node_of(t, node)->ask[bid].begun : -1;
}

static void see_registered(struct transitions *t, const struct tap_event *e)
{
    const char *name = transition_text(e, "interface");
    const struct tap_field *bid = transition_field(e, "bid");
    const struct tap_field *coa = transition_field(e, "care_of_address");
    if (!name || !bid || !coa)
        return;
    struct transition_iface *before = iface_of_bid(t, e->node, bid->i);
    struct transition_iface *now = transition_iface_of(t, e->node, name);
    before = iface_of_bid(t, e->node, bid->i); /* the list may have moved */
    bool moved = before != NULL;
    struct transition *new = transition_add(t, moved ? TRANSITION_MOVED : TRANSITION_ADDED, e);
    if (moved)
        transition_take_from(new, before);
    transition_take_to(new, now);
    new->bu_sent = first_bu(t, e->node, bid->i);
    new->ba_received = e->t;
    transition_take_ike(new, now, now->address);
    if (moved && before != now)
        before->bid = -1;
    now->bid = bid->i;
    now->coa = coa->addr;
    now->registered = e->t;
}

static void see_deregistered(struct transitions *t, const struct tap_event *e)
{
    const struct tap_field *bid = transition_field(e, "bid");
    struct transition_iface *i = bid ? iface_of_bid(t, e->node, bid->i) : NULL;
    struct transition *new = transition_add(t, TRANSITION_REMOVED, e);
    transition_take_from(new, i);
    struct transition_ask *ask = bid && bid->i >= 0 && bid->i < TRANSITION_ASKS
                                     ? &transition_node_of(t, e->node)->ask[bid->i]
                                     : NULL;
    if (ask && ask->first >= 0) /* the answer to another Binding Update ended it, with O */
        ask_answered(ask, e->t);
    new->bu_sent = bid ? first_bu(t, e->node, bid->i) : -1;
    new->ba_received = e->t;
    if (i)
        i->bid = -1;
}

/* Whose flow it is: the node itself says so, or its home agent names it. */
static uint32_t mover(const struct transitions *t, const struct tap_event *e)
{
    const char *mobile = transition_text(e, "mobile");
    for (uint32_t k = 0; mobile && k < t->names; k++) {
        if (!strcmp(t->name[k], mobile))
            return k;
    }
    return e->node;
}

static void see_flow_moved(struct transitions *t, const struct tap_event *e)
{
    const char *from = transition_text(e, "from");
    const char *to = transition_text(e, "to");
    if (!from || !to)
        return;
    struct transition *new = transition_add(t, TRANSITION_FLOW, e);
    new->node = mover(t, e);
    transition_take_from(new, transition_iface_of(t, new->node, from));
    transition_take_to(new, transition_iface_of(t, new->node, to));
    transition_take_ike(new, transition_iface_of(t, new->node, to), transition_begin(new));
    transition_iface_of(t, new->node, to)->carries = e->t;
}

/* ---- all of it ---------------------------------------------------------------------------- */

void transitions_see(struct transitions *t, const struct tap_event *e)
{
    const char *name = transition_text(e, "interface");
    struct transition_iface *i = name && *name ? transition_iface_of(t, e->node, name) : NULL;
    const struct tap_field *address = transition_field(e, "address");
    switch (e->name) {
    case EV_L2_DOWN:
        if (i)
            i->link_down = e->t;
        break;
    case EV_L2_DOWN_SEEN:
    case EV_PATH_DEAD:
    case EV_ND_ROUTER_LOST:
        if (i)
            i->detected = e->t;
        break;
    case EV_PATH_ALIVE:
        if (i)
            i->alive = e->t;
        break;
    case EV_L2_UP:
        if (i)
            i->link_up = e->t;
        break;
    case EV_ND_ROUTER:
        if (i)
            i->router = e->t;
        break;
    case EV_ND_ADDRESS:
        if (i && address) {
            i->address = e->t;
            i->address_is = address->addr;
        }
        break;
    case EV_BU_SENT:
        for_each_bid(t, e, ask_sent);
        break;
    case EV_BA_RECEIVED:
        if (is_answer(e))
            for_each_bid(t, e, ask_answered);
        break;
    case EV_REGISTERED:
        see_registered(t, e);
        break;
    case EV_DEREGISTERED:
        see_deregistered(t, e);
        break;
    case EV_FLOW_MOVED:
        see_flow_moved(t, e);
        break;
    case EV_IKE_MESSAGE:
        transition_see_ike_message(t, e);
        break;
    case EV_IKE_MOVED:
        transition_see_ike_moved(t, e);
        break;
    case EV_IKE_UP:
        transition_see_ike_up(t, e);
        break;
    default:
        break;
    }
}

void transitions_release(struct transitions *t)
{
    for (size_t k = 0; k < t->nodes; k++)
        free(t->node[k].iface);
    free(t->list);
    free(t->node);
}

const char *transition_kind_name(enum transition_kind kind)
{
    static const char *const names[] = {"BID added", "BID removed", "BID moved", "flow moved",
                                        "IKE moved"};
    return names[kind];
}

/* What happened long before, to an interface that has been idle since, is no part of it. */
sim_time transition_begin(const struct transition *t)
{
    sim_time begin = t->at;
    if (t->bu_sent >= 0 && t->bu_sent < begin)
        begin = t->bu_sent;
    if (t->ike_start >= 0 && t->ike_start < begin)
        begin = t->ike_start;
    if (t->kind != TRANSITION_ADDED && t->detected >= 0 && t->detected < begin)
        begin = t->detected;
    if (t->kind != TRANSITION_ADDED && t->link_down >= 0 && t->link_down < begin)
        begin = t->link_down;
    return begin;
}
