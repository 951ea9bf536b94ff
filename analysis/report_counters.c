/* What was counted at each interface, where it is not zero. */
#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_parts.h"
#include "traces/db.h"

/* There are as many ports as nodes, and each has its counters: found by the name of the port. */
static const char table_sql[] =
    "CREATE TEMP TABLE port_counter AS SELECT node || '.' || interface AS port, rowid AS r, name, "
    "value FROM counter WHERE interface IS NOT NULL AND name NOT LIKE 'drop.%';"
    "CREATE INDEX temp.of_port ON port_counter (port)";

static const char port_sql[] =
    "WITH c AS (SELECT r, value, "
    "CASE WHEN name LIKE '%.sent' THEN 0 WHEN name LIKE '%.received' THEN 1 ELSE 2 END AS way, "
    "CASE WHEN name LIKE '%.sent' THEN substr(name, 1, length(name) - 5) WHEN name LIKE "
    "'%.received' THEN substr(name, 1, length(name) - 9) ELSE substr(name, 1, length(name) - 8) END "
    "AS what FROM port_counter WHERE port = ?1) "
    "SELECT what AS counter, ifnull(max(CASE way WHEN 0 THEN value END), '') AS \"#sent\", "
    "ifnull(max(CASE way WHEN 1 THEN value END), '') AS \"#received\", "
    "ifnull(max(CASE way WHEN 2 THEN value END), '') AS \"#refused\" "
    "FROM c GROUP BY what ORDER BY min(r)";

enum status report_counters(FILE *out, struct sqlite3 *db, struct why *w)
{
    struct query q;
    unsigned rows = 0;
    enum status st = db_do(db, table_sql, w);
    if (!st)
        st = query_ask(&q, db, "SELECT DISTINCT port FROM port_counter ORDER BY 1", NULL, w);
    if (st)
        return st;
    page_section(out, report_section("counters"));
    (void)fputs("<div class=\"columns\">\n", out);
    while (!st && query_next(&q)) {
        (void)fputs("<div class=\"port\"><h3>", out);
        html_text(out, query_text(&q, 0));
        (void)fputs("</h3>\n", out);
        st = html_table(out, db, port_sql, query_text(&q, 0), &rows, w);
        (void)fputs("</div>\n", out);
    }
    query_done(&q);
    (void)fputs("</div>\n", out);
    if (!rows)
        (void)fputs("<p>None were recorded.</p>\n", out);
    return st;
}
