/* What a trace holds, for people and as JSON. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "sim/app/trace.h"
#include "sim/base/json.h"

/* ---- of a link ------------------------------------------------------------------------- */

/* A value over time: each holds until the next. */
struct series {
    const char *name;
    const char *suffix; /* of the key in JSON */
    const char *unit;
    double scale;
    bool known;
    double now;
    double least;
    double most;
    double area;
    double time;
};

struct outages {
    unsigned n;
    sim_time total;
    sim_time longest;
    sim_time since;
    bool on;
};

enum { DOWN, UP, DELAY, LOSS, SERIES };

struct facts {
    struct series of[SERIES];
    struct outages outages;
    sim_time last;
    bool blocked;
    bool one_rate; /* both ways have the same */
};

static void hold(struct facts *f, sim_time until)
{
    double length = (double)(until - f->last) / 1e9;
    for (int k = 0; k < SERIES; k++) {
        struct series *s = &f->of[k];
        s->area += s->known ? s->now * length : 0;
        s->time += s->known ? length : 0;
    }
    f->last = until;
}

static void set(struct series *s, int64_t value)
{
    if (value == REPLAY_SAME)
        return;
    s->now = (double)value * s->scale;
    s->least = s->known ? fmin(s->least, s->now) : s->now;
    s->most = s->known ? fmax(s->most, s->now) : s->now;
    s->known = true;
}

static bool stands(const struct series *s)
{
    return s->known && s->now <= 0;
}

/* Carries nothing either way, or loses all. */
static bool is_out(const struct facts *f)
{
    const struct series *down = &f->of[DOWN];
    const struct series *up = &f->of[UP];
    bool silent = (stands(down) && (stands(up) || !up->known)) || (stands(up) && !down->known);
    return f->blocked || silent || (f->of[LOSS].known && f->of[LOSS].now >= 1);
}

static void note_outage(struct facts *f, bool on)
{
    struct outages *o = &f->outages;
    if (on && !o->on)
        o->since = f->last;
    if (!on && o->on && f->last > o->since) {
        sim_time length = f->last - o->since;
        o->n++;
        o->total += length;
        o->longest = length > o->longest ? length : o->longest;
    }
    o->on = on;
}

static struct facts facts_of(const struct replay_trace *t)
{
    struct facts f = {.one_rate = true,
                      .of = {[DOWN] = {"rate_down", "mbps", "Mbit/s", 1e-6},
                             [UP] = {"rate_up", "mbps", "Mbit/s", 1e-6},
                             [DELAY] = {"delay", "ms", "ms", 1e-6},
                             [LOSS] = {"loss", "share", "", 1.0 / SHARE_ONE}}};
    for (size_t k = 0; k < t->points; k++) {
        const struct replay_point *p = &t->point[k];
        hold(&f, p->t);
        set(&f.of[DOWN], p->rate_down);
        set(&f.of[UP], p->rate_up);
        set(&f.of[DELAY], p->delay);
        set(&f.of[LOSS], p->loss);
        f.one_rate &= p->rate_down == p->rate_up;
        if (p->blocked != REPLAY_SAME)
            f.blocked = p->blocked == 1;
        if (k + 1 == t->points || p[1].t > p->t) /* after the last of one instant */
            note_outage(&f, is_out(&f));
    }
    note_outage(&f, false);
    return f;
}

static double mean(const struct series *s)
{
    return s->time > 0 ? s->area / s->time : s->now;
}

/* Opportunities are told as what they are, too. */
static void count_grants(const struct replay_trace *t, uint64_t *n, sim_time *gap)
{
    sim_time last = t->point[t->points - 1].t - t->length; /* of the round before */
    *n = 0;
    *gap = 0;
    for (size_t k = 0; k < t->points; k++) {
        *n += (uint64_t)t->point[k].grant / REPLAY_OPPORTUNITY;
        if (t->point[k].t - last > *gap)
            *gap = t->point[k].t - last;
        last = t->point[k].t;
    }
}

