/*
 * udp_esp.h - ESP in UDP (RFC 3948), where IKE has found a NAT in between: the header goes between
 * IPv6 and ESP, on the ports of IKE.
 *
 *     IPv6 | UDP 4500 | SPI, never 0 ...           ESP
 *     IPv6 | UDP 4500 | 0 0 0 0 | IKE header ...   key_exchange.c
 *     IPv6 | UDP 4500 | 0xff                       keeps a mapping alive; key_exchange.c counts it
 *
 * The checksum is made as over IPv6 it must be (RFC 8200 8.1); that of 0, which RFC 6935 allows
 * tunnels, is not used.  Tunnel mode alone: in transport mode a Home Address option or a routing
 * header would stand in front, whose addresses the checksum knows, and the translator does not.
 */
#ifndef MODELS_NODE_UDP_ESP_H
#define MODELS_NODE_UDP_ESP_H

#include "models/ipsec/sad.h"
#include "models/node/node.h"

/* In front of p, which begins with ESP; from there it goes from `src` to `dst`. */
void udp_esp_put(struct node *n, struct pkt *p, const struct sa *sa, const struct addr *src,
                 const struct addr *dst);

/* p has arrived, with h and c read from it: if it is ESP in UDP, the UDP header is taken out, and
 * remembered in n. False: p is gone. */
bool udp_esp_take(struct node *n, struct pkt *p, struct ip6 *h, struct ip6_chain *c);

/* What came so was good, and opened by `sa`, as its newest if `newest`: the peer may be elsewhere
 * now (RFC 7296 2.23). `from` and `to` are its outer addresses. */
void udp_esp_opened(struct node *n, const struct sa *sa, bool newest, const struct addr *from,
                    const struct addr *to);

#endif
