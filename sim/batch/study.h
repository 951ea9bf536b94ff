/*
 * study.h - what a study asks for: the keys `sweep` and `figures` of a scenario.
 */
#ifndef SIM_BATCH_STUDY_H
#define SIM_BATCH_STUDY_H

#include "sim/base/key.h"
#include "sim/base/units.h"

struct yaml_node;

/* Replications are added until the interval is narrow enough. */
struct until_config {
    bool given;
    struct key_list metrics; /* const char * */
    int64_t half_width;      /* share of the mean, parts per 10^9 */
    int64_t most;            /* seeds */
};

struct replicate_config {
    int64_t seeds;
    const char *over; /* an input whose files are the unit of replication; NULL: seeds are */
    sim_time shift;   /* the trace starts up to so much later */
    struct until_config until;
};

struct compare_config {
    bool given;
    struct key_list baseline; /* struct key_pair: a parameter and its value, one */
    int correction;           /* enum study_correction */
};

enum study_correction { STUDY_HOLM, STUDY_UNCORRECTED };

/* Tables of a run that hold rows of packets or events. */
enum study_keep { STUDY_KEEP_PACKETS, STUDY_KEEP_EVENTS, STUDY_KEEP_SERIES, STUDY_KEEPS };

struct sweep_config {
    const struct yaml_node *parameters; /* a map of paths to values */
    const struct yaml_node *together;   /* a list of such maps, each in lock-step */
    struct key_list constraint;         /* const char *: all must hold */
    struct replicate_config replicate;
    struct key_list keep;    /* const char *: study_keep_words */
    struct key_list metrics; /* const char *: scalars beside those of the figures */
    struct compare_config compare;
};

enum figure_kind {
    FIGURE_LINES,
    FIGURE_BARS,
    FIGURE_DISTRIBUTION,
    FIGURE_BOX,
    FIGURE_HEAT,
    FIGURE_DIFFERENCE
};

enum figure_statistic {
    FIGURE_AUTO, /* the median of disruptions, the mean of all else */
    FIGURE_MEAN,
    FIGURE_MEDIAN,
    FIGURE_P90,
    FIGURE_P95,
    FIGURE_P99,
    FIGURE_SHARE /* of the replications in which the metric is above `above` */
};

/* What stands at a figure, in words of one's own; NULL: the parameter's path, the metric in words.
 */
struct figure_labels_config {
    const char *x;
    const char *y; /* heat */
    const char *lines;
    const char *value;
};

struct figure_config {
    const char *name;
    int kind;
    const char *plot;      /* a metric */
    const char *x;         /* a parameter; NULL: a distribution has none */
    const char *y;         /* heat: another */
    const char *lines;     /* NULL: none */
    struct key_list where; /* struct key_pair: only runs with these values */
    int statistic;
    const char *above; /* share: a number, or a time with unit */
    bool steady;       /* from the packets, warm-up cut off */
    bool log_x;        /* lines */
    bool log_value;    /* lines and bars */
    struct figure_labels_config labels;
    const char *title; /* NULL: the study's */
};

extern const struct key study_sweep_keys[];
extern const struct key study_figure_keys[];
extern const char *const figure_kind_words[];
extern const char *const figure_statistic_words[];
extern const char *const study_keep_words[];

#endif
