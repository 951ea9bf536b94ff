/* A ladder as lines: one an event, at the time when it happened or was sent. */
#include <inttypes.h>
#include <string.h>

#include "analysis/ladder.h"

/* Columns: time, lanes from FIRST to LAST, and behind them how long it took and how it went. */
enum { FIRST = 13, LAST = 67, BEHIND = 69, COLUMNS = 100 };

/* What is no letter: it looks nicer where the terminal knows more than ASCII. */
enum glyph { NONE, LANE, REST, DASH, TO_RIGHT, TO_LEFT, DOT, CROSS };

static const char *const glyphs[][2] = {
    [LANE] = {"|", "\xe2\x94\x82"},    [REST] = {":", "\xe2\x94\x8a"},
    [DASH] = {"-", "\xe2\x94\x80"},    [TO_RIGHT] = {">", "\xe2\x96\xb6"},
    [TO_LEFT] = {"<", "\xe2\x97\x80"}, [DOT] = {"o", "\xe2\x97\x8f"},
    [CROSS] = {"x", "\xe2\x9c\x95"}};

struct page {
    FILE *out;
    const struct ladder *l;
    bool utf8;
    char text[COLUMNS + 1];
    unsigned char glyph[COLUMNS + 1]; /* in front of `text` */
};

static int column_of(const struct ladder *l, unsigned lane)
{
    return l->lanes < 2 ? FIRST : FIRST + (int)(lane * (LAST - FIRST) / (l->lanes - 1));
}

static void begin_row(struct page *p, enum glyph lanes)
{
    memset(p->text, ' ', COLUMNS);
    memset(p->glyph, NONE, sizeof p->glyph);
    for (unsigned k = 0; lanes != NONE && k < p->l->lanes; k++)
        p->glyph[column_of(p->l, k)] = (unsigned char)lanes;
}

/* From `at` on, at most to `end`, which is not included; a text that is too long ends in "...". */
static int put(struct page *p, int at, int end, const char *text)
{
    int room = end - at;
    int n = (int)strlen(text);
    int shown = n <= room ? n : room > 3 ? room - 3 : 0;
    for (int k = 0; k < (n <= room ? n : shown ? room : 0); k++) {
        p->text[at + k] = k < shown ? text[k] : '.';
        p->glyph[at + k] = NONE;
    }
    return at + (n <= room ? n : shown ? room : 0);
}

static void end_row(struct page *p)
{
    int n = COLUMNS;
    while (n && p->text[n - 1] == ' ' && !p->glyph[n - 1])
        n--;
    for (int k = 0; k < n; k++) {
        if (p->glyph[k]) {
            (void)fputs(glyphs[p->glyph[k]][p->utf8], p->out);
        } else {
            (void)fputc(p->text[k], p->out);
        }
    }
    (void)fputc('\n', p->out);
}

static void put_time(struct page *p, int64_t t)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%11.3f", (double)(t - p->l->begin) / 1e6);
    (void)put(p, 0, FIRST, text);
}

/* ---- rows --------------------------------------------------------------------------------- */

static void put_note(struct page *p, const struct ladder_line *x)
{
    int at = column_of(p->l, x->from);
    bool last = p->l->lanes > 1 && x->from == p->l->lanes - 1;
    int n = (int)strlen(x->what);
    if (last) {
        int room = at - 1 - (column_of(p->l, 0) + 2);
        (void)put(p, n < room ? at - 1 - n : at - 1 - room, at - 1, x->what);
    } else {
        (void)put(p, at + 2, p->l->lanes > 1 ? LAST - 1 : COLUMNS, x->what);
    }
    p->glyph[at] = DOT;
}

/* How long it took, and from where and how. */
static void put_behind(struct page *p, const struct ladder_line *x)
{
    char text[2 * LADDER_WHAT];
    int n = 0;
    if (x->lost >= 0) {
        n = snprintf(text, sizeof text, "%9s", "lost");
    } else if (x->arrived >= 0) {
        n = snprintf(text, sizeof text, "%9.3f", (double)(x->arrived - x->t) / 1e6);
    } else {
        n = snprintf(text, sizeof text, "%9s", "?");
    }
    (void)snprintf(text + n, sizeof text - (size_t)n, "%s%s%s%s", *x->care_of ? "  " : "",
                   x->care_of, *x->policy ? "  ESP " : "", x->policy);
    (void)put(p, BEHIND, COLUMNS, text);
}

static void put_message(struct page *p, const struct ladder_line *x)
{
    int from = column_of(p->l, x->from);
    int to = column_of(p->l, x->to);
    int left = from < to ? from : to;
    int right = from < to ? to : from;
    for (int k = left + 1; k < right; k++)
        p->glyph[k] = DASH;
    p->text[left + 3] = ' ';
    p->glyph[left + 3] = NONE;
    int end = put(p, left + 4, right - 4, x->what);
    p->text[end] = ' ';
    p->glyph[end] = NONE;
    if (x->lost >= 0) { /* it never comes to the end */
        int cross = from < to ? (end + right) / 2 : left + 2;
        for (int k = from < to ? cross + 1 : left + 1; k < (from < to ? right : cross); k++) {
            p->glyph[k] = NONE;
            p->text[k] = ' ';
        }
        p->glyph[cross] = CROSS;
    } else {
        p->glyph[from < to ? right - 1 : left + 1] = from < to ? TO_RIGHT : TO_LEFT;
    }
    put_behind(p, x);
    end_row(p);
    if (!*x->inside && x->lost < 0)
        return;
    begin_row(p, LANE);
    (void)put(p, left + 4, right - 1, x->inside);
    (void)put(p, BEHIND, COLUMNS, x->lost < 0 ? "" : x->why);
    end_row(p);
}

