/*
 * sweep.h - a sweep from its scenario to its store and its figures.
 */
#ifndef SIM_APP_SWEEP_H
#define SIM_APP_SWEEP_H

#include <stdbool.h>

#include "analysis/figures.h"

bool sweep_is_study(const char *dir); /* it holds study.sqlite */
MUST_CHECK enum status sweep_draw(const char *dir, struct figures *f, struct why *w);

#endif
