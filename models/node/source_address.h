/*
 * source_address.h - which of a node's addresses a packet leaves from, where nobody said:
 * RFC 6724 4, 5, with rule 5.5 by the prefixes that the next hop advertised (RFC 8028 3.3).
 *
 * source_select() is pure: candidates in, the better one and the rule that decided out.
 */
#ifndef MODELS_NODE_SOURCE_ADDRESS_H
#define MODELS_NODE_SOURCE_ADDRESS_H

#include "models/node/node.h"

enum { SOURCE_CANDIDATES = 64 };

struct source_candidate {
    struct addr addr;
    uint8_t prefix_len; /* of its network */
    bool deprecated;    /* or optimistic, which counts the same: RFC 4429 2.1 */
    bool home;          /* a home address */
    bool care_of;       /* an address on a link where the node is a visitor; both: at home */
    bool temporary;     /* RFC 8981 */
    bool outgoing;      /* of the interface that the packet leaves by */
    bool of_next_hop;   /* its prefix was advertised by the next hop */
};

/* In the order of RFC 6724 5. */
enum source_rule {
    SOURCE_ONLY, /* there was one candidate */
    SOURCE_SAME,
    SOURCE_SCOPE,
    SOURCE_DEPRECATED,
    SOURCE_HOME,
    SOURCE_OUTGOING,
    SOURCE_NEXT_HOP, /* 5.5 */
    SOURCE_LABEL,
    SOURCE_TEMPORARY,
    SOURCE_PREFIX,
    SOURCE_ORDER, /* all equal: the first */
};

/* What an application may ask for: RFC 6724 5, RFC 5014. */
struct source_preference {
    bool care_of; /* rather than home: rule 4 turned round */
    bool public;  /* rather than temporary: rule 7 turned round */
};

/* The best of `n` candidates for `dst`; NULL: there is none. */
const struct source_candidate *source_select(const struct source_candidate *c, unsigned n,
                                             const struct addr *dst,
                                             const struct source_preference *prefer,
                                             enum source_rule *decided);

/* The address that `n` speaks to `dst` from, all its interfaces that work looked at; ::, there is
 * none. */
struct addr source_of(const struct node *n, const struct addr *dst,
                      const struct source_preference *prefer);

#endif
