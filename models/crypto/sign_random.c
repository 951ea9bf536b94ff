#include "models/crypto/sign_random.h"

#include <assert.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

/* RSA-4096 draws 512 bytes to blind itself, again until they are below the modulus, which in the
 * worst case half of them are; a nonce or a salt takes less than 100. */
enum { PRIVATE_BYTES = 32768, PUBLIC_BYTES = 256, NONE_LEFT = 4 };

static void feed(EVP_RAND_CTX *generator, uint8_t *bytes, size_t n)
{
    OSSL_PARAM params[] = {OSSL_PARAM_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, bytes, n),
                           OSSL_PARAM_END};
    int good = generator && EVP_RAND_CTX_set_params(generator, params);
    assert(good);
}

static void fill(struct rng *r, uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < n; k += sizeof(uint32_t)) {
        uint32_t word = rng_u32(r);
        for (size_t b = 0; b < sizeof word; b++)
            bytes[k + b] = (uint8_t)(word >> 8 * b);
    }
}

void sign_random_feed(OSSL_LIB_CTX *library, struct rng *r)
{
    uint8_t private[PRIVATE_BYTES];
    uint8_t public[PUBLIC_BYTES];
    struct rng more = {.used = NONE_LEFT}; /* a stream of its own, keyed by the one handed in */
    more.key[0] = rng_u32(r);
    more.key[1] = rng_u32(r);
    more.name = rng_u64(r);
    fill(&more, public, sizeof public);
    fill(&more, private, sizeof private);
    feed(RAND_get0_public(library), public, sizeof public);
    feed(RAND_get0_private(library), private, sizeof private);
}

OSSL_LIB_CTX *sign_random_new(void)
{
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    int good = library && RAND_set_DRBG_type(library, "TEST-RAND", NULL, NULL, NULL);
    assert(good);
    const struct rng_seed seed = {{0, 0}};
    struct rng fixed = rng_stream(&seed, "reading a key");
    sign_random_feed(library, &fixed);
    return library;
}
