#include "traces/pcapng.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/ip6.h"
#include "traces/count.h"

/* draft-ietf-opsawg-pcapng 4; link types: draft-ietf-opsawg-pcaplinktype. */
enum {
    SECTION = 0x0A0D0D0A,
    INTERFACE = 1,
    PACKET = 6,
    BYTE_ORDER = 0x1A2B3C4D,
    OPT_END = 0,
    OPT_COMMENT = 1,
    OPT_IF_NAME = 2,
    OPT_IF_TSRESOL = 9,
    OPT_SHB_APPL = 4,
    OPT_FLAGS = 2,
    NANOSECONDS = 9,
    TYPE_ETHERNET = 1,
    TYPE_RAW_IP6 = 229,
    COMMENT_BYTES = 200,
};

struct pcapng {
    FILE *out;
    char *path;
    const struct trace_setup *setup;
    const struct count *count;
    uint32_t *interface; /* by port: number in the file + 1; 0: not in it */
    /* the last received packet waits, in case its node drops it */
    bool pending;
    uint32_t pending_node;
    struct tap_frame frame;
    uint8_t bytes[PKT_HEADROOM + PKT_ROOM];
    uint32_t len;
    char comment[COMMENT_BYTES];
};

static void put32(FILE *out, uint32_t v)
{
    (void)fwrite(&v, sizeof v, 1, out); /* in the machine's order, as BYTE_ORDER tells */
}

static void put16(FILE *out, uint16_t v)
{
    (void)fwrite(&v, sizeof v, 1, out);
}

static void put_padded(FILE *out, const void *bytes, size_t n)
{
    static const uint8_t zeros[4] = {0};
    (void)fwrite(bytes, 1, n, out);
    (void)fwrite(zeros, 1, (4 - n % 4) % 4, out);
}

static size_t padded(size_t n)
{
    return (n + 3) / 4 * 4;
}

static size_t option_bytes(size_t n)
{
    return 4 + padded(n);
}

static void put_option(FILE *out, uint16_t code, const void *value, size_t n)
{
    put16(out, code);
    put16(out, (uint16_t)n);
    put_padded(out, value, n);
}

static void put_section(FILE *out)
{
    static const char appl[] = "monami";
    uint32_t total = (uint32_t)(28 + option_bytes(sizeof appl - 1) + 4);
    put32(out, SECTION);
    put32(out, total);
    put32(out, BYTE_ORDER);
    put16(out, 1);
    put16(out, 0);
    put32(out, UINT32_MAX);
    put32(out, UINT32_MAX); /* section length unknown */
    put_option(out, OPT_SHB_APPL, appl, sizeof appl - 1);
    put32(out, OPT_END);
    put32(out, total);
}

static void put_interface(FILE *out, const struct trace_port *port)
{
    const uint8_t resolution = NANOSECONDS;
    size_t n = strlen(port->name);
    uint32_t total = (uint32_t)(20 + option_bytes(n) + option_bytes(1) + 4);
    put32(out, INTERFACE);
    put32(out, total);
    put16(out, port->ethernet ? TYPE_ETHERNET : TYPE_RAW_IP6);
    put16(out, 0);
    put32(out, 0); /* no limit on the length */
    put_option(out, OPT_IF_NAME, port->name, n);
    put_option(out, OPT_IF_TSRESOL, &resolution, 1);
    put32(out, OPT_END);
    put32(out, total);
}

static void put_packet(struct pcapng *file)
{
    FILE *out = file->out;
    const struct tap_frame *f = &file->frame;
    uint64_t t = (uint64_t)(file->setup->run.date_s * SIM_S + f->t);
    uint32_t flags = f->what == TAP_RECEIVED ? 1 : 2; /* inbound, outbound */
    size_t comment = strlen(file->comment);
    size_t options = option_bytes(4) + (comment ? option_bytes(comment) : 0) + 4;
    uint32_t total = (uint32_t)(32 + padded(file->len) + options);
    put32(out, PACKET);
    put32(out, total);
    put32(out, file->interface[f->port] - 1);
    put32(out, (uint32_t)(t >> 32));
    put32(out, (uint32_t)t);
    put32(out, file->len);
    put32(out, file->len);
    put_padded(out, file->bytes, file->len);
    put_option(out, OPT_FLAGS, &flags, 4);
    if (comment)
        put_option(out, OPT_COMMENT, file->comment, comment);
    put32(out, OPT_END);
    put32(out, total);
    file->pending = false;
}

enum status pcapng_open(struct pcapng **file, const char *path, const struct trace_setup *setup,
                        const struct count *count, uint32_t node, struct why *w)
{
    struct pcapng *p = calloc(1, sizeof *p);
    assert(p);
    p->setup = setup;
    p->count = count;
    p->path = strdup(path);
    p->interface = calloc((size_t)setup->ports + 1, sizeof *p->interface);
    p->out = fopen(path, "wb");
    assert(p->path && p->interface);
    *file = p;
    if (!p->out)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    put_section(p->out);
    uint32_t n = 0;
    for (uint32_t k = 0; k < setup->ports; k++) {
        if (node != UINT32_MAX && setup->port[k].node != node)
            continue;
        p->interface[k] = ++n;
        put_interface(p->out, &setup->port[k]);
    }
    return ST_OK;
}

static void append_comment(struct pcapng *file, const char *verb, const char *reason)
{
    size_t n = strlen(file->comment);
    (void)snprintf(file->comment + n, sizeof file->comment - n, "%s%s%s%s", n ? "; " : "", verb,
                   reason ? ": " : "", reason ? reason : "");
}

void pcapng_frame(struct pcapng *file, const struct tap_frame *f)
{
    if (f->what == TAP_LOST || !file->interface[f->port])
        return; /* it stands there as sent */
    if (file->pending)
        put_packet(file);
    size_t header = file->setup->port[f->port].ethernet ? ETH_HEADER : 0;
    file->frame = *f;
    file->len = f->pkt->len;
    memcpy(file->bytes, f->pkt->at, f->pkt->len);
    file->comment[0] = '\0';
    if (file->len > header) {
        count_describe(file->count, file->bytes + header, file->len - header, f->pkt->mark.inside,
                       file->comment, sizeof file->comment);
    }
    file->pending = true;
    file->pending_node = file->setup->port[f->port].node;
    if (f->pkt->mark.injected)
        append_comment(file, "injected", NULL);
    if (f->what == TAP_DROPPED)
        append_comment(file, "not sent", drop_name(f->reason));
    if (f->what != TAP_RECEIVED)
        put_packet(file);
}

void pcapng_drop(struct pcapng *file, const struct tap_drop *d)
{
    if (!file->pending || file->pending_node != d->node || file->frame.t != d->t)
        return;
    append_comment(file, "dropped", drop_name(d->reason));
}

enum status pcapng_close(struct pcapng *file, struct why *w)
{
    enum status st = ST_OK;
    if (file->out) {
        if (file->pending)
            put_packet(file);
        bool bad = ferror(file->out);
        bad |= fclose(file->out) != 0;
        if (bad)
            st = why_set(w, ST_IO, "%s: cannot be written", file->path);
    }
    free(file->path);
    free(file->interface);
    free(file);
    return st;
}
