#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/figures.h"
#include "analysis/study.h"
#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/sweep.h"
#include "sim/base/arena.h"
#include "sim/base/units.h"
#include "traces/db.h"
#include "traces/expect.h"

struct asked {
    const char *metric;
    const char *x;
    const char *y;
    const char *lines;
    const char *kind;
    const char *statistic;
    const char *above;
    const char *name;
    const char *title;
    struct cli_texts where;
    struct cli_texts label;
    bool steady;
    bool log_x;
    bool log_value;
};

/* ---- what the options ask for ----------------------------------------------------------- */

/* An option that means nothing without --metric; NULL: there is none. */
static const char *useless(const struct asked *a)
{
    const struct {
        const char *option;
        bool given;
    } all[] = {{"x", a->x != NULL},
               {"y", a->y != NULL},
               {"lines", a->lines != NULL},
               {"kind", a->kind != NULL},
               {"statistic", a->statistic != NULL},
               {"above", a->above != NULL},
               {"name", a->name != NULL},
               {"title", a->title != NULL},
               {"where", a->where.n > 0},
               {"label", a->label.n > 0},
               {"log-x", a->log_x},
               {"log-value", a->log_value},
               {"steady", a->steady}};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        if (all[k].given)
            return all[k].option;
    }
    return NULL;
}

/* What a file may be called: also in a shell, and in the gnuplot script. */
static bool is_name(const char *text)
{
    return *text && *text != '.' && *text != '-' && strlen(text) < 100 &&
           text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

/* "flow.call.down.lost-by-loss", "p95-disruption.ping.all.down-by-count" */
static void make_name(const struct asked *a, char *name, size_t size)
{
    const char *x = a->x ? strrchr(a->x, '.') : NULL;
    x = x ? x + 1 : a->x;
    char inside[61];
    const char *function = metric_inside(a->metric, inside, sizeof inside);
    const char *star = strstr(inside, ".*");
    int of = (int)(star ? star - inside : (ptrdiff_t)strlen(inside));
    (void)snprintf(name, size, "%s%s%.*s%s%s%s%.30s", function ? function : "", function ? "-" : "",
                   of, inside, star ? ".all" : "", star ? star + 2 : "", x ? "-by-" : "",
                   x ? x : "");
    for (char *c = name; *c; c++) {
        char one[2] = {*c, '\0'};
        if (!is_name(one) && *c != '.' && *c != '-')
            *c = '_';
    }
}

static bool read_above(const struct asked *a, double *above)
{
    struct why w;
    int64_t ns = 0;
    bool share = a->statistic && !strcmp(a->statistic, "share");
    bool is_time = metric_unit(a->metric) == METRIC_TIME;
    if (share != (a->above != NULL)) {
        (void)cli_wrong(share ? "--statistic share needs --above, a number or a time"
                              : "--above goes with --statistic share");
        return false;
    }
    if (!a->above)
        return true;
    if (is_time ? units_time(a->above, &ns, &w) : units_real(a->above, above, &w)) {
        (void)cli_wrong("--above: '%s' is compared with a %s, not with '%s'", a->metric,
                        is_time ? "time, such as '150 ms'" : "number, such as 12", a->above);
        return false;
    }
    if (is_time)
        *above = (double)ns;
    return true;
}

static bool read_where(const struct cli_texts *texts, struct arena *arena, struct study_figure *ask)
{
    for (size_t k = 0; k < texts->n; k++) {
        char *parameter = arena_text(arena, texts->text[k]);
        char *equals = strchr(parameter, '=');
        if (!equals || equals == parameter) {
            (void)cli_wrong("--where: '%s' is not PARAMETER=VALUE", parameter);
            return false;
        }
        *equals = '\0';
        ask->where[ask->wheres++] = (struct study_where){parameter, equals + 1};
    }
    return true;
}

static bool read_labels(const struct cli_texts *texts, struct study_labels *labels)
{
    const struct {
        const char *word;
        const char **text;
    } all[] = {{"x=", &labels->x},
               {"y=", &labels->y},
               {"lines=", &labels->lines},
               {"value=", &labels->value}};
    for (size_t k = 0; k < texts->n; k++) {
        bool known = false;
        for (size_t j = 0; j < sizeof all / sizeof all[0] && !known; j++) {
            size_t n = strlen(all[j].word);
            known = !strncmp(texts->text[k], all[j].word, n) && texts->text[k][n];
            if (known)
                *all[j].text = texts->text[k] + n;
        }
        if (!known) {
            (void)cli_wrong("--label: '%s' is not x, y, lines or value=TEXT", texts->text[k]);
            return false;
        }
    }
    return true;
}

static bool read_asked(const struct asked *a, struct arena *arena, struct study_figure *ask)
{
    char name[128];
    if (a->name && !is_name(a->name)) {
        (void)cli_wrong("--name: '%s' is no name for files: letters, digits, '.', '-' and '_'",
                        a->name);
        return false;
    }
    make_name(a, name, sizeof name);
    *ask = (struct study_figure){.name = a->name ? a->name : arena_text(arena, name),
                                 .kind = a->kind ? a->kind : "lines",
                                 .plot = a->metric,
                                 .x = a->x,
                                 .y = a->y,
                                 .lines = a->lines,
                                 .statistic = a->statistic,
                                 .steady = a->steady,
                                 .log_x = a->log_x,
                                 .log_value = a->log_value,
                                 .title = a->title};
    return read_above(a, &ask->above) && read_where(&a->where, arena, ask) &&
           read_labels(&a->label, &ask->labels);
}

/* ---- drawing ------------------------------------------------------------------------------ */

static enum status draw_run(const char *dir, struct figures *f, struct why *w)
{
    char path[1100];
    struct sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/results.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st)
        st = db_do(db, "PRAGMA temp_store = MEMORY", w); /* nothing to sort in on a full disk */
    if (!st)
        st = figures_of_run(f, db, w);
    db_close(db);
    return st;
}

