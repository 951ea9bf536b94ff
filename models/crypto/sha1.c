#include "models/crypto/sha1.h"

#include <assert.h>

#include <openssl/sha.h>

void sha1_of(const void *bytes, size_t n, uint8_t out[SHA1_BYTES])
{
    const unsigned char *sum = SHA1(bytes, n, out);
    assert(sum);
}
