/* A decision that was made for another version of its interface. */
#include "models/decision.h"

const uint32_t monami_decision_version = MONAMI_DECISION_VERSION + 41;

unsigned monami_decide(const struct monami_view *view, uint16_t bid[MONAMI_BIDS])
{
    (void)view;
    (void)bid;
    return 0;
}
