#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/whole.h"
#include "scenarios/complaints.h"
#include "sim/app/cli.h"
#include "sim/world/library.h"

struct asked {
    bool list;
    const char *dir;
    bool force;
};

static const char first[] = "minimal";

static const char *const folders[][2] = {
    {"ike", "key management"},
    {"ietf68", "several care-of addresses with IPsec and IKE, a case each"},
    {"attacks", "what somebody on the way does, and what comes of it"},
    {"comparisons", "one thing done in several ways, in numbers"},
};

/* What stands in one folder has one head. */
static void begin_folder(const char *folder, int length)
{
    for (size_t k = 0; k < sizeof folders / sizeof folders[0]; k++) {
        if ((int)strlen(folders[k][0]) == length && !strncmp(folders[k][0], folder, (size_t)length))
            (void)printf("\n%s: %s\n", folders[k][0], folders[k][1]);
    }
}

static int list(void)
{
    struct arena arena = {0};
    int before = 0;
    const char *folder = "";
    for (const struct library_file *f = library_scenario(library_files); f;
         f = library_scenario(f + 1)) {
        const char *slash = strchr(f->path, '/');
        int length = slash ? (int)(slash - f->path) : 0;
        if (length != before || strncmp(folder, f->path, (size_t)length) != 0)
            begin_folder(f->path, length);
        before = length;
        folder = f->path;
        (void)printf("%-24s %s\n", library_name(f, &arena), library_title(f, &arena));
    }
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
            (void)fprintf(stderr, "it reads %s; write all with: monami example %s -o DIR\n",
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

/* Nothing that is there is written over, unless `force`. */
static int write_one(const char *dir, const struct library_file *f, bool force)
{
    char path[1200];
    (void)snprintf(path, sizeof path, "%.900s/%.200s", dir, f->path);
    char *slash = strchr(path + strlen(dir) + 1, '/');
    if (slash) {
        *slash = '\0';
        if (!make_folder(path))
            return CLI_FAILED;
        *slash = '/';
    }
    struct why w;
    FILE *out = fopen(path, force ? "wb" : "wbx");
    if (!out && errno == EEXIST)
        return cli_wrong("%s exists already; --force replaces it", path);
    if (!out) {
        (void)cli_wrong("%s: %s", path, strerror(errno));
        return CLI_FAILED;
    }
    (void)fwrite(f->bytes, 1, f->n, out);
    if (whole_close(out, path, &w)) {
        (void)unlink(path);
        (void)cli_wrong("%s", w.text);
        return CLI_FAILED;
    }
    (void)fprintf(stderr, "wrote %s\n", path);
    return CLI_DONE;
}

static int write_files(const struct library_file *scenario, const char *dir, bool force)
{
    if (!make_folder(dir))
        return CLI_FAILED;
    int code = write_one(dir, scenario, force);
    for (const struct library_file *f = library_files; !code && f->path; f++) {
        if (library_reads(scenario, f))
            code = write_one(dir, f, force);
    }
    return code;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.list = false};
    int code;
    int at = cli_parse(&command_example, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (asked.list)
        return at < argc || asked.dir || asked.force ? cli_wrong("--list goes alone") : list();
    if (asked.force && !asked.dir)
        return cli_wrong("monami example: --force is of --output");
    const char *name = at < argc ? argv[at] : first;
    const struct library_file *scenario = library_find(name);
    if (!scenario)
        return no_such(name);
    return asked.dir ? write_files(scenario, asked.dir, asked.force) : print(scenario, name);
}

static const struct cli_option options[] = {
    {"list", 'l', CLI_FLAG, NULL, "the names and titles of all", offsetof(struct asked, list)},
    {"output", 'o', CLI_TEXT, "DIR", "write it there, with the traces that it reads",
     offsetof(struct asked, dir)},
    {"force", 'f', CLI_FLAG, NULL, "replace files that exist", offsetof(struct asked, force)},
    {.name = NULL},
};

const struct cli_command command_example = {
    .name = "example",
    .operands = "[NAME]",
    .summary = "print a scenario to start from, or one of the library",
    .examples = "  monami example > my.yaml && monami run my.yaml\n"
                "  monami example --list\n"
                "  monami example two-operators -o here\n"
                "  monami example ike/call -o here\n",
    .options = options,
    .most = 1,
    .run = run,
};
