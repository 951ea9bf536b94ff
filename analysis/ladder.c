#include "analysis/ladder.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"

/* In units of the picture. */
enum {
    WIDTH = 960,
    FIRST_LANE = 150,
    LAST_LANE = 690,
    LANE_GAP = 420,
    HEAD = 46,
    ROW = 26,
    ROWS = 80,
    LANES = 16,
    NAME_BYTES = 80,
    LABEL_BYTES = 200,
};

struct row {
    int64_t id;
    int64_t cause;
    int64_t t;
    char name[NAME_BYTES];      /* of the event */
    char interface[NAME_BYTES]; /* "": none */
    char label[LABEL_BYTES];
    unsigned lane;
    bool arrives; /* somewhere, sooner or later */
};

struct ladder {
    FILE *out;
    int64_t begin;
    struct row row[ROWS];
    unsigned rows;
    unsigned more; /* that did not fit */
    char lane[LANES][NAME_BYTES];
    unsigned lanes;
};

/* What happened, in a few words. Of a message, what stands on its arrow. */
static const char label_sql[] =
    "CASE name "
    "WHEN 'l2.up' THEN 'link up: ' || interface "
    "WHEN 'l2.down' THEN 'link lost: ' || interface "
    "WHEN 'l2.down_seen' THEN 'loss noticed: ' || interface "
    "WHEN 'nd.router' THEN 'RA: prefix ' || ifnull(data->>'prefix', '-') "
    "WHEN 'nd.address' THEN 'address usable: ' || interface "
    "WHEN 'nd.address_gone' THEN 'address gone: ' || interface "
    "WHEN 'path.dead' THEN 'path dead: ' || interface "
    "WHEN 'path.alive' THEN 'path alive: ' || interface "
    "WHEN 'mip6.bu_sent' THEN 'BU ' || (data->>'sequence') || "
    "CASE data->>'bids' WHEN '' THEN '' ELSE ', BID ' || (data->>'bids') END || "
    "', lifetime ' || (data->>'lifetime_s') || ' s' "
    "WHEN 'mip6.bu_received' THEN 'BU ' || (data->>'sequence') || ' received' "
    "WHEN 'mip6.ba_sent' THEN 'BA ' || (data->>'sequence') || ', status ' || (data->>'status') "
    "WHEN 'mip6.ba_received' THEN 'BA ' || (data->>'sequence') || ' received' "
    "WHEN 'mip6.home_dad' THEN 'home address is ' || (data->>'result') "
    "WHEN 'mip6.binding_made' THEN 'binding made, BID ' || (data->>'bid') "
    "WHEN 'mip6.proxy' THEN CASE data->>'on' WHEN 0 THEN 'no longer answers for the home address' ELSE "
    "'answers for the home address' END "
    "WHEN 'mip6.binding_moved' THEN 'binding moved, BID ' || (data->>'bid') "
    "WHEN 'mip6.binding_ended' THEN 'binding ended, BID ' || (data->>'bid') "
    "WHEN 'mip6.binding_refreshed' THEN 'binding refreshed, BID ' || (data->>'bid') "
    "WHEN 'mip6.registered' THEN 'registered, BID ' || (data->>'bid') "
    "WHEN 'mip6.deregistered' THEN 'deregistered, BID ' || (data->>'bid') "
    "WHEN 'decision.flow_moved' THEN 'flow ' || (data->>'flow') || ' ' || "
    "(data->>'direction') || ': ' || ifnull(data->>'from', 'BID ' || (data->>'from_bid')) || ' to ' "
    "|| ifnull(data->>'to', 'BID ' || (data->>'to_bid')) "
    "ELSE name || ifnull(': ' || interface, '') END";

/* ---- reading ------------------------------------------------------------------------------ */

static unsigned lane_of(struct ladder *l, const char *name)
{
    for (unsigned k = 0; k < l->lanes; k++) {
        if (!strcmp(l->lane[k], name))
            return k;
    }
    if (l->lanes == LANES)
        return LANES - 1;
    (void)snprintf(l->lane[l->lanes], NAME_BYTES, "%s", name);
    return l->lanes++;
}

static void add_row(struct ladder *l, const struct query *q)
{
    if (l->rows == ROWS) {
        l->more++;
        return;
    }
    struct row *r = &l->row[l->rows++];
    *r = (struct row){.id = query_integer(q, 0),
                      .cause = query_integer(q, 1),
                      .t = query_integer(q, 2),
                      .arrives = query_integer(q, 7) != 0};
    (void)snprintf(r->name, sizeof r->name, "%s", query_text(q, 4));
    (void)snprintf(r->interface, sizeof r->interface, "%s", query_text(q, 5));
    (void)snprintf(r->label, sizeof r->label, "%.190s", query_text(q, 6));
    r->lane = lane_of(l, query_text(q, 3));
}

