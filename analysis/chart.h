/*
 * chart.h - what a figure of a study shows: points, each of all runs with the same values of the
 * parameters along the axes, and what the runs of a point say together.
 *
 * Runs of one unit of replication (seeds over one measured drive) are no independent samples: one
 * value is made of them before an interval is.  Of a share of several runs a unit, the samples are
 * the shares of the units, with Student's t interval instead of Wilson's.
 */
#ifndef ANALYSIS_CHART_H
#define ANALYSIS_CHART_H

#include "analysis/runs.h"
#include "analysis/stats.h"
#include "analysis/study.h"
#include "analysis/wording.h"

struct statistic {
    const char *word;
    const char *words;
    enum { OF_MEAN, OF_QUANTILE, OF_SHARE } of;
    double p; /* the quantile */
};

extern const struct statistic statistics[]; /* a NULL word ends */

/* What is meant where none is named: the median of disruptions, which have modes (their mean is
 * none of them), the mean of all else. */
bool statistic_is_median(const char *metric);

/* Values of a parameter in the order in which they are drawn: numbers ascending, words as the sweep
 * has them. Without a parameter there is one place. */
struct axis {
    const struct runs_parameter *of; /* NULL */
    size_t n;
    size_t *value; /* index into of->value */
    const char **label;
    bool numeric;
    double *at; /* where on the axis: the number in `unit`, or 0, 1, 2, ... */
    const char *unit;
};

struct point {
    size_t runs;    /* with a value */
    size_t missing; /* without */
    size_t *run;    /* index into the study's runs, by their number */
    double *value;  /* of each, as drawn */
    int64_t *unit;
    size_t samples; /* independent ones: units */
    struct estimate e;
    double p;        /* difference: of the paired t test */
    double adjusted; /* the same for all comparisons of the figure */
};

struct chart {
    struct runs *runs;
    const struct study_figure *ask;
    struct arena arena;
    const struct statistic *statistic;
    struct scale scale;
    double *value;          /* of each run of the study, in base units; NAN */
    struct estimate *batch; /* steady: of each run's batch means, in base units; else NULL */
    bool *chosen;
    struct axis x;
    struct axis line;    /* heat: y */
    struct point *point; /* [x.n][line.n]: chart_point() */
    size_t failed;       /* chosen runs without tables */
    size_t missing;      /* chosen runs that did not fail and have no value */
    size_t unsteady;     /* of those: no end of the warm-up was found */
    size_t oracles;      /* chosen runs with a value and detection by an oracle */
    size_t timed;        /* chosen runs with a value and work that takes time */
    const char *profile; /* of the first of those */
    bool profiles;       /* there are others */
    size_t shown;        /* chosen runs with a value */
    bool clustered;      /* some unit has several runs at a point */
    size_t comparisons;  /* difference: p-values of the figure */
};

/* Also where it fails, chart_release(). `ask` and `r` outlive it. */
MUST_CHECK enum status chart_make(struct chart *c, struct runs *r, const struct study_figure *ask,
                                  struct why *w);
void chart_release(struct chart *c);

struct point *chart_point(const struct chart *c, size_t x, size_t line);
/* The name of a line or, without lines, of the metric. */
const char *chart_line_name(const struct chart *c, size_t line);
/* Samples of a point: one a unit. `out` has room for its runs. */
size_t chart_samples(const struct chart *c, const struct point *p, const double *value,
                     double *out);

#endif
