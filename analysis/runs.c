#include "analysis/runs.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/one_run.h"
#include "analysis/query.h"
#include "sim/base/quantity.h"
#include "sim/base/suggest.h"
#include "traces/db.h"
#include "traces/expect.h"

/* ---- what a study is ---------------------------------------------------------------- */

static enum status read_study(struct runs *r, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, r->db,
                               "SELECT title, study_key, version, unit, baseline, baseline_value, "
                               "correction FROM study",
                               NULL, w);
    if (st)
        return st;
    const char **const to[] = {&r->title, &r->key,      &r->version,
                               &r->unit,  &r->baseline, &r->baseline_value};
    bool any = query_next(&q);
    for (int k = 0; k < 6 && any; k++)
        *to[k] = arena_text(&r->arena, query_text(&q, k));
    r->holm = any && !strcmp(query_text(&q, 6), "holm");
    st = query_end(&q, w);
    return !st && !any ? why_set(w, ST_SYNTAX, "the study is empty") : st;
}

static enum status read_jobs(struct runs *r, struct why *w)
{
    struct query q;
    double n = 0;
    enum status st = db_ask(r->db, "SELECT count(*) FROM main.job", &n, w);
    if (!st)
        st = query_ask(
            &q, r->db,
            "SELECT j.number, j.unit, j.replication, j.exit_code > 1, r.knowledge = "
            "'oracle', ifnull(r.processor, 'zero') FROM main.job j LEFT JOIN main.run r USING (number) ORDER BY "
            "j.number",
            NULL, w);
    if (st)
        return st;
    size_t room = (size_t)n;
    r->run = arena_take(&r->arena, (room + 1) * sizeof *r->run);
    while (r->n < room && query_next(&q)) {
        r->run[r->n++] =
            (struct run_of_study){.number = query_integer(&q, 0),
                                  .unit = query_integer(&q, 1),
                                  .replication = query_integer(&q, 2),
                                  .failed = query_integer(&q, 3) != 0,
                                  .oracle = query_integer(&q, 4) != 0,
                                  .processor = arena_text(&r->arena, query_text(&q, 5))};
    }
    return query_end(&q, w);
}

/* ---- parameters ----------------------------------------------------------------------- */

static struct runs_parameter *add_parameter(struct runs *r, const char *name, int64_t axis)
{
    struct runs_parameter *p = &r->parameter[r->parameters++];
    *p = (struct runs_parameter){.name = arena_text(&r->arena, name), .axis = axis};
    p->of = arena_take(&r->arena, (r->n + 1) * sizeof *p->of);
    p->value = arena_take(&r->arena, (r->n + 1) * sizeof *p->value);
    for (size_t k = 0; k < r->n; k++)
        p->of[k] = RUNS_NO_VALUE;
    return p;
}

static size_t value_of(struct runs *r, struct runs_parameter *p, const char *text, size_t run)
{
    size_t v = run ? p->of[run - 1] : 0; /* most often that of the run before */
    if (v < p->values && !strcmp(p->value[v], text))
        return v;
    for (v = 0; v < p->values && strcmp(p->value[v], text) != 0;)
        v++;
    if (v == p->values)
        p->value[p->values++] = arena_text(&r->arena, text);
    return v;
}

static enum status read_values(struct runs *r, struct runs_parameter *p, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, r->db, "SELECT number, value FROM main.parameter WHERE name = ?1 ORDER BY number",
        p->name, w);
    size_t k = 0;
    if (st)
        return st;
    while (query_next(&q)) {
        while (k < r->n && r->run[k].number < query_integer(&q, 0))
            k++;
        if (k < r->n && r->run[k].number == query_integer(&q, 0))
            p->of[k] = value_of(r, p, query_text(&q, 1), k);
    }
    return query_end(&q, w);
}

static enum status read_parameters(struct runs *r, struct why *w)
{
    struct query q;
    double n = 0;
    enum status st = db_ask(r->db, "SELECT count(*) FROM main.axis", &n, w);
    if (!st)
        st = query_ask(&q, r->db, "SELECT name, axis FROM main.axis ORDER BY rowid", NULL, w);
    if (st)
        return st;
    r->parameter = arena_take(&r->arena, ((size_t)n + 1) * sizeof *r->parameter);
    while (r->parameters < (size_t)n && query_next(&q))
        (void)add_parameter(r, query_text(&q, 0), query_integer(&q, 1));
    st = query_end(&q, w);
    for (size_t k = 0; k < r->parameters && !st; k++)
        st = read_values(r, &r->parameter[k], w);
    return st;
}

const struct runs_parameter *runs_parameter(const struct runs *r, const char *name)
{
    for (size_t k = 0; k < r->parameters; k++) {
        if (!strcmp(r->parameter[k].name, name))
            return &r->parameter[k];
    }
    return NULL;
}

