/*
 * decision_module.h - loads the shared object of a decision of one's own (models/decision.h).
 *
 * It stays loaded as long as the program runs; the same file is loaded once.
 */
#ifndef SIM_WORLD_DECISION_MODULE_H
#define SIM_WORLD_DECISION_MODULE_H

#include "models/decision.h"
#include "sim/base/status.h"

MUST_CHECK enum status decision_module_load(const char *path, monami_decide_fn **decide,
                                            struct why *w);

#endif
