/*
 * mobile_path.h - the paths of a mobile node, one an interface, and how it finds out which
 * work: addresses and routers from neighbour discovery, path probes, or an oracle.  Part of
 * mobile.h.
 */
#ifndef MODELS_NODE_MOBILE_PATH_H
#define MODELS_NODE_MOBILE_PATH_H

#include "models/node/mobile.h"

enum { MOBILE_PATHS = BUL_ENTRIES };

struct mobile_path {
    struct mobile *mobile;
    struct iface *iface;
    uint16_t bid;
    struct addr coa;
    bool has_coa;       /* an address, and a router that advertises its prefix */
    bool probe_dead;    /* too many probes went unanswered */
    bool oracle_dead;   /* the world says that its link carries nothing */
    bool failed_before; /* it worked and stopped: `back_after` applies */
    bool wanted;        /* handed to the binding update list */
    uint16_t probe;     /* sequence of the last one sent */
    int64_t unanswered;
    struct sim_timer probing;
    struct sim_timer back;
};

struct mobile {
    struct node *node;
    struct bul bul;
    struct mobile_detection detection;
    const struct flow_policy *policy; /* upwards */
    const char **carried_by;          /* by rule: interface of its last packet; NULL: none yet */
    struct mobile_path path[MOBILE_PATHS]; /* in order of preference */
    unsigned paths;
    struct iface *home_iface; /* where the home link is; NULL: away */
    bool settled;             /* the return home is acknowledged */
    struct sim_timer timer;
};

/* Does what the binding update list answered, and arms its timer. */
void mobile_do(struct mobile *m, const struct bul_acts *acts);

/* Tells the binding update list what is wanted now, all paths looked at. */
void mobile_plan(struct mobile *m);

#endif
