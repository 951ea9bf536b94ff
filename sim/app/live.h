/*
 * live.h - one node of a scenario in real time against the outside, at a TUN device.
 *
 * Keys, SPIs and nonces come from the scenario's seed as in any run: what such a node sends can be
 * read by whoever has the file. It is for looking at protocols, not for keeping secrets.
 */
#ifndef SIM_APP_LIVE_H
#define SIM_APP_LIVE_H

#include <stdio.h>

#include "sim/live/clock.h"
#include "sim/world/world.h"

struct live_options {
    const char *node;
    const char *tun; /* NULL: none, only addresses are asked for */
    sim_time length; /* 0: general.stop of the scenario */
};

struct live {
    struct world_live of;
    struct tun tun;
    struct live_clock clock;
};

/* Finds the node and opens the device; changes general.stop. ST_IO: the device cannot be had;
 * anything else: the scenario and the options do not fit. */
MUST_CHECK enum status live_open(struct live *l, const struct live_options *how, struct scenario *s,
                                 struct why *w);
void live_close(struct live *l);

/* A line for each address that the outside has to know. */
void live_print_addresses(FILE *out, const struct world *w);

/* To the scenario's end, or until interrupted(); then IKE SAs are deleted, for which a second is
 * left. Answers how many events ran. */
uint64_t live_run(struct live *l, struct world *w);

#endif
