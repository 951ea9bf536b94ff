#include "traces/transition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/mh.h"

/* What was last seen of one interface of one node; -1: nothing. */
enum { ASKS = 17 }; /* BIDs 1 to 16 and the plain binding, 0 */

struct transition_iface {
    const char *name;
    int64_t bid; /* registered with it, 0: none known */
    struct addr coa;
    struct addr address_is;
    sim_time link_down;
    sim_time detected;
    sim_time link_up;
    sim_time router;
    sim_time address;
    sim_time ike_start; /* of the last move of IKE to it */
    sim_time ike_done;
};

/* What a mobile node's IKE SA does about its addresses. */
struct transition_ike {
    const char *iface; /* where it is; NULL: there is none */
    struct addr local; /* of the move that is under way */
    sim_time begun;    /* -1: none is */
    size_t moved;      /* number of the transition that MOBIKE is to end; 0: none */
    bool initiates;
};

/* Binding Updates about one BID. */
struct transition_ask {
    sim_time first; /* of those that wait for an answer; -1: none does */
    sim_time begun; /* the first of those that were answered last */
};

struct transition_node {
    struct transition_iface *iface;
    size_t ifaces;
    size_t room;
    struct transition_ask ask[ASKS];
    struct transition_ike ike;
};

static const struct tap_field *field(const struct tap_event *e, const char *key)
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
    const struct tap_field *matched = field(e, "matched");
    const struct tap_field *status = field(e, "status");
    return matched && matched->i && status && status->i != MH_ST_SEQUENCE;
}

static const char *text_of(const struct tap_event *e, const char *key)
{
    const struct tap_field *f = field(e, key);
    return f && f->type == TAP_TEXT ? f->text : NULL;
}

static struct transition_node *node_of(struct transitions *t, uint32_t node)
{
    if (node >= t->nodes) {
        size_t more = node + 1 > 2 * t->nodes ? node + 1 : 2 * t->nodes;
        t->node = realloc(t->node, more * sizeof *t->node);
        assert(t->node);
        for (size_t k = t->nodes; k < more; k++) {
            t->node[k] = (struct transition_node){.ike = {.begun = -1}};
            for (int j = 0; j < ASKS; j++)
                t->node[k].ask[j] = (struct transition_ask){-1, -1};
        }
        t->nodes = more;
    }
    return &t->node[node];
}

static struct transition_iface *iface_of(struct transitions *t, uint32_t node, const char *name)
{
    struct transition_node *n = node_of(t, node);
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
                                                    .ike_start = -1,
                                                    .ike_done = -1};
    return &n->iface[n->ifaces++];
}

