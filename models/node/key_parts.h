/*
 * key_parts.h - what the files of key management share. Private to models/node.
 *
 *   key_exchange.c   datagrams, acts, time    key_sas.c        Child SAs become SAs of IPsec
 *   key_wishes.c     what is wanted           key_moves.c      care-of addresses
 *   key_peers.c      who may have which       key_agent.c      likewise, at a home agent
 *   key_tell.c       events                   key_addresses.c  other care-of addresses, told
 *   key_work.c       a processor's jobs       key_home.c       home addresses that it gives
 */
#ifndef MODELS_NODE_KEY_PARTS_H
#define MODELS_NODE_KEY_PARTS_H

#include "models/node/key_exchange.h"

enum key_wish_kind {
    KEY_WISH_START,
    KEY_WISH_ANEW,
    KEY_WISH_WANT,
    KEY_WISH_SOFT,
    KEY_WISH_HARD,
    KEY_WISH_USED,
    KEY_WISH_PROBE,
    KEY_WISH_HEARD,
    KEY_WISH_MOVE,
    KEY_WISH_UPDATE,
    KEY_WISH_TELL,
    KEY_WISH_INVALID_SPI,
    KEY_WISH_ACCEPT,
    KEY_WISH_DROP,
    KEY_WISH_DELETE,
    KEY_WISH_RETIRE,
    KEY_WISH_SEEN,
    KEY_WISH_SENT,
    KEY_WISH_HOME,
};

/* What this node wants of its machine: kept until the acts of the event before are done. */
struct key_wish {
    enum key_wish_kind kind;
    struct keyed *who;
    uint64_t sa;
    uint32_t spi;
    unsigned policy;
    unsigned number;
    struct addr local;
    struct addr remote;
    uint16_t local_port; /* SEEN */
    uint16_t remote_port;
    sim_time at;
    uint64_t cause; /* event that it comes from */
    struct key_wish *next;
};

/* A request that is under way, and the event that led to it. */
struct key_asked {
    uint64_t spi_i;
    uint32_t id;
    uint64_t cause;
};

/* One mobile node, at either end. */
struct keyed {
    struct key_exchange *of;
    struct protected *who;
    struct key_peer said;
    struct ike_peer *peer;
    struct ike_peer_config config;
    const struct spd_entry *entry[16]; /* by number of IKE's policies */
    uint64_t sa;                       /* IKE SA that is up, the newest; 0: none */
    uint64_t starting;                 /* mobile node: on its way; 0: none */
    uint64_t old;    /* re-establishment: serves until the new one has all; 0: none */
    struct addr coa; /* that IKE uses; ::: none */
    bool ever;       /* there was an IKE SA */
    bool placed;     /* home agent: tunnels know where it is */
    bool was_bound;  /* home agent: `coa` was a care-of address of a binding */
    bool assigned;   /* its home address comes from the home agent */
    bool homeless;   /* and there was none */
    bool waited;     /* mobile node: for the care-of address that it would rather begin with */
    bool begins;     /* mobile node: an IKE SA is asked for, and has no name yet */
    bool moving;     /* it is being established anew */
    const struct spd_entry *updates; /* that protects Binding Updates; NULL: none does */
    bool refused_k;                  /* mobile node: the home agent does not move IKE */
    bool holds;                      /* order: ike-first, Binding Updates wait */
    bool suspects;                   /* mobile node: no answer to several tries from `coa` */
    bool unaccepted;   /* MOBIKE, mobile node: the home agent does not take `coa`, as long as there
                          is no binding */
    bool insisted;     /* it was asked once more since the last answer to a Binding Update */
    sim_time retry_at; /* mobile node: to begin again; SIM_NEVER */
    bool told_spi;     /* of an SPI that is not known: at `told_spi_at` */
    sim_time told_spi_at;
    sim_time sent; /* when something last left on IKE's own path */
    struct addr sent_from;
    struct sim_timer retry;
    struct key_asked asked[IKE_WINDOW]; /* by message ID */
    struct addr
        further[IKE_ADDRESSES]; /* mobile node: other addresses, as the peer was told last */
    unsigned furthers;
    struct keyed *next;
};

