#include "sim/live/clock.h"

#include <poll.h>
#include <time.h>

enum { SLEEP_MS = 200 };

static int64_t monotonic(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SIM_S + t.tv_nsec;
}

void live_clock_start(struct live_clock *c, sim_time now)
{
    *c = (struct live_clock){.zero = monotonic() - now};
}

sim_time live_clock_now(const struct live_clock *c)
{
    return monotonic() - c->zero;
}

/* Until `next` is due, to the millisecond above, or a packet waits. Answers whether one does, or
 * reading says what is wrong. */
static bool sleep_until(const struct live_clock *c, const struct tun *tun, sim_time next)
{
    sim_time left = next - live_clock_now(c);
    struct pollfd f = {.fd = tun->fd, .events = POLLIN};
    int ms = left <= 0 ? 0 : left > SLEEP_MS * SIM_MS ? SLEEP_MS : (int)((left - 1) / SIM_MS + 1);
    return poll(&f, 1, ms) == 1 && f.revents & (POLLIN | POLLERR | POLLHUP);
}

static uint64_t catch_up(struct live_clock *c, struct sim *sim, sim_time stop)
{
    sim_time now = live_clock_now(c);
    sim_time next = sim_next(sim);
    if (next <= now && now - next > c->late)
        c->late = now - next;
    return sim_run_until(sim, now < stop ? now : stop);
}

uint64_t live_clock_run(struct live_clock *c, struct sim *sim, struct tun *tun, sim_time stop,
                        bool (*ends)(void *owner), void *owner)
{
    uint64_t events = catch_up(c, sim, stop);
    while (sim_now(sim) < stop && !tun->gone && !ends(owner)) {
        sim_time next = sim_next(sim);
        bool waits = sleep_until(c, tun, next < stop ? next : stop);
        events += catch_up(c, sim, stop);
        if (waits && sim_now(sim) < stop)
            tun_take(tun);
    }
    return events;
}
