/*
 * acts.h - what comes out of the IKE machine (ike.h): acts in the order in which they are to be
 * done, the tasks and reasons that they name, and a Child SA as whoever installs it sees it.
 *
 * Pointers in an act are borrowed: they are good until the next event is handed in.
 */
#ifndef MODELS_IKE_ACTS_H
#define MODELS_IKE_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/cipher.h"
#include "models/crypto/sign.h"
#include "models/ike/keys.h"
#include "models/sa.h"
#include "models/wire/ike.h"
#include "sim/base/addr.h"
#include "sim/base/units.h"

struct ike_peer;
struct ike_policy;

enum { IKE_ADDRESSES = 8 };

struct ike_path {
    struct addr local;
    struct addr remote;
    uint16_t local_port;
    uint16_t remote_port;
};

enum ike_act_kind {
    IKE_ACT_SEND,     /* a datagram */
    IKE_ACT_HEARD,    /* a message was taken: for the log */
    IKE_ACT_KEYED,    /* an IKE SA has keys: for those who read along */
    IKE_ACT_UP,       /* an IKE SA is there, or took the place of `before` */
    IKE_ACT_CHOSEN,   /* both rekeyed at once: this one, which was up, took the place of
                         `before`: 2.8.2 */
    IKE_ACT_DOWN,     /* it is no more; its Child SAs were told before */
    IKE_ACT_EXPIRED,  /* its hard limit is reached and its Delete is out, which nobody may answer:
                         another one may be begun now; IKE_ACT_DOWN follows */
    IKE_ACT_INSTALL,  /* a Child SA: inbound, and outbound if `sends` */
    IKE_ACT_SENDS,    /* its outbound half may be used from now on */
    IKE_ACT_END,      /* a Child SA's outbound half must not be used any more; its inbound half
                         is kept until IKE_ACT_FORGET */
    IKE_ACT_FORGET,   /* the inbound half, too */
    IKE_ACT_NO_CHILD, /* the peer would not have it */
    IKE_ACT_NOT_REKEYED, /* nor a new IKE SA in place of this one; it is tried again, and after some
                            minutes this one is deleted: IKE_ACT_DOWN */
    IKE_ACT_SILENT, /* nothing came for `dead_after`: the owner says ike_heard() or ike_probe() */
    IKE_ACT_DUE,    /* of itself, it begins `news.task` now: `how` is LIFETIME, or NOTIFIED where
                       the peer had no time before (RFC 7296 2.25) */
    IKE_ACT_UNANSWERED, /* several tries of a request: `suspect` */
    IKE_ACT_MOVED,      /* the path of an IKE SA is another */
    IKE_ACT_UPDATED,    /* MOBIKE: the peer answered UPDATE_SA_ADDRESSES; `notify`: it says no */
    IKE_ACT_ADDITIONAL, /* MOBIKE: further addresses of the peer */
    IKE_ACT_ASSIGNED,   /* both ends: the peer has, or this node was given, an address; this node a
                           home prefix, too; neither: there is none, `notify` says why, and the
                           IKE SA is deleted (RFC 4877 9) */
    IKE_ACT_REFUSED,    /* a datagram, for a reason that is counted */
};

/* Why an exchange takes place: event log and ladders name it. */
#define IKE_TASKS(X)                                \
    X(NONE, "none")                                 \
    X(INIT, "init")                                 \
    X(AUTH, "auth")                                 \
    X(CHILD, "child")                               \
    X(REKEY_CHILD, "rekey_child")                   \
    X(REKEY_IKE, "rekey_ike")                       \
    X(DELETE_CHILD, "delete_child")                 \
    X(DELETE_IKE, "delete_ike")                     \
    X(LIVENESS, "liveness")                         \
    X(UPDATE_ADDRESSES, "update_addresses")         \
    X(CHECK_ADDRESS, "check_address")               \
    X(ADDITIONAL_ADDRESSES, "additional_addresses") \
    X(TELL, "tell") /* a notification alone, of an error outside of an exchange */

enum ike_task {
#define X(id, name) IKE_TASK_##id,
    IKE_TASKS(X)
#undef X
        IKE_TASK_COUNT,
};

