#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/whole.h"
#include "sim/app/cli.h"
#include "sim/app/trace.h"
#include "sim/world/scenario.h"

/* As the options say it. */
struct asked {
    const char *format;
    const char *carrier;
    const char *interval;
    const char *node;
    const char *origin;
    const char *bin;
    const char *output;
    const char *transition;
    const char *from;
    const char *to;
    bool force;
    bool json;
    bool ladder;
};

static bool find_format(const char *name, int *format)
{
    struct suggestion s = suggest_for(name);
    for (int k = 0; input_formats[k]; k++) {
        if (!strcmp(input_formats[k], name)) {
            *format = k;
            return true;
        }
        suggest_try(&s, input_formats[k]);
    }
    (void)cli_wrong("--format: there is no format '%s'%s%s%s", name,
                    s.best ? "; did you mean '"
                           : ", but monami, pam2025, mahimahi, ping, setdest, "
                             "sumo and bonnmotion",
                    s.best ? s.best : "", s.best ? "'?" : "");
    return false;
}

static bool find_time(const char *option, const char *text, sim_time *t)
{
    struct why w = {""};
    if (!text)
        return true;
    if (units_time(text, t, &w)) {
        (void)cli_wrong("--%s: %s", option, w.text);
        return false;
    }
    if (*t < SIM_MS || *t > 3600 * SIM_S)
        (void)cli_wrong("--%s: '%s' is not between 1 ms and 3600 s", option, text);
    return *t >= SIM_MS && *t <= 3600 * SIM_S;
}

/* "52.25,7.82" */
static bool find_origin(const char *text, struct movement_origin *origin)
{
    char part[64];
    struct why w;
    const char *comma = text ? strchr(text, ',') : NULL;
    if (!text)
        return true;
    origin->given = comma && (size_t)(comma - text) < sizeof part;
    if (origin->given) {
        (void)snprintf(part, sizeof part, "%.*s", (int)(comma - text), text);
        origin->given = !units_real(part, &origin->latitude, &w) &&
                        !units_real(comma + 1, &origin->longitude, &w) &&
                        origin->latitude > -89.9 && origin->latitude < 89.9 &&
                        origin->longitude >= -360 && origin->longitude <= 360;
    }
    if (!origin->given)
        (void)cli_wrong("--origin: '%s' is no latitude and longitude such as 52.25,7.82", text);
    return origin->given;
}

static enum status read_nodes(const struct asked *a, const struct input_config *in,
                              struct arena *arena, struct trace_file *f, struct why *w)
{
    const struct movement *one;
    struct movement_source from = input_movement(in);
    enum status st = movement_load(&from, arena, &f->movements, w);
    if (!st && a->node)
        st = movement_find(&f->movements, a->node, &one, w);
    return st;
}

/* A pipe can be read once, and the look of it alone takes that: its bytes go to a file without a
 * name. Answers where to read; NULL: it cannot be, and the user has been told. */
static const char *readable(const char *path, char spooled[32], FILE **spool)
{
    char part[8192];
    size_t n;
    struct stat s;
    struct why w = {""};
    if (stat(path, &s) || S_ISREG(s.st_mode) || S_ISDIR(s.st_mode))
        return path; /* who reads it says what is wrong */
    FILE *from = fopen(path, "rb");
    *spool = from ? tmpfile() : NULL;
    if (!*spool) {
        (void)cli_wrong("%s: %s", path, strerror(errno));
        if (from)
            (void)fclose(from);
        return NULL;
    }
    while ((n = fread(part, 1, sizeof part, from)) > 0)
        (void)fwrite(part, 1, n, *spool);
    (void)fclose(from);
    (void)snprintf(spooled, 32, "/dev/fd/%d", fileno(*spool));
    if (!whole_flush(*spool, "copy in a temporary file", &w))
        return spooled;
    (void)cli_wrong("%s: %s", path, w.text);
    return NULL;
}

/* An option that nothing asks for is a mistake. */
static bool options_fit(const struct asked *a, const struct trace_file *f)
{
    const struct {
        const char *name;
        bool given;
        bool of;
        const char *what;
    } rule[] = {
        {"operator", a->carrier, f->format == REPLAY_PAM2025, "a pam2025 file"},
        {"interval", a->interval, f->format == REPLAY_PING, "a log of ping"},
        {"bin", a->bin, f->format == REPLAY_MAHIMAHI, "a mahimahi trace"},
        {"node", a->node, f->nodes, "nodes that move"},
        {"origin", a->origin, f->nodes, "nodes that move"},
    };
    for (size_t k = 0; k < sizeof rule / sizeof rule[0]; k++) {
        if (rule[k].given && !rule[k].of) {
            (void)cli_wrong("--%s is of %s; %s is %s%s", rule[k].name, rule[k].what, f->path,
                            a->format ? "read as " : "taken as ", input_formats[f->format]);
            return false;
        }
    }
    return true;
}