/* A file that is no study, or a damaged one, is no wrong usage. */
static enum status draw_asked(const char *dir, const struct study_figure *ask, struct figures *f,
                              bool *usage, struct why *w)
{
    char path[1100];
    struct sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st) {
        st = study_draw_one(f, db, ask, w);
        *usage = st && st != ST_IO;
    }
    db_close(db);
    return st;
}

static int tell(const struct figures *f)
{
    if (f->missing_gnuplot) {
        (void)fprintf(stderr, "gnuplot is not installed: wrote only the .gp and .csv files in %s\n",
                      f->dir);
        return CLI_FAILED;
    }
    (void)fprintf(stderr, "drew %u figure%s in %s\n", f->made, cli_plural(f->made), f->dir);
    (void)printf("%s\n", f->last);
    return CLI_DONE;
}

static int draw(const char *dir, const struct study_figure *ask)
{
    char figures_dir[1100];
    struct why w;
    bool usage = false;
    (void)snprintf(figures_dir, sizeof figures_dir, "%.1000s/figures", dir);
    if (mkdir(figures_dir, 0777) && errno != EEXIST) {
        (void)cli_wrong("%s: %s", figures_dir, strerror(errno));
        return CLI_FAILED;
    }
    interrupt_watch();
    struct figures f = {.dir = figures_dir, .stopped = interrupted};
    enum status st = ask                   ? draw_asked(dir, ask, &f, &usage, &w)
                     : sweep_is_study(dir) ? sweep_draw(dir, &f, &w)
                                           : draw_run(dir, &f, &w);
    if (st && interrupted())
        return CLI_INTERRUPTED;
    if (!st)
        return tell(&f);
    (void)cli_wrong("%s", w.text);
    return usage ? CLI_USAGE : CLI_FAILED;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.metric = NULL};
    struct study_figure ask;
    struct arena arena = {.blocks = NULL};
    char results[1100];
    struct stat s;
    int code;
    int at = cli_parse(&command_plot, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    const char *dir = argv[at];
    const char *option = asked.metric ? "metric" : useless(&asked);
    if (option && !asked.metric)
        return cli_wrong("--%s goes with --metric", option);
    if (stat(dir, &s))
        return cli_wrong("%s: %s", dir, strerror(errno));
    (void)snprintf(results, sizeof results, "%.1000s/results.sqlite", dir);
    if (!sweep_is_study(dir) && stat(results, &s))
        return cli_wrong("%s is not the folder of a run or of a sweep", dir);
    if (option && !sweep_is_study(dir))
        return cli_wrong("--metric draws the runs of a sweep; %s holds one run", dir);
    code = CLI_USAGE;
    if (!option || read_asked(&asked, &arena, &ask))
        code = draw(dir, option ? &ask : NULL);
    arena_release(&arena);
    return code;
}

#define AT(m) offsetof(struct asked, m)

static const struct cli_option options[] = {
    {"metric", 'm', CLI_TEXT, "METRIC", "of a sweep: this one, not the scenario's figures",
     AT(metric)},
    {"x", 'x', CLI_TEXT, "PARAMETER", "along the x axis", AT(x)},
    {"y", 'y', CLI_TEXT, "PARAMETER", "heat: along the y axis", AT(y)},
    {"lines", 'l', CLI_TEXT, "PARAMETER", "makes lines, or colours", AT(lines)},
    {"kind", 'k', CLI_TEXT, "KIND",
     "lines, bars, distribution, box, heat or difference; default: lines", AT(kind)},
    {"statistic", 's', CLI_TEXT, "WORD",
     "mean, median, p90, p95, p99 or share; default: auto, the median of disruptions, else the mean",
     AT(statistic)},
    {"above", 'a', CLI_TEXT, "VALUE", "share: of the runs in which the metric is above this",
     AT(above)},
    {"where", 'w', CLI_TEXTS, "PARAMETER=VALUE", "only runs with this value; may be repeated",
     AT(where)},
    {"label", 0, CLI_TEXTS, "WHICH=TEXT",
     "words at x, y, lines or value instead of a parameter's path or the metric's name", AT(label)},
    {"log-x", 0, CLI_FLAG, NULL, "lines: equal ratios of x are equally far apart", AT(log_x)},
    {"log-value", 0, CLI_FLAG, NULL, "lines, bars: likewise of what is plotted", AT(log_value)},
    {"steady", 0, CLI_FLAG, NULL, "a delay_mean_ns from the packets, without the warm-up",
     AT(steady)},
    {"name", 'n', CLI_TEXT, "NAME", "of the files; default: made of the metric and x", AT(name)},
    {"title", 't', CLI_TEXT, "TEXT", "default: the study's", AT(title)},
    {.name = NULL},
};

const struct cli_command command_plot = {
    .name = "plot",
    .operands = "DIR",
    .summary = "draw figures from the results of a run or a sweep",
    .examples =
        "  monami plot out              writes out/figures/*.svg, *.png, *.pdf, *.gp, *.csv\n"
        "  monami plot study            the figures of the sweep's scenario\n"
        "  monami plot study --metric flow.call.down.delay_p99_ns --x networks.wlan.loss\n"
        "  monami plot study --metric flow.call.down.lost --x networks.wlan.loss \\\n"
        "              --kind box --where flows.call.traffic.voice=g711\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
