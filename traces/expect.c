#include "traces/expect.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "models/names.h"
#include "traces/db.h"

#define AT(member) offsetof(struct expect, member)

const struct key expect_keys[] = {
    {"metric", KEY_TEXT, AT(metric), "",
     "flow.NAME.up|down.COLUMN (or lost_share, of the packets that are not under way at the end), "
     "disruption.NAME.up|down, counter.NODE[.INTERFACE].NAME, "
     "sa.NODE[.in|out[.POLICY]].COLUMN (the sum over its SAs), "
     "event.NODE.EVENT (how many), or since.NODE.EVENT.EVENT (time from the last one to the last "
     "other); FUNCTION(METRIC) with NAME.* in METRIC: min, max, mean, median, p90, p95, p99 or sum "
     "over a population"},
    {"max", KEY_TEXT, AT(max), "",
     "the metric is at most this: a number, a time, or a share of sent"},
    {"min", KEY_TEXT, AT(min), "", "the metric is at least this"},
    {"equals", KEY_TEXT, AT(equals), "", "the metric is exactly this"},
    {"event", KEY_TEXT, AT(event), "", "an event that happens; without a count at least once"},
    {"never", KEY_TEXT, AT(never), "", "an event, or drop.REASON, that does not happen"},
    {"each", KEY_TEXT, AT(each), "", "transition: the metric holds for each of them"},
    {"order", KEY_LIST, AT(order), "", "events whose first occurrences follow in this order",
     .of = KEY_TEXT},
    {"where", KEY_PAIRS, AT(where), "", "only events with these fields; node is one of them"},
    {"after", KEY_TIME, AT(after), "0 s", "only events from here on",
     .max = INT64_C(1000000) * SIM_S},
    {"before", KEY_TIME, AT(before), "0 s", "only events before this; 0 s: the end",
     .max = INT64_C(1000000) * SIM_S},
    {"count", KEY_INTEGER, AT(count), "", "exactly so many", .max = INT64_MAX,
     .given_at = KEY_GIVEN(struct expect, has_count)},
    {"at_least", KEY_INTEGER, AT(at_least), "", "so many or more", .max = INT64_MAX,
     .given_at = KEY_GIVEN(struct expect, has_at_least)},
    {"at_most", KEY_INTEGER, AT(at_most), "", "so many or fewer", .max = INT64_MAX,
     .given_at = KEY_GIVEN(struct expect, has_at_most)},
    {.name = NULL},
};

/* ---- checking --------------------------------------------------------------------- */

static bool is_share(const char *text)
{
    return text && strchr(text, '%');
}

/* A bound as a number in base units; a share stays one, as parts of 1. */
static enum status read_bound(const char *metric, const char *text, double *value, struct why *w)
{
    static const char *const wants[] = {
        [METRIC_COUNT] = "a number or a share of what was sent, such as 12 or '2 %'",
        [METRIC_NUMBER] = "a number, such as 12",
        [METRIC_TIME] = "a time, such as '150 ms'",
        [METRIC_SHARE] = "a share, such as '2 %'",
    };
    enum metric_unit unit = metric_unit(metric);
    sim_time t;
    uint32_t ppb;
    enum status st = ST_OK;
    struct why no;
    if (unit == METRIC_TIME) {
        st = units_time(text, &t, &no);
        *value = st ? 0 : (double)t;
    } else if (unit == METRIC_SHARE || (unit == METRIC_COUNT && is_share(text))) {
        st = units_share(text, &ppb, &no);
        *value = st ? 0 : (double)ppb / SHARE_ONE;
    } else {
        st = units_real(text, value, &no);
    }
    return st ? why_set(w, st, "'%.100s' is compared with %s, not with '%.60s'", metric,
                        wants[unit], text)
              : ST_OK;
}

static enum status check_name(const char *name, struct why *w)
{
    if (!strncmp(name, "drop.", 5)) {
        if (drop_find(name + 5) < 0)
            return why_set(w, ST_MISSING, "there is no drop reason '%s'", name + 5);
        return ST_OK;
    }
    if (event_find(name) < 0)
        return why_set(w, ST_MISSING, "there is no event '%s'", name);
    return ST_OK;
}

