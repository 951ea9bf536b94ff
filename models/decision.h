/*
 * decision.h - the C interface of a decision of one's own: which care-of addresses carry a flow.
 *
 * A module is a shared object, named in a scenario as `decision: {module: ./mine.so}`. It includes
 * this header alone, and defines
 *
 *     const uint32_t monami_decision_version = MONAMI_DECISION_VERSION;
 *     unsigned monami_decide(const struct monami_view *view, uint16_t bid[MONAMI_BIDS]);
 *
 * monami_decide() is asked for every packet, by the end that sends it: by the mobile node upwards,
 * by its home agent downwards, each with what it knows itself. It writes Binding Identifiers and
 * answers how many: each of them gets a copy; of those that are not usable none is sent. 0 leaves
 * the packet to the order of preference.
 *
 * A run is a function of its inputs: a module keeps what it must remember in `memory`, and reads no
 * clock, file or random number of its own. What `view` points to is valid during the call.
 *
 * Stable: later versions add members at the end of the structs and nothing else.
 */
#ifndef MODELS_DECISION_H
#define MODELS_DECISION_H

#include <stdint.h>

enum { MONAMI_DECISION_VERSION = 1, MONAMI_BIDS = 16, MONAMI_MEMORY_BYTES = 1024 };

enum monami_direction {
    MONAMI_UP,   /* from the mobile node; asked there */
    MONAMI_DOWN, /* to it; asked at its home agent */
};

/* A Binding Identifier and what the end that is asked knows of its path. */
struct monami_path {
    uint16_t bid;          /* from 1 */
    uint8_t usable;        /* 1: there is a binding, and nothing known against it */
    uint8_t home;          /* 1: the home link itself, without a tunnel (RFC 5648 5.6) */
    uint32_t unanswered;   /* path probes in a row, the one on its way too */
    const char *interface; /* of the mobile node: "wlan0" */
    int64_t round_trip_ns; /* between home agent and mobile node, smoothed; -1: not yet measured */
    int64_t variation_ns;  /* mean deviation of it; both as RFC 6298 2 */
    int64_t measured_ns;   /* when it was measured last; -1: not yet */
};

struct monami_view {
    int64_t now_ns;   /* since the start of the run */
    const char *node; /* the mobile node: "car" */
    const char *flow; /* its name in the scenario; "any": what belongs to none */
    int direction;    /* enum monami_direction */
    uint32_t bytes;   /* of the packet, with its IPv6 header */
    unsigned paths;
    const struct monami_path *path; /* in order of preference */
    void *memory; /* MONAMI_MEMORY_BYTES for this node and direction, zero in the beginning */
};

typedef unsigned monami_decide_fn(const struct monami_view *view, uint16_t bid[MONAMI_BIDS]);

#endif
