#include "models/node/probe.h"

#include "models/decision.h"
#include "models/transport/echo.h"

void round_trip_measure(struct round_trip *r, sim_time length, sim_time now)
{
    if (!r->known) {
        *r = (struct round_trip){.smoothed = length, .variation = length / 2, .known = true};
    } else {
        sim_time error = length > r->smoothed ? length - r->smoothed : r->smoothed - length;
        r->variation += (error - r->variation) / 4; /* before SRTT: RFC 6298 2.3 */
        r->smoothed += (length - r->smoothed) / 8;
    }
    r->measured = now;
}

void probe_reset(struct probe *p)
{
    p->unanswered = 0;
    p->round_trip.known = false;
    for (unsigned k = 0; k < PROBE_REMEMBERED; k++)
        p->sent[k] = -1;
}

struct pkt *probe_next(struct probe *p, struct pool *packets, const struct addr *src,
                       const struct addr *dst, uint16_t identifier, sim_time now)
{
    p->unanswered++;
    p->sequence++;
    p->sent[p->sequence % PROBE_REMEMBERED] = now;
    return echo_request(packets, src, dst, identifier, p->sequence, PROBE_DATA_BYTES);
}

void probe_answered(struct probe *p, uint16_t sequence, sim_time now)
{
    sim_time *sent = &p->sent[sequence % PROBE_REMEMBERED];
    uint16_t ago = (uint16_t)(p->sequence - sequence);
    p->unanswered = 0;
    if (ago >= PROBE_REMEMBERED || *sent < 0)
        return;
    round_trip_measure(&p->round_trip, now - *sent, now);
    *sent = -1; /* a copy of the answer measures nothing */
}

void probe_describe(const struct probe *p, struct monami_path *path)
{
    const struct round_trip *r = &p->round_trip;
    path->unanswered = (uint32_t)p->unanswered;
    path->round_trip_ns = r->known ? r->smoothed : -1;
    path->variation_ns = r->known ? r->variation : -1;
    path->measured_ns = r->known ? r->measured : -1;
}
