/*
 * mh.h - the Mobility Header on the wire (RFC 6275 6.1, 6.2) with the Binding Identifier
 * option (RFC 5648 4.1) and its priority (RFC 6089 4.1).
 *
 * Pure: bytes to struct and back.  The checksum covers the home address where a Home Address
 * option or a type 2 routing header stands in the packet (RFC 6275 6.1.1), so reading and
 * writing take the two addresses to use.
 */
#ifndef MODELS_WIRE_MH_H
#define MODELS_WIRE_MH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/status.h"

struct writer;

enum mh_type {
    MH_BRR = 0,
    MH_HOTI = 1,
    MH_COTI = 2,
    MH_HOT = 3,
    MH_COT = 4,
    MH_BU = 5,
    MH_BA = 6,
    MH_BE = 7,
};

/* Binding Update flags: RFC 6275 6.1.7, RFC 3963, RFC 5648 4.2. */
enum mh_bu_flag {
    MH_BU_ACK = 0x8000,        /* A: answer me */
    MH_BU_HOME = 0x4000,       /* H: you are my home agent */
    MH_BU_LINK_LOCAL = 0x2000, /* L: link-local address is compatible */
    MH_BU_KEY = 0x1000,        /* K: the IKE SA survives movement */
    MH_BU_ROUTER = 0x0400,     /* R */
    MH_BU_OVERWRITE = 0x0040,  /* O: these bindings replace all others */
};

enum mh_ba_flag { MH_BA_KEY = 0x80, MH_BA_ROUTER = 0x40 };

/* RFC 6275 6.1.8, RFC 5648 4.4. 128 and above are refusals. */
#define MH_STATUSES(X)                                                             \
    X(0, ACCEPTED, "accepted")                                                     \
    X(1, PREFIX_DISCOVERY, "prefix discovery necessary")                           \
    X(4, NOT_COMPLETE, "MCoA not complete")                                        \
    X(5, RETURN_HOME_NO_NDP, "MCoA return home without NDP")                       \
    X(128, UNSPECIFIED, "reason unspecified")                                      \
    X(129, PROHIBITED, "administratively prohibited")                              \
    X(130, RESOURCES, "insufficient resources")                                    \
    X(131, NO_HOME_REGISTRATION, "home registration not supported")                \
    X(132, NOT_HOME_SUBNET, "not home subnet")                                     \
    X(133, NOT_HOME_AGENT, "not home agent for this mobile node")                  \
    X(134, DAD_FAILED, "duplicate address detection failed")                       \
    X(135, SEQUENCE, "sequence number out of window")                              \
    X(136, HOME_NONCE, "expired home nonce index")                                 \
    X(137, CARE_OF_NONCE, "expired care-of nonce index")                           \
    X(138, NONCES, "expired nonces")                                               \
    X(139, TYPE_CHANGE, "registration type change disallowed")                     \
    X(164, MCOA_MALFORMED, "MCoA malformed")                                       \
    X(165, MCOA_NON_MCOA, "MCoA non-MCoA binding exists")                          \
    X(166, MCOA_PROHIBITED, "MCoA prohibited")                                     \
    X(167, MCOA_UNKNOWN_COA, "MCoA unknown CoA")                                   \
    X(168, MCOA_BULK_PROHIBITED, "MCoA bulk registration prohibited")              \
    X(169, MCOA_HOME_AND_FOREIGN, "MCoA simultaneous home and foreign prohibited") \
    X(174, INVALID_COA, "invalid care-of address")

enum mh_status {
#define X(value, id, text) MH_ST_##id = (value),
    MH_STATUSES(X)
#undef X
};

const char *mh_status_text(uint8_t status); /* "status 200" for an unknown one */
const char *mh_type_name(uint8_t type);     /* "BU"; NULL for an unknown one */

enum { MH_LIFETIME_UNIT_S = 4, MH_BIDS = 16, MH_AUTHENTICATOR = 12 };

/* One Binding Identifier option. */
struct mh_bid {
    uint16_t bid;
    uint8_t status;   /* in a BA; 0: use that of the BA */
    bool home;        /* H */
    uint8_t priority; /* BID-PRI, RFC 6089 4.1; 0 none */
    uint8_t length;   /* Option Length as read: 4, 8, 20, or what the sender wrote */
    bool has_coa;     /* 16 or 4 bytes of care-of address are there */
    struct addr coa;  /* IPv4 in its mapped form */
};

/* Every message as its fields; which ones mean something depends on `type`. */
struct mh {
    uint8_t type;
    /* BU, BA */
    uint16_t sequence;
    uint16_t flags;    /* enum mh_bu_flag; of a BA enum mh_ba_flag */
    uint16_t lifetime; /* units of 4 s */
    uint8_t status;    /* BA: enum mh_status; BE: 1 unknown binding, 2 unknown type */
    /* HoTI, CoTI, HoT, CoT */
    uint64_t cookie;
    uint64_t token;
    uint16_t nonce_index;
    /* BE */
    struct addr home;
    /* options */
    bool has_alternate; /* Alternate Care-of Address, BU */
    struct addr alternate;
    bool has_refresh; /* Binding Refresh Advice, BA */
    uint16_t refresh; /* units of 4 s */
    bool has_station; /* MH Link-Layer Address, RFC 5568 6.4.4: of the mobile node */
    uint64_t station; /* low 48 bits */
    bool has_nonces;  /* Nonce Indices, BU */
    uint16_t home_nonce;
    uint16_t care_of_nonce;
    bool has_authenticator; /* Binding Authorization Data, last option */
    uint8_t authenticator[MH_AUTHENTICATOR];
    unsigned bids; /* Binding Identifier options */
    struct mh_bid bid[MH_BIDS];
    unsigned skipped; /* options that are not known here: RFC 6275 6.2.1 */
};

/* Why a message was refused. The trace prints these. */
enum mh_fault {
    MH_GOOD,
    MH_CUT_SHORT,  /* fewer bytes than Header Len claims, or behind it more */
    MH_BAD_PROTO,  /* Payload Proto is not 59: RFC 6275 9.2 */
    MH_BAD_LENGTH, /* Header Len below the minimum of its type: RFC 6275 9.2 */
    MH_BAD_CHECKSUM,
    MH_UNKNOWN_TYPE,  /* RFC 6275 9.2: Binding Error status 2 */
    MH_BAD_OPTION,    /* an option whose length does not fit */
    MH_TOO_MANY_BIDS, /* more than MH_BIDS */
};

/* `src` and `dst` are the addresses of the pseudo-header. A BID option with a length other
 * than 4, 8 or 20 is read (bid, length) and not a fault: its answer is status 164. */
MUST_CHECK enum mh_fault mh_read(const struct addr *src, const struct addr *dst,
                                 const uint8_t *bytes, size_t n, struct mh *m);

/* Appends the message with its checksum. Options in the order: refresh advice, alternate CoA,
 * link-layer address, nonce indices, BIDs, authenticator last; alignment as RFC 6275 6.2, RFC
 * 5648 4.1. */
void mh_write(struct writer *w, const struct addr *src, const struct addr *dst, const struct mh *m);

#endif
