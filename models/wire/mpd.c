#include "models/wire/mpd.h"

#include <string.h>

#include "sim/base/bytes.h"

enum { MANAGED = 0x8000, OTHER = 0x4000 };

enum icmp6_fault mpd_read(const uint8_t *icmp, size_t n, struct mpd *m)
{
    struct reader r = rd_over(icmp, n);
    struct nd_options options = {.prefixes = 0};
    *m = (struct mpd){.type = rd_u8(&r)};
    uint8_t code = rd_u8(&r);
    (void)rd_u16(&r);
    m->identifier = rd_u16(&r);
    uint16_t flags = rd_u16(&r);
    if (r.bad)
        return ICMP6_CUT_SHORT;
    if (code || (m->type != ICMP6_MPS && m->type != ICMP6_MPA))
        return ICMP6_BAD_CODE;
    enum icmp6_fault fault = nd_read_options(&r, &options);
    if (fault || m->type == ICMP6_MPS)
        return fault;
    m->managed = flags & MANAGED;
    m->other = flags & OTHER;
    m->prefixes = options.prefixes;
    memcpy(m->prefix, options.prefix, sizeof m->prefix);
    return ICMP6_GOOD;
}

void mpd_write(struct writer *w, const struct addr *src, const struct addr *dst,
               const struct mpd *m)
{
    size_t start = w->len;
    struct nd_options options = {.prefixes = m->prefixes};
    memcpy(options.prefix, m->prefix, sizeof options.prefix);
    wr_u8(w, m->type);
    wr_u8(w, 0);
    wr_u16(w, 0);
    wr_u16(w, m->identifier);
    wr_u16(w, (uint16_t)((m->managed ? MANAGED : 0) | (m->other ? OTHER : 0)));
    nd_write_options(w, &options);
    icmp6_put_checksum(w, start, src, dst);
}
