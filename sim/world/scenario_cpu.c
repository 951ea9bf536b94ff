/* What stands in the profile of a node's processor. */
#include "sim/world/profile.h"
#include "sim/world/scenario_parts.h"

void scenario_check_cpu(struct check *k, const struct node_config *n)
{
    struct cpu_profile profile;
    struct why w;
    if (n->cpu.given && !n->cpu.profile_given)
        SAY(k, arena_format(k->arena, "nodes.%s.cpu", n->name),
            "has no `profile`: no work would take time (`profile: zero` says that it is meant)");
    if (profile_given(&n->cpu) && profile_load(n->cpu.profile, &profile, &w))
        SAY(k, arena_format(k->arena, "nodes.%s.cpu.profile", n->name), "%s", w.text);
}
