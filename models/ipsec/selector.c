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

static void print_side(const struct selector_address *a, const struct selector_ports *p,
                       uint16_t protocol, char *out, size_t size)
{
    static const char *const kinds[] = {"any", "subject", "other", "gateway", ""};
    char low[ADDR_TEXT];
    char high[ADDR_TEXT];
    int len = 0;
    if (a->kind == SELECT_RANGE) {
        (void)addr_text(&a->low, low);
        (void)addr_text(&a->high, high);
        len = addr_eq(&a->low, &a->high) ? snprintf(out, size, "%s", low)
                                         : snprintf(out, size, "%s-%s", low, high);
    } else {
        len = snprintf(out, size, "%s", kinds[a->kind]);
    }
    if (len < 0 || (size_t)len >= size || protocol == SELECT_ANY_PROTOCOL || is_any(p))
        return;
    out += len;
    size -= (size_t)len;
    unsigned shift = has_one_field(protocol) ? 8 : 0;
    if (p->high < p->low) {
        (void)snprintf(out, size, "[opaque]");
    } else if (p->low >> shift == p->high >> shift) {
        (void)snprintf(out, size, "[%u]", (unsigned)p->low >> shift);
    } else {
        (void)snprintf(out, size, "[%u-%u]", (unsigned)p->low >> shift, (unsigned)p->high >> shift);
    }
}

void selector_print(const struct selector *s, char *out, size_t size)
{
    char local[2 * ADDR_TEXT + 24];
    char remote[2 * ADDR_TEXT + 24];
    char number[16];
    const char *protocol = number;
    (void)snprintf(number, sizeof number, "%u", (unsigned)s->protocol);
    if (s->protocol == SELECT_ANY_PROTOCOL)
        protocol = "any";
    if (s->protocol == IP6_MH)
        protocol = "mh";
    if (s->protocol == IP6_ICMP6)
        protocol = "icmp6";
    if (s->protocol == IP6_UDP)
        protocol = "udp";
    print_side(&s->local, &s->local_port, s->protocol, local, sizeof local);
    print_side(&s->remote, &s->remote_port, s->protocol, remote, sizeof remote);
    (void)snprintf(out, size, "%s <-> %s %s", local, remote, protocol);
}
