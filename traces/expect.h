/*
 * expect.h - what a scenario says must come out, asked of the tables when the run is over.
 *
 *   metric: flow.call.down.lost, max: 2 %      also min, equals; a share is of `sent`
 *   event: mip6.bu_sent, where: {...}, count: 2      also at_least, at_most, after, before
 *   never: drop.source_not_bound, where: {node: ha}  an event or a drop
 *   each: transition, metric: disruption.call.down, max: 1 s
 *   order: [mip6.bu_sent, mip6.ba_received], where: {node: car}
 */
#ifndef TRACES_EXPECT_H
#define TRACES_EXPECT_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/key.h"
#include "sim/base/status.h"
#include "sim/base/units.h"

struct sqlite3;

struct expect {
    const char *metric;
    const char *max;
    const char *min;
    const char *equals;
    const char *event;
    const char *never;
    const char *each;
    struct key_list order; /* const char * */
    struct key_list where; /* struct key_pair */
    sim_time after;
    sim_time before; /* 0: the end */
    bool has_count;
    int64_t count;
    bool has_at_least;
    int64_t at_least;
    bool has_at_most;
    int64_t at_most;
};

extern const struct key expect_keys[];

/* What an expectation or a figure may name. */
struct expect_names {
    /* Is there such a flow, such a node, and such an interface of it? */
    bool (*has_flow)(const void *of, const char *flow);
    bool (*has_node)(const void *of, const char *node);
    bool (*has_interface)(const void *of, const char *node, const char *interface);
    const void *of;
    sim_time stop; /* how long the run is */
};

/* Before the run: is it one of the forms, and do its names exist? */
MUST_CHECK enum status expect_check(const struct expect *e, const struct expect_names *names,
                                    struct why *w);

/* After it: `found` says what was there. Answers through `held`. */
MUST_CHECK enum status expect_ask(const struct expect *e, struct sqlite3 *db, bool *held,
                                  char *found, size_t size, struct why *w);

void expect_text(const struct expect *e, char *out, size_t size);

/* A metric by its name: `flow.NAME.up|down.COLUMN` (or `lost_share`, of 1, of the packets that are
 * not under way at the end), `counter.NODE[.INTERFACE].NAME`, `sa.NODE[.in|out[.POLICY]].COLUMN`
 * (the sum over its SAs), `event.NODE.EVENT` (how many), `since.NODE.EVENT.EVENT` (ns from the last
 * one to the last other), `disruption.NAME.up|down` (the worst).
 *
 * FUNCTION(METRIC), where METRIC has `NAME.*` for NAME: min, max, mean, median, p90, p95, p99 or
 * sum over the members of a population that have a value. A quantile is that of nearest rank; a
 * median of even n is the mean of the two in the middle. */
MUST_CHECK enum status metric_ask(struct sqlite3 *db, const char *metric, double *value,
                                  struct why *w);
MUST_CHECK enum status metric_check(const char *metric, const struct expect_names *names,
                                    struct why *w);

/* What a metric is measured in; a count of packets can be a share of those sent. A share is one of
 * 1. */
enum metric_unit { METRIC_COUNT, METRIC_NUMBER, METRIC_TIME, METRIC_SHARE };
enum metric_unit metric_unit(const char *metric);

/* The METRIC of FUNCTION(METRIC) into `inside`, and the function's word, "" if there is no such
 * function; NULL: it is of no function, and `inside` a copy of it. */
const char *metric_inside(const char *metric, char *inside, size_t size);

#endif
