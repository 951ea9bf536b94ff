/*
 * bench.h - how long the operations of a processor's profile take on this machine.
 */
#ifndef SIM_APP_BENCH_H
#define SIM_APP_BENCH_H

#include "models/node/cpu_profile.h"

/* In the time of this process: medians of some rounds each, a few seconds in all. What this build's
 * OpenSSL does not have is left out. */
void bench_profile(struct cpu_profile *out);

#endif
