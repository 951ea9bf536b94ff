#include "models/mip6/mpa.h"

#include <stddef.h>

#define AT(member) offsetof(struct mpa_timers, member)

const struct key mpa_timer_keys[] = {
    {"max_mob_pfx_adv_interval", KEY_TIME, AT(max_interval), "86400 s",
     "MaxMobPfxAdvInterval, RFC 6275 13: upper end of the delay of a Mobile Prefix Advertisement "
     "that nobody asked for; the preferred lifetime, where that is shorter",
     .min = SIM_MS, .max = INT64_C(1000000) * SIM_S},
    {"min_mob_pfx_adv_interval", KEY_TIME, AT(min_interval), "600 s",
     "MinMobPfxAdvInterval, RFC 6275 13: the least delay", .min = SIM_MS,
     .max = INT64_C(1000000) * SIM_S},
    {"prefix_adv_timeout", KEY_TIME, AT(timeout), "3 s",
     "wait for a Mobile Prefix Solicitation before the advertisement is repeated, doubled each "
     "time, RFC 6275 12",
     .min = SIM_S, .max = 3600 * SIM_S},
    {"prefix_adv_retries", KEY_INTEGER, AT(retries), "3",
     "repetitions of a Mobile Prefix Advertisement, RFC 6275 12", .max = 1000},
    {.name = NULL},
};

static const sim_time least_gap = SIM_S; /* "more than one per second": RFC 6275 6.8 */

void mpa_init(struct mpa *m, const struct mpa_timers *how)
{
    *m = (struct mpa){.how = how, .due = SIM_NEVER, .last = -least_gap};
}

static sim_time allowed(const struct mpa *m, sim_time at)
{
    return at < m->last + least_gap ? m->last + least_gap : at;
}

void mpa_solicited(struct mpa *m, uint16_t identifier, const struct addr *source, sim_time now)
{
    m->unheard = false; /* the answer holds everything */
    m->answers = true;
    m->identifier = identifier;
    m->source = *source;
    m->due = allowed(m, now);
}

/* RAND_ADV_DELAY, RFC 6275 10.6.2. */
static sim_time delay(const struct mpa *m, sim_time preferred, struct rng *rng)
{
    sim_time least = m->how->min_interval;
    sim_time most = preferred < m->how->max_interval ? preferred : m->how->max_interval;
    sim_time span = most > least ? most - least : least - most;
    return least + (span ? rng_uniform(rng, 0, span - 1) : 0);
}

void mpa_changed(struct mpa *m, sim_time preferred, struct rng *rng, sim_time now)
{
    bool scheduled = m->unheard && !m->sent && m->due != SIM_NEVER;
    if (!m->bound || m->answers || scheduled)
        return; /* what is due anyway tells it */
    m->unheard = true;
    m->sent = 0;
    m->due = allowed(m, now + delay(m, preferred, rng));
}

void mpa_bound(struct mpa *m, sim_time now)
{
    m->bound = true;
    if (!m->unheard || m->due != SIM_NEVER)
        return;
    m->sent = 0; /* begins again: RFC 6275 10.6.2 */
    m->due = allowed(m, now);
}

void mpa_unbound(struct mpa *m, bool returned)
{
    m->bound = false;
    m->answers = false;
    m->due = SIM_NEVER;
    m->unheard &= !returned;
}

bool mpa_tick(struct mpa *m, sim_time now, struct mpa_act *act)
{
    if (m->due > now)
        return false;
    *act = (struct mpa_act){.solicited = m->answers};
    if (m->answers) {
        act->identifier = m->identifier;
        act->to = m->source;
        m->due = SIM_NEVER;
    } else {
        m->timeout = m->sent ? 2 * m->timeout : m->how->timeout;
        m->due = m->sent++ < m->how->retries ? now + m->timeout : SIM_NEVER;
    }
    m->answers = false;
    m->last = now;
    return true;
}
