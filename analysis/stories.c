#include "analysis/stories.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/query.h"
#include "analysis/report_parts.h"

/* Transitions that are this near each other are one story; ns. */
static const int64_t near_ns = 100000000;

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

enum status stories_read(struct stories *s, struct sqlite3 *db, const char *arrow, int64_t only,
                         struct why *w)
{
    struct query q;
    char sql[1536];
    int n = snprintf(
        sql, sizeof sql,
        "WITH x AS (SELECT *, " TRANSITION_BEGIN
        " AS begin_ns FROM transition), d AS MATERIALIZED (SELECT transition, max(disruption_ns) AS "
        "worst FROM disruption GROUP BY transition) SELECT node, begin_ns, max(done_ns, "
        "ifnull(ba_received_ns, done_ns), ifnull(ike_done_ns, done_ns)), ifnull(worst, 0), "
        "x.transition || ': ' || kind || coalesce(', ' || from_interface || ' ' || ?1 || ' ' || "
        "to_interface, ', ' || from_interface, ', ' || to_interface, '') FROM x LEFT JOIN d ON d.transition = "
        "x.transition WHERE %" PRId64 " IN (0, x.transition) ORDER BY node, begin_ns, x.transition",
        only);
    assert(n > 0 && (size_t)n < sizeof sql);
    enum status st = query_ask(&q, db, sql, arrow, w);
    if (st)
        return st;
    while (query_next(&q))
        add_transition(s, &q);
    return query_end(&q, w);
}

void stories_choose(struct stories *s, size_t most)
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
