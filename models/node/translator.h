/*
 * translator.h - network address and port translation in a router's forwarding step.
 *
 * A modelling choice: the simulator has IPv6 alone, and this does to IPv6 what NAPTs do to IPv4.
 * Hosts behind it have addresses of a prefix that is routed nowhere else; outside they all appear
 * with the translator's one address and a port.  No RFC defines that for IPv6 (RFC 6296 translates
 * prefixes and no ports); how it behaves is that of a UDP NAT (RFC 4787) and of its ICMP (RFC
 * 5508):
 *
 *   UDP                  by mappings.h; checksums are mended, not made anew
 *   ICMPv6 echo          requests from inside and their replies, by identifier
 *   ICMPv6 errors        about a packet of a mapping, both ways, with what they quote
 *   everything else      dropped: ESP without UDP, IPv6 in IPv6, Mobility Headers, fragments, a
 *                        Home Address option or a routing header in front of anything
 *
 * Nothing is translated between two inside interfaces, and none goes through the outside address
 * back inside (no hairpinning: RFC 4787 REQ-9 is not met).
 */
#ifndef MODELS_NODE_TRANSLATOR_H
#define MODELS_NODE_TRANSLATOR_H

#include "models/node/mappings.h"
#include "models/node/node.h"
#include "sim/base/key.h"
#include "sim/base/status.h"

struct translator; /* opaque; node.h points to it */

struct translator_config {
    bool given;
    struct addr address;
    sim_time mapping;
    int filter; /* enum mapping_filter */
    const char *ports;
};

extern const struct key translator_keys[];

/* "1024-65535" */
enum status translator_parse_ports(const char *text, uint16_t *low, uint16_t *high, struct why *w);

/* At a router, before anything moves; `how` has been checked and is borrowed. Interfaces whose
 * `inside` is set have the hosts that it hides. */
struct translator *translator_new(struct node *n, const struct translator_config *how);

const struct mappings *translator_mappings(const struct translator *t);

/* Whether a packet that came in on `from` is for the translator's outside address and from outside:
 * it is to be forwarded, not delivered. */
bool translator_is_for(const struct translator *t, const struct iface *from,
                       const struct addr *dst);

/* Where p, from `from`, really goes: *dst is what stands in it, and becomes the inside address of
 * its mapping. False: it goes nowhere, and is gone. */
bool translator_leads(struct translator *t, const struct iface *from, struct pkt *p,
                      struct addr *dst);

/* p is about to leave by `out`, and fits there: what is to be translated is. False: it is gone. */
bool translator_changes(struct translator *t, const struct iface *from, const struct iface *out,
                        struct pkt *p);

#endif
