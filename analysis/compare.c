#include "analysis/compare.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/query.h"
#include "traces/db.h"

enum { SQL_BYTES = 8192, COLUMNS = 64, KEYS = 5 };

/* Both files at once: the second is attached as `b`. */
struct sides {
    struct sqlite3 *db;
    struct arena *arena;
    struct comparison *c;
};

/* How the rows of a table are told apart. What is not listed is compared in order of its rows. */
static const struct {
    const char *table;
    const char *key[KEYS];
} keys_of[] = {
    {"flow", {"flow", "direction"}},
    {"packet", {"flow", "direction", "sequence", "copy"}},
    {"transition", {"transition"}},
    {"disruption", {"transition", "flow", "direction"}},
    {"binding", {"node", "home_address", "bid", "made_ns", "care_of_address"}},
    {"sa", {"node", "spi", "direction", "made_ns"}},
    {"counter", {"node", "interface", "name"}},
    {"series", {"t_ns", "node", "interface", "name"}},
    {"link", {"link", "direction"}},
    {"message", {"event"}},
    {"occurrence", {"node", "name"}},
    {"parameter", {"name"}},
    {"expectation", {"line"}},
};

/* Of table run: what was asked for, not what came out. */
static const char *const asked[] = {"run_key",     "scenario", "title",  "version", "seed",
                                    "replication", "engine",   "crypto", "stop_ns", "processor"};

static bool is_asked(const char *column)
{
    for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++) {
        if (!strcmp(asked[k], column))
            return true;
    }
    return false;
}