/* What a sentence calls the copy of a pipe is the pipe. */
static int refuse(const struct asked *a, const struct trace_file *f, const char *from,
                  const char *text)
{
    size_t n = strlen(from);
    bool begins = !strncmp(text, from, n);
    bool whose = f->format == REPLAY_PAM2025 && !a->carrier && strstr(text, "operator");
    const char *more = whose ? "; see --operator" : a->format ? "" : "; see --format)";
    return cli_wrong("%s%s%s%s%s", begins ? f->path : "", begins ? text + n : text,
                     whose || a->format ? "" : " (taken as ",
                     whose || a->format ? "" : input_formats[f->format], more);
}

static int load_from(const struct asked *a, const char *from, struct arena *arena,
                     struct trace_file *f)
{
    struct input_config in = {.file = from, .interval = SIM_S};
    struct why w = {""};
    if (!find_time("interval", a->interval, &in.interval) || !find_time("bin", a->bin, &f->bin) ||
        !find_origin(a->origin, &in.origin))
        return CLI_USAGE;
    in.format = trace_guess(from);
    if (a->format && !find_format(a->format, &in.format))
        return CLI_USAGE;
    f->format = in.format;
    f->nodes = !input_is_of_links(&in) || (in.format == 0 && trace_has_places(from));
    f->node = a->node;
    if (!options_fit(a, f))
        return CLI_USAGE;
    struct replay_source link = input_replay(&in, a->carrier, 0);
    if (f->nodes ? read_nodes(a, &in, arena, f, &w) : replay_load(&link, arena, &f->link, &w))
        return refuse(a, f, from, w.text);
    return CLI_DONE;
}

static int load(const struct asked *a, struct arena *arena, struct trace_file *f)
{
    char spooled[32];
    FILE *spool = NULL;
    const char *from = readable(f->path, spooled, &spool);
    int code = from ? load_from(a, from, arena, f) : CLI_USAGE;
    if (spool)
        (void)fclose(spool);
    return code;
}

/* A name that would be two cells. */
static bool names_fit(const struct trace_file *f)
{
    for (size_t k = 0; f->nodes && !f->node && k < f->movements.n; k++) {
        const char *name = f->movements.of[k].node;
        if (f->movements.n > 1 && strpbrk(name, ",\r\n")) {
            (void)cli_wrong("node '%s' has a comma in its name: import it alone, with --node",
                            name);
            return false;
        }
    }
    return true;
}

static int import(const struct asked *a, struct arena *arena, struct trace_file *f)
{
    struct why w = {""};
    if (!f->nodes && f->link.grants) {
        struct replay_trace rates;
        if (trace_rates(&f->link, f->bin, arena, &rates, &w))
            return cli_wrong("%s", w.text);
        f->link = rates;
        (void)fprintf(stderr, "opportunities became mean rates of %.3f s each: see --bin\n",
                      (double)f->bin / 1e9);
    }
    if (!names_fit(f))
        return CLI_USAGE;
    if (!a->output) {
        trace_write(stdout, f);
        return CLI_DONE;
    }
    FILE *out = fopen(a->output, a->force ? "w" : "wx");
    if (!out && errno == EEXIST)
        return cli_wrong("%s exists; --force replaces it", a->output);
    if (!out) {
        (void)cli_wrong("%s: %s", a->output, strerror(errno));
        return CLI_FAILED;
    }
    trace_write(out, f);
    if (whole_close(out, a->output, &w)) {
        (void)unlink(a->output); /* half of it would be read as a trace */
        (void)cli_wrong("%s", w.text);
        return CLI_FAILED;
    }
    return CLI_DONE;
}

static int show_or_import(const struct asked *a, bool show, const char *path)
{
    struct arena arena = {0};
    struct trace_file f = {.path = path, .bin = 100 * SIM_MS};
    int code = load(a, &arena, &f);
    if (code == CLI_DONE && show)
        trace_show(stdout, &f, a->json);
    if (code == CLI_DONE && !show)
        code = import(a, &arena, &f);
    arena_release(&arena);
    return code;
}

/* Messages of a run are no measured trace: of those options none is for it, and the other way. */
static int show_ladder(const struct asked *a, const char *dir)
{
    const char *useless = a->format     ? "format"
                          : a->carrier  ? "operator"
                          : a->interval ? "interval"
                          : a->bin      ? "bin"
                          : a->origin   ? "origin"
                                        : NULL;
    const struct trace_ladder l = {.dir = dir,
                                   .node = a->node,
                                   .transition = a->transition,
                                   .from = a->from,
                                   .to = a->to,
                                   .json = a->json};
    if (useless)
        return cli_wrong("monami trace show --ladder: --%s is of a measured trace", useless);
    return trace_ladder(&l);
}

