/* Processors of nodes, and their profiles, each of which is read once. */
#include <assert.h>
#include <string.h>

#include "models/node/service.h"
#include "sim/world/profile.h"
#include "sim/world/world_parts.h"

struct known {
    const char *word;
    struct cpu_profile profile;
    struct known *next;
};

static const struct cpu_profile *profile_of(struct world *w, struct known **first, const char *word)
{
    struct known *k = *first;
    while (k && strcmp(k->word, word) != 0)
        k = k->next;
    if (!k) {
        struct why why;
        k = arena_take(w->arena, sizeof *k);
        k->word = word;
        k->next = *first;
        *first = k;
        enum status st = profile_load(word, &k->profile, &why);
        assert(!st); /* it has been checked */
    }
    return &k->profile;
}

void world_add_processors(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    struct known *known = NULL;
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (profile_given(&how[k].cpu))
            service_init(world_node(w, how[k].name), &how[k].cpu,
                         profile_of(w, &known, how[k].cpu.profile));
    }
}

struct trace_cpu *world_cpus(struct world *w, size_t *n)
{
    struct trace_cpu *list = arena_take(w->arena, (w->nodes + 1) * sizeof *list);
    *n = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        if (!w->node[k]->cpu)
            continue;
        const struct cpu_count count = cpu_count(w->node[k]->cpu);
        list[(*n)++] = (struct trace_cpu){.node = k,
                                          .jobs = count.jobs,
                                          .busy = count.busy,
                                          .waited = count.waited,
                                          .queue_max = count.queue_max};
    }
    return list;
}
