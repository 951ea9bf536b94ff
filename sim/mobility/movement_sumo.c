/* SUMO's floating car data: where each vehicle and person is at each time step. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <expat.h>

#include "sim/mobility/movement_parts.h"

enum { CHUNK = 1 << 16 };

struct sumo {
    XML_Parser parser;
    const char *name;
    struct tracks *all;
    sim_time now;
    bool within;    /* a time step */
    bool begun;     /* the outermost element is there */
    double told_m;  /* what all went by their speeds */
    double moved_m; /* and by their places */
    bool far;       /* some place cannot be in degrees */
    enum status st;
    struct why *w;
};

/* The first one counts; it ends the reading. */
static void wrong(struct sumo *s, enum status st, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void wrong(struct sumo *s, enum status st, const char *fmt, ...)
{
    char said[sizeof s->w->text];
    va_list ap;
    if (s->st)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(said, sizeof said, fmt, ap);
    va_end(ap);
    s->st = why_set(s->w, st, "%.100s:%lu:%lu: %s", s->name,
                    (unsigned long)XML_GetCurrentLineNumber(s->parser),
                    (unsigned long)XML_GetCurrentColumnNumber(s->parser) + 1, said);
    (void)XML_StopParser(s->parser, XML_FALSE);
}

static const char *value_of(struct sumo *s, const char *element, const XML_Char **pair,
                            const char *name)
{
    for (; *pair; pair += 2) {
        if (!strcmp(pair[0], name))
            return pair[1];
    }
    wrong(s, ST_SYNTAX, "<%.40s> has no attribute %s", element, name);
    return NULL;
}

static void begin_step(struct sumo *s, const char *element, const XML_Char **pair)
{
    const char *text = value_of(s, element, pair, "time");
    sim_time t = 0;
    if (!text)
        return;
    enum decimal_fault fault = tracks_time(text, strlen(text), &t);
    if (fault) {
        wrong(s, ST_SYNTAX, "time '%.40s' %s", text, tracks_fault(fault, true));
    } else if (t < s->now) {
        wrong(s, ST_RANGE, "time goes back, from %.6f s to %.6f s", (double)s->now / 1e9,
              (double)t / 1e9);
    } else {
        s->now = t;
        s->within = true;
    }
}

static bool read_coordinate(struct sumo *s, const char *element, const XML_Char **pair, bool north,
                            int64_t *um)
{
    const char *name = north ? "y" : "x";
    const char *text = value_of(s, element, pair, name);
    if (!text)
        return false;
    enum decimal_fault fault = tracks_coordinate(s->all, north, text, strlen(text), um);
    if (fault)
        wrong(s, ST_SYNTAX, "%s '%.40s' %s", name, text, tracks_fault(fault, false));
    return !fault;
}

/* SUMO writes degrees if its --fcd-output.geo is set, and the file does not say so. */
static void compare_speed(struct sumo *s, const struct track *t, const struct waypoint *p,
                          const XML_Char **pair)
{
    const struct waypoint *before = t->n ? &t->at[t->n - 1] : NULL;
    int64_t um_per_s = 0;
    s->far |= p->x > 180000000 || p->x < -180000000 || p->y > 90000000 || p->y < -90000000;
    for (; *pair && strcmp(pair[0], "speed") != 0; pair += 2)
        ;
    if (!before || !*pair || decimal_read(pair[1], strlen(pair[1]), 6, &um_per_s))
        return;
    s->told_m += (double)um_per_s / 1e6 * (double)(p->t - before->t) / 1e9;
    s->moved_m += hypot((double)(p->x - before->x), (double)(p->y - before->y)) / 1e6;
}

static enum status seem_metres(const struct sumo *s)
{
    enum { LEAST_M = 100, FACTOR = 100 };
    if (s->all->origin.given || s->far || s->told_m < LEAST_M || s->moved_m * FACTOR > s->told_m)
        return ST_OK;
    return why_set(
        s->w, ST_RANGE,
        "%.100s: by their speeds its vehicles go %.0f m, by x and y %.3f: these seem to be "
        "degrees, which an origin makes metres of",
        s->name, s->told_m, s->moved_m);
}

static void place(struct sumo *s, const char *element, const XML_Char **pair)
{
    struct waypoint p = {.t = s->now};
    const char *id = value_of(s, element, pair, "id");
    if (!s->within) {
        wrong(s, ST_SYNTAX, "<%.40s> stands outside of a <timestep>", element);
    } else if (id && read_coordinate(s, element, pair, false, &p.x) &&
               read_coordinate(s, element, pair, true, &p.y)) {
        struct track *t = tracks_of(s->all, id, strlen(id));
        compare_speed(s, t, &p, pair);
        track_add(t, p);
    }
}

static void XMLCALL begin(void *owner, const XML_Char *element, const XML_Char **pair)
{
    struct sumo *s = owner;
    if (!s->begun && strcmp(element, "fcd-export") != 0)
        wrong(s, ST_SYNTAX, "<%.40s> is not <fcd-export>, the floating car data of SUMO", element);
    s->begun = true;
    if (!strcmp(element, "timestep")) {
        begin_step(s, element, pair);
    } else if (!strcmp(element, "vehicle") || !strcmp(element, "person") ||
               !strcmp(element, "container")) {
        place(s, element, pair);
    }
}

static void XMLCALL end(void *owner, const XML_Char *element)
{
    struct sumo *s = owner;
    if (!strcmp(element, "timestep"))
        s->within = false;
}

static enum status parse(struct sumo *s, FILE *file)
{
    bool last = false;
    while (!last && !s->st) {
        void *room = XML_GetBuffer(s->parser, CHUNK);
        if (!room)
            return why_set(s->w, ST_NOMEM, "out of memory");
        size_t n = fread(room, 1, CHUNK, file);
        last = n < CHUNK;
        if (ferror(file))
            return why_set(s->w, ST_IO, "%.100s: cannot be read", s->name);
        if (XML_ParseBuffer(s->parser, (int)n, last) != XML_STATUS_OK && !s->st)
            wrong(s, ST_SYNTAX, "XML: %s", XML_ErrorString(XML_GetErrorCode(s->parser)));
    }
    return s->st;
}

enum status movement_read_sumo(FILE *file, const char *name, struct tracks *all, struct why *w)
{
    struct sumo s = {.parser = XML_ParserCreate(NULL), .name = name, .all = all, .w = w};
    if (!s.parser)
        return why_set(w, ST_NOMEM, "out of memory");
    XML_SetUserData(s.parser, &s);
    XML_SetElementHandler(s.parser, begin, end);
    enum status st = parse(&s, file);
    XML_ParserFree(s.parser);
    return st ? st : seem_metres(&s);
}
