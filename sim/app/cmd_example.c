#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "scenarios/complaints.h"
#include "sim/app/cli.h"
#include "sim/app/library.h"

struct asked {
    bool list;
    const char *dir;
};

static const char first[] = "minimal";

static int list(void)
{
    struct arena arena = {0};
    for (const struct library_file *f = library_scenario(library_files); f;
         f = library_scenario(f + 1))
        (void)printf("%-22s %s\n", library_name(f, &arena), library_title(f, &arena));
    arena_release(&arena);
    return CLI_DONE;
}

static int no_such(const char *name)
{
    struct arena arena = {0};
    struct suggestion s = suggest_for(name);
    for (const struct library_file *f = library_scenario(library_files); f;
         f = library_scenario(f + 1))
        suggest_try(&s, library_name(f, &arena));
    int code = cli_wrong("there is no scenario '%s'%s%s%s", name,
                         s.best ? "; did you mean '" : "; see monami example --list",
                         s.best ? s.best : "", s.best ? "'?" : "");
    arena_release(&arena);
    return code;
}

static int print(const struct library_file *scenario, const char *name)
{
    (void)fwrite(scenario->bytes, 1, scenario->n, stdout);
    for (const struct library_file *f = library_files; f->path; f++) {
        if (library_reads(scenario, f)) {
            (void)fprintf(stderr, "it reads %s; write both with: monami example %s -o DIR\n",
                          f->path, name);
        }
    }
    return CLI_DONE;
}

static bool make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    (void)fprintf(stderr, "error: %s: %s\n", path, strerror(errno));
    return false;
}

/* Nothing that is there is written over. */
static bool write_one(const char *dir, const struct library_file *f)
{
    char path[1200];
    (void)snprintf(path, sizeof path, "%.900s/%.200s", dir, f->path);
    char *slash = strchr(path + strlen(dir) + 1, '/');
    if (slash) {
        *slash = '\0';
        if (!make_folder(path))
            return false;
        *slash = '/';
    }
    FILE *out = fopen(path, "wbx");
    bool good = out && fwrite(f->bytes, 1, f->n, out) == f->n;
    if (out)
        good &= fclose(out) == 0;
    if (good) {
        (void)fprintf(stderr, "wrote %s\n", path);
    } else {
        (void)fprintf(stderr, "error: %s: %s\n", path, strerror(errno));
    }
    return good;
}

static int write_files(const struct library_file *scenario, const char *dir)
{
    bool good = make_folder(dir) && write_one(dir, scenario);
    for (const struct library_file *f = library_files; good && f->path; f++) {
        if (library_reads(scenario, f))
            good = write_one(dir, f);
    }
    return good ? CLI_DONE : CLI_FAILED;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.list = false};
    int code;
    int at = cli_parse(&command_example, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (asked.list)
        return at < argc || asked.dir ? cli_wrong("--list goes alone") : list();
    const char *name = at < argc ? argv[at] : first;
    const struct library_file *scenario = library_find(name);
    if (!scenario)
        return no_such(name);
    return asked.dir ? write_files(scenario, asked.dir) : print(scenario, name);
}

static const struct cli_option options[] = {
    {"list", 'l', CLI_FLAG, NULL, "the names and titles of all", offsetof(struct asked, list)},
    {"output", 'o', CLI_TEXT, "DIR", "write it there, with the traces that it reads",
     offsetof(struct asked, dir)},
    {.name = NULL},
};

const struct cli_command command_example = {
    .name = "example",
    .operands = "[NAME]",
    .summary = "print a scenario to start from, or one of the library",
    .examples = "  monami example > my.yaml && monami run my.yaml\n"
                "  monami example --list\n"
                "  monami example two-operators -o here\n",
    .options = options,
    .most = 1,
    .run = run,
};
