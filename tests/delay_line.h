/*
 * delay_line.h - a made-up outside that carries an access network's frames as this program would:
 * at the rate, with the delay, jitter and loss that the network's own channels were given, and in
 * the order of their deliveries.
 */
#ifndef TESTS_DELAY_LINE_H
#define TESTS_DELAY_LINE_H

#include <stdlib.h>

#include "sim/link/access.h"

enum { LINES = 16 };

/* A frame that was handed out: it may be under way to several. */
struct letter {
    uint64_t ticket;
    const uint8_t *bytes;
    size_t n;
    unsigned copies;
};

struct item {
    struct letter *letter;
    sim_time due;
    struct item *next;
};

struct line {
    struct delay_line *all;
    struct line_end *end;
    struct channel *like; /* whose rate, delay and streams of random numbers it has */
    bool up;
    struct sim_timer next;
    struct item *head, *tail;
    sim_time leaves;
};

/* A host, and the lines from it and to it. */
struct line_end {
    struct port *host, *far;
    struct line up, down;
    struct sim_timer associated;
};

struct delay_line {
    struct access *net;
    struct outside *outside;
    struct port *router; /* of a segment */
    struct line_end end[LINES];
    unsigned ends;
    bool built; /* set by its owner: who is attached before is wired, and has its link at once */
    unsigned attached, detached; /* how often it was asked */
};

static inline struct sim *line_sim(const struct delay_line *d)
{
    return d->net->links->sim;
}

static inline void drop_copy(struct delay_line *d, struct letter *l, int reason)
{
    if (--l->copies)
        return;
    if (reason < 0) {
        outside_done(d->outside, l->ticket);
    } else {
        outside_lost(d->outside, l->ticket, (enum link_reason)reason);
    }
    free(l);
}

static inline void arm_line(struct line *l)
{
    if (l->head) {
        sim_arm(line_sim(l->all), &l->next, l->head->due);
    } else {
        sim_stop(line_sim(l->all), &l->next);
    }
}

static inline void put_on(struct line *l, struct letter *letter)
{
    sim_time now = sim_now(line_sim(l->all));
    const struct channel *like = l->like;
    struct item *i = calloc(1, sizeof *i);
    if (!i)
        abort();
    sim_time start = l->leaves > now ? l->leaves : now;
    sim_time extra = like->how.jitter ? rng_uniform(&l->like->jitter, 0, like->how.jitter) : 0;
    int64_t work = (int64_t)letter->n * 8 * SIM_S;
    l->leaves = start + (work + like->how.rate / 2) / like->how.rate;
    *i = (struct item){letter, l->leaves + like->how.delay + extra, NULL};
    if (l->tail && i->due < l->tail->due)
        i->due = l->tail->due;
    if (l->head) {
        l->tail->next = i;
    } else {
        l->head = i;
    }
    l->tail = i;
    if (l->head == i)
        arm_line(l);
}

/* ---- a segment ------------------------------------------------------------------------------- */

static inline uint64_t letter_to(const struct letter *l)
{
    uint64_t to = 0;
    for (int k = 0; k < 6; k++)
        to = to << 8 | l->bytes[k];
    return to;
}

static inline bool wants(const struct port *p, const struct letter *l, const struct port *from)
{
    uint64_t to = letter_to(l);
    if (p == from)
        return false;
    return l->bytes[0] & 1 ? p->up && (!p->hears || p->hears(p->owner, to)) : p->station == to;
}

/* It is on the segment, from `from`: takes the letter. */
static inline void spread(struct delay_line *d, const struct port *from, struct letter *l)
{
    int why = -1;
    l->copies = 1;
    if (d->router && wants(d->router, l, from))
        (void)outside_receive(d->outside, d->router, l->ticket, l->bytes, l->n);
    for (unsigned k = 0; k < d->ends; k++) {
        struct line_end *e = &d->end[k];
        if (!wants(e->host, l, from))
            continue;
        if (e->host->outside != d->outside || !e->host->up) {
            why = l->bytes[0] & 1 ? -1 : DROP_LINK_DOWN;
            continue;
        }
        l->copies++;
        put_on(&e->down, l);
    }
    drop_copy(d, l, why);
}