/* Time in which nothing happened: the longer, the more lines. */
static void put_rest(struct page *p, int64_t ns)
{
    char text[48];
    int rows = ns >= 1000000000 ? 3 : ns >= 100000000 ? 2 : ns >= 10000000 ? 1 : 0;
    for (int k = 0; k < rows; k++) {
        begin_row(p, REST);
        if (k == 0) {
            (void)snprintf(text, sizeof text, "%.1f ms later", (double)ns / 1e6);
            (void)put(p, FIRST + 4, LAST - 1, text);
        }
        end_row(p);
    }
}

static void put_heads(struct page *p)
{
    const struct ladder *l = p->l;
    begin_row(p, NONE);
    (void)put(p, 9, FIRST, "ms");
    for (unsigned k = 0; k < l->lanes; k++) {
        int at = column_of(l, k);
        int n = (int)strlen(l->lane[k]);
        bool last = k && k == l->lanes - 1;
        int begin = last && n > 1 ? at + 1 - n : at;
        (void)put(p, begin > FIRST ? begin : FIRST, last ? at + 1 : COLUMNS, l->lane[k]);
    }
    (void)put(p, BEHIND, COLUMNS, "takes, ms  via");
    end_row(p);
}

static void put_gaps(struct page *p)
{
    const struct ladder *l = p->l;
    for (size_t k = 0; k < l->gaps; k++) {
        const struct ladder_gap *g = &l->gap[k];
        (void)fprintf(p->out,
                      "%s: nothing arrived for %.1f ms, from %.3f to %.3f; %" PRId64 " lost\n",
                      g->flow, (double)(g->to - g->from) / 1e6, (double)(g->from - l->begin) / 1e6,
                      (double)(g->to - l->begin) / 1e6, g->lost);
    }
}

void ladder_print(FILE *out, const struct ladder *l, bool utf8)
{
    struct page p = {.out = out, .l = l, .utf8 = utf8};
    put_heads(&p);
    for (size_t k = 0; k < l->n; k++) {
        const struct ladder_line *x = &l->line[k];
        if (k)
            put_rest(&p, x->t - l->line[k - 1].t);
        begin_row(&p, LANE);
        if (!k || x->t != l->line[k - 1].t)
            put_time(&p, x->t);
        if (x->kind == LADDER_NOTE) {
            put_note(&p, x);
            end_row(&p);
        } else {
            put_message(&p, x);
        }
    }
    if (l->more)
        (void)fprintf(out, "... and %zu more\n", l->more);
    put_gaps(&p);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static const char *kind_name(enum ladder_kind kind)
{
    static const char *const names[] = {"mip6", "mip6", "ike", "event"};
    return names[kind];
}

static void put_time_or_null(struct json_writer *j, const char *key, int64_t t)
{
    if (t < 0) {
        jw_raw(j, key, "null");
    } else {
        jw_int(j, key, t);
    }
}

static void put_line(struct json_writer *j, const struct ladder *l, const struct ladder_line *x)
{
    jw_object(j, NULL);
    jw_int(j, "event", x->id);
    jw_text(j, "name", x->event);
    jw_text(j, "kind", kind_name(x->kind));
    jw_text(j, "what", x->what);
    jw_int(j, "t_ns", x->t);
    jw_text(j, "from", l->lane[x->from]);
    if (x->kind != LADDER_NOTE) {
        jw_text(j, "to", l->lane[x->to]);
        put_time_or_null(j, "arrived_ns", x->arrived);
        put_time_or_null(j, "lost_ns", x->lost);
        jw_text(j, "why", x->lost < 0 ? NULL : x->why);
        jw_text(j, "payloads", *x->inside ? x->inside : NULL);
        jw_text(j, "care_of", *x->care_of ? x->care_of : NULL);
        jw_text(j, "policy", *x->policy ? x->policy : NULL);
        jw_int(j, "bytes", x->bytes);
    }
    jw_end(j);
}

void ladder_put(struct json_writer *j, const struct ladder *l)
{
    jw_text(j, "node", l->node);
    jw_int(j, "begin_ns", l->begin);
    jw_int(j, "end_ns", l->end);
    jw_list(j, "lines");
    for (size_t k = 0; k < l->n; k++)
        put_line(j, l, &l->line[k]);
    jw_end(j);
    jw_list(j, "gaps");
    for (size_t k = 0; k < l->gaps; k++) {
        const struct ladder_gap *g = &l->gap[k];
        jw_object(j, NULL);
        jw_text(j, "flow", g->flow);
        jw_int(j, "from_ns", g->from);
        jw_int(j, "to_ns", g->to);
        jw_int(j, "lost", g->lost);
        jw_end(j);
    }
    jw_end(j);
}
