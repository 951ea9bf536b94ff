/*
 * names.h - every event and every reason of a drop: the words of the interface.
 *
 * They stand in traces, in `expect` lists and in the reference; a new one is added here and
 * nowhere else.
 */
#ifndef MODELS_NAMES_H
#define MODELS_NAMES_H

#include "sim/core/tap.h"

/* Why a node dropped a packet: counted as `drop.<name>`. */
#define NODE_REASONS(X)                                                                         \
    X(MALFORMED, "malformed", "a header or option does not fit its bytes")                      \
    X(BAD_CHECKSUM, "bad_checksum", "the transport, ICMPv6 or MH checksum is wrong")            \
    X(BAD_ND, "bad_nd", "neighbour discovery that RFC 4861 6.1 or 7.1 tells to discard")        \
    X(HOP_LIMIT, "hop_limit", "hop limit exceeded in transit, RFC 8200 3")                      \
    X(NO_ROUTE, "no_route", "no route to the destination")                                      \
    X(NOT_FOR_US, "not_for_us", "for another node, and this one does not forward")              \
    X(TOO_BIG, "too_big", "larger than the next link carries; Packet Too Big was sent")         \
    X(SCOPE, "scope", "a link-local or unspecified address is not forwarded, RFC 4291 2.5.6")   \
    X(INGRESS, "ingress", "source prefix not of that link, RFC 2827")                           \
    X(NEIGHBOUR, "neighbour_unreachable", "the neighbour did not answer, RFC 4861 7.2.2")       \
    X(NEIGHBOUR_QUEUE, "neighbour_queue", "pushed out while waiting for address resolution")    \
    X(NO_ADDRESS, "no_address", "no usable source or care-of address")                          \
    X(TENTATIVE, "tentative", "for an address whose uniqueness is not yet known, RFC 4862 5.4") \
    X(UNKNOWN_HEADER, "unknown_header", "a next header that this node does not know")           \
    X(UNKNOWN_OPTION, "unknown_option", "an option that says: discard, RFC 8200 4.2")           \
    X(NO_PORT, "no_port", "nobody listens on that port")                                        \
    X(SOURCE_NOT_BOUND, "source_not_bound",                                                     \
      "outer source is no registered care-of address, RFC 6275 10.4.5")                         \
    X(TUNNEL_SOURCE, "tunnel_source",                                                           \
      "tunnelled by somebody other than the home agent, RFC 6275 11.3.3")                       \
    X(NO_BINDING, "no_binding", "a Home Address option without binding, RFC 6275 9.3.1")        \
    X(BAD_HOME_ADDRESS, "bad_home_address",                                                     \
      "home address is not unicast routable, RFC 6275 9.3.1")                                   \
    X(BAD_ROUTING, "bad_routing",                                                               \
      "a routing header that this node may not follow, RFC 6275 11.3.3")                        \
    X(BAD_MH, "bad_mh", "a Mobility Header that RFC 6275 9.2 tells to discard")                 \
    X(MH_IGNORED, "mh_ignored", "a Mobility Header message that means nothing here")            \
    X(PREFIX_DISCOVERY, "prefix_discovery",                                                     \
      "a Mobile Prefix Solicitation or Advertisement that RFC 6275 11.4.3 tells to discard")    \
    X(FRAGMENT, "fragment", "a fragment that RFC 8200 4.5 tells to discard")                    \
    X(FRAGMENT_COPY, "fragment_copy", "a fragment that was there already, RFC 8200 4.5")        \
    X(FRAGMENT_OVERLAP, "fragment_overlap", "fragments of one packet overlap, RFC 5722 4")      \
    X(REASSEMBLY, "reassembly", "not all fragments came in time, RFC 8200 4.5")                 \
    X(REASSEMBLY_ROOM, "reassembly_room", "too many packets were incomplete at once")           \
    X(REASSEMBLY_SIZE, "reassembly_size",                                                       \
      "fragments of a packet that is larger than a node puts together, RFC 8200 5")             \
    X(TUNNEL_LOOP, "tunnel_loop",                                                               \
      "a tunnel whose ends are the packet's own source and destination, RFC 2473 4.1.2")        \
    X(ENCAPSULATION_LIMIT, "encapsulation_limit", "one tunnel too many, RFC 2473 4.1.1")        \
    X(SAME_LINK, "same_link",                                                                   \
      "for the prefix of the point-to-point link that it came from, RFC 4443 3.1")              \
    X(ERROR_UNMATCHED, "error_unmatched",                                                       \
      "an ICMPv6 error about a packet that this node did not send, RFC 8201 4")                 \
    X(SMALL_MTU, "small_mtu", "a Packet Too Big with an MTU below 1280, RFC 8201 4")            \
    X(AWAITING_HOME, "awaiting_home", "the binding is not yet made and nothing may leave")      \
    X(HOME_LINK_LOCAL, "home_link_local", "to a mobile node's link-local address, RFC 6275 10.4.2")

