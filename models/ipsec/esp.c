#include "models/ipsec/esp.h"

#include <assert.h>
#include <string.h>

#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

enum {
    HEADER = 8,  /* SPI and sequence number */
    TRAILER = 2, /* pad length and next header */
    AAD = 12,    /* with an extended sequence number, RFC 4106 5 */
};

static void put_u32(uint8_t *b, uint32_t v)
{
    for (int k = 0; k < 4; k++)
        b[k] = (uint8_t)(v >> (24 - 8 * k));
}

static size_t padding_of(const struct cipher_suite *s, size_t bytes)
{
    size_t over = (bytes + TRAILER) % s->block_bytes;
    return over ? s->block_bytes - over : 0;
}

size_t esp_growth(const struct cipher_suite *s, size_t bytes)
{
    return (size_t)HEADER + s->iv_bytes + padding_of(s, bytes) + TRAILER + s->icv_bytes;
}

size_t esp_fit(const struct cipher_suite *s, size_t room)
{
    size_t fixed = (size_t)HEADER + s->iv_bytes + s->icv_bytes;
    if (room < fixed + s->block_bytes)
        return 0;
    size_t blocks = (room - fixed) / s->block_bytes;
    return blocks * s->block_bytes - TRAILER;
}

size_t esp_text_bytes(const struct cipher_suite *s, size_t bytes)
{
    size_t around = (size_t)HEADER + s->iv_bytes + s->icv_bytes;
    return bytes > around ? bytes - around : 0;
}

bool esp_spi(const uint8_t *bytes, size_t n, uint32_t *spi)
{
    struct reader r = rd_over(bytes, n);
    *spi = rd_u32(&r);
    return !r.bad;
}

/* What the check value covers beside the text; the high half of an extended sequence number is not
 * sent: among the associated data it stands between SPI and low half, for a MAC behind it all. */
struct covered {
    uint8_t aad[AAD];
    uint8_t high[4];
};

static struct cipher_text text_of(const struct sa *sa, uint8_t *esp, size_t bytes,
                                  uint64_t sequence, struct covered *c)
{
    const struct cipher_suite *s = sa->suite;
    struct cipher_text t = {
        .aad = esp,
        .aad_bytes = HEADER,
        .from = esp,
        .iv = esp + HEADER,
        .text = esp + HEADER + s->iv_bytes,
        .bytes = bytes,
        .icv = esp + HEADER + s->iv_bytes + bytes,
    };
    if (sa->esn) {
        put_u32(c->high, (uint32_t)(sequence >> 32));
        memcpy(c->aad, esp, 4);
        memcpy(c->aad + 4, c->high, 4);
        memcpy(c->aad + 8, esp + 4, 4);
        t.aad = c->aad;
        t.aad_bytes = AAD;
        t.tail = c->high;
        t.tail_bytes = sizeof c->high;
    }
    return t;
}

/* Where an IV may never come again it is the sequence number, RFC 4106 3.1. */
static void put_iv(struct sa *sa, uint8_t *iv)
{
    if (sa->suite->counts) {
        put_u32(iv, (uint32_t)(sa->sequence >> 32));
        put_u32(iv + 4, (uint32_t)sa->sequence);
        return;
    }
    for (size_t k = 0; k < sa->suite->iv_bytes; k += 4)
        put_u32(iv + k, rng_u32(&sa->iv));
}

static bool exhausted(const struct sa *sa)
{
    return sa->sequence >= (sa->esn ? UINT64_MAX : UINT32_MAX);
}

enum esp_fault esp_seal(struct sa *sa, struct pkt *p, size_t at, uint8_t next)
{
    const struct cipher_suite *s = sa->suite;
    assert(at <= p->len);
    size_t front = (size_t)HEADER + s->iv_bytes;
    size_t text = p->len - at;
    size_t pad = padding_of(s, text);
    struct covered c;
    if (exhausted(sa))
        return ESP_EXHAUSTED;
    sa->sequence++;
    (void)pkt_prepend(p, front);
    memmove(p->at, p->at + front, at);
    uint8_t *trailer = pkt_append(p, pad + TRAILER + s->icv_bytes);
    for (size_t k = 0; k < pad; k++)
        trailer[k] = (uint8_t)(k + 1);
    trailer[pad] = (uint8_t)pad;
    trailer[pad + 1] = next;
    uint8_t *esp = p->at + at;
    put_u32(esp, sa->spi);
    put_u32(esp + 4, (uint32_t)sa->sequence);
    put_iv(sa, esp + HEADER);
    struct cipher_text t = text_of(sa, esp, text + pad + TRAILER, sa->sequence, &c);
    cipher_seal(sa->cipher, &t);
    sa->count.packets++;
    sa->count.bytes += t.bytes;
    return ESP_GOOD;
}

/* The check value, before anything is believed. */
static enum esp_fault verify(struct sa *sa, uint8_t *esp, size_t bytes)
{
    struct reader r = rd_over(esp + 4, 4);
    uint64_t sequence;
    struct covered c;
    switch (anti_replay_check(&sa->replay, rd_u32(&r), &sequence)) {
    case ANTI_REPLAY_NEW:
        break;
    case ANTI_REPLAY_TOO_OLD:
        sa->count.too_old++;
        return ESP_TOO_OLD;
    case ANTI_REPLAY_ZERO:
    case ANTI_REPLAY_SEEN:
    default:
        sa->count.replay++;
        return ESP_REPLAY;
    }
    struct cipher_text t = text_of(sa, esp, bytes, sequence, &c);
    if (!cipher_open(sa->cipher, &t)) {
        sa->count.icv++;
        return ESP_ICV;
    }
    anti_replay_note(&sa->replay, sequence);
    sa->count.packets++;
    sa->count.bytes += bytes;
    return ESP_GOOD;
}

/* Bytes of text in front of padding that is as it should be; false: it is not. */
static bool cut_padding(const uint8_t *text, size_t *bytes)
{
    size_t pad = text[*bytes - TRAILER];
    if (pad + TRAILER > *bytes)
        return false;
    *bytes -= pad + TRAILER;
    for (size_t k = 0; k < pad; k++) {
        if (text[*bytes + k] != k + 1)
            return false;
    }
    return true;
}

enum esp_fault esp_open(struct sa *sa, struct pkt *p, size_t at, uint8_t *next)
{
    const struct cipher_suite *s = sa->suite;
    size_t front = (size_t)HEADER + s->iv_bytes;
    assert(at <= p->len);
    if (p->len - at < front + s->block_bytes + s->icv_bytes)
        return ESP_SHORT;
    size_t bytes = p->len - at - front - s->icv_bytes;
    if (bytes % s->block_bytes)
        return ESP_SHORT;
    enum esp_fault fault = verify(sa, p->at + at, bytes);
    if (fault)
        return fault;
    const uint8_t *text = p->at + at + front;
    *next = text[bytes - 1];
    if (!cut_padding(text, &bytes))
        return ESP_PADDING;
    if (*next == IP6_NONE) {
        sa->count.dummy++;
        return ESP_DUMMY;
    }
    memmove(p->at + front, p->at, at);
    pkt_strip(p, front);
    p->len = (uint32_t)(at + bytes);
    return ESP_GOOD;
}