static enum status check_bounds(const struct expect *e, struct why *w)
{
    const char *const bound[] = {e->max, e->min, e->equals};
    double value[3] = {0};
    for (int k = 0; k < 3; k++) {
        enum status st = bound[k] ? read_bound(e->metric, bound[k], &value[k], w) : ST_OK;
        if (st)
            return st;
    }
    if (!e->max && !e->min && !e->equals)
        return why_set(w, ST_MISSING, "a metric needs max, min or equals");
    if (e->max && e->min && is_share(e->max) == is_share(e->min) && value[0] < value[1])
        return why_set(w, ST_RANGE, "max '%s' is below min '%s': nothing can hold", e->max, e->min);
    return ST_OK;
}

static bool is_counted(const struct expect *e)
{
    return e->has_count || e->has_at_least || e->has_at_most;
}

/* What stands beside a form and means nothing there. */
static enum status check_form(const struct expect *e, const struct expect_names *names,
                              struct why *w)
{
    int forms = (e->metric != NULL) + (e->event != NULL) + (e->never != NULL) + (e->order.n > 0);
    bool of_events = !e->metric;
    if (forms != 1)
        return why_set(w, ST_SYNTAX, "needs exactly one of metric, event, never and order");
    if (e->each && (strcmp(e->each, "transition") != 0 || !e->metric ||
                    strncmp(e->metric, "disruption.", 11) != 0)) {
        return why_set(w, ST_SYNTAX,
                       "each goes with: each: transition, metric: disruption.NAME.up");
    }
    if (is_counted(e) && !e->event)
        return why_set(w, ST_SYNTAX, "count, at_least and at_most go with event");
    if (of_events && (e->max || e->min || e->equals))
        return why_set(w, ST_SYNTAX, "max, min and equals go with metric");
    if (!of_events && (e->where.n || e->after || e->before))
        return why_set(w, ST_SYNTAX, "where, after and before go with events, not with a metric");
    if (e->before && e->after >= e->before)
        return why_set(w, ST_RANGE, "`after` is not before `before`: no event can be between");
    if (e->after >= names->stop && e->after)
        return why_set(w, ST_RANGE, "`after` is not before the end of the run");
    return ST_OK;
}

static enum status check_where(const struct expect *e, const char *name,
                               const struct expect_names *names, struct why *w)
{
    const struct key_pair *pair = e->where.items;
    bool drop = !strncmp(name, "drop.", 5);
    if (drop && (e->after || e->before))
        return why_set(w, ST_SYNTAX, "drops are counted without their time: no after, no before");
    for (size_t k = 0; k < e->where.n; k++) {
        if (!strcmp(pair[k].name, "node")) {
            if (!names->has_node(names->of, pair[k].value))
                return why_set(w, ST_MISSING, "where: there is no node '%.80s'", pair[k].value);
        } else if (drop || !event_has_field((uint16_t)event_find(name), pair[k].name)) {
            return why_set(w, ST_MISSING, "where: %.60s has no field '%.60s'; it has node%s%.100s",
                           name, pair[k].name, drop ? "" : ", ",
                           drop ? "" : event_help((uint16_t)event_find(name)));
        }
    }
    return ST_OK;
}

enum status expect_check(const struct expect *e, const struct expect_names *names, struct why *w)
{
    const char *const *order = e->order.items;
    enum status st = check_form(e, names, w);
    if (!st && e->metric) {
        st = metric_check(e->metric, names, w);
        return st ? st : check_bounds(e, w);
    }
    const char *one = e->event ? e->event : e->never;
    for (size_t k = 0; k < (one ? 1 : e->order.n) && !st; k++) {
        const char *name = one ? one : order[k];
        st = check_name(name, w);
        if (!st && !one && !strncmp(name, "drop.", 5))
            st =
                why_set(w, ST_SYNTAX, "'%.60s' is counted without its time and has no order", name);
        if (!st)
            st = check_where(e, name, names, w);
    }
    return st;
}