/* Of IPsec, in the order of its stages; behind them what the mobility layer checks of what IPsec
 * has let pass. */
#define IPSEC_REASONS(X)                                                                          \
    X(NO_POLICY, "no_policy", "a policy says discard, the last one mostly, RFC 4301 4.4.1")       \
    X(CLEAR_BUT_PROTECTED, "clear_but_protected",                                                 \
      "came in the clear, a policy protects it, RFC 4301 5.2")                                    \
    X(NO_SA, "no_sa", "no SA with that SPI; or, on the way out, none for what must be protected") \
    X(ESP_MALFORMED, "esp_malformed", "too short for ESP, or padding that is none, RFC 4303 2.4") \
    X(REPLAY, "replay", "its sequence number came before, RFC 4303 3.4.3")                        \
    X(TOO_OLD, "too_old", "its sequence number is left of the window, RFC 4303 3.4.3")            \
    X(ICV, "icv", "the integrity check value is wrong, RFC 4303 3.4.4")                           \
    X(DUMMY, "dummy", "next header 59, discarded as it should be, RFC 4303 2.6")                  \
    X(SELECTOR, "selector", "protected by an SA that is for something else, RFC 4301 5.2")        \
    X(SEQUENCE_OVERFLOW, "sequence_overflow",                                                     \
      "the SA has no sequence number left, RFC 4303 3.3.3")                                       \
    X(NOT_AUTHORISED, "not_authorised",                                                           \
      "a BU for a home address that the SA's peer may not have, RFC 6275 5.1, RFC 4301 4.4.3")    \
    X(ESP_SOURCE_NOT_BOUND, "esp_source_not_bound",                                               \
      "outer source of a protected tunnel is no registered care-of address: source_check.esp")    \
    X(BU_SOURCE_NOT_BOUND, "bu_source_not_bound",                                                 \
      "a BU from what is no registered care-of address: source_check.bu")                         \
    X(CPU_QUEUE, "cpu_queue", "ESP, and too many packets waited for the processor: cpu.queue")

/* Of a translator between two links. */
#define TRANSLATOR_REASONS(X)                                                               \
    X(NOT_TRANSLATED, "not_translated",                                                     \
      "a translator knows only UDP, echoes and errors about them, from inside first")       \
    X(NO_MAPPING, "no_mapping", "a translator has no mapping for it, or none any more")     \
    X(FILTERED, "filtered", "from an address that the mapping has not sent to, RFC 4787 5") \
    X(NO_PORT_LEFT, "no_port_left", "a translator has given out all its ports")

/* Of a correspondent that takes part in route optimisation. */
#define ROUTE_REASONS(X)                      \
    X(BU_NOT_AUTHORISED, "bu_not_authorised", \
      "a BU without tokens, or with wrong ones: RFC 6275 9.5.1, silently")

/* Of a router that does not forward everything. */
#define FILTER_REASONS(X)                                                          \
    X(FILTERED_HEADER, "filtered_header",                                          \
      "Destination Options or a routing header, which the network's filter drops") \
    X(FILTERED_ESP, "filtered_esp", "ESP that is not in UDP, which the network's filter drops")

/* Of home agents that are looked for. */
#define DISCOVERY_REASONS(X)              \
    X(AGENT_DISCOVERY, "agent_discovery", \
      "a Home Agent Address Discovery message that means nothing here, RFC 6275 10.5.1, 11.4.1")

enum node_reason {
    DROP_FIRST_NODE_REASON = TAP_NODE_REASONS - 1,
#define X(id, name, help) DROP_##id,
    NODE_REASONS(X) IPSEC_REASONS(X) TRANSLATOR_REASONS(X) ROUTE_REASONS(X) FILTER_REASONS(X)
        DISCOVERY_REASONS(X)
#undef X
            DROP_REASONS,
};

