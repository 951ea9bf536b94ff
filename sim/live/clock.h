/*
 * clock.h - wall time as the engine's clock: simulated time goes by as CLOCK_MONOTONIC does.
 *
 * Between events the program sleeps until the next is due or a packet waits at the TUN device. What
 * is late is done at once, in order, at the simulated time that it was meant for; a packet arrives
 * at the simulated time that it is now.
 */
#ifndef SIM_LIVE_CLOCK_H
#define SIM_LIVE_CLOCK_H

#include "sim/core/sim.h"
#include "sim/live/tun.h"

struct live_clock {
    int64_t zero;  /* ns of CLOCK_MONOTONIC at simulated 0 */
    sim_time late; /* by which an event was at most */
};

void live_clock_start(struct live_clock *c, sim_time now); /* it is `now` */
sim_time live_clock_now(const struct live_clock *c);

/* Runs to `stop`, or until the device is gone or `ends` says so: it is asked at least five times a
 * second. Answers how many events ran. */
uint64_t live_clock_run(struct live_clock *c, struct sim *sim, struct tun *tun, sim_time stop,
                        bool (*ends)(void *owner), void *owner);

#endif
