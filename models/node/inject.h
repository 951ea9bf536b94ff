/*
 * inject.h - what an attacker puts into the way of protected packets, as a scenario's event asks.
 *
 * It sits behind a node and takes the next packet that the node seals for a policy, or lets into
 * the tunnel as it is.  What it sends
 * is marked (pkt_mark.injected) and, unless it is the packet itself, belongs to no flow.  It has
 * no keys; only `others-home` is a mobile node that misuses its own.
 */
#ifndef MODELS_NODE_INJECT_H
#define MODELS_NODE_INJECT_H

#include "models/ipsec/sad.h"
#include "models/node/node.h"

enum inject_kind {
    INJECT_NOTHING,
    INJECT_AGAIN,          /* the same packet once more, `after` so long */
    INJECT_FOREIGN_SOURCE, /* it leaves with another outer source, which ESP does not cover */
    INJECT_WRONG_ICV,      /* in front of it a copy whose check value is wrong */
    INJECT_CLEAR,          /* in front of it a copy that is not protected */
    INJECT_OTHERS_HOME,    /* a Binding Update that names `home` in its Home Address option */
};

extern const char *const inject_words[]; /* of enum inject_kind; NULL ends */

struct inject_order {
    enum inject_kind kind;
    const char *policy; /* whose packet; NULL: of any */
    struct addr source; /* of what is injected; ::: as it was */
    struct addr home;
    sim_time after;
};

struct injection; /* opaque */

/* From now on, once. */
void inject_arm(struct node *n, const struct inject_order *how);

/* Told by protect_out.c: `sa` is about to seal p from `at` on. */
void inject_at_seal(struct node *n, const struct sa *sa, struct pkt *p, size_t at, uint8_t next);

/* Told by protect_out.c: p goes into the tunnel as it is, by that policy. Only again and
 * foreign-source can be done to it. */
void inject_at_bypass(struct node *n, const struct spd_entry *policy);

/* Told by path.c: p, whole, leaves through `out` to `next_hop`. Answers what goes in
 * front of it; NULL: nothing. */
struct pkt *inject_on_way(struct node *n, struct pkt *p, struct iface *out,
                          const struct addr *next_hop);

/* Told where a packet that was met does not leave by path.c: the injection, if there was one, waits
 * for the next one. */
void inject_miss(struct node *n);

/* Gives packets that it holds back: the run is over. */
void inject_release(struct node *n);

#endif
