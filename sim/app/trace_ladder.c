/* The messages of the hand-overs of a run, as text or JSON. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/ladder.h"
#include "analysis/query.h"
#include "analysis/stories.h"
#include "sim/app/cli.h"
#include "sim/app/sweep.h"
#include "sim/app/trace.h"
#include "sim/base/units.h"
#include "traces/db.h"

enum { LINES = 2000 }; /* of one ladder */

struct printing {
    const struct trace_ladder *asked;
    struct sqlite3 *db;
    struct json_writer json;
    bool utf8;
    size_t printed;
};

/* Whether the terminal, or whoever reads, is said to take UTF-8 (POSIX, XBD 8.2). */
static bool takes_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const char *value = getenv(names[k]);
        if (value && *value) {
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "UTF8") ||
                   strstr(value, "utf-8");
        }
    }
    return false;
}

/* A line a transition: there may be many. */
static void print_what(const char *what)
{
    while (what && *what) {
        const char *end = strstr(what, "; ");
        (void)printf("\n  %.*s%s", end ? (int)(end - what) : 95, what, end ? "" : "\n");
        what = end ? end + 2 : NULL;
    }
}

static enum status print_one(struct printing *p, const char *node, int64_t begin, int64_t end,
                             const char *what, struct why *w)
{
    struct ladder l;
    enum status st = ladder_read(&l, p->db, node, begin, end, LINES, w);
    if (!st && p->asked->json) {
        jw_object(&p->json, NULL);
        jw_text(&p->json, "what", what);
        ladder_put(&p->json, &l);
        jw_end(&p->json);
    } else if (!st) {
        (void)printf("%s%s from %.6f s%s", p->printed ? "\n" : "", node, (double)begin / 1e9,
                     what ? ":" : "\n");
        print_what(what);
        ladder_print(stdout, &l, p->utf8);
    }
    p->printed++;
    ladder_release(&l);
    return st;
}

/* Every node that sent a Binding Update, or the one that is asked for. */
static enum status print_span(struct printing *p, int64_t from, int64_t to, struct why *w)
{
    struct query q;
    enum status st =
        query_ask(&q, p->db,
                  "SELECT DISTINCT node FROM event WHERE name IN ('mip6.bu_sent', "
                  "'nd.address') AND (?1 = '' OR node = ?1) AND node NOT IN (SELECT node "
                  "FROM event WHERE name = 'mip6.ba_sent') ORDER BY node",
                  p->asked->node ? p->asked->node : "", w);
    if (st)
        return st;
    while (!st && query_next(&q))
        st = print_one(p, query_text(&q, 0), from, to, NULL, w);
    if (st) {
        query_done(&q);
        return st;
    }
    return query_end(&q, w);
}

static enum status print_stories(struct printing *p, int64_t only, struct why *w)
{
    struct stories s = {.n = 0};
    enum status st = stories_read(&s, p->db, p->utf8 ? "\xe2\x86\x92" : "->", only, w);
    for (size_t k = 0; k < s.n && !st; k++) {
        const struct story *x = &s.of[k];
        if (!p->asked->node || !strcmp(p->asked->node, x->node))
            st = print_one(p, x->node, x->begin, x->end, x->what, w);
    }
    free(s.of);
    return st;
}

static bool find_time(const char *option, const char *text, sim_time *t)
{
    struct why w;
    if (text && units_time(text, t, &w)) {
        (void)cli_wrong("--%s: %s", option, w.text);
        return false;
    }
    return true;
}

/* Of what is there nothing is shown: which sentence says why. */
static int tell_nothing(const struct printing *p)
{
    const struct trace_ladder *a = p->asked;
    if (a->transition)
        return cli_wrong("%s: there is no transition %s%s%s; they stand in table transition",
                         a->dir, a->transition, a->node ? " of " : "", a->node ? a->node : "");
    if (a->node)
        return cli_wrong("%s: %s had no hand-over there", a->dir, a->node);
    (void)fprintf(stderr, "%s: there was no hand-over\n", a->dir);
    return CLI_DONE;
}

static int print(struct printing *p)
{
    const struct trace_ladder *a = p->asked;
    struct why w;
    long long only = 0;
    sim_time from = 0;
    sim_time to = INT64_MAX / 2;
    bool span = a->from || a->to;
    if (a->transition && span)
        return cli_wrong("--transition has its own times: not with --from or --to");
    if (a->transition && !cli_number("transition", a->transition, 1, INT32_MAX, &only))
        return CLI_USAGE;
    if (!find_time("from", a->from, &from) || !find_time("to", a->to, &to))
        return CLI_USAGE;
    if (from > to)
        return cli_wrong("--from is behind --to");
    p->json = jw_to(stdout, 1);
    if (a->json)
        jw_list(&p->json, NULL);
    enum status st = span ? print_span(p, from, to, &w) : print_stories(p, only, &w);
    if (a->json)
        jw_end(&p->json);
    if (st) {
        (void)cli_wrong("%s", w.text);
        return CLI_FAILED;
    }
    return p->printed ? CLI_DONE : tell_nothing(p);
}

int trace_ladder(const struct trace_ladder *asked)
{
    char path[1200];
    struct stat s;
    struct why w;
    struct printing p = {.asked = asked, .utf8 = takes_utf8()};
    if (sweep_is_study(asked->dir))
        return cli_wrong("%s holds many runs; monami report shows the messages of some",
                         asked->dir);
    (void)snprintf(path, sizeof path, "%.1000s/results.sqlite", asked->dir);
    if (stat(path, &s))
        return cli_wrong("%s is not the folder of a run: it has no results.sqlite", asked->dir);
    if (db_open(&p.db, path, &w))
        return cli_wrong("%s", w.text);
    int code = print(&p);
    db_close(p.db);
    return code;
}