/* The node's own events, and the home agent's about its home addresses. */
static enum status read_rows(struct ladder *l, struct sqlite3 *db, const char *node, int64_t end,
                             struct why *w)
{
    struct query q;
    char sql[4096];
    int n = snprintf(
        sql, sizeof sql,
        "WITH e AS (SELECT *, data->>'interface' AS interface FROM event WHERE t_ns BETWEEN %" PRId64
        " AND %" PRId64
        ") SELECT id, cause, t_ns, node, name, interface, %s, id IN (SELECT cause FROM event WHERE name "
        "IN ('mip6.bu_received', 'mip6.ba_received') AND cause IS NOT NULL) FROM e "
        "WHERE node = ?1 OR data->>'home_address' IN (SELECT data->>'home_address' FROM event WHERE "
        "node = ?1) ORDER BY id",
        l->begin, end, label_sql);
    assert(n > 0 && (size_t)n < sizeof sql);
    enum status st = query_ask(&q, db, sql, node, w);
    if (st)
        return st;
    while (query_next(&q))
        add_row(l, &q);
    query_done(&q);
    return ST_OK;
}

static bool is(const struct row *r, const char *name)
{
    return !strcmp(r->name, name);
}

/* Routers have no events of their own: the lane of one is that of the interface that heard it.
 * They stand between the mobile node and the home agent. */
static void add_routers(struct ladder *l)
{
    char peer[LANES][NAME_BYTES];
    unsigned peers = l->lanes - 1;
    memcpy(peer, l->lane + 1, peers * sizeof peer[0]);
    l->lanes = 1;
    for (unsigned k = 0; k < l->rows; k++) {
        char name[NAME_BYTES + 16];
        if (!is(&l->row[k], "nd.router"))
            continue;
        (void)snprintf(name, sizeof name, "router at %.60s", l->row[k].interface);
        (void)lane_of(l, name);
    }
    unsigned routers = l->lanes - 1;
    for (unsigned k = 0; k < peers; k++)
        (void)lane_of(l, peer[k]);
    for (unsigned k = 0; k < l->rows; k++)
        l->row[k].lane += l->row[k].lane ? routers : 0;
}

/* ---- drawing ------------------------------------------------------------------------------ */

static double lane_x(const struct ladder *l, unsigned lane)
{
    double gap = l->lanes > 1 ? (double)(LAST_LANE - FIRST_LANE) / (l->lanes - 1) : 0;
    return FIRST_LANE + lane * (gap < LANE_GAP ? gap : LANE_GAP);
}

static double row_y(unsigned row)
{
    return HEAD + ROW * (row + 0.5);
}

