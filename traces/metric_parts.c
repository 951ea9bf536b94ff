#include "traces/metric_parts.h"

#include <stdio.h>
#include <string.h>

#include "models/names.h"
#include "traces/expect.h"

static const char *const overs[METRIC_OVERS] = {
    [METRIC_ONE] = "",      [METRIC_MIN] = "min",       [METRIC_MAX] = "max",
    [METRIC_MEAN] = "mean", [METRIC_MEDIAN] = "median", [METRIC_P90] = "p90",
    [METRIC_P95] = "p95",   [METRIC_P99] = "p99",       [METRIC_SUM] = "sum"};

/* ---- the function ------------------------------------------------------------------------ */

/* "max(" and "max(x" open none. */
static bool is_call(const char *metric)
{
    size_t n = strlen(metric);
    const char *open = strchr(metric, '(');
    return open && open > metric && n > 2 && metric[n - 1] == ')' &&
           strchr(metric, ')') == metric + n - 1 && !strchr(open + 1, '(');
}

const char *metric_inside(const char *metric, char *inside, size_t size)
{
    size_t name = strcspn(metric, "(");
    (void)snprintf(inside, size, "%s", metric);
    if (!is_call(metric))
        return NULL;
    (void)snprintf(inside, size, "%.*s", (int)(strlen(metric) - name - 2), metric + name + 1);
    for (unsigned k = METRIC_MIN; k < METRIC_OVERS; k++) {
        if (strlen(overs[k]) == name && !strncmp(metric, overs[k], name))
            return overs[k];
    }
    return "";
}

static enum status take_function(const char *metric, struct metric_parts *p, struct why *w)
{
    const char *word = metric_inside(metric, p->inside, sizeof p->inside);
    p->over = METRIC_ONE;
    if (strlen(metric) >= sizeof p->inside || (!word && strpbrk(metric, "()")))
        return why_set(w, ST_SYNTAX,
                       "'%.100s' is not a metric; a function of a population is "
                       "written as in p95(disruption.NAME.*.down)",
                       metric);
    while (word && p->over < METRIC_OVERS && strcmp(overs[p->over], word) != 0)
        p->over++;
    if (word && !*word)
        return why_set(w, ST_MISSING,
                       "'%.80s': there is no function '%.*s'; there are min, max, mean, median, "
                       "p90, p95, p99 and sum",
                       metric, (int)strcspn(metric, "("), metric);
    return ST_OK;
}

/* ---- the parts --------------------------------------------------------------------------- */

/* How long the number behind a point is: ".7" of car.7, ".*" of car.*; 0: it is none. */
static size_t number_length(const char *dot)
{
    size_t n = dot[1] == '*' ? 1 : strspn(dot + 1, "0123456789");
    return n && (dot[1 + n] == '.' || !dot[1 + n]) ? 1 + n : 0;
}

static bool cut(struct metric_parts *p)
{
    p->n = 0;
    for (const char *at = p->inside; at; p->n++) {
        const char *dot = strchr(at, '.');
        const char *end = dot ? dot + number_length(dot) : NULL;
        end = end && *end ? end : NULL;
        size_t len = end ? (size_t)(end - at) : strlen(at);
        if (p->n == METRIC_PARTS || len == 0 || len >= METRIC_PART_BYTES)
            return false;
        memcpy(p->text[p->n], at, len);
        p->text[p->n][len] = '\0';
        p->rest[p->n] = at;
        at = end ? end + 1 : NULL;
    }
    return true;
}

enum status metric_cut(const char *metric, struct metric_parts *p, struct why *w)
{
    enum status st = take_function(metric, p, w);
    if (!st && !cut(p))
        st = why_set(w, ST_SYNTAX, "'%.200s' is not a metric", metric);
    size_t n = !st && p->n > 1 ? strlen(p->text[1]) : 0;
    p->population = n > 2 && !strcmp(p->text[1] + n - 2, ".*") ? n - 2 : 0;
    return st;
}

/* ---- kinds ------------------------------------------------------------------------------- */

bool metric_is_flow_column(const char *name)
{
    static const char *const columns[] = {
        "sent",         "received",       "lost",         "late",           "missed",
        "in_flight",    "duplicated",     "reordered",    "received_bytes", "delay_mean_ns",
        "delay_p50_ns", "delay_p95_ns",   "delay_p99_ns", "delay_max_ns",   "ipdv_mean_ns",
        "pdv_p99_ns",   "longest_gap_ns", "mos_mean",     "mos_worst",      "lost_share"};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        if (!strcmp(columns[k], name))
            return true;
    }
    return false;
}

static bool is_sa_column(const char *name)
{
    static const char *const columns[] = {"packets", "bytes",    "icv",  "replay",
                                          "too_old", "selector", "dummy"};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        if (!strcmp(columns[k], name))
            return true;
    }
    return false;
}

bool metric_is_of_sas(const struct metric_parts *p)
{
    bool directed =
        (p->n == 4 || p->n == 5) && (!strcmp(p->text[2], "in") || !strcmp(p->text[2], "out"));
    return (p->n == 3 || directed) && is_sa_column(p->text[p->n - 1]);
}

bool metric_split_events(const struct metric_parts *p, unsigned names,
                         char first[METRIC_PART_BYTES], const char **second)
{
    for (unsigned k = 3; k < p->n + (names == 1); k++) {
        size_t len = k < p->n ? (size_t)(p->rest[k] - p->rest[2]) - 1 : strlen(p->rest[2]);
        if (len >= METRIC_PART_BYTES)
            return false;
        memcpy(first, p->rest[2], len);
        first[len] = '\0';
        *second = k < p->n ? p->rest[k] : "";
        bool whole = names == 1 ? k == p->n : event_find(*second) >= 0;
        if (whole && event_find(first) >= 0)
            return true;
    }
    return false;
}

/* ---- units ------------------------------------------------------------------------------- */

static enum metric_unit unit_of_one(const char *metric)
{
    size_t n = strlen(metric);
    if (!strncmp(metric, "disruption.", 11) || !strncmp(metric, "since.", 6) ||
        ((!strncmp(metric, "flow.", 5) || !strncmp(metric, "counter.", 8)) && n > 3 &&
         !strcmp(metric + n - 3, "_ns")))
        return METRIC_TIME;
    const char *last = strrchr(metric, '.');
    if (last && !strncmp(metric, "flow.", 5) && !strcmp(last, ".lost_share"))
        return METRIC_SHARE;
    bool of_packets = last && !strncmp(metric, "flow.", 5) && strncmp(last, ".mos_", 5) != 0 &&
                      strcmp(last, ".received_bytes") != 0;
    return of_packets ? METRIC_COUNT : METRIC_NUMBER;
}

enum metric_unit metric_unit(const char *metric)
{
    char inside[METRIC_BYTES];
    const char *word = metric_inside(metric, inside, sizeof inside);
    enum metric_unit unit = unit_of_one(inside);
    bool sum = word && !strcmp(word, overs[METRIC_SUM]);
    /* the packets of which member was it a share of? */
    return unit == METRIC_COUNT && word && !sum ? METRIC_NUMBER : unit;
}
