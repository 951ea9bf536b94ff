/*
 * report_study_parts.h - inside of report.h: the parts of the page of a study.
 */
#ifndef ANALYSIS_REPORT_STUDY_PARTS_H
#define ANALYSIS_REPORT_STUDY_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/report_parts.h"

enum { STUDY_PARAMETERS = 64, STUDY_NAME = 200, STUDY_FOLD = 60, STUDY_RUNS = 500 };

struct study_page {
    FILE *out;
    struct sqlite3 *db;
    const struct report_study_about *about;
    /* those of several values, in order of the plan: the others tell no points apart */
    char parameter[STUDY_PARAMETERS][STUDY_NAME];
    size_t parameters;
    size_t points; /* temp.point: point, first (its first run), runs, failed */
};

/* ---- points --------------------------------------------------------------------------------- */

/* The parameters' names as heads of columns, and their values in a run as heads of a row. Where
 * none varies there is one column all the same. */
void study_heads(const struct study_page *p);
MUST_CHECK enum status study_values(const struct study_page *p, int64_t number, struct why *w);
/* "networks.wlan.loss = 5 %, ..." */
MUST_CHECK enum status study_words(const struct study_page *p, int64_t number, struct why *w);

/* A table of which the rows beyond STUDY_FOLD are folded away. */
struct study_table {
    const struct study_page *page;
    const char *label;
    void (*heads)(const void *of); /* the row of heads, without its <tr> */
    const void *of;
    bool whole; /* nothing is folded */
    size_t rows;
    size_t total; /* 0: not known before */
};
void study_table_row(struct study_table *t); /* begins one */
void study_table_end(struct study_table *t);

/* Four digits; thousands and more whole. */
void study_number(char *out, size_t size, double v);
/* "50 %", and Wilson's interval where n > 1. */
void study_share(FILE *out, size_t successes, size_t n);

/* ---- sections ------------------------------------------------------------------------------- */

const struct page_section *study_section(const char *id);
MUST_CHECK enum status study_varied(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_results(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_figures(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_expectations(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_transitions(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_ladders(const struct study_page *p, struct why *w);
MUST_CHECK enum status study_provenance(const struct study_page *p, struct why *w);

#endif
