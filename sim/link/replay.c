#include "sim/link/replay.h"

#include <assert.h>

enum { ETHERNET_BYTES = 14 };

static void set_rates(struct replay *r, const struct replay_point *p)
{
    struct station *s = r->station;
    if (r->sets != REPLAY_RATE_UP && p->rate_down != REPLAY_SAME)
        channel_set_rate(&s->down, p->rate_down);
    if (r->sets != REPLAY_RATE_DOWN && p->rate_up != REPLAY_SAME)
        channel_set_rate(&s->up, p->rate_up);
}

static void grant(struct replay *r, int64_t bytes)
{
    if (r->sets != REPLAY_RATE_UP)
        channel_grant(&r->station->down, bytes);
    if (r->sets != REPLAY_RATE_DOWN)
        channel_grant(&r->station->up, bytes);
}

static void apply(struct replay *r, const struct replay_point *p)
{
    struct station *s = r->station;
    if (r->trace->grants) { /* what it carries is the same before and after */
        grant(r, p->grant);
        return;
    }
    set_rates(r, p);
    if (p->delay != REPLAY_SAME) {
        channel_set_delay(&s->down, p->delay);
        channel_set_delay(&s->up, p->delay);
    }
    if (p->loss != REPLAY_SAME) {
        channel_set_loss(&s->down, (uint32_t)p->loss);
        channel_set_loss(&s->up, (uint32_t)p->loss);
    }
    if (p->blocked != REPLAY_SAME && r->blocking != (p->blocked == 1)) {
        r->blocking = p->blocked == 1;
        channel_block(&s->down, r->blocking);
        channel_block(&s->up, r->blocking);
    }
    station_changed(s);
}

static bool loops(const struct replay *r)
{
    return r->end == REPLAY_LOOP || (r->end == REPLAY_AUTO && r->trace->grants);
}

/* mahimahi counts IP packets and the head of its TUN device, whatever frames are here. */
static void begin_grants(struct replay *r)
{
    struct station *s = r->station;
    int64_t header = s->host->framing == LINK_ETHERNET ? ETHERNET_BYTES : 0;
    if (r->sets != REPLAY_RATE_UP)
        channel_by_grants(&s->down, REPLAY_TUN_BYTES - header);
    if (r->sets != REPLAY_RATE_DOWN)
        channel_by_grants(&s->up, REPLAY_TUN_BYTES - header);
}

static void step(struct sim *sim, void *owner)
{
    struct replay *r = owner;
    const struct replay_trace *trace = r->trace;
    while (r->next < trace->points && r->shift + trace->point[r->next].t <= sim_now(sim))
        apply(r, &trace->point[r->next++]);
    if (r->next == trace->points) {
        if (!loops(r) || trace->length == 0)
            return;
        r->shift += trace->length;
        r->next = 0;
    }
    sim_arm(sim, &r->timer, r->shift + trace->point[r->next].t);
}

void replay_start(struct replay *r)
{
    struct sim *sim = r->station->net->links->sim;
    assert(r->trace->points > 0);
    sim_timer_init(&r->timer, step, r);
    if (r->trace->grants)
        begin_grants(r);
    r->shift = sim_now(sim);
    r->next = 0;
    sim_arm(sim, &r->timer, r->shift + r->trace->point[0].t);
}
