#include <stdio.h>
#include <string.h>

#include "models/names.h"
#include "scenarios/complaints.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/scenario.h"

/* What one line of the list is about, and whether the user asked for it. */
struct asked {
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
    struct asked *asked = owner;
    suggest_try(&asked->near, k->name);
    if (!fits(asked->path, k->path))
        return;
    asked->any = true;
    (void)printf("%s\n    %s; default: %s\n    %s\n", k->path, k->type, k->otherwise, k->help);
    for (const struct key_preset *p = k->presets; p && p->name; p++)
        (void)printf("    %s\n        %s\n        %s\n", p->name, p->values, p->source);
}

static int show_keys(const char *path)
{
    const char *last = strrchr(path, '.');
    struct asked asked = {.path = path, .near = suggest_for(last ? last + 1 : path)};
    effective_each(scenario_keys, show, &asked);
    if (asked.any)
        return CLI_DONE;
    return cli_wrong("there is no key '%s'%s%s%s", path, asked.near.best ? "; did you mean '" : "",
                     asked.near.best ? asked.near.best : "", asked.near.best ? "'?" : "");
}

int cmd_explain(int argc, char **argv)
{
    bool events = false;
    bool drops = false;
    const struct cli_option options[] = {
        {"events", 0, CLI_FLAG, NULL, "all events and their fields", &events},
        {"drops", 0, CLI_FLAG, NULL, "all reasons why a packet dies", &drops},
        {.name = NULL},
    };
    const struct cli_usage usage = {"explain",
                                    "[KEY]",
                                    "tell what a key of a scenario means",
                                    "  monami explain networks.wlan.rate\n  monami explain nodes\n"
                                    "  monami explain --events\n",
                                    options,
                                    0,
                                    1};
    int code;
    int at = cli_parse(&usage, argc, argv, &code);
    if (at < 0)
        return code;
    for (unsigned k = 0; events && k < EVENT_NAMES; k++)
        (void)printf("%s\n    %s\n", event_name((uint16_t)k), event_help((uint16_t)k));
    for (unsigned k = 1; drops && k < DROP_REASONS; k++) {
        if (drop_name((uint16_t)k))
            (void)printf("drop.%s\n    %s\n", drop_name((uint16_t)k), drop_help((uint16_t)k));
    }
    return events || drops ? CLI_DONE : show_keys(at < argc ? argv[at] : "");
}
