/* What happened to one mobile node, from the tables of a run. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "analysis/query.h"

/* Messages that were sent before the end may arrive for so long after it. */
static const int64_t on_the_way_ns = 5000000000;

enum { COLUMNS_BYTES = 12288 };

static const struct {
    const char *event;
    enum ladder_kind kind;
} sendings[] = {{"mip6.bu_sent", LADDER_BU},
                {"mip6.mps_sent", LADDER_BU},
                {"mip6.ba_sent", LADDER_BA},
                {"mip6.mpa_sent", LADDER_BA},
                {"mip6.brr_sent", LADDER_BA}};

/* What only tells that a message arrived: the arrow does. */
static const char *const arrivals[] = {"mip6.bu_received", "mip6.ba_received", "mip6.mps_received",
                                       "mip6.mpa_received", "mip6.brr_received"};

static unsigned lane_of(struct ladder *l, const char *name)
{
    for (unsigned k = 0; k < l->lanes; k++) {
        if (!strcmp(l->lane[k], name))
            return k;
    }
    if (l->lanes == LADDER_LANES)
        return LADDER_LANES - 1;
    (void)snprintf(l->lane[l->lanes], LADDER_NAME, "%s", name);
    return l->lanes++;
}

/* ---- names of the node's addresses and SAs ------------------------------------------------ */

struct known {
    char key[LADDER_NAME];
    char name[LADDER_NAME];
};

struct names {
    struct known *of;
    size_t n;
    size_t room;
};

static const char *name_of(const struct names *s, const char *key)
{
    for (size_t k = s->n; k-- > 0 && *key;) { /* the last one counts */
        if (!strcmp(s->of[k].key, key))
            return s->of[k].name;
    }
    return "";
}

static enum status read_names(struct names *s, struct sqlite3 *db, const char *sql,
                              const char *node, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, sql, node, w);
    if (st)
        return st;
    while (query_next(&q)) {
        if (s->n == s->room) {
            s->room = s->room ? 2 * s->room : 32;
            s->of = realloc(s->of, s->room * sizeof *s->of);
            assert(s->of);
        }
        struct known *one = &s->of[s->n++];
        (void)snprintf(one->key, sizeof one->key, "%s", query_text(&q, 0));
        (void)snprintf(one->name, sizeof one->name, "%s", query_text(&q, 1));
    }
    return query_end(&q, w);
}

/* ---- lines -------------------------------------------------------------------------------- */

struct reading {
    struct ladder *l;
    struct names interface; /* by address */
    struct names policy;    /* by SPI */
    size_t most;
};

static struct ladder_line *add_line(struct reading *r)
{
    struct ladder *l = r->l;
    if (l->n == r->most) {
        l->more++;
        return NULL;
    }
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 64;
        l->line = realloc(l->line, l->room * sizeof *l->line);
        assert(l->line);
    }
    return &l->line[l->n++];
}

static enum ladder_kind kind_of(const char *event, const char *direction)
{
    if (!strcmp(event, "ike.message"))
        return strcmp(direction, "sent") ? LADDER_NOTE : LADDER_IKE;
    for (size_t k = 0; k < sizeof sendings / sizeof sendings[0]; k++) {
        if (!strcmp(sendings[k].event, event))
            return sendings[k].kind;
    }
    return LADDER_NOTE;
}

static bool only_arrives(const char *event)
{
    for (size_t k = 0; k < sizeof arrivals / sizeof arrivals[0]; k++) {
        if (!strcmp(arrivals[k], event))
            return true;
    }
    return !strcmp(event, "ike.message");
}

/* An event that comes from a sending elsewhere is its arrival, the first of them. Answers whether
 * there was one. */
static bool find_sending(struct ladder *l, int64_t cause, unsigned lane, int64_t t)
{
    for (size_t k = l->n; k-- > 0 && l->line[k].id >= cause;) {
        struct ladder_line *s = &l->line[k];
        if (s->id != cause || s->kind == LADDER_NOTE || s->from == lane)
            continue;
        if (s->arrived < 0) {
            s->arrived = t;
            s->to = lane;
            s->lost = -1; /* of fragments, or of several copies: enough came */
        }
        return true;
    }
    return false;
}