static void link_words(FILE *out, const struct trace_file *t, const struct facts *f)
{
    (void)fprintf(out, "%s: %s, %.3f s, %zu points\n", t->path, input_formats[t->format],
                  (double)t->link.length / 1e9, t->link.points);
    for (int k = 0; k < SERIES; k++) {
        const struct series *s = &f->of[k];
        if (s->known && !(f->one_rate && k == UP)) {
            (void)fprintf(out, "%-10s min %.6g, mean %.6g, max %.6g%s%s\n",
                          f->one_rate && k == DOWN ? "rate" : s->name, s->least, mean(s), s->most,
                          *s->unit ? " " : "", s->unit);
        }
    }
    if (t->link.grants) {
        uint64_t n;
        sim_time gap;
        count_grants(&t->link, &n, &gap);
        (void)fprintf(out,
                      "%" PRIu64 " opportunities of %d bytes, at most %.3f s apart; rates are of "
                      "%.3f s each\n",
                      n, REPLAY_OPPORTUNITY, (double)gap / 1e9, (double)t->bin / 1e9);
    }
    (void)fprintf(out, "%-10s %u, %.3f s in all, the longest %.3f s\n", "outages", f->outages.n,
                  (double)f->outages.total / 1e9, (double)f->outages.longest / 1e9);
}

/* Nine digits: what is computed of a trace is not more exact. */
static void put_real(struct json_writer *j, const char *key, double value)
{
    char text[40];
    (void)snprintf(text, sizeof text, "%.9g", value);
    jw_raw(j, key, text);
}

/* Without a mean: it is not finite. */
static void put_range(struct json_writer *j, const char *key, double least, double most,
                      double middle)
{
    jw_object(j, key);
    put_real(j, "min", least);
    if (isfinite(middle))
        put_real(j, "mean", middle);
    put_real(j, "max", most);
    jw_end(j);
}

static void link_json(FILE *out, const struct trace_file *t, const struct facts *f)
{
    struct json_writer j = jw_to(out, 1);
    jw_object(&j, NULL);
    jw_text(&j, "file", t->path);
    jw_text(&j, "format", input_formats[t->format]);
    put_real(&j, "duration_s", (double)t->link.length / 1e9);
    jw_int(&j, "points", (int64_t)t->link.points);
    for (int k = 0; k < SERIES; k++) {
        char key[64];
        const struct series *s = &f->of[k];
        (void)snprintf(key, sizeof key, "%s_%s", s->name, s->suffix);
        if (s->known)
            put_range(&j, key, s->least, s->most, mean(s));
    }
    if (t->link.grants) {
        uint64_t n;
        sim_time gap;
        count_grants(&t->link, &n, &gap);
        jw_object(&j, "opportunities");
        jw_int(&j, "count", (int64_t)n);
        jw_int(&j, "bytes", REPLAY_OPPORTUNITY);
        put_real(&j, "longest_gap_s", (double)gap / 1e9);
        put_real(&j, "bin_s", (double)t->bin / 1e9);
        jw_end(&j);
    }
    jw_object(&j, "outages");
    jw_int(&j, "count", f->outages.n);
    put_real(&j, "total_s", (double)f->outages.total / 1e9);
    put_real(&j, "longest_s", (double)f->outages.longest / 1e9);
    jw_end(&j);
    jw_end(&j);
}

/* ---- of nodes that move ----------------------------------------------------------------- */

struct area {
    size_t nodes;
    size_t waypoints;
    sim_time from;
    sim_time to;
    double least[2]; /* m */
    double most[2];
    double way;   /* m, of all nodes */
    double speed; /* m/s, the highest; jumps do not count */
};

static void see_waypoint(struct area *a, const struct waypoint *p)
{
    const double here[2] = {(double)p->x / 1e6, (double)p->y / 1e6};
    bool first = a->waypoints++ == 0;
    for (int i = 0; i < 2; i++) {
        a->least[i] = first ? here[i] : fmin(a->least[i], here[i]);
        a->most[i] = first ? here[i] : fmax(a->most[i], here[i]);
    }
    a->from = first || p->t < a->from ? p->t : a->from;
    a->to = p->t > a->to ? p->t : a->to;
}