struct key_exchange {
    struct node *node;
    struct ike *ike;
    struct ciphers *ciphers;
    struct key_responder how; /* of a home agent */
    bool responds;
    struct key_timers timers;
    struct key_exchange_setup setup;
    struct sim_timer timer;
    struct keyed *first;
    struct keyed *last;
    bool closed; /* nothing is begun any more */
    bool doing;  /* acts are being done */
    bool ticks;  /* those of a timer */
    struct pool wishes;
    struct key_wish *first_wish; /* in order; one tick may be about every mobile node */
    struct key_wish **last_wish;
    struct key_sa *sas;
    struct key_sa **last_sa;
    struct key_counts counts;
    struct pool jobs; /* key_work.c */
    struct pool parcels;
    struct key_job *job; /* of the processor, that is being begun; NULL: none */
};

/* ---- key_exchange.c ---- */
void key_do_all(struct key_exchange *x); /* all acts, and what they made this node wish for */
/* A packet of IKE's, and the act that it does: takes p. */
void key_leave(struct key_exchange *x, const struct ike_act *a, struct pkt *p);
struct keyed *key_whose(const struct key_exchange *x, const struct ike_datagram *d); /* NULL */
struct keyed *keyed_of(const struct protected *who); /* NULL: its keys come from elsewhere */

/* ---- key_wishes.c ---- */
void key_wish(struct key_exchange *x, const struct key_wish *w); /* at once, or after the acts */
void key_queue_wish(struct key_exchange *x, const struct key_wish *w);
bool key_next_wish(struct key_exchange *x, struct key_wish *w); /* false: there is none */
void key_do_wish(struct key_exchange *x, const struct key_wish *w);

/* ---- key_work.c ---- */
struct key_job;
void key_work_init(struct key_exchange *x);
void key_work_datagram(struct key_exchange *x, const struct ike_datagram *d, const struct pkt *p);
void key_work_tick(struct key_exchange *x);
void key_work_wish(struct key_exchange *x, const struct key_wish *w);
/* When the work is done: takes p. */
void key_send_later(struct key_job *j, const struct ike_act *a, struct pkt *p);

/* ---- key_peers.c ---- */
void key_make_peer(struct keyed *k);
void key_want_all(struct keyed *k); /* mobile node: every pair */
/* IKE's number of a policy; -1: none. */
int key_policy_of(const struct keyed *k, const struct spd_entry *e);

/* ---- key_sas.c ---- */
void key_install(struct keyed *k, const struct ike_act *a);
void key_sends(struct keyed *k, const struct ike_act *a);
void key_end(struct keyed *k, const struct ike_act *a);
void key_forget(struct keyed *k, const struct ike_act *a);
void key_put_path(struct keyed *k, const struct ike_act *a); /* its SAs go where it goes */
sim_time key_last_heard(const struct keyed *k);

/* ---- key_moves.c ---- */
void key_up(struct keyed *k, const struct ike_act *a);
void key_down(struct keyed *k, const struct ike_act *a);
void key_moved(struct keyed *k, const struct ike_act *a);
void key_updated(struct keyed *k, const struct ike_act *a);
void key_chosen(struct keyed *k);
void key_installed(struct keyed *k, const struct ike_act *a);
void key_unanswered(struct keyed *k, const struct ike_act *a);
void key_moves_init(struct keyed *k);

/* ---- key_agent.c ---- */
enum ike_standing key_standing(const struct key_exchange *x, const struct ike_datagram *d);

/* ---- key_addresses.c ---- */
/* Mobile node: whether others than the one that IKE uses are there, if that is news. */
void key_tell_addresses(struct keyed *k);

/* ---- key_home.c ---- */
void key_assigned(struct keyed *k, const struct ike_act *a);
void key_unassign(struct keyed *k); /* its last IKE SA is gone, and the lease with it */

/* ---- key_tell.c ---- */
void key_tell_message(struct key_exchange *x, const struct ike_act *a, bool sent);
void key_tell_up(struct keyed *k, const struct ike_act *a);
void key_tell_down(struct key_exchange *x, const struct ike_act *a);
void key_tell_refused(struct key_exchange *x, const struct ike_act *a);
void key_tell_silent(struct keyed *k, const struct ike_act *a);
void key_tell_due(struct keyed *k, const struct ike_act *a);
void key_tell_no_child(struct keyed *k, const struct ike_act *a);
void key_tell_additional(struct keyed *k, const struct ike_act *a);
void key_tell_assigned(struct keyed *k, const char *how, uint16_t notify);
void key_tell_moved(struct keyed *k, const struct addr *local, const struct addr *remote,
                    const char *how);

#endif