/* What happened. The fields of each are named in its text. */
#define EVENTS(X)                                                                                  \
    X(L2_UP, "l2.up", "interface: its link is there, as the node sees it")                         \
    X(L2_DOWN, "l2.down", "interface: its link is lost, as it happens")                            \
    X(L2_DOWN_SEEN, "l2.down_seen", "interface: the node noticed that its link is lost")           \
    X(L2_OUTAGE, "l2.outage", "network, begins: the network carries nothing")                      \
    X(L2_CUT, "l2.cut", "link, begins: the link of the backbone carries nothing")                  \
    X(ND_ROUTER, "nd.router",                                                                      \
      "interface, router, prefix: a router advertisement made a router or prefix known")           \
    X(ND_ROUTER_LOST, "nd.router_lost",                                                            \
      "interface, router, how: no longer reachable or lifetime over")                              \
    X(ND_ADDRESS, "nd.address",                                                                    \
      "interface, address, optimistic: may be used from now on, while it is tested (RFC 4429)")    \
    X(ND_UNIQUE, "nd.unique", "interface, address: its test is over, it was in use already")       \
    X(ND_REDIRECTED, "nd.redirected",                                                              \
      "interface, router, destination, target, obeyed: a better first hop was named")              \
    X(ND_SILENT, "nd.silent",                                                                      \
      "interface, router: its advertisements stay away longer than it said")                       \
    X(ND_ADDRESS_GONE, "nd.address_gone", "interface, address, how: no longer the node's")         \
    X(ND_DAD_FAILED, "nd.dad_failed", "interface, address: somebody else has it")                  \
    X(ND_SHARED, "nd.shared",                                                                      \
      "interface, prefix, begins: a phone shares that of its bearer with a LAN, RFC 7278")         \
    X(PATH_DEAD, "path.dead", "interface, how, bid, home_address: nothing comes through it")       \
    X(PATH_MTU, "path.mtu", "local, remote, mtu_bytes: a path carries less, RFC 8201")             \
    X(PATH_ALIVE, "path.alive", "interface, how, bid, home_address: it works again")               \
    X(BU_SENT, "mip6.bu_sent",                                                                     \
      "peer, home_address, bids, sequence, lifetime_s, care_of_address, interface")                \
    X(BA_RECEIVED, "mip6.ba_received",                                                             \
      "peer, home_address, bids, sequence, lifetime_s, status, matched, interface")                \
    X(BU_RECEIVED, "mip6.bu_received",                                                             \
      "home_address, source, bids, sequence, lifetime_s, overwrite")                               \
    X(BA_SENT, "mip6.ba_sent", "peer, home_address, bids, sequence, lifetime_s, status")           \
    X(REGISTERED, "mip6.registered",                                                               \
      "home_address, bid, care_of_address, interface, status: acknowledged")                       \
    X(DEREGISTERED, "mip6.deregistered", "home_address, bid: acknowledged")                        \
    X(REGISTRATION_LOST, "mip6.registration_lost",                                                 \
      "home_address, bid, status: lifetime over or refused")                                       \
    X(FALLBACK, "mip6.fallback",                                                                   \
      "home_address, why: what the mobile node no longer asks of its home agent")                  \
    X(RETURNED_HOME, "mip6.returned_home",                                                         \
      "home_address, interface, simultaneous: acknowledged; or beside other care-of addresses")    \
    X(BRR_SENT, "mip6.brr_sent", "home_address, bids: the home agent asks for a refresh")          \
    X(BRR_RECEIVED, "mip6.brr_received", "home_address, bids")                                     \
    X(BE_RECEIVED, "mip6.be_received", "peer, home_address, status: 1 no binding, 2 unknown type") \
    X(MPS_SENT, "mip6.mps_sent",                                                                   \
      "home_address, identifier, care_of_address, interface: asks for the home prefixes")          \
    X(MPS_RECEIVED, "mip6.mps_received", "home_address, source, identifier")                       \
    X(MPA_SENT, "mip6.mpa_sent",                                                                   \
      "home_address, care_of_address, identifier, solicited, preferred_s, valid_s")                \
    X(MPA_RECEIVED, "mip6.mpa_received",                                                           \
      "source, home_address, identifier, verdict: accepted, unsolicited, copy, foreign")           \
    X(HOME_PREFIX, "mip6.home_prefix",                                                             \
      "home_address, prefix, preferred_s, valid_s, own: told by the home agent; of that address")  \
    X(RENUMBERED, "nd.renumbered",                                                                 \
      "network, preferred_s, valid_s: its router advertises other lifetimes from now on")          \
    X(RESTARTED, "mip6.restarted", "home_address: the node has forgotten its bindings")            \
    X(BINDING_MADE, "mip6.binding_made", "home_address, bid, care_of_address, how")                \
    X(BINDING_MOVED, "mip6.binding_moved", "home_address, bid, care_of_address, how")              \
    X(BINDING_REFRESHED, "mip6.binding_refreshed", "home_address, bid, care_of_address, how")      \
    X(BINDING_ENDED, "mip6.binding_ended", "home_address, bid, care_of_address, how")              \
    X(HOME_DAD, "mip6.home_dad",                                                                   \
      "home_address, result: the home agent tested the address on the home link")                  \
    X(PROXY, "mip6.proxy", "home_address, on: the home agent answers for it on the home link")     \
    X(FLOW_MOVED, "decision.flow_moved",                                                           \
      "flow, direction, from, to, mobile, home_address: interfaces")                               \
    X(DECISION_REFUSED, "decision.refused",                                                        \
      "flow, direction, bid, mobile: a module named what is no BID")                               \
    X(REFUSED, "mip6.refused",                                                                     \
      "peer, what: a node that does not know the Mobility Header or the Home Address option")

