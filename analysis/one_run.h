/*
 * one_run.h - a run of a study as if it were a database of its own: views with the names of a run's
 * tables show the rows of the run whose number stands in temp.present.  The study is only read.
 */
#ifndef ANALYSIS_ONE_RUN_H
#define ANALYSIS_ONE_RUN_H

#include <stdint.h>

#include "sim/base/status.h"

struct sqlite3;

/* Makes the views: from here on `flow` is the flows of one run, and main.flow those of all. */
MUST_CHECK enum status one_run_views(struct sqlite3 *db, struct why *w);
MUST_CHECK enum status one_run_show(struct sqlite3 *db, int64_t number, struct why *w);
MUST_CHECK enum status one_run_hide(struct sqlite3 *db, struct why *w); /* no views any more */

#endif
