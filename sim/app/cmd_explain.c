#include <stdio.h>
#include <string.h>

#include "models/names.h"
#include "scenarios/complaints.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/scenario.h"

struct asked {
    bool events;
    bool drops;
};

/* What one line of the list is about, and whether the user asked for it. */
struct search {
    const char *path; /* "" for all */
    bool any;
    struct suggestion near;
};

/* "networks.wlan.rate" asks for "networks.NAME.rate": a name of the user's own fits NAME, a number
 * N. */
static bool fits(const char *asked, const char *key)
{
    while (*asked && *key) {
        size_t a = strcspn(asked, ".");
        size_t k = strcspn(key, ".");
        bool free = (k == 4 && !strncmp(key, "NAME", 4)) || (k == 1 && *key == 'N');
        if (!free && (a != k || strncmp(asked, key, a) != 0))
            return false;
        asked += a + (asked[a] == '.');
        key += k + (key[k] == '.');
    }
    return !*asked;
}

static void show(void *owner, const struct effective_key *k)
{
    struct search *search = owner;
    suggest_try(&search->near, k->name);
    if (!fits(search->path, k->path))
        return;
    search->any = true;
    (void)printf("%s\n    %s; default: %s\n    %s\n", k->path, k->type, k->otherwise, k->help);
}

static int show_keys(const char *path)
{
    const char *last = strrchr(path, '.');
    struct search search = {.path = path, .near = suggest_for(last ? last + 1 : path)};
    effective_each(scenario_keys, show, &search);
    if (search.any)
        return CLI_DONE;
    return cli_wrong("there is no key '%s'%s%s%s", path, search.near.best ? "; did you mean '" : "",
                     search.near.best ? search.near.best : "", search.near.best ? "'?" : "");
}

static int run(int argc, char **argv)
{
    struct asked asked = {.events = false};
    int code;
    int at = cli_parse(&command_explain, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    for (unsigned k = 0; asked.events && k < EVENT_NAMES; k++)
        (void)printf("%s\n    %s\n", event_name((uint16_t)k), event_help((uint16_t)k));
    for (unsigned k = 1; asked.drops && k < DROP_REASONS; k++) {
        if (drop_name((uint16_t)k))
            (void)printf("drop.%s\n    %s\n", drop_name((uint16_t)k), drop_help((uint16_t)k));
    }
    return asked.events || asked.drops ? CLI_DONE : show_keys(at < argc ? argv[at] : "");
}

static const struct cli_option options[] = {
    {"events", 0, CLI_FLAG, NULL, "all events and their fields", offsetof(struct asked, events)},
    {"drops", 0, CLI_FLAG, NULL, "all reasons why a packet dies", offsetof(struct asked, drops)},
    {.name = NULL},
};

const struct cli_command command_explain = {
    .name = "explain",
    .operands = "[KEY]",
    .summary = "tell what a key of a scenario means",
    .examples = "  monami explain networks.wlan.rate\n"
                "  monami explain nodes\n"
                "  monami explain --events\n",
    .options = options,
    .most = 1,
    .run = run,
};
