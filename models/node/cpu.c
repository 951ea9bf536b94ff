#include "models/node/cpu.h"

#include <assert.h>
#include <stddef.h>

#include "sim/core/tap.h"

#define CONFIG(m) offsetof(struct cpu_config, m)

enum { CORES_MAX = 1024, QUEUE_MAX = 1000000 };

const char *const cpu_profile_words[] = {"zero", "measured", NULL};

const struct key cpu_keys[] = {
    {"cores", KEY_INTEGER, CONFIG(cores), "1", "that serve one queue, first come first served",
     .min = 1, .max = CORES_MAX},
    {"profile", KEY_FILE, CONFIG(profile), "zero",
     "what work costs: zero, nothing at all and nothing waits; measured, the profile that monami "
     "ships; or a file, as `monami bench --profile` writes it",
     .words = cpu_profile_words, .given_at = KEY_GIVEN(struct cpu_config, profile_given)},
    {"queue", KEY_PACKETS, CONFIG(queue), "512 packets",
     "packets that wait for a core at most, as in a ring of a network card; the next is dropped as "
     "cpu_queue",
     .min = 1, .max = QUEUE_MAX},
    {.name = NULL},
};

/* Of cpu_run(). */
struct errand {
    struct cpu_job job;
    struct cpu *cpu;
    sim_time cost;
    cpu_fn *fn;
    void *owner;
};

struct cpu {
    struct sim *sim;
    const struct cpu_profile *profile;
    struct cpu_job **core; /* what each works on; NULL: nothing */
    unsigned cores;
    unsigned idle;
    struct cpu_job *head; /* that wait */
    struct cpu_job **tail;
    uint64_t waiting;
    struct cpu_count count;
    struct pool errands;
    uint32_t node;
};

struct cpu *cpu_new(struct sim *sim, struct arena *arena, uint32_t node, unsigned cores,
                    const struct cpu_profile *profile)
{
    struct cpu *c = arena_take(arena, sizeof *c);
    assert(cores);
    *c = (struct cpu){.sim = sim, .profile = profile, .cores = cores, .idle = cores, .node = node};
    c->core = arena_take(arena, cores * sizeof(struct cpu_job *));
    c->tail = &c->head;
    c->errands = pool_of(arena, sizeof(struct errand));
    return c;
}

const struct cpu_profile *cpu_profile_of(const struct cpu *c)
{
    return c->profile;
}

unsigned cpu_cores(const struct cpu *c)
{
    return c->cores;
}

bool cpu_is_idle(const struct cpu *c)
{
    return c->idle > 0;
}

static unsigned idle_core(const struct cpu *c)
{
    unsigned k = 0;
    while (c->core[k])
        k++;
    return k;
}

/* On a core that is idle. */
static void begin(struct cpu *c, struct cpu_job *job)
{
    job->core = idle_core(c);
    c->core[job->core] = job;
    job->began = sim_now(c->sim);
    c->count.waited += job->began - job->came;
    sim_set_cause(c->sim, job->cause);
    sim_time cost = job->begin(job->owner);
    assert(cost >= 0);
    tap_service(c->sim, c->node, job->began - job->came, cost);
    sim_arm_in(c->sim, &job->timer, cost);
    job->cause = sim_cause(c->sim);
}

/* Who waits longest takes the core, before what has ended goes on and can ask for one; but it is
 * begun after that, whose effects come first. */
static void ends(struct sim *sim, void *owner)
{
    struct cpu_job *job = owner;
    struct cpu *c = job->cpu;
    struct cpu_job *next = c->head;
    c->core[job->core] = NULL;
    c->count.jobs++;
    c->count.busy += sim_now(sim) - job->began;
    if (next) {
        c->head = next->next;
        if (!c->head)
            c->tail = &c->head;
        c->waiting--;
    } else {
        c->idle++;
    }
    sim_set_cause(sim, job->cause);
    job->end(job->owner);
    if (next)
        begin(c, next);
}

void cpu_add(struct cpu *c, struct cpu_job *job)
{
    job->cpu = c;
    job->next = NULL;
    job->came = sim_now(c->sim);
    job->cause = sim_cause(c->sim);
    sim_timer_init(&job->timer, ends, job);
    if (c->idle) {
        c->idle--;
        begin(c, job);
        return;
    }
    *c->tail = job;
    c->tail = &job->next;
    if (++c->waiting > c->count.queue_max)
        c->count.queue_max = c->waiting;
}

/* ---- errands --------------------------------------------------------------------------------- */

static sim_time cost_of(void *owner)
{
    const struct errand *e = owner;
    return e->cost;
}

static void done(void *owner)
{
    struct errand *e = owner;
    cpu_fn *fn = e->fn;
    void *of = e->owner;
    pool_give(&e->cpu->errands, e);
    fn(of);
}

void cpu_run(struct cpu *c, sim_time cost, cpu_fn *fn, void *owner)
{
    if (!c) {
        fn(owner);
        return;
    }
    struct errand *e = pool_take(&c->errands);
    *e = (struct errand){.job = {.begin = cost_of, .end = done, .owner = e},
                         .cpu = c,
                         .cost = cost,
                         .fn = fn,
                         .owner = owner};
    cpu_add(c, &e->job);
}

/* ---- what has been --------------------------------------------------------------------------- */

struct cpu_count cpu_count(const struct cpu *c)
{
    struct cpu_count count = c->count;
    sim_time now = sim_now(c->sim);
    for (unsigned k = 0; k < c->cores; k++)
        count.busy += c->core[k] ? now - c->core[k]->began : 0;
    for (const struct cpu_job *job = c->head; job; job = job->next)
        count.waited += now - job->came;
    return count;
}

static void drop(const struct cpu_job *job)
{
    if (job && job->drop)
        job->drop(job->owner);
}

void cpu_release(struct cpu *c)
{
    for (unsigned k = 0; k < c->cores; k++)
        drop(c->core[k]);
    for (const struct cpu_job *job = c->head; job;) {
        const struct cpu_job *next = job->next;
        drop(job);
        job = next;
    }
    c->head = NULL;
    c->tail = &c->head;
}
