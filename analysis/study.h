/*
 * study.h - line figures of a sweep: a metric over a parameter, with 95 % intervals.
 */
#ifndef ANALYSIS_STUDY_H
#define ANALYSIS_STUDY_H

#include "analysis/figures.h"

struct sqlite3;

/* Every figure that the study's scenario names. */
MUST_CHECK enum status study_draw(struct figures *f, struct sqlite3 *db, struct why *w);

#endif
