/*
 * esp_seal DIR: seals packets with every suite, in transport and in tunnel mode, for others to
 * open.  In DIR: 32.pcap and esn.pcap, raw IPv6; esp_sa, tshark's table of keys; packets.csv, a
 * line a packet: what should come out, or that a bit was changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/ipsec/esp.h"
#include "models/wire/ip6.h"
#include "models/wire/udp.h"

enum { PATH = 1024, RAW = 101, IPV6 = 41 };

static const struct addr mobile = {{0x20, 1, 0xd, 0xb8, 1, [15] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 2, [15] = 2}};
static const size_t sizes[] = {0, 1, 2, 3, 13, 14, 15, 16, 17, 172, 1200};

struct output {
    FILE *pcap[2]; /* by ESN */
    unsigned frames[2];
    FILE *keys;
    FILE *list;
};

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void hex(FILE *f, const uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        (void)fprintf(f, "%02x", bytes[k]);
}

static void words(FILE *f, const uint32_t *word, size_t n)
{
    (void)fwrite(word, sizeof *word, n, f); /* in the order of this machine, as the magic says */
}

static void pcap_begin(FILE *f)
{
    static const uint32_t head[6] = {0xa1b2c3d4, 2 | 4u << 16, 0, 0, 65535, RAW};
    words(f, head, 6);
}

static void pcap_frame(struct output *out, bool esn, const struct pkt *p)
{
    const uint32_t head[4] = {1767225600, ++out->frames[esn], p->len, p->len};
    words(out->pcap[esn], head, 4);
    (void)fwrite(p->at, 1, p->len, out->pcap[esn]);
}

/* "IPv6","*","*","0xSPI","...","0xKEY","...","0xKEY" */
static void write_keys(FILE *f, const struct sa *sa)
{
    const struct cipher_suite *s = sa->suite;
    size_t key = (size_t)s->key_bytes + s->salt_bytes;
    if (!s->tshark_encryption)
        return;
    (void)fprintf(f, "\"IPv6\",\"*\",\"*\",\"0x%08x\",\"%s\",\"%s", sa->spi, s->tshark_encryption,
                  key ? "0x" : "");
    hex(f, sa->keys.encryption, key);
    (void)fprintf(f, "\",\"%s\",\"%s", s->tshark_integrity, s->integrity_bytes ? "0x" : "");
    hex(f, sa->keys.integrity, s->integrity_bytes);
    (void)fprintf(f, "\"\n");
}

/* frame, suite, ESN, SPI, sequence, keys, next, changed, text */
static void write_line(const struct output *out, const struct sa *sa, uint8_t next, bool changed,
                       const uint8_t *text, size_t n)
{
    const struct cipher_suite *s = sa->suite;
    (void)fprintf(out->list, "%u,%s,%d,%u,%llu,", out->frames[sa->esn], s->name, sa->esn, sa->spi,
                  (unsigned long long)sa->sequence);
    hex(out->list, sa->keys.encryption, (size_t)s->key_bytes + s->salt_bytes);
    (void)fprintf(out->list, ",");
    hex(out->list, sa->keys.integrity, s->integrity_bytes);
    (void)fprintf(out->list, ",%u,%d,", next, changed);
    hex(out->list, text, n);
    (void)fprintf(out->list, "\n");
}

static void put_header(struct pkt *p, uint8_t next)
{
    const struct ip6 h = {.src = mobile,
                          .dst = agent,
                          .payload_bytes = (uint16_t)(p->len - IP6_HEADER),
                          .next = next,
                          .hop_limit = 64};
    ip6_write(p->at, &h);
}

static struct pkt *datagram(struct pool *packets, size_t n)
{
    struct pkt *p = pkt_take(packets);
    uint8_t *b = pkt_append(p, IP6_HEADER + UDP_HEADER + n);
    for (size_t k = 0; k < n; k++)
        b[IP6_HEADER + UDP_HEADER + k] = (uint8_t)(k * 3 + n);
    udp_write(b + IP6_HEADER, n, &mobile, &agent, 40000, 40001);
    put_header(p, IP6_UDP);
    return p;
}

static void seal(struct output *out, struct sa *sa, struct pool *packets, size_t n, bool changed)
{
    struct pkt *p = datagram(packets, n);
    bool tunnel = sa->mode == SA_TUNNEL;
    size_t at = tunnel ? 0 : IP6_HEADER;
    struct pkt *text = pkt_copy(packets, p);
    if (esp_seal(sa, p, at, tunnel ? IPV6 : IP6_UDP))
        abort();
    if (tunnel)
        (void)pkt_prepend(p, IP6_HEADER);
    put_header(p, IP6_ESP);
    if (changed)
        p->at[(size_t)IP6_HEADER + 8 + sa->suite->iv_bytes + n / 2] ^= 0x10;
    pcap_frame(out, sa->esn, p);
    write_line(out, sa, tunnel ? IPV6 : IP6_UDP, changed, text->at + at, text->len - at);
    pkt_give(packets, text);
    pkt_give(packets, p);
}

/* Four SAs a suite: transport and tunnel, with ESN and without. */
static void all_of(struct output *out, struct ciphers *shared, struct pool *packets,
                   enum cipher_name name)
{
    struct rng_seed seed = rng_seed_of(1, name);
    struct rng key = rng_stream(&seed, "key");
    for (uint32_t k = 0; k < 4; k++) {
        struct sa sa = {.spi = 0x10000 + 4 * (uint32_t)name + k,
                        .mode = k / 2 ? SA_TUNNEL : SA_TRANSPORT,
                        .esn = k % 2,
                        .suite = cipher_suite(name),
                        .iv = rng_stream(&seed, "iv")};
        for (size_t i = 0; i < sizeof sa.keys.encryption; i++)
            sa.keys.encryption[i] = (uint8_t)rng_u32(&key);
        for (size_t i = 0; i < sizeof sa.keys.integrity; i++)
            sa.keys.integrity[i] = (uint8_t)rng_u32(&key);
        sa.cipher = cipher_new(shared, sa.suite, sa.keys.encryption, sa.keys.integrity);
        if (sa.esn)
            sa.sequence = UINT32_MAX - 2; /* 2^32 is among them */
        else
            write_keys(out->keys, &sa);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            seal(out, &sa, packets, sizes[i], false);
        seal(out, &sa, packets, 100, true);
    }
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct ciphers *shared = ciphers_new(&arena, 8, false);
    if (argc != 2)
        return 2;
    struct output out = {.pcap = {open_in(argv[1], "32.pcap"), open_in(argv[1], "esn.pcap")},
                         .keys = open_in(argv[1], "esp_sa"),
                         .list = open_in(argv[1], "packets.csv")};
    pcap_begin(out.pcap[0]);
    pcap_begin(out.pcap[1]);
    (void)fprintf(out.list, "frame,suite,esn,spi,sequence,key,integrity,next,changed,text\n");
    for (enum cipher_name name = 0; name < CIPHERS; name++)
        all_of(&out, shared, &packets, name);
    int bad = fclose(out.pcap[0]) | fclose(out.pcap[1]) | fclose(out.keys) | fclose(out.list);
    ciphers_free(shared);
    arena_release(&arena);
    return bad ? 1 : 0;
}
