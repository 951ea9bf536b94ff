/*
 * report_parts.h - inside of report.h: the parts of a page.
 */
#ifndef ANALYSIS_REPORT_PARTS_H
#define ANALYSIS_REPORT_PARTS_H

#include "analysis/page.h"
#include "analysis/report.h"

/* When a transition began: of a link that was there long before, its past is no part of it. */
#define TRANSITION_BEGIN                                                                              \
    "CASE kind WHEN 'BID added' THEN coalesce(link_up_ns, router_ns, address_ns, bu_sent_ns, "        \
    "done_ns) WHEN 'BID moved' THEN coalesce(link_down_ns, detected_ns, link_up_ns, bu_sent_ns, "     \
    "done_ns) WHEN 'IKE moved' THEN coalesce(link_down_ns, detected_ns, ike_start_ns, done_ns) ELSE " \
    "coalesce(link_down_ns, detected_ns, bu_sent_ns, done_ns) END"

/* Of the page of a run. */
const struct page_section *report_section(const char *id);

MUST_CHECK enum status report_transitions(FILE *out, struct sqlite3 *db, struct why *w);
MUST_CHECK enum status report_counters(FILE *out, struct sqlite3 *db, struct why *w);
MUST_CHECK enum status report_figures(FILE *out, const char *dir, struct why *w);

/* The messages of at most `most` hand-overs of a run, those that disturbed most, each under a
 * heading such as "h3". */
MUST_CHECK enum status report_ladders(FILE *out, struct sqlite3 *db, size_t most,
                                      const char *heading, struct why *w);

/* One picture NAME of a folder of figures, with its caption: what NAME.txt says, or `words`. */
MUST_CHECK enum status report_figure(FILE *out, const char *dir, const char *name,
                                     const char *words, size_t number, struct why *w);
/* The numbers of NAME.csv as a table and as a link, and the script that draws them. */
MUST_CHECK enum status report_figure_data(FILE *out, const char *dir, const char *name,
                                          struct why *w);

#endif
