#include "models/wire/fragment.h"

#include <string.h>

enum { OPT_PADN = 1, OPT_LIMIT = 4 };

void ip6_write_fragment(uint8_t out[IP6_FRAGMENT_BYTES], const struct ip6_fragment *f)
{
    out[0] = f->next;
    out[1] = 0;
    out[2] = (uint8_t)(f->offset >> 8);
    out[3] = (uint8_t)((f->offset & 0xf8) | f->more);
    for (int k = 0; k < 4; k++)
        out[4 + k] = (uint8_t)(f->identification >> (24 - 8 * k));
}

struct ip6_fragment ip6_read_fragment(const uint8_t in[IP6_FRAGMENT_BYTES])
{
    struct ip6_fragment f = {
        .next = in[0], .offset = (uint16_t)(in[2] << 8 | (in[3] & 0xf8)), .more = in[3] & 1};
    for (int k = 0; k < 4; k++)
        f.identification = f.identification << 8 | in[4 + k];
    return f;
}

void ip6_write_limit(uint8_t out[IP6_LIMIT_BYTES], uint8_t next, uint8_t limit)
{
    const uint8_t bytes[IP6_LIMIT_BYTES] = {next, 0, OPT_LIMIT, 1, limit, OPT_PADN, 1, 0};
    memcpy(out, bytes, sizeof bytes);
}
