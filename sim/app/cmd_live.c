#include <stdio.h>
#include <string.h>

#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/live.h"
#include "sim/app/run.h"

struct asked {
    const char *node;
    const char *tun;
    const char *length;
    const char *dir;
    struct cli_texts set;
    const char *pcap;
    bool addresses;
    bool force;
    bool quiet;
};

/* Builds the node and asks it. */
static int print_addresses(const char *file, const struct asked *asked,
                           const struct live_options *how)
{
    struct arena arena = {0};
    static struct complaints complaints;
    struct scenario s;
    struct yaml_node *root;
    struct world w;
    struct live l;
    struct why why;
    bool good = scenario_load(file, asked->set.text, asked->set.n, &arena, &s, &root, &complaints);
    complaints_print(&complaints, stderr);
    if (good && live_open(&l, how, &s, &why)) {
        (void)fprintf(stderr, "error: %s\n", why.text);
        good = false;
    }
    if (good) {
        world_build_live(&w, &s, &arena, (uint64_t)s.general.seed, (uint64_t)s.general.replication,
                         &l.of);
        live_print_addresses(stdout, &w);
        world_free(&w);
    }
    arena_release(&arena);
    return good ? CLI_DONE : CLI_USAGE;
}

static bool is_pcap_word(const char *text)
{
    return !strcmp(text, "none") || !strcmp(text, "nodes") || !strcmp(text, "all");
}

static int live(int argc, char **argv)
{
    struct asked asked = {.node = NULL};
    struct live_options how = {.node = NULL};
    struct why w;
    int code;
    int at = cli_parse(&command_live, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    if (!asked.node)
        return cli_wrong("which node? Say --node NAME");
    if (!asked.tun && !asked.addresses)
        return cli_wrong("which device? Say --tun NAME");
    if (asked.pcap && !is_pcap_word(asked.pcap))
        return cli_wrong("--pcap: '%s' is not one of: none, nodes, all", asked.pcap);
    if (asked.length && units_time(asked.length, &how.length, &w))
        return cli_wrong("--for: %s", w.text);
    if (asked.length && how.length < SIM_MS)
        return cli_wrong("--for: '%s' is below 1 ms", asked.length);
    how.node = asked.node;
    how.tun = asked.addresses ? NULL : asked.tun;
    if (asked.addresses)
        return print_addresses(argv[at], &asked, &how);
    const struct run_options run = {.file = argv[at],
                                    .set = asked.set.text,
                                    .sets = asked.set.n,
                                    .dir = asked.dir,
                                    .force = asked.force,
                                    .pcap = asked.pcap,
                                    .progress = PROGRESS_NONE,
                                    .live = &how,
                                    .quiet = asked.quiet,
                                    .argc = argc,
                                    .argv = argv};
    struct run_outcome outcome;
    if (asked.dir && !cli_target(asked.dir))
        return CLI_FAILED;
    interrupt_watch();
    code = run_scenario(&run, &outcome);
    if (!asked.quiet && outcome.whole && asked.dir)
        (void)fprintf(stderr, "wrote %s\n", asked.dir);
    return code;
}

static const struct cli_option options[] = {
    {"node", 'n', CLI_TEXT, "NAME", "the mobile node or home agent that is live",
     offsetof(struct asked, node)},
    {"tun", 't', CLI_TEXT, "NAME", "the TUN device at which its interfaces end; made if need be",
     offsetof(struct asked, tun)},
    {"for", 0, CLI_TEXT, "TIME", "how long; default: general.stop of the scenario",
     offsetof(struct asked, length)},
    {"output", 'o', CLI_TEXT, "DIR", "where the results go; default: nowhere",
     offsetof(struct asked, dir)},
    {"addresses", 'a', CLI_FLAG, NULL, "print the addresses that the outside must know, and end",
     offsetof(struct asked, addresses)},
    {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
     offsetof(struct asked, set)},
    {"pcap", 0, CLI_TEXT, "WHICH", "frames for Wireshark: none, nodes or all",
     offsetof(struct asked, pcap)},
    {"force", 'f', CLI_FLAG, NULL, "replace DIR if it exists", offsetof(struct asked, force)},
    {"quiet", 'q', CLI_FLAG, NULL, "print no addresses", offsetof(struct asked, quiet)},
    {.name = NULL},
};

const struct cli_command command_live = {
    .name = "live",
    .operands = "FILE",
    .summary = "run one node of a scenario in real time against the outside, at a TUN device",
    .examples = "  monami live scenarios/live-vpn.yaml --node car --addresses\n"
                "  monami live scenarios/live-vpn.yaml --node car --tun car0 --for '30 s' -o out\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = live,
};
