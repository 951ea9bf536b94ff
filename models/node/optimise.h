/*
 * optimise.h - the hands of a mobile node's route optimisation: what its machine
 * (models/mip6/ro.h) answers is done here, and what becomes of paths and bindings is told to it.
 */
#ifndef MODELS_NODE_OPTIMISE_H
#define MODELS_NODE_OPTIMISE_H

#include "models/mip6/ro.h"
#include "models/node/node.h"
#include "models/node/tunnel.h"
#include "sim/base/key.h"

/* Through which care-of address a HoTI goes to the home agent (RFC 5648 9.3.1). */
enum optimise_hoti { HOTI_FIXED, HOTI_ANY, HOTI_ROUND_ROBIN };

struct optimise_config {
    bool given;
    bool enabled;
    int hoti_from;       /* enum optimise_hoti */
    const char *hoti_by; /* fixed: the interface; NULL: the first */
    sim_time lifetime;   /* asked for */
    bool acknowledge;    /* see struct ro_config */
    bool one_first;      /* the first BU alone, with O: RFC 5648 5.9 */
    sim_time ahead;      /* see struct ro_config */
    sim_time hold;
    sim_time idle;
    int64_t peers;        /* correspondents at once */
    struct key_list with; /* const char *, nodes; empty: all that are heard of */
};

extern const struct key optimise_keys[];

struct mobile;

/* For a mobile node that is made, and has its paths; `how` is borrowed for the run, `hoti_bid` is
 * that of `hoti_by`; 0: of the first path. */
void optimise_new(struct mobile *m, const struct optimise_config *how, uint16_t hoti_bid);
/* No other correspondent than those that are named is optimised. */
void optimise_only(struct mobile *m, const struct addr *peer);

/* All that follows may be called of a mobile node without it. */

/* It may ask the home agent for several care-of addresses, or not any more. */
void optimise_several(struct mobile *m);
/* A binding is acknowledged by the home agent; it, or its path, is no more. */
void optimise_bound(struct mobile *m, uint16_t bid, const struct addr *coa);
void optimise_unbound(struct mobile *m, uint16_t bid);
/* The home agent has answered: its bindings may end at another time. */
void optimise_answered(struct mobile *m);
/* Nothing can leave from `coa`, of the path of `bid`, any more. */
void optimise_lost(struct mobile *m, uint16_t bid, const struct addr *coa);
/* The return home is acknowledged; and it has left. */
void optimise_set_home(struct mobile *m, bool at_home);
/* A packet has come out of the home agent's tunnel. */
void optimise_heard(struct mobile *m, const struct pkt *p);
/* Data came directly from a correspondent. */
void optimise_used(struct mobile *m, const struct addr *peer);
/* A message from one that is not the home agent. Whether it was one for this. */
bool optimise_mh(struct mobile *m, const struct delivery *d);
/* It knows no Mobility Header. */
void optimise_refused(struct mobile *m, const struct addr *peer);

/* A packet to a correspondent, whichever way, is decided to leave by `bid`. */
void optimise_carried(struct mobile *m, const struct pkt *p, uint16_t bid);
/* A packet from the home address to a correspondent whose binding `bid`, at `coa`, is registered
 * there: it leaves directly, and is gone. */
bool optimise_takes(struct mobile *m, struct pkt *p, uint16_t bid, const struct addr *coa);

const struct ro *optimise_list(const struct mobile *m); /* for who looks; NULL: it has none */

#endif
