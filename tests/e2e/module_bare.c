/* A shared object that decides nothing. */
#include "models/decision.h"

const uint32_t monami_decision_version = MONAMI_DECISION_VERSION;
