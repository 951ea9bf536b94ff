/* The small codecs: datagrams, fragments, listener reports, home agent address discovery. Whatever
 * the bytes, no overrun; what was read writes and reads back equal. */
#include <stdlib.h>
#include <string.h>

#include "models/wire/dhaad.h"
#include "models/wire/fragment.h"
#include "models/wire/mld.h"
#include "models/wire/udp.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fragment(const uint8_t *data, size_t size)
{
    uint8_t out[FRAGMENT_HEADER];
    struct fragment f;
    struct fragment back;
    if (fragment_read(data, size, &f))
        return;
    fragment_write(out, &f);
    if (fragment_read(out, sizeof out, &back) || f.offset != back.offset || f.more != back.more ||
        f.next != back.next || f.id != back.id)
        abort();
}

static void report(const uint8_t *data, size_t size)
{
    const struct ip6 h = {.src = addr_link_local_of(1), .hop_limit = 1};
    uint8_t out[1024];
    struct mld_report r;
    struct mld_report back;
    if (mld_read(&h, data, size, &r))
        return;
    struct writer w = wr_over(out, sizeof out);
    mld_write(&w, &h.src, &r);
    if (w.full || mld_read(&h, out, w.len, &back) || back.records != r.records ||
        memcmp(r.record, back.record, sizeof r.record[0] * r.records) != 0)
        abort();
}

static void discovery(const uint8_t *data, size_t size)
{
    static const struct addr ends[2] = {{{0x20, 1, [15] = 1}}, {{0x20, 1, [15] = 2}}};
    uint8_t out[2048];
    struct dhaad m;
    struct dhaad back;
    if (dhaad_read(data, size, &m))
        return;
    struct writer w = wr_over(out, sizeof out);
    dhaad_write(&w, &ends[0], &ends[1], &m);
    if (w.full || w.len + IP6_HEADER > IP6_MTU_MIN || dhaad_read(out, w.len, &back) ||
        back.type != m.type || back.identifier != m.identifier || back.addresses != m.addresses ||
        memcmp(m.address, back.address, m.addresses * sizeof m.address[0]) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct addr src = {{0x20, 1, [15] = 1}};
    static const struct addr dst = {{0x20, 1, [15] = 2}};
    uint8_t in[2048];
    struct udp u;
    if (size > sizeof in)
        return 0;
    memcpy(in, data, size);
    fragment(in, size);
    report(in, size);
    discovery(in, size);
    if (size >= UDP_HEADER) {
        in[6] = in[7] = 0;
        uint16_t sum = ip6_checksum(&src, &dst, IP6_UDP, in, size);
        in[6] = (uint8_t)(sum >> 8);
        in[7] = (uint8_t)sum;
    }
    if (!udp_read(&src, &dst, in, size, &u) && u.bytes > size)
        abort();
    return 0;
}
