/* A trace as CSV of our own: exactly what was read, but for opportunities, which become rates. */
#include <inttypes.h>
#include <string.h>

#include "sim/app/trace.h"

enum { BINS_MAX = 10000000 };

enum status trace_rates(const struct replay_trace *from, sim_time bin, struct arena *arena,
                        struct replay_trace *to, struct why *w)
{
    size_t bins = (size_t)((from->length + bin - 1) / bin);
    if (bins > BINS_MAX)
        return why_set(w, ST_RANGE, "%.100s: more than %d bins", from->file, BINS_MAX);
    *to = (struct replay_trace){.file = from->file, .points = bins + 1, .length = from->length};
    to->point = arena_take(arena, to->points * sizeof *to->point);
    for (size_t k = 0; k < from->points; k++) { /* at t goes what came before t */
        const struct replay_point *p = &from->point[k];
        to->point[p->t ? (size_t)((p->t - 1) / bin) : 0].grant += p->grant;
    }
    for (size_t k = 0; k <= bins; k++) {
        struct replay_point *p = &to->point[k];
        int64_t bytes = p->grant;
        sim_time length = k + 1 < bins ? bin : from->length - (sim_time)k * bin;
        *p = replay_same;
        p->t = k < bins ? (sim_time)k * bin : from->length;
        if (k < bins)
            p->rate_down = p->rate_up = (int64_t)((double)bytes * 8e9 / (double)length + 0.5);
    }
    return ST_OK;
}

/* value / 10^places, without zeros at the end. */
static void print_decimal(FILE *out, int64_t value, int places)
{
    char text[32];
    int64_t scale = 1;
    for (int k = 0; k < places; k++)
        scale *= 10;
    int64_t size = value < 0 ? -value : value;
    int n = snprintf(text, sizeof text, "%s%" PRId64 ".%0*" PRId64, value < 0 ? "-" : "",
                     size / scale, places, size % scale);
    while (n > 0 && text[n - 1] == '0')
        text[--n] = '\0';
    if (n > 0 && text[n - 1] == '.')
        text[--n] = '\0';
    (void)fputs(text, out);
}

static void print_cell(FILE *out, int64_t value, int places)
{
    (void)fputc(',', out);
    if (value != REPLAY_SAME)
        print_decimal(out, value, places);
}

/* Which columns there are. */
struct used {
    bool same_rates;
    bool rates;
    bool delay;
    bool loss;
    bool state;
};

static struct used columns_of(const struct replay_trace *t)
{
    struct used u = {.same_rates = true};
    for (size_t k = 0; k < t->points; k++) {
        const struct replay_point *p = &t->point[k];
        u.rates |= p->rate_down != REPLAY_SAME || p->rate_up != REPLAY_SAME;
        u.same_rates &= p->rate_down == p->rate_up;
        u.delay |= p->delay != REPLAY_SAME;
        u.loss |= p->loss != REPLAY_SAME;
        u.state |= p->blocked != REPLAY_SAME;
    }
    return u;
}

static void write_point(FILE *out, const struct replay_point *p, const struct used *u)
{
    static const char *const states[] = {",up", ",down"};
    print_decimal(out, p->t, 9);
    if (u->rates)
        print_cell(out, p->rate_down, 0);
    if (u->rates && !u->same_rates)
        print_cell(out, p->rate_up, 0);
    if (u->delay)
        print_cell(out, p->delay, 6);
    if (u->loss)
        print_cell(out, p->loss, 9);
    if (u->state)
        (void)fputs(p->blocked == REPLAY_SAME ? "," : states[p->blocked], out);
    (void)fputc('\n', out);
}

static void write_link(FILE *out, const struct replay_trace *t)
{
    const struct used u = columns_of(t);
    const char *rates = u.same_rates ? ",rate_bps" : ",rate_down_bps,rate_up_bps";
    (void)fprintf(out, "t_s%s%s%s%s\n", u.rates ? rates : "", u.delay ? ",delay_ms" : "",
                  u.loss ? ",loss" : "", u.state ? ",state" : "");
    for (size_t k = 0; k < t->points; k++)
        write_point(out, &t->point[k], &u);
}

static void write_movement(FILE *out, const struct movement *m, bool named)
{
    for (size_t k = 0; k < m->n; k++) {
        if (named)
            (void)fprintf(out, "%s,", m->node);
        print_decimal(out, m->at[k].t, 9);
        (void)fputc(',', out);
        print_decimal(out, m->at[k].x, 6);
        (void)fputc(',', out);
        print_decimal(out, m->at[k].y, 6);
        (void)fputc('\n', out);
    }
}

void trace_write(FILE *out, const struct trace_file *t)
{
    bool named = !t->node && t->movements.n > 1;
    if (!t->nodes) {
        write_link(out, &t->link);
        return;
    }
    (void)fprintf(out, "%st_s,x_m,y_m\n", named ? "node," : "");
    for (size_t k = 0; k < t->movements.n; k++) {
        if (!t->node || !strcmp(t->node, t->movements.of[k].node))
            write_movement(out, &t->movements.of[k], named);
    }
}
