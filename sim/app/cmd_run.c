#include <stdio.h>
#include <string.h>

#include "sim/app/cli.h"
#include "sim/app/run.h"

int cmd_run(int argc, char **argv)
{
    const char *dir = NULL;
    const char *pcap = NULL;
    bool force = false;
    bool quiet = false;
    struct cli_texts set = {.n = 0};
    const struct cli_option options[] = {
        {"output", 'o', CLI_TEXT, "DIR", "where the results go; default: the file's name", &dir},
        {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
         &set},
        {"pcap", 0, CLI_TEXT, "WHICH", "frames for Wireshark: none, nodes or all", &pcap},
        {"force", 'f', CLI_FLAG, NULL, "replace DIR if it exists", &force},
        {"quiet", 'q', CLI_FLAG, NULL, "no summary", &quiet},
        {.name = NULL},
    };
    const struct cli_usage usage = {
        "run",
        "FILE",
        "run one scenario and write its results",
        "  monami run scenarios/wifi-lte-voice.yaml -o out\n"
        "  monami run scenarios/loss.yaml -o out --set networks.wlan.loss='5 %' --pcap all\n",
        options,
        1,
        1};
    int code;
    int at = cli_parse(&usage, argc, argv, &code);
    if (at < 0)
        return code;
    if (pcap && strcmp(pcap, "none") != 0 && strcmp(pcap, "nodes") != 0 && strcmp(pcap, "all") != 0)
        return cli_wrong("--pcap: '%s' is not one of: none, nodes, all", pcap);
    char name[512];
    if (!dir) { /* wifi-lte-voice.yaml leaves wifi-lte-voice */
        const char *slash = strrchr(argv[at], '/');
        (void)snprintf(name, sizeof name, "%s", slash ? slash + 1 : argv[at]);
        char *dot = strrchr(name, '.');
        if (!dot || dot == name)
            return cli_wrong("where shall the results go? Say -o DIR");
        *dot = '\0';
        dir = name;
    }
    const struct run_options how = {.file = argv[at],
                                    .set = set.text,
                                    .sets = set.n,
                                    .dir = dir,
                                    .force = force,
                                    .pcap = pcap,
                                    .argc = argc,
                                    .argv = argv};
    struct run_outcome outcome;
    code = run_scenario(&how, &outcome);
    if (!quiet && code != CLI_USAGE && *outcome.digest) {
        (void)fprintf(stderr, "%s; digest %.16s\nwrote %s; draw it with: monami plot %s\n",
                      outcome.line, outcome.digest, dir, dir);
    }
    return code;
}
