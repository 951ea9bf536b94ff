/*
 * count_parts.h - what counting a packet and describing it share.  Inside of count.h.
 */
#ifndef TRACES_COUNT_PARTS_H
#define TRACES_COUNT_PARTS_H

#include "models/wire/ip6.h"
#include "traces/count.h"

enum { COUNT_TEXT_ROOM = IP6_HEADER + PKT_HEADROOM + PKT_ROOM };

/* Into what the words go. */
struct count_words {
    const struct count *c;
    uint32_t inside; /* of ESP in it */
    bool sealed;     /* it is what ESP holds: no numbers that every packet of data has anew */
    char *out;
    size_t size;
};

/* Of a text that is to be sealed; `out` holds "". */
void count_describe_text(const struct count_words *w, const uint8_t *text, size_t n, uint8_t next);

int count_icmp_name(uint8_t type); /* -1: no counter of its own */

/* ESP in UDP, and neither IKE behind its marker nor a keepalive: RFC 3948 2. If nothing was seen
 * inside, the port alone says nothing. */
bool count_esp_in_udp(uint32_t inside, const uint8_t *udp, size_t n);

/* A text that begins with an extension header can be walked as a packet: behind a header that only
 * names it. Answers the length. */
bool count_opens_chain(uint8_t next);
size_t count_as_packet(uint8_t out[COUNT_TEXT_ROOM], const uint8_t *text, size_t n, uint8_t next);

#endif
