/*
 * study.h - figures of a study: any metric over any of its parameters, with 95 % intervals and a
 * caption that says what they rest on.
 */
#ifndef ANALYSIS_STUDY_H
#define ANALYSIS_STUDY_H

#include "analysis/figures.h"

struct sqlite3;

enum { STUDY_WHERE_MOST = 64 };

struct study_where {
    const char *parameter;
    const char *value;
};

/* Words instead of a parameter's path, or a metric's name. */
struct study_labels {
    const char *x;
    const char *y; /* heat */
    const char *lines;
    const char *value;
};

/* What is asked for; NULL: not given. */
struct study_figure {
    const char *name;                           /* of its files */
    const char *kind;                           /* a word of study_kinds() */
    const char *plot;                           /* a metric */
    const char *x;                              /* a parameter */
    const char *y;                              /* heat: another */
    const char *lines;                          /* a parameter: a line, or colour, a value */
    struct study_where where[STUDY_WHERE_MOST]; /* only runs with these values */
    size_t wheres;
    const char *statistic; /* a word of study_statistics() */
    double above;          /* share: in base units */
    bool steady;
    bool log_x;     /* lines over numbers above 0 */
    bool log_value; /* lines and bars; what is not above 0 is not drawn */
    struct study_labels labels;
    const char *title; /* NULL: the study's */
};

/* Words that there are; NULL ends. */
const char *const *study_kinds(void);
const char *const *study_statistics(void);

/* One figure of the study `db`. ST_IO: it could not be drawn; else it is none that this study can
 * have, and the sentence says what there is. */
MUST_CHECK enum status study_draw_one(struct figures *f, struct sqlite3 *db,
                                      const struct study_figure *ask, struct why *w);
/* Every figure that the study's scenario names. */
MUST_CHECK enum status study_draw(struct figures *f, struct sqlite3 *db, struct why *w);

#endif
