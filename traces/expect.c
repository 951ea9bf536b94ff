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
     "flow.NAME.up|down.COLUMN, disruption.NAME.up|down, counter.NODE[.INTERFACE].NAME, "
     "event.NODE.EVENT (how many), or since.NODE.EVENT.EVENT (time from the last one to the last "
     "other)"},
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
static enum status read_bound(const char *text, double *value, struct why *w)
{
    sim_time t;
    uint32_t ppb;
    struct why no;
    if (is_share(text)) {
        enum status st = units_share(text, &ppb, w);
        *value = st ? 0 : (double)ppb / SHARE_ONE;
        return st;
    }
    if (!units_time(text, &t, &no)) {
        *value = (double)t;
        return ST_OK;
    }
    if (units_real(text, value, &no))
        return why_set(w, ST_SYNTAX, "'%s' is not a number, a time or a share", text);
    return ST_OK;
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
    bool any = false;
    for (int k = 0; k < 3; k++) {
        double v;
        if (!bound[k])
            continue;
        any = true;
        enum status st = read_bound(bound[k], &v, w);
        if (st)
            return st;
    }
    return any ? ST_OK : why_set(w, ST_MISSING, "a metric needs max, min or equals");
}

enum status expect_check(const struct expect *e, const char *const *flow, size_t flows,
                         struct why *w)
{
    int forms = (e->metric != NULL) + (e->event != NULL) + (e->never != NULL) + (e->order.n > 0);
    const char *const *order = e->order.items;
    if (forms != 1)
        return why_set(w, ST_SYNTAX, "needs exactly one of metric, event, never and order");
    if (e->each && (strcmp(e->each, "transition") != 0 || !e->metric ||
                    strncmp(e->metric, "disruption.", 11) != 0)) {
        return why_set(w, ST_SYNTAX,
                       "each goes with: each: transition, metric: disruption.NAME.up");
    }
    enum status st = ST_OK;
    if (e->event)
        st = check_name(e->event, w);
    if (e->never)
        st = check_name(e->never, w);
    for (size_t k = 0; k < e->order.n && !st; k++)
        st = check_name(order[k], w);
    if (e->metric)
        st = metric_check(e->metric, flow, flows, w);
    if (e->metric && !st)
        st = check_bounds(e, w);
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

static bool within(const struct expect *e, double value, double sent)
{
    struct why w;
    double bound = 0;
    bool held = true;
    const double slack = 1e-9;
    if (e->max && !read_bound(e->max, &bound, &w))
        held &= value <= bound * (is_share(e->max) ? sent : 1) + slack;
    if (e->min && !read_bound(e->min, &bound, &w))
        held &= value >= bound * (is_share(e->min) ? sent : 1) - slack;
    if (e->equals && !read_bound(e->equals, &bound, &w)) {
        double want = bound * (is_share(e->equals) ? sent : 1);
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
    if (!strncmp(e->metric, "flow.", 5)) {
        char name[300];
        const char *last = strrchr(e->metric, '.');
        (void)snprintf(name, sizeof name, "%.*s.sent", (int)(last - e->metric), e->metric);
        st = metric_ask(db, name, &sent, w);
    }
    *held = !st && within(e, value, sent);
    if (is_share(e->max) || is_share(e->min) || is_share(e->equals)) {
        (void)snprintf(found, size, "%.10g of %.10g (%.4g %%)", value, sent,
                       sent > 0 ? 100 * value / sent : 0);
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
    if (e->has_count || e->has_at_least || e->has_at_most)
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
