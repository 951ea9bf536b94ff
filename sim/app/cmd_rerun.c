#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/compare.h"
#include "sim/app/cli.h"
#include "sim/app/differences.h"
#include "sim/app/folder.h"
#include "sim/app/interrupt.h"
#include "sim/app/manifest.h"
#include "sim/app/run.h"
#include "sim/app/same_files.h"
#include "sim/app/version.h"
#include "sim/base/json.h"

struct asked {
    bool force;
    bool json;
    bool quiet;
};

/* Not of the run itself: the manifest, and what other commands make of the results. */
static const char *const apart[] = {"manifest.json", "figures", "report.html", NULL};

struct rerun {
    const struct asked *asked;
    const char *name;      /* the folder, as the user gave it */
    char folder[PATH_MAX]; /* the same from anywhere */
    char copy[PATH_MAX + 32];
    char temporary[PATH_MAX];
    char again[PATH_MAX + 8]; /* below it */
    struct arena arena;
    struct manifest manifest;
};

/* ---- is everything as it was? ------------------------------------------------------------ */

/* Says what is wrong with one file. Answers whether it is as it was. */
static bool unchanged(const char *what, const char *path, const char *sha256)
{
    char now[HASH_TEXT];
    struct why w;
    if (hash_file(path, now, &w)) {
        (void)fprintf(stderr, "%s: %s\n", what, w.text);
        return false;
    }
    if (!strcmp(now, sha256))
        return true;
    (void)fprintf(stderr, "%s %s has changed since the run: %.16s, not %.16s\n", what, path, now,
                  sha256);
    return false;
}

static bool inputs_unchanged(const struct rerun *r)
{
    const struct manifest *m = &r->manifest;
    bool good = unchanged("scenario", r->copy, m->sha256);
    for (size_t k = 0; k < m->inputs; k++)
        good &= unchanged("input", m->input[k].file, m->input[k].sha256);
    return good;
}

static void tell_version(const struct rerun *r)
{
    const struct manifest *m = &r->manifest;
    if (strcmp(m->monami, MONAMI_VERSION) != 0 || strcmp(m->built, version_git()) != 0) {
        (void)fprintf(stderr, "%s was run by monami %s (%s); this is %s (%s)\n", r->name, m->monami,
                      m->built, MONAMI_VERSION, version_git());
    }
}

/* ---- what came out --------------------------------------------------------------------- */

static void print_json(const struct rerun *r, const struct same_files *same, bool equal)
{
    struct json_writer j = jw_to(stdout, 1);
    jw_object(&j, NULL);
    jw_bool(&j, "equal", equal);
    jw_text(&j, "version_then", r->manifest.monami);
    jw_text(&j, "version_now", MONAMI_VERSION);
    jw_text(&j, "digest", r->manifest.digest);
    jw_list(&j, "files");
    for (size_t k = 0; k < same->n; k++) {
        jw_object(&j, NULL);
        jw_text(&j, "path", same->of[k].path);
        jw_text(&j, "is", same_kind_name(same->of[k].kind));
        jw_end(&j);
    }
    jw_end(&j);
    jw_end(&j);
}

/* Where the results part, if they can be compared at all. */
static void print_first_difference(struct rerun *r)
{
    const char *const name[2] = {r->name, "now"};
    char path[2][PATH_MAX + 32];
    struct comparison c;
    struct why w;
    (void)snprintf(path[0], sizeof path[0], "%s/results.sqlite", r->folder);
    (void)snprintf(path[1], sizeof path[1], "%s/results.sqlite", r->again);
    if (compare_runs(&c, path[0], path[1], &r->arena, &w)) {
        (void)printf("%s\n", w.text);
    } else {
        differences_print(stdout, &c, name);
    }
}

