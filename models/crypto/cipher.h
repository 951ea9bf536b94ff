/*
 * cipher.h - the algorithms that protect packets: encryption with integrity, combined (RFC 5116)
 * or one after the other, encrypt-then-MAC.
 *
 * A suite is a pair of algorithms by name; a cipher is a suite with keys.  Ciphers live in the
 * run's arena.  OpenSSL's contexts are made on first use and kept, `contexts` of them at most: the
 * one that was not used for longest makes room.  Sealing and opening allocate nothing in steady
 * state; only a context that must change its algorithm is made anew.
 *
 * Sized: no cipher is run, the text stays as it is; the check value is a sum over what the real
 * one covers outside of the text, the sequence number's high half included, and the length, so
 * that a wrong value and a wrong guess are still found (architecture: `crypto: sized`).
 */
#ifndef MODELS_CRYPTO_CIPHER_H
#define MODELS_CRYPTO_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"

enum cipher_name {
    CIPHER_AES128_GCM16, /* RFC 4106; the number behind GCM is the length of the check value */
    CIPHER_AES256_GCM16,
    CIPHER_AES128_GCM12,
    CIPHER_AES128_GCM8,
    CIPHER_AES128_CBC_SHA256, /* RFC 3602 with RFC 4868 */
    CIPHER_AES256_CBC_SHA256,
    CIPHER_AES256_CBC_SHA512,
    CIPHER_AES128_CBC_SHA1,   /* RFC 2404 */
    CIPHER_AES128_CTR_SHA256, /* RFC 3686 */
    CIPHER_AES128_CTR_SHA1,
    CIPHER_NULL_SHA256, /* RFC 2410 */
    CIPHER_NULL_SHA1,
    CIPHER_CHACHA20_POLY1305, /* RFC 7634 */
    CIPHER_AES256_CBC_SHA384,
    CIPHER_AES256_CTR_SHA256,
    CIPHERS
};

/* IKEv2 transforms of type 1 (encryption) and type 3 (integrity): RFC 7296 3.3.2, RFC 7634 4. */
enum {
    ENCR_NULL = 11,
    ENCR_AES_CBC = 12,
    ENCR_AES_CTR = 13,
    ENCR_AES_GCM8 = 18,
    ENCR_AES_GCM12 = 19,
    ENCR_AES_GCM16 = 20,
    ENCR_CHACHA20_POLY1305 = 28,
    INTEG_NONE = 0,
    INTEG_HMAC_SHA1_96 = 2,
    INTEG_HMAC_SHA256_128 = 12,
    INTEG_HMAC_SHA384_192 = 13,
    INTEG_HMAC_SHA512_256 = 14,
};

struct cipher_suite {
    const char *name;        /* "aes256-gcm16" */
    uint16_t encr;           /* IKEv2 transform type 1 */
    uint16_t integ;          /* IKEv2 transform type 3; 0: combined */
    uint16_t key_bits;       /* of the Key Length attribute; 0: the algorithm has but one */
    uint8_t key_bytes;       /* of the encryption key, without salt */
    uint8_t salt_bytes;      /* behind it */
    uint8_t integrity_bytes; /* of the integrity key; 0: combined */
    uint8_t iv_bytes;
    uint8_t block_bytes; /* ESP pads text and trailer to a multiple of it, at least 4 */
    uint8_t icv_bytes;
    bool counts; /* an IV must never come again under a key: no manual keys (RFC 4106 10, 3686 7) */
    const char *tshark_encryption; /* as its table of keys names it; NULL: it cannot */
    const char *tshark_integrity;
};

extern const char *const cipher_words[]; /* names in order of enum cipher_name; NULL ends */

const struct cipher_suite *cipher_suite(enum cipher_name name);

struct ciphers; /* opaque: what the ciphers of a run share */
struct cipher;  /* opaque */

/* Give it back with ciphers_free(): OpenSSL's contexts live outside of the arena. */
struct ciphers *ciphers_new(struct arena *a, size_t contexts, bool sized);
void ciphers_free(struct ciphers *c);
bool ciphers_sized(const struct ciphers *c);

/* `key` is key_bytes + salt_bytes long, `integrity` integrity_bytes; both are copied. */
struct cipher *cipher_new(struct ciphers *c, const struct cipher_suite *suite, const uint8_t *key,
                          const uint8_t *integrity);

/* What is sealed or opened, in place. */
struct cipher_text {
    const uint8_t *aad; /* combined: authenticated beside the text */
    size_t aad_bytes;
    const uint8_t *from; /* encrypt-then-MAC: the MAC covers from here to the end of the text, the
                            IV between them; NULL: combined only */
    const uint8_t *tail; /* encrypt-then-MAC: and then this, which is not sent (high half of an
                            extended sequence number) */
    size_t tail_bytes;
    const uint8_t *iv; /* iv_bytes, in front of the text */
    uint8_t *text;     /* with trailer; of CBC a multiple of block_bytes */
    size_t bytes;
    uint8_t *icv; /* icv_bytes behind the text: written, or checked */
};

void cipher_seal(struct cipher *c, const struct cipher_text *t);

/* False: the check value is wrong; the text is then of no use. */
bool cipher_open(struct cipher *c, const struct cipher_text *t);

#endif