static inline void arrive_on(struct sim *sim, void *owner)
{
    struct line *l = owner;
    struct item *i = l->head;
    struct delay_line *d = l->all;
    (void)sim;
    l->head = i->next;
    if (!l->head)
        l->tail = NULL;
    arm_line(l);
    struct letter *letter = i->letter;
    free(i);
    if (loss_next(&l->like->loss)) {
        drop_copy(d, letter, DROP_LINK_LOSS);
    } else if (l->up && !l->end->far) {
        spread(d, l->end->host, letter);
    } else {
        struct port *to = l->up ? l->end->far : l->end->host;
        (void)outside_receive(d->outside, to, letter->ticket, letter->bytes, letter->n);
        drop_copy(d, letter, -1);
    }
}

/* ---- what the network asks ------------------------------------------------------------------- */

static inline struct line_end *end_of(struct delay_line *d, const struct port *host)
{
    for (unsigned k = 0; k < d->ends; k++)
        if (d->end[k].host == host || d->end[k].far == host)
            return &d->end[k];
    abort();
}

static inline void line_associated(struct sim *sim, void *owner)
{
    struct line_end *e = owner;
    (void)sim;
    outside_carry(e->up.all->outside, e->host, true);
}

static inline void begin_line(struct line *l, struct delay_line *d, struct line_end *e,
                              struct channel *like, bool up)
{
    *l = (struct line){.all = d, .end = e, .like = like, .up = up};
    sim_delivery_init(&l->next, arrive_on, l, like->next.key);
}

static inline void line_join(void *owner, struct outside *o, struct port *port, struct port *far)
{
    struct delay_line *d = owner;
    d->net = o->net;
    d->outside = o;
    if (d->net->lan && port == d->net->router->port) {
        d->router = port;
        return;
    }
    if (d->ends == LINES)
        abort();
    struct line_end *e = &d->end[d->ends++];
    struct station *s = d->net->first;
    while (s->host != port)
        s = s->next;
    e->host = port;
    e->far = far;
    begin_line(&e->up, d, e, &s->up, true);
    begin_line(&e->down, d, e, &s->down, false);
    sim_timer_init(&e->associated, line_associated, e);
}

static inline void line_attach(void *owner, struct port *host)
{
    struct delay_line *d = owner;
    struct line_end *e = end_of(d, host);
    d->attached++;
    if (d->built) {
        sim_arm_in(line_sim(d), &e->associated, d->net->how.attach_time);
    } else {
        outside_carry(d->outside, host, true);
    }
}

static inline void flush_line(struct line *l)
{
    while (l->head) {
        struct item *i = l->head;
        l->head = i->next;
        drop_copy(l->all, i->letter, DROP_LINK_DOWN);
        free(i);
    }
    l->tail = NULL;
    l->leaves = 0;
    sim_stop(line_sim(l->all), &l->next);
}

static inline void line_detach(void *owner, struct port *host)
{
    struct delay_line *d = owner;
    struct line_end *e = end_of(d, host);
    d->detached++;
    sim_stop(line_sim(d), &e->associated);
    flush_line(&e->up);
    flush_line(&e->down);
}

static inline void line_send(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame,
                             size_t n)
{
    struct delay_line *d = owner;
    struct letter *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    *l = (struct letter){ticket, frame, n, 1};
    struct line_end *e = from == d->router ? NULL : end_of(d, from);
    if (!e) {
        spread(d, from, l);
    } else {
        put_on(from == e->host ? &e->up : &e->down, l);
    }
}

static const struct outside_ways line_ways = {line_join, line_attach, line_detach, line_send};

/* What is on the way when the run is over. */
static inline void end_lines(struct delay_line *d)
{
    for (unsigned k = 0; k < d->ends; k++) {
        struct line *both[] = {&d->end[k].up, &d->end[k].down};
        for (int way = 0; way < 2; way++) {
            while (both[way]->head) {
                struct item *i = both[way]->head;
                both[way]->head = i->next;
                if (!--i->letter->copies)
                    free(i->letter);
                free(i);
            }
        }
    }
}

#endif
