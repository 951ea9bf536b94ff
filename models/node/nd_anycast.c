/* Answers about an anycast address: several nodes have it, and each waits before it answers. */
#include "models/node/nd.h"

/* Solicitations that are to be answered; of more at once the last are not. */
enum { ANYCAST_ANSWERS = 8 };

struct nd_anycast {
    struct iface *iface;
    struct addr target;
    struct addr solicitor;
    struct sim_timer timer;
};

static void answer(struct sim *sim, void *owner)
{
    struct nd_anycast *a = owner;
    (void)sim;
    if (nd_proxies(a->iface, &a->target)) /* it still has it */
        nd_send_na(a->iface, &a->target, &a->solicitor, true, false);
}

static struct nd_anycast *make_room(struct iface *i)
{
    struct nd_anycast *all = arena_take(i->node->arena, ANYCAST_ANSWERS * sizeof *all);
    for (int k = 0; k < ANYCAST_ANSWERS; k++)
        sim_timer_init(&all[k].timer, answer, &all[k]);
    return all;
}

void nd_answer_anycast(struct iface *i, const struct addr *target, const struct addr *solicitor)
{
    struct nd_iface *nd = i->nd;
    int k = 0;
    if (!nd->anycast)
        nd->anycast = make_room(i);
    while (k < ANYCAST_ANSWERS && sim_armed(&nd->anycast[k].timer))
        k++;
    if (k == ANYCAST_ANSWERS)
        return;
    struct nd_anycast *a = &nd->anycast[k];
    a->iface = i;
    a->target = *target;
    a->solicitor = *solicitor;
    sim_arm_in(i->node->sim, &a->timer, rng_uniform(&nd->rng, 0, nd->timers->max_anycast_delay));
}