static int report(struct rerun *r)
{
    struct same_files same;
    struct why w;
    if (same_files_compare(&same, r->folder, r->again, apart, &r->arena, &w)) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    bool equal = same.count[SAME_EQUAL] == same.n;
    if (r->asked->json) {
        print_json(r, &same, equal);
    } else if (equal && !r->asked->quiet) {
        (void)printf("equal: all %zu files of %s, byte for byte; digest %.16s\n", same.n, r->name,
                     r->manifest.digest);
    } else if (!equal && !r->asked->quiet) {
        for (size_t k = 0; k < same.n; k++)
            (void)printf("%s: %s\n", same.of[k].path, same_kind_name(same.of[k].kind));
        print_first_difference(r);
    }
    return equal ? CLI_DONE : CLI_FAILED;
}

/* ---- running --------------------------------------------------------------------------- */

static int run_again(struct rerun *r)
{
    const struct manifest *m = &r->manifest;
    const struct run_options how = {.file = m->file,
                                    .copy = r->copy,
                                    .set = m->set,
                                    .sets = m->sets,
                                    .dir = r->again,
                                    .many = true, /* an expectation is met, or not, as before */
                                    .pcap = m->pcap,
                                    .progress = progress_kind(r->asked->quiet, false)};
    struct run_outcome outcome;
    interrupt_watch();
    int code = run_scenario(&how, &outcome);
    return outcome.whole ? report(r) : code;
}

static int in_temporary_folder(struct rerun *r)
{
    const char *where = getenv("TMPDIR");
    struct why w;
    (void)snprintf(r->temporary, sizeof r->temporary, "%.3000s/monami-rerun-XXXXXX",
                   where && *where ? where : "/tmp");
    if (!mkdtemp(r->temporary)) {
        (void)fprintf(stderr, "error: %s: %s\n", r->temporary, strerror(errno));
        return CLI_FAILED;
    }
    (void)snprintf(r->again, sizeof r->again, "%s/run", r->temporary);
    int code = run_again(r);
    if (folder_remove(r->temporary, &w))
        (void)fprintf(stderr, "error: %s\n", w.text);
    return code;
}

static int rerun(struct rerun *r)
{
    char path[PATH_MAX + 32];
    struct why w;
    if (chdir(r->name) || !getcwd(r->folder, sizeof r->folder))
        return cli_wrong("%s: %s", r->name, strerror(errno));
    (void)snprintf(path, sizeof path, "%s/manifest.json", r->folder);
    (void)snprintf(r->copy, sizeof r->copy, "%s/scenario.yaml", r->folder);
    if (manifest_read(path, &r->manifest, &r->arena, &w))
        return cli_wrong("%s", w.text);
    if (!strcmp(r->manifest.engine, "live"))
        return cli_wrong("%s: a live run: what came from outside does not come again", r->name);
    if (chdir(
            r->manifest.directory)) /* inputs with a path of their own may be there all the same */
        (void)fprintf(stderr, "%s: %s\n", r->manifest.directory, strerror(errno));
    if (!r->asked->quiet)
        tell_version(r);
    if (!inputs_unchanged(r) && !r->asked->force)
        return cli_wrong("%s is not run again from other inputs, unless with --force", r->name);
    return in_temporary_folder(r);
}

static int run(int argc, char **argv)
{
    struct asked asked = {.force = false};
    int code;
    int at = cli_parse(&command_rerun, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    struct rerun r = {.asked = &asked, .name = argv[at]};
    code = rerun(&r);
    arena_release(&r.arena);
    return code;
}

static const struct cli_option options[] = {
    {"force", 'f', CLI_FLAG, NULL, "also if the scenario or an input has changed",
     offsetof(struct asked, force)},
    {"json", 0, CLI_FLAG, NULL, "the files and whether they are equal, as one JSON object",
     offsetof(struct asked, json)},
    {"quiet", 'q', CLI_FLAG, NULL, "only the exit code: 0 equal, 1 different",
     offsetof(struct asked, quiet)},
    {.name = NULL},
};

const struct cli_command command_rerun = {
    .name = "rerun",
    .operands = "DIR",
    .summary = "repeat a run from its folder and compare every byte",
    .examples = "  monami rerun out\n"
                "  monami rerun out --force     even if an input has changed\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