/* ---- asking ------------------------------------------------------------------------- */

/* The WHERE of an event query. */
static char *where_text(const struct expect *e, const char *name)
{
    const struct key_pair *pair = e->where.items;
    char *sql = sqlite3_mprintf("name = %Q AND t_ns >= %lld", name, (long long)e->after);
    for (size_t k = 0; k < e->where.n && sql; k++) {
        char *more = strcmp(pair[k].name, "node") == 0
                         ? sqlite3_mprintf("%z AND node = %Q", sql, pair[k].value)
                         : sqlite3_mprintf("%z AND CAST(json_extract(data, '$.%q') AS TEXT) = %Q",
                                           sql, pair[k].name, pair[k].value);
        sql = more;
    }
    if (e->before && sql)
        sql = sqlite3_mprintf("%z AND t_ns < %lld", sql, (long long)e->before);
    assert(sql);
    return sql;
}

static enum status count_events(const struct expect *e, struct sqlite3 *db, const char *name,
                                double *n, struct why *w)
{
    char *sql;
    if (!strncmp(name, "drop.", 5)) {
        const struct key_pair *pair = e->where.items;
        const char *node = NULL;
        for (size_t k = 0; k < e->where.n; k++) {
            if (!strcmp(pair[k].name, "node"))
                node = pair[k].value;
        }
        sql = sqlite3_mprintf("SELECT ifnull(sum(value), 0) FROM counter WHERE name = %Q AND "
                              "(%Q IS NULL OR node = %Q)",
                              name, node, node);
    } else {
        sql = sqlite3_mprintf("SELECT count(*) FROM event WHERE %z", where_text(e, name));
    }
    assert(sql);
    enum status st = db_ask(db, sql, n, w);
    sqlite3_free(sql);
    return st;
}

/* What a bound is a part of: of a count, of what was sent; else of 1. */
static double whole_of(const struct expect *e, const char *bound, double sent)
{
    return is_share(bound) && metric_unit(e->metric) == METRIC_COUNT ? sent : 1;
}

static bool within(const struct expect *e, double value, double sent)
{
    struct why w;
    double bound = 0;
    bool held = true;
    const double slack = 1e-9;
    if (e->max && !read_bound(e->metric, e->max, &bound, &w))
        held &= value <= bound * whole_of(e, e->max, sent) + slack;
    if (e->min && !read_bound(e->metric, e->min, &bound, &w))
        held &= value >= bound * whole_of(e, e->min, sent) - slack;
    if (e->equals && !read_bound(e->metric, e->equals, &bound, &w)) {
        double want = bound * whole_of(e, e->equals, sent);
        held &= value >= want - slack && value <= want + slack;
    }
    return held;
}

static enum status ask_metric(const struct expect *e, struct sqlite3 *db, bool *held, char *found,
                              size_t size, struct why *w)
{
    double value = 0;
    double sent = 1;
    enum status st = metric_ask(db, e->metric, &value, w);
    if (st == ST_MISSING) {
        (void)snprintf(found, size, "no value");
        *held = e->each != NULL; /* no transition at all: nothing contradicts */
        return ST_OK;
    }
    if (st)
        return st;
    if (metric_unit(e->metric) == METRIC_COUNT) {
        char name[300];
        const char *last = strrchr(e->metric, '.');
        (void)snprintf(name, sizeof name, "%.*s.sent%s", (int)(last - e->metric), e->metric,
                       strchr(last, ')') ? ")" : "");
        st = metric_ask(db, name, &sent, w);
    }
    *held = !st && within(e, value, sent);
    if (metric_unit(e->metric) == METRIC_SHARE) {
        (void)snprintf(found, size, "%.10g %%", 100 * value);
    } else if (is_share(e->max) || is_share(e->min) || is_share(e->equals)) {
        (void)snprintf(found, size, "%.10g of %.10g (%.4g %%)", value, sent,
                       sent > 0 ? 100 * value / sent : 0);
    } else if (metric_unit(e->metric) == METRIC_TIME) {
        (void)snprintf(found, size, "%.6f ms", value / 1e6);
    } else {
        (void)snprintf(found, size, "%.10g", value);
    }
    return st;
}

