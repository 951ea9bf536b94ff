#include "models/mip6/mps.h"

#include <stddef.h>

#define AT(member) offsetof(struct mps_timers, member)

const struct key mps_timer_keys[] = {
    {"initial_solicit_timer", KEY_TIME, AT(first), "3 s",
     "wait for the answer to a Mobile Prefix Solicitation, doubled up to max_bindack_timeout, RFC "
     "6275 12",
     .min = SIM_MS, .max = 3600 * SIM_S},
    {"prefix_solicit_ahead", KEY_TIME, AT(ahead), "60 s",
     "a Mobile Prefix Solicitation so long before the home prefix's preferred or valid lifetime "
     "ends, but not in the first half of it, RFC 6275 11.4.2",
     .max = INT64_C(1000000) * SIM_S},
    {.name = NULL},
};

enum { IDENTIFIERS = 0xffff }; /* all but 0 */

void mps_init(struct mps *m, const struct mps_config *how, const struct rng *identifiers)
{
    *m = (struct mps){.how = *how, .identifiers = *identifiers, .ask_at = SIM_NEVER};
}

void mps_set_away(struct mps *m, bool away, sim_time now)
{
    if (away && !m->away && m->asking && m->due < now)
        m->due = now;
    m->away = away;
}

void mps_ask(struct mps *m, sim_time now)
{
    m->ask_at = SIM_NEVER; /* the answer will tell */
    if (m->asking)
        return;
    m->asking = true;
    m->sent = false;
    m->identifier = (uint16_t)(1 + rng_below(&m->identifiers, IDENTIFIERS));
    m->due = now;
    m->timeout = 0;
}

void mps_rest(struct mps *m)
{
    m->asking = false;
}

/* When to ask about a lifetime. Not in its first half: the answer may tell the same end, and would
 * be asked about at once. */
static sim_time ask_before(const struct mps *m, sim_time until, sim_time now)
{
    if (until == SIM_NEVER || until <= now)
        return SIM_NEVER;
    sim_time half = until - (until - now) / 2;
    sim_time at = until - m->how.timers.ahead;
    return at > half ? at : half;
}

void mps_told(struct mps *m, sim_time preferred_until, sim_time valid_until, sim_time now)
{
    sim_time preferred = ask_before(m, preferred_until, now);
    sim_time valid = ask_before(m, valid_until, now);
    m->ask_at = preferred < valid ? preferred : valid;
}

/* RFC 6275 11.4.3, in its order. */
enum mps_verdict mps_answered(struct mps *m, const struct arrival *a, const struct mpd *mpa,
                              sim_time now)
{
    if (!a->authentic || !addr_eq(&a->src, &m->how.agent) || !addr_eq(&a->home, &m->how.home) ||
        a->has_home)
        return MPS_FOREIGN;
    if (!m->sent || mpa->identifier != m->identifier) {
        mps_ask(m, now);
        return MPS_UNSOLICITED;
    }
    if (!m->asking)
        return MPS_COPY;
    m->asking = false;
    return MPS_ACCEPTED;
}

sim_time mps_next(const struct mps *m)
{
    if (!m->away)
        return SIM_NEVER;
    return m->asking && m->due < m->ask_at ? m->due : m->ask_at;
}

bool mps_tick(struct mps *m, sim_time now, uint16_t *identifier)
{
    if (!m->away)
        return false;
    if (m->ask_at <= now)
        mps_ask(m, now);
    if (!m->asking || m->due > now)
        return false;
    m->timeout = m->timeout ? 2 * m->timeout : m->how.timers.first;
    if (m->timeout > m->how.max_timeout)
        m->timeout = m->how.max_timeout;
    m->due = now + m->timeout;
    m->sent = true;
    *identifier = m->identifier;
    return true;
}

const char *mps_verdict_name(enum mps_verdict verdict)
{
    static const char *const names[] = {
        [MPS_ACCEPTED] = "accepted",
        [MPS_UNSOLICITED] = "unsolicited",
        [MPS_COPY] = "copy",
        [MPS_FOREIGN] = "foreign",
    };
    return names[verdict];
}
