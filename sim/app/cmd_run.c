#include <stdio.h>
#include <string.h>

#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/run.h"
#include "sim/app/summary.h"

struct asked {
    const char *dir;
    struct cli_texts set;
    const char *pcap;
    const char *engine;
    bool force;
    bool quiet;
    bool verbose;
    bool json;
};

static bool is_pcap_word(const char *text)
{
    return !strcmp(text, "none") || !strcmp(text, "nodes") || !strcmp(text, "all");
}

/* wifi-lte-voice.yaml leaves wifi-lte-voice. Answers whether there is such a name. */
static bool default_folder(const char *file, char *out, size_t size)
{
    const char *slash = strrchr(file, '/');
    (void)snprintf(out, size, "%s", slash ? slash + 1 : file);
    char *dot = strrchr(out, '.');
    if (!dot || dot == out)
        return false;
    *dot = '\0';
    return true;
}

/* Two lines on stderr. Answers whether the results could be read. */
static bool tell(const struct run_outcome *outcome, const char *dir)
{
    bool packets = false;
    struct why w;
    if (summary_line(stderr, dir, &packets, &w)) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return false;
    }
    if (*outcome->digest)
        (void)fprintf(stderr, "; digest %.16s", outcome->digest);
    (void)fprintf(stderr, "\nwrote %s%s%s\n", dir, packets ? "; draw it with: monami plot " : "",
                  packets ? dir : "");
    return true;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.dir = NULL};
    char name[512];
    int code;
    int at = cli_parse(&command_run, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (asked.pcap && !is_pcap_word(asked.pcap))
        return cli_wrong("--pcap: '%s' is not one of: none, nodes, all", asked.pcap);
    if (asked.engine && !cli_engine(asked.engine, &asked.set))
        return CLI_USAGE;
    if (!asked.dir && !default_folder(argv[at], name, sizeof name))
        return cli_wrong("where shall the results go? Say -o DIR");
    const char *dir = asked.dir ? asked.dir : name;
    const struct run_options how = {.file = argv[at],
                                    .set = asked.set.text,
                                    .sets = asked.set.n,
                                    .dir = dir,
                                    .force = asked.force,
                                    .pcap = asked.pcap,
                                    .progress = progress_kind(asked.quiet, asked.verbose),
                                    .argc = argc,
                                    .argv = argv};
    struct run_outcome outcome;
    if (!cli_target(dir))
        return CLI_FAILED;
    interrupt_watch();
    code = run_scenario(&how, &outcome);
    struct why w;
    if (asked.json && outcome.whole && summary_json(stdout, dir, &w)) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    if (!asked.quiet && outcome.whole && !tell(&outcome, dir))
        return CLI_FAILED;
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, "DIR", "where the results go; default: the file's name",
     offsetof(struct asked, dir)},
    {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
     offsetof(struct asked, set)},
    {"pcap", 0, CLI_TEXT, "WHICH", "frames for Wireshark: none, nodes or all",
     offsetof(struct asked, pcap)},
    {"engine", 0, CLI_TEXT, "WHICH", "native or ns3: as --set general.engine=WHICH",
     offsetof(struct asked, engine)},
    {"force", 'f', CLI_FLAG, NULL, "replace DIR if it exists", offsetof(struct asked, force)},
    {"quiet", 'q', CLI_FLAG, NULL, "no progress, no summary", offsetof(struct asked, quiet)},
    {"verbose", 'v', CLI_FLAG, NULL, "progress as plain lines", offsetof(struct asked, verbose)},
    {"json", 0, CLI_FLAG, NULL, "the summary as one JSON object on stdout",
     offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_run = {
    .name = "run",
    .operands = "FILE",
    .summary = "run one scenario and write its results",
    .examples = "  monami run scenarios/wifi-lte-voice.yaml -o out\n"
                "  monami run scenarios/loss.yaml -o out --set networks.wlan.loss='5 %' "
                "--pcap all\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