#define IPSEC_EVENTS(X)                                                                            \
    X(SA_MADE, "ipsec.sa_made",                                                                    \
      "spi, direction, mode, policy, suite, home_address, end_point: the SA may be used")          \
    X(SA_SOFT, "ipsec.sa_soft", "spi, direction, policy: it should be replaced")                   \
    X(SA_ENDED, "ipsec.sa_ended", "spi, direction, policy, how: it is used no more")               \
    X(ACQUIRE, "ipsec.acquire",                                                                    \
      "policy, home_address, peer: a packet needs an SA, and there is none")                       \
    X(MIGRATED, "ipsec.migrated",                                                                  \
      "home_address, care_of_address, sas, why: the SAs' own end point moved, RFC 4877 4.3")       \
    X(INJECTED, "scenario.injected", "what, policy, spi: an attacker has had this packet in hand") \
    X(KEY_ADDRESS, "ipsec.key_address",                                                            \
      "home_address, care_of_address: what key management uses from now on, RFC 5648 9.1")

#define IKE_EVENTS(X)                                                                                                                  \
    X(IKE_MESSAGE, "ike.message",                                                                                                      \
      "exchange, direction, kind, message_id, task, tries, fragment, bytes, payloads, local, remote, spi_i: as it leaves or is taken") \
    X(IKE_UP, "ike.sa_up",                                                                                                             \
      "peer, home_address, spi_i, spi_r, initiator, at_agent, replaces, local, remote: an IKE SA is there")                            \
    X(IKE_DOWN, "ike.sa_down", "spi_i, spi_r, how, notify, half_open: an IKE SA is no more")                                           \
    X(IKE_MOVED, "ike.moved",                                                                                                          \
      "home_address, local, remote, how: an IKE SA has another path: k-bit, mobike, nat")                                              \
    X(IKE_NO_CHILD, "ike.child_refused", "home_address, policy, number, how, notify")                                                  \
    X(IKE_NOT_REKEYED, "ike.not_rekeyed",                                                                                              \
      "home_address, spi_i, how, notify: the peer takes no new IKE SA in its place")                                                   \
    X(IKE_REFUSED, "ike.refused", "how, what, local, remote: a datagram that IKE does not take")                                       \
    X(IKE_SILENT, "ike.silent",                                                                                                        \
      "home_address, spi_i: nothing came from the peer for ike.dpd; it is asked whether it is there")                                  \
    X(IKE_LIFETIME, "ike.lifetime", "home_address, spi_i: time to rekey an IKE SA")                                                    \
    X(IKE_AGAIN, "ike.again",                                                                                                          \
      "home_address, spi_i, task: tried again, the peer had no time (RFC 7296 2.25)")                                                  \
    X(IKE_WAITED, "ike.waited",                                                                                                        \
      "home_address: long enough, for the address of ike.coa or after a failure; an IKE SA is begun")                                  \
    X(IKE_SUSPECT, "ike.suspect",                                                                                                      \
      "home_address, care_of_address: no answer to several tries from there")                                                          \
    X(IKE_ADDITIONAL, "ike.additional",                                                                                                \
      "home_address, addresses, list: care-of addresses that its mobile node has beside that of IKE (RFC 4555 3.6)")                   \
    X(IKE_ASSIGNED, "ike.assigned",                                                                                                    \
      "peer, home_address, how, notify: by a configuration payload; how: address, prefix, none, or ended")

