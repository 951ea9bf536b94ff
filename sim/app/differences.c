#include "sim/app/differences.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

enum { SCALARS_SHOWN = 40, TIME_BYTES = 64 };

static bool same(const struct compare_value *v)
{
    return v->side[0] == v->side[1] ||
           (v->side[0] && v->side[1] && !strcmp(v->side[0], v->side[1]));
}

static bool is_time(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && !strcmp(name + n - 3, "_ns");
}

/* Times in seconds, to the nanosecond; what is not there as '-'. */
static const char *shown(const struct compare_value *v, int side, char room[TIME_BYTES])
{
    const char *text = v->side[side];
    if (!text)
        return "-";
    if (!is_time(v->name))
        return text;
    if (strchr(text, '.')) { /* a mean */
        (void)snprintf(room, TIME_BYTES, "%.9f s", strtod(text, NULL) / 1e9);
    } else {
        long long ns = strtoll(text, NULL, 10);
        (void)snprintf(room, TIME_BYTES, "%lld.%09lld s", ns / 1000000000, ns % 1000000000);
    }
    return room;
}

/* The name of a time without its unit, which stands behind the value then. */
static int name_bytes(const char *name)
{
    return (int)(strlen(name) - (is_time(name) ? 3 : 0));
}

static const char *time_name(const struct compare_value *v)
{
    return !strcmp(v->name, "t_ns") ? "time_ns" : v->name;
}

static void print_row(FILE *out, const char *what, const struct compare_row *row,
                      const char *const name[2])
{
    if (!row->differs)
        return;
    (void)fprintf(out, "the first %s that differs:\n", what);
    for (int side = 0; side < 2; side++) {
        if (!row->there[side])
            (void)fprintf(out, "  %s has none\n", name[side]);
    }
    for (size_t k = 0; k < row->n; k++) {
        const struct compare_value *v = &row->value[k];
        char room[2][TIME_BYTES];
        (void)fprintf(out, "%c %-18.*s %-40s %s\n", same(v) ? ' ' : '*', name_bytes(time_name(v)),
                      time_name(v), shown(v, 0, room[0]), same(v) ? "" : shown(v, 1, room[1]));
    }
}

static void print_scalars(FILE *out, const struct comparison *c)
{
    if (!c->scalars)
        return;
    (void)fprintf(out, "values that differ: %zu\n", c->scalars);
    for (size_t k = 0; k < c->scalars && k < SCALARS_SHOWN; k++) {
        const struct compare_scalar *s = &c->scalar[k];
        char room[2][TIME_BYTES];
        (void)fprintf(out, "* %s %s %.*s: %s | %s\n", s->table, s->row, name_bytes(s->value.name),
                      s->value.name, shown(&s->value, 0, room[0]), shown(&s->value, 1, room[1]));
    }
    if (c->scalars > SCALARS_SHOWN)
        (void)fprintf(out, "  ... and %zu more; --json has them all\n", c->scalars - SCALARS_SHOWN);
}

void differences_print(FILE *out, const struct comparison *c, const char *const name[2])
{
    for (size_t k = 0; k < c->asked.n; k++) {
        const struct compare_value *v = &c->asked.value[k];
        (void)fprintf(out, "asked for another %s: %s | %s\n", v->name,
                      v->side[0] ? v->side[0] : "-", v->side[1] ? v->side[1] : "-");
    }
    if (c->equal) {
        (void)fprintf(out, "equal: %s and %s have the same events, packets and numbers\n", name[0],
                      name[1]);
        return;
    }
    (void)fprintf(out, "different: %s | %s\n", name[0], name[1]);
    print_row(out, "event", &c->event, name);
    print_row(out, "packet", &c->packet, name);
    print_scalars(out, c);
    if (c->scalars == 1 && !strcmp(c->scalar[0].value.name, "digest")) {
        (void)fputs(
            "only the digests differ: a frame of which nothing else tells; look at both with "
            "--pcap all\n",
            out);
    }
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void put_value(struct json_writer *j, const struct compare_value *v)
{
    jw_object(j, v->name);
    jw_text(j, "a", v->side[0]);
    jw_text(j, "b", v->side[1]);
    jw_bool(j, "equal", same(v));
    jw_end(j);
}

static void put_row(struct json_writer *j, const char *key, const struct compare_row *row)
{
    if (!row->differs) {
        jw_raw(j, key, "null");
        return;
    }
    jw_object(j, key);
    for (size_t k = 0; k < row->n; k++)
        put_value(j, &row->value[k]);
    jw_end(j);
}

void differences_json(FILE *out, const struct comparison *c, const char *const name[2])
{
    struct json_writer j = jw_to(out, 1);
    jw_object(&j, NULL);
    jw_bool(&j, "equal", c->equal);
    jw_text(&j, "a", name[0]);
    jw_text(&j, "b", name[1]);
    put_row(&j, "asked", &c->asked);
    put_row(&j, "event", &c->event);
    put_row(&j, "packet", &c->packet);
    jw_list(&j, "values");
    for (size_t k = 0; k < c->scalars; k++) {
        jw_object(&j, NULL);
        jw_text(&j, "table", c->scalar[k].table);
        jw_text(&j, "row", c->scalar[k].row);
        jw_text(&j, "column", c->scalar[k].value.name);
        jw_text(&j, "a", c->scalar[k].value.side[0]);
        jw_text(&j, "b", c->scalar[k].value.side[1]);
        jw_end(&j);
    }
    jw_end(&j);
    jw_end(&j);
}
