#include "sim/base/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/decimal.h"

/* Cut `text` at its commas, in place. Answers the number of cells, too many as TABLE_COLUMNS + 1.
 */
static unsigned cut(char *text, const char *cell[TABLE_COLUMNS])
{
    unsigned n = 0;
    for (char *at = text; at;) {
        char *comma = strchr(at, ',');
        if (comma)
            *comma = '\0';
        if (n == TABLE_COLUMNS)
            return TABLE_COLUMNS + 1;
        at += strspn(at, " \t");
        size_t len = strlen(at);
        while (len && (at[len - 1] == ' ' || at[len - 1] == '\t'))
            at[--len] = '\0';
        cell[n++] = at;
        at = comma ? comma + 1 : NULL;
    }
    return n;
}

/* The next line that is neither empty nor a comment. */
static enum status next_line(struct table *t, bool *end, struct why *w)
{
    for (;;) {
        enum status st = lines_next(&t->lines, end, w);
        if (st || *end)
            return st;
        const char *first = t->lines.text + strspn(t->lines.text, " \t");
        if (*first && *first != '#')
            return ST_OK;
    }
}

static enum status check_head(const struct table *t, struct why *w)
{
    for (unsigned i = 0; i < t->columns; i++) {
        size_t at = (size_t)(t->name[i] - t->head);
        if (!*t->name[i])
            return lines_wrong(&t->lines, t->lines.text + at, w, ST_SYNTAX, "a column has no name");
        for (unsigned j = 0; j < i; j++) {
            if (!strcmp(t->name[i], t->name[j])) {
                return lines_wrong(&t->lines, t->lines.text + at, w, ST_SYNTAX,
                                   "a second column '%.40s'", t->name[i]);
            }
        }
    }
    return ST_OK;
}

enum status table_of(struct table *t, FILE *file, const char *name, struct why *w)
{
    bool end = false;
    *t = (struct table){.lines = lines_of(file, name)};
    enum status st = next_line(t, &end, w);
    if (st)
        return st;
    if (end)
        return why_set(w, ST_SYNTAX, "%.100s: is empty: no line names the columns", name);
    t->head = strdup(t->lines.text);
    if (!t->head)
        return why_set(w, ST_NOMEM, "out of memory");
    t->columns = cut(t->head, t->name);
    if (t->columns > TABLE_COLUMNS)
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "more than %d columns", TABLE_COLUMNS);
    return check_head(t, w);
}

void table_done(struct table *t)
{
    lines_done(&t->lines);
    free(t->head);
    t->head = NULL;
}

enum status table_next(struct table *t, bool *end, struct why *w)
{
    enum status st = next_line(t, end, w);
    if (st || *end)
        return st;
    unsigned n = cut(t->lines.text, t->cell);
    if (n != t->columns) {
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "%u column%s, the head has %u", n,
                           n == 1 ? "" : "s", t->columns);
    }
    return ST_OK;
}

int table_column(const struct table *t, const char *name)
{
    for (unsigned i = 0; i < t->columns; i++) {
        if (!strcmp(t->name[i], name))
            return (int)i;
    }
    return -1;
}

enum status table_wrong(const struct table *t, unsigned column, struct why *w, enum status st,
                        const char *fmt, ...)
{
    char said[sizeof w->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(said, sizeof said, fmt, ap);
    va_end(ap);
    return lines_wrong(&t->lines, t->cell[column], w, st, "%.40s: %s", t->name[column], said);
}

enum status table_number(const struct table *t, unsigned column, const struct table_scale *scale,
                         int64_t *value, struct why *w)
{
    const char *cell = t->cell[column];
    enum decimal_fault fault = decimal_read(cell, strlen(cell), scale->power, value);
    if (fault == DECIMAL_NO_NUMBER || (!fault && *value < scale->least)) {
        return table_wrong(t, column, w, ST_SYNTAX, "'%.40s' is not %s", cell, scale->allowed);
    }
    if (fault == DECIMAL_TOO_LARGE || *value > scale->most) {
        return table_wrong(t, column, w, ST_RANGE, "'%.40s' is too large; allowed is %s", cell,
                           scale->allowed);
    }
    return ST_OK;
}