static void put_words(struct ladder *l, double x, double y, const char *class, const char *text)
{
    (void)fprintf(l->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    html_text(l->out, text);
    (void)fputs("</text>\n", l->out);
}

/* From lane to lane; the head is drawn, so that the picture needs no ids. */
static void put_arrow(struct ladder *l, double x1, double y1, double x2, double y2,
                      const char *class)
{
    double length = hypot(x2 - x1, y2 - y1);
    double ux = (x2 - x1) / length;
    double uy = (y2 - y1) / length;
    (void)fprintf(l->out,
                  "<path class=\"%s\" d=\"M%.1f %.1f L%.1f %.1f\"/><path class=\"%s head\" "
                  "d=\"M%.1f %.1f L%.1f %.1f L%.1f %.1f Z\"/>\n",
                  class, x1, y1, x2, y2, class, x2, y2, x2 - 9 * ux + 4 * uy, y2 - 9 * uy - 4 * ux,
                  x2 - 9 * ux - 4 * uy, y2 - 9 * uy + 4 * ux);
}

static int find_before(const struct ladder *l, unsigned row, const char *name, int64_t id)
{
    for (unsigned k = row; k-- > 0;) {
        if (l->row[k].id == id && is(&l->row[k], name))
            return (int)k;
    }
    return -1;
}

/* A wait that ended with this row: a bar from its beginning, and how long it was. */
static void put_wait(struct ladder *l, unsigned row)
{
    const struct row *r = &l->row[row];
    const char *since = is(r, "nd.address")      ? "nd.router"
                        : is(r, "l2.down_seen")  ? "l2.down"
                        : is(r, "mip6.home_dad") ? "mip6.bu_received"
                                                 : NULL;
    for (unsigned k = row; since && k-- > 0;) {
        const struct row *from = &l->row[k];
        if (!is(from, since) || strcmp(from->interface, r->interface) != 0)
            continue;
        if (r->t > from->t) {
            char text[64];
            double x = lane_x(l, r->lane);
            (void)fprintf(
                l->out,
                "<rect class=\"wait\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"%.1f\"/>\n", x - 4,
                row_y(k), row_y(row) - row_y(k));
            (void)snprintf(text, sizeof text, " (after %.1f ms)", (double)(r->t - from->t) / 1e6);
            (void)strncat(l->row[row].label, text,
                          sizeof l->row[row].label - strlen(l->row[row].label) - 1);
        }
        return;
    }
}

/* A message that nobody received: it ends half way. */
static void put_lost(struct ladder *l, unsigned row, unsigned to, const char *class)
{
    char text[LABEL_BYTES + 16];
    double x1 = lane_x(l, l->row[row].lane);
    double x2 = (x1 + lane_x(l, to)) / 2;
    double y = row_y(row);
    put_arrow(l, x1, y, x2, y, class);
    (void)fprintf(l->out, "<path class=\"lost\" d=\"M%.1f %.1f l10 10 m0 -10 l-10 10\"/>\n", x2 + 2,
                  y - 5);
    (void)snprintf(text, sizeof text, "%s: lost", l->row[row].label);
    put_words(l, (x1 + x2) / 2, y - 5, "on", text);
}

/* A message: its arrow is drawn when it arrives. Answers whether the row is one. */
static bool put_message(struct ladder *l, unsigned row)
{
    const struct row *r = &l->row[row];
    bool bu = is(r, "mip6.bu_sent") || is(r, "mip6.bu_received");
    const char *class = bu ? "bu" : "ba";
    if (is(r, "nd.router")) {
        char name[NAME_BYTES + 16];
        (void)snprintf(name, sizeof name, "router at %.60s", r->interface);
        double x = lane_x(l, lane_of(l, name));
        put_arrow(l, x, row_y(row), lane_x(l, r->lane), row_y(row), "ra");
        put_words(l, (x + lane_x(l, r->lane)) / 2, row_y(row) - 5, "on", r->label);
        return true;
    }
    if (is(r, "mip6.bu_sent") || is(r, "mip6.ba_sent")) {
        unsigned to = r->lane ? 0 : l->lanes - 1;
        if (!r->arrives && to != r->lane)
            put_lost(l, row, to, class);
        return true;
    }
    if (!is(r, "mip6.bu_received") && !is(r, "mip6.ba_received"))
        return false;
    int from = find_before(l, row, bu ? "mip6.bu_sent" : "mip6.ba_sent", r->cause);
    if (from < 0)
        return false;
    const struct row *sent = &l->row[from];
    double x1 = lane_x(l, sent->lane);
    double x2 = lane_x(l, r->lane);
    double y1 = row_y((unsigned)from);
    put_arrow(l, x1, y1, x2, row_y(row), class);
    put_words(l, x1 + (x2 - x1) * 0.5, y1 + (row_y(row) - y1) * 0.5 - 6, "on", sent->label);
    return true;
}

static void put_rows(struct ladder *l)
{
    for (unsigned k = 0; k < l->rows; k++)
        put_wait(l, k);
    for (unsigned k = 0; k < l->rows; k++) {
        struct row *r = &l->row[k];
        char time[48];
        (void)snprintf(time, sizeof time, "%+.3f ms", (double)(r->t - l->begin) / 1e6);
        if (k == 0 || r->t != l->row[k - 1].t)
            put_words(l, FIRST_LANE - 30, row_y(k) + 4, "t", time);
        bool message = put_message(l, k);
        (void)fprintf(l->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", lane_x(l, r->lane),
                      row_y(k));
        if (!message)
            put_words(l, lane_x(l, r->lane) + 9, row_y(k) + 4, "note", r->label);
    }
}

static void put_lanes(struct ladder *l, double height)
{
    for (unsigned k = 0; k < l->lanes; k++) {
        double x = lane_x(l, k);
        put_words(l, x, 20, "lane", l->lane[k]);
        (void)fprintf(l->out, "<path class=\"line\" d=\"M%.1f 28 V%.1f\"/>\n", x, height - 6);
    }
}

static void put_name(FILE *out, const char *node, int64_t begin, int64_t end)
{
    (void)fputs("Messages of ", out);
    html_text(out, node);
    (void)fprintf(out, " from %.3f s to %.3f s", (double)begin / 1e9, (double)end / 1e9);
}

enum status ladder_draw(FILE *out, struct sqlite3 *db, const char *node, int64_t begin_ns,
                        int64_t end_ns, struct why *w)
{
    struct ladder *l = calloc(1, sizeof *l);
    assert(l);
    l->out = out;
    l->begin = begin_ns;
    (void)lane_of(l, node);
    enum status st = read_rows(l, db, node, end_ns, w);
    if (!st && l->rows) {
        add_routers(l);
        double height = HEAD + ROW * l->rows + 12;
        (void)fprintf(out,
                      "<svg class=\"ladder\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" "
                      "viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" aria-label=\"",
                      WIDTH, height, WIDTH, height);
        put_name(out, node, begin_ns, end_ns);
        (void)fputs("\">\n<title>", out);
        put_name(out, node, begin_ns, end_ns);
        (void)fputs("</title>\n", out);
        put_lanes(l, height);
        put_rows(l);
        (void)fputs("</svg>\n", out);
        if (l->more)
            (void)fprintf(out, "<p class=\"small\">... and %u more events</p>\n", l->more);
    }
    free(l);
    return st;
}