/* "a, b, c", and no more than is read with ease. */
static void list(char *out, size_t size, const char *const *item, size_t n)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t k = 0; k < n; k++) {
        if (len + strlen(item[k]) + 8 > size) {
            (void)snprintf(out + len, size - len, "%s...", k ? ", " : "");
            return;
        }
        len += (size_t)snprintf(out + len, size - len, "%s%s", k ? ", " : "", item[k]);
    }
}

/* "; did you mean 'x'?" or "; it has x, y, z". */
static void suggest(char *out, size_t size, const char *wrong, const char *it,
                    const char *const *item, size_t n)
{
    char all[110] = "";
    struct suggestion s = suggest_for(wrong);
    for (size_t k = 0; k < n; k++)
        suggest_try(&s, item[k]);
    list(all, sizeof all, item, n);
    (void)snprintf(out, size, "%s%.60s%s; %s %s", s.best ? ", did you mean '" : "",
                   s.best ? s.best : "", s.best ? "'?" : "", it, n ? all : "nothing");
}

enum status runs_find_parameter(const struct runs *r, const char *name,
                                const struct runs_parameter **found, struct why *w)
{
    const char *all[64];
    char more[200];
    size_t n = 0;
    *found = runs_parameter(r, name);
    if (*found)
        return ST_OK;
    for (; n < r->parameters && n < 64; n++)
        all[n] = r->parameter[n].name;
    suggest(more, sizeof more, name, "it varies", all, n);
    return why_set(w, ST_MISSING, "the sweep does not vary '%.80s'%s", name, more);
}

enum status runs_find_value(const struct runs_parameter *p, const char *text, size_t *value,
                            struct why *w)
{
    char more[200];
    struct quantity want = quantity_of(text);
    for (size_t k = 0; k < p->values; k++) {
        struct quantity is = quantity_of(p->value[k]);
        bool same = is.kind != QUANTITY_WORD && is.kind == want.kind &&
                    fabs(is.value - want.value) <= 1e-12 * fabs(want.value);
        if (same || !strcmp(p->value[k], text)) {
            *value = k;
            return ST_OK;
        }
    }
    suggest(more, sizeof more, text, "there are", p->value, p->values);
    return why_set(w, ST_MISSING, "'%.60s' has no value '%.60s'%s", p->name, text, more);
}

enum status runs_open(struct runs *r, struct sqlite3 *db, struct why *w)
{
    *r = (struct runs){.db = db};
    enum status st = one_run_views(db, w);
    if (!st)
        st = read_study(r, w);
    if (!st)
        st = read_jobs(r, w);
    if (!st)
        st = read_parameters(r, w);
    return st;
}

void runs_close(struct runs *r)
{
    arena_release(&r->arena);
    *r = (struct runs){.db = NULL};
}

bool runs_have_table(const struct runs *r, const char *table)
{
    struct query q;
    struct why w;
    if (query_ask(&q, r->db, "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?1",
                  table, &w))
        return false;
    bool any = query_next(&q);
    query_done(&q);
    return any;
}

/* ---- metrics -------------------------------------------------------------------------- */

/* Of the scalars that the study holds; answers how many rows through `found`. */
static enum status ask_scalars(struct runs *r, const char *metric, double *value, size_t *found,
                               struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, r->db, "SELECT number, value FROM main.scalar WHERE name = ?1 ORDER BY number", metric,
        w);
    size_t k = 0;
    *found = 0;
    if (st)
        return st;
    for (; query_next(&q); ++*found) {
        while (k < r->n && r->run[k].number < query_integer(&q, 0))
            k++;
        if (value && k < r->n && r->run[k].number == query_integer(&q, 0) && !query_is_null(&q, 1))
            value[k] = query_number(&q, 1);
    }
    return query_end(&q, w);
}

static enum status ask_run(struct runs *r, size_t k, const char *metric, double *value,
                           struct why *w)
{
    enum status st = one_run_show(r->db, r->run[k].number, w);
    if (!st)
        st = metric_ask(r->db, metric, value, w);
    return st == ST_MISSING ? ST_OK : st; /* it has no value in this run */
}

enum status runs_metric(struct runs *r, const char *metric, double *value, struct why *w)
{
    size_t found = 0;
    for (size_t k = 0; k < r->n; k++)
        value[k] = (double)NAN;
    enum status st = ask_scalars(r, metric, value, &found, w);
    if (st || found)
        return st;
    st = db_do(r->db, "BEGIN", w); /* one look at the file for all runs */
    for (size_t k = 0; k < r->n && !st; k++) {
        if (!r->run[k].failed)
            st = ask_run(r, k, metric, &value[k], w);
    }
    struct why other;
    enum status end = db_do(r->db, "COMMIT", st ? &other : w);
    return st ? st : end;
}

