/* Whatever the bytes: header and chain stay inside the packet. */
#include <stdlib.h>

#include "models/mip6/flowbind.h"
#include "models/wire/ip6.h"
#include "models/wire/udp.h"
#include "traces/count.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As what is sealed, each in the one before; then as a packet that holds them all. */
static void look(const uint8_t *data, size_t size)
{
    static const uint8_t next[] = {0, 17, 41, 43, 44, 50, 58, 60, 135};
    struct count count = {.words = true};
    uint32_t inside = 0;
    char text[200];
    count_init(&count, NULL, 0, 0);
    for (size_t k = 0; k < sizeof next && size <= PKT_ROOM; k++)
        inside = count_sealed(&count, data, size, next[k], inside);
    if (count_opened(&count, inside) > inside)
        abort();
    count_describe(&count, data, size, inside, text, sizeof text);
    count_release(&count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ip6 h;
    struct ip6_chain c;
    struct udp u;
    struct rtp r;
    enum ip6_fault fault = ip6_walk(data, size, &c);
    if (!fault && c.upper_at > size)
        abort();
    if (!fault && (c.has_home && c.home_at + 18 > size))
        abort();
    if (c.fault_at > size)
        abort();
    if (ip6_read(data, size, &h) == IP6_GOOD) {
        uint8_t out[IP6_HEADER];
        ip6_write(out, &h);
        for (int k = 0; k < IP6_HEADER; k++)
            if (out[k] != data[k])
                abort();
        (void)flow_packet_of(data, size, true);
        look(data, size);
        if (!fault)
            (void)!udp_read(&h.src, &h.dst, data + c.upper_at, size - c.upper_at, &u);
    }
    (void)rtp_read(data, size, &r);
    return 0;
}
