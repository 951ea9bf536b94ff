/* The hand-overs of a run: a table of their components, and the messages of each. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/ladder.h"
#include "analysis/query.h"
#include "analysis/report_parts.h"

enum { TABLE_ROWS = 200, LADDERS = 12 };

/* Transitions that are this near each other are one story; ns. */
static const int64_t near_ns = 100000000;

/* Milliseconds from one time to another, if both belong to it. */
#define PART(from, to)                                                                          \
    "CASE WHEN " from " >= begin_ns AND " to " >= " from " THEN printf('%.1f', (" to " - " from \
    ") / 1e6) ELSE '' END "

static const char table_sql[] =
    "WITH x AS (SELECT *, " TRANSITION_BEGIN " AS begin_ns FROM transition) "
    "SELECT transition AS \"#no.\", printf('%.3f', begin_ns / 1e9) AS \"#at, s\", node, kind, "
    "ifnull(from_interface, '') || CASE WHEN from_interface IS NOT NULL AND to_interface IS NOT "
    "NULL THEN ' \xe2\x86\x92 ' ELSE '' END || ifnull(to_interface, '') AS interface, "
    /* clang-format off */
    PART("link_down_ns", "detected_ns") "AS \"#detection\", "
    PART("link_down_ns", "link_up_ns") "AS \"#new link\", "
    PART("link_up_ns", "router_ns") "AS \"#router\", "
    PART("router_ns", "address_ns") "AS \"#address\", "
    PART("address_ns", "bu_sent_ns") "AS \"#decision\", "
    PART("bu_sent_ns", "ba_received_ns") "AS \"#registration\", "
                                                                                                         /* clang-format on */
                                                                                                         "printf('%.1f', (done_ns - begin_ns) / 1e6) AS \"#total, ms\", "
                                                                                                         "ifnull((SELECT group_concat(flow || '.' || direction || ' ' || printf('%.1f ms', disruption_ns "
                                                                                                         "/ 1e6) || CASE lost WHEN 0 THEN '' ELSE ', ' || lost || ' lost' END, '; ') FROM disruption d "
                                                                                                         "WHERE d.transition = x.transition AND (disruption_ns > 0 OR lost > 0)), '') AS disruption "
                                                                                                         "FROM x ORDER BY transition LIMIT 200";

/* Transitions of one node that overlap, told as one. */
struct story {
    char node[80];
    int64_t begin;
    int64_t end;
    int64_t worst; /* disruption, ns */
    char what[240];
    bool told;
};

struct stories {
    struct story *of;
    size_t n;
    size_t room;
};

static void add_transition(struct stories *s, const struct query *q)
{
    const char *node = query_text(q, 0);
    int64_t begin = query_integer(q, 1);
    int64_t end = query_integer(q, 2);
    int64_t worst = query_integer(q, 3);
    struct story *last = s->n ? &s->of[s->n - 1] : NULL;
    if (!last || strcmp(last->node, node) != 0 || begin > last->end + near_ns) {
        if (s->n == s->room) {
            s->room = s->room ? 2 * s->room : 64;
            s->of = realloc(s->of, s->room * sizeof *s->of);
            assert(s->of);
        }
        last = &s->of[s->n++];
        *last = (struct story){.begin = begin, .end = end};
        (void)snprintf(last->node, sizeof last->node, "%s", node);
    }
    last->end = end > last->end ? end : last->end;
    last->worst = worst > last->worst ? worst : last->worst;
    size_t n = strlen(last->what);
    (void)snprintf(last->what + n, sizeof last->what - n, "%s%s", n ? "; " : "", query_text(q, 4));
}

static enum status read_stories(struct stories *s, struct sqlite3 *db, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, db,
        "WITH x AS (SELECT *, " TRANSITION_BEGIN
        " AS begin_ns FROM transition), d AS MATERIALIZED (SELECT "
        "transition, max(disruption_ns) AS worst FROM disruption GROUP BY transition) SELECT node, "
        "begin_ns, max(done_ns, ifnull(ba_received_ns, done_ns)), ifnull(worst, 0), "
        "x.transition || ': ' || kind || ', ' || "
        "coalesce(from_interface || ' \xe2\x86\x92 ' || to_interface, from_interface, to_interface, "
        "'') FROM x LEFT JOIN d ON d.transition = x.transition ORDER BY node, begin_ns, x.transition",
        NULL, w);
    if (st)
        return st;
    while (query_next(&q))
        add_transition(s, &q);
    query_done(&q);
    return ST_OK;
}

/* Of many, those that hurt most. */
static void choose(struct stories *s, size_t most)
{
    for (size_t k = 0; k < most && k < s->n; k++) {
        struct story *best = NULL;
        for (size_t j = 0; j < s->n; j++) {
            if (!s->of[j].told && (!best || s->of[j].worst > best->worst))
                best = &s->of[j];
        }
        best->told = true;
    }
}

static enum status put_story(FILE *out, struct sqlite3 *db, const struct story *s,
                             const char *heading, struct why *w)
{
    (void)fprintf(out, "<section class=\"story\"><%s>", heading);
    html_text(out, s->node);
    (void)fprintf(out, " at %.3f s</%s>\n<p>", (double)s->begin / 1e9, heading);
    html_text(out, s->what);
    (void)fputs(". Rows are events; times are from the first on.</p>\n", out);
    page_box(out, "", "messages of a hand-over");
    enum status st = ladder_draw(out, db, s->node, s->begin, s->end, w);
    page_box_end(out);
    (void)fputs("</section>\n", out);
    return st;
}

enum status report_ladders(FILE *out, struct sqlite3 *db, size_t most, const char *heading,
                           struct why *w)
{
    struct stories s = {.n = 0};
    enum status st = read_stories(&s, db, w);
    choose(&s, most);
    if (!st && s.n > most && most > 1)
        (void)fprintf(out, "<p>The %zu that disturbed most, of %zu.</p>\n", most, s.n);
    for (size_t k = 0; k < s.n && !st; k++) {
        if (s.of[k].told)
            st = put_story(out, db, &s.of[k], heading, w);
    }
    free(s.of);
    return st;
}

enum status report_transitions(FILE *out, struct sqlite3 *db, struct why *w)
{
    unsigned rows = 0;
    page_section(out, report_section("transitions"));
    enum status st = html_table(out, db, table_sql, NULL, &rows, w);
    if (!rows)
        (void)fputs("<p>None: the way of the packets did not change.</p>\n", out);
    if (rows == TABLE_ROWS)
        (void)fprintf(out, "<p class=\"small\">The first %d; all are in table transition.</p>\n",
                      TABLE_ROWS);
    if (rows) {
        (void)fputs(
            "<p class=\"small\">Components in ms: detection, from the loss of the link to its "
            "notice; new link, to the next one; router, to its advertisement; address, to one that "
            "may be used; decision, to the Binding Update; registration, to the "
            "Acknowledgement.</p>\n",
            out);
    }
    if (!st && rows) {
        static const struct page_section messages = {"messages", "The messages of each hand-over"};
        page_section(out, &messages);
        st = report_ladders(out, db, LADDERS, "h3", w);
    }
    return st;
}
