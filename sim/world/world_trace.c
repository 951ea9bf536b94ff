/* A world as its observers see it: who is in it, and what only its end tells. */
#include <string.h>

#include "models/node/mobile.h"
#include "sim/world/profile.h"
#include "sim/world/world_parts.h"

static const char *knowledge_of(const struct scenario *s)
{
    const struct node_config *node = KEY_ITEMS(s->nodes, struct node_config);
    for (size_t k = 0; k < s->nodes.n; k++) {
        if (node[k].detection.knowledge == 1)
            return "oracle";
    }
    return "protocol";
}

/* Each profile once. */
static const char *processors_of(struct world *w)
{
    const struct node_config *node = KEY_ITEMS(w->scenario->nodes, struct node_config);
    const char *all = "";
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        bool again = !profile_given(&node[k].cpu);
        for (size_t j = 0; j < k && !again; j++)
            again =
                profile_given(&node[j].cpu) && !strcmp(node[j].cpu.profile, node[k].cpu.profile);
        if (!again)
            all = arena_format(w->arena, "%s%s%s", all, *all ? ", " : "",
                               profile_name(&node[k].cpu, w->arena));
    }
    return *all ? all : "zero";
}

static void tell_run(struct world *w, struct trace_setup *setup)
{
    const struct general_config *g = &w->scenario->general;
    struct trace_run *run = &setup->run;
    run->title = w->scenario->title;
    run->crypto = w->ciphers ? crypto_words[g->crypto] : "none";
    run->knowledge = knowledge_of(w->scenario);
    run->processor = processors_of(w);
    run->seed = g->seed;
    run->replication = g->replication;
    run->stop = g->stop;
    run->date_s = g->date;
    setup->keys = w->ciphers && g->crypto == 0;
}

static void add_homes(struct world *w, struct trace_setup *setup)
{
    struct trace_home *home = arena_take(w->arena, (w->nodes + 1) * sizeof *home);
    setup->home = home;
    w->trace_home = home;
    for (uint32_t k = 0; k < w->nodes; k++) {
        const struct node *n = w->node[k];
        if (n->mobile)
            home[setup->homes++] = (struct trace_home){*mobile_home(n->mobile), n->name};
    }
    w->trace_homes = setup->homes;
}

void world_trace_setup(struct world *w, struct trace_setup *setup)
{
    const char **node = arena_take(w->arena, (w->nodes + 1) * sizeof *node);
    struct trace_port *port = arena_take(w->arena, (w->links.ports + 1) * sizeof *port);
    unsigned *cores = arena_take(w->arena, (w->nodes + 1) * sizeof *cores);
    for (uint32_t k = 0; k < w->nodes; k++) {
        node[k] = w->node[k]->name;
        cores[k] = w->node[k]->cpu ? cpu_cores(w->node[k]->cpu) : 0;
    }
    for (uint32_t k = 0; k < w->links.ports; k++) {
        port[k] = (struct trace_port){w->links.port[k]->name, w->port_node[k],
                                      w->links.port[k]->framing == LINK_ETHERNET};
    }
    tell_run(w, setup);
    setup->node = node;
    setup->cores = cores;
    setup->nodes = w->nodes;
    setup->port = port;
    setup->ports = w->links.ports;
    setup->flow = w->trace_flow;
    setup->flows = (uint32_t)w->scenario->flows.n;
    add_homes(w, setup);
}

enum status world_trace_close(struct world *w, struct trace *t, uint64_t events, sim_time stop,
                              struct why *why)
{
    size_t links = 0;
    const struct trace_link *link = world_links(w, &links);
    size_t sas = 0;
    const struct trace_sa *sa = world_sas(w, &sas);
    size_t cpus = 0;
    const struct trace_cpu *cpu = world_cpus(w, &cpus);
    size_t counts = 0;
    const struct trace_count *count = world_key_counts(w, &counts);
    size_t ikes = 0;
    const struct trace_ike *ike = world_ikes(w, &ikes);
    const struct trace_end end = {.link = link,
                                  .links = links,
                                  .count = count,
                                  .counts = counts,
                                  .cpu = cpu,
                                  .cpus = cpus,
                                  .sa = sa,
                                  .sas = sas,
                                  .ike = ike,
                                  .ikes = ikes,
                                  .events = events,
                                  .stop = stop,
                                  .expect = &w->scenario->expect};
    return trace_close(t, &end, why);
}
