#include "models/node/filter.h"

#include "models/names.h"
#include "models/wire/ip6.h"

#define OF(m) offsetof(struct filter_config, m)

static const char *const verdicts[] = {"pass", "drop", NULL};

const struct key filter_keys[] = {
    {"ext_headers", KEY_WORD, OF(ext_headers), "pass",
     "packets with Destination Options or a routing header: those of Mobile IPv6 have a Home Address "
     "option or a type 2 routing header, its tests and its tunnels have none",
     .words = verdicts},
    {"esp", KEY_WORD, OF(esp), "pass", "ESP, but not in UDP (RFC 3948)", .words = verdicts},
    {.name = NULL},
};

unsigned filter_refuses(const struct filter_config *f, const uint8_t *packet, size_t n)
{
    uint8_t next = packet[IP6_AT_NEXT];
    size_t at = IP6_HEADER;
    for (;;) {
        bool named = next == IP6_DEST_OPTS || next == IP6_ROUTING;
        if (named && f->ext_headers == FILTER_DROP)
            return DROP_FILTERED_HEADER;
        if (next == IP6_ESP)
            return f->esp == FILTER_DROP ? DROP_FILTERED_ESP : DROP_NONE;
        bool cut = next == IP6_FRAGMENT;
        if ((!named && !cut && next != IP6_HOP_BY_HOP) || at + 8 > n)
            return DROP_NONE;
        if (cut && (packet[at + 2] || packet[at + 3] >> 3)) /* not the first: RFC 8200 4.5 */
            return DROP_NONE;
        next = packet[at];
        at += cut ? 8 : 8 * (size_t)(1 + packet[at + 1]);
    }
}
