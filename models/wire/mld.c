#include "models/wire/mld.h"

#include <string.h>

#include "sim/base/bytes.h"

const struct addr mld_routers = {{0xff, 2, [15] = 0x16}};

enum icmp6_fault mld_read(const struct ip6 *h, const uint8_t *icmp, size_t n,
                          struct mld_report *report)
{
    struct reader r = rd_over(icmp, n);
    *report = (struct mld_report){.records = 0};
    (void)rd_u32(&r); /* type, code, checksum */
    (void)rd_u16(&r);
    unsigned records = rd_u16(&r);
    if (h->hop_limit != 1)
        return ICMP6_BAD_HOP_LIMIT;
    if (!addr_link_local(&h->src) && !addr_unspecified(&h->src))
        return ICMP6_BAD_ADDRESS; /* RFC 3810 5.2.13, RFC 3590 4 */
    for (unsigned k = 0; k < records && !r.bad; k++) {
        struct mld_record record = {.type = rd_u8(&r)};
        size_t auxiliary = 4 * (size_t)rd_u8(&r);
        size_t sources = 16 * (size_t)rd_u16(&r);
        const uint8_t *group = rd_take(&r, sizeof record.group.b);
        (void)rd_take(&r, sources + auxiliary);
        if (r.bad || k >= MLD_RECORDS)
            continue;
        memcpy(record.group.b, group, sizeof record.group.b);
        report->record[report->records++] = record;
    }
    return r.bad ? ICMP6_CUT_SHORT : ICMP6_GOOD;
}

void mld_write(struct writer *w, const struct addr *src, const struct mld_report *report)
{
    size_t start = w->len;
    wr_u16(w, ICMP6_MLD2_REPORT << 8);
    wr_u32(w, 0); /* checksum, reserved */
    wr_u16(w, (uint16_t)report->records);
    for (unsigned k = 0; k < report->records; k++) {
        wr_u8(w, report->record[k].type);
        wr_u8(w, 0);
        wr_u16(w, 0);
        wr_bytes(w, report->record[k].group.b, sizeof report->record[k].group.b);
    }
    if (w->full)
        return;
    uint16_t sum = ip6_checksum(src, &mld_routers, IP6_ICMP6, w->base + start, w->len - start);
    wr_fill_u16(w, start + 2, sum);
}

void mld_write_alert(uint8_t out[MLD_ALERT_BYTES], uint8_t next)
{
    static const uint8_t option[MLD_ALERT_BYTES] = {0, 0, 5, 2, 0, 0, 1, 0}; /* then PadN(2) */
    memcpy(out, option, sizeof option);
    out[0] = next;
}