/* Why a datagram is refused or an SA ends. */
#define IKE_HOWS(X)                                                                               \
    X(FAULT, "malformed")               /* `fault` says what */                                   \
    X(UNKNOWN_SPI, "unknown_spi")       /* RFC 7296 2.21.4 */                                     \
    X(UNEXPECTED, "unexpected")         /* a response to nothing, a message of the wrong state */ \
    X(OUTSIDE_WINDOW, "outside_window") /* 2.3 */                                                 \
    X(REPEATED, "repeated")             /* answered again, or forgotten: 2.1 */                   \
    X(UNPROTECTED, "unprotected")       /* in the clear: a hint, no more, 2.21.4 */               \
    X(INTEGRITY, "integrity")           /* check value */                                         \
    X(FRAGMENT, "fragment")             /* RFC 7383 2.6 */                                        \
    X(HALF_OPEN, "half_open")           /* too many, or no IKE_AUTH in time */                    \
    X(NOTIFIED, "notified")             /* the peer said no: `notify` */                          \
    X(REFUSED, "refused")               /* this node said no: `notify` */                         \
    X(DEAD, "dead")                     /* no answer to any try */                                \
    X(DELETED, "deleted")               /* by this node */                                        \
    X(DELETED_BY_PEER, "deleted_by_peer")                                                         \
    X(REPLACED, "replaced")       /* rekeyed */                                                   \
    X(REDUNDANT, "redundant")     /* both rekeyed at once: 2.8.1, 2.8.2 */                        \
    X(CONTACT, "initial_contact") /* the peer has no other SA, it says: 2.4 */                    \
    X(LIFETIME, "lifetime")                                                                       \
    X(DROPPED, "dropped")   /* in silence, by the owner's wish */                                 \
    X(TOO_LONG, "too_long") /* a message that needs fragments the peer cannot take */             \
    X(UNAUTHENTICATED, "unauthenticated")

enum ike_how {
#define X(id, name) IKE_HOW_##id,
    IKE_HOWS(X)
#undef X
};

const char *ike_task_name(enum ike_task task);
const char *ike_how_name(enum ike_how how);

/* A message, sent or taken. */
struct ike_news {
    uint8_t exchange;
    uint8_t flags;
    uint32_t id;
    uint64_t spi_i;
    uint64_t spi_r;
    enum ike_task task; /* of the exchange */
    unsigned tries;     /* that this is; 1: the first time */
    unsigned fragment;  /* number; 0: whole */
    size_t bytes;       /* of all of it, without what NAT traversal puts in front */
    uint16_t notify;    /* the first notification that is an error or asks for another round; 0 */
    char payloads[96];  /* "SA KE No N(COOKIE)", as far as there is room */
};

/* Both halves of a Child SA. */
struct ike_child_sa {
    uint32_t spi_in;
    uint32_t spi_out;
    uint32_t before; /* inbound SPI of the one that it replaces; 0: none */
    const struct ike_policy *policy;
    unsigned number; /* among those with equal selectors */
    bool sends;
    bool initiator; /* of the exchange that made it */
    const struct cipher_suite *suite;
    bool esn;
    struct sa_keys in;
    struct sa_keys out;
    struct sa_lifetime lifetime; /* with jitter */
    struct ike_path path;        /* of its IKE SA */
    bool encapsulated;           /* in UDP: there is a NAT */
    struct ike_selector local;   /* the first, as agreed */
    struct ike_selector remote;
};

struct ike_act {
    enum ike_act_kind kind;
    struct ike_peer *peer; /* NULL: not known yet */
    uint64_t sa;           /* own SPI of the IKE SA; 0: none */
    struct ike_path path;
    struct ike_news news;          /* SEND, HEARD; DUE: its task */
    const uint8_t *bytes;          /* SEND: valid until the next event is handed in */
    size_t n;                      /* SEND */
    bool marked;                   /* SEND: with four zero octets in front, RFC 3948 2.2 */
    enum ike_how how;              /* DOWN, END, NO_CHILD, NOT_REKEYED, REFUSED, DUE */
    enum ike_fault fault;          /* REFUSED */
    enum sign_verdict verdict;     /* DOWN, REFUSED as UNAUTHENTICATED */
    uint16_t notify;               /* DOWN, NO_CHILD, NOT_REKEYED, ASSIGNED: what was said; 0 */
    uint64_t before;               /* UP: the one it replaces; 0: none */
    bool initiator;                /* UP: this node is the original initiator */
    bool half_open;                /* DOWN: it never was up */
    const struct ike_suite *suite; /* UP */
    const struct ike_keys *keys;   /* UP; and DOWN of a half-open one that had keys */
    uint64_t spi_i;                /* UP, DOWN */
    uint64_t spi_r;
    const struct ike_child_sa *child; /* INSTALL, SENDS, END, FORGET */
    unsigned policy;                  /* NO_CHILD */
    unsigned number;
    struct addr address[IKE_ADDRESSES]; /* ASSIGNED: its own; ADDITIONAL */
    unsigned addresses;
    struct prefix prefix; /* ASSIGNED: of its home */
};

#endif
