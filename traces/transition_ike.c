/* What a mobile node's IKE SA does about its addresses: moves of it, and their times. */
#include <string.h>

#include "traces/transition_parts.h"

void transition_take_ike(struct transition *t, const struct transition_iface *to, sim_time since)
{
    if (!to || to->ike_start < 0 || to->ike_start < since || to->ike_start > t->at)
        return;
    t->ike_start = to->ike_start;
    t->ike_done = to->ike_done;
}

static bool says(const struct tap_event *e, const char *key, const char *what)
{
    const char *text = transition_text(e, key);
    return text && !strcmp(text, what);
}

static struct transition_iface *iface_at(struct transitions *t, uint32_t node,
                                         const struct addr *address)
{
    struct transition_node *n = transition_node_of(t, node);
    for (size_t k = 0; k < n->ifaces; k++) {
        if (addr_eq(&n->iface[k].address_is, address))
            return &n->iface[k];
    }
    return NULL;
}

static void begin_ike(struct transitions *t, const struct tap_event *e)
{
    struct transition_node *n = transition_node_of(t, e->node);
    struct transition_ike *ike = &n->ike;
    const struct addr *local = &transition_field(e, "local")->addr;
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
    struct transition_ike *ike = &transition_node_of(t, e->node)->ike;
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

void transition_see_ike_message(struct transitions *t, const struct tap_event *e)
{
    bool update = says(e, "task", "update_addresses");
    if (!update && !says(e, "task", "init"))
        return;
    const struct tap_field *fragment = transition_field(e, "fragment");
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
    struct transition_ike *ike = &transition_node_of(t, e->node)->ike;
    const struct transition_iface *from =
        ike->iface ? transition_iface_of(t, e->node, ike->iface) : NULL;
    struct transition *new = transition_add(t, TRANSITION_IKE, e);
    transition_take_from(new, from);
    if (from && from->link_up > from->link_down) /* it is there again */
        new->link_down = new->detected = -1;
    transition_take_to(new, to);
    ike->iface = to ? to->name : NULL;
    return new;
}

/* Its home agent tells the same, later. */
void transition_see_ike_moved(struct transitions *t, const struct tap_event *e)
{
    struct transition_ike *ike = &transition_node_of(t, e->node)->ike;
    if (!ike->initiates)
        return;
    (void)add_ike_move(t, e, iface_at(t, e->node, &transition_field(e, "local")->addr));
    ike->begun = -1;
    ike->moved = says(e, "how", "mobike") ? t->n : 0;
}

/* One that was rekeyed is where it was. */
void transition_see_ike_up(struct transitions *t, const struct tap_event *e)
{
    struct transition_ike *ike = &transition_node_of(t, e->node)->ike;
    struct transition_iface *to = iface_at(t, e->node, &transition_field(e, "local")->addr);
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
