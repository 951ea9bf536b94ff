#include "models/ipsec/selector.h"

#include <stdio.h>
#include <string.h>

#include "models/wire/ip6.h"

const struct selector_ports selector_any_port = {0, UINT16_MAX};

static bool has_one_field(uint16_t protocol)
{
    return protocol == IP6_MH || protocol == IP6_ICMP6;
}

void traffic_read_upper(struct traffic *t, uint8_t protocol, const uint8_t *upper, size_t n)
{
    t->protocol = protocol;
    t->fields = false;
    t->local_port = t->remote_port = 0;
    if (protocol == IP6_MH && n >= 3) {
        t->local_port = t->remote_port = (uint16_t)(upper[2] << 8);
        t->fields = true;
    } else if (protocol == IP6_ICMP6 && n >= 2) {
        t->local_port = t->remote_port = (uint16_t)(upper[0] << 8 | upper[1]);
        t->fields = true;
    } else if ((protocol == IP6_UDP || protocol == IP6_TCP) && n >= 4) {
        uint16_t from = (uint16_t)(upper[0] << 8 | upper[1]);
        uint16_t to = (uint16_t)(upper[2] << 8 | upper[3]);
        t->local_port = t->sent ? from : to;
        t->remote_port = t->sent ? to : from;
        t->fields = true;
    }
}

static bool holds_address(const struct selector_address *s, const struct addr *a, bool subject,
                          bool named, bool gateway)
{
    switch (s->kind) {
    case SELECT_ANY:
        return true;
    case SELECT_SUBJECT:
        return subject;
    case SELECT_OTHER:
        return !subject && !named;
    case SELECT_GATEWAY:
        return gateway;
    case SELECT_RANGE:
        return memcmp(&s->low, a, sizeof *a) <= 0 && memcmp(a, &s->high, sizeof *a) <= 0;
    }
    return false;
}

static bool is_any(const struct selector_ports *p)
{
    return p->low == 0 && p->high == UINT16_MAX;
}

static bool holds_port(const struct selector_ports *p, bool there, uint16_t port)
{
    return is_any(p) || (there && p->low <= port && port <= p->high);
}

static bool holds_fields(const struct selector *s, const struct traffic *t)
{
    if (s->protocol == SELECT_ANY_PROTOCOL)
        return true;
    if (s->protocol != t->protocol)
        return false;
    if (has_one_field(s->protocol)) {
        return t->sent ? holds_port(&s->local_port, t->fields, t->local_port)
                       : holds_port(&s->remote_port, t->fields, t->remote_port);
    }
    return holds_port(&s->local_port, t->fields, t->local_port) &&
           holds_port(&s->remote_port, t->fields, t->remote_port);
}

bool selector_matches(const struct selector *s, const struct traffic *t)
{
    return holds_address(&s->local, &t->local, t->subject != NULL, t->named, false) &&
           holds_address(&s->remote, &t->remote, false, false, t->gateway) && holds_fields(s, t);
}

/* ---- for people --------------------------------------------------------------------------- */

static void print_address(const struct selector_address *a, const struct addr *subject,
                          const struct addr *gateway, char *out, size_t size)
{
    char low[ADDR_TEXT];
    char high[ADDR_TEXT];
    switch (a->kind) {
    case SELECT_ANY:
        (void)snprintf(out, size, "any");
        break;
    case SELECT_SUBJECT:
        (void)snprintf(out, size, "%s", addr_text(subject, low));
        break;
    case SELECT_OTHER:
        (void)snprintf(out, size, "others");
        break;
    case SELECT_GATEWAY:
        (void)snprintf(out, size, "%s", addr_text(gateway, low));
        break;
    case SELECT_RANGE:
        (void)snprintf(out, size, "%s-%s", addr_text(&a->low, low), addr_text(&a->high, high));
        break;
    }
}

static void print_ports(const struct selector_ports *p, uint16_t protocol, char *out, size_t size)
{
    unsigned shift = has_one_field(protocol) ? 8 : 0;
    bool coded = shift && ((p->low & 0xff) != 0 || (p->high & 0xff) != 0xff);
    *out = '\0';
    if (protocol == SELECT_ANY_PROTOCOL || is_any(p))
        return;
    if (p->high < p->low) {
        (void)snprintf(out, size, "[opaque]");
    } else if (coded && p->low == p->high) {
        (void)snprintf(out, size, "[%u/%u]", p->low >> 8, p->low & 0xffu);
    } else if (coded) {
        (void)snprintf(out, size, "[%u/%u-%u/%u]", p->low >> 8, p->low & 0xffu, p->high >> 8,
                       p->high & 0xffu);
    } else if (p->low >> shift == p->high >> shift) {
        (void)snprintf(out, size, "[%u]", (unsigned)p->low >> shift);
    } else {
        (void)snprintf(out, size, "[%u-%u]", (unsigned)p->low >> shift, (unsigned)p->high >> shift);
    }
}

void selector_print(const struct selector *s, const struct addr *subject,
                    const struct addr *gateway, char *out, size_t size)
{
    static const struct {
        uint16_t number;
        const char *name;
    } names[] = {{SELECT_ANY_PROTOCOL, "any"},
                 {IP6_MH, "mh"},
                 {IP6_ICMP6, "icmp6"},
                 {IP6_UDP, "udp"},
                 {IP6_TCP, "tcp"}};
    char local[2 * ADDR_TEXT + 2];
    char remote[2 * ADDR_TEXT + 2];
    char local_port[24];
    char remote_port[24];
    char number[16];
    const char *protocol = number;
    (void)snprintf(number, sizeof number, "%u", (unsigned)s->protocol);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (s->protocol == names[k].number)
            protocol = names[k].name;
    }
    print_address(&s->local, subject, gateway, local, sizeof local);
    print_address(&s->remote, subject, gateway, remote, sizeof remote);
    print_ports(&s->local_port, s->protocol, local_port, sizeof local_port);
    print_ports(&s->remote_port, s->protocol, remote_port, sizeof remote_port);
    (void)snprintf(out, size, "%s%s <-> %s%s %s", local, local_port, remote, remote_port, protocol);
}
