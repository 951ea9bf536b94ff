/*
 * mld.h - a Version 2 Multicast Listener Report on the wire (RFC 3810 5.2), as a host sends it
 * when it joins or leaves link-scope groups: no source lists.
 *
 * Pure: bytes to struct and back.  The message goes to ff02::16 with hop limit 1 behind a
 * Hop-by-Hop header with the Router Alert option (RFC 2711).
 */
#ifndef MODELS_WIRE_MLD_H
#define MODELS_WIRE_MLD_H

#include "models/wire/icmp6.h"

enum { MLD_RECORDS = 16, MLD_ALERT_BYTES = 8 };

enum mld_record_type { MLD_IS_INCLUDE = 1, MLD_IS_EXCLUDE, MLD_TO_INCLUDE, MLD_TO_EXCLUDE };

struct mld_record {
    uint8_t type; /* enum mld_record_type: TO_EXCLUDE joins, TO_INCLUDE without sources leaves */
    struct addr group;
};

struct mld_report {
    unsigned records;
    struct mld_record record[MLD_RECORDS];
};

extern const struct addr mld_routers; /* ff02::16 */

/* Reads after icmp6_check(). Records beyond MLD_RECORDS are counted and not kept. */
MUST_CHECK enum icmp6_fault mld_read(const struct ip6 *h, const uint8_t *icmp, size_t n,
                                     struct mld_report *report);
void mld_write(struct writer *w, const struct addr *src, const struct mld_report *report);

/* A Hop-by-Hop header with the Router Alert option of value 0 (MLD): RFC 3810 5. */
void mld_write_alert(uint8_t out[MLD_ALERT_BYTES], uint8_t next);

#endif