#define TRANSLATOR_EVENTS(X)                                                                     \
    X(MAPPING_MADE, "nat.mapping_made",                                                          \
      "protocol, inside, inside_port, outside, outside_port: something left for the first time") \
    X(MAPPING_ENDED, "nat.mapping_ended",                                                        \
      "protocol, inside, inside_port, outside, outside_port: nothing left for too long")

/* Return routability and route optimisation, RFC 6275 5.2, 9, 11.6, 11.7.2. */
#define ROUTE_EVENTS(X)                                                                            \
    X(RR_HOTI_SENT, "rr.hoti_sent", "peer, home_address, care_of_address: through the home agent") \
    X(RR_COTI_SENT, "rr.coti_sent", "peer, care_of_address")                                       \
    X(RR_HOT_RECEIVED, "rr.hot_received", "peer, nonce_index, believed")                           \
    X(RR_COT_RECEIVED, "rr.cot_received", "peer, care_of_address, nonce_index, believed")          \
    X(RR_HOTI_RECEIVED, "rr.hoti_received", "source: a correspondent is tested")                   \
    X(RR_COTI_RECEIVED, "rr.coti_received", "source")                                              \
    X(RR_HOT_SENT, "rr.hot_sent", "peer, nonce_index")                                             \
    X(RR_COT_SENT, "rr.cot_sent", "peer, nonce_index")                                             \
    X(RO_BU_SENT, "ro.bu_sent",                                                                    \
      "peer, home_address, bids, sequence, lifetime_s, care_of_address: to a correspondent")       \
    X(RO_BA_RECEIVED, "ro.ba_received",                                                            \
      "peer, home_address, bids, sequence, lifetime_s, status, believed")                          \
    X(RO_BU_RECEIVED, "ro.bu_received", "home_address, source, bids, sequence, lifetime_s")        \
    X(RO_BA_SENT, "ro.ba_sent", "peer, home_address, bids, sequence, lifetime_s, status")          \
    X(RO_BRR_SENT, "ro.brr_sent", "home_address, bids: a correspondent asks for a refresh")        \
    X(RO_BRR_RECEIVED, "ro.brr_received", "peer, home_address, bids")                              \
    X(RO_BE_RECEIVED, "ro.be_received", "peer, home_address, status")                              \
    X(RO_UP, "ro.up", "peer, home_address, bid, care_of_address: packets go directly from there")  \
    X(RO_DOWN, "ro.down", "peer, home_address, bid, status: no longer")                            \
    X(RO_FALLBACK, "ro.fallback", "peer, home_address, why: without several care-of addresses")    \
    X(RO_FAILED, "ro.failed", "peer, home_address, why: everything through the home agent")        \
    X(RO_BINDING_MADE, "ro.binding_made",                                                          \
      "home_address, bid, care_of_address, how: at a correspondent; so the others")                \
    X(RO_BINDING_MOVED, "ro.binding_moved", "home_address, bid, care_of_address, how")             \
    X(RO_BINDING_REFRESHED, "ro.binding_refreshed", "home_address, bid, care_of_address, how")     \
    X(RO_BINDING_ENDED, "ro.binding_ended", "home_address, bid, care_of_address, how")

/* Dynamic home agent address discovery, RFC 6275 10.5, 11.4.1. */
#define DISCOVERY_EVENTS(X)                                                                     \
    X(DHAAD_REQUEST_SENT, "dhaad.request_sent",                                                 \
      "home_address, care_of_address, identifier, sent: to the home agents of the home link")   \
    X(DHAAD_REPLY_SENT, "dhaad.reply_sent",                                                     \
      "peer, identifier, agents, first: a home agent tells the addresses that it knows")        \
    X(DHAAD_REPLY_RECEIVED, "dhaad.reply_received",                                             \
      "source, home_address, identifier, agents, verdict: accepted, unasked, empty")            \
    X(DHAAD_AGENT, "dhaad.agent",                                                               \
      "home_address, agent, before, why: the mobile node registers with this one from now on")  \
    X(DHAAD_VAIN, "dhaad.vain",                                                                 \
      "home_address, why: no home agent is found; discovery begins anew after dhaad_pause")     \
    X(HA_LIST, "dhaad.listed",                                                                  \
      "agent, router, preference, lifetime_s, how: a home agent heard of another: advertised, " \
      "changed, resigned, expired")                                                             \
    X(AGENT_SERVICE, "mip6.agent_service",                                                      \
      "on, agent: a home agent ends its service, or begins it anew")

