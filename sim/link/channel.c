#include "sim/link/channel.h"

#include <assert.h>
#include <string.h>

#include "sim/link/carrier.h"

static const int64_t work_per_byte = 8 * SIM_S; /* 10^-9 bit */

static void deliver_next(struct sim *sim, void *owner);

static void enlist(struct links *links, struct channel *c)
{
    if (links->channels == links->channel_room) {
        uint32_t room = links->channel_room ? 2 * links->channel_room : 16;
        struct channel **list = arena_take(links->arena, room * sizeof(struct channel *));
        if (links->channels)
            memcpy(list, links->channel, links->channels * sizeof(struct channel *));
        links->channel = list;
        links->channel_room = room;
    }
    links->channel[links->channels++] = c;
}

void channel_init(struct channel *c, struct links *links, const char *name,
                  const struct channel_config *how)
{
    assert(how->rate > 0 && how->delay >= 0 && how->queue >= 0);
    *c = (struct channel){.how = *how, .links = links, .rate = how->rate, .nominal = how->rate};
    c->loss = (struct loss){.how = how->loss};
    c->loss.rng = rng_stream(links->seed, arena_format(links->arena, "%s.loss", name));
    c->jitter = rng_stream(links->seed, arena_format(links->arena, "%s.jitter", name));
    sim_delivery_init(&c->next, deliver_next, c, links->channels);
    enlist(links, c);
}

/* Give p its times, if it starts to be sent at `start`. Answers when its last bit has left. */
static sim_time schedule(struct channel *c, struct pkt *p, sim_time start, sim_time after)
{
    if (start == SIM_NEVER || c->rate == 0 || c->by_grants) {
        p->link.leaves = SIM_NEVER;
        p->link.due = SIM_NEVER;
        return SIM_NEVER;
    }
    p->link.leaves = start + (p->link.work + c->rate / 2) / c->rate;
    p->link.due = p->link.leaves + c->how.delay + p->link.extra;
    if (p->link.due < after)
        p->link.due = after; /* jitter does not reorder */
    return p->link.leaves;
}

/* Walk over what has left by now. What leaves at this very instant has left. */
static void settle(struct channel *c, sim_time now)
{
    while (c->unsent && c->unsent->link.leaves <= now) {
        c->since = c->unsent->link.leaves;
        c->unsent = c->unsent->next;
        c->waiting--;
    }
}

static void arm(struct channel *c)
{
    struct sim *sim = c->links->sim;
    if (!c->head || c->head->link.due == SIM_NEVER) {
        sim_stop(sim, &c->next);
    } else if (!sim_armed(&c->next) || c->next.at != c->head->link.due) {
        sim_arm(sim, &c->next, c->head->link.due);
    }
}

void channel_send(struct channel *c, struct port *from, struct pkt *p)
{
    struct sim *sim = c->links->sim;
    sim_time now = sim_now(sim);
    settle(c, now);
    if (c->waiting > (uint64_t)c->how.queue) {
        c->count.queue_full++;
        if (c->relays) {
            port_lose(from, DROP_QUEUE_FULL, p);
        } else {
            port_drop(from, DROP_QUEUE_FULL, p);
        }
        return;
    }
    if (!c->relays) {
        p->cause = sim_cause(sim);
        tap_frame(sim, from->index, TAP_SENT, DROP_NONE, p);
    }
    c->count.packets++;
    c->count.bytes += p->len;
    p->link.extra = c->how.jitter ? rng_uniform(&c->jitter, 0, c->how.jitter) : 0;
    p->link.work = ((int64_t)p->len + c->how.frame_bytes + c->grant_extra) * work_per_byte;
    p->link.since = now;
    p->next = NULL;
    sim_time start = c->unsent ? c->tail->link.leaves : now;
    sim_time after = c->tail ? c->tail->link.due : 0;
    (void)schedule(c, p, start, after);
    if (!c->unsent) {
        c->unsent = p;
        c->since = now;
    }
    if (++c->waiting - 1 > c->count.queue_max)
        c->count.queue_max = c->waiting - 1;
    if (c->tail) {
        c->tail->next = p;
    } else {
        c->head = p;
    }
    c->tail = p;
    if (c->head == p)
        arm(c);
    if (c->carrier)
        carrier_take(c->carrier, p);
}