static struct transition_iface *iface_of_bid(struct transitions *t, uint32_t node, int64_t bid)
{
    struct transition_node *n = node_of(t, node);
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
    struct transition_node *n = node_of(t, e->node);
    const char *bids = text_of(e, "bids");
    if (!bids || !*bids) {
        change(&n->ask[0], e->t);
        return;
    }
    for (char *end = NULL; *bids; bids = *end ? end + 1 : end) {
        unsigned long bid = strtoul(bids, &end, 10);
        if (end == bids)
            return;
        if (bid < ASKS)
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

static struct transition *add(struct transitions *t, enum transition_kind kind,
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

static void take_from(struct transition *t, const struct transition_iface *i)
{
    if (!i)
        return;
    t->from = i->name;
    t->link_down = i->link_down;
    t->detected = i->detected;
}

static void take_to(struct transition *t, const struct transition_iface *i)
{
    if (!i)
        return;
    t->to = i->name;
    t->link_up = i->link_up;
    t->router = i->router;
    t->address = i->address;
}

/* What IKE did about the interface, if that was since `since`. */
static void take_ike(struct transition *t, const struct transition_iface *to, sim_time since)
{
    if (!to || to->ike_start < 0 || to->ike_start < since || to->ike_start > t->at)
        return;
    t->ike_start = to->ike_start;
    t->ike_done = to->ike_done;
}

static sim_time first_bu(struct transitions *t, uint32_t node, int64_t bid)
{
    return bid >= 0 && bid < ASKS ? node_of(t, node)->ask[bid].begun : -1;
}

static void see_registered(struct transitions *t, const struct tap_event *e)
{
    const char *name = text_of(e, "interface");
    const struct tap_field *bid = field(e, "bid");
    const struct tap_field *coa = field(e, "care_of_address");
    if (!name || !bid || !coa)
        return;
    struct transition_iface *before = iface_of_bid(t, e->node, bid->i);
    struct transition_iface *now = iface_of(t, e->node, name);
    before = iface_of_bid(t, e->node, bid->i); /* the list may have moved */
    bool moved = before != NULL;
    struct transition *new = add(t, moved ? TRANSITION_MOVED : TRANSITION_ADDED, e);
    if (moved)
        take_from(new, before);
    take_to(new, now);
    new->bu_sent = first_bu(t, e->node, bid->i);
    new->ba_received = e->t;
    take_ike(new, now, now->address);
    if (moved && before != now)
        before->bid = -1;
    now->bid = bid->i;
    now->coa = coa->addr;
}

static void see_deregistered(struct transitions *t, const struct tap_event *e)
{
    const struct tap_field *bid = field(e, "bid");
    struct transition_iface *i = bid ? iface_of_bid(t, e->node, bid->i) : NULL;
    struct transition *new = add(t, TRANSITION_REMOVED, e);
    take_from(new, i);
    struct transition_ask *ask =
        bid && bid->i >= 0 && bid->i < ASKS ? &node_of(t, e->node)->ask[bid->i] : NULL;
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
    const char *mobile = text_of(e, "mobile");
    for (uint32_t k = 0; mobile && k < t->names; k++) {
        if (!strcmp(t->name[k], mobile))
            return k;
    }
    return e->node;
}

static void see_flow_moved(struct transitions *t, const struct tap_event *e)
{
    const char *from = text_of(e, "from");
    const char *to = text_of(e, "to");
    if (!from || !to)
        return;
    struct transition *new = add(t, TRANSITION_FLOW, e);
    new->node = mover(t, e);
    take_from(new, iface_of(t, new->node, from));
    take_to(new, iface_of(t, new->node, to));
    take_ike(new, iface_of(t, new->node, to), transition_begin(new));
}

/* ---- IKE ---------------------------------------------------------------------------------- */

static bool says(const struct tap_event *e, const char *key, const char *what)
{
    const char *text = text_of(e, key);
    return text && !strcmp(text, what);
}

static struct transition_iface *iface_at(struct transitions *t, uint32_t node,
                                         const struct addr *address)
{
    struct transition_node *n = node_of(t, node);
    for (size_t k = 0; k < n->ifaces; k++) {
        if (addr_eq(&n->iface[k].address_is, address))
            return &n->iface[k];
    }
    return NULL;
}

static void begin_ike(struct transitions *t, const struct tap_event *e)
{
    struct transition_node *n = node_of(t, e->node);
    struct transition_ike *ike = &n->ike;
    const struct addr *local = &field(e, "local")->addr;
    struct transition_iface *to = iface_at(t, e->node, local);
    ike->initiates = true;
    if (ike->begun < 0 || !addr_eq(&ike->local, local))
        ike->begun = e->t;
    ike->local = *local;
    if (to) {
        to->ike_start = ike->begun;
        to->ike_done = -1;
    }
    if (ike->moved)
        t->list[ike->moved - 1].ike_start = ike->begun;
}

static void end_ike(struct transitions *t, const struct tap_event *e)
{
    struct transition_ike *ike = &node_of(t, e->node)->ike;
    struct transition_iface *to = iface_at(t, e->node, &ike->local);
    if (to)
        to->ike_done = e->t;
    if (ike->moved) {
        t->list[ike->moved - 1].ike_done = e->t;
        t->list[ike->moved - 1].at = e->t;
    }
    ike->moved = 0;
    ike->begun = -1;
}

static void see_ike_message(struct transitions *t, const struct tap_event *e)
{
    bool update = says(e, "task", "update_addresses");
    if (!update && !says(e, "task", "init"))
        return;
    const struct tap_field *fragment = field(e, "fragment");
    if (says(e, "direction", "sent") && says(e, "kind", "request") && fragment &&
        fragment->i <= 1) {
        begin_ike(t, e);
    } else if (update && says(e, "direction", "received") && says(e, "kind", "response")) {
        end_ike(t, e);
    }
}

/* From where it is to `to`. */
static struct transition *add_ike_move(struct transitions *t, const struct tap_event *e,
                                       const struct transition_iface *to)
{
    struct transition_ike *ike = &node_of(t, e->node)->ike;
    const struct transition_iface *from = ike->iface ? iface_of(t, e->node, ike->iface) : NULL;
    struct transition *new = add(t, TRANSITION_IKE, e);
    take_from(new, from);
    if (from && from->link_up > from->link_down) /* it is there again */
        new->link_down = new->detected = -1;
    take_to(new, to);
    ike->iface = to ? to->name : NULL;
    return new;
}

/* Its home agent tells the same, later. */
static void see_ike_moved(struct transitions *t, const struct tap_event *e)
{
    struct transition_ike *ike = &node_of(t, e->node)->ike;
    if (!ike->initiates)
        return;
    (void)add_ike_move(t, e, iface_at(t, e->node, &field(e, "local")->addr));
    ike->begun = -1;
    ike->moved = says(e, "how", "mobike") ? t->n : 0;
}

/* One that was rekeyed is where it was. */
static void see_ike_up(struct transitions *t, const struct tap_event *e)
{
    struct transition_ike *ike = &node_of(t, e->node)->ike;
    struct transition_iface *to = iface_at(t, e->node, &field(e, "local")->addr);
    if (!ike->initiates || !says(e, "replaces", ""))
        return;
    ike->moved = 0;
    end_ike(t, e);
    if (ike->iface && to && strcmp(ike->iface, to->name) != 0) {
        struct transition *new = add_ike_move(t, e, to);
        new->ike_start = to->ike_start;
        new->ike_done = to->ike_done;
    }
    ike->iface = to ? to->name : NULL;
}

void transitions_see(struct transitions *t, const struct tap_event *e)
{
    const char *name = text_of(e, "interface");
    struct transition_iface *i = name && *name ? iface_of(t, e->node, name) : NULL;
    const struct tap_field *address = field(e, "address");
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
        see_ike_message(t, e);
        break;
    case EV_IKE_MOVED:
        see_ike_moved(t, e);
        break;
    case EV_IKE_UP:
        see_ike_up(t, e);
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
