/* Table series: rates of interfaces and use of processors, in bins. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "traces/tables.h"

/* With room for bin `bin`, of `width` numbers. */
static uint64_t *grown(uint64_t *of, size_t *have, size_t bin, size_t width)
{
    if (bin < *have)
        return of;
    size_t bins = *have ? *have : 256;
    while (bins <= bin)
        bins *= 2;
    of = realloc(of, bins * width * sizeof *of);
    assert(of);
    memset(of + *have * width, 0, (bins - *have) * width * sizeof *of);
    *have = bins;
    return of;
}

void series_frame(struct trace *t, const struct tap_frame *f)
{
    size_t width = 2 * (size_t)t->setup.ports;
    size_t bin = (size_t)(f->t / t->setup.series);
    if (f->what != TAP_SENT && f->what != TAP_RECEIVED)
        return;
    t->bin = grown(t->bin, &t->bins, bin, width);
    t->bin[bin * width + 2 * f->port + (f->what == TAP_RECEIVED)] += f->pkt->len;
}

/* `length` from `t` on, of which each bin takes its share; what lies behind the run's end is none.
 */
void series_service(struct trace *t, const struct tap_service *s)
{
    size_t width = t->setup.nodes;
    sim_time bin = t->setup.series;
    sim_time end = s->t + s->length < t->setup.run.stop ? s->t + s->length : t->setup.run.stop;
    for (sim_time at = s->t; at < end;) {
        size_t k = (size_t)(at / bin);
        sim_time next = ((sim_time)k + 1) * bin;
        sim_time until = next < end ? next : end;
        t->use = grown(t->use, &t->uses, k, width);
        t->use[k * width + s->node] += (uint64_t)(until - at);
        at = until;
    }
}

/* In bin `bin`, of the nodes whose processors take time. */
static enum status put_use(const struct trace *t, struct db_row *row, size_t bin, struct why *w)
{
    enum status st = ST_OK;
    for (uint32_t k = 0; t->setup.cores && k < t->setup.nodes && !st; k++) {
        if (!t->setup.cores[k])
            continue;
        uint64_t busy = bin < t->uses ? t->use[bin * t->setup.nodes + k] : 0;
        db_int(row, ((int64_t)bin + 1) * t->setup.series);
        db_text(row, t->setup.node[k]);
        db_text(row, NULL);
        db_text(row, "cpu.use");
        db_real(row, (double)busy / (double)t->setup.series / t->setup.cores[k]);
        st = db_put(row, w);
    }
    return st;
}

enum status tables_series(struct trace *t, struct why *w)
{
    static const char *const names[] = {"rate.sent", "rate.received"};
    struct db_row row;
    size_t width = 2 * (size_t)t->setup.ports;
    if (!t->setup.series)
        return ST_OK;
    enum status st = db_rows(&row, t->db, "series", w);
    size_t last = (size_t)((t->setup.run.stop + t->setup.series - 1) / t->setup.series);
    for (size_t bin = 0; bin < last && !st; bin++) {
        for (size_t k = 0; k < width && !st; k++) {
            const struct trace_port *p = &t->setup.port[k / 2];
            const char *node = t->setup.node[p->node];
            uint64_t bytes = bin < t->bins ? t->bin[bin * width + k] : 0;
            db_int(&row, ((int64_t)bin + 1) * t->setup.series);
            db_text(&row, node);
            db_text(&row, tables_interface(p, node));
            db_text(&row, names[k % 2]);
            db_real(&row, (double)bytes * 8e9 / (double)t->setup.series);
            st = db_put(&row, w);
        }
        if (!st)
            st = put_use(t, &row, bin, w);
    }
    db_rows_done(&row);
    return st;
}