/* Several SAs of one node at one instant are one line. */
static bool joins(const struct ladder *l, const char *event, unsigned lane, int64_t t,
                  const char *words)
{
    struct ladder_line *last = l->n ? &l->line[l->n - 1] : NULL;
    const char *policy = strrchr(words, ' ');
    if (!last || !policy || last->from != lane || last->t != t || strcmp(last->event, event) != 0 ||
        strncmp(event, "ipsec.sa_", 9) != 0)
        return false;
    size_t n = strlen(last->what);
    size_t m = strlen(policy);
    if (n < m || strcmp(last->what + n - m, policy) != 0)
        (void)snprintf(last->what + n, sizeof last->what - n, ",%s", policy);
    return true;
}

enum { ID, CAUSE, TIME, NODE, NAME, WORDS, INSIDE, CARE_OF, DIRECTION, BYTES, SPI, LOST, AT, WHY };

static void fill(struct reading *r, struct ladder_line *x, const struct query *q,
                 enum ladder_kind kind)
{
    *x = (struct ladder_line){.id = query_integer(q, ID),
                              .t = query_integer(q, TIME),
                              .arrived = -1,
                              .lost = query_is_null(q, LOST) ? -1 : query_integer(q, LOST),
                              .kind = kind,
                              .bytes = query_integer(q, BYTES)};
    x->from = x->to = lane_of(r->l, query_text(q, NODE));
    (void)snprintf(x->event, sizeof x->event, "%s", query_text(q, NAME));
    (void)snprintf(x->what, sizeof x->what, "%s", query_text(q, WORDS));
    if (kind == LADDER_NOTE)
        return;
    (void)snprintf(x->inside, sizeof x->inside, "%s", query_text(q, INSIDE));
    (void)snprintf(x->care_of, sizeof x->care_of, "%s",
                   name_of(&r->interface, query_text(q, CARE_OF)));
    bool sealed = !query_is_null(q, SPI);
    const char *policy = name_of(&r->policy, query_text(q, SPI));
    (void)snprintf(x->policy, sizeof x->policy, "%s", sealed && !*policy ? "?" : policy);
    if (x->lost >= 0)
        (void)snprintf(x->why, sizeof x->why, "%s at %s", query_text(q, WHY), query_text(q, AT));
}

static void add_row(struct reading *r, const struct query *q)
{
    struct ladder *l = r->l;
    int64_t t = query_integer(q, TIME);
    const char *event = query_text(q, NAME);
    enum ladder_kind kind = kind_of(event, query_text(q, DIRECTION));
    unsigned lane = lane_of(l, query_text(q, NODE));
    bool came = find_sending(l, query_integer(q, CAUSE), lane, t);
    bool arrival = kind == LADDER_NOTE && only_arrives(event);
    if (t > l->end || (arrival && (came || l->n == r->most)))
        return; /* an arrow tells it; or its sending was one too many */
    if (kind == LADDER_NOTE && joins(l, event, lane, t, query_text(q, WORDS)))
        return;
    struct ladder_line *x = add_line(r);
    if (x)
        fill(r, x, q, kind);
}

/* Between the first lane and its home agent, which a message that came or happened elsewhere
 * names; it is the second lane. */
static void find_ends(struct ladder *l)
{
    for (size_t k = 0; k < l->n; k++) {
        struct ladder_line *x = &l->line[k];
        if (x->kind != LADDER_NOTE && x->to == x->from)
            x->to = x->from == 0 ? 1 : 0;
    }
    for (size_t k = 0; k < l->n && l->lanes == 1; k++) {
        if (l->line[k].kind != LADDER_NOTE)
            (void)lane_of(l, "home agent");
    }
}