/* Of radio access with cells, which an engine brings. */
#define RADIO_EVENTS(X)                                                                           \
    X(L2_CELL, "l2.cell",                                                                         \
      "interface, cell, how: attached, handed_over, handover_failed, radio_link_failure; cell 1 " \
      "is the network's first")

enum event_name {
#define X(id, name, help) EV_##id,
    EVENTS(X) IPSEC_EVENTS(X) IKE_EVENTS(X) TRANSLATOR_EVENTS(X) ROUTE_EVENTS(X) DISCOVERY_EVENTS(X)
        RADIO_EVENTS(X)
#undef X
            EVENT_NAMES,
};

const char *event_name(uint16_t event); /* "mip6.bu_sent" */
const char *event_help(uint16_t event);
int event_find(const char *name); /* enum event_name, or -1 */
/* Whether the event can have that field: those that stand before the colon of its help. */
bool event_has_field(uint16_t event, const char *field);
const char *drop_name(uint16_t reason); /* "queue_full"; links' and nodes' alike */
const char *drop_help(uint16_t reason);

/* What a node counts itself, beside what it drops: rows of table counter without an interface. */
#define NODE_COUNTERS(X)                                                                         \
    X("cpu.jobs", "that its processor has ended")                                                \
    X("cpu.busy_ns", "time that its cores worked")                                               \
    X("cpu.waited_ns", "time that jobs waited for a core")                                       \
    X("cpu.queue_max", "jobs that waited at once, at most")                                      \
    X("ike.sent", "datagrams of IKE")                                                            \
    X("ike.sent_bytes", "in IPv6 packets of IKE")                                                \
    X("ike.bytes", "likewise, sent and taken")                                                   \
    X("ike.repeated", "datagrams of IKE that were sent again")                                   \
    X("ike.received", "messages of IKE that were taken")                                         \
    X("ike.dh_operations", "public values and shared secrets, RFC 7296 2.14")                    \
    X("ike.signatures", "made, RFC 7427")                                                        \
    X("ike.verifications", "of signatures and certificates")                                     \
    X("ike.unreachable_ns", "mobile node: time in which its home agent could not reach its IKE") \
    X("ike.exchanges.init", "IKE_SA_INIT, begun by this node; so the others")                    \
    X("ike.exchanges.auth", "IKE_AUTH")                                                          \
    X("ike.exchanges.child", "CREATE_CHILD_SA of a further pair")                                \
    X("ike.exchanges.rekey_child", "CREATE_CHILD_SA with REKEY_SA")                              \
    X("ike.exchanges.rekey_ike", "CREATE_CHILD_SA of the IKE SA itself")                         \
    X("ike.exchanges.delete_child", "INFORMATIONAL with Delete")                                 \
    X("ike.exchanges.delete_ike", "likewise, of the IKE SA")                                     \
    X("ike.exchanges.liveness", "INFORMATIONAL with nothing in it")                              \
    X("ike.exchanges.update_addresses", "INFORMATIONAL with UPDATE_SA_ADDRESSES, RFC 4555 3.5")  \
    X("ike.exchanges.check_address", "INFORMATIONAL with COOKIE2, RFC 4555 3.7")                 \
    X("ike.exchanges.additional_addresses", "RFC 4555 3.6")                                      \
    X("ike.exchanges.tell", "INFORMATIONAL with a notification alone")

bool node_counter_is(const char *name);

/* Who dropped it. Each reason has one; table counter sums them up as `drops.<stage>`. */
enum drop_stage { DROP_BY_LINK, DROP_BY_NODE, DROP_BY_IPSEC, DROP_BY_MOBILITY, DROP_STAGES };

enum drop_stage drop_stage(uint16_t reason);
const char *drop_stage_name(unsigned stage); /* "ipsec" */
int drop_find(const char *name);             /* the reason, or -1 */

#endif
