/* Whatever the bytes: no overrun, and what was read writes and reads back equal. */
#include <stdlib.h>
#include <string.h>

#include "models/wire/ip6.h"
#include "models/wire/mh.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct addr src = {{0x20, 1, [15] = 1}};
    static const struct addr dst = {{0x20, 1, [15] = 2}};
    uint8_t in[2048];
    uint8_t out[4096];
    struct mh m;
    struct mh back;
    if (size > sizeof in)
        return 0;
    memcpy(in, data, size);
    if (size >= 8) { /* a right checksum, or nothing else is ever reached */
        in[4] = in[5] = 0;
        uint16_t sum = ip6_checksum(&src, &dst, IP6_MH, in, size);
        in[4] = (uint8_t)(sum >> 8);
        in[5] = (uint8_t)sum;
    }
    if (mh_read(&src, &dst, in, size, &m) != MH_GOOD)
        return 0;
    for (unsigned k = 0; k < m.bids; k++)
        if (m.bid[k].length != 4 && !m.bid[k].has_coa)
            return 0; /* an odd length is kept for its answer and never written */
    struct writer w = wr_over(out, sizeof out);
    mh_write(&w, &src, &dst, &m);
    if (w.full || w.len % 8 || w.len > 2048)
        return 0; /* more options than one header holds */
    if (mh_read(&src, &dst, out, w.len, &back) != MH_GOOD)
        abort();
    m.skipped = back.skipped = 0;
    for (unsigned k = 0; k < m.bids; k++) /* mapped addresses are written short */
        m.bid[k].length = back.bid[k].length = 0;
    if (m.sequence != back.sequence || m.bids != back.bids || m.cookie != back.cookie ||
        memcmp(m.bid, back.bid, sizeof m.bid) != 0 || !addr_eq(&m.alternate, &back.alternate))
        abort();
    return 0;
}
