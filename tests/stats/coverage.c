/*
 * coverage.c - do intervals of 95 % hold the truth 95 times in 100?  Where the truth is known:
 *
 * The mean wait in an M/D/1 queue: packets of one size come at random (Poisson) to a link of ours
 * that they fill to one half.  Each interval is Student's over 30 replications; each replication is
 * a world of its own that starts empty, and its warm-up is not counted.  The truth is Pollaczek's
 * and Khinchine's, rho / (2 (1 - rho)) transmission times.
 *
 * The share of packets that a link with a Bernoulli loss of 0.1 loses: Wilson's over 1,000 packets.
 *
 * Of 10,000 intervals each, 94 to 96 % must hold it; the share deviates by 0.22 % by chance.
 * Wilson's hold it in 94.91 % (added up from the binomial distribution), those of the wait in about
 * 94.8 % (four seeds), since the mean of a replication is still skewed by 0.54.  A bias that is
 * small beside the width of an interval is not seen there (with the warm-up it is 94.5 %), so the
 * mean of all estimates must be within four standard errors of the truth, too.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "analysis/stats.h"
#include "sim/link/p2p.h"

enum {
    SEED = 20250607,
    INTERVALS = 10000,
    REPLICATIONS = 30,
    WARM_UP = 100,   /* packets of a replication that are not counted */
    COUNTED = 1000,  /* and that are */
    LOSS_SENT = 1000 /* packets of a proportion */
};

static const sim_time service = SIM_MS; /* 1250 bytes at 10 Mbit/s */
static const uint32_t packet_bytes = 1250;
static const double load = 0.5;

/* A link from a to b, and who sends on it. */
struct world {
    struct arena arena;
    struct pool packets;
    struct rng_seed seed;
    struct links links;
    struct port *a;
    struct sim_timer next;
    struct rng arrivals;
    double mean_gap; /* ns between packets */
    uint64_t to_send;
    uint64_t sent;
    uint64_t received;
    double wait; /* ns, all that are counted */
};

static void take(void *owner, struct pkt *p)
{
    struct world *w = owner;
    if (p->mark.sequence >= WARM_UP)
        w->wait += (double)(sim_now(w->links.sim) - p->mark.born - service);
    w->received++;
    pkt_give(&w->packets, p);
}

static void arrive(struct sim *sim, void *owner)
{
    struct world *w = owner;
    struct pkt *p = pkt_take(&w->packets);
    (void)pkt_append(p, packet_bytes);
    p->mark.sequence = w->sent++;
    p->mark.born = sim_now(sim);
    port_send(w->a, p);
    if (w->sent < w->to_send)
        sim_arm_in(sim, &w->next, llround(rng_exponential(&w->arrivals, w->mean_gap)));
}

static struct port *end_of_link(struct world *w, const char *name)
{
    struct port *port = port_new(&w->links, name, LINK_RAW_IP6, 0, 1500);
    port->owner = w;
    port->receive = take;
    return port;
}

/* Sends `to_send` packets, until the last has arrived or is lost. */
static void run(struct world *w, uint64_t replication, uint32_t loss, uint64_t to_send)
{
    const struct p2p_config how = {
        .rate = 10000000, .queue = 1000000, .mtu = 1500, .loss = {.bernoulli = loss}};
    *w = (struct world){.mean_gap = (double)service / load, .to_send = to_send};
    w->packets = pkt_pool(&w->arena);
    w->seed = rng_seed_of(SEED, replication);
    w->arrivals = rng_stream(&w->seed, "arrivals");
    w->links = (struct links){
        .sim = sim_new(), .arena = &w->arena, .packets = &w->packets, .seed = &w->seed};
    w->a = end_of_link(w, "a");
    p2p_join(&w->links, "ab", &how, w->a, end_of_link(w, "b"));
    sim_timer_init(&w->next, arrive, w);
    sim_arm_in(w->links.sim, &w->next, llround(rng_exponential(&w->arrivals, w->mean_gap)));
    (void)sim_run_until(w->links.sim, SIM_NEVER);
    assert(w->packets.out == 0);
    sim_free(w->links.sim);
    arena_release(&w->arena);
}

/* What came out of all intervals. */
struct tally {
    double truth;
    int held;   /* intervals that hold it */
    double all; /* sum of what they estimate */
    double squares;
};

static void add(struct tally *t, const struct estimate *e)
{
    t->held += e->has_interval && e->low <= t->truth && t->truth <= e->high;
    t->all += e->value;
    t->squares += e->value * e->value;
}

static bool is_right(const struct tally *t, const char *what, const char *unit)
{
    double share = (double)t->held / INTERVALS;
    double mean = t->all / INTERVALS;
    double error = sqrt((t->squares / INTERVALS - mean * mean) / INTERVALS);
    bool covers = share >= 0.94 && share <= 0.96;
    bool is_near = fabs(mean - t->truth) <= 4 * error;
    (void)printf("%s: %d of %d intervals hold %g%s, %.2f %%%s\n", what, t->held, INTERVALS,
                 t->truth, unit, 100 * share, covers ? "" : ", want 94 to 96 %");
    (void)printf("%s: mean of all %.6f%s, standard error %.6f%s\n", what, mean, unit, error,
                 is_near ? "" : ": more than four away from the truth");
    return covers && is_near;
}

static bool waits_are_covered(void)
{
    struct tally t = {.truth = load / (2 * (1 - load)) * (double)service / SIM_MS};
    double mean[REPLICATIONS]; /* ms */
    struct world w;
    for (uint64_t k = 0; k < INTERVALS; k++) {
        for (uint64_t r = 0; r < REPLICATIONS; r++) {
            run(&w, k * REPLICATIONS + r, 0, WARM_UP + COUNTED);
            assert(w.received == w.sent);
            mean[r] = w.wait / COUNTED / SIM_MS;
        }
        struct estimate e = stats_mean(mean, REPLICATIONS);
        add(&t, &e);
    }
    return is_right(&t, "mean wait in M/D/1, t", " ms");
}

static bool losses_are_covered(void)
{
    struct tally t = {.truth = 0.1};
    struct world w;
    for (uint64_t k = 0; k < INTERVALS; k++) {
        run(&w, k, SHARE_ONE / 10, LOSS_SENT);
        struct estimate e = stats_wilson(w.sent - w.received, w.sent);
        add(&t, &e);
    }
    return is_right(&t, "share of packets lost, Wilson", "");
}

int main(void)
{
    bool losses = losses_are_covered();
    bool waits = waits_are_covered();
    return losses && waits ? 0 : 1;
}
