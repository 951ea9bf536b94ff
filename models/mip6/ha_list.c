#include "models/mip6/ha_list.h"

#include <stddef.h>

const struct key ha_advertise_keys[] = {
    {"preference", KEY_INTEGER, offsetof(struct ha_advertise, preference), "0",
     "Home Agent Preference: mobile nodes try greater ones first, RFC 6275 7.4", .max = UINT16_MAX},
    {"lifetime", KEY_INTEGER, offsetof(struct ha_advertise, lifetime), "0",
     "Home Agent Lifetime in seconds; 0: the AdvDefaultLifetime of its network, RFC 6275 7.4",
     .max = UINT16_MAX},
    {.name = NULL},
};

void ha_list_init(struct ha_list *l, const struct rng *order)
{
    l->entries = 0;
    l->refused = 0;
    l->order = *order;
}

static struct ha_entry *find(struct ha_list *l, const struct addr *router)
{
    for (unsigned k = 0; k < l->entries; k++) {
        if (addr_eq(&l->entry[k].router, router))
            return &l->entry[k];
    }
    return NULL;
}

static struct ha_entry *make(struct ha_list *l, const struct addr *router)
{
    if (l->entries == HA_LIST) {
        l->refused++;
        return NULL;
    }
    struct ha_entry *e = &l->entry[l->entries++];
    *e = (struct ha_entry){.router = *router};
    return e;
}

static void take_out(struct ha_list *l, struct ha_entry *e)
{
    struct ha_entry *last = &l->entry[--l->entries];
    for (; e < last; e++)
        e[0] = e[1];
}

static bool add_global(struct ha_entry *e, const struct addr *a)
{
    for (unsigned k = 0; k < e->globals; k++) {
        if (addr_eq(&e->global[k], a))
            return false;
    }
    if (e->globals == HA_ADDRESSES || !addr_unicast_routable(a))
        return false;
    e->global[e->globals++] = *a;
    return true;
}

void ha_list_put_own(struct ha_list *l, const struct addr *router, const struct addr *global,
                     uint16_t preference)
{
    struct ha_entry *e = find(l, router);
    if (!e)
        e = make(l, router);
    if (!e)
        return;
    e->preference = preference;
    e->until = SIM_NEVER;
    (void)add_global(e, global);
}

enum ha_change ha_list_advertised(struct ha_list *l, const struct addr *router,
                                  const struct nd_message *ra, sim_time now, struct ha_entry *of)
{
    const struct nd_options *o = &ra->options;
    uint16_t lifetime_s = o->has_home_agent ? o->home_lifetime_s : ra->router_lifetime_s;
    uint16_t preference = o->has_home_agent ? o->home_preference : 0;
    struct ha_entry *e = find(l, router);
    if (!ra->home_agent || lifetime_s == 0) {
        if (!e)
            return HA_SAME;
        *of = *e;
        take_out(l, e);
        return HA_GONE;
    }
    bool is_new = !e;
    if (is_new)
        e = make(l, router);
    if (!e)
        return HA_SAME;
    bool other = e->preference != preference;
    e->preference = preference;
    e->until = now + lifetime_s * SIM_S;
    for (unsigned k = 0; k < o->prefixes; k++) {
        if (o->prefix[k].router)
            other |= add_global(e, &o->prefix[k].prefix);
    }
    *of = *e;
    return is_new ? HA_NEW : other ? HA_CHANGED : HA_SAME;
}

sim_time ha_list_next(const struct ha_list *l)
{
    sim_time next = SIM_NEVER;
    for (unsigned k = 0; k < l->entries; k++) {
        if (l->entry[k].until < next)
            next = l->entry[k].until;
    }
    return next;
}

bool ha_list_expire(struct ha_list *l, sim_time now, struct ha_entry *gone)
{
    for (unsigned k = 0; k < l->entries; k++) {
        if (l->entry[k].until > now)
            continue;
        *gone = l->entry[k];
        take_out(l, &l->entry[k]);
        return true;
    }
    return false;
}

/* A random order first, which those alike keep when they are sorted: RFC 6275 10.5.1. */
unsigned ha_list_addresses(struct ha_list *l, struct addr address[], unsigned most)
{
    const struct ha_entry *by[HA_LIST];
    unsigned n = 0;
    for (unsigned k = 0; k < l->entries; k++) {
        unsigned at = (unsigned)rng_below(&l->order, k + 1);
        if (at < k)
            by[k] = by[at];
        by[at] = &l->entry[k];
    }
    for (unsigned k = 1; k < l->entries; k++) {
        const struct ha_entry *e = by[k];
        unsigned at = k;
        for (; at > 0 && by[at - 1]->preference < e->preference; at--)
            by[at] = by[at - 1];
        by[at] = e;
    }
    for (unsigned k = 0; k < l->entries; k++) {
        for (unsigned j = 0; j < by[k]->globals && n < most; j++)
            address[n++] = by[k]->global[j];
    }
    return n;
}
