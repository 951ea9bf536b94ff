#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/engine.h"
#include "sim/app/study.h"
#include "sim/base/json.h"
#include "sim/base/path.h"

struct asked {
    struct cli_texts set;
    bool effective;
    bool quiet;
    bool json;
};

/* `note`: of a good file that this installation cannot run; or NULL. */
static void put_one(struct json_writer *j, const char *file, bool good, struct complaints *c,
                    const char *note)
{
    jw_object(j, NULL);
    jw_text(j, "file", file);
    jw_bool(j, "good", good);
    jw_list(j, "complaints");
    complaints_put(c, j);
    jw_end(j);
    jw_list(j, "notes");
    if (note)
        jw_text(j, NULL, note);
    jw_end(j);
    jw_end(j);
}

static int check_one(const char *file, const struct asked *asked, struct json_writer *j)
{
    struct arena arena = {0};
    struct scenario s;
    struct yaml_node *root;
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    bool good = scenario_load(file, asked->set.text, asked->set.n, &arena, &s, &root, c);
    if (good)
        study_check(&s, root, &arena, c);
    good &= c->n == 0;
    const char *note = good ? engine_lacks(&s, &arena) : NULL;
    if (asked->json) {
        put_one(j, file, good, c, note);
    } else {
        complaints_print(c, stderr);
    }
    if (good && asked->effective)
        effective_print(stdout, scenario_keys, &s, path_folder(file, &arena));
    if (good && !asked->quiet && !asked->effective && !asked->json) {
        (void)fprintf(stderr, "%s: good: %zu nodes, %zu networks, %zu flows\n", file, s.nodes.n,
                      s.networks.n, s.flows.n);
    }
    if (note && !asked->quiet && !asked->json)
        (void)fprintf(stderr, "%s: note: %s\n", file, note);
    free(c);
    arena_release(&arena);
    return good ? CLI_DONE : CLI_USAGE;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.quiet = false};
    int code;
    int at = cli_parse(&command_check, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (asked.json && asked.effective)
        return cli_wrong("--effective prints YAML: not together with --json");
    struct json_writer j = jw_to(stdout, 1);
    code = CLI_DONE;
    if (asked.effective && argc - at > 1)
        return cli_wrong("--effective prints one file");
    if (asked.json)
        jw_list(&j, NULL);
    for (; at < argc; at++) {
        if (check_one(argv[at], &asked, &j) != CLI_DONE)
            code = CLI_USAGE;
    }
    if (asked.json)
        jw_end(&j);
    return code;
}

static const struct cli_option options[] = {
    {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
     offsetof(struct asked, set)},
    {"effective", 'e', CLI_FLAG, NULL, "print the scenario with every default filled in",
     offsetof(struct asked, effective)},
    {"quiet", 'q', CLI_FLAG, NULL, "say only what is wrong", offsetof(struct asked, quiet)},
    {"json", 0, CLI_FLAG, NULL, "a list of the files, their complaints and notes as JSON",
     offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_check = {
    .name = "check",
    .operands = "FILE...",
    .summary = "check scenario files and say everything that is wrong",
    .examples = "  monami check scenarios/*.yaml\n"
                "  monami check -e scenarios/loss.yaml > whole.yaml\n",
    .options = options,
    .least = 1,
    .most = 100000,
    .run = run,
};
