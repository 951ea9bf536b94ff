#include "models/ike/sk.h"

#include <assert.h>
#include <string.h>

enum { FRAGMENT_FIELDS = 4 /* number and total, in front of the IV: RFC 7383 2.5 */ };

struct ike_sk ike_sk_of(struct ciphers *c, const struct cipher_suite *suite,
                        const struct sa_keys *keys)
{
    return (struct ike_sk){.suite = suite,
                           .cipher = cipher_new(c, suite, keys->encryption, keys->integrity)};
}

/* Only CBC wants whole blocks; combined ciphers and counter mode take any text (RFC 5282 3,
 * RFC 5930 2). ESP's 4 bytes do not count here. */
static size_t block_of(const struct cipher_suite *s)
{
    return s->encr == ENCR_AES_CBC ? s->block_bytes : 1;
}

/* Of payloads, padding and Pad Length. */
static size_t text_bytes(const struct cipher_suite *s, size_t inside)
{
    size_t block = block_of(s);
    return (inside + 1 + block - 1) / block * block;
}

/* What is authenticated begins with the message, and the IV stands in front of the text. */
static struct cipher_text text_of(const struct cipher_suite *s, const uint8_t *message, uint8_t *iv,
                                  size_t bytes)
{
    return (struct cipher_text){.aad = message,
                                .aad_bytes = (size_t)(iv - message),
                                .from = message,
                                .iv = iv,
                                .text = iv + s->iv_bytes,
                                .bytes = bytes,
                                .icv = iv + s->iv_bytes + bytes};
}

static void write_iv(struct ike_sk *k, struct rng *r, uint8_t *out)
{
    struct writer w = wr_over(out, k->suite->iv_bytes);
    k->ivs++;
    if (k->suite->counts) {
        wr_u32(&w, (uint32_t)(k->ivs >> 32));
        wr_u32(&w, (uint32_t)k->ivs);
    } else {
        for (unsigned n = 0; n < k->suite->iv_bytes; n += 4)
            wr_u32(&w, rng_u32(r));
    }
    assert(!w.full && w.len == k->suite->iv_bytes);
}

struct part {
    struct ike_inside of;
    unsigned number;
    unsigned total; /* 0: no fragment */
};

static size_t seal(struct ike_sk *k, struct rng *iv, const struct ike_header *h,
                   const struct part *p, uint8_t *out, size_t cap)
{
    const struct cipher_suite *s = k->suite;
    struct ike_writer w;
    size_t text = text_bytes(s, p->of.n);
    ike_begin(&w, out, cap, h);
    uint8_t *at =
        ike_put_sk(&w, p->of.first, p->number, p->total, s->iv_bytes + text + s->icv_bytes);
    size_t bytes = ike_end(&w);
    if (!at)
        return 0;
    const struct cipher_text t = text_of(s, out, at, text);
    write_iv(k, iv, at);
    if (p->of.n)
        memcpy(t.text, p->of.bytes, p->of.n);
    memset(t.text + p->of.n, 0, text - p->of.n);
    t.text[text - 1] = (uint8_t)(text - p->of.n - 1);
    cipher_seal(k->cipher, &t);
    return bytes;
}

size_t ike_seal(struct ike_sk *k, struct rng *iv, const struct ike_header *h,
                const struct ike_inside *inside, uint8_t *out, size_t cap)
{
    return seal(k, iv, h, &(struct part){.of = *inside}, out, cap);
}

/* Bytes of payloads that go into a fragment of `limit` bytes. */
static size_t room_of(const struct cipher_suite *s, size_t limit)
{
    size_t around = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + FRAGMENT_FIELDS + (size_t)s->iv_bytes +
                    s->icv_bytes;
    size_t block = block_of(s);
    size_t text = limit > around ? (limit - around) / block * block : 0;
    return text ? text - 1 : 0; /* Pad Length */
}

unsigned ike_seal_fragments(struct ike_sk *k, struct rng *iv, const struct ike_header *h,
                            const struct ike_inside *inside, size_t limit, uint8_t *out, size_t cap,
                            size_t bytes[IKE_FRAGMENTS])
{
    size_t room = room_of(k->suite, limit);
    if (!room || inside->n > IKE_FRAGMENTS * room)
        return 0;
    unsigned total = inside->n ? (unsigned)((inside->n + room - 1) / room) : 1;
    for (unsigned f = 0; f < total; f++) {
        size_t from = f * room;
        struct part p = {*inside, f + 1, total};
        p.of.n -= from;
        if (f) {
            p.of.first = IKE_P_NONE;
            p.of.bytes += from;
        }
        if (p.of.n > room)
            p.of.n = room;
        bytes[f] = seal(k, iv, h, &p, out, cap);
        if (!bytes[f])
            return 0;
        out += bytes[f];
        cap -= bytes[f];
    }
    return total;
}

bool ike_open(const struct ike_sk *k, uint8_t *message, size_t n, const struct ike_payload *sk,
              const uint8_t **inside, size_t *inside_bytes)
{
    const struct cipher_suite *s = k->suite;
    size_t at = (size_t)(sk->body - message) + (sk->type == IKE_P_SKF ? FRAGMENT_FIELDS : 0);
    size_t around = (size_t)s->iv_bytes + s->icv_bytes;
    assert(sk->type == IKE_P_SK || sk->type == IKE_P_SKF);
    if (sk->body + sk->bytes != message + n || n < at + around + 1)
        return false;
    size_t bytes = n - at - around;
    if (bytes % block_of(s))
        return false;
    const struct cipher_text t = text_of(s, message, message + at, bytes);
    if (!cipher_open(k->cipher, &t))
        return false;
    size_t padding = 1 + (size_t)t.text[bytes - 1];
    if (padding > bytes)
        return false;
    *inside = t.text;
    *inside_bytes = bytes - padding;
    return true;
}
