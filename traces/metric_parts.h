/*
 * metric_parts.h - a metric's name taken apart, for those who check it and those who ask for it.
 *
 *   counter.car.7.one0.link.sent      parts: counter, car.7, one0, link, sent
 *   p95(disruption.ping.*.down)       over METRIC_P95; parts: disruption, ping.*, down
 *
 * No metric is checked here: whether its parts name something is for metric_check().
 */
#ifndef TRACES_METRIC_PARTS_H
#define TRACES_METRIC_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/status.h"

enum { METRIC_BYTES = 400, METRIC_PART_BYTES = 96, METRIC_PARTS = 8 };

/* What is made of the values of a population. */
enum metric_over {
    METRIC_ONE, /* no function */
    METRIC_MIN,
    METRIC_MAX,
    METRIC_MEAN,
    METRIC_MEDIAN,
    METRIC_P90,
    METRIC_P95,
    METRIC_P99,
    METRIC_SUM,
    METRIC_OVERS
};

/* Its address is part of what it is: `rest` points into `inside`. */
struct metric_parts {
    enum metric_over over;
    char inside[METRIC_BYTES]; /* the metric without its function */
    char text[METRIC_PARTS][METRIC_PART_BYTES];
    unsigned n;
    const char *rest[METRIC_PARTS]; /* of `inside`, from each part on */
    size_t population;              /* length of NAME where the second part is "NAME.*", or 0 */
};

/* ST_SYNTAX: it is no metric, and why. */
MUST_CHECK enum status metric_cut(const char *metric, struct metric_parts *p, struct why *w);

/* Kinds of metrics, of the columns of their tables. */
bool metric_is_flow_column(const char *name);
/* "NODE.COLUMN", "NODE.in|out.COLUMN" or "NODE.in|out.POLICY.COLUMN". */
bool metric_is_of_sas(const struct metric_parts *p);
/* "NODE.A" or, of two `names`, "NODE.A.B" with names of events, which have points themselves.
 * False: it is no such thing; `second` is "" of one name. */
bool metric_split_events(const struct metric_parts *p, unsigned names,
                         char first[METRIC_PART_BYTES], const char **second);

#endif
