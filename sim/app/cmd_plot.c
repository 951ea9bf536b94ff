#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/figures.h"
#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/sweep.h"
#include "traces/db.h"

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

static int run(int argc, char **argv)
{
    int code;
    int at = cli_parse(&command_plot, NULL, argc, argv, &code);
    if (at < 0)
        return code;
    const char *dir = argv[at];
    char figures_dir[1100];
    struct stat s;
    struct why w;
    if (stat(dir, &s))
        return cli_wrong("%s: %s", dir, strerror(errno));
    char results[1100];
    (void)snprintf(results, sizeof results, "%.1000s/results.sqlite", dir);
    if (!sweep_is_study(dir) && stat(results, &s))
        return cli_wrong("%s is not the folder of a run or of a sweep", dir);
    (void)snprintf(figures_dir, sizeof figures_dir, "%.1000s/figures", dir);
    if (mkdir(figures_dir, 0777) && errno != EEXIST) {
        (void)cli_wrong("%s: %s", figures_dir, strerror(errno));
        return CLI_FAILED;
    }
    interrupt_watch();
    struct figures f = {.dir = figures_dir, .stopped = interrupted};
    enum status st = sweep_is_study(dir) ? sweep_draw(dir, &f, &w) : draw_run(dir, &f, &w);
    if (st && interrupted())
        return CLI_INTERRUPTED;
    if (st) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    if (f.missing_gnuplot) {
        (void)fprintf(stderr, "gnuplot is not installed: wrote only the .gp and .csv files in %s\n",
                      figures_dir);
        return CLI_FAILED;
    }
    (void)fprintf(stderr, "drew %u figure%s in %s\n", f.made, f.made == 1 ? "" : "s", figures_dir);
    (void)printf("%s\n", f.last);
    return CLI_DONE;
}

const struct cli_command command_plot = {
    .name = "plot",
    .operands = "DIR",
    .summary = "draw figures from the results of a run or a sweep",
    .examples = "  monami plot out              writes out/figures/*.svg, *.png, *.gp, *.csv\n",
    .least = 1,
    .most = 1,
    .run = run,
};
