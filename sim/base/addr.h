/*
 * addr.h - an internet address and a prefix, as plain values.
 *
 * One type for either family: an IPv4 address stands in its IPv4-mapped form
 * (RFC 4291 2.5.5.2), so that a care-of address can be either (RFC 5648 4.1).
 */
#ifndef SIM_BASE_ADDR_H
#define SIM_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/status.h"

struct addr {
    uint8_t b[16]; /* network order */
};

struct prefix {
    struct addr addr; /* bits beyond `len` are 0 */
    uint8_t len;      /* bits, 0..128 */
};

#define ADDR_TEXT 46 /* room for any address as text, with the final NUL */

MUST_CHECK enum status addr_parse(const char *text, struct addr *a, struct why *w);
MUST_CHECK enum status prefix_parse(const char *text, struct prefix *p, struct why *w);
const char *addr_text(const struct addr *a, char out[ADDR_TEXT]); /* RFC 5952 */

bool addr_eq(const struct addr *a, const struct addr *b);
bool addr_unspecified(const struct addr *a); /* :: */
bool addr_multicast(const struct addr *a);   /* ff00::/8 */
bool addr_link_local(const struct addr *a);  /* fe80::/10 */
bool addr_link_scope_multicast(const struct addr *a);
bool addr_unicast_routable(
    const struct addr *a); /* RFC 6275 9.3.1: not ::, ::1, multicast, link-local */
uint64_t addr_hash(const struct addr *a);

bool prefix_holds(const struct prefix *p, const struct addr *a);
struct addr addr_masked(const struct addr *a, uint8_t len);         /* bits beyond `len` cleared */
struct addr addr_join(const struct prefix *p, uint64_t identifier); /* prefix | low 64 bits */
struct addr addr_link_local_of(uint64_t identifier);                /* fe80::identifier */
uint64_t addr_identifier(const struct addr *a);                     /* the low 64 bits */
struct addr addr_solicited_node(const struct addr *a);              /* RFC 4291 2.7.1 */
struct prefix prefix_nth(const struct prefix *pool, uint8_t len,
                         uint64_t n); /* n-th /len of a pool */

extern const struct addr addr_any;         /* :: */
extern const struct addr addr_all_nodes;   /* ff02::1 */
extern const struct addr addr_all_routers; /* ff02::2 */

#endif
