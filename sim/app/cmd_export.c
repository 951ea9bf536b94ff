#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/export.h"
#include "sim/app/cli.h"
#include "sim/app/folder.h"
#include "sim/app/interrupt.h"
#include "sim/app/version.h"

enum { PATH_BYTES = 1200 };

struct asked {
    const char *to;
    const char *format;
    bool force;
    bool quiet;
};

/* ---- where from -------------------------------------------------------------------------- */

/* The database of a folder of results, or the file itself. */
static bool find_source(const char *path, char out[PATH_BYTES])
{
    static const char *const names[] = {"study.sqlite", "results.sqlite"};
    struct stat s;
    if (stat(path, &s)) {
        (void)cli_wrong("%s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISREG(s.st_mode)) {
        (void)snprintf(out, PATH_BYTES, "%s", path);
        return true;
    }
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        (void)snprintf(out, PATH_BYTES, "%.1000s/%s", path, names[k]);
        if (!stat(out, &s) && S_ISREG(s.st_mode))
            return true;
    }
    (void)cli_wrong("%s is not the folder of a run or of a sweep", path);
    return false;
}

/* ---- where to: one file ------------------------------------------------------------------ */

/* An SQLite file whose header says that an export made it (SQLite file format 1.3). */
static bool is_export(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    unsigned char header[72] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t n = fread(header, 1, sizeof header, file);
    (void)fclose(file);
    uint32_t mark = (uint32_t)header[68] << 24 | (uint32_t)header[69] << 16 |
                    (uint32_t)header[70] << 8 | header[71];
    return n == sizeof header && !memcmp(header, magic, sizeof magic) && mark == EXPORT_MARK;
}

/* What an export left that was killed: marked, or nothing yet. */
static enum status clear_part(const char *part, struct why *w)
{
    struct stat s;
    if (lstat(part, &s))
        return errno == ENOENT ? ST_OK : why_set(w, ST_IO, "%.200s: %s", part, strerror(errno));
    if (!S_ISREG(s.st_mode) || (s.st_size && !is_export(part)))
        return why_set(w, ST_IO, "%.180s is in the way, and not what an export left", part);
    return unlink(part) ? why_set(w, ST_IO, "%.200s: %s", part, strerror(errno)) : ST_OK;
}

static enum status may_replace(const char *path, bool force, struct why *w)
{
    struct stat s;
    if (lstat(path, &s))
        return errno == ENOENT ? ST_OK : why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    if (!force)
        return why_set(w, ST_IO, "%.180s exists already; --force replaces it", path);
    if (!S_ISREG(s.st_mode) || !is_export(path))
        return why_set(w, ST_IO,
                       "%.150s was not made by monami export, and --force does not replace it",
                       path);
    return ST_OK;
}

static enum status begin_file(const char *path, const char *part, bool force, struct why *w)
{
    size_t n = strlen(path);
    if (!n || path[n - 1] == '/' || n > PATH_BYTES - 100)
        return why_set(w, ST_IO, "'%.180s' cannot be the name of a new file", path);
    enum status st = may_replace(path, force, w);
    if (!st)
        st = clear_part(part, w);
    if (st)
        return st;
    int file = open(part, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (file < 0)
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    (void)close(file);
    return ST_OK;
}

/* ---- both -------------------------------------------------------------------------------- */

static int failed(bool before, const struct why *w)
{
    (void)fprintf(stderr, "error: %s\n", w->text);
    return before ? CLI_USAGE : CLI_FAILED;
}

static int to_file(const struct export_source *from, const struct asked *asked)
{
    char part[PATH_BYTES + 8];
    struct stat s;
    struct why w;
    bool there = !lstat(asked->to, &s);
    (void)snprintf(part, sizeof part, "%s.part", asked->to);
    if (begin_file(asked->to, part, asked->force, &w))
        return failed(there, &w);
    enum status st = export_omnetpp(from, part, &w);
    bool stopped = interrupted();
    if (!st && !stopped && rename(part, asked->to))
        st = why_set(&w, ST_IO, "%.200s: %s", asked->to, strerror(errno));
    if (st || stopped)
        (void)unlink(part);
    if (stopped)
        return CLI_INTERRUPTED;
    return st ? failed(false, &w) : CLI_DONE;
}

static int to_folder(const struct export_source *from, const struct asked *asked)
{
    struct folder folder;
    struct stat s;
    struct why w;
    bool there = !lstat(asked->to, &s);
    if (folder_begin_export(&folder, asked->to, asked->force, &w))
        return failed(there, &w);
    enum status st = export_csv(from, folder.part, &w);
    bool stopped = interrupted();
    if (!st && !stopped)
        st = folder_finish(&folder, &w);
    if (st || stopped)
        folder_drop(&folder);
    if (stopped)
        return CLI_INTERRUPTED;
    return st ? failed(false, &w) : CLI_DONE;
}

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text);
    size_t m = strlen(tail);
    return n > m && !strcmp(text + n - m, tail);
}

/* Whether a file for OMNeT++ is asked for; a folder of CSV files if not. */
static bool find_format(const struct asked *asked, bool *omnetpp)
{
    static const char *const suffix[] = {".db", ".sqlite", ".sca", ".vec"};
    *omnetpp = false;
    for (size_t k = 0; k < sizeof suffix / sizeof suffix[0] && !asked->format; k++)
        *omnetpp |= ends_with(asked->to, suffix[k]);
    if (!asked->format || !strcmp(asked->format, "csv"))
        return true;
    *omnetpp = !strcmp(asked->format, "omnetpp");
    if (!*omnetpp)
        (void)cli_wrong("--format: '%s' is neither csv nor omnetpp", asked->format);
    return *omnetpp;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.to = NULL};
    char source[PATH_BYTES];
    bool omnetpp;
    int code;
    int at = cli_parse(&command_export, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (!asked.to)
        return cli_wrong("monami export: where shall it go? Say -o PATH");
    if (!find_format(&asked, &omnetpp) || !find_source(argv[at], source))
        return CLI_USAGE;
    if (!cli_target(asked.to))
        return CLI_FAILED;
    interrupt_watch();
    const struct export_source from = {source, MONAMI_VERSION, interrupted};
    code = omnetpp ? to_file(&from, &asked) : to_folder(&from, &asked);
    if (code == CLI_DONE && !asked.quiet)
        (void)printf("%s\n", asked.to);
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, "PATH", "where it goes", offsetof(struct asked, to)},
    {"format", 'F', CLI_TEXT, "FORMAT",
     "csv or omnetpp; default: omnetpp if PATH ends in .sca, .vec, .db or .sqlite",
     offsetof(struct asked, format)},
    {"force", 'f', CLI_FLAG, NULL, "replace PATH if it is an export",
     offsetof(struct asked, force)},
    {"quiet", 'q', CLI_FLAG, NULL, "do not print its name", offsetof(struct asked, quiet)},
    {.name = NULL},
};

const struct cli_command command_export = {
    .name = "export",
    .operands = "DIR",
    .summary = "write the results of a sweep or a run for other programs",
    .examples = "  monami export study -o tables      a folder of CSV files: pandas, R\n"
                "  monami export study -o study.sca   one SQLite file: OMNeT++'s Analysis Tool\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