static struct pkt *take_head(struct channel *c)
{
    struct pkt *p = c->head;
    c->head = p->next;
    if (!c->head)
        c->tail = NULL;
    return p;
}

static void deliver_next(struct sim *sim, void *owner)
{
    struct channel *c = owner;
    if (c->carrier && !carrier_has_brought(c->carrier, c->head)) {
        sim_arm(sim, &c->next, sim_now(sim));
        return;
    }
    settle(c, sim_now(sim));
    struct pkt *p = take_head(c);
    arm(c);
    if (loss_next(&c->loss) || p->outside) {
        c->count.lost++;
        port_lose(c->from, p->outside ? (enum link_reason)p->outside : DROP_LINK_LOSS, p);
        return;
    }
    c->deliver(c->owner, p);
}

/* Plan anew what has not left, now that rate or delay are others. */
static void replan(struct channel *c, sim_time now)
{
    sim_time start = now;
    sim_time after = 0;
    for (struct pkt *p = c->head; p != c->unsent; p = p->next)
        after = p->link.due;
    for (struct pkt *p = c->unsent; p; p = p->next) {
        start = schedule(c, p, start, after);
        after = p->link.due;
    }
    arm(c);
}

static void apply(struct channel *c)
{
    int64_t rate = c->blocks ? 0 : c->nominal;
    if (rate == c->rate)
        return;
    sim_time now = sim_now(c->links->sim);
    settle(c, now);
    if (c->unsent && !c->by_grants) { /* what was sent of it at the old rate is sent */
        int64_t done = (now - c->since) * c->rate;
        c->unsent->link.work = c->unsent->link.work > done ? c->unsent->link.work - done : 0;
    }
    c->since = now;
    c->rate = rate;
    replan(c, now);
}

void channel_set_rate(struct channel *c, int64_t bit_per_s)
{
    assert(bit_per_s >= 0 && !c->carrier);
    c->nominal = bit_per_s;
    apply(c);
}

void channel_block(struct channel *c, bool on)
{
    assert(on || c->blocks > 0);
    c->blocks += on ? 1 : -1u;
    apply(c);
}

void channel_set_delay(struct channel *c, sim_time delay)
{
    assert(delay >= 0 && !c->carrier);
    c->how.delay = delay;
    sim_time now = sim_now(c->links->sim);
    settle(c, now);
    for (struct pkt *p = c->unsent; p; p = p->next) {
        if (p->link.leaves != SIM_NEVER)
            p->link.due = p->link.leaves + delay + p->link.extra;
    }
    sim_time after = 0;
    for (struct pkt *p = c->head; p; p = p->next) {
        if (p->link.due < after)
            p->link.due = after;
        after = p->link.due;
    }
    arm(c);
}

void channel_set_loss(struct channel *c, uint32_t share)
{
    c->loss.how = (struct loss_config){.bernoulli = share};
}

/* ---- by grants ----------------------------------------------------------------------- */

void channel_by_grants(struct channel *c, int64_t extra)
{
    assert(!c->head && !c->carrier);
    c->by_grants = true;
    c->grant_extra = extra;
}

void channel_grant(struct channel *c, int64_t bytes)
{
    sim_time now = sim_now(c->links->sim);
    int64_t work = bytes * work_per_byte;
    assert(c->by_grants && bytes >= 0);
    if (c->rate == 0) /* an outage: the grant passes unused */
        return;
    settle(c, now);
    for (struct pkt *p = c->unsent; p && work > 0 && p->link.since < now; p = p->next) {
        int64_t used = work < p->link.work ? work : p->link.work;
        work -= used;
        p->link.work -= used;
        if (p->link.work > 0)
            break;
        p->link.leaves = now;
        p->link.due = now + c->how.delay + p->link.extra;
        if (p->link.due < c->last_due)
            p->link.due = c->last_due; /* neither jitter nor a shorter delay reorders */
        c->last_due = p->link.due;
    }
    settle(c, now);
    arm(c);
}

void channel_flush(struct channel *c)
{
    assert(!c->carrier);
    sim_stop(c->links->sim, &c->next);
    while (c->head) {
        c->count.down++;
        port_lose(c->from, DROP_LINK_DOWN, take_head(c));
    }
    c->unsent = NULL;
    c->waiting = 0;
    c->last_due = 0;
}
