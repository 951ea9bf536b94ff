#include "models/mip6/discovery.h"

#include <stddef.h>

#define AT(member) offsetof(struct discovery_timers, member)

const struct key discovery_timer_keys[] = {
    {"initial_dhaad_timeout", KEY_TIME, AT(first), "3 s",
     "wait for a Home Agent Address Discovery Reply, doubled each time, RFC 6275 12", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"dhaad_retries", KEY_INTEGER, AT(retries), "4",
     "how often such a request is repeated, RFC 6275 12", .max = 16},
    {"dhaad_pause", KEY_TIME, AT(pause), "60 s",
     "before home agents are looked for again, when nobody answered or none of those listed "
     "acknowledged",
     .min = SIM_MS, .max = 86400 * SIM_S},
    {"home_agent_tries", KEY_INTEGER, AT(tries), "3",
     "Binding Updates without any answer after which a home agent that was discovered is left for "
     "the next, RFC 6275 11.4.1",
     .min = 1, .max = 100},
    {.name = NULL},
};

static void ask(struct discovery *d, sim_time now)
{
    d->state = DISCOVERY_ASKING;
    d->identifier = (uint16_t)rng_below(&d->identifiers, UINT16_MAX + 1);
    d->due = now;
    d->timeout = 0;
    d->sent = 0;
}

void discovery_init(struct discovery *d, const struct discovery_config *how,
                    const struct rng *identifiers, sim_time now)
{
    *d = (struct discovery){.how = *how, .identifiers = *identifiers, .due = now};
}

void discovery_set_away(struct discovery *d, bool away)
{
    d->away = away;
}

/* RFC 6275 11.4.1: so long after the last Binding Update the next may leave. */
static void choose_at(struct discovery *d, sim_time last_update, sim_time now)
{
    d->state = DISCOVERY_CHOOSING;
    sim_time next = last_update < 0 ? now : last_update + d->how.gap;
    d->due = next > now ? next : now;
}

enum discovery_verdict discovery_replied(struct discovery *d, const struct dhaad *reply,
                                         sim_time last_update, sim_time now)
{
    unsigned n = 0;
    if (d->state != DISCOVERY_ASKING || d->sent == 0 || reply->identifier != d->identifier)
        return DISCOVERY_UNASKED;
    for (unsigned k = 0; k < reply->addresses; k++) {
        if (!addr_unicast_routable(&reply->address[k]))
            continue;
        d->list[n] = reply->address[k];
        d->failed[n++] = false;
    }
    if (n == 0)
        return DISCOVERY_EMPTY;
    d->listed = n;
    d->fruitless = true;
    d->went_back = false;
    d->why = "listed";
    choose_at(d, last_update, now);
    return DISCOVERY_ACCEPTED;
}

void discovery_registered(struct discovery *d, sim_time until)
{
    if (!discovery_has_agent(d))
        return;
    d->state = DISCOVERY_SETTLED;
    d->fruitless = false;
    d->current = d->agent;
    d->current_until = until;
}

static unsigned place_of(const struct discovery *d, const struct addr *agent)
{
    unsigned k = 0;
    while (k < d->listed && !addr_eq(&d->list[k], agent))
        k++;
    return k;
}

void discovery_leave(struct discovery *d, const char *why, sim_time last_update, sim_time now)
{
    if (!discovery_has_agent(d))
        return;
    unsigned k = place_of(d, &d->agent);
    if (k < d->listed)
        d->failed[k] = true;
    d->why = why;
    choose_at(d, last_update, now);
}

void discovery_taken(struct discovery *d, sim_time last_update, sim_time now)
{
    bool by_current = discovery_has_agent(d) && addr_eq(&d->agent, &d->current);
    discovery_leave(d, "home address taken", last_update, now);
    unsigned k = place_of(d, &d->current);
    if (k < d->listed && now < d->current_until && !by_current && !d->went_back) {
        d->failed[k] = false;
        d->went_back = true;
    }
}

bool discovery_has_agent(const struct discovery *d)
{
    return d->state == DISCOVERY_TRYING || d->state == DISCOVERY_SETTLED;
}

sim_time discovery_next(const struct discovery *d)
{
    return d->away && !discovery_has_agent(d) ? d->due : SIM_NEVER;
}

static bool rest(struct discovery *d, const char *why, sim_time now, struct discovery_act *act)
{
    d->state = DISCOVERY_RESTING;
    d->due = now + d->how.timers.pause;
    *act = (struct discovery_act){.kind = DISCOVERY_VAIN, .sent = d->sent, .why = why};
    return true;
}

static bool send(struct discovery *d, sim_time now, struct discovery_act *act)
{
    if (d->sent > d->how.timers.retries)
        return rest(d, "no reply", now, act);
    d->timeout = d->timeout ? 2 * d->timeout : d->how.timers.first;
    d->due = now + d->timeout;
    d->sent++;
    *act =
        (struct discovery_act){.kind = DISCOVERY_ASK, .identifier = d->identifier, .sent = d->sent};
    return true;
}

static bool choose(struct discovery *d, sim_time now, struct discovery_act *act)
{
    unsigned k = now < d->current_until ? place_of(d, &d->current) : d->listed;
    bool is_current = k < d->listed && !d->failed[k];
    for (k = is_current ? k : 0; k < d->listed && d->failed[k]; k++)
        continue;
    if (k == d->listed && d->fruitless)
        return rest(d, "nobody of the list acknowledges", now, act);
    if (k == d->listed) {
        ask(d, now);
        return send(d, now, act);
    }
    d->state = DISCOVERY_TRYING;
    d->agent = d->list[k];
    *act = (struct discovery_act){
        .kind = DISCOVERY_TRY, .agent = d->agent, .why = is_current ? "current" : d->why};
    return true;
}

bool discovery_tick(struct discovery *d, sim_time now, struct discovery_act *act)
{
    if (discovery_next(d) > now)
        return false;
    if (d->state == DISCOVERY_RESTING)
        ask(d, now);
    return d->state == DISCOVERY_CHOOSING ? choose(d, now, act) : send(d, now, act);
}

const char *discovery_verdict_name(enum discovery_verdict verdict)
{
    static const char *const names[] = {
        [DISCOVERY_ACCEPTED] = "accepted",
        [DISCOVERY_UNASKED] = "unasked",
        [DISCOVERY_EMPTY] = "empty",
    };
    return names[verdict];
}
