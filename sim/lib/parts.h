/*
 * parts.h - what the files of the library share: a world as monami.h hides it.
 */
#ifndef SIM_LIB_PARTS_H
#define SIM_LIB_PARTS_H

#include "models/names.h"
#include "sim/base/hash.h"
#include "sim/lib/monami.h"
#include "sim/world/world.h"

enum lib_stage { LIB_MAKING, LIB_BUILT, LIB_FINISHED };

struct monami_port {
    struct monami *m;
    struct port *port;
};

struct monami_network {
    struct monami *m;
    const char *name;
    struct monami_ways ways;
    void *owner;
    struct outside *outside; /* NULL until something of it is built */
    struct monami_network *next;
};

struct lib_watcher {
    struct monami_watcher of;
    void *owner;
    struct lib_watcher *next;
};

struct lib_counts {
    uint64_t event[EVENT_NAMES];
    uint64_t drop[DROP_REASONS];
    uint64_t frame[4];  /* by enum tap_what */
    uint64_t packet[3]; /* by enum tap_step */
};

struct monami {
    enum lib_stage stage;
    unsigned inside; /* calls that call the caller back */
    unsigned called; /* callbacks of the caller that are running, */
    unsigned amid;   /* and those of them in the middle of a node's work: send() and watchers */
    struct why why;
    char *complaints;   /* of a scenario, in place of `why`; NULL: there are none */
    struct arena given; /* what was handed in */
    const char *path;   /* of the scenario, or the name of its text */
    const char *text;   /* NULL: it is a file */
    size_t text_bytes;
    const char **set;
    size_t sets;
    struct monami_network *networks; /* in order of asking */
    struct lib_watcher *watchers;
    bool recorded;
    const char *folder; /* NULL: of what is recorded only the digest is kept */
    const char *part;   /* where it is until it is whole */
    struct arena run;   /* of the world */
    struct scenario scenario;
    struct world world;
    struct world_outside *outside;
    struct monami_port **port; /* by index; NULL: nobody asked for it */
    uint32_t ports;
    struct tap tap;
    struct lib_counts counts;
    struct trace *trace;
    uint64_t events; /* of the engine */
    size_t unmet;
    char digest[HASH_TEXT];
};

/* Why a call fails: answers `st`. */
enum monami_status lib_fail(struct monami *m, enum monami_status st, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* MONAMI_NOT_NOW and why, unless the world is at that stage, and no callback is running. */
enum monami_status lib_stands(struct monami *m, enum lib_stage stage, const char *what);

/* carry.c: a callback begins or ends in the middle of a node's work. */
void lib_amid(struct monami *m, bool on);

/* The caller's name for a port of the world. */
struct monami_port *lib_port(struct monami *m, struct port *port);

/* carry.c: the networks that are outside, for world_build_outside(). */
const struct world_outside *lib_outside(struct monami *m, size_t *n);
void lib_know_outside(struct monami *m); /* once they are built */

/* watch.c: the library's own observer. */
void lib_watch(struct monami *m);

/* record.c: all but the last answer a sentence in m->why. */
MUST_CHECK enum monami_status lib_record_begin(struct monami *m); /* the folder */
void lib_record_open(struct monami *m);
MUST_CHECK enum monami_status lib_record_close(struct monami *m);

#endif
