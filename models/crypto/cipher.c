#include "models/crypto/cipher.h"

#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>

#include "models/crypto/contexts.h"
#include "models/crypto/hmac.h"
#include "models/crypto/sized.h"

enum { NONCE = 16, KEY = 36, ICV = 32 };

struct ciphers {
    struct arena *arena;
    bool sized;
    struct contexts contexts;
};

struct cipher {
    const struct cipher_suite *suite;
    struct ciphers *shared;
    const EVP_CIPHER *algorithm; /* NULL: text stays clear */
    struct context *context;     /* NULL: none now */
    uint64_t mark;               /* sized: of the keys */
    uint8_t key[KEY];            /* and salt */
    struct hmac_key *mac;        /* NULL: combined */
};

struct ciphers *ciphers_new(struct arena *a, size_t contexts, bool sized)
{
    struct ciphers *c = arena_take(a, sizeof *c);
    c->arena = a;
    c->sized = sized;
    contexts_init(&c->contexts, a, contexts);
    return c;
}

void ciphers_free(struct ciphers *c)
{
    if (c)
        contexts_release(&c->contexts);
}

bool ciphers_sized(const struct ciphers *c)
{
    return c->sized;
}

/* NULL: no encryption. */
static const char *algorithm_of(const struct cipher_suite *s)
{
    switch (s->encr) {
    case ENCR_AES_CBC:
        return s->key_bytes == 16 ? "AES-128-CBC" : "AES-256-CBC";
    case ENCR_AES_CTR:
        return s->key_bytes == 16 ? "AES-128-CTR" : "AES-256-CTR";
    case ENCR_AES_GCM8:
    case ENCR_AES_GCM12:
    case ENCR_AES_GCM16:
        return s->key_bytes == 16 ? "AES-128-GCM" : "AES-256-GCM";
    case ENCR_CHACHA20_POLY1305:
        return "ChaCha20-Poly1305";
    default:
        return NULL;
    }
}

static enum hmac_digest digest_of(const struct cipher_suite *s)
{
    return s->integ == INTEG_HMAC_SHA1_96      ? HMAC_SHA1
           : s->integ == INTEG_HMAC_SHA256_128 ? HMAC_SHA256
           : s->integ == INTEG_HMAC_SHA384_192 ? HMAC_SHA384
                                               : HMAC_SHA512;
}

struct cipher *cipher_new(struct ciphers *c, const struct cipher_suite *suite, const uint8_t *key,
                          const uint8_t *integrity)
{
    struct cipher *n = arena_take(c->arena, sizeof *n);
    size_t bytes = (size_t)suite->key_bytes + suite->salt_bytes;
    assert(bytes <= KEY && suite->icv_bytes <= ICV);
    n->suite = suite;
    n->shared = c;
    if (bytes)
        memcpy(n->key, key, bytes);
    if (c->sized) {
        n->mark = sized_mark(suite, n->key, integrity);
        return n;
    }
    if (algorithm_of(suite))
        n->algorithm = contexts_algorithm(&c->contexts, algorithm_of(suite));
    if (suite->integ) {
        n->mac = arena_take(c->arena, sizeof *n->mac);
        hmac_set_key(n->mac, digest_of(suite), integrity, suite->integrity_bytes);
    }
    return n;
}

/* The nonce is salt and IV (RFC 4106 4, RFC 7634 2), behind which the counter of RFC 3686 4 begins
 * at 1; CBC's IV is all of it. */
static EVP_CIPHER_CTX *begin(struct cipher *c, const struct cipher_text *t, bool seals)
{
    const struct cipher_suite *s = c->suite;
    uint8_t nonce[NONCE] = {[NONCE - 1] = 1};
    memcpy(nonce, c->key + s->key_bytes, s->salt_bytes);
    memcpy(nonce + s->salt_bytes, t->iv, s->iv_bytes);
    const struct context_use use = {c->algorithm, c->key, nonce, seals};
    return contexts_use(&c->shared->contexts, &c->context, &use);
}

/* ---- one after the other -------------------------------------------------------------- */

static void crypt(struct cipher *c, const struct cipher_text *t, bool seals)
{
    int n = 0;
    if (!c->algorithm || !t->bytes)
        return;
    EVP_CIPHER_CTX *evp = begin(c, t, seals);
    int good = EVP_CipherUpdate(evp, t->text, &n, t->text, (int)t->bytes);
    assert(good && (size_t)n == t->bytes);
}

static void mac(const struct cipher *c, const struct cipher_text *t, uint8_t out[HMAC_BYTES])
{
    size_t covered = (size_t)(t->text - t->from) + t->bytes;
    hmac_of(c->mac, t->from, covered, t->tail, t->tail_bytes, out);
}

/* ---- combined ------------------------------------------------------------------------- */

static void seal_combined(struct cipher *c, const struct cipher_text *t)
{
    EVP_CIPHER_CTX *evp = begin(c, t, true);
    uint8_t none[NONCE];
    int n = 0;
    int good = EVP_CipherUpdate(evp, NULL, &n, t->aad, (int)t->aad_bytes) &&
               EVP_CipherUpdate(evp, t->text, &n, t->text, (int)t->bytes) &&
               EVP_CipherFinal_ex(evp, none, &n) &&
               EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, c->suite->icv_bytes, t->icv);
    assert(good);
}

static bool open_combined(struct cipher *c, const struct cipher_text *t)
{
    EVP_CIPHER_CTX *evp = begin(c, t, false);
    uint8_t none[NONCE];
    int n = 0;
    int good = EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_TAG, c->suite->icv_bytes, t->icv) &&
               EVP_CipherUpdate(evp, NULL, &n, t->aad, (int)t->aad_bytes) &&
               EVP_CipherUpdate(evp, t->text, &n, t->text, (int)t->bytes);
    assert(good);
    return EVP_CipherFinal_ex(evp, none, &n) > 0;
}

/* ESP fills up to 4 bytes with each cipher, IKE only where the cipher wants whole blocks. */
static bool is_whole(const struct cipher_suite *s, const struct cipher_text *t)
{
    return s->encr != ENCR_AES_CBC || t->bytes % s->block_bytes == 0;
}

void cipher_seal(struct cipher *c, const struct cipher_text *t)
{
    uint8_t sum[HMAC_BYTES];
    assert(is_whole(c->suite, t));
    if (c->shared->sized) {
        sized_sum(c->suite, c->mark, t, t->icv);
    } else if (!c->mac) {
        seal_combined(c, t);
    } else {
        crypt(c, t, true);
        mac(c, t, sum);
        memcpy(t->icv, sum, c->suite->icv_bytes);
    }
}

bool cipher_open(struct cipher *c, const struct cipher_text *t)
{
    uint8_t sum[HMAC_BYTES];
    assert(is_whole(c->suite, t));
    if (c->shared->sized) {
        sized_sum(c->suite, c->mark, t, sum);
        return memcmp(sum, t->icv, c->suite->icv_bytes) == 0;
    }
    if (!c->mac)
        return open_combined(c, t);
    mac(c, t, sum);
    if (CRYPTO_memcmp(sum, t->icv, c->suite->icv_bytes) != 0)
        return false;
    crypt(c, t, false);
    return true;
}