static const char *keep(const struct sides *s, const struct query *q, int column)
{
    return query_is_null(q, column) ? NULL : arena_text(s->arena, query_text(q, column));
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static struct compare_value *add_value(const struct sides *s, struct compare_row *row,
                                       const char *name)
{
    for (size_t k = 0; k < row->n; k++) {
        if (!strcmp(row->value[k].name, name))
            return &row->value[k];
    }
    if (row->n == row->room) {
        size_t room = row->room ? 2 * row->room : 16;
        struct compare_value *more = arena_take(s->arena, room * sizeof *more);
        if (row->n)
            memcpy(more, row->value, row->n * sizeof *more);
        row->value = more;
        row->room = room;
    }
    row->value[row->n] = (struct compare_value){.name = arena_text(s->arena, name)};
    return &row->value[row->n++];
}

static void add_scalar(const struct sides *s, const struct compare_scalar *one)
{
    struct comparison *c = s->c;
    if (c->scalars == c->scalar_room) {
        c->scalar_room = c->scalar_room ? 2 * c->scalar_room : 64;
        struct compare_scalar *more = arena_take(s->arena, c->scalar_room * sizeof *more);
        if (c->scalars)
            memcpy(more, c->scalar, c->scalars * sizeof *more);
        c->scalar = more;
    }
    c->scalar[c->scalars++] = *one;
    c->equal = false;
}

/* ---- events ---------------------------------------------------------------------------- */

static const char event_sql[] =
    "SELECT t_ns, node, name, id, cause, data FROM %s.event ORDER BY rowid";

static void event_value(const struct sides *s, int side, const char *name, const char *text)
{
    add_value(s, &s->c->event, name)->side[side] = text;
}

/* The fields of the event at hand, as values of their own. */
static enum status event_side(const struct sides *s, int side, const struct query *e, struct why *w)
{
    static const char *const name[] = {"t_ns", "node", "name", "id", "cause"};
    struct query q;
    s->c->event.there[side] = true;
    for (int k = 0; k < 5; k++)
        event_value(s, side, name[k], keep(s, e, k));
    enum status st =
        query_ask(&q, s->db, "SELECT key, value FROM json_each(?1)", query_text(e, 5), w);
    if (st)
        return st;
    while (query_next(&q))
        event_value(s, side, query_text(&q, 0), keep(s, &q, 1));
    query_done(&q);
    return ST_OK;
}

static bool same_event(const struct query *a, const struct query *b)
{
    for (int k = 0; k < 6; k++) {
        if (query_is_null(a, k) != query_is_null(b, k))
            return false;
        if (strcmp(query_text(a, k), query_text(b, k)) != 0)
            return false;
    }
    return true;
}

static enum status compare_events(const struct sides *s, struct why *w)
{
    struct query q[2];
    char sql[2][SQL_BYTES];
    (void)snprintf(sql[0], SQL_BYTES, event_sql, "main");
    (void)snprintf(sql[1], SQL_BYTES, event_sql, "b");
    enum status st = query_ask(&q[0], s->db, sql[0], NULL, w);
    if (st)
        return st;
    st = query_ask(&q[1], s->db, sql[1], NULL, w);
    if (st) {
        query_done(&q[0]);
        return st;
    }
    bool more[2] = {true, true};
    while (more[0] && more[1] && !s->c->event.differs) {
        more[0] = query_next(&q[0]);
        more[1] = query_next(&q[1]);
        s->c->event.differs = more[0] != more[1] || (more[0] && !same_event(&q[0], &q[1]));
    }
    for (int side = 0; side < 2 && !st && s->c->event.differs; side++) {
        if (more[side])
            st = event_side(s, side, &q[side], w);
    }
    query_done(&q[0]);
    query_done(&q[1]);
    return st;
}

/* ---- tables ---------------------------------------------------------------------------- */

/* A table: its columns, and which of them tell its rows apart. */
struct shape {
    const char *table;
    const char *column[COLUMNS];
    size_t columns;
    const char *const *key;
    size_t keys;
};

static enum status read_shape(const struct sides *s, const char *table, struct shape *shape,
                              struct why *w)
{
    static const char *const by_row[] = {"rowid"};
    struct query q;
    *shape = (struct shape){.table = table, .key = by_row, .keys = 1};
    for (size_t k = 0; k < sizeof keys_of / sizeof keys_of[0]; k++) {
        if (strcmp(keys_of[k].table, table) != 0)
            continue;
        shape->key = keys_of[k].key;
        for (shape->keys = 1; shape->keys < KEYS && shape->key[shape->keys];)
            shape->keys++;
    }
    enum status st = query_ask(&q, s->db, "SELECT name FROM pragma_table_info(?1)", table, w);
    if (st)
        return st;
    while (query_next(&q) && shape->columns < COLUMNS)
        shape->column[shape->columns++] = keep(s, &q, 0);
    query_done(&q);
    return ST_OK;
}

/* One half of write_join(): the rows of `left`, with those of the other side where there are any.
 */
static size_t write_half(const struct shape *t, const char *order, char left, char *sql, size_t n)
{
    char right = left == 'a' ? 'b' : 'a';
    n += (size_t)snprintf(sql + n, SQL_BYTES - n, "SELECT %s, a.rowid, b.rowid, ", order);
    for (size_t k = 0; k < t->keys; k++)
        n += (size_t)snprintf(sql + n, SQL_BYTES - n, "%sifnull(%c.%s, '')", k ? " || '.' || " : "",
                              left, t->key[k]);
    for (size_t k = 0; k < t->columns; k++)
        n += (size_t)snprintf(sql + n, SQL_BYTES - n, ", a.%s, b.%s", t->column[k], t->column[k]);
    n += (size_t)snprintf(sql + n, SQL_BYTES - n, " FROM %s.%s %c LEFT JOIN %s.%s %c ON ",
                          left == 'a' ? "main" : "b", t->table, left, right == 'a' ? "main" : "b",
                          t->table, right);
    for (size_t k = 0; k < t->keys; k++)
        n += (size_t)snprintf(sql + n, SQL_BYTES - n, "%sa.%s IS b.%s", k ? " AND " : "", t->key[k],
                              t->key[k]);
    return n + (size_t)snprintf(sql + n, SQL_BYTES - n, " WHERE %c.rowid IS NULL", right);
}

/* All rows that differ, by `order`: whether they are there, what names them, every column of both.
 * Two left joins: SQLite has an index for them, and none for a full one. */
static void write_join(const struct shape *t, const char *order, char *sql)
{
    size_t n = write_half(t, order, 'a', sql, 0);
    for (size_t k = 0; k < t->columns; k++)
        n += (size_t)snprintf(sql + n, SQL_BYTES - n, " OR a.%s IS NOT b.%s", t->column[k],
                              t->column[k]);
    n += (size_t)snprintf(sql + n, SQL_BYTES - n, " UNION ALL ");
    n = write_half(t, order, 'b', sql, n);
    n += (size_t)snprintf(sql + n, SQL_BYTES - n, " ORDER BY 1, 4");
    assert(n < SQL_BYTES);
}

enum { A_ROW = 1, B_ROW, ROW_NAME, FIRST_COLUMN }; /* of write_join() */

static void scalars_of_row(const struct sides *s, const struct shape *t, const struct query *q)
{
    struct compare_scalar one = {.table = t->table, .row = keep(s, q, ROW_NAME)};
    if (query_is_null(q, A_ROW) || query_is_null(q, B_ROW)) {
        one.value = (struct compare_value){
            "row",
            {query_is_null(q, A_ROW) ? NULL : "there", query_is_null(q, B_ROW) ? NULL : "there"}};
        add_scalar(s, &one);
        return;
    }
    for (size_t k = 0; k < t->columns; k++) {
        const char *a = keep(s, q, FIRST_COLUMN + 2 * (int)k);
        const char *b = keep(s, q, FIRST_COLUMN + 2 * (int)k + 1);
        if (same(a, b))
            continue;
        one.value = (struct compare_value){t->column[k], {a, b}};
        if (!strcmp(t->table, "run") && is_asked(t->column[k])) {
            *add_value(s, &s->c->asked, t->column[k]) = one.value;
            s->c->asked.differs = true;
        } else {
            add_scalar(s, &one);
        }
    }
}

static enum status compare_table(const struct sides *s, const char *table, struct why *w)
{
    struct shape shape;
    struct query q;
    char sql[SQL_BYTES];
    enum status st = read_shape(s, table, &shape, w);
    if (st)
        return st;
    write_join(&shape, "coalesce(a.rowid, b.rowid)", sql);
    st = query_ask(&q, s->db, sql, NULL, w);
    if (st)
        return st;
    while (query_next(&q))
        scalars_of_row(s, &shape, &q);
    query_done(&q);
    return ST_OK;
}

/* The first in time. */
static enum status compare_packets(const struct sides *s, struct why *w)
{
    struct shape shape;
    struct query q;
    char sql[SQL_BYTES];
    enum status st = read_shape(s, "packet", &shape, w);
    if (st)
        return st;
    write_join(&shape, "min(ifnull(a.sent_ns, b.sent_ns), ifnull(b.sent_ns, a.sent_ns))", sql);
    st = query_ask(&q, s->db, sql, NULL, w);
    if (st)
        return st;
    if (query_next(&q)) {
        struct compare_row *row = &s->c->packet;
        row->differs = true;
        for (int side = 0; side < 2; side++) {
            row->there[side] = !query_is_null(&q, A_ROW + side);
            for (size_t k = 0; k < shape.columns; k++)
                add_value(s, row, shape.column[k])->side[side] =
                    keep(s, &q, FIRST_COLUMN + 2 * (int)k + side);
        }
    }
    query_done(&q);
    return ST_OK;
}

/* ---- both ------------------------------------------------------------------------------ */

static enum status attach(struct sides *s, const char *a, const char *b, struct why *w)
{
    struct query q;
    struct sqlite3 *other = NULL;
    enum status st = db_open(&other, b, w); /* is it one at all? */
    db_close(other);
    if (!st)
        st = db_open(&s->db, a, w);
    if (!st)
        st = query_ask(&q, s->db, "ATTACH ?1 AS b", b, w);
    if (st)
        return st;
    (void)query_next(&q);
    query_done(&q);
    return ST_OK;
}

enum status compare_runs(struct comparison *c, const char *a, const char *b, struct arena *arena,
                         struct why *w)
{
    struct sides s = {.arena = arena, .c = c};
    *c = (struct comparison){.equal = true};
    enum status st = attach(&s, a, b, w);
    if (!st)
        st = compare_events(&s, w);
    if (!st)
        st = compare_packets(&s, w);
    for (const struct db_table *t = db_tables; t->name && !st; t++) {
        if (strcmp(t->name, "event") != 0 && strcmp(t->name, "packet") != 0)
            st = compare_table(&s, t->name, w);
    }
    c->equal &= !c->event.differs && !c->packet.differs;
    db_close(s.db);
    return st;
}
