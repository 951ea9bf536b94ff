/* Membership in link-scope groups is told to the routers and switches of a link: RFC 3810. */
#include <assert.h>

#include "models/node/nd.h"
#include "models/node/path.h"
#include "models/wire/mld.h"
#include "sim/base/bytes.h"

static void send(struct iface *i, const struct mld_report *report)
{
    struct node *n = i->node;
    const struct addr *own = address_link_local(i);
    struct addr src = own ? *own : addr_any; /* RFC 3590 4: while it has no address */
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mld_write(&w, &src, report);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    mld_write_alert(pkt_prepend(p, MLD_ALERT_BYTES), IP6_ICMP6);
    path_add_header(p, &src, &mld_routers, IP6_HOP_BY_HOP, 1);
    path_out_on(i, &mld_routers, p);
}

static void repeat(struct sim *sim, void *owner)
{
    struct iface *i = owner;
    struct nd_groups *g = &i->nd->groups;
    struct mld_report report = {.records = 0};
    bool more = false;
    for (int k = 0; k < ND_ADDRESSES; k++) {
        if (g->pending[k].left == 0)
            continue;
        more |= --g->pending[k].left > 0;
        report.record[report.records++] = (struct mld_record){
            g->pending[k].joins ? MLD_TO_EXCLUDE : MLD_TO_INCLUDE, g->pending[k].group};
    }
    if (more)
        sim_arm_in(sim, &g->timer, rng_uniform(&i->nd->rng, 0, i->nd->timers->mld_interval));
    if (report.records)
        send(i, &report);
}

static void change(struct iface *i, const struct addr *group, bool joins)
{
    struct nd_groups *g = &i->nd->groups;
    int64_t times = i->nd->timers->mld_robustness;
    int place = 0;
    if (!times || !i->up || i->nd->disabled || i->port->framing != LINK_ETHERNET)
        return; /* nobody on a bearer asks: RFC 7066 2.5 */
    const struct mld_report report = {1, {{joins ? MLD_TO_EXCLUDE : MLD_TO_INCLUDE, *group}}};
    send(i, &report);
    for (int k = 0; k < ND_ADDRESSES; k++) { /* its own place, else a free one */
        if (g->pending[k].left && addr_eq(&g->pending[k].group, group)) {
            place = k;
            break;
        }
        if (!g->pending[k].left)
            place = k;
    }
    g->pending[place].group = *group;
    g->pending[place].left = times - 1;
    g->pending[place].joins = joins;
    if (times > 1 && !sim_armed(&g->timer))
        sim_arm_in(i->node->sim, &g->timer,
                   rng_uniform(&i->nd->rng, 0, i->nd->timers->mld_interval));
}

/* How many of the interface's addresses are in that group: with one identifier they share it. */
static unsigned users(const struct iface *i, const struct addr *group)
{
    unsigned n = 0;
    for (int k = 0; k < ND_ADDRESSES; k++) {
        struct addr own = addr_solicited_node(&i->nd->address[k].addr);
        n += i->nd->address[k].state != ADDRESS_NONE && addr_eq(&own, group);
    }
    return n;
}

void groups_join(struct iface *i, const struct addr *group)
{
    if (users(i, group) > 1)
        return; /* a member already */
    if (!i->nd->groups.timer.fn)
        sim_timer_init(&i->nd->groups.timer, repeat, i);
    change(i, group, true);
}

void groups_leave(struct iface *i, const struct addr *group)
{
    if (i->nd->groups.timer.fn && users(i, group) == 0)
        change(i, group, false);
}

void groups_forget(struct iface *i)
{
    struct nd_groups *g = &i->nd->groups;
    for (int k = 0; k < ND_ADDRESSES; k++)
        g->pending[k].left = 0;
    if (g->timer.fn)
        sim_stop(i->node->sim, &g->timer);
}
