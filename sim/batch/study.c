#include "sim/batch/study.h"

#define UNTIL(m)     offsetof(struct until_config, m)
#define REPLICATE(m) offsetof(struct replicate_config, m)
#define COMPARE(m)   offsetof(struct compare_config, m)
#define SWEEP(m)     offsetof(struct sweep_config, m)
#define LABELS(m)    offsetof(struct figure_labels_config, m)
#define FIGURE(m)    offsetof(struct figure_config, m)

const char *const figure_kind_words[] = {"lines",      "bars", "distribution", "box", "heat",
                                         "difference", NULL};
const char *const figure_statistic_words[] = {"auto", "mean", "median", "p90",
                                              "p95",  "p99",  "share",  NULL};
const char *const study_keep_words[] = {"packets", "events", "series", NULL};
static const char *const corrections[] = {"holm", "none", NULL};

static const struct key until_keys[] = {
    {"metrics", KEY_LIST, UNTIL(metrics), NULL, "whose intervals shall be narrow", .of = KEY_TEXT,
     .scalar = "*"},
    {"half_width", KEY_SHARE, UNTIL(half_width), "5 %",
     "half of the 95 % interval of the mean, as a share of the mean", .min = 1,
     .max = INT64_C(1000000000)},
    {"most", KEY_INTEGER, UNTIL(most), "1000", "seeds of a point at which it ends in any case",
     .min = 2, .max = 1000000},
    {.name = NULL},
};

static const struct key replicate_keys[] = {
    {"seeds", KEY_INTEGER, REPLICATE(seeds), "1",
     "replications of each point, 0, 1, 2, ... of the same seed; with `over`, of each file",
     .min = 1, .max = 1000000},
    {"over", KEY_REF, REPLICATE(over), "",
     "an input with `files`: each is replayed, and the files, not the seeds over one of them, are "
     "the independent samples of an interval",
     .refers = "inputs"},
    {"shift", KEY_TIME, REPLICATE(shift), "0 s",
     "with `over`: the trace starts at a random place up to here, another for each seed",
     .max = INT64_C(1000000) * SIM_S},
    {"until", KEY_TABLE, REPLICATE(until), "",
     "seeds are added, `seeds` at a time, to each point until its intervals are narrow enough",
     .keys = until_keys, .given_at = KEY_GIVEN(struct replicate_config, until.given)},
    {.name = NULL},
};

static const struct key compare_keys[] = {
    {"baseline", KEY_PAIRS, COMPARE(baseline), NULL,
     "a parameter and the value of it that the others are compared with"},
    {"correction", KEY_WORD, COMPARE(correction), "holm",
     "for several comparisons at once (Holm 1979), or none", .words = corrections},
    {.name = NULL},
};

const struct key study_sweep_keys[] = {
    {"parameters", KEY_NODE, SWEEP(parameters), "",
     "a map of paths to lists of values, or to ranges {from: 10 ms, to: 90 ms, step: 20 ms}; every "
     "combination is run"},
    {"together", KEY_NODE, SWEEP(together), "",
     "a list of such maps; the values of one map go in lock-step, its lists are equally long"},
    {"constraint", KEY_LIST, SWEEP(constraint), "",
     "combinations that are run: comparisons of paths and values (= != < <= > >=) with and, or, not "
     "and parentheses; of several, all must hold",
     .of = KEY_TEXT, .scalar = "*"},
    {"replicate", KEY_TABLE, SWEEP(replicate), "", "how often each combination is run",
     .keys = replicate_keys, .scalar = "seeds"},
    {"keep", KEY_LIST, SWEEP(keep), "",
     "packets, events, series: these rows of each run are kept in the study, too", .of = KEY_TEXT,
     .scalar = "*"},
    {"metrics", KEY_LIST, SWEEP(metrics), "",
     "scalars of each run, beside those of the figures, written as in expect.metric",
     .of = KEY_TEXT, .scalar = "*"},
    {"compare", KEY_TABLE, SWEEP(compare), "", "paired differences from a baseline",
     .keys = compare_keys, .given_at = KEY_GIVEN(struct sweep_config, compare.given)},
    {.name = NULL},
};

static const struct key label_keys[] = {
    {"x", KEY_TEXT, LABELS(x), "", "of the x axis; the unit of its values stands behind"},
    {"y", KEY_TEXT, LABELS(y), "", "heat: of the y axis, likewise"},
    {"lines", KEY_TEXT, LABELS(lines), "", "above the names of the lines"},
    {"value", KEY_TEXT, LABELS(value), "", "of what is plotted, likewise"},
    {.name = NULL},
};

const struct key study_figure_keys[] = {
    {"kind", KEY_WORD, FIGURE(kind), "lines",
     "lines or bars with intervals; distribution: the share of runs at or below each value; box; "
     "heat: a map over x and y; difference: paired, from the baseline of sweep.compare",
     .words = figure_kind_words},
    {"plot", KEY_TEXT, FIGURE(plot), NULL,
     "the metric, as in expect.metric; of a population by a function: p95(disruption.NAME.*.down)"},
    {"x", KEY_TEXT, FIGURE(x), "", "the parameter along the x axis; a distribution has none"},
    {"y", KEY_TEXT, FIGURE(y), "", "heat: the parameter along the y axis"},
    {"lines", KEY_TEXT, FIGURE(lines), "", "the parameter that makes lines"},
    {"where", KEY_PAIRS, FIGURE(where), "", "only runs with these values of parameters"},
    {"statistic", KEY_WORD, FIGURE(statistic), "auto",
     "over the replications; auto: the median of disruptions, the mean of all else; share: of the "
     "replications in which the metric is above `above`",
     .words = figure_statistic_words},
    {"above", KEY_TEXT, FIGURE(above), "", "share: the threshold, a number or a time"},
    {"steady", KEY_BOOL, FIGURE(steady), "false",
     "plot is a delay_mean_ns: taken from the packets, the warm-up cut off by MSER-5 (White 1997); "
     "with one replication the interval is that of batch means; needs `keep: packets`"},
    {"log_x", KEY_BOOL, FIGURE(log_x), "false",
     "lines over numbers above 0: equal ratios are equally far apart"},
    {"log_value", KEY_BOOL, FIGURE(log_value), "false",
     "lines, bars: likewise of what is plotted; what is not above 0 is not drawn"},
    {"labels", KEY_TABLE, FIGURE(labels), "",
     "words instead of the parameters' paths and the metric's name", .keys = label_keys},
    {"title", KEY_TEXT, FIGURE(title), "", "default: the study's"},
    {.name = NULL},
};
