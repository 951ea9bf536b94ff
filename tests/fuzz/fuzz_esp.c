/* Whatever the bytes, esp_open answers with a fault or with a packet that lies inside what came,
 * and what is sealed is opened again.
 *
 * The input: a byte for the suite, one of flags, one for the headers in front, then packets with a
 * length each. Without a key nobody makes a right check value, so those of some packets are put
 * right: then padding and trailer are the input's, too. */
#include <stdlib.h>
#include <string.h>

#include "models/ipsec/esp.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ESN = 1, SIZED = 2, WIDE = 4, NO_WINDOW = 8, HEADER = 8, MOST = 1500, STEPS = 64 };
enum { STEP_OPEN, STEP_PUT_RIGHT, STEP_SEAL, STEPS_KINDS };

static struct pool packets;
static struct sa out;
static struct sa in;
static uint8_t seen[MOST];

static struct sa sa_of(struct ciphers *shared, const struct cipher_suite *suite, bool esn)
{
    struct rng_seed seed = rng_seed_of(1, 0);
    struct sa sa = {.spi = 0x11223344, .esn = esn, .suite = suite};
    sa.cipher = cipher_new(shared, suite, sa.keys.encryption, sa.keys.integrity);
    sa.iv = rng_stream(&seed, "iv");
    return sa;
}

/* Text and trailer as they are, and the check value that belongs to them. */
static void put_right(const struct pkt *p, size_t at, bool extended)
{
    const struct cipher_suite *s = in.suite;
    size_t front = (size_t)HEADER + s->iv_bytes;
    if (p->len < at + front + s->icv_bytes)
        return;
    size_t bytes = p->len - at - front - s->icv_bytes;
    if (bytes == 0 || bytes % s->block_bytes)
        return;
    uint8_t *esp = p->at + at;
    struct reader r = rd_over(esp + 4, 4);
    uint64_t whole;
    uint8_t aad[12] = {0};
    (void)anti_replay_check(&in.replay, rd_u32(&r), &whole);
    memcpy(aad, esp, 4);
    for (int k = 0; k < 4; k++)
        aad[4 + k] = (uint8_t)(whole >> (56 - 8 * k));
    memcpy(aad + 8, esp + 4, 4);
    const struct cipher_text t = {.aad = extended ? aad : esp,
                                  .aad_bytes = extended ? sizeof aad : HEADER,
                                  .from = esp,
                                  .tail = aad + 4,
                                  .tail_bytes = extended ? 4 : 0,
                                  .iv = esp + HEADER,
                                  .text = esp + front,
                                  .bytes = bytes,
                                  .icv = esp + front + bytes};
    cipher_seal(in.cipher, &t);
}

static void open_it(struct pkt *p, size_t at, bool right)
{
    uint8_t next = 0;
    uint32_t length = p->len;
    uint64_t top = in.replay.top;
    memcpy(seen, p->at, at);
    enum esp_fault fault = esp_open(&in, p, at, &next);
    if (fault == ESP_EXHAUSTED || (fault && p->len != length))
        abort();
    if (right && fault == ESP_ICV)
        abort();
    if ((fault == ESP_ICV || fault == ESP_SHORT || fault == ESP_REPLAY || fault == ESP_TOO_OLD) &&
        in.replay.top != top)
        abort();
    if (!fault && (p->len < at || p->len + HEADER > length || memcmp(p->at, seen, at) != 0))
        abort();
}

static void seal_and_open(struct pkt *p, size_t at)
{
    uint8_t next = 0;
    uint32_t length = p->len;
    struct sa fresh = in;
    memcpy(seen, p->at, length);
    fresh.replay = (struct anti_replay){.esn = in.esn};
    fresh.replay.top = out.sequence;
    if (esp_seal(&out, p, at, 17))
        abort();
    if (p->len != length + esp_growth(out.suite, length - at) ||
        esp_fit(out.suite, p->len - at) < length - at)
        abort();
    if (esp_open(&fresh, p, at, &next) || next != 17 || p->len != length ||
        memcmp(p->at, seen, length) != 0)
        abort();
}

static void step(struct reader *r, size_t at)
{
    uint8_t kind = rd_u8(r) % STEPS_KINDS;
    size_t n = rd_u16(r) % (MOST - at);
    n = n < rd_left(r) ? n : rd_left(r);
    const uint8_t *bytes = rd_take(r, n);
    struct pkt *p = pkt_take(&packets);
    memset(pkt_append(p, at), 0x77, at);
    if (n)
        memcpy(pkt_append(p, n), bytes, n);
    if (kind == STEP_SEAL) {
        seal_and_open(p, at);
    } else {
        uint64_t whole;
        struct reader number = rd_over(p->at + at + 4, n >= HEADER ? 4 : 0);
        if (kind == STEP_PUT_RIGHT)
            put_right(p, at, in.esn);
        bool is_new = anti_replay_check(&in.replay, rd_u32(&number), &whole) == ANTI_REPLAY_NEW;
        open_it(p, at, kind == STEP_PUT_RIGHT && is_new);
    }
    pkt_give(&packets, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct reader r = rd_over(data, size);
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)(rd_u8(&r) % CIPHERS));
    uint8_t flags = rd_u8(&r);
    size_t at = rd_u8(&r);
    uint32_t spi;
    struct ciphers *shared = ciphers_new(&arena, 1, flags & SIZED);
    packets = pkt_pool(&arena);
    out = sa_of(shared, suite, flags & ESN);
    in = sa_of(shared, suite, flags & ESN);
    anti_replay_init(&in.replay,
                     flags & NO_WINDOW ? 0
                     : flags & WIDE    ? ANTI_REPLAY_MAX
                                       : ANTI_REPLAY_MIN,
                     flags & ESN, &arena);
    in.replay.top = out.sequence = flags & ESN ? (uint64_t)flags << 31 : 0;
    (void)esp_spi(data, size, &spi);
    for (int k = 0; k < STEPS && rd_left(&r); k++)
        step(&r, at);
    if (packets.out)
        abort();
    ciphers_free(shared);
    arena_release(&arena);
    return 0;
}
