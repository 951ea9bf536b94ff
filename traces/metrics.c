#include "traces/metrics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const sim_time window = 10 * SIM_S;
static const sim_time packetisation = 20 * SIM_MS;

/* ---- E-model -------------------------------------------------------------------- */

struct codec {
    double ie;
    double bpl;
    double bpl_plc;
};

/* ITU-T G.113 (11/2007) Appendix I: G.711 without and with concealment, G.729A. */
static const struct codec codecs[] = {
    [TRACE_G711] = {0, 4.3, 25.1},
    [TRACE_G729] = {11, 19, 19},
};

double metrics_mos(double delay_ms, double loss_percent, double burst_ratio, int codec, bool plc)
{
    const struct codec *c = &codecs[codec];
    double bpl = plc ? c->bpl_plc : c->bpl;
    double id = 0.024 * delay_ms + (delay_ms > 177.3 ? 0.11 * (delay_ms - 177.3) : 0);
    double ie = c->ie;
    if (loss_percent > 0)
        ie += (95 - c->ie) * loss_percent / (loss_percent / burst_ratio + bpl);
    double r = fmin(fmax(93.2 - id - ie, 0), 100);
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
}

/* ---- helpers -------------------------------------------------------------------- */

sim_time metrics_least_delay(const struct flow_record *r)
{
    sim_time least = -1;
    for (size_t s = 0; s < r->copy[0].n; s++) {
        const struct flow_row *row = flows_first(r, s);
        if (row && (least < 0 || row->received - row->sent < least))
            least = row->received - row->sent;
    }
    return least;
}

bool metrics_is_late(const struct trace_flow *of, sim_time delay, sim_time least)
{
    if (of->deadline)
        return delay > of->deadline;
    return of->voice && delay > least + of->playout;
}

static int by_time(const void *a, const void *b)
{
    sim_time x = *(const sim_time *)a;
    sim_time y = *(const sim_time *)b;
    return (x > y) - (x < y);
}

/* Nearest rank: the smallest value that at least p of all are not above. */
static sim_time quantile(const sim_time *sorted, size_t n, unsigned percent)
{
    size_t rank = (n * percent + 99) / 100;
    return sorted[rank ? rank - 1 : 0];
}

struct arrival {
    sim_time at;
    size_t sequence;
};

static int by_arrival(const void *a, const void *b)
{
    const struct arrival *x = a;
    const struct arrival *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static bool is_dead(const struct flow_record *r, size_t s)
{
    for (int c = 0; c < FLOWS_COPIES; c++) {
        if (s < r->copy[c].n && r->copy[c].row[s].there &&
            r->copy[c].row[s].fate == FLOWS_ON_THE_WAY)
            return false;
    }
    return true;
}

static unsigned copies_received(const struct flow_record *r, size_t s)
{
    unsigned n = 0;
    for (int c = 0; c < FLOWS_COPIES; c++)
        n += s < r->copy[c].n && r->copy[c].row[s].there && r->copy[c].row[s].received >= 0;
    return n;
}

/* ---- counts and delays ------------------------------------------------------- */

static void measure_delays(sim_time *delay, size_t n, struct flow_metrics *m)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (double)delay[k];
    qsort(delay, n, sizeof *delay, by_time);
    m->delay_mean_ns = sum / (double)n;
    m->delay_p50_ns = quantile(delay, n, 50);
    m->delay_p95_ns = quantile(delay, n, 95);
    m->delay_p99_ns = quantile(delay, n, 99);
    m->delay_max_ns = delay[n - 1];
    m->pdv_p99_ns = m->delay_p99_ns - delay[0];
}

static void measure_order(struct arrival *arrival, size_t n, struct flow_metrics *m)
{
    size_t next = 0;
    qsort(arrival, n, sizeof *arrival, by_arrival);
    for (size_t k = 0; k < n; k++) {
        if (k > 0 && arrival[k].at - arrival[k - 1].at > m->longest_gap_ns)
            m->longest_gap_ns = arrival[k].at - arrival[k - 1].at;
        if (arrival[k].sequence < next) {
            m->reordered++; /* Type-P-Reordered, RFC 4737 3.3 */
        } else {
            next = arrival[k].sequence + 1;
        }
    }
}

static double mean_ipdv(const struct flow_record *r)
{
    double sum = 0;
    size_t n = 0;
    for (size_t s = 1; s < r->copy[0].n; s++) {
        const struct flow_row *a = flows_first(r, s - 1);
        const struct flow_row *b = flows_first(r, s);
        if (!a || !b)
            continue;
        sum += fabs((double)((b->received - b->sent) - (a->received - a->sent)));
        n++;
    }
    return n ? sum / (double)n : -1;
}

