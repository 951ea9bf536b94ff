/* What a transition did to a flow. */
#include <assert.h>
#include <stdlib.h>

#include "traces/metrics.h"
#include "traces/transition.h"

static const sim_time after_span = SIM_S;

struct arrived {
    sim_time at;
};

static int by_time(const void *a, const void *b)
{
    const struct arrived *x = a;
    const struct arrived *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static void find_gap(const struct arrived *a, size_t n, sim_time begin, sim_time end,
                     struct disruption *d)
{
    sim_time widest = -1;
    for (size_t k = 1; k < n; k++) {
        if (a[k].at < begin || a[k - 1].at > end || a[k].at - a[k - 1].at <= widest)
            continue;
        widest = a[k].at - a[k - 1].at;
        d->last_before = a[k - 1].at;
        d->first_after = a[k].at;
    }
}

/* The flow sends on and nothing comes any more: how long, when its last packet should have come. */
static void add_silence(sim_time last_due, const struct arrived *a, size_t n, sim_time begin,
                        sim_time end, struct disruption *d)
{
    sim_time last = a[n - 1].at;
    if (last_due < begin || last > end || last_due - last <= d->disruption)
        return;
    d->last_before = last;
    d->first_after = -1;
    d->disruption = last_due - last;
}

void disruption_of(const struct transition *t, const struct flow_record *r,
                   const struct trace_flow *of, struct disruption *d)
{
    sim_time begin = transition_begin(t);
    sim_time end = t->at + after_span;
    sim_time least = metrics_least_delay(r);
    sim_time last_due = -1;
    size_t n = 0;
    struct arrived *a = calloc(r->copy[0].n + 1, sizeof *a);
    assert(a);
    *d = (struct disruption){.last_before = -1, .first_after = -1};
    for (size_t s = 0; s < r->copy[0].n; s++) {
        const struct flow_row *sent = &r->copy[0].row[s];
        const struct flow_row *got = flows_first(r, s);
        if (got)
            a[n++].at = got->received;
        if (sent->there && sent->fate != FLOWS_ON_THE_WAY)
            last_due = sent->sent + least;
        if (!sent->there || sent->sent + least < begin || sent->sent > end)
            continue; /* what was on the way when it began counts */
        d->lost += !got && sent->fate != FLOWS_ON_THE_WAY;
        d->late += got && metrics_is_late(of, got->received - got->sent, least);
        for (int c = 0; c < FLOWS_COPIES && got; c++) {
            d->duplicated += s < r->copy[c].n && r->copy[c].row[s].there &&
                             r->copy[c].row[s].received >= 0 && &r->copy[c].row[s] != got;
        }
    }
    qsort(a, n, sizeof *a, by_time);
    find_gap(a, n, begin, end, d);
    if (d->first_after >= 0 && d->first_after - d->last_before > of->interval)
        d->disruption = d->first_after - d->last_before - of->interval;
    if (n)
        add_silence(last_due, a, n, begin, end, d);
    else if (d->lost)
        d->disruption = -1; /* it never worked, so that nothing was disrupted */
    free(a);
}