static bool any_row(const struct runs *r, const char *sql, const char *text, const char *second)
{
    struct query q;
    struct why w;
    if (query_ask(&q, r->db, sql, text, &w))
        return false;
    if (second)
        (void)sqlite3_bind_text(q.q, 2, second, -1, SQLITE_TRANSIENT);
    bool any = query_next(&q);
    query_done(&q);
    return any;
}

static bool has_flow(const void *of, const char *flow)
{
    return any_row(of, "SELECT 1 FROM main.flow WHERE flow = ?1 LIMIT 1", flow, NULL);
}

static bool has_node(const void *of, const char *node)
{
    return any_row(of,
                   "SELECT 1 FROM main.counter WHERE node = ?1 UNION ALL SELECT 1 FROM "
                   "main.occurrence WHERE node = ?1 UNION ALL SELECT 1 FROM main.sa WHERE node = "
                   "?1 LIMIT 1",
                   node, NULL);
}

static bool has_interface(const void *of, const char *node, const char *interface)
{
    return any_row(of, "SELECT 1 FROM main.counter WHERE node = ?1 AND interface = ?2 LIMIT 1",
                   node, interface);
}

enum { NAMES = 512 };

/* The first column, up to NAMES of them. */
static size_t read_names(struct runs *r, const char *sql, const char **name)
{
    struct query q;
    struct why w;
    size_t n = 0;
    if (query_ask(&q, r->db, sql, NULL, &w))
        return 0;
    while (n < NAMES && query_next(&q))
        name[n++] = arena_text(&r->arena, query_text(&q, 0));
    query_done(&q);
    return n;
}

/* What the first run has, to suggest from. */
static const char metrics_sql[] =
    "WITH one AS (SELECT min(number) AS number FROM main.run), f AS (SELECT DISTINCT flow || '.' || "
    "direction AS d FROM main.flow WHERE number = (SELECT number FROM one)) "
    "SELECT DISTINCT name FROM main.scalar WHERE number = (SELECT number FROM one) "
    "UNION SELECT 'flow.' || d || '.' || c.name FROM f, pragma_table_info('flow') c WHERE c.name NOT "
    "IN ('number', 'flow', 'direction', 'source', 'destination', 'traffic') "
    "UNION SELECT 'disruption.' || d FROM f "
    "UNION SELECT 'counter.' || node || ifnull('.' || interface, '') || '.' || name FROM main.counter "
    "WHERE number = (SELECT number FROM one) "
    "UNION SELECT 'sa.' || node || '.' || c.name FROM main.sa, pragma_table_info('sa') c WHERE number "
    "= (SELECT number FROM one) AND c.name IN ('packets', 'bytes', 'icv', 'replay', 'too_old', "
    "'selector', 'dummy') "
    "UNION SELECT 'event.' || node || '.' || name FROM main.occurrence WHERE number = (SELECT number "
    "FROM one)";

/* The name behind the first point is one that the study has. */
static bool is_of_something(const char *metric, const struct expect_names *names)
{
    char name[96];
    const char *first = strchr(metric, '.');
    if (!first)
        return true;
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(first + 1, "."), first + 1);
    return names->has_flow(names->of, name) || names->has_node(names->of, name);
}

/* Behind the sentence that it is none: which was meant, or what there is. */
static void suggest_metric(struct runs *r, const char *metric, const struct expect_names *names,
                           struct why *w)
{
    const char *name[NAMES];
    size_t len = strlen(w->text);
    struct suggestion s = suggest_for(metric);
    size_t n = is_of_something(metric, names) ? read_names(r, metrics_sql, name) : 0;
    for (size_t k = 0; k < n; k++)
        suggest_try(&s, name[k]);
    if (s.best && len + strlen(s.best) + 24 < sizeof w->text) {
        (void)snprintf(w->text + len, sizeof w->text - len, "; did you mean '%s'?", s.best);
    } else if (!n && len + 60 < sizeof w->text) {
        char flows[40];
        char nodes[60];
        n = read_names(r, "SELECT DISTINCT flow FROM main.flow", name);
        list(flows, sizeof flows, name, n);
        n = read_names(r, "SELECT DISTINCT node FROM main.counter", name);
        list(nodes, sizeof nodes, name, n);
        (void)snprintf(w->text + len, sizeof w->text - len, "; flows: %s; nodes: %s", flows, nodes);
    }
}

enum status runs_metric_check(struct runs *r, const char *metric, struct why *w)
{
    size_t found = 0;
    enum status st = ask_scalars(r, metric, NULL, &found, w);
    if (st || found)
        return st;
    const struct expect_names names = {
        .has_flow = has_flow, .has_node = has_node, .has_interface = has_interface, .of = r};
    st = metric_check(metric, &names, w);
    if (!st)
        return ST_OK;
    suggest_metric(r, metric, &names, w);
    return st;
}
