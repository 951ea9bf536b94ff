/* The hand-overs of a run: a table of their components, and the messages of each. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/ladder.h"
#include "analysis/query.h"
#include "analysis/report_parts.h"
#include "analysis/stories.h"

enum { TABLE_ROWS = 200, LADDERS = 12, LADDER_LINES = 120 };

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
    PART("ike_start_ns", "ike_done_ns") "AS \"#IKE\", "
    PART("bu_sent_ns", "ba_received_ns") "AS \"#registration\", "
    "printf('%.1f', (done_ns - begin_ns) / 1e6) AS \"#total, ms\", "
    "ifnull((SELECT group_concat(flow || '.' || direction || ' ' || printf('%.1f ms', disruption_ns / 1e6) || "
    "CASE lost WHEN 0 THEN '' ELSE ', ' || lost || ' lost' END, '; ') FROM disruption d "
    "WHERE d.transition = x.transition AND (disruption_ns > 0 OR lost > 0)), '') AS disruption "
    "FROM x ORDER BY transition LIMIT 200";
/* clang-format on */

static enum status put_story(FILE *out, struct sqlite3 *db, const struct story *s,
                             const char *heading, struct why *w)
{
    (void)fprintf(out, "<section class=\"story\"><%s>", heading);
    html_text(out, s->node);
    (void)fprintf(out, " at %.3f s</%s>\n<p>", (double)s->begin / 1e9, heading);
    html_text(out, s->what);
    (void)fputs(". To scale in time, from its beginning on; a zigzag cuts time in which "
                "nothing happened.</p>\n",
                out);
    page_box(out, "", "messages of a hand-over");
    struct ladder l;
    enum status st = ladder_read(&l, db, s->node, s->begin, s->end, LADDER_LINES, w);
    if (!st)
        ladder_draw(out, &l);
    page_box_end(out);
    if (!st && l.more)
        (void)fprintf(out, "<p class=\"small\">... and %zu more events</p>\n", l.more);
    ladder_release(&l);
    (void)fputs("</section>\n", out);
    return st;
}

enum status report_ladders(FILE *out, struct sqlite3 *db, size_t most, const char *heading,
                           struct why *w)
{
    struct stories s = {.n = 0};
    enum status st = stories_read(&s, db, "\xe2\x86\x92", 0, w);
    stories_choose(&s, most);
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
            "may be used; decision, to the Binding Update; IKE, from its first request to its answer, or until a new "
            "IKE SA is up; registration, to the Acknowledgement.</p>\n",
            out);
    }
    if (!st && rows) {
        static const struct page_section messages = {"messages", "The messages of each hand-over"};
        page_section(out, &messages);
        st = report_ladders(out, db, LADDERS, "h3", w);
    }
    return st;
}
