#include "sim/base/addr.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct addr addr_any = {{0}};
const struct addr addr_all_nodes = {{0xff, 0x02, [15] = 1}};
const struct addr addr_all_routers = {{0xff, 0x02, [15] = 2}};

enum status addr_parse(const char *text, struct addr *a, struct why *w)
{
    if (inet_pton(AF_INET6, text, a->b) != 1)
        return why_set(w, ST_SYNTAX, "'%s' is not an IPv6 address such as '2001:db8:a::100'", text);
    return ST_OK;
}

enum status prefix_parse(const char *text, struct prefix *p, struct why *w)
{
    char head[ADDR_TEXT + 1];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : sizeof head;
    if (n >= sizeof head || !slash[1] || strspn(slash + 1, "0123456789") != strlen(slash + 1))
        return why_set(w, ST_SYNTAX, "'%s' is not a prefix such as '2001:db8:2::/64'", text);
    memcpy(head, text, n);
    head[n] = '\0';
    long len = strlen(slash + 1) > 3 ? 999 : strtol(slash + 1, NULL, 10);
    if (len > 128)
        return why_set(w, ST_RANGE, "'%s': a prefix is at most 128 bits long", text);
    if (addr_parse(head, &p->addr, w))
        return why_set(w, ST_SYNTAX, "'%s' is not a prefix such as '2001:db8:2::/64'", text);
    p->len = (uint8_t)len;
    struct addr masked = addr_masked(&p->addr, p->len);
    if (!addr_eq(&masked, &p->addr))
        return why_set(w, ST_RANGE, "'%s' has bits set beyond its /%ld", text, len);
    return ST_OK;
}

const char *addr_text(const struct addr *a, char out[ADDR_TEXT])
{
    const char *text = inet_ntop(AF_INET6, a->b, out, ADDR_TEXT);
    assert(text);
    return text;
}

static uint64_t half(const uint8_t *b)
{
    uint64_t v;
    memcpy(&v, b, sizeof v);
    return v;
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
    return half(a->b) == half(b->b) && half(a->b + 8) == half(b->b + 8);
}

bool addr_unspecified(const struct addr *a)
{
    return addr_eq(a, &addr_any);
}

bool addr_multicast(const struct addr *a)
{
    return a->b[0] == 0xff;
}

bool addr_link_scope_multicast(const struct addr *a)
{
    return a->b[0] == 0xff && (a->b[1] & 0x0f) <= 2;
}

bool addr_link_local(const struct addr *a)
{
    return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool addr_unicast_routable(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};
    return !addr_multicast(a) && !addr_link_local(a) && !addr_unspecified(a) &&
           !addr_eq(a, &loopback);
}

uint64_t addr_hash(const struct addr *a)
{
    uint64_t x = half(a->b) * 0x9e3779b97f4a7c15u ^ half(a->b + 8);
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

struct addr addr_masked(const struct addr *a, uint8_t len)
{
    struct addr out = *a;
    assert(len <= 128);
    if (len == 64) { /* by far the most common */
        memset(out.b + 8, 0, 8);
        return out;
    }
    size_t whole = len / 8;
    memset(out.b + whole, 0, sizeof out.b - whole);
    if (len % 8)
        out.b[whole] = (uint8_t)(a->b[whole] & 0xff00u >> len % 8);
    return out;
}

bool prefix_holds(const struct prefix *p, const struct addr *a)
{
    if (p->len == 64)
        return half(p->addr.b) == half(a->b);
    struct addr masked = addr_masked(a, p->len);
    return addr_eq(&masked, &p->addr);
}

struct addr addr_join(const struct prefix *p, uint64_t identifier)
{
    struct addr a = addr_masked(&p->addr, 64);
    for (int i = 0; i < 8; i++)
        a.b[15 - i] = (uint8_t)(identifier >> 8 * i);
    return a;
}

struct addr addr_link_local_of(uint64_t identifier)
{
    static const struct prefix link_local = {{{0xfe, 0x80}}, 64};
    return addr_join(&link_local, identifier);
}

uint64_t addr_identifier(const struct addr *a)
{
    uint64_t id = 0;
    for (int i = 8; i < 16; i++)
        id = id << 8 | a->b[i];
    return id;
}

struct addr addr_solicited_node(const struct addr *a)
{
    struct addr group = {{0xff, 0x02, [11] = 1, [12] = 0xff}};
    memcpy(group.b + 13, a->b + 13, 3);
    return group;
}

struct prefix prefix_nth(const struct prefix *pool, uint8_t len, uint64_t n)
{
    assert(len > pool->len && len <= 64 && (len - pool->len == 64 || n >> (len - pool->len) == 0));
    struct prefix p = {.addr = pool->addr, .len = len};
    for (int bit = len - 1; n; n >>= 1, bit--) {
        if (n & 1)
            p.addr.b[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
    }
    return p;
}
