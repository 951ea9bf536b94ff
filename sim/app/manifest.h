/*
 * manifest.h - manifest.json of a run's folder: what was run, by which program, from which inputs.
 * All that is needed to run it again, and the only file in which host or clock may show.
 */
#ifndef SIM_APP_MANIFEST_H
#define SIM_APP_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/hash.h"
#include "sim/base/status.h"

const char *manifest_library(void); /* "jansson 2.14" */

struct carrier;
struct outside;

struct manifest_input {
    const char *name;
    const char *file; /* from `directory`, or absolute */
    const char *sha256;
};

/* A network whose frames somebody else carried. */
struct manifest_network {
    const char *name;
    const struct outside *outside;
};

struct manifest {
    const char *monami; /* version */
    const char *built;  /* git describe */
    const char *run_key;
    const char *engine;    /* "native", "ns3", "live" */
    const char *file;      /* the scenario, from `directory`, or absolute */
    const char *sha256;    /* of the scenario as given */
    const char *directory; /* that names are relative to */
    const char *const *set;
    size_t sets;
    const char *pcap; /* NULL: as the scenario says */
    struct manifest_input *input;
    size_t inputs;
    int64_t seed;
    int64_t replication;
    const char *digest;
    /* only written */
    const char *const *command;
    size_t commands;
    uint64_t events;
    const char *outside; /* "ns-3.37": who carried links, and had the clock; NULL: nobody */
    const struct carrier *carrier;          /* the first of its devices; NULL: none */
    const struct manifest_network *network; /* that it carried, */
    size_t networks;                        /* so many */
    double wall_s;
};

MUST_CHECK enum status manifest_write(const char *path, const struct manifest *m, struct why *w);

/* Texts live in the arena. */
MUST_CHECK enum status manifest_read(const char *path, struct manifest *m, struct arena *arena,
                                     struct why *w);

#endif
