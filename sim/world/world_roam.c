/* Interfaces that attach and detach as their node moves in and out of networks' coverage. */
#include <assert.h>

#include "sim/world/world_parts.h"

/* All that an interface will do: known before the run, gone through by one timer. */
struct roamer {
    struct world *world;
    struct roams plan;
    size_t next;
    struct world_station **station; /* by cell */
    struct sim_timer timer;
};

static void move(struct sim *sim, void *owner)
{
    struct roamer *r = owner;
    const struct roam *step = &r->plan.step[r->next++];
    if (step->cell >= 0) {
        world_attach(r->station[step->cell]); /* leaves the network where it is now, if any */
    } else if (r->next > 1) {
        station_detach(r->station[r->plan.step[r->next - 2].cell]->station);
    }
    if (r->next < r->plan.n)
        sim_arm(sim, &r->timer, r->plan.step[r->next].t);
}

static struct roams plan_of(const struct world *w, const struct node_config *how,
                            const struct network_config **list, size_t cells)
{
    const struct movement_source from =
        input_movement(SCENARIO_FIND(w->scenario->inputs, struct input_config, how->mobility.of));
    struct movements all;
    const struct movement *movement;
    struct why why;
    struct cell *cell = arena_take(w->arena, cells * sizeof *cell);
    for (size_t k = 0; k < cells; k++)
        cell[k] = (struct cell){list[k]->coverage.items, list[k]->coverage.n};
    enum status st = movement_load(&from, w->arena, &all, &why);
    if (!st)
        st = movement_find(&all, how->mobility.node, &movement, &why);
    assert(!st); /* checked with the scenario */
    return coverage_plan(movement, cell, cells, how->mobility.hysteresis, w->arena);
}

bool world_start_roaming(struct world *w, const struct node_config *how,
                         const struct interface_config *i)
{
    const struct network_config **list = NULL;
    size_t cells = scenario_roams(w->scenario, how, i, w->arena, &list);
    if (!cells)
        return false;
    struct roamer *r = arena_take(w->arena, sizeof *r);
    *r = (struct roamer){.world = w, .plan = plan_of(w, how, list, cells)};
    r->station = arena_take(w->arena, cells * sizeof(struct world_station *));
    const char *name = arena_format(w->arena, "%s.%s", how->name, i->name);
    for (size_t k = 0; k < cells; k++)
        r->station[k] = world_station_of(w, name, list[k]->name);
    sim_timer_init(&r->timer, move, r);
    move(w->sim, r); /* where it is at the beginning */
    return true;
}