/* ---- voice ---------------------------------------------------------------------- */

struct spell {
    uint64_t sent;
    uint64_t bad;
    uint64_t bursts;
    bool was_bad;
};

static double mos_of_window(const struct spell *w, sim_time least, const struct trace_flow *of)
{
    double loss = (double)w->bad / (double)w->sent;
    double burst = 1;
    if (w->bursts && loss < 1) /* mean burst against that of random loss: ITU-T G.107 */
        burst = fmax(1, (double)w->bad / (double)w->bursts * (1 - loss));
    sim_time d = packetisation + least + of->playout;
    return metrics_mos((double)d / 1e6, 100 * loss, burst, of->codec, of->plc);
}

static void close_window(struct spell *w, sim_time least, const struct trace_flow *of,
                         struct flow_metrics *m, double *sum, uint64_t *windows)
{
    if (!w->sent)
        return;
    double mos = mos_of_window(w, least, of);
    *sum += mos;
    ++*windows;
    if (!m->has_mos || mos < m->mos_worst)
        m->mos_worst = mos;
    m->has_mos = true;
    *w = (struct spell){.was_bad = w->was_bad};
}

static void measure_voice(const struct flow_record *r, const struct trace_flow *of, sim_time least,
                          struct flow_metrics *m)
{
    struct spell w = {0};
    double sum = 0;
    uint64_t windows = 0;
    sim_time end = 0;
    for (size_t s = 0; s < r->copy[0].n; s++) {
        const struct flow_row *sent = &r->copy[0].row[s];
        const struct flow_row *got = flows_first(r, s);
        if (!sent->there || (!got && !is_dead(r, s)))
            continue;
        if (!end)
            end = sent->sent + window;
        if (sent->sent >= end) {
            close_window(&w, least, of, m, &sum, &windows);
            end += window;
        }
        bool bad = !got || metrics_is_late(of, got->received - got->sent, least);
        w.sent++;
        w.bad += bad;
        w.bursts += bad && (!w.was_bad || w.bad == 1);
        w.was_bad = bad;
    }
    if (w.sent * (uint64_t)of->interval * 2 >= (uint64_t)window || !windows)
        close_window(&w, least, of, m, &sum, &windows); /* less than half a window is left out */
    if (windows)
        m->mos_mean = sum / (double)windows;
}

/* A packet of which no copy came. */
static void count_missing(const struct flow_record *r, const struct trace_flow *of, size_t s,
                          sim_time end, sim_time least, struct flow_metrics *m)
{
    if (is_dead(r, s)) {
        m->lost++;
    } else if (metrics_is_late(of, end - r->copy[0].row[s].sent, least < 0 ? 0 : least)) {
        m->late++;
    } else {
        m->in_flight++;
    }
}

void metrics_of(const struct flow_record *r, const struct trace_flow *of, sim_time end,
                struct flow_metrics *m)
{
    size_t n = r->copy[0].n;
    size_t came = 0;
    sim_time *delay = calloc(n + 1, sizeof *delay);
    struct arrival *arrival = calloc(n + 1, sizeof *arrival);
    assert(delay && arrival);
    *m = (struct flow_metrics){.delay_mean_ns = -1,
                               .delay_p50_ns = -1,
                               .delay_p95_ns = -1,
                               .delay_p99_ns = -1,
                               .delay_max_ns = -1,
                               .ipdv_mean_ns = -1,
                               .pdv_p99_ns = -1};
    sim_time least = metrics_least_delay(r);
    for (size_t s = 0; s < n; s++) {
        if (!r->copy[0].row[s].there)
            continue; /* a reply to a request that never came: it was not sent */
        const struct flow_row *got = flows_first(r, s);
        m->sent++;
        if (!got) {
            count_missing(r, of, s, end, least, m);
            continue;
        }
        delay[came] = got->received - got->sent;
        arrival[came++] = (struct arrival){got->received, s};
        m->received++;
        m->received_bytes += got->bytes;
        m->duplicated += copies_received(r, s) - 1;
        m->late += metrics_is_late(of, got->received - got->sent, least);
    }
    m->missed = m->lost + m->late;
    if (came) {
        measure_delays(delay, came, m);
        measure_order(arrival, came, m);
        m->ipdv_mean_ns = mean_ipdv(r);
    }
    if (of->voice && n)
        measure_voice(r, of, least < 0 ? 0 : least, m);
    free(delay);
    free(arrival);
}
