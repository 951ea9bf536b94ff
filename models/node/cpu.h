/*
 * cpu.h - the processor of a node: its cores, and one queue in front of them, first come first
 * served.
 *
 * A job is begun in the order of arrival as soon as a core is free, says then how long it takes,
 * and ends so much later; what ends at one instant ends in the order of beginning.  What a job
 * changes (a sequence number, a replay window) it changes when it is begun.  A core that is free
 * begins at once, within the very event that adds the job.
 *
 * A node whose work takes no time has no processor (NULL), and nothing waits.  Jobs live inside
 * of what they are about, or in a pool: the event loop allocates nothing.
 */
#ifndef MODELS_NODE_CPU_H
#define MODELS_NODE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/core/sim.h"

struct cpu_profile;

/* `cpu` of a scenario's node. */
struct cpu_config {
    int64_t cores;
    const char *profile; /* "zero", "measured", or a file */
    int64_t queue;       /* packets that wait for a core at most; key management always may */
    bool given;
    bool profile_given;
};

extern const struct key cpu_keys[];
extern const char *const cpu_profile_words[]; /* that are no files; NULL ends */

typedef void cpu_fn(void *owner);
typedef sim_time cpu_begin_fn(void *owner); /* does what it does, and answers what that costs */

/* Zeroed at first; the first four are the caller's. */
struct cpu_job {
    cpu_begin_fn *begin;
    cpu_fn *end;
    cpu_fn *drop; /* at the end of the run: give back what it holds; NULL: nothing */
    void *owner;
    /* the rest is the processor's */
    struct cpu *cpu;
    struct cpu_job *next;
    struct sim_timer timer;
    sim_time came;
    sim_time began;
    uint64_t cause; /* that was current when it came, or when it was begun: sim.h */
    unsigned core;
};

/* Since the run began. */
struct cpu_count {
    uint64_t jobs;      /* that have ended */
    sim_time busy;      /* of all cores together */
    sim_time waited;    /* of all jobs, before they were begun; of those that wait, so far */
    uint64_t queue_max; /* the most that waited at once */
};

struct cpu; /* opaque */

/* `node` as taps name it. All is borrowed. */
struct cpu *cpu_new(struct sim *sim, struct arena *arena, uint32_t node, unsigned cores,
                    const struct cpu_profile *profile);
const struct cpu_profile *cpu_profile_of(const struct cpu *c);
unsigned cpu_cores(const struct cpu *c);

bool cpu_is_idle(const struct cpu *c);            /* a job that comes now is begun at once */
void cpu_add(struct cpu *c, struct cpu_job *job); /* borrowed until it has ended */

/* `fn` once the processor has worked for `cost`, in ns, however many wait before. Without a
 * processor: at once. */
void cpu_run(struct cpu *c, sim_time cost, cpu_fn *fn, void *owner);

struct cpu_count cpu_count(const struct cpu *c); /* as of now */
void cpu_release(struct cpu *c);                 /* the run is over: what is there is dropped */

#endif
