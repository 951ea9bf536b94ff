/*
 * Key management's events, in the order of coming: at once, or, where the node has a processor, as
 * jobs of it.  What an event changes it changes when it is begun; what it sends leaves when the
 * work is done (cpu.h).
 */
#include <assert.h>

#include "models/node/cpu.h"
#include "models/node/cpu_profile.h"
#include "models/node/key_parts.h"
#include "models/node/path.h"

enum key_event { KEY_DATAGRAM, KEY_TICK, KEY_A_WISH };

struct key_job {
    struct cpu_job job;
    struct key_exchange *x;
    enum key_event event;
    struct pkt *taken; /* KEY_DATAGRAM: a copy */
    struct ike_datagram datagram;
    struct key_wish wish;
    const struct keyed *who; /* whose algorithms it is about; NULL: nobody known */
    struct parcel *first;    /* to be sent */
    struct parcel **last;
};

struct parcel {
    struct pkt *p;
    struct ike_act act; /* as which it is told when it leaves */
    struct parcel *next;
};

/* ---- what there is to do --------------------------------------------------------------------- */

static void run(struct key_exchange *x, enum key_event event, struct ike_datagram *d,
                const struct key_wish *w)
{
    sim_time now = sim_now(x->node->sim);
    if (event == KEY_DATAGRAM) {
        d->standing = key_standing(x, d); /* as of now */
        ike_receive(x->ike, d, now);
    } else if (event == KEY_TICK) {
        x->ticks = true;
        ike_tick(x->ike, now);
    } else {
        key_queue_wish(x, w);
    }
    key_do_all(x);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static void give(struct key_job *j)
{
    if (j->taken)
        pkt_give(j->x->node->packets, j->taken);
    for (struct parcel *p; (p = j->first);) {
        j->first = p->next;
        pkt_give(j->x->node->packets, p->p);
        pool_give(&j->x->parcels, p);
    }
    pool_give(&j->x->jobs, j);
}

static void drop(void *owner)
{
    give(owner);
}

static sim_time begin(void *owner)
{
    struct key_job *j = owner;
    struct key_exchange *x = j->x;
    const struct ike_work before = *ike_work(x->ike);
    if (j->event == KEY_DATAGRAM)
        j->who = key_whose(x, &j->datagram);
    assert(!x->job);
    x->job = j;
    run(x, j->event, &j->datagram, &j->wish);
    x->job = NULL;
    if (!j->who)
        j->who = x->first;
    const struct ike_suite *suite = &j->who->config.offer[0];
    const char *kind = j->who->config.key ? sign_key_kind(j->who->config.key) : NULL;
    const struct cpu_ike how = {suite->prf, suite->cipher, kind, kind};
    return cpu_cost_of_ike(cpu_profile_of(x->node->cpu), &before, ike_work(x->ike), &how);
}

static void end(void *owner)
{
    struct key_job *j = owner;
    for (struct parcel *p; (p = j->first);) {
        j->first = p->next;
        key_leave(j->x, &p->act, p->p);
        pool_give(&j->x->parcels, p);
    }
    give(j);
}

static struct key_job *new_job(struct key_exchange *x, enum key_event event)
{
    struct key_job *j = pool_take(&x->jobs);
    j->job = (struct cpu_job){.begin = begin, .end = end, .drop = drop, .owner = j};
    j->x = x;
    j->event = event;
    j->last = &j->first;
    return j;
}

void key_work_init(struct key_exchange *x)
{
    x->wishes = pool_of(x->node->arena, sizeof(struct key_wish));
    x->last_wish = &x->first_wish;
    x->jobs = pool_of(x->node->arena, sizeof(struct key_job));
    x->parcels = pool_of(x->node->arena, sizeof(struct parcel));
}

void key_send_later(struct key_job *j, const struct ike_act *a, struct pkt *p)
{
    struct parcel *parcel = pool_take(&j->x->parcels);
    *parcel = (struct parcel){.p = p, .act = *a};
    *j->last = parcel;
    j->last = &parcel->next;
}

void key_work_datagram(struct key_exchange *x, const struct ike_datagram *d, const struct pkt *p)
{
    struct ike_datagram own = *d;
    if (!x->node->cpu) {
        run(x, KEY_DATAGRAM, &own, NULL);
        return;
    }
    struct key_job *j = new_job(x, KEY_DATAGRAM);
    j->taken = pkt_copy(x->node->packets, p);
    j->datagram = *d;
    j->datagram.bytes = j->taken->at + (d->bytes - p->at);
    cpu_add(x->node->cpu, &j->job);
}

void key_work_tick(struct key_exchange *x)
{
    if (!x->node->cpu) {
        run(x, KEY_TICK, NULL, NULL);
    } else {
        cpu_add(x->node->cpu, &new_job(x, KEY_TICK)->job);
    }
}

void key_work_wish(struct key_exchange *x, const struct key_wish *w)
{
    if (!x->node->cpu) {
        run(x, KEY_A_WISH, NULL, w);
        return;
    }
    struct key_job *j = new_job(x, KEY_A_WISH);
    j->wish = *w;
    j->who = w->who;
    cpu_add(x->node->cpu, &j->job);
}
