/* A decision of one's own: the path with the least round trip carries a flow; while its last probes
 * stay unanswered, the next best path carries a copy.
 *
 *     cc -shared -fPIC -I ../.. twice_in_doubt.c -o twice_in_doubt.so
 */
#include "models/decision.h"

const uint32_t monami_decision_version = MONAMI_DECISION_VERSION;

enum { DOUBT = 2 }; /* unanswered probes in a row; one may still be on its way */

struct memory {
    uint16_t last; /* the path in use; 0: none yet */
};

static int64_t cost(const struct monami_path *p, uint16_t last)
{
    int64_t ns = p->round_trip_ns < 0 ? INT64_MAX / 2 : p->round_trip_ns + 4 * p->variation_ns;
    return p->bid == last ? ns - ns / 8 : ns; /* another must be an eighth better */
}

unsigned monami_decide(const struct monami_view *view, uint16_t bid[MONAMI_BIDS])
{
    struct memory *memory = view->memory;
    const struct monami_path *best = 0;
    const struct monami_path *next = 0;
    for (unsigned k = 0; k < view->paths; k++) {
        const struct monami_path *p = &view->path[k];
        if (!p->usable)
            continue;
        if (!best || cost(p, memory->last) < cost(best, memory->last)) {
            next = best;
            best = p;
        } else if (!next || cost(p, memory->last) < cost(next, memory->last)) {
            next = p;
        }
    }
    if (!best)
        return 0; /* whatever works */
    bid[0] = memory->last = best->bid;
    if (best->unanswered < DOUBT || !next)
        return 1;
    bid[1] = next->bid;
    return 2;
}