static int run(int argc, char **argv)
{
    struct asked asked = {.force = false};
    int code;
    int at = cli_parse(&command_trace, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    bool show = !strcmp(argv[at], "show");
    bool known = show || !strcmp(argv[at], "import");
    const char *useless = asked.output ? "output" : asked.force ? "force" : NULL;
    if (known && show && useless)
        return cli_wrong("monami trace show: --%s is of trace import", useless);
    if (known && !show && asked.json)
        return cli_wrong("monami trace import: --json is of trace show");
    const char *of_ladder = asked.transition ? "transition"
                            : asked.from     ? "from"
                            : asked.to       ? "to"
                                             : NULL;
    if (known && of_ladder && !asked.ladder)
        return cli_wrong("monami trace: --%s goes with --ladder", of_ladder);
    if (known && !show && asked.ladder)
        return cli_wrong("monami trace import: --ladder is of trace show");
    if (known && asked.ladder)
        return show_ladder(&asked, argv[at + 1]);
    if (known)
        return show_or_import(&asked, show, argv[at + 1]);
    struct suggestion s = suggest_for(argv[at]);
    suggest_try(&s, "show");
    suggest_try(&s, "import");
    return cli_wrong("monami trace: '%s' is neither show nor import%s%s%s", argv[at],
                     s.best ? "; did you mean '" : "", s.best ? s.best : "", s.best ? "'?" : "");
}

static const struct cli_option options[] = {
    {"format", 'F', CLI_TEXT, "FORMAT", "how FILE is written; default: by the look of it",
     offsetof(struct asked, format)},
    {"output", 'o', CLI_TEXT, "OUT", "import: where the CSV goes; default: stdout",
     offsetof(struct asked, output)},
    {"force", 'f', CLI_FLAG, NULL, "import: replace OUT if it exists",
     offsetof(struct asked, force)},
    {"json", 0, CLI_FLAG, NULL, "show: as one JSON object", offsetof(struct asked, json)},
    {"operator", 0, CLI_TEXT, "NAME", "pam2025: whose rows", offsetof(struct asked, carrier)},
    {"interval", 0, CLI_TEXT, "TIME", "ping: between probes, in a log without time stamps",
     offsetof(struct asked, interval)},
    {"bin", 0, CLI_TEXT, "TIME", "mahimahi: length of a mean rate; default: 100 ms",
     offsetof(struct asked, bin)},
    {"node", 0, CLI_TEXT, "NAME", "movement, ladder: of this node alone",
     offsetof(struct asked, node)},
    {"origin", 0, CLI_TEXT, "LAT,LON", "movement: x, y are longitude, latitude; this is 0, 0",
     offsetof(struct asked, origin)},
    {"ladder", 0, CLI_FLAG, NULL,
     "show: FILE is the folder of a run; the messages of its hand-overs",
     offsetof(struct asked, ladder)},
    {"transition", 0, CLI_TEXT, "N", "ladder: of this one, by its number in table transition",
     offsetof(struct asked, transition)},
    {"from", 0, CLI_TEXT, "TIME", "ladder: from this time on, whatever happened",
     offsetof(struct asked, from)},
    {"to", 0, CLI_TEXT, "TIME", "ladder: up to this time", offsetof(struct asked, to)},
    {.name = NULL},
};

static const char examples[] =
    "  monami trace show scenarios/traces/cell.down\n"
    "  monami trace show drive.csv --format pam2025 --operator att --json\n"
    "  monami trace import car.fcd.xml --format sumo --node car0 -o car.csv\n"
    "  monami trace show out --ladder --transition 3\n"
    "  monami trace show out --ladder --from '29.9 s' --to '30.2 s'\n"
    "  monami trace import drive.log --format ping --interval '200 ms' -o drive.csv\n"
    "\n"
    "Formats: of links monami (CSV), pam2025, mahimahi and ping; of nodes that move monami (CSV\n"
    "with x_m and y_m), setdest, sumo and bonnmotion. Of a ping, half of the round trip is taken\n"
    "as the delay of each way, and what is sent between a probe without answer and the next probe\n"
    "is lost.\n"
    "\n"
    "A ladder is what mobile node and home agent sent each other, a line a message or event; without\n"
    "--transition, --from or --to that of every hand-over.\n";

const struct cli_command command_trace = {
    .name = "trace",
    .operands = "show|import FILE|DIR",
    .summary = "tell what a measured trace holds, or make a CSV of it; messages of a run",
    .examples = examples,
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