static const char whose_sql[] =
    "SELECT e.id, e.cause, e.t_ns, e.node, e.name, %s%s, %s, %s, data->>'direction', m.bytes, m.spi, "
    "m.lost_ns, m.lost_at, m.lost_why FROM event e LEFT JOIN message m ON m.event = e.id WHERE "
    "t_ns BETWEEN %" PRId64 " AND %" PRId64 " AND (node = ?1 OR data->>'mobile' = ?1 OR "
    "data->>'home_address' IN (SELECT data->>'home_address' FROM event WHERE node = ?1) OR "
    "(name LIKE 'ike.%%' AND (data->>'spi_i' IN (SELECT data->>'spi_i' FROM event WHERE node = ?1 AND "
    "name = 'ike.message') OR data->>'remote' IN (SELECT data->>'address' FROM event WHERE node = ?1 "
    "AND name = 'nd.address'))) OR (name IN ('ipsec.sa_soft', 'ipsec.sa_ended') AND data->>'spi' IN "
    "(SELECT data->>'spi' FROM event WHERE node = ?1 AND name = 'ipsec.sa_made'))) ORDER BY id";

static enum status read_lines(struct reading *r, struct sqlite3 *db, struct why *w)
{
    struct query q;
    struct ladder *l = r->l;
    char *sql = malloc(COLUMNS_BYTES);
    assert(sql);
    int n = snprintf(sql, COLUMNS_BYTES, whose_sql, ladder_words_sql, ladder_more_words_sql,
                     ladder_inside_sql, ladder_care_of_sql, l->begin, l->end + on_the_way_ns);
    assert(n > 0 && n < COLUMNS_BYTES);
    enum status st = query_ask(&q, db, sql, l->node, w);
    free(sql);
    if (st)
        return st;
    while (query_next(&q))
        add_row(r, &q);
    return query_end(&q, w);
}

/* ---- gaps --------------------------------------------------------------------------------- */

static enum status read_gaps(struct ladder *l, struct sqlite3 *db, struct why *w)
{
    struct query q;
    char sql[1024];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT flow || '.' || direction, last_before_ns, first_after_ns, interval_ns, "
        "max(lost) FROM disruption JOIN transition t USING (transition) WHERE t.node = ?1 "
        "AND disruption_ns >= interval_ns AND first_after_ns > %" PRId64
        " AND last_before_ns < %" PRId64 " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2",
        l->begin, l->end);
    enum status st = query_ask(&q, db, sql, l->node, w);
    if (st)
        return st;
    while (query_next(&q)) {
        if (l->gaps == l->gap_room) {
            l->gap_room = l->gap_room ? 2 * l->gap_room : 8;
            l->gap = realloc(l->gap, l->gap_room * sizeof *l->gap);
            assert(l->gap);
        }
        struct ladder_gap *g = &l->gap[l->gaps++];
        *g = (struct ladder_gap){.from = query_integer(&q, 1),
                                 .to = query_integer(&q, 2),
                                 .interval = query_integer(&q, 3),
                                 .lost = query_integer(&q, 4)};
        (void)snprintf(g->flow, sizeof g->flow, "%s", query_text(&q, 0));
    }
    return query_end(&q, w);
}

enum status ladder_read(struct ladder *l, struct sqlite3 *db, const char *node, int64_t begin_ns,
                        int64_t end_ns, size_t most, struct why *w)
{
    struct reading r = {.l = l, .most = most};
    *l = (struct ladder){.begin = begin_ns, .end = end_ns};
    (void)snprintf(l->node, sizeof l->node, "%s", node);
    (void)lane_of(l, node);
    enum status st =
        read_names(&r.interface, db,
                   "SELECT data->>'address', data->>'interface' FROM event WHERE node = ?1 "
                   "AND name = 'nd.address' ORDER BY id",
                   node, w);
    if (!st)
        st =
            read_names(&r.policy, db,
                       "SELECT data->>'spi', data->>'policy' FROM event WHERE node = ?1 AND name = "
                       "'ipsec.sa_made' ORDER BY id",
                       node, w);
    if (!st)
        st = read_lines(&r, db, w);
    if (!st)
        st = read_gaps(l, db, w);
    find_ends(l);
    free(r.interface.of);
    free(r.policy.of);
    return st;
}

void ladder_release(struct ladder *l)
{
    free(l->line);
    free(l->gap);
    *l = (struct ladder){.n = 0};
}
