#include <stdio.h>
#include <string.h>

#include "models/names.h"
#include "scenarios/complaints.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/base/json.h"
#include "sim/world/scenario.h"
#include "traces/db.h"

struct asked {
    bool events;
    bool drops;
    bool json;
};

/* What one line of the list is about, and whether the user asked for it. */
struct search {
    const char *path; /* "" for all */
    bool any;
    const char *last; /* part of the path */
    char same[400];   /* keys that end with it: "'a.b', 'c.b'" */
    struct suggestion near;
    struct json_writer *j; /* NULL: as text */
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
    size_t n = strlen(search->same);
    if (!strcmp(k->name, search->last) && n + strlen(k->path) + 6 < sizeof search->same)
        (void)snprintf(search->same + n, sizeof search->same - n, "%s'%s'", n ? ", " : "", k->path);
    if (!fits(search->path, k->path))
        return;
    search->any = true;
    const struct key_preset *preset = k->presets;
    if (!search->j) {
        (void)printf("%s\n    %s; default: %s\n    %s\n", k->path, k->type, k->otherwise, k->help);
        for (; preset && preset->name; preset++)
            (void)printf("    %s\n        %s\n        %s\n", preset->name, preset->values,
                         preset->source);
        return;
    }
    jw_object(search->j, NULL);
    jw_text(search->j, "key", k->path);
    jw_text(search->j, "type", k->type);
    jw_text(search->j, "default", k->otherwise);
    jw_text(search->j, "help", k->help);
    if (preset)
        jw_list(search->j, "presets");
    for (const struct key_preset *p = preset; p && p->name; p++) {
        jw_object(search->j, NULL);
        jw_text(search->j, "name", p->name);
        jw_text(search->j, "values", p->values);
        jw_text(search->j, "source", p->source);
        jw_end(search->j);
    }
    if (preset)
        jw_end(search->j);
    jw_end(search->j);
}

static void show_name(const char *prefix, const char *name, const char *help, struct json_writer *j)
{
    char whole[128];
    (void)snprintf(whole, sizeof whole, "%s%s", prefix, name);
    if (!j) {
        (void)printf("%s\n    %s\n", whole, help);
        return;
    }
    jw_object(j, NULL);
    jw_text(j, "name", whole);
    jw_text(j, "help", help);
    jw_end(j);
}

static void show_drop(uint16_t reason, struct json_writer *j)
{
    char whole[128];
    const char *stage = drop_stage_name(drop_stage(reason));
    (void)snprintf(whole, sizeof whole, "drop.%s", drop_name(reason));
    if (!j) {
        (void)printf("%s\n    %s: %s\n", whole, stage, drop_help(reason));
        return;
    }
    jw_object(j, NULL);
    jw_text(j, "name", whole);
    jw_text(j, "stage", stage);
    jw_text(j, "help", drop_help(reason));
    jw_end(j);
}

static void show_table(const struct db_table *t, struct json_writer *j)
{
    if (!j) {
        (void)printf("%s\n    table: %s\n    %s\n", t->name, t->help, t->columns);
        return;
    }
    jw_object(j, NULL);
    jw_text(j, "name", t->name);
    jw_text(j, "columns", t->columns);
    jw_text(j, "help", t->help);
    jw_end(j);
}

/* What results have beside numbers: an event, a table, drop.REASON, or with `bare` REASON alone, as
 * packet.fate has it. `near` takes all events. */
static bool show_result(const char *asked, bool bare, struct suggestion *near,
                        struct json_writer *j)
{
    char drop[128];
    for (unsigned k = 0; k < EVENT_NAMES; k++) {
        const char *name = event_name((uint16_t)k);
        suggest_try(near, name);
        if (!strcmp(name, asked)) {
            show_name("", name, event_help((uint16_t)k), j);
            return true;
        }
    }
    for (unsigned k = 1; k < DROP_REASONS; k++) {
        const char *name = drop_name((uint16_t)k);
        (void)snprintf(drop, sizeof drop, "drop.%s", name ? name : "");
        if (name && (!strcmp(drop, asked) || (bare && !strcmp(name, asked)))) {
            show_drop((uint16_t)k, j);
            return true;
        }
    }
    for (const struct db_table *t = db_tables; t->name; t++) {
        if (!strcmp(t->name, asked)) {
            show_table(t, j);
            return true;
        }
    }
    return false;
}

static int show_one(const char *path, struct json_writer *j)
{
    const char *last = strrchr(path, '.');
    last = last ? last + 1 : path;
    struct search search = {.path = path, .last = last, .near = suggest_for(last), .j = j};
    struct suggestion event = suggest_for(path);
    effective_each(scenario_keys, show, &search);
    if (search.any || show_result(path, !*search.same, &event, j))
        return CLI_DONE;
    if (*search.same)
        return cli_wrong("there is no key '%s'; did you mean %s%s?", path,
                         strchr(search.same, ',') ? "one of " : "", search.same);
    const char *near = search.near.best ? search.near.best : event.best;
    return cli_wrong("there is no key, event, drop or table '%s'%s%s%s", path,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int show_names(const struct asked *asked, struct json_writer *j)
{
    for (unsigned k = 0; asked->events && k < EVENT_NAMES; k++)
        show_name("", event_name((uint16_t)k), event_help((uint16_t)k), j);
    for (unsigned k = 1; asked->drops && k < DROP_REASONS; k++) {
        if (drop_name((uint16_t)k))
            show_drop((uint16_t)k, j);
    }
    return CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.events = false};
    struct json_writer writer = jw_to(stdout, 1);
    int code;
    int at = cli_parse(&command_explain, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (at < argc && (asked.events || asked.drops))
        return cli_wrong("monami explain: '%s': --events and --drops go without a name", argv[at]);
    struct json_writer *j = asked.json ? &writer : NULL;
    if (j)
        jw_list(j, NULL);
    if (asked.events || asked.drops) {
        code = show_names(&asked, j);
    } else {
        code = show_one(at < argc ? argv[at] : "", j);
    }
    if (j)
        jw_end(j);
    return code;
}

static const struct cli_option options[] = {
    {"events", 0, CLI_FLAG, NULL, "all events and their fields", offsetof(struct asked, events)},
    {"drops", 0, CLI_FLAG, NULL, "all reasons why a packet dies", offsetof(struct asked, drops)},
    {"json", 0, CLI_FLAG, NULL, "as a JSON list of objects", offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_explain = {
    .name = "explain",
    .operands = "[NAME]",
    .summary = "tell what a key of a scenario means; or an event, a drop, a table of results",
    .examples = "  monami explain networks.wlan.rate\n"
                "  monami explain nodes\n"
                "  monami explain mip6.bu_sent\n"
                "  monami explain drop.no_binding\n"
                "  monami explain disruption\n"
                "  monami explain --events\n",
    .options = options,
    .most = 1,
    .run = run,
};