static enum status ask_count(const struct expect *e, struct sqlite3 *db, bool *held, char *found,
                             size_t size, struct why *w)
{
    double n = 0;
    enum status st = count_events(e, db, e->event ? e->event : e->never, &n, w);
    (void)snprintf(found, size, "%.0f", n);
    *held = n >= 1;
    if (is_counted(e))
        *held = true;
    if (e->has_count)
        *held &= n >= (double)e->count && n <= (double)e->count;
    if (e->has_at_least)
        *held &= n >= (double)e->at_least;
    if (e->has_at_most)
        *held &= n <= (double)e->at_most;
    if (e->never)
        *held = n < 1;
    return st;
}

/* The first such event behind event `after`; ST_MISSING: none. */
static enum status next_event(const struct expect *e, struct sqlite3 *db, const char *name,
                              double after, double *id, struct why *w)
{
    char *sql = sqlite3_mprintf("SELECT min(id) FROM event WHERE id > %lld AND %z",
                                (long long)after, where_text(e, name));
    assert(sql);
    enum status st = db_ask(db, sql, id, w);
    sqlite3_free(sql);
    return st;
}

static enum status ask_order(const struct expect *e, struct sqlite3 *db, bool *held, char *found,
                             size_t size, struct why *w)
{
    const char *const *name = e->order.items;
    double last = 0;
    size_t len = 0;
    *held = true;
    found[0] = '\0';
    for (size_t k = 0; k < e->order.n && len < size; k++) {
        double id = 0;
        enum status st = next_event(e, db, name[k], last, &id, w);
        if (st == ST_MISSING) {
            *held = false;
            (void)snprintf(found + len, size - len, "%sno %s after that", k ? ", " : "", name[k]);
            return ST_OK;
        }
        if (st)
            return st;
        last = id;
        len += (size_t)snprintf(found + len, size - len, "%s%.0f", k ? " < " : "event ", id);
    }
    return ST_OK;
}

enum status expect_ask(const struct expect *e, struct sqlite3 *db, bool *held, char *found,
                       size_t size, struct why *w)
{
    if (e->metric)
        return ask_metric(e, db, held, found, size, w);
    if (e->order.n)
        return ask_order(e, db, held, found, size, w);
    return ask_count(e, db, held, found, size, w);
}

/* ---- words ---------------------------------------------------------------------------- */

static void add(char *out, size_t size, const char *name, const char *value)
{
    size_t n = strlen(out);
    if (value && n < size)
        (void)snprintf(out + n, size - n, "%s%s: %s", n ? ", " : "", name, value);
}

static void add_number(char *out, size_t size, const char *name, bool given, int64_t value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    add(out, size, name, given ? text : NULL);
}

void expect_text(const struct expect *e, char *out, size_t size)
{
    const struct key_pair *pair = e->where.items;
    const char *const *name = e->order.items;
    char text[64];
    out[0] = '\0';
    add(out, size, "each", e->each);
    add(out, size, "metric", e->metric);
    add(out, size, "max", e->max);
    add(out, size, "min", e->min);
    add(out, size, "equals", e->equals);
    add(out, size, "event", e->event);
    add(out, size, "never", e->never);
    for (size_t k = 0; k < e->order.n; k++)
        add(out, size, k ? "then" : "order", name[k]);
    for (size_t k = 0; k < e->where.n; k++)
        add(out, size, pair[k].name, pair[k].value);
    units_print_time(text, sizeof text, e->after);
    add(out, size, "after", e->after ? text : NULL);
    units_print_time(text, sizeof text, e->before);
    add(out, size, "before", e->before ? text : NULL);
    add_number(out, size, "count", e->has_count, e->count);
    add_number(out, size, "at_least", e->has_at_least, e->at_least);
    add_number(out, size, "at_most", e->has_at_most, e->at_most);
}
