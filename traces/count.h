/*
 * count.h - how many messages of each kind passed each interface, and what the nodes dropped.
 *
 * Every frame is looked into down to the innermost packet: tunnels are followed, what an ICMPv6
 * error quotes is not counted.  What a packet in fragments holds is counted with its first one.  A
 * frame is counted as sent, received, or dropped (refused by the link, never sent); what was
 * refused and what was lost on the way are counted by reason as well, at the port that sent.
 *
 * ESP is not decrypted: what is to be sealed is looked into before (tap.h), and counted with every
 * frame that carries it.  Signalling bytes are those of the messages, sealed or not, without the
 * headers in front of them.
 */
#ifndef TRACES_COUNT_H
#define TRACES_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/core/tap.h"
#include "traces/trace.h"

#define COUNT_NAMES(X)                                \
    X(FRAMES, "frames")                               \
    X(BYTES, "bytes")                                 \
    X(SIGNALLING_BYTES, "signalling_bytes")           \
    X(INJECTED, "injected")                           \
    X(TUNNEL, "header.tunnel")                        \
    X(HOME_ADDRESS, "header.home_address")            \
    X(ROUTING2, "header.routing2")                    \
    X(FRAGMENT, "header.fragment")                    \
    X(LIMIT, "header.encapsulation_limit")            \
    X(ESP, "header.esp")                              \
    X(UDP, "udp")                                     \
    X(UNREACHABLE, "icmp6.unreachable")               \
    X(TOO_BIG, "icmp6.too_big")                       \
    X(TIME_EXCEEDED, "icmp6.time_exceeded")           \
    X(PARAMETER_PROBLEM, "icmp6.parameter_problem")   \
    X(ECHO_REQUEST, "icmp6.echo_request")             \
    X(ECHO_REPLY, "icmp6.echo_reply")                 \
    X(RS, "icmp6.rs")                                 \
    X(RA, "icmp6.ra")                                 \
    X(NS, "icmp6.ns")                                 \
    X(NA, "icmp6.na")                                 \
    X(REDIRECT, "icmp6.redirect")                     \
    X(MLD2_REPORT, "icmp6.mld2_report")               \
    X(MPS, "icmp6.mps")                               \
    X(MPA, "icmp6.mpa")                               \
    X(HAAD_REQUEST, "icmp6.haad_request")             \
    X(HAAD_REPLY, "icmp6.haad_reply")                 \
    X(MH_BRR, "mh.brr")                               \
    X(MH_HOTI, "mh.hoti")                             \
    X(MH_COTI, "mh.coti")                             \
    X(MH_HOT, "mh.hot")                               \
    X(MH_COT, "mh.cot")                               \
    X(MH_BU, "mh.bu")                                 \
    X(MH_BA, "mh.ba")                                 \
    X(MH_BE, "mh.be")                                 \
    X(OPTION_REFRESH_ADVICE, "option.refresh_advice") \
    X(OPTION_ALTERNATE_COA, "option.alternate_coa")   \
    X(OPTION_NONCE_INDICES, "option.nonce_indices")   \
    X(OPTION_AUTHORIZATION, "option.authorization")   \
    X(OPTION_BID, "option.bid")                       \
    X(IKE_SA_INIT, "ike.sa_init")                     \
    X(IKE_AUTH, "ike.auth")                           \
    X(IKE_CREATE_CHILD_SA, "ike.create_child_sa")     \
    X(IKE_INFORMATIONAL, "ike.informational")

enum count_name {
#define X(id, name) COUNT_##id,
    COUNT_NAMES(X)
#undef X
        COUNTS,
};

enum { COUNT_WAYS = 3 }; /* sent, received, dropped */

struct insides;

struct count {
    uint64_t (*port)[COUNT_WAYS][COUNTS]; /* by port */
    uint64_t (*link)[TAP_NODE_REASONS];   /* by port and reason of a link */
    uint64_t *drop;                       /* by node and reason */
    uint32_t nodes;
    const struct trace_port *ports;
    uint32_t n;
    struct insides *insides; /* of ESP: traces/inside.h */
    bool words;              /* somebody reads what count_describe() says */
};

void count_init(struct count *c, const struct trace_port *ports, uint32_t n, uint32_t nodes);
void count_release(struct count *c);
void count_frame(struct count *c, const struct tap_frame *f);
void count_link_drop(struct count *c, const struct tap_frame *f); /* dropped or lost */
void count_drop(struct count *c, const struct tap_drop *d);
/* As tap.h has them: the numbers are those of c->insides. */
uint32_t count_sealed(struct count *c, const uint8_t *text, size_t n, uint8_t next,
                      uint32_t inside);
uint32_t count_opened(const struct count *c, uint32_t inside);
uint64_t count_dropped(const struct count *c, uint32_t node, unsigned reason); /* by the node */

const char *count_name(unsigned name);
const char *count_way(unsigned way);

/* One line on what the packet is, for people: "BU seq 3 BID 1 2", "ESP 0x10203040 seq 7 {BA seq 3
 * status 0}"; "" for a packet of no note. `inside` is that of its mark. */
void count_describe(const struct count *c, const uint8_t *packet, size_t n, uint32_t inside,
                    char *out, size_t size);

#endif
