#include "models/wire/dhaad.h"

#include <string.h>

#include "sim/base/bytes.h"

#define HOME_AGENTS UINT64_C(0xfdfffffffffffffe) /* universal/local 0, all ones, 126 */

enum icmp6_fault dhaad_read(const uint8_t *icmp, size_t n, struct dhaad *m)
{
    struct reader r = rd_over(icmp, n);
    m->type = rd_u8(&r);
    uint8_t code = rd_u8(&r);
    (void)rd_u16(&r);
    m->identifier = rd_u16(&r);
    (void)rd_u16(&r);
    m->addresses = 0;
    if (r.bad)
        return ICMP6_CUT_SHORT;
    if (code || (m->type != ICMP6_HAAD_REQUEST && m->type != ICMP6_HAAD_REPLY))
        return ICMP6_BAD_CODE;
    while (m->type == ICMP6_HAAD_REPLY && rd_left(&r) && m->addresses < DHAAD_ADDRESSES) {
        struct addr *a = &m->address[m->addresses];
        const uint8_t *b = rd_take(&r, sizeof a->b);
        if (!b)
            return ICMP6_CUT_SHORT;
        memcpy(a->b, b, sizeof a->b);
        m->addresses++;
    }
    return ICMP6_GOOD;
}

void dhaad_write(struct writer *w, const struct addr *src, const struct addr *dst,
                 const struct dhaad *m)
{
    size_t start = w->len;
    wr_u8(w, m->type);
    wr_u8(w, 0);
    wr_u16(w, 0);
    wr_u16(w, m->identifier);
    wr_u16(w, 0);
    for (unsigned k = 0; m->type == ICMP6_HAAD_REPLY && k < m->addresses; k++)
        wr_bytes(w, m->address[k].b, sizeof m->address[k].b);
    icmp6_put_checksum(w, start, src, dst);
}

struct addr dhaad_anycast(const struct prefix *home)
{
    return addr_join(home, HOME_AGENTS);
}
