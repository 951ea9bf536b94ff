#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/figures.h"
#include "analysis/report.h"
#include "models/names.h"
#include "scenarios/complaints.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/manifest.h"
#include "sim/app/report_file.h"
#include "sim/app/sweep.h"

enum { PARTS = 2000 };

struct asked {
    const char *file;
    bool quiet;
};

struct making {
    const char *dir;
    struct arena arena;
    struct manifest manifest;
    struct report_about about;
    struct report_part *part;
};

/* ---- what was asked for ------------------------------------------------------------------ */

static const char *node_text(const struct yaml_node *n, struct arena *arena)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert(out);
    effective_print_node(out, n);
    (void)fclose(out);
    const char *kept = arena_text(arena, text);
    free(text);
    return kept;
}

static void add_part(struct making *m, const char *section, const char *name,
                     const struct yaml_node *value)
{
    if (m->about.parts < PARTS)
        m->part[m->about.parts++] =
            (struct report_part){section, name, node_text(value, &m->arena)};
}

static void add_section(struct making *m, const struct yaml_node *root, const char *section)
{
    const struct yaml_node *all = yaml_get(root, section);
    for (size_t k = 0; all && all->kind != YAML_SCALAR && k < all->n; k++) {
        if (all->kind == YAML_MAP) {
            add_part(m, section, all->pair[k].key, all->pair[k].value);
        } else {
            add_part(m, section, arena_format(&m->arena, "%zu", k + 1), all->item[k]);
        }
    }
}

/* The scenario as it was run: the copy in the folder, and what the command line changed. */
static bool read_scenario(struct making *m)
{
    static const char *const sections[] = {"networks", "backbone", "nodes",  "profiles",
                                           "flows",    "inputs",   "events", "timers"};
    char path[1200];
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    c->arena = &m->arena;
    (void)snprintf(path, sizeof path, "%.1000s/scenario.yaml", m->dir);
    struct yaml_node *root = yaml_load(path, NULL, &m->arena, c);
    if (root && root->at.source)
        m->about.given = root->at.source->text;
    for (size_t k = 0; root && k < m->manifest.sets; k++)
        yaml_set(root, m->manifest.set[k], (unsigned)k + 1, &m->arena, c);
    bool good = root && c->n == 0;
    complaints_print(c, stderr);
    free(c);
    if (!good)
        return false;
    const struct yaml_node *text = yaml_get(root, "text");
    m->about.text = text && text->kind == YAML_SCALAR ? text->text : "";
    m->part = arena_take(&m->arena, PARTS * sizeof *m->part);
    for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++)
        add_section(m, root, sections[k]);
    m->about.part = m->part;
    return true;
}

static const char *drop_help_of(const char *counter)
{
    int reason = strncmp(counter, "drop.", 5) != 0 ? -1 : drop_find(counter + 5);
    return reason < 0 ? NULL : drop_help((uint16_t)reason);
}

/* ---- writing ----------------------------------------------------------------------------- */

/* Where the run has no packets or the machine no gnuplot, the page does without. */
static enum status draw(void *of, struct sqlite3 *db, const char *figures, struct why *w)
{
    struct making *m = of;
    struct figures f = {.dir = figures, .stopped = interrupted};
    enum status st = figures_of_run(&f, db, w);
    if (st && st != ST_MISSING)
        return st;
    m->about.figures = f.made ? figures : NULL;
    return ST_OK;
}

static enum status write(void *of, FILE *out, struct sqlite3 *db, struct why *w)
{
    struct making *m = of;
    return report_write(out, db, &m->about, w);
}

static int report_run(struct making *m, struct report_file *f, bool quiet)
{
    char path[1200];
    struct why w;
    const struct report_maker maker = {draw, write, m};
    (void)snprintf(path, sizeof path, "%.1000s/manifest.json", m->dir);
    if (manifest_read(path, &m->manifest, &m->arena, &w))
        return cli_wrong("%s", w.text);
    if (!read_scenario(m))
        return CLI_USAGE;
    m->about.built = m->manifest.built;
    m->about.set = m->manifest.set;
    m->about.sets = m->manifest.sets;
    m->about.drop_help = drop_help_of;
    interrupt_watch();
    enum status st = report_file_make(f, "results.sqlite", &maker, &w);
    if (interrupted())
        return CLI_INTERRUPTED;
    if (st) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    if (!quiet && !m->about.figures)
        (void)fputs("without figures: no packets were recorded, or gnuplot is not installed\n",
                    stderr);
    if (!quiet && !f->to_stdout)
        (void)printf("%s\n", f->file);
    return CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.file = NULL};
    char file[1200];
    int code;
    int at = cli_parse(&command_report, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    (void)snprintf(file, sizeof file, "%.1100s/report.html", argv[at]);
    struct report_file f = {.dir = argv[at],
                            .file = asked.file ? asked.file : file,
                            .to_stdout = asked.file && !strcmp(asked.file, "-")};
    if (sweep_is_study(argv[at]))
        return report_study_make(&f, asked.quiet);
    struct making m = {.dir = argv[at]};
    code = report_run(&m, &f, asked.quiet);
    arena_release(&m.arena);
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, "FILE", "where the page goes, - is stdout; default: DIR/report.html",
     offsetof(struct asked, file)},
    {"quiet", 'q', CLI_FLAG, NULL, "do not print its name", offsetof(struct asked, quiet)},
    {.name = NULL},
};

const struct cli_command command_report = {
    .name = "report",
    .operands = "DIR",
    .summary = "put a run or a sweep on one HTML page that needs no other file",
    .examples = "  monami report out                  writes out/report.html\n"
                "  monami report out -o handover.html\n"
                "  monami report study                of a folder of monami sweep run\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