static void see(struct area *a, const struct movement *m)
{
    for (size_t k = 0; k < m->n; k++)
        see_waypoint(a, &m->at[k]);
    for (size_t k = 1; k < m->n; k++) {
        const struct waypoint *p = &m->at[k];
        double dx = (double)(p->x - p[-1].x) / 1e6;
        double dy = (double)(p->y - p[-1].y) / 1e6;
        double way = sqrt(dx * dx + dy * dy);
        double time = (double)(p->t - p[-1].t) / 1e9;
        a->way += way;
        if (time > 0)
            a->speed = fmax(a->speed, way / time);
    }
    a->nodes++;
}

static bool is_asked(const struct trace_file *t, size_t k)
{
    return !t->node || !strcmp(t->node, t->movements.of[k].node);
}

static void nodes_words(FILE *out, const struct trace_file *t, const struct area *a)
{
    enum { NAMES = 10 };
    (void)fprintf(out, "%s: %s, %zu node%s:", t->path, input_formats[t->format], a->nodes,
                  a->nodes == 1 ? "" : "s");
    size_t named = 0;
    for (size_t k = 0; k < t->movements.n; k++) {
        if (is_asked(t, k) && named++ < NAMES)
            (void)fprintf(out, " %s", t->movements.of[k].node);
    }
    (void)fprintf(out, "%s\n", named > NAMES ? " ..." : "");
    (void)fprintf(out, "%-10s %.3f s to %.3f s, %zu waypoints\n", "time", (double)a->from / 1e9,
                  (double)a->to / 1e9, a->waypoints);
    (void)fprintf(out, "%-10s x %.3f m to %.3f m, y %.3f m to %.3f m\n", "area", a->least[0],
                  a->most[0], a->least[1], a->most[1]);
    (void)fprintf(out, "%-10s %.3f m in all, at most %.3f m/s\n", "way", a->way, a->speed);
}

static void nodes_json(FILE *out, const struct trace_file *t, const struct area *a)
{
    struct json_writer j = jw_to(out, 1);
    jw_object(&j, NULL);
    jw_text(&j, "file", t->path);
    jw_text(&j, "format", input_formats[t->format]);
    jw_list(&j, "nodes");
    for (size_t k = 0; k < t->movements.n; k++) {
        if (is_asked(t, k))
            jw_text(&j, NULL, t->movements.of[k].node);
    }
    jw_end(&j);
    jw_int(&j, "waypoints", (int64_t)a->waypoints);
    put_real(&j, "from_s", (double)a->from / 1e9);
    put_real(&j, "to_s", (double)a->to / 1e9);
    put_range(&j, "x_m", a->least[0], a->most[0], (double)NAN);
    put_range(&j, "y_m", a->least[1], a->most[1], (double)NAN);
    put_real(&j, "way_m", a->way);
    put_real(&j, "speed_max_mps", a->speed);
    jw_end(&j);
}

static void show_link(FILE *out, const struct trace_file *t, bool json)
{
    struct arena arena = {0};
    struct replay_trace rates;
    struct why w;
    const struct replay_trace *of = &t->link;
    if (of->grants && !trace_rates(&t->link, t->bin, &arena, &rates, &w))
        of = &rates;
    struct facts f = facts_of(of);
    if (json) {
        link_json(out, t, &f);
    } else {
        link_words(out, t, &f);
    }
    arena_release(&arena);
}

void trace_show(FILE *out, const struct trace_file *t, bool json)
{
    struct area a = {0};
    if (!t->nodes) {
        show_link(out, t, json);
        return;
    }
    for (size_t k = 0; k < t->movements.n; k++) {
        if (is_asked(t, k))
            see(&a, &t->movements.of[k]);
    }
    if (json) {
        nodes_json(out, t, &a);
    } else {
        nodes_words(out, t, &a);
    }
}
